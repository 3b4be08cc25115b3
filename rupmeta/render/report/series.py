"""The ratings of a few clients as a part of ``results.json``, and the figure that is drawn from it."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from rupmeta.pipeline.detect import Detected
from rupmeta.render.detect.figures import SYNTHETIC, agreement_data, sessions_data
from rupmeta.render.figures.sessions.data import (
    AgreementData,
    EpisodeMark,
    SessionsData,
    SessionsPanel,
)

__all__ = ["agreement_of", "left_out_sentence", "series_answer", "sessions_of"]

Answer = Mapping[str, Any]


def series_answer(detected: Detected, most: int) -> dict[str, Any]:
    """Up to ``most`` clients, of every class in turn, with their episodes; ``clients`` in all."""
    data = sessions_data(detected, None, most=most)
    return {
        "clients": detected.found.m,
        "title": data.title,
        "measure": data.measure,
        "low": data.low,
        "high": data.high,
        "lower_better": data.lower_better,
        "footnotes": list(data.footnotes),
        "panels": [dataclasses.asdict(panel) for panel in data.panels],
    }


def sessions_of(entry: Answer, name: str) -> SessionsData:
    """What the figure of an entry of ``detection`` shows; ``name`` is its file stem."""
    series = entry["series"]
    return SessionsData(
        name=name,
        title=f"{entry['study']}: {series['title'][:1].lower()}{series['title'][1:]}",
        measure=series["measure"],
        panels=tuple(_panel(panel) for panel in series["panels"]),
        low=series["low"],
        high=series["high"],
        lower_better=series["lower_better"],
        banners=SYNTHETIC if entry["synthetic"] else (),
        footnotes=tuple(series["footnotes"]),
    )


def _panel(panel: Answer) -> SessionsPanel:
    phases = panel["phases"]
    return SessionsPanel(
        client=panel["client"],
        kind=panel["kind"],
        sessions=tuple(panel["sessions"]),
        scores=tuple(panel["scores"]),
        mean=panel["mean"],
        limits=tuple((int(session), limit) for session, limit in panel["limits"]),
        episodes=tuple(EpisodeMark(**episode) for episode in panel["episodes"]),
        phases=None if phases is None else (phases[0], phases[1]),
        remark=panel["remark"],
    )


def agreement_of(entry: Answer, name: str) -> AgreementData:
    """How far the rules agree on the ratings of an entry."""
    data = agreement_data(entry, SYNTHETIC if entry["synthetic"] else ())
    return dataclasses.replace(data, name=name, title=f"{entry['study']}: agreement of rules")


def left_out_sentence(series: Answer) -> str:
    """How many clients the figure leaves out."""
    shown, every = len(series["panels"]), series["clients"]
    if shown == every:
        return "Every client is shown." if every > 1 else "The one client is shown."
    return (
        f"{shown} of {every} clients are drawn, one of every class in turn, in file order; the other "
        f"{every - shown} are counted above and not drawn."
    )
