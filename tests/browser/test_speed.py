"""What a key, a step and a new value cost, counted rather than timed: a busy machine changes no count."""

from __future__ import annotations

import json
from collections.abc import Callable

from playwright.sync_api import Browser, Page, expect

from tests.bench.page.programs import chain
from tests.browser.conftest import OpenPage

DRAWN = "#graph .node.output [data-node][aria-label*=Loss]"


def draw(page: Page, source: str) -> None:
    """Types a program and waits for its picture, and for the editor."""
    page.get_by_role("textbox", name="Function").fill(source)
    page.locator(DRAWN).wait_for(state="attached")
    page.locator(".painted").wait_for()


def frames(page: Page) -> None:
    """Waits until what has changed is on the screen, and what follows from it."""
    page.evaluate(
        "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
    )


def forced(browser: Browser, page: Page, act: Callable[[], None]) -> list[str]:
    """Returns the places in our scripts that had the browser lay the page out before its time, while `act` was done."""
    browser.start_tracing(
        page=page,
        categories=["devtools.timeline", "disabled-by-default-devtools.timeline.stack"],
    )
    act()
    events = json.loads(browser.stop_tracing())["traceEvents"]
    stacks = [
        event["args"].get("beginData", {}).get("stackTrace") or []
        for event in events
        if event.get("name") == "Layout" and event.get("ph") == "X"
    ]
    assert stacks, "nothing was laid out at all"
    places = [f"{at['url']}:{at['lineNumber']}" for stack in stacks for at in stack[:1]]
    return [place for place in places if "/static/" in place]


def test_a_step_lays_the_page_out_only_when_it_is_drawn(
    open_page: OpenPage, browser: Browser
) -> None:
    page = open_page(reduced_motion="no-preference")
    draw(page, chain(20))
    page.get_by_role("region", name="Board").focus()
    page.keyboard.press("b")
    page.locator(".katex").first.wait_for()

    def step() -> None:
        page.keyboard.press("ArrowRight")
        frames(page)

    assert forced(browser, page, step) == []


def test_a_key_in_the_editor_lays_the_page_out_only_when_it_is_drawn(
    open_page: OpenPage, browser: Browser
) -> None:
    page = open_page(reduced_motion="no-preference")
    draw(page, f"{chain(20)} * c")
    page.keyboard.press("Control+End")

    def key() -> None:
        page.keyboard.press("1")
        page.locator("#graph [aria-label^='input, c1,']").wait_for(state="attached")
        frames(page)

    assert forced(browser, page, key) == []


def test_a_new_value_keeps_the_rows_of_the_table_and_renews_their_digits(
    open_page: OpenPage,
) -> None:
    page = open_page()
    page.keyboard.press("End")
    z = page.locator("#values tr").filter(has=page.get_by_role("button", name="z", exact=True))
    row = z.element_handle()
    page.get_by_role("spinbutton", name="x", exact=True).fill("-2.000001")
    # dL/dz = x + y = 5 - 2.000001, which rounds to 3.00 as before
    expect(z.locator(".gradient")).to_have_attribute("title", "2.999999")
    expect(z.locator(".gradient")).to_have_text("3.00")
    assert row.evaluate("row => row.isConnected")
