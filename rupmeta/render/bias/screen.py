"""What ``bias`` shows on a terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rupmeta.render.bias.prose import (
    describe_asymmetry,
    describe_range,
    describe_selection,
    describe_severity,
)
from rupmeta.render.bias.tables import asymmetry_table, comparison_table, failsafe_table, severity_table
from rupmeta.render.numbers import NumberStyle
from rupmeta.render.screens import heading
from rupmeta.render.writers.terminal import paragraph, render_table

__all__ = ["bias_screen"]

Answer = Mapping[str, Any]


def bias_screen(answer: Answer, style: NumberStyle, *, color: bool) -> str:
    """The adjustments with their assumptions, the tests, the severity of selection, fail-safe numbers."""
    parts = [heading(answer, synthetic=answer["synthetic"])]
    if answer["comparison"]:
        parts.append(render_table(comparison_table(answer, style), style=style, bold=color))
        assumptions = (
            paragraph(f"{row['label']}: {row['assumption']}", indent="  ") for row in answer["comparison"]
        )
        parts.append("What each takes for granted\n" + "\n".join(assumptions))
    tests = asymmetry_table(answer, style)
    if tests.rows:
        parts.append(render_table(tests, style=style, bold=color))
    more = (severity_table(answer, style), failsafe_table(answer, style))
    parts += [render_table(table, style=style, bold=color) for table in more if table is not None]
    sentences = (
        describe_asymmetry(answer, style),
        describe_selection(answer, style),
        describe_severity(answer, style),
        describe_range(answer, style),
    )
    parts.append("\n".join(paragraph(sentence) for sentence in sentences if sentence is not None))
    return "\n\n".join(parts)
