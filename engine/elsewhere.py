"""Names that people write and the language does not have, each with the nearest spelling that it has.

NumPy's and Python's own names, other libraries' (SciPy, PyTorch, TensorFlow, JAX), and methods of their tensors. An entry
is an expression that can be drawn as it stands, or a sentence where nothing comes near.
"""

from __future__ import annotations

NUMPY: dict[str, str] = {
    # Python's own words.
    "map": "[f(a) for a in x]",
    "filter": "[a for a in [1, 2, 3] if a > 1]",
    "sorted": "np.sum(x)",
    "print": "Write print(...) on a line of its own.",
    "str": "Leave text out.",
    "format": "Leave text out.",
    "isinstance": "Leave it out.",
    "dict": "Use plain names, or a list.",
    "set": "[1, 2]",
    "next": "x[0]",
    "iter": "[a for a in x]",
    "divmod": "7 // 2, 7 % 2",
    "input": "Give the value as an input.",
    "open": "Give the numbers as an input.",
    # NumPy.
    "add.at": "np.eye(3)[y].T @ x",
    "add.reduce": "np.sum(x, axis=0)",
    "multiply.reduce": "x[0] * x[1]",
    "multiply.outer": "x[:, None] * y[None, :]",
    "subtract.outer": "x[:, None] - y[None, :]",
    "add.outer": "x[:, None] + y[None, :]",
    "maximum.reduce": "np.max(x, axis=0)",
    "minimum.reduce": "np.min(x, axis=0)",
    "logaddexp.reduce": "np.log(np.sum(np.exp(x)))",
    "float32": "np.float64(x)",
    "float16": "np.float64(x)",
    "longdouble": "np.float64(x)",
    "complex128": "Only real numbers are in the language.",
    "mat": "np.array([[1, 2], [3, 4]])",
    "matrix": "np.array([[1, 2], [3, 4]])",
    "asmatrix": "np.array([[1, 2], [3, 4]])",
    "asanyarray": "np.asarray(x)",
    "ascontiguousarray": "np.array(x)",
    "empty": "np.zeros((2, 3))",
    "vectorize": "[f(a) for a in x]",
    "apply_along_axis": "[np.sum(row) for row in X]",
    "apply_over_axes": "np.sum(x, axis=0)",
    "fromfunction": "[[i + j for j in range(3)] for i in range(2)]",
    "fromiter": "np.array([2 * i for i in range(3)])",
    "nditer": "[a for a in x]",
    "ndenumerate": "[i * a for i, a in enumerate(x)]",
    "interp": "x[0] + (x[1] - x[0]) * t",
    "piecewise": "np.where(x > 0, x, 0)",
    "select": "np.where(x > 0, x, 0)",
    "choose": "np.where(x > 0, x, 0)",
    "heaviside": "np.where(x > 0, 1.0, 0.0)",
    "product": "np.prod(x)",
    "cumproduct": "np.cumprod(x)",
    "nanmax": "np.max(x)",
    "nanmin": "np.min(x)",
    "isclose": "np.abs(x - y) < 1e-8",
    "allclose": "np.abs(x - y) < 1e-8",
    "array_equal": "x == y",
    "nonzero": "x[x > 0]",
    "flatnonzero": "x[x > 0]",
    "argwhere": "x[x > 0]",
    "extract": "x[x > 0]",
    "compress": "x[x > 0]",
    "put": "Write x[i] = v.",
    "place": "Write x[mask] = v.",
    "putmask": "Write x[mask] = v.",
    "copyto": "Write x[:] = y.",
    "fill_diagonal": "Write x[i, i] = v in a loop.",
    "unique": "x[x > 0]",
    "bincount": "np.sum(x == 1)",
    "histogram": "np.sum(x > 0)",
    "searchsorted": "np.sum(x < 3)",
    "corrcoef": "np.mean((x - np.mean(x)) * (y - np.mean(y)))",
    "cov": "np.mean((x - np.mean(x)) * (y - np.mean(y)))",
    "polyval": "x[0] * t**2 + x[1] * t + x[2]",
    "linalg.qr": "np.linalg.solve(A, b)",
    "linalg.lstsq": "np.linalg.pinv(A) @ b",
    "linalg.eigvals": "np.linalg.eigvalsh(A @ A.T)",
    "linalg.cond": "np.linalg.norm(A)",
    "linalg.matrix_rank": "np.linalg.det(A)",
    "random.choice": "Give the chosen numbers as an input.",
    "random.randint": "Give the numbers as an input.",
    "random.permutation": "Give the order as an input.",
    "random.shuffle": "Give the order as an input.",
    "random.binomial": "np.random.rand(3) < 0.5",
    "random.default_rng": "np.random.randn(2, 3)",
    "random.standard_normal": "np.random.randn(2, 3)",
    "random.multivariate_normal": "np.random.randn(2, 3)",
    "save": "Leave it out.",
    "savetxt": "Leave it out.",
    "load": "Give the numbers as an input.",
    "loadtxt": "Give the numbers as an input.",
    "genfromtxt": "Give the numbers as an input.",
    "real": "Only real numbers are in the language.",
    "imag": "Only real numbers are in the language.",
    "conj": "Only real numbers are in the language.",
    # Names from imports of other libraries.
    "expit": "sigmoid(x)",
    "logit": "np.log(x / (1 - x))",
    "logsumexp": "np.log(np.sum(np.exp(x)))",
    "xlogy": "x * np.log(y)",
    "factorial": "1 * 2 * 3",
    "leaky_relu": "np.where(x > 0, x, 0.01 * x)",
    "elu": "np.where(x > 0, x, np.exp(x) - 1)",
    "gelu": "x * sigmoid(1.702 * x)",
    "silu": "x * sigmoid(x)",
    "swish": "x * sigmoid(x)",
    "one_hot": "np.eye(3)[y]",
    "cross_entropy": "-np.log(softmax(x)[y])",
    "mse_loss": "np.mean((x - y)**2)",
}
"""NumPy's names without np., and bare ones."""

