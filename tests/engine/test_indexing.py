"""Reading and writing entries, every kind of index beside every other: NumPy itself says what is right."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from engine import EngineError, build
from tests.engine.against_python import agrees_with_python
from tests.engine.asking import ask, gradients, refused, same, traced, value

Array = NDArray[np.float64]

RNG = np.random.default_rng(5)
INPUTS: dict[str, Array] = {
    "X": RNG.normal(size=(3, 4)),
    "Z": RNG.normal(size=(2, 3, 4)),
    "u": RNG.normal(size=4),
    "r": RNG.normal(size=3),
    "s": np.asarray(1.7),
}
LABELS = {"i": [2, 0, 2], "j": [1, 3, 0], "k": [[0, 1], [1, 2]]}
PRELUDE = "".join(f"{name} = np.array({entries})\n" for name, entries in LABELS.items())


def agrees(source: str) -> None:
    """Asserts that L and its gradients are NumPy's, for the inputs that stand in the program."""
    agrees_with_python(PRELUDE + source, {n: a for n, a in INPUTS.items() if n in source})


READS = [
    *(
        "X[i]",
        "X[:, j]",
        "X[i, :]",
        "X[i, j]",
        "X[..., j]",
        "X[i, ...]",
        "X[i, None]",
        "X[None, i]",
    ),
    *("X[i, 1:3]", "X[1:, j]", "X[::-1, j]", "X[i, ::2]", "X[:, j, None]", "X[i, None, j]"),
    *(
        "X[1, j]",
        "X[i, -1]",
        "X[-1, [0, -2]]",
        "X[[0, -1]]",
        "X[k]",
        "X[:, k]",
        "X[k, 0]",
        "X[k, 1:]",
    ),
    *("X[k[0], j[:2]]", "X[i[:, None], j]", "X[k[:, :, None], j]", "X[np.arange(3), j]"),
    *("Z[:, i]", "Z[:, i, j]", "Z[:, i, 1:]", "Z[:, :, j]", "Z[..., j]"),
    *(
        "Z[0, i]",
        "Z[0, :, j]",
        "Z[:, i, 0]",
        "Z[1, i, j]",
        "Z[[0, 1], :, [1, 2]]",
        "Z[[1], ..., [3]]",
    ),
    *(
        "Z[:, None, i]",
        "Z[[1, 0], 1:, 0]",
        "Z[1, 1:, j]",
        "Z[-1, ..., k]",
        "Z[:, k]",
        "Z[:, k, None, 0]",
    ),
    *("Z[[[0], [1]], [0, 2]]", "Z[1:, i, j]", "Z[..., i, j]", "Z[0][i]", "Z[:, i][:, :, j]"),
    *(
        "X[X > 0]",
        "X[X[:, 0] > 0]",
        "X[r > 0]",
        "X[r > 0, :]",
        "X[:, u > 0]",
        "X[r > 0, 1]",
        "X[0, u > 0]",
    ),
    *("X[r > 0, 1:]", "X[1:, u > 0]", "X[..., u > 0]", "X[:, u > 0, None]", "X[None, r > 0]"),
    *(
        "Z[:, X > 0]",
        "Z[0, X > 0]",
        "Z[..., u > 0]",
        "Z[:, r > 0]",
        "Z[:, r > 0, 0]",
        "Z[:, r > 0, 1:]",
    ),
    *(
        "Z[Z > 0]",
        "u[u > 0]",
        "u[(u > 0) & (u < 1)]",
        "u[~(u > 0)]",
        "u[[True, False, True, True]]",
    ),
    *("X[np.array([True, False, True])]", "X[:, [False, True, True, False]]", "u[(u > 0)[::-1]]"),
    *(
        "X.T[j]",
        "X[i].T[1:]",
        "X[i][:, j]",
        "X[i][0]",
        "np.eye(4)[j] @ u",
        "X[range(3), j]",
        "X[list(range(2))]",
    ),
]


@pytest.mark.parametrize("expression", READS)
def test_an_index_picks_what_it_picks_in_numpy(expression: str) -> None:
    agrees(f"L = np.sin({expression})")


