"""A plan, or an update of a review, and its power."""

from __future__ import annotations

import dataclasses

import numpy as np

from rupmeta.errors import UsageError
from rupmeta.explore.power.update import Known
from rupmeta.pipeline.analyse import correlational, prepare_effects
from rupmeta.pipeline.independent import independent_effects
from rupmeta.pipeline.power.parts import (
    known_at,
    moderator_rows,
    needed_rows,
    power_curves,
    power_notes,
    power_row,
    spreads_of,
    study_variances,
)
from rupmeta.pipeline.power.records import Asked, PowerResult
from rupmeta.pipeline.specification import Overrides
from rupmeta.pool.fit import fit_effects
from rupmeta.read.folder import Folder
from rupmeta.results import Note

__all__ = ["ADDED", "MEASURES", "plan_power", "plan_update"]

MEASURES = ("ZCOR", "SMD")
FEW = 10  # effects below which an estimate of tau2 of 0 says little
#: Numbers of further studies that an update looks at.
ADDED = (1, 2, 3, 5, 10, 20)


def plan_power(asked: Asked) -> PowerResult:
    """The power of ``asked.k`` studies; raises ``UsageError`` for a plan that lacks a number or has none."""
    if asked.effect is None:
        raise UsageError("a plan needs the true effect that is to be found: --r 0.20, or --d 0.40")
    if asked.k is None or not asked.n:
        raise UsageError("a plan needs the number of studies and their size: --k 10 --n 80")
    vi = study_variances(asked, asked.k, asked.effect)
    spreads = spreads_of(asked, vi)
    known = Known()
    rows = tuple(power_row(asked, asked.effect, known, None, vi, tau2, I2, asked.k) for tau2, I2 in spreads)
    moderators = tuple(m for tau2, I2 in spreads for m in moderator_rows(asked, vi, tau2, I2))
    return PowerResult(
        asked=asked,
        effect=asked.effect,
        n=asked.n,
        rows=rows,
        moderators=moderators,
        needed=tuple(needed_rows(asked, asked.effect, known, None, spreads)),
        curve=power_curves(asked, asked.effect, known, None, spreads, 2 * asked.k),
        notes=tuple(power_notes(asked, rows)),
    )


def plan_update(folder: Folder, asked: Asked, overrides: Overrides | None = None) -> PowerResult:
    """The power of an update, given the effects that are there.

    Without an effect the present estimate is taken as true, without a size the median of the studies, without
    tau2 its present estimate.
    """
    prepared = prepare_effects(folder, overrides)
    spec = prepared.specification
    if spec.measure not in MEASURES:
        raise UsageError(f"power plans on {' or '.join(MEASURES)}, not {spec.measure}; add --measure ZCOR")
    effects, notes = independent_effects(prepared, "power")
    fit = fit_effects(effects, method=spec.method, test=spec.test, level=spec.level)
    tau2 = fit.heterogeneity.tau2 or 0.0
    sizes = [row.n for row in effects.rows if row.n is not None]
    median = (float(np.median(sizes)),) if sizes else ()
    asked_here = dataclasses.replace(
        asked,
        measure=spec.measure,
        method=spec.method,
        test=spec.test,
        level=spec.level,
        n=asked.n or median,
        add=asked.add or ADDED,
        tau2=tau2 if asked.tau2 is None and asked.I2 is None else asked.tau2,
    )
    if not asked_here.n:
        raise UsageError("no study gives its n; name the size of further studies: --n 80")
    effect = fit.estimate.estimate if asked.effect is None else asked.effect
    spread = spreads_of(asked_here, study_variances(asked_here, 1, effect))[0]
    known = known_at(effects, spread[0])
    rows = tuple(
        power_row(asked_here, effect, known, effects, study_variances(asked_here, m, effect), *spread, m)
        for m in asked_here.add
    )
    said = [correlational(prepared.subject), *notes, *power_notes(asked_here, rows)]
    if asked.effect is None:
        text = "the present estimate is taken as the true effect; assurance averages over its uncertainty"
        said.append(Note("POWER-ESTIMATE", text))
    if spread[0] == 0 and effects.k < FEW:
        text = f"tau2 is taken as 0, its estimate from {effects.k} effects; ask again with --I2 50"
        said.append(Note("POWER-ZERO", text, severity="warning"))
    synthetic = any(row.synthetic for row in effects.rows)
    if synthetic:
        said.append(
            Note("SYNTH", "some studies are invented: synthetic data, not evidence", severity="warning")
        )
    return PowerResult(
        asked=asked_here,
        effect=effect,
        n=asked_here.n,
        rows=rows,
        moderators=(),
        needed=tuple(needed_rows(asked_here, effect, known, effects, [spread])),
        curve=power_curves(asked_here, effect, known, effects, [spread], max(asked_here.add)),
        notes=tuple(dict.fromkeys(said)),
        known=known,
        analysis=spec.name,
        subject=prepared.subject,
        title=folder.review.title,
        synthetic=synthetic,
    )
