"""Each example against its published numbers, and against differences of the engine's own forward pass."""

from __future__ import annotations

import numpy as np
import pytest

import engine
from app.gallery import gallery
from app.schemas import Example

STEP = 1e-6
FINITE = [example for example in gallery() if example.expected.value != "NaN"]


def build(example: Example) -> engine.Circuit:
    return engine.build(example.source, example.inputs, example.output, example.wrt)


@pytest.mark.parametrize("example", gallery(), ids=lambda example: example.slug)
def test_an_example_has_its_expected_numbers(example: Example):
    value, gradients = build(example).value_and_grad()
    most = example.expected.tolerance + 1e-12
    np.testing.assert_allclose(
        value, np.array(example.expected.value, dtype=float), rtol=0, atol=most
    )
    for name, wanted in example.expected.gradients.items():
        np.testing.assert_allclose(gradients[name], wanted, rtol=0, atol=most, err_msg=name)


@pytest.mark.parametrize("example", FINITE, ids=lambda example: example.slug)
def test_an_example_agrees_with_central_differences(example: Example):
    circuit = build(example)
    _, gradients = circuit.value_and_grad()
    given = {name: i.value.astype(float) for name, i in circuit.graph.inputs.items()}
    for name in set(gradients) & set(given):
        numerical = np.zeros_like(given[name])
        for entry in np.ndindex(*numerical.shape):
            higher, lower = given[name].copy(), given[name].copy()
            higher[entry] += STEP
            lower[entry] -= STEP
            up, down = (circuit.value_and_grad({name: moved})[0] for moved in (higher, lower))
            numerical[entry] = (up - down) / (2 * STEP)
        np.testing.assert_allclose(gradients[name], numerical, rtol=1e-5, atol=1e-7, err_msg=name)


def test_the_gallery_opens_on_the_first_example():
    first = gallery()[0]
    assert (first.slug, first.source, first.inputs) == (
        "xyz",
        "(x + y) * z",
        {"x": -2, "y": 5, "z": -4},
    )


def test_the_network_of_the_lecture_has_sizes_that_all_differ():
    network = next(example for example in gallery() if example.slug == "two-layer")
    shapes = [np.shape(network.inputs[name]) for name in ("X", "W_1", "W_2")]
    assert shapes == [(3, 4), (4, 5), (5, 2)]
