"""The numerical gradient in the view Nudge: one input at a time, every pass counted, and one backward pass beside it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.browser.test_rules import violations
from tests.browser.test_views import PHONE, at_rest, button, tab, views, write

OpenPage = Callable[..., Page]

LINK = "/#w=nudge.each"


def words(page: Page) -> Locator:
    return views(page).locator(".run-words")


def passes(page: Page) -> Locator:
    return views(page).locator(".passes p")


def slopes(page: Page) -> Locator:
    return views(page).get_by_role("table", name="Slopes").locator("tbody tr")


def changed(page: Page) -> Locator:
    """The small circuit; its name says what has changed."""
    return views(page).locator("svg.circuit")


def run(page: Page, times: int = 1) -> None:
    for _ in range(times):
        button(page, "Next run").click()


def test_each_input_has_its_turn_and_every_pass_is_counted(open_page: OpenPage) -> None:
    page = open_page(LINK)
    expect(words(page)).to_contain_text("The output is −12.")
    expect(slopes(page)).to_have_text(["x––", "y––", "z––"])
    run(page)
    expect(words(page)).to_have_text("x + 0.01: the output is −12.04.")
    expect(changed(page)).to_have_attribute("aria-label", "The circuit; changed: x, x + y, f")
    expect(page.locator("#graph .node.lit")).to_have_count(3)
    expect(passes(page).first).to_have_text("1 forward pass for 0 of 3 slopes")
    run(page)
    expect(words(page)).to_contain_text("(−12.04 − (−11.96)) / (2 × 0.01) = −4.00")
    expect(slopes(page)).to_have_text(["x−4.00–", "y––", "z––"])
    run(page, 3)
    expect(changed(page)).to_have_attribute("aria-label", "The circuit; changed: z, f")
    expect(passes(page)).to_have_text(
        ["5 forward passes for 2 of 3 slopes", "– passes for all of them, by going back"]
    )
    run(page)
    expect(slopes(page)).to_have_text(["x−4.00–", "y−4.00–", "z3.00–"])
    run(page)
    expect(slopes(page)).to_have_text(["x−4.00−4.00", "y−4.00−4.00", "z3.003.00"])
    expect(passes(page)).to_have_text(
        [
            "6 forward passes for 3 of 3 slopes",
            "2 passes, one forward and one backward, for all 3",
        ]
    )
    expect(button(page, "Next run")).to_be_disabled()


def test_the_forward_difference_runs_once_more_than_there_are_inputs(open_page: OpenPage) -> None:
    page = open_page(LINK)
    views(page).get_by_role("radio", name="forward").check()
    views(page).get_by_role("combobox", name="Size of a nudge, h").select_option("0.1")
    run(page)
    expect(words(page)).to_have_text("One pass at the inputs as they are: −12.")
    run(page)
    expect(words(page)).to_contain_text("(−12.4 − (−12)) / 0.1 = −4.00")
    run(page, 2)
    expect(passes(page).first).to_have_text("4 forward passes for 3 of 3 slopes")


def test_a_slope_that_comes_late_is_written_down_all_the_same(open_page: OpenPage) -> None:
    page = open_page(LINK)
    expect(slopes(page)).to_have_count(3)
    held: list[Route] = []
    page.route("**/api/check", lambda route: held.append(route))
    views(page).get_by_role("radio", name="forward").check()
    run(page, 2)
    expect(words(page)).to_contain_text("/ 0.01 = –")
    for route in held:
        route.continue_()
    expect(words(page)).to_contain_text("/ 0.01 = −4.00")


def test_thirty_weights_take_sixty_passes_and_the_gradient_two(open_page: OpenPage) -> None:
    page = open_page("/lecture/motivation#stop=4&w=nudge.each")
    expect(slopes(page)).to_have_count(30)
    views(page).get_by_role("slider", name="Runs").fill("61")
    expect(passes(page)).to_have_text(
        [
            "60 forward passes for 30 of 30 slopes",
            "2 passes, one forward and one backward, for all 30",
        ]
    )


def test_it_plays_by_itself_and_rests_at_the_end(open_page: OpenPage) -> None:
    page = open_page(LINK)
    expect(slopes(page)).to_have_count(3)
    page.clock.install()
    all_ = views(page).get_by_role("button", name="Run all")
    all_.focus()
    page.keyboard.press("Space")
    expect(button(page, "Pause")).to_be_focused()
    page.clock.run_for(8000)
    expect(slopes(page)).to_have_text(["x−4.00−4.00", "y−4.00−4.00", "z3.003.00"])
    page.clock.run_for(1300)
    expect(all_).to_be_visible()
    expect(page.locator("[data-step]")).to_have_attribute("data-step", "0")


def test_with_motion_one_node_lights_up_after_the_other(open_page: OpenPage) -> None:
    page = open_page(LINK, reduced_motion="no-preference")
    expect(slopes(page)).to_have_count(3)
    changed(page).evaluate(
        """circuit => {
            globalThis.seen = [];
            new MutationObserver(() => seen.push(circuit.ariaLabel.split(": ")[1]))
                .observe(circuit, {attributeFilter: ["aria-label"]});
        }"""
    )
    run(page)
    expect(changed(page)).to_have_attribute("aria-label", "The circuit; changed: x, x + y, f")
    assert page.evaluate("[...new Set(seen)]") == ["nothing", "x", "x, x + y", "x, x + y, f"]


def test_other_inputs_and_other_programs_start_anew(open_page: OpenPage) -> None:
    page = open_page(LINK)
    expect(slopes(page)).to_have_count(3)
    run(page, 2)
    page.get_by_role("spinbutton", name="x", exact=True).fill("1")
    expect(words(page)).to_contain_text("The output is −24.")
    expect(passes(page).first).to_have_text("0 forward passes for 0 of 3 slopes")
    write(page, "u * v")
    expect(slopes(page)).to_have_count(2)


def test_leaving_it_leaves_nothing_lit(open_page: OpenPage) -> None:
    page = open_page(LINK)
    run(page)
    expect(page.locator("#graph .node.lit")).to_have_count(3)
    views(page).get_by_role("radio", name="By hand").check()
    expect(page.locator("#graph .node.lit")).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("look", [{}, PHONE], ids=["desktop", "phone"])
def test_axe_finds_nothing_and_nothing_is_too_wide(
    open_page: OpenPage, scheme: str, look: dict[str, object]
) -> None:
    page = open_page("/e/sigmoid-neuron", color_scheme=scheme, **look)
    button(page, "Views").click()
    tab(page, "Nudge").click()
    views(page).get_by_role("radio", name="One at a time").check()
    expect(slopes(page)).to_have_count(5)
    run(page, 2)
    at_rest(page)
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
