"""A built program: run it for gradients alone, or for the whole trace."""

from __future__ import annotations

import ast
from collections.abc import Collection, Mapping, Sequence
from copy import copy
from dataclasses import replace

import numpy as np

from engine.backward import Gradients, backward, on_path
from engine.balance import Balance, balance
from engine.checking import Check, Point, gradient_check
from engine.compiled import MOST_NODES, Ran, Straight, remembered, straight
from engine.derivation import Derivation, derivation
from engine.descent import Descent, descend
from engine.diagnose import diagnose
from engine.errors import BadInput
from engine.forward import Values, forward
from engine.given import new_inputs, place_of, read_upstream, seed_of, wanted_places
from engine.grading import Grade, JudgedLine, grade, grade_backward
from engine.grading.program import Program
from engine.graph import Array, Graph, Role, Whole
from engine.jacobian import Between, Derivative, between
from engine.landscape import Landscape, entry_at, input_place
from engine.language import shown
from engine.limits import Deadline, Limits
from engine.lower import Lowered
from engine.nudge import Nudge, nudge, risen
from engine.numerical import CENTRAL
from engine.peers import jax_script, torch_script
from engine.rounding import exactly, to_decimals
from engine.script import Run, Script, numpy_script
from engine.source import Text
from engine.surface import Axis, Surface, inputs_of, surface
from engine.sweep import Sweep, sweep
from engine.trace import BackwardCode, Numbers, Trace
from engine.tracing import Pass
from engine.writing import Writing

WRITERS = {"numpy": numpy_script, "torch": torch_script, "jax": jax_script}
"""Target of a script -> what writes it."""


