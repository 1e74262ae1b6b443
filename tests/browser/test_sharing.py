"""What leaves the page opens again: links, drawings, pictures, and files for other programs."""

from __future__ import annotations

import json
import random
import re
import string
import urllib.request
from base64 import b64encode
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import watch
from tests.browser.test_page import STEPS_OF_XYZ, button, expect_step, function, row, write
from tests.browser.test_rules import violations

OpenPage = Callable[..., Page]

SVG = "{http://www.w3.org/2000/svg}"
#: px by which a drawing's text may stand off the board's
CLOSE = 0.8


def share(page: Page) -> Locator:
    """Opens the dialog; returns it."""
    button(page, "Share").click()
    dialog = page.get_by_role("dialog", name="Share and export")
    expect(dialog).to_be_visible()
    return dialog


def saved(page: Page, name: str, folder: Path) -> Path:
    """Saves one kind of file through the dialog."""
    dialog = page.locator("#share")
    if not dialog.is_visible():
        share(page)
    with page.expect_download() as download:
        dialog.get_by_role("button", name=name, exact=True).click()
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    return path


def reopen(page: Page, path: Path) -> None:
    share(page).get_by_label("Open a file").set_input_files(path)


DROP = """([name, bytes]) => {
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File([Uint8Array.from(bytes)], name));
    for (const type of ["dragover", "drop"])
        document.getElementById("board").dispatchEvent(
            new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true }));
}"""


def drop(page: Page, path: Path) -> None:
    page.evaluate(DROP, [path.name, list(path.read_bytes())])


def ask(base_url: str, path: str, body: object = None) -> dict[str, object]:
    """Asks the server from outside the page."""
    request = urllib.request.Request(
        base_url + path,
        data=None if body is None else json.dumps(body).encode(),
        headers={"content-type": "application/json"},
    )
    with urllib.request.urlopen(request) as answer:
        return dict(json.load(answer))


# ---------- links ----------

#: links as they were made before there was anything but program, inputs and step: (link, program, x, step)
GOLDEN = [
    (
        "/#v=1&s=K1SwVahQ0FWo5EpTsFUoVNBSqAIA&i=q1aqULIy1DPVUapUsjLVUapSstI1qQUA&t=b:f.mul.0",
        "q = x - y\nf = q * z",
        "1.5",
        6,
    ),
    ("/#v=1&i=q1aqULIy1lGqVLIy1VGqUrLSNakFAA&t=f:t1.add", "(x + y) * z", "3", 1),
    ("/#t=b:f.seed", "(x + y) * z", "-2", 5),
    ("/embed#t=b:f.seed", "(x + y) * z", "-2", 5),
]


@pytest.mark.parametrize(("link", "source", "x", "step"), GOLDEN)
def test_links_of_earlier_versions_open(
    open_page: OpenPage, link: str, source: str, x: str, step: int
) -> None:
    page = open_page(link)
    expect(page.locator("#function")).to_have_value(source)
    expect(page.locator("input[type=number]").first).to_have_value(x)
    expect_step(page, step)
    expect(page.locator("#messages")).not_to_contain_text("could not be read")


def test_a_gallery_link_is_far_shorter_than_any_rival_s_and_holds_the_step(
    open_page: OpenPage,
) -> None:
    # TensorFlow Playground's is 369 characters and holds no position.
    page = open_page("/e/two-layer")
    button(page, "Last step").click()
    link = share(page).get_by_label("Link", exact=True).input_value()
    assert re.fullmatch(r"http://[^/]+/e/two-layer#t=b:\S+", link)
    assert len(link) < 80
    other = open_page("/" + link.split("/", 3)[3])
    expect(other.locator("[data-step]")).to_have_attribute(
        "data-step", page.locator("[data-step]").get_attribute("data-step") or ""
    )


