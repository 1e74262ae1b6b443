"""The JSON endpoints. Answers are bytes made where the engine ran; the models describe them."""

from __future__ import annotations

import ast
import asyncio
import json
from collections.abc import Awaitable, Callable
from inspect import Parameter
from typing import Annotated

import numpy as np
import orjson
from fastapi import APIRouter, Query, Request, Response
from fastapi.routing import APIRoute
from starlette.requests import ClientDisconnect

from app import __version__
from app.files import etag
from app.gallery import gallery
from app.problems import FIELDS, MEDIA, NOT_JSON, Problem, Refusal
from app.settings import Settings
from app.wire.check import CheckAnswer, CheckRequest
from app.wire.code import CodeAnswer, CodeRequest
from app.wire.descend import DescendAnswer, DescendRequest
from app.wire.gallery import Examples
from app.wire.grading import BackwardAnswer, BackwardRequest, GradeAnswer, GradeRequest
from app.wire.graph import GraphAnswer, GraphQuery, GraphRequest
from app.wire.jacobian import JacobianAnswer, JacobianRequest
from app.wire.nudge import NudgeAnswer, NudgeRequest
from app.wire.numbers import NumbersAnswer, NumbersRequest
from app.wire.primer import BalanceAnswer, BalanceRequest, DerivationAnswer, DerivationRequest
from app.wire.primitives import Primitives
from app.wire.program import ProgramRequest
from app.wire.server import Health, LimitsAnswer
from app.wire.surface import SurfaceAnswer, SurfaceRequest
from app.wire.sweep import SweepAnswer, SweepRequest
from app.workers import Workers
from engine.primitives import OVERLOADS, REGISTRY, Primitive
from engine.primitives.composition import Composition, compositions

JSON = "application/json"
REVALIDATE = "no-cache"
#: NumPy's own names, as a program writes them after np.
NUMPY = frozenset((*np.__all__, *(f"linalg.{name}" for name in np.linalg.__all__)))


class JsonRequest(Request):
    """A request whose body must be strict JSON: no NaN, no lone surrogates, no endless nesting."""

    async def json(self) -> object:
        """Returns the body.

        Raises:
            json.JSONDecodeError: for what is no JSON; FastAPI reports it.
            Refusal: for a number too large for a float, brackets too deep, or null.
        """
        settings: Settings = self.app.state.settings
        parsed = parse_json(await self.body(), settings)
        if parsed is None:
            raise Refusal(Problem(FIELDS, "The body is null.", hint="Send a JSON object."))
        return parsed


class JsonRoute(APIRoute):
    """A route that takes bodies as application/json only."""

    def get_route_handler(self) -> Callable[[Request], Awaitable[Response]]:  # type: ignore[override]
        """Returns the handler, with the check in front of it."""
        handler = super().get_route_handler()

        async def handle(request: Request) -> Response:
            media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
            if request.method == "POST" and media_type != JSON:
                raise Refusal(
                    Problem(
                        MEDIA,
                        "The body is not sent as application/json.",
                        hint="Set the header Content-Type: application/json.",
                    )
                )
            return await handler(JsonRequest(request.scope, request.receive))

        return handle


router = APIRouter(route_class=JsonRoute)


@router.post("/api/graph", response_model=GraphAnswer, summary="Draw and differentiate a program")
async def post_graph(body: GraphRequest, request: Request) -> Response:
    """Runs a program forward and backward: every value, local gradient, message and step."""
    return Response(await answer(body, request), media_type=JSON)


@router.get(
    "/api/graph", response_model=GraphAnswer, summary="The same, as an address that can be shared"
)
async def get_graph(query: Annotated[GraphQuery, Query()], request: Request) -> Response:
    """Answers what POST answers, with an ETag."""
    settings: Settings = request.app.state.settings
    inputs = {} if query.inputs is None else from_query("inputs", query.inputs, settings)
    if not isinstance(inputs, dict):
        raise Refusal(
            Problem(FIELDS, "inputs is not a JSON object.", hint='Such as {"x": -2, "y": 5}.')
        )
    body = GraphRequest(
        source=query.source,
        inputs=inputs,
        output=query.output,
        wrt=None if query.wrt is None else [name.strip() for name in query.wrt.split(",")],
        upstream=None
        if query.upstream is None
        else from_query("upstream", query.upstream, settings),
        digits=query.digits,
    )
    return revalidated(await answer(body, request), request, JSON)


@router.post(
    "/api/numbers", response_model=NumbersAnswer, summary="The numbers of a graph without its words"
)
async def post_numbers(body: NumbersRequest, request: Request) -> Response:
    """Answers in a fraction of the time what changes with the inputs' values, and the words of a few steps."""
    return Response(await answer(body, request), media_type=JSON)


@router.post("/api/code", response_model=CodeAnswer, summary="Write a program's backward pass")
async def post_code(body: CodeRequest, request: Request) -> Response:
    """Writes a stand-alone script in NumPy, PyTorch or JAX that prints the gradients."""
    return Response(await answer(body, request), media_type=JSON)


