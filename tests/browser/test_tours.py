"""The tours of /lecture: each is walked to its end, every question answered wrong first and then right."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, Route, expect

from app.tours import Formula, Number, Pick, Stop, Task, Tour, tours
from tests.app.test_tours import read
from tests.browser.test_rules import violations
from tests.browser.test_views import open_view

OpenPage = Callable[..., Page]

PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}


def panel(page: Page) -> Locator:
    return page.get_by_role("region", name="Tour", exact=True)


def stand(page: Page, stop: Stop) -> None:
    """Waits until the board of a stop is there."""
    expect(panel(page).get_by_role("heading", level=2)).to_have_text(stop.title)
    expect(page.get_by_role("textbox", name="Function", include_hidden=True)).to_have_value(
        stop.source
    )
    expect(page.locator("html")).not_to_have_attribute("data-restoring", re.compile(""))


def trace_of(page: Page, stop: Stop) -> dict[str, Any]:
    request = stop.program().model_dump(exclude_none=True)
    return dict(page.request.post("/api/graph", data=request).json())


def typed(numbers: object) -> str:
    return json.dumps(numbers)


def answer(page: Page, text: str) -> None:
    panel(page).locator("#tour-answer").fill(text)
    panel(page).get_by_role("button", name="Answer", exact=True).click()


def right_numbers(page: Page, question: Number, stop: Stop) -> object:
    return read(trace_of(page, stop), question)


def answer_wrong(page: Page, stop: Stop) -> bool:
    """Gives a wrong answer; returns whether the question has any."""
    match stop.question:
        case Number() as question:
            answer(page, typed(question.slips[0].answer))
        case Pick() as question:
            wrong = next(choice for choice in question.choices if not choice.right)
            choose(page, question, wrong.text)
        case Formula() as question:
            answer(page, question.slip)
        case _:
            return False
    return True


def choose(page: Page, question: Pick, text: str) -> None:
    at = [choice.text for choice in question.choices].index(text)
    panel(page).get_by_role("group").get_by_role("button").nth(at).click()


def answer_right(page: Page, stop: Stop) -> None:
    match stop.question:
        case Number() as question:
            answer(page, typed(right_numbers(page, question, stop)))
        case Pick() as question:
            choose(page, question, next(c.text for c in question.choices if c.right))
        case Formula() as question:
            answer(page, question.right)
        case Task(goal="view") as task:
            page.get_by_role("button", name=re.compile("^Views")).click()
            open_view(page, task.target.capitalize())
        case Task(goal="rises" | "falls") as task:
            for name, value in task.by.items():
                field = page.get_by_role("spinbutton", name=name, exact=True)
                field.fill(str(value))
                field.press("Enter")
        case Task(goal="mended"):
            page.locator("#messages").get_by_role("button", name=re.compile("^Replace")).click()


@pytest.mark.parametrize("tour", tours(), ids=lambda tour: tour.slug)
def test_a_tour_can_be_walked_to_its_end(open_page: OpenPage, tour: Tour) -> None:
    page = open_page(f"/lecture/{tour.slug}")
    for number, stop in enumerate(tour.stops, 1):
        stand(page, stop)
        after = panel(page).locator(".after")
        expect(after).to_be_hidden()
        verdict = panel(page).locator("#tour-verdict")
        if answer_wrong(page, stop):
            expect(verdict).to_have_class("verdict wrong")
            expect(verdict).to_contain_text("✗")
            expect(after).to_be_hidden()
        answer_right(page, stop)
        expect(verdict).to_have_class("verdict right")
        expect(after).to_be_visible()
        if stop.reveal and not isinstance(stop.question, Task):
            addresses = [str(s["address"]) for s in trace_of(page, stop)["steps"]]
            expect(page.locator("#picture")).to_have_attribute(
                "data-step", str(addresses.index(stop.reveal))
            )
        if number < len(tour.stops):
            panel(page).get_by_role("link", name="Next stop").click()
            expect(page).to_have_url(re.compile(f"#stop={number + 1}(&|$)"))
    page.goto("/lecture")
    expect(page.locator(f"[data-tour={tour.slug}]")).to_contain_text(
        f"{len(tour.stops)} of {len(tour.stops)} answered"
    )


def test_a_link_opens_a_stop_and_the_board_where_it_stood(open_page: OpenPage) -> None:
    page = open_page("/lecture/tips#stop=4&t=b:t1.add.0")
    stand(page, tours()[1].stops[3])
    expect(page.locator("#picture")).to_have_attribute("data-step", "8")
    page.get_by_role("button", name="Previous step").click()
    expect(page).to_have_url(re.compile(r"/lecture/tips#stop=4&t=b:f.mul.1$"))
    page.reload()
    stand(page, tours()[1].stops[3])
    expect(page.locator("#picture")).to_have_attribute("data-step", "7")


def test_back_returns_to_the_stop_before(open_page: OpenPage) -> None:
    page = open_page("/lecture/tips")
    panel(page).get_by_role("link", name="Next stop").click()
    stand(page, tours()[1].stops[1])
    page.go_back()
    stand(page, tours()[1].stops[0])


def test_a_link_followed_while_the_address_is_written_is_kept(open_page: OpenPage) -> None:
    page = open_page("/lecture/tips")
    held: list[Route] = []
    page.route(re.compile("/url[-.]"), lambda route: held.append(route))
    with page.expect_request(re.compile("/url[-.]")):
        page.get_by_role("button", name="Next step", exact=True).click()
    panel(page).get_by_role("link", name="Next stop").click()
    held[0].continue_()
    stand(page, tours()[1].stops[1])
    expect(page).to_have_url(re.compile(r"#stop=2"))


def test_a_student_may_edit_and_come_back(open_page: OpenPage) -> None:
    page = open_page("/lecture/tips#stop=5")
    stop = tours()[1].stops[4]
    stand(page, stop)
    back = panel(page).get_by_role("button", name="Back to the tour's board")
    expect(back).to_be_hidden()
    page.get_by_role("textbox", name="Function").fill("x * y")
    expect(page.locator("[data-node]")).to_have_count(3)
    expect(page).to_have_url(re.compile(r"/lecture/tips#v=1&stop=5&s="))
    page.reload()
    expect(page.get_by_role("textbox", name="Function")).to_have_value("x * y")
    back.click()
    stand(page, stop)
    expect(page.locator("[data-node]")).to_have_count(5)
    expect(back).to_be_hidden()


def test_show_me_gives_the_answer_away(open_page: OpenPage) -> None:
    page = open_page("/lecture/tips#stop=2")
    panel(page).get_by_role("button", name="Show me").click()
    expect(panel(page).locator("#tour-verdict")).to_have_text("It is −4.00.")
    expect(panel(page).locator(".after")).to_be_visible()
    page.goto("/lecture/tips#stop=5")
    panel(page).get_by_role("button", name="Show me").click()
    expect(panel(page).locator("#tour-verdict")).to_contain_text("Done.")


def test_what_was_answered_stays_on_the_device(open_page: OpenPage) -> None:
    page = open_page("/lecture/tips")
    answer(page, "3")
    expect(panel(page).locator(".after")).to_be_visible()
    page.reload()
    expect(panel(page).locator(".after")).to_be_visible()


def test_a_stop_too_far_is_the_last_and_says_so(open_page: OpenPage) -> None:
    page = open_page("/lecture/tips#stop=77")
    stand(page, tours()[1].stops[-1])
    expect(panel(page).get_by_role("alert")).to_contain_text("This tour has 10 stops")


@pytest.mark.parametrize("text", ["four", "(", "[1,"])
def test_what_is_no_number_is_told(open_page: OpenPage, text: str) -> None:
    page = open_page("/lecture/tips")
    answer(page, text)
    expect(panel(page).locator("#tour-verdict")).to_contain_text("no number")


def test_a_tour_goes_on_without_a_network(open_page: OpenPage) -> None:
    page = open_page("/lecture/tips")
    with page.expect_response(
        lambda answer: "sigma" in (answer.request.post_data or ""), timeout=10_000
    ):
        panel(page).locator("h2").click()
    for _ in range(2):
        page.wait_for_load_state("networkidle")
    context: BrowserContext = page.context
    context.set_offline(True)
    for stop in tours()[1].stops[1:8]:
        panel(page).get_by_role("link", name="Next stop").click()
        stand(page, stop)
        if isinstance(stop.question, Number):
            answer_right_offline(page, stop)
    context.set_offline(False)


def answer_right_offline(page: Page, stop: Stop) -> None:
    panel(page).get_by_role("button", name="Show me").click()
    expect(panel(page).locator(".after")).to_be_visible()


def test_keys_reach_every_part_of_a_tour(open_page: OpenPage) -> None:
    page = open_page("/lecture/tips")
    page.locator("#tour-answer").focus()
    page.keyboard.type("3")
    page.keyboard.press("Enter")
    expect(panel(page).locator(".after")).to_be_visible()
    for _ in range(12):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.className") == "next-stop":
            break
    page.keyboard.press("Enter")
    stand(page, tours()[1].stops[1])
    expect(panel(page).get_by_role("heading", level=2)).to_be_focused()


@pytest.mark.parametrize("number", [1, 5])
def test_on_a_phone_the_text_is_a_sheet_of_at_most_half_the_screen(
    open_page: OpenPage, number: int
) -> None:
    page = open_page(f"/lecture/tips#stop={number}", **PHONE)
    stand(page, tours()[1].stops[number - 1])
    box = panel(page).bounding_box()
    board = page.get_by_role("region", name="Board").bounding_box()
    assert box
    assert board
    assert box["height"] <= 370
    assert board["y"] + board["height"] <= box["y"] + 1
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    for name in ["Previous step", "Next step", "Play"]:
        expect(page.get_by_role("button", name=name, exact=True)).to_be_in_viewport(ratio=1)
    panel(page).get_by_role("button", name="Text").click()
    expect(page.get_by_role("region", name="Now")).to_be_visible()
    expect(panel(page).locator(".tour-body")).to_be_hidden()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [(1280, 720), (360, 740)], ids=["desktop", "phone"])
def test_axe_finds_nothing_in_a_tour(
    open_page: OpenPage, scheme: str, size: tuple[int, int]
) -> None:
    page = open_page(
        "/lecture/two-layer#stop=9",
        color_scheme=scheme,
        viewport={"width": size[0], "height": size[1]},
    )
    stop = tours()[3].stops[8]
    stand(page, stop)
    assert violations(page) == []
    answer_wrong(page, stop)
    answer_right(page, stop)
    expect(panel(page).locator(".after")).to_be_visible()
    assert violations(page) == []
    panel(page).locator("summary").click()
    assert violations(page) == []


def test_a_pathology_is_mended_by_one_click_and_can_be_seen_again(open_page: OpenPage) -> None:
    page = open_page("/e/overflow")
    views = page.get_by_role("button", name="Views, 1 warning")
    expect(views).to_be_visible()
    page.get_by_role("button", name="Mend it").click()
    expect(page.get_by_role("button", name="Views", exact=True)).to_be_visible()
    expect(page.get_by_role("textbox", name="Function")).to_have_value(re.compile(r"np\.max\(f\)"))
    page.get_by_role("button", name="Show the fault again").click()
    expect(views).to_be_visible()


def test_the_menu_has_the_pathologies_in_a_section_of_their_own(open_page: OpenPage) -> None:
    page = open_page()
    page.locator("#gallery > summary").click()
    menu = page.get_by_role("navigation", name="Examples")
    dead = menu.get_by_role("link", name=re.compile("^A dead unit"))
    expect(dead).to_be_hidden()
    menu.get_by_text("Pathologies", exact=True).click()
    expect(dead).to_be_visible()
    assert violations(page) == []
    dead.click()
    expect(page).to_have_url(re.compile("/e/dead-relu$"))
    expect(page.get_by_role("button", name="Mend it")).to_be_visible()


def test_the_scale_of_the_colours_keeps_its_size_beside_the_views(open_page: OpenPage) -> None:
    page = open_page("/e/two-layer")
    scale = page.locator(".legend .swatches")
    expect(scale).to_be_visible()
    before = scale.bounding_box()
    page.get_by_role("button", name=re.compile("^Views")).click()
    open_view(page, "Descend")
    expect(page.get_by_role("tabpanel")).not_to_be_empty()
    page.get_by_role("button", name="Close views").click()
    assert scale.bounding_box() == before
