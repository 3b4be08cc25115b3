"""Write the synthetic studies of studies/examples/worked: invented papers whose pooled answers are known.

The published summary of a review is reached by construction, without any of its studies. Effects are drawn
with the effect of the phase built in, shifted and stretched until the summary fits, turned into the
statistics that a paper would print, rounded, and kept only if the rounded numbers still give every figure of
the summary. Nothing here uses rupmeta, so the example also checks it. The same seed gives the same bytes.

    python benchmarks/make_worked_example.py [FOLDER]
"""

from __future__ import annotations

import random
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import asinh, atanh, exp, lgamma, log, pi, sinh, sqrt, tanh
from pathlib import Path
from statistics import NormalDist

import numpy as np
from scipy.special import chdtrc, fdtrc, ndtr, stdtr, stdtrit

SEED = 276
FOLDER = Path(__file__).parents[1] / "studies" / "examples" / "worked"
Printed = dict[str, str]

# The published summary as intervals of what rounds to it, and where in them to aim (Fisher z).
REPAIR = {
    "mu": atanh(0.2944),
    "se": 0.1038,
    "unrepaired-rupture": atanh(0.2900),
    "no-rupture": atanh(0.2425),
    "least": 0.03,
}
TRAINING = {"mu": atanh(0.1100), "se": 0.1022, "cbt": atanh(0.2800), "least": -0.95}

#: name: kind, which way is better, mean and SD of the comparison group, SD of group 1, decimals
OUTCOMES = {
    "BDI-II": ("symptoms", "lower", 16.4, 9.8, 9.1, 1),
    "OQ-45": ("symptoms", "lower", 63.8, 19.6, 18.3, 1),
    "SCL-90-R GSI": ("symptoms", "lower", 0.86, 0.52, 0.48, 2),
    "CORE-OM": ("symptoms", "lower", 1.32, 0.63, 0.58, 2),
    "IIP-64": ("functioning", "lower", 1.41, 0.55, 0.51, 2),
    "GAF": ("functioning", "higher", 61.5, 11.0, 10.2, 1),
    "patient global rating": ("global", "higher", 5.1, 1.6, 1.5, 2),
    "completion of therapy": ("completion", "higher", 0.55, 0, 0, 0),
}
INSTRUMENTS = {
    "self-report": "PSQ, rupture and resolution items after every session",
    "observer": "video ratings, two judges",
    "alliance-fluctuation": "WAI-SR after every session, falls and recoveries",
}


@dataclass(frozen=True)
class Sketch:
    """What is decided by hand about a study: everything but its effect. ``routes`` is one word per effect."""

    name: str
    year: int
    about: str
    n: int
    n1: int
    comparison: str
    phase: str
    routes: tuple[tuple[str, str], ...]
    orientation: str
    sessions: int
    pd: float | None
    experience: str | None
    caseload: int | None
    rupture: str
    relation: str = "repair-outcome"
    design: str = "naturalistic"
    publication: str = "peer-reviewed"
    tracked: int | None = None

    def fact(self, key: str) -> float | str | None:
        """The value that a moderator takes in this study."""
        value: float | str | None = getattr(self, key)
        return value


