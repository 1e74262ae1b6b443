"""Right answers in many equal forms: formulas by hand, each written again in other ways, and numbers, whole and rounded."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from tests.engine.grading.programs import PROGRAMS, circuit

TABLE = """
deck | W_1 | X.T.dot(dz1)
deck | W_1 | X.T @ (dh1 * (z_1 > 0))
deck | W_1 | dz_1.T.dot(X).T
deck | W_1 | np.einsum("nd,nh->dh", X, dz1)
deck | W_1 | np.dot(X.T, np.where(h_1 > 0, (2 * y_hat) @ W_2.T, 0))
deck | W_1 | sum([np.outer(X[i], dz1[i]) for i in range(X.shape[0])])
deck | W_1 | np.tensordot(X, dz1, axes=(0, 0))
deck | W_2 | h_1.T.dot(dy_hat)
deck | W_2 | 2 * h_1.T @ y_hat
deck | W_2 | np.maximum(X @ W_1, 0).T.dot(2.0 * h_1 @ W_2)
deck | h_1 | dy_hat.dot(W_2.T)
deck | h_1 | (W_2 @ dy_hat.T).T
deck | z_1 | np.multiply(dh1, z_1 > 0)
deck | z_1 | dh1 * np.sign(h_1)
deck | y_hat | 2 * y_hat
deck | y_hat | np.multiply(2, y_hat)
deck | y_hat | y_hat + y_hat
deck | X | dz1.dot(W_1.T)
deck | X | np.matmul(dz1, np.transpose(W_1))
square | W | X.T @ T
square | W | (T.T @ X).T
square | X | T @ W.T
xyz | x | z
xyz | z | q
xyz | z | x + y
xyz | q | z
neuron | s | f * (1 - f)
neuron | s | f - f**2
neuron | s | np.exp(-s) / (1 + np.exp(-s))**2
neuron | s | sigmoid(s) * (1 - sigmoid(s))
neuron | s | sigmoid(s) * sigmoid(-s)
neuron | w0 | f * (1 - f) * x0
neuron | x1 | w1 * ds
neuron | w2 | f * (1 - f)
patterns | x | 2 * y
patterns | z | 2
patterns | z | 2 * (z > w)
patterns | w | 0
cube | x | 3 * x**2
cube | x | 3 * x * x
regression | w | X.T @ de
regression | w | 2 / 3 * X.T @ (y_hat - y)
regression | w | 2 * np.mean(X * e[:, None], axis=0)
regression | b | np.sum(de)
regression | b | 2 * np.mean(e)
regression | y | -de
regression | y | 2 * (y - y_hat) / len(y)
biased | b | dz.sum(axis=0)
biased | b | np.sum(dz, 0)
biased | b | np.ones(4) @ dz
biased | b | 4 * np.mean(dz, axis=0)
biased | z | T * (1 - h**2)
biased | z | dh / np.cosh(z)**2
biased | W | X.T @ (T * (1 - np.tanh(z)**2))
layers | z2 | dh2 * h2 * (1 - h2)
layers | z1 | dh1 * (h1 - h1 * h1)
layers | W1 | x.T @ dz1
layers | W2 | h1.T @ (2 * (h2 - t) * h2 * (1 - h2))
chain | x | 6 * x * np.cos(x**2)
chain | x | 3 * np.cos(u) * 2 * x
chain | u | 3 * np.cos(u)
tanh | x | c * (1 - h**2) * w
rootchain | x | c / (2 * np.sqrt(x + 2))
rootchain | u | 0.5 * c * u**-0.5
colah | b | c + d
colah | b | a + 2 * b + 1
fan | x | y * q + p + np.cos(x) * z
residual | x | T + (T * (1 - h**2)) @ W.T
rnn | w | dh3 * (1 - h3**2) * h2 + dh2 * (1 - h2**2) * h1 + dh1 * (1 - h1**2) * h0
softmax | s | p * (t - np.sum(t * p))
softmax | s | (np.diag(p) - np.outer(p, p)) @ t
softmaxout | s | p * (t - t @ p)
softmaxout | e | t / n - np.sum(t * e) / n**2
crossentropy | s | (p - np.eye(3)[[0, 2, 1, 2]]) / 4
crossentropy | W | X.T @ ds
onehot | s | p - Y
quadratic | x | (A + A.T) @ x
quadratic | x | A @ x + x @ A
quadratic | A | np.outer(x, x)
norm | W | np.outer(2 * q, x)
norm | W | 2 * q[:, None] * x
norm | x | 2 * W.T @ q
norm | x | 2 * q @ W
clip | q | g * (np.abs(d) < 1)
clip | t | np.where((d > -1) & (d < 1), -g, 0)
rowmax | x | t[:, None] * (x == m[:, None])
hinge | s | -y * g * (m > 0)
leaky | z | g * np.where(z > 0, 1, 0.1)
batchnorm | x | dxc - np.mean(dxc, axis=0)
batchnorm | x | (T - T.mean(0) - xh * np.mean(T * xh, axis=0)) / sd
regularised | w | 2 * X.T @ (s - y) / 3 + lam * w
scaled | b | T.sum(axis=1, keepdims=True)
scaled | g | np.sum(x * T)
scaled | g | np.vdot(x, T)
scaled | x | g * T
mazur | w1 | (out - t) * out * (1 - out) * i1
attention | V | P.T @ dO
attention | S | P * (dP - np.sum(dP * P, axis=1, keepdims=True))
attention | K | dS.T @ Q
attention | Q | dS @ K
"""
FORMS = (
    "{}",
    "0.5 * ({0}) + 0.5 * ({0})",
    "-(-({}))",
    "({}) + 0",
    "np.transpose(np.transpose({}))",
)


def right_answers() -> Iterator[tuple[str, str, object]]:
    """Yields (program, name asked for, answer)."""
    for line in TABLE.strip().splitlines():
        program, wrt, answer = line.split(" | ", 2)
        yield from ((program, wrt, form.format(answer)) for form in FORMS)
    for program in PROGRAMS:
        _, gradients = circuit(program).value_and_grad()
        for name, gradient in gradients.items():
            yield program, name, gradient.tolist()
            rounded = np.round(gradient, 4)
            if np.any(rounded) and np.any(rounded != np.round(rounded)):
                yield program, name, rounded.tolist()
                yield program, name, str(rounded.tolist())
