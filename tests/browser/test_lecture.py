"""Lecture mode: board, caption and a hairline of the tape, for the back row and a clicker."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_page import button, expect_step
from tests.browser.test_rules import violations

OpenPage = Callable[..., Page]

#: sizes of the numbers on the board as they are seen, px
NUMBERS = """() => [...document.querySelectorAll("#graph .number")].map(text => {
    const {a, b} = text.getScreenCTM();
    return parseFloat(getComputedStyle(text).fontSize) * Math.hypot(a, b);
})"""

#: what of the caption is cut off
CUT = """async () => {
    // The caption follows the board by a frame.
    const frame = () => new Promise(done => requestAnimationFrame(() => setTimeout(done)));
    await frame();
    await frame();
    const now = document.getElementById("now").getBoundingClientRect();
    const texts = [...document.querySelectorAll("#words, #equation, #equation .part-text, #equation .part-notes")];
    return texts.filter(e => e.textContent.trim() && e.getClientRects().length).flatMap(e => {
        const box = e.getBoundingClientRect();
        const out = box.left < now.left - 1 || box.right > now.right + 1
            || box.top < now.top - 1 || box.bottom > now.bottom + 1;
        return out || e.scrollWidth > e.clientWidth + 1 && e.id || e.id === "words" && e.scrollHeight > e.clientHeight
            ? [`${e.id || e.className}: ${e.textContent}`] : [];
    });
}"""


def lecturing(page: Page) -> None:
    expect(button(page, "Leave lecture")).to_be_visible()


def test_it_shows_board_caption_and_tape_and_gives_everything_back(open_page: OpenPage) -> None:
    page = open_page()
    button(page, "Source").click()
    before = page.get_by_role("region", name="Board").bounding_box()
    button(page, "Lecture").click()
    lecturing(page)
    expect(page.locator("header")).to_be_hidden()
    expect(page.get_by_role("region", name="Source")).to_be_hidden()
    for name in ["Board", "Now", "Tape"]:
        expect(page.get_by_role("region", name=name)).to_be_visible()
    expect(button(page, "Next step")).to_be_visible()
    expect(page.locator("#count")).to_have_text("stop 1 of 8")
    page.keyboard.press("Escape")
    expect(page.locator("header")).to_be_visible()
    expect(page.locator("#count")).to_have_text("step 1 of 10")
    expect(page.get_by_role("region", name="Source")).to_be_hidden()
    assert page.get_by_role("region", name="Board").bounding_box() == before
    assert page.locator("#words").evaluate("e => e.style.fontSize") == ""
    button(page, "Source").click()
    expect(page.get_by_role("region", name="Source")).to_be_visible()


def test_the_key_opens_and_leaves_it(open_page: OpenPage) -> None:
    page = open_page()
    page.keyboard.press("l")
    lecturing(page)
    page.keyboard.press("l")
    expect(page.locator("header")).to_be_visible()


def test_a_step_taken_while_the_board_makes_room_is_shown(open_page: OpenPage) -> None:
    page = open_page()
    page.evaluate(
        """() => {
            for (const key of ["l", "End"])
                document.dispatchEvent(new KeyboardEvent("keydown", {key, bubbles: true}));
        }"""
    )
    lecturing(page)
    board = page.get_by_role("region", name="Board")
    expect(board.get_by_text("1.00", exact=True).first).to_be_visible()


def test_a_device_with_a_habit_keeps_its_detail(open_page: OpenPage) -> None:
    page = open_page()
    page.keyboard.press("3")
    page.keyboard.press("l")
    lecturing(page)
    expect(page.locator("#count")).to_have_text("step 1 of 10")


def test_it_is_kept_in_the_link(open_page: OpenPage) -> None:
    page = open_page("/e/sigmoid-neuron")
    page.keyboard.press("l")
    expect(page).to_have_url(re.compile(r"#d=2&m=lecture$|#t=f:inputs&d=2&m=lecture$"))
    other = open_page(page.url[page.url.index("/e/") :])
    lecturing(other)
    expect(other.locator("#count")).to_have_text(re.compile("^stop 1 of"))


def test_numbers_of_ten_gates_are_read_from_the_back_row(open_page: OpenPage) -> None:
    page = open_page("/e/sigmoid-neuron")
    page.keyboard.press("l")
    lecturing(page)
    board = page.get_by_role("region", name="Board")
    board.get_by_text("2.00").first.wait_for()
    page.wait_for_function(f"() => Math.min(...({NUMBERS})()) >= 27.99")


@pytest.mark.parametrize("size", [(1440, 900), (1280, 720), (360, 740)], ids=str)
@pytest.mark.parametrize("slug", ["sigmoid-neuron", "two-layer", "patterns"])
def test_the_caption_is_never_cut(open_page: OpenPage, size: tuple[int, int], slug: str) -> None:
    page = open_page(f"/e/{slug}#m=lecture", viewport={"width": size[0], "height": size[1]})
    lecturing(page)
    cut = {}
    for detail in "13":
        page.keyboard.press(detail)
        page.keyboard.press("Home")
        last = False
        while not last:
            step = page.locator("[data-step]").get_attribute("data-step")
            if found := page.evaluate(CUT):
                cut[detail, step] = found
            page.keyboard.press("ArrowRight")
            last = page.locator("[data-step]").get_attribute("data-step") == step
    assert cut == {}


def test_a_clicker_steps_blanks_and_harms_nothing(open_page: OpenPage) -> None:
    page = open_page("/#m=lecture")
    lecturing(page)
    for key, index in [("PageDown", 1), ("ArrowDown", 2), ("PageUp", 1), ("ArrowUp", 0)]:
        page.keyboard.press(key)
        expect_step(page, index)
    page.keyboard.press("PageDown")
    blank = "getComputedStyle(document.body, '::after').content !== 'none'"
    for key in ["b", "."]:
        page.keyboard.press(key)
        expect_step(page, 1)
        assert page.evaluate(blank)
        page.keyboard.press(key)
        assert not page.evaluate(blank)
    page.keyboard.press(".")
    page.keyboard.press("PageDown")
    expect_step(page, 2)
    assert not page.evaluate(blank)


def test_the_pointer_hides_when_it_rests(open_page: OpenPage) -> None:
    page = open_page()
    page.clock.install()
    page.keyboard.press("l")
    lecturing(page)
    pointer = "getComputedStyle(document.body).cursor"
    page.mouse.move(300, 300)
    assert page.evaluate(pointer) != "none"
    page.clock.run_for(3000)
    assert page.evaluate(pointer) == "none"
    page.mouse.move(310, 310)
    assert page.evaluate(pointer) != "none"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 360])
def test_axe_finds_nothing(open_page: OpenPage, scheme: str, width: int) -> None:
    page = open_page(
        "/#m=lecture&d=1", color_scheme=scheme, viewport={"width": width, "height": 720}
    )
    lecturing(page)
    page.keyboard.press("End")
    expect_step(page, 9)
    assert violations(page) == []
