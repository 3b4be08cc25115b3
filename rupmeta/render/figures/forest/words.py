"""The words of a forest plot: lines under the plot, marks and their footnotes, tooltips, alternative text."""

from __future__ import annotations

from rupmeta.render.figures.forest.data import (
    BetweenTest,
    ForestData,
    ForestGroup,
    ForestRow,
    HeterogeneityLine,
    OverallTest,
    PooledRow,
)
from rupmeta.render.figures.looks import APA_LOOK, JournalLook
from rupmeta.render.figures.rob.data import RobTool
from rupmeta.render.figures.rob.words import domain_codes
from rupmeta.render.labels import DISPLAY, MARKS
from rupmeta.render.numbers import (
    APA,
    NBSP,
    NumberStyle,
    estimate_texts,
    interval_text,
    level_text,
    number,
    p_text,
)

__all__ = [
    "between_text",
    "describe_forest",
    "footnote_texts",
    "forest_table",
    "heterogeneity_text",
    "overall_text",
    "row_marks",
    "row_tooltip",
    "statistics_texts",
]


SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


def row_marks(row: ForestRow) -> str:
    """The marks that stand behind a study's label: ``†‡``."""
    return "".join(mark for flag, mark, _ in MARKS if getattr(row, flag))


def heterogeneity_text(line: HeterogeneityLine, journal: JournalLook) -> str:
    """The heterogeneity statistics as the journal writes them."""
    style, sp = journal.numbers, journal.numbers.space
    Q, df = number(line.Q, "stat", style), number(line.df, "df", style)
    tau2, I2 = number(line.tau2, "tau2", style), _percent(line.I2, style)
    if journal.heterogeneity == "revman":
        return (
            f"Heterogeneity: Tau²{_equals(tau2, style)}; Chi²{sp}={sp}{Q}, df{sp}={sp}{df} "
            f"({p_text(line.pval, style, symbol='P')}); I²{_equals(I2, style)}"
        )
    if journal.heterogeneity == "bmj":
        chi2 = (f"χ²={Q}", f"df={df}", p_text(line.pval, style, symbol="P").replace(sp, ""))
        parts = (f"τ²{_equals(tau2, style)}", ", ".join(chi2), f"I²{_equals(I2, style)}")
        return f"Test for heterogeneity: {'; '.join(part.replace(sp, '') for part in parts)}"
    if journal.heterogeneity == "jama":
        said = f"χ²{_subscript(df)}{sp}={sp}{Q}"
        return f"Heterogeneity: {said}; {p_text(line.pval, style, symbol='P')}; I²{_equals(I2, style)}"
    scale = f" ({line.scale})" if line.scale else ""
    tau = None if line.tau2 is None else max(line.tau2, 0.0) ** 0.5
    texts = (
        f"Q({df}){sp}={sp}{Q}",
        p_text(line.pval, style),
        f"τ{_equals(number(tau, 'unbounded', style), style)}{scale}",
        f"I²{_equals(I2, style)}",
    )
    return f"Heterogeneity: {', '.join(texts)}"


def overall_text(test: OverallTest, journal: JournalLook) -> str:
    """The test of the pooled effect as the journal writes it."""
    style, sp = journal.numbers, journal.numbers.space
    stat = number(test.stat, "stat", style)
    name = "z" if test.df is None else f"t({number(test.df, 'df', style)})"
    if journal.heterogeneity == "revman":
        letter = "Z" if test.df is None else name
        return f"Test for overall effect: {letter}{sp}={sp}{stat} ({p_text(test.pval, style, symbol='P')})"
    if journal.heterogeneity == "bmj":
        p = p_text(test.pval, style, symbol="P").replace(sp, "")
        return f"Test for overall effect: {name}={stat}, {p}"
    if journal.heterogeneity == "jama":
        return f"Test for overall effect: {name} = {stat}; {p_text(test.pval, style, symbol='P')}"
    return f"Overall effect: {name}{sp}={sp}{stat}, {p_text(test.pval, style)}"


def _subscript(text: str) -> str:
    """Digits below the line, where there are only digits; else in brackets."""
    return text.translate(SUBSCRIPTS) if text.isdigit() else f"({text})"


