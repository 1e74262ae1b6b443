"""What a script is made from, and what it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from engine.backward import Gradients
from engine.graph import Array, Graph
from engine.source import Text

FORWARD = "forward"
BACKWARD = "backward"


@dataclass(frozen=True, slots=True)
class ScriptLine:
    """One line of a script.

    Attributes:
        text: the line.
        node: tape place of what it computes, or None for imports, comments and empty lines.
        phase: "forward" or "backward"; "" where node is None.
    """

    text: str
    node: int | None = None
    phase: str = ""


@dataclass(frozen=True, slots=True)
class Script:
    """A program that computes the circuit's output and gradients and prints them.

    Attributes:
        lines: in order.
        gradients: name of wrt -> the script's name of its gradient.
    """

    lines: tuple[ScriptLine, ...]
    gradients: Mapping[str, str]

    @property
    def code(self) -> str:
        """The whole text."""
        return "".join(f"{line.text}\n" for line in self.lines)


@dataclass(frozen=True, slots=True)
class Run:
    """All that a script is made from: a circuit that has run.

    Attributes:
        graph: the tape.
        text: the program's text, to see how a product is written.
        values: one array a node.
        gradients: what the backward pass found.
        seed: the first upstream.
        places: name of wrt -> tape place, or None for an unused input.
        wanted: per tape place, whether it is on a path from wrt to the output.
    """

    graph: Graph
    text: Text
    values: Sequence[Array]
    gradients: Gradients
    seed: Array
    places: Mapping[str, int | None]
    wanted: Sequence[bool]
