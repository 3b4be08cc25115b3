"""Sentences and tables about fragility and models with heavy tails."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rupmeta.render.labels import DISPLAY, null_word
from rupmeta.render.numbers import APA, Kind, NumberStyle, estimate_texts, interval_text, number
from rupmeta.render.screens import heading
from rupmeta.render.tables import Column, Table
from rupmeta.render.writers.terminal import paragraph, render_table

__all__ = ["describe_fragility", "fragility_screen", "outliers_screen", "outliers_table", "values_table"]

Answer = Mapping[str, Any]
FEW = 10
NAMED = 6  # samples of a sentence; the answer has them all
SHOWN = 5  # rows of the table on a screen
LIKELY = 0.5

_VERDICTS = {
    "above": "the interval lies above",
    "below": "the interval lies below",
    "open": "the interval holds",
}
_MODELS = {
    "normal": "normal (method ML)",
    "t": "Student's t",
    "mixture": "mixture of usual and outlying studies",
}


def _scale(shown: Mapping[str, Any]) -> tuple[str | None, str, Kind]:
    """The first reported scale: key, symbol, kind of number."""
    scale = next(iter(shown), None)
    return (
        (None, "effect", "unbounded")
        if scale is None
        else (scale, DISPLAY[scale].symbol, DISPLAY[scale].kind)
    )


def describe_fragility(answer: Answer, style: NumberStyle = APA) -> tuple[str, ...]:
    """The smallest changes that turn the conclusion; the smallest single one first."""
    return tuple(_sentences(answer["fragility"], style))


def _sentences(found: Answer, style: NumberStyle) -> Iterator[str]:
    scale, symbol, kind = _scale(found["reported"])
    limits = found if scale is None else found["reported"][scale]
    interval = interval_text(limits["ci_lb"], limits["ci_ub"], kind, style)
    null = null_word(scale)
    yield (
        f"The conclusion{_averaged(found)}: {_VERDICTS[found['verdict']]} {null} ({symbol} in {interval}, "
        f"k = {found['k']})."
    )
    smallest = found["smallest"]
    if smallest is None:
        yield (
            f"No single effect can turn it by being wrong alone{_averaged(found)}: none does so within 8 of "
            "its standard errors."
        )
    else:
        now, then = (_shown(smallest, key, scale) for key in ("yi", "value"))
        mean = f", the mean of {len(smallest['members'])} effects," if len(smallest["members"]) > 1 else ""
        yield (
            f"The smallest single change{_averaged(found)}: {symbol} of {smallest['label']}{mean} would have "
            f"to be {number(then, kind, style)} instead of {number(now, kind, style)}, "
            f"{number(smallest['steps'], 'unbounded', style, digits=1)} of its standard errors away."
        )
    yield _deletion(found, scale, kind, style)
    word = {"above": "lowered", "below": "raised", "open": "moved"}[found["verdict"]]
    size = number(abs(found["shift"]), "unbounded", style)
    yield f"If every effect were {word} by {size} on the analysis scale, the interval would end at {null}."
    if found["null_study"] is not None:
        yield _null(found["null_study"], style)
    if found["clusters"] < FEW:
        yield f"With {found['clusters']} samples this is no basis for a verdict in either direction."


def _averaged(found: Answer) -> str:
    """The model of the search, where it is not the one that was declared."""
    return " in a model with one averaged effect a sample, not the declared one" if found["averaged"] else ""


def _shown(item: Answer, key: str, scale: str | None) -> float | None:
    value: float | None = item[key] if scale is None else item["reported"][scale][key]
    return value


def _deletion(found: Answer, scale: str | None, kind: Kind, style: NumberStyle) -> str:
    deletion = found["deletion"]
    labels, singles = deletion["labels"], deletion["singles"]
    names = [labels[name] for name in deletion["clusters"]]
    limits = deletion if scale is None else found["nearest_reported"][scale]
    keys = ("nearest_lb", "nearest_ub") if scale is None else ("ci_lb", "ci_ub")
    interval = interval_text(limits[keys[0]], limits[keys[1]], kind, style)
    where = " in that model" if found["averaged"] else ""
    if singles:
        turning = [labels[name] for name in singles]
        if len(turning) == 1:
            return f"Leaving out one sample turns it{where}: {turning[0]} (then {interval})."
        each = f"{_listed(turning)} (without {labels[deletion['nearest']]} {interval})"
        if len(turning) == found["clusters"]:
            return f"Leaving out any one sample turns it{where}: {each}."
        return f"Leaving out any one of {len(turning)} samples turns it{where}: {each}."
    nearest = f"Leaving out {labels[deletion['nearest']]} brings it nearest: {interval}."
    if not names:
        return (
            f"No sample turns it{where} by being left out, nor does any larger set that was tried. {nearest}"
        )
    size = len(names)
    tried = deletion["tried"]
    listed = _listed(names)
    if deletion["exhaustive"]:
        return f"Leaving out {size} samples together turns it{where}, and no fewer do: {listed}. {nearest}"
    few = f"No {tried} samples or fewer turn it{where}" if tried > 1 else f"No single sample turns it{where}"
    return (
        f"{few} by being left out; {size}, found one by one and perhaps not the fewest, do: {listed}. "
        f"{nearest}"
    )


def _listed(names: list[str]) -> str:
    """All of few names; of many the first, and how many more there are."""
    first = names[:-1] if len(names) <= NAMED else names[:NAMED]
    last = names[-1] if len(names) <= NAMED else f"{len(names) - NAMED} more"
    return f"{', '.join(first)} and {last}"


def _null(null: Answer, style: NumberStyle) -> str:
    if null["vi"] is None:
        one = "No single unpublished study without an effect would turn it, however large"
    else:
        size = (
            f"of at least {number(null['n'], 'count', style)} people"
            if null["n"] is not None
            else f"with a sampling variance of {number(null['vi'], 'unbounded', style, digits=4)} or less"
        )
        one = f"A single unpublished study without an effect would turn it if it were {size}"
    typical = "" if null["typical_n"] is None else f" ({number(null['typical_n'], 'count', style)} people)"
    many = (
        "not even 100,000 of them would"
        if null["count"] is None
        else f"{number(null['count'], 'count', style)} of them would"
    )
    return f"{one}; of the typical size{typical}, {many}."


def values_table(answer: Answer, style: NumberStyle = APA, *, most: int | None = None) -> Table:
    """For every effect the nearest value that turns the conclusion; those that need least come first."""
    del style  # numbers are formatted by their columns
    found = answer["fragility"]
    scale, symbol, kind = _scale(found["reported"])
    ordered = sorted(found["values"], key=lambda item: (item["steps"] is None, item["steps"] or 0.0))
    columns = (
        Column("study", "study", shown=False),
        Column("effect", "effect", shown=False),
        Column("label", "Study", exported=False),
        Column("now", f"{symbol} now", kind),
        Column("then", "turns at", kind),
        Column("steps", "SEs away", "unbounded"),
        Column("yi", "yi", "unbounded", shown=False),
        Column("value", "value", "unbounded", shown=False),
    )
    rows = tuple(
        {
            **{key: item[key] for key in ("study", "effect", "label", "steps", "yi", "value")},
            "now": _shown(item, "yi", scale),
            "then": _shown(item, "value", scale),
        }
        for item in ordered[:most]
    )
    return Table("fragility", "", columns, rows)


def fragility_screen(answer: Answer, style: NumberStyle, *, color: bool) -> str:
    """Sentences, then the effects that need least."""
    lines = "\n".join(paragraph(sentence) for sentence in describe_fragility(answer, style))
    table = render_table(values_table(answer, style, most=SHOWN), style=style, bold=color)
    more = len(answer["fragility"]["values"]) - SHOWN
    rest = f"\n… and {more} more that need larger changes (--format csv lists all)" if more > 0 else ""
    return "\n\n".join([heading(answer, synthetic=answer["synthetic"]), lines, table + rest])


def outliers_table(answer: Answer, style: NumberStyle = APA) -> Table:
    """One row a model of true effects, the declared analysis first."""
    found = answer["outliers"]
    scale, symbol, kind = _scale(found["declared"]["reported"])
    columns = (
        Column("model", "model", shown=False),
        Column("label", "True effects", exported=False),
        Column("text", f"{symbol} [CI]", exported=False),
        *(Column(key, key, "unbounded", shown=False) for key in ("estimate", "ci_lb", "ci_ub")),
        Column("tau2", "τ²", "tau2"),
        Column("AIC", "AIC", "unbounded"),
        Column("tails", "Tails", exported=False),
    )
    entries = [("declared", "as declared", found["declared"])]
    entries += [(item["model"], _MODELS[item["model"]], item) for item in found["models"]]
    rows = []
    for name, label, item in entries:
        shown = item["estimate"] if scale is None else item["reported"][scale]
        value, interval = estimate_texts(shown["estimate"], shown["ci_lb"], shown["ci_ub"], kind, style)
        rows.append(
            {
                "model": name,
                "label": label,
                "text": f"{value} {interval}",
                **{key: item["estimate"][key] for key in ("estimate", "ci_lb", "ci_ub")},
                "tau2": item["tau2"],
                "AIC": item.get("AIC"),
                "tails": _tails(item, style),
            }
        )
    return Table("outliers", "", columns, tuple(rows))


def _tails(item: Answer, style: NumberStyle) -> str:
    if item.get("model") == "t":
        df = item["t_df"]
        return "as the normal's" if df is None or df >= 100 else f"{number(df, 'df', style)} df"
    if item.get("model") == "mixture":
        if item["outlying_tau2"] is None:
            return "no outlying studies"
        share = number(100.0 * item["outlying_share"], "percent", style)
        return f"{share}% outlying, τ² {number(item['outlying_tau2'], 'tau2', style)}"
    return ""


def outliers_screen(answer: Answer, style: NumberStyle, *, color: bool) -> str:
    """The models side by side, and which studies they take as outlying."""
    found = answer["outliers"]
    parts = [
        heading(answer, synthetic=answer["synthetic"]),
        render_table(outliers_table(answer, style), style=style, bold=color),
    ]
    lines = []
    for item in found["models"]:
        named = [row for row in item["outlying"] if row["value"] > LIKELY]
        if named:
            listed = ", ".join(f"{row['label']} ({number(row['value'], 'bounded', style)})" for row in named)
            lines.append(paragraph(f"Outlying under {_MODELS[item['model']]}: {listed}."))
    if not lines:
        lines.append("No model takes any study as outlying.")
    best = min(found["models"], key=lambda item: item["AIC"])
    lines.append(paragraph(f"Smallest AIC: {_MODELS[best['model']]}. Intervals are profile likelihood's."))
    if found["k"] < FEW:
        lines.append(f"With {found['k']} effects tails can hardly be told apart.")
    return "\n\n".join([*parts, "\n".join(lines)])
