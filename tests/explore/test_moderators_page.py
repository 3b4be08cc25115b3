"""docs/methods/moderators.md shows what the tool prints, and names what there is."""

from __future__ import annotations

import re
import shlex

import pytest
from reviews import ROOT, run_cli

from rupmeta.explore.contrasts import ADJUSTMENTS
from rupmeta.explore.formula import FUNCTIONS
from rupmeta.lint.registry import LINTS

PAGE = (ROOT / "docs" / "methods" / "moderators.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```console\n\$ rupmeta ([^\n]+)\n(.*?)```", PAGE, flags=re.DOTALL)


@pytest.mark.parametrize(("command", "shown"), BLOCKS, ids=[command for command, _ in BLOCKS])
def test_examples_print_what_the_page_shows(command: str, shown: str) -> None:
    assert shown
    done = run_cli(*shlex.split(command))
    assert done.stdout + done.stderr == shown


def test_the_page_names_every_choice() -> None:
    assert len(BLOCKS) == 2
    for name in (*ADJUSTMENTS, *FUNCTIONS):
        assert re.search(rf"[`( ]{name}[` ),]", PAGE), name
    for code in ("FORMULA", "K-MOD", "CATNUM", "INTERACTION", "MOD-OVERLAP", "CONV"):
        assert f"`{code}`" in PAGE
        assert code in LINTS
    for option in re.findall(r"`(--[a-z0-9]+)", PAGE):
        helped = run_cli("moderators", "--help").stdout + run_cli("plot", "--help").stdout
        assert option in helped, option
