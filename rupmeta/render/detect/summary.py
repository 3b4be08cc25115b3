"""The classes of a large file: counts for people, one line per client for machines."""

from __future__ import annotations

import csv
import io
from typing import Any

from rupmeta.detect.classify import CLASSES, GROUPS
from rupmeta.pipeline.detect_parquet import Summarised
from rupmeta.render.detect.answer import expected_entries, observed_shares, settings_entry
from rupmeta.render.detect.screen import count_sentence, rule_line, shares_table
from rupmeta.render.numbers import NumberStyle
from rupmeta.render.writers.delimited import safe_cell
from rupmeta.render.writers.terminal import paragraph, render_table

__all__ = ["summary_answer", "summary_csv", "summary_screen"]


def summary_answer(found: Summarised) -> dict[str, Any]:
    """Rule, counts and what noise would show; the list of clients is left to CSV."""
    counts = found.summary.counts
    return {
        "rule": settings_entry(found.settings),
        "ratings": found.rows,
        "counts": counts,
        "observed": observed_shares(counts),
        "expected": expected_entries(found.expected),
        "effect": None,
        "clients": None,
    }


def summary_screen(
    answer: dict[str, Any], style: NumberStyle, *, color: bool, synthetic: bool = False
) -> str:
    """The rule, counts beside what noise would give."""
    return "\n\n".join(
        [
            *(["*** SYNTHETIC DATA, NOT EVIDENCE ***"] if synthetic else []),
            rule_line(answer["rule"], style),
            render_table(shares_table(answer), style=style, bold=color),
            paragraph(f"{answer['ratings']:,} ratings. {count_sentence(answer)}"),
        ]
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
