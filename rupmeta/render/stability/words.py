"""Tables and sentences about answers without studies, with more of them, and from draws of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from rupmeta.render.labels import DISPLAY, method_label, null_word
from rupmeta.render.numbers import APA, NumberStyle, interval_text, level_text, number
from rupmeta.render.results_tables import first_scale, scale_cells, scale_columns
from rupmeta.render.screens import heading
from rupmeta.render.tables import Column, Table
from rupmeta.render.writers.terminal import paragraph, render_table

__all__ = ["SCREENS", "TABLES", "stability_screen"]

Answer = Mapping[str, Any]

_SIDES = {"above": "above {}", "below": "below {}", "open": "holds {}", None: ""}


def _side(side: str | None, scale: str) -> str:
    """Where an interval lies, in the words of the scale: ratios have their null at 1."""
    return _SIDES[side].format(null_word(scale))


def steps_table(answer: Answer, key: str, style: NumberStyle) -> Table:
    """One row a unit with the answer then; the pooled answer last."""
    scale = first_scale(answer)
    name = "omitted" if key == "leave_one_out" else "added"
    columns = (
        Column(name, name, shown=False),
        Column("label", "Without" if name == "omitted" else "With", exported=False),
        Column("year", "Year", "count", shown=name == "added"),
        Column("k", "k", "count"),
        *scale_columns(answer),
        Column("tau2", "τ²", "tau2"),
        Column("I2", "I² %", "percent"),
        Column("Q", "Q", "stat", shown=False),
        Column("moved", "", shown=True, exported=False),
        Column("side", "side", shown=False),
    )
    rows = [_step_cells(row, name, scale, style) for row in answer[key]]
    if name == "omitted":
        rows.append(
            {**_step_cells({**answer["pooled"], "moved": False}, name, scale, style), "label": "None"}
        )
    strong = frozenset({len(rows) - 1})
    return Table(key, "", columns, tuple(rows), strong)


def _step_cells(row: Answer, name: str, scale: str, style: NumberStyle) -> dict[str, Any]:
    heterogeneity = row.get("heterogeneity") or {}
    year = row.get("year")
    return {
        name: row.get(name),
        "label": row.get("label"),
        "year": None if year is None else str(year),
        "k": row["k"],
        **scale_cells(row["reported"], scale, style),
        **{key: heterogeneity.get(key) for key in ("tau2", "I2", "Q")},
        "moved": f"interval {_side(row['side'], scale)}" if row["moved"] else "",
        "side": row["side"],
    }


def describe_leave_one_out(answer: Answer, style: NumberStyle = APA) -> Iterator[str]:
    """How far the answer moves when one unit leaves."""
    rows = [row for row in answer["leave_one_out"] if row["estimate"] is not None]
    scale = first_scale(answer)
    display = DISPLAY[scale]
    shown = [row["reported"][scale]["estimate"] for row in rows if scale in row["reported"]]
    if shown:
        lowest, highest = (number(x, display.kind, style) for x in (min(shown), max(shown)))
        yield (
            f"With one left out at a time, {display.symbol} runs from {lowest} to {highest}; all together "
            f"give {number(answer['pooled']['reported'][scale]['estimate'], display.kind, style)}."
        )
    if len(answer["leave_one_out"]) == 2:
        yield "Each of the two leaves a single one, which is no synthesis: nothing follows from either."
        return
    moved = [row["label"] for row in rows if row["moved"]]
    side = _side(answer["pooled"]["side"], scale)
    verb = "" if answer["pooled"]["side"] == "open" else "lies "
    if moved:
        yield f"The interval of all {verb}{side}; it does not without any one of: {', '.join(moved)}."
    else:
        yield f"The interval of all {verb}{side}, and so does every other one."


def describe_cumulative(answer: Answer, style: NumberStyle) -> Iterator[str]:
    """Since when the interval lies where it lies now."""
    del style  # labels and years only
    scale = first_scale(answer)
    rows = [row for row in answer["cumulative"] if row["side"] is not None]
    last = rows[-1]["side"]
    since = next((i for i in range(len(rows), 0, -1) if rows[i - 1]["side"] != last), 0)
    verb = "" if last == "open" else "lies "
    if since == 0:
        yield f"At every step the interval {verb}{_side(last, scale)}."
    else:
        side = _side(last, scale)
        yield f"From {rows[since]['label']} on (k = {rows[since]['k']}) the interval {verb}{side}."
    yield "Intervals are not corrected for looking after every study."


def influence_table(answer: Answer, style: NumberStyle) -> Table:
    """The diagnostics, flagged numbers marked with a star."""
    del style  # numbers are formatted by their columns
    names = {
        "rstudent": "rstudent",
        "dffits": "DFFITS",
        "cook_d": "Cook's D",
        "cov_r": "cov. ratio",
        "tau2_del": "τ² without",
        "QE_del": "Q without",
        "hat": "hat",
        "dfbetas": "DFBETAS",
    }
    columns = (
        Column("study", "study", shown=False),
        Column("effect", "effect", shown=False),
        Column("label", "Study", exported=False),
        *(
            Column(key, title, "tau2" if key == "tau2_del" else "stat" if key == "QE_del" else "unbounded")
            for key, title in names.items()
        ),
        Column("weight", "Weight %", "weight"),
        Column("flags", "Flags"),
    )
    rows = tuple(
        {
            **{key: row[key] for key in ("study", "effect", "label", "weight", *names)},
            "flags": ", ".join(row["flags"]),
        }
        for row in answer["influence"]
    )
    return Table("influence", "", columns, rows)


def describe_influence(answer: Answer, style: NumberStyle) -> Iterator[str]:
    """Who is flagged, and the largest residual."""
    flagged = [row for row in answer["influence"] if row["influential"]]
    words = {"dffits": "DFFITS", "cook_d": "Cook's D", "hat": "leverage", "dfbetas": "DFBETAS"}
    if flagged:
        yield (
            "Flagged: "
            + "; ".join(
                f"{row['label']} ({', '.join(words[name] for name in row['flags'])})" for row in flagged
            )
            + "."
        )
    else:
        yield "No effect is flagged by DFFITS, Cook's D, leverage or DFBETAS."
    known = [row for row in answer["influence"] if row["rstudent"] is not None]
    if known:
        top = max(known, key=lambda row: abs(row["rstudent"]))
        count = sum(abs(row["rstudent"]) > 1.96 for row in known)
        yield (
            f"The largest deleted residual is that of {top['label']} "
            f"({number(top['rstudent'], 'unbounded', style)}); {count} of {len(known)} exceed 1.96, where "
            "about one in twenty would by chance."
        )


def estimators_table(answer: Answer, style: NumberStyle) -> Table:
    """Estimators by tests; the declared one stands out."""
    scale = first_scale(answer)
    columns = (
        Column("method", "method"),
        Column("test", "test"),
        *scale_columns(answer),
        Column("pval", "p", "p"),
        Column("tau2", "τ²", "tau2"),
        Column("I2", "I² %", "percent"),
        Column("side", "side", shown=False),
    )
    rows = [
        {
            "method": row["method"],
            "test": row["test"],
            **scale_cells(row["reported"], scale, style),
            "pval": None if row["estimate"] is None else row["estimate"]["pval"],
            **{key: (row.get("heterogeneity") or {}).get(key) for key in ("tau2", "I2")},
            "side": row["side"],
        }
        for row in answer["estimators"]
    ]
    centre = answer["henmi_copas"]
    rows.append(
        {
            "method": "Henmi-Copas",
            "pval": centre.get("pval"),
            "tau2": centre.get("tau2"),
            **scale_cells(centre["reported"], scale, style),
        }
    )
    strong = frozenset(i for i, row in enumerate(answer["estimators"]) if row["declared"])
    return Table("estimators", "", columns, tuple(rows), strong)


def describe_estimators(answer: Answer, style: NumberStyle) -> Iterator[str]:
    """Range of the estimates, and where the intervals lie."""
    rows = [row for row in answer["estimators"] if row["estimate"] is not None]
    scale = first_scale(answer)
    display = DISPLAY[scale]
    shown = [row["reported"][scale]["estimate"] for row in rows if scale in row["reported"]]
    if shown:
        lowest, highest = (number(x, display.kind, style) for x in (min(shown), max(shown)))
        yield f"Over {len(rows)} models {display.symbol} runs from {lowest} to {highest}."
    counts = {side: sum(row["side"] == side for row in rows) for side in ("above", "open", "below")}
    parts = [
        f"{count} {'hold' if side == 'open' else f'lie {side}'} {null_word(scale)}"
        for side, count in counts.items()
        if count
    ]
    yield f"Of their intervals {', '.join(parts)}."
    yield f"The declared model is {method_label(answer['method'])} with test {answer['test']}."


def gosh_table(answer: Answer, style: NumberStyle) -> Table:
    """Every unit's pull on the cloud, the strongest first."""
    del style  # numbers are formatted by their columns
    columns = (
        Column("unit", "unit", shown=False),
        Column("label", "Study", exported=False),
        Column("median_with", "median with", "unbounded"),
        Column("median_without", "median without", "unbounded"),
        Column("difference", "difference", "unbounded"),
    )
    rows = [
        {**unit, "difference": unit["median_with"] - unit["median_without"]}
        for unit in answer["gosh"]["units"]
        if unit["median_with"] is not None and unit["median_without"] is not None
    ]
    rows.sort(key=lambda row: -abs(row["difference"]))
    return Table("gosh", "", columns, tuple(rows))


