"""POST /api/grade: an answer judged."""

from __future__ import annotations

import json
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.main import create_app
from app.settings import Settings
from app.wire.grading import BackwardAnswer, GradeAnswer

DECK = {
    "source": "z_1 = np.dot(X, W_1)\nh_1 = np.maximum(z_1, 0)\ny_hat = np.dot(h_1, W_2)\nL = np.sum(y_hat**2)"
}
XYZ = {"source": "(x + y) * z", "inputs": {"x": -2, "y": 5, "z": -4}}
FIELDS = {
    *("correct", "verdict", "diagnosis", "diagnoses", "hint", "general"),
    *("multiplies", "shape_ok", "value_ok", "detail"),
}


def post(client: TestClient, body: object) -> Any:
    answer = client.post("/api/grade", json=body)
    assert answer.status_code == 200, answer.text
    GradeAnswer.model_validate_json(answer.content)
    return json.loads(answer.content)


@pytest.mark.parametrize(
    ("body", "verdict", "diagnosis"),
    [
        ({**DECK, "wrt": "W_1", "answer": "X.T.dot(dz1)"}, "correct", None),
        ({**DECK, "wrt": "W_1", "answer": "X.T.dot(dh1)"}, "wrong-value", "relu-mask-missing"),
        ({**DECK, "wrt": "W_1", "answer": "X.dot(dz1)"}, "wrong-shape", "missing-transpose"),
        ({**DECK, "wrt": "W_1", "answer": "X.dot(dz9)"}, "error", "undefined-name"),
        ({**DECK, "wrt": "W_1", "answer": "X.dot("}, "error", None),
        ({**XYZ, "wrt": "x", "answer": -4}, "correct", None),
        ({**XYZ, "wrt": "x", "answer": 3}, "wrong-value", "mul-not-swapped"),
        ({**XYZ, "wrt": "n3", "answer": "z"}, "correct", None),
        ({**XYZ, "wrt": "x", "answer": -4.04, "digits": 1}, "correct", None),
        ({"source": "x * 2", "inputs": {"x": [1, 2]}, "wrt": "x", "answer": [2, 6], "upstream": [1, 3]}, "correct", None),
    ],
)  # fmt: skip
def test_an_answer_is_judged(client: TestClient, body: object, verdict: str, diagnosis: str | None):
    found = post(client, body)
    assert set(found) == FIELDS
    assert (found["verdict"], found["diagnosis"]) == (verdict, diagnosis)
    assert found["correct"] is (verdict == "correct")
    assert found["correct"] or found["hint"]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({**XYZ, "wrt": "q", "answer": 1}, "undefined-name"),
        ({**XYZ, "wrt": "x", "answer": None}, "bad-input"),
        ({**XYZ, "wrt": "x", "answer": {"shape": [2]}}, "bad-input"),
        ({**XYZ, "wrt": "x"}, "bad-request"),
        ({**XYZ, "answer": 1}, "bad-request"),
        ({**XYZ, "wrt": ["x"], "answer": 1}, "bad-request"),
        ({**XYZ, "wrt": "x", "answer": 1, "digits": 13}, "bad-request"),
        ({"source": "x * 2", "inputs": {"x": [1, 2]}, "wrt": "x", "answer": 2}, "not-scalar"),
        ({"source": "p[i]", "inputs": {"p": [1, 2], "i": 0}, "wrt": "i", "answer": 2}, "bad-input"),
    ],
)
def test_what_cannot_be_judged_is_refused(client: TestClient, body: object, code: str):
    answer = client.post("/api/grade", json=body)
    assert (answer.status_code, answer.json()["code"]) == (422, code)


def test_the_same_question_gets_the_same_bytes() -> None:
    body = {**DECK, "wrt": "W_1", "answer": "X.T.dot(dh1)"}
    answers = []
    for _ in range(2):
        with TestClient(create_app(Settings())) as client:
            answers.append(client.post("/api/grade", json=body).content)
    assert answers[0] == answers[1]


def test_an_answer_that_is_too_long_or_too_deep_is_said_to_be(client: TestClient) -> None:
    for answer in ("(" * 200 + "x" + ")" * 200, "+".join(["x"] * 20_000)):
        found = post(client, {**XYZ, "wrt": "x", "answer": answer})
        assert found["verdict"] == "error"
        assert "limit" in found["hint"]


def test_backward_code_is_judged_line_by_line(client: TestClient) -> None:
    code = "dy_hat = 2 * y_hat\ndW_2 = h_1.T @ dy_hat\ndh_1 = dy_hat @ W_2\ndz_1 = dh_1 * (z_1 > 0)"
    answer = client.post("/api/grade/backward", json={**DECK, "backward": code})
    assert answer.status_code == 200, answer.text
    BackwardAnswer.model_validate_json(answer.content)
    found = answer.json()
    assert (found["correct"], found["missing"]) == (False, ["W_1"])
    assert [(n["line"], n["name"], n["correct"]) for n in found["lines"]] == [
        (1, "dy_hat", True),
        (2, "dW_2", True),
        (3, "dh_1", False),
        (4, "dz_1", True),
    ]
    assert found["lines"][2]["diagnosis"] == "missing-transpose"
    assert found["lines"][2]["node"] == "n5"


def test_the_tail_of_a_program_is_judged_by_itself(client: TestClient) -> None:
    source = f"{DECK['source']}\ndy_hat = 2 * y_hat\ndz1 = dy_hat @ W_2.T\ndz1[z1 < 0] = 0"
    found = client.post("/api/grade/backward", json={"source": source}).json()
    slip = found["lines"][-1]
    assert (slip["line"], slip["verdict"], slip["fix"][0]["text"]) == (7, "error", "z_1")
    assert slip["fix"][0]["span"] == {"line": 7, "column": 4, "end_line": 7, "end_column": 6}


def test_without_backward_code_there_is_nothing_to_judge(client: TestClient) -> None:
    answer = client.post("/api/grade/backward", json=XYZ)
    assert (answer.status_code, answer.json()["code"]) == (422, "bad-input")
