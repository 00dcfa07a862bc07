"""The sheets of how a plan works: levels, classes, terms, rounds, ladders, questions, grades."""

from __future__ import annotations

from domain.evaluation import Stage
from domain.ladder import Anchor, Rank, StepKind
from domain.plan import TimeRule
from domain.questions import QuestionKind
from domain.text import Bilingual
from exchange.columns import Column, Group, Kind, Sheet, code, pair, source
from exchange.plan_sheets import PLAN

_BUSINESS_DAYS = Bilingual("開庁日で数えます。", "Counted in business days.")

LEVELS = Sheet(
    "levels",
    Bilingual("階層", "Levels"),
    (
        code(),
        *pair("label", "呼び名", "Label", required=True),
        Column(
            ("is_reported",),
            Bilingual("報告する", "Reported"),
            Kind.YES_NO,
            10,
            Bilingual("所管課が報告する階層は「はい」です。", "Yes: departments report on this level."),
        ),
    ),
    Bilingual("計画の階層を、上から順に書きます。", "The levels of the plan from above."),
    Group.SETTINGS,
    PLAN,
    ("levels",),
    key=("code",),
)

CLASSES = Sheet(
    "classes",
    Bilingual("区分", "Classes"),
    (
        code(),
        *pair("label", "呼び名", "Label", required=True),
        *pair("meaning", "意味", "Meaning", width=40),
        Column(("time_rule",), Bilingual("いつまでに", "Time rule"), Kind.CHOICE, 24, choices=TimeRule),
        Column(
            ("moves_to",),
            Bilingual("移れる区分", "Moves to"),
            Kind.CODES,
            guidance=Bilingual("コードを「、」で区切ります。", "Codes, separated by 、."),
            refers="classes",
        ),
        *source(),
    ),
    Bilingual("施策の区分です（重点、推進など）。", "The classes of measures."),
    Group.SETTINGS,
    PLAN,
    ("classes",),
    key=("code",),
)

TERMS = Sheet(
    "terms",
    Bilingual("期", "Terms"),
    (
        code(),
        *pair("name", "名称", "Name", required=True),
        Column(("first_fiscal_year",), Bilingual("最初の年度", "First fiscal year"), Kind.FISCAL_YEAR, required=True),
        Column(("last_fiscal_year",), Bilingual("最後の年度", "Last fiscal year"), Kind.FISCAL_YEAR, required=True),
        *source(),
    ),
    Bilingual("前期・中期・後期などの期間です。", "Named spans of fiscal years."),
    Group.SETTINGS,
    PLAN,
    ("terms",),
    key=("code",),
)

CRITERIA = Sheet(
    "criteria",
    Bilingual("見直しの観点", "Review criteria"),
    (code(), *pair("label", "観点", "Criterion", width=44, required=True)),
    Bilingual("計画を見直すときの観点です。", "From which points of view the plan is reviewed."),
    Group.SETTINGS,
    PLAN,
    ("review", "criteria"),
    key=("code",),
)

CONSULTATIONS = Sheet(
    "consultations",
    Bilingual("見直しの付議先", "Review consultations"),
    (
        Column(
            ("body",),
            Bilingual("会議体", "Body"),
            Kind.CODE,
            24,
            Bilingual("「推進体制」シートのコードです。", "A code of the sheet of bodies."),
            required=True,
            refers="bodies",
        ),
        Column(
            ("stage",),
            Bilingual("評価の段階", "Evaluation stage"),
            Kind.CHOICE,
            18,
            Bilingual(
                "二次評価や外部評価として付議するときに選びます。空欄でもかまいません。",
                "Where the body evaluates at that stage; may be empty.",
            ),
            choices=Stage,
        ),
    ),
    Bilingual("見直しの決定を付議する会議体を、順に書きます。", "The bodies that a review's decisions pass, in order."),
    Group.SETTINGS,
    PLAN,
    ("review", "consultations"),
    key=("body",),
)

