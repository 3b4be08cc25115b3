"""How help reads: examples first, then what the command does, then its options by group."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from typer.core import TyperCommand, TyperGroup

if TYPE_CHECKING:
    Context = Any
    Formatter = Any

__all__ = ["STAGES", "ManualCommand", "ManualGroup", "staged"]

#: What a reviewer does, in order, and the commands for it.
STAGES: dict[str, tuple[str, ...]] = {
    "Start and extract": ("init", "new", "import", "schema", "check", "agreement"),
    "Screen and compute": ("screen", "detect", "effects", "convert"),
    "Pool and explore": ("pool", "moderators", "bias", "sensitivity", "multiverse", "power"),
    "Show and share": ("plot", "report", "diff", "export", "cite", "protocol"),
    "Help": ("help", "doctor"),
}


def staged(names: list[str]) -> Iterator[tuple[str, list[str]]]:
    """The commands that there are, by stage; those of no stage come last."""
    known = {name for stage in STAGES.values() for name in stage}
    for title, stage in STAGES.items():
        found = [name for name in stage if name in names]
        if found:
            yield title, found
    rest = [name for name in names if name not in known]
    if rest:
        yield "More", rest


class ManualCommand(TyperCommand):
    """A command whose help begins with examples."""

    def format_help(self, ctx: Context, formatter: Formatter) -> None:
        """First line, examples, usage, the rest of the text, arguments, options by group."""
        first, _, rest = (self.help or "").partition("\n")
        formatter.write_text(f"rupmeta {self.name}: {first.strip()}")
        write_examples(str(self.name), formatter)
        formatter.write_paragraph()
        self.format_usage(ctx, formatter)
        if rest.strip():
            formatter.write_paragraph()
            with formatter.indentation():
                formatter.write_text(rest.strip())
        self.format_options(ctx, formatter)
        formatter.write_paragraph()
        formatter.write_text(
            "Exit codes: 0 fine, 1 findings, 2 usage, 3 nothing to estimate, 130 interrupted."
        )

    def format_options(self, ctx: Context, formatter: Formatter) -> None:
        """Arguments, then options: those of the command itself first, output and help last."""
        groups: dict[str, list[tuple[str, str]]] = {"Arguments": [], "Options": []}
        for parameter in self.get_params(ctx):
            row = parameter.get_help_record(ctx)
            if parameter.param_type_name == "argument":
                groups["Arguments"].append(describe_argument(parameter))
            elif row is not None:
                groups.setdefault(getattr(parameter, "rich_help_panel", None) or "Options", []).append(row)
        last = {"Output": groups.pop("Output", []), "Help": []}
        help_rows = [row for row in groups["Options"] if "--help" in row[0]]
        groups["Options"] = [row for row in groups["Options"] if row not in help_rows]
        last["Output"] += help_rows
        for title, rows in {**groups, **last}.items():
            if rows:
                with formatter.section(title):
                    formatter.write_dl(rows)


class ManualGroup(TyperGroup):
    """The overview: commands by stage."""

    def format_help(self, ctx: Context, formatter: Formatter) -> None:
        """What the program is, where to start, the commands by stage."""
        first, _, rest = (self.help or "").partition("\n")
        formatter.write_text(f"rupmeta: {first.strip()}")
        write_examples("", formatter)
        formatter.write_paragraph()
        self.format_usage(ctx, formatter)
        if rest.strip():
            formatter.write_paragraph()
            with formatter.indentation():
                formatter.write_text(rest.strip())
        commands = {name: self.get_command(ctx, name) for name in self.list_commands(ctx)}
        shown = {name: found for name, found in commands.items() if found is not None and not found.hidden}
        for title, names in staged(list(shown)):
            with formatter.section(title):
                formatter.write_dl([(name, first_line(shown[name].help)) for name in names])
        with formatter.section("Options"):
            rows = (parameter.get_help_record(ctx) for parameter in self.get_params(ctx))
            formatter.write_dl([row for row in rows if row is not None])
        formatter.write_paragraph()
        formatter.write_text("rupmeta COMMAND --help shows the examples and options of a command.")


def first_line(text: str | None) -> str:
    """What a command does in one line."""
    return (text or "").strip().partition("\n")[0]


def describe_argument(parameter: Any) -> tuple[str, str]:
    """An argument with its default."""
    default = parameter.show_default if isinstance(parameter.show_default, str) else None
    return parameter.metavar or parameter.name.upper(), (
        f"{parameter.help or ''}{f'  [default: {default}]' if default else ''}"
    )


def write_examples(name: str, formatter: Formatter) -> None:
    """The examples of a command, each with what it does."""
    from rupmeta.cli.examples import EXAMPLES

    rows = EXAMPLES.get(name, ())
    if rows:
        formatter.write_paragraph()
        formatter.write_heading("Examples")
        for example in rows:
            formatter.write(f"  {example.command}\n      {example.does}\n")
