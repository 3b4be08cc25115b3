"""The quick reader gives what the close one gives, or declines; and it does read everyday files."""

from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from rupmeta.read.plain_yaml import load_plain
from rupmeta.read.yaml_files import load_yaml

ROOT = Path(__file__).parents[2]
FILES = sorted((*ROOT.glob("studies/**/*.yaml"), *ROOT.glob("tests/lint/cases/*.yaml")))

EVERYDAY = """\
# yaml-language-server: $schema=x
citation:
  authors: [Holmqvist Larsson, M., "Falkenström, F."]   # initials join
  year: 2018
  title: A title that runs on
    over two lines
  doi: 10.1080/10503307.2016.1174345
  issue:

sample: {id: se, n: 605, nested: {a: [1, -2, .5], b: {}, c: []}}   # a comment
effects:
- id: core-om
  reported:
    - {r: -.31, n: 154}   # one
    - {p: <.001, n: 60}
  source:
    where: 'Table 2, p. 130'
- id: 'b'
  reported: []
note: text, with [brackets] and {braces} # and a comment
last: -0.5
"""


def agree(text):
    quick, close = load_plain(text), load_yaml(text)
    if quick is not None:
        assert close.faults == ()
        assert repr(quick) == repr(close.root.value)
    return quick


def test_everyday_yaml_is_read():
    assert agree(EVERYDAY)["citation"]["title"] == "A title that runs on over two lines"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_both_agree_on_every_file_of_the_project(path):
    agree(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    "text",
    [
        "a: 1\na: 2\n", "a: {b: 1, b: 2}\n", "a: &x 1\n", "a: *x\n", "a: !!int 1\n", "<<: {a: 1}\n",
        "a: .nan\n",
        "a: 1e400\n", "a: 012\n", "a: {b: 012}\n", "a: [1, 2\n", "a: b: c\n", "a:\n\tb: 1\n",
        "a: \"x\\n\"\n", "- 1\n",
        "a: 1\n---\nb: 2\n", "", "# only\n", "a: 1\n b: 2\n", "a: >\n  x\n",
        "a: 'it''s'\n", "a: x\u2028y\n", "a:1\n",
        "a: {b:1}\n", "a: 1\n...\n", "a:\n  b: 1\n c: 2\n", "a: ? x\n", "a: @x\n", "a: [b, ]\n",
        "a:\n- \n    b\n", "a: " + "[" * 40,
    ],
)  # fmt: skip
def test_whatever_is_not_everyday_is_left_to_the_close_reader(text):
    assert load_plain(text) is None


_TEXT = st.text(alphabet="abz ABZ.,-0129é'\"#:[]{}&*!|>%@`?~<=_/", max_size=14)
_ROUNDED = st.floats(-9, 9).map(lambda x: round(x, 2))
_SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(-99, 9999), st.floats(-9, 9).map(lambda x: round(x, 2)), _TEXT
)
_TREES = st.recursive(
    _SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(_TEXT, inner, max_size=4)),
    max_leaves=12,
)


@settings(max_examples=150, deadline=None)
@given(
    st.dictionaries(st.sampled_from(["a", "b_1", "c.d", "n"]), _TREES), st.sampled_from([True, False, None])
)
def test_both_agree_on_whatever_a_program_dumps(tree, flow):
    agree(yaml.dump(tree, Dumper=yaml.CSafeDumper, allow_unicode=True, default_flow_style=flow, width=30))


@settings(max_examples=600, deadline=None)
@given(st.text(alphabet="ab:{}[],-&*'\" \n.01#", max_size=50))
def test_both_agree_on_arbitrary_text(text):
    agree(text)


_PIECES = st.sampled_from(
    [
        "a:",
        "b:",
        "- ",
        "  ",
        "\n",
        " ",
        "1",
        "-.3",
        "{",
        "}",
        "[",
        "]",
        ", ",
        "x",
        '"y"',
        "'z'",
        "# c",
        ": ",
        "\n  ",
        "\n- ",
    ]
)


@settings(max_examples=500, deadline=None)
@given(st.lists(_PIECES, max_size=16).map("".join))
def test_both_agree_on_text_that_is_nearly_yaml(text):
    agree("a: 1\n" + text)
    agree("a:\n  b: 1\n" + text)


FOLDED = """\
a:
  note: >-
    Seen: "a {b}" # no comment here

    - no list, key: none


    last
  next: 1
note: >-
 one
b: [1]   # after
"""


def test_folded_text_is_read():
    assert agree(FOLDED) == {
        "a": {"note": 'Seen: "a {b}" # no comment here\n- no list, key: none\n\nlast', "next": 1},
        "note": "one",
        "b": [1],
    }


@pytest.mark.parametrize(
    "text",
    [
        "a: >-\n",
        "a: >-\nb: 1\n",
        "a: >-\n\n  x\n",
        "a: >-\n  x\n    more\n  y\n",
        "a: >-\n    x\n  y\n",
        "a: >-\n  x \n  y\n",
        "a: >-\n  x\n      \n  y\n",
        "a: >-\n  x\n\n\n",
        "- note: >-\n    x\n",
        "a:\n- note: >-\n    x\n    y\n  b: 1\n",
        "a:\n- note: >-\n   x\n",
        "a:\n- note: >-\n  x\n",
        "a: >-\n  x\n# comment\nb: 2\n",
        "a: >-\n  x\n ...\n",
        "a: >-\n  x\n---\nb: 1\n",
        "a: >\n  x\n",
        "a: >-  # why\n  x\n",
        "a: |-\n  x\n",
    ],
)
def test_folded_text_is_read_alike_or_declined(text):
    agree(text)


@given(st.lists(st.sampled_from(["x", "- y", "k: v", "", "  ", "# c", "[a", "it's", '"q', " z"]), max_size=7))
@settings(max_examples=150, deadline=None)
def test_folded_text_of_any_lines(lines):
    agree("a: >-\n" + "".join(f"  {line}\n" for line in lines) + "b: 1\n")
