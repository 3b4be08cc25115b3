"""``rupmeta plot sessions`` and the other figures of session ratings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rupmeta.cli.options import OutputOptions

if TYPE_CHECKING:
    from rupmeta.render.figures.looks import Look

__all__ = ["plot_sessions"]


def plot_sessions(
    kind: str,
    path: str,
    output: OutputOptions,
    *,
    rule: str | None,
    scale: str | None,
    settings: list[str] | None,
    study: str | None,
    client: str | None,
    synthetic: bool,
    text: bool,
    look: Look,
) -> int:
    """Draw a figure of the ratings at ``path``: CSV, Parquet, a study file or a folder of them."""
    import sys
    from dataclasses import replace
    from pathlib import Path

    from rupmeta.cli.io import emit, emit_notes
    from rupmeta.errors import UsageError
    from rupmeta.render.envelope import canonical_json, envelope
    from rupmeta.render.figures.write import write_figure
    from rupmeta.render.session_figures import request_session_figure

    given = _settings(settings)
    given |= {name: value for name, value in (("rule", rule), ("scale", scale)) if value is not None}
    figure, read, notes = request_session_figure(
        kind, path, given=given, study=study, client=client, look=look, synthetic=synthetic
    )
    form = output.form
    if form == "json":
        answer = canonical_json(envelope("plot", [read], figure.as_dict(), notes))
        emit(answer, replace(output, output="-"))
    elif output.output == "-":
        print(figure.layout.text)
    named = output.output != "-"
    target = Path(output.output if named else f"{figure.layout.name}.svg")
    if named or not (text or form == "json"):
        if named and target.exists() and not output.force:
            raise UsageError(f"{target} exists; --force overwrites it")
        for written in write_figure(figure.layout, target):
            print(f"wrote {written}", file=sys.stderr)
    if form != "json":
        emit_notes([*figure.layout.notes, *notes], output)
    return 0


def _settings(pairs: list[str] | None) -> dict[str, Any]:
    """``window=5`` and the like: numbers as numbers, ``columns`` as a mapping."""
    from rupmeta.cli.io import parse_pairs

    given: dict[str, Any] = {}
    for key, text in parse_pairs(pairs, "set"):
        if key == "columns":
            given[key] = dict(parse_pairs(text.split(","), "set columns"))
        elif text.lower() in ("true", "false"):
            given[key] = text.lower() == "true"
        else:
            given[key] = (
                _number(text) if key not in ("scale", "phases", "rater", "instrument", "sep") else text
            )
    return given


def _number(text: str) -> Any:
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text