UR, NR, CO, NO = "unrepaired-rupture", "no-rupture", "continuous", "untrained"
FLUCT, RCT, QUASI = "alliance-fluctuation", "randomized", "quasi-experimental"
# fmt: off
REPAIR_STUDIES = (
    Sketch("alder", 2001, "tension and its resolution in brief therapy for depression", 46, 20, UR, "early",
           (("BDI-II", "means+t2"),), "cbt", 16, 0.15, "trainee", 3, "self-report"),
    Sketch("birch", 2003, "resolution ratings and benefit at the end of treatment", 61, 0, CO, "late",
           (("patient global rating", "r+t"),), "psychodynamic", 40, 0.42, "experienced", 6, "self-report"),
    Sketch("cedar", 2004, "repaired against undisturbed alliances in a training clinic", 28, 13, NR, "late",
           (("SCL-90-R GSI", "g"),), "integrative", 30, 0.25, "trainee", 2, "observer"),
    Sketch("elder", 2006, "high-low-high alliance patterns and two outcomes", 98, 41, NR, "early",
           (("OQ-45", "means"), ("GAF", "t2")), "psychodynamic", 24, 0.55, "mixed", 5, "observer"),
    Sketch("hazel", 2007, "sudden drops of the alliance in routine care", 385, 190, UR, "middle",
           (("CORE-OM", "r+t"),), "cbt", 12, 0.10, "experienced", 9, FLUCT),
    Sketch("hornbeam", 2009, "who stays after a rupture", 79, 42, UR, "late",
           (("completion of therapy", "counts"),), "cbt", 30, 0.45, "trainee", 4, FLUCT),
    Sketch("juniper", 2010, "the degree of resolution over a year of treatment", 128, 0, CO, "middle",
           (("IIP-64", "spearman"),), "integrative", 50, None, "experienced", None, "observer"),
    Sketch("larch", 2012, "repair in group-format exposure", 84, 37, NR, "middle",
           (("BDI-II", "F+p"),), "cbt", 14, 0.05, "trainee", 4, "self-report"),
    Sketch("maple", 2013, "therapists who came back to the misunderstanding", 151, 80, UR, "late",
           (("OQ-45", "d"),), "cbt", 20, 0.20, "mixed", 8, "self-report"),
    Sketch("rowan", 2015, "subtle withdrawal in the first sessions", 44, 19, NR, "early",
           (("SCL-90-R GSI", "p2"),), "integrative", 18, 0.30, "experienced", 7, "observer"),
    Sketch("willow", 2017, "therapy broken off or ended by agreement", 210, 104, UR, "middle",
           (("completion of therapy", "chi2"),), "psychodynamic", 35, 0.35, "mixed", None, FLUCT),
)
TRAINING_STUDIES = tuple(
    Sketch(*row, relation="training-outcome", design=design, tracked=6)
    for design, row in (
        (RCT, ("ash", 1999, "a workshop on ruptures for trainees", 40, 20, NO, "whole",
                (("BDI-II", "means+t2"),), "cbt", 12, 0.05, "trainee", 3, "self-report")),
        (QUASI, ("beech", 2004, "supervision with recorded ruptures", 56, 29, NO, "whole",
                (("OQ-45", "d"),), "cbt", 18, 0.22, "trainee", 4, "self-report")),
        (RCT, ("cherry", 2008, "alliance-focused training in cognitive therapy", 48, 24, NO, "whole",
                (("CORE-OM", "t2"),), "cbt", 30, 0.45, "mixed", 4, "observer")),
        (QUASI, ("elm", 2011, "rupture training in a day clinic", 44, 22, NO, "whole",
                (("GAF", "means"),), "psychodynamic", 28, 0.40, "trainee", 3, "observer")),
        (QUASI, ("fir", 2014, "repair seminars in a dynamic clinic", 52, 25, NO, "whole",
                (("IIP-64", "F"),), "psychodynamic", 40, 0.68, "experienced", 5, "self-report")),
        (RCT, ("holly", 2016, "training for work with borderline patients", 36, 18, NO, "whole",
                (("SCL-90-R GSI", "t2+p2"),), "psychodynamic", 52, 1.00, "mixed", 4, FLUCT)),
    )
)
# Left out by the criteria: a reviewer also meets these.
OTHERS = (
    Sketch("lime", 2005, "alliance repair in a counselling service", 33, 15, UR, "late", (("OQ-45", "t2"),),
           "humanistic", 10, None, "trainee", 3, "self-report", publication="dissertation"),
    Sketch("oak", 2010, "alliance at intake and at the end", 120, 55, UR, "whole", (("BDI-II", "r"),),
           "cbt", 12, 0.10, "mixed", 6, FLUCT, tracked=2),
    Sketch("pine", 2014, "a narrative of three repairs", 57, 0, CO, "whole", (("GAF", ""),),
           "psychodynamic", 60, 0.30, "experienced", None, "observer"),
)
# fmt: on
PHASES = {"early": 0.10, "middle": 0.20, "late": 0.70}
MODERATORS = ("pd", "experience", "caseload", "orientation", "rupture", "comparison")


