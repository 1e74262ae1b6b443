"""What a key, a step and a new value cost, counted rather than timed: a busy machine changes no count."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

from playwright.sync_api import Browser, Locator, Page, expect

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


ADDED = """() => {
    globalThis.added = [];
    const drawn = document.querySelector("#graph");
    const inside = (target) => target.closest(".node") || target.querySelector(":scope > path");
    new MutationObserver((all) => {
        for (const { target, addedNodes } of all)
            for (const node of addedNodes)
                if (node instanceof Element && inside(target))
                    added.push(node.outerHTML);
    }).observe(drawn, { subtree: true, childList: true });
}"""
PLACES = """() => Object.fromEntries(Array.from(document.querySelectorAll("#graph .node"),
    (node) => [node.querySelector("[data-node]").dataset.node, node.getAttribute("transform")]))"""


def result(page: Page) -> Locator:
    """Returns the node of the output."""
    return page.locator("#graph .output [aria-roledescription=node]")


def test_a_new_value_builds_no_gate_and_no_wire_and_moves_nothing(open_page: OpenPage) -> None:
    page = open_page()
    # Numbers of few digits, which have room where they stand.
    draw(page, "a = x + y\nb = a * z\nc = b + x * y\nLoss = c * c")
    page.get_by_role("region", name="Board").focus()
    page.keyboard.press("End")
    field = page.get_by_role("spinbutton", name="y", exact=True)
    before, places = result(page).get_attribute("aria-label") or "", page.evaluate(PLACES)
    page.evaluate(ADDED)
    for value in ("0.5", "0.25", "1.5"):
        field.fill(value)
        expect(result(page)).not_to_have_attribute("aria-label", before)
        before = result(page).get_attribute("aria-label") or ""
    # A number that gets or loses its sign is set in other pieces.
    assert [each for each in page.evaluate("added") if not each.startswith("<tspan")] == []
    assert page.evaluate(PLACES) == places
    shown = page.locator("#graph .output .number.value").text_content() or ""
    assert f"value {shown}," in before


def test_a_number_that_keeps_its_sign_keeps_its_elements(open_page: OpenPage) -> None:
    page = open_page()
    # a and Loss are negative whatever x and y are.
    draw(page, "a = -x * x\nLoss = a * y * y")
    page.get_by_role("region", name="Board").focus()
    page.keyboard.press("End")
    expect(result(page).locator(".number tspan").first).to_have_text("−")
    page.evaluate(ADDED)
    for value in ("0.5", "0.25"):
        before = result(page).get_attribute("aria-label") or ""
        page.get_by_role("spinbutton", name="y", exact=True).fill(value)
        expect(result(page)).not_to_have_attribute("aria-label", before)
    assert page.evaluate("added") == []


def test_numbers_that_outgrow_their_places_get_room_once_the_values_rest(
    open_page: OpenPage,
) -> None:
    page = open_page()
    page.keyboard.press("End")
    page.get_by_role("spinbutton", name="z", exact=True).fill("-0.0000000000123")
    # f = 3 z = -3.69e-11
    expect(result(page)).to_have_attribute("aria-label", re.compile("value −3.69e−11"))
    page.wait_for_function(
        """() => [...document.querySelectorAll("#graph .node")].every((node) => {
            const [run, number] = [".run", ".number.value"].map((part) =>
                node.querySelector(part).getBoundingClientRect());
            return number.left >= run.left && number.right <= run.right;
        })"""
    )


GLIDES = """() => {
    globalThis.gliding = [];
    const animate = Element.prototype.animate;
    Element.prototype.animate = function (...how) {
        if (this.matches("#graph .node")) gliding.push(this);
        return animate.apply(this, how);
    };
}"""
SEEN = """() => {
    const window = document.querySelector("#picture").getBoundingClientRect();
    const isSeen = (node) => {
        const { left, right } = node.querySelector(".hit").getBoundingClientRect();
        return right > window.left - 40 && left < window.right + 40;
    };
    const nodes = [...document.querySelectorAll("#graph .node")];
    return [gliding.length, gliding.filter(isSeen).length, nodes.length];
}"""


def test_of_a_wide_circuit_only_what_is_seen_glides(open_page: OpenPage) -> None:
    page = open_page(reduced_motion="no-preference")
    draw(page, f"{chain(50)} * c")
    page.keyboard.press("Control+End")
    page.evaluate(GLIDES)
    page.keyboard.press("1")
    page.locator("#graph [aria-label^='input, c1,']").wait_for(state="attached")
    gliding, seen, nodes = page.evaluate(SEEN)
    assert 0 < gliding < nodes / 2
    assert seen == gliding


def test_the_first_key_after_a_pause_is_drawn_without_waiting_for_more(open_page: OpenPage) -> None:
    page = open_page()
    draw(page, f"{chain(20)} * c")
    page.keyboard.press("Control+End")
    page.clock.install()
    page.clock.pause_at("2100-01-01")  # from here on no timer ends
    page.keyboard.press("1")
    page.locator("#graph [aria-label^='input, c1,']").wait_for(state="attached")


TURNS = """() => {
    globalThis.turns = {};
    let frame = 0;
    const tick = () => requestAnimationFrame(tick, frame++);
    tick();
    for (const id of ["graph", "values", "equation"])
        new MutationObserver(() => { turns[id] ??= frame; }).observe(document.getElementById(id),
            { subtree: true, childList: true, attributes: true, characterData: true });
}"""


def test_a_new_value_is_on_the_board_a_frame_before_it_is_in_the_panels(
    open_page: OpenPage,
) -> None:
    page = open_page()
    page.keyboard.press("End")
    frames(page)
    page.evaluate(TURNS)
    page.get_by_role("spinbutton", name="z", exact=True).fill("-2")
    page.wait_for_function("() => turns.values && turns.equation")
    turns = page.evaluate("turns")
    assert turns["graph"] < turns["values"] == turns["equation"]


def test_a_picture_that_follows_soon_is_not_dimmed(open_page: OpenPage) -> None:
    page = open_page()
    page.keyboard.press("End")
    board = page.get_by_role("region", name="Board")
    page.clock.install()
    page.clock.pause_at("2100-01-01")
    page.get_by_role("textbox", name="Function").fill("f = x * (y")
    expect(page.locator("#messages .problem")).to_be_visible()
    expect(board).to_have_class("board stale")
    page.clock.run_for(300)
    expect(board).to_have_class("board stale dimmed")
    page.get_by_role("textbox", name="Function").fill("f = x * y")
    page.clock.run_for(100)
    expect(board).to_have_class("board")


def test_the_faces_of_formulas_come_with_the_first_touch(open_page: OpenPage) -> None:
    page = open_page()
    of_formulas = """(status) => [...document.fonts]
        .filter(({ family, status: own }) => family.includes("KaTeX") && own === status)
        .map(({ family }) => family.replaceAll('"', ""))"""
    assert page.evaluate(of_formulas, "loaded") == []
    page.get_by_role("textbox", name="Function").focus()
    page.wait_for_function(f"() => ({of_formulas})('loaded').length >= 7")
    # A walk through a sum has no face come any more, after which all of the page would be laid out.
    draw(page, f"h = [{', '.join(f'x{i}' for i in range(9))}]\nLoss = sum(h)")
    before = page.evaluate(of_formulas, "loaded")
    page.get_by_role("region", name="Board").focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
        page.locator("#formula .katex").wait_for()
    page.keyboard.press("End")
    frames(page)
    assert page.evaluate(of_formulas, "loaded") == before


def test_of_a_new_value_no_number_is_measured(open_page: OpenPage) -> None:
    page = open_page()
    draw(page, chain(20))
    page.get_by_role("region", name="Board").focus()
    page.keyboard.press("End")
    page.evaluate(
        """() => {
            globalThis.measured = [];
            const { prototype } = CanvasRenderingContext2D;
            const measure = prototype.measureText;
            prototype.measureText = function (text) {
                measured.push(text);
                return measure.call(this, text);
            };
        }"""
    )
    field = page.get_by_role("spinbutton", name="y", exact=True)
    for value in ("0.31", "0.4159"):
        before = result(page).get_attribute("aria-label") or ""
        field.fill(value)
        expect(result(page)).not_to_have_attribute("aria-label", before)
    assert [text for text in page.evaluate("measured") if len(text) > 1] == []


KERNED = """async () => {
    const style = getComputedStyle(document.querySelector("#picture"));
    const context = document.createElement("canvas").getContext("2d");
    const width = (text) => context.measureText(text).width;
    const signs = [..."0123456789.−e∞+×=() …"];
    const kerned = [];
    for (const family of ["--number-font", "--name-font"])
        for (const slant of ["", "italic"]) {
            context.font = `${slant} 100px ${style.getPropertyValue(family)}`;
            await Promise.allSettled([document.fonts.load(context.font, "x0")]);
            for (const one of signs)
                for (const other of signs)
                    if (Math.abs(width(one + other) - width(one) - width(other)) > 0.01)
                        kerned.push(context.font + one + other);
        }
    return kerned;
}"""


def test_signs_of_numbers_are_together_as_wide_as_apart(open_page: OpenPage) -> None:
    assert open_page().evaluate(KERNED) == []


def test_only_cells_that_may_be_too_long_are_clipped(open_page: OpenPage) -> None:
    page = open_page()
    draw(page, "a_long_name = x * y\nLoss = a_long_name * z")
    # Each is a part of its own for whatever is drawn anew.
    clipped = """cells => cells.filter(cell => getComputedStyle(cell).overflow === "clip")
        .map(cell => cell.textContent)"""
    name = page.locator("#values th").filter(has_text="long")
    assert page.locator("#values :is(th, td)").evaluate_all(clipped) == [name.text_content()]
