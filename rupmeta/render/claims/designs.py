"""Claims about what the designs of the pooled studies can show: a sentence for first screens, one in full."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rupmeta.render.claims.claim import Claim, Facts, Topic, say

__all__ = ["CAUTION", "CAUTION_FULL", "all_randomised", "caution_of", "cautions_of", "designs_facts"]

Results = Mapping[str, Any]
Values = Mapping[str, Any]

_UNITS = {"clients": "clients", "therapists": "therapists", "sites": "whole sites"}


def _training(v: Values) -> bool:
    return bool(v["subject"] == "training-outcome")


CAUTION: Topic = (
    Claim(
        "CAUTION-REPAIR",
        (),
        lambda v: v["subject"] == "repair-outcome",
        "The association of repair with outcome is correlational: no study assigned repairs at random, so it "
        "does not show that repair causes better outcome.",
        denies=True,
    ),
    Claim(
        "CAUTION-RANDOMIZED",
        ("random", "studies"),
        lambda v: _training(v) and 0 < v["random"] == v["studies"],
        "Chance assigned the training in every study ({units}). A difference in outcome belongs to the "
        "training as a whole and does not show that repair is what brought it about; risk of bias within "
        "trials, clients lost to follow-up and clients nested in few therapists remain.",
    ),
    Claim(
        "CAUTION-MIXED",
        ("random", "studies"),
        lambda v: _training(v) and 0 < v["random"] < v["studies"],
        "Chance assigned the training in {random} of {studies} studies ({units}): their difference belongs "
        "to the training as a whole, not to repair. In the others trained and untrained therapists differ in "
        "more than their training: the pooled difference is correlational and does not show that training "
        "causes better outcome.",
        denies=True,
    ),
    Claim(
        "CAUTION-TRAINING",
        ("random", "studies"),
        lambda v: _training(v) and v["random"] == 0,
        "No study is coded as randomised, and trained and untrained therapists differ in more than their "
        "training: a difference is correlational and does not show that training causes better outcome.",
        denies=True,
    ),
    Claim(
        "CAUTION-OTHER",
        (),
        lambda v: v["subject"] not in ("repair-outcome", "training-outcome"),
        "The evidence is correlational: an association does not show what causes what.",
        denies=True,
    ),
)

CAUTION_FULL: Topic = (
    Claim(
        "CAUTION-FULL-REPAIR",
        (),
        lambda v: v["subject"] == "repair-outcome",
        "No study assigned repairs at random, nor could one. Clients who would do well anyway may be better "
        "at repairing, their ruptures may be milder, and therapists good at repair may be good at "
        "everything: the association is correlational and does not show that repair causes better outcome.",
        denies=True,
    ),
    Claim(
        "CAUTION-FULL-RANDOMIZED",
        ("random", "studies"),
        lambda v: _training(v) and 0 < v["random"] == v["studies"],
        "Chance assigned the training in every study ({units}), so no common source of training and outcome "
        "at the start has to be feared. What remains: bias within the trials (see risk of bias), clients and "
        "therapists lost to follow-up, clients nested in few therapists, so that two groups of therapists "
        "may differ by chance, and what else came with the training. It was assigned as a whole: a "
        "difference does not show that repair is what brought it about.",
    ),
    Claim(
        "CAUTION-FULL-MIXED",
        ("random", "studies"),
        lambda v: _training(v) and 0 < v["random"] < v["studies"],
        "Chance assigned the training in {random} of {studies} studies ({units}). In them what remains is "
        "bias within trials, clients lost to follow-up, clients nested in few therapists, and that the "
        "training was assigned as a whole, not repair. In the others trained and untrained therapists differ "
        "in more than their training. The pooled difference mixes both: it is correlational and does not "
        "show that training causes better outcome.",
        denies=True,
    ),
    Claim(
        "CAUTION-FULL-TRAINING",
        ("random", "studies"),
        lambda v: _training(v) and v["random"] == 0,
        "No study is coded as randomised. Trained and untrained therapists differ in more than their "
        "training, and so may their clients: a difference is correlational and does not show that training "
        "causes better outcome.",
        denies=True,
    ),
    Claim(
        "CAUTION-FULL-OTHER",
        (),
        lambda v: v["subject"] not in ("repair-outcome", "training-outcome"),
        "The evidence is correlational: predictor and outcome may have a common source that nobody measured, "
        "and the outcome may come first. An association does not show what causes what.",
        denies=True,
    ),
)


def designs_facts(results: Results, item: Results) -> Facts:
    """What both topics need from an analysis, also from one that has no answer."""
    used = {effect["study"] for effect in item["effects"]}
    records = [record for record in results["studies"] if record["study"] in used]
    trials = [record for record in records if record.get("design") == "randomized"]
    return Facts(
        {"subject": _subject(results, item, records), "random": len(trials), "studies": len(records)},
        {"random": str(len(trials)), "studies": str(len(records)), "units": _units(trials)},
    )


def all_randomised(results: Results, item: Results) -> bool:
    """Whether chance assigned the training in every pooled study: only then do causal words fit."""
    values = designs_facts(results, item).values
    return _training(values) and 0 < values["random"] == values["studies"]


def caution_of(results: Results, item: Results, *, full: bool = False) -> str:
    """What the designs behind one answer can show."""
    sentence = say(CAUTION_FULL if full else CAUTION, designs_facts(results, item))
    assert sentence is not None  # one claim holds of every mix of designs
    return sentence


def cautions_of(results: Results) -> list[tuple[str, tuple[str, ...]]]:
    """Every different caution of a review with the names of its analyses, those with an answer first."""
    names = sorted(results["order"], key=lambda name: results["analyses"][name]["pool"] is None)
    found: dict[str, list[str]] = {}
    for name in names:
        item = results["analyses"][name]
        if item["pool"] is None and found:
            continue  # nothing was pooled: there is no answer to be cautious about
        found.setdefault(caution_of(results, item), []).append(name)
    return [(text, tuple(of)) for text, of in found.items()]


def _subject(results: Results, item: Results, records: list[Results]) -> str | None:
    """The relation that the effects are about; where several are mixed, repair is spoken of first."""
    if item["subject"] is not None:
        return str(item["subject"])
    asked = item["where"].get("relation")
    relations = {record["relation"] for record in records} or set(_listed(asked))
    relations = relations or set(results["criteria"].get("relation") or ())
    if "repair-outcome" in relations:
        return "repair-outcome"
    return next(iter(relations)) if len(relations) == 1 else None


def _listed(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | tuple):
        yield from map(str, value)


def _units(trials: list[Results]) -> str:
    """Whom chance assigned, where the files tell."""
    given = [record["assigned"] for record in trials if record.get("assigned")]
    silent = len(trials) - len(given)
    parts = [
        f"{words} in {given.count(unit)}" if silent or len(set(given)) > 1 else f"{words} were assigned"
        for unit, words in _UNITS.items()
        if unit in given
    ]
    if silent:
        unknown = "the files do not say whether clients or therapists were assigned"
        parts.append(unknown if not given else f"not said whether clients or therapists in {silent}")
    return ", ".join(parts)
