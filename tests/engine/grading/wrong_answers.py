"""Wrong answers, each with its mistake: program, name asked for, code, answer. Codes with | may stand for each other."""

from __future__ import annotations

TABLE = """
deck | W_1 | missing-transpose | X.dot(dz1)
deck | W_1 | missing-transpose | X.dot(dz1.T)
deck | W_1 | wrong-order | dz1.dot(X.T)
deck | W_1 | wrong-order | dz1.T.dot(X)
deck | W_1 | hadamard-vs-matmul | X * dz1
deck | W_1 | hadamard-vs-matmul | X.T * dz1
deck | W_1 | relu-mask-missing | X.T.dot(dh1)
deck | W_1 | relu-mask-missing | X.T @ (dy_hat @ W_2.T)
deck | W_1 | relu-mask-wrong-variable | X.T.dot(dh1 * (dh1 > 0))
deck | W_1 | relu-mask-wrong-variable | X.T.dot(dh1 * z_1)
deck | W_1 | relu-mask-wrong-variable | X.T.dot(dh1 * (z_1 < 0))
deck | W_1 | missing-power-factor | X.T.dot(y_hat.dot(W_2.T) * (z_1 > 0))
deck | W_1 | sign-error | -X.T.dot(dz1)
deck | W_1 | local-not-multiplied | X.T.dot(z_1 > 0)
deck | W_2 | missing-transpose | h_1.dot(dy_hat)
deck | W_2 | wrong-order | dy_hat.T.dot(h_1)
deck | W_2 | wrong-order | dy_hat.dot(h_1.T)
deck | W_2 | missing-power-factor | h_1.T.dot(y_hat)
deck | W_2 | upstream-not-multiplied | dy_hat
deck | W_2 | local-not-multiplied | h_1
deck | h_1 | missing-transpose | dy_hat.dot(W_2)
deck | h_1 | wrong-order | W_2.T.dot(dy_hat)
deck | h_1 | missing-transpose|wrong-order | W_2.dot(dy_hat)
deck | h_1 | hadamard-vs-matmul | dy_hat * W_2
deck | h_1 | missing-power-factor | y_hat @ W_2.T
deck | z_1 | relu-mask-missing | dh1
deck | z_1 | relu-mask-wrong-variable | dh1 * (dh1 > 0)
deck | z_1 | relu-mask-wrong-variable | np.where(dh1 > 0, dh1, 0)
deck | z_1 | local-not-multiplied | 1.0 * (z_1 > 0)
deck | z_1 | hadamard-vs-matmul | dh1 @ (z_1 > 0).T
deck | z_1 | missing-transpose | dy_hat.dot(W_2) * (z_1 > 0)
deck | y_hat | missing-power-factor | y_hat
deck | y_hat | sign-error | -2 * y_hat
deck | y_hat | missing-constant | 4 * y_hat
deck | X | missing-transpose | dz1.dot(W_1)
deck | X | wrong-order | W_1.T.dot(dz1)
deck | X | relu-mask-missing | dh1.dot(W_1.T)
square | W | missing-transpose | X @ T
square | W | missing-transpose | X.T @ T.T
square | W | wrong-order | T @ X.T
square | W | missing-transpose|wrong-order | T @ X
square | W | missing-transpose|wrong-order | T.T @ X
square | W | hadamard-vs-matmul | X * T
square | W | hadamard-vs-matmul | X.T * T
square | W | upstream-not-multiplied | T
square | W | local-not-multiplied | X.T
square | W | sign-error | -(X.T @ T)
square | X | missing-transpose | T @ W
square | X | wrong-order | W.T @ T
square | X | hadamard-vs-matmul | T * W
square | X | mul-not-swapped | T @ X.T
square | z | missing-constant | 3 * T
xyz | x | mul-not-swapped | q
xyz | z | mul-not-swapped | z
xyz | z | upstream-not-multiplied | 1
xyz | y | sign-error | -z
xyz | q | mul-not-swapped | x + y
xyz | q | slopes-added | z + 1
xyz | x | missing-constant | 2 * z
neuron | s | sigmoid-derivative | f
neuron | s | sigmoid-derivative | 1 - f
neuron | s | activation-slope-at-preactivation | s * (1 - s)
neuron | w0 | sigmoid-derivative | f * x0
neuron | w0 | activation-slope-at-preactivation | s * (1 - s) * x0
neuron | w0 | mul-not-swapped | f * (1 - f) * w0
neuron | w0 | upstream-not-multiplied | f * (1 - f)
neuron | x1 | sign-error | -f * (1 - f) * w1
neuron | x1 | mul-not-swapped | ds * x1
neuron | w2 | sigmoid-derivative | 1 - f
neuron | w0 | local-not-multiplied | x0
patterns | x | missing-constant | y
patterns | x | mul-not-swapped | 2 * x
patterns | y | mul-not-swapped | 2 * y
patterns | w | max-not-routed | 2
patterns | z | missing-constant | 1
patterns | z | max-not-routed | 0
patterns | p | missing-constant | 1
patterns | x | upstream-not-multiplied | 2
cube | x | missing-power-factor | x**2
cube | x | sign-error | -3 * x**2
cube | x | missing-constant | 6 * x**2
regression | w | missing-transpose | X @ de
regression | w | missing-1-over-n | X.T @ (2 * e)
regression | w | missing-power-factor | X.T @ e / 3
regression | w | sign-error | -X.T @ de
regression | w | hadamard-vs-matmul | X * de[:, None]
regression | w | sign-error | X.T @ (2 * (y - y_hat) / 3)
regression | b | broadcast-not-summed | de
regression | b | broadcast-averaged | np.mean(de)
regression | b | missing-1-over-n | np.sum(2 * e)
regression | b | missing-power-factor | np.sum(e) / 3
regression | y | sign-error | de
regression | e | missing-1-over-n | 2 * e
regression | e | missing-power-factor | e / 3
biased | b | broadcast-not-summed | dz
biased | b | broadcast-wrong-axis | dz.sum(axis=1)
biased | b | broadcast-wrong-axis | np.sum(dz)
biased | b | broadcast-averaged | dz.mean(axis=0)
biased | b | upstream-not-multiplied | np.sum(dh, axis=0)
biased | b | activation-slope-at-preactivation | np.sum(dh * (1 - z**2), axis=0)
biased | z | activation-slope-at-preactivation | T * (1 - z**2)
biased | z | upstream-not-multiplied | T
biased | z | local-not-multiplied | 1 - h**2
biased | z | slopes-added | T + 1 - h**2
biased | z | evaluated-at-wrong-point | T * (1 - np.tanh(h)**2)
biased | z | hadamard-vs-matmul | T @ (1 - h**2).T
biased | W | activation-slope-at-preactivation | X.T @ (T * (1 - z**2))
biased | W | missing-transpose | X @ dz
biased | W | upstream-not-multiplied | X.T @ dh
biased | W | local-not-multiplied | X.T @ (1 - h**2)
layers | z2 | sigmoid-derivative | dh2 * h2
layers | z2 | sigmoid-derivative | dh2 * (1 - h2)
layers | z2 | activation-slope-at-preactivation | dh2 * z2 * (1 - z2)
layers | z2 | activation-slope-wrong-variable | dh2 * h1 * (1 - h1)
layers | z2 | evaluated-at-wrong-point | dh2 * sigmoid(h2) * (1 - sigmoid(h2))
layers | z1 | activation-slope-wrong-variable | dh1 * h2 * (1 - h2)
layers | z1 | activation-slope-wrong-variable | dh1 * dh1 * (1 - dh1)
layers | z1 | activation-slope-at-preactivation | dh1 * z1 * (1 - z1)
layers | z1 | upstream-not-multiplied | dh1
layers | W1 | activation-slope-wrong-variable | x.T @ (dh1 * h2 * (1 - h2))
layers | W1 | sigmoid-derivative | x.T @ (dh1 * h1)
layers | W1 | upstream-not-multiplied | x.T @ dh1
layers | W2 | missing-power-factor | h1.T @ ((h2 - t) * h2 * (1 - h2))
layers | W2 | sign-error | h1.T @ (2 * (t - h2) * h2 * (1 - h2))
layers | W2 | missing-transpose | h1 @ dz2
layers | W2 | wrong-order | dz2 @ h1.T
chain | x | missing-constant | np.cos(x**2) * 2 * x
chain | x | evaluated-at-wrong-point | 3 * np.cos(x) * 2 * x
chain | x | missing-power-factor | 3 * np.cos(u) * x
chain | x | slopes-added | 3 + np.cos(u) + 2 * x
chain | x | upstream-not-multiplied | 3 * np.cos(u)
chain | x | local-not-multiplied | 2 * x
chain | u | evaluated-at-wrong-point | 3 * np.cos(v)
chain | u | evaluated-at-wrong-point | 3 * np.cos(x)
chain | u | upstream-not-multiplied | 3
chain | u | sign-error | -3 * np.cos(u)
tanh | x | activation-slope-at-preactivation | c * (1 - z**2) * w
tanh | x | evaluated-at-wrong-point | c * (1 - np.tanh(x)**2) * w
tanh | x | mul-not-swapped | dz * x
tanh | w | upstream-not-multiplied | c * x
tanh | w | evaluated-at-wrong-point | c * (1 - np.tanh(h)**2) * x
rootchain | u | missing-constant | c / r
rootchain | u | activation-slope-at-preactivation | c * 0.5 / u
rootchain | x | missing-constant | c / np.sqrt(u)
rootchain | x | evaluated-at-wrong-point | c * 0.5 / np.sqrt(x)
colah | b | fanout-overwrite|path-dropped | d
colah | b | fanout-overwrite|path-dropped | c
colah | b | paths-multiplied | c * d
fan | x | path-dropped|fanout-overwrite | y * q
fan | x | path-dropped|fanout-overwrite | y * q + p
fan | x | path-dropped|fanout-overwrite | p + z * np.cos(x)
fan | x | paths-multiplied | y * q * p * z * np.cos(x)
fan | z | fanout-overwrite|path-dropped | p
fan | z | fanout-overwrite|path-dropped | r
residual | x | path-dropped|fanout-overwrite | T
residual | x | path-dropped|fanout-overwrite | (T * (1 - h**2)) @ W.T
residual | x | paths-multiplied | T * ((T * (1 - h**2)) @ W.T)
residual | x | missing-transpose | T + (T * (1 - h**2)) @ W
residual | x | upstream-not-multiplied | T + T @ W.T
rnn | w | weight-sharing-last-step|fanout-overwrite|path-dropped | c * (1 - h3**2) * h2
rnn | w | path-dropped|fanout-overwrite | c * (1 - h3**2) * h2 + dh2 * (1 - h2**2) * h1
rnn | u | weight-sharing-last-step|fanout-overwrite|path-dropped | c * (1 - h3**2) * x3
rnn | h2 | upstream-not-multiplied | c * w
rnn | h2 | mul-not-swapped | c * (1 - h3**2) * h2
softmax | s | softmax-diagonal-only | t * p * (1 - p)
softmax | s | upstream-not-multiplied | t
softmax | s | sign-error | -p * (t - np.sum(t * p))
softmaxout | s | softmax-diagonal-only | t * p * (1 - p)
softmaxout | s | path-dropped|fanout-overwrite | t * p
softmaxout | e | path-dropped|fanout-overwrite | t / n
softmaxout | e | path-dropped|fanout-overwrite | -np.sum(t * e) / n**2 * np.ones(3)
softmaxout | n | broadcast-not-summed | -t * e / n**2
softmaxout | n | sign-error | np.sum(t * e) / n**2
crossentropy | s | softmax-ce-missing-onehot | p / 4
crossentropy | W | softmax-ce-missing-onehot | X.T @ p / 4
crossentropy | W | missing-1-over-n | X.T @ (4 * ds)
crossentropy | W | sign-error | -X.T @ ds
crossentropy | W | missing-transpose | X @ ds
onehot | s | softmax-ce-missing-onehot | p
onehot | s | sign-error | Y - p
onehot | s | softmax-diagonal-only | -(Y / p) * p * (1 - p)
quadratic | x | quadratic-assumed-symmetric | 2 * A @ x
quadratic | x | quadratic-assumed-symmetric | 2 * A.T @ x
quadratic | x | fanout-overwrite|path-dropped | A @ x
quadratic | x | fanout-overwrite|path-dropped | A.T @ x
norm | W | missing-power-factor | np.outer(q, x)
norm | W | missing-outer | 2 * q * x
norm | W | missing-outer | 2 * q @ x
norm | W | wrong-order | np.outer(x, 2 * q)
norm | x | missing-transpose | W @ (2 * q)
norm | x | missing-power-factor | W.T @ q
norm | x | hadamard-vs-matmul | W * (2 * q)
matvec | W | missing-outer | t * x
matvec | W | wrong-order | np.outer(x, t)
matvec | x | missing-transpose | W @ t
matvec | W | upstream-not-multiplied | t
clip | d | clip-mask-missing | g
clip | q | clip-mask-missing | g
clip | t | sign-error | dd
clip | t | clip-mask-missing | -g
rowmax | x | max-not-routed | t[:, None] * np.ones((2, 3))
hinge | m | relu-mask-missing | g
hinge | s | relu-mask-missing | -g * y
hinge | s | sign-error | g * y * (m > 0)
hinge | s | mul-not-swapped | -dh * (m > 0) * s
hinge | m | relu-mask-wrong-variable | g * (s > 0)
leaky | z | relu-mask-missing | g
leaky | z | relu-mask-wrong-variable | g * np.where(g > 0, 1, 0.1)
batchnorm | x | path-dropped|fanout-overwrite | T / sd
batchnorm | x | path-dropped|fanout-overwrite | dxc
batchnorm | xc | path-dropped|fanout-overwrite | T / sd
batchnorm | sd | broadcast-not-summed | -T * xc / sd**2
batchnorm | sd | sign-error | np.sum(T * xc / sd**2, axis=0)
batchnorm | var | missing-constant | dsd / sd
batchnorm | mu | sign-error | np.sum(dxc, axis=0)
batchnorm | mu | broadcast-not-summed | -dxc
regularised | w | path-dropped|fanout-overwrite | X.T @ (2 * (s - y) / 3)
regularised | w | path-dropped|fanout-overwrite | lam * w
regularised | w | missing-1-over-n | X.T @ (2 * (s - y)) + lam * w
regularised | w | missing-constant | X.T @ (2 * (s - y) / 3) + 2 * lam * w
regularised | w | missing-constant | X.T @ (2 * (s - y) / 3) + w
regularised | w | missing-power-factor | X.T @ ((s - y) / 3) + lam * w
regularised | w | missing-power-factor | X.T @ (2 * (s - y) / 3) + 0.5 * lam * w
regularised | w | sign-error | X.T @ (2 * (y - s) / 3) + lam * w
scaled | b | broadcast-not-summed | T
scaled | b | broadcast-wrong-axis | T.sum(axis=0)
scaled | b | broadcast-averaged | T.mean(axis=1, keepdims=True)
scaled | b | wrong-shape | T.sum(axis=1)
scaled | g | broadcast-not-summed | T * x
scaled | g | broadcast-wrong-axis | np.sum(T * x, axis=0)
scaled | g | broadcast-averaged | np.mean(T * x)
scaled | g | upstream-not-multiplied | np.sum(T)
scaled | x | missing-constant | T
mazur | w1 | sigmoid-derivative | (out - t) * out * i1
mazur | w1 | sign-error | (t - out) * out * (1 - out) * i1
mazur | w1 | activation-slope-at-preactivation | (out - t) * net * (1 - net) * i1
mazur | w1 | missing-constant | 2 * (out - t) * out * (1 - out) * i1
mazur | w1 | mul-not-swapped | dnet * w1
mazur | w1 | upstream-not-multiplied | (out - t) * i1
attention | V | missing-transpose | P @ T
attention | V | wrong-order | T @ P.T
attention | P | missing-transpose | T @ V
attention | P | wrong-order | V @ T.T
attention | S | softmax-diagonal-only | dP * P * (1 - P)
attention | Q | missing-transpose | dS @ K.T
attention | Q | upstream-not-multiplied | dP @ K
attention | K | missing-transpose | dS @ Q
attention | K | missing-transpose|wrong-order | Q.T @ dS
two-two-two | w5 | sigmoid-derivative | (o1-t1)*o1*h1
two-two-two | w5 | sign-error | (t1-o1)*o1*(1-o1)*h1
two-two-two | w5 | missing-constant | 2*(o1-t1)*o1*(1-o1)*h1
two-two-two | w5 | upstream-not-multiplied | (o1-t1)*h1
two-two-two | w5 | mul-not-swapped | (o1-t1)*o1*(1-o1)*w5
two-two-two | w1 | fanout-overwrite|path-dropped | (o1-t1)*o1*(1-o1)*w5*h1*(1-h1)*i1
two-two-two | w1 | activation-slope-wrong-variable | ((o1-t1)*o1*(1-o1)*w5+(o2-t2)*o2*(1-o2)*w7)*o1*(1-o1)*i1
two-two-two | b1 | fanout-overwrite|path-dropped|weight-sharing-last-step | (do1*o1*(1-o1)*w5+do2*o2*(1-o2)*w7)*h1*(1-h1)
linear | w | missing-constant | 2*np.sum(error*area)
linear | w | upstream-not-multiplied | np.sum(error)
linear | w | broadcast-not-summed | error*area
linear | w | broadcast-averaged | np.mean(error*area)
linear | b | broadcast-not-summed | error
linear | b | sign-error | np.sum(price-price_hat)
linear | b | missing-1-over-n|broadcast-averaged | np.mean(error)
scores | f | softmax-ce-missing-onehot | p
scores | W | softmax-ce-missing-onehot | np.outer(p,x)
scores | b | softmax-ce-missing-onehot | p
scores | W | missing-outer | df@x
scores | W | wrong-order | np.outer(x,df)
normalised | x | path-dropped|fanout-overwrite | 2*(out-t)*gamma/np.sqrt(var+1e-5)
normalised | gamma | broadcast-not-summed | 2*(out-t)*x_hat
normalised | gamma | broadcast-wrong-axis | np.sum(2*(out-t)*x_hat,axis=1)
normalised | gamma | broadcast-averaged | np.mean(2*(out-t)*x_hat,axis=0)
normalised | gamma | upstream-not-multiplied | np.sum(2*(out-t),axis=0)
normalised | gamma | missing-power-factor | np.sum((out-t)*x_hat,axis=0)
normalised | beta | broadcast-not-summed | 2*(out-t)
normalised | beta | missing-power-factor | np.sum(out-t,axis=0)
normalised | gamma | mul-not-swapped | np.sum(2*(out-t)*gamma,axis=0)
unrolled | W_h | weight-sharing-last-step|fanout-overwrite|path-dropped | np.outer(2*h*(1-h**2),h_3)
unrolled | b | weight-sharing-last-step|fanout-overwrite|path-dropped | 2*h*(1-h**2)
unrolled | W_x | weight-sharing-last-step|fanout-overwrite|path-dropped | np.outer(2*h*(1-h**2),x[3])
hidden | W | missing-transpose | X@dz
hidden | W | relu-mask-missing | X.T@dh
hidden | W | missing-1-over-n | X.T@(np.outer(2*(s-y),v)*(z>0))
hidden | v | missing-transpose | h@ds
hidden | v | missing-1-over-n | h.T@(2*(s-y))
hidden | b | broadcast-not-summed | dz
hidden | b | broadcast-wrong-axis | dz.sum(1)
hidden | h | missing-outer | ds*v
hidden | h | wrong-order | np.outer(v,ds)
hidden | h | missing-outer | ds@v
clipped | q | clip-mask-missing | -2*clipped/3
clipped | q | sign-error | ddelta
clipped | q | missing-1-over-n | -2*clipped*(np.abs(delta)<1)
clipped | q | missing-power-factor | -clipped*(np.abs(delta)<1)/3
deck | W_2 | activation-slope-at-preactivation | z_1.T @ dy_hat
xyz | x | undefined-name | zz
deck | W_1 | undefined-name | X.T @ dz_2
deck | W_1 | wrong-shape | np.sum(X)
"""


def wrong_answers() -> list[tuple[str, str, frozenset[str], str]]:
    """Returns (program, name asked for, codes that name the mistake, answer)."""
    rows = []
    for line in TABLE.strip().splitlines():
        program, wrt, rest = line.split(" | ", 2)
        codes, answer = rest.rsplit(" | ", 1) if " | " in rest else rest.split("|")
        rows.append((program, wrt, frozenset(codes.split("|")), answer))
    return rows
