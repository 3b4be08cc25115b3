"""Where answers go: stdout or a file, as a table, CSV or JSON; caveats to stderr."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rupmeta.cli.options import ModelOptions, OutputOptions
from rupmeta.errors import UsageError

if TYPE_CHECKING:
    from rupmeta.pipeline.specification import Overrides
    from rupmeta.read.folder import Folder, InputFile
    from rupmeta.render.drawing.draw import Figure
    from rupmeta.render.numbers import NumberStyle
    from rupmeta.results import Note

__all__ = [
    "Form",
    "drawn_file",
    "emit",
    "emit_json",
    "number_style",
    "overrides_of",
    "parse_pairs",
    "show_drawn",
    "write_drawn",
    "write_text",
]


#: Dots per inch of a PNG.
DPI = 300


def parse_pairs(pairs: Sequence[str] | None, option: str) -> list[tuple[str, str]]:
    """``["phase=late"]`` → [("phase", "late")]; ``UsageError`` shows the form."""
    parsed: list[tuple[str, str]] = []
    for pair in pairs or ():
        key, sign, value = pair.partition("=")
        if not sign or not key.strip() or not value.strip():
            raise UsageError(f"--{option} {pair}: write key=value, such as --{option} phase=late")
        parsed.append((key.strip(), value.strip()))
    return parsed


def overrides_of(model: ModelOptions, folder: Folder) -> Overrides:
    """The user's options as the pipeline wants them.

    A condition's value is read as in a study file (true, 12, late); a key given twice takes either value.
    """
    from rupmeta.pipeline.specification import Overrides, check_field
    from rupmeta.read.yaml_files import resolve_plain

    where: dict[str, Any] = {}
    for key, text in parse_pairs(model.where, "where"):
        check_field(folder, key, "--where")
        value = resolve_plain(text)
        where[key] = value if key not in where else [*_listed(where[key]), value]
    return Overrides(
        analysis=model.analysis,
        where=where,
        measure=model.measure,
        method=model.method,
        test=model.test,
        level=model.level,
        dependence=model.dependence,
        rho=model.rho,
        preset=model.preset,
        verified_only=model.verified_only,
    )


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def number_style() -> NumberStyle:
    """Typographic signs on a terminal, ASCII in pipes and files."""
    from rupmeta.render.writers.terminal import style_for

    return style_for(tty=sys.stdout.isatty())


def emit(text: str, output: OutputOptions) -> None:
    """Write the answer to stdout or, with ``-o``, to a file."""
    if output.output == "-":
        sys.stdout.write(text if text.endswith("\n") else text + "\n")
    else:
        write_text(Path(output.output), text if text.endswith("\n") else text + "\n", force=output.force)


#: Names that stand for devices on some system, whatever their ending.
_DEVICES = frozenset(
    {"con", "prn", "aux", "nul", *(f"{kind}{i}" for kind in ("com", "lpt") for i in range(1, 10))}
)


def check_target(path: Path, *, force: bool) -> None:
    """Refuse what is no plain file to be written: devices, links, and without ``force`` what exists."""
    if path.name.split(".")[0].lower() in _DEVICES or (
        path.exists() and not (path.is_file() or path.is_dir())
    ):
        raise UsageError(f"OUT-PATH: {path} is a device, no file; name another")
    if path.is_symlink():
        raise UsageError(f"OUT-PATH: {path} is a link to another file; name that file, or another")
    if path.exists() and not force:
        raise UsageError(f"{path} exists; --force overwrites it")


def write_text(path: Path, text: str, *, force: bool) -> None:
    """Write beside the target and replace it; nothing is overwritten without ``force``."""
    if path.is_dir():
        raise UsageError(f"{path} is a folder; name a file in it")
    check_target(path, force=force)
    if not path.parent.is_dir():
        raise UsageError(f"the folder {path.parent} does not exist")
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    temporary.write_text(text, encoding="utf-8", newline="\n")
    temporary.replace(path)


def emit_json(
    command: str, folder: Folder, result: Any, notes: Iterable[Note], output: OutputOptions
) -> None:
    """The one JSON object of interface section 5."""
    from rupmeta.render.envelope import canonical_json, envelope

    emit(canonical_json(envelope(command, folder.inputs, result, notes)), output)


def emit_notes(notes: Iterable[Note], output: OutputOptions) -> None:
    """Caveats go to stderr, unless ``--quiet``."""
    from rupmeta.render.writers.terminal import render_notes

    text = render_notes(notes)
    if text and not output.quiet:
        sys.stdout.flush()
        print(f"\nNotes\n{text}", file=sys.stderr)


@dataclass(frozen=True, slots=True)
class Form:
    """How a figure leaves ``rupmeta plot``: printed as text alone; text kept in an SVG; dots of a PNG."""

    text: bool = False
    svg_text: bool = False
    dpi: int | None = None


def drawn_file(output: OutputOptions, *, text: bool) -> str | None:
    """The file that a figure will be drawn to; None when only text or data are wanted.

    Without ``-o`` it is an SVG named after the figure, which is not known yet.
    """
    if output.output != "-":
        return None if output.output.lower().endswith((".csv", ".json")) else output.output
    return None if text or output.form_beside_drawing != "table" else "figure.svg"


def write_drawn(drawn: Figure, target: str, output: OutputOptions, form: Form | None = None) -> None:
    """Write a figure to a file of its own, saying so; nothing is overwritten without ``--force``."""
    from rupmeta.render.figures.write import write_figure

    path = Path(target)
    check_target(path, force=output.force)
    form = form or Form()
    for written in write_figure(drawn.layout, path, svg_text=form.svg_text, dpi=form.dpi or DPI):
        print(f"wrote {written}", file=sys.stderr)


def show_drawn(
    drawn: Figure,
    inputs: Iterable[InputFile],
    notes: Iterable[Note],
    output: OutputOptions,
    *,
    form: Form,
) -> int:
    """What ``rupmeta plot`` does with a figure.

    Without ``-o`` it is printed as text and written to ``<name>.svg`` here, unless only text is wanted.
    Data (JSON, or the rows behind the picture as CSV) goes to stdout, or into the .csv or .json that ``-o``
    names; any other file of ``-o`` is the drawing.
    """
    import dataclasses

    notes = tuple(notes)
    data, named = output.form_beside_drawing, output.output != "-"
    into = named and output.output.lower().endswith((".csv", ".json"))
    where = output if into else dataclasses.replace(output, output="-")
    if data == "json":
        from rupmeta.render.envelope import canonical_json, envelope

        emit(canonical_json(envelope("plot", inputs, drawn.as_dict(), notes)), where)
    elif data == "csv":
        from rupmeta.render.writers.delimited import rows_to_csv

        emit(rows_to_csv(drawn.layout.table), where)
    elif not named:
        print(drawn.layout.text)
    if named and not into:
        write_drawn(drawn, output.output, output, form)
    elif not (named or form.text or data != "table"):
        anew = dataclasses.replace(output, force=True)
        write_drawn(drawn, f"{drawn.layout.name}.svg", anew, form)
    if data == "table":
        emit_notes(dict.fromkeys((*drawn.layout.notes, *notes)), output)
    return 0
