"""The words of PyTorch and of JAX for NumPy's functions: tables that know functions and no primitives."""

from __future__ import annotations

import re
from dataclasses import dataclass

from engine.naming import RESERVED
from engine.rules import MARK


def names(*lines: str) -> frozenset[str]:
    """Returns the words of a few lines."""
    return frozenset(" ".join(lines).split())


ELEMENTWISE = names(
    "abs absolute add arccos arccosh arcsin arcsinh arctan arctan2 arctanh bitwise_and",
    "bitwise_not bitwise_or bitwise_xor ceil copysign cos cosh deg2rad divide equal exp",
    "exp2 expm1 floor fmax fmin fmod greater greater_equal heaviside hypot",
    "isfinite isinf isnan less less_equal log log10 log1p log2 logaddexp logaddexp2",
    "logical_and logical_not logical_or logical_xor maximum minimum multiply negative",
    "nextafter not_equal positive rad2deg reciprocal sign signbit sin sinc sinh sqrt",
    "square subtract tan tanh true_divide trunc",
)
"""Functions of NumPy that PyTorch has by the same name, for tensors only."""

TORCH: tuple[tuple[str, str], ...] = (
    ("sum(a)", "torch.sum(a)"),
    ("sum(a, axis, keepdims=keepdims)", "torch.sum(a, dim=axis, keepdim=keepdims)"),
    ("sum(a, keepdims=keepdims)", "torch.sum(a, dim=None, keepdim=keepdims)"),
    ("mean(a)", "torch.mean(a)"),
    ("mean(a, axis, keepdims=keepdims)", "torch.mean(a, dim=axis, keepdim=keepdims)"),
    ("mean(a, keepdims=keepdims)", "torch.mean(a, dim=None, keepdim=keepdims)"),
    ("max(a, axis=axis, keepdims=keepdims)", "torch.amax(a, dim=axis, keepdim=keepdims)"),
    ("min(a, axis=axis, keepdims=keepdims)", "torch.amin(a, dim=axis, keepdim=keepdims)"),
    ("any(a, axis=axis, keepdims=keepdims)", "torch.any(a, dim=axis, keepdim=keepdims)"),
    ("all(a, axis=axis, keepdims=keepdims)", "torch.all(a, dim=axis, keepdim=keepdims)"),
    ("prod(a)", "torch.prod(a)"),
    ("prod(a, axis, keepdims=keepdims)", "torch.prod(a, dim=axis, keepdim=keepdims)"),
    ("prod(a, keepdims=keepdims)", "torch.prod(a).reshape([1] * a.ndim)"),
    (
        "var(a, axis=axis, keepdims=keepdims)",
        "torch.var(a, dim=axis, correction=0, keepdim=keepdims)",
    ),
    (
        "var(a, axis=axis, ddof=ddof, keepdims=keepdims)",
        "torch.var(a, dim=axis, correction=ddof, keepdim=keepdims)",
    ),
    (
        "std(a, axis=axis, keepdims=keepdims)",
        "torch.std(a, dim=axis, correction=0, keepdim=keepdims)",
    ),
    (
        "std(a, axis=axis, ddof=ddof, keepdims=keepdims)",
        "torch.std(a, dim=axis, correction=ddof, keepdim=keepdims)",
    ),
    ("argmax(a, axis=axis, keepdims=keepdims)", "torch.argmax(a, dim=axis, keepdim=keepdims)"),
    ("argmin(a, axis=axis, keepdims=keepdims)", "torch.argmin(a, dim=axis, keepdim=keepdims)"),
    ("argsort(a, axis=axis)", "torch.argsort(a, dim=axis)"),
    ("sort(a)", "torch.sort(a).values"),
    ("sort(a, axis=axis)", "torch.sort(a, dim=axis).values"),
    ("cumsum(a)", "torch.cumsum(torch.ravel(a), dim=0)"),
    ("cumsum(a, axis=axis)", "torch.cumsum(a, dim=axis)"),
    ("cumprod(a)", "torch.cumprod(torch.ravel(a), dim=0)"),
    ("cumprod(a, axis=axis)", "torch.cumprod(a, dim=axis)"),
    ("count_nonzero(a)", "torch.count_nonzero(a)"),
    ("count_nonzero(a, axis=axis)", "torch.count_nonzero(a, dim=axis)"),
    ("mod(x, y)", "x - y * torch.floor(x / y)"),
    ("floor_divide(x, y)", "torch.floor_divide(x, y)"),
    ("rint(x)", "torch.round(x)"),
    ("round(x)", "torch.round(x)"),
    ("round(x, decimals=decimals)", "torch.round(x, decimals=decimals)"),
    ("cbrt(x)", "torch.sign(x) * torch.abs(x) ** (1 / 3)"),
    ("where(c, x, y)", "torch.where(c, x, y)"),
    (
        "clip(a, low, high)",
        "torch.minimum(torch.maximum(tensor_of(a), tensor_of(low)), tensor_of(high))",
    ),
    ("nan_to_num(x)", "torch.nan_to_num(x)"),
    ("shape(a)", "a.shape"),
    ("size(a)", "a.numel()"),
    ("ravel(a)", "torch.ravel(a)"),
    ("reshape(a, shape)", "torch.reshape(a, tuple_of(shape))"),
    ("squeeze(a, axis=axis)", "torch.squeeze(a, dim=axis)"),
    ("expand_dims(a, axis)", "unsqueezed(a, axis)"),
    ("transpose(a)", "reversed_axes(a)"),
    ("transpose(a, axes)", "torch.permute(a, axes)"),
    ("swapaxes(a, axis1, axis2)", "torch.swapaxes(a, axis1, axis2)"),
    ("moveaxis(a, source, destination)", "torch.movedim(a, source, destination)"),
    ("broadcast_to(a, shape)", "torch.broadcast_to(a, tuple_of(shape))"),
    ("flip(a)", "torch.flip(a, [*range(a.ndim)])"),
    ("flip(a, axis)", "torch.flip(a, tuple_of(axis))"),
    ("roll(a, shift, axis=axis)", "torch.roll(a, shift, dims=axis)"),
    ("rot90(a, k, axes)", "torch.rot90(a, k, axes)"),
    ("concatenate(arrays, axis=axis)", "torch.cat(arrays, dim=axis)"),
    ("stack(arrays, axis=axis)", "torch.stack(arrays, dim=axis)"),
    ("tile(a, reps)", "torch.tile(a, tuple_of(reps))"),
    ("repeat(a, repeats)", "torch.repeat_interleave(torch.ravel(a), counts_of(repeats))"),
    ("repeat(a, repeats, axis=axis)", "torch.repeat_interleave(a, counts_of(repeats), dim=axis)"),
    ("nansum(a)", "torch.nansum(a)"),
    ("nansum(a, axis, keepdims=keepdims)", "torch.nansum(a, dim=axis, keepdim=keepdims)"),
    ("nanmean(a)", "torch.nanmean(a)"),
    ("nanmean(a, axis, keepdims=keepdims)", "torch.nanmean(a, dim=axis, keepdim=keepdims)"),
    ("ptp(a)", "torch.amax(a) - torch.amin(a)"),
    (
        "ptp(a, axis, keepdims=keepdims)",
        "torch.amax(a, dim=axis, keepdim=keepdims) - torch.amin(a, dim=axis, keepdim=keepdims)",
    ),
    ("median(a)", "torch.quantile(a, 0.5)"),
    ("median(a, axis, keepdims=keepdims)", "torch.quantile(a, 0.5, dim=axis, keepdim=keepdims)"),
    (
        "diagonal(a, offset=offset, axis1=axis1, axis2=axis2)",
        "torch.diagonal(a, offset=offset, dim1=axis1, dim2=axis2)",
    ),
    ("diag(a)", "torch.diag(a)"),
    ("diag(a, k)", "torch.diag(a, diagonal=k)"),
    ("trace(a)", "torch.trace(a)"),
    ("triu(a)", "torch.triu(a)"),
    ("triu(a, k)", "torch.triu(a, diagonal=k)"),
    ("tril(a)", "torch.tril(a)"),
    ("tril(a, k)", "torch.tril(a, diagonal=k)"),
    ("diff(a)", "torch.diff(a)"),
    ("diff(a, n=n, axis=axis)", "torch.diff(a, n=n, dim=axis)"),
    ("outer(a, b)", "torch.outer(torch.ravel(a), torch.ravel(b))"),
    ("inner(a, b)", "torch.inner(a, b)"),
    ("vdot(a, b)", "torch.dot(torch.ravel(a), torch.ravel(b))"),
    ("matmul(a, b)", "torch.matmul(a, b)"),
    ("tensordot(a, b, axes)", "torch.tensordot(a, b, dims=pairs_of(axes))"),
    ("einsum(subscripts, a)", "torch.einsum(subscripts, a)"),
    ("einsum(subscripts, a, b)", "torch.einsum(subscripts, a, b)"),
    ("kron(a, b)", "torch.kron(a, b)"),
    ("cross(a, b)", "torch.linalg.cross(a, b)"),
    ("trapezoid(y, dx=dx, axis=axis)", "torch.trapezoid(y, dx=dx, dim=axis)"),
    ("take_along_axis(a, indices, axis)", "torch.take_along_dim(a, indices, axis)"),
    ("linalg.inv(a)", "torch.linalg.inv(a)"),
    ("linalg.pinv(a)", "torch.linalg.pinv(a)"),
    ("linalg.det(a)", "torch.linalg.det(a)"),
    ("linalg.solve(a, b)", "torch.linalg.solve(a, b)"),
    ("linalg.cholesky(a)", "torch.linalg.cholesky(torch.tril(a) + torch.tril(a, -1).mT)"),
    ("linalg.eigvalsh(a)", "torch.linalg.eigvalsh(torch.tril(a) + torch.tril(a, -1).mT)"),
    ("linalg.svdvals(a)", "torch.linalg.svdvals(a)"),
    ("linalg.slogdet(a)", "torch.linalg.slogdet(a)"),
    (
        "linalg.norm(a, ord=ord, axis=axis, keepdims=keepdims)",
        "torch.linalg.norm(a, ord=ord, dim=axis, keepdim=keepdims)",
    ),
    ("linalg.matrix_power(a, n)", "torch.linalg.matrix_power(a, n)"),
    ("broadcast_arrays(*arrays)", "torch.broadcast_tensors(*arrays)"),
    ("ones_like(a)", "torch.ones_like(a)"),
    ("zeros_like(a)", "torch.zeros_like(a)"),
    ("arange(n)", "torch.arange(n)"),
    ("asarray(a)", "torch.as_tensor(a)"),
    ("float64(number)", "torch.tensor(number)"),
)
"""What a call of NumPy's becomes in PyTorch: the first row with the arguments that the call has; `name=name` may lack.

NumPy reads the lower triangle alone of what should be symmetric; frameworks share a gradient between both.
"""

