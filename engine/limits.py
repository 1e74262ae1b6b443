"""Every limit of the engine, by name. The server has stricter defaults of its own (`app/settings.py`)."""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import cache

from engine.errors import Span, Timeout, TooLarge


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one program may ask for. The defaults are those of Python callers: generous.

    Attributes:
        source_characters: length of the source text.
        source_lines: its lines.
        name_characters: length of one name.
        literal_characters: length of one number as it is written.
        bracket_depth: how deep brackets may nest.
        inputs: how many inputs a program may have.
        wrt: how many names may be asked for gradients.
        gates: how many gates the unrolled circuit may have.
        dimensions: how many axes a tensor may have.
        node_numbers: how many numbers one node may hold.
        total_numbers: how many numbers all nodes may hold together.
        flops: arithmetic of one forward pass, in floating-point operations.
        seconds: wall time of one request; 0 means no limit.
        jacobian_numbers: how many entries a Jacobian may have to be written out; of a larger one, rows and columns.
        check_entries: how many entries a gradient check tries one by one; of more, directions and some entries.
        check_flops: arithmetic of all evaluations of such a check, a gate counting at least 20,000; likewise.
        evaluations: how often a descent, or a surface, may run the program.
    """

    source_characters: int = 1_000_000
    source_lines: int = 50_000
    name_characters: int = 64
    literal_characters: int = 40
    bracket_depth: int = 100
    inputs: int = 1_000
    wrt: int = 1_000
    gates: int = 200_000
    dimensions: int = 8
    node_numbers: int = 100_000_000
    total_numbers: int = 1_000_000_000
    flops: int = 1_000_000_000_000
    seconds: float = 0.0
    jacobian_numbers: int = 1_000_000
    check_entries: int = 2_000
    check_flops: int = 1_000_000_000_000
    evaluations: int = 10_000_000

    def check(self, name: str, found: float, what: str, *, span: Span | None = None) -> None:
        """Raises TooLarge when `found` is over the limit called `name`.

        Args:
            name: the field's name, which the error repeats.
            found: how much was asked for.
            what: the thing counted, as the subject of a sentence: "the circuit has {found} gates".
            span: where the limit was passed.
        """
        most = self.allowed(name)
        if found > most:
            amount = f"{found:,.0f}" if found < 1e15 else "far too many"
            detail = f"{what.format(found=amount)}; the limit {name} is {most:,.0f}."
            raise TooLarge(detail, span=span, hint="Make it smaller.", limit=name)

    def allowed(self, name: str) -> float:
        """Returns the limit called `name`."""
        return amounts(self)[name]

    def items(self) -> tuple[tuple[str, float], ...]:
        """Returns (name, limit) pairs in the order of the fields."""
        return (
            ("source_characters", self.source_characters),
            ("source_lines", self.source_lines),
            ("name_characters", self.name_characters),
            ("literal_characters", self.literal_characters),
            ("bracket_depth", self.bracket_depth),
            ("inputs", self.inputs),
            ("wrt", self.wrt),
            ("gates", self.gates),
            ("dimensions", self.dimensions),
            ("node_numbers", self.node_numbers),
            ("total_numbers", self.total_numbers),
            ("flops", self.flops),
            ("seconds", self.seconds),
            ("jacobian_numbers", self.jacobian_numbers),
            ("check_entries", self.check_entries),
            ("check_flops", self.check_flops),
            ("evaluations", self.evaluations),
        )


@cache
def amounts(limits: Limits) -> dict[str, float]:
    """Returns the limits by name."""
    return dict(limits.items())


class Deadline:
    """The wall time that one request has left; `check` is called between units of work."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._end = time.monotonic() + limits.seconds if limits.seconds else None

    def check(self) -> None:
        """Raises Timeout when the time is up."""
        if self._end is not None and time.monotonic() > self._end:
            raise Timeout(
                f"The program took longer than {self._limits.seconds:g} s.",
                hint="Use smaller inputs or fewer loop turns.",
                limit="seconds",
            )
