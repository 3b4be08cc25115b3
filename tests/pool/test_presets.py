"""Presets set documented options and say which."""

from __future__ import annotations

import pytest
from effect_tables import effects_table

from rupmeta.pool.fit import fit_effects
from rupmeta.pool.presets import PRESETS


def test_the_presets_of_the_interface() -> None:
    assert list(PRESETS) == ["cma", "metafor", "revman", "jasp"]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("cma", ("DL", "z", 5)),
        ("metafor", ("REML", "z", None)),
        ("revman", ("REML", "knha", 6)),
        ("jasp", ("REML", "knha", 6)),
    ],
)
def test_a_preset_fits(name: str, expected: tuple[str, str, int | None]) -> None:
    preset = PRESETS[name]
    effects = effects_table([0.1, 0.9, 0.3, -0.2, 0.6, 0.4, 0.5], [0.02] * 7)
    fit = fit_effects(effects, method=preset.method, test=preset.test, pi=preset.pi)
    assert (fit.method, fit.test, fit.pi_df) == expected
    assert preset.sentence.startswith(f"settings as in {preset.program}: tau2 by ")
