"""``rupmeta agreement``: two extractors of the same studies."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from rupmeta.cli.options import ModelOptions, OutputOptions

if TYPE_CHECKING:
    from rupmeta.read.folder import Folder
    from rupmeta.read.problems import Problem

__all__ = ["agreement"]


def agreement(
    a: Annotated[str, typer.Argument(metavar="A", help="Folder of the first extractor.")],
    b: Annotated[str, typer.Argument(metavar="B", help="Folder of the second extractor.")],
    model: ModelOptions,
    output: OutputOptions,
    consensus: Annotated[
        str | None, typer.Option(metavar="C", help="Folder of what both settled on.")
    ] = None,
    ordinal: Annotated[
        list[str] | None,
        typer.Option(metavar="FIELD=LOW,…,HIGH", help="The order of a field's values; repeats."),
    ] = None,
    seed: Annotated[int, typer.Option(metavar="NUMBER", help="Seed of the bootstrap.")] = 20260101,
    strict: Annotated[
        bool, typer.Option("--strict", help="Exit with 1 when the extractors differ anywhere.")
    ] = False,
) -> int:
    """Compare two extractors field by field, and pool the studies that both have under each of them.

    --format csv lists the disagreements with their places, --format markdown writes a page.
    """
    from rupmeta.cli.io import emit, emit_notes, number_style, overrides_of
    from rupmeta.pipeline.agreement.run import run_agreement
    from rupmeta.render.agreement.answer import agreement_answer

    as_page = output.format is None and output.output.endswith(".md")
    markdown = (output.format == "markdown" or as_page) and not output.json
    form = "markdown" if markdown else output.form
    orders = _orders(ordinal or [])
    folders = _load([name for name in (a, b, consensus) if name is not None])
    third = folders[2] if consensus is not None else None
    found = run_agreement(
        folders[0],
        folders[1],
        third,
        overrides_of(model, folders[0]),
        orders=orders,
        seed=seed,
    )
    answer = agreement_answer(found)
    if form == "json":
        from rupmeta.render.envelope import canonical_json, envelope

        inputs = dict.fromkeys(item for folder in folders for item in folder.inputs)
        emit(canonical_json(envelope("agreement", inputs, answer, found.notes)), output)
    elif form == "csv":
        from rupmeta.render.agreement.document import disagreements_table
        from rupmeta.render.writers.delimited import to_csv

        emit(to_csv(disagreements_table(answer)), output)
    else:
        from rupmeta.render.agreement.document import agreement_document

        if markdown:
            from rupmeta.render.writers.document_markdown import document_to_markdown

            emit(document_to_markdown(agreement_document(answer, found.notes)), output)
        else:
            from rupmeta.render.writers.document_text import document_to_text

            style = number_style()
            page = agreement_document(answer, found.notes, style)
            emit(document_to_text(page, style, bold=output.bold), output)
            emit_notes(found.notes, output)
    return int(strict and bool(found.disagreements or found.unpaired))


def _load(names: Sequence[str]) -> list[Folder]:
    """All folders; the faults of all at once."""
    from rupmeta.errors import InputError
    from rupmeta.pipeline.load import load_review

    folders: list[Folder] = []
    problems: list[Problem] = []
    for name in names:
        try:
            folders.append(load_review(name))
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    return folders


def _orders(given: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """``quality=low,medium,high`` → the order of a field's values, lowest first."""
    from rupmeta.cli.io import parse_pairs
    from rupmeta.errors import UsageError

    orders = {}
    for field, text in parse_pairs(given, "ordinal"):
        levels = tuple(part.strip().casefold().replace("-", " ") for part in text.split(","))
        if len(levels) < 2 or len(set(levels)) < len(levels) or not all(levels):
            raise UsageError(f"--ordinal {field}={text}: name two or more different values, lowest first")
        orders[field] = levels
    return orders
