"""Hand-written backward code: every right line green, and of one mistake one line flagged, with its name."""

from __future__ import annotations

import numpy as np
import pytest

from engine import EngineError, build
from engine.grading import JudgedLine
from engine.graph import Role
from tests.deck import DECK
from tests.engine import plain_numpy
from tests.engine.grading.backward_programs import RIGHT, Mutant, mutants
from tests.engine.grading.programs import PROGRAMS, circuit


def judged(source: str, backward: str | None = None) -> list[JudgedLine]:
    return build(source).grade_backward(backward)


def wrong(lines: list[JudgedLine]) -> list[tuple[int, str, str, str | None]]:
    return [(n.line, n.name, n.verdict, n.diagnosis) for n in lines if not n.correct]


# ---------- the deck ----------


def test_the_slide_mended_is_all_green() -> None:
    lines = judged(DECK.replace("z1 < 0", "z_1 < 0"))
    assert [(n.line, n.name, n.correct, n.verdict) for n in lines] == [
        (10, "dy_hat", True, "correct"),
        (12, "dW2", True, "correct"),
        (14, "dh1", True, "correct"),
        (16, "dz1", True, "correct"),
        (17, "dz1", True, "correct"),
        (19, "dW1", True, "correct"),
    ]
    assert not any(n.follows or n.hint for n in lines)


def test_the_slide_as_it_is_says_z_1() -> None:
    lines = judged(DECK)
    assert wrong(lines) == [(17, "dz1", "error", "undefined-name")]
    slip = next(n for n in lines if not n.correct)
    assert slip.hint == "'z1' is not defined, but 'z_1' is. Write z_1."
    assert slip.fix[0].text == "z_1"
    assert (slip.fix[0].span.line, slip.fix[0].span.column) == (17, 4)


# ---------- right code and its mutants ----------


@pytest.mark.parametrize("program", RIGHT)
def test_right_code_is_all_green(program: str) -> None:
    lines = circuit(program).grade_backward(RIGHT[program])
    assert wrong(lines) == []
    assert not any(n.follows for n in lines)
    assert lines


def same_gradients(mutant: Mutant) -> bool:
    """Returns whether NumPy itself finds the right gradients with the mutant."""
    source, _ = PROGRAMS[mutant.program]
    given = circuit(mutant.program).graph.inputs
    values = {
        n: i.value.astype(int) if i.role is Role.LABEL else np.asarray(i.value)
        for n, i in given.items()
    }
    right = plain_numpy.run(f"{source}\n{RIGHT[mutant.program]}", values)
    try:
        found = plain_numpy.run(f"{source}\n{mutant.code}", values)
    except (NameError, TypeError, ValueError):
        return False
    made = [n for n in right if n.startswith("d") and n not in plain_numpy.WORDS]
    pairs = [(np.asarray(found[n], float), np.asarray(right[n], float)) for n in made]
    return all(a.shape == b.shape and np.allclose(a, b) for a, b in pairs)


def test_a_mutant_is_flagged_on_its_line_and_named(capsys: pytest.CaptureFixture[str]) -> None:
    tried = [m for m in mutants() if not same_gradients(m)]
    found = [(m, wrong(circuit(m.program).grade_backward(m.code))) for m in tried]
    elsewhere = [(m.program, m.line, w) for m, w in found if [n[0] for n in w] != [m.line]]
    unnamed = [
        (m.program, m.code.split("\n")[m.line - 1]) for m, w in found if not all(n[3] for n in w)
    ]
    with capsys.disabled():
        print(
            f"\n{len(tried)} mutants, {len(tried) - len(elsewhere)} flagged on their line, "
            f"{len(tried) - len(unnamed)} named; not: {elsewhere} {unnamed}"
        )
    assert len(tried) >= 200
    assert len(elsewhere) <= 0.02 * len(tried)
    assert len(unnamed) <= 0.06 * len(tried)


def test_a_mutant_that_changes_nothing_is_green() -> None:
    for mutant in mutants():
        if same_gradients(mutant):
            assert wrong(circuit(mutant.program).grade_backward(mutant.code)) == []


@pytest.mark.parametrize("program", PROGRAMS)
def test_the_script_that_the_engine_writes_is_all_green(program: str) -> None:
    script = build(circuit(program).script().code)
    assert wrong(script.grade_backward()) == []


# ---------- where the blame goes ----------


def test_a_line_that_follows_rightly_from_a_wrong_one_says_so() -> None:
    lines = judged(
        "z = X @ W\nh = np.maximum(z, 0)\ny = h @ v\nL = np.sum(y**2)",
        "dy = y\ndh = np.outer(dy, v)\ndz = dh * (z > 0)\ndW = X.T @ dz",
    )
    assert wrong(lines) == [(1, "dy", "wrong-value", "missing-power-factor")]
    assert lines[3].follows == ("dy", "dh", "dz") or "dy" in lines[3].follows
    assert "right" in lines[3].hint


def test_a_line_that_uses_a_gradient_too_soon_is_wrong() -> None:
    lines = judged(
        "z = X @ W\nh = np.maximum(z, 0)\nL = np.sum(h * T)",
        "dh = T\ndz = dh.copy()\ndW = X.T @ dz\ndz[z < 0] = 0",
    )
    assert [(n[0], n[1]) for n in wrong(lines)] == [(3, "dW")]
    assert "line 4" in next(n for n in lines if n.line == 3).hint


def test_a_name_that_comes_later_is_not_defined_yet() -> None:
    lines = judged("y = x * w\nL = np.sin(y)", "dx = dy * w\ndy = np.cos(y)")
    assert wrong(lines) == [(1, "dx", "error", "undefined-name")]
    assert "not defined yet: it is made on line 2" in lines[0].hint


