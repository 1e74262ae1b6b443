"""Numbers that other people have published, and hand-written NumPy for the lecture's own network."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest

from engine import build

CONTRACT = [
    ("(x + y) * z", {"x": -2, "y": 5, "z": -4}, -12, {"x": -4, "y": -4, "z": 3}),
    ("y = x * x", {"x": 3}, 9, {"x": 6}),
    (
        "2*(x*y + max(z, w))",
        {"x": 3, "y": -4, "z": 2, "w": -1},
        -20,
        {"x": -8, "y": 6, "z": 2, "w": 0},
    ),
    (
        "f = np.sum(np.dot(W, x)**2)",
        {"W": [[0.1, 0.5], [-0.3, 0.8]], "x": [0.2, 0.4]},
        0.116,
        {"W": [[0.088, 0.176], [0.104, 0.208]], "x": [-0.112, 0.636]},
    ),
    (
        "L = np.sum((x + b)**2)",
        {"x": [[1, 2], [3, 4]], "b": [0.5, -0.5]},
        29.0,
        {"b": [10.0, 10.0], "x": [[3.0, 3.0], [7.0, 7.0]]},
    ),
]

SIGMOID_NEURON = "1 / (1 + np.exp(-(w0*x0 + w1*x1 + w2)))"

STAGED = """
sigy = 1.0 / (1 + np.exp(-y))
num = x + sigy
sigx = 1.0 / (1 + np.exp(-x))
xpy = x + y
xpysqr = xpy**2
den = sigx + xpysqr
invden = 1.0 / den
f = num * invden
"""

MICROGRAD = """
a = -4.0
b = 2.0
c = a + b
d = a * b + b**3
c += c + 1
c += 1 + c + (-a)
d += d * 2 + relu(b + a)
d += 3 * d + relu(b - a)
e = c - d
f = e**2
g = f / 2.0
g += 10.0 / f
"""

MAZUR = """
def neuron(a, b, wa, wb, bias):
    return sigmoid(wa*a + wb*b + bias)

h1 = neuron(i1, i2, w1, w2, b1)
h2 = neuron(i1, i2, w3, w4, b1)
o1 = neuron(h1, h2, w5, w6, b2)
o2 = neuron(h1, h2, w7, w8, b2)
E = 0.5*(t1 - o1)**2 + 0.5*(t2 - o2)**2
"""
MAZUR_INPUTS = {
    **{"i1": 0.05, "i2": 0.10, "w1": 0.15, "w2": 0.20, "w3": 0.25, "w4": 0.30, "b1": 0.35},
    **{"w5": 0.40, "w6": 0.45, "w7": 0.50, "w8": 0.55, "b2": 0.60, "t1": 0.01, "t2": 0.99},
}

LECTURE_FORWARD = """import numpy as np

