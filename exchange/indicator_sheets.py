"""The sheets of indicators and their values."""

from __future__ import annotations

from domain.indicator import IndicatorDirection, IndicatorKind, ValueType
from domain.text import Bilingual
from exchange.columns import Column, Group, Kind, Sheet, code, note, pair, source
from exchange.plan_sheets import PLAN, YEARS

_OF_NODE = (
    Column(("edition",), Bilingual("版", "Edition"), Kind.CODE, 12, refers="editions"),
    Column(
        ("node",),
        Bilingual("施策のコード", "Measure code"),
        Kind.CODE,
        guidance=Bilingual("何を測るかです。計画全体なら空欄です。", "What it measures; empty: the whole plan."),
        refers="nodes",
    ),
)

INDICATORS = Sheet(
    "indicators",
    Bilingual("指標", "Indicators"),
    (
        code(width=22),
        *pair("name", "名称", "Name", width=34, required=True),
        *pair("unit", "単位", "Unit", width=10),
        Column(("kind",), Bilingual("種類", "Kind"), Kind.CHOICE, choices=IndicatorKind, required=True),
        Column(
            ("direction",),
            Bilingual("方向", "Direction"),
            Kind.CHOICE,
            choices=IndicatorDirection,
            required=True,
            guidance=Bilingual(
                "どちらへ動けば良いかです。計画書になければ「記載なし」です。", "Which way is better, if the plan says."
            ),
        ),
        *pair("group", "グループ", "Group", width=24),
        *_OF_NODE,
        Column(
            ("part",),
            Bilingual("割合の分子", "Part"),
            Kind.CODE,
            guidance=Bilingual("分子にする指標のコードです。", "The indicator that is divided."),
            refers="indicators",
        ),
        Column(
            ("total",),
            Bilingual("割合の分母", "Total"),
            Kind.CODE,
            guidance=Bilingual("分母にする指標のコードです。", "The indicator that it is divided by."),
            refers="indicators",
        ),
        Column(
            ("sum_of",),
            Bilingual("合計の内訳", "Sum of"),
            Kind.CODES,
            22,
            Bilingual(
                "足すと、この指標になる指標のコードを「、」で区切ります。",
                "Codes of the indicators that add up to this one, separated by 、.",
            ),
            refers="indicators",
        ),
        *pair("direction_basis", "方向の根拠", "Basis of the direction"),
        *note(),
        *source(),
    ),
    Bilingual(
        "指標を1行ずつ書きます。値は「指標値」シートに書きます。",
        "One indicator a row; its values stand on the next sheet.",
    ),
    Group.EDITED,
    PLAN,
    ("indicators",),
    key=("code",),
    called=Bilingual("指標のコード", "Indicator code"),
)

VALUES = Sheet(
    "values",
    Bilingual("指標値", "Values"),
    (
        Column(("type",), Bilingual("値の種類", "Type"), Kind.CHOICE, 15, choices=ValueType, required=True),
        Column(
            ("at",),
            Bilingual("時点", "As of"),
            Kind.DAY,
            guidance=Bilingual(
                "ある日の値なら日付を書きます。年度の値なら空欄です。", "The day of the value; empty for a fiscal year."
            ),
        ),
        Column(("fiscal_year",), Bilingual("年度", "Fiscal year"), Kind.FISCAL_YEAR, 9, YEARS),
        Column(
            ("value",),
            Bilingual("値", "Value"),
            Kind.NUMBER,
            guidance=Bilingual(
                "数字だけを書きます。値がないと分かっているときは空欄にします。0とは書きません。",
                "A number only. Empty where it is known to be missing: never 0.",
            ),
            may_be_unknown=True,
        ),
        Column(
            ("upper",),
            Bilingual("上限", "Upper limit"),
            Kind.NUMBER,
            guidance=Bilingual("範囲で示す目標の上限です。", "The upper limit of a target that is a range."),
        ),
        Column(
            ("printed",),
            Bilingual("計画書の表記", "As printed"),
            guidance=Bilingual("計画書に印刷されたとおりの書き方です。", "How the plan prints it."),
        ),
        Column(
            ("label",),
            Bilingual("区別", "Label"),
            guidance=Bilingual("同じ時点の値を区別する言葉です。", "Tells values of one time apart."),
        ),
        *pair(
            "break_reason",
            "系列が切れる理由",
            "Reason of the break",
            guidance=Bilingual(
                "この値から数え方が変わったときに、その理由を書きます。", "Why the series begins anew with this value."
            ),
        ),
        *note(),
        *source(),
        Column(("rows",), Bilingual("内訳", "Rows"), Kind.DERIVED, 22),
        Column(("row_sum",), Bilingual("内訳の合計", "Sum of the rows"), Kind.DERIVED, 12),
        Column(
            ("sum_check",),
            Bilingual("合計の検算", "Check of the sum"),
            Kind.DERIVED,
            12,
            Bilingual(
                "内訳の合計と値が同じかどうかを、自動で確かめます。",
                "Whether the value is the sum of its rows; computed.",
            ),
        ),
    ),
    Bilingual("基準値・目標値・実績値を1行に1つずつ書きます。", "Baselines, targets and actual values, one a row."),
    Group.EDITED,
    INDICATORS,
    ("values",),
)
