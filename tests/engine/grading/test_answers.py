"""Answers for a gradient: right ones in any form, and wrong ones with the mistake that they are."""

from __future__ import annotations

import numpy as np
import pytest

from engine import EngineError, build
from engine.grading.mutation import PRECEDENCE
from tests.counting import calls
from tests.engine.grading.programs import PROGRAMS, circuit
from tests.engine.grading.right_answers import right_answers
from tests.engine.grading.wrong_answers import wrong_answers

# ---------- the two corpora ----------


def test_no_right_answer_is_called_wrong(capsys: pytest.CaptureFixture[str]) -> None:
    answers = list(right_answers())
    alarms = [(p, w, a) for p, w, a in answers if not circuit(p).grade(w, a).correct]
    with capsys.disabled():
        print(f"\n{len(answers)} right answers, {len(alarms)} false alarms")
    assert len(answers) >= 300
    assert alarms == []


def test_wrong_answers_are_wrong_and_their_mistakes_are_named(
    capsys: pytest.CaptureFixture[str],
) -> None:
    rows = wrong_answers()
    grades = [(codes, circuit(p).grade(w, a), (p, w, a)) for p, w, codes, a in rows]
    assert [row for _, found, row in grades if found.correct] == []
    assert [row for _, found, row in grades if not found.hint] == []
    unnamed = [
        (*row, found.diagnoses) for codes, found, row in grades if found.diagnosis not in codes
    ]
    with capsys.disabled():
        print(
            f"\n{len(rows)} wrong answers, {len(rows) - len(unnamed)} named right; not: {unnamed}"
        )
    assert len(rows) >= 150
    assert len(unnamed) <= 0.02 * len(rows)


def test_the_corpus_has_every_code() -> None:
    named = {code for _, _, codes, _ in wrong_answers() for code in codes}
    assert named == set(PRECEDENCE)


def test_diagnoses_come_in_the_contracts_order_and_without_repeats() -> None:
    for program, wrt, _, answer in wrong_answers()[:60]:
        found = circuit(program).grade(wrt, answer).diagnoses
        assert list(found) == sorted(set(found), key=PRECEDENCE.index)


# ---------- what counts as right ----------

XYZ = ("(x + y) * z", {"x": -2, "y": 5, "z": -4})
NEURON = ("1/(1+np.exp(-(w0*x0+w1*x1+w2)))", {"w0": 2, "x0": -1, "w1": -3, "x1": -2, "w2": -3})


@pytest.mark.parametrize(
    ("wrt", "answer", "correct"),
    [
        ("w0", -0.2, True),  # -0.1966 to one decimal
        ("w0", "-0.20", True),
        ("w0", -0.21, False),
        ("w0", "-0.200", False),
        ("w0", 0, False),
        ("w0", 0.0, False),  # a zero is not the rounding of everything small
        ("x0", 0.39, True),  # as the notes print it
        ("x0", 0.4, True),
        ("x1", -0.59, True),
        ("w2", 0.1966119332, True),
        ("w2", 0.1966119, True),
        ("w2", 0.196611, False),
    ],
)
def test_a_number_counts_to_the_digits_that_were_typed(wrt: str, answer: object, correct: bool):
    assert build(*NEURON).grade(wrt, answer).correct is correct


def test_a_list_counts_to_the_most_digits_typed_in_it() -> None:
    # dW = [[0.088, 0.176], [0.104, 0.208]] and dx = [-0.112, 0.636]
    norm = circuit("norm")
    assert norm.grade("x", [-0.11, 0.64]).correct
    assert not norm.grade("x", [-0.1, 0.62]).correct
    assert norm.grade("W", [[0.088, 0.176], [0.104, 0.208]]).correct


def test_digits_widen_to_half_a_unit_of_the_decimal() -> None:
    neuron = build(*NEURON)
    assert neuron.grade("w0", "-0.1969", digits=3).correct
    assert not neuron.grade("w0", "-0.1973", digits=3).correct


@pytest.mark.parametrize(
    ("source", "inputs", "answer", "correct"),
    [
        ("np.sum(np.maximum(z, 0) * g)", {"z": [0.0, 1.0], "g": [3.0, 2.0]}, [0.0, 2.0], True),
        ("np.sum(np.maximum(z, 0) * g)", {"z": [0.0, 1.0], "g": [3.0, 2.0]}, [3.0, 2.0], True),
        ("np.sum(np.maximum(z, 0) * g)", {"z": [0.0, 1.0], "g": [3.0, 2.0]}, [1.5, 2.0], True),
        ("np.sum(np.maximum(z, 0) * g)", {"z": [0.0, 0.0], "g": [3.0, 2.0]}, [0.3, 1.9], True),
        ("np.sum(np.maximum(z, 0) * g)", {"z": [0.0, 1.0], "g": [3.0, 2.0]}, [3.5, 2.0], False),
        ("np.sum(np.maximum(z, 0) * g)", {"z": [0.0, 1.0], "g": [3.0, 2.0]}, [0.0, 1.0], False),
        ("np.sum(np.abs(z))", {"z": [0.0, -1.0]}, [-0.7, -1.0], True),
        ("np.sum(np.abs(z))", {"z": [0.0, -1.0]}, [-1.7, -1.0], False),
        ("np.max(z)", {"z": [4.0, 1.0, 4.0]}, [1.0, 0.0, 0.0], True),
        ("np.max(z)", {"z": [4.0, 1.0, 4.0]}, [0.25, 0.0, 0.75], True),
        (
            "np.max(z)",
            {"z": [4.0, 1.0, 4.0]},
            [1.0, 0.0, 1.0],
            False,
        ),  # CS231n's 1(x >= y) for both
        ("relu(relu(z) - z) * 2", {"z": 0.0}, -0.4, True),
    ],
)
def test_any_slope_of_the_subdifferential_is_right(
    source: str, inputs: dict[str, object], answer: object, correct: bool
) -> None:
    assert build(source, inputs).grade("z", answer).correct is correct