# forward prop
z_1 = np.dot(X, W_1)
h_1 = np.maximum(z_1, 0)
y_hat = np.dot(h_1, W_2)
L = np.sum(y_hat**2)
"""


@pytest.mark.parametrize(("source", "inputs", "value", "gradients"), CONTRACT, ids=lambda p: str(p))
def test_the_contracts_examples_give_the_contracts_numbers(
    source: str, inputs: Mapping[str, object], value: float, gradients: Mapping[str, object]
) -> None:
    found, found_gradients = build(source, inputs).value_and_grad()
    np.testing.assert_allclose(found, value, rtol=1e-9)
    assert set(found_gradients) == set(gradients)
    for name, wanted in gradients.items():
        np.testing.assert_allclose(found_gradients[name], np.asarray(wanted), rtol=1e-9, atol=1e-9)


def test_the_sigmoid_neuron_has_the_numbers_of_cs231n() -> None:
    # CS231n notes, "Backpropagation, intuitions": w = [2, -3, -3], x = [-1, -2]; f = 0.73,
    # dx = [0.39, -0.59], dw = [-0.20, -0.39, 0.20].
    inputs = {"w0": 2, "x0": -1, "w1": -3, "x1": -2, "w2": -3}
    value, gradients = build(SIGMOID_NEURON, inputs).value_and_grad()
    assert round(float(value), 2) == 0.73
    printed = {name: round(float(g), 2) for name, g in gradients.items()}
    assert printed == {"w0": -0.20, "x0": 0.39, "w1": -0.39, "x1": -0.59, "w2": 0.20}


def test_the_staged_sigmoid_has_the_numbers_of_cs231n() -> None:
    # CS231n notes, "Staged computation": (x + σ(y)) / (σ(x) + (x + y)²) at x = 3, y = -4.
    value, gradients = build(STAGED, {"x": 3, "y": -4}).value_and_grad()
    assert round(float(value), 4) == 1.5456
    assert round(float(gradients["x"]), 4) == 2.0596
    assert round(float(gradients["y"]), 4) == 1.5922


def test_the_staged_sigmoid_on_one_line_is_the_same_function() -> None:
    line = "(x + sigmoid(y)) / (sigmoid(x) + (x + y)**2)"
    short, long = (build(s, {"x": 3, "y": -4}).value_and_grad() for s in (line, STAGED))
    np.testing.assert_allclose(short[0], long[0], rtol=1e-14)
    np.testing.assert_allclose(short[1]["x"], long[1]["x"], rtol=1e-13)
    np.testing.assert_allclose(short[1]["y"], long[1]["y"], rtol=1e-13)


def test_two_paths_add_in_colahs_example() -> None:
    # Olah, "Calculus on Computational Graphs": e = (a + b)(b + 1) at a = 2, b = 1;
    # ∂e/∂a = 2, ∂e/∂b = 2 + 3 = 5.
    value, gradients = build("c = a + b\nd = b + 1\ne = c * d", {"a": 2, "b": 1}).value_and_grad()
    assert (float(value), float(gradients["a"]), float(gradients["b"])) == (6.0, 2.0, 5.0)


def test_a_value_added_to_itself_gets_two_not_one() -> None:
    # micrograd's lecture: b = a + a; ∂b/∂a = 2.
    value, gradients = build("b = a + a", {"a": 3}).value_and_grad()
    assert (float(value), float(gradients["a"])) == (6.0, 2.0)


def test_micrograds_readme_runs_as_it_stands() -> None:
    # github.com/karpathy/micrograd, README, "Example usage".
    value, gradients = build(MICROGRAD).value_and_grad()
    assert f"{float(value):.4f}" == "24.7041"
    assert f"{float(gradients['a']):.4f}" == "138.8338"
    assert f"{float(gradients['b']):.4f}" == "645.5773"


def test_mazurs_net_has_the_published_error_and_slopes() -> None:
    # Mazur, "A Step by Step Backpropagation Example" (2015); new weights are w - 0.5 ∂E/∂w.
    value, gradients = build(MAZUR, MAZUR_INPUTS).value_and_grad()
    assert f"{float(value):.9f}" == "0.298371109"
    assert f"{float(gradients['w5']):.9f}" == "0.082167041"
    published = {
        **{"w1": "0.149780716", "w2": "0.19956143", "w3": "0.24975114", "w4": "0.29950229"},
        **{"w5": "0.35891648", "w6": "0.408666186", "w7": "0.511301270", "w8": "0.561370121"},
    }
    for name, wanted in published.items():
        after = MAZUR_INPUTS[name] - 0.5 * float(gradients[name])
        assert abs(after - float(wanted)) < 1e-8, name


@pytest.mark.parametrize(
    ("w", "b", "output", "slope"), [(0.6, 0.9, "0.82", "0.1219"), (2.0, 2.0, "0.98", "0.0173")]
)
def test_nielsens_neuron_learns_slower_the_more_wrong_it_is(
    w: float, b: float, output: str, slope: str
) -> None:
    # Nielsen, "Neural Networks and Deep Learning", chapter 3: x = 1, target 0, C = (y - a)²/2;
    # ∂C/∂w = a σ'(z) = 0.8176 × 0.1491 = 0.1219, and 0.9820 × 0.0177 = 0.0173.
    circuit = build("a = sigmoid(w*x + b)\nC = (y - a)**2 / 2", {"w": w, "x": 1, "b": b, "y": 0})
    _, gradients = circuit.value_and_grad()
    a, _ = build("a = sigmoid(w*x + b)", {"w": w, "x": 1, "b": b}).value_and_grad()
    assert f"{float(a):.2f}" == output
    assert f"{float(gradients['w']):.4f}" == slope
    assert float(gradients["b"]) == float(gradients["w"])


def test_the_lectures_network_equals_its_own_backward_code() -> None:
    # The deck, "As promised: A matrix example", with its slip (z1 for z_1) repaired.
    rng = np.random.default_rng(231)
    X, W_1, W_2 = (rng.normal(size=s) for s in ((4, 3), (3, 5), (5, 2)))

    z_1 = np.dot(X, W_1)
    h_1 = np.maximum(z_1, 0)
    y_hat = np.dot(h_1, W_2)
    L = np.sum(y_hat**2)
    dy_hat = 2.0 * y_hat
    dW2 = h_1.T.dot(dy_hat)
    dh1 = dy_hat.dot(W_2.T)
    dz1 = dh1.copy()
    dz1[z_1 < 0] = 0
    dW1 = X.T.dot(dz1)
    dX = dz1.dot(W_1.T)

    value, gradients = build(LECTURE_FORWARD, {"X": X, "W_1": W_1, "W_2": W_2}).value_and_grad()
    np.testing.assert_allclose(value, L, rtol=1e-12)
    np.testing.assert_allclose(gradients["W_2"], dW2, rtol=1e-12)
    np.testing.assert_allclose(gradients["W_1"], dW1, rtol=1e-12)
    np.testing.assert_allclose(gradients["X"], dX, rtol=1e-12)


def test_softmax_cross_entropy_gives_p_minus_y() -> None:
    # Goodfellow et al., "Deep Learning", 6.2.2.3: ∂L/∂z = softmax(z) - onehot(y), averaged over N.
    z = np.random.default_rng(0).normal(size=(3, 4))
    y = [2, 0, 3]
    p = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    source = "p = softmax(z)\nL = -np.mean(np.log(p[np.arange(3), y]))"
    value, gradients = build(source, {"z": z, "y": y}).value_and_grad()
    np.testing.assert_allclose(value, -np.mean(np.log(p[np.arange(3), y])), rtol=1e-12)
    np.testing.assert_allclose(gradients["z"], (p - np.eye(4)[y]) / 3, rtol=1e-12, atol=1e-15)


def test_an_unrolled_recurrent_net_adds_a_gradient_for_every_use_of_its_weight() -> None:
    # h_t = w h_(t-1): h_3 = w³ h_0, so ∂h_3/∂w = 3 w² h_0 = 3 × 4 × 5 = 60.
    source = "h = h0\nfor t in range(3):\n    h = w * h\n"
    value, gradients = build(source, {"h0": 5, "w": 2}).value_and_grad()
    assert (float(value), float(gradients["w"]), float(gradients["h0"])) == (40.0, 60.0, 8.0)