WRITES = [
    *("P[i] = 2", "P[i] = u", "P[i, j] = r", "P[i, j] = s", "P[:, j] = s", "P[:, j] = r[:, None]"),
    *(
        "P[:, j[:2]] = r[:, None] * u[:2]",
        "P[0, j] = r",
        "P[1:, j] = X[:2, :3]",
        "P[i[:2], 1:] = u[1:]",
    ),
    *(
        "P[..., j] = s",
        "P[k] = s",
        "P[k] = Z[:, :2] * 2",
        "P[np.arange(3), j] -= 1",
        "P[np.arange(3), j] *= r",
    ),
    *(
        "P[i] += u",
        "P[i] += X[i]",
        "P[[0, 0, 0], [1, 1, 2]] = r",
        "P[[0, 0]] += X[:2]",
        "P[[1, 1], 2] += s",
    ),
    *(
        "P[X > 0] = s",
        "P[X > 0] *= 2",
        "P[X > 0] += s",
        "P[r > 0] = u",
        "P[r > 0] *= u",
        "P[:, u > 0] = s",
    ),
    *("P[r > 0, :] = 3", "P[X > 0] = X[X > 0]**2", "P[r > 0] = X[r > 0] * 3", "P[P < 0] = 0"),
    *(
        "P[X > 0] -= X[X > 0] * s",
        "P[-1, [0, -2]] = s",
        "P[[True, False, True]] = u",
        "P[..., u > 0] = 0",
    ),
    *("P[0] = u", "P[0, 1] += s", "P[:, 0] = r", "P[1:, ::2] = s"),
    *("P[None, 0] = u", "P[..., 1] *= r", "P[::-1] = X * 2"),
]


@pytest.mark.parametrize("statement", WRITES)
def test_an_assignment_writes_what_it_writes_in_numpy(statement: str) -> None:
    agrees(f"P = X * 1\n{statement}\nL = np.sum(np.cos(P) * X)")


WRITES_DEEP = [
    *(
        "Q[:, i] = s",
        "Q[:, i, j] = r",
        "Q[0, i] = u",
        "Q[0, :, j] = r[:, None]",
        "Q[[0, 1], :, [1, 2]] = r",
    ),
    *(
        "Q[..., j] += s",
        "Q[:, :, [0, 2]] = X[:, :2]",
        "Q[:, X > 0] = s",
        "Q[:, r > 0] = 0",
        "Q[Z > 0] = s",
    ),
    *("Q[:, k] = u", "Q[1:, i] = u", "Q[1, i[:2], 1:3] *= s"),
]


@pytest.mark.parametrize("statement", WRITES_DEEP)
def test_an_assignment_into_three_axes_writes_what_it_writes_in_numpy(statement: str) -> None:
    agrees(f"Q = Z * 1\n{statement}\nL = np.sum(np.cos(Q) * Z)")


def test_where_an_index_names_a_place_twice_the_last_write_stays() -> None:
    # P = [x0, x1]; both writes go to P[0], so only v1 is in the sum: x1 + v1.
    source = "P = x * 1\nP[[0, 0]] = v\nL = np.sum(P)"
    found, slopes = ask(source, {"x": [1.0, 2.0], "v": [10.0, 20.0]})
    same(found, 22)
    same(slopes["x"], [0, 1])
    same(slopes["v"], [0, 1])


def test_an_augmented_assignment_through_a_repeated_index_adds_once_as_in_numpy() -> None:
    source = "P = x * 1\nP[[0, 0]] += v\nL = np.sum(P)"
    found, slopes = ask(source, {"x": [1.0, 2.0], "v": [10.0, 20.0]})
    same(found, 1 + 20 + 2)
    same(slopes["v"], [0, 1])


def test_adding_at_repeated_indices_is_refused_with_the_product_that_does_it() -> None:
    error = refused("P = x * 1\nnp.add.at(P, [0, 0], v)\nL = np.sum(P)")
    assert (error.span.line, error.span.column) == (2, 0)
    assert "np.eye" in error.hint


def test_the_gradient_of_the_softmax_loss_by_the_lecture_notes_lines() -> None:
    # dL/dscores = (p - onehot) / N: what the three lines compute is the gradient of the loss above them.
    loss = "p = softmax(scores)\nL = np.mean(-np.log(p[np.arange(3), y]))"
    lines = "dscores = softmax(scores)\ndscores[np.arange(3), y] -= 1\ndscores /= 3"
    inputs = {"scores": INPUTS["X"], "y": [1, 3, 0]}
    np.testing.assert_allclose(value(lines, inputs), gradients(loss, inputs)["scores"], atol=1e-15)


def test_a_label_picked_or_reshaped_is_still_a_label() -> None:
    source = "L = np.sum(X[y[1:], 0]) + np.sum(X[y.reshape(3, 1), t[None, :]])"
    found, slopes = ask(source, {"X": INPUTS["X"], "y": [2, 0, 1], "t": [3, 1]})
    X, y, t = INPUTS["X"], np.array([2, 0, 1]), np.array([3, 1])
    np.testing.assert_allclose(found, X[y[1:], 0].sum() + X[y[:, None], t].sum(), rtol=1e-14)
    assert set(slopes) == {"X"}


