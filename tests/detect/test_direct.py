"""Direct measures: cut-offs of questionnaires and observers, and agreement with the rule."""

from __future__ import annotations

import math

import numpy as np
import pytest

from rupmeta.detect.agreement import Agreement
from rupmeta.detect.classify import detect_ruptures
from rupmeta.detect.direct import agree_on_sessions, parse_cutoffs, score_sessions
from rupmeta.detect.scale import Scale
from rupmeta.detect.series import ratings_from
from rupmeta.detect.settings import Settings
from rupmeta.errors import UsageError

NAN = math.nan


def test_cut_offs_are_the_users() -> None:
    found = parse_cutoffs("psq:tension=tens,resolved=res,rupture_at=2,resolved_at=4")
    assert found.columns == {"tension": "tens", "resolved": "res"}
    assert (found.rupture_at, found.resolved_at) == (2.0, 4.0)
    for wrong, words in (
        ("psq", "needs rupture_at"),
        ("wai:rupture_at=2", "choose psq or 3rs"),
        ("psq:mood=x,rupture_at=2", "has no mood"),
        ("psq:resolved=r,rupture_at=2,resolved_at=4", "needs a column of tension or intensity"),
        ("psq:tension=t,resolved=r,rupture_at=2", "needs resolved_at"),
        ("psq:tension=t,rupture_at=high", "not a number"),
    ):
        with pytest.raises(UsageError, match=words):
            parse_cutoffs(wrong)


def test_sessions_and_clients() -> None:
    cutoffs = parse_cutoffs("3rs:withdrawal=w,confrontation=c,resolution=r,rupture_at=2,resolved_at=3")
    client = np.array([0, 0, 1, 1, 2, 3, 4])
    scores = {
        "w": np.array([2, 0, 0, 3, 1, NAN, 2]),
        "c": np.array([0, 3, 1, 0, 0, NAN, NAN]),
        "r": np.array([3, 1, 5, 4, 5, 5, NAN]),
    }
    found = score_sessions(cutoffs, client, np.array([1, 2, 1, 2, 1, 1, 1]), scores, 5)
    assert found.rupture.tolist() == [True, True, False, True, False, False, True]
    assert found.repaired.tolist() == [True, False, False, True, False, False, False]
    assert found.known.tolist() == [True] * 5 + [False, True]
    assert found.kind.tolist() == [3, 1, 0, 4, 2]
    assert found.resolution_missing == 1


def test_agreement_with_the_rule() -> None:
    y = [4.0, 4.1, 2.5, 4.0, 4.0, 4.1, 4.0]
    ratings = ratings_from(["a"] * 7 + ["b"] * 7, [*range(1, 8)] * 2, [*y, *[4.0] * 7])
    found = detect_ruptures(ratings, Settings(rule="rci", scale=Scale(reliability=0.92, sd=0.6)))
    assert found.episodes.onset.tolist() == [3]
    cutoffs = parse_cutoffs("psq:rupture_at=2")
    client, session = np.repeat([0, 1], 7), np.tile(np.arange(1, 8), 2)
    tension = np.array([1, 1, 3, 1, 1, 1, 1, 1, 1, 1, 1, 3, NAN, 1])
    direct = score_sessions(cutoffs, client, session, {"tension": tension}, 2)
    sessions, clients = agree_on_sessions(found, ratings, direct)
    assert (sessions.both, sessions.only_first, sessions.only_second, sessions.neither) == (1, 0, 1, 11)
    assert (clients.both, clients.only_second, clients.n) == (1, 1, 2)


def test_kappa() -> None:
    """40, 10, 15, 35: p_o .75, p_e .5, κ .5; a side that always says the same has none."""
    table = Agreement("a", "b", "client", 40, 10, 15, 35)
    assert (table.agreement, table.kappa, table.pabak) == pytest.approx((0.75, 0.5, 0.5))
    assert Agreement("a", "b", "client", 0, 0, 0, 9).kappa is None
    empty = Agreement("a", "b", "client", 0, 0, 0, 0)
    assert (empty.agreement, empty.kappa, empty.pabak) == (None, None, None)
