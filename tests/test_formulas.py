"""Every formula that a trace holds can be set by KaTeX, and reads as mathematics."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

from engine import Trace, build
from tests.engine.corpus import corpus

ROOT = Path(__file__).parents[1]


def formulas_of(trace: Trace) -> set[str]:
    """Returns the formulas of a trace's nodes, wires and steps, and the whole function."""
    wires = [wire for node in trace.nodes for wire in node.wires]
    return {
        *(node.latex for node in trace.nodes),
        *(wire.latex for wire in wires),
        *(wire.local.latex for wire in wires),
        *(step.latex for step in trace.steps),
        *(equation.latex for equation in trace.equations),
    } - {""}


@cache
def formulas() -> list[str]:
    """Returns all formulas of the corpus."""
    found: set[str] = set()
    for program in corpus():
        found |= formulas_of(build(program.source, program.inputs, output="L").trace())
    return sorted(found)


def test_katex_sets_every_formula() -> None:
    node = [sys.executable, "static/build.py", "node", "tests/engine/formulas.mjs"]
    done = subprocess.run(
        node, cwd=ROOT, input=json.dumps(formulas()), capture_output=True, text=True, check=True
    )
    assert json.loads(done.stdout) == []


def test_no_formula_speaks_of_a_tensor_product() -> None:
    spoken = [f for f in formulas() if "otimes" in f and r"\partial" in f]
    assert spoken == []


def test_no_formula_shows_code_or_nothing() -> None:
    shown = [
        f for f in formulas() if re.search(r"\\texttt|None|nan|undefined|\bTrue\b|\bFalse\b", f)
    ]
    assert shown == []
