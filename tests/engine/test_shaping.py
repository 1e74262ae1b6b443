"""Programs that join, cut, move, copy and pick entries: values against NumPy, gradients against five-point differences."""

from __future__ import annotations

import ast
from collections.abc import Mapping

import numpy as np
import pytest
from numpy.typing import NDArray

from engine import build
from engine.primitives import REGISTRY
from tests.engine import plain_numpy, rederive
from tests.engine.asking import gradients, refused, same, traced, value
from tests.engine.differences import five_point, relative_error

Array = NDArray[np.float64]


def inputs_for(**shapes: tuple[int, ...]) -> dict[str, Array]:
    """Returns seeded entries of the shapes, by name."""
    rng = np.random.default_rng(3)
    return {name: np.array(rng.normal(size=shape)) for name, shape in shapes.items()}


def agrees(expression: str, known: Mapping[str, Array]) -> None:
    """Asserts that an expression is NumPy's, and its gradients those of differences, under a random upstream.

    Args:
        expression: of names in `known`; it may assign more lines before `out`.
        known: values by name; only those that occur are given.
    """
    source = expression if "\n" in expression else f"out = {expression}"
    used = {node.id for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Name)}
    inputs = {name: array for name, array in known.items() if name in used}
    circuit = build(source, inputs)
    names = plain_numpy.run(source, inputs)
    wanted = np.asarray(names["out"], dtype=np.float64)
    upstream = np.array(np.random.default_rng(4).normal(size=wanted.shape))
    found, slopes = circuit.value_and_grad(upstream=upstream)
    again, straight = circuit.value_and_grad(upstream=upstream)  # as one straight-line function
    assert found.shape == again.shape == wanted.shape
    np.testing.assert_allclose(found, wanted, rtol=1e-13, atol=1e-15)
    np.testing.assert_allclose(again, wanted, rtol=1e-13, atol=1e-15)
    for name, array in inputs.items():

        def moved(there: Array, name: str = name) -> Array:
            return np.asarray(plain_numpy.run(source, {**inputs, name: there})["out"])

        numerical = np.reshape(np.ravel(upstream) @ five_point(moved, array), array.shape)
        assert relative_error(slopes[name], numerical) < 1e-7, name
        np.testing.assert_allclose(straight[name], slopes[name], rtol=1e-13, atol=1e-15)


VECTORS = inputs_for(a=(3,), b=(3,), c=(2,))
MATRICES = inputs_for(A=(2, 3), B=(2, 3), C=(2, 1), r=(3,))
BLOCKS = inputs_for(X=(2, 2, 3), Y=(2, 2, 3), Z=(2, 1, 3))
SCALARS = inputs_for(s=(), t=())

# ---------- joining ----------


@pytest.mark.parametrize(
    "expression",
    [
        "np.concatenate([a, b])",
        "np.concatenate((a, c, a))",
        "np.concatenate([a * 2, [1, 2.5], b])",
        "np.concatenate([a, b], 0)",
        "np.concatenate([a, b], axis=-1)",
        "np.concat([a, c])",
        "np.concatenate([a])",
        "np.stack([a, b])",
        "np.stack((a, b), axis=1)",
        "np.stack([a, b, a * b], axis=-1)",
        "np.stack([a[0], b[1], c.sum()])",
        "np.stack([a, [1, 2, 3]])",
        "np.stack(arrays=[a, b], axis=0)",
    ],
)
def test_vectors_join(expression: str) -> None:
    agrees(expression, VECTORS)


@pytest.mark.parametrize(
    "expression",
    [
        "np.concatenate([A, B])",
        "np.concatenate([A, C], axis=1)",
        "np.concatenate([A, C, B], axis=-1)",
        "np.concatenate([A, r[None, :]], axis=0)",
        "np.concatenate([A, C, r], axis=None)",
        "np.concatenate(A)",
        "np.stack([A, B])",
        "np.stack([A, B], axis=1)",
        "np.stack([A, B], axis=2)",
        "np.stack([A, B], axis=-2)",
        "np.stack(A)",
        "np.stack(A, axis=1)",
    ],
)
def test_matrices_join(expression: str) -> None:
    agrees(expression, MATRICES)


@pytest.mark.parametrize(
    ("source", "inputs", "detail"),
    [
        ("np.concatenate([A, r])", MATRICES, "same number of dimensions"),
        ("np.concatenate([A, C])", MATRICES, "axis 1 has sizes 3 and 1"),
        ("np.concatenate([s, t])", SCALARS, "a single number has none"),
        ("np.concatenate([A, B], axis=2)", MATRICES, "no axis 2"),
        ("np.stack([A, r])", MATRICES, "same shape"),
        ("np.stack([A, C])", MATRICES, "same shape"),
        ("np.stack([A, B], axis=3)", MATRICES, "no axis 3"),
        ("np.concatenate([A, B], out=A)", MATRICES, "does not take 'out'"),
        ("np.stack([A, B], dtype=int)", MATRICES, "dtype"),
        ("np.concatenate(A, B)", MATRICES, "axis"),
        ("np.concatenate([])", MATRICES, "takes a list of arrays"),
    ],
)
def test_what_does_not_join_is_refused(
    source: str, inputs: Mapping[str, Array], detail: str
) -> None:
    error = refused(source, inputs)
    assert detail in error.detail
    assert error.hint
    assert error.span is not None


