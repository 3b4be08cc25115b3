"""Start-up is a feature: what each command may load."""

from __future__ import annotations

import subprocess
import sys

import pytest
from reviews import ROOT

HEAVY = ("numpy", "scipy", "pandas", "matplotlib", "jinja2", "formulaic", "joblib")


def loaded(*arguments: str) -> set[str]:
    """Top-level and dotted names of the modules that ``rupmeta ARGUMENTS`` loads."""
    code = (
        "import sys, atexit\n"
        "atexit.register(lambda: sys.stderr.write('\\n'.join(['@@', *sys.modules])))\n"
        f"sys.argv = ['rupmeta', *{list(arguments)!r}]\n"
        "from rupmeta.__main__ import main\n"
        "main()\n"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, encoding="utf-8", check=False
    )
    return set(result.stderr.partition("@@\n")[2].splitlines())


@pytest.mark.parametrize("command", ["", "check", "pool", "plot", "report", "moderators", "bias"])
def test_help_loads_nothing_heavy(command: str) -> None:
    modules = loaded(*command.split(), "--help")
    assert "typer" in modules
    assert modules.isdisjoint(HEAVY)


def test_checking_and_screening_load_no_arrays() -> None:
    for arguments in (("check", "studies/examples/molloy2014"), ("screen", "studies")):
        modules = loaded(*arguments)
        assert "rupmeta.read.folder" in modules
        assert modules.isdisjoint(HEAVY)


@pytest.mark.parametrize("folder", ["studies", "studies/examples/worked"])
def test_pooling_loads_numpy_and_little_else(folder: str) -> None:
    modules = loaded("pool", folder, "--json")
    assert "numpy" in modules
    # each of these takes a twentieth of a cold start or more, and a pooled answer can do without
    assert modules.isdisjoint({"scipy", "numpy.ma", "numpy.polynomial", "rupmeta.render.numbers"})
    assert modules.isdisjoint({"pandas", "matplotlib", "jinja2", "formulaic", "joblib", "dask"})


def test_moderators_by_name_load_no_formula_engine() -> None:
    modules = loaded("moderators", "studies/examples/molloy2014", "--by", "meanage", "--json")
    assert "rupmeta.explore.moderators" in modules
    assert modules.isdisjoint({"pandas", "matplotlib", "scipy.stats", "scipy.optimize", "formulaic"})
