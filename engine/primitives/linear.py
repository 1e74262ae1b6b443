"""Products of vectors and matrices; `@`, `dot`, `inner`, `vdot` and `outer` choose one by the arguments' ranks.

A product is MATMUL only where each side receives the upstream times the other side transposed; where NumPy pairs other
axes (`dot` of two stacks, `inner`, `outer`) the rule says what it is instead, and the structure is DENSE.
"""

# NumPy's stubs give Any, or a float of any precision, for some of these expressions.
# mypy: disable-error-code="no-any-return, return-value"

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from engine.errors import ShapeMismatch
from engine.primitives.primitive import Primitive, Samples, Structure, overload, register
from engine.primitives.samples import normal
from engine.primitives.shapes import broadcast, show

Array = NDArray[np.float64]
Shape = tuple[int, ...]


def product(x: Shape, y: Shape) -> Shape:
    """Returns the shape of x @ y; leading axes broadcast.

    Raises:
        ShapeMismatch: where the columns of x are not as many as the rows of y.
    """
    inner = y[-2] if len(y) > 1 else y[0]
    if x[-1] != inner:
        raise ShapeMismatch(
            f"matmul needs inner sizes to agree: {show(x)} @ {show(y)} has {x[-1]} and {inner}.",
            hint="Transpose one side?" if len(x) + len(y) > 2 else "Make the sizes equal.",
            sizes=(x[-1], inner),
        )
    columns = y[-1:] if len(y) > 1 else ()
    return broadcast(x[:-2], y[:-2]) + x[-2:-1] + columns


def product_of_ranks(x_rank: int, y_rank: int) -> Callable[[Shape, Shape], Shape]:
    """Returns the shape rule of a product that is only for arrays of these ranks."""

    def shape(x: Shape, y: Shape) -> Shape:
        if (len(x), len(y)) != (x_rank, y_rank):
            raise ShapeMismatch(
                f"This product takes {x_rank} and {y_rank} axes, not {show(x)} and {show(y)}.",
                hint="Write it with @.",
            )
        return product(x, y)

    return shape


def product_of_stacks(x: Shape, y: Shape) -> Shape:
    """Returns the shape of a product of stacks of matrices."""
    if min(len(x), len(y)) < 2:
        raise ShapeMismatch(
            f"This product needs matrices on both sides, not {show(x)} and {show(y)}.",
            hint="Write it with @.",
        )
    return product(x, y)


def product_cost(out: Shape, x: Shape, y: Shape) -> int:
    """Returns the flops of a product: one multiplication and one addition a term."""
    return 2 * math.prod(out) * x[-1]


def products(*pairs: tuple[Shape, Shape]) -> Callable[[np.random.Generator], Samples]:
    """Returns samples of these shapes."""
    return lambda rng: [((normal(rng, x), normal(rng, y)), {}) for x, y in pairs]


# ---------- vectors ----------


def inner_forward(x: Array, y: Array) -> Array:
    """Returns the inner product of two vectors (n,)."""
    return x @ y


def inner_dx(upstream: Array, out: Array, x: Array, y: Array) -> Array:
    """∂(x·y)/∂x = y."""
    return upstream * y


def inner_dy(upstream: Array, out: Array, x: Array, y: Array) -> Array:
    """∂(x·y)/∂y = x."""
    return upstream * x


inner = register(
    Primitive(
        name="inner",
        symbol="@",
        forward=inner_forward,
        vjp={"x": inner_dx, "y": inner_dy},
        shape=product_of_ranks(1, 1),
        structure=Structure.MATMUL,
        latex=r"{x} \cdot {y}",
        words="Swaps: each vector receives the upstream gradient times the other vector.",
        samples=products(((3,), (3,)), ((1,), (1,))),
        cost=product_cost,
    )
)


def matvec_forward(x: Array, y: Array) -> Array:
    """Returns a matrix (m, n) times a vector (n,)."""
    return x @ y


