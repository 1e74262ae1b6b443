"""A client's own reading of a trace: downstreams from upstreams and local gradients, by the contract's structure table.

Nothing of the engine is used but the trace's data, so that what it promises is enough.
"""

from __future__ import annotations

import ast
import keyword
import math

import numpy as np
from numpy.typing import NDArray

from engine import Trace
from engine.trace import Local, TracedNode, Wire

Array = NDArray[np.float64]


def downstream(trace: Trace, node: TracedNode, wire: Wire) -> Array:
    """Returns what a wire carries back, from the gate's upstream and the wire's local gradient alone."""
    local = wire.local
    assert node.upstream is not None
    upstream = np.asarray(node.upstream, dtype=np.float64)
    shape = local.shape[upstream.ndim :]
    assert local.shape == upstream.shape + shape
    form = local.structure.value
    if form == "scalar":
        assert local.shape == ()
        return np.asarray(upstream * value_of(local))
    if form == "diagonal":
        value = value_of(local)
        assert value.shape == upstream.shape, "a diagonal has the output's shape"
        return np.reshape(np.sum(upstream * value, axis=wire.summed_axes), shape)
    if form == "matmul":
        assert local.value is None
        assert local.other is not None
        other = np.asarray(trace.nodes[local.other].value, dtype=np.float64)
        return product(upstream, other, shape, local.side or "")
    if form == "reduction":
        assert local.axes is not None
        stretched = np.reshape(upstream, [1 if k in local.axes else n for k, n in enumerate(shape)])
        return np.broadcast_to(stretched, shape) * (1.0 if local.value is None else local.value)
    if form == "dense":
        axes = tuple(range(upstream.ndim))
        return np.tensordot(upstream, value_of(local), axes=(axes, axes))
    if form == "broadcast":
        assert local.axes is not None
        return np.reshape(np.sum(upstream, axis=local.axes), shape)
    assert form in ("permutation", "selection")
    assert local.indices is not None
    places = np.ravel(local.indices)
    assert places.size == upstream.size, "one index an output entry"
    flat = np.zeros(math.prod(shape))
    np.add.at(flat, places, upstream.ravel())
    return flat.reshape(shape)


def value_of(local: Local) -> Array:
    """Returns a local gradient's numbers, which its structure promises."""
    assert local.value is not None
    return np.asarray(local.value, dtype=np.float64)


def product(upstream: Array, other: Array, shape: tuple[int, ...], side: str) -> Array:
    """Returns upstream times the other factor transposed, or the reverse; vectors are promoted as NumPy promotes them."""
    rank = len(shape)
    left = side == "left"
    # With vectors made matrices: a left vector is a row, a right one a column.
    if left:
        other_matrix = other[:, None] if other.ndim == 1 else other
        gradient = upstream
        if other.ndim == 1:
            gradient = gradient[..., None]
        if rank == 1:
            gradient = gradient[..., None, :]
        whole = gradient @ np.swapaxes(other_matrix, -1, -2)
    else:
        other_matrix = other[None, :] if other.ndim == 1 else other
        gradient = upstream
        if rank == 1:
            gradient = gradient[..., None]
        if other.ndim == 1:
            gradient = gradient[..., None, :]
        whole = np.swapaxes(other_matrix, -1, -2) @ gradient
    full = shape if rank > 1 else ((1, *shape) if left else (*shape, 1))
    lead = whole.ndim - len(full)
    summed = np.sum(whole, axis=tuple(range(lead)))
    stretched = tuple(k for k, n in enumerate(full) if n == 1 and summed.shape[k] != 1)
    return np.reshape(np.sum(summed, axis=stretched, keepdims=True), shape)


def gradient_names(trace: Trace) -> list[str]:
    """Returns every node's gradient name as the contract says: d + name, or grad_ + name where that is taken."""
    taken = {node.code for node in trace.nodes} | {"np", "numpy", *keyword.kwlist}
    names = []
    for node in trace.nodes:
        name, longer = f"d{node.code}", f"grad_{node.code}"
        while name in taken:
            name, longer = longer, f"grad_{longer}"
        taken.add(name)
        names.append(name)
    return names


def environment(trace: Trace) -> dict[str, object]:
    """Returns the forward values by their names in the listing, as a script would have them."""
    values: dict[str, object] = {"np": np}
    for node in trace.nodes:
        if node.code.isidentifier():
            values[node.code] = node.value[()] if node.value.shape == () else node.value.copy()
    return values


def local_number(code: str, script: dict[str, object]) -> object:
    """Returns what a local gradient's line computes: an expression's value, or the last name that statements bind."""
    *before, last = ast.parse(code).body
    if isinstance(last, ast.Expr):
        return eval(code, script)
    first = before[0] if before else last
    assert isinstance(first, ast.Assign)
    names = dict(script)
    exec(code, names)
    return names[ast.unparse(first.targets[0])]