FOURIER = "Fourier transforms give complex numbers, which are not in the language."

FOREIGN: dict[str, str] = {
    "relu": "np.maximum(x, 0)",
    "relu6": "np.minimum(np.maximum(x, 0), 6)",
    "leaky_relu": "np.where(x > 0, x, 0.01 * x)",
    "elu": "np.where(x > 0, x, np.exp(x) - 1)",
    "gelu": "x * sigmoid(1.702 * x)",
    "silu": "x * sigmoid(x)",
    "expit": "sigmoid(x)",
    "sigmoid": "sigmoid(x)",
    "logsigmoid": "np.log(sigmoid(x))",
    "softplus": "softplus(x)",
    "softmax": "softmax(x)",
    "log_softmax": "log_softmax(x)",
    "tanh": "np.tanh(x)",
    "logit": "np.log(x / (1 - x))",
    "logsumexp": "np.log(np.sum(np.exp(x)))",
    "reduce_logsumexp": "np.log(np.sum(np.exp(x)))",
    "xlogy": "x * np.log(y)",
    "cross_entropy": "-np.log(softmax(x)[y])",
    "nll_loss": "-x[y]",
    "mse_loss": "np.mean((x - y)**2)",
    "l1_loss": "np.mean(np.abs(x - y))",
    "binary_cross_entropy": "-(y * np.log(x) + (1 - y) * np.log(1 - x))",
    "one_hot": "np.eye(3)[y]",
    "linear": "x @ W + b",
    "dropout": "x * mask / 0.5",
    "layer_norm": "(x - np.mean(x)) / np.sqrt(np.mean((x - np.mean(x))**2) + 1e-5)",
    "mm": "A @ B",
    "bmm": "A @ B",
    "mv": "A @ x",
    "matmul": "np.matmul(A, B)",
    "dot": "np.dot(x, y)",
    "tensor": "np.array([1.0, 2.0])",
    "as_tensor": "np.array([1.0, 2.0])",
    "from_numpy": "np.array([1.0, 2.0])",
    "constant": "np.array([1.0, 2.0])",
    "Variable": "np.array([1.0, 2.0])",
    "Parameter": "np.array([1.0, 2.0])",
    "zeros": "np.zeros((2, 3))",
    "ones": "np.ones((2, 3))",
    "eye": "np.eye(3)",
    "rand": "np.random.rand(2, 3)",
    "randn": "np.random.randn(2, 3)",
    "exp": "np.exp(x)",
    "log": "np.log(x)",
    "sqrt": "np.sqrt(x)",
    "abs": "np.abs(x)",
    "sum": "np.sum(x)",
    "mean": "np.mean(x)",
    "max": "np.max(x)",
    "reduce_sum": "np.sum(x)",
    "reduce_mean": "np.mean(x)",
    "reduce_max": "np.max(x)",
    "square": "np.square(x)",
    "pow": "x**2",
    "where": "np.where(x > 0, x, 0)",
    "clamp": "np.minimum(np.maximum(x, 0), 1)",
    "clip_by_value": "np.minimum(np.maximum(x, 0), 1)",
    "maximum": "np.maximum(x, y)",
    "minimum": "np.minimum(x, y)",
    "norm": "np.sqrt(np.sum(x**2))",
    "erf": "np.tanh(1.128379 * x)",
    "unsqueeze": "np.expand_dims(x, 0)",
    "permute": "np.transpose(A, (1, 0))",
    "stack": "np.array([x, y])",
    "cat": "np.concatenate([x, y])",
    "concat": "np.concatenate([x, y])",
    "einsum": "np.einsum('ij,jk->ik', A, B)",
    "Linear": "x @ W + b",
    "ReLU": "np.maximum(x, 0)",
    "Sigmoid": "sigmoid(x)",
    "Tanh": "np.tanh(x)",
    "Softmax": "softmax(x)",
    "CrossEntropyLoss": "-np.log(softmax(x)[y])",
    "MSELoss": "np.mean((x - y)**2)",
    "GradientTape": "Leave it out: every gradient is computed.",
    "no_grad": "Leave it out.",
    "manual_seed": "Write np.random.seed(0).",
    "set_seed": "Write np.random.seed(0).",
}
"""Last parts of other libraries' names: torch.relu, F.relu, tf.nn.relu and scipy.special.expit are found by them."""

