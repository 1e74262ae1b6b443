"""What happens to every request before and after the routes: limits, headers, faults. Plain ASGI."""

from __future__ import annotations

import asyncio
import logging
import secrets

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.problems import BODY, INTERNAL, TOO_SLOW, URL, Problem, Refuse
from app.settings import Settings

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "font-src 'self'; connect-src 'self'; worker-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors {framed}"
)
EMBED = "/embed"
PERMISSIONS = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"

logger = logging.getLogger("chainrule")


class SecurityHeaders:
    """Adds the headers that keep the page to itself; only the embed may be framed by others."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes a request on, and its answer back with the headers."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        embed = scope["path"] == EMBED or scope["path"].startswith(f"{EMBED}/")
        added = {
            "Content-Security-Policy": POLICY.format(framed="*" if embed else "'self'"),
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "no-referrer",
            "Permissions-Policy": PERMISSIONS,
            "Cross-Origin-Opener-Policy": "same-origin",
            "Cross-Origin-Resource-Policy": "cross-origin" if embed else "same-origin",
        }

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in added.items():
                    headers[name] = value
            await send(message)

        await self._app(scope, receive, with_headers)


class Incidents:
    """Answers an unexpected exception with an incident's number alone, and logs the rest."""

    def __init__(self, app: ASGIApp, refuse: Refuse) -> None:
        self._app = app
        self._refuse = refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes a request on, and its answer or an incident back."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun = False

        async def watched(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._app(scope, receive, watched)
        except Exception:
            incident = secrets.token_hex(4)
            logger.exception("incident %s at %s", incident, scope["path"])
            if begun:
                raise
            problem = Problem(
                INTERNAL,
                f"Something failed here; it is logged as incident {incident}.",
                hint="Tell whoever runs this server.",
            )
            await self._refuse(scope["path"], problem)(scope, receive, send)


class RequestLimits:
    """Refuses what is too long or too slow before a route sees it; reads a body whole."""

    def __init__(self, app: ASGIApp, settings: Settings, refuse: Refuse) -> None:
        self._app = app
        self._settings = settings
        self._refuse = refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes a request on, or refuses it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        problem = self._too_long(scope)
        if problem is None and scope["method"] not in ("GET", "HEAD"):
            body = await self._read(receive)
            if isinstance(body, bytes):
                receive = replayed(body, receive)
            else:
                problem = body
        if problem is None:
            await self._app(scope, receive, send)
        else:
            await self._refuse(scope["path"], problem)(scope, receive, send)

    def _too_long(self, scope: Scope) -> Problem | None:
        length = len(scope.get("raw_path") or scope["path"].encode()) + len(scope["query_string"])
        if length > self._settings.url_bytes:
            return Problem(
                URL,
                f"The address has {length:,} bytes; the limit url_bytes is "
                f"{self._settings.url_bytes:,}.",
                hint="Use POST.",
                limit="url_bytes",
                headers={"Connection": "close"},
            )
        stated = Headers(scope=scope).get("content-length", "")
        if stated.isdecimal() and int(stated[:18]) > self._settings.body_bytes:
            return self._body_too_large(f"{int(stated[:18]):,} bytes")
        return None

    async def _read(self, receive: Receive) -> bytes | Problem:
        chunks, length = [], 0
        try:
            async with asyncio.timeout(self._settings.body_seconds):
                while True:
                    message = await receive()
                    if message["type"] == "http.disconnect":
                        break
                    chunk = message.get("body", b"")
                    length += len(chunk)
                    if length > self._settings.body_bytes:
                        return self._body_too_large("more")
                    chunks.append(chunk)
                    if not message.get("more_body", False):
                        break
        except TimeoutError:
            return Problem(
                TOO_SLOW,
                f"The body did not arrive within {self._settings.body_seconds:g} s.",
                hint="Send it again.",
                limit="body_seconds",
                headers={"Connection": "close"},
            )
        return b"".join(chunks)

    def _body_too_large(self, found: str) -> Problem:
        return Problem(
            BODY,
            f"The body has {found}; the limit body_bytes is {self._settings.body_bytes:,}.",
            hint='Shorten it; large inputs can be given as {"shape": [...], "fill": "normal"}.',
            limit="body_bytes",
            headers={"Connection": "close"},
        )


class HeadAsGet:
    """Answers HEAD as GET without the body, so that no route needs to think of it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes a request on, and for HEAD the answer's headers alone back."""
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self._app(scope, receive, send)
            return

        async def bodiless(message: Message) -> None:
            if message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        await self._app({**scope, "method": "GET"}, receive, bodiless)


def replayed(body: bytes, receive: Receive) -> Receive:
    """Returns a `receive` that gives the body first, then what the connection says."""
    given = False

    async def again() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again
