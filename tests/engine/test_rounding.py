"""A pass worked out by hand: each number is rounded before the next is computed from it."""

from __future__ import annotations

import numpy as np
import pytest

from engine import build
from engine.rounding import to_decimals

NEURON = "f = 1 / (1 + np.exp(-(w0*x0 + w1*x1 + w2)))"
GIVEN = {"w0": 2, "x0": -1, "w1": -3, "x1": -2, "w2": -3}


def test_the_slide_of_the_sigmoid_circuit_to_the_printed_digits() -> None:
    # CS231n, lecture 4, "Another example": 1.00, −0.53, −0.53, −0.20, 0.20, 0.20, then 0.20 by each product.
    # Its inputs show −0.20, 0.40, −0.40, −0.60, 0.20, where the course notes, in full precision, print 0.39 and −0.59.
    trace = build(NEURON, GIVEN).trace(digits=2)
    values = [float(node.value) for node in trace.nodes if node.node.primitive]
    assert values == [-2.0, 6.0, 4.0, 1.0, -1.0, 0.37, 1.37, 0.73]
    received = {node.code: node.upstream for node in trace.nodes if node.upstream is not None}
    assert [float(received[f"t{k}"]) for k in (7, 6, 5, 4, 3, 2, 1)] == [
        *(-0.53, -0.53, -0.20, 0.20, 0.20, 0.20, 0.20),
    ]
    assert {name: float(gradient) for name, gradient in trace.gradients.items()} == {
        "w0": -0.2,
        "x0": 0.4,
        "w1": -0.4,
        "x1": -0.6,
        "w2": 0.2,
    }


def test_every_product_is_that_of_the_numbers_as_written() -> None:
    trace = build(NEURON, GIVEN).trace(digits=2)
    round_to = to_decimals(2)
    checked = 0
    for node in trace.nodes:
        for wire in node.wires:
            if wire.downstream is None or wire.local.value is None or node.upstream is None:
                continue
            assert wire.local.value == round_to(wire.local.value)
            assert wire.downstream == round_to(node.upstream * wire.local.value)
            checked += 1
    assert checked == 12


def test_the_words_say_the_rounded_numbers() -> None:
    trace = build(NEURON, GIVEN).trace(digits=2)
    step = next(step for step in trace.steps if step.address == "b:t6.exp.0")
    assert step.text.endswith("= (-0.53) × 0.37 = -0.2.")


def test_the_steps_are_the_same_and_the_plain_trace_is_untouched() -> None:
    circuit = build(NEURON, GIVEN)
    exact, rounded = circuit.trace(), circuit.trace(digits=2)
    assert [s.address for s in exact.steps] == [s.address for s in rounded.steps]
    assert exact.gradients["x0"] == pytest.approx(0.39322386648)
    assert circuit.trace().gradients["x0"] == exact.gradients["x0"]


def test_sums_of_fan_out_and_of_broadcasting_are_written_too() -> None:
    # L = sum((x + b)^2), b stretched: every number in it has two decimals.
    trace = build("L = np.sum((x + b)**2)", {"x": [0.111, 0.222], "b": 0.333}).trace(digits=2)
    assert list(trace.nodes[0].value) == [0.11, 0.22]
    # (0.44, 0.55) doubled is (0.88, 1.10); their sum is 1.98.
    assert list(trace.gradients["x"]) == [0.88, 1.1]
    assert trace.gradients["b"] == 1.98


def test_labels_and_constants_keep_their_digits() -> None:
    source = "L = 0.001 * p[y]"
    trace = build(source, {"p": [1.0, 2.0], "y": 1}).trace(digits=2)
    assert [float(n.value) for n in trace.nodes if n.node.kind.value == "constant"] == [0.001]


@pytest.mark.parametrize(
    ("number", "written"),
    [(0.125, 0.13), (-0.125, -0.13), (1.005, 1.01), (2.675, 2.68), (-0.004, 0.0), (1e300, 1e300)],
)
def test_halves_go_away_from_zero_as_by_hand(number: float, written: float) -> None:
    found = to_decimals(2)(np.asarray(number))
    assert found == written
    assert not (found == 0 and np.signbit(found))


def test_what_is_not_finite_stays_so() -> None:
    found = to_decimals(2)(np.array([np.nan, np.inf, -np.inf]))
    assert np.isnan(found[0])
    assert list(found[1:]) == [np.inf, -np.inf]
