"""The PyTorch and JAX scripts, as far as they can be tested without PyTorch and JAX; see tests/peers for the rest."""

from __future__ import annotations

import ast
import sys
import types
from collections.abc import Callable, Mapping

import numpy as np
import pytest
from numpy.typing import NDArray

from app.gallery import gallery
from engine import build
from engine.errors import BadInput, NotSpelled
from engine.peers import jax_script, torch_script
from engine.peers.frameworks import CONSTANTS, ELEMENTWISE, JAX, JAX_ROWS, TORCH
from engine.primitives import REGISTRY, Primitive
from engine.script import Run, Script
from tests.engine import scripts
from tests.engine.differences import five_point, relative_error
from tests.engine.test_golden import LECTURE_FORWARD, MICROGRAD

Array = NDArray[np.float64]
WRITERS = {"torch": torch_script, "jax": jax_script}
every_target = pytest.mark.parametrize("target", WRITERS)
every_primitive = pytest.mark.parametrize("primitive", REGISTRY.values(), ids=lambda p: p.name)

SAID_BY_THE_SCRIPT = {"tensor", "set_default_dtype", "zeros", "ones", "full", "bool", "int64"}
WORDS = {
    "torch": SAID_BY_THE_SCRIPT
    | ELEMENTWISE
    | CONSTANTS
    | {"float64", "permute", "unsqueeze", "flip", "stack"}
    | {name for _, row in TORCH for name in scripts.functions_in(row, "torch")},
    "jax": JAX
    | {"array", "zeros", "ones", "full", "float64", "broadcast_arrays", "stack", "tril"}
    | {name for _, row in JAX_ROWS for name in scripts.functions_in(row, "jnp")},
}


def written(run: Run, target: str) -> Script | None:
    """Returns a script, or None where the framework has no words for it."""
    try:
        return WRITERS[target](run)
    except NotSpelled as error:
        assert error.hint  # noqa: PT017
        return None


def own_words(target: str) -> set[str]:
    """Returns the functions that records name in a framework's words."""
    module = {"torch": "torch", "jax": "jnp"}[target]
    return {
        name
        for primitive in REGISTRY.values()
        for name in scripts.functions_in(primitive.spelled.get(target, ""), module)
    }


@every_target
@every_primitive
def test_every_script_parses_and_calls_functions_that_the_framework_has(
    primitive: Primitive, target: str
) -> None:
    known = WORDS[target] | own_words(target)
    for arguments, settings in scripts.samples(primitive):
        script = written(scripts.one_gate(primitive, arguments, settings, scalar=True), target)
        if script is not None:
            ast.parse(script.code)
            module = {"torch": "torch", "jax": "jnp"}[target]
            assert set(scripts.functions_in(script.code, module)) <= known
            assert "np." not in script.code.replace("jnp.", "")


@every_primitive
def test_a_record_names_frameworks_that_there_are(primitive: Primitive) -> None:
    assert set(primitive.spelled) <= set(WRITERS)


# ---------- JAX, played by NumPy ----------


class Played(np.ndarray):
    """An array with JAX's way to change an entry."""

    @property
    def at(self) -> Places:
        return Places(self)


class Places:
    """What `x.at` gives: `x.at[index].set(value)` is a changed copy."""

    def __init__(self, array: Array, index: object = None) -> None:
        self.array = array
        self.index = index

    def __getitem__(self, index: object) -> Places:
        return Places(self.array, index)

    def set(self, value: object) -> Array:
        """Returns a copy with the value at the index."""
        changed = np.array(self.array).view(Played)
        changed[self.index] = value
        return changed


NETWORKS = {"sigmoid": lambda x: 1 / (1 + np.exp(-x)), "relu": lambda x: np.maximum(x, 0)}
"""jax.nn, as far as records name it."""


