"""The language of the contract's section 3, rule by rule."""

from __future__ import annotations

import math

import numpy as np
import pytest

from engine import EngineError, build
from engine.building import read
from engine.graph import Role
from tests.deck import DECK
from tests.engine.asking import (
    answer_or_code,
    ask,
    gradients,
    notices,
    refused,
    same,
    traced,
    value,
)

X = [[1.0, -2.0, 3.0], [4.0, 5.0, -6.0]]
XN = np.array(X)
V = [3.0, -1.0, 2.0]
VN = np.array(V)


# ---------- names of functions ----------


@pytest.mark.parametrize("spelling", ["exp", "np.exp", "numpy.exp"])
def test_a_function_is_called_with_or_without_its_module(spelling: str) -> None:
    same(value(f"{spelling}(x)", {"x": 1}), math.e)


@pytest.mark.parametrize(
    ("source", "wanted"),
    [
        ("x.T", XN.T),
        ("x.dot(w)", XN @ VN),
        ("x.sum()", XN.sum()),
        ("x.sum(axis=0)", XN.sum(axis=0)),
        ("x.sum(0)", XN.sum(axis=0)),
        ("x.sum(axis=1, keepdims=True)", XN.sum(axis=1, keepdims=True)),
        ("x.mean(axis=-1)", XN.mean(axis=-1)),
        ("x.max(axis=0)", XN.max(axis=0)),
        ("x.min()", XN.min()),
        ("x.reshape(3, 2)", XN.reshape(3, 2)),
        ("x.reshape((3, 2))", XN.reshape(3, 2)),
        ("x.reshape(-1)", XN.reshape(-1)),
        ("x.ravel()", XN.ravel()),
        ("x.flatten()", XN.flatten()),
        ("x.transpose()", XN.T),
        ("x.transpose(1, 0)", XN.T),
        ("x.swapaxes(0, 1)", XN.T),
        ("x.copy()", XN),
        ("x[None].squeeze(axis=0)", XN),
        ("x.T.dot(x).sum(axis=0)", (XN.T @ XN).sum(axis=0)),
    ],
)
def test_methods_mean_what_they_mean_in_numpy(source: str, wanted: object) -> None:
    inputs = {"x": X, "w": V} if "w" in source else {"x": X}
    same(value(source, inputs), wanted)


@pytest.mark.parametrize(
    ("source", "wanted"),
    [
        ("np.sum(x, axis=(0, 1))", XN.sum()),
        ("np.sum(x, 1)", XN.sum(axis=1)),
        ("np.max(x, 0)", XN.max(axis=0)),
        ("np.amax(x)", XN.max()),
        ("np.mean(a=x, axis=0)", XN.mean(axis=0)),
        ("np.dot(x, w)", XN @ VN),
        ("np.matmul(x, w)", XN @ VN),
        ("x @ w", XN @ VN),
        ("np.reshape(x, (3, 2))", XN.reshape(3, 2)),
        ("np.transpose(x, (1, 0))", XN.T),
        ("np.expand_dims(x, 1)", XN[:, None]),
        ("np.squeeze(x[None])", XN),
        ("np.moveaxis(x, 0, -1)", XN.T),
        ("np.broadcast_to(w, (2, 3))", np.broadcast_to(VN, (2, 3))),
        ("np.maximum(x, 0)", np.maximum(XN, 0)),
        ("np.where(x > 0, x, w)", np.where(XN > 0, XN, VN)),
        ("np.abs(x)", np.abs(XN)),
        ("np.add(x, w) - np.subtract(x, w)", 2 * np.broadcast_to(VN, (2, 3))),
        ("np.multiply(x, w) / np.divide(x, w)", np.broadcast_to(VN**2, (2, 3))),
        ("np.power(w, 2)", VN**2),
        ("np.negative(w) + np.positive(w)", VN * 0),
        ("np.copy(w)", VN),
    ],
)
def test_functions_mean_what_they_mean_in_numpy(source: str, wanted: object) -> None:
    inputs = {k: v for k, v in {"x": X, "w": V}.items() if k in source.replace("np.", "")}
    same(value(source, inputs), wanted)


@pytest.mark.parametrize(
    ("source", "wanted"),
    [
        ("max(w, 0)", np.maximum(VN, 0)),
        ("min(w, 0)", np.minimum(VN, 0)),
        ("max(w)", 3.0),
        ("min(w)", -1.0),
        ("max(w, 0, 2.5)", [3.0, 2.5, 2.5]),
        ("max([w[0], w[1]])", 3.0),
        ("sum(w)", 4.0),
        ("sum([w[0], w[1], 1])", 3.0),
        ("abs(w)", [3.0, 1.0, 2.0]),
        ("pow(w, 2)", [9.0, 1.0, 4.0]),
        ("w * len(w)", [9.0, -3.0, 6.0]),
        ("w * max(2, 3) + min(1, 4) + abs(-2) + pow(2, 3) + sum([1, 2])", VN * 3 + 14),
        ("w * float(2) * round(1.6) * int(2.9)", VN * 8),
    ],
)
def test_bare_words_keep_pythons_meaning(source: str, wanted: object) -> None:
    same(value(source, {"w": V}), wanted)


def test_the_second_argument_of_np_max_is_an_axis_but_of_max_an_operand() -> None:
    same(value("np.max(x, 0)", {"x": [[1, 5], [3, 2]]}), [3, 5])
    same(value("max(x, 4)", {"x": [[1, 5], [3, 2]]}), [[4, 5], [4, 4]])


def test_a_name_that_is_given_is_that_value_even_if_a_function_is_called_so() -> None:
    found, slopes = ask("exp(exp) * sum", {"exp": 0.0, "sum": 5.0})
    # e⁰ × 5 = 5; ∂/∂exp = e⁰ × 5 = 5; ∂/∂sum = e⁰ = 1.
    assert (float(found), float(slopes["exp"]), float(slopes["sum"])) == (5.0, 5.0, 1.0)


def test_a_name_that_is_assigned_is_that_value_and_a_call_still_finds_the_function() -> None:
    same(value("max = x * 2\nf = np.max(x) + max(max, 3)", {"x": 1}), 4)


@pytest.mark.parametrize("name", ["exp", "np", "sigmoid", "dot"])
def test_a_function_without_its_brackets_is_refused(name: str) -> None:
    error = refused(f"y = {name} + 1")
    assert error.code == "undefined-name"
    assert (error.span.line, error.span.column) == (1, 4)


