"""計画の設定: whether everybody may read the plan, what its mails carry, and whether they may be gathered."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse
from sqlmodel import Session
from starlette.datastructures import FormData

from db import tables as t
from domain.plan_settings import Switches, switches_of
from domain.text import typed_text
from records import plan_settings, plans
from records.change import Conflict
from records.plan_settings import ChangedMeanwhile
from web.context import ChangingPlanningPerson, PlanningPerson, Reading, Writing, language_of, parts_of
from web.forms import dates_form as forms
from web.pages import page
from web.refused import Refused, refused_by, say
from web.settings_words import ToldChange, changes_in_words

router = APIRouter()


async def _posted(request: Request) -> FormData:
    return await request.form()


Posted = Annotated[FormData, Depends(_posted)]


@router.get("/desk/plans/{code}/settings")
def show_settings(request: Request, person: PlanningPerson, session: Reading, code: str, done: str = "") -> Response:
    plan = plans.find(session, code)
    return _page(request, session, plan, switches_of(plans.definition_of(plan)), done=done)


@router.post("/desk/plans/{code}/settings")
def set_switches(
    request: Request, person: ChangingPlanningPerson, session: Writing, code: str, posted: Posted
) -> Response:
    plan = plans.find(session, code)
    wanted = forms.posted_switches(posted, plans.definition_of(plan))
    seen, reason = forms.seen_switches(_text(posted, "seen")), typed_text(_text(posted, "reason"))
    try:
        changed = plan_settings.set_switches(session, person.change, plan, seen, wanted, reason)
    except ChangedMeanwhile as meanwhile:
        session.rollback()
        theirs = changes_in_words(meanwhile.changes, language_of(request))
        refused = Refused("settings", "", {"": say(request, "changed_meanwhile")})
        return _page(request, session, plan, wanted, posted, refused, theirs=theirs, status=409)
    except Conflict as conflict:
        refused = refused_by(request, session, conflict, "settings", "", {})
        return _page(request, session, plan, wanted, posted, refused, status=422)
    if not changed:
        refused = Refused("settings", "", {"": say(request, "nothing_different")})
        return _page(request, session, plan, wanted, posted, refused, status=422)
    return RedirectResponse(f"/desk/plans/{code}/settings?done=saved", status_code=303)


def _page(
    request: Request,
    session: Session,
    plan: t.Plan,
    switches: Switches,
    posted: FormData | None = None,
    refused: Refused | None = None,
    *,
    theirs: list[ToldChange] | None = None,
    done: str = "",
    status: int = 200,
) -> Response:
    definition, settings = plans.definition_of(plan), parts_of(request).settings
    city = plans.municipality_of(session, plan)
    now = forms.seen_json(switches_of(definition))
    return page(
        request,
        "desk/plan_settings.html",
        status,
        plan=plan,
        definition=definition,
        switches=switches,
        seen=_text(posted, "seen") if posted is not None and not theirs else now,
        reason=_text(posted, "reason") if posted is not None else "",
        is_site_on=settings.public_site,
        public_address=f"{str(settings.base_url).rstrip('/')}/public/{city.code}/plans/{plan.code}",
        refused=refused,
        theirs=theirs or [],
        done=done,
    )


def _text(posted: FormData, name: str) -> str:
    value = posted.get(name)
    return value if isinstance(value, str) else ""
