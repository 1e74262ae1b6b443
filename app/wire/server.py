"""The wire format of /api/limits and /healthz: what the server says of itself."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from app.wire.exact import Exact


class LimitModel(Exact):
    """One limit."""

    value: float
    unit: str
    meaning: str
    environment: str = Field(description="The variable that changes it.")


class LimitsAnswer(Exact):
    """All limits by name."""

    limits: dict[str, LimitModel]


class Health(Exact):
    """The server answers."""

    status: Literal["ok"]
    version: str
