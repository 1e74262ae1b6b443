"""An answer held against the gradient: right or wrong, and of a wrong one which mistake it is.

The shape is looked at first, then the answer is compared with the wrong answers that are made from the graph itself, then
with multiples of the gradient. Other inputs of the same shapes tell mistakes apart that agree at the request's own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from heapq import merge
from itertools import accumulate

import numpy as np

from engine.errors import EngineError, ShapeMismatch
from engine.grading.answer import (
    Formula,
    Typed,
    check_kind,
    inputs_of,
    moved_back,
    read_answer,
    said,
)
from engine.grading.candidates import FAMILIES
from engine.grading.corners import Corner
from engine.grading.mutation import Mutation, ranked
from engine.grading.nearby import around, elsewhere, twin
from engine.grading.program import Point, Program, Wire
from engine.grading.scene import Scene, structure_of
from engine.grading.valid import chosen_at_kinks
from engine.graph import Array, Node
from engine.limits import Deadline
from engine.naming import code_names
from engine.numbers import say_number
from engine.primitives import REGISTRY, Structure
from engine.primitives.shapes import show

RELATIVE, ABSOLUTE = 1e-6, 1e-9
ROUNDING = 1e-12
"""Of the largest entry: what other ways to compute the same may differ by."""
POINTS = 2
"""Other inputs that an answer is tried at."""
WORK = 16_000
"""What all candidates of one answer may cost, in gates run again; those nearest to the asked node come first."""
NUMBERS_A_GATE = 1_000
FLOPS_A_GATE = 50_000
"""Numbers, and operations, that count for one gate more."""
NICE = (2.0, 3.0, 4.0, 10.0)
"""Constant factors that one number alone is told apart by."""
FACTORS = (1.0, *NICE, *(1 / n for n in NICE))


@dataclass(frozen=True, slots=True)
class Grade:
    """What is said of one answer.

    Attributes:
        correct: whether it is right at the request's inputs.
        verdict: "correct", "wrong-shape", "wrong-value" or "error".
        diagnoses: codes of all mistakes that fit, in the order in which they are told.
        hint: which mistake it is, and what to look at.
        general: whether it is right at other inputs of the same shapes, too.
        multiplies: whether the formula can be computed at all.
        shape_ok: whether it has the shape of what it is the gradient of.
        value_ok: whether its numbers are right.
        detail: what was found and what was wanted.
    """

    correct: bool
    verdict: str
    diagnoses: tuple[str, ...] = ()
    hint: str = ""
    general: bool = False
    multiplies: bool = True
    shape_ok: bool = False
    value_ok: bool = False
    detail: str = ""

    @property
    def diagnosis(self) -> str | None:
        """The first of the diagnoses."""
        return self.diagnoses[0] if self.diagnoses else None


class Tolerance:
    """How close an answer has to be.

    Args:
        decimals: to how many decimals it was typed or is asked for; None for as exact as floats are.
    """

    def __init__(self, decimals: int | None = None) -> None:
        self._half_unit = 0.0 if decimals is None else 0.5 * 10.0**-decimals * (1 + 1e-9)

    def close(self, answer: Array, wanted: Array) -> bool:
        """Returns whether an answer counts as the wanted array, shape included."""
        if answer.shape != wanted.shape:
            return False
        finite = wanted[np.isfinite(wanted)]
        most = float(np.abs(finite).max()) if finite.size else 0.0
        bound = ABSOLUTE + RELATIVE * np.abs(wanted) + ROUNDING * most
        with np.errstate(all="ignore"):
            near = np.abs(answer - wanted) <= np.maximum(bound, self._half_unit)
        same = (answer == wanted) | (np.isnan(answer) & np.isnan(wanted))
        return bool((near | same).all())


def grade(program: Program, place: int, answer: object, digits: int | None = None) -> Grade:
    """Returns what is said of an answer for the gradient of a node.

    Args:
        program: the built program.
        place: the node's tape place.
        answer: a number, a nested list, or a formula.
        digits: to how many decimals the answer is asked for.

    Raises:
        BadInput: for an answer that is neither numbers nor text.
        EngineError: where the program itself cannot be run.
    """
    check_kind(answer)
    deadline = Deadline(program.limits)
    point = Point(program.graph, inputs_of(program), program.seed, deadline)
    try:
        typed = read_answer(answer, program, place, point, deadline)
    except EngineError as error:
        return failed(program, place, answer, error, deadline)
    points = [point, *others(program, deadline)]
    scene = Scene(program.text, place, points, spoken=typed.spoken)
    widened = [d for d in (digits, typed.decimals) if d is not None]
    tolerance = Tolerance(min(widened) if widened else None)
    wanted = point.gradient(place)
    as_shown = tolerance.close(typed.value, wanted)
    corners = () if as_shown else chosen(scene, typed.value, tolerance)
    if not as_shown and not corners:
        return wrong(scene, typed, wanted, tolerance)
    general = all(holds(p, place, typed, tolerance) for p in points[1:])
    remarks = [another_choice(scene, corners)] if corners else []
    if typed.formula and not general:
        remarks.append("Right at these inputs; at others it would not be.")
    return Grade(True, "correct", (), " ".join(remarks), general, True, True, True)


def right(scene: Scene, answer: Array, tolerance: Tolerance) -> bool:
    """Returns whether an answer is the gradient at the first point, or another one that is valid at a kink."""
    wanted = scene.point.gradient(scene.place)
    return tolerance.close(answer, wanted) or bool(chosen(scene, answer, tolerance))


def chosen(scene: Scene, answer: Array, tolerance: Tolerance) -> Sequence[Corner]:
    """Returns the gates on kinks, if the answer is a gradient for other valid choices there than the page's; else none."""
    if answer.shape != scene.graph.nodes[scene.place].shape:
        return ()
    return chosen_at_kinks(scene.point, scene.place, scene.between, answer, tolerance.close)


