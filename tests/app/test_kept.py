"""A program that is asked about again with other values: its circuit is kept, and nobody can tell."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest
from numpy.typing import NDArray

import engine
from app.gallery import gallery
from app.settings import Settings
from app.wire.graph import graph_bytes
from app.wire.tensor import Picture
from engine.building import shelf
from engine.errors import EngineError
from tests.engine.corpus import corpus

SETTINGS = Settings()
PICTURE = Picture(
    SETTINGS.picture_node_numbers, SETTINGS.picture_total_numbers, SETTINGS.answer_bytes
)
PROGRAMS = [(p.name, p.source, p.inputs) for p in corpus()[::11]] + [
    (e.slug, e.source, e.inputs) for e in gallery()
]


def answer(source: str, inputs: Mapping[str, object]) -> bytes | str:
    """Returns all that is said of a program, or how it is refused."""
    try:
        return graph_bytes(engine.build(source, inputs).trace(), PICTURE)
    except EngineError as error:
        return f"{error.code} {error.detail}"


def others(source: str, inputs: Mapping[str, object]) -> list[dict[str, NDArray[np.float64]]]:
    """Returns other values of a program's inputs, of the same shapes: scaled, of other signs, not whole, all alike."""
    values = {n: i.value for n, i in engine.build(source, inputs).graph.inputs.items()}
    changes = (
        lambda array: array * 1.5,
        lambda array: -array,
        lambda array: array + 1.0,
        lambda array: np.ones(array.shape),
    )
    return [{n: np.asarray(change(v)) for n, v in values.items()} for change in changes]


@pytest.mark.parametrize(("name", "source", "inputs"), PROGRAMS, ids=[p[0] for p in PROGRAMS])
def test_a_kept_circuit_answers_what_a_new_one_does(
    name: str, source: str, inputs: Mapping[str, object]
) -> None:
    changed = others(source, inputs)
    cold = []
    for values in changed:
        shelf.cache_clear()
        cold.append(answer(source, values))
    shelf.cache_clear()
    assert [answer(source, values) for values in changed] == cold


@pytest.mark.parametrize(
    "source",
    [
        "f = np.tanh(w @ x + b)[0] * a",
        "def unit(x):\n    return x / (1 + x)\nf = unit(x) + unit(y)",
        "x = 3\nf = x * x",
    ],
)
def test_a_circuit_is_kept_where_values_change_nothing_but_numbers(source: str) -> None:
    inputs = {n: i.value for n, i in engine.build(source).graph.inputs.items()}
    first = engine.build(source, inputs)
    second = engine.build(source, {n: v + 1 for n, v in inputs.items()})
    assert second.graph.nodes is first.graph.nodes


@pytest.mark.parametrize(
    ("source", "inputs", "others"),
    [
        (
            "g = np.sum(x[y])\nf = g * 2 if y[0] == 1 else g * g",
            {"x": [2.0, 3.0], "y": [1, 0]},
            {"x": [2.0, 3.0], "y": [0, 1]},
        ),
        ("f = np.sum(x[x > 0] ** 2)", {"x": [1.0, -1.0]}, {"x": [1.0, 1.0]}),
        ("f = 0\nfor i in range(n):\n    f = f + x", {"n": 2, "x": 1.0}, {"n": 3, "x": 1.0}),
        ("f = x[i] * 2", {"x": [1.0, 2.0], "i": 0}, {"x": [1.0, 2.0], "i": 1}),
        ("f = x * x", {"x": 1.0}, {"x": [1.0, 2.0]}),
        ("f = x * y", {"x": 1.0}, {"y": 1.0}),
    ],
)
def test_a_circuit_is_not_kept_where_a_value_shapes_it(
    source: str, inputs: dict[str, object], others: dict[str, object]
) -> None:
    first = engine.build(source, inputs)
    assert engine.build(source, others).graph.nodes is not first.graph.nodes


def test_what_a_kept_circuit_has_learned_is_not_another_ones() -> None:
    first = engine.build("f = x * y", {"x": 2.0, "y": 3.0})
    for _ in range(3):
        first.value_and_grad()
    second = engine.build("f = x * y", {"x": 5.0, "y": 7.0})
    for _ in range(3):
        value, gradients = second.value_and_grad()
        assert (value, gradients["x"], gradients["y"]) == (35.0, 7.0, 5.0)
    assert first.value_and_grad()[0] == 6.0
