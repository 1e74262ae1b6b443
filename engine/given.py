"""What a circuit is given once it is built: names of its nodes, new values of its inputs, an upstream."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from engine.errors import BadInput, NotScalar, ShapeMismatch, UndefinedName
from engine.graph import Array, Graph, Role, Shape, Whole
from engine.inputs import read_value, whole
from engine.language import nearest, shown
from engine.limits import Limits
from engine.lower import Lowered
from engine.primitives.shapes import show

ONE = np.ones(())
ONE.setflags(write=False)


def wanted_places(lowered: Lowered, wrt: Sequence[str] | None) -> dict[str, int | None]:
    """Returns the tape place of every name that a gradient is asked for; None for an unused input.

    Raises:
        UndefinedName: for a name the program does not have.
        BadInput: for a label, which is never differentiated.
    """
    inputs = lowered.graph.inputs
    if wrt is None:
        return {
            n: i.node for n, i in inputs.items() if i.role is not Role.LABEL and i.node is not None
        }
    places: dict[str, int | None] = {}
    for name in wrt:
        if name in inputs:
            if inputs[name].role is Role.LABEL:
                raise BadInput(
                    f"{shown(name)} is used as an index or a size: it has no gradient.",
                    hint="Leave it out of wrt.",
                )
            places[name] = inputs[name].node
        elif name in lowered.names:
            places[name] = lowered.names[name]
        else:
            close = nearest(name, [*inputs, *lowered.names])
            raise UndefinedName(
                f"wrt names {shown(name)}, which the program does not have.",
                hint=close or "Leave it out.",
            )
    return places


def place_of(graph: Graph, field: str, name: str, places: Mapping[str, int | None]) -> int:
    """Returns the tape place of a name of the program, or of a node's id where no name is spelled so.

    Args:
        graph: the tape.
        field: what the name was given as, for the refusal.
        name: the name or id.
        places: the names that are known.

    Raises:
        UndefinedName: for a name or an id that the program does not have.
        BadInput: for one that the program does not use.
    """
    ids = {f"n{node.index}": node.index for node in graph.nodes}
    if name not in places and name not in ids:
        close = nearest(name, places)
        raise UndefinedName(
            f"{field} names {shown(name)}, which the program does not have.",
            hint=close or f"Use a name of the program, or an id from n0 to n{len(ids) - 1}.",
        )
    place = places[name] if name in places else ids[name]
    if place is None:
        raise BadInput(
            f"The program does not use {shown(name)}.", hint="Choose a name that it uses."
        )
    return place


def seed_of(graph: Graph, upstream: object, limits: Limits) -> Array:
    """Returns what the backward pass starts from: what is given, or 1.

    Raises:
        NotScalar: when the output is not one number and nothing is given.
        ShapeMismatch: when what is given has another shape than the output.
    """
    output = graph.nodes[graph.output]
    if upstream is not None:
        return read_upstream(upstream, output.shape, "the output", limits)
    if output.shape != ():
        raise NotScalar(
            f"The output has shape {show(output.shape)}; a gradient needs one number.",
            span=output.span,
            hint="Reduce it, such as with np.sum(...).",
        )
    return ONE


def read_upstream(given: object, shape: Shape, of: str, limits: Limits) -> Array:
    """Returns an upstream gradient as an array.

    Raises:
        ShapeMismatch: when it has not the shape of what it is the gradient of.
    """
    seed = read_value(given, limits)
    if seed.shape != shape:
        raise ShapeMismatch(
            f"upstream has shape {show(seed.shape)}, {of} {show(shape)}.",
            hint=f"Give it the shape of {of}.",
        )
    return seed


def new_inputs(
    graph: Graph, inputs: Mapping[str, object], limits: Limits
) -> dict[str, Array | Whole]:
    """Returns new values of some inputs, without those of inputs that are not on the tape.

    Raises:
        UndefinedName: for a name that is no input.
        BadInput: for another shape than at build, and for another value of an index or a size.
    """
    arrays: dict[str, Array | Whole] = {}
    for name, given in inputs.items():
        if name not in graph.inputs:
            close = nearest(name, graph.inputs)
            raise UndefinedName(
                f"{shown(name)} is not an input of the circuit.", hint=close or "Leave it out."
            )
        old = graph.inputs[name]
        array = read_value(given, limits)
        if old.node is None:
            if old.role is Role.LABEL and not np.array_equal(array, old.value):
                raise BadInput(
                    f"Input {name} is used as an index or a size: the circuit was made for its value at build.",
                    hint="Build the circuit again for another value.",
                )
        elif array.shape != old.value.shape:
            raise BadInput(
                f"Input {name} has shape {show(array.shape)}; at build it had {show(old.value.shape)}.",
                hint="Build the circuit again for another shape.",
            )
        else:
            arrays[name] = whole(name, array) if old.role is Role.LABEL else array
    return arrays
