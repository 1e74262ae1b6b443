"""NumPy's functions by every spelling and keyword: values against NumPy itself, gradients against differences."""

from __future__ import annotations

import re
import warnings
from collections.abc import Mapping

import numpy as np
import pytest
from numpy.typing import NDArray

from engine import build
from engine.primitives import Structure
from tests.engine import plain_numpy
from tests.engine.asking import ask, gradients, notices, refused, same, traced, value
from tests.engine.differences import five_point, relative_error

Array = NDArray[np.float64]

RNG = np.random.default_rng(3)
GIVEN: Mapping[str, Array] = {
    "x": RNG.permutation(np.arange(1, 7) * 0.37 - 1.3).reshape(2, 3),
    "v": np.array([0.7, -1.2, 0.31]),
    "u": np.array([0.21, 0.83, 0.47]),
    "T": RNG.permutation(np.arange(1, 13) * 0.29 - 1.6).reshape(2, 3, 2),
    "w": np.array([0.4, 1.9, 0.8]),
    "s": np.array(0.63),
}


def used(source: str) -> dict[str, Array]:
    """Returns the given values whose names a program uses."""
    return {name: array for name, array in GIVEN.items() if re.search(rf"\b{name}\b", source)}


def holds(source: str) -> None:
    """Asserts that a program's value is NumPy's, and its gradients are those of NumPy's values."""
    inputs = used(source)

    def numpy_value(moved: Mapping[str, Array]) -> Array:
        return np.asarray(plain_numpy.run(f"f = {source}", {**inputs, **moved})["f"], dtype=float)

    wanted = numpy_value({})
    weights = np.random.default_rng(5).normal(size=wanted.shape)
    circuit = build(f"f = {source}", inputs)
    found, slopes = circuit.value_and_grad(upstream=weights)
    assert np.shape(found) == wanted.shape
    np.testing.assert_allclose(found, wanted, rtol=1e-12, atol=1e-14)
    assert set(slopes) == set(inputs)
    for name, point in inputs.items():

        def loss(there: Array, name: str = name) -> Array:
            return np.asarray(np.sum(weights * numpy_value({name: there})))

        numerical = five_point(loss, point).reshape(point.shape)
        assert relative_error(slopes[name], numerical) < 1e-7, name


def test_a_gradient_is_an_array_even_of_one_number_used_twice() -> None:
    circuit = build("x * x", {"x": 3.0})
    for _, slopes in (circuit.value_and_grad(), circuit.value_and_grad()):
        assert isinstance(slopes["x"], np.ndarray)


# ---------- one array ----------


@pytest.mark.parametrize(
    "call",
    [
        *("tan(v)", "arcsin(u)", "asin(u)", "arccos(u)", "acos(u)", "arctan(v)", "atan(v)"),
        *("sinh(v)", "cosh(v)", "arcsinh(v)", "asinh(v)", "arctanh(u)", "atanh(u)"),
        *("arccosh(1 + u)", "acosh(1 + u)", "log1p(u)", "expm1(v)", "log2(u)", "log10(u)"),
        *("exp2(v)", "reciprocal(v)", "sinc(v)", "cbrt(v)", "fabs(v)", "nan_to_num(v)"),
        *("deg2rad(v)", "radians(v)", "rad2deg(v)", "degrees(v)"),
        *("pow(u, 2)", "float_power(u, 3)", "nansum(x, axis=0)", "nanmean(x, axis=1)"),
    ],
)
def test_a_function_of_one_array_is_numpys(call: str) -> None:
    holds(f"np.{call}")


# ---------- two arrays ----------


@pytest.mark.parametrize(
    "call",
    [
        *("np.arctan2(v, w)", "np.atan2(x, v)", "np.hypot(x, w)", "np.hypot(3, v)"),
        *("np.logaddexp(x, v)", "np.logaddexp2(v, s)", "np.fmax(x, v)", "np.fmin(x, 0.1)"),
        *("np.copysign(v, x)", "np.mod(x, w)", "np.remainder(x, -w)", "np.fmod(x, w)"),
        *("x % w", "x % 0.35", "7.1 % w", "-x % w + x", "np.fmod(-x, 0.35)", "(x % w) * w"),
    ],
)
def test_a_function_of_two_arrays_is_numpys(call: str) -> None:
    holds(call)


