"""What a trace promises: numbers that can be re-derived, steps in order, words without gaps, lines that run."""

from __future__ import annotations

import re
from collections import Counter

import numpy as np
import pytest

from engine import Trace, build
from engine.graph import Kind
from tests.engine import rederive
from tests.engine.asking import same, traced

X = [[1.0, -2.0, 3.0], [4.0, 5.0, -6.0]]
P = [[1.0, 2.0, 0.5], [4.0, 5.0, 6.0]]
V = [3.0, -1.0, 2.0]
A = [[1.0, 2.0], [3.0, -4.0]]

PROGRAMS: dict[str, tuple[str, dict[str, object]]] = {
    "xyz": ("(x + y) * z", {"x": -2, "y": 5, "z": -4}),
    "square": ("y = x * x", {"x": 3}),
    "patterns": ("2*(x*y + max(z, w))", {"x": 3, "y": -4, "z": 2, "w": -1}),
    "neuron": ("1/(1 + np.exp(-(w*x + b)))", {"w": 2, "x": -1, "b": 0.5}),
    "colah": ("c = a + b\nd = b + 1\ne = c * d", {"a": 2, "b": 1}),
    "powers": ("f = x**3 + 2**y + x**y - x**0.5", {"x": 1.5, "y": 2.5}),
    "quotient": ("f = (x - y) / (x + y) + -x + +y", {"x": 2, "y": 3}),
    "functions": (
        "f = np.sin(x)*np.cos(x) + np.tanh(x)*np.sqrt(x) + np.log(x)*abs(x)",
        {"x": 1.5},
    ),
    "activations": ("L = np.sum(sigmoid(x)*relu(x)*softplus(x))", {"x": X}),
    "squared norm": ("f = np.sum(np.dot(W, x)**2)", {"W": X, "x": V}),
    "stretched row": ("L = np.sum((x + b)**2)", {"x": X, "b": V}),
    "stretched column": ("L = np.sum((x * c)**2)", {"x": X, "c": [[2.0], [3.0]]}),
    "stretched scalar": ("L = np.sum((x - s) / t)", {"x": X, "s": 2, "t": 4}),
    "stretched both ways": ("L = np.sum((c * b)**2)", {"c": [[2.0], [3.0]], "b": V}),
    "network": (
        "z_1 = np.dot(X, W_1)\nh_1 = np.maximum(z_1, 0)\ny_hat = np.dot(h_1, W_2)\nL = np.sum(y_hat**2)",
        {"X": X, "W_1": [[1.0, -2.0], [0.5, 1.0], [2.0, 1.5]], "W_2": [[1.0], [-1.0]]},
    ),
    "matrix, vector": ("L = np.sum((A @ v)**2)", {"A": X, "v": V}),
    "vector, matrix": ("L = np.sum((v @ A)**2)", {"A": A, "v": [1.0, 3.0]}),
    "vector, vector": ("L = (v @ w) * np.dot(w, w)", {"v": V, "w": [1.0, 2.0, 4.0]}),
    "quadratic form": ("L = v @ A @ v", {"A": A, "v": [1.0, 3.0]}),
    "one matrix three times": ("L = np.sum(A @ A.T @ A)", {"A": A}),
    "stacks": ("L = np.sum((S @ T)**2)", {"S": {"shape": [2, 3, 4]}, "T": {"shape": [2, 4, 2]}}),
    "stack, matrix": (
        "L = np.sum((S @ T)**2)",
        {"S": {"shape": [2, 3, 4]}, "T": {"shape": [4, 2]}},
    ),
    "matrix, stack": (
        "L = np.sum((S @ T)**2)",
        {"S": {"shape": [3, 4]}, "T": {"shape": [2, 4, 1]}},
    ),
    "stretched stacks": (
        "L = np.sum((S @ T)**2)",
        {"S": {"shape": [2, 1, 3, 4]}, "T": {"shape": [5, 4, 2]}},
    ),
    "sums": ("L = np.sum(np.sum(x, axis=0) * np.sum(x, axis=0, keepdims=True))", {"x": X}),
    "means": ("L = np.sum(np.mean(x, axis=1)**2) + np.mean(x)", {"x": X}),
    "largest": ("L = np.sum(np.max(x, axis=1)**2) + np.max(x) * np.min(x, axis=0)[1]", {"x": X}),
    "ties": ("L = np.max(x) * np.sum(np.min(x, axis=0)**2)", {"x": [[3.0, 3.0], [3.0, 1.0]]}),
    "ranks": ("S = np.expand_dims(x, 0) * 2\nL = np.sum(np.sum(S, axis=(0, 2))**2)", {"x": X}),
    "three largest": ("L = np.sum(max(x, y, 0) * min(x, y, 1))", {"x": X, "y": V}),
    "shapes": (
        "L = np.sum(x.reshape(3, 2) @ x * x.T.sum(axis=1, keepdims=True)) + x.ravel()[2]",
        {"x": X},
    ),
    "axes": (
        "L = np.sum(np.swapaxes(S, 0, 2)[:, 0] * np.moveaxis(S, 0, -1)[0]) + np.sum(np.transpose(S, (2, 0, 1))**2)",
        {"S": {"shape": [2, 2, 2]}},
    ),
    "copies": (
        "L = np.sum(np.broadcast_to(x, (4, 3))**2 * np.expand_dims(x, 0) * np.squeeze(y))",
        {"x": V, "y": [[1.0, 2.0, 3.0]]},
    ),
    "rows and slices": ("L = np.sum(x[0] * x[1, ::-1]) + x[-1, 2] * np.sum(x[:, 1:])", {"x": X}),
    "look-ups": (
        "p = softmax(z)\nL = -np.mean(np.log(p[np.arange(2), y]))",
        {"z": X, "y": [2, 0]},
    ),
    "repeated rows": ("L = np.sum(E[i]**2)", {"E": X, "i": [1, 0, 1]}),
    "selection": ("L = np.sum(x[x > 0]**2)", {"x": X}),
    "log softmax": ("L = -np.sum(log_softmax(z)[1])", {"z": X}),
    "items": ("z = x * 2\nz[0] = y\nz[1, 1] = s\nL = np.sum(z**2)", {"x": X, "y": V, "s": 7}),
    "stretched item": ("z = x * 2\nz[:, 0] = s\nL = np.sum(z**2)", {"x": X, "s": 7}),
    "mask": ("z = x * 2\nz[z < 0] = s\nL = np.sum(z**2)", {"x": X, "s": 7}),
    "conditions": ("L = np.sum(np.where(x > v, x, v) * (x < 4))", {"x": X, "v": V}),
    "fan-out": ("q = x + y\nr = q + x\ns = r + q + x\nL = np.sum(s*s)", {"x": V, "y": V}),
    "shared sums": ("a = x + y\nb = x + z\nL = np.sum(a*b)", {"x": V, "y": V, "z": V}),
    "shared views": ("q = A.T\nL = np.sum(q * A) + np.sum(q + A)", {"A": A}),
    "recurrent": (
        "h = h0\nfor t in range(3):\n    h = np.tanh(h @ W + x[t])\nL = np.sum(h**2)",
        {"h0": [0.1, 0.2], "W": A, "x": [[1.0, 0.0], [0.5, 0.5], [0.0, 1.0]]},
    ),
    "modules": (
        "def layer(x, W, b):\n    return np.tanh(x @ W + b)\nL = np.sum(layer(layer(X, A, b), A, b)**2)",
        {"X": A, "A": A, "b": [0.1, 0.2]},
    ),
    "rebinding": ("y = x\ny = y * y\ny += x\ny = y * 2\n", {"x": 3}),
    "awkward names": (
        "t1 = x * dx\nf = (grad_x * w) * t1 * (lam + ef) * c1",
        {"x": 2, "dx": 3, "grad_x": 5, "w": 7, "lam": 2, "ef": 3, "c1": 4},
    ),
    "names all taken": (
        "q = x * dx\nr = grad_x * dgrad_x\nf = q * r * x * grad_x",
        {"x": 2, "dx": 3, "grad_x": 5, "dgrad_x": 7},
    ),
    "greek": ("σ = sigmoid(θ)\nL = σ * σ + np.exp(-σ)", {"θ": 0.5}),
    "constants": ("L = np.sum(np.array([1, 2, 3]) * x + np.eye(3)[0] * np.pi)", {"x": V}),
    "a vector": ("y = 2 * x + 1", {"x": V}),
    "a matrix": ("Y = A @ A", {"A": A}),
    "one input": ("x", {"x": 3}),
    "one number": ("3", {}),
    "nothing reaches x": ("y = x * 2\nf = w * 3", {"x": 1, "w": 2}),
    "not finite": ("f = np.exp(x) * y - np.log(z)", {"x": 800, "y": 0, "z": 0}),
}
every_program = pytest.mark.parametrize(
    ("source", "inputs"), PROGRAMS.values(), ids=PROGRAMS.keys()
)


