"""What a forest plot shows: plain numbers on the scale that people read, ready to be laid out."""

from __future__ import annotations

from dataclasses import dataclass

from rupmeta.render.figures.rob.data import RobJudgement, RobTool

__all__ = [
    "BetweenTest",
    "ForestData",
    "ForestGroup",
    "ForestRow",
    "HeterogeneityLine",
    "OverallTest",
    "PooledRow",
    "ReferenceRow",
]


@dataclass(frozen=True, slots=True)
class ForestRow:
    """One effect. ``estimate, ci_lb, ci_ub`` on the display scale (OR as a ratio, not its log).

    ``weight`` is in percent. ``key`` is the study id (or ``study/effect``), stable across outputs. ``indent``
    puts the row further in; ``parent`` is the label of a study with several effects, which then stands in a
    row of its own over the first of them. The flags become the marks
    † ‡ § # ¶ and a footnote each. ``remark`` stands small under the label, such as "3 effects, ρ = .50".
    ``judgements``: of its risk of bias, by the domains of ``ForestData.rob``.
    """

    key: str
    label: str
    estimate: float
    ci_lb: float
    ci_ub: float
    weight: float | None = None
    n: float | None = None
    provisional: bool = False
    converted: bool = False
    approximate: bool = False
    adjusted: bool = False
    synthetic: bool = False
    indent: bool = False
    parent: str | None = None
    remark: str | None = None
    judgements: tuple[RobJudgement | None, ...] = ()


@dataclass(frozen=True, slots=True)
class PooledRow:
    """A diamond, of a subgroup or of all; ``I2`` in percent, ``tau2`` on the squared analysis scale.

    ``heterogeneity`` and ``test`` are those of the subgroup, for journals that print them.
    """

    label: str
    estimate: float
    ci_lb: float
    ci_ub: float
    k: int
    n: float | None = None
    tau2: float | None = None
    I2: float | None = None
    heterogeneity: HeterogeneityLine | None = None
    test: OverallTest | None = None


@dataclass(frozen=True, slots=True)
class ForestGroup:
    """Studies under one heading (None: no subgroups); ``note`` says why there is no diamond."""

    rows: tuple[ForestRow, ...]
    heading: str | None = None
    pooled: PooledRow | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class ReferenceRow:
    """A published pooled figure, shown hollow and never pooled; the interval may be unknown."""

    label: str
    estimate: float
    ci_lb: float | None = None
    ci_ub: float | None = None
    k: int | None = None
    n: float | None = None


@dataclass(frozen=True, slots=True)
class HeterogeneityLine:
    """The numbers under the plot: Q, tau2 (analysis scale), I2 in percent; None: not estimable.

    ``scale`` names the analysis scale where it is not the one shown ("Fisher's z"); it stands behind tau.
    """

    Q: float
    df: float
    pval: float
    tau2: float | None = None
    I2: float | None = None
    scale: str | None = None


@dataclass(frozen=True, slots=True)
class OverallTest:
    """The test of the pooled effect: z when ``df`` is None, else t."""

    stat: float
    df: float | None
    pval: float


@dataclass(frozen=True, slots=True)
class BetweenTest:
    """The test between subgroups: chi-square on ``df1`` when ``df2`` is None, else F."""

    stat: float
    df1: float
    df2: float | None
    pval: float


@dataclass(frozen=True, slots=True)
class ForestData:
    """A forest plot.

    ``name`` is the file stem and the prefix of every id (``repair-forest``). ``measure`` is a key of
    ``labels.DISPLAY`` (``r d g z or rr rd phi md gen``); it fixes number format, null and axis. ``pooled``
    None: the reason stands in ``pooled_reason``. Prediction limits None: the reason stands in ``pi_reason``
    (both None: no row). ``favours`` are the words left and right of the null. ``banners`` stand on top of
    every page ("synthetic data, not evidence"), ``footnotes`` below the last. ``model`` names the model in
    words ("random effects, REML"); ``equal_effects`` says that it is the common-effect model. ``band``
    shades a stretch of the axis behind the rows. ``rob`` adds a column for every domain of its tool.
    """

    name: str
    title: str
    measure: str
    groups: tuple[ForestGroup, ...]
    pooled: PooledRow | None
    level: float = 0.95
    pi_lb: float | None = None
    pi_ub: float | None = None
    pi_reason: str | None = None
    pooled_reason: str | None = None
    heterogeneity: HeterogeneityLine | None = None
    between: BetweenTest | None = None
    references: tuple[ReferenceRow, ...] = ()
    favours: tuple[str, str] = ("repair goes with worse outcome", "repair goes with better outcome")
    banners: tuple[str, ...] = ()
    footnotes: tuple[str, ...] = ()
    model: str | None = None
    equal_effects: bool = False
    overall: OverallTest | None = None
    band: tuple[float, float] | None = None
    rob: RobTool | None = None

    @property
    def rows(self) -> tuple[ForestRow, ...]:
        """Every effect, in order."""
        return tuple(row for group in self.groups for row in group.rows)
