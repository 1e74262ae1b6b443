"""Whole programs as students paste them, in the style of university assignments: drawn, and right.

The same text is run by Python with NumPy; its value is the engine's, and its five-point differences are the gradients.
Inputs are seeded and keep away from kinks by chance, which the comparison would show.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping

import numpy as np
import pytest
from numpy.typing import NDArray

from engine import build
from tests.engine import scripts
from tests.engine.against_python import agrees_with_python

Array = NDArray[np.float64]
Shapes = Mapping[str, tuple[int, ...]]
Given = Mapping[str, object]

# name: (program, shapes of drawn inputs, inputs given as they are)
PROGRAMS: dict[str, tuple[str, Shapes, Given]] = {
    "two-layer net with softmax loss": (
        '''
import numpy as np

def loss(X, y, W1, b1, W2, b2, reg=0.0):
    """Scores, then data loss and L2 regularization."""
    N = X.shape[0]
    h1 = np.maximum(0, X.dot(W1) + b1)
    scores = h1.dot(W2) + b2
    scores -= np.max(scores, axis=1, keepdims=True)
    exp_scores = np.exp(scores)
    probs = exp_scores / np.sum(exp_scores, axis=1, keepdims=True)
    correct_logprobs = -np.log(probs[range(N), y])
    data_loss = np.sum(correct_logprobs) / N
    reg_loss = 0.5 * reg * np.sum(W1 * W1) + 0.5 * reg * np.sum(W2 * W2)
    return data_loss + reg_loss

L = loss(X, y, W1, b1, W2, b2, reg=0.1)
print("loss: %f" % L)
''',
        {"X": (5, 4), "W1": (4, 6), "b1": (6,), "W2": (6, 3), "b2": (3,)},
        {"y": [0, 2, 1, 1, 0]},
    ),
    "softmax gradient by hand": (
        """
num_train = X.shape[0]
scores = X @ W
shifted = scores - np.max(scores, axis=1, keepdims=True)
p = np.exp(shifted)
p /= np.sum(p, axis=1, keepdims=True)
dscores = p.copy()
dscores[np.arange(num_train), y] -= 1
dscores /= num_train
G = X.T.dot(dscores) + 2 * reg * W
out = np.sum(G * G)
""",
        {"X": (4, 3), "W": (3, 5)},
        {"y": [1, 0, 4, 2], "reg": 0.05},
    ),
    "vectorized SVM loss": (
        """
num_train = X.shape[0]
scores = np.dot(X, W)
correct_class_scores = scores[np.arange(num_train), y].reshape(num_train, 1)
margins = np.maximum(0, scores - correct_class_scores + 1.0)
margins[np.arange(num_train), y] = 0
L = np.sum(margins) / num_train
L += reg * np.sum(W * W)
""",
        {"X": (5, 4), "W": (4, 3)},
        {"y": [2, 0, 1, 1, 2], "reg": 0.1},
    ),
    "naive SVM loss with branches": (
        """
def svm_loss_naive(W, X, y, reg):
    num_classes = W.shape[1]
    num_train = X.shape[0]
    total = 0.0
    for i in range(num_train):
        scores = X[i].dot(W)
        correct_class_score = scores[y[i]]
        for j in range(num_classes):
            if j == y[i]:
                continue
            margin = scores[j] - correct_class_score + 1  # delta = 1
            total += np.maximum(margin, 0)
    total /= num_train
    total += reg * np.sum(W * W)
    return total

L = svm_loss_naive(W, X, y, 0.2)
""",
        {"X": (3, 4), "W": (4, 3)},
        {"y": [2, 0, 1]},
    ),
    "batch normalization, forward": (
        """
def batchnorm_forward(x, gamma, beta, eps=1e-5, mode='train'):
    N, D = x.shape
    if mode == 'train':
        mu = np.mean(x, axis=0)
        xmu = x - mu
        var = 1. / N * np.sum(xmu ** 2, axis=0)
        sqrtvar = np.sqrt(var + eps)
        ivar = 1. / sqrtvar
        xhat = xmu * ivar
        out = gamma * xhat + beta
    else:
        out = gamma * x + beta
    cache = (xhat, gamma, xmu, ivar, sqrtvar, var, eps)
    return out, cache