def arrivals(trace: Trace) -> dict[int, list[np.ndarray]]:
    """Returns, per node, what its consumers send back."""
    found: dict[int, list[np.ndarray]] = {}
    for node in trace.nodes:
        for wire in node.wires:
            if wire.downstream is not None:
                found.setdefault(wire.source, []).append(wire.downstream)
    return found


# ---------- numbers ----------


@every_program
def test_every_downstream_follows_from_upstream_and_local(
    source: str, inputs: dict[str, object]
) -> None:
    trace = traced(source, inputs)
    with np.errstate(all="ignore"):
        for node in trace.nodes:
            for wire in node.wires:
                if wire.downstream is None:
                    continue
                again = rederive.downstream(trace, node, wire)
                assert again.shape == wire.downstream.shape
                finite = np.isfinite(again)
                np.testing.assert_allclose(
                    wire.downstream[finite], again[finite], rtol=1e-12, atol=1e-14
                )
                assert finite.all() or source.startswith("f = np.exp(x)")


@every_program
def test_every_upstream_is_the_sum_of_what_arrives(source: str, inputs: dict[str, object]) -> None:
    trace = traced(source, inputs)
    arriving = arrivals(trace)
    for node in trace.nodes:
        if node.upstream is None or node.node.index == trace.graph.output:
            continue
        np.testing.assert_allclose(
            node.upstream, sum(arriving[node.node.index]), rtol=1e-12, atol=1e-14
        )