def between_text(test: BetweenTest, style: NumberStyle = APA, journal: JournalLook = APA_LOOK) -> str:
    """The test between subgroups: ``Between subgroups: Q(2) = 4.10, p = .129``."""
    if journal.heterogeneity == "revman":
        stat, df1 = number(test.stat, "stat", style), number(test.df1, "df", style)
        name = f"Chi² = {stat}, df = {df1}"
        if test.df2 is not None:
            name = f"F({df1}, {number(test.df2, 'df', style)}) = {stat}"
        return f"Test for subgroup differences: {name} ({p_text(test.pval, style, symbol='P')})".replace(
            " = ", f"{style.space}={style.space}"
        )
    stat, df1, sp = number(test.stat, "stat", style), number(test.df1, "df", style), style.space
    name = f"Q({df1})" if test.df2 is None else f"F({df1},{sp}{number(test.df2, 'df', style)})"
    return f"Between subgroups: {name}{sp}={sp}{stat}, {p_text(test.pval, style)}"


def statistics_texts(data: ForestData, journal: JournalLook) -> tuple[str, ...]:
    """Heterogeneity and the test between subgroups, as far as the journal shows them."""
    texts = []
    if data.heterogeneity is not None:
        texts.append(heterogeneity_text(data.heterogeneity, journal))
    if data.overall is not None and "overall" in journal.tests:
        texts.append(overall_text(data.overall, journal))
    if data.between is not None and "between" in journal.tests:
        texts.append(between_text(data.between, journal.numbers, journal))
    if data.model:
        texts.append(f"Model: {data.model}")
    return tuple(texts)


def footnote_texts(data: ForestData) -> tuple[str, ...]:
    """What the marks mean, and the footnotes of the data."""
    marks = (
        f"{mark}{NBSP}{words}" for flag, mark, words in MARKS if any(getattr(row, flag) for row in data.rows)
    )
    judged = () if data.rob is None else (_rob_text(data.rob, data),)
    published = ("Hollow diamonds: published figures, not pooled here",) if data.references else ()
    return (*marks, *judged, *published, *data.footnotes)


def _rob_text(tool: RobTool, data: ForestData) -> str:
    """What the columns of risk of bias and their signs mean."""
    given = {cell for row in data.rows for cell in row.judgements}
    signs = ", ".join(f"{word.mark}{NBSP}{word.label}" for word in tool.words if word in given)
    named = "; ".join(
        f"{code}{NBSP}{domain}"
        for code, domain in zip(domain_codes(tool), tool.domains, strict=True)
        if code != "Overall"
    )
    blank = "; blank: not judged" if None in given or not all(row.judgements for row in data.rows) else ""
    return f"Risk of bias ({tool.name}): {signs}{blank}. {named}."


def row_tooltip(row: ForestRow, data: ForestData, style: NumberStyle = APA) -> str:
    """``Larsson (2018): r = .25, 95% CI [.13, .37], N = 249, weight 9.1%``."""
    display = DISPLAY[data.measure]
    estimate, interval = estimate_texts(
        row.estimate, row.ci_lb, row.ci_ub, display.kind, style, null=display.null
    )
    parts = [
        f"{row.label}: {display.symbol}{_equals(estimate, style)}",
        f"{level_text(data.level)} CI {interval}",
    ]
    if row.n is not None:
        parts.append(f"N{_equals(number(row.n, 'count', style), style)}")
    if row.weight is not None:
        parts.append(f"weight {number(row.weight, 'weight', style)}%")
    return ", ".join(parts)


def forest_table(data: ForestData, style: NumberStyle = APA) -> tuple[tuple[str, ...], ...]:
    """The rows behind the picture, header first, labels in full."""
    display = DISPLAY[data.measure]
    level = level_text(data.level)
    domains = () if data.rob is None else data.rob.domains
    rows: list[tuple[str, ...]] = [("Study", "N", display.symbol, f"{level} CI", "Weight (%)", "Marks")]

    def cells(row: ForestRow | PooledRow, label: str, weight: float | None, marks: str) -> None:
        texts = estimate_texts(row.estimate, row.ci_lb, row.ci_ub, display.kind, style, null=display.null)
        n = "" if row.n is None else number(row.n, "count", style)
        rows.append((label, n, *texts, "" if weight is None else number(weight, "weight", style), marks))

    for group in data.groups:
        if group.heading:
            rows.append((group.heading, "", "", "", "", ""))
        for row in group.rows:
            label = row.label if row.parent is None else f"{row.parent}, {row.label}"
            cells(row, label, row.weight, row_marks(row))
            if domains:
                given = row.judgements or (None,) * len(domains)
                rows[-1] = (*rows[-1], *("not judged" if cell is None else cell.label for cell in given))
        if group.pooled:
            cells(group.pooled, f"{group.pooled.label} (k = {group.pooled.k})", None, "")
    if data.pooled:
        cells(data.pooled, f"{data.pooled.label} (k = {data.pooled.k})", None, "")
    if data.pi_lb is not None and data.pi_ub is not None:
        text = interval_text(data.pi_lb, data.pi_ub, display.kind, style, null=display.null)
        rows.append((f"{level} prediction interval", "", "", text, "", ""))
    for reference in data.references:
        texts = estimate_texts(
            reference.estimate, reference.ci_lb, reference.ci_ub, display.kind, style, null=display.null
        )
        n = "" if reference.n is None else number(reference.n, "count", style)
        rows.append((f"{reference.label} (published, not pooled)", n, *texts, "", ""))
    rows[0] = (*rows[0], *domains)
    return tuple((*row, *("",) * (len(rows[0]) - len(row))) for row in rows)


