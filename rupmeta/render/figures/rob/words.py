"""The words of the figures of risk of bias: keys, tables, alternative text."""

from __future__ import annotations

import math
from collections.abc import Iterator

from rupmeta.render.figures.rob.data import RobData, RobJudgement, RobTool
from rupmeta.render.numbers import NumberStyle, number

__all__ = [
    "describe_rob",
    "domain_codes",
    "judgement_share",
    "rob_footnotes",
    "rob_table",
    "summary_table",
    "words_used",
]


def domain_codes(tool: RobTool) -> tuple[str, ...]:
    """``D1`` to ``D7``, ``Overall``: what stands over the columns."""
    count = len(tool.domains)
    last = count - 1 if tool.overall else count
    return tuple("Overall" if i == last else f"D{i + 1}" for i in range(count))


def words_used(tool: RobTool) -> tuple[RobJudgement, ...]:
    """The judgements that occur, mildest first."""
    given = {cell for row in tool.rows for cell in row.cells}
    return tuple(word for word in tool.words if word in given)


def judgement_share(tool: RobTool, domain: int) -> Iterator[tuple[RobJudgement | None, float]]:
    """Word by word its share of the weight, then what was not judged with this tool (None)."""
    yield from zip(tool.words, tool.shares[domain], strict=True)
    rest = 100.0 - math.fsum(tool.shares[domain])
    if rest > 0.05:
        yield None, rest


def rob_footnotes(data: RobData, style: NumberStyle) -> tuple[str, ...]:
    """What is not in the figure."""
    notes = []
    if data.unrated:
        weight = number(math.fsum(weight for _, weight in data.unrated), "weight", style)
        count = len(data.unrated)
        names = ", ".join(label for label, _ in data.unrated)
        notes.append(
            f"Not judged: {count} stud{'y' if count == 1 else 'ies'} with {weight}% of the weight ({names})."
        )
    return (*notes, *data.footnotes)


def rob_table(data: RobData, style: NumberStyle) -> tuple[tuple[str, ...], ...]:
    """One row for every study and domain."""
    rows = [
        (row.label, tool.name, domain, "not judged" if cell is None else cell.label)
        for tool in data.tools
        for row in tool.rows
        for domain, cell in zip(tool.domains, row.cells, strict=True)
    ]
    rows += [(label, "—", "—", "not judged") for label, _ in data.unrated]
    weights = {row.label: row.weight for tool in data.tools for row in tool.rows} | dict(data.unrated)
    return (
        ("Study", "Tool", "Domain", "Judgement", "Weight (%)"),
        *((*row, number(weights[row[0]], "weight", style)) for row in rows),
    )


def summary_table(data: RobData, style: NumberStyle) -> tuple[tuple[str, ...], ...]:
    """One row for every tool, domain and word."""
    return (
        ("Domain", "Tool", "Judgement", "Weight (%)"),
        *(
            (domain, tool.name, "not judged" if word is None else word.label, number(share, "weight", style))
            for tool in data.tools
            for i, domain in enumerate(tool.domains)
            for word, share in judgement_share(tool, i)
            if word is None or share > 0
        ),
    )


def describe_rob(data: RobData, style: NumberStyle, figure: str) -> str:
    """The alternative text: by tool, how much of the weight every domain has under its worst words."""
    rated = sum(len(tool.rows) for tool in data.tools)
    total = rated + len(data.unrated)
    sentences = [
        *(f"{banner}." for banner in data.banners),
        f"{figure}: {data.title}, {rated} of {total} stud{'y' if total == 1 else 'ies'} judged.",
    ]
    for tool in data.tools:
        parts = []
        for i, domain in enumerate(tool.domains):
            said = [
                f"{'not judged' if word is None else word.label} {number(share, 'percent', style)}%"
                for word, share in judgement_share(tool, i)
                if share > 0
            ]
            parts.append(f"{domain}: {', '.join(said)}")
        sentences.append(f"{tool.name}, shares of the weight. {'; '.join(parts)}.")
    sentences.append("The judgements stand in the table that belongs to this figure.")
    return " ".join(sentences)
