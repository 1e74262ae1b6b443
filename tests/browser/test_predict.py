"""Predict mode: each result is asked for before it is told, and stands nowhere in the document until then."""

from __future__ import annotations

import json
import re
import urllib.request
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.circuits import CIRCUITS, link
from tests.browser.test_page import button, expect_step, wait_until_warm
from tests.browser.test_rules import violations

OpenPage = Callable[..., Page]

STAGED = "/e/staged#p=true"
NETWORK = "/e/two-layer#p=true"


def field(page: Page) -> object:
    return page.get_by_role("textbox", name="Your answer", exact=True)


def answer(page: Page, text: str) -> None:
    field(page).fill(text)
    page.keyboard.press("Enter")


def predicting(open_page: OpenPage, path: str = "/", **options: object) -> Page:
    page = open_page(path, **options)
    if "p=true" not in path:
        page.keyboard.press("p")
    expect(page.locator("html[data-predict]")).to_have_count(1)
    return page


def trace_of(base_url: str, slug: str) -> dict:
    with urllib.request.urlopen(f"{base_url}/api/examples") as found:
        example = next(e for e in json.load(found)["examples"] if e["slug"] == slug)
    body = {key: example[key] for key in ("source", "inputs", "output", "wrt") if key in example}
    request = urllib.request.Request(
        f"{base_url}/api/graph", json.dumps(body).encode(), {"content-type": "application/json"}
    )
    with urllib.request.urlopen(request) as found:
        return json.load(found)


def numbers_of(trace: dict, step: dict) -> list[float]:
    """Returns what a step brings."""
    nodes = {node["id"]: node for node in trace["nodes"]}
    node = nodes[step["node"]]
    if step["kind"] == "evaluate":
        return [node["value"]["data"]] if node["kind"] == "gate" else []
    if step["kind"] == "local":
        carried = [wire for wire in node["inputs"] if wire["downstream"]]
        return [wire["local"]["value"]["data"] for wire in carried if wire["local"]["value"]]
    if step["kind"] == "accumulate":
        return [node["upstream"]["data"]]
    if step["kind"] == "multiply":
        own = [edge for edge in trace["edges"] if edge["id"] == step["edge"]]
        return [node["inputs"][own[0]["key"]]["downstream"]["data"]]
    return []


#: the numbers among those given that stand in the document, in any form, in shadow roots too
STANDING = """async numbers => {
    const { formatNumber, formatFull } = await import("/static/js/format.js");
    const shadows = [...document.querySelectorAll("*")].flatMap(e => e.shadowRoot?.innerHTML ?? []);
    const text = [document.documentElement.outerHTML, ...shadows].join(" ");
    const forms = x => [formatNumber(x), formatFull(x).slice(0, 7), String(x).slice(0, 7)]
        .flatMap(form => [form, form.replace("−", "-")]);
    const stands = form => new RegExp(`(?<![\\\\d.])${form.replaceAll(".", "\\\\.")}`).test(text);
    return numbers.filter(x => forms(x).some(stands));
}"""


def test_a_number_that_is_asked_for_stands_nowhere_in_the_document(
    open_page: OpenPage, base_url: str
) -> None:
    trace = trace_of(base_url, "staged")
    page = open_page("/e/staged")
    # All of it has been on the board, in the table, under the pointer and in the transcript.
    page.locator("#transcript summary").click()
    page.keyboard.press("End")
    page.locator('[data-node="n5"]').hover()
    page.keyboard.press("Home")
    page.keyboard.press("p")
    expect(page.locator("html[data-predict]")).to_have_count(1)
    seen = 0
    told: set[str] = {f"{n['value']['data']:.3g}" for n in trace["nodes"] if n["kind"] != "gate"}
    for step in trace["steps"]:
        expect_step(page, step["index"])
        hidden = numbers_of(trace, step)
        new = [x for x in hidden if f"{x:.3g}" not in told and x != int(x)]
        if hidden:
            expect(page.locator("#words")).to_contain_text("?")
            assert page.evaluate(STANDING, new) == [], step["address"]
            seen += len(new)
            page.keyboard.press("ArrowRight")
            expect(page.locator("#words")).not_to_contain_text("?")
            assert page.evaluate(STANDING, new) == new, step["address"]
        told |= {f"{x:.3g}" for x in hidden}
        page.keyboard.press("ArrowRight")
    assert seen > 12


