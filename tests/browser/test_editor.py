"""The source: how it is painted, completed, mended and undone, and how it and the board light each other."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from tests.browser.test_page import button, expect_step, function, row, write
from tests.browser.test_rules import violations

OpenPage = Callable[..., Page]


def painted(page: Page) -> Locator:
    """Touches the editor and returns what paints its text."""
    function(page).hover()
    paint = page.locator("#editor .cm-content")
    paint.wait_for()
    return paint


def lit(page: Page) -> Locator:
    return page.locator("#picture .lit > [data-node][tabindex]")


def place(page: Page, text: str) -> tuple[float, float]:
    """Returns the middle of a text of the source, on the screen."""
    box = painted(page).get_by_text(text, exact=True).first.bounding_box()
    assert box
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def value(page: Page, name: str) -> Locator:
    return row(page, name).get_by_role("cell").nth(1)


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


def test_the_text_is_painted_and_stays_one_textbox(open_page: OpenPage) -> None:
    page = open_page()
    source = "import numpy as np\nh = np.maximum(x, 0.5)  # relu"
    function(page).fill(source)
    paint = painted(page)
    expect(paint.locator(".number")).to_have_text(["0.5"])
    expect(paint.locator(".comment")).to_have_text(["# relu"])
    expect(paint.locator(".keyword")).to_have_text(["import", "as"])
    expect(function(page)).to_have_count(1)
    expect(function(page)).to_have_value(source)
    function(page).fill("f = x * y")
    expect(paint).to_have_text("f = x * y")
    expect(function(page)).to_be_focused()


def test_loading_the_editor_makes_no_reader_of_words(browser: Browser, base_url: str) -> None:
    page = browser.new_page(base_url=base_url)
    page.add_init_script("""
        globalThis.made = 0;
        Intl.Segmenter = class { constructor() { made++; } };
    """)
    page.goto("/")
    painted(page)
    assert page.evaluate("made") == 0
    page.close()


def test_the_painted_letters_lie_where_the_caret_is(open_page: OpenPage) -> None:
    page = open_page()
    long = "total = " + " + ".join(f"name_{i} * 0.{i}" for i in range(9))
    function(page).fill(f"a = 1\n{long}\nf = total")
    paint = painted(page)
    expect(paint.locator(".cm-line")).to_have_count(3)
    heights = page.evaluate(
        """() => [document.querySelector("#editor .editor-paint"), document.getElementById("function")]
            .map(e => e.scrollHeight)"""
    )
    assert heights[0] == heights[1]
    function(page).click(position={"x": 60, "y": heights[1] - 5})
    assert page.evaluate("document.getElementById('function').selectionStart") > len(long)


def test_typing_before_the_editor_has_come_loses_nothing(open_page: OpenPage) -> None:
    page = open_page()
    held: list[Route] = []
    page.route("**/codemirror.js", lambda route: held.append(route))
    with page.expect_request("**/codemirror.js"):
        function(page).focus()
    first = function(page).input_value()
    page.keyboard.press("Control+End")
    page.keyboard.type(" + 1")
    page.keyboard.press("ArrowLeft")
    held[0].continue_()
    expect(page.locator("#editor .cm-content")).to_have_text(f"{first} + 1")
    page.keyboard.type("2")
    expect(function(page)).to_have_value(f"{first} + 21")
    for _ in range(3):
        page.keyboard.press("Control+z")
    expect(function(page)).to_have_value(first)


def test_names_and_functions_are_completed_from_the_keyboard(open_page: OpenPage) -> None:
    page = open_page()
    function(page).fill("y_hat = x * w\nL = ")
    paint = painted(page)
    function(page).focus()
    page.keyboard.press("Control+End")
    options = page.locator("#editor .cm-tooltip-autocomplete li")
    page.keyboard.type("np.maxim")
    expect(options.first).to_contain_text("np.maximum")
    page.keyboard.press("Enter")
    page.keyboard.type("(y_")
    expect(options.first).to_contain_text("y_hat")
    page.keyboard.press("Tab")
    page.keyboard.type(", 0")
    expect(paint).to_have_text("y_hat = x * wL = np.maximum(y_hat, 0)")
    expect(value(page, "L")).to_have_text("–")
    expect(function(page)).to_be_focused()


def test_enter_after_a_whole_name_begins_a_line(open_page: OpenPage) -> None:
    page = open_page()
    function(page).fill("y_hat = x * w\nL = ")
    painted(page)
    function(page).focus()
    page.keyboard.press("Control+End")
    page.keyboard.type("y_hat")
    page.keyboard.press("Enter")
    page.keyboard.type("f = L")
    expect(function(page)).to_have_value("y_hat = x * w\nL = y_hat\nf = L")


def test_brackets_close_and_match(open_page: OpenPage) -> None:
    page = open_page()
    function(page).fill("f = ")
    paint = painted(page)
    function(page).focus()
    page.keyboard.press("Control+End")
    page.keyboard.type("sigmoid((x + y)*z)")
    expect(function(page)).to_have_value("f = sigmoid((x + y)*z)")
    expect(paint.locator(".cm-matchingBracket")).to_have_text(["(", ")"])


def test_a_number_is_dragged_and_the_board_follows(open_page: OpenPage) -> None:
    # f = 2 x at x = −2 is −4; 5 steps of 6 px on, f = 7 x is −14
    page = open_page()
    write(page, "x = -2\nf = 2.0 * x")
    button(page, "Last step").click()
    expect(value(page, "f")).to_have_text("−4.00")
    x, y = place(page, "2.0")
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 30, y, steps=5)
    expect(function(page)).to_have_value("x = -2\nf = 2.5 * x")
    expect(value(page, "f")).to_have_text("−5.00")
    page.mouse.move(x + 60, y, steps=5)
    page.mouse.up()
    expect(function(page)).to_have_value("x = -2\nf = 3.0 * x")
    expect(value(page, "f")).to_have_text("−6.00")
    expect_step(page, 4)  # of x = −2, f: the inputs, f, its local gradients, the seed, back to x
    page.keyboard.press("Control+z")
    expect(function(page)).to_have_value("x = -2\nf = 2.0 * x")
    expect(value(page, "f")).to_have_text("−4.00")
    page.keyboard.press("Control+Shift+Z")
    expect(function(page)).to_have_value("x = -2\nf = 3.0 * x")


def test_a_click_on_a_number_sets_the_caret_and_keys_change_it(open_page: OpenPage) -> None:
    page = open_page()
    write(page, "f = 2.0 * x")
    page.mouse.click(*place(page, "2.0"))
    expect(function(page)).to_be_focused()
    page.keyboard.press("Alt+ArrowUp")
    expect(function(page)).to_have_value("f = 2.1 * x")
    page.keyboard.press("Alt+ArrowDown")
    page.keyboard.press("Shift+Alt+ArrowDown")
    expect(function(page)).to_have_value("f = 1.0 * x")


def test_the_text_lights_its_gates_and_a_gate_lights_its_text(open_page: OpenPage) -> None:
    page = open_page()
    write(page, "q = x + y\nf = q * z")
    paint = painted(page)
    page.mouse.move(900, 700)
    function(page).focus()
    page.keyboard.press("Control+Home")
    expect(lit(page)).to_have_count(3)  # x, y and their sum: the whole line
    page.keyboard.press("ArrowDown")
    for _ in range(6):
        page.keyboard.press("ArrowRight")
    expect(lit(page)).to_have_count(1)
    expect(lit(page)).to_have_attribute("aria-label", re.compile("^times"))
    expect(paint.locator(".pointed")).to_have_text("q * z")
    function(page).blur()
    expect(lit(page)).to_have_count(0)
    page.locator("[data-node][aria-label^='plus']").hover()
    expect(paint.locator(".pointed")).to_have_text("x + y")
    page.get_by_role("region", name="Now").hover()
    expect(paint.locator(".pointed")).to_have_count(0)


def test_the_line_of_the_step_stays_marked(open_page: OpenPage) -> None:
    page = open_page()
    write(page, "q = x + y\nf = q * z")
    paint = painted(page)
    for line, count in [("q = x + y", 1), ("f = q * z", 2)]:
        button(page, "Next step").click()
        expect_step(page, count)
        expect(paint.locator(".cm-line.forward")).to_have_text(line)
    button(page, "Last step").click()
    expect(paint.locator(".cm-line.backward")).to_have_text("q = x + y")


def test_a_slip_is_underlined_and_mended_from_the_keyboard(open_page: OpenPage) -> None:
    page = open_page()
    painted(page)
    function(page).fill("z_1 = x * y\nf = z1 * 2")
    expect(page.locator("#editor mark")).to_have_text("z1")
    page.keyboard.press("Control+.")
    expect(function(page)).to_have_value("z_1 = x * y\nf = z_1 * 2")
    expect(page.locator("#editor mark")).to_have_count(0)


def test_undo_goes_back_past_another_program_to_its_values_and_its_typing(
    open_page: OpenPage,
) -> None:
    page = open_page()
    write(page, "f = a * a")
    given = page.get_by_role("spinbutton", name="a", exact=True)
    given.fill("7")
    expect(value(page, "a")).to_have_text("7.00")
    page.goto("/")
    painted(page)
    function(page).focus()
    page.keyboard.press("Control+End")
    page.keyboard.insert_text(" + 1")
    expect(value(page, "z")).to_have_text("−4.00")
    page.locator("#gallery > summary").click()
    page.get_by_role("button", name="Your last program: f = a * a").click()
    expect(given).to_have_value("7")
    function(page).focus()
    page.keyboard.press("Control+z")
    expect(function(page)).to_have_value("(x + y) * z + 1")
    expect(value(page, "z")).to_have_text("−4.00")
    page.keyboard.press("Control+z")
    expect(function(page)).to_have_value("(x + y) * z")
    page.keyboard.press("Control+Shift+Z")
    page.keyboard.press("Control+Shift+Z")
    expect(function(page)).to_have_value("f = a * a")
    expect(given).to_have_value("7")


def test_undo_beyond_the_first_letter_returns_to_the_page_before(open_page: OpenPage) -> None:
    page = open_page()
    write(page, "g = x * x")
    expect(page).to_have_url(re.compile("s="))
    page.locator("#gallery > summary").click()
    page.locator(".gallery-list li a").nth(1).click()
    page.wait_for_url(re.compile("/e/"))
    painted(page)
    function(page).focus()
    page.keyboard.press("Control+z")
    expect(function(page)).to_have_value("g = x * x")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_the_painted_editor(open_page: OpenPage, scheme: str) -> None:
    page = open_page(color_scheme=scheme)
    painted(page)
    function(page).fill("import numpy as np  # used\nh = np.maximum(z1, 0.5)\nf = np.su")
    expect(page.locator("#messages .problem")).to_be_visible()
    function(page).focus()
    page.keyboard.press("Control+End")
    page.keyboard.press("Control+Space")
    page.locator("#editor .cm-tooltip-autocomplete li").first.wait_for()
    assert violations(page) == []


def test_a_phone_keeps_the_textarea(open_page: OpenPage) -> None:
    page = open_page(viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True)
    page.get_by_role("tab", name="Source").click()
    function(page).fill("f = x * y")
    expect(page.locator("#editor .line")).to_have_text(["f = x * y"])
    assert (
        page.evaluate(
            "performance.getEntriesByType('resource').some(({name}) => name.includes('codemirror'))"
        )
        is False
    )


def test_without_a_network_the_editor_still_types(open_page: OpenPage) -> None:
    page = open_page()
    paint = painted(page)
    function(page).focus()
    button(page, "Next step").click()
    expect(page.locator("#formula .katex")).to_be_visible()
    page.wait_for_load_state("networkidle")
    page.context.set_offline(True)
    function(page).focus()
    page.keyboard.press("Control+End")
    page.keyboard.type(" * np.ex")
    expect(paint).to_have_text("(x + y) * z * np.ex")
    expect(page.get_by_text("offline: editing needs the server; stepping works")).to_be_visible()