class Module(types.ModuleType):
    """jax.numpy: NumPy's functions, whose results are `Played`."""

    def __getattr__(self, name: str) -> object:
        found = getattr(np, name)
        if name == "linalg" or not callable(found) or isinstance(found, type):
            return found

        def call(*arguments: object, **settings: object) -> object:
            result = found(*arguments, **settings)
            return result.view(Played) if isinstance(result, np.ndarray) else result

        return call


def play_jax(monkeypatch: pytest.MonkeyPatch) -> None:
    """Puts a JAX into the modules that differentiates with five-point differences."""

    def grad(function: Callable[..., Array], argnums: int | tuple[int, ...] = 0) -> object:
        def call(*values: Array) -> object:
            places = (argnums,) if isinstance(argnums, int) else argnums
            slopes = []
            for place in places:

                def moved(there: Array, place: int = place) -> Array:
                    changed = [*values]
                    changed[place] = np.asarray(there).view(Played)
                    return np.asarray(function(*changed))

                slope = five_point(moved, np.asarray(values[place], dtype=np.float64))
                slopes.append(slope.reshape(np.shape(values[place])))
            return slopes[0] if isinstance(argnums, int) else tuple(slopes)

        return call

    jax, jnp, nn = Module("jax"), Module("jax.numpy"), types.SimpleNamespace(**NETWORKS)
    jax.__dict__.update(
        numpy=jnp, nn=nn, grad=grad, config=types.SimpleNamespace(update=lambda *_: None)
    )
    monkeypatch.setitem(sys.modules, "jax", jax)
    monkeypatch.setitem(sys.modules, "jax.numpy", jnp)


def agrees_when_played(
    script: Script, value: object, gradients: Mapping[str, Array], *, tolerance: float = 1e-6
) -> None:
    """Asserts that a JAX script computes the value, and that its function's slopes are the gradients."""
    printed = scripts.ran(script)
    wanted = {script.gradients[name]: gradient for name, gradient in gradients.items()}
    (output,) = set(printed) - set(wanted)
    np.testing.assert_allclose(printed[output], value, rtol=1e-12, err_msg=script.code)
    if "than the page" not in script.code:
        for name, array in wanted.items():
            finite = np.isfinite(array)
            error = relative_error(printed[name][finite], array[finite]) if finite.any() else 0.0
            assert error < tolerance, script.code


@every_primitive
def test_a_jax_script_is_the_same_function(
    primitive: Primitive, monkeypatch: pytest.MonkeyPatch
) -> None:
    play_jax(monkeypatch)
    for arguments, settings in scripts.samples(primitive):
        run = scripts.one_gate(primitive, arguments, settings, scalar=True)
        script = written(run, "jax")
        if script is not None:
            agrees_when_played(script, run.values[-1], scripts.gradients_of(run))


#: Played JAX takes differences: examples that have none, with the reason.
WITHOUT_DIFFERENCES = {
    "constant-feature": "its output is NaN",
    "unselected-branch": "a step back takes the root of a negative number",
}


@pytest.mark.parametrize(
    "entry", [e for e in gallery() if e.slug not in WITHOUT_DIFFERENCES], ids=lambda e: e.slug
)
def test_the_gallery_is_the_same_in_jax(entry, monkeypatch: pytest.MonkeyPatch) -> None:
    play_jax(monkeypatch)
    circuit = build(entry.source, entry.inputs, entry.output, entry.wrt)
    agrees_when_played(circuit.script("jax"), *circuit.value_and_grad(), tolerance=1e-5)


def test_item_assignment_makes_a_new_array_in_jax(monkeypatch: pytest.MonkeyPatch) -> None:
    play_jax(monkeypatch)
    circuit = build("y = 2 * x\ny[1:] = z\nL = np.sum(y * y)", {"x": [1.0, 2.0, 3.0], "z": 4.0})
    script = circuit.script("jax")
    assert "y = y.at[1:].set(z)" in script.code
    agrees_when_played(script, *circuit.value_and_grad())


# ---------- how they read ----------


