"""The parts of an answer about power: rows, moderators, numbers of studies, curves, caveats."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray

from rupmeta.effects.table import Effects
from rupmeta.errors import UsageError
from rupmeta.explore.power.planned import (
    power_of_contrast,
    power_of_q,
    power_of_slope,
    sampling_variance,
    tau2_of,
)
from rupmeta.explore.power.simulate import simulate_power
from rupmeta.explore.power.update import (
    Known,
    assurance,
    conditional_power,
    half_width,
    power_by_count,
    studies_needed,
)
from rupmeta.pipeline.power.records import Asked, ModeratorPower, Needed, PowerCurve, PowerRow
from rupmeta.results import Note

__all__ = [
    "known_at",
    "moderator_rows",
    "needed_rows",
    "power_curves",
    "power_notes",
    "power_row",
    "spreads_of",
    "study_variances",
]

Float = NDArray[np.float64]
#: Shares of heterogeneity that a plan without one looks at.
I2_LEVELS = (0.0, 0.25, 0.50, 0.75)
SIZES = (25.0, 50.0, 100.0, 200.0, 400.0)
FEW = 5  # studies below which random-effects power may be below that of a single study


def study_variances(asked: Asked, k: int, effect: float) -> Float:
    """Variances of k studies, their sizes taken in turn."""
    try:
        found = [sampling_variance(asked.measure, n, effect) for n in asked.n]
    except ValueError as error:
        raise UsageError(f"--n {min(asked.n):g}: {error}") from error
    return np.array([found[i % len(found)] for i in range(k)])


def spreads_of(asked: Asked, vi: Float) -> list[tuple[float, float | None]]:
    """The values of tau2 to look at, with the I² that they are at these sizes."""
    if asked.tau2 is not None:
        unit = tau2_of(0.5, vi)
        return [(asked.tau2, asked.tau2 / (asked.tau2 + unit))]
    return [(tau2_of(I2, vi), I2) for I2 in (I2_LEVELS if asked.I2 is None else (asked.I2,))]


def known_at(effects: Effects, tau2: float) -> Known:
    """The answer so far under ``tau2``."""
    w = 1.0 / (effects.vi + tau2)
    return Known(float((w * effects.yi).sum() / w.sum()), float(w.sum()), effects.k)


def formula_test(asked: Asked) -> str:
    """Formulas know the normal distribution and t; under equal effects there is only z beside t."""
    return "z" if asked.test == "z" or (asked.method == "EE" and asked.test != "t") else "t"


def power_row(
    asked: Asked,
    effect: float,
    known: Known,
    effects: Effects | None,
    vi: Float,
    tau2: float,
    I2: float | None,
    m: int,
) -> PowerRow:
    """``m`` new studies with variances ``vi``, on top of ``effects`` if there are any."""
    weight = float((1.0 / (vi + tau2)).mean())
    test = formula_test(asked)
    simulated = simulate_power(
        np.full(m, effect),
        vi,
        tau2,
        known=None if effects is None else effects.yi,
        known_vi=None if effects is None else effects.vi,
        method=asked.method,
        test=asked.test,
        level=asked.level,
        beyond=asked.smallest,
        iterations=asked.iterations,
        seed=asked.seed,
    )
    power = partial(conditional_power, known, m, weight, effect, test=test, level=asked.level)
    beyond = None if asked.smallest is None else power(beyond=asked.smallest)
    every = vi if effects is None else np.concatenate([effects.vi, vi])
    return PowerRow(
        k=known.k + m,
        added=m,
        tau2=tau2,
        I2=I2,
        half_width=half_width(known, m, weight, test=test, level=asked.level),
        formula=power(),
        simulated=simulated,
        beyond=beyond,
        assurance=None if effects is None else assurance(known, m, weight, test=test, level=asked.level),
        q=power_of_q(every, tau2, asked.level),
    )


def moderator_rows(asked: Asked, vi: Float, tau2: float, I2: float | None) -> Iterator[ModeratorPower]:
    """The subgroup contrast and the slope that were asked for, under one tau2."""
    k, test = len(vi), formula_test(asked)
    simulate = partial(
        simulate_power,
        vi=vi,
        tau2=tau2,
        method=asked.method,
        test=asked.test,
        level=asked.level,
        iterations=asked.iterations,
        seed=asked.seed,
    )
    if asked.levels is not None:
        first = asked.split if asked.split is not None else k // 2
        if not 1 <= first < k:
            raise UsageError(f"--split {first}: of {k} studies 1 to {k - 1} can be in the first group")
        member = np.arange(k) >= first
        contrast = asked.levels[1] - asked.levels[0]
        X = np.column_stack([np.ones(k), member.astype(np.float64)])
        mean = np.where(member, asked.levels[1], asked.levels[0])
        formula = power_of_contrast(contrast, [vi[~member], vi[member]], tau2, test=test, level=asked.level)
        found = simulate(mean, X=X)
        yield ModeratorPower("contrast", tau2, I2, k, contrast, formula, found)
    if asked.ends is not None:
        x = np.linspace(-1.0, 1.0, k)
        x = (x - x.mean()) / x.std() if k > 1 else x
        slope = 0.5 * (asked.ends[1] - asked.ends[0])
        mean = 0.5 * (asked.ends[0] + asked.ends[1]) + slope * x
        X = np.column_stack([np.ones(k), x])
        formula = power_of_slope(slope, x, vi, tau2, test=test, level=asked.level)
        found = simulate(mean, X=X)
        yield ModeratorPower("slope", tau2, I2, k, slope, formula, found)


def needed_rows(
    asked: Asked,
    effect: float,
    known: Known,
    effects: Effects | None,
    spreads: Sequence[tuple[float, float | None]],
) -> Iterator[Needed]:
    """How many studies of each size; tau2 stays what it is, whatever the size."""
    some = SIZES if len(spreads) == 1 else SIZES[1:4]
    sizes = sorted({*some, *asked.n}) if len(asked.n) == 1 else list(some)
    test = formula_test(asked)
    for tau2, I2 in spreads:
        have = known if effects is None else known_at(effects, tau2)
        for n in sizes:
            weight = 1.0 / (sampling_variance(asked.measure, n, effect) + tau2)

            def fewest(beyond: float = 0.0, width: float | None = None) -> int | None:
                return studies_needed(
                    have, weight, delta=effect, power=asked.power, width=width,  # noqa: B023
                    beyond=beyond, test=test, level=asked.level,
                )  # fmt: skip

            yield Needed(
                n,
                tau2,
                I2,
                fewest(),
                None if asked.smallest is None else fewest(beyond=asked.smallest),
                None if asked.width is None else fewest(width=asked.width),
            )


def power_curves(
    asked: Asked,
    effect: float,
    known: Known,
    effects: Effects | None,
    spreads: Sequence[tuple[float, float | None]],
    most: int,
) -> tuple[PowerCurve, ...]:
    """Power by formula against the number of (further) studies, one curve for every tau2."""
    counts = tuple(range(0 if effects is not None else 2, max(most, 20) + 1))
    array = np.array(counts, dtype=np.float64)
    vi = study_variances(asked, 1, effect)
    found = []
    for tau2, I2 in spreads:
        have = known if effects is None else known_at(effects, tau2)
        weight = float((1.0 / (vi + tau2)).mean())

        def powers(beyond: float) -> tuple[float, ...]:
            return tuple(
                power_by_count(
                    have, array, weight, effect,  # noqa: B023
                    test=formula_test(asked), level=asked.level, beyond=beyond,
                ).tolist()
            )  # fmt: skip

        beyond = None if asked.smallest is None else powers(asked.smallest)
        found.append(PowerCurve(tau2, I2, counts, powers(0.0), beyond))
    return tuple(found)


def power_notes(asked: Asked, rows: Sequence[PowerRow]) -> Iterator[Note]:
    """What has to be known to read the rows."""
    yield Note(
        "POWER-TAU2",
        "the formula takes tau2 as known; the simulation estimates it in every replicate, as the "
        "analysis will",
    )
    few = [row.k for row in rows if row.k < FEW]
    if few:
        text = (
            f"with fewer than {FEW} studies the power of a random-effects mean can be below that of its "
            "largest study (Jackson & Turner 2017)"
        )
        yield Note("POWER-FEW", text)
    apart = [row for row in rows if abs(row.formula - row.simulated.null) > 0.05]
    if apart:
        counts = ", ".join(str(row.k) for row in apart)
        text = f"formula and simulation differ by more than .05 at k = {counts}: use the simulation"
        yield Note("POWER-APART", text)
    if asked.measure == "SMD":
        yield Note("POWER-SMD", "groups of equal size; sampling variances are those at the true effect")
