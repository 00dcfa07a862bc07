"""The pages of matters and meetings, and the papers, in English: only what was typed stays Japanese."""

from __future__ import annotations

from datetime import date

import pytest
from sqlmodel import select

from db import tables as t
from domain.key_project import RouteOutcome, RouteStep
from domain.matter import MatterOutcome
from records import matters
from tests.project_city import AT, CALENDAR, PLAN, TODAY, ProjectCity
from tests.project_city_fixtures import project_city, project_city_template
from tests.web.conftest import Answer, Browser, Clock, Site, site_of
from tests.web.test_organisation_in_english import JAPANESE, japanese_in
from web.labels import problem_in_words
from web.matter_words import MATTER_PROBLEMS

__all__ = ["project_city", "project_city_template"]

COMMITTEE = "strategy-committee"
NEW = f"/desk/plans/{PLAN}/bodies/{COMMITTEE}/meetings/new"
HEAD = {"held_on": "2026-06-18", "begins_at": "10:00", "ends_at": "11:30", "place": "Room 1", "note": "Bring a badge."}
CHANGE_GOAL = RouteStep(RouteOutcome.CHANGE_GOAL, "Too far", goal="A third by 2030.", path="More days.")


@pytest.fixture
def site(project_city: ProjectCity) -> Site:
    with project_city.city.database.writing(project_city.city.municipality) as session:
        for user in session.exec(select(t.User)):
            user.language, user.name_en = "en", "Somebody"
        for project in session.exec(select(t.KeyProject)):
            project.title_en, project.goal, project.path = "Counter", "Half by 2030.", "Try first."
        for department in session.exec(select(t.Department)):
            department.name_en = "A section"
    return site_of(project_city.city, Clock(AT))


def raised(city: ProjectCity, title: str, wanted_by: date, proposal: RouteStep | None = None) -> int:
    number = city.raise_matter(title, wanted_by, proposal)
    with city.writing() as (session, _):
        matter = matters.find(session, number)
        matter.question, matter.papers = "Shall we?", "Figures."
        session.add(matter)
    return number


def test_every_page_and_form_reads_in_english(site: Site, project_city: ProjectCity) -> None:
    planner = site.browser("planning")
    goal = raised(project_city, "Goal", date(2026, 6, 22), CHANGE_GOAL)
    raised(project_city, "Soon", date(2026, 6, 11))
    new = f"/projects/{project_city.project}/matters/new"
    meeting = planner.post(NEW, HEAD).to.split("?")[0]
    later = raised(project_city, "Later", date(2026, 6, 22))
    paths = [new, f"/plans/{PLAN}/matters", f"/plans/{PLAN}/matters?body=policy-council", f"/plans/{PLAN}/meetings"]
    paths += [*_ever(f"/matters/{goal}", "raised", "answered", "withdrawn", "wanted"), NEW, f"{meeting}/edit", "/desk"]
    paths += _ever(meeting, "planned", "changed", "invited_anew", "arranged", "taken_in", "invited", "papers_kept")
    seen = {path: planner.get(path) for path in paths}
    assert {name: page.status for name, page in seen.items() if page.status != 200} == {}
    seen["invited"] = planner.post(f"{meeting}/invite")
    seen |= {"invited twice": planner.post(f"{meeting}/invite"), "edit": planner.get(f"{meeting}/edit")}
    seen["new"] = planner.post(new, {"outcome": "change_goal"})
    seen |= {what: planner.post(f"/matters/{goal}/{what}") for what in ("answer", "withdraw", "wanted-by")}
    seen |= {what: planner.post(f"{meeting}/{what}") for what in ("edit", "cancel", "agenda")}
    seen["plan"] = planner.post(NEW)
    seen["list"] = planner.get(f"/plans/{PLAN}/meetings")
    seen |= _of_the_sitting(site, meeting)
    with project_city.writing() as (session, _):
        actor, matter = project_city.actor(session, "planning"), matters.find(session, later)
        up = MatterOutcome.SENT_UP
        matters.answer(session, project_city.change(), actor, matter, up, "Up", "Said", TODAY, TODAY, CALENDAR)
    seen["later"] = planner.get(f"/matters/{later}")
    seen["papers"] = planner.get(f"{meeting}/papers")
    assert {name: japanese for name, page in seen.items() if (japanese := japanese_in(page))} == {}


def test_every_problem_is_said_in_english() -> None:
    said = {problem: problem_in_words(problem, "en") for problem in MATTER_PROBLEMS}
    assert {problem: words for problem, words in said.items() if JAPANESE.search(words)} == {}


def _ever(page: str, *done: str) -> list[str]:
    """A page as such, and with each of the things it can say was done."""
    return [page, *(f"{page}?done={one}" for one in done)]


def _of_the_sitting(site: Site, meeting: str) -> dict[str, Answer]:
    site.clock.passes(days=8)
    planner: Browser = site.browser("planning")
    seen: dict[str, Answer] = {"that day": planner.get(meeting), "sitting": planner.get(f"{meeting}/sitting")}
    seen["nothing"] = planner.post(f"{meeting}/sitting")
    seen["recorded"] = planner.post(f"{meeting}/sitting", {"minutes": "Six were there."})
    seen["after"] = planner.get(f"{meeting}?done=recorded")
    seen["held"] = planner.get(f"/plans/{PLAN}/meetings")
    return seen
