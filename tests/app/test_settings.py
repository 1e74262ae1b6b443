"""Limits from the environment."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from app import __version__
from app.main import create_app
from app.settings import Settings, variable
from engine import Limits


def test_the_defaults_are_the_contract_s():
    settings = Settings()
    assert (settings.source_characters, settings.source_lines, settings.name_characters) == (
        10_000,
        500,
        64,
    )
    assert (settings.literal_characters, settings.bracket_depth, settings.inputs, settings.wrt) == (
        40,
        100,
        64,
        64,
    )
    assert (settings.gates, settings.dimensions) == (2_000, 8)
    assert (settings.node_numbers, settings.total_numbers, settings.flops) == (
        1_000_000,
        4_000_000,
        50_000_000,
    )
    assert (settings.seconds, settings.body_bytes) == (2.0, 65_536)
    assert (settings.picture_node_numbers, settings.picture_total_numbers) == (10_000, 200_000)
    assert settings.answer_bytes == 8_000_000


@pytest.mark.parametrize("name", [name for name, _ in Settings().items()])
def test_every_limit_has_a_variable(name: str):
    assert dict(Settings.from_environment({variable(name): "7"}).items())[name] == 7


def test_every_limit_of_the_engine_is_set():
    engine = dict(Settings().engine().items())
    assert engine == {name: dict(Settings().items())[name] for name, _ in Limits().items()}


@pytest.mark.parametrize("text", ["many", "", "0", "-3", "1.5", "nan"])
def test_a_limit_that_is_no_number_is_refused_by_name(text: str):
    with pytest.raises(ValueError, match="CHAINRULE_GATES"):
        Settings.from_environment({"CHAINRULE_GATES": text})


def test_a_changed_limit_holds():
    with TestClient(create_app(Settings(gates=3))) as client:
        answer = client.post("/api/graph", json={"source": "x * y + z * w - 1"})
    assert (answer.status_code, answer.json()["limit"]) == (422, "gates")
    assert "3" in answer.json()["detail"]


def test_the_version_is_the_package_s():
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())["project"]
    assert project["version"] == __version__