@router.post(
    "/api/jacobian", response_model=JacobianAnswer, summary="The Jacobian between any two nodes"
)
async def post_jacobian(body: JacobianRequest, request: Request) -> Response:
    """Says which entries can be other than zero, and lists them: a small matrix, or a row or column of a large one."""
    return Response(await answer(body, request), media_type=JSON)


@router.post("/api/balance", response_model=BalanceAnswer, summary="Balance dimensions")
async def post_balance(body: BalanceRequest, request: Request) -> Response:
    """Lists the products of both factors of a matmul's gradients: which multiply, have the shape, have the value."""
    return Response(await answer(body, request), media_type=JSON)


@router.post(
    "/api/derivation", response_model=DerivationAnswer, summary="A gradient from first principles"
)
async def post_derivation(body: DerivationRequest, request: Request) -> Response:
    """Derives what one wire carries back: element, pattern, vectorized, each line with its numbers."""
    return Response(await answer(body, request), media_type=JSON)


@router.post("/api/check", response_model=CheckAnswer, summary="Hold gradients against differences")
async def post_check(body: CheckRequest, request: Request) -> Response:
    """Compares every gradient with differences of the forward pass, and tells corners from mistakes."""
    return Response(await answer(body, request), media_type=JSON)


@router.post("/api/check/sweep", response_model=SweepAnswer, summary="The error against the step")
async def post_sweep(body: SweepRequest, request: Request) -> Response:
    """Runs the check at steps from 1e-1 to 1e-13: the error falls with h until rounding takes over."""
    return Response(await answer(body, request), media_type=JSON)


@router.post(
    "/api/descend", response_model=DescendAnswer, summary="The lecture's ways to a smaller loss"
)
async def post_descend(body: DescendRequest, request: Request) -> Response:
    """Walks downhill by random search, random local search, or a gradient found numerically or by the chain rule."""
    return Response(await answer(body, request), media_type=JSON)


@router.post(
    "/api/surface", response_model=SurfaceAnswer, summary="The output over one or two entries"
)
async def post_surface(body: SurfaceRequest, request: Request) -> Response:
    """Runs the program over a slice or a map, and says the gradient at the point itself."""
    return Response(await answer(body, request), media_type=JSON)


@router.post("/api/nudge", response_model=NudgeAnswer, summary="Move inputs: promised and real")
async def post_nudge(body: NudgeRequest, request: Request) -> Response:
    """Moves inputs, and holds gradient times change against what the output does, gate by gate: slopes multiply."""
    return Response(await answer(body, request), media_type=JSON)


@router.post("/api/grade", response_model=GradeAnswer, summary="Judge a student's answer")
async def post_grade(body: GradeRequest, request: Request) -> Response:
    """Says whether a number, a list or a formula is the gradient of a name, and of a wrong one which mistake it is."""
    return Response(await answer(body, request), media_type=JSON)


@router.post(
    "/api/grade/backward",
    response_model=BackwardAnswer,
    summary="Judge backward code line by line",
)
async def post_backward(body: BackwardRequest, request: Request) -> Response:
    """Runs hand-written backward code and judges each line that makes or changes a gradient where it stands."""
    return Response(await answer(body, request), media_type=JSON)


@router.get("/api/examples", response_model=Examples, summary="The gallery")
async def get_examples(request: Request) -> Response:
    """Lists the examples with their published numbers and citations."""
    listed = [example.model_dump(exclude_none=True) for example in gallery()]
    return revalidated(orjson.dumps({"examples": listed}), request, JSON)


@router.get("/api/primitives", response_model=Primitives, summary="What programs may use")
async def get_primitives(request: Request) -> Response:
    """Lists the primitives: spellings, arguments, settings, what each does to a gradient; and functions made of them."""
    listed = [primitive_json(primitive) for primitive in REGISTRY.values()]
    made = [function_json(composition) for composition in compositions()]
    forms = [f"np.{name}(x, y)" for name in sorted(NUMPY.intersection(OVERLOADS))]
    answer = {
        "primitives": listed,
        "functions": made,
        "overloads": sorted(OVERLOADS),
        "overload_forms": forms,
    }
    content = orjson.dumps(answer)
    return revalidated(content, request, JSON)


@router.get("/api/limits", response_model=LimitsAnswer, summary="What is too large")
async def get_limits(request: Request) -> Response:
    """Lists every limit with its value and the environment variable that changes it."""
    settings: Settings = request.app.state.settings
    return revalidated(orjson.dumps({"limits": settings.public()}), request, JSON)


@router.get("/healthz", response_model=Health, summary="Whether the server answers")
async def get_health() -> Response:
    """Answers without running the engine."""
    return Response(orjson.dumps({"status": "ok", "version": __version__}), media_type=JSON)