def test_a_formula_is_right_at_the_inputs_alone_and_says_when_it_is_no_more() -> None:
    found = build("np.sum(x * x)", {"x": [2.0, 2.0]}).grade("x", "x + 2")  # 2x at x = 2
    assert (found.correct, found.general) == (True, False)
    assert "at others" in found.hint
    assert build("np.sum(x * x)", {"x": [2.0, 2.0]}).grade("x", "x + x").general


def test_other_inputs_tell_mistakes_apart() -> None:
    square = build("np.sum(x**2)", {"x": [1.0, 1.0]})  # at 1, x**2 and 1 and x are one value
    assert square.grade("x", "x").diagnosis == "missing-power-factor"


# ---------- the three lights ----------


@pytest.mark.parametrize(
    ("answer", "lights"),
    [
        ("X.T.dot(dz1)", (True, True, True)),
        ("X.T.dot(dh1)", (True, True, False)),
        ("dz1.T.dot(X)", (True, False, False)),
        ("X.dot(dz1)", (False, False, False)),
    ],
)
def test_three_lights(answer: str, lights: tuple[bool, bool, bool]) -> None:
    found = circuit("deck").grade("W_1", answer)
    assert (found.multiplies, found.shape_ok, found.value_ok) == lights


def test_a_product_that_does_not_fit_still_has_its_name() -> None:
    found = circuit("deck").grade("W_1", "X.dot(dz1)")
    assert (found.verdict, found.diagnosis) == ("wrong-shape", "missing-transpose")
    assert "(3, 4)" in found.detail
    assert "4×5 of 3×5 and 3×4" in found.hint  # the sizes of the program, not of its twin


def test_a_right_answer_turned_round_has_the_wrong_shape() -> None:
    found = build("np.sum(x * t)", {"x": [[1.0], [2.0]], "t": [[3.0], [4.0]]}).grade(
        "x", [3.0, 4.0]
    )
    assert (found.verdict, found.diagnoses) == ("wrong-shape", ("wrong-shape",))
    assert "(2,)" in found.hint
    assert "(2, 1)" in found.hint


# ---------- what a formula may say ----------


@pytest.mark.parametrize(
    "name", ["dz1", "dz_1", "d_z_1", "grad_z_1", "grad_z1", "z1_grad", "dLdz1"]
)
def test_gradients_have_many_spellings(name: str) -> None:
    assert circuit("deck").grade("W_1", f"X.T.dot({name})").correct


def test_a_formula_may_use_the_programs_functions_and_sizes() -> None:
    source = "def f(a):\n    return a * a\nN = x.shape[0]\nL = np.sum(f(x)) / N"
    program = build(source, {"x": [1.0, 2.0, 4.0]})
    assert program.grade("x", "2 * x / N").correct
    assert program.grade("x", "2 * f(x) / x / N").correct


def test_a_formula_may_be_several_lines_or_an_assignment() -> None:
    deck = circuit("deck")
    assert deck.grade("W_1", "dW1 = X.T.dot(dz1)").correct
    assert deck.grade("W_1", "t = dh1.copy()\nt[z_1 < 0] = 0\nX.T.dot(t)").correct


@pytest.mark.parametrize(
    ("answer", "code", "words"),
    [
        ("X.T.dot(dzz)", "undefined-name", "'dzz'"),
        ("X.T.dot(z1)", "undefined-name", "z_1"),
        ("dW_1", "undefined-name", "asked for"),
        ("X.T.dot(", None, "never closed"),
        ("__import__('os').system('x')", None, "not in the language"),
        ("X.__class__", None, ""),
        ("while True: pass", None, "not in the language"),
        ("", None, "empty"),
        ("X.T.dot(dz1) if X > 0 else 0", None, ""),
        ([[1], [1, 2]], None, "different lengths"),
        (float("nan"), None, "finite"),
    ],
)
def test_an_answer_that_cannot_be_read_says_why(answer: object, code: str | None, words: str):
    found = circuit("deck").grade("W_1", answer)
    assert (found.correct, found.verdict, found.diagnosis) == (False, "error", code)
    assert words in found.hint
    assert found.hint


