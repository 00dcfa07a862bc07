"""What the rules of a plan say of a definition (`domain/plan_rules.py`), in the words of those who fill in tables."""

from __future__ import annotations

import ast
import contextlib
import re
from dataclasses import dataclass

from domain.inquiry import Addressee, InquiryKind
from domain.ladder import StepKind
from domain.lineage import LineageKind
from domain.text import Bilingual
from exchange import choices
from exchange.remarks import Place, Remark, Wording


@dataclass(frozen=True)
class _Rule:
    """A sentence of the rules, its {parts} open, and how it is said."""

    sentence: re.Pattern[str]
    wording: Wording


def _rule(sentence: str, ja: str, remedy_ja: str, remedy_en: str) -> _Rule:
    pattern = re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>.+)", re.escape(sentence))
    english = sentence[0].upper() + sentence[1:] + "."
    return _Rule(re.compile(pattern), Wording(Bilingual(ja, english), Bilingual(remedy_ja, remedy_en)))


_CHECK_CODE = ("コードを直すか、足りない行を書き足してください。", "Correct the code, or add what is missing.")
_CHECK_YEARS = ("年度をご確認ください。", "Check the years.")

_NEW_EDITION = ("変えた内容は、新しい版として加えてください。", "Give the changed plan a new edition.")

