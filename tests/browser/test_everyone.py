"""The page for everyone: by keyboard alone, by ear, enlarged, respaced, and with names of any script."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_page import button, expect_step, function, write

OpenPage = Callable[..., Page]

#: 1280 × 1024 at 400 %
ENLARGED = {"viewport": {"width": 320, "height": 256}}


def focused(page: Page) -> str:
    """Returns the accessible name of what has the focus, near enough."""
    return page.evaluate(
        """() => {
            const e = document.activeElement;
            return e.getAttribute("aria-label") || e.textContent.trim() || e.id;
        }"""
    )


def tab_to(page: Page, name: str) -> None:
    """Presses Tab until the focus is on what is named so."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if focused(page).startswith(name):
            return
    raise AssertionError(f"Tab does not come to {name}")


def test_a_whole_pass_by_keyboard_alone(open_page: OpenPage) -> None:
    page = open_page()
    tab_to(page, "Next step")
    for index in range(1, 10):
        page.keyboard.press("Enter")
        expect_step(page, index)
    for index in range(8, -1, -1):
        page.keyboard.press("ArrowLeft")
        expect_step(page, index)


def test_the_wires_are_walked_by_arrows(open_page: OpenPage) -> None:
    # (x + y) × z: along the wires to the left and right, from port to port up and down.
    page = open_page()
    button(page, "Last step").click()
    page.get_by_role("region", name="Board").focus()
    page.keyboard.press("Tab")
    seen = {}
    for key in ["", "ArrowRight", "ArrowRight", "ArrowLeft", "ArrowDown", "ArrowUp", "ArrowLeft"]:
        if key:
            page.keyboard.press(key)
        node = page.locator(":focus")
        seen[len(seen)] = node.get_attribute("data-node"), node.get_attribute("aria-label")
    labels = [label or "" for _, label in seen.values()]
    first, plus, times, back, down, up, left = labels
    assert first.startswith("input, x,")
    assert "plus" in plus
    assert "times" in times
    assert back == plus
    assert down.startswith("input, z,")
    assert up == plus
    assert left == first
    assert all("gradient" in label for label in labels)


def test_the_board_is_one_stop_of_the_tab_key(open_page: OpenPage) -> None:
    page = open_page()
    assert page.locator("#picture [tabindex='0']").count() == 1


def test_a_whole_pass_by_ear_is_the_transcript(open_page: OpenPage) -> None:
    page = open_page("/e/fan-out")
    page.get_by_text("Transcript of the pass").click()
    lines = page.get_by_role("list", name="Transcript").get_by_role("listitem")
    last = int(page.get_by_role("slider", name="Step", exact=True).get_attribute("max") or 0)
    expect(lines).to_have_count(last + 1)
    spoken = []
    for index in range(1, last + 1):
        page.keyboard.press("ArrowRight")
        expect_step(page, index)
        spoken.append(page.locator("#spoken").inner_text().strip())
    heard = [line.split(": ", 1)[1].strip() for line in lines.all_inner_texts()[1:]]
    assert spoken == heard
    assert all(spoken)


def test_the_transcript_is_copied_as_lines(open_page: OpenPage) -> None:
    page = open_page()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_text("Transcript of the pass").click()
    button(page, "Copy the transcript").click()
    expect(page.get_by_text("Transcript copied.")).to_be_visible()
    lines = page.evaluate("navigator.clipboard.readText()").split("\n")
    assert len(lines) == 10
    assert lines[0] == "1. forward: The inputs: x = −2, y = 5, z = −4."
    assert lines[9].startswith("10. backward: + distributes: y receives")
    write(page, "g = x * x")
    expect(page.get_by_role("list", name="Transcript")).to_contain_text("g = x × x")


FOCUS = """() => {
    const e = document.activeElement;
    if (e === document.body) return undefined;
    const box = e.getBoundingClientRect();
    const ring = [e, e.parentElement, e.closest(".editor")].some(each => each
        && (getComputedStyle(each).outlineStyle !== "none" || getComputedStyle(each).boxShadow !== "none"));
    const x = Math.min(innerWidth - 1, Math.max(0, box.x + box.width / 2));
    const y = Math.min(innerHeight - 1, Math.max(0, box.y + box.height / 2));
    const inside = box.bottom > 0 && box.right > 0 && box.x < innerWidth && box.y < innerHeight;
    const top = document.elementFromPoint(x, y);
    const bare = inside && (e.contains(top) || top?.contains(e) || e.closest("svg")?.contains(top));
    return {name: e.getAttribute("aria-label") || e.textContent.trim() || e.id, ring, bare};
}"""


