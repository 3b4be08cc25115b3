"""The schema of ``detection``: ruptures and repairs that the rules found in session ratings."""

from __future__ import annotations

from typing import Any, get_args, get_type_hints

from rupmeta.detect.classify import CLASSES, REASON_KEYS
from rupmeta.detect.episodes import STATUS
from rupmeta.detect.scale import Direction
from rupmeta.detect.settings import Comparison, Phase, RuleName, Settings
from rupmeta.render.schemas.atoms import (
    BOOLEAN,
    NUMBER,
    NUMBERS,
    OPTIONAL_NUMBER,
    OPTIONAL_TEXT,
    SHARE,
    TEXT,
    TEXTS,
    WHOLE,
    Schema,
    about,
    listed,
    mapped,
    maybe,
    nothing,
    numbers,
    record,
    ref,
    words,
)

__all__ = ["DETECTION", "detection_schema"]

_RULE_NAMES: Schema = {"enum": list(get_args(RuleName))}
_OPTIONAL_WHOLE: Schema = {"type": ["integer", "null"], "minimum": 0}
_BRIEF: Schema = {
    **numbers("r", "vi", "z", "vi_z"),
    "n1": _OPTIONAL_WHOLE,
    "n2": _OPTIONAL_WHOLE,
    "reason": about(OPTIONAL_TEXT, "Why there is none"),
}
_EPISODES = ("episodes", "episodes_repaired", "episodes_unrepaired", "episodes_censored")
_SERIES = ("below_min_change", "flat", "low_start", "pairs_skipped")


def _rule() -> Schema:
    hints = get_type_hints(Settings)
    chosen = ("pre", "repair", "mixed", "censored", "sd", "centre", "spread", "reference")
    scale = {
        "name": OPTIONAL_TEXT,
        **numbers("min", "max", "step", "reliability", "sd"),
        "direction": about({"enum": list(get_args(Direction))}, "Scores that mean a better alliance"),
        "sd_source": TEXT,
        "sem": about(OPTIONAL_NUMBER, "Standard error of measurement"),
        "rc": about(OPTIONAL_NUMBER, "Reliable change"),
    }
    return record(
        {
            "name": _RULE_NAMES,
            "k": about(OPTIONAL_NUMBER, "Multiplier in force; null: the rule has none"),
            "scale": record(scale),
            "min_change": OPTIONAL_NUMBER,
            **{name: {"enum": list(get_args(hints[name]))} for name in chosen},
            "fraction": SHARE,
            "window": about(WHOLE, "Sessions; 0: to the end of the series"),
            "gap": WHOLE,
            "phases": TEXT,
            "phase": {"enum": [*get_args(Phase), None]},
            "baseline_sessions": _OPTIONAL_WHOLE,
            "leave_one_out": BOOLEAN,
            "n_min": about(WHOLE, "The shortest series that is judged"),
            "shows": about(TEXT, "What the rule shows, in words"),
        }
    )


def _effect() -> Schema:
    adjusted = {
        "covariates": TEXTS,
        **numbers("t", "df", "r", "vi", "z", "vi_z", "n"),
        "reason": {"type": "null"},
    }
    without = {**nothing("r", "vi"), "reason": TEXT}
    resampled = (
        "level", "clients_lb", "clients_ub", "total_lb", "total_ub", "se_clients", "se_total", "se_classes",
        "r_disturbed", "changed",
    )  # fmt: skip
    adjusted_schema: Schema = {"oneOf": [record(adjusted), record(without)]}
    found = {
        "comparison": {"enum": list(get_args(Comparison))},
        "n1": WHOLE,
        "n2": _OPTIONAL_WHOLE,
        "binary": about(BOOLEAN, "Whether the outcome is yes or no"),
        **numbers("spearman", "r", "vi", "z", "vi_z", "d", "vi_d", "g", "vi_g", "biserial", "vi_biserial"),
        "reason": {"type": "null"},
        "formula": TEXTS,
        "length_r": about(OPTIONAL_NUMBER, "Correlation of the outcome with the number of ratings"),
        "adjusted": about(adjusted_schema, "For baseline and number of ratings"),
        "adjusted_first_alliance": about(adjusted_schema, "For the first rating too"),
        "bootstrap": maybe(record({"resamples": WHOLE, "classifications": WHOLE, **numbers(*resampled)})),
        "others": about(
            mapped(ref("brief_effect"), {"enum": list(get_args(Comparison))}), "By other comparisons"
        ),
        "without_censored": maybe(ref("brief_effect")),
        "policies": about(mapped(ref("brief_effect")), "By what is done with mixed clients"),
    }
    return {"oneOf": [record(found), record({**without, "code": TEXT})]}


