"""What the browser has to do again while something moves: counted in its own trace, not timed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Page

OpenPage = Callable[..., Page]
Event = dict[str, object]

#: long enough for many frames on a busy machine
SLOWLY = "document.getElementById('picture').style.setProperty('--motion', '2000ms')"

#: frames while a step's tokens travel
FRAMES = """async () => {
    const next = () => new Promise(requestAnimationFrame);
    const moving = () => document.querySelector(".board-pills > svg");
    for (let wait = 0; wait < 300 && !moving(); wait++) await next();
    let frames = 0;
    for (; frames < 1000 && moving(); frames++) await next();
    return frames;
}"""


@contextmanager
def traced(browser: Browser, page: Page) -> Iterator[list[Event]]:
    """Yields a list that holds, at the end, what the browser has noted down of its work."""
    events: list[Event] = []
    session = browser.new_browser_cdp_session()
    over: list[Event] = []
    session.on("Tracing.dataCollected", lambda part: events.extend(part["value"]))
    session.on("Tracing.tracingComplete", lambda event: over.append(event))
    session.send("Tracing.start", {"categories": "devtools.timeline"})
    yield events
    session.send("Tracing.end")
    while not over:
        page.evaluate("() => 0")
    session.detach()


def test_a_board_in_focus_is_not_painted_anew_in_every_frame_of_a_motion(
    browser: Browser, open_page: OpenPage
) -> None:
    page = open_page()
    page.evaluate(SLOWLY)
    # The length of a beat is read once for each.
    page.emulate_media(reduced_motion="no-preference")
    page.keyboard.press("b")
    page.get_by_role("region", name="Board").focus()
    page.keyboard.press("ArrowRight")
    page.evaluate(FRAMES)
    with traced(browser, page) as events:
        page.keyboard.press("ArrowRight")
        frames = page.evaluate(FRAMES)
    painted = [json.dumps(event["args"]) for event in events if event["name"] == "Paint"]
    boards = [each for each in painted if "id='board'" in each or "id='graph'" in each]
    assert frames > 10
    assert len(boards) < frames / 2
