"""The corpus beside autograd: wherever autograd can run a program's text, its gradients are ours."""

from __future__ import annotations

import autograd
import autograd.numpy as autograd_numpy
import numpy as np
from numpy.typing import NDArray

from engine import build
from tests.engine.corpus import Program, corpus
from tests.engine.differences import relative_error
from tests.engine.plain_numpy import words

Array = NDArray[np.float64]
LEAST = 0.6
"""The part of the corpus that autograd must be able to run, so that the comparison says something."""

WRONG_THERE = {
    "tile 3 np.tile": "fewer repetitions than axes: the gradient of the copies is not summed by axis",
    "tile 3 np.tile inside": "the same",
    "solve 2 np.linalg.solve inside": "one matrix for a stack of right sides: its gradient is not their sum",
}
"""Where autograd differs, and five-point differences say that it is wrong (tests/engine/test_corpus.py)."""


def autograds(program: Program) -> dict[str, Array] | None:
    """Returns autograd's gradients, or None where it cannot run the text."""
    fixed = {n: v for n, v in program.inputs.items() if n not in program.wrt}

    def loss(given: dict[str, object]) -> object:
        names = {**words(autograd_numpy), **fixed, **given}
        exec(program.source, names)
        return names["L"]

    try:
        with np.errstate(all="ignore"):
            found = autograd.grad(loss)({n: program.inputs[n] for n in program.wrt})
    except Exception:  # whatever it says of a program that it cannot run
        return None
    return {n: np.asarray(g) for n, g in found.items()}


def test_autograd_agrees_wherever_it_can_run_a_program() -> None:
    ran, apart = 0, []
    programs = [p for p in corpus() if p.wrt]
    for program in programs:
        theirs = autograds(program)
        if theirs is None:
            continue
        ran += 1
        _, ours = build(
            program.source, program.inputs, output="L", wrt=program.wrt
        ).value_and_grad()
        for name, gradient in theirs.items():
            differs = gradient.shape != ours[name].shape
            differs = differs or relative_error(ours[name], gradient) > 1e-9
            if differs and program.name not in WRONG_THERE:
                apart.append((program.name, name, ours[name], gradient))
    print(f"autograd ran {ran} of {len(programs)} programs")
    assert apart == []
    assert ran >= LEAST * len(programs)
