"""Refusals: the right status, every field, and nothing of the inside."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.main import create_app
from app.problems import all_causes
from app.settings import Settings
from app.wire.problem import ProblemModel

JSON = {"content-type": "application/json"}


def problem(answer: Any, status: int) -> ProblemModel:
    """Returns a refusal, checked for what every one has."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    found = ProblemModel.model_validate_json(answer.content)
    assert found.status == status
    assert found.title
    assert found.detail
    assert found.type == f"/docs#{found.code}"
    assert found.code in {cause.code for cause in all_causes()}
    for inside in ("Traceback", ".py", "pydantic", "engine."):
        assert inside not in answer.text
    return found


@pytest.mark.parametrize(
    ("source", "code", "line"),
    [
        ("x +", "syntax", 1),
        ("__import__('os')", "not-allowed", 1),
        ("import os\nL = x", "not-allowed", 1),
        ("L = x.__class__", "not-allowed", 1),
        ("L = nope(x)", "undefined-name", 1),
        ("y = np.dot(A, B)", "shape-mismatch", 1),
        ("y = x * A", "not-scalar", 1),
    ],
)
def test_a_program_is_refused_with_its_place(client: TestClient, source: str, code: str, line: int):
    inputs = {"A": [[1, 2]], "B": [[1, 2]]}
    found = problem(client.post("/api/graph", json={"source": source, "inputs": inputs}), 422)
    assert found.code == code
    assert found.span is not None
    assert found.span.line == line


def test_a_near_name_is_suggested(client: TestClient):
    body = {"source": "L = np.sum(z1)\n", "inputs": {"z_1": [1.0]}}
    found = problem(client.post("/api/graph", json=body), 422)
    assert "z_1" in f"{found.hint}{found.detail}"


@pytest.mark.parametrize(
    ("body", "code", "named"),
    [
        (b"not json", "not-json", ""),
        (b"", "not-json", ""),
        (b"{", "not-json", ""),
        (b'{"source": "x", "inputs": {"x": NaN}}', "not-json", ""),
        (b'{"source": "\\ud800"}', "not-json", ""),
        (b"\xff\xfe", "not-json", ""),
    ],
)
def test_what_is_not_json_is_400(client: TestClient, body: bytes, code: str, named: str):
    found = problem(client.post("/api/graph", content=body, headers=JSON), 400)
    assert (found.code, named in found.detail) == (code, True)


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({"sauce": "x"}, "source"),
        ({"source": "x", "sauce": 1}, "sauce"),
        ({"source": 3}, "source"),
        ({"source": ["x"]}, "source"),
        ({"source": "x", "inputs": []}, "inputs"),
        ({"source": "x", "inputs": {"x": "three"}}, "x"),
        ({"source": "x", "inputs": {"x": [[1], [1, 2]]}}, "x"),
        ({"source": "x", "inputs": {"x": None}}, "x"),
        ({"source": "x", "wrt": "x"}, "wrt"),
        ({"source": "x", "wrt": [1]}, "wrt"),
        ({"source": "x", "output": 1}, "output"),
        ([], "body"),
        (3, "body"),
    ],
)
def test_json_of_the_wrong_shape_is_422_and_names_the_field(
    client: TestClient, body: object, named: str
):
    assert named in problem(client.post("/api/graph", json=body), 422).detail.lower()


def test_null_is_422(client: TestClient):
    problem(client.post("/api/graph", content=b"null", headers=JSON), 422)


def test_a_number_too_large_for_a_float_is_422(client: TestClient):
    for number in (b"1e400", b"-1e400", b"9" * 400):
        content = b'{"source": "x", "inputs": {"x": %s}}' % number
        problem(client.post("/api/graph", content=content, headers=JSON), 422)


@pytest.mark.parametrize(
    "media_type", ["text/plain", "application/x-www-form-urlencoded", "", "application/xml"]
)
def test_another_content_type_is_415(client: TestClient, media_type: str):
    headers = {"content-type": media_type} if media_type else {}
    assert (
        problem(client.post("/api/graph", content=b"{}", headers=headers), 415).code
        == "not-json-type"
    )


def test_a_content_type_may_name_its_charset(client: TestClient):
    headers = {"content-type": "Application/JSON; charset=utf-8"}
    assert client.post("/api/graph", content=b'{"source": "x"}', headers=headers).status_code == 200


def test_a_body_over_the_limit_is_413_with_and_without_its_length(client: TestClient):
    large = b'{"source": "x' + b" " * 70_000 + b'"}'
    stated = problem(client.post("/api/graph", content=large, headers=JSON), 413)
    chunks = (large[i : i + 1000] for i in range(0, len(large), 1000))
    chunked = problem(client.post("/api/graph", content=chunks, headers=JSON), 413)
    assert stated.limit == chunked.limit == "body_bytes"


