"""``report.docx``: APA tables, figures with their words, real styles, the same bytes every time."""

from __future__ import annotations

import io
import struct
import zipfile

import pytest
from report_pages import shipped_results

docx = pytest.importorskip("docx")
from docx.oxml.ns import qn  # noqa: E402, TID253

from rupmeta.errors import UsageError  # noqa: E402
from rupmeta.render.document import (  # noqa: E402
    Answer,
    Cited,
    Details,
    Document,
    Fact,
    Facts,
    FigureBlock,
    NotesBlock,
    Paragraph,
    Record,
    Records,
    References,
    Section,
    TableBlock,
    blocks_of,
)
from rupmeta.render.figures.layout import Layout, Page, Text  # noqa: E402
from rupmeta.render.report.pages import build_document  # noqa: E402
from rupmeta.render.tables import Column, Table  # noqa: E402
from rupmeta.render.writers.terminal import hold_together  # noqa: E402
from rupmeta.render.writers.word.document import document_to_word  # noqa: E402
from rupmeta.render.writers.word.runs import clean  # noqa: E402

STUDIES = Table(
    "effects",
    "",
    (Column("study", "Study"), Column("n", "N", "count"), Column("r", "r [95% CI]")),
    (
        {"study": "Alder (2001)", "n": 44, "r": ".31 [.02, .56]"},
        {"study": "Pooled", "n": 44, "r": ".31 [.02, .56]"},
    ),
    frozenset({1}),
    ("† provisional",),
)
WIDE = Table(
    "evidence",
    "",
    tuple(Column(f"c{i}", f"Heading{i}") for i in range(12)),
    tuple({f"c{i}": "incompressible" for i in range(12)} for _ in range(3)),
)


def figure(pages=1):
    sheets = tuple(Page(300.0, 200.0, (Text(10, 20, f"page {i}", "muted"),)) for i in range(pages))
    return Layout("repair-forest", "A forest", "Two studies; r = .31", sheets, ())


def document(*blocks, title="A review", sections=()):
    inner = Section("analysis-repair", "Results: repair (post hoc)", tuple(blocks), tuple(sections))
    return Document(title, "rupmeta", (), (inner,), "The end; correlational.")


def opened(data):
    return docx.Document(io.BytesIO(data))


def text_of(element):
    return "".join(node.text for node in element.iter(qn("w:t")))


def written(*blocks, **more):
    return opened(document_to_word(document(*blocks, **more), {}))


class TestTables:
    def test_rules_stand_above_and_below_the_heading_and_under_the_last_row(self):
        table = written(TableBlock(STUDIES)).tables[0]
        sides = [
            {tuple(border.tag.split("}")[1] for border in cell._tc.iter() if border.tag in BORDERS)
             for cell in row.cells}
            for row in table.rows
        ]  # fmt: skip
        assert sides == [{("top", "bottom")}, {()}, {("bottom",)}]
        assert table._tbl.tblPr.find(qn("w:tblBorders")) is None

    def test_the_heading_repeats_and_no_row_is_split(self):
        table = written(TableBlock(STUDIES)).tables[0]
        heads = [row._tr.trPr.find(qn("w:tblHeader")) is not None for row in table.rows]
        assert heads == [True, False, False]
        assert all(row._tr.trPr.find(qn("w:cantSplit")) is not None for row in table.rows)

    def test_number_title_and_note_stand_round_it(self):
        word = written(TableBlock(STUDIES), TableBlock(STUDIES))
        styled = [(p.style.name, text_of(p._p)) for p in word.paragraphs]
        assert styled[3:6] == [
            ("Caption Number", "Table 1"),
            ("Caption", "Effects before aggregation: repair (post hoc)"),
            ("Table Note", "Note. † provisional."),
        ]
        assert ("Caption Number", "Table 2") in styled
        number = word.styles["Caption Number"].font
        assert number.bold
        assert word.styles["Caption"].font.italic
        assert " SEQ Table \\* ARABIC " in word.element.xml

    def test_numbers_are_to_the_right_statistics_italic_and_pooled_rows_bold(self):
        table = written(TableBlock(STUDIES)).tables[0]
        study, n, r = (cell.paragraphs[0] for cell in table.rows[0].cells)
        assert (study.alignment, n.alignment, r.alignment) == (None, 2, None)
        assert [(run.text, run.italic) for run in r.runs] == [("r", True), (" [95%\u00a0CI]", None)]
        assert [run.bold for run in table.rows[2].cells[0].paragraphs[0].runs] == [True]

    def test_a_wide_table_lies_on_a_page_of_its_own_and_text_stands_upright_again(self):
        word = written(TableBlock(STUDIES), TableBlock(WIDE), Paragraph("after"))
        turned = [section.page_width > section.page_height for section in word.sections]
        assert turned == [False, True, False]
        total = sum(column.width for column in word.tables[1].columns)
        page = word.sections[1]
        assert total <= page.page_width - page.left_margin - page.right_margin + 12700

    def test_a_heading_goes_with_the_wide_table_below_it(self):
        wide = Section("routes", "Routes", (TableBlock(WIDE),))
        word = written(Paragraph("before"), sections=(wide,))
        texts = [child for child in word.element.body if child.tag == qn("w:p")]
        broken = [i for i, p in enumerate(texts) if p.find(f"{qn('w:pPr')}/{qn('w:sectPr')}") is not None]
        heading = next(i for i, p in enumerate(texts) if text_of(p) == "Routes")
        assert broken[0] < heading < broken[1]

    def test_a_table_without_rows_is_left_out(self):
        word = written(TableBlock(Table("studies", "", STUDIES.columns, ())))
        assert not word.tables
        assert "Table 1" not in text_of(word.element.body)


