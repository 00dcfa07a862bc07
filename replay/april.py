"""The April after the sample projects' first year, in which much waits at once: whoever goes on from here finds work.

A leader is transferred, a check-in goes unanswered, a matter waits for a meeting that is planned. All is 「サンプル」.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, time

from sqlmodel import Session

from domain.fiscal_year import FiscalYear
from domain.ladder import Rank
from japan_calendar import business_calendar
from records import meetings, people, transfers
from replay.agenda import Act, Entry, Moment, on
from replay.answers import MARK
from replay.project_acts import ProjectActs

_COMMITTEE = "strategy-committee"
_HERE, _THERE = ("community", "citizens"), ("industry",)
"""Where the leader is deputy director, and where the other one is."""


def played_april(acts: ProjectActs, year: FiscalYear, other_leader: str, secretary: str) -> Iterator[Entry]:
    """What happens around one project in the April of `year`.

    Its leader changes places with another one; `secretary`, of the committee's secretariat, plans the meeting.
    """
    calendar = business_calendar(range(year.starts_in, year.starts_in + 2))
    begins = calendar.on_or_after(year.first_day)
    raised, invited, held = (calendar.shift(begins, days) for days in (2, 4, 11))
    yield on(begins, 9, 20, _changed_places(acts, other_leader))
    yield on(raised, 11, 20, _raised(acts, calendar.shift(raised, 11)))
    yield on(invited, 10, 40, _invited(acts, secretary, held))


def _changed_places(acts: ProjectActs, other_leader: str) -> Act:
    """人事異動: the leader and another deputy director take each other's posts; the team asks for a successor."""

    def act(session: Session, moment: Moment) -> None:
        change = moment.change(acts.user(session, acts.cast.planner))
        here, there = ([people.department_of_code(session, code) for code in codes] for codes in (_HERE, _THERE))
        mine, theirs = ([(department, Rank.DEPUTY_DIRECTOR) for department in held] for held in (here, there))
        transfers.transfer(session, change, acts.user(session, acts.cast.leader), mine, theirs, moment.today)
        transfers.transfer(session, change, acts.user(session, other_leader), theirs, mine, moment.today)

    return act


def _raised(acts: ProjectActs, wanted_by: date) -> Act:
    question = f"{MARK}家からの本人確認を二つの方法で3か月比べるため、機器を借りる経費を使ってよいでしょうか。"
    papers = f"{MARK}二つの方法の手順と費用は、この付議の別紙のとおりです。試すのは三つの手続に限ります。"
    return acts.raise_matter("本人確認の方法を比べること", question, papers, None, wanted_by)


def _invited(acts: ProjectActs, secretary: str, held_on: date) -> Act:
    """The committee is to meet; what waits before it is on the agenda."""

    def act(session: Session, moment: Moment) -> None:
        person = acts.user(session, secretary)
        change, actor = moment.change(person), people.actor_of(session, person, moment.today)
        meeting = meetings.plan_meeting(
            session,
            change,
            actor,
            acts.plan_in(session),
            _COMMITTEE,
            held_on,
            time(14),
            time(15, 30),
            "第一会議室（サンプル）",
            "",
            moment.today,
        )
        meetings.invite(session, change, actor, meeting, moment.today)

    return act
