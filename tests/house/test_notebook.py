"""The example notebook shows what its cells give."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from notebook import NOTEBOOK, ROOT, executed, read_notebook, write_notebook


def test_the_notebook_shows_what_its_cells_give() -> None:
    assert NOTEBOOK.read_text(encoding="utf-8") == write_notebook(executed(read_notebook())), (
        "run python tests/house/pages.py"
    )


def test_it_has_tables_and_figures_of_every_stage() -> None:
    cells = [cell for cell in read_notebook()["cells"] if cell["cell_type"] == "code"]
    source = "".join("".join(cell["source"]) for cell in cells)
    for name in ("read_studies", "screen_studies", "compute_effects", "pool_effects", "explore_moderators",
                 "assess_bias", "check_sensitivity", "draw_figure", "read_frame"):  # fmt: skip
        assert f"rupmeta.{name}(" in source
    kinds = [kind for cell in cells for output in cell["outputs"] for kind in output["data"]]
    assert kinds.count("text/html") >= 7
    assert kinds.count("image/svg+xml") >= 2


def test_jupyter_runs_it() -> None:
    nbformat = pytest.importorskip("nbformat")
    nbclient = pytest.importorskip("nbclient")
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    nbformat.validate(notebook)
    nbclient.NotebookClient(notebook, resources={"metadata": {"path": str(ROOT)}}, timeout=300).execute()
