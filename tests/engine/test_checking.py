"""The gradient check and its sweep: formulas, counts, corners, mistakes, and samples of what is large."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from numpy.typing import NDArray

from engine import REGISTRY, EngineError, Limits, build
from engine.checking import Check, Checked, band, relative_errors
from engine.errors import BadInput, NotScalar, Timeout
from tests.engine.test_random_programs import Program, example, programs

Array = NDArray[np.float64]

NET = "L = np.sum(np.dot(np.maximum(np.dot(X, W_1), 0), W_2)**2)"
SIZES: dict[str, object] = {
    "X": {"shape": [3, 4], "seed": 1},
    "W_1": {"shape": [4, 5], "seed": 2},
    "W_2": {"shape": [5, 2], "seed": 3},
}


def checked(source: str, inputs: dict[str, object] | None = None, **more: object) -> Check:
    return build(source, inputs).check(**more)


def of_x(source: str, x: object, **more: object) -> Checked:
    """Returns the check of the only input."""
    return checked(source, {"x": x}, **more).inputs["x"]


# ---------- formulas and counts ----------


@pytest.mark.parametrize(("method", "each"), [("forward", 1), ("central", 2), ("five-point", 4)])
def test_evaluations_are_counted_exactly(
    method: str, each: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = 0
    tanh = REGISTRY["tanh"]

    def counting(x: Array) -> Array:
        nonlocal calls
        calls += 1
        return np.tanh(x)

    monkeypatch.setitem(REGISTRY, "tanh", replace(tanh, forward=counting))
    circuit = build("L = np.sum(np.tanh(x))", {"x": [0.1, 0.2, 0.3, 0.4, 0.5]})
    calls = 0
    found = circuit.check(method=method)
    point = 1 if method == "forward" else 0
    assert found.inputs["x"].evaluations == found.evaluations == each * 5 + point
    assert found.kink_evaluations == 0
    # The forward pass of the analytic gradients is the one at the point.
    assert calls == each * 5 + 1


def test_the_point_itself_is_evaluated_once_for_all_inputs() -> None:
    inputs: dict[str, object] = {"x": -2, "y": 5, "z": -4}
    found = checked("(x + y) * z", inputs, method="forward")
    assert [i.evaluations for i in found.inputs.values()] == [2, 2, 2]
    assert found.evaluations == 3 + 1
    assert checked("(x + y) * z", inputs).evaluations == 6
    assert checked("(x + y) * z", inputs, method="five-point").evaluations == 12


@pytest.mark.parametrize(
    ("method", "h", "slope"),
    [
        # f(x) = x³ at 1, h = 0.1: (1.331 - 1)/0.1, (1.331 - 0.729)/0.2, and the five-point rule is exact for cubics.
        ("forward", 0.1, 3.31),
        ("central", 0.1, 3.01),
        ("five-point", 0.1, 3.0),
        # h = 1: (8 - 1)/1, (8 - 0)/2.
        ("forward", 1, 7.0),
        ("central", 1, 4.0),
    ],
)
def test_the_formulas_are_those_of_the_books(method: str, h: float, slope: float) -> None:
    found = of_x("x**3", 1, method=method, h=h)
    assert float(found.numerical) == pytest.approx(slope, rel=1e-12)
    assert float(found.analytic) == 3
    assert found.relative_error == pytest.approx(abs(3 - slope) / (3 + slope), rel=1e-10, abs=1e-14)


def test_a_step_that_is_not_given_grows_with_the_number() -> None:
    large = checked("x**2", {"x": 1e6})
    assert (large.h, large.scaled) == (1e-5, True)
    assert large.inputs["x"].relative_error < 1e-9
    given_h = checked("x**2", {"x": 3}, h=1e-4)
    assert (given_h.h, given_h.scaled) == (1e-4, False)


def test_the_relative_error_is_cs231n_s() -> None:
    a, n = np.array([0.0, 1e-9, 1.0, 3.0]), np.array([0.0, 0.0, 1.1, -3.0])
    np.testing.assert_allclose(relative_errors(a, n), [0, 0.1, 0.1 / 2.1, 1.0])


@pytest.mark.parametrize(
    ("error", "word"),
    [
        (0.0, "happy"),
        (1e-7, "happy"),
        (1.1e-7, "okay with kinks"),
        (1e-4, "okay with kinks"),
        (2e-4, "uncomfortable"),
        (1e-2, "uncomfortable"),
        (0.011, "probably wrong"),
        (np.inf, "probably wrong"),
        (np.nan, None),
    ],
)
def test_the_bands_are_cs231n_s(error: float, word: str | None) -> None:
    assert band(error) == word


def test_the_worst_entry_is_named_with_its_place() -> None:
    # d x³/dx by central differences is off by h² everywhere: relative to 3x², most at the smallest x.
    found = of_x("np.sum(x**3)", [[4.0, 3.0], [1.0, 2.0]], h=0.1)
    assert found.worst.index == (1, 0)
    assert found.worst.analytic == 3
    assert found.worst.numerical == pytest.approx(3.01)
    assert (found.worst.right, found.worst.left) == (pytest.approx(3.31), pytest.approx(2.71))


def test_an_upstream_checks_the_vector_jacobian_product() -> None:
    found = of_x("x * x", [1, 2], upstream=[1, 10])
    np.testing.assert_allclose(found.numerical, [2, 40], rtol=1e-9)
    with pytest.raises(NotScalar):
        of_x("x * x", [1, 2])


def test_labels_are_not_checked() -> None:
    found = checked("p = softmax(f)\nL = -np.log(p[y])", {"f": [1, 2, 3], "y": 1})
    assert list(found.inputs) == ["f"]
    assert found.verdict == "ok"


def test_names_asked_for_are_checked_intermediates_included() -> None:
    circuit = build("h = x * w\ng = np.tanh(h)", {"x": 2, "w": 1}, wrt=["h", "w"])
    found = circuit.check()
    assert list(found.inputs) == ["h", "w"]
    assert found.inputs["h"].analytic == pytest.approx(1 - np.tanh(2) ** 2)
    assert found.inputs["h"].verdict == "ok"


def test_an_input_that_nothing_uses_is_zero_and_costs_nothing() -> None:
    found = checked("x * x", {"x": 1, "unused": [1, 2]}).inputs
    assert "unused" not in found
    circuit = build("x * x", {"x": 1, "unused": [1, 2]}, wrt=["unused", "x"])
    unused = circuit.check().inputs["unused"]
    assert (unused.evaluations, unused.verdict) == (0, "ok")
    np.testing.assert_array_equal(unused.numerical, [0, 0])


def test_nodes_are_checked_against_their_upstream() -> None:
    circuit = build(NET, SIZES)
    found = circuit.check(nodes=True)
    upstream = {n.node.index: n.upstream for n in circuit.trace().nodes if n.upstream is not None}
    assert set(found.nodes) == set(upstream)
    for place, node in found.nodes.items():
        np.testing.assert_array_equal(node.analytic, upstream[place])
        np.testing.assert_allclose(node.numerical, upstream[place], rtol=1e-6, atol=1e-8)
        assert node.evaluations == 2 * node.analytic.size
    assert found.evaluations == sum(n.evaluations for n in found.nodes.values())
    assert circuit.check().nodes is None


@pytest.mark.parametrize("h", [0, -1e-5, 1.5, float("nan"), float("inf")])
def test_a_step_out_of_range_is_refused(h: float) -> None:
    with pytest.raises(BadInput, match="h is"):
        of_x("x**2", 1, h=h)


def test_an_unknown_method_is_refused_with_those_there_are() -> None:
    with pytest.raises(BadInput) as error:
        of_x("x**2", 1, method="complex")
    assert "central, forward, five-point" in error.value.hint


# ---------- corners and mistakes ----------


@pytest.mark.parametrize(
    ("source", "x", "numerical"),
    [
        # relu a millionth below its corner: (9e-6 - 0) / 2e-5.
        ("np.maximum(x, 0)", -1e-6, 0.45),
        # Exactly on it: half of each side.
        ("np.maximum(x, 0)", 0, 0.5),
        ("relu(x)", 0, 0.5),
        ("abs(x)", 0, 0.0),
        ("np.maximum(x, 0) - np.maximum(-x, 0)", 0, 1.0),
        ("np.sum(np.sqrt(x**2))", 0, 0.0),
    ],
)
def test_a_corner_is_a_kink_and_not_a_mistake(source: str, x: float, numerical: float) -> None:
    found = of_x(source, x)
    assert float(found.numerical) == pytest.approx(numerical, abs=1e-9)
    assert found.verdict == "kink"
    assert "corner" in found.note or "slope" in found.note
    assert found.evaluations == 2
    assert found.kink_evaluations > 0


@pytest.mark.parametrize("method", ["forward", "central", "five-point"])
def test_a_tie_is_a_kink_by_every_formula(method: str) -> None:
    assert of_x("np.max(x)", [1, 3, 3], method=method).verdict == "kink"
    # maximum(x, x) is smooth.
    assert of_x("np.maximum(x, x)", 1, method=method).verdict == "ok"


def test_a_kink_in_one_entry_is_the_verdict_of_all() -> None:
    found = checked("np.sum(np.maximum(x, 0)) + np.sum(y)", {"x": [1, 0, 2], "y": [1, 2]})
    assert (found.inputs["x"].verdict, found.inputs["y"].verdict) == ("kink", "ok")
    assert found.verdict == "kink"


@pytest.mark.parametrize("source", ["np.floor(x)", "x + np.round(x - 0.5)", "np.mod(x, 1)"])
@pytest.mark.parametrize("method", ["forward", "central", "five-point"])
def test_a_jump_is_no_mistake(source: str, method: str) -> None:
    # At 2 the value jumps by 1, so the differences grow as 1/h; beside it the slope is right.
    found = of_x(source, 2, method=method)
    assert found.verdict in ("kink", "ok")
    assert of_x(source, 2).verdict == "kink"
    assert of_x(source, 2).relative_error == pytest.approx(1, abs=1e-3)


def test_an_infinite_slope_at_the_end_of_the_domain_is_no_mistake() -> None:
    found = of_x("np.sqrt(x)", 0)
    assert found.verdict == "kink"
    assert np.isnan(found.relative_error)
    assert found.band is None
    assert "no finite slope" in found.note


def test_a_coarse_step_is_no_mistake() -> None:
    found = of_x("np.exp(x)", 1, h=1)
    assert found.verdict == "ok"
    assert found.band == "probably wrong"
    assert "too coarse" in found.note
    # ln at a millionth: the step of 1e-5 leaves its domain.
    assert of_x("np.log(x)", 1e-6).verdict == "ok"


def test_an_output_that_is_not_finite_leaves_nothing_to_compare() -> None:
    found = of_x("np.exp(1000 * x)", 1)
    assert found.verdict == "kink"
    assert "not a finite number" in found.note


def test_a_mask_that_picks_other_entries_at_a_step_is_a_kink() -> None:
    assert of_x("np.sum(x[x > 0])", [0, 1]).verdict == "kink"


WRONG = {
    "sign": lambda upstream, out, x: -upstream * (1 - out**2),
    "factor": lambda upstream, out, x: upstream * (1 - out**2) * 1.001,
    "wrong variable": lambda upstream, out, x: upstream * (1 - x**2),
    "forgotten": lambda upstream, out, x: upstream,
    "zero": lambda upstream, out, x: np.zeros_like(x),
    "nan": lambda upstream, out, x: x * np.nan,
}


@pytest.mark.parametrize("rule", WRONG.values(), ids=WRONG)
@pytest.mark.parametrize("method", ["forward", "central", "five-point"])
def test_a_wrong_rule_is_called_wrong(method: str, rule, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(REGISTRY, "tanh", replace(REGISTRY["tanh"], vjp={"x": rule}))
    found = of_x("np.sum(np.tanh(x) * 3)", [0.5, 1.0], method=method)
    assert found.verdict == "wrong"
    assert "although the function is smooth" in found.note


@pytest.mark.parametrize("h", [1e-13, 1e-9, 0.1, 1.0])
def test_no_step_hides_a_wrong_rule_or_blames_a_right_one(
    h: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = "np.sum(np.tanh(x) * 3)"
    assert of_x(source, [0.5, 1.0], h=h).verdict == "ok"
    monkeypatch.setitem(REGISTRY, "tanh", replace(REGISTRY["tanh"], vjp={"x": WRONG["sign"]}))
    assert of_x(source, [0.5, 1.0], h=h).verdict == "wrong"


def test_a_wrong_rule_is_not_excused_by_a_corner(monkeypatch: pytest.MonkeyPatch) -> None:
    rule = REGISTRY["tanh"]
    monkeypatch.setitem(REGISTRY, "tanh", replace(rule, vjp={"x": WRONG["sign"]}))
    assert of_x("np.tanh(x) + np.maximum(x, 0)", 0).verdict == "wrong"


def test_a_backward_pass_that_overflows_while_the_value_does_not_is_found() -> None:
    # exp(800) is infinite: 1/(1 + inf) is 0, but its slope is inf times 0.
    found = of_x("1 / (1 + np.exp(-x))", -800)
    assert found.verdict == "wrong"
    assert np.isnan(found.analytic)


@example
@given(programs())
def test_no_right_gradient_of_any_program_is_called_wrong(program: Program) -> None:
    circuit = build("\n".join(program.lines), program.inputs)
    for method in ("central", "five-point", "forward"):
        found = circuit.check(method=method, nodes=method == "central")
        several = [*found.inputs.values(), *(found.nodes or {}).values()]
        assert {c.verdict for c in several} <= {"ok", "kink"}, "\n".join(program.lines)


@example
@given(programs())
def test_no_corner_of_any_program_is_called_a_mistake(program: Program) -> None:
    # At whole numbers maxima tie, masks change and moduli jump.
    inputs = {name: np.round(value) for name, value in program.inputs.items()}
    circuit = build("\n".join(program.lines), inputs)
    for method in ("central", "five-point", "forward"):
        assert circuit.check(method=method).verdict != "wrong", (method, program.lines, inputs)


@example
@given(programs())
def test_a_gradient_that_is_off_by_a_tenth_is_never_called_right(program: Program) -> None:
    circuit = build("\n".join(program.lines), program.inputs)
    _, gradients = circuit.value_and_grad()
    right = REGISTRY["sin"]

    def off(upstream: Array, out: Array, x: Array) -> Array:
        return upstream * np.cos(x) * 1.1

    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(REGISTRY, "sin", replace(right, vjp={"x": off}))
        found = circuit.check()
    for name, gradient in gradients.items():
        if np.max(np.abs(gradient)) > 1e-3 and found.inputs[name].relative_error > 1e-2:
            assert found.inputs[name].verdict == "wrong", "\n".join(program.lines)


# ---------- large values ----------


def large() -> dict[str, object]:
    return {"X": {"shape": [64, 50]}, "W_1": {"shape": [50, 30]}, "W_2": {"shape": [30, 10]}}


def test_over_the_limit_entries_and_directions_are_drawn_and_it_is_said() -> None:
    circuit = build(NET, large())
    found = circuit.check()
    assert "20 entries and 4 random directions" in found.note
    assert "5,000" in found.note
    for checked_input in found.inputs.values():
        sample = checked_input.sample
        assert checked_input.numerical is None
        assert len(set(sample.coordinates)) == 20
        np.testing.assert_array_equal(
            sample.analytic, checked_input.analytic.ravel()[list(sample.coordinates)]
        )
        np.testing.assert_allclose(sample.numerical, sample.analytic, rtol=1e-5)
        np.testing.assert_allclose(sample.along_numerical, sample.along_analytic, rtol=1e-5)
        assert checked_input.evaluations == 2 * 24
        assert checked_input.verdict == "ok"
    assert found.evaluations == 3 * 48
    again = circuit.check()
    np.testing.assert_array_equal(
        again.inputs["X"].sample.numerical, found.inputs["X"].sample.numerical
    )


def test_the_limit_counts_the_entries_of_all_inputs() -> None:
    inputs: dict[str, object] = {"x": {"shape": [1000]}, "y": {"shape": [1001]}}
    source = "np.sum(x**2) + np.sum(y**2)"
    assert checked(source, inputs).inputs["x"].sample is not None
    assert build(source, inputs, limits=Limits(check_entries=2001)).check().note == ""
    # What has no more entries than would be drawn is checked whole.
    small = checked(source + " + np.sum(b)", {**inputs, "b": [1, 2, 3]}).inputs["b"]
    assert small.sample is None
    assert small.numerical.shape == (3,)


def test_a_wrong_rule_is_found_in_a_sample_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(REGISTRY, "tanh", replace(REGISTRY["tanh"], vjp={"x": WRONG["factor"]}))
    found = of_x("np.sum(np.tanh(x))", {"shape": [3000]})
    assert found.sample is not None
    assert found.verdict == "wrong"


def test_costly_circuits_are_sampled_before_they_have_many_entries() -> None:
    inputs: dict[str, object] = {"x": {"shape": [40], "scale": 0.1}, "V": {"shape": [40, 40]}}
    source = "L = np.sum(np.tanh(x @ V))"
    assert checked(source, inputs).note == ""
    less = build(source, inputs, limits=Limits(check_flops=10_000_000)).check()
    assert less.inputs["V"].sample is not None
    assert len(less.inputs["V"].sample.coordinates) < 40


def test_a_check_that_takes_too_long_is_refused_in_time() -> None:
    source = "for i in range(900):\n    x = np.tanh(x + 0.1)\nL = np.sum(x)"
    circuit = build(source, {"x": [0.1] * 20})
    circuit.limits = Limits(seconds=0.2)
    with pytest.raises(Timeout):
        circuit.check(nodes=True)


# ---------- the sweep ----------


def test_the_error_of_tanh_at_1_is_a_v() -> None:
    found = build("np.tanh(x)", {"x": 1}).sweep()
    swept = found.inputs["x"]
    steps = list(found.steps)
    assert (steps[0], steps[-1], len(steps)) == (1e-1, 1e-13, 25)
    central, forward = swept.curves["central"], swept.curves["forward"]
    at = {f"{h:.0e}": k for k, h in enumerate(steps)}
    # The last digit of tanh may differ from one mathematics library to another.
    assert central.absolute[at["1e-05"]] == pytest.approx(1.2e-11, rel=0.6)
    assert 8e-8 < central.absolute[at["1e-11"]] < 8e-6
    assert forward.absolute[at["1e-05"]] == pytest.approx(3.2e-6, rel=0.01)
    assert 1e-7 <= central.best <= 1e-4
    assert 1e-9 <= forward.best <= 1e-6
    # Down one side: h² and h; and up the other.
    assert central.absolute[at["1e-02"]] / central.absolute[at["1e-03"]] == pytest.approx(
        100, rel=0.01
    )
    assert forward.absolute[at["1e-02"]] / forward.absolute[at["1e-03"]] == pytest.approx(
        10, rel=0.01
    )
    assert central.absolute[-1] > 100 * min(central.absolute)
    np.testing.assert_allclose(
        central.relative[:5], central.absolute[:5] / (2 * (1 - np.tanh(1) ** 2)), rtol=2e-3
    )


def test_a_sweep_shares_its_evaluations_between_the_formulas() -> None:
    found = build("(x + y) * z", {"x": -2, "y": 5, "z": -4}).sweep()
    assert [s.evaluations for s in found.inputs.values()] == [51, 51, 51]
    assert found.evaluations == 3 * 50 + 1


def test_a_sweep_of_much_tries_some_entries_and_says_so() -> None:
    found = build(NET, large()).sweep()
    assert "20 entries" in found.note
    assert {len(s.coordinates) for s in found.inputs.values()} == {20}
    assert build(NET, SIZES).sweep().inputs["W_2"].coordinates == tuple(range(10))


def test_a_sweep_needs_a_scalar_or_an_upstream() -> None:
    circuit = build("x * x", {"x": [1, 2]})
    with pytest.raises(EngineError):
        circuit.sweep()
    assert circuit.sweep(upstream=[1, 1]).inputs["x"].curves["central"].best is not None


def test_a_sweep_through_a_domain_s_end_still_names_the_best_step() -> None:
    # ln at 1e-3: steps of more than that give NaN.
    swept = build("np.log(x)", {"x": 1e-3}).sweep().inputs["x"].curves["central"]
    assert np.isnan(swept.absolute[0])
    assert swept.best is not None
    assert swept.best < 1e-3
