"""The functions of the package: the same answers as the commands, frozen, harmless in a notebook."""

from __future__ import annotations

import dataclasses
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from reviews import ROOT, correlation, run_cli, write_review

import rupmeta

WORKED = "studies/examples/worked"


@pytest.fixture(autouse=True)
def _in_the_checkout(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


CALLS = {
    "effects": lambda: rupmeta.compute_effects(WORKED),
    "pool": lambda: rupmeta.pool_effects(WORKED),
    "pool --method DL --test z --where phase=late": lambda: rupmeta.pool_effects(
        WORKED, method="DL", test="z", where={"phase": "late"}
    ),
    "screen": lambda: rupmeta.screen_studies(WORKED),
    "check": lambda: rupmeta.check_studies(WORKED),
    "moderators": lambda: rupmeta.explore_moderators(WORKED),
    "moderators --by phase --resamples 0": lambda: rupmeta.explore_moderators(WORKED, "phase", resamples=0),
    "bias --selection beta": lambda: rupmeta.assess_bias(WORKED, selection="beta"),
    "sensitivity": lambda: rupmeta.check_sensitivity(WORKED),
    "sensitivity --fragility": lambda: rupmeta.check_sensitivity(WORKED, "fragility"),
    "multiverse --permute 0": lambda: rupmeta.run_multiverse(WORKED, permute=0),
}


@pytest.mark.parametrize("command", CALLS)
def test_the_function_says_what_the_command_says(command: str) -> None:
    name, *options = command.split()
    quiet = [] if name == "check" else ["--quiet"]
    result = CALLS[command]()
    assert result.to_json() == run_cli(name, WORKED, *options, "--json").stdout
    assert json.loads(result.to_json()) == result.to_dict()
    assert str(result).rstrip("\n") == run_cli(name, WORKED, *options, *quiet).stdout.rstrip("\n")


@pytest.mark.parametrize("command", [name for name in CALLS if name not in ("check", "sensitivity")])
def test_the_table_is_that_of_csv(command: str) -> None:
    name, *options = command.split()
    result = CALLS[command]()
    text = run_cli(name, WORKED, *options, "--format", "csv").stdout
    assert result.to_csv() == text
    frame = result.to_frame()
    assert list(frame.columns) == text.splitlines()[0].split(",")
    assert len(frame) > 0


def test_detect_says_what_the_command_says() -> None:
    file = "studies/examples/sessions/sessions/harbour.csv"
    options = ["--scale", "WAI-SR", "--resamples", "0", "--replications", "0"]
    found = rupmeta.detect_episodes(file, settings={"scale": "WAI-SR"}, resamples=0, replications=0)
    assert found.to_json() == run_cli("detect", file, *options, "--json").stdout


def test_convert_says_what_the_command_says() -> None:
    found = rupmeta.convert_statistic({"odds_ratio": 2.5, "ci": [1.2, 5.2]}, "d", level=0.9)
    done = run_cli("convert", "odds_ratio=2.5", "ci=1.2,5.2", "--to", "d", "--level", ".9", "--json")
    assert found.to_json() == done.stdout


def test_two_states_and_two_extractors_as_the_commands_say() -> None:
    update, double = "studies/examples/update", "studies/examples/double"
    changes = rupmeta.compare_states(f"{update}/2011", f"{update}/2018")
    assert changes.to_json() == run_cli("diff", f"{update}/2011", f"{update}/2018", "--json").stdout
    shown = run_cli("diff", f"{update}/2011", f"{update}/2018", "--quiet").stdout
    assert str(changes).rstrip("\n") == shown.rstrip("\n")
    agreement = rupmeta.compare_extractors(f"{double}/a", f"{double}/b", f"{double}/consensus")
    done = run_cli("agreement", f"{double}/a", f"{double}/b", "--consensus", f"{double}/consensus", "--json")
    assert agreement.to_json() == done.stdout
    for result in (changes, agreement):
        assert result.to_markdown().startswith("# ")
        assert "<table>" in result._repr_html_()


@pytest.mark.parametrize("kind", ["small_k", "bayes", "dependence"])
def test_other_models(kind: str) -> None:
    options = ["--dependence", "all"] if kind == "dependence" else [f"--{kind.replace('_', '-')}"]
    done = run_cli("pool", WORKED, *options, "--format", "csv")
    assert rupmeta.compare_models(WORKED, kind).to_csv() == done.stdout  # type: ignore[arg-type]


@pytest.mark.parametrize("command", CALLS)
def test_a_result_is_frozen_and_shows_itself(command: str) -> None:
    result = CALLS[command]()
    with pytest.raises(dataclasses.FrozenInstanceError):
        result.answer = {}
    assert "\n" not in repr(result)
    page = result._repr_html_()
    assert page.count("<table>") == page.count("</table>") or command == "check"
    if command not in ("check", "screen"):
        assert "synthetic data, not evidence" in page


def test_a_stage_keeps_the_choices_of_the_one_before() -> None:
    effects = rupmeta.compute_effects(WORKED, where={"phase": "late"}, dependence="none")
    once = rupmeta.pool_effects(effects, method="PM")
    assert once.to_json() == (
        rupmeta.pool_effects(WORKED, where={"phase": "late"}, dependence="none", method="PM").to_json()
    )


def test_figures_are_drawn_and_saved(tmp_path: Path) -> None:
    figure = rupmeta.draw_figure(WORKED, by="phase")
    assert figure._repr_svg_().startswith("<svg")
    assert str(figure).splitlines()[0] == "synthetic data, not evidence"
    assert list(figure.to_frame().columns)[:2] == ["Study", "N"]
    (written,) = figure.save(tmp_path / "x.png")
    assert written.read_bytes().startswith(b"\x89PNG")
    with pytest.raises(rupmeta.UsageError, match="overwrite=True"):
        figure.save(tmp_path / "x.png")
    assert rupmeta.draw_figure(WORKED, "prisma").to_dict()["kind"] == "prisma"


def test_hostile_text_does_not_act(tmp_path: Path) -> None:
    hostile = "<script>alert(1)</script> & \u202e"
    study = correlation(0.3, 50, citation={"authors": [hostile], "year": 2001})
    write_review(tmp_path, {"a": study, "b": correlation(0.2, 60)})
    for result in (
        rupmeta.pool_effects(tmp_path),
        rupmeta.compute_effects(tmp_path),
        rupmeta.screen_studies(tmp_path),
        rupmeta.read_studies(tmp_path),
        rupmeta.check_sensitivity(tmp_path, "leave_one_out"),
    ):
        page = result._repr_html_()
        assert "<script" not in page
        assert "\u202e" not in page
    assert "&lt;script&gt;" in rupmeta.pool_effects(tmp_path)._repr_html_()
    assert "<script" not in rupmeta.draw_figure(tmp_path)._repr_svg_()


def test_faults_are_those_of_the_commands(tmp_path: Path) -> None:
    write_review(tmp_path, {"a": correlation(1.4, 50), "b": correlation(0.2, 2)})
    with pytest.raises(rupmeta.InputError) as raised:
        rupmeta.pool_effects(tmp_path)
    assert {problem.code for problem in raised.value.problems} == {"R-BOUND", "NSMALL"}
    assert {problem.code for problem in rupmeta.check_studies(tmp_path).errors} == {"R-BOUND", "NSMALL"}


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: rupmeta.pool_effects("nowhere"), "nowhere"),
        (lambda: rupmeta.pool_effects(WORKED, analysis="repairs"), "repair"),
        (lambda: rupmeta.pool_effects(WORKED, where={"phse": 1}), "did you mean phase"),
        (lambda: rupmeta.pool_effects(WORKED, method="XX"), "REML"),
        (lambda: rupmeta.pool_effects(3), "int is no review"),
        (lambda: rupmeta.explore_moderators(WORKED, "phse"), "did you mean phase"),
        (lambda: rupmeta.explore_moderators(WORKED, "phase", adjust="x"), "holm"),
        (lambda: rupmeta.explore_moderators(WORKED, "phase", reference={"phase": "x"}), "reference"),
        (lambda: rupmeta.check_sensitivity(WORKED, "leave-one-out"), "leave_one_out"),
        (lambda: rupmeta.draw_figure(WORKED, "florest"), "florest is not a figure"),
        (lambda: rupmeta.compare_models(WORKED, "x"), "small_k"),
        (lambda: rupmeta.convert_statistic({"r": 0.3}), "n"),
        (lambda: rupmeta.convert_statistic({"r": 0.3, "n": 30}, design="x"), "naturalistic"),
        (lambda: rupmeta.write_report(WORKED, "x", formats=["doc"]), "html"),
        (lambda: rupmeta.detect_episodes("x.csv", rule="x"), "mean-sd"),
    ],
)
def test_a_mistake_is_named(call, said: str) -> None:
    with pytest.raises(rupmeta.UsageError) as raised:
        call()
    assert said in str(raised.value)


def test_nothing_to_estimate_is_an_error_with_a_reason() -> None:
    with pytest.raises(rupmeta.EstimationError, match="nothing to pool") as raised:
        rupmeta.pool_effects(WORKED, where={"phase": "whole"})
    assert raised.value.code == "K-FEW"


def test_importing_loads_nothing() -> None:
    code = "import sys; before = set(sys.modules); import rupmeta; print(*set(sys.modules) - before)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=True
    ).stdout.split()
    assert {name for name in loaded if name.startswith("rupmeta")} == {"rupmeta", "rupmeta.errors"}
    assert not {name for name in loaded if re.match("numpy|pandas|yaml|pydantic|typer", name)}


def test_every_name_is_there_and_listed() -> None:
    for name in rupmeta.__all__:
        assert getattr(rupmeta, name) is not None
        assert name in dir(rupmeta)
        assert name == "__version__" or getattr(rupmeta, name).__doc__
    with pytest.raises(AttributeError, match="pool_effect"):
        rupmeta.pool_effect  # noqa: B018


def test_types_are_shipped() -> None:
    assert (Path(rupmeta.__file__).parent / "py.typed").is_file()
