"""The NumPy script of a circuit, run as it is, prints the circuit's gradients."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Mapping

import numpy as np
import pytest
from hypothesis import given
from numpy.typing import NDArray

from app.gallery import gallery
from engine import build
from engine.errors import BadInput
from engine.primitives import REGISTRY, Primitive
from engine.script import Script, numpy_script
from tests.engine import scripts
from tests.engine.corpus import corpus
from tests.engine.test_golden import CONTRACT, LECTURE_FORWARD, MAZUR, MAZUR_INPUTS, MICROGRAD
from tests.engine.test_random_programs import Program, example, programs

Array = NDArray[np.float64]

every_primitive = pytest.mark.parametrize("primitive", REGISTRY.values(), ids=lambda p: p.name)
LECTURE = {
    "X": [[0.5, -1.0, 2.0], [1.5, 0.25, -0.75]],
    "W_1": [[0.1, 0.2], [-0.3, 0.4], [0.5, -0.6]],
    "W_2": [[1.0], [-2.0]],
}


def script_of(source: str, inputs: Mapping[str, object] | None = None, **more: object) -> Script:
    """Returns a program's script; an output that is no scalar gets an upstream."""
    circuit = build(source, inputs or {}, **more)
    return circuit.script(upstream=upstream_for(circuit.graph.nodes[circuit.graph.output].shape))


def upstream_for(shape: tuple[int, ...]) -> object:
    return None if shape == () else np.random.default_rng(3).normal(size=shape)


def check(source: str, inputs: Mapping[str, object] | None = None, **more: object) -> str:
    """Asserts that a program's script prints the program's numbers; returns its code."""
    circuit = build(source, inputs or {}, **more)
    upstream = upstream_for(circuit.graph.nodes[circuit.graph.output].shape)
    script = circuit.script(upstream=upstream)
    scripts.agrees(script, *circuit.value_and_grad(upstream=upstream))
    return script.code


def body(source: str, inputs: Mapping[str, object] | None = None, **more: object) -> list[str]:
    """Returns the lines of a program's script that compute, without comments."""
    lines = script_of(source, inputs, **more).lines
    return [
        line.text
        for line in lines
        if line.node is not None and not line.text.startswith(("print(", " ", "]"))
    ]


# ---------- every primitive ----------


@every_primitive
def test_every_primitive_is_written_as_it_runs(primitive: Primitive) -> None:
    for arguments, settings in scripts.samples(primitive):
        for scalar in (False, True):
            run = scripts.one_gate(primitive, arguments, settings, scalar=scalar)
            gradients = scripts.gradients_of(run)
            scripts.agrees(numpy_script(run), run.values[-1], gradients)


@every_primitive
def test_constants_stand_in_the_line_of_their_gate(primitive: Primitive) -> None:
    for arguments, settings in scripts.samples(primitive):
        for key in range(len(arguments)):
            run = scripts.one_gate(primitive, arguments, settings, constant=[key])
            script = numpy_script(run)
            scripts.agrees(script, run.values[-1], scripts.gradients_of(run))
            if np.shape(arguments[key]) == ():
                assert len([line for line in script.lines if line.node == key]) == 0


@every_primitive
def test_truth_values_and_whole_numbers_count_as_floats(primitive: Primitive) -> None:
    for arguments, settings in scripts.samples(primitive):
        for key in range(len(arguments)):
            if primitive.argument_at(key) not in primitive.vjp:
                continue
            for kind in (bool, np.int64):
                changed = list(arguments)
                changed[key] = np.asarray(np.asarray(arguments[key]) > 0, dtype=kind)
                try:
                    run = scripts.one_gate(primitive, changed, settings, constant=[key])
                except BadInput:  # a matrix of such entries has no inverse
                    continue
                scripts.agrees(numpy_script(run), run.values[-1], scripts.gradients_of(run))


# ---------- whole programs ----------


@pytest.mark.parametrize("example", gallery(), ids=lambda e: e.slug)
def test_every_example_of_the_gallery_prints_its_gradients(example) -> None:
    check(example.source, example.inputs, output=example.output, wrt=example.wrt)


