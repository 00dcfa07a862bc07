"""What the papers of a meeting say, gathered from the record: each item with what the body needs to decide."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from functools import partial

from sqlmodel import Session

from db import tables as t
from documents import meeting_papers
from documents.gathered import GatheredDocument
from documents.key_project_report import KeyProjectReport
from documents.labels import date_text
from documents.meeting_papers import Block, Column, MeetingPapers, PaperItem, PaperTable
from documents.phase_review_rows import Fact
from documents.project_labels import label
from domain.key_project import RouteOutcome, RouteStep
from domain.text import named, titled
from i18n import translate
from records import (
    agendas,
    attachments,
    comparison_table,
    document_templates,
    key_project_report,
    key_projects,
    matters,
    plans,
    reviews,
)
from records.agendas import Line
from records.words import consultation_outcome_labels


def gather(session: Session, meeting: t.Meeting, today: date, language: str = "ja") -> GatheredDocument:
    """The papers as a document, to be set afterwards and kept or sent."""
    papers = gather_papers(session, meeting, today, language)
    own = document_templates.own(session, meeting_papers.KIND, language)
    return GatheredDocument(meeting_papers.KIND, meeting_papers.FORMATS, partial(meeting_papers.render, papers), own)


def gather_papers(session: Session, meeting: t.Meeting, today: date, language: str = "ja") -> MeetingPapers:
    """The papers of a meeting as the record stands."""
    words = _Words(session, meeting, today, language)
    lines = agendas.of(session, meeting)
    return MeetingPapers(
        language=language,
        municipality=named(plans.municipality_of(session, words.plan), language),
        plan=named(words.plan, language),
        body=words.body(meeting.body, meeting.body_name),
        held_on=meeting.held_on,
        issued_on=today,
        facts=tuple(words.head()),
        items=tuple(words.item(number, line) for number, line in enumerate(lines, 1)),
        marks=tuple(words.marks(lines)),
    )


class _Words:
    """Puts the items of one meeting into words."""

    def __init__(self, session: Session, meeting: t.Meeting, today: date, language: str) -> None:
        self.session, self.meeting, self.today, self.language = session, meeting, today, language
        self.plan = session.get_one(t.Plan, meeting.plan_id)
        self.bodies = {body.code: body.name for body in plans.definition_of(self.plan).bodies}
        self.say = partial(translate, language)
        self.none = self.say("記載なし")

    def head(self) -> Iterator[Fact]:
        held = self.meeting
        hours = self.say("%(begins)s～%(ends)s", begins=f"{held.begins_at:%H:%M}", ends=f"{held.ends_at:%H:%M}")
        yield Fact(self.say("日時"), f"{self.day(held.held_on)}　{hours}")
        yield Fact(self.say("場所"), held.place or self.none)
        if held.note:
            yield Fact(self.say("連絡事項"), held.note)

    def marks(self, lines: Sequence[Line]) -> dict[str, None]:
        """The marks of the plan and of the projects on the agenda, each once."""
        raised_by = (line.topic.matter.project_id for line in lines if line.topic and line.topic.matter)
        projects = [key_projects.find(self.session, project) for project in raised_by if project]
        marked = [self.say(project.mark) for project in projects if project.mark]
        return dict.fromkeys((*comparison_table.marks_of(self.plan, self.language), *marked))

    def item(self, number: int, line: Line) -> PaperItem:
        topic = line.topic
        if topic is not None and topic.matter is not None and topic.stage is not None:
            kind = self.say("付議第%(number)s号", number=topic.matter.number)
            if topic.stage.outcome is not None and topic.stage.meeting_id != self.meeting.id:
                # It was answered, withdrawn or went up before the body met.
                ended = label(topic.stage.outcome, self.language)
                kind = self.say("%(kind)s（会議の前に：%(outcome)s）", kind=kind, outcome=ended)
            blocks = tuple(self.matter(topic.matter, topic.stage))
        elif topic is not None and topic.review is not None and topic.consultation is not None:
            kind, blocks = self.say("計画の見直し"), (self.review(topic.review, topic.consultation),)
        else:
            kind, blocks = "", ()
        return PaperItem(number, line.title(self.language), kind, line.item.note, blocks)

    def matter(self, matter: t.Matter, stage: t.MatterStage) -> Iterator[Block]:
        project = key_projects.find(self.session, matter.project_id) if matter.project_id else None
        facts = [
            Fact(self.say("提起した日"), self.day(matter.raised_on)),
            Fact(self.say("回答を希望する日"), self.day(matter.wanted_by)),
            Fact(self.say("この会議体の回答期限"), self.day(stage.due_on)),
        ]
        if project is not None:
            facts.insert(0, Fact(self.say("プロジェクト"), f"{project.code} {titled(project, self.language)}"))
        yield Block(self.say("審議していただきたいこと"), matter.question, tuple(facts))
        proposal = matters.proposal_of(matter)
        if proposal is not None:
            yield self.proposal(proposal, project)
        names = "\n".join(file.attachment.name for file in attachments.of_matter(self.session, matter))
        lying = (Fact(self.say("添付ファイル"), names),) if names else ()
        yield Block(self.say("説明資料"), matter.papers.strip() or self.none, lying)
        before = [s for s in matters.stages_of(self.session, matter) if s.position < stage.position]
        if before:
            yield self.way_here(before)
        if project is not None:
            yield from self.project(key_project_report.gather_report(self.session, project, self.today, self.language))

    def proposal(self, step: RouteStep, project: t.KeyProject | None) -> Block:
        facts = [Fact(self.say("決めたいこと"), label(step.outcome, self.language))]
        if step.outcome is RouteOutcome.MERGE and step.merged_into is not None:
            into = key_projects.find(self.session, step.merged_into)
            facts.append(Fact(self.say("統合先"), f"{into.code} {titled(into, self.language)}"))
        facts.append(Fact(self.say("理由"), step.reason or self.none))
        now = (project.goal, project.path) if project else ("", "")
        rows = tuple(
            (name, before or self.none, after.strip())
            for name, before, after in zip(
                (self.say("目標"), self.say("道筋")), now, (step.goal, step.path), strict=True
            )
            if after.strip() and after.strip() != before
        )
        columns = (Column(self.say("変わること"), 1), Column(self.say("いま"), 3), Column(self.say("変更後"), 3))
        return Block(self.say("提案の内容"), facts=tuple(facts), table=PaperTable(columns, rows) if rows else None)

    def way_here(self, before: Sequence[t.MatterStage]) -> Block:
        rows = tuple(
            (
                self.body(stage.body, stage.body_name),
                self.day(stage.arrived_on),
                "\n".join(
                    filter(
                        None,
                        (
                            label(stage.outcome, self.language) if stage.outcome else "",
                            self.day(stage.decided_on) if stage.decided_on else "",
                        ),
                    )
                ),
                stage.comment or self.none,
            )
            for stage in before
        )
        columns = (
            Column(self.say("会議体"), 3),
            Column(self.say("付議された日"), 3),
            Column(self.say("結果"), 3),
            Column(self.say("意見・理由"), 4),
        )
        return Block(self.say("ここまでの経過"), table=PaperTable(columns, rows))

    def project(self, report: KeyProjectReport) -> Iterator[Block]:
        """Where the project stands, in short: its route, its trials in brief, its latest check-in."""
        stands = (
            Fact(self.say("状態"), label(report.state, self.language)),
            Fact(self.say("仮説"), report.hypothesis),
            Fact(self.say("だれのため"), report.beneficiaries or self.none),
            Fact(self.say("目標"), report.goal),
            Fact(self.say("道筋"), report.path or self.none),
        )
        yield Block(self.say("プロジェクトのいま"), facts=stands)
        if report.decisions:
            rows = tuple(
                (
                    self.day(d.on),
                    label(d.outcome, self.language),
                    d.decided_by or self.say("チーム"),
                    d.reason or self.none,
                )
                for d in report.decisions
            )
            names = (self.say("日"), self.say("決めたこと"), self.say("決めた会議体"), self.say("理由"))
            yield Block(self.say("これまでの決定"), table=_table(names, rows))
        if report.trials:
            made = tuple(
                (
                    trial.title,
                    label(trial.result, self.language) if trial.result else self.say("試行中"),
                    trial.learning or self.none,
                )
                for trial in report.trials
            )
            said = (self.say("試したこと"), self.say("結果"), self.say("分かったこと"))
            yield Block(self.say("試行"), table=_table(said, made))
        latest = next((c for c in reversed(report.check_ins) if c.submitted_on is not None), None)
        if latest is not None and latest.submitted_on is not None:
            heading = self.say("直近の状況確認（%(day)s）", day=self.day(latest.submitted_on))
            answers = tuple(Fact(one.question, one.answer or self.none) for one in latest.said)
            yield Block(heading, facts=answers)

    def review(self, review: t.PhaseReview, turn: t.Consultation) -> Block:
        """The review's own documents hold what is decided on: here it says which."""
        outcomes = consultation_outcome_labels(self.language)
        facts = [
            Fact(self.say("資料"), self.say("会議資料 %(number)s", number=turn.position + 1)),
            *(
                Fact(self.body(c.body, c.body_name), "\n".join(filter(None, (outcomes[c.outcome], c.comment))))
                for c in reviews.current_consultations(self.session, review)
                if c.outcome is not None and c.position < turn.position
            ),
        ]
        text = self.say("見直しの決定案についてご審議ください。内容は、見直しの文書「会議資料」のとおりです。")
        return Block(self.say("審議していただきたいこと"), text, tuple(facts))

    def body(self, code: str, then: str) -> str:
        """A body as it was called then; in English as the plan has it."""
        known = self.bodies.get(code)
        return known.in_language(self.language) if known is not None and known.ja == then else then

    def day(self, day: date) -> str:
        return date_text(self.language, day)


def _table(names: Sequence[str], rows: tuple[tuple[str, ...], ...]) -> PaperTable:
    """A table whose last column, the one with sentences, is as wide as two."""
    columns = (*(Column(name, 2) for name in names[:-1]), Column(names[-1], 4))
    return PaperTable(columns, rows)
