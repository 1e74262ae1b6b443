"""The one seam where the engine runs: requests in, bytes out, never in the event loop."""

from __future__ import annotations

import asyncio
import hashlib
import threading
from collections import OrderedDict
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

import orjson

import engine
from app.answers import answered
from app.problems import BUSY, Problem, Refusal
from app.settings import Settings
from app.wire.program import ProgramRequest
from engine.errors import Timeout

PARSING = threading.Lock()
"""Parsing may not run in two threads at a time: CPython issue 106905."""


def run_engine(request: ProgramRequest, settings: Settings) -> bytes:
    """Returns the answer to one request, computed here and now.

    Raises:
        EngineError: one of its subclasses.
    """
    with PARSING:
        circuit = engine.build(
            request.source,
            request.inputs,
            request.output,
            request.names(),
            limits=settings.engine(),
        )
    return answered(request, circuit, settings)


@dataclass(slots=True)
class Job:
    """One request on its way.

    Attributes:
        work: what the pool runs; can be cancelled until it has started.
        answer: the same for the event loop.
        started: set when a thread has taken it up.
        waiting: how many clients wait for it.
    """

    work: Future[bytes]
    answer: asyncio.Future[bytes]
    started: asyncio.Event
    waiting: int = 0


class Workers:
    """Runs requests in a few threads; what many ask at the same time runs once, and is kept.

    Args:
        settings: how many threads, how long a queue, how much is kept.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._pool = ThreadPoolExecutor(settings.threads, thread_name_prefix="engine")
        self._jobs: dict[bytes, Job] = {}
        self._answers = Answers(settings.cache_bytes)

    async def run(self, request: ProgramRequest) -> bytes:
        """Returns the answer to one request.

        A caller that is cancelled leaves the queue, and takes its job along if nobody else waits.

        Raises:
            EngineError: what the engine refuses, or Timeout when it takes too long.
            Refusal: BUSY when the queue is full or does not move.
        """
        key = fingerprint(request)
        kept = self._answers.get(key)
        if kept is not None:
            return kept
        job = self._jobs.get(key) or self._start(key, request)
        job.waiting += 1
        try:
            return await self._wait(job)
        finally:
            job.waiting -= 1
            if not job.waiting:
                job.work.cancel()

    def close(self) -> None:
        """Takes up no more work."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _start(self, key: bytes, request: ProgramRequest) -> Job:
        if len(self._jobs) >= self._settings.threads + self._settings.queue:
            raise busy()
        loop = asyncio.get_running_loop()
        started = asyncio.Event()

        def work() -> bytes:
            loop.call_soon_threadsafe(started.set)
            return run_engine(request, self._settings)

        future = self._pool.submit(work)
        job = Job(future, asyncio.wrap_future(future), started)
        self._jobs[key] = job

        def finish(answer: asyncio.Future[bytes]) -> None:
            self._jobs.pop(key, None)
            if not answer.cancelled() and answer.exception() is None:
                self._answers.keep(key, answer.result())

        job.answer.add_done_callback(finish)
        return job

    async def _wait(self, job: Job) -> bytes:
        try:
            async with asyncio.timeout(self._settings.queue_seconds):
                await job.started.wait()
        except TimeoutError:
            raise busy() from None
        done, _ = await asyncio.wait({job.answer}, timeout=self._settings.seconds)
        if not done:
            raise Timeout(
                f"The program took longer than {self._settings.seconds:g} s.",
                hint="Use smaller inputs or fewer loop turns.",
                limit="seconds",
            )
        return job.answer.result()


class Answers:
    """The answers used last, up to a number of bytes."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._size = 0
        self._kept: OrderedDict[bytes, bytes] = OrderedDict()

    def get(self, key: bytes) -> bytes | None:
        """Returns an answer, which then counts as just used."""
        if key not in self._kept:
            return None
        self._kept.move_to_end(key)
        return self._kept[key]

    def keep(self, key: bytes, answer: bytes) -> None:
        """Keeps an answer, and drops those used longest ago where it does not fit."""
        self._size += len(answer) - len(self._kept.pop(key, b""))
        self._kept[key] = answer
        while self._size > self._most:
            _, dropped = self._kept.popitem(last=False)
            self._size -= len(dropped)


def fingerprint(request: ProgramRequest) -> bytes:
    """Returns a digest that two requests share only when their answers are the same."""
    members = [type(request).__name__, *(value for _, value in request)]
    return hashlib.sha256(orjson.dumps(members, default=dict)).digest()  # dict: a model within


def busy() -> Refusal:
    """Returns the refusal of a full queue."""
    return Refusal(
        Problem(
            BUSY,
            "Too many programs are waiting.",
            hint="Try again in a second.",
            limit="queue",
            headers={"Retry-After": "1"},
        )
    )
