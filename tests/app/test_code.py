"""POST /api/code: a script and what its lines are about."""

from __future__ import annotations

import json
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.main import create_app
from app.settings import Settings
from app.wire.code import CodeAnswer

LECTURE = {
    "source": "z_1 = np.dot(X, W_1)\nh_1 = np.maximum(z_1, 0)\ny_hat = np.dot(h_1, W_2)\nL = np.sum(y_hat**2)"
}
XYZ = {"source": "(x + y) * z", "inputs": {"x": -2, "y": 5, "z": -4}}
BODIES = [
    {**LECTURE, "target": "numpy"},
    {**LECTURE, "target": "torch"},
    {**LECTURE, "target": "jax", "wrt": ["W_1", "h_1"]},
    {"source": "y = x * x", "inputs": {"x": [1, 2]}, "upstream": [1, 10], "target": "jax"},
    {"source": "L = np.sum(x)", "inputs": {"x": [1], "y": 2}, "wrt": ["x", "y"]},
]


def post(client: TestClient, body: object) -> Any:
    answer = client.post("/api/code", json=body)
    assert answer.status_code == 200, answer.text
    CodeAnswer.model_validate_json(answer.content)
    return json.loads(answer.content)


@pytest.mark.parametrize("body", BODIES, ids=lambda body: str(body.get("target")))
def test_the_bytes_of_an_answer_fit_the_model_that_describes_them(client: TestClient, body: object):
    answer = post(client, body)
    lines = answer["code"].splitlines()
    numbers = [line["line"] for line in answer["lines"]]
    assert numbers == sorted(set(numbers))
    assert [
        n for n in numbers if not lines[n - 1].strip() or lines[n - 1].startswith("import")
    ] == []


def test_the_contracts_line_is_there(client: TestClient):
    answer = post(client, LECTURE)
    assert "dW_2 = h_1.T.dot(dy_hat)" in answer["code"].splitlines()
    assert answer["gradients"] == {"X": "dX", "W_1": "dW_1", "W_2": "dW_2"}


def test_a_line_lights_up_its_node(client: TestClient):
    answer = post(client, XYZ)
    lines = answer["code"].splitlines()
    found = {lines[entry["line"] - 1]: (entry["node"], entry["phase"]) for entry in answer["lines"]}
    assert found["f = t1 * z"] == ("n4", "forward")
    assert found["dz = t1"] == ("n4", "backward")
    assert found["dx = dt1"] == ("n3", "backward")
    assert found["x = -2.0"] == ("n0", "forward")


def test_the_targets_differ_and_numpy_is_the_default(client: TestClient):
    codes = [
        post(client, {**XYZ, "target": target})["code"] for target in ("numpy", "torch", "jax")
    ]
    assert len(set(codes)) == 3
    assert post(client, XYZ)["code"] == codes[0]


def test_an_unknown_target_is_refused(client: TestClient):
    answer = client.post("/api/code", json={**XYZ, "target": "tensorflow"})
    assert answer.status_code == 422
    assert answer.json()["code"] == "bad-request"


def test_what_a_framework_has_no_words_for_is_named(client: TestClient):
    body = {"source": "L = np.sum(x[::-2])", "inputs": {"x": [1, 2, 3]}, "target": "torch"}
    answer = client.post("/api/code", json=body)
    assert answer.status_code == 422
    assert answer.json()["code"] == "not-spelled"
    assert answer.json()["span"]["column"] == 11


def test_a_script_needs_one_number_or_an_upstream(client: TestClient):
    answer = client.post("/api/code", json={"source": "x * 2", "inputs": {"x": [1, 2]}})
    assert answer.json()["code"] == "not-scalar"


def test_a_script_that_is_too_long_is_refused():
    body = {"source": "L = np.sum(x)", "inputs": {"x": {"shape": [200, 100], "fill": "normal"}}}
    with TestClient(create_app(Settings(answer_bytes=100_000))) as client:
        answer = client.post("/api/code", json=body)
    assert answer.json()["code"] == "too-large"
    assert answer.json()["limit"] == "answer_bytes"