JAX_ROWS: tuple[tuple[str, str], ...] = (
    ("linalg.cholesky(a)", "jnp.linalg.cholesky(jnp.tril(a) + jnp.tril(a, -1).mT)"),
    ("linalg.eigvalsh(a)", "jnp.linalg.eigvalsh(jnp.tril(a) + jnp.tril(a, -1).mT)"),
)
"""The same for JAX, where it is not jax.numpy's function of the same name."""

JAX = ELEMENTWISE | names(
    "all any arange argmax argmin argsort array asarray atleast_1d atleast_2d",
    "atleast_3d average bincount broadcast_to cbrt clip column_stack concatenate",
    "convolve correlate count_nonzero cross cumprod cumsum diag diagflat diagonal diff",
    "dot einsum expand_dims flip float64 floor_divide full_like gradient hstack inner",
    "int64 interp kron linspace matmul matvec max mean median min mod moveaxis",
    "nan_to_num ones_like outer prod ptp ravel remainder repeat reshape rint roll round",
    "rot90 searchsorted shape size sort split squeeze stack std sum swapaxes take",
    "take_along_axis tensordot tile trace transpose trapezoid tril triu var vdot vecdot",
    "vecmat vstack where zeros_like linalg.cholesky linalg.det linalg.eigvalsh",
    "linalg.inv linalg.matrix_power linalg.norm linalg.pinv linalg.slogdet linalg.solve",
    "linalg.svdvals pi e inf nan euler_gamma",
)
"""Functions and constants of NumPy that jax.numpy has by the same name, with the same arguments."""

