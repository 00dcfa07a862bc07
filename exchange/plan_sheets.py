"""The sheets of the plan itself: its own values, editions, measures, lineage."""

from __future__ import annotations

from domain.lineage import LineageKind
from domain.rating import RatePreset
from domain.text import Bilingual
from exchange.columns import MAPPING_KEY, Column, Group, Kind, Sheet, code, note, number, pair, source

YEARS = Bilingual(
    "西暦でも和暦でも書けます（2021、令和3年度）。", "A western year or a Japanese one (2021, 令和3年度)."
)
_DAY = Bilingual("日付です（2021-04-01、令和3年4月1日）。", "A day (2021-04-01, 令和3年4月1日).")

PLAN = Sheet(
    "plan",
    Bilingual("計画", "Plan"),
    (
        code(Bilingual("計画のコード", "Plan code")),
        *pair("name", "計画の名称", "Plan name", required=True),
        code(Bilingual("市町村のコード", "Municipality code"), name="municipality.code"),
        *pair("municipality.name", "市町村の名称", "Municipality name", required=True),
        *source(ja="計画の出典", en="Plan source"),
        Column(("first_fiscal_year",), Bilingual("最初の年度", "First fiscal year"), Kind.FISCAL_YEAR, guidance=YEARS),
        Column(("last_fiscal_year",), Bilingual("最後の年度", "Last fiscal year"), Kind.FISCAL_YEAR, guidance=YEARS),
        Column(
            ("cycle_opens",),
            Bilingual("年度のサイクルを始める日", "Day the cycle opens"),
            Kind.MONTH_DAY,
            guidance=Bilingual(
                "月と日です（4月1日）。空欄なら、担当者が手で始めます。",
                "Month and day (4月1日). Empty: a person opens it.",
            ),
        ),
        *pair("contact", "問い合わせ先", "Contact"),
        Column(
            ("is_public",),
            Bilingual("公開サイトに載せる", "Shown on the public site"),
            Kind.YES_NO,
            guidance=Bilingual(
                "「はい」なら、計画と、終わった年度の結果を、だれでも読めるようになります。空欄は「いいえ」です。",
                "Yes: anybody may read the plan and the results of closed years. Empty: no.",
            ),
        ),
        Column(
            ("mails", "gathers_by_default"),
            Bilingual("メールを1日1通にまとめる", "One mail a day"),
            Kind.YES_NO,
            guidance=Bilingual(
                "「はい」なら、事前通知と督促を1日1通にまとめます。上申と差戻しは、いつもすぐに送ります。空欄は「いいえ」です。",
                "Yes: notices and reminders come as one mail a day. Escalations and returns always go at once. "
                "Empty: no.",
            ),
        ),
        Column(
            ("mails", "person_may_choose"),
            Bilingual("まとめ方を本人が選べる", "People may choose"),
            Kind.YES_NO,
            guidance=Bilingual("空欄は「はい」です。", "Empty: yes."),
        ),
        Column(
            ("evaluation_stages",),
            Bilingual("評価の段階", "Stages of evaluation"),
            Kind.CODES,
            guidance=Bilingual(
                "順に「、」で区切ります：primary（一次）、secondary（二次）、external（外部）。空欄は一次評価だけです。",
                "In order, separated by 、: primary, secondary, external. Empty: primary alone.",
            ),
        ),
        *pair("vision.title", "将来像", "Vision", required=True),
        Column(("vision", "year"), Bilingual("将来像の年", "Year of the vision"), Kind.FISCAL_YEAR, guidance=YEARS),
        *pair("vision.summary", "将来像の要旨", "Summary of the vision"),
        *source("vision.source", "将来像の出典", "Vision source"),
        Column(
            ("review", "fiscal_years"),
            Bilingual("見直しの年度", "Years of the review"),
            Kind.FISCAL_YEARS,
            guidance=Bilingual("「、」で区切って並べます（2020、2023）。", "Separated by 、 (2020、2023)."),
        ),
        Column(
            ("review", "only_if_needed"),
            Bilingual("見直しは必要なときだけ", "Review only if needed"),
            Kind.YES_NO,
            required=True,
            guidance=Bilingual(
                "見直しの定めがあるときに、「はい」か「いいえ」を選びます。", "Where the plan is reviewed: yes or no."
            ),
        ),
        Column(
            ("review", "opens"),
            Bilingual("見直しを始める日", "Day the review opens"),
            Kind.MONTH_DAY,
            guidance=Bilingual(
                "見直しの年度の月と日です（3月1日）。空欄なら、担当者が手で始めます。",
                "Month and day in the years of the review (3月1日). Empty: a person opens it.",
            ),
        ),
        Column(
            ("review", "due_after_days"),
            Bilingual("見直しの提案の期限（日後）", "Review proposals due after (days)"),
            Kind.INTEGER,
            guidance=Bilingual(
                "始めた日から開庁日で数えます。空欄なら10日です。",
                "Counted in business days from the opening. Empty: 10.",
            ),
        ),
        *source("review.source", "見直しの出典", "Review source"),
        Column(
            ("rating", "rate"),
            Bilingual("達成率の計算", "Rate of indicators"),
            Kind.CHOICE,
            choices=RatePreset,
            required=True,
            guidance=Bilingual(
                "指標をどう評価するかです。空欄なら計算しません。", "How indicators are rated. Empty: not at all."
            ),
        ),
        code(Bilingual("報告様式のコード", "Question set code"), name="question_set.code"),
        Column(
            ("question_set", "version"),
            Bilingual("報告様式の版", "Question set version"),
            Kind.INTEGER,
            required=True,
            guidance=Bilingual("設問を直したら、1つ上げます。", "One more whenever the questions change."),
        ),
    ),
    Bilingual("計画の全体に関わることを、1項目1行で書きます。", "What concerns the plan as a whole, one line each."),
    Group.EDITED,
    always=(("municipality",), ("source",), ("question_set",)),
    upright=True,
)