def test_a_matrix_that_is_not_told_has_no_cells_in_the_document(open_page: OpenPage) -> None:
    page = open_page("/e/two-layer")
    page.keyboard.press("End")
    expect(page.locator("#graph .map .cells")).to_have_count(14)
    page.keyboard.press("Home")
    page.keyboard.press("p")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#words")).to_contain_text("What is z")
    expect(page.locator("#graph .map .cells")).to_have_count(3)
    expect(page.locator("#equation")).to_have_attribute("aria-label", re.compile(r"\?$"))
    page.keyboard.press("Space")
    expect(page.locator("#graph .map .cells")).to_have_count(4)


def test_the_document_keeps_no_trace_behind_the_page(open_page: OpenPage) -> None:
    page = open_page()
    expect(page.locator("#first-trace")).to_have_count(0)


def test_space_shows_the_answer_on_a_projector_and_goes_to_the_next_question(
    open_page: OpenPage,
) -> None:
    page = predicting(open_page, "/#p=true&m=lecture&t=f:f.mul")
    expect(page.locator("#words")).to_have_text("What is f?")
    expect(page.locator(".reply")).to_be_hidden()
    expect(page.locator("#graph .number.asked")).to_have_text("?")
    expect(page.locator("#equation")).to_have_text("3.00x + y×(−4.00)z=?f")
    page.keyboard.press("Space")
    expect(page.locator("#words")).to_contain_text("-12".replace("-", "−"))
    page.clock.install()
    page.keyboard.press("Space")
    page.clock.fast_forward(5000)
    expect(page.locator("#words")).to_contain_text("How steep is")
    expect(page.locator(".board-camera .chip")).to_have_text(["?", "?"])
    page.clock.fast_forward(5000)
    expect_step(page, 3)
    expect(button(page, "Play")).to_have_attribute("aria-pressed", "false")


def test_answers_are_checked_scored_and_the_score_is_kept_on_the_device(
    open_page: OpenPage,
) -> None:
    page = predicting(open_page, "/#p=true&t=f:f.mul")
    answer(page, "12")
    expect(page.locator(".reply-verdict")).to_have_text("The size is right, the sign is not.")
    answer(page, "-12")
    expect(page.locator(".reply-verdict")).to_have_text("Right.")
    expect(page.locator(".reply-score")).to_have_text("0 of 1 at the first try")
    expect(button(page, "Next")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("textbox", name="Your answer, ∂(x + y)/∂x")).to_be_focused()
    page.keyboard.type("1")
    page.get_by_role("textbox", name="Your answer, ∂(x + y)/∂y").fill("1.0")
    page.keyboard.press("Enter")
    expect(page.locator(".reply-verdict")).to_have_text("Right at the first try.")
    expect(page.locator(".reply-score")).to_have_text("1 of 2 at the first try")
    page.wait_for_url(re.compile("t=l:"))
    page.reload()
    expect(page.locator("html[data-predict]")).to_have_count(1)
    expect(page.locator("#words")).to_contain_text("?")
    page.keyboard.press("Space")
    expect(page.locator(".reply-score")).to_have_text("1 of 3 at the first try")
    page.keyboard.press("ArrowLeft")
    expect(page.locator("#words")).to_contain_text("−12")
    expect(page.locator("#graph .number.asked")).to_have_count(0)


def test_an_answer_counts_to_the_digits_it_was_typed_with(
    open_page: OpenPage, base_url: str
) -> None:
    steps = trace_of(base_url, "staged")["steps"]
    last = [step["address"] for step in steps if step["kind"] == "evaluate"][-1]
    page = predicting(open_page, f"/e/staged#p=true&t={last}")
    answer(page, "2")
    expect(page.locator(".reply-verdict")).to_contain_text("Put the numbers")
    answer(page, "1.5")
    expect(page.locator(".reply-verdict")).to_contain_text("Right")


