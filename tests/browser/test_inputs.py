"""The values of the inputs: sliders, fields, and the editor of a matrix."""

from __future__ import annotations

import json
from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import paste
from tests.browser.test_page import button, row, write
from tests.browser.test_rules import violations

OpenPage = Callable[..., Page]

PRODUCT = "Y = X @ W\nL = np.sum(Y**2)"


def edit(page: Page, name: str) -> Locator:
    """Opens the editor of a tensor and returns its group."""
    button(page, f"edit {name}").click()
    return page.get_by_role("group", name=name, exact=True)


def shape(page: Page, name: str) -> Locator:
    return page.get_by_role("textbox", name=f"{name} shape")


def test_what_numpy_prints_is_pasted_with_its_shape(open_page: OpenPage) -> None:
    page = open_page()
    write(page, PRODUCT)
    edit(page, "W")
    sizes = [int(size) for size in shape(page, "W").input_value().split(", ")]
    rows = ",\n       ".join(str([-50.0 - i] * sizes[1]) for i in range(sizes[0]))
    paste(page.get_by_role("spinbutton", name="W[0, 0]"), f"array([{rows}], dtype=float32)")
    expect(row(page, "W").get_by_role("cell").nth(1)).to_contain_text("−50")
    last = page.get_by_role("spinbutton", name=f"W[{sizes[0] - 1}, 0]")
    expect(last).to_have_value(str(-49 - sizes[0]))


def test_randomize_counts_the_seed_on_in_sight_and_asks_with_it(open_page: OpenPage) -> None:
    page = open_page()
    write(page, PRODUCT)
    group = edit(page, "W")
    seed = page.get_by_role("spinbutton", name="W seed")
    for count in (1, 2):
        with page.expect_request("**/api/graph") as asked:
            button(page, "Randomize").click()
        given = json.loads(asked.value.post_data or "")["inputs"]["W"]
        assert (given["fill"], given["seed"]) == ("normal", count)
        expect(seed).to_have_value(str(count))
    expect(group).to_be_visible()
    expect(page.get_by_text("normal · seed 2")).to_be_visible()
    button(page, "Reset").click()
    expect(page.get_by_text("seed 2")).to_have_count(0)


def test_rows_and_columns_come_and_go_with_their_numbers_kept(open_page: OpenPage) -> None:
    page = open_page()
    write(page, "L = np.sum(W @ np.array([1.0, 2.0]))")
    edit(page, "W")
    first = page.get_by_role("spinbutton", name="W[0, 0]")
    first.fill("7")
    expect(row(page, "W").get_by_role("cell").nth(1)).to_contain_text("7")
    rows = int(shape(page, "W").input_value().split(", ")[0])
    button(page, "Add a row of W").click()
    expect(shape(page, "W")).to_have_value(f"{rows + 1}, 2")
    expect(first).to_have_value("7")
    expect(page.get_by_role("spinbutton", name=f"W[{rows}, 1]")).to_have_value("0")
    button(page, "Remove a row of W").click()
    expect(shape(page, "W")).to_have_value(f"{rows}, 2")


def test_the_slider_widens_with_its_value_and_stays_under_the_hand(open_page: OpenPage) -> None:
    page = open_page()
    slider = page.get_by_role("slider", name="x slider")
    field = page.get_by_role("spinbutton", name="x", exact=True)
    expect(slider).to_have_attribute("max", "10")
    field.fill("250")
    expect(slider).to_have_attribute("max", "1000")
    field.fill("0.02")
    expect(slider).to_have_attribute("max", "0.1")
    expect(slider).to_have_js_property("value", "0.02")
    slider.focus()
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    expect(field).to_have_value("0.025")
    expect(slider).to_have_attribute("max", "0.1")


def test_an_emptied_field_has_its_value_chosen_again(open_page: OpenPage) -> None:
    page = open_page()
    write(page, "f = a * b")
    field = page.get_by_role("spinbutton", name="a", exact=True)
    assumed = field.input_value()
    field.fill("7")
    expect(row(page, "a").get_by_role("cell").nth(1)).to_have_text("7.00")
    field.fill("")
    field.blur()
    expect(field).to_have_value(assumed)


def test_axe_finds_nothing_in_the_matrix_editor(open_page: OpenPage) -> None:
    page = open_page()
    write(page, PRODUCT)
    edit(page, "W")
    page.get_by_role("spinbutton", name="W[0, 0]").wait_for()
    assert violations(page) == []