BORDERS = {qn(f"w:{side}") for side in ("top", "bottom", "left", "right", "start", "end", "insideH")}


class TestFigures:
    def test_a_figure_has_its_words_its_number_and_300_dots_an_inch(self):
        data = document_to_word(document(FigureBlock(figure(), "Forest plot.", "figures/x.svg")), {})
        (properties,) = opened(data).element.iter(qn("wp:docPr"))
        assert properties.get("descr") == "Two studies; r = .31"
        assert properties.get("name") == "Figure 1"
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            (name,) = (name for name in archive.namelist() if name.endswith(".png"))
            png = archive.read(name)
        at = png.index(b"pHYs") + 4
        assert round(struct.unpack(">I", png[at : at + 4])[0] * 0.0254) == 300
        assert struct.unpack(">I", png[16:20])[0] == 300 * 300 // 72

    def test_a_figure_in_pages_is_taken_from_the_drawings(self):
        block = FigureBlock(figure(), "Forest plot.", "figures/repair-forest.svg")
        word = opened(document_to_word(document(block), {"repair-forest": figure(3)}))
        described = [p.get("descr") for p in word.element.iter(qn("wp:docPr"))]
        assert described == [f"Two studies; r = .31 (page {i} of 3)" for i in (1, 2, 3)]

    def test_a_large_figure_fits_the_page(self):
        large = Layout("x", "t", "d", (Page(2000.0, 3000.0, ()),), ())
        word = written(FigureBlock(large, "Large.", "figures/y.svg"))
        (shape,) = word.inline_shapes
        section = word.sections[0]
        assert shape.width <= section.page_width - section.left_margin - section.right_margin
        assert shape.height <= section.page_height - section.top_margin - section.bottom_margin
        assert shape.height / shape.width == pytest.approx(1.5, rel=1e-3)


class TestText:
    def test_headings_are_headings_and_caveats_are_a_list(self):
        deep = Section("e", "Effects", (Paragraph("r = .31, p < .001", strong=True),))
        notes = NotesBlock((("SYNTH", "synthetic data", "a/b"),) * 2)
        word = written(notes, sections=(deep,))
        styled = [(p.style.name, p.text) for p in word.paragraphs]
        assert styled[:2] == [("Title", "A review"), ("Subtitle", "rupmeta")]
        assert ("Heading 1", "Results: repair (post hoc)") in styled
        assert ("Heading 2", "Effects") in styled
        assert styled.count(("Appendix List", "synthetic data (a/b) [SYNTH]")) == 1
        runs = next(p for p in word.paragraphs if p.text.startswith("r\u00a0=")).runs
        assert [(run.text, run.italic, run.bold) for run in runs if run.italic] == [
            ("r", True, True), ("p", True, True),
        ]  # fmt: skip

    def test_a_hostile_title_is_text(self):
        data = document_to_word(document(Paragraph("a\x00b\u202ec<w:p>&"), title="x\x0b\ud83d"[:2]), {})
        text = text_of(opened(data).element.body)
        assert "a\ufffdb\ufffdc<w:p>&" in text

    def test_answers_and_facts_are_words_in_order(self):
        blocks = (
            Answer("Is it?", "post hoc", (("r = .31", "95% CI [.10, .47]"),), "It may be."),
            Facts((Fact("Certainty", "not rated"),)),
        )
        word = written(*blocks)
        assert [p.text.replace("\u00a0", " ") for p in word.paragraphs][3:-1] == [
            "Is it? (post hoc)", "r = .31: 95% CI [.10, .47]", "It may be.", "Certainty: not rated",
        ]  # fmt: skip


