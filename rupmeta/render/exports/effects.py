"""Effects as they enter the analysis, one row each, with every digit."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from rupmeta.read.fields import field_names, field_value
from rupmeta.render.exports.kinds import Exported, Request
from rupmeta.render.exports.sheets import sheet_bytes

if TYPE_CHECKING:
    from rupmeta.pipeline.analyse import Prepared
    from rupmeta.read.study import Study

__all__ = ["EFFECT_COLUMNS", "effect_rows", "export_effects"]

#: Columns of every row, before those of the moderators. ``import`` knows them all: they read back as the
#: route ``yi, vi, measure`` whose sign is that of benefit already.
EFFECT_COLUMNS = (
    "study", "label", "publication", "relation", "therapy.psychotherapy", "rupture.measure",
    "alliance.measurements", "alliance.measurements_at_least", "sample.id", "effect", "outcome.name",
    "outcome.kind", "outcome.better", "comparison", "phase", "measure", "yi", "vi", "ni", "sign", "route",
    "flag", "adjusted", "status", "synthetic", "source.where",
)  # fmt: skip


def effect_rows(prepared: Prepared) -> tuple[tuple[str, ...], list[dict[str, Any]]]:
    """Columns, and a row for every single effect: before effects of one sample are averaged."""
    files = {file.id: file for file in prepared.folder.studies}
    coded = field_names(files[row.study] for row in prepared.single.rows)
    planned = tuple(prepared.specification.moderators)
    names = tuple(name for name in dict.fromkeys((*planned, *coded)) if name not in EFFECT_COLUMNS)
    return (*EFFECT_COLUMNS, *names), list(_rows(prepared, files, names))


def _rows(prepared: Prepared, files: Any, names: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    for row in prepared.single.rows:
        file = files[row.study]
        effect = next(item for item in file.study.effects if item.id == row.effect)
        yield {
            "study": row.study,
            "label": row.label,
            "publication": file.study.publication,
            "relation": file.study.relation,
            "sample.id": file.study.sample.id,
            "effect": row.effect,
            "outcome.name": effect.outcome.name,
            "outcome.kind": effect.outcome.kind,
            "outcome.better": effect.outcome.better,
            "comparison": effect.comparison,
            "phase": effect.phase,
            "measure": row.measure,
            "yi": float(row.yi),
            "vi": float(row.vi),
            "ni": _whole(row.n),
            "sign": "benefit",
            "route": row.route,
            "flag": row.flag,
            **_criteria(file.study),
            "adjusted": bool(row.adjusted),
            "status": "provisional" if row.provisional else "verified",
            "synthetic": bool(row.synthetic),
            "source.where": effect.source.where,
            **{name: field_value(file, effect, name) for name in names},
        }


def _criteria(study: Study) -> dict[str, Any]:
    """What the criteria of the protocol look at, so that the table can be screened again."""
    return {
        "therapy.psychotherapy": study.therapy.psychotherapy,
        "rupture.measure": study.rupture.measure,
        "alliance.measurements": study.alliance.measurements,
        "alliance.measurements_at_least": study.alliance.measurements_at_least,
    }


def _whole(number: float | None) -> int | float | None:
    if number is None:
        return None
    return int(number) if float(number).is_integer() else float(number)


def export_effects(request: Request) -> Exported:
    """The effects of one analysis; ``EstimationError`` when it has none."""
    from rupmeta.pipeline.analyse import prepare_effects

    prepared = prepare_effects(request.folder, request.overrides)
    columns, rows = effect_rows(prepared)
    data = sheet_bytes(columns, rows, request.suffix, sep=request.sep, decimal=request.decimal)
    return Exported(data, notes=prepared.notes)