def test_joined_names_that_nobody_gave_get_shapes_that_fit() -> None:
    found = gradients("L = np.sum(np.concatenate([a, b]) @ W)", {"W": np.ones((5, 2)), "a": [1, 2]})
    assert found["b"].shape == (3,)


def test_a_joins_jacobian_has_a_one_for_every_entry_at_its_place() -> None:
    # out = [a0, a1, b0]: the rows of ∂out/∂b are 0, 0, 1.
    (node,) = (
        n for n in traced("np.concatenate([a, b])", {"a": [1, 2], "b": [3]}).nodes if n.wires
    )
    same(node.wires[0].local.value, [[1, 0], [0, 1], [0, 0]])
    same(node.wires[1].local.value, [[0], [0], [1]])
    assert [w.code.partition(" = ")[2] for w in node.wires] == ["df[:2]", "df[2:3]"]


def test_a_joins_local_step_says_where_the_ones_are() -> None:
    steps = traced("np.concatenate([a, b])", {"a": [1, 2], "b": [3]}).steps
    (words,) = (step.text for step in steps if step.kind == "local")
    assert words == (
        "Cuts apart: every joined array receives its own part of the upstream signal. Here "
        "∂f/∂a = 1 for every entry at its place, 0 elsewhere, "
        "∂f/∂b = 1 for every entry at its place, 0 elsewhere."
    )


@pytest.mark.parametrize(
    "expression",
    [
        *("np.hstack([a, c])", "np.hstack((s, t))", "np.hstack([s, a])", "np.hstack([A, C])"),
        *("np.hstack([X, Y])", "np.hstack(A)", "np.hstack(tup=(a, b))"),
        *("np.vstack([a, b])", "np.vstack([A, r])", "np.vstack((s, t))", "np.vstack([A, B])"),
        *("np.vstack([X, Y])", "np.vstack((a[None], b))"),
        *("np.dstack([a, b])", "np.dstack([A, B])", "np.dstack([X, Y])", "np.dstack((s, t))"),
        *("np.column_stack([a, b])", "np.column_stack((A, c))", "np.column_stack([s, t])"),
        *("np.column_stack([A, C, c])",),
        *("np.append(a, c)", "np.append(a, 3)", "np.append(s, t)", "np.append(a, [1, 2])"),
        *("np.append(A, B)", "np.append(A, B, axis=0)", "np.append(A, C, 1)", "np.append(A, s)"),
        *("np.append(arr=a, values=c, axis=-1)",),
        *("np.block([[A, C], [B, C]])", "np.block([a, c])", "np.block([[s, t], [t, s]])"),
        *("np.block([[a], [b]])", "np.block(A)", "np.block([[A, np.zeros((2, 2))]])"),
        *("np.c_[a, b]", "np.c_[np.ones(2), A, c]", "np.c_[a]", "np.r_[a, c]", "np.r_[1, a, s]"),
        *("np.r_[A, B]", "np.c_[s, t]"),
        *("np.block([[[A]], [[B]]])", "np.block([X, Y])"),
    ],
)
def test_functions_that_join_with_axes_added_are_numpys(expression: str) -> None:
    agrees(expression, {**VECTORS, **MATRICES, **BLOCKS, **SCALARS})


@pytest.mark.parametrize(
    "program",
    [
        "u, v = np.split(q, 2)\nout = u * v",
        "u, v, w = np.split(q, 3)\nout = u + v * w",
        "u, v = np.split(q, [2])\nout = u.sum() * v",
        "u, v, w = np.split(q, [1, -2])\nout = u * v.sum() * w.sum()",
        "parts = np.split(q, (2, 3))\nout = parts[0].sum() * parts[2]",
        "u, v, w = np.split(A, 3, axis=1)\nout = u * v - w",
        "u, v, w = np.split(A, 3, -1)\nout = u * v - w",
        "u, v = np.split(ary=A, indices_or_sections=2, axis=0)\nout = u * v",
        "u, v, w, y = np.array_split(q, 4)\nout = u.sum() * v * w * y.sum()",
        "u, v = np.array_split(A, 2, axis=1)\nout = u * v",
        "u, v = np.array_split(q, [4])\nout = u.sum() * v",
        "u, v, w = np.hsplit(A, 3)\nout = u * v - w",
        "u, v = np.hsplit(q, 2)\nout = u * v",
        "u, v = np.vsplit(A, 2)\nout = u * v",
        "u, v, w = np.dsplit(X, 3)\nout = u * v - w",
        "u, v = np.unstack(A)\nout = u * v",
        "u, v, w = np.unstack(A, axis=1)\nout = u * v - w",
        "u, v, w = np.unstack(X, axis=-1)\nout = u * v - w",
    ],
)
def test_functions_that_cut_are_numpys(program: str) -> None:
    agrees(program, {**MATRICES, **BLOCKS, **inputs_for(q=(6,))})


