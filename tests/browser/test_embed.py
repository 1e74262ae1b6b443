"""The page in the frame of another origin: what it is told, what it tells, and what its link locks."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import Browser, BrowserContext, FrameLocator, Page, expect

from tests.browser.conftest import watch

HOST = """<!doctype html><meta charset="utf-8"><title>Host</title><body>
<script>
  window.told = [];
  addEventListener("message", ({ data, origin }) => told.push({ ...data, origin }));
</script>
<p><button>Before</button></p>
<iframe src="{src}" width="900" height="560"></iframe>
<div style="height: 3000px">The page goes on.</div>
"""

OpenHost = Callable[..., tuple[Page, FrameLocator]]


@pytest.fixture(scope="module")
def elsewhere(base_url: str) -> Iterator[str]:
    """The address of pages of another origin; what follows `?` is what they frame."""

    class Host(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            framed = self.path.partition("?")[2].replace("%23", "#")
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            if framed:
                self.wfile.write(HOST.replace("{src}", escape(base_url + framed)).encode())

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Host)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def open_host(browser: Browser, base_url: str, elsewhere: str) -> Iterator[OpenHost]:
    """Opens a page of another origin that frames one of ours; at the end none may have complained."""
    contexts: list[BrowserContext] = []
    wrong: list[str] = []

    def open_host(framed: str, **options: object) -> tuple[Page, FrameLocator]:
        context = browser.new_context(
            viewport={"width": 1000, "height": 700}, reduced_motion="reduce", **options
        )
        contexts.append(context)
        page = context.new_page()
        watch(page, base_url, wrong)
        page.goto(f"{elsewhere}/?{framed.replace('#', '%23')}")
        frame = page.frame_locator("iframe")
        frame.locator("#picture[data-step]").wait_for()
        page.wait_for_function("() => told.some(({ ready }) => ready)")
        return page, frame

    yield open_host
    for context in contexts:
        context.close()
    assert [line for line in wrong if elsewhere not in line] == []


def send(page: Page, message: object) -> None:
    page.evaluate("message => frames[0].postMessage(message, '*')", message)


def told(page: Page) -> list[dict[str, object]]:
    return list(page.evaluate("told"))


def expect_step(frame: FrameLocator, index: int) -> None:
    expect(frame.locator("[data-step]")).to_have_attribute("data-step", str(index))


def test_the_page_around_moves_the_steps_and_is_told_of_each(
    open_host: OpenHost, base_url: str
) -> None:
    page, frame = open_host("/embed/xyz#t=f:t1.add")
    (first,) = told(page)
    assert first.pop("text")
    assert first == {
        "ready": True, "step": 1, "index": 1, "steps": 10, "address": "f:t1.add",
        "phase": "forward", "origin": base_url,
    }  # fmt: skip
    send(page, {"step": 6})
    expect_step(frame, 6)
    send(page, {"step": "b:f.seed"})
    expect_step(frame, 5)
    frame.get_by_role("button", name="Next step", exact=True).click()
    expect_step(frame, 6)
    page.wait_for_function("() => told.length === 4")
    assert [(t["step"], t["address"]) for t in told(page)[1:]] == [
        (6, "b:f.mul.0"), (5, "b:f.seed"), (6, "b:f.mul.0")
    ]  # fmt: skip


def test_what_is_to_be_predicted_is_told_once_it_is_shown(open_host: OpenHost) -> None:
    page, frame = open_host("/embed/xyz#p=true&t=f:t1.add")
    expect(frame.locator("html[data-predict]")).to_have_count(1)
    expect(frame.locator("#words")).to_have_text("What is x + y?")
    assert {t["step"] for t in told(page)} == {1}
    assert not [t for t in told(page) if "text" in t]
    frame.get_by_role("button", name="Next step", exact=True).click()
    page.wait_for_function("() => told.at(-1).text?.includes('= 3')")
    assert told(page)[-1]["step"] == 1
    frame.get_by_role("button", name="Next step", exact=True).click()
    page.wait_for_function("() => told.at(-1).step === 2")
    assert "text" not in told(page)[-1]


def test_the_page_around_draws_programs_and_plays(open_host: OpenHost) -> None:
    page, frame = open_host("/embed#k=source")
    send(page, {"source": "g = x * w", "inputs": {"x": 3, "w": [1, 2]}})
    expect(frame.locator("[data-node][aria-label*='g']").first).to_be_visible()
    expect(frame.locator("#function")).to_have_value("g = x * w")
    send(page, {"inputs": {"x": 7, "w": 2}})
    page.wait_for_function("() => told.at(-1).text.includes('x = 7')")
    send(page, {"play": True})
    expect(frame.get_by_role("button", name="Play")).to_have_attribute("aria-pressed", "true")
    send(page, {"play": True})
    send(page, {"play": False})
    expect(frame.get_by_role("button", name="Play")).to_have_attribute("aria-pressed", "false")


NOT_OURS = [
    None, 7, "6", [6], {}, {"step": 99}, {"step": -1}, {"step": 1.5}, {"step": "b:nope"},
    {"step": None}, {"step": 6, "more": 1}, {"play": 1}, {"play": True, "step": 6},
    {"source": 5}, {"source": "x" * 10_001}, {"inputs": [1]}, {"inputs": {"x": "three"}},
    {"inputs": {"x": {"fill": "ones"}}}, {"source": "g = x", "output": "g"}, {"step": {"a": 1}},
]  # fmt: skip


def test_other_messages_are_passed_over_in_silence(open_host: OpenHost) -> None:
    page, frame = open_host("/embed/xyz#t=f:t1.add")
    for message in NOT_OURS:
        send(page, message)
    # A window that is not the one around.
    frame.locator("body").evaluate("() => window.postMessage({ step: 7 }, '*')")
    # Messages come in order: the answer to a good one shows that the others are through.
    send(page, {"step": 2})
    page.wait_for_function("() => told.length > 1")
    assert [t["step"] for t in told(page)] == [1, 2]
    expect_step(frame, 2)
    expect(frame.locator("#function")).to_have_value("(x + y) * z")
    expect(frame.get_by_role("button", name="Play")).to_have_attribute("aria-pressed", "false")


def test_what_the_link_locks_stays_locked(open_host: OpenHost) -> None:
    page, frame = open_host("/embed/xyz#k=edit,inputs,step,play,open")
    frame.get_by_role("button", name="Source", exact=True).click()
    text = frame.get_by_role("textbox", name="Function")
    expect(text).to_have_attribute("readonly", "")
    expect(frame.get_by_role("spinbutton")).to_have_count(0)
    expect(frame.get_by_role("button", name=re.compile("step|Play"))).to_have_count(0)
    expect(frame.get_by_role("slider", name="Step")).to_be_disabled()
    expect(frame.get_by_role("link", name="Open in Chainrule")).to_have_count(0)
    frame.get_by_role("region", name="Board").focus()
    for key in ("ArrowRight", "End", "b", "Space", "PageDown", "Shift+ArrowRight", "Control+z"):
        page.keyboard.press(key)
    send(page, {"step": 3})
    expect_step(frame, 3)
    assert [t["step"] for t in told(page)] == [0, 3]


def test_the_source_can_be_locked_away(open_host: OpenHost) -> None:
    page, frame = open_host("/embed/xyz#k=source,open")
    expect(frame.get_by_role("button", name="Source", exact=True)).to_have_count(0)
    frame.get_by_role("region", name="Board").focus()
    page.keyboard.press("s")
    page.keyboard.press("e")
    page.keyboard.press("n")
    expect_step(frame, 1)
    expect(frame.locator("#function")).to_be_hidden()


def test_locks_are_for_frames_alone_and_are_left_behind_there(
    open_host: OpenHost, base_url: str
) -> None:
    page, frame = open_host("/embed/xyz#t=f:t1.add&k=step")
    whole = frame.get_by_role("link", name="Open in Chainrule")
    whole.hover()
    expect(whole).to_have_attribute("href", f"{base_url}/e/xyz#t=f:t1.add")
    page.goto(f"{base_url}/#k=step")
    page.get_by_role("button", name="Next step", exact=True).click()
    expect(page.locator("[data-step]")).to_have_attribute("data-step", "1")


def test_a_frame_takes_no_focus_no_wheel_and_no_history(open_host: OpenHost) -> None:
    page, frame = open_host("/embed/xyz")
    assert page.evaluate("document.activeElement === document.body")
    page.get_by_role("button", name="Before").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("n")
    box = frame.locator("#picture").bounding_box()
    assert box
    page.mouse.move(box["x"] + 200, box["y"] + 100)
    page.mouse.wheel(0, 300)
    page.wait_for_function("() => scrollY > 100")
    expect_step(frame, 0)
    before = page.evaluate("history.length")
    frame.get_by_role("button", name="Source", exact=True).click()
    frame.get_by_role("textbox", name="Function").fill("g = x * x")
    expect(frame.locator("#values")).to_contain_text("g")
    frame.get_by_role("button", name="Next step", exact=True).click()
    expect_step(frame, 1)
    assert page.evaluate("history.length") == before


def test_only_the_embed_can_be_framed_elsewhere(
    browser: Browser, base_url: str, elsewhere: str
) -> None:
    page = browser.new_page()
    page.goto(f"{elsewhere}/?/e/xyz")
    expect(page.frame_locator("iframe").locator("#picture")).to_have_count(0)
    page.close()
