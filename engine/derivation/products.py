"""The derivation for a product of matrices or vectors, z[r, c] = Σ over k: x[r, k] · y[k, c]."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
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


@dataclass(frozen=True, slots=True)
class Side:
    """The gradient for one side of a product: a product, too.

    Attributes:
        place: row, summed axis and column that are looked at.
        axes: letters of the gradient's axes.
        summed: letter that is summed over, "" for none.
        free: letter of the gradient that is not the inner one, "" for none.
        order: the chain rule in the order of the factors.
        factors: the two factors in that order: name, letters.
        pairs: numbers that are multiplied for the entry looked at.
        whole: the gradient, as a matrix.
        lane: which lane of the other side the sum runs along.
        lanes: the same as a formula.
        by_rows: what is seen row by row.
    """

    place: tuple[int, int, int]
    axes: tuple[str, str]
    summed: str
    free: str
    order: str
    factors: Sequence[tuple[str, tuple[str, str]]]
    pairs: Sequence[tuple[float, float]]
    whole: Array
    lane: str
    lanes: str
    by_rows: Sequence[Line]


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
    p = product_of(scene)
    side = right_side(scene, p) if scene.wire.key else left_side(scene, p)
    gradient, message = f"d{scene.argument.code}", scene.message.reshape(side.whole.shape)
    entry, found = f"{gradient}{index(*side.axes)}", float(scene.message[scene.entry])
    (first, first_axes), (second, second_axes) = side.factors
    yield from one_output(scene, p, *side.place)
    yield Line(
        "element",
        f"Chain rule: {side.order}" + (ADDED if side.summed else "."),
        f"{entry} = {f'Σ over {side.summed}: ' if side.summed else ''}"
        f"{first}{index(*first_axes)} · {second}{index(*second_axes)}",
        f"{gradient}{index(*scene.entry)} = {products(side.pairs)} = {say_number(found)}",
        close(total(side.pairs), found),
    )
    holds = close(side.whole, message)
    if side.summed:
        yield Line("pattern", side.lane, f"{entry} = {side.lanes}", "", holds)
        yield from side.by_rows
    else:
        yield without_a_sum(gradient, first, second, side.free, holds=holds)
    yield last(scene, holds)


def right_side(scene: Scene, p: Product) -> Side:
    """Returns the gradient for y: dy = xᵀ · dz, a sum over the rows."""
    k, m = scene.entry if len(scene.entry) == 2 else (scene.entry[0], 0)
    x, dy, dz = scene.sources[0].code, f"d{scene.argument.code}", f"d{scene.gate.code}"
    pair = f"outer({x}[{p.r}, :], {dz}[{p.r}, :])" if p.c else f"{x}[{p.r}, :] * {dz}[{p.r}]"
    with np.errstate(all="ignore"):
        whole = p.x.T @ p.upstream
        added = sum((np.outer(a, b) for a, b in zip(p.x, p.upstream, strict=True)), np.zeros(()))
    by_rows = Line(
        "pattern",
        f"Read by rows it is a sum of {'outer products' if p.c else 'rows'}, one for each {p.r}.",
        f"{dy} = Σ over {p.r}: {pair}",
        "",
        close(added, scene.message.reshape(whole.shape)),
    )
    return Side(
        place=(min(scene.example, len(p.x) - 1), k, m),
        axes=(p.k, p.c),
        summed=p.r,
        free=p.c,
        order="slope times upstream",
        factors=((x, (p.r, p.k)), (dz, (p.r, p.c))),
        pairs=list(zip(p.x[:, k], p.upstream[:, m], strict=True)),
        whole=whole,
        lane=f"The sum runs down a column of {x}, which is a row of its transpose.",
        lanes=f"{x}.T[{p.k}, :] @ {dz}{index(':', p.c)}",
        by_rows=(by_rows,),
    )


def left_side(scene: Scene, p: Product) -> Side:
    """Returns the gradient for x: dx = dz · yᵀ, a sum over the columns."""
    n, k = scene.entry if len(scene.entry) == 2 else (0, scene.entry[0])
    y, dx, dz = scene.sources[1].code, f"d{scene.argument.code}", f"d{scene.gate.code}"
    with np.errstate(all="ignore"):
        whole = p.upstream @ p.y.T
        each = np.array([row @ p.y.T for row in p.upstream])
    by_rows = Line(
        "pattern",
        f"Each {p.r} has its own upstream, and meets the same {y}: rows do not mix.",
        f"{dx}[{p.r}, :] = {dz}[{p.r}, :] @ {y}.T",
        "",
        close(each, scene.message.reshape(whole.shape)),
    )
    return Side(
        place=(n, k, 0),
        axes=(p.r, p.k),
        summed=p.c,
        free=p.r,
        order="upstream times slope",
        factors=((dz, (p.r, p.c)), (y, (p.k, p.c))),
        pairs=list(zip(p.upstream[n], p.y[k], strict=True)),
        whole=whole,
        lane=f"The sum runs along a row of {y}, which is a column of its transpose.",
        lanes=f"{dz}{index(p.r, ':')} @ {y}.T[:, {p.k}]",
        by_rows=(by_rows,) if p.r else (),
    )


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
