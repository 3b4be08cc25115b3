"""The cases that both printers of numbers share, on Python's side."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rupmeta.render.numbers import NBSP, number

CASES = json.loads((Path(__file__).parent / "number_cases.json").read_text(encoding="utf-8"))["cases"]


@pytest.mark.parametrize(("x", "kind", "digits", "text"), CASES)
def test_python_prints_the_case(x: float, kind: str, digits: int | None, text: str) -> None:
    assert number(x, kind, digits=digits).replace(NBSP, " ") == text  # type: ignore[arg-type]
