"""Classes of clients: what their episodes say, and whether the rule could have said otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rupmeta.detect.episodes import CENSORED, REPAIRED, UNREPAIRED, Episodes, Varied, join_episodes, walk
from rupmeta.detect.rules import RULES, Pool, pool_of
from rupmeta.detect.series import EPS, Block, Float, Int, Ratings, Truth, blocks, total
from rupmeta.detect.settings import Settings

__all__ = [
    "CLASSES",
    "EXCLUDED",
    "GROUPS",
    "MIXED",
    "NONE",
    "NOT_CLASSIFIABLE",
    "PHASES",
    "REASONS",
    "REASON_KEYS",
    "REPAIRED_CLIENT",
    "UNREPAIRED_CLIENT",
    "Detection",
    "complete_scale",
    "detect_ruptures",
    "group_under",
    "join_detections",
    "reclassify",
]

CLASSES = ("none", "repaired", "unrepaired", "mixed", "not_classifiable", "excluded")
NONE, REPAIRED_CLIENT, UNREPAIRED_CLIENT, MIXED, NOT_CLASSIFIABLE, EXCLUDED = range(6)
#: Groups of the contrast; −1: in none.
GROUPS = ("none", "repaired", "unrepaired")
REASONS = (
    None,
    "fewer than 3 ratings",
    "fewer ratings than the rule needs",
    "no spread, although the series falls",
    "insensitive: no possible score lies below the limit",
    "only censored episodes",
    "no episode in the phase asked for",
)
#: Keys under which the reasons of clients who are not classifiable are counted, from the second reason on.
REASON_KEYS = ("too_short", "no_spread", "insensitive", "only_censored", "other_phase")
BY_EPISODES = 5  # from here on reasons that follow from the episodes, not from the series
PHASES = ("early", "middle", "late")
FEWEST = 3  # ratings, the alliance-tracking criterion of the 2018 review
ENOUGH_FOR_SD = 20  # clients whose first ratings give a reference SD where none is stated


@dataclass(frozen=True)
class Detection:
    """Clients and episodes under one rule; arrays have one value per client, shape (m,), higher = better.

    ``kind``: index into ``CLASSES``. ``group``: index into ``GROUPS``, −1 for none. ``reason``: index into
    ``REASONS``. ``repaired``, ``unrepaired``, ``censored``: episodes. ``threshold``: the lowest limit
    (NaN where it moves with every rating). ``fallen``: the last third lies a reliable change below the first.
    ``last_status``: of the last counted episode, −1 without one. ``latency``: sum over repaired episodes.
    """

    clients: NDArray[Any]
    kind: NDArray[np.int8]
    group: NDArray[np.int8]
    reason: NDArray[np.int8]
    n: Int
    repaired: Int
    unrepaired: Int
    censored: Int
    depth: Float
    latency: Float
    threshold: Float
    mean: Float
    spread: Float
    at_max: Float
    first: Float
    flat: Truth
    low_start: Truth
    below_min_change: Int
    pairs_skipped: Int
    fallen: Truth
    last_status: NDArray[np.int8]
    episodes: Episodes
    phase: NDArray[np.int8]
    settings: Settings

    @property
    def m(self) -> int:
        """Number of clients."""
        return len(self.clients)

    @property
    def ruptures(self) -> Int:
        """Episodes per client, whatever became of them."""
        return self.repaired + self.unrepaired + self.censored

    @property
    def classified(self) -> Truth:
        """Clients of whom the rule could have said either."""
        return self.kind < NOT_CLASSIFIABLE

    def part(self, places: slice) -> Detection:
        """Some consecutive clients."""
        begin, end, _ = places.indices(self.m)
        mine = (self.episodes.client >= begin) & (self.episodes.client < end)
        kept = self.episodes.take(mine)
        some = {
            item.name: getattr(self, item.name)[places]
            for item in fields(self)
            if item.name not in ("episodes", "phase", "settings")
        }
        episodes = replace(kept, client=kept.client - begin)
        return replace(self, **some, episodes=episodes, phase=self.phase[mine])

    def counts(self) -> dict[str, int]:
        """Clients by class, episodes by status."""
        kinds = np.bincount(self.kind, minlength=len(CLASSES)).tolist()
        return {
            "clients": self.m,
            "classifiable": int(self.classified.sum()),
            **dict(zip(CLASSES, kinds, strict=True)),
            "episodes": int(self.ruptures.sum()),
            "episodes_repaired": int(self.repaired.sum()),
            "episodes_unrepaired": int(self.unrepaired.sum()),
            "episodes_censored": int(self.censored.sum()),
            "below_min_change": int(self.below_min_change.sum()),
            "flat": int(self.flat.sum()),
            "low_start": int(self.low_start.sum()),
            "pairs_skipped": int(self.pairs_skipped.sum()),
            **{name: int((self.reason == code).sum()) for code, name in enumerate(REASON_KEYS, start=2)},
        }


def complete_scale(settings: Settings, ratings: Ratings) -> Settings:
    """Settings whose scale has an SD: the stated one, else that of at least 20 clients' first ratings."""
    if settings.scale.sd is not None or settings.scale.reliability is None:
        return settings
    first = ratings.score[ratings.start[:-1][ratings.lengths > 0]]
    if len(first) < ENOUGH_FOR_SD:
        return settings
    sd = float(first.std(ddof=1))
    if sd <= EPS:
        return settings
    source = f"first ratings of {len(first)} clients"
    return replace(settings, scale=replace(settings.scale, sd=sd, sd_source=source))


