"""Whatever people type, as far as it reaches the database, stays a value there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.outside import tools
from tests.outside.installation import PLANNER, STAFF, Installation, Served

_FOR_EVERYBODY = (
    "/public/tokorozawa*/",
    "/public/iizuka/plans/iizuka-ict*?edition=2018-03",
    "/public/tokorozawa/plans/tokorozawa-comprehensive/indicators?page=1",
    "/public/iizuka/plans/iizuka-ict/comparison?before=2018-03&after=2021-03&show=changed",
    "/opinions/iizuka/iizuka-ict*",
    "/opinions/iizuka/iizuka-ict/received?number=20240115-1",
    "/sign-in?next=/desk",
)
_FOR_PEOPLE = (
    "/search?q=DX&kind=report",
    "/desk/board?q=DX&plan=tokorozawa-dx&turn=department&due=2027-04-30&sort=due&order=desc",
    "/desk/audit?by=demo&group=report&subject=report&since=2027-01-01&until=2027-12-31",
    "/desk/plans/tokorozawa-dx*/dashboard?year=2026&by=department",
    "/desk/mails?show=trouble",
    "/organisation?on=2027-04-12",
)
_FOR_PROGRAMS = (
    "/api/v1/rounds?plan=tokorozawa-dx&fiscal_year=2026&limit=5&offset=0",
    "/api/v1/documents?plan=tokorozawa-dx&fiscal_year=2026",
    "/api/v1/plans/tokorozawa-dx*/measures?limit=5",
    "/api/v1/reports/283*",
)
_FORMS = {
    "/sign-in": ("email=kikaku@tokorozawa.example&password=none&next=/", 401),
    "/sign-in/code": ("email=kikaku@tokorozawa.example&next=/", None),
    "/opinions/iizuka/iizuka-ict": ("source=citizens&text=a&author=b&contact=c@city.example&measure=54", None),
}
"""Forms that are shown before sign-in: what is typed there, and the status of a refusal."""


def test_a_planted_statement_put_together_is_found(planted: Served, tmp_path: Path) -> None:
    open_to_it, _ = tools.sqlmap(f"{planted.address}/search?q=library", tmp_path)
    assert open_to_it == ["q"]


def test_no_parameter_reaches_a_statement(
    installation: Installation, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    cookie, bearer = installation.cookie(PLANNER), f"Authorization: Bearer {installation.token(STAFF)}"
    at, found, tried = installation.address, list[str](), 0
    runs = [
        *((path, "", "") for path in _FOR_EVERYBODY),
        *((path, cookie, "") for path in _FOR_PEOPLE),
        *((path, "", bearer) for path in _FOR_PROGRAMS),
    ]
    for path, signed_in, header in runs:
        open_to_it, parameters = tools.sqlmap(at + path, tmp_path, cookie=signed_in, header=header)
        found, tried = found + open_to_it, tried + parameters
    for path, (data, refusal) in _FORMS.items():
        open_to_it, parameters = tools.sqlmap(at + path, tmp_path, data=data, ignore_code=refusal)
        found, tried = found + open_to_it, tried + parameters
    requests = installation.answers().total()
    record_property("figures", f"{tried} parameters, {requests} requests, {len(found)} findings")
    assert found == []
    assert installation.broken() == []
