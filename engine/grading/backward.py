"""Hand-written backward code judged line by line, each line for what it says itself.

A line is held against what the student's own earlier lines bring to it, so that one mistake is told once: a line that
follows rightly from a wrong one says so, and is not wrong.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from engine.errors import BadInput, Edit, EngineError, ShapeMismatch, Span
from engine.grading.answer import Typed, inputs_of, moved_back, said
from engine.grading.diagnose import (
    Grade,
    Tolerance,
    others,
    ratio_of,
    right,
    with_equal_sizes,
    wrong,
)
from engine.grading.mutation import ranked
from engine.grading.play import Code, Event, changed_by, play, targets_of
from engine.grading.program import Point, Program, Wire
from engine.grading.scene import Scene
from engine.graph import Array
from engine.language import check
from engine.limits import Deadline
from engine.source import clean, parse

MOST_PARTS = 6
"""Of more contributions, only single ones and sums from the front are looked for."""
EXACT = Tolerance()


@dataclass(frozen=True, slots=True)
class JudgedLine:
    """One line that makes or changes a gradient.

    Attributes:
        line: its number, from 1, in the text that the code was given in.
        name: the gradient's name.
        node: tape place of the node that it is of; None for a line that fails and makes no gradient.
        correct: whether it is right where it stands.
        verdict: "correct", "wrong-shape", "wrong-value" or "error".
        diagnoses: codes of the mistakes that fit, in the order in which they are told.
        hint: which mistake it is, and what to look at.
        follows: wrong gradients above that it follows from, rightly.
        span: where the mistake is, if it is known, in the text's own lines.
        fix: replacements that mend it.
    """

    line: int
    name: str
    node: int | None
    correct: bool
    verdict: str
    diagnoses: tuple[str, ...] = ()
    hint: str = ""
    follows: tuple[str, ...] = ()
    span: Span | None = None
    fix: tuple[Edit, ...] = ()

    @property
    def diagnosis(self) -> str | None:
        """The first of the diagnoses."""
        return self.diagnoses[0] if self.diagnoses else None


def grade_backward(
    program: Program, backward: str | None, tail_line: int | None
) -> list[JudgedLine]:
    """Returns what is said of each line that makes or changes a gradient.

    Args:
        program: the built program.
        backward: the code; None for the tail that was cut from the program.
        tail_line: the first line of that tail, or None where there is none.

    Raises:
        BadInput: where there is no backward code.
        EngineError: where it cannot be read.
    """
    deadline = Deadline(program.limits)
    code = read_code(program, backward, tail_line)
    point = Point(program.graph, inputs_of(program), program.seed, deadline)
    return Judge(program, code, [point, *others(program, deadline)], deadline).lines()


def read_code(program: Program, backward: str | None, tail_line: int | None) -> Code:
    """Returns the backward code."""
    if backward is None:
        if tail_line is None:
            raise BadInput(
                "There is no backward code in the program.",
                hint="Give it as backward, or end the program with lines such as dW = X.T @ dz.",
            )
        tree = parse(program.text, program.limits)
        statements = tuple(s for s in tree.body if s.lineno >= tail_line)
        check(statements, program.text)
        return Code(program.text, statements, 0, targets_of(statements, program))
    typed = clean(backward)
    offset = len(program.text.read_lines)
    try:
        tree = parse(typed, program.limits)
        check(tree.body, typed)
    except EngineError as error:
        if error.span is not None:
            error.detail = f"backward: {error.detail}"
        raise
    statements = tuple(ast.increment_lineno(tree, offset).body)
    text = clean(f"{program.text.given}\n{typed.given}")
    return Code(text, statements, offset, targets_of(statements, program))


class Judge:
    """Judges the lines of one backward program.

    Args:
        program: the built program.
        code: the backward code.
        points: passes at several inputs; the first is the request's own.
        deadline: when it must be done.
    """

    def __init__(
        self, program: Program, code: Code, points: Sequence[Point], deadline: Deadline
    ) -> None:
        self.program = program
        self.code = code
        self.deadline = deadline
        self.point = points[0]
        self.runs = [(self.point, play(program, code, self.point, deadline))]
        for point in points[1:]:
            try:
                self.runs.append((point, play(program, code, point, deadline)))
            except EngineError:
                continue
        self.events = self.runs[0][1]
        self.spoken = {place: name for name, place in code.targets.items()}
        self.bad: set[str] = set()

    def lines(self) -> list[JudgedLine]:
        """Returns the judged lines, in order."""
        uses: dict[str, list[int]] = {}
        for number, event in enumerate(self.events):
            for name in changed_by(event.statement):
                if name in self.code.targets:
                    uses.setdefault(name, []).append(number)
        judged: dict[tuple[int, str], JudgedLine] = {}
        for name, numbers in sorted(uses.items(), key=lambda item: item[1][-1]):
            for number, line in self._name(name, numbers):
                judged[number, name] = line
        self._blame_helpers(judged)
        for number, event in enumerate(self.events):
            if event.error is not None and not any(n == number for n, _ in judged):
                name = next(iter(changed_by(event.statement)), "")
                judged[number, name] = self._failed(event, name, None)
        return [line for _, line in sorted(judged.items(), key=lambda item: item[0][0])]

    def _blame_helpers(self, judged: dict[tuple[int, str], JudgedLine]) -> None:
        """Moves the blame to a line that makes a helper, where every one of several lines that read it is wrong."""
        for number, event in enumerate(self.events):
            helpers = [n for n in changed_by(event.statement) if n not in self.code.targets]
            for helper in helpers:
                readers = [key for key in judged if key[0] > number and self._reads(key[0], helper)]
                wrong_ones = [key for key in readers if not judged[key].correct]
                if len(readers) < 2 or wrong_ones != readers:
                    continue
                first = judged[min(readers)]
                line = event.statement.lineno - self.code.offset
                judged[number, helper] = replace(
                    first, line=line, name=helper, node=None, span=None
                )
                for key in readers:
                    judged[key] = self._right(key[0], key[1], judged[key].node or 0, (helper,))

    def _reads(self, number: int, name: str) -> bool:
        """Returns whether a statement reads a name."""
        nodes = ast.walk(self.events[number].statement)
        return any(
            isinstance(n, ast.Name) and n.id == name and isinstance(n.ctx, ast.Load) for n in nodes
        )

    def _name(self, name: str, numbers: Sequence[int]) -> Iterable[tuple[int, JudgedLine]]:
        """Yields the lines of one gradient: the last is judged whole, and the first that leads astray is to blame."""
        place = self.code.targets[name]
        fails = [n for n in numbers if self.events[n].error is not None]
        if fails:
            yield from self._unfinished(name, place, numbers, fails)
            return
        last = numbers[-1]
        grade, follows = self._grade(name, place, last)
        if grade.correct:
            for number in numbers:
                yield number, self._right(number, name, place, follows if number == last else ())
            return
        self.bad.add(name)
        culprit = self._culprit(name, place, numbers)
        for number in numbers:
            if number == culprit:
                yield number, self._wrong(number, name, place, grade)
            else:
                yield number, self._right(number, name, place)

    def _unfinished(
        self, name: str, place: int, numbers: Sequence[int], fails: Sequence[int]
    ) -> Iterable[tuple[int, JudgedLine]]:
        """Yields the lines of a gradient of which one cannot be run: that one, or an earlier one of a wrong shape."""
        shape = self.point.gradient(place).shape
        before = [n for n in numbers if n < fails[0]]
        shaped = (n for n in before if self.events[n].values[name].shape != shape)
        misfit = next((n for n in shaped if not self._parts(name, place, n).may_go_on), None)
        for number in numbers:
            if number == misfit:
                yield number, self._wrong(number, name, place, self._grade(name, place, number)[0])
            elif number in fails and misfit is None:
                yield number, self._failed(self.events[number], name, place)
            else:
                yield number, self._right(number, name, place)

    def _grade(self, name: str, place: int, number: int) -> tuple[Grade, tuple[str, ...]]:
        """Returns what is said of a gradient's value, and the wrong ones that it follows from."""
        value = self.events[number].values[name]
        if EXACT.close(value, self.point.gradient(place)):
            return Grade(True, "correct"), ()
        pinned = [self._pinned(point, events, place, number) for point, events in self.runs]
        scene = Scene(self.program.text, place, pinned, spoken=self.spoken)
        above = tuple(n for n in self._above(place, number) if self._differs(n, number))
        if right(scene, value, EXACT):
            wrong_ones = tuple(n for n in above if n in self.bad)
            unfinished = [n for n in above if n not in self.bad and self._goes_on(n, number)]
            if unfinished:
                later = self._goes_on(unfinished[0], number)
                hint = f"{unfinished[0]} is not finished here: line {later} still changes it."
                return Grade(False, "wrong-value", (), hint, shape_ok=True), ()
            return Grade(True, "correct"), wrong_ones
        values = [events[number].values.get(name) for _, events in self.runs]
        typed = Typed(value, at_points(pinned, values), None, len(pinned) > 1)
        return wrong(scene, typed, pinned[0].gradient(place), EXACT), ()

    def _pinned(self, point: Point, events: Sequence[Event], place: int, number: int) -> Point:
        """Returns a pass in which the student's own gradients stand where they are defined already."""
        targets = self.code.targets
        before = events[number].now
        pins = {
            targets[name]: before[name]
            for name in before
            if targets[name] != place and before[name].shape == point.gradient(targets[name]).shape
        }
        return Point(point.graph, point.inputs, point.seed, self.deadline, pins)

    def _above(self, place: int, number: int) -> list[str]:
        """Returns the gradient names defined already of nodes that come after a node."""
        between = Scene(self.program.text, place, [self.point]).between
        now = self.events[number].now
        return [n for n in now if self.code.targets[n] != place and between[self.code.targets[n]]]

    def _differs(self, name: str, number: int) -> bool:
        """Returns whether a gradient is not the right one at the time of a line."""
        wanted = self.point.gradient(self.code.targets[name])
        return not EXACT.close(self.events[number].now[name], wanted)

    def _goes_on(self, name: str, number: int) -> int | None:
        """Returns the next line that still changes a gradient after a statement, or None."""
        later = (e.statement for e in self.events[number + 1 :] if name in changed_by(e.statement))
        return next((s.lineno - self.code.offset for s in later), None)

    def _culprit(self, name: str, place: int, numbers: Sequence[int]) -> int:
        """Returns the line that leads astray: the first after which a gradient is no part of the right one, or less of it.

        Where every line but the last leaves a part, it is the last.
        """
        before: set[frozenset[Wire]] = set()
        for number in numbers[:-1]:
            parts = self._parts(name, place, number)
            grown = not before or not parts.sums or any(b < p for b in before for p in parts.sums)
            if not parts.may_go_on or not grown:
                return number
            before = parts.sums
        return numbers[-1]

    def _parts(self, name: str, place: int, number: int) -> Parts:
        """Returns which part of the right gradient a gradient is after a statement."""
        pinned = self._pinned(self.point, self.events, place, number)
        return parts_of(pinned, place, self.events[number].values[name])

    def _right(
        self, number: int, name: str, place: int, follows: tuple[str, ...] = ()
    ) -> JudgedLine:
        """Returns a line that is right where it stands."""
        hint = ""
        if follows:
            are = "are" if len(follows) > 1 else "is"
            hint = f"This line is right; its value is not, because {' and '.join(follows)} {are} wrong above."
        return JudgedLine(self._line(number, name), name, place, True, "correct", (), hint, follows)

    def _wrong(self, number: int, name: str, place: int, grade: Grade) -> JudgedLine:
        """Returns a line that is wrong."""
        return JudgedLine(
            self._line(number, name), name, place, False, grade.verdict, grade.diagnoses, grade.hint
        )

    def _failed(self, event: Event, name: str, place: int | None) -> JudgedLine:
        """Returns a line that cannot be run."""
        error = event.error
        assert error is not None
        error = moved_back(error, self.code.offset)
        line = event.statement.lineno - self.code.offset if error.span is None else error.span.line
        undefined = error.code == "undefined-name"
        codes: tuple[str, ...] = (error.code,) if undefined else ()
        hint = said(error)
        verdict = "error"
        if isinstance(error, ShapeMismatch):
            verdict = "wrong-shape"
            known, better = self._product(event.statement, place)
            codes, hint = tuple(ranked((*known, "wrong-shape"))), better or hint
        fix = error.fix if self.code.offset == 0 else ()
        return JudgedLine(line, name, place, False, verdict, codes, hint, (), error.span, fix)

    def _product(self, statement: ast.stmt, place: int | None) -> tuple[tuple[str, ...], str]:
        """Returns what the right-hand side of a line is called whose shapes do not fit."""
        if place is None or not isinstance(statement, ast.Assign | ast.AugAssign):
            return (), ""
        return with_equal_sizes(self.program, place, ast.unparse(statement.value), self.deadline)

    def _line(self, number: int, name: str) -> int:
        """Returns the line of a statement; in a loop, the first that changes the name."""
        statement = self.events[number].statement
        for part in ast.walk(statement):
            if isinstance(part, ast.Assign | ast.AugAssign) and name in changed_by(part):
                return part.lineno - self.code.offset
        return statement.lineno - self.code.offset


