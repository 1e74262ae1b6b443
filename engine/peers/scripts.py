"""Whole scripts: the forward lines in a framework's words, then what asks it for the gradients."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np

from engine.backward import kept
from engine.errors import NotSpelled
from engine.forward import in_arithmetic
from engine.graph import Array, Kind, Node
from engine.listing import filled
from engine.peers.frameworks import JAX_PEER, TORCH_PEER, WRITES, Peer
from engine.peers.spelling import Shapes, Unspelled, spelled
from engine.primitives import REGISTRY, Structure
from engine.script import Run, Script, ScriptLine
from engine.script.lines import assigned, titled
from engine.script.names import Forward
from engine.script.run import BACKWARD, FORWARD
from engine.script.templates import Form


class PeerScript(Forward):
    """Writes one script of a framework; see `TorchScript` and `JaxScript`.

    Args:
        run: the circuit that has run.
        peer: the framework.
    """

    def __init__(self, run: Run, peer: Peer) -> None:
        super().__init__(run, peer.reserved)
        self.peer = peer
        self.used = [node for node in self.nodes if node.index in self.needed]
        self.asked = {
            name: place
            for name, place in run.places.items()
            if place is not None and run.wanted[place] and run.gradients.upstream[place] is not None
        }
        self.gradient_names = {
            name: self.gradient_name(name, place) for name, place in run.places.items()
        }

    def given(self) -> list[ScriptLine]:
        """Returns the lines that give inputs and constants their values."""
        return [
            ScriptLine(text, node.index, FORWARD)
            for node in self.used
            if node.kind is not Kind.GATE and not self.literal[node.index]
            for text in self.array(self.names[node.index], self.run.values[node.index])
        ]

    def array(self, name: str, value: Array) -> list[str]:
        """Returns the lines that give a name an array."""
        first, *others = assigned(name, value)
        first = re.sub(r"np\.(float64|int64|bool_|array)\(", self.constructor(), first, count=1)
        return [re.sub(r"\bnp\.", f"{self.peer.module}.", line) for line in (first, *others)]

    def constructor(self) -> str:
        """Returns the call that makes an array."""
        raise NotImplementedError

    def evaluated(self, node: Node) -> list[ScriptLine]:
        """Returns the lines that compute a gate's value, and what is to be said of them."""
        form = Form(self.site(node), self.dots(node), node.shape == ())
        ranks = tuple(len(self.nodes[a].shape) for a in node.arguments)
        kinds = tuple(self.run.values[a].dtype.kind for a in node.arguments)
        try:
            template = spelled(Shapes(form, ranks, kinds), self.peer)
        except Unspelled as error:
            raise self.unspelled(node, str(error)) from None
        if any(WRITES.search(text) for text in template.before) and self.twice(node):
            raise self.unspelled(node, "it writes a place twice in no order")
        name = self.names[node.index]
        code = self.filling(node, template, name)
        texts = [filled(text, code) for text in template.before]
        if template.last:
            texts.append(f"{name} = {filled(template.last, code)}")
        lines = [ScriptLine(text, node.index, FORWARD) for text in texts]
        return [*lines, *self.said(node)]

    def unspelled(self, node: Node, why: str) -> NotSpelled:
        """Returns the refusal of a gate."""
        return NotSpelled(
            f"{self.peer.title} has no words for {node.primitive}: {why}.",
            span=node.span,
            hint="Ask for the NumPy script, which has every function.",
        )

    def twice(self, node: Node) -> bool:
        """Returns whether a gate's index arrays may name a place twice; NumPy then keeps what is written last."""
        values = [self.run.values[a] for a in node.arguments]
        indices = [v for v in values if v.dtype.kind == "i"]
        if not indices:
            return False
        places = np.stack([np.ravel(v) for v in np.broadcast_arrays(*indices)])
        signs = {bool(sign) for sign in np.ravel(places < 0)}
        return len(signs) > 1 or np.unique(places, axis=1).shape[1] < places.shape[1]

    def said(self, node: Node) -> Iterable[ScriptLine]:
        """Yields a comment where the framework's slope may be another than ours."""
        if not self.run.wanted[node.index]:
            return
        if any(place == node.index for place, _ in self.run.gradients.cleared):
            text = f"# 0 times infinity behind a branch not chosen: 0 on the page, NaN in {self.peer.title}"
            yield ScriptLine(text, node.index, FORWARD)
        elif at_a_kink(node, self.run.values):
            text = f"# at a corner, where {self.peer.title} may take another slope than the page"
            yield ScriptLine(text, node.index, FORWARD)

    def zeros(self) -> list[ScriptLine]:
        """Returns the lines of gradients that nothing reaches."""
        lines = []
        for name, place in self.run.places.items():
            if name not in self.asked:
                shape = (
                    self.run.graph.inputs[name].value.shape
                    if place is None
                    else self.nodes[place].shape
                )
                text = f"{self.gradient_names[name]} = {self.peer.module}.zeros({shape})"
                lines.append(ScriptLine(text, place, BACKWARD))
        return lines

    def printed(self) -> list[ScriptLine]:
        """Returns the lines that print the output and the gradients."""
        output = self.run.graph.output
        shown = [(self.names[output], output, FORWARD)] + [
            (self.gradient_names[name], place, BACKWARD) for name, place in self.run.places.items()
        ]
        return [
            ScriptLine(f'print("{name} =", {name}.tolist())', place, phase)
            for name, place, phase in shown
        ]

    def seed_is_one(self) -> bool:
        """Returns whether the seed is the 1 that frameworks take by themselves."""
        return self.run.seed.shape == () and float(self.run.seed) == 1


