"""What a review may decide about conversions: ``conversions``, ``assume`` and ``allow`` of an analysis."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any, Literal, get_args, get_type_hints

from rupmeta.errors import UsageError

if TYPE_CHECKING:
    from rupmeta.read.review import Analysis

__all__ = ["ConversionOptions", "conversion_options"]


@dataclass(frozen=True, slots=True)
class ConversionOptions:
    """Choices between defensible conversions; the defaults are those of the methods page.

    ``split``: group sizes as observed, or 4 in place of h and a (what an equal split would have given).
    ``d_to_r``: the exact point-biserial r, or Borenstein's large-sample approximation (``--preset cma``).
    ``r_to_d``: the contrast of clients two standard deviations apart, as of two equal groups, or one apart;
    where both group sizes are known they decide.
    ``sizes``: whether the variance of r takes group sizes as fixed: by the study's design, always, or never.
    ``beta``: β taken as r, or Peterson & Brown's imputation .98β + .05.
    ``smd_variance``: metafor's ``LS`` or ``LS2``, or RevMan's. ``j``: the exact small-sample factor, or
    1 − 3/(4m − 1).
    ``double_zero``: tables without events in both groups leave ratio pools, or keep ½ in every cell.
    ``routes``: ``no-approximate`` and ``direct`` leave out what is weaker. ``adjusted`` False leaves out
    partial and semi-partial effects, ``verified_only`` provisional ones.
    ``pre_post_r``: assumed where a paper prints none (None: such routes are not estimable).
    ``one_group``: a one-group change may enter a pool of SMDs.
    """

    split: Literal["observed", "equal"] = "observed"
    d_to_r: Literal["exact", "borenstein"] = "exact"
    r_to_d: Literal["two-sd", "one-sd"] = "two-sd"
    sizes: Literal["by-design", "fixed", "random"] = "by-design"
    beta: Literal["as-r", "peterson-brown"] = "as-r"
    smd_variance: Literal["LS", "LS2", "revman"] = "LS"
    j: Literal["exact", "approximate"] = "exact"
    double_zero: Literal["drop", "keep"] = "drop"
    routes: Literal["all", "no-approximate", "direct"] = "all"
    adjusted: bool = True
    verified_only: bool = False
    pre_post_r: float | None = field(default=None, metadata={"from": "assume"})
    one_group: bool = field(default=False, metadata={"from": "allow"})


def conversion_options(analysis: Analysis) -> ConversionOptions:
    """The options that an analysis declares.

    Raises ``UsageError`` for an unknown key of ``conversions`` or ``assume`` or a value that is not allowed.
    """
    known = {item.name for item in fields(ConversionOptions) if not item.metadata}
    hints = get_type_hints(ConversionOptions)
    chosen: dict[str, Any] = {}  # each value is checked against the record's own hints
    for name, value in analysis.conversions.items():
        if name not in known:
            raise UsageError(f"conversions has no {name}; known are {', '.join(sorted(known))}")
        allowed = get_args(hints[name]) or (True, False)
        if value not in allowed:
            shown = ", ".join(str(item).lower() if isinstance(item, bool) else str(item) for item in allowed)
            raise UsageError(f"conversions: {name} is {value}; it can be {shown}")
        chosen[name] = value
    for name, value in analysis.assume.items():
        if name != "pre_post_r":
            raise UsageError(f"assume has no {name}; known is pre_post_r")
        if value is None:
            continue
        if isinstance(value, bool) or not isinstance(value, int | float) or not -1 < value < 1:
            raise UsageError(f"assume: pre_post_r is {value}; it is a correlation between -1 and 1")
        chosen[name] = float(value)
    chosen["one_group"] = "one-group" in analysis.allow
    return ConversionOptions(**chosen)