def another_choice(scene: Scene, corners: Sequence[Corner]) -> str:
    """Returns what is said of an answer that is right by another choice than the page's."""
    first, more = corners[0], len(corners) - 1
    also = (
        f" (and so do {more} later gates)"
        if more > 1
        else " (and so does a later gate)"
        if more
        else ""
    )
    taken = "" if first.taken is None else f" Chainrule takes {say_number(first.taken)}."
    return (
        f"Right by a choice of its own: {scene.called(first.node.index)} stands on a kink{also}, "
        f"{first.kink.where}, and {first.kink.valid} is valid there.{taken}"
    )


def holds(point: Point, place: int, typed: Typed, tolerance: Tolerance) -> bool:
    """Returns whether an answer is right at another point."""
    try:
        return tolerance.close(typed.at(point), point.gradient(place))
    except EngineError:
        return False


def others(program: Program, deadline: Deadline) -> Iterator[Point]:
    """Yields passes at other inputs of the same shapes; those that cannot be computed are left out."""
    for turn in range(POINTS):
        try:
            yield Point(program.graph, elsewhere(program, turn), program.seed, deadline)
        except EngineError:
            continue


def wrong(scene: Scene, typed: Typed, wanted: Array, tolerance: Tolerance) -> Grade:
    """Returns what is said of a wrong answer that has a value."""
    shape_ok = typed.value.shape == wanted.shape
    found, scaled = fitting(scene, typed, tolerance)
    codes = [code for mutation in found for code in mutation.codes]
    hints = {code: mutation.hint for mutation in reversed(found) for code in mutation.codes}
    if shape_ok and wanted.size:
        for code, hint in (
            *multiples(scene, typed, tolerance),
            *of_one_path(scene, typed, tolerance),
        ):
            codes.append(code)
            hints.setdefault(code, hint)
    for mutation, ratio in scaled[:1] if not codes else ():
        codes += [*mutation.codes, *constant_codes(ratio)]
        hints = dict.fromkeys(codes, f"{mutation.hint} Besides, {constant_words(ratio)}.")
    name = scene.called(scene.place)
    detail = ""
    if not shape_ok:
        codes.append("wrong-shape")
        detail = f"The answer has shape {show(typed.value.shape)}; {name} has {show(wanted.shape)}."
        hints.setdefault("wrong-shape", f"{detail} A gradient has the shape of what it is for.")
    diagnoses = ranked(codes)
    hint = hints[diagnoses[0]] if diagnoses else where_it_differs(scene, typed.value, wanted)
    verdict = "wrong-value" if shape_ok else "wrong-shape"
    return Grade(False, verdict, tuple(diagnoses), hint, shape_ok=shape_ok, detail=detail)


