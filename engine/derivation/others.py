"""The derivation for every other gate: elementwise, reductions, moves, and what mixes all entries."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from engine.derivation.line import Line, close, factor, index, products, total
from engine.derivation.scene import Scene
from engine.graph import Array, Shape
from engine.labels import applied
from engine.numbers import say_number, say_shape
from engine.primitives import REGISTRY, Structure
from engine.trace import TracedNode

PATTERNS = {
    Structure.DIAGONAL: "Each output depends on the entry in its own place alone: the Jacobian is diagonal, "
    "and times a diagonal matrix is entry times entry.",
    Structure.MATMUL: "Each matrix of the stack is a product of its own.",
    Structure.REDUCTION: "Every entry is in one output: its upstream is handed to all entries that made it.",
    Structure.BROADCAST: "Every output is a copy: the upstreams of all copies add.",
    Structure.PERMUTATION: "Entries only moved: their upstreams move back.",
    Structure.SELECTION: "Outputs were picked: their upstreams go back to where they came from.",
    Structure.DENSE: "Every output can depend on every entry: the whole Jacobian is needed.",
}


def other_lines(scene: Scene) -> Iterator[Line]:
    """Yields one output, its slope, the sum over all outputs that see the entry, the pattern, and the line that runs."""
    jacobian = scene.jacobian()
    if jacobian is not None:
        yield from element(scene, jacobian)
        dx, dz = f"d{scene.argument.code}", f"d{scene.gate.code}"
        with np.errstate(all="ignore"):
            pulled = (jacobian.T @ scene.upstream.ravel()).reshape(scene.message.shape)
        if jacobian.size > 1:
            rows, columns = jacobian.shape
            yield Line(
                "pattern",
                PATTERNS[structure_of(scene)],
                f"{dx} = J.T @ {dz}, where J is ∂{scene.gate.code}/∂{scene.argument.code}",
                f"J is {rows} × {columns}: {np.count_nonzero(jacobian)} of {jacobian.size:,} entries are not 0",
                close(pulled, scene.message),
            )
    yield Line(
        "vectorized",
        "All entries at once, in the shape of the variable: the line that the backward pass runs.",
        scene.line,
        f"d{scene.argument.code} {say_shape(scene.message.shape)}, as {scene.argument.code}",
        scene.message.shape == scene.argument.value.shape,
    )


def structure_of(scene: Scene) -> Structure:
    """Returns the structure of the wire's local gradient."""
    return scene.wire.local.structure


def element(scene: Scene, jacobian: Array) -> Iterator[Line]:
    """Yields the lines about one entry."""
    shape = scene.argument.value.shape
    flat = int(np.ravel_multi_index(scene.entry, shape)) if shape else 0
    slopes = jacobian[:, flat]
    seen = np.flatnonzero(slopes)
    place = int(seen[0]) if len(seen) else 0
    z, x = scene.gate.code, scene.argument.code
    out, entry = index(*scene.output(place)), index(*scene.entry)
    yield one_output(scene, place)
    some = f"∂{z}{letters(scene, scene.gate)}/∂{x}{letters(scene, scene.argument)}"
    yield Line(
        "element",
        seen_by(len(seen), *jacobian.shape),
        some + slope_of(scene),
        f"∂{z}{out}/∂{x}{entry} = {say_number(float(slopes[place]))}",
        close(float(scene.slope(place)[scene.entry]), float(slopes[place])),
    )
    weights = scene.upstream.ravel()
    pairs = [(weights[at], slopes[at]) for at in seen]
    found = float(scene.message[scene.entry])
    many = len(seen) > 1
    yield Line(
        "element",
        "Chain rule: upstream times slope"
        + (", added over all outputs that see the entry." if many else "."),
        f"d{x}{letters(scene, scene.argument)} = {'Σ over outputs: ' if many else ''}"
        f"d{z}{letters(scene, scene.gate)} · {some}",
        f"d{x}{entry} = " + (f"{products(pairs)} = " if pairs else "") + say_number(found),
        close(total(pairs), found),
    )


def one_output(scene: Scene, place: int) -> Line:
    """Returns the line that says what one output is."""
    node, z = scene.gate.node, scene.gate.code
    codes = [each.code for each in scene.sources]
    at = scene.output(place)
    value = float(scene.gate.value[at])
    with np.errstate(all="ignore"):
        again = REGISTRY[node.primitive or ""].forward(
            *(each.value for each in scene.sources), **node.settings
        )
    holds = close(np.asarray(again, dtype=np.float64), scene.gate.value)
    faced = [facing(s.value, node.shape) for s in scene.sources]
    facing_all = [each for each in faced if each is not None]
    if structure_of(scene) is Structure.DIAGONAL and node.shape and len(facing_all) == len(faced):
        lettered = [f"{c}{letters(scene, s)}" for c, s in zip(codes, scene.sources, strict=True)]
        numbers = [factor(float(each[at])) for each in facing_all]
        return Line(
            "element",
            "One output looks at the entries in its own place.",
            f"{z}{letters(scene, scene.gate)} = {applied(node, lettered, '')}",
            f"{z}{index(*at)} = {applied(node, numbers, '')} = {say_number(value)}",
            holds,
        )
    return Line(
        "element",
        "What the gate computes.",
        f"{z} = {applied(node, codes, scene.gate.label)}",
        f"{z}{index(*at)} = {say_number(value)}",
        holds,
    )


def facing(value: Array, shape: Shape) -> Array | None:
    """Returns an argument stretched so that each output faces its entry, or None where it does not stretch so."""
    fits = value.ndim <= len(shape) and all(
        size in (1, wanted)
        for size, wanted in zip(reversed(value.shape), reversed(shape), strict=False)
    )
    return np.broadcast_to(value, shape) if fits else None


def letters(scene: Scene, node: TracedNode) -> str:
    """Returns a node's index in letters."""
    return index(*scene.letters(node))


def slope_of(scene: Scene) -> str:
    """Returns what the slope is, where one expression of forward values says it."""
    structure, code = structure_of(scene), scene.wire.local.code
    if structure is Structure.DIAGONAL and scene.gate.value.ndim:
        return f" = {code}, and 0 for every other entry"
    return f" = {code}" if structure in (Structure.SCALAR, Structure.REDUCTION) else ""


def seen_by(count: int, outputs: int, entries: int) -> str:
    """Returns how many outputs depend on the entry."""
    if count == 0:
        return "No output depends on this entry here: its slope is 0."
    if outputs == 1:
        return (
            "The slope, from forward values alone."
            if entries == 1
            else "The one output depends on this entry."
        )
    return f"{count} of {outputs} outputs depend{'s' if count == 1 else ''} on this entry."
