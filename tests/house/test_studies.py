"""The review that ships: files sound, numbers in their quote or accounted for, the page about it true."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from rupmeta.read.folder import read_folder
from rupmeta.read.routes import match_route
from rupmeta.read.study import Effect, Reported
from rupmeta.screen.screening import screen_studies

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "evidence.md").read_text("utf-8")
FOLDER = read_folder(ROOT / "studies")
STUDIES = {file.id: file.study for file in FOLDER.studies}
EFFECTS = [(name, effect) for name, study in STUDIES.items() for effect in study.effects]

#: | `record` | tier | relation | screening |
ROW = re.compile(
    r"^\| `(?P<record>\w+)` \| (?P<tier>[A-D–]) \| (?P<relation>[\w–-]+) \| (?P<fate>[^|]+) \|$", re.M
)
ROWS = {row["record"]: row for row in ROW.finditer(PAGE)}
DOUBLES = {name: row for name, row in ROWS.items() if row["fate"].startswith("same study as")}


def screen() -> dict[str, str]:
    """What screening finds, in the words of the page."""
    screening = screen_studies(FOLDER)
    return (
        {file.id: "in, pooled" for file in screening.pooled}
        | {file.id: "in, no extractable effect" for file in screening.without_effect}
        | {exclusion.study: f"out: {exclusion.criterion}" for exclusion in screening.excluded}
    )


FATES = screen()
JUDGED = [
    (name, effect)
    for name, effect in EFFECTS
    if FATES[name] == "in, pooled" and effect.status == "provisional"
]


def numbers(text: str) -> set[float]:
    """Every number of a text, its sign kept where it is a sign and no hyphen."""
    plain = text.replace("−", "-").replace(",", "")
    return {float(number) for number in re.findall(r"(?<![\d.\w])-?(?:\d+\.?\d*|\.\d+)", plain)}


def entered(route: Reported) -> dict[str, float]:
    values = {key: getattr(route, key) for key in route.keys_given()}
    numbers_given = {key: value for key, value in values.items() if not isinstance(value, bool)}
    return {key: float(value) for key, value in numbers_given.items() if isinstance(value, int | float)}


def test_every_record_has_a_file_and_every_file_a_row() -> None:
    assert set(ROWS) - set(DOUBLES) == set(STUDIES)
    assert f"{len(ROWS)} records became {len(STUDIES)} files" in PAGE


def test_the_double_of_a_record_is_named_in_the_file_that_holds_it() -> None:
    assert DOUBLES
    for double, row in DOUBLES.items():
        target = row["fate"].removeprefix("same study as").strip(" `")
        note = STUDIES[target].note
        assert note is not None
        assert double in note


@pytest.mark.parametrize("name", STUDIES)
def test_the_page_tells_what_screening_finds(name: str) -> None:
    assert ROWS[name]["relation"] == STUDIES[name].relation
    assert ROWS[name]["fate"] == FATES[name]


def test_the_page_counts_right() -> None:
    fates = list(FATES.values())
    included = sum(each.startswith("in") for each in fates)
    said = (
        f"Of {len(fates)} studies {included} are in, {fates.count('in, pooled')} of them with an effect, and "
    )
    assert said + f"{len(fates) - included} are out." in PAGE


@pytest.mark.parametrize("name", [*STUDIES, "review"])
def test_files_name_their_schema_and_fit_the_page_width(name: str) -> None:
    lines = (ROOT / "studies" / f"{name}.yaml").read_text("utf-8").splitlines()
    kind = "review" if name == "review" else "study"
    schema = f"../rupmeta/read/schemas/{kind}.schema.json"
    assert lines[0] == f"# yaml-language-server: $schema={schema}"
    assert (ROOT / "studies" / schema).is_file()
    assert not [line for line in lines if len(line) > 120 and "http" not in line]


@pytest.mark.parametrize("name", STUDIES)
def test_nothing_is_synthetic_and_the_source_is_told(name: str) -> None:
    study = STUDIES[name]
    assert not study.extraction.synthetic
    assert study.note
    assert study.effects or ("Seen: " in study.note and "Why no effect: " in study.note)


@pytest.mark.parametrize(("name", "effect"), EFFECTS, ids=lambda each: getattr(each, "id", each))
def test_every_number_of_an_effect_stands_in_its_quote_or_in_a_note_that_accounts_for_it(
    name: str, effect: Effect
) -> None:
    assert effect.source.where
    assert effect.source.quote
    assert effect.reported
    for route in effect.reported:
        assert match_route(route.keys_given()) is not None
        absent = {
            key: value for key, value in entered(route).items() if value not in numbers(effect.source.quote)
        }
        if (effect.status or STUDIES[name].extraction.status) == "verified":
            assert not absent
        else:
            assert effect.note
            assert set(absent.values()) <= numbers(effect.note), absent


@pytest.mark.parametrize(("name", "effect"), JUDGED, ids=lambda each: getattr(each, "id", each))
def test_the_page_argues_for_every_route_of_a_provisional_effect(name: str, effect: Effect) -> None:
    row = next(line for line in PAGE.splitlines() if line.startswith(f"| `{name}` | `"))
    shown = set(row.split("`")[3].split(", "))
    for route in effect.reported:
        values = {key: getattr(route, key) for key in route.keys_given()}
        as_written = {key: "true" if value is True else str(value) for key, value in values.items()}
        assert {f"{key}: {value}" for key, value in as_written.items()} == shown
