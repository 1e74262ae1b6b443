"""Takes pictures of a running page, to be looked at: circuits × moments × sizes × themes.

    python tests/browser/pictures.py http://127.0.0.1:8000 FOLDER [NAME ...]

Beside them it leaves contact sheets, sheet-*.html and .png, one a size and theme. With the folder `docs` it takes only
the picture of the README.
"""

from __future__ import annotations

import sys
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.browser.circuits import CIRCUITS, MOMENTS, VIEWS, go_to, link, wait_until_drawn
from tests.browser.conftest import FLAGS, chromium_path

THEMES = ["light", "dark"]
#: px of a picture on its sheet, pictures a row, and rows a sheet, so that it can still be read
WIDE, NARROW = (460, 3, 4), (225, 6, 2)


def take(
    browser: Browser, base: str, folder: Path, view: str, theme: str, names: list[str]
) -> None:
    """Takes each circuit at each moment; motion is off, so that every picture is at rest."""
    width, height = VIEWS[view]
    context = browser.new_context(
        viewport={"width": width, "height": height}, color_scheme=theme, reduced_motion="reduce"
    )
    for name in names:
        page = context.new_page()
        page.goto(base + link(CIRCUITS[name]))
        wait_until_drawn(page)
        for moment in MOMENTS:
            go_to(page, moment)
            page.wait_for_timeout(250)
            page.screenshot(path=folder / f"{view}-{theme}-{name}-{moment}.png")
        page.close()
    context.close()


def lay_out(browser: Browser, folder: Path, view: str, theme: str, names: list[str]) -> None:
    """Puts the pictures of one size and theme on sheets, a circuit's moments side by side."""
    shown, a_row, rows = NARROW if VIEWS[view][0] < WIDE[0] else WIDE
    a_sheet = rows * a_row // len(MOMENTS)
    page = browser.new_page(viewport={"width": a_row * (shown + 4), "height": 400})
    for start in range(0, len(names), a_sheet):
        pictures = "".join(
            f'<img src="{view}-{theme}-{name}-{moment}.png" alt="{name} {moment}">'
            for name in names[start : start + a_sheet]
            for moment in MOMENTS
        )
        sheet = folder / f"sheet-{view}-{theme}-{start // a_sheet + 1}.html"
        sheet.write_text(
            "<!doctype html><meta charset=utf-8><style>body { margin: 0; font-size: 0 }"
            f"img {{ width: {shown}px; margin: 0 4px 4px 0 }}</style>{pictures}"
        )
        page.goto(sheet.resolve().as_uri())
        page.screenshot(path=sheet.with_suffix(".png"), full_page=True)
    page.close()


def take_for_readme(browser: Browser, base: str, folder: Path) -> None:
    """Takes the first example, with a name for its sum, in the middle of its pass."""
    page = browser.new_page(
        viewport={"width": 1280, "height": 720}, color_scheme="light", reduced_motion="reduce"
    )
    page.goto(base)
    wait_until_drawn(page)
    page.get_by_role("textbox", name="Function").fill(CIRCUITS["xyz"])
    page.locator('[data-node][aria-label*="q"]').first.wait_for()
    wait_until_drawn(page)
    for _ in range(6):
        page.get_by_role("button", name="Next step").click()
    page.wait_for_timeout(450)
    page.screenshot(path=folder / "board.png")


def main(base: str, folder: Path, names: list[str]) -> None:
    """Takes the pictures."""
    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=FLAGS)
        if folder.name == "docs":
            take_for_readme(browser, base, folder)
        else:
            for view in VIEWS:
                for theme in THEMES:
                    take(browser, base, folder, view, theme, names)
                    lay_out(browser, folder, view, theme, names)
        browser.close()


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    main(sys.argv[1].rstrip("/"), Path(sys.argv[2]), sys.argv[3:] or list(CIRCUITS))
