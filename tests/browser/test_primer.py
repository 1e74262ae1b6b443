"""The primer beside the board: dimension balancing as a puzzle, and derivations from first principles."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.circuits import link, wait_until_drawn
from tests.browser.test_rules import violations
from tests.browser.test_views import NETWORK, PHONE, at_rest, button, open_view, tab, views, write

OpenPage = Callable[..., Page]

#: names of the tiles of W_2's gradient
H, H_T, G, G_T = r"^h1 ?\(", r"^h1\.T", r"^dŷ ?\(", r"^dŷ\.T"


def opened(open_page: OpenPage, view: str, source: str = NETWORK, **options: object) -> Page:
    """Returns a page with a program, and a view open that is pinned to nothing."""
    page = open_page(f"{link(source)}&w={view}", **options)
    wait_until_drawn(page)
    at_rest(page)
    return page


def tile(page: Page, name: str) -> Locator:
    return (
        views(page).get_by_role("group", name="Tiles").get_by_role("button", name=re.compile(name))
    )


def lights(page: Page) -> list[str]:
    """Returns what the three lights say: yes, no, not yet."""
    items = views(page).get_by_role("list", name="Lights").get_by_role("listitem")
    return [text.partition(": ")[2] for text in items.all_text_contents()]


def lay(page: Page, left: str, right: str) -> None:
    """Lays two tiles, left and right, by keys."""
    for name in (left, right):
        tile(page, name).focus()
        page.keyboard.press("Enter")


def test_three_lights_say_what_is_right_about_a_product(open_page: OpenPage) -> None:
    page = opened(open_page, "balance")
    expect(views(page).get_by_role("combobox", name="Product")).to_have_value("n6")
    assert lights(page) == ["not yet", "not yet", "not yet"]
    # h_1 is 3 x 5 and dy_hat 3 x 2: 5 does not meet 3.
    lay(page, H, G)
    assert lights(page) == ["no", "not yet", "not yet"]
    expect(views(page).locator(".why")).to_have_text("inner sizes differ: H = 5, N = 3")
    # h_1 @ dy_hat.T: 5 does not meet 2; dy_hat.T @ h_1 is 2 x 5.
    lay(page, H, G_T)
    assert lights(page) == ["no", "not yet", "not yet"]
    button(page, "Swap the two").click()
    assert lights(page) == ["yes", "no", "not yet"]
    expect(views(page).locator(".why")).to_have_text("2 × 5, wanted 5 × 2")


def test_the_solution_is_the_engines_message_and_leads_to_its_step(open_page: OpenPage) -> None:
    page = opened(open_page, "balance")
    lay(page, H_T, G)
    assert lights(page) == ["yes", "yes", "yes"]
    expect(views(page).locator(".solved code")).to_have_text("dW_2 = h_1.T @ dy_hat")
    views(page).get_by_role("button", name=re.compile("Go to step")).click()
    expect(page.get_by_role("region", name="Now")).to_contain_text("W2")
    expect(page).to_have_url(re.compile("b:y_hat.matmul"))


def test_the_sign_is_changed_and_then_nothing_fits(open_page: OpenPage) -> None:
    page = opened(open_page, "balance")
    lay(page, H_T, G)
    views(page).get_by_role("button", name=re.compile("^Sign @, matrix product")).click()
    assert lights(page) == ["no", "not yet", "not yet"]


def test_tiles_are_dragged_to_their_places(open_page: OpenPage) -> None:
    page = opened(open_page, "balance")
    places = views(page).get_by_role("group", name="Your product")
    tile(page, G).drag_to(places.get_by_role("button", name=re.compile("^Right place")))
    expect(places.get_by_role("button", name=re.compile("^Right place: dŷ"))).to_be_visible()
    tile(page, H_T).drag_to(places.get_by_role("button", name=re.compile("^Left place")))
    assert lights(page) == ["yes", "yes", "yes"]
    places.get_by_role("button", name=re.compile(r"^Left place: h1\.T")).click()
    assert lights(page) == ["not yet", "not yet", "not yet"]


def test_in_the_square_trap_the_shape_is_right_and_the_value_is_not(open_page: OpenPage) -> None:
    page = opened(open_page, "balance")
    views(page).get_by_role("button", name="2 The square trap").click()
    lay(page, H, G)
    assert lights(page) == ["yes", "yes", "no"]
    button(page, "Check one entry by value").click()
    expect(views(page).locator(".by-value")).to_contain_text("not the same")
    lay(page, H_T, G)
    assert lights(page) == ["yes", "yes", "yes"]
    button(page, "Check one entry by value").click()
    expect(views(page).locator(".by-value")).to_contain_text("there: the same")


def test_a_program_without_a_product_of_matrices_says_so(open_page: OpenPage) -> None:
    page = open_page("/#w=balance")
    expect(views(page)).to_contain_text("No product of matrices sends a gradient back here.")


# ---------------------------------------------------------------- derivations


def test_a_derivation_goes_from_an_element_to_the_whole(open_page: OpenPage) -> None:
    page = opened(open_page, "derive")
    views(page).get_by_role("combobox", name="Gate").select_option("y_hat")
    views(page).get_by_role("combobox", name="by its argument").select_option("W_2")
    at_rest(page)
    expect(page).to_have_url(re.compile(r"w=derive\.n6\.1"))
    expect(views(page)).to_contain_text("vector by matrix")
    whole = views(page).get_by_role("list", name="Vectorized").get_by_role("listitem")
    expect(whole.locator(".line-formula")).to_have_text("dW2 = h1.T @ dŷ")
    assert views(page).get_by_role("img", name="holds", exact=True).count() == 6
    expect(views(page).get_by_role("img", name="does not hold")).to_have_count(0)
    views(page).get_by_role("combobox", name="Entry of W_2, axis 0").select_option("3")
    expect(views(page).locator(".line-numbers").nth(2)).to_contain_text(
        re.compile(r"dW2\[3, \d\] =")
    )


def test_one_examples_outer_product_and_the_sum_of_all(open_page: OpenPage) -> None:
    page = opened(open_page, "derive")
    page.evaluate("location.hash = location.hash.replace('w=derive', 'w=derive.n6.1')")
    at_rest(page)
    expect(views(page)).to_contain_text("row ŷ[0] of 3")
    expect(views(page).get_by_role("img", name="Outer product of example 0")).to_be_visible()
    expect(views(page)).to_contain_text("all 3 added = dW2 ✓")
    button(page, "Next row").click()
    expect(views(page).get_by_role("img", name="Outer product of example 1")).to_be_visible()
    expect(button(page, "Next row")).to_be_focused()


def test_why_in_now_opens_the_derivation_of_that_message(open_page: OpenPage) -> None:
    page = open_page()
    write(page, NETWORK)
    now = page.get_by_role("region", name="Now")
    step = page.get_by_role("button", name="Next step")
    page.get_by_role("button", name="Last step").click()
    expect(now.get_by_role("button", name="why?")).to_be_visible()
    now.get_by_role("button", name="why?").click()
    at_rest(page)
    expect(tab(page, "Derive")).to_have_attribute("aria-selected", "true")
    expect(views(page).get_by_role("combobox", name="Gate")).to_have_value("n3")
    now.get_by_role("button", name="balance?").click()
    at_rest(page)
    expect(tab(page, "Balance")).to_have_attribute("aria-selected", "true")
    expect(views(page).get_by_role("combobox", name="Product")).to_have_value("n3")
    page.get_by_role("button", name="First step").click()
    expect(now.get_by_role("button", name="why?")).to_have_count(0)
    expect(step).to_be_visible()


def test_an_elementwise_gate_leads_to_its_diagonal(open_page: OpenPage) -> None:
    page = opened(open_page, "derive", "h = np.tanh(W @ x)\nL = np.sum(h * h)")
    views(page).get_by_role("combobox", name="Gate").select_option("h")
    at_rest(page)
    expect(views(page)).to_contain_text("1 of ")
    button(page, "Diagonal ⇔ Hadamard").click()
    expect(tab(page, "Jacobian")).to_have_attribute("aria-selected", "true")


def test_a_zero_off_the_diagonal_says_what_does_not_reach_what(open_page: OpenPage) -> None:
    page = open_page(
        f"{link('z = W @ x' + chr(10) + 'h = np.tanh(z)' + chr(10) + 'L = np.sum(h)')}&w=jacobian.n3.n2"
    )
    wait_until_drawn(page)
    at_rest(page)
    heat = views(page).get_by_role("group", name=re.compile("^Jacobian of h for z"))
    heat.focus()
    for key in ["ArrowUp"] * 3 + ["ArrowLeft"] * 3:
        page.keyboard.press(key)
    expect(views(page).locator(".readout")).not_to_contain_text("reach")
    page.keyboard.press("ArrowRight")
    expect(views(page).locator(".readout")).to_have_text(
        "∂h[0]/∂z[1] = 0: z[1] does not reach h[0]"
    )


@pytest.mark.parametrize("view", ["derive", "balance"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_both_are_accessible(open_page: OpenPage, view: str, scheme: str) -> None:
    page = opened(open_page, view, color_scheme=scheme)
    if view == "balance":
        lay(page, H_T, G)
    assert violations(page) == []


def test_on_a_phone_tiles_are_tapped_and_nothing_is_wider_than_the_page(
    open_page: OpenPage,
) -> None:
    page = open_page(link(NETWORK), **PHONE)
    wait_until_drawn(page)
    button(page, "Views").click()
    open_view(page, "Balance")
    at_rest(page)
    tile(page, H_T).tap()
    tile(page, G).tap()
    assert lights(page) == ["yes", "yes", "yes"]
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    small = page.evaluate(
        """() => [...document.querySelectorAll("#view button, #view select")]
            .filter(each => each.checkVisibility() && each.getBoundingClientRect().height < 43.5)
            .map(each => each.ariaLabel || each.textContent)"""
    )
    assert small == []
