"""回答用Excel: what a department's own workbook holds, for whoever would rather answer away from the page.

What comes back is in `records/returned_workbooks.py`.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlmodel import Session, col, select

from db import tables as t
from documents.series import number_text, time_text
from domain import proposal, questions
from domain.indicator import IndicatorValue
from domain.ladder import Anchor, Rank, StepKind
from domain.plan import PlanDefinition, RoundDefinition
from domain.progress_report import EDITABLE
from domain.questions import Question
from domain.reported_figure import AskedFigure
from domain.text import Bilingual, named, titled
from exchange import answer_wording as words
from exchange.answer_workbook import LONGEST_ANSWER, AnswerSheet, AnswerWorkbook, Beside, Line, ListedMeasure
from i18n import translate
from mail.compose import day_in_words, fiscal_year_in_words, nobody
from records import inheritance, people, plan_reading, plans, report_figures, reporting, requests
from records.reporting import ReportInHand
from records.requests import LastYear
from records.round_state import question_set_of

_MOST_CONTACTS = 3  # people of the planning division that a workbook names; Meguru's own


def is_carried_by(mail: t.Mail, rules: RoundDefinition) -> bool:
    """Whether a mail brings the workbook: the one that opens the round, to those who write, where the plan wants it."""
    code = mail.step_key.partition("@")[0]
    step = next((step for step in rules.ladder.steps if step.code == code), None)
    opens = step is not None and step.kind is StepKind.NOTICE and step.anchor is Anchor.OPENED
    return rules.attaches_workbook and opens and mail.rank is Rank.STAFF


def of_request(session: Session, request_id: int, language: str, link: str = "") -> AnswerWorkbook:
    """A request as its workbook holds it; `link` is its page. What is not owed any more is listed without a sheet.

    The file's name has plain letters only, whatever the mail program: iizuka-ict-2020-information.xlsx.
    """
    request = session.get_one(t.UpdateRequest, request_id)
    round_ = session.get_one(t.CollectionRound, request.round_id)
    plan = session.get_one(t.Plan, round_.plan_id)
    department = session.get(t.Department, request.department_id) if request.department_id else None
    definition = plans.definition_of(plan)
    rows = session.exec(
        select(t.ProgressReport, t.Node)
        .join(t.Node, col(t.Node.id) == col(t.ProgressReport.node_id))
        .where(t.ProgressReport.request_id == request.id)
        .order_by(col(t.Node.position))
    ).all()
    held = [ReportInHand(report, request, round_, plan, node) for report, node in rows]
    owed = [one.report.due_on for one in held if reporting.is_still_owed(one)]
    return AnswerWorkbook(
        file_name=f"{plan.code}-{round_.fiscal_year}-{department.code if department else request.id}.xlsx",
        round=round_.workflow_id,
        request=request.id,
        language=language,
        municipality=plans.municipality_of(session, plan).name,
        plan=named(plan, language),
        asked_for=_asked_for(plan, round_, language),
        department=named(department, language) if department else nobody(language),
        due=day_in_words(min(owed), language) if owed else "",
        contact=_contact(session, language),
        link=link,
        measures=tuple(_listed(session, one, definition, language) for one in held),
    )


def _asked_for(plan: t.Plan, round_: t.CollectionRound, language: str) -> str:
    what = translate(language, "見直しの提案") if round_.review_id else translate(language, "進捗報告")
    return f"{named(plan, language)} {fiscal_year_in_words(round_.fiscal_year, language)} {what}"


def _contact(session: Session, language: str) -> tuple[str, ...]:
    found = people.planning(session)[:_MOST_CONTACTS]
    division = translate(language, "計画担当課")
    return tuple(f"{division}: {one.name} <{one.email}>" for one in found) or (division,)


def _listed(session: Session, held: ReportInHand, definition: PlanDefinition, language: str) -> ListedMeasure:
    report = held.report
    is_filled_in = reporting.is_still_owed(held) and report.state in EDITABLE
    fits = all(len(answer) <= LONGEST_ANSWER for answer in report.answers.values())
    return ListedMeasure(
        code=held.node.code,
        title=titled(held.node, language),
        state=_state(report).in_language(language),
        due=day_in_words(report.due_on, language) if reporting.is_still_owed(held) else "",
        sheet=_sheet(session, held, definition, language) if is_filled_in and fits else None,
    )


def _state(report: t.ProgressReport) -> Bilingual:
    if report.is_exempted:
        return words.EXEMPTED
    return words.STATES.get(report.state) or (words.STARTED if report.answers else words.EMPTY)


def _sheet(session: Session, held: ReportInHand, definition: PlanDefinition, language: str) -> AnswerSheet:
    last_year = requests.last_year(session, held)
    figures = report_figures.asked(session, held.round, held.node)
    question_set = report_figures.with_figures(question_set_of(held.round), figures)
    measured = {figure.key: figure for figure in figures}
    now = proposal.as_it_reads(plan_reading.told(held.node), definition) if held.is_proposal else {}
    to_mend = {r.question: r.remark for r in reporting.remarks_of(held.report)}
    answers = held.report.answers

    def line(question: Question) -> Line:
        found = [Beside(words.TO_MEND, to_mend[question.id])] if question.id in to_mend else []
        if question.id in measured:
            found += _of_figure(measured[question.id], language)
        elif question.id in now:
            found.append(Beside(words.IN_THE_PLAN, now[question.id].in_language(language)))
        found += _of_last_year(question, last_year, language)
        return Line(question, answers.get(question.id, ""), tuple(found))

    asked = questions.that_may_be_shown(question_set, held.node.measure_class or "")
    place = requests.place_in_plan(session, held.node)
    return AnswerSheet(
        report=held.report.id,
        revision=held.report.revision,
        place=" > ".join(f"{node.code} {titled(node, language)}" for node in place),
        notes=tuple(_notes(session, held, last_year, {q.recalls for q in asked}, language)),
        lines=tuple(line(question) for question in asked),
    )


def _of_last_year(question: Question, last_year: LastYear | None, language: str) -> Iterable[Beside]:
    """Last year's answer, and the promise that the question asks back."""
    if last_year is None:
        return
    for code, label in ((question.recalls, words.PROMISED), (question.id, words.LAST_YEAR)):
        then = next((q for q in last_year.question_set.questions if q.id == code), None)
        said = questions.in_words(then, last_year.answers.get(code, ""), language) if then else ""
        if said:
            yield Beside(label, said)


