"""What the JSON endpoints answer, as the contract has it."""

from __future__ import annotations

import json
from typing import Any

import networkx
import pytest
from starlette.testclient import TestClient

from app.settings import Settings
from app.wire.gallery import Examples
from app.wire.graph import GraphAnswer
from app.wire.primitives import Primitives
from app.wire.problem import ProblemModel
from app.wire.server import Health, LimitsAnswer
from engine import REGISTRY

XYZ = {"source": "(x + y) * z", "inputs": {"x": -2, "y": 5, "z": -4}}
QUERY = {"source": "(x + y) * z", "inputs": '{"x": -2, "y": 5, "z": -4}'}
VARIED = [
    XYZ,
    {"source": "y = x * x", "inputs": {"x": 3}},
    {"source": "L = np.sum((x + b)**2)", "inputs": {"x": [[1, 2], [3, 4]], "b": [0.5, -0.5]}},
    {"source": "L = np.sum(np.dot(np.maximum(np.dot(X, W_1), 0), W_2)**2)"},
    {"source": "p = np.exp(f) / np.sum(np.exp(f))\nL = -np.log(p[y])", "inputs": {"y": 1}},
    {"source": "L = 1 / x + np.sqrt(y)", "inputs": {"x": 0, "y": -1}},
    {
        "source": "L = np.mean(np.where(x > 0, x, 0).reshape(2, 3).T)",
        "inputs": {"x": [1, -2, 3, 4, 5, 6]},
    },
    {"source": "def f(a):\n    return a * a\nL = f(f(x))", "inputs": {"x": 2}, "wrt": ["x"]},
    {
        "source": "h = x * w\ng = np.tanh(h)",
        "inputs": {"x": 2, "w": 1},
        "output": "h",
        "wrt": ["w", "x"],
    },
    {"source": "y = x * x", "inputs": {"x": [1, 2]}, "upstream": [1, 10]},
    {"source": "L = np.sum(x**2)\ndx = 2 * xx"},
    {"source": "L = np.sum(x)", "inputs": {"x": {"shape": [200, 100], "fill": "normal"}}},
]


def post(client: TestClient, body: object) -> Any:
    answer = client.post("/api/graph", json=body)
    assert answer.status_code == 200, answer.text
    return json.loads(answer.content, parse_constant=pytest.fail)


@pytest.mark.parametrize("body", VARIED, ids=lambda body: body["source"][:40])
def test_the_bytes_of_an_answer_fit_the_model_that_describes_them(client: TestClient, body: object):
    answer = client.post("/api/graph", json=body)
    assert answer.status_code == 200, answer.text
    GraphAnswer.model_validate_json(answer.content)


@pytest.mark.parametrize("body", VARIED, ids=lambda body: body["source"][:40])
def test_networkx_loads_an_answer_as_it_is(client: TestClient, body: object):
    answer = post(client, body)
    graph = networkx.node_link_graph(answer, edges="edges")
    assert networkx.is_directed_acyclic_graph(graph)
    assert graph.number_of_edges() == len(answer["edges"])


def test_digits_are_those_of_a_slide(client: TestClient):
    # CS231n's sigmoid circuit: the slide has 0.40 and −0.60 where full precision has 0.3932 and −0.5898.
    neuron = {
        "source": "f = 1 / (1 + np.exp(-(w0*x0 + w1*x1 + w2)))",
        "inputs": {"w0": 2, "x0": -1, "w1": -3, "x1": -2, "w2": -3},
    }
    answer = post(client, {**neuron, "digits": 2})
    assert {name: tensor["data"] for name, tensor in answer["gradients"].items()} == {
        "w0": -0.2,
        "x0": 0.4,
        "w1": -0.4,
        "x1": -0.6,
        "w2": 0.2,
    }
    query = {**neuron, "inputs": json.dumps(neuron["inputs"]), "digits": 2}
    assert client.get("/api/graph", params=query).json() == answer
    assert client.post("/api/graph", json={**neuron, "digits": 13}).status_code == 422
    assert client.post("/api/check", json={**neuron, "digits": 2}).status_code == 422


def test_the_first_example_has_the_published_numbers(client: TestClient):
    answer = post(client, XYZ)
    assert answer["value"] == {"shape": [], "data": -12.0}
    assert {name: t["data"] for name, t in answer["gradients"].items()} == {
        "x": -4,
        "y": -4,
        "z": 3,
    }
    assert answer["nodes"][answer["edges"][0]["key"]]["id"] == "n0"


def test_edges_are_the_wires_of_the_nodes(client: TestClient):
    answer = post(client, XYZ)
    wires = [(w["node"], n["id"], k) for n in answer["nodes"] for k, w in enumerate(n["inputs"])]
    assert wires == [(e["source"], e["target"], e["key"]) for e in answer["edges"]]


def test_numbers_that_json_lacks_are_named(client: TestClient):
    answer = post(client, {"source": "L = 1 / x + 0 * (1 / x)", "inputs": {"x": 0}})
    assert answer["value"]["data"] == "NaN"
    assert "Infinity" in [node["value"]["data"] for node in answer["nodes"]]
    down = post(client, {"source": "L = np.log(x)", "inputs": {"x": 0}})
    assert down["value"]["data"] == "-Infinity"


