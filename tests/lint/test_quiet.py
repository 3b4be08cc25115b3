"""For every warning a near miss: what comes close to its trigger and is sound says nothing of the kind."""

import pytest

from rupmeta.lint.registry import FAMILIES, LINTS
from rupmeta.pipeline.load import examine_review
from rupmeta.pipeline.protocol import protocol_problems

REVIEW = """\
rupmeta: 1
criteria: {psychotherapy: null, publication: null, relation: null, alliance_tracking: null}
analyses:
  all: {ANALYSIS}
"""
STUDY = """\
citation: {{authors: ["{author}, A."], year: {year}, title: "{title}"}}
relation: {relation}
sample: {{{sample}}}
therapists: {{{therapists}}}
effects:
{effects}extraction: {{synthetic: {synthetic}}}
"""
EFFECT = """\
  - id: {name}
    outcome: {{name: {outcome}, kind: symptoms, better: lower{scale}}}
    comparison: {comparison}
    reported:
{routes}
    source: {{where: Table 1}}
"""
WHOLE = "{min: 0, max: 63, step: 1}"


def effect(*routes, name="a", outcome="CORE-OM", scale="", comparison="unrepaired-rupture"):
    lines = "\n".join(f"      - {{{route}}}" for route in routes)
    scale = f", scale: {scale}" if scale else ""
    return EFFECT.format(name=name, outcome=outcome, scale=scale, comparison=comparison, routes=lines)


def study(*effects, author="Ek", year=2018, title="On one thing", sample="n: 500", **more):
    fields = {"relation": "repair-outcome", "therapists": "", "synthetic": "false", **more}
    body = "".join(effects)
    return STUDY.format(author=author, year=year, title=title, sample=sample, effects=body, **fields)


def one(*routes, **more):
    return {"a.yaml": study(effect(*routes, **more))}


def both(first, second, **more):
    """Two studies by different authors."""
    other = study(effect(second), author="Oe", year=2011, title="Of another", sample="n: 90", **more)
    return {"a.yaml": study(effect(first), sample="n: 80"), "b.yaml": other}


def several(*routes):
    """One study by each of several authors."""
    return {
        f"s{i}.yaml": study(
            effect(route), author=f"A{i}", year=2000 + i, title=f"Of {i}", sample=f"n: {100 + i}"
        )
        for i, route in enumerate(routes)
    }


MEANS = "mean1: 17.24, sd1: 4.05, n1: 21, mean2: 15.10, sd2: 4.06, n2: 21"
CHANGE = (
    "pre_mean1: 20, post_mean1: 14, sd_pre1: 5, n1: 20, pre_mean2: 20, post_mean2: 17, sd_pre2: 5, n2: 25"
)
SDS = [f"mean1: 20, sd1: {sd}, n1: 50, mean2: 19, sd2: {sd}, n2: 50" for sd in (5.1, 6.2, 5.8, 2.1)]
OF_CHANGE = "mean_change1: -6, sd_change1: 4, n1: 20, mean_change2: -3, sd_change2: 4, n2: 25"
TEXT = "citation: 'Ek, A. (2018). {title}. Psychotherapy, 3, 1-9.'\nrelation: repair-outcome\n"
TRAINED = study(effect("r: -.3, n: 60"), sample="n: 60", therapists="n: 60", relation="training-outcome")
ARMS = "mean1: {}, sd1: 4.1, n1: 50, mean2: 11.3, sd2: {}, n2: 50"

