"""The fixed words of a department's own workbook (回答用Excel), and every message about one that comes back."""

from __future__ import annotations

from collections.abc import Mapping

from domain.progress_report import ReportState
from domain.questions import Condition, NumberCondition, Question
from domain.text import Bilingual
from exchange.remarks import Wording


def _wording(ja: str, en: str, remedy_ja: str, remedy_en: str) -> Wording:
    return Wording(Bilingual(ja, en), Bilingual(remedy_ja, remedy_en))


GUIDE = Bilingual("はじめに", "Read first")
OVERVIEW = Bilingual("施策一覧", "Measures")
CHOICES = Bilingual("選択肢", "Choices")

HOW_TO = (
    Bilingual(
        "「施策一覧」シートのリンクから、施策ごとのシートを開きます。",
        "Open the sheet of each measure by its link on “施策一覧”.",
    ),
    Bilingual(
        "「◀」の印がある黄色の欄に書きます。ほかの欄は保護されていて、書き換わりません。途中まででもかまいません。",
        "Write in the yellow cells marked ◀; all others are protected. It need not be complete.",
    ),
    Bilingual(
        "書いたら保存し、下のアドレスの画面で「Excelで回答する」から送ります。",
        "Save the file and send it on the page below, under “Answer in Excel”.",
    ),
    Bilingual(
        "送ると、保存される内容と直すところが表示されます。確かめてから、下書きとして保存するか、提出します。",
        "You are shown what would be saved and what to mend; then you save it as drafts or submit it.",
    ),
)
TO_KNOW = (
    Bilingual(
        "画面から入力しても、このブックで回答しても、同じ報告になります。施策ごとに使い分けてもかまいません。",
        "The form on the page and this workbook lead to the same report; you may use either for each measure.",
    ),
    Bilingual(
        "取り出したあとで画面の下書きが変わったときは、両方が並べて示され、どちらを残すかを選べます。",
        "If a draft has changed since, both are shown side by side, and you choose which to keep.",
    ),
    Bilingual(
        "シートの写しを作ったり、ほかのブックへ移したりしないでください。どの依頼への回答かが分からなくなります。",
        "Do not copy sheets or move them to another workbook: it could not be told what they answer.",
    ),
)

PLAN, DEPARTMENT = Bilingual("計画", "Plan"), Bilingual("部署", "Department")
DUE, CONTACT = Bilingual("期限", "Due"), Bilingual("問合せ先", "Contact")
ADDRESS = Bilingual("送り先の画面", "Page to send it to")
NOTES = Bilingual("知っておくこと", "Good to know")
STEPS = Bilingual("書き方と送り方", "How to answer")

LISTED = (
    Bilingual("番号", "Code"),
    Bilingual("施策（シートへのリンク）", "Measure (link to its sheet)"),
    Bilingual("状態（取り出した時点）", "State (when taken along)"),
    Bilingual("期限", "Due"),
    Bilingual("記入した欄", "Cells filled in"),
    Bilingual("必須の残り", "Required, still empty"),
)
NO_SHEET = Bilingual("このブックでは回答しません", "Not answered in this workbook")

ASKED = (
    Bilingual("設問", "Question"),
    Bilingual("書き方と例", "What to write, example"),
    Bilingual("参考（前年度の回答など）", "For reference"),
    Bilingual("回答（黄色の欄に記入）", "Answer (write in yellow)"),
    Bilingual("記入", "To fill in"),
)
EMPTY, STARTED = Bilingual("未記入", "Nothing written yet"), Bilingual("下書きあり", "Draft")
EXEMPTED = Bilingual("報告免除", "Exempted")
STATES = {
    ReportState.RETURNED: Bilingual("差戻し中", "Returned"),
    ReportState.SUBMITTED: Bilingual("承認待ち", "Awaits approval"),
    ReportState.APPROVED: Bilingual("承認済み", "Approved"),
    ReportState.CONFIRMED: Bilingual("確定", "Confirmed"),
}
BACK = Bilingual("施策一覧へ戻る", "Back to the list")
STATE = Bilingual("状態", "State")
RETURNED_BECAUSE = Bilingual("差戻しの理由", "Why it was returned")

