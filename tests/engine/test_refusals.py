"""What must not run, and how it is refused: a code, a place, a way out. Nothing but EngineError may escape."""

from __future__ import annotations

import re

import numpy as np
import pytest

from engine import EngineError, Limits, build
from tests.engine.asking import answer_or_code, refused

X = [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]

# (source, code, (line, column) or None, part of the hint or detail)
TEXT = [
    ("", "syntax", None, "Type a function"),
    ("   \n\t\n", "syntax", None, "Type a function"),
    ("x +", "syntax", (1, 2), "after '+'"),
    ("x =", "syntax", (1, 2), "after '='"),
    ("x = = y", "syntax", (1, 4), "near '='"),
    ("(x + y", "syntax", (1, 0), "Close the bracket"),
    ("x + y)", "syntax", (1, 5), "bracket"),
    ("f = x * [1, 2", "syntax", (1, 8), "Close the bracket"),
    ("(x + y]", "syntax", (1, 6), "order"),
    ("x y", "syntax", (1, 2), "operator between"),
    ("2x", "syntax", (1, 0), "write *"),
    ("x = 'abc", "syntax", (1, 4), "quote"),
    ("q = x\n  f = q", "syntax", (2, None), "left"),
    ("for i in range(3):\nx = 1", "syntax", (2, 0), "Indent"),
    ("def f(a)\n    return a", "syntax", (1, None), ""),
    ("f(x) = 3", "syntax", (1, 0), "plain name"),
    ("1 = x", "syntax", (1, 0), "plain name"),
    ("x ? y", "syntax", (1, 2), "near '?'"),
    ("q = x\nf = $q", "syntax", (2, 4), ""),
    ("x := 3", "syntax", (1, 2), ""),
    ("x\x00y", "not-allowed", (1, 1), "U+0000"),
    ("x\x07", "not-allowed", (1, 1), "U+0007"),
    ("q = x\nf = q \ud800", "not-allowed", (2, 6), "U+D800"),
    ("x + \u202ey", "not-allowed", (1, 4), "U+202E"),
    ("x = '\x1b[31m'", "not-allowed", (1, 5), "U+001B"),
]
LANGUAGE = [
    ("while x: pass", "not-allowed", (1, 0), "for i in range"),
    ("q = x\nif q > 0:\n    q = 1", "not-allowed", (2, 3), "np.where"),
    ("q = x\nif 1 > 2:\n    q = 1\nelif q:\n    q = 2", "not-allowed", (4, 5), "'x'"),
    ("f = x if x > 0 else 0", "not-allowed", (1, 9), "np.where"),
    ("f = x and y", "not-allowed", (1, 4), "logical_and"),
    ("f = x or y", "not-allowed", (1, 4), "logical_or"),
    ("f = not x", "not-allowed", (1, 8), "'x'"),
    ("f = x in y", "not-allowed", (1, 4), ""),
    ("f = x is y", "not-allowed", (1, 4), ""),
    ("f = x << 2", "not-allowed", (1, 4), "<<"),
    ("f = x | y", "not-allowed", (1, 4), "masks"),
    ("f = x & y", "not-allowed", (1, 4), "masks"),
    ("f = ~x", "not-allowed", (1, 4), "masks"),
    ("f = -(x > 0)", "not-allowed", None, ""),
    ("f = (x > 0) - (y > 0)", "not-allowed", None, ""),
    ("f = [a for a in 3]", "not-allowed", (1, 16), "range"),
    ("f = [a for a in x if a > 0]", "not-allowed", (1, 21), "np.where"),
    ("f = {a for a in [x]}", "not-allowed", (1, 4), "list"),
    ("f = {a: a for a in [x]}", "not-allowed", (1, 4), "list"),
    ("g = (a for a in [x, x])\nf = sum(g)", "not-allowed", (1, 4), "brackets"),
    ("f = {1: x}", "not-allowed", (1, 4), ""),
    ("f = {x}", "not-allowed", (1, 4), "list"),
    ("f = f'{x}'", "not-allowed", (1, 4), ""),
    ("f = 'text'", "not-allowed", None, ""),
    ("f = x * 'text'", "not-allowed", (1, None), "Text"),
    ("f = 2j * x", "not-allowed", (1, 4), "real"),
    ("f = b'x'", "not-allowed", None, ""),
    ("f = ...", "not-allowed", None, ""),
    ("f = None", "not-allowed", None, ""),
    ("(q := x)", "not-allowed", (1, 1), "line of its own"),
    ("class A: pass", "not-allowed", (1, 0), ""),
    ("try:\n    x\nexcept: pass", "not-allowed", (1, 0), ""),
    ("with x: pass", "not-allowed", (1, 0), ""),
    ("raise x", "not-allowed", (1, 0), ""),
    ("assert x", "not-allowed", (1, 0), ""),
    ("del x", "not-allowed", (1, 0), ""),
    ("global x", "not-allowed", (1, 0), ""),
    ("nonlocal x", "not-allowed", (1, 0), ""),
    ("async def f(): pass", "not-allowed", (1, 0), ""),
    ("def f(a):\n    yield a", "not-allowed", (2, 4), ""),
    ("match x:\n    case 1: pass", "not-allowed", (1, 0), ""),
    ("break", "not-allowed", (1, 0), "loop"),
    ("if 2 > 1:\n    continue", "not-allowed", (2, 4), "loop"),
    ("for a in 3:\n    y = a", "not-allowed", (1, 9), "range"),
    ("for i, j in range(3):\n    y = i", "shape-mismatch", (1, 4), "2 names"),
    ("for i in range(3):\n    y = x\nelse:\n    y = 1", "not-allowed", (4, 4), "after the loop"),
    ("hs = [x]\nfor h in hs:\n    hs.append(h)", "not-allowed", (2, 9), "another list"),
    ("for i in range(0, 3, 0):\n    y = x", "bad-call", (1, 9), "range"),
    ("for i in range():\n    y = x", "bad-call", (1, 9), "range"),
    ("for i in range(x * 1.5):\n    y = x", "not-allowed", (1, None), "whole"),
    ("return x", "not-allowed", (1, 0), "outside a function"),
    ("def f(a):\n    return f(a)\ny = f(x)", "not-allowed", (2, 11), "for loop"),
    ("def f(a):\n    b = a\ny = f(x)", "not-allowed", (3, 4), "return"),
    ("def f(*a):\n    return a\ny = f(x)", "not-allowed", (1, 7), "plain arguments"),
    ("def f(a, **b):\n    return a\ny = f(x)", "not-allowed", (1, 11), "plain arguments"),
    ("def f(a, *, b):\n    return a\ny = f(x)", "bad-call", (3, 4), "a, b"),
    ("def f(a, *, b):\n    return a\ny = f(x, x)", "bad-call", (3, 4), "a, b"),
    ("@g\ndef f(a):\n    return a", "not-allowed", None, ""),
    ("def f(a):\n    return a\ny = f(x, x)", "bad-call", (3, 4), "1 argument"),
    ("def f(a, b):\n    return a\ny = f(x)", "bad-call", (3, 4), "a, b"),
    ("def f(a):\n    return a\ny = f(c=x)", "bad-call", (3, 4), "takes a"),
    ("y = (lambda a: a)(x)", "not-allowed", (1, None), "name"),
    ("y = f(*x)", "not-allowed", (1, 6), "arguments"),
    ("y = np.exp(**x)", "not-allowed", (1, 4), "arguments"),
    ("*a, b = x", "not-allowed", (1, 0), ""),
    ("x.y = 3", "not-allowed", (1, 0), "plain name"),
    ("x.shape = (3, 1)", "not-allowed", (1, 0), "plain name"),
    ("a, b = x, y, z", "shape-mismatch", (1, None), "2 names"),
    ("import os", "not-allowed", (1, 0), "'os'"),
    ("import numpy as np, os", "not-allowed", (1, 0), "numpy as np"),
    ("from os import path", "not-allowed", (1, 0), "'os'"),
    ("import numpy.fft", "not-allowed", (1, 0), "numpy.fft"),
    ("import torch", "not-allowed", (1, 0), "'torch'"),
    ("# nothing", "not-allowed", None, "computes nothing"),
    ("import numpy as np", "not-allowed", None, "computes nothing"),
    ("print(x)", "not-allowed", None, "computes nothing"),
    ("def f(a):\n    return a", "not-allowed", None, "computes nothing"),
    ("f = max([])", "not-allowed", None, ""),
    ("f = np.array([[x, y], [x]])", "shape-mismatch", (1, 4), "same shape"),
    ("__x = 3", "not-allowed", None, ""),
    ("f = __x + 1", "not-allowed", (1, 4), ""),
]
NAMES = [
    ("f = sgmoid(x)", "undefined-name", (1, 4), "sigmoid"),
    ("f = np.maximun(x, 0)", "undefined-name", (1, 4), "maximum"),
    ("f = np.Exp(x)", "undefined-name", (1, 4), "exp"),
    ("f = np.foo.bar(x)", "undefined-name", (1, 4), "foo.bar"),
    ("f = q(x)", "undefined-name", (1, 4), "'q'"),
    ("f = x.summ()", "undefined-name", (1, None), "sum"),
    ("f = x.exp()", "undefined-name", (1, None), "np.exp"),
    ("f = x.foo", "not-allowed", (1, 4), "'foo'"),
    ("f = x.__class__", "not-allowed", (1, 4), "'__class__'"),
    ("f = ().__class__.__bases__[0].__subclasses__()", None, (1, None), ""),
    ("f = x.T.__init__.__globals__", "not-allowed", (1, 4), ""),
    ("f = np.__builtins__", None, (1, 4), ""),
    ("f = np.linalg.__class__", None, (1, 4), ""),
    ("f = __import__('os')", None, (1, 4), "__import__"),
    ("f = eval('1')", "undefined-name", (1, 4), "'eval'"),
    ("f = getattr(x, 'T')", "undefined-name", (1, 4), "'getattr'"),
    ("f = open('x')", "undefined-name", (1, 4), "'open'"),
    ("f = np.load('x')", "undefined-name", (1, 4), "'load'"),
    ("f = exp", "undefined-name", (1, 4), "exp(...)"),
    ("f = np.exp", "not-allowed", None, "computes nothing"),
    ("f = np.exp * x", "not-allowed", (1, 4), "A function"),
    ("f = np", "undefined-name", (1, 4), ""),
    ("x = 3\nf = x(2)", "undefined-name", (2, 4), "*"),
    ("f = 2(x)", "not-allowed", (1, 4), "*"),
    ("f = (x + y)(x - y)", "not-allowed", (1, None), "*"),
]
CALLS = [
    ("f = np.exp()", "bad-call", (1, 4), "np.exp(x)"),
    ("f = np.exp(x, y)", "bad-call", (1, 4), "np.exp(x)"),
    ("f = np.sum(x, foo=1)", "bad-call", (1, 4), "foo"),
    ("f = np.maximum(x)", "bad-call", (1, 4), "np.maximum(x, y)"),
    ("f = np.dot(x)", "bad-call", (1, 4), "np.dot(a, b)"),
    ("f = np.dot(x, y, z)", "bad-call", (1, 4), "np.dot(a, b)"),
    ("f = np.reshape(x)", "bad-call", (1, 4), "shape"),
    ("f = sum(1, 2)", "bad-call", None, ""),
    ("f = x * abs(1, 2)", "bad-call", None, ""),
    ("f = x * pow(2, 3, 5)", "bad-call", None, ""),
    ("f = x * pow(2)", "bad-call", None, ""),
    ("f = x * max(1, 2, axis=0)", None, None, ""),
    ("f = np.sum(x, axis='a')", "not-allowed", (1, 4), ""),
    ("f = np.sum(x, axis=0.5)", "not-allowed", (1, 4), ""),
    ("f = np.sum(x, axis=np.inf)", "not-allowed", (1, 4), ""),
    ("f = x[np.inf]", None, None, ""),
    ("f = x[0/0]", None, None, ""),
    ("f = x * int(np.inf)", None, None, ""),
    ("f = x * round(0/0)", None, None, ""),
    ("f = x * np.zeros(np.inf)", "bad-call", None, "whole numbers"),
    ("f = x * np.zeros(0/0)", "bad-call", None, "whole numbers"),
    ("f = x * np.zeros(-1)", "bad-call", None, "whole numbers"),
    ("f = x * np.zeros(1.5)", "bad-call", None, "whole numbers"),
    ("f = x * np.zeros('a')", "bad-call", None, "whole numbers"),
    ("f = x * np.zeros()", "bad-call", (1, 8), "shape"),
    ("f = x * np.zeros(2, 3)", "bad-call", (1, 8), ""),
    ("f = x * np.zeros(2, order='F')", "bad-call", (1, 8), "order"),
    ("f = x * np.full(2, 'a')", "bad-call", (1, 8), ""),
    ("f = x * np.eye(2.5)", "bad-call", None, ""),
    ("f = x * np.arange(True)", "bad-call", None, ""),
    ("f = x * np.arange(1, 5, 0)", "bad-call", None, ""),
    ("f = x * np.arange('a')", "bad-call", None, ""),
    ("f = x * np.arange(0, 0/0)", "bad-call", None, ""),
    ("f = x * np.linspace(0, 1, (2, 3))", "bad-call", None, ""),
    ("f = x * np.linspace(0, np.inf, 3)", "bad-call", None, ""),
    ("f = x * np.linspace(0, 1, -3)", "bad-call", None, ""),
    ("f = x * np.random.normal([1, 2], 1, 3)", "bad-call", None, ""),
    ("f = x * np.random.uniform(0, np.inf, 3)", "bad-call", None, ""),
    ("f = x * np.random.randn('a')", "bad-call", None, ""),
    ("f = x * np.random.randn(2, dtype=3, a=2)", "bad-call", None, ""),
    ("np.random.seed(1.5)\nf = x", "not-allowed", (1, None), ""),
    ("f = x * np.array([1, [2]])", "bad-input", (1, 8), "same length"),
    ("f = x * np.array([[1, 2], [3]])", "bad-input", (1, 8), "same length"),
    ("f = x * np.array([])", "bad-input", (1, 8), "empty"),
    ("f = x * np.array('a')", None, None, ""),
    ("f = x * np.array(None)", None, None, ""),
    ("f = x * np.array([1, None])", None, None, ""),
    ("f = x * np.array([1e999])", "not-allowed", (1, 18), "1e308"),
    ("f = 1e999 * x", "not-allowed", (1, 4), "1e308"),
    ("f = x[1.5]", None, None, "whole"),
    ("f = x['a']", None, (1, None), ""),
    ("f = y[x * 2.5 + z]", None, (1, None), ""),
    ("f = x[..., ..., 0]", "not-allowed", (1, 6), "one out"),
    ("f = x[x[0, 0] > 0, [0]]", "not-allowed", (1, 4), "x[mask]"),
    ("x.T += 1", "not-allowed", (1, 0), "plain name"),
    ("f = x * max(" + ", ".join(["x"] * 100) + ")", None, None, ""),
    ("f = x[0:1.5]", "not-allowed", (1, None), "whole"),
    ("f = x[::0]", "not-allowed", (1, None), "step"),
    ("z = x * 1\nz[x > 0] = np.zeros(2)", None, (2, None), ""),
    ("x[0][1] = 2", "not-allowed", (1, 0), "x[0, 1]"),
    ("z = [1, 2]\nq = z + [3]\nf = q * x", None, None, ""),
]


