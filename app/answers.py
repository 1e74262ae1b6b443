"""What each endpoint makes of a circuit: bytes, made where the engine ran. One function a kind of request."""

from __future__ import annotations

from functools import singledispatch

from app.schemas import GraphRequest
from app.serialize import Picture, graph_bytes
from app.settings import Settings
from engine import Circuit


@singledispatch
def answered(request: GraphRequest, circuit: Circuit, settings: Settings) -> bytes:
    """Returns the answer to a request about a circuit that has been built; here: the whole graph.

    Raises:
        EngineError: one of its subclasses.
    """
    return graph_bytes(circuit.trace(request.upstream), picture_of(settings))


def picture_of(settings: Settings) -> Picture:
    """Returns how much of a tensor an answer lists."""
    return Picture(
        settings.picture_node_numbers, settings.picture_total_numbers, settings.answer_bytes
    )
