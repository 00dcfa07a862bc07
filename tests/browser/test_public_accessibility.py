"""The public pages at desktop and phone width, in both languages: axe finds nothing, and nothing sticks out."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser

from domain.evaluation import Direction
from domain.phase_review import ReviewState
from tests.browser.page_checks import WIDTHS, complaints
from tests.busy_project import busy
from tests.city import OPENED_AT, City
from tests.city_fixtures import real_city, real_city_template
from tests.project_city import AT, ProjectCity
from tests.project_city_fixtures import project_city, project_city_template
from tests.public_city import Citizen, citizen, evaluate_last_year, hear, keep, last_year, show
from tests.web.serving import serving_app

__all__ = ["project_city", "project_city_template", "real_city", "real_city_template"]


def found_fault_with(browser: Browser, reader: Citizen, home: str, some: set[str], width: int) -> dict[str, list[str]]:
    """What axe says of the city's own pages, and of one page of each kind of a plan's."""
    pages = [path for path in reader.pages_from(home) if "." not in path.rpartition("/")[2]]
    kinds = {re.sub(r"/\d+$", "", path.partition("?")[0]): path for path in pages if "/documents/" not in path}
    assert some <= {kind.rpartition("/")[2] for kind in kinds}, kinds
    with serving_app(reader.http.app) as address:  # type: ignore[arg-type]  # the application we made
        context = browser.new_context(viewport={"width": width, "height": 900})
        page = context.new_page()
        found = complaints(page, address, [*kinds.values()])
        page.goto(address + home)
        page.get_by_role("button", name="English").click()
        assert page.locator("html").get_attribute("lang") == "en"
        found |= {f"{path} (en)": said for path, said in complaints(page, address, [*kinds.values()]).items()}
        context.close()
    return found


@pytest.mark.parametrize("width", list(WIDTHS.values()), ids=list(WIDTHS))
def test_axe_finds_no_violation_on_a_plans_pages(browser: Browser, real_city: City, width: int) -> None:
    show(real_city.database)
    hear(real_city, state=ReviewState.CLOSED)
    evaluate_last_year(real_city, "A", Direction.EXPAND)
    with real_city.database.writing(real_city.municipality) as session:
        keep(session, "annual-report", cycle_id=last_year(session).id)
    some = {"iizuka-ict", "measures", "progress", "documents", "opinions"}
    assert found_fault_with(browser, citizen(real_city.database, OPENED_AT), "/public/iizuka/", some, width) == {}


@pytest.mark.parametrize("width", list(WIDTHS.values()), ids=list(WIDTHS))
def test_axe_finds_no_violation_on_pages_of_key_projects(
    browser: Browser, project_city: ProjectCity, width: int
) -> None:
    busy(project_city)
    show(project_city.city.database)
    reader = citizen(project_city.city.database, AT)
    assert found_fault_with(browser, reader, "/public/tokorozawa/", {"projects", "P1", "P2"}, width) == {}
