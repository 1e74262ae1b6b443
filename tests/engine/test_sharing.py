"""Random programs that share, change and index arrays and lists: the engine says what Python says, or refuses."""

from __future__ import annotations

import random

import numpy as np
import pytest
from numpy.typing import NDArray

from engine import EngineError, build
from tests.engine import plain_numpy
from tests.engine.against_python import agrees_with_python

Array = NDArray[np.float64]

START = """a = v * 1
b = w * 2
c = a + b
hs, gs, s = [a], [b], 0
M, e, t, u = np.array([a, b]), [a], (a, c), c * 1
def f(z):
    z += 1
    return z
def g(z, k=a):
    k[0] = 7
    return z * k
fs = [f]
"""
# n stands for an array's name, i for a place in a list, j for one in an array, k for a number.
LINES = (
    *(
        "a = v * {k}",
        "b = a",
        "c = a.copy()",
        "{n} = {n} + 1",
        "a, b = b, a",
        "t = (a, b)",
        "p, q = t",
    ),
    *("{n} += {k}", "{n} *= w", "{n}[{j}] = x", "{n}[{j}] += x", "{n}[{n} > 0.5] = {k}"),
    *("{n}[[0, 0, 1]] = w", "{n}[[2, {j}]] += 1", "{n} = {n}.reshape(3)", "u = np.asarray({n})"),
    *(
        "u = {n}[1:]",
        "s = s + np.sum(u)",
        "m = {n}.T",
        "hs = [a, b]",
        "hs.append({n})",
        "hs += [{n}]",
    ),
    *("hs[{i}] = {n}", "hs[{i}] += {k}", "hs[{i}][{j}] = {k}", "{n} = hs[{i}]", "b = hs[-1] * {n}"),
    *("gs = hs", "gs = hs[:]", "gs = list(hs)", "gs = hs + [{n}]", "hs = hs[::-1]", "hs.reverse()"),
    *("gs.extend(hs[:1])", "r = hs.pop()\nhs.append(r)", "e = [f(a) for h in hs]"),
    *("for h in hs:\n    h += 1", "for h in hs:\n    s = s + np.sum(h)", "s = s + np.sum({n})"),
    *(
        "for i, h in enumerate(hs):\n    hs[i] = h * 2",
        "s = s + sum([np.sum(h * {k}) for h in gs])",
    ),
    *("s = s + np.sum(t[0] * t[1])", "s = s + np.sum(f({n}))", "s = s + np.sum({n} * f({n}))"),
    *("c = g({n})", "d = f({n})", "s = s + np.sum(e[0] * e[-1])", "s = s + np.sum(fs[0]({n}))"),
    *("fs = [lambda z: z + {n} for k in range(2)]", "M = np.array([a, b])", "M[0] = c", "a = M[0]"),
    *("s = s + np.sum(M @ a)", "M[:, [0, 2]] = x", "for row in M:\n    s = s + np.sum(row * w)"),
)
END = """L = s + np.sum(a) + 2 * np.sum(b) + 3 * np.sum(c) + np.sum(M) + 7 * np.sum(u)
L = L + sum([np.sum(h) for h in hs]) + 5 * sum([np.sum(h) for h in gs]) + 11 * np.sum(t[0])
"""
INPUTS: dict[str, Array] = {
    "v": np.array([0.31, -1.23, 2.03]),
    "w": np.array([1.53, 0.37, -0.71]),
    "x": np.asarray(0.7),
}


def program(seed: int) -> str:
    """Returns a program of 3 to 9 random lines."""
    chance = random.Random(seed)
    lines = [
        chance.choice(LINES).format(
            n=chance.choice("abc"),
            i=chance.choice((0, -1)),
            j=chance.choice((0, 1, 2)),
            k=chance.choice((1, 2, 0.5)),
        )
        for _ in range(chance.randint(3, 9))
    ]
    return "\n".join([START, *lines, END])


def agrees_or_refuses(source: str, inputs: dict[str, Array]) -> bool:
    """Asserts that a program is right, or refused with a place and a way out, and returns whether it ran."""
    error = refusal(source, inputs)
    if error is None:
        agrees_with_python(source, inputs)
        return True
    assert error.hint
    assert error.span is not None
    return False


def refusal(source: str, inputs: dict[str, Array]) -> EngineError | None:
    """Returns why a program is not drawn, or None."""
    try:
        build(source, inputs, output="L")
    except EngineError as error:
        return error
    return None


def test_programs_that_share_memory_are_right_or_refused() -> None:
    ran = [agrees_or_refuses(program(seed), INPUTS) for seed in range(150)]
    assert sum(ran) > 120


def random_index(chance: random.Random, shape: tuple[int, ...]) -> str:
    """Returns what stands in brackets: slices, numbers, new axes, index arrays, masks and an ellipsis, in any order."""
    parts: list[str] = []
    axis = 0
    while axis < len(shape) and (not parts or chance.random() < 0.85):
        n = shape[axis]
        part = chance.choice(
            (
                *(":", chance.choice(("1:", "::2", "::-1", "-2:")), str(chance.randint(-n, n - 1))),
                *("None", "...", str([chance.randint(-n, n - 1) for _ in range(2)])),
                f"np.array({[[chance.randint(0, n - 1)] for _ in range(2)]})",
                str([chance.random() < 0.5 for _ in range(n)]),
            )
        )
        parts.append(part)
        axis += part not in ("None", "...")
    return ", ".join(parts)


@pytest.mark.parametrize("writes", [False, True], ids=["reading", "writing"])
def test_indices_of_every_kind_side_by_side_are_numpys_or_refused(writes: bool) -> None:
    ran = 0
    for seed in range(200):
        chance = random.Random(seed)
        shape = tuple(chance.choice((2, 3, 4)) for _ in range(chance.randint(1, 3)))
        index = random_index(chance, shape)
        value = chance.choice(("s", f"x[{index}] * s", f"x[{index}][..., :1] * s"))
        changed = f"P = x * 1\nP[{index}] {chance.choice(('=', '+=', '*='))} {value}\n"
        source = f"{changed}L = np.sum(np.cos(P) * x)" if writes else f"L = np.sin(x[{index}]) * s"
        inputs = {"x": np.random.default_rng(seed).normal(size=shape), "s": np.asarray(1.3)}
        if runs_in_numpy(source, inputs):
            ran += agrees_or_refuses(source, inputs)
    assert ran > 100


def runs_in_numpy(source: str, inputs: dict[str, Array]) -> bool:
    """Returns whether NumPy itself takes a program."""
    try:
        plain_numpy.run(source, inputs)
    except (IndexError, ValueError):
        return False
    return True
