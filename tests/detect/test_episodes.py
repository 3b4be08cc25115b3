"""Episodes, repair, classes, groups and phases of the oracle series."""

from __future__ import annotations

import pytest
from series_a_to_l import WAI, detect, in_words, series, settings

from rupmeta.detect.classify import CLASSES, GROUPS, PHASES, REASONS, detect_ruptures, group_under
from rupmeta.detect.series import ratings_from
from rupmeta.detect.settings import settings_from
from rupmeta.errors import UsageError

COLUMNS = (
    ("mean-sd", 2.0), ("mean-sd", 1.0), ("xmr", 3.0), ("diff-sd", 2.0), ("diff-sd", 1.0), ("tukey", 1.5),
    ("rci", None), ("sudden-loss", None), ("regression-residual", 2.0),
)  # fmt: skip
# Guard off / guard RC where they differ.
CLASSES_OF = {
    "A": ("r@7", "r@8", "r@7", "r@7", "r@7", "r@8", "r@7", "–", "r@7"),
    "B": ("–", "u°", "u°", "u", "u", "–", "u", "u", "–"),
    "C": ("–", "r@4/–", "–", "–", "mixed/–", "–", "–", "–", "–"),
    "D": ("u°/–", "u°/–", "u°/–", "u°/–", "u°/–", "?/–", "–", "–", "u°/–"),
    "E": ("–", "–", "–", "?", "–", "–", "–", "–", "–"),
    "F": ("?", "r@3", "?", "?", "?", "?", "r@3", "?", "?"),
    "G": ("–", "r@9/–", "r@9/–", "–", "–", "–", "–", "–", "–"),
}  # fmt: skip


@pytest.mark.parametrize("name", CLASSES_OF)
@pytest.mark.parametrize("column", range(len(COLUMNS)))
@pytest.mark.parametrize("guard", [0.0, None])
def test_classes(name: str, column: int, guard: float | None) -> None:
    expected = CLASSES_OF[name][column].split("/")
    found = detect(name, *COLUMNS[column], min_change=guard)
    assert in_words(found) == expected[0 if guard == 0 else -1]


def test_all_seven_in_one_file() -> None:
    counts = detect("ABCDEFG").counts()
    expected = {
        "clients": 7, "classifiable": 6, "none": 5, "repaired": 1, "not_classifiable": 1, "episodes": 1,
        "below_min_change": 1,
    }  # fmt: skip
    assert {key: counts[key] for key in expected} == expected


def test_many_small_falls_without_guard() -> None:
    found = detect("C", "diff-sd", 1, min_change=0.0)
    assert found.episodes.onset.tolist() == [3, 5, 7, 10, 12]
    assert found.episodes.status.tolist() == [0, 0, 0, 0, 2]


def test_a_full_return_needs_a_longer_window() -> None:
    one = detect("A", fraction=1.0, window=1)
    assert in_words(one) == "u"
    for window in (2, 3, 5, 0):
        assert in_words(detect("A", fraction=1.0, window=window)) == "r@8"
    assert in_words(detect("A", fraction=1.0, pre="max3")) == "r@9"


def test_a_slow_slide_needs_max3() -> None:
    last = detect("G", "xmr")
    assert in_words(last) == "–"
    assert last.below_min_change[0] == 1
    for fraction, at in ((0.5, "r@9"), (1.0, "r@10")):
        found = detect("G", "xmr", pre="max3", fraction=fraction)
        assert in_words(found) == at
        assert found.episodes.pre[0] == 3.6
        assert found.episodes.depth[0] == pytest.approx(0.6)


def test_two_runs_chain_into_one_episode() -> None:
    found = detect("H", "mean-sd", 1)
    episode = found.episodes
    assert len(episode) == 1
    assert (episode.onset[0], episode.end[0], episode.repaired_at[0]) == (6, 8, 9)
    assert (episode.pre[0], episode.nadir[0], episode.nadir_at[0]) == (4.2, 2.8, 8)
    assert found.threshold[0] == pytest.approx(3.3599, abs=5e-5)
    assert detect("H").threshold[0] == pytest.approx(2.8114, abs=5e-5)
    single = detect("H").episodes
    assert (single.onset[0], single.pre[0]) == (8, 3.4)
    by_change = detect("H", "rci").episodes
    assert (len(by_change), by_change.onset[0], by_change.end[0]) == (1, 6, 8)
    lasting = detect("H", "sudden-loss").episodes
    assert (lasting.onset[0], lasting.repaired_at[0]) == (6, 9)


def test_series_on_which_no_score_could_be_low_enough() -> None:
    for rule in ("mean-sd", "xmr", "tukey"):
        found = detect("I", rule)
        assert CLASSES[found.kind[0]] == "not_classifiable"
        assert "insensitive" in str(REASONS[found.reason[0]])
    assert detect("I", threshold := "mean-sd").threshold[0] == pytest.approx(-0.2426, abs=5e-5), threshold
    assert detect("I", "xmr").threshold[0] == pytest.approx(-5.0547, abs=5e-5)
    assert detect("I", "tukey").threshold[0] == pytest.approx(-2.80)
    assert 5 in detect("I", "mean-sd", 1).episodes.onset.tolist()


