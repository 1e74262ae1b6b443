"""Every example of docs/notebook.md, docs/command.md and docs/grading.md is run, and prints what the page says."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.serving import serving

ROOT = Path(__file__).parents[1]
COMMAND = "docs/command.md"
CONSOLE = r"```console\n(.*?)```"


def read(path: str) -> str:
    """Returns a document's text."""
    return (ROOT / path).read_text(encoding="utf-8")


def sessions() -> list[tuple[str, str]]:
    """Returns what is typed behind each $ of the command's page, and what is printed below it."""
    return [
        (line, printed)
        for block in re.findall(CONSOLE, read(COMMAND), re.DOTALL)
        for line, printed in re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", block, re.MULTILINE)
    ]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the files that the command's page shows, and the command itself."""
    folder = tmp_path_factory.mktemp("examples")
    for name, content in re.findall(r"`([\w.]+)`:\n\n```\w+\n(.*?)```", read(COMMAND), re.DOTALL):
        (folder / name).write_text(content, encoding="utf-8")
    script = folder / "chainrule"
    script.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m app.command "$@"\n', encoding="utf-8")
    script.chmod(0o755)
    return folder


@pytest.mark.parametrize(("line", "printed"), sessions(), ids=lambda text: text.split("\n")[0][:60])
def test_the_command_prints_what_its_page_says(folder: Path, line: str, printed: str) -> None:
    done = subprocess.run(
        ["sh", "-c", line],
        cwd=folder,
        env={
            "PATH": f"{folder}:{Path(sys.executable).parent}:/usr/bin:/bin",
            "PYTHONPATH": str(ROOT),
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    assert done.stdout.decode() == printed


def test_the_examples_of_the_notebook_run_in_their_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    blocks = re.findall(r"```python\n(.*?)```", read("docs/notebook.md"), re.DOTALL)
    assert len(blocks) == 6
    names: dict[str, object] = {}
    for block in blocks:
        exec(block, names)
    assert (tmp_path / "circuit.html").read_text(encoding="utf-8").startswith("<!doctype html>")


def test_the_graders_print_what_their_page_says(tmp_path: Path) -> None:
    page = read("docs/grading.md")
    (tmp_path / "answers.csv").write_text(re.findall(r"```csv\n(.*?)```", page, re.DOTALL)[0])
    printed = re.findall(CONSOLE, page, re.DOTALL)
    with serving() as url:
        for script, lines in zip(
            re.findall(r"```python\n(.*?)```", page, re.DOTALL), printed, strict=True
        ):
            assert len(script.splitlines()) <= 20
            (tmp_path / "grade.py").write_text(script.replace("http://127.0.0.1:8000", url))
            done = subprocess.run(
                [sys.executable, "grade.py", "answers.csv"],
                cwd=tmp_path,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
            )
            assert done.stdout.decode() == re.sub(r"^\$ .*\n", "", lines)


def test_every_option_and_command_is_in_the_page() -> None:
    from app.command import COMMANDS

    page = read(COMMAND)
    for command in COMMANDS.values():
        assert f"`chainrule {command.name}`" in page
        for option in command.options:
            assert f"`--{option.name}" in page, option.name
