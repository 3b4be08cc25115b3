"""The call that fits a model, and how its coefficients are judged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rupmeta.render.r_script.literals import r_number, r_text, r_vector

__all__ = ["Model", "check_estimate", "check_one", "frame_columns", "leave_out", "model_of"]

Answer = Mapping[str, Any]
ESTIMATE = ("estimate", "se", "stat", "pval", "ci_lb", "ci_ub")


@dataclass(frozen=True, slots=True)
class Model:
    """How one analysis is fitted; ``levels`` are the random effects of a multilevel model (none: rma)."""

    method: str
    test: str
    level: float
    levels: tuple[str, ...] = ()

    @property
    def multilevel(self) -> bool:
        """Whether effects are nested in samples."""
        return bool(self.levels)

    def call(self, data: str, *, V: str = "V", mods: str | None = None) -> str:
        """The call of metafor."""
        terms = "" if mods is None else f", mods = ~ {mods}"
        if not self.multilevel:
            return (
                f"rma(yi, vi{terms}, data = {data}, method = {r_text(self.method)}, "
                f"test = {r_text(self.test)}, level = {r_number(self.level * 100)}, control = tight)"
            )
        random = ", ".join(f"~ 1 | {name}" for name in self.levels)
        return f"rma.mv(yi, {V}{terms}, random = list({random}), data = {data})"


def model_of(pool: Answer) -> Model:
    """The model behind a pooled answer; one effect a sample merges both levels of a multilevel model."""
    levels: tuple[str, ...] = ()
    if "sigma2_between" in pool:
        levels = tuple(
            name
            for name, key in (("cluster", "sigma2_between"), ("row", "sigma2_within"))
            if pool[key] is not None
        ) or ("cluster",)
    return Model(pool["method"], pool["test"], pool["level"], levels)


def check_one(
    label: str, code: str, ours: float | None, *, rel: float = 1e-6, abs_: float | None = None
) -> str:
    """Compare one number of R with ours."""
    near = "" if abs_ is None else f", abs = {abs_:g}"
    return f"check({r_text(label)}, {code}, {r_number(ours)}, rel = {rel:g}{near})"


def leave_out(label: str, why: str) -> str:
    """Say that a number is not repeated, and why."""
    return f"leave({r_text(label)}, {r_text(why)})"


def check_estimate(
    label: str, b: str, se: str, ours: Answer, level: float, *, rel: float = 1e-6
) -> list[str]:
    """Compare a coefficient ``b`` (R code) and its test with an estimate of ours."""
    if ours["se"] is None:
        return [check_one(f"{label}, estimate", b, ours["estimate"], rel=rel)]
    df = "Inf" if ours["df"] is None else r_number(ours["df"])
    names = f"paste({r_text(label + ',')}, coefficient)"
    values = r_vector(ours[key] for key in ESTIMATE)
    return [f"check_all({names}, wald({b}, {se}, {df}, {r_number(level)}),\n  {values}, rel = {rel:g})"]


def frame_columns(rows: Sequence[Answer]) -> dict[str, list[Any]]:
    """The columns that every table of effects has."""
    return {
        "study": [row["study"] for row in rows],
        "effect": [row["effect"] for row in rows],
        "cluster": [row["cluster"] for row in rows],
        "row": list(range(1, len(rows) + 1)),
        "yi": [row["yi"] for row in rows],
        "vi": [row["vi"] for row in rows],
    }