NEAR = {
    "FILE-NAME": [{**both("r: -.31, n: 80", "r: -.21, n: 90"), "notes.txt": "x"}],
    "YAML11": [one("r: 0.31, n: 154"), one("r: -3.1e-1, n: 154")],
    "SD-NEG": [one("mean1: 9, sd1: .01, n1: 30, mean2: 8.99, sd2: .02, n2: 30")],
    "ROUTE": [
        one("r: -.31, n: 154", "t: -4.02, df: 152"),
        one("r: -.30, n: 154", "t: -3.98, df: 152"),  # printed as .3, so .25 to .35
        one("d: .45, n1: 50, n2: 50", "mean1: 12.25, sd1: 5.00, n1: 50, mean2: 10.00, sd2: 5.00, n2: 50"),
        one("partial_r: -.22, n: 80, covariates: 3", "r: -.35, n: 80"),  # two quantities
        one("odds_ratio: .42, ci: [.18, .98]", "r: -.15, n: 90"),  # the cut attenuates r
    ],
    "P-STAT": [
        one("r: -.29, n: 40", "p: .07, n: 40, tails: 2, favours: repair"),
        one("r: -.29, n: 40", "p: .035, n: 40, tails: 1, favours: repair"),
        one("r: -.29, n: 400", 'p: "<.001", n: 400, favours: repair'),
        one("r: -.05, n: 40", 'p: ">.05", n: 40'),
    ],
    "P-INEQ": [
        one('p: "<.05", n: 80, favours: repair', "r: -.31, n: 80"),
        one("p: .04, n: 80, favours: repair"),
    ],
    "CI-ASYM": [
        one("odds_ratio: 1.80, ci: [1.05, 3.09]"),
        one("r: -.31, n: 154, ci: [-.45, -.16]"),
        one("d: .45, ci: [.10, .80]"),
        one("d: 1.60, n1: 10, n2: 10, ci: [.57, 2.61]"),  # exact limits from the noncentral t
        one("hazard_ratio: .62, ci: [.41, .94]"),
        one("mean_difference: 3.1, ci: [.4, 5.8], n1: 34, n2: 31"),
    ],
    "CI-WIDTH": [
        one("d: .45, n1: 50, n2: 50", "d: .45, ci: [.05, .85]"),
        one("d: .45, ci: [.12, .78], level: .9, n1: 50, n2: 50"),
        one("mean_difference: 3.00, sd_pooled: 5.00, n1: 40, n2: 40, ci: [.77, 5.23]"),
        one("odds_ratio: 1.80, ci: [.75, 4.32], n1: 40, n2: 44"),  # wider than the least width is no fault
        one("slope: .30, ci: [.11, .49], n: 90, covariates: 2", "slope: .30, se: .096, n: 90, covariates: 2"),
    ],
    "N-MIS": [
        one("t: 2.1, n1: 70, n2: 70, df: 131.2"),  # Welch
        one("t: 2.4, df: 85, n: 90, covariates: 3"),
        one("partial_eta2: .10, df2: 70, n: 80, favours: repair"),  # other factors took degrees of freedom
        one("F: 6.40, df1: 1, df2: 57, n1: 32, n2: 30, covariate_r: .6, favours: repair"),
        one("a: 10, b: 10, c: 12, d: 9", "chi2: .21, df: 1, n: 41, favours: repair"),
    ],
    "SDSE": [
        one("mean1: 10, sd1: 2.1, n1: 50, mean2: 8, sd2: 2.3, n2: 50"),
        one("mean1: 28, sd1: 2.1, n1: 9, mean2: 8, sd2: 2.3, n2: 9"),  # huge, and so with 3·s
        several(*SDS),
    ],
    "VARSE": [
        one("yi: .30, vi: .0106, measure: ZCOR, n: 97"),
        one("yi: .30, vi: .40, measure: ZCOR, n: 6"),  # v0 of 1/3 tells nothing
        one("yi: .30, vi: .05, measure: ZCOR, n: 103"),  # clusters
        one("yi: .30, vi: .25, measure: ZCOR, n: 103"),  # neither fits
        one("d: .50, se: .20, n1: 50, n2: 50"),
        {"a.yaml": study(effect("yi: .30, vi: .103, measure: ZCOR"), sample="")},  # no n
    ],
    "LOGR": [several(*(f"yi: {yi}, sei: .2, measure: OR" for yi in (1.7, 1.3, -0.1)))],
    "GRIM": [
        one(MEANS, scale=WHOLE),
        one("mean1: 17.23, sd1: 4.05, n1: 210, mean2: 15.11, sd2: 4.06, n2: 210", scale=WHOLE),
        one("proportion1: .83, n1: 24, proportion2: .55, n2: 22"),
        one("median1: 12.5, iqr1: 7, n1: 40, median2: 9, iqr2: 7, n2: 38", scale=WHOLE),
    ],
    "GRIMMER": [one("mean1: 3.44, sd1: 2.12, n1: 18, mean2: 3.39, sd2: 2.09, n2: 18", scale=WHOLE)],
    "SD-RATIO": [
        one("mean1: 9, sd1: 5.1, n1: 30, mean2: 7, sd2: 1.9, n2: 30"),
        one("mean1: 9, sd1: 8.1, n1: 8, mean2: 7, sd2: 1.9, n2: 8"),
    ],
    "PLAUS": [
        one("r: -.94, n: 61"),
        one("d: -2.9, n1: 30, n2: 30"),
        one("beta: .98, n: 90, covariates: 2"),
        one("odds_ratio: 140, ci: [20, 980]"),
    ],
    "RPP": [
        one(f"{CHANGE}, pre_post_r: .6"),
        one(f"{CHANGE}, sd_post1: 5, sd_change1: 4"),
        one(f"{OF_CHANGE}, pre_post_r: .6"),
    ],
    "MEDIAN-SKEW": [one("median1: 12, quartiles1: [8, 16], n1: 40, median2: 9, quartiles2: [5, 13], n2: 38")],
    "DUP-STUDY": [
        {f"{part}.yaml": TEXT.format(title=f"On ruptures and their repair, part {part}") for part in "12"},
        both("r: -.31, n: 80", "r: -.21, n: 90"),
    ],
    "DUP-NUM": [both("r: -.3, n: 80", "r: -.3, n: 80")],  # one decimal: chance
    "OVERLAP": [
        {"a.yaml": study(effect("r: -.31, n: 80"), sample="id: one, n: 80"),
         "b.yaml": study(effect("r: -.21, n: 80"), year=2011, title="Of another", sample="id: two, n: 80")},
        both("r: -.31, n: 80", "r: -.21, n: 80"),  # equal n by chance
    ],
    "CTRL": [{"a.yaml": study(effect(ARMS.format(9.1, 4.4)), effect(ARMS.format(8.4, 4.6), name="b"))}],
    "DEP": [one("r: -.31, n: 154", "t: -4.02, df: 152")],  # two routes are one effect
    "OUTCOME-R": [one("r: -.31, n: 154")],
    "CLUSTER": [
        {"a.yaml": TRAINED},
        {"a.yaml": study(effect("r: -.31, n: 600"), sample="n: 600", therapists="n: 75")},
    ],
    "ADJ": [one("partial_r: -.22, n: 80, covariates: 3"), both("r: -.31, n: 80", "t: -2.1, df: 88")],
    "COMP-MIX": [both("r: -.31, n: 80", "r: -.21, n: 90")],
    "WHERE": [both("r: -.31, n: 80", "r: -.21, n: 90")],
    "SHADOW": [
        {"a.yaml": study(effect("r: -.31, n: 80")) + "moderators: {own: 2, design: cohort}\n"},  # no design
    ],
    "SYNTH": [{"a.yaml": study(effect("r: -.31, n: 80"), synthetic="true")}],
    "ACCEPT": [{"a.yaml": study(effect("r: -.97, n: 61")) + "accept: {PLAUS: seen in the paper}\n"}],
}  # fmt: skip


@pytest.mark.parametrize(("code", "files"), [(code, files) for code in NEAR for files in NEAR[code]])
def test_a_near_miss_is_quiet(code, files, tmp_path):
    (tmp_path / "review.yaml").write_text(REVIEW.replace("{ANALYSIS}", "{measure: ZCOR}"), encoding="utf-8")
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    folder, problems = examine_review(tmp_path)
    found = [*problems, *protocol_problems(folder, problems)]
    assert [str(problem) for problem in found if problem.code == code and not problem.accepted] == []
    assert [str(problem) for problem in found if problem.severity == "error"] == []


def test_every_warning_about_files_has_a_near_miss():
    families = ("file", "numbers", "impossible", "contradictions", "twice", "mixtures")
    codes = [code for family in families for code in FAMILIES[family]] + ["ACCEPT"]
    warnings = {code for code in codes if "warning" in (LINTS[code].severity, *LINTS[code].also)}
    # said of answers; of a protocol that was frozen, tests/read/test_protocol.py has the quiet cases
    assert warnings - set(NEAR) == {"CONV-MOVES", "PLAN"}