def fitting(
    scene: Scene, typed: Typed, tolerance: Tolerance
) -> tuple[list[Mutation], list[tuple[Mutation, float]]]:
    """Returns the mistakes that make an answer, and those that make a multiple of it, with the factor.

    Of a formula, those that make it at other inputs too.
    """
    point = scene.point
    wanted = point.gradient(scene.place)
    cost = list(
        accumulate(cost_of(n, point) if scene.between[n.index] else 0 for n in scene.graph.nodes)
    )
    work = 0
    matches: list[Mutation] = []
    scaled: list[tuple[Mutation, float]] = []
    for mutation in merge(*(family(scene) for family in FAMILIES), key=lambda m: m.reach):
        work += 1 + cost[mutation.reach] - cost[scene.place]
        if work > WORK:
            break
        point.deadline.check()
        made = candidate(scene, point, mutation)
        if made is None or tolerance.close(made, wanted):
            continue
        if tolerance.close(typed.value, made):
            matches.append(mutation)
        elif not matches and (typed.formula or made.size > 1) and made.shape == typed.value.shape:
            ratio = ratio_of(typed.value, made, tolerance)
            if ratio is not None and np.isclose(abs(ratio), FACTORS).any():
                scaled.append((mutation, ratio))
    if typed.formula:
        matches = [m for m in matches if everywhere(scene, m, typed, tolerance)] or matches
        scaled = [(m, r) for m, r in scaled if everywhere(scene, m, typed, tolerance, r)]
    return matches, scaled


def cost_of(node: Node, point: Point) -> int:
    """Returns what it costs to make a gate's gradient again."""
    if node.primitive is None:
        return 0
    shapes = [point.values[a].shape for a in node.arguments]
    flops = REGISTRY[node.primitive].flops(node.shape, shapes, node.settings)
    return 1 + point.values[node.index].size // NUMBERS_A_GATE + flops // FLOPS_A_GATE


def candidate(scene: Scene, point: Point, mutation: Mutation) -> Array | None:
    """Returns the wrong answer that a mistake makes at a point."""
    try:
        with np.errstate(all="ignore"):
            return point.changed(scene.place, mutation.changes, scene.between)
    except (ArithmeticError, IndexError, TypeError, ValueError, EngineError):
        return None


def everywhere(
    scene: Scene, mutation: Mutation, typed: Typed, tolerance: Tolerance, factor: float = 1.0
) -> bool:
    """Returns whether a mistake makes a formula's value, times a factor, at the other points too."""
    for point in scene.points[1:]:
        made = candidate(scene, point, mutation)
        try:
            if made is None or not tolerance.close(typed.at(point), factor * made):
                return False
        except EngineError:
            continue
    return True


