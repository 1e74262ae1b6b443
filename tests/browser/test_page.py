"""The page as a student uses it: typing, stepping, errors, links."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from tests.browser.conftest import paste

OpenPage = Callable[..., Page]

STEPS_OF_XYZ = 10
BUILT = Path(__file__).parents[2] / "static/vendor/js"


def button(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=name, exact=True)


def function(page: Page) -> Locator:
    return page.get_by_role("textbox", name="Function")


def expect_step(page: Page, index: int) -> None:
    """Waits until the board shows a step, and what follows it by a frame: table, Now and tape."""
    expect(page.locator("[data-step]")).to_have_attribute("data-step", str(index))
    expect(page.locator("#step")).to_have_value(str(index))


def node(page: Page, name: str) -> Locator:
    """The mark of a node on the board, by the name it begins with or holds."""
    return page.locator(f"[data-node][aria-label*='{name}']")


def write(page: Page, source: str) -> None:
    """Types a program and waits until it is the one drawn."""
    function(page).fill(source)
    expect(page.get_by_role("region", name="Board")).not_to_have_class(re.compile("stale"))
    expect(page.get_by_role("region", name="Board")).to_be_visible()


def row(page: Page, name: str) -> Locator:
    table = page.get_by_role("table", name="All values")
    return table.get_by_role("row").filter(has=page.get_by_role("rowheader", name=name, exact=True))


def test_the_first_example_is_drawn_without_a_second_request(open_page: OpenPage) -> None:
    page = open_page()
    expect(page.locator("[data-node]")).to_have_count(5)
    expect_step(page, 0)
    asked = page.evaluate("performance.getEntriesByType('resource').map(e => e.name)")
    assert [url for url in asked if "/api/" in url] == []


def test_what_is_typed_before_the_scripts_arrive_is_kept(browser: Browser, base_url: str) -> None:
    context = browser.new_context(base_url=base_url)
    page = context.new_page()
    held: list[Route] = []
    page.route("**/main.js", lambda route: held.append(route))
    with page.expect_request("**/main.js"):
        page.goto("/", wait_until="commit")
    function(page).fill("g = x * y")
    held[0].continue_()
    expect(row(page, "g")).to_have_count(1)
    expect(function(page)).to_have_value("g = x * y")
    context.close()


def test_next_and_previous_walk_to_the_end_and_back(open_page: OpenPage) -> None:
    page = open_page()
    for index in range(1, STEPS_OF_XYZ):
        button(page, "Next step").click()
        expect_step(page, index)
    button(page, "Next step").click()
    expect_step(page, STEPS_OF_XYZ - 1)
    expect(page.get_by_text("That was the last step.")).to_be_visible()
    for index in range(STEPS_OF_XYZ - 2, -1, -1):
        button(page, "Previous step").click()
        expect_step(page, index)
    button(page, "Previous step").click()
    expect_step(page, 0)
    expect(page.get_by_text("This is the first step.")).to_be_visible()


def test_the_gradients_of_the_first_example_are_on_the_board_in_the_table_and_in_words(
    open_page: OpenPage,
) -> None:
    # f = (x + y) z at −2, 5, −4: f = −12, df/dx = df/dy = z = −4, df/dz = x + y = 3
    page = open_page()
    button(page, "Last step").click()
    expect_step(page, STEPS_OF_XYZ - 1)
    board = page.get_by_role("region", name="Board")
    for text, count in [("−12.00", 1), ("3.00", 2)]:
        assert board.get_by_text(text, exact=True).count() >= count
    for name, value, gradient in [
        ("x", "−2.00", "−4.00"),
        ("y", "5.00", "−4.00"),
        ("z", "−4.00", "3.00"),
        ("f", "−12.00", "1.00"),
    ]:
        cells = row(page, name).get_by_role("cell")
        expect(cells.nth(1)).to_have_text(value)
        expect(cells.nth(2)).to_have_text(gradient)
    expect(page.locator("#words")).to_contain_text(re.compile("−4"))


def test_what_is_not_yet_computed_is_a_dash(open_page: OpenPage) -> None:
    page = open_page()
    cells = row(page, "f").get_by_role("cell")
    expect(cells.nth(1)).to_have_text("–")
    expect(cells.nth(2)).to_have_text("–")


def test_fan_out_shows_both_contributions_and_their_sum(open_page: OpenPage) -> None:
    page = open_page()
    write(page, "y = x * x")
    page.get_by_role("spinbutton", name="x", exact=True).fill("3")
    expect(row(page, "x").get_by_role("cell").nth(1)).to_have_text("3.00")
    button(page, "Last step").click()
    expect(page.locator("#equation .part-text")).to_have_text(["3.00", "+", "3.00", "=", "6.00"])
    expect(page.locator("#equation")).to_contain_text("by port 1")
    expect(row(page, "x").get_by_role("cell").nth(2)).to_have_text("6.00")
    board = page.get_by_role("region", name="Board")
    expect(board.get_by_text("6.00", exact=True).first).to_be_attached()


def test_keys_step_jump_and_zoom(open_page: OpenPage) -> None:
    page = open_page()
    for key, index in [
        ("ArrowRight", 1),
        ("PageDown", 2),
        ("n", 3),
        ("ArrowLeft", 2),
        ("PageUp", 1),
        ("End", 9),
        ("Home", 0),
        ("b", 5),
        ("f", 0),
    ]:
        page.keyboard.press(key)
        expect_step(page, index)
    for key in "+-0":
        page.keyboard.press(key)
    page.keyboard.press("e")
    expect(function(page)).to_be_focused()


def test_keys_do_nothing_while_typing(open_page: OpenPage) -> None:
    page = open_page()
    function(page).focus()
    for key in ["ArrowRight", "End", "Home", "PageDown"]:
        page.keyboard.press(key)
    expect_step(page, 0)


def test_single_letter_keys_can_be_switched_off(open_page: OpenPage) -> None:
    page = open_page()
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Help and keys")
    dialog.get_by_role("checkbox").uncheck()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    page.keyboard.press("n")
    page.keyboard.press("ArrowRight")
    expect_step(page, 1)


def test_every_key_of_the_help_dialog_is_listed_from_the_actions(open_page: OpenPage) -> None:
    page = open_page()
    button(page, "Help and keys").click()
    dialog = page.get_by_role("dialog", name="Help and keys")
    for label in ["Next step", "Play", "Zoom in", "Switch theme", "Next region"]:
        expect(dialog.get_by_text(label, exact=True)).to_be_visible()


def test_f6_goes_round_the_regions(open_page: OpenPage) -> None:
    page = open_page()
    for name in ["Source", "Board", "Now", "Tape", "Source"]:
        page.keyboard.press("F6")
        expect(page.get_by_role("region", name=name)).to_be_focused()
    page.keyboard.press("Shift+F6")
    expect(page.get_by_role("region", name="Tape")).to_be_focused()


def test_the_slider_scrubs(open_page: OpenPage) -> None:
    page = open_page()
    slider = page.get_by_role("slider", name="Step", exact=True)
    box = slider.bounding_box()
    assert box is not None
    for index in [7, 2, 9, 0]:
        page.mouse.click(box["x"] + box["width"] * (index + 0.5) / STEPS_OF_XYZ, box["y"] + 30)
        expect_step(page, index)
    slider.focus()
    page.keyboard.press("PageDown")
    expect_step(page, 1)


def test_play_runs_to_the_end_and_stops(open_page: OpenPage) -> None:
    page = open_page()
    page.get_by_role("combobox", name="Speed").select_option("4×")
    play = button(page, "Play")
    play.click()
    expect(play).to_have_attribute("aria-pressed", "true")
    expect(page.locator("[data-step]")).to_have_attribute("data-step", "9", timeout=8000)
    expect(play).to_have_attribute("aria-pressed", "false")


def test_typing_redraws_and_keeps_the_step_where_its_address_lives_on(open_page: OpenPage) -> None:
    page = open_page()
    for _ in range(4):
        button(page, "Next step").click()
    expect_step(page, 4)  # l:f
    write(page, "q = x * y\nf = q * z")
    expect(row(page, "q").get_by_role("cell").nth(1)).to_have_text("−10.00")
    expect_step(page, 4)
    write(page, "g = x * y")
    expect_step(page, 0)


def test_an_input_changes_the_numbers_and_keeps_the_step(open_page: OpenPage) -> None:
    page = open_page()
    button(page, "Last step").click()
    page.get_by_role("spinbutton", name="z", exact=True).fill("2")
    expect(row(page, "f").get_by_role("cell").nth(1)).to_have_text("6.00")
    expect(row(page, "x").get_by_role("cell").nth(2)).to_have_text("2.00")
    expect_step(page, 9)
    slider = page.get_by_role("slider", name="z slider")
    slider.focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("spinbutton", name="z", exact=True)).not_to_have_value("2")


def test_what_the_text_sets_wins_over_a_value_given_before(open_page: OpenPage) -> None:
    page = open_page()
    write(page, "x = 7\ny = x * x")
    expect(row(page, "y").get_by_role("cell").nth(0)).to_have_text("()")
    button(page, "Last step").click()
    expect(row(page, "y").get_by_role("cell").nth(1)).to_have_text("49.00")


def test_an_error_is_marked_and_explained_and_the_last_board_still_steps(
    open_page: OpenPage,
) -> None:
    page = open_page()
    function(page).fill("q = x + y\nf = q * (z")
    expect(page.locator("#messages .problem")).to_contain_text("line 2")
    expect(page.locator("#editor mark")).to_have_count(1)
    expect(page.get_by_role("region", name="Board")).to_have_class(re.compile("stale"))
    button(page, "Next step").click()
    expect_step(page, 1)
    write(page, "q = x + y\nf = q * (z)")
    expect(page.locator("#messages .problem")).to_have_count(0)
    expect(page.locator("#editor mark")).to_have_count(0)


@pytest.mark.parametrize(
    ("slip", "place", "fix"),
    [
        ("(x+y", "Line 1, column 1", "Insert )"),
        ("x+", "Line 1 ends after", "Something is missing after '+'."),
        ("2 x", "Line 1, column 3", "Insert *"),
        ("x*y)", "Line 1, column 4", "Delete )"),
    ],
)
def test_a_slip_is_refused_with_its_place_and_the_fix(
    open_page: OpenPage, slip: str, place: str, fix: str
) -> None:
    page = open_page()
    function(page).fill(slip)
    problem = page.locator("#messages .problem")
    expect(problem).to_contain_text(re.compile(re.escape(place), re.IGNORECASE))
    expect(problem).to_contain_text(fix)
    expect(page.get_by_role("region", name="Board")).to_have_class(re.compile("stale"))


@pytest.mark.parametrize(
    ("source", "value", "slopes"),
    [
        ("x = 7; y = 4\nf = x%y", "3.00", ["1.00", "−1.00"]),  # 7 = 1 · 4 + 3: df/dy = −1
        ("w1 = 2; x1 = 3\nf = w1*x1", "6.00", ["3.00", "2.00"]),
        ("Y = 2; z = 3\nf = Y*z", "6.00", ["3.00", "2.00"]),
        ("x = 0\nf = sigmoid(x)", "0.500", ["0.250"]),  # s (1 − s) = ¼
        ("x = 2\nf = max(x,0)", "2.00", ["1.00"]),
        ("x = 3\nf = x**2", "9.00", ["6.00"]),
    ],
)
def test_what_others_draw_wrongly_is_drawn_right(
    open_page: OpenPage, source: str, value: str, slopes: list[str]
) -> None:
    page = open_page()
    write(page, source)
    button(page, "Last step").click()
    expect(row(page, "f").get_by_role("cell").nth(1)).to_have_text(value)
    for name, slope in zip(re.findall(r"(\w+) =", source), slopes, strict=False):
        expect(row(page, name).get_by_role("cell").nth(2)).to_have_text(slope)


def test_a_slip_is_mended_by_one_click(open_page: OpenPage) -> None:
    page = open_page()
    function(page).fill("z_1 = x * y\nf = z1 * z1")
    page.get_by_role("button", name="Replace z1 with z_1").click()
    expect(function(page)).to_have_value(re.compile(r"f = z_1 \* z"))


def test_empty_text_is_met_kindly(open_page: OpenPage) -> None:
    page = open_page()
    function(page).fill("")
    expect(page.get_by_text("Type a function")).to_be_visible()
    expect(page.locator("#empty a")).to_have_count(3)
    write(page, "f = x + y")
    expect(page.get_by_text("Type a function")).to_be_hidden()


def test_backward_code_is_noticed_and_its_slip_mended(open_page: OpenPage) -> None:
    page = open_page()
    function(page).fill("z_1 = x * y\nL = z_1**2\ndz_1 = 2 * z1\ndx = dz_1 * y")
    expect(page.get_by_text("lines 3–4 are your backward code: not drawn")).to_be_visible()
    page.get_by_role("button", name="Replace z1 with z_1").click()
    expect(function(page)).to_have_value(re.compile(r"dz_1 = 2 \* z_1"))


def test_a_matrix_is_edited_in_a_grid_and_pasted(open_page: OpenPage) -> None:
    page = open_page()
    write(page, "Y = X @ W\nL = np.sum(Y**2)")
    page.get_by_role("button", name="edit W").click()
    cell = page.get_by_role("spinbutton", name="W[0, 0]")
    expect(cell).to_be_visible()
    cell.fill("9")
    expect(row(page, "W").get_by_role("cell").nth(1)).to_contain_text("9")
    shape = page.get_by_role("textbox", name="W shape").input_value()
    rows, columns = (int(size) for size in shape.split(", "))
    text = "\n".join(
        " ".join(str(-50 - i * columns - j) for j in range(columns)) for i in range(rows)
    )
    paste(cell, text)
    expect(row(page, "W").get_by_role("cell").nth(1)).to_contain_text("−50")


def test_a_link_holds_program_values_and_step(open_page: OpenPage) -> None:
    page = open_page()
    write(page, "q = x - y\nf = q * z")
    page.get_by_role("spinbutton", name="x", exact=True).fill("1.5")
    expect(row(page, "x").get_by_role("cell").nth(1)).to_have_text("1.50")
    for _ in range(6):
        button(page, "Next step").click()
    expect(page).to_have_url(re.compile(r"/#v=1&s=[\w-]+&i=[\w-]+&t=b:f"))

    other = open_page(page.url.removeprefix(page.url.split("/#")[0]))
    expect(function(other)).to_have_value("q = x - y\nf = q * z")
    expect_step(other, 6)
    expect(other.get_by_role("spinbutton", name="x", exact=True)).to_have_value("1.5")


def test_an_example_as_it_stands_has_a_short_link(open_page: OpenPage) -> None:
    page = open_page()
    button(page, "Next step").click()
    expect(page).to_have_url(re.compile(r"/#t=f:t1\.add$"))


def test_a_bad_field_of_a_link_is_named_and_the_rest_opens(open_page: OpenPage) -> None:
    page = open_page("/#v=9&t=f:t1.add")
    expect_step(page, 1)
    expect(page.locator("#messages")).to_contain_text("“v”")


def test_back_returns_to_the_program_before(open_page: OpenPage) -> None:
    page = open_page()
    first = function(page).input_value()
    write(page, "g = x * x")
    expect(page).to_have_url(re.compile("s="))
    page.go_back()
    expect(function(page)).to_have_value(first)
    expect(page.locator("[data-node]")).to_have_count(5)


def test_undo_outside_the_editor_is_by_program(open_page: OpenPage) -> None:
    page = open_page()
    first = function(page).input_value()
    write(page, "g = x * x")
    expect(page).to_have_url(re.compile("s="))
    page.get_by_role("region", name="Board").focus()
    page.keyboard.press("Control+z")
    expect(function(page)).to_have_value(first)
    page.keyboard.press("Control+Shift+Z")
    expect(function(page)).to_have_value("g = x * x")


def test_the_last_program_is_offered_not_imposed(open_page: OpenPage) -> None:
    page = open_page()
    first = function(page).input_value()
    write(page, "g = x * x")
    expect(row(page, "g")).to_have_count(1)
    page.goto("/")
    expect(function(page)).to_have_value(first)
    page.locator("#gallery > summary").click()
    page.get_by_role("button", name="Your last program: g = x * x").click()
    expect(function(page)).to_have_value("g = x * x")


def test_the_gallery_opens_another_example(open_page: OpenPage) -> None:
    page = open_page()
    page.locator("#gallery > summary").click()
    page.locator(".gallery-list li a").nth(1).click()
    page.wait_for_url(re.compile("/e/"))
    page.locator("#picture[data-step]").wait_for()


def wait_until_warm(page: Page) -> None:
    """Waits until all is there that works offline."""
    pieces = json.loads((BUILT / "pieces.json").read_text())["later"]
    wanted = [*pieces, "/static/vendor/charts.js"]
    page.wait_for_function(
        """wanted => {
            const there = performance.getEntriesByType("resource").filter(each => each.responseEnd);
            return wanted.every(name => there.some(each => each.name.endsWith(name)));
        }""",
        arg=wanted,
    )
    expect(page.locator(".editor-under")).to_have_count(0)  # the editor has taken its place


def test_offline_is_said_and_stepping_goes_on(open_page: OpenPage) -> None:
    page = open_page()
    function(page).focus()
    button(page, "Next step").click()
    expect(page.locator("#formula .katex")).to_be_visible()
    wait_until_warm(page)
    page.context.set_offline(True)
    function(page).fill("g = x * y")
    expect(page.get_by_text("offline: editing needs the server; stepping works")).to_be_visible()
    button(page, "Next step").click()
    expect_step(page, 2)
    page.context.set_offline(False)
    write(page, "g = x * z")
    expect(page.get_by_text("offline:")).to_have_count(0)


def test_with_the_network_cut_all_that_need_not_ask_goes_on(open_page: OpenPage) -> None:
    page = open_page()
    button(page, "Next step").click()
    wait_until_warm(page)
    page.context.set_offline(True)
    for detail, index in [("1", 2), ("2", 3), ("1", 5), ("2", 7), ("3", 8)]:
        page.keyboard.press(detail)
        page.keyboard.press("ArrowRight")
        expect_step(page, index)
    page.get_by_text("Transcript of the pass").click()
    expect(page.get_by_role("list", name="Transcript").get_by_role("listitem")).to_have_count(10)
    button(page, "Help and keys").click()
    page.get_by_role("dialog", name="Help and keys").get_by_role("button", name="Close").click()
    page.keyboard.press("l")
    expect(button(page, "Leave lecture")).to_be_visible()
    page.keyboard.press("End")
    expect_step(page, STEPS_OF_XYZ - 1)
    page.keyboard.press("Escape")
    page.get_by_role("combobox", name="Theme", exact=True).select_option("dark")
    slider = page.get_by_role("slider", name="Step", exact=True)
    slider.fill("3")
    expect_step(page, 3)
    page.get_by_role("spinbutton", name="x", exact=True).fill("7")
    expect(page.get_by_text("offline: editing needs the server; stepping works")).to_be_visible()
    page.context.set_offline(False)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_theme_is_the_systems_until_chosen(open_page: OpenPage, scheme: str) -> None:
    page = open_page(color_scheme=scheme)
    paper = page.locator("html")
    grounds = {"light": "rgb(251, 250, 247)", "dark": "rgb(18, 20, 26)"}
    expect(paper).to_have_css("background-color", grounds[scheme])
    page.keyboard.press("Alt+Shift+D")
    other = {"light": "dark", "dark": "light"}[scheme]
    expect(paper).to_have_css("background-color", grounds[other])
    page.reload()
    expect(paper).to_have_css("background-color", grounds[other])


def test_the_theme_is_chosen_from_a_list_and_separation_outlives_a_switch(
    open_page: OpenPage,
) -> None:
    page = open_page(color_scheme="dark")
    theme = page.get_by_role("combobox", name="Theme", exact=True)
    paper, value = page.locator("html"), page.locator(".values td.forward").first
    dark, light = "rgb(18, 20, 26)", "rgb(251, 250, 247)"
    expect(paper).to_have_css("background-color", dark)
    theme.select_option("high separation, light")
    expect(paper).to_have_css("background-color", light)
    expect(value).to_have_css("color", "rgb(11, 95, 165)")
    page.keyboard.press("Alt+Shift+D")
    expect(paper).to_have_css("background-color", dark)
    expect(value).to_have_css("color", "rgb(98, 176, 255)")
    page.reload()
    expect(theme).to_have_value("dark separate")
    expect(value).to_have_css("color", "rgb(98, 176, 255)")
    theme.select_option("as the system")
    expect(value).to_have_css("color", "rgb(53, 208, 186)")


@pytest.mark.parametrize("contrast", ["more", "no-preference"])
def test_more_contrast_is_given_where_the_system_asks(open_page: OpenPage, contrast: str) -> None:
    page = open_page(contrast=contrast)
    value = """getComputedStyle(document.querySelector(".values td.forward")).color"""
    assert (
        page.evaluate(value)
        == {
            "more": "rgb(0, 85, 96)",
            "no-preference": "rgb(0, 112, 122)",
        }[contrast]
    )


def test_folding_the_source_gives_its_room_to_the_board(open_page: OpenPage) -> None:
    page = open_page()
    board = page.get_by_role("region", name="Board")
    before = board.bounding_box()
    button(page, "Source").click()
    after = board.bounding_box()
    assert before
    assert after
    assert after["width"] == before["width"] + 296
    expect(function(page)).to_be_hidden()
    page.keyboard.press("e")
    expect(function(page)).to_be_focused()


def test_a_board_that_keeps_changing_its_size_is_fitted_to_the_last(open_page: OpenPage) -> None:
    # Each size is another layout, which the next one gives up.
    page = open_page("/", viewport={"width": 1400, "height": 900})
    page.get_by_role("textbox", name="Function").fill(
        "a0 = x * y\n" + "\n".join(f"a{i} = np.sin(a{i - 1}) * w + a{i // 2}" for i in range(1, 40))
    )
    expect(page.locator('[data-node][aria-label*="a39"]').first).to_be_attached(timeout=20_000)
    for width in range(1390, 1090, -20):
        page.set_viewport_size({"width": width, "height": 900})
    page.wait_for_function(
        """() => {
            const [first] = document.querySelectorAll("#graph [data-node]");
            const board = document.getElementById("board").getBoundingClientRect();
            const { left, right } = first.getBoundingClientRect();
            return left >= board.left && right <= board.right;
        }"""
    )
