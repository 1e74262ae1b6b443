"""The figures of the table, each with its bar and the best rival's."""

from __future__ import annotations

import functools
import re
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from itertools import cycle, islice

from playwright.sync_api import Locator, TimeoutError

from tests.bench.page.lab import DRAWN, PHONE, Lab, came, draw, percentile, text_sizes
from tests.bench.page.programs import MATRICES, NEURON, RIGHT, SLIPS, SQUARE, chain, network

NONE = "none has it"
EDITS = 24
"""how often what is quick is done for a percentile"""
LONG = 30.0
"""s, where what is waited for does not come"""
MOTIONS = ("panning", "zooming", "stepping")
FRAMES_OF_500 = (("ms", 20), ("fps", 57))


@dataclass(frozen=True)
class Figure:
    """One line of the table."""

    what: str
    bar: float
    unit: str
    rival: str
    measure: Callable[[Lab], float]
    least: bool = False
    """whether the bar is a least, not a most"""

    def holds(self, measured: float) -> bool:
        """Tells whether the bar is reached."""
        return measured >= self.bar if self.least else measured <= self.bar

    @property
    def bar_text(self) -> str:
        """The bar in words."""
        return f"{'≥' if self.least else '≤'} {self.bar:,g} {self.unit}".strip()


# ---------- opening ----------


EXPLAINED = "#equation:has-text('upstream'):has-text('local')"


def first_gradient(lab: Lab) -> float:
    """Returns s from a first visit's opening to a gradient's number on the board, without a click."""
    with lab.page() as page:
        if not appears(page.locator("#graph .number.gradient.known")):
            return LONG
        return float(page.evaluate("probe.seen('#graph .number.gradient.known')")) / 1000


def explained(lab: Lab) -> float:
    """Returns s from opening to a product of upstream and local gradient in numbers, by one click on the dash of x."""
    return since_opening(lab, 1)


def clicks_to_explained(lab: Lab) -> float:
    """Returns how many clicks that takes."""
    return next((clicks for clicks in range(3) if since_opening(lab, clicks) < LONG), LONG)


def since_opening(lab: Lab, clicks: int) -> float:
    """Returns s from opening to an explained gradient after that many clicks on x's; `LONG` if it does not come."""
    with lab.page() as page:
        for _ in range(clicks):
            page.locator("#graph [aria-label^='input, x,'] [data-explain]").click()
        if not appears(page.locator(EXPLAINED)):
            return LONG
        return float(page.evaluate("performance.now()")) / 1000


def appears(locator: Locator) -> bool:
    """Tells whether it comes within 5 s."""
    with suppress(TimeoutError):
        locator.first.wait_for(state="attached", timeout=5_000)
        return True
    return False


def script(lab: Lab) -> float:
    """Returns kB of script before the first step, compressed; what the worker loads again counts once."""
    with lab.page() as page:
        sizes = page.evaluate(
            """() => performance.getEntriesByType("resource")
                .filter(({name}) => name.endsWith(".js"))
                .map(({name, encodedBodySize}) => [name, encodedBodySize])"""
        )
        return sum(dict(sizes).values()) / 1000


def elsewhere(lab: Lab) -> float:
    """Returns how many requests go to another origin, in a walk through a program and its panels."""
    found: list[str] = []
    with lab.page() as page:
        page.on(
            "request",
            lambda request: (
                found.append(request.url)
                if not request.url.startswith((lab.base_url, "data:", "blob:"))
                else None
            ),
        )
        page.reload()
        draw(page, MATRICES)
        for key in ("n", "b", "n", "?", "Escape", "End"):
            page.keyboard.press(key)
        page.wait_for_load_state("networkidle")
    return len(found)


# ---------- typing ----------


def typed(lab: Lab) -> float:
    """Returns the 95th percentile of ms from a key to the picture of a program of 50 nodes."""
    with lab.drawing(f"{chain(50)} * c") as page:
        page.get_by_role("textbox", name="Function").focus()
        page.keyboard.press("Control+End")
        times = []
        for digit in islice(cycle("123456789"), EDITS):
            for key, name in ((digit, f"c{digit}"), ("Backspace", "c")):
                times.append(
                    came(
                        page,
                        lambda key=key: page.keyboard.press(key),
                        "keydown",
                        f"#graph [aria-label^='input, {name},']",
                    )
                )
        return percentile(times, 95)


