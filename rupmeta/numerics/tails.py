"""Tails and quantiles of single numbers in plain Python, so that a pooled answer need not wait for scipy.

The incomplete gamma and beta functions are a series or a continued fraction (Lentz's algorithm, as in Press
et al. 2007, Numerical Recipes, 6.2 and 6.4) times a density written as an exponential of a deviance, which
keeps all digits when the parameters are large (Loader 2000, Fast and accurate computation of binomial
probabilities). Quantiles are Newton's method on the logarithm of the tail over the logarithm of the argument,
a concave function, so that the search cannot go astray. Relative error is about 1e-14, in far tails 1e-13,
and for t and F on tens of thousands of degrees of freedom 1e-11.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache

__all__ = [
    "beta_tail",
    "chi2_upper",
    "chi2_upper_quantile",
    "f_upper",
    "gamma_tails",
    "normal_lower",
    "normal_lower_quantile",
    "student_lower",
    "student_lower_quantile",
]

EPSILON = 2.0**-53
TINY = 1e-300
MAX_TERMS = 100_000
MAX_ROUNDS = 100
LARGEST_LOG = 709.0  # exp of more overflows
LARGE_T = 1e100  # beyond it the tail of t is its leading term in double precision
LOG_ROOT_2PI = 0.5 * math.log(2.0 * math.pi)
SQUARE_ROOT_2 = math.sqrt(2.0)


def normal_lower(x: float) -> float:
    """P(Z <= x).

    >>> round(normal_lower(-1.959963984540054), 15)
    0.025
    """
    return 0.5 * math.erfc(-x / SQUARE_ROOT_2)


def normal_lower_quantile(probability: float) -> float:
    """The z with P(Z <= z) = ``probability``; infinite at 0 and 1, NaN outside them.

    >>> round(normal_lower_quantile(0.025), 12)
    -1.95996398454
    """
    if not 0.0 < probability < 1.0:
        return {0.0: -math.inf, 1.0: math.inf}.get(probability, math.nan)
    if probability > 0.5:
        return -normal_lower_quantile(1.0 - probability)
    # Abramowitz & Stegun 26.2.23, good to 4.5e-4; every step of Halley's method trebles the digits
    t = math.sqrt(-2.0 * math.log(probability))
    x = -t + (2.515517 + t * (0.802853 + t * 0.010328)) / (
        1.0 + t * (1.432788 + t * (0.189269 + t * 0.001308))
    )
    for _ in range(3):
        tail = normal_lower(x)
        if tail == 0.0:
            break
        step = (tail - probability) / tail * mills(x)
        x -= step / (1.0 + 0.5 * x * step)
    return x


def mills(x: float) -> float:
    """Normal distribution function over density at x."""
    return normal_lower(x) * math.exp(0.5 * x * x + LOG_ROOT_2PI)


def student_lower(df: float, t: float) -> float:
    """P(T <= t) for Student's t with ``df`` > 0 degrees of freedom.

    >>> round(student_lower(1.0, -1.0), 15)
    0.25
    """
    if math.isnan(t) or not df > 0:
        return math.nan
    if math.isinf(df):
        return normal_lower(t)
    size = abs(t)
    if math.isinf(size):
        tail = 0.0
    elif size > LARGE_T:
        log_beta = math.lgamma(0.5 * df) + 0.5 * math.log(math.pi) - math.lgamma(0.5 * (df + 1.0))
        tail = math.exp(df * (0.5 * math.log(df) - math.log(size)) - math.log(df) - log_beta)
    else:
        square = size * size
        tail = 0.5 * beta_tail(0.5 * df, 0.5, df / (df + square), square / (df + square))
    return tail if t <= 0 else 1.0 - tail


@lru_cache(maxsize=4096)  # a report asks for the same few thousands of times
def student_lower_quantile(df: float, probability: float) -> float:
    """The t with P(T <= t) = ``probability``; infinite at 0 and 1, NaN outside them.

    >>> round(student_lower_quantile(1.0, 0.025), 10)
    -12.7062047362
    """
    if not df > 0:
        return math.nan
    if not 0.0 < probability < 1.0 or math.isinf(df):
        return normal_lower_quantile(probability)
    if probability >= 0.5:
        return 0.0 if probability == 0.5 else -student_lower_quantile(df, 1.0 - probability)
    log_peak = math.lgamma(0.5 * (df + 1.0)) - math.lgamma(0.5 * df) - 0.5 * math.log(math.pi * df)

    def tail(u: float) -> tuple[float, float]:
        t = math.exp(u)
        fall = (df + 1.0) * math.log(math.hypot(1.0, t / math.sqrt(df)))
        return student_lower(df, -t), math.exp(u + log_peak - fall)  # density of u

    start = math.log(max(-normal_lower_quantile(probability), 1e-3))
    if df < 20.0:  # heavy tails: from their leading term, which lies beyond the root
        lead = log_peak + 0.5 * (df - 1.0) * math.log(df) - math.log(probability)
        start = min(max(start, lead / df), LARGEST_LOG)
    return -_newton(tail, -1.0, math.log(probability), start)


def chi2_upper(df: float, x: float) -> float:
    """P(chi-square on ``df`` > 0 exceeds x).

    >>> round(chi2_upper(2.0, 2.0), 12) == round(math.exp(-1.0), 12)
    True
    """
    return gamma_tails(0.5 * df, 0.5 * x)[1]


def chi2_upper_quantile(df: float, upper: float) -> float:
    """The x that chi-square on ``df`` exceeds with probability ``upper``.

    >>> round(chi2_upper_quantile(1.0, 0.05), 12)
    3.841458820694
    """
    if not df > 0 or not 0.0 <= upper <= 1.0:
        return math.nan
    if upper in (0.0, 1.0):
        return math.inf if upper == 0.0 else 0.0
    a = 0.5 * df
    side = int(upper <= 0.5)  # work on the smaller tail: its logarithm has all the digits
    log_goal = math.log(upper) if side else math.log1p(-upper)

    def tail(u: float) -> tuple[float, float]:
        x = math.exp(u)
        density = math.exp(a * u - x - math.lgamma(a))  # of u
        return gamma_tails(a, x)[side], density

    cube = 1.0 - 1.0 / (9.0 * a) - normal_lower_quantile(upper) / (3.0 * math.sqrt(a))  # Wilson & Hilferty
    start = math.log(a) + 3.0 * math.log(max(cube, 0.1))
    if not side and cube < 0.3:  # the leading term of the lower tail
        start = (log_goal + math.lgamma(a + 1.0)) / a
    elif side and a < 1.0:  # the upper tail falls faster than exp(-x)
        start = min(start, math.log1p(-log_goal))
    return 2.0 * _newton(tail, -1.0 if side else 1.0, log_goal, start)


def f_upper(df1: float, df2: float, x: float) -> float:
    """P(F on ``df1`` and ``df2`` exceeds x)."""
    if not (df1 > 0 and df2 > 0) or math.isnan(x):
        return math.nan
    if x <= 0:
        return 1.0
    if math.isinf(x):
        return 0.0
    share = df1 * x / (df2 + df1 * x)
    return beta_tail(0.5 * df2, 0.5 * df1, df2 / (df2 + df1 * x), share)


def _newton(tail: Callable[[float], tuple[float, float]], sign: float, log_goal: float, u: float) -> float:
    """exp of the u at which the log of a tail, concave in u, is ``log_goal``.

    ``tail`` gives the probability and the density of u; ``sign`` is -1 for an upper tail, 1 for a lower one.
    A step is at most 2 long, and ends half-way to where the tail was too small to be a number: where it is
    all but flat a whole step would overflow.
    """
    good, bad = math.nan, -sign * math.inf
    for _ in range(MAX_ROUNDS):
        probability, density = tail(u)
        if probability > TINY and density > 0.0:
            good = u
            step = sign * (math.log(probability) - log_goal) * probability / density
            proposal = min(u - max(-2.0, min(2.0, step)), LARGEST_LOG)
            u = proposal if sign * (proposal - bad) > 0 else 0.5 * (u + bad)
            if abs(u - good) <= 4.0 * EPSILON * max(1.0, abs(u)):
                break
        elif probability < 0.5:
            bad = u
            u = u + sign if math.isnan(good) else 0.5 * (u + good)
        else:
            u -= 2.0 * sign
    return math.exp(u) if u < LARGEST_LOG else math.inf


def gamma_tails(a: float, x: float) -> tuple[float, float]:
    """Lower and upper regularised incomplete gamma function, P(a, x) and Q(a, x), a > 0."""
    if math.isnan(x) or not a > 0:
        return math.nan, math.nan
    if x <= 0:
        return 0.0, 1.0
    if math.isinf(x):
        return 1.0, 0.0
    density = math.exp(-_stirling_error(a) - _deviance(a, x)) / math.sqrt(2.0 * math.pi * a)
    if x < a + 1.0:
        term = total = 1.0
        for n in range(1, MAX_TERMS):
            term *= x / (a + n)
            total += term
            if term <= total * EPSILON:
                break
        lower = density * total
        return lower, 1.0 - lower
    b = x + 1.0 - a
    c, d = 1.0 / TINY, 1.0 / b
    h = d
    for n in range(1, MAX_TERMS):
        numerator = -n * (n - a)
        b += 2.0
        d = 1.0 / _away_from_zero(numerator * d + b)
        c = _away_from_zero(b + numerator / c)
        h *= d * c
        if abs(d * c - 1.0) <= 2.0 * EPSILON:
            break
    upper = a * density * h
    return 1.0 - upper, upper


def beta_tail(a: float, b: float, x: float, y: float) -> float:
    """Regularised incomplete beta function I_x(a, b), a and b > 0; ``y`` is 1 - x with all its digits."""
    if math.isnan(x) or math.isnan(y):
        return math.nan
    if x <= 0.0 or y <= 0.0:
        return 0.0 if x <= 0.0 else 1.0
    n = a + b
    binomial = math.exp(
        _stirling_error(n)
        - _stirling_error(a)
        - _stirling_error(b)
        - _deviance(a, n * x)
        - _deviance(b, n * y)
    ) * math.sqrt(a * b / (2.0 * math.pi * n))
    if x <= (a + 1.0) / (n + 2.0):
        return binomial * _beta_sum(a, b, x) / a
    return 1.0 - binomial * _beta_sum(b, a, y) / b


def _beta_sum(a: float, b: float, x: float) -> float:
    """I_x(a, b) over x^a (1-x)^b / (a B(a, b)), for x below its mean: all terms are positive."""
    if x > 0.9:
        return _beta_fraction(a, b, x)
    term = total = 1.0
    for n in range(MAX_TERMS):
        term *= x * (a + b + n) / (a + 1.0 + n)
        total += term
        if term <= total * EPSILON:
            break
    return total


def _beta_fraction(a: float, b: float, x: float) -> float:
    c, d = 1.0, 1.0 / _away_from_zero(1.0 - (a + b) * x / (a + 1.0))
    h = d
    for m in range(1, MAX_TERMS):
        even = a + 2 * m
        for numerator in (
            m * (b - m) * x / ((even - 1.0) * even),
            -(a + m) * (a + b + m) * x / (even * (even + 1.0)),
        ):
            d = 1.0 / _away_from_zero(1.0 + numerator * d)
            c = _away_from_zero(1.0 + numerator / c)
            h *= d * c
        if abs(d * c - 1.0) <= 2.0 * EPSILON:
            break
    return h


def _away_from_zero(x: float) -> float:
    return x if abs(x) > TINY else TINY


def _stirling_error(x: float) -> float:
    """log Γ(x + 1) minus Stirling's formula for it."""
    if x > 15.0:
        q = 1.0 / (x * x)
        return (1 / 12 - q * (1 / 360 - q * (1 / 1260 - q * (1 / 1680 - q * (1 / 1188))))) / x
    return math.lgamma(x + 1.0) - (x + 0.5) * math.log(x) + x - LOG_ROOT_2PI


def _deviance(x: float, mean: float) -> float:
    """x·log(x/mean) + mean - x, without cancellation where x and mean are close."""
    gap = x - mean
    if abs(gap) >= 0.1 * (x + mean):
        return x * math.log(x / mean) - gap
    v = gap / (x + mean)
    total, power = gap * v, 2.0 * x * v
    for j in range(1, 100):
        power *= v * v
        before, total = total, total + power / (2 * j + 1)
        if total == before:
            break
    return total
