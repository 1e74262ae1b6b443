"""The detail dial: glance, lecture, slow. It groups steps and renumbers none."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.test_page import button, expect_step

OpenPage = Callable[..., Page]

#: where a walk through (x + y) * z stops: its steps are 0 inputs, 1-2 gates, 3-4 locals, 5 seed, 6-7 and 8-9 products
STOPS = {"1": [0, 1, 2, 5, 7, 9], "2": [0, 1, 2, 3, 4, 5, 7, 9], "3": list(range(10))}


def rows(page: Page) -> Locator:
    return page.locator("#equation .row")


@pytest.mark.parametrize("detail", STOPS)
def test_a_walk_stops_at_the_stops_of_the_detail(open_page: OpenPage, detail: str) -> None:
    page = open_page()
    page.keyboard.press(detail)
    stops = STOPS[detail]
    for index in stops[1:]:
        button(page, "Next step").click()
        expect_step(page, index)
    page.keyboard.press("ArrowRight")
    expect(page.get_by_text("That was the last step.")).to_be_visible()
    for index in stops[-2::-1]:
        page.keyboard.press("ArrowLeft")
        expect_step(page, index)
    expect(page.locator("#count")).to_have_text(
        f"{'step' if detail == '3' else 'stop'} 1 of {len(stops)}"
    )


def test_play_stops_where_the_detail_does(open_page: OpenPage) -> None:
    page = open_page()
    page.keyboard.press("1")
    page.keyboard.press("b")
    expect_step(page, 5)
    page.evaluate(
        """() => {
            globalThis.seen = [];
            new MutationObserver(() => seen.push(document.querySelector("[data-step]").dataset.step))
                .observe(document.querySelector("[data-step]"), { attributeFilter: ["data-step"] });
        }"""
    )
    page.get_by_role("combobox", name="Speed").select_option("4×")
    button(page, "Play").click()
    expect(page.locator("[data-step]")).to_have_attribute("data-step", "9", timeout=8000)
    assert page.evaluate("seen") == ["7", "9"]


def test_a_stop_tells_each_product_in_a_line(open_page: OpenPage) -> None:
    # f = (x + y) z at −2, 5, −4, backward through ×: 1 · (−4) = −4 to x + y, 1 · 3 = 3 to z
    page = open_page("/#t=b:f.mul.1&d=2")
    expect(rows(page)).to_have_count(2)
    for place, numbers in [
        (0, ["1.00", "×", "−4.00", "=", "−4.00"]),
        (1, ["1.00", "×", "3.00", "=", "3.00"]),
    ]:
        expect(rows(page).nth(place).locator(".part-text")).to_have_text(numbers)
    expect(page.locator("#words")).to_contain_text("= −4. × swaps: z receives")


def test_a_glance_tells_the_local_gradients_too(open_page: OpenPage) -> None:
    page = open_page("/#t=b:f.mul.1&d=1")
    expect(page.locator("#equation .row-head")).to_have_text(["local", "to x + y", "to z"])
    expect(rows(page).first.locator(".part-text")).to_have_text(["−4.00", "", "3.00"])


def test_the_slider_reaches_every_step_and_the_count_says_between(open_page: OpenPage) -> None:
    page = open_page()
    page.keyboard.press("2")
    slider = page.get_by_role("slider", name="Step", exact=True)
    expect(slider).to_have_attribute("max", "9")
    slider.fill("6")
    expect_step(page, 6)
    expect(page.locator("#count")).to_have_text("past stop 6 of 8")
    expect(slider).to_have_attribute("aria-valuetext", "step 7 of 10, backward, past stop 6 of 8")
    expect(rows(page)).to_have_count(0)


def test_the_tape_has_a_segment_a_stop(open_page: OpenPage) -> None:
    page = open_page()
    for detail, stops in STOPS.items():
        page.keyboard.press(detail)
        expect(page.locator(".segments > span:not(.skipped)")).to_have_count(len(stops))


def test_the_detail_is_in_the_link_and_remembered(open_page: OpenPage) -> None:
    page = open_page()
    button(page, "Glance detail").click()
    expect(button(page, "Glance detail")).to_have_attribute("aria-pressed", "true")
    expect(page).to_have_url(re.compile("d=1"))
    page.goto("/e/colah")
    expect(button(page, "Glance detail")).to_have_attribute("aria-pressed", "true")
    button(page, "Slow detail").click()
    expect(page).not_to_have_url(re.compile("d="))


def test_products_of_a_stop_come_one_after_the_other(open_page: OpenPage) -> None:
    page = open_page("/#t=b:f.seed&d=2", reduced_motion="no-preference")
    expect_step(page, 5)
    page.evaluate(
        """() => {
            globalThis.seen = [];
            new MutationObserver(() => seen.push(document.querySelector("[data-step]").dataset.step))
                .observe(document.querySelector("[data-step]"), { attributeFilter: ["data-step"] });
        }"""
    )
    page.keyboard.press("ArrowRight")
    expect_step(page, 7)
    assert page.evaluate("seen") == ["6", "7"]


def test_all_that_a_stop_tells_is_spoken(open_page: OpenPage) -> None:
    page = open_page("/#t=b:f.seed&d=2")
    expect_step(page, 5)
    page.keyboard.press("ArrowRight")
    expect(page.locator("#spoken")).to_contain_text("(x + y) receives upstream × z = 1 × (−4) = −4")
    expect(page.locator("#spoken")).to_contain_text("z receives upstream × (x + y) = 1 × 3 = 3")


@pytest.mark.parametrize("width", [1440, 1280, 1024, 700, 360, 320])
def test_the_tape_has_room_for_the_dial(open_page: OpenPage, width: int) -> None:
    page = open_page(viewport={"width": width, "height": 720})
    page.keyboard.press("1")
    boxes = page.evaluate(
        """() => [...document.querySelectorAll("#tape button, #phases, #count, #speed")]
            .map(e => e.getBoundingClientRect()).map(b => [b.left, b.top, b.right, b.bottom])"""
    )
    tape = page.get_by_role("region", name="Tape").bounding_box()
    assert tape
    for left, top, right, bottom in boxes:
        assert left >= 0
        assert right <= width
        assert top >= tape["y"] - 0.5
        assert bottom <= 720.5
    overlaps = [
        (a, b)
        for i, a in enumerate(boxes)
        for b in boxes[i + 1 :]
        if min(a[2], b[2]) - max(a[0], b[0]) > 1.5 and min(a[3], b[3]) - max(a[1], b[1]) > 1.5
    ]
    assert overlaps == []
