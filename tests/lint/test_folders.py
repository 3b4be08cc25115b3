"""Findings that only several studies together can show."""

import pytest

from rupmeta.errors import InputError
from rupmeta.lint import check_folder, lint_folder, read_sound_folder
from rupmeta.read.folder import read_folder

STUDY = """\
citation: {{authors: ["{author}, A."], year: {year}, title: "{title}"{doi}}}
relation: repair-outcome
sample: {{{sample}}}
effects:
  - id: a
    outcome: {{name: CORE-OM, kind: symptoms, better: lower}}
    reported:
      - {{{route}}}
    source: {{where: Table 1}}
extraction: {{synthetic: {synthetic}}}
"""


def study(
    author="Ek",
    year=2018,
    title="A title of no importance",
    doi="",
    sample="n: 80",
    route="r: -.31, n: 80",
    synthetic="false",
):
    doi = f", doi: {doi}" if doi else ""
    return STUDY.format(
        author=author, year=year, title=title, doi=doi, sample=sample, route=route, synthetic=synthetic
    )


@pytest.fixture
def find(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "studies"
    folder.mkdir()

    def run(**files):
        for name, text in files.items():
            (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
        return [str(problem) for problem in check_folder("studies")[1]]

    return run


def test_equal_doi_is_an_error_whatever_its_spelling(find):
    found = find(
        a=study(doi="10.1080/AbC"),
        b=study(
            "Oe",
            2019,
            "Something else entirely here",
            "https://doi.org/10.1080/abc",
            "n: 44",
            "r: .11, n: 44",
        ),
    )
    assert found == [
        "studies/b.yaml:1:89: error[DUP-STUDY] citation.doi: same DOI as studies/a.yaml; keep one of them"
    ]


def test_same_author_year_and_n_is_one_warning(find):
    found = find(a=study(), b=study(title="Another long title, quite unlike it", route="r: -.12, n: 80"))
    assert found == [
        "studies/b.yaml:1:1: warning[DUP-STUDY] citation: same first author, year and n = 80 as "
        "studies/a.yaml; the same study?"
    ]


def test_nearly_equal_titles(find):
    title = "Alliance ruptures and their repair in the treatment of depression: a naturalistic study"
    found = find(
        a=study(title=title, sample="n: 80"),
        b=study("Oe", 2020, title.replace("ruptures", "rupture"), sample="n: 44", route="r: .12, n: 44"),
        c=study("Lo", 2021, title + ", part 2", sample="n: 45", route="r: .13, n: 45"),
        d=study(
            "By", 2022, "Was everything different in the treatment of anxiety?", "", "n: 46", "r: .14, n: 46"
        ),
    )
    assert found == [
        "studies/b.yaml:1:52: warning[DUP-STUDY] citation.title: nearly the title of studies/a.yaml; "
        "the same study?"
    ]


def test_declared_overlap_is_told_and_suspected_overlap_is_doubted(find):
    found = find(
        a=study(year=2009, title="The first paper of the programme", sample="id: bi, n: 80"),
        b=study(
            year=2015, title="What came of it some years later", sample="id: bi, n: 60", route="r: .2, n: 60"
        ),
    )
    assert found == [
        "studies/b.yaml:3:14: info[OVERLAP] sample.id: shares sample bi with studies/a.yaml; "
        "they are one cluster"
    ]
    found = find(
        a=study(year=2009, title="The first paper of the programme", sample="n: 80"),
        b=study(year=2015, title="What came of it some years later", sample="n: 80", route="r: .2, n: 80"),
    )
    assert found == [
        "studies/b.yaml:3:13: warning[OVERLAP] sample.n: shares an author and n = 80 with a; same sample? "
        "give both one sample.id"
    ]


def test_samples_with_names_of_their_own_are_believed(find):
    found = find(
        a=study(year=2009, title="The first paper of the programme", sample="id: one, n: 80"),
        b=study(
            year=2015, title="What came of it some years later", sample="id: two, n: 80", route="r: .2, n: 80"
        ),
    )
    assert found == []


def test_copied_numbers_are_found_across_studies_and_equal_n_by_chance_is_not(find):
    first = study(sample="n: 104", route="mean1: 9.12, sd1: 4.13, n1: 50, mean2: 11.31, sd2: 4.42, n2: 54")
    other = first.replace("Ek", "Oe").replace("A title", "Quite another name").replace("2018", "2011")
    assert find(a=first, b=other) == [
        "studies/b.yaml:7:5: warning[DUP-NUM] effects[0].reported: the numbers of effects[0] are those of "
        "effects[0] in studies/a.yaml: copied?"
    ]
    assert (
        find(
            a=study(route="r: -.3, n: 80"),
            b=study("Oe", 2011, "Another", sample="n: 90", route="r: -.3, n: 80"),
        )
        == []
    )


def test_synthetic_among_real_studies(find):
    real, invented = study(), study("Oe", 2010, "Invented", "", "n: 44", "r: .12, n: 44", "true")
    assert find(a=real, b=invented) == [
        "studies/b.yaml:10:25: warning[SYNTH] extraction.synthetic: 1 of 2 studies is synthetic; "
        "keep them in a folder of their own"
    ]
    assert find(a=real.replace("synthetic: false", "synthetic: true"), b=invented) == []


def test_ratios_given_as_log_ratios(find):
    def given(n, yi):
        return study(
            f"Author{n}", 2000 + n, f"Title {n}", "", f"n: {80 + n}", f"yi: {yi}, sei: .2, measure: OR"
        )

    found = find(a=given(1, 1.7), b=given(2, 1.3), c=given(3, 0.9))
    assert found == [
        "studies/a.yaml:8:14: warning[LOGR] effects[0].reported[0].yi: all 3 yi are positive: "
        "ratios instead of log ratios?"
    ]
    assert find(a=given(1, 1.7), b=given(2, -0.3), c=given(3, 0.9)) == []


def with_sd(number, sd, n=50):
    means = f"mean1: {20 + number}, sd1: {sd}, n1: {n}, mean2: {19.1 + number}, sd2: {sd}, n2: {n}"
    return study(f"Author{number}", 2000 + number, f"A title of number {number}", "", f"n: {2 * n}", means)


def test_an_sd_that_is_an_se_beside_those_of_other_studies(find):
    others = {f"s{i}": with_sd(i, sd) for i, sd in enumerate((5.1, 6.2, 5.8))}
    assert find(**others, t=with_sd(7, 0.81)) == [
        "studies/t.yaml:8:26: warning[SDSE] effects[0].reported[0].sd1: SD 0.81, but 5.80 in 3 other studies "
        "of CORE-OM; read as an SE it would be 5.73"
    ]
    assert find(**others, t=with_sd(7, 2.1)) == []  # a narrow sample, and no SE


def test_every_criterion_has_its_code():
    from rupmeta.screen.criteria import CRITERIA

    codes = {criterion.code for criterion in CRITERIA.values()}
    assert codes == {"EXC-THERAPY", "EXC-PUB", "EXC-RELATION", "EXC-TRACK"}


def test_all_faults_of_all_files_come_at_once_sorted_and_the_same_every_time(find):
    files = {
        "b": study(route="r: 1.4, n: 80").replace("relation: repair-outcome", "relation: repair_outcome"),
        "a": study("Oe", 2010, "Another title", "", "n: 44", "t: -4.02"),
        "c": "a: [",
    }
    found = find(**files)
    assert [line.split(" ")[1].split("[")[1][:-1] for line in found] == [
        "MISSING-KEY",
        "ENUM",
        "R-BOUND",
        "YAML-SYNTAX",
    ]
    assert found == find(**files)


def test_a_damaged_study_is_linted_for_what_is_left_of_it(find):
    text = study(route="r: 1.4, n: 80").replace("better: lower", "better: less")
    assert [line.split("[")[1].split("]")[0] for line in find(a=text)] == ["ENUM", "R-BOUND"]


def test_accept_on_an_effect_speaks_for_that_effect_alone(find):
    huge = "mean1: 10, sd1: .354, n1: 40, mean2: 8, sd2: .354, n2: 40"
    text = study(route=huge).replace("    source:", "    accept: {SDSE: confirmed}\n    source:", 1)
    second = text[text.index("  - id: a") : text.index("extraction")].replace("id: a", "id: b")
    second = second.replace("    accept: {SDSE: confirmed}\n", "").replace("mean1: 10", "mean1: 10.1")
    text = text.replace("extraction", second + "extraction")
    problems = [line.split(" ")[1] for line in find(a=text)]
    assert problems == ["info[SDSE]", "warning[SDSE]", "info[CTRL]"]


def test_errors_of_linting_stop_whoever_needs_a_sound_folder(find, tmp_path):
    find(a=study(route="r: 1.4, n: 80"))
    with pytest.raises(InputError, match="R-BOUND"):
        read_sound_folder("studies")
    find(a=study(route="r: .97, n: 80"))
    folder = read_sound_folder("studies")
    assert [problem.code for problem in folder.problems] == ["PLAUS"]
    assert lint_folder(read_folder("studies")) == folder.problems


def test_a_spread_is_not_judged_by_a_route_that_lacks_its_partners(find):
    text = study(
        route="mean1: 12.1, se1: 5.5, n1: 60, mean2: 15.0, se2: 5.4, n2: 20}\n      - {d: -.53, n1: 60"
    )
    assert [line.split(" ")[1] for line in find(a=text)] == ["error[MISSING-KEY]"]


@pytest.mark.parametrize(
    "route",
    [
        "pre_mean1: 20, post_mean1: 14, sd_pre1: 6.1, n1: 20, pre_mean2: 20, favours: comparison",
        "odds_ratio: 1.5, ci: [1.03, 2.27], risk2: .4",
    ],
)
def test_half_a_route_ends_in_findings(find, route):
    assert [line.split("[")[1].split("]")[0] for line in find(a=study(route=route)) if "error" in line]