def check(
    error: EngineError, code: str | None, place: tuple[int, int | None] | None, part: str
) -> None:
    """Asserts what every refusal promises, and what this one does."""
    assert code is None or error.code == code, (error.code, error.detail)
    words = f"{error.detail} {error.hint}"
    assert part in words, words
    assert error.detail
    assert error.detail[-1] in ".?!" or error.code == "shape-mismatch"
    assert error.hint
    for leak in ("Traceback", "engine/", ".py", "object at 0x", "<class", "NoneType", "ndarray"):
        assert leak not in words, words
    assert len(words) < 600
    if place is not None:
        assert error.span is not None, words
        assert error.span.line == place[0], (error.span, words)
        assert place[1] is None or error.span.column == place[1], (error.span, words)
        assert (error.span.end_line, error.span.end_column) > (error.span.line, error.span.column)


@pytest.mark.parametrize(("source", "code", "place", "part"), TEXT + LANGUAGE + NAMES + CALLS)
def test_bad_programs_are_refused_with_a_code_a_place_and_a_way_out(
    source: str, code: str | None, place: tuple[int, int | None] | None, part: str
) -> None:
    check(refused(source), code, place, part)


SHAPES = [
    # (source, shapes of A and B, both shapes as the message shows them, column)
    ("f = A + B", (2, 3), (2,), 4),
    ("f = A * B", (2, 3), (4, 3), 4),
    ("f = A @ B", (2, 3), (2, 3), 4),
    ("f = np.dot(A, B)", (2, 3), (2, 3), 4),
    ("f = A.dot(B)", (3,), (4,), 4),
    ("f = A @ B", (2, 2, 3), (2, 2, 3), 4),
    ("f = np.maximum(A, B)", (3,), (4,), 4),
    ("f = np.where(A > 0, A, B)", (3,), (4,), 4),
    ("f = A\nf += B", (3,), (2, 3), None),
    ("f = A * 1\nf[0] = B", (2, 3), (2,), None),
    ("f = A / B", (2, 3), (3, 2), 4),
]


