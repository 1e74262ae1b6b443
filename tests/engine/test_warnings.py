"""What is wrong with a pass: every row of the lecture's table of pathologies, the kinks, and silence on the healthy."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from numpy.typing import NDArray

from app.gallery import gallery
from engine import EngineError, Limits, Trace, build
from engine import circuit as module
from engine.graph import Notice
from engine.limits import Deadline
from engine.primitives import REGISTRY, Structure
from tests.counting import calls
from tests.engine import healthy
from tests.engine.asking import traced
from tests.engine.test_random_programs import Program, programs

Array = NDArray[np.float64]


def warnings(trace: Trace) -> list[Notice]:
    """Returns the notices that warn."""
    return [n for n in trace.notices if n.level == "warning"]


def codes(trace: Trace) -> list[str]:
    """Returns the codes of what is warned about."""
    return [n.code for n in warnings(trace)]


def only(trace: Trace, code: str, at: str) -> str:
    """Returns the message of the one warning there is, after asking for its code and its node's label."""
    assert codes(trace) == [code]
    (notice,) = warnings(trace)
    assert notice.node is not None
    assert trace.nodes[notice.node].label == at
    assert notice.hint
    return notice.message


def norm(array: Array) -> float:
    return float(np.linalg.norm(array))


def sigma(x: float | Array) -> float | Array:
    return 1 / (1 + np.exp(-x))


# ---------- saturated ----------

LARGE_W = np.array([[20.0, 18.0], [-19.0, -21.0]])


@pytest.mark.parametrize(
    "squash",
    [
        "sigmoid(s)",
        "1 / (1 + np.exp(-s))",
        "np.exp(s) / (np.exp(s) + 1)",
        "(1 + np.tanh(s / 2)) / 2",
    ],
)
def test_saturated_sigmoids_are_named_while_the_loss_is_large(squash: str) -> None:
    x, y = np.array([0.6, 0.5]), np.array([0.0, 1.0])
    source = f"s = np.dot(W, x)\nz = {squash}\nL = np.sum((z - y)**2)"
    trace = traced(source, {"W": LARGE_W, "x": x, "y": y})
    # z = [1, 0] but for 8e-10, so the loss is 2 of at most 2, and dW = 2 (z - y) z (1 - z) xᵀ.
    z = sigma(LARGE_W @ x)
    np.testing.assert_allclose(
        norm(trace.gradients["W"]), norm(np.outer(2 * (z - y) * z * (1 - z), x)), rtol=1e-6
    )
    assert norm(trace.gradients["W"]) < 1e-8
    at = "np.tanh(s / 2)" if "tanh" in squash else "z"
    message = only(trace, "saturated", at)
    assert "saturated on 2 of 2 units" in message
    assert "while the loss is 2" in message


def test_nielsens_bad_start_is_named_and_his_good_start_is_not() -> None:
    source = "z = w*x + b\na = sigmoid(z)\nC = (y - a)**2 / 2"
    bad = traced(source, {"w": 2, "b": 2, "x": 1, "y": 0})
    good = traced(source, {"w": 0.6, "b": 0.9, "x": 1, "y": 0})
    # a (a (1 - a)) at a = sigma(4) = 0.98 and at a = sigma(1.5) = 0.82
    np.testing.assert_allclose(bad.gradients["w"], 0.0173, atol=5e-5)
    np.testing.assert_allclose(good.gradients["w"], 0.1219, atol=5e-5)
    message = only(bad, "saturated", "a")
    assert "The farther from the target, the smaller the gradient" in message
    assert "0.0177 while the loss is 0.4822" in message
    assert codes(good) == []


def test_a_saturated_sigmoid_on_the_right_side_is_fine() -> None:
    source = "a = sigmoid(w*x)\nC = (y - a)**2 / 2"
    assert codes(traced(source, {"w": 20, "x": 1, "y": 1})) == []
    entropy = "L = -np.log(sigmoid(s))"
    assert codes(traced(entropy, {"s": 30})) == []
    assert (
        codes(traced(entropy, {"s": -30})) == []
    )  # the logarithm undoes the squashing: dL/ds = -1


