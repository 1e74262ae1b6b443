"""Worksheets: blank pages without an answer in them, keys that the engine agrees with, on paper."""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

from engine import build
from engine.families import program
from engine.graph import Kind
from tests.browser.circuits import link
from tests.browser.conftest import watch
from tests.browser.test_rules import violations

OpenSheet = Callable[..., Page]


@pytest.fixture
def open_sheet(browser: Browser, base_url: str):
    """Opens worksheets; at the end none may have broken a rule of all pages."""
    contexts, wrong = [], []

    def open_sheet(path: str, **options: object) -> Page:
        context = browser.new_context(base_url=base_url, **options)
        contexts.append(context)
        page = context.new_page()
        watch(page, base_url, wrong)
        page.goto(path)
        page.locator("#circuit[data-drawn]").wait_for()
        return page

    yield open_sheet
    for context in contexts:
        context.close()
    assert wrong == []


def answers(page: Page) -> dict[str, list[str]]:
    """Returns what stands in the table: the cells of each value, `p`, and gradient, `dp`."""
    return {
        str(each.get_attribute("data-of")): each.locator(".grid-cell").all_text_contents()
        for each in page.locator("[data-of]").all()
    }


def numbers(cells: list[str]) -> list[float]:
    return [float(cell.replace("−", "-")) for cell in cells]


@pytest.mark.parametrize("family", ["scalar", "fan-out", "max", "neuron", "matrix"])
def test_the_key_is_what_the_engine_says(open_sheet: OpenSheet, family: str) -> None:
    page = open_sheet(f"/worksheet?family={family}&seed=4&key=1")
    found = program(family, 4)
    trace = build(found.source, found.inputs).trace()
    shown = answers(page)
    gates = [node for node in trace.nodes if node.node.kind is not Kind.CONSTANT]
    assert len(gates) >= 4
    for node in gates:
        for name, array in ((node.label, node.value), (f"d{node.label}", node.upstream)):
            wanted = np.ravel(array)
            np.testing.assert_allclose(numbers(shown[name]), wanted, rtol=5e-3, atol=5e-4)


@pytest.mark.parametrize("family", ["neuron", "chain", "network"])
def test_a_blank_page_holds_no_answer(open_sheet: OpenSheet, family: str) -> None:
    page = open_sheet(f"/worksheet?family={family}&seed=4")
    found = program(family, 4)
    trace = build(found.source, found.inputs).trace()
    expect(page.locator(".answer .grid-cell").first).to_be_attached()
    assert set(page.locator(".answer .grid-cell").all_text_contents()) == {""}
    assert page.locator("#circuit .box").count() or family == "network"
    content = page.content()
    assert page.locator("#stage > *").count() == 0
    assert '"steps"' not in content
    # Answers that are not also given, or written in the program, are nowhere in the page, in whatever form.
    given = set(re.findall(r"\d+(?:\.\d+)?", found.source + str(found.inputs)))
    told = page.locator("main").inner_text() + " ".join(
        page.locator("#circuit text").all_text_contents()
    )
    seen = set(re.findall(r"\d+(?:\.\d+)?", told)) - given
    secret = {
        f"{abs(x):.3g}"
        for node in trace.nodes
        if node.node.arguments
        for array in (node.value, node.upstream)
        for x in np.ravel(array)
        if abs(x) > 4 or x != round(x)
    }
    assert secret
    assert not secret & seen


def test_the_same_seed_is_the_same_sheet_and_another_is_not(open_sheet: OpenSheet) -> None:
    def drawn(seed: int) -> str:
        page = open_sheet(f"/worksheet?family=fan-out&seed={seed}")
        return page.locator("#circuit").evaluate("each => each.innerHTML")

    assert drawn(5) == drawn(5)
    assert drawn(5) != drawn(6)


def test_any_circuit_has_a_sheet_by_its_link(open_sheet: OpenSheet) -> None:
    fragment = link("u = a * b\nv = u + a").removeprefix("/")
    page = open_sheet(f"/worksheet{fragment}")
    expect(page.locator("#program")).to_have_text("u = a * b\nv = u + a")
    expect(page.get_by_role("heading", level=1)).to_have_text("Your function")
    assert {*"abuv", "da", "dv"} < set(answers(page))
    page.get_by_role("link", name="Key").click()
    page.locator("#circuit[data-drawn]").wait_for()
    assert "key=1#v=1&s=" in page.url
    assert all(cell for cells in answers(page).values() for cell in cells)


def test_seed_and_link_are_in_the_foot(open_sheet: OpenSheet) -> None:
    page = open_sheet("/worksheet?family=max&seed=12")
    foot = page.locator(".sheet-foot")
    expect(foot).to_contain_text("family max, seed 12")
    expect(foot.locator("a")).to_have_text(page.url)
    page.get_by_role("link", name="New numbers").click()
    expect(foot).to_contain_text("family max, seed 13")


def test_share_has_the_sheet_of_the_program_shown_and_its_key(open_page: OpenSheet) -> None:
    page = open_page(link("u = a * b\nv = u + a"))
    page.get_by_role("button", name="Share", exact=True).click()
    sheet = page.get_by_role("link", name="Worksheet").get_attribute("href") or ""
    key = page.get_by_role("link", name="Its key").get_attribute("href") or ""
    assert re.search(r"/worksheet#v=1&s=[\w-]+", sheet)
    assert key == sheet.replace("#", "?key=1#")
    page.goto(sheet)
    expect(page.locator("#program")).to_have_text("u = a * b\nv = u + a")


@pytest.mark.parametrize("paper", ["A4", "Letter"])
@pytest.mark.parametrize("key", ["", "&key=1"])
def test_a_small_circuit_fits_one_page_of_either_paper(
    open_sheet: OpenSheet, paper: str, key: str
) -> None:
    page = open_sheet(f"/worksheet?family=max&seed=3{key}")
    pdf = page.pdf(format=paper, prefer_css_page_size=False)
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == 1


def test_it_is_black_and_white(open_sheet: OpenSheet) -> None:
    page = open_sheet("/worksheet?family=network&seed=3&key=1", color_scheme="dark")
    colours = page.locator("#circuit *").evaluate_all(
        """parts => [...new Set(parts.flatMap(part => [part.getAttribute("fill"), part.getAttribute("stroke")]))]
            .filter(colour => /^#[0-9a-f]{6}$/.test(colour))"""
    )
    assert colours
    for colour in colours:
        red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
        assert max(red, green, blue) - min(red, green, blue) < 32, colour


@pytest.mark.parametrize("key", ["", "&key=1"])
def test_a_worksheet_is_accessible(open_sheet: OpenSheet, key: str) -> None:
    assert violations(open_sheet(f"/worksheet?family=scalar&seed=1{key}")) == []


def test_on_a_phone_nothing_is_wider_than_the_page(open_sheet: OpenSheet) -> None:
    page = open_sheet(
        "/worksheet?family=neuron&seed=1", viewport={"width": 360, "height": 740}, is_mobile=True
    )
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
