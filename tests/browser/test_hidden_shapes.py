"""In predict mode no shape stands in the document before a step, or a right answer, has shown it."""

from __future__ import annotations

import json
import re
import urllib.request
from collections.abc import Callable, Iterable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.circuits import CIRCUITS, link
from tests.browser.conftest import ROOT
from tests.browser.test_editor import painted
from tests.browser.test_page import button, expect_step, function

OpenPage = Callable[..., Page]

#: sizes that are not those of the inputs come about by products, sums, turns and joins; a function folds, a loop turns
SOURCE = """def layer(x, w):
    return np.maximum(x @ w, 0)

X = np.random.randn(6, 3)
V = np.random.randn(3, 4)
W = np.random.randn(4, 7)
h = layer(X, V)
s = layer(h, W)
for _ in range(2):
    s = np.tanh(s)
m = np.sum(s, axis=1)
q = h.reshape(-1, 2)
c = np.concatenate([h, s], axis=1)
L = np.sum(m) + np.sum(q**2) + np.mean(c)
"""

PROGRAM = link(SOURCE)

#: attributes that hold places, where two numbers beside each other are no shape
GEOMETRY = ["d", "transform", "viewBox", "style"]

#: where the document holds one of the patterns: in texts, attributes and fields, in shadow roots and dialogs too
TELLING = """([patterns, geometry]) => {
    const all = patterns.map(pattern => new RegExp(pattern));
    const found = [];
    const look = (text, where) =>
        all.forEach((pattern, i) => pattern.test(text) && found.push([patterns[i], where, text]));
    const walk = root => {
        const walker = document.createTreeWalker(root, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
        for (let node = root; node; node = walker.nextNode()) {
            if (node.nodeType === Node.TEXT_NODE) look(node.data, "text");
            if (node.nodeType !== Node.ELEMENT_NODE) continue;
            if (node.matches("text, td, p, li, span, output, code, [class*=line]")) look(node.textContent, node.tagName);
            for (const { name, value } of node.attributes) if (!geometry.includes(name)) look(value, name);
            if ("value" in node) look(String(node.value), "value");
            if (node.shadowRoot) walk(node.shadowRoot);
        }
    };
    walk(document.documentElement);
    return found;
}"""


def traced(base_url: str, source: str) -> dict:
    request = urllib.request.Request(
        f"{base_url}/api/graph",
        json.dumps({"source": source}).encode(),
        {"content-type": "application/json"},
    )
    with urllib.request.urlopen(request) as found:
        return json.load(found)


def shapes_of(nodes: Iterable[dict]) -> set[tuple]:
    """Returns sizes, and letters, of what is no number."""
    shapes = {tuple(map(str, node["value"]["shape"])) for node in nodes}
    return {shape for shape in shapes | {tuple(node["dims"]) for node in nodes} if shape}


def pattern_of(shape: tuple) -> str:
    """Returns what finds a shape however it is written: (6, 4), 6 × 4, 6 by 4, [6,4], N × H, (6,)."""
    if len(shape) == 1:
        return rf"\(\s*{shape[0]},?\s*\)|shape {shape[0]}(?![\w.]| by| ×)"
    between = r"\s*(?:,|×|x|\*|by)\s*"
    return rf"(?<![\w.,]){between.join(shape)}(?![\w.])"


def untold(trace: dict, index: int) -> list[str]:
    """Returns what finds the shapes that nothing of what is told up to before a step has."""
    told = {step["node"] for step in trace["steps"][:index] if step["kind"] == "evaluate"}
    known = [node for node in trace["nodes"] if node["kind"] != "gate" or node["id"] in told]
    hidden = shapes_of(trace["nodes"]) - shapes_of(known)
    return [
        pattern_of(shape) for shape in hidden if not re.search(pattern_of(shape), trace["source"])
    ]


def telling(page: Page, patterns: list[str]) -> list[list[str]]:
    return page.evaluate(TELLING, [patterns, GEOMETRY])


def predicting(page: Page) -> None:
    expect(page.locator("html[data-predict]")).to_have_count(1)
    expect(page.locator("html")).not_to_have_attribute("data-restoring", re.compile(""))


