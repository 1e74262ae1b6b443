"""Shapes and values for names that nobody gave.

Lowering starts with every free name a scalar. Where that fails, or an operation shows that the name must be more, the
lowering tells `Knowledge`, which changes its mind and raises `Restart`. Sizes are real integers that remember whose axis
they are (`Size`), so the primitives' own shape rules are the only shape rules there are.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from engine.graph import Shape

SIZES = (3, 4, 5, 2, 6, 7, 8, 9, 10, 11, 12, 13)
"""Free sizes in the order they are handed out: 2 to 5 first, all different, so that only one product balances."""


class Restart(Exception):
    """Something was learned about an input; the program must be lowered again."""


class Size(int):
    """A size that knows which axis of which assumed input it stands for.

    Attributes:
        key: the axis, counted from the last, as "X.1": more axes come in front, as in broadcasting.
    """

    key: str

    def __new__(cls, value: int, key: str) -> Size:
        """Returns `value`, remembering `key`."""
        size = super().__new__(cls, value)
        size.key = key
        return size


@dataclass(slots=True)
class Guess:
    """What is thought of one assumed input's shape.

    Attributes:
        rank: number of axes.
        pinned: whether an operation that fixes the rank (a product, an index) said so.
    """

    rank: int = 0
    pinned: bool = False


@dataclass(slots=True)
class Knowledge:
    """All that restarts have taught about the inputs; it only grows.

    Attributes:
        guesses: by name, in order of appearance.
        static: names used as a size or a basic index: plain integers, no wires.
        labels: names used as index arrays -> how many entries the indexed axis has.
        most: names used as an index -> how many entries an axis has whose size was not assumed.
        positive: names that must be positive to keep logarithms, roots and divisors finite.
        read: whether values that come from inputs were read, as for a branch or for how many entries a mask picks.
    """

    guesses: dict[str, Guess] = field(default_factory=dict)
    static: set[str] = field(default_factory=set)
    labels: dict[str, int] = field(default_factory=dict)
    most: dict[str, int] = field(default_factory=dict)
    positive: set[str] = field(default_factory=set)
    read: bool = False
    _parent: dict[str, str] = field(default_factory=dict)
    _fixed: dict[str, int] = field(default_factory=dict)
    _least: dict[str, int] = field(default_factory=dict)
    _sizes: dict[str, int] = field(default_factory=dict)

    def start(self) -> None:
        """Hands out sizes for one lowering."""
        self._sizes = {}
        for name, guess in self.guesses.items():
            for key in axis_keys(name, guess.rank):
                self._hand_out(self._root(key))

    def shape(self, name: str) -> Shape:
        """Returns the present guess at the shape of a free name."""
        guess = self.guesses.setdefault(name, Guess())
        return tuple(
            Size(self._hand_out(self._root(key)), key) for key in axis_keys(name, guess.rank)
        )

    def raise_rank(self, name: str, rank: int, *, pin: bool) -> bool:
        """Makes a guess at least `rank`; returns whether that changed it."""
        guess = self.guesses[name]
        changed = guess.rank < rank
        if changed:  # what was indexed first is another axis now
            for key in axis_keys(name, guess.rank):
                self._least.pop(self._root(key), None)
        guess.rank = max(guess.rank, rank)
        guess.pinned = guess.pinned or pin
        return changed

    def take_shape(self, name: str, shape: Shape) -> bool:
        """Makes an unpinned guess as large as an elementwise partner; a name that begins with b its last axis only."""
        guess = self.guesses[name]
        wanted = shape[-1:] if name.startswith("b") else shape
        if guess.pinned or guess.rank >= len(wanted):
            return False
        guess.rank = len(wanted)
        for key, size in zip(axis_keys(name, guess.rank), wanted, strict=True):
            self.equate(Size(0, key), size)
        return True

    def equate(self, one: int, other: int) -> bool:
        """Makes two sizes equal where at least one was assumed; returns whether that was possible."""
        if isinstance(one, Size) and isinstance(other, Size):
            a, b = self._root(one.key), self._root(other.key)
            if a == b or (a in self._fixed and b in self._fixed):
                return False
            keep, drop = (a, b) if a in self._fixed or b not in self._fixed else (b, a)
            self._parent[drop] = keep
            if drop in self._least:
                self._least[keep] = max(self._least.get(keep, 1), self._least[drop])
            return True
        if isinstance(one, Size):
            return self._fix(one.key, int(other))
        if isinstance(other, Size):
            return self._fix(other.key, int(one))
        return False

    def need(self, size: int, least: int, *, exact: bool) -> bool:
        """Makes an indexed axis long enough (exactly so for a literal index); returns whether that changed it."""
        if not isinstance(size, Size):
            return False
        root = self._root(size.key)
        if exact and root not in self._fixed and least > self._least.get(root, 0):
            self._least[root] = least
            self._sizes.pop(root, None)
            return True
        if least > size and root not in self._fixed:
            self._least[root] = least
            return True
        return False

    def _fix(self, key: str, value: int) -> bool:
        root = self._root(key)
        if root in self._fixed:
            return False
        self._fixed[root] = value
        return True

    def _root(self, key: str) -> str:
        while key in self._parent:
            key = self._parent[key]
        return key

    def _hand_out(self, root: str) -> int:
        if root in self._fixed:
            return self._fixed[root]
        if root in self._sizes:
            return self._sizes[root]
        least = self._least.get(root)
        if least is not None:
            self._sizes[root] = least
            return least
        taken = set(self._sizes.values()) | set(self._fixed.values())
        size = next((n for n in SIZES if n not in taken), max(taken, default=1) + 1)
        self._sizes[root] = size
        return size


def axis_keys(name: str, rank: int) -> list[str]:
    """Returns the keys of a name's axes, first axis first."""
    return [f"{name}.{rank - axis}" for axis in range(rank)]


def assumed_value(
    name: str, shape: Shape, *, positive: bool, choices: int | None
) -> NDArray[np.float64]:
    """Returns one-digit decimals seeded by a CRC of the name, the same in every process.

    Args:
        name: the input's name.
        shape: its assumed shape.
        positive: keep away from zero and below one, so that logarithms of p and of 1 - p are finite.
        choices: for a label, how many entries the axis it indexes has.
    """
    rng = np.random.default_rng(zlib.crc32(name.encode()))
    if choices is not None:
        return rng.integers(0, max(choices, 1), size=shape).astype(np.float64)
    if positive:
        return np.round(rng.integers(1, 10, size=shape) / 10, 1)
    if shape == ():
        magnitude = rng.integers(2, 31) / 10
        return np.asarray(np.round(magnitude * rng.choice([-1.0, 1.0]), 1))
    values = np.round(rng.normal(size=shape), 1)
    return np.where(values == 0, 0.1, values)
