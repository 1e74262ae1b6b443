"""The programs that speed is measured on, each beside the same mathematics written by hand.

The workloads are those of the anchors' comparison: a circuit of two gates, a sigmoid neuron, ReLU networks small and large,
a classifier, long chains, a recurrent network.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Inputs = Mapping[str, Array]
Gradients = dict[str, Array]


@dataclass(frozen=True)
class Workload:
    """One program, its inputs, the same by hand, and the same as a function of a NumPy-like module.

    Attributes:
        name: what the table calls it.
        source: the program as a student types it.
        inputs: its inputs.
        by_hand: forward and backward in plain NumPy.
        function: `(np, **inputs) -> loss`, for libraries that trace calls.
        rounds: how many timed rounds.
    """

    name: str
    source: str
    inputs: Inputs
    by_hand: Callable[..., Gradients]
    function: Callable[..., object]
    rounds: int = 25


def circuit(x: Array, y: Array, z: Array) -> Gradients:
    q = x + y
    return {"x": z, "y": z, "z": q}


def neuron(w0: Array, x0: Array, w1: Array, x1: Array, w2: Array) -> Gradients:
    s = 1 / (1 + np.exp(-(w0 * x0 + w1 * x1 + w2)))
    d = s * (1 - s)
    return {"w0": d * x0, "x0": d * w0, "w1": d * x1, "x1": d * w1, "w2": d}


def network(X: Array, W_1: Array, W_2: Array) -> Gradients:
    z = X.dot(W_1)
    h = np.maximum(z, 0)
    d = 2.0 * h.dot(W_2)
    dz = d.dot(W_2.T) * (z > 0)
    return {"W_1": X.T.dot(dz), "W_2": h.T.dot(d)}


def network_function(np_: object, X: object, W_1: object, W_2: object) -> object:
    np = np_
    return np.sum(np.matmul(np.maximum(np.matmul(X, W_1), 0), W_2) ** 2)


NETWORK = (
    "z_1 = np.dot(X, W_1)\nh_1 = np.maximum(z_1, 0)\ny_hat = np.dot(h_1, W_2)\nL = np.sum(y_hat**2)"
)
CLASSIFIER = """h_1 = np.maximum(X @ W_1 + b_1, 0)
h_2 = np.maximum(h_1 @ W_2 + b_2, 0)
s = h_2 @ W_3 + b_3
m = s - np.max(s, axis=1, keepdims=True)
L = np.mean(np.log(np.sum(np.exp(m), axis=1)) - np.sum(m * Y, axis=1))"""


def classifier(
    X: Array, Y: Array, W_1: Array, b_1: Array, W_2: Array, b_2: Array, W_3: Array, b_3: Array
) -> Gradients:
    z1 = X @ W_1 + b_1
    h1 = np.maximum(z1, 0)
    z2 = h1 @ W_2 + b_2
    h2 = np.maximum(z2, 0)
    s = h2 @ W_3 + b_3
    e = np.exp(s - s.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    ds = (p - Y) / len(X)
    dz2 = (ds @ W_3.T) * (z2 > 0)
    dz1 = (dz2 @ W_2.T) * (z1 > 0)
    return {
        "W_1": X.T @ dz1,
        "b_1": dz1.sum(axis=0),
        "W_2": h1.T @ dz2,
        "b_2": dz2.sum(axis=0),
        "W_3": h2.T @ ds,
        "b_3": ds.sum(axis=0),
    }


def classifier_function(np_: object, X: object, Y: object, **p: object) -> object:
    np = np_
    h_1 = np.maximum(np.matmul(X, p["W_1"]) + p["b_1"], 0)
    h_2 = np.maximum(np.matmul(h_1, p["W_2"]) + p["b_2"], 0)
    s = np.matmul(h_2, p["W_3"]) + p["b_3"]
    m = s - np.max(s, axis=1, keepdims=True)
    return np.mean(np.log(np.sum(np.exp(m), axis=1)) - np.sum(m * Y, axis=1))


def chain_by_hand(turns: int) -> Callable[..., Gradients]:
    def run(x: Array) -> Gradients:
        values = [x]
        for _ in range(turns):
            values.append(values[-1] * 0.999)
            values.append(values[-1] + 0.001)
        d = np.float64(1.0)
        for _ in range(turns):
            d = d * 0.999
        return {"x": np.asarray(d)}

    return run


def chain_function(turns: int) -> Callable[..., object]:
    def run(np_: object, x: object) -> object:
        for _ in range(turns):
            x = x * 0.999 + 0.001
        return x

    return run


def recurrence(W: Array, U: Array, h0: Array, X: Array) -> Gradients:
    hidden = [h0]
    for t in range(len(X)):
        hidden.append(np.tanh(W @ hidden[-1] + U @ X[t]))
    dW, dU = np.zeros_like(W), np.zeros_like(U)
    dh = 2 * hidden[-1]
    for t in reversed(range(len(X))):
        dz = dh * (1 - hidden[t + 1] ** 2)
        dW += np.outer(dz, hidden[t])
        dU += np.outer(dz, X[t])
        dh = W.T @ dz
    return {"W": dW, "U": dU, "h0": dh}


def recurrence_function(np_: object, W: object, U: object, h0: object, X: object) -> object:
    np = np_
    h = h0
    for t in range(50):
        h = np.tanh(np.matmul(W, h) + np.matmul(U, X[t]))
    return np.sum(h**2)


def workloads() -> list[Workload]:
    """Returns the workloads, seeded."""
    rng = np.random.default_rng(0)

    def scalars(**values: float) -> dict[str, Array]:
        return {name: np.asarray(float(value)) for name, value in values.items()}

    def sized(*shape: int, scale: float = 0.1) -> Array:
        return scale * rng.normal(size=shape)

    labels = np.eye(10)[rng.integers(0, 10, 64)]
    return [
        Workload(
            "circuit (x+y)*z",
            "f = (x + y) * z",
            scalars(x=-2, y=5, z=-4),
            circuit,
            lambda np, x, y, z: (x + y) * z,
            200,
        ),
        Workload(
            "sigmoid neuron",
            "f = 1 / (1 + np.exp(-(w0*x0 + w1*x1 + w2)))",
            scalars(w0=2, x0=-1, w1=-3, x1=-2, w2=-3),
            neuron,
            lambda np, w0, x0, w1, x1, w2: 1 / (1 + np.exp(-(w0 * x0 + w1 * x1 + w2))),
            200,
        ),
        Workload(
            "ReLU net 3-4-5-2",
            NETWORK,
            {"X": sized(3, 4), "W_1": sized(4, 5), "W_2": sized(5, 2)},
            network,
            network_function,
            200,
        ),
        Workload(
            "ReLU net 512-1024-1024-256",
            NETWORK,
            {"X": sized(512, 1024), "W_1": sized(1024, 1024), "W_2": sized(1024, 256)},
            network,
            network_function,
            25,
        ),
        Workload(
            "MLP 784-128-64-10, N=64",
            CLASSIFIER,
            {
                "X": sized(64, 784),
                "Y": labels,
                "W_1": sized(784, 128),
                "b_1": sized(128),
                "W_2": sized(128, 64),
                "b_2": sized(64),
                "W_3": sized(64, 10),
                "b_3": sized(10),
            },
            classifier,
            classifier_function,
            40,
        ),
        Workload(
            "chain of 1,000 gates",
            "for i in range(500):\n    x = x * 0.999 + 0.001\nL = x",
            scalars(x=0.5),
            chain_by_hand(500),
            chain_function(500),
        ),
        Workload(
            "chain of 10,000 gates",
            "for i in range(5000):\n    x = x * 0.999 + 0.001\nL = x",
            scalars(x=0.5),
            chain_by_hand(5000),
            chain_function(5000),
            7,
        ),
        Workload(
            "RNN of 50 steps",
            "h = h0\nfor t in range(50):\n    h = np.tanh(W @ h + U @ X[t])\nL = np.sum(h**2)",
            {"W": sized(64, 64), "U": sized(64, 32), "h0": sized(64), "X": sized(50, 32)},
            recurrence,
            recurrence_function,
        ),
    ]
