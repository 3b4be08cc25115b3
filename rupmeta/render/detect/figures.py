"""A detection → what its figures show; ``DETECT_FIGURES`` names the kinds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from rupmeta.detect.classify import (
    CLASSES,
    EXCLUDED,
    MIXED,
    NONE,
    NOT_CLASSIFIABLE,
    REASONS,
    REPAIRED_CLIENT,
    UNREPAIRED_CLIENT,
    Detection,
)
from rupmeta.detect.episodes import STATUS
from rupmeta.detect.expected import estimate_phi, false_alarm_curve
from rupmeta.detect.rules import RULES, Pool, pool_of
from rupmeta.detect.series import Ratings, blocks
from rupmeta.errors import UsageError
from rupmeta.pipeline.detect import Detected
from rupmeta.render.detect.grid import grid_data
from rupmeta.render.drawing.draw import Figure, draw_data
from rupmeta.render.figures.looks import Look
from rupmeta.render.figures.sessions.data import (
    AgreementData,
    Curve,
    CurvesData,
    EpisodeMark,
    SessionsData,
    SessionsPanel,
)
from rupmeta.render.figures.specification.data import SpecificationData
from rupmeta.results import NotEstimable

__all__ = ["DETECT_FIGURES", "agreement_data", "curves_data", "draw_detection", "sessions_data"]

SYNTHETIC = ("synthetic data, not evidence",)
SHOWN_ORDER = (REPAIRED_CLIENT, UNREPAIRED_CLIENT, MIXED, NONE, NOT_CLASSIFIABLE, EXCLUDED)
PANEL = 24  # clients in a panel
CURVE = (3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 14, 16, 18, 20, 24, 30)

#: Kind → what it shows.
DETECT_FIGURES: Mapping[str, str] = {
    "sessions": "one client's series (--client), or a panel of clients of every class",
    "rule-agreement": "κ between all rules",
    "false-positives": "expected false alarms over the number of ratings",
    "rule-grid": "the effect under every combination of settings (--grid)",
}
#: Other names of kinds.
_ALSO = {"agreement": "rule-agreement"}


def draw_detection(
    kind: str,
    detected: Detected | Mapping[str, Detected | NotEstimable],
    answer: Mapping[str, Any],
    *,
    client: str | None,
    synthetic: bool,
    look: Look | None = None,
) -> Figure:
    """The figure of one kind; ``detected`` is a mapping under ``--rule all``."""
    banners = SYNTHETIC if synthetic else ()
    make: dict[str, Callable[[], Any]] = {
        "sessions": lambda: sessions_data(_single(detected), client, banners),
        "rule-agreement": lambda: agreement_data(answer, banners),
        "false-positives": lambda: curves_data(detected, banners),
        "rule-grid": lambda: _grid_data(_single(detected, "rule-grid"), answer, banners),
    }
    name = _ALSO.get(kind, kind)
    if name not in make:
        known = "; ".join(f"{name}: {shows}" for name, shows in DETECT_FIGURES.items())
        raise UsageError(f"--plot {kind} is not known; there is {known}")
    return draw_data(name, make[name](), look or Look())


def _single(detected: Detected | Mapping[str, Detected | NotEstimable], kind: str = "sessions") -> Detected:
    if isinstance(detected, Detected):
        return detected
    raise UsageError(f"--plot {kind} shows one rule; choose it with --rule")


def _grid_data(detected: Detected, answer: Mapping[str, Any], banners: tuple[str, ...]) -> SpecificationData:
    entry = answer.get("grid")
    if entry is None:
        raise UsageError("--plot rule-grid needs --grid and an --outcome")
    words = {"unrepaired-rupture": "unrepaired ruptures", "no-rupture": "no rupture"}
    asked = detected.asked
    against = words.get(asked.comparison)
    contrast = "Dose of repair" if against is None else f"Repaired ruptures against {against}"
    return grid_data(entry, title=f"{contrast} and {asked.outcome}", level=asked.level, banners=banners)


def sessions_data(
    detected: Detected, client: str | None, banners: tuple[str, ...] = (), *, most: int = PANEL
) -> SessionsData:
    """The series of one client, or of up to ``most`` of every class in turn."""
    found, ratings = detected.found, detected.source.ratings
    if client is not None:
        places = [i for i, name in enumerate(found.clients.tolist()) if str(name) == client]
        if not places:
            raise UsageError(f"--client {client}: no such client")
    else:
        places = _in_turn(found, most)
    if not places or not found.n[places[0]]:
        raise UsageError("there is no client with ratings to draw")
    scale, settings = found.settings.scale, found.settings
    shown = [scale.turn(x) for x in ratings.score[np.isfinite(ratings.score)].tolist()]
    low = scale.min if scale.min is not None else min(shown)
    high = scale.max if scale.max is not None else max(shown)
    rule = RULES[settings.rule]
    k = "" if rule.k is None else f", k = {rule.multiplier(settings):g}"
    rest = found.m - len(places)
    more = (
        (f"{len(places)} of {found.m} clients, of every class in turn.",) if rest and client is None else ()
    )
    return SessionsData(
        name="sessions" if client is None else "session",
        title=f"Alliance by session, rule {rule.name}{k}",
        measure=scale.name or "Alliance",
        panels=tuple(_panel(found, ratings, i) for i in places),
        low=low,
        high=high if high > low else low + 1,
        lower_better=scale.direction == "lower",
        banners=banners,
        footnotes=(f"Rule: {rule.shows}. There is no standard rule.", *more),
    )


def _in_turn(found: Detection, most: int) -> list[int]:
    """Up to ``most`` clients with ratings: one of each class, then the next of each, in file order."""
    seen: dict[int, int] = {}
    ranked = []
    for i in np.flatnonzero(found.n > 0).tolist():
        kind = int(found.kind[i])
        seen[kind] = turn = seen.get(kind, 0) + 1
        ranked.append((turn, SHOWN_ORDER.index(kind), i))
    return [i for _, _, i in sorted(ranked)[:most]]


def _panel(found: Detection, ratings: Ratings, i: int) -> SessionsPanel:
    settings = found.settings
    scale, one = settings.scale, ratings.take(np.array([i]))
    limits: list[tuple[int, float]] = []
    if found.classified[i] and not found.flat[i]:
        pool = pool_of(ratings, settings) if settings.pooled else Pool()
        rule = RULES[settings.rule]
        block = next(blocks(one))
        line = rule.flag(block, settings, rule.multiplier(settings), pool).limit[:, 0]
        pairs = zip(one.session.tolist(), line.tolist(), strict=True)
        limits = [(s, scale.turn(v)) for s, v in pairs if np.isfinite(v)]
    mine = found.episodes.take(found.episodes.client == i)
    episodes = tuple(
        EpisodeMark(
            onset=int(mine.onset[j]),
            end=int(mine.end[j]),
            nadir_at=int(mine.nadir_at[j]),
            nadir=scale.turn(float(mine.nadir[j])),
            status=STATUS[int(mine.status[j])],  # type: ignore[arg-type]
            repaired_at=int(mine.repaired_at[j]) if mine.repaired_at[j] >= 0 else None,
        )
        for j in range(len(mine))
    )
    return SessionsPanel(
        client=str(found.clients[i]),
        kind=CLASSES[found.kind[i]],
        sessions=tuple(one.session.tolist()),
        scores=tuple(scale.turn(v) for v in one.score.tolist()),
        mean=scale.turn(float(found.mean[i])),
        limits=tuple(limits),
        episodes=episodes,
        phases=settings.phase_cuts(float(one.session[-1])),
        remark=REASONS[found.reason[i]],
    )


def agreement_data(answer: Mapping[str, Any], banners: tuple[str, ...] = ()) -> AgreementData:
    """κ of every pair of rules."""
    entries = answer.get("agreement")
    if not entries:
        raise UsageError("the agreement of rules needs several of them: --rule all")
    names = tuple(dict.fromkeys(name for entry in entries for name in (entry["first"], entry["second"])))
    pairs = {(entry["first"], entry["second"]): entry for entry in entries}
    return AgreementData(
        name="rule-agreement",
        title="Agreement of rules: at least one rupture or none",
        names=names,
        kappa={pair: entry["kappa"] for pair, entry in pairs.items()},
        n={pair: entry["n"] for pair, entry in pairs.items()},
        banners=banners,
        footnotes=("Cohen's κ over clients that both rules can classify; darker is more.",),
    )


def curves_data(
    detected: Detected | Mapping[str, Detected | NotEstimable], banners: tuple[str, ...] = ()
) -> CurvesData:
    """Share of rupture-free series that a rule flags, by their length; no trend, the φ of the data."""
    every = [detected] if isinstance(detected, Detected) else list(detected.values())
    ran = [one for one in every if isinstance(one, Detected)]
    if not ran:
        raise UsageError("no rule could run")
    found = ran[0].found
    own = estimate_phi(ran[0].source.ratings.take(np.flatnonzero(found.classified)))
    phi = 0.0 if own is None else own
    rated = found.n[found.classified]
    if not len(rated):
        raise UsageError("no client is classifiable, so that there is no spread to simulate with")
    curves = [
        Curve(
            one.found.settings.rule,
            false_alarm_curve(one.found, one.source.ratings, CURVE, phi=phi, seed=one.asked.seed),
        )
        for one in ran
    ]
    return CurvesData(
        name="false-positives",
        title="Ruptures that noise alone would show",
        curves=tuple(curve for curve in curves if curve.points),
        lengths=tuple(int(n) for n in rated),
        banners=banners,
        footnotes=(
            f"Stationary series without rupture or trend, autocorrelation {phi:.2f}"
            f"{' (that of these ratings)' if own is not None else ''}, mean and SD of the median "
            "client, same "
            "guard and scale; ticks on the axis: lengths in the data.",
        ),
    )
