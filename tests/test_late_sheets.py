"""Style sheets that arrive later than the picture dress what arrives with them, and nothing that is there already."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

STATIC = Path(__file__).parents[1] / "static"
CSS = STATIC / "css"

#: sheet: the elements that all it dresses stands in
ROOTS = {
    "views": {".views"},
    "learning": {".views", ".reply"},
    "finding": {".find", ".overview"},
    "dialogs": {"dialog", ".share"},
    "bubble": {".bubble"},
    "tour": {".tour", ".tours"},
}
#: sheet: what its scripts write on elements of the board, for the sheet to dress them by
MARKS = {
    "views": {"data-viewing"},
    "learning": {"data-predict", 'data-action="predict"', "data-judged", ".asked"},
    "finding": {".found"},
    "tour": {".touring"},
}
#: linked by the templates of the pages that have it, after the board's
LINKED = {"tour"}


def files(sheet: Path) -> list[Path]:
    """Returns a sheet, or the sheets that it lists."""
    listed = re.findall(r'@import "([^"]+)"', sheet.read_text(encoding="utf-8"))
    return [file for name in listed for file in files(sheet.parent / name)] or [sheet]


def rules(text: str) -> Iterator[tuple[str, str]]:
    """Yields each selector of a sheet, and the root of the @scope that it stands in."""
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    around: list[str] = []
    for head, sign in re.findall(r'((?:[^{};"]|"[^"]*")*)([{};])', text):
        if sign == "{":
            around.append(" ".join(head.split()))
            if (
                not any(outer.startswith("@keyframes") for outer in around)
                and head.strip()[0] != "@"
            ):
                scopes = [outer for outer in around if outer.startswith("@scope")]
                for selector in re.split(r",\s*(?![^()]*\))", around[-1]):
                    yield (
                        selector,
                        scopes[-1].removeprefix("@scope (").removesuffix(")") if scopes else "",
                    )
        elif sign == "}":
            around.pop()


def names(selector: str, root: str) -> bool:
    """Returns whether a selector names a root, or a part that is called after it (.tour-head)."""
    required = re.sub(r":not\((?:[^()]|\([^()]*\))*\)", "", selector)
    return bool(re.search(rf"(?<![\w.-]){re.escape(root)}(?!\w)", required.replace(":has(", " ")))


def test_each_sheet_that_is_fetched_later_has_roots() -> None:
    scripts = [path.read_text(encoding="utf-8") for path in (STATIC / "js").rglob("*.js")]
    fetched = {name for text in scripts for name in re.findall(r'loadStyle\("(\w+)"\)', text)}
    assert set(ROOTS) == fetched | LINKED


@pytest.mark.parametrize("sheet", ROOTS)
def test_a_late_sheet_dresses_what_stands_in_its_roots(sheet: str) -> None:
    strays = [
        f"{file.name}: {selector}"
        for file in files(CSS / f"{sheet}.css")
        for selector, scope in rules(file.read_text(encoding="utf-8"))
        if scope not in ROOTS[sheet]
        and not any(names(selector, root) for root in ROOTS[sheet])
        and not any(mark in selector for mark in MARKS.get(sheet, ()))
    ]
    assert strays == []


#: what both of the sheet's own scripts make
SHARED = {".reply"}


@pytest.mark.parametrize(
    "root", sorted({root for roots in ROOTS.values() for root in roots if root[0] == "."} - SHARED)
)
def test_a_root_is_one_thing_only(root: str) -> None:
    given = re.compile(rf"""class[:=]\s*["`](?:[^"`]* )?{root[1:]}[ "`]""")
    sources = [*(STATIC / "js").rglob("*.js"), *(STATIC.parent / "templates").glob("*.html")]
    owners = [file.name for file in sources if given.search(file.read_text(encoding="utf-8"))]
    assert len(owners) <= 1


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (".entry { fill: red }", [(".entry", "")]),
        (
            "@scope (.views) { .a, .b:is(.c, .d) { x: y } }",
            [(".a", ".views"), (".b:is(.c, .d)", ".views")],
        ),
        ('@media (x) { .a { x: y; z: "{" } } .b { x: y }', [(".a", ""), (".b", "")]),
        ("@keyframes k { from { x: y } } /* .z { } */ .b { x: y }", [(".b", "")]),
    ],
)
def test_selectors_are_read_with_their_scope(text: str, found: list[tuple[str, str]]) -> None:
    assert list(rules(text)) == found


@pytest.mark.parametrize(
    ("selector", "named"),
    [
        (".tour .note", True),
        (".tour-head > ol", True),
        (".head:has(> .tour)", True),
        (".note", False),
        (".tourist .note", False),
        (".note:not(.tour)", False),
    ],
)
def test_a_root_is_named_by_its_own_class_or_that_of_a_part(selector: str, named: bool) -> None:
    assert names(selector, ".tour") == named