@pytest.mark.parametrize(
    ("source", "code", "detail"),
    [
        ("np.split(A, 2, axis=1)", "shape-mismatch", "2 equal parts"),
        ("np.split(A, 0)", "bad-call", "not 0"),
        ("np.split(A, 1.5)", "not-allowed", "not in the language"),
        ("np.split(A, 2, axis=2)", "shape-mismatch", "no axis 2"),
        ("np.split(A)", "bad-call", "indices_or_sections"),
        ("np.vsplit(r, 3)", "shape-mismatch", "2 dimensions"),
        ("np.hstack([A, r])", "shape-mismatch", "same number of dimensions"),
        ("np.vstack([A, C])", "shape-mismatch", "sizes 3 and 1"),
        ("np.hstack([A, B], casting='no')", "bad-call", "casting"),
        ("np.append(A, r, axis=0)", "shape-mismatch", "same number of dimensions"),
        ("np.block([[A], B])", "bad-call", "as deep"),
        ("np.block([])", "bad-call", "lists of arrays"),
        ("np.hstack([])", "bad-call", "list of arrays"),
    ],
)
def test_what_cannot_be_joined_or_cut_is_refused(source: str, code: str, detail: str) -> None:
    error = refused(source, MATRICES)
    assert error.code == code
    assert detail in error.detail
    assert error.hint
    assert error.span is not None


def test_an_input_that_is_cut_without_being_given_gets_a_size_that_can_be_cut() -> None:
    assert gradients("u, v = np.split(x, 2)\nL = np.sum(u * v)")["x"].shape == (4,)


def test_gates_of_a_recurrent_cell_are_cut_from_one_product() -> None:
    source = "i, f, o, g = np.split(x @ W + b, 4)\nL = np.sum(i * f + o * g)"
    found = gradients(source, {"x": [1.0, 2.0], "W": np.ones((2, 8)), "b": np.zeros(8)})
    assert found["W"].shape == (2, 8)


def test_a_part_shares_its_entries_with_the_whole_as_in_numpy() -> None:
    error = refused("z = x * 1\nu, v = np.split(z, 2)\nz[0] = 5\nL = np.sum(u)", {"x": [1.0, 2.0]})
    assert ".copy()" in error.hint
    joined = "z = x * 1\ny = np.hstack([z, z])\nz[0] = 5\nL = np.sum(y)"
    same(value(joined, {"x": [1.0, 2.0]}), 6)


# ---------- entries in another order ----------

EVERYTHING = {
    **VECTORS,
    **MATRICES,
    **BLOCKS,
    **SCALARS,
    **inputs_for(q=(6,), S=(3, 3), U=(1, 3, 1)),
}


@pytest.mark.parametrize(
    "expression",
    [
        *("np.flip(a)", "np.flip(A)", "np.flip(A, 0)", "np.flip(A, axis=-1)", "np.flip(s)"),
        *("np.flip(X, axis=(0, 2))", "np.flip(m=A, axis=1)", "np.flipud(A)", "np.flipud(a)"),
        *("np.fliplr(A)", "np.fliplr(X)", "np.fliplr(m=A)"),
        *("np.roll(a, 1)", "np.roll(a, -2)", "np.roll(A, 1)", "np.roll(A, 2, axis=1)"),
        *("np.roll(A, 1, 0)", "np.roll(A, shift=(1, 2), axis=(0, 1))", "np.roll(A, (1, 2))"),
        *("np.roll(X, 1, axis=(0, -1))", "np.roll(A, (1, 1), axis=1)", "np.roll(a=q, shift=8)"),
        *("np.rot90(A)", "np.rot90(A, 2)", "np.rot90(A, k=-1)", "np.rot90(X, 1, (1, 2))"),
        *("np.rot90(X, k=3, axes=(-1, 0))", "np.rot90(m=A, k=5)"),
        *("A.reshape(3, 2)", "A.reshape((3, 2))", "A.reshape(-1)", "np.reshape(A, 6)"),
        *("np.reshape(A, shape=(3, 2))", "np.reshape(A, (-1, 2))", "X.reshape(4, -1)"),
        *("A.ravel()", "np.ravel(A)", "A.flatten()", "np.ravel(s)", "A.transpose()"),
        *("A.transpose(1, 0)", "A.transpose((1, 0))", "np.transpose(A)", "A.T"),
        *("np.transpose(X, (2, 0, 1))", "np.transpose(X, axes=[1, 0, 2])", "X.transpose(0, 2, 1)"),
        *("np.permute_dims(X, (2, 1, 0))", "np.permute_dims(X)", "np.matrix_transpose(X)"),
        *("A.mT", "X.mT", "(X * 2).mT @ Y", "A.swapaxes(0, 1)", "np.swapaxes(X, 0, -1)"),
        *(
            "np.swapaxes(X, axis1=1, axis2=2)",
            "np.moveaxis(X, 0, -1)",
            "np.moveaxis(X, (0, 1), (2, 0))",
        ),
        *("np.moveaxis(X, source=2, destination=0)", "np.rollaxis(X, 2)", "np.rollaxis(X, 0, 3)"),
        *("np.rollaxis(X, 1, start=1)", "np.rollaxis(X, -1, -2)", "np.squeeze(U)", "U.squeeze()"),
        *("np.squeeze(U, axis=0)", "U.squeeze(-1)", "U.squeeze(axis=(0, 2))"),
        *("np.expand_dims(A, 1)", "np.expand_dims(A, axis=(0, -1))", "np.copy(A) * 2"),
        *("np.atleast_1d(s)", "np.atleast_1d(a)", "np.atleast_2d(s)", "np.atleast_2d(a)"),
        *("np.atleast_2d(A)", "np.atleast_3d(s)", "np.atleast_3d(a)", "np.atleast_3d(A)"),
        *("np.atleast_3d(X)", "np.broadcast_to(a, (2, 3))", "np.broadcast_to(s, 3)"),
        *("np.broadcast_to(C, (2, 2, 3))", "np.broadcast_to(a, shape=(4, 1, 3))"),
        *("np.broadcast_to(A, (2, 3))", "np.broadcast_to(U, (2, 3, 3))", "np.asarray(A) * 2"),
    ],
)
def test_moves_are_numpys(expression: str) -> None:
    agrees(expression, EVERYTHING)


