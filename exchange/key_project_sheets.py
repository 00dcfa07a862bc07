"""The sheets of how a plan runs its key projects: who decides, what waits for an answer, what a check-in asks."""

from __future__ import annotations

from domain.inquiry import Addressee, InquiryAnchor, InquiryKind
from domain.key_project import Cadence, RouteOutcome
from domain.ladder import Rank, StepKind
from domain.text import Bilingual
from exchange import choices
from exchange.columns import MAPPING_KEY, Column, Group, Kind, Sheet, code, pair
from exchange.plan_sheets import PLAN
from exchange.setting_sheets import question_columns


def _body(path: str, ja: str, en: str, said_ja: str, said_en: str, *, required: bool = False) -> Column:
    """A code of the sheet of bodies."""
    guidance = Bilingual(f"「推進体制」シートのコードです。{said_ja}", f"A code of the sheet of bodies. {said_en}")
    return Column(
        tuple(path.split(".")),
        Bilingual(ja, en),
        Kind.CODE,
        guidance=guidance,
        required=required,
        refers="bodies",
    )


def _days(path: str, ja: str, en: str, said_ja: str = "", said_en: str = "") -> Column:
    guidance = Bilingual(f"{said_ja}開庁日で数えます。", f"{said_en}Counted in business days.")
    return Column(tuple(path.split(".")), Bilingual(ja, en), Kind.INTEGER, guidance=guidance, required=True)


def _send_at(name: str, ja: str, en: str) -> Column:
    guidance = Bilingual("空欄なら09:00です。", "Empty: 09:00.")
    return Column((name, "ladder", "send_at"), Bilingual(ja, en), Kind.TIME, guidance=guidance)


def _decider(outcome: RouteOutcome) -> Column:
    said = choices.label(outcome)
    return _body(
        f"deciders.{outcome.value}",
        f"「{said.ja}」を決めるもの",
        f"Decides: {said.en}",
        "空欄なら、チームが自ら決めます。",
        "Empty: the team itself decides.",
    )


KEY_PROJECTS = Sheet(
    "key_projects",
    Bilingual("キープロジェクト", "Key projects"),
    (
        _body("team", "プロジェクトチーム", "Project teams", "", "", required=True),
        _body("coordinator", "調整担当課", "Coordinating section", "", "", required=True),
        _body(
            "leaders",
            "各部に置く推進役",
            "Leaders in each department",
            "各部に1名以上置く人材です。定めがなければ空欄です。",
            "Each department has one at least. Empty: no such rule.",
        ),
        Column(
            ("leader_rank",),
            Bilingual("チームのリーダーの職", "Rank of a team's leader"),
            Kind.CHOICE,
            guidance=Bilingual("空欄なら、職を問いません。", "Empty: any rank."),
            choices=Rank,
        ),
        _body(
            "founds_teams",
            "チームの設置と廃止を決めるもの",
            "Decides on founding and dissolving teams",
            "空欄なら、会議体の決定は要りません。",
            "Empty: no body need decide.",
        ),
        *map(_decider, RouteOutcome),
        Column(
            ("cadence",),
            Bilingual("状況確認の間隔", "Cadence of check-ins"),
            Kind.CHOICE,
            guidance=Bilingual(
                "新しいプロジェクトの最初の間隔です。チームがいつでも変えられます。空欄なら毎月です。",
                "Of a new project; its team may change it at any time. Empty: monthly.",
            ),
            choices=Cadence,
        ),
        code(Bilingual("状況確認の様式のコード", "Check-in question set code"), name="question_set.code"),
        Column(
            ("question_set", "version"),
            Bilingual("状況確認の様式の版", "Check-in question set version"),
            Kind.INTEGER,
            required=True,
            guidance=Bilingual("設問を直したら、1つ上げます。", "One more whenever the questions change."),
        ),
        _days("check_in.due_after_days", "状況確認の期限（日後）", "Check-in due after (days)"),
        _send_at("check_in", "状況確認の送信時刻", "Mails on check-ins leave at"),
        _days("successor.due_after_days", "後任を決める期限（日後）", "Successor due after (days)"),
        _send_at("successor", "後任の送信時刻", "Mails on successors leave at"),
        Column(
            ("matter", "line"),
            Bilingual("付議の順", "Bodies that a matter goes up"),
            Kind.CODES,
            guidance=Bilingual(
                "付議事項が上がっていく会議体のコードを、最初のものから順に「、」で区切ります。",
                "Codes of the bodies from the first to the highest, separated by 、.",
            ),
            refers="bodies",
        ),
        _days("matter.answer_within_days", "付議への回答の期限（日後）", "Answer to a matter due after (days)"),
        _days(
            "matter.goes_up_after_days",
            "回答がない付議を上げる日（日後）",
            "Unanswered matter goes up after (days)",
            "期限のあと、次の会議体へ上げるまでの日数です。",
            "After the day it was due. ",
        ),
        _send_at("matter", "付議の送信時刻", "Mails on matters leave at"),
        _days("meeting.due_after_days", "会議の開催まで（日後）", "Meeting held after (days)"),
        _send_at("meeting", "会議の送信時刻", "Mails on meetings leave at"),
    ),
    Bilingual(
        "キープロジェクトの進め方を、1項目1行で書きます。キープロジェクトのない計画では、すべて空欄にします。",
        "How key projects are run, one line each. All of it stays empty in a plan without key projects.",
    ),
    Group.SETTINGS,
    PLAN,
    ("key_projects",),
    always=(("question_set",), ("check_in",), ("successor",), ("matter",), ("meeting",)),
    upright=True,
)

