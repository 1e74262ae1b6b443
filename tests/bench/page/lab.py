"""A browser on a running server, and what can be done and measured in it. Times are ms."""

from __future__ import annotations

import functools
import statistics
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, TimeoutError

from tests.bench.page.programs import network

PROBE = Path(__file__).with_name("probe.js")
DESKTOP = (1440, 900)
PHONE = (360, 740)
STEPS = 24
"""presses of a recording"""
BEAT = 400
"""between two of them"""
PATIENCE = 10_000
"""for a picture to come"""
DRAWN = "#graph .node.output [data-node][aria-label*=Loss]"


@dataclass(frozen=True)
class Frames:
    """What a recording of frames came to."""

    fps: float
    p95: float

    @classmethod
    def of(cls, gaps: list[float]) -> Frames:
        """Returns the figures of the times between frames."""
        return cls(1000 * len(gaps) / sum(gaps), percentile(gaps, 95))


def percentile(numbers: list[float], share: int) -> float:
    """Returns the smallest number that `share` per cent of them do not pass."""
    return statistics.quantiles(numbers, n=100, method="inclusive")[share - 1]


class Lab:
    """Opens pages, each in a context of its own."""

    def __init__(self, browser: Browser, base_url: str):
        self._browser = browser
        self.base_url = base_url

    @contextmanager
    def page(self, path: str = "/", size: tuple[int, int] = DESKTOP) -> Iterator[Page]:
        """Yields a page as a visitor finds it, with its motion."""
        width, height = size
        context = self._browser.new_context(
            base_url=self.base_url, viewport={"width": width, "height": height}
        )
        context.add_init_script(path=PROBE)
        page = context.new_page()
        page.set_default_timeout(30_000)
        page.goto(path)
        page.locator("#picture[data-step]").wait_for()
        yield page
        context.close()

    @contextmanager
    def drawing(self, source: str, size: tuple[int, int] = DESKTOP) -> Iterator[Page]:
        """Yields a page that has drawn a program, with every fold open."""
        with self.page(size=size) as page:
            draw(page, source)
            yield page

    @functools.cache  # noqa: B019 - a lab lives as long as the table
    def stepping(self, nodes: int) -> Frames:
        """Returns the frames of a walk with motion: a third of the presses in each phase."""
        with self.drawing(network(nodes)) as page:
            page.evaluate("probe.record()")
            for key in ("f", "ArrowRight", "b"):
                page.keyboard.press(key)
                for _ in range(STEPS // 3):
                    page.keyboard.press("ArrowRight")
                    page.wait_for_timeout(BEAT)
            return recorded(page)

    @functools.cache  # noqa: B019
    def playing(self, nodes: int) -> Frames:
        """Returns the frames of play at its quickest, from the start of backward on."""
        with self.drawing(network(nodes)) as page:
            page.keyboard.press("b")
            page.get_by_role("combobox", name="Speed").select_option("4×")
            page.evaluate("probe.record()")
            page.locator("[data-action=play]").click()  # a search by role walks the whole board
            page.wait_for_timeout(STEPS * BEAT / 2)
            return recorded(page)

    @functools.cache  # noqa: B019
    def panning(self, nodes: int) -> Frames:
        """Returns the frames of a drag to and fro."""

        def drag(page: Page, x: float, y: float) -> None:
            page.mouse.down()
            for turn in range(3 * 60):
                away = abs(turn % 120 - 60)
                page.mouse.move(x - 5 * away, y - away)
            page.mouse.up()

        return self._gesture(nodes, drag)

    @functools.cache  # noqa: B019
    def zooming(self, nodes: int) -> Frames:
        """Returns the frames of a turn of the wheel, in and out."""

        def turn(page: Page, _x: float, _y: float) -> None:
            page.keyboard.down("Control")
            for notch in range(2 * 60):
                page.mouse.wheel(0, -4 if notch % 60 < 30 else 4)
            page.keyboard.up("Control")

        return self._gesture(nodes, turn)

    def _gesture(self, nodes: int, move: Callable[[Page, float, float], None]) -> Frames:
        with self.drawing(network(nodes)) as page:
            page.keyboard.press("b")
            box = page.locator("#picture").bounding_box()
            assert box
            x, y = box["x"] + box["width"] * 0.6, box["y"] + box["height"] * 0.6
            page.mouse.move(x, y)
            page.wait_for_timeout(BEAT)
            page.evaluate("probe.record()")
            move(page, x, y)
            return recorded(page)


def draw(page: Page, source: str) -> None:
    """Types a program and waits until its picture is there, unfolded."""
    turn(page, "source")
    for ending in ("", "\n", "\n\n"):  # a busy machine may pass a deadline
        page.get_by_role("textbox", name="Function").fill(source + ending)
        with suppress(TimeoutError):
            there(page, DRAWN)
            break
    else:
        raise TimeoutError(f"no picture: {page.locator('#said, #messages').all_inner_texts()}")
    turn(page, "board")
    page.evaluate("document.getElementById('board').focus()")
    box = "#graph .node.box"
    for _ in range(3):
        if page.evaluate("box => document.querySelector(box) !== null", box):
            page.keyboard.press("g")
            with suppress(TimeoutError):
                there(page, box, gone=True)
    if page.evaluate("box => document.querySelector(box) !== null", box):
        raise TimeoutError(f"not unfolded: {page.locator('#said').inner_text()}")


def there(page: Page, selector: str, *, gone: bool = False) -> None:
    """Waits for an element to come, or to go; a locator would search all of a large page, in a task of the page's."""
    page.wait_for_function(
        "([selector, gone]) => (document.querySelector(selector) === null) === gone",
        arg=[selector, gone],
        timeout=PATIENCE,
    )


def turn(page: Page, part: str) -> None:
    """Turns a narrow page to its source or its board."""
    page.evaluate(
        "part => document.querySelector(`[role=tab][aria-controls=${part}]`)?.click()", part
    )


def recorded(page: Page) -> Frames:
    """Returns the recording that ends here."""
    return Frames.of(page.evaluate("probe.recorded()"))


def came(
    page: Page, act: Callable[[], None], event: str, selector: str, attribute: str = ""
) -> float:
    """Returns ms from an event, which `act` makes, to the first frame with what it brings."""
    page.evaluate("asked => probe.expect(...asked)", [event, selector, attribute])
    act()
    return float(page.evaluate("probe.came()"))


def text_sizes(page: Page) -> list[float]:
    """Returns px on screen, of every text that is shown."""
    return list(page.evaluate("probe.textSizes()"))