@example
@given(programs())
def test_random_programs_print_their_gradients(program: Program) -> None:
    check("\n".join(program.lines), program.inputs)


@pytest.mark.parametrize(("source", "inputs", "_value", "_gradients"), CONTRACT, ids=str)
def test_the_contracts_examples_print_their_gradients(
    source: str, inputs: Mapping[str, object], _value: object, _gradients: object
) -> None:
    check(source, inputs)


@pytest.mark.parametrize(
    ("source", "inputs"), [(LECTURE_FORWARD, LECTURE), (MICROGRAD, {}), (MAZUR, MAZUR_INPUTS)]
)
def test_published_programs_print_their_gradients(
    source: str, inputs: Mapping[str, object]
) -> None:
    check(source, inputs)


def test_a_fresh_python_with_numpy_alone_prints_the_same() -> None:
    runs: list[tuple[Script, object, Mapping[str, Array]]] = []
    for entry in gallery():
        circuit = build(entry.source, entry.inputs, entry.output, entry.wrt)
        runs.append((circuit.script(), *circuit.value_and_grad()))
    for member in corpus():
        circuit = build(member.source, member.inputs, "L", member.wrt)
        runs.append((circuit.script(), *circuit.value_and_grad()))
    done = subprocess.run(
        [sys.executable, "-I", "-W", "ignore", "-"],
        input='\nprint("-")\n'.join(script.code for script, _, _ in runs),
        capture_output=True,
        text=True,
        check=True,
    )
    printed = done.stdout.split("\n-\n")
    assert len(printed) == len(runs)
    for (script, value, gradients), text in zip(runs, printed, strict=True):
        scripts.same_numbers(script, scripts.read(text), value, gradients)


# ---------- how it reads ----------


def test_the_lectures_network_reads_as_the_lecture_writes_it() -> None:
    assert script_of(LECTURE_FORWARD, LECTURE).code == (
        """import numpy as np

X = np.array([[0.5, -1.0, 2.0], [1.5, 0.25, -0.75]])
W_1 = np.array([[0.1, 0.2], [-0.3, 0.4], [0.5, -0.6]])
W_2 = np.array([[1.0], [-2.0]])

# forward
z_1 = np.dot(X, W_1)
h_1 = np.maximum(z_1, 0)
y_hat = np.dot(h_1, W_2)
t1 = y_hat ** 2
L = np.sum(t1)

# backward
dt1 = np.ones_like(t1)
dy_hat = dt1 * 2 * y_hat
dh_1 = dy_hat.dot(W_2.T)
dW_2 = h_1.T.dot(dy_hat)
dz_1 = dh_1 * (z_1 > 0)
dX = dz_1.dot(W_1.T)
dW_1 = X.T.dot(dz_1)

print("L =", L)
print("dX =", dX.tolist())
print("dW_1 =", dW_1.tolist())
print("dW_2 =", dW_2.tolist())
"""
    )


def test_scalars_are_plain_numbers_and_the_seed_is_left_out() -> None:
    assert body("(x + y) * z", {"x": -2, "y": 5, "z": -4}) == [
        *("x = -2.0", "y = 5.0", "z = -4.0", "t1 = x + y", "f = t1 * z"),
        *("dt1 = z", "dz = t1", "dx = dt1", "dy = dt1"),
    ]


def test_scalars_are_numpys_where_python_would_refuse() -> None:
    assert body("1 / x", {"x": 0})[0] == "x = np.float64(0.0)"
    assert body("x**0.5", {"x": -1})[0] == "x = np.float64(-1.0)"
    assert body("x**2", {"x": 1e200})[0] == "x = np.float64(1e+200)"
    for source, number in (("1 / x", 0), ("x**0.5", -1), ("x**2", 1e200), ("x.T * x", 3)):
        check(source, {"x": number})


def test_a_product_written_with_an_operator_keeps_it() -> None:
    lines = body("y = X @ W\nL = np.sum(y)", {"X": [[1, 2]], "W": [[3], [4]]})
    assert "y = X @ W" in lines
    assert "dW = X.T @ dy" in lines


