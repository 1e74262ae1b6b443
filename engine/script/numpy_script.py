"""A circuit as a stand-alone NumPy script: forward, then backward, one line a gate, in the student's names.

The lines are made from the text of the functions that run (see `engine.listing`); no text of the student's gets there but
identifiers, numbers, and the letters of settings such as einsum's.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from engine.backward import Message
from engine.graph import Kind, Node, Shape
from engine.listing import filled
from engine.naming import RESERVED
from engine.rules import summed_expression
from engine.script.lines import added, assigned, cleared, printed, titled, zeros
from engine.script.names import Forward
from engine.script.plain_numbers import WRAPPED, as_plain_numbers, plain_numbers_do
from engine.script.run import BACKWARD, FORWARD, Run, Script, ScriptLine
from engine.script.templates import Form, evaluated, sent


def numpy_script(run: Run) -> Script:
    """Returns the NumPy script of a circuit that has run."""
    return NumpyScript(run).script()


class NumpyScript(Forward):
    """Writes one NumPy script.

    Args:
        run: the circuit that has run.
    """

    def __init__(self, run: Run) -> None:
        super().__init__(run, frozenset(RESERVED))
        self.begun: dict[int, bool] = {}
        self.inline = self._seed_is_inline()

    def script(self) -> Script:
        """Returns the script."""
        used = [node for node in self.nodes if node.index in self.needed]
        names = {name: self.gradient_name(name, place) for name, place in self.run.places.items()}
        given = [line for node in used for line in self._given(node)]
        forward = titled("forward", [line for node in used for line in self._evaluated(node)])
        backward = titled("backward", [*self._seeded(), *self._sent(), *self._zeros(names)])
        computed = [*forward, *backward]
        if self._plain_numbers_do(given, computed):
            given, computed = as_plain_numbers(given), as_plain_numbers(computed)
        lines = [
            ScriptLine("import numpy as np"),
            *([ScriptLine(""), *given] if given else []),
            *computed,
            ScriptLine(""),
            *self._printed(names),
        ]
        return Script(tuple(lines), names)

    def _plain_numbers_do(
        self, given: Sequence[ScriptLine], computed: Sequence[ScriptLine]
    ) -> bool:
        """Returns whether Python's numbers would give the same wherever NumPy's stand."""
        scalars = [line for line in given if WRAPPED.fullmatch(line.text)]
        values = {
            name: float(value)
            for name, value in zip(self.names, self.run.values, strict=True)
            if value.shape == ()
        }
        return plain_numbers_do([*scalars, *computed], values)

    def _given(self, node: Node) -> Iterable[ScriptLine]:
        """Yields the lines that give an input or a constant its value."""
        if node.kind is Kind.GATE or self.literal[node.index]:
            return
        for text in assigned(self.names[node.index], self.run.values[node.index]):
            yield ScriptLine(text, node.index, FORWARD)

    def _evaluated(self, node: Node) -> Iterable[ScriptLine]:
        """Yields the lines that compute a gate's value."""
        if node.kind is not Kind.GATE:
            return
        template = evaluated(Form(self.site(node), self.dots(node), node.shape == ()))
        name = self.names[node.index]
        code = self.filling(node, template, name)
        for text in template.before:
            yield ScriptLine(filled(text, code), node.index, FORWARD)
        if template.last:
            yield ScriptLine(f"{name} = {filled(template.last, code)}", node.index, FORWARD)

    # ------------------------------------------------------------------ backward

    def _form(self, message: Message, summed: tuple[int, ...]) -> Form:
        node = self.nodes[message.node]
        return Form(self.site(node, message.key, summed), self.dots(node), node.shape == ())

    def _seed_is_inline(self) -> bool:
        """Returns whether the seed 1 can be left out of every line that it would stand in."""
        run = self.run
        output = run.graph.output
        one = run.seed.shape == () and float(run.seed) == 1
        if not one or output in run.places.values() or run.gradients.cleared:
            return False
        return all(
            sent(self._form(m, m.summed_axes), seeded=True) is not None
            for m in run.gradients.messages
            if m.node == output
        )

    def _seeded(self) -> Iterable[ScriptLine]:
        """Yields the lines of the seed, where anything needs it."""
        output = self.run.graph.output
        if not self.inline and self.run.wanted[output]:
            for text in assigned(self.gradients[output], self.run.seed):
                yield ScriptLine(text, output, BACKWARD)

    def _sent(self) -> Iterable[ScriptLine]:
        """Yields the lines of every message, in the order they are sent."""
        for message in self.run.gradients.messages:
            node = self.nodes[message.node]
            source = node.arguments[message.key]
            for text in self._message(message, node, source):
                yield ScriptLine(text, node.index, BACKWARD)

    def _message(self, message: Message, node: Node, source: int) -> Iterable[str]:
        """Yields the lines that compute what one wire carries back, and add it to what is there."""
        target = self.gradients[source]
        mask = self.run.gradients.cleared.get((node.index, message.key))
        form = self._form(message, () if mask is not None else message.summed_axes)
        template = sent(form, seeded=self.inline and node.index == self.run.graph.output)
        assert template is not None
        first = source not in self.begun
        part = target if first and mask is None else self.fresh(f"{target}_part")
        code = self.filling(node, template, part)
        for text in template.before:
            yield filled(text, code)
        result, new = filled(template.last, code) or part, template.new
        if mask is not None:
            if result != part:
                yield f"{part} = {result}"
            yield cleared(part, mask, message)
            total = replace(form.site, summed=message.summed_axes)
            result, new = ast.unparse(summed_expression(total, ast.Name(part, ast.Load()))), True
        if first:
            self.begun[source] = new
            if result != target:
                yield f"{target} = {result}"
        else:
            yield added(target, result, self.begun[source])
            self.begun[source] = True

    def _zeros(self, names: Mapping[str, str]) -> Iterable[ScriptLine]:
        """Yields the lines of gradients that nothing reaches."""
        for name, place in self.run.places.items():
            if place is None or not self._arrives(place):
                yield ScriptLine(
                    f"{names[name]} = {zeros(self._shape(name, place))}", place, BACKWARD
                )

    def _arrives(self, place: int) -> bool:
        return self.run.wanted[place] and self.run.gradients.upstream[place] is not None

    def _shape(self, name: str, place: int | None) -> Shape:
        if place is not None:
            return self.nodes[place].shape
        return self.run.graph.inputs[name].value.shape

    def _printed(self, names: Mapping[str, str]) -> Iterable[ScriptLine]:
        """Yields the lines that print the output and the gradients."""
        output = self.run.graph.output
        yield ScriptLine(printed(self._output_name(), self.nodes[output].shape), output, FORWARD)
        for name, place in self.run.places.items():
            text = printed(names[name], self._shape(name, place))
            yield ScriptLine(text, place, BACKWARD)

    def _output_name(self) -> str:
        return self.names[self.run.graph.output]
