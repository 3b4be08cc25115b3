"""Direct measures: cut-offs of questionnaires and observers, and agreement with the rule."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from reviews import run_cli

from rupmeta.detect.agreement import Agreement
from rupmeta.detect.classify import detect_ruptures
from rupmeta.detect.direct import agree_directly, agree_on_sessions, parse_cutoffs, score_sessions
from rupmeta.detect.scale import Scale
from rupmeta.detect.series import ratings_from
from rupmeta.detect.settings import Settings
from rupmeta.errors import UsageError

NAN = math.nan


def test_cut_offs_are_the_users() -> None:
    found = parse_cutoffs("psq:tension=tens,resolved=res,rupture_at=2,resolved_at=4")
    assert found.columns == {"tension": ("tens",), "resolved": ("res",)}
    own = parse_cutoffs(
        "3rs:file=o.csv,sep=;,client=pid,raters=who,rater=A,withdrawal=w1+w2,rupture_at=1,min=0,max=5"
    )
    assert (own.file, own.sep, own.names, own.label) == (
        "o.csv",
        ";",
        {"client": "pid", "rater": "who"},
        "3rs (A)",
    )
    assert (own.items, own.low, own.high) == (("w1", "w2"), 0, 5)
    assert (found.rupture_at, found.resolved_at) == (2.0, 4.0)
    for wrong, words in (
        ("psq", "needs rupture_at"),
        ("wai:rupture_at=2", "choose psq or 3rs"),
        ("psq:mood=x,rupture_at=2", "has no mood"),
        ("psq:resolved=r,rupture_at=2,resolved_at=4", "needs a column of tension or intensity"),
        ("psq:tension=t,resolved=r,rupture_at=2", "needs resolved_at"),
        ("psq:tension=t,rupture_at=high", "not a number"),
        ("psq:tension=,rupture_at=2", "tension has no value"),
        ("psq:tension=t,rupture_at=2,client=pid", "describe a file of its own"),
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
    sessions, clients, _ = agree_on_sessions(found, ratings, direct)
    assert (sessions.both, sessions.only_first, sessions.only_second, sessions.neither) == (1, 0, 1, 11)
    assert (clients.both, clients.only_second, clients.n) == (1, 1, 2)


def test_kappa() -> None:
    """40, 10, 15, 35: p_o .75, p_e .5, κ .5; a side that always says the same has none."""
    table = Agreement("a", "b", "client", 40, 10, 15, 35)
    assert (table.agreement, table.kappa, table.pabak) == pytest.approx((0.75, 0.5, 0.5))
    assert Agreement("a", "b", "client", 0, 0, 0, 9).kappa is None
    empty = Agreement("a", "b", "client", 0, 0, 0, 0)
    assert (empty.agreement, empty.kappa, empty.pabak) == (None, None, None)


def test_a_score_is_the_mean_of_the_items_that_were_answered() -> None:
    cutoffs = parse_cutoffs("psq:tension=a+b,rupture_at=2")
    scores = {"a": np.array([1, 3, NAN, NAN]), "b": np.array([3, 0.5, 2, NAN])}
    found = score_sessions(cutoffs, np.arange(4), np.ones(4, dtype=np.int64), scores, 4)
    assert found.rupture.tolist() == [True, False, True, False]
    assert found.known.tolist() == [True, True, True, False]


def test_two_direct_measures_are_compared_on_the_sessions_they_share() -> None:
    first = score_sessions(
        parse_cutoffs("psq:tension=t,resolved=r,rupture_at=2,resolved_at=4"),
        np.array([0, 0, 1, 1, 2]), np.array([1, 2, 1, 2, 1]),
        {"t": np.array([3, 1, 3, 1, 3.0]), "r": np.array([5, 1, 1, 1, 5.0])}, 4,
    )  # fmt: skip
    second = score_sessions(
        parse_cutoffs("3rs:withdrawal=w,resolution=r,rupture_at=2,resolved_at=4"),
        np.array([2, 1, 0, 0, 3]), np.array([1, 1, 3, 1, 1]),
        {"w": np.array([2, 0, 2, 2, 2.0]), "r": np.array([1, 1, 1, 5, 5.0])}, 4,
    )  # fmt: skip
    session, client, repair = agree_directly(first, second)
    # Shared: client 0 session 1 (both), 1/1 (only first), 2/1 (both).
    assert (session.both, session.only_first, session.only_second, session.neither) == (2, 1, 0, 0)
    # Clients 0, 1, 2 were rated by both; client 1 has a rupture by the questionnaire alone.
    assert (client.both, client.only_first, client.only_second, client.neither) == (2, 1, 0, 0)
    # Clients 0 and 2: all repaired by the first; the second saw an unrepaired one in each.
    assert (repair.n, repair.both, repair.only_first) == (2, 0, 2)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ratings of three clients; observers and a questionnaire in files of their own."""
    place = tmp_path_factory.mktemp("direct")
    series = {"a": [4, 4, 2.5, 4, 4, 4], "b": [4.0] * 6, "c": [4, 4, 4, 2.5, 2.5, 2.5]}
    rows = [f"{name},{t},{y}" for name, scores in series.items() for t, y in enumerate(scores, start=1)]
    (place / "ratings.csv").write_text("client,session,score\n" + "\n".join(rows) + "\n", encoding="utf-8")
    psq = ["a;3;3;5", "a;4;1;", "b;2;1;", "c;4;4;2", "c;5;1;", "x;1;5;5"]
    (place / "psq.csv").write_text("pid;occ;tens;res\n" + "\n".join(psq) + "\n", encoding="utf-8")
    observed = ["a,3,A,2", "a,3,B,0", "b,2,A,0", "b,2,B,0", "c,4,A,3", "c,4,B,3"]
    (place / "o.csv").write_text(
        "client,session,who,withdrawal\n" + "\n".join(observed) + "\n", encoding="utf-8"
    )
    return place