def describe_gosh(answer: Answer, style: NumberStyle) -> Iterator[str]:
    """What the cloud spans, and who moves it most."""
    found = answer["gosh"]
    which = "all" if found["exhaustive"] else "a seeded draw of"
    scale = first_scale(answer)
    shown, kind, symbol = found["estimate"], "unbounded", "the estimate"
    if scale in found["reported"]:
        shown, kind, symbol = found["reported"][scale], DISPLAY[scale].kind, DISPLAY[scale].symbol
    middle = interval_text(shown["q025"], shown["q975"], kind, style, null=None)  # type: ignore[arg-type]
    yield (
        f"Over {which} {number(found['subsets'], 'count', style)} subsets the middle 95% of {symbol} is "
        f"{middle}, median {number(shown['median'], kind, style)}; I² has median "  # type: ignore[arg-type]
        f"{number(found['I2']['median'], 'percent', style)}%, from "
        f"{number(found['I2']['min'], 'percent', style)} to {number(found['I2']['max'], 'percent', style)}%."
    )
    top = next(unit for unit in found["units"] if unit["most_influential"])
    yield f"{top['label']} moves the cloud most, on the scale {answer['measure']} (figure of subsets)."
    clumps = found["clumps"] or []
    if len(clumps) > 1:
        centres = ", ".join(
            f"{number(clump['reported'].get(scale, clump['estimate']), kind, style)} with I² "  # type: ignore[arg-type]
            f"{number(clump['I2'], 'percent', style)}% "
            f"({number(100.0 * clump['share'], 'percent', style)}% of subsets)"
            for clump in clumps
        )
        names = ", ".join(clumps[0]["parted_by"])
        parted = f" What parts them is whether they hold {names}." if names else ""
        yield f"The cloud falls into {len(clumps)} clumps, with medians of {symbol} at {centres}.{parted}"


