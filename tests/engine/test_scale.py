"""Large programs: long chains, deep loops, many inputs, and work that must stop in time."""

from __future__ import annotations

import numpy as np
import pytest

from engine import EngineError, Limits, build
from engine.composed import form_of
from engine.listing import written

GATES = 10_000


def test_a_chain_of_ten_thousand_gates_builds_runs_and_traces() -> None:
    # y = x × 1.0001^10000; the slope is the same factor.
    source = "y = x\n" + "y = y * 1.0001\n" * GATES
    circuit = build(source, {"x": 2})
    value, gradients = circuit.value_and_grad()
    factor = 1.0001**GATES
    np.testing.assert_allclose(value, 2 * factor, rtol=1e-10)
    np.testing.assert_allclose(gradients["x"], factor, rtol=1e-10)
    trace = circuit.trace()
    # One step for the input and the literals, then each gate forward, locally and back, and the seed.
    assert len(trace.steps) == 1 + 3 * GATES + 1
    assert len({step.address for step in trace.steps}) == len(trace.steps)


def test_a_loop_of_ten_thousand_turns_is_unrolled() -> None:
    circuit = build(f"y = x\nfor t in range({GATES}):\n    y = y + x\n", {"x": 3})
    value, gradients = circuit.value_and_grad()
    assert float(value) == 3 * (GATES + 1)
    assert float(gradients["x"]) == GATES + 1


def test_a_kind_of_gate_is_written_once_however_many_there_are() -> None:
    for kept in (form_of, written):
        kept.cache_clear()
    build("a = x\nfor t in range(200):\n    a = np.tanh(a * w + u)\nL = a", {}).trace()
    # Of a * w, of + u, of tanh: the formula.
    assert form_of.cache_info().misses == 3
    # The same by argument; w and u are used again, so the second line adds to the gradient that the first began.
    assert written.cache_info().misses == 7


def test_loops_nest_without_recursion_growing() -> None:
    depth = 12
    lines = [f"{'  ' * k}for i{k} in range(2):" for k in range(depth)] + [
        "  " * depth + "y = y + x"
    ]
    value, gradients = build("y = x\n" + "\n".join(lines), {"x": 1}).value_and_grad()
    assert float(value) == float(gradients["x"]) == 2**depth + 1


def test_a_value_used_ten_thousand_times_receives_ten_thousand_gradients() -> None:
    source = f"s = 0\nfor t in range({GATES}):\n    s = s + x * t\n"
    # The sum of 0 ... 9999 is 9999 × 10000 / 2.
    assert float(build(source, {"x": 1}).value_and_grad()[1]["x"]) == 49_995_000


def test_functions_may_call_one_another_through_many_levels() -> None:
    levels = 60
    text = "def f0(a):\n    return a + 1\n" + "".join(
        f"def f{k}(a):\n    return f{k - 1}(a) + 1\n" for k in range(1, levels)
    )
    assert float(build(text + f"y = f{levels - 1}(x)", {"x": 0}).value_and_grad()[0]) == levels


def test_many_lines_and_names_are_no_trouble() -> None:
    names = [f"w{k}" for k in range(500)]
    source = (
        "\n".join(f"{n} = {k}" for k, n in enumerate(names)) + "\nf = " + " + ".join(names[:90])
    )
    value, gradients = build(source).value_and_grad()
    assert float(value) == sum(range(90))
    assert len(gradients) == 500


def test_large_arrays_run_without_being_copied_into_a_dense_jacobian() -> None:
    rng = np.random.default_rng(0)
    X, W = rng.normal(size=(200, 300)), rng.normal(size=(300, 100))
    trace = build("L = np.sum(np.maximum(X @ W, 0)**2)", {"X": X, "W": W}).trace()
    Z = X @ W
    np.testing.assert_allclose(trace.gradients["W"], X.T @ (2 * np.maximum(Z, 0)), rtol=1e-10)
    for node in trace.nodes:
        for wire in node.wires:
            value = wire.local.value
            assert value is None or value.size <= node.value.size


def test_a_large_softmax_leaves_its_dense_jacobian_out() -> None:
    trace = build("L = np.sum(softmax(z)**2)", {"z": {"shape": [100, 100]}}).trace()
    wire = next(n.wires[0] for n in trace.nodes if n.node.primitive == "softmax")
    assert wire.local.value is None
    assert wire.local.shape == (100, 100, 100, 100)


SLOW = {
    "many gates": ("y = x\nfor i in range(150000):\n    y = np.sin(y)\n", {"x": 1.0}),
    "many empty turns": (
        "for i in range(3000):\n  for j in range(3000):\n    pass\ny = x",
        {"x": 1.0},
    ),
    "doubling functions": (
        "def f0(a):\n    return a\n"
        + "".join(f"def f{i}(a):\n    return f{i - 1}(f{i - 1}(a))\n" for i in range(1, 30))
        + "y = f29(x)",
        {"x": 1.0},
    ),
    "large products": (
        "A = X\nfor i in range(300):\n    A = np.tanh(A @ X)\ny = np.sum(A)",
        {"X": {"shape": [400, 400]}},
    ),
}


@pytest.mark.parametrize(("source", "inputs"), SLOW.values(), ids=SLOW.keys())
def test_a_program_that_is_too_slow_is_stopped(source: str, inputs: dict[str, object]) -> None:
    with pytest.raises(EngineError) as caught:
        build(source, inputs, limits=Limits(seconds=0.3)).value_and_grad()
    assert (caught.value.code, caught.value.limit) == ("timeout", "seconds")
    assert "0.3 s" in caught.value.detail
    assert caught.value.hint


def test_a_trace_that_is_too_slow_is_stopped() -> None:
    # A softmax's Jacobian is dense: the trace of 5,000 of them is far more work than their gradients.
    source = "y = x\nfor i in range(5000):\n    y = softmax(y)\nL = np.sum(y)"
    circuit = build(source, {"x": {"shape": [100]}})
    circuit.limits = Limits(seconds=0.5)
    with pytest.raises(EngineError) as caught:
        circuit.trace()
    assert caught.value.code == "timeout"


def test_no_limit_on_seconds_means_no_limit() -> None:
    assert Limits().seconds == 0
    assert float(build("y = x * 2", {"x": 1}, limits=Limits(seconds=0)).value_and_grad()[0]) == 2