def test_np_pi_and_np_e_and_bare_pi_are_the_constants() -> None:
    same(value("np.pi * np.e * pi * x", {"x": 1}), math.pi**2 * math.e)


def test_bare_e_is_an_ordinary_name_with_a_notice() -> None:
    found, slopes = ask("e * x", {"x": 2})
    assert "e" in slopes
    assert found != math.e * 2
    assert any("np.e" in n.hint for n in traced("e * x", {"x": 2}).notices)


def test_the_notice_about_e_is_given_once() -> None:
    assert len([n for n in notices("e * e * e") if n.startswith("e is")]) == 1


def test_a_caret_is_read_as_power_with_a_notice() -> None:
    same(value("x^2", {"x": 3}), 9)
    assert any("**" in message for message in notices("x^2", {"x": 3}))


def test_a_caret_in_a_comment_is_no_power() -> None:
    assert not any("**" in message for message in notices("x * 2  # x^2", {"x": 3}))


@pytest.mark.parametrize(
    "source",
    [
        "x \u2212 y",  # minus sign
        "x \u2013 y",  # en dash
        "(x\u00a0- y)",  # no-break space
        "\ufeffx - y",  # a byte order mark
        "x -\u2009y",
    ],
)
def test_minus_signs_and_spaces_of_slides_are_read_as_they_look(source: str) -> None:
    same(value(source, {"x": 5, "y": 3}), 2)


@pytest.mark.parametrize("sign", ["\u00d7", "\u00b7", "\u22c5"])
def test_multiplication_signs_of_slides_are_read_as_they_look(sign: str) -> None:
    same(value(f"x {sign} y", {"x": 5, "y": 3}), 15)
    assert any("slides" in message for message in notices(f"x {sign} y", {"x": 5, "y": 3}))


def test_superscripts_and_division_signs_of_slides_are_read_as_they_look() -> None:
    same(value("x² ÷ y", {"x": 6, "y": 3}), 12)


def test_curly_quotes_around_a_docstring_are_read_as_quotes() -> None:
    same(value("\u201c\u201c\u201cA sum.\u201d\u201d\u201d\nf = x + 1", {"x": 1}), 2)


def test_plain_text_brings_no_notice_about_slides() -> None:
    assert notices("x - y", {"x": 5, "y": 3}) == []


def test_spans_count_the_columns_of_the_text_as_it_was_pasted() -> None:
    # "x² × (y)" : the product is all 8 characters; the power is the first 2.
    nodes = traced("x² × (y)", {"x": 2, "y": 3}).nodes
    product, power = (next(n for n in nodes if n.node.primitive == p) for p in ("mul", "pow"))
    assert (product.node.span.column, product.node.span.end_column) == (0, 8)
    assert (power.node.span.column, power.node.span.end_column) == (0, 2)


def test_windows_line_ends_are_line_ends() -> None:
    trace = traced("q = x + y\r\nf = q * 2\r\n", {"x": 1, "y": 2})
    assert [n.node.span.line for n in trace.nodes if n.node.name in ("q", "f")] == [1, 2]


def test_greek_names_are_names() -> None:
    _, slopes = ask("σ = sigmoid(θ)\nL = σ * σ", {"θ": 0.0})
    # σ(0) = 1/2, σ' = 1/4: ∂L/∂θ = 2 × 1/2 × 1/4 = 1/4.
    assert float(slopes["θ"]) == 0.25


def test_two_ways_to_type_the_same_letter_name_the_same_input() -> None:
    # The micro sign (U+00B5) and the Greek mu (U+03BC) are one name to Python.
    same(value("\u00b5 * x", {"\u00b5": 2, "x": 3}), 6)


# ---------- statements ----------


@pytest.mark.parametrize(
    ("source", "wanted"),
    [
        ("a, b = x, y\nf = a - b", 2),
        ("a, b = x, y\na, b = b, a\nf = a - b", -2),
        ("(a, b) = (x * 1, y * 1)\nf = a - b", 2),
        ("[a, b] = [x * 1, y * 1]\nf = a - b", 2),
        ("a = b = x * 2\nf = a + b", 20),
        ("a = x\na = a * y\na = a + 1\n", 16),
        ("a = x\na += y\na -= 1\na *= 2\na /= 7\na **= 2\n", 4),
        ("f = (x +\n     y)\n", 8),
        ("q = x + y; f = q * 2", 16),
        ("f = x - -y + +y", 11),
        ("f = -x ** 2", -25),
        ("f = x * y  # the end", 15),
        ('"""Sum."""\n\n# A comment.\n\nf = x + y\n', 8),
        ("import numpy as np\nf = np.exp(x - x) + y", 4),
        ("import numpy\nf = numpy.exp(x - x) + y", 4),
        ("import numpy as xp\nf = xp.exp(x - x) + y", 4),
        ("from numpy import exp, log\nf = exp(x - x) + log(y / y)", 1),
        ("from numpy import *\nf = exp(x - x) + y", 4),
        ("pass\nf = x + y", 8),
        ("f = x + y\nprint(f)\n", 8),
    ],
)
def test_statements_compute_what_python_computes(source: str, wanted: float) -> None:
    inputs = {k: v for k, v in {"x": 5, "y": 3}.items() if k in source}
    same(value(source, inputs), wanted)


def test_line_numbers_stay_the_students() -> None:
    error = refused("import numpy as np\n\n# comment\nq = x + y\nf = qq * 2 + undefined(q)\n")
    assert (error.span.line, error.span.column) == (5, 13)


def test_a_rebound_name_names_its_last_node_and_earlier_ones_keep_theirs() -> None:
    trace = traced("y = x * 2\ny = y * 3\n", {"x": 1})
    assert [(n.node.name, float(n.value)) for n in trace.nodes if n.node.primitive] == [
        ("y", 2.0),
        ("y", 6.0),
    ]


def test_a_second_name_for_a_value_is_an_alias() -> None:
    trace = traced("q = x * 2\nr = q\nf = r + q", {"x": 1})
    node = next(n.node for n in trace.nodes if n.node.name == "q")
    assert node.aliases == ("r",)


