"""A real server on a free port, and a browser that complains of what no page here may do.

`CHAINRULE_TEST_URL` aims the same tests at a server that already runs.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect, sync_playwright

from tests.serving import serving

ROOT = Path(__file__).parents[2]

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

#: as if the page had been seen on this device before
VISITED = "try { localStorage.setItem('chainrule-met', 'yes') } catch { }"

#: ms; a machine that does much else beside is slow, not wrong
PATIENCE = 10_000
expect.set_options(timeout=PATIENCE)

OpenPage = Callable[..., Page]


@pytest.fixture(scope="session")
def base_url() -> Iterator[str]:
    """The address of a server with its defaults."""
    with served() as url:
        yield url


@contextmanager
def served() -> Iterator[str]:
    """Yields the address of a server with its defaults, or of the one that `CHAINRULE_TEST_URL` names."""
    if running := os.environ.get("CHAINRULE_TEST_URL"):
        yield running.rstrip("/")
    else:
        with serving() as url:
            yield url


def chromium_path() -> str | None:
    """Returns where Chromium is; None leaves it to Playwright."""
    names = ["chromium-headless-shell", "chromium"]
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, names)), None)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def open_page(browser: Browser, base_url: str) -> Iterator[OpenPage]:
    """Opens pages in contexts of their own; at the end none may have broken a rule of all pages."""
    contexts: list[BrowserContext] = []
    wrong: list[str] = []

    def open_page(path: str = "/", *, first_visit: bool = False, **context_options: object) -> Page:
        options = {"viewport": {"width": 1440, "height": 900}, "reduced_motion": "reduce"}
        context = browser.new_context(base_url=base_url, **{**options, **context_options})
        contexts.append(context)
        if not first_visit:
            context.add_init_script(VISITED)
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        watch(page, base_url, wrong)
        page.goto(path)
        page.locator("#picture[data-step]").wait_for(state="attached")  # a view may lie over it
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert wrong == []


def watch(page: Page, base_url: str, wrong: list[str]) -> None:
    """Notes console messages, errors and requests off the origin; CSP violations are messages too."""
    page.on("console", lambda message: wrong.append(f"console: {message.text} {message.location}"))
    page.on("pageerror", lambda error: wrong.append(f"error: {error}"))
    ours = (base_url, "data:", "blob:")
    page.on(
        "request",
        lambda request: (
            None
            if request.url.startswith(ours)
            else wrong.append(f"request off the origin: {request.url}")
        ),
    )


def paste(cell: Locator, text: str) -> None:
    """Pastes text into a cell, as from the clipboard."""
    cell.evaluate(
        """(cell, text) => {
            const clipboardData = new DataTransfer();
            clipboardData.setData("text", text);
            cell.dispatchEvent(
                new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
        }""",
        text,
    )