@every_program
def test_gradients_have_the_shape_of_what_they_are_for(
    source: str, inputs: dict[str, object]
) -> None:
    trace = traced(source, inputs)
    for node in trace.nodes:
        assert node.value.shape == node.node.shape
        assert node.upstream is None or node.upstream.shape == node.value.shape
        for wire in node.wires:
            source_shape = trace.nodes[wire.source].value.shape
            assert wire.downstream is None or wire.downstream.shape == source_shape
            assert wire.local.shape == node.value.shape + source_shape
    for name, gradient in trace.gradients.items():
        assert gradient.shape == trace.graph.inputs[name].value.shape


@every_program
def test_a_summed_axis_is_one_along_which_the_argument_was_stretched(
    source: str, inputs: dict[str, object]
) -> None:
    trace = traced(source, inputs)
    for node in trace.nodes:
        for wire in node.wires:
            if wire.downstream is None or wire.local.structure.value != "diagonal":
                continue
            out, argument = node.value.shape, trace.nodes[wire.source].value.shape
            padded = (1,) * (len(out) - len(argument)) + argument
            lead = len(out) - len(argument)
            stretched = {k for k in range(len(out)) if k < lead or padded[k] != out[k]}
            assert set(wire.summed_axes) == stretched


@every_program
def test_nodes_stand_in_evaluation_order_and_wires_are_numbered(
    source: str, inputs: dict[str, object]
) -> None:
    trace = traced(source, inputs)
    assert [n.node.index for n in trace.nodes] == list(range(len(trace.nodes)))
    wires = [w for n in trace.nodes for w in n.wires]
    assert [w.id for w in wires] == [f"e{k}" for k in range(len(wires))]
    for node in trace.nodes:
        assert [w.source for w in node.wires] == list(node.node.arguments)
        assert [w.key for w in node.wires] == list(range(len(node.wires)))
        assert all(w.source < w.target == node.node.index for w in node.wires)
        assert bool(node.wires) is (node.node.kind is Kind.GATE)


