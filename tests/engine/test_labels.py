"""What people read for a node without a name: what the program writes, never the name it has in code."""

from __future__ import annotations

import re

import pytest

from engine import build
from engine.trace import Trace

GENERATED = re.compile(r"\bd?t_?\{?\d")


def traced(source: str, **inputs: object) -> Trace:
    return build(source, inputs).trace()


def labels(source: str, **inputs: object) -> list[str]:
    return [node.label for node in traced(source, **inputs).nodes if node.symbol]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("(x + y) * z", ["x + y", "f"]),
        ("s = np.exp(x + y) * z", ["x + y", "np.exp(x + y)", "s"]),
        # 1 + np.exp(-(w0*x0 + w1*x1 + w2)) is long: its argument is an ellipsis.
        (
            "f = 1 / (1 + np.exp(-(w0*x0 + w1*x1 + w2)))",
            [
                *("w0*x0", "w1*x1", "w0*x0 + w1*x1", "w0*x0 + w1*x1 + w2"),
                *("-(w0*x0 + w1*x1 + w2)", "exp(…)", "1 + exp(…)", "f"),
            ],
        ),
        # A loop repeats its text for other values: the formula tells them apart.
        (
            "h = h0\nfor t in range(2):\n    h = np.tanh(w * h)",
            ["w × h0", "h_1", "w × h_1", "h"],
        ),
        (
            "def g(z):\n    return np.exp(-z)\nL = g(a * b) + 1",
            ["a * b", "-(a * b)", "exp(-(a * b))", "L"],
        ),
        ("L = (x *\n  y) + np.sin(z)", ["x × y", "np.sin(z)", "L"]),
    ],
)
def test_a_gate_is_called_by_what_the_program_writes(source: str, expected: list[str]) -> None:
    assert labels(source) == expected


def test_a_label_is_never_longer_than_a_line_has_room() -> None:
    source = "L = a_rather_long_name * another_quite_long_name + yet_another_one_of_these"
    assert labels(source) == ["a_rather_long_name × an…", "L"]


@pytest.mark.parametrize(
    "source",
    [
        "(x + y) * z",
        "f = 1 / (1 + np.exp(-(w0*x0 + w1*x1 + w2)))",
        "L = np.sum((np.maximum(X @ W_1 + b_1, 0) @ W_2 - y)**2) / len(X)",
        "def s(z):\n    return 1 / (1 + np.exp(-z))\nL = (s(w * x + b) - y)**2",
        "h = h0\nfor t in range(3):\n    h = np.tanh(w * h + u * x)\nL = h**2",
        "L = np.mean(np.log(np.exp(s) / np.sum(np.exp(s), axis=1, keepdims=True)))",
    ],
)
def test_no_step_shows_a_generated_name(source: str) -> None:
    trace = traced(source)
    for step in trace.steps:
        assert not GENERATED.search(step.text), step.text
        assert not GENERATED.search(step.latex), step.latex
    for node in trace.nodes:
        for wire in node.wires:
            assert not GENERATED.search(wire.local.said), wire.local.said


def test_a_forward_step_begins_with_the_formula_where_there_is_no_name() -> None:
    steps = {step.address: step for step in traced("(x + y) * z", x=-2, y=5, z=-4).steps}
    assert steps["f:t1.add"].text == "x + y = (-2) + 5 = 3."
    assert steps["f:t1.add"].latex == "x + y = -2 + 5 = 3"
    assert steps["f:f.mul"].latex == (
        r"f = \left(x + y\right) \cdot z = 3 \cdot \left(-4\right) = -12"
    )
    assert steps["b:f.mul.1"].text == "× swaps: z receives upstream × (x + y) = 1 × 3 = 3."


def test_code_keeps_its_names() -> None:
    trace = traced("(x + y) * z")
    assert [node.code for node in trace.nodes] == ["x", "y", "z", "t1", "f"]
    (_, z) = trace.nodes[4].wires
    assert (z.local.code, z.local.said, z.code) == ("t1", "x + y", "dz = df * t1")
