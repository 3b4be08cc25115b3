"""Two versions of a file, field by field, every value with its address on both sides."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from rupmeta.read.documents import tree_of
from rupmeta.read.yaml_files import KeyPath, Node, Tree

__all__ = ["FieldPair", "PairEffects", "compare_files", "pair_by_id", "shown_value"]

_EFFECT = re.compile(r"effects\[(.*?)\](?=\.|\Z)")

#: Index of an effect in the second file → its index in the first; effects that are not in it have no partner.
PairEffects = Callable[[Tree, Tree], Mapping[int, int]]


@dataclass(frozen=True, slots=True)
class FieldPair:
    """One field of two files.

    ``field`` is its name with effects by id and routes by their keys (``effects[core-om].reported[r, n].r``),
    ``variable`` the name without these (``effects.reported.r``), ``effect`` the id of the effect it belongs
    to; ``a`` and ``b`` the values, None where blank; ``text_a`` and ``text_b`` their characters in the file.
    ``at_a`` and ``at_b`` are line and column; of the place where it would stand, on the side that has none.
    """

    field: str
    variable: str
    effect: str | None
    a: object
    b: object
    text_a: str | None
    text_b: str | None
    at_a: tuple[int, int]
    at_b: tuple[int, int]

    @property
    def same(self) -> bool:
        """Whether both values are equal: ``.30`` equals ``0.3``, true does not equal 1."""
        return self.a == self.b and isinstance(self.a, bool) == isinstance(self.b, bool)


def compare_files(
    a: str, b: str, *, pair_effects: PairEffects | None = None, expand: bool = False
) -> tuple[FieldPair, ...]:
    """The fields of two YAML texts in the order of the first, then those that only the second has.

    Effects are paired by ``pair_effects`` (default: by id), routes by the keys that they give, other lists
    are one value. A part that one side lacks is one pair, or with ``expand`` a pair for every value in it. A
    null is blank, and what is blank on both sides is left out.
    """
    trees = tree_of(a), tree_of(b)
    partner = (pair_effects or pair_by_id)(*trees)
    walk = _Walk(*trees, partner, expand)
    return tuple(walk.pairs(trees[0].root, trees[1].root, "", (), ()))


def pair_by_id(a: Tree, b: Tree) -> dict[int, int]:
    """Effects with the same id."""
    first = {ident: index for index, ident in reversed(list(enumerate(_ids(a))))}
    found: dict[int, int] = {}
    for index, ident in enumerate(_ids(b)):
        if ident is not None and ident in first and first[ident] not in found.values():
            found[index] = first[ident]
    return found


def shown_value(node: Node) -> str:
    """A value as it stands in the file, mappings and lists in one line."""
    if isinstance(node.value, dict):
        return "{" + ", ".join(f"{key}: {shown_value(child)}" for key, child in node.children.items()) + "}"
    if isinstance(node.value, list):
        return "[" + ", ".join(shown_value(child) for child in node.children.values()) + "]"
    return str(node.value) if node.text is None else " ".join(node.text.split())


@dataclass(frozen=True, slots=True)
class _Walk:
    tree_a: Tree
    tree_b: Tree
    partner: Mapping[int, int]
    expand: bool

    def pairs(
        self, a: Node | None, b: Node | None, name: str, key_a: KeyPath, key_b: KeyPath
    ) -> Iterator[FieldPair]:
        a, b = (None if node is None or node.value is None else node for node in (a, b))
        if a is None and b is None:
            return
        known = a or b
        assert known is not None
        both = a is not None and b is not None
        if isinstance(known.value, dict) and (not both or _alike(a, b, dict)) and (both or self._opens(name)):
            for part in dict.fromkeys((*(a.children if a else ()), *(b.children if b else ()))):
                yield from self.pairs(
                    a.children.get(part) if a else None,
                    b.children.get(part) if b else None,
                    f"{name}.{part}" if name else str(part),
                    (*key_a, part),
                    (*key_b, part),
                )
        elif name == "effects" or name.endswith(".reported"):
            for label, i, j in self._matched(a, b, name):
                yield from self.pairs(
                    a.children.get(i) if a and i is not None else None,
                    b.children.get(j) if b and j is not None else None,
                    f"{name}[{label}]",
                    key_a if i is None else (*key_a, i),
                    key_b if j is None else (*key_b, j),
                )
        else:
            variable = ".".join(part for part in key_a if isinstance(part, str))
            inside = _EFFECT.match(name)
            yield FieldPair(
                name,
                variable,
                inside[1] if inside else None,
                None if a is None else a.value,
                None if b is None else b.value,
                None if a is None else shown_value(a),
                None if b is None else shown_value(b),
                self._at(self.tree_a, key_a),
                self._at(self.tree_b, key_b),
            )

    def _opens(self, name: str) -> bool:
        """Whether a part that one side lacks is taken apart; the whole file always is."""
        return self.expand or not name

    def _matched(
        self, a: Node | None, b: Node | None, name: str
    ) -> Iterator[tuple[str, int | None, int | None]]:
        """Items of ``effects`` or ``reported``: label, index in a, index in b."""
        firsts, seconds = _items(a, name), _items(b, name)
        if name == "effects":
            partner = dict(self.partner)
        else:
            places = {signature: i for i, (signature, _) in enumerate(firsts)}
            partner = {
                j: places[signature] for j, (signature, _) in enumerate(seconds) if signature in places
            }
        back = {i: j for j, i in partner.items()}
        for i, (_, label) in enumerate(firsts):
            yield label, i, back.get(i)
        for j, (_, label) in enumerate(seconds):
            if j not in partner:
                yield label, None, j

    @staticmethod
    def _at(tree: Tree, key: KeyPath) -> tuple[int, int]:
        place = tree.locate(key)
        return (place.line, place.column) if tree.holds(key) else (place.key_line, place.key_column)


def _alike(a: Node | None, b: Node | None, kind: type) -> bool:
    return all(node is not None and isinstance(node.value, kind) for node in (a, b))


def _items(node: Node | None, name: str) -> list[tuple[tuple[str, ...], str]]:
    """Signature and label of every effect (its id) or route (its keys, in any order).

    What comes twice is numbered in both.
    """
    found: list[tuple[tuple[str, ...], str]] = []
    seen: dict[tuple[str, ...], int] = {}
    for index, child in () if node is None else node.children.items():
        if not isinstance(child.value, dict):
            parts = [str(index)]
        elif name == "effects":
            parts = [str(child.value.get("id", index))]
        else:
            parts = [str(key) for key, value in child.value.items() if value is not None]
        signature, label = tuple(sorted(parts)), ", ".join(parts)
        seen[signature] = seen.get(signature, 0) + 1
        if seen[signature] > 1:
            label = f"{label} #{seen[signature]}"
            signature = (*signature, f"#{seen[signature]}")
        found.append((signature, label))
    return found


def _ids(tree: Tree) -> list[object]:
    effects = None if tree.root is None else tree.root.children.get("effects")
    return [
        child.value.get("id") if isinstance(child.value, dict) else None
        for child in (() if effects is None else effects.children.values())
    ]
