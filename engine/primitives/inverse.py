"""Determinants, inverses, systems of equations and powers of square matrices.

Sources: Giles (2008), "An extended collection of matrix derivative results for forward and reverse mode automatic
differentiation", section 2; Petersen and Pedersen (2012), "The Matrix Cookbook", sections 2.1 and 2.2.
"""

# NumPy's stubs give Any, or a float of any precision, for some of these expressions.
# mypy: disable-error-code="no-any-return, return-value"

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from engine.errors import BadCall, ShapeMismatch
from engine.primitives.composition import Fields, Gates, Value, composition
from engine.primitives.primitive import Primitive, Samples, Structure, overload, register
from engine.primitives.samples import normal
from engine.primitives.shapes import axes_of, broadcast, show

Array = NDArray[np.float64]
Shape = tuple[int, ...]


def matrix(x: Shape) -> Shape:
    """Returns the shape of a matrix, or of a stack of them.

    Raises:
        ShapeMismatch: for fewer axes.
    """
    if len(x) < 2:
        raise ShapeMismatch(
            f"A matrix belongs here, not shape {show(x)}.", hint="Give it two axes.", rank=(0, 2)
        )
    return x


def square(x: Shape) -> Shape:
    """Returns the shape of a square matrix, or of a stack of them.

    Raises:
        ShapeMismatch: for anything else.
    """
    matrix(x)
    if x[-1] != x[-2]:
        raise ShapeMismatch(
            f"A square matrix belongs here; {show(x)} has {x[-2]} rows and {x[-1]} columns.",
            hint="Give it as many rows as columns.",
            sizes=(x[-2], x[-1]),
        )
    return x


def stack_of_square(x: Shape) -> Shape:
    """Returns the shape of one number for each square matrix."""
    return square(x)[:-2]


def cubic_cost(factor: float) -> Callable[..., int]:
    """Returns the cost of an algorithm of factor n³ flops for each (n, n) or (m, n) matrix."""
    return lambda out, x, *_more: int(factor * math.prod(x) * min(x[-2:]))


def well_conditioned(rng: np.random.Generator, shape: Shape) -> Array:
    """Returns square matrices far from singular: a diagonal of 2 with entries around it."""
    return np.array(2 * np.eye(shape[-1]) + 0.4 * rng.normal(size=shape))


def matrices(*shapes: Shape) -> Callable[[np.random.Generator], Samples]:
    """Returns samples of well-conditioned matrices of these shapes."""
    return lambda rng: [((well_conditioned(rng, shape),), {}) for shape in shapes]


SQUARES: tuple[Shape, ...] = ((3, 3), (1, 1), (2, 2, 2))

# ---------- inverse and determinant ----------


def inv_forward(x: Array) -> Array:
    """Returns the inverse of each matrix."""
    return np.linalg.inv(x)


def inv_dx(upstream: Array, out: Array, x: Array) -> Array:
    """∂(X⁻¹) = −X⁻¹ ∂X X⁻¹: ∂L/∂X = −X⁻ᵀ upstream X⁻ᵀ. Source: Giles, 2.2.3."""
    return -(out.mT @ upstream @ out.mT)


inv = register(
    Primitive(
        name="inv",
        symbol="A⁻¹",
        forward=inv_forward,
        vjp={"x": inv_dx},
        shape=square,
        structure=Structure.DENSE,
        latex=r"{x}^{{-1}}",
        words="Sandwiches: the matrix receives minus the upstream gradient between two transposed inverses.",
        samples=matrices(*SQUARES),
        spellings=("linalg.inv", "inv"),
        cost=cubic_cost(2),
    )
)


def det_forward(x: Array) -> Array:
    """Returns the determinant of each matrix."""
    return np.linalg.det(x)


def det_dx(upstream: Array, out: Array, x: Array) -> Array:
    """∂det(X) = det(X) tr(X⁻¹ ∂X): ∂L/∂X = upstream det(X) X⁻ᵀ. Source: Giles, 2.2.4."""
    return (upstream * out)[..., None, None] * np.linalg.inv(x).mT


det = register(
    Primitive(
        name="det",
        symbol="det",
        forward=det_forward,
        vjp={"x": det_dx},
        shape=stack_of_square,
        structure=Structure.DENSE,
        latex=r"\det({x})",
        words="Scales: the matrix receives the upstream gradient times the determinant times its transposed inverse.",
        samples=matrices(*SQUARES),
        spellings=("linalg.det", "det"),
        cost=cubic_cost(1),
    )
)


def logabsdet_forward(x: Array) -> Array:
    """Returns log|det(X)| of each matrix."""
    return np.linalg.slogdet(x).logabsdet


