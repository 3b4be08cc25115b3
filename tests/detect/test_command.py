"""``rupmeta detect`` and the raw route, from files to answers."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest
from reviews import ROOT, effect, run_cli, study, write_review
from series_a_to_l import SERIES

from rupmeta.detect.simulate import Design, simulate_ratings

SCALE = "WAI-SR,reliability=.92,sd=.60"


@pytest.fixture(scope="module")
def oracle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("oracle") / "seven.csv"
    rows = [f"{name},{t},{y}" for name in "ABCDEFG" for t, y in enumerate(SERIES[name], start=1)]
    path.write_text("client,session,score\n" + "\n".join(rows[::-1]) + "\n", encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    rows = simulate_ratings(Design(clients=90, rupture=0.8, missing=0.0), 3).rows
    lines = ["client,session,score,pre,post,completed,tension"]
    for i in range(len(rows["client"])):
        cells = [f"{rows[name][i]:g}" for name in ("client", "session", "score", "pre", "post", "completed")]
        lines.append(",".join([*cells, "3" if rows["score"][i] < 3.2 else "1"]))
    path = tmp_path_factory.mktemp("sample") / "ratings.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def answer(path: Path, *options: str, code: int = 0) -> dict[str, Any]:
    done = run_cli("detect", str(path), "--scale", SCALE, "--json", "--replications", "20", *options)
    assert done.returncode == code, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    assert found["schema"] == "rupmeta/detect/1"
    return found


def test_the_oracle_file(oracle: Path) -> None:
    found = answer(oracle)
    result = found["result"]
    assert [client["class"] for client in result["clients"]] == [
        "repaired", "none", "none", "none", "none", "not_classifiable", "none",
    ]  # fmt: skip
    counts = result["counts"]
    assert (counts["clients"], counts["classifiable"], counts["episodes"], counts["below_min_change"]) == (
        7,
        6,
        1,
        1,
    )
    first = result["clients"][0]
    assert (first["client"], first["n"], first["group"], first["ruptures"], first["repaired"]) == (
        "A",
        12,
        "repaired",
        1,
        1,
    )
    (episode,) = first["episodes"]
    assert episode | {"depth": round(episode["depth"], 9)} == {
        "onset": 6, "end": 6, "length": 1, "pre": 4.2, "nadir": 2.8, "nadir_at": 6, "depth": 1.4,
        "status": "repaired", "repaired_at": 7, "latency": 1, "phase": "middle",
    }  # fmt: skip
    rule = result["rule"]
    for key in (
        "name",
        "k",
        "pre",
        "repair",
        "fraction",
        "window",
        "min_change",
        "gap",
        "mixed",
        "censored",
        "phases",
        "scale",
    ):
        assert key in rule
    assert rule["min_change"] == pytest.approx(0.4704)
    assert result["clients"][5]["reason"] == "fewer ratings than the rule needs"
    assert result["effect"] is None
    assert [entry["phi"] for entry in result["expected"]][:2] == [0, 0.4]
    codes = {note["code"] for note in found["notes"]}
    assert codes >= {"DET-RULE", "DET-NMIN", "DET-NOISE", "DET-POSTSESSION", "DET-MASK"}


def test_an_effect_with_its_adjusted_twins(sample: Path) -> None:
    found = answer(
        sample,
        "--rule",
        "rci",
        "--outcome",
        "post",
        "--baseline",
        "pre",
        "--better",
        "lower",
        "--resamples",
        "200",
    )
    made = found["result"]["effect"]
    assert made["comparison"] == "unrepaired-rupture"
    assert made["n1"] >= 5
    assert made["n2"] >= 5
    assert made["adjusted"]["covariates"] == ["pre", "ratings"]
    assert made["adjusted_first_alliance"]["covariates"] == ["pre", "ratings", "first_alliance"]
    boot = made["bootstrap"]
    assert boot["clients_lb"] < made["r"] < boot["clients_ub"]
    assert boot["classifications"] > 0
    assert made["others"]["no-rupture"]["n1"] == made["n1"]
    codes = {note["code"] for note in found["notes"]}
    assert codes >= {"DET-LENGTH", "DET-RATER", "CORRELATIONAL"}


def test_a_written_study_is_pooled_with_the_same_effect(sample: Path, tmp_path: Path) -> None:
    options = ("--rule", "rci", "--outcome", "post", "--better", "lower", "--resamples", "0")
    review = write_review(
        tmp_path / "studies", {}, {"rupmeta": 1, "criteria": {"psychotherapy": None, "publication": None}}
    )
    written = review / "written.yaml"
    made = answer(sample, *options, "--synthetic", "--write-study", str(written))["result"]["effect"]
    assert run_cli("check", str(review)).returncode == 0
    done = run_cli("effects", str(review), "--json")
    assert done.returncode == 0, done.stderr
    (row,) = json.loads(done.stdout)["result"]["effects"]
    assert (row["yi"], row["vi"]) == pytest.approx((made["z"], made["vi_z"]), rel=1e-8)
    assert row["synthetic"]
    assert run_cli("pool", str(review)).returncode == 0
    for which, key in (("adjusted", "adjusted"), ("adjusted-first-alliance", "adjusted_first_alliance")):
        answer(sample, *options, "--write-study", str(written), "--force", "--study-effect", which)
        (row,) = json.loads(run_cli("effects", str(review), "--json").stdout)["result"]["effects"]
        assert (row["yi"], row["vi"]) == pytest.approx((made[key]["z"], made[key]["vi_z"]), rel=1e-8)
    wrong = run_cli(
        "detect", str(sample), "--scale", SCALE, *options, "--write-study", "x", "--study-effect", "y"
    )
    assert (wrong.returncode, "choose one of raw, adjusted" in wrong.stderr) == (2, True)
    again = run_cli(
        "detect",
        str(sample),
        "--scale",
        SCALE,
        "--replications",
        "0",
        *options,
        "--write-study",
        str(written),
    )
    assert (again.returncode, "exists; --force" in again.stderr) == (2, True)


@pytest.mark.parametrize("outcome", ["post", "completed"])
def test_both_contrasts_in_one_study_covary_by_their_common_group(
    sample: Path, tmp_path: Path, outcome: str
) -> None:
    """Under GLS the aggregate of two effects is known in closed form from both variances and c."""
    better = "lower" if outcome == "post" else "higher"
    options = ("--rule", "rci", "--outcome", outcome, "--better", better, "--resamples", "0")
    review = write_review(
        tmp_path / "studies", {}, {"rupmeta": 1, "criteria": {"psychotherapy": None, "publication": None}}
    )
    written = ("--write-study", str(review / "written.yaml"), "--study-effect", "both")
    made = answer(sample, *options, *written)["result"]["effect"]
    rows = json.loads(run_cli("effects", str(review), "--json").stdout)["result"]["effects"]
    assert {row["comparison"] for row in rows} == {"unrepaired-rupture", "no-rupture"}
    other = made["others"]["no-rupture"]
    n1, n2, n3 = made["n1"], made["n2"], other["n2"]
    (one, two), v = [row["yi"] for row in rows], [row["vi"] for row in rows]
    assert (one, two) == pytest.approx((made["z"], other["z"]), rel=1e-8)
    for model in ("aggregate", "multilevel", "che"):
        pooled = run_cli("pool", str(review), "--dependence", model, "--rho", ".9", "--json")
        assert pooled.returncode == 0, pooled.stderr
        assert "share group 1" in pooled.stdout
    if outcome == "post":
        d = made["d"], other["d"]
        h = [(n1 + n - 2) * (1 / n1 + 1 / n) for n in (n2, n3)]
        c = other["covariance_d"] / math.sqrt((d[0] ** 2 + h[0]) * (d[1] ** 2 + h[1]))
        expected = (one * (v[1] - c) + two * (v[0] - c)) / (v[0] + v[1] - 2 * c)
        found = json.loads(
            run_cli("pool", str(review), "--dependence", "aggregate", "--rho", ".9", "--json").stdout
        )
        assert found["result"]["estimate"]["estimate"] == pytest.approx(expected, rel=1e-7)
    dose = run_cli(
        "detect", str(sample), "--scale", SCALE, *options, "--comparison", "continuous",
        "--replications", "0", *written, "--force",
    )  # fmt: skip
    assert (dose.returncode, "with --comparison continuous there is one" in dose.stderr) == (2, True)


def test_the_raw_route_equals_the_command(sample: Path, tmp_path: Path) -> None:
    made = answer(sample, "--rule", "rci", "--outcome", "post", "--better", "lower", "--resamples", "0")[
        "result"
    ]["effect"]
    route = {
        "sessions": "sessions/x.csv",
        "outcome_column": "post",
        "detect": {"rule": "rci", "scale": SCALE},
    }
    lower = {"outcome": {"name": "BDI", "kind": "symptoms", "better": "lower"}}
    review = write_review(tmp_path / "studies", {"raw": study(effect(reported=[route], **lower))})
    (review / "sessions").mkdir()
    (review / "sessions" / "x.csv").write_bytes(sample.read_bytes())
    done = run_cli("effects", str(review), "--json")
    assert done.returncode == 0, done.stderr
    (row,) = json.loads(done.stdout)["result"]["effects"]
    assert (row["yi"], row["vi"]) == pytest.approx((made["z"], made["vi_z"]), rel=1e-9)
    # Faults of the ratings stop every command, as those of a study file do.
    (review / "sessions" / "x.csv").write_text("client,session,score,post\n1,1,n/a,3\n", encoding="utf-8")
    for command in ("check", "effects", "pool"):
        done = run_cli(command, str(review))
        assert done.returncode == 1
        assert (
            "sessions/x.csv:2:5: error[RAT-NUM] score: n/a: leave the cell empty" in done.stdout + done.stderr
        )
    # Settings that make no sense are the reason why there is no effect.
    (review / "sessions" / "x.csv").write_bytes(sample.read_bytes())
    route = route | {"detect": {"rool": "rci"}}
    (review / "raw.yaml").write_text(json.dumps(study(effect(reported=[route], **lower))), encoding="utf-8")
    done = run_cli("effects", str(review))
    assert done.returncode == 3


def test_every_rule_side_by_side(sample: Path) -> None:
    result = answer(sample, "--rule", "all", "--outcome", "post", "--better", "lower", "--resamples", "0")[
        "result"
    ]
    assert len(result["rules"]) == 7
    assert len(result["agreement"]) == 21
    assert all(
        entry["n"] == entry["both"] + entry["only_first"] + entry["only_second"] + entry["neither"]
        for entry in result["agreement"]
    )
    plain = run_cli("detect", str(sample), "--rule", "all", "--replications", "0")
    assert plain.returncode == 0
    # Without reliability two rules cannot run, and say so.
    assert plain.stdout.count("needs the reliable change") == 2


def test_too_few_clients_give_counts_and_exit_3(oracle: Path, tmp_path: Path) -> None:
    rows = oracle.read_text(encoding="utf-8").splitlines()
    path = tmp_path / "x.csv"
    path.write_text("\n".join([rows[0] + ",y", *(row + ",1.5" for row in rows[1:])]) + "\n", encoding="utf-8")
    done = run_cli(
        "detect", str(path), "--scale", SCALE, "--outcome", "y", "--better", "higher", "--replications", "0"
    )
    assert done.returncode == 3
    assert "1 repaired" in done.stdout
    assert "each group needs 5" in done.stderr


def test_direct_measures_stand_beside_the_rule(sample: Path) -> None:
    result = answer(sample, "--rule", "rci", "--direct", "psq:tension=tension,rupture_at=2")["result"]
    (direct,) = result["direct"]
    assert direct["ruptures"] > 0
    assert [pair["unit"] for pair in direct["agreement"]] == ["session", "client", "repair"]
    assert (
        "PSQ, rupture at"
        in run_cli("detect", str(sample), "--replications", "0", "--direct", "psq:rupture_at=2").stdout
    )


def test_json_lists_no_more_clients_than_a_reader_can_load(
    oracle: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from rupmeta.cli.app import build_app
    from rupmeta.render.detect import answer

    found = {}
    for most in (7, 6):
        monkeypatch.setattr(answer, "JSON_CLIENTS", most)
        words = ("detect", str(oracle), "--scale", SCALE, "--replications", "0", "--json")
        with pytest.raises(SystemExit) as stop:
            build_app(words)(words)
        assert not stop.value.code
        found[most] = json.loads(capsys.readouterr().out)
    assert [len(found[most]["result"]["clients"]) for most in (7, 6)] == [7, 0]
    assert found[7]["result"]["counts"] == found[6]["result"]["counts"]
    codes = [{note["code"] for note in found[most]["notes"]} for most in (7, 6)]
    assert codes[1] - codes[0] == {"DET-LARGE"}


def test_csv_has_one_line_per_client(oracle: Path) -> None:
    done = run_cli("detect", str(oracle), "--format", "csv", "--replications", "0")
    lines = done.stdout.splitlines()
    assert lines[0].startswith("client,n,class,group,ruptures")
    assert [line.split(",")[0] for line in lines[1:]] == list("ABCDEFG")


@pytest.mark.parametrize(
    ("options", "code", "words"),
    [
        (("--rule", "magic"), 2, "--rule magic is not known"),
        (("--outcome", "post"), 2, "needs --better lower"),
        (("--rule", "rci"), 2, "reliability and sd"),
        (("--min-change", "some"), 2, "auto, 0, or points"),
        (("--where", "year=3"), 2, "--where phase=late"),
        (("--where", "phase=soon"), 2, "early middle late"),
        (("--repair", "hope"), 2, "fraction reliable tolerance in-control"),
        (("--columns", "score"), 2, "write key=value"),
        (("--plot", "sessions"), 2, "write key=value"),
        (("--plot", "maps=x.svg"), 2, "--plot maps is not known"),
        (("--write-study", "x.yaml"), 2, "one --rule and an --outcome"),
        (("--rater", "nobody"), 2, "nobody is not in"),
        (("--scale", "min=1,max=3"), 1, "RAT-RANGE"),
    ],
)
def test_what_makes_no_sense_is_said(oracle: Path, options: tuple[str, ...], code: int, words: str) -> None:
    done = run_cli("detect", str(oracle), "--replications", "0", *options)
    assert (done.returncode, words in done.stderr) == (code, True), done.stderr


def test_hostile_labels_do_not_act(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    rows = "".join(f"\x1b[31m=HYPERLINK(1),{t},4\n" for t in range(1, 9))
    path.write_text("client,session,score\n" + rows, encoding="utf-8")
    assert "\x1b" not in run_cli("detect", str(path), "--replications", "0").stdout
    done = run_cli("detect", str(path), "--replications", "0", "--plot", f"sessions={tmp_path / 'x.svg'}")
    assert done.returncode == 0
    assert "\x1b" not in (tmp_path / "x.svg").read_text(encoding="utf-8")


def test_streaming_counts_the_same(sample: Path, tmp_path: Path) -> None:
    pa, csv = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.csv")
    pq = pytest.importorskip("pyarrow.parquet")
    del pa
    pq.write_table(csv.read_csv(sample), tmp_path / "x.parquet")
    whole = answer(sample, "--rule", "rci")["result"]
    big = str(tmp_path / "x.parquet")
    done = run_cli("detect", big, "--rule", "rci", "--scale", SCALE, "--stream", "--json")
    assert json.loads(done.stdout)["result"]["counts"] == whole["counts"]
    lines = run_cli(
        "detect", big, "--rule", "rci", "--scale", SCALE, "--stream", "--format", "csv"
    ).stdout.splitlines()
    assert [line.split(",")[2] for line in lines[1:]] == [client["class"] for client in whole["clients"]]
    memory = answer(
        tmp_path / "x.parquet", "--rule", "rci", "--outcome", "post", "--better", "lower", "--resamples", "0"
    )
    assert memory["result"]["counts"] == whole["counts"]
    refused = run_cli("detect", big, "--stream", "--rule", "all")
    assert (refused.returncode, "one rule" in refused.stderr) == (2, True)


def test_the_shipped_ratings_are_what_the_generator_writes() -> None:
    """The same seed, so that the truth behind the files is known."""
    rows = simulate_ratings(
        Design(clients=160, sessions=(10, 22), noise=0.22, rupture=0.6, repair=0.6), 11
    ).rows
    lines = (ROOT / "studies/examples/sessions/sessions/harbour.csv").read_text(encoding="utf-8").splitlines()
    assert len(lines) == len(rows["client"]) + 1
    assert lines[1].split(",")[2] == f"{rows['score'][0]:.2f}"


def test_the_shipped_review_is_pooled_and_says_that_it_is_invented() -> None:
    done = run_cli("pool", "studies/examples/sessions")
    assert done.returncode == 0
    assert "SYNTHETIC DATA, NOT EVIDENCE" in done.stdout
