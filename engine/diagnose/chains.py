"""Long chains of like gates: gradients that vanish or explode along them, and signals that shrink."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from engine.diagnose.profile import GRID, alone
from engine.diagnose.reading import Reading, norm, several
from engine.graph import Notice
from engine.numbers import say_number
from engine.primitives import REGISTRY, Structure
from engine.trace import TracedNode, Wire

SHORTEST = 5
"""So many like gates make a chain: networks of up to four layers are not judged."""
VANISHES = ((20, 0.2), (10, 1e-4), (SHORTEST, 1e-9))
"""(gates, share): at most this share of the gradient is left. Over 20 gates the lecture's tanh recurrence keeps an eighth,
over ten its sigmoids keep 2.4e-7; recurrences of up to nine turns with modest weights keep 1e-7 or more."""
EXPLODES = ((10, 100.0), (SHORTEST, 1e4))
"""(gates, factor): the gradient grows at least so much. The lecture's 30 steps of spectral radius 1.3 grow it 2620-fold."""
SHRINKS = 1e-2
"""A signal has shrunk when its standard deviation is at most this share of the first layer's; Xavier's keep a third."""
LAYER = 8
"""So many entries make a layer, whose standard deviation says something."""
LARGEST_MATRIX = 64
"""Eigenvalues of larger weights take too long for a warning: 64 rows take 2 ms."""
LARGEST_EXPONENT = 300
SHOWN = 6


@dataclass(frozen=True, slots=True)
class Chain:
    """Like gates in a row.

    Attributes:
        gates: in forward order.
        start: the wire that the gradient leaves the chain by.
        weight: the value they all use, or None.
    """

    gates: tuple[TracedNode, ...]
    start: Wire
    weight: TracedNode | None


def long_chains(reading: Reading) -> list[Notice]:
    """Returns one notice where the gradient vanishes, or one where it explodes, along a chain of like gates."""
    spine = longest_path(reading)
    if len(spine) < SHORTEST or not changes_much(reading, spine):
        return []
    for chain in chains(reading, spine):
        first, last = left(chain), arrived(reading, chain)
        if last == 0 or not math.isfinite(first) or not math.isfinite(last):
            continue
        ratio, length = first / last, len(chain.gates)
        vanishes = next((share for gates, share in VANISHES if length >= gates), 0.0)
        explodes = next((factor for gates, factor in EXPLODES if length >= gates), math.inf)
        if ratio <= vanishes and ratio > 0:  # exactly 0 is a switch that is off, not a chain
            hint = "Add the signal past each step (a residual or gated unit), or start with larger weights."
            return [named(reading, chain, "vanishing", "vanishes", hint)]
        if ratio >= explodes:
            hint = "Clip the gradient by its norm, or start with smaller weights."
            return [named(reading, chain, "exploding", "explodes", hint)]
    return []


def changes_much(reading: Reading, spine: Sequence[Wire]) -> bool:
    """Returns whether the upstreams along a path differ enough for any notice."""
    norms = [reading.upstream_norms[w.source] for w in spine]
    top = max(norms)
    return min(norms) <= VANISHES[0][1] * top


def longest_path(reading: Reading) -> list[Wire]:
    """Returns the wires of the longest path that carries gradient, from the input to the output.

    Of inputs that are equally far it takes the one with fewer uses: the state of a recurrence, not its weight. Gates
    that only move or pick entries do not count.
    """
    uses = Counter(w.source for node in reading.nodes for w in node.wires)
    depth = [0] * len(reading.nodes)
    before: list[Wire | None] = [None] * len(reading.nodes)
    for node in reading.nodes:
        if node.upstream is None:
            continue
        sent = [w for w in node.wires if w.downstream is not None]
        if sent:
            deepest = max(sent, key=lambda w: (depth[w.source], -uses[unturned(reading, w.source)]))
            moves = deepest.local.structure in (Structure.PERMUTATION, Structure.SELECTION)
            depth[node.node.index] = depth[deepest.source] + (not moves)
            before[node.node.index] = deepest
    path = []
    place = reading.graph.output
    while (wire := before[place]) is not None:
        path.append(wire)
        place = wire.source
    return path[::-1]