#: Named records of a detection.
DETECTION: Schema = {
    "rule_settings": about(_rule(), "Every parameter in force; scores in points of the scale"),
    "class_counts": about(
        record(
            dict.fromkeys(("clients", "classifiable", *CLASSES, *_EPISODES, *_SERIES, *REASON_KEYS), WHOLE)
        ),
        "Clients by class and reason, episodes by status",
    ),
    "observed_shares": about(record(numbers("any", *CLASSES[:4])), "Of the classifiable clients, 0 to 1"),
    "expected_shares": about(
        listed(
            record(
                {
                    "phi": about(NUMBER, "Lag-1 autocorrelation of the noise"),
                    "source": words("fixed", "data"),
                    **numbers("any", "repaired", "unrepaired", "mixed", "mcse"),
                    "series": WHOLE,
                }
            )
        ),
        "What noise alone would show",
    ),
    "brief_effect": record(
        {
            **_BRIEF,
            "d": OPTIONAL_NUMBER,
            "covariance_d": about(OPTIONAL_NUMBER, "With the effect beside it, in d"),
        },
        optional=("d", "covariance_d"),
    ),
    "rule_agreement": about(
        record(
            {
                "first": TEXT,
                "second": TEXT,
                "unit": words("client", "session"),
                **dict.fromkeys(("n", "both", "only_first", "only_second", "neither"), WHOLE),
                **numbers("agreement", "kappa", "pabak"),
                "reason": OPTIONAL_TEXT,
            }
        ),
        "Two rules on the same clients",
    ),
}


def detection_schema() -> Schema:
    """One entry for every route from session ratings, in file order."""
    address = {**dict.fromkeys(("study", "effect", "file"), TEXT), "synthetic": BOOLEAN}
    rule = {
        "name": _RULE_NAMES,
        "reason": {"type": "null"},
        "rule": ref("rule_settings"),
        "counts": ref("class_counts"),
        "observed": ref("observed_shares"),
        "expected": ref("expected_shares"),
        "effect": maybe(ref("brief_effect")),
    }
    found = {
        **address,
        "result": _result(),
        "like": about(
            maybe(ref("address")),
            "The entry before that reads the same ratings by the same rule, with series and agreement",
        ),
        "series": maybe(_series()),
        "rules": listed({"oneOf": [record(rule), record({"name": _RULE_NAMES, "reason": TEXT})]}),
        "agreement": maybe(listed(ref("rule_agreement"))),
        "reason": {"type": "null"},
    }
    failed = {
        **address,
        **nothing("result", "like", "series", "rules", "agreement"),
        "reason": TEXT,
    }
    return listed({"oneOf": [record(found), record(failed)]})


def _result() -> Schema:
    uncertainty: dict[str, Any] = {
        "redetections": WHOLE,
        "changed": about(OPTIONAL_NUMBER, "Share of clients whose class changes"),
        "moves": about(mapped(mapped(SHARE, words(*CLASSES)), words(*CLASSES)), "From which class to which"),
    }
    return record(
        {
            "rule": ref("rule_settings"),
            "raters": TEXTS,
            "counts": ref("class_counts"),
            "observed": ref("observed_shares"),
            "expected": ref("expected_shares"),
            "effect": about(
                maybe(_effect()), "In every scale, positive where repair goes with a better outcome"
            ),
            "uncertainty": about(maybe(record(uncertainty)), "Classes found again under measurement error"),
        }
    )


def _series() -> Schema:
    episode = {
        **{name: {"type": "integer"} for name in ("onset", "end", "nadir_at")},
        "nadir": NUMBER,
        "status": words(*STATUS),
        "repaired_at": {"type": ["integer", "null"]},
    }
    panel = {
        "client": TEXT,
        "kind": words(*CLASSES),
        "sessions": listed({"type": "integer"}),
        "scores": NUMBERS,
        "mean": OPTIONAL_NUMBER,
        "limits": about(
            listed({"type": "array", "items": NUMBER, "minItems": 2, "maxItems": 2}), "[session, limit]"
        ),
        "episodes": listed(record(episode)),
        "phases": {"type": ["array", "null"], "items": NUMBER, "minItems": 2, "maxItems": 2},
        "remark": about(OPTIONAL_TEXT, "Why the client was not judged"),
    }
    return about(
        record(
            {
                "clients": about(WHOLE, "In all; panels show a few"),
                "title": TEXT,
                "measure": TEXT,
                "low": NUMBER,
                "high": NUMBER,
                "lower_better": BOOLEAN,
                "footnotes": TEXTS,
                "panels": listed(record(panel)),
            }
        ),
        "The ratings of a few clients",
    )
