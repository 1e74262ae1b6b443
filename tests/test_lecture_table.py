"""docs/lecture.md: every row of the lecture is there, opens, is touched by a tour, and has a test that is there."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from starlette.testclient import TestClient

from app.main import create_app
from app.settings import Settings
from app.tours import ROWS, tours

ROOT = Path(__file__).parents[1]
TABLE = re.findall(
    r"^\| (\d+) \| .* \| `([^`]+)` \| `([^`]+)` \|$",
    (ROOT / "docs" / "lecture.md").read_text(encoding="utf-8"),
    re.MULTILINE,
)


def test_every_row_of_the_lecture_is_there() -> None:
    assert [int(number) for number, _, _ in TABLE] == list(range(1, ROWS + 1))


def test_every_row_is_taught_by_some_stop() -> None:
    taught = {row for tour in tours() for stop in tour.stops for row in stop.rows}
    assert taught == set(range(1, ROWS + 1))


def test_every_address_opens() -> None:
    views = re.search(r"VIEWS = .*?\[(.*?)\]", (ROOT / "static/js/look.js").read_text(), re.DOTALL)
    assert views
    with TestClient(create_app(Settings())) as client:
        for path in {urlsplit(address).path for _, address, _ in TABLE}:
            assert client.get(path).status_code == 200, path
    stops = {f"/lecture/{tour.slug}": len(tour.stops) for tour in tours()}
    for _, address, _ in TABLE:
        fields = parse_qs(urlsplit(address).fragment)
        for number in fields.get("stop", []):
            assert int(number) <= stops[urlsplit(address).path], address
        for view in fields.get("w", []):
            assert f'"{view.partition(".")[0]}"' in views[1], address


@pytest.mark.parametrize(("number", "name"), [(n, name) for n, _, name in TABLE])
def test_every_test_that_is_named_is_there(number: str, name: str) -> None:
    path, _, function = name.partition("::")
    text = (ROOT / path).read_text(encoding="utf-8")
    assert re.search(rf"^def {function}\(", text, re.MULTILINE), f"row {number}: {name}"