ALDER = Record(
    "a", "Alder (2001)", "pooled", "Alder, A. (2001). One.", "https://x.org",
    (("Sample", "N = 44"), ("File", "a.yaml")),
    (("main", (("Outcome", "BDI"), ("Reported", "r = .31, n = 44"), ("Used: r, n", "yi = 0.32"),
               ("Source", "p. 3")), "r was .31"),),
)  # fmt: skip
BIRCH = Record(
    "b",
    "Birch (1999)",
    "excluded: relation",
    "Birch, B. (1999). Two.",
    None,
    (("Why it is out", "no outcome"),),
)


def review(*blocks):
    studies = Section("studies", "Studies", (Paragraph("Every number."), Records((BIRCH, ALDER))))
    analysis = Section("analysis-repair", "Results: repair (post hoc)", tuple(blocks))
    inputs = Section("provenance", "Provenance", (Paragraph("Files."),))
    cited = Cited((("Alder, A. (2001). One. ", False), ("A Journal", True), (".", False)), "https://x.org")
    out = Details("1 reference", (References((Cited((("Birch, B. (1999). Two.", False),)),)),))
    lists = (Section("in", "Pooled", (References((cited,)),)), Section("out", "Excluded", (out,)))
    references = Section("references", "References", (), lists)
    sections = (studies, analysis, references, inputs)
    return Document("A review", "rupmeta", (), sections, "The end; correlational.")


def outline(word):
    """(style, text) of headings and numbers, in order."""
    kept = ("Heading", "Caption Number")
    return [text_of(p._p) for p in word.paragraphs if p.style.name.startswith(kept)]


