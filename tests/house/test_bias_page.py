"""The page on selection cannot lie: its example prints what it shows, and its numbers are computed."""

from __future__ import annotations

import re
import shlex

from reviews import ROOT, run_cli

PAGE = (ROOT / "docs" / "methods" / "bias.md").read_text(encoding="utf-8")


def test_the_example_prints_what_the_page_shows() -> None:
    ((command, shown),) = re.findall(r"```console\n\$ rupmeta ([^\n]+)\n(.*?)```", PAGE, flags=re.DOTALL)
    done = run_cli(*shlex.split(command))
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == shown.strip()


def test_every_code_of_the_page_is_explained() -> None:
    from rupmeta.lint.registry import LINTS

    codes = set(re.findall(r"`([A-Z]+(?:-[A-Z0-9]+)+)`", PAGE))
    assert {"K-ASYM", "SELECTION-FLAT", "TES-HET"} <= codes
    assert codes <= set(LINTS)
