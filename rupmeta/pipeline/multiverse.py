"""Every defensible specification of an analysis, run as one batch and summed up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import prod

import numpy as np
from numpy.typing import NDArray

from rupmeta.effects.measures import MEASURES
from rupmeta.errors import EstimationError, UsageError
from rupmeta.explore.curve_test import CurveTest, permute_curve
from rupmeta.explore.limits import verdicts
from rupmeta.explore.multiverse import Cells, Influence, Outcomes, fit_cells, rank_choices
from rupmeta.pipeline.analyse import Prepared, correlational, prepare_effects, unique
from rupmeta.pipeline.multiverse_choices import Choices, list_choices
from rupmeta.pipeline.multiverse_tables import Built, build_tables, spelled_options
from rupmeta.pipeline.specification import Overrides
from rupmeta.read.folder import Folder
from rupmeta.read.study import Scalar
from rupmeta.results import Note

__all__ = ["MOST", "ChoiceResult", "Multiverse", "OptionResult", "run_multiverse"]

Float = NDArray[np.float64]
Int = NDArray[np.intp]
Bool = NDArray[np.bool_]

MOST = 2_000_000  # combinations that one run takes on
FEWEST = 2  # samples in a pool
MOST_FITS = 200_000  # of the permutation test, a few seconds
FEW = 10  # below it sentences give no verdicts
ODD_SCALES = ("r", "d", "z")  # scales on which turning all signs turns the estimate
RATIOS = ("or", "rr")  # shown so where they come first; ranked and tested as logarithms


@dataclass(frozen=True, slots=True)
class OptionResult:
    """One option of a choice: the specifications that take it, their median and where their intervals lie."""

    option: Scalar
    n: int
    median: float | None
    share_above: float | None
    share_below: float | None
    mean: float | None


@dataclass(frozen=True, slots=True)
class ChoiceResult:
    """A choice: how far its options move the mean estimate (ratios: by which factor), and its share of all
    variance (ratios: of logarithms), both over the full product of choices.
    """

    name: str
    options: tuple[OptionResult, ...]
    range: float
    variance_share: float


@dataclass(frozen=True)
class Multiverse:
    """All distinct specifications of an analysis, S of them, in the order of the product of choices.

    ``scale``: of ``estimate``, ``ci_lb`` and ``ci_ub`` (S,); ``r`` or the like, a ratio, or the measure.
    ``taken`` (S, D): option of each choice. ``impossible``: combinations without an answer, by reason;
    ``repeats``: those that give the same effects as another. ``declared``: number of the analysis itself
    (None: it is not among them).
    """

    prepared: Prepared
    choices: tuple[ChoiceResult, ...]
    scale: str
    taken: Int
    k: Float
    estimate: Float
    ci_lb: Float
    ci_ub: Float
    pval: Float
    combinations: int
    impossible: tuple[tuple[str, int], ...]
    repeats: int
    fits: int
    declared: int | None
    default: bool
    test: CurveTest | None
    notes: tuple[Note, ...]

    @property
    def size(self) -> int:
        """Number of distinct specifications."""
        return len(self.estimate)


def run_multiverse(
    folder: Folder,
    overrides: Overrides | None = None,
    *,
    permute: int = 500,
    seed: int = 20260101,
    jobs: int = 1,
    dask: str | None = None,
) -> Multiverse:
    """Run the product of all declared choices; ``permute`` 0 leaves the test of the curve out.

    Raises ``UsageError`` for choices that cannot be combined (no common scale, more than two million
    combinations), ``EstimationError`` when no specification has an answer.
    """
    prepared = prepare_effects(folder, overrides)
    spec = prepared.specification
    choices = list_choices(spec, provisional=any(row.provisional for row in prepared.single.rows))
    scale, shown = _common_scale(choices, spec.report_as)
    last = _plain(MEASURES[spec.measure].shown[scale]) if scale in RATIOS else None
    influence = Influence(spec.method if spec.method != "EE" else "REML")
    _check_size(choices)
    built = build_tables(folder, spec, choices, influence)
    cells, taken, twin_cell = _product(choices, built)
    impossible, reasons = _impossible(built, cells)
    repeats = ~impossible & (twin_cell != np.arange(cells.size))
    distinct = np.flatnonzero(~impossible & ~repeats)
    if not distinct.size:
        raise EstimationError("no specification of this multiverse has an answer")
    out = fit_cells(built.tables, cells.take(distinct), level=spec.level)
    answered = ~np.isnan(out.estimate)
    reasons += [("no estimate was found", int((~answered).sum()))] if not answered.all() else []
    kept, out = distinct[answered], _answered(out, answered)
    measure = built.tables.measure[cells.table[kept]]
    estimate, lb, ub = (shown(value, measure) for value in (out.estimate, out.ci_lb, out.ci_ub))
    everywhere = np.full(cells.size, np.nan)
    everywhere[kept] = estimate
    everywhere = np.where(impossible, np.nan, everywhere[twin_cell])
    ranked = _rank(choices, built, taken, kept, everywhere, estimate, verdicts(out.ci_lb, out.ci_ub))
    test = None
    if permute:
        structural = _for_permutation(built, cells, kept, impossible, repeats)
        test = permute_curve(
            built.tables,
            structural,
            influence,
            shown,
            level=spec.level,
            iterations=permute,
            most_fits=MOST_FITS,
            seed=seed,
            jobs=jobs,
            dask=dask,
        )
    if last is not None:
        ranked = tuple(_on_ratios(choice, last) for choice in ranked)
        estimate, lb, ub = (np.array([last(x) for x in values.tolist()]) for values in (estimate, lb, ub))
    return Multiverse(
        prepared=prepared,
        choices=ranked,
        scale=scale,
        taken=taken[kept],
        k=out.k,
        estimate=estimate,
        ci_lb=lb,
        ci_ub=ub,
        pval=out.pval,
        combinations=cells.size,
        impossible=tuple(item for item in reasons if item[1]),
        repeats=int(repeats.sum()),
        fits=out.fits,
        declared=0 if kept[0] == 0 and not _other_model(prepared) else None,
        default=choices.default,
        test=test,
        notes=_notes(prepared, choices, test, built),
    )


def _other_model(prepared: Prepared) -> bool:
    """Whether the analysis itself takes several effects of a sample, which no specification does."""
    approach, single = prepared.specification.approach, prepared.single
    return approach in ("multilevel", "che") or (approach == "none" and len(set(single.clusters)) < single.k)


def _check_size(choices: Choices) -> None:
    size = prod(len(choice.options) for choice in choices.choices)
    if size > MOST:
        raise UsageError(
            f"the choices make {size:,} combinations, and {MOST:,} are the most: declare fewer options"
        )


@dataclass(frozen=True, slots=True)
class _Onto:
    """From the analysis scales of ``measures`` to ``scale``, NaN beyond it; other processes can have it."""

    scale: str
    measures: tuple[str, ...]

    def __call__(self, values: Float, measure: Int) -> Float:
        """``values`` with the number of the measure of each."""
        found = np.empty_like(values)
        for number, name in enumerate(self.measures):
            rows = measure == number
            transform = _plain(MEASURES[name].shown[self.scale])
            found[rows] = [transform(value) for value in values[rows].tolist()]
        return found


def _as_they_are(values: Float, _: Int) -> Float:
    return values


def _common_scale(choices: Choices, report_as: tuple[str, ...]) -> tuple[str, Callable[[Float, Int], Float]]:
    """The first reported scale that all measures share, and the way onto it; a ratio stays a logarithm."""
    measures = tuple(str(name) for name in choices.options_of("measure"))
    if len(measures) == 1 and report_as[0] in RATIOS and report_as[0] in MEASURES[measures[0]].shown:
        return report_as[0], _as_they_are
    for scale in (*report_as, *ODD_SCALES):
        if scale in ODD_SCALES and all(scale in MEASURES[name].shown for name in measures):
            return scale, _Onto(scale, measures)
    if len(measures) > 1:
        raise UsageError(f"multiverse: {' and '.join(measures)} have no scale in common")
    return measures[0], _as_they_are


def _plain(transform: Callable[[float], float | None]) -> Callable[[float], float]:
    """NaN in place of None: beyond the scale."""
    return lambda x: np.nan if (y := transform(x)) is None else y


def _product(choices: Choices, built: Built) -> tuple[Cells, Int, Int]:
    """Every table under every method and test; their options (S, D); and the cell of each one's twin."""
    methods = tuple(str(name) for name in choices.options_of("method"))
    tests = tuple(str(name) for name in choices.options_of("test"))
    T, M, N = built.tables.size, len(methods), len(tests)
    table, method, test = (axis.ravel() for axis in np.indices((T, M, N)))
    cells = Cells(table, method, test, methods, tests)
    taken = np.column_stack([built.options[table], method, test])
    twin = (built.twin[table] * M + method) * N + test
    return cells, taken, twin


