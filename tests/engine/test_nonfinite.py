"""A number in a step's words that is not finite is named: what made it stands beside it."""

from __future__ import annotations

import re

import pytest

from tests.engine.asking import traced

SOFTMAX = "e = np.exp(f)\np = e / np.sum(e)\nL = -np.log(p[0])"


def sentences(source: str, inputs: dict[str, object], kind: str) -> str:
    """Returns the sentences of the steps of one kind."""
    return "\n".join(s.text for s in traced(source, inputs).steps if s.kind == kind)


@pytest.mark.parametrize(
    ("source", "inputs", "kind", "words"),
    [
        (
            "L = x / y",
            {"x": 0, "y": 0},
            "evaluate",
            "L = x / y = 0 / 0 = NaN. The first NaN is born here.",
        ),
        (
            "L = np.sum(np.log(x))",
            {"x": [2, 0]},
            "evaluate",
            "The first -Infinity is born here: log(0).",
        ),
        (
            "L = np.sum(np.log(x))",
            {"x": [2, -1]},
            "evaluate",
            "NaN since an entry that comes in is not finite.",
        ),
        (
            SOFTMAX,
            {"f": [1, 800]},
            "evaluate",
            "p = e / np.sum(e) = [0, NaN]. NaN: Infinity / Infinity.",
        ),
        (SOFTMAX, {"f": [1, 800]}, "accumulate", "(NaN: one of them is NaN)"),
        (SOFTMAX, {"f": [1, 800]}, "local", "[0, NaN] (NaN: it does not exist here)"),
        (
            "f = np.exp(x) * y",
            {"x": 800, "y": 0},
            "multiply",
            "= 0 × Infinity = NaN (NaN: 0 × Infinity).",
        ),
        ("L = np.sqrt(np.sum(x**2))", {"x": [0, 0]}, "multiply", "[NaN, NaN] (NaN: Infinity × 0)"),
        (
            "f = 1 / (1 + np.exp(-x))",
            {"x": -800},
            "multiply",
            "NaN × (-1) = NaN (NaN: what arrives is NaN).",
        ),
        (
            "L = x / y",
            {"x": 0, "y": 0},
            "multiply",
            "(NaN: the local gradient does not exist here)",
        ),
        (
            "L = np.sqrt(x) - 2 * np.sqrt(x)",
            {"x": 0},
            "accumulate",
            "= NaN (NaN: Infinity − Infinity)",
        ),
    ],
)
def test_what_made_it_stands_beside_it(
    source: str, inputs: dict[str, object], kind: str, words: str
) -> None:
    assert words in sentences(source, inputs, kind)


def test_no_nan_stands_alone() -> None:
    for source, inputs in (
        (SOFTMAX, {"f": [123, 456, 789]}),
        ("f = 1 / (1 + np.exp(-x))", {"x": -800}),
        ("L = np.sqrt(x @ x)", {"x": [0, 0]}),
        ("L = np.mean((x - np.mean(x)) / np.sqrt(np.mean((x - np.mean(x))**2)))", {"x": [3, 3]}),
    ):
        for step in traced(source, inputs).steps:
            if "NaN" in step.text:
                named = (
                    r"NaN: |NaN is born|NaN since|(Infinity|0) [×/−-] \(?-?(Infinity|0)\)? = NaN"
                )
                assert re.search(named, step.text), step.text


def test_finite_numbers_get_no_clause() -> None:
    text = " ".join(s.text for s in traced("L = np.sum(np.tanh(x)**2)", {"x": [1, 2]}).steps)
    assert "NaN" not in text
    assert "Infinity" not in text
    assert "born" not in text
