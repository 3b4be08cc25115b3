"""Both painters draw what the layout says, and nothing else; matplotlib's files are the same on every run."""

import io
import os
import subprocess
import sys
import warnings
from dataclasses import replace
from pathlib import Path as FilePath
from xml.etree import ElementTree

import numpy as np
import pytest

from rupmeta.render.figures.forest.layout import lay_out_forest
from rupmeta.render.figures.funnel.layout import lay_out_funnel
from rupmeta.render.figures.kinds import FIGURES
from rupmeta.render.figures.layout import Circle, Line, Path, Polygon, Rect, Text
from rupmeta.render.figures.looks import Look
from rupmeta.render.figures.painters.matplotlib import draw_page, pdf_bytes, png_bytes, svg_bytes
from rupmeta.render.figures.painters.png import png_file
from rupmeta.render.figures.painters.svg import paint_svg
from rupmeta.render.figures.painters.words import words
from rupmeta.render.figures.palettes import PALETTES, paint
from rupmeta.render.figures.text_width import text_width

SVG = "{http://www.w3.org/2000/svg}"


def count(layout, kind):
    return sum(isinstance(mark, kind) for mark in layout.marks)


def artists(figure, kind):
    """Those of a class by its name: matplotlib is imported by what draws."""
    return [artist for artist in figure.artists if kind in {base.__name__ for base in type(artist).__mro__}]


def test_matplotlib_has_an_artist_for_every_mark(grouped):
    layout = lay_out_forest(grouped)
    figure = draw_page(layout)
    patches = artists(figure, "Patch")
    texts = [mark for mark in layout.marks if isinstance(mark, Text)]
    assert len(artists(figure, "Text")) == sum(max(len(mark.runs), 1) for mark in texts)
    assert len(artists(figure, "Line2D")) == count(layout, Line) + count(layout, Path)
    assert len(patches) == count(layout, Rect) + count(layout, Circle) + count(layout, Polygon)
    squares = [patch for patch in patches if patch.get_label().startswith("square")]
    assert len(squares) == len(grouped.rows)
    (diamond,) = [patch for patch in patches if patch.get_label() == "pooled"]
    (mark,) = [mark for mark in layout.marks if mark.role == "pooled"]
    assert [tuple(vertex) for vertex in diamond.get_xy()[:4]] == list(mark.points)


def test_matplotlib_draws_every_text_inside_the_width_that_was_computed(forest):
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    layout = lay_out_forest(forest(3))
    figure = draw_page(layout)
    figure.set_dpi(300)
    renderer = FigureCanvasAgg(figure).get_renderer()
    texts = [m for m in layout.marks if isinstance(m, Text)]
    parts = [part for m in texts for part in ([replace(m, text=run) for run, _ in m.runs] or [m])]
    for artist, mark in zip(artists(figure, "Text"), parts, strict=True):
        drawn = artist.get_window_extent(renderer).width * 72 / 300
        # A pixel is 0.24 pt: hinting moves an advance by up to half of one, ink reaches one out at each end.
        assert drawn <= text_width(mark.text, mark.size, bold=mark.bold) + 0.12 * len(mark.text) + 0.48


def test_labels_are_never_read_as_formulas(forest):
    figure = draw_page(lay_out_forest(forest(3, "hostile")))
    assert '$x^2$ & "quotes"' in " ".join(text.get_text() for text in artists(figure, "Text"))
    assert not any(text.get_parse_math() for text in artists(figure, "Text"))


def test_a_missing_glyph_does_not_warn(forest):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        layout = lay_out_forest(forest(3, "cjk"))
        assert png_bytes(layout, dpi=50).startswith(b"\x89PNG")
        assert pdf_bytes(layout).startswith(b"%PDF")


SCRIPT = """
import hashlib, sys
from rupmeta.render.figures.forest.layout import lay_out_forest
from rupmeta.render.figures.forest.data import *
from rupmeta.render.figures.looks import Look
from rupmeta.render.figures.painters.matplotlib import pdf_bytes, png_bytes, svg_bytes
values = [(f"s{i}", f"Ökonomou § {i}", i / 50) for i in range(5)]
rows = tuple(ForestRow(key, label, r, r - 0.2, r + 0.2, 20.0, 80) for key, label, r in values)
pooled = PooledRow("All", 0.3, 0.2, 0.4, 45)
data = ForestData("a", "Title", "r", (ForestGroup(rows),), pooled, pi_lb=0, pi_ub=0.6)
layout = lay_out_forest(data, Look(rows_per_page=3))
print(layout.digest())
for content in (svg_bytes(layout, 1), png_bytes(layout, 1, dpi=80), pdf_bytes(layout)):
    print(hashlib.sha256(content).hexdigest())
assert "matplotlib.pyplot" not in sys.modules
"""


