"""The circuits that pictures are taken of and measured, the sizes, and the moments of a pass."""

from __future__ import annotations

import base64
import re
import zlib

from playwright.sync_api import Page, expect

CIRCUITS = {
    "xyz": "q = x + y\nf = q * z",
    "fan-out": "y = x * x",
    "neuron": "f = 1 / (1 + np.exp(-(w0*x0 + w1*x1 + w2)))",
    "network": "z_1 = np.dot(X, W_1)\nh_1 = np.maximum(z_1, 0)\ny_hat = np.dot(h_1, W_2)\nL = np.sum(y_hat**2)",
    "two-layer": "z_1 = X @ W_1 + b_1\nh_1 = np.maximum(z_1, 0)\ns = h_1 @ W_2 + b_2\nL = np.mean((s - t)**2)",
    "softmax": "p = softmax(X @ W + b)\nN = X.shape[0]\nL = -np.mean(np.log(p[np.arange(N), y]))",
    "batch-norm": "mu = np.mean(x, axis=0)\ncentered = x - mu\nvar = np.mean(centered**2, axis=0)\n"
    "x_hat = centered / np.sqrt(var + 1e-5)\nout = gamma * x_hat + beta\nL = np.sum((out - t)**2)",
    "recurrent": "h = np.zeros(3)\nfor t in range(3):\n    h = np.tanh(W @ h + U @ X[t])\nL = np.sum(h**2)",
    "module": "def unit(a, w, b):\n    return sigmoid(w * a + b)\n\nh = unit(x, w_1, b_1)\nf = unit(h, w_2, b_2)",
    "six-fold": "total_energy = temperature * pressure\n"
    "f = (total_energy + total_energy**2 + np.sin(total_energy)\n"
    "     + np.exp(total_energy) + total_energy * pressure + total_energy / temperature)",
    "unnamed": "L = np.sum((np.tanh(X @ W_1 + b) @ W_2)**2) + 0.1 * np.sum(W_1 * W_1)",
    "routing": "m = np.maximum(x, y)\nr = np.maximum(z - m, 0)\nf = max(m * 2, r) + min(x, z)",
    "chain": "f = np.log(1 + np.exp(np.sin(np.sqrt(1 + (np.tanh(3 * x) - y)**2))))",
    "summary": "X = np.random.randn(200, 60)\nW = np.random.randn(60, 30)\nh = X @ W\nL = np.sum(h * h + h)",
    "hundred": "a0 = x * y\n"
    + "\n".join(f"a{i} = np.sin(a{i - 1}) * w{i % 5} + a{max(0, i - 7)}" for i in range(1, 34))
    + "\nL = a33 ** 2",
}
VIEWS = {"1440": (1440, 900), "1280": (1280, 720), "360": (360, 740)}
MOMENTS = ["first", "backward", "end"]


def link(source: str) -> str:
    """Returns the address that opens a program, as static/js/url.js writes it."""
    deflate = zlib.compressobj(wbits=-15)
    packed = deflate.compress(source.encode()) + deflate.flush()
    return "/#v=1&s=" + base64.urlsafe_b64encode(packed).decode().rstrip("=")


def wait_until_drawn(page: Page) -> None:
    """Returns once the program of the link that the page opened with is on the board."""
    expect(page.locator("html")).not_to_have_attribute("data-restoring", re.compile(""))
    page.locator("[data-node]").first.wait_for(state="attached")


def go_to(page: Page, moment: str) -> None:
    """Goes to the first step, to one in the middle of the backward pass, or to the last."""
    # A search by role walks the whole board.
    slider = page.locator("#step")
    last = int(slider.get_attribute("max") or 0)
    picture = page.locator("#picture[data-step]")
    page.locator("#tape [data-action=last]").click()
    if moment == "backward":
        page.keyboard.press("b")
        first = int(picture.get_attribute("data-step") or 0)
        slider.fill(str((first + last) // 2))
        slider.blur()
    elif moment == "first":
        page.locator("#tape [data-action=first]").click()
    # Table, Now and tape follow the board by a frame.
    expect(slider).to_have_value(picture.get_attribute("data-step") or "")
