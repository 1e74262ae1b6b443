"""One whole pass, forward and backward, with its steps: what the page shows and REST answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.composed import Equation
from engine.errors import Edit, Span
from engine.graph import Array, Graph, Node, Notice, Shape
from engine.primitives import Structure


@dataclass(frozen=True, slots=True)
class Local:
    """One argument's local gradient, d(out)/d(argument), from forward values only.

    Attributes:
        structure: which entries can be other than zero; SCALAR where both sides are scalars.
        shape: the Jacobian's shape, out's axes then the argument's.
        value: see the table of the contract, section 4; None where the structure says it all.
        axes: for REDUCTION, BROADCAST and a transposing PERMUTATION, else None.
        indices: for SELECTION and a reshaping PERMUTATION: flat places in the argument, one an output entry.
        other: for MATMUL, tape place of the other factor.
        side: for MATMUL, "left" or "right": where this argument stands.
        code: one NumPy expression over the names of the listing.
        said: the same over the labels of the nodes.
        latex: the same, as LaTeX.
    """

    structure: Structure
    shape: Shape
    value: Array | None
    axes: tuple[int, ...] | None
    indices: NDArray[np.int64] | None
    other: int | None
    side: str | None
    code: str
    said: str
    latex: str


@dataclass(frozen=True, slots=True)
class Wire:
    """One argument of one gate, and what came back along it.

    Attributes:
        id: "e0", "e1", ... in tape order, arguments in order.
        source: tape place of the argument.
        target: tape place of the gate.
        key: position of the argument.
        argument: its name in the primitive.
        local: its local gradient.
        downstream: upstream combined with local, the argument's shape; None where no gradient passes.
        summed_axes: the output's axes along which the argument had been stretched.
        code: one NumPy line that computes downstream, e.g. "dq = df * z".
        said: the same over the labels of the nodes.
        latex: the line as an equation.
    """

    id: str
    source: int
    target: int
    key: int
    argument: str
    local: Local
    downstream: Array | None
    summed_axes: tuple[int, ...]
    code: str
    said: str
    latex: str


@dataclass(frozen=True, slots=True)
class TracedNode:
    """A node with all that one pass found out about it.

    Attributes:
        node: its place and kind on the tape.
        family: the primitive's family, or None.
        symbol: the primitive's sign, or "".
        face: what the gate shows when its scalar literals are folded into it, else the symbol.
        label: short text for people, see `engine/labels.py`.
        code: its name in generated code, unique.
        value: its array; booleans for masks, integers for labels.
        upstream: dL/d(value), or None when not on a path from wrt to output.
        wires: one an argument.
        latex: the gate's formula in its arguments' names.
        dims: one letter an axis, the same for axes that the program ties; see `engine/axes.py`.
    """

    node: Node
    family: str | None
    symbol: str
    face: str
    label: str
    code: str
    value: NDArray[np.float64]
    upstream: Array | None
    wires: tuple[Wire, ...]
    latex: str
    dims: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """One moment of the pass; see the contract, section 4, "Steps".

    Attributes:
        address: stable name of the moment, such as "b:f.mul.0".
        phase: "forward", "local" or "backward".
        kind: "evaluate", "local", "seed", "accumulate" or "multiply".
        node: tape place of the node it is about.
        wire: id of its wire, for "multiply".
        level: the coarsest detail (1 glance, 2 lecture, 3 slow) that stops here.
        text: plain words with the numbers.
        latex: the step's equation.
    """

    index: int
    address: str
    phase: str
    kind: str
    node: int
    wire: str | None
    level: int
    text: str
    latex: str


@dataclass(frozen=True, slots=True)
class BackwardCode:
    """The backward part that was cut from the program's tail.

    Attributes:
        line: its first line, 1-based.
        source: its text.
        problems: slips found in it without running it.
    """

    line: int
    source: str
    problems: tuple[Slip, ...]


@dataclass(frozen=True, slots=True)
class Slip:
    """One slip in backward code: like an EngineError, but it stops nothing."""

    code: str
    detail: str
    span: Span | None
    hint: str
    fix: tuple[Edit, ...] = ()


@dataclass(frozen=True, slots=True)
class Trace:
    """One whole pass.

    Attributes:
        source: the program as it was given.
        form: of the circuit: passes of one form differ in numbers, and in what is said of them; or None.
        graph: the tape.
        nodes: one a tape place.
        steps: in order.
        equations: the whole function as LaTeX, a line a name; none where there would be too many.
        gradients: every name of wrt; zeros, with a notice, where nothing reaches it.
        backward_code: the cut tail, or None.
        notices: warnings and information.
    """

    source: str
    form: str | None
    graph: Graph
    nodes: tuple[TracedNode, ...]
    steps: tuple[Step, ...]
    equations: tuple[Equation, ...]
    gradients: Mapping[str, Array]
    backward_code: BackwardCode | None
    notices: tuple[Notice, ...]


@dataclass(frozen=True, slots=True)
class Numbers:
    """A pass without its words.

    Attributes:
        form: of the circuit, see `Trace`.
        graph: the tape.
        nodes: one a tape place.
        steps: those that were to be told, in order.
        gradients: every name of wrt.
    """

    form: str | None
    graph: Graph
    nodes: tuple[TracedNode, ...]
    steps: tuple[Step, ...]
    gradients: Mapping[str, Array]
