"""Is everything here that the program needs, and in the versions that it was tested with?"""

from __future__ import annotations

import locale
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Literal

from rupmeta import __version__
from rupmeta.read.json_schema import KINDS, schema_text
from rupmeta.start.shipped import shipped_text

__all__ = ["Check", "Status", "check_installation"]

#: ``fail``: the program cannot do its work; ``warn``: it can, but something differs; ``absent``: an extra.
Status = Literal["ok", "warn", "fail", "absent"]

PYTHON = (3, 11)


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at: what it is, how it is, what was found, and what to do."""

    group: str
    name: str
    status: Status
    found: str
    advice: str | None = None


def check_installation(home: Path) -> list[Check]:
    """Every check, for the review in the folder ``home``; no network, no paths in what is found."""
    return [
        *_python(),
        *_packages(),
        *_drawing(),
        *_other_programs(),
        *_surroundings(home),
        *_schemas(home),
    ]


def _python() -> Iterator[Check]:
    found = platform.python_version()
    old = sys.version_info < PYTHON
    advice = f"install Python {PYTHON[0]}.{PYTHON[1]} or later" if old else None
    yield Check("program", "python", "fail" if old else "ok", found, advice)
    yield Check("program", "rupmeta", "ok", __version__)


def requirements() -> list[tuple[str | None, str]]:
    """(extra or None, requirement) of the program, from its metadata or, in a checkout, pyproject.toml."""
    try:
        declared = metadata.requires("rupmeta") or []
    except metadata.PackageNotFoundError:
        text = shipped_text("pyproject.toml")
        project = tomllib.loads(text)["project"] if text else {}
        extras = project.get("optional-dependencies", {})
        declared = list(project.get("dependencies", []))
        declared += [f"{need}; extra == '{extra}'" for extra, needs in extras.items() for need in needs]
    found: list[tuple[str | None, str]] = []
    for line in declared:
        need, _, marker = line.partition(";")
        extra = marker.partition("extra ==")[2].strip(" '\"") or None
        if extra not in ("all", "dev"):
            found.append((extra, need.strip()))
    return found


def _packages() -> Iterator[Check]:
    """Every package against what is required and what was tested."""
    from packaging.requirements import Requirement
    from packaging.version import Version

    tested = dict(
        line.split("==") for line in (shipped_text(".ci/constraints.txt") or "").splitlines() if "==" in line
    )
    for extra, text in requirements():
        need = Requirement(text)
        group = "packages" if extra is None else f"extra {extra}"
        install = "pip install --upgrade rupmeta" if extra is None else f"pip install 'rupmeta[{extra}]'"
        try:
            found = metadata.version(need.name)
        except metadata.PackageNotFoundError:
            yield Check(group, need.name, "fail" if extra is None else "absent", "not installed", install)
            continue
        known = tested.get(need.name.lower())
        if not need.specifier.contains(found, prereleases=True):
            advice = f"needs {need.specifier}: {install}"
            yield Check(group, need.name, "fail" if extra is None else "warn", found, advice)
        elif known is not None and Version(found).release[:2] != Version(known).release[:2]:
            yield Check(group, need.name, "ok", f"{found} (tested with {known})")
        else:
            yield Check(group, need.name, "ok", found)


def _drawing() -> Iterator[Check]:
    """The font of every figure comes with matplotlib; without it, texts would have other widths."""
    try:
        from matplotlib.font_manager import findfont

        findfont("DejaVu Sans", fallback_to_default=False)
    except ImportError:
        return
    except ValueError:
        yield Check("figures", "DejaVu Sans", "fail", "not found", "pip install --force-reinstall matplotlib")
        return
    yield Check("figures", "DejaVu Sans", "ok", "found")


def _other_programs() -> Iterator[Check]:
    browser = next(
        (name for name in ("chromium", "google-chrome", "chromium-browser") if shutil.which(name)), None
    )
    advice = "only the tests of report pages use one"
    yield Check(
        "other programs",
        "chromium",
        "ok" if browser else "absent",
        browser or "not found",
        None if browser else advice,
    )
    if shutil.which("Rscript") is None:
        advice = "only to run exported R scripts; see https://cran.r-project.org"
        yield Check("other programs", "R", "absent", "not found", advice)
        return
    metafor = 'tryCatch(as.character(packageVersion("metafor")), error = function(e) "-")'
    code = f"cat(as.character(getRversion()), {metafor})"
    try:
        done = subprocess.run(
            ["Rscript", "--vanilla", "-e", code], capture_output=True, text=True, timeout=30, check=False
        )
        versions = done.stdout.split()
    except (OSError, subprocess.TimeoutExpired):
        versions = []
    if len(versions) != 2:
        yield Check("other programs", "R", "warn", "does not answer", "try: Rscript -e 'R.version.string'")
        return
    yield Check("other programs", "R", "ok", versions[0])
    absent = versions[1] == "-"
    install = "Rscript -e 'install.packages(\"metafor\")'" if absent else None
    yield Check(
        "other programs",
        "metafor",
        "absent" if absent else "ok",
        "not installed" if absent else versions[1],
        install,
    )


def _surroundings(home: Path) -> Iterator[Check]:
    """Threads, encoding, and folders that can be written."""
    threads = os.environ.get("OPENBLAS_NUM_THREADS")
    one = threads == "1"
    advice = None if one else "unset OPENBLAS_NUM_THREADS: last digits can depend on the number of threads"
    yield Check("surroundings", "BLAS threads", "ok" if one else "warn", threads or "not set", advice)
    encoding = (sys.stdout.encoding or "ascii").lower()
    utf8 = encoding.replace("-", "") == "utf8"
    language = locale.setlocale(locale.LC_CTYPE, None)
    yield Check(
        "surroundings", "output encoding", "ok" if utf8 else "warn", f"{encoding} (locale {language})",
        None if utf8 else "set PYTHONUTF8=1, or é and τ² may print as ?",
    )  # fmt: skip
    for name, folder in (("working folder", home), ("temporary folder", Path(tempfile.gettempdir()))):
        writable = os.access(folder, os.W_OK)
        yield Check(
            "surroundings", name, "ok" if writable else "warn",
            "can be written" if writable else "cannot be written",
            None if writable else "report, plot and export need a folder that they can write: -o names one",
        )  # fmt: skip


def _schemas(home: Path) -> Iterator[Check]:
    """The schemas that a review carries for editors, against those of this version."""
    for kind in KINDS:
        path = home / "schemas" / f"{kind}.schema.json"
        if not path.is_file():
            continue
        text = path.read_text(encoding="utf-8", errors="replace").replace("\r\n", "\n")
        same = text == schema_text(kind)
        advice = None if same else f"rupmeta schema {kind} > schemas/{kind}.schema.json"
        found = "current" if same else "of another version"
        yield Check("this review", f"{kind} schema", "ok" if same else "warn", found, advice)