def test_a_second_use_adds_in_place_only_where_no_other_name_has_the_array() -> None:
    # q receives f's own gradient array first; adding to it in place would change df, which r still needs.
    source = "q = 2 * x\nf = q + r\nL = np.sum(f * f) + np.sum(q)"
    check(source, {"x": [1.0, 2.0], "r": [3.0, 4.0]})
    lines = body(
        "q = 2 * x\nf = r + q\ng = q + s\nL = np.sum(f * g)",
        {"x": [1, 2], "r": [1, 1], "s": [2, 2]},
    )
    assert "dq = dq + df" in lines
    assert "dt2 = np.ones_like(t2)" in body("L = np.sum((x + x) * x)", {"x": [1.0]})
    assert "dx += dt1" in body("L = np.sum((x + x) * x)", {"x": [1.0]})


def test_broadcasting_is_undone_where_it_was_done_and_nowhere_else() -> None:
    lines = body("L = np.sum(x * b + c)", {"x": [[1, 2], [3, 4]], "b": [5, 6], "c": 7})
    assert [line for line in lines if "axis" in line] == ["db = np.sum(dt1 * x, axis=0)"]
    assert "dc = np.sum(dt2)" in lines


def test_what_nothing_needs_is_not_written() -> None:
    source = "unused = np.exp(x)\nq = w * x\nL = q * v"
    lines = body(source, {"x": 1, "w": 2, "v": 3}, wrt=["w"])
    assert lines[3:] == ["q = w * x", "L = q * v", "dq = v", "dw = dq * x"]


def test_a_name_that_nothing_reaches_gets_zeros() -> None:
    source = "L = np.sum(x)"
    code = check(source, {"x": [1, 2], "y": [[1, 2]], "z": 3}, wrt=["x", "y", "z"])
    assert "dy = np.zeros((1, 2))" in code
    check("m = x > 0\nL = np.sum(x * m)", {"x": [1.0, -1.0]}, wrt=["m", "x"])


def test_the_last_of_a_rebound_name_keeps_it() -> None:
    script = script_of("y = x\ny = y * 3\ny = y * y", {"x": 2})
    assert script.gradients == {"x": "dx"}
    assert [line.text for line in script.lines if line.phase == "forward"][:3] == [
        *("x = 2.0", "y_1 = x * 3", "y = y_1 * y_1")
    ]


def test_an_upstream_stands_as_the_seed() -> None:
    script = build("y = x * x", {"x": [1.0, 2.0]}).script(upstream=[1.0, 10.0])
    assert "dy = np.array([1.0, 10.0])" in script.code
    assert scripts.ran(script)["dx"].tolist() == [2.0, 40.0]


def test_an_infinite_slope_behind_a_branch_not_taken_gives_the_engines_zero() -> None:
    code = check("L = np.sum(np.where(x > 0, np.sqrt(x), 0))", {"x": [0.0, 4.0]})
    assert "# not chosen: 0, not 0 times infinity" in code
    check(
        "L = np.sum(np.where(x > 0, np.sqrt(x) * b, 0))",
        {"x": [[0.0, 4.0], [1.0, 0.0]], "b": [1.0, 2.0]},
    )
    # The second entry is chosen, and its slope is infinite for good: only the first is cleared.
    code = check("L = np.sum(np.where(m > 0, np.sqrt(x), 0))", {"x": [0.0, 0.0], "m": [-1.0, 1.0]})
    assert "np.array([True, False])" in code


def test_ties_are_shared_as_in_the_engine() -> None:
    for source in (
        "np.maximum(x, 0)",
        "np.maximum(x, y)",
        "np.max(x)",
        "np.abs(x)",
        "max(x, y, 0)",
    ):
        check(f"L = np.sum({source})", {"x": [0.0, 1.0, 1.0], "y": [0.0, 1.0, 2.0]})


# ---------- nothing of the student's but names and numbers ----------

