"""Writes docs/primitives.md from the registry; with --check, says whether it is up to date.

python docs/generate.py [--check]
"""

from __future__ import annotations

import sys
from itertools import groupby
from pathlib import Path

from engine.primitives import REGISTRY, Primitive
from engine.primitives.composition import compositions as all_compositions

PAGE = Path(__file__).with_name("primitives.md")
HEAD = """# Primitives

Every function a program can call, from the registry (`make generate` writes this page). `np.` may be left out.

"""


def page() -> str:
    """Returns the page's text."""
    families = groupby(sorted(REGISTRY.values(), key=lambda p: p.family), key=lambda p: p.family)
    tables = [family(name, list(primitives)) for name, primitives in families]
    return HEAD + "\n".join([*tables, compositions()])


def family(name: str, primitives: list[Primitive]) -> str:
    """Returns one family's table."""
    rows = [
        f"## {name.capitalize()}",
        "",
        "| primitive | sign | written | backward |",
        "|---|---|---|---|",
    ]
    rows += [
        f"| `{p.name}` | {cell(p.symbol)} | {cell(written(p))} | {cell(p.words)} |"
        for p in primitives
    ]
    return "\n".join([*rows, ""])


def compositions() -> str:
    """Returns the table of functions that are written with several gates, or choose one."""
    rows = ["## Functions of other gates", "", "| function | written | does |", "|---|---|---|"]
    for composition in all_compositions():
        calls = [f"`{composition.form}`", *(f"`np.{s}`" for s in composition.spellings[1:])]
        calls += [f"`.{m}(...)`" for m in composition.methods]
        written_as, words = cell(", ".join(calls)), cell(composition.words)
        rows.append(f"| `{composition.name}` | {written_as} | {words} |")
    return "\n".join([*rows, ""])


def written(primitive: Primitive) -> str:
    """Returns how a program writes a primitive."""
    arguments = ", ".join(primitive.arguments)
    settings = "".join(f", {s}=..." for s in primitive.open_settings)
    calls = [f"`{name}({arguments}{settings})`" for name in primitive.spellings]
    return (
        ", ".join([*calls, *(f"`.{m}(...)`" for m in primitive.methods)])
        or "by syntax, or a function below"
    )


def cell(text: str) -> str:
    """Returns text that can stand in a table."""
    return text.replace("|", r"\|")


if __name__ == "__main__":
    if "--check" in sys.argv:
        current = PAGE.read_text(encoding="utf-8") if PAGE.exists() else ""
        sys.exit(0 if current == page() else f"{PAGE.name} is out of date: run make generate")
    PAGE.write_text(page(), encoding="utf-8")
