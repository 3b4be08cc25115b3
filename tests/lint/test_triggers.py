"""Codes that take several files, a model or ratings to show: one text file each in ``triggers/``.

The first line is the command, the second its exit code, then come exactly the lines that tell the code. Files
follow, each after ``--- path``; ``--- path LATIN-1`` and ``--- path MIB 2`` say how they are written, and
``--- studies CORRELATIONS .30 40, .25 60`` writes one sound study for each r and n.
"""

import json
import re
from pathlib import Path

import pytest
from reviews import run_cli

from rupmeta.lint.registry import FAMILIES, LINTS

CASES = sorted((Path(__file__).parent / "cases").glob("*.yaml"))
TRIGGERS = sorted((Path(__file__).parent / "triggers").glob("*.txt"))

STUDY = """\
citation: {{authors: ["{name}, A."], year: {year}, title: On {name}}}
publication: peer-reviewed
relation: repair-outcome
sample: {{n: {n}}}
therapy: {{psychotherapy: true}}
rupture: {{measure: self-report}}
effects:
  - id: main
    outcome: {{name: CORE-OM, kind: symptoms, better: higher}}
    comparison: unrepaired-rupture
    reported: [{{r: {r}, n: {n}}}]
    source: {{where: Table 1}}
"""
NAMES = ["Alder", "Birch", "Cedar", "Elder", "Fir", "Hazel", "Ivy", "Juniper", "Larch", "Maple", "Oak"]


def write(folder, head, body):
    path, _, how = head.partition(" ")
    target = folder / path
    target.parent.mkdir(parents=True, exist_ok=True)
    if how.startswith("CORRELATIONS"):
        target.mkdir(exist_ok=True)
        for i, pair in enumerate(how.removeprefix("CORRELATIONS").split(",")):
            r, n = pair.split()
            text = STUDY.format(name=NAMES[i], year=2001 + i, r=r, n=n)
            (target / f"{NAMES[i].lower()}.yaml").write_text(text, encoding="utf-8")
    elif how.startswith("MIB"):
        target.write_text(body + "# padding\n" * (int(how.split()[1]) * 105_000), encoding="utf-8")
    else:
        target.write_bytes(body.encode("latin-1" if how == "LATIN-1" else "utf-8"))


def told(code, done):
    """The lines that tell a code: findings with their address, notes as ``CODE where: message``, refusals."""
    lines = done.stdout.splitlines() + done.stderr.splitlines()
    if done.stdout.startswith("{"):
        answer = json.loads(done.stdout)
        notes = answer.get("notes", []) + [
            {**found, "where": f"{found['path']}:{found['line']}:{found['column']} {found['severity']}"}
            for found in answer["result"].get("findings", [])
        ]
        lines = done.stderr.splitlines()
        lines += [f"{n['code']} {n['where'] or '-'}: {n['message']}" for n in notes if n["code"] == code]
    found = [line for line in lines if re.search(rf"\b{code}\b", line)]
    return found or [line for line in lines if line.startswith("rupmeta: ")]


@pytest.mark.parametrize("trigger", TRIGGERS, ids=lambda path: path.stem)
def test_the_trigger_is_told_exactly_so(trigger, tmp_path):
    head, *files = re.split(r"^--- ", trigger.read_text(encoding="utf-8"), flags=re.M)
    command, code, *expected = head.splitlines()
    for block in files:
        first, _, body = block.partition("\n")
        write(tmp_path, first, body)
    done = run_cli(*command.split()[2:], cwd=tmp_path)
    name = trigger.stem.split(".")[0]
    if name in FAMILIES["answers"] or name.startswith("DET-"):  # what they say is for their stage to test
        assert len(told(name, done)) == len(expected)
    else:
        assert told(name, done) == expected
    assert f"exit {done.returncode}" == code


#: Their triggers are millions of ratings, a report of another day, or data sets of other tests.
LARGE = {"DET-LARGE", "DIFF-RESULTS", "CONF-SHAPE", "SELECTION-PEAKS"}
SHOWN = {path.stem.split(".")[0] for path in (*CASES, *TRIGGERS)} - {"sound", "accepted"}


def test_every_code_has_a_fixture_and_every_fixture_a_code():
    assert set(LINTS) >= SHOWN  # codes of models and of notes on answers may be read by other tests instead
    families = ("file", "numbers", "impossible", "contradictions", "twice", "mixtures", "output")
    assert {code for family in families for code in FAMILIES[family]} <= SHOWN


def test_the_codes_told_elsewhere_are_read_by_some_test():
    tests = "".join(
        path.read_text(encoding="utf-8")
        for path in Path(__file__).parents[1].rglob("test_*.py")
        if path != Path(__file__)
    )
    unread = {code for code in set(LINTS) - SHOWN if not re.search(rf"\b{code}\b", tests)}
    assert unread - set(FAMILIES["answers"]) <= LARGE