@pytest.mark.parametrize(("source", "one", "other", "column"), SHAPES)
def test_shapes_that_do_not_fit_are_both_named(
    source: str, one: tuple[int, ...], other: tuple[int, ...], column: int | None
) -> None:
    error = refused(source, {"A": np.ones(one), "B": np.ones(other)})
    check(error, "shape-mismatch", (source.count("\n") + 1, column), "")

    def written(shape: tuple[int, ...]) -> str:
        return f"({shape[0]},)" if len(shape) == 1 else str(shape)

    assert written(other) in error.detail, error.detail
    if "[0]" not in source:
        assert written(one) in error.detail, error.detail


@pytest.mark.parametrize(
    ("source", "part"),
    [
        ("f = x.reshape(4, 2)", "(4, 2)"),
        ("f = x.reshape(-1, 4)", "-1"),
        ("f = np.sum(x, axis=2)", "axis"),
        ("f = np.sum(x, axis=-3)", "axis"),
        ("f = np.sum(x, axis=(0, 0))", "twice"),
        ("f = np.squeeze(x, axis=0)", "size 1"),
        ("f = np.transpose(x, (0, 0))", ""),
        ("f = np.transpose(x, (0, 1, 2))", ""),
        ("f = np.swapaxes(x, 0, 5)", ""),
        ("f = np.moveaxis(x, (0, 1), 0)", ""),
        ("f = np.broadcast_to(x, (4, 3))", "(2, 3)"),
        ("f = x[2]", "0"),
        ("f = x[0, 3]", "size 3"),
        ("f = x[0, 0, 0]", "2 dimensions"),
        ("f = x[[0, 2]]", "0 to 1"),
        ("f = x[np.array([0]), np.array([5])]", "0 to 2"),
        ("a, b, c = x", "3 names"),
        ("f = x[[0], [0], [0]]", "2 dimensions"),
        ("f = x[np.zeros(3) > 1]", "(3,)"),
        ("z = x * 1; z[0] = np.ones(2)", "(2,)"),
        ("f = np.max(np.zeros(0)) * x", "no entries"),
        ("f = np.mean(np.zeros(0)) * x", "no entries"),
    ],
)
def test_axes_indices_and_sizes_that_do_not_exist_are_refused(source: str, part: str) -> None:
    check(refused(source, {"x": X}), "shape-mismatch", (1, None), part)


