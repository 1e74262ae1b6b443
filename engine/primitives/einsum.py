"""np.einsum: sums of products, written with one letter an axis.

At most one gate a pair of operands: what concerns one operand alone (a diagonal, a sum, an order of axes) is done before
by gates of its own, so that each gate's gradient is again one einsum of upstream and partner.
"""

# NumPy's stubs give Any, or a float of any precision, for some of these expressions.
# mypy: disable-error-code="no-any-return, return-value"

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from itertools import combinations
from string import ascii_letters

import numpy as np
from numpy.typing import NDArray

from engine.errors import BadCall, NotAllowed, ShapeMismatch, excerpt
from engine.primitives.composition import Gates, Value, composition
from engine.primitives.primitive import Primitive, Samples, Structure, register
from engine.primitives.samples import normal

Array = NDArray[np.float64]
Shape = tuple[int, ...]


# ---------- a pair of operands ----------


def labels(subscripts: str) -> tuple[str, str, str]:
    """Returns the letters of "ij,jk->ik": of both operands and of the result."""
    operands, _, out = subscripts.partition("->")
    first, _, second = operands.partition(",")
    return first, second, out


def sizes_of(subscripts: str, x: Shape, y: Shape) -> dict[str, int]:
    """Returns the size that each letter stands for; of two equal ones the first."""
    first, second, _ = labels(subscripts)
    return dict(zip(second, y, strict=True)) | dict(zip(first, x, strict=True))


def einsum_shape(x: Shape, y: Shape, *, subscripts: str, **_derived: object) -> Shape:
    """Returns the sizes of the result's letters."""
    sizes = sizes_of(subscripts, x, y)
    return tuple(sizes[letter] for letter in labels(subscripts)[2])


def einsum_cost(out: Shape, x: Shape, y: Shape, *, subscripts: str) -> int:
    """Returns the flops: one multiplication and one addition for every choice of all letters."""
    return 2 * math.prod(sizes_of(subscripts, x, y).values())


def dx_subscripts(x: Shape, y: Shape, *, subscripts: str) -> str:
    """Returns the einsum of upstream and y that is the gradient of x."""
    first, second, out = labels(subscripts)
    return f"{out},{second}->{first}"


def dy_subscripts(x: Shape, y: Shape, *, subscripts: str) -> str:
    """Returns the einsum of upstream and x that is the gradient of y."""
    first, second, out = labels(subscripts)
    return f"{out},{first}->{second}"


def einsum_forward(
    x: Array, y: Array, *, subscripts: str, dx_subscripts: str, dy_subscripts: str
) -> Array:
    """Returns the sums of products over the letters that the result does not have."""
    return np.einsum(subscripts, x, y)


def einsum_dx(
    upstream: Array,
    out: Array,
    x: Array,
    y: Array,
    *,
    subscripts: str,
    dx_subscripts: str,
    dy_subscripts: str,
) -> Array:
    """∂L/∂x: the letters of x and of the result change places."""
    return np.einsum(dx_subscripts, upstream, y)


def einsum_dy(
    upstream: Array,
    out: Array,
    x: Array,
    y: Array,
    *,
    subscripts: str,
    dx_subscripts: str,
    dy_subscripts: str,
) -> Array:
    """∂L/∂y: the letters of y and of the result change places."""
    return np.einsum(dy_subscripts, upstream, x)


EINSUM_DERIVED = {"dx_subscripts": dx_subscripts, "dy_subscripts": dy_subscripts}


def einsum_samples(rng: np.random.Generator) -> Samples:
    """Returns products, sums, batches, outer products and a scalar operand."""
    triples: list[tuple[Shape, Shape, str]] = [
        ((2, 3), (3, 2), "ij,jk->ik"),
        ((2, 3), (2, 3), "ij,ij->"),
        ((2, 2, 3), (2, 3, 2), "bij,bjk->bki"),
        ((2,), (3,), "i,j->ji"),
        ((), (2, 3), ",ij->ji"),
        ((2, 3), (3,), "ij,j->i"),
    ]
    return [
        (
            (normal(rng, x), normal(rng, y)),
            {"subscripts": text},
        )
        for x, y, text in triples
    ]


einsum = register(
    Primitive(
        name="einsum",
        symbol="einsum",
        forward=einsum_forward,
        vjp={"x": einsum_dx, "y": einsum_dy},
        shape=einsum_shape,
        structure=Structure.DENSE,
        latex=r"\operatorname{{einsum}}_{{\text{{{subscripts}}}}}({x}, {y})",
        words=(
            "Swaps: each side receives the einsum of upstream gradient and other side in which its own letters and the "
            "result's have changed places."
        ),
        samples=einsum_samples,
        cost=einsum_cost,
        derived=EINSUM_DERIVED,
    )
)

MOST_OPERANDS = 32
FORM = "Such as np.einsum('ij,jk->ik', A, B)."


