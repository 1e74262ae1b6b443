"""Lists, loops over them, comprehensions, branches and functions: each program is also run by Python itself."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from engine import EngineError, Limits, build
from tests.counting import calls
from tests.engine.against_python import agrees_with_python
from tests.engine.asking import ask, gradients, notices, refused, same, traced, value

Array = NDArray[np.float64]

INPUTS: dict[str, Array] = {
    "x": np.asarray(1.3),
    "y": np.asarray(-0.7),
    "v": np.array([0.5, -1.2, 2.0]),
    "w": np.array([1.5, 0.25, -0.75]),
    "A": np.array([[1.0, -2.0, 0.5], [0.3, 4.0, -1.5]]),
}


def agrees(source: str) -> None:
    """Asserts that L and its gradients are what Python says, for the inputs that stand in the program."""
    agrees_with_python(source, {n: a for n, a in INPUTS.items() if n in source})


# ---------- lists ----------


@pytest.mark.parametrize(
    "source",
    [
        "L = sum([x, y, 2 * x])",
        "L = sum([]) + x",
        "L = sum([x * y], 3)",
        "L = max([x, y, x * y]) + min([x, 3.0])",
        "L = np.mean([x, y, 4.0])",
        "L = np.sum([v, w]) + np.max([x, y])",
        "hs = [x]\nhs.append(x * y)\nL = hs[-1] + hs[0]",
        "hs = []\nfor t in range(4):\n    hs.append(x ** t)\nL = hs[3] - hs[-2]",
        "hs = [x]\nhs = hs + [hs[0] * y]\nL = hs[1] * len(hs)",
        "hs = [x]\nhs += [y, x * y]\nL = hs[0] * hs[1] * hs[2]",
        "hs = [None] * 3\nfor t in range(3):\n    hs[t] = x * t\nL = sum(hs)",
        "hs = [0.0] * 3\nhs[1] = x\nhs[-1] = y\nL = hs[0] + hs[1] * hs[2]",
        "hs = [x, y]\nhs[0] += 5\nhs[1] *= hs[0]\nL = sum(hs)",
        "hs = [x, y, x]\nlast = hs.pop()\nfirst = hs.pop(0)\nL = last * first + len(hs)",
        "hs = [x, y]\nhs.insert(1, x * y)\nhs.reverse()\nL = hs[0] + 2 * hs[1] + 3 * hs[2]",
        "hs = [x]\nhs.extend([y, 2])\nL = hs[0] * hs[1] * hs[2]",
        "hs = [x, y, 2 * x]\nL = sum(hs[1:]) + sum(hs[:1]) * 3 + hs[::-1][0]",
        "grid = [[x, 1.0], [y, x * y]]\ngrid[1][0] = 2.0\nL = grid[0][0] * grid[1][0] + grid[1][1]",
        "pairs = [(x, 1), (y, 2)]\nL = 0\nfor a, k in pairs:\n    L += a ** k",
        "hs = list(range(3))\nL = x * hs[2]",
        "hs = [1, 2]\nhs.append(x)\nL = hs[0] + hs[1] * hs[2]",
        "hs = [[1, 2], [3]]\nhs[1].append(x)\nL = hs[1][1] * len(hs[1])",
        "a = (x,) + (y, 2)\nL = a[0] * a[1] * a[2] * len(a)",
        "t = (1, 2) * 2\nL = x * t[3]",
        "W = [v, w]\nL = W[0] @ W[1]",
    ],
)
def test_lists_do_what_they_do_in_python(source: str) -> None:
    agrees(source)


@pytest.mark.parametrize(
    "source",
    [
        # Two names for one list.
        "a = [x]\nb = a\nb.append(y)\nL = len(a) * a[-1]",
        "a = [x]\nb = a\na = a + [y]\nL = len(b) * x",
        "a = [x]\nb = a\na += [y]\nL = len(b) * b[-1]",
        "a = [x]\nb = [a, a]\nb[0].append(y)\nL = sum(b[1])",
        "a = [x]\nb = a[:]\nb.append(y)\nL = len(a) * x",
        "a = [x]\nb = list(a)\nb[0] = y\nL = a[0]",
        "a = [x]\nb = a.copy()\nb[0] = y\nL = a[0] * b[0]",
        "rows = [[x]] * 2\nrows[0].append(y)\nL = sum(rows[1])",
        "def grow(hs):\n    hs.append(y)\na = [x]\ngrow(a)\nL = a[0] * a[1]",
        "def f(a, seen=[]):\n    seen.append(a)\n    return len(seen) * a\nL = f(x) + f(y)",
        # Arrays inside lists share memory as in NumPy.
        "h = v * 1\nhs = [h, h]\nh += 1\nL = np.sum(hs[0] * hs[1])",
        "h = v * 1\nhs = []\nfor t in range(3):\n    h = h * 2\n    hs.append(h)\nL = np.sum(hs[0] + hs[2])",
        "h = v * 1\nhs = []\nfor t in range(3):\n    h *= 2\n    hs.append(h)\nL = np.sum(hs[0] + hs[2])",
        "h = v * 1\nhs = [h]\nhs[0] += 1\nL = np.sum(h)",
        "h = v * 1\nhs = [h]\nhs[0][1] = 7\nL = np.sum(h * h)",
        "h = v * 1\nhs = (h, [h])\nh[0] = 7\nL = np.sum(hs[0] * hs[1][0])",
        "hs = [v * 1, w * 1]\nfor h in hs:\n    h *= 2\nL = np.sum(hs[0] * hs[1])",
        "h = v * 1\ndef step():\n    h[0] = 3\n    return 1\nL = np.sum(h + step())",
        "h = v * 1\ndef step():\n    h[0] = 3\n    return h * 1\nL = np.sum(np.array([h, step()]))",
        "h = v * 1\ndef step():\n    h[0] += 1\n    return h\nhs = [step() for t in range(3)]\nL = np.sum(sum(hs))",
        "h = v * 1\ndef make():\n    def f():\n        return np.sum(h)\n    return f\ng = make()\nh += 1\nL = g()",
        "h = v * 1\ndef f(a, k=h):\n    return a * np.sum(k)\nh += 1\nL = f(x)",
        "def make():\n    h = v * 1\n    def bump():\n        h[0] = h[0] + 1\n        return np.sum(h)\n    return bump\n"
        "bump = make()\nL = bump() + bump()",
    ],
)
def test_lists_and_arrays_share_what_they_share_in_python(source: str) -> None:
    agrees(source)


@pytest.mark.parametrize(
    "source",
    [
        "Z = A * 1\nrows = [row for row in Z]\nZ[0, 0] = 9\nL = np.sum(rows[0])",
        "Z = A * 1\nfor row in Z:\n    row *= 2\nL = np.sum(Z)",
        "Z = A * 1\nhs = [Z[0]]\nhs[0][1] = 2\nL = np.sum(Z)",
        "Z = A * 1\nhs = [Z.T]\nZ += 1\nfor h in hs:\n    L = np.sum(h)",
    ],
)
def test_views_in_lists_are_refused_where_a_change_would_show(source: str) -> None:
    error = refused(source, {"A": INPUTS["A"]})
    assert error.code == "not-allowed"
    assert "copy" in error.hint


def test_a_list_cannot_hold_itself() -> None:
    for source in ("a = [x]\na.append(a)", "a = [x]\na[0] = [a]", "a = [x]\na += [a]"):
        assert "hold itself" in refused(source).detail


def test_a_list_of_literals_is_an_input_until_it_is_changed_or_joined() -> None:
    assert set(gradients("z = [1.0, 2.0]\nL = np.sum(z * z)")) == {"z"}
    same(value("z = [1.0, 2.0]\nz.append(x)\nL = sum(z)", {"x": 4}), 7)
    error = refused("z = [1.0, 2.0]\nL = np.sum(z + [3.0])")
    assert "np.array" in error.hint


# ---------- loops and comprehensions ----------


@pytest.mark.parametrize(
    "source",
    [
        "L = sum([x * i for i in range(4)])",
        "L = sum(x * i for i in range(4) if i % 2 == 1)",
        "L = sum([a * b for a in [x, y] for b in [1, x]])",
        "L = sum([i * j * x for i in range(3) for j in range(i)])",
        "L = sum([sum([i * x + j for j in range(2)]) for i in range(3)])",
        "L = np.sum(np.array([[i * x, j * y] for i, j in zip(range(3), range(3, 6))]))",
        "L = max([x * i for i in range(3)])",
        "L = np.mean([np.sum(row ** 2) for row in A])",
        "L = np.max([a * a for a in v])",
        "L = sum(a * b for a, b in zip(v, w))",
        "L = sum([h for h in [v, w] if len(h) > 2])[0] * x",
        "i = 7\nhs = [i for i in range(3)]\nL = x * i",
        "L = sum([k * a for k, a in enumerate(v, 1)])",
        "L = sum([k * a for k, a in enumerate(v, start=2)])",
        "L = sum(np.sum(a * b) for a, b in zip(A, [v, w]))",
        "L = 0\nfor a in v:\n    L = L * x + a",
        "L = 0\nfor row in A:\n    for a in row:\n        L += a * a",
        "L = 0\nfor i, (a, b) in enumerate(zip(v, w)):\n    L += i * a * b",
        "L = 0\nfor t in reversed(range(3)):\n    L = L * x + t",
        "L = 0\nfor a in reversed([x, y, 2]):\n    L = L * 2 + a",
        "L = 0\nfor a in reversed(v):\n    L = L * 2 + a",
        "L = 0\nfor a in (x, y):\n    L += a\nL *= a",
        "L = 1\nfor a in zip(v, w, [1, 2]):\n    L *= a[0] + a[1] * a[2]",
        "fs = [lambda a: a * i for i in range(3)]\nL = sum([f(x) for f in fs])",
        "hs = [x, y]\nL = 0\nfor i, h in enumerate(hs):\n    hs[1] = 3.0\n    L += h * (i + 1)",
        "L = 0\nfor i in range(5):\n    if i == 1:\n        continue\n    if i == 4:\n        break\n    L += x * i",
        "L = 0\nfor i in range(3):\n    for j in range(3):\n        if j > i:\n            break\n"
        "        L += x * j\n    L *= y",
        "v2 = np.array([2 * a for a in v])\nL = np.sum(v2 * v2)",
        "L = np.sum(np.array([np.tanh(row) for row in A]) @ v)",
        "L = np.sum(np.array([x * y, y, 1.0]) * v)",
        "L = np.sum(np.array([[x, 2.0], [y, x]]) @ np.array([[x, 2.0], [y, x]]))",
        "L = np.sum(np.array([v, w]) * np.array([v, w]).T[0][0])",
    ],
)
def test_loops_and_comprehensions_compute_what_python_computes(source: str) -> None:
    agrees(source)


def test_zip_makes_assumed_arrays_equally_long() -> None:
    trace = traced("L = 0\nfor row, t in zip(X, targets):\n    L += np.sum(row) * t")
    assert trace.graph.inputs["X"].value.shape[0] == trace.graph.inputs["targets"].value.shape[0]


def test_every_turn_of_a_comprehension_is_a_module_too() -> None:
    trace = traced("L = sum([h * h for h in [x, 2 * x]])", {"x": 3})
    modules = {n.node.module[0] for n in trace.nodes if n.node.module}
    assert modules == {"h=0#1", "h=1#1"}


def test_a_loop_over_rows_names_them_and_is_no_output() -> None:
    trace = traced("L = 0\nfor row in X:\n    L = L + np.sum(row)", {"X": INPUTS["A"]})
    assert trace.graph.nodes[trace.graph.output].name == "L"
    assert [n.node.name for n in trace.nodes if n.node.primitive == "getitem"] == ["row", "row"]


@pytest.mark.parametrize(
    "source",
    [
        "f = [x for i in range(1000000)]",
        "f = sum(x for i in range(1000) for j in range(1000))",
        "f = [[0 for i in range(1000)] for j in range(1000)]",
        "hs = [0]\nfor i in range(1000):\n    hs = hs + hs",
        "hs = [x] * 1000000000",
        "b = 1\nfor i in range(60):\n    b = [b, b]\nL = np.sum(np.array(b) * x)",
        "b = 1\nfor i in range(60):\n    b = (b, b)\nL = np.sum(x[None], axis=b)",
        "for i in range(1000):\n    for j in range(1000):\n        if i > j:\n            continue",
    ],
)
def test_a_million_turns_are_refused_at_once(source: str) -> None:
    limits = Limits(gates=2000, node_numbers=1_000_000, seconds=20)
    codes: list[str] = []
    work = calls(lambda: codes.append(refused(source, {"x": 1}, limits=limits).code))
    assert codes == ["too-large"]
    assert work < 8_000_000  # what the limit on turns lets through


# ---------- branches ----------


@pytest.mark.parametrize(
    "source",
    [
        "L = x\nif 2 > 1:\n    L = L * 3\nelse:\n    L = L * 5",
        "L = x if len(v) == 3 else y",
        "L = 0\nfor i in range(4):\n    if i % 2 == 0 and i > 0:\n        L += x * i\n"
        "    elif i == 3 or False:\n        L += y\n    else:\n        L += 1",
        "n = 3\nL = x\nfor i in range(n):\n    L = L + 1\nif not n == 2:\n    L = L * y",
        "mode = 'train'\nif mode == 'train':\n    L = x * y\nelif mode == 'test':\n    L = x\nelse:\n    L = y",
        "def f(a, b=None):\n    if b is None:\n        return a\n    return a * b\nL = f(x) + f(x, y)",
        "def f(a, b=None):\n    if b is not None and len(b) > 2:\n        return a * b[0]\n"
        "    return a\nL = f(x) + f(x, v)",
        "hs = []\nL = x\nif hs:\n    L = y\nif not hs:\n    L = L * 2",
        "L = x * (1 if 0 < len(v) < 5 else 0)",
        "verbose = False\nL = x\nif verbose:\n    print(f'{x}')\nL = L * 2",
        "L = x\nif np.max(np.array([1, 2])) > 1:\n    L = L * 2",
        "if 1 > 2:\n    pass\nelse:\n    L = x",
    ],
)
def test_branches_known_before_the_program_runs_are_taken_as_in_python(source: str) -> None:
    agrees(source)


def test_a_branch_that_depends_on_an_input_is_refused_by_name() -> None:
    source = "q = x * y\nif q > 0:\n    L = q\nelse:\n    L = -q"
    error = refused(source, {"x": 1, "y": 2})
    assert (error.span.line, error.span.column, error.span.end_column) == (2, 3, 8)
    assert "'x'" in error.detail
    assert "np.where" in error.hint


def test_labels_may_choose_a_branch_and_are_then_part_of_the_circuit() -> None:
    source = "L = 0\nfor i in range(3):\n    q = p[i, y[i]]\n    L += 0 if y[i] == i else q"
    p, y = np.arange(9.0).reshape(3, 3), [0, 2, 1]
    circuit = build(source, {"p": p, "y": y})
    found, slopes = circuit.value_and_grad()
    same(found, 5 + 7)
    assert set(slopes) == {"p"}
    with pytest.raises(EngineError) as caught:
        circuit.value_and_grad({"y": [0, 1, 1]})
    assert caught.value.code == "bad-input"
    same(circuit.value_and_grad({"y": y, "p": p * 2})[0], 24)


def test_a_size_cannot_change_after_the_circuit_is_built() -> None:
    circuit = build("for i in range(n):\n    x = x * 2\nL = x", {"x": 1, "n": 3})
    same(circuit.value_and_grad({"n": 3})[0], 8)
    with pytest.raises(EngineError) as caught:
        circuit.value_and_grad({"n": 4})
    assert "size" in caught.value.detail


@pytest.mark.parametrize(
    ("x", "wanted"), [(0.5, 1.0), (-1.0, 0.0), (1.0, 0.0)], ids=["between", "below", "above"]
)
def test_chained_comparisons_are_joined_by_and(x: float, wanted: float) -> None:
    same(value("L = 1.0 * (0 < x < 1)", {"x": x}), wanted)
    same(value("L = np.sum(v * (-1 < v <= 0.5))", {"v": INPUTS["v"]}), 0.5)


# ---------- functions ----------


@pytest.mark.parametrize(
    "source",
    [
        "def f(a, *, k=2):\n    return a * k\nL = f(x) + f(x, k=y)",
        "def f(a, b=2, *, c, d=3):\n    return a * b + c * d\nL = f(x, c=y) + f(x, y, d=1, c=2)",
        "def outer(a):\n    b = a * 2\n    def inner(c):\n        return b * c\n    return inner(y)\nL = outer(x)",
        "def outer(a):\n    f = lambda c: a * c\n    a = a + 1\n    return f(y)\nL = outer(x)",
        "f = np.tanh\nL = f(x)",
        "join = np.concatenate\nL = np.sum(join([v, w]) * 2)",
        "def act(z, f=np.tanh):\n    return f(z)\nL = act(x) + act(y, np.exp)",
        "layers = [np.tanh, np.sin, lambda a: np.maximum(a, y)]\nL = sum([f(x) for f in layers])",
        "layers = [lambda a: a * a, lambda a: a + y]\nL = layers[1](layers[0](x))",
        "def make(k):\n    return lambda a: a * k\nL = make(x)(y)",
        "def make(k):\n    return lambda a: a * k\ng = make(x)\nL = g(y)",
        "def apply(f, a):\n    return f(f(a))\nL = apply(lambda a: a * a, x) + apply(lambda a: np.tanh(a), y)",
        "def f(a):\n    return a, a * y\np, q = f(x)\nL = p * q",
        "def f(a):\n    for i in range(5):\n        if i == 2:\n            return a * i\n    return a\nL = f(x)",
        "def f(a):\n    a[0] = 1\nh = v * 1\nf(h)\nL = np.sum(h)",
        "def f(a):\n    if len(a) > 2:\n        return np.sum(a)\n    return 0\nL = f(v) * x",
        "def f(k):\n    return [x * i for i in range(k)]\nL = sum(f(3))",
        "def f(b):\n    return sum([b * c for c in v])\nL = f(x)",
        "x2: float = x * 2\nL: float\nL = x2 * y",
    ],
)
def test_functions_do_what_they_do_in_python(source: str) -> None:
    agrees(source)


def test_a_function_called_through_another_name_may_not_call_itself() -> None:
    error = refused("def f(g, a):\n    return g(g, a)\nL = f(f, x)")
    assert (error.span.line, error.span.column) == (2, 11)
    assert "calls itself" in error.detail


# ---------- what is passed over ----------


def test_print_is_passed_over_wherever_it_stands_and_whatever_it_prints() -> None:
    source = (
        "print(f'{x:.3f}', {1: 2}, *[1], undefined.name)\n"
        "def f(a):\n    print('a is %s' % a)\n    return a\n"
        "for i in range(2):\n    print('{}'.format(i), end='')\n"
        "L = f(x) * 2\nprint(L.backward())"
    )
    found, slopes = ask(source, {"x": 3})
    same(found, 6)
    same(slopes["x"], 2)
    assert "Lines 1, 6, 3, 8: print is passed over." in notices(source, {"x": 3})


def test_a_cache_beside_an_array_and_a_word_are_no_output() -> None:
    body = "def f(a):\n    return a * 2, (a, v)\n"
    same(value(body + "out, cache = f(x)", {"x": 3, "v": [1, 2]}), 6)
    same(value(body + "L = x * 5\nmode = 'test'\nverbose = False", {"x": 3}), 15)
    same(value("L = [x, 2 * x]", {"x": 3}), [3, 6])


def test_a_printed_name_is_no_use_of_it() -> None:
    assert set(gradients("print(x)\nx = 3\nL = x * x")) == {"x"}


def test_numpy_settings_are_passed_over_with_a_notice() -> None:
    source = "np.set_printoptions(precision=3, suppress=True)\nL = x * 2"
    same(value(source, {"x": 1}), 2)
    assert "Line 1: np.set_printoptions is passed over." in notices(source, {"x": 1})


@pytest.mark.parametrize(
    "source",
    [
        "import math\nL = math.exp(x) + math.sqrt(math.pi) + math.fabs(y) + math.pow(x, 2)",
        "import math as m\nL = m.tanh(x) * m.e",
        "from math import exp, log\nL = exp(y) * log(x)",
    ],
)
def test_pythons_math_is_read_as_numpy(source: str) -> None:
    agrees(source)


@pytest.mark.parametrize(
    "source",
    [
        "L = np.sum(np.zeros(3, dtype=float) + v)",
        "L = np.sum(np.ones((3,), np.float64) * v)",
        "L = np.sum(v.astype(float) * v.astype(np.float64))",
        "L = np.float64(x) * float(y)",
        "L = np.sum((v > 0).astype(float) * v) - np.sum((v > 0).astype(int))",
        "m = (v > 0).astype(float) - (w > 0).astype(float)\nL = np.sum(m * v)",
        "L = np.sum(v[np.array([0, 2], dtype=int)])",
        "L = np.sum(v[np.array([1, 0, 1], dtype=bool)])",
        "L = np.sum(v * np.array([True, False, True], dtype=float))",
        "L = np.sum(np.asarray(v, dtype=np.float64) * np.sum(v, dtype=float))",
        "L = np.sum(np.full(3, x) * v) + np.sum(np.full((2,), fill_value=x * y))",
        "L = np.sum(np.full_like(v, x * y) * v)",
        "u = v * 1\nb = np.asarray(u)\nb[0] = 9\nL = np.sum(u)",
        "u = v * 1\nb = np.array(u)\nb[0] = 9\nL = np.sum(u)",
        "u = v * 1\nb = u.astype(float)\nb[0] = 9\nL = np.sum(u)",
        "L = np.sum(np.eye(3)[np.array([1.0, 2.0]).astype(int)] @ v)",
    ],
)
def test_types_that_say_nothing_new_are_accepted(source: str) -> None:
    agrees(source)


@pytest.mark.parametrize(
    ("source", "column"),
    [
        ("L = np.sum(v.astype(np.float32))", 20),
        ("L = np.sum(np.zeros(3, dtype=np.float32) + v)", 29),
        ("L = np.sum(np.zeros(3, dtype=int) + v)", 29),
        ("L = np.sum(np.array([0.5, 1], dtype=int) + v)", 36),
        ("L = np.sum(v, dtype=int)", 14),
        ("L = np.sum((v * 2).astype(int))", 11),
    ],
)
def test_types_that_would_lose_digits_are_refused(source: str, column: int) -> None:
    error = refused(source, {"v": INPUTS["v"]})
    assert error.code == "not-allowed"
    assert error.span.column == column


def test_a_label_made_whole_is_still_a_label() -> None:
    source = "t = y.astype(int)\nL = np.sum(p[np.arange(3), t])"
    found, slopes = ask(source, {"p": np.arange(9.0).reshape(3, 3), "y": [2, 0, 1]})
    same(found, 2 + 3 + 7)
    assert set(slopes) == {"p"}


def test_the_main_block_of_a_script_is_its_program() -> None:
    source = 'def f(a):\n    return a * a\n\nif __name__ == "__main__":\n    x = 3\n    L = f(x)\n'
    same(gradients(source)["x"], 6)
