"""Takes pictures of a running page, to be looked at: circuits × moments × sizes × themes.

    python tests/browser/pictures.py http://127.0.0.1:8000 FOLDER [NAME ...]

With the folder `docs` it takes only the picture of the README.
"""

from __future__ import annotations

import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.browser.conftest import FLAGS, chromium_path

CIRCUITS = {
    "xyz": "q = x + y\nf = q * z",
    "fan-out": "y = x * x",
    "neuron": "f = 1 / (1 + np.exp(-(w0*x0 + w1*x1 + w2)))",
    "network": "z_1 = np.dot(X, W_1)\nh_1 = np.maximum(z_1, 0)\ny_hat = np.dot(h_1, W_2)\nL = np.sum(y_hat**2)",
    "softmax": "p = softmax(X @ W + b)\nN = X.shape[0]\nL = -np.mean(np.log(p[np.arange(N), y]))",
    "recurrent": "h = np.zeros(3)\nfor t in range(3):\n    h = np.tanh(W @ h + U @ X[t])\nL = np.sum(h**2)",
    "hundred": "a0 = x * y\n"
    + "\n".join(f"a{i} = np.sin(a{i - 1}) * w{i % 5} + a{max(0, i - 7)}" for i in range(1, 34))
    + "\nL = a33 ** 2",
}
VIEWS = {"1440": (1440, 900), "1280": (1280, 720), "360": (360, 740)}


def take(page: Page, folder: Path, stem: str) -> None:
    """Takes the first moment, one in the middle of backward, and the last."""
    press(page, "First step")
    page.screenshot(path=folder / f"{stem}-first.png")
    press(page, "Last step")
    page.screenshot(path=folder / f"{stem}-end.png")
    for _ in range(3):
        press(page, "Previous step")
    page.screenshot(path=folder / f"{stem}-backward.png")


def press(page: Page, name: str) -> None:
    """Presses a step button and lets the motion come to rest."""
    page.get_by_role("button", name=name).click()
    page.wait_for_timeout(450)


def show(page: Page, source: str) -> None:
    """Types a program and goes to its board."""
    tab = page.get_by_role("tab", name="Source")
    if tab.count():
        tab.first.click()
    page.get_by_role("textbox", name="Function").fill(source)
    page.wait_for_timeout(1200)
    if tab.count():
        page.get_by_role("tab", name="Board").first.click()


def main(base: str, folder: Path, names: list[str]) -> None:
    """Takes the pictures."""
    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=FLAGS)
        if folder.name == "docs":
            page = browser.new_page(viewport={"width": 1280, "height": 720}, color_scheme="light")
            page.goto(base, wait_until="networkidle")
            show(page, CIRCUITS["xyz"])
            press(page, "First step")
            for _ in range(6):
                press(page, "Next step")
            page.screenshot(path=folder / "board.png")
            browser.close()
            return
        for view, (width, height) in VIEWS.items():
            for theme in ("light", "dark"):
                page = browser.new_page(
                    viewport={"width": width, "height": height}, color_scheme=theme
                )
                page.goto(base, wait_until="networkidle")
                page.screenshot(path=folder / f"{view}-{theme}-open.png")
                for name in names or CIRCUITS:
                    show(page, CIRCUITS[name])
                    take(page, folder, f"{view}-{theme}-{name}")
                page.close()
        browser.close()


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    main(sys.argv[1].rstrip("/"), Path(sys.argv[2]), sys.argv[3:])
