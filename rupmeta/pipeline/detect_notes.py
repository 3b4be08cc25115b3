"""Caveats of a detection: they travel with its numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from rupmeta.detect.classify import NONE
from rupmeta.detect.expected import Expected
from rupmeta.detect.rules import RULES
from rupmeta.detect.settings import Settings
from rupmeta.effects.hubs import show
from rupmeta.pipeline.detect import Detected, Effect
from rupmeta.pipeline.detect_parquet import Summarised
from rupmeta.results import Note, NotEstimable

__all__ = ["UNLISTED", "detect_notes", "summary_notes"]

CEILING = 0.5  # share of ratings at the best score


#: Said of an answer whose clients are too many for one JSON object.
UNLISTED = Note(
    "DET-LARGE",
    "more than 100,000 clients are counted and not listed in JSON: --format csv without --outcome has a line "
    "for each",
)


def detect_notes(detected: Detected) -> tuple[Note, ...]:
    """What a reader must know before using the counts or the effect."""
    found, file = detected.found, detected.source.file
    counts = found.counts()
    share = None
    known = ~np.isnan(found.at_max)
    if known.any() and found.n[known].sum():
        share = float(np.average(found.at_max[known], weights=found.n[known]))
    masked = int((found.fallen & (found.kind == NONE)).sum())
    return (
        *_rule(found.settings, counts),
        *_series(found.settings, counts, share, masked, dated=file.dated),
        *(Note(problem.code, problem.message, problem.path, problem.severity) for problem in file.problems),
        *_noise(counts, detected.expected),
        *_effect(detected),
    )


def summary_notes(found: Summarised) -> tuple[Note, ...]:
    """The same for clients who were only counted."""
    summary = found.summary
    rated = int(summary.n.sum())
    share = None if summary.at_max is None or not rated else summary.at_max / rated
    return (
        *_rule(found.settings, summary.counts),
        *_series(found.settings, summary.counts, share, summary.masked, dated=found.dated),
        *_noise(summary.counts, found.expected),
        Note(
            "DET-LARGE",
            "clients are counted, not listed: --format csv has a line for each; effects and figures need all "
            "ratings in memory",
        ),
    )


def many(n: int, what: str) -> str:
    """A number of things, one or several."""
    return f"{n} {what}" if n == 1 else f"{n} {what}s"


def _rule(settings: Settings, counts: Mapping[str, int]) -> Iterator[Note]:
    rule = RULES[settings.rule]
    k = "" if rule.k is None else f", k = {show(rule.multiplier(settings))}"
    how = f"fraction {show(settings.fraction)}" if settings.repair == "fraction" else settings.repair
    guard = f"smallest depth {show(settings.guard)}" if settings.guard else "no smallest depth"
    yield Note(
        "DET-RULE",
        f"rule {rule.name}{k} ({rule.shows}); {guard}, pre-level {settings.pre}, repair {how} "
        f"within {settings.window or 'all later'} sessions, gap "
        f"{settings.gap}: there "
        "is no standard rule; results depend on this choice (--rule all shows every one)",
    )
    if counts["not_classifiable"]:
        reasons = {
            "too_short": f"fewer than {rule.shortest(settings)} ratings",
            "no_spread": "no spread although the series falls",
            "insensitive": "insensitive",
            "only_censored": "only censored episodes",
            "other_phase": "ruptures in other phases only",
        }
        why = ", ".join(f"{counts[key]} {words}" for key, words in reasons.items() if counts[key])
        yield Note(
            "DET-NMIN",
            f"{many(counts['not_classifiable'], 'client')} cannot be classified under this rule ({why}): not "
            "counted as without rupture",
            severity="warning",
        )
    yield Note(
        "DET-POSTSESSION",
        "falls between post-session ratings are disputed as ruptures: they agreed with observed "
        "ruptures in one "
        "study of cognitive therapy (2024) and were unreliable predictors of them in another",
    )
    scale = settings.scale
    if not settings.guard:
        yield Note(
            "DET-NOGUARD",
            "no reliability: changes within measurement error count as ruptures"
            if scale.reliable_change is None
            else "the smallest depth is 0: changes within measurement error count as ruptures",
            severity="warning",
        )
    elif scale.sd_source != "stated" and scale.sd is not None:
        yield Note(
            "DET-SD", f"the SD {show(scale.sd)} behind the reliable change is that of {scale.sd_source}"
        )
    if scale.low is None and scale.high is None:
        yield Note(
            "DET-SCALE",
            "the range of the scale is not known: scores are not checked against it, and insensitive "
            "series are "
            "not found",
        )
    if settings.rule == "sudden-loss" and scale.low is None:
        yield Note("DET-SCALE", "without the minimum of the scale the criterion of a quarter's loss is off")


def _series(
    settings: Settings, counts: Mapping[str, int], at_max: float | None, masked: int, *, dated: bool
) -> Iterator[Note]:
    """``at_max``: share of ratings at the best score; ``masked``: fallen clients without rupture."""
    if at_max is not None and at_max >= CEILING:
        yield Note(
            "DET-CEILING",
            f"{100 * at_max:.0f}% of ratings are at the top of the scale: falls are visible, rises are not",
            severity="warning",
        )
    if settings.rule in ("mean-sd", "tukey"):
        lower = (
            f": in {many(masked, 'client')} without rupture the last third of ratings lies a reliable change "
            "below the first"
            if settings.scale.reliable_change is not None
            else "; how many clients that concerns is not known without the reliable change"
        )
        yield Note("DET-MASK", f"a fall that lasts hides itself from this rule{lower}")
    if counts["pairs_skipped"]:
        yield Note(
            "DET-GAPS",
            f"sessions are missing within {many(counts['pairs_skipped'], 'pair')} of ratings in a row; rules "
            "that compare neighbours skip them",
        )
    if dated:
        yield Note("DET-DATES", "sessions are dates: they count as 1, 2, … and missed sessions are not seen")
    if counts["episodes_censored"]:
        yield Note(
            "DET-CENSORED",
            f"the series ends too soon to see a repair of {many(counts['episodes_censored'], 'episode')}, "
            "counted as " + ("unrepaired" if settings.censored == "unrepaired" else "neither"),
        )


def _noise(counts: Mapping[str, int], expected: Sequence[Expected]) -> Iterator[Note]:
    classified = counts["classifiable"]
    if not classified or not expected:
        return
    observed = (classified - counts["none"]) / classified
    noise = ", ".join(f"{100 * e.any:.0f}% at φ = {show(round(e.phi, 2))}" for e in expected)
    repaired = max(e.repaired for e in expected)
    yield Note(
        "DET-NOISE",
        f"{100 * observed:.0f}% of classifiable clients show a rupture; noise alone would show it in "
        f"{noise}, and most of those would look repaired (up to {100 * repaired:.0f}% of clients)",
    )


def _effect(detected: Detected) -> Iterator[Note]:
    effect, found = detected.effect, detected.found
    if effect is None:
        return
    if isinstance(effect, NotEstimable):
        yield Note(effect.code, effect.reason, severity="warning")
        return
    yield from effect.contrast.notes
    r = (
        ""
        if effect.length_r is None
        else f" (r of group and number of ratings {show(round(effect.length_r, 2))})"
    )
    yield Note(
        "DET-LENGTH",
        f"clients with more ratings have more chances of a rupture and of a repair{r}: see the adjusted "
        "effect",
    )
    mixed = int(found.counts()["mixed"])
    if mixed:
        under = ", ".join(f"{name} {_r(other)}" for name, other in detected.policies.items())
        rest = f"; r under the others: {under}" if under else ""
        yield Note("DET-MIXED", f"mixed: {many(mixed, 'client')}, taken as {found.settings.mixed}{rest}")
    if detected.without_censored is not None:
        yield Note("DET-CENSORED", f"r without censored episodes: {_r(detected.without_censored)}")
    if (found.phase == 2).any():
        yield Note("DET-OVERLAP", "late episodes overlap the outcome in time: an association, not a cause")
    raters = detected.source.file.raters
    patient = any(name.lower() in ("patient", "client", "self") for name in raters) or not raters
    if patient:
        yield Note(
            "DET-RATER",
            "if outcome and alliance come from the same person, the shared rater inflates the effect",
        )
    if detected.source.file.therapists:
        therapists = len(set(detected.source.file.therapists.values()))
        yield Note(
            "DET-NESTED",
            f"clients are nested in {therapists} therapists; the standard error takes them as independent",
            severity="warning",
        )
    yield Note(
        "CORRELATIONAL",
        "the evidence is correlational: no study assigned repairs at random, so an association does not show "
        "that repair causes better outcome",
    )


def _r(effect: Effect | NotEstimable) -> str:
    if isinstance(effect, NotEstimable):
        return "not estimable"
    found = effect.converted["COR"]
    return "not estimable" if isinstance(found, NotEstimable) else show(round(found.yi, 3))