@pytest.mark.parametrize(
    ("source", "wanted", "slope"),
    [
        # Entries that are overwritten send nothing back to x.
        ("z = x * 2\nz[0] = 7\nL = np.sum(z)", 9, [0, 2, 2]),
        ("z = x * 2\nz[-1] = 7\nL = np.sum(z)", 11, [2, 2, 0]),
        ("z = x * 2\nz[1:] = 0\nL = np.sum(z)", 6, [2, 0, 0]),
        ("z = x * 2\nz[:] = x\nL = np.sum(z)", 4, [1, 1, 1]),
        ("z = x * 2\nz[z < 0] = 0\nL = np.sum(z)", 10, [2, 0, 2]),
        ("z = x * 2\nz[x > 2] = 1\nL = np.sum(z)", 3, [0, 2, 2]),
        ("z = x * 2\nz[0] += 5\nL = np.sum(z)", 13, [2, 2, 2]),
        ("z = x * 2\nz[0] = x[1] * x[2]\nL = np.sum(z)", 0, [0, 4, 1]),
        ("z = np.zeros(3)\nz[1] = x[0]\nL = np.sum(z * z)", 9, [6, 0, 0]),
        ("z = np.zeros(3)\nfor i in range(3):\n  z[i] = x[i] * i\nL = np.sum(z)", 3, [0, 1, 2]),
    ],
)
def test_item_and_mask_assignment(source: str, wanted: float, slope: list[float]) -> None:
    found, slopes = ask(source, {"x": V})
    same(found, wanted)
    same(slopes["x"], slope)


def test_the_rectifier_of_the_lecture_notes_by_mask() -> None:
    source = "h = z.copy()\nh[z < 0] = 0\nL = np.sum(h)"
    same(gradients(source, {"z": [-1.0, 0.0, 2.0]})["z"], [0, 1, 1])


# ---------- loops ----------


@pytest.mark.parametrize(
    ("source", "wanted"),
    [
        ("y = x\nfor i in range(3):\n    y = y * 2\n", 8),
        ("y = x\nfor i in range(1, 4):\n    y = y * i\n", 6),
        ("y = x\nfor i in range(6, 0, -2):\n    y = y * i\n", 48),
        ("y = x\nfor i in range(2):\n    for j in range(3):\n        y = y + i * j\n", 4),
        ("y = x\nfor i in range(0):\n    y = y * 2\n", 1),
        ("n = 4\ny = x\nfor i in range(n):\n    y = y + 1\n", 5),
        ("y = x\nfor i in range(2 * 3 - 1):\n    y = y + 1\n", 6),
        ("y = x\nfor _ in range(2):\n    y += 1\n", 3),
    ],
)
def test_loops_with_known_counts_are_unrolled(source: str, wanted: float) -> None:
    same(value(source, {"x": 1}), wanted)


@pytest.mark.parametrize(
    "count", ["w.shape[0]", "len(w)", "w.size", "np.shape(w)[0]", "w.ndim * 3"]
)
def test_a_loops_count_may_come_from_a_shape(count: str) -> None:
    same(value(f"s = 0\nfor i in range({count}):\n    s = s + w[i] * i\n", {"w": V}), 3)


def test_sizes_are_unpacked_from_a_shape() -> None:
    source = "N, D = x.shape\nL = np.sum(x) / (N * D)"
    same(gradients(source, {"x": X})["x"], np.full((2, 3), 1 / 6))


def test_a_given_size_counts_turns_and_is_never_differentiated() -> None:
    source = "y = x\nfor t in range(T):\n    y = y * 2\n"
    found, slopes = ask(source, {"x": 1, "T": 3})
    assert float(found) == 8
    assert set(slopes) == {"x"}
    assert build(source, {"x": 1, "T": 3}).graph.inputs["T"].role is Role.LABEL


def test_every_turn_is_a_module() -> None:
    trace = traced("y = x\nfor t in range(2):\n    y = y * 2\n", {"x": 1})
    modules = [n.node.module for n in trace.nodes if n.node.primitive]
    assert [m[0].split("#")[0] for m in modules] == ["t=0", "t=1"]


# ---------- functions ----------

NEURON = "def neuron(w, x, b=0):\n    z = w * x\n    return sigmoid(z + b)\n"


@pytest.mark.parametrize(
    ("source", "wanted"),
    [
        ("def double(a):\n    return a * 2\nf = double(x)", 6),
        ("double = lambda a: a * 2\nf = double(x)", 6),
        ("def sub(a, b):\n    return a - b\nf = sub(b=x, a=10)", 7),
        ("def sub(a, b=1):\n    return a - b\nf = sub(x)", 2),
        ("def sub(a, b=1):\n    return a - b\nf = sub(x, 2)", 1),
        ("def one(a):\n    return a + 1\ndef two(a):\n    return one(one(a))\nf = two(x)", 5),
        ("def both(a):\n    return a + 1, a * 2\np, q = both(x)\nf = p * q", 24),
        ("def f(a):\n    b = a * 2\n    b = b + 1\n    return b\ng = f(x) + f(2 * x)", 20),
        ("k = x * 2\ndef f(a):\n    return a * k\ng = f(x)", 18),
        ("def twice(g, a):\n    return g(g(a))\ng = lambda a: a * a\nf = twice(g, x)", 81),
        (
            "def f(a):\n    'Doubles.'\n    for i in range(2):\n        a = a * 2\n    return a\nf(x)",
            12,
        ),
        ("def f(a: float) -> float:\n    return a * 2\nf(x)", 6),
        ("def exp(a):\n    return a * 2\nf = exp(x)", 6),
    ],
)
def test_functions_are_inlined(source: str, wanted: float) -> None:
    same(value(source, {"x": 3}), wanted)


def test_a_functions_names_stay_inside_it() -> None:
    # Inside, z is w x = 6; outside, z is the given 100. σ(6 + 0) × 100.
    same(value(NEURON + "f = neuron(2, x) * z", {"x": 3, "z": 100}), 100 / (1 + math.exp(-6)))


def test_each_call_is_a_module_of_its_own() -> None:
    trace = traced(NEURON + "L = neuron(w, x) + neuron(w, x, b)", {"w": 1, "x": 2, "b": 3})
    modules = {n.node.module for n in trace.nodes if n.node.primitive}
    assert modules == {("neuron#1",), ("neuron#2",), ()}


def test_a_module_does_not_change_the_gradients() -> None:
    inputs = {"w": 0.5, "x": 2.0, "b": -1.0}
    folded = gradients(NEURON + "L = neuron(w, x, b)", inputs)
    written = gradients("L = sigmoid(w * x + b)", inputs)
    for name in inputs:
        same(folded[name], written[name])


def test_a_default_is_what_it_was_when_the_function_was_defined() -> None:
    same(value("a = 2\ndef f(x, k=a):\n    return x * k\na = 3\ng = f(y)", {"y": 1}), 2)