@pytest.mark.parametrize(
    "program",
    [
        "u, v = np.atleast_2d(a, s)\nout = u * v",
        "u, v = np.broadcast_arrays(a, C)\nout = u * v",
        "u, v, w = np.broadcast_arrays(A, r, s)\nout = u * v - w",
        "u, v = np.meshgrid(a, c)\nout = u * v",
        "u, v = np.meshgrid(a, c, indexing='ij')\nout = u * v",
        "u, v, w = np.meshgrid(a, c, b)\nout = u * v - w",
        "u, v = np.meshgrid(a, s)\nout = u * v",
        "(u,) = np.meshgrid(a)\nout = u * 2",
        "u = np.zeros_like(A)\nu[0] = r\nout = u * A",
        "u = np.full_like(A, 2.5)\nout = u * A",
        "u = np.full_like(A, fill_value=3)\nout = u * A",
        "u = np.ones_like(A, dtype=float)\nout = u * A",
        "u = np.empty_like(a)\nu[0] = s\nu[1] = 2\nu[2:] = 1\nout = u * a",
    ],
)
def test_several_results_and_arrays_made_alike_are_numpys(program: str) -> None:
    agrees(program, EVERYTHING)


# ---------- copies and frames ----------


@pytest.mark.parametrize(
    "expression",
    [
        *("np.tile(a, 2)", "np.tile(a, (2, 2))", "np.tile(A, 2)", "np.tile(A, (2, 1))"),
        *(
            "np.tile(A, (2, 1, 3))",
            "np.tile(s, 3)",
            "np.tile(s, (2, 2))",
            "np.tile(A=X, reps=(2,))",
        ),
        *("np.tile(a, [3, 1])", "np.tile(a, (1, 1))"),
        *("np.repeat(a, 2)", "np.repeat(A, 2)", "np.repeat(A, 3, axis=1)", "np.repeat(A, 2, 0)"),
        *("a.repeat(2)", "A.repeat(2, axis=-1)", "A.repeat(repeats=2, axis=0)", "np.repeat(s, 3)"),
        *("np.repeat(a, [2, 0, 1])", "np.repeat(A, (1, 2), axis=0)", "np.repeat(A, [3], axis=1)"),
        *("np.repeat(A, [1, 0, 2, 1, 0, 3])",),
        *("np.pad(a, 1)", "np.pad(a, (1, 2))", "np.pad(A, 1)", "np.pad(A, (1, 2))"),
        *("np.pad(A, ((1, 2),))", "np.pad(A, ((1, 0), (0, 2)))", "np.pad(A, [(0, 0), (1, 1)])"),
        *("np.pad(A, ((1,), (2,)))", "np.pad(A, 1, mode='constant', constant_values=2.5)"),
        *("np.pad(array=a, pad_width=2, constant_values=-1)", "np.pad(a, (2,))"),
        *("np.pad(A, 1, 'edge')", "np.pad(A, (1, 2), mode='reflect')", "np.pad(a, 5, 'wrap')"),
        *("np.pad(A, ((2, 1), (0, 3)), mode='symmetric')", "np.pad(a, (4, 7), 'reflect')"),
    ],
)
def test_copies_and_frames_are_numpys(expression: str) -> None:
    agrees(expression, EVERYTHING)


# ---------- diagonals ----------


