"""The wire format of /api/surface: the output over one or two entries."""

from __future__ import annotations

from typing import Literal

import numpy as np
from pydantic import ConfigDict, Field

from app.wire.descend import BOWL, EntryModel, Rate, entry_json
from app.wire.exact import Exact, Json, Nested, Numeric, scalar_json
from app.wire.program import PassRequest
from app.wire.tensor import array_json
from engine.surface import Secant, Surface


class AxisRequest(Exact):
    """One entry of an input, and the values it is to take."""

    input: str
    index: list[int] = Field(
        default_factory=list, description="An index an axis; [] for a single number."
    )
    low: float | None = Field(default=None, ge=-1e300, le=1e300)
    high: float | None = Field(
        default=None, ge=-1e300, le=1e300, description="Default around the point."
    )
    count: int = Field(default=25, ge=2, le=1000, description="So many values, ends included.")


class SurfaceRequest(PassRequest):
    """A program, and one or two entries that its output is wanted over."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    **BOWL,
                    "axes": [
                        {"input": "x", "low": -4, "high": 4, "count": 9},
                        {"input": "y", "low": -4, "high": 4, "count": 9},
                    ],
                }
            ]
        }
    )

    axes: list[AxisRequest] = Field(min_length=1, max_length=2)
    rate: Rate | Literal["auto"] | None = Field(
        default=None,
        description="A step of so many times the gradient, downhill; auto: the largest of 1, 0.5, 0.2, ... "
        "that keeps half of what the gradient promises.",
    )
    h: float | None = Field(
        default=None, gt=0, le=1, description="Secants with this step, on one axis alone."
    )


class AxisModel(EntryModel):
    """One axis of a surface."""

    at: Numeric = Field(description="The point itself.")
    values: list[Numeric]


class DownhillModel(Exact):
    """One step against the gradient, along the chosen entries alone."""

    rate: float
    to: list[Numeric] = Field(description="One number an axis.")
    value: Numeric = Field(description="The output there.")
    predicted: Numeric = Field(description="To first order: value - rate · |gradient|².")


class SecantModel(Exact):
    """A line through two points of a slice."""

    formula: Literal["central", "forward"]
    h: float
    at: list[Numeric]
    values: list[Numeric]
    slope: Numeric
    error: Numeric = Field(description="How far that is from the gradient.")


class SurfaceAnswer(Exact):
    """The output over one or two entries, all others held."""

    output: str
    axes: list[AxisModel]
    values: Nested = Field(
        description="The output: a row a value of the first axis, an entry a value of the second."
    )
    levels: list[Numeric] = Field(
        description="Heights for a map's lines: as much of the map lies between any two."
    )
    value: Numeric = Field(description="At the point itself.")
    gradient: list[Numeric] = Field(description="There, one number an axis.")
    tangent: list[Numeric] | None = Field(
        description="Of a slice: the tangent at the two ends of its range."
    )
    downhill: DownhillModel | None
    secants: list[SecantModel]
    evaluations: int
    nonfinite: int = Field(description="How many of the values are no finite number.")
    note: str


def surface_json(found: Surface, output: int) -> Json:
    """Returns the output over one or two entries."""
    down = found.downhill
    return {
        "output": f"n{output}",
        "axes": [
            {**entry_json(axis.entry), "at": scalar_json(float(at)), "values": array_json(numbers)}
            for axis, at, numbers in zip(found.axes, found.at, found.ranges, strict=True)
        ],
        "values": array_json(found.values),
        "levels": array_json(found.levels),
        "value": scalar_json(found.value),
        "gradient": array_json(found.gradient),
        "tangent": None if found.tangent is None else array_json(found.tangent),
        "downhill": None
        if down is None
        else {
            "rate": down.rate,
            "to": array_json(down.to),
            "value": scalar_json(down.value),
            "predicted": scalar_json(down.predicted),
        },
        "secants": [secant_json(secant) for secant in found.secants],
        "evaluations": found.evaluations,
        "nonfinite": found.nonfinite,
        "note": found.note,
    }


def secant_json(secant: Secant) -> Json:
    """Returns one secant."""
    return {
        "formula": secant.formula,
        "h": secant.h,
        "at": array_json(np.array(secant.at)),
        "values": array_json(np.array(secant.values)),
        "slope": scalar_json(secant.slope),
        "error": scalar_json(secant.error),
    }
