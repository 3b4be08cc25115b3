"""The counts of the flow as the CSV of the PRISMA2020 package."""

from __future__ import annotations

import csv
import io

from rupmeta.read.flow_fields import FLOW_FIELDS
from rupmeta.render.exports.kinds import Exported, Request
from rupmeta.screen.flow import count_flow
from rupmeta.screen.screening import screen_studies

__all__ = ["export_prisma"]


def export_prisma(request: Request) -> Exported:
    """One row per box, its columns as that package names them; a box that is not known has no n."""
    folder = request.folder
    flow = count_flow(folder, screen_studies(folder))
    out = io.StringIO()
    writer = csv.writer(out, delimiter=request.sep, lineterminator="\n")
    writer.writerow(("data", "n"))
    writer.writerows((name, flow.counts.get(name, "")) for name in FLOW_FIELDS)
    return Exported(out.getvalue().encode(), notes=flow.notes)