def matvec_dx(upstream: Array, out: Array, x: Array, y: Array) -> Array:
    """∂L/∂x = upstream yᵀ, an outer product of the shape of x."""
    return np.outer(upstream, y)


def matvec_dy(upstream: Array, out: Array, x: Array, y: Array) -> Array:
    """∂L/∂y = xᵀ upstream."""
    return x.T @ upstream


matvec = register(
    Primitive(
        name="matvec",
        symbol="@",
        forward=matvec_forward,
        vjp={"x": matvec_dx, "y": matvec_dy},
        shape=product_of_ranks(2, 1),
        structure=Structure.MATMUL,
        latex=r"{x}\,{y}",
        words=(
            "Swaps: the matrix receives the outer product of upstream gradient and vector, "
            "the vector its transpose times the upstream gradient."
        ),
        samples=products(((2, 3), (3,)), ((1, 2), (2,))),
        cost=product_cost,
    )
)


def vecmat_forward(x: Array, y: Array) -> Array:
    """Returns a vector (n,) times a matrix (n, k)."""
    return x @ y


def vecmat_dx(upstream: Array, out: Array, x: Array, y: Array) -> Array:
    """∂L/∂x = upstream yᵀ."""
    return upstream @ y.T


def vecmat_dy(upstream: Array, out: Array, x: Array, y: Array) -> Array:
    """∂L/∂y = xᵀ upstream, an outer product of the shape of y."""
    return np.outer(x, upstream)


vecmat = register(
    Primitive(
        name="vecmat",
        symbol="@",
        forward=vecmat_forward,
        vjp={"x": vecmat_dx, "y": vecmat_dy},
        shape=product_of_ranks(1, 2),
        structure=Structure.MATMUL,
        latex=r"{x}\,{y}",
        words=(
            "Swaps: the vector receives the upstream gradient times the transposed matrix, "
            "the matrix the outer product of vector and upstream gradient."
        ),
        samples=products(((3,), (3, 2)), ((2,), (2, 1))),
        cost=product_cost,
    )
)


# ---------- matrices ----------


def matmul_forward(x: Array, y: Array) -> Array:
    """Returns the product of matrices (m, n) and (n, k)."""
    return x @ y


def matmul_dx(upstream: Array, out: Array, x: Array, y: Array) -> Array:
    """∂L/∂x = upstream yᵀ."""
    return upstream @ y.T


def matmul_dy(upstream: Array, out: Array, x: Array, y: Array) -> Array:
    """∂L/∂y = xᵀ upstream."""
    return x.T @ upstream


matmul = register(
    Primitive(
        name="matmul",
        symbol="@",
        forward=matmul_forward,
        vjp={"x": matmul_dx, "y": matmul_dy},
        shape=product_of_ranks(2, 2),
        structure=Structure.MATMUL,
        latex=r"{x}\,{y}",
        words=(
            "Swaps: each matrix receives the upstream gradient times the other one transposed, "
            "on the side where that one stood."
        ),
        samples=products(((2, 3), (3, 4)), ((1, 2), (2, 1))),
        cost=product_cost,
    )
)


def matmul_batched_forward(x: Array, y: Array) -> Array:
    """Returns the products of stacks of matrices (..., m, n) and (..., n, k)."""
    return x @ y


def matmul_batched_dx(upstream: Array, out: Array, x: Array, y: Array) -> Array:
    """∂L/∂x = upstream yᵀ, for each matrix of the stack."""
    return upstream @ y.mT


def matmul_batched_dy(upstream: Array, out: Array, x: Array, y: Array) -> Array:
    """∂L/∂y = xᵀ upstream, for each matrix of the stack."""
    return x.mT @ upstream


matmul_batched = register(
    Primitive(
        name="matmul_batched",
        symbol="@",
        forward=matmul_batched_forward,
        vjp={"x": matmul_batched_dx, "y": matmul_batched_dy},
        shape=product_of_stacks,
        structure=Structure.MATMUL,
        latex=r"{x}\,{y}",
        words=(
            "Swaps, for each matrix of the stack: each side receives the upstream gradient "
            "times the other one transposed."
        ),
        samples=products(
            ((2, 2, 3), (2, 3, 2)),
            ((2, 2, 3), (3, 2)),
            ((2, 3), (2, 3, 1)),
            ((2, 1, 1, 3), (3, 3, 2)),
        ),
        cost=product_cost,
    )
)


