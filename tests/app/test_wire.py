"""Arrays and traces on the wire: caps, names for what JSON lacks, and how much work it is."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import orjson
import pytest

import engine
from app.wire.graph import GraphAnswer, graph_bytes
from app.wire.tensor import OPTIONS, Picture, Tensor, Writer
from engine.errors import TooLarge
from tests.counting import calls

WIDE = {f"x{i}": {"shape": [100, 100], "fill": "normal", "seed": i} for i in range(6)}


def tensor(array: Any, *, node_numbers: int = 100, total_numbers: int = 1000) -> Any:
    written = orjson.dumps(Writer(node_numbers, total_numbers).tensor(array), option=OPTIONS)
    Tensor.model_validate_json(written)
    return json.loads(written)


def trace(source: str, inputs: dict[str, object] | None = None) -> engine.Trace:
    return engine.build(source, inputs).trace()


@pytest.mark.parametrize(
    ("array", "data"),
    [
        (np.array(1.5), 1.5),
        (np.array(True), 1.0),
        (np.array(3), 3),
        (np.array(np.nan), "NaN"),
        (np.array([1, 2]), [1, 2]),
        (np.array([True, False]), [1.0, 0.0]),
        (np.array([np.inf, -np.inf, np.nan, 0.1]), ["Infinity", "-Infinity", "NaN", 0.1]),
        (np.arange(6.0).reshape(2, 3).T, [[0, 3], [1, 4], [2, 5]]),
        (np.broadcast_to(np.array([1.0, 2.0]), (2, 2)), [[1, 2], [1, 2]]),
        (np.zeros((2, 0)), [[], []]),
        (np.array([0.1 + 0.2, 1e-300]), [0.1 + 0.2, 1e-300]),
    ],
)
def test_an_array_is_nested_lists_at_full_precision(array: Any, data: object):
    assert tensor(array) == {"shape": list(array.shape), "data": data}


def test_a_summary_is_of_the_finite_numbers():
    array = np.concatenate([[np.nan, np.inf, 0.0, -3.0], np.full(100, 4.0)])
    found = tensor(array)
    assert found["data"] is None
    assert found["summary"]["min"] == -3
    assert found["summary"]["max"] == 4
    assert found["summary"]["norm"] == pytest.approx(np.sqrt(9 + 1600))
    assert (found["summary"]["zeros"], found["summary"]["nonfinite"]) == (1, 2)
    assert found["preview"] == ["NaN", "Infinity", 0, -3, 4, 4, 4, 4]


def test_a_summary_of_nothing_finite_says_so():
    assert tensor(np.full(101, np.nan))["summary"]["mean"] == "NaN"


def test_a_preview_stays_small_in_many_dimensions():
    assert np.shape(tensor(np.ones((9, 9, 9, 9, 9)))["preview"]) == (1, 1, 1, 8, 8)


def test_past_the_total_the_rest_is_summarised_in_node_order():
    source = "L = np.sum(x0 * x1 * x2 * x3 * x4 * x5)"
    answer = json.loads(graph_bytes(trace(source, WIDE), Picture()))
    listed = [n["value"]["data"] is not None for n in answer["nodes"] if n["value"]["shape"]]
    assert listed == sorted(listed, reverse=True)
    assert listed[0]
    assert not listed[-1]
    assert all(gradient["data"] is not None for gradient in answer["gradients"].values())
    assert numbers(answer) <= 200_000 + 8 * 1000


def test_an_answer_that_is_too_long_is_summarised_until_it_fits():
    source = "L = np.sum(x0 * x1 * x2 * x3 * x4 * x5)"
    written = graph_bytes(trace(source, WIDE), Picture(answer_bytes=100_000))
    assert len(written) <= 100_000
    answer = GraphAnswer.model_validate_json(written)
    assert answer.value.data is not None


def test_an_answer_that_cannot_fit_is_refused():
    with pytest.raises(TooLarge) as error:
        graph_bytes(trace("x * y"), Picture(answer_bytes=100))
    assert error.value.limit == "answer_bytes"


def test_writing_a_trace_takes_some_sixty_calls_a_node():
    source = f"L = np.sum({' + '.join(['np.tanh(x * w)'] * 16)})"
    traced = trace(source, {"x": [[1.0, 2.0], [3.0, 4.0]]})
    assert calls(lambda: graph_bytes(traced, Picture())) < 75 * len(traced.nodes)


def test_the_same_trace_gives_the_same_bytes():
    source, inputs = "L = np.sum(np.tanh(x @ w))", {"x": [[1, 2], [3, 4]]}
    assert graph_bytes(trace(source, inputs), Picture()) == graph_bytes(
        trace(source, inputs), Picture()
    )


def numbers(answer: object) -> int:
    """Returns how many numbers all data of an answer hold."""
    if isinstance(answer, dict):
        own = np.size(answer["data"]) if answer.get("data") is not None else 0
        return own + sum(numbers(value) for key, value in answer.items() if key != "data")
    return sum(map(numbers, answer)) if isinstance(answer, list) else 0
