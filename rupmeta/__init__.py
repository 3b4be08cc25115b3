"""Evidence synthesis of alliance rupture repair and the outcome of psychotherapy.

The stages of a synthesis are functions: ``read_studies``, ``screen_studies``, ``compute_effects``,
``pool_effects``, ``explore_moderators``, ``assess_bias``, ``check_sensitivity``, ``run_multiverse``,
``detect_episodes``, ``draw_figure``, ``write_report``. They take a folder of study files, what an earlier
stage returned, or a data frame with ``yi`` and ``vi``. Importing the package loads none of them.

>>> import rupmeta
>>> pooled = rupmeta.pool_effects("studies/examples/molloy2014")
>>> print(f"r = {pooled.reported['r']['estimate']:.2f}")
r = 0.15
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rupmeta.errors import (
    EstimationError,
    FormulaError,
    InputError,
    MissingExtraError,
    RupmetaError,
    UsageError,
)

if TYPE_CHECKING:
    from rupmeta.api.data import Studies, read_frame, read_studies
    from rupmeta.api.detecting import Episodes, detect_episodes
    from rupmeta.api.drawing import Figure, draw_figure
    from rupmeta.api.effects import Conversion, EffectTable, compute_effects, convert_statistic
    from rupmeta.api.exploring import (
        BiasAssessment,
        Moderators,
        Multiverse,
        Sensitivity,
        assess_bias,
        check_sensitivity,
        explore_moderators,
        run_multiverse,
    )
    from rupmeta.api.files import Findings, ScreenedStudies, check_studies, screen_studies
    from rupmeta.api.pooling import ModelComparison, Pooled, compare_models, pool_effects
    from rupmeta.api.reporting import Report, write_report
    from rupmeta.api.updating import Agreement, Changes, compare_extractors, compare_states

__version__ = "0.1.0"

__all__ = [
    "Agreement",
    "BiasAssessment",
    "Changes",
    "Conversion",
    "EffectTable",
    "Episodes",
    "EstimationError",
    "Figure",
    "Findings",
    "FormulaError",
    "InputError",
    "MissingExtraError",
    "ModelComparison",
    "Moderators",
    "Multiverse",
    "Pooled",
    "Report",
    "RupmetaError",
    "ScreenedStudies",
    "Sensitivity",
    "Studies",
    "UsageError",
    "__version__",
    "assess_bias",
    "check_sensitivity",
    "check_studies",
    "compare_extractors",
    "compare_models",
    "compare_states",
    "compute_effects",
    "convert_statistic",
    "detect_episodes",
    "draw_figure",
    "explore_moderators",
    "pool_effects",
    "read_frame",
    "read_studies",
    "run_multiverse",
    "screen_studies",
    "write_report",
]

#: Name → the module of ``rupmeta.api`` that it is in.
_HOMES = {
    "data": ("Studies", "read_frame", "read_studies"),
    "detecting": ("Episodes", "detect_episodes"),
    "drawing": ("Figure", "draw_figure"),
    "effects": ("Conversion", "EffectTable", "compute_effects", "convert_statistic"),
    "exploring": (
        "BiasAssessment",
        "Moderators",
        "Multiverse",
        "Sensitivity",
        "assess_bias",
        "check_sensitivity",
        "explore_moderators",
        "run_multiverse",
    ),
    "files": ("Findings", "ScreenedStudies", "check_studies", "screen_studies"),
    "pooling": ("ModelComparison", "Pooled", "compare_models", "pool_effects"),
    "reporting": ("Report", "write_report"),
    "updating": ("Agreement", "Changes", "compare_extractors", "compare_states"),
}


def __getattr__(name: str) -> object:
    for module, names in _HOMES.items():
        if name in names:
            from importlib import import_module

            return getattr(import_module(f"rupmeta.api.{module}"), name)
    raise AttributeError(f"module 'rupmeta' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
