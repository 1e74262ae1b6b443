"""What only a real server shows: sockets, the log, the stop."""

from __future__ import annotations

import gc
import json
import os
import re
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

from starlette.testclient import TestClient

from app.main import create_app
from app.settings import Settings
from tests.serving import ROOT, wait_for


def ask(address: str, **options: object) -> tuple[int, dict[str, str], bytes]:
    request = urllib.request.Request(address, **options)  # type: ignore[arg-type]
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status, {k.lower(): v for k, v in answer.headers.items()}, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, {k.lower(): v for k, v in error.headers.items()}, error.read()


def test_a_graph_is_answered_without_a_server_header(server: str):
    body = json.dumps({"source": "(x + y) * z", "inputs": {"x": -2, "y": 5, "z": -4}}).encode()
    status, headers, content = ask(
        f"{server}/api/graph", data=body, headers={"Content-Type": "application/json"}
    )
    assert (status, json.loads(content)["value"]["data"]) == (200, -12.0)
    assert "server" not in headers


def test_head_sends_no_body(server: str):
    assert ask(f"{server}/", method="HEAD")[2] == b""


def test_bytes_are_counted_as_they_arrive(server: str):
    host, port = server.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        connection.sendall(
            b"POST /api/graph HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
            b"Transfer-Encoding: chunked\r\n\r\n"
        )
        for _ in range(65):  # the last one passes 64 KiB: nothing is sent into a closed connection
            connection.sendall(b"400\r\n" + b"x" * 1024 + b"\r\n")
        assert connection.recv(1000).startswith(b"HTTP/1.1 413 ")


def test_a_raw_path_with_dots_stays_inside(server: str):
    host, port = server.removeprefix("http://").split(":")
    for path in (
        b"/static/../app/main.py",
        b"/static/js/../../build.py",
        b"/static/%2e%2e%2fapp/main.py",
        b"//static",
    ):
        with socket.create_connection((host, int(port)), timeout=10) as connection:
            connection.sendall(
                b"GET " + path + b" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
            )
            assert connection.recv(1000).startswith(b"HTTP/1.1 404 ")


def test_two_processes_answer_with_the_same_bytes(server: str):
    script = (
        "from app.settings import Settings; from app.workers import run_engine; from app.wire.graph import GraphRequest;"
        "import sys; sys.stdout.buffer.write(run_engine(GraphRequest(source='L = np.sum(np.tanh(W @ x) + b)'), Settings()))"
    )
    other = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, check=True,
                           env={**os.environ, "PYTHONHASHSEED": "7"}).stdout  # fmt: skip
    query = urllib.parse.urlencode({"source": "L = np.sum(np.tanh(W @ x) + b)"})
    assert ask(f"{server}/api/graph?{query}")[2] == other


def test_the_log_has_paths_without_queries_and_the_stop_is_clean(tmp_path: Path):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    output = tmp_path / "output"
    with output.open("wb") as sink:
        process = subprocess.Popen(
            [sys.executable, "-m", "app"],
            cwd=ROOT,
            env={**os.environ, "PORT": str(port), "HOST": ""},
            stdout=sink,
            stderr=subprocess.STDOUT,
        )
        wait_for(f"http://127.0.0.1:{port}", process, output)
        ask(f"http://127.0.0.1:{port}/api/graph?source=mysecret*2")
        ask(f"http://127.0.0.1:{port}/api/graph?source=mysecret%20%2B")
        with socket.create_connection(("127.0.0.1", port)):
            process.send_signal(signal.SIGTERM)
            process.wait(10)
    log = output.read_text()
    assert re.search(r'"GET /api/graph HTTP/1.1" 200', log)
    assert "mysecret" not in log
    assert "?" not in log


def test_what_was_loaded_is_not_looked_through_for_garbage_while_it_serves() -> None:
    before = gc.get_freeze_count()
    with TestClient(create_app(Settings())) as client:
        assert client.get("/healthz").status_code == 200
        assert gc.get_freeze_count() > before
    assert gc.get_freeze_count() == 0