def test_a_gate_that_starves_what_is_behind_it_is_named_without_a_squared_error() -> None:
    trace = traced(
        "z = sigmoid(np.dot(W, x))\nL = np.sum(z)", {"W": [[20, 18], [19, 21]], "x": [0.6, 0.5]}
    )
    assert "saturated on 2 of 2 units" in only(trace, "saturated", "z")


def layered(scale: float) -> tuple[Trace, list[Array]]:
    """Returns the trace of six tanh layers of 60 units with such weights, and the layers as NumPy has them."""
    rng = np.random.default_rng(0)
    X, weights = rng.normal(size=(40, 60)), rng.normal(size=(6, 60, 60)) * scale
    lines = [f"h{k + 1} = np.tanh({'X' if k == 0 else f'h{k}'} @ W{k})" for k in range(6)]
    inputs = {"X": X, **{f"W{k}": w for k, w in enumerate(weights)}}
    layers = [X]
    for weight in weights:
        layers.append(np.tanh(layers[-1] @ weight))
    return traced("\n".join([*lines, "L = np.mean(h6**2)"]), inputs), layers[1:]


def test_large_weights_saturate_most_of_every_layer() -> None:
    trace, layers = layered(1.0)
    shares = [float((1 - h**2 < 0.02).mean()) for h in layers]
    message = only(trace, "saturated", "h1")
    assert "6 of 6 layers" in message
    assert f"{min(shares):.0%} to {max(shares):.0%}" in message
    assert 0.6 < min(shares) < max(shares) < 0.85


def test_small_weights_shrink_the_signal_layer_by_layer() -> None:
    trace, layers = layered(0.02)
    message = only(trace, "shrinking-signal", "h6")
    assert "shrinks along 6 of 6 layers" in message
    assert f"{layers[0].std():.4g}" in message
    assert f"{layers[5].std():.4g}" in message


def test_xaviers_weights_are_fine() -> None:
    trace, layers = layered(1 / np.sqrt(60))
    assert layers[5].std() > layers[0].std() / 5
    assert codes(trace) == []


# ---------- vanishing and exploding ----------


def test_ten_sigmoids_in_a_row_vanish() -> None:
    trace = traced("a = x\nfor i in range(10):\n    a = sigmoid(w * a)", {"x": 1, "w": 1})
    a, slope = 1.0, 1.0
    for _ in range(10):
        a = float(sigma(a))
        slope *= a * (1 - a)
    np.testing.assert_allclose(trace.gradients["x"], slope, rtol=1e-12)
    assert slope < 3e-7
    message = only(trace, "vanishing", "a_1")
    assert "vanishes along 10 gates" in message
    assert "each sigmoid keeps at most 25%" in message
    assert f"{slope:.4g}" in message


ROTATION = np.array([[np.cos(0.7), -np.sin(0.7)], [np.sin(0.7), np.cos(0.7)]])
START = np.array([0.5, 0.2])


@pytest.mark.parametrize("form", ["W @ h", "h @ W", "h @ W.T", "np.dot(W, h)"])
@pytest.mark.parametrize(
    ("radius", "code", "factor", "words"),
    [
        (1.3, "exploding", 1.3**30, "spectral radius 1.3: factor 1.3^30 = 2620"),
        (0.7, "vanishing", 0.7**30, "spectral radius 0.7: factor 0.7^30 = 2.254e-05"),
    ],
)
def test_a_recurrence_is_told_by_its_spectral_radius(
    form: str, radius: float, code: str, factor: float, words: str
) -> None:
    source = f"h = h_0\nfor t in range(30):\n    h = {form}\nL = np.sum(h)"
    trace = traced(source, {"W": radius * ROTATION, "h_0": START})
    # dL/dh_30 is (1, 1) of norm √2, and each turn scales by the radius: 3.7e3 or 3.2e-5.
    np.testing.assert_allclose(norm(trace.gradients["h_0"]), np.sqrt(2) * factor, rtol=1e-10)
    message = only(trace, code, "W")
    assert f"the same W is used 30 times, {words}" in message
    assert {"exploding": "explodes", "vanishing": "vanishes"}[code] in message
    assert "Its norm: 1.414" in message


