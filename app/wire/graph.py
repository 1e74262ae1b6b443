"""The wire format of /api/graph: the circuit with every value, gradient and step."""

from __future__ import annotations

from typing import Literal

import numpy as np
from pydantic import Field

from app.wire.exact import Exact, Json, Structures
from app.wire.program import Fix, PassRequest, SpanModel, node_id
from app.wire.tensor import Picture, Tensor, Writer, fitted
from engine.composed import Equation
from engine.graph import Graph, Notice
from engine.trace import Local, Step, Trace, TracedNode, Wire

SCHEMA_VERSION = 1


class GraphRequest(PassRequest):
    """A program and what to do with it."""

    digits: int | None = Field(
        default=None,
        ge=0,
        le=12,
        description="Decimals to round every number to before the next is computed from it, as by hand on a slide.",
    )


class GraphQuery(Exact):
    """The same as the fields of a query."""

    source: str = Field(
        description=GraphRequest.model_fields["source"].description, examples=["(x + y) * z"]
    )
    inputs: str | None = Field(
        default=None,
        description="JSON: values by name.",
        examples=['{"x": -2, "y": 5, "z": -4}'],
    )
    output: str | None = Field(
        default=None, description=GraphRequest.model_fields["output"].description
    )
    wrt: str | None = Field(default=None, description="Names to differentiate for, as a,b,c.")
    upstream: str | None = Field(default=None, description="JSON: dL/d(output).")
    digits: int | None = Field(default=None, ge=0, le=12, strict=False, description="As in POST.")


class InputModel(Exact):
    """What is known of one input."""

    node: str | None = Field(description="null where the program does not use it.")
    assumed: bool = Field(description="The value was chosen by the engine.")
    assigned: bool = Field(description="A statement of the program sets it.")
    role: Literal["data", "label", "parameter"] = Field(description="Guessed, for emphasis only.")


class LocalModel(Exact):
    """One local gradient, d(out)/d(argument), from forward values only."""

    structure: Structures
    shape: list[int] = Field(description="The output's axes, then the argument's.")
    value: Tensor | None = Field(description="null where the structure says it all.")
    code: str = Field(description="One NumPy expression.")
    said: str = Field(description="The same, with the nodes' labels for their names.")
    latex: str
    other: str | None = Field(default=None, description="For matmul: id of the other factor.")
    side: Literal["left", "right"] | None = Field(
        default=None, description="For matmul: where this argument stands."
    )
    axes: list[int] | None = Field(
        default=None, description="For reduction, broadcast and permutation."
    )
    indices: list[int] | None = Field(
        default=None,
        description="For selection and permutation: flat places in the argument, one an output "
        "entry; left out over the picture's caps.",
    )


class WireModel(Exact):
    """One argument of a gate, and what came back along its wire."""

    node: str = Field(description="id of the node the wire comes from.")
    argument: str
    local: LocalModel
    downstream: Tensor | None = Field(description="null where no gradient passes.")
    summed_axes: list[int] = Field(
        description="Axes of the output along which the argument had been stretched."
    )
    code: str = Field(description="The NumPy line that computes downstream.")
    latex: str


class NodeModel(Exact):
    """An input, a constant or a gate."""

    id: str
    kind: Literal["input", "constant", "gate"]
    primitive: str | None
    family: str | None = Field(description="The primitive's family, for styling.")
    symbol: str
    face: str = Field(description="What the gate shows with its scalar literals folded into it.")
    name: str | None = Field(description="The name bound at birth.")
    aliases: list[str] = Field(description="Names bound to the same value later.")
    label: str = Field(description="Short text for people.")
    code: str = Field(description="Its name in generated code.")
    span: SpanModel | None
    module: list[str] = Field(description="The defs and loop turns it sits in, outermost first.")
    dims: list[str] = Field(
        description="One letter an axis, the same for axes that the program ties; a size of 1 is itself."
    )
    value: Tensor
    upstream: Tensor | None = Field(description="null when not on a path from wrt to the output.")
    inputs: list[WireModel]
    latex: str


class EdgeModel(Exact):
    """One wire."""

    id: str
    source: str
    target: str
    key: int = Field(description="Position of the argument.")


class StepModel(Exact):
    """One moment of the pass."""

    index: int
    address: str = Field(description="Stable name of the moment.")
    phase: Literal["forward", "local", "backward"]
    kind: Literal["evaluate", "local", "seed", "accumulate", "multiply"]
    node: str
    edge: str | None
    level: Literal[1, 2, 3] = Field(description="The coarsest detail that stops here.")
    text: str
    latex: str


class PartModel(Exact):
    """Where in an equation's LaTeX a node is written."""

    node: str
    start: int = Field(description="Letters before it.")
    end: int


class EquationModel(Exact):
    """One line of the whole function: a name, and what it is of other names."""

    node: str
    latex: str
    parts: list[PartModel] = Field(description="Within one another or apart, never across.")


class SlipModel(Exact):
    """One slip in backward code."""

    code: str
    detail: str
    span: SpanModel | None
    hint: str
    fix: Fix


class BackwardCodeModel(Exact):
    """The backward part, cut from the program's tail."""

    line: int
    source: str
    problems: list[SlipModel]


class WarningModel(Exact):
    """Something worth knowing."""

    code: str
    level: Literal["info", "warning"]
    node: str | None
    message: str
    hint: str
    fix: Fix


