"""The wire format of grading: what is asked, what is answered, and the bytes of it."""

from __future__ import annotations

from typing import Annotated, Literal

import orjson
from pydantic import ConfigDict, Field, WithJsonSchema

from app.wire.exact import Exact
from app.wire.program import Fix, Given, ProgramRequest, SpanModel
from engine.grading import Grade, JudgedLine

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


class BackwardRequest(ProgramRequest):
    """A program, and hand-written backward code for it."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "source": "z = X @ W\nh = np.tanh(z)\nL = np.sum(h**2)",
                    "backward": "dh = 2 * h\ndz = dh * (1 - z**2)\ndW = X.T @ dz",
                }
            ]
        }
    )

    backward: str | None = Field(
        default=None, description="NumPy code; default the backward lines that end the program."
    )
    upstream: Given | None = Field(
        default=None, description="dL/d(output), of the output's shape, where that is no scalar."
    )


class JudgedModel(Exact):
    """One line that makes or changes a gradient."""

    line: int = Field(description="From 1, in the text that the code was given in.")
    name: str
    node: str | None = Field(
        description="The node that it is the gradient of; null for a line that fails and makes none."
    )
    correct: bool = Field(
        description="Right where it stands, for what the lines above bring to it."
    )
    verdict: Verdict
    diagnosis: str | None
    diagnoses: list[str]
    hint: str
    follows: list[str] = Field(description="Wrong gradients above that it follows from, rightly.")
    span: SpanModel | None
    fix: Fix = Field(description="Replacements in the program, as in an error.")


class BackwardAnswer(Exact):
    """Backward code, judged line by line."""

    correct: bool = Field(description="Every line is.")
    lines: list[JudgedModel]
    missing: list[str] = Field(description="Parameters whose gradient no line makes.")


def backward_bytes(lines: list[JudgedLine], missing: list[str]) -> bytes:
    """Returns the answer of `/api/grade/backward`."""
    return orjson.dumps(
        {
            "correct": all(line.correct for line in lines),
            "lines": [line_json(line) for line in lines],
            "missing": missing,
        }
    )


def line_json(line: JudgedLine) -> dict[str, object]:
    """Returns what is said of one line."""
    return {
        "line": line.line,
        "name": line.name,
        "node": None if line.node is None else f"n{line.node}",
        "correct": line.correct,
        "verdict": line.verdict,
        "diagnosis": line.diagnosis,
        "diagnoses": line.diagnoses,
        "hint": line.hint,
        "follows": line.follows,
        "span": line.span,
        "fix": line.fix,
    }


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
