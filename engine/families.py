"""Random programs with pleasant numbers, by family and seed: the same in any process, and with any version of NumPy."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import TypeVar

import numpy as np

from engine.building import build
from engine.errors import BadInput

Choice = TypeVar("Choice")
Inputs = dict[str, object]

SMALLEST, LARGEST = 0.01, 99.0
"""Sizes that values and gradients keep between, where they are not 0."""
DIGITS = 4
"""Inputs lie between -DIGITS and DIGITS, and are whole and not 0."""
MOST_SEED = 999_999


@dataclass(frozen=True, slots=True)
class Program:
    """One program of a family.

    Attributes:
        title: what the family practises.
        source: its text.
        inputs: values by name.
    """

    title: str
    source: str
    inputs: Inputs


class Draw:
    """Draws by a CRC of what is drawn for and how many draws came before: no clock, no state of the process.

    Args:
        seed: what it is drawn for.
    """

    def __init__(self, seed: str) -> None:
        self._seed = seed
        self._count = 0

    def choice(self, options: Sequence[Choice]) -> Choice:
        """Returns one of some options."""
        self._count += 1
        # A CRC alone keeps neighbouring seeds neighbours in its low bits.
        mixed = zlib.crc32(f"{self._seed}:{self._count}".encode()) * 2_654_435_761 % 2**32
        return options[(mixed >> 8) % len(options)]

    def digit(self) -> int:
        """Returns a whole number from -DIGITS to DIGITS, but not 0."""
        return self.choice([d for d in range(-DIGITS, DIGITS + 1) if d])

    def digits(self, *names: str) -> Inputs:
        """Returns a digit for each name, all different as far as there are enough."""
        drawn: Inputs = {}
        for name in names:
            drawn[name] = next(d for d in iter(self.digit, None) if d not in drawn.values())
        return drawn

    def matrix(self, rows: int, columns: int) -> list[list[int]]:
        """Returns a matrix of small digits."""
        return [[self.choice([-2, -1, 1, 2, 3]) for _ in range(columns)] for _ in range(rows)]

    def vector(self, size: int) -> list[int]:
        """Returns a vector of small digits."""
        return self.matrix(1, size)[0]


Family = Callable[[Draw], tuple[str, Inputs]]


def numbers(names: str, *sources: str) -> Family:
    """Returns the family of some programs of single numbers.

    Args:
        names: the inputs that they may have, a letter each, in the order in which they are drawn.
        sources: one of them is drawn.
    """

    def draw_one(draw: Draw) -> tuple[str, Inputs]:
        source = draw.choice(sources)
        return source, draw.digits(*(name for name in names if name in source))

    return draw_one


def neuron(draw: Draw) -> tuple[str, Inputs]:
    """Returns a neuron with two inputs."""
    unit = draw.choice(["sigmoid(z)", "np.tanh(z)", "np.maximum(z, 0)"])
    names = ("w0", "x0", "w1", "x1", "b")
    inputs: Inputs = {name: draw.choice([-2, -1, 1, 2, 3]) for name in names}
    return f"z = w0 * x0 + w1 * x1 + b\nf = {unit}", inputs


def matrix(draw: Draw) -> tuple[str, Inputs]:
    """Returns a matrix times a vector, and a loss."""
    rows, columns = draw.choice([(2, 2), (2, 3), (3, 2)])
    inputs: Inputs = {"W": draw.matrix(rows, columns), "x": draw.vector(columns)}
    loss, more = draw.choice(
        [
            ("np.sum(z**2)", {}),
            ("np.sum(z * t)", {"t": draw.vector(rows)}),
            ("np.sum(np.maximum(z, 0))", {}),
        ]
    )
    return f"z = W @ x\nL = {loss}", {**inputs, **more}


def network(draw: Draw) -> tuple[str, Inputs]:
    """Returns the lecture's network, small enough for a pencil."""
    inputs: Inputs = {
        "X": draw.matrix(2, 2),
        "W_1": draw.matrix(2, 3),
        "W_2": draw.matrix(3, 1),
    }
    source = "z_1 = X @ W_1\nh_1 = np.maximum(z_1, 0)\ny_hat = h_1 @ W_2\nL = np.sum(y_hat**2)"
    return source, inputs


FAMILIES: Mapping[str, tuple[str, Family]] = {
    "scalar": (
        "Sums and products",
        numbers(
            "xyzw",
            "q = x + y\nf = q * z",
            "p = x * y\nf = p - z",
            "p = x * y\nq = z + w\nf = p * q",
            "q = x - y\nr = q * z\nf = r + w",
        ),
    ),
    "fan-out": (
        "A value used twice",
        numbers(
            "xyz",
            "a = x * y\nf = a + x",
            "s = x + y\nt = x * z\nf = s * t",
            "a = x + y\nf = a * a + z",
            "a = x * y\nb = a + z\nf = b * x",
        ),
    ),
    "max": (
        "Gates that route",
        numbers(
            "xyzw",
            "p = x * y\nm = np.maximum(z, w)\nf = 2 * (p + m)",
            "m = np.maximum(x, y)\nf = m * z",
            "q = x + y\nm = np.maximum(q, z)\nf = m * w",
            "m = np.minimum(x, y)\nr = np.maximum(z, 0)\nf = m * r + x",
        ),
    ),
    "chain": (
        "Slopes multiply",
        numbers(
            "abx",
            "u = a * x\nv = u + b\nf = v**2",
            "u = x**2\nv = u - a\nf = b * v",
            "u = x / a\nv = u + b\nf = v * v",
        ),
    ),
    "neuron": ("One neuron", neuron),
    "matrix": ("A matrix times a vector", matrix),
    "network": ("A two-layer network", network),
}
"""Name of a family -> what it practises, and what draws one."""


def program(family: str, seed: int) -> Program:
    """Returns the program of a family and a seed: drawn until it is pleasant.

    Raises:
        BadInput: for a family that there is not, or a seed out of range.
    """
    if family not in FAMILIES:
        raise BadInput(
            f"There is no family {family[:40]!r}.", hint=f"Choose from {', '.join(FAMILIES)}."
        )
    if not 0 <= seed <= MOST_SEED:
        raise BadInput(f"The seed is {seed}.", hint=f"Choose one from 0 to {MOST_SEED}.")
    title, draw = FAMILIES[family]
    for turn in count():
        source, inputs = draw(Draw(f"{family}:{seed}:{turn}"))
        if is_pleasant(source, inputs):
            break
    return Program(title, source, inputs)


def is_pleasant(source: str, inputs: Inputs) -> bool:
    """Returns whether a pencil is enough: no number large or tiny, no corner, some gradient."""
    trace = build(source, inputs).trace()
    numbers = [each.value for each in trace.nodes]
    numbers += [each.upstream for each in trace.nodes if each.upstream is not None]
    corners = any(notice.code == "kink" for notice in trace.notices)
    arrives = any(gradient.any() for gradient in trace.gradients.values())
    sizes = np.concatenate([np.abs(number).ravel() for number in numbers])
    fits = (sizes == 0) | ((sizes >= SMALLEST) & (sizes <= LARGEST))
    return arrives and not corners and bool(fits.all())