REQUIRED = Bilingual("必須", "required")
REQUIRED_AT_TIMES = Bilingual("場合により必須", "at times required")
OPTIONAL = Bilingual("任意", "optional")
EXAMPLE = Bilingual("例：{text}", "Example: {text}")
LIMIT = Bilingual("{limit}文字以内", "At most {limit} characters")
COUNTED = Bilingual("字", " characters")
UNIT = Bilingual("単位：{unit}（数字だけを書きます）", "Unit: {unit} (write the number alone)")
CHOOSE = Bilingual("一覧から選びます：{choices}", "Choose from the list: {choices}")
ONLY_WHEN = Bilingual("{when}だけ答えます。", "Answer only {when}.")
NEEDED_WHEN = Bilingual("{when}は、必ず答えます。", "An answer is required {when}.")
_EITHER = Bilingual("」または「", "” or “")

LAST_YEAR = Bilingual("前年度の回答", "Last year's answer")
PROMISED = Bilingual("前年度に書かれた予定", "What was promised last year")
PROMISED_OF_ANOTHER = Bilingual(
    "引き継いだ施策で前年度に書かれた予定", "Promised last year for a measure that this one took over"
)
TO_MEND = Bilingual("直してほしいこと", "To be mended")
LAST_VALUES = Bilingual("これまでの値", "Values so far")
TARGET = Bilingual("目標値", "Target")
IN_THE_PLAN = Bilingual("いまの計画", "In the plan now")


def condition(found: Condition, questions: Mapping[str, Question]) -> Bilingual | None:
    """When a question is asked, in words; None where it depends on what never changes, such as the measure's class."""
    question = questions.get(found.question)
    if question is None:
        return None
    ja, en = question.label.ja, question.label.in_language("en")
    if isinstance(found, NumberCondition):
        return _number(found, ja, en)
    chosen = [Bilingual(question.choice_label(c, "ja"), question.choice_label(c, "en")) for c in found.among]
    return Bilingual(
        f"「{ja}」が「{_EITHER.ja.join(c.ja for c in chosen)}」の場合",
        f"when “{en}” is “{_EITHER.en.join(c.en for c in chosen)}”",
    )


def _number(found: NumberCondition, ja: str, en: str) -> Bilingual:
    low, high = (None if limit is None else f"{limit:,f}" for limit in (found.low, found.high))
    if low and high:
        return Bilingual(
            f"「{ja}」が{low}より小さいか、{high}より大きい場合", f"when “{en}” is below {low} or above {high}"
        )
    if low:
        return Bilingual(f"「{ja}」が{low}より小さい場合", f"when “{en}” is below {low}")
    if high:
        return Bilingual(f"「{ja}」が{high}より大きい場合", f"when “{en}” is above {high}")
    return Bilingual(f"「{ja}」を記入した場合", f"when “{en}” is filled in")


def cell(sheet: str, row: int, column: str) -> Bilingual:
    """A place in a workbook that came back: 「施策1-1」シートのD7."""
    return Bilingual(f"「{sheet}」シートの{column}{row}", f"{column}{row} of sheet “{sheet}”")


_TAKE_ANEW = (
    "依頼の画面からブックを取り出し直して、そこに書いてください。",
    "Take the workbook along anew from the page of the request and write into that one.",
)
NOT_OURS = _wording(
    "この画面から取り出した回答用のブックではありません（見分けるための欄がありません）。",
    "This is no workbook taken from this page (what it is known by is missing).",
    *_TAKE_ANEW,
)
ANOTHER_REQUEST = _wording(
    "別の依頼（ほかの部署、計画、または年度）の回答用ブックです。",
    "This workbook answers another request (of another department, plan or year).",
    "ファイルを取り違えていないか、ご確認ください。",
    "Check whether it is the right file.",
)
TWICE = _wording(
    "同じ施策のシートが二つあります（「{other}」シートと同じ施策です）。",
    "Two sheets answer the same measure (this one and “{other}”).",
    "どちらか一つを残して、もう一つを削除してください。",
    "Keep one of them and delete the other.",
)
MISREAD = _wording(
    "見分けるための欄が書き換わっています。", "What the sheet is known by has been changed.", *_TAKE_ANEW
)
TOO_MANY = _wording(
    "シートか行が多すぎます（シートは{sheets}枚、行は{rows}行までです）。",
    "There are too many sheets or rows (at most {sheets} sheets of {rows} rows).",
    "取り出したときにはなかったシートや行を、取り除いてください。",
    "Remove the sheets and rows that were not in it when you took it along.",
)
NOT_ASKED_NOW = _wording(
    "この設問は、いまの様式にありません。書かれた内容は取り込みません。",
    "The form does not ask this any more. What is written there is not taken.",
    "必要な内容は、ほかの設問に書いてください。",
    "Write what matters under another question.",
)