@pytest.mark.parametrize("source", ["x", "f = x * 2", "f = np.sum(x, axis=0)", "f = W @ x.T"])
def test_an_output_that_is_no_scalar_is_refused_with_the_way_to_reduce_it(source: str) -> None:
    inputs = {"x": X, "W": [[1.0, 1.0, 1.0]]} if "W" in source else {"x": X}
    circuit = build(source, inputs)
    for run in (circuit.value_and_grad, circuit.trace):
        with pytest.raises(EngineError) as caught:
            run()
        assert caught.value.code == "not-scalar"
        assert "np.sum(" in caught.value.hint
        assert caught.value.span is not None


GIVEN = [
    (None, "nothing"),
    ("3", "text"),
    ([], "empty"),
    ([[]], "empty"),
    ([1, []], "mixed"),
    ([[1, 2], [3]], "different lengths"),
    ([1, "a"], "not a number"),
    ([1, None], "not a number"),
    (float("nan"), "finite"),
    ([1, float("inf")], "finite"),
    (10**400, "finite"),
    (1j, "number"),
    (object, "number"),
    (np.array(["a"]), "numeric"),
    (np.array([1j]), "numeric"),
    (np.array([np.nan]), "finite"),
    ({}, "shape"),
    ({"shape": 3}, "shape"),
    ({"shape": [0]}, "shape"),
    ({"shape": [-1]}, "shape"),
    ({"shape": [1.5]}, "shape"),
    ({"shape": [True]}, "shape"),
    ({"shape": [2], "fill": "random"}, "random"),
    ({"shape": [2], "fill": ["normal"]}, "fill"),
    ({"shape": [2], "fill": None}, "fill"),
    ({"shape": [2], "seed": -1}, "seed"),
    ({"shape": [2], "seed": 1.5}, "seed"),
    ({"shape": [2], "seed": True}, "seed"),
    ({"shape": [2], "scale": "a"}, "scale"),
    ({"shape": [2], "scale": float("inf")}, "finite"),
    ({"shape": [2], "extra": 1}, "extra"),
]


