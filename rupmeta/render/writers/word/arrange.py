"""A page in the order of print: what a reviewer reads first, references, then appendices in small type."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from rupmeta.render.document import (
    Block,
    Details,
    Document,
    Explorer,
    Facts,
    NotesBlock,
    Paragraph,
    Record,
    Records,
    Section,
    TableBlock,
)
from rupmeta.render.writers.word.records import characteristics_table
from rupmeta.render.writers.word.shorter import shorten_table

__all__ = ["SHEETS", "Arrangement", "arrange"]

#: Sections that stand behind the references as they are.
BEHIND = ("manuscript", "checklists", "findings", "provenance")
REFERENCES = "references"
EXTRACTION = "Extraction: every number, its source and quotation"
#: Tables whose rows stand in the first appendix or in a figure of the same section.
REPEATED = ("routes", "screening", "studies", "leave_one_out", "cumulative")
#: A table of more rows, and a figure of more sheets, is left to its file; in the main text a table of more
#: rows than ``FEW`` goes to the appendix.
MOST, SHEETS, FEW = 60, 2, 40
#: Tables whose figure stands in the main text.
BESIDE_FIGURE = ("risk-of-bias",)

Notes = dict[tuple[str, str, str | None], None]


@dataclass(frozen=True, slots=True)
class Arrangement:
    """``main`` text; ``references``, with nothing closed in them; ``appendices``, lettered in this order."""

    main: tuple[Section, ...]
    references: Section | None
    appendices: tuple[Section, ...]


@dataclass
class _Moved:
    """What leaves a section for its appendix."""

    blocks: list[Block] = field(default_factory=list)
    sections: list[Section] = field(default_factory=list)
    notes: Notes = field(default_factory=dict)
    explained: list[tuple[Block, ...]] = field(default_factory=list)


def arrange(document: Document) -> Arrangement:
    """Main text, references and appendices of a page.

    What is closed on a screen goes to the appendix of its section, records become tables there, remarks that
    several parts of an analysis make are made once. What needs a browser is left out.
    """
    main: list[Section] = []
    behind: list[Section] = []
    records: list[Record] = []
    explained: list[tuple[Block, ...]] = []
    references = None
    for section in document.sections:
        if section.id == REFERENCES:
            references = _opened(section)
            continue
        if section.id in BEHIND:
            behind.append(_shortened(section))
            continue
        found = list(_records(section.blocks))
        records += found
        moved = _Moved(explained=explained)
        kept = _split(section, moved, top=True)
        if found:
            kept = _with_characteristics(kept, found)
        appendix = _appendix(section, moved)
        if appendix is not None:
            behind.insert(sum(part.id not in BEHIND for part in behind), appendix)
        main.append(kept)
    appendices = [*([_extraction(records)] if records else []), *behind]
    letters = {part.id: chr(ord("A") + i) for i, part in enumerate(appendices)}
    pointed = [_pointing(section, letters, records=bool(records)) for section in main]
    return Arrangement(tuple(pointed), references, tuple(appendices))


def _split(section: Section, moved: _Moved, *, top: bool = False) -> Section:
    """The section without what goes to its appendix, which is added to ``moved``."""
    kept, closed = _sort(section.blocks, moved)
    if closed and top:
        moved.blocks += closed
    elif closed:
        moved.sections.append(Section(f"{section.id}-more", section.title, tuple(closed)))
    below = [_split(child, moved) for child in section.sections]
    below = [child for child in below if child.blocks or child.sections]
    return dataclasses.replace(section, blocks=tuple(kept), sections=tuple(below))


def _sort(blocks: Iterable[Block], moved: _Moved) -> tuple[list[Block], list[Block]]:
    """(blocks for the main text, blocks for the appendix)."""
    kept: list[Block] = []
    closed: list[Block] = []
    after_explorer = False
    for block in blocks:
        of_explorer = after_explorer and isinstance(block, Paragraph)
        after_explorer = isinstance(block, Explorer)
        match block:
            case Explorer() | Records():
                continue
            case Paragraph() if of_explorer:
                continue  # how to use it
            case Details():
                inside, deeper = _sort(block.blocks, moved)
                if inside and all(isinstance(part, Facts) for part in inside):
                    # The same explanations for every analysis are given once.
                    if block.blocks in moved.explained:
                        continue
                    moved.explained.append(block.blocks)
                if inside or deeper:
                    closed.append(Details(block.title, (*inside, *deeper)))
            case NotesBlock():
                moved.notes.update(dict.fromkeys(block.notes))
            case TableBlock() if block.table.name in REPEATED:
                continue
            case TableBlock():
                short = _printed(block)
                long = isinstance(short, TableBlock) and len(short.table.rows) > FEW
                (closed if long or block.table.name in BESIDE_FIGURE else kept).append(short)
            case _:
                kept.append(block)
    return kept, closed


def _appendix(section: Section, moved: _Moved) -> Section | None:
    parts = list(moved.sections)
    if moved.notes:
        notes = (NotesBlock(tuple(moved.notes)),)
        parts.append(Section(f"{section.id}-remarks", "Remarks of the analyses", notes))
    if not parts and not moved.blocks:
        return None
    return Section(section.id, section.title, tuple(moved.blocks), tuple(parts))


def _shortened(section: Section) -> Section:
    """A section of the appendix: nothing in it is closed."""

    def opened(blocks: Iterable[Block]) -> Iterator[Block]:
        for block in blocks:
            yield _printed(block) if isinstance(block, TableBlock) else block

    return dataclasses.replace(
        section,
        blocks=tuple(opened(section.blocks)),
        sections=tuple(_shortened(child) for child in section.sections),
    )


def _printed(block: TableBlock) -> Block:
    """The table as it is printed, or where it stands."""
    table = shorten_table(block.table)
    if len(table.rows) <= MOST or block.file is None:
        return TableBlock(table, block.file)
    return Paragraph(f"{table.title or 'The table'}: {len(table.rows)} rows, in {block.file}.")


def _records(blocks: Iterable[Block]) -> Iterator[Record]:
    for block in blocks:
        if isinstance(block, Records):
            yield from block.items
        elif isinstance(block, Details):
            yield from _records(block.blocks)


def _with_characteristics(section: Section, records: Iterable[Record]) -> Section:
    table = characteristics_table(records)
    return dataclasses.replace(
        section, blocks=(*section.blocks, TableBlock(table)) if table else section.blocks
    )


def _extraction(records: Iterable[Record]) -> Section:
    return Section("extraction", EXTRACTION, (Records(tuple(records)),))


def _pointing(section: Section, letters: dict[str, str], *, records: bool) -> Section:
    """The section with a sentence that names the appendices that go on with it."""
    names = [letters[section.id]] if section.id in letters else []
    if section.id == "studies" and records:
        names.insert(0, letters["extraction"])
    if not names:
        return section
    where = " and ".join(f"Appendix {name}" for name in names)
    return dataclasses.replace(section, blocks=(*section.blocks, Paragraph(f"More on this: {where}.")))


def _opened(section: Section) -> Section:
    """The section with what is closed on a screen in its place."""

    def opened(blocks: Iterable[Block]) -> Iterator[Block]:
        for block in blocks:
            if isinstance(block, Details):
                yield from opened(block.blocks)
            else:
                yield block

    return dataclasses.replace(
        section,
        blocks=tuple(opened(section.blocks)),
        sections=tuple(_opened(child) for child in section.sections),
    )
