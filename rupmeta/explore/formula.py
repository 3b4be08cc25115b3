"""Formulas such as ``~ phase * log(sessions)``: read and checked here, never evaluated as code.

The operators are those of R and formulaic (``+ - : * / ** ^`` and parentheses), a variable is the name of a
moderator (`` `odd name` `` in backquotes), and only the functions of ``FUNCTIONS`` exist. Names and calls are
taken out of the text before formulaic sees it, so that it expands operators and nothing else.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from rupmeta.errors import FormulaError

__all__ = ["FUNCTIONS", "Formula", "Source", "parse_formula"]

#: What may be called: categories, transformations of a number, orthogonal polynomials.
FUNCTIONS = ("C", "center", "scale", "log", "sqrt", "poly")

_TOKEN = re.compile(
    r"\s*(?:(?P<quoted>`[^`]+`)|(?P<name>[^\W\d]\w*(?:\.[^\W\d]\w*)*)|(?P<number>\d+(?:\.\d*)?)"
    r"|(?P<operator>\*\*|[-+:*/^()]))"
)
_NUMERIC = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.Pow)
_LONGEST = 1000  # characters
_HIGHEST = 6  # power of an expansion such as (a + b + c)**2
_ADVICE = "write moderator names, + - : * / ** ( ), and C center scale log sqrt poly"


@dataclass(frozen=True)
class Source:
    """One factor of a formula as written: a name, ``C(name)``, or an expression of numbers.

    ``tree`` None: the moderator itself, as a category if ``category``. ``quoted`` maps the placeholders in
    ``tree`` to names written in backquotes.
    """

    text: str
    variables: tuple[str, ...]
    category: bool = False
    tree: ast.expr | None = None
    quoted: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Formula:
    """``terms``: every term as indices into ``sources``, in the order of formulaic's expansion."""

    text: str
    terms: tuple[tuple[int, ...], ...]
    sources: tuple[Source, ...]

    @property
    def variables(self) -> tuple[str, ...]:
        """The moderators that occur, each once."""
        return tuple(dict.fromkeys(name for source in self.sources for name in source.variables))


def parse_formula(text: str) -> Formula:
    """Read ``text``; ``FormulaError`` (FORMULA) says what is not allowed in it.

    >>> formula = parse_formula("~ phase * log(sessions)")
    >>> formula.variables, formula.terms
    (('phase', 'sessions'), ((0,), (1,), (0, 1)))
    """
    body = text.strip().removeprefix("~").strip()
    if not body:
        raise FormulaError(f"formula '{text}' names no moderator; write '~ phase + sessions'")
    if len(body) > _LONGEST:
        raise FormulaError(f"formula has {len(body)} characters; {_LONGEST} are enough for any model")
    sources: dict[str, Source] = {}
    parts = [_symbol(kind, word, sources) for kind, word in _tokens(body)]
    _refuse_powers(parts)
    listed = tuple(sources.values())
    return Formula(f"~ {' '.join(body.split())}", _expand(" ".join(parts), len(listed)), listed)


def _tokens(body: str) -> Iterator[tuple[str, str]]:
    """(kind, word) pairs; a call with its arguments is one word."""
    position = 0
    while position < len(body):
        match = _TOKEN.match(body, position)
        if match is None:
            if not body[position:].strip():
                return
            raise FormulaError(f"formula: '{body[position:].strip()[:20]}' is not understood; {_ADVICE}")
        kind = str(match.lastgroup)
        word, position = match[kind], match.end()
        if kind == "name" and body[position:].lstrip().startswith("("):
            end = _closing(body, body.index("(", position))
            yield "call", word + body[body.index("(", position) : end]
            position = end
        else:
            yield kind, word


def _closing(body: str, start: int) -> int:
    depth = 0
    for i in range(start, len(body)):
        depth += {"(": 1, ")": -1}.get(body[i], 0)
        if depth == 0:
            return i + 1
    raise FormulaError(f"formula: a parenthesis of '{body[start:]}' is not closed")


def _symbol(kind: str, word: str, sources: dict[str, Source]) -> str:
    """What formulaic reads in place of ``word``: ``f0``, ``f1``, … for factors."""
    if kind in ("operator", "number"):
        return word
    source = Source(word.strip("`"), (word.strip("`"),)) if kind != "call" else _read_call(word)
    sources.setdefault(source.text, source)
    return f"f{list(sources).index(source.text)}"


