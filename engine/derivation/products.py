"""The derivation for a product of matrices or vectors, z[r, c] = Σ over k: x[r, k] · y[k, c]."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from engine.balance import standing
from engine.derivation.line import Line, close, index, products, total
from engine.derivation.scene import SPARE, Scene
from engine.graph import Array
from engine.numbers import say_number, say_shape

ADDED = ", added over all outputs that it is in."


@dataclass(frozen=True, slots=True)
class Share:
    """What one example contributes to a gradient that all examples share.

    Attributes:
        factor: its row of the left side.
        upstream: its row of the upstream.
        product: their outer product.
        so_far: the outer products of all examples up to it, added.
        total: those of all: the gradient.
        holds: whether that is what the backward pass computed.
    """

    factor: Array
    upstream: Array
    product: Array
    so_far: Array
    total: Array
    holds: bool


@dataclass(frozen=True, slots=True)
class Product:
    """A product of two sides, as matrices, and the letters of their axes; "" for an axis that a vector does not have.

    Attributes:
        x: the left side.
        y: the right side.
        upstream: what arrived.
        r: letter of the rows.
        k: letter of what is summed over.
        c: letter of the columns.
    """

    x: Array
    y: Array
    upstream: Array
    r: str
    k: str
    c: str


def product_of(scene: Scene) -> Product:
    """Returns the gate's two sides as matrices."""
    left, right = scene.sources
    x, y = standing(left.value, right.value)
    of_left, of_right = scene.letters(left), scene.letters(right)
    k = of_left[-1]
    r = of_left[0] if left.value.ndim == 2 else ""
    c = of_right[1] if right.value.ndim == 2 else ""
    # A program may tie axes of one array to each other: x @ x.
    r = differing(r, k) if r else ""
    c = differing(c, k + r) if c else ""
    return Product(x, y, scene.upstream.reshape(len(x), y.shape[1]), r, k, c)


def differing(letter: str, taken: str) -> str:
    """Returns a letter that stands for no other index yet."""
    return next(each for each in letter + SPARE if each not in taken)


def product_lines(scene: Scene) -> Iterator[Line]:
    """Yields one output, one slope, the sum over all that see it, its pattern, and the product."""
    return right_lines(scene) if scene.wire.key else left_lines(scene)


def one_output(scene: Scene, p: Product, n: int, k: int, m: int) -> Iterator[Line]:
    """Yields the line of one output, and that of its slope for one entry."""
    z, (x, y) = scene.gate.code, (each.code for each in scene.sources)
    place = index(*(at for at, letter in ((n, p.r), (m, p.c)) if letter))
    found = float(scene.gate.value.reshape(p.upstream.shape)[n, m])
    pairs = list(zip(p.x[n], p.y[:, m], strict=True))
    yield Line(
        "element",
        "One output is a row times a column.",
        f"{z}{index(p.r, p.c)} = Σ over {p.k}: {x}{index(p.r, p.k)} · {y}{index(p.k, p.c)}",
        f"{z}{place} = {products(pairs)} = {say_number(found)}",
        close(total(pairs), found),
    )
    own, lane = (p.c, "column") if scene.wire.key else (p.r, "row")
    mine, other = ((y, (p.k, p.c)), (x, (p.r, p.k)))[:: 1 if scene.wire.key else -1]
    slope = float(p.x[n, k] if scene.wire.key else p.y[k, m])
    alone = f"the outputs of its own {lane} alone" if own else "every output"
    yield Line(
        "element",
        f"An entry of {mine[0]} is in {alone}, each time with one factor.",
        f"∂{z}{index(p.r, p.c)}/∂{mine[0]}{index(*mine[1])} = {other[0]}{index(*other[1])}"
        + (f", and 0 in any other {lane}" if own else ""),
        f"∂{z}{place}/∂{mine[0]}{index(*scene.entry)} = {say_number(slope)}",
        close(float(scene.slope(n * p.y.shape[1] + m)[scene.entry]), slope),
    )