def test_the_slope_of_a_remainder_counts_whole_divisors_as_numpy_does() -> None:
    # 1 % 0.1 is 0.0999..., since 0.1 is a little more than a tenth: nine whole divisors, not ten.
    assert float(value("x % y", {"x": 1, "y": 0.1})) == 1 % 0.1
    assert float(gradients("x % y", {"x": 1, "y": 0.1})["y"]) == -9
    assert float(gradients("np.fmod(x, y)", {"x": 1, "y": 0.1})["y"]) == -9


def test_the_signs_of_remainders_are_pythons_and_cs() -> None:
    # -7 = 3 · (-3) + 2, and -7 = 3 · (-2) - 1.
    found, slopes = ask("x % y", {"x": -7, "y": 3})
    assert (float(found), float(slopes["x"]), float(slopes["y"])) == (2, 1, 3)
    found, slopes = ask("np.fmod(x, y)", {"x": -7, "y": 3})
    assert (float(found), float(slopes["x"]), float(slopes["y"])) == (-1, 1, 2)


def test_remainders_change_arrays_in_place_too() -> None:
    found, slopes = ask("y = x * 1\ny %= 2\ny //= 1\nL = np.sum(y * x)", {"x": [3.5, 0.5]})
    # 3.5 % 2 // 1 = 1, 0.5 % 2 // 1 = 0: L = 3.5, and only the plain factor x has a slope.
    assert float(found) == 3.5
    np.testing.assert_array_equal(slopes["x"], [1, 0])


@pytest.mark.parametrize(
    ("source", "wanted"),
    [("7 % 3 * x", 1), ("7 // 2 * x", 3), ("-7 // 2 * x", -4), ("7.5 % 2 * x", 1.5)],
)
def test_remainders_of_plain_numbers_stay_plain(source: str, wanted: float) -> None:
    assert float(value(source, {"x": 1})) == wanted


# ---------- clip ----------


@pytest.mark.parametrize(
    "call",
    [
        *("np.clip(x, -0.5, 0.6)", "np.clip(x, a_min=-0.5, a_max=0.6)", "np.clip(a=x, min=-0.5)"),
        *("np.clip(x, None, 0.6)", "np.clip(x, -0.5, None)", "np.clip(x, min=-0.5, max=0.6)"),
        *("np.clip(x, max=0.6)", "np.clip(x, None, None)", "np.clip(x)", "np.clip(s, v, w)"),
        *("x.clip(-0.5, 0.6)", "x.clip(min=-0.5)", "x.clip(None, 0.6)", "x.clip(-0.5, max=w)"),
        *("np.clip(x, v, w)", "np.clip(x, v, None)", "np.clip(x, None, v)", "np.clip(v, -1, s)"),
        *("np.clip(x, w, v)", "np.clip(x, 2, -2)"),  # bounds that cross: the upper one wins
        "np.clip(x, [-0.2, -0.3, 0.1], 0.5)",
    ],
)
def test_clip_takes_its_bounds_in_every_way_that_numpy_does(call: str) -> None:
    holds(call)


def test_clip_shows_its_bounds_on_the_gate() -> None:
    def face(call: str) -> str:
        return traced(f"f = {call}", {"x": 0.5}).nodes[-1].face

    assert face("np.clip(x, -1, 1)") == "−1…1"
    assert face("np.clip(x, None, 6)") == "≤ 6"
    assert face("np.clip(x, 0, None)") == "≥ 0"
    assert face("np.clip(x, y, 1)") == "clip"


# ---------- reductions ----------


REDUCTIONS = ("prod", "var", "std", "ptp", "median", "nansum", "nanmean")


@pytest.mark.parametrize("name", REDUCTIONS)
@pytest.mark.parametrize(
    "settings",
    [
        "",
        ", axis=0",
        ", axis=-2",
        ", axis=(0, 2)",
        ", axis=(-1, 1), keepdims=True",
        ", keepdims=True",
    ],
)
def test_a_reduction_takes_numpys_axes(name: str, settings: str) -> None:
    holds(f"np.{name}(T{settings})")


@pytest.mark.parametrize(
    "settings",
    ["ddof=1", "correction=1", "axis=1, ddof=2", "axis=(0, 1), ddof=-1, keepdims=True", "ddof=1.0"],
)
@pytest.mark.parametrize("name", ["var", "std"])
def test_var_and_std_take_ddof_and_correction(name: str, settings: str) -> None:
    holds(f"np.{name}(T, {settings})")


