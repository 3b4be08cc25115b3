"""What no sentence of the program may say, whatever the numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rupmeta.lint.causal import find_causal
from rupmeta.render.document import (
    Answer,
    Document,
    Facts,
    FigureBlock,
    NotesBlock,
    Paragraph,
    TableBlock,
    blocks_of,
)

#: A cause may be named to deny it, to ask for it, or to say what would have to be so.
DENIES = re.compile(
    r"\b(not|no|nor|never|none|nobody|neither|cannot|whether|unless|nothing|would)\b|\?",
    re.IGNORECASE,
)
#: What is never written: each with what may stand all the same.
NEVER = {
    r"\bno (publication |reporting |selection )?bias\b": r"^$",
    r"\b(free of|absence of|without) (publication |reporting )?bias\b": r"^$",
    r"\bno association\b": r"\b(includes?|hold|holds|from|excludes?|against) no association\b",
    r"\b(high|substantial|considerable|low|moderate|little|no) heterogeneity\b": r"^$",
    r"\bonly in the\b": r"^$",
    r"\b(proves?|proven|confirms?|confirmed|establish(es|ed)|demonstrates?)\b": r"^$",
    r"\b(clearly|strongly) (associated|related|better)\b": r"^$",
    r"\bnan\b|\binf\b|\bNone\b|\{|\}": r"\bNone of\b|\bNone: as pooled\b|\bNone \d+ [−-]?\d?\.\d+ \[",
}
#: With few effects there are numbers and no verdicts.
VERDICTS = re.compile(
    r"\bwas associated with\b|\beffects (differed|varied along)\b(?!.*no basis)|\bno sign of asymmetry\b"
)
FEW = 10


def faults_of(sentence: str, *, k: int | None = None, randomized: bool = False) -> list[str]:
    """Which rules a sentence breaks; ``k`` effects are behind it, ``randomized`` in every study."""
    found = []
    if not randomized and find_causal(sentence) and not DENIES.search(sentence):
        found.append(f"causal: {find_causal(sentence)}")
    for never, but in NEVER.items():
        left = re.sub(but, "", sentence)
        if re.search(never, left):
            found.append(f"never: {never}")
    if k is not None and k < FEW and VERDICTS.search(sentence) and "no basis for a verdict" not in sentence:
        found.append("a verdict from few effects")
    return found


def sentences_of(document: Document) -> Iterator[str]:
    """Every sentence of a page: paragraphs, facts, answers, caveats, captions, notes and figures in words."""
    for block in blocks_of(document):
        match block:
            case Paragraph():
                yield from split(block.text)
            case Answer():
                yield from split(block.sentence)
            case Facts():
                for fact in block.items:
                    yield from split(fact.text)
            case NotesBlock():
                for _, message, _ in block.notes:
                    yield from split(message)
            case FigureBlock():
                yield from split(block.caption)
                yield from split(block.layout.desc)
            case TableBlock():
                for note in block.table.footnotes:
                    yield from split(note)
            case _:
                continue


def split(text: str) -> list[str]:
    """Sentences of a text: they end with a full stop before a capital letter."""
    return [part for part in re.split(r"(?<=[.!?])\s+(?=[A-ZÄÖÜ])", text.replace("\u00a0", " ")) if part]
