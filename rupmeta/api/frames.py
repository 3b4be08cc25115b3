"""A data frame of effect sizes → the same records that study files become."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

from rupmeta.errors import UsageError, unknown_choice

if TYPE_CHECKING:
    from rupmeta.read.folder import Folder, StudyFile
    from rupmeta.read.study import Scalar

__all__ = ["folder_of_frame", "read_columns"]

#: What a frame's columns may be called, in the order in which they are looked for.
_NAMES: Mapping[str, tuple[str, ...]] = {
    "yi": ("yi", "y", "effect_size", "TE", "es"),
    "vi": ("vi", "v", "variance"),
    "sei": ("sei", "se", "seTE", "standard_error"),
    "slab": ("slab", "study", "studlab", "author"),
    "n": ("n", "ni", "N"),
    "sample": ("sample", "cluster"),
    "effect": ("effect", "esid", "effect_id"),
    "year": ("year",),
}

#: Measures of the escalc family that are read on another scale than r and d.
_REPORTED: Mapping[str, list[str]] = {"OR": ["or", "d"], "RR": ["rr"]}


def read_columns(frame: Any) -> dict[str, list[Any]]:
    """The columns of a pandas, polars or pyarrow frame, of a mapping of columns, or of a list of records.

    Missing values (None, NaN, NA) become None, NumPy scalars Python's. Raises ``UsageError`` for anything
    else and for columns of unequal length.
    """
    if isinstance(frame, Mapping):
        columns = {str(name): list(values) for name, values in frame.items()}
    elif hasattr(frame, "to_pydict"):
        columns = {str(name): list(values) for name, values in frame.to_pydict().items()}
    elif hasattr(frame, "columns") and hasattr(frame, "__getitem__"):
        columns = {str(name): list(frame[name]) for name in frame.columns}
    elif isinstance(frame, Sequence) and frame and all(isinstance(row, Mapping) for row in frame):
        names = dict.fromkeys(str(name) for row in frame for name in row)
        columns = {name: [row.get(name) for row in frame] for name in names}
    else:
        raise UsageError(
            f"{type(frame).__name__} is no table: give a data frame, "
            "a mapping of columns or a list of records"
        )
    lengths = {len(values) for values in columns.values()}
    if len(lengths) > 1:
        raise UsageError("the columns are of unequal length")
    return {name: [_plain(value) for value in values] for name, values in columns.items()}


def _plain(value: Any) -> Any:
    """A Python scalar; None for every kind of missing value."""
    if hasattr(value, "item"):
        value = value.item()
    if value is None or type(value).__name__ in ("NAType", "NaTType"):
        return None
    if isinstance(value, float):
        return None if math.isnan(value) else value
    return value if isinstance(value, bool | int | str) else str(value)


def folder_of_frame(
    frame: Any,
    *,
    measure: str,
    names: Mapping[str, str | None],
    moderators: Sequence[str] | None = None,
    title: str | None = None,
    synthetic: bool = False,
) -> Folder:
    """The frame as a review without files: one study for every label, one effect for every row.

    ``names`` gives columns whose names are not the usual ones. Every other column is a moderator;
    ``moderators`` names those that are tried when none is asked for. Raises ``UsageError`` with all faults
    of all rows.
    """
    from rupmeta.read.folder import Folder
    from rupmeta.read.review import Analysis, Criteria, Measure, Review

    if measure not in get_args(Measure):
        raise unknown_choice("measure", measure, get_args(Measure))
    columns = read_columns(frame)
    found = _find_columns(columns, names)
    rows = _rows(columns, found)
    taken = {name for name in found.values() if name is not None}
    others = [name for name in columns if name not in taken]
    unknown = [name for name in moderators or () if name not in columns]
    if unknown:
        raise UsageError(f"moderators: the frame has no column {unknown[0]}; there are {', '.join(columns)}")
    studies: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        row["moderators"] = {name: columns[name][row["at"]] for name in (*others, *(moderators or ()))}
        studies.setdefault(row["slab"], []).append(row)
    files = [_study(slab, members, measure, synthetic) for slab, members in studies.items()]
    analysis = Analysis.model_validate(
        {
            "measure": measure,
            "moderators": others if moderators is None else list(moderators),
            "report_as": _REPORTED.get(measure, ["r", "d"]),
        }
    )
    everything = Criteria(psychotherapy=None, publication=None, relation=None, alliance_tracking=None)
    return Folder(
        path=Path(),
        shown="data frame",
        review=Review(rupmeta=1, title=title, criteria=everything, analyses={"frame": analysis}),
        declared=False,
        studies=tuple(files),
        inputs=(),
        framed=True,
    )


def _find_columns(
    columns: Mapping[str, Sequence[Any]], names: Mapping[str, str | None]
) -> dict[str, str | None]:
    from rupmeta.read.schema_faults import nearest

    found: dict[str, str | None] = {}
    for role, usual in _NAMES.items():
        given = names.get(role)
        if given is not None and given not in columns:
            near = nearest(given, tuple(columns))
            advice = f"; did you mean {near}?" if near else f"; there are {', '.join(columns)}"
            raise UsageError(f"{role}={given!r}: the frame has no such column{advice}")
        found[role] = given or next((name for name in usual if name in columns), None)
    if found["yi"] is None:
        raise UsageError(
            f"the frame has no column yi (there are {', '.join(columns) or 'none'}); name it: yi=…"
        )
    if found["vi"] is None and found["sei"] is None:
        raise UsageError(
            "the frame has neither variances (vi) nor standard errors (sei); name them: vi=… or sei=…"
        )
    if found["vi"] is not None:
        found["sei"] = names.get("sei")  # a second name for the same thing is a moderator unless named
    return found


def _rows(columns: Mapping[str, Sequence[Any]], found: Mapping[str, str | None]) -> list[dict[str, Any]]:
    """One record a row; ``UsageError`` lists every row that cannot be used."""

    def cell(role: str, at: int) -> Any:
        name = found[role]
        return None if name is None else columns[name][at]

    faults: list[str] = []
    rows: list[dict[str, Any]] = []
    for at in range(len(next(iter(columns.values()), ()))):
        yi, vi, sei, n = (cell(role, at) for role in ("yi", "vi", "sei", "n"))
        slab = cell("slab", at)
        place = f"row {at + 1}" if slab is None else f"row {at + 1} ({slab})"
        spread, name = (vi, found["vi"]) if vi is not None else (sei, found["sei"] or found["vi"])
        if not _is_number(yi):
            faults.append(f"{place}: {found['yi']} is {_said(yi)}, not a number")
        elif not _is_number(spread) or spread <= 0:
            faults.append(f"{place}: {name} is {_said(spread)}; it must be a number above 0")
        elif n is not None and not (_is_number(n) and n > 0):
            faults.append(f"{place}: {found['n']} is {_said(n)}; it must be a number of people")
        else:
            rows.append(
                {
                    "at": at,
                    "yi": float(yi),
                    "vi": float(vi) if vi is not None else float(sei) ** 2,
                    "n": None if n is None else round(n),
                    "slab": f"row {at + 1}" if slab is None else str(slab),
                    "sample": cell("sample", at),
                    "effect": cell("effect", at),
                    "year": cell("year", at),
                }
            )
    if faults:
        more = f"\nand {len(faults) - 20} more" if len(faults) > 20 else ""
        raise UsageError(
            "\n".join(faults[:20])
            + more
            + "\nleave out what has no effect, such as frame.dropna(subset=['yi'])"
        )
    if not rows:
        raise UsageError("the frame has no rows")
    return rows


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _said(value: Any) -> str:
    return "missing" if value is None else repr(value)


def _study(slab: str, rows: Sequence[Mapping[str, Any]], measure: str, synthetic: bool) -> StudyFile:
    from rupmeta.read.folder import StudyFile
    from rupmeta.read.study import Study

    years = {row["year"] for row in rows}
    sample = {str(row["sample"]) for row in rows if row["sample"] is not None}
    if len(sample) > 1:
        raise UsageError(
            f"{slab} has rows of several samples ({', '.join(sorted(sample))}); give them labels of their own"
        )
    document = {
        "citation": {"authors": [], "year": next(iter(years)) if _one_year(years) else None},
        "relation": "other",
        "sample": {"id": next(iter(sample), None)},
        "effects": [_effect(row, ident, measure) for row, ident in zip(rows, _idents(rows), strict=True)],
        "extraction": {"synthetic": synthetic},
    }
    at = ", ".join(str(row["at"] + 1) for row in rows)
    study = Study.model_validate(document)
    return StudyFile(slab, f"data frame, row {at}", json.dumps(document), study, label=slab)


def _one_year(years: Iterable[Any]) -> bool:
    years = list(years)
    return len(years) == 1 and isinstance(years[0], int)


def _idents(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """The effect ids of the frame where they are complete and unique in the study, else 1, 2, …"""
    given = [str(row["effect"]) for row in rows if row["effect"] is not None]
    if len(set(given)) == len(rows):
        return given
    return [str(number) for number in range(1, len(rows) + 1)]


def _effect(row: Mapping[str, Any], ident: str, measure: str) -> dict[str, Any]:
    moderators: dict[str, Scalar] = row["moderators"]
    reported = {"yi": row["yi"], "vi": row["vi"], "measure": measure, "n": row["n"]}
    return {
        "id": ident,
        "outcome": {"name": "outcome", "kind": "global", "better": "higher"},
        "moderators": moderators,
        "reported": [{key: value for key, value in reported.items() if value is not None}],
        "source": {"where": f"row {row['at'] + 1} of the data frame"},
    }
