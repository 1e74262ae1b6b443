"""The nonlinearities of neural networks, each as one gate."""

# NumPy's stubs give Any for some of these expressions.
# mypy: disable-error-code="no-any-return"

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.primitives import corners, samples
from engine.primitives.primitive import Primitive, Samples, Structure, register
from engine.primitives.shapes import Axis, axes_of, broadcast

Array = NDArray[np.float64]
Shape = tuple[int, ...]


def sigmoid_forward(x: Array) -> Array:
    """Returns 1 / (1 + e^-x), written so that no exponential overflows."""
    return np.exp(np.minimum(x, 0)) / (1 + np.exp(-np.abs(x)))


def sigmoid_dx(upstream: Array, out: Array, x: Array) -> Array:
    """∂σ(x)/∂x = σ(x) (1 - σ(x))."""
    return upstream * out * (1 - out)


sigmoid = register(
    Primitive(
        name="sigmoid",
        symbol="σ",
        forward=sigmoid_forward,
        vjp={"x": sigmoid_dx},
        shape=broadcast,
        structure=Structure.DIAGONAL,
        latex=r"\sigma({x})",
        words="Squashes: at most a quarter of the gradient passes, and none where it saturates.",
        samples=samples.one,
        spellings=("sigmoid",),
        spelled={"torch": "torch.sigmoid(x)", "jax": "jax.nn.sigmoid(x)"},
    )
)


def relu_forward(x: Array) -> Array:
    """Returns the positive part of x."""
    return np.maximum(x, 0)


def relu_dx(upstream: Array, out: Array, x: Array) -> Array:
    """∂relu(x)/∂x = 1 where x is positive, else 0; 0 at the corner."""
    return upstream * (x > 0)


relu = register(
    Primitive(
        name="relu",
        symbol="relu",
        forward=relu_forward,
        vjp={"x": relu_dx},
        shape=broadcast,
        structure=Structure.DIAGONAL,
        latex=r"\max(0,\,{x})",
        words="Routes: the gradient passes where the input is positive, and not elsewhere.",
        kink=corners.AT_ZERO_FROM_FLAT,
        samples=samples.one,
        spellings=("relu",),
        spelled={"torch": "torch.relu(x)", "jax": "jax.nn.relu(x)"},
    )
)


def softplus_forward(x: Array) -> Array:
    """Returns log(1 + e^x)."""
    return np.logaddexp(0, x)


def softplus_dx(upstream: Array, out: Array, x: Array) -> Array:
    """∂log(1 + e^x)/∂x = e^x / (1 + e^x) = e^(x - out), the sigmoid."""
    return upstream * np.exp(x - out)


softplus = register(
    Primitive(
        name="softplus",
        symbol="softplus",
        forward=softplus_forward,
        vjp={"x": softplus_dx},
        shape=broadcast,
        structure=Structure.DIAGONAL,
        latex=r"\log(1 + e^{{{x}}})",
        words="Scales by the sigmoid: a smooth switch between no gradient and all of it.",
        samples=samples.one,
        spellings=("softplus",),
    )
)


# ---------- along an axis ----------


def normalized(x: Shape, *, axis: Axis = -1) -> Shape:
    """Returns the same shape.

    Raises:
        ShapeMismatch: for an axis that the shape does not have.
    """
    axes_of(x, axis)
    return x


def along_axes(rng: np.random.Generator) -> Samples:
    """Returns one array a variant of the axis."""
    variants: tuple[tuple[Shape, dict[str, object]], ...] = (
        ((3,), {}),
        ((2, 3), {}),
        ((2, 3), {"axis": 0}),
        ((2, 2, 2), {"axis": 1}),
        ((2, 2, 2), {"axis": (0, -1)}),
        ((2, 2), {"axis": None}),
    )
    return [((samples.normal(rng, shape),), settings) for shape, settings in variants]


def softmax_forward(x: Array, *, axis: Axis = -1) -> Array:
    """Returns e^x over its sum along the axis; the largest entry is taken off so none overflows."""
    exps = np.exp(x - np.max(x, axis=axis, keepdims=True))
    return exps / np.sum(exps, axis=axis, keepdims=True)


def softmax_dx(upstream: Array, out: Array, x: Array, *, axis: Axis) -> Array:
    """∂L/∂x_i = p_i (upstream_i - Σ_j upstream_j p_j), for p = softmax(x)."""
    return out * (upstream - np.sum(upstream * out, axis=axis, keepdims=True))


softmax = register(
    Primitive(
        name="softmax",
        symbol="softmax",
        forward=softmax_forward,
        vjp={"x": softmax_dx},
        shape=normalized,
        structure=Structure.DENSE,
        latex=r"\operatorname{{softmax}}({x})",
        words=(
            "Competes: every score receives its probability times "
            "how far its upstream gradient is above their average."
        ),
        samples=along_axes,
        spellings=("softmax",),
    )
)


def log_softmax_forward(x: Array, *, axis: Axis = -1) -> Array:
    """Returns the logarithm of softmax, without taking a logarithm of 0."""
    shifted = x - np.max(x, axis=axis, keepdims=True)
    return shifted - np.log(np.sum(np.exp(shifted), axis=axis, keepdims=True))


def log_softmax_dx(upstream: Array, out: Array, x: Array, *, axis: Axis) -> Array:
    """∂L/∂x_i = upstream_i - p_i Σ_j upstream_j, for p = softmax(x) = e^out."""
    return upstream - np.exp(out) * np.sum(upstream, axis=axis, keepdims=True)


log_softmax = register(
    Primitive(
        name="log_softmax",
        symbol="logsmax",
        forward=log_softmax_forward,
        vjp={"x": log_softmax_dx},
        shape=normalized,
        structure=Structure.DENSE,
        latex=r"\log\operatorname{{softmax}}({x})",
        words=(
            "Competes: every score receives its upstream gradient "
            "less its probability times their sum."
        ),
        samples=along_axes,
        spellings=("log_softmax",),
    )
)
