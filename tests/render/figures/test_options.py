"""Kinds by options: what can have a meaning for a figure changes it, and everything else is refused."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from reviews import Done, run_cli

from rupmeta.pipeline.specification import Overrides
from rupmeta.read.folder import Folder
from rupmeta.render.drawing import requests
from rupmeta.render.drawing.answers import figure_answer
from rupmeta.render.figures.kinds import FIGURES, OPTIONS
from rupmeta.render.sensitivity.part import Settings

WORKED, SESSIONS = "studies/examples/worked", "studies/examples/sessions"
STATES = ("studies/examples/update/2011", "studies/examples/update/2018")
RATINGS = ("sessions", "rule-agreement", "false-positives", "rule-grid")
#: Kinds that cannot be drawn without an option, and where else than in the worked example they are drawn.
NEEDED = {"bubble": ("--by", "therapy.sessions")}
PLACES = {"diff": STATES, **dict.fromkeys(RATINGS, (SESSIONS,))}

#: Option of a kind → how it is given; a kind heeds it or refuses it.
GIVEN = {
    "digits": ("--digits", "4"),
    "model": ("--level", "0.8"),
    "by": ("--by", "C(phase)"),
    "rob": ("--rob",),
    "client": ("--client", "8"),
}
#: Options that every kind heeds. A layout may change digits, brackets or colours: one of the three shows it.
EVERY = {
    "palette": (("--palette", "mono"),),
    "layout": (("--layout", "jama"), ("--layout", "revman"), ("--layout", "bmj")),
    "width": (("--width", "720"),),
    "svg-text": (("--svg-text",),),
}


@pytest.fixture(autouse=True, scope="module")
def answers_are_found_once() -> Iterator[None]:
    """The same question has the same answer under every look; only the looks are tested here."""
    found: dict[tuple[object, ...], Any] = {}

    def answer(kind: str, folder: Folder, overrides: Overrides, settings: Settings | None = None) -> Any:
        key = (kind, str(folder.path), repr(overrides), repr(settings))
        if key not in found:
            found[key] = figure_answer(kind, folder, overrides, settings)
        return found[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(requests, "figure_answer", answer)
        yield


@cache
def draw(kind: str, *options: str, suffix: str = ".svg") -> tuple[Done, tuple[bytes, ...]]:
    """The figure drawn to files, by the command line."""
    needed = () if "--by" in options else NEEDED.get(kind, ())
    with TemporaryDirectory() as folder:
        target = Path(folder) / f"figure{suffix}"
        arguments = ("plot", kind, *PLACES.get(kind, (WORKED,)), *needed, *options)
        done = run_cli(*arguments, "--quiet", "-o", str(target))
        return done, tuple(path.read_bytes() for path in sorted(Path(folder).iterdir()))


def test_the_table_names_every_option() -> None:
    # sort, new and the ratings have tests of their own below
    assert set(GIVEN) | {"sort", "new", "ratings"} == set(OPTIONS)


@pytest.mark.parametrize("kind", FIGURES)
def test_every_kind_heeds_palette_layout_width_and_text(kind: str) -> None:
    _, plain = draw(kind)
    assert plain
    for name, ways in EVERY.items():
        drawn = [draw(kind, *way) for way in ways]
        assert all(done.returncode == 0 for done, _ in drawn), (name, drawn[0][0].stderr)
        assert any(files != plain for _, files in drawn), name


@pytest.mark.parametrize("option", GIVEN)
@pytest.mark.parametrize("kind", FIGURES)
def test_an_option_changes_the_figure_or_is_refused(kind: str, option: str) -> None:
    done, files = draw(kind, *GIVEN[option])
    if option in FIGURES[kind].heeds:
        assert done.returncode == 0, done.stderr
        if option != "model":  # a level has no part in some figures whose model may be chosen
            assert files != draw(kind)[1]
        return
    assert done.returncode == 2
    assert f"has no meaning for plot {kind}: {OPTIONS[option]}" in done.stderr  # type: ignore[index]
    assert not files


@pytest.mark.parametrize("kind", FIGURES)
def test_a_width_too_small_is_refused_everywhere_and_the_one_named_is_enough(kind: str) -> None:
    done, files = draw(kind, "--width", "40")
    assert done.returncode == 2
    assert not files
    (needed,) = re.findall(r"a width of 40 pt is too small for this figure; it needs (\d+) pt", done.stderr)
    assert draw(kind, "--width", needed)[0].returncode == 0
    assert draw(kind, "--width", str(int(needed) - 2))[0].returncode == 2


@pytest.mark.parametrize("kind", FIGURES)
@pytest.mark.parametrize("order", ["file", "year", "effect", "weight"])
def test_rows_are_ordered_where_there_are_rows(kind: str, order: str) -> None:
    done, files = draw(kind, "--sort", order)
    orders = FIGURES[kind].orders
    assert bool(orders) == ("sort" in FIGURES[kind].heeds)
    if order in orders:
        assert done.returncode == 0, done.stderr
        if order == orders[0] or order in ("effect", "weight"):  # file and year agree in the worked example
            assert (files == draw(kind)[1]) == (order == orders[0])
    else:
        assert done.returncode == 2
        assert "--sort" in done.stderr


@pytest.mark.parametrize("kind", sorted(set(FIGURES) - set(RATINGS)))
def test_settings_of_ratings_and_a_second_folder_go_with_few_kinds(kind: str) -> None:
    for options in (("--rule", "rci"), ("--scale", "WAI-SR"), ("--set", "window=5"), ("--synthetic",)):
        done = run_cli("plot", kind, WORKED, *options)
        assert done.returncode == 2
        assert f"{options[0]} has no meaning for plot {kind}" in done.stderr
    if kind != "diff":
        done = run_cli("plot", kind, *STATES)
        assert done.returncode == 2
        assert "it goes with diff" in done.stderr


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--dpi", "100"), "--dpi are the dots of a PNG"),
        (("--dpi", "100", "-o", "x.pdf"), "x.pdf is none"),
        (("--svg-text", "-o", "x.png"), "x.png is none"),
        (("--svg-text", "--json"), "no file is drawn"),
        (("--palette", "mono", "--text"), "no file is drawn"),
        (("--palette", "mono", "-o", "x.txt"), "x.txt has none"),
        (("--text", "-o", "x.svg"), "leave one out"),
    ],
)
@pytest.mark.parametrize("kind", ["forest", "prisma", "power", "sessions"])
def test_what_a_file_cannot_heed_is_refused(
    kind: str, options: tuple[str, ...], words: str, tmp_path: Path
) -> None:
    done = run_cli("plot", kind, str(Path(PLACES.get(kind, (WORKED,))[0]).resolve()), *options, cwd=tmp_path)
    assert done.returncode == 2
    assert words in done.stderr
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("kind", ["prisma", "power", "diff", "sessions"])
def test_dots_per_inch_are_those_asked_for(kind: str) -> None:
    sizes = {}
    for dpi in ("72", "144"):
        done, (png, *_) = draw(kind, "--dpi", dpi, suffix=".png")
        assert done.returncode == 0, done.stderr
        sizes[dpi] = int.from_bytes(png[16:20], "big")
    assert abs(sizes["144"] - 2 * sizes["72"]) <= 2
