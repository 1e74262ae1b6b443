"""Right backward code for several programs, and mutants of it: one line wrong."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

RIGHT: dict[str, str] = {
    "deck": "dy_hat = 2.0*y_hat\ndW2 = h_1.T.dot(dy_hat)\ndh1 = dy_hat.dot(W_2.T)\ndz1 = dh1.copy()\n"
    "dz1[z_1 < 0] = 0\ndW1 = X.T.dot(dz1)",
    "xyz": "df = 1.0\ndq = z * df\ndz = q * df\ndx = dq\ndy = dq",
    "neuron": "ds = f * (1 - f)\ndw0 = x0 * ds\ndx0 = w0 * ds\ndw1 = x1 * ds\ndx1 = w1 * ds\ndw2 = ds",
    "patterns": "dp = 2.0\ndm = 2.0\ndx = y * dp\ndy = x * dp\ndz = dm * (z > w)\ndw = dm * (w > z)",
    "regression": "N = X.shape[0]\nde = 2 * e / N\ndy_hat = de\ndw = X.T @ dy_hat\ndb = np.sum(dy_hat)",
    "biased": "dh = T\ndz = dh * (1 - h**2)\ndb = dz.sum(axis=0)\ndW = X.T @ dz\ndX = dz @ W.T",
    "layers": "dh2 = 2 * (h2 - t)\ndz2 = dh2 * h2 * (1 - h2)\ndW2 = h1.T @ dz2\ndh1 = dz2 @ W2.T\n"
    "dz1 = dh1 * h1 * (1 - h1)\ndW1 = x.T @ dz1",
    "chain": "dv = 3.0\ndu = dv * np.cos(u)\ndx = du * 2 * x",
    "fan": "dp = q\ndq = p\ndr = z\ndx = dp * y\ndx += dq\ndx += dr * np.cos(x)\ndy = dp * x\ndz = dq + r",
    "residual": "dr = T\ndh = dr\ndx = dr.copy()\ndx += (dh * (1 - h**2)) @ W.T\ndW = x.T @ (dh * (1 - h**2))",
    "rnn": "dh3 = c * 1.0\na3 = dh3 * (1 - h3**2)\ndu = a3 * x3\ndw = a3 * h2\ndh2 = a3 * w\n"
    "a2 = dh2 * (1 - h2**2)\ndu += a2 * x2\ndw += a2 * h1\ndh1 = a2 * w\na1 = dh1 * (1 - h1**2)\n"
    "du += a1 * x1\ndw += a1 * h0",
    "softmaxout": "dp = t\nde = dp / n\ndn = -np.sum(dp * e) / n**2\nde += dn\nds = de * e",
    "crossentropy": "ds = p.copy()\nds[np.arange(4), y] -= 1\nds /= 4\ndW = X.T @ ds\ndX = ds @ W.T",
    "quadratic": "dx = A @ x\ndx += A.T @ x\ndA = np.outer(x, x)",
    "norm": "dq = 2 * q\ndW = np.outer(dq, x)\ndx = W.T @ dq",
    "clip": "dc = g\ndd = dc * (np.abs(d) < 1)\ndq = dd\ndt = -dd",
    "hinge": "dh = g\ndm = dh * (m > 0)\ndy = -s * dm\nds = -y * dm",
    "batchnorm": "dxh = T\ndxc = dxh / sd\ndsd = -np.sum(dxh * xc, axis=0) / sd**2\ndvar = dsd / (2 * sd)\n"
    "dxc += 2 * xc * dvar / 4\ndmu = -np.sum(dxc, axis=0)\ndx = dxc.copy()\ndx += dmu / 4",
    "regularised": "ddata = 1.0\ndreg = 1.0\nds = 2 * (s - y) / 3 * ddata\ndw = X.T @ ds\ndw += lam * w * dreg",
    "scaled": "dy = T\ndx = g * dy\ndg = np.sum(x * dy)\ndb = dy.sum(axis=1, keepdims=True)",
    "linear": "derror = error\ndprice_hat = derror\ndw = np.sum(dprice_hat * area)\ndb = np.sum(dprice_hat)",
    "hidden": "ds = 2 * (s - y) / 4\ndv = h.T @ ds\ndh = np.outer(ds, v)\ndz = dh * (z > 0)\n"
    "db = dz.sum(axis=0)\ndW = X.T @ dz\ndX = dz @ W.T",
    "scores": "df = p.copy()\ndf[y] -= 1\ndW = np.outer(df, x)\ndb = df\ndx = W.T @ df",
    "normalised": "dout = 2 * (out - t)\ndbeta = dout.sum(axis=0)\ndgamma = np.sum(dout * x_hat, axis=0)\n"
    "dx_hat = dout * gamma",
    "attention": "dO = T\ndV = P.T @ dO\ndP = dO @ V.T\ndS = P * (dP - np.sum(dP * P, axis=1, keepdims=True))\n"
    "dQ = dS @ K\ndK = dS.T @ Q",
}  # fmt: skip
"""Name in `programs` -> code."""

RULES = (
    (r"\.T(?=[ .)])", ""),
    (r"(?<== )2(\.0)? ?\* ?", ""),
    (r"(?<== )(.+)$", r"-(\1)"),
    (r"(?<== )(.+)$", r"3 * (\1)"),
    (r"\+=", "="),
    (r"1 - h(\d?)\*\*2", r"1 - x\1**2"),
    (r" \* \(1 - h(\d?)\*\*2\)", ""),
    (r" \* \(1 - h2\)", ""),
    (r" \* h1(?= )", ""),
    (r"\.sum\(axis=0\)", ".mean(axis=0)"),
    (r"\.sum\(axis=0\)", ".sum(axis=1)"),
    (r"\.sum\(axis=0\)", ""),
    (r"np\.sum\(dy_hat\)", "dy_hat"),
    (r" / (N|3|4)\b", ""),
    (r"\[z_1 < 0\]", "[dh1 < 0]"),
    (r" \* \((m|z|w) > (0|w|z)\)", ""),
    (r" \* \(np.abs\(d\) < 1\)", ""),
    (r"np\.outer\((\w+), (\w+)\)", r"np.outer(\2, \1)"),
    (r"np\.outer\((\w+), (\w+)\)", r"\1 * \2"),
    (r"(\w+)\.T @ (\w+)$", r"\2 @ \1.T"),
    (r"(\w+)\.T\.dot\((\w+)\)$", r"\2.T.dot(\1)"),
    (r"(\w+) @ (\w+)\.T$", r"\2.T @ \1"),
    (r" @ ", " * "),
    (r"np\.cos\((\w)\)", r"np.sin(\1)"),
    (r"(?<== )z \* df", "q * df"),
    (r"(?<== )(\w) \* dp", "dp"),
)
"""What makes a line wrong: pattern, replacement."""


@dataclass(frozen=True)
class Mutant:
    """Backward code with one line wrong.

    Attributes:
        program: its name.
        line: the wrong line, from 1.
        was: that line as it should be.
        code: the whole.
    """

    program: str
    line: int
    was: str
    code: str


def mutants() -> Iterator[Mutant]:
    """Yields every rule at every line where it changes something."""
    for program, code in RIGHT.items():
        lines = code.split("\n")
        for number, line in enumerate(lines):
            if not line.startswith("N = "):
                for wrong in {re.sub(pattern, to, line, count=1) for pattern, to in RULES} - {line}:
                    changed = [*lines[:number], wrong, *lines[number + 1 :]]
                    yield Mutant(program, number + 1, line, "\n".join(changed))
