"""360 px: two tabs, steps under the thumb, no sideways scroll."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.circuits import CIRCUITS, link, wait_until_drawn
from tests.browser.test_page import expect_step

OpenPage = Callable[..., Page]

PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}

#: what of a node's maps and labels does not lie whole in the board's window
CUT = """node => {
    const room = document.querySelector(".board-window").getBoundingClientRect();
    return [...node.querySelectorAll(".map, .name, .badge")]
        .filter(part => {
            const { left, right, top, bottom } = part.getBoundingClientRect();
            return left < room.left || right > room.right || top < room.top || bottom > room.bottom;
        })
        .map(part => part.textContent || part.getAttribute("class"));
}"""


def test_two_tabs_show_source_or_board(open_page: OpenPage) -> None:
    page = open_page(**PHONE)
    source, board = (page.get_by_role("region", name=name) for name in ("Source", "Board"))
    expect(board).to_be_visible()
    expect(source).to_be_hidden()
    page.get_by_role("tab", name="Source").click()
    expect(source).to_be_visible()
    expect(board).to_be_hidden()
    page.get_by_role("textbox", name="Function").fill("y = x * x")
    page.get_by_role("tab", name="Board").click()
    expect(page.locator("[data-node]")).to_have_count(2)


def test_steps_are_under_the_thumb_in_both_tabs(open_page: OpenPage) -> None:
    page = open_page(**PHONE)
    for tab in ["Source", "Board"]:
        page.get_by_role("tab", name=tab).click()
        for name in ["First step", "Previous step", "Next step", "Last step", "Play"]:
            button = page.get_by_role("button", name=name, exact=True)
            expect(button).to_be_in_viewport(ratio=1)
            box = button.bounding_box()
            assert box
            assert min(box["width"], box["height"]) >= 44
            assert box["y"] > 740 / 2


def test_arrows_move_between_the_tabs(open_page: OpenPage) -> None:
    page = open_page(**PHONE)
    page.get_by_role("tab", name="Board").focus()
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_role("tab", name="Source")).to_be_focused()
    expect(page.get_by_role("region", name="Source")).to_be_visible()


def test_nothing_scrolls_sideways(open_page: OpenPage) -> None:
    page = open_page(**PHONE)
    for name in ["Next step", "Last step"]:
        page.get_by_role("button", name=name, exact=True).click()
        for tab in ["Source", "Board"]:
            page.get_by_role("tab", name=tab).click()
            assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


def test_every_target_is_as_large_as_a_finger(open_page: OpenPage) -> None:
    page = open_page(**PHONE)
    small = []
    for tab in ["Source", "Board"]:
        page.get_by_role("tab", name=tab).click()
        small += page.evaluate(
            """() => [...document.querySelectorAll("button, summary, select, a[href], input")]
                .filter(e => e.checkVisibility({visibilityProperty: true})
                    && !e.matches(".skip") && !e.closest("details:not([open]) > nav"))
                .map(e => [e.ariaLabel || e.textContent.trim(), e.getBoundingClientRect()])
                .filter(([, box]) => box.width && (box.width < 43.5 || box.height < 43.5))
                .map(([name, box]) => `${name}: ${box.width} x ${box.height}`)"""
        )
    assert small == []


def test_a_step_shows_the_gradient_that_it_makes_and_sharp(open_page: OpenPage) -> None:
    page = open_page(link("z = (x - mu) * s\nL = np.sum(z * w + c) * scale"), **PHONE)
    wait_until_drawn(page)
    made = page.locator("#graph [data-node][aria-label*=' w,'] .map.gradient")
    page.get_by_role("button", name="Last step").click()
    for _ in range(4):
        page.get_by_role("button", name="Previous step").click()
    expect(page.locator("#words")).to_contain_text("w receives")
    expect(made).to_be_in_viewport(ratio=0.9)
    # Text between two pixels is blurred.
    moved = page.locator(".board-camera").evaluate(
        "e => { const {e: x, f: y} = new DOMMatrix(getComputedStyle(e).transform); return [x, y] }"
    )
    assert moved == [round(each) for each in moved]


def test_search_has_a_button_beside_the_tabs(open_page: OpenPage) -> None:
    page = open_page("/e/rnn", **PHONE)
    button = page.get_by_role("button", name="Find a node", exact=True)
    box = button.bounding_box()
    assert box
    assert min(box["width"], box["height"]) >= 44
    button.tap()
    expect(page.get_by_role("searchbox", name="Find a node")).to_be_focused()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_a_tablet_has_it_in_the_head_and_a_mouse_does_without(open_page: OpenPage) -> None:
    tablet = open_page(viewport={"width": 1024, "height": 768}, has_touch=True, is_mobile=True)
    expect(tablet.get_by_role("button", name="Find a node", exact=True)).to_be_visible()
    desk = open_page()
    expect(desk.get_by_role("button", name="Find a node", exact=True)).to_have_count(0)


def test_a_finger_folds_a_group_by_its_sign(open_page: OpenPage) -> None:
    page = open_page("/e/rnn", **PHONE)
    sign = page.get_by_role("button", name="Fold t = 0", exact=True)
    box = sign.locator(".reach").bounding_box()
    assert box
    assert min(box["width"], box["height"]) >= 44
    page.touchscreen.tap(box["x"] + box["width"] / 2, box["y"] + 4)
    expect(page.get_by_role("button", name="Unfold t = 0 ", exact=False)).to_be_attached()


@pytest.mark.parametrize("example", ["two-layer", "softmax"])
def test_words_are_whole_or_reached_by_keys(open_page: OpenPage, example: str) -> None:
    page = open_page(f"/e/{example}", **PHONE)
    words = page.locator("#words")
    cut = "words => words.scrollHeight > words.clientHeight && words.tabIndex < 0"
    for index in range(int(page.locator("#step").get_attribute("max") or 0) + 1):
        expect_step(page, index)
        assert not words.evaluate(cut), words.inner_text()
        page.keyboard.press("ArrowRight")


def test_the_gradient_that_a_step_finds_is_whole_before_its_gate(open_page: OpenPage) -> None:
    page = open_page(link(CIRCUITS["summary"]), viewport={"width": 1280, "height": 720})
    wait_until_drawn(page)
    page.get_by_role("button", name="Last step").click()
    expect(page.locator("#words")).to_contain_text("the shape of W")
    found = page.locator("#graph [data-node][aria-label*=' W,'] .map.gradient")
    expect(found).to_be_in_viewport(ratio=1)


@pytest.mark.parametrize(
    ("name", "step", "parts"),
    [
        # beside a matrix too large to show, whose summary is as long as a sentence
        ("summary", 1, [" W,", " h,"]),
        ("softmax", 2, [" b,"]),
    ],
)
def test_what_a_step_reads_is_whole(
    open_page: OpenPage, name: str, step: int, parts: list[str]
) -> None:
    page = open_page(link(CIRCUITS[name]), **PHONE)
    wait_until_drawn(page)
    for index in range(1, step + 1):
        page.keyboard.press("ArrowRight")
        expect_step(page, index)
    for part in parts:
        cut = page.locator(f"#graph [data-node][aria-label*='{part}']").evaluate(CUT)
        assert cut == [], part
