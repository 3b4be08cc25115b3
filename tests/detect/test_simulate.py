"""Synthetic ratings with known truth: what was put in can be measured in what comes out."""

from __future__ import annotations

import doctest

import numpy as np
import pytest
from reviews import ROOT

from rupmeta.detect.scale import Scale
from rupmeta.detect.series import blocks
from rupmeta.detect.settings import Settings
from rupmeta.detect.simulate import Design, ratings_text, simulate_ratings
from rupmeta.effects.from_sessions import series_of
from rupmeta.read.ratings.format import RatingsFormat
from rupmeta.read.ratings.reader import parse_ratings

PLAIN = Design(
    clients=600, sessions=(20, 20), scale=Scale(), rupture=0.0, dropout=0.0, missing=0.0, trend=0.0, phi=0.0
)


def columns(design: Design, seed: int = 4) -> np.ndarray:
    """Scores, one column per client, of therapies of one length."""
    (block,) = blocks(simulate_ratings(design, seed).ratings)
    return block.y


def vary(**more: object) -> Design:
    from dataclasses import replace

    return replace(PLAIN, **more)  # type: ignore[arg-type]


def test_level_noise_and_trend_are_what_was_asked_for() -> None:
    y = columns(vary(level=3.5, level_sd=0.4, noise=0.3))
    assert y.mean() == pytest.approx(3.5, abs=4 * 0.4 / np.sqrt(600))
    assert y.mean(axis=0).std(ddof=1) == pytest.approx(np.sqrt(0.4**2 + 0.3**2 / 20), rel=0.12)
    assert np.sqrt(y.var(axis=0, ddof=1).mean()) == pytest.approx(0.3, rel=0.03)
    rising = columns(vary(trend=0.8))
    assert (rising[-1] - rising[0]).mean() == pytest.approx(0.8, abs=4 * np.sqrt(2 * 0.25**2 / 600))


def test_autocorrelation_is_what_was_asked_for() -> None:
    """With levels all alike the ratings' own correlation at lag 1 is φ."""
    y = columns(vary(phi=0.6, level_sd=0.0)) - 4.0
    assert (y[1:] * y[:-1]).mean() / (y**2).mean() == pytest.approx(0.6, abs=0.03)


def test_ruptures_repairs_dropout_missing_sessions_and_the_ceiling() -> None:
    sample = simulate_ratings(Design(clients=3000, rupture=0.5, repair=0.7, dropout=0.2, missing=0.1), 5)
    long = np.array([n >= 6 for n in np.bincount(sample.rows["client"])[1:]])
    ruptured = sample.truth[long] > 0
    assert ruptured.mean() == pytest.approx(0.5, abs=0.04)
    assert (sample.truth[long][ruptured] == 1).mean() == pytest.approx(0.7, abs=0.05)
    assert np.isnan(sample.rows["score"]).mean() == pytest.approx(0.1, abs=0.01)
    first = np.unique(sample.rows["client"], return_index=True)[1]
    assert sample.rows["completed"][first].mean() == pytest.approx(0.8, abs=0.03)
    high = simulate_ratings(Design(clients=200, level=4.9), 5).ratings.score
    assert high.max() == 5.0
    assert (high == 5.0).mean() > 0.3
    # Steps of a twelfth, as means of twelve items have.
    assert np.abs(high * 12 - np.round(high * 12)).max() < 0.07


def test_a_rupture_is_as_deep_and_a_repair_comes_back() -> None:
    sample = simulate_ratings(vary(rupture=1.0, repair=0.5, noise=0.0, level_sd=0.0, depth=1.0), 6)
    (block,) = blocks(sample.ratings)
    low = block.y.min(axis=0)
    assert ((low >= 4 - 1.2 - 1e-9) & (low <= 4 - 0.8 + 0.005)).all()
    assert np.array_equal(block.y[-1] > 3.99, sample.truth[block.index] == 1)
    onset = np.argmax(block.y < 3.9, axis=0) + 1
    assert np.array_equal(onset, sample.onset[block.index])


def test_the_file_holds_the_ratings_and_the_truth() -> None:
    sample = simulate_ratings(Design(clients=40), 9)
    text = ratings_text(sample, truth=True)
    file = parse_ratings(text.encode(), "x.csv", RatingsFormat(outcomes=("post", "onset")))
    ratings = series_of(file, Settings())
    assert ratings.score == pytest.approx(sample.ratings.score)
    assert ratings.outcomes["post"].tolist() == sample.ratings.outcomes["post"].tolist()
    assert ratings.outcomes["onset"].tolist() == sample.onset.tolist()
    assert ratings_text(sample).splitlines()[0] == "client,session,score,pre,post,completed"


def test_the_example_of_the_documentation() -> None:
    found = doctest.testfile(str(ROOT / "docs/methods/detect.md"), module_relative=False)
    assert found.attempted >= 8
    assert found.failed == 0
