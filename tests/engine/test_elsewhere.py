"""What is not in the language is named, at its place, with a spelling that then really works."""

from __future__ import annotations

import numpy as np
import pytest

from engine import EngineError, build, elsewhere, language
from engine.primitives import OVERLOADS
from engine.primitives.composition import COMPOSED_METHODS, COMPOSITIONS
from tests.engine.asking import refused

PRELUDE = "def f(a):\n    return a * a\n\n"


def offending(source: str, error: EngineError) -> str:
    """Returns the text that an error's span covers; it must lie on one line."""
    assert error.span is not None, error.detail
    assert error.span.line == error.span.end_line
    return source.split("\n")[error.span.line - 1][error.span.column : error.span.end_column]


def draws(expression: str) -> None:
    """Asserts that an expression can be drawn as it stands, with values for its names made up."""
    trace = build(f"{PRELUDE}q = {expression}").trace
    circuit = build(f"{PRELUDE}q = {expression}")
    shape = circuit.graph.nodes[circuit.graph.output].shape
    values = trace(upstream=None if shape == () else np.ones(shape))
    assert np.isfinite(values.nodes[values.graph.output].value).all()


def entries(table: dict[str, str]) -> list[tuple[str, str]]:
    """Returns the entries of a table that are spellings and no sentences."""
    return [(name, entry) for name, entry in table.items() if not entry.endswith(".")]


SPELLINGS = sorted(
    {
        entry
        for table in (elsewhere.NUMPY, elsewhere.FOREIGN, elsewhere.METHODS)
        for _, entry in entries(table)
    }
)


@pytest.mark.parametrize("expression", SPELLINGS)
def test_every_spelling_that_is_suggested_can_be_drawn(expression: str) -> None:
    draws(expression)


@pytest.mark.parametrize("name", elsewhere.NUMPY)
def test_a_name_of_numpy_or_python_that_is_missing_is_refused_with_the_nearest(name: str) -> None:
    for call in (name, f"np.{name}"):
        source = f"q = x * 2\nL = 3 + {call}(q)"
        if "." in name and call == name:
            continue
        error = refused(source)
        assert offending(source, error) == call
        assert error.hint == elsewhere.function("np", name)


def test_no_name_of_the_table_is_one_that_the_language_has() -> None:
    functions = {*language.SPELLINGS, *OVERLOADS, *COMPOSITIONS, *language.BARE}
    assert not functions & set(elsewhere.NUMPY)
    methods = {*language.METHODS, *COMPOSED_METHODS, "copy", "dot", "T", "shape", "size", "ndim"}
    assert not methods & set(elsewhere.METHODS)


@pytest.mark.parametrize("name", elsewhere.FOREIGN)
def test_another_librarys_function_is_refused_with_ours(name: str) -> None:
    initial = [] if name in {*language.METHODS, "dot"} else [f"F.{name}"]  # F.dot may be an array's
    for call in (f"torch.{name}", f"tf.nn.{name}", f"scipy.special.{name}", *initial):
        source = f"q = x * 2\nL = 3 + {call}(q)"
        error = refused(source)
        assert error.code == "undefined-name"
        assert offending(source, error) == call
        assert error.hint == elsewhere.function(call.split(".")[0], name)


@pytest.mark.parametrize("name", elsewhere.METHODS)
def test_a_method_that_arrays_do_not_have_here_is_refused_with_what_to_write(name: str) -> None:
    source = f"q = x * 2\nL = 3 + q.{name}()"
    error = refused(source)
    assert offending(source, error) in (f"q.{name}", f"q.{name}()")
    assert error.hint == elsewhere.method(name)


def test_a_variable_may_be_called_like_a_library() -> None:
    for name in ("F", "nn", "K", "torch", "tf", "sp"):
        build(f"L = np.sum({name}.T @ {name})", {name: [[1.0, 2.0]]})
    build("F = W * 2\nL = np.sum(F.dot(x))", {"W": [[1.0, 2.0]], "x": [1.0, 2.0]})
    build("L = np.sum(F.T.dot(x))")