def test_a_whole_network_with_values_and_step_stays_below_the_rival_s(open_page: OpenPage) -> None:
    page = open_page()
    write(page, "h = np.maximum(0, x @ W1 + b1)\np = sigmoid(h @ W2 + b2)\nL = -np.log(p).mean()")
    expect(row(page, "p")).to_have_count(1)
    button(page, "Last step").click()
    link = share(page).get_by_label("Link", exact=True).input_value()
    assert len(link) < 369


def test_a_program_too_long_for_a_link_is_saved_as_a_file(
    open_page: OpenPage, tmp_path: Path
) -> None:
    page = open_page()
    # Letters in an order that no packer shortens.
    letters = random.Random(0).choices(string.ascii_letters + string.digits, k=9800)
    source = "# " + "".join(letters) + "\nf = x * x"
    write(page, source)
    expect(row(page, "x")).to_have_count(1)
    dialog = share(page)
    expect(dialog).to_contain_text("too long for a link")
    path = saved(page, "Save a link file", tmp_path)
    other = open_page()
    drop(other, path)
    expect(function(other)).to_have_value(source)


# ---------- drawings ----------

TEXTS = """svg => {
    const whole = svg.getBoundingClientRect();
    const box = svg.viewBox.baseVal;
    const scale = whole.width / box.width;
    const seen = node => {
        const { display, visibility } = getComputedStyle(node);
        return display !== "none" && visibility === "visible" &&
            (node === svg || seen(node.parentElement));
    };
    return [...svg.querySelectorAll("text")].filter(seen).map(text => {
        const { x, y, width } = text.getBoundingClientRect();
        return { text: text.textContent, fill: getComputedStyle(text).fill,
            x: (x - whole.x) / scale + box.x, y: (y - whole.y) / scale + box.y,
            width: width / scale };
    });
}"""


def texts(drawing: Locator) -> list[dict[str, object]]:
    """What stands in a drawing, in its order: text, colour, place and width in the drawing's px."""
    return list(drawing.evaluate(TEXTS))


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    ("path", "steps", "size"),
    [("/", 7, (1440, 900)), ("/e/two-layer", 12, (360, 740)), ("/e/fan-out", 6, (1280, 720))],
)
def test_a_saved_drawing_stands_alone_and_is_what_the_board_shows(
    open_page: OpenPage,
    browser: Browser,
    tmp_path: Path,
    scheme: str,
    path: str,
    steps: int,
    size: tuple[int, int],
) -> None:
    page = open_page(path, color_scheme=scheme, viewport={"width": size[0], "height": size[1]})
    for _ in range(steps):
        page.keyboard.press("n")
    expect_step(page, steps)
    file = saved(page, "SVG", tmp_path)
    root = ElementTree.parse(file).getroot()
    assert root.tag == f"{SVG}svg"
    assert root.findtext(f"{SVG}title")
    assert root.findtext(f"{SVG}desc")
    about = json.loads(root.findtext(f"{SVG}metadata") or "")
    expect(page).to_have_url(about["link"])
    assert about["source"] == page.locator("#function").input_value()

    board = [t for layer in ("#graph", "#flow") for t in texts(page.locator(layer))]
    fresh = browser.new_page()
    fresh.goto(file.as_uri())
    drawn = texts(fresh.locator("svg"))
    fresh.close()
    assert [t["text"] for t in drawn] == [t["text"] for t in board]
    for ours, theirs in zip(drawn, board, strict=True):
        assert ours["fill"] == theirs["fill"], ours
        for side in ("x", "y", "width"):
            assert abs(ours[side] - theirs[side]) < CLOSE, (side, ours, theirs)


def test_a_viewer_without_the_faces_gives_every_text_its_room(
    open_page: OpenPage, browser: Browser, tmp_path: Path
) -> None:
    page = open_page()
    file = saved(page, "SVG", tmp_path)
    bare = tmp_path / "bare.svg"
    bare.write_text(re.sub(r"<style>.*?</style>", "", file.read_text()).replace("Noto", "No"))
    fresh = browser.new_page()
    widths = []
    for each in (file, bare):
        fresh.goto(each.as_uri())
        widths.append([t["width"] for t in texts(fresh.locator("svg"))])
    fresh.close()
    # Letters of another face stand out by less than an em's tenth.
    assert widths[0] == pytest.approx(widths[1], abs=4)