def one_vector(vector: int) -> Callable[[Shape, Shape], Shape]:
    """Returns the shape rule of a product whose argument at that position is a vector, the other a stack of matrices."""

    def shape(x: Shape, y: Shape) -> Shape:
        if len((x, y)[vector]) != 1 or len((x, y)[1 - vector]) < 3:
            raise ShapeMismatch(
                f"This product needs a vector and a stack of matrices, not {show(x)} and {show(y)}.",
                hint="Write it with @.",
            )
        return product(x, y)

    return shape


def vecmat_batched_forward(x: Array, y: Array) -> Array:
    """Returns a vector (n,) times each matrix of a stack (..., n, k)."""
    return x @ y


def vecmat_batched_dx(upstream: Array, out: Array, x: Array, y: Array) -> Array:
    """∂L/∂x = upstream yᵀ, for each matrix of the stack; the engine adds them."""
    return np.vecmat(upstream, y.mT)


def vecmat_batched_dy(upstream: Array, out: Array, x: Array, y: Array) -> Array:
    """∂L/∂y = xᵀ upstream, an outer product for each matrix of the stack."""
    return x[:, None] * upstream[..., None, :]


vecmat_batched = register(
    Primitive(
        name="vecmat_batched",
        symbol="@",
        forward=vecmat_batched_forward,
        vjp={"x": vecmat_batched_dx, "y": vecmat_batched_dy},
        shape=one_vector(0),
        structure=Structure.MATMUL,
        latex=r"{x}\,{y}",
        words=(
            "Swaps, for each matrix of the stack: the vector receives the sum of the upstream gradients times the "
            "transposed matrices, each matrix the outer product of vector and upstream gradient."
        ),
        samples=products(((3,), (2, 3, 2)), ((2,), (2, 1, 2, 3))),
        cost=product_cost,
    )
)


def matvec_batched_forward(x: Array, y: Array) -> Array:
    """Returns each matrix of a stack (..., m, n) times a vector (n,)."""
    return x @ y


def matvec_batched_dx(upstream: Array, out: Array, x: Array, y: Array) -> Array:
    """∂L/∂x = upstream yᵀ, an outer product for each matrix of the stack."""
    return upstream[..., None] * y[None, :]


def matvec_batched_dy(upstream: Array, out: Array, x: Array, y: Array) -> Array:
    """∂L/∂y = xᵀ upstream, for each matrix of the stack; the engine adds them."""
    return np.matvec(x.mT, upstream)


matvec_batched = register(
    Primitive(
        name="matvec_batched",
        symbol="@",
        forward=matvec_batched_forward,
        vjp={"x": matvec_batched_dx, "y": matvec_batched_dy},
        shape=one_vector(1),
        structure=Structure.MATMUL,
        latex=r"{x}\,{y}",
        words=(
            "Swaps, for each matrix of the stack: the matrix receives the outer product of upstream gradient and "
            "vector, the vector the sum of the transposed matrices times the upstream gradients."
        ),
        samples=products(((2, 2, 3), (3,)), ((2, 1, 3, 2), (2,))),
        cost=product_cost,
    )
)

# ---------- other pairs of axes ----------


def dot_shape(x: Shape, y: Shape) -> Shape:
    """Returns the shape of np.dot(x, y): all axes but x's last and y's second-to-last.

    Raises:
        ShapeMismatch: for single numbers and vectors, or where those two axes differ.
    """
    if not x or len(y) < 2:
        raise ShapeMismatch(
            f"This product needs more axes than {show(x)} and {show(y)} have.", hint="Use np.dot."
        )
    if x[-1] != y[-2]:
        raise ShapeMismatch(
            f"dot needs the last axis of {show(x)} as long as the second-to-last of {show(y)}: "
            f"{x[-1]} and {y[-2]}.",
            hint="Transpose one side?",
            sizes=(x[-1], y[-2]),
        )
    return x[:-1] + y[:-2] + y[-1:]


