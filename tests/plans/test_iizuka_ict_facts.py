"""The plan file of 飯塚市地域情報化計画: 前期実施状況 with its figures, the glossary, and the heading of every fact."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import TypeVar

import pytest

from domain.plan import PlanDefinition
from domain.source import Source
from domain.text import Bilingual
from plan_files import read_plan

T = TypeVar("T")
FILE = Path(__file__).parents[2] / "plans" / "iizuka-ict.yaml"

# 前期実施状況 of every measure by the words of the source, in their order: i実施 t実証 c検討 s調査研究 d判断
# fmt: off
STATUS = {
    "1-1-1": "ii", "1-1-2": "i", "1-2-1": "tt", "1-2-2": "ii", "1-2-3": "i", "1-2-4": "ii", "1-2-5": "c",
    "1-3-1": "i", "1-3-2": "d", "1-3-3": "cc", "1-3-4": "t", "1-4-1": "i", "1-4-3": "i",
    "2-1-1": "is", "2-1-2": "c", "2-1-3": "t", "2-1-4": "c", "2-2-1": "i", "2-2-2": "t", "2-2-3": "c",
    "3-1-1": "ii", "3-1-2": "ii", "3-1-3": "t", "3-1-4": "i",
    "4-1-1": "ii", "4-1-2": "i", "4-1-3": "i", "4-1-4": "s", "4-2-1": "i", "4-2-2": "i", "4-2-3": "i",
    "5-1-1": "i", "5-1-4": "i",
}
# fmt: on
FIGURES = [
    ("1-1-1", [(12, "交流センター")]),
    ("1-2-2", [(2018, "年度")]),
    ("1-2-3", [(11, "か国語"), (5, "台")]),
    ("1-3-1", [(6, "箇所"), (24, "箇所"), (3, "箇所")]),
    ("3-1-1", [(27, "データセット"), (14, "項目")]),
    ("3-1-1", [(1, "回/月")]),
    ("4-1-1", [(320, "台")]),
    ("4-1-1", [(9923, "台"), (1, "台/人")]),
    ("4-1-3", [(830, "台")]),
]

MEASURES_HEADING = "第4章 情報化の施策 2 個別施策"
GLOSSARY = {
    "第1章 はじめに 1 計画策定の趣旨": "スマートフォン タブレット端末",
    "第1章 はじめに 4 情報化の動向 (1) 社会的な情報化の動向": (
        "インターネット ソーシャルメディア モバイル端末 SNS ライフログ ビッグデータ マーケティング "
        "オープンデータ IoT AI 検索エンジン アプリケーション ディープラーニング ブロックチェーン"
    ),
    "第1章 はじめに 4 情報化の動向 (2) 国における情報化の動向": (
        "IT 自治体クラウド クラウドコンピューティング技術 ICTガバナンス サイバーセキュリティ ICTマネジメント能力 "
        "マイナンバーカード G空間情報"
    ),
    "第2章 情報化の現状と課題 1 本市における情報化の現状 (2) 行政サービスにおける現状": "ペーパーレス化",
    "第2章 情報化の現状と課題 2 本市が抱える情報化の課題 (1) まちづくりにおける課題": "グローバル化",
    "第2章 情報化の現状と課題 2 本市が抱える情報化の課題 (2) 行政サービスにおける課題": "ライフスタイル",
    "第2章 情報化の現状と課題 2 本市が抱える情報化の課題 (3) 行政運営における課題": "情報リテラシー",
    f"{MEASURES_HEADING} 【中期】1-1-1": "公衆無線LAN",
    f"{MEASURES_HEADING} 【中期】1-1-2": "データベース",
    f"{MEASURES_HEADING} 【中期】1-3-2": "マッピング GIS 統合型GIS",
    f"{MEASURES_HEADING} 【中期】1-3-3": "RPA",
    f"{MEASURES_HEADING} 【中期】1-3-5": "サテライトオフィス Web会議",
    f"{MEASURES_HEADING} 【中期】1-4-1": "ヒューマンエラー",
    f"{MEASURES_HEADING} 【中期】2-1-2": "オンライン",
    f"{MEASURES_HEADING} 【中期】2-1-4": "ツール コンテンツ",
    f"{MEASURES_HEADING} 【前期】3-1-3 前期実施状況": "LPWA",
    f"{MEASURES_HEADING} 【中期】3-1-3": "モビリティ",
    f"{MEASURES_HEADING} 【中期】3-1-4": "デジタル・トランスフォーメーション",
    f"{MEASURES_HEADING} 【中期】3-1-7": "スマートシティ",
    f"{MEASURES_HEADING} 【中期】4-1-2": "オンライン英会話",
    f"{MEASURES_HEADING} 【前期】4-2-1 前期実施状況": "デジタルアーカイブ",
}


@pytest.fixture(scope="module")
def plan() -> PlanDefinition:
    return read_plan(FILE)


def heading(plan: PlanDefinition, source: Source | None) -> str:
    """The heading under which an item stands: its own, else the plan's."""
    return (source or plan.source).heading.ja