def logabsdet_dx(upstream: Array, out: Array, x: Array) -> Array:
    """∂log|det(X)| = tr(X⁻¹ ∂X): ∂L/∂X = upstream X⁻ᵀ. Source: The Matrix Cookbook, (43)."""
    return upstream[..., None, None] * np.linalg.inv(x).mT


logabsdet = register(
    Primitive(
        name="logabsdet",
        symbol="log|det|",
        forward=logabsdet_forward,
        vjp={"x": logabsdet_dx},
        shape=stack_of_square,
        structure=Structure.DENSE,
        latex=r"\log\left|\det({x})\right|",
        words="Scales: the matrix receives the upstream gradient times its transposed inverse.",
        samples=matrices(*SQUARES),
        cost=cubic_cost(1),
    )
)


def detsign_forward(x: Array) -> Array:
    """Returns the sign of the determinant of each matrix."""
    return np.linalg.slogdet(x).sign


def detsign_dx(upstream: Array, out: Array, x: Array) -> Array:
    """The sign does not change around an invertible matrix: its slope is 0."""
    return upstream[..., None, None] * np.zeros_like(x)


detsign = register(
    Primitive(
        name="detsign",
        symbol="sign det",
        forward=detsign_forward,
        vjp={"x": detsign_dx},
        shape=stack_of_square,
        structure=Structure.DENSE,
        latex=r"\operatorname{{sign}}\det({x})",
        words="Blocks: the sign of a determinant stays the same around an invertible matrix, so its gradient is zero.",
        samples=matrices(*SQUARES),
        cost=cubic_cost(1),
    )
)


@composition("linalg.slogdet", "slogdet")
def slogdet(gates: Gates, a: Value) -> Value:
    """Returns the sign of the determinant and the logarithm of its size."""
    return Fields(sign=gates.make("detsign", a), logabsdet=gates.make("logabsdet", a))


# ---------- systems of equations ----------


def solution(x: Shape, y: Shape) -> Shape:
    """Returns the shape of the solution for a right-hand side of matrices (..., n, k).

    Raises:
        ShapeMismatch: for a left side that is not square, or a right one without a row for each of its rows.
    """
    rows = square(x)[-1]
    if matrix(y)[-2] != rows:
        raise ShapeMismatch(
            f"solve needs a row of the right side for each of the left: {show(x)} and {show(y)} have "
            f"{rows} and {y[-2]}.",
            hint="A right side of several vectors is a matrix with one a column.",
            sizes=(rows, y[-2]),
        )
    return broadcast(x[:-2], y[:-2]) + y[-2:]


def solution_of_vector(x: Shape, y: Shape) -> Shape:
    """Returns the shape of the solution for a right-hand side (n,).

    Raises:
        ShapeMismatch: for a left side that is not square, or a right one of another length.
    """
    rows = square(x)[-1]
    if len(y) != 1 or y[0] != rows:
        raise ShapeMismatch(
            f"solve needs an entry of the right side for each row of the left: {show(x)} and {show(y)}.",
            hint="Make the sizes equal.",
            sizes=(rows, y[0]) if len(y) == 1 else None,
        )
    return x[:-1]


def solve_cost(out: Shape, x: Shape, y: Shape) -> int:
    """Returns the flops: an elimination for each matrix, then two triangular systems a column."""
    columns = out[-1] if len(y) > 1 else 1
    stacks = math.prod(out[:-2]) if len(y) > 1 else math.prod(out[:-1])
    return stacks * (x[-1] ** 3 + 2 * x[-1] ** 2 * columns)


def systems(*pairs: tuple[Shape, Shape]) -> Callable[[np.random.Generator], Samples]:
    """Returns samples of systems with left and right sides of these shapes."""
    return lambda rng: [((well_conditioned(rng, x), normal(rng, y)), {}) for x, y in pairs]


SOLVE_WORDS = (
    "Solves back: the right side receives the solution of the transposed system for the upstream gradient, the matrix "
    "minus the outer product of that and the solution."
)


def solve_forward(x: Array, y: Array) -> Array:
    """Returns the solution Z of X Z = Y."""
    return np.linalg.solve(x, y)


def solve_dx(upstream: Array, out: Array, x: Array, y: Array) -> Array:
    """∂L/∂X = −(X⁻ᵀ upstream) Zᵀ. Source: Giles, 2.3.1."""
    return -(np.linalg.solve(x.mT, upstream) @ out.mT)


def solve_dy(upstream: Array, out: Array, x: Array, y: Array) -> Array:
    """∂L/∂Y = X⁻ᵀ upstream. Source: Giles, 2.3.1."""
    return np.linalg.solve(x.mT, upstream)


