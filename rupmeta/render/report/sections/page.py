"""What every section is built from: the results, and the tables and figures that the page already has."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from rupmeta.errors import EstimationError, UsageError
from rupmeta.render.document import Block, Details, FigureBlock, NotesBlock, Paragraph, TableBlock
from rupmeta.render.figures.layout import Layout
from rupmeta.render.labels import DISPLAY
from rupmeta.render.tables import Table

__all__ = ["STATUS", "Page", "analyses_of", "notes_block", "part_of", "sentences", "slug"]

Results = Mapping[str, Any]

STATUS = {"prespecified": "prespecified", "posthoc": "post hoc", "undeclared": "no protocol"}

_SHARE = re.compile(r" \(\S+% of the weight\)")


@dataclass(frozen=True)
class Page:
    """The results of a review with the tables and figures of its report, by their file stems."""

    results: Results
    tables: Mapping[str, Table]
    layouts: Mapping[str, Layout]

    def table(self, stem: str) -> tuple[Block, ...]:
        """The table with its CSV twin; nothing when there is none."""
        if stem not in self.tables or not self.tables[stem].rows:
            return ()
        return (TableBlock(self.tables[stem], f"tables/{stem}.csv"),)

    def figure(self, stem: str, caption: str, note: str = "") -> tuple[Block, ...]:
        """The figure with its title and its note; nothing when there is none."""
        if stem not in self.layouts:
            return ()
        layout = self.layouts[stem]
        file = f"figures/{stem}.svg"
        return (FigureBlock(layout, caption, file, note),)


def analyses_of(results: Results) -> list[tuple[str, Results]]:
    """The analyses in the order of the protocol (JSON objects are stored sorted by key)."""
    return [(name, results["analyses"][name]) for name in results["order"]]


def in_reading_order(results: Results) -> Results:
    """The results with the scales of every estimate in the order of its protocol.

    JSON objects are stored sorted by key, and sentences speak of the first scale first.
    """
    analyses = {}
    for name, item in results["analyses"].items():
        order = [] if item["pool"] is None else list(item["pool"]["report_as"])
        analyses[name] = _ordered(item, order)
    return {**results, "analyses": analyses, **_beside(results, analyses)}


def _beside(results: Results, analyses: Results) -> Results:
    """The same of the extractions and of the version before, by the protocol of the analysis."""

    def ordered(item: Results) -> Results:
        own = analyses.get(item.get("analysis", item.get("name")))
        pool = None if own is None else own["pool"]
        found: Results = _ordered(item, [] if pool is None else list(pool["report_as"]))
        return found

    found = {
        key: {**results[key], "analyses": [ordered(item) for item in results[key]["analyses"]]}
        for key in ("double_extraction", "whats_new")
        if results[key] is not None
    }
    double = found.get("double_extraction")
    if double is not None and double["result"] is not None:
        double["result"] = ordered(double["result"])
    return found


def _ordered(value: Any, order: list[str]) -> Any:
    if isinstance(value, Mapping):
        keys = list(value)
        if keys and all(key in DISPLAY for key in keys):
            keys.sort(key=lambda key: order.index(key) if key in order else len(order))
        return {key: _ordered(value[key], order) for key in keys}
    return [_ordered(item, order) for item in value] if isinstance(value, list) else value


def part_of(item: Results, name: str) -> Results | None:
    """The answer of a part of an analysis; None when it was not computed or there is none."""
    part = item["parts"].get(name)
    answer: Results | None = None if part is None else part["result"]
    return answer


def reason_of(item: Results, name: str) -> tuple[Block, ...]:
    """Why a part has no answer."""
    part = item["parts"].get(name)
    if part is None or part["reason"] is None:
        return ()
    return (Paragraph(f"Not computed: {part['reason']}."),)


def own_notes(item: Results, *names: str) -> tuple[Block, ...]:
    """The notes of parts that are not already said of the analysis as a whole."""
    parts = [item["parts"].get(name) or {"notes": []} for name in names]
    return new_notes(item, [note for part in parts for note in part["notes"]])


def new_notes(item: Results, notes: Iterable[Results]) -> tuple[Block, ...]:
    """Those notes that the caveats of the analysis do not hold already, each once."""
    said = {_words(note) for note in item["notes"]}
    fresh = []
    for note in notes:
        if _words(note) not in said:
            said.add(_words(note))
            fresh.append(note)
    return notes_block(fresh)


def _words(note: Results) -> tuple[str, str]:
    """What a note says, without the share of the weight that only a pooled answer can add to it."""
    return note["code"], _SHARE.sub("", note["message"])


def notes_block(notes: Iterable[Results]) -> tuple[Block, ...]:
    """Caveats as a list; nothing when there are none."""
    listed = tuple((note["code"], note["message"], note["where"]) for note in notes)
    return (NotesBlock(listed),) if listed else ()


def sentences(texts: Iterable[str | None]) -> tuple[Block, ...]:
    """Sentences as one paragraph; nothing when there are none."""
    text = " ".join(text for text in texts if text)
    return (Paragraph(text),) if text else ()


def closed(title: str, *blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    """Blocks that are closed under a title; nothing when there are none."""
    inside = tuple(block for some in blocks for block in some)
    return (Details(title, inside),) if inside else ()


def attempt(work: Callable[[], Any]) -> Any | None:
    """What ``work`` gives; None when the numbers do not allow it."""
    try:
        return work()
    except (EstimationError, UsageError):
        return None


def slug(name: str) -> str:
    """A moderator's name as part of a file name: letters, digits and hyphens."""
    text = "".join(char if char.isalnum() else "-" for char in name.lower())
    return "-".join(part for part in text.split("-") if part)