def dot_nd_forward(x: Array, y: Array) -> Array:
    """Returns the sums over the last axis of x and the second-to-last of y, for every pair of the rest."""
    return np.dot(x, y)


def dot_nd_dx(upstream: Array, out: Array, x: Array, y: Array) -> Array:
    """∂L/∂x is the upstream summed with y over all axes that came from y."""
    return np.tensordot(upstream, np.moveaxis(y, -2, -1), y.ndim - 1)


def dot_nd_dy(upstream: Array, out: Array, x: Array, y: Array) -> Array:
    """∂L/∂y is the upstream summed with x over all axes that came from x."""
    return np.moveaxis(np.tensordot(np.moveaxis(x, -1, 0), upstream, x.ndim - 1), 0, -2)


dot_nd = register(
    Primitive(
        name="dot_nd",
        symbol="dot",
        forward=dot_nd_forward,
        vjp={"x": dot_nd_dx, "y": dot_nd_dy},
        shape=dot_shape,
        structure=Structure.DENSE,
        latex=r"{x} \cdot {y}",
        words=(
            "Swaps: each side receives the upstream gradient times the other side, summed over every axis that came "
            "from the other side."
        ),
        samples=products(
            ((2, 3), (2, 3, 2)),
            ((2, 2, 3), (2, 3, 2)),
            ((2, 1, 3), (2, 1, 3, 2)),
            ((3,), (2, 3, 2)),
        ),
        cost=product_cost,
    )
)


def inner_shape(x: Shape, y: Shape) -> Shape:
    """Returns the shape of np.inner(x, y): all axes but the last of each.

    Raises:
        ShapeMismatch: for a single number, or where the last axes differ.
    """
    if not x or not y:
        raise ShapeMismatch(
            f"This product needs at least vectors, not {show(x)} and {show(y)}.", hint="Use *."
        )
    if x[-1] != y[-1]:
        raise ShapeMismatch(
            f"inner needs the last axes to agree: {show(x)} and {show(y)} have {x[-1]} and {y[-1]}.",
            hint="Use np.dot or @ for the product of rows and columns.",
            sizes=(x[-1], y[-1]),
        )
    return x[:-1] + y[:-1]


def inner_rows_forward(x: Array, y: Array) -> Array:
    """Returns the inner product of every row of x (m, n) with every row of y (k, n)."""
    return np.inner(x, y)


def inner_rows_dx(upstream: Array, out: Array, x: Array, y: Array) -> Array:
    """∂(x yᵀ): ∂L/∂x = upstream y."""
    return upstream @ y


def inner_rows_dy(upstream: Array, out: Array, x: Array, y: Array) -> Array:
    """∂(x yᵀ): ∂L/∂y = upstreamᵀ x."""
    return upstream.T @ x


inner_rows = register(
    Primitive(
        name="inner_rows",
        symbol="x yᵀ",
        forward=inner_rows_forward,
        vjp={"x": inner_rows_dx, "y": inner_rows_dy},
        shape=inner_shape,
        structure=Structure.DENSE,
        latex=r"{x}\,{y}^{{\top}}",
        words=(
            "Swaps: the first matrix receives the upstream gradient times the second, the second the transposed "
            "upstream gradient times the first."
        ),
        samples=products(((2, 3), (4, 3)), ((1, 2), (1, 2))),
        cost=product_cost,
    )
)


def inner_nd_forward(x: Array, y: Array) -> Array:
    """Returns the sums over the last axes, for every pair of the rest."""
    return np.inner(x, y)


def inner_nd_dx(upstream: Array, out: Array, x: Array, y: Array) -> Array:
    """∂L/∂x is the upstream summed with y over all axes that came from y."""
    return np.tensordot(upstream, y, y.ndim - 1)