solve = register(
    Primitive(
        name="solve",
        symbol="A⁻¹B",
        forward=solve_forward,
        vjp={"x": solve_dx, "y": solve_dy},
        shape=solution,
        structure=Structure.DENSE,
        latex=r"{x}^{{-1}}\,{y}",
        words=SOLVE_WORDS,
        samples=systems(
            ((3, 3), (3, 2)), ((2, 2, 2), (2, 1)), ((2, 2), (3, 2, 2)), ((2, 1, 2, 2), (3, 2, 1))
        ),
        cost=solve_cost,
    )
)


def solve_vector_forward(x: Array, y: Array) -> Array:
    """Returns the solution z of X z = y."""
    return np.linalg.solve(x, y)


def solve_vector_dx(upstream: Array, out: Array, x: Array, y: Array) -> Array:
    """∂L/∂X = −(X⁻ᵀ upstream) zᵀ. Source: Giles, 2.3.1."""
    return -np.outer(np.linalg.solve(x.T, upstream), out)


def solve_vector_dy(upstream: Array, out: Array, x: Array, y: Array) -> Array:
    """∂L/∂y = X⁻ᵀ upstream. Source: Giles, 2.3.1."""
    return np.linalg.solve(x.T, upstream)


solve_vector = register(
    Primitive(
        name="solve_vector",
        symbol="A⁻¹b",
        forward=solve_vector_forward,
        vjp={"x": solve_vector_dx, "y": solve_vector_dy},
        shape=solution_of_vector,
        structure=Structure.DENSE,
        latex=r"{x}^{{-1}}\,{y}",
        words=SOLVE_WORDS,
        samples=systems(((3, 3), (3,)), ((1, 1), (1,))),
        cost=solve_cost,
    )
)


def solve_vectors_forward(x: Array, y: Array) -> Array:
    """Returns the solutions z of X z = y for each matrix of a stack."""
    return np.linalg.solve(x, y)


def solve_vectors_dx(upstream: Array, out: Array, x: Array, y: Array) -> Array:
    """∂L/∂X = −(X⁻ᵀ upstream) zᵀ, for each matrix of the stack."""
    return -(np.linalg.solve(x.mT, upstream[..., None]) * out[..., None, :])


def solve_vectors_dy(upstream: Array, out: Array, x: Array, y: Array) -> Array:
    """∂L/∂y = X⁻ᵀ upstream, for each matrix of the stack; the engine adds them."""
    return np.linalg.solve(x.mT, upstream[..., None])[..., 0]


solve_vectors = register(
    Primitive(
        name="solve_vectors",
        symbol="A⁻¹b",
        forward=solve_vectors_forward,
        vjp={"x": solve_vectors_dx, "y": solve_vectors_dy},
        shape=solution_of_vector,
        structure=Structure.DENSE,
        latex=r"{x}^{{-1}}\,{y}",
        words=SOLVE_WORDS,
        samples=systems(((2, 3, 3), (3,)), ((2, 1, 2, 2), (2,))),
        cost=solve_cost,
    )
)


@overload("linalg.solve", "solve")
def choose_solve(ranks: tuple[int, ...]) -> str:
    """Returns the gate that np.linalg.solve means: a right side is one vector only where it has one axis.

    Raises:
        ShapeMismatch: for a left side that is no matrix, or a right side that is one number.
    Source: NumPy 2.0 release notes, "np.linalg.solve".
    """
    for position, least in enumerate((2, 1)):
        if ranks[position] < least:
            raise ShapeMismatch(
                "solve takes a square matrix, and a vector or matrix with as many rows.",
                hint="Such as np.linalg.solve(A, b).",
                rank=(position, least),
            )
    if ranks[1] > 1:
        return "solve"
    return "solve_vector" if ranks[0] == 2 else "solve_vectors"


# ---------- pseudo-inverse ----------


def pinv_shape(x: Shape) -> Shape:
    """Returns the shape with rows and columns exchanged."""
    return (*matrix(x)[:-2], x[-1], x[-2])


def pinv_forward(x: Array) -> Array:
    """Returns the Moore-Penrose inverse (n, m) of each matrix (m, n), m at least n."""
    return np.linalg.pinv(x)


def pinv_dx(upstream: Array, out: Array, x: Array) -> Array:
    """∂(X⁺) = −X⁺ ∂X X⁺ + X⁺ X⁺ᵀ ∂Xᵀ (I − X X⁺) + (I − X⁺ X) ∂Xᵀ X⁺ᵀ X⁺, where the rank stays the same.

    Every product on the way is at most as large as X. Source: Golub and Pereyra (1973), "The differentiation of
    pseudo-inverses and nonlinear least squares problems whose variables separate", (4.12).
    """
    mix = out @ upstream.mT
    rows = (upstream.mT - x @ mix) @ (out @ out.mT)
    columns = out.mT @ (mix - mix @ (out @ x))
    return rows + columns - out.mT @ (upstream @ out.mT)