@pytest.mark.parametrize("source", ["f = lambda *a: x\nf()", "f = lambda **a: x\nf()"])
def test_a_lambda_with_starred_parameters_is_refused(source: str) -> None:
    assert refused(source, {"x": 1}).code == "not-allowed"


# ---------- arrays that share memory ----------


@pytest.mark.parametrize(
    ("source", "wanted"),
    [
        # NumPy: y is x itself, so both change. x = [1, 2] + 1.
        ("x = w * 1\ny = x\ny += 1\nL = np.sum(x)", 6),
        ("x = w * 1\ny = x\nx += 1\nL = np.sum(y)", 6),
        ("x = w * 1\ny = x\ny[0] = 9\nL = np.sum(x)", 12),
        ("x = w * 1\ny = x.copy()\ny += 1\nL = np.sum(x)", 4),
        ("x = w * 1\ny = np.copy(x)\ny[0] = 9\nL = np.sum(x)", 4),
        ("x = w * 1\ny = np.array(x)\ny += 1\nL = np.sum(x)", 4),
        ("x = w * 1\ny = x\ny = y + 1\nL = np.sum(x)", 4),
        ("x = w * 1\ny = x + 0\ny += 1\nL = np.sum(x)", 4),
        ("x = w * 1\ny = x.flatten()\ny += 1\nL = np.sum(x)", 4),
        ("x = w * 1\ny = x[0]\ny += 5\nL = np.sum(x)", 4),
        ("x = w * 1\ny = x\nx = x * 2\ny += 1\nL = np.sum(x)", 8),
        ("def f(a):\n    a += 1\n    return a\nx = w * 1\ny = f(x)\nL = np.sum(x)", 6),
        ("def f(a):\n    a = a + 1\n    return a\nx = w * 1\ny = f(x)\nL = np.sum(x)", 4),
        ("s = w[0]\nt = s\nt += 1\nL = s", 1),
    ],
)
def test_in_place_changes_are_seen_through_every_name_as_in_numpy(
    source: str, wanted: float
) -> None:
    same(value(source, {"w": [1.0, 3.0]}), wanted)


@pytest.mark.parametrize(
    ("source", "wanted"),
    [
        ("y = x\ny += 1\nL = np.sum(x)", 6),
        ("y = x\ny[0] = 9\nL = np.sum(x)", 12),
        ("def f(a):\n    a += 1\n    return a\ny = f(x)\nL = np.sum(x)", 6),
    ],
)
def test_a_free_input_changes_with_a_name_that_shares_it(source: str, wanted: float) -> None:
    same(value(source, {"x": [1.0, 3.0]}), wanted)


def test_an_entry_of_a_list_changes_with_the_name_that_shares_it_or_is_refused() -> None:
    source = "hs = [x * 1]\nh = hs[0]\nh += 1\nL = np.sum(hs[0])"
    assert answer_or_code(source, {"x": [1.0, 3.0]}) in (6.0, "not-allowed")


@pytest.mark.parametrize(
    "source",
    [
        "z = x * 1\ny = z[0]\ny += 1\nL = np.sum(z)",
        "z = x * 1\ny = z.T\ny[0] = 1\nL = np.sum(z)",
        "z = x * 1\ny = z.reshape(3, 2)\ny += 1\nL = np.sum(z)",
        "z = x * 1\ny = z[:, 1:]\nz += 1\nL = np.sum(y)",
        "z = x * 1\ny = np.reshape(z, (6,))\nz[0] = 1\nL = np.sum(y)",
    ],
)
def test_changes_through_a_view_are_refused_with_the_way_out(source: str) -> None:
    error = refused(source, {"x": X})
    assert error.code == "not-allowed"
    assert ".copy()" in error.hint


def test_a_view_that_nothing_changed_may_be_used() -> None:
    same(value("z = x * 1\ny = z.T\nL = np.sum(z @ y)", {"x": X}), (XN @ XN.T).sum())


# ---------- inputs ----------


def test_literals_that_a_program_assigns_are_inputs() -> None:
    trace = traced("x = -2; y = 5; z = -4\nq = x + y\nf = q * z")
    assert {n: (i.assigned, i.assumed) for n, i in trace.graph.inputs.items()} == dict.fromkeys(
        "xyz", (True, False)
    )
    assert {n: float(g) for n, g in trace.gradients.items()} == {"x": -4.0, "y": -4.0, "z": 3.0}


@pytest.mark.parametrize(
    ("expression", "wanted"),
    [
        ("3", 3.0),
        ("-0.5", -0.5),
        ("[1, 2]", [1.0, 2.0]),
        ("[[1, 2], [3, 4]]", [[1.0, 2.0], [3.0, 4.0]]),
        ("np.array([1, -2])", [1.0, -2.0]),
        ("np.array([[1.5]])", [[1.5]]),
        ("np.zeros(2)", [0.0, 0.0]),
        ("np.zeros((1, 2))", [[0.0, 0.0]]),
        ("np.ones((2, 1))", [[1.0], [1.0]]),
        ("np.full((2,), 7)", [7.0, 7.0]),
        ("np.eye(2)", [[1.0, 0.0], [0.0, 1.0]]),
        ("np.arange(3)", [0.0, 1.0, 2.0]),
        ("np.arange(1, 6, 2)", [1.0, 3.0, 5.0]),
        ("np.linspace(0, 1, 3)", [0.0, 0.5, 1.0]),
        ("np.ones(2, dtype=float)", [1.0, 1.0]),
    ],
)
def test_arrays_written_out_are_inputs(expression: str, wanted: object) -> None:
    trace = traced(f"x = {expression}\nL = np.sum(x * x)")
    given = trace.graph.inputs["x"]
    assert given.assigned
    same(given.value, wanted)
    same(trace.gradients["x"], 2 * np.asarray(wanted))


@pytest.mark.parametrize(
    "call", ["rand(2, 3)", "randn(2, 3)", "normal(0, 1, (2, 3))", "uniform(size=(2, 3))"]
)
def test_random_arrays_are_inputs_drawn_the_same_every_time_with_a_notice(call: str) -> None:
    source = f"W = np.random.{call}\nL = np.sum(W * W)"
    one, two = traced(source), traced(source)
    assert one.graph.inputs["W"].assigned
    assert one.graph.inputs["W"].value.shape == (2, 3)
    np.testing.assert_array_equal(one.graph.inputs["W"].value, two.graph.inputs["W"].value)
    assert any("seed" in notice.message for notice in one.notices)


