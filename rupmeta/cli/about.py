"""``rupmeta cite`` and ``rupmeta doctor``: how to cite, and whether everything is in place."""

from __future__ import annotations

from typing import Annotated

import typer

from rupmeta.cli.options import StudiesArgument

__all__ = ["cite", "doctor"]


def cite(
    studies: StudiesArgument = "studies",
    format: Annotated[  # noqa: A002  # the option's name is binding
        str, typer.Option(metavar="NAME", help="text, bibtex or csl.")
    ] = "text",
) -> int:
    """How to cite the program, and the review in STUDIES where there is one.

    A CITATION.cff beside the studies says who wrote the review.
    """
    import sys
    from pathlib import Path

    from rupmeta.errors import UsageError
    from rupmeta.read.folder import read_folder
    from rupmeta.start.citing import FORMATS, cite_program, cite_review, write_works

    if format not in FORMATS:
        raise UsageError(f"--format {format} is not known; choose {', '.join(FORMATS)}")
    works = [cite_program()]
    if studies != "studies" or Path(studies).is_dir():
        works.append(cite_review(read_folder(studies, strict=False)))
    sys.stdout.write(write_works(works, format))
    return 0


def doctor(
    json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> int:
    """Is everything here that the program needs: packages, extras, fonts, R, threads, encoding, schemas.

    Exit code 1 when something is missing without which it cannot work. Nothing is changed, and no network
    is used.
    """
    import sys
    from pathlib import Path

    from rupmeta.pipeline.installation import check_installation
    from rupmeta.render.envelope import canonical_json, envelope
    from rupmeta.render.installed import doctor_screen, installation_answer

    answer = installation_answer(check_installation(Path()))
    if json:
        sys.stdout.write(canonical_json(envelope("doctor", (), answer)))
    else:
        print(doctor_screen(answer))
    return 0 if answer["ok"] else 1