pinv = register(
    Primitive(
        name="pinv",
        symbol="A⁺",
        forward=pinv_forward,
        vjp={"x": pinv_dx},
        shape=pinv_shape,
        structure=Structure.DENSE,
        latex=r"{x}^{{+}}",
        words=(
            "Sandwiches, while the rank stays the same: the matrix receives minus the upstream gradient between two "
            "transposed pseudo-inverses, and what the directions add that it does not reach."
        ),
        samples=lambda rng: [((normal(rng, shape),), {}) for shape in ((3, 2), (2, 2), (2, 3, 2))],
        cost=cubic_cost(25),
    )
)


@composition("linalg.pinv", "pinv")
def pinv_of(gates: Gates, a: Value) -> Value:
    """Takes the Moore-Penrose inverse of a matrix, of a wide one through its transpose."""
    rows, columns = gates.at_least(a, 2, "linalg.pinv")[-2:]
    if rows >= columns:
        return gates.make("pinv", a)
    tall = gates.make("swapaxes", a, axis1=-2, axis2=-1)
    return gates.make("swapaxes", gates.make("pinv", tall), axis1=-2, axis2=-1)


# ---------- trace ----------


def trace_shape(
    x: Shape, *, offset: int = 0, axis: tuple[int, int] = (-2, -1), keepdims: bool = False
) -> Shape:
    """Returns the shape without the axis of rows and that of columns, or with them as size 1."""
    return (*matrix(x)[:-2], 1, 1) if keepdims else matrix(x)[:-2]


def trace_forward(x: Array, *, offset: int = 0) -> Array:
    """Returns the sum of a diagonal of a matrix."""
    return np.trace(x, offset=offset)


def trace_dx(upstream: Array, out: Array, x: Array, *, offset: int) -> Array:
    """∂tr(X)/∂X = I. Source: The Matrix Cookbook, (99)."""
    return upstream * np.eye(x.shape[0], x.shape[1], k=offset)


TRACE_WORDS = (
    "Distributes along the diagonal: its entries receive the upstream gradient, all others zero."
)

trace = register(
    Primitive(
        name="trace",
        symbol="tr",
        forward=trace_forward,
        vjp={"x": trace_dx},
        shape=trace_shape,
        structure=Structure.REDUCTION,
        latex=r"\operatorname{{tr}}({x})",
        words=TRACE_WORDS,
        samples=lambda rng: [
            ((normal(rng, shape),), {"offset": offset})
            for shape, offset in (((3, 3), 0), ((2, 3), 1), ((3, 2), -1), ((2, 2), 4))
        ],
    )
)


def trace_batched_forward(x: Array, *, offset: int = 0, axis: tuple[int, int] = (-2, -1)) -> Array:
    """Returns the sum of a diagonal of each matrix of a stack."""
    return np.trace(x, offset=offset, axis1=axis[0], axis2=axis[1])


def trace_batched_dx(
    upstream: Array, out: Array, x: Array, *, offset: int, axis: tuple[int, int]
) -> Array:
    """∂tr(X)/∂X = I, for each matrix of the stack."""
    return upstream * np.eye(x.shape[-2], x.shape[-1], k=offset)


trace_batched = register(
    Primitive(
        name="trace_batched",
        symbol="tr",
        forward=trace_batched_forward,
        vjp={"x": trace_batched_dx},
        shape=trace_shape,
        structure=Structure.REDUCTION,
        latex=r"\operatorname{{tr}}({x})",
        words=TRACE_WORDS,
        samples=lambda rng: [
            ((normal(rng, shape),), {"offset": offset, "axis": (-2, -1)})
            for shape, offset in (((2, 3, 3), 0), ((2, 1, 2, 3), 1), ((2, 3, 2), -1))
        ],
    )
)


@composition("trace", methods=("trace",))
def trace_of(
    gates: Gates, a: Value, offset: Value = 0, axis1: Value = 0, axis2: Value = 1
) -> Value:
    """Adds the entries of a diagonal."""
    shape = gates.at_least(a, 2, "trace")
    first, second = gates.whole(axis1, "axis1"), gates.whole(axis2, "axis2")
    pair = axes_of(shape, (first, second))
    rank = len(shape)
    if pair != (rank - 2, rank - 1):
        a = gates.make("moveaxis", a, source=pair, destination=(-2, -1))
    shift = gates.whole(offset, "offset")
    if rank == 2:
        return gates.make("trace", a, offset=shift)
    return gates.make("trace_batched", a, offset=shift)