@composition("einsum")
def einsum_of(gates: Gates, subscripts: Value, *operands: Value, optimize: Value = False) -> Value:
    """Sums products over the letters that the result does not name: one gate a pair of operands."""
    if not isinstance(subscripts, str):
        raise NotAllowed("einsum begins with its subscripts as text.", hint=FORM)
    if len(operands) > MOST_OPERANDS:
        raise BadCall(
            f"einsum of {len(operands)} operands is too many; the most is {MOST_OPERANDS}.",
            hint="Do it in parts.",
        )
    terms, result = explicit(gates, subscripts.replace(" ", ""), operands)
    sizes: dict[str, int] = {}
    for letters, operand in zip(terms, operands, strict=True):
        for letter, size in zip(letters, gates.shape(operand), strict=True):
            known = sizes.get(letter, 1)
            if 1 not in (size, known) and size != known:
                raise ShapeMismatch(
                    f"einsum: the letter {letter} stands for {known} and for {size} entries.",
                    hint="Use one letter for axes of the same size.",
                    sizes=(known, size),
                )
            sizes[letter] = known if known != 1 else size
    parts = [
        without_repeats(gates, letters, operand, sizes)
        for letters, operand in zip(terms, operands, strict=True)
    ]
    while len(parts) > 1:
        parts = [without_lone(gates, k, parts, result) for k in range(len(parts))]
        i, j = cheapest_pair(parts, result, sizes)
        others = [part for k, part in enumerate(parts) if k not in (i, j)]
        kept = result if not others else result + "".join(letters for letters, _ in others)
        (first, x), (second, y) = parts[i], parts[j]
        out = result if not others else "".join(c for c in merged(first, second) if c in kept)
        made = gates.make("einsum", x, y, subscripts=f"{first},{second}->{out}")
        parts = [(out, made), *others]
    letters, value = without_lone(gates, 0, parts, result)
    if letters == result:
        return value
    order = tuple(letters.index(letter) for letter in result)
    return gates.make("transpose", value, axes=order)


Part = tuple[str, Value]


def explicit(gates: Gates, text: str, operands: Sequence[Value]) -> tuple[list[str], str]:
    """Returns the letters of every operand and of the result, without ellipses.

    Raises:
        BadCall: for text that is not subscripts, or not for so many operands.
        ShapeMismatch: where an operand has another number of axes than letters.
    """
    left, arrow, right = text.partition("->")
    written = left.split(",")
    for term in (*written, right):
        if not set(term.replace("...", "", 1)) <= set(ascii_letters):
            raise BadCall(f"einsum cannot read the subscripts {excerpt(text)!r}.", hint=FORM)
    if len(written) != len(operands):
        raise BadCall(
            f"einsum has subscripts for {len(written)} operands and is given {len(operands)}.",
            hint="Write one group of letters an operand, with commas between.",
        )
    spare = [letter for letter in ascii_letters if letter not in text]
    terms, most = [], 0
    for term, operand in zip(written, operands, strict=True):
        wanted = len(term.replace("...", ""))
        rank = len(gates.at_least(operand, wanted, "einsum"))
        hidden = rank - wanted
        if (hidden and "..." not in term) or hidden > len(spare):
            raise ShapeMismatch(
                f"einsum: {term!r} has {wanted} letters for an operand with {rank} dimensions.",
                hint="Write one letter an axis, or ... for the leading ones.",
            )
        most = max(most, hidden)
        terms.append(term.replace("...", "".join(spare[:hidden][::-1])))
    every = "".join(spare[:most][::-1])
    if arrow:
        result = right.replace("...", every)
    else:
        counts = Counter(left)
        result = every + "".join(sorted(c for c in counts if c.isalpha() and counts[c] == 1))
    if arrow and every and "..." not in right:
        raise BadCall("einsum: the result needs ... where the operands have it.", hint=FORM)
    strange = [c for c in result if result.count(c) > 1 or not any(c in term for term in terms)]
    if strange:
        raise BadCall(
            f"einsum: the result's letter {strange[0]} must stand in an operand, and once in the result.",
            hint=FORM,
        )
    return terms, result


def without_repeats(
    gates: Gates, letters: str, operand: Value, sizes: dict[str, int]
) -> tuple[str, Value]:
    """Returns an operand with diagonals taken for repeated letters, and without axes that are only stretched."""
    for letter in dict.fromkeys(letters):
        while letters.count(letter) > 1:
            first = letters.index(letter)
            second = letters.index(letter, first + 1)
            shape = gates.shape(operand)
            if shape[first] != shape[second]:
                raise ShapeMismatch(
                    f"einsum: the repeated letter {letter} stands for {shape[first]} and {shape[second]} entries.",
                    hint="A diagonal needs axes of the same size.",
                    sizes=(shape[first], shape[second]),
                )
            operand = gates.make("diagonal", operand, axis1=first, axis2=second)
            letters = letters[:first] + letters[first + 1 : second] + letters[second + 1 :] + letter
    shape = gates.shape(operand)
    stretched = tuple(k for k, c in enumerate(letters) if shape[k] == 1 and sizes[c] != 1)
    if stretched:
        operand = gates.make("squeeze", operand, axis=stretched)
        letters = "".join(c for k, c in enumerate(letters) if k not in stretched)
    return letters, operand


def without_lone(gates: Gates, place: int, parts: Sequence[Part], result: str) -> Part:
    """Returns an operand summed over the letters that nothing else names."""
    letters, operand = parts[place]
    elsewhere = result + "".join(other for k, (other, _) in enumerate(parts) if k != place)
    lone = tuple(k for k, c in enumerate(letters) if c not in elsewhere)
    if not lone:
        return letters, operand
    kept = "".join(c for c in letters if c in elsewhere)
    return kept, gates.make("sum", operand, axis=lone if len(lone) > 1 else lone[0])


def merged(first: str, second: str) -> str:
    """Returns the letters of two operands, each once."""
    return "".join(dict.fromkeys(first + second))


def cheapest_pair(parts: Sequence[Part], result: str, sizes: dict[str, int]) -> tuple[int, int]:
    """Returns the two operands whose product is smallest, and of those the one that is made fastest."""

    def price(pair: tuple[int, int]) -> tuple[int, int]:
        others = result + "".join(part[0] for k, part in enumerate(parts) if k not in pair)
        both = merged(parts[pair[0]][0], parts[pair[1]][0])
        size = math.prod(sizes[c] for c in both if c in others)
        return size, math.prod(sizes[c] for c in both)

    return min(combinations(range(len(parts)), 2), key=price)
