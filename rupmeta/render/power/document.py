"""Power as tables, sentences and a page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rupmeta.render.document import Block, Document, NotesBlock, Paragraph, Section, TableBlock
from rupmeta.render.labels import DISPLAY, method_label, test_label
from rupmeta.render.numbers import APA, NumberStyle, level_text, number
from rupmeta.render.screens import SYNTHETIC
from rupmeta.render.tables import Column, Table
from rupmeta.results import Note

__all__ = ["describe_plan", "needed_table", "power_document", "power_table"]

Answer = Mapping[str, Any]
_KINDS = {"contrast": "two subgroups", "slope": "a number"}


def power_document(answer: Answer, notes: Sequence[Note], style: NumberStyle = APA) -> Document:
    """The page: what is assumed, the power, of moderators too, and how many studies it takes."""
    sections = [Section("power", "Power", tuple(_power_blocks(answer, style)))]
    if answer["moderators"]:
        sections.append(Section("moderators", "Moderators", (TableBlock(_moderators_table(answer, style)),)))
    sections.append(Section("needed", "How many studies it takes", tuple(_needed_blocks(answer, style))))
    said = tuple((note.code, note.message, note.where) for note in notes)
    sections.append(Section("notes", "Notes", (NotesBlock(said),)))
    update = answer["kind"] == "update"
    return Document(
        title=f"Power of an update: {answer['title'] or 'Untitled review'}" if update else "Power of a plan",
        subtitle=f"Analysis '{answer['analysis']}'" if update else "",
        banners=(SYNTHETIC.upper(),) if answer["synthetic"] else (),
        sections=tuple(sections),
        footer="",
    )


def describe_plan(answer: Answer, style: NumberStyle = APA) -> str:
    """What is assumed, in one or two sentences."""
    display = DISPLAY[answer["scale"]]
    effect = number(answer["effect_shown"], display.kind, style)
    sizes = ", ".join(number(n, "count", style) for n in answer["n"])
    known = answer["known"]
    studies = (
        f"{answer['rows'][0]['k']} studies"
        if known is None
        else f"studies that join the {known['k']} effect{' there is' if known['k'] == 1 else 's there are'}"
    )
    each = "people each" if len(answer["n"]) == 1 else "people in turn"
    model = "equal effects" if answer["method"] == "EE" else f"τ² by {method_label(answer['method'])}"
    return (
        f"True mean {display.symbol} = {effect}; {studies}, {sizes} {each}; {model}, "
        f"{level_text(answer['level'])} intervals by {test_label(answer['test'])}."
    )


def _power_blocks(answer: Answer, style: NumberStyle) -> Iterator[Block]:
    yield Paragraph(describe_plan(answer, style))
    yield TableBlock(power_table(answer, style))


def power_table(answer: Answer, style: NumberStyle = APA) -> Table:
    """One row for every heterogeneity (plan) or number of further studies (update)."""
    update = answer["kind"] == "update"
    asked = answer["smallest"] is not None
    rows = [
        {
            **{
                key: row[key]
                for key in ("k", "added", "tau2", "I2", "half_width", "formula", "beyond", "assurance")
            },
            "heterogeneity": row["heterogeneity"],
            "simulated": row["simulated"]["null"],
            "error": row["simulated"]["error"],
            "simulated_text": _with_error(row["simulated"], style),
            "simulated_beyond": row["simulated"]["beyond"],
            "simulated_heterogeneity": row["simulated"]["heterogeneity"],
        }
        for row in answer["rows"]
    ]
    smallest = ""
    if asked:
        display = DISPLAY[answer["scale"]]
        smallest = f"Beyond {display.symbol} = {number(answer['smallest_shown'], display.kind, style)}"
    columns = (
        Column("added", "Further studies", "count", shown=update),
        Column("k", "k", "count"),
        Column("tau2", "τ²", "tau2", shown=not update),
        Column("I2", "I² %", "percent", shown=not update),
        Column("half_width", "± expected", "unbounded"),
        Column("formula", "Power, formula", "bounded"),
        Column("simulated_text", "simulated (± error)", exported=False),
        Column("simulated", "simulated", "bounded", shown=False),
        Column("error", "error", "bounded", shown=False),
        Column("assurance", "Assurance", "bounded", shown=update, exported=update),
        Column("beyond", smallest, "bounded", shown=asked, exported=asked),
        Column("simulated_beyond", "simulated", "bounded", shown=asked, exported=asked),
        Column("heterogeneity", "Test of Q", "bounded"),
        Column("simulated_heterogeneity", "Q, simulated", "bounded", shown=False),
    )
    footnote = f"± expected: half of the interval on the analysis scale ({answer['measure']})."
    if update:
        row = answer["rows"][0]
        tau2 = number(row["tau2"], "tau2", style)
        footnote += f" True effects vary by τ² = {tau2} throughout."
    return Table("power", "", columns, tuple(rows), footnotes=(footnote,))


def _moderators_table(answer: Answer, style: NumberStyle) -> Table:
    rows = tuple(
        {
            **{key: row[key] for key in ("k", "tau2", "I2", "difference", "formula")},
            "kind": _KINDS[row["kind"]],
            "simulated": _with_error(row["simulated"], style),
        }
        for row in answer["moderators"]
    )
    columns = (
        Column("kind", "Moderator"),
        Column("difference", "Difference or slope", "unbounded"),
        Column("k", "k", "count"),
        Column("tau2", "τ²", "tau2"),
        Column("I2", "I² %", "percent"),
        Column("formula", "Power, formula", "bounded"),
        Column("simulated", "simulated (± error)"),
    )
    footnote = "On the analysis scale; a slope is per standard deviation of the number."
    return Table("moderators", "", columns, rows, footnotes=(footnote,))


def _needed_blocks(answer: Answer, style: NumberStyle) -> Iterator[Block]:
    power = number(answer["power"], "bounded", style)
    further = "further " if answer["kind"] == "update" else ""
    yield Paragraph(
        f"The fewest {further}studies of each size with which the interval excludes a value with a "
        f"probability of {power}, by formula. τ² does not depend on the size."
    )
    yield TableBlock(needed_table(answer, style))


def needed_table(answer: Answer, style: NumberStyle = APA) -> Table:
    """One row for every heterogeneity and size, one column for every goal."""
    display = DISPLAY[answer["scale"]]
    several = len({row["tau2"] for row in answer["needed"]}) > 1
    columns = [
        Column("I2", "I² %", "percent", shown=several),
        Column("tau2", "τ²", "tau2", shown=several),
        Column("n", "People a study", "count"),
        Column("null", f"Excludes {display.symbol} = 0", "count"),
    ]
    if answer["smallest"] is not None:
        limit = number(answer["smallest_shown"], display.kind, style)
        columns.append(Column("beyond", f"Excludes {display.symbol} = {limit}", "count"))
    if answer["width"] is not None:
        columns.append(Column("width", f"± {number(answer['width'], 'unbounded', style)}", "count"))
    goals = [column.key for column in columns[3:]]
    rows = tuple(
        {**row, **{goal: "> 2,000" if row[goal] is None else row[goal] for goal in goals}}
        for row in answer["needed"]
    )
    return Table("needed", "", tuple(columns), rows)


def _with_error(simulated: Answer, style: NumberStyle) -> str:
    share = number(simulated["null"], "bounded", style)
    return f"{share} ± {number(simulated['error'], 'bounded', style, digits=3)}"
