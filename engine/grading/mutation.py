"""One mistake: a backward pass with a rule changed, the codes it goes by, and what to look at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from engine.grading.program import Change

PRECEDENCE = (
    *("missing-transpose", "wrong-order", "hadamard-vs-matmul", "missing-outer"),
    *("broadcast-not-summed", "broadcast-wrong-axis", "broadcast-averaged"),
    *("fanout-overwrite", "path-dropped", "weight-sharing-last-step"),
    *("paths-multiplied", "slopes-added"),
    *("local-not-multiplied", "upstream-not-multiplied"),
    *("mul-not-swapped", "max-not-routed"),
    *("evaluated-at-wrong-point", "activation-slope-at-preactivation"),
    *("activation-slope-wrong-variable", "sigmoid-derivative"),
    *("relu-mask-missing", "relu-mask-wrong-variable", "clip-mask-missing"),
    *("softmax-diagonal-only", "softmax-ce-missing-onehot", "quadratic-assumed-symmetric"),
    *("missing-power-factor", "missing-1-over-n", "missing-constant", "sign-error"),
    *("undefined-name", "wrong-shape"),
)
"""Every code of a diagnosis, in the order in which they are told."""


INSTEAD: Mapping[str, frozenset[str]] = {
    "quadratic-assumed-symmetric": frozenset({"missing-transpose"}),
    "softmax-diagonal-only": frozenset({"broadcast-not-summed"}),
    "softmax-ce-missing-onehot": frozenset({"fanout-overwrite", "path-dropped"}),
}
"""A mistake -> others that make the very same answer, and that it says more exactly."""


@dataclass(frozen=True, slots=True)
class Mutation:
    """One mistake.

    Attributes:
        codes: the names it goes by, such as ("relu-mask-missing",).
        changes: the rules that it changes.
        hint: which mistake it is, and what to look at.
    """

    codes: tuple[str, ...]
    changes: tuple[Change, ...]
    hint: str

    @property
    def reach(self) -> int:
        """How far from the asked node it is made: the last gate whose message it changes."""
        return max(max((gate for gate, _ in c.wires), default=c.place) for c in self.changes)


def ranked(codes: Sequence[str]) -> list[str]:
    """Returns codes without repeats, in the order in which they are told."""
    told = set(codes)
    for code in codes:
        told -= INSTEAD.get(code, frozenset())
    return sorted(told, key=PRECEDENCE.index)