PIXELS = """async ([png, boxes]) => {
    const bytes = Uint8Array.from(atob(png), character => character.charCodeAt(0));
    const image = await createImageBitmap(new Blob([bytes]));
    const canvas = new OffscreenCanvas(image.width, image.height);
    const context = canvas.getContext("2d", { willReadFrequently: true });
    context.drawImage(image, 0, 0);
    const colours = boxes.map(([x, y, width, height]) => {
        const { data } = context.getImageData(x, y, width, height);
        const found = {};
        for (let i = 0; i < data.length; i += 4) {
            const colour = `${data[i]},${data[i + 1]},${data[i + 2]}`;
            found[colour] = (found[colour] ?? 0) + 1;
        }
        return found;
    });
    return { width: image.width, colours };
}"""


def test_a_saved_picture_is_twice_as_sharp_and_has_every_number(
    open_page: OpenPage, tmp_path: Path
) -> None:
    page = open_page()
    button(page, "Last step").click()
    size = page.locator("#graph").evaluate("svg => svg.viewBox.baseVal.width")
    png = b64encode(saved(page, "PNG", tmp_path).read_bytes()).decode()
    numbers = texts(page.locator("#graph"))
    boxes = [[2 * (n["x"] + 20), 2 * (n["y"] + 20), 2 * n["width"], 40] for n in numbers]
    found = page.evaluate(PIXELS, [png, [[round(edge) for edge in box] for box in boxes]])
    assert found["width"] == pytest.approx(2 * (size + 40), abs=2)
    for number, colours in zip(numbers, found["colours"], strict=True):
        ink = ",".join(re.findall(r"\d+", number["fill"]))
        assert colours.get(ink, 0) > 5, number


@pytest.mark.parametrize("kind", ["SVG", "PNG", "JSON"])
@pytest.mark.parametrize("way", [drop, reopen], ids=["dropped", "picked"])
def test_a_saved_file_opens_again_with_program_inputs_and_step(
    open_page: OpenPage, tmp_path: Path, kind: str, way: Callable[[Page, Path], None]
) -> None:
    page = open_page()
    source = "q = x - y # θ <&>\nf = q * z"
    write(page, source)
    page.get_by_role("spinbutton", name="x", exact=True).fill("1.5")
    expect(row(page, "x").get_by_role("cell").nth(1)).to_have_text("1.50")
    for _ in range(6):
        button(page, "Next step").click()
    file = saved(page, kind, tmp_path)

    other = open_page("/e/fan-out")
    first = function(other).input_value()
    way(other, file)
    expect(function(other)).to_have_value(source)
    expect_step(other, 6)
    expect(other.get_by_role("spinbutton", name="x", exact=True)).to_have_value("1.5")
    expect(other.locator("#said")).to_have_text(f"Opened {file.name}.")
    expect(other.locator("#share")).to_be_hidden()
    other.go_back()
    expect(function(other)).to_have_value(first)


def test_a_file_of_another_example_opens_that_example(open_page: OpenPage, tmp_path: Path) -> None:
    page = open_page("/e/mazur")
    button(page, "Last step").click()
    index = page.locator("[data-step]").get_attribute("data-step") or ""
    file = saved(page, "SVG", tmp_path)
    assert re.fullmatch(r"mazur-step-\d+\.svg", file.name)
    other = open_page()
    drop(other, file)
    expect(other).to_have_url(re.compile(r"/e/mazur#t="))
    expect(other.locator("[data-step]")).to_have_attribute("data-step", index)


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("cat.png", b"\x89PNG\r\n\x1a\n\0\0\0\0IEND\xaeB`\x82", "carries no program"),
        ("notes.txt", b"nothing to see", "carries no program"),
        ("broken.json", b'{"link": ', "carries no program"),
        ("other.svg", b"<svg><metadata>x</metadata></svg>", "carries no program"),
    ],
)
def test_a_file_of_something_else_is_named_and_nothing_is_lost(
    open_page: OpenPage, tmp_path: Path, name: str, content: bytes, says: str
) -> None:
    page = open_page()
    button(page, "Next step").click()
    (tmp_path / name).write_bytes(content)
    drop(page, tmp_path / name)
    expect(page.locator("#said")).to_contain_text(f"{name} cannot be opened.")
    expect(page.locator("#said")).to_contain_text(says)
    expect_step(page, 1)
    expect(function(page)).to_have_value("(x + y) * z")


