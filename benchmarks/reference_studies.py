"""The published data sets of ``tests/reference/data`` as study files, for the benchmarks of the linter."""

from __future__ import annotations

import copy
import json
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Self

DATA = Path(__file__).parents[1] / "tests" / "reference" / "data"
Study = dict[str, Any]


def _study(key: str, title: str, author: str, year: int, sample: Study, route: Study, outcome: str) -> Study:
    effect = {
        "id": "main",
        "outcome": {"name": outcome, "kind": "symptoms", "better": "higher"},
        "comparison": "unrepaired-rupture",
        "reported": [route],
        "source": {"where": f"data set {key}"},
    }
    return {
        "citation": {"authors": [f"{author}, A."], "year": year, "title": title},
        "publication": "peer-reviewed",
        "relation": "repair-outcome",
        "sample": sample,
        "effects": [effect],
    }


def _route(case: str, row: Study) -> tuple[Study, int | None]:
    """The route of a row, and the number of people of its sample."""
    match case:
        case "aloe2013":
            return {"t": row["tval"], "n": row["n"], "predictors": row["preds"]}, row["n"]
        case "bcg":
            cells = [row[name] for name in ("tpos", "tneg", "cpos", "cneg")]
            return dict(zip("abcd", cells, strict=True)), sum(cells)
        case "normand1999":
            names = {"mean1": "m1i", "sd1": "sd1i", "n1": "n1i", "mean2": "m2i", "sd2": "sd2i", "n2": "n2i"}
            return {key: row[name] for key, name in names.items()}, row["n1i"] + row["n2i"]
        case "bangertdrowns2004" | "konstantopoulos2011" | "raudenbush1985":
            return {"yi": row["yi"], "vi": row["vi"], "measure": "SMD"}, row.get("ni")
        case _:
            return {"r": row["ri"], "n": row["ni"]}, row["ni"]


def read_data_sets() -> dict[str, dict[str, Study]]:
    """Every data set as named studies. Rows of one study are effects of one file."""
    tables = json.loads((DATA / "datasets.json").read_text(encoding="utf-8"))
    sets: dict[str, dict[str, Study]] = {}
    for case, table in tables.items():
        studies: dict[str, Study] = {}
        for number, row in enumerate(table["rows"]):
            if case in ("craft2003",):
                name, author = f"study{row['study']:03}", f"Family{row['study']}"
            elif case == "konstantopoulos2011":
                name, author = f"district{row['district']}", f"District{row['district']}"
            else:
                name = f"row{number:03}"
                author = str(
                    row.get("author") or row.get("authors") or row.get("source") or f"Family{number}"
                )
            author = author.split(" ")[0].rstrip(",.") or f"Family{number}"
            route, n = _route(case, row)
            sample = {} if n is None or case in ("konstantopoulos2011",) else {"n": n}
            title = f"{case}: the paper behind {name} of {author}"
            study = _study(
                case, title, author, int(row.get("year") or 1990), sample, route, f"{case} outcome"
            )
            if name not in studies:
                studies[name] = study
                continue
            effect = study["effects"][0]
            effect["id"] = f"row{number}"
            effect["outcome"]["name"] = f"{case} outcome {number}"
            studies[name]["effects"].append(effect)
            if "n" in studies[name]["sample"] and n is not None:
                studies[name]["sample"]["n"] = max(n, studies[name]["sample"]["n"])
        sets[case] = studies
    return sets


def read_escalc_cases() -> dict[str, Study]:
    """The single inputs that escalc was asked about, one study each; routes that need a sign get one."""
    cases = json.loads((DATA / "effects.json").read_text(encoding="utf-8"))["cases"]
    studies = {}
    for number, case in enumerate(cases):
        route = dict(case["given"])
        if "pre_mean" in route:
            route = {f"{key}1" if key != "pre_post_r" else key: value for key, value in route.items()}
        if not {"F", "chi2", "p"}.isdisjoint(route):
            route.setdefault("favours", "repair")
        studies[f"case{number:02}"] = _study(
            "escalc", f"Case {number} of escalc: {case['route']}", f"Family{number}", 1950 + number, {},
            route, f"outcome {number}",
        )  # fmt: skip
    return studies


class Folder:
    """A review on disk that is checked again and again: only what changed is written and converted anew."""

    def __init__(self) -> None:
        self._home = tempfile.TemporaryDirectory()
        self.path = Path(self._home.name)
        (self.path / "review.yaml").write_text(_REVIEW, encoding="utf-8")
        self._texts: dict[str, str] = {}
        self._agreement: dict[str, list[Any]] = {}

    def find_codes(self, studies: dict[str, Study]) -> list[tuple[str, str, str, str]]:
        """What ``rupmeta check`` says: study, severity, code and message."""
        from rupmeta.effects import agreement
        from rupmeta.pipeline.load import examine_review
        from rupmeta.pipeline.protocol import protocol_problems

        for name in self._texts.keys() - studies.keys():
            (self.path / f"{name}.yaml").unlink()
            del self._texts[name]
        for name, study in studies.items():
            text = as_text(study)
            if self._texts.get(name) != text:
                (self.path / f"{name}.yaml").write_text(text, encoding="utf-8")
                self._texts[name] = text
        plain = agreement.agreement_problems

        def remembered(file: Any) -> list[Any]:
            if file.text not in self._agreement:
                self._agreement[file.text] = plain(file)
            return self._agreement[file.text]

        agreement.agreement_problems = remembered  # type: ignore[assignment]
        try:
            folder, problems = examine_review(self.path)
        finally:
            agreement.agreement_problems = plain
        problems = (*problems, *protocol_problems(folder, problems))
        return [
            (Path(found.path).stem, found.severity, found.code, found.message)
            for found in problems
            if found.severity in ("error", "warning")
        ]


#: A protocol that takes every study and knows of the outcomes' scales.
_REVIEW = """\
rupmeta: 1
criteria: {psychotherapy: null, publication: null, relation: null, alliance_tracking: null}
"""


class Shown(float):
    """A number as a paper prints it: with its last zeros."""

    digits: int

    def __new__(cls, value: float, digits: int) -> Self:
        found = super().__new__(cls, round(float(value), digits))
        found.digits = digits
        return found

    def __deepcopy__(self, _: Any) -> Shown:
        return self

    def to(self, value: float) -> Shown:
        """Another number printed with as many decimals."""
        return Shown(value, self.digits)


def as_text(value: Any) -> str:
    """JSON, which is YAML, with numbers as printed."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(key)}: {as_text(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(as_text(item) for item in value) + "]"
    if isinstance(value, Shown):
        return f"{value:.{value.digits}f}"
    return json.dumps(value)


def find_codes(studies: dict[str, Study]) -> list[tuple[str, str, str, str]]:
    """What ``rupmeta check`` says of a folder: study, severity, code and message."""
    return Folder().find_codes(studies)


def copies(studies: dict[str, Study]) -> Iterator[tuple[str, dict[str, Study]]]:
    """Every study's name with a deep copy of all studies, to be spoilt."""
    for name in studies:
        yield name, copy.deepcopy(studies)


def count(findings: list[tuple[str, str, str, str]]) -> Counter[str]:
    """How often a code was reported."""
    return Counter(code for _, _, code, _ in findings)
