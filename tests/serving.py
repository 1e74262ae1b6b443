"""A server as an admin starts it, on a free port, for tests that need a socket or a browser."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[1]
#: seconds until a server has to answer
DEADLINE = 30


@contextmanager
def serving() -> Iterator[str]:
    """Yields the address of a server with its defaults; raises with what it printed, if it died."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "log"
        with log.open("wb") as output:
            server = subprocess.Popen(
                [sys.executable, "-m", "app"],
                cwd=ROOT,
                env={**os.environ, "HOST": "127.0.0.1", "PORT": str(port)},
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        try:
            wait_for(url, server, log)
            yield url
        finally:
            server.terminate()
            server.wait(timeout=10)


def wait_for(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    """Returns once the server answers; raises with its output if it does not."""
    end = time.monotonic() + DEADLINE
    while time.monotonic() < end and server.poll() is None:
        try:
            with urllib.request.urlopen(f"{url}/healthz", timeout=1):
                return
        except OSError:
            time.sleep(0.05)
    server.kill()
    raise RuntimeError(f"no answer from {url} in {DEADLINE} s:\n{log.read_text()}")