def bootstrap_table(answer: Answer, style: NumberStyle) -> Table:
    """Model-based interval beside the two of the bootstrap, on the first scale."""
    scale = first_scale(answer)
    part = answer["bootstrap"]["estimate"]
    columns = (Column("kind", "interval"), *scale_columns(answer))
    rows = [
        {
            "kind": f"model, test {answer['pooled']['test']}",
            **scale_cells(answer["pooled"]["reported"], scale, style),
        }
    ]
    rows += [
        {"kind": f"bootstrap, {name}", **scale_cells(part["reported"].get(kind, {}), scale, style)}
        for kind, name in (("percentile", "percentile"), ("bca", "BCa"))
    ]
    return Table("bootstrap", "", columns, tuple(rows), frozenset({0}))


def describe_bootstrap(answer: Answer, style: NumberStyle) -> Iterator[str]:
    """Standard errors and the interval of tau2."""
    found = answer["bootstrap"]
    mean, tau2 = found["estimate"], found["tau2"]
    own, model = (
        number(x, "unbounded", style, digits=3) for x in (mean["se"], answer["pooled"]["estimate"]["se"])
    )
    yield (
        f"{number(found['draws'], 'count', style)} draws of {found['samples']} samples. On the scale "
        f"{answer['measure']} the bootstrap standard error is {own}, that of the model {model}."
    )
    limits = tau2["bca"] or tau2["percentile"]
    kind = "BCa" if tau2["bca"] else "percentile"
    interval = interval_text(limits["ci_lb"], limits["ci_ub"], "tau2", style, null=None)
    value = number(tau2["value"], "tau2", style)
    yield f"τ² = {value}, {level_text(found['level'])} {kind} interval {interval}."


TABLES: Mapping[str, Callable[[Answer, NumberStyle], Table]] = {
    "leave_one_out": lambda answer, style: steps_table(answer, "leave_one_out", style),
    "cumulative": lambda answer, style: steps_table(answer, "cumulative", style),
    "influence": influence_table,
    "estimators": estimators_table,
    "gosh": gosh_table,
    "bootstrap": bootstrap_table,
}

SCREENS: Mapping[str, tuple[str, Callable[[Answer, NumberStyle], Iterator[str]]]] = {
    "leave_one_out": ("Leave one out", describe_leave_one_out),
    "cumulative": ("As studies join", describe_cumulative),
    "influence": ("Influence", describe_influence),
    "estimators": ("Estimators and tests side by side", describe_estimators),
    "gosh": ("All subsets", describe_gosh),
    "bootstrap": ("Bootstrap of samples", describe_bootstrap),
}


def stability_screen(answer: Answer, key: str, style: NumberStyle, *, color: bool) -> str:
    """Heading, table, sentences."""
    title, describe = SCREENS[key]
    return "\n\n".join(
        [
            heading(answer, synthetic=answer["synthetic"]),
            title + "\n" + render_table(TABLES[key](answer, style), style=style, bold=color),
            "\n".join(paragraph(sentence) for sentence in describe(answer, style)),
        ]
    )