async def answer(body: ProgramRequest, request: Request) -> bytes:
    """Returns the engine's answer.

    Raises:
        ClientDisconnect: when the client has gone; its job has left the queue.
    """
    workers: Workers = request.app.state.workers
    work = asyncio.ensure_future(workers.run(body))
    gone = asyncio.ensure_future(hung_up(request))
    try:
        await asyncio.wait({work, gone}, return_when=asyncio.FIRST_COMPLETED)
        if not work.done():
            raise ClientDisconnect
        return work.result()
    finally:
        work.cancel()
        gone.cancel()
        await asyncio.wait({work, gone})  # until a cancelled job has left the queue


async def hung_up(request: Request) -> None:
    """Returns when the client has closed the connection."""
    while (await request.receive())["type"] != "http.disconnect":
        pass


def revalidated(content: bytes, request: Request, media_type: str) -> Response:
    """Returns content with its ETag, or 304 when the client has it already."""
    tag = etag(content)
    headers = {"ETag": tag, "Cache-Control": REVALIDATE}
    known = request.headers.get("if-none-match", "")
    if known.strip() == "*" or tag in [t.strip().removeprefix("W/") for t in known.split(",")]:
        return Response(status_code=304, headers=headers)
    return Response(content, headers=headers, media_type=media_type)


def from_query(name: str, text: str, settings: Settings) -> object:
    """Returns a query field's JSON."""
    try:
        return parse_json(text.encode("utf-8", "replace"), settings)
    except json.JSONDecodeError:
        problem = Problem(NOT_JSON, f"{name} is not JSON.", hint='Such as {"x": -2, "y": 5}.')
        raise Refusal(problem) from None


def parse_json(text: bytes, settings: Settings) -> object:
    """Returns strict JSON as Python values.

    Raises:
        json.JSONDecodeError: for what is no JSON.
        Refusal: for a number too large for a float, or brackets too deep.
    """
    try:
        parsed: object = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        if "infinity" in error.msg:
            problem = Problem(
                FIELDS, "A number is too large for a 64-bit float.", hint="Make it smaller."
            )
            raise Refusal(problem) from None
        if "depth" in error.msg:
            raise too_deep(settings) from None
        raise
    if nested_deeper(parsed, settings.bracket_depth):
        raise too_deep(settings)
    return parsed


def nested_deeper(parsed: object, most: int) -> bool:
    """Returns whether lists and objects nest deeper than `most`."""
    level = [parsed]
    for _ in range(most + 1):
        level = [
            entry
            for value in level
            if isinstance(value, list | dict)
            for entry in (value.values() if isinstance(value, dict) else value)
            if isinstance(entry, list | dict)
        ]
        if not level:
            return False
    return True


def too_deep(settings: Settings) -> Refusal:
    """Returns the refusal of JSON that nests too deep."""
    return Refusal(
        Problem(
            FIELDS,
            f"The JSON nests too deep; the limit bracket_depth is {settings.bracket_depth}.",
            hint="Use fewer brackets.",
            limit="bracket_depth",
        )
    )


def primitive_json(primitive: Primitive) -> dict[str, object]:
    """Returns one primitive's record without its functions; its rules as their own text."""
    settings = {n: v for n, v in primitive.settings.items() if n not in primitive.derived}
    return {
        "name": primitive.name,
        "form": form_of(primitive),
        "family": primitive.family,
        "symbol": primitive.symbol,
        "words": primitive.words,
        "latex": primitive.latex,
        "arguments": primitive.arguments,
        "variadic": primitive.variadic,
        "settings": {n: setting(v) for n, v in settings.items() if v is not Parameter.empty},
        "required": [n for n, v in settings.items() if v is Parameter.empty],
        "spellings": primitive.spellings,
        "methods": primitive.methods,
        "structure": {name: primitive.structure_of(name).value for name in primitive.vjp},
        "gradients": {
            name: "\n".join(ast.unparse(statement) for statement in statements)
            for name, statements in primitive.rule_text.items()
        },
    }


def form_of(primitive: Primitive) -> str:
    """Returns how a program writes a primitive, "" for what only a sign or a bracket stands for."""
    if not primitive.spellings:
        return ""
    spelling = primitive.spellings[0]
    arguments = [*primitive.arguments, *(f"{name}=..." for name in primitive.open_settings)]
    prefix = "np." if spelling in NUMPY else ""
    return f"{prefix}{spelling}({', '.join(arguments)})"


def function_json(composition: Composition) -> dict[str, object]:
    """Returns what is known of a function that is made of primitives."""
    return {
        "name": composition.name,
        "form": composition.form,
        "words": composition.words,
        "spellings": composition.spellings,
        "methods": composition.methods,
    }


def setting(value: object) -> str | float | bool | list[int] | None:
    """Returns a setting's default as JSON."""
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, tuple) and all(isinstance(entry, int) for entry in value):
        return list(value)
    return None
