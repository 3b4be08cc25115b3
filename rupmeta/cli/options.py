"""Options that mean the same in every command, declared once and expanded into each command's signature."""

from __future__ import annotations

import dataclasses
import functools
import inspect
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import typer

from rupmeta.errors import InputError, RupmetaError

__all__ = ["ComputeOptions", "ModelOptions", "OutputOptions", "StudiesArgument", "command"]

_MODEL = "Analysis"
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
class OutputOptions:
    """Where the answer goes and in which form."""

    json: Annotated[bool, typer.Option("--json", help="One JSON object.", rich_help_panel=_OUTPUT)] = False
    format: Annotated[
        str, typer.Option(metavar="NAME", help="table, csv or json.", rich_help_panel=_OUTPUT)
    ] = "table"
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
        """The form asked for; ``UsageError`` when there is no such form."""
        from rupmeta.errors import UsageError

        if self.json:
            return "json"
        if self.format not in ("table", "csv", "json"):
            raise UsageError(f"--format {self.format} is not known; choose table, csv or json")
        return self.format  # type: ignore[return-value]

    @property
    def bold(self) -> bool:
        """Whether the answer goes to a terminal that may show bold type."""
        import os

        return (
            self.output == "-"
            and sys.stdout.isatty()
            and not self.no_color
            and not os.environ.get("NO_COLOR")
        )


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


def command(
    app: typer.Typer, name: str, *, epilog: str | None = None
) -> Callable[[Callable[..., int]], None]:
    """Register ``function`` as the command ``name``.

    Parameters annotated with one of the option records are expanded into its options. The function returns
    an exit code; errors of the house become messages and exit codes here and nowhere else.
    """

    def register(function: Callable[..., int]) -> None:
        parameters, groups = _expand(function)

        @functools.wraps(function)
        def run(**given: Any) -> None:
            arguments = {
                key: record(**{field: given.pop(field) for field in fields})
                for key, (record, fields) in groups.items()
            }
            output = next((item for item in arguments.values() if isinstance(item, OutputOptions)), None)
            code = guard(lambda: function(**given, **arguments), output or OutputOptions())
            raise typer.Exit(code)

        run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
        run.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
        app.command(name, epilog=epilog)(run)

    return register


def _expand(
    function: Callable[..., int],
) -> tuple[list[inspect.Parameter], dict[str, tuple[type, tuple[str, ...]]]]:
    parameters: list[inspect.Parameter] = []
    groups: dict[str, tuple[type, tuple[str, ...]]] = {}
    for parameter in inspect.signature(function, eval_str=True).parameters.values():
        record = parameter.annotation
        if not dataclasses.is_dataclass(record):
            parameters.append(parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY))
            continue
        hints = inspect.get_annotations(record, eval_str=True)  # type: ignore[arg-type]
        fields = dataclasses.fields(record)
        groups[parameter.name] = (record, tuple(field.name for field in fields))  # type: ignore[assignment]
        parameters += [
            inspect.Parameter(
                field.name,
                inspect.Parameter.KEYWORD_ONLY,
                default=field.default,
                annotation=hints[field.name],
            )
            for field in fields
        ]
    return parameters, groups


def guard(work: Callable[[], int], output: OutputOptions) -> int:
    """Run ``work``; turn every way in which it can end into an exit code and, where due, a message on
    stderr.
    """
    try:
        code = work()
        sys.stdout.flush()
    except RupmetaError as error:
        _report(error, as_json=output.json or output.format == "json")
        return error.exit_code
    except BrokenPipeError:
        # The reader has left (head, less): the work is done, and Python must not complain at exit.
        import os

        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt as interruption:
        print(str(interruption) or "interrupted", file=sys.stderr)
        return 130
    except Exception as error:
        if output.debug:
            raise
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
