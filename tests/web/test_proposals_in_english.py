"""The pages of a review's proposals in English: nothing but names and what people typed stays Japanese."""

from __future__ import annotations

import re
from html import unescape

import pytest
from sqlmodel import select

from db import tables as t
from db.session import EVERY_MUNICIPALITY
from domain.lineage import LineageKind
from records import review_decisions, reviews
from tests.city import COMPLETE, LAST_YEAR
from tests.review_city import CONTINUED, DECIDED_ON, ReviewCity
from tests.web.conftest import Answer, Browser, Site

JAPANESE = re.compile(r"[\u3001-\u30ff\u3400-\u9fff\uff01-\uffef]+")
TYPED = {"title": "新しい窓口", "content": "窓口をつくる。", "reason": "意見が多いため。"}
TAKEN = "公衆無線LANの整備、活用促進"
DECLINED = "すでに取り組んでいるため。"


@pytest.fixture
def staff(review_site: Site) -> Browser:
    """Everybody has an English name and reads English."""
    with review_site.city.database.writing(EVERY_MUNICIPALITY) as session:
        for user in session.exec(select(t.User)):
            user.name_en, user.language = user.email.partition("@")[0], "en"
            session.add(user)
        for row in session.exec(select(t.Department)):
            row.name_en = row.code.title()
            session.add(row)
    return review_site.browser("information_staff")


def japanese_in(page: Answer) -> list[str]:
    text = unescape(page.text)
    for typed in ("日本語", "巡", TAKEN, DECLINED, *TYPED.values(), *LAST_YEAR.values(), *COMPLETE.values()):
        text = text.replace(typed, "")
    return JAPANESE.findall(text)


def test_every_page_of_a_proposal_reads_in_english(review_site: Site, review_city: ReviewCity, staff: Browser) -> None:
    review_city.propose("1-2-4", "information_staff", CONTINUED)
    request, form = review_city.requests["information"], f"/reports/{review_city.proposals['1-1-1']}"
    new = f"/requests/{request}/new-measures"
    staff.post(new, TYPED)
    with review_city.reading() as (session, _):
        (proposal,) = session.exec(select(t.NewMeasureProposal)).all()
    head = review_site.browser("information_head")
    refused = [
        staff.post(new, {}),
        staff.post(new, {"title": "a" * 81, "reason": "b" * 401, "parent": "x", "measure_class": "x"}),
        staff.post(new, {"title": TAKEN, "reason": "Why"}),
        staff.post(f"/new-measures/{proposal.id}", {**TYPED, "seen": "2021-03-01T00:00:01+00:00"}),
        *(
            staff.write(review_city.proposals["1-1-1"], {**answers, "reason": "Why"}, revision)
            for revision, answers in enumerate(
                ({"fate": "change"}, {"fate": "merge", "merge_into": "1-1-1"}, {"fate": "split", "split_into": "x"})
            )
        ),
    ]
    assert [page.status for page in refused] == [422, 422, 422, 409, 422, 422, 422]
    read = [
        *(staff.get(path) for path in ("/requests", f"/requests/{request}", form, new, f"/new-measures/{proposal.id}")),
        staff.get(f"/requests/{request}?submitted={review_city.proposals['1-2-4']}"),
        *(staff.get(f"{new}?done={done}") for done in ("proposed", "changed", "withdrawn")),
        head.get("/approvals"),
        head.get(f"/reports/{review_city.proposals['1-2-4']}"),
    ]
    staff.post(f"/new-measures/{proposal.id}/withdraw")
    refused.append(staff.post(f"/new-measures/{proposal.id}", TYPED))
    read += [staff.get(new), staff.get(f"/new-measures/{proposal.id}")]
    with review_city.writing() as (session, review):
        reviews.begin_deciding(session, review_city.change(), review, DECIDED_ON)
        review_decisions.decline(session, review_city.change(), review, proposal.id, DECLINED)
        session.get_one(t.NewMeasureProposal, proposal.id).is_withdrawn = False
    read += [staff.get(path) for path in (new, f"/new-measures/{proposal.id}", f"/requests/{request}", form)]
    assert {page.status for page in read} == {200}
    assert [found for page in (*read, *refused) if (found := japanese_in(page))] == []


def test_what_was_taken_over_reads_in_english(review_site: Site, review_city: ReviewCity, staff: Browser) -> None:
    with review_city.writing() as (session, _):
        report = session.get_one(t.ProgressReport, review_city.city.reports["1-1-1"])
        target = session.get_one(t.ProgressReport, review_city.city.reports["1-2-1"])
        edition = session.get_one(t.Node, report.node_id).edition_id
        link = t.Lineage(edition_id=edition, position=99, kind=LineageKind.MERGED)
        session.add(link)
        session.flush()
        ends = ((t.Side.BEFORE, report.node_id), (t.Side.AFTER, target.node_id))
        session.add_all(t.LineageEnd(lineage_id=link.id, node_id=node, side=side) for side, node in ends)
    page = staff.get(f"/reports/{review_city.city.reports['1-2-1']}")
    assert LAST_YEAR["next_step"] in page.words
    assert japanese_in(page) == []