def inner_nd_dy(upstream: Array, out: Array, x: Array, y: Array) -> Array:
    """∂L/∂y is the upstream summed with x over all axes that came from x."""
    return np.moveaxis(np.tensordot(np.moveaxis(x, -1, 0), upstream, x.ndim - 1), 0, -1)


inner_nd = register(
    Primitive(
        name="inner_nd",
        symbol="inner",
        forward=inner_nd_forward,
        vjp={"x": inner_nd_dx, "y": inner_nd_dy},
        shape=inner_shape,
        structure=Structure.DENSE,
        latex=r"\operatorname{{inner}}({x}, {y})",
        words=(
            "Swaps: each side receives the upstream gradient times the other side, summed over every axis that came "
            "from the other side."
        ),
        samples=products(((3,), (2, 3)), ((2, 1, 3), (2, 3)), ((2, 3), (2, 2, 3))),
        cost=product_cost,
    )
)


def vdot_shape(x: Shape, y: Shape) -> Shape:
    """Returns () for arrays of as many entries.

    Raises:
        ShapeMismatch: where the numbers of entries differ.
    """
    if math.prod(x) != math.prod(y):
        raise ShapeMismatch(
            f"vdot needs as many entries on both sides: {show(x)} has {math.prod(x)}, "
            f"{show(y)} {math.prod(y)}.",
            hint="Make the numbers of entries equal.",
            sizes=(x[-1], y[-1]) if x[:-1] == y[:-1] and min(len(x), len(y)) > 0 else None,
        )
    return ()


def vdot_forward(x: Array, y: Array) -> Array:
    """Returns the inner product of all entries, in their order."""
    return np.vdot(x, y)


def vdot_dx(upstream: Array, out: Array, x: Array, y: Array) -> Array:
    """∂(Σ x_i y_i)/∂x_i = y_i."""
    return upstream * np.reshape(y, x.shape)


def vdot_dy(upstream: Array, out: Array, x: Array, y: Array) -> Array:
    """∂(Σ x_i y_i)/∂y_i = x_i."""
    return upstream * np.reshape(x, y.shape)


vdot = register(
    Primitive(
        name="vdot",
        symbol="vdot",
        forward=vdot_forward,
        vjp={"x": vdot_dx, "y": vdot_dy},
        shape=vdot_shape,
        structure=Structure.DENSE,
        latex=r"\langle {x}, {y} \rangle",
        words="Swaps: each side receives the upstream gradient times the other side's entries.",
        samples=products(((2, 3), (2, 3)), ((2, 3), (6,)), ((1,), ()), ((3, 1, 2), (2, 3))),
    )
)


def outer_shape(x: Shape, y: Shape) -> Shape:
    """Returns (number of entries of x, number of entries of y)."""
    rows = x[0] if len(x) == 1 else math.prod(x)
    columns = y[0] if len(y) == 1 else math.prod(y)
    return (rows, columns)


def outer_forward(x: Array, y: Array) -> Array:
    """Returns the matrix (m, n) of all products of entries of two vectors."""
    return np.outer(x, y)


def outer_dx(upstream: Array, out: Array, x: Array, y: Array) -> Array:
    """∂(x yᵀ): ∂L/∂x = upstream y."""
    return upstream @ y


def outer_dy(upstream: Array, out: Array, x: Array, y: Array) -> Array:
    """∂(x yᵀ): ∂L/∂y = upstreamᵀ x."""
    return upstream.T @ x


outer = register(
    Primitive(
        name="outer",
        symbol="x yᵀ",
        forward=outer_forward,
        vjp={"x": outer_dx, "y": outer_dy},
        shape=outer_shape,
        structure=Structure.DENSE,
        latex=r"{x}\,{y}^{{\top}}",
        words=(
            "Swaps: the column receives the upstream gradient times the row, the row the transposed upstream gradient "
            "times the column."
        ),
        samples=products(((2,), (3,)), ((1,), (2,))),
    )
)


