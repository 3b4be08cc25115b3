"""The algebra of effect sizes, one formula a function; scalars only, nothing about studies.

r correlation, z = atanh r, d standardised mean difference with the pooled SD, g = J·d, n1 and n2 group sizes,
N = n1 + n2, m = N − 2, h = m/n1 + m/n2, a = N²/(n1·n2).
"""

from __future__ import annotations

import math

from rupmeta.numerics.tails import (
    normal_lower,
    normal_lower_quantile,
    student_lower,
    student_lower_quantile,
)

__all__ = [
    "GUMBEL",
    "LOGISTIC",
    "adjusted_variance_of_d",
    "biserial",
    "d_from_z",
    "exact_h",
    "fixed_size_v_z",
    "hedges_j",
    "hedges_j_approximate",
    "inverse_share",
    "log_odds_ratio",
    "log_risk_ratio",
    "morris_variance",
    "normal_half_width",
    "normal_p",
    "phi_coefficient",
    "random_size_v_z",
    "risk_difference",
    "semipartial_variance",
    "t_half_width",
    "t_p",
    "t_upper",
    "variance_of_d",
    "z_from_d",
]

#: Log odds per standard deviation of a logistic variable, π/√3 (Hasselblad & Hedges 1995).
LOGISTIC = math.pi / math.sqrt(3)

#: Log hazard per standard deviation of log survival time, π/√6: log times of proportional Weibull hazards
#: are shifted extreme-value variables, whose standard deviation is π/√6 of their scale.
GUMBEL = math.pi / math.sqrt(6)


def hedges_j(f: float) -> float:
    """Small-sample factor J(f) = Γ(f/2)/(√(f/2)·Γ((f−1)/2)), exact, f > 1 (Hedges 1981).

    Above f = 300 the ratio comes from its series: the difference of two large log gammas would cost digits.

    >>> round(hedges_j(28), 10)
    0.9729321151
    """
    if f <= 300:
        return math.exp(math.lgamma(f / 2) - math.lgamma((f - 1) / 2)) / math.sqrt(f / 2)
    x = (f - 1) / 2
    series = 1 - 1 / (8 * x) + 1 / (128 * x**2) + 5 / (1024 * x**3) - 21 / (32768 * x**4)
    return math.sqrt((f - 1) / f) * (series - 399 / (262144 * x**5))


def hedges_j_approximate(f: float) -> float:
    """J ≈ 1 − 3/(4f − 1), within .0002 of the exact factor from f = 10 on (Hedges 1981).

    >>> round(hedges_j_approximate(28), 10)
    0.972972973
    """
    return 1 - 3 / (4 * f - 1)


def exact_h(n1: float, n2: float) -> float:
    """h = m/n1 + m/n2, with which d/√(d² + h) is the sample's point-biserial r."""
    m = n1 + n2 - 2
    return m / n1 + m / n2


def inverse_share(n1: float, n2: float) -> float:
    """a = N²/(n1·n2): 4 for equal groups, the large-sample h."""
    return (n1 + n2) ** 2 / (n1 * n2)


def variance_of_d(d: float, n1: float, n2: float) -> float:
    """1/n1 + 1/n2 + d²/(2N): of d itself, or of g with g in place of d (Hedges 1982)."""
    return 1 / n1 + 1 / n2 + d * d / (2 * (n1 + n2))


def adjusted_variance_of_d(d: float, n1: float, n2: float, covariate_r: float) -> float:
    """(1/n1 + 1/n2)(1 − R²) + d²/(2N): covariates that share R² with the outcome (Borenstein et al. 2009)."""
    return (1 / n1 + 1 / n2) * (1 - covariate_r**2) + d * d / (2 * (n1 + n2))


def z_from_d(d: float, h: float) -> float:
    """z = asinh(d/√h) = atanh(d/√(d² + h))."""
    return math.asinh(d / math.sqrt(h))


def d_from_z(z: float, h: float) -> float:
    """d = √h·sinh z; 2·sinh z = 2r/√(1 − r²) for two equal groups."""
    return math.sqrt(h) * math.sinh(z)


def fixed_size_v_z(d: float, v_d: float, h: float) -> float:
    """Variance of z when the group sizes are fixed: V_d/(d² + h), the delta method."""
    return v_d / (d * d + h)


def random_size_v_z(z: float, n1: float, n2: float) -> float:
    """Variance of z when the group sizes are random: N·r²/(4·n1·n2) + (2 − 3r²)/(2N) (Tate 1954)."""
    r2 = math.tanh(z) ** 2
    N = n1 + n2
    return N * r2 / (4 * n1 * n2) + (2 - 3 * r2) / (2 * N)


