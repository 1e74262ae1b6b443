"""The wire format of /api/jacobian: one node differentiated for another."""

from __future__ import annotations

from typing import Literal

from pydantic import ConfigDict, Field

from app.wire.exact import Exact, Json, Nested, Numeric, Structures, count_json
from app.wire.program import Given, ProgramRequest
from app.wire.tensor import Tensor, Writer, array_json
from engine.jacobian import Between, Line


class JacobianRequest(ProgramRequest):
    """A program, and the two nodes between which the Jacobian is wanted: by name, or by id such as "n4"."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "source": "z = W @ x\nh = np.tanh(z)",
                    "inputs": {"W": [[1, 2], [3, 4]], "x": [0.1, -0.2]},
                    "of": "h",
                    "wrt": "z",
                }
            ]
        }
    )

    of: str | None = Field(default=None, description="What is differentiated; default the output.")
    wrt: str = Field(description="What it is differentiated for.")
    row: int | None = Field(
        default=None, description="A row that is wanted at any size, counted from 0."
    )
    column: int | None = Field(
        default=None, description="A column that is wanted at any size, counted from 0."
    )
    upstream: Given | None = Field(
        default=None, description="Of of's shape: its product with the Jacobian is wanted."
    )


class EndModel(Exact):
    """One of the two nodes of a Jacobian."""

    node: str
    shape: list[int]


class LineModel(Exact):
    """One row or column of a Jacobian."""

    index: int
    value: Tensor = Field(
        description="A row has the shape of wrt, a column that of of; flat, they are lines of data."
    )


class JacobianAnswer(Exact):
    """The Jacobian d(of)/d(wrt) between two nodes."""

    of: EndModel
    wrt: EndModel
    rows: int = Field(description="Entries of of, flat in C order.")
    columns: int = Field(description="Entries of wrt, flat in C order.")
    size: tuple[int, int] = Field(description="rows and columns.")
    structure: Structures = Field(
        description="A single gate's own word; diagonal where all gates between are elementwise."
    )
    layout: Literal["numerator"]
    related: bool = Field(description="false: no path leads from wrt to of, and every entry is 0.")
    paths: Numeric = Field(description="How many paths lead from wrt to of, wire by wire.")
    nonzeros: int = Field(description="How many entries are not 0.")
    counted: bool = Field(
        description="false: nonzeros is what the structure allows, at most; the entries were not made."
    )
    data: Nested | None = Field(description="The matrix; null over the limit jacobian_numbers.")
    diagonal: Tensor | None = Field(
        description="For diagonal: the one slope of each row, in the shape of of."
    )
    row: LineModel | None
    column: LineModel | None
    product: Tensor | None = Field(description="upstream times the Jacobian, the shape of wrt.")
    note: str


def jacobian_json(found: Between, writer: Writer) -> Json:
    """Returns a Jacobian."""
    return {
        "of": {"node": f"n{found.of}", "shape": found.of_shape},
        "wrt": {"node": f"n{found.wrt}", "shape": found.wrt_shape},
        "rows": found.rows,
        "columns": found.columns,
        "size": (found.rows, found.columns),
        "structure": found.structure.value,
        "layout": "numerator",
        "related": found.paths > 0,
        "paths": count_json(found.paths),
        "nonzeros": found.nonzeros,
        "counted": found.counted,
        "data": None if found.matrix is None else array_json(found.matrix),
        "diagonal": writer.optional(found.diagonal),
        "row": line_json(found.row, writer),
        "column": line_json(found.column, writer),
        "product": writer.optional(found.product),
        "note": found.note,
    }


def line_json(line: Line | None, writer: Writer) -> Json | None:
    """Returns a row or a column of a Jacobian."""
    return None if line is None else {"index": line.index, "value": writer.tensor(line.entries)}