class GraphAnswer(Exact):
    """The circuit with every value, gradient and step; loads as networkx node-link data."""

    schema_version: Literal[1]
    directed: Literal[True]
    multigraph: Literal[True]
    graph: dict[str, str]
    source: str
    form: str | None = Field(
        description="Names what is the same whatever the inputs' values are: two answers of one form differ in numbers "
        "and in what is said of them. null where a value shapes the circuit."
    )
    output: str = Field(description="id of the node being differentiated.")
    value: Tensor
    inputs: dict[str, InputModel]
    nodes: list[NodeModel] = Field(description="In evaluation order.")
    edges: list[EdgeModel]
    steps: list[StepModel]
    formula: list[EquationModel] = Field(
        description="The whole function, a line a name; empty where there would be too many lines."
    )
    gradients: dict[str, Tensor]
    backward_code: BackwardCodeModel | None
    warnings: list[WarningModel]


def graph_bytes(trace: Trace, picture: Picture) -> bytes:
    """Returns a trace as the contract's JSON; the same trace gives the same bytes.

    Raises:
        TooLarge: when the answer is too long with every tensor summarised.
    """
    return fitted(lambda writer: trace_json(trace, writer), picture)


def trace_json(trace: Trace, writer: Writer) -> Json:
    """Returns the whole answer."""
    gradients = {name: writer.tensor(array) for name, array in trace.gradients.items()}
    output = trace.graph.output
    return {
        "schema_version": SCHEMA_VERSION,
        "directed": True,
        "multigraph": True,
        "graph": {},
        "source": trace.source,
        "form": trace.form,
        "output": f"n{output}",
        "value": writer.tensor(trace.nodes[output].value),
        "inputs": inputs_json(trace.graph),
        "nodes": [node_json(node, writer) for node in trace.nodes],
        "edges": [
            {
                "id": wire.id,
                "source": f"n{wire.source}",
                "target": f"n{wire.target}",
                "key": wire.key,
            }
            for node in trace.nodes
            for wire in node.wires
        ],
        "steps": [step_json(step) for step in trace.steps],
        "formula": [equation_json(equation) for equation in trace.equations],
        "gradients": gradients,
        "backward_code": trace.backward_code,
        "warnings": [warning_json(notice) for notice in trace.notices],
    }


def inputs_json(graph: Graph) -> Json:
    """Returns what is known of each input."""
    return {
        name: {
            "node": node_id(given.node),
            "assumed": given.assumed,
            "assigned": given.assigned,
            "role": given.role.value,
        }
        for name, given in graph.inputs.items()
    }


def node_json(traced: TracedNode, writer: Writer) -> Json:
    """Returns one node."""
    node = traced.node
    return {
        "id": f"n{node.index}",
        "kind": node.kind.value,
        "primitive": node.primitive,
        "family": traced.family,
        "symbol": traced.symbol,
        "face": traced.face,
        "name": node.name,
        "aliases": node.aliases,
        "label": traced.label,
        "code": traced.code,
        "span": node.span,
        "module": node.module,
        "dims": traced.dims,
        "value": writer.tensor(traced.value),
        "upstream": writer.optional(traced.upstream),
        "inputs": [wire_json(wire, writer) for wire in traced.wires],
        "latex": traced.latex,
    }


def wire_json(wire: Wire, writer: Writer) -> Json:
    """Returns one argument of a gate."""
    return {
        "node": f"n{wire.source}",
        "argument": wire.argument,
        "local": local_json(wire.local, writer),
        "downstream": writer.optional(wire.downstream),
        "summed_axes": wire.summed_axes,
        "code": wire.code,
        "latex": wire.latex,
    }


def local_json(local: Local, writer: Writer) -> Json:
    """Returns one local gradient; what its structure does not need is left out."""
    members: Json = {
        "structure": local.structure.value,
        "shape": local.shape,
        "value": writer.optional(local.value),
        "code": local.code,
        "said": local.said,
        "latex": local.latex,
    }
    if local.other is not None:
        members["other"] = f"n{local.other}"
        members["side"] = local.side
    if local.axes is not None:
        members["axes"] = local.axes
    return {**members, **indices_json(local, writer)}


def indices_json(local: Local, writer: Writer) -> Json:
    """Returns the places that a selection or a permutation reads, where there are some and room for them."""
    if local.indices is None or not writer.take(local.indices.size):
        return {}
    return {"indices": np.ascontiguousarray(local.indices).reshape(-1)}


def step_json(step: Step) -> Json:
    """Returns one step."""
    return {
        "index": step.index,
        "address": step.address,
        "phase": step.phase,
        "kind": step.kind,
        "node": f"n{step.node}",
        "edge": step.wire,
        "level": step.level,
        "text": step.text,
        "latex": step.latex,
    }


def equation_json(equation: Equation) -> Json:
    """Returns one line of the whole function."""
    return {
        "node": f"n{equation.node}",
        "latex": equation.latex,
        "parts": [
            {"node": f"n{part.node}", "start": part.start, "end": part.end}
            for part in equation.parts
        ],
    }


def warning_json(notice: Notice) -> Json:
    """Returns one notice."""
    return {
        "code": notice.code,
        "level": notice.level,
        "node": node_id(notice.node),
        "message": notice.message,
        "hint": notice.hint,
        "fix": notice.fix,
    }