def detect_ruptures(
    ratings: Ratings, settings: Settings, pool: Pool | None = None, varied: Varied | None = None
) -> Detection:
    """Classify every client of ``ratings`` by the rule of ``settings``.

    ``pool``: spreads over all clients, if ``ratings`` is a part of them (default: of ``ratings``).
    ``varied``: windows and fractions by client in place of those of ``settings``. A client's
    class depends on no other client, except through ``pool`` and an SD taken from the sample.
    """
    if pool is None:
        pool = pool_of(ratings, settings) if settings.pooled else Pool()
    out = _empty(ratings.m)
    parts: list[Episodes] = []
    for block in blocks(ratings):
        episodes = _judge(block, settings, pool, out, varied)
        if len(episodes):
            parts.append(replace(episodes, client=block.index[episodes.client]))
    episodes = join_episodes(parts)
    last = np.zeros(ratings.m, dtype=np.int64)
    rated = ratings.lengths > 0
    last[rated] = ratings.session[ratings.start[1:][rated] - 1]
    phase = _phases(episodes, last, settings)
    found = Detection(clients=ratings.clients, episodes=episodes, phase=phase, settings=settings, **out)
    return _classify(found)


def _empty(m: int) -> dict[str, NDArray[Any]]:
    """One value per client, as it is for a client without ratings."""
    whole = {item.name: "int64" for item in fields(Detection) if item.type == "Int"}
    kinds: dict[str, str] = {
        **whole,
        **dict.fromkeys(("kind", "group", "reason", "last_status"), "int8"),
        **dict.fromkeys(("flat", "low_start", "fallen"), "bool"),
        **dict.fromkeys(("depth", "latency", "threshold", "mean", "spread", "at_max", "first"), "float64"),
    }
    out = {name: np.zeros(m, dtype=kind) for name, kind in kinds.items()}
    out["reason"][:] = 1
    for name in ("threshold", "mean", "spread", "at_max", "first"):
        out[name][:] = np.nan
    return out