class Circuit:
    """A program with its inputs, ready to run.

    Attributes:
        graph: the tape.
        wrt: the names that gradients are for.
        names: every name the program binds at top level -> tape place (its last).
        inputs: the values at build, of every input on the tape.
        limits: what it may cost.
        text: the program's text.
    """

    def __init__(
        self,
        text: Text,
        lowered: Lowered,
        wrt: Sequence[str] | None,
        code: BackwardCode | None,
        limits: Limits,
        body: tuple[ast.stmt, ...] = (),
        output: str | None = None,
    ) -> None:
        self._body = body
        self._output = output
        self.graph: Graph = lowered.graph
        self.names: Mapping[str, int] = lowered.names
        self.text = text
        self.limits = limits
        self._code = code
        self._notices = lowered.notices
        self._steady = lowered.steady
        self._places = wanted_places(lowered, wrt)
        self._writing = Writing(self.graph, text, self._places)
        self.wrt = tuple(self._places)
        self._wanted = on_path(self.graph, [p for p in self._places.values() if p is not None])
        self._received = {
            n: p for n, p in self._places.items() if p is not None and self._wanted[p]
        }
        self._hold(self.graph)

    def _hold(self, graph: Graph) -> None:
        """Takes the values of a graph's inputs."""
        self.graph = graph
        self.inputs: Mapping[str, Array | Whole] = {
            n: i.value for n, i in graph.inputs.items() if i.node is not None
        }
        self._given = tuple(a[()] for a in self.inputs.values())
        self._ran: Ran | None = None
        self._straight: Straight | None = None

    def at(self, given: Mapping[str, Array]) -> Circuit:
        """Returns the same circuit with other values of the inputs that were given; see `Lowered.steady`.

        Args:
            given: values of the shapes at build.
        """
        inputs = {
            name: replace(each, value=given.get(name, each.value))
            for name, each in self.graph.inputs.items()
        }
        other = copy(self)
        other._hold(replace(self.graph, inputs=inputs))
        return other

    @property
    def form(self) -> str | None:
        """What names all that the inputs' values do not change; None where a value shapes the circuit.

        Circuits of one form differ in numbers, and in what is said of them.
        """
        return self._writing.form if self._steady else None

    def value_and_grad(
        self, inputs: Mapping[str, object] | None = None, *, upstream: object = None
    ) -> tuple[Array, dict[str, Array]]:
        """Returns the output's value and the gradient of every name of wrt.

        From the second call on, unless there is a limit on seconds, all gates run as one function of straight-line
        NumPy (`engine.compiled`), at the speed of code written by hand.

        Args:
            inputs: new values of the shapes at build, for some or all inputs; the others keep theirs.
            upstream: dL/d(output), of the output's shape: a vector-Jacobian product.

        Raises:
            NotScalar: when the output is not one number and no upstream is given.
            BadInput: for an unknown name or a value of another shape.
        """
        seed = self._seed(upstream)
        if self._straight is None and self._ran is not None:
            self._straight = straight(self.graph, self._ran, self._received.values())
        if self._straight is not None:
            found = self._straight(self._arguments(inputs), seed[()])
            if found is not None:
                value, *received = found
                return value, self._named(dict(zip(self._received, received, strict=True)))
        values, gradients = self._run(self._arrays(inputs), seed, Deadline(self.limits))
        if not self.limits.seconds and len(self.graph.nodes) <= MOST_NODES:
            self._ran = remembered(self.graph, values, gradients.messages)
        return values[self.graph.output].copy(), self._gradients(gradients)

    def trace(self, upstream: object = None, *, digits: int | None = None) -> Trace:
        """Returns every node's value, upstream, local gradients and downstream, and the steps.

        Args:
            upstream: dL/d(output), of the output's shape.
            digits: the pass as it is worked out by hand on a slide: every input, value, local gradient and product is
                rounded to so many decimals before the next is computed from it. Nothing is diagnosed in it.

        Raises:
            NotScalar: when the output is not one number and no upstream is given.
        """
        deadline = Deadline(self.limits)
        whole_pass = self._pass(upstream, deadline, digits=digits)
        gradients = whole_pass.gradients
        found = (
            diagnose(self.graph, whole_pass.nodes, gradients, self._places, self._wanted, deadline)
            if digits is None
            else ()
        )
        return Trace(
            source=self.text.given,
            form=self.form,
            graph=self.graph,
            nodes=whole_pass.nodes,
            steps=whole_pass.steps,
            equations=self._writing.equations,
            gradients=self._gradients(gradients),
            backward_code=self._code,
            notices=(*self._notices, *found),
        )

    def numbers(self, upstream: object = None, *, told: Collection[int] = ()) -> Numbers:
        """Returns the trace without its words, which take most of its time: for values that change quickly.

        Args:
            upstream: dL/d(output), of the output's shape.
            told: the numbers of the steps that are told all the same.

        Raises:
            NotScalar: when the output is not one number and no upstream is given.
        """
        bare = self._pass(upstream, Deadline(self.limits), told=told)
        return Numbers(
            form=self.form,
            graph=self.graph,
            nodes=bare.nodes,
            steps=bare.steps,
            gradients=self._gradients(bare.gradients),
        )

    def _pass(
        self,
        upstream: object,
        deadline: Deadline,
        *,
        digits: int | None = None,
        told: Collection[int] | None = None,
    ) -> Pass:
        seed = self._seed(upstream)
        written = exactly if digits is None else to_decimals(digits)
        values = forward(self.graph, self.inputs, deadline, written)
        gradients = backward(self.graph, values, seed, self._wanted, deadline, written=written)
        return Pass(
            self.graph,
            self._writing,
            values,
            gradients,
            seed,
            self._wanted,
            deadline,
            written,
            told,
        )

    def script(self, target: str = "numpy", *, upstream: object = None) -> Script:
        """Returns a stand-alone program that computes the output and the gradients, and prints them.

        Args:
            target: "numpy", line by line forward and backward; or "torch" or "jax", whose autodiff does the backward.
            upstream: dL/d(output), of the output's shape.

        Raises:
            NotScalar: when the output is not one number and no upstream is given.
            NotSpelled: for a gate that the framework has no words for.
        """
        if target not in WRITERS:
            raise BadInput(f"There is no target {shown(target)}.", hint=" or ".join(WRITERS) + ".")
        deadline = Deadline(self.limits)
        seed = self._seed(upstream)
        values, gradients = self._run(self.inputs, seed, deadline)
        return WRITERS[target](
            Run(self.graph, self.text, values, gradients, seed, self._places, self._wanted)
        )

    def jacobian(
        self,
        of: str | None,
        wrt: str,
        *,
        row: int | None = None,
        column: int | None = None,
        upstream: object = None,
    ) -> Between:
        """Returns the Jacobian d(of)/d(wrt) between any two nodes: structure, size, and entries up to a limit.

        Args:
            of: a name of the program (as it stands at the end) or a node's id, such as "n4"; None for the output.
            wrt: likewise (an input before what is later bound to its name); not an index and not a mask.
            row: place of a row that is wanted at any size, counted from 0.
            column: place of a column likewise.
            upstream: of of's shape; its product with the Jacobian is wanted.

        Raises:
            UndefinedName: for a name or an id that the program does not have.
            BadInput: for a row or column that is not there, and for a wrt that has no gradient.
        """
        deadline = Deadline(self.limits)
        bound = {n: i.node for n, i in self.graph.inputs.items()}
        refusal = BadInput(
            f"{shown(wrt)} holds truth values or indices: nothing is differentiated for it.",
            hint="Choose a name that holds real numbers.",
        )
        if wrt in bound and self.graph.inputs[wrt].role is Role.LABEL:
            raise refusal
        end = (
            self.graph.output
            if of is None
            else place_of(self.graph, "of", of, {**bound, **self.names})
        )
        start = place_of(self.graph, "wrt", wrt, {**self.names, **bound})
        values = forward(self.graph, self.inputs, deadline)
        if values[start].dtype != np.float64:
            raise refusal
        seed = (
            None
            if upstream is None
            else read_upstream(upstream, values[end].shape, "of", self.limits)
        )
        derivative = Derivative(self.graph, values, end, start, deadline)
        return between(derivative, self.limits, row=row, column=column, upstream=seed)

    def balance(self, node: str, *, upstream: object = None) -> Balance:
        """Returns the puzzles of dimension balancing of one product of matrices.

        Args:
            node: a name of the program, or a node's id, such as "n4".
            upstream: dL/d(output), of the output's shape.

        Raises:
            NotScalar: when the output is not one number and no upstream is given.
            UndefinedName: for a name or an id that the program does not have.
            BadInput: for a node that is no product of matrices or vectors, or that no gradient reaches.
        """
        return balance(self.trace(upstream), place_of(self.graph, "node", node, self.names))

    def derivation(
        self,
        node: str,
        argument: int = 0,
        *,
        entry: Sequence[int] | None = None,
        example: int = 0,
        upstream: object = None,
    ) -> Derivation:
        """Returns how one gate sends a gradient to one of its arguments, from first principles.

        Args:
            node: a name of the program, or a node's id, such as "n4".
            argument: position of the argument.
            entry: of the argument, that the element lines are about.
            example: the row of outputs that is looked at.
            upstream: dL/d(output), of the output's shape.

        Raises:
            NotScalar: when the output is not one number and no upstream is given.
            UndefinedName: for a name or an id that the program does not have.
            BadInput: for a wire that no gradient passes, or an entry or row that is not there.
        """
        place = place_of(self.graph, "node", node, self.names)
        return derivation(
            self.trace(upstream), place, argument, self.limits, entry=entry, example=example
        )

    def check(
        self,
        *,
        method: str = CENTRAL.name,
        h: float | None = None,
        nodes: bool = False,
        upstream: object = None,
    ) -> Check:
        """Returns the gradients of every name of wrt held against differences of the forward pass.

        Args:
            method: "central", "forward" or "five-point".
            h: the step, above 0 and at most 1; default the method's own, in proportion to numbers above 1.
            nodes: whether every node on the way to the output is checked too.
            upstream: dL/d(output), where that is not one number: the vector-Jacobian product is checked.

        Raises:
            NotScalar: when the output is not one number and no upstream is given.
            BadInput: for an unknown method or an h out of range.
        """
        deadline = Deadline(self.limits)
        point = self._point(upstream, self._wanted, deadline)
        on_the_way = [i for i, wanted in enumerate(self._wanted) if wanted] if nodes else None
        unused = {n: self.graph.inputs[n].value.shape for n, p in self._places.items() if p is None}
        return gradient_check(
            point,
            self._places,
            unused,
            self.limits,
            deadline,
            method=method,
            h=h,
            nodes=on_the_way,
        )

    def sweep(self, upstream: object = None) -> Sweep:
        """Returns the error of forward and central differences against their step, for every name of wrt.

        Raises:
            NotScalar: when the output is not one number and no upstream is given.
        """
        deadline = Deadline(self.limits)
        return sweep(
            self._point(upstream, self._wanted, deadline), self._places, self.limits, deadline
        )

    def descend(
        self,
        method: str,
        *,
        steps: int,
        rate: float | None = None,
        seed: int = 0,
        budget: int | None = None,
        reach: float | None = None,
        formula: str = CENTRAL.name,
        h: float | None = None,
        upstream: object = None,
    ) -> Descent:
        """Returns what one of the lecture's approaches makes of the output, from the inputs as they are, moving wrt.

        Args:
            method: "random-search", "random-local-search", "numerical" or "analytic".
            steps: at most so many.
            rate: length of a random step; what a gradient is multiplied with; None: what suits the start.
            seed: of what is drawn.
            budget: passes through the circuit that it may take.
            reach: half the width of the box that random points are drawn from.
            formula: of the differences, "central" or "forward".
            h: their step.
            upstream: dL/d(output), where that is not one number.

        Raises:
            NotScalar: when the output is not one number and no upstream is given.
            UndefinedName: for a name of wrt that is no input.
            BadInput: for an unknown method or formula, or where nothing can move.
            TooLarge: for more evaluations than the limit.
        """
        deadline = Deadline(self.limits)
        places = {n: input_place(self.graph, n, "wrt") for n in self.wrt}
        return descend(
            self._landscape(places, upstream, deadline),
            self.limits,
            method=method,
            steps=steps,
            rate=rate,
            seed=seed,
            budget=budget,
            reach=reach,
            formula=formula,
            h=h,
        )

    def surface(
        self,
        axes: Sequence[tuple[str, Sequence[int], float | None, float | None, int]],
        *,
        rate: float | str | None = None,
        h: float | None = None,
        upstream: object = None,
    ) -> Surface:
        """Returns the output over one or two entries of the inputs, with the gradient at the point.

        Args:
            axes: of each entry its input, its index, the range (None: around the point), and how many values.
            rate: of a step against the gradient that is wanted, too; "auto" for one that suits the point.
            h: of the secants of a slice that are wanted.
            upstream: dL/d(output), where that is not one number.

        Raises:
            NotScalar: when the output is not one number and no upstream is given.
            UndefinedName: for a name that is no input.
            BadInput: for an index that does not fit, an entry taken twice, or a range that is none.
            TooLarge: for more values than the limit.
        """
        deadline = Deadline(self.limits)
        chosen = [
            Axis(entry_at(self.graph, name, index, "axes"), low, high, count)
            for name, index, low, high, count in axes
        ]
        land = self._landscape(inputs_of(chosen), upstream, deadline)
        return surface(land, chosen, self.limits, rate=rate, h=h)

    def nudge(
        self,
        to: Mapping[str, object] | None = None,
        *,
        step: float | None = None,
        upstream: object = None,
    ) -> Nudge:
        """Returns what the gradient promises of a move of some inputs, and what the output really does.

        Args:
            to: new values of some inputs, of the shapes at build.
            step: instead, every input of wrt moves by so many times its gradient; above 0 the output rises.
            upstream: dL/d(output), where that is not one number.

        Raises:
            NotScalar: when the output is not one number and no upstream is given.
            UndefinedName: for a name that is no input.
            BadInput: for a value of another shape, or where neither or both are given.
        """
        if (to is None) == (step is None):
            raise BadInput(
                "A nudge takes either new values or a step.", hint='Such as {"to": {"x": 3}}.'
            )
        deadline = Deadline(self.limits)
        names = self.wrt if to is None else tuple(to)
        places = {n: input_place(self.graph, n, "wrt" if to is None else "to") for n in names}
        point = self._point(upstream, on_path(self.graph, places.values()), deadline)
        arrays = self._arrays(to) if step is None else {**self.inputs, **risen(point, places, step)}
        return nudge(point, forward(self.graph, arrays, deadline), places, deadline)

    def grade(
        self, wrt: str, answer: object, *, digits: int | None = None, upstream: object = None
    ) -> Grade:
        """Returns whether an answer is the gradient of a name, and of a wrong one which mistake it is.

        Args:
            wrt: a name of the program, or a node's id, such as "n4".
            answer: a number, a nested list, or a NumPy formula in the program's names and its gradients' (`dz1`).
            digits: to how many decimals it is asked for.
            upstream: dL/d(output), of the output's shape.

        Raises:
            NotScalar: when the output is not one number and no upstream is given.
            UndefinedName: for a name or an id that the program does not have.
            BadInput: for an answer that is neither numbers nor text, and for a wrt that is an index.
        """
        bound = {n: i.node for n, i in self.graph.inputs.items()}
        if wrt in bound and self.graph.inputs[wrt].role is Role.LABEL:
            raise BadInput(
                f"{shown(wrt)} is used as an index or a size: it has no gradient.",
                hint="Ask for a name that holds real numbers.",
            )
        place = place_of(self.graph, "wrt", wrt, {**self.names, **bound})
        return grade(self._program(upstream), place, answer, digits)

    def grade_backward(
        self, backward: str | None = None, *, upstream: object = None
    ) -> list[JudgedLine]:
        """Returns what is said of each line of hand-written backward code that makes or changes a gradient.

        Args:
            backward: the code; default the tail that was cut from the program.
            upstream: dL/d(output), of the output's shape.

        Raises:
            NotScalar: when the output is not one number and no upstream is given.
            BadInput: where there is no backward code.
            EngineError: where it cannot be read.
        """
        line = None if self._code is None else self._code.line
        return grade_backward(self._program(upstream), backward, line)

    def _program(self, upstream: object) -> Program:
        """Returns the program as grading reads it."""
        inputs = {n: i.value for n, i in self.graph.inputs.items()}
        return Program(
            self.text,
            self._body,
            self._output,
            self.graph,
            self.names,
            inputs,
            self._seed(upstream),
            self.limits,
        )

    def _landscape(
        self, places: Mapping[str, int], upstream: object, deadline: Deadline
    ) -> Landscape:
        """Returns the output as a function of some inputs."""
        seed = self._seed(upstream)
        values = forward(self.graph, self.inputs, deadline)
        return Landscape(self.graph, values, places, seed, deadline)

    def _point(self, upstream: object, wanted: Sequence[bool], deadline: Deadline) -> Point:
        """Returns one forward and backward pass, gate by gate."""
        seed = self._seed(upstream)
        values = forward(self.graph, self.inputs, deadline)
        gradients = backward(self.graph, values, seed, wanted, deadline)
        return Point(self.graph, values, gradients.upstream, seed)

    def _run(
        self, arrays: Mapping[str, Array | Whole], seed: Array, deadline: Deadline
    ) -> tuple[Values, Gradients]:
        values = forward(self.graph, arrays, deadline)
        return values, backward(self.graph, values, seed, self._wanted, deadline)

    def _arrays(self, inputs: Mapping[str, object] | None) -> Mapping[str, Array | Whole]:
        """Returns a value for every input on the tape."""
        return (
            {**self.inputs, **new_inputs(self.graph, inputs, self.limits)}
            if inputs
            else self.inputs
        )

    def _arguments(self, inputs: Mapping[str, object] | None) -> tuple[object, ...]:
        """Returns the same in the order of the graph, single numbers as NumPy scalars."""
        if not inputs:
            return self._given
        return tuple(a[()] for a in self._arrays(inputs).values())

    def _seed(self, upstream: object) -> Array:
        return seed_of(self.graph, upstream, self.limits)

    def _gradients(self, gradients: Gradients) -> dict[str, Array]:
        arrived = {n: gradients.upstream[p] for n, p in self._received.items()}
        return self._named({n: np.array(u) for n, u in arrived.items() if u is not None})

    def _named(self, received: dict[str, Array]) -> dict[str, Array]:
        """Returns a gradient for every name of wrt: what it received, or zeros."""
        if len(received) == len(self._places):
            return received
        return {n: received[n] if n in received else self._zeros(n) for n in self._places}

    def _zeros(self, name: str) -> Array:
        place = self._places[name]
        array = self.graph.inputs[name].value if place is None else self.graph.nodes[place]
        return np.zeros(array.shape)
