"""Cholesky factors, eigenvalues and singular values.

NumPy reads only the lower triangle of a symmetric matrix, so that is what the rules differentiate: an entry below the
diagonal stands for its mirror image too and receives the gradient of both, an entry above it receives 0. Where every
matrix that enters is symmetric by its making (`A + A.T`), what arrives at A is the same as with any other convention.

Sources: Giles (2008), "An extended collection of matrix derivative results for forward and reverse mode automatic
differentiation", section 3; Murray (2016), "Differentiation of the Cholesky decomposition", arXiv:1602.07527.
"""

# NumPy's stubs give Any, or a float of any precision, for some of these expressions.
# mypy: disable-error-code="no-any-return, return-value"

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from engine.errors import BadCall, NotAllowed, ShapeMismatch, excerpt
from engine.primitives.composition import Fields, Gates, Value, composition
from engine.primitives.inverse import cubic_cost, matrix, square
from engine.primitives.primitive import Primitive, Samples, Structure, register
from engine.primitives.samples import normal

Array = NDArray[np.float64]
Shape = tuple[int, ...]


def symmetric(rng: np.random.Generator, shape: Shape) -> Array:
    """Returns symmetric matrices whose eigenvalues are positive and apart: 1, 2, 3, ... and a little more."""
    small = 0.2 * rng.normal(size=shape)
    return np.array(np.diag(np.arange(1.0, shape[-1] + 1)) + small @ small.mT)


def symmetric_matrices(*shapes: Shape) -> Callable[[np.random.Generator], Samples]:
    """Returns samples of symmetric matrices of these shapes."""
    return lambda rng: [((symmetric(rng, shape),), {}) for shape in shapes]


def apart(rng: np.random.Generator, shape: Shape) -> Array:
    """Returns matrices whose singular values are apart, and away from 0."""
    scales = np.arange(1.0, shape[-1] + 1)
    return np.array(np.eye(shape[-2], shape[-1]) * scales + 0.2 * rng.normal(size=shape))


SQUARES: tuple[Shape, ...] = ((3, 3), (1, 1), (2, 2, 2))


def values_of(x: Shape) -> Shape:
    """Returns the shape of the eigenvalues of square matrices."""
    return square(x)[:-1]


# ---------- Cholesky ----------


def cholesky_forward(x: Array) -> Array:
    """Returns the lower triangular L with L Lᵀ = X."""
    return np.linalg.cholesky(x)


def cholesky_dx(upstream: Array, out: Array, x: Array) -> Array:
    """∂L/∂X = Φ(P + Pᵀ), P = L⁻ᵀ Φ(Lᵀ upstream) L⁻¹; Φ keeps the lower triangle and half of the diagonal.

    Source: Murray (2016), "Differentiation of the Cholesky decomposition", the symbolic results.
    """
    phi = np.tri(x.shape[-1]) - np.eye(x.shape[-1]) / 2
    half = np.linalg.solve(out.mT, phi * (out.mT @ upstream)) @ np.linalg.inv(out)
    return phi * (half + half.mT)


cholesky = register(
    Primitive(
        name="cholesky",
        symbol="chol",
        forward=cholesky_forward,
        vjp={"x": cholesky_dx},
        shape=square,
        structure=Structure.DENSE,
        latex=r"\operatorname{{chol}}({x})",
        words=(
            "Solves back through the factor: the lower triangle receives the gradient of itself and of its mirror "
            "image, the upper triangle, which is not read, zero."
        ),
        samples=symmetric_matrices(*SQUARES),
        cost=cubic_cost(1),
    )
)


@composition("linalg.cholesky", "cholesky")
def cholesky_of(gates: Gates, a: Value, *, upper: Value = False) -> Value:
    """Factors a positive definite matrix into a lower triangular one times its transpose."""
    if not isinstance(upper, bool):
        raise BadCall("upper is True or False.", hint="np.linalg.cholesky(A)")
    if not upper:
        return gates.make("cholesky", a)
    return mirrored(gates, gates.make("cholesky", mirrored(gates, a, "linalg.cholesky")), "")


def mirrored(gates: Gates, value: Value, word: str) -> Value:
    """Returns the transposed matrices."""
    gates.at_least(value, 2, word)
    return gates.make("swapaxes", value, axis1=-2, axis2=-1)


@composition("linalg.matrix_transpose")
def matrix_transpose(gates: Gates, x: Value) -> Value:
    """Exchanges the last two axes."""
    return mirrored(gates, x, "linalg.matrix_transpose")


# ---------- eigenvalues ----------


def eigvalsh_forward(x: Array) -> Array:
    """Returns the eigenvalues of each symmetric matrix, in ascending order."""
    return np.linalg.eigvalsh(x)