def test_a_picture_is_copied_to_the_clipboard(open_page: OpenPage) -> None:
    page = open_page()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    dialog = share(page)
    dialog.get_by_role("button", name="Copy image").click()
    expect(dialog.get_by_role("status")).to_have_text("Image copied.")
    types = page.evaluate("navigator.clipboard.read().then(([item]) => item.types)")
    assert types == ["image/png"]
    dialog.get_by_role("button", name="Copy link").click()
    expect(dialog.get_by_role("status")).to_have_text("Link copied.")
    link = dialog.get_by_label("Link", exact=True).input_value()
    assert page.evaluate("navigator.clipboard.readText()") == link


# ---------- files for other programs ----------


def test_the_json_is_what_the_api_answers_and_the_link(
    open_page: OpenPage, base_url: str, tmp_path: Path
) -> None:
    page = open_page()
    ours = json.loads(saved(page, "JSON", tmp_path).read_text())
    body = {"source": "(x + y) * z", "inputs": {"x": -2, "y": 5, "z": -4}}
    assert ours.pop("link").startswith(f"{base_url}/#t=")
    assert ours == ask(base_url, "/api/graph", body)


QUOTED = r'"(?:[^"\\]|\\["\\n])*"'
DOT = re.compile(
    rf"digraph {QUOTED} \{{\n  rankdir=LR;\n  node \[shape=plaintext\];\n"
    rf"(?:  {QUOTED} \[label={QUOTED}(?:, shape=circle)?\];\n)+"
    rf"(?:  {QUOTED} -> {QUOTED}(?: \[label={QUOTED}\])?;\n)*\}}\n"
)


def test_the_dot_is_graphviz_s_grammar(open_page: OpenPage, tmp_path: Path) -> None:
    page = open_page()
    write(page, 'f = x * y  # say "no" \\ "x"')
    expect(row(page, "x")).to_have_count(1)
    text = saved(page, "DOT", tmp_path).read_text()
    assert DOT.fullmatch(text)
    assert text.count(" -> ") == 2


FORMULAS = """async traces => {
    const { derivationOf, latexOf } = await import("/static/js/sharing/latex.js");
    const { render } = await import("/static/vendor/katex.js");
    return traces.map(trace => {
        const formulas = derivationOf(trace).flatMap(({ formulas }) => formulas);
        for (const formula of formulas)
            render(formula, document.createElement("p"),
                { displayMode: true, throwOnError: true, strict: false });
        return { formulas, document: latexOf(trace, "http://here") };
    });
}"""


def test_the_derivation_has_every_step_of_every_example(open_page: OpenPage, base_url: str) -> None:
    examples = ask(base_url, "/api/examples")["examples"]
    keys = ("source", "inputs", "output", "wrt")
    traces = [
        ask(base_url, "/api/graph", {k: e[k] for k in keys if e.get(k) is not None})
        for e in examples  # type: ignore[attr-defined]
    ]
    for trace, made in zip(traces, open_page().evaluate(FORMULAS, traces), strict=True):
        assert len(made["formulas"]) == sum(1 for step in trace["steps"] if step["latex"])  # type: ignore[attr-defined]
        text = made["document"]
        for begin in re.findall(r"\\begin\{(\w+\*?)\}", text):
            assert text.count(f"\\begin{{{begin}}}") == text.count(f"\\end{{{begin}}}")
        assert text.count("{") == text.count("}")
        assert all(f in text for f in made["formulas"])


