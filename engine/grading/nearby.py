"""Other inputs of a program: other values of the same shapes, and a twin whose sizes are all equal."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from engine.errors import EngineError
from engine.grading.program import Program
from engine.grading.scene import structure_of
from engine.graph import Array, Role, Whole
from engine.limits import Deadline, Limits
from engine.lower import Request, lower
from engine.naming import code_names
from engine.primitives import Structure
from engine.source import clean, parse

SIZE = 3
"""Every axis of the twin has this size, but those of size 1."""


def elsewhere(program: Program, turn: int) -> dict[str, Array | Whole]:
    """Returns other values for the inputs on the tape, of the same shapes and signs; labels stay."""
    return {
        name: given.value if given.role is Role.LABEL else moved(name, given.value, turn)
        for name, given in program.graph.inputs.items()
        if given.node is not None
    }


def moved(name: str, value: Array | Whole, turn: int) -> Array:
    """Returns another value near in size: what is positive stays so, and one-hot rows; drawn with the name's own seed."""
    if value.ndim and np.isin(value, (0.0, 1.0)).all() and 0 < value.sum() < value.size:
        return np.roll(value, 1 + turn, axis=-1).astype(np.float64)
    rng = np.random.default_rng(zlib.crc32(f"{name} {turn}".encode()))
    if (value > 0).all():
        return np.asarray(value * np.exp(0.4 * rng.normal(size=value.shape)))
    scale = float(np.abs(value).mean()) or 1.0
    return np.asarray(
        value * (1 + 0.3 * rng.normal(size=value.shape)) + scale * rng.normal(size=value.shape)
    )


def twin(program: Program, deadline: Deadline) -> Program | None:
    """Returns the same program with all sizes equal, where every product multiplies; None where sizes are written in it.

    A formula whose factors do not fit can be run there, and then its mistake has a value to be known by.
    """
    given: dict[str, NDArray[np.float64]] = {}
    for name, found in program.graph.inputs.items():
        value = found.value
        shape = tuple(n if n == 1 else SIZE for n in value.shape)
        if found.role is not Role.LABEL:
            given[name] = resized(name, value, shape)
        elif value.shape:
            given[name] = (np.arange(int(np.prod(shape))) % SIZE).reshape(shape).astype(np.float64)
        else:
            sizes = {n for node in program.graph.nodes for n in node.shape}
            given[name] = np.asarray(float(SIZE if int(value) in sizes else value))
    seed = np.ones(tuple(n if n == 1 else SIZE for n in program.seed.shape))
    request = Request(program.text, program.body, given, program.output, program.limits, deadline)
    try:
        lowered = lower(request)
    except EngineError:
        return None
    nodes, own = lowered.graph.nodes, program.graph.nodes
    alike = [n.primitive for n in nodes] == [n.primitive for n in own]
    if not alike or nodes[lowered.graph.output].shape != seed.shape:
        return None
    inputs: Mapping[str, Array | Whole] = {n: i.value for n, i in lowered.graph.inputs.items()}
    return Program(
        program.text,
        program.body,
        program.output,
        lowered.graph,
        lowered.names,
        inputs,
        seed,
        program.limits,
    )


def around(program: Program, place: int) -> Iterator[Program]:
    """Yields, for every matrix product that a node goes into, a program of that product alone, all sizes equal."""
    names = code_names(program.graph)
    for node in program.graph.nodes[place:]:
        if place not in node.arguments or len(node.arguments) != 2:
            continue
        if structure_of(node, node.arguments.index(place)) is not Structure.MATMUL:
            continue
        left, right = (names[a] for a in node.arguments)
        out = names[node.index]
        if len({left, right, out}) < 3:
            continue
        source = f"{out} = {left} @ {right}\nnp.sum({out} * seed_{out})"
        ranks = {
            n: program.graph.nodes[a].shape
            for n, a in zip((left, right), node.arguments, strict=True)
        }
        given = {n: resized(n, np.zeros(()), (SIZE,) * len(shape)) for n, shape in ranks.items()}
        given[f"seed_{out}"] = resized(out, np.zeros(()), (SIZE,) * len(node.shape))
        yield built(source, given, program.limits)


def built(source: str, given: dict[str, Array], limits: Limits) -> Program:
    """Returns a program of our own making."""
    text = clean(source)
    body = tuple(parse(text, limits).body)
    lowered = lower(Request(text, body, given, None, limits, Deadline(limits)))
    inputs: Mapping[str, Array | Whole] = {n: i.value for n, i in lowered.graph.inputs.items()}
    return Program(text, body, None, lowered.graph, lowered.names, inputs, np.ones(()), limits)


def resized(name: str, value: Array | Whole, shape: tuple[int, ...]) -> Array:
    """Returns new values of another shape, of the old ones' signs and size."""
    rng = np.random.default_rng(zlib.crc32(name.encode()))
    scale = float(np.abs(value).mean()) or 1.0
    drawn = scale * rng.normal(size=shape)
    return np.abs(drawn) + 0.1 * scale if (value > 0).all() else drawn