INITIALS = ("F", "special", "sp", "K", "stats")
"""Names that other libraries go by and variables too: only a known function makes them a library."""

METHODS: dict[str, str] = {
    "item": "Leave .item() out: one number is one number.",
    "tolist": "Leave .tolist() out.",
    "numpy": "Leave .numpy() out.",
    "detach": "Leave .detach() out, or leave the name out of wrt.",
    "backward": "Leave .backward() out: every gradient is computed.",
    "zero_grad": "Leave it out: gradients start at zero.",
    "step": "Leave it out: write the update, such as W - 0.1 * dW.",
    "requires_grad_": "Leave it out: every input has a gradient.",
    "requires_grad": "Leave it out: every input has a gradient.",
    "grad": "Leave .grad out: every gradient is computed.",
    "data": "Leave .data out.",
    "cuda": "Leave .cuda() out.",
    "cpu": "Leave .cpu() out.",
    "to": "Leave .to(...) out.",
    "float": "x.astype(float)",
    "double": "x.astype(float)",
    "view": "x.reshape(-1)",
    "permute": "A.transpose(1, 0)",
    "t": "A.T",
    "mT": "A.T",
    "unsqueeze": "x[None]",
    "mm": "A @ B",
    "matmul": "A @ B",
    "pow": "x**2",
    "relu": "np.maximum(x, 0)",
    "sigmoid": "sigmoid(x)",
    "softmax": "softmax(x)",
    "norm": "np.sqrt(np.sum(x**2))",
    "clamp": "np.minimum(np.maximum(x, 0), 1)",
    "numel": "x.size",
    "flat": "x.ravel()",
    "fill": "Write x[:] = v.",
    "sort": "np.sort(x)",
    "append": "Start it as a list: hs = [].",
    "extend": "Start it as a list: hs = [].",
    "nonzero": "x[x > 0]",
    "conj": "Only real numbers are in the language.",
    "real": "Only real numbers are in the language.",
    "tobytes": "Leave it out.",
    "astype": "x.astype(float)",
}

WRITE_NUMPY = "Write NumPy: np.maximum(x, 0) for torch.relu(x)."
NUMBERS = "Give the numbers as an input."

MODULES: dict[str, str] = {
    "torch": WRITE_NUMPY,
    "nn": WRITE_NUMPY,
    "tensorflow": "Write NumPy: np.maximum(x, 0) for tf.nn.relu(x).",
    "tf": "Write NumPy: np.maximum(x, 0) for tf.nn.relu(x).",
    "keras": "Write NumPy: x @ W + b for a dense layer.",
    "jax": "Write NumPy: np for jnp.",
    "jnp": "Write NumPy: np for jnp.",
    "scipy": "Write NumPy: sigmoid(x) for scipy.special.expit(x).",
    "autograd": "Write import numpy as np: every gradient is computed here.",
    "matplotlib": "Leave plots out.",
    "plt": "Leave plots out.",
    "random": "Write np.random.rand().",
    "sklearn": NUMBERS,
    "pandas": NUMBERS,
    "pd": NUMBERS,
}
"""Other libraries, by their own names and those they are usually given."""


def sentence(entry: str | None) -> str | None:
    """Returns an entry as a hint."""
    if entry is None or entry.endswith("."):
        return entry
    return f"Write {entry}."


def function(root: str, name: str) -> str | None:
    """Returns what to write for a library's function, or None for what may be something else.

    Args:
        root: the library as the program calls it: "np", "torch", "F", "scipy.special"; or "np" for a bare name.
        name: what is asked of it: "fft.fft", "relu", "special.expit".
    """
    last = name.rpartition(".")[2]
    if root == "np":
        return FOURIER if name.startswith("fft.") else sentence(NUMPY.get(name))
    first = root.partition(".")[0]
    if first in MODULES:
        return sentence(FOREIGN.get(last)) or module(first)
    return sentence(FOREIGN.get(last)) if first in INITIALS else None


def method(name: str) -> str | None:
    """Returns what to write for a method or an attribute that arrays do not have here, or None."""
    return sentence(METHODS.get(name))


def module(name: str) -> str | None:
    """Returns what to write instead of a library, or None."""
    return MODULES.get(name.partition(".")[0])