def test_np_random_seed_chooses_the_draw() -> None:
    draws = [
        traced(f"np.random.seed({n})\nW = np.random.randn(3)\nL = np.sum(W)")
        .graph.inputs["W"]
        .value
        for n in (0, 0, 1)
    ]
    np.testing.assert_array_equal(draws[0], np.random.RandomState(0).randn(3))
    np.testing.assert_array_equal(draws[0], draws[1])
    assert not np.array_equal(draws[0], draws[2])


@pytest.mark.parametrize(
    "source",
    [
        "a = 2\na = a * x\n",
        "a = 2\na += x\n",
        "a = np.zeros(2)\na[0] = x\nL = np.sum(a)",
        "a = 2\nL = x\nfor i in range(a):\n    L = L * 2\n",
        "a = 1\nL = np.sum(np.ones(3)[a]) * x",
        "L = x\nfor i in range(2):\n    a = 2\n    L = L * a\n",
        "def f(b):\n    a = 2\n    return a * b\nL = f(x)",
    ],
)
def test_a_name_that_is_rebound_changed_or_used_as_a_size_is_no_input(source: str) -> None:
    assert set(gradients(source, {"x": 3})) == {"x"}


def test_a_literal_assigned_after_the_first_use_does_not_make_that_use_an_input_of_it() -> None:
    found, slopes = ask("y = 2 * x\nx = 5\nf = x * y", {"x": 1})
    assert float(found) == 10.0
    assert float(slopes["x"]) == 10.0


def test_a_literal_given_to_two_names_at_once_makes_two_inputs() -> None:
    assert set(gradients("x = y = 3\nf = x * y")) == {"x", "y"}


def test_a_given_value_wins_over_the_assigned_one() -> None:
    trace = traced("x = -2; y = 5\nf = x * y", {"x": 10})
    assert float(trace.nodes[trace.graph.output].value) == 50
    assert trace.graph.inputs["x"].assigned
    assert not trace.graph.inputs["x"].assumed


def test_a_given_value_may_have_another_shape_than_the_assigned_one() -> None:
    same(gradients("x = [1, 2]\nL = np.sum(x * x)", {"x": [[1, 2, 3]]})["x"], [[2, 4, 6]])


def test_a_given_name_that_the_program_does_not_use_is_accepted_with_a_notice() -> None:
    trace = traced("f = x * 2", {"x": 1, "lr": 0.1})
    assert trace.graph.inputs["lr"].node is None
    assert any("'lr'" in notice.message for notice in trace.notices)
    assert "lr" not in trace.gradients


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        (3, 3.0),
        (True, 1.0),
        ([1, True], [1.0, 1.0]),
        (((1, 2), (3, 4)), [[1.0, 2.0], [3.0, 4.0]]),
        (np.float32(0.5), 0.5),
        (np.array([1, 2], dtype=np.int8), [1.0, 2.0]),
        ({"shape": [2, 2], "fill": "zeros"}, [[0.0, 0.0], [0.0, 0.0]]),
        ({"shape": [2], "fill": "ones", "scale": 3}, [3.0, 3.0]),
        ({"shape": [], "fill": "ones"}, 1.0),
        ({"shape": [3], "fill": "linspace"}, [0.0, 0.5, 1.0]),
        ({"shape": [2], "fill": "normal", "seed": 7}, np.random.default_rng(7).normal(size=2)),
        ({"shape": [2], "fill": "uniform", "seed": 7}, np.random.default_rng(7).uniform(size=2)),
    ],
)
def test_given_values_become_float64_arrays(given: object, wanted: object) -> None:
    found = build("L = np.sum(x)", {"x": given}).graph.inputs["x"].value
    assert found.dtype == np.float64
    same(found, wanted)


def test_a_given_array_is_copied() -> None:
    mine = np.array([1.0, 2.0])
    circuit = build("L = np.sum(x)", {"x": mine})
    mine[0] = 100
    same(circuit.value_and_grad()[0], 3)


def test_a_given_numpy_matrix_multiplies_entry_by_entry_like_every_array() -> None:
    with pytest.warns(PendingDeprecationWarning):
        mine = np.matrix([[1.0, 2.0], [3.0, 4.0]])
    same(value("L = np.sum(x * x)", {"x": mine}), 30)


LOOKUP = "L = np.sum(p[np.arange(2), y] * c)"


def test_an_input_used_as_an_index_is_a_label_keeps_its_integers_and_has_no_gradient() -> None:
    trace = traced(LOOKUP, {"p": X, "y": [2, 0], "c": [10.0, 1.0]})
    assert trace.graph.inputs["y"].role is Role.LABEL
    assert trace.graph.inputs["y"].value.dtype == np.int64
    assert set(trace.gradients) == {"p", "c"}
    same(trace.gradients["p"], [[0, 0, 10], [1, 0, 0]])


def test_an_entry_looked_up_twice_gets_both_gradients() -> None:
    same(gradients("L = np.sum(E[i])", {"E": [1.0, 2.0, 3.0], "i": [2, 0, 2]})["E"], [1, 0, 2])


def test_a_negative_label_counts_from_the_end_as_in_numpy() -> None:
    same(gradients("L = np.sum(E[i])", {"E": [1.0, 2.0, 3.0], "i": [-1, 0]})["E"], [1, 0, 1])


def test_a_label_is_refused_in_wrt() -> None:
    error = refused(LOOKUP, {"p": X, "y": [2, 0], "c": [1, 1]}, wrt=["y"])
    assert error.code == "bad-input"
    assert "'y'" in error.detail


def test_a_label_must_hold_whole_numbers() -> None:
    error = refused(LOOKUP, {"p": X, "y": [0.5, 0], "c": [1, 1]})
    assert error.code == "bad-input"
    assert "0.5" in error.detail


@pytest.mark.parametrize("labels", [[0, 3], [-4, 0]])
def test_a_given_label_must_be_in_range(labels: list[int]) -> None:
    error = refused(LOOKUP, {"p": X, "y": labels, "c": [1, 1]})
    assert "3 entries" in error.detail


def test_an_assigned_label_must_be_in_range() -> None:
    assert refused("y = np.array([0, 7])\n" + LOOKUP, {"p": X, "c": [1, 1]}).code


def test_a_new_label_must_be_in_range_too() -> None:
    circuit = build(LOOKUP, {"p": X, "y": [0, 1], "c": [1, 1]})
    with pytest.raises(EngineError):
        circuit.value_and_grad({"y": [0, 7]})


def test_range_may_be_used_as_an_index() -> None:
    same(value("L = np.sum(p[range(2), y])", {"p": X, "y": [2, 0]}), 7)


