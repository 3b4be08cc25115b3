"""The data of one analysis and a short R script that pools them with metafor."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from rupmeta import __version__
from rupmeta.render.exports.kinds import Exported, Request
from rupmeta.render.exports.sheets import sheet_bytes

if TYPE_CHECKING:
    from rupmeta.pipeline.analyse import Prepared
    from rupmeta.pipeline.specification import Specification

__all__ = ["export_metafor"]

#: Scales of the answer → what makes them of the pooled scale, in R.
_TURNED: Mapping[str, str] = {
    "ZCOR": "transf.ztor", "ZPCOR": "transf.ztor", "ZPHI": "transf.ztor", "ZPB": "transf.ztor",
    "OR": "exp", "RR": "exp",
}  # fmt: skip


def export_metafor(request: Request) -> Exported:
    """``FILE.csv`` and, beside it, ``FILE.R``; where effects covary also ``FILE-V.csv``.

    The rows are those that enter the model: under ``aggregate`` one per sample. The columns have metafor's
    names, those of moderators are made legal in R.
    """
    from rupmeta.pipeline.analyse import prepare_effects

    prepared = prepare_effects(request.folder, request.overrides)
    stem = PurePosixPath(request.name).stem or prepared.specification.name
    names = _r_names(prepared)
    columns = ["study", "effect", "cluster", "slab", "year", "yi", "vi", "ni", *names.values()]
    data = sheet_bytes(columns, list(_rows(prepared, names)), ".csv")
    beside = {}
    if prepared.effects.V is not None:
        rows = [{str(i): float(x) for i, x in enumerate(row)} for row in prepared.effects.V.tolist()]
        beside[f"{stem}-V.csv"] = sheet_bytes(list(rows[0]), rows, ".csv")
    script = "\n".join(_script(prepared, stem, names)) + "\n"
    beside[f"{stem}.R"] = script.encode()
    return Exported(data, beside, prepared.notes)


def _r_names(prepared: Prepared) -> dict[str, str]:
    """Moderator → its name in R; equal names get a number."""
    taken = {"study", "effect", "cluster", "slab", "year", "yi", "vi", "ni"}
    found: dict[str, str] = {}
    for name in prepared.specification.moderators:
        legal = re.sub(r"[^A-Za-z0-9_.]", ".", name)
        legal = legal if re.match(r"[A-Za-z]", legal) else f"x.{legal}"
        spare = next(n for n in (legal, *(f"{legal}.{i}" for i in range(2, 1000))) if n not in taken)
        taken.add(spare)
        found[name] = spare
    return found


def _rows(prepared: Prepared, names: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    for row in prepared.effects.rows:
        yield {
            "study": row.study,
            "effect": row.effect,
            "cluster": row.cluster,
            "slab": row.label,
            "year": row.year,
            "yi": float(row.yi),
            "vi": float(row.vi),
            "ni": None if row.n is None else int(row.n) if float(row.n).is_integer() else float(row.n),
            **{legal: row.moderators.get(name) for name, legal in names.items()},
        }


def _script(prepared: Prepared, stem: str, names: Mapping[str, str]) -> Iterator[str]:
    spec = prepared.specification
    title = prepared.folder.review.title or "A review"
    yield f"# {' '.join(title.split())}: analysis '{spec.name}' on the scale {spec.measure}"
    yield f"# Written by rupmeta {__version__}. In the folder of the data: Rscript {stem}.R (needs metafor)"
    if any(row.synthetic for row in prepared.single.rows):
        yield "# SYNTHETIC DATA, NOT EVIDENCE"
    yield "# Positive effects mean a better outcome with repair (or training); the evidence is correlational."
    yield "library(metafor)"
    yield f'dat <- read.csv("{stem}.csv", encoding = "UTF-8", na.strings = "")'
    yield f'dat <- escalc(measure = "{_measure(spec)}", yi = yi, vi = vi, data = dat, slab = slab)'
    yield ""
    if spec.approach in ("multilevel", "che"):
        yield from _multilevel(prepared, stem)
    else:
        how = f'method = "{spec.method}", test = "{spec.test}", level = {spec.level * 100:g}'
        yield f"res <- rma(yi, vi, data = dat, {how})"
    yield "print(res)"
    turned = _TURNED.get(spec.measure)
    yield f"print(predict(res{'' if turned is None else f', transf = {turned}'}), digits = 4)"
    yield "print(confint(res))"
    yield ""
    yield f'pdf("{stem}-figures.pdf")'
    yield f"forest(res, addpred = TRUE, header = TRUE{'' if turned is None else f', transf = {turned}'})"
    if prepared.effects.k > 2:
        yield "funnel(res)"
    yield "invisible(dev.off())"
    for name, legal in names.items():
        levels = {row.moderators.get(name) for row in prepared.effects.rows} - {None}
        if len(levels) > 1:
            yield f"print(update(res, mods = ~ {legal}))"


def _multilevel(prepared: Prepared, stem: str) -> Iterator[str]:
    spec = prepared.specification
    V = "vi"
    if prepared.effects.V is not None:
        yield f'V <- as.matrix(read.csv("{stem}-V.csv"))'
        V = "V"
    yield "dat$row <- seq_len(nrow(dat))"
    test = "z" if spec.test == "z" else "t"
    method = spec.method if spec.method in ("ML", "REML") else "REML"
    how = f'method = "{method}", test = "{test}", level = {spec.level * 100:g}'
    yield f"res <- rma.mv(yi, {V}, random = ~ 1 | cluster/row, data = dat, {how})"
    yield 'if (requireNamespace("clubSandwich", quietly = TRUE))'
    yield "  print(robust(res, cluster = cluster, clubSandwich = TRUE))"


def _measure(spec: Specification) -> str:
    known = (
        "ZCOR",
        "COR",
        "PCOR",
        "ZPCOR",
        "SMD",
        "MD",
        "SMDH",
        "OR",
        "RR",
        "RD",
        "PHI",
        "RPB",
        "ZPB",
        "RBIS",
        "SMCR",
    )
    return spec.measure if spec.measure in known else "GEN"
