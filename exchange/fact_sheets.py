"""The sheets of what stands beside the measures: achievements, bodies, surveys, glossary."""

from __future__ import annotations

from domain.body import SeatBasis, SeatRole
from domain.plan import LinkKind
from domain.reference import BodyKind, PlanRelation
from domain.text import Bilingual
from exchange.columns import NUMBER, Column, Group, Kind, Sheet, code, note, number, pair, source
from exchange.plan_sheets import PLAN

_OPEN = Bilingual("定めがなければ空欄です。", "Empty: no such day.")
_TOLD_ABOUT = Bilingual(
    "どの施策などについてのものかを、コードで書きます。「、」で区切ります。",
    "What of the plan it tells about: codes, separated by 、.",
)
_ONE_A_LINE = Bilingual("1行に1つずつ書きます（セルの中で改行します）。", "One a line inside the cell.")


def _node(edition: str, node: str, *, required: bool = False) -> tuple[Column, Column]:
    return (
        Column(
            tuple(edition.split(".")), Bilingual("版", "Edition"), Kind.CODE, 12, required=required, refers="editions"
        ),
        Column(
            tuple(node.split(".")),
            Bilingual("施策のコード", "Measure code"),
            Kind.CODE,
            required=required,
            refers="nodes",
        ),
    )


DOCUMENTS = Sheet(
    "documents",
    Bilingual("文書", "Documents"),
    (
        code(),
        *pair("name", "名称", "Name", required=True),
        Column(
            ("as_of",),
            Bilingual("数値の時点", "As of"),
            Kind.DAY,
            guidance=Bilingual("文書が示しているときだけ書きます。", "Only where the document says so."),
        ),
        *note(),
    ),
    Bilingual("出典となる文書です。", "The documents in which the facts stand."),
    Group.FACTS,
    PLAN,
    ("documents",),
    key=("code",),
)

ACHIEVEMENTS = Sheet(
    "achievements",
    Bilingual("実績", "Achievements"),
    (
        number(),
        *_node("node.edition", "node.code"),
        Column(("term",), Bilingual("期", "Term"), Kind.CODE, refers="terms"),
        Column(("fiscal_year",), Bilingual("年度", "Fiscal year"), Kind.FISCAL_YEAR, 9),
        Column(("stage",), Bilingual("段階", "Stage"), Kind.CODE, refers="stages"),
        *pair("text", "内容", "Text", width=50, required=True),
        *note(),
        *source(),
    ),
    Bilingual(
        "実施したことです。数量は「数量」シートに、番号で結び付けて書きます。",
        "What was done. Its figures stand on the next sheet, under its number.",
    ),
    Group.FACTS,
    PLAN,
    ("achievements",),
    key=NUMBER,
    called=Bilingual("実績の番号", "Achievement no."),
)

QUANTITIES = Sheet(
    "quantities",
    Bilingual("数量", "Quantities"),
    (
        number(),
        Column(("value",), Bilingual("値", "Value"), Kind.NUMBER, required=True),
        *pair("unit", "単位", "Unit", width=10),
        *pair("of", "何の数か", "What it counts", width=34),
    ),
    Bilingual("実績に出てくる数です。", "The figures inside the achievements."),
    Group.FACTS,
    ACHIEVEMENTS,
    ("quantities",),
)

RELATED_PLANS = Sheet(
    "related_plans",
    Bilingual("関連計画", "Related plans"),
    (
        code(),
        *pair("name", "名称", "Name", required=True),
        Column(("relation",), Bilingual("関係", "Relation"), Kind.CHOICE, choices=PlanRelation, required=True),
        Column(("first_fiscal_year",), Bilingual("最初の年度", "First fiscal year"), Kind.FISCAL_YEAR, 11),
        Column(("last_fiscal_year",), Bilingual("最後の年度", "Last fiscal year"), Kind.FISCAL_YEAR, 11),
        Column(
            ("plan",),
            Bilingual("計画のコード", "Plan code"),
            Kind.CODE,
            guidance=Bilingual("Meguruに入っている計画なら、そのコードです。", "Its code, if Meguru holds it too."),
        ),
        *note(),
        *source(),
    ),
    Bilingual("この計画が挙げている、ほかの計画です。", "Other plans that this one names."),
    Group.FACTS,
    PLAN,
    ("related_plans",),
    key=("code",),
)

