"""The mails of a review's round, as they leave: about proposals, for a named term."""

from __future__ import annotations

import asyncio

import pytest

from activities.contracts import MailBatch
from activities.mailing import MailingActivities
from db import tables as t
from domain.collection import DueMail
from domain.ladder import Rank, StepKind
from tests.city import DUE_ON
from tests.conftest import RememberingMailer
from tests.review_city import CONTINUED, REVIEWED_AT, REVIEWED_ON, ReviewCity

STEPS = (
    *((StepKind.NOTICE, "【依頼】"), (StepKind.REMINDER, "【督促】"), (StepKind.ESCALATION, "【上申】")),
    *((StepKind.APPROVAL_REQUEST, "【承認依頼】"), (StepKind.RETURN, "【差戻し】")),
)


def sent(city: ReviewCity, kind: StepKind, request: int, node: int) -> str:
    mailer = RememberingMailer()
    activities = MailingActivities(city.city.database, mailer, "https://meguru.example", lambda: REVIEWED_AT)
    due = DueMail(request, kind, Rank.SECTION_HEAD, f"step@{REVIEWED_ON}", (node,))
    assert asyncio.run(activities.send_mails(MailBatch(city.city.municipality, (due,), REVIEWED_ON))) == 1
    (message,) = mailer.sent
    body: str = message.get_content()
    return str(message["Subject"]).replace("\u00a0", " ") + "\n" + body


@pytest.mark.parametrize(("kind", "mark"), STEPS, ids=str)
def test_every_mail_of_a_review_speaks_of_proposals_for_its_term(
    review_city: ReviewCity, kind: StepKind, mark: str
) -> None:
    measure = "1-1-1"
    if kind is StepKind.APPROVAL_REQUEST:
        review_city.propose(measure, "information_staff", CONTINUED)
    with review_city.reading() as (session, _):
        report = session.get_one(t.ProgressReport, review_city.proposals[measure])
    text = sent(review_city, kind, report.request_id, report.node_id)
    assert text.startswith(f"{mark}")
    assert "飯塚市地域情報化計画 令和2年度（2020年度） 前期の見直し" in text.partition("\n")[0]
    assert "前期" in text.partition("\n")[2]
    assert "進捗報告" not in text


def test_a_mail_of_a_year_of_the_same_plan_still_asks_for_reports(review_city: ReviewCity) -> None:
    report = review_city.city.report("1-1-1")
    text = sent(review_city, StepKind.NOTICE, report.request_id, report.node_id)
    assert "進捗報告のお願い" in text
    assert "見直し" not in text
    assert report.due_on == DUE_ON
