"""The wire format of /api/numbers: the numbers of /api/graph alone, for inputs that change while one looks on."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from app.wire.exact import Exact, Json
from app.wire.graph import InputModel, indices_json, inputs_json
from app.wire.program import PassRequest
from app.wire.tensor import Picture, Tensor, Writer, fitted
from engine.trace import Numbers, TracedNode, Wire

MOST_TOLD = 10_000


class NumbersRequest(PassRequest):
    """A program, and which of its steps are told."""

    told: list[Annotated[int, Field(ge=0)]] = Field(
        default_factory=list, max_length=MOST_TOLD, description="Indices of steps."
    )


class WireNumbers(Exact):
    """The numbers of one argument of a gate."""

    local: Tensor | None
    indices: list[int] | None = None
    downstream: Tensor | None


class NodeNumbers(Exact):
    """The numbers of one node."""

    value: Tensor
    upstream: Tensor | None
    inputs: list[WireNumbers]


class StepWords(Exact):
    """What is said of one step."""

    index: int
    text: str
    latex: str


class NumbersAnswer(Exact):
    """What an answer of /api/graph with the same form has besides its words: each member as it is there."""

    form: str | None
    value: Tensor
    inputs: dict[str, InputModel]
    nodes: list[NodeNumbers] = Field(description="In the order of the graph's.")
    steps: list[StepWords] = Field(description="Those that were to be told.")
    gradients: dict[str, Tensor]


def numbers_bytes(numbers: Numbers, picture: Picture) -> bytes:
    """Returns a pass's numbers; the same tensors are listed as in the whole answer, which takes them in this order.

    Raises:
        TooLarge: when the answer is too long with every tensor summarised.
    """
    return fitted(lambda writer: numbers_json(numbers, writer), picture)


def numbers_json(numbers: Numbers, writer: Writer) -> Json:
    """Returns the whole answer."""
    gradients = {name: writer.tensor(array) for name, array in numbers.gradients.items()}
    return {
        "form": numbers.form,
        "value": writer.tensor(numbers.nodes[numbers.graph.output].value),
        "inputs": inputs_json(numbers.graph),
        "nodes": [node_json(node, writer) for node in numbers.nodes],
        "steps": [
            {"index": step.index, "text": step.text, "latex": step.latex} for step in numbers.steps
        ],
        "gradients": gradients,
    }


def node_json(traced: TracedNode, writer: Writer) -> Json:
    """Returns one node's numbers."""
    return {
        "value": writer.tensor(traced.value),
        "upstream": writer.optional(traced.upstream),
        "inputs": [wire_json(wire, writer) for wire in traced.wires],
    }


def wire_json(wire: Wire, writer: Writer) -> Json:
    """Returns one wire's numbers."""
    return {
        "local": writer.optional(wire.local.value),
        **indices_json(wire.local, writer),
        "downstream": writer.optional(wire.downstream),
    }
