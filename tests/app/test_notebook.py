"""What `show` returns, and what a bare circuit at the end of a cell is shown as."""

from __future__ import annotations

import html
import json
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest

from app import notebook
from app.gallery import gallery, request_of
from app.notebook import PICTURE, Shown, show
from app.wire.graph import graph_bytes
from engine import Circuit, build
from engine.errors import NotScalar

ROOT = Path(__file__).parents[2]
XYZ = build("q = x + y\nf = q * z", {"x": -2, "y": 5, "z": -4})
VECTOR = build("y = x * x", {"x": [1, 2]})


def document(shown: Shown) -> str:
    """Returns the document inside the frame, as a browser unescapes it."""
    found = re.fullmatch(r"<iframe srcdoc='([^']*)' ([^>]*)></iframe>", shown._repr_html_())
    assert found
    return html.unescape(found.group(1))


def test_a_frame_is_the_same_in_a_page_of_any_encoding() -> None:
    frame = show(build("L = np.sum(θ**2)", {"θ": [1, 2]}))._repr_html_()
    assert frame.isascii()
    assert "θ" in html.unescape(frame)


def inside(page: str, name: str) -> str:
    found = re.search(f'<script type="application/json" id="{name}">(.*?)</script>', page)
    assert found
    return found.group(1)


def opening(shown: Shown) -> dict[str, object]:
    return json.loads(inside(document(shown), "first-example"))


def test_the_document_holds_the_very_trace_of_the_circuit() -> None:
    trace = json.loads(inside(document(show(XYZ)), "first-trace"))
    assert trace == json.loads(graph_bytes(XYZ.trace(), PICTURE))
    assert trace["gradients"]["z"] == {"shape": [], "data": 3.0}


def test_the_document_asks_for_nothing() -> None:
    page = document(show(XYZ))
    assert page == show(XYZ).document
    tags = re.sub(r"<(script|style)\b[^>]*>.*?</\1>", "", page, flags=re.DOTALL)
    sources = re.findall(r'\s(?:src|href)="([^"]*)"', tags)
    assert [s for s in sources if not s.startswith(("data:", "#"))] == []
    style = re.search(r"<style>(.*?)</style>", page, re.DOTALL)
    assert style
    assert re.findall(r"url\(\s*[\"']?(?!data:)", style.group(1)) == []
    assert "@import" not in style.group(1)


def test_the_frame_is_sandboxed_and_as_high_as_asked() -> None:
    frame = show(XYZ, height=300)._repr_html_()
    assert frame.endswith('height="300" sandbox="allow-scripts" frameborder="0"></iframe>')
    assert 'title="Circuit of f = q * z"' in frame


def test_a_program_with_quotes_and_tags_stays_inside_its_attribute() -> None:
    source = 'f = x * y  # it\'s "&amp;" </script></iframe><b>'
    shown = show(build(source))
    assert opening(shown)["source"] == source
    assert shown._repr_html_().count("</iframe>") == 1


@pytest.mark.parametrize(
    ("step", "index"), [(None, 0), (0, 0), (3, 3), (-1, 9), ("f:f.mul", 2), ("b:f.seed", 5)]
)
def test_it_opens_on_the_step_that_is_asked_for(step: int | str | None, index: int) -> None:
    assert opening(show(XYZ, step=step))["index"] == index


@pytest.mark.parametrize("step", [10, -11, "nowhere"])
def test_a_step_that_is_not_there_is_refused_with_those_that_are(step: int | str) -> None:
    with pytest.raises(ValueError, match="the trace has the steps 0 to 9, from 'f:"):
        show(XYZ, step=step)


def test_a_height_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="height is 0; it must be a number of px above 0"):
        show(XYZ, height=0)


def test_an_output_that_is_no_scalar_needs_an_upstream() -> None:
    with pytest.raises(NotScalar):
        show(VECTOR)
    # y = x²: the gradient is the upstream times 2x: 1 · 2, 10 · 4
    trace = json.loads(inside(document(show(VECTOR, upstream=[1, 10])), "first-trace"))
    assert trace["gradients"]["x"]["data"] == [2.0, 40.0]


def test_its_text_is_short_though_the_document_is_long() -> None:
    assert repr(show(XYZ)) == "<Circuit of f = q * z, 10 steps>"


def test_every_example_fits_a_notebook() -> None:
    for example in gallery():
        asked = request_of(example)
        shown = show(build(asked.source, asked.inputs, asked.output, asked.wrt))
        assert len(shown._repr_html_()) < 2_500_000, example.slug


def test_no_formula_is_set_in_a_face_that_the_document_leaves_out() -> None:
    faces = "mathcal|mathfrak|mathscr|mathsf|boldsymbol|bm|mathit|textit|textsf"
    left_out = re.compile(rf"\\({faces})(?![a-z])")
    for source in (ROOT / "engine").rglob("*.py"):
        assert not left_out.search(source.read_text(encoding="utf-8")), source


class Formatter:
    """As much of IPython's HTML formatter as is used."""

    def __init__(self) -> None:
        self.known: dict[type, object] = {}

    def for_type(self, kind: type, function: object) -> None:
        self.known[kind] = function


def ipython(shell: object) -> ModuleType:
    module = ModuleType("IPython")
    module.get_ipython = lambda: shell  # type: ignore[attr-defined]
    return module


def test_a_running_ipython_learns_to_show_circuits(monkeypatch: pytest.MonkeyPatch) -> None:
    formatter = Formatter()
    shell = SimpleNamespace(display_formatter=SimpleNamespace(formatters={"text/html": formatter}))
    monkeypatch.setitem(sys.modules, "IPython", ipython(shell))
    notebook.register()
    assert formatter.known == {Circuit: notebook.circuit_html}
    assert notebook.circuit_html(XYZ) == show(XYZ)._repr_html_()


def test_an_ipython_that_is_only_imported_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "IPython", ipython(None))
    notebook.register()


def test_a_bare_circuit_without_a_gradient_says_why() -> None:
    shown = notebook.circuit_html(VECTOR)
    assert shown.startswith("<p>The output has shape (2,); a gradient needs one number.")
    assert "np.sum(...)" in shown


def test_a_front_end_that_is_not_built_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    notebook.parts.cache_clear()
    monkeypatch.setattr(notebook, "web_root", lambda: tmp_path)
    with pytest.raises(FileNotFoundError, match="run `make vendor`"):
        notebook.parts()


def test_importing_it_needs_no_ipython_and_starts_no_server() -> None:
    code = "import sys, app.notebook; print('IPython' in sys.modules, 'uvicorn' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("False False\n", "")