def test_an_entry_of_a_label_is_an_index_that_new_labels_move() -> None:
    circuit = build("L = X[0, y[1]]", {"X": INPUTS["X"], "y": [0, 2]})
    same(circuit.value_and_grad()[0], INPUTS["X"][0, 2])
    same(circuit.value_and_grad({"y": [0, 3]})[0], INPUTS["X"][0, 3])


def test_new_labels_move_what_an_assignment_writes() -> None:
    circuit = build(
        "P = X * 1\nP[np.arange(3), y] = 0\nL = np.sum(P)", {"X": INPUTS["X"], "y": [0, 1, 2]}
    )
    _, slopes = circuit.value_and_grad({"y": [3, 3, 3]})
    same(slopes["X"], np.array([[1, 1, 1, 0]] * 3))


def test_an_assumed_axis_is_as_long_as_its_largest_index() -> None:
    assert traced("L = np.sum(U[[0, 6], :])").graph.inputs["U"].value.shape[0] >= 7
    assert build("L = np.sum(U[y])", {"y": [0, 8]}).inputs["U"].shape[0] >= 9


def test_positive_assumptions_are_made_before_entries_are_counted() -> None:
    trace = traced("L = np.sum(np.log(z[z > 0.5]))")
    assert np.isfinite(trace.nodes[trace.graph.output].value)


def test_a_mask_that_picks_another_number_of_entries_needs_another_circuit() -> None:
    circuit = build(
        "P = x * 1\nP[x > 0] = v\nL = np.sum(P)", {"x": [1.0, -1.0, 2.0], "v": [5.0, 6.0]}
    )
    same(circuit.value_and_grad({"x": [1.0, 2.0, -4.0]})[0], 7)
    with pytest.raises(EngineError):
        circuit.value_and_grad({"x": [1.0, 2.0, 4.0]})


def test_a_mask_that_cannot_be_computed_is_refused_with_its_place() -> None:
    error = refused("L = np.sum(x[np.linalg.inv(A)[0] > 0])", {"x": [1, 2], "A": [[1, 1], [1, 1]]})
    assert error.code == "bad-input"
    assert (error.span.line, error.span.column) == (1, 13)


def test_a_picked_array_is_a_copy_and_a_slice_is_a_view() -> None:
    same(value("P = x * 1\nq = P[[0, 1]]\nq += 1\nL = np.sum(P)", {"x": [1.0, 2.0]}), 3)
    error = refused("P = x * 1\nq = P[0:1]\nq += 1\nL = np.sum(P)", {"x": [1.0, 2.0]})
    assert ".copy()" in error.hint


@pytest.mark.parametrize(
    ("source", "column", "part"),
    [
        ("L = np.sum(X[r > 0, [1, 2]])", 11, "x[mask]"),
        ("L = np.sum(Z[0, :, u > 0])", 11, "x[mask]"),
        ("L = np.sum(X[r])", 11, "whole"),
        ("L = np.sum(X[X[0]])", 11, "whole"),
        ("L = np.sum(X[X[0] * 2])", 11, "Index with"),
        ("L = np.sum(X[[0, 3]])", 11, "0 to 2"),
        ("L = np.sum(X[:, [4]])", 11, "0 to 3"),
        ("L = np.sum(X[[0], [1], [2]])", 11, "at most 2"),
        ("L = np.sum(X[[0, 1], [1, 2, 3]])", 11, "equal"),
        ("L = np.sum(X[u > 0])", 11, "mask"),
        ("P = X * 1; P[[0, 1]] = r; L = np.sum(P)", 11, "shape"),
        ("P = X * 1; P[X > 0] = u; L = np.sum(P)", 11, ""),
        ("P = X * 1; P[X > 0] = X; L = np.sum(P)", 11, "shape"),
        ("P = X * 1; P[:, u > 0] = r[:, None]; L = np.sum(P)", 11, "np.where"),
        ("P = X * 1; P[r > 0, 1:] = 0; L = np.sum(P)", 11, "np.where"),
        ("P = X * 1; P[[0], None] = 0; L = np.sum(P)", 11, "None"),
        ("P = X * 1; P[X[0] * 2] = 0; L = np.sum(P)", 11, "Index with"),
    ],
)
def test_what_an_index_cannot_do_is_refused_with_a_way_out(
    source: str, column: int, part: str
) -> None:
    error = refused(source, {n: a for n, a in INPUTS.items() if n in source})
    assert error.span is not None
    assert (error.span.line, error.span.column) == (1, column)
    assert part in f"{error.detail} {error.hint}"
