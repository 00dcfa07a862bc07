from fastapi import FastAPI
from tests.term_city import *
from tests.web.desk_city import SignedInClient
from tests.web.serving import serving_app
from tests.web.test_surveys import csv_of, send, take, DESK
from web.context import SESSION_COOKIE
from db import tables as t
from sqlmodel import select
def test_shots(browser, empty_database):
    city=make_term_city(empty_database); add_project(city,"1-1","3-2")
    client=SignedInClient(city.database, PLANNER)
    def shoot(tag, paths, address, widths=(1280,390)):
        for w in widths:
            ctx=browser.new_context(viewport={"width":w,"height":900})
            ctx.add_cookies([{"name":SESSION_COOKIE,"value":client.http.cookies.get(SESSION_COOKIE),"url":address}])
            p=ctx.new_page()
            for n,path in paths.items():
                p.goto(address+path); p.wait_for_timeout(600)
                p.evaluate("document.querySelectorAll('details').forEach(d=>d.open=true)")
                p.screenshot(path=f"/tmp/terms-look/{tag}-{n}-{w}.png", full_page=True)
            ctx.close()
    with serving_app(client.http.app) as address:
        base={"term":"/plans/tokorozawa-dx/terms/settling","desk":"/desk/plans/tokorozawa-dx/terms/settling","surveys":"/plans/tokorozawa-dx/surveys","sdesk":"/desk/plans/tokorozawa-dx/surveys"}
        shoot("a",base,address)
        client.post("/desk/plans/tokorozawa-dx/terms/settling/take-over")
        take(client,send(client,csv_of()))
        shoot("b",{"desk":base["desk"],"surveys":base["surveys"]},address,(1280,))
