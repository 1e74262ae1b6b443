"""The PyTorch and JAX scripts, run with PyTorch and JAX: their autodiff agrees with the engine.

Not part of `make test`, since the frameworks are large: `make test-peers` installs them and runs this.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import jax.numpy as jnp
import numpy as np
import pytest
import torch
from hypothesis import given

from app.gallery import gallery
from engine import build
from engine.errors import NotSpelled
from engine.peers import jax_script, torch_script
from engine.peers.frameworks import ELEMENTWISE, JAX, TORCH
from engine.primitives import REGISTRY, Primitive
from engine.script import Run, Script
from tests.engine import scripts
from tests.engine.corpus import corpus
from tests.engine.test_golden import LECTURE_FORWARD, MAZUR, MAZUR_INPUTS, MICROGRAD
from tests.engine.test_random_programs import Program, example, programs

WRITERS = {"torch": torch_script, "jax": jax_script}
TOLERANCE = 1e-9
every_primitive = pytest.mark.parametrize("primitive", REGISTRY.values(), ids=lambda p: p.name)
every_target = pytest.mark.parametrize("target", WRITERS)


def agrees(script: Script, value: object, gradients: Mapping[str, scripts.Array]) -> None:
    """Asserts that a framework finds the engine's numbers, unless its script says that it may not."""
    printed = scripts.ran(script)
    wanted = {script.gradients[name]: gradient for name, gradient in gradients.items()}
    (output,) = set(printed) - set(wanted)
    np.testing.assert_allclose(
        printed[output], value, rtol=TOLERANCE, atol=1e-12, err_msg=script.code
    )
    if "on the page" in script.code or "than the page" in script.code:
        return
    for name, array in wanted.items():
        assert printed[name].shape == np.shape(array), f"{name}\n{script.code}"
        scale = np.max(np.abs(array[np.isfinite(array)]), initial=1e-300)
        np.testing.assert_allclose(
            printed[name],
            array,
            rtol=TOLERANCE,
            atol=TOLERANCE * max(scale, 1e-3),
            err_msg=script.code,
        )


def check(source: str, inputs: Mapping[str, object] | None, target: str, **more: object) -> None:
    circuit = build(source, inputs or {}, **more)
    shape = circuit.graph.nodes[circuit.graph.output].shape
    upstream = None if shape == () else np.random.default_rng(3).normal(size=shape)
    value, gradients = circuit.value_and_grad(upstream=upstream)
    agrees(circuit.script(target, upstream=upstream), value, gradients)


def written(run: Run, target: str) -> Script | None:
    """Returns a script, or None where the framework has no words for it, which is said by name."""
    try:
        return WRITERS[target](run)
    except NotSpelled:
        return None


@every_target
@every_primitive
def test_every_primitive_agrees_or_is_refused_by_name(primitive: Primitive, target: str) -> None:
    for arguments, settings in scripts.samples(primitive):
        for scalar in (False, True):
            run = scripts.one_gate(primitive, arguments, settings, scalar=scalar)
            script = written(run, target)
            if script is not None:
                agrees(script, run.values[-1], scripts.gradients_of(run))


@every_target
@every_primitive
def test_literals_stand_where_the_framework_takes_them(primitive: Primitive, target: str) -> None:
    for arguments, settings in scripts.samples(primitive):
        for key in range(len(arguments)):
            run = scripts.one_gate(primitive, arguments, settings, constant=[key])
            script = written(run, target)
            if script is not None:
                agrees(script, run.values[-1], scripts.gradients_of(run))


@every_target
def test_the_corpus_agrees(target: str) -> None:
    ran = 0
    for member in corpus():
        circuit = build(member.source, member.inputs, "L", member.wrt)
        try:
            script = circuit.script(target)
        except NotSpelled:
            continue
        agrees(script, *circuit.value_and_grad())
        ran += 1
    assert ran > 0.8 * len(corpus())


@every_target
@pytest.mark.parametrize("entry", gallery(), ids=lambda e: e.slug)
def test_every_example_of_the_gallery_agrees(entry, target: str) -> None:
    check(entry.source, entry.inputs, target, output=entry.output, wrt=entry.wrt)


@every_target
@pytest.mark.parametrize(
    ("source", "inputs"), [(LECTURE_FORWARD, {}), (MICROGRAD, {}), (MAZUR, MAZUR_INPUTS)]
)
def test_published_programs_agree(source: str, inputs: Mapping[str, object], target: str) -> None:
    check(source, inputs, target)


@every_target
@example
@given(program=programs())
def test_random_programs_agree(program: Program, target: str) -> None:
    try:
        check("\n".join(program.lines), program.inputs, target)
    except NotSpelled:
        return


@every_target
def test_a_gradient_of_an_intermediate_value_agrees(target: str) -> None:
    check("q = x + y\nf = q * q * z", {"x": 1, "y": 2, "z": 3}, target, wrt=["q", "x", "f"])


@every_target
def test_an_upstream_is_the_seed(target: str) -> None:
    check("y = x**2", {"x": [1.0, 2.0, 3.0]}, target)


def test_every_function_that_the_tables_name_is_there() -> None:
    for name in ELEMENTWISE:
        assert callable(getattr(torch, name))
    for name in JAX:
        found: object = jnp
        for part in name.split("."):
            found = getattr(found, part)
    for _, expression in TORCH:
        for name in re.findall(r"torch\.([\w.]+)", expression):
            found = torch
            for part in name.split("."):
                found = getattr(found, part)
