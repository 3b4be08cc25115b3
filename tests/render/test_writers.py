"""Tables and documents on their way out: nothing lost, nothing that acts."""

from __future__ import annotations

import csv
import io
import json
import re

import pytest

from rupmeta.render.document import (
    Answer,
    Details,
    Document,
    Explorer,
    Fact,
    Facts,
    NotesBlock,
    Paragraph,
    Record,
    Records,
    Section,
    TableBlock,
)
from rupmeta.render.envelope import canonical, canonical_json
from rupmeta.render.numbers import ASCII
from rupmeta.render.tables import Column, Table
from rupmeta.render.writers.delimited import to_csv
from rupmeta.render.writers.document_markdown import document_to_markdown
from rupmeta.render.writers.html import document_to_html
from rupmeta.render.writers.markdown import to_markdown
from rupmeta.render.writers.terminal import cell_width, paragraph, plain, render_notes, render_table
from rupmeta.results import Note

HOSTILE = '[sic] [/x] <script>alert(1)</script> =HYPERLINK("x") ::error:: ../../x\x1b[31m\u202e'

TABLE = Table(
    "t",
    "A table",
    (
        Column("study", "Study"),
        Column("r", "r", "bounded"),
        Column("hidden", "hidden", "unbounded", shown=False),
        Column("shown", "Shown", exported=False),
    ),
    (
        {"study": HOSTILE, "r": 0.285, "hidden": -0.31, "shown": "x"},
        {"study": "観察 2018", "r": None, "hidden": float("nan"), "shown": None},
    ),
    strong=frozenset({1}),
    footnotes=("† provisional",),
)


def test_the_terminal_shows_text_as_it_stands_and_lets_nothing_act() -> None:
    text = render_table(TABLE, style=ASCII)
    assert "[sic] [/x] <script>alert(1)</script>" in text
    assert "\x1b" not in text
    assert "\u202e" not in text
    lines = text.splitlines()
    assert lines[1].split() == ["Study", "r", "Shown"]
    assert lines[3].rstrip().endswith(".29  x")
    assert lines[-1] == "† provisional"


def test_columns_line_up_for_wide_characters() -> None:
    lines = render_table(TABLE, style=ASCII).splitlines()
    ends = {cell_width(line[: line.index(word)]) for line, word in ((lines[3], ".29"), (lines[4], "  —"))}
    assert len(ends) <= 2
    assert cell_width("観察") == 4
    assert cell_width("e\u0301") == 1


def test_csv_is_raw_and_safe() -> None:
    rows = list(csv.reader(io.StringIO(to_csv(TABLE))))
    assert rows[0] == ["study", "r", "hidden"]
    assert rows[1] == [HOSTILE, "0.285", "-0.31"]
    assert rows[2] == ["観察 2018", "", ""]
    formulas = Table("t", "", (Column("a", "a"),), tuple({"a": c + "x"} for c in "=+-@\t"))
    assert [row[0][0] for row in csv.reader(io.StringIO(to_csv(formulas)))][1:] == ["'"] * 5


def test_markdown_escapes_what_would_act() -> None:
    text = to_markdown(TABLE)
    assert "\\[sic\\]" in text
    assert "\\<script\\>" in text
    assert "| **観察 2018** |" in text


def test_a_data_frame_has_the_exported_columns() -> None:
    frame = TABLE.to_frame()
    assert list(frame.columns) == ["study", "r", "hidden"]
    assert frame["r"][0] == 0.285


ROW = {
    **dict.fromkeys(("id", "label", "n", "text", "weight", "heading"), HOSTILE),
    "study": "x",
    "pooled": False,
}


def test_a_page_escapes_every_text() -> None:
    document = Document(
        title=HOSTILE,
        subtitle=HOSTILE,
        banners=(HOSTILE,),
        sections=(
            Section(
                "s",
                HOSTILE,
                (
                    Paragraph(HOSTILE),
                    TableBlock(TABLE),
                    NotesBlock((("C", HOSTILE, HOSTILE),)),
                    Answer(HOSTILE, HOSTILE, ((HOSTILE, HOSTILE),), HOSTILE),
                    Details(HOSTILE, (Facts((Fact(HOSTILE, HOSTILE),)),)),
                    Records((Record("r", HOSTILE, HOSTILE, HOSTILE, None, ((HOSTILE, HOSTILE),)),)),
                    Explorer("e", {"name": "e", "label": HOSTILE}, (ROW,), HOSTILE),
                ),
            ),
        ),
        footer=HOSTILE,
    )
    page = document_to_html(document)
    assert page.count("<script") == 2  # the page's own: data and program
    page, _, program = page.partition("<script>")
    assert "<script>" not in page + program
    assert "style=" not in page.replace("<style", "").replace("style-src", "")
    assert page.count("&lt;script&gt;") >= 20
    assert "http://" not in page
    markdown = document_to_markdown(document)
    assert not re.search(r"(?<!\\)<script", markdown)
    assert "\x1b" not in page + markdown


def test_canonical_numbers() -> None:
    assert canonical({"a": 1 / 3, "b": -0.0, "c": float("inf"), "d": (1, True, None)}) == {
        "a": 0.3333333333,
        "b": 0.0,
        "c": None,
        "d": [1, True, None],
    }
    assert canonical_json({"b": 1, "a": "é"}) == '{\n  "a": "é",\n  "b": 1\n}\n'
    assert json.loads(canonical_json([0.1 + 0.2])) == [0.3]


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("x " * 48 + "r = .29, 95% CI [.10, .47]", "r = .29"),
        ("x " * 46 + "95% CI [.10, .47] and", "95% CI [.10, .47]"),
        ("x " * 47 + "F(2, 8) = 5.1", "F(2, 8) = 5.1"),
    ],
)
def test_a_statistic_stays_on_one_line(text: str, kept: str) -> None:
    assert any(kept in line for line in paragraph(text).splitlines())


def test_many_notes_of_one_kind_are_counted() -> None:
    notes = [Note("DROP", f"effect {i} leaves", f"s{i}") for i in range(5)] + [Note("K-FEW", "few")]
    text = render_notes(notes)
    assert "DROP: effect 0 leaves (s0)" in text
    assert "DROP: and 3 more" in text
    assert "K-FEW: few" in text


def test_long_labels_are_cut_and_say_so() -> None:
    assert plain("x" * 300, limit=200) == "x" * 199 + "…"