def test_structures_are_told_instead_of_dense_jacobians() -> None:
    forms = {
        wire.local.structure.value
        for source, inputs in PROGRAMS.values()
        for node in traced(source, inputs).nodes
        for wire in node.wires
    }
    assert forms == {
        *("scalar", "diagonal", "matmul", "reduction"),
        *("broadcast", "permutation", "selection", "dense"),
    }


def test_a_sum_says_all_ones_by_saying_nothing_and_a_mean_says_one_nth() -> None:
    total, mean = (
        traced(f"L = np.{f}(x)", {"x": V}).nodes[-1].wires[0].local for f in ("sum", "mean")
    )
    assert total.value is None
    same(mean.value, [1 / 3, 1 / 3, 1 / 3])


def test_a_given_upstream_is_the_seed_of_everything() -> None:
    trace = build("y = W @ x", {"W": A, "x": [1.0, 1.0]}).trace(upstream=[10.0, 1.0])
    same(trace.nodes[trace.graph.output].upstream, [10.0, 1.0])
    # Wᵀ v = [1×10 + 3×1, 2×10 − 4×1].
    same(trace.gradients["x"], [13.0, 16.0])


# ---------- steps ----------


def expected_steps(trace: Trace) -> list[tuple[str, str, int, str | None]]:
    """Returns (phase, kind, node, wire) of every step, from the contract's paragraph "Steps"."""
    gates = [n for n in trace.nodes if n.node.kind is Kind.GATE]
    still = [n for n in trace.nodes if n.node.kind is not Kind.GATE]
    steps: list[tuple[str, str, int, str | None]] = []
    if still:
        steps.append(("forward", "evaluate", still[0].node.index, None))
    steps += [("forward", "evaluate", n.node.index, None) for n in gates]
    steps += [("local", "local", n.node.index, None) for n in gates]
    steps.append(("backward", "seed", trace.graph.output, None))
    arriving = arrivals(trace)
    for node in reversed(trace.nodes):
        place = node.node.index
        if len(arriving.get(place, ())) > 1:
            steps.append(("backward", "accumulate", place, None))
        steps += [
            ("backward", "multiply", place, w.id) for w in node.wires if w.downstream is not None
        ]
    return steps


@every_program
def test_steps_are_exactly_those_of_the_contract(source: str, inputs: dict[str, object]) -> None:
    trace = traced(source, inputs)
    assert [(s.phase, s.kind, s.node, s.wire) for s in trace.steps] == expected_steps(trace)
    assert [s.index for s in trace.steps] == list(range(len(trace.steps)))
    assert all(s.level in (1, 2, 3) for s in trace.steps)


@every_program
def test_every_step_has_an_address_of_its_own(source: str, inputs: dict[str, object]) -> None:
    steps = traced(source, inputs).steps
    assert [a for a, n in Counter(s.address for s in steps).items() if n > 1] == []
    assert all(re.fullmatch(r"[flb]:\S+", s.address) for s in steps)


