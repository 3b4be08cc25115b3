"""Small reviews on disk for tests: write what a case is about, the rest is filled in plainly."""

from __future__ import annotations

import contextlib
import io
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

#: The checkout that the tests run in.
ROOT = Path(__file__).parents[1]

REVIEW: dict[str, Any] = {
    "rupmeta": 1,
    "title": "A review of a test",
    "analyses": {"repair": {"where": {"relation": "repair-outcome"}}},
}


def effect(ident: str = "main", *, reported: Sequence[Mapping[str, Any]], **more: Any) -> dict[str, Any]:
    """An effect on an outcome of which more is better."""
    return {
        "id": ident,
        "outcome": {"name": "CORE-OM", "kind": "symptoms", "better": "higher"},
        "comparison": "unrepaired-rupture",
        "phase": "late",
        "reported": list(reported),
        "source": {"where": "Table 1"},
        **more,
    }


def study(*effects: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    """A study that meets every criterion."""
    return {
        "citation": {"authors": ["Alder, A."], "year": 2001},
        "publication": "peer-reviewed",
        "relation": "repair-outcome",
        "therapy": {"psychotherapy": True},
        "rupture": {"measure": "self-report"},
        "effects": list(effects),
        **more,
    }


def correlation(r: float, n: int, **more: Any) -> dict[str, Any]:
    """A study with one correlation."""
    return study(effect(reported=[{"r": r, "n": n}]), **more)


def write_review(
    folder: Path, studies: Mapping[str, Mapping[str, Any]], review: Mapping[str, Any] | None = None
) -> Path:
    """Write the review; JSON is YAML, so nothing is lost on the way."""
    folder.mkdir(parents=True, exist_ok=True)
    body = REVIEW if review is None else review
    (folder / "review.yaml").write_text(json.dumps(body, indent=1), encoding="utf-8")
    for name, content in studies.items():
        (folder / f"{name}.yaml").write_text(json.dumps(content, indent=1), encoding="utf-8")
    return folder


@dataclass(frozen=True)
class Done:
    """How a command ended and what it printed."""

    returncode: int
    stdout: str
    stderr: str


class _Stream(io.TextIOWrapper):
    """Text that keeps its bytes, as a pipe would: UTF-8, no terminal."""

    def text(self) -> str:
        self.flush()
        assert isinstance(self.buffer, io.BytesIO)
        return self.buffer.getvalue().decode("utf-8")


def _stream() -> _Stream:
    return _Stream(io.BytesIO(), encoding="utf-8", newline="")


def run_cli(*arguments: str, cwd: Path = ROOT) -> Done:
    """Run ``rupmeta ARGUMENTS`` in this process, in the folder ``cwd``: cheaper than a process of its own."""
    from rupmeta.cli.app import build_app

    out, err = _stream(), _stream()
    code = 0
    with _folder(cwd), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            build_app(arguments)(list(arguments), prog_name="rupmeta")
        except SystemExit as end:
            code = int(end.code or 0)
    return Done(code, out.text(), err.text())


@contextlib.contextmanager
def _folder(path: Path) -> Iterator[None]:
    """Work in ``path`` with a plain, colourless terminal."""
    before, environment = Path.cwd(), dict(os.environ)
    os.chdir(path)
    os.environ.update({"NO_COLOR": "1", "TERM": "dumb", "COLUMNS": "100"})
    try:
        yield
    finally:
        os.chdir(before)
        os.environ.clear()
        os.environ.update(environment)
