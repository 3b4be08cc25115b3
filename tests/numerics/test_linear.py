"""Small matrices, checked against LAPACK."""

from __future__ import annotations

import numpy as np
import pytest

from rupmeta.numerics.linear import apply, invert, pack_pairs, product, trace_product, unpack_pairs


@pytest.mark.parametrize("p", [1, 2, 3, 4, 7])
def test_inverse_and_determinant(p: int) -> None:
    rng = np.random.default_rng(p)
    root = rng.normal(size=(20, p, p))
    A = root @ root.swapaxes(1, 2) + 0.1 * np.eye(p)
    inverse, logdet, pivot = invert(A)
    # condition numbers here are below 1e4, eight digits above rounding
    assert np.allclose(inverse @ A, np.eye(p), atol=1e-10)
    assert np.allclose(logdet, np.linalg.slogdet(A)[1], rtol=1e-12, atol=1e-12)
    assert (pivot > 1e-6).all()


def test_pivot_tells_a_singular_matrix() -> None:
    x = np.array([[1.0, 2.0, 3.0, 4.0], [2.0, 4.0, 6.0, 8.0]])
    _, _, pivot = invert((x @ x.T)[None])
    assert pivot[0] < 1e-14
    inverse, _, pivot = invert(np.zeros((1, 1, 1)))
    assert pivot[0] == 0.0
    assert np.isfinite(inverse).all()


def test_pivots_do_not_depend_on_units() -> None:
    A = np.array([[[4.0, 1.0], [1.0, 3.0]]])
    scale = np.array([1e-6, 1e5])
    assert invert(A)[2] == pytest.approx(invert(A * np.outer(scale, scale))[2], rel=1e-12)


def test_products() -> None:
    rng = np.random.default_rng(5)
    A, D, x = rng.normal(size=(3, 2, 2)), rng.normal(size=(3, 2, 2)), rng.normal(size=(3, 2))
    assert np.allclose(product(A, D), A @ D, rtol=1e-14)
    assert np.allclose(apply(A, x), (A @ x[:, :, None])[:, :, 0], rtol=1e-14)
    assert np.allclose(trace_product(A, D.swapaxes(1, 2)), np.trace(A @ D, axis1=1, axis2=2), rtol=1e-13)


def test_pairs_are_the_summands_of_the_gram_matrix() -> None:
    X = np.random.default_rng(6).normal(size=(1, 3, 9))
    summed = pack_pairs(X).sum(axis=-1)
    assert np.allclose(unpack_pairs(summed, 3)[0], X[0] @ X[0].T, rtol=1e-13)