def test_the_first_example_has_its_steps_and_addresses() -> None:
    steps = traced("q = x + y\nf = q * z", {"x": -2, "y": 5, "z": -4}).steps
    assert [s.address for s in steps] == [
        *("f:inputs", "f:q.add", "f:f.mul", "l:q.add", "l:f.mul", "b:f.seed"),
        *("b:f.mul.0", "b:f.mul.1", "b:q.add.0", "b:q.add.1"),
    ]


def test_a_program_without_gates_has_no_local_phase() -> None:
    assert [s.kind for s in traced("x", {"x": 3}).steps] == ["evaluate", "seed"]


def test_addresses_do_not_move_when_values_change() -> None:
    one, two = (traced("f = x * x + y", {"x": v, "y": 1}).steps for v in (1, 500))
    assert [s.address for s in one] == [s.address for s in two]


def test_the_coarsest_level_still_shows_every_gate_forward_and_every_gate_back() -> None:
    trace = traced(*PROGRAMS["network"])
    gates = {n.node.index for n in trace.nodes if n.node.kind is Kind.GATE}
    shown = [s for s in trace.steps if s.level == 1]
    assert gates <= {s.node for s in shown if s.kind == "evaluate"}
    assert gates <= {s.node for s in shown if s.kind == "multiply"}


# ---------- words ----------


@every_program
def test_words_show_no_gap_where_a_value_belongs(source: str, inputs: dict[str, object]) -> None:
    trace = traced(source, inputs)
    for step in trace.steps:
        assert step.text
        assert step.text[-1] == ".", step.text
        assert step.latex
        for gap in ("undefined", "None", "<function", "array(", "nan", "  ", "{", "np.float64"):
            # What the program writes itself is no gap.
            assert gap not in step.text.replace("np.array(", "("), step.text
        if source != PROGRAMS["not finite"][0]:
            assert "NaN" not in step.text
            assert "Infinity" not in step.text
    for notice in trace.notices:
        assert "None" not in notice.message


@every_program
def test_formulas_have_balanced_braces_and_no_python(
    source: str, inputs: dict[str, object]
) -> None:
    trace = traced(source, inputs)
    formulas = [s.latex for s in trace.steps] + [n.latex for n in trace.nodes]
    formulas += [t for n in trace.nodes for w in n.wires for t in (w.latex, w.local.latex)]
    for text in formulas:
        bare = re.sub(r"\\[{}]", "", text)
        assert bare.count("{") == bare.count("}"), text
        assert bare.count(r"\left") - bare.count(r"\leftarrow") == bare.count(r"\right"), text
        for gap in ("None", "np.", "undefined", "lambda"):
            assert gap not in text, text


def test_numbers_in_a_multiply_sentence_multiply_out() -> None:
    number = r"\(?(-?[\d.]+(?:e-?\d+)?)\)?"
    pattern = re.compile(rf"= {number} × {number} = {number}\.$")
    checked = 0
    for source, inputs in PROGRAMS.values():
        for step in traced(source, inputs).steps:
            found = pattern.search(step.text) if step.kind == "multiply" else None
            if found:
                upstream, local, product = (float(g) for g in found.groups())
                assert abs(upstream * local - product) <= 2e-3 * max(abs(product), 1e-3), step.text
                checked += 1
    assert checked > 40


def test_numbers_in_a_multiply_sentence_are_the_traces() -> None:
    trace = traced("(x + y) * z", {"x": -2, "y": 5, "z": -4})
    said = {s.wire: s.text for s in trace.steps if s.kind == "multiply"}
    # The product hands each factor the upstream 1 times the other factor; the sum hands on -4.
    assert said["e2"].endswith("1 × (-4) = -4.")
    assert said["e3"].endswith("1 × 3 = 3.")
    assert said["e0"].endswith("-4.")


