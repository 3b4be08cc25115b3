"""``rupmeta help``: the overview, or the help of one command."""

from __future__ import annotations

from typing import Annotated

import typer

__all__ = ["help"]


def help(  # noqa: A001  # the command's name
    topic: Annotated[
        str | None, typer.Argument(metavar="COMMAND", help="A command.", show_default="the overview")
    ] = None,
) -> int:
    """Show all commands by stage, or one with its examples and options."""
    from rupmeta.cli.app import COMMANDS, build_app
    from rupmeta.errors import unknown_choice

    if topic is not None and topic not in COMMANDS:
        raise unknown_choice("command", topic, COMMANDS)
    arguments = ["--help"] if topic is None else [topic, "--help"]
    build_app(arguments)(arguments, prog_name="rupmeta", standalone_mode=False)
    return 0
