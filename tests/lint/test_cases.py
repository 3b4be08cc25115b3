"""One file per code and trigger in ``cases/``; its first lines say exactly what is found."""

from pathlib import Path

import pytest

from rupmeta.lint.registry import FAMILIES, LINTS
from rupmeta.pipeline.load import examine_review

CASES = sorted((Path(__file__).parent / "cases").glob("*.yaml"))

# Codes whose trigger is no single well-formed text file; tested in the files named.
ELSEWHERE = {
    "FILE-ENC", "FILE-SIZE", "FILE-NAME", "VERSION", "OPT",  # tests/read/test_files.py, test_review.py
    "DUP-STUDY", "OVERLAP", "SYNTH",  # test_folders.py
}  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.stem)
def test_findings_are_exactly_those_the_file_announces(case, tmp_path):
    (tmp_path / "case.yaml").write_bytes(case.read_bytes())
    _, problems = examine_review(tmp_path)
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
