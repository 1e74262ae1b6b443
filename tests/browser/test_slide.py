"""Round like the slide: two decimals, each number computed from those that are shown."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.test_page import button, expect_step, row, wait_until_warm, write

OpenPage = Callable[..., Page]

#: CS231n, lecture 4: the numbers on the wires of the sigmoid circuit, values, then gradients from the output on
VALUES = ["−2.00", "6.00", "4.00", "1.00", "−1.00", "0.37", "1.37", "0.73"]
GRADIENTS = ["1.00", "−0.53", "−0.53", "−0.20", "0.20", "0.20", "0.20", "0.20"]
INPUTS = {"w0": "−0.20", "x0": "0.40", "w1": "−0.40", "x1": "−0.60", "w2": "0.20"}


def test_the_board_has_the_numbers_of_the_slide_and_all_else_the_exact_ones(
    open_page: OpenPage,
) -> None:
    page = open_page("/e/sigmoid-neuron#m=lecture&d=3")
    page.keyboard.press("End")
    board = page.get_by_role("region", name="Board")
    expect(board.get_by_text("0.393", exact=True).first).to_be_visible()
    button(page, "Round like the slide").click()
    expect(button(page, "Round like the slide")).to_have_attribute("aria-pressed", "true")
    expect(board.get_by_text("0.40", exact=True).first).to_be_visible()
    for number in {*VALUES, *GRADIENTS, *INPUTS.values()}:
        wanted = [*VALUES, *GRADIENTS, *INPUTS.values()].count(number)
        assert board.get_by_text(number, exact=True).count() >= wanted, number
    # The last step: 0.20 × 2.00 = 0.40, where full precision has 0.3932.
    expect(page.locator("#equation .part-text")).to_have_text(["0.20", "×", "2.00", "=", "0.40"])
    expect(page.locator("#where")).to_contain_text("rounded as on the slide")
    expect(page.locator("#equation")).to_have_attribute("aria-label", re.compile("0.393"))
    label = page.locator("[data-node][aria-label*='x0']").first
    expect(label).to_have_attribute("aria-label", re.compile("gradient 0.393"))
    page.keyboard.press("Escape")
    expect(row(page, "x0").get_by_role("cell").nth(2)).to_have_text("0.393")
    page.keyboard.press("r")
    expect(board.get_by_text("0.393", exact=True).first).to_be_visible()
    expect(page.locator("#where")).not_to_contain_text("rounded")


def test_another_program_is_rounded_too_and_the_link_keeps_it(open_page: OpenPage) -> None:
    page = open_page()
    page.keyboard.press("r")
    expect(page.locator("#where")).to_contain_text("rounded")
    write(page, "f = x * x / 3")
    button(page, "Last step").click()
    expect(page.locator("#equation .part-text").first).to_have_text(re.compile(r"^−?\d+\.\d\d$"))
    expect(page).to_have_url(re.compile("r=true"))
    other = open_page("/e/sigmoid-neuron#r=true&t=b:t6.exp.0")
    expect_step(other, 20)
    expect(other.locator("#equation .part-text")).to_have_text(["−0.53", "×", "0.37", "=", "−0.20"])


def test_offline_it_says_what_it_needs(open_page: OpenPage) -> None:
    page = open_page()
    button(page, "Next step").click()
    wait_until_warm(page)
    page.context.set_offline(True)
    page.keyboard.press("r")
    expect(page.get_by_text("offline: only the server can round like the slide")).to_be_visible()
    expect(page.locator("#where")).not_to_contain_text("rounded")
    page.context.set_offline(False)
