"""The lecture's approaches to a smaller loss: what they find, what they pay for, and why random directions fail."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from engine import REGISTRY, EngineError, Limits, build
from engine.descent import Descent
from engine.errors import BadInput, NotScalar, Timeout, TooLarge, UndefinedName

Array = NDArray[np.float64]

BOWL = "x**2 + 10 * y**2"
AT: dict[str, object] = {"x": 3, "y": 2}
METHODS = ["random-search", "random-local-search", "numerical", "analytic"]
RANDOM = METHODS[:2]


def descended(
    method: str,
    source: str = BOWL,
    inputs: dict[str, object] | None = None,
    *,
    steps: int = 50,
    rate: float = 0.05,
    **more: object,
) -> Descent:
    circuit = build(source, AT if inputs is None else inputs)
    return circuit.descend(method, steps=steps, rate=rate, **more)


# ---------- what they find ----------


def test_the_gradient_ends_below_the_local_search_and_that_below_pure_chance() -> None:
    # The same bowl from the same point, 100 passes through the circuit each.
    final = {
        method: descended(
            method, steps=1000, budget=100, seed=1, rate=0.3 if method in RANDOM else 0.05
        ).losses[-1]
        for method in METHODS
    }
    assert final["analytic"] < final["random-local-search"] < final["random-search"] < 49


@pytest.mark.parametrize("method", ["numerical", "analytic"])
def test_a_gradient_step_is_worked_by_hand(method: str) -> None:
    # At (3, 2) the gradient is (2·3, 20·2) = (6, 40): 0.05 of it leads to (2.7, 0), and there the loss is 7.29.
    found = descended(method, steps=1)
    np.testing.assert_allclose(found.path, [[3, 2], [2.7, 0]], atol=1e-9)
    np.testing.assert_allclose(found.losses, [49, 7.29], rtol=1e-9)
    assert (found.ended, found.note) == ("steps", "")


def test_the_numerical_gradient_goes_the_way_of_the_analytic_one() -> None:
    for formula in ("central", "forward"):
        found = descended("numerical", rate=0.01, formula=formula)
        np.testing.assert_allclose(found.path, descended("analytic", rate=0.01).path, atol=1e-5)


@pytest.mark.parametrize("method", METHODS)
def test_the_losses_are_the_output_along_the_path(method: str) -> None:
    found = descended(method, steps=12, rate=0.02, seed=3)
    x, y = found.path.T
    np.testing.assert_allclose(found.losses, x**2 + 10 * y**2, rtol=1e-12)
    assert [len(found.tried), len(found.kept)] == [12, 12]
    assert [float(found.end[name]) for name in ("x", "y")] == found.path[-1].tolist()


@pytest.mark.parametrize("method", RANDOM)
def test_a_random_search_keeps_what_is_better_and_nothing_else(method: str) -> None:
    found = descended(method, steps=200, rate=0.5, seed=2)
    assert 0 < sum(found.kept) < 200
    for k, kept in enumerate(found.kept):
        assert kept == (found.tried[k] < found.losses[k])
        assert found.losses[k + 1] == (found.tried[k] if kept else found.losses[k])
    assert found.downhill == sum(found.kept)


def test_random_points_are_drawn_from_the_whole_box_and_local_ones_lie_a_step_away() -> None:
    # Nothing is ever worse than infinitely far: with a loss that always falls, every try is kept.
    box = descended("random-search", "-(x + y) * 0 - k * 0", {"x": 3, "y": 2, "k": 1}, reach=4)
    assert box.reach == 4
    local = descended("random-local-search", rate=0.25, seed=5, steps=80)
    moved = np.diff(local.path, axis=0)[np.array(local.kept)]
    np.testing.assert_allclose(np.hypot(*moved.T), 0.25)
    search = descended("random-search", seed=5, steps=300)
    assert search.reach == 6
    assert (np.abs(search.path - [3, 2]) <= 6).all()


@pytest.mark.parametrize("method", METHODS)
def test_the_same_seed_gives_the_same_descent_and_another_another(method: str) -> None:
    one, same = descended(method, seed=7), descended(method, seed=7)
    np.testing.assert_array_equal(one.path, same.path)
    np.testing.assert_array_equal(one.losses, same.losses)
    if method in RANDOM:
        assert not np.array_equal(one.tried, descended(method, seed=8).tried)


def test_only_wrt_moves() -> None:
    circuit = build("np.sum((w * x - 1)**2)", {"w": 3, "x": [1, 2]}, wrt=["w"])
    found = circuit.descend("analytic", steps=60, rate=0.05)
    # Least squares of one weight: w = Σx / Σx² = 3 / 5.
    assert list(found.end) == ["w"]
    assert float(found.end["w"]) == pytest.approx(0.6)
    assert found.dimensions == 1


def test_tensors_are_listed_entry_by_entry() -> None:
    found = descended("analytic", "np.sum(W**2) + b**2", {"W": [[1, 2], [3, 4]], "b": 5}, steps=1)
    names = [(entry.name, entry.index) for entry in found.entries]
    assert names == [("W", (0, 0)), ("W", (0, 1)), ("W", (1, 0)), ("W", (1, 1)), ("b", ())]
    np.testing.assert_allclose(found.path[1], 0.9 * np.array([1, 2, 3, 4, 5]))
    assert found.end["W"].shape == (2, 2)


def test_a_long_path_of_many_entries_lists_the_first() -> None:
    found = descended("analytic", "np.sum(x**2)", {"x": {"shape": [3000]}}, steps=10)
    assert found.path.shape == (11, 20_000 // 11)
    assert found.end["x"].shape == (3000,)


def test_a_rate_that_is_not_given_is_found_by_trying() -> None:
    # Along y the bowl is 10·y²: 0.05 leads to its floor at once, 0.1 to the other side and back for ever.
    found = build(BOWL, AT).descend("analytic", steps=5)
    assert found.rate == 0.05
    assert found.evaluations[-1] == 10
    assert build(BOWL, AT).descend("random-local-search", steps=5).rate == 0.3
    assert build("np.sum(x**2)", {"x": [0.5]}).descend("random-local-search", steps=5).rate == 0.1


def test_an_output_that_falls_without_end_has_no_lowest_point() -> None:
    found = build("(x + y) * z", {"x": -2, "y": 5, "z": -4}).descend("analytic", steps=2000)
    assert found.ended == "non-finite"
    assert found.note.startswith("The output falls without end")


# ---------- what they pay for ----------


@pytest.mark.parametrize("n", [1, 3, 20])
def test_evaluations_are_those_that_really_run(n: int, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = 0
    tanh = REGISTRY["tanh"]

    def counting(x: Array) -> Array:
        nonlocal calls
        calls += 1
        return np.tanh(x)

    monkeypatch.setitem(REGISTRY, "tanh", replace(tanh, forward=counting))
    circuit = build("np.sum(np.tanh(x)**2)", {"x": [0.5] * n})
    each = {("numerical", "central"): 2 * n, ("numerical", "forward"): n + 1}
    for (method, formula), passes in each.items():
        calls = 0
        found = circuit.descend(method, steps=4, rate=0.1, formula=formula)
        assert found.each == passes
        assert found.evaluations == [0, passes, 2 * passes, 3 * passes, 4 * passes]
        # One more at the start, to have its values, and one at each point for the curve.
        assert calls == 4 * passes + 1 + 5


@pytest.mark.parametrize("n", [1, 100, 1000])
def test_the_analytic_gradient_takes_two_passes_however_many_inputs(n: int) -> None:
    found = descended("analytic", "np.sum(x**2)", {"x": {"shape": [n]}}, steps=3)
    assert found.each == 2
    assert found.evaluations == [0, 2, 4, 6]


@pytest.mark.parametrize("method", RANDOM)
def test_a_random_step_takes_one_pass_and_the_start_another(method: str) -> None:
    found = descended(method, steps=5)
    assert found.each == 1
    assert found.evaluations == [1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize(
    ("method", "steps"),
    [("random-search", 99), ("random-local-search", 99), ("numerical", 25), ("analytic", 50)],
)
def test_the_same_budget_buys_many_random_steps_and_few_numerical_ones(
    method: str, steps: int
) -> None:
    found = descended(method, steps=10_000, rate=0.001, budget=100)
    assert len(found.losses) == steps + 1
    assert found.evaluations[-1] == 100
    assert found.ended == "budget"


def test_a_budget_too_small_for_a_step_leaves_the_start() -> None:
    found = descended("numerical", budget=3)
    assert found.losses.tolist() == [49]
    assert (found.ended, found.evaluations) == ("budget", [0])


# ---------- why random directions fail ----------


@pytest.mark.parametrize(("n", "measured"), [(2, 0.64), (10, 0.26), (100, 0.08), (1000, 0.025)])
def test_random_directions_turn_away_from_the_gradient_as_dimensions_grow(
    n: int, measured: float
) -> None:
    found = descended(
        "random-local-search", "np.sum(x**2)", {"x": {"shape": [n]}}, steps=2000, rate=1e-7
    )
    assert found.expected_cosine == math.sqrt(2 / (math.pi * n))
    mean = float(np.mean(np.abs(found.cosines)))
    assert mean == pytest.approx(measured, rel=0.06)
    if n >= 10:
        assert mean == pytest.approx(found.expected_cosine, rel=0.08)


@pytest.mark.parametrize("n", [1, 2, 50])
def test_about_half_of_tiny_steps_go_down(n: int) -> None:
    found = descended(
        "random-local-search",
        "np.sum(np.tanh(x)**2)",
        {"x": {"shape": [n]}},
        steps=1000,
        rate=1e-7,
    )
    assert found.downhill / 1000 == pytest.approx(0.5, abs=0.05)


def test_in_one_dimension_there_are_two_directions() -> None:
    found = descended("random-local-search", "x**2", {"x": 3}, steps=20, rate=1e-3)
    assert set(np.round(found.cosines, 12)) == {-1.0, 1.0}


def test_a_step_goes_down_where_its_direction_is_against_the_gradient() -> None:
    found = descended("random-local-search", rate=1e-6, steps=200)
    for k, angle in enumerate(found.cosines):
        assert (found.tried[k] < found.losses[k]) == (angle < 0)


# ---------- no numbers ----------


@pytest.mark.parametrize("method", RANDOM)
def test_a_point_without_a_number_is_never_kept_and_is_counted(method: str) -> None:
    found = descended(method, "np.log(x) + 1 / x", {"x": 1}, steps=100, rate=1.2, seed=1)
    lost = int(np.count_nonzero(~np.isfinite(found.tried)))
    assert lost > 0
    assert np.isfinite(found.losses).all()
    assert found.note.startswith(f"At {lost} of 100 points")


def test_minus_infinity_is_no_lowest_point() -> None:
    found = descended("random-search", "np.log(np.maximum(x, 0))", {"x": 1}, steps=50)
    assert -math.inf in found.tried
    assert np.isfinite(found.losses).all()


def test_random_search_leaves_a_start_without_a_number() -> None:
    found = descended("random-search", "np.log(x)", {"x": -1}, steps=50)
    assert not math.isfinite(found.losses[0])
    assert math.isfinite(found.losses[-1])


@pytest.mark.parametrize("method", ["numerical", "analytic"])
def test_a_rate_that_is_too_large_ends_where_the_numbers_do(method: str) -> None:
    found = descended(method, "np.sum(x**4)", {"x": 3}, steps=500, rate=1)
    assert found.ended == "non-finite"
    assert len(found.losses) < 20
    assert "no finite number: " in found.note
    assert "Infinity" in found.note
    assert "smaller rate" in found.note


def test_a_start_without_a_number_is_named() -> None:
    found = descended("analytic", "np.log(x) * 2", {"x": -1})
    assert len(found.losses) == 1
    assert found.note == "At the start the output is no finite number: log is NaN."


def test_a_gradient_without_a_number_is_named() -> None:
    found = descended("analytic", "np.sqrt(x)", {"x": 0})
    assert (found.ended, found.note) == (
        "non-finite",
        "At the start the gradient is no finite number.",
    )


@pytest.mark.parametrize("method", ["numerical", "analytic"])
def test_a_flat_place_has_no_direction(method: str) -> None:
    found = descended(method, "np.maximum(x, 0)", {"x": -5})
    assert (found.ended, found.note) == (
        "flat",
        "At the start the gradient is 0: there is no direction to follow.",
    )
    assert not descended("random-local-search", "np.maximum(x, 0)", {"x": -5}).cosines.size


def test_values_that_the_circuit_does_not_take_are_no_numbers() -> None:
    # The mask was made for two entries.
    found = descended("random-search", "np.sum(x[x > 0] * c)", {"x": [1, 2, -1], "c": [1, 2]})
    assert not np.isfinite(found.tried).all()
    assert np.isfinite(found.losses).all()


# ---------- refusals ----------


def refused(method: str = "analytic", **more: object) -> EngineError:
    with pytest.raises(EngineError) as error:
        descended(method, **more)
    return error.value


def test_unknown_methods_and_formulas_are_refused_by_name() -> None:
    assert isinstance(refused("newton"), BadInput)
    assert "random-search" in refused("newton").hint
    assert "central or forward" in refused("numerical", formula="five-point").hint


def test_only_inputs_can_move() -> None:
    with pytest.raises(UndefinedName, match="no input"):
        build("h = x * 2\nL = h**2", {"x": 1}, wrt=["h"]).descend("analytic", steps=1, rate=1)
    with pytest.raises(BadInput, match="does not use"):
        build("L = y**2", {"x": 1, "y": 2}, wrt=["x"]).descend("analytic", steps=1, rate=1)
    with pytest.raises(BadInput, match="no input that can move"):
        build("3 * 4").descend("analytic", steps=1, rate=1)


def test_a_vector_needs_an_upstream() -> None:
    with pytest.raises(NotScalar):
        descended("analytic", "x * 2", {"x": [1, 2]})
    found = descended("analytic", "x * 2", {"x": [1, 2]}, upstream=[1, -1], steps=1, rate=1)
    assert found.losses.tolist() == [-2, -10]


def test_too_many_evaluations_are_refused_before_any_is_made() -> None:
    circuit = build(BOWL, AT, limits=Limits(evaluations=100))
    with pytest.raises(TooLarge, match="evaluations"):
        circuit.descend("numerical", steps=26, rate=0.1)
    assert len(circuit.descend("numerical", steps=25, rate=0.1).losses) == 26


def test_the_time_is_limited() -> None:
    circuit = build(BOWL, AT, limits=Limits(seconds=0.05))
    with pytest.raises(Timeout):
        circuit.descend("numerical", steps=1_000_000, rate=1e-9)
