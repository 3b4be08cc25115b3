"""What is said of a mixture, by whoever notices it: the check of the files, or the answer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rupmeta.read.review import Analysis

__all__ = ["MIXED", "adjusted_sentence", "alike_sentence", "mixture_sentences"]

#: Fields whose levels are not pooled unless the protocol takes notice of them.
MIXED = ("comparison", "relation")


def mixture_sentences(
    levels: Mapping[str, Iterable[str | None]], analysis: Analysis | None
) -> Iterator[tuple[str, str]]:
    """Field and sentence where an analysis pools several levels and neither selects nor compares them."""
    asked = set() if analysis is None else {*analysis.where, *analysis.moderators}
    for name, values in levels.items():
        counts = Counter(value for value in values if value is not None)
        if len(counts) > 1 and name not in asked:
            listed = [f"{level} ({count})" for level, count in sorted(counts.items(), key=_most_first)]
            yield name, f"pools {' with '.join(listed)}; select one with where, or name {name} as a moderator"


def _most_first(item: tuple[str, int]) -> tuple[int, str]:
    return -item[1], item[0]


def adjusted_sentence(count: int, k: int, share: str = "") -> str:
    """How many of k effects are adjusted; ``share`` of the weight, where it is known."""
    return f"{count} of {k} effects are adjusted for covariates{share}, another quantity than r"


def alike_sentence(first: str, second: str) -> str:
    """Two effects of a sample that nothing tells apart."""
    return (
        f"{first} and {second} have the same outcome, comparison, phase and moderators: "
        "is one of them the other again?"
    )