def multiples(scene: Scene, typed: Typed, tolerance: Tolerance) -> Iterator[tuple[str, str]]:
    """Yields what an answer is called that is a constant multiple of the gradient: (code, hint)."""
    ratio = ratio_of(typed.value, scene.point.gradient(scene.place), tolerance)
    if ratio is None:
        return
    for point in scene.points[1:] if typed.formula else ():
        try:
            other = typed.at(point)
        except EngineError:
            continue
        if not tolerance.close(other, ratio * point.gradient(scene.place)):
            return
    single = scene.point.gradient(scene.place).size == 1 and not typed.formula
    sizes = axis_sizes(scene)
    name = scene.gradient_of(scene.place)
    size = abs(ratio)
    if size != 1.0:
        counted = any(np.isclose(size, n) or np.isclose(size, 1 / n) for n in sizes)
        nice = any(np.isclose(size, n) or np.isclose(size, 1 / n) for n in NICE)
        if single and not counted and not nice:
            return
        if np.isclose(size, 0.5) and squares(scene):
            yield "missing-power-factor", f"This is half of {name}: the 2 of a square is missing."
        elif any(np.isclose(size, n) for n in sizes) and averages(scene, size):
            yield (
                "missing-1-over-n",
                f"This is {say_number(size)} times {name}: the 1/n of a mean is missing.",
            )
        yield (
            "missing-constant",
            f"This is {say_number(float(f'{size:.6g}'))} times {name}: look for a constant factor.",
        )
    if ratio < 0:
        yield "sign-error", f"The sign of {name} is wrong: look for a minus."


def of_one_path(scene: Scene, typed: Typed, tolerance: Tolerance) -> Iterator[tuple[str, str]]:
    """Yields what an answer is called in which one of several contributions is multiplied by a constant."""
    arrived = scene.point.arrived.get(scene.place, {})
    if len(arrived) < 2:
        return
    wanted = scene.point.gradient(scene.place)
    for (gate, key), message in arrived.items():
        ratio = ratio_of(typed.value - wanted + message, message, tolerance)
        if (
            ratio is None
            or np.isclose(ratio, 1.0)
            or (wanted.size == 1 and not np.isclose(abs(ratio), FACTORS).any())
        ):
            continue
        if not all(
            same_at(p, scene.place, (gate, key), ratio, typed, tolerance) for p in scene.points[1:]
        ):
            continue
        source, into = scene.called(scene.place), scene.called(gate)
        if abs(ratio) != 1.0:
            size = say_number(float(f"{abs(ratio):.6g}"))
            yield (
                "missing-constant",
                f"What {source} receives from {into} is {size} times what it should be.",
            )
        if ratio < 0:
            yield "sign-error", f"What {source} receives from {into} has the wrong sign."
        return


def same_at(
    point: Point, place: int, wire: Wire, ratio: float, typed: Typed, tolerance: Tolerance
) -> bool:
    """Returns whether a formula has the same multiple of one contribution at another point."""
    if not typed.formula:
        return True
    try:
        expected = point.gradient(place) + (ratio - 1) * point.arrived[place][wire]
        return tolerance.close(typed.at(point), expected)
    except (EngineError, KeyError):
        return True


def constant_codes(ratio: float) -> list[str]:
    """Returns what a factor is called."""
    return [
        *(["missing-constant"] if abs(ratio) != 1.0 else []),
        *(["sign-error"] if ratio < 0 else []),
    ]


def constant_words(ratio: float) -> str:
    """Returns what a factor does to an answer."""
    size = say_number(float(f"{abs(ratio):.6g}"))
    sign = "the sign is wrong" if ratio < 0 else ""
    factor = f"the answer is {size} times what that makes" if abs(ratio) != 1.0 else ""
    return " and ".join(words for words in (factor, sign) if words)


def ratio_of(answer: Array, wanted: Array, tolerance: Tolerance) -> float | None:
    """Returns the one number that makes the answer of the gradient, or None where there is none."""
    weight = float(np.vdot(wanted, wanted))
    if not np.isfinite(weight) or weight == 0 or not np.isfinite(answer).all():
        return None
    ratio = float(np.vdot(wanted, answer)) / weight
    nearest = next(
        (n for n in (-1.0, 2.0, 0.5, -2.0, -0.5) if np.isclose(ratio, n, rtol=1e-6)), ratio
    )
    fits = ratio != 0 and tolerance.close(answer, nearest * wanted)
    return nearest if fits else None