NODE_FIELDS = Sheet(
    "node_fields",
    Bilingual("記載欄", "Fields"),
    (
        code(),
        *pair("label", "欄の名前", "Label", required=True),
        *pair("caption", "書き方の説明", "Caption", width=44),
        Column(
            ("levels",),
            Bilingual("ある階層", "Levels"),
            Kind.CODES,
            guidance=Bilingual(
                "この欄がある階層のコードです。空欄なら、すべての階層です。",
                "The levels that have it; empty: every level.",
            ),
            refers="levels",
        ),
        *source(),
    ),
    Bilingual("施策のページにある記載欄です。", "The fields on the page of a measure."),
    Group.SETTINGS,
    PLAN,
    ("node_fields",),
    key=("code",),
)

VIEWS = Sheet(
    "views",
    Bilingual("視点", "Views"),
    (code(), *pair("label", "名称", "Label", required=True), *source()),
    Bilingual("階層とは別の切り口です（行革の視点など）。", "Lists across the tree, such as the views of a reform."),
    Group.SETTINGS,
    PLAN,
    ("views",),
    key=("code",),
    called=Bilingual("視点", "View"),
)

VIEW_VALUES = Sheet(
    "view_values",
    Bilingual("視点の値", "View values"),
    (code(), *pair("label", "名称", "Label", required=True), *pair("subtitle", "副題", "Subtitle")),
    Bilingual("視点ごとに選べる値です。", "The values of each view."),
    Group.SETTINGS,
    VIEWS,
    ("values",),
    key=("code",),
)

STAGES = Sheet(
    "stages",
    Bilingual("段階", "Stages"),
    (code(), *pair("label", "名称", "Label", required=True)),
    Bilingual("取組がどこまで進んだかを表す言葉です。", "How far something has come, by the words of the source."),
    Group.SETTINGS,
    PLAN,
    ("stages",),
    key=("code",),
)

GRADES = Sheet(
    "grades",
    Bilingual("評価区分", "Grades"),
    (code(), *pair("label", "呼び名", "Label", required=True), *pair("meaning", "意味", "Meaning", width=44)),
    Bilingual("評価の区分です。", "The grades of an evaluation."),
    Group.SETTINGS,
    PLAN,
    ("grades",),
    key=("code",),
)

BANDS = Sheet(
    "bands",
    Bilingual("達成率と評価", "Rating bands"),
    (
        Column(("at_least",), Bilingual("達成率の下限（％）", "At least (%)"), Kind.NUMBER, 18, required=True),
        Column(("grade",), Bilingual("評価区分", "Grade"), Kind.CODE, required=True, refers="grades"),
    ),
    Bilingual(
        "達成率がいくら以上なら、どの評価かです。高い順に書きます。", "Which rate gives which grade, the highest first."
    ),
    Group.SETTINGS,
    PLAN,
    ("rating", "bands"),
)

ROUNDS = Sheet(
    "rounds",
    Bilingual("報告の回", "Rounds"),
    (
        code(),
        *pair("name", "名称", "Name", required=True),
        Column(("opens",), Bilingual("受付開始", "Opens"), Kind.MONTH_DAY, required=True),
        Column(
            ("due_after_days",),
            Bilingual("提出期限（日後）", "Due after (days)"),
            Kind.INTEGER,
            12,
            _BUSINESS_DAYS,
            required=True,
        ),
        Column(
            ("return_due_days",),
            Bilingual("差戻し後の期限（日後）", "Due after a return (days)"),
            Kind.INTEGER,
            14,
            _BUSINESS_DAYS,
            required=True,
        ),
        Column(("ladder", "send_at"), Bilingual("送信時刻", "Mails leave at"), Kind.TIME, 10),
        Column(("ladder", "grace_days"), Bilingual("猶予日数", "Grace days"), Kind.INTEGER, 10, _BUSINESS_DAYS),
        Column(
            ("attaches_workbook",),
            Bilingual("依頼メールにExcelを添付", "Workbook in the mail"),
            Kind.YES_NO,
            guidance=Bilingual(
                "「はい」なら、依頼のメールに部署ごとの回答用Excelを添付します。空欄は「いいえ」です。",
                "Yes: the mail of the request carries the department's own workbook. Empty: no.",
            ),
        ),
    ),
    Bilingual("1年のうちに報告を集める回です。", "The collection rounds of a year."),
    Group.SETTINGS,
    PLAN,
    ("rounds",),
    key=("code",),
    called=Bilingual("報告の回", "Round"),
    always=(("ladder",),),
)

