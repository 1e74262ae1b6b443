"""Programs made from the registry: every primitive at every sample, in every way that it can be written.

A program ends in a scalar L, a weighted sum of what the primitive gives, so that no two entries get the same upstream.
Each comes twice: alone, and with gates before and after it, so that upstreams and fan-outs are not trivial. What the
language has beyond single primitives has programs of its own, below.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine import EngineError, language
from engine.primitives import OVERLOADS, REGISTRY, Primitive
from engine.primitives.primitive import Argument
from engine.simplify import setting_expression
from tests.engine import plain_numpy

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Program:
    """One program of the corpus.

    Attributes:
        name: what a test calls it.
        source: its text; it binds L.
        inputs: values by name.
        wrt: the inputs that gradients are for; the others are masks, indices and weights.
    """

    name: str
    source: str
    inputs: dict[str, Array]
    wrt: tuple[str, ...]


def corpus() -> list[Program]:
    """Returns all programs, the same every time."""
    return [*from_registry(), *of_the_language()]


# ---------- from the registry ----------


def from_registry() -> Iterator[Program]:
    """Yields every primitive at every sample in every spelling."""
    for primitive in REGISTRY.values():
        for number, (arrays, settings) in enumerate(primitive.samples(np.random.default_rng(11))):
            for spelling, lines in written(primitive, arrays, settings):
                for around in (False, True):
                    name = f"{primitive.name} {number} {spelling}{' inside' if around else ''}"
                    yield whole(name, primitive, arrays, lines, around=around)


def whole(
    name: str, primitive: Primitive, arrays: Sequence[Argument], lines: list[str], *, around: bool
) -> Program:
    """Returns lines that make y of m0, m1, ... as a program."""
    inputs: dict[str, Array] = {}
    wrt = []
    before = []
    for key, array in enumerate(arrays):
        given = np.asarray(array)
        inputs[f"x{key}"] = given.astype(np.float64) if given.dtype == bool else given
        if given.dtype == bool:
            before.append(f"m{key} = x{key} > 0.5")
        elif given.dtype == np.float64 and around:  # a fan-out that moves nothing off its sample
            before.append(f"m{key} = x{key} + 0.5 * (x{key} - x{key})")
        else:
            before.append(f"m{key} = x{key}")
        if given.dtype == np.float64 and primitive.argument_at(key) in (
            primitive.vjp or primitive.arguments
        ):
            wrt.append(f"x{key}")
    source = "\n".join([*before, *lines])
    shape = np.shape(plain_numpy.run(source, inputs)["y"])
    inputs["weights"] = np.asarray(np.random.default_rng(5).normal(size=shape))
    last = "np.sin(y) * weights + 0.5 * y" if around and primitive.vjp else "y * weights"
    return Program(name, f"{source}\nL = np.sum({last})", inputs, tuple(wrt))


Settings = Mapping[str, object]
Forms = Iterator[tuple[str, list[str]]]
"""What a way of writing is called, and the lines that bind y."""


def written(primitive: Primitive, arrays: Sequence[Argument], settings: Settings) -> Forms:
    """Yields every way to write a primitive at one sample."""
    if primitive.name in BY_SYNTAX:
        yield from BY_SYNTAX[primitive.name](arrays, settings)
        return
    names = [f"m{k}" for k in range(len(arrays))]
    keywords = given_settings(primitive, settings)
    for spelling, choose in OVERLOADS.items():
        if len(arrays) == 2 and chosen(choose, arrays) == primitive.name:
            signs_of = {"matmul": ("@", "m0 @ m1"), "dot": (".dot", "m0.dot(m1)")}
            if numpy_has(spelling):
                yield f"np.{spelling}", [f"y = np.{spelling}(m0, m1)"]
            if spelling in signs_of and np.ndim(arrays[0]):  # single numbers have no .dot
                yield signs_of[spelling][0], [f"y = {signs_of[spelling][1]}"]
    if not keywords:
        for sign in signs(primitive):
            yield sign, [f"y = m0 {sign} m1" if len(names) == 2 else f"y = {sign}m0"]
    fixed = len(primitive.arguments) - 1
    listed = [*names[:fixed], f"[{', '.join(names[fixed:])}]"] if primitive.variadic else names
    for spelling in primitive.spellings:
        function = f"np.{spelling}" if numpy_has(spelling) else spelling
        yield function, [f"y = {function}({', '.join([*listed, *keywords])})"]
    for method in primitive.methods:
        plain = [keyword.partition("=")[2] for keyword in keywords]
        for given in (keywords, plain):  # some of NumPy's methods take no keywords
            call = f"{listed[0]}.{method}({', '.join([*listed[1:], *given])})"
            if runs(call, arrays):
                yield f".{method}", [f"y = {call}"]
                break


def runs(call: str, arrays: Sequence[Argument]) -> bool:
    """Returns whether NumPy takes a call as it is written."""
    try:
        plain_numpy.run(call, {f"m{k}": np.asarray(array) for k, array in enumerate(arrays)})
    except TypeError:
        return False
    return True


def given_settings(primitive: Primitive, settings: Settings) -> list[str]:
    """Returns the settings of a sample as a call writes them, under NumPy's names."""
    theirs = {own: name for name, own in primitive.keywords.items()}
    return [
        f"{theirs.get(name, name)}={ast.unparse(setting_expression(value))}"
        for name, value in settings.items()
        if name in primitive.open_settings
    ]


