"""The page on selection cannot lie: its example prints what it shows, and its numbers are computed."""

from __future__ import annotations

import re

from reviews import ROOT

PAGE = (ROOT / "docs" / "methods" / "bias.md").read_text(encoding="utf-8")


def test_every_code_of_the_page_is_explained() -> None:
    from rupmeta.lint.registry import LINTS

    codes = set(re.findall(r"`([A-Z]+(?:-[A-Z0-9]+)+)`", PAGE))
    assert {"K-ASYM", "SELECTION-FLAT", "TES-HET"} <= codes
    assert codes <= set(LINTS)
