"""Dimension balancing: which of the products of both factors multiply, have the shape, have the value."""

from __future__ import annotations

import numpy as np
import pytest

from engine import EngineError, build
from engine.balance import Balance, Level, Side

NETWORK = "z_1 = X @ W_1\nh_1 = np.maximum(z_1, 0)\ny_hat = h_1 @ W_2\nL = np.sum(y_hat**2)"


def sides_of(source: str, node: str, inputs: dict[str, object] | None = None) -> dict[str, Side]:
    """Returns the puzzles of a product, by the name that the gradient is for."""
    found: Balance = build(source, inputs or {}).balance(node)
    return {side.argument.label: side for side in found.sides}


def counts(level: Level, sign: str = "@") -> tuple[int, int, int]:
    """Returns how many products there are with a sign, how many have the shape, how many the value."""
    laid = [p for p in level.products if p.sign == sign]
    return len(laid), sum(p.shape_ok for p in laid), sum(p.value_ok for p in laid)


def generic(n: int, d: int, m: int) -> dict[str, object]:
    """Returns factors in which nothing is equal by accident, and an upstream of the same kind."""
    rng = np.random.default_rng(7)
    return {
        "X": rng.normal(size=(n, d)),
        "W": rng.normal(size=(d, m)),
        "G": rng.normal(size=(n, m)),
    }


# lecture.md, section 0, item 4: (N, D, M) -> how many of the 8 products fit the shape of dW.
@pytest.mark.parametrize(
    ("sizes", "fits"),
    [
        ((4, 3, 2), 1),
        ((2, 5, 3), 1),
        ((3, 3, 2), 2),
        ((2, 3, 2), 2),
        ((4, 2, 2), 2),
        ((2, 3, 3), 2),
        ((2, 2, 2), 8),
        ((3, 3, 3), 8),
    ],
)
def test_of_the_eight_products_so_many_fit_the_shape_and_one_the_value(
    sizes: tuple[int, int, int], fits: int
) -> None:
    sides = sides_of("Z = X @ W\nL = np.sum(G * Z)", "Z", generic(*sizes))
    for side in sides.values():
        own = next(level for level in side.levels if level.kind == "own")
        assert counts(own) == (8, fits, 1)


def test_the_truth_table_of_different_sizes_is_the_one_worked_by_hand() -> None:
    # X is 4 x 3, G is 4 x 2, dW is 3 x 2. Inner sizes agree where a 4 meets a 4: X.T @ G and G.T @ X.
    side = sides_of("Z = X @ W\nL = np.sum(G * Z)", "Z", generic(4, 3, 2))["W"]
    laid = {
        ("G" if p.left.upstream else "X")
        + ".T" * p.left.transposed
        + " @ "
        + ("G" if p.right.upstream else "X")
        + ".T" * p.right.transposed: p.shape
        for p in side.levels[0].products
        if p.sign == "@"
    }
    assert {name: shape for name, shape in laid.items() if shape} == {
        "X.T @ G": (3, 2),
        "G.T @ X": (2, 3),
    }
    assert len(laid) == 8


def test_the_solution_is_what_the_engine_sends_back() -> None:
    circuit = build(NETWORK)
    trace = circuit.trace()
    for node in ("z_1", "y_hat"):
        for side in circuit.balance(node).sides:
            own = next(level for level in side.levels if level.kind == "own")
            (solution,) = [p for p in own.products if p.value_ok and p.sign == "@"]
            (wire,) = [w for n in trace.nodes for w in n.wires if w.id == side.wire.id]
            np.testing.assert_allclose(solution.value, wire.downstream, rtol=1e-12)


def test_different_sizes_come_first_and_then_the_trap() -> None:
    sides = sides_of(NETWORK, "y_hat")
    assert [level.kind for level in sides["W_2"].levels] == ["own", "square"]
    square = sides_of("Z = X @ W\nL = np.sum(G * Z)", "Z", generic(3, 3, 3))
    assert [level.kind for level in square["W"].levels] == ["distinct", "square", "own"]
    for side in (*sides.values(), *square.values()):
        assert counts(side.levels[0]) == (8, 1, 1)
        trap = next(level for level in side.levels if level.kind == "square")
        assert counts(trap) == (8, 8, 1)


def test_a_nudged_entry_has_the_slope_of_the_right_product_and_of_no_other() -> None:
    trap = sides_of(NETWORK, "y_hat")["W_2"].levels[1]
    row, column = trap.check.index
    slopes = {
        p.value_ok: [q.value[row, column] for q in trap.products if q.value_ok == p.value_ok]
        for p in trap.products
    }
    assert slopes[True] == [pytest.approx(trap.check.slope, rel=1e-6)]
    others = [p.value[row, column] for p in trap.products if p.sign == "@" and not p.value_ok]
    assert sum(abs(slope - trap.check.slope) > 0.5 for slope in others) >= 5


def test_a_product_that_is_right_by_accident_is_not_right_in_general() -> None:
    ones = {"X": np.ones((2, 2)), "W": np.ones((2, 2)), "G": np.ones((2, 2))}
    own = sides_of("Z = X @ W\nL = np.sum(G * Z)", "Z", ones)["W"].levels[-1]
    assert counts(own) == (8, 8, 8)
    assert sum(p.general for p in own.products if p.sign == "@") == 1


def test_a_vector_stands_as_a_column_and_its_outer_product_may_be_spelled_by_stretching() -> None:
    found = build("z = W @ x\nL = np.sum(np.tanh(z))").balance("z")
    assert found.note == "The vector x stands as a column."
    side = next(s for s in found.sides if s.argument.label == "W")
    right = [
        (p.sign, p.left.upstream, p.right.upstream) for p in side.levels[0].products if p.general
    ]
    # G (3, 1) @ x.T (1, 4), and the same by broadcasting, in either order.
    assert right == [("@", True, False), ("*", False, True), ("*", True, False)]


def test_a_wrong_product_that_would_be_large_is_not_computed() -> None:
    circuit = build("np.sum(x @ W)", {"x": np.ones((20_000, 1)), "W": np.ones((1, 1))})
    place = next(n for n in circuit.trace().nodes if n.symbol == "@").node.index
    for side in circuit.balance(f"n{place}").sides:
        for level in side.levels:
            assert all(p.value is None or p.shape_ok for p in level.products)


@pytest.mark.parametrize(
    ("source", "node", "words"),
    [
        ("z = x * y", "z", "no product of matrices"),
        ("A = np.ones((2, 3, 4))\nz = A @ W\nL = np.sum(z)", "z", "stacks of matrices"),
        ("z = X @ W\nL = np.sum(X)\n", "z", "No gradient flows back"),
        ("z = X @ W\nL = np.sum(z)", "zz", "does not have"),
    ],
)
def test_what_cannot_be_balanced_is_refused_with_a_reason(
    source: str, node: str, words: str
) -> None:
    with pytest.raises(EngineError, match=words):
        build(source).balance(node)