def chosen(choose: Callable[[tuple[int, ...]], str], arrays: Sequence[Argument]) -> str | None:
    """Returns the primitive that an overload means, or None where it takes no such ranks."""
    try:
        return choose(tuple(np.ndim(array) for array in arrays))
    except EngineError:
        return None


SIGNS: dict[type[ast.AST], str] = {
    **{ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.Pow: "**", ast.Mod: "%"},
    **{ast.FloorDiv: "//", ast.MatMult: "@", ast.USub: "-", ast.UAdd: "+"},
    **{ast.Gt: ">", ast.GtE: ">=", ast.Lt: "<", ast.LtE: "<=", ast.Eq: "==", ast.NotEq: "!="},
}


def signs(primitive: Primitive) -> list[str]:
    """Returns the operators that stand for a primitive."""
    two: dict[type[ast.AST], str] = {**language.BINARY, **language.COMPARE}
    one: dict[type[ast.AST], str] = {**language.UNARY}
    table = two if len(primitive.arguments) == 2 else one
    return [SIGNS[kind] for kind, spelling in table.items() if spelling in primitive.spellings]


def numpy_has(spelling: str) -> bool:
    """Returns whether NumPy has a function of that name, such as linalg.inv."""
    found: object = np
    for part in spelling.split("."):
        found = getattr(found, part, None)
    return callable(found)


def brackets(index: object) -> str:
    """Returns a basic index as it stands in brackets."""
    parts = index if isinstance(index, tuple) else (index,)
    subscript = ast.Subscript(
        ast.Name("x", ast.Load()),
        ast.Tuple([setting_expression(part) for part in parts], ast.Load())
        if len(parts) != 1
        else setting_expression(parts[0]),
        ast.Load(),
    )
    return ast.unparse(subscript).removeprefix("x[").removesuffix("]")


def entries(arrays: Sequence[Argument], settings: Settings) -> Forms:
    yield "brackets", [f"y = m0[{brackets(settings['index'])}]"]


def looked_up(arrays: Sequence[Argument], settings: Settings) -> Forms:
    yield "brackets", [f"y = m0[{after_whole_axes(range(1, len(arrays)), settings)}]"]


def after_whole_axes(places: Iterable[int], settings: Settings) -> str:
    """Returns index arrays as they stand in brackets, behind the axes that stay whole."""
    return ", ".join([":"] * int(str(settings["lead"])) + [f"m{k}" for k in places])


def kept(arrays: Sequence[Argument], settings: Settings) -> Forms:
    yield "brackets", ["y = m0[m1]"]


def assigned(arrays: Sequence[Argument], settings: Settings) -> Forms:
    yield "assignment", ["y = m0.copy()", f"y[{brackets(settings['index'])}] = m1"]


def assigned_where(arrays: Sequence[Argument], settings: Settings) -> Forms:
    if np.ndim(arrays[2]) == 0:
        yield "assignment", ["y = m0.copy()", "y[m1] = m2"]


def put(arrays: Sequence[Argument], settings: Settings) -> Forms:
    places = after_whole_axes(range(2, len(arrays)), settings)
    yield "assignment", ["y = m0.copy()", f"y[{places}] = m1"]


def filled(arrays: Sequence[Argument], settings: Settings) -> Forms:
    yield "assignment", ["y = m0.copy()", "y[m1] = m2"]


def largest(arrays: Sequence[Argument], settings: Settings) -> Forms:
    yield "max", [f"y = max({', '.join(f'm{k}' for k in range(len(arrays)))})"]


def smallest(arrays: Sequence[Argument], settings: Settings) -> Forms:
    yield "min", [f"y = min({', '.join(f'm{k}' for k in range(len(arrays)))})"]


BY_SYNTAX: dict[str, Callable[[Sequence[Argument], Settings], Forms]] = {
    "getitem": entries,
    "gather": looked_up,
    "select": kept,
    "setitem": assigned,
    "setmask": assigned_where,
    "put": put,
    "fill": filled,
    "maximum_of": largest,
    "minimum_of": smallest,
}