PSQ = "psq:file={}/psq.csv,sep=;,client=pid,session=occ,tension=tens,resolved=res,rupture_at=2,resolved_at=4"


def direct(files: Path, *measures: str, code: int = 0) -> Any:
    options = [part for measure in measures for part in ("--direct", measure)]
    done = run_cli(
        "detect", str(files / "ratings.csv"), "--rule", "rci", "--scale", "reliability=.92,sd=.60",
        "--replications", "0", "--json", *options,
    )  # fmt: skip
    assert done.returncode == code, done.stderr
    return json.loads(done.stdout) if code == 0 else done.stderr


def test_measures_in_files_of_their_own(files: Path) -> None:
    found = direct(files, PSQ.format(files))
    (psq,) = found["result"]["direct"]
    assert [Path(entry["path"]).name for entry in found["inputs"]] == ["ratings.csv", "psq.csv"]
    assert (psq["sessions"], psq["ruptures"], psq["repaired"], psq["strangers"]) == (5, 2, 1, 1)
    assert psq["clients"] == {"none": 1, "repaired": 1, "unrepaired": 1, "mixed": 0, "not_rated": 0}
    session, client, repair = psq["agreement"]
    # Alliance: a in session 3 (repaired at 4), c in session 4 (never).
    assert (session["both"], session["only_first"], session["only_second"], session["neither"]) == (
        2,
        0,
        0,
        3,
    )
    assert (client["kappa"], client["pabak"], repair["agreement"], repair["n"]) == (1.0, 1.0, 1.0, 2)


