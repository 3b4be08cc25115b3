"""One review whose every text is hostile, through every command and writer: nothing acts, nothing is lost."""

import csv
import io
import json
import re
import xml.etree.ElementTree as ET
import zipfile

import pytest
from reviews import run_cli, write_review

ACTS = '[sic] [/x] <script>alert(1)</script> =HYPERLINK("x") ::error:: ../../x\x1b[31m\u202e'
RUNS = "=HYPERLINK(1) ::error::x <script>alert(1)</script>"
SOUND = "‏שלום 観察 Ünal [sic] ../../x"
NAMES = (ACTS, RUNS, SOUND)

#: What may not reach a terminal or a document: controls but tab and line end, and overrides of direction.
FORBIDDEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def study(i, name):
    return {
        "citation": {
            "authors": [f"{name}, A."],
            "year": 2001 + i,
            "title": f"{name} number {i}",
            "container": name,
        },
        "publication": "peer-reviewed",
        "relation": "repair-outcome",
        "sample": {"n": 40 + 10 * i, "diagnosis": name, "population": name},
        "therapy": {"psychotherapy": True, "name": name},
        "rupture": {"measure": "self-report", "instrument": name, "criterion": name},
        "moderators": {"coded": NAMES[i % 2], name: i},
        "effects": [
            {
                "id": name,
                "outcome": {"name": name, "kind": "symptoms", "better": "higher"},
                "comparison": "unrepaired-rupture",
                "phase": "late",
                "reported": [{"r": 0.1 + 0.05 * i, "n": 40 + 10 * i, "note": name}],
                "source": {"where": name, "quote": name},
                "note": name,
            }
        ],
        "risk_of_bias": {"tool": "robins-i", "domains": {"confounding": "serious"}},
        "note": name,
    }


REVIEW = {
    "rupmeta": 1,
    "title": ACTS,
    "registration": RUNS,
    "analyses": {"repair": {"question": f"Is it so, {ACTS}?", "moderators": ["coded"], "note": RUNS}},
}


@pytest.fixture(scope="module")
def review(tmp_path_factory):
    folder = tmp_path_factory.mktemp("hostile")
    write_review(folder / "studies", {f"s{i}": study(i, NAMES[i % 3]) for i in range(6)}, REVIEW)
    return folder


def ends_well(done):
    assert done.returncode == 0, done.stderr
    return done


def is_harmless(text):
    assert FORBIDDEN.search(text) is None
    assert not [line for line in text.splitlines() if line.lstrip().startswith("::")]


def is_harmless_markup(text):
    assert "<script>alert" not in text
    assert FORBIDDEN.search(text) is None


COMMANDS = (
    ("check",), ("screen",), ("screen", "--flow"), ("effects",), ("effects", "--routes"), ("pool",),
    ("moderators", "--by", "coded"), ("bias",), ("sensitivity", "--leave-one-out"),
    ("sensitivity", "--cumulative"), ("sensitivity", "--influence"), ("multiverse", "--permute", "0"),
)  # fmt: skip


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_nothing_acts_in_a_terminal(review, command):
    done = ends_well(run_cli(*command, cwd=review))
    is_harmless(done.stdout)
    is_harmless(done.stderr)


@pytest.mark.parametrize("command", [("effects",), ("pool",)], ids=" ".join)
def test_labels_are_shown_as_written(review, command):
    shown = run_cli(*command, cwd=review).stdout
    for piece in ("[sic] [/x] <script>", "=HYPERLINK(1)", "שלום 観察 Ünal [sic]"):
        assert piece in shown


@pytest.mark.parametrize(
    "command",
    [
        ("effects",),
        ("effects", "--routes"),
        ("pool",),
        ("moderators", "--by", "coded"),
        ("bias",),
        ("screen",),
        ("sensitivity", "--leave-one-out"),
    ],
    ids=" ".join,
)
def test_no_spreadsheet_runs_a_cell(review, command):
    text = ends_well(run_cli(*command, "--format", "csv", cwd=review)).stdout
    for row in csv.reader(io.StringIO(text)):
        for cell in row:
            if cell[:1] in ("=", "+", "-", "@", "\t", "\r"):
                float(cell)  # a number, or this fails
    assert "[sic]" in text or "HYPERLINK" not in text


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_json_keeps_every_text(review, command):
    if command == ("screen", "--flow"):
        return
    text = ends_well(run_cli(*command, "--json", cwd=review)).stdout
    answer = json.loads(text)
    assert FORBIDDEN.search(text) is None  # escaped, so that printing it is safe too
    if command == ("effects",):
        assert {row["effect"] for row in answer["result"]["effects"]} == set(NAMES)


