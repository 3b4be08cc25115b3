"""The classes of a large file: counts for people, one line per client for machines."""

from __future__ import annotations

import csv
import io
from typing import Any

from rupmeta.detect.classify import CLASSES, GROUPS
from rupmeta.pipeline.detect_parquet import Summarised
from rupmeta.render.detect_answer import settings_entry
from rupmeta.render.detect_screen import count_sentence
from rupmeta.render.writers.delimited import safe_cell
from rupmeta.render.writers.terminal import paragraph

__all__ = ["summary_answer", "summary_csv", "summary_screen"]


def summary_answer(found: Summarised) -> dict[str, Any]:
    """Rule and counts; the list of clients is left to CSV."""
    return {"rule": settings_entry(found.settings), "ratings": found.rows, "counts": found.summary.counts}


def summary_screen(answer: dict[str, Any]) -> str:
    """Two sentences."""
    rule = answer["rule"]
    k = "" if rule["k"] is None else f", k = {rule['k']:g}"
    return "\n".join(
        paragraph(text)
        for text in (
            f"{answer['ratings']:,} ratings; rule {rule['name']}{k}: {rule['shows']}.",
            count_sentence(answer),
        )
    )


def summary_csv(found: Summarised) -> str:
    """One line per client."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["client", "n", "class", "group", "repaired", "unrepaired", "censored"])
    s = found.summary
    writer.writerows(
        (safe_cell(client), n, CLASSES[kind], "" if group < 0 else GROUPS[group], *episodes)
        for client, n, kind, group, *episodes in zip(
            s.clients.tolist(), s.n.tolist(), s.kind.tolist(), s.group.tolist(), s.repaired.tolist(),
            s.unrepaired.tolist(), s.censored.tolist(), strict=True,
        )
    )  # fmt: skip
    return out.getvalue()