@pytest.mark.parametrize(
    "expression",
    [
        *("np.diag(a)", "np.diag(a, 1)", "np.diag(a, k=-2)", "np.diag(v=a)", "np.diag(S)"),
        *(
            "np.diag(A, 1)",
            "np.diag(S, k=-1)",
            "np.diagflat(A)",
            "np.diagflat(c, 1)",
            "np.diagflat(s)",
        ),
        *("np.diagonal(S)", "np.diagonal(A, 1)", "np.diagonal(A, offset=-1)", "A.diagonal()"),
        *("S.diagonal(1)", "X.diagonal(offset=0, axis1=1, axis2=2)", "np.diagonal(X, 0, 2, 1)"),
        *("np.diagonal(X, axis1=-2, axis2=-1)", "np.diagonal(A, 5).sum()"),
        *("np.triu(S)", "np.triu(A, 1)", "np.triu(X, k=-1)", "np.tril(S)", "np.tril(A, -1)"),
        *("np.tril(X)", "np.triu(m=A)", "np.tril(a)", "np.triu(a, 1)", "np.triu(S) @ np.tril(S)"),
    ],
)
def test_diagonals_are_numpys(expression: str) -> None:
    agrees(expression, EVERYTHING)


def test_an_infinite_slope_behind_what_triu_drops_stays_out() -> None:
    found = gradients("L = np.sum(np.triu(np.sqrt(x)))", {"x": [[4.0, 1.0], [0.0, 4.0]]})
    same(found["x"], [[0.25, 0.5], [0, 0.25]])


# ---------- differences, slopes, areas ----------


@pytest.mark.parametrize(
    "expression",
    [
        *("np.diff(a)", "np.diff(A)", "np.diff(A, axis=0)", "np.diff(q, 2)", "np.diff(q, n=3)"),
        *("np.diff(X, n=1, axis=-1)", "np.diff(A, 0)", "np.diff(C, axis=1).sum()"),
        *(
            "np.gradient(a)",
            "np.gradient(q, 0.5)",
            "np.gradient(A, axis=0)",
            "np.gradient(A, 2, axis=-1)",
        ),
        *("np.gradient(c)", "np.gradient(q, s)", "np.gradient(q, edge_order=1)"),
        *(
            "np.trapezoid(a)",
            "np.trapezoid(A)",
            "np.trapezoid(A, axis=0)",
            "np.trapezoid(q, dx=0.5)",
        ),
        *("np.trapezoid(a, b)", "np.trapezoid(A, r)", "np.trapezoid(A, x=c, axis=0)"),
        *("np.trapezoid(A, B)", "np.trapezoid(X, dx=2, axis=1)", "np.trapezoid(X, c, axis=1)"),
        *("np.trapezoid(q, dx=s)", "np.trapezoid(y=a, x=b)"),
    ],
)
def test_differences_slopes_and_areas_are_numpys(expression: str) -> None:
    agrees(expression, EVERYTHING)


@pytest.mark.parametrize(
    "program",
    [
        "u, v = np.gradient(A)\nout = u * v",
        "u, v = np.gradient(A, 0.5)\nout = u * v",
        "u, v = np.gradient(A, 0.5, 2)\nout = u * v",
        "u, v = np.gradient(A, s, t)\nout = u * v",
        "u, v = np.gradient(A, axis=(1, 0))\nout = u * v",
        "u = np.gradient(A, axis=(1,))\nout = u * 2",
    ],
)
def test_slopes_along_several_axes_are_numpys(program: str) -> None:
    agrees(program, EVERYTHING)


# ---------- picking ----------


@pytest.mark.parametrize(
    "expression",
    [
        *("np.take(a, [2, 0, 2])", "np.take(A, [5, 0, 0])", "np.take(A, [1, 0, 1], axis=0)"),
        *(
            "np.take(A, [2, -1], axis=1)",
            "np.take(A, 1, axis=1)",
            "np.take(a, 1)",
            "a.take([0, 1])",
        ),
        *(
            "A.take([0, 2], axis=-1)",
            "np.take(X, [[0, 1], [1, 1]], axis=1)",
            "np.take(a=a, indices=[1])",
        ),
        *("np.take(A, np.arange(2), axis=1)", "np.take(X, np.array([0, 2]), 2)"),
        *("np.take_along_axis(A, np.array([[2], [0]]), axis=1)",),
        *("np.take_along_axis(A, np.array([[2, 2], [0, 1]]), 1)",),
        *("np.take_along_axis(A, np.array([[1, 0, 0]]), axis=0)",),
        *("np.take_along_axis(a, np.array([1, 1, 0]), axis=-1)",),
        *("np.take_along_axis(arr=A, indices=np.array([4, 4]), axis=None)",),
    ],
)
def test_picks_are_numpys(expression: str) -> None:
    agrees(expression, EVERYTHING)


def test_an_input_that_picks_is_a_label() -> None:
    found = gradients("L = np.sum(np.take(W, y, axis=0) ** 2)", {"W": [[1.0], [2.0]], "y": [1, 1]})
    assert set(found) == {"W"}
    same(found["W"], [[0], [8]])  # row 1 twice: 2 · 2 · 2


# ---------- what is refused ----------


