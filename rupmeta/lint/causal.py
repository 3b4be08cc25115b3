"""Words that say one thing brings about another; studies of repair and outcome cannot show that."""

from __future__ import annotations

import re

__all__ = ["find_causal"]

#: Verbs and phrases. "effect size", "effects" and "random-effects" are statistics and are not among them.
_PATTERN = re.compile(
    r"""\b(?:
        improv(?:e|es|ed|ing|ements?) | enhanc\w+ | caus(?:e|es|ed|ing|al|ally) | lead(?:s|ing)?\s+to
      | led\s+to
      | reduc(?:e|es|ed|ing|tion|tions) | impact\w* | due\s+to | because\s+of | thanks\s+to
      | result(?:s|ed|ing)?\s+in | bring(?:s|ing)?\s+about | brought\s+about | prevent(?:s|ed|ing)?
      | produc(?:e|es|ed|ing) | promot(?:e|es|ed|ing) | boost\w* | determin(?:e|es|ed)\s+outcome\w*
      | (?:in|de)creas(?:e|es|ed|ing)\s+(?:the\s+)?(?:outcome|symptom|completion|dropout)\w*
      | (?:has|have|had)\s+an?\s+effect\s+on | affect(?:s|ed|ing)? | contribut(?:e|es|ed|ing)\s+to
      | mak(?:e|es|ing)\s+(?:\w+\s+){0,3}(?:better|worse) | work(?:s|ed)\s+because | effective\w*
      | help(?:s|ed)?\s+(?:clients|patients) | responsible\s+for
    )\b""",
    re.IGNORECASE | re.VERBOSE,
)


def find_causal(text: str) -> list[str]:
    """The causal words of ``text``, in order.

    >>> find_causal("Repair improves outcome"), find_causal("The effect size of repair was r = .29")
    (['improves'], [])
    """
    return [" ".join(match.split()) for match in _PATTERN.findall(text)]
