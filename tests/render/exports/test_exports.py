"""What ``rupmeta export`` writes: complete, exact, the same bytes twice, and never over something."""

from __future__ import annotations

import csv
import io
import json
import shutil
import subprocess
from pathlib import Path

import pytest
from reviews import ROOT, correlation, run_cli, write_review

from rupmeta.render.exports.kinds import EXPORTS

WORKED = "studies/examples/worked"


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


@pytest.mark.parametrize("kind", sorted(EXPORTS))
def test_every_kind_in_every_form_twice_the_same(tmp_path, kind):
    for suffix in EXPORTS[kind].suffixes:
        for name in ("one", "two"):
            (tmp_path / name).mkdir(exist_ok=True)
            done = run_cli("export", kind, WORKED, "-o", str(tmp_path / name / f"x{suffix}"), "--quiet")
            assert done.returncode == 0, done.stderr
    first, second = ({p.name: p.read_bytes() for p in (tmp_path / name).iterdir()} for name in ("one", "two"))
    assert first == second
    assert all(first.values())


def test_effects_have_every_digit_and_every_moderator():
    rows = rows_of(run_cli("export", "effects", WORKED, "--quiet").stdout)
    from rupmeta.pipeline.analyse import prepare_effects
    from rupmeta.pipeline.load import load_review

    prepared = prepare_effects(load_review(ROOT / WORKED))
    assert [(row["study"], row["effect"]) for row in rows] == [
        (r.study, r.effect) for r in prepared.single.rows
    ]
    assert [float(row["yi"]) for row in rows] == prepared.single.yi.tolist()
    assert [float(row["vi"]) for row in rows] == prepared.single.vi.tolist()
    assert {row["synthetic"] for row in rows} == {"true"}
    assert "therapists.experience" in rows[0]


def test_excel_holds_numbers_as_numbers_and_never_a_formula(tmp_path):
    import openpyxl

    study = correlation(0.3, 50, moderators={"site": "=1+1"})
    write_review(tmp_path / "studies", {"a": study})
    assert run_cli("export", "effects", "-q", "-o", "x.xlsx", cwd=tmp_path).returncode == 0
    sheet = openpyxl.load_workbook(tmp_path / "x.xlsx").active
    head, row = (list(line) for line in sheet.iter_rows())
    cells = {a.value: b for a, b in zip(head, row, strict=True)}
    assert cells["yi"].data_type == "n"
    assert cells["site"].value == "=1+1"
    assert cells["site"].data_type == "s"


def test_the_flow_has_every_box_of_prisma2020():
    from rupmeta.read.flow_fields import FLOW_FIELDS

    rows = rows_of(run_cli("export", "prisma", WORKED, "--quiet").stdout)
    assert [row["data"] for row in rows] == list(FLOW_FIELDS)
    flow = json.loads(run_cli("screen", WORKED, "--json").stdout)["result"]["flow"]
    assert {row["data"]: row["n"] for row in rows if row["n"]} == {
        k: str(v) for k, v in flow.items() if v != ""
    }


def test_decimal_commas_need_another_separator(tmp_path):
    write_review(tmp_path / "studies", {"a": correlation(0.25, 50)})
    done = run_cli("export", "effects", "--decimal", ",", cwd=tmp_path)
    assert done.returncode == 2
    assert "--sep ';'" in done.stderr
    done = run_cli("export", "effects", "--decimal", ",", "--sep", ";", cwd=tmp_path)
    assert done.returncode == 0
    assert ";0,25541" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("efects",), 2, "did you mean effects?"),
        (("ris", "-o", "x.csv"), 2, "ris is written to .ris"),
        (("metafor",), 2, "-o FILE.csv"),
        (("effects", "--where", "phase=early"), 3, "0 effects"),
        (("effects", "-o", "no/x.csv"), 2, "does not exist"),
        (("csl", "--json"), 2, "csl is JSON"),
    ],
)
def test_mistakes_are_answered(tmp_path, arguments, code, said):
    write_review(tmp_path / "studies", {"a": correlation(0.25, 50)})
    done = run_cli("export", *arguments, cwd=tmp_path)
    assert done.returncode == code
    assert said in done.stderr
    assert sorted(p.name for p in tmp_path.iterdir()) == ["studies"]


def test_no_file_is_overwritten_without_force(tmp_path):
    write_review(tmp_path / "studies", {"a": correlation(0.25, 50)})
    (tmp_path / "x.R").write_text("mine", encoding="utf-8")
    done = run_cli("export", "metafor", "-o", "x.csv", cwd=tmp_path)
    assert done.returncode == 2
    assert "x.R exists" in done.stderr
    assert not (tmp_path / "x.csv").exists(), "all or nothing"
    assert run_cli("export", "metafor", "-o", "x.csv", "--force", cwd=tmp_path).returncode == 0


@pytest.mark.r
@pytest.mark.skipif(shutil.which("Rscript") is None, reason="needs R with metafor")
@pytest.mark.parametrize("options", [(), ("--dependence", "che"), ("--measure", "SMD", "--method", "DL")])
def test_r_gives_the_same_answer_from_the_export(tmp_path, options):
    assert run_cli("export", "metafor", WORKED, *options, "-q", "-o", str(tmp_path / "x.csv")).returncode == 0
    with (tmp_path / "x.R").open("a", encoding="utf-8") as file:
        file.write('cat("@@", format(c(coef(res), res$se), digits = 15))\n')
    done = subprocess.run(["Rscript", "x.R"], cwd=tmp_path, capture_output=True, text=True, check=True)
    estimate, se = (float(x) for x in done.stdout.split("@@")[1].split())
    ours = json.loads(run_cli("pool", WORKED, *options, "--json").stdout)["result"]["estimate"]
    assert (estimate, se) == pytest.approx((ours["estimate"], ours["se"]), rel=1e-4)


def test_names_of_moderators_become_legal_in_r(tmp_path):
    moderators = {"mean age": 30, "mean-age": 31, "2nd": 1, "yi": 3}
    analyses = {"repair": {"moderators": list(moderators)}}
    study = correlation(0.25, 50, moderators=moderators)
    write_review(tmp_path / "studies", {"a": study}, {"rupmeta": 1, "analyses": analyses})
    assert run_cli("export", "metafor", "-q", "-o", "x.csv", cwd=tmp_path).returncode == 0
    head = Path(tmp_path / "x.csv").read_text(encoding="utf-8").splitlines()[0].split(",")
    assert head[-4:] == ["mean.age", "mean.age.2", "x.2nd", "yi.2"]
    assert len(set(head)) == len(head)


def test_what_a_format_cannot_hold_is_noted(tmp_path):
    write_review(tmp_path / "studies", {"a": correlation(0.25, 50, citation="Alder (2001). On ruptures.")})
    done = run_cli("export", "ris", cwd=tmp_path)
    assert (
        "EXPORT: the citation is text without fields; it is exported as a title (studies/a.yaml)"
        in done.stderr
    )
    assert "TI  - Alder (2001). On ruptures." in done.stdout
