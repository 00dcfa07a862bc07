"""What a return asks to mend, answer by answer, as a mail quotes it (差戻し)."""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import Session

from db import tables as t
from domain.questions import in_words
from records import report_figures, reporting

_QUOTED = 80  # characters of an answer: enough to know it again; Meguru's own


@dataclass(frozen=True)
class QuotedRemark:
    """`question` is its label; `answer` as it read when the report was returned, cut short."""

    question: str
    answer: str
    remark: str


def quoted(session: Session, report: t.ProgressReport, node: t.Node, language: str) -> tuple[QuotedRemark, ...]:
    if not report.return_remarks:
        return ()
    asked = report_figures.form_of(session, session.get_one(t.CollectionRound, report.round_id), node)
    by_id = {question.id: question for question in asked.questions}
    return tuple(
        QuotedRemark(
            by_id[one.question].label.in_language(language),
            _cut(in_words(by_id[one.question], one.answer, language)),
            one.remark,
        )
        for one in reporting.remarks_of(report)
        if one.question in by_id
    )


def _cut(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _QUOTED else f"{line[:_QUOTED]}…"
