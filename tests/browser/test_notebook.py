"""A circuit in a notebook: the same page in a frame of a file, with no server and no network."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, FrameLocator, Page, Route, expect

from app.notebook import show
from engine import build
from tests.browser.test_rules import AXE, RUN

INSIDE = ("file:", "data:", "blob:")
NOTEBOOK = (
    "<!doctype html><html lang='en'><title>notebook</title><body style='margin: 0'>"
    "<meta name='viewport' content='width=device-width'>{output}"
)
XYZ = build("q = x + y\nf = q * z", {"x": -2, "y": 5, "z": -4})
NETWORK = build("h = np.maximum(X @ W_1, 0)\nL = np.sum((h @ W_2)**2)")
MANY = build("\n".join(["a0 = x * y", *(f"a{i} = np.sin(a{i - 1}) * x" for i in range(1, 40))]))

Visit = Callable[..., Page]
Opened = Callable[..., tuple[Page, FrameLocator]]


@pytest.fixture
def visit(browser: Browser, tmp_path: Path) -> Iterator[Visit]:
    """Opens documents from a file, offline; at the end nothing may have been said or asked for."""
    contexts: list[BrowserContext] = []
    wrong: list[str] = []

    def only_inside(route: Route) -> None:
        if route.request.url.startswith(INSIDE):
            route.continue_()
        else:
            wrong.append(f"request: {route.request.url}")
            route.abort()

    def visit(document: str, **options: object) -> Page:
        file = tmp_path / "document.html"
        file.write_text(document, encoding="utf-8")
        defaults = {"viewport": {"width": 960, "height": 480}, "reduced_motion": "reduce"}
        context = browser.new_context(**{**defaults, **options})
        contexts.append(context)
        context.route("**/*", only_inside)
        context.set_offline(True)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("console", lambda message: wrong.append(f"console: {message.text}"))
        page.on("pageerror", lambda error: wrong.append(f"error: {error}"))
        page.goto(file.as_uri())
        return page

    yield visit
    for context in contexts:
        context.close()
    assert wrong == []


@pytest.fixture
def opened(visit: Visit) -> Opened:
    """Opens a notebook with what a cell shows, and waits until that is drawn."""

    def opened(output: str, **options: object) -> tuple[Page, FrameLocator]:
        page = visit(NOTEBOOK.format(output=output), **options)
        frame = page.frame_locator("iframe")
        frame.locator("#picture[data-step]").wait_for()
        return page, frame

    return opened


def press(frame: FrameLocator, name: str) -> None:
    frame.get_by_role("button", name=name, exact=True).click()


def expect_step(frame: FrameLocator, index: int) -> None:
    expect(frame.locator("[data-step]")).to_have_attribute("data-step", str(index))


def cells(frame: FrameLocator, name: str) -> list[str]:
    """The row of a node in the table of all values: shape, value, gradient."""
    table = frame.get_by_role("table", name="All values")
    header = frame.get_by_role("rowheader", name=name, exact=True)
    return table.get_by_role("row").filter(has=header).get_by_role("cell").all_inner_texts()


def test_the_frame_steps_through_the_circuit_with_its_published_numbers(opened: Opened) -> None:
    # f = (x + y) z at −2, 5, −4: q = 3, f = −12; df/dq = z = −4, df/dx = df/dy = −4, df/dz = q = 3
    _, frame = opened(show(XYZ)._repr_html_())
    expect(frame.locator("[data-node]")).to_have_count(5)
    expect_step(frame, 0)
    assert cells(frame, "f") == ["()", "–", "–"]
    for index in range(1, 10):
        press(frame, "Next step")
        expect_step(frame, index)
    for name, value, gradient in [
        ("x", "−2.00", "−4.00"),
        ("y", "5.00", "−4.00"),
        ("z", "−4.00", "3.00"),
        ("q", "3.00", "−4.00"),
        ("f", "−12.00", "1.00"),
    ]:
        assert cells(frame, name) == ["()", value, gradient]
    expect(frame.locator("#words")).to_contain_text("−4")


def test_the_document_is_a_page_by_itself(visit: Visit) -> None:
    page = visit(show(XYZ, step="b:f.seed").document)
    expect(page.locator("[data-step]")).to_have_attribute("data-step", "5")
    page.keyboard.press("End")
    expect(page.locator("[data-step]")).to_have_attribute("data-step", "9")
    expect(page).to_have_title("Circuit of f = q * z")
    assert page.url.endswith("document.html")


def test_keys_move_it_once_it_has_the_focus(opened: Opened) -> None:
    page, frame = opened(show(XYZ)._repr_html_())
    frame.get_by_role("region", name="Board").focus()
    for key, index in [("ArrowRight", 1), ("End", 9), ("b", 5), ("Home", 0)]:
        page.keyboard.press(key)
        expect_step(frame, index)


def test_formulas_are_set_without_a_network(opened: Opened) -> None:
    _, frame = opened(show(XYZ, step=-1)._repr_html_())
    expect_step(frame, 9)
    expect(frame.locator("#formula .katex")).to_have_count(1)
    press(frame, "Previous step")
    expect(frame.locator("#formula .katex")).to_be_visible()
    face = "document.fonts.load('16px KaTeX_Main').then(faces => faces[0].status)"
    assert frame.locator("body").evaluate(face) == "loaded"


def test_what_only_an_engine_could_answer_is_fixed_and_says_so(opened: Opened) -> None:
    page, frame = opened(show(XYZ)._repr_html_())
    program = frame.get_by_role("textbox", name="Function")
    expect(program).to_have_value("q = x + y\nf = q * z")
    expect(program).not_to_be_editable()
    expect(frame.get_by_text("Program and inputs are fixed here")).to_be_visible()
    expect(frame.locator("#inputs input, #inputs button")).to_have_count(0)
    assert frame.locator("#inputs output").all_inner_texts() == ["−2", "5", "−4"]
    program.focus()
    page.keyboard.press("Control+Enter")
    expect(frame.get_by_role("region", name="Board")).not_to_have_class(re.compile("stale"))
    expect(frame.locator("a[href^='/']")).to_have_count(0)
    expect(frame.get_by_role("button", name="Share")).to_have_count(0)


def test_a_slip_in_backward_code_is_named_without_a_button_that_mends_it(opened: Opened) -> None:
    circuit = build("z_1 = x * y\nL = z_1 * z_1\ndz_1 = 2 * z1")
    _, frame = opened(show(circuit)._repr_html_())
    expect(frame.locator("#messages .problem")).to_contain_text("z_1")
    expect(frame.locator("#messages button")).to_have_count(0)


def test_help_lists_the_keys_that_act_and_the_licences_of_what_is_inside(opened: Opened) -> None:
    _, frame = opened(show(XYZ)._repr_html_())
    press(frame, "Help and keys")
    dialog = frame.get_by_role("dialog", name="Help and keys")
    expect(dialog.get_by_text("Next step")).to_be_visible()
    expect(dialog.get_by_text("Edit the function")).to_have_count(0)
    dialog.get_by_text("Third-party licences").click()
    expect(dialog.locator("pre")).to_contain_text("katex")
    expect(dialog.get_by_role("link")).to_have_count(0)


def test_single_letter_keys_can_be_switched_off_although_the_frame_has_no_storage(
    opened: Opened,
) -> None:
    page, frame = opened(show(XYZ)._repr_html_())
    press(frame, "Help and keys")
    frame.get_by_role("dialog", name="Help and keys").get_by_role("checkbox").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("n")
    page.keyboard.press("PageDown")
    expect_step(frame, 1)


def test_a_large_circuit_is_laid_out_by_a_worker_inside_the_document(opened: Opened) -> None:
    page, frame = opened(show(MANY)._repr_html_())
    expect(frame.locator("[data-node]")).to_have_count(81)
    assert [worker.url.split(":")[0] for worker in page.workers] == ["blob"]


SLOW = """<script>
const Quick = Worker;
window.Worker = class extends Quick {
  postMessage(message) { setTimeout(() => super.postMessage(message), 500); }
};
</script>"""


def test_a_frame_that_gets_its_size_while_the_circuit_is_laid_out_shows_it_at_that_size(
    opened: Opened, visit: Visit
) -> None:
    shown = show(MANY)
    _, calm = opened(shown._repr_html_())
    expect(calm.locator("[data-node]")).to_have_count(81)
    document = shown.document.replace("<style>", SLOW + "<style>", 1)
    output = type(shown)(shown.title, document, 480, shown.steps)._repr_html_()
    page = visit(NOTEBOOK.format(output=output.replace('width="100%"', 'width="40"')))
    page.frame_locator("iframe").locator("html[data-ready]").wait_for()
    page.locator("iframe").evaluate("frame => { frame.width = '100%'; }")
    expect(page.frame_locator("iframe").locator("[data-node]")).to_have_count(81)
    place = calm.locator(".board-camera").evaluate("camera => getComputedStyle(camera).transform")
    camera = page.frame_locator("iframe").locator(".board-camera")
    expect(camera).to_have_css("transform", place)


def test_where_workers_are_refused_the_page_lays_out_itself(opened: Opened) -> None:
    shown = show(MANY)
    without = shown.document.replace("<style>", "<script>delete window.Worker</script><style>", 1)
    _, frame = opened(type(shown)(shown.title, without, 480, shown.steps)._repr_html_())
    expect(frame.locator("[data-node]")).to_have_count(81)


def test_quotes_tags_and_ampersands_of_a_program_stay_text(opened: Opened) -> None:
    source = "f = x * y  # 'a' \"b\" &lt; </script><script>top.wrong = 1</script> <!--"
    page, frame = opened(show(build(source))._repr_html_())
    expect(frame.get_by_role("textbox", name="Function")).to_have_value(source)
    assert page.evaluate("window.wrong") is None


def test_the_frame_cannot_reach_the_notebook(opened: Opened) -> None:
    _, frame = opened(show(XYZ)._repr_html_())
    reach = "() => { try { return String(parent.document.title) } catch (e) { return e.name } }"
    assert frame.locator("body").evaluate(reach) == "SecurityError"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [960, 360])
def test_axe_finds_nothing(opened: Opened, scheme: str, width: int) -> None:
    viewport = {"width": width, "height": 480}
    page, frame = opened(show(NETWORK)._repr_html_(), color_scheme=scheme, viewport=viewport)
    press(frame, "Next step")
    inner = page.frames[1]
    inner.evaluate(AXE.read_text())
    found = inner.evaluate(RUN)
    assert [f"{each['id']}: {[node['html'] for node in each['nodes']]}" for each in found] == []


def test_a_phone_gets_two_tabs_and_no_sideways_scroll(opened: Opened) -> None:
    phone = {"viewport": {"width": 360, "height": 560}, "has_touch": True, "is_mobile": True}
    _, frame = opened(show(NETWORK)._repr_html_(), **phone)
    frame.get_by_role("tab", name="Source").click()
    expect(frame.get_by_role("region", name="Source")).to_be_visible()
    expect(frame.get_by_role("region", name="Board")).to_be_hidden()
    press(frame, "Next step")
    wide = "document.documentElement.scrollWidth - innerWidth"
    assert frame.locator("body").evaluate(wide) <= 0
    for name in ["First step", "Previous step", "Next step", "Last step", "Play"]:
        box = frame.get_by_role("button", name=name, exact=True).bounding_box()
        assert box
        assert min(box["width"], box["height"]) >= 44


def test_dark_follows_the_system_and_the_button_switches(opened: Opened) -> None:
    _, frame = opened(show(XYZ)._repr_html_(), color_scheme="dark")
    ground = "getComputedStyle(document.documentElement).backgroundColor"
    assert frame.locator("body").evaluate(ground) == "rgb(18, 20, 26)"
    press(frame, "Switch theme")
    assert frame.locator("body").evaluate(ground) == "rgb(251, 250, 247)"