# --- what a paper prints, and what the printed numbers mean ---------------------------------------


def small_sample(m: int) -> float:
    """J(m), the factor between d and Hedges' g."""
    return exp(lgamma(m / 2) - lgamma((m - 1) / 2)) / sqrt(m / 2)


def write_route(word: str, z: float, n: int, n1: int, outcome: str) -> Printed:
    """The statistic ``word`` as a paper rounds it, on the outcome's own scale; ``z``: Fisher z, oriented."""
    _, better, mean2, sd2, sd1, decimals = OUTCOMES[outcome]
    signed = -z if better == "lower" else z
    favours = "repair" if z >= 0 else "comparison"
    n2, m = n - n1, n - 2
    groups = {"n1": str(n1), "n2": str(n2)}
    d = sqrt(m / n1 + m / n2) * sinh(signed) if n1 else 0.0
    t = d / sqrt(1 / n1 + 1 / n2) if n1 else sqrt(m) * sinh(signed)
    if word == "means":
        mean1 = mean2 + d * sqrt(((n1 - 1) * sd1**2 + (n2 - 1) * sd2**2) / m)
        one = {"mean1": f"{mean1:.{decimals}f}", "sd1": f"{sd1:.{decimals}f}", "n1": str(n1)}
        return one | {"mean2": f"{mean2:.{decimals}f}", "sd2": f"{sd2:.{decimals}f}", "n2": str(n2)}
    if word == "counts":
        return count_route(z, n1, n2, share2=mean2)
    p = 2 * stdtr(m, -abs(t))
    return {
        "r": {"r": f"{tanh(signed):.2f}", "n": str(n)},
        "spearman": {"spearman": f"{tanh(signed):.2f}", "n": str(n)},
        "t": {"t": f"{sqrt(m) * sinh(signed):.2f}", "df": str(m)},
        "t2": {"t": f"{t:.2f}", **groups},
        "d": {"d": f"{d:.2f}", **groups},
        "g": {"g": f"{small_sample(m) * d:.2f}", **groups},
        "F": {"F": f"{m * sinh(z) ** 2:.2f}", "df1": "1", "df2": str(m), "favours": favours},
        "chi2": {"chi2": f"{n * tanh(z) ** 2:.2f}", "n": str(n), "favours": favours},
        "p": {
            "p": f"{2 * stdtr(m, -sqrt(m) * sinh(abs(z))):.3f}",
            "n": str(n),
            "tails": "2",
            "favours": favours,
        },
        "p2": {"p": f"{p:.3f}", **groups, "tails": "2", "favours": favours},
    }[word]


def count_route(z: float, n1: int, n2: int, share2: float) -> Printed:
    """Events in two groups: the second has ``share2``, the first what comes nearest to ``z``."""
    events2 = round(share2 * n2)

    def miss(events1: int) -> float:
        odds_ratio = events1 * (n2 - events2) / ((n1 - events1) * events2)
        return abs(log(odds_ratio) - (n1 + n2) / sqrt(n1 * n2) * sinh(z) * pi / sqrt(3))

    events1 = min(range(1, n1), key=miss)
    return {"events1": str(events1), "n1": str(n1), "events2": str(events2), "n2": str(n2)}