def edited(lab: Lab) -> float:
    """Returns the 95th percentile of ms from a new input to the new result among 115 nodes."""
    with lab.drawing(chain(104)) as page:
        page.keyboard.press("End")
        field = page.get_by_role("spinbutton", name="y", exact=True)
        return percentile(
            [
                came(
                    page,
                    lambda value=value: field.fill(f"{value / 100}"),
                    "input",
                    "#graph .output [data-node]",
                    "aria-label",
                )
                for value in range(1, EDITS)
            ],
            95,
        )


def by_hand(lab: Lab) -> float:
    """Returns how many actions draw (x + y) z with its three values: one text, and its clicks."""
    with lab.page() as page:
        draw(page, "x = -2; y = 5; z = -4\nLoss = (x + y) * z")
        page.keyboard.press("End")
        label = page.locator("#graph .output [data-node]").get_attribute("aria-label") or ""
        return 1 if "value −12" in label else LONG


def silent(lab: Lab) -> float:
    """Returns how many of ten programs are mistaken: slips that are drawn, right ones that are not."""
    mistaken = 0
    for slip in SLIPS:
        with lab.page() as page:
            page.get_by_role("textbox", name="Function").fill(slip)
            mistaken += not appears(page.locator("#messages .problem"))
    for right in RIGHT:
        with lab.page() as page:
            page.get_by_role("textbox", name="Function").fill(f"Loss = {right}")
            mistaken += not appears(page.locator(DRAWN))
    return mistaken


def contributions(lab: Lab) -> float:
    """Returns how many of 3, 3 and 6 stand on the graph of x·x at 3."""
    with lab.page() as page:
        draw(page, f"x = 3\n{SQUARE}")
        page.keyboard.press("End")
        partials = page.locator("#graph .partial.known").all_text_contents()
        total = page.locator("#graph .gradient.known").all_text_contents()
        return partials.count("3.00") + total.count("6.00")


# ---------- reading ----------


def numbers(lab: Lab) -> float:
    """Returns px, the smallest number on a circuit of ten gates."""
    with lab.drawing(NEURON) as page:
        return min(
            page.locator("#graph .number:not(.partial)").evaluate_all(
                "all => all.map(e => parseFloat(getComputedStyle(e).fontSize) * e.getScreenCTM().a)"
            )
        )


def smallest(lab: Lab) -> float:
    """Returns px, the smallest text of any circuit at any size, walked through."""
    sizes = []
    for size in ((1440, 900), (1280, 720), PHONE):
        for source in (NEURON, SQUARE, MATRICES, chain(50), network(500)):
            with lab.drawing(source, size) as page:
                for key in ("Home", "b", "End"):
                    page.keyboard.press(key)
                    sizes += text_sizes(page)
    return min(sizes)


def sideways(lab: Lab) -> float:
    """Returns px by which a phone's page is wider than the phone."""
    with lab.drawing(NEURON, PHONE) as page:
        return float(page.evaluate("document.documentElement.scrollWidth - innerWidth"))


def link(lab: Lab) -> float:
    """Returns characters of an example's link in the middle of its walk, after the host."""
    with lab.page() as page:
        page.keyboard.press("b")
        page.wait_for_url(re.compile("t=b"))
        return len(page.url) - len(lab.base_url)


# ---------- moving ----------


@functools.cache
def presses(lab: Lab) -> list[float]:
    """Returns ms from each press to the first changed frame at 500 nodes."""
    with lab.drawing(network(500)) as page:
        page.keyboard.press("b")
        return [
            came(
                page,
                lambda: page.keyboard.press("ArrowRight"),
                "keydown",
                "#picture",
                "data-step",
            )
            for _ in range(EDITS)
        ]


