"""A sheet → study files: rows are grouped into studies, statistics into routes, and nothing is lost."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from rupmeta.start.cells import MISSING, cell_value
from rupmeta.start.columns import Plan, plan_columns
from rupmeta.start.drafts import Cell, Draft, DraftEffect, Finding, Loose
from rupmeta.start.mapping import Mapped
from rupmeta.start.places import Place, place_named
from rupmeta.start.routes_of_row import part_routes
from rupmeta.start.sheets import Row, Sheet
from rupmeta.start.study_ids import LEGAL_ID, id_from_citation, id_from_words, spare_id
from rupmeta.start.yaml_text import Printed

__all__ = ["Intake", "take_in"]


@dataclass(slots=True)
class Intake:
    """What a file gave: drafts of studies, what has no field and where it is kept, what is wrong, remarks."""

    name: str
    drafts: list[Draft] = field(default_factory=list)
    loose: list[Loose] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    rows: int = 0
    about: str = "a sheet"
    placed: dict[str, str] = field(default_factory=dict)
    moderators: dict[str, str] = field(default_factory=dict)
    empty: int = 0


@dataclass(slots=True)
class _Read:
    """One row, read: its values by place, with their cells."""

    row: int
    values: dict[str, tuple[Place, Any, Cell]]


def take_in(sheet: Sheet, mapped: Mapped) -> Intake:
    """Read every row of a sheet."""
    plan = plan_columns(sheet, mapped)
    intake = Intake(sheet.name, rows=len(sheet.rows), about=sheet.about or plan.dialect.about)
    intake.placed = {column: place.name for column, place in plan.placed.items()}
    intake.remarks += [
        f"column {column} is kept as a moderator: {why}" for column, why in plan.refused.items()
    ]
    intake.remarks += [
        f"column {column} was left out: {_why_left_out(column, mapped)}" for column in plan.skipped
    ]
    if not any(place.level == "route" for place in plan.placed.values()):
        intake.remarks.append("no column is a statistic: --map COLUMN=reported.r says what a column means")
    reader = _Rows(sheet, mapped, plan, intake)
    rows = [reader.read(row) for row in sheet.rows]
    groups = _group(rows, intake)
    for name, members in groups:
        intake.drafts.append(_draft(name, members, plan, intake))
    _moderators(groups, plan, sheet, mapped, intake)
    for draft in intake.drafts:
        _complete(draft, plan, sheet.name)
    return intake


def _why_left_out(column: str, mapped: Mapped) -> str:
    return "the mapping says so" if column in mapped.columns else "it only counts the rows"


class _Rows:
    """Cells → values, row by row."""

    def __init__(self, sheet: Sheet, mapped: Mapped, plan: Plan, intake: Intake):
        self.sheet, self.mapped, self.plan, self.intake = sheet, mapped, plan, intake

    def read(self, row: Row) -> _Read:
        """The values of a row; a cell that its field cannot take is a finding, or kept as a moderator."""
        found: dict[str, tuple[Place, Any, Cell]] = {}
        for column, place in self.plan.placed.items():
            text = self._text(row, column)
            if text is None:
                continue
            cell = Cell(row.number, column, text)
            try:
                value = place.read(text, self.sheet.decimal)
            except ValueError as error:
                self.intake.findings.append(Finding((row.number,), column, text, str(error)))
                continue
            found[place.name] = (place, value, cell)
        for name, text in self.mapped.constants.items():
            place = place_named(name)
            if place.name not in found:
                cell = Cell(row.number, f"--set {name}", text)
                try:
                    found[place.name] = (place, place.read(text, "."), cell)
                except ValueError as error:
                    finding = Finding((row.number,), f"--set {name}", text, str(error))
                    self.intake.findings.append(finding)
        return _Read(row.number, found)

    def _text(self, row: Row, column: str) -> str | None:
        text = _mapped_text(row, column, self.mapped)
        if text in MISSING or text in self.mapped.missing:
            self.intake.empty += bool(text)
            return None
        return text


def _group(rows: list[_Read], intake: Intake) -> list[tuple[str, list[_Read]]]:
    """Rows of one study: those that share its name; without a name every row is a study of its own."""
    groups: dict[str, list[_Read]] = {}
    ids: dict[str, str] = {}
    seen: dict[str, int] = {}
    for read in rows:
        words, wanted = _name(read)
        key = words if words is not None else f"row {read.row}"
        if key not in groups:
            groups[key] = []
            ids[key] = spare_id(wanted, ids.values())
            if words is None and wanted in seen:
                intake.remarks.append(
                    f"rows {seen[wanted]} and {read.row} are both {wanted}: taken as two studies; a column "
                    "'study' would join them"
                )
            seen.setdefault(wanted, read.row)
        groups[key].append(read)
    return [(ids[key], members) for key, members in groups.items()]


def _name(read: _Read) -> tuple[str | None, str]:
    """What the row calls its study, and the id that this makes."""
    values = {name: value for name, (_, value, _) in read.values.items()}
    year = values.get("citation.year")
    authors = values.get("citation.authors") or []
    study = values.get("study")
    if study is not None:
        words = str(study)
        if re.fullmatch(r"\d+", words):  # a number is no name where there are authors
            return words, id_from_citation(authors, year) if authors else f"study{words}"
        return words, words if LEGAL_ID.match(words) else id_from_words(words)
    if authors:
        return None, id_from_citation(authors, year, values.get("citation.title"))
    if "citation" in values:
        return str(values["citation"]), id_from_words(str(values["citation"]))
    return None, id_from_citation([], year, values.get("citation.title")) if values.get(
        "citation.title"
    ) else f"row{read.row}"


def _draft(name: str, members: list[_Read], plan: Plan, intake: Intake) -> Draft:
    draft = Draft(name, rows=[read.row for read in members])
    for read in members:
        for place, value, cell in read.values.values():
            if place.level == "study" and place.path:
                _put_study(draft, place, value, cell, intake)
        _put_effect(draft, read, plan, intake)
    return draft


def _put_study(draft: Draft, place: Place, value: Any, cell: Cell, intake: Intake) -> None:
    """A field of the study; a row that says something else than an earlier one is a finding."""
    path = place.path
    if path == ("citation",) and isinstance(draft.values.get("citation"), dict):
        return
    if path[0] == "citation" and len(path) > 1 and isinstance(draft.values.get("citation"), str):
        label = draft.values.pop("citation")
        _set(draft.values, ("citation", "authors"), [_without_year(label)])
    old = _get(draft.values, path)
    if old is None:
        _set(draft.values, path, value)
        draft.cells[path] = cell
    elif _plain(old) != _plain(value):
        first = draft.cells.get(path)
        if path == ("citation", "authors") and first is None:  # the label stood in for them
            _set(draft.values, path, value)
            draft.cells[path] = cell
            return
        place_said = f"row {first.row} says {first.text!r}" if first else f"it is {old!r} already"
        message = f"{cell.text!r}, but {place_said} for the same study"
        intake.findings.append(Finding((cell.row,), cell.column, cell.text, message))


def _without_year(label: str) -> str:
    return re.sub(r"[\s,]*\(?\b(?:19|20)\d\d[a-z]?\)?\s*$", "", label) or label


def _plain(value: Any) -> Any:
    return float(value) if isinstance(value, Printed) else value


def _put_effect(draft: Draft, read: _Read, plan: Plan, intake: Intake) -> None:
    """The effect of a row; a row of an effect that is there already is another route to it."""
    own = {
        name: item
        for name, item in read.values.items()
        if item[0].level in ("effect", "route") and not item[2].column.startswith("--set ")
    }
    if not any(place.level == "route" or place.path[0] != "moderators" for place, _, _ in own.values()):
        return
    parts = {name: item for name, item in read.values.items() if item[0].level in ("effect", "route")}
    named = parts["effect"][1] if "effect" in parts else None
    effect = next(
        (item for item in draft.effects if named is not None and item.values.get("id") == named), None
    )
    if effect is None:
        effect = DraftEffect()
        effect.values["id"] = named if named is not None else _effect_id(parts, draft)
        draft.effects.append(effect)
    effect.rows.append(read.row)
    for place, value, cell in parts.values():
        if place.level == "effect" and place.path != ("id",):
            _put_in_effect(effect, place, value, cell, intake)
    _put_routes(effect, [item for item in parts.values() if item[0].level == "route"], plan, intake)


def _put_in_effect(effect: DraftEffect, place: Place, value: Any, cell: Cell, intake: Intake) -> None:
    old = _get(effect.values, place.path)
    if old is None:
        _set(effect.values, place.path, value)
        effect.cells[place.path] = cell
    elif _plain(old) != _plain(value):
        first = effect.cells.get(place.path)
        message = f"{cell.text!r}, but row {first.row if first else '?'} says otherwise for the same effect"
        intake.findings.append(Finding((cell.row,), cell.column, cell.text, message))


def _put_routes(
    effect: DraftEffect, items: list[tuple[Place, Any, Cell]], plan: Plan, intake: Intake
) -> None:
    """The statistics of a row as one or several routes."""
    numbered: dict[int, dict[str, tuple[Any, Cell]]] = {}
    for place, value, cell in items:
        keys = numbered.setdefault(place.route, {})
        key = place.path[0]
        if len(place.path) == 2:
            pair = [*(keys[key][0] if key in keys else [None, None])]
            pair[int(place.path[1])] = value
            keys[key] = (pair, cell)
        else:
            keys[key] = (value, cell)
    for number in sorted(numbered):
        keys = {
            key: item for key, item in numbered[number].items()
            if not (isinstance(item[0], list) and None in item[0])
        }  # fmt: skip
        halves = [key for key in numbered[number] if key not in keys]
        found = [key for key, (_, cell) in keys.items() if not cell.column.startswith("--set ")]
        if not found:
            continue
        routes, left = ([list(keys)], []) if plan.dialect.own or number else part_routes(list(keys))
        if not routes:  # the reader says what is missing
            routes, left = [list(keys)], []
        for route in routes:
            effect.routes.append(({key: keys[key][0] for key in route}, {key: keys[key][1] for key in route}))
        for key in (*left, *halves):
            value, cell = (keys if key in keys else numbered[number])[key]
            if cell.column.startswith("--set "):
                continue
            value = cell_value(cell.text) if isinstance(value, list) else value
            name = _spare(
                effect.values.setdefault("moderators", {}), re.sub(r"\W+", "_", cell.column).strip("_")
            )
            effect.values["moderators"][name] = value
            why = f"{key} has no use beside {', '.join(routes[0])}"
            kept = f"effects.{effect.values['id']}.moderators.{name}"
            intake.loose.append(Loose(cell.row, cell.column, cell.text, kept, why))


def _spare(taken: Collection[str], name: str) -> str:
    return next(n for n in (name, *(f"{name}_{i}" for i in range(2, 10_000))) if n not in taken)


def _effect_id(parts: Mapping[str, tuple[Place, Any, Cell]], draft: Draft) -> str:
    taken = {str(effect.values["id"]) for effect in draft.effects}
    words = str(parts["outcome.name"][1]) if "outcome.name" in parts else "main"
    wanted = re.sub(r"[^a-z0-9]+", "-", words.lower()).strip("-") or "main"
    return next(n for n in (wanted, *(f"{wanted}-{i}" for i in range(2, 10_000))) if n not in taken)


def _moderators(
    groups: list[tuple[str, list[_Read]]], plan: Plan, sheet: Sheet, mapped: Mapped, intake: Intake
) -> None:
    """Columns without a field: moderators of the study where they are the same in all rows of every study.

    A second value for the same moderator gets a name of its own, so that none is lost.
    """
    rows = {row.number: row for row in sheet.rows}
    for column, name in plan.free.items():
        texts = {number: _mapped_text(row, column, mapped) for number, row in rows.items()}
        varies = any(len({texts[read.row] for read in members}) > 1 for _, members in groups)
        intake.moderators[column] = f"effect.moderators.{name}" if varies else f"moderators.{name}"
        for (_, members), draft in zip(groups, intake.drafts, strict=True):
            for read in members:
                text = texts[read.row]
                if text in MISSING or text in mapped.missing:
                    intake.empty += bool(text)
                    continue
                taken = _holder(draft, read.row, varies).setdefault("moderators", {})
                value = cell_value(text, sheet.decimal)
                if _plain(taken.get(name, value)) != _plain(value):
                    spare = _spare(taken, f"{name}_row{read.row}")
                    taken[spare] = value
                    why = f"{name} has another value already"
                    intake.loose.append(Loose(read.row, column, text, f"moderators.{spare}", why))
                else:
                    taken[name] = value


def _mapped_text(row: Row, column: str, mapped: Mapped) -> str:
    text = row.cells[column].strip()
    return mapped.values.get(column, {}).get(text, text)


def _holder(draft: Draft, row: int, of_effect: bool) -> dict[str, Any]:
    if of_effect:
        for effect in draft.effects:
            if row in effect.rows:
                return effect.values
    return draft.values


def _complete(draft: Draft, plan: Plan, name: str) -> None:
    """What an imported file says about itself: where it comes from, and that nobody has checked it."""
    if plan.dialect.own:
        return
    rows = ", ".join(map(str, draft.rows))
    word = "row" if len(draft.rows) == 1 else "rows"
    for effect in draft.effects:
        where = f"{name}, row{'s' * (len(effect.rows) > 1)} {', '.join(map(str, effect.rows))}"
        if _get(effect.values, ("source", "where")) is None:
            _set(effect.values, ("source", "where"), where)
    extraction = draft.values.setdefault("extraction", {})
    extraction.setdefault("status", "provisional")
    extraction.setdefault("note", f"Imported from {name}, {word} {rows}; not checked against the paper.")
    if "citation" not in draft.values:
        draft.values["citation"] = draft.id


def _get(values: Mapping[str, Any], path: tuple[str, ...]) -> Any:
    found: Any = values
    for part in path:
        if not isinstance(found, Mapping) or part not in found:
            return None
        found = found[part]
    return found


def _set(values: dict[str, Any], path: tuple[str, ...], value: Any) -> None:
    for part in path[:-1]:
        values = values.setdefault(part, {})
    values[path[-1]] = value
