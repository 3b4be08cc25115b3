"""Detection: the session ratings behind raw effects; rule, classes, noise, other rules and the effect."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from typing import Any

from rupmeta.render.detect.screen import (
    WORDS,
    agreement_table,
    count_sentence,
    effect_lines,
    rule_sentence,
    rules_table,
    uncertainty_sentence,
)
from rupmeta.render.document import Block, Paragraph, Section
from rupmeta.render.numbers import APA, number
from rupmeta.render.report.sections.page import Page, closed, slug
from rupmeta.render.report.series import left_out_sentence
from rupmeta.render.tables import Column, Table

__all__ = ["detection_section", "detection_tables", "entries_of"]

Results = Mapping[str, Any]

LEAD = (
    "These effects were computed from session-level ratings of the alliance. There is no standard rule for a "
    "rupture: classes and effects depend on the rule, and some ruptures would be found in noise. Whether a "
    "rupture was repaired is observed and never assigned, so every contrast below is correlational."
)
#: Classes in the order of the table; the last two are not judged.
CLASSES = ("repaired", "unrepaired", "mixed", "none", "not_classifiable", "excluded")


def entries_of(results: Results) -> list[tuple[str, Results]]:
    """File stem → entry of every raw route, in file order; no two have the same stem."""
    found: dict[str, Results] = {}
    for i, entry in enumerate(results["detection"]):
        stem = f"sessions-{slug(entry['study'])}-{slug(entry['effect'])}"
        found[stem if stem not in found else f"{stem}-route-{i + 1}"] = entry
    return list(found.items())


def detection_tables(results: Results) -> Iterator[tuple[str, Table]]:
    """Classes, other rules and their agreement of every raw route, by file stem."""
    for stem, entry in entries_of(results):
        if entry["result"] is None:
            continue
        where = f"{entry['study']}, {entry['effect']}"
        yield f"{stem}-classes", classes_table(entry["result"], where)
        yield f"{stem}-rules", _rules_table(entry["rules"], where)
        if entry["agreement"]:
            pairs = agreement_table(entry["agreement"])
            title = f"Agreement of rules, at least one rupture or none: {entry['study']}"
            yield f"{stem}-agreement", Table("agreement", title, pairs.columns, pairs.rows)


def classes_table(answer: Results, where: str) -> Table:
    """One row a class: clients, their share, and the share that noise alone would give."""
    columns = (
        Column("class", "Class"),
        Column("clients", "Clients", "count"),
        Column("share", "Of classifiable, %", "weight"),
        Column("noise_lb", "In noise, lowest %", "weight"),
        Column("noise_ub", "In noise, highest %", "weight"),
    )
    counts, expected = answer["counts"], answer["expected"]
    rows = []
    for name in CLASSES:
        noise = [100 * entry[name] for entry in expected if name in entry]
        if name == "none":
            noise = [100 * (1 - entry["any"]) for entry in expected]
        share = answer["observed"].get(name)
        rows.append(
            {
                "class": {**WORDS, "excluded": "fewer than 3 ratings"}.get(name, name),
                "clients": counts[name],
                "share": None if share is None else 100 * share,
                "noise_lb": min(noise, default=None),
                "noise_ub": max(noise, default=None),
            }
        )
    note = (
        f"Rule {answer['rule']['name']}. In noise: share of simulated series without any rupture, as long as "
        f"these, that the rule puts into the class, over {len(expected)} autocorrelations."
        if expected
        else f"Rule {answer['rule']['name']}. What noise would give could not be simulated."
    )
    return Table("classes", f"Clients by class: {where}", columns, tuple(rows), footnotes=(note,))


def _rules_table(rules: list[Results], where: str) -> Table:
    """Every rule side by side; why one has no effect stands below, where it has room."""
    table = rules_table({"rules": rules})
    columns = tuple(dataclasses.replace(column, shown=column.key != "reason") for column in table.columns)
    notes = ["Noise: the largest share of any autocorrelation that was simulated. No rule is a standard."]
    notes += [f"{row['name']}: {row['reason']}." for row in table.rows if row.get("reason")]
    title = f"Every rule on the same ratings: {where}"
    return Table("rules", title, columns, table.rows, footnotes=tuple(notes))


def detection_section(page: Page) -> Section | None:
    """One part for every raw route; None when no study points to session ratings."""
    entries = entries_of(page.results)
    if not entries:
        return None
    pooled = {
        (effect["study"], effect["effect"]): effect
        for item in page.results["analyses"].values()
        for effect in item["effects"]
    }
    parts = tuple(_route(page, stem, entry, pooled) for stem, entry in entries)
    return Section("detection", "Detection in session ratings", (Paragraph(LEAD),), parts)


def _route(page: Page, stem: str, entry: Results, pooled: Mapping[tuple[str, str], Results]) -> Section:
    title = f"{entry['study']}, {entry['effect']}: ratings in {entry['file']}"
    answer = entry["result"]
    ident = stem.replace("sessions", "detection", 1)  # the stem is the id of the figure
    if answer is None:
        return Section(ident, title, (Paragraph(f"Nothing was detected: {entry['reason']}"),))
    blocks: list[Block] = [Paragraph(rule_sentence(answer["rule"], APA)), Paragraph(count_sentence(answer))]
    like, series = entry["like"], entry["series"]
    if like is not None:
        text = f"The ratings are those of {like['study']}, {like['effect']}, read by the same rule"
        blocks.append(Paragraph(f"{text}: the figure and the agreement of rules stand there."))
    if series is not None:
        blocks += page.figure(
            stem, f"Alliance ratings by session in {entry['study']}", left_out_sentence(series)
        )
    blocks += page.table(f"{stem}-classes")
    blocks += [Paragraph(text) for text in _noise(answer)]
    effect = answer["effect"]
    if effect is not None:
        blocks += [Paragraph(line) for line in effect_lines(effect, APA)]
        blocks.append(Paragraph(_computed(entry, effect, pooled)))
    rules = [Paragraph(text) for text in _spread(entry["rules"])]
    blocks += closed(
        "The same ratings under every rule",
        tuple(rules),
        page.table(f"{stem}-rules"),
        page.figure(f"{stem}-agreement", f"Agreement of rules on the ratings of {entry['study']} (κ)"),
        page.table(f"{stem}-agreement"),
    )
    return Section(ident, title, tuple(blocks))


def _noise(answer: Results) -> Iterator[str]:
    """How many ruptures would be false alarms, and how many clients would change class."""
    expected, seen = answer["expected"], answer["observed"]["any"]
    if expected and seen is not None:
        any_of = [100 * entry["any"] for entry in expected]
        low, high = (number(x, "weight", APA) for x in (min(any_of), max(any_of)))
        span = f"{low}%" if low == high else f"{low}% to {high}%"
        yield (
            f"False positives: the rule finds a rupture in {number(100 * seen, 'weight', APA)}% of the "
            f"classifiable clients; in simulated series of the same lengths that hold no rupture it finds "
            f"one in {span}, depending on their autocorrelation."
        )
    if answer["uncertainty"] is not None:
        yield uncertainty_sentence(answer["uncertainty"], APA)


def _computed(entry: Results, effect: Results, pooled: Mapping[tuple[str, str], Results]) -> str:
    """From the groups to the number, and whether any analysis pools it."""
    steps = "; ".join(effect.get("formula") or ()) or "as printed"
    used = pooled.get((entry["study"], entry["effect"]))
    if effect["r"] is None:
        return "No analysis of this review pools it."
    where = (
        "No analysis of this review pools this effect."
        if used is None
        else f"On the analysis scale it is yi = {number(used['yi'], 'unbounded', APA)}, "
        f"vi = {number(used['vi'], 'tau2', APA)} ({used['measure']})."
    )
    return f"How it was computed: {steps}. {where}"


def _spread(rules: list[Results]) -> Iterator[str]:
    """The range of the effect over the rules, none of which is a standard."""
    r = [row["effect"]["r"] for row in rules if row.get("effect") and row["effect"]["r"] is not None]
    if r:
        low, high = (number(x, "bounded", APA) for x in (min(r), max(r)))
        yield (
            f"r under {len(r)} rules that have one: {low} to {high}; {sum(x > 0 for x in r)} are above zero. "
            "The rules share their clients and are no independent evidence."
        )
