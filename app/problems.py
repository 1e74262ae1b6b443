"""Refusals as RFC 9457 problem details: one sentence on what was found, one on the fix, a stable code.

Nothing of a request is repeated but what `engine.errors.excerpt` has shortened, and no exception's own text.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import orjson
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from engine.errors import Edit, EngineError, Span, excerpt

MEDIA_TYPE = "application/problem+json"


@dataclass(frozen=True, slots=True)
class Cause:
    """One way in which a request can fail.

    Attributes:
        code: stable name, part of the API, and the anchor in `/docs`.
        status: HTTP status.
        title: the cause in a few words.
        meaning: one sentence for the reference.
    """

    code: str
    status: int
    title: str
    meaning: str


NOT_JSON = Cause(
    "not-json", 400, "Not JSON", "The body, or the inputs in the query, cannot be read as JSON."
)
NOT_FOUND = Cause("not-found", 404, "Not found", "Nothing has this address.")
METHOD = Cause(
    "method-not-allowed", 405, "Wrong method", "The address exists, but not for this method."
)
TOO_SLOW = Cause("too-slow", 408, "Body too slow", "The body did not arrive in time.")
BODY = Cause(
    "body-too-large", 413, "Body too large", "The body is longer than the limit body_bytes."
)
URL = Cause(
    "url-too-long", 414, "Address too long", "The address is longer than the limit url_bytes."
)
MEDIA = Cause(
    "not-json-type", 415, "Wrong content type", "A body must be sent as application/json."
)
FIELDS = Cause(
    "bad-request", 422, "Fields not usable", "JSON, but with unknown, missing or unfit fields."
)
BUSY = Cause(
    "busy", 503, "Busy", "Too many programs wait; try again after the seconds in Retry-After."
)
INTERNAL = Cause("internal", 500, "A fault of ours", "The server failed; its log has the incident.")

HTTP_CAUSES = (NOT_JSON, NOT_FOUND, METHOD, TOO_SLOW, BODY, URL, MEDIA, FIELDS, INTERNAL, BUSY)


@dataclass(frozen=True, slots=True)
class Problem:
    """One refusal, ready to be written."""

    cause: Cause
    detail: str
    hint: str = ""
    span: Span | None = None
    limit: str | None = None
    fix: Sequence[Edit] = ()
    headers: Mapping[str, str] = field(default_factory=dict)

    def body(self) -> bytes:
        """Returns the problem as JSON."""
        members: dict[str, object] = {
            "type": f"/docs#{self.cause.code}",
            "title": self.cause.title,
            "status": self.cause.status,
            "detail": self.detail,
            "code": self.cause.code,
        }
        if self.span is not None:
            members["span"] = self.span
        if self.hint:
            members["hint"] = self.hint
        if self.limit:
            members["limit"] = self.limit
        if self.fix:
            members["fix"] = self.fix
        return orjson.dumps(members)

    def response(self) -> Response:
        """Returns the problem as an answer."""
        return Response(
            self.body(), self.cause.status, headers=dict(self.headers), media_type=MEDIA_TYPE
        )


class Refusal(HTTPException):
    """Stops a request with a problem; FastAPI lets exceptions of this kind alone pass from its own reading of bodies."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.cause.status, problem.cause.code)
        self.problem = problem


class Refuse(Protocol):
    """How a problem becomes an answer at a path: problem+json for programs, a page for people."""

    def __call__(self, path: str, problem: Problem) -> Response:
        """Returns the answer."""


def from_engine(error: EngineError) -> Problem:
    """Returns what the engine refused: always 422, always the client's to mend."""
    return Problem(
        Cause(error.code, 422, error.title, ""),
        error.detail,
        hint=error.hint,
        span=error.span,
        limit=error.limit,
        fix=error.fix,
    )


def from_http(error: HTTPException, allowed: Sequence[str]) -> Problem:
    """Returns a problem for a status that the framework raised.

    Args:
        error: what it raised.
        allowed: the methods that the address takes.
    """
    if error.status_code == METHOD.status:
        methods = ", ".join(allowed) or "GET, HEAD"
        return Problem(
            METHOD,
            "This address does not take that method.",
            hint=f"Use {methods}.",
            headers={"Allow": methods},
        )
    if error.status_code == NOT_JSON.status:
        return Problem(NOT_JSON, "The body cannot be read as JSON.", hint="Send a JSON object.")
    return Problem(
        NOT_FOUND, "Nothing has this address.", hint="The reference at /docs lists every address."
    )


def from_validation(error: RequestValidationError) -> Problem:
    """Returns a problem for fields that do not fit the schema, or for a body that is no JSON."""
    first = error.errors()[0]
    kind, place = first["type"], tuple(first["loc"])
    if kind == "json_invalid":
        reason = excerpt(first["ctx"]["error"], 80)
        return Problem(NOT_JSON, f"The body is not JSON: {reason}.", hint="Send a JSON object.")
    if place == ("body",) and kind == "missing":
        return Problem(NOT_JSON, "The body is empty.", hint="Send a JSON object.")
    name = ".".join(excerpt(part) for part in place[1:])
    if kind == "extra_forbidden":
        return Problem(FIELDS, f"The field {name} is not known here.", hint="Leave it out.")
    if kind == "missing":
        return Problem(FIELDS, f"The field {name} is missing.", hint="Add it.")
    wanted = str(first["msg"]).replace("Input should be", "it should be").lower()
    where = f"The field {name}" if name else "The body"
    return Problem(
        FIELDS, f"{where} does not fit: {wanted}.", hint="The reference at /docs has the types."
    )


def engine_causes() -> Iterator[Cause]:
    """Yields one cause for each class of EngineError, in the order they are written."""
    waiting: list[type[EngineError]] = [*EngineError.__subclasses__()]
    for error in waiting:
        waiting.extend(error.__subclasses__())
        meaning = (error.__doc__ or "").strip().split("\n")[0]
        yield Cause(error.code, 422, error.title, meaning)


def all_causes() -> Sequence[Cause]:
    """Returns every cause that an answer can have: the engine's, then HTTP's."""
    return (*engine_causes(), *HTTP_CAUSES)
