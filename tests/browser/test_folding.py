"""Groups of gates fold to one box, in place, with the same numbers at its edge."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.circuits import CIRCUITS, MOMENTS, VIEWS, go_to, link, wait_until_drawn
from tests.browser.test_picture import GEOMETRY
from tests.browser.test_rules import violations

OpenPage = Callable[..., Page]

TWO_CALLS = """def sigmoid(x):
    return 1 / (1 + np.exp(-x))
a = sigmoid(w*x + b)
f = sigmoid(v*a + c)"""

TURNS = """def cell(x, h):
    return np.tanh(w*x + u*h)
h = 0.1
L = 0
for t in range(4):
    h = cell(x, h)
    L = L + (h - y)**2"""


def long_loop(turns: int) -> str:
    """A recurrence of five gates a turn."""
    body = "    h = np.tanh(w*h + u)\n    L = L + h*y"
    return f"h = x\nL = 0\nfor t in range({turns}):\n{body}"


def write(page: Page, source: str) -> None:
    """Types a program and waits until it is the one drawn."""
    page.get_by_role("textbox", name="Function").fill(source)
    expect(page.get_by_role("region", name="Board")).not_to_have_class(re.compile("stale"))
    page.get_by_role("region", name="Board").focus()


def boxes(page: Page) -> Locator:
    return page.locator("[data-box]")


def numbers(page: Page, node: str) -> list[str]:
    """A node's value and gradient as the board shows them."""
    return page.locator(f"[data-node='{node}'] .number").all_inner_texts()


def test_a_call_folds_and_unfolds_in_place_with_the_same_numbers(open_page: OpenPage) -> None:
    page = open_page()
    write(page, TWO_CALLS)
    fold = page.get_by_role("button", name="Fold sigmoid 1", exact=True)
    expect(fold).to_be_visible()
    page.keyboard.press("End")
    before = [numbers(page, node) for node in ("n6", "n12", "n13")]
    assert all(len(pair) == 2 for pair in before)
    fold.click()
    unfold = page.get_by_role("button", name="Unfold sigmoid 1 4 gates")
    expect(unfold).to_be_focused()
    assert [numbers(page, node) for node in ("n6", "n12", "n13")] == before
    assert unfold.get_attribute("data-node") == "n7 n8 n9 n10 n11"
    page.keyboard.press("Enter")
    expect(boxes(page)).to_have_count(0)
    expect(page.locator("[data-node='n7']")).to_be_focused()
    assert [numbers(page, node) for node in ("n6", "n12", "n13")] == before


def test_every_node_is_on_the_board_once_whatever_is_folded(open_page: OpenPage) -> None:
    page = open_page()
    write(page, TURNS)
    expect(page.locator("[data-fold]")).to_have_count(8)
    listed = "all => all.flatMap(e => e.dataset.node.split(' ')).filter(Boolean).sort()"
    everything = page.locator("[data-node]").evaluate_all(listed)
    page.keyboard.press("g")
    expect(boxes(page)).to_have_count(4)
    assert page.locator("[data-node]").evaluate_all(listed) == everything
    assert len(set(everything)) == len(everything) == 38


def test_backspace_folds_the_group_around_and_g_everything(open_page: OpenPage) -> None:
    page = open_page()
    write(page, TURNS)
    page.locator("[data-fold]").first.wait_for()
    page.locator("[data-node='n4'][tabindex]").click()
    page.keyboard.press("Backspace")
    expect(page.get_by_role("button", name="Unfold cell 1 in t = 0 4 gates")).to_be_focused()
    page.keyboard.press("Backspace")
    expect(page.get_by_role("button", name="Unfold t = 0 7 gates")).to_be_focused()
    page.keyboard.press("g")
    expect(boxes(page)).to_have_count(0)
    page.keyboard.press("g")
    expect(boxes(page)).to_have_count(4)


def test_a_box_shows_that_it_is_at_work_and_counts_as_one_node(open_page: OpenPage) -> None:
    page = open_page()
    write(page, TWO_CALLS)
    page.locator("[data-fold]").first.wait_for()
    page.keyboard.press("g")
    expect(boxes(page)).to_have_count(2)
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    box = page.locator("g.box").first
    expect(box).to_have_class(re.compile("active"))
    expect(page.locator("#words")).to_contain_text("−")
    step = page.locator("[data-step]")
    expect(step).to_have_attribute("data-step", "3")
    page.keyboard.press("Shift+ArrowRight")
    # Of the box's four gates the first is at step 3; the next node is evaluated at step 7.
    expect(step).to_have_attribute("data-step", "7")
    expect(box).not_to_have_class(re.compile("active"))


def test_folds_are_in_the_link(open_page: OpenPage) -> None:
    page = open_page()
    write(page, TWO_CALLS)
    page.get_by_role("button", name="Fold sigmoid 2", exact=True).click()
    expect(boxes(page)).to_have_count(1)
    expect(page).to_have_url(re.compile("f=-sigmoid%232"))
    again = open_page(page.url.replace("http://", "").partition("/")[2].join(["/", ""]))
    expect(again.get_by_role("button", name="Unfold sigmoid 2 4 gates")).to_be_visible()


