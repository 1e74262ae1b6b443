"""The tape: nodes in evaluation order. Plain frozen data; nothing here computes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from engine.errors import Edit, Span

Array = NDArray[np.float64]
Whole = NDArray[np.int64]
Shape = tuple[int, ...]


class Kind(Enum):
    """What a node is."""

    INPUT = "input"
    CONSTANT = "constant"
    GATE = "gate"


@dataclass(frozen=True, slots=True)
class Node:
    """One value of the circuit.

    Attributes:
        index: its place on the tape; arguments stand before it.
        kind: input, constant or gate.
        primitive: name of the gate's primitive in REGISTRY, else None.
        arguments: tape places of the gate's arguments.
        settings: the gate's keyword settings, such as axis.
        shape: shape of its value.
        name: the student's name bound at birth, or None.
        aliases: names bound to the same value later.
        span: where the source says it, or None.
        module: the def's and loop turns it sits in, outermost first, as "sigmoid#1".
        value: a constant's array, else None.
        from_input: whether its value depends on an input.
        differentiable: whether a gradient may pass through it.
    """

    index: int
    kind: Kind
    primitive: str | None
    arguments: tuple[int, ...]
    settings: Mapping[str, object]
    shape: Shape
    name: str | None
    aliases: tuple[str, ...]
    span: Span | None
    module: tuple[str, ...]
    value: Array | None
    from_input: bool
    differentiable: bool


class Role(Enum):
    """What an input is for; guessed, for emphasis only, but a label is never differentiated."""

    DATA = "data"
    LABEL = "label"
    PARAMETER = "parameter"


@dataclass(frozen=True, slots=True)
class Input:
    """One input of the program.

    Attributes:
        name: the student's name.
        node: its place on the tape, or None when the program does not use it.
        value: float64 array; a label keeps its integers.
        assumed: whether the value was chosen by the engine.
        assigned: whether a statement of the program sets it.
        role: data, label or parameter.
    """

    name: str
    node: int | None
    value: Array | Whole
    assumed: bool
    assigned: bool
    role: Role


@dataclass(frozen=True, slots=True)
class Notice:
    """Something the student should know, though nothing is wrong or the picture is drawn all the same.

    Attributes:
        code: one of the contract's warning codes.
        level: "info" or "warning".
        node: the tape place it is about, or None.
        message: one sentence with the numbers.
        hint: the fix, or "".
        fix: replacements in the source that do what the hint says.
    """

    code: str
    level: str
    node: int | None
    message: str
    hint: str = ""
    fix: tuple[Edit, ...] = ()


def remark(message: str, hint: str = "", fix: tuple[Edit, ...] = ()) -> Notice:
    """Returns the notice of something worth knowing about a program, at no node of its own."""
    return Notice("notice", "info", None, message, hint, fix)


@dataclass(frozen=True, slots=True)
class Graph:
    """The circuit of one program.

    Attributes:
        nodes: in evaluation order.
        output: tape place of the value being differentiated.
        inputs: by name, in the order of the program.
    """

    nodes: tuple[Node, ...]
    output: int
    inputs: Mapping[str, Input]