def chains(reading: Reading, spine: Sequence[Wire]) -> list[Chain]:
    """Returns the chains along a path: those that use one weight again and again, then squashing gates, then any."""
    by_partner: dict[int, list[Wire]] = {}
    by_kind: dict[str, list[Wire]] = {}
    for wire in spine:
        node = reading.nodes[wire.target]
        if len(node.wires) == 2:
            by_partner.setdefault(unturned(reading, node.wires[1 - wire.key].source), []).append(
                wire
            )
        by_kind.setdefault(node.node.primitive or "", []).append(wire)
    found = [
        *((wires, place) for place, wires in by_partner.items() if explains(reading, place, wires)),
        *((wires, None) for name, wires in by_kind.items() if bends(name)),
        *((by_kind[name], None) for name in once_a_turn(by_kind)),
    ]
    chained = []
    for wires, place in found:
        if len(wires) >= SHORTEST:
            gates = tuple(reading.nodes[w.target] for w in wires)
            weight = None if place is None else reading.nodes[place]
            chained.append(Chain(gates, beginning(spine, wires), weight))
    return chained


def unturned(reading: Reading, place: int) -> int:
    """Returns the place of a matrix that is only transposed or reshaped on the way here: h @ W.T uses W."""
    while (wires := reading.nodes[place].wires) and len(wires) == 1:
        if wires[0].local.structure is not Structure.PERMUTATION:
            break
        place = wires[0].source
    return place


def once_a_turn(by_kind: Mapping[str, list[Wire]]) -> list[str]:
    """Returns the other kinds of gate that stand in every turn once, as far as counts tell; the last of a turn first."""
    counts = {name: len(wires) for name, wires in by_kind.items()}
    turns = min((n for n in counts.values() if n > 1), default=0)
    return [name for name in list(by_kind)[::-1] if counts[name] == turns and not bends(name)]


def beginning(spine: Sequence[Wire], wires: Sequence[Wire]) -> Wire:
    """Returns the wire where a chain begins: that of its path, when nothing but the first turn stands before it."""
    turn = len(spine) // len(wires)
    return spine[0] if any(w is wires[0] for w in spine[:turn]) else wires[0]


def explains(reading: Reading, place: int, wires: Sequence[Wire]) -> bool:
    """Returns whether most of what the gradient loses or gains each time, on a logarithmic scale, is the weight's doing."""
    if len(wires) < SHORTEST or not multiplies(reading, place, wires[0]):
        return False
    radius = spectral_radius(reading.nodes[place])
    first = reading.upstream_norms[wires[0].source]
    last = reading.upstream_norms[wires[-1].target]
    if radius is None or min(first, last, radius) <= 0 or not math.isfinite(first + last):
        return radius is None
    change = math.log(first / last) / len(wires)
    return change * math.log(radius) >= change**2 / 2


def bends(name: str) -> bool:
    """Returns whether a primitive is a nonlinearity that becomes flat."""
    shape = alone(name)
    return shape is not None and shape.special


def multiplies(reading: Reading, place: int, wire: Wire) -> bool:
    """Returns whether a gate is the product of what a wire brings and the value at a place."""
    if wire.local.structure is Structure.MATMUL:
        return True
    factor, slope = reading.nodes[place].value, wire.local.value
    if slope is None or slope.shape != factor.shape or not (slope == factor).all():
        return False
    product = reading.nodes[wire.target].value == reading.nodes[wire.source].value * factor
    return bool(product.all())


def arrived(reading: Reading, chain: Chain) -> float:
    """Returns the norm of what arrives at the last gate of a chain."""
    return reading.upstream_norms[chain.gates[-1].node.index]


def left(chain: Chain) -> float:
    """Returns the norm of what the chain sends on, out of its first gate."""
    return 0.0 if chain.start.downstream is None else norm(chain.start.downstream)