def test_a_relu_recurrence_explodes_and_a_tanh_recurrence_vanishes() -> None:
    relu = "h = h_0\nfor t in range(30):\n    h = np.maximum(W @ h, 0)\nL = np.sum(h)"
    trace = traced(relu, {"W": 1.3 * np.eye(2), "h_0": START})
    np.testing.assert_allclose(norm(trace.gradients["h_0"]), np.sqrt(2) * 1.3**30, rtol=1e-10)
    assert "explodes along 30 gates" in only(trace, "exploding", "W")
    tanh = "h = h_0\nfor t in range(20):\n    h = np.tanh(W @ h)\nL = np.sum(h)"
    trace = traced(tanh, {"W": 0.9 * ROTATION, "h_0": START})
    assert round(norm(trace.gradients["h_0"]), 3) == 0.125
    assert "vanishes along 20 gates" in only(trace, "vanishing", "W")


@pytest.mark.parametrize("turn", ["W @ h", "step(h)"])
def test_a_recurrence_explodes_up_to_the_largest_float(turn: str) -> None:
    source = f"def step(a):\n    return W @ a\nh = h_0\nfor t in range(200):\n    h = {turn}\nL = np.sum(h)"
    trace = traced(source, {"W": 30 * np.eye(2), "h_0": [1, 1]})  # 30^200 = 2.7e295
    assert "factor 30^200 = 2.656e+295" in only(trace, "exploding", "W")


def test_residual_blocks_carry_the_gradient_past_themselves() -> None:
    plain = "h = x\nfor i in range(12):\n    h = np.tanh(w * h)\nL = h"
    residual = "h = x\nfor i in range(12):\n    h = h + np.tanh(w * h)\nL = h"
    assert codes(traced(plain, {"x": 0.5, "w": 0.3})) == ["vanishing"]
    assert codes(traced(residual, {"x": 0.5, "w": 0.3})) == []


# ---------- dead units ----------

ROWS = np.array([[1.0, 2.0], [0.5, -1.0], [-1.0, 2.5], [2.0, 0.3]])
WEIGHTS = np.array([[0.5, 0.4, -0.3], [0.2, 0.6, 0.8]])
BIAS = np.array([0.2, -50.0, 0.1])


@pytest.mark.parametrize(
    "relu",
    [
        "np.maximum(z, 0)",
        "np.maximum(0, z)",
        "np.clip(z, 0, None)",
        "relu(z)",
        "np.where(z > 0, z, 0)",
        "z * (z > 0)",
    ],
)
def test_a_dead_unit_is_named_however_relu_is_written(relu: str) -> None:
    source = f"z = np.dot(X, W) + b\nh = {relu}\nL = np.mean((np.dot(h, v) - y)**2)"
    trace = traced(
        source,
        {"X": ROWS, "W": WEIGHTS, "b": BIAS, "v": [1, -0.5, 0.7], "y": [1, 0, 0.5, -0.5]},
    )
    for name in ("W", "b", "v"):
        assert not trace.gradients[name][..., 1].any()
    message = only(trace, "dead-relu", "h")
    assert "dead (unit 1 of 3) on 4 of 4 rows" in message
    assert "nothing behind it can wake it" in message
    assert "Its bias is -50" in message


def test_a_dead_unit_is_named_where_the_mask_is_assigned() -> None:
    source = "z = X @ W + b\nh = z.copy()\nh[z < 0] = 0\nL = np.sum(h**2)"
    trace = traced(source, {"X": ROWS, "W": WEIGHTS, "b": BIAS})
    assert "dead (unit 1 of 3) on 4 of 4 rows" in only(trace, "dead-relu", "h")


def test_units_may_stand_in_rows_and_examples_in_columns() -> None:
    source = "h = relu(W @ X + b)\nL = np.sum(h * h)"
    trace = traced(source, {"W": WEIGHTS.T, "X": ROWS.T, "b": BIAS[:, None]})
    assert "dead (unit 1 of 3) on 4 of 4 rows" in only(trace, "dead-relu", "h")