OWN_WORDS = names("tuple_of pairs_of tensor_of counts_of unsqueezed reversed_axes")
"""What the rows of PyTorch say that is none of its functions; see `TorchFilling.shaped`."""
ARRAYS = names("a b x y arrays")
"""What the rows of PyTorch call arrays: numbers there are made tensors."""
MATRICES = names("triu tril")
"""Functions that PyTorch has for matrices only."""
CONSTANTS = frozenset({"pi", "e", "inf", "nan"})
ONE_AXIS = names("prod cumsum cumprod argmax argmin sort argsort concatenate median nansum nanmean")
"""Functions whose `dim` is one number in PyTorch."""
WRITES = re.compile(rf"\[.*{MARK}\d+{MARK}.*\]( =|\.set\()")
"""A line that writes where index arrays say."""


@dataclass(frozen=True, slots=True)
class Peer:
    """A framework.

    Attributes:
        name: the target's name, a key of a record's `spelled`.
        title: what people call it.
        module: what stands for `np` in its lines.
        reserved: names that its script needs for itself.
    """

    name: str
    title: str
    module: str
    reserved: frozenset[str]


TORCH_PEER = Peer("torch", "PyTorch", "torch", frozenset(RESERVED) | {"torch"})
JAX_PEER = Peer("jax", "JAX", "jnp", frozenset(RESERVED) | {"jax", "jnp", "pull", "forward"})
