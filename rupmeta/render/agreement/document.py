"""Two extractors as tables, sentences and a page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rupmeta.render.document import Block, Document, NotesBlock, Paragraph, Section, TableBlock
from rupmeta.render.labels import DISPLAY
from rupmeta.render.numbers import APA, NumberStyle, estimate_texts, interval_text, level_text, number
from rupmeta.render.screens import SYNTHETIC
from rupmeta.render.tables import Column, Table
from rupmeta.results import Note

__all__ = [
    "agreement_document",
    "agreement_sentence",
    "disagreements_table",
    "pooled_table",
    "unpaired_table",
    "variables_table",
]

Answer = Mapping[str, Any]
LISTED = 40  # disagreements on the page; the JSON has all
COEFFICIENTS = {
    "kappa": "κ",
    "kappa_w": "κ weighted",
    "icc": "ICC(2,1)",
    "alpha": "α",
    "ac1": "AC1",
}
BANDS = (
    "Bands that are often cited: .40 to .59 fair, .60 to .74 good, .75 and more excellent (Cicchetti 1994)."
)


def agreement_document(answer: Answer, notes: Sequence[Note], style: NumberStyle = APA) -> Document:
    """The page: the answer under each extractor first, then variables, disagreements, what has no partner."""
    folders = answer["folders"]
    names = " · ".join(f"{name} = {path}" for name, path in folders.items())
    sections = [
        Section("answer", "What it does to the answer", tuple(_answer_blocks(answer, style))),
        Section("variables", "Agreement by field", (TableBlock(variables_table(answer, style)),)),
    ]
    table = disagreements_table(answer, limit=LISTED)
    if table.rows:
        sections.append(Section("disagreements", "Disagreements", (TableBlock(table),)))
    if answer["unpaired"]:
        sections.append(Section("unpaired", "Without a partner", (TableBlock(unpaired_table(answer)),)))
    said = tuple((note.code, note.message, note.where) for note in notes)
    sections.append(Section("notes", "Notes", (NotesBlock(said),)))
    return Document(
        title=f"Two extractors: {answer['title'] or 'Untitled review'}",
        subtitle=names,
        banners=(SYNTHETIC.upper(),) if answer["synthetic"] else (),
        sections=tuple(sections),
        footer="",
    )


def _answer_blocks(answer: Answer, style: NumberStyle) -> Iterator[Block]:
    yield Paragraph(agreement_sentence(answer, style))
    table = pooled_table(answer, style)
    if table.rows:
        yield TableBlock(table)
    for name, side in answer["pooled"].items():
        if side["estimate"] is None:
            yield Paragraph(f"{name} has no answer: {side['reason']}.")


def agreement_sentence(answer: Answer, style: NumberStyle) -> str:
    """In how many fields the two agree, how near their effects are, and how far the answer moves."""
    whole = answer["items"][0] if answer["items"] else None
    parts = []
    if whole is not None:
        share = number(100.0 * whole["coefficients"]["agreement"]["estimate"], "percent", style)
        parts.append(
            f"The extractors agree in {whole['agreed']} of {whole['n']} fields ({share}%) of "
            f"{len(answer['studies'])} studies."
        )
    close = answer["close"]
    if close["n"]:
        share = number(100.0 * close["share"], "percent", style)
        within = number(close["within"], "unbounded", style, digits=1)
        parts.append(
            f"Their effects differ by no more than d = {within} in {share}% of {close['n']} effects."
        )
    shift = next((item for item in answer["shift"] if (item["from"], item["to"]) == ("A", "B")), None)
    if shift is not None:
        scale = next(iter(shift["reported"]), None)
        display = DISPLAY["gen"] if scale is None else DISPLAY[scale]
        value = shift["estimate"] if scale is None else shift["reported"][scale]
        text = number(value, display.kind, style, digits=3)
        parts.append(f"From A to B the pooled {display.symbol} moves by {'+' if value > 0 else ''}{text}.")
    return " ".join(parts)


def pooled_table(answer: Answer, style: NumberStyle) -> Table:
    """The pooled effect under each folder, all by one protocol."""
    rows = []
    level = ""
    for name, side in answer["pooled"].items():
        if side["estimate"] is None:
            continue
        level = level_text(side["level"])
        row: dict[str, Any] = {"folder": name, "k": side["k"], "n": side["n"], "I2": side["I2"]}
        for scale, shown in side["reported"].items():
            display = DISPLAY[scale]
            value, interval = estimate_texts(
                shown["estimate"], shown["ci_lb"], shown["ci_ub"], display.kind, style, null=display.null
            )
            row[scale] = f"{value} {interval}"
        rows.append(row)
    scales = list(dict.fromkeys(key for row in rows for key in row if key in DISPLAY))
    columns = (
        Column("folder", "Extractor"),
        Column("k", "k", "count"),
        Column("n", "N", "count"),
        *(Column(scale, f"{DISPLAY[scale].symbol} [{level} CI]") for scale in scales),
        Column("I2", "I² %", "percent"),
    )
    return Table("pooled", "", columns, tuple(rows))


def variables_table(answer: Answer, style: NumberStyle = APA) -> Table:
    """One row for every field: items, agreement, and the coefficient of its kind with its interval."""
    rows = []
    for item in answer["items"]:
        coefficients = item["coefficients"]
        name = next((key for key in ("kappa_w", "kappa", "icc") if key in coefficients), None)
        found = coefficients[name] if name is not None else None
        others = [
            _equation(key, coefficients[key]["estimate"], style)
            for key in ("alpha", "ac1")
            if key in coefficients and coefficients[key]["estimate"] is not None
        ]
        shown = ""
        if found is not None and found["estimate"] is not None:
            interval = interval_text(found["ci_lb"], found["ci_ub"], "bounded", style, null=None)
            shown = _equation(name or "", found["estimate"], style)
            shown += f" {interval}" if found["ci_lb"] is not None else ""
        row = {
            **{key: item[key] for key in ("field", "kind", "n", "complete", "agreed", "studies")},
            "agreement": 100.0 * coefficients["agreement"]["estimate"],
            "coefficient": shown,
            "others": ", ".join(others),
            "median_difference": item["median_difference"],
            "largest_difference": item["largest_difference"],
        }
        for key, value in coefficients.items():
            row |= {f"{key}_{part}": value[part] for part in ("estimate", "ci_lb", "ci_ub")}
        rows.append(row)
    machine = [
        Column(f"{key}_{part}", f"{key}_{part}", "bounded", shown=False)
        for key in ("agreement", *COEFFICIENTS)
        for part in ("estimate", "ci_lb", "ci_ub")
    ]
    columns = (
        Column("field", "Field"),
        Column("kind", "Kind"),
        Column("n", "n", "count"),
        Column("complete", "complete", shown=False),
        Column("agreed", "agreed", shown=False),
        Column("studies", "studies", shown=False),
        Column("agreement", "Agreed %", "percent", exported=False),
        Column("coefficient", "Coefficient [95% CI]", exported=False),
        Column("others", "Also", exported=False),
        Column("median_difference", "Median diff.", "unbounded"),
        Column("largest_difference", "Largest", "unbounded"),
        *machine,
    )
    return Table("agreement", "", columns, tuple(rows), frozenset({0}), (BANDS,))


def disagreements_table(answer: Answer, *, limit: int | None = None) -> Table:
    """Every field on which the two differ, with both places."""
    rows = [
        {
            **item,
            "a": _blank(item["a"]),
            "b": _blank(item["b"]),
            "at": f"{_place(item['where_a'])} · {_place(item['where_b'])}",
            "consensus": _blank(item["consensus"]) if item["settled"] is not None else "",
        }
        for item in answer["disagreements"]
    ]
    third = any(item["settled"] is not None for item in answer["disagreements"])
    columns = (
        Column("study", "Study"),
        Column("field", "Field"),
        Column("a", "A"),
        Column("b", "B"),
        Column("consensus", "Consensus", shown=third, exported=third),
        Column("settled", "settled", shown=False, exported=third),
        Column("at", "Line:column in A · B", exported=False),
        Column("where_a", "Where in A", shown=False),
        Column("where_b", "Where in B", shown=False),
    )
    cut = rows if limit is None else rows[:limit]
    more = (f"{len(rows) - len(cut)} more: --format csv lists all.",) if len(cut) < len(rows) else ()
    return Table("disagreements", "", columns, tuple(cut), footnotes=more)


def unpaired_table(answer: Answer) -> Table:
    """Studies and effects that one extractor has alone."""
    rows = tuple({**item, "effect": item["effect"] or "(the whole study)"} for item in answer["unpaired"])
    columns = (
        Column("study", "Study"),
        Column("effect", "Effect"),
        Column("side", "Only in"),
        Column("where", "Where"),
    )
    return Table("unpaired", "", columns, rows)


def _equation(key: str, value: float, style: NumberStyle) -> str:
    """``κ = .57``, or ``κ > .99``."""
    text = number(value, "bounded", style)
    return f"{COEFFICIENTS[key]} {text if text[0] in '<>' else f'= {text}'}"


def _place(where: str) -> str:
    """``14:9`` of ``folder/x.yaml:14:9``."""
    return ":".join(where.rsplit(":", 2)[1:])


def _blank(text: str | None) -> str:
    if text is None:
        return "(blank)"
    return text if len(text) <= 40 else f"{text[:39]}…"