def read_route(printed: Printed, better: str, fixed_sizes: bool) -> tuple[float, float]:
    """Fisher z, positive for benefit, and its variance, from rounded numbers alone."""
    x = {key: float(value) for key, value in printed.items() if key != "favours"}
    sign = -1.0 if better == "lower" else 1.0
    if "favours" in printed:
        sign = 1.0 if printed["favours"] == "repair" else -1.0
    if "events1" in x:
        a, b, c, d = x["events1"], x["n1"] - x["events1"], x["events2"], x["n2"] - x["events2"]
        smd, v = log(a * d / (b * c)) * sqrt(3) / pi, (1 / a + 1 / b + 1 / c + 1 / d) * 3 / pi**2
        shares = (x["n1"] + x["n2"]) ** 2 / (x["n1"] * x["n2"])
        return sign * asinh(smd / sqrt(shares)), v / (smd**2 + shares)
    if "n1" in x:
        return read_two_groups(x, sign, fixed_sizes)
    if "t" in x or "F" in x:
        df = x.get("df", x.get("df2", 0.0))
        return sign * asinh(x.get("t", sqrt(x.get("F", 0.0))) / sqrt(df)), 1 / (df - 1)
    n = x["n"]
    if "p" in x:
        return sign * asinh(-stdtrit(n - 2, x["p"] / 2) / sqrt(n - 2)), 1 / (n - 3)
    r = sqrt(x["chi2"] / n) if "chi2" in x else x.get("r", x.get("spearman", 0.0))
    return sign * atanh(r), (1 + r * r / 2 if "spearman" in x else 1) / (n - 3)


def read_two_groups(x: dict[str, float], sign: float, fixed_sizes: bool) -> tuple[float, float]:
    """z = asinh(d/√h); group sizes are fixed in trials and random where rupture classes happen."""
    n1, n2 = x["n1"], x["n2"]
    n, m = n1 + n2, n1 + n2 - 2
    per_t = sqrt(1 / n1 + 1 / n2)
    if "mean1" in x:
        pooled = sqrt(((n1 - 1) * x["sd1"] ** 2 + (n2 - 1) * x["sd2"] ** 2) / m)
        d = (x["mean1"] - x["mean2"]) / pooled
    elif "g" in x:
        d = x["g"] / small_sample(int(m))
    elif "p" in x:
        d = -float(stdtrit(m, x["p"] / 2)) * per_t
    else:
        d = x["t"] * per_t if "t" in x else x["d"]
    h = m / n1 + m / n2
    z = asinh(d / sqrt(h))
    if fixed_sizes:
        return sign * z, (per_t**2 + d * d / (2 * n)) / (d * d + h)
    r2 = tanh(z) ** 2
    return sign * z, n * r2 / (4 * n1 * n2) + (2 - 3 * r2) / (2 * n)


# --- random-effects models, plainly ---------------------------------------------------------------


@dataclass(frozen=True)
class Model:
    """REML fit: coefficients, covariance, tau2, Q of the residuals, Knapp-Hartung scale (at least 1)."""

    b: np.ndarray
    M: np.ndarray
    tau2: float
    Q: float
    scale: float

    @property
    def se(self) -> float:
        return float(sqrt(self.M[0, 0]))


def fit(y: np.ndarray, v: np.ndarray, X: np.ndarray | None = None) -> Model:
    """Fisher scoring for REML on k studies."""
    X = np.ones((len(y), 1)) if X is None else X
    k, p = X.shape

    def weigh(tau2: float) -> tuple[np.ndarray, np.ndarray]:
        W = np.diag(1 / (v + tau2))
        M = np.linalg.inv(X.T @ W @ X)
        return M, W - W @ X @ M @ X.T @ W

    tau2 = max(float(np.var(y) - v.mean()), 0.0)
    for _ in range(500):
        M, P = weigh(tau2)
        step = float((y @ P @ P @ y - np.trace(P)) / np.trace(P @ P))
        old, tau2 = tau2, max(tau2 + step, 0.0)
        if abs(tau2 - old) < 1e-10:
            break
    M, P = weigh(tau2)
    scale = max(1.0, float(y @ P @ y) / (k - p))
    b = M @ X.T @ (y / (v + tau2))
    return Model(b, M, tau2, float(y @ weigh(0.0)[1] @ y), scale)


def code(values: Sequence[float | str]) -> np.ndarray:
    """Intercept and the moderator: as it is, or one column for each level but the first."""
    columns = [[1.0] * len(values)]
    if all(isinstance(value, str) for value in values):
        levels = sorted(set(map(str, values)))
        columns += [[float(value == level) for value in values] for level in levels[1:]]
    else:
        columns.append([float(value) for value in values])
    return np.array(columns).T


