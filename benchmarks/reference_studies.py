"""The published data sets of ``tests/reference/data`` as study files, for the benchmarks of the linter."""

from __future__ import annotations

import copy
import json
import random
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

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


def find_codes(studies: dict[str, Study]) -> list[tuple[str, str, str, str]]:
    """What ``rupmeta check`` says: study, severity, code and message."""
    from rupmeta.pipeline.load import examine_review

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "review.yaml").write_text("rupmeta: 1\n", encoding="utf-8")
        for key, study in studies.items():
            (folder / f"{key}.yaml").write_text(json.dumps(study, indent=1), encoding="utf-8")
        return [
            (Path(problem.path).stem, problem.severity, problem.code, problem.message)
            for problem in examine_review(folder)[1]
        ]


def rich_studies(rng: random.Random, count: int = 40) -> dict[str, Study]:
    """Two-group studies drawn at random, printed along several routes as a paper prints them, all sound."""
    studies = {}
    for number in range(count):
        n1, n2 = rng.randrange(25, 140), rng.randrange(25, 140)
        sd, center, d = rng.uniform(6, 9), rng.uniform(20, 30), rng.uniform(0.15, 0.8)
        m = n1 + n2 - 2
        t = d / (1 / n1 + 1 / n2) ** 0.5
        r = t / (t * t + m) ** 0.5
        se = (1 / n1 + 1 / n2 + d * d / (2 * (n1 + n2))) ** 0.5
        routes = [
            {"mean1": round(center + d * sd, 2), "sd1": round(sd, 2), "n1": n1,
             "mean2": round(center, 2), "sd2": round(sd, 2), "n2": n2},
            {"t": round(t, 2), "df": m},
            {"d": round(d, 2), "n1": n1, "n2": n2, "ci": [round(d - 1.96 * se, 2), round(d + 1.96 * se, 2)]},
            {"r": round(r, 2), "n": n1 + n2},
        ]  # fmt: skip
        study = _study("drawn", f"A paper about matter {number}", f"Drawn{number}", 1960 + number,
                       {"n": n1 + n2}, routes[0], "GAS")  # fmt: skip
        study["effects"][0]["reported"] = routes
        studies[f"drawn{number:02}"] = study
    return studies


def copies(studies: dict[str, Study]) -> Iterator[tuple[str, dict[str, Study]]]:
    """Every study's name with a deep copy of all studies, to be spoilt."""
    for name in studies:
        yield name, copy.deepcopy(studies)


def count(findings: list[tuple[str, str, str, str]]) -> Counter[str]:
    """How often a code was reported, infos left out."""
    return Counter(code for _, severity, code, _ in findings if severity != "info")
