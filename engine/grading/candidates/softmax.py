"""Softmax taken for an elementwise function, and its cross-entropy without the label."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from engine.backward import has_rule
from engine.grading.mutation import Mutation
from engine.grading.program import Change, Point
from engine.grading.scene import Scene, instead
from engine.graph import Array


def softmaxes(scene: Scene) -> Iterator[Mutation]:
    """Yields what may go wrong at a softmax, as one gate or written out: known by its values."""
    shares: dict[int, list[int]] = {}
    for node in scene.nodes():
        value = scene.point.values[node.index]
        for axis in axes_of(value):
            if np.all(value > 0) and np.allclose(value.sum(axis=axis), 1, 1e-9):
                shares.setdefault(axis, []).append(node.index)
    for node in scene.nodes():
        scores = scene.point.values[node.index]
        if node.index == scene.graph.output:
            continue
        for axis in axes_of(scores):
            yield from elementwise(scene, node.index, axis, shares.get(axis, []))
            yield from without_label(scene, node.index, axis)


def axes_of(value: Array) -> list[int]:
    """Returns the axes that a softmax may run along."""
    real = value.dtype == np.float64
    return [axis for axis, size in enumerate(value.shape) if real and size > 1]


def softmax(scores: Array, axis: int) -> Array:
    """Returns the shares of scores along an axis."""
    with np.errstate(all="ignore"):
        exps = np.exp(scores - np.max(scores, axis=axis, keepdims=True))
        return np.asarray(exps / np.sum(exps, axis=axis, keepdims=True))


def elementwise(scene: Scene, base: int, axis: int, shares: Sequence[int]) -> Iterator[Mutation]:
    """Yields p(1-p) in the place of the whole Jacobian, where a later node is the softmax of this one."""
    later = [place for place in shares if place > base]
    expected = softmax(scene.point.values[base], axis) if later else None
    for top in later:
        value = scene.point.values[top]
        if expected is None or value.shape != expected.shape or not np.allclose(value, expected):
            continue
        wires = frozenset(
            (gate, key)
            for gate, key in scene.point.arrived.get(base, {})
            if gate <= top and has_rule(scene.graph.nodes[gate], key)
        )

        def made(point: Point, top: int = top) -> Array:
            p = point.values[top]
            return np.asarray(point.gradient(top) * p * (1 - p))

        p = scene.called(top)
        yield Mutation(
            ("softmax-diagonal-only",),
            (Change(base, wires, made),),
            f"Softmax is taken entry by entry, {p} * (1 - {p}); every share depends on every score, "
            f"so the other terms -{p}_i * {p}_j add too.",
        )
        return


def without_label(scene: Scene, base: int, axis: int) -> Iterator[Mutation]:
    """Yields p in the place of p - y, where the gradient is c (p - y) with y one-hot along the axis."""
    gradient = scene.point.gradient(base)
    size = np.abs(gradient).max(initial=0.0)
    if not np.isfinite(size) or np.abs(gradient.sum(axis=axis)).max(initial=0.0) > 1e-9 * size:
        return
    shares = softmax(scene.point.values[base], axis)
    with np.errstate(all="ignore"):
        ratio = gradient / shares
    if not np.isfinite(ratio).all() or not np.any(gradient):
        return
    scale = float(np.max(ratio))
    if scale <= 0:
        return
    label = shares - gradient / scale
    onehot = np.isclose(label, np.round(label), atol=1e-9) & (np.round(label) >= 0)
    if not onehot.all() or not np.allclose(label.sum(axis=axis), 1, atol=1e-9):
        return
    called = scene.called(base)
    for factor in dict.fromkeys((scale, 1.0)):

        def made(point: Point, factor: float = factor) -> Array:
            return factor * softmax(point.values[base], axis)

        yield Mutation(
            ("softmax-ce-missing-onehot",),
            instead(scene.point, base, made),
            f"This is softmax({called}) alone; subtract 1 at the right class of each row: p - y.",
        )
