"""The words of a multiverse: choices and options by name, tables, sentences, the screen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rupmeta.render.labels import DISPLAY, MEASURES, METHODS, null_word
from rupmeta.render.numbers import APA, Kind, NumberStyle, estimate_texts, level_text, number, p_text
from rupmeta.render.screens import heading
from rupmeta.render.tables import Column, Table
from rupmeta.render.writers.terminal import paragraph, render_table

__all__ = [
    "choice_label",
    "choices_table",
    "describe_multiverse",
    "multiverse_screen",
    "option_label",
    "specifications_table",
]

Answer = Mapping[str, Any]
FEW = 10

_CHOICES = {
    "include": "Inclusion",
    "effects": "Effect of a sample",
    "measure": "Scale that is pooled",
    "rho": "Correlation within samples",
    "method": "Estimator of τ²",
    "test": "Test and interval",
    "influential": "Influential samples",
    "split": "Group sizes in d to r",
    "d_to_r": "Formula of d to r",
    "routes": "Routes",
    "adjusted": "Adjusted effects",
    "beta": "Standardised β",
    "smd_variance": "Variance of d",
    "double_zero": "Tables without events",
    "pre_post_r": "Assumed pre-post r",
    "verified_only": "Only verified effects",
}
_OPTIONS = {
    ("effects", "aggregate"): "average",
    ("effects", "first"): "first in the file",
    ("effects", "precise"): "most precise",
    ("influential", "keep"): "kept",
    ("influential", "without influential"): "left out (Cook's distance)",
    ("split", "observed"): "as observed",
    ("split", "equal"): "as if equal",
    ("routes", "no-approximate"): "not approximate",
    ("routes", "direct"): "direct only",
    ("test", "adhoc"): "Knapp–Hartung, not below z",
    ("test", "knha"): "Knapp–Hartung",
    ("test", "t"): "t",
    ("test", "z"): "normal",
}


def choice_label(name: str) -> str:
    """Words for a choice; one that is not known keeps its name."""
    return _CHOICES.get(name, name.replace("_", " "))


def option_label(choice: str, option: object) -> str:
    """Words for an option of a choice."""
    if isinstance(option, bool):
        return ("in" if option else "out") if choice == "adjusted" else "yes" if option else "no"
    if choice == "method":
        return f"{option} ({METHODS[str(option)]})" if str(option) in ("EE",) else str(option)
    if choice == "measure":
        return MEASURES.get(str(option), str(option))
    if choice == "rho" and isinstance(option, int | float):
        return number(option, "bounded")
    return _OPTIONS.get((choice, str(option)), str(option))


def _kind(answer: Answer) -> Kind:
    return DISPLAY[answer["scale"]].kind if answer["scale"] in DISPLAY else "unbounded"


def _symbol(answer: Answer) -> str:
    return DISPLAY[answer["scale"]].symbol if answer["scale"] in DISPLAY else f"effect ({answer['scale']})"


def _is_ratio(answer: Answer) -> bool:
    return answer["scale"] in DISPLAY and DISPLAY[answer["scale"]].log


def _null(answer: Answer) -> str:
    """The null in a heading."""
    return "1" if _is_ratio(answer) else "0"


def choices_table(answer: Answer, style: NumberStyle = APA) -> Table:
    """One row an option, under its choice; choices that change nothing stay out."""
    del style  # numbers are formatted by their columns
    kind = _kind(answer)
    columns = (
        Column("choice", "Choice"),
        Column("option", "Option"),
        Column("n", "n", "count"),
        Column("median", f"Median {_symbol(answer)}", kind),
        Column("share_above", f"Above {_null(answer)}, %", "percent"),
        Column("range", "Moves the mean by" + (" the factor" if _is_ratio(answer) else ""), kind),
        Column("variance_share", "Variance %", "percent"),
    )
    rows: list[dict[str, Any]] = []
    for choice in moving(answer):
        for i, option in enumerate(choice["options"]):
            first = i == 0
            above = option["share_above"]
            rows.append(
                {
                    "choice": choice_label(choice["name"]) if first else "",
                    "option": option_label(choice["name"], option["option"]),
                    "n": option["n"],
                    "median": option["median"],
                    "share_above": None if above is None else 100.0 * above,
                    "range": choice["range"] if first else "",
                    "variance_share": 100.0 * choice["variance_share"] if first else "",
                }
            )
    return Table("choices", "", columns, tuple(rows))


def moving(answer: Answer) -> list[Answer]:
    """The choices with at least two options that lead to different effects, the most moving one first."""
    return [
        choice for choice in answer["choices"] if sum(1 for option in choice["options"] if option["n"]) > 1
    ]


def specifications_table(answer: Answer) -> Table:
    """One row a specification, in the order of the product, for CSV."""
    found = answer["specifications"]
    labels = {
        choice["name"]: [option["option"] for option in choice["options"]] for choice in answer["choices"]
    }
    names = list(found["choices"])
    kind = _kind(answer)
    columns = (
        *(Column(name, choice_label(name)) for name in names),
        Column("k", "k", "count"),
        *(Column(key, key, kind) for key in ("estimate", "ci_lb", "ci_ub")),
        Column("pval", "p", "p"),
    )
    rows = tuple(
        {
            **{name: str(labels[name][int(found["choices"][name][i])]) for name in names},
            "k": int(found["k"][i]),
            **{key: float(found[key][i]) for key in ("estimate", "ci_lb", "ci_ub", "pval")},
        }
        for i in range(answer["counts"]["specifications"])
    )
    return Table("specifications", "", columns, rows)


def describe_multiverse(answer: Answer, style: NumberStyle = APA) -> tuple[str, ...]:
    """The curve, the declared analysis in it, what matters most, the test of the whole, as sentences."""
    curve, counts = answer["curve"], answer["counts"]
    kind, symbol = _kind(answer), _symbol(answer)
    low, mid, high = (number(curve[key], kind, style) for key in ("lowest", "median", "highest"))
    many = number(counts["specifications"], "count", style)
    specifications = "specification" if counts["specifications"] == 1 else "specifications"
    null = null_word(answer["scale"])
    inside = (
        f"{level_text(answer['level'])} intervals lie above {null} in "
        f"{_percent(curve['share_above'], style)} of them, below {null} in "
        f"{_percent(curve['share_below'], style)}, and hold {null} in "
        f"{_percent(curve['share_open'], style)}{_by_test(answer, style)}."
    )
    curve_text = f"Over {many} {specifications} the median is {symbol} = {mid} ({low} to {high}). {inside}"
    sentences = [" ".join([curve_text, *_missing(answer, style)])]
    if answer["declared"] is not None:
        own = answer["declared"]
        value, interval = estimate_texts(own["estimate"], own["ci_lb"], own["ci_ub"], kind, style)
        rank = number(own["rank"], "count", style)
        sentences.append(
            f"The declared analysis gives {value} {interval}, number {rank} of {many} in order of size."
        )
    choices = moving(answer)
    if choices and choices[0]["range"] > (1.0 if _is_ratio(answer) else 0.0):
        first = choices[0]
        factor = "a factor of " if _is_ratio(answer) else ""
        sentences.append(
            f"What moves the estimate most is the choice '{choice_label(first['name'])}': its options differ "
            f"by {factor}{number(first['range'], kind, style)} in their means and carry "
            f"{_percent(first['variance_share'], style)} of the variance between specifications."
        )
    if answer["permutation"] is not None:
        sentences.append(_permutation(answer, style))
    if max(answer["specifications"]["k"], default=0) < FEW:
        sentences.append("So few samples are no basis for a verdict, however many specifications agree.")
    return tuple(sentences)


def _by_test(answer: Answer, style: NumberStyle) -> str:
    """The shares of each test, where they differ, and which tests do not hold their level at this k."""
    tests = answer["tests"]
    if len({(item["share_above"], item["share_below"]) for item in tests}) < 2:
        return ""
    parts = []
    for item in tests:
        poor = f", which does not hold its level at k = {item['k']}," if item["trust"] == "no" else ""
        above, below = (_percent(item[f"share_{side}"], style) for side in ("above", "below"))
        parts.append(f"{option_label('test', item['test'])}{poor} {above} above and {below} below")
    return f"; by test: {'; '.join(parts)}"


def _missing(answer: Answer, style: NumberStyle) -> Iterator[str]:
    """What is not in the curve: combinations that could not be computed, the declared analysis."""
    counts = answer["counts"]
    n = sum(item["n"] for item in counts["impossible"])
    if n:
        of = f"{number(n, 'count', style)} of {number(counts['combinations'], 'count', style)} combinations"
        why = "; ".join(item["reason"] for item in counts["impossible"])
        never = [
            f"{choice_label(choice['name'])}: {option_label(choice['name'], option['option'])}"
            for choice in answer["choices"]
            for option in choice["options"]
            if option["mean"] is None
        ]
        which = f", among them every one with {', '.join(never)}" if never else ""
        yield f"{of} could not be computed ({why}){which}."
    if answer["declared"] is None:
        approach = answer["dependence"]["approach"]
        yield (
            "The declared analysis could not be computed."
            if approach == "aggregate"
            else "The declared analysis is not among them: they take one effect a sample, it has dependence "
            f"{approach}."
        )


def _permutation(answer: Answer, style: NumberStyle) -> str:
    test = answer["permutation"]
    many = number(test["iterations"], "count", style)
    how = f"all {many} sign flips" if test["exact"] else f"{many} random sign flips"
    part = ""
    if test["specifications"] < answer["counts"]["specifications"]:
        part = f" (on a random {number(test['specifications'], 'count', style)} of the specifications)"
    error = "" if test["exact"] else f", Monte Carlo error {number(test['error'], 'p', style)}"
    return (
        f"Were no sample to have an effect, a curve as extreme as this one would come up with "
        f"{p_text(test['median_p'], style)} for its median{error}, {p_text(test['share_p'], style)} for the "
        f"share of intervals on one side of {null_word(answer['scale'])} and "
        f"{p_text(test['mean_z_p'], style)} for its mean z: "
        f"{how}{part}."
    )


def _percent(share: float, style: NumberStyle) -> str:
    return f"{number(100.0 * share, 'percent', style)}%"


def multiverse_screen(answer: Answer, style: NumberStyle, *, color: bool) -> str:
    """Choices, sentences, counts."""
    parts = [heading(answer, synthetic=answer["synthetic"])]
    table = choices_table(answer, style)
    if table.rows:
        parts.append(render_table(table, style=style, bold=color))
    parts.append("\n".join(paragraph(sentence) for sentence in describe_multiverse(answer, style)))
    counts = answer["counts"]
    lines = [
        f"{number(counts['combinations'], 'count', style)} combinations; "
        f"{number(counts['repeats'], 'count', style)} give the same effects as another and count once; "
        f"{number(counts['fits'], 'count', style)} models fitted."
    ]
    lines += [
        f"{number(item['n'], 'count', style)} combinations are impossible: {item['reason']}."
        for item in counts["impossible"]
    ]
    idle = [choice_label(c["name"]) for c in answer["choices"] if c not in moving(answer)]
    if idle:
        lines.append(f"Choices without a difference here: {', '.join(idle)}.")
    parts.append("\n".join(paragraph(line) for line in lines))
    return "\n\n".join(parts)