def moderator_p(studies: tuple[Sketch, ...], y: np.ndarray, v: np.ndarray, key: str) -> tuple[float, float]:
    """p of the omnibus test by chi-square and by F with the Knapp-Hartung scale."""
    facts = {i: fact for i, study in enumerate(studies) if (fact := study.fact(key)) is not None}
    X = code(list(facts.values()))
    model = fit(y[list(facts)], v[list(facts)], X)
    s, rest = X.shape[1] - 1, len(facts) - X.shape[1]
    stat = float(model.b[1:] @ np.linalg.inv(model.M[1:, 1:]) @ model.b[1:])
    return float(chdtrc(s, stat)), float(fdtrc(s, rest, stat / s / model.scale))


# --- draw, solve, print, check --------------------------------------------------------------------


def print_study(study: Sketch, z: float) -> list[list[Printed]]:
    """The rounded routes of every effect; a second outcome lies a little lower than the first."""
    shifts = (0.0,) if len(study.routes) == 1 else (0.02, -0.02)
    return [
        [write_route(word, z + shift, study.n, study.n1, outcome) for word in words.split("+") if word]
        for (outcome, words), shift in zip(study.routes, shifts, strict=True)
    ]


def read_study(study: Sketch, printed: list[list[Printed]]) -> tuple[float, float]:
    """z and v of a study; outcomes of one sample are averaged by their covariance (rho .5)."""
    fixed = study.design != "naturalistic"
    rows = [
        read_route(routes[0], OUTCOMES[outcome][1], fixed)
        for (outcome, _), routes in zip(study.routes, printed, strict=True)
    ]
    y, v = np.array(rows).T
    V = np.sqrt(np.outer(v, v)) * (0.5 + 0.5 * np.eye(len(v)))
    weights = np.linalg.inv(V).sum(0)
    return float(weights @ y / weights.sum()), float(1 / weights.sum())


def draw(studies: tuple[Sketch, ...], rng: random.Random) -> np.ndarray:
    """Effects before they are solved for: by phase for repair, by length and diagnosis for training."""
    noise = [NormalDist().inv_cdf(rng.uniform(0.001, 0.999)) for _ in studies]
    if studies[0].relation == "repair-outcome":
        return np.array([PHASES[s.phase] * exp(0.6 * e) for s, e in zip(studies, noise, strict=True)])
    falls = [0.4 - 0.004 * study.sessions - 0.15 * (study.pd or 0) for study in studies]
    return np.array(falls) + 0.1 * np.array(noise)


Accept = Callable[[np.ndarray, np.ndarray], bool]


def construct(
    studies: tuple[Sketch, ...],
    groups: list[str],
    targets: dict[str, float],
    accept: Accept,
    rng: random.Random,
) -> list[list[list[Printed]]]:
    """Routes of every study whose pooled answers are the targets; draws anew until ``accept`` says so.

    ``groups`` names the subgroup whose mean is a target of its own; the others ("") make up the whole.
    """
    member = np.array(groups)
    free = member == ""
    while True:
        z = draw(studies, rng)
        for _ in range(40):
            z = np.clip(z, targets["least"], 0.95)
            printed = [print_study(*pair) for pair in zip(studies, z, strict=True)]
            y, v = np.array([read_study(*pair) for pair in zip(studies, printed, strict=True)]).T
            if not np.isfinite(y).all():
                break  # a p printed as .000
            if accept(y, v):
                return printed
            model = fit(y, v)
            spread = max(len(y) * targets["se"] ** 2 - v.mean(), 0.001) / max(model.tau2, 0.001)
            z = z.mean() + (z - z.mean()) * min(max(spread, 0.5), 2) ** 0.25
            for group in sorted(set(groups) - {""}):
                z[member == group] += targets[group] - fit(y[member == group], v[member == group]).b[0]
            z[free] += (targets["mu"] - model.b[0]) * len(y) / free.sum()


def within(x: float, lb: float, ub: float) -> bool:
    """Does x round to the printed number whose limits these are?"""
    return lb <= x < ub


