"""Products and linear algebra in every spelling: NumPy's own values, five-point differences of them, and refusals."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from numpy.typing import NDArray

from engine import Limits, build
from engine.errors import BadInput, ShapeMismatch, TooLarge
from engine.primitives import REGISTRY, Structure
from tests.engine import plain_numpy, rederive
from tests.engine.asking import gradients, refused, same, traced, value
from tests.engine.differences import five_point, relative_error

Array = NDArray[np.float64]
Shape = tuple[int, ...]


def array(name: str, shape: Shape, seed: int = 0) -> Array:
    """Returns an input: A... is well-conditioned, S... symmetric with eigenvalues above 0 and apart, others normal."""
    rng = np.random.default_rng([seed, *map(ord, name)])
    entries = np.asarray(rng.normal(size=shape))
    if name.startswith("A"):
        return 2 * np.eye(shape[-1]) + 0.4 * entries
    if name.startswith("S"):
        small = 0.2 * entries
        return np.asarray(np.diag(np.arange(1.0, shape[-1] + 1)) + small @ small.mT)
    return entries


def inputs_of(shapes: dict[str, Shape]) -> dict[str, Array]:
    return {name: array(name, shape) for name, shape in shapes.items()}


def check(source: str, given: dict[str, Array]) -> None:
    """Asserts value, gradients, straight-line function, trace and printed lines of a program that binds y."""
    shape = np.shape(plain_numpy.run(source, given)["y"])
    weights = np.asarray(np.random.default_rng(5).normal(size=shape))
    whole = f"{source}\nL = np.sum(y * weights)"
    inputs = {**given, "weights": weights}
    circuit = build(whole, inputs, wrt=list(given))
    value, found = circuit.value_and_grad()

    def loss(moved: dict[str, Array]) -> Array:
        return np.asarray(plain_numpy.run(whole, {**inputs, **moved})["L"])

    np.testing.assert_allclose(value, loss({}), rtol=1e-12, atol=1e-12)
    for name, point in given.items():

        def moved(there: Array, name: str = name) -> Array:
            return loss({name: there})

        numerical = five_point(moved, point)[0].reshape(point.shape)
        assert found[name].shape == point.shape
        assert relative_error(found[name], numerical) < 1e-7, name
    again, straight = circuit.value_and_grad()
    assert circuit._straight is not None
    assert circuit._straight(circuit._given, 1.0) is not None
    np.testing.assert_allclose(again, value, rtol=1e-13, atol=1e-13)
    for name in given:
        np.testing.assert_allclose(straight[name], found[name], rtol=1e-12, atol=1e-13)
    check_trace(whole, inputs)


def check_trace(source: str, inputs: dict[str, Array]) -> None:
    """Asserts that a trace re-derives itself and that its lines compute its gradients."""
    trace = traced(source, inputs)
    script = rederive.environment(trace)
    names = rederive.gradient_names(trace)
    script[names[trace.graph.output]] = 1.0
    lines = {}
    for node in trace.nodes:
        for wire in node.wires:
            lines[wire.id] = wire.code
            if wire.downstream is not None:
                again = rederive.downstream(trace, node, wire)
                np.testing.assert_allclose(wire.downstream, again, rtol=1e-10, atol=1e-12)
    for step in trace.steps:
        if step.kind == "multiply":
            exec(lines[step.wire], script)
    for name, gradient in trace.gradients.items():
        place = trace.graph.inputs[name].node
        if place is not None and trace.nodes[place].upstream is not None:
            np.testing.assert_allclose(script[names[place]], gradient, rtol=1e-10, atol=1e-12)
    for node in trace.nodes:
        for wire in node.wires:
            if wire.downstream is not None:
                rederive.local_number(wire.local.code, {**script})


# ---------- products of all ranks ----------

Shapes = tuple[Shape, ...]
LEFT: Shapes = ((), (4,), (3, 4), (2, 3, 4), (2, 1, 3, 4))
RIGHT: Shapes = ((), (4,), (4, 2), (2, 4, 2), (1, 2, 4, 2))
"""By rank: what fits as `@` and `dot` have it, the second-to-last axis being summed."""

ROWS: Shapes = ((), (4,), (2, 4), (1, 2, 4), (2, 1, 2, 4))
ENTRIES: Shapes = ((), (12,), (3, 4), (2, 2, 3), (1, 2, 3, 2))
"""The same for `inner`, which sums the last axes, and for `vdot`, which needs as many entries."""


def outcome(source: str, given: dict[str, Array]) -> Array | None:
    """Returns what NumPy makes of y, or None where it refuses."""
    try:
        return np.asarray(plain_numpy.run(source, given)["y"])
    except (TypeError, ValueError):
        return None


@pytest.mark.parametrize(
    ("text", "left", "right", "count"),
    [
        ("p @ q", LEFT, RIGHT, 16),  # all but those with a single number
        ("np.matmul(p, q)", LEFT, RIGHT, 16),
        ("np.linalg.matmul(p, q)", LEFT, RIGHT, 16),
        ("np.dot(p, q)", LEFT, RIGHT, 25),
        ("p.dot(q)", LEFT[1:], RIGHT, 20),  # NumPy's single numbers have no .dot
        ("np.inner(p, q)", LEFT, ROWS, 25),
        ("np.outer(p, q)", LEFT, RIGHT, 25),
        ("np.linalg.outer(p, q)", LEFT, RIGHT, 1),
        ("np.kron(p, q)", LEFT, RIGHT, 25),
        ("np.vdot(p, q)", ENTRIES, ENTRIES, 17),  # two single numbers, or none
    ],
)
def test_every_pair_of_ranks_does_what_numpy_does(
    text: str, left: Shapes, right: Shapes, count: int
) -> None:
    done = 0
    for p, q in itertools.product(left, right):
        given = {"p": array("p", p), "q": array("q", q)}
        if outcome(f"y = {text}", given) is None:
            assert isinstance(refused(f"y = {text}", given), ShapeMismatch)
        else:
            done += 1
            check(f"y = {text}", given)
    assert done == count


@pytest.mark.parametrize("text", ["p @ q", "np.dot(p, q)", "np.inner(p, q)", "np.vdot(p, q)"])
@pytest.mark.parametrize(
    ("p", "q"),
    [((3,), (4,)), ((2, 3), (2, 3)), ((2, 3, 4), (3,)), ((2, 2, 3), (3, 3, 4)), ((2,), ())],
)
def test_sizes_that_numpy_refuses_are_refused_and_no_others(text: str, p: Shape, q: Shape) -> None:
    given = {"p": array("p", p), "q": array("q", q)}
    wanted = outcome(f"y = {text}", given)
    if wanted is None:
        assert isinstance(refused(f"y = {text}", given), ShapeMismatch)
    else:
        same(value(f"y = {text}", given), wanted)


@pytest.mark.parametrize(
    ("source", "wanted"),
    [
        ("L = np.inner(u, v)", {"u": (3,), "v": (3,)}),
        ("L = np.sum(np.inner(X, Y))", {"X": (3, 4), "Y": (5, 4)}),
        ("L = np.vdot(u, v)", {"u": (3,), "v": (3,)}),
        ("L = np.sum(np.outer(u, v)**2)", {"u": (3,), "v": (4,)}),
        ("L = np.sum(np.linalg.solve(A, b))", {"A": (3, 3), "b": (3,)}),
        ("L = np.sum(np.linalg.solve(A, B))", {"A": (3, 3), "B": (3, 4)}),
        ("L = np.linalg.det(A)", {"A": (3, 3)}),
        ("L = np.sum(np.linalg.inv(A))", {"A": (3, 3)}),
        ("L = np.linalg.norm(x)", {"x": (3,)}),
        ("L = np.linalg.norm(x, 1)", {"x": (3,)}),
        ("L = np.linalg.vector_norm(x, ord=3)", {"x": (3,)}),
        ("L = np.linalg.norm(X @ w - y)**2", {"X": (3, 4), "w": (4,), "y": (3,)}),
        ("L = np.sum(np.linalg.norm(X, axis=1))", {"X": (3, 4)}),
        ("L = np.trace(A)", {"A": (3, 4)}),
        ("L = np.trace(A @ B)", {"A": (3, 4), "B": (4, 5)}),
        ("L = np.einsum('ij,jk->', A, B)", {"A": (3, 4), "B": (4, 5)}),
        ("L = np.einsum('ii->', A)", {"A": (3, 3)}),
        ("L = np.sum(np.cross(u, v))", {"u": (3,), "v": (3,)}),
        ("L = np.sum(np.tensordot(a, c))", {"a": (3, 4), "c": (3, 4)}),
        ("L = np.sum(np.linalg.matrix_power(A, 3))", {"A": (3, 3)}),
        ("L = np.sum(np.linalg.multi_dot([A, B, C]))", {"A": (3, 4), "B": (4, 5), "C": (5, 2)}),
        ("L = np.sum(np.convolve(u, v))", {"u": (3,), "v": (4,)}),
        ("L = np.sum(np.linalg.pinv(A))", {"A": (3, 4)}),
        ("s, l = np.linalg.slogdet(A)\nL = l", {"A": (3, 3)}),
        ("U, S, V = np.linalg.svd(A)\nL = np.sum(U)", {"A": (3, 3)}),
    ],
)
def test_free_names_get_the_ranks_that_the_function_needs(
    source: str, wanted: dict[str, Shape]
) -> None:
    circuit = build(source)
    assert {n: i.value.shape for n, i in circuit.graph.inputs.items()} == wanted
    circuit.value_and_grad()


# ---------- every spelling and keyword ----------

V: Shape = (3,)
M: Shape = (3, 3)

PROGRAMS: list[tuple[str, dict[str, Shape]]] = [
    # contractions
    ("y = np.tensordot(x, z, axes=1)", {"x": (2, 3), "z": (3, 2)}),
    ("y = np.tensordot(x, z, 2)", {"x": (2, 3, 2), "z": (3, 2, 2)}),
    ("y = np.tensordot(x, z, axes=([0, 1], [1, 0]))", {"x": (2, 3), "z": (3, 2)}),
    ("y = np.tensordot(x, z, axes=((0, 2), (1, 0)))", {"x": (2, 3, 2), "z": (2, 2, 3)}),
    ("y = np.tensordot(x, z, axes=(1, 0))", {"x": (2, 3), "z": (3, 2)}),
    ("y = np.tensordot(x, z, axes=0)", {"x": (2,), "z": (3,)}),
    ("y = np.linalg.tensordot(x, z, axes=1)", {"x": (2, 3), "z": (3, 2)}),
    ("y = np.einsum('ij,jk->ik', x, z)", {"x": (2, 3), "z": (3, 2)}),
    ("y = np.einsum('ij,jk', x, z)", {"x": (2, 3), "z": (3, 2)}),
    ("y = np.einsum('ba', x)", {"x": (2, 3)}),
    ("y = np.einsum('ij->ji', x)", {"x": (2, 3)}),
    ("y = np.einsum('ij->', x)", {"x": (2, 3)}),
    ("y = np.einsum('ij->j', x)", {"x": (2, 3)}),
    ("y = np.einsum('ii->', x)", {"x": M}),
    ("y = np.einsum('ii', x)", {"x": M}),
    ("y = np.einsum('ii->i', x)", {"x": M}),
    ("y = np.einsum('iij->ji', x)", {"x": (2, 2, 3)}),
    ("y = np.einsum('iii->i', x)", {"x": (2, 2, 2)}),
    ("y = np.einsum('ii,i->i', x, z)", {"x": M, "z": V}),
    ("y = np.einsum('bij,bjk->bik', x, z)", {"x": (2, 2, 3), "z": (2, 3, 2)}),
    ("y = np.einsum('bhqd,bhkd->bhqk', x, z)", {"x": (2, 1, 2, 3), "z": (2, 1, 3, 3)}),
    ("y = np.einsum('...ij,...jk->...ik', x, z)", {"x": (2, 2, 3), "z": (3, 2)}),
    ("y = np.einsum('...i->...', x)", {"x": (2, 3)}),
    ("y = np.einsum('i...,i...', x, z)", {"x": (2, 3), "z": (2, 3)}),
    ("y = np.einsum('i,ij,j->', x, z, w)", {"x": (2,), "z": (2, 3), "w": (3,)}),
    ("y = np.einsum('ij,jk,kl->il', x, z, w)", {"x": (2, 3), "z": (3, 2), "w": (2, 2)}),
    ("y = np.einsum('i,i,i->i', x, z, w)", {"x": V, "z": V, "w": V}),
    ("y = np.einsum('i,j,k->kij', x, z, w)", {"x": (2,), "z": (3,), "w": (2,)}),
    ("y = np.einsum(',ij->ij', x, z)", {"x": (), "z": (2, 3)}),
    ("y = np.einsum('i,->i', x, 2.5)", {"x": V}),
    ("y = np.einsum('i,i', x, [1.0, 2.0, 3.0])", {"x": V}),
    ("y = np.einsum('ij,jk->ik', x, z)", {"x": (2, 1), "z": (3, 2)}),
    ("y = np.einsum('ij,ij->ij', x, z)", {"x": (2, 3), "z": (1, 3)}),
    ("y = np.einsum('i j , j k -> i k', x, z, optimize=True)", {"x": (2, 3), "z": (3, 2)}),
    ("y = np.einsum('ij,ij->i', x, x)", {"x": (2, 3)}),
    ("y = np.kron(x, z)", {"x": (2, 2), "z": (2, 3)}),
    ("y = np.kron(x, np.eye(2))", {"x": (2, 2)}),
    ("y = np.kron(np.ones(2), b=x)", {"x": (2, 2)}),
    ("y = np.cross(x, z)", {"x": V, "z": V}),
    ("y = np.cross(x, z)", {"x": (2, 3), "z": V}),
    ("y = np.cross(x, z, axis=0)", {"x": (3, 2), "z": (3, 2)}),
    ("y = np.cross(x, z, axisa=0, axisb=1, axisc=0)", {"x": (3, 2), "z": (2, 3)}),
    ("y = np.cross(x, z, axisc=0)", {"x": (2, 3), "z": (2, 3)}),
    ("y = np.linalg.cross(x, z)", {"x": (2, 3), "z": (2, 3)}),
    ("y = np.vecdot(x, z)", {"x": (2, 3), "z": V}),
    ("y = np.linalg.vecdot(x, z, axis=0)", {"x": (3, 2), "z": (3, 2)}),
    ("y = np.matvec(x, z)", {"x": (2, 3), "z": (4, 3)}),
    ("y = np.matvec(x, z)", {"x": (2, 2, 3), "z": V}),
    ("y = np.vecmat(x, z)", {"x": (4, 3), "z": (3, 2)}),
    ("y = np.vecmat(x, z)", {"x": V, "z": (2, 3, 2)}),
    ("y = np.convolve(x, z)", {"x": (4,), "z": (3,)}),
    ("y = np.convolve(x, z)", {"x": (2,), "z": (3,)}),
    *[
        (f"y = np.{word}(x, z, mode='{mode}')", {"x": (n,), "z": (m,)})
        for word in ("convolve", "correlate")
        for mode in ("full", "same", "valid")
        for n, m in ((4, 3), (3, 4), (5, 2), (2, 5), (3, 3), (1, 4))
    ],
    ("y = np.correlate(x, z)", {"x": (4,), "z": (3,)}),
    ("y = np.convolve(x, [0.25, 0.5, 0.25], 'same')", {"x": (5,)}),
    # traces
    ("y = np.trace(x)", {"x": (2, 3)}),
    ("y = x.trace()", {"x": M}),
    ("y = x.trace(offset=1)", {"x": M}),
    ("y = np.trace(x, -1)", {"x": M}),
    ("y = np.trace(x, 5)", {"x": M}),
    ("y = np.trace(x)", {"x": (2, 3, 2)}),
    ("y = np.trace(x, axis1=1, axis2=2)", {"x": (2, 3, 2)}),
    ("y = np.trace(x, offset=1, axis1=2, axis2=0)", {"x": (2, 2, 3)}),
    ("y = np.linalg.trace(x)", {"x": (2, 3, 2)}),
    ("y = np.linalg.trace(x, offset=-1)", {"x": M}),
    ("y = np.linalg.diagonal(x)", {"x": (2, 3, 2)}),
    ("y = np.linalg.diagonal(x, offset=1)", {"x": M}),
    # inverses
    ("y = np.linalg.inv(A)", {"A": M}),
    ("y = np.linalg.inv(A)", {"A": (2, 3, 3)}),
    ("y = inv(A) @ linalg.inv(A).T", {"A": M}),
    ("y = np.linalg.det(A)", {"A": M}),
    ("y = np.linalg.det(A)", {"A": (2, 2, 2)}),
    ("y = np.linalg.det(A) * np.linalg.inv(A).T", {"A": M}),
    ("y = det(A)**2", {"A": (1, 1)}),
    ("sign, logdet = np.linalg.slogdet(A)\ny = sign * logdet", {"A": M}),
    ("y = np.linalg.slogdet(-A)[1] * np.linalg.slogdet(-A)[0]", {"A": M}),
    ("y = np.linalg.slogdet(A).logabsdet", {"A": (2, 3, 3)}),
    ("y = np.linalg.solve(A, b)", {"A": M, "b": V}),
    ("y = np.linalg.solve(A, b)", {"A": M, "b": (3, 2)}),
    ("y = np.linalg.solve(A, b)", {"A": (2, 3, 3), "b": V}),
    ("y = np.linalg.solve(A, b)", {"A": (2, 3, 3), "b": (3, 2)}),
    ("y = np.linalg.solve(A, b)", {"A": (2, 1, 2, 2), "b": (3, 2, 2)}),
    ("y = solve(A, np.eye(3))", {"A": M}),
    ("y = np.linalg.pinv(x)", {"x": (3, 2)}),
    ("y = np.linalg.pinv(x)", {"x": (2, 3)}),
    ("y = np.linalg.pinv(x)", {"x": (2, 2, 3)}),
    *[(f"y = np.linalg.matrix_power(A, {n})", {"A": M}) for n in (-3, -1, 0, 1, 2, 3, 5, 6)],
    ("y = np.linalg.matrix_power(A, n=0) + A", {"A": (2, 2, 2)}),
    ("y = np.linalg.matrix_power(A, 3)", {"A": (2, 2, 2)}),
    ("y = np.linalg.multi_dot([x, z])", {"x": (2, 3), "z": (3, 2)}),
    ("y = np.linalg.multi_dot([x, z, w])", {"x": (2, 3), "z": (3, 4), "w": (4, 2)}),
    ("y = np.linalg.multi_dot([x, z, w, x])", {"x": (2, 3), "z": (3, 1), "w": (1, 2)}),
    ("y = np.linalg.multi_dot([x, z, w])", {"x": (2,), "z": (2, 3), "w": (3,)}),
    ("y = np.linalg.multi_dot((x, z))", {"x": (2,), "z": (2,)}),
    ("y = np.linalg.multi_dot(x)", {"x": (2, 3)}),
    # decompositions
    ("y = np.linalg.cholesky(S)", {"S": M}),
    ("y = np.linalg.cholesky(S)", {"S": (2, 2, 2)}),
    ("y = np.linalg.cholesky(S, upper=True)", {"S": M}),
    ("y = np.linalg.cholesky(x @ x.T + np.eye(3))", {"x": (3, 2)}),
    ("y = np.linalg.eigvalsh(S)", {"S": M}),
    ("y = np.linalg.eigvalsh(S, UPLO='U')", {"S": M}),
    ("y = np.linalg.eigvalsh(S)", {"S": (2, 2, 2)}),
    ("y = np.linalg.eigvalsh(x)", {"x": M}),
    ("w, V = np.linalg.eigh(S)\ny = w", {"S": M}),
    ("w, V = np.linalg.eigh(S)\ny = V * w", {"S": M}),
    ("w, V = np.linalg.eigh(S, 'U')\ny = (V * np.sqrt(w)) @ V.T", {"S": M}),
    ("y = np.linalg.eigh(x + x.T).eigenvectors", {"x": M}),
    ("y = np.linalg.eigh(S).eigenvalues", {"S": (2, 3, 3)}),
    ("y = np.linalg.svd(x, compute_uv=False)", {"x": (3, 2)}),
    ("y = np.linalg.svdvals(x)", {"x": (2, 3)}),
    ("y = np.linalg.svdvals(x)", {"x": (2, 2, 3)}),
    ("U, s, Vh = np.linalg.svd(x, full_matrices=False)\ny = U", {"x": (3, 2)}),
    ("U, s, Vh = np.linalg.svd(x, full_matrices=False)\ny = Vh", {"x": (3, 2)}),
    ("U, s, Vh = np.linalg.svd(x, False)\ny = U", {"x": (2, 3)}),
    ("U, s, Vh = np.linalg.svd(x, False)\ny = Vh", {"x": (2, 3)}),
    ("y = np.linalg.svd(x, False).Vh @ np.linalg.svd(x, False).U", {"x": (2, 2, 2)}),
    (
        "x = x - np.mean(x, axis=0)\ncov = np.dot(x.T, x) / x.shape[0]\nU, S, V = np.linalg.svd(cov)\n"
        "Xrot = np.dot(x, U)\ny = Xrot / np.sqrt(S + 1e-5)",  # the lecture's whitening
        {"x": (6, 3)},
    ),
    ("y = np.linalg.matrix_transpose(x)", {"x": (2, 2, 3)}),
    # norms
    ("y = np.linalg.norm(x)", {"x": V}),
    ("y = np.linalg.norm(x)", {"x": (2, 3)}),
    ("y = np.linalg.norm(x)", {"x": (2, 2, 2)}),
    ("y = np.linalg.norm(x)", {"x": ()}),
    ("y = norm(x) + linalg.norm(x)", {"x": V}),
    ("y = x / np.linalg.norm(x, axis=1, keepdims=True)", {"x": (2, 3)}),
    ("y = np.linalg.norm(x, axis=-1)", {"x": (2, 2, 3)}),
    ("y = np.linalg.norm(x, axis=(0, 2), keepdims=True)", {"x": (2, 2, 3)}),
    *[
        (f"y = np.linalg.norm(x, {order})", {"x": V})
        for order in ("None", "1", "2", "3", "1.5", "np.inf", "-np.inf")
    ],
    *[
        (f"y = np.linalg.norm(x, ord={order}, axis=0, keepdims=True)", {"x": (3, 2)})
        for order in ("None", "1", "2", "4", "np.inf", "-np.inf")
    ],
    *[
        (f"y = np.linalg.norm(x, ord={order})", {"x": (3, 2)})
        for order in ("None", "'fro'", "'nuc'", "1", "-1", "2", "-2", "np.inf", "-np.inf")
    ],
    *[
        (f"y = np.linalg.norm(x, {order}, axis=(2, 0), keepdims={keep})", {"x": (2, 2, 3)})
        for order in ("'fro'", "'nuc'", "1", "-1", "2", "-2", "np.inf", "-np.inf")
        for keep in (True, False)
    ],
    ("p = 3\ny = np.linalg.norm(x, p)", {"x": V}),
    ("p = 1\ny = np.linalg.norm(x, p)", {"x": (2, 3)}),
    ("y = np.linalg.norm(x, keepdims=True)", {"x": (2, 3)}),
    ("y = np.linalg.vector_norm(x)", {"x": (2, 3)}),
    ("y = np.linalg.vector_norm(x, ord=1, keepdims=True)", {"x": (2, 3)}),
    ("y = np.linalg.vector_norm(x, axis=1, ord=3)", {"x": (2, 3)}),
    ("y = np.linalg.vector_norm(x, axis=(0, 1, 2))", {"x": (2, 2, 2)}),
    ("y = np.linalg.matrix_norm(x)", {"x": (2, 2, 3)}),
    ("y = np.linalg.matrix_norm(x, ord=2, keepdims=True)", {"x": (2, 2, 3)}),
    ("y = np.linalg.matrix_norm(x, ord='nuc')", {"x": (2, 3)}),
    # in programs
    ("import numpy.linalg as LA\ny = LA.norm(LA.inv(A) @ b)", {"A": M, "b": V}),
    ("from numpy import linalg as LA\ny = LA.det(A)", {"A": M}),
    ("from numpy import linalg\ny = linalg.det(A)", {"A": M}),
    ("from numpy.linalg import inv, det\ny = inv(A) * det(A)", {"A": M}),
    ("import numpy.linalg\ny = np.linalg.inv(A)", {"A": M}),
    (
        "d = x - m\ny = -0.5 * (d @ np.linalg.solve(S, d) + np.linalg.slogdet(S)[1])",
        {"x": V, "m": V, "S": M},
    ),
    ("y = np.linalg.inv(x.T @ x) @ x.T @ z", {"x": (4, 2), "z": (4,)}),
]


@pytest.mark.parametrize(("source", "shapes"), PROGRAMS, ids=[s for s, _ in PROGRAMS])
def test_a_program_of_linear_algebra_is_right(source: str, shapes: dict[str, Shape]) -> None:
    check(source, inputs_of(shapes))


# ---------- kinks ----------


@pytest.mark.parametrize("order", ["None", "2", "1", "3", "np.inf"])
def test_a_norm_has_slope_0_at_0(order: str) -> None:
    found = gradients(f"L = np.linalg.norm(x, {order})", {"x": [0.0, 0.0]})["x"]
    np.testing.assert_array_equal(found, [0, 0])


def test_a_norm_has_slope_0_in_the_rows_that_are_0_alone() -> None:
    # The row (3, 4) has norm 5 and slope (0.6, 0.8).
    found = gradients("L = np.sum(np.linalg.norm(x, axis=1))", {"x": [[0, 0], [3, 4]]})["x"]
    np.testing.assert_allclose(found, [[0, 0], [0.6, 0.8]], rtol=1e-15)


def test_the_largest_entries_of_a_norm_share_evenly() -> None:
    found = gradients("L = np.linalg.norm(x, np.inf)", {"x": [3.0, -3.0, 1.0]})["x"]
    np.testing.assert_array_equal(found, [0.5, -0.5, 0])


# ---------- triangles that NumPy does not read ----------


@pytest.mark.parametrize(
    "source", ["L = np.sum(np.linalg.cholesky(S))", "L = np.sum(np.linalg.eigvalsh(S)**2)"]
)
def test_the_upper_triangle_is_not_read_and_receives_nothing(source: str) -> None:
    # Whatever stands above the diagonal: NumPy takes the mirror image of what is below.
    lower = array("S", M)
    messy = np.tril(lower) + np.triu(np.full(M, 7.0), 1)
    (clean, found), (same_value, again) = (
        build(source, {"S": given}).value_and_grad() for given in (lower, messy)
    )
    assert clean == pytest.approx(float(same_value), rel=1e-14)
    np.testing.assert_array_equal(np.triu(found["S"], 1), np.zeros(M))
    np.testing.assert_allclose(found["S"], again["S"], rtol=1e-12)


# ---------- matrices that do not allow it ----------

SINGULAR = [[1.0, 2.0], [2.0, 4.0]]


@pytest.mark.parametrize(
    ("source", "column"),
    [
        ("y = np.linalg.inv(A)", 4),
        ("y = 1 + np.linalg.solve(A, [1, 2])", 8),
        ("y = np.linalg.matrix_power(A, -2)", 4),
        ("y = np.linalg.det(A)", 4),  # det(A) A^-T, whose inverse does not exist
        ("y = np.linalg.slogdet(A)[1]", 4),
    ],
)
def test_a_singular_matrix_is_named_with_its_place_and_the_fix(source: str, column: int) -> None:
    error = refused(f"{source}\nL = np.sum(y)", {"A": SINGULAR})
    assert error.code == "bad-input"
    assert "the matrix is singular" in error.detail
    assert "np.linalg.pinv" in error.hint
    assert error.span is not None
    assert (error.span.line, error.span.column) == (1, column)


def test_a_matrix_that_becomes_singular_after_building_is_refused_too() -> None:
    circuit = build("L = np.sum(np.linalg.inv(A))", {"A": np.eye(2)})
    for _ in range(3):
        circuit.value_and_grad()
    with pytest.raises(BadInput, match="inv cannot be computed: the matrix is singular"):
        circuit.value_and_grad({"A": SINGULAR})


def test_a_matrix_without_a_cholesky_factor_is_refused_with_one_that_has_it() -> None:
    error = refused("F = np.linalg.cholesky(A)\nL = np.sum(F)", {"A": [[1, 0], [0, -1]]})
    assert error.detail == (
        "F cannot be computed: the matrix is not positive definite, not all its eigenvalues are above 0."
    )
    assert error.hint == "Give a symmetric matrix such as A @ A.T + np.eye(n)."


def test_a_stack_with_one_singular_matrix_is_refused() -> None:
    assert "singular" in refused("np.sum(inv(A))", {"A": [np.eye(2).tolist(), SINGULAR]}).detail


# ---------- refusals ----------

GIVEN = {
    "A": np.eye(2) + 1.0,
    "X": np.ones((2, 3)),
    "T": np.ones((2, 3, 3)),
    "v": np.ones(2),
}


@pytest.mark.parametrize(
    ("call", "code", "detail", "hint"),
    [
        ("np.linalg.inv(X)", "shape-mismatch", "2 rows and 3 columns", "as many rows"),
        ("np.linalg.inv(v)", "shape-mismatch", "not shape (2,)", "two axes"),
        ("np.linalg.inv(A, v)", "bad-call", "at most 1", "np.linalg.inv(x)"),
        ("np.linalg.pinv(X, rcond=0.1)", "bad-call", "'rcond'", "np.linalg.pinv(a)"),
        ("np.linalg.pinv(v)", "shape-mismatch", "2 dimensions", "matrix"),
        ("np.linalg.norm(v, 0)", "not-allowed", "order 0", "from 1"),
        ("np.linalg.norm(v, 0.5)", "not-allowed", "order 0.5", "from 1"),
        ("np.linalg.norm(v, 'fro')", "not-allowed", "order fro of a vector", "np.inf"),
        ("np.linalg.norm(X, 3)", "not-allowed", "order 3 of a matrix", "'nuc'"),
        ("np.linalg.norm(T, 1)", "shape-mismatch", "vector or a matrix", "one axis"),
        ("np.linalg.norm(T, axis=(0, 1, 2))", "bad-call", "not 3", "vector_norm"),
        ("np.linalg.norm(v, axis=1)", "shape-mismatch", "2 dimensions", ""),
        ("np.linalg.norm(v, axis=0.5)", "bad-call", "whole number", ""),
        ("np.linalg.norm(v, keepdims=1)", "bad-call", "True or False", "keepdims=True"),
        ("np.linalg.norm(v, v)", "bad-call", "ord is a whole number", ""),
        ("np.linalg.norm(v, order=1)", "bad-call", "'order'", "ord=None"),
        ("np.linalg.svd(X)[1]", "shape-mismatch", "does not determine", "full_matrices=False"),
        ("np.linalg.svd(X, compute_uv=False, hermitian=True)", "not-allowed", "hermitian", "eigv"),
        ("np.linalg.svdvals(v)", "shape-mismatch", "A matrix belongs here", "two axes"),
        ("np.linalg.eig(A)", "undefined-name", "'linalg.eig'", "linalg.eigh"),
        ("np.linalg.eigh(A, 'X')[0]", "bad-call", "UPLO", ""),
        ("np.linalg.eigh(A)", "not-allowed", "2 results", "eigenvalues, eigenvectors = "),
        ("np.linalg.slogdet(A) + 1", "not-allowed", "2 results", "sign, logabsdet = "),
        ("np.linalg.cholesky(A, upper=1)", "bad-call", "upper", ""),
        ("np.linalg.matrix_power(A, 0.5)", "bad-call", "n is a whole number", ""),
        ("np.linalg.matrix_power(X, 2)", "shape-mismatch", "2 rows and 3 columns", ""),
        ("np.linalg.multi_dot([A])", "bad-call", "at least two", ""),
        ("np.linalg.multi_dot([A, X, A])", "shape-mismatch", "3 and 2", ""),
        ("np.linalg.multi_dot([A, T])", "shape-mismatch", "takes matrices", "stacks"),
        (f"np.linalg.multi_dot([{'A, ' * 33}])", "bad-call", "33 arrays", "parts"),
        ("np.linalg.solve(X, v)", "shape-mismatch", "2 rows and 3 columns", ""),
        ("np.linalg.solve(A, 3)", "shape-mismatch", "a square matrix", "solve(A, b)"),
        ("np.linalg.solve(A, [1, 2, 3])", "shape-mismatch", "(2, 2) and (3,)", ""),
        ("np.linalg.solve(A, X.T)", "shape-mismatch", "2 and 3", "one a column"),
        ("np.linalg.outer(X, v)", "shape-mismatch", "argument 1 has 2", "np.outer"),
        ("np.trace(v)", "shape-mismatch", "2 dimensions", ""),
        ("np.trace(A, out=A)", "bad-call", "'out'", "offset=0"),
        ("np.trace(A, offset=0.5)", "bad-call", "offset is a whole number", ""),
        ("np.trace(A, axis1=0, axis2=0)", "shape-mismatch", "one twice", ""),
        ("np.tensordot(A, X, axes=-1)", "bad-call", "not -1", ""),
        ("np.tensordot(A, X, axes=3)", "shape-mismatch", "over 3 axes", ""),
        ("np.tensordot(A, X, axes=(0, 1, 2))", "bad-call", "or a pair", ""),
        ("np.tensordot(A, X, axes=([0], [1]))", "shape-mismatch", "2 and 3 entries", ""),
        ("np.tensordot(A, X, axes=([0], [0, 1]))", "shape-mismatch", "1 of the first", ""),
        ("np.kron(A)", "bad-call", "2 arrays", "np.kron(a, b)"),
        ("np.cross(v, v)", "shape-mismatch", "has 2", "third entry 0"),
        ("np.cross(3, [1, 2, 3])", "shape-mismatch", "single numbers", ""),
        ("np.cross(T, T, axisb=5)", "shape-mismatch", "6 dimensions", ""),
        ("np.convolve(X, v)", "shape-mismatch", "argument 1 has shape (2, 3)", "ravel"),
        ("np.convolve(v, v, 'some')", "bad-call", "'some'", "'valid'"),
        ("np.einsum(X, [0, 1])", "not-allowed", "as text", "einsum('"),
        ("np.einsum('ij->k', X)", "bad-call", "letter k", ""),
        ("np.einsum('ij->ii', X)", "bad-call", "letter i", ""),
        ("np.einsum('ij,jk', X)", "bad-call", "for 2 operands and is given 1", ""),
        ("np.einsum('ijk', X)", "shape-mismatch", "3 dimensions", ""),
        ("np.einsum('i', X)", "shape-mismatch", "'i' has 1 letters", "..."),
        ("np.einsum('i%', X)", "bad-call", "cannot read", ""),
        ("np.einsum('...i->i', X)", "bad-call", "needs ...", ""),
        ("np.einsum('ii', X)", "shape-mismatch", "2 and for 3", ""),
        ("np.einsum('ii', X[:1])", "shape-mismatch", "repeated letter i", "same size"),
        ("np.einsum('ij,ij', X, A)", "shape-mismatch", "3 and for 2", ""),
        ("np.einsum('i', v, out=v)", "bad-call", "'out'", ""),
        (f"np.einsum('{','.join('i' * 33)}', {', '.join('v' * 33)})", "bad-call", "33", ""),
        ("linalg.foo(A)", "undefined-name", "'linalg.foo'", "linalg."),
        ("linalg", "undefined-name", "used here like a value", "linalg.norm"),
        ("np.linalg.inv + 1", "not-allowed", "A function was found", "Use a number"),
        ("np.vdot(X, v)", "shape-mismatch", "has 6, (2,) 2", ""),
        ("np.inner(X, v)", "shape-mismatch", "3 and 2", ""),
        ("np.dot(X, T[:, :2])", "shape-mismatch", "second-to-last", "Transpose"),
        ("np.inner(T, v)", "shape-mismatch", "3 and 2", ""),
    ],
)
def test_what_is_not_supported_is_named_with_its_place(
    call: str, code: str, detail: str, hint: str
) -> None:
    error = refused(f"a = 1\ny = {call}", {**GIVEN, "a": 1})
    assert error.code == code
    assert detail in error.detail
    assert hint in error.hint
    assert error.hint
    if "results" not in detail or "+" in call:
        assert error.span is not None
        assert (error.span.line, error.span.column) == (2, 4)


@pytest.mark.parametrize(
    "line", ["import numpy.fft as fft", "from numpy.linalg import inv as f", "import scipy.linalg"]
)
def test_other_imports_are_refused(line: str) -> None:
    assert refused(f"{line}\ny = x", {"x": 1}).code == "not-allowed"


# ---------- cost, before anything is made ----------


@pytest.mark.parametrize(
    ("call", "shapes", "limit"),
    [
        ("np.kron(a, b)", {"a": (100, 100), "b": (100, 100)}, "node_numbers"),
        ("np.outer(a, b)", {"a": (5000,), "b": (5000,)}, "node_numbers"),
        ("np.einsum('i,j,k->ijk', a, a, a)", {"a": (300,)}, "node_numbers"),
        ("np.einsum('ij,kj->', a, a)", {"a": (1, 1)}, None),
        ("np.einsum('ij,jk->ik', a, b)", {"a": (300, 300), "b": (300, 300)}, "flops"),
        ("np.einsum('bij,bjk->bik', a, a)", {"a": (8, 200, 200)}, "flops"),
        ("np.einsum('bij,bjk->bik', a, a)", {"a": (100, 30, 30)}, None),  # 2 · 100 · 30³: 5.4 M
        ("np.tensordot(a, a, axes=([1], [1]))", {"a": (900, 40)}, "flops"),
        ("np.dot(a, b)", {"a": (90, 90, 90), "b": (90, 90, 2)}, "node_numbers"),
        ("np.linalg.inv(a)", {"a": (400, 400)}, "flops"),
        ("np.linalg.det(a)", {"a": (400, 400)}, "flops"),
        ("np.linalg.svdvals(a)", {"a": (200, 200)}, "flops"),
        ("np.linalg.solve(a, b)", {"a": (400, 400), "b": (400,)}, "flops"),
        ("np.linalg.solve(a, b)", {"a": (30, 30), "b": (30,)}, None),
        ("np.convolve(a, a)", {"a": (20000,)}, "flops"),
        ("np.linalg.matrix_power(a, 1000)", {"a": (150, 150)}, "flops"),
    ],
)
def test_the_cost_is_known_before_anything_is_computed(
    call: str, shapes: dict[str, Shape], limit: str | None
) -> None:
    limits = Limits(node_numbers=1_000_000, flops=50_000_000)
    inputs = {name: {"shape": list(shape)} for name, shape in shapes.items()}
    if limit is None:
        build(f"y = {call}", inputs, limits=limits)
        return
    with pytest.raises(TooLarge) as caught:
        build(f"y = {call}", inputs, limits=limits)
    assert caught.value.limit == limit


def test_an_einsum_costs_two_flops_for_every_choice_of_letters() -> None:
    cost = REGISTRY["einsum"].cost
    assert cost is not None
    found = cost((5, 2, 4), (5, 2, 3), (5, 3, 4), subscripts="bij,bjk->bik")
    assert found == 2 * 5 * 2 * 3 * 4


def test_a_chain_is_multiplied_in_the_order_that_costs_least() -> None:
    # (10, 1) (1, 10) (10, 1): from the right 10 + 10 products, from the left 100 + 100.
    shapes = {"A": (10, 1), "B": (1, 10), "C": (10, 1)}
    trace = traced("y = np.linalg.multi_dot([A, B, C])", inputs_of(shapes))
    assert [n.value.shape for n in trace.nodes if n.wires] == [(1, 1), (10, 1)]


def test_einsum_multiplies_the_small_pair_first() -> None:
    shapes = {"A": (9, 9), "x": (9,), "z": (9,)}
    trace = traced("y = np.einsum('ij,i,j->', A, x, z)", inputs_of(shapes))
    assert [n.value.shape for n in trace.nodes if n.wires] == [(9,), ()]


def test_no_gradient_rule_of_a_pseudo_inverse_is_larger_than_its_matrix() -> None:
    # 100,000 rows: any product of rows by rows would take 80 GB.
    for shape in ((100_000, 2), (2, 100_000)):
        found = gradients("L = np.sum(np.linalg.pinv(x)**2)", {"x": {"shape": list(shape)}})
        assert found["x"].shape == shape


# ---------- what is shown ----------

D = r"\frac{\partial %s}{\partial %s}"


def backward_equations(source: str, inputs: dict[str, object]) -> list[str]:
    """Returns what the multiply steps say a gradient is."""
    steps = [s.latex for s in traced(source, inputs).steps if s.kind == "multiply"]
    return [step.partition(" = ")[2].partition(r",\quad")[0] for step in steps]


@pytest.mark.parametrize(
    ("source", "wanted"),
    [
        ("Y = np.linalg.inv(A)", [r"-Y^{\top}\,\delta\,Y^{\top}"]),
        ("d = np.linalg.det(A)", [r"\delta \cdot d \cdot A^{-\top}"]),
        ("s, l = np.linalg.slogdet(A)", [r"\delta \cdot A^{-\top}"]),
        (
            "z = np.linalg.solve(A, v)",
            [r"-A^{-\top}\,\delta\,z^{\top}", r"A^{-\top}\,\delta"],
        ),
        ("Y = np.outer(v, w)", [r"\delta\,w", r"\delta^{\top}\,v"]),
        ("Y = np.inner(A, B)", [r"\delta\,B", r"\delta^{\top}\,A"]),
        ("t = np.trace(A)", [rf"{D % ('t', 't')} \cdot I"]),
        ("c = np.cross(v, w)", [r"w \times \delta", r"\delta \times v"]),
        ("s = np.linalg.svdvals(A)", [r"\left(U \cdot {\delta}_{j}\right)\,V^{\top}"]),
        (
            "Y = np.einsum('ij,jk->ik', A, B)",
            [
                r"\mathrm{einsum}_{\text{ik,jk->ij}}\left(\delta, B\right)",
                r"\mathrm{einsum}_{\text{ik,ij->jk}}\left(\delta, A\right)",
            ],
        ),
        (
            "y = T @ v",
            [r"\delta\,v^{\top}", r"\textstyle\sum_{\text{axis }0} T^{\top}\,\delta"],
        ),
    ],
)
def test_a_gradient_is_written_as_a_product_with_a_transpose(
    source: str, wanted: list[str]
) -> None:
    inputs = inputs_of({"A": M, "B": M, "v": V, "w": V, "T": (2, 3, 3)})
    assert backward_equations(source, inputs) == wanted


@pytest.mark.parametrize(
    ("source", "lines"),
    [
        ("Y = np.linalg.inv(A)", ["dA = -(Y.T @ dY @ Y.T)"]),
        ("d = np.linalg.det(A)", ["dA = dd * d * np.linalg.inv(A).T"]),
        (
            "z = np.linalg.solve(A, v)",
            ["dA = -np.outer(np.linalg.solve(A.T, dz), z)", "dv = np.linalg.solve(A.T, dz)"],
        ),
        ("n = np.linalg.norm(v)", ["dv = dn * v / (n + (n == 0))"]),
        ("Y = np.outer(v, w)", ["dv = dY @ w", "dw = dY.T @ v"]),
        ("Y = np.linalg.inv(T)", ["dT = -(Y.mT @ dY @ Y.mT)"]),
        (
            "Y = np.tensordot(A, B, axes=1)",
            ["dA = np.tensordot(dY, B, ((1,), (1,)))", "dB = np.tensordot(A, dY, ((0,), (0,)))"],
        ),
    ],
)
def test_the_printed_line_is_what_one_writes_by_hand(source: str, lines: list[str]) -> None:
    inputs = inputs_of({"A": M, "B": M, "v": V, "w": V})
    inputs["T"] = np.stack([array("A", M), array("A", M, seed=1)])
    wires = [wire for node in traced(source, inputs).nodes for wire in node.wires]
    assert [wire.code for wire in wires if wire.code] == lines


def test_products_with_a_stack_keep_the_structure_of_a_matrix_product() -> None:
    for source in ("y = T @ v", "y = v @ T", "y = np.dot(T, v)"):
        *_, gate = traced(source, inputs_of({"T": (2, 3, 3), "v": V})).nodes
        assert {wire.local.structure for wire in gate.wires} == {Structure.MATMUL}


def test_other_pairs_of_axes_do_not_claim_to_be_matrix_products() -> None:
    for source in ("y = np.dot(v, T) + np.dot(A, T)", "y = np.inner(A, A)", "y = np.outer(v, v)"):
        nodes = traced(source, inputs_of({"T": (2, 3, 3), "v": V, "A": M})).nodes
        names = {"dot_nd", "inner_rows", "outer"}
        gates = [n for n in nodes if n.node.primitive in names]
        assert gates
        for gate in gates:
            assert {wire.local.structure for wire in gate.wires} == {Structure.DENSE}
