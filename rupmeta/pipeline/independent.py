"""One effect a sample, for analyses that take independent effects."""

from __future__ import annotations

from dataclasses import replace

from rupmeta.effects.table import Effects
from rupmeta.pipeline.analyse import Prepared, combine_dependent
from rupmeta.results import Note

__all__ = ["independent_effects"]


def independent_effects(prepared: Prepared, what: str) -> tuple[Effects, tuple[Note, ...]]:
    """The effects as they enter the model; under multilevel and che aggregated by sample, with a note.

    ``what`` begins the note's sentence: "the search for fragility".
    """
    spec = prepared.specification
    if spec.approach not in ("multilevel", "che"):
        return prepared.effects, ()
    merged = combine_dependent(prepared.single, replace(spec, approach="aggregate"))
    text = (
        f"{what} takes independent effects: those of one sample are aggregated with rho = {spec.rho:g}, "
        f"where the analysis itself uses dependence {spec.approach}"
    )
    return merged, (Note("SENS-AGGREGATE", text),)