def found(value: object, kind: type[T], path: str = "") -> Iterator[tuple[str, T]]:
    """Everything of a kind inside a definition, with its place."""
    if isinstance(value, kind):
        yield path, value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from found(item, kind, f"{path}.{key}")
    elif isinstance(value, tuple):
        for i, item in enumerate(value):
            yield from found(item, kind, f"{path}.{i}")
    if is_dataclass(value):
        for field in fields(value):
            yield from found(getattr(value, field.name), kind, f"{path}.{field.name}")


# 前期実施状況


def test_42_facts_tell_how_far_each_measure_had_come(plan: PlanDefinition) -> None:
    told: dict[str, str] = {}
    for one in plan.achievements:
        assert one.node is not None
        assert (one.node.edition, one.term, one.fiscal_year) == ("2018-03", "early", None)
        told[one.node.code] = told.get(one.node.code, "") + one.stage[0]
    assert told == STATUS
    stages = Counter(one.stage for one in plan.achievements)
    assert stages == {"implemented": 27, "trial": 6, "considered": 6, "studied": 2, "decided": 1}
    assert {s.code for s in plan.stages} == set(stages)
    assert len(plan.achievements) == 42


def test_nine_of_them_have_figures_with_their_units(plan: PlanDefinition) -> None:
    figures = [
        (one.node.code, [(int(q.value), q.unit.ja) for q in one.quantities])
        for one in plan.achievements
        if one.node is not None and one.quantities
    ]
    assert figures == FIGURES
    assert all(q.of.ja for one in plan.achievements for q in one.quantities)


def test_the_figures_stand_in_the_text_of_their_fact(plan: PlanDefinition) -> None:
    for one in plan.achievements:
        numbers = re.findall(r"\d+", one.text.ja.replace("平成30年度", "2018年度").replace(",", ""))
        assert [q.value for q in one.quantities if str(q.value) not in numbers] == [], one.text.ja


# Glossary and sources


def test_the_46_terms_of_the_footnotes_are_explained(plan: PlanDefinition) -> None:
    assert [g.term for g in plan.glossary] == " ".join(GLOSSARY.values()).split()
    assert len(plan.glossary) == 46
    assert [g.term for g in plan.glossary if not (g.meaning.ja and g.meaning.en and g.term_en)] == []


def test_no_other_spelling_of_a_term_is_claimed_by_two(plan: PlanDefinition) -> None:
    spellings = [s for g in plan.glossary for s in (g.term, *g.also)]
    assert len(set(spellings)) == len(spellings)


def test_every_fact_stands_under_its_heading(plan: PlanDefinition) -> None:
    for edition in plan.editions:
        assert {(n.level, heading(plan, n.source)) for n in edition.nodes} == {
            ("policy", "第3章 情報化の方向性 1 基本方針"),
            ("goal", "第3章 情報化の方向性 2 基本目標"),
            ("measure", MEASURES_HEADING),
        }
    assert {heading(plan, c.source) for c in plan.classes} == {MEASURES_HEADING}
    carried_out = [*(t.source for t in plan.terms), *(o.source for o in plan.opinion_sources), plan.bodies[0].source]
    assert {heading(plan, s) for s in carried_out} == {"第5章 計画の推進 1 進捗管理と計画の推進"}
    assert plan.review is not None
    assert heading(plan, plan.review.source) == "第5章 計画の推進 2 評価と計画の見直し"
    assert plan.vision is not None
    assert heading(plan, plan.vision.source) == "第1章 はじめに 2 計画の位置づけ"
    assert [heading(plan, r.source) for r in plan.related_plans] == [
        "第1章 はじめに 2 計画の位置づけ",
        "第1章 はじめに 3 計画の構成と期間",
    ]
    assert [heading(plan, e.source).partition("、")[0] for e in plan.editions] == ["表紙", "表紙"]
    for one in plan.achievements:
        assert one.node is not None
        assert heading(plan, one.source) == f"{MEASURES_HEADING} 【前期】{one.node.code} 前期実施状況"
    assert {g.term: heading(plan, g.source) for g in plan.glossary} == {
        term: place for place, terms in GLOSSARY.items() for term in terms.split()
    }


def test_what_the_print_notes_on_a_change_stands_under_the_measure_that_ended(plan: PlanDefinition) -> None:
    headings = {"".join(link.before): heading(plan, link.source) for link in plan.editions[1].lineage if link.source}
    assert headings == {code: f"{MEASURES_HEADING} 【前期】{code}" for code in ("1-4-2", "5-1-2", "5-1-3")}


def test_every_source_names_a_heading_of_a_document_that_exists(plan: PlanDefinition) -> None:
    sources = list(found(plan, Source))
    assert len(sources) > 100
    assert [path for path, s in sources if plan.document_of(s) is None or not (s.heading.ja and s.heading.en)] == []


def test_every_japanese_text_of_the_file_has_english_beside_it(plan: PlanDefinition) -> None:
    assert [path for path, text in found(plan, Bilingual) if bool(text.ja) != bool(text.en)] == []
