"""Settings as in other programs; the registry is ``PRESETS``.

A preset sets documented options, not programs: outputs say "settings as in ..." and list them; options given
explicitly win.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from rupmeta.pool.fit import MethodName, PredictionRule, TestName

__all__ = ["PRESETS", "Preset"]


@dataclass(frozen=True, slots=True)
class Preset:
    """``method``, ``test`` and ``pi`` are arguments of ``fit_effects``.

    ``effects`` sets how effects are converted and combined: fields of ``ConversionOptions`` and, for several
    effects of one sample, ``weights`` and ``rho``. ``settings`` says it in words.
    """

    program: str
    method: MethodName
    test: TestName
    pi: PredictionRule
    effects: Mapping[str, str | float]
    settings: tuple[str, ...]

    @property
    def sentence(self) -> str:
        """The settings as one sentence for a note."""
        return f"settings as in {self.program}: {'; '.join(self.settings)}"


PERFECT = 0.999999  # correlation of 1, short of which the covariance matrix stays positive definite

PRESETS: dict[str, Preset] = {
    "cma": Preset(
        program="Comprehensive Meta-Analysis",
        method="DL",
        test="z",
        pi="hts",
        effects=MappingProxyType({"d_to_r": "borenstein", "weights": "equal", "rho": PERFECT}),
        settings=(
            "tau2 by DerSimonian and Laird",
            "normal tests and intervals",
            "prediction interval from t with k - 2 degrees of freedom",
            "d to r by r = d/sqrt(d² + a)",
            "simple mean of the effects of a sample, taken as perfectly correlated unless rho is given",
        ),
    ),
    "metafor": Preset(
        program="metafor",
        method="REML",
        test="z",
        pi="test",
        effects=MappingProxyType({"double_zero": "keep"}),
        settings=(
            "tau2 by REML",
            "normal tests, confidence and prediction intervals",
            "tables without events in both groups are kept",
        ),
    ),
    "revman": Preset(
        program="RevMan",
        method="REML",
        test="knha",
        pi="test",
        effects=MappingProxyType({}),
        settings=(
            "tau2 by REML",
            "Hartung-Knapp-Sidik-Jonkman tests and intervals",
            "prediction interval from t with k - 1 degrees of freedom",
        ),
    ),
    "jasp": Preset(
        program="JASP",
        method="REML",
        test="knha",
        pi="test",
        effects=MappingProxyType({}),
        settings=(
            "tau2 by REML",
            "Knapp-Hartung tests and intervals",
            "prediction interval from t with k - 1 degrees of freedom",
        ),
    ),
}