def outer_flat_forward(x: Array, y: Array) -> Array:
    """Returns all products of entries of two arrays, each read in order."""
    return np.outer(x, y)


def outer_flat_dx(upstream: Array, out: Array, x: Array, y: Array) -> Array:
    """∂L/∂x = upstream vec(y), back in the shape of x."""
    return np.reshape(upstream @ np.ravel(y), x.shape)


def outer_flat_dy(upstream: Array, out: Array, x: Array, y: Array) -> Array:
    """∂L/∂y = upstreamᵀ vec(x), back in the shape of y."""
    return np.reshape(upstream.T @ np.ravel(x), y.shape)


outer_flat = register(
    Primitive(
        name="outer_flat",
        symbol="x yᵀ",
        forward=outer_flat_forward,
        vjp={"x": outer_flat_dx, "y": outer_flat_dy},
        shape=outer_shape,
        structure=Structure.DENSE,
        latex=r"\operatorname{{vec}}({x})\,\operatorname{{vec}}({y})^{{\top}}",
        words=(
            "Swaps: each side, its entries in one row, receives the upstream gradient times the other side's entries."
        ),
        samples=products(((2, 2), (3,)), ((2, 1), (2, 3)), ((), (2,)), ((), ())),
    )
)

# ---------- ranks choose ----------

BY_RANKS = {(1, 1): "inner", (2, 1): "matvec", (1, 2): "vecmat", (2, 2): "matmul"}


@overload("matmul", "linalg.matmul")
def choose_matmul(ranks: tuple[int, ...]) -> str:
    """Returns the product that @ means.

    Raises:
        ShapeMismatch: for a scalar.
    """
    if 0 in ranks:
        raise ShapeMismatch(
            "matmul (@) takes no scalars.", hint="Scale with *.", rank=(ranks.index(0), 1)
        )
    if max(ranks) <= 2:
        return BY_RANKS[ranks[0], ranks[1]]
    if 1 in ranks:
        return "vecmat_batched" if ranks[0] == 1 else "matvec_batched"
    return "matmul_batched"


@overload("dot")
def choose_dot(ranks: tuple[int, ...]) -> str:
    """Returns the product that np.dot means; of a scalar it is the ordinary one.

    Up to a stack of matrices on the right it is @; there @ pairs matrix with matrix, dot every row of the left with
    every column of the right. Source: NumPy manual, "numpy.dot".
    """
    if 0 in ranks:
        return "mul"
    if ranks[1] > 2 and ranks[0] > 1:
        return "dot_nd"
    return choose_matmul(ranks)


@overload("inner")
def choose_inner(ranks: tuple[int, ...]) -> str:
    """Returns the product that np.inner means: over the last axes of both; of a scalar it is the ordinary one."""
    if 0 in ranks:
        return "mul"
    by_ranks = {(1, 1): "inner", (2, 1): "matvec", (2, 2): "inner_rows"}
    return by_ranks.get((ranks[0], ranks[1]), "inner_nd")


@overload("vdot")
def choose_vdot(ranks: tuple[int, ...]) -> str:
    """Returns the product that np.vdot means: over all entries."""
    return {(0, 0): "mul", (1, 1): "inner"}.get((ranks[0], ranks[1]), "vdot")


@overload("outer")
def choose_outer(ranks: tuple[int, ...]) -> str:
    """Returns the product that np.outer means: all pairs of entries, whatever the shapes."""
    return "outer" if ranks == (1, 1) else "outer_flat"


@overload("linalg.outer")
def choose_outer_of_vectors(ranks: tuple[int, ...]) -> str:
    """Returns the product that np.linalg.outer means: that of two vectors.

    Raises:
        ShapeMismatch: for anything else, as NumPy does.
    """
    for position, rank in enumerate(ranks):
        if rank != 1:
            raise ShapeMismatch(
                f"linalg.outer takes two vectors; argument {position + 1} has {rank} dimensions.",
                hint="Use np.outer, which reads arrays entry by entry.",
                rank=(position, 1),
            )
    return "outer"
