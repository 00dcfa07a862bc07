"""The words of the pages on which the planning division sets what a plan asks and when."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import Any

import i18n
from documents.year_calendar import EntryKind
from domain.changes import Change
from domain.ladder import Anchor
from domain.mistakes import Mistake
from domain.questions import QuestionKind, QuestionSet
from exchange import rule_wording
from exchange.remarks import Place
from i18n import N_

SETTINGS_PROBLEMS = {
    "changed_meanwhile": N_("ほかの人が先に設定を変えました。変わったところを確かめてから、もう一度保存してください。"),
    "draft_not_readable": N_("編集中の内容を読み取れませんでした。いまの設問から、もう一度始めてください。"),
    "question_label_missing": N_("設問の文を入力してください。"),
    "question_id_bad": N_(
        "設問の記号は、英小文字で始め、英小文字・数字・「_」「-」だけで入力してください（40字まで）。"
    ),
    "question_id_taken": N_("この記号の設問はすでにあります。別の記号にしてください。"),
    "limit_not_readable": N_("字数の上限は、0以上の整数で入力してください。"),
    "choices_missing": N_("選択の設問には、選択肢を一つ以上入力してください。"),
    "choice_label_missing": N_("選択肢の日本語の文を入力してください。使わない選択肢は、両方の欄を空にします。"),
    "condition_missing": N_("条件になる答えに、一つ以上印を付けてください。"),
    "condition_several": N_("条件にできるのは、一つの設問（または区分）の答えだけです。"),
    "day_of_year_not_readable": N_("月日を「4/1」の形で入力してください。"),
    "days_not_readable": N_("日数を整数で入力してください。"),
    "days_negative": N_("日数は0以上で入力してください。"),
    "nothing_different": N_("いまの設定と同じです。変えるところを入力してください。"),
}

_FIELDS = {
    "order": N_("並び順"),
    "label": N_("設問の文"),
    "help": N_("書き方の説明"),
    "example": N_("記入例"),
    "unit": N_("単位"),
    "kind": N_("答え方"),
    "required": N_("必須"),
    "required_when": N_("必須にする条件"),
    "shown_when": N_("表示する条件"),
    "limit": N_("字数の上限"),
    "promise": N_("翌年に尋ね返す"),
    "recalls": N_("尋ね返す前年の設問"),
    "cycle_opens": N_("年度を始める日"),
    "opens": N_("受付を始める日"),
    "due_after_days": N_("提出期限（受付開始からの営業日）"),
    "return_due_days": N_("差戻し後の期限（営業日）"),
    "ladder.send_at": N_("メールの送信時刻"),
    "ladder.grace_days": N_("猶予日数"),
    "business_days": N_("営業日"),
    "review": N_("見直しを始める日"),
    "is_public": N_("一般に公開"),
    "attaches_workbook": N_("依頼メールに回答用Excelを添付"),
    "mails.gathers_by_default": N_("まとめメールを標準にする"),
    "mails.person_may_choose": N_("受け方を本人が選べる"),
}
_SAID = {"True": N_("はい"), "False": N_("いいえ"), "": N_("なし")}
_SECTIONS = {
    "questions": N_("設問"),
    "choices": N_("選択肢"),
    "plan": N_("計画"),
    "rounds": N_("報告の回"),
    "steps": N_("段取り"),
}


@dataclass(frozen=True)
class ToldChange:
    """A line of what was changed, in words; of a record that was added or removed `field` is empty."""

    change: Change
    where: str
    field: str
    before: str
    after: str


def changes_in_words(changed: Iterable[Change], language: str) -> list[ToldChange]:
    say = partial(i18n.translate, language)
    return [
        ToldChange(
            c, f"{_section(c.section, say)} {c.key}", _field(c.field, say), _value(c.before, say), _value(c.after, say)
        )
        for c in changed
    ]


def mistakes_in_words(found: Iterable[Mistake], language: str) -> list[str]:
    """What the rules of a plan say, each with its remedy."""
    return [rule_wording.in_words(m.message, Place()).in_language(language) for m in found]


def question_mistakes_in_words(
    found: Iterable[Mistake], questions: QuestionSet, language: str
) -> list[tuple[str, str]]:
    """What the rules say of a set of questions: the id of the question, and the sentence with its name."""
    told = []
    for mistake in found:
        place = next((part for part in mistake.path if isinstance(part, int)), 0)
        question = questions.questions[place]
        said = rule_wording.in_words(mistake.message, Place()).in_language(language)
        name = question.label.in_language(language)
        told.append((question.id, i18n.translate(language, "「%(name)s」：%(said)s", name=name, said=said)))
    return told


def settings_labels(language: str) -> dict[type[StrEnum], dict[Any, str]]:
    say = partial(i18n.translate, language)
    return {
        EntryKind: {
            EntryKind.CYCLE_OPENS: say("年度の開始"),
            EntryKind.ROUND_OPENS: say("受付の開始"),
            EntryKind.REVIEW_OPENS: say("見直し"),
            EntryKind.ROUND_DUE: say("期限"),
            EntryKind.MAILS: say("メール"),
            EntryKind.MEETING: say("会議"),
            EntryKind.PAUSE: say("停止と再開"),
            EntryKind.REORGANISATION: say("機構改革"),
            EntryKind.TRANSFER: say("人事異動"),
        },
        QuestionKind: {
            QuestionKind.TEXT: say("文章"),
            QuestionKind.NUMBER: say("数値"),
            QuestionKind.CHOICE: say("選択"),
        },
        Anchor: {
            Anchor.OPENED: say("受付を始めた日から"),
            Anchor.DUE: say("期限の日から"),
            Anchor.SUBMITTED: say("提出の日から"),
            Anchor.RETURNED: say("差戻しの日から"),
        },
    }


def _section(section: str, say: Callable[[str], str]) -> str:
    return say(_SECTIONS[section]) if section in _SECTIONS else section


def _field(field: str, say: Callable[[str], str]) -> str:
    """The longest beginning that has words: `label.en` is a label, too."""
    base = field.removesuffix(".en")
    while base and base not in _FIELDS:
        base = base.rpartition(".")[0]
    words = say(_FIELDS[base]) if base else field
    return _in_english(words, say) if field.endswith(".en") else words


def _in_english(words: str, say: Callable[[str], str]) -> str:
    return words + say(N_("（英語）"))


def _value(text: str, say: Callable[[str], str]) -> str:
    return say(_SAID[text]) if text in _SAID else text