@pytest.mark.parametrize("mode", ["", "&m=lecture", "&f=-*"], ids=["page", "lecture", "folded"])
def test_a_shape_stands_in_the_document_from_its_step_on(
    open_page: OpenPage, base_url: str, mode: str
) -> None:
    trace = traced(base_url, SOURCE)
    page = open_page(PROGRAM + mode)
    # All of it has been on the board, in the table and in what is spoken.
    page.keyboard.press("End")
    assert telling(page, untold(trace, 0)) != []
    page.keyboard.press("Home")
    page.keyboard.press("p")
    predicting(page)
    seen = 0
    for step in trace["steps"]:
        if step["phase"] != "forward":
            break
        expect_step(page, step["index"])
        hidden = untold(trace, step["index"])
        assert telling(page, hidden) == [], step["address"]
        own = set(hidden) - set(untold(trace, step["index"] + 1))
        if page.locator("#words").inner_text().startswith("What is"):
            page.keyboard.press("ArrowRight")
            expect(page.locator("#words")).not_to_contain_text("What is")
            assert telling(page, untold(trace, step["index"] + 1)) == [], step["address"]
            told = {pattern for pattern, *_ in telling(page, list(own))}
            assert told == own or mode == "&m=lecture", step["address"]
        seen += len(own)
        page.keyboard.press("ArrowRight")
    assert seen > 8
    page.keyboard.press("Home")
    expect_step(page, 0)
    assert telling(page, untold(trace, 0)) == []
    page.keyboard.press("p")
    expect(page.locator("html[data-predict]")).to_have_count(0)
    assert {pattern for pattern, *_ in telling(page, untold(trace, 0))} == set(untold(trace, 0))


def at(trace: dict, name: str) -> dict:
    """Returns the step that evaluates what has a name."""
    node = next(node["id"] for node in trace["nodes"] if node["name"] == name)
    return next(step for step in trace["steps"] if step["node"] == node)


VIEWS = re.findall(
    r'"(\w+)"',
    re.search(r"VIEWS = .*?\[(.*?)\]", (ROOT / "static/js/look.js").read_text(), re.DOTALL)[1],
)


@pytest.mark.parametrize("view", VIEWS)
def test_no_view_tells_a_shape_before_its_step(
    open_page: OpenPage, base_url: str, view: str
) -> None:
    trace = traced(base_url, SOURCE)
    page = open_page(f"{PROGRAM}&w={view}")
    expect(page.locator("#view *").first).to_be_attached()
    page.keyboard.press("p")
    predicting(page)
    for name in ["h", "m", "c"]:
        step = at(trace, name)
        page.locator("#step").fill(str(step["index"]))
        expect(page.locator("#words")).to_contain_text(f"What is {name}?")
        assert telling(page, untold(trace, step["index"])) == []


def test_no_dialog_no_search_and_no_list_tells_a_shape(open_page: OpenPage, base_url: str) -> None:
    trace = traced(base_url, SOURCE)
    step = at(trace, "s")
    page = open_page(f"{PROGRAM}&p=true&t={step['address']}")
    predicting(page)
    hidden = untold(trace, step["index"])
    for key, there in [
        ("?", "#help[open]"),
        ("/", ".find"),
    ]:
        page.keyboard.press(key)
        expect(page.locator(there)).to_be_visible()
        assert telling(page, hidden) == []
        page.keyboard.press("Escape")
    button(page, "Share").click()
    expect(page.locator("#share")).to_be_visible()
    assert telling(page, hidden) == []
    page.keyboard.press("Escape")
    page.locator("#transcript summary").click()
    expect(page.locator(".transcript-lines li")).to_have_count(len(trace["steps"]))
    assert telling(page, hidden) == []
    painted(page)
    function(page).focus()
    page.keyboard.press("Control+End")
    page.keyboard.type("z = ")
    page.keyboard.press("Control+Space")
    completions = page.locator("#editor .cm-tooltip-autocomplete li")
    expect(completions.filter(has_text=re.compile(r"^X6 × 3"))).to_be_visible()
    expect(completions.filter(has_text=re.compile(r"^c$"))).to_be_visible()
    assert telling(page, hidden) == []


def test_keys_do_not_count_the_cells_of_what_is_asked_for(
    open_page: OpenPage, base_url: str
) -> None:
    trace = traced(base_url, SOURCE)
    step = at(trace, "h")
    page = open_page(f"{PROGRAM}&t={step['address']}")
    node = page.locator(f'[data-node="{step["node"]}"]')
    node.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".cell-digits")).to_contain_text("h[0, 0]")
    page.keyboard.press("p")
    predicting(page)
    expect(page.locator(".cell-digits")).to_be_hidden()
    node.focus()
    page.keyboard.press("Enter")
    expect(node).to_be_focused()
    expect(page.locator(".cell-digits")).to_be_hidden()
    assert telling(page, untold(trace, step["index"])) == []


def test_the_table_sorted_by_shape_ends_with_what_is_not_told(open_page: OpenPage) -> None:
    page = open_page(f"{PROGRAM}&p=true")
    predicting(page)
    page.get_by_role("columnheader", name="shape").get_by_role("button").click()
    rows = page.locator("#values tbody tr")
    expect(rows.first.get_by_role("cell").first).to_have_text("()")
    sizes = rows.locator("td:nth-of-type(1)").all_inner_texts()
    told = [size for size in sizes if size != "–"]
    assert told == sizes[: len(told)]
    assert told[-3:] == ["(3, 4)", "(6, 3)", "(4, 7)"]


