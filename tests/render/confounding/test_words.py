"""Sentences about confounding: every E-value belongs to the mean that its own sentence prints."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from reviews import REVIEW, correlation, effect, run_cli, study, write_review

from rupmeta.explore.confounding import strength_of
from rupmeta.render.confounding.words import describe_confounding

RS = [0.05, 0.32, 0.41, 0.18, 0.6]


def told(folder: Path, files: dict[str, Any], **analysis: Any) -> tuple[dict[str, Any], list[str]]:
    body = {"where": {"relation": "repair-outcome"}, **analysis}
    write_review(folder, files, {**REVIEW, "analyses": {"repair": body}})
    answer = json.loads(run_cli("sensitivity", str(folder), "--confounding", "--json").stdout)["result"]
    return answer, list(describe_confounding(answer))


def sentence(sentences: list[str], start: str) -> str:
    return next(text for text in sentences if text.startswith(start))


def test_the_e_values_are_those_of_the_printed_mean(tmp_path: Path) -> None:
    _, found = told(tmp_path, {f"s{i}": correlation(r, 150) for i, r in enumerate(RS)})
    text = sentence(found, "As risk ratios")
    mean, lower = re.search(r"mean RR = ([\d.]+) \S*?\[([\d.]+)", text.replace("\u00a0", " ")).groups()  # type: ignore[union-attr]
    e, limit = re.search(r"risk ratio of ([\d.]+) .*; ([\d.]+) for the limit", text).groups()  # type: ignore[union-attr]
    # Printed with two decimals; an E-value moves about twice as fast as its risk ratio, more near 1.
    assert strength_of(float(mean)) == pytest.approx(float(e), abs=0.02)
    assert strength_of(float(lower)) == pytest.approx(float(limit), abs=0.04)


def test_a_mean_that_is_the_headline_needs_no_name(tmp_path: Path) -> None:
    _, found = told(tmp_path, {f"s{i}": correlation(r, 150) for i, r in enumerate(RS)})
    assert found[0].startswith("The mean correlation is ")
    assert "to reduce the mean to zero" in sentence(found, "A confounder")


@pytest.mark.parametrize(
    ("analysis", "named"),
    [
        ({"measure": "SMD", "report_as": ["d"]}, "effects pooled anew on Fisher's z"),
        ({"measure": "COR"}, "effects pooled anew on Fisher's z"),
        ({"dependence": {"approach": "che", "rho": 0.6}}, "one averaged effect a sample"),
    ],
)
def test_another_mean_is_named_where_it_is_used(tmp_path: Path, analysis: dict[str, Any], named: str) -> None:
    files = {f"s{i}": correlation(r, 150) for i, r in enumerate(RS)}
    files["two"] = study(
        effect("a", reported=[{"r": 0.5, "n": 60}]), effect("b", reported=[{"r": 0.1, "n": 60}])
    )
    answer, found = told(tmp_path, files, **analysis)
    text = sentence(found, "A confounder")
    assert named in found[0]
    assert named in text
    r = answer["confounding"]["correlation"]["r"]["estimate"]
    assert f".{round(100 * r):02d}" in text  # with its value
