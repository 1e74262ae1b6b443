"""Each example against its published numbers, and against differences of the engine's own forward pass."""

from __future__ import annotations

import numpy as np
import pytest

import engine
from app.gallery import gallery
from app.wire.gallery import Example

STEP = 1e-6
#: where a gradient is infinite, or none of its own: differences say something else
ODD = {
    *("kink", "overflow", "log-of-zero", "zero-over-zero", "infinite-slope", "unselected-branch"),
}
FINITE = [example for example in gallery() if example.warning not in ODD]
ILL = [example for example in gallery() if example.section == "pathologies"]


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
        np.testing.assert_allclose(
            gradients[name], np.array(wanted, dtype=float), rtol=0, atol=most, err_msg=name
        )


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


def warned(circuit: engine.Circuit) -> list[str]:
    return [notice.code for notice in circuit.trace().notices if notice.level == "warning"]


#: what ails lies between passes, or between the two terms of a loss; of one pass there is nothing to warn
BETWEEN_PASSES = {"gradients-not-zeroed", "penalty-hides-data", "rate-too-large"}


@pytest.mark.parametrize("example", ILL, ids=lambda example: example.slug)
def test_a_pathology_is_named_and_its_fix_mends_it(example: Example):
    assert warned(build(example)) == ([example.warning] if example.warning else [])
    assert (example.warning is None) == (example.slug in BETWEEN_PASSES)
    assert example.fix
    known = [n for n in example.wrt or [] if n in example.fix.inputs] or None
    mended = engine.build(example.fix.source, example.fix.inputs, example.output, known)
    assert warned(mended) == []
    value, gradients = mended.value_and_grad()
    assert np.isfinite(value).all()
    assert all(np.isfinite(gradient).all() for gradient in gradients.values())
    if expected := example.fix.expected:
        most = expected.tolerance + 1e-12
        np.testing.assert_allclose(value, np.array(expected.value, dtype=float), atol=most)
        for name, wanted in expected.gradients.items():
            np.testing.assert_allclose(gradients[name], wanted, rtol=0, atol=most, err_msg=name)


# What lecture.md's table prints of each, worked out there by other means than the engine.
PRINTED = {
    "saturated-layer": ("W", 1.28e-9, 0.01e-9),
    "rnn-explode": ("h_0", 3.7e3, 50),
    "rnn-vanish": ("h_0", 3.2e-5, 5e-7),
    "rnn-relu-explode": ("h_0", 3.7e3, 50),
    "rnn-tanh-vanish": ("h_0", 0.125, 5e-4),
    "vanishing": ("x", 2.8e-7, 1e-8),
    "zero-init": ("W1", 0, 0),
    "dead-relu": ("b", np.hypot(2.235, 0.861), 1e-9),
    "data-scale": ("w", np.hypot(98_000, 196_000), 1e-6),
    "bias-without-effect": ("b", 0, 1e-13),
    "saturated": ("w", 0.0173, 5e-5),
}


@pytest.mark.parametrize("slug", PRINTED)
def test_a_pathology_has_the_size_that_is_told(slug: str):
    name, size, half = PRINTED[slug]
    example = next(example for example in gallery() if example.slug == slug)
    _, gradients = build(example).value_and_grad()
    assert abs(np.linalg.norm(gradients[name]) - size) <= half


def test_without_zeroing_three_steps_end_farther_out_than_they_began():
    w, g = 5.0, 0.0
    for _ in range(3):
        g += 2 * w
        w -= 0.3 * g
    example = next(example for example in gallery() if example.slug == "gradients-not-zeroed")
    assert round(w, 2) == -5.08
    assert example.expected.value == pytest.approx(w**2)


def test_a_check_passes_although_the_datas_gradient_is_left_out():
    example = next(example for example in gallery() if example.slug == "penalty-hides-data")
    whole = np.array(example.expected.gradients["w"], dtype=float)
    penalty = 2 * np.array(example.inputs["w"], dtype=float) * example.inputs["rate"]
    errors = np.abs(whole - penalty) / (np.abs(whole) + np.abs(penalty))
    assert 3e-6 <= errors.max() < 3.5e-6


def test_the_clipped_error_and_its_huber_loss_have_the_lectures_numbers():
    example = next(example for example in gallery() if example.slug == "clipped-error")
    assert example.fix
    _, gradients = engine.build(
        example.fix.source, example.fix.inputs, None, ["q"]
    ).value_and_grad()
    np.testing.assert_allclose(gradients["q"], [-0.1, 1 / 3, -1 / 3], rtol=1e-12)