a, cache = batchnorm_forward(x, gamma, beta)
L = np.sum(a * np.sin(a)) + np.sum(cache[0][0] * w)
""",
        {"x": (4, 3), "gamma": (3,), "beta": (3,), "w": (3,)},
        {},
    ),
    "inverted dropout with a fixed mask": (
        """
p = 0.5
U1 = (noise < p).astype(float) / p
H1 = np.maximum(0, np.dot(W1, X) + b1)
H1 *= U1
out = np.dot(W2, H1)
L = np.mean(np.square(out))
""",
        {"W1": (5, 3), "X": (3, 4), "b1": (5, 1), "W2": (2, 5)},
        {"noise": np.random.default_rng(8).random((5, 4)).tolist()},
    ),
    "layer normalization": (
        """
def layernorm(x, gamma, beta, eps=1e-5):
    mean = x.mean(axis=-1, keepdims=True)
    variance = ((x - mean) ** 2).mean(axis=-1, keepdims=True)
    return gamma * (x - mean) / np.sqrt(variance + eps) + beta

L = np.sum(np.tanh(layernorm(x, gamma, beta)))
""",
        {"x": (3, 4), "gamma": (4,), "beta": (4,)},
        {},
    ),
    "RNN with a growing list of states": (
        """
T = X.shape[0]
h = h0
hs = []
for t in range(T):
    h = np.tanh(X[t] @ Wxh + h @ Whh + b)
    hs.append(h)

ys = [h_t @ Why for h_t in hs]
L = 0
for t, y_t in enumerate(ys):
    L += np.sum((y_t - target[t]) ** 2)
L = L / len(ys)
""",
        {
            "X": (4, 2),
            "h0": (3,),
            "Wxh": (2, 3),
            "Whh": (3, 3),
            "b": (3,),
            "Why": (3, 2),
            "target": (4, 2),
        },
        {},
    ),
    "LSTM steps": (
        """
def lstm_step_forward(x, prev_h, prev_c, Wx, Wh, b):
    N, H = prev_h.shape
    a = x @ Wx + prev_h @ Wh + b
    i = sigmoid(a[:, 0:H])
    f = sigmoid(a[:, H:2*H])
    o = sigmoid(a[:, 2*H:3*H])
    g = np.tanh(a[:, 3*H:4*H])
    next_c = f * prev_c + i * g
    next_h = o * np.tanh(next_c)
    return next_h, next_c

h, c = h0, np.zeros_like(h0)
for t in range(x.shape[1]):
    h, c = lstm_step_forward(x[:, t, :], h, c, Wx, Wh, b)
L = np.sum(h * v)
""",
        {
            "x": (2, 3, 2),
            "h0": (2, 3),
            "Wx": (2, 12),
            "Wh": (3, 12),
            "b": (12,),
            "v": (2, 3),
        },
        {},
    ),
    "attention": (
        """
import math

d_k = Q.shape[-1]
scores = Q @ K.T / math.sqrt(d_k)
scores = np.where(mask[None, :] > 0, scores, -1e9)
weights = np.exp(scores - scores.max(axis=-1, keepdims=True))
weights = weights / weights.sum(axis=-1, keepdims=True)
context = weights @ V
L = np.sum(context ** 2)
""",
        {"Q": (3, 4), "K": (5, 4), "V": (5, 2)},
        {"mask": [1, 1, 0, 1, 1]},
    ),
    "convolution by loops over slices": (
        """
def conv_forward_naive(x, w, b, stride=1, pad=1):
    H, W = x.shape
    HH, WW = w.shape
    H_out = 1 + (H + 2 * pad - HH) // stride
    W_out = 1 + (W + 2 * pad - WW) // stride
    x_pad = np.zeros((H + 2 * pad, W + 2 * pad))
    x_pad[pad:pad + H, pad:pad + W] = x
    out = np.zeros((H_out, W_out))
    for i in range(H_out):
        for j in range(W_out):
            window = x_pad[i * stride:i * stride + HH, j * stride:j * stride + WW]
            out[i, j] = np.sum(window * w) + b
    return out

out = conv_forward_naive(x, w, b, stride=2)
L = np.sum(out ** 2)
""",
        {"x": (4, 5), "w": (3, 3), "b": ()},
        {},
    ),
    "logistic regression": (
        """