_RULES = (
    _rule(
        "{code} stands twice",
        "「{code}」が2回使われています。",
        "どちらかのコードを変えるか、重なった行を削除してください。",
        "Change one of them, or delete the row that is too many.",
    ),
    _rule(
        "a year needs at least one stage of evaluation",
        "評価の段階が一つもありません。",
        "一つ以上の段階を書くか、空欄にして一次評価だけにしてください。",
        "Name at least one stage, or leave it empty for the primary one alone.",
    ),
    _rule("the plan ends before it starts", "最後の年度が、最初の年度より前です。", *_CHECK_YEARS),
    _rule(
        "term {code} does not lie inside the plan's years",
        "期「{code}」が計画の年度からはみ出しています。",
        *_CHECK_YEARS,
    ),
    _rule("{year} does not lie inside the plan's years", "{year}年度は計画の年度の外です。", *_CHECK_YEARS),
    _rule(
        "there is no day {day} in every year",
        "{day}は、毎年ある日ではありません。",
        "どの年にもある月日を書いてください。",
        "Write a day that every year has.",
    ),
    _rule(
        "must be at least 1 business day",
        "1日以上でなければなりません。",
        "1以上の整数を書いてください。",
        "Write 1 or more.",
    ),
    _rule(
        "{code} is kept for the round of a review",
        "「{code}」は見直しの提案を集める回のコードなので、報告の回には使えません。",
        "報告の回に、別のコードを付けてください。",
        "Give the round another code.",
    ),
    _rule(
        "a review goes by the ladder of the first round: there is none",
        "見直しの督促は最初の「報告の回」の段取りに従いますが、報告の回がありません。",
        "「報告の回」を1つ以上書いてください。",
        "Add at least one round.",
    ),
    _rule(
        "no level says is_reported: nobody would be asked for anything",
        "「報告する」が「はい」の階層がないため、だれにも報告を依頼できません。",
        "所管課が報告する階層を「はい」にしてください。",
        "Say yes for the level on which departments report.",
    ),
    _rule(
        "edition {edition} has no node {code}",
        "版「{edition}」に、施策「{code}」はありません。",
        *_CHECK_CODE,
    ),
    _rule("there is no {what} {code}", "{what}「{code}」はありません。", *_CHECK_CODE),
    _rule(
        "must come after {edition}: editions stand in their order",
        "前の版「{edition}」より後の日でなければなりません。",
        "版を古い順に並べ、施行日をご確認ください。",
        "Put the editions in their order, and check the day.",
    ),
    _rule("must not be empty", "空欄にはできません。", "値を入れてください。", "Fill it in."),
    _rule(
        "{code} must stand before its children",
        "上位の「{code}」が、この行より下にあります。",
        "上位の行を、この行より上に移してください。",
        "Move the row of the parent above this one.",
    ),
    _rule("{code} is no value of {view}", "「{code}」は、視点「{view}」の値にありません。", *_CHECK_CODE),
    _rule(
        "a link leads to another plan",
        "相手がこの計画自身になっています。",
        "ほかの計画のコードを書いてください。",
        "Write the code of another plan.",
    ),
    _rule(
        "a choice question needs choices",
        "選択の設問なのに、選択肢がありません。",
        "設問に続く選択肢のシートに書き足してください。",
        "Add them on the sheet of choices.",
    ),
    _rule(
        "the last day comes before the first",
        "最後の日が、最初の日より前です。",
        "日付をご確認ください。",
        "Check the days.",
    ),
    _rule(
        "the plan has no vision",
        "将来像を尋ねる設問ですが、計画に将来像がありません。",
        "「将来像を尋ねる」を空欄にするか、「計画」シートに将来像を書いてください。",
        "Say no there, or write the vision of the plan.",
    ),
    _rule(
        "the survey does not say of which edition these are codes",
        "関わる施策が書かれていますが、どの版の施策かが分かりません。",
        "調査の「版」に、版のコードを書いてください。",
        "Name the edition of the survey.",
    ),
    _rule(
        "names no body that a matter could go to",
        "付議する会議体が1つもありません。",
        "「付議の順」に、会議体のコードを1つ以上書いてください。",
        "Name one body at least.",
    ),
    _rule(
        "{kind} belongs to the rounds of a year",
        "「{kind}」は、年度の報告の段取りだけで使う種類です。",
        "「事前通知」「督促」「上申」のどれかにしてください。",
        "Make it a notice, a reminder or an escalation.",
    ),
    _rule(
        "{to} cannot be written to about a {kind}",
        "「{kind}」の段取りでは、「{to}」を送り先にできません。",
        "送り先をご確認ください。チームとリーダーは状況確認と後任に、事務局と会議の長は付議事項と会議に、構成員は会議に使えます。",
        "Check whom the step goes to.",
    ),
    _rule("{code} is no choice of {question}", "「{code}」は、設問「{question}」の選択肢にありません。", *_CHECK_CODE),
    _rule(
        "only a ratio has a part and a total",
        "分子と分母を書けるのは、種類が「割合」の指標だけです。",
        "種類を「割合」にするか、分子と分母を空欄にしてください。",
        "Make it a ratio, or leave part and total empty.",
    ),
    _rule(
        "a value is of a day or of a fiscal year, not of both",
        "時点と年度の両方が書かれています。",
        "どちらか一方だけを書いてください。",
        "Write only one of them.",
    ),
    _rule(
        "the target of a range, and nothing else, has an upper limit",
        "上限は、方向が「範囲に収める」の指標の目標値だけに、必ず書きます。",
        "上限を書くか空欄にするか、指標の方向をご確認ください。",
        "Fill in or empty the upper limit, or check the direction of the indicator.",
    ),
    _rule(
        "lies below the lower limit",
        "上限が下限より小さくなっています。",
        "値と上限をご確認ください。",
        "Check both limits.",
    ),
    _rule(
        "there are two values of this type for one time",
        "同じ種類、同じ時点の値が2つあります。",
        "一方を削除するか、「区別」の列で書き分けてください。",
        "Delete one of them, or tell them apart in the column “Label”.",
    ),
    _rule(
        "{value} is not the sum of its rows, {total}",
        "値は{value}ですが、内訳の合計は{total}です。",
        "値か内訳をご確認ください。",
        "Check the value and its rows.",
    ),
    _rule(
        "{value} is not {part} of {total} in percent",
        "値は{value}ですが、{total}のうち{part}の割合ではありません。",
        "値か、部分と全体の指標をご確認ください。",
        "Check the value, its part and its total.",
    ),
    _rule(
        "stand from the highest to the lowest",
        "達成率の下限が、高い順に並んでいません。",
        "高い順に並べ、同じ値を繰り返さないでください。",
        "Put them in order, each only once.",
    ),
    _rule(
        "the first edition has no lineage",
        "最初の版には、前の版がないため、系譜は書けません。",
        "この版の行を「系譜」シートから削除してください。",
        "Delete the rows of this edition.",
    ),
    _rule(
        "nothing says what became of {code}",
        "前の版の「{code}」がどうなったかが、系譜にありません。",
        "継続、廃止などの行を書き足してください。",
        "Add a row: continued, abolished or another kind.",
    ),
    _rule(
        "{code} of the edition before stands in {count} links",
        "前の版の「{code}」が、系譜の{count}つの行にあります。",
        "1つの行にまとめてください。",
        "Leave one of them.",
    ),
    _rule(
        "nothing says where {code} comes from",
        "この版の「{code}」がどこから来たかが、系譜にありません。",
        "継続、新規などの行を書き足してください。",
        "Add a row: continued, new or another kind.",
    ),
    _rule(
        "{code} of this edition comes from {count} links",
        "この版の「{code}」が、系譜の{count}つの行から来ています。",
        "1つの行にまとめてください。統合なら「統合」の行を使います。",
        "Leave one of them; use merged for several that become one.",
    ),
    _rule(
        "only one goes into {code}: that lives on, nothing is merged",
        "「{code}」に入るのは1つだけなので、「統合」ではありません。",
        "「継続」「名称変更」「番号変更」のいずれかにするか、統合される施策を書き足してください。",
        "Make it continued, renamed or renumbered, or add what is merged into it.",
    ),
    _rule(
        "the title of {code} changes: renamed, or else the reason why it is the same",
        "「{code}」の名称が前の版と違います。",
        "「名称変更」にするか、同じ名称とみなす理由（誤植など）を「理由」に書いてください。",
        "Make it renamed, or give the reason why the title is the same (such as a misprint).",
    ),
    _rule(
        "{kind} needs {count} here",
        "「{kind}」では、このコードの数は{count}です。",
        "種類とコードの数をご確認ください。",
        "Check the kind and the codes.",
    ),
    _rule(
        "{before} becomes {after}: renumbered, not continued",
        "「{before}」が「{after}」に変わっているので、「継続」ではありません。",
        "「番号変更」か「名称変更」にしてください。",
        "Make it renumbered or renamed.",
    ),
    _rule(
        "{code} keeps its code: not renumbered",
        "「{code}」の番号は変わっていないので、「番号変更」ではありません。",
        "「継続」か「名称変更」にしてください。",
        "Make it continued or renamed.",
    ),
    _rule(
        "{code} keeps its title: not renamed",
        "「{code}」の名称は変わっていないので、「名称変更」ではありません。",
        "「継続」か「番号変更」にしてください。",
        "Make it continued or renumbered.",
    ),
    # What the record adds (`records/plan_writing.py`): what was asked already stays as it was asked.
    _rule(
        "edition {code} is stored and missing here",
        "登録済みの版「{code}」が、このファイルにありません。",
        "取り出したファイルの「版」と「施策」の行を残したまま、直してください。",
        "Keep the rows of the edition as they were taken out.",
    ),
    _rule(
        "round {code} was opened and is missing here",
        "報告の回「{code}」はすでに始まったので、除けません。",
        "「報告の回」の行を残したまま、直してください。",
        "Keep the row of the round.",
    ),
    _rule(
        "edition {code} has been used: {node} stays as asked",
        "版「{code}」ではすでに報告を求めたので、「{node}」を報告の対象にするかどうかは変えられません。",
        *_NEW_EDITION,
    ),
    _rule(
        "edition {code} has been used: {node} cannot be added",
        "版「{code}」ではすでに報告を求めたので、「{node}」を加えられません。",
        *_NEW_EDITION,
    ),
    _rule(
        "edition {code} has been used: {before} cannot become {after}",
        "版「{code}」ではすでに報告を求めたので、「{before}」を「{after}」に変えられません。",
        *_NEW_EDITION,
    ),
    _rule(
        "edition {code} has been used: {node} cannot be left out",
        "版「{code}」ではすでに報告を求めたので、「{node}」を除けません。",
        *_NEW_EDITION,
    ),
    _rule(
        "{code} cannot be left out: plan {plan} links to it",
        "「{code}」は、計画「{plan}」からつながりがあるので、除けません。",
        "先に、つながりの元の計画を直してください。",
        "Take the link out of that plan first.",
    ),
    _rule(
        "plan {plan} has no node {code} in {edition}",
        "計画「{plan}」の版「{edition}」に、「{code}」がありません。",
        "つながりの先をご確認ください。先の計画は、前もって取り込んでおきます。",
        "Check where the link leads; that plan must be imported first.",
    ),
    _rule(
        "{code} of {plan} is itself reported elsewhere",
        "計画「{plan}」の「{code}」は、ほかの計画で報告することになっています。",
        "つながりの先を、報告を行う計画の施策にしてください。",
        "Let the link lead to where the report is made.",
    ),
)