def test_missing_sessions_are_never_bridged_unasked() -> None:
    for rule, limit in (("mean-sd", 3.2008), ("xmr", 3.3862)):
        found = detect("J", rule)
        assert found.threshold[0] == pytest.approx(limit, abs=5e-5)
        assert (found.episodes.onset.tolist(), in_words(found)) == ([6], "r@7")
    # The limit of xmr is M − 3·MR̄/1.128 with the nine pairs of neighbours: .2444.
    moving = (detect("J", "xmr").mean[0] - detect("J", "xmr").threshold[0]) * 1.128 / 3
    assert moving == pytest.approx(0.2444, abs=5e-5)
    for rule in ("rci", "diff-sd"):
        found = detect("J", rule)
        assert (in_words(found), found.pairs_skipped[0]) == ("–", 1)
    assert detect("J", "rci", gap=2).episodes.onset.tolist() == [6]


def test_a_low_start_is_no_episode() -> None:
    found = detect("K")
    assert found.threshold[0] == pytest.approx(2.9930, abs=5e-5)
    assert (in_words(found), bool(found.low_start[0])) == ("–", True)


def test_mixed_clients_follow_the_policy() -> None:
    found = detect("L", "rci")
    assert CLASSES[found.kind[0]] == "mixed"
    assert found.episodes.onset.tolist() == [4, 14]
    policies = ("any-unrepaired", "last-episode", "any-repaired", "separate")
    groups = [int(group_under(found, policy)[0]) for policy in policies]
    assert [None if group < 0 else GROUPS[group] for group in groups] == [
        "unrepaired", "unrepaired", "repaired", None,
    ]  # fmt: skip


def test_censored_episodes_can_be_left_out() -> None:
    found = detect("B", "xmr", censored="drop")
    assert CLASSES[found.kind[0]] == "not_classifiable"
    assert REASONS[found.reason[0]] == "only censored episodes"
    assert found.group[0] == -1


@pytest.mark.parametrize(
    ("last", "bounds"), [(12, [(4, 0), (5, 1), (8, 1), (9, 2)]), (10, [(3, 0), (4, 1), (6, 1), (7, 2)])]
)
def test_thirds_of_the_therapy(last: int, bounds: list[tuple[int, int]]) -> None:
    for onset, phase in bounds:
        y = [4.0] * last
        y[onset - 1] = 2.0
        ratings = ratings_from(["x"] * last, range(1, last + 1), y)
        found = detect_ruptures(ratings, settings("rci"))
        assert (found.episodes.onset.tolist(), found.phase.tolist()) == ([onset], [phase]), PHASES[phase]


def test_planned_length_and_own_cuts() -> None:
    y = [4.0] * 4 + [2.0] + [4.0] * 4
    ratings = ratings_from(["x"] * 9, range(1, 10), y)
    for phases, phase in (("planned=16", 0), ("cuts=4,8", 1), ("cuts=2,4", 2), ("thirds", 1)):
        assert detect_ruptures(ratings, settings("rci", phases=phases)).phase.tolist() == [phase]
    for wrong in ("halves", "planned=x", "cuts=8,4", "cuts=3"):
        with pytest.raises(UsageError, match="thirds, planned=16 or cuts=6,11"):
            settings(phases=wrong)


def test_only_the_phase_asked_for() -> None:
    late = detect("L", "rci", phase="late")
    assert (in_words(late), late.episodes.onset.tolist()) == ("u", [14])
    early = detect("L", "rci", phase="early")
    assert in_words(early) == "r@5"
    middle = detect("L", "rci", phase="middle")
    # Ruptures elsewhere: the client is not without rupture.
    assert (in_words(middle), REASONS[middle.reason[0]]) == ("?", "no episode in the phase asked for")


def test_repair_rules() -> None:
    """A: pre 4.2, nadir 2.8, then 3.6 and 4.2; RC .4704, SEM .1697, limit 3.1498."""
    assert in_words(detect("A", repair="reliable")) == "r@7"
    assert in_words(detect("A", repair="tolerance")) == "r@8"
    assert in_words(detect("A", repair="in-control")) == "r@7"
    assert in_words(detect("A", "rci", repair="in-control")) == "r@8"  # the level of the onset: 4.2 − RC


def test_fewer_than_three_ratings_are_excluded() -> None:
    found = detect_ruptures(ratings_from(["x", "x", "y"], [1, 2, 1], [4, 3, 2]), settings("rci"))
    assert [CLASSES[kind] for kind in found.kind] == ["excluded", "excluded"]


def test_settings_of_a_study_file() -> None:
    found = settings_from({"rule": "rci", "scale": "WAI-SR,reliability=.92,sd=.60", "min_change": "auto"})
    assert found.scale.reliable_change == pytest.approx(0.4704)
    assert settings_from({"scale": {"min": 1, "max": 5}}).scale.bounded
    for wrong, words in (
        ({"rool": 1}, "detect has no rool"),
        ({"rule": "magic"}, "rule magic is not known"),
        ({"k": "2"}, "it must be a number"),
        ({"rule": "rci"}, "needs the reliable change"),
        ({"scale": {"min": 5, "max": 1}}, "not below max"),
        ({"scale": "WAI-XX"}, "is not known"),
        ({"fraction": 0}, "fraction is 0"),
    ):
        with pytest.raises(UsageError, match=words):
            settings_from(wrong)


def test_a_scale_on_which_lower_is_better() -> None:
    turned = ratings_from(
        ["A"] * 12, range(1, 13), 6 - series("A").score, WAI.__class__(min=1, max=5, direction="lower")
    )
    assert turned.score == pytest.approx(series("A").score)
