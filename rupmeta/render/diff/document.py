"""A comparison of two states as tables and as a page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rupmeta.render.diff.shares import STEPS, change_shown, printed_shares, printed_total, signed
from rupmeta.render.diff.words import whats_new, whats_new_in
from rupmeta.render.document import Block, Document, NotesBlock, Paragraph, Section, TableBlock
from rupmeta.render.labels import DISPLAY, Display
from rupmeta.render.numbers import APA, NumberStyle, estimate_texts, interval_text, level_text, number
from rupmeta.render.screens import SYNTHETIC
from rupmeta.render.tables import Column, Table
from rupmeta.results import Note

__all__ = [
    "answers_table",
    "changes_table",
    "diff_document",
    "edited_table",
    "shares_table",
    "steps_table",
]

Answer = Mapping[str, Any]
_KINDS = {"added": "added", "removed": "removed", "edited": "edited", "layout": "layout only"}


def diff_document(answer: Answer, notes: Sequence[Note], style: NumberStyle = APA) -> Document:
    """The page: what is new, every analysis with its steps, the studies and fields that changed."""
    analyses = answer["analyses"]
    new = answer["new"]
    sections = [Section("whats-new", "What's new", tuple(_new_blocks(answer, style)))]
    sections += [
        Section(f"analysis-{item['analysis']}", f"Analysis '{item['analysis']}'", blocks)
        for item in analyses
        if answer["differs"] and (blocks := tuple(_analysis_blocks(item, style)))
    ]
    tables = [edited_table(answer), changes_table(answer)]
    blocks = tuple(TableBlock(table) for table in tables if table.rows)
    if blocks:
        sections.append(Section("changes", "Studies and fields", blocks))
    said = tuple((note.code, note.message, note.where) for note in notes)
    sections.append(Section("notes", "Notes", (NotesBlock(said),)))
    return Document(
        title=f"What changed: {new['title'] or 'Untitled review'}",
        subtitle=f"from {answer['old']['name']} to {new['name']}",
        banners=(SYNTHETIC.upper(),) if any(item["synthetic"] for item in analyses) else (),
        sections=tuple(sections),
        footer="",
    )


def _new_blocks(answer: Answer, style: NumberStyle) -> Iterator[Block]:
    yield Paragraph(whats_new(answer))
    if answer["differs"]:
        for item in answer["analyses"]:
            yield Paragraph(whats_new_in(item, style))


def _analysis_blocks(item: Answer, style: NumberStyle) -> Iterator[Block]:
    answers = answers_table(item, style)
    if answers.rows:
        if item["question"]:
            yield Paragraph(item["question"])
        yield TableBlock(answers)
    if change_shown(item) is not None:
        yield TableBlock(steps_table(item, style))


def answers_table(item: Answer, style: NumberStyle) -> Table:
    """Both answers on every scale."""
    rows = []
    for word in ("old", "new"):
        side = item[word]
        if side is None or side["estimate"] is None:
            continue
        for scale, shown in side["reported"].items():
            display = DISPLAY[scale]
            value, interval = estimate_texts(
                shown["estimate"], shown["ci_lb"], shown["ci_ub"], display.kind, style, null=display.null
            )
            limits = interval_text(shown["pi_lb"], shown["pi_ub"], display.kind, style, null=display.null)
            rows.append(
                {
                    "version": word.capitalize(),
                    "k": side["k"],
                    "n": side["n"],
                    "scale": display.symbol,
                    "estimate": f"{value} {interval}",
                    "prediction": limits,
                    "I2": side["I2"],
                }
            )
    level = next(
        (level_text(item[w]["level"]) for w in ("new", "old") if item[w] and item[w]["estimate"]), ""
    )
    columns = (
        Column("version", "Version"),
        Column("k", "k", "count"),
        Column("n", "N", "count"),
        Column("scale", "Scale"),
        Column("estimate", f"Estimate [{level} CI]"),
        Column("prediction", f"{level} prediction interval"),
        Column("I2", "I² %", "percent"),
    )
    return Table("answers", "", columns, tuple(rows))


def steps_table(item: Answer, style: NumberStyle = APA, *, studies: bool = True) -> Table:
    """The way from the old answer to the new: levels and shares; the shares add up as printed."""
    shown = change_shown(item)
    assert shown is not None
    change, display = shown
    rows: list[dict[str, Any]] = [
        {"step": "Old version", "k": item["old"]["k"], "level": _level(change["old"], display, style)}
    ]
    strong = {0}
    for line in printed_shares(change):
        if line.study is not None and not studies:
            continue
        carried = " (nothing to pool)" if line.carried else ""
        rows.append(
            {
                "step": (STEPS[line.step] if line.study is None else f"  {line.study}") + carried,
                "k": line.k,
                "level": _level(line.after, display, style),
                "share": signed(line.share, display, style) if line.study is None else None,
                "orders": ""
                if line.lowest is None or line.highest is None
                else f"{signed(line.lowest, display, style)} to {signed(line.highest, display, style)}",
                "study_share": None if line.study is None else signed(line.share, display, style),
            }
        )
    rows.append(
        {
            "step": "New version",
            "k": item["new"]["k"],
            "level": _level(change["new"], display, style),
            "share": signed(printed_total(change), display, style),
        }
    )
    strong.add(len(rows) - 1)
    known = any(step["lowest"] is not None for step in change["steps"])
    several = studies and any(step["studies"] for step in change["steps"])
    columns = [
        Column("step", "Change"),
        Column("k", "k after", "count"),
        Column("level", f"{display.symbol} after", "unbounded"),
        Column("share", "Share", "unbounded"),
        *([Column("study_share", "of it", "unbounded")] if several else []),
        *([Column("orders", "In any order", exported=False)] if known else []),
    ]
    footnote = (
        "Changes are applied in this order; shares are differences of the levels beside them and add up "
        "exactly. Another order would give other shares"
        + (": the last column has the lowest and the highest of all 120." if known else ".")
    )
    return Table("steps", "", tuple(columns), tuple(rows), frozenset(strong), (footnote,))


def shares_table(answer: Answer) -> Table:
    """All shares of all analyses for machines: one row for a step or a study."""
    columns = (
        Column("analysis", "analysis"),
        Column("scale", "scale"),
        Column("step", "step"),
        Column("study", "study"),
        Column("k", "k", "count"),
        Column("before", "before", "unbounded"),
        Column("after", "after", "unbounded"),
        Column("share", "share", "unbounded"),
    )
    rows = []
    for item in answer["analyses"]:
        scales = {} if item["change"] is None else {item["measure"]: item["change"]}
        for scale, change in (scales | item["reported"]).items():
            for step in change["steps"]:
                for share in ({**step, "study": None}, *step["studies"]):
                    row = {key: share[key] for key in ("study", "k", "before", "after", "share")}
                    rows.append({"analysis": item["analysis"], "scale": scale, "step": step["step"], **row})
    return Table("shares", "", columns, tuple(rows))


def edited_table(answer: Answer) -> Table:
    """Every study that differs, and in how many fields."""
    rows = tuple(
        {
            "label": item["label"],
            "study": item["study"],
            "kind": _KINDS[item["kind"]],
            "fields": "not known" if item["changes"] is None and item["kind"] == "edited" else _length(item),
        }
        for item in answer["studies"]
    )
    columns = (
        Column("label", "Study"),
        Column("study", "File"),
        Column("kind", "What"),
        Column("fields", "Fields changed"),
    )
    return Table("studies", "Studies that differ", columns, rows)


def _length(item: Answer) -> str:
    return str(len(item["changes"])) if item["kind"] == "edited" else ""


def changes_table(answer: Answer) -> Table:
    """Every changed field with both values and addresses."""
    rows = [_change_row("protocol", item) for item in answer["protocol"]]
    for study in answer["studies"]:
        rows += [_change_row(study["study"], item) for item in study["changes"] or ()]
    columns = (
        Column("field", "Field"),
        Column("old", "Old"),
        Column("new", "New"),
        Column("where", "Where"),
    )
    return Table("changes", "Fields that differ", columns, tuple(rows))


def _change_row(of: str, item: Answer) -> dict[str, Any]:
    del of
    return {
        "field": item["field"],
        "old": _short(item["old"]),
        "new": _short(item["new"]),
        "where": item["where_new"] or item["where_old"],
    }


def _short(text: str | None) -> str:
    if text is None:
        return "(blank)"
    return text if len(text) <= 60 else f"{text[:59]}…"


def _level(x: float, display: Display, style: NumberStyle) -> str:
    return number(x, display.kind, style, digits=3)