LINKS = Sheet(
    "links",
    Bilingual("他計画との関係", "Links"),
    (
        *_node("node.edition", "node.code", required=True),
        Column(("kind",), Bilingual("種類", "Kind"), Kind.CHOICE, 20, choices=LinkKind, required=True),
        Column(("plan",), Bilingual("相手の計画", "Other plan"), Kind.CODE, required=True),
        Column(("other", "edition"), Bilingual("相手の版", "Other edition"), Kind.CODE, required=True),
        Column(("other", "code"), Bilingual("相手の施策", "Other measure"), Kind.CODE, required=True),
        *note(),
    ),
    Bilingual(
        "同じ仕事がほかの計画にもあるときに結び付けます。報告は一度で済みます。",
        "Work that stands in another plan as well: it is reported once.",
    ),
    Group.FACTS,
    PLAN,
    ("links",),
)

BODIES = Sheet(
    "bodies",
    Bilingual("推進体制", "Bodies"),
    (
        code(),
        *pair("name", "名称", "Name", required=True),
        Column(("kind",), Bilingual("種類", "Kind"), Kind.CHOICE, 18, choices=BodyKind, required=True),
        *pair("role", "役割", "Role", width=40),
        *pair("chair", "会議の長", "Chair", width=20),
        *pair("secretariat", "事務局", "Secretariat", width=20),
        Column(
            ("is_standing",),
            Bilingual("常設", "Standing"),
            Kind.YES_NO,
            8,
            Bilingual("空欄なら常設です。", "Empty: it is a standing one."),
        ),
        Column(("assists",), Bilingual("補佐する相手", "Assists"), Kind.CODE, refers="bodies"),
        Column(("valid_from",), Bilingual("最初の日", "First day"), Kind.DAY, guidance=_OPEN),
        Column(("valid_until",), Bilingual("最後の日", "Last day"), Kind.DAY, guidance=_OPEN),
        *note(),
        *source(),
    ),
    Bilingual("会議体、チーム、事務局などです。", "Bodies, teams, sections and offices."),
    Group.FACTS,
    PLAN,
    ("bodies",),
    key=("code",),
    called=Bilingual("会議体等のコード", "Body code"),
)

MEMBERS = Sheet(
    "members",
    Bilingual("構成員", "Members"),
    (
        number(),
        *pair("label", "構成員", "Member", width=40, required=True),
        Column(
            ("basis",),
            Bilingual("就く根拠", "Sits by"),
            Kind.CHOICE,
            guidance=Bilingual(
                "充て職（副市長など）、職級（部長級職員など）、指名のどれかです。空欄は記載なしです。",
                "By office, by rank or by nomination. Empty: the source does not say.",
            ),
            choices=SeatBasis,
        ),
        Column(
            ("role",),
            Bilingual("役目", "Seat"),
            Kind.CHOICE,
            guidance=Bilingual("空欄ならメンバーです。", "Empty: a member."),
            choices=SeatRole,
        ),
    ),
    Bilingual(
        "会議体やチームにだれが加わるかを、計画書の言葉で1行ずつ書きます。実際の委員の名前は、画面で登録します。",
        "Who belongs to a body, in the words of the plan, one a row; the people themselves are entered on the pages.",
    ),
    Group.FACTS,
    BODIES,
    ("members",),
)

OPINION_SOURCES = Sheet(
    "opinion_sources",
    Bilingual("意見を聴く相手", "Sources of opinions"),
    (code(), *pair("label", "名称", "Label", required=True), *source()),
    Bilingual("だれから意見を聴くかです。", "From whom opinions come."),
    Group.FACTS,
    PLAN,
    ("opinion_sources",),
    key=("code",),
)

PRINCIPLES = Sheet(
    "principles",
    Bilingual("原則", "Principles"),
    (number(), *pair("title", "原則", "Principle", width=50, required=True), *source()),
    Bilingual("計画が拠って立つ原則です。", "The principles that the plan follows."),
    Group.FACTS,
    PLAN,
    ("principles",),
)

TERM_EVALUATIONS = Sheet(
    "term_evaluations",
    Bilingual("期末の振り返り", "End of term"),
    (
        number(),
        Column(("term",), Bilingual("期", "Term"), Kind.CODE, required=True, refers="terms"),
        Column(("edition",), Bilingual("版", "Edition"), Kind.CODE, 12, required=True, refers="editions"),
        Column(
            ("node",),
            Bilingual("施策のコード", "Measure code"),
            Kind.CODE,
            guidance=Bilingual("空欄なら、期の全体の振り返りです。", "Empty: the term as a whole."),
            refers="nodes",
            may_be_unknown=True,
        ),
        *pair("good", "良かった点", "What went well", width=44, kind=Kind.TEXTS, guidance=_ONE_A_LINE),
        *pair("to_do", "これからの課題", "Still to do", width=44, kind=Kind.TEXTS, guidance=_ONE_A_LINE),
        *source(),
    ),
    Bilingual("期の終わりの振り返りです。", "Looking back at the end of a term."),
    Group.FACTS,
    PLAN,
    ("term_evaluations",),
)

