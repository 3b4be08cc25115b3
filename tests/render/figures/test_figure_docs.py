"""The page about figures cannot lie: its example runs and its files exist."""

import re
from pathlib import Path

import rupmeta.render.figures

PAGE = Path(__file__).parents[3] / "docs" / "figures.md"


def test_the_example_runs(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (code,) = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), flags=re.DOTALL)
    exec(compile(code, str(PAGE), "exec"), {})
    assert (tmp_path / "example-forest.svg").read_bytes().startswith(b"<?xml")


def test_every_file_named_is_there():
    folder = Path(rupmeta.render.figures.__file__).parent
    named = re.findall(r"`(\w+\.py)`", PAGE.read_text(encoding="utf-8"))
    assert named
    assert all((folder / name).exists() for name in named)
