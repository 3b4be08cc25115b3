"""Risk of bias of the studies behind a pooled answer, and how much of the weight every judgement carries."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from rupmeta.errors import EstimationError
from rupmeta.pipeline.analyse import Synthesis, synthesise
from rupmeta.pipeline.specification import Overrides
from rupmeta.read.folder import Folder
from rupmeta.read.rob_tools import OVERALL, Tool

__all__ = ["Rated", "RiskOfBias", "judge_synthesis", "judge_weight"]


@dataclass(frozen=True, slots=True)
class Rated:
    """One study of the synthesis: ``weight`` in percent of the whole; ``tool`` None: not judged."""

    study: str
    label: str
    weight: float
    tool: str | None
    judgements: Mapping[str, str]
    reasons: Mapping[str, str]


@dataclass(frozen=True)
class RiskOfBias:
    """The studies in the order of the files, and the tools that they were judged with."""

    synthesis: Synthesis
    studies: tuple[Rated, ...]
    tools: Mapping[str, Tool]

    def domains(self, tool: str) -> tuple[str, ...]:
        """The domains of a tool in its own order; ``overall`` last, where a study has one."""
        has_overall = any(OVERALL in item.judgements for item in self.studies if item.tool == tool)
        return (*self.tools[tool].domains, *((OVERALL,) if has_overall else ()))

    def shares(self, tool: str, domain: str) -> Mapping[str, float]:
        """Word of the tool → its share of the weight of the whole synthesis, in percent."""
        return {
            word: math.fsum(
                item.weight
                for item in self.studies
                if item.tool == tool and item.judgements.get(domain) == word
            )
            for word in self.tools[tool].judgements
        }


def judge_weight(folder: Folder, overrides: Overrides | None = None) -> RiskOfBias:
    """Pool, and set every study's judgements beside its weight; EstimationError when none is judged."""
    found = judge_synthesis(synthesise(folder, overrides))
    if not found.tools:
        count = len(found.studies)
        raise EstimationError(
            f"none of the {count} stud{'y' if count == 1 else 'ies'} of "
            f"'{found.synthesis.prepared.specification.name}' has risk_of_bias; write, for instance, "
            "risk_of_bias: {tool: robins-i, domains: {confounding: serious}}"
        )
    return found


def judge_synthesis(synthesis: Synthesis) -> RiskOfBias:
    """The judgements of the studies in ``synthesis``; a study with several effects has their weights' sum."""
    folder = synthesis.prepared.folder
    files = {file.id: file for file in folder.studies}
    weights: dict[str, list[float]] = {}
    labels: dict[str, str] = {}
    for row, weight in zip(synthesis.prepared.effects.rows, synthesis.fit.weights.tolist(), strict=True):
        weights.setdefault(row.study, []).append(weight)
        labels.setdefault(row.study, row.label)
    studies = []
    for study, parts in weights.items():
        rated = files[study].study.risk_of_bias
        studies.append(
            Rated(
                study,
                labels[study],
                math.fsum(parts),
                None if rated is None else rated.tool,
                {} if rated is None else dict(rated.domains),
                {} if rated is None else dict(rated.reasons),
            )
        )
    used = sorted({item.tool for item in studies if item.tool is not None})
    return RiskOfBias(synthesis, tuple(studies), {name: folder.tools[name] for name in used})