def test_masks_are_written_as_numbers(client: TestClient):
    answer = post(client, {"source": "L = np.sum(x * (x > 0))", "inputs": {"x": [1, -2]}})
    mask = next(node for node in answer["nodes"] if node["symbol"] == ">")
    assert mask["value"]["data"] == [1.0, 0.0]


def test_a_large_tensor_is_summarised_with_its_corner(client: TestClient):
    source = "L = np.sum(x)"
    large = post(client, {"source": source, "inputs": {"x": {"shape": [101, 100], "fill": "ones"}}})
    tensor = large["nodes"][0]["value"]
    assert tensor["data"] is None
    assert tensor["summary"] == {
        "min": 1.0, "max": 1.0, "mean": 1.0, "std": 0.0, "norm": 10100**0.5, "zeros": 0, "nonfinite": 0,
    }  # fmt: skip
    assert tensor["preview"] == [[1.0] * 8] * 8
    within = post(
        client, {"source": source, "inputs": {"x": {"shape": [100, 100], "fill": "ones"}}}
    )
    assert within["nodes"][0]["value"]["data"] == [[1.0] * 100] * 100


def test_get_answers_the_bytes_of_post(client: TestClient):
    assert (
        client.get("/api/graph", params=QUERY).content
        == client.post("/api/graph", json=XYZ).content
    )


def test_get_takes_wrt_as_a_list_with_commas(client: TestClient):
    answer = client.get("/api/graph", params={**QUERY, "wrt": "x,z"}).json()
    assert list(answer["gradients"]) == ["x", "z"]


def test_get_is_not_sent_again_to_those_who_have_it(client: TestClient):
    first = client.get("/api/graph", params=QUERY)
    again = client.get("/api/graph", params=QUERY, headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    assert "cache-control" in again.headers
    other = client.get("/api/graph", params=QUERY, headers={"If-None-Match": '"another"'})
    assert other.status_code == 200


def test_head_has_the_headers_of_get(client: TestClient):
    answer = client.head("/api/graph", params=QUERY)
    assert (answer.status_code, answer.content) == (200, b"")
    assert "etag" in answer.headers


def test_every_example_is_listed_with_its_source(client: TestClient):
    answer = client.get("/api/examples")
    examples = Examples.model_validate_json(answer.content).examples
    assert len(examples) >= 14
    assert (examples[0].slug, examples[0].source) == ("xyz", "(x + y) * z")
    assert all(example.citation.url.startswith("http") for example in examples)


def test_every_primitive_is_listed_with_its_own_code(client: TestClient):
    answer = Primitives.model_validate_json(client.get("/api/primitives").content)
    assert [p.name for p in answer.primitives] == list(REGISTRY)
    mul = next(p for p in answer.primitives if p.name == "mul")
    assert "upstream" in mul.gradients["x"]
    assert "dot" in answer.overloads
    split = next(f for f in answer.functions if f.name == "split")
    assert split.form == "np.split(ary, indices_or_sections, axis=0)"


def test_every_limit_is_listed(client: TestClient):
    answer = LimitsAnswer.model_validate_json(client.get("/api/limits").content)
    assert {name: limit.value for name, limit in answer.limits.items()} == dict(Settings().items())
    assert answer.limits["gates"].environment == "CHAINRULE_GATES"


def test_health_is_answered(client: TestClient):
    assert Health.model_validate_json(client.get("/healthz").content).status == "ok"


def test_openapi_describes_every_endpoint_and_its_refusals(client: TestClient):
    document = client.get("/openapi.json").json()
    assert set(document["paths"]) == {
        *("/api/graph", "/api/numbers", "/api/code", "/api/jacobian"),
        *("/api/check", "/api/check/sweep"),
        *("/api/descend", "/api/surface", "/api/nudge"),
        *("/api/balance", "/api/derivation"),
        *("/api/grade", "/api/grade/backward"),
        *("/api/examples", "/api/primitives", "/api/limits", "/healthz"),
    }
    assert set(document["paths"]["/api/graph"]) == {"get", "post"}
    schemas = document["components"]["schemas"]
    assert set(ProblemModel.model_fields) == set(schemas["ProblemModel"]["properties"])
    assert "HTTPValidationError" not in schemas
    for name in references(document):
        assert name in schemas


def references(document: object) -> set[str]:
    """Returns the names of all schemas that a document refers to."""
    if isinstance(document, dict):
        own = {str(document["$ref"]).rsplit("/", 1)[-1]} if "$ref" in document else set()
        return own.union(*map(references, document.values()))
    return set().union(*map(references, document)) if isinstance(document, list) else set()


def test_primitives_say_how_they_are_written(client: TestClient) -> None:
    answer = client.get("/api/primitives").json()
    forms = {each["name"]: each["form"] for each in answer["primitives"]}
    assert forms["maximum"] == "np.maximum(x, y)"
    assert forms["sum"] == "np.sum(x, axis=..., keepdims=...)"
    assert forms["sigmoid"] == "sigmoid(x)"
    assert forms["getitem"] == ""
    assert "np.dot(x, y)" in answer["overload_forms"]
    assert "np.solve(x, y)" not in answer["overload_forms"]
