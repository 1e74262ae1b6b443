"""Backward code judged line by line, the five-step menu, and being the backward pass oneself."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.test_page import button, function
from tests.browser.test_rules import violations
from tests.browser.test_views import open_view
from tests.deck import DECK

OpenPage = Callable[..., Page]


def view(page: Page) -> Locator:
    return page.locator("#view")


def lines(page: Page) -> Locator:
    return view(page).locator(".judged .verdict-row")


def paste(page: Page, text: str) -> None:
    function(page).fill(text)
    expect(page.locator("#board")).not_to_have_class("stale")


def test_the_decks_program_is_mended_by_one_click_and_judged_all_right(
    open_page: OpenPage,
) -> None:
    page = open_page()
    paste(page, DECK)
    button(page, "Check it").click()
    expect(view(page).locator(".check-summary")).to_have_text("✗5 of 6 lines right.")
    expect(lines(page).nth(4)).to_contain_text("not yet defined")
    expect(page.locator(".editor .cm-line.judged.wrong")).to_have_count(1)
    view(page).get_by_role("button", name="Replace z1 with z_1").click()
    expect(view(page).locator(".check-summary")).to_have_text("✓All 6 lines are right.")
    expect(lines(page).locator(".verdict-words")).to_have_text(["right"] * 6)
    expect(page.locator(".editor .cm-line.judged.right")).to_have_count(6)


def test_the_deck_takes_a_paste_and_a_click_and_seconds(open_page: OpenPage) -> None:
    page = open_page(
        viewport={"width": 1280, "height": 720},
        permissions=["clipboard-read", "clipboard-write"],
    )
    page.evaluate("text => navigator.clipboard.writeText(text)", DECK)
    start = time.monotonic()
    for key in ["e", "Control+a", "Control+v"]:
        page.keyboard.press(key)
    expect(page.locator("#graph [data-node][aria-label*='y_hat']").first).to_be_visible()
    page.locator("#messages").get_by_role("button", name="Replace z1 with z_1").click()
    expect(view(page).locator(".check-summary")).to_have_text("✓All 6 lines are right.")
    assert time.monotonic() - start < 15, "the lecture has 30 seconds for it, reading included"


def test_a_wrong_line_is_told_why_and_lights_its_node(open_page: OpenPage) -> None:
    page = open_page()
    wrong = DECK.replace("z1 <", "z_1 <").replace("X.T.dot(dz1)", "dz1.T.dot(X)")
    paste(page, wrong.replace("2.0*y_hat", "y_hat"))
    button(page, "Check it").click()
    expect(lines(page).nth(0)).to_contain_text("wrong value")
    expect(lines(page).nth(0)).to_contain_text("exponent 2")
    expect(lines(page).nth(1)).to_contain_text("right, given dy_hat")
    expect(lines(page).nth(5)).to_contain_text("wrong shape")
    lines(page).nth(5).click()
    expect(page.locator("#graph .node.picked [data-node='n1']")).to_have_count(1)


def test_without_backward_code_the_view_says_what_it_is_for(open_page: OpenPage) -> None:
    page = open_page("/#w=backward")
    expect(view(page)).to_contain_text("paste your backward code")


def tick(page: Page, step: int) -> Locator:
    return view(page).locator(".menu-steps > li").nth(step - 1)


def reply(page: Page, name: str, text: str) -> None:
    view(page).get_by_role("textbox", name=name, exact=True).fill(text)
    page.keyboard.press("Enter")


def test_the_menu_ticks_what_the_student_did_and_nothing_else(open_page: OpenPage) -> None:
    page = open_page("/e/two-layer#w=menu")
    done = view(page).locator(".menu-steps > .done")
    expect(tick(page, 5)).to_be_visible()
    expect(done).to_have_count(0)
    reply(page, "derivative of the cost by y_hat", "y_hat")
    expect(tick(page, 2).locator(".reply-verdict")).to_contain_text("exponent 2")
    expect(done).to_have_count(0)
    reply(page, "derivative of the cost by y_hat", "np.multiply(2, y_hat)")
    expect(tick(page, 2)).to_have_class("done")
    reply(page, "gradient of W_2", "h_1 @ (2 * y_hat)")
    expect(tick(page, 5).locator(".reply-verdict")).to_contain_text("transpose")
    reply(page, "gradient of W_2", "h_1.T @ (2 * y_hat)")
    expect(tick(page, 5)).to_have_class("done")
    expect(done).to_have_count(2)
    page.get_by_role("slider", name="Step", exact=True).fill("5")
    expect(tick(page, 1)).to_have_class("done")
    expect(view(page).locator(".ledger td.gradient")).to_have_text(["–"] * 4)
    page.get_by_role("slider", name="Step", exact=True).fill("18")
    expect(tick(page, 3)).to_have_class("done")


def test_a_wrong_shape_turns_its_signal_red_before_any_value_is_judged(
    open_page: OpenPage,
) -> None:
    page = open_page("/e/two-layer#w=menu")
    reply(page, "shape of the signal of y_hat**2", "2, 3")
    expect(view(page).locator(".ledger .mismatch")).to_have_count(1)
    for name, shape in [
        ("y_hat**2", "(3, 2)"),
        ("y_hat", "3 x 2"),
        ("h_1", "(3, 5)"),
        ("z_1", "(3, 5)"),
    ]:
        reply(page, f"shape of the signal of {name}", shape)
        expect(
            view(page).get_by_role("textbox", name=f"shape of the signal of {name}", exact=True)
        ).to_have_count(0)
    expect(view(page).locator(".ledger .mismatch")).to_have_count(0)
    expect(tick(page, 4)).to_have_class("done")


def gate(page: Page, name: str) -> Locator:
    return page.locator(f"#graph [data-node][aria-label*='{name}'] .face")


def test_the_student_is_the_backward_pass(open_page: OpenPage) -> None:
    page = open_page("/e/two-layer#w=menu")
    button(page, "Be the backward pass").click()
    words = page.locator("#words")
    expect(words).to_contain_text("You are the backward pass")
    gate(page, "h_1").click()
    expect(words).to_have_text("h1 waits for the gradient from ŷ.")
    gate(page, ", L,").click()
    expect(words).to_contain_text("L sends its gradients back to")
    # By keyboard: from the output's gate to the one before.
    page.locator("#graph [data-node='n9']").focus()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")
    for name in ["y_hat", "h_1", "z_1"]:
        gate(page, f", {name},").click()
    expect(words).to_contain_text("Finished: every gradient has arrived, with 1 wrong press.")
    expect(page.locator("#graph [data-node='n1']")).not_to_have_attribute(
        "aria-label", "gradient not yet computed"
    )
    page.keyboard.press("Home")
    expect(words).to_contain_text("which one is first?")
    button(page, "Leave the backward pass").click()
    expect(words).to_contain_text("The inputs")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [(1280, 720), (360, 740)], ids=["desktop", "phone"])
def test_axe_finds_nothing_in_the_menu_and_the_backward_view(
    open_page: OpenPage, scheme: str, size: tuple[int, int]
) -> None:
    page = open_page(
        "/e/two-layer#t=f:h_1.maximum",
        color_scheme=scheme,
        viewport={"width": size[0], "height": size[1]},
    )
    page.keyboard.press("u")
    reply(page, "shape of the signal of y_hat**2", "2, 3")
    expect(view(page).locator(".ledger .mismatch")).to_have_count(1)
    assert violations(page) == []
    if size[0] > 700:
        paste(page, DECK)
        open_view(page, "Backward")
        expect(lines(page)).to_have_count(6)
        assert violations(page) == []


def test_the_backward_pass_by_hand_has_a_link(open_page: OpenPage) -> None:
    page = open_page("/e/two-layer#w=menu.pass")
    words = page.locator("#words")
    expect(words).to_contain_text("You are the backward pass")
    gate(page, ", L,").click()
    expect(words).to_contain_text("L sends its gradients back to")
    button(page, "Leave the backward pass").click()
    expect(page).to_have_url(re.compile(r"w=menu$"))
    button(page, "Be the backward pass").click()
    expect(page).to_have_url(re.compile(r"w=menu\.pass$"))
    # A step leaves it, too, and so does its link.
    page.get_by_role("button", name="Next step", exact=True).click()
    expect(words).not_to_contain_text("You are the backward pass")
    expect(page).to_have_url(re.compile(r"w=menu$"))


def test_the_backward_pass_goes_on_while_its_view_is_shut(open_page: OpenPage) -> None:
    page = open_page("/#w=menu.pass")
    words = page.locator("#words")
    expect(words).to_contain_text("You are the backward pass")
    page.get_by_role("button", name="Close views").click()
    gate(page, ", f,").click()
    expect(words).to_contain_text("f sends its gradients back to")
    page.keyboard.press("u")
    expect(page).to_have_url(re.compile(r"w=menu\.pass"))
    expect(view(page)).to_contain_text("1 of 2 gates sent")