def test_a_unit_that_is_off_for_the_only_example_is_fine() -> None:
    source = "h = np.maximum(X @ W + b, 0)\nL = np.sum(h)"
    assert codes(traced(source, {"X": ROWS[:1], "W": WEIGHTS, "b": BIAS})) == []


def test_a_unit_that_is_off_on_every_row_by_a_little_is_fine() -> None:
    bias = np.array([0.2, -1.7, 0.1])
    trace = traced(
        "h = np.maximum(X @ W + b, 0)\nL = np.sum(h)", {"X": ROWS, "W": WEIGHTS, "b": bias}
    )
    assert not trace.gradients["W"][:, 1].any()
    assert codes(trace) == []


# ---------- clipped ----------


@pytest.mark.parametrize(
    "clip", ["np.clip(delta, -1, 1)", "np.minimum(np.maximum(delta, -1), 1)", "delta.clip(-1, 1)"]
)
def test_clipping_the_error_silences_the_largest_errors_and_huber_does_not(clip: str) -> None:
    inputs = {"q": [0, 5, -5], "target": [0.3, 0, 0]}
    clipped = f"delta = target - q\nc = {clip}\nL = np.mean(c**2)"
    trace = traced(clipped, inputs)
    np.testing.assert_allclose(trace.gradients["q"], [-0.2, 0, 0], atol=1e-15)
    message = only(trace, "flat-clip", "c")
    assert "clip that is flat on 2 of 3 entries" in message
    assert "Huber" in message
    huber = "e = target - q\na = abs(e)\nL = np.mean(np.where(a < 1, e**2 / 2, a - 0.5))"
    trace = traced(huber, inputs)
    np.testing.assert_allclose(trace.gradients["q"], [-0.1, 1 / 3, -1 / 3], rtol=1e-12)
    assert codes(trace) == []


def test_a_clip_that_touches_no_entry_is_fine() -> None:
    source = "p = np.minimum(np.maximum(q, 0.001), 0.999)\nL = np.sum(p**2)"
    assert codes(traced(source, {"q": [0.2, 0.7]})) == []


# ---------- not finite ----------


def test_an_overflowing_softmax_is_named_at_its_exponential() -> None:
    trace = traced("e = np.exp(f)\np = e / np.sum(e)\nL = -np.log(p[2])", {"f": [123, 456, 789]})
    by_name = {n.node.name: n.value for n in trace.nodes}
    assert np.isinf(by_name["e"]).sum() == 1
    assert np.isnan(by_name["p"]).sum() == 1
    message = only(trace, "overflow", "e")
    for words in (
        "exp(789) overflows",
        "subtract the max",
        "1 of 3 entries",
        "first NaN after it is at p",
    ):
        assert words in message


def test_a_probability_that_underflows_is_named_at_its_logarithm_and_the_fix_gives_800() -> None:
    trace = traced("p = softmax(f)\nL = -np.log(p[1])", {"f": [800, 0]})
    message = only(trace, "log-of-zero", "np.log(p[1])")
    assert "log(0) = -Infinity" in message
    assert "on the way to L" in message
    assert np.isnan(trace.gradients["f"]).any()
    fixed = traced("L = -log_softmax(f)[1]", {"f": [800, 0]})
    np.testing.assert_allclose(fixed.nodes[fixed.graph.output].value, 800)
    np.testing.assert_allclose(fixed.gradients["f"], [1, -1], atol=1e-15)
    assert codes(fixed) == []


def test_the_naive_sigmoid_keeps_its_value_and_loses_its_gradient() -> None:
    trace = traced("f = 1 / (1 + np.exp(-x))", {"x": -800})
    assert float(trace.nodes[trace.graph.output].value) == 0
    assert np.isnan(trace.gradients["x"])
    message = only(trace, "overflow", "np.exp(-x)")
    assert "exp(800) overflows" in message
    assert "The value survives" in message
    assert codes(traced("f = sigmoid(x)", {"x": -800})) == []


