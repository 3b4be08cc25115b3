"""The flow diagram: every box that is known and none that is not; nothing overlaps or leaves the page."""

from __future__ import annotations

from rupmeta.render.figures.layout import Rect, Text
from rupmeta.render.figures.painters.svg import paint_svg
from rupmeta.render.figures.prisma import PrismaData, lay_out_prisma
from rupmeta.render.figures.text_width import text_width

COUNTS = {
    "database_results": 1200, "duplicates": 300, "records_screened": 900, "records_excluded": 820,
    "dbr_sought_reports": 80, "dbr_notretrieved_reports": 10, "dbr_assessed": 70, "new_studies": 20,
    "new_reports": 22, "total_studies_ma": 11, "total_reports_ma": 12,
}  # fmt: skip
LONG = "A reason that goes on and on, far beyond what one line of a box could hold <script>"


def diagram(**counts: int) -> PrismaData:
    return PrismaData("prisma", "A review", counts or COUNTS, (("No outcome", 40), (LONG, 8)), 9)


def texts(data: PrismaData) -> list[str]:
    return [
        mark.text.replace("\u00a0", " ")
        for mark in lay_out_prisma(data).pages[0].marks
        if isinstance(mark, Text)
    ]


def test_known_boxes_are_shown_with_their_counts() -> None:
    shown = texts(diagram())
    assert {"Databases (n = 1,200)", "Duplicates (n = 300)", "Reports not retrieved (n = 10)"} <= set(shown)
    assert {"Studies with an effect (n = 11)", "No extractable effect (9)"} <= set(shown)


def test_what_nobody_stated_is_not_shown_as_zero() -> None:
    shown = " ".join(texts(diagram(dbr_assessed=3, new_studies=3, new_reports=3)))
    assert "Databases" not in shown
    assert "Records screened" not in shown
    assert "n = 0" not in shown


def test_every_text_lies_in_its_box_and_the_boxes_on_the_page() -> None:
    page = lay_out_prisma(diagram()).pages[0]
    boxes = [mark for mark in page.marks if isinstance(mark, Rect)]
    for box in boxes:
        assert box.x >= 0
        assert box.x + box.width <= page.width
        assert box.y + box.height <= page.height
    for text in (mark for mark in page.marks if isinstance(mark, Text) and mark.role == "study"):
        width = text_width(text.text, text.size)
        assert any(
            box.x <= text.x and text.x + width <= box.x + box.width and box.y <= text.y <= box.y + box.height
            for box in boxes
        )


def test_user_text_is_escaped_and_the_words_are_told_to_those_who_cannot_see() -> None:
    layout = lay_out_prisma(diagram())
    assert "<script>" not in paint_svg(layout)
    assert "Reports assessed (n = 70)" in layout.desc
    assert "→ Reports excluded:" in layout.text
