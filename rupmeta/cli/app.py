"""The command line: every command by name, imported when it is asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Annotated

import typer

from rupmeta import __version__
from rupmeta.cli.manual import ManualGroup
from rupmeta.cli.options import command

__all__ = ["COMMANDS", "build_app"]

#: Command → the module whose function of that name runs it, in the order of the help.
COMMANDS: Mapping[str, str] = {
    "init": "start",
    "new": "start",
    "check": "files",
    "screen": "screen",
    "detect": "detect",
    "effects": "effects",
    "convert": "convert",
    "pool": "pool",
    "moderators": "moderators",
    "bias": "bias",
    "multiverse": "multiverse",
    "sensitivity": "sensitivity",
    "plot": "plot",
    "report": "report",
    "diff": "diff",
    "protocol": "protocol",
    "import": "importing",
    "export": "export",
    "agreement": "agreement",
    "power": "power",
    "schema": "files",
    "help": "help",
    "cite": "about",
    "doctor": "about",
}


#: Commands whose name is a word of Python.
_FUNCTIONS = {"import": "import_"}


def build_app(arguments: Sequence[str] = ()) -> typer.Typer:
    """The program for ``arguments``.

    Declaring every option of every command takes a tenth of a cold start, so a call that begins with a
    command gets that command alone; the help, a misspelt command and completion get all.
    """
    app = typer.Typer(
        name="rupmeta",
        cls=ManualGroup,
        no_args_is_help=True,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
        epilog="Start with: rupmeta init my-review · rupmeta check studies/ · rupmeta pool studies/",
    )
    app.callback()(main)
    wanted = [arguments[0]] if arguments and arguments[0] in COMMANDS else list(COMMANDS)
    for name in wanted:
        module = import_module(f"rupmeta.cli.{COMMANDS[name]}")
        command(app, name)(getattr(module, _FUNCTIONS.get(name, name)))
    return app


def _print_version(value: bool) -> None:
    if value:
        print(f"rupmeta {__version__}")
        raise typer.Exit


def main(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Evidence synthesis of alliance rupture repair and the outcome of psychotherapy.

    In go YAML files, one per study; out come a pooled answer, its figures and a report.
    """