# ---------- of the language ----------


def of_the_language() -> Iterator[Program]:
    """Yields the programs of LANGUAGE with normal inputs."""
    for number, (shapes, source) in enumerate(LANGUAGE):
        rng = np.random.default_rng(100 + number)
        inputs = {name: np.asarray(rng.normal(size=shape)) for name, shape in shapes.items()}
        yield Program(f"language {number}", source, inputs, tuple(inputs))


LANGUAGE: list[tuple[dict[str, tuple[int, ...]], str]] = [
    ({"x": (), "y": (), "z": ()}, "L = (x + y) * z"),
    ({"x": (), "y": (), "z": (), "w": ()}, "L = 2 * (x * y + max(z, w))"),
    ({"x": (), "y": ()}, "L = (x + sigmoid(y)) / (sigmoid(x) + (x + y)**2)"),
    (
        {"w0": (), "x0": (), "w1": (), "x1": (), "w2": ()},
        "L = 1 / (1 + np.exp(-(w0*x0 + w1*x1 + w2)))",
    ),
    (
        {"X": (3, 4), "W_1": (4, 5), "W_2": (5, 2)},
        "z_1 = np.dot(X, W_1)\nh_1 = np.maximum(z_1, 0)\ny_hat = np.dot(h_1, W_2)\nL = np.sum(y_hat**2)",
    ),
    (
        {"W": (3, 3), "U": (3, 2), "h": (3,), "X": (4, 2)},
        "for t in range(4):\n    h = np.tanh(W @ h + U @ X[t])\nL = np.sum(h**2)",
    ),
    (
        {"s": (4, 3)},
        "y = [0, 2, 1, 2]\np = softmax(s, axis=1)\nL = -np.mean(np.log(p[np.arange(4), y]))",
    ),
    (
        {"x": (5, 3), "g": (3,), "b": (3,)},
        "mu = np.mean(x, axis=0)\nv = np.mean((x - mu)**2, axis=0)\n"
        "xhat = (x - mu) / np.sqrt(v + 1e-5)\nL = np.sum(np.sin(g * xhat + b))",
    ),
    (
        {"a": (3,), "b": (3,)},
        "def f(p, q=2):\n    r = p * q\n    return np.tanh(r)\nL = np.sum(f(a, b) + f(b))",
    ),
    ({"a": (2, 3)}, "f = lambda z: z**2 + 1\nL = np.sum(f(f(a)))"),
    ({"x": (4,)}, "y = x.copy()\ny[1:3] = x[:2] * 2\ny[0] += 1\ny *= x\nL = np.sum(y)"),
    ({"x": (4,)}, "dz = x * 2\ndz[x < 0] = 0\nL = np.sum(dz * x)"),
    ({"x": (3,)}, "a, b, c = x\nL = a * b + b * c + a"),
    (
        {"x": (2, 3)},
        "N, D = x.shape\ns = 0\nfor i in range(N):\n    for j in range(D):\n"
        "        s += x[i, j] ** (i + j + 1)\nL = s",
    ),
    ({"x": (3,), "A": (3, 3)}, "L = x @ A @ x"),
    ({"x": (2, 3)}, "m = (x > 0) & (x < 1)\nL = np.sum(np.where(m, x**2, 3 * x))"),
    ({"x": (3,), "y": (3,)}, "L = sum(x * y) + abs(x[0]) + pow(y[1], 2) + max(x) - min(y)"),
    (
        {"Q": (3, 4), "K": (5, 4), "V": (5, 2)},
        "A = softmax(Q @ K.T / np.sqrt(K.shape[1]), axis=-1)\nL = np.sum(np.tanh(A @ V))",
    ),
    (
        {"X": (4, 2), "h": (3,), "W": (3, 3), "U": (2, 3)},
        "hs = [h]\nfor x_t in X:\n    hs.append(np.tanh(x_t @ U + hs[-1] @ W))\n"
        "L = sum([np.sum(a * b) for a, b in zip(hs[1:], hs)])",
    ),
    (
        {"s": (4, 3)},
        "y = [0, 2, 1, 2]\nd = softmax(s, axis=1)\nd[np.arange(4), y] -= 1\nL = np.sum(d**2)",
    ),
    (
        {"x": (3, 4), "v": (2,)},
        "z = x * 1\nz[:, [1, 3]] = v\nz[[0, 0], 2] = v\nz[x > 0] *= 2\nL = np.sum(np.sin(z[:, 1:]))",
    ),
    ({"a": (), "b": ()}, "A = np.array([[a, 1.0], [b, a * b]])\nL = np.sum(A @ A)"),
]