def describe_forest(data: ForestData, style: NumberStyle = APA) -> str:
    """The alternative text: what, k, N; estimate, intervals; heterogeneity; extremes; where the table is."""
    display = DISPLAY[data.measure]
    rows, sp = data.rows, style.space
    count = f"{len(rows)} effect{'' if len(rows) == 1 else 's'}"
    sentences = [*(f"{banner}." for banner in data.banners), f"Forest plot: {data.title}, {count}"]
    total = data.pooled.n if data.pooled is not None else None
    if total is not None:
        sentences[-1] += f", N{sp}={sp}{number(total, 'count', style)}"
    sentences[-1] += f" ({display.name})."
    if data.pooled is not None:
        p = data.pooled
        estimate, interval = estimate_texts(
            p.estimate, p.ci_lb, p.ci_ub, display.kind, style, null=display.null
        )
        text = f"Pooled {display.symbol}{_equals(estimate, style)}, {level_text(data.level)} CI {interval}"
        if data.pi_lb is not None and data.pi_ub is not None:
            prediction = interval_text(data.pi_lb, data.pi_ub, display.kind, style, null=display.null)
            text += f", {level_text(data.level)} prediction interval {prediction}"
        sentences.append(f"{text}.")
    elif data.pooled_reason:
        sentences.append(f"Not pooled: {data.pooled_reason.rstrip('.')}.")
    if data.heterogeneity is not None:
        h = data.heterogeneity
        tau2 = _equals(number(h.tau2, "tau2", style), style)
        sentences.append(
            f"Heterogeneity: Q({number(h.df, 'df', style)}){sp}={sp}{number(h.Q, 'stat', style)}, "
            f"{p_text(h.pval, style)}, τ²{tau2}, I²{_equals(_percent(h.I2, style), style)}."
        )
    if data.groups and data.groups[0].heading is not None:
        sentences.append(f"Subgroups: {'; '.join(_group(group, data, style) for group in data.groups)}.")
    if data.between is not None:
        sentences.append(f"{between_text(data.between, style)}.")
    if len(rows) > 1:
        low, high = min(rows, key=lambda row: row.estimate), max(rows, key=lambda row: row.estimate)
        sentences.append(
            f"Effects run from {number(low.estimate, display.kind, style)} ({low.label}) "
            f"to {number(high.estimate, display.kind, style)} ({high.label})."
        )
    sentences.append("The numbers stand in the table that belongs to this figure.")
    return " ".join(sentences)


def _group(group: ForestGroup, data: ForestData, style: NumberStyle) -> str:
    """A subgroup in the alternative text."""
    if group.pooled is None:
        return f"{group.heading}, k = {len(group.rows)}"
    p, display = group.pooled, DISPLAY[data.measure]
    estimate, interval = estimate_texts(p.estimate, p.ci_lb, p.ci_ub, display.kind, style, null=display.null)
    return f"{group.heading}, k = {p.k}, {display.symbol}{_equals(estimate, style)} {interval}"


def _percent(x: float | None, style: NumberStyle) -> str:
    text = number(x, "percent", style)
    return text if x is None else f"{text}%"


def _equals(text: str, style: NumberStyle) -> str:
    """`` = .29``, but `` < 0.001`` where the number is itself a bound."""
    sp = style.space
    return f"{sp}{text}" if text[:1] in "<>" else f"{sp}={sp}{text}"
