"""Settings as in other programs; the registry is ``PRESETS``.

A preset sets documented options, not programs: outputs say "settings as in ..." and list them; options given
explicitly win.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from rupmeta.pool.fit import MethodName, PredictionRule, TestName

__all__ = ["PRESETS", "Preset"]


@dataclass(frozen=True, slots=True)
class Preset:
    """``method``, ``test`` and ``pi`` are arguments of ``fit_effects``.

    ``effects`` sets how effects are converted, by fields of ``ConversionOptions``; ``dependence`` how several
    effects of one sample are combined: ``approach``, ``weights`` and ``rho``. ``settings`` says it in words.
    """

    program: str
    method: MethodName
    test: TestName
    pi: PredictionRule
    effects: Mapping[str, str]
    settings: tuple[str, ...]
    dependence: Mapping[str, str | float] = field(default_factory=dict)

    @property
    def sentence(self) -> str:
        """The settings as one sentence for a note."""
        return f"settings as in {self.program}: {'; '.join(self.settings)}"


#: escalc's defaults: exact J, variance LS of g, group sizes fixed (ST), no table left out.
_METAFOR = MappingProxyType({"double_zero": "keep", "sizes": "fixed", "j": "exact", "smd_variance": "LS"})

PRESETS: dict[str, Preset] = {
    "cma": Preset(
        program="Comprehensive Meta-Analysis",
        method="DL",
        test="z",
        pi="hts",
        effects=MappingProxyType({"d_to_r": "borenstein", "j": "approximate", "smd_variance": "LS2"}),
        dependence=MappingProxyType({"approach": "aggregate", "weights": "equal", "rho": 1.0}),
        settings=(
            "tau2 by DerSimonian and Laird",
            "normal tests and intervals",
            "prediction interval from t with k - 2 degrees of freedom",
            "g = J·d with J = 1 - 3/(4m - 1) and variance J²·V(d)",
            "d to r by r = d/sqrt(d² + a)",
            "simple mean of the effects of a sample, taken as perfectly correlated unless rho is given",
        ),
    ),
    "metafor": Preset(
        program="metafor",
        method="REML",
        test="z",
        pi="test",
        effects=_METAFOR,
        settings=(
            "tau2 by REML",
            "normal tests, confidence and prediction intervals",
            "exact J, variance of g 1/n1 + 1/n2 + g²/(2N), of the r of two groups with fixed sizes",
            "tables without events in both groups are kept",
        ),
    ),
    "revman": Preset(
        program="RevMan",
        method="REML",
        test="knha",
        pi="test",
        effects=MappingProxyType({"j": "approximate", "smd_variance": "revman"}),
        settings=(
            "tau2 by REML",
            "Hartung-Knapp-Sidik-Jonkman tests and intervals",
            "g = J·d with J = 1 - 3/(4N - 9) and variance N/(n1·n2) + g²/(2(N - 3.94))",
            "prediction interval from t with k - 1 degrees of freedom",
        ),
    ),
    "jasp": Preset(
        program="JASP",
        method="REML",
        test="knha",
        pi="test",
        effects=_METAFOR,
        settings=(
            "tau2 by REML",
            "Knapp-Hartung tests and intervals",
            "effects as in metafor",
            "prediction interval from t with k - 1 degrees of freedom",
        ),
    ),
}