@pytest.mark.parametrize(("given", "part"), GIVEN, ids=lambda p: repr(p)[:30])
def test_given_values_that_are_no_numbers_are_refused_by_name(given: object, part: str) -> None:
    error = refused("f = np.sum(x)", {"x": given})
    check(error, "bad-input", None, part)
    assert error.detail.startswith("Input x: ")


@pytest.mark.parametrize("name", ["a b", "1x", "", "x-y", "x.y"])
def test_given_names_must_be_names(name: str) -> None:
    check(refused("f = x", {"x": 1, name: 1}), "bad-input", None, "not a name")


@pytest.mark.parametrize(("size", "part"), [(2.5, "2.5"), (1e300, "large")], ids=str)
def test_a_size_must_be_one_whole_number(size: object, part: str) -> None:
    error = refused("for t in range(T):\n    x = x * 2\nf = x", {"x": 1, "T": size})
    check(error, "bad-input", None, part)


def test_a_name_in_a_message_is_shortened_and_cleaned() -> None:
    error = refused("f = x", {"x": 1, "a\x1b[31m" + "b" * 500: 1})
    assert "\x1b" not in error.detail
    assert len(error.detail) < 200


# ---------- depth ----------

DEEP = {
    "brackets": "(" * 200 + "x" + ")" * 200,
    "lists": "f = np.sum(" + "[" * 150 + "1" + "]" * 150 + ") * x",
    "calls": "np.exp(" * 150 + "x" + ")" * 150,
    "minus signs": "-" * 3000 + "x",
    "spaced minus signs": "- " * 3000 + "x",
    "nots": "not " * 3000 + "x",
    "lambdas": "f = " + "lambda: " * 2000 + "x",
    "lambdas with arguments": "f = " + "lambda a: " * 2000 + "x",
    "powers": "x" + "**x" * 3000,
    "transposes": "x" + ".T" * 3000,
    "indices": "x" + "[0]" * 3000,
    "copies": "x" + ".copy()" * 3000,
    "method calls": "f = x" + ".sum()" * 3000,
    "sums": "x" + " + x" * 30_000,
    "comparisons": "x" + " < x" * 3000,
    "conditions": "x" + " if x else x" * 3000,
    "ands": "x" + " and x" * 3000,
    "indented blocks": "".join(" " * i + "for i in range(1):\n" for i in range(200))
    + " " * 200
    + "x",
    "targets": "x" + " = x" * 3000,
    "attributes of np": "np" + ".a" * 3000 + "(x)",
    "unclosed": "(" * 3000,
    "strings": "'" * 3001,
}