def test_a_written_out_mask_selects_and_does_not_count() -> None:
    source = "L = np.sum(x[np.array([True, False, True])])"
    assert answer_or_code(source, {"x": [10.0, 20.0, 40.0]}) in (50.0, "not-allowed")


@pytest.mark.parametrize(
    ("source", "wanted"),
    [
        ("x[1]", XN[1]),
        ("x[1, 2]", XN[1, 2]),
        ("x[-1, -1]", XN[-1, -1]),
        ("x[:, 1]", XN[:, 1]),
        ("x[0, 1:]", XN[0, 1:]),
        ("x[:, ::2]", XN[:, ::2]),
        ("x[::-1]", XN[::-1]),
        ("x[..., 0]", XN[..., 0]),
        ("x[:, None, :]", XN[:, None, :]),
        ("x[np.newaxis]", XN[np.newaxis]),
        ("x[0][1]", XN[0][1]),
        ("x[[1, 0, 1]]", XN[[1, 0, 1]]),
        ("x[np.array([0, 1]), np.array([2, 2])]", XN[[0, 1], [2, 2]]),
        ("x[1, np.array([2, 0])]", XN[1, [2, 0]]),
        ("x[np.arange(2), 1]", XN[np.arange(2), 1]),
        ("x.T[x.shape[1] - 1]", XN.T[2]),
    ],
)
def test_indexing_means_what_it_means_in_numpy(source: str, wanted: object) -> None:
    same(value(source, {"x": X}), wanted)


@pytest.mark.parametrize(
    ("source", "wanted"),
    [
        ("np.sum(x[x[:, 0] > 2])", 3.0),  # a mask of rows picks whole rows: 4 + 5 - 6
        ("np.sum(x * ((x > 0) & (x < 4.5)))", 8.0),  # 1 + 3 + 4
        ("np.sum(x * ((x < 0) | (x > 4.5)))", -3.0),  # -2 + 5 - 6
        ("np.sum(x * ~(x > 0))", -8.0),
        ("np.sum(x * np.logical_and(x > 0, x < 4.5))", 8.0),
        ("np.sum(x * np.logical_not(x > 0))", -8.0),
        ("np.sum(x * (x != 5) * (x == 5))", 0.0),
        ("np.sum(x) * (2 > 1) + (1 == 2)", 5.0),
        ("np.sum(np.where(x >= 4, x, np.zeros_like(x)) + np.ones_like(x))", 15.0),
        ("a, b = x\nL = np.sum(a * b)", -24.0),  # 4 - 10 - 18
        ("s = x.shape[1:]\nL = np.sum(x) * s[0]", 15.0),
        ("a = (x, 2 * x, 3 * x)[1:]\nL = np.sum(a[1]) * len(a)", 30.0),
        ("k = 1\nL = x[k, k + 1] * x[np.array(0), 1]", 12.0),
        ("L = np.sum(np.add(x=x, y=x))", 10.0),
        ("L = np.sum(x * 0 + 0 * x) + np.sum(1 * x * -1)", -5.0),
    ],
)
def test_masks_comparisons_and_parts_of_sequences(source: str, wanted: float) -> None:
    same(value(source, {"x": X}), wanted)


def test_a_mask_selects_entries_and_only_they_get_a_gradient() -> None:
    found, slopes = ask("L = np.sum(x[x > 0]**2)", {"x": [1.0, -1.0, 2.0]})
    same(found, 5)
    same(slopes["x"], [2, 0, 4])


def test_a_selection_of_another_size_needs_another_circuit() -> None:
    circuit = build("L = np.sum(x[x > 0])", {"x": [1.0, -1.0, 2.0]})
    same(circuit.value_and_grad({"x": [3.0, -1.0, 4.0]})[0], 7)
    with pytest.raises(EngineError):
        circuit.value_and_grad({"x": [1.0, 1.0, 1.0]})


# ---------- slips ----------


@pytest.mark.parametrize(
    ("source", "inputs", "meant", "line"),
    [
        ("z_1 = x * 2\nf = z1 + 1", {"x": 1}, "z_1", 2),
        ("z1 = x * 2\nf = z_1 + 1", {"x": 1}, "z1", 2),
        ("L = np.sum(z1)", {"z_1": [1.0]}, "z_1", 1),
        ("W_1 = 2\nf = W1 * x", {"x": 1}, "W_1", 2),
    ],
)
def test_a_name_that_differs_only_in_underscores_is_a_slip(
    source: str, inputs: dict[str, object], meant: str, line: int
) -> None:
    error = refused(source, inputs)
    assert error.code == "undefined-name"
    assert error.hint == meant
    assert error.span.line == line


def test_case_makes_different_names() -> None:
    assert set(gradients("f = w * W", {"w": 1, "W": 2})) == {"w", "W"}


def test_an_exact_name_that_is_given_is_no_slip() -> None:
    same(value("z_1 = x * 2\nf = z1 + z_1", {"x": 1, "z1": 5}), 7)


# ---------- output and wrt ----------


@pytest.mark.parametrize(
    ("source", "wanted"),
    [
        ("a = x * 2\nb = x * 3\n", 3),
        ("a = x * 2\nx * 5\n", 5),
        ("x * 5\na = x * 2\n", 2),
        ("a = x * 2\nb = x * 3\na = a * 4\n", 8),
        ("a = x * 2\nb = a\n", 2),
        ("x * 7", 7),
        ("def f(a):\n    b = a * 9\n    return a * 2\nc = x * 3\nd = f(c)\n", 6),
        ("c = x * 3\nf = lambda a: a\n", 3),
    ],
)
def test_the_default_output_is_the_last_assigned_name_or_bare_expression(
    source: str, wanted: float
) -> None:
    same(value(source, {"x": 1}), wanted)


def test_output_names_any_assigned_name_and_what_comes_after_gets_no_gradient() -> None:
    circuit = build("q = x * 2\nf = q * y", {"x": 3, "y": 5}, output="q")
    found, slopes = circuit.value_and_grad()
    assert (float(found), float(slopes["x"]), float(slopes["y"])) == (6.0, 2.0, 0.0)


@pytest.mark.parametrize("inputs", [{"x": 2, "y": 3}, {}], ids=["given", "assumed"])
def test_output_may_be_an_input(inputs: dict[str, object]) -> None:
    assert float(ask("f = x * y", inputs, output="x")[1]["x"]) == 1.0


def test_output_takes_the_last_node_of_a_rebound_name() -> None:
    same(value("y = x * 2\ny = y * 3\nz = y + 1", {"x": 1}, output="y"), 6)