@pytest.mark.parametrize("branch", ["np.sqrt(x)", "np.log(x)", "x * np.log(x)", "1 / x"])
def test_an_unselected_branch_gives_the_finite_answer_and_one_warning(branch: str) -> None:
    trace = traced(f"y = np.where(x > 0, {branch}, 0)\nL = np.sum(y)", {"x": [0, 4]})
    assert np.isfinite(trace.gradients["x"]).all()
    assert trace.gradients["x"][0] == 0
    (notice,) = warnings(trace)
    assert notice.code == "unselected-branch"
    for words in ("where", "unselected branch", "1 of 2 entries", "NaN"):
        assert words in notice.message


def test_the_slope_of_a_root_is_infinite_at_zero() -> None:
    trace = traced("L = np.sqrt(np.sum(x**2))", {"x": [0, 0, 0]})
    assert float(trace.nodes[trace.graph.output].value) == 0
    assert np.isnan(trace.gradients["x"]).all()
    message = only(trace, "infinite-slope", "L")
    assert "slope of sqrt is infinite at 0" in message
    assert "Infinity, 1 of 1 entry" in message


@pytest.mark.parametrize(
    "source", ["L = np.sqrt(x)", "L = x**0.5", "L = np.cbrt(x)", "L = np.arcsin(x + 1)"]
)
def test_an_infinite_slope_is_named_wherever_it_is(source: str) -> None:
    trace = traced(source, {"x": 0})
    assert np.isinf(trace.gradients["x"])
    assert "is infinite at" in only(trace, "infinite-slope", "L")


def test_a_gradient_that_grows_too_large_is_no_infinite_slope() -> None:
    # dL/dx = Wᵀ (1e200, 1e200), and 1e200 · 1e200 is beyond 1.8e308
    trace = traced("y = W @ x\nL = np.sum(y * 1e200)", {"W": [[1e200, 0], [0, 1]], "x": [0, 1]})
    assert "too large for a float, 1 of 2 entries" in only(trace, "non-finite", "y")


def test_a_constant_feature_is_named_under_a_normalisation() -> None:
    rows = np.array([[3.0, -2.0], [3.0, 0.5], [3.0, 1.0]])
    source = """
mu = np.mean(x, axis=0)
var = np.mean((x - mu)**2, axis=0)
n = (x - mu) / np.sqrt(var{eps})
L = np.sum(n**2)
"""
    message = only(traced(source.format(eps=""), {"x": rows}), "zero-over-zero", "n")
    assert "0/0" in message
    assert "feature 0 constant" in message
    assert "3 of 6 entries" in message
    assert codes(traced(source.format(eps=" + 1e-5"), {"x": rows})) == []


@pytest.mark.parametrize(
    ("source", "inputs", "code", "words"),
    [
        ("L = x / y", {"x": 0, "y": 0}, "zero-over-zero", "0/0 = NaN"),
        ("L = x / y", {"x": 1, "y": 0}, "non-finite", "1 / 0 = Infinity, a division by 0"),
        ("L = np.log(x)", {"x": -1}, "non-finite", "log(-1) = NaN"),
        ("L = np.sqrt(x)", {"x": -1}, "non-finite", "sqrt(-1) = NaN"),
        ("L = np.log(x)", {"x": 0}, "log-of-zero", "log(0) = -Infinity"),
        ("L = x * y", {"x": 1e200, "y": 1e200}, "overflow", "overflows"),
        ("L = np.arctanh(x)", {"x": 1}, "non-finite", "arctanh(1) = Infinity, a pole"),
        ("L = np.sum(x)", {"x": [1.5e308, 1.5e308]}, "overflow", "sum overflows"),
        ("L = x**2", {"x": 1e200}, "overflow", "overflows"),
        ("L = np.exp(x)", {"x": 1e6}, "overflow", "exp(1e+06) overflows"),
        ("L = x**-1.0", {"x": 0}, "non-finite", "0 ** -1 = Infinity"),
    ],
)
def test_the_first_value_that_is_not_finite_is_told_by_its_cause(
    source: str, inputs: dict[str, float], code: str, words: str
) -> None:
    assert words in only(traced(source, inputs), code, "L")