@pytest.mark.parametrize("source", DEEP.values(), ids=DEEP.keys())
def test_deep_programs_run_or_are_refused_and_never_break_the_engine(source: str) -> None:
    try:
        build(source, limits=Limits(seconds=5)).value_and_grad()
    except EngineError as error:
        check(error, None, None, "")


def test_two_hundred_nested_brackets_name_the_limit() -> None:
    error = refused(DEEP["brackets"])
    assert (error.code, error.limit) == ("too-large", "bracket_depth")
    assert (error.span.line, error.span.column) == (1, 100)


def test_a_sum_of_three_thousand_terms_works_or_names_the_limit() -> None:
    assert answer_or_code("x" + " + x" * 2999, {"x": 1}) in (3000.0, "too-large")


def test_a_hundred_nested_brackets_work() -> None:
    assert float(build("(" * 100 + "x" + ")" * 100, {"x": 2}).value_and_grad()[0]) == 2


# ---------- limits ----------

SMALL = [
    ("source_characters", 10, "x + y + z + w", {}),
    ("source_lines", 2, "q = x\nr = q\nf = r", {}),
    ("name_characters", 5, "f = longer + 1", {}),
    ("name_characters", 5, "f = x", {"x": 1, "longer": 1}),
    ("literal_characters", 5, "f = x * 3.14159", {}),
    ("bracket_depth", 3, "f = ((((x))))", {}),
    ("inputs", 2, "f = x + y + z", {}),
    ("inputs", 2, "f = x", {"x": 1, "y": 1, "z": 1}),
    ("gates", 3, "f = x * x * x * x * x", {}),
    ("gates", 3, "y = x\nfor i in range(100):\n    y = y * x", {}),
    ("gates", 3, "for i in range(1000000):\n    pass\nf = x", {}),
    ("dimensions", 2, "f = np.sum(x[None])", {"x": X}),
    ("dimensions", 2, "f = np.sum(x)", {"x": [[[1.0]]]}),
    ("dimensions", 2, "f = np.sum(x)", {"x": np.ones((1, 1, 1))}),
    ("dimensions", 2, "f = np.sum(np.zeros((1, 1, 1))) * x", {}),
    ("node_numbers", 5, "f = np.sum(x)", {"x": X}),
    ("node_numbers", 5, "f = np.sum(x)", {"x": np.ones(6)}),
    ("node_numbers", 5, "f = np.sum(x)", {"x": {"shape": [6]}}),
    ("node_numbers", 5, "f = np.sum(x)", {"x": {"shape": [10**400]}}),
    ("node_numbers", 5, "f = np.sum(x)", {"x": {"shape": [2**62, 2**62, 2**62]}}),
    ("node_numbers", 5, "f = np.sum(np.zeros((2, 3))) * x", {}),
    ("node_numbers", 5, "f = np.sum(np.zeros(1e300)) * x", {}),
    ("node_numbers", 5, "f = np.sum(np.zeros((1e300, 1e300))) * x", {}),
    ("node_numbers", 5, "f = np.sum(np.arange(1e12)) * x", {}),
    ("node_numbers", 5, "f = np.sum(np.arange(0, 1, 1e-300)) * x", {}),
    ("node_numbers", 5, "f = np.sum(np.linspace(0, 1, 1e12)) * x", {}),
    ("node_numbers", 5, "f = np.sum(np.random.randn(1000, 1000)) * x", {}),
    ("node_numbers", 5, "f = np.sum(np.eye(1e9)) * x", {}),
    ("node_numbers", 5, "f = np.sum(x[:, None] * x)", {"x": [1.0, 2.0, 3.0]}),
    ("node_numbers", 5, "f = np.sum(np.broadcast_to(x, (10**9, 10**9)))", {"x": 1}),
    ("total_numbers", 20, "q = x * 2\nr = q * 2\ns = r * 2\nf = np.sum(s)", {"x": X}),
    ("total_numbers", 20, "f = np.sum(x) + np.sum(y)", {"x": np.ones(15), "y": np.ones(15)}),
    ("flops", 100, "f = np.sum(A @ A @ A)", {"A": np.ones((5, 5))}),
]


