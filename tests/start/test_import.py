"""``rupmeta import``: what each program writes is placed, nothing is lost, nothing is overwritten."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from reviews import correlation, run_cli, write_review

from rupmeta.read.folder import read_folder
from rupmeta.start.routes_of_row import part_routes

SET = (
    "--set",
    "relation=repair-outcome",
    "--set",
    "outcome.name=CORE-OM",
    "--set",
    "outcome.kind=symptoms",
    "--set",
    "outcome.better=higher",
)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "studies").mkdir()
    (tmp_path / "studies/review.yaml").write_text("rupmeta: 1\n", encoding="utf-8")
    return tmp_path


def brought(home: Path, text: str | bytes, *options: str, name: str = "data.csv") -> dict[str, Any]:
    """Import ``text``; the result of ``--json``, which must succeed."""
    (home / name).write_bytes(text.encode() if isinstance(text, str) else text)
    done = run_cli("import", name, *options, "--json", cwd=home)
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout)["result"]


def said(home: Path, text: str, *options: str, name: str = "data.csv", code: int = 1) -> str:
    """What a failing import says; it writes nothing."""
    (home / name).write_text(text, encoding="utf-8")
    done = run_cli("import", name, *options, cwd=home)
    assert done.returncode == code, done.stdout + done.stderr
    assert [p.name for p in (home / "studies").iterdir()] == ["review.yaml"]
    return done.stdout + done.stderr


def studies(home: Path) -> dict[str, Any]:
    return {
        file.id: file.study.model_dump(exclude_unset=True, exclude_none=True)
        for file in read_folder(home / "studies").studies
    }


def routes(home: Path, study: str) -> list[dict[str, Any]]:
    return [route for effect in studies(home)[study]["effects"] for route in effect["reported"]]


class TestDialects:
    """One table of every program: where its numbers go."""

    @pytest.mark.parametrize(
        ("head", "row", "route"),
        [
            ("study,ri,ni", "a,.30,50", {"r": 0.3, "n": 50}),
            (
                "study,m1i,sd1i,n1i,m2i,sd2i,n2i",
                "a,5,2,20,4,2.5,22",
                {"mean1": 5, "sd1": 2, "n1": 20, "mean2": 4, "sd2": 2.5, "n2": 22},
            ),
            ("study,ai,bi,ci,di", "a,4,6,2,8", {"a": 4, "b": 6, "c": 2, "d": 8}),
            ("study,ai,n1i,ci,n2i", "a,4,10,2,10", {"events1": 4, "n1": 10, "events2": 2, "n2": 10}),
            ("study,ti,n1i,n2i", "a,2.1,20,22", {"t": 2.1, "n1": 20, "n2": 22}),
            ("study,ti,ni,mi", "a,2.1,60,3", {"t": 2.1, "n": 60, "predictors": 3}),
            ("study,yi,vi,measure", "a,.3,.02,ZCOR", {"yi": 0.3, "vi": 0.02, "measure": "ZCOR"}),
            ("study,yi,sei,measure", "a,.3,.1,SMD", {"yi": 0.3, "sei": 0.1, "measure": "SMD"}),
            ("study,y,v,measure", "a,.3,.02,GEN", {"yi": 0.3, "vi": 0.02, "measure": "GEN"}),
            ("Study name,Correlation,Sample size", "a,.30,50", {"r": 0.3, "n": 50}),
            ("Study name,Std diff in means,Std err", "a,.30,.11", {"d": 0.3, "se": 0.11}),
            ("Study name,Hedges's g,Lower limit,Upper limit", "a,.30,.10,.50", {"g": 0.3, "ci": [0.1, 0.5]}),
            (
                "Study name,Odds ratio,Lower limit,Upper limit",
                "a,2.3,1.1,4.8",
                {"odds_ratio": 2.3, "ci": [1.1, 4.8]},
            ),
            (
                "Study name,Group-A Mean,Group-A Std-Dev,Group-A Sample size,Group-B Mean,Group-B Std-Dev,"
                "Group-B Sample size",
                "a,5,2,20,4,2.5,22",
                {"mean1": 5, "sd1": 2, "n1": 20, "mean2": 4, "sd2": 2.5, "n2": 22},
            ),
            (
                "Study,Experimental mean,Experimental SD,Experimental N,Control mean,Control SD,Control N",
                "a,5,2,20,4,2.5,22",
                {"mean1": 5, "sd1": 2, "n1": 20, "mean2": 4, "sd2": 2.5, "n2": 22},
            ),
            (
                "Study,Experimental cases,Experimental N,Control cases,Control N",
                "a,4,10,2,10",
                {"events1": 4, "n1": 10, "events2": 2, "n2": 10},
            ),
            ("Study,GIV Mean,GIV SE,measure", "a,.3,.1,SMD", None),
            ("study,Cohen's d,n1,n2", "a,.5,20,22", {"d": 0.5, "n1": 20, "n2": 22}),
            ("study,beta,n,covariates", "a,.2,90,2", {"beta": 0.2, "n": 90, "covariates": 2}),
            (
                "study,F,df1,df2,favours",
                "a,4.2,1,60,repair",
                {"F": 4.2, "df1": 1, "df2": 60, "favours": "repair"},
            ),
        ],
    )
    def test_numbers_go_where_they_belong(self, home, head, row, route):
        options = ("--set", "reported.measure=SMD") if route is None else ()
        brought(home, f"{head}\n{row}\n", *SET, *options)
        wanted = {"yi": 0.3, "sei": 0.1, "measure": "SMD"} if route is None else route
        assert routes(home, "a") == [wanted]

    def test_several_statistics_are_several_routes(self, home):
        brought(home, "study,r,n,t,df\na,.30,50,2.18,48\n", *SET)
        found = routes(home, "a")
        assert [route.get("r") for route in found] == [0.3, None]
        assert found[1] == {"t": 2.18, "df": 48, "n": 50}
        assert run_cli("effects", cwd=home).returncode == 3, "publication is unknown: not included"
        assert run_cli("check", cwd=home).returncode == 0

    def test_the_digits_of_a_number_are_kept(self, home):
        brought(home, "study,r,n\na,0.30,50\n", *SET)
        assert "r: 0.30" in (home / "studies/a.yaml").read_text(encoding="utf-8")

    def test_multilevel_data_become_studies_with_several_effects(self, home):
        rows = (
            "study,outcome,year,yi,vi,age",
            "1,BDI,2001,.1,.02,30",
            "1,CORE,2001,.2,.02,30",
            "2,BDI,2002,.3,.02,40",
        )
        text = "\n".join(rows)
        brought(home, text, "--set", "reported.measure=ZCOR", *SET)
        found = studies(home)
        assert [[effect["id"] for effect in found[key]["effects"]] for key in ("study1", "study2")] == [
            ["bdi", "core"],
            ["bdi"],
        ]
        assert found["study1"]["moderators"] == {"age": 30}

    def test_what_differs_between_rows_of_a_study_is_a_moderator_of_the_effect(self, home):
        brought(home, "study,r,n,wave\na,.1,30,1\na,.2,30,2\n", *SET)
        assert [effect["moderators"] for effect in studies(home)["a"]["effects"]] == [
            {"wave": 1},
            {"wave": 2},
        ]

    def test_rows_of_one_effect_are_routes_to_it(self, home):
        brought(home, "study,effect,r,t,n,df\na,main,.30,,50,\na,main,,2.18,,48\n", *SET)
        assert routes(home, "a") == [{"r": 0.3, "n": 50}, {"t": 2.18, "df": 48}]


class TestNothingIsLost:
    def test_columns_without_a_field_are_kept_and_named(self, home):
        result = brought(home, "study,r,n,Mean age (years),phase\na,.1,30,34.5,late\n", *SET)
        assert result["moderators"] == {"Mean age (years)": "moderators.Mean_age_years"}
        assert studies(home)["a"]["moderators"] == {"Mean_age_years": 34.5}
        assert studies(home)["a"]["effects"][0]["phase"] == "late"

    def test_a_column_that_its_field_cannot_take_is_a_moderator_and_says_why(self, home):
        result = brought(home, "study,r,n,design\na,.1,30,prospective\n", *SET)
        assert studies(home)["a"]["moderators"] == {"design": "prospective"}
        assert "'prospective' is not one of naturalistic" in result["remarks"][0]

    def test_a_statistic_without_use_is_kept_and_listed(self, home):
        result = brought(home, "study,r,n,yi\na,.1,30,.1003\n", *SET)
        assert [(item["row"], item["column"], item["value"]) for item in result["unplaced"]] == [
            (2, "yi", ".1003")
        ]
        assert studies(home)["a"]["effects"][0]["moderators"] == {"yi": 0.1003}

    def test_row_names_are_left_out_and_that_is_said(self, home):
        result = brought(home, '"","study","r","n"\n"1","a",.1,30\n"2","b",.2,30\n', *SET)
        assert any("only counts the rows" in remark for remark in result["remarks"])

    @given(
        st.lists(
            st.tuples(
                st.sampled_from("abc"),
                st.integers(-95, 95).map(lambda x: f"{x / 100:.2f}"),
                st.integers(5, 99),
                st.text("xyz ,;\"'=", max_size=5),
                st.sampled_from(["late", "early", "", "NA"]),
            ),
            min_size=1,
            max_size=6,
        )
    )
    @settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    def test_every_cell_is_somewhere(self, tmp_path_factory, rows):
        import csv

        home = tmp_path_factory.mktemp("x")
        (home / "studies").mkdir()
        with (home / "data.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([("study", "r", "n", "site", "phase"), *rows])
        result = json.loads(run_cli("import", "data.csv", *SET, "--json", cwd=home).stdout)["result"]
        texts = "".join(path.read_text(encoding="utf-8") for path in (home / "studies").glob("*.yaml"))
        for study, r, n, site, phase in rows:
            assert f"r: {r}, n: {n}" in texts
            if site.strip():
                from rupmeta.start.cells import cell_value
                from rupmeta.start.yaml_text import scalar_text

                # A cell that is a quoted text, such as "", means the text between the quotation marks.
                assert scalar_text(cell_value(site)) in texts
            assert study in result["written"]
            assert phase in ("", "NA") or f"phase: {phase}" in texts


class TestFindings:
    @pytest.mark.parametrize(
        ("text", "options", "wanted"),
        [
            ("study,r,n\na,1.4,50\n", SET, "row 2, column r: 1.4 is not a correlation"),
            ("study,r,n\na,.3*,50\n", SET, "row 2, column r: '.3*' is not a number"),
            ("study,r,n\na,.3*,50\n", SET, "write .3, and what the mark means into source.quote"),
            (
                'study,r,n\na,"-0,35",50\n',
                SET,
                "row 2, column r: '-0,35' is not a number; is the comma a decimal",
            ),
            ("study;r;n\na;,35;1.120\n", (*SET, "--decimal", ","), "without the thousands separator: 1120"),
            (
                "study,r,n\na,.3,1.120\n",
                SET,
                "'1.120' is not a whole number; if it is in thousands, write 1120",
            ),
            ("study,r,n\na,n.s.,50\n", SET, "leave the cell empty, or say --missing n.s."),
            ("study,r,n\na,ns at .05,50\n", SET, "'ns at .05' is not a number; one number a cell"),
            ("study,r,n\na,<.3,50\n", SET, "'<.3' is not a number; a bound is understood in a column of p"),
            ("study,r,n\na,12%,50\n", SET, "write it without the percent sign"),
            (
                "study,r,n\na,,50\n",
                SET,
                "empty the row's statistics: the study is then kept without an effect",
            ),
            ("study,r,n\na,.3,50.5\n", SET, "row 2, column n: '50.5' is not a whole number"),
            ("study,r,n\na,.3,50\n", (), "--set relation=repair-outcome"),
            ("study,r,n\na,.3,50\n", SET[:2], "--set outcome.name=CORE-OM --set outcome.kind=symptoms"),
            ("study,yi,vi\na,.3,.1\n", SET, "yi needs measure"),
            ("study,r\na,.3\n", SET, "r needs n"),
            (
                "study,year,r,n\na,2001,.3,50\na,2002,.3,50\n",
                SET,
                "row 3, column year: '2002', but row 2 says '2001'",
            ),
            (
                "study,r,n\na,.3,50\n",
                (*SET, "--set", "phase=midle"),
                "'midle' is not one of early, middle, late",
            ),
        ],
    )
    def test_a_row_that_cannot_be_is_named(self, home, text, options, wanted):
        assert wanted in said(home, text, *options)

    def test_what_follows_from_a_cell_that_cannot_be_read_is_not_told_again(self, home):
        text = said(home, "study,r,n\na,n.s.,50\nb,.3,many\nc,.3,\n", *SET)
        assert "row 4: reported: r needs n" in text  # nothing was written there: this one is told
        assert "row 2: reported" not in text
        assert "row 3: reported" not in text

    def test_nobody_is_told_to_set_a_measure_that_is_not_missing(self, home):
        assert "reported.measure" not in said(home, "study,r,n\na,.3,\n", *SET)
        assert "--set reported.measure=ZCOR" in said(home, "study,yi,vi\na,.3,.1\n", *SET)

    def test_rows_with_the_same_fault_are_one_line(self, home):
        text = "study,r,n\n" + "".join(f"s{i},.{i + 10},50\n" for i in range(6))
        assert "rows 2-7: relation is required" in said(home, text, *SET[2:])

    def test_partial_writes_the_others(self, home):
        (home / "data.csv").write_text("study,r,n\na,1.4,50\nb,.3,50\n", encoding="utf-8")
        done = run_cli("import", "data.csv", *SET, "--partial", cwd=home)
        assert done.returncode == 1
        assert "row 2, column r" in done.stdout
        assert list(studies(home)) == ["b"]

    def test_a_dry_run_writes_nothing(self, home):
        assert "would write 1 into studies: a.yaml" in said(
            home, "study,r,n\na,.4,50\n", *SET, "--dry-run", code=0
        )

    def test_a_study_that_is_there_stays(self, home):
        write_review(home / "studies", {"a": correlation(0.1, 40)})
        before = (home / "studies/a.yaml").read_bytes()
        (home / "data.csv").write_text("study,r,n\nA,.4,50\nb,.4,50\n", encoding="utf-8")
        done = run_cli("import", "data.csv", *SET, cwd=home)
        assert done.returncode == 1
        assert "no file is ever changed: a.yaml" in done.stdout
        assert sorted(p.name for p in (home / "studies").iterdir()) == ["a.yaml", "review.yaml"]
        assert (home / "studies/a.yaml").read_bytes() == before

    @pytest.mark.parametrize(
        ("options", "wanted"),
        [
            (("--map", "N=reported.nn"), "did you mean reported.n"),
            (("--map", "Nn=reported.n"), "did you mean N?"),
            (("--set", "phse=late"), "did you mean phase"),
            (("--as", "stata"), "choose from"),
            (("--sep", "::"), "one sign"),
            (("--to", "nowhere"), "rupmeta init"),
            (("--map", "N"), "write key=value"),
            (("--encoding", "utf-99"), "--encoding"),
            (("--decimal", ";"), "choose . or ,"),
        ],
    )
    def test_options_that_make_no_sense(self, home, options, wanted):
        assert wanted in said(home, "study,r,N\na,.3,50\n", *SET, *options, code=2)

    @pytest.mark.parametrize(
        ("name", "content", "wanted"),
        [
            ("x.csv", b"", "holds nothing"),
            ("x.csv", b"study,r\na,.3,50\n", "more cells than the heading"),
            ("x.csv", "Müller".encode("latin-1"), "--encoding names another"),
            ("x.xlsx", b"PK", "Excel workbook"),
            ("x.xls", b"", "save it as .xlsx"),
            ("x.ris", b"hello", "is it RIS?"),
            ("x.bib", b"@article{a, title=", "BibTeX"),
            ("x.json", b"{", "cannot be read as JSON"),
            ("x.json", b"[1]", "no list of references"),
            ("x.rm5", b"<a/>", "no RevMan 5 review"),
            ("x.rm5", b"<a", "cannot be read as XML"),
            ("x.rm5", b'<!DOCTYPE a [<!ENTITY b "c">]><a/>', "entities"),
        ],
    )
    def test_files_that_are_something_else(self, home, name, content, wanted):
        (home / name).write_bytes(content)
        done = run_cli("import", name, cwd=home)
        assert done.returncode == 2, done.stdout
        assert wanted in done.stderr


class TestReading:
    def test_semicolons_and_decimal_commas(self, home):
        brought(home, "study;r;n;age\na;-0,30;50;34,5\n", *SET)
        assert routes(home, "a") == [{"r": -0.3, "n": 50}]
        assert studies(home)["a"]["moderators"] == {"age": 34.5}

    def test_other_encodings_separators_and_missing_cells(self, home):
        text = "study\tauthor\tr\tn\tage\na\tMüller, K.\t.3\t50\t-99\n".encode("latin-1")
        brought(home, text, *SET, "--encoding", "latin-1", "--sep", "tab", "--missing", "-99")
        assert studies(home)["a"]["citation"] == {"authors": ["Müller, K."]}
        assert "moderators" not in studies(home)["a"]

    def test_excel(self, home):
        import openpyxl

        book = openpyxl.Workbook()
        book.active.append(["nothing"])
        sheet = book.create_sheet("Data")
        sheet.append(["study", "r", "n", "age"])
        sheet.append(["a", -0.3, 50, 34.5])
        book.save(home / "x.xlsx")
        assert run_cli("import", "x.xlsx", "--sheet", "Data", *SET, cwd=home).returncode == 0
        assert routes(home, "a") == [{"r": -0.3, "n": 50}]
        assert "Sheet, Data" in run_cli("import", "x.xlsx", "--sheet", "Dat", *SET, cwd=home).stderr

    def test_a_mapping_file(self, home):
        (home / "map.yaml").write_text(
            "sep: ';'\ncolumns: {Studie: study, Korr: reported.r, Patienten: reported.n, "
            "Phase: phase, Notiz: null}\n"
            "values: {Phase: {'1': early, '3': late}}\nmissing: [k.A.]\n"
            "set: {relation: repair-outcome, outcome.name: CORE-OM, outcome.kind: symptoms, "
            "outcome.better: lower}\n",
            encoding="utf-8",
        )
        text = "Studie;Korr;Patienten;Phase;Notiz;Alter\nMüller 2001;-,3;50;3;egal;k.A.\n"
        result = brought(home, text, "--mapping", "map.yaml")
        effect = studies(home)["muller2001"]["effects"][0]
        assert effect["phase"] == "late"
        assert effect["reported"] == [{"r": -0.3, "n": 50}]
        assert any("Notiz was left out" in remark for remark in result["remarks"])

    @pytest.mark.parametrize(
        ("mapping", "wanted"),
        [
            ("colums: {}", "map.yaml:1: colums is not known; did you mean columns?"),
            ("columns:\n  r: reported.rr\n", "map.yaml:2: columns.r"),
            ("columns: [a]", "columns is a mapping"),
            ("a: [", "map.yaml:2"),
            ("values: {x: {a: b}}", "names a column x"),
        ],
    )
    def test_a_mapping_that_is_wrong(self, home, mapping, wanted):
        (home / "map.yaml").write_text(mapping, encoding="utf-8")
        assert wanted in said(home, "study,r,n\na,.3,50\n", "--mapping", "map.yaml", *SET, code=2)


RM5 = """<?xml version="1.0" encoding="UTF-8"?>
<COCHRANE_REVIEW><STUDIES_AND_REFERENCES><STUDIES><INCLUDED_STUDIES>
<STUDY ID="STD-A-2001" NAME="Alder 2001" YEAR="2001"><REFERENCE PRIMARY="YES" TYPE="JOURNAL_ARTICLE">
<AU>Alder AB, Birch C</AU><TI>On ruptures</TI><SO>A Journal</SO><YR>2001</YR><VL>3</VL><NO>2</NO><PG>1-9</PG>
<IDENTIFIERS><IDENTIFIER TYPE="DOI" VALUE="10.1000/a"/></IDENTIFIERS></REFERENCE></STUDY>
<STUDY ID="STD-C-2002" NAME="Cedar 2002" YEAR="2002"/><STUDY ID="STD-D-2003" NAME="Dogwood 2003" YEAR="2003"/>
</INCLUDED_STUDIES><EXCLUDED_STUDIES><STUDY ID="STD-X" NAME="Out 1999"/></EXCLUDED_STUDIES></STUDIES>
</STUDIES_AND_REFERENCES><ANALYSES_AND_DATA><COMPARISON ID="CMP-001"><NAME>Training</NAME>
<CONT_OUTCOME ID="CMP-001.01" EFFECT_MEASURE="SMD"><NAME>Symptoms</NAME><CONT_SUBGROUP ID="x"><NAME>CBT</NAME>
<CONT_DATA STUDY_ID="STD-A-2001" MEAN_1="5.1" SD_1="2.0" TOTAL_1="20" MEAN_2="6.0" SD_2="2.1" TOTAL_2="22"
 EFFECT_SIZE="-0.4" WEIGHT="60" CI_START="-1" CI_END=".2"><FOOTNOTE>read off a figure</FOOTNOTE>