@pytest.mark.parametrize("size", [(1280, 720), (360, 740), (320, 256)], ids=str)
def test_the_focus_is_always_seen(open_page: OpenPage, size: tuple[int, int]) -> None:
    page = open_page(viewport={"width": size[0], "height": size[1]})
    unseen, names = [], []
    for _ in range(60):
        page.keyboard.press("Tab")
        found = page.evaluate(FOCUS)
        if not found:
            break
        names.append(found["name"])
        if not (found["ring"] and found["bare"]):
            unseen.append(found)
    assert "Next step" in names
    assert unseen == []


def test_enlarged_to_400_percent_nothing_is_lost_and_nothing_scrolls_sideways(
    open_page: OpenPage,
) -> None:
    page = open_page(**ENLARGED)
    for tab in ["Source", "Board"]:
        page.get_by_role("tab", name=tab, exact=True).click()
        region = page.get_by_role("region", name=tab)
        region.scroll_into_view_if_needed()
        box = region.bounding_box()
        assert box
        assert box["height"] >= 200
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    for name in ["First step", "Previous step", "Next step", "Last step", "Play", "Slow detail"]:
        button(page, name).scroll_into_view_if_needed()
        expect(button(page, name)).to_be_in_viewport(ratio=1)
    button(page, "Last step").click()
    expect_step(page, 9)
    page.locator("#words").scroll_into_view_if_needed()
    expect(page.locator("#words")).to_be_in_viewport(ratio=1)


#: WCAG 2.2, 1.4.12
SPACED = """* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important; }
p { margin-bottom: 2em !important; }"""

LOST = """() => [...document.querySelectorAll("button, summary, #words, #count, label, .input-name")]
    .filter(e => e.checkVisibility({visibilityProperty: true}) && e.clientWidth && !e.closest(".gallery"))
    .filter(e => !/auto|scroll/.test(getComputedStyle(e).overflowY))
    .filter(e => e.scrollWidth > e.clientWidth + 2 || e.scrollHeight > e.clientHeight + 2)
    .map(e => e.id || e.getAttribute("aria-label") || e.textContent.trim())"""


@pytest.mark.parametrize("size", [(1440, 900), (360, 740)], ids=str)
def test_text_spacing_of_the_reader_loses_nothing(
    open_page: OpenPage, size: tuple[int, int]
) -> None:
    page = open_page("/e/xyz#t=b:f.mul.1", viewport={"width": size[0], "height": size[1]})
    page.evaluate(
        """text => {
            const sheet = new CSSStyleSheet();
            sheet.replaceSync(text);
            document.adoptedStyleSheets = [sheet];
        }""",
        SPACED,
    )
    assert page.evaluate(LOST) == []
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    for name in ["Next step", "Last step", "Play"]:
        expect(button(page, name)).to_be_in_viewport(ratio=1)


@pytest.mark.parametrize(
    "name", ["س", "שלום", "é̂", "नाम"], ids=["arabic", "hebrew", "marks", "nagari"]
)
def test_names_of_any_script_do_no_harm(open_page: OpenPage, name: str) -> None:
    page = open_page()
    write(page, f"q = {name} * x\nf = q * {name}")
    table = page.get_by_role("table", name="All values")
    expect(table.get_by_role("rowheader", name=name)).to_have_count(1)
    button(page, "Last step").click()
    # What stands around the name keeps its order: "from …" before "=", the total after it.
    order = page.locator("#equation .part").evaluate_all(
        "parts => parts.map(part => part.getBoundingClientRect().x)"
    )
    assert order == sorted(order)
    for element in page.locator("#words .name").all():
        assert element.evaluate("e => getComputedStyle(e).unicodeBidi") == "isolate"
    expect(function(page)).to_have_value(f"q = {name} * x\nf = q * {name}")


@pytest.mark.parametrize("forced", ["active", "none"])
def test_forced_colours_keep_what_the_tape_says(open_page: OpenPage, forced: str) -> None:
    page = open_page(forced_colors=forced)
    page.keyboard.press("b")
    expect_step(page, 5)
    colours = page.evaluate(
        """() => ["forward", "backward"].map(phase =>
            getComputedStyle(document.querySelector(`.phase.${phase} .done`)).backgroundColor)"""
    )
    assert len(set(colours)) == 2


def test_reduced_motion_moves_nothing_and_play_still_steps(open_page: OpenPage) -> None:
    page = open_page(reduced_motion="reduce")
    page.get_by_role("combobox", name="Speed").select_option("4×")
    button(page, "Play").click()
    expect(page.locator("[data-step]")).not_to_have_attribute("data-step", "0", timeout=8000)
    assert page.locator(".pill-moving").count() == 0