def eigvalsh_dx(upstream: Array, out: Array, x: Array) -> Array:
    """∂λ_k = v_kᵀ ∂X v_k: ∂L/∂X = V diag(upstream) Vᵀ, where an entry below the diagonal counts twice.

    Source: Giles (2008), 3.1.
    """
    twice = 2 * np.tri(x.shape[-1]) - np.eye(x.shape[-1])
    vectors = np.linalg.eigh(x).eigenvectors
    return twice * ((vectors * upstream[..., None, :]) @ vectors.mT)


eigvalsh = register(
    Primitive(
        name="eigvalsh",
        symbol="λ",
        forward=eigvalsh_forward,
        vjp={"x": eigvalsh_dx},
        shape=values_of,
        structure=Structure.DENSE,
        latex=r"\lambda({x})",
        words="Spreads: the matrix receives each eigenvalue's upstream gradient along its own eigenvector's square.",
        samples=symmetric_matrices(*SQUARES),
        cost=cubic_cost(9),
    )
)


def eigenvectors_forward(x: Array) -> Array:
    """Returns the unit eigenvectors of each symmetric matrix, one a column."""
    return np.linalg.eigh(x).eigenvectors


def eigenvectors_dx(upstream: Array, out: Array, x: Array) -> Array:
    """∂V = V (F ∘ Vᵀ ∂X V), F_ij = 1 / (λ_j − λ_i) off the diagonal: ∂L/∂X = Φ(W + Wᵀ), W = V (F ∘ Vᵀ upstream) Vᵀ.

    Source: Giles (2008), 3.1.
    """
    phi = np.tri(x.shape[-1]) - np.eye(x.shape[-1]) / 2
    values = np.linalg.eigvalsh(x)
    gaps = values[..., None, :] - values[..., None] + np.eye(x.shape[-1])
    turns = (1 - np.eye(x.shape[-1])) / gaps
    half = out @ (turns * (out.mT @ upstream)) @ out.mT
    return phi * (half + half.mT)


eigenvectors = register(
    Primitive(
        name="eigenvectors",
        symbol="V",
        forward=eigenvectors_forward,
        vjp={"x": eigenvectors_dx},
        shape=square,
        structure=Structure.DENSE,
        latex=r"\operatorname{{eigenvectors}}({x})",
        words=(
            "Turns: eigenvectors receive gradient only for turning into one another, the more the closer their "
            "eigenvalues are."
        ),
        samples=symmetric_matrices((3, 3), (2, 2, 2)),
        cost=cubic_cost(9),
    )
)


@composition("linalg.eigvalsh", "eigvalsh")
def eigvalsh_of(gates: Gates, a: Value, UPLO: Value = "L") -> Value:
    """Returns the eigenvalues of a symmetric matrix, in ascending order."""
    return gates.make("eigvalsh", read_half(gates, a, UPLO))


@composition("linalg.eigh", "eigh")
def eigh(gates: Gates, a: Value, UPLO: Value = "L") -> Value:
    """Returns the eigenvalues and the eigenvectors of a symmetric matrix."""
    half = read_half(gates, a, UPLO)
    return Fields(
        eigenvalues=gates.make("eigvalsh", half), eigenvectors=gates.make("eigenvectors", half)
    )


def read_half(gates: Gates, a: Value, half: Value) -> Value:
    """Returns the matrix with the triangle that is read below the diagonal."""
    if half not in ("L", "U"):
        raise BadCall(f"UPLO is 'L' or 'U', not {excerpt(half)!r}.", hint="Leave it out.")
    return a if half == "L" else mirrored(gates, a, "linalg.eigh")


# ---------- singular values ----------


def singular(x: Shape) -> Shape:
    """Returns the shape of the singular values of matrices."""
    return (*matrix(x)[:-2], min(x[-2:]))


def svdvals_forward(x: Array) -> Array:
    """Returns the singular values of each matrix, in descending order."""
    return np.linalg.svdvals(x)


def svdvals_dx(upstream: Array, out: Array, x: Array) -> Array:
    """∂σ_k = u_kᵀ ∂X v_k: ∂L/∂X = U diag(upstream) Vᵀ. Source: Giles (2008), 3.2."""
    parts = np.linalg.svd(x, full_matrices=False)
    return (parts.U * upstream[..., None, :]) @ parts.Vh


svdvals = register(
    Primitive(
        name="svdvals",
        symbol="σᵢ",
        forward=svdvals_forward,
        vjp={"x": svdvals_dx},
        shape=singular,
        structure=Structure.DENSE,
        latex=r"\sigma_i({x})",
        words=(
            "Spreads: the matrix receives each singular value's upstream gradient along the outer product of its two "
            "singular vectors."
        ),
        samples=lambda rng: [
            ((normal(rng, shape),), {}) for shape in ((3, 2), (2, 3), (2, 2), (2, 2, 3))
        ],
        spellings=("linalg.svdvals", "svdvals"),
        cost=cubic_cost(20),
    )
)


