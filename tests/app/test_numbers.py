"""/api/numbers: what changes with the inputs' values, put into an earlier answer, makes the whole one."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import numpy as np
import orjson
import pytest
from numpy.typing import NDArray
from starlette.testclient import TestClient

import engine
from app.wire.graph import graph_bytes
from app.wire.numbers import NumbersAnswer, numbers_bytes
from engine.errors import EngineError
from tests.app.test_api import VARIED, XYZ
from tests.app.test_kept import PICTURE, PROGRAMS, others

SOME = PROGRAMS[::4]
"""Each is traced several times over; all of them have their circuits compared in test_kept.py."""

Values = Mapping[str, NDArray[np.float64]]


def whole(circuit: engine.Circuit) -> dict[str, Any]:
    """Returns the whole answer."""
    answer: dict[str, Any] = orjson.loads(graph_bytes(circuit.trace(), PICTURE))
    return answer


def put(answer: dict[str, Any], numbers: dict[str, Any]) -> dict[str, Any]:
    """Returns an answer with other numbers, as the page makes it; without words and warnings."""
    nodes = [
        {
            **node,
            "value": new["value"],
            "upstream": new["upstream"],
            "inputs": [
                {**wire, "downstream": w["downstream"], "local": local_with(wire["local"], w)}
                for wire, w in zip(node["inputs"], new["inputs"], strict=True)
            ],
        }
        for node, new in zip(answer["nodes"], numbers["nodes"], strict=True)
    ]
    same = {name: numbers[name] for name in ("value", "inputs", "gradients")}
    return wordless({**answer, **same, "nodes": nodes})


def local_with(local: dict[str, Any], numbers: dict[str, Any]) -> dict[str, Any]:
    """Returns a local gradient with other numbers."""
    kept = {name: member for name, member in local.items() if name != "indices"}
    indices = {"indices": numbers["indices"]} if "indices" in numbers else {}
    return {**kept, "value": numbers["local"], **indices}


def wordless(answer: dict[str, Any]) -> dict[str, Any]:
    """Returns an answer without what is said of its numbers."""
    steps = [{**step, "text": "", "latex": ""} for step in answer["steps"]]
    return {**answer, "steps": steps, "warnings": []}


def built(source: str, values: Values) -> engine.Circuit | None:
    """Returns a circuit that runs; None where the program refuses these values."""
    try:
        circuit = engine.build(source, values)
        circuit.trace()
    except EngineError:
        return None
    return circuit


@pytest.mark.parametrize(("name", "source", "inputs"), SOME, ids=[p[0] for p in SOME])
def test_numbers_of_the_same_form_make_the_whole_answer(
    name: str, source: str, inputs: Mapping[str, object]
) -> None:
    circuits = [c for c in (built(source, values) for values in others(source, inputs)) if c]
    for before, after in pairwise(circuits):
        if after.form is None or before.form != after.form:
            continue
        told = range(0, len(after.trace().steps), 3)
        numbers = orjson.loads(numbers_bytes(after.numbers(told=told), PICTURE))
        NumbersAnswer.model_validate_json(orjson.dumps(numbers))
        expected = whole(after)
        assert put(whole(before), numbers) == wordless(expected)
        assert numbers["steps"] == [
            {name: expected["steps"][i][name] for name in ("index", "text", "latex")} for i in told
        ]


def test_most_programs_have_a_form() -> None:
    formed = [c for _, source, inputs in SOME if (c := engine.build(source, inputs)).form]
    assert len(formed) > 0.8 * len(SOME)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (("f = x * y", {"x": 1.0, "y": 2.0}), ("f = x * z", {"x": 1.0, "z": 2.0})),
        (("f = np.sum(x)", {"x": [1.0, 2.0]}), ("f = np.sum(x)", {"x": [1.0, 2.0, 3.0]})),
        (("f = x * y", {"x": 1.0}), ("f = x  * y", {"x": 1.0})),
    ],
)
def test_what_is_drawn_otherwise_has_another_form(
    first: tuple[str, Mapping[str, object]], second: tuple[str, Mapping[str, object]]
) -> None:
    assert engine.build(*first).form != engine.build(*second).form


def test_a_value_that_was_assumed_and_is_then_given_keeps_the_form() -> None:
    source = "f = np.sum(W @ x) * b"
    assumed = engine.build(source)
    for name, given in assumed.graph.inputs.items():
        assert engine.build(source, {name: given.value}).form == assumed.form


def test_what_a_given_name_makes_an_input_has_another_form() -> None:
    assert engine.build("f = x * pi", {"pi": 3.0}).form != engine.build("f = x * pi").form


@pytest.mark.parametrize("wrt", [["x"], ["y"]])
def test_other_gradients_and_outputs_have_another_form(wrt: list[str]) -> None:
    source = "g = x * y\nf = g * g"
    assert engine.build(source, wrt=wrt).form != engine.build(source).form
    assert engine.build(source, output="g").form != engine.build(source).form


@pytest.mark.parametrize(
    ("source", "inputs"),
    [
        ("f = np.sum(x[x > 0] ** 2)", {"x": [1.0, -1.0]}),
        ("f = 0\nfor i in range(n):\n    f = f + x", {"n": 2, "x": 1.0}),
    ],
)
def test_a_circuit_that_a_value_shapes_has_no_form(
    source: str, inputs: Mapping[str, object]
) -> None:
    assert engine.build(source, inputs).form is None


@pytest.mark.parametrize("body", VARIED, ids=lambda body: body["source"][:40])
def test_both_endpoints_answer_alike(client: TestClient, body: dict[str, object]) -> None:
    graph = client.post("/api/graph", json=body).json()
    found = client.post("/api/numbers", json={**body, "told": [0, len(graph["steps"]) - 1]})
    assert found.status_code == 200, found.text
    numbers = found.json()
    assert numbers["form"] == graph["form"]
    assert put(graph, numbers) == wordless(graph)
    assert [step["text"] for step in numbers["steps"]] == [
        graph["steps"][0]["text"],
        graph["steps"][-1]["text"],
    ]


@pytest.mark.parametrize(
    "body",
    [
        {"source": "x +"},
        {"source": "x @ y", "inputs": {"x": [1, 2], "y": [1, 2, 3]}},
        {"source": "np.array([1, 2]) * x", "inputs": {"x": 1}},
    ],
)
def test_both_endpoints_refuse_alike(client: TestClient, body: dict[str, object]) -> None:
    graph, numbers = (client.post(f"/api/{name}", json=body) for name in ("graph", "numbers"))
    assert graph.status_code == numbers.status_code == 422
    kept = [{k: v for k, v in r.json().items() if k != "instance"} for r in (graph, numbers)]
    assert kept[0] == kept[1]


@pytest.mark.parametrize("told", [[-1], [0.5], ["0"], 0, list(range(10_001))])
def test_what_is_no_list_of_steps_is_refused(client: TestClient, told: object) -> None:
    refused = client.post("/api/numbers", json={**XYZ, "told": told})
    assert refused.status_code == 422


def test_steps_that_are_not_there_are_not_told(client: TestClient) -> None:
    assert client.post("/api/numbers", json={**XYZ, "told": [1000]}).json()["steps"] == []
