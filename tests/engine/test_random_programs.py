"""Random programs: forward against NumPy running the same text, gradients against five-point differences."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from engine import build
from tests.engine import plain_numpy, rederive
from tests.engine.differences import five_point

Array = NDArray[np.float64]
Shape = tuple[int, ...]

LARGEST = 48
SHAPES: list[Shape] = [(), (), (3,), (1,), (2, 3), (3, 2), (3, 3), (2, 1), (1, 3), (2, 2, 3)]
UNARY = [
    *(
        "np.tanh({a})",
        "np.sin({a})",
        "np.cos({a})",
        "sigmoid({a})",
        "softplus({a})",
        "-{a}",
        "+{a}",
    ),
    *(
        "np.exp(np.tanh({a}))",
        "np.log(1 + {a}*{a})",
        "np.sqrt(1 + {a}**2)",
        "abs({a})",
        "relu({a})",
    ),
    *("{a}**2", "{a}**3", "2**np.tanh({a})", "(1 + {a}*{a})**-0.5", "np.maximum({a}, 0.1)"),
    *("np.minimum(0.2, {a})", "{a} - 0.5", "3 / (2 + np.sin({a}))", "{a}.copy() * {a}"),
    *("np.where({a} > 0, {a}, 0.1 * {a})", "{a} * ({a} < 0.3)"),
    *("np.arctan({a})", "np.arcsinh({a})", "np.sinc({a})", "np.log1p({a}**2)", "np.cbrt({a} - 9)"),
    *("np.clip({a}, -0.7, 0.9)", "np.clip({a}, None, 0.4)", "{a} % 1.3", "{a} * np.floor({a})"),
]
BINARY = [
    *("{a} + {b}", "{a} - {b}", "{a} * {b}", "{a} / (1 + {b}*{b})", "(1 + {a}*{a})**np.tanh({b})"),
    *("np.maximum({a}, {b})", "np.minimum({a}, {b})", "np.where({a} > {b}, {a}, 2 * {b})"),
    *("np.arctan2({a}, 9 + {b})", "np.hypot({a}, {b} + 9)", "np.logaddexp({a}, {b})"),
    *("np.fmax({a}, {b})", "np.fmod({a}, 1 + {b}**2)", "np.clip({a}, -1 - {b}**2, {b})"),
    *("np.add({a}, {b}) * np.subtract({a}, {b})", "{a} * {b} + {b}", "({a} >= {b}) * {a} + {b}"),
]
KINDS = ["one", "one", "two", "two", "two", "loop", "def", "item", "mask", "rebind", "augmented"]


@dataclass
class Program:
    """A program while it grows: its lines, and what NumPy makes of every name so far.

    Attributes:
        lines: the statements.
        names: the arrays that the next statement may use.
        values: all names, as NumPy has them after the lines so far.
    """

    inputs: dict[str, Array]
    lines: list[str] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    values: dict[str, object] = field(default_factory=dict)

    def shape(self, name: str) -> Shape:
        """Returns the shape of a name."""
        return np.shape(self.values[name])

    def add(self, lines: list[str], name: str) -> None:
        """Adds statements that bind a name, unless it gets too large."""
        values = plain_numpy.run("\n".join([*self.lines, *lines]), self.inputs)
        found = np.asarray(values[name])
        if found.size > LARGEST or found.ndim > 4:
            return
        if np.max(np.abs(found), initial=0.0) > 20:
            lines = [*lines, f"{name} = np.tanh({name} / 20)"]
            values = plain_numpy.run("\n".join([*self.lines, *lines]), self.inputs)
        self.lines += lines
        self.values = values
        if name not in self.names:
            self.names.append(name)


def fits(one: Shape, other: Shape) -> bool:
    """Returns whether NumPy broadcasts two shapes."""
    return all(m == n or 1 in (m, n) for m, n in zip(one[::-1], other[::-1], strict=False))


def reshapes(shape: Shape) -> list[Shape]:
    """Returns other shapes of as many entries."""
    size = int(np.prod(shape))
    found: list[Shape] = [(size,), (1, size), (-1,), (size, 1), (-1, 1, 1)]
    return found + [(n, -1) for n in (2, 3) if size % n == 0]


def of_one(shape: Shape, draw: Callable[..., int]) -> list[str]:
    """Returns expressions of one array: elementwise, reductions, moves and picks."""
    found = list(UNARY)
    rank = len(shape)
    axis = draw(st.integers(-rank, rank - 1)) if rank else 0
    for word in ("sum", "mean", "max", "min"):
        found += [f"np.{word}({{a}})", f"{{a}}.{word}()"]
        if rank:
            found += [f"np.{word}({{a}}, axis={axis})", f"{{a}}.{word}(axis={axis}, keepdims=True)"]
        if rank > 1:
            found += [f"np.{word}({{a}}, axis=(0, -1))", f"np.{word}({{a}}, {axis})"]
    for word in ("prod", "var", "ptp", "median", "average"):
        found += (
            [f"np.{word}({{a}})", f"np.{word}({{a}}, axis={axis}, keepdims=True)"] if rank else []
        )
    for word in ("cumsum", "cumprod", "sort"):
        found += [f"np.{word}({{a}}, axis={axis})", f"np.{word}({{a}}, axis=None)"] if rank else []
    found += ["{a}.T", "{a}.ravel()", "{a}[None]", "np.squeeze({a})"]
    found += [f"{{a}}.reshape({', '.join(map(str, other))})" for other in reshapes(shape)]
    found += [f"np.broadcast_to({{a}}, {(2, *shape)})", f"np.expand_dims({{a}}, {axis})"]
    if rank:
        found += [
            "{a}[0]",
            "{a}[-1:]",
            "{a}[::-1]",
            "{a}[..., 0]",
            "{a}[[0, 0, -1]]",
            "{a}[:, None]",
        ]
        found += [f"softmax({{a}}, axis={axis})", "log_softmax({a})", "softmax({a})"]
    if rank > 1:
        found += [f"np.swapaxes({{a}}, 0, {axis})", f"np.moveaxis({{a}}, {axis}, 0)", "{a}[:, -1]"]
        found += ["{a}[np.arange(2), [0, -1]]"] if shape[0] == 2 else []
        found += ["{a} @ {a}.T", "{a}.T.dot({a})"] if rank == 2 else []
    return found


def of_two(one: Shape, other: Shape) -> list[str]:
    """Returns expressions of two arrays whose shapes allow them."""
    found = list(BINARY) if fits(one, other) else []
    ranks = (len(one), len(other))
    if min(ranks) >= 1:
        inner = other[-2] if len(other) > 1 else other[0]
        if one[-1] == inner and fits(one[:-2], other[:-2]):
            found += ["{a} @ {b}", "np.matmul({a}, {b})"] * 3
        if one[-1] == inner:
            found += ["np.dot({a}, {b})", "{a}.dot({b})"] * 2
        if one[-1] == other[-1]:
            found += ["np.inner({a}, {b})"]
        if max(ranks) == min(ranks) == 2 and one[0] == other[0]:
            found += ["{a}.T @ {b}"] * 3
    return found


@st.composite
def programs(draw: Callable[..., int]) -> Program:
    """Draws a program that ends in a scalar L."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    shapes = draw(st.lists(st.sampled_from(SHAPES), min_size=1, max_size=3))
    inputs = {f"x{k}": np.asarray(rng.normal(size=shape)) for k, shape in enumerate(shapes)}
    program = Program(inputs, names=list(inputs), values=dict(inputs))
    pick = st.deferred(lambda: st.sampled_from(program.names))
    for count in range(draw(st.integers(2, 7))):
        kind = draw(st.sampled_from(KINDS))
        a, b = draw(pick), draw(pick)
        one, other = program.shape(a), program.shape(b)
        name = f"v{count}"
        if kind == "two" and of_two(one, other):
            text = draw(st.sampled_from(of_two(one, other))).format(a=a, b=b)
            program.add([f"{name} = {text}"], name)
        elif kind == "loop":
            turns = draw(st.integers(0, 3))
            text = f"np.tanh({name} + {b} * i)" if fits(one, other) else f"np.sin({name} + i)"
            program.add(
                [f"{name} = {a}", f"for i in range({turns}):", f"    {name} = {text}"], name
            )
        elif kind == "def" and fits(one, other):
            text = draw(st.sampled_from(BINARY)).format(a="p", b="q")
            lines = [f"def f{count}(p, q={b}):", f"    r = {text}", "    return np.tanh(r)"]
            call = draw(
                st.sampled_from(
                    [f"f{count}({a}, {b})", f"f{count}(q={a}, p={b})", f"f{count}({a})"]
                )
            )
            program.add([*lines, f"{name} = {call} + f{count}({a}, {a})"], name)
        elif kind == "item" and one:
            place = draw(st.sampled_from(["0", "-1", "::2", "..., 0"]))
            value = b if other == () else f"np.sum({b})"
            program.add([f"{name} = {a} * 2", f"{name}[{place}] = {value}"], name)
        elif kind == "mask" and one:
            program.add(
                [
                    f"{name} = {a}.copy()",
                    f"{name}[{a} < 0.1] = {draw(st.sampled_from(['0', '0.5']))}",
                ],
                name,
            )
        elif kind == "rebind" and a not in inputs:
            text = draw(st.sampled_from(UNARY)).format(a=a)
            program.add([f"{a} = {text}"], a)
        elif kind == "augmented" and fits(one, other) and np.broadcast_shapes(one, other) == one:
            sign = draw(st.sampled_from(["+=", "-=", "*="]))
            program.add([f"{name} = {a} * 1.5", f"{name} {sign} {b}"], name)
        else:
            text = draw(st.sampled_from(of_one(one, draw))).format(a=a)
            program.add([f"{name} = {text}"], name)
    total = " + ".join(f"np.sum(np.sin({n}))" for n in program.names)
    program.lines.append(f"L = {total}")
    return program


