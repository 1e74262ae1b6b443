"""Every limit of the server: its name, its default, what it bounds. Each can be set from the environment."""

from __future__ import annotations

import dataclasses
import math
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.errors import excerpt
from engine.limits import Limits

PREFIX = "CHAINRULE_"


def described(unit: str, meaning: str) -> dict[str, str]:
    """Returns the metadata that `/api/limits` and `/docs` show beside a limit."""
    return {"unit": unit, "meaning": meaning}


@dataclass(frozen=True, slots=True)
class Settings:
    """The server's limits; each says itself what it bounds. The engine's have the engine's names."""

    body_bytes: int = field(
        default=65_536, metadata=described("bytes", "length of a request's body")
    )
    body_seconds: float = field(
        default=10.0, metadata=described("s", "time that a client has to send its body")
    )
    url_bytes: int = field(
        default=16_384, metadata=described("bytes", "length of a path with its query")
    )
    source_characters: int = field(
        default=10_000, metadata=described("characters", "length of a program")
    )
    source_lines: int = field(default=500, metadata=described("lines", "lines of a program"))
    name_characters: int = field(default=64, metadata=described("characters", "length of one name"))
    literal_characters: int = field(
        default=40, metadata=described("characters", "length of one number in a program")
    )
    bracket_depth: int = field(
        default=100, metadata=described("levels", "how deep brackets nest, in programs and in JSON")
    )
    inputs: int = field(default=64, metadata=described("inputs", "inputs of a program"))
    wrt: int = field(default=64, metadata=described("names", "names to differentiate for"))
    gates: int = field(default=2_000, metadata=described("gates", "gates of an unrolled circuit"))
    dimensions: int = field(default=8, metadata=described("axes", "axes of one tensor"))
    node_numbers: int = field(
        default=1_000_000, metadata=described("numbers", "numbers that one node holds")
    )
    total_numbers: int = field(
        default=4_000_000, metadata=described("numbers", "numbers that all nodes hold together")
    )
    flops: int = field(
        default=50_000_000, metadata=described("operations", "arithmetic of one forward pass")
    )
    seconds: float = field(default=2.0, metadata=described("s", "time that one program may run"))
    jacobian_numbers: int = field(
        default=4_096,
        metadata=described("entries", "a larger Jacobian is answered by rows and columns"),
    )
    check_entries: int = field(
        default=2_000,
        metadata=described("entries", "of more, a check tries random directions and some entries"),
    )
    check_flops: int = field(
        default=3_000_000_000,
        metadata=described(
            "operations",
            "arithmetic of all evaluations, a gate 20,000 at least; beyond it likewise",
        ),
    )
    evaluations: int = field(
        default=20_000,
        metadata=described("passes", "runs of a program that a descent or a surface may take"),
    )
    picture_node_numbers: int = field(
        default=10_000,
        metadata=described("numbers", "a larger tensor is answered as a summary"),
    )
    picture_total_numbers: int = field(
        default=200_000,
        metadata=described("numbers", "beyond so many in one answer, tensors are summaries"),
    )
    answer_bytes: int = field(
        default=8_000_000,
        metadata=described("bytes", "length of an answer; more is summarised to fit"),
    )
    threads: int = field(default=2, metadata=described("threads", "programs that run at a time"))
    queue: int = field(default=32, metadata=described("programs", "programs that wait their turn"))
    queue_seconds: float = field(
        default=2.0, metadata=described("s", "time that a program waits for its turn")
    )
    cache_bytes: int = field(
        default=48_000_000, metadata=described("bytes", "answers kept for those who ask the same")
    )

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Settings:
        """Returns the defaults with what CHAINRULE_... says instead.

        Raises:
            ValueError: naming the variable, for a value that is not a number above 0.
        """
        defaults = cls()
        changed: dict[str, Any] = {
            name: number(variable(name), environment[variable(name)], default)
            for name, default in defaults.items()
            if variable(name) in environment
        }
        return dataclasses.replace(defaults, **changed)

    def engine(self) -> Limits:
        """Returns the limits that the engine itself keeps."""
        shared = {limit.name for limit in dataclasses.fields(Limits)}
        kept: dict[str, Any] = {name: value for name, value in self.items() if name in shared}
        return Limits(**kept)

    def items(self) -> list[tuple[str, float]]:
        """Returns (name, limit) pairs in order."""
        return [(limit.name, getattr(self, limit.name)) for limit in dataclasses.fields(self)]

    def public(self) -> dict[str, dict[str, str | float]]:
        """Returns what `/api/limits` answers: value, unit, meaning and variable, by name."""
        return {
            limit.name: {
                "value": getattr(self, limit.name),
                "unit": limit.metadata["unit"],
                "meaning": limit.metadata["meaning"],
                "environment": variable(limit.name),
            }
            for limit in dataclasses.fields(self)
        }


def variable(name: str) -> str:
    """Returns the environment variable of a limit: gates → CHAINRULE_GATES."""
    return PREFIX + name.upper()


def number(name: str, text: str, default: float) -> float:
    """Returns a variable's text as a number of its default's type.

    Raises:
        ValueError: when it is none, or not above 0.
    """
    kind: Callable[[str], float] = int if isinstance(default, int) else float
    wanted = "whole number" if isinstance(default, int) else "number"
    try:
        value = kind(text)
    except ValueError:
        value = 0
    if not 0 < value < math.inf:
        raise ValueError(
            f"{name} is {excerpt(text)!r}; it must be a {wanted} above 0, such as {default:g}."
        )
    return value