def test_an_accumulation_that_overwrites_is_wrong_on_that_line() -> None:
    source = "p = x * y\nq = np.sin(x)\nr = x**2\nL = p + q * r"
    right = "dp = 1.0\ndq = r\ndr = q\ndx = dp * y\ndx += dq * np.cos(x)\ndx += dr * 2 * x"
    assert wrong(judged(source, right)) == []
    assert wrong(judged(source, right.replace("dx += dq", "dx = dq")))[0][0] == 5
    assert wrong(judged(source, right.replace("dx += dr", "dx = dr")))[0][0] == 6
    for k, line in enumerate(right.split("\n")):
        if line.startswith("dx"):
            broken = right.split("\n")
            broken[k] = line.replace("dx = ", "dx = -").replace("dx += ", "dx -= ")
            assert wrong(judged(source, "\n".join(broken))) == [
                (k + 1, "dx", "wrong-value", "sign-error")
            ]


def test_accumulating_from_zeros_is_right() -> None:
    source = "h = X @ W\nL = np.sum(h * T) + np.sum(W**2)"
    code = "dh = T\ndW = np.zeros_like(W)\ndW += X.T @ dh\ndW += 2 * W"
    assert wrong(judged(source, code)) == []


def test_softmax_as_in_homework_is_right() -> None:
    code = RIGHT["crossentropy"].replace("ds /= 4", "ds /= X.shape[0]")
    assert wrong(circuit("crossentropy").grade_backward(code)) == []


def test_a_loop_is_judged_by_what_it_leaves() -> None:
    source = "h = h0\nfor t in range(3):\n    h = np.tanh(h @ W + X[t])\nL = np.sum(h)"
    code = """H = [h0]
for t in range(3):
    H.append(np.tanh(H[t] @ W + X[t]))
d = np.ones_like(h)
dW = np.zeros_like(W)
for t in range(3):
    a = d * (1 - H[3 - t]**2)
    dW += np.outer(H[2 - t], a)
    d = a @ W.T
dh0 = d"""
    inputs = {
        "h0": [0.1, -0.2],
        "W": [[0.3, 0.5], [-0.4, 0.2]],
        "X": [[1.0, 0.2], [0.3, -0.5], [0.7, 0.1]],
    }
    program = build(source, inputs)
    assert wrong(program.grade_backward(code)) == []
    assert wrong(program.grade_backward(code.replace("dW +=", "dW =")))[0][:2] == (8, "dW")


def test_add_at_adds_as_in_numpy() -> None:
    source = "E = W[i]\nL = np.sum(E * T)"
    inputs = {"W": {"shape": [3, 2], "seed": 1}, "i": [0, 2, 2], "T": {"shape": [3, 2], "seed": 2}}
    code = "dE = T\ndW = np.zeros_like(W)\nnp.add.at(dW, i, dE)"
    program = build(source, inputs)
    assert wrong(program.grade_backward(code)) == []
    overwritten = code.replace("np.add.at(dW, i, dE)", "dW[i] = dE")  # the second use of row 2 wins
    assert wrong(program.grade_backward(overwritten))[0][:2] == (3, "dW")
    assert wrong(build(f"{source}\n{code}", inputs).grade_backward()) == []


def test_the_blame_goes_to_a_helper_that_spoils_every_line_that_reads_it() -> None:
    lines = circuit("rnn").grade_backward(
        RIGHT["rnn"].replace("a2 = dh2 * (1 - h2**2)", "a2 = dh2")
    )
    assert wrong(lines) == [(6, "a2", "wrong-value", "upstream-not-multiplied")]
    assert next(n for n in lines if n.line == 6).node is None


def test_any_valid_slope_at_a_kink_is_right_and_so_is_what_follows() -> None:
    program = build(
        "z = X @ W\nh = np.maximum(z, 0)\nL = np.sum(h * T)",
        {"X": [[1.0, -1.0]], "W": [[1.0, 2.0], [1.0, 0.5]], "T": [[3.0, -1.0]]},
    )  # z = [0, 1.5]: one entry on the corner
    for test in ("z < 0", "z <= 0"):
        code = f"dh = T\ndz = dh.copy()\ndz[{test}] = 0\ndW = X.T @ dz"
        assert wrong(program.grade_backward(code)) == []


def test_updates_and_prints_after_the_gradients_are_passed_over() -> None:
    code = "dW = 2 * X.T @ (X @ W)\nprint(dW)\nW -= 0.1 * dW"
    assert wrong(judged("z = X @ W\nL = np.sum(z**2)", code)) == []


# ---------- what cannot be judged ----------


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (None, "no backward code"),
        ("dx = (", "never closed"),
        ("while True: pass", "not in the language"),
    ],
)
def test_code_that_cannot_be_read_is_refused(code: str | None, words: str) -> None:
    with pytest.raises(EngineError, match=words):
        build("x * x", {"x": 2.0}).grade_backward(code)


def test_a_line_that_fails_stops_nothing() -> None:
    lines = circuit("deck").grade_backward(
        "dy_hat = 2 * y_hat\ndW2 = h_1.dot(dy_hat)\ndh1 = foo(dy_hat)\ndz1 = dh1 * (z_1 > 0)\nm = dz1.bar\ndW1 = X.T @ dz1"
    )
    assert [(n.line, n.verdict) for n in lines if not n.correct] == [
        (2, "wrong-shape"),
        (3, "error"),
        (5, "error"),
    ]
    assert lines[0].correct
    assert lines[-1].correct
    assert wrong(lines)[0][3] == "missing-transpose"
