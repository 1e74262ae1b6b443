"""Answers at a kink: every mix of the gradients nearby is right and is told that it is a choice; nothing else is."""

from __future__ import annotations

import numpy as np
import pytest

from engine import build
from engine.grading.valid import least_squares, nonnegative, within

SORTED = "np.sum(np.sort(x) * np.array([1.0, 2.0, 4.0]))"
ROWS = "np.sum(np.max(X, axis=1))"
LENGTHS = "np.sum(np.linalg.norm(X, axis=1))"
TIED = [[2.0, 2.0], [3.0, 3.0]]
APART = [[0.0, 0.0], [3.0, 4.0]]

#: source, inputs, wrt, an answer that is right by a choice of its own
VALID = [
    # anything of length up to 1
    ("np.linalg.norm(x)", {"x": [0, 0]}, "x", [0.6, 0.8]),
    ("np.linalg.norm(x)", {"x": [0, 0]}, "x", [0.1, -0.2]),
    ("3 * np.linalg.norm(x)", {"x": [0, 0]}, "x", [3, 0]),
    (LENGTHS, {"X": APART}, "X", [[0, 1], [0.6, 0.8]]),
    ("np.hypot(a, b)", {"a": 0, "b": 0}, "a", -1),
    # its dual: entries whose 3/2-norm is at most 1
    ("np.linalg.norm(x, 3)", {"x": [0, 0]}, "x", [0.62, 0.62]),
    # sums to 0, length up to 1/√4
    ("np.std(x)", {"x": [2, 2, 2, 2]}, "x", [0.25, -0.25, 0.25, -0.25]),
    ("np.std(x)", {"x": [2, 2, 2, 2]}, "x", [0.1, -0.1, 0, 0]),
    # all orders of the three that tie, and mixes of orders
    (SORTED, {"x": [1, 1, 1]}, "x", [1, 2, 4]),
    (SORTED, {"x": [1, 1, 1]}, "x", [4, 1, 2]),
    (SORTED, {"x": [1, 1, 1]}, "x", [3, 3, 1]),
    (SORTED, {"x": [1, 1, 5]}, "x", [2, 1, 4]),
    (
        "np.sort(X, axis=None) @ np.array([1.0, 2.0, 3.0, 4.0])",
        {"X": [[7, 1], [7, 2]]},
        "X",
        [[4, 1], [3, 2]],
    ),
    # shares that add to 1
    ("np.max(x)", {"x": [2, 2, 1]}, "x", [1, 0, 0]),
    ("np.max(x)", {"x": [2, 2, 1]}, "x", [0, 1, 0]),
    ("np.max(x)", {"x": [2, 2, 1]}, "x", [0.33, 0.66, 0]),
    (ROWS, {"X": TIED}, "X", [[0.5, 0.5], [1, 0]]),
    ("np.ptp(x)", {"x": [2, 1, 1]}, "x", [1, 0, -1]),
    ("np.median(x)", {"x": [1, 1, 1]}, "x", [0.2, 0.2, 0.6]),
    ("np.median(x)", {"x": [1, 1, 1, 5]}, "x", [0, 0.5, 0.5, 0]),
    ("max(a, b, c)", {"a": 1, "b": 1, "c": 1}, "b", 1),
    ("max(a, b, c)", {"a": 1, "b": 1, "c": 1}, "b", 0),
    ("np.max(X @ w)", {"X": [[1, 2], [3, 0]], "w": [1, 1]}, "w", [1, 2]),
    # any slope between the two sides
    ("np.maximum(a, 0) * 3", {"a": 0}, "a", 3),
    ("np.abs(a)", {"a": 0}, "a", 0.3),
    # two gates on kinks, side by side and one after the other
    ("np.abs(a) + np.maximum(a, 0)", {"a": 0}, "a", 1.7),
    ("np.max(np.maximum(x, 0) + 1)", {"x": [0, 0]}, "x", [0.3, 0.4]),
]
#: the same, wrong
INVALID = [
    ("np.linalg.norm(x)", {"x": [0, 0]}, "x", [0.6, 0.9]),
    (LENGTHS, {"X": APART}, "X", [[1, 0], [0.6, 0.9]]),
    (LENGTHS, {"X": APART}, "X", [[1, 1], [0.6, 0.8]]),
    ("np.hypot(a, b)", {"a": 0, "b": 0}, "a", 1.2),
    ("np.linalg.norm(x, 3)", {"x": [0, 0]}, "x", [0.7, 0.7]),
    ("np.std(x)", {"x": [2, 2, 2, 2]}, "x", [0.26, -0.26, 0.26, -0.26]),
    ("np.std(x)", {"x": [2, 2, 2, 2]}, "x", [0.25, 0.25, 0.25, 0.25]),
    (SORTED, {"x": [1, 1, 1]}, "x", [4, 3, 0]),
    (SORTED, {"x": [1, 1, 1]}, "x", [1, 1, 4]),
    (SORTED, {"x": [1, 1, 5]}, "x", [1, 4, 2]),
    ("np.max(x)", {"x": [2, 2, 1]}, "x", [1, 1, 0]),
    ("np.max(x)", {"x": [2, 2, 1]}, "x", [1.5, -0.5, 0]),
    ("np.max(x)", {"x": [2, 2, 1]}, "x", [0.4, 0.4, 0.2]),
    (ROWS, {"X": TIED}, "X", [[0.25, 0.25], [0.75, 0.75]]),
    ("np.ptp(x)", {"x": [2, 1, 1]}, "x", [0, 1, -1]),
    ("np.median(x)", {"x": [1, 1, 1, 5]}, "x", [1, 0, 0, 0]),
    ("max(a, b, c)", {"a": 1, "b": 1, "c": 1}, "b", 1.2),
    ("np.max(X @ w)", {"X": [[1, 2], [3, 0]], "w": [1, 1]}, "w", [4, 2]),
    ("np.maximum(a, 0) * 3", {"a": 0}, "a", -3),
    ("np.abs(a)", {"a": 0}, "a", -1.2),
    ("np.abs(a) + np.maximum(a, 0)", {"a": 0}, "a", -1.7),
    ("np.max(np.maximum(x, 0) + 1)", {"x": [0, 0]}, "x", [0.8, 0.4]),
]