@pytest.mark.parametrize(
    ("source", "part"),
    [
        ("import torch", "np.maximum(x, 0)"),
        ("import torch.nn.functional as F", "np.maximum(x, 0)"),
        ("import tensorflow as tf", "np.maximum(x, 0)"),
        ("import jax.numpy as jnp", "np for jnp"),
        ("import scipy", "sigmoid(x)"),
        ("from scipy.special import expit", "Write sigmoid(x)."),
        ("from scipy.special import softmax as sm", "Write softmax(x)."),
        ("import autograd.numpy as np", "import numpy as np"),
        ("import matplotlib.pyplot as plt", "plots"),
        ("from random import random", "np.random.rand()"),
        ("import pandas as pd", "input"),
        ("from cs231n.layers import *", "numpy as np"),
        ("from . import layers", "numpy as np"),
    ],
)
def test_an_import_of_another_library_is_refused_with_what_stands_here_for_it(
    source: str, part: str
) -> None:
    error = refused(f"import numpy as np\n{source}\nL = x * 2")
    assert (error.code, error.span.line) == ("not-allowed", 2)
    assert offending(f"import numpy as np\n{source}\nL = x * 2", error) == source
    assert part in error.hint


# (program, the text that is pointed at, part of the hint)
CORPUS = [
    # Syntax that is not read.
    ("while i < 3:\n    x = x * 2", None, "for i in range"),
    ("d = {'W': W, 'b': b}\nL = x", "{'W': W, 'b': b}", "plain names"),
    ("L = x * {'a': 1}['a']", "{'a': 1}", "plain names"),
    ("s = {1, 2}\nL = x", "{1, 2}", "list"),
    ("L = f(*args)", "*args", "arguments"),
    ("L = np.sum(x, **kw)", "np.sum(x, **kw)", "arguments"),
    ("first, *rest = x", "*rest", "arguments"),
    ("L = f'{x}'", "f'{x}'", "out"),
    ("L = (y := x) + y", "y := x", "own"),
    ("assert x.shape == (3,)\nL = x", "assert x.shape == (3,)", "out"),
    ("del x\nL = y", "del x", "out"),
    ("global x\nL = y", "global x", "argument"),
    ("def f(a):\n    nonlocal b\n    return a\nL = f(x)", "nonlocal b", "argument"),
    ("raise ValueError\nL = x", "raise ValueError", "out"),
    ("def f(a):\n    yield a\nL = f(x)", "yield a", "list"),
    ("L = (a for a in x)", "(a for a in x)", "brackets"),
    ("L = {a: 1 for a in x}", "{a: 1 for a in x}", "list"),
    ("break", "break", "out"),
    ("for i in range(2):\n    x = x * 2\nelse:\n    x = x + 1", "x = x + 1", "after the loop"),
    ("def f(*args):\n    return 1\nL = f(x)", "args", "plain"),
    ("def f(a, **kw):\n    return 1\nL = f(x)", "kw", "plain"),
    ("@jit\ndef f(a):\n    return a\nL = f(x)", "jit", "out"),
    ("return x", "return x", "out"),
    ("L = 3j * x", "3j", "j"),
    ("L = x * 'a'", "x * 'a'", "number"),
    ("L = __name__", "__name__", "underscores"),
    # Conditions that only running would decide.
    ("if x > 0:\n    L = x\nelse:\n    L = -x", "x > 0", "np.where"),
    ("L = x if x > 0 else -x", "x > 0", "np.where"),
    (
        "L = 1\nfor i in range(3):\n    if v[i] > 0:\n        L = L * 2\nL = L * x",
        "v[i] > 0",
        "np.where",
    ),
    ("L = x > 0 and y > 0", "x > 0 and y > 0", "np.logical_and(a, b)"),
    ("L = x > 0 or y > 0", "x > 0 or y > 0", "np.logical_or(a, b)"),
    ("L = [a for a in v if a > 0]", "a > 0", "np.where"),
    ("if np.array([1, 2]) > 1:\n    L = x", "np.array([1, 2]) > 1", "np.where"),
    # Loops.
    ("for a in 3:\n    L = x", "3", "range"),
    ("for a in x.sum():\n    L = a", "x.sum()", "range"),
    ("for i in range(x * 0.5):\n    L = x", "x * 0.5", "len(x)"),
    ("for i in range(2.5):\n    L = x", "2.5", "len(x)"),
    ("for i in range(1, 2, 3, 4):\n    L = x", "range(1, 2, 3, 4)", "range(5)"),
    ("for a, b in [1, 2]:\n    L = x", "a, b", "as many names"),
    ("e = enumerate([x])\nL = x", "enumerate([x])", "for ... in"),
    ("for i, h in enumerate([x], 1, 2):\n    L = x", "enumerate([x], 1, 2)", "enumerate(x)"),
    ("for h in zip():\n    L = x", "zip()", "zip(x, y)"),
    ("for h in reversed():\n    L = x", "reversed()", "reversed(x)"),
    ("hs = [x]\nfor h in hs:\n    hs.append(h)\nL = x", "hs", "another list"),
    # Lists.
    ("hs = [x]\nL = hs * 0.5", "hs * 0.5", "np.array"),
    ("hs = [x]\nL = hs + 1", "hs + 1", "np.array"),
    ("hs = [x]\nL = hs - hs", "hs - hs", "np.array"),
    ("hs = [x]\nL = hs.shape", "hs.shape", "len(x)"),
    ("hs = [x]\nL = hs[1]", "hs[1]", "smaller"),
    ("hs = []\nL = x * hs[0]", "hs[0]", "append"),
    ("hs = []\nhs[0] = x\nL = x", "hs[0]", "append"),
    ("hs = [x, y]\nhs[0:1] = [y]\nL = x", "hs[0:1]", "one by one"),
    ("hs = [x]\nhs.sort()\nL = x", "hs.sort()", "np.array"),
    ("hs = [x]\nhs.apend(y)\nL = x", "hs.apend(y)", "append"),
    ("hs = [x]\nhs.append()\nL = x", "hs.append()", "hs.append(h)"),
    ("hs = [x]\nhs += 3\nL = x", "hs += 3", "append"),
    ("a = [x]\na.append(a)\nL = x", "a.append(a)", "copy"),
    ("L = np.sum([])", "np.sum([])", "number or an array"),
    ("L = np.array([[x, y], [x]])", "np.array([[x, y], [x]])", ""),
    ("hs = [None] * 2\nL = sum(hs)", "sum(hs)", "number or an array"),
    # Functions and calls.
    ("def f(a):\n    return f(a)\nL = f(x)", "f(a)", "for loop"),
    ("def f(a):\n    b = a\nL = f(x)", "f(x)", "return"),
    ("def f(a, b):\n    return a\nL = f(x)", "f(x)", "2 arguments"),
    ("def f(a):\n    return a\nL = f(x, c=1)", "f(x, c=1)", "1 argument."),
    ("def f(a, *, k):\n    return a\nL = f(x, 2)", "f(x, 2)", "arguments"),
    ("L = np.exp(x, y)", "np.exp(x, y)", "np.exp(x)"),
    ("L = np.sum(x, dim=0)", "np.sum(x, dim=0)", "np.sum(x, axis=..., keepdims=...)"),
    ("L = np.maximum(x)", "np.maximum(x)", "np.maximum(x, y)"),
    ("L = np.dot(x)", "np.dot(x)", "np.dot(a, b)"),
    ("L = np.zeros(3, order='F') + x", "np.zeros(3, order='F')", "shape"),
    ("L = np.zeros(x * 0.5)", "np.zeros(x * 0.5)", "(3, 4)"),
    ("L = np.zeros(np.exp(x))", "np.exp(x)", "x.shape[0]"),
    ("L = np.random.rand(v[0])\nL = v.T", "v[0]", "x.shape[0]"),
    ("L = np.linspace(0, x * 2, 5)", "x * 2", "np.linspace(0, 1, 5) * x"),
    ("L = np.random.normal(x, 1, 3)", "x", "np.linspace"),
    ("L = np.sum(x, axis=np.exp(y))", "np.sum(x, axis=np.exp(y))", "number"),
    ("L = 2 * np.exp", "2 * np.exp", "number"),
    ("L = exp", "exp", "exp(...)"),
    ("L = float", "float", "another name"),
    ("L = x * len", "len", "another name"),
    ("L = int(x)", "int(x)", "out"),
    ("L = (lambda a: a)(x)", "lambda a: a", "f = lambda"),
    ("def f(a):\n    return a\nL = f(x)(y)", "f(x)", "name"),
    ("L = 2(x)", "2", "*"),
    ("x = 3\nL = x(2)", "x", "*"),
    ("L = sigmod(x)", "sigmod", "sigmoid"),
    ("L = np.sigmoidd(x)", "np.sigmoidd", "sigmoid"),
    ("L = np.linalg.sqrtm(x)", "np.linalg.sqrtm", ""),
    ("L = np.fft.fft(x)", "np.fft.fft", "complex"),
    ("L = np.fft.rfft2(x)", "np.fft.rfft2", "complex"),
    ("L = x.summ()", "x.summ", ".sum"),
    ("L = x.tanh()", "x.tanh", "np.tanh"),
    ("L = x.foo", "x.foo", ".T"),
    ("L = np.foo", "np.foo", ""),
    # Arrays.
    ("x.shape = (3, 1)\nL = x", "x.shape", "plain name"),
    ("y = x[0]\ny[1][0] = 2\nL = np.sum(y)", "y[1][0]", "x[0, 1]"),
    ("L = np.sum(x[1.5])", "x[1.5]", "whole"),
    ("L = x[0:y * 0.5]", "y * 0.5", "len(x)"),
    ("L = x['a']", "'a'", "number"),
    ("L = v[0] + np.sum(x[v * 2])", "x[v * 2]", "np.arange"),
    ("L = x in y", "x in y", "=="),
    ("L = x is y", "x is y", "=="),
    ("L = x << 2", "x << 2", "+ - *"),
    ("L = ~x", "~x", "minus"),
    ("L = x & y", "x & y", "+ - *"),
    ("L = 2\nL.append(x)", "L.append", "hs = []"),
]


