"""One survey as CSV: a template with the questions and answers of the last one, and what was filled in.

A row is one answer of one group. Codes tell questions, answers and groups apart: kept alike, two surveys are compared.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from io import StringIO
from typing import Any

from domain.reference import Survey, SurveyAnswer, SurveyQuestion
from domain.text import Bilingual
from exchange import lists, table_wording, typed, wording
from exchange.archive import refused
from exchange.characters import plain_code
from exchange.columns import Column, Group, Kind, Sheet
from exchange.csv_grid import guarded, read_grid
from exchange.remarks import Place, Wording, WrongTable
from exchange.tables import Findings, FoundRow, FoundTable, table_of

_QUESTION, _ASKED, _ANSWER, _SAID, _GROUP, _OF, _SHARE, _WORDS, _RANK, _VISION, _ASKS_NODES, _TELLS_NODES = range(12)

SHEET = Sheet(
    code="survey",
    name=Bilingual("調査", "Survey"),
    own=(
        Column(("question",), Bilingual("設問のコード", "Question code"), Kind.CODE, required=True),
        Column(("asked",), Bilingual("設問", "Question"), required=True),
        Column(("answer",), Bilingual("回答のコード", "Answer code"), Kind.CODE, required=True),
        Column(("said",), Bilingual("回答", "Answer"), required=True),
        Column(("group",), Bilingual("回答者の層のコード", "Group code"), Kind.CODE),
        Column(("of",), Bilingual("回答者の層", "Group")),
        Column(("share",), Bilingual("割合（％）", "Share (%)"), Kind.NUMBER),
        Column(("words",), Bilingual("おおよその割合", "Share in words")),
        Column(("rank",), Bilingual("順位", "Rank"), Kind.INTEGER),
        Column(("vision",), Bilingual("ビジョンについての設問", "About the vision"), Kind.YES_NO),
        Column(("asks_nodes",), Bilingual("設問に関係する番号", "Codes the question is about"), Kind.CODES),
        Column(("tells_nodes",), Bilingual("回答に関係する番号", "Codes the answer is about"), Kind.CODES),
    ),
    note=Bilingual(""),
    group=Group.EDITED,
)
"""What a file of one survey holds: a row for each answer of each group."""

_LIKE_A_DAY = re.compile(r"\d{1,4}[-/]\d{1,2}(?:[-/]\d{1,2})?")


def _wording(ja: str, en: str, remedy_ja: str, remedy_en: str) -> Wording:
    return Wording(Bilingual(ja, en), Bilingual(remedy_ja, remedy_en))


_NO_SHARE = _wording(
    "割合「{typed}」は、0から100までの数ではありません。",
    "The share “{typed}” does not lie between 0 and 100.",
    "％の値を、0から100までの数字で書いてください。",
    "Write the percentage as a number from 0 to 100.",
)
_TWICE = _wording(
    "同じ設問・回答・層が、{row}行目にもあります。",
    "Row {row} has the same question, answer and group.",
    "コードを確かめ、どちらかの行を消すか、別のコードにしてください。",
    "Check the codes: delete one of the rows or give it another code.",
)
_ASKED_OTHERWISE = _wording(
    "設問「{code}」の文が、上の行（{row}行目）と違います。",
    "Question “{code}” is worded otherwise than in row {row}.",
    "同じ設問なら文をそろえ、別の設問なら別のコードにしてください。",
    "Word it alike, or give another question another code.",
)
_GROUP_UNNAMED = _wording(
    "回答者の層のコードと名前は、両方書くか、両方空けてください。",
    "The code of a group and its name go together.",
    "全体の値なら、どちらも空欄にします。",
    "Leave both empty for everybody.",
)
_NODE_UNKNOWN = _wording(
    "「{typed}」という番号は、この計画にありません。{hint}",
    "The plan has no “{typed}”. {hint}",
    "番号を計画のとおりに書いてください。",
    "Write the code as the plan has it.",
)


@dataclass(frozen=True)
class ReadSurvey:
    """The questions that a file holds, and what was read otherwise than it is written."""

    questions: tuple[SurveyQuestion, ...]
    findings: Findings


def template(last: Survey | None = None) -> bytes:
    """A file to fill in: the rows of the last survey without their figures, or the headings alone."""
    rows = [_row(q, a, with_figures=False) for q in (last.questions if last else ()) for a in q.answers]
    return _written([[column.heading.ja for column in SHEET.columns], *rows])


def write(survey: Survey) -> bytes:
    """A survey with its figures; `read` takes it back."""
    rows = [_row(q, a, with_figures=True) for q in survey.questions for a in q.answers]
    return _written([[column.heading.ja for column in SHEET.columns], *rows])


def read(content: bytes, nodes: Collection[str]) -> ReadSurvey:
    """The questions in a CSV; `nodes` are the codes that may be named. Raises `WrongTable` with every mistake."""
    if not content:
        raise refused(wording.EMPTY)
    findings = Findings()
    table = table_of(SHEET, read_grid(content, ""), findings)
    reading = _Reading(table, nodes, findings) if table else None
    for row in table.rows if table else ():
        assert reading is not None
        reading.add(row)
    if (reading is None or not reading.questions) and not findings.mistakes:
        findings.mistakes.append(table_wording.NO_ROWS.at(Place()))
    if findings.mistakes:
        raise WrongTable(findings.mistakes, findings.warnings)
    assert reading is not None, "a file without rows is refused above"
    return ReadSurvey(tuple(reading.questions.values()), findings)


class _Reading:
    """A table while it is read: what is wrong with a row is added to the findings."""

    def __init__(self, table: FoundTable, nodes: Collection[str], findings: Findings) -> None:
        self.table, self.nodes, self.findings = table, nodes, findings
        self.questions: dict[str, SurveyQuestion] = {}
        self._asked_in: dict[str, int] = {}
        self._seen: dict[tuple[str, str, str], int] = {}

    def add(self, row: FoundRow) -> None:
        before = len(self.findings.mistakes)
        values = [self._value(row, i) for i in range(len(SHEET.columns))]
        self._check(row, values)
        if len(self.findings.mistakes) > before:
            return
        code = values[_QUESTION]
        known = self.questions.get(code)
        self._asked_in.setdefault(code, row.row)
        asked_about = tuple(dict.fromkeys((*(known.nodes if known else ()), *(values[_ASKS_NODES] or ()))))
        self.questions[code] = SurveyQuestion(
            code=code,
            text=Bilingual(values[_ASKED]),
            answers=(*(known.answers if known else ()), _answer(values)),
            about_vision=bool(values[_VISION]) or bool(known and known.about_vision),
            nodes=asked_about,
        )

    def _check(self, row: FoundRow, values: Sequence[Any]) -> None:
        code, share = values[_QUESTION], values[_SHARE]
        if share is not None and not 0 <= share <= 100:
            self._mistake(row, _NO_SHARE, _SHARE, typed=share)
        if bool(values[_GROUP]) != bool(values[_OF]):
            self._mistake(row, _GROUP_UNNAMED, _OF if values[_GROUP] else _GROUP)
        for column in (_ASKS_NODES, _TELLS_NODES):
            for named in values[column] or ():
                if named not in self.nodes:
                    hint = wording.did_you_mean(typed.nearest(named, self.nodes))
                    self._mistake(row, _NODE_UNKNOWN, column, typed=named, hint=hint)
        if not code or not values[_ANSWER]:
            return
        known = self.questions.get(code)
        if known is not None and values[_ASKED] and values[_ASKED] != known.text.ja:
            self._mistake(row, _ASKED_OTHERWISE, _ASKED, code=code, row=self._asked_in[code])
        key = code, values[_ANSWER], values[_GROUP] or ""
        first = self._seen.setdefault(key, row.row)
        if first != row.row:
            self._mistake(row, _TWICE, _ANSWER, row=first)

    def _value(self, row: FoundRow, i: int) -> Any:  # whatever the column holds
        column, value = SHEET.columns[i], row.values[i]
        if value is None:
            if column.required:
                self._mistake(row, wording.MISSING, i, heading=column.heading)
            return None
        try:
            found = typed.read(column, value)
        except typed.Unreadable as mistake:
            self._mistake(row, mistake.wording, i, **mistake.values)
            return None
        place = self.table.place(row.row, i)
        self.findings.warnings.extend(said.at(place, **about) for said, about in found.notes)
        return found.value

    def _mistake(self, at: FoundRow, said: Wording, column: int, **values: object) -> None:
        self.findings.mistakes.append(said.at(self.table.place(at.row, column), **values))


def _answer(values: Sequence[Any]) -> SurveyAnswer:
    return SurveyAnswer(
        text=Bilingual(values[_SAID]),
        share=values[_SHARE],
        approximate=Bilingual(values[_WORDS] or ""),
        rank=values[_RANK],
        group=Bilingual(values[_OF] or ""),
        code=values[_ANSWER],
        group_code=values[_GROUP] or "",
        nodes=tuple(values[_TELLS_NODES] or ()),
    )


def _row(question: SurveyQuestion, answer: SurveyAnswer, *, with_figures: bool) -> list[str]:
    figures = (_number(answer.share), guarded(answer.approximate.ja), "" if answer.rank is None else str(answer.rank))
    return [
        _code(question.code),
        guarded(question.text.ja),
        _code(answer.code),
        guarded(answer.text.ja),
        _code(answer.group_code),
        guarded(answer.group.ja),
        *(figures if with_figures else ("", "", "")),
        "はい" if question.about_vision else "",
        _codes(question.nodes),
        _codes(answer.nodes),
    ]


def _code(code: str) -> str:
    """A code that a spreadsheet leaves alone: 1-2 would become the second of January, in quotation marks it stays."""
    return lists.quoted(code) if _LIKE_A_DAY.fullmatch(code) else guarded(code)


def _codes(codes: Sequence[str]) -> str:
    return _code(codes[0]) if len(codes) == 1 else guarded(lists.joined(codes, lists.CODES, plain_code))


def _number(share: Decimal | None) -> str:
    return "" if share is None else f"{share:f}"


def _written(rows: Sequence[Sequence[str]]) -> bytes:
    """UTF-8 with its mark, for Excel."""
    text = StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode("utf-8-sig")


def with_english(questions: Sequence[SurveyQuestion], last: Survey | None) -> tuple[SurveyQuestion, ...]:
    """The questions with the English texts of the survey before, where the Japanese text is the same."""
    known = {q.code: q for q in last.questions} if last else {}
    return tuple(_in_two_languages(q, known.get(q.code)) for q in questions)


def _in_two_languages(question: SurveyQuestion, last: SurveyQuestion | None) -> SurveyQuestion:
    texts = {} if last is None else {t.ja: t for a in last.answers for t in (a.text, a.group, a.approximate)}

    def said(text: Bilingual) -> Bilingual:
        return texts.get(text.ja, text)

    answers = tuple(
        replace(a, text=said(a.text), group=said(a.group), approximate=said(a.approximate)) for a in question.answers
    )
    asked = last.text if last is not None and last.text.ja == question.text.ja else question.text
    return replace(question, text=asked, answers=answers)
