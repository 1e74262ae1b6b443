"""The program's equations, held against what a lecturer would write in one line."""

from __future__ import annotations

import numpy as np
import pytest

from tests.engine.asking import traced


def lines(source: str, inputs: dict[str, object] | None = None) -> list[str]:
    return [equation.latex for equation in traced(source, inputs).equations]


S = dict.fromkeys("abcwxyz", 2.0)


@pytest.mark.parametrize(
    ("source", "line"),
    [
        ("f = (x + y) * z", r"f = \left(x + y\right) \cdot z"),
        ("f = x * y + z", r"f = x \cdot y + z"),
        ("f = x - (y - z)", r"f = x - \left(y - z\right)"),
        ("f = x - y - z", r"f = x - y - z"),
        ("f = -(x + y)", r"f = -\left(x + y\right)"),
        ("f = x * -y", r"f = x \cdot \left(-y\right)"),
        ("f = 1 / (1 + np.exp(-(w*x + b)))", None),
        ("f = (x + y) ** 2", r"f = \left(x + y\right)^{2}"),
        ("f = np.exp(x) ** 2", r"f = \left(e^{x}\right)^{2}"),
        ("f = (x ** 2) ** y", r"f = \left(x^{2}\right)^{y}"),
        ("f = np.tanh(w * x + b)", r"f = \tanh(w \cdot x + b)"),
        ("f = np.log(x) * y", r"f = \log(x) \cdot y"),
        ("f = x / (y + z)", r"f = \frac{x}{y + z}"),
        ("f = np.maximum(x, 0) + y", r"f = \max(x,\,0) + y"),
        ("f = (x > y) * z", r"f = \left(x > y\right) \cdot z"),
        ("f = x * (y + z) * w", r"f = x \cdot \left(y + z\right) \cdot w"),
    ],
)
def test_brackets_stand_where_they_are_needed_and_nowhere_else(
    source: str, line: str | None
) -> None:
    (found,) = lines(source, S)
    if line is not None:
        assert found == line
    else:
        assert found == r"f = \frac{1}{1 + e^{-\left(w \cdot x + b\right)}}"


def test_matrix_products_sums_and_powers() -> None:
    inputs = {"X": np.ones((3, 4)), "W": np.ones((4, 2)), "M": np.ones((3, 2))}
    assert lines("L = np.sum((X @ W) * M)", inputs) == [
        r"L = \sum \left(\left(X\,W\right) \odot M\right)"
    ] or lines("L = np.sum((X @ W) * M)", inputs) == [r"L = \sum \left(X\,W\right) \odot M"]
    assert lines("L = np.sum((X @ W) ** 2)", inputs) == [r"L = \sum \left(X\,W\right)^{2}"]
    assert lines("L = np.sum(X) + np.sum(W)", inputs) == [r"L = \left(\sum X\right) + \sum W"]
    assert lines("L = np.sum((X.T @ M).T)", inputs) == [r"L = \sum \left(X^\top\,M\right)^\top"]


def test_a_name_has_a_line_of_its_own_and_stands_by_its_name_in_others() -> None:
    assert lines("q = x + y\nf = q * z", S) == ["q = x + y", r"f = q \cdot z"]


def test_a_nameless_gate_used_twice_has_a_line_of_its_own() -> None:
    found = lines("def g(u):\n    return u * u\nf = g(x + y)", S)
    assert len(found) == 2
    assert found[0].endswith("= x + y")


def test_the_parts_of_a_line_are_the_gates_in_it() -> None:
    trace = traced("f = (x + y) * z", S)
    (equation,) = trace.equations
    found = {
        trace.graph.nodes[p.node].primitive: equation.latex[p.start : p.end] for p in equation.parts
    }
    assert found == {"mul": r"\left(x + y\right) \cdot z", "add": "x + y"}


def test_parts_lie_within_one_another_never_across() -> None:
    source = "h = np.tanh(X @ W + b)\nL = -np.mean(np.log(1 / (1 + np.exp(-h))))"
    for equation in traced(source).equations:
        for one in equation.parts:
            for other in equation.parts:
                assert (
                    one.end <= other.start
                    or other.end <= one.start
                    or (one.start <= other.start and other.end <= one.end)
                    or (other.start <= one.start and one.end <= other.end)
                )


def test_a_program_of_too_many_lines_has_none() -> None:
    many = (
        "\n".join(f"a{i} = x * {i}" for i in range(60))
        + "\nL = "
        + " + ".join(f"a{i}" for i in range(60))
    )
    assert lines(many, {"x": 1.0}) == []


def test_a_long_nameless_formula_is_cut_at_a_gate() -> None:
    source = "f = " + " + ".join(f"np.sin(x * {i}.5)" for i in range(30))
    found = lines(source, {"x": 1.0})
    assert len(found) > 1
    assert max(map(len, found)) < 250
