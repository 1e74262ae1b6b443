"""The queue in front of the engine."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable

import pytest
from starlette.requests import ClientDisconnect, Request

from app import workers
from app.api import answer
from app.main import create_app
from app.problems import Refusal
from app.settings import Settings
from app.wire.graph import GraphRequest
from app.workers import Answers, Workers, fingerprint
from engine.errors import Timeout, UndefinedName


class Slow:
    """Stands for the engine: counts, and waits for a signal."""

    def __init__(self) -> None:
        self.ran: list[str] = []
        self.go = threading.Event()

    def __call__(self, request: GraphRequest, settings: Settings) -> bytes:
        self.ran.append(request.source)
        self.go.wait(5)
        return request.source.encode()


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Slow:
    engine = Slow()
    monkeypatch.setattr(workers, "run_engine", engine)
    return engine


def ask(pool: Workers, source: str) -> asyncio.Task[bytes]:
    return asyncio.ensure_future(pool.run(GraphRequest(source=source)))


async def until(condition: Callable[[], bool]) -> None:
    while not condition():
        await asyncio.sleep(0.001)


def test_those_who_ask_the_same_wait_for_one_run(slow: Slow):
    async def main() -> None:
        pool = Workers(Settings())
        tasks = [ask(pool, "same") for _ in range(50)]
        await until(lambda: bool(slow.ran))
        slow.go.set()
        assert await asyncio.gather(*tasks) == [b"same"] * 50
        assert await pool.run(GraphRequest(source="same")) == b"same"
        assert slow.ran == ["same"]
        pool.close()

    asyncio.run(main())


def test_a_full_queue_refuses_at_once(slow: Slow):
    async def main() -> None:
        pool = Workers(Settings(threads=1, queue=2))
        tasks = [ask(pool, f"x{i}") for i in range(3)]
        await until(lambda: bool(slow.ran))
        with pytest.raises(Refusal) as refusal:
            await ask(pool, "one too many")
        assert not any(task.done() for task in tasks)
        problem = refusal.value.problem
        assert (problem.cause.status, problem.headers["Retry-After"]) == (503, "1")
        slow.go.set()
        assert await asyncio.gather(*tasks) == [b"x0", b"x1", b"x2"]
        pool.close()

    asyncio.run(main())


def test_one_who_waits_too_long_is_refused(slow: Slow):
    async def main() -> None:
        pool = Workers(Settings(threads=1, queue_seconds=0.05))
        first = ask(pool, "first")
        await until(lambda: bool(slow.ran))
        with pytest.raises(Refusal):
            await ask(pool, "second")
        slow.go.set()
        assert await first == b"first"
        assert slow.ran == ["first"]
        pool.close()

    asyncio.run(main())


def test_one_who_leaves_takes_the_job_along(slow: Slow):
    async def main() -> None:
        pool = Workers(Settings(threads=1))
        first = ask(pool, "first")
        await until(lambda: bool(slow.ran))
        second, third = ask(pool, "second"), ask(pool, "third")
        await asyncio.sleep(0)
        second.cancel()
        await asyncio.wait({second})
        slow.go.set()
        assert await asyncio.gather(first, third) == [b"first", b"third"]
        assert slow.ran == ["first", "third"]
        pool.close()

    asyncio.run(main())


def test_a_client_that_hangs_up_while_it_waits_leaves_the_queue(slow: Slow):
    async def hung_up() -> dict[str, str]:
        return {"type": "http.disconnect"}

    async def main() -> None:
        app = create_app(Settings(threads=1))
        first = ask(app.state.workers, "first")
        await until(lambda: bool(slow.ran))
        request = Request({"type": "http", "app": app}, hung_up)
        with pytest.raises(ClientDisconnect):
            await answer(GraphRequest(source="second"), request)
        slow.go.set()
        await first
        assert slow.ran == ["first"]
        app.state.workers.close()

    asyncio.run(main())


def test_a_run_that_takes_too_long_is_given_up(slow: Slow):
    async def main() -> None:
        pool = Workers(Settings(seconds=0.05))
        with pytest.raises(Timeout) as error:
            await ask(pool, "slow")
        assert error.value.limit == "seconds"
        slow.go.set()
        pool.close()

    asyncio.run(main())


def test_what_the_engine_refuses_is_refused_each_time():
    async def main() -> None:
        pool = Workers(Settings())
        for _ in range(2):
            with pytest.raises(UndefinedName):
                await pool.run(GraphRequest(source="nope(x)"))
        pool.close()

    asyncio.run(main())


def test_answers_used_longest_ago_are_dropped():
    answers = Answers(10)
    answers.keep(b"a", b"1234")
    answers.keep(b"b", b"1234")
    assert answers.get(b"a") == b"1234"
    answers.keep(b"c", b"1234")
    assert (answers.get(b"a"), answers.get(b"b"), answers.get(b"c")) == (b"1234", None, b"1234")
    answers.keep(b"d", b"longer than all of it")
    assert answers.get(b"d") is None


def test_requests_that_differ_have_different_fingerprints():
    different = [
        GraphRequest(source="x"),
        GraphRequest(source="y"),
        GraphRequest(source="x", inputs={"x": 1}),
        GraphRequest(source="x", inputs={"x": [1]}),
        GraphRequest(source="x", output="x"),
        GraphRequest(source="x", wrt=["x"]),
        GraphRequest(source="x", wrt=[]),
        GraphRequest(source="x", upstream=1),
    ]
    assert len({fingerprint(request) for request in different}) == len(different)
