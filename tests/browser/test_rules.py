"""Rules of the whole page: accessibility, stillness, weight."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

OpenPage = Callable[..., Page]

ROOT = Path(__file__).parents[2]
AXE = ROOT / "static/node_modules/axe-core/axe.min.js"
#: the rules that axe has on by itself, and WCAG 2.2's least size of what is pressed
RUN = "axe.run({rules: {'target-size': {enabled: true}}}).then(result => result.violations)"
#: script before the first step, gzipped, bytes
SCRIPT = 60_000


def violations(page: Page) -> list[str]:
    """What axe finds wrong. Its script comes by the debugger, which our CSP does not bind."""
    page.evaluate(AXE.read_text())
    found = page.evaluate(RUN)
    return [
        f"{each['id']}: {each['help']}: {[node['html'][:160] for node in each['nodes']]}"
        for each in found
    ]


#: whether nothing fades or moves that comes to an end
AT_REST = """() => !document.getAnimations().some(({ playState, effect }) =>
    playState === "running" && effect.getTiming().iterations !== Infinity)"""


def violations_by_theme(page: Page) -> list[str]:
    """What axe finds wrong in the light theme, then in the dark one."""
    found = []
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme)
        page.wait_for_function(AT_REST)
        found += [f"{theme}: {each}" for each in violations(page)]
    return found


@pytest.mark.parametrize("size", [(1440, 900), (360, 740)], ids=["desktop", "phone"])
@pytest.mark.parametrize("step", ["first", "middle", "end"])
def test_axe_finds_nothing(open_page: OpenPage, size: tuple[int, int], step: str) -> None:
    page = open_page(viewport={"width": size[0], "height": size[1]})
    for key in {"first": [], "middle": ["b", "ArrowRight"], "end": ["End"]}[step]:
        page.keyboard.press(key)
    expect(page.locator("[data-step]")).to_have_attribute(
        "data-step", {"first": "0", "middle": "6", "end": "9"}[step]
    )
    assert violations_by_theme(page) == []


@pytest.mark.parametrize("theme", ["light separate", "dark separate"])
@pytest.mark.parametrize("detail", ["1", "2"])
def test_axe_finds_nothing_in_high_separation_at_a_grouped_stop(
    open_page: OpenPage, theme: str, detail: str
) -> None:
    page = open_page()
    page.get_by_role("combobox", name="Theme", exact=True).select_option(theme)
    page.keyboard.press(detail)
    page.keyboard.press("End")
    expect(page.locator("#equation .row")).to_have_count({"1": 3, "2": 2}[detail])
    assert violations(page) == []


@pytest.mark.parametrize("size", [(1280, 720), (360, 640)], ids=["desktop", "phone"])
@pytest.mark.parametrize("look", ["t=b:f.mul.0", "t=f:q&k=edit,inputs,source"])
def test_axe_finds_nothing_in_the_embed(
    open_page: OpenPage, size: tuple[int, int], look: str
) -> None:
    page = open_page(f"/embed/xyz#{look}", viewport={"width": size[0], "height": size[1]})
    expect(page.locator("html[data-ready]")).to_have_count(1)
    assert violations_by_theme(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_an_error_the_gallery_or_the_help(
    open_page: OpenPage, scheme: str
) -> None:
    page = open_page(color_scheme=scheme)
    page.get_by_role("textbox", name="Function").fill("z_1 = x * y\nf = z1 * z1")
    expect(page.locator("#messages .problem")).to_be_visible()
    assert violations(page) == []
    page.locator("#gallery > summary").click()
    assert violations(page) == []
    page.get_by_role("button", name="Help and keys").click()
    assert violations(page) == []


SHIFTS = """() => new Promise(done => {
    const shifts = [];
    const name = ({ node }) => node?.parentElement?.outerHTML.slice(0, 160) ?? "what has gone";
    new PerformanceObserver(list => {
        for (const { value, sources } of list.getEntries()) shifts.push([value, sources.map(name)]);
    }).observe({type: "layout-shift", buffered: true});
    requestAnimationFrame(() => requestAnimationFrame(() => done(shifts)));
})"""


def still(page: Page, limit: float) -> bool:
    """Whether all that has moved since the page was opened comes to less; says what it was if not."""
    shifts = page.evaluate(SHIFTS)
    print(*shifts, sep="\n")
    return sum(value for value, _ in shifts) < limit


def test_nothing_moves_while_the_page_loads(open_page: OpenPage) -> None:
    # A web font taking its fallback's place may move a letter by a fraction of a pixel.
    assert still(open_page(), 0.0005)


def test_every_example_opens_in_its_place(open_page: OpenPage, base_url: str) -> None:
    with urllib.request.urlopen(f"{base_url}/api/examples") as answer:
        examples = json.load(answer)["examples"]
    for example in examples:
        page = open_page(f"/e/{example['slug']}")
        expect(page.get_by_role("textbox", name="Function")).to_have_value(example["source"])
        assert still(page, 0.01), example["slug"]
        page.get_by_role("button", name="Last step").click()
        expect(page.locator("[data-step]")).not_to_have_attribute("data-step", "0")
        page.context.close()


def test_stepping_moves_nothing_but_the_board(open_page: OpenPage) -> None:
    page = open_page()
    heights = """() => ["now", "tape", "board", "words", "equation", "step"]
        .map(id => document.getElementById(id).getBoundingClientRect())
        .map(box => [box.y, box.height].join())"""
    before = page.evaluate(heights)
    for _ in range(9):
        page.get_by_role("button", name="Next step", exact=True).click()
        assert page.evaluate(heights) == before


def test_script_before_the_first_step_is_light(open_page: OpenPage) -> None:
    page = open_page()
    sizes = page.evaluate(
        """() => performance.getEntriesByType("resource")
            .filter(({name}) => name.endsWith(".js"))
            .map(({name, encodedBodySize}) => [new URL(name).pathname, encodedBodySize])"""
    )
    weights = dict(sizes)
    assert not any("katex" in name for name in weights)
    assert sum(weights.values()) <= SCRIPT, sorted(weights.items(), key=lambda pair: -pair[1])


def test_every_module_of_the_first_picture_is_preloaded_and_no_other(open_page: OpenPage) -> None:
    page = open_page()
    preloaded = page.locator("link[rel=modulepreload]").evaluate_all("all => all.map(e => e.href)")
    loaded = page.evaluate(
        """() => performance.getEntriesByType("resource").map(({name}) => name)
            .filter(name => name.endsWith(".js") && !/js[/]theme|worker/.test(name))"""
    )
    assert set(preloaded) == set(loaded)


def test_the_page_is_readable_without_script(browser: Browser, base_url: str) -> None:
    context = browser.new_context(base_url=base_url, java_script_enabled=False)
    page = context.new_page()
    page.goto("/")
    expect(page.get_by_role("textbox", name="Function")).to_have_value("(x + y) * z")
    expect(page.get_by_role("table", name="All values")).to_contain_text("−12")
    context.close()


def test_a_manual_step_is_spoken_and_play_speaks_only_of_passes(open_page: OpenPage) -> None:
    page = open_page()
    page.get_by_role("button", name="Next step", exact=True).click()
    spoken = page.locator("#spoken")
    expect(page.locator("#step")).to_have_value("1")
    expect(spoken).to_have_text(page.locator("#words").inner_text())
    page.get_by_role("combobox", name="Speed").select_option("4×")
    page.get_by_role("button", name="Play", exact=True).click()
    expect(spoken).to_have_text("local pass", timeout=8000)
    expect(spoken).to_have_text("backward pass", timeout=8000)
