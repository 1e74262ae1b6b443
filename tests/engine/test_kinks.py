"""Corners, ties and edges of NumPy's functions: the slopes that the contract's policy gives, worked by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.engine.asking import ask, gradients, notices, value

Array = NDArray[np.float64]


def slope(source: str, **inputs: object) -> dict[str, list[float] | float]:
    """Returns the gradients as plain numbers."""
    return {name: g.tolist() for name, g in gradients(source, inputs).items()}


# ---------- clip: 0 at its corners ----------


@pytest.mark.parametrize(
    ("call", "wanted"),
    [
        ("np.clip(x, 0, 1)", [0, 0, 1, 0, 0]),
        ("np.clip(x, 0, None)", [0, 0, 1, 1, 1]),
        ("np.clip(x, None, 1)", [1, 1, 1, 0, 0]),
    ],
)
def test_clip_has_slope_0_at_its_corners(call: str, wanted: list[float]) -> None:
    assert slope(call, x=[-1, 0, 0.5, 1, 2])["x"] == wanted


def test_at_a_corner_of_clip_the_bound_takes_it_all() -> None:
    assert slope("np.clip(x, a, b)", x=1.0, a=1.0, b=2.0) == {"x": 0, "a": 1, "b": 0}
    assert slope("np.clip(x, a, b)", x=2.0, a=1.0, b=2.0) == {"x": 0, "a": 0, "b": 1}
    assert slope("np.clip(x, a, b)", x=1.5, a=1.0, b=2.0) == {"x": 1, "a": 0, "b": 0}
    assert slope("np.clip(x, a, None)", x=1.0, a=1.0) == {"x": 0, "a": 1}
    assert slope("np.clip(x, None, b)", x=1.0, b=1.0) == {"x": 0, "b": 1}


def test_bounds_of_clip_that_cross_or_meet_give_the_upper_one() -> None:
    for x in (0.0, 1.0, 1.5, 2.0, 3.0):
        assert slope("np.clip(x, a, b)", x=x, a=2.0, b=1.0) == {"x": 0, "a": 0, "b": 1}
        assert slope("np.clip(x, a, b)", x=x, a=1.0, b=1.0) == {"x": 0, "a": 0, "b": 1}


def test_nothing_comes_from_behind_a_clipped_entry_where_the_slope_is_infinite() -> None:
    # The slope of the root at 0 is infinite, but clip gives 0.5 there whatever the root is.
    source = "L = np.sum(np.clip(np.sqrt(x), 0.5, 3))"
    assert slope(source, x=[0, 4])["x"] == [0, 0.25]
    assert any("infinite slope" in message for message in notices(source, {"x": [0, 4]}))


# ---------- ties ----------


def test_ties_of_fmax_and_fmin_are_those_of_maximum_and_minimum() -> None:
    for name in ("fmax", "fmin"):
        assert slope(f"np.{name}(x, y)", x=3, y=3) == {"x": 0.5, "y": 0.5}
        assert slope(f"np.{name}(x, 3)", x=3) == {"x": 0}
        assert slope(f"np.{name}(3, x)", x=3) == {"x": 0}


def test_fmax_and_fmin_send_the_gradient_past_nan() -> None:
    # log(-1) is NaN, so y is chosen; its own slope is 1, and NaN gets 0.
    for name in ("fmax", "fmin"):
        found, slopes = ask(f"np.{name}(np.log(x), y)", {"x": -1, "y": 2})
        assert (float(found), float(slopes["x"]), float(slopes["y"])) == (2, 0, 1)


def test_sort_shares_evenly_among_entries_that_tie() -> None:
    # Sorted: 1, 2, 2, 2, 5 with upstreams 10, 20, 30, 70, 100: the three 2s get 40 each.
    source = "L = np.sum(np.sort(x) * np.array([10, 20, 30, 70, 100]))"
    assert slope(source, x=[2, 5, 2, 1, 2])["x"] == [40, 100, 40, 10, 40]


def test_sort_shares_in_each_lane_alone() -> None:
    x = [[1.0, 1.0], [1.0, 0.0]]
    weights = "np.array([[1, 3], [5, 7]])"
    assert slope(f"L = np.sum(np.sort(x) * {weights})", x=x)["x"] == [[2, 2], [7, 5]]
    # Columns (1, 1) and (0, 1): the first ties, with upstreams 1 and 5.
    assert slope(f"L = np.sum(np.sort(x, axis=0) * {weights})", x=x)["x"] == [[3, 7], [3, 3]]
    # All together 0, 1, 1, 1 with upstreams 1, 2, 4, 6.
    flat = slope("L = np.sum(np.sort(x, axis=None) * np.array([1, 2, 4, 6]))", x=x)["x"]
    assert flat == [[4, 4], [4, 1]]


def test_ptp_shares_among_the_largest_and_among_the_smallest() -> None:
    assert slope("np.ptp(x)", x=[4, 1, 4, 2])["x"] == [0.5, -1, 0.5, 0]
    assert slope("np.ptp(x)", x=[3, 3])["x"] == [0, 0]


def test_median_goes_to_the_middle_entry_or_half_to_each_of_two() -> None:
    assert slope("np.median(x)", x=[5, 1, 3])["x"] == [0, 0, 1]
    assert slope("np.median(x)", x=[5, 1, 3, 2])["x"] == [0, 0, 0.5, 0.5]


def test_median_shares_among_entries_that_tie() -> None:
    assert slope("np.median(x)", x=[2, 1, 2])["x"] == [0.5, 0, 0.5]
    # The middle two are 2 and 2: all of the gradient, shared.
    assert slope("np.median(x)", x=[1, 2, 2, 3])["x"] == [0, 0.5, 0.5, 0]
    # The middle two are 1, which ties with another, and 2.
    assert slope("np.median(x)", x=[1, 1, 2, 3])["x"] == [0.25, 0.25, 0.5, 0]


# ---------- 0 at a point where there is no slope ----------


@pytest.mark.parametrize("entries", [[2.0, 2.0, 2.0], [0.1, 0.1, 0.1], [7.0]])
def test_std_of_equal_entries_has_slope_0(entries: list[float]) -> None:
    # Three times 0.1 have a mean that is not 0.1 to the last digit, and a deviation that is not 0: still no slope.
    assert slope("np.std(x)", x=entries)["x"] == [0] * len(entries)


def test_std_of_equal_rows_has_slope_0_in_those_rows_only() -> None:
    rows = gradients("L = np.sum(np.std(x, axis=1))", {"x": [[3, 3], [1, 5]]})["x"]
    # Of (1, 5): mean 3, deviation 2, slopes ∓2 / (2 · 2).
    np.testing.assert_array_equal(rows, [[0, 0], [-0.5, 0.5]])


def test_var_by_hand() -> None:
    # Mean 2, distances -1, 0, 1: 2 d / 3, and 2 d / 2 with ddof=1.
    np.testing.assert_allclose(slope("np.var(x)", x=[1, 2, 3])["x"], [-2 / 3, 0, 2 / 3])
    np.testing.assert_allclose(slope("np.var(x, ddof=1)", x=[1, 2, 3])["x"], [-1, 0, 1])


def test_hypot_at_the_origin_has_slope_0() -> None:
    assert slope("np.hypot(x, y)", x=0, y=0) == {"x": 0, "y": 0}
    assert slope("np.hypot(x, y)", x=3, y=4) == {"x": 0.6, "y": 0.8}


def test_copysign_has_slope_0_at_its_corner_and_minus_1_where_it_flips() -> None:
    assert slope("np.copysign(x, y)", x=[-2, 0, 2], y=[1, 1, -1])["x"] == [-1, 0, -1]
    assert slope("np.copysign(x, y)", x=[-2, 2], y=[-1, 1])["x"] == [1, 1]


# ---------- where a formula would be 0/0 ----------


def test_sinc_at_0_is_1_with_slope_0() -> None:
    found, slopes = ask("np.sinc(x)", {"x": 0.0})
    assert (float(found), float(slopes["x"])) == (1, 0)


@pytest.mark.parametrize("x", [1e-12, 1e-8, 1e-5, 9.99e-5, 1.01e-4, 1e-3, -3e-7])
def test_sinc_keeps_its_slope_near_0(x: float) -> None:
    # The series of sin(πx)/(πx): 1 - (πx)²/6 + (πx)⁴/120 - ..., with the slope -π²x/3 + π⁴x³/30 - ....
    wanted = -(math.pi**2) * x / 3 + math.pi**4 * x**3 / 30
    assert float(gradients("np.sinc(x)", {"x": x})["x"]) == pytest.approx(wanted, abs=1e-11)


def test_cbrt_takes_negative_numbers_and_is_infinitely_steep_at_0() -> None:
    found, slopes = ask("np.cbrt(x)", {"x": [-8, 27, 0]})
    np.testing.assert_allclose(found, [-2, 3, 0])
    # 1 / (3 · 2²), 1 / (3 · 3²).
    np.testing.assert_allclose(slopes["x"], [1 / 12, 1 / 27, np.inf])


def test_logarithms_of_sums_do_not_overflow() -> None:
    found, slopes = ask("np.logaddexp(x, y)", {"x": 1000, "y": -1000})
    assert (float(found), float(slopes["x"]), float(slopes["y"])) == (1000, 1, 0)
    assert slope("np.logaddexp2(x, y)", x=3000, y=3000) == {"x": 0.5, "y": 0.5}


def test_small_numbers_keep_their_digits() -> None:
    assert float(value("np.expm1(x)", {"x": 1e-12})) == math.expm1(1e-12)
    assert float(value("np.log1p(x)", {"x": 1e-12})) == math.log1p(1e-12)
    assert float(gradients("np.expm1(x)", {"x": -40})["x"]) == pytest.approx(math.exp(-40))


def test_what_is_no_number_gets_no_gradient() -> None:
    # log(-1) is NaN: it is left out of the sum and the mean, and replaced by 0.
    x = [-1.0, 2.0, 4.0]
    assert slope("np.nansum(np.log(x))", x=x)["x"][1:] == [0.5, 0.25]
    assert slope("np.nanmean(np.log(x))", x=x)["x"][1:] == [0.25, 0.125]
    assert slope("L = np.sum(np.nan_to_num(np.log(x)))", x=x)["x"] == [0, 0.5, 0.25]
    assert float(value("np.nanmean(np.log(x))", {"x": x})) == pytest.approx(math.log(8) / 2)
