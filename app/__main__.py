"""Runs the server: HOST and PORT from the environment, 127.0.0.1:8000 without."""

from __future__ import annotations

import os

import uvicorn

GRACE = 4
"""Seconds that answers under way have when the server is told to stop."""
CONNECTIONS = 1000
KEEP_ALIVE = 15


def main() -> None:
    """Serves until told to stop."""
    uvicorn.run(
        "app.main:app",
        host=os.environ.get("HOST") or "127.0.0.1",
        port=int(os.environ.get("PORT") or 8000),
        server_header=False,
        limit_concurrency=CONNECTIONS,
        timeout_keep_alive=KEEP_ALIVE,
        timeout_graceful_shutdown=GRACE,
        ws="none",
    )


if __name__ == "__main__":
    main()