@pytest.mark.parametrize(
    ("source", "code", "detail"),
    [
        ("np.flip(A, axis=2)", "shape-mismatch", "no axis 2"),
        ("np.fliplr(a)", "shape-mismatch", "no axis 1"),
        ("np.roll(a, 0.5)", "not-allowed", "not in the language"),
        ("np.roll(A, (1, 2), axis=(0, 1, 0))", "bad-call", "2 shifts for 3 axes"),
        ("np.rot90(a)", "shape-mismatch", "no axis 1"),
        ("np.rot90(A, axes=(0, 0))", "shape-mismatch", "name one twice"),
        ("np.rot90(X, axes=(0, 1, 2))", "bad-call", "plane of two axes"),
        ("np.ravel(A, order='F')", "bad-call", "'order'"),
        ("A.ravel(order='F')", "bad-call", "'order'"),
        ("A.flatten(order='F')", "bad-call", "'order'"),
        ("np.reshape(A, (3, 2), order='F')", "bad-call", "'order'"),
        ("A.reshape(3, 2, order='F')", "bad-call", "'order'"),
        ("np.rollaxis(X, 0, 4)", "shape-mismatch", "no place 4"),
        ("np.atleast_2d()", "bad-call", "takes an array"),
        ("a.mT", "shape-mismatch", "2 dimensions"),
        ("np.meshgrid(A, a)", "bad-call", "takes vectors"),
        ("np.meshgrid(a, b, indexing='no')", "bad-call", "'xy' or 'ij'"),
        ("np.meshgrid(a, b, sparse=True)", "bad-call", "'sparse'"),
        ("np.tile(a, -1)", "bad-call", "not -1"),
        ("np.broadcast_to(A, (-1, 2, 3))", "shape-mismatch", "does not stretch"),
        ("np.swapaxes(A, None, 0)", "bad-call", "One axis"),
        ("np.stack([A, B], axis=None)", "bad-call", "One axis"),
        ("np.concatenate([A, B], axis=(0, 1))", "bad-call", "One axis"),
        ("np.repeat(A, 2, axis=(0, 1))", "bad-call", "axis"),
        ("np.tile(a, (10**18, 0))", "bad-call", "not 0"),
        ("np.repeat(a, [10**12, 1, 1])", "too-large", "numbers"),
        ("np.array_split(a, 10**12)", "too-large", "gates"),
        ("np.pad(a, 10**12)", "too-large", "numbers"),
        ("np.pad(a, [])", "bad-call", "each axis of (3,)"),
        ("np.diagonal(A, 10**12)", "bad-call", "whole number"),
        ("np.triu(A, 1e30)", "bad-call", "whole number"),
        ("np.repeat(a, -1)", "bad-call", "not -1"),
        ("np.repeat(a, [1, 2])", "shape-mismatch", "2 numbers for an axis of size 3"),
        ("np.repeat(A, 2, axis=2)", "shape-mismatch", "no axis 2"),
        ("np.pad(A, -1)", "bad-call", "not -1"),
        ("np.pad(A, ((1, 1), (1, 1), (1, 1)))", "shape-mismatch", "widths for 3 axes"),
        ("np.pad(A, (1, 2, 3))", "bad-call", "each axis of (2, 3)"),
        ("np.pad(A, 1, mode='mean')", "bad-call", "constant, edge, reflect, symmetric, wrap"),
        ("np.pad(A, 1, constant_values=s)", "bad-call", "one plain number"),
        ("np.pad(A, 1, stat_length=2)", "bad-call", "'stat_length'"),
        ("np.diag(X)", "shape-mismatch", "vector or a matrix"),
        ("np.diag(a, k=0.5)", "bad-call", "k is a whole number"),
        ("np.diagonal(a)", "shape-mismatch", "needs a matrix"),
        ("np.diagonal(A, axis1=0, axis2=0)", "shape-mismatch", "name one twice"),
        ("np.triu(s)", "shape-mismatch", "single number"),
        ("np.diff(a, prepend=0)", "bad-call", "'prepend'"),
        ("np.diff(a, append=0)", "bad-call", "'append'"),
        ("np.diff(a, n=-1)", "bad-call", "not -1"),
        ("np.diff(s)", "shape-mismatch", "no neighbours"),
        ("np.diff(C, n=3)", "shape-mismatch", "no entries along axis 1"),
        ("np.trapezoid(A, X)", "shape-mismatch", "vector or has the shape of y"),
        ("np.gradient(a, edge_order=2)", "bad-call", "edge_order is 1"),
        ("np.gradient(a, b)", "bad-call", "not their places"),
        ("np.gradient(A, 1, 2, 3)", "bad-call", "3 spacings for 2 axes"),
        ("np.gradient(C, axis=1)", "shape-mismatch", "needs 2 entries"),
        ("np.trapezoid(s)", "shape-mismatch", "single number"),
        ("np.c_[X, Y]", "bad-call", "vectors and matrices"),
        ("np.c_[A, B[:1]]", "shape-mismatch", "sizes 2 and 1"),
        ("np.r_[0:3]", "not-allowed", "cannot stand here"),
        ("np.compress([True, False], A, axis=0)", "undefined-name", "compress"),
        ("np.take(a, [3])", "shape-mismatch", "3 entries"),
        ("np.take(a, [0], mode='clip')", "bad-call", "'mode'"),
        ("np.take(a, [0.5])", "shape-mismatch", "whole numbers"),
        ("np.take_along_axis(A, np.array([0, 1]), axis=1)", "shape-mismatch", "as many axes"),
        (
            "np.take_along_axis(A, np.array([[0]]), axis=1)",
            "shape-mismatch",
            "equal sizes off axis",
        ),
        ("np.full_like(A)", "bad-call", "full_like"),
        ("np.zeros_like(A, shape=(2,))", "bad-call", "shape"),
        ("np.full_like(A, A)", "bad-call", "full_like"),
    ],
)
def test_what_is_not_numpys_or_not_ours_is_refused_by_name(
    source: str, code: str, detail: str
) -> None:
    error = refused(source, EVERYTHING)
    assert error.code == code
    assert detail in error.detail
    assert error.hint
    assert error.span is not None


