"""An input that changes: its numbers are on the page before all that is said of them has come."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from playwright.sync_api import Locator, Page, Route, expect

OpenPage = Callable[..., Page]

EQUATION = "upstream −4.00 × local 1.00 = downstream −4.00"


def field(page: Page, name: str) -> Locator:
    return page.get_by_role("spinbutton", name=name, exact=True)


def node(page: Page, kind: str, name: str) -> Locator:
    return page.locator(f"#graph [data-node][aria-label^='{kind}, {name},']")


def row(page: Page, name: str) -> Locator:
    return page.locator("#values tbody tr").filter(
        has=page.get_by_role("rowheader", name=name, exact=True)
    )


@contextmanager
def wordless(page: Page) -> Iterator[None]:
    """Lets questions for words wait meanwhile."""
    held: list[Route] = []
    page.route("**/api/graph", lambda route: held.append(route))
    yield
    for route in held:
        route.continue_()
    page.unroute("**/api/graph")


def open_at_end(open_page: OpenPage, **options: object) -> Page:
    """Opens f = (x + y) z at its last step, a product of z's −4 and the slope 1 of the sum."""
    page = open_page(**options)
    page.keyboard.press("End")
    expect(page.locator("#equation")).to_have_attribute("aria-label", EQUATION)
    return page


def test_board_table_and_now_have_the_numbers_first(open_page: OpenPage) -> None:
    page = open_at_end(open_page)
    with wordless(page):
        field(page, "z").fill("-7")
        # f = (−2 + 5) · −7, ∂f/∂x = −7
        expect(page.locator("#graph .output [data-node]")).to_have_attribute(
            "aria-label", "times, f, value −21.00, gradient 1.00"
        )
        expect(row(page, "x")).to_contain_text("−7.00")
        expect(page.locator("#equation")).to_have_attribute(
            "aria-label", EQUATION.replace("4", "7")
        )
        expect(page.locator("#words")).to_contain_text("−7")
        expect(page.locator("#board.stale, #board.dimmed")).to_have_count(0)
    expect(page.locator("#tape.loading")).to_have_count(0)
    page.keyboard.press("ArrowLeft")
    expect(page.locator("#equation")).to_contain_text("−7.00")


def test_a_step_shows_no_older_words_and_has_its_own_in_the_end(open_page: OpenPage) -> None:
    page = open_at_end(open_page)
    with wordless(page):
        field(page, "z").fill("-7")
        expect(row(page, "x")).to_contain_text("−7.00")
        page.get_by_role("button", name="Previous step").click()
        expect(page.locator("#equation")).to_have_attribute(
            "aria-label", EQUATION.replace("4", "7")
        )
    expect(page.locator("#where")).to_have_text("backward · gate + · to x")
    expect(page.locator("#words")).to_contain_text("−7")


def test_a_slider_that_is_drawn_moves_every_number_and_asks_for_words_once(
    open_page: OpenPage,
) -> None:
    page = open_at_end(open_page)
    slider = page.get_by_role("slider", name="z slider", exact=True)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url.rsplit("/", 1)[-1]))
    with page.expect_response("**/api/graph"):
        slider.evaluate(
            """async slider => {
                for (const value of [-5, -6, -7, -8]) {
                    slider.value = value;
                    slider.dispatchEvent(new Event("input", { bubbles: true }));
                    await new Promise(requestAnimationFrame);
                }
            }"""
        )
    expect(row(page, "x")).to_contain_text("−8.00")
    expect(page.locator("#words")).to_contain_text("−8")
    assert asked.count("graph") == 1
    assert 1 <= asked.count("numbers") <= 4


def test_in_predict_mode_nothing_goes_ahead(open_page: OpenPage) -> None:
    page = open_at_end(open_page)
    page.keyboard.press("p")
    expect(page.locator("#tape.asking")).to_have_count(1)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url.rsplit("/", 1)[-1]))
    with page.expect_response("**/api/graph"):
        field(page, "z").fill("-7")
    assert "numbers" not in asked
