"""Every cell of a tensor can be reached, is read to its last digit, and shows what makes it."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

OpenPage = Callable[..., Page]

NETWORK = "/e/two-layer"


def node(page: Page, name: str) -> Locator:
    return page.locator(f"[data-node][aria-label*=', {name},'], [data-node][aria-label^='{name},']")


def grid(page: Page, name: str, role: str) -> Locator:
    return node(page, name).first.locator(f"g.map.{role}")


def point_at(page: Page, name: str, role: str, cell: tuple[int, int], of: tuple[int, int]) -> None:
    """Moves the pointer onto a cell of a grid of so many rows and columns."""
    box = grid(page, name, role).locator(".ground").bounding_box()
    assert box
    x = box["x"] + (cell[1] + 0.5) * box["width"] / of[1]
    y = box["y"] + (cell[0] + 0.5) * box["height"] / of[0]
    page.mouse.move(x - 1, y)
    page.mouse.move(x, y)


def read(page: Page) -> Locator:
    return page.locator(".cell-digits p")


def at_end(open_page: OpenPage, path: str = NETWORK, **options: object) -> Page:
    page = open_page(path, **options)
    page.get_by_role("button", name="Last step").click()
    expect(page.locator("[data-step]")).not_to_have_attribute("data-step", "0")
    return page


def boxes(page: Page, selector: str) -> list[list[float]]:
    return page.locator(selector).evaluate_all(
        """all => all.map(e => e.getBoundingClientRect())
            .map(({left, top, right, bottom}) => [left, top, right, bottom])"""
    )


def test_a_gradient_s_cell_lights_a_column_of_each_factor_and_shows_their_sum(
    open_page: OpenPage,
) -> None:
    # dW_1[1, 2] = X[:, 1] · dz_1[:, 2] = −0.5 · 0.951 + 1.2 · 0 + 0.9 · 2.58 = 1.8428
    page = at_end(open_page)
    point_at(page, "W_1", "gradient", (1, 2), (4, 5))
    expect(read(page)).to_have_text(["W1[1, 2] = 0.2", re.compile(r"^dW1\[1, 2\] = 1\.8428")])
    expect(page.locator(".cell-rule")).to_have_text("dW1[1, 2] = Σ over k: X[k, 1] · dz1[k, 2]")
    expect(page.locator(".cell .equation")).to_have_attribute(
        "aria-label", "−0.500 · 0.951 + 1.20 · 0.00 + 0.900 · 2.58 = 1.84"
    )
    lit = boxes(page, "#flow .lit")
    assert len(lit) == 2
    for (left, top, right, bottom), name, role, columns, column in zip(
        lit, ["X", "z_1"], ["value", "gradient"], [4, 5], [1, 2], strict=True
    ):
        ground = grid(page, name, role).locator(".ground").bounding_box()
        assert ground
        width = ground["width"] / columns
        assert left == pytest.approx(ground["x"] + column * width, abs=5)
        assert right - left == pytest.approx(width, abs=8)
        assert top == pytest.approx(ground["y"], abs=5)
        assert bottom - top == pytest.approx(ground["height"], abs=10)


def test_the_cell_is_marked_on_both_grids_and_nothing_stays_when_the_pointer_leaves(
    open_page: OpenPage,
) -> None:
    page = at_end(open_page)
    words = page.locator("#words")
    point_at(page, "h_1", "value", (1, 2), (3, 5))
    expect(page.locator("#flow .cell")).to_have_count(2)
    expect(words).to_be_hidden()
    page.mouse.move(5, 5)
    expect(page.locator("#flow .cell")).to_have_count(0)
    expect(page.locator("#flow .lit")).to_have_count(0)
    expect(words).to_be_visible()


def test_looking_at_a_cell_moves_nothing(open_page: OpenPage) -> None:
    page = at_end(open_page)
    places = """() => ["board", "now", "tape"]
        .map(id => document.getElementById(id).getBoundingClientRect())
        .map(box => [box.y, box.height].join())"""
    before = page.evaluate(places)
    point_at(page, "W_1", "gradient", (1, 2), (4, 5))
    expect(page.locator("#flow .cell")).to_have_count(2)
    assert page.evaluate(places) == before


def test_keys_walk_over_the_cells_and_speak_them(open_page: OpenPage) -> None:
    page = at_end(open_page)
    last = page.locator("[data-step]").get_attribute("data-step") or ""
    node(page, "W_1").first.focus()
    page.keyboard.press("Enter")
    expect(read(page).first).to_have_text("W1[0, 0] = 0.5")
    spoken = page.locator("#spoken")
    for key, cell in [
        ("ArrowRight", "[0, 1] = −0.2"),
        ("ArrowDown", "[1, 1] = 0.7"),
        ("End", "[1, 4] = 0.4"),
        ("ArrowRight", "[1, 4] = 0.4"),
        ("ArrowDown", "[2, 4] = 0.9"),
        ("Home", "[2, 0] = 0.6"),
        ("ArrowUp", "[1, 0] = −0.3"),
    ]:
        page.keyboard.press(key)
        expect(read(page).first).to_have_text(f"W1{cell}")
        expect(spoken).to_contain_text(f"W_1{cell}, dW_1")
    expect(page.locator("#flow .lit")).to_have_count(0)
    page.keyboard.press("Enter")
    expect(page.locator("#flow .lit")).to_have_count(2)
    page.keyboard.press("Escape")
    expect(page.locator(".cell-digits")).to_be_hidden()
    expect(page.locator("[data-step]")).to_have_attribute("data-step", last)
    expect(node(page, "W_1").first).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(node(page, "z_1").first).to_be_focused()


def test_a_tap_pins_a_cell_until_the_next_step(open_page: OpenPage) -> None:
    page = at_end(open_page, viewport={"width": 360, "height": 740}, has_touch=True)
    box = grid(page, "X", "gradient").locator(".ground").bounding_box()
    assert box
    page.touchscreen.tap(box["x"] + 0.375 * box["width"], box["y"] + box["height"] / 2)
    expect(read(page).first).to_have_text("X[1, 1] = 1.2")
    page.get_by_role("button", name="Previous step").click()
    expect(page.locator(".cell-digits")).to_be_hidden()


def test_what_is_not_yet_computed_is_a_dash_and_gives_nothing_away(open_page: OpenPage) -> None:
    page = open_page(NETWORK)
    point_at(page, "W_1", "gradient", (1, 2), (4, 5))
    expect(read(page)).to_have_text(["W1[1, 2] = 0.2", "dW1[1, 2] = –"])
    expect(page.locator(".cell-rule")).to_be_empty()
    expect(page.locator("#flow .lit")).to_have_count(0)


def test_the_sheets_of_a_stack_are_turned_by_buttons_and_by_keys(open_page: OpenPage) -> None:
    page = open_page()
    page.get_by_role("textbox", name="Function").fill(
        "A = np.arange(24.0).reshape(2, 3, 4)\nB = A * s\nL = np.sum(B)\n"
    )
    board = page.get_by_role("region", name="Board")
    expect(board).not_to_have_class(re.compile("stale"))
    page.get_by_role("button", name="Last step").click()
    node(page, "A").first.focus()
    page.keyboard.press("Enter")
    expect(read(page).first).to_have_text("A[0, 0, 0] = 0")
    for _ in range(3):
        page.keyboard.press("ArrowDown")
    expect(read(page).first).to_have_text("A[1, 0, 0] = 12")
    page.keyboard.press("Escape")
    point_at(page, "A", "value", (0, 0), (3, 4))
    page.mouse.down()
    page.mouse.up()
    expect(page.get_by_text("sheet [1, :, :] of 2")).to_be_visible()
    page.get_by_role("button", name="Next sheet").click()
    expect(page.get_by_text("sheet [0, :, :] of 2")).to_be_visible()
    expect(read(page).first).to_have_text(re.compile(r"^A\[0, 0, 0\] = 0$"))


def test_negative_cells_carry_a_minus(open_page: OpenPage) -> None:
    # W_1 has −0.2, −0.6, −0.3, −0.9, −0.5, −0.4, −0.1
    page = at_end(open_page)
    marks = (
        grid(page, "W_1", "value")
        .locator(".minus")
        .evaluate_all("all => all.map(e => e.getAttribute('d').match(/M/g).length)")
    )
    assert sum(marks) == 7


def test_the_scale_of_the_colours_stands_in_now_where_a_tensor_comes(open_page: OpenPage) -> None:
    page = at_end(open_page)
    expect(page.locator("#checks .legend.gradient")).to_have_accessible_name(
        re.compile("^colours from −[0-9.]+ to [0-9.]+$")
    )
    page.get_by_role("slider", name="Step").fill("1")
    expect(page.locator("#checks .legend.value")).to_be_visible()
    page.get_by_role("slider", name="Step").fill("5")
    expect(page.locator("#checks .legend")).to_have_count(0)
