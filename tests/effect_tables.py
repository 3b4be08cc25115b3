"""Effects tables from plain numbers, for tests that need no files."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rupmeta.effects.table import EffectRow, Effects


def effects_table(
    yi: ArrayLike,
    vi: ArrayLike,
    clusters: Sequence[object] | None = None,
    V: NDArray[np.float64] | None = None,
) -> Effects:
    y, v = np.asarray(yi, dtype=float).tolist(), np.asarray(vi, dtype=float).tolist()
    names = [f"study{i}" for i in range(len(y))] if clusters is None else [str(name) for name in clusters]
    rows = tuple(
        EffectRow(
            names[i], f"e{i}", names[i], names[i], None, "GEN", y[i], v[i], None, "yi, vi", "", "direct"
        )
        for i in range(len(y))
    )
    return Effects("GEN", rows, V)


def design_matrix(terms: Sequence[Sequence[object]]) -> NDArray[np.float64]:
    """Intercept, then each numeric column, or the dummies of a column of words (first in order left out)."""
    columns = [np.ones(len(terms[0]))] if terms else []
    for values in terms:
        if all(isinstance(value, int | float) for value in values):
            columns.append(np.array(values, dtype=float))
        else:
            levels = sorted({str(value) for value in values})
            columns += [
                np.array([str(value) == level for value in values], dtype=float) for level in levels[1:]
            ]
    return np.column_stack(columns)
