"""docs/python-api.md is run as it stands, and documents every function that the package hands out."""

from __future__ import annotations

import doctest
import importlib
import pkgutil
from pathlib import Path

import pytest
from python_page import SESSIONS, run_sessions
from reviews import ROOT

import rupmeta
import rupmeta.api

PAGE = ROOT / "docs" / "python-api.md"


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that sees the example reviews; what the page writes stays in it."""
    (tmp_path / "studies").symlink_to(ROOT / "studies")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_page_prints_what_it_shows(checkout: Path) -> None:
    assert run_sessions(PAGE) == []
    assert (checkout / "my-report" / "report.html").is_file()


def test_a_wrong_page_is_noticed(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("```pycon\n>>> x = 1\n```\nand\n```pycon\n>>> x + 1\n3\n```\n", encoding="utf-8")
    assert "Got:\n    2" in "".join(run_sessions(page))


def test_every_function_is_on_the_page_and_used() -> None:
    text = PAGE.read_text(encoding="utf-8")
    functions = [name for name in rupmeta.__all__ if name[0].islower()]
    assert len(functions) >= 15
    examples = "".join(SESSIONS.findall(text))
    for name in functions:
        assert f"`{name}(" in text
        assert f"rupmeta.{name}(" in examples, name
    for name in ("InputError", "UsageError", "FormulaError", "MissingExtraError", "EstimationError"):
        assert f"`{name}`" in text


@pytest.mark.parametrize("name", [module.name for module in pkgutil.iter_modules(rupmeta.api.__path__)])
def test_examples_in_the_docstrings(name: str, checkout: Path) -> None:
    module = importlib.import_module(f"rupmeta.api.{name}")
    assert doctest.testmod(module).failed == 0


def test_the_example_of_the_package(checkout: Path) -> None:
    found = doctest.testmod(rupmeta)
    assert found.failed == 0
    assert found.attempted > 0
