"""A client of the app in this process, and a real server for what only a socket shows."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from app.main import create_app
from app.settings import Settings
from tests.serving import serving


@pytest.fixture(scope="session")
def client() -> Iterator[TestClient]:
    with TestClient(create_app(Settings())) as client:
        yield client


@pytest.fixture(scope="session")
def patient() -> Iterator[TestClient]:
    """A client of a server that waits for long programs, however busy this machine is."""
    with TestClient(create_app(Settings(seconds=60))) as client:
        yield client


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """The address of a server that `python -m app` runs."""
    with serving() as url:
        yield url
