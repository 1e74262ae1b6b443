"""The corpus: every program is right, by NumPy's own forward values and their differences, and shows what it did."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from app.wire.graph import graph_bytes
from app.wire.tensor import Picture
from engine import Circuit, build
from tests.engine import plain_numpy, rederive
from tests.engine.corpus import Program, corpus
from tests.engine.differences import five_point, relative_error

Array = NDArray[np.float64]

PROGRAMS = corpus()
every_program = pytest.mark.parametrize("program", PROGRAMS, ids=lambda p: p.name)


def built(program: Program) -> Circuit:
    return build(program.source, program.inputs, output="L", wrt=program.wrt)


def loss(program: Program, moved: dict[str, Array]) -> Array:
    """Returns L as NumPy has it, running the program's own text."""
    with np.errstate(all="ignore"):
        return np.asarray(plain_numpy.run(program.source, {**program.inputs, **moved})["L"])


def test_the_corpus_is_large() -> None:
    assert len(PROGRAMS) >= 600
    assert len({p.name for p in PROGRAMS}) == len(PROGRAMS)


@every_program
def test_a_program_is_right(program: Program) -> None:
    circuit = built(program)
    value, gradients = circuit.value_and_grad()
    np.testing.assert_allclose(value, loss(program, {}), rtol=1e-12, atol=1e-12)
    for name in program.wrt:
        point = np.asarray(program.inputs[name])

        def moved(there: Array, name: str = name) -> Array:
            return loss(program, {name: there})

        numerical = five_point(moved, point)[0].reshape(point.shape)
        assert gradients[name].shape == point.shape
        assert relative_error(gradients[name], numerical) < 1e-7, name
    again, straight = circuit.value_and_grad()
    assert circuit._straight is not None
    assert circuit._straight(circuit._given, 1.0) is not None, "the straight-line function gave up"
    np.testing.assert_allclose(again, value, rtol=1e-13, atol=1e-13)
    for name in program.wrt:
        np.testing.assert_allclose(straight[name], gradients[name], rtol=1e-13, atol=1e-13)


@every_program
def test_the_json_of_a_program_derives_itself_again(program: Program) -> None:
    answer = json.loads(graph_bytes(built(program).trace(), Picture()))
    trace = read(answer)
    arriving: dict[int, Array] = {}
    for node in trace.nodes:
        for wire in node.wires:
            if wire.downstream is not None:
                again = rederive.downstream(trace, node, wire)
                np.testing.assert_allclose(wire.downstream, again, rtol=1e-11, atol=1e-12)
                arriving[wire.source] = arriving.get(wire.source, np.zeros(())) + again
    for index, node in enumerate(trace.nodes):
        if node.upstream is not None and index != place(answer["output"]):
            np.testing.assert_allclose(node.upstream, arriving[index], rtol=1e-11, atol=1e-12)
    for name, gradient in answer["gradients"].items():
        upstream = trace.nodes[place(answer["inputs"][name]["node"])].upstream
        wanted = np.zeros(gradient["shape"]) if upstream is None else upstream
        np.testing.assert_array_equal(array(gradient), wanted)


def read(answer: dict[str, Any]) -> Any:
    """Returns the answer as `rederive` reads a trace."""
    nodes = [
        SimpleNamespace(
            value=array(node["value"]),
            upstream=array(node["upstream"]),
            wires=[wire(entry) for entry in node["inputs"]],
        )
        for node in answer["nodes"]
    ]
    return SimpleNamespace(nodes=nodes)


def wire(entry: dict[str, Any]) -> Any:
    """Returns one wire of an answer."""
    local = entry["local"]
    other, axes = local.get("other"), local.get("axes")
    return SimpleNamespace(
        source=place(entry["node"]),
        downstream=array(entry["downstream"]),
        summed_axes=tuple(entry["summed_axes"]),
        local=SimpleNamespace(
            structure=SimpleNamespace(value=local["structure"]),
            shape=tuple(local["shape"]),
            value=array(local["value"]),
            other=None if other is None else place(other),
            side=local.get("side"),
            axes=None if axes is None else tuple(axes),
            indices=local.get("indices"),
        ),
    )


def place(node: str) -> int:
    """Returns the tape place of a node's id."""
    return int(node.removeprefix("n"))


def array(tensor: dict[str, Any] | None) -> Array | None:
    """Returns a tensor's numbers."""
    if tensor is None:
        return None
    return np.asarray(tensor["data"], dtype=np.float64).reshape(tensor["shape"])