def test_files_are_the_same_in_every_process_whatever_the_users_settings(tmp_path):
    (tmp_path / "matplotlibrc").write_text(
        "font.size: 31\nlines.linewidth: 7\nsvg.fonttype: none\nfont.family: serif\n"
    )
    plain = {**os.environ, "PYTHONHASHSEED": "1"}
    other = {
        **os.environ,
        "PYTHONHASHSEED": "2",
        "MATPLOTLIBRC": str(tmp_path / "matplotlibrc"),
        "TZ": "Asia/Tokyo",
    }
    runs = [
        subprocess.run(
            [sys.executable, "-c", SCRIPT], env=env, capture_output=True, text=True, check=True
        ).stdout
        for env in (plain, other)
    ]
    assert len(runs[0].split()) == 4
    assert runs[0] == runs[1]


EVERY_KIND = """
import hashlib, sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from drawn_figures import draw_all
from rupmeta.render.figures.painters.matplotlib import pdf_bytes, png_bytes, svg_bytes
from rupmeta.render.figures.painters.svg import paint_svg
for kind, (_, layout) in draw_all(Path(sys.argv[2]), 3, "long").items():
    drawn = svg_bytes(layout), png_bytes(layout, dpi=40), pdf_bytes(layout), paint_svg(layout).encode()
    print(kind, layout.digest(), *(hashlib.sha256(content).hexdigest() for content in drawn))
"""


def test_every_kind_is_the_same_in_every_process(tmp_path):
    """Another hash seed, locale, time zone and matplotlibrc; the files are the same to the byte."""
    (tmp_path / "matplotlibrc").write_text("font.size: 31\nlines.linewidth: 7\nfont.family: serif\n")
    plain = {**os.environ, "PYTHONHASHSEED": "1", "LC_ALL": "C.UTF-8"}
    other = {
        **os.environ,
        "PYTHONHASHSEED": "2",
        "LC_ALL": "de_DE.UTF-8",
        "MATPLOTLIBRC": str(tmp_path / "matplotlibrc"),
        "TZ": "Asia/Tokyo",
    }
    tests = str(FilePath(__file__).parents[2])
    runs = []
    for name, env in (("plain", plain), ("other", other)):
        (tmp_path / name).mkdir()
        command = [sys.executable, "-c", EVERY_KIND, tests, str(tmp_path / name)]
        runs.append(subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True))
    one, two = (run.communicate()[0].splitlines() for run in runs)
    assert [run.returncode for run in runs] == [0, 0]
    kinds = {line.split()[0] for line in one}
    assert set(FIGURES) - kinds == {"p-curve", "rule-grid"}  # they take more studies, or a raw route
    assert one == two


def test_drawing_leaves_the_users_settings_alone(forest):
    import matplotlib

    before = dict(matplotlib.rcParams)
    svg_bytes(lay_out_forest(forest(1)))
    assert dict(matplotlib.rcParams) == before


def test_matplotlib_svg_is_accessible(forest):
    layout = lay_out_forest(forest(3, "hostile"))
    root = ElementTree.fromstring(svg_bytes(layout))
    assert root.get("role") == "img"
    assert root.findtext(f"{SVG}title") == layout.title
    assert root.findtext(f"{SVG}desc") == layout.desc
    assert not root.findall(f".//{SVG}script")


def test_editable_svg_keeps_text(forest):
    layout = lay_out_forest(forest(1))
    assert b"Ely (1999)</text>" in svg_bytes(layout, editable=True)
    assert b"</text>" not in svg_bytes(layout)


def test_files_carry_the_digest_and_the_description(forest):
    layout = lay_out_forest(forest(1))
    assert layout.digest().encode() in png_bytes(layout, dpi=50)
    assert f"rupmeta-layout={layout.digest()}".encode() in pdf_bytes(layout)


def test_a_pdf_has_every_page(forest):
    assert pdf_bytes(lay_out_forest(forest(90))).count(b"/Type /Page ") == 3


