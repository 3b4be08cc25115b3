"""Agreement of two extractors, and the pooled effect under each of them."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from rupmeta.effects.backtransform import report_on
from rupmeta.effects.table import EffectRow
from rupmeta.errors import UsageError
from rupmeta.pipeline.agreement.items import Item, Unpaired, compare_folders, pair_effects
from rupmeta.pipeline.agreement.variables import Variable, measure_variables
from rupmeta.pipeline.analyse import correlational
from rupmeta.pipeline.diff.sides import Side
from rupmeta.pipeline.diff.standing import Standing, find_standing
from rupmeta.pipeline.specification import Overrides, specify
from rupmeta.read.documents import tree_of
from rupmeta.read.folder import Folder
from rupmeta.results import Note

__all__ = ["CLOSE", "SEED", "CodedEffect", "Concord", "pool_extractors", "run_agreement"]

SEED = 20260101
CLOSE = 0.1  # of d: Tendal et al. 2009, 10.1136/bmj.b3128
FEWEST = 10  # studies below which intervals of coefficients say little


@dataclass(frozen=True, slots=True)
class CodedEffect:
    """One effect as the two extractors have it, analysis scale; ``d`` is the difference of their d."""

    study: str
    effect: str
    yi_a: float
    yi_b: float
    d: float | None

    @property
    def difference(self) -> float:
        """B minus A."""
        return self.yi_b - self.yi_a


@dataclass(frozen=True)
class Concord:
    """Everything about two extractors. ``pooled`` holds A, B and, with a third folder, consensus."""

    folders: Mapping[str, Folder]
    items: tuple[Item, ...]
    unpaired: tuple[Unpaired, ...]
    variables: tuple[Variable, ...]
    studies: tuple[str, ...]
    pooled: Mapping[str, Standing]
    effects: tuple[CodedEffect, ...]
    notes: tuple[Note, ...]

    @property
    def disagreements(self) -> tuple[Item, ...]:
        """Items on which the two differ."""
        return tuple(item for item in self.items if not item.same)


def run_agreement(
    a: Folder,
    b: Folder,
    consensus: Folder | None = None,
    overrides: Overrides | None = None,
    *,
    orders: Mapping[str, tuple[str, ...]] | None = None,
    seed: int = SEED,
) -> Concord:
    """Compare two folders field by field and pool the studies that both have under each.

    All are pooled by one protocol: that of the consensus, else of A, else of B. Raises ``UsageError`` when
    the folders have no study in common.
    """
    common = {file.id for file in a.studies} & {file.id for file in b.studies}
    if not common:
        raise UsageError(
            f"{a.shown} and {b.shown} have no study in common: extractors' files pair by name "
            f"({a.studies[0].id}.yaml and {b.studies[0].id}.yaml do not)"
        )
    folders = {"A": a, "B": b} | ({} if consensus is None else {"consensus": consensus})
    if consensus is not None:
        common &= {file.id for file in consensus.studies}
    protocol = _protocol(folders)
    items, unpaired = compare_folders(a, b, consensus)
    pooled = {
        name: _pool(folder, protocol, common, overrides or Overrides()) for name, folder in folders.items()
    }
    notes = [*_notes(folders, protocol, common, unpaired, items), *_caveats(pooled)]
    variables = measure_variables(items, orders=orders, seed=seed)
    notes += list(_variable_notes(variables))
    return Concord(
        folders, items, unpaired, variables, tuple(sorted(common)), pooled,
        tuple(_coded(a, b, pooled["A"], pooled["B"])), tuple(dict.fromkeys(notes)),
    )  # fmt: skip


def pool_extractors(found: Concord, overrides: Overrides) -> dict[str, Standing]:
    """The pooled effect of another analysis under each folder, from the same studies."""
    protocol = _protocol(found.folders)
    return {
        name: _pool(folder, protocol, set(found.studies), overrides) for name, folder in found.folders.items()
    }


def _protocol(folders: Mapping[str, Folder]) -> Folder:
    """The folder whose protocol all are pooled by: that of the consensus, else of A, else of B."""
    order = [folders[name] for name in ("consensus", "A", "B") if name in folders]
    return next((folder for folder in order if folder.declared), folders["A"])


def _pool(folder: Folder, protocol: Folder, common: set[str], overrides: Overrides) -> Standing:
    """The studies of ``common`` in a folder under one protocol."""
    files = tuple(file for file in folder.studies if file.id in common)
    same = dataclasses.replace(folder, studies=files, review=protocol.review, declared=protocol.declared)
    name = specify(same, overrides).name
    return find_standing(Side(folder.shown, "folder", folder.inputs, same), name, overrides)


def _coded(a: Folder, b: Folder, one: Standing, two: Standing) -> Iterator[CodedEffect]:
    """Effects that both have, in the order of A."""
    firsts, seconds = _singles(one), _singles(two)
    others = {file.id: file for file in b.studies}
    for file in a.studies:
        if file.id not in others:
            continue
        pairs = pair_effects(tree_of(file.text), tree_of(others[file.id].text))
        partner = {i: j for j, i in pairs.items()}
        for i, effect in enumerate(file.study.effects):
            if i not in partner:
                continue
            x = firsts.get((file.id, effect.id))
            y = seconds.get((file.id, others[file.id].study.effects[partner[i]].id))
            if x is not None and y is not None:
                yield CodedEffect(file.id, effect.id, x.yi, y.yi, _in_d(x, y))


def _singles(standing: Standing) -> dict[tuple[str, str], EffectRow]:
    if standing.synthesis is None:
        return {}
    return {(row.study, row.effect): row for row in standing.synthesis.prepared.single.rows}


def _in_d(x: EffectRow, y: EffectRow) -> float | None:
    d = [report_on("d", row.measure, row.yi) for row in (x, y)]
    return None if d[0] is None or d[1] is None else d[1] - d[0]


def _notes(
    folders: Mapping[str, Folder],
    protocol: Folder,
    common: set[str],
    unpaired: Sequence[Unpaired],
    items: Sequence[Item],
) -> Iterator[Note]:
    if {i.sha256 for i in folders["A"].inputs} == {i.sha256 for i in folders["B"].inputs}:
        yield Note("AGREE-SAME", "both extractors' folders hold the same files", severity="warning")
    declared = [f for f in folders.values() if f.declared]
    if not declared:
        yield Note(
            "NO-PROTOCOL", "no review.yaml: the field's default criteria and one analysis of all effects"
        )
    elif any(folder.review != protocol.review for folder in declared):
        text = f"the folders have different protocols; all are pooled by that of {protocol.shown}"
        yield Note("AGREE-PROTOCOL", text, severity="warning")
    alone = [item.study for item in unpaired if item.effect is None]
    if alone:
        text = f"in one folder alone, and not compared: {', '.join(alone)}"
        yield Note("AGREE-ALONE", text)
    if len(common) < FEWEST:
        text = f"{len(common)} studies are few for coefficients of agreement; read the disagreements"
        yield Note("AGREE-FEW", text)
    neither = sum(item.settled == "neither" and not item.same for item in items)
    if neither:
        yield Note(
            "AGREE-NEITHER", f"in {neither} fields the consensus has a value that neither extractor has"
        )


def _variable_notes(variables: Sequence[Variable]) -> Iterator[Note]:
    constant = [v.name for v in variables if v.constant and v.kind != "text"]
    if constant:
        text = f"no coefficient where every item has the same value: {', '.join(constant)}"
        yield Note("AGREE-CONSTANT", text)
    skewed = [v.name for v in variables if "ac1" in v.coefficients and not v.constant]
    if skewed:
        text = (
            f"one category has more than 90% in {', '.join(skewed)}: kappa is then low even where "
            "agreement is high, and AC1 stands beside it"
        )
        yield Note("AGREE-SKEWED", text)


def _caveats(pooled: Mapping[str, Standing]) -> Iterator[Note]:
    known = next((s for s in pooled.values() if s.estimate is not None), None)
    yield correlational(None if known is None else known.subject)
    if any(standing.synthetic for standing in pooled.values()):
        yield Note("SYNTH", "some studies are invented: synthetic data, not evidence", severity="warning")
