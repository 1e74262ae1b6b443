"""The views Descend and Nudge: moving about on a function, the approaches side by side, slopes that multiply."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.browser.test_page import wait_until_warm
from tests.browser.test_rules import violations_by_theme
from tests.browser.test_views import button, open_view, views, write

OpenPage = Callable[..., Page]

BOWL = "x**2 + 10 * y**2"
NETWORK = "z_1 = X @ W_1\nh_1 = np.maximum(z_1, 0)\ny_hat = h_1 @ W_2\nL = np.sum(y_hat**2)"


def opened(
    open_page: OpenPage,
    source: str | None = None,
    view: str = "Descend",
    values: dict[str, str] | None = None,
    **more: object,
) -> Page:
    """Opens a view beside a program, once its inputs have their values."""
    page = open_page(**more)
    if source is not None:
        write(page, source)
    for name, value in (values or {}).items():
        field(page, name).fill(value)
    expect(page.get_by_role("region", name="Board")).not_to_have_class(re.compile("stale"))
    button(page, "Views").click()
    open_view(page, view)
    return page


def field(page: Page, name: str) -> Locator:
    return page.get_by_role("spinbutton", name=name, exact=True)


def point(page: Page) -> Locator:
    return views(page).get_by_role("slider", name="Point")


def bowl(open_page: OpenPage, view: str = "Descend", **more: object) -> Page:
    """Opens a view beside the bowl, at (3, 2)."""
    return opened(open_page, BOWL, view, {"x": "3", "y": "2"}, **more)


# ---------------------------------------------------------------- the map and the slice


def test_a_map_shows_the_output_with_its_gradient_at_the_point(open_page: OpenPage) -> None:
    page = bowl(open_page)
    expect(point(page)).to_have_attribute("aria-valuetext", "x 3, y 2; f 49")
    expect(views(page).get_by_role("group", name="Map of f over x and y")).to_be_visible()
    # (2·3, 20·2); 49 - 0.05·(36 + 1600) = -32.8, really (2.7, 0) → 7.29.
    expect(views(page)).to_contain_text("∂/∂x = 6.00, ∂/∂y = 40.00")
    expect(views(page)).to_contain_text("0.05 × gradient downhill promises −32.8 and gives 7.29")
    assert views(page).locator(".level").count() == 11


def test_arrow_keys_move_the_point_and_the_inputs_with_it_and_no_step(open_page: OpenPage) -> None:
    page = bowl(open_page)
    expect(point(page)).to_have_attribute("aria-valuetext", "x 3, y 2; f 49")
    point(page).focus()
    page.keyboard.press("ArrowRight")
    expect(field(page, "x")).to_have_value("3.2")
    page.keyboard.press("ArrowDown")
    expect(field(page, "y")).to_have_value(re.compile(r"^1\.8\d?$"))
    expect(point(page)).to_be_focused()
    expect(page.locator("[data-step]")).to_have_attribute("data-step", "0")
    expect(page.locator("#graph")).to_contain_text("3.20")


def test_the_point_is_dragged_and_the_board_follows(open_page: OpenPage) -> None:
    page = bowl(open_page)
    expect(point(page)).to_have_attribute("aria-valuetext", "x 3, y 2; f 49")
    box = point(page).locator(".dot").bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    for k in range(1, 7):
        page.mouse.move(x - 10 * k, y + 5 * k)
    page.mouse.up()
    expect(point(page)).not_to_have_attribute("aria-valuetext", re.compile("x 3,"))
    value = float(field(page, "x").input_value())
    assert 0 < value < 2
    expect(page.locator("#board")).not_to_have_class(re.compile("stale"))
    moved = point(page).locator(".dot").bounding_box()
    assert moved
    assert abs(moved["x"] - (box["x"] - 60)) < 3
    assert abs(moved["y"] - (box["y"] + 30)) < 3


def test_a_click_on_the_map_goes_there(open_page: OpenPage) -> None:
    page = bowl(open_page)
    expect(point(page)).to_have_attribute("aria-valuetext", "x 3, y 2; f 49")
    page.wait_for_load_state("networkidle")  # what comes late may move the map
    box = views(page).locator(".window").bounding_box()
    assert box
    page.mouse.click(box["x"] + box["width"] / 4, box["y"] + box["height"] / 2)
    # From -3 to 9, and from -2 to 6.
    expect(field(page, "x")).to_have_value(re.compile(r"^-?0(\.0\d?)?$"))
    expect(field(page, "y")).to_have_value(re.compile(r"^(2|1\.9\d|2\.0\d)$"))


def test_the_step_is_taken(open_page: OpenPage) -> None:
    page = bowl(open_page)
    expect(views(page)).to_contain_text("gives 7.29")
    button(page, "Take the step").click()
    expect(field(page, "x")).to_have_value("2.7")
    expect(views(page)).to_contain_text("f = 7.29")


def test_a_map_is_asked_for_once_while_its_point_moves(open_page: OpenPage) -> None:
    page = bowl(open_page)
    expect(point(page)).to_have_attribute("aria-valuetext", "x 3, y 2; f 49")
    counts: list[int] = []
    page.context.on(
        "request",
        lambda request: (
            counts.append(request.post_data_json["axes"][0]["count"])
            if request.url.endswith("/api/surface")
            else None
        ),
    )
    point(page).focus()
    for _ in range(3):
        page.keyboard.press("ArrowLeft")
    expect(field(page, "x")).to_have_value("2.4")
    expect(point(page)).to_have_attribute("aria-valuetext", re.compile(r"^x 2\.4, y 2; f 45\.\d$"))
    assert set(counts) == {2}


def test_a_point_that_leaves_the_map_takes_it_along(open_page: OpenPage) -> None:
    page = bowl(open_page)
    expect(point(page)).to_have_attribute("aria-valuemax", "9")
    field(page, "x").fill("100")
    expect(point(page)).to_have_attribute("aria-valuemax", "300")
    button(page, "Closer").click()
    expect(point(page)).to_have_attribute("aria-valuemax", "200")
    button(page, "Farther").click()
    expect(point(page)).to_have_attribute("aria-valuemax", "300")


def test_a_slice_has_tangent_and_secant_and_the_errors_of_the_lecture(open_page: OpenPage) -> None:
    page = opened(open_page, "np.tanh(x)", values={"x": "1"})
    expect(point(page)).to_have_attribute("aria-valuetext", "x 1; f 0.762")
    for kind in ("graph", "tangent", "secant"):
        expect(views(page).locator(f".{kind}")).to_have_count(1)
    step = views(page).get_by_role("slider", name="Step h of the secant")
    step.fill("5")
    expect(views(page)).to_contain_text("h = 1e−5")
    expect(views(page)).to_contain_text("off by 1.2e−11")
    views(page).get_by_role("radio", name="forward").check()
    expect(views(page)).to_contain_text("off by 3.2e−6")
    views(page).get_by_role("radio", name="central").check()
    step.fill("11")
    expect(views(page)).to_contain_text(re.compile("off by 8.*e−7"))
    views(page).get_by_text("Error against h: the V").click()
    expect(views(page).get_by_role("img", name=re.compile("^Error against h"))).to_be_visible()


def test_axes_are_chosen_and_linked(open_page: OpenPage) -> None:
    page = opened(open_page, NETWORK)
    views(page).get_by_role("combobox", name="Over", exact=True).select_option("W_1[0,1]")
    views(page).get_by_role("combobox", name="and over").select_option("W_2[1,0]")
    expect(
        views(page).get_by_role("group", name="Map of L over W_1[0,1] and W_2[1,0]")
    ).to_be_visible()
    expect(page).to_have_url(re.compile("w=descend.surface"))
    other = open_page(page.url.removeprefix(page.url.split("/#")[0]))
    expect(
        views(other).get_by_role("group", name="Map of L over W_1[0,1] and W_2[1,0]")
    ).to_be_visible()
    views(other).get_by_role("combobox", name="and over").select_option("none")
    expect(views(other).get_by_role("group", name="Slice of L over W_1[0,1]")).to_be_visible()


def test_an_entry_of_a_matrix_is_moved_alone(open_page: OpenPage) -> None:
    page = open_page("/#w=descend.surface.W_1%5B0%2C1%5D.none")
    write(page, NETWORK)
    expect(views(page).get_by_role("group", name="Slice of L over W_1[0,1]")).to_be_visible()
    point(page).focus()
    before = point(page).get_attribute("aria-valuenow")
    page.keyboard.press("Shift+ArrowRight")
    expect(point(page)).not_to_have_attribute("aria-valuenow", before or "")
    expect(page.locator("#board")).not_to_have_class(re.compile("stale"))
    expect(page.locator("#inputs")).to_contain_text("assumed")


def test_what_the_engine_refuses_is_said(open_page: OpenPage) -> None:
    page = opened(open_page, "x * k[i]")
    expect(views(page).get_by_role("combobox", name="Over", exact=True)).not_to_contain_text("i")
    write(page, "3 * 4")
    expect(views(page)).to_contain_text("Nothing can move here")
    expect(views(page).locator(".chart").first).to_be_hidden()


# ---------------------------------------------------------------- the race


def test_the_approaches_run_side_by_side_on_one_budget(open_page: OpenPage) -> None:
    page = bowl(open_page)
    views(page).get_by_role("radio", name="Race").check()
    expect(views(page)).to_contain_text("Which will be lowest? Guess first.")
    button(page, "Run all four").click()
    table = views(page).get_by_role("table", name="Approaches")
    rows = table.get_by_role("row")
    expect(rows).to_have_count(5)
    # 99 tries and the start; 100 / (2·2); 100 / 2.
    expect(rows.nth(1)).to_contain_text(re.compile(r"random search1\s*99"))
    expect(rows.nth(3)).to_contain_text(re.compile(r"numerical gradient2 × 2 = 4\s*25"))
    expect(rows.nth(4)).to_contain_text(re.compile(r"analytic gradient2\s*502\.39e−4"))
    expect(views(page)).to_contain_text("Lowest: analytic gradient")
    # On the map and in the chart, and beside each name.
    for method in ("random-search", "random-local-search", "numerical", "analytic"):
        expect(views(page).locator(f".trail.{method}")).to_have_count(3)
    button(page, "Go there").click()
    expect(field(page, "x")).to_have_value(re.compile(r"^0\.01546"))
    expect(button(page, "Run again from here")).to_be_visible()


def test_other_dice_change_what_is_random_and_the_gradient_stays(open_page: OpenPage) -> None:
    page = bowl(open_page)
    views(page).get_by_role("radio", name="Race").check()
    button(page, "Run all four").click()
    rows = views(page).get_by_role("table", name="Approaches").get_by_role("row")
    before = [rows.nth(k).text_content() or "" for k in (1, 4)]
    button(page, "Other dice").click()
    expect(rows.nth(1)).not_to_have_text(before[0])
    assert rows.nth(4).text_content() == before[1]
    views(page).get_by_role("combobox", name="Passes each").select_option("400")
    expect(rows.nth(4)).to_contain_text("200")


def test_chance_may_win_where_few_numbers_move_and_that_is_said(open_page: OpenPage) -> None:
    page = open_page("/e/rosenbrock#w=descend.race")
    button(page, "Run all four").click()
    expect(views(page)).to_contain_text("Lowest: random")
    expect(views(page)).to_contain_text("Where 2 numbers move, chance can win.")


def test_a_function_without_a_lowest_point_says_so(open_page: OpenPage) -> None:
    page = opened(open_page)
    views(page).get_by_role("radio", name="Race").check()
    views(page).get_by_role("combobox", name="Passes each").select_option("2000")
    button(page, "Run all four").click()
    expect(views(page)).to_contain_text("analytic gradient: The output falls without end")


def test_an_approach_that_takes_too_long_leaves_the_others_theirs(open_page: OpenPage) -> None:
    page = bowl(open_page)
    views(page).get_by_role("radio", name="Race").check()
    slow = {"title": "Too slow", "status": 422, "code": "timeout", "detail": "It took too long."}

    def answer(route: Route) -> None:
        if route.request.post_data_json["method"] == "numerical":
            route.fulfill(status=422, content_type="application/problem+json", json=slow)
        else:
            route.continue_()

    page.context.route("**/api/descend", answer)
    button(page, "Run all four").click()
    expect(views(page)).to_contain_text("numerical gradient: It took too long.")
    expect(views(page).get_by_role("table", name="Approaches").get_by_role("row")).to_have_count(4)


def test_a_step_of_too_many_numbers_is_told_and_not_half_taken(open_page: OpenPage) -> None:
    page = opened(open_page, "x = np.linspace(0, 1, 20000)\nL = np.sum(x**2)", "Nudge")
    step = views(page).get_by_role("region", name="Step along the gradient")
    expect(step).to_contain_text("the gradient promises")
    expect(step.get_by_role("button", name="Take the step")).to_be_disabled()


# ---------------------------------------------------------------- directions


def test_a_random_direction_is_tried_and_counted(open_page: OpenPage) -> None:
    page = bowl(open_page)
    views(page).get_by_role("radio", name="Directions").check()
    button(page, "Try a random direction").click()
    expect(views(page)).to_contain_text(re.compile(r"try 1: 49 → \d"))
    expect(views(page)).to_contain_text(
        re.compile("1 try in 2 dimensions: [01] down, [01] not; 2 passes")
    )
    button(page, "Try 20 more").click()
    expect(views(page)).to_contain_text(
        re.compile(r"21 tries in 2 dimensions: \d+ down, \d+ not; 22 passes")
    )
    expect(views(page).locator(".fan").first.locator(".ray")).to_have_count(21)


def test_the_dial_shows_why_random_directions_fail(open_page: OpenPage) -> None:
    page = opened(open_page)
    views(page).get_by_role("radio", name="Directions").check()
    dial = views(page).get_by_role("region", name="Dimension dial")
    expect(dial).to_contain_text("√(2/πn) = 0.564")
    slider = dial.get_by_role("slider", name="Dimensions")
    slider.fill("4")
    expect(dial).to_contain_text("√(2/πn) = 0.252")
    expect(dial).to_contain_text(re.compile(r"mean \|cos\| 0\.2\d\d measured"))
    slider.fill("10")
    expect(dial).to_contain_text("n = 1000")
    expect(dial).to_contain_text("√(2/πn) = 0.0252")
    expect(dial).to_contain_text(re.compile(r"mean \|cos\| 0\.02\d\d measured"))
    expect(dial).to_contain_text(re.compile("(4[5-9]|5[0-5])\\s% of 400 tiny steps went down"))


# ---------------------------------------------------------------- nudge


def test_slopes_multiply_gate_by_gate(open_page: OpenPage) -> None:
    page = opened(open_page, "p = b * x\ny = a * p", "Nudge", {"a": "3", "b": "2", "x": "1"})
    expect(views(page)).to_contain_text("Move any input")
    field(page, "x").fill("1.5")
    stages = views(page).locator(".stage")
    expect(stages).to_have_text(
        [
            re.compile(r"x\+0\.500"),
            re.compile(r"× 2\.00.*p\+1\.00"),
            re.compile(r"× 3\.00.*y\+3\.00"),
        ]
    )
    expect(views(page).locator(".product")).to_contain_text("2.00 × 3.00 = 6.00")
    promise = views(page).get_by_role("table", name="Promised and real")
    expect(promise).to_contain_text("promised+3.00")
    expect(promise).to_contain_text("moved by+3.00")


def test_the_slider_nudges_and_goes_back(open_page: OpenPage) -> None:
    page = opened(open_page, view="Nudge")
    views(page).get_by_role("combobox", name="Nudge", exact=True).select_option("z")
    slider = views(page).get_by_role("slider", name="Nudge by")
    slider.fill("-3.6")
    expect(field(page, "z")).to_have_value("-3.6")
    # d/dz = x + y = 3.
    expect(views(page)).to_contain_text("z: 3.00 × +0.400 = +1.20")
    button(page, "Back to the start").click()
    expect(field(page, "z")).to_have_value("-4")
    expect(views(page)).to_contain_text("Move any input")


def test_a_curve_keeps_less_or_more_than_was_promised(open_page: OpenPage) -> None:
    page = opened(open_page, "x**2", "Nudge", {"x": "2"})
    expect(views(page)).to_contain_text("Move any input")
    field(page, "x").fill("3")
    button(page, "Start from here").click()
    field(page, "x").fill("3.5")
    promise = views(page).get_by_role("table", name="Promised and real")
    expect(promise.get_by_role("row")).to_have_text(
        [
            re.compile(r"promised\+3\.00"),
            re.compile(r"really moved by\+3\.25"),
            re.compile(r"curve's part\+0\.250"),
        ]
    )


def test_a_number_dragged_in_the_text_counts_too(open_page: OpenPage) -> None:
    page = opened(open_page, "x = 3\nf = x * 2", "Nudge")
    expect(views(page)).to_contain_text("Move any input")
    write(page, "x = 4\nf = x * 2")
    expect(views(page)).to_contain_text("x: 2.00 × +1.00 = +2.00")
    write(page, "x = 4\nf = x * 2 + x")
    expect(views(page)).to_contain_text("Move any input")


def test_a_step_along_the_gradient_raises_the_output(open_page: OpenPage) -> None:
    page = opened(open_page, view="Nudge")
    step = views(page).get_by_role("region", name="Step along the gradient")
    # -12 + 0.01·(16 + 16 + 9) = -11.59 to first order.
    expect(step).to_contain_text("promises +0.410, the output really moves by +0.408, to −11.59")
    step.get_by_role("button", name="Take the step").click()
    expect(field(page, "x")).to_have_value("-2.04")
    expect(views(page).get_by_role("table", name="Promised and real")).to_contain_text("+0.408")
    step.get_by_role("radio", name="down").check()
    expect(step).to_contain_text(re.compile("promises −0.4"))


def test_each_number_says_where_it_wants_to_go(open_page: OpenPage) -> None:
    page = opened(open_page, view="Nudge")
    forces = views(page).get_by_role("region", name="Forces").get_by_role("listitem")
    expect(forces).to_have_text(
        [
            re.compile("x ▾ 4.00"),
            re.compile("y ▾ 4.00"),
            re.compile("z ▴ 3.00"),
            re.compile("▾ 4.00"),
        ]
    )


# ---------------------------------------------------------------- rules of all pages


SMALL = """() => [...document.querySelectorAll(".views :is(button, label, a, select, summary)")]
    .filter(e => e.checkVisibility() && e.getBoundingClientRect().height < 43.5 && !e.querySelector("input, select"))
    .map(e => `${e.ariaLabel || e.textContent.trim()}: ${e.getBoundingClientRect().height}`)"""


@pytest.mark.parametrize("size", [(1440, 900), (360, 740)], ids=["desktop", "phone"])
@pytest.mark.parametrize("part", ["Surface", "Slice", "Race", "Directions", "Nudge"])
def test_axe_finds_nothing_and_fingers_find_all(
    open_page: OpenPage, size: tuple[int, int], part: str
) -> None:
    view = "Nudge" if part == "Nudge" else "Descend"
    viewport = {"width": size[0], "height": size[1]}
    page = opened(open_page, view=view, viewport=viewport)
    shown = views(page).locator(".chart:visible, .forces:visible").first
    if part == "Slice":
        views(page).get_by_role("combobox", name="and over").select_option("none")
        shown = views(page).locator(".tangent")
    elif part == "Race":
        views(page).get_by_role("radio", name="Race").check()
        button(page, "Run all four").click()
        shown = views(page).get_by_role("table", name="Approaches")
    elif part == "Directions":
        views(page).get_by_role("radio", name="Directions").check()
        button(page, "Try a random direction").click()
        shown = views(page).locator(".ray.latest")
    expect(shown).to_be_visible()
    assert violations_by_theme(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
    if size[0] < 700:
        assert page.evaluate(SMALL) == []


def test_without_a_network_it_says_so_and_keeps_what_was_there(open_page: OpenPage) -> None:
    page = bowl(open_page)
    expect(point(page)).to_have_attribute("aria-valuetext", "x 3, y 2; f 49")
    wait_until_warm(page)
    page.context.set_offline(True)
    views(page).get_by_role("radio", name="Race").check()
    button(page, "Run all four").click()
    expect(views(page)).to_contain_text("offline: the engine cannot be asked.")
    views(page).get_by_role("radio", name="Directions").check()
    button(page, "Try a random direction").click()
    expect(views(page).locator(".tally")).to_contain_text("offline")
    open_view(page, "Nudge")
    expect(views(page).get_by_role("region", name="Forces")).to_contain_text("▴ 6.00")
    page.context.set_offline(False)