class TorchScript(PeerScript):
    """Writes one PyTorch script."""

    def __init__(self, run: Run) -> None:
        super().__init__(run, TORCH_PEER)

    def constructor(self) -> str:
        """Returns the call that makes a tensor."""
        return "torch.tensor("

    def script(self) -> Script:
        """Returns the script."""
        output = self.run.graph.output
        leaves = {p for p in self.asked.values() if self.nodes[p].kind is not Kind.GATE}
        gates = set(self.asked.values()) - leaves
        given = self.given()
        ends = {line.node: line for line in given if line.node in leaves}.values()
        given = [replace(line, text=leaf(line.text)) if line in ends else line for line in given]
        forward: list[ScriptLine] = []
        for node in self.used:
            if node.kind is Kind.GATE:
                forward += self.evaluated(node)
            if node.index in gates:
                text = f"{self.names[node.index]}.retain_grad()"
                forward.append(ScriptLine(text, node.index, FORWARD))
        backward: list[ScriptLine] = []
        if self.asked:
            backward += self.seeded(output)
            backward += [
                ScriptLine(f"{self.gradient_names[n]} = {self.names[p]}.grad", p, BACKWARD)
                for n, p in self.asked.items()
            ]
        lines = [
            ScriptLine("import torch"),
            ScriptLine(""),
            ScriptLine("torch.set_default_dtype(torch.float64)"),
            *([ScriptLine(""), *given] if given else []),
            *titled("forward", forward),
            *titled("backward", [*backward, *self.zeros()]),
            ScriptLine(""),
            *self.printed(),
        ]
        return Script(tuple(lines), self.gradient_names)

    def seeded(self, output: int) -> list[ScriptLine]:
        """Returns the lines that start the backward pass."""
        name = self.names[output]
        if self.seed_is_one():
            return [ScriptLine(f"{name}.backward()", output, BACKWARD)]
        seed = self.fresh(self.gradients[output])
        if self.gradients[output] not in self.gradient_names.values():
            seed = self.gradients[output]
        texts = [*self.array(seed, self.run.seed), f"{name}.backward({seed})"]
        return [ScriptLine(text, output, BACKWARD) for text in texts]


