"""Circuits larger than the window."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from xml.etree import ElementTree

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.test_sharing import SVG, saved

OpenPage = Callable[..., Page]

WIDTH = 60
#: 359 nodes: 60 inputs, 240 products, 59 sums
LARGE = "\n".join(
    [
        f"h = [{', '.join(f'x{i}' for i in range(WIDTH))}]",
        "for t in range(4):",
        f"    h = [h[i] * h[i - 1] for i in range({WIDTH})]",
        "Loss = sum(h)",
    ]
)


#: ms, for a large picture on a busy machine
PATIENCE = 20_000


@pytest.fixture
def large(open_page: OpenPage) -> Page:
    """A page with a circuit far larger than its window."""
    page = open_page()
    # Where the machine is busy, the layout's deadline may pass once.
    for ending in ("", "\n", "\n\n"):
        page.get_by_role("textbox", name="Function").fill(LARGE + ending)
        with suppress(AssertionError):
            expect(nodes(page)).to_have_count(6 * WIDTH - 1, timeout=PATIENCE)
            break
    expect(nodes(page)).to_have_count(6 * WIDTH - 1)
    page.get_by_role("region", name="Board").focus()
    return page


def nodes(page: Page) -> Locator:
    return page.locator("#graph [data-node][tabindex]")


def named(page: Page, name: str) -> Locator:
    return page.locator(f"#graph [data-node][aria-label*=' {name},']")


def test_only_what_is_near_the_window_is_displayed(large: Page) -> None:
    displayed = nodes(large).locator("visible=true").count()
    assert 0 < displayed < 6 * WIDTH - 1
    large.keyboard.press("End")
    expect(large.locator("#graph .active")).to_be_visible()
    large.keyboard.press("b")
    expect(named(large, "Loss")).to_be_in_viewport()


def test_what_is_far_has_no_place_in_the_page(large: Page) -> None:
    far = """() => [...document.querySelectorAll("#graph .block.away *")]
        .map(part => part.checkVisibility())"""
    seen = large.evaluate(far)
    assert len(seen) > 6 * WIDTH
    assert not any(seen)


def test_what_is_far_is_put_away_many_blocks_at_once(large: Page) -> None:
    far = large.locator("#graph .block.away .block").count()
    assert far > large.locator("#graph .block .block").count() / 3


#: has every look at the clock take long, counts breaks, and notes how many nodes there are whenever some change
SLOWLY = """() => {
    let now = performance.now();
    performance.now = () => (now += 20);
    globalThis.breaks = 0;
    const pause = scheduler.yield.bind(scheduler);
    scheduler.yield = () => { breaks++; return pause(); };
    globalThis.counts = { "#graph .node": new Set(), "#values tr": new Set() };
    for (const [parts, found] of Object.entries(counts))
        new MutationObserver(() => found.add(document.querySelectorAll(parts).length))
            .observe(document.querySelector(parts.split(" ")[0]), { subtree: true, childList: true });
}"""

#: notes how large what workers send is, in letters
WEIGHED = """(() => {
    globalThis.letters = [];
    const { Worker } = globalThis;
    globalThis.Worker = class extends Worker {
        constructor(...how) {
            super(...how);
            this.addEventListener("message", ({ data }) => {
                if ("part" in data || "text" in data) letters.push(JSON.stringify(data).length);
            });
        }
    };
})()"""


def test_a_large_picture_is_drawn_with_breaks_and_the_old_one_stays_until_it_is_whole(
    open_page: OpenPage,
) -> None:
    page = open_page()
    nodes, rows = (page.locator(parts) for parts in ("#graph .node", "#values tr"))
    before = [nodes.count(), rows.count()]
    page.evaluate(SLOWLY)
    page.get_by_role("textbox", name="Function").fill(LARGE)
    expect(rows).to_have_count(6 * WIDTH, timeout=PATIENCE)
    assert page.evaluate("breaks") > 2 * 6 * WIDTH
    drawn = page.evaluate("Object.values(counts).map(found => [...found])")
    # What is old is taken out in the task that puts in what is new; on a busy machine that is folded.
    assert len(set(drawn[0]) - {before[0]}) == 1
    assert set(drawn[1]) <= {before[1], 6 * WIDTH}


def test_a_large_answer_comes_in_parts(browser: Browser, base_url: str) -> None:
    page = browser.new_page(base_url=base_url)
    page.add_init_script(WEIGHED)
    page.goto("/")
    page.get_by_role("textbox", name="Function").fill(LARGE)
    expect(page.locator("#values tr")).to_have_count(6 * WIDTH, timeout=PATIENCE)
    letters = page.evaluate("letters")
    assert sum(letters) > 500_000
    assert max(letters) < sum(letters) / 5
    page.close()


def test_a_node_is_drawn_when_it_first_comes_near(large: Page) -> None:
    drawn = large.locator("#graph .hit")
    assert drawn.count() < nodes(large).count() / 2
    assert drawn.count() >= nodes(large).locator("visible=true").count()
    last = named(large, "Loss")
    expect(last.locator(".hit")).to_have_count(0)
    large.keyboard.press("End")
    expect(last).to_have_attribute("aria-label", re.compile("gradient 1"))
    large.keyboard.press("b")
    expect(last).to_be_in_viewport()
    expect(last.locator(".number.value.known")).to_be_visible()
    expect(last.locator(".number.gradient.known")).to_be_visible()


def test_the_tab_stop_is_displayed_however_far_it_is(large: Page) -> None:
    large.keyboard.press("b")
    expect(named(large, "Loss")).to_be_in_viewport()
    stop = large.locator("#graph [data-node][tabindex='0']")
    stop.focus()
    expect(stop).to_be_in_viewport()
    large.keyboard.press("ArrowRight")
    expect(large.locator("#graph [data-node]:focus")).to_be_in_viewport()


def test_a_turning_wheel_has_the_circuit_redrawn_once_it_pauses(large: Page) -> None:
    before, *widths = large.evaluate(
        """async () => {
            const graph = document.querySelector("#graph");
            const { left, top } = graph.parentElement.parentElement.getBoundingClientRect();
            const place = { clientX: left + 99, clientY: top + 99, bubbles: true, cancelable: true };
            const widths = [graph.getAttribute("width")];
            for (let notch = 0; notch < 3; notch++) {
                const over = new Promise(
                    resolve => document.addEventListener("transitionend", resolve, { once: true }));
                graph.dispatchEvent(new WheelEvent("wheel", { ...place, ctrlKey: true, deltaY: -8 }));
                await over;
                widths.push(graph.getAttribute("width"));
            }
            return widths;
        }"""
    )
    assert widths == [before] * 3
    expect(large.locator("#graph")).not_to_have_attribute("width", before)


def test_the_overview_shows_the_window_and_moves_it(large: Page) -> None:
    window = large.locator(".overview-window")
    expect(window).to_be_visible()
    start = window.bounding_box()
    assert start
    moved = """([x, way]) => Math.sign(Math.round(
        document.querySelector('.overview-window').getBoundingClientRect().x - x)) === way"""
    large.keyboard.press("b")
    expect(large.locator(".overview-here")).to_be_visible()
    large.wait_for_function(moved, arg=[start["x"], 1])
    large.locator(".overview-map").click(position={"x": 2, "y": 2})
    large.wait_for_function(moved, arg=[start["x"], 0])
    expect(named(large, "Loss")).not_to_be_in_viewport()


def test_the_overview_can_be_put_away_and_comes_only_where_it_helps(large: Page) -> None:
    overview = large.locator(".overview").bounding_box()
    zoom = large.get_by_role("group", name="Zoom").bounding_box()
    assert overview
    assert zoom
    assert overview["x"] + overview["width"] <= zoom["x"]
    large.get_by_role("button", name="Hide the overview").click()
    expect(large.locator(".overview")).to_be_hidden()
    large.keyboard.press("m")
    expect(large.locator(".overview")).to_be_visible()
    large.get_by_role("textbox", name="Function").fill("Loss = x * y")
    expect(nodes(large)).to_have_count(3)
    expect(large.locator(".overview")).to_be_hidden()


@pytest.mark.parametrize("width", [720, 900, 1000, 1100])
def test_the_overview_is_there_only_where_the_head_has_room(
    open_page: OpenPage, width: int
) -> None:
    page = open_page("/e/batch-norm", viewport={"width": width, "height": 720})
    page.locator(".overview").wait_for(state="attached")
    room = page.locator(".overview-map").evaluate(
        """map => [map.checkVisibility(), map.clientWidth, map.getBoundingClientRect().left
            - document.querySelector("#gallery").getBoundingClientRect().right]"""
    )
    assert not room[0] or (room[1] > 50 and room[2] >= 0)


def test_a_step_writes_one_row_of_a_long_table_and_says_all(large: Page) -> None:
    table = large.get_by_role("table", name="All values")
    expect(table.get_by_role("row")).to_have_count(6 * WIDTH)
    large.keyboard.press("b")
    cells = table.get_by_role("row").last.get_by_role("cell")
    expect(cells.nth(2)).to_have_text("1.00")
    large.keyboard.press("Home")
    expect(cells.nth(2)).to_have_text("–")


def test_what_lies_outside_the_window_is_in_the_drawing(large: Page, tmp_path: Path) -> None:
    large.keyboard.press("End")
    assert nodes(large).locator("visible=true").count() < 6 * WIDTH - 1
    labels = nodes(large).evaluate_all("all => all.map(node => node.getAttribute('aria-label'))")
    root = ElementTree.parse(saved(large, "SVG", tmp_path)).getroot()
    assert set(labels) <= {title.text for title in root.iter(f"{SVG}title")}
    # Every gate's value and gradient is written out, as on the board where it is seen.
    shown = large.locator(".board-camera").evaluate(
        """camera => {
            camera.classList.add("whole");
            const texts = [...camera.querySelectorAll("#graph text")]
                .filter(text => text.checkVisibility({ visibilityProperty: true }))
                .map(text => text.textContent);
            camera.classList.remove("whole");
            return texts;
        }"""
    )
    assert len(shown) >= 6 * WIDTH - 1
    drawn = Counter("".join(text.itertext()) for text in root.iter(f"{SVG}text"))
    assert Counter(shown) <= drawn
    assert nodes(large).locator("visible=true").count() < 6 * WIDTH - 1
