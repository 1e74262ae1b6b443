"""Random programs of a family: the same for the same seed, with numbers for a pencil."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from engine import EngineError, build
from engine.families import FAMILIES, program

ROOT = Path(__file__).parents[2]
ASKED = "from engine.families import program; print([program(f, 7) for f in ('max', 'network')])"


@pytest.mark.parametrize("family", FAMILIES)
def test_every_program_runs_with_numbers_for_a_pencil(family: str) -> None:
    for seed in range(15):
        found = program(family, seed)
        trace = build(found.source, found.inputs).trace()
        assert set(found.inputs) == set(trace.gradients)
        numbers = [n.value for n in trace.nodes]
        numbers += [n.upstream for n in trace.nodes if n.upstream is not None]
        assert all(np.abs(number).max() < 100 for number in numbers)
        assert any(gradient.any() for gradient in trace.gradients.values())
        for given in found.inputs.values():
            assert np.abs(given).max() <= 4
            assert (np.asarray(given) == np.round(given)).all()


@pytest.mark.parametrize("family", FAMILIES)
def test_seeds_give_different_programs(family: str) -> None:
    drawn = {str(program(family, seed)) for seed in range(15)}
    assert len(drawn) >= 14


def test_the_same_seed_gives_the_same_program_in_any_process() -> None:
    runs = {
        subprocess.run(
            [sys.executable, "-c", ASKED],
            cwd=ROOT,
            env={"PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(runs) == 1
    # What a lecturer has printed stays what its link shows.
    assert program("fan-out", 1) == program("fan-out", 1)
    assert PRINTED in str(program("scalar", 2))


PRINTED = "p = x * y\\nq = z + w\\nf = p * q"


@pytest.mark.parametrize(("family", "seed"), [("nope", 1), ("max", -1), ("max", 10**6)])
def test_what_there_is_not_is_refused(family: str, seed: int) -> None:
    with pytest.raises(EngineError):
        program(family, seed)
