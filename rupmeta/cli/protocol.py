"""``rupmeta protocol``: the plan, frozen, and what departs from it."""

from __future__ import annotations

from typing import Annotated

import typer

from rupmeta.cli.options import OutputOptions, StudiesArgument

__all__ = ["protocol"]

ACTIONS = ("show", "freeze", "diff", "amend")


def _actions(incomplete: str) -> list[str]:
    """For the completion of shells."""
    return [name for name in ACTIONS if name.startswith(incomplete)]


def protocol(
    output: OutputOptions,
    action: Annotated[
        str, typer.Argument(metavar="ACTION", help="show, freeze, diff or amend.", autocompletion=_actions)
    ] = "show",
    studies: StudiesArgument = "studies",
    date: Annotated[
        str | None, typer.Option(metavar="DATE", help="When, such as 2026-01-10; no clock is asked.")
    ] = None,
    reason: Annotated[str | None, typer.Option(metavar="TEXT", help="Why the plan is amended.")] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Fail when a departure is not announced.")] = False,
) -> int:
    """Show the plan, freeze it, list what departs from it, or announce an amendment.

    freeze writes studies/protocol.lock.json: criteria and analyses with their hash. Every later change of
    them is listed by check, by diff and in the report.
    """
    from rupmeta.cli.io import emit, emit_json
    from rupmeta.errors import InputError, UsageError
    from rupmeta.read.folder import read_folder
    from rupmeta.read.layout import REVIEW
    from rupmeta.render.protocol import diff_screen, protocol_answer, protocol_screen

    if action not in ACTIONS:
        from rupmeta.read.schema_faults import nearest

        meant = nearest(action, ACTIONS)
        advice = f"did you mean {meant}?" if meant else f"choose from {', '.join(ACTIONS)}"
        raise UsageError(f"protocol {action} is not known; {advice}")
    form = output.form
    if form == "csv":
        raise UsageError("the plan is no table; --json has it with every departure")
    folder = read_folder(studies, strict=False)
    plans = (folder.file(REVIEW), folder.file("protocol.lock.json"))
    errors = [
        p for p in folder.problems if p.severity == "error" and p.path in plans and p.code != "UNKNOWN-KEY"
    ]
    if errors:  # faults of study files are no faults of the plan
        raise InputError(errors)
    if action in ("freeze", "amend"):
        from rupmeta.start.freeze import amend_plan, freeze_plan

        done = freeze_plan(folder, date) if action == "freeze" else amend_plan(folder, reason, date)
        if form != "json":
            print(f"wrote {done.path}: sha256 {done.frozen.versions[-1].sha256}")
            return 0
        folder = read_folder(studies, strict=False)
    answer = protocol_answer(folder, with_plan=True)
    if form == "json":
        emit_json("protocol", folder, answer, (), output)
    else:
        screen = protocol_screen if action == "show" else diff_screen
        emit(screen(answer, color=output.bold), output)
    return 1 if strict and any(item["amended"] is None for item in answer["departures"]) else 0
