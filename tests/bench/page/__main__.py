"""Measures the page in a browser and prints a table: the figure, what it must reach, what it reaches, and the best rival's.

    python -m tests.bench.page [WORD ...]

starts a server of its own, or takes the one of CHAINRULE_TEST_URL; with words, only figures that hold one of them.
Rivals' figures were measured in a browser in the same way, each on its own page.
"""

from __future__ import annotations

import os
import sys

from playwright.sync_api import sync_playwright

from tests.bench.page.figures import FIGURES
from tests.bench.page.lab import Lab
from tests.browser.conftest import FLAGS, chromium_path, served


def main(words: list[str]) -> None:
    """Prints the table, a line as soon as it is measured."""
    chosen = [f for f in FIGURES if not words or any(word in f.what for word in words)]
    print(
        f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}: with a load above 1, times say little.\n"
    )
    print("| figure | bar | measured | | best rival |\n|---|---|---:|---|---|")
    with served() as base_url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=FLAGS)
        lab = Lab(browser, base_url)
        for figure in chosen:
            measured = figure.measure(lab)
            mark = "✓" if figure.holds(measured) else "✗"
            shown = f"{measured:,.0f}" if measured >= 100 else f"{measured:.3g}"
            print(
                f"| {figure.what} | {figure.bar_text} | {shown} {figure.unit} | {mark} | {figure.rival} |",
                flush=True,
            )
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1:])