def test_numbers_in_an_accumulate_sentence_add_up() -> None:
    # f = x² + 3x at 2: 2 + 2 + 3 = 7.
    text = next(s.text for s in traced("f = x*x + 3*x", {"x": 2}).steps if s.kind == "accumulate")
    left, right = re.search(r"= ([\d +]+) = (\d+)\.$", text).groups()
    assert sorted(int(part) for part in left.split("+")) == [2, 2, 3]
    assert int(right) == 7


def test_an_evaluate_sentence_puts_the_numbers_in() -> None:
    texts = [s.text for s in traced("q = x + y\nf = q * z", {"x": -2, "y": 5, "z": -4}).steps]
    assert texts[0] == "The inputs: x = -2, y = 5, z = -4."
    assert "q = x + y = -2 + 5 = 3." in texts[1].replace("(-2)", "-2")
    assert texts[2].startswith("f = q × z = 3 × (-4) = -12")


def test_the_words_name_the_three_habits_of_gates() -> None:
    trace = traced("2*(x*y + max(z, w))", {"x": 3, "y": -4, "z": 2, "w": -1})
    local = " ".join(s.text for s in trace.steps if s.kind == "local")
    for habit in ("Distributes", "Swaps", "Routes"):
        assert habit in local


def test_a_given_upstream_is_said_with_its_number_or_its_shape() -> None:
    one = build("y = x * 2", {"x": 1}).trace(upstream=5).steps
    several = build("y = x * 2", {"x": [[1, 2, 3]] * 3}).trace(upstream=np.ones((3, 3))).steps
    assert "is 5" in next(s.text for s in one if s.kind == "seed")
    assert "(3, 3)" in next(s.text for s in several if s.kind == "seed")


def test_a_slope_that_would_have_made_nan_in_a_branch_not_taken_is_flagged() -> None:
    trace = traced("np.where(x > 0, np.log(x), 0)", {"x": 0})
    assert float(trace.gradients["x"]) == 0
    assert any(n.code == "unselected-branch" for n in trace.notices)


def test_a_value_that_is_not_finite_is_named() -> None:
    trace = traced("f = np.exp(x) * y", {"x": 800, "y": 0})
    text = " ".join(s.text for s in trace.steps)
    assert "Infinity" in text
    assert "NaN: 0 × Infinity" in text
    assert any(n.code in ("non-finite", "overflow") and n.level == "warning" for n in trace.notices)


# ---------- lines ----------

finite_programs = pytest.mark.parametrize(
    ("source", "inputs"),
    [p for k, p in PROGRAMS.items() if k != "not finite"],
    ids=[k for k in PROGRAMS if k != "not finite"],
)


@finite_programs
def test_lines_run_in_backward_order_reproduce_the_gradients(
    source: str, inputs: dict[str, object]
) -> None:
    trace = traced(source, inputs)
    script = rederive.environment(trace)
    names = rederive.gradient_names(trace)
    output = trace.nodes[trace.graph.output]
    if output.upstream is not None:
        script[names[trace.graph.output]] = output.upstream[()]
    lines = {w.id: w.code for n in trace.nodes for w in n.wires}
    for step in trace.steps:
        if step.kind == "multiply":
            exec(lines[step.wire], script)
    for node in trace.nodes:
        if node.upstream is not None:
            found = script[names[node.node.index]]
            assert np.shape(found) == node.upstream.shape, names[node.node.index]
            np.testing.assert_allclose(found, node.upstream, rtol=1e-9, atol=1e-12)


@finite_programs
def test_a_line_stands_on_every_wire_that_carries_gradient_and_on_no_other(
    source: str, inputs: dict[str, object]
) -> None:
    for node in traced(source, inputs).nodes:
        for wire in node.wires:
            assert bool(wire.code) is (wire.downstream is not None)
            assert "\n" not in wire.code


