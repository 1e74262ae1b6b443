"""The wire format of /api/check: gradients held against differences."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from app.wire.exact import Exact, Json, Numeric, scalar_json
from app.wire.program import PassRequest, node_id
from app.wire.tensor import Tensor, Writer
from engine.checking import Check, Checked, Sample, Worst


class CheckRequest(PassRequest):
    """A program whose gradients are held against differences of its forward pass."""

    method: Literal["central", "forward", "five-point"] = Field(
        default="central", description="The difference formula."
    )
    h: float | None = Field(
        default=None,
        gt=0,
        le=1,
        description="Its step; default the formula's own, in proportion to numbers above 1.",
    )
    nodes: bool = Field(default=False, description="Check every node on the way, too.")


class WorstModel(Exact):
    """The entry with the largest relative error."""

    index: list[int]
    analytic: Numeric
    numerical: Numeric
    right: Numeric = Field(description="The slope to the right alone.")
    left: Numeric | None = Field(
        description="Likewise to the left; null where the method does not look there."
    )


class SampleModel(Exact):
    """What was tried of a value with too many entries."""

    coordinates: list[int] = Field(description="Flat places of the entries that were tried.")
    analytic: Tensor
    numerical: Tensor
    along_analytic: Tensor = Field(description="Slopes along random directions of length 1.")
    along_numerical: Tensor


class CheckedModel(Exact):
    """The check of one input or node."""

    node: str | None = Field(description="null where the program does not use it.")
    analytic: Tensor
    numerical: Tensor | None = Field(description="null where only a sample was tried.")
    sample: SampleModel | None
    relative_error: Numeric = Field(description="Largest |a - n| / max(1e-8, |a| + |n|).")
    band: Literal["happy", "okay with kinks", "uncomfortable", "probably wrong"] | None = Field(
        description="What CS231n calls an error of that size; null where it is no number."
    )
    verdict: Literal["ok", "kink", "wrong"]
    note: str
    worst: WorstModel | None
    evaluations: int = Field(
        description="Of the function: n + 1 (forward), 2n (central) or 4n (five-point)."
    )
    kink_evaluations: int = Field(description="More of them, to tell corners from mistakes.")


class CheckAnswer(Exact):
    """Analytic gradients against numerical ones."""

    output: str
    value: Numeric = Field(description="The function, at the point.")
    method: Literal["central", "forward", "five-point"]
    h: float
    scaled: bool = Field(description="h was taken in proportion to numbers above 1.")
    verdict: Literal["ok", "kink", "wrong"] = Field(description="The worst of all.")
    inputs: dict[str, CheckedModel]
    nodes: dict[str, CheckedModel] | None
    evaluations: int = Field(
        description="All differences together; the point itself, where it is needed, once."
    )
    kink_evaluations: int
    method_note: str


def check_json(found: Check, output: int, writer: Writer) -> Json:
    """Returns a gradient check."""
    nodes = found.nodes
    return {
        "output": f"n{output}",
        "value": scalar_json(found.value),
        "method": found.method,
        "h": found.h,
        "scaled": found.scaled,
        "verdict": found.verdict,
        "inputs": {name: checked_json(checked, writer) for name, checked in found.inputs.items()},
        "nodes": None
        if nodes is None
        else {f"n{place}": checked_json(checked, writer) for place, checked in nodes.items()},
        "evaluations": found.evaluations,
        "kink_evaluations": found.kink_evaluations,
        "method_note": found.note,
    }


def checked_json(checked: Checked, writer: Writer) -> Json:
    """Returns the check of one input or node."""
    return {
        "node": node_id(checked.place),
        "analytic": writer.tensor(checked.analytic),
        "numerical": writer.optional(checked.numerical),
        "sample": None if checked.sample is None else sample_json(checked.sample, writer),
        "relative_error": scalar_json(checked.relative_error),
        "band": checked.band,
        "verdict": checked.verdict,
        "note": checked.note,
        "worst": None if checked.worst is None else worst_json(checked.worst),
        "evaluations": checked.evaluations,
        "kink_evaluations": checked.kink_evaluations,
    }


def sample_json(sample: Sample, writer: Writer) -> Json:
    """Returns what was tried of a large value."""
    return {
        "coordinates": sample.coordinates,
        "analytic": writer.tensor(sample.analytic),
        "numerical": writer.tensor(sample.numerical),
        "along_analytic": writer.tensor(sample.along_analytic),
        "along_numerical": writer.tensor(sample.along_numerical),
    }


def worst_json(worst: Worst) -> Json:
    """Returns the entry with the largest error; a side where the method does not look is null."""
    return {
        "index": worst.index,
        "analytic": scalar_json(worst.analytic),
        "numerical": scalar_json(worst.numerical),
        "right": scalar_json(worst.right),
        "left": None if worst.left is None else scalar_json(worst.left),
    }
