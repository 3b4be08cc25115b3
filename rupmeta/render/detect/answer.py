"""A detection → the JSON object that its tables, figures and sentences are made of."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from rupmeta.detect.agreement import Agreement, agree_on_classes
from rupmeta.detect.classify import CLASSES, GROUPS, PHASES, REASONS, Detection
from rupmeta.detect.episodes import STATUS, Episodes
from rupmeta.detect.expected import Expected
from rupmeta.detect.rules import RULES
from rupmeta.detect.scale import Scale
from rupmeta.detect.settings import Settings
from rupmeta.detect.uncertainty import Uncertainty
from rupmeta.effects.session_contrasts import Adjusted
from rupmeta.pipeline.detect import Detected, Effect, shared_variance
from rupmeta.pipeline.detect_direct import Direct
from rupmeta.render.detect.grid import grid_entry
from rupmeta.results import NotEstimable

__all__ = [
    "agreement_entry",
    "clients_answer",
    "detect_answer",
    "expected_entries",
    "json_limit",
    "observed_shares",
    "rules_answer",
    "settings_entry",
    "uncertainty_entry",
]

Answer = dict[str, Any]
JSON_CLIENTS = 100_000  # entries of a client are about a kilobyte each


def detect_answer(detected: Detected, limit: int | None = None) -> Answer:
    """One rule on one file. Scores are printed in the direction of the instrument.

    ``limit``: so many clients are listed, for those who look at no more.
    """
    found = detected.found
    counts = found.counts()
    return {
        "rule": settings_entry(found.settings),
        "raters": list(detected.source.file.raters),
        "counts": counts,
        "observed": observed_shares(counts),
        "expected": expected_entries(detected.expected),
        "direct": [direct_entry(item) for item in detected.direct],
        "effect": None if detected.effect is None else effect_entry(detected.effect, detected),
        "grid": grid_entry(detected.grid),
        "uncertainty": uncertainty_entry(detected.uncertainty),
        "clients": clients_answer(found, limit, detected.uncertainty),
    }


def json_limit(detected: Detected) -> int | None:
    """How many clients a JSON answer lists: all, or none where there are more than 100,000."""
    return None if detected.found.m <= JSON_CLIENTS else 0


def uncertainty_entry(again: Uncertainty | None) -> Answer | None:
    """Classes found again under measurement error: share of clients that change, and from where to where."""
    if again is None:
        return None
    moves = {
        CLASSES[i]: {CLASSES[j]: float(share) for j, share in enumerate(row)}
        for i, row in enumerate(again.moves)
        if np.isfinite(row).all()
    }
    return {"redetections": again.again, "changed": again.changed, "moves": moves}


def expected_entries(expected: Sequence[Expected]) -> list[Answer]:
    """What noise alone would show, one entry for each autocorrelation."""
    return [
        {
            "phi": e.phi, "source": e.source, "any": e.any, "repaired": e.repaired,
            "unrepaired": e.unrepaired, "mixed": e.mixed, "mcse": e.mcse, "series": e.series,
        }
        for e in expected
    ]  # fmt: skip


def settings_entry(settings: Settings) -> Answer:
    """Every parameter in force; ``k`` is the number used, ``n_min`` the shortest series that is judged."""
    rule = RULES[settings.rule]
    values = settings.as_dict()
    k = None if rule.k is None else rule.multiplier(settings)
    name = values.pop("rule")
    shortest = max(3, rule.shortest(settings))
    return {
        **values, "name": name, "k": k, "n_min": shortest, "min_change": settings.guard, "shows": rule.shows,
    }  # fmt: skip


def observed_shares(counts: Mapping[str, int]) -> Answer:
    """Shares of the classifiable clients, 0 to 1; null when there is none."""
    n = counts["classifiable"]
    shares = {name: counts[name] / n if n else None for name in CLASSES[:4]}
    return {"any": None if n == 0 else (n - counts["none"]) / n, **shares}


def clients_answer(
    found: Detection, limit: int | None = None, again: Uncertainty | None = None
) -> list[Answer]:
    """One entry per client, or for the first ``limit``, in order, with its episodes.

    ``same``: share of redetections in which the client keeps its class.
    """
    same = [None] * found.m if again is None else again.same.tolist()
    scale = found.settings.scale
    m = found.m if limit is None else min(limit, found.m)
    lists: dict[str, list[Any]] = {}
    for name in (
        "clients", "n", "repaired", "unrepaired", "censored", "depth", "latency", "spread", "at_max", "flat",
        "low_start", "below_min_change", "pairs_skipped",
    ):  # fmt: skip
        lists[name] = getattr(found, name)[:m].tolist()
    mean, threshold = found.mean[:m].tolist(), found.threshold[:m].tolist()
    ruptures = found.ruptures[:m].tolist()
    kinds, groups, reasons = (values[:m].tolist() for values in (found.kind, found.group, found.reason))
    mine: dict[int, list[Answer]] = {}
    listed = np.flatnonzero(found.episodes.client < m)
    for client, episode in _episodes(found.episodes.take(listed), found.phase[listed].tolist(), scale):
        mine.setdefault(client, []).append(episode)
    entries = []
    for i in range(m):
        counted = lists["repaired"][i] + lists["unrepaired"][i]
        entries.append(
            {
                "client": lists["clients"][i],
                "class": CLASSES[kinds[i]],
                "group": None if groups[i] < 0 else GROUPS[groups[i]],
                "reason": REASONS[reasons[i]],
                "same": _finite(same[i]),
                "ruptures": ruptures[i],
                "proportion_repaired": lists["repaired"][i] / counted if counted else None,
                "mean": _printed(mean[i], scale),
                "threshold": _printed(threshold[i], scale),
                "episodes": mine.get(i, []),
                **{name: _finite(lists[name][i]) for name in lists if name not in ("clients", "latency")},
                "latency": lists["latency"][i] / lists["repaired"][i] if lists["repaired"][i] else None,
            }
        )
    return entries


def _episodes(episodes: Episodes, phases: list[int], scale: Scale) -> list[tuple[int, Answer]]:
    depth, onset, end = episodes.depth.tolist(), episodes.onset.tolist(), episodes.end.tolist()
    pre, nadir, at = episodes.pre.tolist(), episodes.nadir.tolist(), episodes.nadir_at.tolist()
    back = episodes.repaired_at.tolist()
    entries = []
    for i, (client, status) in enumerate(
        zip(episodes.client.tolist(), episodes.status.tolist(), strict=True)
    ):
        entry = {
            "onset": onset[i], "end": end[i], "length": end[i] - onset[i] + 1, "pre": scale.turn(pre[i]),
            "nadir": scale.turn(nadir[i]), "nadir_at": at[i], "depth": depth[i], "status": STATUS[status],
            "repaired_at": back[i] if back[i] >= 0 else None,
            "latency": back[i] - end[i] if back[i] >= 0 else None, "phase": PHASES[phases[i]],
        }  # fmt: skip
        entries.append((client, entry))
    return entries


def _printed(score: float, scale: Scale) -> float | None:
    return None if math.isnan(score) else scale.turn(score)


def _finite(value: Any) -> Any:
    return None if isinstance(value, float) and not math.isfinite(value) else value


def effect_entry(effect: Effect | NotEstimable, detected: Detected | None = None) -> Answer:
    """An effect on every scale; ``r`` null and ``reason`` where there is none."""
    if isinstance(effect, NotEstimable):
        return {"r": None, "vi": None, "reason": effect.reason, "code": effect.code}
    contrast, on = effect.contrast, effect.converted
    entry: Answer = {
        "comparison": contrast.comparison,
        "n1": contrast.n1,
        "n2": contrast.n2,
        "binary": contrast.binary,
        "spearman": None if contrast.spearman is None else effect.sign * contrast.spearman,
        "reason": None,
        **_value(on["COR"], "r", "vi"),
        **_value(on["ZCOR"], "z", "vi_z"),
        **_value(on["d"], "d", "vi_d"),
        **_value(on["SMD"], "g", "vi_g"),
        **_value(on["RBIS"], "biserial", "vi_biserial"),
        "formula": list(getattr(on["ZCOR"], "steps", ())),
        "length_r": effect.length_r,
        **{name: _adjusted(found) for name, found in effect.adjusted.items()},
        "bootstrap": _bootstrap(effect),
    }
    if detected is not None:
        entry["others"] = {name: _brief(other) for name, other in detected.others.items()}
        no = detected.others.get("no-rupture")
        if isinstance(no, Effect):
            entry["others"]["no-rupture"]["covariance_d"] = shared_variance(effect, no)
        entry["without_censored"] = _brief(detected.without_censored)
        entry["policies"] = {name: _brief(other) for name, other in detected.policies.items()}
    return entry


def _value(found: Any, name: str, variance: str) -> Answer:
    if isinstance(found, NotEstimable):
        return dict.fromkeys((name, variance))
    return {name: found.yi, variance: found.vi}


def _brief(effect: Effect | NotEstimable | None) -> Answer | None:
    if effect is None:
        return None
    entry = effect_entry(effect)
    return {key: entry.get(key) for key in ("r", "vi", "z", "vi_z", "d", "n1", "n2", "reason")}


def _adjusted(found: Adjusted | NotEstimable) -> Answer:
    if isinstance(found, NotEstimable):
        return {"r": None, "vi": None, "reason": found.reason}
    return {
        "covariates": list(found.covariates), "t": found.t, "df": found.df, "r": found.r, "vi": found.v_r,
        "z": found.z, "vi_z": found.v_z, "n": found.n, "reason": None,
    }  # fmt: skip


def _bootstrap(effect: Effect) -> Answer | None:
    boot = effect.bootstrap
    if boot is None:
        return None
    pairs = {"clients": boot.clients, "total": boot.total}
    return {
        "resamples": boot.resamples, "classifications": boot.classifications, "level": boot.level,
        **{f"{name}_lb": None if pair is None else pair[0] for name, pair in pairs.items()},
        **{f"{name}_ub": None if pair is None else pair[1] for name, pair in pairs.items()},
        "se_clients": boot.se_clients, "se_total": boot.se_total, "se_classes": boot.se_classes,
        "r_disturbed": boot.r_disturbed, "changed": boot.changed,
    }  # fmt: skip


def direct_entry(item: Direct) -> Answer:
    """A direct measure: cut-offs in force, clients by class, sessions, agreement with the other sources."""
    cutoffs, direct = item.cutoffs, item.scores
    kinds = np.bincount(direct.kind, minlength=5).tolist()
    return {
        "instrument": cutoffs.instrument,
        "columns": {name: list(columns) for name, columns in cutoffs.columns.items()},
        "file": None if item.input is None else {"path": item.input.path, "sha256": item.input.sha256},
        "rater": cutoffs.rater,
        "rupture_at": cutoffs.rupture_at,
        "resolved_at": cutoffs.resolved_at,
        "sessions": int(direct.known.sum()),
        "ruptures": int(direct.rupture.sum()),
        "repaired": int(direct.repaired.sum()),
        "resolution_missing": direct.resolution_missing,
        "clients": dict(zip((*CLASSES[:4], "not_rated"), kinds, strict=True)),
        "strangers": item.strangers,
        "agreement": [agreement_entry(pair) for pair in item.agreement],
    }


def rules_answer(results: Mapping[str, Detected | NotEstimable]) -> Answer:
    """Every rule side by side: counts, noise, the effect under each, and how far the rules agree."""
    rows: list[Answer] = []
    sides: dict[str, Detection] = {}
    for name, result in results.items():
        if isinstance(result, NotEstimable):
            rows.append({"name": name, "reason": result.reason})
            continue
        answer = detect_answer(result, 0)
        answer.pop("clients")
        rows.append({"name": name, "reason": None, **answer})
        sides[name] = result.found
    return {"rules": rows, "agreement": [agreement_entry(pair) for pair in agree_on_classes(sides)]}


def agreement_entry(pair: Agreement) -> Answer:
    """Two rules or sources on the same clients or sessions."""
    return {
        "first": pair.first, "second": pair.second, "unit": pair.unit, "n": pair.n, "both": pair.both,
        "only_first": pair.only_first, "only_second": pair.only_second, "neither": pair.neither,
        "agreement": pair.agreement, "kappa": pair.kappa, "pabak": pair.pabak, "reason": pair.reason,
    }  # fmt: skip