def axis_sizes(scene: Scene) -> list[int]:
    """Returns lengths of axes and counts of entries from 2 on."""
    return sorted(
        {n for node in scene.graph.nodes for n in (*node.shape, int(np.prod(node.shape))) if n > 1}
    )


def squares(scene: Scene) -> bool:
    """Returns whether one of the ways on is a square: doubling a value makes four times as much of it."""
    for node, key in scene.wires():
        source = scene.point.values[node.arguments[key]]
        with np.errstate(all="ignore"):
            if node.shape == source.shape and np.allclose(
                scene.point.slope(node, key) * source, 2 * scene.point.values[node.index]
            ):
                return True
        if node.arguments.count(node.arguments[key]) > 1:
            return True
    return False


def averages(scene: Scene, count: float) -> bool:
    """Returns whether some gate on the way scales by 1/count, as a mean does, or a division by a count."""
    for node, key in scene.wires():
        if structure_of(node, key) is Structure.DIAGONAL:
            slopes = scene.point.slope(node, key)
        else:
            sent = scene.point.sent(node, key, np.ones(node.shape))
            slopes = np.zeros(()) if sent is None else sent
        if slopes.size and np.allclose(slopes * count, 1.0):
            return True
    return False


def where_it_differs(scene: Scene, answer: Array, wanted: Array) -> str:
    """Returns where to look when no known mistake makes the answer."""
    name = scene.called(scene.place)
    users = [n for n in scene.nodes() if scene.place in n.arguments and n.index != scene.place]
    gates = " and ".join(dict.fromkeys(scene.called(n.index) for n in users[:3])) or "the output"
    look = f"{name} goes into {gates}: multiply what arrives there by the local gradient"
    look += ", and add the uses." if len(users) > 1 else "."
    near = np.isclose(answer, wanted, rtol=1e-6, atol=1e-9)
    if wanted.size > 1 and 0 < int(near.sum()) < wanted.size:
        first = [int(k) for k in np.argwhere(~near)[0]]
        return f"{int(near.sum())} of {wanted.size} entries are right; the first that is not is {first}. {look}"
    return f"No one mistake makes this. {look}"


def failed(
    program: Program, place: int, answer: object, error: EngineError, deadline: Deadline
) -> Grade:
    """Returns what is said of an answer that has no value; a formula whose shapes do not fit is tried on equal sizes."""
    error = moved_back(error, len(program.text.read_lines))
    if not isinstance(error, ShapeMismatch):
        undefined = (error.code,) if error.code == "undefined-name" else ()
        hint = said(error)
        return Grade(
            False,
            "error",
            undefined,
            hint,
            False,
            error.code != "shape-mismatch",
            detail=error.detail,
        )
    known, hint = with_equal_sizes(program, place, answer, deadline)
    hint = hint or said(error)
    codes = tuple(ranked((*known, "wrong-shape")))
    return Grade(False, "wrong-shape", codes, hint, False, False, detail=error.detail)


def with_equal_sizes(
    program: Program, place: int, answer: object, deadline: Deadline
) -> tuple[tuple[str, ...], str]:
    """Returns what a formula is called where all sizes are equal and every product multiplies: codes and a hint."""
    if not isinstance(answer, str):
        return (), ""
    whole = twin(program, deadline)
    tries = [] if whole is None else [(whole, place, program.graph)]
    name = code_names(program.graph)[place]
    for part in around(program, place) if whole is None else ():
        tries.append((part, part.names[name], part.graph))
    for other, asked, shown in tries:
        try:
            point = Point(other.graph, inputs_of(other), other.seed, deadline)
            typed = Formula(answer, other, asked, deadline).typed(point)
            points = [point, *others(other, deadline)]
            scene = Scene(other.text, asked, points, shown, typed.spoken)
        except EngineError:
            continue
        if not right(scene, typed.value, Tolerance()):
            found = wrong(scene, typed, point.gradient(asked), Tolerance())
            if found.diagnoses:
                return found.diagnoses, found.hint
    return (), ""
