"""The axis of a forest plot: what it must hold, and what may end in an arrowhead."""

from __future__ import annotations

from rupmeta.render.figures.axis import Axis, fit_axis
from rupmeta.render.figures.forest.data import ForestData
from rupmeta.render.labels import DISPLAY

__all__ = ["forest_axis"]


def forest_axis(data: ForestData, left: float, right: float) -> Axis:
    """Between ``left`` and ``right``: every point estimate, the pooled interval and the prediction interval.

    The intervals of studies, subgroups and published figures are held as far as the axis may grow for them.
    """
    core = [row.estimate for row in data.rows] + [reference.estimate for reference in data.references]
    limits = [limit for row in data.rows for limit in (row.ci_lb, row.ci_ub)]
    if data.pooled is not None:
        core += [data.pooled.estimate, data.pooled.ci_lb, data.pooled.ci_ub]
    core += [limit for limit in (data.pi_lb, data.pi_ub) if limit is not None]
    for group in data.groups:
        if group.pooled is not None:
            core.append(group.pooled.estimate)
            limits += [group.pooled.ci_lb, group.pooled.ci_ub]
    limits += [limit for row in data.references for limit in (row.ci_lb, row.ci_ub) if limit is not None]
    return fit_axis(core, limits, DISPLAY[data.measure], left=left, right=right)
