"""The gallery behind the title: a long list is searched."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.test_rules import violations
from tests.browser.test_views import PHONE

OpenPage = Callable[..., Page]


def opened(page: Page) -> Locator:
    """Opens the gallery; returns its search."""
    page.locator("#gallery > summary").click()
    field = page.get_by_role("searchbox", name="Find an example")
    expect(field).to_be_visible()
    return field


def shown(page: Page) -> Locator:
    return page.locator(".gallery-list li a").locator("visible=true")


def test_words_narrow_the_list_and_enter_opens_the_first(open_page: OpenPage) -> None:
    page = open_page()
    field = opened(page)
    expect(field).to_be_focused()
    page.keyboard.type("relu dead")
    expect(shown(page)).to_have_count(1)
    expect(shown(page)).to_have_attribute("href", "/e/dead-relu")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/e/dead-relu$"))


def test_arrows_walk_what_is_left(open_page: OpenPage) -> None:
    page = open_page()
    field = opened(page)
    page.keyboard.type("sigmoid")
    count = shown(page).count()
    assert count >= 3
    page.keyboard.press("ArrowDown")
    expect(shown(page).first).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(shown(page).nth(1)).to_be_focused()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    expect(field).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(shown(page).last).to_be_focused()
    page.keyboard.press("Escape")
    expect(field).to_be_focused()
    expect(field).to_have_value("")
    page.keyboard.press("Escape")
    expect(page.locator("#gallery > summary")).to_be_focused()
    expect(field).to_be_hidden()


def test_what_is_not_there_is_said_and_the_sections_come_back(open_page: OpenPage) -> None:
    page = open_page()
    field = opened(page)
    before = shown(page).count()
    page.keyboard.type("zzz")
    expect(shown(page)).to_have_count(0)
    expect(page.locator(".gallery-list")).to_contain_text("None of them speaks of that.")
    field.fill("")
    expect(shown(page)).to_have_count(before)
    page.get_by_text("Pathologies", exact=True).click()
    assert shown(page).count() > before


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_a_phone_it_waits_for_a_touch(open_page: OpenPage, scheme: str) -> None:
    page = open_page(color_scheme=scheme, **PHONE)
    field = opened(page)
    expect(field).not_to_be_focused()
    box = field.bounding_box()
    assert box
    assert box["height"] >= 44
    field.fill("max")
    assert violations(page) == []
