"""Wrong answers made from the graph itself, one file a family: each yields backward passes with a rule changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from engine.grading.candidates.activation import activations
from engine.grading.candidates.broadcasting import broadcasting
from engine.grading.candidates.chain import chains
from engine.grading.candidates.constants import constants
from engine.grading.candidates.fanout import fanout
from engine.grading.candidates.masks import masks
from engine.grading.candidates.products import products
from engine.grading.candidates.softmax import softmaxes
from engine.grading.mutation import Mutation
from engine.grading.scene import Scene

FAMILIES: tuple[Callable[[Scene], Iterator[Mutation]], ...] = (
    products,
    broadcasting,
    fanout,
    chains,
    activations,
    masks,
    softmaxes,
    constants,
)

__all__ = ["FAMILIES"]