def test_an_infinity_that_the_program_writes_itself_is_no_accident() -> None:
    source = "L = np.max(np.where(m > 0, x, -np.inf))"
    assert codes(traced(source, {"m": [1, 0, 1], "x": [1, 2, 3]})) == []


# ---------- parameters ----------

HIDDEN = "h = np.tanh(X @ W1)\nL = np.mean((h @ W2 - y)**2)"
TARGETS = np.array([[1.0], [0.0], [0.5], [-0.5]])


def test_zero_weights_never_break_symmetry() -> None:
    trace = traced(
        HIDDEN, {"X": ROWS, "W1": np.zeros((2, 3)), "W2": np.zeros((3, 1)), "y": TARGETS}
    )
    assert not trace.gradients["W1"].any()
    message = only(trace, "symmetric-units", "W1")
    assert "Hidden units 0..2" in message
    assert "symmetry never breaks" in message


def test_equal_weights_stay_equal_and_random_ones_do_not() -> None:
    equal = {"X": ROWS, "W1": np.full((2, 3), 0.5), "W2": np.full((3, 1), 0.5), "y": TARGETS}
    trace = traced(HIDDEN, equal)
    columns = trace.gradients["W1"]
    np.testing.assert_allclose(columns, columns[:, :1] @ np.ones((1, 3)), rtol=1e-12)
    assert "identical" in only(trace, "symmetric-units", "W1")
    assert codes(traced(HIDDEN, {**equal, "W2": [[0.5], [0.4], [0.3]]})) == []
    assert codes(traced(HIDDEN, {**equal, "W1": WEIGHTS})) == []


def test_equal_weights_of_outputs_are_fine() -> None:
    source = "p = softmax(X @ W)\nL = -np.mean(np.log(p[np.arange(4), y]))"
    assert codes(traced(source, {"X": ROWS, "W": np.zeros((2, 3)), "y": [0, 1, 2, 0]})) == []


NORMALISED = """
z = X @ W + b
mu = np.mean(z, axis=0)
var = np.mean((z - mu)**2, axis=0)
n = (z - mu) / np.sqrt(var + 1e-5)
L = np.sum((gamma * n + beta - t)**2)
"""


def test_a_bias_before_batch_normalisation_has_no_effect() -> None:
    rng = np.random.default_rng(1)
    inputs = {
        **{
            "X": ROWS,
            "W": rng.normal(size=(2, 3)),
            "b": [0.1, 0.2, 0.3],
            "t": rng.normal(size=(4, 3)),
        },
        **{"gamma": [1, 1, 1], "beta": [0.1, 0, 0]},
    }
    trace = traced(NORMALISED, inputs)
    assert norm(trace.gradients["b"]) < 1e-13
    message = only(trace, "bias-without-effect", "b")
    assert "The bias b has no effect: a mean is subtracted after it" in message


def test_a_bias_whose_gradient_is_zero_at_an_optimum_is_fine() -> None:
    # errors -1 and 1 add to 0 exactly
    source = "L = np.mean((w * x + b - y)**2)"
    trace = traced(source, {"w": 0, "x": [1, 1], "b": 1, "y": [2, 0]})
    assert trace.gradients["b"] == 0
    assert codes(trace) == []


@pytest.mark.parametrize("product", ["np.dot(X, w)", "np.dot(x * 1000, w)"])
def test_unscaled_inputs_make_lopsided_gradients(product: str) -> None:
    inputs = {"X": [1000, 2000], "x": [1, 2], "w": [0.01, 0.02], "y": -48}
    used = {n: v for n, v in inputs.items() if n != ("x" if "X" in product else "X")}
    trace = traced(f"e = {product} - y\nL = e**2 / 2", used)
    # e = 10 + 40 + 48 = 98
    np.testing.assert_allclose(trace.gradients["w"], [98_000, 196_000], rtol=1e-12)
    message = only(trace, "data-scale", "w")
    assert "The gradient on w scales with" in message
    assert "196000" in message


# ---------- kinks ----------


