"""Factors of a design: a moderator as numbers, as categories, or transformed; fitted once, applied to any
values.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rupmeta.effects.table import Scalar
from rupmeta.errors import FormulaError
from rupmeta.explore.formula import Source, dotted_name

__all__ = ["Factor", "Values", "fit_factor", "is_numeric", "level_name"]

Float = NDArray[np.float64]
Values = Mapping[str, Sequence[Scalar]]
Numbers = Callable[[Values], Float]

_OPERATORS: Mapping[type[ast.operator], Callable[[Float, Float], Float]] = {
    ast.Add: np.add,
    ast.Sub: np.subtract,
    ast.Mult: np.multiply,
    ast.Div: np.divide,
    ast.Pow: np.power,
}


@dataclass(frozen=True)
class Factor:
    """``levels`` None for numbers, else reference first. ``columns`` (k, c) of any values; ``labels`` (c,).

    What a transformation needs (mean, scale, polynomial basis) was taken from the values it was fitted to.
    """

    text: str
    variables: tuple[str, ...]
    levels: tuple[str, ...] | None
    labels: tuple[str, ...]
    columns: Numbers


def level_name(value: Scalar) -> str:
    """A level as it is written in the files: true and false as words, whole numbers without a point."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def is_numeric(values: Sequence[Scalar]) -> bool:
    """Whether every value that is there is a number (true and false are categories)."""
    present = [value for value in values if value is not None]
    return bool(present) and all(isinstance(v, int | float) and not isinstance(v, bool) for v in present)


def fit_factor(source: Source, values: Values, reference: Mapping[str, str]) -> Factor:
    """The factor that ``source`` describes, fitted to ``values``.

    A moderator that is not numeric is treatment-coded; ``ValueError`` when its reference is no level,
    ``FormulaError`` when a function has no answer for these values.
    """
    name = source.variables[0]
    if source.tree is None:
        numeric = is_numeric(values[name]) and not source.category
        if numeric:
            return Factor(source.text, (name,), None, (name,), lambda given: _numbers(given, name)[:, None])
        levels = _code_levels(name, values[name], reference.get(name))
        labels = tuple(f"{name}[{level}]" for level in levels[1:])
        return Factor(source.text, (name,), levels, labels, lambda given: _dummies(given[name], levels))
    for variable in source.variables:
        if not is_numeric(values[variable]):
            raise FormulaError(f"formula: {variable} in {source.text} is not a number")
    compute, labels = _fit_columns(source, values)
    return Factor(source.text, source.variables, None, labels, compute)


def _numbers(values: Values, name: str) -> Float:
    return np.array([float(value) for value in values[name] if value is not None], dtype=np.float64)


def _dummies(values: Sequence[Scalar], levels: Sequence[str]) -> Float:
    texts = [level_name(value) for value in values]
    columns = [[float(text == level) for text in texts] for level in levels[1:]]
    return np.array(columns, dtype=np.float64).reshape(len(levels) - 1, len(texts)).T


def _code_levels(name: str, present: Sequence[Scalar], reference: str | None) -> tuple[str, ...]:
    levels = sorted({level_name(value) for value in present})
    if reference is None:
        return tuple(levels)
    if reference not in levels:
        raise ValueError(f"{reference} is not a level of {name}; it has {', '.join(levels) or 'no value'}")
    return (reference, *(level for level in levels if level != reference))


def _fit_columns(source: Source, values: Values) -> tuple[Numbers, tuple[str, ...]]:
    tree, names = source.tree, dict(source.quoted)
    assert tree is not None
    if isinstance(tree, ast.Call) and isinstance(tree.func, ast.Name) and tree.func.id == "poly":
        inner = _compile(tree.args[0], source.text, names, values)
        degree = int(ast.literal_eval(tree.args[1]))
        basis = _polynomial(inner(values), degree, source.text)
        labels = tuple(f"{source.text}[{j}]" for j in range(1, degree + 1))
        return (lambda given: basis(inner(given))), labels
    compute = _compile(tree, source.text, names, values)
    return (lambda given: compute(given)[:, None]), (source.text,)


def _compile(node: ast.expr, text: str, names: Mapping[str, str], values: Values) -> Numbers:
    """``node`` as a function of values; what it takes from the data is fixed by ``values``."""
    if isinstance(node, ast.Name | ast.Attribute):
        written = dotted_name(node, text)
        return lambda given: _numbers(given, names.get(written, written))
    if isinstance(node, ast.Constant):
        constant = np.float64(ast.literal_eval(node))
        return lambda given: np.full(len(next(iter(given.values()))), constant)
    if isinstance(node, ast.UnaryOp):
        sign = -1.0 if isinstance(node.op, ast.USub) else 1.0
        operand = _compile(node.operand, text, names, values)
        return lambda given: sign * operand(given)
    if isinstance(node, ast.BinOp):
        left, right = (_compile(side, text, names, values) for side in (node.left, node.right))
        operator = _OPERATORS[type(node.op)]
        return lambda given: _finite(operator, text, left(given), right(given))
    assert isinstance(node, ast.Call)
    assert isinstance(node.func, ast.Name)
    inner = _compile(node.args[0], text, names, values)
    if node.func.id == "log":
        return lambda given: _finite(np.log, text, inner(given))
    if node.func.id == "sqrt":
        return lambda given: _finite(np.sqrt, text, inner(given))
    x = inner(values)
    mean = float(x.mean()) if x.size else 0.0
    spread = float(x.std(ddof=1)) if node.func.id == "scale" and x.size > 1 else 1.0
    if not spread > 0:
        raise FormulaError(f"formula: {text} has the same value in all {x.size} effects; nothing to scale")
    return lambda given: (inner(given) - mean) / spread


def _finite(function: Callable[..., Float], text: str, *arguments: Float) -> Float:
    with np.errstate(all="ignore"):
        result = function(*arguments)
    if not np.isfinite(result).all():
        worst = arguments[0][~np.isfinite(result)][0]
        raise FormulaError(f"formula: {text} has no value at {worst:g}")
    return result


def _polynomial(x: Float, degree: int, text: str) -> Callable[[Float], Float]:
    """Polynomials of degree 1 to ``degree``, orthonormal on ``x``, by the recurrence that R's poly uses."""
    if len(set(x.tolist())) <= degree:
        raise FormulaError(f"formula: {text} needs more than {degree} distinct values")
    alphas: list[float] = []
    norms = [float(len(x))]
    before, current = np.zeros_like(x), np.ones_like(x)
    for j in range(degree):
        alphas.append(float((x * current**2).sum() / norms[j]))
        before, current = (
            current,
            (x - alphas[j]) * current - (norms[j] / norms[j - 1] if j else 0.0) * before,
        )
        norms.append(float((current**2).sum()))

    def evaluate(given: Float) -> Float:
        columns = []
        before, current = np.zeros_like(given), np.ones_like(given)
        for j, alpha in enumerate(alphas):
            ratio = norms[j] / norms[j - 1] if j else 0.0
            before, current = current, (given - alpha) * current - ratio * before
            columns.append(current / np.sqrt(norms[j + 1]))
        return np.column_stack(columns)

    return evaluate