def at_a_kink(rough: Array, fine: Array) -> bool:
    """Returns whether two step sizes disagree, as they do where the step crosses a corner."""
    return bool(
        np.max(np.abs(rough - fine), initial=0.0) > 1e-5 * (1 + np.max(np.abs(fine), initial=0.0))
    )


example = settings(
    max_examples=120,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@example
@given(programs())
def test_the_forward_pass_is_what_numpy_makes_of_the_same_text(program: Program) -> None:
    source = "\n".join(program.lines)
    trace = build(source, program.inputs).trace()
    wanted = plain_numpy.run(source, program.inputs)
    np.testing.assert_allclose(
        trace.nodes[trace.graph.output].value, wanted["L"], rtol=1e-12, atol=1e-12
    )
    last = {n.node.name: n.value for n in trace.nodes if n.node.name and not n.node.module}
    for name in set(program.names) & set(last):
        np.testing.assert_allclose(last[name], wanted[name], rtol=1e-12, atol=1e-12, err_msg=source)


@example
@given(programs())
def test_the_gradients_are_the_differences_of_the_forward_pass(program: Program) -> None:
    circuit = build("\n".join(program.lines), program.inputs)
    _, gradients = circuit.value_and_grad()
    for name, point in program.inputs.items():

        def forward(there: Array, name: str = name) -> Array:
            return circuit.value_and_grad({name: there})[0]

        rough, fine = (five_point(forward, point, h)[0].reshape(point.shape) for h in (2e-4, 2e-5))
        if not at_a_kink(rough, fine):
            np.testing.assert_allclose(gradients[name], rough, rtol=1e-6, atol=1e-7)


@example
@given(programs())
def test_everything_shown_can_be_derived_again(program: Program) -> None:
    trace = build("\n".join(program.lines), program.inputs).trace()
    arriving: dict[int, Array] = {}
    for node in trace.nodes:
        for wire in node.wires:
            if wire.downstream is not None:
                again = rederive.downstream(trace, node, wire)
                assert again.shape == wire.downstream.shape
                np.testing.assert_allclose(wire.downstream, again, rtol=1e-11, atol=1e-12)
                arriving[wire.source] = arriving.get(wire.source, np.zeros(())) + again
    for node in trace.nodes:
        if node.upstream is not None and node.node.index != trace.graph.output:
            np.testing.assert_allclose(
                node.upstream, arriving[node.node.index], rtol=1e-11, atol=1e-12
            )


@example
@given(programs())
def test_the_printed_lines_compute_the_gradients(program: Program) -> None:
    trace = build("\n".join(program.lines), program.inputs).trace()
    script = rederive.environment(trace)
    names = rederive.gradient_names(trace)
    script[names[trace.graph.output]] = 1.0
    lines = {w.id: w.code for n in trace.nodes for w in n.wires}
    for step in trace.steps:
        if step.kind == "multiply":
            exec(lines[step.wire], script)
    for name, gradient in trace.gradients.items():
        place = trace.graph.inputs[name].node
        if place is not None and trace.nodes[place].upstream is not None:
            np.testing.assert_allclose(script[names[place]], gradient, rtol=1e-10, atol=1e-12)


@example
@given(programs())
def test_a_circuit_built_once_gives_the_same_at_new_inputs_as_one_built_anew(
    program: Program,
) -> None:
    source = "\n".join(program.lines)
    moved = {name: value + 0.25 for name, value in program.inputs.items()}
    circuit = build(source, program.inputs)
    reused = circuit.value_and_grad(moved)
    anew = build(source, moved).value_and_grad()
    np.testing.assert_array_equal(reused[0], anew[0])
    for name in moved:
        np.testing.assert_array_equal(reused[1][name], anew[1][name])
    circuit.value_and_grad()
    straight = circuit.value_and_grad(moved)
    np.testing.assert_allclose(straight[0], anew[0], rtol=1e-13)
    for name in moved:
        np.testing.assert_allclose(straight[1][name], anew[1][name], rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("shape", [(), (3,), (2, 3), (2, 2, 3)], ids=str)
def test_the_generator_offers_only_what_numpy_runs(shape: Shape) -> None:
    array = np.random.default_rng(0).normal(size=shape)
    for text in of_one(shape, lambda _: 0):
        plain_numpy.run("y = " + text.format(a="x"), {"x": np.asarray(array)})