</CONT_DATA></CONT_SUBGROUP>
</CONT_OUTCOME><DICH_OUTCOME ID="CMP-001.02"><NAME>Dropout</NAME>
<DICH_DATA STUDY_ID="STD-C-2002" EVENTS_1="4" TOTAL_1="20" EVENTS_2="6" TOTAL_2="21"/></DICH_OUTCOME>
<IV_OUTCOME ID="CMP-001.03" EFFECT_MEASURE="SMD"><NAME>Alliance</NAME>
<IV_DATA STUDY_ID="STD-A-2001" ESTIMATE="0.30" SE="0.20"/></IV_OUTCOME></COMPARISON>
</ANALYSES_AND_DATA></COCHRANE_REVIEW>"""


class TestRevMan5:
    def test_studies_references_and_data(self, home):
        options = (
            "--set",
            "relation=training-outcome",
            "--set",
            "outcome.kind=symptoms",
            "--set",
            "outcome.better=lower",
        )
        result = brought(home, RM5, *options, name="x.rm5")
        found = studies(home)
        assert sorted(found) == ["alder2001", "cedar2002", "dogwood2003"]
        assert found["alder2001"]["citation"] == {
            "authors": ["Alder, A. B.", "Birch, C."],
            "year": 2001,
            "title": "On ruptures",
            "container": "A Journal",
            "volume": 3,
            "issue": 2,
            "pages": "1-9",
            "doi": "10.1000/a",
        }
        symptoms, alliance = found["alder2001"]["effects"]
        assert symptoms["moderators"] == {"comparison": "Training", "subgroup": "CBT"}
        assert symptoms["note"] == "read off a figure"
        assert symptoms["reported"] == [
            {"mean1": 5.1, "sd1": 2.0, "n1": 20, "mean2": 6.0, "sd2": 2.1, "n2": 22}
        ]
        assert alliance["reported"] == [{"yi": 0.3, "sei": 0.2, "measure": "SMD"}]
        assert found["cedar2002"]["effects"][0]["reported"] == [
            {"events1": 4, "n1": 20, "events2": 6, "n2": 21}
        ]
        assert "effects" not in found["dogwood2003"] or found["dogwood2003"]["effects"] == []
        assert result["read_as"] == "a RevMan 5 review"


class TestReferences:
    RIS = (
        "TY  - JOUR\nAU  - Larsson, M. H.\nAU  - Falkenström, F.\nPY  - 2018///\nTI  - Alliance ruptures\n"
        "JO  - Psychotherapy Research\nVL  - 28\nSP  - 123\nEP  - 136\nDO  - https://doi.org/10.1080/x\n"
        "AB  - We found that ...\nKW  - alliance\nKW  - rupture\nER  - \n"
        "TY  - THES\nAU  - Ek, A.\nPY  - 2019\nTI  - A thesis\nPB  - Uppsala\nER  - \n"
    )

    def test_ris(self, home):
        result = brought(home, self.RIS, name="x.ris")
        found = studies(home)
        assert found["larsson2018"]["citation"] == {
            "authors": ["Larsson, M. H.", "Falkenström, F."],
            "year": 2018,
            "title": "Alliance ruptures",
            "container": "Psychotherapy Research",
            "volume": 28,
            "pages": "123-136",
            "doi": "10.1080/x",
        }
        assert found["ek2019"]["publication"] == "dissertation"
        assert "publication" not in found["larsson2018"], "a journal does not say that it reviews"
        assert found["larsson2018"]["relation"] == "other"
        assert "abstract: We found that ..." in found["larsson2018"]["note"]
        assert [item["column"] for item in result["unplaced"]] == ["abstract", "keywords"]
        assert run_cli("check", cwd=home).returncode == 0

    def test_the_same_search_again_adds_only_what_is_new(self, home):
        brought(home, self.RIS, name="x.ris")
        more = self.RIS + "TY  - JOUR\nAU  - Ny, B.\nPY  - 2026\nTI  - New\nER  - \n"
        again = brought(home, more, "--set", "relation=repair-outcome", name="y.ris")
        assert again["written"] == ["ny2026"]
        assert again["present"] == {"ek2019": "ek2019", "larsson2018": "larsson2018"}
        assert studies(home)["ny2026"]["relation"] == "repair-outcome"

    def test_a_doi_finds_the_study_under_another_name(self, home):
        write_review(home / "studies", {"mine": correlation(0.1, 40, citation={"doi": "10.1080/X"})})
        assert brought(home, self.RIS, name="x.ris")["present"] == {"larsson2018": "mine"}

    def test_bibtex_as_other_programs_write_it(self, home):
        text = (
            "@string{pr = {Psychotherapy Research}}\n@Article{Larsson18,\n"
            " author = {Mattias Holmqvist Larsson and van der Berg, Jan and {Research Group}},\n"
            ' title = "{A}lliance ruptures \\& {\\"o}ther 100% things",\n journal = pr, year = 2018, '
            "pages = {123--136}, month = jan, doi = {10.1080/a\\_b}, note = {read}\n}\n"
        )
        brought(home, text, name="x.bib")
        assert studies(home)["Larsson18"]["citation"] == {
            "authors": ["Larsson, Mattias Holmqvist", "van der Berg, Jan", "Research Group"],
            "year": 2018,
            "title": "Alliance ruptures & öther 100% things",
            "container": "Psychotherapy Research",
            "pages": "123-136",
            "doi": "10.1080/a_b",
        }
        assert "note: read" in studies(home)["Larsson18"]["note"]

    def test_csl_json_of_a_reference_manager(self, home):
        items = [
            {
                "id": "http://zotero.org/users/1/items/AB",
                "type": "chapter",
                "title": "T",
                "issued": {"date-parts": [["2018", 5]]},
                "author": [{"family": "Berg", "given": "Jan", "non-dropping-particle": "van der"}],
                "page": "7",
                "abstract": "x",
            }
        ]
        brought(home, json.dumps(items), name="x.json")
        (study,) = studies(home).values()
        assert study["citation"] == {"authors": ["van der Berg, Jan"], "year": 2018, "title": "T", "pages": 7}
        assert study["publication"] == "chapter"


@pytest.mark.parametrize(
    ("keys", "wanted", "left"),
    [
        (["a", "b", "c", "d"], [["a", "b", "c", "d"]], []),
        (["d", "n1", "n2", "p"], [["d", "n1", "n2"]], ["p"]),
        (["p", "n", "favours"], [["n", "p", "favours"]], []),
        (["r", "n", "F", "df1", "df2"], [["r", "n"]], ["F", "df1", "df2"]),
        (["x"], [], ["x"]),
    ],
)
def test_statistics_are_parted_into_routes(keys, wanted, left):
    routes, rest = part_routes(keys)
    assert [sorted(route) for route in routes] == [sorted(route) for route in wanted]
    assert rest == left
