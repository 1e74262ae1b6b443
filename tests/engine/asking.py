"""Short ways to ask the engine, through its public door."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from engine import EngineError, Limits, Trace, build

Array = NDArray[np.float64]
Inputs = Mapping[str, object]


def ask(
    source: str,
    inputs: Inputs | None = None,
    *,
    output: str | None = None,
    wrt: Sequence[str] | None = None,
) -> tuple[Array, dict[str, Array]]:
    """Returns value and gradients; an output that is no scalar gets an upstream of ones."""
    circuit = build(source, inputs or {}, output=output, wrt=wrt)
    shape = circuit.graph.nodes[circuit.graph.output].shape
    return circuit.value_and_grad(upstream=None if shape == () else np.ones(shape))


def value(source: str, inputs: Inputs | None = None, *, output: str | None = None) -> Array:
    """Returns the output's value."""
    return ask(source, inputs, output=output)[0]


def gradients(source: str, inputs: Inputs | None = None) -> dict[str, Array]:
    """Returns the gradients of all inputs that are not labels."""
    return ask(source, inputs)[1]


def traced(source: str, inputs: Inputs | None = None, **more: object) -> Trace:
    """Returns the trace; an output that is no scalar gets an upstream of ones."""
    circuit = build(source, inputs or {}, **more)
    shape = circuit.graph.nodes[circuit.graph.output].shape
    return circuit.trace(upstream=None if shape == () else np.ones(shape))


def notices(source: str, inputs: Inputs | None = None) -> list[str]:
    """Returns the messages that come with a trace."""
    return [notice.message for notice in traced(source, inputs).notices]


def refused(
    source: str,
    inputs: Inputs | None = None,
    *,
    limits: Limits | None = None,
    output: str | None = None,
    wrt: Sequence[str] | None = None,
) -> EngineError:
    """Returns the error of a program that must not run, from building it or from its first pass."""
    with pytest.raises(EngineError) as caught:
        build(source, inputs or {}, output=output, wrt=wrt, limits=limits).value_and_grad()
    return caught.value


def answer_or_code(source: str, inputs: Inputs | None = None) -> float | str:
    """Returns a scalar output's value, or the code of the refusal."""
    try:
        return float(value(source, inputs))
    except EngineError as error:
        return error.code


def same(found: object, wanted: object) -> None:
    """Asserts that two arrays have the same shape and the same numbers."""
    wanted_array = np.asarray(wanted, dtype=np.float64)
    assert np.shape(found) == wanted_array.shape
    np.testing.assert_allclose(found, wanted_array, rtol=1e-12, atol=1e-14)
