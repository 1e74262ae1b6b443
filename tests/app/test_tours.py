"""Every stop of every tour: its board can stand where it says, and what its text says is what the engine says."""

from __future__ import annotations

import html
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from starlette.testclient import TestClient

from app.gallery import gallery
from app.tours import Fact, Formula, Number, Pick, Stop, Task, tours

ROOT = Path(__file__).parents[2]
STOPS = [stop for tour in tours() for stop in tour.stops]
NAMES = [f"{tour.slug}-{stop.slug}" for tour in tours() for stop in tour.stops]
each_stop = pytest.mark.parametrize("stop", STOPS, ids=NAMES)

Trace = dict[str, Any]


def traced(client: TestClient, stop: Stop) -> Trace:
    answer = client.post("/api/graph", json=stop.program().model_dump(exclude_none=True))
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def read(trace: Trace, of: Fact | Number) -> object:
    """Returns what the page reads of a trace for a question; static/js/learning/tour/answers.js does the same."""
    nodes = trace["nodes"]
    named = [n for n in nodes if of.node in (n["name"], *n["aliases"])]
    node = (named or [n for n in nodes if n["code"] == of.node])[-1]
    if of.part == "shape":
        return node["value"]["shape"]
    if of.part in ("local", "downstream"):
        wire = node["inputs"][of.argument]
        return wire["local"]["value"]["data"] if of.part == "local" else wire["downstream"]["data"]
    return node["value" if of.part == "value" else "upstream"]["data"]


def test_the_tours_are_the_lectures_agenda():
    assert [tour.slug for tour in tours()] == ["motivation", "tips", "primer", "two-layer"]
    assert all(6 <= len(tour.stops) <= 10 and tour.minutes < 10 for tour in tours())


def test_a_tour_is_read_in_its_minutes():
    for tour in tours():
        words = sum(len(f"{s.text} {s.question.ask} {s.after}".split()) for s in tour.stops)
        assert words / 200 + 0.25 * len(tour.stops) < tour.minutes, tour.slug


@each_stop
def test_what_a_stop_says_is_what_the_engine_says(client: TestClient, stop: Stop):
    trace = traced(client, stop)
    assert stop.facts or isinstance(stop.question, Task | Pick)
    for fact in stop.facts:
        found = np.array(read(trace, fact), dtype=float)
        half = 0.5 * 10.0**-fact.digits + 1e-12
        np.testing.assert_allclose(
            found, np.array(fact.equals), rtol=0, atol=half, err_msg=fact.node
        )


@each_stop
def test_the_board_can_stand_where_a_stop_says(client: TestClient, stop: Stop):
    addresses = [step["address"] for step in traced(client, stop)["steps"]]
    assert stop.at in addresses
    assert stop.reveal is None or addresses.index(stop.reveal) > addresses.index(stop.at)


@each_stop
def test_the_view_of_a_stop_is_there_and_about_nodes_of_its_board(client: TestClient, stop: Stop):
    views = re.search(r"VIEWS = .*?\[(.*?)\]", (ROOT / "static/js/look.js").read_text(), re.DOTALL)
    assert views
    name, *nodes = stop.view.split(".")
    assert not name or f'"{name}"' in views[1]
    assert set(nodes) <= {node["id"] for node in traced(client, stop)["nodes"]}


@each_stop
def test_a_question_can_be_answered_and_its_slips_are_wrong(client: TestClient, stop: Stop):
    match stop.question:
        case Number() as question:
            right = np.array(read(traced(client, stop), question), dtype=float)
            assert np.isfinite(right).all()
            for slip in question.slips:
                wrong = np.array(slip.answer, dtype=float)
                assert wrong.shape != right.shape or not np.allclose(wrong, right, atol=1e-3)
        case Formula() as question:
            asked = {**stop.program().model_dump(exclude_none=True), "wrt": question.wrt}
            right = client.post("/api/grade", json={**asked, "answer": question.right}).json()
            assert right["correct"], right
            wrong = client.post("/api/grade", json={**asked, "answer": question.slip}).json()
            assert not wrong["correct"]
            assert question.diagnosis in wrong["diagnoses"], wrong
        case Task(goal="step") as task:
            assert task.target in [step["address"] for step in traced(client, stop)["steps"]]
        case Task(goal="view") as task:
            views = re.search(
                r"VIEWS = .*?\[(.*?)\]", (ROOT / "static/js/look.js").read_text(), re.S
            )
            assert views
            assert f'"{task.target}"' in views[1]
        case Task(goal="rises" | "falls") as task:
            asked = stop.program().model_dump(exclude_none=True)
            moved = {**asked, "inputs": {**asked["inputs"], **task.by}}
            after = client.post("/api/graph", json=moved).json()["value"]["data"]
            before = traced(client, stop)["value"]["data"]
            assert after > before if task.goal == "rises" else after < before


@pytest.mark.parametrize("tour", tours(), ids=lambda tour: tour.slug)
def test_a_tours_page_holds_its_stops_and_the_first_board(client: TestClient, tour):
    page = client.get(f"/lecture/{tour.slug}").text
    found = re.search(r'id="tour-stops">(.*?)</script>', page, re.DOTALL)
    assert found
    assert [s["title"] for s in json.loads(found[1])["stops"]] == [s.title for s in tour.stops]
    trace = re.search(r'id="first-trace">(.*?)</script>', page, re.DOTALL)
    assert trace
    assert json.loads(trace[1])["source"] == tour.stops[0].source


def test_the_list_of_tours_leads_to_each(client: TestClient):
    page = client.get("/lecture").text
    assert re.findall(r'href="(/lecture/[\w-]+)"', page) == [f"/lecture/{t.slug}" for t in tours()]


def test_an_unknown_tour_is_a_page(client: TestClient):
    page = client.get("/lecture/nope")
    assert page.status_code == 404
    assert "No tour has this name." in page.text


def test_the_page_for_teachers_leads_to_every_stop_and_example(client: TestClient):
    page = client.get("/teach").text
    links = set(re.findall(r'href="(/[^"]*)"', page))
    for tour in tours():
        for number in range(1, len(tour.stops) + 1):
            assert f"/lecture/{tour.slug}#stop={number}" in links
    assert {f"/e/{example.slug}" for example in gallery()} <= links
    for path in {link.partition("#")[0] for link in links}:
        assert client.get(path).status_code == 200, path
    for anchor in re.findall(r'href="#([^"]+)"', page):
        assert f'id="{anchor}"' in page


def test_the_grader_that_is_shown_grades(client: TestClient, server: str, tmp_path: Path):
    script = ROOT / "templates" / "grader.py"
    assert script.read_text() in html.unescape(client.get("/teach").text)
    answers = tmp_path / "answers.csv"
    answers.write_text("Ada,W_2,h_1.T.dot(dy_hat)\nBen,W_2,h_1.dot(dy_hat)\n")
    run = [sys.executable, str(script), server, str(answers)]
    done = subprocess.run(run, capture_output=True, text=True, check=True)
    ada, ben = done.stdout.splitlines()
    assert ada == "Ada\tW_2\tright"
    assert ben.startswith("Ben\tW_2\t")
    assert "transpos" in ben
