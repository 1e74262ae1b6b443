"""The wire format of grading: what is asked, what is answered, and the bytes of it."""

from __future__ import annotations

from typing import Annotated, Literal

import orjson
from pydantic import ConfigDict, Field, WithJsonSchema

from app.schemas import Exact, Given, ProgramRequest
from engine.grading import Grade

Verdict = Literal["correct", "wrong-shape", "wrong-value", "error"]


class GradeRequest(ProgramRequest):
    """A program, and what a student says is the gradient of one of its names."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "source": "z_1 = X @ W_1\nh_1 = np.maximum(z_1, 0)\nL = np.sum(h_1 @ w_2)",
                    "wrt": "W_1",
                    "answer": "X.T @ dh_1",
                }
            ]
        }
    )

    wrt: str = Field(description='What the gradient is for: a name, or a node\'s id such as "n4".')
    answer: Annotated[
        object,
        WithJsonSchema(
            {"anyOf": [{"type": "number"}, {"type": "array", "items": {}}, {"type": "string"}]}
        ),
    ] = Field(
        description="A number, a nested list, or a NumPy formula in the program's names and its "
        "gradients' (dz1)."
    )
    digits: int | None = Field(
        default=None,
        ge=0,
        le=12,
        description="Decimals that are asked for: half a unit of the last is close enough.",
    )
    upstream: Given | None = Field(
        default=None, description="dL/d(output), of the output's shape, where that is no scalar."
    )


class GradeAnswer(Exact):
    """Whether an answer is right, and which mistake a wrong one is."""

    correct: bool = Field(description="At the request's inputs, to relative 1e-6, absolute 1e-9.")
    verdict: Verdict
    diagnosis: str | None = Field(description="The first of diagnoses.")
    diagnoses: list[str] = Field(
        description="Codes of all mistakes that make this answer: shapes first, then causes, then constants."
    )
    hint: str = Field(description="Which mistake it is, and what to look at.")
    general: bool = Field(description="Right at other inputs of the same shapes, too.")
    multiplies: bool = Field(description="The shapes of the formula's parts fit.")
    shape_ok: bool
    value_ok: bool
    detail: str = Field(description="What was found and what was wanted.")


def grade_bytes(found: Grade) -> bytes:
    """Returns the answer of `/api/grade`."""
    return orjson.dumps(grade_json(found))


def grade_json(found: Grade) -> dict[str, object]:
    """Returns what is said of one answer."""
    return {
        "correct": found.correct,
        "verdict": found.verdict,
        "diagnosis": found.diagnosis,
        "diagnoses": found.diagnoses,
        "hint": found.hint,
        "general": found.general,
        "multiplies": found.multiplies,
        "shape_ok": found.shape_ok,
        "value_ok": found.value_ok,
        "detail": found.detail,
    }
