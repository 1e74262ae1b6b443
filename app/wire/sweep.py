"""The wire format of /api/check/sweep: the error of differences against their step."""

from __future__ import annotations

from pydantic import Field

from app.wire.exact import Exact, Json, Numeric
from app.wire.program import PassRequest
from app.wire.tensor import array_json
from engine.sweep import Curve, Sweep


class SweepRequest(PassRequest):
    """A program whose gradients are held against differences at many steps."""


class CurveModel(Exact):
    """One formula's errors, one for each h."""

    absolute: list[Numeric] = Field(description="Largest |a - n|.")
    relative: list[Numeric] = Field(description="Largest |a - n| / max(1e-8, |a| + |n|).")
    best: float | None = Field(description="The h with the least absolute error.")


class SweptModel(Exact):
    """The curves of one input."""

    node: str
    coordinates: list[int] = Field(description="Flat places of the entries that were tried.")
    central: CurveModel
    forward: CurveModel
    evaluations: int


class SweepAnswer(Exact):
    """The error of the difference formulas against their step."""

    output: str
    h: list[float] = Field(description="The steps, falling.")
    inputs: dict[str, SweptModel]
    evaluations: int
    method_note: str


def sweep_json(found: Sweep, output: int) -> Json:
    """Returns a sweep."""
    return {
        "output": f"n{output}",
        "h": found.steps,
        "inputs": {
            name: {
                "node": f"n{swept.place}",
                "coordinates": swept.coordinates,
                **{formula: curve_json(curve) for formula, curve in swept.curves.items()},
                "evaluations": swept.evaluations,
            }
            for name, swept in found.inputs.items()
        },
        "evaluations": found.evaluations,
        "method_note": found.note,
    }


def curve_json(curve: Curve) -> Json:
    """Returns one formula's errors."""
    return {
        "absolute": array_json(curve.absolute),
        "relative": array_json(curve.relative),
        "best": curve.best,
    }
