"""docs/notebooks/quickstart.ipynb: its cells, run here; the notebook keeps what they show."""

from __future__ import annotations

import ast
import json
import os
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))
from reviews import ROOT

NOTEBOOK = ROOT / "docs" / "notebooks" / "quickstart.ipynb"


def run_cell(source: str, names: dict[str, Any]) -> Any:
    """Run the statements of a cell; the value of a last expression, else None."""
    tree = ast.parse(source)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, "<cell>", "exec"), names)  # the notebook is part of the repository
    return None if last is None else eval(compile(ast.Expression(last.value), "<cell>", "eval"), names)


def shown(value: Any) -> dict[str, list[str]]:
    """What a notebook keeps of a value, by kind."""
    found = {"text/plain": repr(value)}
    if hasattr(value, "_repr_html_"):
        found["text/html"] = value._repr_html_()
    if hasattr(value, "_repr_svg_"):
        found["image/svg+xml"] = value._repr_svg_()
    return {kind: text.splitlines(keepends=True) for kind, text in found.items()}


def executed(notebook: dict[str, Any]) -> dict[str, Any]:
    """The notebook with the outputs of today, run in the root of the checkout."""
    names: dict[str, Any] = {}
    before = Path.cwd()
    os.chdir(ROOT)
    cells, count = [], 0
    try:
        for cell in notebook["cells"]:
            if cell["cell_type"] != "code":
                cells.append(cell)
                continue
            count += 1
            value = run_cell("".join(cell["source"]), names)
            kept = {} if value is None else {"data": shown(value), "execution_count": count, "metadata": {}}
            outputs = [{**kept, "output_type": "execute_result"}] if kept else []
            cells.append({**cell, "execution_count": count, "outputs": outputs})
    finally:
        os.chdir(before)
    return {**notebook, "cells": cells}


def read_notebook() -> dict[str, Any]:
    """The committed notebook."""
    found: dict[str, Any] = json.loads(NOTEBOOK.read_text(encoding="utf-8"))
    return found


def write_notebook(notebook: dict[str, Any]) -> str:
    """As Jupyter writes it."""
    return json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"
