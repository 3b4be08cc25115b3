"""What ``rupmeta check`` says of analyses before anything is pooled, and what stops one of them."""

from pathlib import Path

import pytest
from reviews import run_cli

from rupmeta.effects.from_given import from_given
from rupmeta.effects.hubs import NoEffect
from rupmeta.effects.onto import ONTO, Setting, convert_hub
from rupmeta.effects.options import ConversionOptions
from rupmeta.errors import InputError
from rupmeta.lint.analyses import becomes
from rupmeta.pipeline.analyse import prepare_effects, synthesise
from rupmeta.pipeline.load import examine_review, load_review
from rupmeta.pipeline.protocol import protocol_problems
from rupmeta.pipeline.specification import Overrides

STUDY = """\
citation: {{authors: ["{id}, A."], year: 2018, title: On {id}}}
relation: {relation}
sample: {{n: 200}}
effects:
{effects}"""
EFFECT = """\
  - id: {id}
    outcome: {{name: {outcome}, kind: symptoms, better: higher}}
    comparison: {comparison}
    reported:
      - {{{route}}}
    source: {{where: Table 1}}
"""
OPEN = """\
rupmeta: 1
criteria: {psychotherapy: null, publication: null, relation: null, alliance_tracking: null}
"""
RR = "yi: .3, vi: .02, measure: RR"
CHANGE = "pre_mean1: 20, post_mean1: 15, sd_pre1: 8, n1: 40, pre_post_r: .5"


def effect(route, name="a", outcome="CORE-OM", comparison="unrepaired-rupture"):
    return EFFECT.format(id=name, outcome=outcome, comparison=comparison, route=route)


