"""Who is in, who is out and why, as tables and JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rupmeta.read.folder import Folder, StudyFile
from rupmeta.read.study import Citation
from rupmeta.render.figures.prisma import PrismaData
from rupmeta.render.screens import SYNTHETIC
from rupmeta.render.tables import Column, Table
from rupmeta.render.writers.terminal import plain, render_table
from rupmeta.screen.flow import Flow, parse_reasons
from rupmeta.screen.screening import Screening

__all__ = ["flow_table", "prisma_data", "screen_answer", "screen_screen", "screen_table"]

Answer = dict[str, Any]

#: Criteria as the flow diagram names them.
CRITERIA_WORDS: Mapping[str, str] = {
    "psychotherapy": "Not psychotherapy, or not reported",
    "publication": "Kind of publication",
    "relation": "Another relation than asked",
    "alliance_tracking": "Ruptures not measured and alliance not tracked often enough",
}


def screen_answer(folder: Folder, screening: Screening, flow: Flow) -> Answer:
    """Every study with its fate, all criteria that it fails, and the PRISMA counts."""
    fate = {item.study: item for item in screening.excluded}
    pooled = {file.id for file in screening.pooled}
    fails: dict[str, list[str]] = {}
    for item in screening.failures:
        fails.setdefault(item.study, []).append(item.criterion)
    studies = []
    for file in folder.studies:
        exclusion = fate.get(file.id)
        status = "excluded" if exclusion else "included" if file.id in pooled else "no extractable effect"
        studies.append(
            {
                "study": file.id,
                "label": _citation(file),
                "status": status,
                "criterion": exclusion.criterion if exclusion else None,
                "code": exclusion.code if exclusion else None,
                "reason": exclusion.reason if exclusion else None,
                "fails": fails.get(file.id, []),
            }
        )
    return {
        "title": folder.review.title,
        "synthetic": any(file.study.extraction.synthetic for file in folder.studies),
        "studies": studies,
        "included": sorted(pooled),
        "no_effect": [file.id for file in screening.without_effect],
        "excluded": [
            {"study": item.study, "criterion": item.criterion, "code": item.code, "reason": item.reason}
            for item in screening.excluded
        ],
        "counts": {
            "studies": len(folder.studies),
            "included": len(screening.included),
            "with_effect": len(screening.pooled),
            "no_effect": len(screening.without_effect),
            "excluded": len(screening.excluded),
        },
        "flow": dict(flow.counts),
        "stated": sorted(flow.stated),
    }


def _citation(file: StudyFile) -> str:
    citation = file.study.citation
    if isinstance(citation, Citation):
        names = ", ".join(citation.authors) or file.id
        return f"{names} ({citation.year or 'n.d.'})"
    return citation


def screen_table(answer: Mapping[str, Any]) -> Table:
    """One row a study."""
    columns = (
        Column("study", "Study"),
        Column("status", "Status"),
        Column("criterion", "Criterion"),
        Column("reason", "Reason"),
    )
    return Table("screening", "", columns, tuple(answer["studies"]))


def screen_screen(answer: Mapping[str, Any], *, color: bool) -> str:
    """The studies by fate: in, in without an effect, out."""
    counts = answer["counts"]
    titles = [f"*** {SYNTHETIC.upper()} ***"] if answer["synthetic"] else []
    titles += [plain(answer["title"])] if answer["title"] else []
    parts = ["\n".join(titles)] if titles else []
    parts.append(
        f"{counts['studies']} studies: {counts['with_effect']} with an effect, {counts['no_effect']} that "
        f"meet the criteria but report no extractable effect, {counts['excluded']} excluded"
    )
    for status, title in (
        ("included", "In, with an effect"),
        ("no extractable effect", "In, no extractable effect"),
        ("excluded", "Out"),
    ):
        rows = tuple(item for item in answer["studies"] if item["status"] == status)
        if not rows:
            continue
        columns = [Column("study", "Study")]
        columns += (
            [Column("criterion", "Criterion"), Column("reason", "Reason")]
            if status == "excluded"
            else [Column("label", "Citation")]
        )
        parts.append(render_table(Table(status, f"{title} ({len(rows)})", tuple(columns), rows), bold=color))
    return "\n\n".join(parts)


def flow_table(answer: Mapping[str, Any]) -> Table:
    """The PRISMA 2020 boxes that are known: stated in review.yaml or counted from the files."""
    columns = (Column("box", "Box"), Column("count", "Count"), Column("from", "From"))
    stated = set(answer["stated"])
    rows = tuple(
        {"box": box, "count": str(count), "from": "review.yaml" if box in stated else "study files"}
        for box, count in answer["flow"].items()
    )
    return Table("flow", "", columns, rows)


def prisma_data(answer: Mapping[str, Any]) -> PrismaData:
    """The flow of a screen answer as the PRISMA 2020 diagram shows it."""
    reasons = parse_reasons(str(answer["flow"].get("dbr_excluded", "")))
    reasons += parse_reasons(str(answer["flow"].get("other_excluded", "")))
    return PrismaData(
        name="prisma",
        title=answer["title"] or "Flow of studies",
        counts=answer["flow"],
        reasons=tuple((CRITERIA_WORDS.get(reason, reason), count) for reason, count in reasons),
        without_effect=answer["counts"]["no_effect"],
        banners=(SYNTHETIC,) if answer["synthetic"] else (),
    )
