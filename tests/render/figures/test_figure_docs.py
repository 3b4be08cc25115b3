"""The page about figures cannot lie: its example runs and its files exist."""

import importlib.util
import re
import shlex
from pathlib import Path

import pytest
from reviews import ROOT, run_cli

import rupmeta.render.figures
from rupmeta.render.figures.kinds import FIGURES

PAGE = Path(__file__).parents[3] / "docs" / "figures.md"
#: Drawn of ratings, not of effects: they stand on the page about detection.
ELSEWHERE = {"rule-agreement", "false-positives", "rule-grid"}
#: Pictures above this many bytes make the page slow.
LARGEST = 60_000


def _gallery():
    spec = importlib.util.spec_from_file_location("make_gallery", ROOT / "benchmarks" / "make_gallery.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.entries()


GALLERY = _gallery()


def test_the_gallery_shows_every_kind():
    assert {shlex.split(command)[2] for _, command in GALLERY} == set(FIGURES) - ELSEWHERE


@pytest.mark.parametrize(("image", "command"), GALLERY, ids=[image for image, _ in GALLERY])
def test_every_command_of_the_gallery_runs_and_has_a_small_picture(image, command, tmp_path):
    picture = PAGE.parent / image
    assert picture.stat().st_size < LARGEST
    if picture.suffix == ".svg":
        drawn = picture.read_text(encoding="utf-8")
        assert 'role="img"' in drawn
        assert "<desc" in drawn
    target = tmp_path / "figure.txt"
    words = [word for word in shlex.split(command)[1:] if word not in ("-o", "gosh.png", "--dpi", "100")]
    done = run_cli(*words, "--quiet", "-o", str(target))
    assert done.returncode == 0, done.stderr
    assert target.read_text(encoding="utf-8").strip()


def test_no_picture_is_left_over():
    shown = {image.removeprefix("images/") for image, _ in GALLERY}
    assert {path.name for path in (PAGE.parent / "images").glob("figure-*")} == shown


def test_the_example_runs(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (code,) = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), flags=re.DOTALL)
    exec(compile(code, str(PAGE), "exec"), {})
    assert (tmp_path / "example-forest.svg").read_bytes().startswith(b"<?xml")


def test_every_file_named_is_there():
    folder = Path(rupmeta.render.figures.__file__).parent
    named = re.findall(r"`([\w/]+\.py)`", PAGE.read_text(encoding="utf-8"))
    assert named
    assert all((folder / name).exists() for name in named)
