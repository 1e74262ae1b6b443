"""The straight-line function of a circuit: the numbers of the gate-by-gate pass, from text that is only the engine's."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping

import numpy as np
import pytest
from numpy.typing import NDArray

import engine.circuit
from engine import Circuit, EngineError, Limits, build
from engine.backward import backward, on_path
from engine.compiled import Straight, compiled, remembered, straight
from engine.errors import BadInput, ShapeMismatch
from engine.forward import forward
from engine.graph import Graph, Input, Kind, Node, Role
from engine.limits import Deadline
from engine.primitives import REGISTRY, Primitive
from engine.primitives.primitive import Argument
from tests.engine.asking import Inputs

Array = NDArray[np.float64]

every_primitive = pytest.mark.parametrize("primitive", REGISTRY.values(), ids=lambda p: p.name)

NETWORK = (
    "z_1 = np.dot(X, W_1)\nh_1 = np.maximum(z_1, 0)\ny_hat = np.dot(h_1, W_2)\nL = np.sum(y_hat**2)"
)
SIZES: Inputs = {n: {"shape": s} for n, s in {"X": [3, 4], "W_1": [4, 5], "W_2": [5, 2]}.items()}


def written(circuit: Circuit, upstream: object = None) -> Straight:
    """Returns a circuit's function, after the two calls that it takes to write it."""
    for _ in range(2):
        circuit.value_and_grad(upstream=upstream)
    assert circuit._straight is not None
    return circuit._straight


def without_the_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    """Makes the gate-by-gate pass fail from here on."""

    def never(*_: object) -> None:
        raise AssertionError("the gate-by-gate pass ran")

    monkeypatch.setattr(engine.circuit, "forward", never)


def one_gate(
    primitive: Primitive, arrays: tuple[Argument, ...], settings: Mapping[str, object]
) -> Graph:
    """Returns the circuit of one gate whose arguments are its inputs, or constants where no gradient can pass."""
    nodes: list[Node] = []
    inputs: dict[str, Input] = {}
    for key, array in enumerate(arrays):
        value = np.asarray(array)
        given = primitive.argument_at(key) in primitive.vjp or not primitive.vjp
        kind = Kind.INPUT if given else Kind.CONSTANT
        name = f"x{key}" if given else None
        nodes.append(
            Node(
                *(key, kind, None, (), {}, value.shape, name, (), None, ()),
                None if given else value,
                given,
                given,
            )
        )
        if given:
            inputs[f"x{key}"] = Input(f"x{key}", key, value, False, False, Role.DATA)
    complete = primitive.completed(settings, [np.shape(array) for array in arrays])
    shape = np.shape(primitive.forward(*arrays, **complete))
    last = len(arrays)
    places = tuple(range(last))
    nodes.append(
        Node(
            *(last, Kind.GATE, primitive.name, places, complete, shape, "f", (), None, ()),
            None,
            True,
            True,
        )
    )
    return Graph(tuple(nodes), last, inputs)


def samples(primitive: Primitive) -> Iterator[Graph]:
    """Yields one circuit a sample."""
    for arrays, settings in primitive.samples(np.random.default_rng(3)):
        yield one_gate(primitive, arrays, settings)


# ---------- the same numbers ----------


@every_primitive
def test_a_gate_gives_what_the_pass_gives(primitive: Primitive) -> None:
    deadline = Deadline(Limits())
    for graph in samples(primitive):
        arrays = {name: np.asarray(given.value) for name, given in graph.inputs.items()}
        values = forward(graph, arrays, deadline)
        seed = np.random.default_rng(4).normal(size=values[-1].shape)
        places = [i.node for i in graph.inputs.values() if i.node is not None]
        wanted = on_path(graph, places)
        gradients = backward(graph, values, np.asarray(seed), wanted, deadline)
        received = [p for p in places if gradients.upstream[p] is not None]
        function = straight(graph, remembered(graph, values, gradients.messages), received)
        found = function([a[()] for a in arrays.values()], np.asarray(seed)[()])
        assert found is not None, function.text
        np.testing.assert_allclose(found[0], values[-1], rtol=1e-14, atol=0)
        for place, gradient in zip(received, found[1:], strict=True):
            upstream = gradients.upstream[place]
            assert upstream is not None
            assert gradient.shape == upstream.shape
            np.testing.assert_allclose(gradient, upstream, rtol=1e-14, atol=1e-300)