class TestArrangement:
    def test_main_text_then_references_then_appendices_with_their_own_numbers(self):
        blocks = (TableBlock(STUDIES), Details("More", (Paragraph("inside"), TableBlock(STUDIES))))
        word = opened(document_to_word(review(*blocks), {}))
        assert outline(word) == [
            "Studies", "Table 1", "Results: repair (post hoc)", "Table 2", "References", "Pooled", "Excluded",
            "Appendix A. Extraction: every number, its source and quotation", "Table A1", "Table A2",
            "Appendix B. Results: repair (post hoc)", "Table B1", "Appendix C. Provenance",
        ]  # fmt: skip
        texts = [p.text for p in word.paragraphs]
        assert "More on this: Appendix A." in texts
        assert "More on this: Appendix B." in texts
        assert texts.index("inside") > texts.index("References")

    def test_a_study_is_a_line_across_and_its_effects_are_rows_with_source_and_quotation(self):
        word = opened(document_to_word(review(), {}))
        _, extraction, outside = word.tables
        assert [len(row._tr.tc_lst) for row in extraction.rows] == [4, 1, 4]
        across, effect = (text_of(row._tr) for row in extraction.rows[1:])
        assert across == "Alder (2001) (pooled). File: a.yaml."
        for part in ("main; BDI", "r = .31, n = 44", "Used: r, n: yi = 0.32", "Source: p. 3", "“r was .31”"):
            assert part.replace(" = ", "\u00a0=\u00a0") in effect.replace(" = ", "\u00a0=\u00a0")
        assert "Birch (1999): excluded: relation" in text_of(outside.rows[1]._tr)
        assert "no outcome" in text_of(outside.rows[1]._tr)

    def test_references_hang_in_their_lists_before_the_appendices_with_journals_in_italics(self):
        word = opened(document_to_word(review(), {}))
        listed = [p for p in word.paragraphs if p.style.name == "Bibliography"]
        assert [p.text for p in listed] == [
            "Alder, A. (2001). One. A Journal. https://x.org",
            "Birch, B. (1999). Two.",
        ]
        assert [run.text for run in listed[0].runs if run.italic] == ["A Journal"]
        shape = word.styles["Bibliography"].paragraph_format
        assert shape.first_line_indent == -shape.left_indent

    def test_appendix_letters_are_small_and_pages_stay_upright(self):
        word = opened(document_to_word(review(Details("More", (TableBlock(STUDIES),))), {}))
        assert word.styles["Appendix Table"].font.size < word.styles["Table Text"].font.size
        assert {row.cells[0].paragraphs[0].style.name for row in word.tables[-1].rows} == {"Appendix Table"}
        assert all(section.page_width < section.page_height for section in word.sections)

    def test_who_is_not_in_a_pool_stands_by_reason(self):
        rows = tuple({"study": name, "criterion": "effect", "reason": "none"} for name in "abc")
        columns = (Column("study", "Study"), Column("criterion", "Criterion"), Column("reason", "Reason"))
        word = written(TableBlock(Table("excluded", "", columns, rows)))
        assert [text_of(row._tr) for row in word.tables[0].rows][1:] == ["effectnone3a, b, c"]

    def test_a_very_long_table_and_a_figure_of_many_sheets_are_named_by_their_files(self):
        rows = tuple({"study": f"s{i}", "n": i, "r": ".1"} for i in range(61))
        long = Table("gosh", "All subsets", STUDIES.columns, rows)
        word = opened(
            document_to_word(
                document(
                    Details("More", (TableBlock(long, "tables/repair-gosh.csv"),)),
                    FigureBlock(figure(3), "As studies join", "figures/repair-cumulative.svg"),
                ),
                {},
            )
        )
        texts = [p.text for p in word.paragraphs]
        assert "All subsets: 61 rows, in tables/repair-gosh.csv." in texts
        assert (
            "As studies join: 3 sheets, figures/repair-cumulative-1 to figures/repair-cumulative-3." in texts
        )
        assert not word.tables
        assert not word.inline_shapes

    def test_a_long_narrow_table_of_an_appendix_stands_in_two_halves(self):
        rows = tuple({"study": f"s{i}", "n": i, "r": ".1"} for i in range(15))
        narrow = Table("gosh", "All subsets", STUDIES.columns, rows)
        word = written(Details("More", (TableBlock(narrow),)))
        (table,) = word.tables
        assert [cell.text for cell in table.rows[1].cells] == ["s0", "0", ".1", "s8", "8", ".1"]
        assert [cell.text for cell in table.rows[8].cells] == ["s7", "7", ".1", "", "", ""]

    def test_a_figure_without_room_waits_and_the_text_goes_on(self):
        tall = [Layout(f"f{i}", f"t{i}", "d", (Page(300.0, 300.0, ()),), ()) for i in range(3)]
        blocks = [FigureBlock(layout, f"Figure {i}.", f"figures/f{i}.svg") for i, layout in enumerate(tall)]
        word = written(*blocks, Paragraph("goes on"))
        texts = [p.text for p in word.paragraphs]
        assert texts.index("Figure 0") < texts.index("goes on") < texts.index("Figure 1")

    def test_nothing_but_repeated_tables_and_what_needs_a_browser_is_left_out(self):
        """Every caveat, figure and study of the shipped review stands in the file."""
        document = build_document(shipped_results("."))
        text = " ".join(text_of(opened(document_to_word(document, {})).element.body).split())
        for block in blocks_of(document):
            if isinstance(block, FigureBlock):
                assert clean(block.caption).removesuffix(".") in text
            elif isinstance(block, NotesBlock):
                for _, message, _ in block.notes:
                    assert " ".join(hold_together(clean(message)).split()) in text
            elif isinstance(block, Records):
                for record in block.items:
                    assert record.title in text
                    assert record.reference in text
                    for _, _, quote in record.parts:
                        assert quote is None or " ".join(hold_together(clean(quote)).split()) in text


class TestBytes:
    def test_equal_documents_are_equal_bytes_without_a_clock(self):
        blocks = (TableBlock(STUDIES), FigureBlock(figure(), "F.", "figures/x.svg"))
        first, second = (document_to_word(document(*blocks), {}) for _ in range(2))
        assert first == second
        with zipfile.ZipFile(io.BytesIO(first)) as archive:
            assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
            core = archive.read("docProps/core.xml").decode()
        assert "2013" not in core
        assert "python-docx" not in core
        assert core.count("1980-01-01T00:00:00Z") == 3


class TestTemplate:
    @pytest.fixture
    def template(self):
        word = docx.Document()
        word.styles["Heading 1"].font.name = "Papyrus"
        word.add_paragraph("Instructions to authors")
        word.sections[0].left_margin = 1440180
        out = io.BytesIO()
        word.save(out)
        return out.getvalue()

    def test_its_styles_and_margins_are_kept_and_its_text_is_not(self, template):
        word = opened(document_to_word(document(TableBlock(STUDIES)), {}, template))
        assert word.styles["Heading 1"].font.name == "Papyrus"
        assert word.sections[0].left_margin == 1440180
        assert "Instructions" not in text_of(word.element.body)
        assert len(word.tables) == 1

    def test_what_is_no_word_file_is_refused(self):
        with pytest.raises(UsageError, match="--template is not a Word file"):
            document_to_word(document(), {}, b"PK not really")
