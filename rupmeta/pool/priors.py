"""Priors on tau, the standard deviation of true effects; the registry is ``TAU_PRIORS``.

Scales are those of the analysis (Fisher z, Hedges g, log odds ratio), not of r.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

__all__ = ["TAU_PRIORS", "NormalPrior", "TauFamily", "TauPrior", "make_tau_prior"]

Float = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class NormalPrior:
    """A normal prior on a coefficient, on the analysis scale; flat priors are written as None."""

    mean: float
    sd: float

    @property
    def text(self) -> str:
        """Such as ``normal(0, 0.5)``."""
        return f"normal({self.mean:g}, {self.sd:g})"


@dataclass(frozen=True, slots=True)
class TauFamily:
    """A family of proper priors: its log density at tau > 0 with parameters, and how its tail falls.

    ``parameters`` names them; ``positive`` says which must be > 0. ``tail`` gives a in density ~ tau^-a for
    large tau (infinity: faster than any power), from which follows which posterior moments exist.
    """

    parameters: tuple[str, ...]
    positive: tuple[bool, ...]
    log_density: Callable[[Float, Sequence[float]], Float]
    tail: Callable[[Sequence[float]], float]
    source: str


def _half_normal(tau: Float, parameters: Sequence[float]) -> Float:
    (scale,) = parameters
    height: Float = 0.5 * np.log(2.0 / np.pi) - np.log(scale) - 0.5 * (tau / scale) ** 2
    return height


def _half_t(tau: Float, parameters: Sequence[float]) -> Float:
    scale, df = parameters
    constant = np.log(2.0) + math.lgamma(0.5 * (df + 1.0)) - math.lgamma(0.5 * df) - 0.5 * np.log(df * np.pi)
    height: Float = constant - np.log(scale) - 0.5 * (df + 1.0) * np.log1p((tau / scale) ** 2 / df)
    return height


def _half_cauchy(tau: Float, parameters: Sequence[float]) -> Float:
    return _half_t(tau, (parameters[0], 1.0))


def _uniform(tau: Float, parameters: Sequence[float]) -> Float:
    (upper,) = parameters
    return np.where(tau <= upper, -np.log(upper), -np.inf)


def _exponential(tau: Float, parameters: Sequence[float]) -> Float:
    (mean,) = parameters
    height: Float = -np.log(mean) - tau / mean
    return height


def _log_normal(tau: Float, parameters: Sequence[float]) -> Float:
    centre, spread = parameters
    with np.errstate(divide="ignore", invalid="ignore"):
        log_tau = np.log(tau)
        square = ((log_tau - centre) / spread) ** 2
        height = -log_tau - 0.5 * np.log(2.0 * np.pi) - np.log(spread) - 0.5 * square
    return np.where(tau > 0, height, -np.inf)


def _inverse_gamma(tau: Float, parameters: Sequence[float]) -> Float:
    shape, scale = parameters
    with np.errstate(divide="ignore", invalid="ignore"):
        height = shape * np.log(scale) - math.lgamma(shape) - (shape + 1.0) * np.log(tau) - scale / tau
    return np.where(tau > 0, height, -np.inf)


def _never(_: Sequence[float]) -> float:
    return np.inf


TAU_PRIORS: Mapping[str, TauFamily] = MappingProxyType(
    {
        "half-normal": TauFamily(
            ("scale",), (True,), _half_normal, _never, "Röver et al. 2021, 10.1002/jrsm.1475"
        ),
        "half-cauchy": TauFamily(
            ("scale",), (True,), _half_cauchy, lambda _: 2.0, "Röver et al. 2021, 10.1002/jrsm.1475"
        ),
        "half-t": TauFamily(
            ("scale", "df"),
            (True, True),
            _half_t,
            lambda p: p[1] + 1.0,
            "Röver et al. 2021, 10.1002/jrsm.1475",
        ),
        "uniform": TauFamily(("upper",), (True,), _uniform, _never, "Röver 2020, 10.18637/jss.v093.i06"),
        "exponential": TauFamily(
            ("mean",), (True,), _exponential, _never, "Röver 2020, 10.18637/jss.v093.i06"
        ),
        "log-normal": TauFamily(
            ("meanlog", "sdlog"), (False, True), _log_normal, _never, "Röver 2020, 10.18637/jss.v093.i06"
        ),
        "inverse-gamma": TauFamily(
            ("shape", "scale"),
            (True, True),
            _inverse_gamma,
            lambda p: p[0] + 1.0,
            "Gronau et al. 2017, 10.1080/23743603.2017.1326760, with shape 1 and scale .15",
        ),
    }
)


@dataclass(frozen=True, slots=True)
class TauPrior:
    """One prior: a family of ``TAU_PRIORS`` and its parameters."""

    family: str
    parameters: tuple[float, ...]

    def log_density(self, tau: Float) -> Float:
        """Log density at ``tau`` >= 0, any shape."""
        return TAU_PRIORS[self.family].log_density(tau, self.parameters)

    @property
    def tail(self) -> float:
        """The power with which the density falls for large tau."""
        return TAU_PRIORS[self.family].tail(self.parameters)

    @property
    def upper(self) -> float:
        """The largest tau that the prior allows."""
        return self.parameters[0] if self.family == "uniform" else np.inf

    @property
    def text(self) -> str:
        """Such as ``half-normal(0.5)``."""
        return f"{self.family}({', '.join(f'{value:g}' for value in self.parameters)})"


def make_tau_prior(family: str, parameters: Sequence[float]) -> TauPrior:
    """A checked prior.

    Raises
    ------
    ValueError
        An unknown family, the wrong number of parameters, or one that must be positive and is not; the
        message is written for users.
    """
    if family not in TAU_PRIORS:
        raise ValueError(f"{family} is not a prior on tau")
    known = TAU_PRIORS[family]
    if len(parameters) != len(known.parameters):
        raise ValueError(
            f"{family} takes {' and '.join(known.parameters)}, such as {family}={_example(known)}"
        )
    for name, value, positive in zip(known.parameters, parameters, known.positive, strict=True):
        if not np.isfinite(value) or (positive and value <= 0):
            raise ValueError(
                f"{family}: {name} must be {'positive' if positive else 'finite'}, not {value:g}"
            )
    return TauPrior(family, tuple(float(value) for value in parameters))


def _example(known: TauFamily) -> str:
    examples = {"df": "4", "meanlog": "-1.5", "sdlog": "0.7", "shape": "1", "scale": "0.5"}
    return ",".join(examples.get(name, "0.5") for name in known.parameters)
