"""The views beside the board: opened, stepped through, linked to, and without a network."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.test_page import wait_until_warm
from tests.browser.test_rules import violations, violations_by_theme

OpenPage = Callable[..., Page]

TITLES = {
    "code": "Code",
    "formula": "Formula",
    "jacobian": "Jacobian",
    "derive": "Derive",
    "balance": "Balance",
    "check": "Check",
    "descend": "Descend",
    "nudge": "Nudge",
    "warnings": "Warnings",
    "backward": "Backward",
    "menu": "Menu",
}
PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}
NETWORK = "z_1 = X @ W_1\nh_1 = np.maximum(z_1, 0)\ny_hat = h_1 @ W_2\nL = np.sum(y_hat**2)"


def button(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=name, exact=True)


def views(page: Page) -> Locator:
    return page.get_by_role("complementary", name="Views")


def tab(page: Page, name: str) -> Locator:
    return views(page).get_by_role("tab", name=name)


def more(page: Page) -> Locator:
    return button(page, "More views")


def open_view(page: Page, name: str) -> None:
    """Opens a view by the menu of all."""
    more(page).click()
    page.get_by_role("menuitemradio", name=name, exact=True).click()
    expect(tab(page, name)).to_have_attribute("aria-selected", "true")


def write(page: Page, source: str) -> None:
    """Types a program and waits until it is the one drawn."""
    page.get_by_role("textbox", name="Function").fill(source)
    expect(page.get_by_role("region", name="Board")).not_to_have_class(re.compile("stale"))


def asked(page: Page) -> list[str]:
    """Returns what the page will have asked of the engine, from now on."""
    paths: list[str] = []
    page.context.on(
        "request", lambda request: paths.append(request.url.rpartition("/api/")[2].split("?")[0])
    )
    return paths


def at_rest(page: Page) -> None:
    """Waits until the open view has its answer, and nothing fades any more."""
    page.wait_for_function(
        """() => document.querySelector("#view > *") && [...document.querySelectorAll("#view .answer")]
            .every(each => !each.checkVisibility() || (each.ariaBusy === "false" && each.hasChildNodes()))
            && document.getElementById("view").getAnimations({subtree: true}).length === 0"""
    )


def current(page: Page) -> Locator:
    return views(page).locator("[aria-current=step]")


# ---------------------------------------------------------------- the column


def test_the_column_takes_its_room_beside_the_board_and_gives_it_back(open_page: OpenPage) -> None:
    page = open_page()
    board = page.get_by_role("region", name="Board")
    before = board.bounding_box()
    expect(views(page)).to_be_hidden()
    button(page, "Views").click()
    expect(views(page)).to_be_focused()
    expect(button(page, "Views")).to_have_attribute("aria-expanded", "true")
    beside, column = board.bounding_box(), views(page).bounding_box()
    assert before
    assert beside
    assert column
    assert 360 <= column["width"] <= 420
    assert beside["x"] + beside["width"] <= column["x"]
    page.wait_for_function(
        """() => [...document.querySelectorAll("#graph .node")].every(node =>
            node.getBoundingClientRect().right <= views.getBoundingClientRect().left)"""
    )
    page.keyboard.press("Escape")
    expect(views(page)).to_be_hidden()
    expect(button(page, "Views")).to_be_focused()
    assert board.bounding_box() == before


def test_the_key_opens_and_shuts_it_and_the_arrows_still_step(open_page: OpenPage) -> None:
    page = open_page()
    page.keyboard.press("v")
    expect(views(page)).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(page.locator("[data-step]")).to_have_attribute("data-step", "1")
    page.keyboard.press("v")
    expect(views(page)).to_be_hidden()


def test_arrows_walk_the_tabs(open_page: OpenPage) -> None:
    page = open_page()
    button(page, "Views").click()
    tab(page, "Code").focus()
    page.keyboard.press("ArrowLeft")
    expect(tab(page, "Nudge")).to_be_focused()
    expect(tab(page, "Nudge")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowRight")
    expect(tab(page, "Code")).to_be_focused()
    expect(views(page).get_by_role("listbox", name="Script")).to_be_visible()


@pytest.mark.parametrize("size", [(1280, 720), (360, 740)], ids=["desktop", "phone"])
def test_the_tabs_are_one_row_whichever_view_is_open(
    open_page: OpenPage, size: tuple[int, int]
) -> None:
    page = open_page("/#w=code", viewport={"width": size[0], "height": size[1]})
    bar = views(page).locator(".views-bar")
    expect(tab(page, "Code")).to_be_visible()
    high = bar.bounding_box()
    for name in TITLES.values():
        open_view(page, name)
        assert bar.bounding_box() == high
        cut = (
            views(page)
            .get_by_role("tablist")
            .evaluate(
                "row => [...row.children].filter(tab => tab.checkVisibility() && "
                "tab.getBoundingClientRect().right > row.getBoundingClientRect().right)"
                ".map(tab => tab.textContent)"
            )
        )
        assert cut == []
        expect(tab(page, name)).to_be_in_viewport(ratio=1)


def test_a_view_from_the_menu_keeps_its_tab_until_another_takes_its_place(
    open_page: OpenPage,
) -> None:
    page = open_page("/#w=jacobian")
    always = ["Code", "Formula", "Derive", "Check"]
    row = views(page).get_by_role("tab")
    expect(row).to_have_text([*always, "Jacobian"])
    tab(page, "Code").click()
    expect(row).to_have_text([*always, "Jacobian"])
    open_view(page, "Check")
    expect(row).to_have_text([*always, "Jacobian"])
    open_view(page, "Menu")
    expect(row).to_have_text([*always, "Menu"])


def test_the_keyboard_chooses_from_the_menu(open_page: OpenPage) -> None:
    page = open_page("/#w=check")
    menu = page.get_by_role("menu", name="All views")

    def item(name: str) -> Locator:
        return menu.get_by_role("menuitemradio", name=name, exact=True)

    more(page).focus()
    page.keyboard.press("Enter")
    expect(item("Check")).to_be_focused()
    expect(item("Check")).to_have_attribute("aria-checked", "true")
    expect(more(page)).to_have_attribute("aria-expanded", "true")
    for key, name in [
        ("ArrowDown", "Warnings"),
        ("End", "Backward"),
        ("ArrowDown", "Code"),
        ("ArrowUp", "Backward"),
        ("b", "Balance"),
        ("b", "Backward"),
        ("x", "Backward"),
        ("Home", "Code"),
    ]:
        page.keyboard.press(key)
        expect(item(name)).to_be_focused()
    expect(page.locator(".views .answer")).not_to_have_class(re.compile("stale"))
    assert violations(page) == []
    page.keyboard.press("Escape")
    expect(menu).to_be_hidden()
    expect(more(page)).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(item("Backward")).to_be_focused()
    page.keyboard.press("Tab")
    expect(menu).to_be_hidden()
    more(page).focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("d")
    page.keyboard.press("Space")
    expect(tab(page, "Derive")).to_have_attribute("aria-selected", "true")
    expect(more(page)).to_be_focused()
    expect(page.locator("[data-step]")).to_have_attribute("data-step", "0")
    more(page).click()
    page.get_by_role("region", name="Board").click(position={"x": 5, "y": 5})
    expect(menu).to_be_hidden()


def test_it_is_a_region_that_f6_stops_at(open_page: OpenPage) -> None:
    page = open_page()
    button(page, "Views").click()
    expect(views(page)).to_be_focused()
    page.keyboard.press("F6")
    expect(page.get_by_role("region", name="Now")).to_be_focused()
    page.keyboard.press("Shift+F6")
    expect(views(page)).to_be_focused()


def test_nothing_of_it_is_asked_for_before_it_is_opened(open_page: OpenPage) -> None:
    page = open_page()
    loaded = page.evaluate("performance.getEntriesByType('resource').map(({name}) => name)")
    assert not [name for name in loaded if "/views" in name]


def test_a_link_opens_the_view_that_was_open(open_page: OpenPage) -> None:
    page = open_page()
    button(page, "Views").click()
    views(page).get_by_role("radio", name="PyTorch").check()
    expect(page).to_have_url(re.compile(r"w=code\.torch"))
    other = open_page(page.url.removeprefix(page.url.split("/#")[0]))
    expect(views(other).get_by_role("radio", name="PyTorch")).to_be_checked()
    expect(views(other)).to_contain_text("import torch")
    expect(views(other)).not_to_be_focused()


def test_a_view_that_there_is_not_is_named_and_left_out(open_page: OpenPage) -> None:
    page = open_page("/#w=frobnicate&t=f:t1.add")
    expect(page.locator("#messages")).to_contain_text("“w”")
    expect(views(page)).to_be_hidden()


# ---------------------------------------------------------------- code


def test_the_line_of_the_step_is_marked_as_one_steps(open_page: OpenPage) -> None:
    page = open_page()
    write(page, "q = x * y\nf = np.tanh(q) + q * x")
    button(page, "Views").click()
    expect(views(page)).to_contain_text("import numpy as np")
    page.locator("#board").focus()
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    expect(current(page)).to_have_text("q = x * y")
    page.keyboard.press("End")
    expect(current(page)).to_have_text([re.compile("^dx = "), re.compile(r"^dx \+= ")])
    expect(current(page).last).to_be_in_viewport()


def test_the_line_of_the_step_is_in_view_when_the_view_opens(open_page: OpenPage) -> None:
    page = open_page(viewport={"width": 1280, "height": 720})
    write(page, NETWORK)
    button(page, "Last step").click()
    button(page, "Views").click()
    expect(current(page)).to_have_text(re.compile("^dW_1 = "))
    expect(current(page)).to_be_in_viewport()


def test_a_line_lights_and_picks_its_gate_and_a_gate_its_lines(open_page: OpenPage) -> None:
    page = open_page()
    write(page, "q = x + y\nf = q * z")
    button(page, "Views").click()
    line = views(page).get_by_role("option", name="q = x + y")
    line.hover()
    expect(page.locator("#graph .node.lit")).to_have_count(1)
    line.click()
    expect(line).to_have_attribute("aria-selected", "true")
    expect(page.locator("#graph .node.picked.lit")).to_have_count(1)
    page.locator("#graph .node.picked .face").hover()
    expect(line).to_have_class(re.compile(r"\blit\b"))


def test_the_keyboard_walks_the_lines(open_page: OpenPage) -> None:
    page = open_page()
    write(page, "q = x + y\nf = q * z")
    button(page, "Views").click()
    script = views(page).get_by_role("listbox", name="Script")
    script.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    here = script.get_attribute("aria-activedescendant")
    assert here
    page.keyboard.press("Enter")
    expect(page.locator(f"#{here}")).to_have_attribute("aria-selected", "true")


def test_the_script_is_copied_and_saved(open_page: OpenPage) -> None:
    page = open_page(permissions=["clipboard-read", "clipboard-write"])
    button(page, "Views").click()
    expect(views(page)).to_contain_text("import numpy as np")
    button(page, "Copy").click()
    expect(page.locator("#said")).to_have_text("Script copied.")
    assert page.evaluate("navigator.clipboard.readText()").startswith("import numpy as np\n")
    with page.expect_download() as download:
        button(page, "Download").click()
    assert download.value.suggested_filename == "chainrule.py"
    assert download.value.path().read_text().startswith("import numpy as np\n")


def test_it_follows_the_text_and_is_stale_meanwhile(open_page: OpenPage) -> None:
    page = open_page()
    button(page, "Views").click()
    answer = views(page).locator(".answer")
    expect(answer).to_contain_text("import numpy")
    page.get_by_role("textbox", name="Function").fill("g = x * (")
    expect(answer).to_have_class(re.compile("stale"))
    write(page, "g = x * y")
    expect(answer).to_contain_text("g = x * y")
    expect(answer).not_to_have_class(re.compile("stale"))


def test_it_asks_once_for_each_program_and_only_while_open(open_page: OpenPage) -> None:
    page = open_page()
    paths = asked(page)
    button(page, "Views").click()
    expect(views(page)).to_contain_text("import numpy")
    for _ in range(3):
        button(page, "Next step").click()
    button(page, "Views").click()
    write(page, "g = x * y")
    assert [path for path in paths if path == "code"] == ["code"]


def test_offline_it_says_so_and_keeps_its_last_answer(open_page: OpenPage) -> None:
    page = open_page()
    button(page, "Views").click()
    expect(views(page)).to_contain_text("import numpy")
    wait_until_warm(page)
    page.context.set_offline(True)
    views(page).get_by_role("radio", name="JAX").check()
    expect(views(page).get_by_role("status")).to_contain_text("offline")
    expect(views(page)).to_contain_text("import numpy")
    page.context.set_offline(False)
    expect(views(page)).to_contain_text("import jax")
    expect(views(page).get_by_role("status")).to_be_hidden()


def test_what_a_library_cannot_spell_is_said_in_the_engines_words(open_page: OpenPage) -> None:
    page = open_page("/#w=code.torch")
    expect(views(page)).to_contain_text("import torch")
    page.route("**/api/code", lambda route: route.fulfill(status=422, json=REFUSAL))
    write(page, "g = x * y")
    expect(views(page).get_by_role("status")).to_contain_text("torch has no frobnicate")
    expect(views(page).locator(".answer")).to_be_hidden()


REFUSAL = {
    "type": "about:blank",
    "title": "no",
    "status": 422,
    "detail": "torch has no frobnicate",
    "code": "not-spelled",
}


# ---------------------------------------------------------------- warnings


def test_warnings_are_counted_listed_and_find_their_gate(open_page: OpenPage) -> None:
    page = open_page()
    write(page, "L = np.log(x - x) * w")
    counted = page.get_by_role("button", name=re.compile(r"Views, \d+ warnings?"))
    expect(counted).to_be_visible()
    counted.click()
    open_view(page, "Warnings")
    first = views(page).get_by_role("listitem").first.get_by_role("button")
    expect(first).to_contain_text("warning")
    first.click()
    expect(first).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#graph .node.picked")).to_have_count(1)


def test_a_warnings_fix_is_one_click(open_page: OpenPage) -> None:
    page = open_page("/#w=warnings")
    write(page, "f = x^2 + y")
    views(page).get_by_role("button", name="Replace ^ with **").click()
    expect(page.get_by_role("textbox", name="Function")).to_have_value("f = x**2 + y")
    expect(views(page).get_by_role("button", name="Replace")).to_have_count(0)


def test_a_program_without_warnings_says_so(open_page: OpenPage) -> None:
    page = open_page("/#w=warnings")
    expect(views(page)).to_contain_text("Nothing to warn of")
    expect(page.get_by_role("button", name="Views", exact=True)).to_be_visible()


# ---------------------------------------------------------------- formula


def test_the_function_is_set_as_mathematics_and_the_steps_part_is_lit(open_page: OpenPage) -> None:
    page = open_page("/#w=formula")
    write(page, "q = w*x + b\nf = np.tanh(q) * 2")
    lines = views(page).locator(".formula-lines .formula-line")
    expect(lines).to_have_count(2)
    expect(lines.first).to_have_accessible_name("q = w*x + b")
    page.get_by_role("region", name="Board").focus()
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    part = lines.first.locator(".forward")
    expect(part).to_have_count(1)
    expect(part).to_have_text("w⋅x")
    page.keyboard.press("End")
    expect(lines.first.locator(".backward")).to_have_count(1)
    expect(views(page).locator(".formula-steps .katex")).to_have_count(1)


def test_a_part_of_the_formula_lights_and_picks_its_gate(open_page: OpenPage) -> None:
    page = open_page("/#w=formula")
    write(page, "f = (x + y) * z")
    part = views(page).locator(".formula-lines [data-about] [data-about]").first
    part.hover()
    expect(page.locator("#graph .node.lit")).to_have_count(1)
    part.click()
    expect(page.locator("#graph .node.picked")).to_have_count(1)


# ---------------------------------------------------------------- all values


def names(page: Page) -> Locator:
    return page.get_by_role("table", name="All values").get_by_role("rowheader")


def test_all_values_are_sorted_by_a_header(open_page: OpenPage) -> None:
    # f = (x + y) z at −2, 5, −4
    page = open_page()
    page.keyboard.press("End")
    in_order = ["x", "y", "z", "x + y", "f"]
    expect(names(page)).to_have_text(in_order)
    head = page.get_by_role("columnheader", name="value")
    head.get_by_role("button").focus()
    page.keyboard.press("Enter")
    expect(head).to_have_attribute("aria-sort", "ascending")
    expect(names(page)).to_have_text(["f", "z", "x", "x + y", "y"])
    page.keyboard.press("Enter")
    expect(head).to_have_attribute("aria-sort", "descending")
    expect(names(page)).to_have_text(["y", "x + y", "x", "z", "f"])
    page.keyboard.press("Enter")
    expect(names(page)).to_have_text(in_order)


def test_a_row_of_all_values_picks_its_node(open_page: OpenPage) -> None:
    page = open_page()
    names(page).nth(3).get_by_role("button").click()
    expect(page.locator("#graph .node.picked")).to_have_count(1)
    expect(page.locator("#graph .node.lit")).to_have_count(1)
    expect(page.locator("#values .selected")).to_have_count(1)


# ---------------------------------------------------------------- jacobian


def entries(page: Page) -> Locator:
    return views(page).get_by_role("group", name=re.compile("^Jacobian of"))


def test_the_jacobian_is_of_the_steps_gate_and_its_entries_are_within_reach(
    open_page: OpenPage,
) -> None:
    # h = max(z, 0) at z = (−1, 2): the Jacobian is diag(0, 1).
    page = open_page("/#w=jacobian")
    write(page, "z = np.array([-1.0, 2.0])\nh = np.maximum(z, 0)\nL = np.sum(h * h)")
    page.get_by_role("combobox", name="Jacobian of").select_option("h")
    page.get_by_role("combobox", name="with respect to").select_option("z")
    expect(page).to_have_url(re.compile(r"w=jacobian\.n\d+\.n\d+"))
    expect(views(page)).to_contain_text("2 × 2 = 4 entries; 1 not zero")
    readout = views(page).locator(".readout")
    expect(readout).to_have_text("∂h[1]/∂z[1] = 1")
    entries(page).focus()
    page.keyboard.press("ArrowLeft")
    expect(readout).to_have_text("∂h[1]/∂z[0] = 0: z[0] does not reach h[1]")
    views(page).get_by_text("As a table").click()
    table = views(page).get_by_role("table", name="Jacobian of h for z")
    expect(table.get_by_role("cell")).to_have_text(["", "0.00", "0.00", "0.00", "1.00"])


def test_a_jacobian_of_other_values_leaves_the_focus_and_the_entry(open_page: OpenPage) -> None:
    page = open_page("/#w=jacobian")
    write(page, "w = 3.0\nz = np.array([-1.0, 2.0])\nh = z * w\nL = np.sum(h * h)")
    page.get_by_role("combobox", name="Jacobian of").select_option("h")
    page.get_by_role("combobox", name="with respect to").select_option("z")
    readout = views(page).locator(".readout")
    entries(page).focus()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowUp")
    expect(readout).to_contain_text("∂h[0]/∂z[0]")
    before = readout.inner_text()
    views(page).get_by_text("As a table").click()
    entries(page).focus()
    # Another value, given without taking the focus.
    page.get_by_role("spinbutton", name="w", exact=True).evaluate(
        "field => { field.value = '7'; field.dispatchEvent(new Event('input', { bubbles: true })); }"
    )
    expect(readout).to_have_text("∂h[0]/∂z[0] = 7")
    assert before != "∂h[0]/∂z[0] = 7"
    expect(entries(page)).to_be_focused()
    expect(views(page).get_by_role("table", name="Jacobian of h for z")).to_be_visible()


def test_a_diagonal_lies_down_into_the_same_result(open_page: OpenPage) -> None:
    page = open_page("/#w=jacobian")
    write(page, "z = np.array([-1.0, 2.0, 3.0])\nh = np.maximum(z, 0)\nL = np.sum(h * h)")
    page.get_by_role("combobox", name="Jacobian of").select_option("h")
    page.get_by_role("combobox", name="with respect to").select_option("z")
    slopes = views(page).locator(".hadamard .slope")
    expect(slopes).to_have_count(3)
    lefts = "all => new Set(all.map(one => Math.round(one.getBoundingClientRect().x))).size"
    assert slopes.evaluate_all(lefts) == 3
    toggle = button(page, "as Hadamard")
    toggle.click()
    expect(toggle).to_have_attribute("aria-pressed", "true")
    expect(views(page)).to_contain_text("3 products instead of 9: 6 multiplications by zero saved")
    assert slopes.evaluate_all(lefts) == 1
    results = views(page).locator(".hadamard .product text")
    expect(results).to_have_text(["0", "4", "6"])


def test_a_jacobian_too_large_to_draw_is_told_by_its_structure(open_page: OpenPage) -> None:
    page = open_page("/#w=jacobian")
    write(page, "x = np.random.randn(4096)\nh = np.tanh(x)\nL = np.sum(h)")
    page.get_by_role("combobox", name="Jacobian of").select_option("h")
    page.get_by_role("combobox", name="with respect to").select_option("x")
    expect(views(page)).to_contain_text("would be 4,096 × 4,096 = 16.8 M entries; 4,096 not zero")
    expect(views(page).locator(".structure")).to_contain_text("diagonal")
    expect(entries(page)).to_have_count(0)


# ---------------------------------------------------------------- check


def test_the_check_gives_each_input_a_badge_and_the_step_its_line(open_page: OpenPage) -> None:
    page = open_page()
    expect(page.locator("#checks")).not_to_contain_text("numeric")
    button(page, "Check").click()
    badges = views(page).locator(".badges").first.locator("button")
    expect(badges).to_contain_text(["x", "y", "z"])
    expect(badges.first).to_contain_text(re.compile(r"agrees (exactly|to \de−\d+)"))
    page.keyboard.press("End")
    expect(page.locator("#checks")).to_contain_text(re.compile(r"✓ numeric, error \d"))
    page.keyboard.press("c")
    expect(views(page)).to_be_hidden()
    expect(page.locator("#checks")).to_contain_text("numeric")


def test_a_badge_opens_the_error_against_h(open_page: OpenPage) -> None:
    page = open_page("/#w=check")
    paths = asked(page)
    badge = views(page).locator(".badges").first.locator("button").first
    badge.click()
    expect(badge).to_have_attribute("aria-expanded", "true")
    expect(views(page).get_by_role("img", name=re.compile("^Error against h"))).to_be_visible()
    views(page).get_by_text("As a table").click()
    table = views(page).get_by_role("table", name="Error against h")
    expect(table.get_by_role("rowheader").first).to_have_text("0.10")
    views(page).locator(".badges").first.locator("button").nth(1).click()
    expect(badge).to_have_attribute("aria-expanded", "false")
    expect(views(page).get_by_role("img", name=re.compile("^Error against h"))).to_have_count(1)
    badge.focus()
    assert [path for path in paths if path.startswith("check/")] == ["check/sweep"]


def test_a_check_of_other_values_leaves_the_focus_on_its_badge(open_page: OpenPage) -> None:
    page = open_page("/#w=check")
    badge = views(page).locator(".badges").first.locator("button").nth(1)
    badge.click()
    expect(views(page).get_by_role("img", name=re.compile("^Error against h"))).to_be_visible()
    expect(badge).to_be_focused()
    expect(badge).to_contain_text("chain rule −4")
    page.get_by_role("spinbutton", name="z", exact=True).evaluate(
        "field => { field.value = '7'; field.dispatchEvent(new Event('input', { bubbles: true })); }"
    )
    expect(badge).to_contain_text("chain rule 7")
    expect(badge).to_be_focused()
    expect(badge).to_have_attribute("aria-expanded", "true")


def test_a_kink_is_no_mistake(open_page: OpenPage) -> None:
    page = open_page("/#w=check")
    write(page, "x = 0.0\nL = np.maximum(x, 0) + y")
    kink = views(page).locator(".badges button.kink").first
    expect(kink).to_contain_text("kink near here")
    expect(views(page).locator(".check-summary")).to_contain_text("kink")


# ---------------------------------------------------------------- everyone


@pytest.mark.parametrize("view", TITLES)
def test_axe_finds_nothing_in_a_view(open_page: OpenPage, view: str) -> None:
    page = open_page(f"/#w={view}&t=b:f.mul.0")
    expect(views(page).locator(".answer, .view-note, .menu").first).to_be_attached()
    at_rest(page)
    assert violations_by_theme(page) == []


@pytest.mark.parametrize("view", TITLES)
def test_on_a_phone_a_view_fills_the_place_of_the_board(open_page: OpenPage, view: str) -> None:
    page = open_page(**PHONE)
    button(page, "Views").click()
    open_view(page, TITLES[view])
    expect(views(page)).to_be_visible()
    expect(page.get_by_role("region", name="Board")).to_be_hidden()
    at_rest(page)
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    small = views(page).evaluate(
        """column => [...column.querySelectorAll("button, label, a, select")]
            .filter(e => e.checkVisibility())
            .map(e => [e.ariaLabel || e.textContent.trim(), e.getBoundingClientRect()])
            .filter(([, box]) => box.height < 43.5)
            .map(([name, box]) => `${name}: ${box.height}`)"""
    )
    assert small == []
    assert violations(page) == []
    page.get_by_role("button", name="Next step", exact=True).click()
    expect(views(page)).to_be_visible()
    page.get_by_role("tab", name="Board").click()
    expect(views(page)).to_be_hidden()
    expect(page.get_by_role("region", name="Board")).to_be_visible()