def right_lines(scene: Scene) -> Iterator[Line]:
    """Yields the lines for y: dy = xᵀ · dz."""
    p = product_of(scene)
    k, m = scene.entry if len(scene.entry) == 2 else (scene.entry[0], 0)
    x, dy, dz = scene.sources[0].code, f"d{scene.argument.code}", f"d{scene.gate.code}"
    yield from one_output(scene, p, min(scene.example, len(p.x) - 1), k, m)
    pairs = list(zip(p.x[:, k], p.upstream[:, m], strict=True))
    found = float(scene.message[scene.entry])
    over = f"Σ over {p.r}: " if p.r else ""
    yield Line(
        "element",
        "Chain rule: slope times upstream" + (ADDED if p.r else "."),
        f"{dy}{index(p.k, p.c)} = {over}{x}{index(p.r, p.k)} · {dz}{index(p.r, p.c)}",
        f"{dy}{index(*scene.entry)} = {products(pairs)} = {say_number(found)}",
        close(total(pairs), found),
    )
    message = scene.message.reshape(p.y.shape)
    with np.errstate(all="ignore"):
        whole = p.x.T @ p.upstream
        added = sum((np.outer(a, b) for a, b in zip(p.x, p.upstream, strict=True)), np.zeros(()))
    if p.r:
        yield Line(
            "pattern",
            f"The sum runs down a column of {x}, which is a row of its transpose.",
            f"{dy}{index(p.k, p.c)} = {x}.T[{p.k}, :] @ {dz}{index(':', p.c)}",
            "",
            close(whole, message),
        )
        pair = f"outer({x}[{p.r}, :], {dz}[{p.r}, :])" if p.c else f"{x}[{p.r}, :] * {dz}[{p.r}]"
        yield Line(
            "pattern",
            f"Read by rows it is a sum of {'outer products' if p.c else 'rows'}, one for each {p.r}.",
            f"{dy} = Σ over {p.r}: {pair}",
            "",
            close(added.reshape(message.shape), message),
        )
    else:
        yield without_a_sum(dy, x, dz, p.c, holds=close(added, message))
    yield last(scene, close(whole, message))


def left_lines(scene: Scene) -> Iterator[Line]:
    """Yields the lines for x: dx = dz · yᵀ."""
    p = product_of(scene)
    n, k = scene.entry if len(scene.entry) == 2 else (0, scene.entry[0])
    y, dx, dz = scene.sources[1].code, f"d{scene.argument.code}", f"d{scene.gate.code}"
    yield from one_output(scene, p, n, k, 0)
    pairs = list(zip(p.upstream[n], p.y[k], strict=True))
    found = float(scene.message[scene.entry])
    over = f"Σ over {p.c}: " if p.c else ""
    yield Line(
        "element",
        "Chain rule: upstream times slope" + (ADDED if p.c else "."),
        f"{dx}{index(p.r, p.k)} = {over}{dz}{index(p.r, p.c)} · {y}{index(p.k, p.c)}",
        f"{dx}{index(*scene.entry)} = {products(pairs)} = {say_number(found)}",
        close(total(pairs), found),
    )
    message = scene.message.reshape(p.x.shape)
    with np.errstate(all="ignore"):
        whole = p.upstream @ p.y.T
        by_rows = np.array([row @ p.y.T for row in p.upstream])
    if p.c:
        yield Line(
            "pattern",
            f"The sum runs along a row of {y}, which is a column of its transpose.",
            f"{dx}{index(p.r, p.k)} = {dz}{index(p.r, ':')} @ {y}.T[:, {p.k}]",
            "",
            close(whole, message),
        )
        if p.r:
            yield Line(
                "pattern",
                f"Each {p.r} has its own upstream, and meets the same {y}: rows do not mix.",
                f"{dx}[{p.r}, :] = {dz}[{p.r}, :] @ {y}.T",
                "",
                close(by_rows, message),
            )
    else:
        yield without_a_sum(dx, dz, y, p.r, holds=close(whole, message))
    yield last(scene, close(whole, message))


def without_a_sum(gradient: str, one: str, other: str, letter: str, *, holds: bool) -> Line:
    """Returns the pattern where each entry is a single product: an outer product, or a number times a vector."""
    if not letter:
        return Line(
            "pattern",
            "No sum is left: one upstream meets every entry.",
            f"{gradient} = {one} * {other}",
            "",
            holds,
        )
    return Line(
        "pattern",
        "No sum is left: every entry of the one meets every entry of the other, an outer product.",
        f"{gradient} = outer({one}, {other})",
        "",
        holds,
    )


def last(scene: Scene, holds: bool) -> Line:
    """Returns the line that the backward pass runs, with its shapes."""
    other = scene.sources[1 - scene.wire.key]
    named = [
        (other.code, other.value.shape),
        (f"d{scene.gate.code}", scene.upstream.shape),
        (f"d{scene.argument.code}", scene.message.shape),
    ]
    return Line(
        "vectorized",
        "All entries at once, in the shape of the variable: the line that the backward pass runs.",
        scene.line,
        ", ".join(f"{name} {say_shape(shape)}" for name, shape in named),
        holds and scene.message.shape == scene.argument.value.shape,
    )


def share(scene: Scene) -> Share | None:
    """Returns what one example contributes, where the left side has a row an example and the gradient is for the right."""
    if scene.wire.key == 0 or any(each.value.ndim != 2 for each in scene.sources):
        return None
    p, at = product_of(scene), scene.example
    shape = scene.argument.value.shape
    with np.errstate(all="ignore"):
        every = [np.outer(a, b).reshape(shape) for a, b in zip(p.x, p.upstream, strict=True)]
    so_far, added = (sum(part, np.zeros(shape)) for part in (every[: at + 1], every))
    return Share(p.x[at], p.upstream[at], every[at], so_far, added, close(added, scene.message))
