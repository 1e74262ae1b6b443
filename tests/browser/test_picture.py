"""The picture as a reader sees it: measured from the DOM, on many circuits, at three moments and three sizes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

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