def test_above_300_gates_folding_is_automatic_and_said(open_page: OpenPage) -> None:
    page = open_page()
    write(page, long_loop(70))
    expect(boxes(page)).to_have_count(70)
    expect(page.locator("#said")).to_contain_text("Folded to 70 boxes")
    boxes(page).first.click()
    expect(boxes(page)).to_have_count(69)
    expect(page.get_by_role("button", name="Fold t = 0", exact=True)).to_be_visible()


def test_a_small_circuit_fetches_nothing_for_folding(open_page: OpenPage) -> None:
    page = open_page()
    loaded = page.evaluate("performance.getEntriesByType('resource').map(e => e.name)")
    assert [name for name in loaded if "folding" in name or "boxes" in name] == []
    page.keyboard.press("g")
    expect(page.locator("#said")).to_contain_text("Nothing to fold")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("folded", [False, True])
def test_axe_finds_nothing(open_page: OpenPage, scheme: str, folded: bool) -> None:
    page = open_page(color_scheme=scheme)
    write(page, TURNS)
    page.locator("[data-fold]").first.wait_for()
    if folded:
        page.keyboard.press("g")
        expect(boxes(page)).to_have_count(4)
    page.keyboard.press("End")
    assert violations(page) == []


def test_the_page_without_a_server_folds_too(open_page: OpenPage) -> None:
    page = open_page()
    write(page, TURNS)
    page.locator("[data-fold]").first.wait_for()
    page.context.set_offline(True)
    page.keyboard.press("g")
    expect(boxes(page)).to_have_count(4)


def test_a_weight_used_in_every_turn_is_tapped_and_its_total_stands_at_its_home(
    open_page: OpenPage,
) -> None:
    page = open_page("/e/rnn")
    taps = page.locator("[data-tap]")
    # W_h, W_x, x and b, each used in four turns and wired to the first.
    expect(taps).to_have_count(12)
    page.keyboard.press("End")
    home = page.get_by_role("img", name=re.compile("input, W_h, "))
    expect(home.locator(".map.gradient")).to_have_class(re.compile("known"))
    partial = page.locator(".number.partial.known", has_text="2 × 2")
    expect(partial).to_have_count(4)
    node = home.get_attribute("data-node")
    tap = page.locator(f"[data-tap='{node}']").last
    # The last tap is out of sight, where a pointer would first have to drag the board.
    tap.dispatch_event("pointerover")
    expect(page.locator(f"[data-tap='{node}'].lit")).to_have_count(3)
    expect(page.locator(".node.lit")).to_have_count(1)
    tap.dispatch_event("click")
    expect(home).to_be_focused()
    expect(home).to_be_in_viewport()


def test_a_value_used_up_to_three_times_keeps_its_wires(open_page: OpenPage) -> None:
    page = open_page("/e/fan-out")
    page.keyboard.press("End")
    expect(page.locator("[data-tap]")).to_have_count(0)
    expect(page.locator("#graph circle.dot").first).to_be_visible()


SLOW_WORKER = """import { layout } from "/static/js/layout.js";
self.onmessage = ({ data: { graph, options } }) => {
  if (graph.boxes.length >= 150) return;
  self.postMessage({ part: layout(graph, options) });
  self.postMessage({});
};"""


def test_what_cannot_be_laid_out_in_time_is_folded_and_said(open_page: OpenPage) -> None:
    page = open_page()
    page.context.route(
        "**/layout-worker.js",
        lambda route: route.fulfill(body=SLOW_WORKER, content_type="text/javascript"),
    )
    page.reload()
    lines = "\n".join(f"z{i + 1} = np.tanh(z{i} * w + b)" for i in range(40))
    write(page, f"z0 = x\n{lines}\nL = z40**2")
    # The layout's deadline is 2 s.
    expect(boxes(page)).to_have_count(40, timeout=15_000)
    expect(page.locator("#said")).to_contain_text("Laying out all of it took too long")
    boxes(page).first.click()
    expect(boxes(page)).to_have_count(39)


def test_layers_that_repeat_fold_though_nobody_wrote_a_function(open_page: OpenPage) -> None:
    page = open_page()
    write(page, "h1 = np.tanh(w1*x + b1)\nh2 = np.tanh(w2*h1 + b2)\nL = (h2 - y)**2")
    expect(page.get_by_role("img", name="tanh, h2, value not yet computed")).to_be_attached()
    page.keyboard.press("g")
    expect(page.get_by_role("button", name="Unfold line 2 3 gates")).to_be_visible()
    expect(boxes(page)).to_have_count(2)
    page.keyboard.press("g")
    expect(boxes(page)).to_have_count(0)


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("name", ["module", "recurrent"])
def test_nothing_lies_on_anything_when_folded(open_page: OpenPage, name: str, view: str) -> None:
    width, height = VIEWS[view]
    page = open_page(f"{link(CIRCUITS[name])}&f=-*", viewport={"width": width, "height": height})
    wait_until_drawn(page)
    expect(boxes(page).first).to_be_attached()
    for moment in MOMENTS:
        go_to(page, moment)
        assert page.evaluate(GEOMETRY)["faults"] == [], moment