def summary_fits(y: np.ndarray, v: np.ndarray, r: float, d: float, ci: tuple[float, float]) -> bool:
    """Are mean (as r and as d) and interval (as r) the printed ones, to two digits?"""
    model = fit(y, v)
    mu, half = float(model.b[0]), 1.959964 * model.se
    found = (tanh(mu), 2 * sinh(mu), tanh(mu - half), tanh(mu + half))
    return all(within(x, goal - 0.0049, goal + 0.0049) for x, goal in zip(found, (r, d, *ci), strict=True))


def repair_fits(y: np.ndarray, v: np.ndarray) -> bool:
    """The first synthesis: r .29 [.10, .47], d .62, p .003, heterogeneous; only the phase matters."""
    if y.min() < 0.02 or not summary_fits(y, v, 0.29, 0.62, (0.10, 0.47)):
        return False
    whole = fit(y, v)
    comparisons = [study.comparison for study in REPAIR_STUDIES]
    w = 1 / (v + fit(y, v, code(comparisons)).tau2)
    for group, ends in {UR: (0.2855, 0.2945), NR: (0.2408, 0.2444)}.items():
        own = np.array(comparisons) == group
        means = (fit(y[own], v[own]).b[0], w[own] @ y[own] / w[own].sum())  # tau2 of its own, and in common
        if not all(within(tanh(mean), *ends) for mean in means):
            return False
    slopes = fit(y, v, code([study.phase for study in REPAIR_STUDIES])).b  # early; late, middle
    basis = fit(y, v, code([float(study.orientation == "cbt") for study in REPAIR_STUDIES]))
    by_phase = moderator_p(REPAIR_STUDIES, y, v, "phase")
    return bool(
        within(2 * ndtr(-whole.b[0] / whole.se), 0.0025, 0.0035)
        and chdtrc(len(y) - 1, whole.Q) < 0.001
        and 0 < slopes[2] < slopes[1]
        and max(by_phase) < 0.02
        and min(by_phase) > 1e-6  # the phase is not the whole story
        and abs(basis.b[1]) < sqrt(basis.M[1, 1])
        and all(min(moderator_p(REPAIR_STUDIES, y, v, key)) > 0.25 for key in MODERATORS)
    )


def training_fits(y: np.ndarray, v: np.ndarray) -> bool:
    """The second synthesis: r .11 [-.09, .30], d .22, p .28; basis, length, diagnosis matter one by one."""
    if not summary_fits(y, v, 0.11, 0.22, (-0.09, 0.30)):
        return False
    cbt = np.array([study.orientation == "cbt" for study in TRAINING_STUDIES])
    length = code([study.sessions for study in TRAINING_STUDIES])
    diagnosis = code([study.pd or 0.0 for study in TRAINING_STUDIES])
    whole, own, other = fit(y, v), fit(y[cbt], v[cbt]), fit(y[~cbt], v[~cbt])
    both = fit(y, v, np.column_stack([length, cbt]))
    return bool(
        within(2 * ndtr(-whole.b[0] / whole.se), 0.2795, 0.2805)
        and within(tanh(own.b[0]), 0.2755, 0.2845)
        and own.b[0] > 2.5 * own.se
        and -1.5 * other.se < other.b[0] < -0.01
        and fit(y, v, length).b[1] < 0
        and fit(y, v, diagnosis).b[1] < 0
        and all(
            moderator_p(TRAINING_STUDIES, y, v, key)[0] < 0.03 for key in ("orientation", "sessions", "pd")
        )
        and all(abs(both.b[j]) < 1.8 * sqrt(both.M[j, j]) for j in (1, 2))  # not to be told apart
    )


# --- files ----------------------------------------------------------------------------------------


def flow(**values: object) -> str:
    """A mapping on one line, without what is not known."""
    return "{" + ", ".join(f"{key}: {value}" for key, value in values.items() if value is not None) + "}"