def _impossible(built: Built, cells: Cells) -> tuple[Bool, list[tuple[str, int]]]:
    """Combinations that cannot be: counted by the first reason that applies."""
    few = (built.tables.C.sum(axis=1) < FEWEST)[cells.table]
    equal = np.array([name == "EE" for name in cells.methods])[cells.method]
    scaled = np.array([name in ("knha", "adhoc") for name in cells.tests])[cells.test]
    clash = ~few & equal & scaled
    reasons = [
        (f"fewer than {FEWEST} independent samples", int(few.sum())),
        ("method EE has no heterogeneity from which tests knha and adhoc take their scale", int(clash.sum())),
    ]
    return few | clash, reasons


def _answered(out: Outcomes, rows: Bool) -> Outcomes:
    names = ("k", "estimate", "se", "df", "ci_lb", "ci_ub", "tau2")
    return replace(out, **{name: getattr(out, name)[rows] for name in names})


def _rank(
    choices: Choices,
    built: Built,
    taken: Int,
    kept: Int,
    everywhere: Float,
    estimate: Float,
    sides: NDArray[np.int8],
) -> tuple[ChoiceResult, ...]:
    """Every choice with its options; the means compare options over the full product, repeats included."""
    options = spelled_options(choices, built)
    options = {**options, **{name: choices.options_of(name) for name in ("method", "test")}}
    sizes = [len(values) for values in options.values()]
    means, ranges, shares = rank_choices(everywhere, taken, sizes)
    found = []
    for d, (name, values) in enumerate(options.items()):
        results = []
        for j, option in enumerate(values):
            rows = taken[kept, d] == j
            some = bool(rows.any())
            results.append(
                OptionResult(
                    option,
                    int(rows.sum()),
                    float(np.median(estimate[rows])) if some else None,
                    float(np.mean(sides[rows] > 0)) if some else None,
                    float(np.mean(sides[rows] < 0)) if some else None,
                    None if np.isnan(means[d][j]) else float(means[d][j]),
                )
            )
        found.append(ChoiceResult(name, tuple(results), float(ranges[d]), float(shares[d])))
    return tuple(found)