def pressed(share: int, words: str = "") -> Figure:
    """Returns the figure of a percentile of the presses."""
    what = f"press to changed frame, 500 nodes{words}"
    return Figure(what, 50, "ms", NONE, lambda lab: percentile(presses(lab), share))


@functools.cache
def layouts() -> dict[str, float]:
    """Returns ms of our layout by circuit, from tests/bench/layout.mjs."""
    command = [sys.executable, "static/build.py", "node", "tests/bench/layout.mjs", "--ours"]
    table = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in table.splitlines()]
    return {row[0]: float(row[3]) for row in rows[2:]}


def laid_out(circuit: str, bar: float, rival: str) -> Figure:
    """Returns the figure of a layout's time."""
    return Figure(f"layout, {circuit} boxes", bar, "ms", rival, lambda _: layouts()[circuit])


def longest_task(lab: Lab) -> float:
    """Returns ms, the longest task in drawing 2,000 nodes."""
    with lab.page() as page:
        page.evaluate("probe.longestTask()")
        draw(page, network(2000))
        return float(page.evaluate("probe.longestTask()"))


def frames(gesture: str, nodes: int, unit: str, bar: float, rival: str = NONE) -> Figure:
    """Returns the figure of a motion's frames: ms of the 95th percentile, or frames a second."""

    def measure(lab: Lab) -> float:
        found = getattr(lab, gesture)(nodes)
        return float(found.p95 if unit == "ms" else found.fps)

    what = f"{gesture}, {nodes:,} nodes" + (", p95 of frames" if unit == "ms" else "")
    return Figure(what, bar, unit, rival, measure, least=unit == "fps")


FIGURES = [
    Figure("opening to a gradient, 0 clicks", 1.5, "s", "0.2 s (MG), 1.0 s (AUI)", first_gradient),
    Figure("opening to an explained gradient", 3, "s", "1.4 s (ICG)", explained),
    Figure("clicks to an explained gradient", 1, "", "3 (ICG)", clicks_to_explained),
    Figure("key to new picture, 50 nodes, p95", 250, "ms", "1,070 ms, 1–2 clicks (BV)", typed),
    Figure("new input to result, 115 nodes, p95", 100, "ms", "378 ms (ICG)", edited),
    Figure(
        "texts and clicks for (x+y)·z with its values", 1, "", "6 (BV), 14 (ICG), 28 (BB)", by_hand
    ),
    Figure("slips taken silently, of ten programs", 0, "", "10 (BV)", silent),
    Figure("of 3, 3, 6 on the graph of x·x at 3", 3, "", NONE, contributions, least=True),
    Figure("script before the first step", 60, "kB", "3 (MG); that type: 206 (BV)", script),
    Figure("requests to other origins", 0, "", "0 (MG); 8 of 9 make 1–11", elsewhere),
    Figure("sideways scroll on a phone", 0, "px", "0 (3 of 9), none legible", sideways),
    Figure("numbers on ten gates, 1440×900", 20, "px", "16 at 12 nodes (BV)", numbers, least=True),
    Figure("smallest text anywhere", 11, "px", "1.3 (ICG), 5 (TV)", smallest, least=True),
    Figure("link of an example at a step", 369, "characters", "369, no step (TFP)", link),
    pressed(50),
    pressed(95, ", p95"),
    Figure("longest task in drawing 2,000 nodes", 50, "ms", NONE, longest_task),
    laid_out("network 50", 30, "31 (dagre), 125 (ELK)"),
    laid_out("network 200", 60, "274 (dagre), 629 (ELK)"),
    laid_out("network 1000", 300, "7,716 (dagre), 7,622 (ELK)"),
    frames("panning", 115, "fps", 57, "35 (ICG)"),
    frames("panning", 115, "ms", 20, "50 (ICG)"),
    frames("playing", 67, "fps", 57, "60 (AUI)"),
    frames("playing", 500, "fps", 57),
    *(frames(gesture, 500, unit, bar) for gesture in MOTIONS for unit, bar in FRAMES_OF_500),
    *(frames(gesture, 2000, "ms", 33) for gesture in MOTIONS),
    *(frames(gesture, 2000, "fps", 30) for gesture in MOTIONS),
]