SURVEYS = Sheet(
    "surveys",
    Bilingual("調査", "Surveys"),
    (
        code(),
        *pair("name", "名称", "Name", required=True),
        Column(
            ("series",),
            Bilingual("調査の系列", "Series"),
            Kind.CODE,
            guidance=Bilingual(
                "同じことを尋ねる調査に同じコードを付けると、前回と比べられます。",
                "Surveys with the same code ask the same and are compared.",
            ),
        ),
        Column(
            ("edition",),
            Bilingual("版", "Edition"),
            Kind.CODE,
            12,
            Bilingual(
                "設問や回答に書く施策のコードが、どの版のものかです。",
                "Whose codes the questions and answers name.",
            ),
            refers="editions",
        ),
        Column(("fiscal_year",), Bilingual("年度", "Fiscal year"), Kind.FISCAL_YEAR, 9),
        Column(("respondents",), Bilingual("回答者数", "Respondents"), Kind.INTEGER, 10),
        Column(("allows_several_answers",), Bilingual("複数回答", "Several answers"), Kind.YES_NO, 10),
        *note(),
        *source(),
    ),
    Bilingual("アンケートや意識調査です。", "Surveys of citizens, businesses and staff."),
    Group.FACTS,
    PLAN,
    ("surveys",),
    key=("code",),
    called=Bilingual("調査のコード", "Survey code"),
)

SURVEY_QUESTIONS = Sheet(
    "survey_questions",
    Bilingual("調査の設問", "Survey questions"),
    (
        code(),
        *pair("text", "設問", "Question", width=50),
        Column(
            ("about_vision",),
            Bilingual("将来像を尋ねる", "About the vision"),
            Kind.YES_NO,
            10,
            Bilingual("将来像への近さを尋ねる設問は「はい」です。", "Yes: it asks how near the vision is."),
        ),
        Column(("nodes",), Bilingual("関わる施策", "Measures"), Kind.CODES, guidance=_TOLD_ABOUT, refers="nodes"),
    ),
    Bilingual("調査で尋ねたことです。", "What the surveys asked."),
    Group.FACTS,
    SURVEYS,
    ("questions",),
    key=("code",),
    called=Bilingual("設問のコード", "Question code"),
)

SURVEY_ANSWERS = Sheet(
    "survey_answers",
    Bilingual("調査の回答", "Survey answers"),
    (
        number(),
        Column(
            ("code",),
            Bilingual("回答のコード", "Answer code"),
            Kind.CODE,
            guidance=Bilingual(
                "次の調査でも同じ回答に同じコードを付けると、文言が変わっても比べられます。",
                "The same answer keeps its code in the next survey, however it is printed.",
            ),
        ),
        *pair("text", "回答", "Answer", width=44),
        Column(
            ("share",),
            Bilingual("割合（％）", "Share (%)"),
            Kind.NUMBER,
            11,
            Bilingual("％を付けずに数字だけを書きます。", "The number without the sign."),
        ),
        *pair("approximate", "おおよその割合", "Share in words", width=16),
        Column(("rank",), Bilingual("順位", "Rank"), Kind.INTEGER, 8),
        *pair("group", "回答者の層", "Group", width=18),
        Column(
            ("group_code",),
            Bilingual("層のコード", "Group code"),
            Kind.CODE,
            guidance=Bilingual("次の調査と比べるためのコードです。空欄は全体です。", "Empty: everybody."),
        ),
        Column(("nodes",), Bilingual("関わる施策", "Measures"), Kind.CODES, guidance=_TOLD_ABOUT, refers="nodes"),
        *source(),
    ),
    Bilingual("設問ごとの回答です。", "The answers to each question."),
    Group.FACTS,
    SURVEY_QUESTIONS,
    ("answers",),
)

GLOSSARY = Sheet(
    "glossary",
    Bilingual("用語", "Glossary"),
    (
        Column(("term",), Bilingual("用語", "Term"), width=24, required=True),
        Column(("term_en",), Bilingual("用語（英語）", "Term (English)"), width=24),
        *pair("meaning", "意味", "Meaning", width=60),
        Column(("also",), Bilingual("ほかの書き方", "Other spellings"), Kind.TEXTS, 24, _ONE_A_LINE),
        *note(),
        *source(),
    ),
    Bilingual("用語の説明です。", "The glossary."),
    Group.FACTS,
    PLAN,
    ("glossary",),
    key=("term",),
)

NOTES = Sheet(
    "notes",
    Bilingual("備考", "Notes"),
    (
        number(),
        Column(("ja",), Bilingual("備考", "Note"), width=70, required=True),
        Column(("en",), Bilingual("備考（英語）", "Note (English)"), width=70),
    ),
    Bilingual("計画全体の備考です。", "Notes on the plan as a whole."),
    Group.FACTS,
    PLAN,
    ("notes",),
)