def named(reading: Reading, chain: Chain, code: str, verb: str, hint: str) -> Notice:
    """Returns the notice about one chain, with the gradient's norm at each gate."""
    norms = [reading.upstream_norms[g.node.index] for g in reversed(chain.gates)]
    norms.append(left(chain))
    step = max(1, math.ceil((len(norms) - 1) / (SHOWN - 1)))
    kept = [*norms[:-1:step], norms[-1]]
    shown = ", ".join(say_number(n) for n in kept)
    first, last = reading.called(chain.start.source), chain.gates[-1].label
    message = (
        f"The gradient {verb} along {len(chain.gates)} gates from {last} back to {first}: "
        f"{why(chain, norms)} Its norm: {shown}."
    )
    place = chain.weight.node.index if chain.weight is not None else chain.gates[0].node.index
    return Notice(code, "warning", place, message, hint)


def why(chain: Chain, norms: Sequence[float]) -> str:
    """Returns the cause: the factor of a weight that is used again and again, or that of each gate."""
    count = len(chain.gates)
    each = (norms[-1] / norms[0]) ** (1 / count)
    if chain.weight is None:
        return f"{keeps(chain.gates[0].node.primitive or '')} {each:.2g} of the gradient."
    radius = spectral_radius(chain.weight)
    used = f"the same {chain.weight.label} is used {count} times"
    if radius is None:
        return f"{used}, a factor {each:.3g} each time."
    digits = count * math.log10(radius) if radius else -math.inf
    power = say_number(radius**count) if digits < LARGEST_EXPONENT else "over 1e300"
    words = "spectral radius" if chain.weight.value.ndim == 2 else "of size"
    told = f"{used}, {words} {say_number(radius)}: factor {say_number(radius)}^{count} = {power}"
    return (
        f"{told}."
        if math.isclose(each, radius, rel_tol=0.02)
        else f"{told}; measured {each:.3g} each time."
    )


def keeps(name: str) -> str:
    """Returns what one kind of gate does to a gradient, as the start of a sentence that ends in a number."""
    primitive = REGISTRY[name]
    said = primitive.spellings[0] if primitive.spellings else primitive.symbol
    if not bends(name):
        return f"each turn ends in {said} and passes on"
    (rule,) = primitive.vjp.values()
    steepest = float(np.abs(rule(np.ones(GRID.shape), primitive.forward(GRID), GRID)).max())
    most = f" keeps at most {steepest:.0%} and" if steepest < 1 else ""
    return f"each {said}{most}, with what stands before it, passes on"


def spectral_radius(weight: TracedNode) -> float | None:
    """Returns the largest size of an eigenvalue of a square matrix, the size of a number, else None."""
    value = weight.value
    if value.shape == ():
        return abs(float(value))
    square = value.ndim == 2 and value.shape[0] == value.shape[1] <= LARGEST_MATRIX
    return float(np.abs(np.linalg.eigvals(value)).max()) if square and value.size else None


def shrinking_signal(reading: Reading) -> list[Notice]:
    """Returns a notice where the signal dies out, layer by layer.

    Source: Xavier Glorot and Yoshua Bengio (2010), section 4.2: activations of layers that start too small.
    """
    layers: dict[str | None, list[TracedNode]] = {}
    for node in reading.flattening:
        if node.value.size >= LAYER:
            layers.setdefault(node.node.primitive, []).append(node)
    for nodes in layers.values():
        if len(nodes) < SHORTEST:
            continue
        spreads = [float(node.value.std()) for node in (nodes[0], nodes[-1])]
        if spreads[0] == 0 or spreads[-1] > SHRINKS * spreads[0]:
            continue
        spreads = [float(node.value.std()) for node in nodes]
        shown = ", ".join(say_number(s) for s in spreads[: SHOWN + 2])
        message = (
            f"The signal shrinks along {several(len(nodes), len(nodes), 'layer')}, the last at "
            f"{reading.called(nodes[-1].node.index)}: standard deviation {shown}. Gradients of weights shrink with it."
        )
        hint = "Start with larger weights: of standard deviation 1 / sqrt(inputs) (Xavier)."
        return [Notice("shrinking-signal", "warning", nodes[-1].node.index, message, hint)]
    return []
