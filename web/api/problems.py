"""Refusals as `application/problem+json`: what is wrong with which field, and what to do."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from sqlalchemy.exc import OperationalError
from starlette.exceptions import HTTPException
from starlette.routing import Match

import i18n
from domain.progress_report import NotPossible
from domain.questions import AnswerProblem, QuestionSet
from records.change import Conflict, NotAllowed, NotFound
from records.idempotency import KeyOfAnotherRequest
from web.api.access import WrongToken
from web.api.schemas import BY_ID, BY_MEASURE
from web.attempts import TooOften
from web.labels import answer_problem_in_words, label, problem_in_words

_log = logging.getLogger("meguru.web")
MEDIA_TYPE = "application/problem+json"


class FieldProblem(BaseModel):
    """What is wrong with one field."""

    field: str = Field(description="Path of the field, such as `answers.progress`.")
    message: str = Field(description="What is wrong and what to do, for people.")


class Problem(BaseModel):
    """A refusal (RFC 9457)."""

    type: str = Field(description="Names the kind of refusal for programs, such as `urn:meguru:problem:round_closed`.")
    title: str
    status: int
    detail: str
    errors: list[FieldProblem]


class Refusal(Exception):
    """A refusal that a route found itself. Texts are given in the caller's language."""

    def __init__(self, status: int, code: str, title: str, detail: str, errors: Sequence[FieldProblem] = ()) -> None:
        super().__init__(detail)
        self.problem = Problem(
            type=f"urn:meguru:problem:{code}", title=title, status=status, detail=detail, errors=list(errors)
        )


def language_of(request: Request) -> str:
    """The language of the refusals: English where `Accept-Language` prefers it, otherwise Japanese."""
    weights = {"ja": 0.0, "en": 0.0}
    for part in request.headers.get("accept-language", "").split(","):
        tag, _, weight = part.partition(";")
        language = tag.strip().lower().partition("-")[0]
        if language in weights:
            weights[language] = max(weights[language], _weight(weight))
    return "en" if weights["en"] > weights["ja"] else "ja"


def answer_problems(problems: Sequence[AnswerProblem], asked: QuestionSet, language: str) -> Refusal:
    """Answers that cannot be taken, each named by its question's label."""
    questions = {q.id: q for q in asked.questions}
    errors = [
        FieldProblem(
            field=f"answers.{p.question}",
            message=answer_problem_in_words(p, questions.get(p.question), language),
        )
        for p in problems
    ]
    return _invalid(language, "answers_incomplete", errors)


def edited_meanwhile(revision: int, editor: str, language: str) -> Refusal:
    say = _speaker(language)
    message = say("現在の版は %(revision)d です。内容を取得し直してから送信してください。", revision=revision)
    return Refusal(
        409,
        "edited_meanwhile",
        say("この報告はほかの人が更新しました"),
        say("%(editor)sさんが先に保存しました。内容は上書きされていません。", editor=editor)
        if editor
        else say("ほかの人が先に保存しました。内容は上書きされていません。"),
        [FieldProblem(field="revision", message=message)],
    )


def documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The refusals of a route, for the OpenAPI document; any may come too often, or while the database is away."""
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {status: {"description": _MEANINGS[status], "content": content} for status in (*statuses, 429, 503)}


def schemas() -> dict[str, Any]:
    """The schemas that `documented` refers to."""
    schema = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    nested: dict[str, Any] = schema.pop("$defs")
    return {"Problem": schema, **nested}


def install(api: FastAPI) -> None:
    """Answer every refusal, also those of routing and of unforeseen errors, as a problem."""
    api.add_exception_handler(Refusal, _handler(lambda error, _: error.problem))
    api.add_exception_handler(WrongToken, _handler(_wrong_token, {"WWW-Authenticate": "Bearer"}))
    api.add_exception_handler(NotFound, _handler(_not_found))
    api.add_exception_handler(NotAllowed, _handler(_not_allowed))
    api.add_exception_handler(Conflict, _handler(_conflict))
    api.add_exception_handler(NotPossible, _handler(_not_possible))
    api.add_exception_handler(KeyOfAnotherRequest, _handler(_key_of_another_request))
    api.add_exception_handler(RequestValidationError, _handler(_unreadable))
    api.add_exception_handler(TooOften, _too_often)
    api.add_exception_handler(HTTPException, of_routing)
    api.add_exception_handler(OperationalError, _database_away)
    api.add_exception_handler(Exception, _handler(_unforeseen))


_MEANINGS = {
    401: "The token is missing, unknown or revoked.",
    403: "The person may see this but not change it.",
    404: "There is no such thing, or it is not the person's to see.",
    409: "The state of the report or the round does not allow it, or somebody else saved meanwhile.",
    413: "The body is too large.",
    429: "The token's person sent too many requests; `Retry-After` says after how many seconds it goes on.",
    503: "The database does not answer; nothing was stored.",
    422: "The request cannot be read or the answers cannot be taken; `errors` names each field.",
}


def _handler(
    problem_of: Callable[[Any, str], Problem], headers: dict[str, str] | None = None
) -> Callable[[Request, Exception], JSONResponse]:
    def handle(request: Request, error: Exception) -> JSONResponse:
        return _response(problem_of(error, language_of(request)), headers)

    return handle


def _response(problem: Problem, headers: dict[str, str] | None = None) -> JSONResponse:
    return JSONResponse(problem.model_dump(), problem.status, headers, MEDIA_TYPE)


def _problem(status: int, code: str, title: str, detail: str, errors: Sequence[FieldProblem] = ()) -> Problem:
    return Refusal(status, code, title, detail, errors).problem


def _invalid(language: str, code: str, errors: Sequence[FieldProblem]) -> Refusal:
    say = _speaker(language)
    detail = say("errors に示した項目を直して、もう一度送信してください。何も保存されていません。")
    return Refusal(422, code, say("入力内容を確認してください"), detail, errors)


def _wrong_token(_: WrongToken, language: str) -> Problem:
    say = _speaker(language)
    detail = say("有効なトークンを Authorization: Bearer の形で送信してください。トークンは管理者が発行します。")
    return _problem(401, "wrong_token", say("トークンを確認できません"), detail)


def _not_found(_: object, language: str) -> Problem:
    say = _speaker(language)
    detail = say("番号やコードをご確認ください。担当が変わった場合は表示できないことがあります。")
    return _problem(404, "not_found", say("該当するデータが見つかりません"), detail)


def _not_allowed(_: NotAllowed, language: str) -> Problem:
    say = _speaker(language)
    detail = say("権限がありません。必要な場合は計画担当課へご相談ください。")
    return _problem(403, "not_allowed", say("この操作はできません"), detail)


def _conflict(error: Conflict, language: str) -> Problem:
    say = _speaker(language)
    return _problem(409, error.reason, say("この操作はできません"), problem_in_words(error.reason, language))


def _not_possible(error: NotPossible, language: str) -> Problem:
    say = _speaker(language)
    detail = say(
        "報告の状態は「%(state)s」のため、受け付けられません。報告を取得し直して状態をご確認ください。",
        state=label(error.state, language),
    )
    return _problem(409, "not_possible", say("この操作はできません"), detail)


def _key_of_another_request(_: KeyOfAnotherRequest, language: str) -> Problem:
    say = _speaker(language)
    message = say(
        "この Idempotency-Key は、別の内容の送信ですでに使われています。新しい送信には新しいキーを付けてください。"
    )
    return _invalid(
        language, "key_of_another_request", [FieldProblem(field="Idempotency-Key", message=message)]
    ).problem


def _unreadable(error: RequestValidationError, language: str) -> Problem:
    return _invalid(language, "unreadable_request", [_field_problem(e, language) for e in error.errors()]).problem


def _too_often(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, TooOften)
    say = _speaker(language_of(request))
    detail = say("%(seconds)d秒待ってから、もう一度送信してください。何も保存されていません。", seconds=error.seconds)
    problem = _problem(429, "too_often", say("送信の回数が多すぎます"), detail)
    return _response(problem, {"Retry-After": str(error.seconds)})


def of_routing(request: Request, error: Exception) -> JSONResponse:
    """What the framework refuses before a route sees it: no such address, no such method, too large."""
    assert isinstance(error, HTTPException)
    language = language_of(request)
    say = _speaker(language)
    match error.status_code:
        case 400:  # the framework's word for a body that is no text at all
            message = say("JSON として読み取れません。UTF-8 の JSON を送信してください。")
            problem = _invalid(language, "unreadable_request", [FieldProblem(field="", message=message)]).problem
        case 404:
            problem = _not_found(error, language)
        case 405:
            detail = say("このアドレスでは %(method)s は使えません。", method=request.method)
            problem = _problem(405, "method_not_allowed", say("この操作はできません"), detail)
            return _response(problem, {"Allow": ", ".join(_allowed(request))})
        case 413:
            detail = say("送信できるのは1メガバイトまでです。報告ごとに分けて送信してください。")
            problem = _problem(413, "too_large", say("送信内容が大きすぎます"), detail)
        case _:
            detail = say("送信内容の形式をご確認ください。")
            problem = _problem(error.status_code, "not_understood", say("送信内容を処理できません"), detail)
    return _response(problem, dict(error.headers or {}))


def _allowed(request: Request) -> list[str]:
    """Every method of the address asked for; the router itself names those of the first route only."""
    routes = request.app.router.routes
    return [
        method
        for method in ("DELETE", "GET", "HEAD", "PATCH", "POST", "PUT")
        if any(route.matches({**request.scope, "method": method})[0] is Match.FULL for route in routes)
    ]


def _database_away(request: Request, error: Exception) -> JSONResponse:
    """Nothing was stored; the same request with the same key may be sent again."""
    _log.error("the database did not answer", exc_info=error)
    say = _speaker(language_of(request))
    detail = say(
        "データベースが応答していません。何も保存されていません。1分ほど待ってから、もう一度送信してください。"
    )
    problem = _problem(503, "database_away", say("ただいま保存や表示ができません"), detail)
    return _response(problem, {"Retry-After": "60"})


def _unforeseen(_: Exception, language: str) -> Problem:
    say = _speaker(language)
    detail = say(
        "しばらくしてから、同じ Idempotency-Key でもう一度送信してください。続く場合は管理者へご連絡ください。"
    )
    return _problem(500, "unforeseen", say("処理中に問題が起きました"), detail)


def _field_problem(error: dict[str, Any], language: str) -> FieldProblem:
    """One mistake that pydantic found, in words."""
    say = _speaker(language)
    kind, context = error["type"], error.get("ctx", {})
    field = "" if kind == "json_invalid" else _path(error["loc"])
    match kind:
        case "json_invalid":
            message = say("JSON として読み取れません。%(at)d文字目の前後をご確認ください。", at=error["loc"][-1])
        case "missing" if field == "":
            message = say("本文がありません。Content-Type: application/json を付けて JSON を送信してください。")
        case "missing":
            message = say("%(field)s は必須です。値を指定してください。", field=field)
        case "extra_forbidden":
            message = say("%(field)s という項目はありません。項目名をご確認ください。", field=field)
        case "string_type" | "string_unicode" | "string_pattern_mismatch":
            message = say("%(field)s は、制御文字を含まない文字列で指定してください。", field=field)
        case "int_type" | "int_parsing" | "int_from_float":
            message = say("%(field)s は整数で指定してください。", field=field)
        case "greater_than_equal":
            message = say("%(field)s は %(limit)s 以上にしてください。", field=field, limit=context["ge"])
        case "less_than_equal":
            message = say("%(field)s は %(limit)s 以下にしてください。", field=field, limit=context["le"])
        case "string_too_short":
            message = say("%(field)s を入力してください。", field=field)
        case "string_too_long" | "too_long":
            limit = context["max_length"]
            message = say("%(field)s が長すぎます。%(limit)s 以内にしてください。", field=field, limit=limit)
        case "literal_error":
            message = say(
                "%(field)s は次のいずれかにしてください: %(choices)s", field=field, choices=context["expected"]
            )
        case "model_attributes_type" | "model_type" | "dict_type" if field:
            message = say("%(field)s は JSON のオブジェクトで指定してください。", field=field)
        case "model_attributes_type" | "model_type" | "dict_type":
            message = say("本文は JSON のオブジェクトにし、Content-Type: application/json を付けてください。")
        case _:
            message = say("%(field)s の形式が正しくありません。", field=field)
    return FieldProblem(field=field, message=message)


def _path(loc: Sequence[int | str]) -> str:
    """`("body", "report", "by_measure", "round")` as `report.round`."""
    return ".".join(str(part) for part in loc[1:] if part not in (BY_ID, BY_MEASURE, "[key]"))


def _weight(parameter: str) -> float:
    name, _, value = parameter.strip().partition("=")
    try:
        return float(value) if name == "q" else 1.0
    except ValueError:
        return 0.0


def _speaker(language: str) -> Callable[..., str]:
    def say(text: str, **values: object) -> str:
        return i18n.translate(language, text, **values)

    return say