@composition("linalg.trace")
def trace_of_library(gates: Gates, x: Value, *, offset: Value = 0) -> Value:
    """Adds the entries of a diagonal of each matrix."""
    return gates.call("trace", x, offset, -2, -1)


@composition("linalg.diagonal")
def diagonal_of_library(gates: Gates, x: Value, *, offset: Value = 0) -> Value:
    """Picks a diagonal of each matrix."""
    gates.at_least(x, 2, "linalg.diagonal")
    shift = gates.whole(offset, "offset")
    return gates.make("diagonal", x, offset=shift, axis1=-2, axis2=-1)


# ---------- powers and chains ----------


@composition("linalg.matrix_power", "matrix_power")
def matrix_power(gates: Gates, a: Value, n: Value) -> Value:
    """Multiplies a square matrix by itself n times, by repeated squaring; a negative n takes the inverse."""
    exponent = gates.whole(n, "n")
    shape = square(gates.at_least(a, 2, "linalg.matrix_power"))
    if exponent == 0:
        return gates.make("broadcast_to", identity(int(shape[-1])), shape=shape)
    square_of = a if exponent > 0 else gates.make("inv", a)
    result: Value = None
    for place, bit in enumerate(reversed(f"{abs(exponent):b}")):
        if place > 0:
            square_of = gates.call("matmul", square_of, square_of)
        if bit == "1":
            result = square_of if result is None else gates.call("matmul", result, square_of)
    return result


def identity(size: int) -> list[list[float]]:
    """Returns the unit matrix, written out."""
    return [[float(i == j) for j in range(size)] for i in range(size)]


MOST_FACTORS = 32


@composition("linalg.multi_dot", "multi_dot")
def multi_dot(gates: Gates, arrays: Value) -> Value:
    """Multiplies a chain of matrices in the order that costs least; the first and the last may be vectors."""
    chain = list(gates.several(arrays))
    if len(chain) < 2:
        raise BadCall("multi_dot takes at least two arrays.", hint="np.linalg.multi_dot([A, B, C])")
    if len(chain) > MOST_FACTORS:
        raise BadCall(
            f"multi_dot of {len(chain)} arrays is too many; the most is {MOST_FACTORS}.",
            hint="Multiply parts of the chain first.",
        )
    ends = (0, len(chain) - 1)
    for place, factor in enumerate(chain):
        shape = gates.at_least(
            factor, 1 if place in ends and gates.shape(factor) else 2, "linalg.multi_dot"
        )
        if len(shape) > 2:
            raise ShapeMismatch(
                f"multi_dot takes matrices, not shape {show(shape)}.", hint="Use @ for stacks."
            )
    return product_of_chain(gates, chain, best_splits(chain_sizes(gates, chain)), 0, len(chain) - 1)


def chain_sizes(gates: Gates, chain: Sequence[Value]) -> list[int]:
    """Returns the sizes along a chain of factors: rows of each, then the columns of the last."""
    first, last = gates.shape(chain[0]), gates.shape(chain[-1])
    rows = [1 if len(first) == 1 else first[0]]
    rows += [gates.shape(factor)[0] for factor in chain[1:]]
    return [*map(int, rows), int(last[1]) if len(last) == 2 else 1]


def best_splits(sizes: Sequence[int]) -> dict[tuple[int, int], int]:
    """Returns where to split each part of a chain so that it costs least.

    Source: Cormen, Leiserson, Rivest and Stein, "Introduction to Algorithms", section on matrix-chain multiplication.
    """
    count = len(sizes) - 1
    cost = {(k, k): 0 for k in range(count)}
    split: dict[tuple[int, int], int] = {}
    for length in range(1, count):
        for i in range(count - length):
            j = i + length

            def price(k: int, i: int = i, j: int = j) -> int:
                return cost[i, k] + cost[k + 1, j] + sizes[i] * sizes[k + 1] * sizes[j + 1]

            split[i, j] = min(range(i, j), key=price)
            cost[i, j] = price(split[i, j])
    return split


def product_of_chain(
    gates: Gates, chain: Sequence[Value], split: dict[tuple[int, int], int], i: int, j: int
) -> Value:
    """Returns the product of the factors from i to j."""
    if i == j:
        return chain[i]
    k = split[i, j]
    left = product_of_chain(gates, chain, split, i, k)
    right = product_of_chain(gates, chain, split, k + 1, j)
    return gates.call("dot", left, right)