def test_a_body_at_the_limit_is_read(client: TestClient):
    body = b'{"source": "x"}'
    assert client.post("/api/graph", content=body.ljust(65_536), headers=JSON).status_code == 200


def test_an_address_over_the_limit_is_414(client: TestClient):
    found = problem(client.get("/api/graph", params={"source": "x" * 20_000}), 414)
    assert found.limit == "url_bytes"


def test_an_unknown_address_is_404(client: TestClient):
    assert problem(client.get("/api/nope"), 404).code == "not-found"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PUT", "/api/graph"),
        ("DELETE", "/api/graph"),
        ("POST", "/api/examples"),
        ("POST", "/healthz"),
    ],
)
def test_another_method_is_405_and_says_which(client: TestClient, method: str, path: str):
    answer = client.request(method, path, json={})
    problem(answer, 405)
    assert "GET" in answer.headers["allow"]
    assert ("POST" in answer.headers["allow"]) == (path == "/api/graph")


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({}, 422),
        ({"source": "x", "inputs": "{"}, 400),
        ({"source": "x", "inputs": "[1]"}, 422),
        ({"source": "x", "inputs": '{"x": NaN}'}, 400),
        ({"source": "x", "sauce": "1"}, 422),
        ({"source": "x +"}, 422),
        ({"source": "x", "wrt": "x,,y"}, 422),
    ],
)
def test_a_query_is_refused_like_a_body(client: TestClient, query: dict[str, str], status: int):
    problem(client.get("/api/graph", params=query), status)


LIMITED = [
    ("source_characters", {"source": "x" + " " * 10_000}),
    ("source_lines", {"source": "x\n" * 501}),
    ("name_characters", {"source": "x" * 65}),
    ("literal_characters", {"source": "x * 1." + "0" * 40}),
    ("bracket_depth", {"source": "(" * 101 + "x" + ")" * 101}),
    ("inputs", {"source": "x", "inputs": {f"x{i}": 1 for i in range(65)}}),
    ("wrt", {"source": "x", "wrt": ["x"] * 65}),
    ("gates", {"source": "for i in range(2001):\n    x = x * 2\nx"}),
    ("dimensions", {"source": "np.sum(x)", "inputs": {"x": {"shape": [1] * 9, "fill": "ones"}}}),
    ("node_numbers", {"source": "np.sum(x)", "inputs": {"x": {"shape": [1001, 1000]}}}),
    (
        "total_numbers",
        {"source": "np.sum(((((x+1)+1)+1)+1)+1)", "inputs": {"x": {"shape": [1000, 1000]}}},
    ),
    ("flops", {"source": "np.sum(x @ x)", "inputs": {"x": {"shape": [400, 400]}}}),
]


@pytest.mark.parametrize(("limit", "body"), LIMITED, ids=[name for name, _ in LIMITED])
def test_each_limit_is_named_where_it_is_passed(client: TestClient, limit: str, body: object):
    assert problem(client.post("/api/graph", json=body), 422).limit == limit


def test_json_that_nests_too_deep_is_422(client: TestClient):
    for depth in (101, 500, 5_000):
        content = b'{"source": "x", "inputs": {"x": %s1%s}}' % (b"[" * depth, b"]" * depth)
        found = problem(client.post("/api/graph", content=content, headers=JSON), 422)
        assert found.limit == "bracket_depth"


def test_names_in_a_refusal_are_shortened_and_clean(client: TestClient):
    field = "\u202eevil\u0007" + "y" * 200
    found = problem(client.post("/api/graph", json={"source": "x", field: 1}), 422)
    assert len(found.detail) < 120
    assert "\u202e" not in found.detail
    assert "\u0007" not in found.detail


def test_an_unexpected_exception_is_500_with_an_incident_alone(caplog: pytest.LogCaptureFixture):
    app = create_app(Settings())

    async def fail() -> None:
        raise RuntimeError("a secret")

    app.add_api_route("/api/fail", fail)
    app.add_api_route("/fail", fail)
    with caplog.at_level(logging.ERROR, "chainrule"):
        client = TestClient(app)
        found = problem(client.get("/api/fail"), 500)
        page = client.get("/fail")
    incident = found.detail.split("incident ")[1].rstrip(".")
    assert "secret" not in found.detail
    assert f"incident {incident} at /api/fail" in caplog.text
    assert "a secret" in caplog.text
    assert page.status_code == 500
    assert "secret" not in page.text
    assert page.headers["content-type"].startswith("text/html")
    assert "content-security-policy" in page.headers