# ---------- memory, assumed shapes, what a client reads ----------


@pytest.mark.parametrize(
    "moved",
    [
        *("np.flip(z)", "np.fliplr(z)", "np.rot90(z)", "np.diagonal(z)", "np.diag(z)"),
        *("z.mT", "np.rollaxis(z, 1)", "np.atleast_3d(z)", "np.transpose(z[:1])", "z.diagonal()"),
        *("np.asarray(z.T)", "np.unstack(z)[0]", "np.flip(m=z)"),
    ],
)
def test_a_view_of_a_changed_array_is_refused(moved: str) -> None:
    error = refused(f"z = x * 1\ny = {moved}\nz[0] = 5\nL = np.sum(y)", {"x": np.ones((2, 2))})
    assert ".copy()" in error.hint


@pytest.mark.parametrize(
    "made",
    [
        *("np.roll(z, 1)", "np.tile(z, 2)", "np.repeat(z, 2)", "np.pad(z, 1)", "np.triu(z)"),
        *("np.take(z, [0, 1])", "np.diff(z)", "np.meshgrid(z[0], z[1])[0]", "np.stack([z, z])"),
        *("np.flip(z * 2)", "np.transpose(z * 2)", "(z * 2).T", "np.diag(z[0])"),
    ],
)
def test_an_array_of_its_own_may_be_changed_as_in_numpy(made: str) -> None:
    program = f"z = x * 1\ny = {made}\ny[0] = 5\nz[1] = 7\nout = y * np.sum(z)"
    agrees(program, {"x": np.array([[1.0, 2.0], [3.0, 4.0]])})


def test_a_name_made_from_asarray_is_the_same_array_as_in_numpy() -> None:
    same(value("z = x * 1\ny = np.asarray(z)\ny += 1\nL = np.sum(z)", {"x": [1.0, 3.0]}), 6)


@pytest.mark.parametrize(
    ("source", "shapes"),
    [
        ("np.sum(np.roll(x, 1, axis=1))", {"x": (3, 4)}),
        ("np.sum(np.pad(x, 1))", {"x": (3,)}),
        ("np.sum(np.pad(x, ((0, 0), (1, 1))))", {"x": (3, 4)}),
        ("np.sum(np.concatenate([h, x]) @ np.ones((7, 2)))", {"h": (3,), "x": (4,)}),
        ("np.sum(np.c_[X, np.ones(3)] @ w)", {"X": (3,), "w": (2,)}),
        ("np.sum(np.vstack([x, np.ones((1, 5))]))", {"x": (5,)}),
        ("np.sum(np.hstack([X, np.ones((X.shape[0], 1))]) @ W)", {"X": (3, 4), "W": (5, 2)}),
        ("np.sum(np.diag(x))", {"x": (3,)}),
        ("np.sum(np.triu(x))", {"x": (3, 4)}),
        ("np.sum(np.diff(x))", {"x": (3,)}),
        ("np.sum(np.gradient(x))", {"x": (3,)}),
        ("np.trapezoid(x)", {"x": (3,)}),
        ("np.sum(np.zeros_like(x) + np.ones(4) * x)", {"x": (4,)}),
    ],
)
def test_names_that_nobody_gave_get_the_axes_that_are_needed(
    source: str, shapes: Mapping[str, tuple[int, ...]]
) -> None:
    found = {name: slope.shape for name, slope in gradients(f"L = {source}").items()}
    assert found == shapes