@pytest.mark.parametrize("labels", ["short", "cjk", "hostile"])
def test_own_svg_holds_every_mark_and_escapes_every_label(forest, labels):
    layout = lay_out_forest(forest(11, labels))
    text = paint_svg(layout)
    root = ElementTree.fromstring(text)
    assert all(node.get("style") is None for node in root.iter())
    assert "<script" not in text
    assert root.get("role") == "img"
    assert ["".join(node.itertext()) for node in root.iter(f"{SVG}text")] == [
        m.text for m in layout.marks if isinstance(m, Text)
    ]
    assert len(list(root.iter(f"{SVG}polygon"))) == count(layout, Polygon)
    assert len(list(root.iter(f"{SVG}rect"))) == count(layout, Rect) + 1  # and the ground
    assert all(node.get("id", "repair-forest").startswith("repair-forest") for node in root.iter())
    assert all(node.get("class") for node in root.iter() if node.tag not in (f"{SVG}title", f"{SVG}desc"))


def test_own_svg_has_a_group_with_a_title_for_every_study(forest):
    data = forest(24)
    root = ElementTree.fromstring(paint_svg(lay_out_forest(data)))
    groups = {node.get("data-row"): node for node in root.iter(f"{SVG}g")}
    assert {row.key for row in data.rows} <= set(groups)
    for row in data.rows:
        assert groups[row.key].findtext(f"{SVG}title").startswith(f"{row.label}: r")


def test_a_funnel_is_drawn_by_both(funnel):
    layout = lay_out_funnel(funnel(filled=((0.1, 0.2),), egger=((0.2, 0.0), (0.5, 0.3))))
    root = ElementTree.fromstring(paint_svg(layout))
    assert len(list(root.iter(f"{SVG}circle"))) == count(layout, Circle)
    assert len(list(root.iter(f"{SVG}polyline"))) == count(layout, Path)
    assert png_bytes(layout, dpi=50).startswith(b"\x89PNG")


def test_every_role_has_a_paint_in_every_palette(grouped, funnel):
    roles = {
        mark.role for layout in (lay_out_forest(grouped), lay_out_funnel(funnel())) for mark in layout.marks
    }
    for palette in PALETTES.values():
        for role in sorted(roles):
            assert paint(role, palette) != paint("no such role", palette), role


def test_the_palette_of_the_look_is_used_unless_another_is_asked_for(forest):
    layout = lay_out_forest(forest(3), Look(palette="mono"))
    assert PALETTES["mono"].square in paint_svg(layout)
    assert PALETTES["okabe-ito"].square in paint_svg(layout, palette="okabe-ito")


def test_own_svg_is_small(forest):
    size = len(paint_svg(lay_out_forest(forest(24))).encode())
    assert size < 40_000


def test_a_png_is_what_another_reader_reads():
    from PIL import Image

    pixels = np.random.default_rng(1).integers(0, 256, (7, 5, 3), np.uint8)
    data = png_file(pixels, 300, {"Title": "Größe · r", "rupmeta-layout": "ab"})
    image = Image.open(io.BytesIO(data))
    image.verify()
    image = Image.open(io.BytesIO(data))
    assert (np.asarray(image) == pixels).all()
    assert (image.mode, image.text) == ("RGB", {"Title": "Größe · r", "rupmeta-layout": "ab"})
    assert image.info["dpi"] == pytest.approx((300, 300), abs=0.01)


@pytest.mark.parametrize("rotate", [0.0, 90.0, 30.0])
@pytest.mark.parametrize("anchor", ["start", "middle", "end"])
def test_words_stand_where_matplotlib_itself_would_set_them(anchor, rotate):
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from matplotlib.text import Text as Words

    mark = Text(60, 50, "Ärger (2001), r = −.31", "study", anchor=anchor, rotate=rotate)
    mine, theirs = Figure((2, 2), dpi=150), Figure((2, 2), dpi=150)
    artist = words(mark, None, "#000000")
    plain = Words(
        mark.x, mark.y, mark.text, ha=artist.get_ha(), va="baseline", rotation=rotate, rotation_mode="anchor"
    )
    for figure, text in ((mine, artist), (theirs, plain)):
        text.set_transform(figure.dpi_scale_trans.frozen().scale(1 / 72))
        figure.add_artist(text)
        FigureCanvasAgg(figure).draw()
    pixels = [np.asarray(figure.canvas.buffer_rgba())[:, :, 0].astype(int) for figure in (mine, theirs)]
    assert (pixels[1] < 128).any()
    assert np.abs(pixels[0] - pixels[1]).max() <= 2
