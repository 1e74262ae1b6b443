"""The HTML pages and the headers that all answers carry."""

from __future__ import annotations

import html
import json
import re
from pathlib import Path
from urllib.parse import urljoin

import pytest
from starlette.testclient import TestClient

from app.gallery import gallery
from app.problems import all_causes
from app.settings import Settings

ROOT = Path(__file__).parents[2]
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; "
    "connect-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)
EVERYWHERE = [
    "/",
    "/embed",
    "/embed/xyz",
    "/embedded",
    "/print",
    "/worksheet",
    "/docs",
    "/licences",
    "/api/examples",
    "/api/nope",
    "/nope",
    "/static/js/main.js",
]


def embedded(page: str) -> str:
    found = re.search(
        r'<script type="application/json" id="first-trace">(.*?)</script>', page, re.DOTALL
    )
    assert found
    return found.group(1)


def test_the_page_opens_on_the_first_example_without_a_second_request(client: TestClient):
    page = client.get("/")
    trace = json.loads(embedded(page.text))
    assert trace["source"] == "(x + y) * z"
    assert trace["value"]["data"] == -12
    assert (
        trace
        == client.post(
            "/api/graph", json={"source": trace["source"], "inputs": {"x": -2, "y": 5, "z": -4}}
        ).json()
    )


def test_the_table_of_all_values_is_in_the_page(client: TestClient):
    page = client.get("/").text
    for number in ("−12.00", "−4.00", "3.00"):
        assert number in page


@pytest.mark.parametrize("example", gallery(), ids=lambda example: example.slug)
def test_every_example_has_its_page(client: TestClient, example):
    for folder in ("e", "embed", "print"):
        page = client.get(f"/{folder}/{example.slug}")
        assert page.status_code == 200
        assert json.loads(embedded(page.text))["source"] == example.source


def test_what_a_trace_warns_of_is_in_the_page_before_any_script_runs(client: TestClient):
    page = client.get("/e/saturated").text
    (warned,) = [w for w in json.loads(embedded(page))["warnings"] if w["level"] == "warning"]
    notices = re.findall(r'<p class="notice">(.*?)</p>', page, re.DOTALL)
    assert html.unescape(notices[0]) == f"{warned['message']} {warned['hint']}"


def test_the_trace_cannot_end_its_script_element(client: TestClient):
    assert "<" not in embedded(client.get("/").text)


@pytest.mark.parametrize("path", EVERYWHERE)
def test_the_headers_are_on_everything(client: TestClient, path: str):
    headers = client.get(path).headers
    expected = (
        POLICY.replace("frame-ancestors 'self'", "frame-ancestors *")
        if path in ("/embed", "/embed/xyz")
        else POLICY
    )
    assert headers["content-security-policy"] == expected
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert headers["cross-origin-resource-policy"] == (
        "cross-origin" if path in ("/embed", "/embed/xyz") else "same-origin"
    )
    assert "geolocation=()" in headers["permissions-policy"]
    assert "server" not in headers


@pytest.mark.parametrize("path", ["/nope", "/e/nope", "/static/nope.js", "/docs/", "/static/js/"])
def test_an_unknown_page_is_a_page(client: TestClient, path: str):
    page = client.get(path)
    assert page.status_code == 404
    assert page.headers["content-type"].startswith("text/html")
    assert "Not found" in page.text


def test_a_page_takes_get_alone(client: TestClient):
    page = client.post("/", json={})
    assert page.status_code == 405
    assert page.headers["content-type"].startswith("text/html")


def test_the_reference_lists_every_endpoint_code_and_limit(client: TestClient):
    page = client.get("/docs").text
    for path, operations in client.get("/openapi.json").json()["paths"].items():
        for method in operations:
            assert f"{method.upper()} {path}" in page
    for cause in all_causes():
        assert f'id="{cause.code}"' in page
    for name in Settings().public():
        assert name in page
    assert page.count("curl") >= 6


@pytest.mark.parametrize("path", ["/", "/docs", "/licences", "/nope"])
def test_no_page_holds_inline_script_or_style_or_another_origin(client: TestClient, path: str):
    page = client.get(path).text
    for script in re.findall(r"<script[^>]*>", page):
        assert "src=" in script or 'type="application/json"' in script
    assert not re.search(
        r"<style|\sstyle=|\son\w+=", page.replace(embedded(page), "") if path == "/" else page
    )
    assert not re.search(r'(?:src|href)="(?:https?:)?//', page)


def test_every_link_of_the_reference_goes_somewhere(client: TestClient):
    page = client.get("/docs").text
    for anchor in re.findall(r'href="#([^"]+)"', page):
        assert f'id="{anchor}"' in page


def test_licences_are_listed(client: TestClient):
    assert client.get("/licences").status_code == 200


def test_robots_and_icon(client: TestClient):
    assert client.get("/robots.txt").text.startswith("User-agent: *")
    assert client.get("/favicon.ico").headers["content-type"] == "image/svg+xml"


@pytest.mark.parametrize("path", ["/static/package.json", "/static/build.py", "/static/node_modules/d3/package.json",
                                  "/static/../app/main.py", "/static/%2e%2e/app/main.py", "/static/js/%2e%2e/build.py",
                                  "/static/", "/static", "/static/js%00"])  # fmt: skip
def test_only_the_served_folders_are_served(client: TestClient, path: str):
    assert client.get(path).status_code == 404


def test_a_module_is_asked_about_each_time(client: TestClient):
    first = client.get("/static/js/main.js")
    assert first.headers["cache-control"] == "no-cache"
    assert first.headers["content-type"].startswith("text/javascript")
    assert "last-modified" not in first.headers
    again = client.get("/static/js/main.js", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert client.get("/static/css/tokens.css").headers["etag"] != first.headers["etag"]


def test_a_page_is_not_sent_again_to_those_who_have_it(client: TestClient):
    first = client.get("/")
    assert client.get("/", headers={"If-None-Match": first.headers["etag"]}).status_code == 304


@pytest.mark.parametrize("path", ["/", "/static/js/main.js", "/api/examples"])
def test_text_is_compressed_for_those_who_can(client: TestClient, path: str):
    assert (
        client.get(path, headers={"Accept-Encoding": "gzip"}).headers["content-encoding"] == "gzip"
    )
    assert (
        "content-encoding" not in client.get(path, headers={"Accept-Encoding": "identity"}).headers
    )


def test_the_reference_can_be_reached_by_head(client: TestClient):
    assert client.head("/docs").status_code == 200


def test_every_module_as_built_names_the_files_that_it_was_written_in(client: TestClient) -> None:
    built = ROOT / "static" / "vendor" / "js"
    modules = sorted(built.rglob("*.js"))
    assert modules
    for module in modules:
        address = f"/static/vendor/js/{module.relative_to(built).as_posix()}"
        last = client.get(address).text.splitlines()[-1]
        assert last == f"//# sourceMappingURL={module.name}.map"
        for written in client.get(f"{address}.map").json()["sources"]:
            assert client.get(urljoin(address, written)).status_code == 200, written
