"""Inputs moved a little: gradient times change beside the real change, stretched gate by gate."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given

from engine import build
from engine.errors import BadInput, UndefinedName
from engine.nudge import Nudge
from tests.engine.test_random_programs import Program, example, programs

XYZ = "q = x + y\nf = q * z"
AT: dict[str, object] = {"x": -2, "y": 5, "z": -4}


def nudged(source: str, at: dict[str, object], to: dict[str, object]) -> Nudge:
    return build(source, at).nudge(to)


def test_gradient_times_change_stands_beside_the_real_change() -> None:
    # f = (x + y)·z: x by 0.1 makes f fall by 0.4, exactly, as f is straight along x.
    found = nudged(XYZ, AT, {"x": -1.9})
    assert (found.before, found.after) == pytest.approx((-12, -12.4))
    assert found.change == pytest.approx(-0.4)
    assert found.predicted == pytest.approx(-0.4)
    assert found.rest == pytest.approx(0, abs=1e-12)
    assert list(found.inputs) == ["x"]


def test_slopes_multiply() -> None:
    # y = a·(b·x) with a = 3, b = 2: the nudge is stretched by 2, then by 3; 6 in all.
    found = nudged("p = b * x\ny = a * p", {"a": 3, "b": 2, "x": 1}, {"x": 1.5})
    assert [stage.ratio for stage in found.stages] == [2, 3]
    assert [stage.slope for stage in found.stages] == [2, 3]
    assert [(stage.arrived, stage.left) for stage in found.stages] == [(0.5, 1), (1, 3)]
    assert (found.ratio, found.slope, found.signed) == (6, 6, True)


def test_a_curve_stretches_by_a_little_else_than_its_slope() -> None:
    # x² from 3 to 3.5: 3.25 / 0.5 = 6.5, while the slope is 6.
    (stage,) = nudged("x**2", {"x": 3}, {"x": 3.5}).stages
    assert (stage.ratio, stage.slope) == (6.5, 6)


def test_where_paths_part_and_meet_they_are_one_stage() -> None:
    # (a + b)·(b + 1): b reaches e by two paths; 2 + 3 = 5 along them. Then e is squared.
    found = nudged("e = (a + b) * (b + 1)\nf = e**2", {"a": 2, "b": 1}, {"b": 1.5})
    parted, squared = found.stages
    assert (parted.paths, parted.slope, len(parted.between)) == (2, 5, 2)
    assert (squared.paths, squared.slope) == (1, 12)
    # e goes from 6 to 3.5·2.5 = 8.75, f from 36 to 76.5625.
    assert parted.ratio == pytest.approx(2.75 / 0.5)
    assert squared.ratio == pytest.approx(40.5625 / 2.75)
    assert found.slope == 60


def test_tensors_are_measured_by_how_far_they_move() -> None:
    found = nudged(
        "h = W @ x\nL = np.sum(h**2)", {"W": [[1, 2], [3, 4]], "x": [1, 1]}, {"x": [2, 1]}
    )
    assert not found.signed
    # h moves by the first column, (1, 3).
    assert found.stages[0].left == pytest.approx(math.sqrt(10))
    assert found.ratio == pytest.approx(abs(found.change))


def test_nothing_arrives_behind_a_gate_that_is_off() -> None:
    found = nudged("h = np.maximum(x, 0)\nf = h * 3", {"x": -2}, {"x": -1})
    assert found.change == 0
    assert [stage.ratio for stage in found.stages] == [0, None]
    assert found.ratio is None


def test_the_real_change_can_be_what_no_slope_foretold() -> None:
    found = nudged("np.maximum(x, 0)", {"x": -1}, {"x": 2})
    assert (found.predicted, found.change, found.rest) == (0, 2, 2)


def test_a_step_along_the_gradient_raises_the_output() -> None:
    # The gradient is (-4, -4, 3): -12 + 0.01·41 = -11.59 to first order, -11.5924 really.
    found = build(XYZ, AT).nudge(step=0.01)
    assert found.predicted == pytest.approx(0.41)
    assert found.after == pytest.approx(-11.5924)
    moved = {name: float(m.to) for name, m in found.inputs.items()}
    assert moved == pytest.approx({"x": -2.04, "y": 4.96, "z": -3.97})
    down = build(XYZ, AT).nudge(step=-0.01)
    assert down.after < -12


def test_the_roles_decide_what_a_step_moves() -> None:
    assert list(build(XYZ, AT, wrt=["z"]).nudge(step=0.1).inputs) == ["z"]


def test_nothing_moved_is_nothing_changed() -> None:
    found = nudged(XYZ, AT, {"x": -2})
    assert (found.change, found.inputs, found.stages, found.ratio) == (0, {}, [], None)


@pytest.mark.parametrize(
    "source",
    [
        "np.tanh(w * x) * np.exp(-x)",
        "L = np.sum(sigmoid(np.outer(v, v)) * v[0] * x) + w**3",
        "np.log(1 + np.sum(v**2 * x)) / (1 + w**2)",
    ],
)
def test_the_gap_shrinks_with_the_square_of_the_move(source: str) -> None:
    at: dict[str, object] = {"w": 0.7, "x": 0.4, "v": [0.3, -0.5, 1.1]}
    used = {name: value for name, value in at.items() if name in source}
    circuit = build(source, used)
    rests = []
    for step in (1e-2, 5e-3):
        to = {name: (np.array(value) + step).tolist() for name, value in used.items()}
        rests.append(circuit.nudge(to).rest)
    assert rests[0] / rests[1] == pytest.approx(4, rel=0.1)


@example
@given(programs())
def test_in_any_program_the_ratios_multiply_to_the_whole(program: Program) -> None:
    circuit = build("\n".join(program.lines), program.inputs)
    value, gradients = circuit.value_and_grad()
    found = circuit.nudge(step=1e-3)
    expected = 1e-3 * sum(float(np.sum(g * g)) for g in gradients.values())
    assert found.before == value
    assert found.predicted == pytest.approx(expected, rel=1e-9, abs=1e-12)
    if found.ratio is not None and math.isfinite(found.ratio):
        start = found.stages[0].arrived
        assert abs(found.ratio * start) == pytest.approx(abs(found.change), rel=1e-6, abs=1e-12)
        assert found.stages[-1].end == circuit.graph.output
        for one, next_one in zip(found.stages, found.stages[1:], strict=False):
            assert next_one.start == one.end


def test_odd_requests_are_refused() -> None:
    circuit = build(XYZ, AT)
    for more in ({}, {"to": {"x": 1}, "step": 0.1}):
        with pytest.raises(BadInput, match="either"):
            circuit.nudge(**more)
    with pytest.raises(UndefinedName, match="no input"):
        circuit.nudge({"q": 1})
    with pytest.raises(BadInput, match="has shape"):
        circuit.nudge({"x": [1, 2]})
