"""Two folders of the same studies → every field that either of them filled in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rupmeta.read.compare import FieldPair, compare_files, pair_by_id
from rupmeta.read.documents import tree_of
from rupmeta.read.folder import Folder, StudyFile
from rupmeta.read.yaml_files import Tree

__all__ = ["Item", "Unpaired", "compare_folders", "pair_effects"]

#: Who extracted it, when, and remarks: not what the paper says.
LEFT_OUT = ("extraction", "accept", "note")
IDS = "effects.id"


@dataclass(frozen=True, slots=True)
class Item:
    """One field of one study; ``a`` and ``b`` are None where blank. Addresses are path:line:column.

    ``consensus`` (text) and ``where_consensus`` are None without a third folder, or where it is blank.
    ``settled`` says whose value the consensus took: A, B, both, or neither.
    """

    study: str
    effect: str | None
    field: str
    variable: str
    a: object
    b: object
    text_a: str | None
    text_b: str | None
    where_a: str
    where_b: str
    same: bool
    consensus: str | None = None
    where_consensus: str | None = None
    settled: str | None = None


@dataclass(frozen=True, slots=True)
class Unpaired:
    """A study or an effect that only one extractor has."""

    study: str
    effect: str | None
    side: str
    where: str


def compare_folders(
    a: Folder, b: Folder, consensus: Folder | None = None
) -> tuple[tuple[Item, ...], tuple[Unpaired, ...]]:
    """Every field that A or B gives, in the order of the studies, and what has no partner.

    Effects pair by id, else by outcome, comparison and phase where this is unique on both sides; fields of
    an effect without a partner are not compared one by one.
    """
    firsts, seconds = ({file.id: file for file in folder.studies} for folder in (a, b))
    thirds = {} if consensus is None else {file.id: file for file in consensus.studies}
    items: list[Item] = []
    unpaired: list[Unpaired] = []
    for study in sorted(firsts.keys() | seconds.keys()):
        if study not in firsts or study not in seconds:
            side = "A" if study in firsts else "B"
            file = (firsts if side == "A" else seconds)[study]
            unpaired.append(Unpaired(study, None, side, f"{file.path}:1:1"))
            continue
        settled = _settled(firsts[study], thirds.get(study))
        alone = _unpaired_effects(firsts[study], seconds[study])
        texts = firsts[study].text, seconds[study].text
        pairs = compare_files(*texts, pair_effects=pair_effects, expand=True)
        without = {item.effect for item in alone}
        items += [
            _item(firsts[study], seconds[study], pair, settled) for pair in pairs if _counts(pair, without)
        ]
        unpaired += alone
    return tuple(items), tuple(unpaired)


def pair_effects(a: Tree, b: Tree) -> dict[int, int]:
    """Effects of b → effects of a: by id, then by outcome, comparison and phase."""
    pairs = pair_by_id(a, b)
    first, second = (
        {index: key for index, key in enumerate(_keys(tree)) if index not in taken}
        for tree, taken in ((a, set(pairs.values())), (b, set(pairs)))
    )
    for j, key in second.items():
        alike = [i for i, other in first.items() if other == key]
        if len(alike) == 1 and list(second.values()).count(key) == 1:
            pairs[j] = alike[0]
    return pairs


def _keys(tree: Tree) -> list[tuple[object, ...]]:
    """Outcome, comparison and phase of every effect; the outcome's name in any spelling."""
    effects = None if tree.root is None else tree.root.children.get("effects")
    found: list[tuple[object, ...]] = []
    for child in () if effects is None else effects.children.values():
        value = child.value if isinstance(child.value, dict) else {}
        outcome = value.get("outcome")
        name = outcome.get("name") if isinstance(outcome, dict) else None
        plain = None if name is None else " ".join(str(name).casefold().replace("-", " ").split())
        found.append((plain, value.get("comparison"), value.get("phase")))
    return found


def _counts(pair: FieldPair, without: set[str | None]) -> bool:
    """Whether a pair is a field to compare; effects ``without`` a partner have none."""
    parts = pair.variable.split(".")
    if pair.variable == IDS or parts[0] in LEFT_OUT or parts[-1] in ("note", "quote") or "accept" in parts:
        return False
    return pair.effect is None or pair.effect not in without


def _unpaired_effects(a: StudyFile, b: StudyFile) -> list[Unpaired]:
    pairs = pair_effects(tree_of(a.text), tree_of(b.text))
    found = []
    for side, file, taken in (("A", a, set(pairs.values())), ("B", b, set(pairs))):
        for index, effect in enumerate(file.study.effects):
            if index not in taken:
                place = file.locate(("effects", index))
                found.append(Unpaired(file.id, effect.id, side, f"{file.path}:{place.line}:{place.column}"))
    return found


def _settled(a: StudyFile, third: StudyFile | None) -> Mapping[str, tuple[FieldPair, str]]:
    """Field → what the consensus says of it, and where."""
    if third is None:
        return {}
    pairs = compare_files(a.text, third.text, pair_effects=pair_effects, expand=True)
    return {pair.field: (pair, f"{third.path}:{pair.at_b[0]}:{pair.at_b[1]}") for pair in pairs}


def _item(a: StudyFile, b: StudyFile, pair: FieldPair, settled: Mapping[str, tuple[FieldPair, str]]) -> Item:
    known = settled.get(pair.field)
    third = None if known is None else known[0]
    whose = None
    if third is not None:
        with_a, with_b = third.same, _equal(third.b, pair.b)
        whose = "both" if with_a and with_b else "A" if with_a else "B" if with_b else "neither"
    return Item(
        a.id,
        pair.effect,
        pair.field,
        pair.variable,
        pair.a,
        pair.b,
        pair.text_a,
        pair.text_b,
        f"{a.path}:{pair.at_a[0]}:{pair.at_a[1]}",
        f"{b.path}:{pair.at_b[0]}:{pair.at_b[1]}",
        pair.same,
        None if third is None else third.text_b,
        None if known is None or known[0].text_b is None else known[1],
        whose,
    )


def _equal(x: object, y: object) -> bool:
    return x == y and isinstance(x, bool) == isinstance(y, bool)
