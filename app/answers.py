"""What each endpoint makes of a circuit: bytes, made where the engine ran. One function a kind of request."""

from __future__ import annotations

from collections.abc import Callable
from functools import singledispatch

from app.settings import Settings
from app.wire.check import CheckRequest, check_json
from app.wire.code import CodeRequest, code_bytes
from app.wire.descend import DescendRequest, descent_json
from app.wire.exact import Json
from app.wire.grading import BackwardRequest, GradeRequest, backward_bytes, grade_bytes
from app.wire.graph import GraphRequest, graph_bytes
from app.wire.jacobian import JacobianRequest, jacobian_json
from app.wire.nudge import NudgeRequest, nudge_json
from app.wire.numbers import NumbersRequest, numbers_bytes
from app.wire.primer import BalanceRequest, DerivationRequest, balance_json, derivation_json
from app.wire.program import ProgramRequest
from app.wire.surface import SurfaceRequest, surface_json
from app.wire.sweep import SweepRequest, sweep_json
from app.wire.tensor import Picture, Writer, fitted
from engine import Circuit
from engine.graph import Role


@singledispatch
def answered(request: ProgramRequest, circuit: Circuit, settings: Settings) -> bytes:
    """Returns the answer to a request about a circuit that has been built.

    Raises:
        EngineError: one of its subclasses.
        TypeError: for a kind of request that nothing here answers.
    """
    raise TypeError(f"nothing answers a {type(request).__name__}")


@answered.register
def graph(request: GraphRequest, circuit: Circuit, settings: Settings) -> bytes:
    """Returns the whole graph."""
    return graph_bytes(circuit.trace(request.upstream, digits=request.digits), picture_of(settings))


@answered.register
def numbers(request: NumbersRequest, circuit: Circuit, settings: Settings) -> bytes:
    """Returns the whole graph's numbers."""
    found = circuit.numbers(request.upstream, told=frozenset(request.told))
    return numbers_bytes(found, picture_of(settings))


@answered.register
def code(request: CodeRequest, circuit: Circuit, settings: Settings) -> bytes:
    """Returns a script that computes the circuit's gradients.

    Raises:
        EngineError: one of its subclasses.
    """
    script = circuit.script(request.target, upstream=request.upstream)
    return code_bytes(script, settings.answer_bytes)


@answered.register
def jacobian(request: JacobianRequest, circuit: Circuit, settings: Settings) -> bytes:
    """Returns the Jacobian between two nodes."""
    found = circuit.jacobian(
        request.of,
        request.wrt,
        row=request.row,
        column=request.column,
        upstream=request.upstream,
    )
    return written(lambda writer: jacobian_json(found, writer), settings)


@answered.register
def balance(request: BalanceRequest, circuit: Circuit, settings: Settings) -> bytes:
    """Returns the puzzles of one product of matrices."""
    found = circuit.balance(request.node, upstream=request.upstream)
    return written(lambda writer: balance_json(found, writer), settings)


@answered.register
def derivation(request: DerivationRequest, circuit: Circuit, settings: Settings) -> bytes:
    """Returns the derivation of one wire's gradient."""
    found = circuit.derivation(
        request.node,
        request.argument,
        entry=request.entry,
        example=request.example,
        upstream=request.upstream,
    )
    return written(lambda writer: derivation_json(found, writer), settings)


@answered.register
def check(request: CheckRequest, circuit: Circuit, settings: Settings) -> bytes:
    """Returns the gradient check."""
    found = circuit.check(
        method=request.method, h=request.h, nodes=request.nodes, upstream=request.upstream
    )
    return written(lambda writer: check_json(found, circuit.graph.output, writer), settings)


@answered.register
def grade(request: GradeRequest, circuit: Circuit, settings: Settings) -> bytes:
    """Returns what is said of a student's answer."""
    found = circuit.grade(
        request.wrt, request.answer, digits=request.digits, upstream=request.upstream
    )
    return grade_bytes(found)


@answered.register
def backward(request: BackwardRequest, circuit: Circuit, settings: Settings) -> bytes:
    """Returns what is said of each line of hand-written backward code."""
    lines = circuit.grade_backward(request.backward, upstream=request.upstream)
    made = {line.node for line in lines}
    parameters = [i for i in circuit.graph.inputs.values() if i.role is Role.PARAMETER]
    return backward_bytes(lines, [i.name for i in parameters if i.node not in made])


@answered.register
def sweep(request: SweepRequest, circuit: Circuit, settings: Settings) -> bytes:
    """Returns the errors of the gradient check against its step."""
    found = circuit.sweep(request.upstream)
    return written(lambda _: sweep_json(found, circuit.graph.output), settings)


@answered.register
def descend(request: DescendRequest, circuit: Circuit, settings: Settings) -> bytes:
    """Returns what one approach to a smaller output has found."""
    found = circuit.descend(
        request.method,
        steps=request.steps,
        rate=None if request.rate == "auto" else request.rate,
        seed=request.seed,
        budget=request.budget,
        reach=request.reach,
        formula=request.difference,
        h=request.h,
        upstream=request.upstream,
    )
    return written(lambda writer: descent_json(found, circuit.graph.output, writer), settings)


@answered.register
def surface(request: SurfaceRequest, circuit: Circuit, settings: Settings) -> bytes:
    """Returns the output over one or two entries."""
    found = circuit.surface(
        [(axis.input, axis.index, axis.low, axis.high, axis.count) for axis in request.axes],
        rate=request.rate,
        h=request.h,
        upstream=request.upstream,
    )
    return written(lambda _: surface_json(found, circuit.graph.output), settings)


@answered.register
def nudge(request: NudgeRequest, circuit: Circuit, settings: Settings) -> bytes:
    """Returns what a move of the inputs does."""
    found = circuit.nudge(request.to, step=request.step, upstream=request.upstream)
    return written(lambda writer: nudge_json(found, circuit.graph.output, writer), settings)


def written(write: Callable[[Writer], Json], settings: Settings) -> bytes:
    """Returns an answer, with as many numbers as the settings let it list.

    Raises:
        TooLarge: when it is too long with every tensor summarised.
    """
    return fitted(write, picture_of(settings))


def picture_of(settings: Settings) -> Picture:
    """Returns how much of a tensor an answer lists."""
    return Picture(
        settings.picture_node_numbers, settings.picture_total_numbers, settings.answer_bytes
    )