@pytest.mark.parametrize("answer", [None, True, {"shape": [2]}, object()])
def test_what_is_no_answer_is_refused(answer: object) -> None:
    with pytest.raises(EngineError, match="neither"):
        build(*XYZ).grade("x", answer)


def test_what_is_asked_for_must_be_there() -> None:
    with pytest.raises(EngineError, match="'q'"):
        build(*XYZ).grade("q", 1)
    with pytest.raises(EngineError, match="one number"):
        build("x * 2", {"x": [1.0, 2.0]}).grade("x", [2, 2])
    assert build("x * 2", {"x": [1.0, 2.0]}).grade("x", [2, 6], upstream=[1, 3]).correct


def test_a_node_may_be_asked_for_by_its_id() -> None:
    assert build(*XYZ).grade("n3", "z").correct


def test_an_input_that_the_output_does_not_depend_on_has_gradient_zero() -> None:
    program = build("a = x * y\nL = x * x", {"x": 2.0, "y": 3.0})
    assert program.grade("y", 0).correct
    assert not program.grade("y", 1).correct


# ---------- mistakes that carry on ----------


def test_a_mistake_far_above_is_found_in_the_gradient_below() -> None:
    layers = "\n".join(
        ["h0 = x", *(f"h{k + 1} = np.tanh(h{k} @ W{k})" for k in range(5)), "L = np.sum(h5 * T)"]
    )
    rng = np.random.default_rng(0)
    inputs = {f"W{k}": rng.normal(size=(3, 3)) for k in range(5)}
    inputs |= {"x": rng.normal(size=(2, 3)), "T": rng.normal(size=(2, 3))}
    program = build(layers, inputs)
    d5 = "(T * (1 - h5**2))"
    d4 = f"({d5} @ W4.T * (1 - h4**2))"
    wrong = f"({d4} @ W3.T)"  # tanh's slope at h3 left out
    d2 = f"({wrong} @ W2.T * (1 - h2**2))"
    assert program.grade("W1", f"h1.T @ {d2}").diagnosis == "upstream-not-multiplied"
    right = f"({d4} @ W3.T * (1 - h3**2))"
    assert program.grade("W1", f"h1.T @ ({right} @ W2.T * (1 - h2**2))").correct


@pytest.mark.parametrize(
    ("wrt", "answer", "codes"),
    [
        ("W_1", "X.T @ (y_hat @ W_2.T)", ("relu-mask-missing", "missing-constant")),
        ("W_2", "-h_1 @ dy_hat", ("missing-transpose", "sign-error")),
        ("h_1", "y_hat @ W_2", ("missing-transpose", "missing-constant")),
    ],
)
def test_two_mistakes_are_both_named(wrt: str, answer: str, codes: tuple[str, ...]) -> None:
    found = circuit("deck").grade(wrt, answer)
    assert set(codes) <= set(found.diagnoses)
    assert "Besides" in found.hint


def test_numbers_alone_are_diagnosed_too() -> None:
    deck = circuit("deck")
    value = circuit("deck").grade("W_1", "X.T.dot(dh1)")
    assert value.diagnosis == "relu-mask-missing"
    trace = deck.trace()
    at = {n.node.name: n for n in trace.nodes if n.node.name}
    X, dh = at["X"].value, at["h_1"].upstream
    assert deck.grade("W_1", (X.T @ dh).tolist()).diagnosis == "relu-mask-missing"


# ---------- the same every time, and soon ----------


def test_the_same_answer_gets_the_same_grade() -> None:
    source, inputs = PROGRAMS["batchnorm"]
    first, second = (build(source, inputs).grade("x", "T / sd") for _ in range(2))
    assert first == second


def test_a_grade_of_the_decks_network_takes_some_ten_thousand_calls() -> None:
    deck = circuit("deck")
    assert calls(lambda: deck.grade("W_1", "X.T.dot(dh1 * (dh1 > 0))")) < 40_000


@pytest.mark.parametrize(
    ("turn", "wrt", "answer"),
    [
        ("np.tanh(h @ W + h)", "W", [[1.0, 2.0], [3.0, 4.0]]),
        ("np.sin(h) * h + h", "h0", [1.0, 2.0]),  # one long function of one value
        ("sigmoid(h) * h + softmax(h)", "h0", [1.0, 2.0]),
    ],
)
def test_a_large_circuit_is_graded_within_bounds(turn: str, wrt: str, answer: object) -> None:
    source = f"h = h0\nfor t in range(300):\n    h = {turn}\nL = np.sum(h)"
    program = build(source, {"h0": [0.1, 0.2], "W": [[0.1, 0.2], [0.3, -0.1]]})
    correct: list[bool] = []
    work = calls(lambda: correct.append(program.grade(wrt, answer).correct))
    assert correct == [False]
    assert work < 5_000_000  # as much for 600 turns as for 300