def sigmoid(z):
    s = 1 / (1 + np.exp(-z))
    return s

def propagate(w, b, X, Y):
    m = X.shape[1]
    A = sigmoid(np.dot(w.T, X) + b)
    cost = -1 / m * np.sum(Y * np.log(A) + (1 - Y) * np.log(1 - A))
    cost = np.squeeze(cost)
    return cost

cost = propagate(w, b, X, Y)
""",
        {"w": (3, 1), "b": (), "X": (3, 6)},
        {"Y": [[1, 0, 1, 1, 0, 0]]},
    ),
    "deep net with lists of parameters": (
        """
def L_model_forward(X, weights, biases):
    A = X
    caches = []
    for W, b in zip(weights[:-1], biases[:-1]):
        A_prev = A
        Z = np.dot(W, A_prev) + b
        A = np.maximum(0, Z)
        caches.append((A_prev, Z))
    AL = 1 / (1 + np.exp(-(weights[-1] @ A + biases[-1])))
    return AL, caches

AL, caches = L_model_forward(X, [W1, W2, W3], [b1, b2, b3])
m = Y.shape[1]
cost = -np.sum(np.multiply(np.log(AL), Y) + np.multiply(np.log(1 - AL), 1 - Y)) / m
lambd = 0.7
cost = cost + lambd / (2 * m) * sum([np.sum(np.square(W)) for W in [W1, W2, W3]])
""",
        {
            "X": (3, 4),
            "W1": (5, 3),
            "b1": (5, 1),
            "W2": (4, 5),
            "b2": (4, 1),
            "W3": (1, 4),
            "b3": (1, 1),
        },
        {"Y": [[1, 0, 0, 1]]},
    ),
    "GRU cell": (
        """
hx = np.concatenate([h, x])
z = sigmoid(Wz @ hx)
r = sigmoid(Wr @ hx)
h_tilde = np.tanh(Wh @ np.concatenate([r * h, x]))
h_next = (1 - z) * h + z * h_tilde
L = h_next @ v
""",
        {"h": (3,), "x": (2,), "Wz": (3, 5), "Wr": (3, 5), "Wh": (3, 5), "v": (3,)},
        {},
    ),
    "triplet loss": (
        """
def triplet_loss(anchor, positive, negative, alpha=0.2):
    pos_dist = np.sum(np.square(anchor - positive), axis=-1)
    neg_dist = np.sum(np.square(anchor - negative), axis=-1)
    basic_loss = pos_dist - neg_dist + alpha
    return np.sum(np.maximum(basic_loss, 0.0))

loss = triplet_loss(anchor, positive, negative)
""",
        {"anchor": (4, 3), "positive": (4, 3), "negative": (4, 3)},
        {},
    ),
    "distances to centroids, no loops": (
        """
d2 = np.sum(X**2, axis=1)[:, None] - 2 * X @ C.T + np.sum(C**2, axis=1)[None, :]
nearest = np.min(d2, axis=1)
spread = np.array([np.sum((x - C[0])**2) for x in X])
L = np.sum(nearest) + 0.1 * np.mean(spread)
""",
        {"X": (5, 2), "C": (3, 2)},
        {},
    ),
    "centroids of assigned points": (
        """
centroids = []
for k in range(2):
    members = X[assignment == k]
    centroids.append(np.sum(members, axis=0) / len(members))
C = np.array(centroids)
L = np.sum((X - C[assignment]) ** 2)
""",
        {"X": (5, 2)},
        {"assignment": [0, 1, 1, 0, 1]},
    ),
    "word2vec with naive softmax": (
        """
def naiveSoftmaxLossAndGradient(centerWordVec, outsideWordIdx, outsideVectors):
    scores = outsideVectors @ centerWordVec
    y_hat = softmax(scores)
    return -np.log(y_hat[outsideWordIdx])

loss = 0.0
for outside in [1, 3, 0]:
    loss += naiveSoftmaxLossAndGradient(V[center], outside, U)
""",
        {"V": (4, 3), "U": (5, 3)},
        {"center": 2},
    ),
    "negative sampling": (
        """
