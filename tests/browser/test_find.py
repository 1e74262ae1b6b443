"""Finding nodes by name."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.test_rules import violations

OpenPage = Callable[..., Page]

PROGRAM = "h = np.tanh(x * w)\nh_1 = np.tanh(h + b)\nLoss = (h_1 - y)**2"


def search(page: Page, program: str = PROGRAM) -> Locator:
    """Draws a program and opens the field."""
    page.get_by_role("textbox", name="Function").fill(program)
    expect(page.locator("#graph [aria-label*=' Loss,']")).to_be_visible()
    page.get_by_role("region", name="Board").focus()
    page.keyboard.press("/")
    field = page.get_by_role("searchbox", name="Find a node")
    expect(field).to_be_focused()
    return field


def found(page: Page) -> Locator:
    return page.locator("#graph .node.found")


def test_what_is_typed_lights_up_and_enter_walks_through_it(open_page: OpenPage) -> None:
    page = open_page()
    field = search(page)
    field.fill("tanh")
    expect(found(page)).to_have_count(2)
    count = page.get_by_role("search", name="Find").get_by_role("status")
    expect(count).to_have_text("2 nodes")
    for press, text, name in [
        ("Enter", "1 of 2", "h"),
        ("Enter", "2 of 2", "h_1"),
        ("Enter", "1 of 2", "h"),
        ("Shift+Enter", "2 of 2", "h_1"),
    ]:
        field.press(press)
        expect(count).to_have_text(text)
        expect(page.locator("#graph .node.picked [data-node]")).to_have_attribute(
            "aria-label", re.compile(f"tanh, {name},")
        )
    field.press("Escape")
    expect(field).to_have_count(0)
    expect(found(page)).to_have_count(0)
    expect(page.locator("#graph [data-node]:focus")).to_have_attribute(
        "aria-label", re.compile("tanh, h_1,")
    )


def test_what_is_folded_lights_its_box(open_page: OpenPage) -> None:
    page = open_page()
    field = search(
        page, "def unit(a):\n    return np.tanh(a * w)\nLoss = np.sum(unit(x) + unit(y))"
    )
    page.get_by_role("region", name="Board").focus()
    page.keyboard.press("g")
    expect(page.locator("#graph .node.box")).to_have_count(2)
    field.fill("×")
    expect(page.locator("#graph .node.box.found")).to_have_count(2)
    field.press("Enter")
    field.press("Escape")
    expect(page.locator("#graph .node.box [data-node]:focus")).to_have_count(1)


def test_nothing_found_is_said(open_page: OpenPage) -> None:
    page = open_page()
    search(page).fill("softmax")
    expect(page.get_by_text("nothing found")).to_be_visible()
    expect(found(page)).to_have_count(0)


def test_the_search_follows_the_program(open_page: OpenPage) -> None:
    page = open_page()
    field = search(page)
    field.fill("tanh")
    page.get_by_role("textbox", name="Function").fill("Loss = np.tanh(x)")
    expect(page.get_by_text("1 node", exact=True)).to_be_visible()
    expect(found(page)).to_have_count(1)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [(1440, 900), (360, 740)], ids=["desktop", "phone"])
def test_axe_finds_nothing_in_the_search(
    open_page: OpenPage, scheme: str, size: tuple[int, int]
) -> None:
    page = open_page(color_scheme=scheme, viewport={"width": size[0], "height": size[1]})
    page.keyboard.press("/")
    field = page.get_by_role("searchbox", name="Find a node")
    field.fill("z")
    field.press("Enter")
    expect(found(page)).to_have_count(1)
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
