"""What a form may name, by kind of document: for those who make one. Below the top the names follow from the types."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from documents.word_form import Picture
from documents.word_kinds import Context, WordKind
from i18n import N_, translate

NAMES = {
    "labels": N_("見出しなどの決まった言葉（下の表）"),
    "document_title": N_("文書の題（計画・年度・種類を1行にしたもの）"),
    "running_title": N_("ページの上下に置く短い題"),
    "municipality": N_("市町村の名前"),
    "plan": N_("計画の名前"),
    "edition": N_("計画の版"),
    "fiscal_year": N_("対象の年度"),
    "term": N_("計画期間の区分"),
    "issued_on": N_("発行日・作成日"),
    "marks": N_("模擬データなどの印の文（一覧）。様式には、この一覧か「marks_line」を必ず入れます"),
    "marks_line": N_("印の文を1行にしたもの（フッター用）"),
    "facts": N_("文書のはじめに置く事項（名前と内容）"),
    "total": N_("施策の数"),
    "tallies": N_("集計表（題と、区分ごとの件数）"),
    "chart": N_("図の数値。図にするものがないときは空"),
    "chart_picture": N_("図（画像）"),
    "sections": N_("視点別の進み具合、指標などの節"),
    "policies": N_("基本方針などの上の階層、その中の階層と施策"),
    "outcome": N_("見直しの結論"),
    "outcome_reason": N_("見直しの結論の理由"),
    "standing_meanings": N_("各年度の報告の数え方"),
    "standings": N_("年度ごとの報告の状況（集計表）"),
    "groups": N_("施策の期間のまとめ（年度ごとの内容を含む）"),
    "indicators": N_("指標の動き"),
    "rounds": N_("報告の回"),
    "opinion_counts": N_("意見の件数（集計表）"),
    "opinion_total": N_("意見の件数の合計"),
    "opinions": N_("寄せられた意見"),
    "criteria": N_("見直しの観点と、その答え"),
    "kind_counts": N_("決定の種類ごとの件数"),
    "kind_total": N_("決定の件数の合計"),
    "decisions": N_("決定とその理由"),
    "added": N_("新しい施策"),
    "open_proposals": N_("採らなかった提案"),
    "bodies": N_("会議体の審議の結果"),
    "next_edition": N_("次の版の内容。ないときは空"),
    "no_edition": N_("次の版がないことを伝える文"),
    "before": N_("改訂前の版"),
    "after": N_("改訂後の版"),
    "reason": N_("改訂の理由"),
    "counts": N_("変化ごとの件数"),
    "note": N_("下線と省略についての注記"),
    "rows": N_("表の行"),
    "has_classes": N_("施策の区分がある計画かどうか"),
    "log": N_("改訂履歴"),
    "body": N_("会議体の名前"),
    "request": N_("会議体にお願いすること"),
    "figures": N_("期間や取組の数字"),
    "changed": N_("変わる施策の決定"),
    "unchanged": N_("変わらない施策"),
    "earlier": N_("先に審議した会議体の結果"),
    "outcomes": N_("会議体が選べる結論"),
    "items": N_("議題とその資料"),
    "pages": N_("議題の番号ごとのページ"),
    "project": N_("キープロジェクトの名前"),
    "summary": N_("要約（名前と内容）"),
    "route_picture": N_("道筋の図（画像）"),
    "route_alternative": N_("道筋の図を説明する文"),
    "route_facts": N_("道筋の図に表れている事項"),
    "goals": N_("目標と道筋（はじめと現在）"),
    "now_label": N_("「現在」の列の見出し"),
    "knowledge": N_("分かったことのまとめ"),
    "result_counts": N_("試行の結果ごとの件数"),
    "trial_total": N_("試行の数"),
    "trials": N_("試行の記録"),
    "abolished": N_("やめることができた仕事"),
    "check_in_facts": N_("状況確認の概要"),
    "latest": N_("回答のあった状況確認"),
    "events": N_("見直しのきっかけ"),
    "matters": N_("付議事項"),
    "teams": N_("プロジェクトチーム"),
    "ending": N_("終わり方。続いている間は空"),
    "basis": N_("振り返りのもとにしたもの"),
    "years": N_("年度ごとの主な取組"),
    "themes": N_("テーマごとの振り返り"),
    "projects": N_("キープロジェクトの状況"),
    "surveys": N_("意識調査の結果"),
    "outlook": N_("これからの見通し"),
    "of": N_("引き継ぐ人か部署の名前"),
    "of_label": N_("「引き継ぐ人」などの見出し"),
    "on": N_("引継ぎの日"),
    "posts": N_("引き継ぐ職と後任"),
    "plans": N_("受け持つ施策（計画ごと）"),
    "signatures": N_("署名欄の見出し"),
}
"""Every name at the top that a form may use, of any kind; what else stands in a content is for the program."""


@dataclass(frozen=True)
class Name:
    """A name, what it says, whether it is a list (of which each part is named), and the names inside it."""

    name: str
    says: str
    is_list: bool
    inside: tuple[str, ...]


def names_of(kind: WordKind, language: str) -> tuple[Name, ...]:
    """In the order in which they are explained."""
    context = kind.context(language, is_full=True)
    return tuple(
        Name(name, translate(language, says), isinstance(context[name], list), tuple(_inside(context[name])))
        for name, says in NAMES.items()
        if name in context
    )


def words_of(kind: WordKind, language: str) -> dict[str, str]:
    """The fixed words of a kind: what `labels.…` says."""
    return kind.labels(language)


def _inside(value: Context | list[object] | object, before: str = "") -> Iterator[str]:
    if isinstance(value, list):
        yield from _inside(value[0] if value else "", before)
    elif isinstance(value, Mapping) and all(isinstance(name, str) for name in value) and len(value) < _MOST_NAMES:
        for name, part in value.items():
            yield f"{before}{name}"
            if not isinstance(part, Picture):
                yield from _inside(part, f"{before}{name}.")


_MOST_NAMES = 20
"""Above it a mapping is `labels`, which have a table of their own."""
