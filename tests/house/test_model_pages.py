"""The pages on Bayes, few studies and dependence cannot lie: their examples print what they show."""

from __future__ import annotations

import re

import pytest
from reviews import ROOT

from rupmeta.pool.priors import TAU_PRIORS
from rupmeta.pool.small_k import WORST_COVERAGE

PAGES = {
    name: (ROOT / "docs" / "methods" / f"{name}.md").read_text(encoding="utf-8")
    for name in ("bayes", "small-k", "dependence")
}


def test_trust_stands_on_the_table_of_the_page() -> None:
    rows = re.findall(r"^\| [^|]+ \| \d[\d.]*–.*$", PAGES["small-k"], flags=re.MULTILINE)
    assert len(rows) == len(WORST_COVERAGE)
    for row, known in zip(rows, WORST_COVERAGE.values(), strict=True):
        least = [re.split("[–—]", cell)[0].strip() for cell in row.strip("|").split("|")[1:]]
        shown = [float(cell) for cell in least if cell]
        assert shown == [pytest.approx(100 * share) for share in known.values()]


def test_every_prior_is_on_the_page() -> None:
    for name, family in TAU_PRIORS.items():
        assert f"`{name}={','.join(family.parameters)}`" in PAGES["bayes"]
