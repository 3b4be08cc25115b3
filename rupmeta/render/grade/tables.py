"""Certainty as tables: the domains of one analysis, and the summary of findings of all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rupmeta.read.reporting import DOMAINS, LEVELS
from rupmeta.render.claims.designs import all_randomised
from rupmeta.render.grade.flags import flag_domains
from rupmeta.render.labels import DISPLAY
from rupmeta.render.numbers import APA, NumberStyle, estimate_texts, interval_text
from rupmeta.render.results_tables import scales_of
from rupmeta.render.tables import Column, Table

__all__ = ["DOMAIN_WORDS", "MOST", "certainty_table", "findings_table", "level_words"]

Results = Mapping[str, Any]

#: A summary of findings has no more rows.
MOST = 7
DOMAIN_WORDS = {
    "risk_of_bias": "Risk of bias",
    "inconsistency": "Inconsistency",
    "indirectness": "Indirectness",
    "imprecision": "Imprecision",
    "publication_bias": "Publication bias",
    "large_effect": "Large effect",
    "dose_response": "Dose–response",
    "opposing_confounding": "Confounding against the result",
}
_QUESTION = {True: "yes", False: "no", None: "cannot be judged"}


def level_words(level: str | None) -> str:
    """``⊕⊕◯◯ low``; ``not rated`` without a level.

    >>> level_words("low"), level_words(None)
    ('⊕⊕◯◯ low', 'not rated')
    """
    if level is None:
        return "not rated"
    filled = LEVELS.index(level) + 1
    return f"{'⊕' * filled}{'◯' * (len(LEVELS) - filled)} {level.replace('-', ' ')}"


def certainty_table(results: Results, item: Results) -> Table:
    """Each domain with its numbers, whether they raise a question, and what people decided, with reasons."""
    ratings = (item["certainty"] or {}).get("ratings", {})
    rows = [
        {
            "domain": DOMAIN_WORDS[flag.domain],
            "numbers": flag.numbers,
            "question": _QUESTION[flag.question],
            **_rating(ratings.get(flag.domain), rated=item["certainty"] is not None),
        }
        for flag in flag_domains(results, item)
    ]
    rows += [
        {"domain": DOMAIN_WORDS[domain], "numbers": "", "question": "", **_rating(rating, rated=True)}
        for domain, rating in ratings.items()
        if domain not in DOMAINS
    ]
    columns = (
        Column("domain", "Domain"),
        Column("numbers", "Numbers"),
        Column("question", "Raises a question"),
        Column("rating", "Rating"),
        Column("reason", "Reason"),
    )
    return Table("certainty", "", columns, tuple(rows), footnotes=tuple(_footnotes(item)))


def _rating(rating: Results | None, *, rated: bool) -> dict[str, str]:
    if rating is None:
        return {"rating": "no change" if rated else "not rated", "reason": ""}
    steps = rating["up"] - rating["down"]
    words = "no change" if steps == 0 else f"{abs(steps)} {'up' if steps > 0 else 'down'}"
    return {"rating": words, "reason": rating["reason"]}


def _footnotes(item: Results) -> Iterator[str]:
    certainty = item["certainty"]
    if certainty is None:
        yield "Not rated: numbers raise questions, people rate (certainty in review.yaml)"
        return
    start = certainty["start"].replace("-", " ")
    yield f"Evidence starts {start}; rated by the authors: {level_words(certainty['level'])}"
    if certainty["note"]:
        yield certainty["note"]


def findings_table(results: Results, style: NumberStyle = APA) -> Table | None:
    """The summary of findings: at most seven analyses; reasons as footnotes. None without an answer."""
    rows: list[dict[str, Any]] = []
    notes: list[str] = []
    answered = [results["analyses"][name] for name in results["order"]]
    answered = [item for item in answered if item["pool"] is not None]
    for item in answered[:MOST]:
        pool, certainty = item["pool"], item["certainty"]
        level = level_words(None if certainty is None else certainty["level"])
        reasons = _reasons(certainty)
        if reasons:
            mark = "abcdefg"[len(notes)]
            notes.append(f"{mark} {reasons}")
            level += f" {mark}"
        rows.append(
            {
                "question": item["question"] or pool["analysis"],
                "k": pool["k"],
                "n": pool["n"],
                **_effects(pool, style),
                "certainty": level,
            }
        )
    if not rows:
        return None
    if len(answered) > MOST:
        notes.append(f"The first {MOST} of {len(answered)} analyses")
    columns = (
        Column("question", "Question"),
        Column("k", "k", "count"),
        Column("n", "N", "count"),
        Column("effect", "Pooled [CI]"),
        Column("prediction", "Prediction interval"),
        Column("certainty", "Certainty of evidence"),
    )
    assigned = all(all_randomised(results, item) for item in answered)
    words = "" if assigned else "Associations are correlational; "
    notes.append(f"{words}⊕ counts levels of certainty, from very low to high")
    return Table("findings-summary", "", columns, tuple(rows), footnotes=tuple(notes))


def _effects(pool: Results, style: NumberStyle) -> dict[str, str | None]:
    """Every scale of the answer side by side, and where a new study's effect is expected on the first."""
    texts, prediction = [], None
    for scale in scales_of(pool):
        shown, display = pool["reported"][scale], DISPLAY[scale]
        value, interval = estimate_texts(
            shown["estimate"], shown["ci_lb"], shown["ci_ub"], display.kind, style, null=display.null
        )
        texts.append(f"{display.symbol} = {value} {interval}")
        if prediction is None and shown["pi_lb"] is not None:
            limits = interval_text(shown["pi_lb"], shown["pi_ub"], display.kind, style, null=display.null)
            prediction = f"{display.symbol} {limits}"
    return {"effect": "; ".join(texts), "prediction": prediction}


def _reasons(certainty: Results | None) -> str:
    if certainty is None:
        return ""
    told = [
        f"{DOMAIN_WORDS[domain]}: {_rating(rating, rated=True)['rating']}, {rating['reason']}"
        for domain, rating in certainty["ratings"].items()
        if rating["down"] or rating["up"]
    ]
    start = f"starts {certainty['start'].replace('-', ' ')}"
    return "; ".join([start, *told])
