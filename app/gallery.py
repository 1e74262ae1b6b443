"""The examples: one TOML file each in app/examples, checked when the server starts."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

from app.wire.gallery import Example
from app.wire.graph import GraphRequest

FOLDER = Path(__file__).parent / "examples"


@cache
def gallery() -> tuple[Example, ...]:
    """Returns every example, ordered by the `place` that its file gives.

    Raises:
        pydantic.ValidationError: for a file that lacks a field or has one too many.
    """
    found = []
    for path in sorted(FOLDER.glob("*.toml")):
        content = tomllib.loads(path.read_text(encoding="utf-8"))
        place = content.pop("place")
        content["source"] = content["source"].strip("\n")
        if fix := content.get("fix"):
            fix["source"] = fix.get("source", content["source"]).strip("\n")
            fix.setdefault("inputs", content["inputs"])
        found.append((place, Example.model_validate({"slug": path.stem, **content})))
    return tuple(example for _, example in sorted(found, key=lambda pair: pair[0]))


def request_of(example: Example) -> GraphRequest:
    """Returns the request that draws an example."""
    return GraphRequest(
        source=example.source, inputs=example.inputs, output=example.output, wrt=example.wrt
    )