@finite_programs
def test_the_code_of_a_local_gradient_runs_over_the_listings_names(
    source: str, inputs: dict[str, object]
) -> None:
    trace = traced(source, inputs)
    script = rederive.environment(trace)
    names = rederive.gradient_names(trace)
    for node in trace.nodes:
        if node.upstream is not None:
            script[names[node.node.index]] = node.upstream[()]
    for node in trace.nodes:
        for wire in node.wires:
            if wire.downstream is None:
                continue
            found = rederive.local_number(wire.local.code, script)
            if wire.local.structure.value == "scalar":
                np.testing.assert_allclose(found, wire.local.value, rtol=1e-12, atol=1e-14)
            elif wire.local.structure.value == "diagonal":
                full = np.broadcast_to(np.asarray(found, dtype=np.float64), wire.local.value.shape)
                np.testing.assert_allclose(full, wire.local.value, rtol=1e-12, atol=1e-14)


def test_lines_are_in_the_students_names_and_the_lectures_style() -> None:
    trace = traced(*PROGRAMS["network"])
    lines = [w.code for n in reversed(trace.nodes) for w in n.wires if w.code]
    assert "dW_2 = h_1.T @ dy_hat" in lines or "dW_2 = h_1.T.dot(dy_hat)" in lines
    assert any(line.startswith("dz_1 = ") for line in lines)
    assert any(line.startswith("dy_hat = ") for line in lines)


def test_names_of_the_listing_are_unique_and_a_rebound_name_is_numbered() -> None:
    for source, inputs in PROGRAMS.values():
        codes = [n.code for n in traced(source, inputs).nodes if n.code.isidentifier()]
        assert len(codes) == len(set(codes))
    trace = traced("y = x * 2\ny = y * 3\ny = y * 4", {"x": 1})
    assert [n.code for n in trace.nodes if n.node.name == "y"] == ["y_1", "y_2", "y"]


# ---------- labels, faces, modules ----------


def test_scalar_literals_are_folded_into_the_face_of_their_gate() -> None:
    faces = {n.node.name: n.face for n in traced("a = x * 2\nb = a + 1\nc = b**2", {"x": 1}).nodes}
    assert (faces["a"], faces["b"], faces["c"]) == ("×2", "+1", "x²")


def test_a_nameless_gate_is_labelled_by_its_own_text() -> None:
    trace = traced("f = (x + y) * z", {"x": 1, "y": 2, "z": 3})
    labels = [n.label for n in trace.nodes]
    assert "f" in labels
    assert any(label.strip("()") == "x + y" for label in labels)


@every_program
def test_every_node_has_words_for_people(source: str, inputs: dict[str, object]) -> None:
    for node in traced(source, inputs).nodes:
        assert node.label
        assert node.code
        assert node.latex
        assert bool(node.symbol) is (node.node.kind is Kind.GATE)


@every_program
def test_a_nodes_span_lies_in_the_text(source: str, inputs: dict[str, object]) -> None:
    lines = source.split("\n")
    for node in traced(source, inputs).nodes:
        span = node.node.span
        if span is None:
            continue
        assert 1 <= span.line <= span.end_line <= len(lines)
        assert 0 <= span.column < len(lines[span.line - 1])
        assert 0 < span.end_column <= len(lines[span.end_line - 1])


@pytest.mark.parametrize(
    ("source", "primitive", "text"),
    [
        ("f = (x + y) * z", "add", "x + y"),
        ("f = (x + y) * z", "mul", "(x + y) * z"),
        ("f = 2 * np.sum(x * y, axis=0)", "sum", "np.sum(x * y, axis=0)"),
        ("é = x\nf = é * x + np.exp(é)", "exp", "np.exp(é)"),
    ],
)
def test_a_gates_span_is_its_own_expression(source: str, primitive: str, text: str) -> None:
    trace = traced(source, {n: 1 if "axis" not in source else V for n in "xyz" if n in source})
    span = next(n.node.span for n in trace.nodes if n.node.primitive == primitive)
    assert source.split("\n")[span.line - 1][span.column : span.end_column] == text
