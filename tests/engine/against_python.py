"""A program held against Python: the same text run with NumPy, and five-point differences of that run."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from engine import build
from tests.engine import plain_numpy
from tests.engine.differences import five_point, relative_error

Array = NDArray[np.float64]


def agrees_with_python(
    source: str,
    inputs: Mapping[str, Array],
    *,
    output: str = "L",
    fixed: Mapping[str, Array] | None = None,
) -> None:
    """Asserts that an output is what Python makes it, and that its gradients are those of differences.

    Args:
        source: the program.
        inputs: values, each entry of which is moved.
        output: the name that is compared; what is no scalar is summed.
        fixed: values that stay: labels, masks.
    """
    given = {**inputs, **(fixed or {})}
    circuit = build(source, given, output=output)
    shape = circuit.graph.nodes[circuit.graph.output].shape
    upstream = None if shape == () else np.ones(shape)
    found, gradients = circuit.value_and_grad(upstream=upstream)
    again, compiled = circuit.value_and_grad(upstream=upstream)  # straight-line code from here on

    def run(**changed: Array) -> Array:
        return np.asarray(plain_numpy.run(source, {**given, **changed})[output], dtype=np.float64)

    wanted = run()
    assert found.shape == wanted.shape
    np.testing.assert_allclose(found, wanted, rtol=1e-12, atol=1e-13)
    np.testing.assert_allclose(again, wanted, rtol=1e-12, atol=1e-13)
    for name in gradients.keys() & inputs.keys():
        numerical = five_point(lambda x, name=name: np.sum(run(**{name: x})), inputs[name])
        assert relative_error(gradients[name].ravel(), numerical.ravel()) < 1e-8, name
        np.testing.assert_allclose(compiled[name], gradients[name], rtol=1e-10, atol=1e-12)