@pytest.mark.parametrize(("name", "most", "source", "inputs"), SMALL)
def test_every_limit_is_named_when_it_is_passed(
    name: str, most: int, source: str, inputs: dict[str, object]
) -> None:
    error = refused(source, inputs, limits=Limits(**{name: most}))
    check(error, "too-large", None, "")
    assert error.limit == name
    assert name in error.detail


def test_the_limit_on_wrt_is_named() -> None:
    error = refused("f = x * y", wrt=["x", "y"], limits=Limits(wrt=1))
    assert (error.code, error.limit) == ("too-large", "wrt")


def test_every_limit_has_a_test_here() -> None:
    tested = {name for name, *_ in SMALL} | {"wrt", "seconds"}
    # These refuse nothing: beyond them less is computed; tests/engine/test_jacobian.py and test_checking.py.
    tested |= {"jacobian_numbers", "check_entries", "check_flops"}
    tested |= {"evaluations"}  # tests/engine/test_descent.py and test_surface.py
    assert tested == {name for name, _ in Limits().items()}


def test_what_is_just_inside_a_limit_runs() -> None:
    limits = Limits(gates=4, inputs=1, total_numbers=5, node_numbers=1, bracket_depth=1)
    assert float(build("f = x * x * x * x * (x)", {"x": 1}, limits=limits).value_and_grad()[0]) == 1


def test_the_limit_on_gates_counts_gates_and_not_their_literals() -> None:
    limits = Limits(gates=3)
    assert float(build("f = x * 2 * 3 * 4", {"x": 1}, limits=limits).value_and_grad()[0]) == 24


HOSTILE = [
    "f = 9**9**9",
    "f = x * 9**9**9",
    "f = 10**400 * x",
    "f = x ** 9**9**9",
    "f = 2**-1e308 * x",
    "f = (-8)**(1/3) * x",
    "f = 0**-1 * x",
    "f = x / 0",
    "f = 1 / 0 * x",
    "f = 0 / 0 * x",
    "f = 5 % 0 * x",
    "f = 5 // 0 * x",
    "f = 1e308 * 10 * x",
    "f = np.inf - np.inf + x",
    "n = 10**30\nf = x * n",
    "for i in range(10**30):\n    y = x",
    "for i in range(-10**9):\n    y = x\nf = x",
    "f = x[10**30]",
    "f = x[-10**30]",
    "f = x[10**30:]",
    "f = np.sum(x, axis=10**30)",
    "f = np.expand_dims(x, 10**9)",
    "f = x.reshape(10**30)",
    "f = x.reshape(-1, -1)",
    "f = x.reshape(0)",
    "f = x.reshape(())",
    "f = x[()]",
    "f = x[[]]",
    "f = x[:0]",
    "f = np.sum(x[:0])",
    "f = np.max(x[:0])",
    "f = np.sum(np.zeros((0, 3)) @ np.zeros((3, 0))) + x",
    "f = softmax(np.zeros(0))",
    "f = np.zeros(0)",
    "f = np.exp(x > 0)",
    "f = (x > 0) * (x < 1) + (x > 2)",
    "f = (x > 0) ** (x > 1)",
    "f = np.sqrt(x > 0)",
    "f = (x > 0) / (x > 0)",
    "f = (x > 0) @ (x > 0)",
    "f = np.sum(x > 0)",
    "f = np.max(x > 0)",
    "f = sigmoid(x > 0)",
    "f = softmax(x > 0)",
    "f = np.abs(x > 0)",
    "f = np.maximum(x > 0, x < 1)",
    "z = x > 0\nz[0] = 2.5\nf = np.sum(z)",
    "z = x > 0\nz += 1\nf = np.sum(z)",
    "f = True + True * x",
    "f = -True * x",
    "f = x[True]",
    "f = x[None, ..., None]",
    "f = x[..., ...]",
    "f = len(3)",
    "f = len('abc') * x",
    "f = float('nan') * x",
    "f = max(x, 'a')",
    "f = max()",
    "f = sum()",
    "f = abs()",
    "f = sum([[x], [x]])",
    "f = sum([x, [x]])",
    "f = np.sum([x, x])",
    "f = np.array([[x]])",
    "f = np.where(x)",
    "f = np.where(x, 1, 2)",
    "f = x.shape",
    "f = x.shape + (1,)",
    "f = x.shape[5]",
    "f = x.T.T.T.shape[0] * 2",
    "a = [1, 2]\na[0] = x\nf = a[0]",
    "a = (x, x)\nf = a[0] * a[-1]",
    "a = (x, x)\nf = a[5]",
    "a = (x, x)\nf = a['b']",
    "a = (x, (x, x))\nb, (c, d) = a\nf = b * c * d",
    "f = lambda: x\ng = f()",
    "f = lambda a=1: a * x\ng = f()",
    "f = lambda a: a\ng = f(f)(x)",
    "f = lambda a: a\ng = f(f)",
    "def f():\n    return\ng = f()",
    "def f(a, a2=x):\n    return a * a2\ng = f(x)",
    "def f(a):\n    return a\nf = 3\ng = f * x",
    "np = 3\nf = np * x",
    "np = x\nf = np.sum(np)",
    "range = 3\nf = range * x",
    "len = x\nf = len * 2",
    "x = x",
    "x = x + 1\nx = x.copy()\nx += x\n",
    "x += x\nx *= x",
    "W @= W\nf = np.sum(W)",
    "x[x > 0] = x\nf = np.sum(x)",
    "x[0], x[1] = x[1], x[0]\nf = np.sum(x)",
    "x, x = 1, 2\nf = x",
    "for x in range(3):\n    y = x * 2\nf = y * w",
    "for i in range(3):\n    x[i] += x[i - 1]\nf = np.sum(x)",
    "for i in range(2):\n    def f(a):\n        return a * i\ng = f(x)",
    "d = x\ndx = d\ndd = dx\nf = dd",
    "dx = 1",
    "x = 1\ndx = 1",
    "f = x\ndf = 1\ndx = df\nfor i in range(3):\n    dx = dx * 2\n",
    "f = x # \ud83d\ude00 a comment",
    "'''doc\n" * 3,
    "\\",
    "x \\",
    "x \\\n+ y",
    "\tx",
    "if x:\n\tx\n        y",
    "x = 0777",
    "x = 0x1F * y",
    "x = 1_000 * y",
    "x = 1__0",
    "x = 1e",
    "x = .5.5",
    "x..y",
    "x.1",
    "@",
    ";",
    ";;",
    "x;;y",
    ",",
    "x,",
    "x, y",
    "f = x,",
    ":",
    "=",
    "==",
    "()",
    "[]",
    "{}",
    "(,)",
    "lambda",
    "lambda: x",
    "import",
    "from numpy import",
    "from . import numpy",
    "from .numpy import exp\nf = exp(x)",
    "import numpy as np as np",
    "def",
    "def f",
    "def f(",
    "def f(a, a): return a",
    "for",
    "return",
    "print",
    "print(x",
    "None = 3",
    "True = 3",
    "x = yield",
    "x = await y",
    "type X = int",
    "x: int",
    "%matplotlib inline\nf = x",
    "!ls",
    ">>> f = x",
    "$$x$$",
    "f(x) = x²",
    "x² + y²",
    "²",
    "x ≤ y",
    "√x",
    "∂f/∂x",
    "Σ x",
    "π * x",
    "½ * x",
    "x · y × z ÷ w − v",
    "x\u2028y",
    "x\u0085y",
    "x\u3000+ y",
    "\uff58 + \uff59",
    "\U0001d431 + \U0001d432",
]