@pytest.mark.parametrize(
    "call",
    [
        *("np.average(x)", "np.average(x, axis=0)", "np.average(x, 1, keepdims=True)"),
        *("np.average(x, weights=np.exp(x))", "np.average(x, axis=1, weights=w)"),
        *("np.average(x, axis=0, weights=x * x)", "np.average(v, weights=[1, 2, 3])"),
        *("np.average(x, -1, w, keepdims=True)", "np.average(T, axis=1, weights=w)"),
        *("np.average(T, axis=(2, 1), weights=T[0].T ** 2)", "np.average(x, axis=(0, 1))"),
    ],
)
def test_average_weighs_as_numpy_does(call: str) -> None:
    holds(call)


def test_weights_that_nobody_gave_take_the_shape_of_what_they_weigh() -> None:
    slopes = gradients("np.average(x, weights=q)", {"x": [1.0, 2.0, 4.0]})
    assert slopes["q"].shape == (3,)


# ---------- along an axis ----------


@pytest.mark.parametrize("name", ["cumsum", "cumprod", "sort"])
@pytest.mark.parametrize("settings", ["", ", axis=0", ", axis=-2", ", 1", ", axis=None"])
def test_a_scan_takes_numpys_axes(name: str, settings: str) -> None:
    holds(f"np.{name}(x{settings})")
    holds(f"np.{name}(T{settings})")


@pytest.mark.parametrize("row", [[2, 0, 3, 4], [0, 2, 0, 3], [0, 0, 0, 0], [1, 2, 3, 0]])
@pytest.mark.parametrize("name", ["prod", "cumprod"])
def test_products_are_right_among_zeros(name: str, row: list[float]) -> None:
    x = np.array([row, [1.0, -2.0, 3.0, 0.5]])
    weights = np.random.default_rng(1).normal(size=(2, 4))
    source = f"L = np.sum(np.{name}(x, axis=1) * w)"
    w = weights if name == "cumprod" else weights[:, 0]

    def loss(there: Array) -> Array:
        return np.asarray(plain_numpy.run(source, {"x": there, "w": w})["L"])

    slopes = gradients(source, {"x": x, "w": w})["x"]
    assert relative_error(slopes, five_point(loss, x).reshape(x.shape)) < 1e-7


def test_a_factor_of_a_product_gets_the_product_of_the_others() -> None:
    np.testing.assert_array_equal(gradients("np.prod(x)", {"x": [2, 3, 5]})["x"], [15, 10, 6])
    np.testing.assert_array_equal(gradients("np.prod(x)", {"x": [2, 0, 5]})["x"], [0, 10, 0])
    np.testing.assert_array_equal(gradients("np.prod(x)", {"x": [0, 0, 5]})["x"], [0, 0, 0])


# ---------- methods ----------


@pytest.mark.parametrize(
    ("method", "function"),
    [
        ("x.round()", "np.round(x)"),
        ("x.round(1)", "np.round(x, 1)"),
        ("x.round(decimals=1)", "np.around(x, decimals=1)"),
        ("x.argmax()", "np.argmax(x)"),
        ("x.argmax(1)", "np.argmax(x, axis=1)"),
        ("x.argmin(axis=0)", "np.argmin(x, 0)"),
        ("x.argsort()", "np.argsort(x)"),
        ("x.argsort(axis=None)", "np.argsort(x, None)"),
        ("(x > 0).any()", "np.any(x > 0)"),
        ("(x > 0).all(axis=1, keepdims=True)", "np.all(x > 0, axis=1, keepdims=True)"),
        ("x.clip(-0.5, 0.5)", "np.clip(x, -0.5, 0.5)"),
        ("x.clip(max=v)", "np.clip(x, None, v)"),
        ("x.prod()", "np.prod(x)"),
        ("x.prod(axis=0)", "np.prod(x, 0)"),
        ("x.var(axis=1, ddof=1)", "np.var(x, axis=1, ddof=1)"),
        ("x.std(ddof=1)", "np.std(x, correction=1)"),
        ("x.cumsum()", "np.cumsum(x)"),
        ("x.cumsum(axis=0)", "np.cumsum(x, 0)"),
        ("x.cumprod(1)", "np.cumprod(x, axis=1)"),
    ],
)
def test_a_method_does_what_its_function_does(method: str, function: str) -> None:
    inputs = used(method)
    with warnings.catch_warnings():
        wanted = plain_numpy.run(f"f = {method}", inputs)["f"]
    for source in (method, function):
        found, slopes = ask(f"f = {source}", inputs)
        same(found, wanted)
        for name, slope in gradients(f"f = {method}", inputs).items():
            np.testing.assert_array_equal(slope, slopes[name])


