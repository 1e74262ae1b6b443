"""The wire format of /api/nudge: what a move of the inputs does."""

from __future__ import annotations

from pydantic import ConfigDict, Field

from app.wire.exact import Exact, Json, Numeric, count_json, optional_json, scalar_json
from app.wire.program import XYZ, Given, PassRequest, node_id
from app.wire.tensor import Tensor, Writer
from engine.nudge import Moved, Nudge, Stage


class NudgeRequest(PassRequest):
    """A program, and a move of its inputs: to new values, or along the gradient."""

    model_config = ConfigDict(json_schema_extra={"examples": [{**XYZ, "to": {"x": -1.9}}]})

    to: dict[str, Given] | None = Field(
        default=None, description="New values of some inputs, of their shapes."
    )
    step: float | None = Field(
        default=None,
        ge=-1e6,
        le=1e6,
        description="Instead: every name of wrt moves by so many times its gradient.",
    )


class MovedModel(Exact):
    """One input that has moved."""

    node: str
    to: Tensor
    change: Tensor
    gradient: Tensor = Field(description="Before the move.")
    predicted: Numeric = Field(description="Gradient times change, summed over the entries.")


class StageModel(Exact):
    """From one node that every path passes to the next."""

    start: str | None = Field(description="null where several inputs move.")
    end: str
    between: list[str] = Field(description="Gates that only some of the paths pass.")
    paths: Numeric = Field(description="How many lead from the one to the other.")
    before: Tensor = Field(description="The value at its end.")
    after: Tensor
    arrived: Numeric = Field(description="How large the change at the beginning is.")
    left: Numeric = Field(description="How large it is at the end.")
    ratio: Numeric | None = Field(description="left / arrived; null where nothing arrived.")
    slope: Numeric | None = Field(description="The same by the local gradients.")


class NudgeAnswer(Exact):
    """What the gradient promised of a move, and what the output did."""

    output: str
    before: Numeric
    after: Numeric
    change: Numeric
    predicted: Numeric = Field(description="Gradient times change, over all that moved.")
    rest: Numeric = Field(description="change - predicted: the curve's part.")
    inputs: dict[str, MovedModel] = Field(description="What moved.")
    stages: list[StageModel] = Field(
        description="From the inputs to the output; the product of their ratios is the whole's."
    )
    ratio: Numeric | None
    slope: Numeric | None
    signed: bool = Field(
        description="Sizes have signs: one entry moves, and all between stages is one number."
    )


def nudge_json(found: Nudge, output: int, writer: Writer) -> Json:
    """Returns what a move of the inputs does."""
    return {
        "output": f"n{output}",
        "before": scalar_json(found.before),
        "after": scalar_json(found.after),
        "change": scalar_json(found.change),
        "predicted": scalar_json(found.predicted),
        "rest": scalar_json(found.rest),
        "inputs": {name: moved_json(moved, writer) for name, moved in found.inputs.items()},
        "stages": [stage_json(stage, writer) for stage in found.stages],
        "ratio": optional_json(found.ratio),
        "slope": optional_json(found.slope),
        "signed": found.signed,
    }


def moved_json(moved: Moved, writer: Writer) -> Json:
    """Returns one input that has moved."""
    return {
        "node": f"n{moved.place}",
        "to": writer.tensor(moved.to),
        "change": writer.tensor(moved.change),
        "gradient": writer.tensor(moved.gradient),
        "predicted": scalar_json(moved.predicted),
    }


def stage_json(stage: Stage, writer: Writer) -> Json:
    """Returns one stage of its way."""
    return {
        "start": node_id(stage.start),
        "end": f"n{stage.end}",
        "between": [f"n{place}" for place in stage.between],
        "paths": count_json(stage.paths),
        "before": writer.tensor(stage.before),
        "after": writer.tensor(stage.after),
        "arrived": scalar_json(stage.arrived),
        "left": scalar_json(stage.left),
        "ratio": optional_json(stage.ratio),
        "slope": optional_json(stage.slope),
    }