@pytest.mark.parametrize(
    ("source", "inputs", "words", "slope"),
    [
        ("L = np.maximum(x, 0)", {"x": 0}, "Any share from 0 to 1 is valid; shown: 0.", 0),
        ("L = np.maximum(0, x)", {"x": 0}, "Any share from 0 to 1 is valid; shown: 0.", 0),
        ("L = relu(x)", {"x": 0}, "Any slope from 0 to 1 is valid; shown: 0.", 0),
        ("L = np.maximum(x, y)", {"x": 1, "y": 1}, "shown: 0.5.", 0.5),
        ("L = np.minimum(x, y)", {"x": 1, "y": 1}, "shown: 0.5.", 0.5),
        ("L = max(x, y, z)", {"x": 1, "y": 1, "z": 0}, "shown: 0.5.", 0.5),
        ("L = min(x, y, z)", {"x": 1, "y": 1, "z": 2}, "shown: 0.5.", 0.5),
        ("L = abs(x)", {"x": 0}, "Any slope from -1 to 1 is valid; shown: 0.", 0),
        (
            "L = np.max(x)",
            {"x": [3, 1, 3]},
            "tie, 1 of 1 entry. Any share from 0 to 1 is valid; shown: 0.5.",
            0.5,
        ),
        ("L = np.clip(x, 0, 1)", {"x": 1}, "at a bound, 1 of 1 entry", 0),
        ("L = np.clip(x, 0, 1)", {"x": 0}, "Any slope from 0 to 1 is valid; shown: 0.", 0),
        ("L = np.fmax(x, y)", {"x": 1, "y": 1}, "shown: 0.5.", 0.5),
        ("L = np.ptp(x)", {"x": [3, 1, 3]}, "its chosen entries tie", 0.5),
        ("L = np.median(x)", {"x": [2, 1, 2]}, "its chosen entries tie", 0.5),
        ("L = np.std(x)", {"x": [3, 3, 3]}, "as long as those nearby is valid; shown: 0.", 0),
        (
            "L = np.hypot(x, y)",
            {"x": 0, "y": 0},
            "it is 0, 1 of 1 entry. Any gradient of length up to 1 is valid; shown: 0.",
            0,
        ),
        (
            "L = np.min(x)",
            {"x": [1, 3, 1]},
            "tie, 1 of 1 entry. Any share from 0 to 1 is valid; shown: 0.5.",
            0.5,
        ),
    ],
)
def test_a_corner_says_which_slopes_are_valid_and_which_is_shown(
    source: str, inputs: dict[str, object], words: str, slope: float
) -> None:
    trace = traced(source, inputs)
    message = only(trace, "kink", "L")
    assert "exactly on a corner (kink)" in message
    assert words in message
    assert np.ravel(trace.gradients["x"])[0] == slope


def test_corners_are_counted_where_gradient_arrives() -> None:
    trace = traced(
        "h = np.maximum(z, 0)\nL = np.sum(h * m)", {"z": [0, 1, 0, 0], "m": [1, 1, 0, 1]}
    )
    assert "2 of 4 entries" in only(trace, "kink", "h")
    assert codes(traced("L = np.max(x, axis=0)[1]", {"x": [[1, 2], [1, 3]]})) == []


def test_a_sort_counts_the_entries_that_tie() -> None:
    trace = traced("s = np.sort(x)\nL = s @ [1, 2, 3, 4]", {"x": [5, 1, 5, 2]})
    assert "entries tie, 2 of 4 entries" in only(trace, "kink", "s")
    np.testing.assert_allclose(trace.gradients["x"], [3.5, 1, 3.5, 2])


def test_where_has_no_corner_and_neither_has_the_larger_of_a_value_and_itself() -> None:
    assert codes(traced("L = np.where(x > 0, x, 0)", {"x": 0})) == []
    assert codes(traced("L = np.maximum(x, x)", {"x": 1})) == []


def test_of_many_corners_the_first_few_are_named() -> None:
    source = "h = x\nfor t in range(12):\n    h = abs(h)\nL = h"
    found = warnings(traced(source, {"x": 0}))
    assert len(found) == 1  # at 0 the slope is 0, and nothing arrives before
    source = "L = 0\nfor t in range(12):\n    L = L + abs(x[t])"
    found = warnings(traced(source, {"x": [0] * 12}))
    assert [n.code for n in found] == ["kink"] * 4
    assert found[-1].message.endswith("So do 8 later gates.")


