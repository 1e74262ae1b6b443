"""The output over one or two entries: the grid, the gradient at the point, the step downhill, tangent and secants."""

from __future__ import annotations

import numpy as np
import pytest

from engine import Circuit, Limits, build
from engine.errors import BadInput, TooLarge, UndefinedName
from engine.surface import Surface

BOWL = "x**2 + 10 * y**2"
NET = "L = np.sum(np.dot(np.maximum(np.dot(X, W_1), 0), W_2)**2)"


def over(
    circuit: Circuit,
    *names: str | tuple[str, list[int]],
    low: float | None = None,
    high: float | None = None,
    count: int = 5,
    **more: object,
) -> Surface:
    axes = [
        (n, [], low, high, count) if isinstance(n, str) else (*n, low, high, count) for n in names
    ]
    return circuit.surface(axes, **more)


def test_the_grid_is_the_function_itself() -> None:
    found = over(build(BOWL, {"x": 3, "y": 2}), "x", "y", low=-4, high=4, count=9)
    x, y = found.ranges
    assert x.tolist() == y.tolist() == [-4, -3, -2, -1, 0, 1, 2, 3, 4]
    np.testing.assert_array_equal(found.values, x[:, None] ** 2 + 10 * y**2)
    assert found.evaluations == 81


def test_the_arrow_is_the_gradient_at_the_point() -> None:
    circuit = build(BOWL, {"x": 3, "y": 2})
    found = over(circuit, "y", "x")
    _, gradients = circuit.value_and_grad()
    # d/dy = 20·2, d/dx = 2·3; in the order of the axes.
    assert found.gradient.tolist() == [40, 6] == [gradients["y"], gradients["x"]]
    assert found.at.tolist() == [2, 3]
    assert found.value == 49


def test_entries_of_tensors_run_while_all_else_is_held() -> None:
    inputs: dict[str, object] = {
        "X": {"shape": [3, 4], "seed": 1},
        "W_1": {"shape": [4, 5], "seed": 2},
        "W_2": {"shape": [5, 2], "seed": 3},
    }
    circuit = build(NET, inputs)
    found = over(circuit, ("W_1", [1, 2]), ("W_2", [4, 0]), low=-1, high=1, count=4)
    arrays = {name: np.array(value) for name, value in circuit.inputs.items()}
    for i, first in enumerate(found.ranges[0]):
        for j, second in enumerate(found.ranges[1]):
            arrays["W_1"][1, 2], arrays["W_2"][4, 0] = first, second
            hidden = np.maximum(arrays["X"] @ arrays["W_1"], 0) @ arrays["W_2"]
            assert found.values[i, j] == pytest.approx(np.sum(hidden**2))
    _, gradients = circuit.value_and_grad()
    np.testing.assert_allclose(found.gradient, [gradients["W_1"][1, 2], gradients["W_2"][4, 0]])


def test_two_entries_of_one_tensor_make_a_map() -> None:
    found = over(
        build("x[0]**2 * x[1]", {"x": [2, 3]}), ("x", [0]), ("x", [1]), low=1, high=2, count=2
    )
    assert found.values.tolist() == [[1, 2], [4, 8]]
    assert found.gradient.tolist() == [12, 4]


def test_a_range_that_is_not_given_lies_around_the_point() -> None:
    found = over(build(BOWL, {"x": 3, "y": 0.5}), "x", "y")
    assert [r[[0, -1]].tolist() for r in found.ranges] == [[-3, 9], [-1.5, 2.5]]


def test_a_slice_has_its_tangent() -> None:
    # x² at 3: 9 + 6·(x - 3), -9 at 0 and 27 at 6.
    found = over(build("x**2", {"x": 3}), "x", low=0, high=6)
    assert found.tangent is not None
    assert found.tangent.tolist() == [-9, 27]
    assert over(build(BOWL, {"x": 3, "y": 2}), "x", "y").tangent is None


