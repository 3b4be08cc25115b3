"""Figures as files."""

import pytest

from rupmeta.errors import UsageError
from rupmeta.render.figures.forest.data import ForestData
from rupmeta.render.figures.forest.layout import lay_out_forest
from rupmeta.render.figures.funnel.data import FunnelData
from rupmeta.render.figures.kinds import FIGURES
from rupmeta.render.figures.looks import Look
from rupmeta.render.figures.write import write_figure

BEGINNINGS = {".svg": b"<?xml", ".png": b"\x89PNG", ".pdf": b"%PDF", ".txt": b"Rupture repair"}


@pytest.mark.parametrize("suffix", sorted(BEGINNINGS))
def test_the_suffix_chooses_the_form(tmp_path, forest, suffix):
    path = tmp_path / f"figure{suffix}"
    assert write_figure(lay_out_forest(forest(2)), path) == (path,)
    assert path.read_bytes().startswith(BEGINNINGS[suffix])
    assert [file.name for file in tmp_path.iterdir()] == [path.name]  # nothing half-written is left


def test_the_txt_ends_with_the_description(tmp_path, forest):
    layout = lay_out_forest(forest(2))
    (path,) = write_figure(layout, tmp_path / "figure.txt")
    assert path.read_text(encoding="utf-8").endswith(f"{layout.desc}\n")


def test_pages_become_numbered_files_but_one_pdf(tmp_path, forest):
    layout = lay_out_forest(forest(50))
    assert [path.name for path in write_figure(layout, tmp_path / "f.svg")] == ["f-1.svg", "f-2.svg"]
    assert [path.name for path in write_figure(layout, tmp_path / "f.pdf")] == ["f.pdf"]


@pytest.mark.parametrize("name", ["figure.jpg", "figure", "figure.svg.gz"])
def test_an_unknown_suffix_is_refused_and_the_allowed_are_named(tmp_path, forest, name):
    with pytest.raises(UsageError, match=r"\.svg, \.png, \.pdf, \.txt"):
        write_figure(lay_out_forest(forest(1)), tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_palette_is_refused(tmp_path, forest):
    with pytest.raises(UsageError, match="okabe-ito"):
        write_figure(lay_out_forest(forest(1)), tmp_path / "a.svg", palette="rainbow")


def test_a_folder_that_is_not_there_is_a_sentence(tmp_path, forest):
    with pytest.raises(UsageError, match="cannot be written"):
        write_figure(lay_out_forest(forest(1)), tmp_path / "no" / "a.txt")


def test_every_kind_lays_out_its_own_record(forest, funnel):
    examples = {"forest": forest(), "funnel": funnel()}
    assert {name: FIGURES[name].data for name in examples} == {"forest": ForestData, "funnel": FunnelData}
    assert all(name == kind.name for name, kind in FIGURES.items())
    for name, data in examples.items():
        kind = FIGURES[name]
        assert kind.name == name
        assert kind.lay_out(data, Look()).name == data.name
