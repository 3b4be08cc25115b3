"""Options that mean the same in every command, declared once and expanded into each command's signature."""

from __future__ import annotations

import dataclasses
import functools
import inspect
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Literal, get_type_hints

import typer

from rupmeta.cli.manual import ManualCommand
from rupmeta.errors import InputError, RupmetaError, UsageError

__all__ = ["ComputeOptions", "ModelOptions", "OutputOptions", "StudiesArgument", "TalkOptions", "command"]

_MODEL = "Analysis (what is left out follows review.yaml)"
_OUTPUT = "Output"

StudiesArgument = Annotated[
    str, typer.Argument(metavar="STUDIES", help="Folder of study files.", show_default="studies/")
]


@dataclass(frozen=True, slots=True)
class ModelOptions:
    """What is pooled and how; unset options follow ``review.yaml``."""

    analysis: Annotated[
        str | None, typer.Option(metavar="NAME", help="Analysis of review.yaml.", rich_help_panel=_MODEL)
    ] = None
    where: Annotated[
        list[str] | None,
        typer.Option(
            metavar="KEY=VALUE", help="Keep effects with this value; repeats.", rich_help_panel=_MODEL
        ),
    ] = None
    measure: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Scale that is pooled: ZCOR SMD OR …", rich_help_panel=_MODEL),
    ] = None
    method: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="tau²: DL HE HS HSk SJ ML REML EB PM EE.", rich_help_panel=_MODEL),
    ] = None
    test: Annotated[
        str | None, typer.Option(metavar="NAME", help="adhoc, knha, t or z.", rich_help_panel=_MODEL)
    ] = None
    level: Annotated[
        float | None,
        typer.Option(metavar="NUMBER", help="Level of intervals, such as 0.95.", rich_help_panel=_MODEL),
    ] = None
    dependence: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="Several effects of a sample: none, aggregate, multilevel, che.",
            rich_help_panel=_MODEL,
        ),
    ] = None
    rho: Annotated[
        float | None,
        typer.Option(
            metavar="NUMBER", help="Correlation between effects of a sample.", rich_help_panel=_MODEL
        ),
    ] = None
    preset: Annotated[
        str | None,
        typer.Option(
            metavar="NAME", help="Settings as in cma, metafor, revman or jasp.", rich_help_panel=_MODEL
        ),
    ] = None
    verified_only: Annotated[
        bool, typer.Option("--verified-only", help="Leave provisional effects out.", rich_help_panel=_MODEL)
    ] = False


@dataclass(frozen=True, slots=True)
class TalkOptions:
    """How much is said; every command has these."""

    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="No notes on stderr.", rich_help_panel=_OUTPUT)
    ] = False
    no_color: Annotated[bool, typer.Option("--no-color", help="Plain text.", rich_help_panel=_OUTPUT)] = False
    debug: Annotated[
        bool, typer.Option("--debug", help="Show the traceback of a crash.", rich_help_panel=_OUTPUT)
    ] = False


@dataclass(frozen=True, slots=True)
class OutputOptions:
    """Where the answer goes and in which form."""

    json: Annotated[
        bool, typer.Option("--json", help="One JSON object: --format json.", rich_help_panel=_OUTPUT)
    ] = False
    format: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="table, csv or json.",
            show_default="by the suffix of -o, else table",
            rich_help_panel=_OUTPUT,
        ),
    ] = None
    output: Annotated[
        str,
        typer.Option("--output", "-o", metavar="FILE", help="A file; - is stdout.", rich_help_panel=_OUTPUT),
    ] = "-"
    force: Annotated[
        bool, typer.Option("--force", help="Overwrite the output file.", rich_help_panel=_OUTPUT)
    ] = False
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="No notes on stderr.", rich_help_panel=_OUTPUT)
    ] = False
    no_color: Annotated[bool, typer.Option("--no-color", help="Plain text.", rich_help_panel=_OUTPUT)] = False
    debug: Annotated[
        bool, typer.Option("--debug", help="Show the traceback of a crash.", rich_help_panel=_OUTPUT)
    ] = False

    @property
    def form(self) -> Literal["table", "csv", "json"]:
        """The form of an answer: the one asked for, else that of the suffix of ``-o``, else a table.

        ``UsageError`` for a form that there is not, and for a file that holds something else than text.
        """
        asked = self.asked
        suffix = os.path.splitext(self.output)[1].lower()  # noqa: PTH122  # pathlib is not loaded yet
        if self.json or self.format is not None:
            return asked
        if suffix in _OTHERS:
            raise UsageError(
                f"{self.output}: an answer is written as .txt, .csv or .json, not as {suffix}; "
                f"{_OTHERS[suffix]}"
            )
        return "csv" if suffix == ".csv" else "json" if suffix == ".json" else "table"

    @property
    def asked(self) -> Literal["table", "csv", "json"]:
        """The form asked for by ``--json`` or ``--format``; where ``-o`` names a drawing or a folder."""
        if self.json:
            return "json"
        if self.format not in (None, "table", "csv", "json"):
            raise UsageError(f"--format {self.format} is not known; choose table, csv or json")
        return self.format or "table"  # type: ignore[return-value]

    @property
    def form_beside_drawing(self) -> Literal["table", "csv", "json"]:
        """The form of the data behind a figure; ``table``: none, the figure itself is wanted."""
        data = self.output.lower().endswith((".csv", ".json"))
        return self.form if data else self.asked

    @property
    def wants_json(self) -> bool:
        """Whether errors are JSON too."""
        return self.json or self.format == "json"

    @property
    def bold(self) -> bool:
        """Whether the answer goes to a terminal that may show bold type."""
        return (
            self.output == "-"
            and sys.stdout.isatty()
            and not self.no_color
            and not os.environ.get("NO_COLOR")
        )


