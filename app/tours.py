"""The tours of /lecture: one folder each in app/stops, one TOML file a stop, checked when the server starts."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import Field, model_validator

from app.gallery import gallery
from app.wire.exact import Exact, Nested
from app.wire.gallery import Citation
from app.wire.graph import GraphRequest
from app.wire.program import Given

FOLDER = Path(__file__).parent / "stops"
ROWS = 41
"""Rows of the lecture's table, docs/lecture.md."""

Part = Literal["value", "upstream", "gradient", "local", "downstream", "shape"]


class Slip(Exact):
    """A wrong answer that is often given, and what went wrong."""

    answer: Nested
    reason: str


class Choice(Exact):
    """One of several answers. A wrong one says why it is wrong."""

    text: str
    right: bool = False
    reason: str


class Number(Exact):
    """Asks for numbers that the trace holds."""

    kind: Literal["number"]
    ask: str
    node: str = Field(description="A node's name, or its name in code where it has none.")
    part: Part
    argument: int = Field(default=0, description="Of a gate: whose local or downstream it is.")
    slips: list[Slip] = Field(default_factory=list)


class Pick(Exact):
    """Asks to choose."""

    kind: Literal["choice"]
    ask: str
    choices: list[Choice]

    @model_validator(mode="after")
    def one_is_right(self) -> Pick:
        """Checks that there is exactly one right choice."""
        if sum(choice.right for choice in self.choices) != 1:
            raise ValueError("exactly one choice is right")
        return self


class Formula(Exact):
    """Asks for a gradient as a NumPy formula, which POST /api/grade judges."""

    kind: Literal["formula"]
    ask: str
    wrt: str
    right: str
    slip: str = Field(description="A wrong one, which must be named.")
    diagnosis: str = Field(description="What it must be named.")


class Task(Exact):
    """Asks for something that is done on the board."""

    kind: Literal["do"]
    ask: str
    goal: Literal["step", "rises", "falls", "view", "fold", "mended"]
    target: str = Field(default="", description="The step's address, or the view's name.")
    by: dict[str, Given] = Field(default_factory=dict, description="Inputs that do it; for tests.")


class Fact(Exact):
    """What the engine must say at a stop, so that its text is true."""

    node: str
    part: Part
    argument: int = 0
    equals: Nested
    digits: int = Field(default=9, description="Decimals that the text shows.")


class Stop(Exact):
    """One stop: a board, a question, and what it shows."""

    slug: str
    title: str
    text: str
    example: str | None = Field(default=None, description="The gallery's program.")
    source: str = ""
    inputs: dict[str, Given] = Field(default_factory=dict)
    output: str | None = None
    wrt: list[str] | None = None
    at: str = Field(default="f:inputs", description="Address of the step where the board stands.")
    reveal: str | None = Field(default=None, description="Where it goes once an answer is given.")
    detail: Literal[1, 2, 3] = 3
    view: str = Field(default="", description="Opened beside the board.")
    open_source: bool = Field(default=False, description="The program and its inputs are seen.")
    question: Number | Pick | Formula | Task = Field(discriminator="kind")
    after: str
    facts: list[Fact] = Field(default_factory=list)
    rows: list[int] = Field(description="Rows of docs/lecture.md that it teaches.")
    links: dict[str, str] = Field(default_factory=dict, description="Words to path, for more.")
    citation: Citation | None = None

    def program(self) -> GraphRequest:
        """Returns the request that draws its board."""
        return GraphRequest(
            source=self.source, inputs=self.inputs, output=self.output, wrt=self.wrt
        )


class Tour(Exact):
    """A walk through one part of the lecture."""

    slug: str
    place: int
    title: str
    teaches: str
    minutes: int
    stops: list[Stop]


@cache
def tours() -> tuple[Tour, ...]:
    """Returns the tours in the lecture's order.

    Raises:
        pydantic.ValidationError: for a file that lacks a field or has one too many.
    """
    found = [
        read(folder) for folder in sorted(FOLDER.iterdir()) if (folder / "tour.toml").is_file()
    ]
    return tuple(sorted(found, key=lambda tour: tour.place))


def read(folder: Path) -> Tour:
    """Returns the tour of a folder: tour.toml says what it is, the other files are its stops."""
    about = tomllib.loads((folder / "tour.toml").read_text(encoding="utf-8"))
    files = sorted(folder.glob("[0-9][0-9]-*.toml"))
    return Tour.model_validate({"slug": folder.name, "stops": [stop(p) for p in files], **about})


def stop(path: Path) -> dict[str, object]:
    """Returns a stop's fields, with the program of the example that it names."""
    content = tomllib.loads(path.read_text(encoding="utf-8"))
    if slug := content.get("example"):
        example = next(example for example in gallery() if example.slug == slug)
        named = example.model_dump(include={"source", "inputs", "output", "wrt"})
        content = {**named, **content}
    content["source"] = content["source"].strip("\n")
    return {"slug": re.sub(r"^\d\d-", "", path.stem), **content}


def paragraphs(text: str) -> list[list[str]]:
    """Returns a text's paragraphs, each parted at its backticks: every second part is code."""
    return [" ".join(part.split()).split("`") for part in re.split(r"\n\s*\n", text.strip())]
