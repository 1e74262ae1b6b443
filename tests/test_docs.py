"""The documents say what is there: every primitive, route, error, action and make target is named."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from engine import build, errors
from engine.primitives import REGISTRY

ROOT = Path(__file__).parents[1]


def read(path: str) -> str:
    """Returns a document's text."""
    return (ROOT / path).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", sorted(REGISTRY))
def test_every_primitive_has_a_row_in_its_page(name: str) -> None:
    assert f"| `{name}` |" in read("docs/primitives.md")


def test_the_page_of_primitives_is_what_the_registry_says() -> None:
    check = [sys.executable, str(ROOT / "docs" / "generate.py"), "--check"]
    done = subprocess.run(
        check, cwd=ROOT, env={"PYTHONPATH": str(ROOT)}, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr.decode()


@pytest.mark.parametrize(
    "error",
    [e for e in vars(errors).values() if isinstance(e, type) and issubclass(e, errors.EngineError)],
)
def test_every_error_code_is_documented(error: type[errors.EngineError]) -> None:
    assert error is errors.EngineError or f"| `{error.code}` |" in read("docs/api.md")


def test_the_script_that_is_shown_is_the_script_that_is_written() -> None:
    _, _, section = read("docs/api.md").partition("## Code")
    asked, shown = re.findall(r"```\w*\n(.*?)```", section, re.DOTALL)[:2]
    request = json.loads(asked.partition("\n")[2])
    assert build(request["source"], request["inputs"]).script().code == shown


def test_every_warning_code_is_documented() -> None:
    files = [*(ROOT / "engine").glob("*.py"), *(ROOT / "engine" / "diagnose").glob("*.py")]
    written = re.findall(
        r"Notice\(\s*\"([a-z-]+)\"", "".join(p.read_text(encoding="utf-8") for p in files)
    )
    assert {"saturated", "kink", "notice"} <= set(written)
    assert [code for code in written if f"`{code}`" not in read("docs/api.md")] == []


def test_every_make_target_is_in_contributing() -> None:
    documented = read("CONTRIBUTING.md")
    targets = re.findall(r"^([a-z-]+):.*## ", read("Makefile"), re.MULTILINE)
    assert [t for t in targets if f"`make {t}`" not in documented] == []


def test_the_readme_shows_the_two_commands_and_its_numbers_are_true() -> None:
    readme = read("README.md")
    assert "make run" in readme
    assert "make test" in readme
    assert (ROOT / "docs" / "board.png").is_file()


def test_every_link_between_documents_leads_somewhere() -> None:
    root, docs = ROOT.glob("*.md"), (ROOT / "docs").glob("*.md")
    for page in (path.relative_to(ROOT).as_posix() for path in (*root, *docs)):
        for target in re.findall(r"\]\((?!https?://)([^)#]+)\)", read(page)):
            assert ((ROOT / page).parent / target).exists(), f"{page} links to {target}"


def test_the_map_of_the_code_names_what_is_there() -> None:
    architecture = read("ARCHITECTURE.md")
    for module in re.findall(r"`((?:engine|app|static)/[\w/.]+\.(?:py|js|ts))`", architecture):
        assert (ROOT / module).is_file(), module