@pytest.mark.parametrize(
    ("h", "central", "forward"),
    [(1e-5, 1.2e-11, 3.2e-6), (1e-11, 8e-7, 8e-7), (1e-1, 1.5e-3, 3e-2)],
)
def test_the_secants_of_tanh_miss_as_in_the_lecture(
    h: float, central: float, forward: float
) -> None:
    found = over(build("np.tanh(x)", {"x": 1}), "x", h=h)
    errors = {secant.formula: secant.error for secant in found.secants}
    assert errors["central"] == pytest.approx(central, rel=0.5)
    assert errors["forward"] <= max(forward * 1.5, 1e-5)
    assert h != 1e-5 or errors["forward"] == pytest.approx(3.2e-6, rel=0.02)


def test_a_secant_goes_through_its_two_points() -> None:
    # x³ at 1 with h = 0.5: from 0.125 to 3.375 over 1; from 1 to 3.375 over 0.5.
    central, forward = over(build("x**3", {"x": 1}), "x", h=0.5).secants
    assert (central.at, central.values, central.slope) == ((0.5, 1.5), (0.125, 3.375), 3.25)
    assert (forward.at, forward.values, forward.slope) == ((1, 1.5), (1, 3.375), 4.75)
    assert (central.error, forward.error) == (0.25, 1.75)


def test_a_step_downhill_says_what_it_promised_and_what_it_kept() -> None:
    # At (3, 2): to (3, 2) - 0.01·(6, 40) = (2.94, 1.6); 49 - 0.01·(36 + 1600) = 32.64, really 8.6436 + 25.6.
    step = over(build(BOWL, {"x": 3, "y": 2}), "x", "y", rate=0.01).downhill
    assert step is not None
    np.testing.assert_allclose(step.to, [2.94, 1.6])
    assert step.predicted == pytest.approx(32.64)
    assert step.value == pytest.approx(34.2436)
    assert over(build(BOWL, {"x": 3, "y": 2}), "x").downhill is None


def test_a_step_that_suits_the_point_keeps_half_of_its_promise() -> None:
    # Along y, where the gradient is steep, a step of t leads to 10·(2 - 40t)²: half of it is kept up to t = 0.05.
    step = over(build("10 * y**2", {"y": 2}), "y", rate="auto").downhill
    assert step is not None
    assert step.rate == 0.05
    assert step.value == pytest.approx(0)


def test_levels_part_the_map_evenly() -> None:
    found = over(build(BOWL, {"x": 3, "y": 2}), "x", "y", low=-4, high=4, count=33)
    assert len(found.levels) == 11
    shares = np.diff([0, *(np.mean(found.values <= level) for level in found.levels), 1])
    np.testing.assert_allclose(shares, 1 / 12, atol=0.02)


def test_a_level_plain_has_no_lines() -> None:
    assert over(build("x * 0 + 3", {"x": 1}), "x").levels.size == 0


def test_points_without_a_number_are_counted_and_left_out_of_the_levels() -> None:
    found = over(build("np.log(x)", {"x": 1}), "x", low=-2, high=2)
    assert found.nonfinite == 3
    assert found.note == "At 3 of 5 points the output is no finite number."
    assert np.isfinite(found.levels).all()


def test_odd_requests_are_refused_with_the_fix() -> None:
    circuit = build("x[0] * y + z[k]", {"x": [1, 2], "y": 2, "z": [1, 2, 3], "k": 1})
    for names, match in (
        (("y", "y"), "same entry"),
        ((("x", [2]),), "shape is"),
        ((("x", []),), "shape is"),
        ((("x", [-1]),), "shape is"),
        (("k",), "index or a size"),
    ):
        with pytest.raises(BadInput, match=match):
            over(circuit, *names)
    with pytest.raises(UndefinedName, match="no input"):
        over(circuit, "q")
    with pytest.raises(BadInput, match="does not rise"):
        over(circuit, "y", low=1, high=1)
    with pytest.raises(BadInput, match="above 0"):
        over(circuit, "y", h=0.0)


def test_too_many_points_are_refused() -> None:
    circuit = build(BOWL, {"x": 3, "y": 2}, limits=Limits(evaluations=100))
    with pytest.raises(TooLarge, match="the limit evaluations is 100"):
        over(circuit, "x", "y", count=11)
    assert over(circuit, "x", "y", count=10).values.shape == (10, 10)
