"""Descents, surfaces and nudges over HTTP, as the contract has them: fields, bytes, refusals, time."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
import pytest
from starlette.testclient import TestClient

from app.main import create_app
from app.settings import Settings
from app.wire.descend import DescendAnswer, DescendRequest
from app.wire.nudge import NudgeAnswer, NudgeRequest
from app.wire.problem import ProblemModel
from app.wire.surface import SurfaceAnswer, SurfaceRequest
from app.workers import run_engine

MODELS = {
    "/api/descend": DescendAnswer,
    "/api/surface": SurfaceAnswer,
    "/api/nudge": NudgeAnswer,
}
BOWL: dict[str, Any] = {"source": "x**2 + 10 * y**2", "inputs": {"x": 3, "y": 2}}
NET: dict[str, Any] = {
    "source": "L = np.sum(np.dot(np.maximum(np.dot(X, W_1), 0), W_2)**2)",
    "inputs": {
        "X": {"shape": [100, 150]},
        "W_1": {"shape": [150, 120]},
        "W_2": {"shape": [120, 30]},
    },
}
ASKED: dict[str, dict[str, Any]] = {
    "/api/descend": {**BOWL, "method": "analytic", "steps": 3, "rate": 0.05, "seed": 0},
    "/api/surface": {**BOWL, "axes": [{"input": "x", "low": 0, "high": 6, "count": 7}]},
    "/api/nudge": {**BOWL, "to": {"x": 3.5}},
}


def post(client: TestClient, path: str, body: object) -> Any:
    """Returns an answer, held against the model that describes it."""
    answer = client.post(path, json=body)
    assert answer.status_code == 200, answer.text
    MODELS[path].model_validate_json(answer.content)
    return json.loads(answer.content, parse_constant=pytest.fail)


def refused(client: TestClient, path: str, body: object, status: int = 422) -> ProblemModel:
    """Returns a refusal."""
    answer = client.post(path, json=body)
    assert answer.status_code == status, answer.text
    return ProblemModel.model_validate_json(answer.content)


def test_a_descent_has_the_contract_s_fields(client: TestClient) -> None:
    answer = post(client, "/api/descend", ASKED["/api/descend"])
    # (3, 2), then x shrinks by 1 - 0.05·2 and y by 1 - 0.05·20.
    assert answer["losses"] == pytest.approx([49, 7.29, 5.9049, 4.782969])
    assert answer["evaluations"] == [0, 2, 4, 6]
    np.testing.assert_allclose(answer["path"], [[3, 2], [2.7, 0], [2.43, 0], [2.187, 0]])
    assert [entry["input"] for entry in answer["entries"]] == ["x", "y"]
    assert answer["end"]["x"] == {"shape": [], "data": pytest.approx(2.187)}
    assert (answer["ended"], answer["note"], answer["mean_cosine"]) == ("steps", "", None)


def test_the_four_approaches_are_compared_on_one_budget(client: TestClient) -> None:
    final = {}
    for method in ("random-search", "random-local-search", "numerical", "analytic"):
        rate = 0.3 if method.startswith("random") else 0.05
        body = {**BOWL, "method": method, "rate": rate, "seed": 1, "budget": 100, "steps": 1000}
        answer = post(client, "/api/descend", body)
        assert answer["evaluations"][-1] == 100
        final[method] = answer["losses"][-1]
    assert final["analytic"] < final["random-local-search"] < final["random-search"]


def test_the_angle_of_a_random_direction_comes_with_what_is_expected(client: TestClient) -> None:
    body = {
        "source": "np.sum(x**2)",
        "inputs": {"x": {"shape": [1000]}},
        "method": "random-local-search",
        "rate": 1e-6,
        "steps": 400,
    }
    answer = post(client, "/api/descend", body)
    assert answer["dimensions"] == 1000
    assert answer["expected_cosine"] == math.sqrt(2 / (math.pi * 1000))
    assert answer["mean_cosine"] == pytest.approx(0.025, abs=0.002)
    assert len(answer["cosines"]) == 400


def test_a_number_that_json_does_not_have_is_named(client: TestClient) -> None:
    body = {"source": "x**4", "inputs": {"x": 3}, "method": "analytic", "rate": 1, "steps": 100}
    answer = post(client, "/api/descend", body)
    assert (answer["losses"][-1], answer["ended"]) == ("Infinity", "non-finite")
    body = {
        "source": "np.log(x)",
        "inputs": {"x": 1},
        "axes": [{"input": "x", "low": -1, "high": 1}],
    }
    surface = post(client, "/api/surface", body)
    assert {"NaN", "-Infinity"} <= set(map(str, surface["values"]))
    assert surface["nonfinite"] == 13


def test_a_surface_has_the_contract_s_fields(client: TestClient) -> None:
    answer = post(client, "/api/surface", {**ASKED["/api/surface"], "rate": 0.1, "h": 0.5})
    # y = 2 adds 40.
    assert answer["values"] == [40, 41, 44, 49, 56, 65, 76]
    assert answer["axes"][0]["values"] == [0, 1, 2, 3, 4, 5, 6]
    assert (answer["axes"][0]["at"], answer["value"], answer["gradient"]) == (3, 49, [6])
    assert answer["tangent"] == [31, 67]
    assert answer["downhill"]["to"] == pytest.approx([2.4])
    assert answer["downhill"]["predicted"] == pytest.approx(45.4)
    assert [secant["slope"] for secant in answer["secants"]] == [6, 6.5]


def test_a_map_is_rows_of_the_first_axis(client: TestClient) -> None:
    axes = [
        {"input": "x", "low": 0, "high": 2, "count": 3},
        {"input": "y", "low": 0, "high": 1, "count": 2},
    ]
    answer = post(client, "/api/surface", {**BOWL, "axes": axes})
    assert answer["values"] == [[0, 10], [1, 11], [4, 14]]
    assert answer["gradient"] == [6, 40]
    assert answer["tangent"] is None


def test_a_nudge_says_promise_and_truth_gate_by_gate(client: TestClient) -> None:
    answer = post(client, "/api/nudge", {**BOWL, "to": {"x": 3.5}})
    assert (answer["change"], answer["predicted"], answer["rest"]) == (3.25, 3, 0.25)
    assert [stage["ratio"] for stage in answer["stages"]] == [6.5, 1]
    assert (answer["ratio"], answer["slope"], answer["signed"]) == (6.5, 6, True)
    assert answer["inputs"]["x"]["change"]["data"] == 0.5


def test_a_step_along_the_gradient_raises_the_output(client: TestClient) -> None:
    body = {"source": "(x + y) * z", "inputs": {"x": -2, "y": 5, "z": -4}, "step": 0.01}
    answer = post(client, "/api/nudge", body)
    assert answer["before"] == -12
    assert answer["predicted"] == pytest.approx(0.41)
    assert answer["after"] == pytest.approx(-11.5924)
    assert answer["inputs"]["z"]["to"]["data"] == pytest.approx(-3.97)


@pytest.mark.parametrize(
    ("path", "more", "code"),
    [
        ("/api/descend", {"method": "newton"}, "bad-request"),
        ("/api/descend", {"rate": 0}, "bad-request"),
        ("/api/descend", {"steps": 0}, "bad-request"),
        ("/api/descend", {"seed": -1}, "bad-request"),
        ("/api/descend", {"momentum": 0.9}, "bad-request"),
        ("/api/descend", {"steps": 20_000}, "too-large"),
        ("/api/descend", {"wrt": ["z"]}, "undefined-name"),
        ("/api/descend", {"source": "x * [1, 2]"}, "not-scalar"),
        ("/api/surface", {"axes": []}, "bad-request"),
        ("/api/surface", {"axes": [{"input": "x"}] * 3}, "bad-request"),
        ("/api/surface", {"axes": [{"input": "x"}] * 2}, "bad-input"),
        ("/api/surface", {"axes": [{"input": "z"}]}, "undefined-name"),
        ("/api/surface", {"axes": [{"input": "x", "index": [0]}]}, "bad-input"),
        ("/api/surface", {"axes": [{"input": "x", "count": 1}]}, "bad-request"),
        (
            "/api/surface",
            {"axes": [{"input": "x", "count": 200}, {"input": "y", "count": 200}]},
            "too-large",
        ),
        ("/api/nudge", {"step": 0.1}, "bad-input"),
        ("/api/nudge", {"to": {"q": 1}}, "undefined-name"),
        ("/api/nudge", {"to": {"x": "1"}}, "bad-input"),
    ],
)
def test_odd_requests_are_refused_by_name(
    client: TestClient, path: str, more: dict[str, Any], code: str
) -> None:
    assert refused(client, path, {**ASKED[path], **more}).code == code


@pytest.mark.parametrize("path", MODELS)
def test_they_take_posts_of_json_alone(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 405
    assert client.post(path, content=b"{}").status_code == 415


@pytest.mark.parametrize(
    ("request_of", "path"),
    [
        (DescendRequest, "/api/descend"),
        (SurfaceRequest, "/api/surface"),
        (NudgeRequest, "/api/nudge"),
    ],
)
def test_the_same_request_gives_the_same_bytes_in_any_process(
    client: TestClient, request_of: Any, path: str
) -> None:
    content = client.post(path, json=ASKED[path]).content
    assert run_engine(request_of(**ASKED[path]), Settings()) == content


@pytest.mark.parametrize("path", MODELS)
def test_a_large_network_is_answered_or_refused(client: TestClient, path: str) -> None:
    about: dict[str, Any] = {
        "/api/descend": {"method": "numerical", "steps": 1, "rate": 1e-6, "wrt": ["W_2"]},
        "/api/surface": {
            "axes": [
                {"input": "W_1", "index": [0, 0], "count": 100},
                {"input": "W_2", "index": [0, 0], "count": 100},
            ]
        },
        "/api/nudge": {"step": 1e-6},
    }[path]
    answer = client.post(path, json={**NET, **about})
    model = MODELS[path] if answer.status_code == 200 else ProblemModel
    model.model_validate_json(answer.content)


def test_a_long_descent_ends_at_the_deadline() -> None:
    with TestClient(create_app(Settings(seconds=0.2, evaluations=10_000_000))) as hurried:
        body = {**BOWL, "method": "random-search", "steps": 5_000_000}
        assert refused(hurried, "/api/descend", body).code == "timeout"