_OTHERWISE = Wording(
    Bilingual("内容が食い違っています（{sentence}）。", "This contradicts itself: {sentence}."),
    Bilingual("値をご確認ください。", "Check the values."),
)

_WORDS = {
    "class": "区分",
    "level": "階層",
    "node": "施策",
    "node with code": "施策",
    "reported node": "報告する施策",
    "view": "視点",
    "related plan": "関連計画",
    "field": "記載欄",
    "term": "期",
    "stage": "段階",
    "body": "会議体",
    "document": "文書",
    "edition": "版",
    "grade": "評価区分",
    "indicator": "指標",
    "question": "設問",
    "promise": "翌年に尋ね返す設問",
    "none": "0（空欄）",
    "one": "1つ",
    "some": "1つ以上",
    "several": "2つ以上",
    **{
        code.value: choices.label(code).ja
        for codes in (LineageKind, StepKind, InquiryKind, Addressee)
        for code in codes.__members__.values()
    },
}


def in_words(sentence: str, place: Place) -> Remark:
    """What a rule said, with its remedy; a sentence that is not known here is passed on as it is."""
    for rule in _RULES:
        if found := rule.sentence.fullmatch(sentence):
            return rule.wording.at(place, **{name: _part(text) for name, text in found.groupdict().items()})
    return _OTHERWISE.at(place, sentence=sentence)


def is_worded(sentence: str) -> bool:
    return any(rule.sentence.fullmatch(sentence) for rule in _RULES)


def _part(text: str) -> object:
    """A part of a sentence: a code without the quotation marks of the rules, or a word in both languages."""
    if text[:1] in ("'", '"'):
        with contextlib.suppress(ValueError, SyntaxError):
            return ast.literal_eval(text)
    return Bilingual(_WORDS[text], text) if text in _WORDS else text