@pytest.mark.parametrize(
    "expression",
    [
        *("np.concatenate([A, B])", "np.stack([A, B], axis=1)", "np.pad(A, 1)", "np.diag(a)"),
        *("np.tile(A, (2, 2))", "np.repeat(A, 2, axis=1)", "np.pad(A, 2, mode='wrap')"),
        *("np.roll(A, 1)", "np.rot90(A)", "np.flip(A, 0)", "np.diagonal(A)", "np.triu(A)"),
        *("np.triu(a)", "np.diff(A)", "np.gradient(A, axis=1)", "np.take(A, [0, 0], axis=1)"),
        *("np.take_along_axis(A, np.array([[2], [2]]), axis=1)", "np.block([[A, C], [B, C]])"),
        *("np.trapezoid(A, r)", "np.broadcast_to(C, (2, 2, 3))", "np.column_stack([a, b])"),
    ],
)
def test_a_client_finds_every_downstream_again(expression: str) -> None:
    used = {node.id for node in ast.walk(ast.parse(expression)) if isinstance(node, ast.Name)}
    inputs = {name: array for name, array in EVERYTHING.items() if name in used}
    trace = traced(f"L = np.sum(np.sin({expression}))", inputs)
    script = rederive.environment(trace)
    names = rederive.gradient_names(trace)
    for node in reversed(trace.nodes):
        if node.upstream is not None:
            script[names[node.node.index]] = node.upstream
    for node in trace.nodes:
        for wire in node.wires:
            if wire.downstream is not None:
                found = rederive.downstream(trace, node, wire)
                np.testing.assert_allclose(found, wire.downstream, rtol=1e-12, atol=1e-14)
                target = names[wire.source]
                line = {**script, target: 0.0}  # a later use of a name adds to what is there
                exec(wire.code, line)
                np.testing.assert_allclose(line[target], wire.downstream, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize(
    ("expression", "line", "equation"),
    [
        ("np.concatenate([A, B], axis=1)", "dA = dy[:, :3]", r"\delta_{[:, :3]}"),
        ("np.stack([A, B])", "dA = dy[0]", r"\delta_{[0]}"),
        ("np.stack([A, B], axis=-1)", "dA = dy[:, :, 0]", r"\delta_{[:, :, 0]}"),
        ("np.pad(A, 1)", "dA = dy[1:3, 1:4]", r"\delta_{[1:3, 1:4]}"),
        (
            "np.flip(A, 0)",
            "dA = np.flip(dy, axis=0)",
            r"\operatorname{flip}_{\text{axis }0}\left(\delta\right)",
        ),
        (
            "np.roll(A, 1)",
            "dA = np.roll(dy, -1)",
            r"\operatorname{roll}\left(\delta, -1\right)",
        ),
        (
            "np.diff(A)",
            "dA = -np.diff(dy, axis=1, prepend=0, append=0)",
            r"-\Delta_{\text{axis }1}\left(\delta\right)",
        ),
        (
            "np.rot90(A)",
            "dA = np.rot90(dy, -1, (0, 1))",
            r"\operatorname{rot}_{90}\left(\delta, -1,",
        ),
    ],
)
def test_what_moves_is_shown_as_the_lecture_writes_it(
    expression: str, line: str, equation: str
) -> None:
    inputs = {name: np.ones((2, 3)) for name in "AB" if name in expression}
    trace = traced(f"y = {expression}\nL = np.sum(np.sin(y))", inputs)
    (wire, *_) = next(node for node in trace.nodes if node.code == "y").wires
    assert wire.code == line
    assert wire.latex.partition(" = ")[2].startswith(equation)


class Size(int):
    """A size that carries where it comes from, as the assumed ones do."""


@pytest.mark.parametrize(
    ("name", "shapes", "settings"),
    [
        ("flip", ((2, 3),), {"axis": 0}),
        ("roll", ((2, 3),), {"shift": 1}),
        ("rot90", ((2, 3),), {}),
        ("rot90", ((2, 3),), {"k": 2}),
        ("tile", ((2, 3),), {"reps": (1, 1)}),
        ("repeat", ((2, 3),), {"repeats": 1, "axis": 1}),
        ("pad", ((2, 3),), {"width": ((0, 0), (0, 0))}),
        ("diagonal", ((3, 2, 5),), {}),
        ("diag", ((3,),), {}),
        ("triu", ((2, 3),), {}),
        ("triu", ((3,),), {}),
        ("gradient", ((2, 3),), {}),
        ("concatenate", ((2, 3),), {}),
        ("take", ((2, 3), (4,)), {"axis": 1}),
    ],
)
def test_a_size_that_stays_keeps_its_history(
    name: str, shapes: tuple[tuple[int, ...], ...], settings: dict[str, object]
) -> None:
    sized = [tuple(Size(n) for n in shape) for shape in shapes]
    result = REGISTRY[name].shape(*sized, **settings)
    assert all(any(n is m for shape in sized for m in shape) for n in result)


def test_a_join_keeps_the_sizes_of_all_other_axes() -> None:
    first, second = (Size(2), Size(3)), (Size(4), Size(3))
    assert REGISTRY["concatenate"].shape(first, second)[1] is first[1]
    assert REGISTRY["stack"].shape(first, first, axis=1)[0] is first[0]
    assert REGISTRY["stack"].shape(first, first, axis=1)[2] is first[1]


def test_every_way_is_open_for_plain_numbers_too() -> None:
    # NumPy hands rules a float64 instead of an array without axes; concatenate's parts are then cut from it.
    for name in ("flip", "tile", "repeat", "stack", "reshape", "ravel", "broadcast_to"):
        primitive = REGISTRY[name]
        for arrays, settings in primitive.samples(np.random.default_rng(0)):
            if any(np.shape(array) == () for array in arrays):
                complete = primitive.completed(settings, [np.shape(a) for a in arrays])
                numbers = [array[()] for array in arrays]
                out = np.asarray(primitive.forward(*numbers, **complete))
                more = {"position": 0} if primitive.variadic else {}
                (rule,) = primitive.vjp.values()
                slope = rule(np.ones(out.shape)[()], out[()], *numbers, **complete, **more)
                assert np.all(np.isfinite(slope))
