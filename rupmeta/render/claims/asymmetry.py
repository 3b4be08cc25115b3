"""Claims about asymmetry; none says that nothing is missing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rupmeta.render.claims.claim import Claim, Facts, Topic
from rupmeta.render.claims.words import stat_text
from rupmeta.render.numbers import APA, NumberStyle

__all__ = ["ALPHA", "ASYMMETRY", "ENOUGH", "asymmetry_facts"]

Answer = Mapping[str, Any]

#: With fewer effects there are numbers and no verdicts.
ENOUGH = 10
ALPHA = 0.05

ASYMMETRY: Topic = (
    Claim(
        "ASYMMETRY-FEW",
        ("k",),
        lambda v: v["k"] < ENOUGH,
        "With k = {k}, fewer than {enough} effects, asymmetry and selection cannot be judged.",
    ),
    Claim(
        "ASYMMETRY-UNKNOWN",
        ("k",),
        lambda v: v["k"] >= ENOUGH and v["p"] is None,
        "Asymmetry cannot be judged: {reason}.",
    ),
    Claim(
        "ASYMMETRY-SEEN",
        ("k", "p"),
        lambda v: v["k"] >= ENOUGH and v["p"] < ALPHA,
        "Effects depend on the precision of their studies, {test}. Selective publication is one explanation; "
        "small studies that differ in clients, therapies or measures are another.",
    ),
    Claim(
        "ASYMMETRY-NOT-SEEN",
        ("k", "p"),
        lambda v: v["k"] >= ENOUGH and v["p"] >= ALPHA,
        "There is no sign of asymmetry, {test}; with k = {k} the test can miss a good deal of it, and "
        "selection need not leave any.",
    ),
)


def asymmetry_facts(answer: Answer, style: NumberStyle = APA) -> Facts:
    """What ``ASYMMETRY`` needs from the answer of ``bias``."""
    egger = answer["egger"]
    texts = {"k": str(answer["k"]), "enough": str(ENOUGH)}
    if egger is None:
        texts["reason"] = answer["reasons"].get("egger", "Egger's regression has no answer")
        return Facts({"k": answer["k"], "p": None}, texts)
    return Facts({"k": answer["k"], "p": egger["pval"]}, {**texts, "test": stat_text(egger, style)})