def left_vectors_shape(x: Shape) -> Shape:
    """Returns the shape (..., m, k) of the left singular vectors of matrices (..., m, n), k the smaller of m and n."""
    return (*singular(x)[:-1], x[-2], singular(x)[-1])


def left_vectors_forward(x: Array) -> Array:
    """Returns the left singular vectors of each matrix, one a column."""
    return np.linalg.svd(x, full_matrices=False).U


def left_vectors_dx(upstream: Array, out: Array, x: Array) -> Array:
    """∂U = U (F ∘ (∂P S + S ∂Pᵀ)) + (I − U Uᵀ) ∂X V S⁻¹, ∂P = Uᵀ ∂X V, F_ij = 1 / (σ_j² − σ_i²) off the diagonal.

    Source: Townsend (2016), "Differentiating the singular value decomposition".
    """
    parts = np.linalg.svd(x, full_matrices=False)
    same = np.eye(parts.S.shape[-1])
    turns = (1 - same) / (parts.S[..., None, :] ** 2 - parts.S[..., None] ** 2 + same)
    mix = out.mT @ upstream
    inside = out @ (turns * (mix - mix.mT)) * parts.S[..., None, :]
    outside = (upstream - out @ mix) / parts.S[..., None, :]
    return (inside + outside) @ parts.Vh


VECTOR_WORDS = (
    "Turns: singular vectors receive gradient only for turning, the more the closer their singular values are to one "
    "another or to zero."
)

left_vectors = register(
    Primitive(
        name="left_vectors",
        symbol="U",
        forward=left_vectors_forward,
        vjp={"x": left_vectors_dx},
        shape=left_vectors_shape,
        structure=Structure.DENSE,
        latex=r"\operatorname{{svd}}_U({x})",
        words=VECTOR_WORDS,
        samples=lambda rng: [
            ((apart(rng, shape),), {}) for shape in ((3, 2), (2, 3), (3, 3), (2, 3, 2))
        ],
        cost=cubic_cost(20),
    )
)


def right_vectors_shape(x: Shape) -> Shape:
    """Returns the shape (..., k, n) of the right singular vectors of matrices (..., m, n), k the smaller of m and n."""
    return (*singular(x), x[-1])


def right_vectors_forward(x: Array) -> Array:
    """Returns the right singular vectors of each matrix, one a row."""
    return np.linalg.svd(x, full_matrices=False).Vh


def right_vectors_dx(upstream: Array, out: Array, x: Array) -> Array:
    """∂V = V (F ∘ (S ∂P + ∂Pᵀ S)) + (I − V Vᵀ) ∂Xᵀ U S⁻¹, ∂P = Uᵀ ∂X V, F_ij = 1 / (σ_j² − σ_i²) off the diagonal.

    Source: Townsend (2016), "Differentiating the singular value decomposition".
    """
    parts = np.linalg.svd(x, full_matrices=False)
    same = np.eye(parts.S.shape[-1])
    turns = (1 - same) / (parts.S[..., None, :] ** 2 - parts.S[..., None] ** 2 + same)
    mix = out @ upstream.mT
    inside = parts.S[..., None] * (turns * (mix - mix.mT)) @ out
    outside = (upstream - mix.mT @ out) / parts.S[..., None]
    return parts.U @ (inside + outside)


right_vectors = register(
    Primitive(
        name="right_vectors",
        symbol="Vᵀ",
        forward=right_vectors_forward,
        vjp={"x": right_vectors_dx},
        shape=right_vectors_shape,
        structure=Structure.DENSE,
        latex=r"\operatorname{{svd}}_V({x})^{{\top}}",
        words=VECTOR_WORDS,
        samples=lambda rng: [
            ((apart(rng, shape),), {}) for shape in ((3, 2), (2, 3), (3, 3), (2, 3, 2))
        ],
        cost=cubic_cost(20),
    )
)


@composition("linalg.svd", "svd")
def svd(
    gates: Gates,
    a: Value,
    full_matrices: Value = True,
    compute_uv: Value = True,
    hermitian: Value = False,
) -> Value:
    """Returns the singular vectors and values of a matrix, or its singular values alone."""
    if hermitian is not False:
        raise NotAllowed(
            "np.linalg.svd does not take hermitian here.",
            hint="np.abs(np.linalg.eigvalsh(A)) has the same values.",
        )
    if compute_uv is False:
        return gates.make("svdvals", a)
    rows, columns = gates.at_least(a, 2, "linalg.svd")[-2:]
    if full_matrices is not False and rows != columns:
        raise ShapeMismatch(
            f"np.linalg.svd of {rows} rows and {columns} columns would give vectors that the matrix does not determine.",
            hint="np.linalg.svd(A, full_matrices=False)",
            sizes=(rows, columns),
        )
    return Fields(
        U=gates.make("left_vectors", a),
        S=gates.make("svdvals", a),
        Vh=gates.make("right_vectors", a),
    )
