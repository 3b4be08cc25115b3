"""The PRISMA 2020 flow diagram, laid out: a box for every stage, a box beside it for what left there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rupmeta.render.figures.layout import (
    Layout,
    Line,
    Mark,
    Page,
    Polygon,
    Rect,
    Text,
    glyph_notes,
    points,
    pt,
)
from rupmeta.render.figures.looks import Look
from rupmeta.render.figures.panel_frame import MARGIN, page_head
from rupmeta.render.figures.text_width import clean_text, text_width, wrap_to_width
from rupmeta.render.numbers import APA, number

__all__ = ["PrismaData", "lay_out_prisma"]

BOX, NARROWEST = 235.0, 80.0  # widths of a box
GAP, CLOSE = 34.0, 20.0  # between the boxes, on a page as wide as it likes and on a narrow one
BAND = 18.0
PAD = 7.0
LINE = 1.3
BAND_TEXT = 0.9

Counts = Mapping[str, int | str]


@dataclass(frozen=True, slots=True)
class PrismaData:
    """The boxes that are known, named as in the CSV of the PRISMA2020 package; the others are not stated.

    ``reasons``: (reason, number of reports) for the box of exclusions; ``without_effect``: studies that stay
    in the review though no effect can be extracted.
    """

    name: str
    title: str
    counts: Counts
    reasons: tuple[tuple[str, int], ...]
    without_effect: int
    banners: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Stage:
    band: str
    main: tuple[str, ...]
    aside: tuple[str, ...]


def lay_out_prisma(data: PrismaData, look: Look | None = None) -> Layout:
    """Lay the flow diagram out; a count that nobody stated is left out, never shown as 0."""
    look = look or Look()
    size = look.size
    left = MARGIN + BAND + 8
    box, gap = BOX, GAP
    if look.width is not None:
        gap = GAP if look.width >= left + 2 * BOX + GAP + MARGIN else CLOSE
        box = pt(max((look.width - left - gap - MARGIN) / 2, NARROWEST))
    width = pt(left + 2 * box + gap + MARGIN)
    marks, y = page_head(data.banners, data.title, look, width)
    y += 0.5 * size
    aside = left + box + gap
    stages = _stages(data)
    previous: float | None = None
    bands: dict[str, tuple[float, float]] = {}
    for stage in stages:
        main = _wrapped(stage.main, box, size)
        beside = _wrapped(stage.aside, box, size)
        height = max(len(main), len(beside)) * LINE * size + 2 * PAD
        if sum(other.band == stage.band for other in stages) == 1:  # the band's name needs its height
            height = max(height, text_width(stage.band, BAND_TEXT * size, bold=True) + 2 * PAD)
        if previous is not None:
            marks += _arrow(left + box / 2, previous, left + box / 2, y)
        marks += _box(left, y, box, height, main, size)
        if beside:
            marks += _box(aside, y, box, height, beside, size)
            marks += _arrow(left + box, y + height / 2, aside, y + height / 2)
        top, _ = bands.get(stage.band, (y, y))
        bands[stage.band] = (top, y + height)
        previous = y + height
        y += height + 20
    for name, (top, bottom) in bands.items():
        marks.append(Rect(MARGIN, pt(top), BAND, pt(bottom - top), "stage"))
        marks.append(
            Text(
                pt(MARGIN + BAND / 2 + 0.35 * BAND_TEXT * size),
                pt((top + bottom) / 2),
                name,
                "heading",
                BAND_TEXT * size,
                anchor="middle",
                bold=True,
                rotate=90.0,
            )
        )
    table = tuple((key, str(value)) for key, value in data.counts.items())
    page = Page(width, pt(y - 20 + MARGIN), tuple(marks))
    description = " ".join(" ".join((*stage.main, *stage.aside)) for stage in stages)
    return Layout(
        name=data.name,
        title=f"PRISMA 2020 flow diagram: {data.title}",
        desc=" ".join([*(f"{banner}." for banner in data.banners), "PRISMA 2020 flow diagram.", description]),
        pages=(page,),
        table=(("box", "count"), *table),
        text=_as_text(data, stages),
        palette=look.palette or look.journal.palette,
        notes=glyph_notes((data.title, *(reason for reason, _ in data.reasons))),
    )


def _stages(data: PrismaData) -> tuple[_Stage, ...]:
    counts = data.counts
    identified = _lines(
        counts,
        ("database_results", "Databases"),
        ("register_results", "Registers"),
        ("website_results", "Websites"),
        ("organisation_results", "Organisations"),
        ("citations_results", "Citation searching"),
        ("previous_studies", "Studies in the previous version"),
    )
    removed = _lines(
        counts,
        ("duplicates", "Duplicates"),
        ("excluded_automatic", "Marked ineligible by automation"),
        ("excluded_other", "Removed for other reasons"),
    )
    stages = []
    if identified:
        stages.append(
            _Stage(
                "Identification",
                ("Records identified:", *identified),
                _headed("Removed before screening:", removed),
            )
        )
    if "records_screened" in counts:
        stages.append(
            _Stage(
                "Screening",
                _lines(counts, ("records_screened", "Records screened")),
                _lines(counts, ("records_excluded", "Records excluded")),
            )
        )
    if "dbr_sought_reports" in counts:
        stages.append(
            _Stage(
                "Screening",
                _lines(counts, ("dbr_sought_reports", "Reports sought")),
                _lines(counts, ("dbr_notretrieved_reports", "Reports not retrieved")),
            )
        )
    reasons = tuple(f"{clean_text(reason)} ({_n(count)})" for reason, count in data.reasons)
    stages.append(
        _Stage(
            "Screening",
            _lines(
                counts,
                ("dbr_assessed", "Reports assessed"),
                ("other_assessed", "Reports from other sources assessed"),
            ),
            _headed("Reports excluded:", reasons),
        )
    )
    stages.append(
        _Stage(
            "Included",
            _lines(
                counts, ("new_studies", "Studies included"), ("new_reports", "Reports of included studies")
            ),
            (f"No extractable effect ({_n(data.without_effect)})",) if data.without_effect else (),
        )
    )
    stages.append(
        _Stage(
            "Included",
            _lines(
                counts,
                ("total_studies_ma", "Studies with an effect"),
                ("total_reports_ma", "Reports with an effect"),
            ),
            (),
        )
    )
    return tuple(stages)


def _lines(counts: Counts, *boxes: tuple[str, str]) -> tuple[str, ...]:
    return tuple(f"{label} (n = {_n(counts[box])})" for box, label in boxes if box in counts)


def _headed(heading: str, lines: tuple[str, ...]) -> tuple[str, ...]:
    return (heading, *lines) if lines else ()


def _n(count: int | str) -> str:
    return number(count, "count", APA) if isinstance(count, int) else clean_text(count)


def _wrapped(lines: tuple[str, ...], box: float, size: float) -> tuple[str, ...]:
    """The lines in a box; a count keeps together."""
    whole = (line.replace("(n = ", "(n\u00a0=\u00a0") for line in lines)
    return tuple(part for line in whole for part in wrap_to_width(line, box - 2 * PAD, size))


def _box(x: float, y: float, width: float, height: float, lines: tuple[str, ...], size: float) -> list[Mark]:
    block = len(lines) * LINE * size
    top = y + (height - block) / 2
    texts = [
        Text(pt(x + PAD), pt(top + (i + 0.78) * LINE * size), line, "study", size)
        for i, line in enumerate(lines)
    ]
    return [Rect(pt(x), pt(y), width, pt(height), "reference"), *texts]


def _arrow(x1: float, y1: float, x2: float, y2: float) -> list[Mark]:
    """A line with a head; the head points along the line, which is level or upright."""
    line = Line(pt(x1), pt(y1), pt(x2), pt(y2), "ci")
    if y1 == y2:
        head = points((x2, y2), (x2 - 6, y2 - 3), (x2 - 6, y2 + 3))
    else:
        head = points((x2, y2), (x2 - 3, y2 - 6), (x2 + 3, y2 - 6))
    return [line, Polygon(head, "arrow")]


def _as_text(data: PrismaData, stages: tuple[_Stage, ...]) -> str:
    rows = [*map(clean_text, data.banners), clean_text(data.title), ""]
    band = ""
    for stage in stages:
        if stage.band != band:
            band = stage.band
            rows.append(f"{band}")
        rows += [f"  {line}" for line in stage.main]
        rows += [f"      → {line}" if i == 0 else f"        {line}" for i, line in enumerate(stage.aside)]
    return "\n".join(rows)