PROGRAMS: list[tuple[str, Inputs]] = [
    ("f = (x + y) * z", {"x": -2, "y": 5, "z": -4}),
    (NETWORK, SIZES),
    ("f = x * x + x", {"x": 3}),
    ("y = x + b\nf = np.sum(y * y)", {"x": np.ones((3, 4)), "b": np.arange(4.0)}),
    ("y = x.T\nf = np.sum(y @ x + y @ x)", {"x": np.arange(9.0).reshape(3, 3)}),
    ("m = x > 0\nf = np.sum(m * x) + np.mean(m)", {"x": [-1, 2, 3]}),
    ("f = np.sum(p[np.arange(2), y] * y)", {"p": [[1, 2], [3, 4]], "y": [1, 0]}),
    ("f = np.sum(x[x > 0] ** 2)", {"x": [-1, 2, 3]}),
    ("z = x.copy()\nz[z < 0] = 0\nz[0] = y\nf = np.sum(z * x)", {"x": [-1, 2, 3], "y": 4}),
    ("h = np.zeros(3)\nfor t in range(4):\n    h = np.tanh(W @ h + x)\nf = np.sum(h)", {}),
    ("f = np.log(np.sum(np.exp(s - np.max(s))))", {"s": [1, 2, 3]}),
    ("c = 2 * np.ones(3)\nf = np.sum(c * x) + np.sum(c)", {"x": [1, 2, 3]}),
    ("f = x", {"x": 3}),
    ("f = 2 + 0 * 3", {"x": 1}),
]


@pytest.mark.parametrize(("source", "inputs"), PROGRAMS)
def test_a_program_gives_the_same_from_the_second_call_on(
    source: str, inputs: Inputs, monkeypatch: pytest.MonkeyPatch
) -> None:
    circuit = build(source, inputs)
    value, gradients = circuit.value_and_grad()
    without_the_pass(monkeypatch)
    for _ in range(2):
        again, found = circuit.value_and_grad()
        assert again.shape == value.shape
        np.testing.assert_allclose(again, value, rtol=1e-14)
        assert list(found) == list(gradients)
        for name, gradient in gradients.items():
            assert isinstance(found[name], np.ndarray)
            assert found[name].shape == gradient.shape
            np.testing.assert_allclose(found[name], gradient, rtol=1e-14)


def test_new_inputs_and_an_upstream_are_arguments(monkeypatch: pytest.MonkeyPatch) -> None:
    circuit = build("y = x * w", {"x": [1, 2], "w": 3})
    written(circuit, [1, 1])
    without_the_pass(monkeypatch)
    value, gradients = circuit.value_and_grad({"w": 5}, upstream=[1, -1])
    np.testing.assert_array_equal(value, [5, 10])
    np.testing.assert_array_equal(gradients["x"], [5, -5])
    assert float(gradients["w"]) == 1 - 2


def test_a_name_that_nothing_reaches_gets_zeros() -> None:
    circuit = build("f = x * 2\ng = f + 0", {"x": 1, "u": [1, 2]}, wrt=["u", "x"])
    written(circuit)
    _, gradients = circuit.value_and_grad()
    assert list(gradients) == ["u", "x"]
    np.testing.assert_array_equal(gradients["u"], [0, 0])
    assert float(gradients["x"]) == 2


# ---------- arrays of its own ----------


def test_answers_share_no_memory_with_inputs_or_one_another() -> None:
    source = "y = a + b\nz = np.reshape(y, (4,)) + c\nf = np.sum(z * k)"
    inputs = {"a": np.ones((2, 2)), "b": np.ones((2, 2)), "c": np.ones(4), "k": np.arange(4.0)}
    circuit = build(source, inputs)
    written(circuit)
    _, gradients = circuit.value_and_grad()
    for gradient in gradients.values():
        gradient += 100
    _, again = circuit.value_and_grad()
    np.testing.assert_array_equal(again["a"], [[0, 1], [2, 3]])
    np.testing.assert_array_equal(again["b"], [[0, 1], [2, 3]])
    np.testing.assert_array_equal(again["c"], [0, 1, 2, 3])


def test_an_output_that_is_an_input_is_a_copy() -> None:
    circuit = build("y = x[:]", {"x": [1, 2]})
    written(circuit, [1, 1])
    value, _ = circuit.value_and_grad(upstream=[1, 1])
    value += 7
    np.testing.assert_array_equal(circuit.value_and_grad(upstream=[1, 1])[0], [1, 2])


