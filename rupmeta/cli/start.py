"""``rupmeta init`` and ``rupmeta new``: a review from nothing, a study file to fill in."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from rupmeta.cli.options import OutputOptions

__all__ = ["init", "new"]


def init(
    output: OutputOptions,
    folder: Annotated[
        str, typer.Argument(metavar="FOLDER", help="Folder of the review.", show_default="this folder")
    ] = ".",
    title: Annotated[str, typer.Option(metavar="TEXT", help="Title of the review.")] = "A review of alliance "
    "rupture repair and the outcome of psychotherapy",
    example: Annotated[
        bool, typer.Option(help="Write an invented study that shows a filled-in file.")
    ] = True,
) -> int:
    """Make a review from nothing: protocol, a first study file, schemas for editors, checks on GitHub.

    Nothing that exists is overwritten: files that are there stay, and are named.
    """
    from pathlib import Path

    from rupmeta.start.skeleton import start_review

    started = start_review(Path(folder), title, example=example)
    if output.form == "json":
        from rupmeta.cli.io import emit
        from rupmeta.render.envelope import canonical_json, envelope

        result = {"written": started.written, "kept": started.kept, "advice": started.advice}
        emit(canonical_json(envelope("init", (), result)), output)
        return 0
    lines = [*(f"wrote {path}" for path in started.written)]
    lines += [f"kept {path} (it exists)" for path in started.kept]
    lines += started.advice
    print("\n".join(lines))
    if not output.quiet and started.written:
        import sys

        there = "" if folder in (".", "./") else f"cd {folder} && "
        print(f"next: {there}rupmeta check && rupmeta pool && rupmeta report", file=sys.stderr)
    return 0


def new(
    name: Annotated[str, typer.Argument(metavar="ID", help="Name of the study, such as larsson2018.")],
    to: Annotated[str, typer.Option(metavar="STUDIES", help="Folder of study files.")] = "studies",
    title: Annotated[str | None, typer.Option(metavar="TEXT", help="Title of the paper.")] = None,
    authors: Annotated[
        str | None, typer.Option(metavar="TEXT", help='"Larsson, M.; Ek, A. B.": a semicolon between them.')
    ] = None,
    year: Annotated[int | None, typer.Option(metavar="YEAR", help="Year of publication.")] = None,
    journal: Annotated[str | None, typer.Option(metavar="TEXT", help="Journal or book.")] = None,
    doi: Annotated[str | None, typer.Option(metavar="DOI", help="10.1080/… or its address.")] = None,
    relation: Annotated[
        str, typer.Option(metavar="NAME", help="repair-outcome, training-outcome or other.")
    ] = "repair-outcome",
) -> int:
    """Add a study file in which every field is explained, valid at once; nothing is overwritten."""
    from pathlib import Path
    from typing import get_args

    from rupmeta.errors import UsageError
    from rupmeta.read.layout import show
    from rupmeta.read.study import Relation
    from rupmeta.start.new_study import bare_doi, new_study

    if relation not in get_args(Relation):
        raise UsageError(f"--relation {relation} is not known; choose {', '.join(get_args(Relation))}")
    citation: dict[str, Any] = {
        "authors": [part.strip() for part in (authors or "").split(";") if part.strip()],
        "year": year,
        "title": title,
        "container": journal,
        "doi": None if doi is None else bare_doi(doi),
    }
    path = new_study(Path(to), name, citation, relation)
    print(f"wrote {show(path)}: fill it in, then rupmeta check {show(to)}")
    return 0