# ---------- without a network ----------


def test_all_that_is_saved_is_saved_without_a_network(open_page: OpenPage, tmp_path: Path) -> None:
    page = open_page()
    button(page, "Next step").click()
    share(page).get_by_role("button", name="Close").click()
    page.context.set_offline(True)
    button(page, "Last step").click()
    for kind in ("SVG", "PNG", "LaTeX", "JSON", "DOT"):
        assert saved(page, kind, tmp_path).stat().st_size > 300
    assert "@font-face" in next(tmp_path.glob("*.svg")).read_text()
    page.locator("#share").get_by_role("button", name="Close").click()
    drop(page, next(tmp_path.glob("*.png")))
    expect(page.get_by_text("Opened x-y-z-step-10.png.")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_the_dialog(open_page: OpenPage, scheme: str) -> None:
    page = open_page(color_scheme=scheme)
    dialog = share(page)
    expect(dialog.get_by_label("Embed code")).not_to_be_empty()
    assert violations(page) == []


# ---------- on paper ----------


def drawn(page: Page, count: int) -> Locator:
    """The boards of a sheet, once all are there."""
    expect(page.locator("#boards")).to_have_attribute("data-drawn", str(count), timeout=60_000)
    return page.locator("#boards > li")


def open_sheet(browser: Browser, base_url: str, link: str, wrong: list[str]) -> Page:
    page = browser.new_page(color_scheme="dark", viewport={"width": 1200, "height": 900})
    watch(page, base_url, wrong)
    page.goto(base_url + link)
    return page


def test_a_sheet_has_a_board_with_its_words_for_every_step_on_white(
    browser: Browser, base_url: str
) -> None:
    wrong: list[str] = []
    page = open_sheet(browser, base_url, "/print#t=b:f.seed", wrong)
    boards = drawn(page, STEPS_OF_XYZ)
    expect(page.get_by_role("heading", level=1)).to_have_text("(x + y) · z")
    expect(page.locator("#program")).to_have_text("(x + y) * z")
    expect(boards.first).to_contain_text("Step 1 of 10 · forward")
    expect(boards.nth(6)).to_contain_text("receives upstream")
    expect(boards.nth(6).locator("svg")).to_contain_text("−12.00")
    expect(boards.nth(6).locator(".katex")).to_be_visible()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert violations(page) == []
    page.get_by_label("From").fill("3")
    page.get_by_label("From").blur()
    drawn(page, STEPS_OF_XYZ - 2)
    expect(page.locator("#partial")).to_have_text("Boards 3 to 10 of 10.")
    expect(page).to_have_url(re.compile("n=3-10$"))
    page.reload()
    drawn(page, STEPS_OF_XYZ - 2)
    expect(page.get_by_label("From")).to_have_value("3")
    expect(boards.first).to_contain_text("Step 3 of 10")
    page.emulate_media(media="print")
    expect(page.get_by_role("button", name="Print")).to_be_hidden()
    assert page.pdf(format="A4").startswith(b"%PDF")
    page.close()
    assert wrong == []


def test_a_sheet_of_a_long_pass_draws_the_first_boards_and_says_so(
    browser: Browser, base_url: str, open_page: OpenPage
) -> None:
    page = open_page()
    write(page, "for i in range(20):\n    x = x * w + b")
    expect(row(page, "w")).to_have_count(1)
    link = share(page).get_by_role("link", name="Contact sheet").get_attribute("href") or ""
    wrong: list[str] = []
    sheet = open_sheet(browser, "", link, wrong)
    drawn(sheet, 60)
    expect(sheet.locator("#partial")).to_have_text(re.compile(r"Boards 1 to 60 of \d\d+\."))
    expect(sheet.locator("#program")).to_contain_text("for i in range(20)")
    sheet.get_by_label("Detail").select_option("glance")
    expect(sheet.locator("#boards > li").first).to_contain_text("Step 1 of")
    sheet.close()
