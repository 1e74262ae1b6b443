"""Puts the server together: `create_app(settings)`, and `app` for uvicorn."""

from __future__ import annotations

import gc
import logging
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import orjson
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import ClientDisconnect
from starlette.routing import Match, Route

from app import __version__
from app.api import JSON, revalidated, router
from app.files import Files, web_root
from app.gallery import gallery, request_of
from app.middleware import HeadAsGet, Incidents, RequestLimits, SecurityHeaders
from app.pages import Pages
from app.problems import MEDIA_TYPE, Problem, Refusal, from_engine, from_http, from_validation
from app.settings import Settings
from app.wire.problem import ProblemModel
from app.workers import Workers
from engine.errors import EngineError

PROGRAMS = ("/api", "/healthz", "/openapi.json")
"""Addresses that programs ask; their refusals are problem+json, those of the others are pages."""
GONE = 499
GZIP_FROM = 500
GZIP_LEVEL = 5


class Server(FastAPI):
    """FastAPI, with refusals described as what they are."""

    def openapi(self) -> dict[str, Any]:
        """Returns the OpenAPI document: every operation may answer problem+json."""
        if self.openapi_schema is None:
            self.openapi_schema = described(super().openapi())
        return self.openapi_schema


def create_app(settings: Settings | None = None) -> FastAPI:
    """Returns the server.

    Args:
        settings: its limits; default what the environment says.
    """
    settings = settings or Settings.from_environment()
    root = web_root()
    pages = Pages(root, readable=bool(os.environ.get("CHAINRULE_DEV")))
    app = Server(
        title="Chainrule",
        version=__version__,
        description="Backpropagation, step by step: a program in, its circuit with every gradient out.",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
        lifespan=lifespan,
        routes=pages.routes(),
    )
    app.state.settings = settings
    app.state.workers = Workers(settings)
    app.include_router(router)
    app.add_route("/openapi.json", openapi)
    app.mount("/static", Files(directory=root / "static"), name="static")

    def refuse(path: str, problem: Problem) -> Response:
        return problem.response() if for_programs(path) else pages.problem(problem)

    async def refused(request: Request, error: Exception) -> Response:
        return refuse(request.url.path, problem_of(error, request))

    for kind in (EngineError, Refusal, RequestValidationError, HTTPException):
        app.add_exception_handler(kind, refused)
    app.add_exception_handler(ClientDisconnect, hung_up)
    # The last added is the outermost.
    app.add_middleware(HeadAsGet)
    app.add_middleware(RequestLimits, settings=settings, refuse=refuse)
    app.add_middleware(Incidents, refuse=refuse)
    app.add_middleware(GZipMiddleware, minimum_size=GZIP_FROM, compresslevel=GZIP_LEVEL)
    app.add_middleware(SecurityHeaders)
    return app


async def hung_up(request: Request, error: Exception) -> Response:
    """Answers a client that has gone: nobody reads it, and nothing went wrong."""
    return Response(status_code=GONE)


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Runs the first example once, so that the first visitor does not wait; stops the workers at the end."""
    access = logging.getLogger("uvicorn.access")
    access.addFilter(without_query)
    workers: Workers = app.state.workers
    with suppress(EngineError):  # on a machine too busy to be quick, the first visitor waits
        await workers.run(request_of(gallery()[0]))
    # What has been loaded stays: looking through it again and again for garbage would make requests wait.
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()
    workers.close()
    access.removeFilter(without_query)


def without_query(record: logging.LogRecord) -> bool:
    """Cuts the query off the path in a line of the access log; it holds what people typed."""
    if isinstance(record.args, tuple) and len(record.args) == 5:
        client, method, path, *rest = record.args
        record.args = (client, method, str(path).partition("?")[0], *rest)
    return True


def for_programs(path: str) -> bool:
    """Returns whether an address is asked by programs."""
    return path.startswith(PROGRAMS)


def problem_of(error: Exception, request: Request) -> Problem:
    """Returns the problem that an exception stands for."""
    match error:
        case EngineError():
            return from_engine(error)
        case Refusal():
            return error.problem
        case RequestValidationError():
            return from_validation(error)
        case HTTPException():
            return from_http(error, allowed(request))
    raise error


def allowed(request: Request) -> list[str]:
    """Returns the methods that an address takes; the framework names those of its first route alone."""
    routes = [*request.app.routes, *router.routes]
    return sorted(
        method
        for route in routes
        if isinstance(route, Route) and route.matches(request.scope)[0] is not Match.NONE
        for method in route.methods or ()
    )


async def openapi(request: Request) -> Response:
    """Answers the OpenAPI document."""
    return revalidated(orjson.dumps(request.app.openapi()), request, JSON)


def described(document: dict[str, Any]) -> dict[str, Any]:
    """Returns the OpenAPI document with our refusals in the place of FastAPI's."""
    schemas = document["components"]["schemas"]
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    schemas["ProblemModel"] = ProblemModel.model_json_schema(
        ref_template="#/components/schemas/{model}"
    )
    schemas["ProblemModel"].pop("$defs", None)
    reference = {"schema": {"$ref": "#/components/schemas/ProblemModel"}}
    refusal = {
        "description": "What was found, what was wanted, and the fix.",
        "content": {MEDIA_TYPE: reference},
    }
    for operations in document["paths"].values():
        for operation in operations.values():
            operation["responses"].pop("422", None)
            operation["responses"]["4XX"] = refusal
    return document


app = create_app()