@pytest.fixture
def write(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "studies"
    folder.mkdir()

    def run(analyses="", relation="repair-outcome", **studies):
        (folder / "review.yaml").write_text(OPEN + analyses, encoding="utf-8")
        for name, effects in studies.items():
            text = effects if isinstance(effects, str) else "".join(effects)
            body = STUDY.format(id=name, relation=relation, effects=text)
            (folder / f"{name}.yaml").write_text(body, encoding="utf-8")
        return folder

    return run


def said(folder="studies"):
    read, problems = examine_review(folder)
    return [str(problem) for problem in protocol_problems(read, problems)]


def codes():
    return [line.split(" ")[1] for line in said()]


def test_a_given_scale_that_the_analysis_cannot_have_is_an_error_of_that_analysis(write):
    write(
        "analyses:\n  ratios: {measure: RR}\n  z: {measure: ZCOR}\n",
        a=effect(RR),
        b=effect("r: .30, n: 90"),
    )
    assert said()[0] == (
        "studies/a.yaml:9:36: error[MEASURE] effects[0].reported[0].measure: RR without the numbers behind "
        "it cannot become ZCOR; give these, or select other effects with where (analysis z)"
    )
    folder = load_review("studies")  # the files are sound
    assert synthesise(folder).prepared.single.k == 1  # ratios: the correlation leaves with its reason
    with pytest.raises(InputError, match="MEASURE"):
        prepare_effects(folder, Overrides(analysis="z"))
    assert prepare_effects(folder, Overrides(analysis="z", measure="RR")).single.k == 1
    assert prepare_effects(folder, Overrides(analysis="z", where={"study": "b"})).single.k == 1


def test_a_one_group_change_stops_the_analysis_that_would_pool_it(write):
    write("analyses: {repair: {}, change: {measure: SMCR}}\n", a=effect(CHANGE), b=effect("r: .30, n: 90"))
    assert [line for line in codes() if "error" in line] == ["error[DESIGN]"]
    folder = load_review("studies")
    with pytest.raises(InputError, match="DESIGN"):
        prepare_effects(folder)
    assert prepare_effects(folder, Overrides(analysis="change")).single.k == 1
    write("analyses: {repair: {measure: SMD, allow: [one-group]}}\n")
    assert codes() == []
    assert prepare_effects(load_review("studies")).single.k == 2


def test_a_study_that_is_screened_out_stops_nothing(write):
    folder = write(a=effect(CHANGE), b=effect("r: .30, n: 90"))
    text = (folder / "a.yaml").read_text(encoding="utf-8")
    (folder / "a.yaml").write_text(text.replace("repair-outcome", "other"), encoding="utf-8")
    (folder / "review.yaml").write_text(OPEN.replace("relation: null", "relation: [repair-outcome]"), "utf-8")
    assert codes() == ["exclusion[EXC-RELATION]"]
    assert prepare_effects(load_review("studies")).single.k == 1


def run(*arguments):
    return run_cli(*arguments, cwd=Path.cwd())


def test_exit_codes_of_check_pool_and_effects(write):
    write(
        "analyses: {repair: {measure: ZCOR}}\n",
        a=effect("events1: 12, n1: 40, events2: 20, n2: 42"),
        b=effect(RR),
    )
    check, pool = run("check"), run("pool")
    assert (check.returncode, pool.returncode) == (1, 1)
    assert "error[MEASURE]" in check.stdout
    assert "error[MEASURE]" in pool.stderr
    ratio = run("pool", "--measure", "RR")
    assert ratio.returncode == 0
    assert ratio.stdout
    shown = run("effects")
    assert shown.returncode == 0
    assert "RR without counts cannot become ZCOR" in shown.stderr


def test_adjusted_effects_among_others(write):
    write(
        a=effect("partial_r: .31, n: 90, covariates: 2"),
        b=effect("r: .30, n: 90"),
        c=effect("beta: .20, n: 80, covariates: 3"),
    )
    assert said() == [
        "studies/review.yaml:1:1: warning[ADJ] analyses.all: 2 of 3 effects are adjusted for covariates, "
        "another quantity than r"
    ]
    write(b=effect("partial_r: .20, n: 70, covariates: 1"))
    assert codes() == []  # all of them are: one quantity


def test_the_route_that_is_used_says_whether_an_effect_is_adjusted(write):
    both = effect("partial_r: .31, n: 90, covariates: 2").replace(
        "    source", "      - {r: .33, n: 90}\n    source"
    )
    write(a=both, b=effect("r: .30, n: 90"))
    assert codes() == []


def test_mixed_comparisons_unless_the_protocol_takes_notice(write):
    studies = {
        "a": effect("r: .30, n: 90"),
        "b": effect("r: .20, n: 80"),
        "c": effect("r: .10, n: 70", comparison="no-rupture"),
    }
    write("analyses:\n  repair: {measure: ZCOR}\n", **studies)
    assert said() == [
        "studies/review.yaml:4:3: warning[COMP-MIX] analyses.repair: pools unrepaired-rupture (2) with "
        "no-rupture (1); select one with where, or name comparison as a moderator"
    ]
    write("analyses: {repair: {moderators: [comparison]}}\n")
    assert codes() == []
    write("analyses: {repair: {where: {comparison: no-rupture}}}\n")
    assert codes() == []
    write("analyses: {repair: {accept: {COMP-MIX: one construct}}}\n")
    assert codes() == ["info[COMP-MIX]"]
    assert said()[0].endswith("(accepted: one construct)")


def test_an_accepted_mixture_is_information_in_the_answer_too(write):
    studies = {"a": effect("r: .30, n: 90"), "c": effect("r: .10, n: 70", comparison="no-rupture")}
    write("analyses: {repair: {accept: {COMP-MIX: one construct}}}\n", **studies)
    notes = {note.code: note for note in synthesise(load_review("studies")).notes}
    assert notes["COMP-MIX"].severity == "info"
    assert notes["COMP-MIX"].message.endswith("(accepted: one construct)")


def test_what_an_analysis_accepts_and_is_not_there_is_a_warning(write):
    write("analyses: {repair: {accept: {ADJ: seen, SDSE: seen, XYZ: seen}}}\n", a=effect("r: .30, n: 90"))
    assert [line.split("accept.")[1] for line in said()] == [
        "ADJ: there is no ADJ here; delete the entry",
        "SDSE: SDSE is not about an analysis; an analysis accepts ADJ, COMP-MIX, DEP, SYNTH, OVERLAP, CTRL",
        "XYZ: XYZ is no code; `rupmeta check --explain XYZ` knows it if there is one",
    ]


def test_several_effects_of_a_sample(write):
    two = [effect("r: .30, n: 90"), effect("r: .25, n: 90", name="b", outcome="OQ-45")]
    write("analyses: {repair: {}}\n", a=two)
    assert said() == [
        "studies/a.yaml:11:5: info[DEP] effects[1]: 2 effects of sample a in analysis repair, aggregated "
        "with rho = 0.5"
    ]
    write("analyses: {repair: {dependence: {approach: none}}}\n")
    assert codes() == ["warning[DEP]"]
    write(a=[two[0], effect("r: .25, n: 90", name="b")])
    assert codes() == ["info[DEP]", "warning[DEP]"]
    assert "a and b have the same outcome, comparison, phase and moderators" in said()[1]


def test_two_arms_with_one_control_are_not_one_effect_twice(write):
    means = "mean1: {}, sd1: 4.1, n1: 50, mean2: 11.3, sd2: 4.4, n2: 50"
    write(a=[effect(means.format(9.1)), effect(means.format(8.4), name="b")])
    assert codes() == ["info[DEP]"]


def test_what_leaves_an_analysis_or_a_moderator_is_told(write):
    phase = effect("r: .30, n: 90").replace("    reported", "    phase: late\n    reported")
    write(
        "analyses: {repair: {moderators: [phase]}}\n",
        a=phase,
        b=effect("r: .2, n: 80"),
        c=effect("risk_ratio: 1.5, se_log: .2"),
    )
    assert [line.split(" ", 1)[1] for line in said()] == [
        "info[DROP] effects[0]: leaves analysis repair: RR without counts cannot become ZCOR; "
        "risk2, or events1, n1, events2, n2, would do",
        "info[DROP] analyses.repair.moderators: leaves moderator phase: 1 of 2 effects give none (b)",
    ]


def test_a_study_with_an_error_is_judged_no_further(write):
    write(a=effect("semipartial_r: 1.4, n: 90, covariates: 2, r2: .4"), b=effect("r: .30, n: 90"))
    assert codes() == []


MEASURES = sorted(ONTO.keys() - {"d"})


@pytest.mark.parametrize("measure", MEASURES)
@pytest.mark.parametrize("given", MEASURES)
def test_the_table_of_conversions_is_that_of_the_effects(given, measure):
    values = {"yi": 0.3, "vi": 0.02, "measure": given, "n1": 50, "n2": 60}
    hub = from_given(values, ConversionOptions())
    if becomes(given, measure):
        assert convert_hub(hub, measure, Setting()).vi > 0
    else:
        with pytest.raises(NoEffect) as stop:
            convert_hub(hub, measure, Setting())
        assert stop.value.problem.code == "MEASURE"


def test_checking_names_exclusions_for_machines_and_counts_them_for_people(write):
    folder = write(a="", b=effect("r: .30, n: 90"))
    (folder / "a.yaml").write_text(
        (folder / "a.yaml").read_text("utf-8").replace("effects:\n", "effects: []\n"), "utf-8"
    )
    text, machine = run("check").stdout, run("check", "--format", "sarif").stdout
    assert text == (
        "3 files: 0 errors, 1 exclusion, 0 warnings, 0 infos (`rupmeta screen` lists the exclusions)\n"
    )
    assert "NO-EFFECT" in machine
    assert Path("studies/a.yaml").exists()


class TestAReviewThatCannotBeRead:
    """Defaults stand in for it; nothing is said of an analysis and of criteria that nobody wrote."""

    STUDIES = (
        ("a", effect("r: .3, n: 200")),
        ("b", effect("r: .2, n: 200", comparison="no-rupture")),
    )

    def said(self, folder):
        done = run_cli("check", cwd=folder)
        assert done.returncode == 1
        return done.stdout

    @pytest.fixture
    def folder(self, tmp_path):
        (tmp_path / "studies").mkdir()
        for name, effects in self.STUDIES:
            text = STUDY.format(id=name, relation="repair-outcome", effects=effects)
            (tmp_path / "studies" / f"{name}.yaml").write_text(text, encoding="utf-8")
        return tmp_path

    def test_only_the_fault_is_told(self, folder):
        analyses = "analyses: {main: {model: {method: RELM}}}\n"
        (folder / "studies/review.yaml").write_text(OPEN + analyses, encoding="utf-8")
        assert self.said(folder).splitlines() == [
            "studies/review.yaml:3:35: error[ENUM] analyses.main.model.method: RELM is not a method; "
            "did you mean REML?",
            "3 files: 1 error, 0 warnings, 0 infos",
        ]

    def test_a_fault_that_leaves_it_readable_hides_nothing(self, folder):
        analyses = "analyses: {main: {moderators: [fase]}}\n"
        (folder / "studies/review.yaml").write_text(OPEN + analyses, encoding="utf-8")
        said = self.said(folder)
        assert "no study has a field fase" in said
        assert "COMP-MIX" in said
