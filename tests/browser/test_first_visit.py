"""The first visit: a wave runs once and shows each gradient; two notes say how to read the picture until the first step."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

OpenPage = Callable[..., Page]

MOVING = {"reduced_motion": "no-preference", "first_visit": True}
OVERLAPS = """() => {
    const boxes = selector => [...document.querySelectorAll(selector)]
        .filter(e => e.checkVisibility()).map(e => e.getBoundingClientRect());
    const board = document.querySelector(".board-window").getBoundingClientRect();
    const notes = boxes(".note");
    const meet = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
    const onWire = [...document.querySelectorAll("#graph .unlit")].flatMap(wire => {
        const scale = wire.getScreenCTM(), length = wire.getTotalLength();
        return Array.from({length: 400}, (_, i) => wire.getPointAtLength(i * length / 399).matrixTransform(scale))
            .map(({x, y}) => ({left: x, right: x, top: y, bottom: y}));
    });
    return notes.flatMap((note, i) => [
        ...onWire.filter(other => meet(note, other)),
        ...boxes("#graph text, #graph .sign, #graph .run").filter(other => meet(note, other)),
        ...notes.slice(i + 1).filter(other => meet(note, other)),
        ...(note.left < board.left || note.right > board.right || note.top < board.top
            || note.bottom > board.bottom ? [note] : []),
    ]).length;
}"""


TIPS = """() => [...document.querySelectorAll(".arrow path")].map(path => {
    const tip = path.getAttribute("d").match(/ (-?[0-9.]+),(-?[0-9.]+)M/).slice(1).map(Number);
    const board = document.querySelector(".board-window").getBoundingClientRect();
    const near = [...document.querySelectorAll("#graph text")].map(text => {
        const box = text.getBoundingClientRect();
        const [x, y] = [tip[0] + board.left, tip[1] + board.top];
        const away = (at, low, high) => Math.max(low - at, 0, at - high);
        return [Math.hypot(away(x, box.left, box.right), away(y, box.top, box.bottom)), text.textContent];
    }).sort((a, b) => a[0] - b[0])[0];
    return near;
})"""


def step(page: Page) -> str | None:
    return page.locator("#picture").get_attribute("data-step")


#: what the wave brings to f, z, q, x and y
BROUGHT = {"1.00", "3.00", "−4.00"}
#: the shares by which the wave's numbers, and the dashes in their places, are seen at ms of its time
SEEN_AT = """ms => {
    for (const animation of document.getAnimations()) {
        if (ms === null) animation.finish();
        else { animation.pause(); animation.currentTime = ms; }
    }
    const seen = selector => [...document.querySelectorAll(selector)]
        .map(text => [text.textContent, Number(getComputedStyle(text).opacity)]);
    return [seen(".wave .number"), seen("#graph .node .number.gradient")];
}"""


def test_a_wave_runs_once_and_leaves_everything_where_it_was(open_page: OpenPage) -> None:
    page = open_page(**MOVING)
    expect(page.locator(".wave-line").first).to_be_attached()
    # x, y, z, q and f, each with its run
    expect(page.locator(".wave-line")).to_have_count(5)
    assert page.locator("#flow text").count() == 0
    page.evaluate(SEEN_AT, None)
    expect(page.locator(".wave")).to_have_count(0)
    assert step(page) == "0"
    expect(page.locator(".note")).to_have_count(2)
    page.get_by_role("button", name="Next step", exact=True).click()
    expect(page.locator(".note")).to_have_count(0)


@pytest.mark.parametrize("reduced_motion", ["no-preference", "reduce"])
def test_the_wave_shows_the_gradients_where_the_dashes_are(
    open_page: OpenPage, reduced_motion: str
) -> None:
    page = open_page(first_visit=True, reduced_motion=reduced_motion)
    expect(page.locator(".wave .number")).to_have_count(5)
    numbers, dashes = page.evaluate(SEEN_AT, 1900)
    assert {text for text, _ in numbers} == BROUGHT
    assert {seen for _, seen in numbers} == {1}
    assert [list(each) for each in dashes] == [["–", 0]] * 5
    assert page.locator(".wave-line").count() == (0 if reduced_motion == "reduce" else 5)
    page.evaluate(SEEN_AT, None)
    expect(page.locator(".wave")).to_have_count(0)
    assert (
        page.locator("#graph .node .number.gradient").evaluate_all(
            "all => all.map(dash => [dash.textContent, getComputedStyle(dash).opacity])"
        )
        == [["–", "1"]] * 5
    )


def test_the_first_number_comes_at_once_and_one_after_the_other(open_page: OpenPage) -> None:
    page = open_page(**MOVING)
    expect(page.locator(".wave .number")).to_have_count(5)
    numbers, _ = page.evaluate(SEEN_AT, 400)
    assert [text for text, seen in numbers if seen] == ["1.00"]
    numbers, _ = page.evaluate(SEEN_AT, 1200)
    assert sorted(text for text, seen in numbers if seen) == ["1.00", "3.00", "−4.00"]


def test_the_wave_is_no_part_of_what_a_screen_reader_says(open_page: OpenPage) -> None:
    page = open_page(**MOVING)
    expect(page.locator(".wave[aria-hidden=true] .number")).to_have_count(5)
    labels = page.locator("#graph [data-node]").evaluate_all(
        "all => all.map(node => node.getAttribute('aria-label'))"
    )
    assert all(label.endswith("gradient not yet computed") for label in labels)
    assert set(page.locator("#values td.gradient").all_inner_texts()) == {"–"}


def test_a_touch_ends_the_wave_and_the_notes_stay(open_page: OpenPage) -> None:
    page = open_page(**MOVING)
    expect(page.locator(".wave .number")).to_have_count(5)
    page.evaluate(SEEN_AT, 1900)
    page.keyboard.press("Shift")
    expect(page.locator(".wave")).to_have_count(0)
    assert (
        page.locator("#graph .number.gradient").evaluate_all(
            "all => all.map(dash => getComputedStyle(dash).opacity)"
        )
        == ["1"] * 5
    )
    expect(page.locator(".note")).to_have_count(2)


@pytest.mark.parametrize("size", [(1440, 900), (1280, 720), (1024, 640), (360, 740)])
def test_the_notes_lie_on_nothing(open_page: OpenPage, size: tuple[int, int]) -> None:
    page = open_page(first_visit=True, viewport={"width": size[0], "height": size[1]})
    expect(page.locator(".note")).to_have_count(2)
    assert page.evaluate(OVERLAPS) == 0
    page.keyboard.press("Shift")
    (to_value, value), (to_gradient, gradient) = page.evaluate(TIPS)
    # px; a face that comes late is a little wider than what stood in for it
    assert to_value < 24
    assert value in {"−2.00", "5.00", "−4.00"}
    assert to_gradient < 24
    assert gradient == "–"
    assert page.evaluate(OVERLAPS) == 0


@pytest.mark.parametrize("path", ["/e/fan-out", "/#t=f:inputs", "/embed"])
def test_links_examples_and_embeds_begin_at_once(open_page: OpenPage, path: str) -> None:
    page = open_page(path, **MOVING)
    page.wait_for_load_state("networkidle")
    assert page.locator(".note, .wave").count() == 0


def test_it_happens_once_a_device(open_page: OpenPage) -> None:
    page = open_page(**MOVING)
    expect(page.locator(".note")).to_have_count(2)
    page.reload()
    page.locator("#picture[data-step]").wait_for()
    page.wait_for_load_state("networkidle")
    assert page.locator(".note, .wave").count() == 0
