"""Asks a running Chainrule for its page and for one circuit: python ask.py http://127.0.0.1:8000."""

from __future__ import annotations

import json
import sys
import time
import urllib.error
import urllib.request

base = sys.argv[1].rstrip("/")
deadline = time.monotonic() + 30


def ask(path: str, body: dict[str, object] | None = None) -> tuple[int, bytes]:
    """Returns status and body; waits while the server is still starting."""
    content = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(base + path, data=content)
    request.add_header("Content-Type", "application/json")
    while True:
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return answer.status, answer.read()
        except (ConnectionError, urllib.error.URLError) as refused:
            if isinstance(refused, urllib.error.HTTPError) or time.monotonic() > deadline:
                raise
            time.sleep(0.2)


status, page = ask("/")
assert status == 200, status
assert b"<html" in page, page[:200]
for asset in ("d3.js", "katex.js", "fonts.css", "licenses.txt"):
    assert ask(f"/static/vendor/{asset}")[0] == 200, asset
status, answer = ask(
    "/api/graph",
    {"source": "q = x + y\nf = q * z", "inputs": {"x": -2, "y": 5, "z": -4}},
)
assert status == 200, status
assert b"-12" in answer, answer[:400]
print(f"page: {len(page)} bytes; circuit of f = (x + y) * z: {len(answer)} bytes")
