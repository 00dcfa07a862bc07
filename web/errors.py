"""What people see when something is refused: what happened, and what to do."""

from __future__ import annotations

import logging
from urllib.parse import quote

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse
from sqlalchemy.exc import OperationalError
from starlette.exceptions import HTTPException

import i18n
from domain.progress_report import NotPossible
from i18n import N_
from records.change import Conflict, NotAllowed, NotFound
from web.addresses import local_path, page_before
from web.api import problems
from web.attempts import TooOften
from web.context import NotSignedIn, WrongCsrfToken, language_of
from web.labels import label, problem_in_words
from web.pages import page

_log = logging.getLogger("meguru.web")


def install(app: FastAPI) -> None:
    """Give every refusal of the record its page. The API has answers of its own (`web.api`)."""
    app.add_exception_handler(NotSignedIn, _to_sign_in)
    app.add_exception_handler(
        WrongCsrfToken,
        _refuse(
            403,
            N_("画面の有効期限が切れました"),
            N_("前の画面に戻って再読み込みし、もう一度操作してください。入力した内容は下書きに残っています。"),
        ),
    )
    app.add_exception_handler(
        NotFound,
        _refuse(
            404,
            N_("ページが見つかりません"),
            N_("アドレスをご確認ください。担当が変わった場合は表示できないことがあります。"),
        ),
    )
    app.add_exception_handler(
        NotAllowed,
        _refuse(403, N_("この操作はできません"), N_("権限がありません。必要な場合は計画担当課へご相談ください。")),
    )
    app.add_exception_handler(Conflict, _conflict)
    app.add_exception_handler(NotPossible, _not_possible)
    app.add_exception_handler(
        RequestValidationError,
        _refuse(
            422,
            N_("入力内容を確認してください"),
            N_("必要な項目が入力されていないか、形式が正しくありません。前の画面に戻ってご確認ください。"),
        ),
    )
    app.add_exception_handler(TooOften, _too_often)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(OperationalError, _database_away)
    app.add_exception_handler(Exception, _unforeseen)


def _refuse(status: int, what: str, remedy: str):  # type: ignore[no-untyped-def]  # FastAPI's handlers differ by exception
    def handler(request: Request, _: Exception) -> Response:
        language = language_of(request)
        return page(
            request,
            "problem.html",
            status,
            what=i18n.translate(language, what),
            remedy=i18n.translate(language, remedy),
        )

    return handler


def _to_sign_in(request: Request, _: Exception) -> Response:
    """To the sign-in page and back; what was posted by an expired session is told to be in the draft."""
    asked = f"{request.url.path}?{request.url.query}" if request.url.query else request.url.path
    back = local_path(asked) if request.method == "GET" else page_before(request)
    return RedirectResponse(f"/sign-in?next={quote(back)}", status_code=303)


def _conflict(request: Request, error: Exception) -> Response:
    assert isinstance(error, Conflict)
    language = language_of(request)
    what = i18n.translate(language, "この操作はできません")
    return page(request, "problem.html", 409, what=what, remedy=problem_in_words(error.reason, language))


def _not_possible(request: Request, error: Exception) -> Response:
    assert isinstance(error, NotPossible)
    language = language_of(request)
    return page(
        request,
        "problem.html",
        409,
        what=i18n.translate(language, "この操作はできません"),
        remedy=i18n.translate(
            language,
            "報告の状態は「%(state)s」です。画面を更新して状態をご確認ください。",
            state=label(error.state, language),
        ),
    )


def _too_often(request: Request, error: Exception) -> Response:
    assert isinstance(error, TooOften)
    language = language_of(request)
    what = i18n.translate(language, "短い間に何度も操作されました")
    remedy = i18n.translate(
        language,
        "%(seconds)d秒ほど待ってから、画面を更新するか、前の画面に戻ってもう一度操作してください。"
        "ほかの方の操作が遅くならないように、少し間を置いています。入力した内容は前の画面に残っています。",
        seconds=error.seconds,
    )
    refused = page(request, "problem.html", 429, what=what, remedy=remedy)
    refused.headers["Retry-After"] = str(error.seconds)
    return refused


def _database_away(request: Request, error: Exception) -> Response:
    """Locked for too long, restarting, out of room: nothing was kept, and the browser can send it again."""
    _log.error("the database did not answer", exc_info=error)
    what, remedy = (
        N_("ただいま保存や表示ができません"),
        N_(
            "データベースが応答していません。今の操作は行われていません。1分ほど待ってから、この画面を再読み込みしてください。"
            "入力した内容は、再読み込みでもう一度送れます。続く場合はシステム担当へご連絡ください。"
        ),
    )
    refused: Response = _refuse(503, what, remedy)(request, error)
    refused.headers["Retry-After"] = "60"
    return refused


def _unforeseen(request: Request, error: Exception) -> Response:
    """A mistake of ours; the server logs it."""
    what, remedy = (
        N_("思わぬ問題が起きました"),
        N_(
            "今の操作は行われていません。前の画面に戻ると、入力した内容が残っていることがあります。"
            "くり返し起きる場合は、時刻とこの画面のアドレスを添えてシステム担当へご連絡ください。"
        ),
    )
    return _refuse(500, what, remedy)(request, error)  # type: ignore[no-any-return]  # untyped above


def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if request.url.path.startswith("/api/"):  # no part of the API took it: a path with a line break in it, for one
        return problems.of_routing(request, error)
    if error.status_code == 404:
        what, remedy = (
            N_("ページが見つかりません"),
            N_("アドレスをご確認ください。担当が変わった場合は表示できないことがあります。"),
        )
        return _refuse(404, what, remedy)(request, error)  # type: ignore[no-any-return]  # untyped above
    if error.status_code == 413:
        what, remedy = (
            N_("送られた内容が大きすぎます"),
            N_(
                "添付できるファイルは、1つ5 MB、合わせて20 MBまでです。"
                "前の画面に戻り、ファイルを減らすか小さくして、もう一度送ってください。"
            ),
        )
        return _refuse(413, what, remedy)(request, error)  # type: ignore[no-any-return]  # untyped above
    return Response(status_code=error.status_code, headers=error.headers)
