"""The source: what is wrong in it and how a click mends it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_page import button, function

OpenPage = Callable[..., Page]


@pytest.mark.parametrize(
    ("source", "click", "mended"),
    [
        ("q = x + y\nf = q * (z", "Insert )", "q = x + y\nf = q * (z)"),
        ("f = x + y)", "Delete )", "f = x + y"),
        ("f = np.maximun(x, 0)", "Replace maximun with maximum", "f = np.maximum(x, 0)"),
        ("f = x^2 − y", "Replace all 2", "f = x**2 - y"),
    ],
)
def test_one_click_makes_the_fix_that_the_server_sent(
    open_page: OpenPage, source: str, click: str, mended: str
) -> None:
    page = open_page()
    function(page).fill(source)
    button(page, click).first.click()
    expect(function(page)).to_have_value(mended)
    expect(page.locator("#messages .problem")).to_have_count(0)
    expect(button(page, click)).to_have_count(0)