INQUIRY_STEPS = Sheet(
    "inquiry_steps",
    Bilingual("キープロジェクトの段取り", "Key project ladders"),
    (
        Column(
            MAPPING_KEY,
            Bilingual("何について", "About"),
            Kind.CHOICE,
            guidance=Bilingual("何への答えを待つ段取りかです。", "What waits for an answer."),
            required=True,
            choices=InquiryKind,
        ),
        code(width=28),
        Column(
            ("kind",),
            Bilingual("種類", "Kind"),
            Kind.CHOICE,
            guidance=Bilingual("事前通知、督促、上申のどれかです。", "A notice, a reminder or an escalation."),
            choices=StepKind,
            required=True,
        ),
        Column(("anchor",), Bilingual("起点", "Counted from"), Kind.CHOICE, choices=InquiryAnchor, required=True),
        Column(
            ("business_days",),
            Bilingual("日数", "Business days"),
            Kind.INTEGER,
            10,
            Bilingual("起点からの開庁日です。前ならマイナスです。", "Business days from there; negative: before."),
            required=True,
        ),
        Column(
            ("to",),
            Bilingual("送り先", "To"),
            Kind.CHOICE,
            24,
            Bilingual(
                "チームとリーダーは状況確認と後任に、事務局と会議の長は付議事項と会議に、構成員は会議に使えます。",
                "Team and leader for check-ins and successors, secretariat and chair for matters and meetings, members"
                " for meetings.",
            ),
            choices=Addressee,
            required=True,
        ),
    ),
    Bilingual(
        "状況確認・後任・付議事項・会議の通知や督促を、それぞれ穏やかなものから順に書きます。",
        "Who hears what and when of check-ins, successors, matters and meetings, the gentlest first.",
    ),
    Group.SETTINGS,
    KEY_PROJECTS,
    ("ladder", "steps"),
    by=tuple(InquiryKind),
)

CHECK_IN_QUESTIONS = Sheet(
    "check_in_questions",
    Bilingual("状況確認の設問", "Check-in questions"),
    question_columns(
        "check_in_questions",
        Bilingual("設問のコードです。", "The code of a question."),
        Column(
            ("promise",),
            Bilingual("次回に尋ね返す", "Promise"),
            Kind.YES_NO,
            10,
            Bilingual("次回の状況確認で、その結果を尋ねます。", "The next check-in asks what came of it."),
        ),
        Bilingual("尋ね返す前回の設問", "Recalls"),
    ),
    Bilingual("キープロジェクトの状況確認で尋ねることです。", "What a check-in of a key project asks."),
    Group.SETTINGS,
    KEY_PROJECTS,
    ("question_set", "questions"),
    key=("id",),
    called=Bilingual("設問のコード", "Question code"),
)

CHECK_IN_CHOICES = Sheet(
    "check_in_choices",
    Bilingual("状況確認の選択肢", "Check-in choices"),
    (code(), *pair("label", "選択肢", "Label", required=True)),
    Bilingual("状況確認の選択の設問で選べる答えです。", "The answers of a choice question of check-ins."),
    Group.SETTINGS,
    CHECK_IN_QUESTIONS,
    ("choices",),
    key=("code",),
)
