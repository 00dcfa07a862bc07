"""Opinions as CSV: a template to fill in, what was filled in, and the list of all to take along."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from io import StringIO
from typing import Any

from domain import opinion
from domain.opinion import OpinionContent, OpinionProblem
from domain.reference import OpinionSource
from domain.text import Bilingual, half_width
from exchange import lists, table_wording, typed, wording
from exchange.archive import refused
from exchange.characters import plain_code
from exchange.columns import Column, Group, Kind, Sheet
from exchange.csv_grid import guarded, read_grid
from exchange.grid import Value, as_text
from exchange.remarks import Place, Wording, WrongTable
from exchange.tables import Findings, FoundRow, FoundTable, table_of

_RECEIVED, _SOURCE, _TEXT, _AUTHOR, _CONTACT, _NODES = range(6)

SHEET = Sheet(
    code="opinions",
    name=Bilingual("意見", "Opinions"),
    own=(
        Column(("received_on",), Bilingual("受付日", "Received on"), Kind.DAY, required=True),
        Column(("source",), Bilingual("意見の出どころ", "Source"), required=True),
        Column(("text",), Bilingual("意見", "Opinion"), required=True),
        Column(("author",), Bilingual("氏名・団体名", "Name")),
        Column(("contact",), Bilingual("連絡先", "Contact")),
        Column(("nodes",), Bilingual("関連する施策の番号", "Codes of related measures"), Kind.CODES),
    ),
    note=Bilingual(""),
    group=Group.EDITED,
)
"""What a file of opinions holds, one in a row."""

_TAKEN_ALONG = (
    *("受付番号", "受付日", "受付方法", "意見の出どころ", "氏名・団体名", "連絡先", "意見", "関連する施策の番号"),
    *("反映状況", "回答", "回答日"),
)


def _wording(ja: str, en: str, remedy_ja: str, remedy_en: str) -> Wording:
    return Wording(Bilingual(ja, en), Bilingual(remedy_ja, remedy_en))


_TOO_LONG = _wording(
    "長すぎます（上限は{limit}文字です）。",
    "The text is too long (the limit is {limit} characters).",
    "短くするか、複数の行に分けてください。",
    "Shorten it, or part it into several rows.",
)
_AHEAD = _wording(
    "受付日が、まだ来ていない日です。", "The day has not come yet.", "日付をご確認ください。", "Check the day."
)
_NODE_UNKNOWN = _wording(
    "「{typed}」という番号は、この計画にありません。{hint}",
    "The plan has no “{typed}”. {hint}",
    "番号を計画のとおりに書いてください。",
    "Write the code as the plan has it.",
)
_PLACES: Mapping[OpinionProblem, tuple[int, Wording, int]] = {
    OpinionProblem.TEXT_TOO_LONG: (_TEXT, _TOO_LONG, opinion.LONGEST_TEXT),
    OpinionProblem.AUTHOR_TOO_LONG: (_AUTHOR, _TOO_LONG, opinion.LONGEST_AUTHOR),
    OpinionProblem.CONTACT_TOO_LONG: (_CONTACT, _TOO_LONG, opinion.LONGEST_CONTACT),
    OpinionProblem.RECEIVED_AHEAD: (_RECEIVED, _AHEAD, 0),
}


@dataclass(frozen=True)
class OpinionLine:
    """One opinion of a file, and the codes of what it is about."""

    content: OpinionContent
    nodes: tuple[str, ...]


@dataclass(frozen=True)
class ReadOpinions:
    """What a file says, each opinion once, and what was read otherwise than it is written."""

    lines: tuple[OpinionLine, ...]
    findings: Findings


@dataclass(frozen=True)
class TakenAlong:
    """An opinion as its row of the list shows it; codes are in words already."""

    number: str
    received_on: date
    channel: str
    source: str
    content: OpinionContent
    nodes: Sequence[str]
    reflection: str
    answer: str
    answered_on: date | None


def template() -> bytes:
    """A file with the headings alone."""
    return _written([[column.heading.ja for column in SHEET.columns]])


def write(opinions: Iterable[TakenAlong]) -> bytes:
    """All of them with their answers, for Excel. It is a list to read: `read` does not take it back."""
    return _written([_TAKEN_ALONG, *(_row(one) for one in opinions)])


def read(content: bytes, sources: Sequence[OpinionSource], nodes: Sequence[str], today: date) -> ReadOpinions:
    """The opinions in a CSV; `nodes` are the codes that may be named. Raises `WrongTable` with every mistake."""
    if not content:
        raise refused(wording.EMPTY)
    findings = Findings()
    table = table_of(SHEET, read_grid(content, ""), findings)
    found: dict[str, tuple[int, OpinionLine]] = {}
    for row in table.rows if table else ():
        line = _Row(table, row, findings).line(sources, nodes, today) if table else None
        if line is None:
            continue
        first, _ = found.setdefault(opinion.key_of(line.content), (row.row, line))
        if first != row.row:
            findings.warnings.append(wording.ROW_REPEATED.at(Place(row=row.row), row=first))
    if not findings.mistakes and not found:
        findings.mistakes.append(table_wording.NO_ROWS.at(Place()))
    if findings.mistakes:
        raise WrongTable(findings.mistakes, findings.warnings)
    return ReadOpinions(tuple(line for _, line in found.values()), findings)


@dataclass(frozen=True)
class _Row:
    """One row while it is read: what is wrong with it is added to the findings."""

    table: FoundTable
    row: FoundRow
    findings: Findings

    def line(self, sources: Sequence[OpinionSource], nodes: Sequence[str], today: date) -> OpinionLine | None:
        before = len(self.findings.mistakes)
        values = [self._value(i) for i in range(len(SHEET.columns))]
        source = self._source(values[_SOURCE], sources)
        for code in values[_NODES] or ():
            if code not in nodes:
                hint = wording.did_you_mean(typed.nearest(code, nodes))
                self._mistake(_NODE_UNKNOWN, _NODES, typed=code, hint=hint)
        content = OpinionContent(
            source,
            opinion.cleaned(values[_TEXT] or ""),
            values[_RECEIVED] or today,
            opinion.cleaned(values[_AUTHOR] or ""),
            opinion.cleaned(values[_CONTACT] or ""),
        )
        for problem in opinion.problems_of(content, sources, today):
            if problem in _PLACES:  # what is missing was named cell by cell
                column, said, limit = _PLACES[problem]
                self._mistake(said, column, limit=limit)
        return OpinionLine(content, values[_NODES] or ()) if len(self.findings.mistakes) == before else None

    def _value(self, i: int) -> Any:  # whatever the column holds
        column, value = SHEET.columns[i], self.row.values[i]
        if value is None:
            if column.required:
                self._mistake(wording.MISSING, i, heading=column.heading)
            return None
        try:
            found = typed.read(column, value)
        except typed.Unreadable as mistake:
            self._mistake(mistake.wording, i, **mistake.values)
            return None
        place = self.table.place(self.row.row, i)
        self.findings.warnings.extend(said.at(place, **about) for said, about in found.notes)
        return found.value

    def _source(self, value: Value, sources: Sequence[OpinionSource]) -> str:
        if value is None:
            return ""
        wanted = _plain(as_text(value))
        for source in sources:
            if wanted in (_plain(source.code), _plain(source.label.ja), _plain(source.label.en)):
                return source.code
        labels = [source.label.ja for source in sources]
        hint = wording.did_you_mean(typed.nearest(as_text(value), labels))
        self._mistake(wording.NOT_A_CHOICE, _SOURCE, typed=as_text(value), hint=hint, choices="、".join(labels))
        return ""

    def _mistake(self, said: Wording, column: int, **values: object) -> None:
        self.findings.mistakes.append(said.at(self.table.place(self.row.row, column), **values))


def _plain(text: str) -> str:
    return "".join(half_width(text).split()).casefold()


def _row(one: TakenAlong) -> list[str]:
    return [
        one.number,
        one.received_on.isoformat(),
        guarded(one.channel),
        guarded(one.source),
        guarded(one.content.author),
        guarded(one.content.contact),
        guarded(one.content.text),
        guarded(lists.joined(one.nodes, lists.CODES, plain_code)),
        guarded(one.reflection),
        guarded(one.answer),
        one.answered_on.isoformat() if one.answered_on else "",
    ]


def _written(rows: Iterable[Sequence[str]]) -> bytes:
    """UTF-8 with its mark, for Excel."""
    text = StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode("utf-8-sig")
