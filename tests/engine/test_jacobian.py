"""The Jacobian between any two nodes: by hand, by differences, forward against backward, and never larger than asked."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from engine import Circuit, EngineError, Limits, build
from engine.backward import has_rule
from engine.errors import BadInput, Timeout, UndefinedName
from engine.forward import forward
from engine.graph import Role
from engine.jacobian import Derivative, scattered
from engine.limits import Deadline
from engine.numerical import Function
from engine.primitives import Structure
from tests.engine.corpus import Program as Written
from tests.engine.corpus import corpus
from tests.engine.differences import five_point
from tests.engine.test_random_programs import Program, at_a_kink, example, programs

Array = NDArray[np.float64]

W = [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]
LAYER = "z = W @ x\nh = np.tanh(z)\ny = h * h + h\nL = np.sum(y)"
POINT: dict[str, object] = {"W": W, "x": [0.1, -0.2, 0.1]}


def layer() -> Circuit:
    return build(LAYER, POINT)


def matrix(source: str, inputs: dict[str, object], of: str, wrt: str) -> Array:
    """Returns the whole matrix."""
    found = build(source, inputs).jacobian(of, wrt).matrix
    assert found is not None
    return found


def differences(circuit: Circuit, of: int, wrt: int, h: float) -> Array:
    """Returns the numerical Jacobian between two places of the tape, one row of the output at a time."""
    deadline = Deadline(circuit.limits)
    values = forward(circuit.graph, circuit.inputs, deadline)
    rows = []
    for i in range(values[of].size):
        seed = np.zeros(values[of].shape)
        seed.flat[i] = 1.0
        function = Function(replace(circuit.graph, output=of), values, wrt, seed, deadline)
        rows.append(five_point(of_array(function), function.x, h)[0])
    return np.array(rows).reshape(values[of].size, values[wrt].size)


def of_array(function: Function) -> Callable[[Array], Array]:
    """Returns a function whose value is an array."""
    return lambda x: np.asarray(function(x))


# ---------- by hand ----------


def test_the_jacobian_of_a_product_for_its_vector_is_the_matrix() -> None:
    # z = W x, so dz_i/dx_j = W_ij.
    found = layer().jacobian("z", "x")
    np.testing.assert_array_equal(found.matrix, W)
    assert (found.rows, found.columns, found.structure) == (2, 3, Structure.MATMUL)
    assert (found.nonzeros, found.counted, found.paths) == (6, True, 1)


def test_the_jacobian_of_a_product_for_its_matrix_has_the_vector_in_each_row_s_own_place() -> None:
    # d(W x)_i/dW_ij = x_j, and 0 for every other row of W.
    x = [0.1, -0.2, 0.1]
    np.testing.assert_array_equal(layer().jacobian("z", "W").matrix, [[*x, 0, 0, 0], [0, 0, 0, *x]])


@pytest.mark.parametrize(
    ("name", "slope"),
    [
        ("np.tanh", lambda z: 1 - np.tanh(z) ** 2),
        ("np.exp", np.exp),
        ("relu", lambda z: (z > 0) * 1.0),
        ("sigmoid", lambda z: np.exp(-z) / (1 + np.exp(-z)) ** 2),
    ],
)
def test_an_activation_s_jacobian_is_diagonal_and_exactly_zero_elsewhere(name, slope) -> None:
    z = np.array([-1.5, 0.3, 2.0])
    found = build(f"h = {name}(z)", {"z": z}).jacobian("h", "z")
    assert found.structure is Structure.DIAGONAL
    np.testing.assert_allclose(np.diag(found.matrix), slope(z), rtol=1e-14)
    np.testing.assert_array_equal(found.matrix - np.diag(np.diag(found.matrix)), np.zeros((3, 3)))
    np.testing.assert_array_equal(found.diagonal, np.diag(found.matrix))
    assert found.nonzeros == np.count_nonzero(slope(z))


def test_softmax_is_dense_and_its_rows_sum_to_zero() -> None:
    # dp_i/df_j = p_i ([i = j] - p_j).
    f = np.array([1.0, 2.0, 4.0])
    p = np.exp(f) / np.sum(np.exp(f))
    found = build("p = softmax(f)", {"f": f}).jacobian("p", "f")
    np.testing.assert_allclose(found.matrix, np.diag(p) - np.outer(p, p), rtol=1e-13)
    assert found.structure is Structure.DENSE
    assert found.nonzeros == 9


def test_elementwise_gates_between_two_nodes_compose_to_a_diagonal() -> None:
    # y = h² + h: dy/dh = 2h + 1, along three paths.
    found = layer().jacobian("y", "h")
    h = np.tanh(np.array(W) @ [0.1, -0.2, 0.1])
    assert (found.structure, found.paths) == (Structure.DIAGONAL, 3)
    np.testing.assert_allclose(found.diagonal, 2 * h + 1, rtol=1e-14)
    np.testing.assert_allclose(found.matrix, np.diag(2 * h + 1), rtol=1e-14)


def test_a_stretched_argument_s_diagonal_stands_in_the_column_its_rows_came_from() -> None:
    # y_ij = x_ij b_j: dy_ij/db_j = x_ij.
    x = np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
    found = build("y = x * b", {"x": x, "b": [1, 1]}).jacobian("y", "b")
    assert found.structure is Structure.DIAGONAL
    np.testing.assert_array_equal(found.diagonal, x)
    np.testing.assert_array_equal(found.matrix, [[1, 0], [0, 2], [3, 0], [0, 4], [5, 0], [0, 6]])


@pytest.mark.parametrize(
    ("source", "structure", "nonzeros"),
    [
        ("y = np.sum(x, axis=0)", Structure.REDUCTION, 6),
        ("y = x.T", Structure.PERMUTATION, 6),
        ("y = x[0]", Structure.SELECTION, 3),
        ("y = np.broadcast_to(x, (4, 2, 3))", Structure.BROADCAST, 24),
        ("y = x @ np.ones((3, 2))", Structure.MATMUL, 12),
        ("y = np.concatenate([x, x * 0], axis=1)", Structure.DENSE, 6),
        ("y = softmax(x)", Structure.DENSE, 18),
    ],
)
def test_a_single_gate_keeps_its_own_word_and_the_true_count(source, structure, nonzeros) -> None:
    x = np.arange(1.0, 7.0).reshape(2, 3)
    found = build(source, {"x": x}).jacobian("y", "x")
    assert found.structure is structure
    assert (found.nonzeros, found.counted) == (nonzeros, True)
    # What the structure alone says is at least as many.
    unseen = build(source, {"x": x}, limits=Limits(jacobian_numbers=1)).jacobian("y", "x")
    assert unseen.matrix is None
    assert not unseen.counted
    assert nonzeros <= unseen.nonzeros <= found.rows * found.columns
    assert unseen.nonzeros == nonzeros or structure is Structure.DENSE


def test_a_node_is_its_own_identity() -> None:
    found = layer().jacobian("h", "h")
    np.testing.assert_array_equal(found.matrix, np.eye(2))
    assert (found.structure, found.paths) == (Structure.DIAGONAL, 1)


def test_scalars_have_a_jacobian_of_one_entry() -> None:
    # f = q z at q = 3, z = -4.
    found = build("q = x + y\nf = q * z", {"x": -2, "y": 5, "z": -4}).jacobian("f", "x")
    assert found.structure is Structure.SCALAR
    np.testing.assert_array_equal(found.matrix, [[-4]])


def test_nodes_that_do_not_depend_on_one_another_have_zeros_and_say_so() -> None:
    found = layer().jacobian("z", "h")
    np.testing.assert_array_equal(found.matrix, np.zeros((2, 2)))
    assert (found.paths, found.nonzeros) == (0, 0)
    assert "No differentiable path" in found.note


def test_a_mask_passes_nothing() -> None:
    found = build("m = x > 0\ny = np.where(m, x, 0)", {"x": [1, -1]}).jacobian("m", "x")
    assert found.paths == 0


def test_a_large_jacobian_is_not_written_out_but_its_size_is_true() -> None:
    source = "Y = X @ V"
    found = build(
        source, {"X": {"shape": [64, 64]}, "V": {"shape": [64, 64]}}, limits=Limits(jacobian_numbers=4096)
    ).jacobian("Y", "V")  # fmt: skip
    assert found.matrix is None
    assert (found.rows, found.columns) == (4096, 4096)
    # Each of the 4,096 entries of Y depends on 64 of V.
    assert (found.nonzeros, found.counted) == (4096 * 64, False)
    assert "16,777,216" in found.note


def test_the_limit_counts_entries_and_is_inclusive() -> None:
    for size, written in ((64, True), (65, False)):
        circuit = build(
            "y = softmax(x)", {"x": {"shape": [size]}}, limits=Limits(jacobian_numbers=4096)
        )
        assert (circuit.jacobian("y", "x").matrix is not None) == written


def test_a_row_and_a_column_are_those_of_the_matrix_in_their_own_shapes() -> None:
    found = layer().jacobian("y", "W", row=1, column=4)
    assert found.row is not None
    assert found.column is not None
    np.testing.assert_allclose(found.row.entries, found.matrix[1].reshape(2, 3), rtol=1e-14)
    np.testing.assert_allclose(found.column.entries, found.matrix[:, 4], rtol=1e-14)


def test_an_upstream_gives_the_message_that_the_backward_pass_carries() -> None:
    circuit = layer()
    trace = circuit.trace()
    by_name = {n.node.name: n for n in trace.nodes}
    found = circuit.jacobian("z", "x", upstream=by_name["z"].upstream)
    np.testing.assert_allclose(found.product, by_name["x"].upstream, rtol=1e-14)
    np.testing.assert_allclose(found.product, by_name["z"].upstream @ found.matrix, rtol=1e-14)


def test_the_output_is_what_is_differentiated_by_default() -> None:
    circuit = layer()
    _, gradients = circuit.value_and_grad()
    np.testing.assert_allclose(
        circuit.jacobian(None, "W").matrix[0], gradients["W"].ravel(), rtol=1e-14
    )


def test_an_output_of_any_shape_has_a_jacobian() -> None:
    np.testing.assert_array_equal(
        build("x * x", {"x": [1, 2]}).jacobian(None, "x").matrix, [[2, 0], [0, 4]]
    )


# ---------- names ----------


def test_ids_and_names_are_the_same_nodes() -> None:
    circuit = layer()
    place = circuit.names["h"]
    np.testing.assert_array_equal(
        circuit.jacobian("y", f"n{place}").matrix, circuit.jacobian("y", "h").matrix
    )


def test_a_program_s_own_name_wins_over_an_id() -> None:
    np.testing.assert_array_equal(matrix("n0 = 3 * x\ny = n0 * 5", {"x": 2}, "n0", "x"), [[3]])


def test_of_a_rebound_name_the_end_is_differentiated_for_the_input() -> None:
    np.testing.assert_array_equal(matrix("x = x * 3\nx = x * 5", {"x": 2}, "x", "x"), [[15]])


@pytest.mark.parametrize(
    ("of", "wrt", "hint"),
    [("z_", "x", "z"), ("h", "w", "W"), ("h", "n99", "n0"), ("h", "__class__", "")],
)
def test_an_unknown_name_is_refused_with_the_nearest(of: str, wrt: str, hint: str) -> None:
    with pytest.raises(UndefinedName) as error:
        layer().jacobian(of, wrt)
    assert hint in error.value.hint


def test_a_label_and_a_mask_are_refused_as_what_is_moved() -> None:
    circuit = build(
        "m = f > 0\ng = np.where(m, f, 0)\np = softmax(g)\nL = -np.log(p[y])",
        {"f": [1, 2, 3], "y": 1},
    )
    for name in ("y", "m"):
        with pytest.raises(BadInput) as error:
            circuit.jacobian("L", name)
        assert "real numbers" in error.value.hint
    assert circuit.graph.inputs["y"].role is Role.LABEL


def test_an_input_that_the_program_does_not_use_is_refused() -> None:
    with pytest.raises(BadInput, match="does not use"):
        build("y = x * x", {"x": 1, "unused": 2}).jacobian("y", "unused")


@pytest.mark.parametrize("line", [{"row": 2}, {"row": -1}, {"column": 3}, {"column": 10**30}])
def test_a_row_or_column_that_is_not_there_is_refused_with_the_count(line: dict[str, int]) -> None:
    with pytest.raises(BadInput) as error:
        layer().jacobian("z", "x", **line)
    assert "Count from 0 to" in error.value.hint


def test_an_upstream_of_another_shape_is_refused() -> None:
    with pytest.raises(EngineError, match="upstream has shape"):
        layer().jacobian("z", "x", upstream=[1, 2, 3])


# ---------- corners and infinities ----------


def test_an_infinite_slope_stays_in_its_own_entry() -> None:
    # d sqrt(x)/dx is infinite at 0, and 1/4 at 4; the entries do not reach each other.
    for source in (
        "y = np.sqrt(x)",
        "y = np.sqrt(x)[::-1]",
        "y = np.concatenate([np.sqrt(x), np.zeros(1)])[:2]",
        "y = np.sum(np.sqrt(x).reshape(2, 1), axis=1)",
    ):
        found = build(source, {"x": [0, 4]}).jacobian("y", "x", row=0, column=0)
        rows = found.matrix[::-1] if "::-1" in source else found.matrix
        np.testing.assert_array_equal(rows, [[np.inf, 0], [0, 0.25]])
        np.testing.assert_array_equal(found.row.entries, found.matrix[0])
        np.testing.assert_array_equal(found.column.entries, found.matrix[:, 0])


def test_a_branch_that_where_did_not_choose_gives_zero_in_both_directions() -> None:
    source = "y = np.where(x > 0, np.sqrt(x), 0)\nz = y * y"
    found = build(source, {"x": [0, 4]}).jacobian("z", "x", row=0, column=0)
    np.testing.assert_array_equal(found.matrix, [[0, 0], [0, 1]])
    np.testing.assert_array_equal(found.row.entries, [0, 0])
    np.testing.assert_array_equal(found.column.entries, [0, 0])


def test_gates_that_move_entries_keep_an_unchosen_branch_from_turning_into_nan() -> None:
    source = "y = np.where(x > 0, np.sqrt(x).reshape(2, 1)[:, 0], 0)\nL = np.sum(y)"
    _, gradients = build(source, {"x": [0, 4]}).value_and_grad()
    np.testing.assert_array_equal(gradients["x"], [0, 0.25])


# ---------- any program ----------


@example
@given(programs(), st.integers(0, 10**6), st.integers(0, 10**6))
def test_rows_columns_matrix_and_structure_agree_in_any_program(
    program: Program, one: int, other: int
) -> None:
    circuit = build("\n".join(program.lines), program.inputs)
    gates = [n.index for n in circuit.graph.nodes if n.primitive is not None]
    of = gates[one % len(gates)]
    names = list(program.inputs)
    wrt = circuit.graph.inputs[names[other % len(names)]].node
    if wrt is None:
        return
    found = circuit.jacobian(f"n{of}", f"n{wrt}")
    rows = [circuit.jacobian(f"n{of}", f"n{wrt}", row=i).row for i in range(found.rows)]
    columns = [circuit.jacobian(f"n{of}", f"n{wrt}", column=j).column for j in range(found.columns)]
    by_rows = np.array([r.entries.ravel() for r in rows])
    by_columns = np.array([c.entries.ravel() for c in columns]).T
    np.testing.assert_allclose(found.matrix, by_rows, rtol=1e-9, atol=1e-11)
    np.testing.assert_allclose(by_columns, by_rows, rtol=1e-9, atol=1e-11)
    assert found.nonzeros == np.count_nonzero(found.matrix)
    if not found.paths:
        assert found.nonzeros == 0
    rough, fine = (differences(circuit, of, wrt, h) for h in (2e-4, 2e-5))
    if not at_a_kink(rough, fine):
        np.testing.assert_allclose(found.matrix, rough, rtol=1e-6, atol=1e-7)


def test_forward_mode_agrees_with_differences_through_a_dense_gate_over_its_cap() -> None:
    # softmax over 150 entries has a local Jacobian of 22,500 numbers, which is not kept.
    x = np.random.default_rng(0).normal(size=150)
    found = build("y = softmax(np.tanh(x))", {"x": x}).jacobian("y", "x", column=7)
    column = five_point(
        lambda t: (
            np.exp(np.tanh(np.where(np.arange(150) == 7, t, x)))
            / np.sum(np.exp(np.tanh(np.where(np.arange(150) == 7, t, x))))
        ),
        np.asarray(x[7]),
    )[:, 0]
    np.testing.assert_allclose(found.column.entries, column, rtol=1e-8, atol=1e-11)


# ---------- never larger than asked ----------


def test_a_wide_elementwise_jacobian_is_answered_without_its_matrix() -> None:
    # Its matrix would take 200,000² × 8 bytes = 320 GB.
    circuit = build("y = np.tanh(x * 2) * x", {"x": {"shape": [200_000]}})
    tracemalloc.start()
    found = circuit.jacobian("y", "x", row=5, column=5)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 60 * 200_000 * 8
    assert found.matrix is None
    assert (found.structure, found.counted) == (Structure.DIAGONAL, True)
    assert found.diagonal.shape == (200_000,)
    assert found.row.entries[5] == pytest.approx(found.diagonal[5])
    assert found.column.entries[5] == pytest.approx(found.diagonal[5])
    assert np.count_nonzero(found.row.entries) == np.count_nonzero(found.column.entries) == 1


def test_joined_arrays_have_columns_at_any_size() -> None:
    circuit = build("y = np.concatenate([x, np.tanh(x)])", {"x": {"shape": [100_000]}})
    column = circuit.jacobian("y", "x", column=3).column
    assert np.flatnonzero(column.entries).tolist() == [3, 100_003]


def test_the_backward_pass_builds_no_jacobian() -> None:
    rng = np.random.default_rng(0)
    given = {"X": rng.normal(size=(100, 80)), "V": rng.normal(size=(80, 60))}
    circuit = build("L = np.sum(softmax(np.tanh(X @ V))**2)", given)
    circuit.value_and_grad()
    tracemalloc.start()
    circuit.value_and_grad()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    # The smallest Jacobian of a gate here, softmax's, would have 6,000² numbers.
    assert peak < 40 * 100 * 80 * 8


def test_a_matrix_that_takes_too_long_is_refused_in_time() -> None:
    source = "y = x\n" + "y = np.tanh(y @ V)\n" * 500
    limits = Limits(seconds=0.2)
    circuit = build(
        source,
        {"x": {"shape": [512], "scale": 0.1}, "V": {"shape": [512, 512], "scale": 0.01}},
        limits=Limits(),
    )
    circuit.limits = limits
    with pytest.raises(Timeout):
        circuit.jacobian("y", "x")


@pytest.mark.parametrize("program", corpus(), ids=lambda p: p.name)
def test_forward_and_backward_mode_agree_on_every_wire_of_the_corpus(program: Written) -> None:
    circuit = build(program.source, program.inputs, output="L", wrt=program.wrt)
    deadline = Deadline(circuit.limits)
    values = forward(circuit.graph, circuit.inputs, deadline)
    for node in circuit.graph.nodes:
        for source in {a for k, a in enumerate(node.arguments) if has_rule(node, k)}:
            if (
                values[source].dtype != np.float64
                or values[source].size * values[node.index].size > 400
            ):
                continue
            derivative = Derivative(circuit.graph, values, node.index, source, deadline)
            rows = np.array([derivative.row(i).ravel() for i in range(derivative.rows)])
            columns = np.array([derivative.column(j).ravel() for j in range(derivative.columns)]).T
            np.testing.assert_allclose(columns, rows, rtol=1e-10, atol=1e-12)
            structure = derivative.structure()
            assert np.count_nonzero(rows) <= derivative.most_nonzeros(structure)
            if structure is Structure.DIAGONAL:
                whole = scattered(derivative.diagonal(), derivative.wrt_shape)
                np.testing.assert_allclose(whole, rows, rtol=1e-12, atol=1e-14)
