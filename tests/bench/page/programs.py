"""The circuits that the page is timed on. Each calls its output `Loss`, by which the page is known to have drawn it."""

from __future__ import annotations

WIDTH = 10
"""units of a layer of `network`"""


def chain(gates: int) -> str:
    """Returns a program of so many gates, near enough: a recurrence of sums, products and a squash."""
    lines = ["a = x * y"]
    for turn in range(1, max(1, gates // 4)):
        back = "a" if turn < 3 else "b"
        lines.append(f"{'b' if turn % 3 else 'a'} = np.tanh(a * w{turn % 5} + {back} * u)")
    return "\n".join([*lines, "Loss = (a - y)**2"])


def network(nodes: int) -> str:
    """Returns a program of about so many drawn nodes: layers of units, each of four gates."""
    layers = (nodes - 2 * WIDTH) // (4 * WIDTH)
    inputs = ", ".join(f"x{i}" for i in range(WIDTH))
    unit = "np.tanh(0.5 * h[i] + 0.3 * h[i - 1])"
    return "\n".join(
        [
            f"h = [{inputs}]",
            f"for t in range({layers}):",
            f"    h = [{unit} for i in range({WIDTH})]",
            "Loss = sum(h)",
        ]
    )


NEURON = "Loss = 1 / (1 + np.exp(-(w0*x0 + w1*x1 + w2)))"
SQUARE = "Loss = x * x"
MATRICES = "z_1 = X @ W_1\nh_1 = np.maximum(z_1, 0)\ny_hat = h_1 @ W_2\nLoss = np.sum(y_hat**2)"

# What one rival draws without a word: slips, and right programs drawn wrongly.
SLIPS = ["(x+y", "x+", "2 x", "x*y)"]
RIGHT = ["x%y", "w1*x1", "Y*z", "sigmoid(x)", "max(x,0)", "x**2"]