def test_an_upstream_that_is_given_is_not_changed() -> None:
    circuit = build("y = x + x + x", {"x": [1.0, 2.0]})
    seed = np.array([1.0, 2.0])
    written(circuit, seed)
    _, gradients = circuit.value_and_grad(upstream=seed)
    np.testing.assert_array_equal(gradients["x"], [3, 6])
    np.testing.assert_array_equal(seed, [1, 2])


# ---------- what is left to the gate-by-gate pass ----------


def test_an_unselected_branch_still_gives_the_finite_answer() -> None:
    circuit = build("f = np.sum(np.where(x > 0, np.sqrt(x), 0))", {"x": [4.0, 0.0]})
    written(circuit)
    np.testing.assert_array_equal(circuit.value_and_grad()[1]["x"], [0.25, 0])


def test_a_value_that_does_not_fit_is_refused_as_in_the_first_call() -> None:
    circuit = build("f = np.sum(x[x > 0])", {"x": [-1, 2, 3]})
    written(circuit)
    with pytest.raises(ShapeMismatch, match="when the circuit was built"):
        circuit.value_and_grad({"x": [1, 2, 3]})
    labels = build("f = np.sum(p[y])", {"p": [1, 2], "y": [1]})
    written(labels)
    with pytest.raises(BadInput) as refused:
        labels.value_and_grad({"y": [5]})
    assert refused.value.span is not None


def test_a_new_value_for_a_size_is_refused_where_it_would_be_passed_over() -> None:
    circuit = build("f = x * p[k]", {"x": 2, "p": [1, 2], "k": 1})
    assert float(circuit.value_and_grad({"k": 1})[0]) == 4
    with pytest.raises(BadInput, match="k is used as an index or a size") as refused:
        circuit.value_and_grad({"k": 0})
    assert "Build the circuit again" in refused.value.hint


def test_a_pass_with_a_deadline_stays_gate_by_gate() -> None:
    circuit = build("f = x * x", {"x": 3}, limits=Limits(seconds=5))
    for _ in range(3):
        assert float(circuit.value_and_grad()[1]["x"]) == 6
    assert circuit._straight is None


# ---------- the text ----------


def test_nothing_of_the_students_is_in_the_text() -> None:
    source = "def secret(a):\n    return a * 1234.5\npassword = secret(W_1) + 0.125\nf = np.sum(password)"
    function = written(build(source, {"W_1": np.ones((2, 2))}))
    text = function.text
    assert re.fullmatch(r"[\w\s()=+\-*/@<>,.:\[\]&|~!]*", text)
    words = set(re.findall(r"[A-Za-z_]\w*", text))
    assert not words & {"secret", "password", "W_1"}
    assert not re.search(r"(?<![\w.])\d", text), "numbers are arguments"
    assert 1234.5 in function.constants


@pytest.mark.parametrize(
    "text",
    [
        "def straight():\n return (__import__,)",
        "def straight():\n return ('os',)",
        "def straight():\n return (W_1,)",
        "def straight():\n return (1,)",
    ],
)
def test_a_text_with_a_foreign_name_or_a_literal_is_not_compiled(text: str) -> None:
    with pytest.raises(ValueError, match="straight-line function"):
        compiled(text)


def test_the_function_sees_numpy_and_nothing_else() -> None:
    run = compiled("def straight(v0):\n return (np.abs(v0),)")
    assert run.__globals__ == {"__builtins__": {}, "np": np}


def test_what_no_gradient_needs_is_not_computed() -> None:
    circuit = build(NETWORK + "\nunused = np.sum(X @ W_1)", SIZES, output="L", wrt=["W_2"])
    tree = ast.parse(written(circuit).text)
    assigned = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and n.id[0] in "vd"}
    places = circuit.names
    assert f"v{places['L']}" in assigned
    assert f"v{places['unused']}" not in assigned
    assert f"d{places['h_1']}" not in assigned


def test_a_sum_over_uses_adds_in_place() -> None:
    text = written(build("f = np.sum((x * 3 + x * 4) + x * 5)", {"x": [1, 2]})).text
    assert text.count(" += ") == 2


def test_errors_of_a_build_are_the_same() -> None:
    with pytest.raises(EngineError):
        build("f = x +", {"x": 1})
