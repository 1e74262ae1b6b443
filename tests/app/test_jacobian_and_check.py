"""The endpoints that an expert asks: Jacobians, the gradient check and its sweep, as the contract has them."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from starlette.testclient import TestClient

from app.answers import answered
from app.main import create_app
from app.settings import Settings
from app.wire.check import CheckAnswer, CheckRequest
from app.wire.graph import GraphRequest
from app.wire.jacobian import JacobianAnswer, JacobianRequest
from app.wire.problem import ProblemModel
from app.wire.sweep import SweepAnswer, SweepRequest
from app.workers import fingerprint, run_engine

MODELS = {
    "/api/jacobian": JacobianAnswer,
    "/api/check": CheckAnswer,
    "/api/check/sweep": SweepAnswer,
}
LAYER = {
    "source": "z = W @ x\nh = np.tanh(z)\nL = np.sum(h)",
    "inputs": {"W": [[1, 2], [3, 4]], "x": [0.1, -0.2]},
}
XYZ = {"source": "(x + y) * z", "inputs": {"x": -2, "y": 5, "z": -4}}
NET = {
    "source": "L = np.sum(np.dot(np.maximum(np.dot(X, W_1), 0), W_2)**2)",
    "inputs": {
        "X": {"shape": [100, 150]},
        "W_1": {"shape": [150, 120]},
        "W_2": {"shape": [120, 30]},
    },
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
    assert answer.headers["content-type"] == "application/problem+json"
    return ProblemModel.model_validate_json(answer.content)


# ---------- jacobian ----------


def test_a_jacobian_has_the_contract_s_fields(client: TestClient):
    # dz/dx = W.
    answer = post(client, "/api/jacobian", {**LAYER, "of": "z", "wrt": "x"})
    assert {name: answer[name] for name in ("rows", "columns", "size", "structure", "layout")} == {
        "rows": 2,
        "columns": 2,
        "size": [2, 2],
        "structure": "matmul",
        "layout": "numerator",
    }
    assert answer["data"] == [[1, 2], [3, 4]]
    assert answer["of"]["shape"] == answer["wrt"]["shape"] == [2]
    assert (answer["nonzeros"], answer["counted"], answer["related"], answer["paths"]) == (
        4,
        True,
        True,
        1,
    )
    assert answer["row"] is answer["column"] is answer["product"] is answer["diagonal"] is None


def test_an_elementwise_jacobian_comes_with_its_diagonal(client: TestClient):
    answer = post(client, "/api/jacobian", {**LAYER, "of": "h", "wrt": "z"})
    slopes = 1 - np.tanh([0.1 - 0.4, 0.3 - 0.8]) ** 2
    assert answer["structure"] == "diagonal"
    np.testing.assert_allclose(answer["diagonal"]["data"], slopes, rtol=1e-14)
    assert answer["data"] == np.diag(answer["diagonal"]["data"]).tolist()


def test_nodes_are_named_by_id_too_and_the_output_is_the_default(client: TestClient):
    by_name = post(client, "/api/jacobian", {**LAYER, "of": "L", "wrt": "z"})
    by_id = post(client, "/api/jacobian", {**LAYER, "wrt": by_name["wrt"]["node"]})
    assert by_id == by_name
    assert post(client, "/api/jacobian", {**LAYER, "output": "h", "wrt": "x"})["rows"] == 2


def test_a_row_a_column_and_a_product_are_tensors_of_their_own_shapes(client: TestClient):
    body = {**LAYER, "of": "z", "wrt": "W", "row": 1, "column": 0, "upstream": [1, 10]}
    answer = post(client, "/api/jacobian", body)
    assert answer["row"] == {
        "index": 1,
        "value": {"shape": [2, 2], "data": [[0, 0], [0.1, -0.2]]},
    }
    assert answer["column"] == {"index": 0, "value": {"shape": [2], "data": [0.1, 0]}}
    np.testing.assert_allclose(answer["product"]["data"], [[0.1, -0.2], [1, -2]])


def test_a_large_jacobian_is_its_structure_and_any_line_of_it(client: TestClient):
    body = {
        "source": "y = np.tanh(x) * 2",
        "inputs": {"x": {"shape": [100_000]}},
        "of": "y",
        "wrt": "x",
        "row": 99_999,
    }
    answer = post(client, "/api/jacobian", body)
    assert answer["data"] is None
    assert (answer["rows"], answer["nonzeros"], answer["structure"]) == (
        100_000,
        100_000,
        "diagonal",
    )
    assert answer["diagonal"]["data"] is None
    assert answer["row"]["value"]["summary"]["zeros"] == 99_999
    assert "10,000,000,000" in answer["note"]


def test_the_dense_view_goes_to_64_by_64(client: TestClient):
    for size, listed in ((64, True), (65, False)):
        body = {"source": "softmax(x)", "inputs": {"x": {"shape": [size]}}, "wrt": "x"}
        answer = post(client, "/api/jacobian", body)
        assert (answer["data"] is not None) == listed
    limit = client.get("/api/limits").json()["limits"]["jacobian_numbers"]
    assert (limit["value"], limit["environment"]) == (4096, "CHAINRULE_JACOBIAN_NUMBERS")


def test_unrelated_nodes_are_zeros_and_it_is_said(client: TestClient):
    answer = post(client, "/api/jacobian", {**LAYER, "of": "x", "wrt": "W"})
    assert answer["data"] == [[0] * 4] * 2
    assert (answer["related"], answer["nonzeros"], answer["paths"]) == (False, 0, 0)
    assert answer["note"]


def test_numbers_that_json_lacks_are_named_in_every_answer(client: TestClient):
    body = {"source": "y = np.sqrt(x)", "inputs": {"x": 0}}
    assert post(client, "/api/jacobian", {**body, "wrt": "x"})["data"] == [["Infinity"]]
    checked = post(client, "/api/check", body)["inputs"]["x"]
    assert (checked["analytic"]["data"], checked["relative_error"], checked["band"]) == (
        "Infinity",
        "NaN",
        None,
    )
    swept = post(client, "/api/check/sweep", body)["inputs"]["x"]
    assert swept["central"]["absolute"][0] == "NaN"
    assert swept["central"]["best"] is None


def test_so_many_paths_that_no_number_holds_them_are_still_an_answer(patient: TestClient):
    for count, found in ((60, 2.0**60), (1500, "Infinity")):
        source = f"y = x\nfor i in range({count}):\n    y = y + y\n"
        answer = post(patient, "/api/jacobian", {"source": source, "inputs": {"x": 0}, "wrt": "x"})
        assert answer["paths"] == found


@pytest.mark.parametrize(
    ("more", "code", "hint"),
    [
        ({"wrt": "w"}, "undefined-name", "W"),
        ({"wrt": "x", "of": "h_"}, "undefined-name", "h"),
        ({"wrt": "n99"}, "undefined-name", "n0"),
        ({"wrt": "__class__"}, "undefined-name", ""),
        ({"wrt": "x" * 5000}, "undefined-name", ""),
        ({"wrt": "x", "of": "z", "row": 2}, "bad-input", "0 to 1"),
        ({"wrt": "x", "of": "z", "column": -1}, "bad-input", "0 to 1"),
        ({"wrt": "x", "of": "z", "upstream": [1, 2, 3]}, "shape-mismatch", "of"),
        ({"wrt": "x", "source": "x +"}, "syntax", ""),
    ],
)
def test_a_jacobian_that_is_not_there_is_refused(
    client: TestClient, more: dict[str, object], code: str, hint: str
):
    problem = refused(client, "/api/jacobian", {**LAYER, **more})
    assert problem.code == code
    assert hint in (problem.hint or "")
    assert len(problem.detail) < 200


def test_a_label_is_not_differentiated_for(client: TestClient):
    body = {"source": "p = softmax(f)\nL = -np.log(p[y])", "inputs": {"f": [1, 2], "y": 1}}
    problem = refused(client, "/api/jacobian", {**body, "wrt": "y"})
    assert problem.code == "bad-input"
    assert problem.hint


# ---------- check ----------


def test_a_check_has_the_contract_s_fields(client: TestClient):
    answer = post(client, "/api/check", XYZ)
    assert (answer["value"], answer["verdict"], answer["evaluations"]) == (-12, "ok", 6)
    assert (answer["method"], answer["h"], answer["nodes"]) == ("central", 1e-5, None)
    x = answer["inputs"]["x"]
    assert x["analytic"] == {"shape": [], "data": -4}
    assert x["numerical"]["data"] == pytest.approx(-4)
    assert (x["verdict"], x["band"], x["evaluations"]) == ("ok", "happy", 2)
    assert x["relative_error"] < 1e-9


@pytest.mark.parametrize(
    ("method", "evaluations"), [("forward", 5), ("central", 8), ("five-point", 16)]
)
def test_evaluations_are_n_plus_1_2n_and_4n(client: TestClient, method: str, evaluations: int):
    body = {"source": "np.sum(x**2)", "inputs": {"x": [1, 2, 3, 4]}, "method": method}
    answer = post(client, "/api/check", body)
    assert answer["inputs"]["x"]["evaluations"] == answer["evaluations"] == evaluations


def test_a_check_says_kink_and_not_bug(client: TestClient):
    body = {"source": "np.maximum(x, 0)", "inputs": {"x": -1e-6}}
    x = post(client, "/api/check", body)["inputs"]["x"]
    assert (x["analytic"]["data"], x["numerical"]["data"]) == (0, pytest.approx(0.45))
    assert x["verdict"] == "kink"
    assert "corner" in x["note"]
    assert (x["worst"]["right"], x["worst"]["left"]) == (pytest.approx(0.9), 0)


def test_nodes_are_checked_by_id(client: TestClient):
    graph = client.post("/api/graph", json=LAYER).json()
    answer = post(client, "/api/check", {**LAYER, "nodes": True})
    assert set(answer["nodes"]) == {n["id"] for n in graph["nodes"] if n["upstream"] is not None}
    for node in graph["nodes"]:
        assert answer["nodes"][node["id"]]["analytic"] == node["upstream"]
        assert answer["nodes"][node["id"]]["verdict"] == "ok"


def test_wrt_and_upstream_are_honoured(client: TestClient):
    body = {"source": "y = x * w", "inputs": {"x": [1, 2], "w": [3, 4]}, "wrt": ["w"]}
    answer = post(client, "/api/check", {**body, "upstream": [1, 10]})
    assert list(answer["inputs"]) == ["w"]
    np.testing.assert_allclose(answer["inputs"]["w"]["numerical"]["data"], [1, 20])
    assert refused(client, "/api/check", body).code == "not-scalar"
    assert refused(client, "/api/check/sweep", body).code == "not-scalar"


def test_a_large_net_is_checked_by_samples(patient: TestClient):
    answer = post(patient, "/api/check", {**NET, "wrt": ["W_1", "W_2"]})
    assert "random direction" in answer["method_note"]
    # Entry by entry it would take 43,200.
    assert sum(checked["evaluations"] for checked in answer["inputs"].values()) < 200
    assert answer["inputs"]["W_1"]["analytic"]["summary"]["nonfinite"] == 0
    for checked in answer["inputs"].values():
        assert checked["numerical"] is None
        assert checked["analytic"]["shape"]
        assert checked["sample"]["coordinates"]
        assert checked["verdict"] == "ok"


def test_a_deep_program_is_checked_node_by_node_or_refused_in_time():
    source = "for i in range(900):\n    x = np.tanh(x + 0.1)\nL = np.sum(x)"
    body = {"source": source, "inputs": {"x": [0.1] * 20}, "nodes": True}
    with TestClient(create_app(Settings(seconds=0.5))) as hurried:
        problem = refused(hurried, "/api/check", body)
    assert (problem.code, problem.limit) == ("timeout", "seconds")


@pytest.mark.parametrize(
    "more",
    [
        {"h": 0},
        {"h": -1e-5},
        {"h": 2},
        {"h": "1e-5"},
        {"h": [1e-5]},
        {"method": "complex"},
        {"method": None},
        {"nodes": "yes"},
        {"nodes": 1},
        {"of": "x"},
        {"steps": 3},
    ],
)
def test_fields_that_do_not_fit_are_422(client: TestClient, more: dict[str, object]):
    problem = refused(client, "/api/check", {**XYZ, **more})
    assert problem.code == "bad-request"
    assert next(iter(more)) in problem.detail


@pytest.mark.parametrize(
    "body",
    [
        XYZ,
        {**XYZ, "wrt": None},
        {**XYZ, "wrt": ["x"]},
        {**XYZ, "wrt": "x", "row": 1.5},
        {**XYZ, "wrt": "x", "row": True},
        {**XYZ, "wrt": "x", "column": "0"},
        {**XYZ, "wrt": "x", "of": ["x"]},
        {**XYZ, "wrt": "x", "h": 1e-5},
    ],
)
def test_jacobian_fields_that_do_not_fit_are_422(client: TestClient, body: dict[str, object]):
    assert refused(client, "/api/jacobian", body).code == "bad-request"


# ---------- sweep ----------


def test_a_sweep_is_the_v_of_the_lecture(client: TestClient):
    answer = post(client, "/api/check/sweep", {"source": "np.tanh(x)", "inputs": {"x": 1}})
    curves = answer["inputs"]["x"]
    by_step = {f"{h:.0e}": k for k, h in enumerate(answer["h"])}
    assert curves["central"]["absolute"][by_step["1e-05"]] == pytest.approx(1.2e-11, rel=0.6)
    assert curves["forward"]["absolute"][by_step["1e-05"]] == pytest.approx(3.2e-6, rel=0.01)
    assert 8e-8 < curves["central"]["absolute"][by_step["1e-11"]] < 8e-6
    assert curves["central"]["best"] in answer["h"]
    assert answer["evaluations"] == 51


def test_a_sweep_takes_no_step(client: TestClient):
    assert refused(client, "/api/check/sweep", {**XYZ, "h": 1e-5}).code == "bad-request"


# ---------- all of them ----------


@pytest.mark.parametrize("path", MODELS)
def test_the_same_request_has_the_same_bytes_from_another_server(client: TestClient, path: str):
    body = {**LAYER, "wrt": "x"} if path == "/api/jacobian" else LAYER
    first = client.post(path, json=body).content
    with TestClient(create_app(Settings())) as another:
        assert another.post(path, json=body).content == first


@pytest.mark.parametrize("path", MODELS)
def test_the_media_type_and_the_method_are_checked(client: TestClient, path: str):
    assert client.post(path, content=b"{}").status_code == 415
    assert (
        client.post(path, content=b"{", headers={"content-type": "application/json"}).status_code
        == 400
    )
    assert client.get(path).status_code == 405


def test_a_command_line_can_answer_without_a_server(client: TestClient):
    for request, path in (
        (JacobianRequest(**LAYER, wrt="x"), "/api/jacobian"),
        (CheckRequest(**LAYER), "/api/check"),
        (SweepRequest(**LAYER), "/api/check/sweep"),
    ):
        body = request.model_dump(exclude_unset=True)
        assert run_engine(request, Settings()) == client.post(path, json=body).content


def test_requests_of_different_kinds_are_kept_apart():
    kinds = (GraphRequest, CheckRequest, SweepRequest)
    assert len({fingerprint(kind(source="x")) for kind in kinds}) == len(kinds)


def test_a_kind_of_request_that_nothing_answers_is_an_error_of_ours():
    with pytest.raises(TypeError, match="object"):
        answered(object(), None, Settings())


HOSTILE = [
    {"source": "y = np.exp(np.exp(x))", "inputs": {"x": 700}, "wrt": "x"},
    {"source": "y = x / 0", "inputs": {"x": [0, 1]}, "wrt": "x"},
    {"source": "y = np.log(x) * 0", "inputs": {"x": [0, -1]}, "wrt": "x"},
    {"source": "y = x[[0, 0, 0]]", "inputs": {"x": [1, 2]}, "wrt": "x"},
    {"source": "y = x.reshape(1, 1, 1, 1, 1, 1, 1, 1)", "inputs": {"x": 1}, "wrt": "x"},
    {"source": "y = x @ x", "inputs": {"x": {"shape": [200, 200]}}, "wrt": "x", "row": 0},
    {"source": "y = softmax(x)", "inputs": {"x": {"shape": [100, 100]}}, "wrt": "x", "column": 7},
    {"source": "y = softmax(x)", "inputs": {"x": {"shape": [1_000_000]}}, "wrt": "x", "column": 7},
    {"source": "y = 3", "wrt": "n0"},
    {"source": "x", "inputs": {"x": 1}, "wrt": "x"},
]


@pytest.mark.parametrize("body", HOSTILE, ids=lambda body: body["source"])
@pytest.mark.parametrize("path", MODELS)
def test_odd_programs_are_answered_or_refused(
    client: TestClient, path: str, body: dict[str, object]
):
    asked = body
    if path != "/api/jacobian":
        asked = {
            "source": f"{body['source']}\nL = np.sum(y)"
            if "y" in str(body["source"])
            else body["source"]
        }
        asked |= {"inputs": body.get("inputs", {})}
    answer = client.post(path, json=asked)
    assert answer.status_code in (200, 422), answer.text
    (MODELS[path] if answer.status_code == 200 else ProblemModel).model_validate_json(
        answer.content
    )
