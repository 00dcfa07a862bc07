"""The words of a route's picture, and the same route told as a list for those who do not see it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import partial

from babel.dates import format_date

from documents.labels import date_text
from documents.project_labels import label
from domain.fiscal_year import era_year
from domain.key_project import RouteOutcome, TrialResult
from domain.route import CheckInStanding, Ending, Route, TrialPoint, Turn
from i18n import translate


@dataclass(frozen=True)
class Told:
    """One fact of the route with its day, in words."""

    on: date
    day: str
    text: str


def result_word(result: TrialResult | None, language: str) -> str:
    """What came of a trial, short enough for a picture; what did not work is something learnt."""
    say = partial(translate, language)
    return {
        TrialResult.WORKED: say("うまくいった"),
        TrialResult.PARTLY: say("一部うまくいった"),
        TrialResult.DID_NOT_WORK: say("分かったこと"),
        TrialResult.UNCLEAR: say("まだ分からない"),
        None: say("試行中"),
    }[result]


def standing_word(standing: CheckInStanding, language: str) -> str:
    say = partial(translate, language)
    return {
        CheckInStanding.ON_TIME: say("期限内に回答"),
        CheckInStanding.LATE: say("期限後に回答"),
        CheckInStanding.AWAITED: say("回答待ち"),
        CheckInStanding.OVERDUE: say("期限を過ぎて未回答"),
        CheckInStanding.DROPPED: say("回答不要（プロジェクト終了）"),
    }[standing]


def goal_name(number: int, language: str) -> str:
    return translate(language, "目標%(number)d", number=number)


def path_name(number: int, language: str) -> str:
    return translate(language, "道筋%(number)d", number=number)


def path_text(path: str, language: str) -> str:
    """A path in words; a project may begin without one."""
    return path.strip() or translate(language, "道筋はまだ決めていません")


def turn_name(number: int, language: str) -> str:
    return translate(language, "決定%(number)d", number=number)


def trial_name(number: int, language: str) -> str:
    return translate(language, "試行%(number)d", number=number)


def ending_word(ending: Ending, language: str) -> str:
    """How a project ended, where its line ends."""
    if ending.outcome is RouteOutcome.MERGE and ending.merged_into:
        return translate(language, "「%(project)s」へ統合", project=ending.merged_into)
    return translate(language, "終了")


def tick_lines(day: date, language: str, *, with_day: bool) -> list[str]:
    """The words under a mark of the axis: of a month, or of a day where the whole route is short."""
    english = format_date(day, "d MMM y" if with_day else "MMM y", locale="en_GB")
    said = {"year": day.year, "month": day.month, "day": day.day, "era": era_year(day), "english": english}
    if with_day:
        return translate(language, "%(year)s年%(month)s月%(day)s日\n%(era)s", **said).split("\n")
    return translate(language, "%(year)s年%(month)s月\n%(era)s", **said).split("\n")


def told(route: Route, language: str) -> tuple[Told, ...]:
    """Everything the picture shows, in the order of time."""
    found = sorted(_facts(route, language), key=lambda fact: fact[0])
    return tuple(Told(on, date_text(language, on), text) for on, text in found)


def summary(route: Route, language: str) -> str:
    """The picture in a few words: its name for those who do not see it."""
    say = partial(translate, language)
    return say(
        "プロジェクトの道のりの図。目標%(goals)d件、道筋%(lanes)d件、決定%(turns)d件、試行%(trials)d件、"
        "状況確認%(check_ins)d回、出来事%(events)d件。",
        goals=len(route.goals),
        lanes=len(route.lanes),
        turns=len(route.turns),
        trials=len(route.trials),
        check_ins=len(route.check_ins),
        events=len(route.events),
    )


def _facts(route: Route, language: str) -> Iterator[tuple[date, str]]:
    say = partial(translate, language)
    first = route.stretches[0]
    goal, path = route.goals[0].goal, path_text(route.lanes[0].path, language)
    yield first.since, say("始まり。目標1「%(goal)s」、道筋1「%(path)s」。", goal=goal, path=path)
    for team in route.teams:
        yield team.founded_on, say("「%(team)s」を設置。", team=team.name)
    for event in route.events:
        yield event.on, say("出来事（%(kind)s）：%(title)s", kind=label(event.kind, language), title=event.title)
    for point in route.trials:
        yield point.on, _trial(point, language)
    for check_in in route.check_ins:
        standing = standing_word(check_in.standing, language)
        yield check_in.on, say("状況確認 第%(number)d回：%(standing)s", number=check_in.number, standing=standing)
    for turn in route.turns:
        yield turn.on, _turn(turn, route, language)
    for team in route.teams:
        if team.dissolved_on is not None:
            yield team.dissolved_on, say("「%(team)s」を廃止。", team=team.name)
    if route.ending is not None:
        yield route.ending.on, say("プロジェクト：%(ending)s", ending=ending_word(route.ending, language))


def _trial(point: TrialPoint, language: str) -> str:
    return translate(
        language,
        "%(trial)s「%(title)s」（%(path)s）：%(result)s",
        trial=trial_name(point.trial.number, language),
        title=point.trial.title,
        path=path_name(point.lane, language),
        result=result_word(point.trial.result, language),
    )


def _turn(turn: Turn, route: Route, language: str) -> str:
    say = partial(translate, language)
    parts = [
        say("%(decision)s：%(outcome)s", decision=turn_name(turn.number, language), outcome=_outcome(turn, language))
    ]
    if turn.is_new_goal:
        goal = route.goals[turn.goal - 1].goal
        parts.append(say("新しい目標は%(name)s「%(goal)s」。", name=goal_name(turn.goal, language), goal=goal))
    if turn.to_lane != turn.lane:
        path = path_text(route.lanes[turn.to_lane - 1].path, language)
        left, taken = path_name(turn.lane, language), path_name(turn.to_lane, language)
        parts.append(say("%(left)sを離れ、%(taken)s「%(path)s」へ。", left=left, taken=taken, path=path))
    return " ".join(parts) if language == "en" else "".join(parts)


def _outcome(turn: Turn, language: str) -> str:
    return translate(language, "%(outcome)s。", outcome=label(turn.outcome, language))
