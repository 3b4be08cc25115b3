"""Risk of bias → the JSON object from which its figures and tables are made."""

from __future__ import annotations

from typing import Any

from rupmeta.pipeline.risk_of_bias import RiskOfBias
from rupmeta.read.rob_tools import OVERALL
from rupmeta.render.answers import describe_analysis

__all__ = ["rob_answer", "rob_parts"]

Answer = dict[str, Any]


def rob_answer(found: RiskOfBias) -> Answer:
    """Everything that is said about risk of bias in one analysis."""
    return {**describe_analysis(found.synthesis.prepared), **rob_parts(found)}


def rob_parts(found: RiskOfBias) -> Answer:
    """Tools with the share of the weight under every word, and studies with their judgements.

    ``weight`` and ``shares`` are in percent of the whole synthesis, unrated studies included.
    """
    return {
        "tools": [
            {
                "id": ident,
                "name": tool.name,
                "source": tool.source,
                "domains": [
                    {"id": domain, "label": "Overall" if domain == OVERALL else tool.domains[domain]}
                    for domain in found.domains(ident)
                ],
                "judgements": [
                    {"id": word, "label": judgement.label, "severity": judgement.severity}
                    for word, judgement in tool.judgements.items()
                ],
                "shares": {domain: dict(found.shares(ident, domain)) for domain in found.domains(ident)},
            }
            for ident, tool in found.tools.items()
        ],
        "judged": [
            {
                "study": item.study,
                "label": item.label,
                "weight": item.weight,
                "tool": item.tool,
                "judgements": dict(item.judgements),
                "reasons": dict(item.reasons),
            }
            for item in found.studies
        ],
    }