def slopes_on_both_sides(name: str) -> bool:
    """Returns whether a primitive's slopes jump where its arguments are all 0 or all 1."""
    primitive = REGISTRY[name]
    for arrays, given_settings in primitive.samples(np.random.default_rng(0)):
        for level in (0.0, 1.0):
            flat = [np.full(np.shape(a), level) for a in arrays]
            tilts = [
                np.sin(1.0 + np.arange(a.size) + 7 * k).reshape(a.shape) for k, a in enumerate(flat)
            ]
            sides = []
            for sign in (1e-7, -1e-7):
                moved = [a + sign * t for a, t in zip(flat, tilts, strict=True)]
                out = np.asarray(primitive.forward(*moved, **given_settings))
                options = {**primitive.settings, **given_settings}
                rule = primitive.vjp[primitive.arguments[0]]
                if primitive.variadic:
                    options["position"] = 0
                if primitive.structure_of(primitive.arguments[0]) is Structure.REDUCTION:
                    kept = {**given_settings, "keepdims": True}
                    out = np.asarray(primitive.forward(*moved, **kept))
                sides.append(np.asarray(rule(np.ones(out.shape), out, *moved, **options)))
            if np.abs(sides).max(initial=0.0) < 1e3 and not np.allclose(
                *sides, atol=1e-3, rtol=1e-3
            ):
                return True
    return False


ENTRYWISE = [
    name
    for name, primitive in REGISTRY.items()
    if primitive.vjp
    and primitive.arguments[0] in primitive.vjp
    and (
        primitive.structure is Structure.DIAGONAL
        or (primitive.structure is Structure.REDUCTION and "keepdims" in primitive.settings)
    )
]


@pytest.mark.parametrize("name", ENTRYWISE)
def test_a_primitive_whose_slope_jumps_says_where(name: str) -> None:
    with np.errstate(all="ignore"):
        jumps = slopes_on_both_sides(name)
    assert not jumps or REGISTRY[name].kink is not None


# ---------- silence ----------


@pytest.mark.parametrize("seed", range(240))
def test_nothing_is_wrong_with_a_healthy_program(seed: int) -> None:
    program = healthy.program(seed)
    assert set(codes(traced(program.source, program.inputs))) <= {"kink"}


@settings(
    max_examples=120, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)
@given(programs())
def test_nothing_is_wrong_with_a_random_program(program: Program) -> None:
    assert set(codes(traced("\n".join(program.lines), program.inputs))) <= {"kink"}


@pytest.mark.parametrize("example", gallery(), ids=lambda example: example.slug)
def test_the_gallery_warns_of_its_pathologies_and_of_nothing_else(example: object) -> None:
    trace = build(example.source, example.inputs, example.output, example.wrt).trace()
    assert codes(trace) == ([example.warning] if example.warning else [])


def test_the_same_program_gives_the_same_warnings() -> None:
    first, again = (layered(1.0)[0].notices for _ in range(2))
    assert first == again


# ---------- cost ----------

LONG = "h = x\nfor t in range(500):\n    h = np.tanh(w * h + b) * 0.9"


def test_warnings_stop_at_the_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    circuit = build("L = x * y", {"x": 1, "y": 2})
    real = module.diagnose

    def late(*arguments: object) -> list[Notice]:
        return real(*arguments[:-1], Deadline(Limits(seconds=1e-9)))

    monkeypatch.setattr(module, "diagnose", late)
    with pytest.raises(EngineError) as caught:
        circuit.trace()
    assert caught.value.code == "timeout"


def test_warnings_cost_a_small_part_of_a_trace(monkeypatch: pytest.MonkeyPatch) -> None:
    circuit = build(LONG, {"x": 0.5, "w": 0.9, "b": 0.1})  # 2,000 gates
    circuit.trace()  # what is written once is no part of either
    whole = calls(circuit.trace)
    monkeypatch.setattr(module, "diagnose", lambda *_: ())
    assert whole - calls(circuit.trace) < 0.15 * whole
