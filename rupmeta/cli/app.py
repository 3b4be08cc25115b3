"""The command line: every command by name, heavy imports left to the commands that need them."""

from __future__ import annotations

from typing import Annotated

import typer

from rupmeta import __version__
from rupmeta.cli.bias import bias
from rupmeta.cli.convert import convert
from rupmeta.cli.detect import detect
from rupmeta.cli.effects import effects
from rupmeta.cli.files import check, schema
from rupmeta.cli.moderators import moderators
from rupmeta.cli.multiverse import multiverse
from rupmeta.cli.options import command
from rupmeta.cli.plot import plot
from rupmeta.cli.pool import pool
from rupmeta.cli.report import report
from rupmeta.cli.screen import screen
from rupmeta.cli.sensitivity import sensitivity

__all__ = ["app"]

app = typer.Typer(
    name="rupmeta",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Start with: rupmeta check studies/ · rupmeta pool studies/ · rupmeta plot forest studies/",
)


def _print_version(value: bool) -> None:
    if value:
        print(f"rupmeta {__version__}")
        raise typer.Exit


@app.callback()
def main(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Evidence synthesis of alliance rupture repair and the outcome of psychotherapy.

    In go YAML files, one per study; out come a pooled answer, its figures and a report.
    """


command(app, "check")(check)
command(app, "screen")(screen)
command(app, "detect")(detect)
command(app, "effects")(effects)
command(app, "convert")(convert)
command(app, "pool")(pool)
command(app, "moderators")(moderators)
command(app, "bias")(bias)
command(app, "multiverse")(multiverse)
command(app, "sensitivity")(sensitivity)
command(app, "plot")(plot)
command(app, "report")(report)
command(app, "schema")(schema)
