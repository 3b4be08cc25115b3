"""Oracle series: 1 to 5 like WAI-SR means, sd .60, reliability .92, so RC = .4704."""

from __future__ import annotations

from rupmeta.detect.classify import CLASSES, Detection, detect_ruptures
from rupmeta.detect.scale import Scale
from rupmeta.detect.series import Ratings, ratings_from
from rupmeta.detect.settings import Settings

WAI = Scale("WAI-SR", 1, 5, direction="higher", reliability=0.92, sd=0.60)

SERIES: dict[str, list[float]] = {
    "A": [4.0, 4.2, 4.1, 4.3, 4.2, 2.8, 3.6, 4.2, 4.4, 4.3, 4.4, 4.5],
    "B": [4.0, 4.1, 4.2, 4.1, 4.2, 4.3, 4.1, 4.2, 3.0, 2.9, 2.8, 3.0],
    "C": [3.6, 3.8, 3.7, 3.9, 3.8, 4.0, 3.9, 4.0, 4.1, 4.0, 4.2, 4.1],
    "D": [5.0] * 11 + [4.8],
    "E": [4.0] * 8,
    "F": [4.2, 2.9, 4.3],
    "G": [4.4, 4.2, 4.0, 3.8, 3.6, 3.4, 3.2, 3.0, 3.4, 3.8, 4.2, 4.4],
    "H": [4.2, 4.1, 4.3, 4.2, 4.2, 2.9, 3.4, 2.8, 4.1, 4.2, 4.3, 4.2],
    "I": [1.4, 4.6, 1.8, 4.4, 1.2, 4.8, 1.6, 4.2],
    "J": [4.0, 4.2, 4.1, 4.2, 2.8, 4.1, 4.2, 4.1, 4.3, 4.2, 4.2],
    "K": [2.6, 4.0, 4.1, 4.2, 4.1, 4.2, 4.0, 4.1, 4.2, 4.1],
    "L": [4.2, 4.3, 4.2, 2.9, 4.2, 4.3, 4.2, 4.3, 4.2, 4.3, 4.2, 4.3, 4.2, 3.0, 3.1, 3.0, 3.1],
}
SESSIONS = {"J": [1, 2, 3, 4, 6, 7, 8, 9, 10, 11, 12]}


def series(names: str) -> Ratings:
    """The named series as one file."""
    clients, sessions, scores = [], [], []
    for name in names:
        values = SERIES[name]
        clients += [name] * len(values)
        sessions += SESSIONS.get(name, list(range(1, len(values) + 1)))
        scores += values
    return ratings_from(clients, sessions, scores)


def settings(rule: str = "mean-sd", k: float | None = None, **more: object) -> Settings:
    return Settings(**{"rule": rule, "k": k, "scale": WAI, **more})  # type: ignore[arg-type]


def detect(names: str, rule: str = "mean-sd", k: float | None = None, **more: object) -> Detection:
    return detect_ruptures(series(names), settings(rule, k, **more))


def in_words(found: Detection, client: int = 0) -> str:
    """``r@7``, ``u``, ``u°`` (only by censoring), ``mixed``, ``–``, ``?``."""
    kind = CLASSES[found.kind[client]]
    mine = found.episodes.take(found.episodes.client == client)
    if kind == "repaired":
        return "r@" + " ".join(map(str, mine.repaired_at.tolist()))
    if kind == "unrepaired":
        return "u" if found.unrepaired[client] else "u°"
    return {"none": "–", "not_classifiable": "?"}.get(kind, kind)
