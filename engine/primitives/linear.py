"""Products of vectors and matrices; `dot`, `matmul` and `@` choose one by the arguments' ranks."""

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
    return upstream @ np.swapaxes(y, -1, -2)


def matmul_batched_dy(upstream: Array, out: Array, x: Array, y: Array) -> Array:
    """∂L/∂y = xᵀ upstream, for each matrix of the stack."""
    return np.swapaxes(x, -1, -2) @ upstream


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

BY_RANKS = {(1, 1): "inner", (2, 1): "matvec", (1, 2): "vecmat", (2, 2): "matmul"}


@overload("dot")
def choose_dot(ranks: tuple[int, ...]) -> str:
    """Returns the product that np.dot means; of a scalar it is the ordinary one.

    Raises:
        ShapeMismatch: for more than two dimensions, where dot is not what it looks like.
    """
    if 0 in ranks:
        return "mul"
    if max(ranks) > 2:
        raise ShapeMismatch(
            f"dot takes vectors and matrices; these have {ranks[0]} and {ranks[1]} dimensions.",
            hint="Use @, which multiplies stacks of matrices.",
        )
    return BY_RANKS[ranks[0], ranks[1]]


@overload("matmul")
def choose_matmul(ranks: tuple[int, ...]) -> str:
    """Returns the product that @ means.

    Raises:
        ShapeMismatch: for a scalar, or a vector with a stack of matrices.
    """
    if 0 in ranks:
        raise ShapeMismatch(
            "matmul (@) takes no scalars.", hint="Scale with *.", rank=(ranks.index(0), 1)
        )
    if max(ranks) > 2 and 1 in ranks:
        raise ShapeMismatch(
            "matmul (@) of a vector and a stack of matrices is not supported.",
            hint="Make the vector a matrix: v[:, None] on the right, v[None, :] on the left.",
        )
    return "matmul_batched" if max(ranks) > 2 else BY_RANKS[ranks[0], ranks[1]]
