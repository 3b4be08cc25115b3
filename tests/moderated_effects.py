"""Effects with moderators from plain columns, for tests of moderators."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from effect_tables import effects_table

from rupmeta.effects.table import Effects
from rupmeta.pool.fit import Fit, fit_effects


def with_moderators(
    yi: Sequence[float], vi: Sequence[float], columns: Mapping[str, Sequence[Any]]
) -> Effects:
    """Effects whose row i has ``columns[name][i]`` for every name."""
    plain = effects_table(yi, vi)
    rows = tuple(
        replace(row, moderators={name: values[i] for name, values in columns.items()})
        for i, row in enumerate(plain.rows)
    )
    return replace(plain, rows=rows)


def fit_z(effects: Effects, X: Any, names: Any) -> Fit:
    """REML judged by z."""
    return fit_effects(effects, X=X, names=names, test="z")


def fit_knha(effects: Effects, X: Any, names: Any) -> Fit:
    """REML judged by Knapp and Hartung."""
    return fit_effects(effects, X=X, names=names, test="knha")


FITS = {"z": fit_z, "knha": fit_knha}
