"""``rupmeta plot sessions`` and the other figures of session ratings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rupmeta.cli.options import OutputOptions

if TYPE_CHECKING:
    from rupmeta.cli.io import Form
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
    seed: int,
    form: Form,
    look: Look,
) -> int:
    """Draw a figure of the ratings at ``path``: CSV, Parquet, a study file or a folder of them."""
    from rupmeta.cli.io import show_drawn
    from rupmeta.render.detect.requests import request_session_figure

    given = _settings(settings)
    given |= {name: value for name, value in (("rule", rule), ("scale", scale)) if value is not None}
    figure, read, notes = request_session_figure(
        kind, path, given=given, study=study, client=client, look=look, seed=seed, synthetic=synthetic
    )
    return show_drawn(figure, [read], notes, output, form=form)


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
