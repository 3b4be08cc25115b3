"""What ``rupmeta detect`` shows on a terminal, and its CSV tables; made from the answer alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rupmeta.render.detect.grid import grid_lines, grid_table
from rupmeta.render.numbers import NumberStyle, interval_text, number
from rupmeta.render.tables import Column, Table
from rupmeta.render.writers.terminal import paragraph, render_table

__all__ = [
    "LISTED",
    "agreement_table",
    "clients_table",
    "count_sentence",
    "detect_screen",
    "effect_lines",
    "rule_line",
    "rule_sentence",
    "rules_screen",
    "rules_table",
    "shares_table",
    "uncertainty_sentence",
]

Answer = Mapping[str, Any]
LISTED = 40  # clients listed on a terminal
WORDS = {"none": "no rupture", "not_classifiable": "not classifiable"}


def clients_table(answer: Answer, *, limit: int | None = None) -> Table:
    """One row per client; ``limit`` cuts the list for a terminal."""
    columns = (
        Column("client", "Client"),
        Column("n", "Ratings", "count"),
        Column("class", "Class", shown=False),
        Column("words", "Class", exported=False),
        Column("group", "group", shown=False),
        Column("ruptures", "Ruptures", "count"),
        Column("repaired", "Repaired", "count"),
        Column("censored", "Censored", "count"),
        Column("depth", "Depth", "unbounded"),
        Column("mean", "Mean", "unbounded"),
        Column("spread", "spread", "unbounded", shown=False),
        Column("threshold", "Limit", "unbounded"),
        Column("onsets", "At session"),
        Column("same", "same", "unbounded", shown=False),
        Column("reason", "Remark"),
        *(
            Column(name, name, "unbounded", shown=False)
            for name in (
                "at_max",
                "flat",
                "low_start",
                "below_min_change",
                "pairs_skipped",
                "proportion_repaired",
            )
        ),
    )
    clients = answer["clients"] if limit is None else answer["clients"][:limit]
    rows = tuple(
        {
            **client,
            "client": str(client["client"]),
            "words": WORDS.get(client["class"], client["class"]),
            "onsets": ", ".join(str(episode["onset"]) for episode in client["episodes"]),
            "reason": client["reason"] or ("low start" if client["low_start"] else ""),
        }
        for client in clients
    )
    return Table("clients", "", columns, rows)


def detect_screen(answer: Answer, style: NumberStyle, *, color: bool, synthetic: bool = False) -> str:
    """Rule, clients, counts beside what noise would give, effect."""
    rule, many = answer["rule"], answer["counts"]["clients"]
    parts = [*(["*** SYNTHETIC DATA, NOT EVIDENCE ***"] if synthetic else []), rule_line(rule, style)]
    parts.append(render_table(clients_table(answer, limit=LISTED), style=style, bold=color))
    if many > LISTED:
        parts.append(f"… and {many - LISTED} more clients; --format csv or --json lists all.")
    parts.append(render_table(shares_table(answer), style=style, bold=color))
    parts.append(paragraph(count_sentence(answer)))
    if answer["uncertainty"] is not None:
        parts.append(paragraph(uncertainty_sentence(answer["uncertainty"], style)))
    for item in answer["direct"]:
        parts.append(paragraph(direct_sentence(item, style)))
        parts.append(
            f"Agreement of {item['instrument']} with other sources: rupture or none, by session and by "
            "client;\nwhether all were repaired, in clients in whom both find ruptures\n"
            + render_table(agreement_table(item["agreement"]), style=style, bold=color)
        )
    if answer["effect"] is not None:
        parts.append("\n".join(paragraph(line) for line in effect_lines(answer["effect"], style)))
    if answer["grid"] is not None:
        parts.append("\n".join(paragraph(line) for line in grid_lines(answer["grid"], style)))
        parts.append(render_table(grid_table(answer["grid"]), style=style, bold=color))
    return "\n\n".join(parts)


def rule_line(rule: Answer, style: NumberStyle) -> str:
    """``rule_sentence`` for a terminal."""
    return paragraph(rule_sentence(rule, style))


def rule_sentence(rule: Answer, style: NumberStyle) -> str:
    """The rule with the parameters that matter most; JSON and the notes have all."""
    k = "" if rule["k"] is None else f", k = {number(rule['k'], 'unbounded', style)}"
    scale = rule["scale"]
    how = rule["repair"]
    if how == "fraction":
        how = f"{how} {number(rule['fraction'], 'bounded', style)}"
    name = scale["name"] or "scale not named"
    guard = number(rule["min_change"], "unbounded", style, digits=4) if rule["min_change"] else "off"
    return (
        f"Rule {rule['name']}{k}: {rule['shows']}. At least {rule['n_min']} ratings; smallest depth {guard}; "
        f"{name}; repair: {how} within "
        f"{rule['window'] or 'all later'} sessions; mixed clients: {rule['mixed']}."
    )


def shares_table(answer: Answer) -> Table:
    """Observed shares of classifiable clients beside those of noise."""
    columns = (
        Column("of", "Share of classifiable clients, %"),
        Column("any", "Any rupture", "weight"),
        Column("repaired", "Repaired", "weight"),
        Column("unrepaired", "Unrepaired", "weight"),
        Column("mixed", "Mixed", "weight"),
    )
    rows = [{"of": "observed", **_percent(answer["observed"])}]
    for entry in answer["expected"]:
        own = ", that of these ratings" if entry["source"] == "data" else ""
        rows.append({"of": f"noise, autocorrelation {entry['phi']:.2f}{own}", **_percent(entry)})
    return Table("shares", "", columns, tuple(rows))


def _percent(shares: Answer) -> dict[str, Any]:
    keys = ("any", "repaired", "unrepaired", "mixed")
    return {key: None if shares[key] is None else 100 * shares[key] for key in keys}


def count_sentence(answer: Answer) -> str:
    """How many clients fell where."""
    c = answer["counts"]
    clients = "1 client" if c["clients"] == 1 else f"{c['clients']} clients"
    episodes = "1 episode" if c["episodes"] == 1 else f"{c['episodes']} episodes"
    text = (
        f"{clients}, {c['classifiable']} classifiable: {c['none']} without rupture, {c['repaired']} "
        f"repaired, {c['unrepaired']} unrepaired, {c['mixed']} mixed; {c['not_classifiable']} not "
        f"classifiable, {c['excluded']} with fewer than 3 ratings. {episodes}: {c['episodes_repaired']} "
        f"repaired, {c['episodes_unrepaired']} unrepaired, {c['episodes_censored']} censored"
    )
    small = c["below_min_change"]
    if not small:
        return f"{text}."
    return f"{text}; {small} {'fall was' if small == 1 else 'falls were'} smaller than the smallest depth."


def uncertainty_sentence(again: Answer, style: NumberStyle) -> str:
    """How many clients would have another class if their ratings erred otherwise."""
    share = number(100 * again["changed"], "percent", style)
    kept = ", ".join(
        f"{WORDS.get(name, name)} {number(100 * row[name], 'percent', style)}%"
        for name, row in again["moves"].items()
        if name != "excluded"
    )
    return (
        f"Found again {again['redetections']} times from ratings with another measurement error: {share}% "
        f"of clients change class. The class is kept by: {kept}."
    )


def direct_sentence(item: Answer, style: NumberStyle) -> str:
    """What a direct measure says, with the cut-offs that made it so."""
    c = item["clients"]
    resolved = (
        "resolution not rated"
        if item["resolved_at"] is None
        else f"repaired at {number(item['resolved_at'], 'unbounded', style)}"
    )
    whose = f" rated by {item['rater']}" if item["rater"] else ""
    strangers = f"; without alliance ratings: {item['strangers']}" if item["strangers"] else ""
    return (
        f"{item['instrument'].upper()}{whose}, rupture at {number(item['rupture_at'], 'unbounded', style)}, "
        f"{resolved} "
        f"(cut-offs are yours; none is standard): {item['ruptures']} of {item['sessions']} rated "
        "sessions hold a "
        f"rupture, {item['repaired']} of them repaired; clients: {c['none']} without, {c['repaired']} "
        "repaired, "
        f"{c['unrepaired']} unrepaired, {c['mixed']} mixed, {c['not_rated']} not rated"
        f"{strangers}."
    )


def effect_lines(effect: Answer, style: NumberStyle) -> list[str]:
    """The effect in sentences; positive: better outcome with repair."""
    if effect["r"] is None:
        return [f"No effect: {effect['reason']}."]
    against = {
        "unrepaired-rupture": "repaired (n = {n1}) against unrepaired ruptures (n = {n2})",
        "no-rupture": "repaired (n = {n1}) against no rupture (n = {n2})",
        "continuous": "dose of repair (n = {n1})",
    }[effect["comparison"]].format(n1=effect["n1"], n2=effect["n2"])
    r = number(effect["r"], "bounded", style)
    lines = [
        f"Effect, {against}: r = {r} (z = {number(effect['z'], 'unbounded', style)}, variance "
        f"{number(effect['vi_z'], 'unbounded', style, digits=4)}), d = "
        f"{number(effect['d'], 'unbounded', style)}, "
        f"g = {number(effect['g'], 'unbounded', style)}; positive: better outcome with repair."
    ]
    if effect["spearman"] is not None:
        lines.append(f"Rank correlation (Spearman): {number(effect['spearman'], 'bounded', style)}.")
    for key in ("adjusted", "adjusted_first_alliance"):
        adjusted = effect[key]
        lines.append(
            f"Given {' and '.join(adjusted['covariates']).replace('_', ' ')}: partial r = "
            f"{number(adjusted['r'], 'bounded', style)} (n = {adjusted['n']})."
            if adjusted["r"] is not None
            else f"No {key.replace('_', ' ')} effect: {adjusted['reason']}."
        )
    boot = effect["bootstrap"]
    if boot is not None:
        level = boot["level"]
        clients = interval_text(boot["clients_lb"], boot["clients_ub"], "bounded", style, level=level)
        text = f"Bootstrap of r, clients resampled: {clients}"
        if boot["total_lb"] is not None:
            both = interval_text(boot["total_lb"], boot["total_ub"], "bounded", style, level=level)
            text += (
                f"; with classes detected anew under measurement error: {both} "
                f"({number(100 * boot['changed'], 'percent', style)}% of clients change class, mean r "
                f"{number(boot['r_disturbed'], 'bounded', style)})"
            )
        lines.append(f"{text}.")
    for name, other in (effect.get("others") or {}).items():
        if other["r"] is not None:
            lines.append(
                f"{name}: r = {number(other['r'], 'bounded', style)} (n = {other['n1']} and {other['n2']})."
            )
        else:
            lines.append(f"{name}: {other['reason']}.")
    return lines


def rules_table(answer: Answer) -> Table:
    """One row per rule."""
    columns = (
        Column("name", "Rule"),
        Column("n_min", "Ratings ≥", "count"),
        Column("classifiable", "Classifiable", "count"),
        Column("none", "No rupture", "count"),
        Column("repaired", "Repaired", "count"),
        Column("unrepaired", "Unrepaired", "count"),
        Column("mixed", "Mixed", "count"),
        Column("any", "Any, %", "weight"),
        Column("noise", "Noise, %", "weight"),
        Column("r", "r", "bounded"),
        Column("n1", "n1", "count"),
        Column("n2", "n2", "count"),
        Column("reason", "Remark"),
    )
    rows = []
    for item in answer["rules"]:
        if item["reason"]:
            rows.append({"name": item["name"], "reason": item["reason"]})
            continue
        counts, effect = item["counts"], item["effect"] or {}
        noise = max((entry["any"] for entry in item["expected"]), default=None)
        rows.append(
            {
                "name": item["name"],
                "n_min": item["rule"]["n_min"],
                **{key: counts[key] for key in ("classifiable", "none", "repaired", "unrepaired", "mixed")},
                "any": None if item["observed"]["any"] is None else 100 * item["observed"]["any"],
                "noise": None if noise is None else 100 * noise,
                **{key: effect.get(key) for key in ("r", "n1", "n2", "reason")},
            }
        )
    return Table("rules", "", columns, tuple(rows))


def agreement_table(entries: list[Answer]) -> Table:
    """Pairs of rules or sources."""
    columns = (
        Column("first", "First"),
        Column("second", "Second"),
        Column("unit", "By"),
        Column("n", "n", "count"),
        Column("both", "Both", "count"),
        Column("only_first", "Only first", "count"),
        Column("only_second", "Only second", "count"),
        Column("neither", "Neither", "count"),
        Column("agreement", "Agreement", "bounded"),
        Column("kappa", "κ", "bounded"),
        Column("pabak", "Adjusted κ", "bounded"),
    )
    return Table("agreement", "", columns, tuple(dict(entry) for entry in entries))


def rules_screen(answer: Answer, style: NumberStyle, *, color: bool, synthetic: bool = False) -> str:
    """Every rule side by side, then their agreement; noise is the largest share of any autocorrelation."""
    parts = ["*** SYNTHETIC DATA, NOT EVIDENCE ***"] if synthetic else []
    parts.append(render_table(rules_table(answer), style=style, bold=color))
    r = [
        item["effect"]["r"]
        for item in answer["rules"]
        if item.get("effect") and item["effect"]["r"] is not None
    ]
    if r:
        low, high = (number(x, "bounded", style) for x in (min(r), max(r)))
        parts.append(
            paragraph(f"r under {len(r)} rules: {low} to {high}; {sum(x > 0 for x in r)} are above zero.")
        )
    parts.append(
        "Agreement of rules: at least one rupture or none, clients that both can classify\n"
        + render_table(agreement_table(answer["agreement"]), style=style, bold=color)
    )
    direct = [pair for item in answer["rules"] for one in item.get("direct", ()) for pair in one["agreement"]]
    # Pairs of direct measures are the same under every rule.
    pairs = list({(p["first"], p["second"], p["unit"]): p for p in direct}.values())
    if pairs:
        parts.append(
            "Agreement with direct measures: rupture or none, by session and by client; whether all were\n"
            "repaired, in clients in whom both find ruptures\n"
            + render_table(agreement_table(pairs), style=style, bold=color)
        )
    return "\n\n".join(parts)