def at_points(points: Sequence[Point], values: Sequence[Array | None]) -> Callable[[Point], Array]:
    """Returns what finds a line's value at one of the points."""

    def at(point: Point) -> Array:
        value = values[points.index(point)]
        if value is None:
            raise BadInput("The line cannot be computed there.")
        return value

    return at


@dataclass(frozen=True, slots=True)
class Parts:
    """Which part of the right gradient a value is that later lines still change.

    Attributes:
        sums: the sets of contributions that it may be the sum of.
        may_go_on: whether it may become the gradient: it is such a sum, zeros, an upstream, a value's copy, or a multiple.
    """

    sums: set[frozenset[Wire]]
    may_go_on: bool


def parts_of(point: Point, place: int, value: Array) -> Parts:
    """Returns which part of a node's gradient a value is."""
    arrived = point.arrived.get(place, {})
    wires = list(arrived)
    counts = range(1, len(wires) + 1) if len(wires) <= MOST_PARTS else (1,)
    chosen = [c for count in counts for c in combinations(wires, count)]
    chosen += [tuple(wires[:k]) for k in range(2, len(wires) + 1)]
    sums = {
        frozenset(c) for c in chosen if EXACT.close(value, sum_of([arrived[wire] for wire in c]))
    }
    starts = [point.gradient(gate) for gate, _ in wires]
    starts += [
        point.values[n.index].astype(np.float64)
        for n in point.graph.nodes[place + 1 :]
        if n.name is not None
    ]
    may = bool(sums) or not np.any(value) or any(EXACT.close(value, start) for start in starts)
    if not may and value.size > 1 and value.shape == point.gradient(place).shape:
        may = ratio_of(value, point.gradient(place), EXACT) is not None
    return Parts(sums, may)


def sum_of(parts: Sequence[Array]) -> Array:
    """Returns a sum of arrays of one shape."""
    return np.asarray(np.sum(parts, axis=0))
