"""Successions in an organisation file: importing moves what is open, and importing again changes nothing."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from db import tables as t
from domain.ladder import Rank
from domain.organisation import (
    AppointmentDefinition,
    DepartmentDefinition,
    OrganisationDefinition,
    PersonDefinition,
    ResponsibilityDefinition,
)
from domain.reorganisation import SuccessionDefinition, SuccessionKind, SuccessorDefinition
from domain.text import Bilingual
from records import organisation
from records.change import Change, DoesNotFit
from tests.changing_hall import BEFORE, DAY, LATE, Hall
from tests.city import FOUNDED_ON, MEASURES, City, email_of

INFORMATION = DepartmentDefinition("information", Bilingual("情報政策課"), FOUNDED_ON, email="information@city.example")
CITIZENS = DepartmentDefinition("citizens", Bilingual("市民窓口課"), FOUNDED_ON, email="citizens@city.example")
DIGITAL = DepartmentDefinition("digital", Bilingual("デジタル推進課", "Digital Section"), DAY)
STAFF = AppointmentDefinition("information", Rank.STAFF)
HANAKO = PersonDefinition(email_of("information_staff"), Bilingual("佐藤 花子"), appointments=(STAFF,))
RENAMED = SuccessionDefinition("information", DAY, SuccessionKind.RENAMED, (SuccessorDefinition("digital"),), "改称")
FILE = OrganisationDefinition(
    "iizuka-ict",
    (INFORMATION, CITIZENS, DIGITAL),
    (HANAKO,),
    tuple(ResponsibilityDefinition(code, "information") for code in MEASURES["information"]),
    edition="2018-03",
    successions=(RENAMED,),
)


@pytest.fixture
def hall(real_city: City) -> Hall:
    return Hall(real_city)


def import_file(hall: Hall, file: OrganisationDefinition, at: datetime) -> organisation.Imported:
    with hall.city.database.writing(hall.city.municipality) as session:
        plan = session.get_one(t.Plan, hall.city.plan)
        return organisation.import_organisation(session, Change("cli", at), plan, file)


def test_a_file_with_a_succession_moves_what_is_open_and_importing_it_again_changes_nothing(hall: Hall) -> None:
    imported = import_file(hall, FILE, LATE)
    assert (imported.successions.new, imported.departments.new) == (
        ("information renamed on 2021-02-01",),
        ("digital",),
    )
    assert hall.asked_for("1-1-1") == "digital"
    once = hall.rows()
    again = import_file(hall, FILE, LATE + timedelta(days=30))
    assert not again.has_changed_anything
    assert hall.rows() == once


def test_a_file_imported_before_the_day_waits_and_again_after_it_changes_nothing(hall: Hall) -> None:
    import_file(hall, FILE, BEFORE)
    assert hall.asked_for("1-1-1") == "information"
    assert not import_file(hall, FILE, BEFORE).has_changed_anything
    hall.day_comes()
    once = hall.rows()
    assert not import_file(hall, FILE, LATE).has_changed_anything
    assert hall.rows() == once
    assert hall.appointments("information_staff")[-1] == ("digital", Rank.STAFF, DAY, None)


def test_a_file_splits_by_the_codes_of_its_plan_and_keeps_to_it_when_imported_again(hall: Hall) -> None:
    lives_on = SuccessionDefinition(
        "information",
        DAY,
        SuccessionKind.SPLIT,
        (SuccessorDefinition("information"), SuccessorDefinition("digital", ("1-1-1", "iizuka-ict/1-2-1"))),
    )
    file = OrganisationDefinition(
        FILE.plan, FILE.departments, FILE.people, FILE.responsibilities, FILE.edition, (lives_on,)
    )
    import_file(hall, file, LATE)
    assert [hall.asked_for(code) for code in MEASURES["information"]] == ["digital", "digital", "information"]
    once = hall.rows()
    assert not import_file(hall, file, LATE).has_changed_anything
    assert hall.rows() == once


def test_a_succession_that_waits_follows_the_file_and_one_that_took_effect_does_not(hall: Hall) -> None:
    import_file(hall, FILE, BEFORE)
    merged = SuccessionDefinition("information", DAY, SuccessionKind.MERGED, (SuccessorDefinition("citizens"),))
    other = OrganisationDefinition(FILE.plan, FILE.departments, edition=FILE.edition, successions=(merged,))
    assert import_file(hall, other, BEFORE).successions.changed == ("information merged on 2021-02-01",)
    hall.day_comes()
    assert hall.asked_for("1-1-1") == "citizens"
    with pytest.raises(DoesNotFit) as refused:
        import_file(hall, FILE, LATE)
    assert [m.path for m in refused.value.mistakes] == [("successions", 0, "on")]


def test_a_measure_that_is_not_the_departments_cannot_be_given_away(hall: Hall) -> None:
    for measure, path in (("1-2-3", ("successions", 0, "successors")), ("9-9", ("successions", 0, "successors", 0))):
        wrong = SuccessionDefinition(
            "information",
            DAY,
            SuccessionKind.SPLIT,
            (SuccessorDefinition("digital", (measure,)), SuccessorDefinition("citizens")),
        )
        file = OrganisationDefinition(FILE.plan, FILE.departments, edition=FILE.edition, successions=(wrong,))
        with pytest.raises(DoesNotFit) as refused:
            import_file(hall, file, BEFORE)
        assert refused.value.mistakes[0].path[: len(path)] == path