@pytest.mark.parametrize("source", HOSTILE)
@pytest.mark.parametrize("inputs", [{}, {"x": [1.0, -2.0, 3.0]}], ids=["free", "vector"])
def test_odd_programs_give_a_trace_or_an_engine_error_and_nothing_else(
    source: str, inputs: dict[str, object]
) -> None:
    try:
        circuit = build(source, inputs, limits=Limits(seconds=5, node_numbers=10_000))
        shape = circuit.graph.nodes[circuit.graph.output].shape
        trace = circuit.trace(upstream=None if shape == () else np.ones(shape))
    except EngineError as error:
        check(error, None, None, "")
    else:
        for step in trace.steps:
            assert "None" not in re.sub(r"\[[^]]*\]", "", step.text)  # in brackets it is an index
            assert "undefined" not in step.text
        for notice in trace.notices:
            assert "None" not in notice.message.replace("is None", "")


def test_functions_that_double_at_every_level_are_stopped_by_the_limit_on_gates() -> None:
    levels = "".join(f"def f{i}(a):\n    return f{i - 1}(a) + f{i - 1}(a)\n" for i in range(1, 40))
    source = "def f0(a):\n    return a * a\n" + levels + "y = f39(x)"
    error = refused(source, {"x": 1}, limits=Limits(gates=2000, seconds=20))
    assert (error.code, error.limit) == ("too-large", "gates")


def test_functions_that_double_without_gates_are_stopped_too() -> None:
    levels = "".join(f"def f{i}(a):\n    return f{i - 1}(a) + f{i - 1}(a)\n" for i in range(1, 40))
    source = "def f0(a):\n    return 1\n" + levels + "y = f39(x) * x"
    error = refused(source, {"x": 1}, limits=Limits(gates=2000, seconds=20))
    assert error.limit == "gates"