EDITIONS = Sheet(
    "editions",
    Bilingual("版", "Editions"),
    (
        code(),
        *pair("name", "名称", "Name", required=True),
        Column(
            ("decided",),
            Bilingual("決定した月", "Decided in"),
            Kind.MONTH,
            guidance=Bilingual("年と月です（2021-03）。空欄は記載なしです。", "Year and month (2021-03)."),
            may_be_unknown=True,
        ),
        Column(("effective_on",), Bilingual("施行日", "In force from"), Kind.DAY, guidance=_DAY, required=True),
        Column(("is_draft",), Bilingual("案", "Draft"), Kind.YES_NO, 8),
        *pair("reason", "改訂の理由", "Reason"),
        *source(),
    ),
    Bilingual("策定と改訂を、古い順に1行ずつ書きます。", "The plan as decided and as revised, the oldest first."),
    Group.EDITED,
    PLAN,
    ("editions",),
    key=("code",),
    called=Bilingual("版", "Edition"),
)

NODES = Sheet(
    "nodes",
    Bilingual("施策", "Measures"),
    (
        code(),
        Column(
            ("level",),
            Bilingual("階層", "Level"),
            Kind.CODE,
            12,
            Bilingual("「階層」シートのコードです。", "A code of the sheet of levels."),
            required=True,
            refers="levels",
        ),
        Column(
            ("parent",),
            Bilingual("上位のコード", "Parent code"),
            Kind.CODE,
            guidance=Bilingual(
                "この行が属する施策などのコードです。上位の行は、この行より上に置きます。",
                "What this row belongs to; it stands above this row.",
            ),
            refers="nodes",
        ),
        Column(
            ("title",),
            Bilingual("名称", "Title"),
            width=40,
            guidance=Bilingual("計画書のとおりに書きます。", "As printed in the plan."),
            required=True,
        ),
        Column(("title_en",), Bilingual("名称（英語）", "Title (English)"), width=34),
        Column(
            ("measure_class",),
            Bilingual("区分", "Class"),
            Kind.CODE,
            guidance=Bilingual(
                "「区分」シートのコードです。分からないときは空欄です。",
                "A code of the sheet of classes; empty where unknown.",
            ),
            refers="classes",
        ),
        Column(
            ("related_plans",),
            Bilingual("関連する計画", "Related plans"),
            Kind.CODES,
            guidance=Bilingual(
                "「関連計画」シートのコードを「、」で区切ります。", "Codes of related plans, separated by 、."
            ),
            refers="related_plans",
        ),
        *note(),
        *source(),
        Column(
            ("children",),
            Bilingual("直下の数", "Rows below"),
            Kind.DERIVED,
            9,
            Bilingual(
                "この行を上位とする行の数です。自動で計算します。", "How many rows belong to this one; computed."
            ),
        ),
    ),
    Bilingual(
        "基本方針から施策・取組みまで、すべての階層を1行ずつ書きます。上位の行を先に置きます。",
        "Every policy, goal, measure and initiative of every edition; what is above stands first.",
    ),
    Group.EDITED,
    EDITIONS,
    ("nodes",),
    key=("code",),
    called=Bilingual("施策のコード", "Measure code"),
)