def test_the_corpus_is_large() -> None:
    assert len(CORPUS) >= 80


@pytest.mark.parametrize(("source", "text", "part"), CORPUS)
def test_a_refusal_points_at_its_text_and_says_the_way_out(
    source: str, text: str | None, part: str
) -> None:
    error = refused(source)
    if text is not None:
        assert offending(source, error) == text
    assert part in error.hint
    assert error.hint


@pytest.mark.parametrize(
    ("source", "wrong", "right"),
    [
        ("L = np.exp(x, y)", "np.exp(x, y)", "np.exp(x)"),
        ("L = np.maximum(x)", "np.maximum(x)", "np.maximum(x, y)"),
        ("L = np.dot(x)", "np.dot(x)", "np.dot(a, b)"),
        ("for i, h in enumerate([x], 1, 2):\n    L = x", "enumerate([x], 1, 2)", "enumerate(x)"),
        ("for h in zip():\n    L = x", "zip()", "zip(x, y)"),
        ("for h in reversed():\n    L = x", "reversed()", "reversed(x)"),
    ],
)
def test_the_form_that_a_hint_shows_works_in_its_place(source: str, wrong: str, right: str) -> None:
    assert right in refused(source).hint
    build(source.replace(wrong, right))


# What does not compute with an array's numbers: settings of NumPy's, files, types, text, dates.
NOT_ARITHMETIC = """
array2string array_repr array_str asarray_chkfinite asfortranarray base_repr binary_repr
bitwise_count bitwise_left_shift bitwise_right_shift busday_count busday_offset can_cast
common_type datetime_as_string datetime_data format_float_positional format_float_scientific
from_dlpack frompyfunc get_include getbufsize geterr geterrcall info is_busday iscomplexobj
isdtype isfortran isrealobj issubdtype iterable left_shift min_scalar_type mintypecode
nested_iters packbits polydiv polyint printoptions promote_types require result_type right_shift
savez_compressed set_printoptions setbufsize seterrcall show_config show_runtime test typename
unique_all unique_counts unique_inverse unique_values unpackbits
"""


def test_every_numeric_function_of_numpy_is_drawn_or_has_a_nearest() -> None:
    left = []
    for name in dir(np):
        function = getattr(np, name)
        if name.startswith("_") or not callable(function) or isinstance(function, type):
            continue
        try:
            build(f"y = np.{name}(x)", {"x": [1.0, 2.0]})
        except EngineError as error:
            if "GET /api/primitives" in error.hint or not error.hint:
                left.append(name)
    assert not set(left) - set(NOT_ARITHMETIC.split())
