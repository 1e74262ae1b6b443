"""The wire format of /api/examples, which is also that of app/examples/."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from app.wire.exact import Exact, Nested
from app.wire.program import Given


class Citation(Exact):
    """Where an example was published."""

    text: str
    url: str


class Expected(Exact):
    """What an example must give."""

    value: Nested
    gradients: dict[str, Nested]
    tolerance: float = Field(description="Half a unit of the last digit.")
    printed: bool = Field(description="The citation prints these very numbers.")


class Mended(Exact):
    """What mends an example that is ill: another program, other values, or both."""

    words: str = Field(description="One sentence.")
    source: str = ""
    inputs: dict[str, Given] = Field(default_factory=dict)
    expected: Expected | None = Field(default=None, description="What the mended one must give.")


class Example(Exact):
    """One entry of the gallery."""

    slug: str = Field(description="Its page is /e/<slug>.")
    title: str
    teaches: str = Field(description="One sentence.")
    section: Literal["examples", "pathologies"] = Field(
        default="examples", description="A pathology is ill, and says how it is mended."
    )
    warning: str | None = Field(default=None, description="Code of what it is warned of.")
    fix: Mended | None = Field(default=None, description="Source and inputs in full.")
    source: str
    inputs: dict[str, Given]
    output: str | None = None
    wrt: list[str] | None = None
    expected: Expected
    citation: Citation


class Examples(Exact):
    """The gallery, in order; the first is what / opens on."""

    examples: list[Example]