STEPS = Sheet(
    "steps",
    Bilingual("段取り", "Ladder"),
    (
        code(width=28),
        Column(("kind",), Bilingual("種類", "Kind"), Kind.CHOICE, choices=StepKind, required=True),
        Column(("anchor",), Bilingual("起点", "Counted from"), Kind.CHOICE, choices=Anchor, required=True),
        Column(
            ("business_days",),
            Bilingual("日数", "Business days"),
            Kind.INTEGER,
            10,
            Bilingual("起点からの開庁日です。前ならマイナスです。", "Business days from there; negative: before."),
            required=True,
        ),
        Column(("to",), Bilingual("送り先", "To"), Kind.CHOICE, choices=Rank, required=True),
    ),
    Bilingual("通知・督促・上申を、穏やかなものから順に書きます。", "Who hears what and when, the gentlest first."),
    Group.SETTINGS,
    ROUNDS,
    ("ladder", "steps"),
    key=("code",),
)

_AMONG = Bilingual("答えのコードを「、」で区切ります。", "Codes of answers, separated by 、.")


def question_columns(sheet: str, which: Bilingual, promise: Column, recalls: Bilingual) -> tuple[Column, ...]:
    """The columns of a question set that stands on `sheet`.

    `which` says what a condition may name, `promise` marks what the next form asks back beside a question that
    `recalls` it.
    """
    among, needed = Kind.CODES, Bilingual("必須にする設問", "Required when")
    return (
        code(name="id"),
        *pair("label", "設問", "Label", required=True),
        Column(("kind",), Bilingual("種類", "Kind"), Kind.CHOICE, 10, choices=QuestionKind, required=True),
        *pair("help", "書き方の説明", "Help", width=44),
        *pair("example", "記入例", "Example", width=44),
        *pair("unit", "単位", "Unit", width=10),
        Column(("required",), Bilingual("必須", "Required"), Kind.YES_NO, 8),
        Column(("required_when", "question"), needed, Kind.CODE, guidance=which),
        Column(
            ("required_when", "among"),
            Bilingual("必須にする答え", "Required when the answer is"),
            among,
            guidance=_AMONG,
        ),
        Column(("shown_when", "question"), Bilingual("表示する設問", "Shown when"), Kind.CODE, guidance=which),
        Column(("shown_when", "among"), Bilingual("表示する答え", "Shown when the answer is"), among, guidance=_AMONG),
        Column(
            ("limit",),
            Bilingual("字数の上限", "Limit"),
            Kind.INTEGER,
            10,
            Bilingual("空欄か0なら、上限はありません。", "Empty or 0: no limit."),
        ),
        promise,
        Column(
            ("recalls",),
            recalls,
            Kind.CODE,
            guidance=Bilingual(
                "前回の答えを横に示す設問のコードです。", "The question whose answer of last time is shown."
            ),
            refers=sheet,
        ),
    )


QUESTIONS = Sheet(
    "questions",
    Bilingual("報告の設問", "Questions"),
    question_columns(
        "questions",
        Bilingual("設問のコードです。施策の区分なら class です。", "The code of a question, or class."),
        Column(
            ("promise",),
            Bilingual("翌年に尋ね返す", "Promise"),
            Kind.YES_NO,
            10,
            Bilingual("翌年の様式で、その結果を尋ねます。", "Next year's form asks what came of it."),
        ),
        Bilingual("尋ね返す前年の設問", "Recalls"),
    ),
    Bilingual("報告の様式で尋ねることです。", "What the form asks."),
    Group.SETTINGS,
    PLAN,
    ("question_set", "questions"),
    key=("id",),
    called=Bilingual("設問のコード", "Question code"),
)

QUESTION_CHOICES = Sheet(
    "choices",
    Bilingual("報告の選択肢", "Choices"),
    (code(), *pair("label", "選択肢", "Label", required=True)),
    Bilingual("選択の設問で選べる答えです。", "The answers of a choice question."),
    Group.SETTINGS,
    QUESTIONS,
    ("choices",),
    key=("code",),
)
