"""What opens under the program's text: what is wrong there with its fix, and the slider of a number; and what is spoken."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.test_editor import painted, place, value
from tests.browser.test_page import button, function, write
from tests.browser.test_rules import violations

OpenPage = Callable[..., Page]

SLIP = "z_1 = x * y\nf = z1 * 2"
MENDED = "z_1 = x * y\nf = z_1 * 2"


def slip(page: Page) -> Locator:
    return page.get_by_role("group", name="Wrong here: z1")


def spoken(page: Page) -> Locator:
    """Returns the line in which the editor speaks."""
    return page.locator("#source > .spoken")


def with_slip(page: Page) -> None:
    painted(page)
    function(page).fill(SLIP)
    expect(page.locator("#editor mark")).to_have_text("z1")


def ready(page: Page) -> None:
    """Waits for what helps a textarea that is not painted."""
    function(page).focus()
    page.locator(".bubble.slider").wait_for(state="attached")


def slider(page: Page, name: str) -> Locator:
    return page.get_by_role("slider", name=name, exact=True)


def test_the_mouse_over_an_underline_is_told_what_is_wrong_and_mends_it(
    open_page: OpenPage,
) -> None:
    page = open_page()
    with_slip(page)
    expect(slip(page)).to_have_count(0)  # typing opens nothing
    x, y = place(page, "z1")
    page.mouse.move(x, y)
    expect(slip(page)).to_contain_text("z1")
    page.mouse.move(x + 120, y)  # beyond the end of the line
    expect(slip(page)).to_have_count(0)
    page.mouse.move(x, y)
    slip(page).get_by_role("button", name="Replace z1 with z_1").click()
    expect(function(page)).to_have_value(MENDED)
    expect(function(page)).to_be_focused()
    expect(slip(page)).to_have_count(0)


def test_the_caret_in_an_underline_is_told_by_sight_and_by_ear(open_page: OpenPage) -> None:
    page = open_page()
    with_slip(page)
    for _ in range(4):
        page.keyboard.press("ArrowLeft")
    expect(slip(page)).to_be_visible()
    expect(spoken(page)).to_contain_text("z1")
    expect(spoken(page)).to_contain_text("Alt+Enter: Replace z1 with z_1.")
    page.keyboard.press("Escape")
    expect(slip(page)).to_have_count(0)
    expect(function(page)).to_be_focused()
    page.keyboard.press("ArrowLeft")
    expect(slip(page)).to_be_visible()
    page.keyboard.press("Tab")
    expect(button(page, "Replace z1 with z_1").first).to_be_focused()
    page.keyboard.press("Enter")
    expect(function(page)).to_have_value(MENDED)
    expect(function(page)).to_be_focused()


def test_alt_enter_goes_to_what_is_wrong_and_mends_it(open_page: OpenPage) -> None:
    page = open_page()
    with_slip(page)
    page.keyboard.press("Alt+Enter")
    expect(slip(page)).to_be_visible()
    expect(function(page)).to_have_value(SLIP)
    page.keyboard.press("Alt+Enter")
    expect(function(page)).to_have_value(MENDED)
    expect(slip(page)).to_have_count(0)
    page.keyboard.press("Control+z")
    expect(function(page)).to_have_value(SLIP)


def test_completions_are_spoken_with_their_place_in_the_list(open_page: OpenPage) -> None:
    page = open_page()
    function(page).fill("f = ")
    painted(page)
    function(page).focus()
    page.keyboard.press("Control+End")
    page.keyboard.type("np.maxim")
    page.keyboard.press("Control+Space")
    options = page.locator("#editor .cm-tooltip-autocomplete li")
    expect(options).to_have_count(1)
    expect(spoken(page)).to_have_text("np.maximum(x, y), 1 of 1")
    page.keyboard.press("Escape")
    expect(options).to_have_count(0)
    expect(spoken(page)).to_have_text("")
    function(page).fill("f = ")
    page.keyboard.type("np.ta")
    page.keyboard.press("Control+Space")
    expect(spoken(page)).to_contain_text(", 1 of ")
    first = spoken(page).inner_text()
    page.keyboard.press("ArrowDown")
    expect(spoken(page)).to_have_text(re.compile(rf"^np\.ta.*, 2 of {options.count()}$"))
    assert spoken(page).inner_text() != first
    page.keyboard.press("Escape")
    expect(options).to_have_count(0)
    expect(spoken(page)).to_have_text("")
    expect(function(page)).to_have_attribute("aria-autocomplete", "list")


def test_a_click_on_a_number_opens_a_slider_that_moves_every_value(open_page: OpenPage) -> None:
    # f = 2 x at x = −2 is −4. Arrows move by a hundredth of the reach, 0.1: three make 2.3 x = −4.6.
    page = open_page()
    write(page, "x = -2\nf = 2.0 * x")
    button(page, "Last step").click()
    page.mouse.click(*place(page, "2.0"))
    found = slider(page, "2.0 in line 2")
    expect(found).to_have_attribute("max", "10")
    expect(function(page)).to_be_focused()
    page.keyboard.press("Tab")
    expect(found).to_be_focused()
    page.keyboard.down("ArrowRight")
    page.keyboard.down("ArrowRight")
    page.keyboard.down("ArrowRight")
    expect(value(page, "f")).to_have_text("−4.60")
    page.keyboard.up("ArrowRight")
    expect(function(page)).to_have_value("x = -2\nf = 2.3 * x")
    page.keyboard.press("Escape")
    expect(found).to_have_count(0)
    expect(function(page)).to_be_focused()
    page.keyboard.press("Control+z")
    expect(function(page)).to_have_value("x = -2\nf = 2.0 * x")
    expect(value(page, "f")).to_have_text("−4.00")
    page.keyboard.press("Control+Shift+Z")
    expect(function(page)).to_have_value("x = -2\nf = 2.3 * x")


def test_the_slider_is_dragged_and_goes_when_the_caret_does(open_page: OpenPage) -> None:
    page = open_page()
    write(page, "x = -2\nf = 2 * x")
    button(page, "Last step").click()
    page.mouse.click(*place(page, "2"))
    found = slider(page, "-2 in line 1")
    box = found.bounding_box()
    assert box
    y = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] * 0.4, y)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] - 1, y, steps=6)
    expect(value(page, "f")).to_have_text("20.00")
    page.mouse.up()
    expect(function(page)).to_have_value("x = 10\nf = 2 * x")  # whole, as it was
    page.keyboard.press("Escape")
    page.keyboard.press("Control+z")
    expect(function(page)).to_have_value("x = -2\nf = 2 * x")
    page.mouse.click(*place(page, "2"))
    expect(found).to_be_visible()
    page.keyboard.press("Control+End")
    expect(found).to_have_count(0)


def test_alt_held_down_is_one_gesture(open_page: OpenPage) -> None:
    page = open_page()
    write(page, "f = 2.0 * x")
    painted(page)
    page.mouse.click(*place(page, "2.0"))
    page.keyboard.down("Alt")
    for _ in range(4):
        page.keyboard.press("ArrowUp")
    page.keyboard.press("Shift+ArrowUp")
    page.keyboard.up("Alt")
    expect(function(page)).to_have_value("f = 3.4 * x")
    page.keyboard.press("Control+z")
    expect(function(page)).to_have_value("f = 2.0 * x")


def test_a_tap_on_a_number_opens_the_slider_on_a_phone(open_page: OpenPage) -> None:
    page = open_page(viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True)
    page.get_by_role("tab", name="Source").click()
    ready(page)
    function(page).fill("x = -2\nf = 2.0 * x")
    expect(page.locator("#editor .line")).to_have_count(2)
    box = function(page).bounding_box()
    assert box
    function(page).tap(position={"x": 38 + 4.5 * 9.6, "y": box["height"] * 0.75})
    found = slider(page, "2.0 in line 2")
    expect(found).to_be_visible()
    size = found.bounding_box()
    assert size
    assert size["height"] >= 44
    found.fill("5")
    expect(function(page)).to_have_value("x = -2\nf = 5.0 * x")
    expect(value(page, "f")).to_have_text("–")
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


def test_keys_change_a_number_in_a_narrow_window(open_page: OpenPage) -> None:
    page = open_page(viewport={"width": 360, "height": 740})
    page.get_by_role("tab", name="Source").click()
    ready(page)
    function(page).fill("f = 2.0 * x")
    function(page).click(position={"x": 38 + 4.5 * 9, "y": 12})
    expect(slider(page, "2.0 in line 1")).to_be_visible()
    page.keyboard.press("Alt+ArrowUp")
    page.keyboard.press("Shift+Alt+ArrowUp")
    expect(function(page)).to_have_value("f = 3.1 * x")
    expect(slider(page, "2.0 in line 1")).to_have_count(0)
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+z")
    expect(function(page)).to_have_value("f = 2.0 * x")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_the_bubbles(open_page: OpenPage, scheme: str) -> None:
    page = open_page(color_scheme=scheme)
    with_slip(page)
    page.keyboard.press("Alt+Enter")
    expect(slip(page)).to_be_visible()
    assert violations(page) == []
    page.mouse.click(*place(page, "2"))
    expect(slider(page, "2 in line 2")).to_be_visible()
    assert violations(page) == []