def test_a_wrong_gradient_is_told_which_mistake_it_is(open_page: OpenPage) -> None:
    page = predicting(open_page, "/#p=true&t=b:f.mul.0")
    expect(page.locator("#words")).to_have_text("What does × send back to x + y?")
    answer(page, "3")
    expect(page.locator(".reply-verdict")).to_contain_text("A product swaps")
    answer(page, "x * x - 8")
    expect(page.locator(".reply-verdict")).to_contain_text(
        "Right at these inputs; at others it would not be"
    )


def test_shapes_formulas_and_lists_answer_for_matrices(open_page: OpenPage) -> None:
    page = predicting(open_page, "/e/two-layer#p=true&t=f:h_1.maximum")
    answer(page, "(5, 3)")
    expect(page.locator(".reply-verdict")).to_contain_text("Not (5, 3).")
    answer(page, "3 x 5")
    expect(page.locator(".reply-verdict")).to_contain_text("The shape is right.")
    answer(page, "np.minimum(z_1, 0)")
    expect(page.locator(".reply-verdict")).to_contain_text("Put the numbers above into the gate")
    answer(page, "h_1")
    expect(page.locator(".reply-verdict")).to_contain_text("'h_1' is not told yet")
    answer(page, "z_1 * (z_1 > 0)")
    expect(page.locator(".reply-verdict")).to_contain_text("Right.")
    page.goto("/e/two-layer#p=true&t=b:y_hat.matmul.1")
    page.reload()
    answer(page, "dy_hat.T.dot(h_1)")
    expect(page.locator(".reply-verdict")).to_contain_text("the order is swapped")
    answer(page, "h_1.T.dot(2 * y_hat)")
    expect(page.locator(".reply-verdict")).to_have_text("Right.")


def test_one_more_of_a_kind_asks_the_same_with_other_numbers(open_page: OpenPage) -> None:
    page = predicting(open_page, "/#p=true&t=f:f.mul")
    numbers = page.locator("#equation .forward .part-text")
    before = numbers.all_inner_texts()
    page.keyboard.press("Space")
    button(page, "One more of this kind").click()
    expect(page.locator("#words")).to_have_text("What is f?")
    expect(numbers).not_to_have_text(before)
    expect(field(page)).to_be_focused()
    a, b = (float(text.replace("−", "-").strip("()")) for text in numbers.all_inner_texts()[:2])
    answer(page, str(a * b))
    expect(page.locator(".reply-verdict")).to_have_text("Right at the first try.")


def test_numbers_are_compared_without_a_network_and_formulas_wait_for_it(
    open_page: OpenPage,
) -> None:
    page = predicting(open_page, "/#p=true&t=b:f.mul.0")
    page.keyboard.press("ArrowLeft")
    expect(page.locator("#formula .katex")).to_be_visible()
    page.keyboard.press("ArrowRight")
    wait_until_warm(page)
    page.context.set_offline(True)
    answer(page, "3 * z")
    expect(page.locator(".reply-verdict")).to_contain_text("offline")
    answer(page, "1")
    expect(page.locator(".reply-verdict")).to_have_text("This is the upstream alone.")
    answer(page, "-4")
    expect(page.locator(".reply-verdict")).to_have_text("Right.")


def test_views_and_messages_that_tell_the_answer_are_withheld(open_page: OpenPage) -> None:
    page = predicting(open_page, "/#p=true&t=f:f.mul")
    page.keyboard.press("c")
    expect(page.locator("#view")).to_contain_text("This view tells what you are about to predict")
    page.keyboard.press("p")
    expect(page.locator("#view")).to_contain_text("Every slope agrees")


def test_the_question_is_spoken_and_the_result_announced(open_page: OpenPage) -> None:
    page = predicting(open_page)
    page.keyboard.press("ArrowRight")
    expect(page.locator("#spoken")).to_have_text("What is x + y?")
    expect(page.locator("#step")).to_have_attribute(
        "aria-valuetext", "step 2 of 10, forward, asked for"
    )
    expect(page.locator('[data-node="n3"]')).to_have_attribute(
        "aria-label", "plus, value asked for, gradient not yet computed"
    )
    page.keyboard.press("Space")
    expect(page.locator("#spoken")).to_contain_text("= 3.")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [(1280, 720), (360, 740)], ids=["desktop", "phone"])