def test_an_unknown_output_is_refused_with_the_nearest_name() -> None:
    error = refused("y_hat = x * 2\nL = y_hat * 2", {"x": 1}, output="yhat")
    assert error.code == "undefined-name"
    assert error.hint == "y_hat"


def test_wrt_may_name_inputs_and_assigned_names() -> None:
    # f = q² x, q = x y at x = 1, y = 3: ∂f/∂q = 2 q x = 6; ∂f/∂x = q² + 2 q y x = 9 + 18.
    slopes = ask("q = x * y\nf = q * q * x", {"x": 1, "y": 3}, wrt=["q", "x"])[1]
    assert {n: float(g) for n, g in slopes.items()} == {"q": 6.0, "x": 27.0}


def test_wrt_does_not_change_what_is_computed_for_the_names_it_lists() -> None:
    source, inputs = "L = np.sum((X @ W)**2)", {"X": X, "W": [[1.0], [2.0], [3.0]]}
    every, one = gradients(source, inputs), ask(source, inputs, wrt=["W"])[1]
    assert set(one) == {"W"}
    same(one["W"], every["W"])


def test_nodes_off_the_path_from_wrt_to_output_have_no_upstream() -> None:
    trace = traced("q = x * y\nf = q * z", {"x": 1, "y": 2, "z": 3}, wrt=["z"])
    upstreams = {n.node.name: n.upstream for n in trace.nodes}
    assert upstreams["x"] is None
    assert upstreams["q"] is None
    assert float(upstreams["z"]) == 2.0


def test_a_name_that_nothing_reaches_gets_zeros_of_its_shape_and_a_notice() -> None:
    trace = traced("y = w * 2\nf = x * 2", {"x": 1, "w": [1.0, 2.0]})
    same(trace.gradients["w"], [0, 0])
    assert any("w" in n.message and "0" in n.message for n in trace.notices)


def test_an_unknown_name_in_wrt_is_refused_with_the_nearest() -> None:
    error = refused("f = W_1 * x", {"W_1": 1, "x": 2}, wrt=["W1"])
    assert (error.code, error.hint) == ("undefined-name", "W_1")


# ---------- other values, other upstreams ----------


def test_new_values_for_names_that_the_program_does_not_use_are_passed_over() -> None:
    circuit = build("f = x * 2", {"x": 1, "lr": 0.1})
    assert float(circuit.value_and_grad({"x": 3, "lr": 0.2})[0]) == 6


def test_a_scalar_upstream_scales_every_gradient() -> None:
    assert float(build("f = x * x", {"x": 3}).value_and_grad(upstream=10)[1]["x"]) == 60


def test_new_inputs_replace_some_values_and_the_others_stay() -> None:
    circuit = build("f = x * y", {"x": 2, "y": 3})
    assert float(circuit.value_and_grad({"x": 10})[0]) == 30
    assert float(circuit.value_and_grad()[0]) == 6


@pytest.mark.parametrize(
    ("new", "code"),
    [({"x": [1, 2]}, "bad-input"), ({"q": 1}, "undefined-name"), ({"x": "1"}, "bad-input")],
)
def test_new_inputs_must_be_the_circuits_and_keep_their_shape(
    new: dict[str, object], code: str
) -> None:
    with pytest.raises(EngineError) as caught:
        build("f = x * y", {"x": 2, "y": 3}).value_and_grad(new)
    assert caught.value.code == code


def test_an_upstream_makes_a_vector_jacobian_product() -> None:
    # y = W x: ∂(vᵀ W x)/∂x = Wᵀ v.
    W, v = np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]), np.array([1.0, 0.0, -1.0])
    circuit = build("y = W @ x", {"W": W, "x": [1.0, 1.0]})
    same(circuit.value_and_grad(upstream=v)[1]["x"], W.T @ v)


def test_an_upstream_of_another_shape_is_refused() -> None:
    with pytest.raises(EngineError) as caught:
        build("y = x * 2", {"x": [1.0, 2.0]}).value_and_grad(upstream=[1.0, 2.0, 3.0])
    assert "(3,)" in caught.value.detail
    assert "(2,)" in caught.value.detail


def test_trace_and_value_and_grad_agree_to_the_last_bit() -> None:
    source, inputs = "h = np.tanh(X @ W)\nL = np.sum(h * h)", {"X": X, "W": [[1.0], [2.0], [3.0]]}
    circuit = build(source, inputs)
    found, slopes = circuit.value_and_grad()
    trace = circuit.trace()
    np.testing.assert_array_equal(trace.nodes[trace.graph.output].value, found)
    for name, slope in slopes.items():
        np.testing.assert_array_equal(trace.gradients[name], slope)


def test_a_gradient_that_the_caller_changes_changes_nothing_else() -> None:
    circuit = build("L = np.sum(x + y)", {"x": [1.0, 2.0], "y": [3.0, 4.0]})
    slopes = circuit.value_and_grad()[1]
    slopes["x"] *= 5
    same(slopes["y"], [1, 1])
    same(circuit.value_and_grad()[1]["y"], [1, 1])


# ---------- kinks ----------


@pytest.mark.parametrize(
    ("source", "inputs", "wanted"),
    [
        ("np.maximum(x, 0)", {"x": 0}, {"x": 0}),
        ("np.maximum(0, x)", {"x": 0}, {"x": 0}),
        ("np.minimum(x, 0)", {"x": 0}, {"x": 0}),
        ("max(x, 2 * 3)", {"x": 6}, {"x": 0}),
        ("relu(x)", {"x": 0}, {"x": 0}),
        ("np.maximum(x, y)", {"x": 1, "y": 1}, {"x": 0.5, "y": 0.5}),
        ("np.minimum(x, y)", {"x": 1, "y": 1}, {"x": 0.5, "y": 0.5}),
        ("np.maximum(x, x)", {"x": 1}, {"x": 1}),
        ("np.maximum(x, 2 * y)", {"x": 2, "y": 1}, {"x": 0.5, "y": 1}),
        ("np.max(x)", {"x": [1, 3, 3]}, {"x": [0, 0.5, 0.5]}),
        ("np.min(x)", {"x": [1, 1, 1, 3]}, {"x": [1 / 3, 1 / 3, 1 / 3, 0]}),
        ("max(x, y, z)", {"x": 1, "y": 1, "z": 0}, {"x": 0.5, "y": 0.5, "z": 0}),
        ("np.abs(x)", {"x": 0}, {"x": 0}),
        ("np.sqrt(x)", {"x": 0}, {"x": np.inf}),
    ],
)
def test_kinks_follow_the_written_policy(
    source: str, inputs: dict[str, object], wanted: dict[str, object]
) -> None:
    slopes = gradients(source, inputs)
    for name, slope in wanted.items():
        same(slopes[name], slope)