def test_observers_are_read_one_by_one_and_compared(files: Path) -> None:
    measure = f"3rs:file={files}/o.csv,raters=who,withdrawal=withdrawal,rupture_at=2"
    assert "raters A, B: choose one" in direct(files, measure, code=1)
    found = direct(files, f"{measure},rater=A", f"{measure},rater=B")["result"]["direct"]
    last = found[1]["agreement"]
    assert [(pair["first"], pair["second"]) for pair in last[::3]] == [
        ("rci", "3rs (B)"),
        ("3rs (A)", "3rs (B)"),
    ]
    between = last[3]
    assert (between["both"], between["only_first"], between["neither"]) == (1, 1, 1)
    # Chance: 2/3 · 1/3 + 1/3 · 2/3 = 4/9; κ = (2/3 − 4/9)/(5/9) = .4; adjusted: 2 · 2/3 − 1.
    assert (between["kappa"], between["pabak"]) == pytest.approx((0.4, 1 / 3))


def test_parquet_gives_what_csv_gives(files: Path) -> None:
    pa, pq = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    csv = pytest.importorskip("pyarrow.csv")
    del pa
    read = csv.read_csv(files / "psq.csv", parse_options=csv.ParseOptions(delimiter=";"))
    pq.write_table(read, files / "psq.parquet")
    text = PSQ.format(files)
    one, two = (
        direct(files, item)["result"]["direct"][0] for item in (text, text.replace(".csv", ".parquet"))
    )
    assert {key: one[key] for key in one if key != "file"} == {key: two[key] for key in two if key != "file"}


def test_dated_sessions_are_matched_by_day(tmp_path: Path) -> None:
    """A day that one file lacks shifts the ranks after it, yet not the days; the same as numbers by hand."""
    scores = [4.0, 4.1, 4.0, 2.5, 4.0, 4.1]
    days = [f"2026-01-{day:02d}" for day in (3, 10, 17, 24, 31)] + ["2026-02-07"]
    rows = [(days[1], 1), (days[3], 4), (days[4], 1), ("2026-02-09", 4)]
    for name, label in (("days", dict(zip(days, days, strict=True))), ("numbers", {})):

        def at(day: str, label: dict[str, str] = label) -> str:
            return label.get(day, day) if label else str([*days, "x", "2026-02-09"].index(day) + 1)

        pairs = list(zip(days, scores, strict=True))
        rated = "".join(f"a,{at(day)},{score}\n" for day, score in pairs)
        (tmp_path / f"{name}.csv").write_text("client,session,score\n" + rated)
        told = "".join(f"a,{at(day)},{value}\n" for day, value in rows)
        (tmp_path / f"{name}-psq.csv").write_text("client,session,tension\n" + told)

    def run(ratings: str, form: str, code: int = 0) -> Any:
        done = run_cli(
            "detect", str(tmp_path / ratings), "--rule", "rci", "--scale", "WAI-SR,reliability=.92,sd=.60",
            "--replications", "0", "--json", "--direct", f"psq:file={tmp_path / form},rupture_at=3",
        )  # fmt: skip
        assert done.returncode == code, done.stderr
        return done.stderr if code else json.loads(done.stdout)["result"]["direct"][0]

    one, two = run("days.csv", "days-psq.csv"), run("numbers.csv", "numbers-psq.csv")
    assert one["agreement"] == two["agreement"]
    assert one["sessions"] == two["sessions"]
    by_session = next(pair for pair in one["agreement"] if pair["unit"] == "session")
    assert by_session["n"] == 3  # the rank of the form would have paired 4
    assert by_session["both"] == 1
    for ratings, form in (("days.csv", "numbers-psq.csv"), ("numbers.csv", "days-psq.csv")):
        assert "give both the dates, or number the sessions in both" in run(ratings, form, 2)


def test_items_off_their_scale_and_dates(files: Path) -> None:
    assert "psq.csv:2:5: error[RAT-RANGE] tens: 3 is outside 1-2" in direct(
        files, PSQ.format(files) + ",min=1,max=2", code=1
    )
    (files / "dated.csv").write_text("client,session,tension\na,2026-01-10,3\n", encoding="utf-8")
    assert "number the sessions" in direct(files, f"psq:file={files}/dated.csv,rupture_at=2", code=2)
    assert "No such file" in direct(files, f"psq:file={files}/no.csv,rupture_at=2", code=2)
