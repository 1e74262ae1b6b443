"""The equation of each step, held against what a lecturer would write on the board."""

from __future__ import annotations

import numpy as np
import pytest

from tests.engine.asking import traced

D = r"\frac{\partial %s}{\partial %s}"


def equations(source: str, inputs: dict[str, object] | None = None, kind: str = "") -> list[str]:
    """Returns the equations of the steps of one kind, or of all."""
    return [s.latex for s in traced(source, inputs).steps if not kind or s.kind == kind]


XYZ = {"x": -2, "y": 5, "z": -4}


def test_a_forward_step_says_the_formula_in_symbols_and_then_with_the_numbers() -> None:
    _, q, f = equations("q = x + y\nf = q * z", XYZ, "evaluate")
    assert q == "q = x + y = -2 + 5 = 3"
    assert f == r"f = q \cdot z = 3 \cdot \left(-4\right) = -12"


def test_the_first_step_gives_the_inputs_with_numbers_or_sizes() -> None:
    first = equations("L = np.sum(W @ x) + b", {"W": np.ones((2, 3)), "x": [1, 2, 3], "b": -1})[0]
    assert first == r"W \in \mathbb{R}^{2 \times 3},\quad x \in \mathbb{R}^{3},\quad b = -1"


def test_a_local_step_gives_each_slope_with_its_number() -> None:
    q, f = equations("q = x + y\nf = q * z", XYZ, "local")
    assert q == rf"{D % ('q', 'x')} = 1,\quad {D % ('q', 'y')} = 1"
    assert f == rf"{D % ('f', 'q')} = z = -4,\quad {D % ('f', 'z')} = q = 3"


def test_a_backward_step_multiplies_upstream_and_slope_in_numbers_too() -> None:
    found = equations("q = x + y\nf = q * z", XYZ, "multiply")
    assert (
        found[0] == rf"{D % ('f', 'q')} = {D % ('f', 'f')} \cdot z = 1 \cdot \left(-4\right) = -4"
    )
    assert found[2] == rf"{D % ('f', 'x')} = {D % ('f', 'q')} = -4 \cdot 1 = -4"


def test_a_fan_out_adds_in_numbers() -> None:
    (found,) = equations("f = x * x", {"x": 3}, "accumulate")
    assert found == rf"{D % ('f', 'x')} = 3 + 3 = 6"


def test_matrix_gradients_are_products_with_the_error_signal_and_a_transpose() -> None:
    left, right = equations(
        "Y = X @ W\nL = np.sum(Y)", {"X": np.ones((2, 3)), "W": np.ones((3, 4))}, "multiply"
    )[-2:]
    signal = rf",\quad \delta = {D % ('L', 'Y')}"
    assert left == rf"{D % ('L', 'X')} = \delta\,W^{{\top}}{signal}"
    assert right == rf"{D % ('L', 'W')} = X^{{\top}}\,\delta{signal}"


def test_the_gradient_of_a_stretched_argument_is_a_sum() -> None:
    found = equations(
        "y = X + b\nL = np.sum(y)", {"X": np.ones((2, 3)), "b": [1, 2, 3]}, "multiply"
    )
    assert found[-1] == rf"{D % ('L', 'b')} = \textstyle\sum_{{\text{{axis }}0}} {D % ('L', 'y')}"


def test_a_transposed_gate_transposes_the_error_signal() -> None:
    found = equations("y = X.T\nL = np.sum(y)", {"X": np.ones((2, 3))}, "multiply")[-1]
    assert found == rf"{D % ('L', 'X')} = \delta^{{\top}},\quad \delta = {D % ('L', 'y')}"


def test_no_equation_speaks_of_a_four_index_tensor() -> None:
    source = "h = np.tanh(X @ W)\nL = np.sum(h @ V)"
    inputs = {"X": np.ones((2, 3)), "W": np.ones((3, 4)), "V": np.ones((4, 2))}
    assert not any("otimes" in e or "J^" in e for e in equations(source, inputs))


@pytest.mark.parametrize(
    ("number", "shown"),
    [(1e-7, r"10^{-7}"), (-1e300 * 1e10, r"-\infty"), (1e300 * 1e10, r"\infty")],
)
def test_large_small_and_infinite_numbers_are_written_as_mathematics(
    number: float, shown: str
) -> None:
    assert (
        shown
        in equations(
            "f = x * y",
            {
                "x": number if np.isfinite(number) else np.sign(number) * 1e300,
                "y": 1 if np.isfinite(number) else 1e10,
            },
            "evaluate",
        )[1]
    )


def test_an_upstream_that_is_given_is_shown_as_given() -> None:
    (seed,) = [s.latex for s in traced("y = 2 * x", {"x": [1, 2]}).steps if s.kind == "seed"]
    assert seed == rf"{D % ('y', 'y')} = \text{{the upstream given}}"
