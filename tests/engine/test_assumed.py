"""Names that nobody gave a value: which shape and value they are assumed to have."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from engine import build
from engine.graph import Role
from tests.engine.asking import refused, traced

ROOT = Path(__file__).parents[2]
NETWORK = (
    "z_1 = np.dot(X, W_1)\nh_1 = np.maximum(z_1, 0)\ny_hat = np.dot(h_1, W_2)\nL = np.sum(y_hat**2)"
)


def shapes(source: str, inputs: dict[str, object] | None = None) -> dict[str, tuple[int, ...]]:
    """Returns the shape of every input."""
    return {n: i.value.shape for n, i in build(source, inputs or {}).graph.inputs.items()}


def test_the_lectures_network_gets_sizes_that_balance_and_all_differ() -> None:
    found = shapes(NETWORK)
    (N, D), (D2, H), (H2, C) = found["X"], found["W_1"], found["W_2"]
    assert (D, H) == (D2, H2)
    assert len({N, D, H, C}) == 4
    assert {N, D, H, C} == {2, 3, 4, 5}


def test_only_one_product_balances_in_the_lectures_network() -> None:
    # Of the eight products of X, Xᵀ, G, Gᵀ (G = ∂L/∂z_1) one has the shape of W_1.
    trace = traced(NETWORK)
    X = trace.graph.inputs["X"].value
    G = next(n.upstream for n in trace.nodes if n.node.name == "z_1")
    factors = [X, X.T, G, G.T]
    fits = [
        (a.shape, b.shape)
        for a in factors
        for b in factors
        if a.shape[1] == b.shape[0]
        and (a.shape[0], b.shape[1]) == trace.graph.inputs["W_1"].value.shape
    ]
    assert len(fits) == 1


def test_every_assumption_is_in_the_answer() -> None:
    trace = traced(NETWORK)
    assert all(i.assumed and not i.assigned for i in trace.graph.inputs.values())
    said = [n for n in trace.notices if n.code == "assumed-input"]
    assert {n.node for n in said} == {i.node for i in trace.graph.inputs.values()}
    assert all(n.level == "info" for n in said)
    assert any("(3, 4)" in n.message for n in said)


def test_a_given_input_is_not_assumed_and_the_others_fit_it() -> None:
    found = shapes(NETWORK, {"X": np.ones((7, 6))})
    assert found["X"] == (7, 6)
    assert found["W_1"][0] == 6
    assert found["W_1"][1] == found["W_2"][0]


@pytest.mark.parametrize(
    ("source", "wanted"),
    [
        ("(x + y) * z", {"x": (), "y": (), "z": ()}),
        ("L = np.sum(x)", {"x": (3,)}),
        ("L = np.sum(x * y)", {"x": (3,), "y": (3,)}),
        ("z = X @ W + b\nL = np.sum(z)", {"X": (3, 4), "W": (4, 5), "b": (5,)}),
        ("z = X @ W + bias\nL = np.sum(z)", {"X": (3, 4), "W": (4, 5), "bias": (5,)}),
        ("z = b + X @ W\nL = np.sum(z)", {"X": (3, 4), "W": (4, 5), "b": (5,)}),
        ("z = X @ W + c\nL = np.sum(z)", {"X": (3, 4), "W": (4, 5), "c": (3, 5)}),
        ("z = np.dot(W, x) + b\nL = np.sum(z)", {"W": (3, 4), "x": (4,), "b": (3,)}),
        ("L = np.sum((np.dot(X, w) - y)**2)", {"X": (3, 4), "w": (4,), "y": (3,)}),
        ("L = np.sum(A.T @ A)", {"A": (3, 4)}),
        ("L = v @ A @ v", {"v": (3,), "A": (3, 3)}),
        ("N, D = X.shape\nL = np.sum(X) / N", {"X": (3, 4)}),
        ("L = x[0] * x[1]", {"x": (2,)}),
        ("L = x[2, 1]", {"x": (3, 2)}),
        ("L = x[0] + x[-3]", {"x": (3,)}),
        ("s = 0\nfor i in range(4):\n    s = s + x[i]\n", {"x": (4,)}),
        ("L = np.sum(x, axis=1)[0] + y", {"x": (3, 4), "y": ()}),
        ("L = np.sum(np.maximum(x, y))", {"x": (3,), "y": (3,)}),
        ("L = np.sum(np.where(X > t, X, 0) @ W)", {"X": (3, 4), "t": (3, 4), "W": (4, 5)}),
    ],
)
def test_shapes_are_the_lowest_that_work(source: str, wanted: dict[str, tuple[int, ...]]) -> None:
    found = shapes(source)
    assert {n: len(s) for n, s in found.items()} == {n: len(s) for n, s in wanted.items()}
    equal = {
        (a, i, b, j): wanted[a][i] == wanted[b][j]
        for a in wanted
        for i in range(len(wanted[a]))
        for b in wanted
        for j in range(len(wanted[b]))
    }
    for (a, i, b, j), are_equal in equal.items():
        assert (found[a][i] == found[b][j]) is are_equal, (found, (a, i), (b, j))


def test_names_that_begin_with_b_take_the_last_axis_only() -> None:
    assert shapes("z = X @ W + b\nL = np.sum(z * z)")["b"] == (5,)


def test_scalars_are_one_digit_decimals() -> None:
    inputs = build("f = " + " + ".join(f"x{i}" for i in range(40))).graph.inputs
    values = [float(i.value) for i in inputs.values()]
    assert all(v == round(v, 1) and 0 < abs(v) < 10 for v in values)
    assert len(set(values)) > 10


@pytest.mark.parametrize(
    "source",
    [
        "L = np.sum(np.log(p))",
        "L = np.sum(np.sqrt(p))",
        "L = np.sum(x / p)",
        "L = np.sum(np.log(p * 2))",
        "L = np.log(p) + p",
        "L = x / (1 + p)",
        "L = np.sum(-y * np.log(p) - (1 - y) * np.log(1 - p))",
    ],
)
def test_what_feeds_a_logarithm_a_root_or_a_divisor_is_positive(source: str) -> None:
    trace = traced(source)
    assert np.all(trace.graph.inputs["p"].value > 0)
    assert all(np.isfinite(n.value).all() for n in trace.nodes)
    assert all(np.isfinite(g).all() for g in trace.gradients.values())


def test_assumed_labels_are_whole_numbers_in_range() -> None:
    source = "N = p.shape[0]\nL = -np.sum(np.log(p[np.arange(N), y])) / N"
    inputs = build(source).graph.inputs
    N, C = inputs["p"].value.shape
    labels = inputs["y"]
    assert labels.role is Role.LABEL
    assert labels.value.shape == (N,)
    assert labels.value.dtype == np.int64
    assert labels.value.min() >= 0
    assert labels.value.max() < C
    assert "y" not in traced(source).gradients


def test_a_free_name_used_as_a_size_is_said_to_be_assumed() -> None:
    trace = traced("y = x\nfor t in range(T):\n    y = y * 2\n", {"x": 1})
    turns = np.log2(float(trace.nodes[trace.graph.output].value))
    said = "T" in trace.graph.inputs or any("T" in n.message for n in trace.notices)
    assert said
    assert turns == int(turns)


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("L = np.sum(x.reshape(2, 3))", "x"),
        ("L = np.sum(np.reshape(W, (4, -1)) @ np.ones((3, 2)))", "W"),
    ],
)
def test_a_shape_that_the_program_leaves_open_is_asked_for_by_name(source: str, name: str) -> None:
    error = refused(source)
    assert error.code == "shape-needed"
    assert f"'{name}'" in error.detail
    assert name in error.hint


def test_giving_a_shape_answers_the_question() -> None:
    trace = traced("L = np.sum(x.reshape(2, 3))", {"x": {"shape": [6], "fill": "linspace"}})
    assert trace.gradients["x"].shape == (6,)


def test_a_mismatch_of_given_shapes_is_no_question_of_assumptions() -> None:
    assert refused("L = np.sum(A @ B)", {"A": [[1, 2]], "B": [[1, 2]]}).code == "shape-mismatch"


def test_a_mismatch_that_no_assumption_can_mend_names_what_does_not_fit() -> None:
    error = refused(
        "L = np.sum(X @ A) + np.sum(X @ B)", {"A": np.ones((3, 2)), "B": np.ones((4, 2))}
    )
    assert error.code in ("shape-needed", "shape-mismatch")
    assert "X" in error.detail + error.hint


def test_assumptions_hold_for_a_deep_network_with_many_names() -> None:
    layers = "".join(f"h = np.tanh(h @ W{i} + b{i})\n" for i in range(30))
    found = shapes("h = X\n" + layers + "L = np.sum(h)")
    for i in range(29):
        assert found[f"W{i}"][1] == found[f"W{i + 1}"][0] == found[f"b{i}"][0]


def test_as_many_inputs_as_a_request_may_have_can_be_assumed() -> None:
    layers = "".join(f"h = np.tanh(h @ W{i} + b{i})\n" for i in range(31))
    assert len(shapes("h = X\n" + layers + "L = np.sum(h)")) == 63


def test_assumptions_are_the_same_in_every_process() -> None:
    program = (
        "from engine import build\n"
        f"c = build({NETWORK!r} + '\\nL = L + np.sum(p[np.arange(3), y]) * s / t')\n"
        "v, g = c.value_and_grad()\n"
        "print([(n, i.value.tolist(), i.role.value) for n, i in c.graph.inputs.items()])\n"
        "print(v.tobytes().hex(), [(n, a.tobytes().hex()) for n, a in g.items()])\n"
        "print([(s.address, s.text, s.latex) for s in c.trace().steps])\n"
        "print([n.message for n in c.trace().notices])\n"
    )
    answers = {
        subprocess.run(
            [sys.executable, "-c", program],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            check=True,
            timeout=60,
        ).stdout
        for seed in ("0", "1", "4711")
    }
    assert len(answers) == 1
    assert len(answers.pop()) > 1000


def test_a_names_value_does_not_depend_on_the_other_names() -> None:
    alone, together = (build(s).graph.inputs["x"].value for s in ("x * 2", "a * x + b"))
    assert float(alone) == float(together)
