"""What stands in the evaluation of a term, arranged for reading: the one picture that all formats draw."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from documents.labels import date_text, fiscal_year_text, marks_line
from documents.survey_results import QuestionResult
from documents.term_evaluation import AchievedYear, EvaluatedTheme, SurveyTold, TermEvaluation, TriedOut
from documents.writable import writable
from domain.term_evaluation import Standing
from i18n import translate


@dataclass(frozen=True)
class Fact:
    name: str
    text: str


@dataclass(frozen=True)
class ThemeSection:
    """A theme; `evidence` says in one line how much there is about it."""

    heading: str
    good: tuple[str, ...]
    to_do: tuple[str, ...]
    states: tuple[str, ...]
    evidence: str


@dataclass(frozen=True)
class YearRow:
    """A fiscal year with what was done in it; `remark` "" or that it lies before the term."""

    year: str
    remark: str
    achieved: tuple[str, ...]
    count: str


@dataclass(frozen=True)
class ProjectRow:
    project: str
    check_ins: str
    trials: str


@dataclass(frozen=True)
class TrialSection:
    heading: str
    project: str
    facts: tuple[Fact, ...]


@dataclass(frozen=True)
class SurveySection:
    heading: str
    facts: tuple[Fact, ...]
    is_compared: bool
    questions: tuple[QuestionResult, ...]
    note: str


@dataclass(frozen=True)
class Content:
    """The evaluation of a term ready to be laid out; what is not known already reads 「記載なし」."""

    language: str
    labels: dict[str, str]
    document_title: str
    running_title: str
    municipality: str
    plan: str
    issued: date
    issued_on: str
    marks: tuple[str, ...]
    marks_line: str
    facts: tuple[Fact, ...]
    basis: tuple[str, ...]
    years: tuple[YearRow, ...]
    themes: tuple[ThemeSection, ...]
    projects: tuple[ProjectRow, ...]
    trials: tuple[TrialSection, ...]
    surveys: tuple[SurveySection, ...]
    outlook: tuple[str, ...]


def content_of(told: TermEvaluation) -> Content:
    """Arranges an evaluation. Characters no document can hold are dropped; everything else stays as written."""
    told = writable(told)
    words = _Words(told)
    labels = words.labels
    return Content(
        language=told.language,
        labels=labels,
        document_title=" ".join((told.plan, told.term, labels["title"])),
        running_title=" ".join((told.term, labels["title"])),
        municipality=told.municipality,
        plan=told.plan,
        issued=told.issued_on,
        issued_on=date_text(told.language, told.issued_on),
        marks=told.marks,
        marks_line=marks_line(told.marks),
        facts=words.facts(),
        basis=tuple(words.basis()),
        years=tuple(words.year(year) for year in told.achievements),
        themes=tuple(words.theme(theme) for theme in told.themes),
        projects=tuple(
            ProjectRow(" ".join((p.code, p.title)), words.times(p.check_ins), words.times(p.trials))
            for p in told.projects
        ),
        trials=tuple(words.trial(trial) for trial in told.trials),
        surveys=tuple(words.survey(survey) for survey in told.surveys),
        outlook=told.outlook,
    )


def labels_of(language: str, theme_label: str) -> dict[str, str]:
    """The fixed words of the document."""

    def say(text: str, **values: object) -> str:
        return translate(language, text, **values)

    return {
        "title": say("期間の振り返り"),
        "contents": say("目次"),
        "basis": say("振り返りのもとにしたもの"),
        "achievements": say("年度ごとの主な取組"),
        "themes": say("%(level)sごとの振り返り", level=theme_label),
        "no_grade": say("点数や等級は付けません。結果だけでなく、過程と試したことも見ています。"),
        "good": say("よかった点"),
        "to_do": say("これからの課題"),
        "states": say("含まれるもの"),
        "evidence": say("もとにした記録"),
        "tried": say("試したことと分かったこと"),
        "no_trials": say("この期間に記録された試行はありません。"),
        "project": say("キープロジェクト"),
        "check_ins": say("状況確認"),
        "trials": say("試行"),
        "surveys": say("調査の結果"),
        "no_surveys": say("この期間に行われた調査の記録はありません。"),
        "outlook": say("今後に向けて"),
        "fiscal_year": say("年度"),
        "done": say("主な取組"),
        "count": say("件数"),
        "answer": say("回答"),
        "group": say("対象"),
        "share": say("割合"),
        "before": say("前回の割合"),
        "points": say("前回との差（ポイント）"),
        "not_stated": say("記載なし"),
        "question_gone": say("前回だけにあった設問です。"),
    }


class _Words:
    """Puts the parts of one evaluation into words of its language."""

    def __init__(self, told: TermEvaluation) -> None:
        self.told = told
        self.language = told.language
        self.labels = labels_of(told.language, told.theme_label)

    def say(self, text: str, **values: object) -> str:
        return translate(self.language, text, **values)

    def times(self, count: int) -> str:
        return self.say("%(count)d回", count=count)

    def facts(self) -> tuple[Fact, ...]:
        told = self.told
        years = self.say(
            "%(first)sから%(last)sまで",
            first=fiscal_year_text(self.language, told.first_fiscal_year),
            last=fiscal_year_text(self.language, told.last_fiscal_year),
        )
        found = (
            (self.say("自治体"), told.municipality),
            (self.say("計画"), told.plan),
            (self.say("期間"), self.say("%(term)s（%(years)s）", term=told.term, years=years)),
            (self.say("振り返りの状態"), self._standing()),
            (self.say("発行日"), date_text(self.language, told.issued_on)),
        )
        return tuple(Fact(*fact) for fact in found)

    def _standing(self) -> str:
        if self.told.standing is Standing.PRINTED:
            return self.say("計画書に書かれた振り返り")
        if self.told.decided_on is None:
            return self.say("下書き（決定前）")
        return self.say("%(day)sに決定", day=date_text(self.language, self.told.decided_on))

    def basis(self) -> list[str]:
        """What the evaluation rests on; what there is none of is left out."""
        told = self.told
        within = sum(len(year.achieved) for year in told.achievements if not year.precedes)
        earlier = sum(len(year.achieved) for year in told.achievements if year.precedes)
        found = []
        if earlier:
            found.append(
                self.say(
                    "主な取組 %(count)d件（うち期間より前の年度のもの %(earlier)d件）",
                    count=within + earlier,
                    earlier=earlier,
                )
            )
        elif within:
            found.append(self.say("主な取組 %(count)d件", count=within))
        reports = sum(theme.reports for theme in told.themes)
        if reports:
            found.append(self.say("毎年の進捗報告 %(count)d件", count=reports))
        if told.projects:
            found.append(
                self.say(
                    "キープロジェクト %(projects)d件（状況確認 %(check_ins)d回、試行 %(trials)d回）",
                    projects=len(told.projects),
                    check_ins=sum(p.check_ins for p in told.projects),
                    trials=sum(p.trials for p in told.projects),
                )
            )
        return [*found, *(survey.name for survey in told.surveys)]

    def year(self, year: AchievedYear) -> YearRow:
        unknown = self.say("年度の記載なし")
        return YearRow(
            year=unknown if year.fiscal_year is None else fiscal_year_text(self.language, year.fiscal_year),
            remark=self.say("期間より前") if year.precedes else "",
            achieved=year.achieved or (self.labels["not_stated"],),
            count=str(len(year.achieved)),
        )

    def theme(self, theme: EvaluatedTheme) -> ThemeSection:
        nothing = (self.labels["not_stated"],)
        counts = (
            (theme.reports, self.say("進捗報告 %(count)d件", count=theme.reports)),
            (theme.check_ins, self.say("状況確認 %(count)d回", count=theme.check_ins)),
            (theme.trials, self.say("試行 %(count)d回", count=theme.trials)),
            (theme.questions, self.say("関係する調査の設問 %(count)d問", count=theme.questions)),
        )
        evidence = self.say("、").join(text for count, text in counts if count)
        return ThemeSection(
            heading=" ".join((self.told.theme_label, theme.code, theme.title)),
            good=theme.good or nothing,
            to_do=theme.to_do or nothing,
            states=theme.states,
            evidence=evidence or self.say("このテーマに結び付いた記録はありません。"),
        )

    def trial(self, trial: TriedOut) -> TrialSection:
        started = date_text(self.language, trial.started_on)
        if trial.ended_on is None:
            period = self.say("%(first)sから", first=started)
        else:
            period = self.say("%(first)sから%(last)sまで", first=started, last=date_text(self.language, trial.ended_on))
        said = (
            (self.say("試した期間"), period),
            (self.say("見込み（仮説）"), trial.hypothesis),
            (self.say("行ったこと"), trial.done),
            (self.say("結果"), trial.result or self.say("試行中")),
            (self.say("分かったこと"), trial.learning),
            (self.say("次に行うこと"), trial.next),
        )
        facts = [Fact(name, text.strip() or self.labels["not_stated"]) for name, text in said]
        if trial.abolishes:
            facts.append(Fact(self.say("なくせる業務"), trial.abolishes))
        return TrialSection(trial.title, trial.project, tuple(facts))

    def survey(self, survey: SurveyTold) -> SurveySection:
        not_stated = self.labels["not_stated"]
        year = not_stated if survey.fiscal_year is None else fiscal_year_text(self.language, survey.fiscal_year)
        people = (
            self.say("%(count)s人", count=f"{survey.respondents:,}") if survey.respondents is not None else not_stated
        )
        facts = [Fact(self.say("実施年度"), year), Fact(self.say("回答者数"), people)]
        if survey.allows_several_answers:
            facts.append(Fact(self.say("答え方"), self.say("複数回答")))
        if survey.compared_with:
            facts.append(Fact(self.say("比べた調査"), survey.compared_with))
        return SurveySection(survey.name, tuple(facts), bool(survey.compared_with), survey.questions, survey.note)
