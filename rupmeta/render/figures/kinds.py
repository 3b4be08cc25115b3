"""The kinds of figures there are: a new kind is a record, a layout function and one entry here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from rupmeta.render.figures.adjustments.data import AdjustmentsData
from rupmeta.render.figures.adjustments.layout import lay_out_adjustments
from rupmeta.render.figures.bubble.data import BubbleData
from rupmeta.render.figures.bubble.layout import lay_out_bubble
from rupmeta.render.figures.confounding.data import ConfoundingData
from rupmeta.render.figures.confounding.layout import lay_out_confounding
from rupmeta.render.figures.curves import CurvesData, lay_out_curves
from rupmeta.render.figures.forest.data import ForestData
from rupmeta.render.figures.forest.layout import lay_out_forest
from rupmeta.render.figures.funnel.data import FunnelData
from rupmeta.render.figures.funnel.layout import lay_out_funnel
from rupmeta.render.figures.labbe.data import LabbeData
from rupmeta.render.figures.labbe.layout import lay_out_labbe
from rupmeta.render.figures.layout import Layout
from rupmeta.render.figures.looks import Look
from rupmeta.render.figures.p_curve.data import PCurveData
from rupmeta.render.figures.p_curve.layout import lay_out_p_curve
from rupmeta.render.figures.points.data import DraperyData, OrchardData, RadialData
from rupmeta.render.figures.points.drapery import lay_out_drapery
from rupmeta.render.figures.points.orchard import lay_out_orchard
from rupmeta.render.figures.points.radial import lay_out_radial
from rupmeta.render.figures.prisma import PrismaData, lay_out_prisma
from rupmeta.render.figures.rob.data import RobData
from rupmeta.render.figures.rob.layout import lay_out_rob
from rupmeta.render.figures.rob.summary import lay_out_rob_summary
from rupmeta.render.figures.sessions import curves as session_curves
from rupmeta.render.figures.sessions import data as session_data
from rupmeta.render.figures.sessions.curves import lay_out_agreement
from rupmeta.render.figures.sessions.data import AgreementData, SessionsData
from rupmeta.render.figures.sessions.layout import lay_out_sessions
from rupmeta.render.figures.specification.data import SpecificationData
from rupmeta.render.figures.specification.layout import lay_out_specification
from rupmeta.render.figures.stability.baujat import lay_out_baujat
from rupmeta.render.figures.stability.data import BaujatData, GoshData, InfluenceData
from rupmeta.render.figures.stability.gosh import lay_out_gosh
from rupmeta.render.figures.stability.influence import lay_out_influence
from rupmeta.render.figures.waterfall import WaterfallData, lay_out_waterfall

__all__ = ["FIGURES", "OPTIONS", "FigureKind", "Option"]

#: What only some kinds can heed. Every kind heeds palette, layout, width, and the form of a file.
Option = Literal["digits", "model", "by", "sort", "rob", "new", "ratings", "client"]

#: Option → what it does, for the sentence that refuses it elsewhere.
OPTIONS: Mapping[Option, str] = {
    "digits": "it sets the decimals of numbers, and this figure shows whole ones",
    "model": "it chooses what is pooled and how, and nothing is pooled here",
    "by": "it names subgroups, or the number that effects are drawn along",
    "sort": "it orders rows of studies",
    "rob": "it adds columns of risk of bias",
    "new": "it is the later of two states of a review",
    "ratings": "it is about session ratings",
    "client": "it chooses one client's ratings",
}
_USUAL: frozenset[Option] = frozenset({"digits", "model"})
_RATINGS: frozenset[Option] = frozenset({"digits", "ratings"})


@dataclass(frozen=True, slots=True)
class FigureKind:
    """A kind of figure: what it shows in a line, the record it takes, the function that lays it out.

    ``heeds``: the options, of those that only some kinds can heed. ``orders``: the names that ``sort`` takes.
    """

    name: str
    shows: str
    data: type[Any]
    lay_out: Callable[[Any, Look], Layout]
    heeds: frozenset[Option] = _USUAL
    orders: tuple[str, ...] = ()


FIGURES: Mapping[str, FigureKind] = {
    kind.name: kind
    for kind in (
        FigureKind(
            "forest",
            "every effect with its interval, and the pooled effect",
            ForestData,
            lay_out_forest,
            _USUAL | {"by", "sort", "rob"},
            ("file", "year", "effect", "weight"),
        ),
        FigureKind(
            "bubble",
            "effects over a number, with the fitted line",
            BubbleData,
            lay_out_bubble,
            _USUAL | {"by"},
        ),
        FigureKind("funnel", "effects against their standard errors", FunnelData, lay_out_funnel),
        FigureKind(
            "specification",
            "every specification of a multiverse over its choices",
            SpecificationData,
            lay_out_specification,
        ),
        FigureKind(
            "confounding",
            "what an unmeasured confounder of any strength would leave",
            ConfoundingData,
            lay_out_confounding,
        ),
        FigureKind(
            "adjustments",
            "the answer under every adjustment for what may be missing",
            AdjustmentsData,
            lay_out_adjustments,
        ),
        FigureKind(
            "p-curve", "significant p values against no effect and low power", PCurveData, lay_out_p_curve
        ),
        FigureKind(
            "prior-posterior",
            "what the data make of the priors",
            CurvesData,
            lay_out_curves,
        ),
        FigureKind("profile", "the likelihood of both variances", CurvesData, lay_out_curves),
        FigureKind(
            "leave-one-out",
            "the answer without each study",
            ForestData,
            lay_out_forest,
            _USUAL | {"sort"},
            ("file", "effect"),
        ),
        FigureKind(
            "cumulative",
            "the answer as studies join",
            ForestData,
            lay_out_forest,
            _USUAL | {"sort"},
            ("year", "file", "weight"),
        ),
        FigureKind("influence", "eight diagnostics of every effect", InfluenceData, lay_out_influence),
        FigureKind("baujat", "part in heterogeneity against pull on the answer", BaujatData, lay_out_baujat),
        FigureKind("gosh", "the answer against I² in all subsets", GoshData, lay_out_gosh),
        FigureKind("power", "power against the number of studies", CurvesData, lay_out_curves),
        FigureKind(
            "diff",
            "the way from one version's answer to the next one's",
            WaterfallData,
            lay_out_waterfall,
            _USUAL | {"new"},
        ),
        FigureKind(
            "radial", "standardised effects over precision, the effect on an arc", RadialData, lay_out_radial
        ),
        FigureKind("drapery", "the p value of every possible effect", DraperyData, lay_out_drapery),
        FigureKind(
            "orchard",
            "all effects of every level with its mean",
            OrchardData,
            lay_out_orchard,
            _USUAL | {"by"},
        ),
        FigureKind("labbe", "good outcomes with repair over those without", LabbeData, lay_out_labbe),
        FigureKind(
            "rob",
            "risk of bias by study and domain",
            RobData,
            lay_out_rob,
            _USUAL | {"sort"},
            ("file", "weight"),
        ),
        FigureKind("rob-summary", "risk of bias by share of the weight", RobData, lay_out_rob_summary),
        FigureKind(
            "sessions",
            "alliance ratings by session, one client or a panel",
            SessionsData,
            lay_out_sessions,
            frozenset({"ratings", "client"}),
        ),
        FigureKind(
            "rule-agreement",
            "how far the rules for ruptures agree",
            AgreementData,
            lay_out_agreement,
            _RATINGS,
        ),
        FigureKind(
            "false-positives",
            "ruptures that noise alone would show, by rule and number of ratings",
            session_data.CurvesData,
            session_curves.lay_out_curves,
            _RATINGS,
        ),
        FigureKind(
            "rule-grid",
            "the effect of a raw route under every combination of settings",
            SpecificationData,
            lay_out_specification,
            _RATINGS,
        ),
        FigureKind("prisma", "the flow of studies into the review", PrismaData, lay_out_prisma, frozenset()),
    )
}
