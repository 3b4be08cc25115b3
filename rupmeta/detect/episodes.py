"""From candidate sessions to episodes: runs, chaining, pre-level, guard, nadir, repair, status."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rupmeta.detect.rules import Flagged
from rupmeta.detect.series import EPS, Block, Float, Int, Truth
from rupmeta.detect.settings import Settings

__all__ = [
    "CENSORED",
    "REPAIRED",
    "STATUS",
    "UNREPAIRED",
    "Episodes",
    "Varied",
    "Walked",
    "join_episodes",
    "walk",
]

#: Names of the status codes.
STATUS = ("repaired", "unrepaired", "censored")
REPAIRED, UNREPAIRED, CENSORED = range(3)
ENDLESS = 2**40  # sessions: a window without limit


@dataclass(frozen=True)
class Episodes:
    """Episodes of many clients, one entry each; sorted by client and onset.

    ``client``: place of the client. ``onset, end, nadir_at, repaired_at``: session numbers (repaired_at −1:
    not repaired). ``pre, nadir``: scores, higher = better. ``status``: index into ``STATUS``.
    """

    client: Int
    onset: Int
    end: Int
    pre: Float
    nadir: Float
    nadir_at: Int
    status: NDArray[np.int8]
    repaired_at: Int

    def __len__(self) -> int:
        return len(self.client)

    @property
    def depth(self) -> Float:
        """Pre-level minus nadir."""
        return self.pre - self.nadir

    def take(self, index: Int | Truth) -> Episodes:
        """Some of the episodes."""
        return Episodes(*(getattr(self, item.name)[index] for item in fields(self)))


@dataclass(frozen=True)
class Walked:
    """What a walk through a block found; the arrays have one value per client of the block, shape (m,)."""

    episodes: Episodes
    below_min_change: Int
    low_start: Truth


def join_episodes(parts: Sequence[Episodes]) -> Episodes:
    """All episodes, sorted by client and onset."""
    if not parts:
        none, scores = np.zeros(0, dtype=np.int64), np.zeros(0)
        return Episodes(none, none, none, scores, scores, none, np.zeros(0, dtype=np.int8), none)
    joined = Episodes(*(np.concatenate([getattr(part, f.name) for part in parts]) for f in fields(Episodes)))
    return joined.take(np.lexsort((joined.onset, joined.client)))


@dataclass(frozen=True)
class Varied:
    """Windows and fractions by client, shape (m,), in place of those of the settings."""

    window: Int
    fraction: Float

    def take(self, index: NDArray[Any]) -> Varied:
        """Those of some clients."""
        return Varied(self.window[index], self.fraction[index])


class _Walk:
    """The open episode of every client, moved forward one rating at a time."""

    def __init__(
        self, block: Block, flagged: Flagged, settings: Settings, carried: bool, varied: Varied | None
    ):
        # Without a limit the window is longer than any series.
        window = np.asarray(settings.window if varied is None else varied.window, dtype=np.int64)
        self.window = np.where(window > 0, window, ENDLESS)
        self.fraction = settings.fraction if varied is None else varied.fraction
        self.y, self.session, self.cand = block.y, block.session, flagged.candidates
        self.limit, self.settings, self.carried = flagged.limit, settings, carried
        m = block.m
        self.columns = np.arange(m)
        self.open, self.rated = np.zeros(m, dtype=bool), np.zeros(m, dtype=bool)
        self.pre, self.nadir, self.own_limit = np.zeros(m), np.zeros(m), np.zeros(m)
        self.onset, self.end, self.nadir_at = (np.zeros(m, dtype=np.int64) for _ in range(3))
        self.dropped = np.zeros(m, dtype=np.int64)
        self.closed: list[Episodes] = []

    def close(self, mask: Truth, status: NDArray[np.int8], repaired_at: Int) -> None:
        """Write down the open episodes of ``mask``."""
        at = np.flatnonzero(mask)
        if not len(at):
            return
        self.open[at] = False
        self.closed.append(
            Episodes(
                at, self.onset[at], self.end[at], self.pre[at], self.nadir[at], self.nadir_at[at],
                status[at], repaired_at[at],
            )
        )  # fmt: skip

    def expire(self, mask: Truth) -> None:
        """The window of these has passed: unrepaired if a rating fell into it, else censored."""
        status = np.where(self.rated, UNREPAIRED, CENSORED).astype(np.int8)
        self.close(mask, status, np.full(len(mask), -1, dtype=np.int64))

    def restored(self, t: int) -> Truth:
        """Whether the rating at ``t`` repairs the open episode."""
        y, settings = self.y[t], self.settings
        if settings.repair == "fraction":
            return np.asarray(y >= self.nadir + self.fraction * (self.pre - self.nadir) - EPS)
        if settings.repair == "reliable":
            return np.asarray(y - self.nadir >= (settings.scale.reliable_change or 0.0) - EPS)
        if settings.repair == "tolerance":
            return np.asarray(y >= self.pre - (settings.scale.sem or 0.0) - EPS)
        return np.asarray(y >= (self.own_limit if self.carried else self.limit[t]) - EPS)

    def lower(self, t: int, mask: Truth) -> None:
        """Follow the nadir of ``mask``; the earliest of equal ones stays."""
        below = mask & (self.y[t] < self.nadir)
        self.nadir = np.where(below, self.y[t], self.nadir)
        self.nadir_at = np.where(below, self.session[t], self.nadir_at)

    def begin(self, t: int, mask: Truth, run_low: Float) -> None:
        """Open an episode where the run that starts at ``t`` is deep enough."""
        y = self.y
        pre = y[t - 1] if self.settings.pre == "last" else y[max(0, t - 3) : t].max(axis=0)
        deep = pre - run_low >= self.settings.guard - EPS
        self.dropped += mask & ~deep
        new = mask & deep
        self.open |= new
        self.rated &= ~new
        self.pre = np.where(new, pre, self.pre)
        self.nadir = np.where(new, y[t], self.nadir)
        self.own_limit = np.where(new, self.limit[t], self.own_limit)
        for name in ("onset", "end", "nadir_at"):
            setattr(self, name, np.where(new, self.session[t], getattr(self, name)))

    def step(self, t: int, run_low: Float) -> None:
        """One rating further."""
        cand, now = self.cand[t], self.session[t]
        starts = cand & ~self.cand[t - 1]
        # A run that goes on belongs to its episode however many sessions are missing in it.
        self.expire(self.open & (starts | ~cand) & (now > self.end + self.window))
        waiting = self.open & ~cand
        if waiting.any():
            back = waiting & self.restored(t)
            self.close(back, np.zeros(len(back), dtype=np.int8), now)
            waiting &= ~back
            self.lower(t, waiting)
            self.rated |= waiting
        longer = self.open & cand
        if longer.any():
            self.lower(t, longer)
            self.end = np.where(longer, now, self.end)
            self.rated &= ~longer
        starts &= ~longer
        if starts.any():
            self.begin(t, starts, run_low)

    def finish(self) -> None:
        """The series end: an episode whose window was not seen through is censored.

        A window without limit is seen through by any later rating.
        """
        self.rated &= (self.session[-1] >= self.end + self.window) | (self.window == ENDLESS)
        self.expire(self.open.copy())


def walk(
    block: Block, flagged: Flagged, settings: Settings, *, carried: bool, varied: Varied | None = None
) -> Walked:
    """The episodes of a block; ``client`` counts within the block.

    ``carried``: repair ``in-control`` looks at the limit of the onset, not at that of the session.
    """
    cand, y = flagged.candidates, block.y
    low = y.copy()  # of a run, from its session t to its end
    for t in range(block.n - 2, -1, -1):
        low[t] = np.where(cand[t + 1], np.minimum(low[t], low[t + 1]), low[t])
    state = _Walk(block, flagged, settings, carried, varied)
    for t in range(1, block.n):
        state.step(t, low[t])
    state.finish()
    return Walked(join_episodes(state.closed), state.dropped, cand[0].copy())
