"""Random programs that nothing is wrong with: sensibly initialised networks, modest recurrences, regressions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

ACTIVATIONS = {
    "sigmoid": ("sigmoid({z})", 1.0),
    "written": ("1 / (1 + np.exp(-({z})))", 1.0),
    "tanh": ("np.tanh({z})", 1.0),
    "relu": ("np.maximum({z}, 0)", 2.0),
    "masked": ("({z}) * (({z}) > 0)", 2.0),
}
"""How each is written, and what its weights' variance is times the number of inputs: Xavier's 1, He's 2."""


@dataclass(frozen=True)
class Program:
    """A program and its inputs."""

    source: str
    inputs: dict[str, object]


def program(seed: int) -> Program:
    """Returns one of the families below, with its own numbers."""
    rng = np.random.default_rng(seed)
    family = (network, network, network, recurrence, regression, normalised)[seed % 6]
    return family(rng)


def network(rng: np.random.Generator) -> Program:
    """Returns a network of one to four layers with a squared error or a cross-entropy."""
    rows, layers = int(rng.integers(1, 9)), int(rng.integers(1, 5))
    sizes = [int(n) for n in rng.integers(1, 7, size=layers + 1)]
    text, gain = ACTIVATIONS[str(rng.choice(list(ACTIVATIONS)))]
    inputs: dict[str, object] = {"X": rng.normal(size=(rows, sizes[0]))}
    lines = []
    for k in range(layers):
        shape = (sizes[k], sizes[k + 1])
        inputs[f"W_{k}"] = rng.normal(size=shape) * np.sqrt(gain / sizes[k])
        inputs[f"b_{k}"] = rng.normal(size=sizes[k + 1]) * 0.1
        before = "X" if k == 0 else f"h_{k - 1}"
        lines.append(f"z_{k} = {before} @ W_{k} + b_{k}")
        last = k == layers - 1
        lines.append(f"h_{k} = z_{k}" if last else f"h_{k} = {text.format(z=f'z_{k}')}")
    return Program("\n".join([*lines, *loss(rng, layers - 1, rows, sizes[-1], inputs)]), inputs)


def loss(
    rng: np.random.Generator, last: int, rows: int, outputs: int, inputs: dict[str, object]
) -> list[str]:
    """Returns the lines of a loss over the last layer's scores, and adds its targets to the inputs."""
    kind = str(rng.choice(["squared", "squashed", "softmax", "written", "logistic"]))
    if kind in ("softmax", "written"):
        inputs["y"] = rng.integers(0, outputs, size=rows).astype(float)
        p = "softmax(s)" if kind == "softmax" else "np.exp(s) / np.sum(np.exp(s), axis=1)[:, None]"
        return [f"s = h_{last}", f"p = {p}", f"L = -np.mean(np.log(p[np.arange({rows}), y]))"]
    if kind == "logistic":
        inputs["y"] = rng.integers(0, 2, size=(rows, outputs)).astype(float)
        return [
            f"p = sigmoid(h_{last})",
            "L = -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))",
        ]
    inputs["y"] = rng.uniform(0.1, 0.9, size=(rows, outputs))
    answer = f"h_{last}" if kind == "squared" else f"sigmoid(h_{last})"
    inner = f"np.mean(({answer} - y)**2)"
    return [f"L = {inner}" if rng.random() < 0.5 else f"L = np.sum((y - {answer})**2) / 2"]


def recurrence(rng: np.random.Generator) -> Program:
    """Returns an unrolled recurrence of two to eight turns, its weight's spectral radius about one."""
    turns, size, width = int(rng.integers(2, 9)), int(rng.integers(2, 6)), int(rng.integers(1, 4))
    text = str(rng.choice(["np.tanh({z})", "np.maximum({z}, 0)", "{z}"]))
    inputs: dict[str, object] = {
        "h_0": rng.normal(size=size) * 0.5,
        "x": rng.normal(size=(turns, width)),
        "W_h": rng.normal(size=(size, size)) / np.sqrt(size),
        "W_x": rng.normal(size=(size, width)) / np.sqrt(width),
        "b": rng.normal(size=size) * 0.1,
        "v": rng.normal(size=size),
    }
    step = text.format(z="(W_h @ h + W_x @ x[t] + b)")
    lines = ["h = h_0", f"for t in range({turns}):", f"    h = {step}"]
    return Program("\n".join([*lines, "L = (v @ h - 0.3)**2"]), inputs)


def regression(rng: np.random.Generator) -> Program:
    """Returns a linear or logistic regression, away from its optimum or at it."""
    rows, size = int(rng.integers(2, 12)), int(rng.integers(1, 5))
    X = rng.normal(size=(rows, size))
    y = X @ rng.normal(size=size) + 0.1 * rng.normal(size=rows)
    inputs: dict[str, object] = {"X": X, "y": y, "w": rng.normal(size=size), "b": 0.1}
    kind = int(rng.integers(0, 4))
    if kind == 0:
        inputs["w"] = np.linalg.lstsq(X, y - 0.1, rcond=None)[0]
    if kind == 3:
        inputs["y"] = (y > 0).astype(float)
        lines = ["p = sigmoid(X @ w + b)", "L = -np.mean(y*np.log(p) + (1 - y)*np.log(1 - p))"]
    else:
        lines = ["e = X @ w + b - y", "L = np.mean(e**2) + 0.01 * np.sum(w**2)"]
    return Program("\n".join(lines), inputs)


def normalised(rng: np.random.Generator) -> Program:
    """Returns a layer with batch normalisation, as it should be: without a bias before it, with an eps."""
    rows, size, units = int(rng.integers(3, 9)), int(rng.integers(2, 5)), int(rng.integers(1, 5))
    inputs: dict[str, object] = {
        "X": rng.normal(size=(rows, size)),
        "W": rng.normal(size=(size, units)) / np.sqrt(size),
        "gamma": rng.uniform(0.5, 1.5, size=units),
        "beta": rng.normal(size=units) * 0.1,
        "t": rng.normal(size=(rows, units)),
    }
    source = """
z = X @ W
mu = np.mean(z, axis=0)
var = np.mean((z - mu)**2, axis=0)
n = (z - mu) / np.sqrt(var + 1e-5)
h = np.maximum(gamma * n + beta, 0)
L = np.mean((h - t)**2)
"""
    return Program(source, inputs)
