"""The extraction guide: every route has its section, every example its numbers."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from reviews import run_cli

from rupmeta.effects.choose import compute_route, values_of
from rupmeta.effects.convert import TARGETS, convert_values
from rupmeta.effects.onto import Setting
from rupmeta.errors import EstimationError
from rupmeta.read.documents import parse_document
from rupmeta.read.routes import ROUTE_SPECS, match_route
from rupmeta.read.study import Study

GUIDE = (Path(__file__).parents[2] / "docs" / "extraction.md").read_text("utf-8")
SECTIONS = dict(re.findall(r"^### (.+?)\n(.*?)(?=^##|\Z)", GUIDE, re.M | re.S))
ROW = re.compile(r"^\| (\w+) \| (-?[\d.]+) \| ([\d.]+) \| (\w+)(, adjusted)? \|$", re.M)


@dataclass(frozen=True)
class Example:
    """What one section claims."""

    values: dict[str, object]
    rows: list[tuple[str, ...]]
    formula: list[str]


def read_example(section: str) -> Example | None:
    route = re.search(r"```yaml\n(.*?)```", section, re.S)
    if route is None:
        return None
    text = (
        "citation: x\nrelation: repair-outcome\neffects:\n  - id: e\n"
        "    outcome: {name: O, kind: global, better: higher}\n    source: {where: here}\n    reported:\n"
        f"      {route[1]}"
    )
    document = parse_document(text, Study)
    assert document.record is not None, document.faults
    formula = re.search(r"```text\n(.*?)```", section, re.S)
    assert formula is not None
    return Example(
        values_of(document.record.effects[0].reported[0]),
        ROW.findall(section),
        formula[1].strip().split("\n"),
    )


EXAMPLES = {title: example for title, section in SECTIONS.items() if (example := read_example(section))}


def test_every_route_has_its_place() -> None:
    named = [
        name for section in SECTIONS.values() for name in re.findall(r"`([^`]+)`", section.split("\n")[1])
    ]
    assert sorted(named) == sorted(ROUTE_SPECS)


def as_pairs(values: dict[str, object]) -> list[str]:
    """An example as one would type it at the prompt."""
    return [
        f"{key}={','.join(str(item) for item in value)}" if isinstance(value, list) else f"{key}={value}"
        for key, value in values.items()
    ]


@pytest.mark.parametrize("title", EXAMPLES)
def test_every_example_converts_at_the_prompt(title: str) -> None:
    example = EXAMPLES[title]
    for measure, yi, vi, flag, _ in example.rows:
        found = convert_values(as_pairs(example.values), measure)
        assert (f"{found.yi:.6f}", f"{found.vi:.6f}", found.flag) == (yi, vi, flag)
    reached = 0
    for target in TARGETS:
        try:
            found = convert_values(as_pairs(example.values), target)
        except EstimationError:  # this measure cannot be had; test_more_routes reads the sentences
            continue
        reached += 1
        assert found.formula
        assert found.ci_lb < found.estimate < found.ci_ub
        json.dumps(found.as_dict(), allow_nan=False)
    assert reached


def test_commands_print_what_the_page_shows() -> None:
    shown = re.findall(r"```console\n\$ rupmeta (.+?)\n(.*?)```", GUIDE, re.S)
    assert shown
    for arguments, output in shown:
        assert run_cli(*arguments.split()).stdout == output


def test_every_section_but_the_raw_one_has_an_example() -> None:
    assert set(SECTIONS) - set(EXAMPLES) == {"Session-level ratings"}


@pytest.mark.parametrize("title", EXAMPLES)
def test_example(title: str) -> None:
    example = EXAMPLES[title]
    assert match_route(example.values).name in SECTIONS[title].split("\n")[1]
    assert example.rows
    for i, (measure, yi, vi, flag, adjusted) in enumerate(example.rows):
        result, _ = compute_route(0, example.values, measure, Setting(), better="higher")
        assert (f"{result.yi:.6f}", f"{result.vi:.6f}", result.flag) == (yi, vi, flag)
        assert result.adjusted == bool(adjusted)
        if i == 0:
            assert result.formula.split("; ") == example.formula