def test_the_share_of_a_tie_does_not_depend_on_wrt() -> None:
    slope = ask("np.maximum(x, y)", {"x": 1, "y": 1}, wrt=["x"])[1]["x"]
    assert float(slope) == 0.5


@pytest.mark.parametrize("source", ["max(x, 0, -1)", "max(-1, 0, x)", "min(x, 0, 1)"])
def test_a_literal_takes_the_whole_share_among_three_too(source: str) -> None:
    assert float(gradients(source, {"x": 0})["x"]) == 0.0


@pytest.mark.parametrize(
    "source",
    [
        "np.where(x > 0, np.log(x), 0)",
        "np.where(x > 0, np.sqrt(x), 0)",
        "np.where(x > 0, 1 / x, 0)",
        "np.where(x > 0, x * np.log(x), 0)",
        "np.where(x < 1, 0, x ** -0.5)",
    ],
)
def test_the_branch_not_taken_gives_zero_and_never_nan(source: str) -> None:
    assert float(gradients(source, {"x": 0})["x"]) == 0.0


# ---------- backward code ----------

FORWARD = "z_1 = np.dot(X, W_1)\nh_1 = np.maximum(z_1, 0)\ny_hat = np.dot(h_1, W_2)\nL = np.sum(y_hat**2)\n"
NOTES = (
    "x = -2; y = 5; z = -4\n\n# perform the forward pass\nq = x + y\nf = q * z\n\n"
    "# backprop through f = q * z\ndfdz = q\ndfdq = z\ndqdx = 1.0\ndqdy = 1.0\n"
    "dfdx = dfdq * dqdx\ndfdy = dfdq * dqdy\n"
)


def tail_line(source: str, inputs: dict[str, object] | None = None) -> int | None:
    """Returns the first line of the backward code, or None where nothing was cut."""
    code = traced(source, inputs).backward_code
    return None if code is None else code.line


def test_the_decks_program_is_cut_where_its_backward_code_begins() -> None:
    trace = traced(DECK)
    code = trace.backward_code
    assert code is not None
    assert code.line == DECK.split("\n").index("dy_hat = 2.0*y_hat") + 1
    assert code.source.startswith("dy_hat = 2.0*y_hat")
    assert code.source.endswith("dW1 = X.T.dot(dz1)")
    assert trace.nodes[trace.graph.output].node.name == "L"
    assert set(trace.gradients) == {"X", "W_1", "W_2"}


def test_the_decks_slip_does_not_stop_the_drawing_and_is_said() -> None:
    code = traced(DECK).backward_code
    (problem,) = code.problems
    assert (problem.code, problem.hint) == ("undefined-name", "z_1")
    line = DECK.split("\n").index("dz1[z1 < 0] = 0") + 1
    assert (problem.span.line, problem.span.column, problem.span.end_column) == (line, 4, 6)
    assert any("backward code" in message for message in notices(DECK))


def test_the_lecture_notes_names_are_gradients_too() -> None:
    trace = traced(NOTES)
    assert trace.backward_code.line == 8
    assert trace.backward_code.problems == ()
    assert {n: float(g) for n, g in trace.gradients.items()} == {"x": -4.0, "y": -4.0, "z": 3.0}


@pytest.mark.parametrize(
    "tail",
    [
        "dz = 1",
        "d_z = 1",
        "z_grad = 1",
        "grad_z = 1",
        "dfdz = 1",
        "dW1 = 1",
        "d_W_1 = 1",
        "dfdW1 = 1",
        "dz = 1\ndz *= 2",
        "dz = 1\ndW1 = dz * x",
        "dW1 = 1\nW_1 -= 0.1 * dW1",
        "dW1 = 1\nW_1 = W_1 - 0.1 * dW1",
        "dz = 1\ns = dz * 2\ndx = s * W_1",
        "dz = 1\nprint(dz)",
        "dz = undefined_name * 3",
    ],
)
def test_these_tails_are_backward_code(tail: str) -> None:
    assert tail_line("z = W_1 * x\nf = z * 2\n" + tail, {"x": 1, "W_1": 2}) == 3


@pytest.mark.parametrize(
    "source",
    [
        "dz = x * 2\nf = dz * 3",
        "z = x * 2\ndq = z * 3",
        "z = x * 2\ndz = z * 3\nL = dz + 1",
        "z = x * 2\ndelta = z * 3",
        "z = x * 2\ngrad = z * 3",
        "z = x * 2\ndz = z\nx2 = x + 1\nf = x2 * dz",
        "dx = x * 0.1",
        "z = x * 2\ndz = z * 3\nx = x - 1",
        "z = x * 2\ndz = z * 3\ndef f(a):\n    return a\ng = f(dz)",
    ],
)
def test_these_tails_are_not_backward_code(source: str) -> None:
    assert tail_line(source, {"x": 1}) is None


def test_a_tail_after_an_output_that_is_no_scalar_is_not_cut() -> None:
    assert tail_line("z = W * x\ndz = np.sum(z)", {"x": 1, "W": [1.0, 2.0]}) is None


def test_a_tail_that_assigns_the_wanted_output_is_not_cut() -> None:
    circuit = build("z = x * 2\ndz = z * 3", {"x": 1}, output="dz")
    assert float(circuit.value_and_grad()[0]) == 6
    assert circuit.trace().backward_code is None


def test_an_update_in_a_tail_leaves_the_forward_value_alone() -> None:
    found, slopes = ask("L = W * W\ndW = 2 * W\nW -= 0.1 * dW", {"W": 3})
    assert (float(found), float(slopes["W"])) == (9.0, 6.0)


def test_a_given_name_that_only_the_tail_uses_is_accepted() -> None:
    trace = traced("L = W * W\ndW = 2 * W\nW -= lr * dW", {"W": 3, "lr": 0.1})
    assert trace.backward_code.line == 2
    assert trace.backward_code.problems == ()


def test_a_program_is_read_once_while_its_inputs_change() -> None:
    before = read.cache_info().misses
    values = [
        build("f = x * x  # read once", {"x": x}).value_and_grad()[0] for x in (1.0, 2.0, 3.0)
    ]
    assert values == [1, 4, 9]
    assert read.cache_info().misses == before + 1