def _on_ratios(choice: ChoiceResult, ratio: Callable[[float], float]) -> ChoiceResult:
    """A choice of logarithms as one of ratios: a difference of logarithms becomes a factor."""
    options = tuple(
        replace(
            option,
            median=None if option.median is None else ratio(option.median),
            mean=None if option.mean is None else ratio(option.mean),
        )
        for option in choice.options
    )
    return replace(choice, options=options, range=ratio(choice.range))


def _for_permutation(built: Built, cells: Cells, kept: Int, impossible: Bool, repeats: Bool) -> Cells:
    """The specifications of the permutation test: the distinct ones, and those that leave influential samples
    out wherever such could be found, whether or not any was found in the data as they are.
    """
    chosen = np.zeros(cells.size, dtype=bool)
    chosen[kept] = True
    source = built.tables.source[cells.table]
    original = source >= 0
    fresh = np.zeros(cells.size, dtype=bool)
    fresh[original] = built.twin[source[original]] == source[original]
    return cells.take(np.flatnonzero(np.where(original, fresh & (~impossible | repeats), chosen)))


def _notes(prepared: Prepared, choices: Choices, test: CurveTest | None, built: Built) -> tuple[Note, ...]:
    spec = prepared.specification
    notes = [correlational(prepared.subject, randomized=prepared.randomized), *prepared.notes]
    if choices.default:
        text = (
            "review.yaml declares no multiverse for this analysis: the alternatives are the tool's own set "
            "(docs/methods/multiverse.md), not choices that the reviewers made"
        )
        notes.append(Note("MV-DEFAULT", text))
    if _other_model(prepared):
        text = (
            f"dependence {spec.approach} has no place in a multiverse, whose specifications take one effect "
            "a sample: the declared analysis is not among them"
        )
        notes.append(Note("MV-DEPENDENCE", text))
    if len(built.samples) < FEW:
        text = f"{len(built.samples)} independent samples: the specifications share few data"
        notes.append(Note("K-FEW", text, severity="warning"))
    if test is not None and 2.0 * 0.5 ** len(built.samples) > 0.05:
        floor = 2.0 * 0.5 ** len(built.samples)
        text = f"with {len(built.samples)} samples no permutation p can be below {floor:.4g}"
        notes.append(Note("K-PERM", text, severity="warning"))
    return unique(notes)