def _of_figure(figure: AskedFigure, language: str) -> list[Beside]:
    unit = figure.indicator.unit.in_language(language)
    found = []
    if figure.target is not None and figure.target.value is not None:
        found.append(Beside(words.TARGET, _value(figure.target, unit, language)))
    if figure.last_values:
        found.append(Beside(words.LAST_VALUES, "\n".join(_value(v, unit, language) for v in figure.last_values)))
    return found


def _value(value: IndicatorValue, unit: str, language: str) -> str:
    upper = f"–{number_text(value.upper)}" if value.upper is not None else ""
    return f"{time_text(value, language)} {number_text(value.value)}{upper} {unit}".strip()


def _notes(
    session: Session, held: ReportInHand, last_year: LastYear | None, recalled: set[str], language: str
) -> Iterable[Beside]:
    """What stands above the questions: why the report came back, and promises that no question asks back."""
    if held.report.return_comment:
        yield Beside(words.RETURNED_BECAUSE, held.report.return_comment)
    for label, text in _promises(last_year, recalled, language):
        yield Beside(words.PROMISED, f"{label}: {text}")
    for each in inheritance.of_report(session, held):
        for label, text in _promises(each.last_year, set(), language):
            measure = f"{each.node.code} {titled(each.node, language)}"
            yield Beside(words.PROMISED_OF_ANOTHER, f"{measure}\n{label}: {text}")


def _promises(last_year: LastYear | None, recalled: set[str], language: str) -> Iterable[tuple[str, str]]:
    for question in last_year.question_set.questions if last_year else ():
        said = last_year.answers.get(question.id, "") if last_year else ""
        if question.promise and said and question.id not in recalled:
            yield question.label.in_language(language), questions.in_words(question, said, language)
