"""Claims of a methods paragraph: what was eligible, converted, pooled, declared and computed with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rupmeta.render.claims.claim import Claim, Facts, Topic
from rupmeta.render.labels import measure_label, method_label, moderator_label, test_label
from rupmeta.render.numbers import level_text, number

__all__ = [
    "CAUSALITY", "CONVERSION", "DEPENDENCE", "EXPLORATION", "MODEL", "SOFTWARE", "STATUS", "methods_facts",
]  # fmt: skip

Results = Mapping[str, Any]

STATUS: Topic = (
    Claim(
        "STATUS-PRESPECIFIED-REGISTERED",
        ("registration",),
        lambda v: v["status"] == "prespecified",
        "This analysis was prespecified (registration: {registration}).",
    ),
    Claim(
        "STATUS-PRESPECIFIED",
        (),
        lambda v: v["status"] == "prespecified" and v["registration"] is None,
        "This analysis is declared as prespecified; the review is not registered.",
    ),
    Claim(
        "STATUS-POSTHOC",
        (),
        lambda v: v["status"] == "posthoc",
        "This analysis is post hoc: it was defined after data had been seen, and is exploratory.",
    ),
    Claim(
        "STATUS-UNDECLARED",
        (),
        lambda v: v["status"] == "undeclared",
        "No protocol was declared for this analysis; it is exploratory.",
    ),
)

CONVERSION: Topic = (
    Claim(
        "CONVERSION-NONE",
        ("converted", "approximate"),
        lambda v: v["converted"] == v["approximate"] == 0,
        "Effects were analysed as {measure}; all were reported directly on that scale or a one-to-one "
        "function of it.",
    ),
    Claim(
        "CONVERSION-SOME",
        ("converted", "approximate"),
        lambda v: v["converted"] > 0 and v["approximate"] == 0,
        "Effects were analysed as {measure}; {converted} of {effects} were converted from other statistics.",
    ),
    Claim(
        "CONVERSION-APPROXIMATE",
        ("converted", "approximate"),
        lambda v: v["approximate"] > 0,
        "Effects were analysed as {measure}; {converted} of {effects} were converted from other statistics, "
        "and {approximate} rest on a number that was not printed.",
    ),
)

MODEL: Topic = (
    Claim(
        "MODEL-EQUAL",
        (),
        lambda v: v["method"] == "EE",
        "They were pooled with an equal-effects model; {level} intervals by {test}.",
    ),
    Claim(
        "MODEL-RANDOM",
        (),
        lambda v: v["method"] != "EE",
        "They were pooled with a random-effects model, τ² estimated by {method}; {level} intervals by "
        "{test}. Heterogeneity is described by Q, τ, I² and the prediction interval.",
    ),
)

DEPENDENCE: Topic = (
    Claim(
        "DEPENDENCE-NONE",
        (),
        lambda v: v["approach"] == "none",
        "Effects were taken as independent of each other.",
    ),
    Claim(
        "DEPENDENCE-AGGREGATE",
        (),
        lambda v: v["approach"] == "aggregate",
        "Effects of one sample were aggregated, with an assumed correlation of {rho} between them.",
    ),
    Claim(
        "DEPENDENCE-MULTILEVEL",
        (),
        lambda v: v["approach"] == "multilevel",
        "Effects were nested in samples (three-level model), with CR2 robust standard errors beside.",
    ),
    Claim(
        "DEPENDENCE-CHE",
        (),
        lambda v: v["approach"] == "che",
        "Effects of one sample were modelled as correlated ({rho}, assumed) and hierarchical, with CR2 "
        "robust standard errors beside.",
    ),
)

EXPLORATION: Topic = (
    Claim(
        "EXPLORATION-MODERATORS",
        ("moderators",),
        lambda v: v["moderators"] > 0,
        "Declared moderators ({names}) were examined in one model each, their p values adjusted by Holm's "
        "method. Small-study effects and selection were examined with Egger's regression, trim and fill and "
        "selection models, robustness by leaving out one sample at a time.",
    ),
    Claim(
        "EXPLORATION",
        ("moderators",),
        lambda v: v["moderators"] == 0,
        "Small-study effects and selection were examined with Egger's regression, trim and fill and "
        "selection models, robustness by leaving out one sample at a time.",
    ),
)

SOFTWARE: Topic = (
    Claim(
        "SOFTWARE",
        ("version",),
        lambda v: True,  # noqa: ARG005
        "Computations were made with rupmeta {version}; results.json holds every number.",
    ),
)

CAUSALITY: Topic = (
    Claim(
        "CAUSALITY-RANDOMIZED",
        ("designs",),
        lambda v: v["subject"] == "training-outcome" and set(v["designs"]) == {"randomized"},
        "Assignment was random in every study; what was assigned is the training, and not repair itself.",
    ),
    Claim(
        "CAUSALITY-TRAINING",
        (),
        lambda v: v["subject"] == "training-outcome" and set(v["designs"] or ()) != {"randomized"},
        "The evidence is correlational where therapists were not randomised: trained and untrained "
        "therapists differ in more than their training.",
    ),
    Claim(
        "CAUSALITY-REPAIR",
        (),
        lambda v: v["subject"] == "repair-outcome",
        "The evidence is correlational: no study assigned repairs at random, so an association does not show "
        "that repair causes better outcome.",
        denies=True,
    ),
    Claim(
        "CAUSALITY-OTHER",
        (),
        lambda v: v["subject"] not in ("repair-outcome", "training-outcome"),
        "The evidence is correlational: an association does not show what causes what.",
        denies=True,
    ),
)


def methods_facts(results: Results, item: Results) -> Facts:
    """What the claims of a methods paragraph need from an analysis that has an answer."""
    pool = item["pool"]
    flags = [effect["flag"] for effect in item["effects"]]
    planned = (item["moderators"] or {"moderators": []})["moderators"]
    used = {effect["study"] for effect in item["effects"]}
    designs = sorted({study.get("design") or "?" for study in results["studies"] if study["study"] in used})
    approach = pool["dependence"]
    return Facts(
        {
            "registration": results["registration"],
            "status": item["status"],
            "converted": flags.count("converted") + flags.count("approximate"),
            "approximate": flags.count("approximate"),
            "method": pool["method"],
            "approach": approach["approach"],
            "moderators": len(planned),
            "version": results["version"],
            "subject": item["subject"],
            "designs": designs,
        },
        {
            "registration": str(results["registration"]),
            "measure": measure_label(pool["measure"]),
            "effects": str(len(flags)),
            "converted": str(flags.count("converted") + flags.count("approximate")),
            "approximate": str(flags.count("approximate")),
            "level": level_text(pool["level"]),
            "test": test_label(pool["test"]),
            "method": method_label(pool["method"]),
            "rho": f"ρ = {number(approach['rho'], 'bounded')}",
            "names": ", ".join(_lower(moderator_label(entry["name"])) for entry in planned),
            "version": str(results["version"]),
        },
    )


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:] if text[1:2].islower() else text
