"""What every request about a circuit holds, and places in a program."""

from __future__ import annotations

from typing import Annotated

from pydantic import ConfigDict, Field, WithJsonSchema
from pydantic.config import JsonDict

from app.wire.exact import Exact

XYZ: JsonDict = {"source": "(x + y) * z", "inputs": {"x": -2, "y": 5, "z": -4}}

Given = Annotated[
    object,
    WithJsonSchema(
        {
            "title": "Given",
            "description": "A number, a nested list of numbers, or a shape with a fill.",
            "anyOf": [
                {"type": "number"},
                {"type": "array", "items": {}},
                {
                    "type": "object",
                    "properties": {
                        "shape": {"type": "array", "items": {"type": "integer"}},
                        "fill": {"enum": ["normal", "uniform", "zeros", "ones", "linspace"]},
                        "seed": {"type": "integer"},
                        "scale": {"type": "number"},
                    },
                    "required": ["shape"],
                    "additionalProperties": False,
                },
            ],
        }
    ),
]
"""Checked by the engine, whose messages name the input and the row."""


class ProgramRequest(Exact):
    """A program: what every request about a circuit holds."""

    source: str = Field(description="One expression or a small NumPy program.")
    inputs: dict[str, Given] = Field(
        default_factory=dict, description="Values by name; a name left out gets an assumed value."
    )
    output: str | None = Field(
        default=None, description="The name to differentiate; default the last assigned."
    )

    def names(self) -> list[str] | None:
        """Returns the names that the circuit is built to differentiate for; None for every input."""
        return None


class PassRequest(ProgramRequest):
    """A program, and what its backward pass starts from and goes to."""

    model_config = ConfigDict(json_schema_extra={"examples": [XYZ]})

    wrt: list[str] | None = Field(
        default=None, description="Names to differentiate for; default every input but labels."
    )
    upstream: Given | None = Field(
        default=None, description="dL/d(output), of the output's shape, where that is no scalar."
    )

    def names(self) -> list[str] | None:
        """Returns wrt."""
        return self.wrt


class SpanModel(Exact):
    """A range of the program: 1-based lines, 0-based columns, as in Python's ast."""

    line: int
    column: int
    end_line: int
    end_column: int


class EditModel(Exact):
    """One replacement in the program: `text` takes the place of what stands at `span`."""

    span: SpanModel
    text: str


Fix = Annotated[
    list[EditModel],
    Field(
        description="Replacements in the program that do what the hint says, made together; "
        "none where the student must decide."
    ),
]


def node_id(place: int | None) -> str | None:
    """Returns the id of a place on the tape."""
    return None if place is None else f"n{place}"
