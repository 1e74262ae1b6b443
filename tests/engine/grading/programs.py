"""The programs that the corpora of answers are about: one for each kind of mistake, and those of lectures."""

from __future__ import annotations

from functools import cache

from engine import Circuit, build

NUMPY = "import numpy as np\n"

PROGRAMS: dict[str, tuple[str, dict[str, object]]] = {
    "deck": (
        "z_1 = np.dot(X, W_1)\nh_1 = np.maximum(z_1, 0)\ny_hat = np.dot(h_1, W_2)\nL = np.sum(y_hat**2)",
        {},
    ),
    "square": (
        "z = X @ W\nL = np.sum(z * T)",
        {
            "X": [[1.0, 2.0, -1.0], [0.5, -0.3, 2.0], [1.5, 0.2, -0.7]],
            "W": [[0.3, -0.2, 0.8], [1.1, 0.4, -0.6], [-0.9, 0.7, 0.1]],
            "T": [[1.0, 0.5, -2.0], [0.3, 2.5, 0.7], [-1.2, 0.4, 0.9]],
        },
    ),
    "xyz": ("q = x + y\nf = q * z", {"x": -2, "y": 5, "z": -4}),
    "neuron": (
        "s = w0*x0 + w1*x1 + w2\nf = 1 / (1 + np.exp(-s))",
        {"w0": 2, "x0": -1, "w1": -3, "x1": -2, "w2": -3},
    ),
    "patterns": ("p = x * y\nm = max(z, w)\nf = 2 * (p + m)", {"x": 3, "y": -4, "z": 2, "w": -1}),
    "cube": ("L = np.sum(x**3)", {"x": [1.0, 2.0, -3.0]}),
    "regression": (
        "y_hat = X @ w + b\ne = y_hat - y\nL = np.mean(e**2)",
        {
            "X": [[1.0, 2.0], [0.5, -1.0], [2.0, 0.3]],
            "w": [0.7, -0.4],
            "b": 0.2,
            "y": [1.0, -2.0, 0.5],
        },
    ),
    "biased": (
        "z = X @ W + b\nh = np.tanh(z)\nL = np.sum(h * T)",
        {
            "X": {"shape": [4, 3], "seed": 1},
            "W": {"shape": [3, 2], "seed": 2},
            "b": [0.3, -0.5],
            "T": {"shape": [4, 2], "seed": 3},
        },
    ),
    "layers": (
        "z1 = x @ W1\nh1 = sigmoid(z1)\nz2 = h1 @ W2\nh2 = sigmoid(z2)\nL = np.sum((h2 - t)**2)",
        {
            "x": {"shape": [4, 3], "seed": 4},
            "W1": {"shape": [3, 3], "seed": 5},
            "W2": {"shape": [3, 3], "seed": 6},
            "t": {"shape": [4, 3], "seed": 7, "fill": "uniform"},
        },
    ),
    "chain": ("u = x**2\nv = np.sin(u)\nL = 3 * v", {"x": 1.3}),
    "tanh": ("z = w * x\nh = np.tanh(z)\nL = h * c", {"w": 0.8, "x": 1.1, "c": 2.5}),
    "rootchain": ("u = x + 2\nr = np.sqrt(u)\nL = np.sum(r * c)", {"x": [1.0, 5.0], "c": [3.0, -2.0]}),
    "colah": ("c = a + b\nd = b + 1\ne = c * d", {"a": 2, "b": 1}),
    "fan": ("p = x * y\nq = x + z\nr = np.sin(x)\nL = p * q + r * z", {"x": 1.5, "y": -2.0, "z": 0.7}),
    "residual": (
        "h = np.tanh(x @ W)\nr = h + x\nL = np.sum(r * T)",
        {
            "x": {"shape": [2, 3], "seed": 8},
            "W": {"shape": [3, 3], "seed": 9},
            "T": {"shape": [2, 3], "seed": 10},
        },
    ),
    "rnn": (
        "h1 = np.tanh(x1 * u + h0 * w)\nh2 = np.tanh(x2 * u + h1 * w)\n"
        "h3 = np.tanh(x3 * u + h2 * w)\nL = h3 * c",
        {"x1": 0.5, "x2": -0.3, "x3": 0.8, "h0": 0.4, "u": 0.9, "w": 1.2, "c": 2.0},
    ),
    "softmax": (
        "p = softmax(s)\nL = np.sum(p * t)",
        {"s": [0.5, -1.0, 2.0], "t": [1.0, 3.0, -2.0]},
    ),
    "softmaxout": (
        "e = np.exp(s)\nn = np.sum(e)\np = e / n\nL = np.sum(p * t)",
        {"s": [0.5, -1.0, 2.0], "t": [1.0, 3.0, -2.0]},
    ),
    "crossentropy": (
        "s = X @ W\np = softmax(s)\nL = -np.mean(np.log(p[np.arange(4), y]))",
        {
            "X": {"shape": [4, 3], "seed": 11},
            "W": {"shape": [3, 3], "seed": 12},
            "y": [0, 2, 1, 2],
        },
    ),
    "onehot": (
        "p = softmax(s)\nL = -np.sum(Y * np.log(p))",
        {"s": [[0.2, -0.4, 1.0], [1.5, 0.1, -0.7]], "Y": [[0, 1, 0], [1, 0, 0]]},
    ),
    "quadratic": (
        "L = x @ A @ x",
        {"x": [1.0, -2.0, 0.5], "A": [[1.0, 2.0, 0.3], [0.1, -1.0, 0.8], [1.7, 0.6, 2.0]]},
    ),
    "norm": ("q = W @ x\nf = np.sum(q**2)", {"W": [[0.1, 0.5], [-0.3, 0.8]], "x": [0.2, 0.4]}),
    "matvec": (
        "q = W @ x\nf = np.sum(q * t)",
        {
            "W": {"shape": [2, 3], "seed": 13},
            "x": [0.2, 0.4, -1.0],
            "t": [1.5, -0.5],
        },
    ),
    "clip": (
        "d = q - t\nc = np.clip(d, -1, 1)\nL = np.sum(c * g)",
        {"q": [0.2, 3.0, -2.0, 0.5], "t": [0.0, 1.0, 0.3, 0.1], "g": [2.0, 1.0, -1.0, 3.0]},
    ),
    "rowmax": (
        "m = np.max(x, axis=1)\nL = np.sum(m * t)",
        {"x": [[1.0, 4.0, 2.0], [3.0, -1.0, 0.0]], "t": [2.0, -3.0]},
    ),
    "hinge": (
        "m = 1 - y * s\nh = np.maximum(0, m)\nL = np.sum(h * g)",
        {"y": [1.0, -1.0, 1.0], "s": [2.0, 0.5, -0.3], "g": [1.0, 2.0, 3.0]},
    ),
    "leaky": (
        "h = np.where(z > 0, z, 0.1 * z)\nL = np.sum(h * g)",
        {"z": [1.0, -2.0, 0.5], "g": [2.0, 3.0, -1.0]},
    ),
    "batchnorm": (
        "mu = np.mean(x, axis=0)\nxc = x - mu\nvar = np.mean(xc**2, axis=0)\n"
        "sd = np.sqrt(var + 0.001)\nxh = xc / sd\nL = np.sum(xh * T)",
        {
            "x": {"shape": [4, 2], "seed": 14},
            "T": {"shape": [4, 2], "seed": 15},
        },
    ),
    "regularised": (
        "s = X @ w\ndata = np.mean((s - y)**2)\nreg = 0.5 * lam * np.sum(w**2)\nL = data + reg",
        {
            "X": {"shape": [3, 2], "seed": 16},
            "w": [0.7, -0.4],
            "y": [1.0, -2.0, 0.5],
            "lam": 0.3,
        },
    ),
    "scaled": (
        "y = g * x + b\nL = np.sum(y * T)",
        {"x": {"shape": [3, 4], "seed": 17}, "g": 1.5, "b": {"shape": [3, 1], "seed": 18},
         "T": {"shape": [3, 4], "seed": 19}},
    ),
    "mazur": (
        "net = w1 * i1 + w2 * i2 + b\nout = 1 / (1 + np.exp(-net))\nE = 0.5 * (t - out)**2",
        {"w1": 0.15, "w2": 0.2, "i1": 0.05, "i2": 0.1, "b": 0.35, "t": 0.01},
    ),
    "attention": (
        "S = Q @ K.T\nP = softmax(S)\nO = P @ V\nL = np.sum(O * T)",
        {
            "Q": {"shape": [2, 3], "seed": 20},
            "K": {"shape": [4, 3], "seed": 21},
            "V": {"shape": [4, 5], "seed": 22},
            "T": {"shape": [2, 5], "seed": 23},
        },
    ),
    "linear": (
        "price_hat = w * area + b\nerror = price_hat - price\nJ = np.sum(error**2) / 2",
        {"w": 150, "b": 60, "area": [2.104, 1.6, 2.4, 1.416, 3.0], "price": [400, 330, 369, 232, 540]},
    ),
    "two-two-two": (
        "def sigma(z):\n    return 1 / (1 + np.exp(-z))\nh1 = sigma(w1*i1 + w2*i2 + b1)\n"
        "h2 = sigma(w3*i1 + w4*i2 + b1)\no1 = sigma(w5*h1 + w6*h2 + b2)\no2 = sigma(w7*h1 + w8*h2 + b2)\n"
        "E = (t1 - o1)**2 / 2 + (t2 - o2)**2 / 2",
        {
            **{"i1": 0.05, "i2": 0.1, "t1": 0.01, "t2": 0.99, "w1": 0.15, "w2": 0.2, "w3": 0.25},
            **{"w4": 0.3, "w5": 0.4, "w6": 0.45, "w7": 0.5, "w8": 0.55, "b1": 0.35, "b2": 0.6},
        },
    ),
    "scores": (
        "f = np.dot(W, x) + b\np = np.exp(f) / np.sum(np.exp(f))\nL = -np.log(p[y])",
        {
            "W": [[0.01, -0.05, 0.1, 0.05], [0.7, 0.2, 0.05, 0.16], [0.0, -0.45, -0.2, 0.03]],
            "x": [-1.5, 2.2, -4.4, 5.6],
            "b": [0.0, 0.2, -0.3],
            "y": 2,
        },
    ),
    "normalised": (
        "mu = np.mean(x, axis=0)\ncentered = x - mu\nvar = np.mean(centered**2, axis=0)\n"
        "x_hat = centered / np.sqrt(var + 1e-5)\nout = gamma * x_hat + beta\nL = np.sum((out - t)**2)",
        {
            "x": [[1.0, -2.0], [2.0, 0.5], [4.0, 1.0], [5.0, 2.5]],
            "gamma": [1.5, 0.5],
            "beta": [0.1, -0.2],
            "t": [[0.0, 1.0], [0.0, 0.0], [1.0, -1.0], [0.0, 0.0]],
        },
    ),
    "unrolled": (
        "h = h_0\nfor t in range(4):\n    h = np.tanh(np.dot(W_h, h) + np.dot(W_x, x[t]) + b)\nL = np.sum(h**2)",
        {
            "h_0": [0.0, 0.0],
            "x": [[1.0], [0.0], [-1.0], [0.5]],
            "W_h": [[0.5, -0.3], [0.2, 0.7]],
            "W_x": [[0.6], [-0.4]],
            "b": [0.1, -0.1],
        },
    ),
    "hidden": (
        "z = np.dot(X, W) + b\nh = np.maximum(z, 0)\ns = np.dot(h, v)\nL = np.mean((s - y)**2)",
        {
            "X": [[1.0, 2.0], [0.5, -1.0], [-1.0, 2.5], [2.0, 0.3]],
            "W": [[0.5, 0.4, -0.3], [0.2, 0.6, 0.8]],
            "b": [0.2, -1.5, 0.1],
            "v": [1.0, -0.5, 0.7],
            "y": [1.0, 0.0, 0.5, -0.5],
        },
    ),
    "clipped": (
        "delta = target - q\nclipped = np.minimum(np.maximum(delta, -1), 1)\nL = np.mean(clipped**2)",
        {"q": [0.0, 5.0, -5.0], "target": [0.3, 0.0, 0.0]},
    ),
}  # fmt: skip
"""Name -> (source, inputs)."""


@cache
def circuit(name: str) -> Circuit:
    """Returns a program, built."""
    source, inputs = PROGRAMS[name]
    return build(NUMPY + source, inputs)
