"""Checklists of reporting guidelines as Markdown, CSV or Word."""

from __future__ import annotations

from rupmeta.render.checklists.fill import checklist_table, fill_checklist
from rupmeta.render.checklists.found import ROBUSTNESS
from rupmeta.render.document import Document, Section, TableBlock
from rupmeta.render.exports.kinds import Exported, Request
from rupmeta.render.report.files import compute_results
from rupmeta.render.writers.delimited import to_csv
from rupmeta.render.writers.markdown import to_markdown

__all__ = ["export_lsr_checklist", "export_mars_checklist", "export_prisma_checklist"]


def export_prisma_checklist(request: Request) -> Exported:
    """PRISMA 2020, all 42 items."""
    return _export("prisma", request)


def export_mars_checklist(request: Request) -> Exported:
    """MARS."""
    return _export("mars", request)


def export_lsr_checklist(request: Request) -> Exported:
    """PRISMA-LSR."""
    return _export("lsr", request)


def _export(name: str, request: Request) -> Exported:
    """Incomplete while an item is missing."""
    results = compute_results(request.folder, request.folder.problems, (*ROBUSTNESS, "bias"))
    table = checklist_table(name, results)
    complete = all(answer.status != "missing" for answer in fill_checklist(name, results))
    if request.suffix == ".csv":
        return Exported(to_csv(table).encode(), complete=complete)
    if request.suffix == ".docx":
        from rupmeta.render.writers.word.document import document_to_word

        section = Section("checklist", table.title, (TableBlock(table),))
        page = Document(results["title"], f"rupmeta {results['version']}", (), (section,), "")
        return Exported(document_to_word(page, {}), complete=complete)
    return Exported(to_markdown(table).encode(), complete=complete)
