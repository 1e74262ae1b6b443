"""The sentences of the steps, for gates that a program makes by syntax rather than by a function's name."""

from __future__ import annotations

import re

import pytest

from engine import build
from engine.primitives import REGISTRY
from tests.engine.asking import Inputs, traced
from tests.engine.corpus import corpus

X: Inputs = {"X": [[1, 2, 3], [4, 5, -6]]}


def sentences(source: str, inputs: Inputs = X, kind: str = "evaluate") -> list[str]:
    """Returns the sentences of one kind of step."""
    return [s.text for s in traced(source, inputs).steps if s.kind == kind]


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        ("y = X[0]", "y = X[0] = [1, 2, 3]."),
        ("for t in range(1):\n    h = X[t]", "h = X[t] = [1, 2, 3]."),
        ("y = X[[0, 1], [2, 0]]", "y = X[[0, 1], [2, 0]] = [3, 4]."),
        ("y = X[X > 4]", "y = X[X > 4] = [5]."),
        ("y = np.linalg.solve(np.eye(2), X[:, 0])", "y = np.linalg.solve(np.eye(2), X[:, 0]) = [1, 4]."),
        ("y = X[0].copy()\ny[1] = 7", "y = y_1 with 7 written in = [1, 7, 3]."),
        ("y = X[0].copy()\ny[y < 2] = 0", "y = y_1 with 0 where (y < 2) = [0, 2, 3]."),
        ("y = X[0] * 2\ny[np.array([0, 2])] = 1", "y = y_1 with 1 written in = [1, 4, 1]."),
    ],
)  # fmt: skip
def test_a_forward_sentence_says_what_the_program_writes(source: str, sentence: str) -> None:
    assert sentences(source)[-1] == sentence


def test_a_backward_sentence_begins_with_the_sign_on_the_gate() -> None:
    (picks,) = sentences("L = np.sum(X[0])", kind="multiply")[1:]
    assert picks == "[ ] picks: X receives its entries' upstream; the shape is that of X, (2, 3)."


def test_a_later_contribution_is_told_without_what_came_before() -> None:
    *_, last = sentences("a = X * 2\nb = X * 3\nL = np.sum(a + b)", kind="multiply")
    assert last.startswith("× swaps: X receives da * 2; ")


def test_a_rule_of_several_statements_that_mixes_entries_goes_through_its_jacobian() -> None:
    (var,) = sentences("L = np.var(X)", kind="multiply")
    assert "its entries' upstream" not in var


def test_no_sentence_names_a_primitive_that_a_program_cannot_call() -> None:
    hidden = [p.name for p in REGISTRY.values() if not p.spellings and "_" in p.name]
    hidden += ["getitem", "setitem", "setmask", "eigenvectors"]
    told = re.compile(rf"\b(?:{'|'.join(hidden)})\b")
    for program in corpus():
        trace = build(program.source, program.inputs, output="L").trace()
        for step in trace.steps:
            assert not told.search(step.text), (program.source, step.text)
            assert not re.search(r"undefined|= None", step.text)