def test_the_matrix_editor_fits_a_thumb(open_page: OpenPage) -> None:
    page = open_page(viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True)
    page.get_by_role("tab", name="Source").click()
    page.get_by_role("textbox", name="Function").fill(PRODUCT)
    group = edit(page, "W")
    group.get_by_role("spinbutton", name="W[0, 0]").wait_for()
    small = group.locator("button, input, select").evaluate_all(
        "all => all.map(e => e.getBoundingClientRect()).filter(b => b.width < 43.5 || b.height < 43.5)"
    )
    assert small == []
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


def test_a_long_name_ends_before_its_slider(open_page: OpenPage) -> None:
    page = open_page()
    write(page, "L = weight_matrix_one * x")
    slider = page.get_by_role("slider", name="weight_matrix_one")
    name = page.locator(".input-name", has_text="weight_matrix_one")
    drawn, beside = name.bounding_box(), slider.bounding_box()
    assert drawn
    assert beside
    assert drawn["x"] + drawn["width"] <= beside["x"]
    assert name.locator("*").first.evaluate("e => getComputedStyle(e).textOverflow") == "ellipsis"
    # All sliders begin alike.
    other = page.locator("#inputs input[type=range]").last.bounding_box()
    assert other
    assert other["x"] == beside["x"]


def entry(page: Page, *indices: int) -> Locator:
    name = f"X[{', '.join(map(str, indices))}]"
    return page.get_by_role("spinbutton", name=name, exact=True)


def test_every_entry_of_a_large_matrix_is_reached_and_changed(open_page: OpenPage) -> None:
    page = open_page()
    write(page, "X = np.zeros((40, 9))\nL = np.sum(X)")
    button(page, "Last step").click()
    group = edit(page, "X")
    expect(entry(page, 5, 4)).to_be_visible()
    expect(group.get_by_role("spinbutton", name="X[")).to_have_count(30)
    expect(group).to_contain_text("rows 0–5 of 40")
    for _ in range(6):
        button(page, "Next rows of X").click()
    expect(group).to_contain_text("rows 34–39 of 40")
    button(page, "Next columns of X").click()
    expect(group).to_contain_text("columns 4–8 of 9")
    entry(page, 39, 8).fill("7")
    expect(row(page, "L").get_by_role("cell").nth(1)).to_have_text("7.00")
    # Rows that come keep the place, and paste still gives the whole.
    button(page, "Add a row of X").click()
    expect(group).to_contain_text("rows 34–39 of 41")
    expect(entry(page, 39, 8)).to_have_value("7")
    paste(entry(page, 39, 8), "1 2\n3 4")
    expect(entry(page, 1, 1)).to_have_value("4")
    expect(row(page, "L").get_by_role("cell").nth(1)).to_have_text("10.00")


def test_the_keyboard_walks_beyond_the_window_of_fields(open_page: OpenPage) -> None:
    page = open_page()
    write(page, "X = np.zeros((40, 2))\nL = np.sum(X)")
    edit(page, "X")
    entry(page, 4, 1).focus()
    for k in range(5, 9):
        page.keyboard.press("ArrowDown")
        expect(entry(page, k, 1)).to_be_focused()
    page.keyboard.press("PageDown")
    expect(entry(page, 14, 1)).to_be_focused()
    page.keyboard.press("PageDown")
    page.keyboard.press("ArrowUp")
    expect(entry(page, 19, 1)).to_be_focused()


def test_long_lists_and_stacks_of_matrices_have_fields(open_page: OpenPage) -> None:
    page = open_page()
    write(page, "X = np.zeros(20)\nL = np.sum(X)")
    edit(page, "X")
    entry(page, 19).fill("3")
    expect(row(page, "X").get_by_role("cell").nth(0)).to_have_text("(20)")
    expect(row(page, "X").get_by_role("cell").nth(1)).to_contain_text("3")
    write(page, "X = np.zeros((3, 2, 2))\nL = np.sum(X)")
    button(page, "Next sheets of X").click()
    entry(page, 1, 0, 1).fill("5")
    expect(row(page, "X").get_by_role("cell").nth(1)).to_contain_text("5")


def test_axe_finds_nothing_in_the_window_of_a_large_matrix(open_page: OpenPage) -> None:
    page = open_page()
    write(page, "X = np.zeros((40, 9))\nL = np.sum(X)")
    edit(page, "X")
    expect(entry(page, 5, 4)).to_be_visible()
    assert violations(page) == []