@pytest.mark.parametrize("form", ["github", "sarif"])
def test_annotations_are_ours(review, form):
    text = ends_well(run_cli("check", "--format", form, cwd=review)).stdout
    assert FORBIDDEN.search(text) is None
    if form == "sarif":
        json.loads(text)
        return
    *lines, summary = text.splitlines()
    assert all(
        re.match(r"::(error|warning|notice) file=[^:,]+,line=\d+,col=\d+,title=[A-Z-]+::", line)
        for line in lines
    )
    assert not summary.startswith("::")


KINDS = (
    "forest",
    "funnel",
    "radial",
    "baujat",
    "influence",
    "prisma",
    "rob",
    "waterfall",
    "drapery",
    "leave-one-out",
)


@pytest.mark.parametrize("kind", KINDS)
def test_figures_draw_text(review, kind, tmp_path):
    target = tmp_path / f"{kind}.svg"
    done = run_cli("plot", kind, "-o", str(target), cwd=review)
    if done.returncode != 0:
        assert done.returncode in (2, 3), done.stderr
        is_harmless(done.stderr)
        return
    text = target.read_text(encoding="utf-8")
    root = ET.fromstring(text)
    assert {element.tag.rsplit("}", 1)[-1] for element in root.iter()}.isdisjoint(
        {"script", "foreignObject", "a"}
    )
    is_harmless_markup(text)
    shown = ends_well(run_cli("plot", kind, "--text", cwd=review))
    is_harmless(shown.stdout)


def test_a_report_in_every_format(review, tmp_path):
    pytest.importorskip("docx")
    target = tmp_path / "reports"
    done = run_cli("report", "-o", str(target), "--formats", "html,md,docx,r,svg", cwd=review)
    ends_well(done)
    written = [path for path in sorted(target.rglob("*")) if path.is_file()]
    assert {path.suffix for path in written} >= {".html", ".md", ".docx", ".R", ".svg", ".json", ".csv"}
    for path in written:
        assert re.fullmatch(r"[A-Za-z0-9._-]+", path.name)
        if path.suffix == ".docx":
            with zipfile.ZipFile(path) as archive:
                for name in archive.namelist():
                    if name.endswith(".xml"):
                        ET.fromstring(archive.read(name))
            continue
        text = path.read_text(encoding="utf-8")
        if path.suffix == ".html":
            is_harmless_markup(text)
        elif path.suffix == ".svg":
            ET.fromstring(text)
            is_harmless_markup(text)
        elif path.suffix == ".md":
            assert not re.search(r"(?<!\\)<script", text)
            assert FORBIDDEN.search(text) is None
        elif path.suffix == ".json":
            json.loads(text)
        elif path.suffix != ".csv":  # data as they are; test_no_spreadsheet_runs_a_cell
            assert FORBIDDEN.search(text) is None, path.name
    assert not (tmp_path.parent / "x").exists()


@pytest.mark.parametrize("kind", ["ris", "bibtex", "csl", "prisma"])
def test_citations_and_counts_for_other_programs(review, kind):
    done = ends_well(run_cli("export", kind, cwd=review))
    assert FORBIDDEN.search(done.stdout) is None
    if kind == "ris":
        assert done.stdout.count("TY  - ") == done.stdout.count("ER  -") == 6
    if kind == "csl":
        assert {item["container-title"] for item in json.loads(done.stdout)} == set(NAMES)


def test_a_table_for_other_programs_keeps_texts_and_runs_nothing(review, tmp_path):
    ends_well(run_cli("export", "effects", "-o", str(tmp_path / "effects.csv"), cwd=review))
    ends_well(run_cli("export", "metafor", "-o", str(tmp_path / "metafor.csv"), cwd=review))
    for path in tmp_path.glob("*.csv"):
        for row in csv.reader(io.StringIO(path.read_text(encoding="utf-8"))):
            assert not [cell for cell in row if cell[:1] in ("=", "+", "@", "\t", "\r")]
    rows = list(csv.DictReader(io.StringIO((tmp_path / "effects.csv").read_text(encoding="utf-8"))))
    assert {row["effect"].removeprefix("'") for row in rows} == set(NAMES)
