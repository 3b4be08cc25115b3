"""Forest and funnel data for the figure tests: made up, fixed by a seed, of any size and with any labels."""

import math
import random

import pytest

from rupmeta.render.figures.forest.data import (
    BetweenTest,
    ForestData,
    ForestGroup,
    ForestRow,
    HeterogeneityLine,
    OverallTest,
    PooledRow,
    ReferenceRow,
)
from rupmeta.render.figures.funnel.data import FunnelData, FunnelPoint

LABELS = {
    "short": ["Ely (1999)", "Orr (2004)", "Ash (2011)"],
    "long": [
        "Safran, Muran, Samstag, Stevens and an author list that goes on for a good while yet (2005)",
        "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft (2011)",
    ],
    "cjk": [
        "田中太郎、佐藤花子、鈴木一郎、高橋次郎、伊藤三郎、渡辺四郎、山本五郎、中村六郎 (2019)",
        "שפרן ומורן (2011)",
        "محمد وآخرون (2015)",
    ],
    "hostile": [
        "[sic] <script>alert('x')</script>",
        '$x^2$ & "quotes" \\frac{1}{2}',
        "tab\there\x07\x1b[31m\nline",
    ],
}


def make_rows(k, labels="short", seed=1):
    rng = random.Random(seed)
    words = LABELS[labels]
    rows = []
    for i in range(k):
        n = rng.choice([18, 44, 79, 154, 605])
        z, half = rng.gauss(0.28, 0.2), 1.96 / math.sqrt(n - 3)
        rows.append(
            ForestRow(
                key=f"study{i}",
                label=words[i % len(words)],
                estimate=math.tanh(z),
                ci_lb=math.tanh(z - half),
                ci_ub=math.tanh(z + half),
                weight=100 / k * rng.uniform(0.3, 1.8),
                n=n,
                provisional=i % 5 == 1,
                converted=i % 3 == 1,
                approximate=i % 7 == 3,
                remark="3 effects, ρ = .50" if i % 6 == 2 else None,
            )
        )
    return tuple(rows)


@pytest.fixture
def rows():
    return make_rows


@pytest.fixture
def forest():
    def make(k=11, labels="short", **changes):
        fields = {
            "name": "repair-forest",
            "title": "Rupture repair and the outcome of psychotherapy",
            "measure": "r",
            "groups": (ForestGroup(make_rows(k, labels)),),
            "pooled": PooledRow("All studies", 0.29, 0.17, 0.40, k, 1314),
            "pi_lb": -0.08,
            "pi_ub": 0.59,
            "heterogeneity": HeterogeneityLine(24.1, 10, 0.0073, 0.021, 58.5),
            "overall": OverallTest(5.03, 10, 0.0005),
            "references": (ReferenceRow("Eubanks et al. (2018)", 0.29, 0.10, 0.47, 11, 1314),),
            "model": "random effects, REML",
        }
        return ForestData(**{**fields, **changes})

    return make


@pytest.fixture
def grouped(forest):
    groups = tuple(
        ForestGroup(
            make_rows(k, seed=k), name, PooledRow("Pooled", m, m - 0.15, m + 0.14, k, 100 * k, 0.012, 45.0)
        )
        for k, name, m in ((4, "Early", 0.15), (5, "Middle", 0.28), (3, "Late", 0.45))
    )
    return forest(groups=groups, between=BetweenTest(4.1, 2, None, 0.129))


@pytest.fixture
def funnel():
    def make(k=24, **changes):
        rng = random.Random(3)
        points = []
        for i in range(k):
            se = rng.uniform(0.04, 0.3)
            points.append(
                FunnelPoint(f"study{i}", f"Study {i}", rng.gauss(0.3, se), se, provisional=i % 6 == 0)
            )
        fields = {
            "name": "repair-funnel",
            "title": "Rupture repair and the outcome of psychotherapy",
            "measure": "r",
            "points": tuple(points),
            "estimate": 0.29,
            "scale": "tanh",
        }
        return FunnelData(**{**fields, **changes})

    return make
