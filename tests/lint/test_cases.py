"""One file per code and trigger in ``cases/``; its first lines say exactly what is found."""

import ast
import re
from pathlib import Path

import pytest

from rupmeta.lint.registry import FAMILIES, LINTS
from rupmeta.pipeline.load import examine_review
from rupmeta.pipeline.protocol import protocol_problems
from rupmeta.read.plain_yaml import load_plain
from rupmeta.read.problems import sort_problems
from rupmeta.read.yaml_files import load_yaml

CASES = sorted((Path(__file__).parent / "cases").glob("*.yaml"))

# A protocol that takes every study.
EVERYTHING = """\
rupmeta: 1
criteria: {psychotherapy: null, publication: null, relation: null, alliance_tracking: null}
"""

# Codes whose trigger is no single well-formed text file; tested in the files named.
ELSEWHERE = {
    "FILE-ENC", "FILE-SIZE", "FILE-NAME", "VERSION", "OPT",  # tests/read/test_files.py, test_review.py
    "DUP-STUDY", "OVERLAP", "SYNTH",  # test_folders.py
}  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.stem)
def test_findings_are_exactly_those_the_file_announces(case, tmp_path):
    (tmp_path / "case.yaml").write_bytes(case.read_bytes())
    (tmp_path / "review.yaml").write_text(EVERYTHING, encoding="utf-8")
    folder, problems = examine_review(tmp_path)
    problems = sort_problems({*problems, *protocol_problems(folder, problems)})
    prefix = "# expect: "
    lines = case.read_text(encoding="utf-8").splitlines()
    expected = [line.removeprefix(prefix) for line in lines if line.startswith(prefix)]
    found = [str(problem).removeprefix(f"{tmp_path.as_posix()}/case.yaml:") for problem in problems]
    assert found == ([] if expected == ["nothing"] else expected)


def test_every_code_of_reading_and_linting_has_a_case():
    reported = {*FAMILIES["file"], *FAMILIES["numbers"], "ACCEPT", "OPT"}
    reported |= {code for code, lint in LINTS.items() if lint.rule or lint.folder_rule}
    shown = {case.stem.split(".")[0] for case in CASES} - {"sound", "accepted"}
    assert shown <= set(LINTS)
    assert reported - shown - ELSEWHERE == set()
    assert not shown & ELSEWHERE


ROOT = Path(__file__).parents[2]
# Calls whose text argument in capitals is the code of a finding, a note or a refusal.
_SPEAKERS = {"Note", "NotEstimable", "NoEffect", "RouteFinding", "Fault", "EstimationError"}
_CODE = re.compile(r"[A-Z][A-Z0-9]*(-[A-Z0-9]+)*\Z")
# Words in capitals that such calls take beside a code: measures.
_NO_CODES = {"ZCOR", "SMD", "OR", "RR"}


def codes_in_source():
    for path in sorted((ROOT / "rupmeta").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in _SPEAKERS:
                values = [*node.args, *(item.value for item in node.keywords)]
                for value in values:
                    text = value.value if isinstance(value, ast.Constant) else None
                    if isinstance(text, str) and len(text) > 1 and _CODE.match(text):
                        yield text, path.name


def test_every_code_in_the_source_is_in_the_catalogue():
    used = {(code, name) for code, name in codes_in_source() if code not in _NO_CODES}
    assert len({code for code, _ in used}) > 60
    assert {(code, name) for code, name in used if code not in LINTS} == set()


def test_no_code_stands_in_two_families():
    codes = [code for family in FAMILIES.values() for code in family]
    assert len(codes) == len(set(codes)) == len(LINTS)


def test_the_catalogue_is_everyday_yaml():
    for name in ("catalogue.yaml", "notes.yaml"):
        text = (ROOT / "rupmeta" / "lint" / name).read_text(encoding="utf-8")
        assert load_plain(text) == load_yaml(text).root.value


def test_every_code_about_files_is_tested():
    """A case file, or a test that names the code; later stages test their notes themselves."""
    families = ("file", "numbers", "impossible", "contradictions", "twice", "mixtures")
    named = "".join(
        path.read_text(encoding="utf-8")
        for path in (ROOT / "tests").rglob("test_*.py")
        if path != Path(__file__)
    )
    shown = {case.stem.split(".")[0] for case in CASES}
    bare = {
        code
        for name in families
        for code in FAMILIES[name]
        if code not in shown and not re.search(rf"\b{re.escape(code)}\b", named)
    }
    assert bare == set()
