"""What stands in a key project report, arranged for reading: the one picture that all formats draw."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import partial

from babel.dates import format_date

from documents import route_picture
from documents.annual_report import Answered
from documents.content import Count
from documents.key_project_labels import labels_of
from documents.key_project_report import (
    HeldSeat,
    KeyProjectReport,
    ReportedCheckIn,
    ReportedDecision,
    ReportedEvent,
    ReportedFigure,
    ReportedMatter,
    ReportedStage,
    ReportedTeam,
    ReportedTrial,
)
from documents.key_project_rows import (
    CheckInSection,
    DecisionRow,
    EventRow,
    FigureRow,
    GoalRow,
    MatterSection,
    SeatRow,
    StageRow,
    TeamSection,
    TrialRow,
)
from documents.labels import date_text, marks_line
from documents.phase_review_rows import Fact
from documents.project_labels import label
from documents.route_picture_words import path_text, standing_word, trial_name, turn_name
from documents.series import number_text
from documents.writable import writable
from domain.body import LEADING
from domain.fiscal_year import era_year
from domain.key_project import ProjectState, TrialResult
from domain.matter import MatterState
from domain.route import CheckInStanding, Route
from i18n import translate


@dataclass(frozen=True)
class Content:
    """A key project report ready to be laid out; what is not known already reads 「記載なし」.

    `route_alternative` names the picture, `route_facts` tell it. `ending` None: the project goes on.
    """

    language: str
    labels: dict[str, str]
    document_title: str
    municipality: str
    plan: str
    project: str
    issued: date
    issued_on: str
    marks: tuple[str, ...]
    marks_line: str
    facts: tuple[Fact, ...]
    summary: tuple[Fact, ...]
    route: Route
    route_alternative: str
    route_facts: tuple[Fact, ...]
    goals: tuple[GoalRow, ...]
    now_label: str
    decisions: tuple[DecisionRow, ...]
    knowledge: str
    result_counts: tuple[Count, ...]
    trial_total: int
    trials: tuple[TrialRow, ...]
    abolished: tuple[str, ...]
    check_in_facts: tuple[Fact, ...]
    latest: tuple[CheckInSection, ...]
    events: tuple[EventRow, ...]
    matters: tuple[MatterSection, ...]
    teams: tuple[TeamSection, ...]
    figures: tuple[FigureRow, ...]
    ending: tuple[Fact, ...] | None


_LATEST = 3
"""Answered check-ins that are told in full; the picture shows all."""


def content_of(report: KeyProjectReport) -> Content:
    """Arranges a report. Characters no document can hold are dropped; everything else stays as written."""
    report = writable(report)
    words = _Words(report)
    labels = words.labels
    answered = [c for c in report.check_ins if c.submitted_on is not None]
    return Content(
        language=report.language,
        labels=labels,
        document_title=" ".join((report.title, labels["title"])),
        municipality=report.municipality,
        plan=report.plan,
        project=report.title,
        issued=report.issued_on,
        issued_on=words.day(report.issued_on),
        marks=report.marks,
        marks_line=marks_line(report.marks),
        facts=words.facts(),
        summary=words.summary(),
        route=report.route,
        route_alternative=route_picture.summary(report.route, report.language),
        route_facts=tuple(Fact(fact.day, fact.text) for fact in route_picture.told(report.route, report.language)),
        goals=(
            GoalRow(labels["goal"], words.stated(report.first_goal), words.stated(report.goal)),
            GoalRow(labels["path"], words.path(report.first_path), words.path(report.path)),
        ),
        now_label=labels["at_end"] if report.state is ProjectState.ENDED else labels["now"],
        decisions=tuple(words.decision(d) for d in report.decisions),
        knowledge=words.knowledge(),
        result_counts=words.result_counts(),
        trial_total=len(report.trials),
        trials=tuple(words.trial(one) for one in report.trials),
        abolished=tuple(words.abolished(one) for one in report.trials if one.abolishes.strip()),
        check_in_facts=words.check_in_facts(),
        latest=tuple(words.check_in(c) for c in reversed(answered[-_LATEST:])),
        events=tuple(words.event(e) for e in report.events),
        matters=tuple(words.matter(m) for m in report.matters),
        teams=tuple(words.team(one) for one in report.teams),
        figures=tuple(words.figure(f) for f in report.figures),
        ending=words.ending(),
    )


class _Words:
    """Puts the parts of one report into words of its language."""

    def __init__(self, report: KeyProjectReport) -> None:
        self.report = report
        self.language = report.language
        self.labels = labels_of(report.language)
        self.say = partial(translate, report.language)

    def stated(self, text: str) -> str:
        return text.strip() or self.labels["not_stated"]

    def path(self, text: str) -> str:
        return path_text(text, self.language)

    def day(self, day: date | None) -> str:
        return date_text(self.language, day) if day is not None else self.labels["not_stated"]

    def code(self, code: StrEnum) -> str:
        return label(code, self.language)

    def period(self, first: date, last: date | None) -> str:
        if last is None:
            return self.say("%(first)sから", first=self.day(first))
        return self.say("%(first)sから%(last)sまで", first=self.day(first), last=self.day(last))

    def cell_day(self, day: date) -> str:
        """A day for a narrow cell, in two short lines: 「令和9(2027)年」「1月18日」."""
        return self.say(
            "%(era)s(%(year)s)年\n%(month)s月%(day)s日",
            era=era_year(day)[:-1],  # its last letter stands behind the western year
            year=day.year,
            month=day.month,
            day=day.day,
            english=format_date(day, "d MMM y", locale="en_GB"),
        )

    def cell_period(self, first: date, last: date | None) -> str:
        if last is None:
            return self.say("%(first)s～", first=self.cell_day(first))
        if last.year == first.year:
            english = format_date(last, "d MMM y", locale="en_GB")
            until = self.say("%(month)s月%(day)s日", month=last.month, day=last.day, english=english)
            return self.say("%(first)s～%(last)s", first=self.cell_day(first), last=until)
        return self.say("%(first)s～\n%(last)s", first=self.cell_day(first), last=self.cell_day(last))

    # ---- Head and summary

    def facts(self) -> tuple[Fact, ...]:
        report, labels = self.report, self.labels
        return (
            Fact(labels["plan"], report.plan),
            Fact(labels["state"], self.code(report.state)),
            Fact(labels["period"], self.period(report.opened_on, report.closed_on)),
            Fact(labels["issued_on"], self.day(report.issued_on)),
        )

    def summary(self) -> tuple[Fact, ...]:
        report, labels = self.report, self.labels
        found = [
            Fact(labels["hypothesis"], self.stated(report.hypothesis)),
            Fact(labels["beneficiaries"], self.stated(report.beneficiaries)),
            Fact(labels["serves"], self.stated("\n".join(report.serves))),
            Fact(labels["goal"], self.stated(report.goal)),
            Fact(labels["path"], self.path(report.path)),
            Fact(labels["leader"], self.stated(self._leaders())),
            Fact(labels["knowledge"], self.knowledge()),
        ]
        if report.ending is not None or report.closed_on is not None:
            found.append(Fact(labels["how_it_ended"], self._how_it_ended()))
        return tuple(found)

    def _leaders(self) -> str:
        """Who leads the latest team, or led it on its last day."""
        if not self.report.teams:
            return ""
        team = self.report.teams[-1]
        day = team.dissolved_on or self.report.issued_on
        held = [s for s in team.seats if s.since <= day and (s.until is None or s.until >= day)]
        return "\n".join(
            self.say("%(name)s：%(said)s", name=self.code(s.role), said=" ".join(filter(None, (s.post, s.name))))
            for s in held
            if s.role in LEADING
        )

    def _how_it_ended(self) -> str:
        ending, closed_on = self.report.ending, self.report.closed_on
        said = self.code(ending.outcome) if ending else self.code(ProjectState.ENDED)
        if ending is not None and ending.merged_into:
            said = self.say("「%(project)s」へ統合", project=ending.merged_into)
        return self.say("%(ending)s（%(day)s）", ending=said, day=self.day(closed_on))

    # ---- Decisions, trials

    def decision(self, decided: ReportedDecision) -> DecisionRow:
        new = (
            (self.labels["goal"], decided.goal),
            (self.labels["path"], decided.path),
            (self.say("統合先"), decided.merged_into),
        )
        return DecisionRow(
            name=turn_name(decided.number, self.language),
            day=self.cell_day(decided.on),
            outcome=self.code(decided.outcome),
            leads_to="\n".join(self.say("%(name)s：%(said)s", name=name, said=text) for name, text in new if text),
            reason=self.stated(decided.reason),
            decided_by=self._decided_by(decided),
        )

    def _decided_by(self, decided: ReportedDecision) -> str:
        by = decided.decided_by or self.labels["teams"]
        return by if decided.matter is None else self._in_matter(by, decided.matter)

    def _in_matter(self, by: str, matter: int) -> str:
        return self.say("%(body)s（付議事項%(number)d）", body=by, number=matter)

    def knowledge(self) -> str:
        """What was learnt in all: a trial that did not work has brought as much as one that did."""
        ended = [t for t in self.report.trials if t.result is not None]
        if not ended:
            return self.labels["no_trials"] if not self.report.trials else self.say("試行の結果はこれから分かります。")
        counted = Counter(t.result for t in ended)
        learnt = sum(bool(t.learning.strip()) for t in ended)
        worked = counted[TrialResult.WORKED] + counted[TrialResult.PARTLY]
        return self.say(
            "%(ended)d件の試行を終え、%(learnt)d件から分かったことを記録しました。進める手がかりになったものが%(worked)d件、"
            "別の道を選ぶ根拠になったものが%(did_not)d件、まだ分からないものが%(unclear)d件です。",
            ended=len(ended),
            learnt=learnt,
            worked=worked,
            did_not=counted[TrialResult.DID_NOT_WORK],
            unclear=counted[TrialResult.UNCLEAR],
        )

    def result_counts(self) -> tuple[Count, ...]:
        counted = Counter(t.result for t in self.report.trials)
        return tuple(Count(self._result(result), counted[result]) for result in (*TrialResult, None) if counted[result])

    def _result(self, result: TrialResult | None) -> str:
        return self.say("試行中") if result is None else self.code(result)

    def trial(self, trial: ReportedTrial) -> TrialRow:
        return TrialRow(
            name=trial_name(trial.number, self.language),
            title=trial.title,
            period=self.cell_period(trial.started_on, trial.ended_on),
            hypothesis=self.stated(trial.hypothesis),
            done=self.stated(trial.done),
            result=self._result(trial.result),
            learning=self.stated(trial.learning),
            next=self.stated(trial.next),
            abolishes=trial.abolishes,
        )

    def abolished(self, trial: ReportedTrial) -> str:
        name = trial_name(trial.number, self.language)
        return self.say("%(task)s（%(trial)s）", task=trial.abolishes, trial=name)

    # ---- Check-ins, events

    def check_in_facts(self) -> tuple[Fact, ...]:
        counted = Counter(c.standing for c in self.report.check_ins)
        said = [(standing_word(standing, self.language), counted[standing]) for standing in CheckInStanding]
        return (
            Fact(self.labels["cadence"], self.code(self.report.cadence)),
            Fact(self.say("状況確認の依頼"), self.say("%(number)d回", number=len(self.report.check_ins))),
            *(Fact(name, self.say("%(number)d回", number=number)) for name, number in said if number),
        )

    def check_in(self, check_in: ReportedCheckIn) -> CheckInSection:
        heading = self.say(
            "第%(number)d回（%(day)s、%(reason)s）",
            number=check_in.number,
            day=self.day(check_in.submitted_on),
            reason=self.code(check_in.reason),
        )
        said = tuple(Answered(s.question, s.answer.strip()) for s in check_in.said if s.answer.strip())
        return CheckInSection(heading, said or (Answered("", self.labels["not_stated"]),))

    def event(self, event: ReportedEvent) -> EventRow:
        called = (
            self.say("第%(number)d回", number=event.check_in) if event.check_in is not None else self.say("これから")
        )
        return EventRow(self.cell_day(event.on), self.code(event.kind), event.title, event.description, called)

    # ---- Matters, teams, figures, the end

    def matter(self, matter: ReportedMatter) -> MatterSection:
        facts = (
            Fact(self.labels["question"], self.stated(matter.question)),
            Fact(self.labels["raised_on"], self.day(matter.raised_on)),
            Fact(self.labels["wanted_by"], self.day(matter.wanted_by)),
            Fact(self.labels["matter_state"], self._matter_state(matter)),
        )
        heading = self.say("付議事項%(number)d %(title)s", number=matter.number, title=matter.title)
        return MatterSection(heading, facts, tuple(self._stage(s) for s in matter.stages))

    def _matter_state(self, matter: ReportedMatter) -> str:
        last = matter.stages[-1] if matter.stages else None
        if matter.state is MatterState.PENDING or last is None or last.outcome is None:
            return self.code(matter.state)
        return self.say("%(outcome)s（%(body)s）", outcome=self.code(last.outcome), body=last.body)

    def _stage(self, stage: ReportedStage) -> StageRow:
        outcome = self.code(stage.outcome) if stage.outcome else self.code(MatterState.PENDING)
        on = self.cell_day(stage.decided_on) if stage.decided_on else ""
        return StageRow(
            body=stage.body,
            origin=self.code(stage.origin),
            arrived_on=self.cell_day(stage.arrived_on),
            due_on=self.cell_day(stage.due_on),
            outcome="\n".join(filter(None, (outcome, on))),
            comment=self.stated(stage.comment),
        )

    def team(self, team: ReportedTeam) -> TeamSection:
        facts = [
            Fact(
                self.labels["founded"],
                self._decided(team.founded_on, team.founded_reason, team.founded_by, team.founded_matter),
            )
        ]
        dissolved = self.labels["not_dissolved"]
        if team.dissolved_on is not None:
            dissolved = self._decided(
                team.dissolved_on, team.dissolved_reason, team.dissolved_by, team.dissolved_matter
            )
        facts.append(Fact(self.labels["dissolved"], dissolved))
        return TeamSection(team.name, tuple(facts), tuple(self._seat(seat) for seat in team.seats))

    def _decided(self, on: date, reason: str, by: str, matter: int | None) -> str:
        who = self.stated(by)
        return "\n".join(
            (
                self.day(on),
                self.say("%(name)s：%(said)s", name=self.labels["reason"], said=self.stated(reason)),
                self.say(
                    "%(name)s：%(said)s",
                    name=self.labels["decided_by"],
                    said=who if matter is None else self._in_matter(who, matter),
                ),
            )
        )

    def _seat(self, seat: HeldSeat) -> SeatRow:
        return SeatRow(
            role=self.code(seat.role),
            name=self.stated(seat.name),
            post=self.stated(seat.post),
            period=self.cell_period(seat.since, seat.until),
            change=self._change(seat),
        )

    def _change(self, seat: HeldSeat) -> str:
        if seat.successor:
            return self.say("後任：%(name)s", name=seat.successor)
        if seat.left_reason:
            return seat.left_reason
        if seat.wanted_since is not None:
            return self.say("後任を探しています（%(day)sから）", day=self.day(seat.wanted_since))
        return ""

    def figure(self, figure: ReportedFigure) -> FigureRow:
        values = (
            self.say("%(name)s：%(said)s", name=self.day(on), said=number_text(value)) for on, value in figure.values
        )
        return FigureRow(
            label=figure.label,
            unit=self.stated(figure.unit),
            target=self.stated(number_text(figure.target)),
            measured=self.stated("\n".join(values)),
        )

    def ending(self) -> tuple[Fact, ...] | None:
        report, labels = self.report, self.labels
        if report.closed_on is None:
            return None
        facts: Sequence[Fact] = (Fact(labels["how_it_ended"], self._how_it_ended()),)
        if report.ending is not None:
            facts = (
                *facts,
                Fact(labels["reason"], self.stated(report.ending.reason)),
                Fact(labels["ended_by"], self._decided_by(report.ending)),
            )
        return (*facts, Fact(labels["knowledge"], self.knowledge()))