class JaxScript(PeerScript):
    """Writes one JAX script."""

    def __init__(self, run: Run) -> None:
        super().__init__(run, JAX_PEER)

    def constructor(self) -> str:
        """Returns the call that makes an array."""
        return "jnp.array("

    def script(self) -> Script:
        """Returns the script."""
        output = self.run.graph.output
        places = list(dict.fromkeys(self.asked.values()))
        nudges = {
            p: self.fresh(f"at_{self.names[p]}") for p in places if self.nodes[p].kind is Kind.GATE
        }
        parameters = [nudges.get(p, self.names[p]) for p in places]
        given = self.given() + [
            ScriptLine(f"{name} = jnp.zeros({self.nodes[p].shape})", p, FORWARD)
            for p, name in nudges.items()
        ]
        body: list[ScriptLine] = []
        for node in self.used:
            if node.kind is Kind.GATE:
                body += self.evaluated(node)
            if node.index in nudges:
                name = self.names[node.index]
                text = f"{name} = {name} + {nudges[node.index]}"
                body.append(ScriptLine(text, node.index, FORWARD))
        name = self.names[output]
        call = f"forward({', '.join(parameters)})"
        function = [
            ScriptLine(f"def {call}:"),
            *[ScriptLine(f"    {line.text}", line.node, line.phase) for line in body],
            ScriptLine(f"    return {name}", output, FORWARD),
        ]
        lines = [
            ScriptLine("import jax"),
            ScriptLine("import jax.numpy as jnp"),
            ScriptLine(""),
            ScriptLine('jax.config.update("jax_enable_x64", True)'),
            *([ScriptLine(""), *given] if given else []),
            ScriptLine(""),
            ScriptLine(""),
            ScriptLine("# forward"),
            *function,
            ScriptLine(""),
            ScriptLine(""),
            ScriptLine(f"{name} = {call}", output, FORWARD),
            *titled("backward", [*self.sent(places, parameters, output), *self.zeros()]),
            ScriptLine(""),
            *self.printed(),
        ]
        return Script(tuple(lines), self.gradient_names)

    def sent(
        self, places: Sequence[int], parameters: Sequence[str], output: int
    ) -> list[ScriptLine]:
        """Returns the lines that ask for the gradients."""
        if not places:
            return []
        names = {place: self.gradient_names[name] for name, place in self.asked.items()}
        targets = ", ".join(names[place] for place in places)
        values = ", ".join(parameters)
        if self.seed_is_one():
            chosen = f", argnums={tuple(range(len(places)))}" if len(places) > 1 else ""
            texts = [f"{targets} = jax.grad(forward{chosen})({values})"]
        else:
            seed = self.fresh("seed")
            comma = "," if len(places) == 1 else ""
            texts = [
                f"pull = jax.vjp(forward, {values})[1]",
                *self.array(seed, self.run.seed),
                f"{targets}{comma} = pull({seed})",
            ]
        lines = [ScriptLine(text, output, BACKWARD) for text in texts]
        for name, place in self.asked.items():
            if self.gradient_names[name] != names[place]:
                text = f"{self.gradient_names[name]} = {names[place]}"
                lines.append(ScriptLine(text, place, BACKWARD))
        return lines


def torch_script(run: Run) -> Script:
    """Returns the PyTorch script of a circuit that has run.

    Raises:
        NotSpelled: for a gate that PyTorch has no words for.
    """
    return TorchScript(run).script()


def jax_script(run: Run) -> Script:
    """Returns the JAX script of a circuit that has run.

    Raises:
        NotSpelled: for a gate that JAX has no words for.
    """
    return JaxScript(run).script()


def leaf(text: str) -> str:
    """Returns a line that makes a tensor, so that PyTorch notes what is done with it."""
    return re.sub(r"\)$", ", requires_grad=True)", text)


def at_a_kink(node: Node, values: Sequence[Array]) -> bool:
    """Returns whether an entry stands exactly on a corner of a gate's function."""
    primitive = REGISTRY[node.primitive or ""]
    if primitive.kink is None:
        return False
    arguments = in_arithmetic(primitive, [values[a] for a in node.arguments])
    out = values[node.index]
    if primitive.structure_of(primitive.arguments[0]) is Structure.REDUCTION:
        out = kept(node, out, arguments[0])
    with np.errstate(all="ignore"):
        corner = primitive.kink.at(out, *arguments, **node.settings)
    return bool(np.any(corner))
