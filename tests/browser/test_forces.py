"""What each number wants, as arrows on the board, while the view Nudge speaks of it."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

from tests.browser.test_views import PHONE, button, tab, views, write

OpenPage = Callable[..., Page]

LINK = "/e/patterns#w=nudge"


def arrows(page: Page) -> Locator:
    return page.locator("#graph .force")


def of(page: Page, node: str) -> Locator:
    """The arrow at a node's value."""
    return page.locator(f"#graph .node:has([data-node={node}]) .force")


def length(page: Page, node: str) -> float:
    box = of(page, node).bounding_box()
    assert box
    return box["height"]


def test_an_arrow_at_each_value_goes_the_way_of_its_gradient(open_page: OpenPage) -> None:
    page = open_page(LINK)
    # x −8, y 6, z 2, w 0; the product, the larger and their sum 2 each
    expect(arrows(page)).to_have_count(7)
    for node, way in [("n0", "down"), ("n1", "up"), ("n2", "up"), ("n3", "nowhere")]:
        expect(of(page, node)).to_have_class(f"force {way}")
    assert length(page, "n0") > length(page, "n1") > length(page, "n2") > length(page, "n3")


def test_it_turns_when_the_gradient_does(open_page: OpenPage) -> None:
    page = open_page(LINK)
    expect(of(page, "n0")).to_have_class("force down")
    page.get_by_role("spinbutton", name="y", exact=True).fill("4")
    expect(of(page, "n0")).to_have_class("force up")
    expect(arrows(page)).to_have_count(7)
    write(page, "a * b")
    expect(arrows(page)).to_have_count(2)


def test_there_are_none_unless_the_view_is_open(open_page: OpenPage) -> None:
    page = open_page(LINK)
    expect(arrows(page)).to_have_count(7)
    tab(page, "Code").click()
    expect(arrows(page)).to_have_count(0)
    tab(page, "Nudge").click()
    expect(arrows(page)).to_have_count(7)
    views(page).get_by_role("radio", name="One at a time").check()
    expect(arrows(page)).to_have_count(0)
    views(page).get_by_role("radio", name="By hand").check()
    expect(arrows(page)).to_have_count(7)
    page.keyboard.press("p")
    expect(arrows(page)).to_have_count(0)
    page.keyboard.press("p")
    expect(arrows(page)).to_have_count(7)
    button(page, "Close views").click()
    expect(arrows(page)).to_have_count(0)


def test_a_heat_map_has_none(open_page: OpenPage) -> None:
    page = open_page("/e/two-layer#w=nudge")
    expect(views(page).get_by_role("region", name="Forces")).to_be_attached()
    expect(views(page).get_by_role("combobox", name="Nudge", exact=True)).not_to_be_empty()
    expect(arrows(page)).to_have_count(0)


def test_they_keep_to_their_node_where_values_flow_down(open_page: OpenPage) -> None:
    page = open_page("/e/patterns", viewport=PHONE["viewport"])
    button(page, "Views").click()
    tab(page, "Nudge").click()
    expect(arrows(page)).to_have_count(7)
    for node in ["n0", "n1", "n2"]:
        # Left of the number, which is left of the wire.
        assert (
            of(page, node).evaluate(
                "arrow => { const {x, width} = arrow.getBBox(); return x + width; }"
            )
            < 0
        )