indices = [outside] + [2, 0, 2]
picked = U[indices]
signs = np.array([1.0] + [-1.0] * 3)
L = -np.sum(np.log(sigmoid(signs * (picked @ v))))
""",
        {"U": (5, 3), "v": (3,)},
        {"outside": 4},
    ),
    "gradient penalty": (
        """
h = np.tanh(x @ W1)
dh = (1 - h**2) * w2
grad_x = dh @ W1.T
norms = np.sqrt(np.sum(grad_x**2, axis=1))
penalty = 10 * np.mean((norms - 1) ** 2)
""",
        {"x": (4, 3), "W1": (3, 5), "w2": (5,)},
        {},
    ),
    "a script with a main block": (
        '''
"""Momentum on a bowl."""
import numpy as np

np.random.seed(1)
np.set_printoptions(precision=3, suppress=True)


def bowl(w: np.ndarray, A: np.ndarray) -> float:
    return 0.5 * w @ A @ w


def descend(w, A, *, lr=0.1, steps=3, verbose=False):
    losses = []
    v = np.zeros_like(w)
    for step in range(steps):
        losses.append(bowl(w, A))
        v = 0.9 * v - lr * (A + A.T) @ w / 2
        w = w + v
        if verbose and step % 2 == 0:
            print(f"{step}: {losses[-1]:.3f}")
    return w, losses


if __name__ == "__main__":
    w_final, losses = descend(w, A, verbose=True)
    total = losses[0] + losses[-1] + np.sum(w_final**2)
''',
        {"w": (3,), "A": (3, 3)},
        {},
    ),
}


def inputs_of(name: str) -> dict[str, Array]:
    """Returns the drawn and given inputs of a program."""
    _, shapes, given = PROGRAMS[name]
    rng = np.random.default_rng(sum(map(ord, name)))
    drawn = {n: np.asarray(rng.normal(size=s)) * 0.7 for n, s in shapes.items()}
    return {**drawn, **{n: np.asarray(v) for n, v in given.items()}}


def last_assigned(source: str) -> str:
    """Returns the name that the last assignment of a program binds."""
    assignments = [
        n for n in ast.walk(ast.parse(source)) if isinstance(n, ast.Assign | ast.AugAssign)
    ]
    last = max(assignments, key=lambda n: n.lineno)
    target = last.targets[0] if isinstance(last, ast.Assign) else last.target
    assert isinstance(target, ast.Name)
    return target.id


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_pasted_program_has_pythons_value_and_the_gradients_of_differences(name: str) -> None:
    source, shapes, _ = PROGRAMS[name]
    inputs = inputs_of(name)
    fixed = {n: inputs.pop(n) for n in set(inputs) - set(shapes)}
    agrees_with_python(source, inputs, output=last_assigned(source), fixed=fixed)
    trace = build(source, {**inputs, **fixed}).trace()
    assert trace.graph.nodes[trace.graph.output].shape == ()
    assert set(shapes) <= set(trace.gradients)


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_pasted_program_runs_straight_and_as_a_script_to_the_same_numbers(name: str) -> None:
    circuit = build(PROGRAMS[name][0], inputs_of(name))
    value, gradients = circuit.value_and_grad()
    scripts.agrees(circuit.script(), value, gradients)
    again, straight = circuit.value_and_grad()
    assert circuit._straight is not None
    assert circuit._straight(circuit._given, 1.0) is not None, "the straight-line function gave up"
    np.testing.assert_allclose(again, value, rtol=1e-13)
    for wanted, gradient in gradients.items():
        np.testing.assert_allclose(straight[wanted], gradient, rtol=1e-12, atol=1e-14)


NEEDS_VALUES = {
    "LSTM steps": "four gates of one width are more than shapes can say",
    "triplet loss": "positive is a function's name too",
    "gradient penalty": "nothing but axis=1, far from x, says that x has two axes",
}


@pytest.mark.parametrize("name", [name for name in PROGRAMS if name not in NEEDS_VALUES])
def test_a_pasted_program_is_drawn_with_only_its_masks_given(name: str) -> None:
    source, _, given = PROGRAMS[name]
    masks = {n: v for n, v in given.items() if n in ("assignment", "noise", "mask")}
    trace = build(source, masks).trace()
    assert all(np.isfinite(g).all() for g in trace.gradients.values())