#: Suffixes of files that an answer cannot be, and who writes them.
_OTHERS = {
    **dict.fromkeys((".svg", ".png", ".pdf"), "rupmeta plot draws figures"),
    **dict.fromkeys((".html", ".md", ".docx"), "rupmeta report writes pages"),
    **dict.fromkeys((".xlsx", ".xls", ".ods"), "rupmeta export writes workbooks"),
}


@dataclass(frozen=True, slots=True)
class ComputeOptions:
    """Random numbers and processors; neither changes a result beyond its stated Monte Carlo error."""

    seed: Annotated[int, typer.Option(metavar="NUMBER", help="Seed of random numbers.")] = 20260101
    jobs: Annotated[
        int, typer.Option(metavar="NUMBER", help="Processes for heavy work; -1: one for each processor.")
    ] = 1
    dask: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="Running Dask scheduler for it, tcp://HOST:8786.")
    ] = None


def command(app: typer.Typer, name: str) -> Callable[[Callable[..., int]], None]:
    """Register ``function`` as the command ``name``.

    Parameters annotated with one of the option records are expanded into its options; a command that names
    no record of output gets ``TalkOptions``. The function returns an exit code; errors of the house become
    messages and exit codes here and nowhere else.
    """

    def register(function: Callable[..., int]) -> None:
        parameters, groups = _expand(function)

        @functools.wraps(function)
        def run(**given: Any) -> None:
            arguments = {
                key: record(**{field: given.pop(field) for field in fields})
                for key, (record, fields) in groups.items()
            }
            output = next(
                (item for item in arguments.values() if isinstance(item, OutputOptions | TalkOptions)), None
            )
            arguments.pop(_TALK, None)
            code = guard(lambda: function(**given, **arguments), output or TalkOptions())
            raise typer.Exit(code)

        run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
        run.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
        app.command(name, cls=ManualCommand)(run)

    return register


#: The parameter that holds the options of a command that names none.
_TALK = "talk options of a command without an answer"


def _expand(
    function: Callable[..., int],
) -> tuple[list[inspect.Parameter], dict[str, tuple[type, tuple[str, ...]]]]:
    parameters: list[inspect.Parameter] = []
    groups: dict[str, tuple[type, tuple[str, ...]]] = {}

    def add(name: str, record: type) -> None:
        hints = get_type_hints(record, include_extras=True)
        fields = dataclasses.fields(record)
        groups[name] = (record, tuple(field.name for field in fields))
        parameters.extend(
            inspect.Parameter(
                field.name,
                inspect.Parameter.KEYWORD_ONLY,
                default=field.default,
                annotation=hints[field.name],
            )
            for field in fields
        )

    for parameter in inspect.signature(function, eval_str=True).parameters.values():
        if dataclasses.is_dataclass(parameter.annotation):
            add(parameter.name, parameter.annotation)  # type: ignore[arg-type]
        else:
            parameters.append(parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY))
    if not any(issubclass(record, OutputOptions | TalkOptions) for record, _ in groups.values()):
        own = {parameter.name for parameter in parameters}
        if not own & {field.name for field in dataclasses.fields(TalkOptions)}:
            add(_TALK, TalkOptions)
    return parameters, groups


def guard(work: Callable[[], int], output: OutputOptions | TalkOptions) -> int:
    """Run ``work``; turn every way in which it can end into an exit code and, where due, a message on
    stderr.
    """
    try:
        code = work()
        sys.stdout.flush()
    except RupmetaError as error:
        _report(error, as_json=isinstance(output, OutputOptions) and output.wants_json)
        return error.exit_code
    except BrokenPipeError:
        # The reader has left (head, less): the work is done, and Python must not complain at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt as interruption:
        print(str(interruption) or "interrupted", file=sys.stderr)
        return 130
    except Exception as error:
        if output.debug:
            import traceback

            traceback.print_exc()
            return 70
        print(
            f"rupmeta stumbled over its own feet ({type(error).__name__}: {error}). This is a bug: "
            "please report it with the command and its files; --debug shows where.",
            file=sys.stderr,
        )
        return 70
    return code


def _report(error: RupmetaError, *, as_json: bool) -> None:
    if as_json:
        from rupmeta.render.findings import problems_as_json

        problems = problems_as_json(error.problems) if isinstance(error, InputError) else []
        body = {"error": str(error), "exit_code": error.exit_code, "findings": problems}
        if code := getattr(error, "code", None):
            body["code"] = code
        from rupmeta.render.envelope import canonical_json

        sys.stderr.write(canonical_json(body))
        return
    from rupmeta.render.writers.terminal import plain

    print(
        plain(str(error)) if isinstance(error, InputError) else f"rupmeta: {plain(str(error))}",
        file=sys.stderr,
    )
    if isinstance(error, InputError):
        errors = sum(problem.severity == "error" for problem in error.problems)
        print(f"{errors} error{'s' * (errors != 1)}; nothing was computed", file=sys.stderr)