def test_ptp_is_a_function_only_as_in_numpy_2() -> None:
    assert not hasattr(np.ndarray, "ptp")
    assert "np.ptp(" in refused("x.ptp()", {"x": [1, 2]}).hint


def test_sorting_in_place_is_refused_with_the_function() -> None:
    assert "np.sort(" in refused("x.sort()\nf = np.sum(x)", {"x": [2, 1]}).hint


# ---------- without a gradient ----------


WITHOUT = [
    *("np.sign(x)", "np.floor(x)", "np.ceil(x)", "np.trunc(x)", "np.fix(x)", "np.rint(x)"),
    *("np.round(x)", "np.round(x, 1)", "np.around(x, decimals=-1)", "x.round(2)", "round(x)"),
    *("round(s)", "round(x, 1)", "x // w", "np.floor_divide(x, 0.35)", "5.3 // w", "x // 1"),
    *("np.argmax(x)", "np.argmax(x, axis=0)", "np.argmax(T, -2, keepdims=True)", "np.argmin(x, 1)"),
    *(
        "np.argmax(x, keepdims=True)",
        "np.argsort(x)",
        "np.argsort(x, axis=0)",
        "np.argsort(T, None)",
    ),
    *("np.count_nonzero(x > 0)", "np.count_nonzero(x, axis=(0, 1))", "np.count_nonzero(T, axis=1)"),
    *(
        "np.any(x > 1)",
        "np.any(x, axis=0)",
        "np.all(T, axis=(0, 2), keepdims=True)",
        "(x < 9).all()",
    ),
    *("np.isnan(x)", "np.isfinite(x)", "np.isinf(x)", "np.logical_xor(x > 0, x > 1)"),
    "np.sign(x > 0.1) + np.floor(x > 0.2)",
]


@pytest.mark.parametrize("call", WITHOUT)
def test_a_step_has_numpys_value_and_gradient_0_with_a_notice(call: str) -> None:
    inputs = used(call)
    numpys = call.replace(
        "np.sign(x > 0.1)", "np.sign(1.0 * (x > 0.1))"
    )  # NumPy has no sign of truth
    numpys = numpys.replace("round(x", "np.round(x") if call.startswith("round") else numpys
    found, slopes = ask(f"f = {call}", inputs)
    same(found, plain_numpy.run(f"f = {numpys}", inputs)["f"])
    for name, slope in slopes.items():
        np.testing.assert_array_equal(slope, np.zeros_like(inputs[name]))
    messages = notices(f"f = {call}", inputs)
    for name in inputs:
        assert f"Nothing that reaches the output depends on {name}: its gradient is 0." in messages


@pytest.mark.parametrize("name", ["argmax", "argmin", "argsort", "count_nonzero"])
def test_places_and_counts_are_whole_numbers(name: str) -> None:
    node = traced(f"f = np.{name}(x)", used("x")).nodes[-1]
    assert node.value.dtype == np.int64


def test_steps_stop_the_gradient_and_let_the_rest_pass() -> None:
    # L = Σ x floor(x): the slope is floor(x), from the plain factor alone.
    x = [1.5, -0.5, 2.2]
    np.testing.assert_array_equal(gradients("np.sum(x * np.floor(x))", {"x": x})["x"], [1, -1, 2])


def test_steps_are_numbers_and_not_masks() -> None:
    same(value("-np.sign(x) - np.floor(x) + np.argmax(x)", {"x": [0.5, 1.5]}), [0, -1])
    assert refused("~np.sign(x)", {"x": [1.0]}).code == "not-allowed"
    same(value("~np.isnan(x) & (x > 1)", {"x": [0.5, 1.5]}), [0, 1])
    same(value("np.sum(x[np.isfinite(x)])", {"x": [0.5, 1.5]}), 2)


def test_accuracy_is_drawn_though_it_has_no_gradient() -> None:
    source = "p = softmax(X @ W, axis=1)\nright = np.argmax(p, axis=1) == y\nacc = np.mean(right)"
    inputs = {"X": [[1.0, 0.0], [0.0, 1.0]], "W": [[2.0, 0.0], [0.0, 1.0]], "y": [0, 0]}
    found, slopes = ask(source, inputs)
    assert float(found) == 0.5
    np.testing.assert_array_equal(slopes["W"], np.zeros((2, 2)))