NAMES = (
    *(
        "print",
        "numpy",
        "sum",
        "max",
        "float",
        "abs",
        "len",
        "range",
        "tuple",
        "dx",
        "dt1",
        "t1",
    ),
    *(
        "c1",
        "f",
        "out",
        "x_1",
        "dx_part",
        "exps_y",
        "grad_x",
        "σ",
        "_a",
        "math",
        "L",
        "list",
        "type",
    ),
)


@pytest.mark.parametrize("name", NAMES)
def test_any_name_may_be_a_students(name: str) -> None:
    source = (
        f"y = softmax({name} * x) + {name}[0] + x\n{name}_2 = y + {name}\nr = np.sum({name}_2 * y)"
    )
    check(source, {name: [1.5, 2.5], "x": [0.5, -0.5]})
    rebound = f"{name} = np.tanh(x)\n{name} = {name} * x + {name}\nq = np.sum({name}) * 2"
    check(rebound, {"x": [0.5, -0.5]})


def test_a_value_called_np_is_numbered() -> None:
    code = check("np = x * 2\nL = np + 1", {"x": 3.0})
    assert "np_1 = x * 2" in code


def test_no_text_of_the_programs_reaches_the_script() -> None:
    source = "# secret\nx = 2  # more\ny = x * 3; y\n'docstring'\nL = y * np.exp(x)"
    code = script_of(source).code
    for word in ("secret", "more", "docstring", ";"):
        assert word not in code
    strings = {
        n.value
        for n in ast.walk(ast.parse(code))
        if isinstance(n, ast.Constant) and isinstance(n.value, str)
    }
    assert strings == {"L =", "dx ="}


def test_every_number_is_written_in_full() -> None:
    inputs = {"x": [0.1 + 0.2, 1e-300, -0.0, 1 / 3, 5e-324, 1.7976931348623157e308]}
    printed = scripts.ran(script_of("y = x * 1", inputs))
    np.testing.assert_array_equal(printed["y"], inputs["x"])
    check("L = np.sum(x / -0.0)", {"x": [1.0, 2.0]})


def test_large_arrays_take_several_lines_and_equal_entries_one_call() -> None:
    large = np.random.default_rng(0).normal(size=(30, 7))
    check("L = np.sum(x * y * z)", {"x": large, "y": large[0], "z": np.full((30, 7), 0.25)})
    code = script_of("L = np.sum(x * z)", {"x": large, "z": np.full((30, 7), 0.25)}).code
    assert "z = np.full((30, 7), 0.25)" in code
    assert max(map(len, code.splitlines())) < 200
    for shape in ((0,), (2, 0), (0, 3)):
        check("L = np.sum(x * x)", {"x": np.zeros(shape)})


# ---------- lines and nodes ----------


def test_every_line_that_computes_names_its_node() -> None:
    circuit = build(LECTURE_FORWARD, LECTURE)
    script = circuit.script()
    nodes = {node.code: node.node for node in circuit.trace().nodes}
    assert "".join(f"{line.text}\n" for line in script.lines) == script.code
    for line in script.lines:
        name = line.text.split(" = ")[0]
        if line.phase == "forward" and name in nodes:
            assert line.node == nodes[name].index
        if line.text.startswith(("#", "import")) or not line.text:
            assert line.node is None
            assert line.phase == ""
    gates = {node.index for node in nodes.values() if node.primitive is not None}
    assert gates <= {line.node for line in script.lines if line.phase == "forward"}
    assert gates <= {line.node for line in script.lines if line.phase == "backward"}


def test_a_backward_line_names_the_gate_it_comes_from() -> None:
    script = script_of("q = x * y\nL = np.tanh(q)", {"x": 1, "y": 2})
    found = {
        line.text.split(" = ")[0]: line.node for line in script.lines if line.phase == "backward"
    }
    assert found["dq"] == 3  # tanh
    assert found["dx"] == found["dy"] == 2  # the product


def test_two_runs_write_the_same_script() -> None:
    assert script_of(MICROGRAD).code == script_of(MICROGRAD).code


def test_two_thousand_gates_are_written() -> None:
    source = "y = x\nfor i in range(999):\n    y = np.tanh(y) * w\nL = np.sum(y)"
    check(source, {"x": [0.1, 0.2], "w": 1.01})
