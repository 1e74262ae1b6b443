"""Shows circuits in notebooks: `show(circuit)`, or a circuit as a cell's last line once this module is imported.

What is shown is the page itself, in a frame, with its script, style, fonts and the trace inside one HTML document: no
server, no network. The frame is sandboxed: nothing in it reaches the notebook around it.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from functools import cache
from html import escape

from markupsafe import Markup

from app.document import document_context, environment
from app.files import web_root
from app.wire.graph import graph_bytes
from app.wire.tensor import Picture
from engine import Circuit, EngineError, Trace

HEIGHT = 560
"""px"""
TITLE = "Circuit"
PICTURE = Picture(node_numbers=10_000, total_numbers=50_000, answer_bytes=4_000_000)
"""A notebook keeps every output it shows; larger tensors are summarised."""
FRAME = (
    '<iframe srcdoc=\'{document}\' title="{title}" width="100%" height="{height}" '
    'sandbox="allow-scripts" frameborder="0"></iframe>'
)


@dataclass(frozen=True, slots=True, repr=False)
class Shown:
    """A circuit's page, which a notebook displays.

    Attributes:
        title: what the frame is called.
        document: the page, one HTML document.
        height: px.
        steps: how many steps the trace has.
    """

    title: str
    document: str
    height: int
    steps: int

    def __repr__(self) -> str:
        return f"<{self.title}, {self.steps} steps>"

    def _repr_html_(self) -> str:
        # In single quotes: a trace is full of double ones. Letters beyond ASCII by number: whatever the encoding
        # of the page around it, which an exported notebook may leave unsaid, they stay what they are.
        document = self.document.replace("&", "&amp;").replace("'", "&#39;")
        frame = FRAME.format(document=document, title=escape(self.title), height=self.height)
        return frame.encode("ascii", "xmlcharrefreplace").decode("ascii")


def show(
    circuit: Circuit,
    step: int | str | None = None,
    height: int = HEIGHT,
    *,
    upstream: object = None,
) -> Shown:
    """Returns the circuit's live page, for a notebook to display.

    Args:
        circuit: what `engine.build` returned.
        step: where to open: a step's index, which may count from the end as in -1, or its address.
        height: px.
        upstream: dL/d(output), of the output's shape, where that is no scalar.

    Raises:
        NotScalar: when the output is not one number and no upstream is given.
        ValueError: for a step that the trace does not have, or a height that is no positive number.
    """
    if height <= 0:
        raise ValueError(f"height is {height}; it must be a number of px above 0.")
    trace = circuit.trace(upstream)
    opening: dict[str, object] = {
        "title": f"{TITLE} of {trace.source.strip().splitlines()[-1].strip()}",
        "source": trace.source,
        "inputs": {},
        "index": index_of(step, trace),
        "alone": True,
    }
    return Shown(str(opening["title"]), page(opening, trace), height, len(trace.steps))


def page(opening: dict[str, object], trace: Trace) -> str:
    """Returns the page as one document."""
    context = document_context(opening, graph_bytes(trace, PICTURE))
    template = environment(web_root()).get_template("notebook.html")
    return template.render({"examples": (), **context, **parts()})


@cache
def parts() -> dict[str, Markup | str]:
    """Returns what every document has inside: script, style, and the licences of what is in them.

    Raises:
        FileNotFoundError: when the front end has not been built.
    """
    folder = web_root() / "static" / "vendor"
    try:
        script, style, licences = (
            (folder / name).read_text(encoding="utf-8")
            for name in ("notebook.js", "notebook.css", "licenses.txt")
        )
    except FileNotFoundError as error:
        raise FileNotFoundError(
            "The page is not built: run `make vendor` in the project, or install it as a wheel."
        ) from error
    return {"script": Markup(script), "style": Markup(style), "licences": licences}


def index_of(step: int | str | None, trace: Trace) -> int:
    """Returns the index of a step.

    Raises:
        ValueError: when the trace has no such step.
    """
    count = len(trace.steps)
    if step is None:
        return 0
    if isinstance(step, int) and -count <= step < count:
        return step % count
    addresses = [each.address for each in trace.steps]
    if step in addresses:
        return addresses.index(str(step))
    raise ValueError(
        f"step is {step!r}; the trace has the steps 0 to {count - 1}, "
        f"from {addresses[0]!r} to {addresses[-1]!r}."
    )


def circuit_html(circuit: Circuit) -> str:
    """Returns what stands for a circuit at the end of a cell; where it has no gradient, why."""
    try:
        return show(circuit)._repr_html_()
    except EngineError as error:
        return f"<p>{escape(error.detail)} {escape(error.hint)}</p>"


def register() -> None:
    """Lets circuits show themselves where IPython runs; elsewhere there is nothing to tell."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    if shell is not None:
        shell.display_formatter.formatters["text/html"].for_type(Circuit, circuit_html)


register()
