"""The page as a document: what `templates/index.html` needs to open on a trace, served or alone."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import orjson
from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup

from app import __version__
from app.table import Row, rows
from app.wire.graph import GraphAnswer


def environment(root: Path) -> Environment:
    """Returns the templates below a folder."""
    templates = Environment(
        loader=FileSystemLoader(root / "templates"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.globals["version"] = __version__
    return templates


def document_context(opening: dict[str, object], trace: bytes) -> dict[str, object]:
    """Returns what the page's template is rendered with.

    Args:
        opening: title, source and inputs, and what else `static/js/main.js` reads of an example.
        trace: its whole trace, as POST /api/graph answers it.
    """
    steps, table, messages = traced(trace)
    return {
        "opening": opening,
        "opening_json": script_safe(orjson.dumps(opening)),
        "trace_json": script_safe(trace),
        "steps": steps,
        "rows": table,
        "messages": messages,
    }


def script_safe(json: bytes) -> Markup:
    """Returns JSON that cannot end the script element it stands in."""
    return Markup(json.decode().replace("<", "\\u003c"))


@lru_cache(maxsize=64)
def traced(trace: bytes) -> tuple[int, list[Row], list[str]]:
    """Returns an answer's number of steps, its table, and its warnings as `static/js/panels/messages.js` words them."""
    parsed = GraphAnswer.model_validate_json(trace)
    told = [w for w in parsed.warnings if w.code != "assumed-input"]
    messages = [] if parsed.backward_code else [f"{w.message} {w.hint}".strip() for w in told]
    return len(parsed.steps), rows(parsed), messages