def test_the_lectures_network_reads_as_pytorch_is_written() -> None:
    inputs = {"X": [[1.0, 2.0]], "W_1": [[1.0], [2.0]], "W_2": [[3.0]]}
    script = build(LECTURE_FORWARD, inputs).script("torch")
    assert script.gradients == {"X": "dX", "W_1": "dW_1", "W_2": "dW_2"}
    assert script.code == (
        """import torch

torch.set_default_dtype(torch.float64)

X = torch.tensor([[1.0, 2.0]], requires_grad=True)
W_1 = torch.tensor([[1.0], [2.0]], requires_grad=True)
W_2 = torch.tensor([[3.0]], requires_grad=True)

# forward
z_1 = X @ W_1
h_1 = torch.maximum(z_1, torch.tensor(0.0))
y_hat = h_1 @ W_2
t1 = y_hat ** 2
L = torch.sum(t1)

# backward
L.backward()
dX = X.grad
dW_1 = W_1.grad
dW_2 = W_2.grad

print("L =", L.tolist())
print("dX =", dX.tolist())
print("dW_1 =", dW_1.tolist())
print("dW_2 =", dW_2.tolist())
"""
    )


def test_the_lectures_network_reads_as_jax_is_written() -> None:
    code = build(LECTURE_FORWARD).script("jax").code
    assert "def forward(X, W_1, W_2):\n    z_1 = jnp.dot(X, W_1)\n" in code
    assert "dX, dW_1, dW_2 = jax.grad(forward, argnums=(0, 1, 2))(X, W_1, W_2)\n" in code


@every_target
def test_a_corner_is_said_where_it_is_and_nowhere_else(target: str) -> None:
    title = {"torch": "PyTorch", "jax": "JAX"}[target]
    said = f"# at a corner, where {title} may take another slope than the page"
    at = build("L = np.sum(np.maximum(x, 0))", {"x": [0.0, 1.0]}).script(target)
    beside = build("L = np.sum(np.maximum(x, 0))", {"x": [0.5, 1.0]}).script(target)
    (line,) = [line for line in at.lines if line.text.strip() == said]
    assert line.node == 2
    assert said not in beside.code


@every_target
def test_a_branch_not_taken_is_said(target: str) -> None:
    script = build("L = np.sum(np.where(x > 0, np.sqrt(x), 0))", {"x": [0.0, 4.0]}).script(target)
    assert "0 on the page, NaN in" in script.code


@every_target
def test_what_a_framework_cannot_say_is_refused_by_name(target: str) -> None:
    circuit = build("L = np.sum(x[::-2])", {"x": [1.0, 2.0, 3.0]})
    if target == "jax":
        assert "x[::-2]" in circuit.script(target).code
        return
    with pytest.raises(NotSpelled) as caught:
        circuit.script(target)
    assert caught.value.detail == (
        "PyTorch has no words for getitem: it has no slices with negative steps."
    )
    assert caught.value.span is not None


def test_an_unknown_target_is_refused() -> None:
    with pytest.raises(BadInput, match="no target 'tensorflow'"):
        build("x * y").script("tensorflow")


@every_target
@pytest.mark.parametrize(
    "name", ["torch", "jax", "jnp", "forward", "pull", "print", "at_y", "seed"]
)
def test_any_name_may_be_a_students(name: str, target: str) -> None:
    script = build(f"{name} = x * 2\ny = {name} * {name} + x", {"x": [1.0]}, wrt=["x", "y"]).script(
        target, upstream=[1.0]
    )
    bound = {
        n.id
        for n in ast.walk(ast.parse(script.code))
        if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)
    }
    needed = {"torch": {"torch", "print"}, "jax": {"jax", "jnp", "forward", "pull", "print"}}[
        target
    ]
    assert not bound & (needed - {"pull"})
    assert (f"{name}_1" if name in needed else name) in bound


@every_target
def test_two_runs_write_the_same_script(target: str) -> None:
    assert build(MICROGRAD).script(target).code == build(MICROGRAD).script(target).code
