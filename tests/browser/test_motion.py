"""What moves when a step is taken: it tells the gate's kind, one thing at a time, and leaves nothing behind."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

OpenPage = Callable[..., Page]

#: q = x + y; m = max(q, z); f = m z at −2, 5, −4; x is used twice
GATES = "x = -2\ny = 5\nz = -4\nq = x + y\nm = max(q, z)\ng = m * z\nL = g + x"


def moving(page: Page, kind: str = "*") -> Locator:
    return page.locator(f".board-pills > {kind}")


def open_slow(open_page: OpenPage, path: str = "/", **options: object) -> Page:
    """A page whose beat lasts long enough to be looked at."""
    page = open_page(path, **options)
    page.evaluate("document.documentElement.style.setProperty('--motion', '100000ms')")
    # How long a beat is, is read once; until now it was for little motion.
    page.emulate_media(reduced_motion="no-preference")
    return page


def write(page: Page, source: str) -> None:
    page.get_by_role("textbox", name="Function").fill(source)
    expect(page.locator("#board")).not_to_have_class(re.compile("stale"))
    page.get_by_role("button", name="First step").click()


def next_at(page: Page, index: int) -> None:
    """Takes the step that leads to an index."""
    # The way there is not looked at.
    page.emulate_media(reduced_motion="reduce")
    slider = page.get_by_role("slider", name="Step")
    slider.fill("0")
    slider.fill(str(index - 1))
    expect(moving(page)).to_have_count(0)
    page.emulate_media(reduced_motion="no-preference")
    page.get_by_role("button", name="Next step", exact=True).click()
    expect(page.locator("[data-step]")).to_have_attribute("data-step", str(index))


def finish(page: Page) -> None:
    page.evaluate("document.getAnimations().forEach(animation => animation.finish())")


def test_a_product_meets_the_other_value_and_a_product_leaves(open_page: OpenPage) -> None:
    # f = q z at q = 3, z = −4: upstream 1.00 comes, z's −4.00 comes across, −4.00 goes back to q.
    page = open_slow(open_page)
    next_at(page, 6)
    expect(moving(page, ".value")).to_have_text(["−4.00"])
    expect(moving(page, ".gradient")).to_have_text(["1.00", "−4.00"])


def test_a_sum_hands_a_copy_to_each_port(open_page: OpenPage) -> None:
    # q = x + y: −4.00 comes and stands at both ports.
    page = open_slow(open_page)
    next_at(page, 8)
    expect(moving(page, ".gradient")).to_have_text(["−4.00", "−4.00", "−4.00"])
    expect(moving(page, ".value")).to_have_count(0)


def test_values_come_in_together_and_the_result_comes_out_after_them(open_page: OpenPage) -> None:
    page = open_slow(open_page)
    next_at(page, 1)
    expect(moving(page, ".value")).to_have_text(["−2.00", "5.00", "3.00"])
    page.evaluate("document.getAnimations().forEach(a => { a.pause(); a.currentTime = 25e3; })")
    seen = moving(page).evaluate_all("all => all.map(e => Number(getComputedStyle(e).opacity))")
    assert seen == [1, 1, 0]
    page.evaluate("document.getAnimations().forEach(a => { a.currentTime = 75e3; })")
    seen = moving(page).evaluate_all("all => all.map(e => Number(getComputedStyle(e).opacity))")
    assert seen == [0, 0, 1]


def test_the_branch_not_taken_is_dark_behind_an_open_switch(open_page: OpenPage) -> None:
    page = open_slow(open_page)
    write(page, GATES)
    steps = {
        (step["kind"], step["edge"]): step["index"]
        for step in page.evaluate(
            """async source => (await (await fetch("/api/graph", {
                method: "POST", headers: {"content-type": "application/json"},
                body: JSON.stringify({source})})).json()).steps""",
            GATES,
        )
    }
    # The edges of max are the third and fourth: q's, then z's.
    next_at(page, steps["multiply", "e2"])
    expect(page.locator("#flow .switch.closed")).to_have_count(1)
    expect(page.locator("#flow .switch.open")).to_have_count(1)
    expect(moving(page, ".dark")).to_have_count(0)
    next_at(page, steps["multiply", "e3"])
    expect(moving(page, ".dark")).to_have_text(["0.00"])


def test_contributions_meet_at_the_dot_and_their_sum_goes_on(open_page: OpenPage) -> None:
    # y = x x at 3: 3.00 and 3.00 come to the dot, 6.00 leaves it.
    page = open_slow(open_page, "/e/fan-out")
    next_at(page, int(page.get_by_role("slider", name="Step").get_attribute("max") or 0))
    expect(moving(page, ".partial")).to_have_count(2)
    expect(moving(page, ".bloom")).to_have_count(1)
    expect(moving(page, ".gradient")).to_have_count(1)


@pytest.mark.parametrize(("index", "sides"), [(1, ["value", "value"]), (14, ["gradient", "value"])])
def test_rows_and_columns_meet_in_a_product_of_matrices(
    open_page: OpenPage, index: int, sides: list[str]
) -> None:
    # Forward, rows of X and columns of W_1; back to h_1, rows of the upstream and rows of W_2.
    page = open_slow(open_page, "/e/two-layer")
    next_at(page, index)
    expect(moving(page, ".band")).to_have_count(2)
    for band, side in zip(moving(page, ".band").all(), sides, strict=True):
        expect(band).to_have_class(f"band {side}")
    expect(moving(page, ".standing")).to_have_count(1)


def test_only_what_the_compositor_moves_alone_is_animated(open_page: OpenPage) -> None:
    page = open_slow(open_page, "/e/two-layer")
    next_at(page, 14)
    expect(moving(page, ".band")).to_have_count(2)
    animated = page.evaluate(
        """() => [...new Set(document.getAnimations().flatMap(a => a.effect.getKeyframes())
            .flatMap(frame => Object.keys(frame)))]"""
    )
    assert set(animated) - {"offset", "computedOffset", "easing", "composite"} == {
        "opacity",
        "transform",
    }


def test_the_next_step_cuts_the_motion_short_and_at_rest_nothing_is_left(
    open_page: OpenPage,
) -> None:
    page = open_slow(open_page)
    next_at(page, 6)
    expect(moving(page, ".value")).to_have_text(["−4.00"])
    page.get_by_role("button", name="Next step", exact=True).click()
    expect(moving(page, ".value")).to_have_text(["3.00"])
    finish(page)
    expect(moving(page)).to_have_count(0)
    expect(page.locator("[class*=awaits]")).to_have_count(0)


def test_reduced_motion_is_a_slide_show(open_page: OpenPage) -> None:
    page = open_page("/e/two-layer", reduced_motion="no-preference")
    page.evaluate("document.documentElement.style.setProperty('--motion', '100000ms')")
    page.emulate_media(reduced_motion="reduce")
    for index in (1, 2, 14, 16):
        page.get_by_role("slider", name="Step").fill(str(index - 1))
        page.get_by_role("button", name="Next step", exact=True).click()
        expect(page.locator("[data-step]")).to_have_attribute("data-step", str(index))
        expect(moving(page)).to_have_count(0)
        animated = page.evaluate(
            "document.getAnimations().flatMap(a => a.effect.getKeyframes()).flatMap(Object.keys)"
        )
        assert "opacity" in animated
        assert "transform" not in animated
