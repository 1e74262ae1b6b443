"""One press on a gradient, known or not, goes to the step that finds it, and Now explains it there."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

OpenPage = Callable[..., Page]

PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}


def node(page: Page, name: str) -> Locator:
    return page.locator(f"#graph [data-node][aria-label*=', {name},']")


def cell(page: Page, name: str) -> Locator:
    row = page.locator("#values tbody tr").filter(
        has=page.get_by_role("rowheader", name=name, exact=True)
    )
    return row.locator("td.gradient").get_by_role("button")


def test_a_dash_on_the_board_leads_to_its_product(open_page: OpenPage) -> None:
    page = open_page()
    node(page, "x").locator("[data-explain]").click()
    # ∂f/∂x = ∂f/∂(x + y) · ∂(x + y)/∂x = −4 · 1
    expect(page.locator("#where")).to_have_text("backward · gate + · to x")
    expect(page.locator("#equation")).to_have_attribute(
        "aria-label", "upstream −4.00 × local 1.00 = downstream −4.00"
    )
    expect(page.locator("#graph .picked")).to_have_count(0)


def test_a_known_gradient_leads_back_to_its_step(open_page: OpenPage) -> None:
    page = open_page()
    page.keyboard.press("End")
    node(page, "z").locator("[data-explain]").click()
    expect(page.locator("#where")).to_have_text("backward · gate × · to z")
    expect(node(page, "x")).to_have_attribute(
        "aria-label", "input, x, value −2.00, gradient not yet computed"
    )


def test_the_first_gradient_is_the_seed_and_a_shared_one_the_sum(open_page: OpenPage) -> None:
    page = open_page("/e/fan-out")
    page.locator("#graph .output [data-explain]").click()
    expect(page.locator("#where")).to_have_text("backward · seed")
    page.locator("#graph .node.input [data-explain]").click()
    expect(page.locator("#where")).to_contain_text("backward · fan-out")


def test_the_first_visit_s_wave_gives_way(open_page: OpenPage) -> None:
    page = open_page(first_visit=True, reduced_motion="no-preference")
    expect(page.locator(".wave .number")).to_have_count(5)
    node(page, "x").locator("[data-explain]").click()
    expect(page.locator(".wave, .note")).to_have_count(0)
    expect(page.locator("#equation")).to_contain_text("upstream")


def test_the_table_s_gradients_lead_there_too_by_pointer_and_key(open_page: OpenPage) -> None:
    page = open_page()
    expect(cell(page, "y")).to_have_text("–")
    cell(page, "y").click()
    expect(page.locator("#where")).to_have_text("backward · gate + · to y")
    expect(cell(page, "y")).to_have_text("−4.00")
    cell(page, "z").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#where")).to_have_text("backward · gate × · to z")
    expect(cell(page, "z")).to_be_focused()


def test_a_node_with_the_focus_is_explained_by_a_key(open_page: OpenPage) -> None:
    page = open_page()
    node(page, "y").focus()
    page.keyboard.press("Shift+Enter")
    expect(page.locator("#where")).to_have_text("backward · gate + · to y")
    expect(node(page, "y")).to_be_focused()


def test_an_empty_grid_leads_to_its_product_and_a_full_one_is_read(open_page: OpenPage) -> None:
    page = open_page("/e/two-layer")
    grid = node(page, "W_1").locator(".map.gradient")
    grid.click()
    expect(page.locator("#where")).to_have_text("backward · gate @ · to W1")
    expect(page.locator("#equation")).to_have_attribute("aria-label", "Xᵀ · ∂L/∂z_1 = ∂L/∂W_1")
    grid.click()
    expect(page.locator(".now-where").filter(has_text="cell · gradient")).to_be_visible()
    assert page.locator("#where").is_hidden()


def test_what_no_gradient_reaches_explains_nothing(open_page: OpenPage) -> None:
    page = open_page("/e/two-layer")
    constant = page.locator("#values tbody tr").filter(
        has=page.get_by_role("rowheader", name="0", exact=True)
    )
    expect(constant.locator("td.gradient")).to_have_text("–")
    assert constant.locator("td.gradient button").count() == 0


@pytest.mark.parametrize("name", ["x", "y", "z"])
def test_a_finger_finds_a_gradient_on_a_phone(open_page: OpenPage, name: str) -> None:
    page = open_page(**PHONE)
    target = node(page, name).locator("[data-explain]")
    box = target.bounding_box()
    assert box
    assert min(box["width"], box["height"]) >= 44
    target.tap()
    expect(page.locator("#where")).to_have_text(
        f"backward · gate {'×' if name == 'z' else '+'} · to {name}"
    )