def biserial(r: float, n1: float, n2: float) -> tuple[float, float]:
    """Biserial correlation of a point-biserial r and its variance (Soper 1914; Jacobs & Viechtbauer 2017)."""
    N = n1 + n2
    p, q = n1 / N, n2 / N
    zeta = -normal_lower_quantile(p)
    f = math.exp(-zeta * zeta / 2) / math.sqrt(2 * math.pi)
    r_b = r * math.sqrt(p * q) / f
    capped = max(-1.0, min(1.0, r_b))
    spread = 1.5 + (1 - p * zeta / f) * (1 + q * zeta / f)
    return r_b, (p * q / f**2 - spread * capped**2 + capped**4) / (N - 1)


def semipartial_variance(r: float, r2: float, n: float) -> float:
    """Variance of a semi-partial r, r2 the R² of the whole model (Aloe & Becker 2012)."""
    without = r2 - r * r
    return (r2**2 - 2 * r2 + without + 1 - without**2) / n


def morris_variance(g: float, r: float, n1: float, n2: float) -> float:
    """Variance of the pre-post-control g, standardised by the pooled SD before treatment (Morris 2008)."""
    m = n1 + n2 - 2
    unit = (1 - r) * (1 / n1 + 1 / n2)
    return 2 * hedges_j(m) ** 2 * unit * m / (m - 2) * (1 + g * g / (2 * unit)) - g * g


def log_odds_ratio(a: float, b: float, c: float, d: float) -> tuple[float, float]:
    """ln(ad/bc) and 1/a + 1/b + 1/c + 1/d."""
    return math.log(a * d / (b * c)), 1 / a + 1 / b + 1 / c + 1 / d


def log_risk_ratio(a: float, b: float, c: float, d: float) -> tuple[float, float]:
    """ln(p1/p2) and 1/a − 1/n1 + 1/c − 1/n2."""
    n1, n2 = a + b, c + d
    return math.log(a * n2 / (c * n1)), 1 / a - 1 / n1 + 1 / c - 1 / n2


def risk_difference(a: float, b: float, c: float, d: float) -> tuple[float, float]:
    """p1 − p2 and p1·q1/n1 + p2·q2/n2."""
    n1, n2 = a + b, c + d
    return a / n1 - c / n2, a * b / n1**3 + c * d / n2**3


def phi_coefficient(
    a: float, b: float, c: float, d: float, *, allocated: bool = False
) -> tuple[float, float]:
    """φ of a 2×2 table with no empty margin, and its variance under multinomial sampling (Yule 1912).

    ``allocated``: the sizes of the rows were fixed; then by the delta method from the two binomial shares,
    φ = √(n₁n₂)/N·(p₁ − p₂)/√(p̄(1 − p̄)).
    """
    N = a + b + c + d
    rows, columns = ((a + b) / N, (c + d) / N), ((a + c) / N, (b + d) / N)
    rr, cc = rows[0] * rows[1], columns[0] * columns[1]
    u, v = rows[0] - rows[1], columns[0] - columns[1]
    phi = (a * d - b * c) / (N * N * math.sqrt(rr * cc))
    if allocated:
        variance, mean, spread = 0.0, columns[0], math.sqrt(cc)
        for sign, n, share in ((1, a + b, a / (a + b)), (-1, c + d, c / (c + d))):
            slope = math.sqrt(rr) * sign / spread - phi * (1 - 2 * mean) / (2 * cc) * n / N
            variance += slope**2 * share * (1 - share) / n
        return phi, variance
    skew = phi * (1 + phi**2 / 2) * u * v / math.sqrt(rr * cc)
    return phi, (1 - phi**2 + skew - 0.75 * phi**2 * (u * u / rr + v * v / cc)) / N


def t_upper(p: float, df: float) -> float:
    """The t that a share p of Student's distribution with df exceeds; exact in the tail."""
    return -student_lower_quantile(df, p)


def t_half_width(level: float, df: float) -> float:
    """Half width, in standard errors, of a t interval."""
    return t_upper((1 - level) / 2, df)


def normal_half_width(level: float) -> float:
    """Half width, in standard errors, of a normal interval: 1.959964 at .95."""
    return -normal_lower_quantile((1 - level) / 2)


def t_p(t: float, df: float) -> float:
    """Two-tailed p of t."""
    return 2 * student_lower(df, -abs(t))


def normal_p(z: float) -> float:
    """Two-tailed p of z."""
    return 2 * normal_lower(-abs(z))