def test_axe_finds_nothing_while_something_is_asked(
    open_page: OpenPage, scheme: str, size: tuple[int, int]
) -> None:
    page = predicting(
        open_page,
        "/e/two-layer#p=true&t=b:y_hat.matmul.1",
        color_scheme=scheme,
        viewport={"width": size[0], "height": size[1]},
    )
    answer(page, "dy_hat.T.dot(h_1)")
    expect(page.locator(".reply-verdict")).to_contain_text("the order is swapped")
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]


def test_a_phone_shows_every_field_and_all_that_is_said_of_an_answer(open_page: OpenPage) -> None:
    phone = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}
    page = predicting(open_page, "/#p=true&t=l:t1.add", **phone)
    for name in ["x", "y"]:
        blank = page.get_by_role("textbox", name=f"Your answer, ∂(x + y)/∂{name}")
        expect(blank).to_be_in_viewport(ratio=1)
    page = predicting(open_page, "/e/two-layer#p=true&t=b:y_hat.matmul.1", **phone)
    answer(page, "dy_hat.T.dot(h_1)")
    expect(page.locator(".reply-verdict")).to_contain_text("W_2 has (5, 2)")
    for part in ["#words", ".reply-verdict"]:
        expect(page.locator(part)).to_be_in_viewport(ratio=1)


@pytest.mark.parametrize("size", [(1280, 720), (360, 740)], ids=["desktop", "phone"])
def test_a_long_name_leaves_its_field_room(open_page: OpenPage, size: tuple[int, int]) -> None:
    viewport = {"width": size[0], "height": size[1]}
    page = predicting(
        open_page,
        link(CIRCUITS["six-fold"]) + "&p=true&t=l:total_energy.mul",
        viewport=viewport,
    )
    expect(page.locator("#words")).to_contain_text("How steep is")
    for blank in page.get_by_role("textbox", name="Your answer").all():
        expect(blank).to_be_in_viewport(ratio=1)
        box = blank.bounding_box()
        assert box
        assert box["width"] >= 64


def test_one_contribution_is_asked_for_without_a_formula(open_page: OpenPage) -> None:
    page = predicting(open_page, link("h = X * 2\nL = np.sum(h * h)") + "&p=true&t=b:t1.mul.0")
    expect(page.locator("#words")).to_contain_text("One contribution of several: its shape, or")
    expect(field(page)).to_have_attribute("placeholder", "shape or list")


def test_a_result_that_is_shown_to_a_hall_fits_its_line(open_page: OpenPage) -> None:
    page = predicting(
        open_page,
        link(CIRCUITS["six-fold"]) + "&p=true&m=lecture&t=b:temperature.sum",
        viewport={"width": 1280, "height": 720},
    )
    equation = page.locator("#equation")
    expect(equation).to_contain_text("?")
    page.keyboard.press("Space")
    expect(equation).to_contain_text("−0.570")
    assert equation.evaluate("e => e.scrollWidth <= e.clientWidth")


def test_a_phone_has_keys_for_numbers_and_room_for_fingers(open_page: OpenPage) -> None:
    page = predicting(
        open_page,
        "/#p=true&t=f:f.mul",
        viewport={"width": 360, "height": 740},
        has_touch=True,
        is_mobile=True,
    )
    expect(field(page)).to_have_attribute("inputmode", "decimal")
    field(page).fill("12")
    page.get_by_role("button", name="Minus, Your answer").tap()
    expect(field(page)).to_have_value("-12")
    for name in ["Check", "Reveal", "Predict"]:
        box = button(page, name).bounding_box()
        assert box
        assert min(box["width"], box["height"]) >= 44
    button(page, "Check").tap()
    expect(page.locator(".reply-verdict")).to_have_text("Right at the first try.")
