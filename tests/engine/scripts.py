"""Scripts as whoever copies one would run them, and circuits of one gate to write them from."""

from __future__ import annotations

import contextlib
import io
import re
import warnings
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from engine import Limits
from engine.backward import backward, on_path
from engine.forward import forward
from engine.graph import Graph, Input, Kind, Node, Role
from engine.limits import Deadline
from engine.primitives import REGISTRY, Primitive
from engine.primitives.primitive import Argument
from engine.script import Run, Script
from engine.source import clean

Array = NDArray[np.float64]
NUMBERS = {"nan": np.nan, "inf": np.inf}


def ran(script: Script) -> dict[str, Array]:
    """Returns what a script printed, by the names it printed, after running it in this process."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        exec(compile(script.code, "script", "exec"), {"__name__": "script"})
    return read(printed.getvalue())


def read(printed: str) -> dict[str, Array]:
    """Returns printed values by their names."""
    found = {}
    for line in printed.splitlines():
        name, _, number = line.partition(" = ")
        found[name] = np.asarray(eval(number, dict(NUMBERS)))
    return found


def agrees(script: Script, value: object, gradients: Mapping[str, Array]) -> None:
    """Asserts that a script prints an output's value and the gradients, and nothing else."""
    same_numbers(script, ran(script), value, gradients)


def same_numbers(
    script: Script, printed: Mapping[str, Array], value: object, gradients: Mapping[str, Array]
) -> None:
    """Asserts that printed numbers are the engine's, to 1e-12, of the same shapes, NaN where it has NaN."""
    assert set(script.gradients) == set(gradients)
    wanted = {script.gradients[name]: gradient for name, gradient in gradients.items()}
    (output,) = set(printed) - set(wanted) or {next(iter(wanted))}
    for name, array in {output: np.asarray(value), **wanted}.items():
        assert name == output or printed[name].dtype == np.float64 or not array.size, script.code
        scale = np.max(np.abs(array[np.isfinite(array)]), initial=1e-300)
        assert printed[name].size == array.size, f"{name}\n{script.code}"
        if array.size == 0:  # nested lists do not say how long an empty axis is
            continue
        assert printed[name].shape == array.shape, f"{name}\n{script.code}"
        np.testing.assert_allclose(
            printed[name], array, rtol=1e-12, atol=1e-13 * scale, err_msg=script.code
        )


def one_gate(
    primitive: Primitive,
    arguments: Sequence[Argument],
    settings: Mapping[str, object],
    *,
    constant: Sequence[int] = (),
    scalar: bool = False,
) -> Run:
    """Returns a pass over a circuit of one gate, whose output is the gate, or a sum of it with fan-out.

    Args:
        primitive: the gate's.
        arguments: its arguments; truth values become constants, whole numbers labels.
        settings: its settings.
        constant: arguments that are constants too; single numbers among them are literals.
        scalar: whether the gate feeds a product with itself, whose sum is the output.
    """
    nodes: list[Node] = []
    inputs: dict[str, Input] = {}
    for key, argument in enumerate(arguments):
        array = np.asarray(argument)
        given = array.dtype != bool and key not in constant
        name = f"x{key}" if given else None
        kind = Kind.INPUT if given else Kind.CONSTANT
        nodes.append(node(len(nodes), kind, array, name=name))
        if name is not None:
            role = Role.LABEL if array.dtype.kind == "i" else Role.DATA
            inputs[name] = Input(name, key, array, False, False, role)
    values = [np.asarray(a) for a in arguments]

    def add(name: str, places: tuple[int, ...], chosen: Mapping[str, object]) -> None:
        found = REGISTRY[name]
        complete = {**found.settings, **chosen}
        if "tie" in complete and "tie" not in chosen:
            complete["tie"] = 0.5
        shapes = [np.shape(values[p]) for p in places]
        open_ones = {k: complete[k] for k in found.open_settings}
        complete |= {k: rule(*shapes, **open_ones) for k, rule in found.derived.items()}
        shape = found.shape(*shapes, **complete)
        nodes.append(
            node(len(nodes), Kind.GATE, np.zeros(shape), primitive=name, at=places, given=complete)
        )
        deadline = Deadline(Limits())
        graph = Graph(tuple(nodes), len(nodes) - 1, inputs)
        values[:] = forward(graph, {n: i.value for n, i in inputs.items()}, deadline)

    add(primitive.name, tuple(range(len(arguments))), settings)
    if scalar:
        gate = len(nodes) - 1
        add("mul", (gate, gate), {})
        add("sum", (gate + 1,), {})
    graph = Graph(tuple(nodes), len(nodes) - 1, inputs)
    places = {n: i.node for n, i in inputs.items() if i.role is not Role.LABEL}
    wanted = on_path(graph, [p for p in places.values() if p is not None])
    shape = nodes[-1].shape
    seed = np.ones(()) if shape == () else np.asarray(np.random.default_rng(5).normal(size=shape))
    gradients = backward(graph, values, seed, wanted, Deadline(Limits()))
    return Run(graph, clean(""), values, gradients, seed, places, wanted)


def node(
    index: int,
    kind: Kind,
    array: Argument,
    *,
    name: str | None = None,
    primitive: str | None = None,
    at: tuple[int, ...] = (),
    given: Mapping[str, object] | None = None,
) -> Node:
    """Returns a node of the tape."""
    value = array if kind is Kind.CONSTANT else None
    shape = np.shape(array)
    return Node(
        index, kind, primitive, at, given or {}, shape, name, (), None, (), value, True, True
    )


def gradients_of(run: Run) -> dict[str, Array]:
    """Returns the gradients of a pass, by name."""
    found = {}
    for name, place in run.places.items():
        assert place is not None
        upstream = run.gradients.upstream[place] if run.wanted[place] else None
        found[name] = np.zeros(run.graph.nodes[place].shape) if upstream is None else upstream
    return found


def samples(primitive: Primitive) -> Iterator[tuple[tuple[Argument, ...], dict[str, object]]]:
    """Yields a primitive's samples."""
    yield from primitive.samples(np.random.default_rng(0))


def functions_in(code: str, module: str) -> set[str]:
    """Returns what code takes from a module, such as {"linalg.inv"} of torch."""
    return set(re.findall(rf"\b{module}\.((?:linalg\.)?\w+)", code))