_SHOWN_TITLE = Bilingual(
    "コードが1つのとき、その名称を自動で示します。", "The title of the code, where there is one; computed."
)

LINEAGE = Sheet(
    "lineage",
    Bilingual("系譜", "Lineage"),
    (
        Column(
            ("kind",),
            Bilingual("種類", "Kind"),
            Kind.CHOICE,
            choices=LineageKind,
            required=True,
            guidance=Bilingual(
                "前の版の施策がどうなったかです。名称も番号も変わったときは「名称変更」です。",
                "What became of it. New title and new number: renamed.",
            ),
        ),
        Column(
            ("before",),
            Bilingual("前の版のコード", "Codes before"),
            Kind.CODES,
            18,
            Bilingual(
                "複数は「、」で区切ります。新規は空欄です。", "Several are separated by 、. Empty for a new one."
            ),
            refers="nodes",
        ),
        Column(
            ("after",),
            Bilingual("この版のコード", "Codes after"),
            Kind.CODES,
            18,
            Bilingual(
                "複数は「、」で区切ります。廃止は空欄です。", "Several are separated by 、. Empty for an abolished one."
            ),
            refers="nodes",
        ),
        *pair("reason", "理由", "Reason", width=40),
        *source(),
        Column(("before_title",), Bilingual("前の版の名称", "Title before"), Kind.DERIVED, 30, _SHOWN_TITLE),
        Column(("after_title",), Bilingual("この版の名称", "Title after"), Kind.DERIVED, 30, _SHOWN_TITLE),
    ),
    Bilingual(
        "前の版の施策が、この版でどうなったかを書きます。前の版の施策も、この版の施策も、もれなく挙げます。",
        "What became of each measure of the edition before; every measure of both editions is named.",
    ),
    Group.EDITED,
    EDITIONS,
    ("lineage",),
)

TEXTS = Sheet(
    "texts",
    Bilingual("本文", "Texts"),
    (
        Column(
            MAPPING_KEY,
            Bilingual("記載欄", "Field"),
            Kind.CODE,
            guidance=Bilingual("「記載欄」シートのコードです。", "A code of the sheet of fields."),
            required=True,
            refers="node_fields",
        ),
        number(),
        *(
            Column((language,), Bilingual(ja, en), width=60, guidance=said)
            for language, ja, en, said in (
                (
                    "ja",
                    "本文",
                    "Text",
                    Bilingual(
                        "段落ごとに行を分けます。空欄は、欄はあるのに何も書かれていないことを表します。",
                        "One paragraph a row. Empty: the field is there and says nothing.",
                    ),
                ),
                ("en", "本文（英語）", "Text (English)", Bilingual("")),
            )
        ),
    ),
    Bilingual("施策ごとの文章を、段落ごとに書きます。", "What the plan says of each measure, paragraph by paragraph."),
    Group.EDITED,
    NODES,
    ("texts",),
    mapping=True,
)

NODE_VIEWS = Sheet(
    "node_views",
    Bilingual("視点の割当", "Views of measures"),
    (
        Column(("view",), Bilingual("視点", "View"), Kind.CODE, required=True, refers="views"),
        Column(
            ("value",),
            Bilingual("視点の値", "Value"),
            Kind.CODE,
            guidance=Bilingual("空欄は記載なしです。", "Empty: the source leaves it empty."),
            refers="view_values",
        ),
        Column(
            ("activities",),
            Bilingual("取組内容", "Activities"),
            Kind.TEXTS,
            50,
            Bilingual("1行に1つずつ書きます（セルの中で改行します）。", "One a line inside the cell."),
        ),
    ),
    Bilingual("施策が視点のどこに位置付くかを書きます。", "Where a measure stands in a view."),
    Group.EDITED,
    NODES,
    ("views",),
)
