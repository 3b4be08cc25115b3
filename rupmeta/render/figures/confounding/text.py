"""The words of the confounding figure: cautions, table, alternative text, the figure in characters."""

from __future__ import annotations

from rupmeta.render.figures.confounding.data import ConfoundingData
from rupmeta.render.figures.text_width import clean_text
from rupmeta.render.numbers import APA, NumberStyle, level_text, number

__all__ = ["confounding_cautions", "confounding_rows", "describe_confounding_figure", "paint_confounding"]

EVERY = 5  # rows of the table: one for so many points of the curve
BAR = 40


def confounding_cautions(data: ConfoundingData, style: NumberStyle = APA) -> tuple[str, ...]:
    """What stands under the figure."""
    strength, label = number(data.benchmark[0], "bounded", style), clean_text(data.benchmark[1])
    return (
        f"Dotted: a confounder as strong as {label}, r = {strength}. One confounder is assumed, equally "
        "strong with both sides and in every study.",
        "The figure says how strong an unmeasured common source would have to be, not whether there is one.",
        *data.footnotes,
    )


def confounding_rows(data: ConfoundingData, style: NumberStyle = APA) -> tuple[tuple[str, ...], ...]:
    """Every fifth point of the curves, header first."""
    limit = number(data.threshold, "bounded", style)
    header = ("c", "mean r left", "lower", "upper", f"% of true r above {limit}")
    rows = []
    for i in range(0, len(data.c), EVERY):
        numbers = (data.c[i], data.mean[i], data.lb[i], data.ub[i])
        share = number(100.0 * data.share[i], "percent", style)
        rows.append((*(number(x, "bounded", style) for x in numbers), share))
    return (header, *rows)


def describe_confounding_figure(data: ConfoundingData, style: NumberStyle = APA) -> str:
    """The alternative text, from the numbers."""
    now, share = number(data.mean[0], "bounded", style), number(100.0 * data.share[0], "percent", style)
    limit = number(data.threshold, "bounded", style)
    sentences = [
        *(f"{banner}." for banner in data.banners),
        f"Unmeasured confounding: {data.title}. Without a confounder the mean correlation is {now} and "
        f"{share}% of true correlations lie above {limit}.",
    ]
    if data.c_estimate is not None:
        c = number(data.c_estimate, "bounded", style)
        sentences.append(f"A confounder correlated {c} with both sides would leave a mean of zero.")
    if data.c_limit is not None:
        c = number(data.c_limit, "bounded", style)
        sentences.append(f"One of {c} would bring the {level_text(data.level)} interval to zero.")
    sentences += [*confounding_cautions(data, style)]
    return " ".join(sentences)


def paint_confounding(data: ConfoundingData, style: NumberStyle = APA) -> str:
    """A table with bars for the share of true correlations."""
    rows = confounding_rows(data, style)
    widths = [max(len(row[i]) for row in rows) for i in range(5)]
    lines = [*map(clean_text, data.banners), clean_text(data.title), ""]
    for j, row in enumerate(rows):
        cells = "  ".join(text.rjust(width) for text, width in zip(row, widths, strict=True))
        bar = "" if j == 0 else "█" * round(BAR * data.share[(j - 1) * EVERY])
        lines.append(f"{cells}  {bar}".rstrip())
    return "\n".join([*lines, "", *confounding_cautions(data, style)]) + "\n"