def _read_call(word: str) -> Source:
    quoted = re.findall(r"`([^`]+)`", word)
    plain = word
    for i, name in enumerate(quoted):
        plain = plain.replace(f"`{name}`", f"quoted_{i}_", 1)
    try:
        tree = ast.parse(plain, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise FormulaError(f"formula: '{word}' is not understood; {_ADVICE}") from error
    names = {f"quoted_{i}_": name for i, name in enumerate(quoted)}
    variables = tuple(dict.fromkeys(_check(tree, word, names, outermost=True)))
    if not variables:
        raise FormulaError(f"formula: '{word}' has no moderator in it")
    if isinstance(tree, ast.Call) and isinstance(tree.func, ast.Name) and tree.func.id == "C":
        return Source(f"C({variables[0]})", variables, category=True)
    return Source(" ".join(word.split()), variables, tree=tree, quoted=tuple(names.items()))


def _check(node: ast.AST, word: str, names: dict[str, str], *, outermost: bool = False) -> Iterator[str]:
    """The moderators in ``node``; anything that is not on the list of what may be written is refused."""
    if isinstance(node, ast.Name | ast.Attribute):
        yield names.get(dotted := dotted_name(node, word), dotted)
    elif isinstance(node, ast.Constant) and type(node.value) in (int, float):
        return
    elif isinstance(node, ast.BinOp) and isinstance(node.op, _NUMERIC):
        yield from _check(node.left, word, names)
        yield from _check(node.right, word, names)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.UAdd | ast.USub):
        yield from _check(node.operand, word, names)
    elif isinstance(node, ast.Call):
        yield from _check_call(node, word, names, outermost=outermost)
    else:
        raise FormulaError(f"formula: '{word}' holds more than names, numbers and arithmetic; {_ADVICE}")


def _check_call(node: ast.Call, word: str, names: dict[str, str], *, outermost: bool) -> Iterator[str]:
    function = node.func.id if isinstance(node.func, ast.Name) else ast.unparse(node.func)
    if function not in FUNCTIONS:
        hint = "; for a curve write poly(x, 2)" if function == "I" else ""
        raise FormulaError(
            f"formula: there is no function {function}; there are {', '.join(FUNCTIONS)}{hint}"
        )
    if function in ("C", "poly") and not outermost:
        raise FormulaError(f"formula: {function}(…) cannot stand inside another function ('{word}')")
    wanted = 2 if function == "poly" else 1
    if len(node.args) != wanted or node.keywords:
        form = {"C": "C(name)", "poly": "poly(x, 2)"}.get(function, f"{function}(x)")
        raise FormulaError(f"formula: '{word}' should read {form}")
    if function == "C" and not isinstance(node.args[0], ast.Name | ast.Attribute):
        raise FormulaError(f"formula: '{word}': C takes the name of one moderator")
    if function == "poly":
        degree = node.args[1]
        if (
            not isinstance(degree, ast.Constant)
            or type(degree.value) is not int
            or not 1 <= degree.value <= 5
        ):
            raise FormulaError(f"formula: '{word}': the degree is a whole number from 1 to 5")
    yield from _check(node.args[0], word, names)


def dotted_name(node: ast.AST, word: str) -> str:
    """``therapy.sessions`` from its syntax tree."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return f"{dotted_name(node.value, word)}.{node.attr}"
    raise FormulaError(f"formula: '{word}' is not understood; {_ADVICE}")


def _refuse_powers(parts: list[str]) -> None:
    """Numbers are for powers of an expansion; the intercept always stays."""
    for i, part in enumerate(parts):
        if not part[0].isdigit():
            continue
        if i and parts[i - 1] in ("**", "^"):
            if not part.isdigit() or not 1 <= int(part) <= _HIGHEST:
                raise FormulaError(f"formula: the power {part} is not a whole number from 1 to {_HIGHEST}")
        elif part in ("0", "1") and not (part == "1" and (i == 0 or parts[i - 1] == "+")):
            raise FormulaError("formula: the intercept stays; the table of levels shows the level means")
        elif part != "1":
            raise FormulaError(
                f"formula: the number {part} can only stand inside a function, as in log(x + {part})"
            )


def _expand(symbols: str, count: int) -> tuple[tuple[int, ...], ...]:
    from formulaic.errors import FormulaicError
    from formulaic.parser import DefaultFormulaParser

    try:
        terms = DefaultFormulaParser(include_intercept=True, feature_flags=set()).get_terms(symbols)
    except (FormulaicError, RecursionError) as error:
        raise FormulaError(f"formula: the operators do not fit together; {_ADVICE}") from error
    indices = [tuple(int(str(factor)[1:]) for factor in term.factors if str(factor) != "1") for term in terms]
    kept = tuple(sorted((term for term in indices if term), key=len))
    if not kept or {i for term in kept for i in term} != set(range(count)):
        raise FormulaError("formula: a moderator is taken out again; leave it out")
    return kept
