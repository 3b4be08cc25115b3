"""The examples in docstrings are true."""

import doctest
import importlib

import pytest

MODULES = (
    "rupmeta.render.numbers",
    "rupmeta.render.figures.axis",
    "rupmeta.render.figures.text_width",
    "rupmeta.render.r_script.literals",
)


@pytest.mark.parametrize("name", MODULES)
def test_docstring_examples(name):
    result = doctest.testmod(importlib.import_module(name))
    assert result.attempted > 0
    assert result.failed == 0
