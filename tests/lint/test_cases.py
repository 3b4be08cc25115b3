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


ROOT = Path(__file__).parents[2]
# Calls whose text argument in capitals is the code of a finding, a note or a refusal.
_SPEAKERS = {"Note", "NotEstimable", "NoEffect", "RouteFinding", "Fault", "EstimationError"}
_CODE = re.compile(r"[A-Z][A-Z0-9]*(-[A-Z0-9]+)*\Z")
# Words in capitals that such calls take beside a code: measures.
_NO_CODES = {"ZCOR", "SMD", "OR", "RR"}


# A code that begins with the name of a method: f"{method}-BIMODAL".
_ENDS = re.compile(r"^-[A-Z]+\Z")


def last_text(joined):
    end = joined.values[-1]
    return end.value if isinstance(end, ast.Constant) else ""


def codes_in_source():
    for path in sorted((ROOT / "rupmeta").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in _SPEAKERS:
                values = [*node.args, *(item.value for item in node.keywords)]
                for value in values:
                    text = value.value if isinstance(value, ast.Constant) else None
                    if isinstance(text, str) and len(text) > 1 and _CODE.match(text):
                        yield text, path.name
                    if isinstance(value, ast.JoinedStr) and _ENDS.search(last_text(value)):
                        yield from ((f"{method}{last_text(value)}", path.name) for method in ("ML", "REML"))


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