def test_the_local_gradient_of_a_place_is_zero_in_every_entry() -> None:
    wire = traced("f = np.argmax(x, axis=0)", used("x")).nodes[-1].wires[0].local
    assert (wire.structure, wire.shape, wire.axes) == (Structure.REDUCTION, (3, 2, 3), (0,))
    np.testing.assert_array_equal(wire.value, np.zeros((2, 3)))
    wire = traced("f = np.argsort(v)", used("v")).nodes[-1].wires[0].local
    np.testing.assert_array_equal(wire.value, np.zeros((3, 3)))


# ---------- refusals ----------


@pytest.mark.parametrize(
    ("call", "named", "hint"),
    [
        ("np.max(x, initial=3)", "initial", "np.max(x, axis=..., keepdims=...)"),
        ("np.sum(x, where=x > 0)", "where", "np.sum(x, axis=..., keepdims=...)"),
        ("np.prod(x, initial=2)", "initial", "np.prod(x, axis=..., keepdims=...)"),
        ("np.std(x, where=x > 0)", "where", "np.std(x, axis=..., ddof=..., keepdims=...)"),
        ("np.var(x, ddof=1, correction=1)", "correction", "ddof=..."),
        ("np.median(x, overwrite_input=True)", "overwrite_input", "np.median(x, axis=..."),
        ("np.sort(x, kind='stable')", "kind", "np.sort(x, axis=...)"),
        ("np.argsort(x, stable=True)", "stable", "np.argsort(x, axis=...)"),
        ("np.argmax(x, out=1)", "out", "np.argmax(x, axis=..., keepdims=...)"),
        ("np.clip(x, 0, 1, out=1)", "out", "np.clip(a, a_min=None"),
        ("np.clip(x, 0, 1, min=0)", "one bound twice", "min and max"),
        ("np.average(x, returned=True)", "returned", "np.average(a, axis=None, weights=None"),
        ("np.nan_to_num(x, nan=1)", "nan", "np.nan_to_num(x)"),
        ("np.cumsum(x, axis=(0, 1))", "one axis", "axis=0"),
        ("np.argmin(x, axis=(0, 1))", "one axis", "axis=0"),
        ("np.argmax(x, axis=True)", "whole number", "axis=0"),
        ("np.round(x, True)", "whole number", "np.round(x, 2)"),
        ("np.var(x, ddof=None)", "ddof", "ddof=1"),
    ],
)
def test_what_a_function_does_not_take_is_refused_by_name(call: str, named: str, hint: str) -> None:
    error = refused(f"f = {call}", used("x"))
    assert error.code == "bad-call"
    assert named in error.detail
    assert hint in error.hint
    assert (error.span.line, error.span.column) == (1, 4)


@pytest.mark.parametrize(
    ("call", "named"),
    [
        ("np.var(v, ddof=3)", "3 - 3"),
        ("np.std(x, axis=0, ddof=2)", "2 - 2"),
        ("np.cumsum(s)", "single number"),
        ("np.sort(s)", "single number"),
        ("np.sort(x, axis=2)", "no axis 2"),
        ("np.argmax(x[:0])", "no entries"),
        ("np.median(x[:, :0], axis=1)", "no entries"),
        ("np.average(x, axis=0, weights=w)", "(2,)"),
        ("np.clip(x, v, T)", "do not fit"),
        ("np.arctan2(v, x.T)", "do not fit"),
    ],
)
def test_shapes_that_no_function_takes_are_refused(call: str, named: str) -> None:
    error = refused(f"f = {call}", used(call))
    assert error.code == "shape-mismatch"
    assert named in error.detail
    assert error.hint
    assert error.span is not None


def test_weights_of_another_shape_need_an_axis_as_in_numpy() -> None:
    error = refused("f = np.average(x, weights=w)", used("x w"))
    assert (error.code, "axis=0" in error.hint) == ("bad-call", True)


@pytest.mark.parametrize(
    "call", ["np.sum(x, 0, True)", "np.max(x, 0, 1)", "np.var(x, 0, 1)", "x.mean(0, True)"]
)
def test_a_setting_whose_place_is_dtype_or_out_in_numpy_is_not_read_by_position(call: str) -> None:
    error = refused(f"y = {call}", {"x": [[1, 2], [3, 4]]})
    assert error.code == "bad-call"
    assert "by position" in error.detail
    assert "keepdims=..." in error.hint
