"""Derivations: every line is true of the circuit's own numbers."""

from __future__ import annotations

import numpy as np
import pytest

from engine import EngineError, Limits, build
from engine.derivation import Derivation, derivation
from tests.engine.corpus import corpus

NETWORK = "z_1 = X @ W_1 + b\nh_1 = np.maximum(z_1, 0)\ny_hat = h_1 @ W_2\nL = np.sum(y_hat**2)"
LAYER = "z = W @ x\nL = np.sum(np.tanh(z))"
PROGRAMS = [
    NETWORK,
    LAYER,
    "L = x @ y",
    "L = np.sum(X @ X)",
    "L = np.sum(x @ W)",
    "p = softmax(x)\nL = -np.log(p[1])",
    "L = np.mean((x * y - b)**2)",
    "L = np.sum(A.T @ x) * np.max(x)",
    "L = np.sum(np.outer(x, y)**2)",
    "L = x * x + np.exp(x)",
    "L = np.sum(np.concatenate([x, y])**3)",
    "A = np.ones((2, 3, 4))\nL = np.sum(np.tanh(A @ W))",
]


def derivations(source: str, inputs: object = None, **more: object) -> list[Derivation]:
    """Returns one for each wire that gradient passes."""
    circuit = build(source, inputs, **more)
    trace = circuit.trace()
    return [
        derivation(trace, node.node.index, wire.key, circuit.limits)
        for node in trace.nodes
        for wire in node.wires
        if wire.downstream is not None and node.upstream is not None
    ]


@pytest.mark.parametrize("source", PROGRAMS)
def test_every_line_holds_and_shows_element_and_whole(source: str) -> None:
    found = derivations(source)
    assert found
    for each in found:
        assert [line.formula for line in each.lines if not line.holds] == []
        stages = [line.stage for line in each.lines]
        assert stages[0] == "element"
        assert stages[-1] == "vectorized"
        assert "NaN" not in "".join(line.numbers for line in each.lines)


def test_every_line_holds_for_every_primitive() -> None:
    wrong = [
        (program.name, line.formula, line.numbers)
        for program in corpus()[::15]
        for each in derivations(program.source, program.inputs, output="L", wrt=program.wrt)
        for line in each.lines
        if not line.holds
    ]
    assert wrong == []


def test_a_line_that_is_false_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.derivation.products.total", lambda pairs: 1e9)
    lines = build(LAYER).derivation("z").lines
    assert [line.holds for line in lines].count(False) == 2


def test_the_derivation_of_a_product_goes_from_one_output_to_the_whole() -> None:
    inputs = {"W": [[1, 2], [3, 4]], "x": [5, -6]}
    found = build("z = W @ x\nL = np.sum(z * c)", {**inputs, "c": [10, 100]}).derivation(
        "z", 0, entry=[1, 0]
    )
    # z = (1·5 − 2·6, 3·5 − 4·6) = (−7, −9); dz = c; dW[1, 0] = 100 · 5.
    assert [line.numbers for line in found.lines[:3]] == [
        "z[1] = 3 · 5 + 4 · (-6) = -9",
        "∂z[1]/∂W[1, 0] = 5",
        "dW[1, 0] = 100 · 5 = 500",
    ]
    assert found.lines[-1].formula == "dW = np.outer(dz, x)"
    assert found.case == "vector by matrix"


def test_a_vector_by_a_matrix_is_a_stack_of_slices_most_of_it_zeros() -> None:
    circuit = build(LAYER)
    trace = circuit.trace()
    values = {node.label: node for node in trace.nodes}
    x, g = values["x"].value, values["z"].upstream
    slices = circuit.derivation("z", 0).slices
    assert slices is not None
    assert slices.slopes.shape == (3, 3, 4)
    for row, slope in enumerate(slices.slopes):
        np.testing.assert_array_equal(slope[row], x)  # row i is x,
        assert np.count_nonzero(np.delete(slope, row, axis=0)) == 0  # the rest is 0
    np.testing.assert_allclose(slices.collapsed, np.outer(g, x), rtol=1e-12)
    assert slices.nonzeros == 12


def test_the_outer_products_of_all_examples_add_up_to_the_gradient() -> None:
    circuit = build(NETWORK)
    values = {node.label: node for node in circuit.trace().nodes}
    h, g = values["h_1"].value, values["y_hat"].upstream
    shares = [circuit.derivation("y_hat", 1, example=n).share for n in range(len(h))]
    for n, share in enumerate(shares):
        assert share is not None
        np.testing.assert_allclose(share.product, np.outer(h[n], g[n]), rtol=1e-12)
        np.testing.assert_allclose(share.so_far, h[: n + 1].T @ g[: n + 1], rtol=1e-12)
        np.testing.assert_allclose(share.total, h.T @ g, rtol=1e-12)
        assert share.holds
    np.testing.assert_allclose(sum(s.product for s in shares), values["W_2"].upstream, rtol=1e-12)
    assert circuit.derivation("y_hat", 0).share is None


def test_the_slices_of_all_rows_collapse_to_the_whole_gradient() -> None:
    circuit = build(NETWORK)
    rows = [circuit.derivation("y_hat", 1, example=n).slices for n in range(3)]
    total = sum(row.collapsed for row in rows)
    np.testing.assert_allclose(total, circuit.trace().gradients["W_2"], rtol=1e-12)


def test_names_are_the_programs_and_made_names_are_told() -> None:
    found = build("L = np.sum(np.tanh(W @ x))").derivation("n2")
    assert "stands for W @ x" in found.note


def test_what_is_too_large_is_told_by_its_size_and_its_lines_still_hold() -> None:
    circuit = build(LAYER, limits=Limits(jacobian_numbers=10))
    found = circuit.derivation("z")
    assert found.slices is None
    assert "36 entries: it is not written out" in found.note
    assert all(line.holds for line in found.lines)


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"argument": 2}, "there is no argument 2"),
        ({"entry": [9, 9]}, r"has no entry \[9, 9\]"),
        ({"entry": [1]}, "has no entry"),
        ({"example": 4}, "there is no row 4"),
    ],
)
def test_what_is_not_there_is_refused(more: dict[str, object], words: str) -> None:
    with pytest.raises(EngineError, match=words):
        build(LAYER).derivation("z", **more)
