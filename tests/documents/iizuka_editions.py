"""What the two editions of the Iizuka plan file say in documents: gathered from a database, made once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path

import pytest

import plan_files
from db.session import EVERY_MUNICIPALITY
from documents.comparison_table import ComparisonTable
from documents.revised_plan import RevisedPlan
from domain.text import Bilingual
from records import comparison_table, plans, revised_plan
from records.change import Change
from tests.databases import Databases

MARK = Bilingual("見本の計画です。部署と人は実在しません。", "Sample plan. Departments and people are invented.")
ISSUED_ON = date(2021, 3, 31)
_PLANS = Path(__file__).parents[2] / "plans"


@dataclass(frozen=True)
class Gathered:
    comparison: ComparisonTable
    first: RevisedPlan
    second: RevisedPlan


@pytest.fixture(scope="session")
def gathered(databases: Databases) -> Callable[[str], Gathered]:
    """Gathers in a language, each once."""

    @cache
    def of(language: str) -> Gathered:
        definition = plan_files.read_plan(_PLANS / "iizuka-ict.yaml")
        with databases.copied() as database:
            with database.writing(EVERY_MUNICIPALITY) as session:
                municipality = plans.municipality_for(session, definition).id
            with database.writing(municipality) as session:
                change = Change("test", datetime(2021, 3, 31, tzinfo=UTC))
                plans.import_definition(session, change, definition, MARK)
            with database.reading(municipality) as session:
                plan = plans.find(session, "iizuka-ict")
                before, after = plans.editions_of(session, plan)
                return Gathered(
                    comparison_table.gather(session, plan, before, after, ISSUED_ON, language),
                    revised_plan.gather(session, before, ISSUED_ON, language),
                    revised_plan.gather(session, after, ISSUED_ON, language),
                )

    return of