def effect_text(study: Sketch, number: int, outcome: str, routes: list[Printed]) -> list[str]:
    """The lines of one effect."""
    kind, better, *_ = OUTCOMES[outcome]
    lines = [
        f"  - id: {outcome.lower().replace(' ', '-')}",
        f"    outcome: {flow(name=outcome, kind=kind, better=better)}",
        f"    comparison: {study.comparison}",
        f"    phase: {study.phase}",
    ]
    if routes:
        lines += ["    reported:", *(f"      - {flow(**route)}" for route in routes)]
    return [*lines, f"    source: {{where: Table {number} of an invented paper}}"]


def study_text(study: Sketch, number: int, printed: list[list[Printed]]) -> str:
    """A study file."""
    trainers = study.relation == "training-outcome"
    measured = flow(measure=study.rupture, instrument=f'"{INSTRUMENTS[study.rupture]}"')
    tracked = study.tracked or study.sessions
    lines = [
        "# yaml-language-server: $schema=../../../rupmeta/read/schemas/study.schema.json",
        "# SYNTHETIC: an invented study, written by benchmarks/make_worked_example.py. Not evidence.",
        "citation:",
        f'  authors: ["Synthetic {study.name.title()}, A."]',
        f"  year: {study.year}",
        f'  title: "Synthetic study {number:02d}: {study.about}"',
        "  container: Invented Journal of Worked Examples",
        f"publication: {study.publication}",
        f"relation: {study.relation}",
        f"design: {study.design}",
        f"sample: {flow(n=study.n, diagnosis='mixed', personality_disorder=study.pd)}",
        f"therapy: {flow(psychotherapy='true', orientation=study.orientation, sessions=study.sessions)}",
        f"therapists: {flow(experience=study.experience, caseload=study.caseload)}",
        f"alliance: {flow(measure='WAI-SR', rater='patient', measurements=tracked)}",
        f"rupture: {measured}",
        "effects:",
    ]
    for index, ((outcome, _), routes) in enumerate(zip(study.routes, printed, strict=True), start=1):
        lines += effect_text(study, index + (2 if trainers else 1), outcome, routes)
    lines.append("extraction: {coder: invented, status: verified, synthetic: true}")
    lines.append(judgements_text(number))
    return "\n".join(lines) + "\n"


def judgements_text(number: int) -> str:
    """Invented judgements of the risk of bias: no study of this kind is free of confounding."""
    words = ("low", "moderate", "serious", "critical", "no-information")
    worst = (2, 1, 2, 3)[number % 4]
    given = {
        "confounding": worst,
        "selection": (0, 1, 1)[number % 3],
        "classification": (1, 0, 2, 0, 1)[number % 5],
        "deviations": (0, 4, 1)[(number // 2) % 3],
        "missing-data": (1, 0, 4, 2)[(number // 3) % 4],
        "measurement": 1,
        "reporting": (4, 1)[number % 2],
        "overall": max(worst, (1, 0, 2, 0, 1)[number % 5]),
    }
    domains = flow(**{domain: words[word] for domain, word in given.items()})
    return f"risk_of_bias: {{tool: robins-i, domains: {domains}}}"


def main(folder: Path = FOLDER) -> None:
    """Write every study file into ``folder``."""
    rng = random.Random(SEED)
    comparisons = [study.comparison if study.comparison != CO else "" for study in REPAIR_STUDIES]
    bases = [study.orientation if study.orientation == "cbt" else "" for study in TRAINING_STUDIES]
    studies = REPAIR_STUDIES + TRAINING_STUDIES + OTHERS
    printed = construct(REPAIR_STUDIES, comparisons, REPAIR, repair_fits, rng)
    printed += construct(TRAINING_STUDIES, bases, TRAINING, training_fits, rng)
    printed += [print_study(study, 0.25) for study in OTHERS]
    folder.mkdir(parents=True, exist_ok=True)
    for number, (study, routes) in enumerate(zip(studies, printed, strict=True), start=1):
        path = folder / f"{study.name}{study.year}.yaml"
        path.write_text(study_text(study, number, routes), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main(*(Path(argument) for argument in sys.argv[1:2]))
