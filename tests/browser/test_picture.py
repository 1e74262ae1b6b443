"""The picture as a reader sees it: measured from the DOM, on many circuits, at three moments and three sizes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.circuits import CIRCUITS, MOMENTS, VIEWS, go_to, link, wait_until_drawn

OpenPage = Callable[..., Page]

GEOMETRY = (Path(__file__).parent / "geometry.js").read_text()


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("name", CIRCUITS)
def test_nothing_lies_on_anything_is_cut_off_or_too_small(
    open_page: OpenPage, name: str, view: str
) -> None:
    width, height = VIEWS[view]
    page = open_page(link(CIRCUITS[name]), viewport={"width": width, "height": height})
    wait_until_drawn(page)
    wrong = []
    for moment in MOMENTS:
        go_to(page, moment)
        found = page.evaluate(GEOMETRY)
        wrong += [f"{moment}: {fault}" for fault in found["faults"]]
        if found["sideways"] > 0:
            wrong.append(f"{moment}: the page scrolls sideways")
        if moment != "first" and not found["inView"]:
            wrong.append(f"{moment}: nothing in view marks the step")
        if found["rings"] > 1:
            wrong.append(f"{moment}: {found['rings']} gates are active")
    assert wrong == []


@pytest.mark.parametrize("name", ["xyz", "fan-out", "neuron", "module", "routing", "chain"])
def test_the_back_row_reads_every_number_of_ten_gates(open_page: OpenPage, name: str) -> None:
    page = open_page(link(CIRCUITS[name]))
    wait_until_drawn(page)
    go_to(page, "end")
    sizes = page.evaluate(GEOMETRY)["numbers"]
    assert round(min(sizes), 1) >= 20


def test_a_wide_circuit_is_shrunk_to_a_narrow_board_before_it_is_scrolled(
    open_page: OpenPage,
) -> None:
    page = open_page(link(CIRCUITS["neuron"]), viewport={"width": 980, "height": 640})
    wait_until_drawn(page)
    found = page.evaluate(GEOMETRY)
    assert found["whole"]
    assert min(found["numbers"]) >= 11


OUTSIDE = """() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => {
    const room = document.getElementById("middle").getBoundingClientRect();
    const parts = [...document.querySelectorAll("#equation .part, #equation .row-head")];
    done(parts.filter(part => {
        const { left, right, bottom } = part.getBoundingClientRect();
        return left < room.left - 1 || right > room.right + 1 || bottom > innerHeight;
    }).map(part => part.textContent));
})))"""


def outside(page: Page) -> list[str]:
    """Returns the parts of equations, at any step, that are not whole in the middle of the strip."""
    last = int(page.get_by_role("slider", name="Step").get_attribute("max") or 0)
    page.get_by_role("button", name="First step").click()
    found = []
    for index in range(last + 1):
        found += [f"{index}: {part}" for part in page.evaluate(OUTSIDE)]
        page.get_by_role("button", name="Next step").click()
    return found


@pytest.mark.parametrize("detail", ["1", "3"])
@pytest.mark.parametrize("name", ["six-fold", "chain"])
def test_every_equation_stands_in_its_place(open_page: OpenPage, name: str, detail: str) -> None:
    size = {"width": 1280, "height": 720}
    page = open_page(f"{link(CIRCUITS[name])}&d={detail}", viewport=size)
    wait_until_drawn(page)
    assert outside(page) == []


def test_every_equation_stands_in_its_place_beside_a_tour(open_page: OpenPage) -> None:
    page = open_page("/lecture/two-layer#stop=10", viewport={"width": 1280, "height": 720})
    wait_until_drawn(page)
    page.get_by_role("button", name="Last step").click()
    expect(page.locator("#equation .row")).to_have_count(2)
    assert outside(page) == []


def test_the_measurement_sees_what_is_put_wrong(open_page: OpenPage) -> None:
    page = open_page()
    assert page.evaluate(GEOMETRY)["faults"] == []
    page.evaluate(r"""() => {
        const [input] = document.querySelectorAll("g.node.input");
        const [gate] = document.querySelectorAll("g.node.gate");
        const at = transform => transform.match(/[-\d.]+/g).map(Number);
        const [x, y] = at(gate.getAttribute("transform"));
        input.setAttribute("transform", `translate(${x - 60},${y + 8})`);
    }""")
    faults = " ".join(page.evaluate(GEOMETRY)["faults"])
    for fault in ["lies on the sign", "lies on “+”", "passes through the sign"]:
        assert fault in faults


def test_a_letter_of_an_axis_has_one_colour_everywhere(open_page: OpenPage) -> None:
    page = open_page(link(CIRCUITS["network"]))
    wait_until_drawn(page)
    go_to(page, "end")
    colours = page.evaluate(
        """() => ["N", "D", "H", "C"].map(letter =>
            ["#graph", "#now", "#values"].map(place => [...new Set(
                [...document.querySelectorAll(`${place} .axis-${letter}`)]
                    .map(e => getComputedStyle(e)[place === "#graph" ? "fill" : "color"]))]))"""
    )
    hues = set()
    for board, now, table in colours:
        assert len(board) == 1
        assert table == board
        assert now in ([], board)
        hues |= set(board)
    assert len(hues) == 4


def test_a_gradient_says_that_it_has_its_values_shape(open_page: OpenPage) -> None:
    page = open_page(link(CIRCUITS["network"]))
    wait_until_drawn(page)
    equal = page.locator("[data-node][aria-label*='W_1'] .equal")
    expect(equal).to_have_text("= D × H")
    expect(equal).to_be_hidden()
    go_to(page, "end")
    expect(equal).to_be_visible()


def test_a_formula_as_high_as_they_come_is_not_cut(open_page: OpenPage) -> None:
    page = open_page(link(CIRCUITS["chain"]))
    wait_until_drawn(page)
    page.get_by_role("slider", name="Step").fill("18")
    expect(page.locator(".now-formula .mfrac .sqrt").first).to_be_visible()
    cut = page.evaluate("""() => {
        const inked = [...document.querySelectorAll(".now-formula .katex-html *")].filter(each =>
            each.children.length === 0 && /\\\\w/.test(each.textContent));
        const clipping = (element) => {
            let at = element.parentElement;
            while (getComputedStyle(at).overflowY === "visible") at = at.parentElement;
            return at.getBoundingClientRect();
        };
        return inked.filter(each => {
            const [box, room] = [each.getBoundingClientRect(), clipping(each)];
            return box.top < room.top || box.bottom > room.bottom;
        }).map(each => each.textContent);
    }""")
    assert cut == []
