"""Captions in APA style: a title, and a note that says how to read the figure or table.

``FOREST``, ``FUNNEL`` and ``STUDIES`` are texts for a manuscript; ``figure_caption`` has one for every figure
of the report.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rupmeta.render.claims.claim import Claim, Facts, Topic
from rupmeta.render.claims.pooled import FEW
from rupmeta.render.claims.words import SUBJECTS, count
from rupmeta.render.labels import DISPLAY
from rupmeta.render.numbers import level_text
from rupmeta.render.results_tables import first_scale

__all__ = ["CAPTIONS", "FOREST", "FUNNEL", "STUDIES", "caption_facts", "figure_caption"]

Answer = Mapping[str, Any]

_SQUARES = (
    "Forest Plot of {k} Effects. Note. Squares are effects ({symbol}) with areas proportional to their "
    "weights, lines their {level} confidence intervals, the diamond is the pooled {symbol}"
)

FOREST: Topic = (
    Claim(
        "CAPTION-FOREST-PI",
        ("k",),
        lambda v: v["pi"],
        _SQUARES + "; the bar below it is the {level} prediction interval. {predictor} and {outcome}: "
        "{kind}.",
    ),
    Claim(
        "CAPTION-FOREST",
        ("k",),
        lambda v: not v["pi"],
        _SQUARES + ". {predictor} and {outcome}: {kind}.",
    ),
)

FUNNEL: Topic = (
    Claim(
        "CAPTION-FUNNEL-FEW",
        ("k",),
        lambda v: v["k"] < FEW,
        "Funnel Plot of {k} Effects. Note. Effects against their standard errors. With k = {k} asymmetry "
        "cannot be judged.",
    ),
    Claim(
        "CAPTION-FUNNEL",
        ("k",),
        lambda v: v["k"] >= FEW,
        "Funnel Plot of {k} Effects. Note. Effects against their standard errors; a symmetric funnel does "
        "not show that nothing is missing.",
    ),
)

STUDIES: Topic = (
    Claim(
        "CAPTION-STUDIES",
        ("k",),
        lambda v: v["k"] >= 1,
        "Effects and Weights of {k} Effects. Note. {symbol} with {level} confidence intervals; weights in "
        "percent of the fitted model.",
    ),
)


def caption_facts(pool: Answer, subject: str | None) -> Facts:
    """What captions need from a pooled answer."""
    predictor, outcome = SUBJECTS.get(subject or "", ("the predictor", "the outcome"))
    return Facts(
        {"k": pool["k"], "pi": pool["prediction"]["pi_lb"] is not None},
        {
            "k": str(pool["k"]),
            "symbol": DISPLAY[first_scale(pool)].symbol,
            "level": level_text(pool["level"]),
            "predictor": predictor[:1].upper() + predictor[1:],
            "outcome": outcome,
            "kind": "the training was assigned at random"
            if subject == "training-outcome" and pool.get("randomized", False)
            else "correlational",
        },
    )


#: Kind of figure → title and note; {symbol}, {level} and {effects} are those of the pooled answer.
CAPTIONS: Mapping[str, tuple[str, str]] = {
    "prisma": ("Flow of reports and studies (PRISMA 2020)", ""),
    "forest": (
        "Forest plot of {effects}",
        "Squares: {symbol}, area by weight; lines: {level} CI; diamond: pooled {symbol} with its CI; bar, "
        "where there is one: {level} prediction interval.",
    ),
    "drapery": (
        "p values of every possible effect",
        "Thin curves: single effects; thick curve: the pooled answer; shaded: what a new study may show. A "
        "curve reaches 1 at its estimate and crosses a p value at the limits of the interval of that level.",
    ),
    "radial": (
        "Radial plot",
        "Each effect divided by its standard error, against precision; the slope of a line from the origin "
        "is an effect, read off the arc in {symbol}.",
    ),
    "labbe": (
        "L’Abbé plot",
        "Share of good outcomes in one group over the share in the other, area by n; curve: the pooled "
        "effect; on the diagonal both groups fare alike.",
    ),
    "subgroups": (
        "Subgroups by {what}",
        "Squares: {symbol}, area by weight; lines: {level} CI; a diamond for every level, the last for all "
        "{effects}.",
    ),
    "along": (
        "Effects against {what}",
        "Area by weight; line: the fitted model with its {level} interval; wider band: {level} prediction "
        "interval. Differences between studies are not effects of {what}.",
    ),
    "orchard": (
        "Every effect of each level: {what}",
        "Points: {symbol}, sized by precision; thick bar: {level} CI of the level’s mean; thin bar: {level} "
        "prediction interval.",
    ),
    "funnel": (
        "Funnel plot of {effects}",
        "Effects against standard errors, precise ones on top; dashed: pseudo {level} interval round the "
        "mean; grey: p against no association.",
    ),
    "adjustments": (
        "The answer under every adjustment for what may be missing",
        "{symbol} with {level} CI; shaded: the interval as pooled. None is the corrected answer.",
    ),
    "p-curve": (
        "p-curve of the significant results",
        "Share of p values below .05 in five bins, beside what no effect and 33% power would give.",
    ),
    "leave-one-out": (
        "The answer without each sample",
        "Pooled {symbol} with {level} CI of the rest; shaded: the interval of all.",
    ),
    "cumulative": (
        "The answer as studies join by year",
        "Pooled {symbol} with {level} CI of the studies so far.",
    ),
    "influence": (
        "Diagnostics of every effect",
        "Marked: beyond the limit of the diagnostic (Viechtbauer & Cheung, 2010).",
    ),
    "baujat": (
        "Part in heterogeneity against pull on the answer",
        "The further to the right, the more an effect adds to Q; the higher, the more the pooled answer "
        "moves without it.",
    ),
    "gosh": (
        "The answer in subsets of the studies",
        "Pooled {symbol} against I² in every subset, or in a seeded sample of them; the darker, the more "
        "subsets.",
    ),
    "specification": (
        "Specification curve",
        "Pooled {symbol} with {level} CI under every combination of defensible choices, in order of size; "
        "below, the choices that each takes. Marked: the declared analysis.",
    ),
    "prior-posterior": (
        "Priors and what the data make of them",
        "Densities of the mean and of τ, before (dashed) and after the data.",
    ),
    "profile": (
        "Profile likelihood of both variances",
        "Variance between samples and within them; what lies above the line is within the {level} interval.",
    ),
    "confounding": (
        "What an unmeasured confounder of any strength would leave",
        "Pooled correlation with {level} interval, and the share of true correlations above the smallest of "
        "interest, over the confounder’s correlation with both sides.",
    ),
    "rob": ("Risk of bias by study and domain ({what})", ""),
    "rob-summary": ("Risk of bias by share of the weight ({what})", ""),
}


def figure_caption(kind: str, pool: Answer | None = None, what: str = "") -> tuple[str, str]:
    """Title and note of a figure of the report; ``what``: the moderator or analysis that it is about."""
    texts = {"what": what}
    if pool is not None:
        texts["symbol"] = DISPLAY[first_scale(pool)].symbol
        texts["level"] = level_text(pool["level"])
        texts["effects"] = count(pool["k"], "effect", "effects")
    title, note = CAPTIONS[kind]
    return title.format_map(texts), note.format_map(texts)