#: what shows how large something is: lines of empty grids, letters of axes, sizes in the table
SIZES = """node => {
    const mark = document.querySelector(`#graph .node:has([data-node=${node}])`);
    const parts = [".badge:not(.equal)", ".badge.equal"].map(part => mark.querySelector(part).textContent);
    const grids = [".map.value .lines", ".map.gradient .lines"].map(part => mark.querySelector(part) !== null);
    const row = document.querySelector(`#values tr[data-about=${node}]`);
    return [...parts, ...grids, row.cells[1].textContent];
}"""


def test_a_shape_answered_rightly_is_shown_from_then_on(open_page: OpenPage) -> None:
    page = open_page("/e/two-layer#p=true&t=f:z_1.matmul")
    predicting(page)

    def sizes(node: str) -> list[object]:
        return list(page.evaluate(SIZES, node))

    def answer(text: str) -> None:
        page.get_by_role("textbox", name="Your answer", exact=True).fill(text)
        page.keyboard.press("Enter")

    expect(page.locator("#words")).to_contain_text("Its shape")
    assert sizes("n0") == ["N × D", "", True, False, "(3, 4)"]
    nothing = ["", "", False, False, "–"]
    assert sizes("n3") == nothing
    answer("(5, 3)")
    expect(page.locator(".reply-verdict")).to_contain_text("Not (5, 3)")
    assert sizes("n3") == nothing
    answer("3 x 5")
    expect(page.locator(".reply-verdict")).to_contain_text("The shape is right.")
    value = ["N × H", "", True, False, "(3, 5)"]
    assert sizes("n3") == value
    expect(page.locator("#graph .node:has([data-node=n3]) .map.value .asked")).to_have_text("?")
    page.keyboard.press("Escape")
    button(page, "Reveal").click()
    assert sizes("n3") == value
    page.keyboard.press("Home")
    expect_step(page, 0)
    assert sizes("n3") == value
    page.locator("#step").fill("0")
    page.keyboard.press("p")
    expect(page.locator("html[data-predict]")).to_have_count(0)
    assert sizes("n3") == ["N × H", "= N × H", True, True, "(3, 5)"]


def test_a_gradients_shape_waits_for_its_own_step(open_page: OpenPage) -> None:
    page = open_page("/e/two-layer#p=true&t=b:y_hat.matmul.1")
    predicting(page)
    expect(page.locator("#words")).to_contain_text("Its shape")
    assert page.evaluate(SIZES, "n2") == ["H × C", "", True, False, "(5, 2)"]
    page.get_by_role("textbox", name="Your answer", exact=True).fill("(5, 2)")
    page.keyboard.press("Enter")
    expect(page.locator(".reply-verdict")).to_contain_text("The shape is right.")
    assert page.evaluate(SIZES, "n2") == ["H × C", "= H × C", True, True, "(5, 2)"]


def test_a_formula_of_another_shape_is_refused_without_telling_the_right_one(
    open_page: OpenPage, base_url: str
) -> None:
    trace = traced(base_url, SOURCE)
    step = at(trace, "c")
    page = open_page(f"{PROGRAM}&p=true&t={step['address']}")
    predicting(page)
    page.get_by_role("textbox", name="Your answer", exact=True).fill("X")
    page.keyboard.press("Enter")
    expect(page.locator(".reply-verdict")).to_contain_text("Look at the shape first")
    assert telling(page, untold(trace, step["index"])) == []


def test_what_sums_up_a_large_matrix_comes_with_its_step(open_page: OpenPage) -> None:
    page = open_page(link(CIRCUITS["summary"].replace("30", "90")) + "&p=true")
    predicting(page)
    captions = page.locator("#graph").get_by_text("corner; mean")
    expect(captions).to_have_count(1)
    page.keyboard.press("ArrowRight")
    expect(page.locator("#words")).to_contain_text("What is h?")
    expect(captions).to_have_count(1)
    page.keyboard.press("Space")
    expect(captions).to_have_count(2)


def test_what_was_said_and_written_of_a_step_goes_when_it_is_asked_for(
    open_page: OpenPage, base_url: str
) -> None:
    trace = traced(base_url, SOURCE)
    step = at(trace, "m")
    page = open_page(f"{PROGRAM}&w=formula&t={step['address']}")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#spoken")).to_contain_text("m = ")
    expect(page.locator(".formula-steps")).not_to_be_empty()
    page.keyboard.press("p")
    predicting(page)
    expect(page.locator("#spoken")).to_contain_text("What is m?")
    expect(page.locator(".formula-steps")).to_be_empty()
    assert telling(page, untold(trace, step["index"])) == []
    page.keyboard.press("Space")
    expect(page.locator(".formula-steps")).not_to_be_empty()
