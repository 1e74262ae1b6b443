"""The wire format of /api/descend: ways to a smaller output."""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from app.wire.exact import Exact, Json, Numeric
from app.wire.program import PassRequest
from app.wire.tensor import Tensor, Writer, array_json
from engine.descent import Descent
from engine.landscape import Entry

BOWL: JsonDict = {"source": "x**2 + 10 * y**2", "inputs": {"x": 3, "y": 2}}

Rate = Annotated[float, Field(gt=0, le=1e6)]


class DescendRequest(PassRequest):
    """A program whose output is to become smaller, by one of the lecture's approaches."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{**BOWL, "method": "analytic", "steps": 50, "rate": 0.05, "seed": 0}]
        }
    )

    method: Literal["random-search", "random-local-search", "numerical", "analytic"] = Field(
        description="random-search draws whole new points; random-local-search tries a random direction of "
        "length rate and keeps it if that is better; numerical and analytic follow the gradient."
    )
    steps: int = Field(default=100, ge=1, description="At most so many.")
    rate: Rate | Literal["auto"] = Field(
        default="auto",
        description="Length of a random direction; what a gradient is multiplied with. auto: what suits the "
        "function, found by a few steps that are not counted.",
    )
    seed: int = Field(default=0, ge=0, lt=2**32, description="Of what is drawn.")
    budget: int | None = Field(
        default=None,
        ge=1,
        description="Passes through the circuit; a step that would take more is not begun.",
    )
    reach: float | None = Field(
        default=None,
        gt=0,
        le=1e9,
        description="random-search draws so far from the start at most, along each axis; "
        "default twice its largest number, or 2.",
    )
    difference: Literal["central", "forward"] = Field(
        default="central", description="The formula of numerical: 2n or n + 1 passes a step."
    )
    h: float | None = Field(default=None, gt=0, le=1, description="The step of its differences.")


class EntryModel(Exact):
    """One number of one input."""

    input: str
    index: list[int] = Field(description="An index an axis; [] for a single number.")
    node: str


class DescendAnswer(Exact):
    """What one approach has found, step by step."""

    output: str
    method: Literal["random-search", "random-local-search", "numerical", "analytic"]
    dimensions: int = Field(description="How many entries move.")
    losses: list[Numeric] = Field(description="The output at the start and after every step.")
    evaluations: list[int] = Field(
        description="Passes through the circuit that the approach has taken by then; what is "
        "looked at for the answer alone is not counted."
    )
    each: int = Field(
        description="Passes a step: 1 for a random one, 2n or n + 1 for differences, "
        "2 for one pass forward and one back."
    )
    path: list[list[Numeric]] = Field(
        description="The entries at the start and after every step, in the order of entries."
    )
    entries: list[EntryModel] = Field(
        description="What the path lists: all entries that move, or the first of very many."
    )
    tried: list[Numeric] = Field(description="The output at the point that each step tried.")
    kept: list[bool] = Field(description="Whether that is where the descent now stands.")
    downhill: int = Field(description="How many tries had a smaller output.")
    cosines: list[Numeric] = Field(
        description="Of the angles between random directions and the gradient."
    )
    mean_cosine: Numeric | None = Field(description="The mean of their absolute values.")
    expected_cosine: Numeric = Field(
        description="sqrt(2 / (π n)), about what that is for directions drawn evenly."
    )
    rate: float = Field(description="As it was used.")
    reach: Numeric = Field(description="Likewise.")
    end: dict[str, Tensor] = Field(description="Every input that moves, where it ended.")
    ended: Literal["steps", "budget", "flat", "non-finite"]
    note: str


def descent_json(found: Descent, output: int, writer: Writer) -> Json:
    """Returns a descent."""
    cosines = np.abs(found.cosines)
    return {
        "output": f"n{output}",
        "method": found.method,
        "dimensions": found.dimensions,
        "losses": array_json(found.losses),
        "evaluations": found.evaluations,
        "each": found.each,
        "path": array_json(found.path),
        "entries": [entry_json(entry) for entry in found.entries],
        "tried": array_json(found.tried),
        "kept": found.kept,
        "downhill": found.downhill,
        "cosines": array_json(found.cosines),
        "mean_cosine": float(cosines.mean()) if cosines.size else None,
        "expected_cosine": found.expected_cosine,
        "rate": found.rate,
        "reach": found.reach,
        "end": {name: writer.tensor(array) for name, array in found.end.items()},
        "ended": found.ended,
        "note": found.note,
    }


def entry_json(entry: Entry) -> Json:
    """Returns one number of one input."""
    return {"input": entry.name, "index": entry.index, "node": f"n{entry.place}"}
