"""The pages about bodies in English: nothing but names and what was typed stays Japanese."""

from __future__ import annotations

import pytest
from sqlmodel import Session, select

import scheduler
from db import tables as t
from domain.body import SeatBasis, SeatRole
from domain.ladder import Rank
from records import people, transfers
from records.change import Change
from tests.seated_city import COMMITTEE, CONFERENCE, DX, LEADERS, TEAM, SeatedCity
from tests.web.conftest import Browser, Site
from tests.web.test_bodies import TODAY
from tests.web.test_organisation_in_english import JAPANESE, japanese_in, planner
from web.body_words import BODY_PROBLEMS
from web.labels import problem_in_words

__all__ = ["planner"]


@pytest.fixture
def town(site: Site) -> SeatedCity:
    return SeatedCity(site.city)


def test_every_page_and_form_reads_in_english(site: Site, town: SeatedCity, planner: Browser) -> None:
    committee = town.take(COMMITTEE, "information_head")
    town.take(CONFERENCE, "information_director", role=SeatRole.CHAIR, basis=SeatBasis.OFFICE)
    town.take(LEADERS, "information_head", department="information")
    gone = town.take(COMMITTEE, "citizens_head")
    team = town.team(information_head=SeatRole.LEADER)
    _name_the_team_in_english(town)
    user, information = site.city.user("information_head"), site.city.departments["information"]
    move = {"on": TODAY.isoformat(), "leaves": f"{information}:section_head"}
    seen = {"transfer": planner.post(f"/organisation/people/{user.id}/transfer/preview", move)}
    _transfer(site)
    planner.post(f"/desk/seats/{gone}/end", {"on": TODAY.isoformat(), "reason": "Term of office"})
    planner.post(
        f"/desk/plans/{DX}/bodies/{COMMITTEE}/secretariat", {"department": str(information), "on": "2021-01-01"}
    )
    paths = [f"/plans/{DX}/bodies", "/desk", f"/organisation/departments/{information}"]
    paths += [f"/desk/plans/{DX}/bodies/{body}" for body in (COMMITTEE, CONFERENCE, LEADERS, TEAM)]
    paths += [f"/desk/plans/{DX}/bodies/{COMMITTEE}?done={done}" for done in ("seated", "secretariat")]
    paths += [f"/desk/seats/{seat}" for seat in (committee, gone, team["information_head"])]
    paths += [f"/desk/seats/{committee}?done={d}" for d in ("replaced", "vacant", "stay", "ended", "chair")]
    seen |= {path: planner.get(path) for path in paths}
    assert {name: page.status for name, page in seen.items() if page.status != 200} == {}
    seen["seat"] = planner.post(f"/desk/plans/{DX}/bodies/{LEADERS}/seats", {"email": "x", "role": "x", "basis": "x"})
    for what in ("successor", "vacant", "stay", "end", "chair"):
        seen[what] = planner.post(f"/desk/seats/{committee}/{what}")
    assert {name: japanese for name, page in seen.items() if (japanese := japanese_in(page))} == {}


def test_every_problem_is_said_in_english() -> None:
    said = {problem: problem_in_words(problem, "en") for problem in BODY_PROBLEMS}
    assert {problem: words for problem, words in said.items() if JAPANESE.search(words)} == {}


def _name_the_team_in_english(town: SeatedCity) -> None:
    def named(session: Session, _: Change) -> None:
        for row in (*session.exec(select(t.ProjectTeam)), *session.exec(select(t.KeyProject))):
            if isinstance(row, t.ProjectTeam):
                row.name = "Counter team"
            else:
                row.title_en = "Sample"
            session.add(row)

    town.change(named)


def _transfer(site: Site) -> None:
    with site.city.database.writing(site.city.municipality) as session:
        user = site.city.user("information_head")
        leaves, takes = (people.department_of_code(session, code) for code in ("information", "citizens"))
        head = Rank.SECTION_HEAD
        transfers.transfer(session, Change("planner", site.clock()), user, [(leaves, head)], [(takes, head)], TODAY)
    scheduler.let_changes_take_effect(site.city.database, site.clock())