@pytest.mark.parametrize(("source", "inputs", "wrt", "answer"), VALID)
def test_every_choice_at_a_kink_is_right_and_is_told_so(
    source: str, inputs: dict[str, object], wrt: str, answer: object
) -> None:
    grade = build(source, inputs).grade(wrt, answer)
    assert grade.correct
    assert "stands on a kink" in grade.hint
    assert "valid there" in grade.hint


@pytest.mark.parametrize(("source", "inputs", "wrt", "answer"), INVALID)
def test_nothing_else_is(source: str, inputs: dict[str, object], wrt: str, answer: object) -> None:
    grade = build(source, inputs).grade(wrt, answer)
    assert not grade.correct
    assert grade.hint


def test_the_choice_that_the_page_shows_needs_no_words() -> None:
    assert build("np.max(x)", {"x": [2, 2, 1]}).grade("x", [0.5, 0.5, 0]).hint == ""


def test_the_words_say_which_choice_the_page_made() -> None:
    hint = build("m = np.max(x)\nL = 2 * m", {"x": [2, 2, 1]}).grade("x", [2, 0, 0]).hint
    assert hint == (
        "Right by a choice of its own: m stands on a kink, its chosen entries tie, and any share from 0 to 1 "
        "is valid there. Chainrule takes 0.5."
    )


def test_a_formula_that_is_right_by_its_choice_alone_is_told_both() -> None:
    hint = build("np.max(x)", {"x": [1, 1]}).grade("x", "np.array([1, 0])").hint
    assert hint.startswith("Right by a choice")
    assert hint.endswith("at others it would not be.")


def test_a_long_lane_is_not_put_into_another_order() -> None:
    x, first = np.zeros(1001), np.arange(1001.0)
    program = build("np.sum(np.sort(x) * w)", {"x": x, "w": first}, wrt=["x"])
    assert not program.grade("x", first.tolist()).correct
    assert program.grade("x", np.full(1001, 500.0).tolist()).correct


def test_least_squares_of_what_is_no_number_is_nothing() -> None:
    assert least_squares(np.full((2, 2), np.nan), np.ones(2)).tolist() == [0, 0]


def test_least_squares_without_negative_entries_stops_at_the_wall() -> None:
    # (x, y) nearest to (1, -1): at (1, 0). With both columns (1, 1): any split of 3 is as good.
    assert nonnegative(np.eye(2), np.array([1.0, -1.0])) == pytest.approx([1, 0])
    assert nonnegative(np.ones((2, 2)), np.array([3.0, 3.0])).sum() == pytest.approx(3)


def test_least_squares_within_bounds_stops_at_them() -> None:
    low, high = np.array([0.0, -1.0]), np.array([0.5, 1.0])
    assert within(np.eye(2), np.array([2.0, -0.25]), low, high) == pytest.approx([0.5, -0.25])
