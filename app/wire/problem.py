"""The wire format of every refusal."""

from __future__ import annotations

from pydantic import Field

from app.wire.exact import Exact
from app.wire.program import Fix, SpanModel


class ProblemModel(Exact):
    """A refusal, as RFC 9457 has it."""

    type: str = Field(description="Address of the code's paragraph.")
    title: str
    status: int
    detail: str = Field(description="What was found and what was wanted.")
    code: str = Field(description="Stable name of the cause.")
    span: SpanModel | None = Field(default=None, description="Where in the program.")
    hint: str | None = Field(default=None, description="The fix.")
    limit: str | None = Field(default=None, description="Name of the limit that was passed.")
    fix: Fix | None = Field(default=None)
