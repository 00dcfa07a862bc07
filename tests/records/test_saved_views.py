"""Saved views: each person's own, of what a page knows, under a name that is there once."""

from __future__ import annotations

import pytest
from sqlmodel import select

from db import tables as t
from records import audit, saved_views
from records.change import Conflict, NotFound
from tests.city_hall import CityHall, change

KNOWN = ("show", "department", "sort")


def two_people(city_hall: CityHall) -> tuple[int, int]:
    with city_hall.reading() as session:
        first, second, *_ = session.exec(select(t.User.id).order_by(t.User.email)).all()
    return first, second


def test_a_view_keeps_what_the_page_knows_and_nothing_else(city_hall: CityHall) -> None:
    mine, _ = two_people(city_hall)
    with city_hall.writing() as session:
        view = saved_views.save(
            session, change(), mine, "board", " 遅れ ", "sort=late&show=late&done=x&department=", KNOWN
        )
        assert (view.name, view.query) == ("遅れ", "show=late&sort=late")
        assert [one.name for one in saved_views.of_person(session, mine, "board")] == ["遅れ"]
        assert saved_views.of_person(session, mine, "another") == []


def test_a_view_is_named_once_and_says_something(city_hall: CityHall) -> None:
    mine, other = two_people(city_hall)
    with city_hall.writing() as session:
        saved_views.save(session, change(), mine, "board", "遅れ", "show=late", KNOWN)
        saved_views.save(session, change(), other, "board", "遅れ", "show=late", KNOWN)
        refusals = {
            "view_name_taken": ("遅れ", "show=all"),
            "view_name_missing": (" 　", "show=all"),
            "view_name_too_long": ("長" * 61, "show=all"),
            "view_is_empty": ("空", "nothing=1"),
        }
        for refusal, (name, query) in refusals.items():
            with pytest.raises(Conflict, match=refusal):
                saved_views.save(session, change(), mine, "board", name, query, KNOWN)


def test_nobody_finds_changes_or_deletes_the_view_of_another(city_hall: CityHall) -> None:
    mine, other = two_people(city_hall)
    with city_hall.writing() as session:
        view = saved_views.save(session, change(), mine, "board", "遅れ", "show=late", KNOWN)
        assert saved_views.of_person(session, other, "board") == []
        with pytest.raises(NotFound):
            saved_views.rename(session, change(), other, view.id, "私の")
        with pytest.raises(NotFound):
            saved_views.delete(session, change(), other, view.id)


def test_every_change_of_a_view_is_in_the_audit_log(city_hall: CityHall) -> None:
    mine, _ = two_people(city_hall)
    with city_hall.writing() as session:
        view = saved_views.save(session, change(), mine, "board", "遅れ", "show=late", KNOWN)
        saved_views.rename(session, change(), mine, view.id, "遅れている課")
        saved_views.rename(session, change(), mine, view.id, "遅れている課")
        saved_views.delete(session, change(), mine, view.id)
        session.flush()
        assert saved_views.of_person(session, mine, "board") == []
        assert city_hall.audited(session)[-3:] == ["view.saved", "view.renamed", "view.deleted"]
        assert audit.verify(session).broken_at is None


def test_a_person_keeps_so_many_views_and_no_more(city_hall: CityHall) -> None:
    mine, _ = two_people(city_hall)
    with city_hall.writing() as session:
        for n in range(saved_views.MOST):
            saved_views.save(session, change(), mine, "board", f"表示{n}", "show=late", KNOWN)
        with pytest.raises(Conflict, match="too_many_views"):
            saved_views.save(session, change(), mine, "board", "もう一つ", "show=late", KNOWN)