def _judge(
    block: Block, settings: Settings, pool: Pool, out: dict[str, NDArray[Any]], varied: Varied | None
) -> Episodes:
    """Write a block's numbers into ``out``; its episodes, ``client`` counted within the block."""
    rule, at, y, n = RULES[settings.rule], block.index, block.y, block.n
    low, high = y.min(axis=0), y.max(axis=0)
    scale_high = settings.scale.high
    out["n"][at] = n
    out["first"][at] = y[0]
    out["mean"][at] = total(y) / n
    out["at_max"][at] = np.nan if scale_high is None else (y >= scale_high - EPS).sum(axis=0) / n
    out["pairs_skipped"][at] = (~block.near(settings.gap)).sum(axis=0)
    out["flat"][at] = flat = high - low <= EPS
    third = max(n // 3, 1)
    drop = settings.scale.reliable_change
    if drop is not None and n >= FEWEST:
        fell = total(y[:third]) / third - total(y[-third:]) / third
        out["fallen"][at] = fell >= drop - EPS
    if n < max(FEWEST, rule.shortest(settings)):
        out["reason"][at] = 1 if n < FEWEST else 2
        out["threshold"][at] = out["spread"][at] = np.nan
        return join_episodes([])
    flagged = rule.flag(block, settings, rule.multiplier(settings), pool)
    out["spread"][at] = flagged.spread
    out["threshold"][at] = np.nan if rule.carried else np.nanmin(flagged.limit, axis=0)
    falls = _largest_fall(y)
    hidden = flagged.no_spread & ~flat & (falls > EPS) & (falls >= settings.guard - EPS)
    deaf = flagged.insensitive & ~flat & ~hidden
    out["reason"][at] = np.where(hidden, 3, np.where(deaf, 4, 0))
    judged = ~(hidden | deaf | flagged.no_spread)
    lively = np.flatnonzero(judged & flagged.candidates.any(axis=0))
    if not len(lively):
        return join_episodes([])
    some = replace(flagged, candidates=flagged.candidates[:, lively], limit=flagged.limit[:, lively])
    members = at[lively]
    own = None if varied is None else varied.take(members)
    walked = walk(block.take(lively), some, settings, carried=rule.carried, varied=own)
    out["below_min_change"][members] = walked.below_min_change
    out["low_start"][members] = walked.low_start
    return replace(walked.episodes, client=lively[walked.episodes.client])


def _largest_fall(y: Float) -> Float:
    """The largest fall from any earlier to any later rating."""
    peak, fall = y[0].copy(), np.zeros(y.shape[1])
    for row in y[1:]:
        np.maximum(fall, peak - row, out=fall)
        np.maximum(peak, row, out=peak)
    return fall


def _phases(episodes: Episodes, last: Int, settings: Settings) -> NDArray[np.int8]:
    """Early, middle or late by the session of the onset: 3t ≤ T, 3t ≤ 2T, else."""
    onset = episodes.onset.astype(np.float64)
    if settings.phases == "thirds":
        T = last[episodes.client]
        return np.where(3 * onset <= T, 0, np.where(3 * onset <= 2 * T, 1, 2)).astype(np.int8)
    first, second = settings.phase_cuts(1)
    return np.where(onset <= first + EPS, 0, np.where(onset <= second + EPS, 1, 2)).astype(np.int8)


def reclassify(found: Detection, settings: Settings) -> Detection:
    """The same episodes under other policies for mixed clients and censored episodes."""
    reason = np.where(found.reason >= BY_EPISODES, 0, found.reason).astype(np.int8)
    return _classify(replace(found, settings=settings, reason=reason))


def _classify(found: Detection) -> Detection:
    """Count episodes and give classes and groups."""
    settings, episodes, m = found.settings, found.episodes, found.m
    wanted = np.ones(len(episodes), dtype=bool)
    if settings.phase is not None:
        wanted = found.phase == PHASES.index(settings.phase)
    elsewhere = np.bincount(episodes.client[~wanted], minlength=m) > 0
    kept = episodes.take(wanted)

    def count(mask: Truth, weights: Float | None = None) -> NDArray[Any]:
        chosen = None if weights is None else weights[mask]
        return np.bincount(kept.client[mask], weights=chosen, minlength=m)

    repaired, unrepaired, censored = (count(kept.status == status) for status in range(3))
    lost = unrepaired + (censored if settings.censored == "unrepaired" else 0)
    mended = repaired > 0
    kind = np.select(
        [mended & (lost > 0), mended, lost > 0, (censored > 0) | elsewhere],
        [MIXED, REPAIRED_CLIENT, UNREPAIRED_CLIENT, NOT_CLASSIFIABLE],
        NONE,
    )
    reason = np.where(
        (kind == NOT_CLASSIFIABLE) & (found.reason == 0), np.where(censored > 0, 5, 6), found.reason
    )
    kind = np.where(reason == 1, EXCLUDED, np.where(reason > 0, NOT_CLASSIFIABLE, kind)).astype(np.int8)
    counted = kept.take(kept.status != CENSORED) if settings.censored == "drop" else kept
    last_status = np.full(m, -1, dtype=np.int8)
    last_status[counted.client] = np.where(
        counted.status == REPAIRED, REPAIRED, UNREPAIRED
    )  # the last one wins
    every = np.ones(len(kept), dtype=bool)
    back = kept.status == REPAIRED
    detection = replace(
        found,
        kind=kind,
        reason=reason.astype(np.int8),
        repaired=repaired,
        unrepaired=unrepaired,
        censored=censored,
        depth=count(every, kept.depth),
        latency=count(back, (kept.repaired_at - kept.end).astype(np.float64)),
        episodes=kept,
        phase=found.phase[wanted],
        last_status=last_status,
    )
    return replace(detection, group=group_under(detection, settings.mixed))


def group_under(detection: Detection, mixed: str) -> NDArray[np.int8]:
    """The group of every client in the contrast under a policy for mixed clients; −1: in none."""
    group = np.where(detection.kind <= UNREPAIRED_CLIENT, detection.kind, -1)
    policy: Mapping[str, Any] = {
        "any-unrepaired": UNREPAIRED_CLIENT,
        "any-repaired": REPAIRED_CLIENT,
        "last-episode": np.where(detection.last_status == REPAIRED, REPAIRED_CLIENT, UNREPAIRED_CLIENT),
        "separate": -1,
    }
    return np.where(detection.kind == MIXED, policy[mixed], group).astype(np.int8)


def join_detections(parts: list[Detection]) -> Detection:
    """Detections of parts of the clients as one; clients in the order of the parts."""
    if not parts:
        raise ValueError("nothing to join")
    names = [f.name for f in fields(Detection) if f.name not in ("episodes", "settings")]
    joined: dict[str, Any] = {name: np.concatenate([getattr(part, name) for part in parts]) for name in names}
    offsets = np.cumsum([0, *(part.m for part in parts[:-1])])
    shifted = [
        replace(part.episodes, client=part.episodes.client + offset)
        for part, offset in zip(parts, offsets, strict=True)
    ]
    return Detection(**joined, episodes=join_episodes(shifted), settings=parts[0].settings)
