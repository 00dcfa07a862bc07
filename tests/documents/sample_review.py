"""A phase review of 36 measures as a record tells it, for the documents' tests."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from documents.annual_report import Answered
from documents.body_papers import BodyPapers
from documents.phase_review_report import (
    AddedMeasure,
    CollectedYear,
    ComingEdition,
    ConsultedBody,
    DecidedMeasure,
    MailsSent,
    OpenProposal,
    PhaseReviewReport,
    Proposal,
    ReceivedOpinion,
    ReviewedMeasure,
    ReviewedYear,
    StandingKind,
)
from domain.review_snapshot import IndicatorMovement

MARK = "模擬データ：この報告書の実績と評価は架空のものです"
COMPLETE, AS_IT_STOOD, EXEMPTED, NOTHING, NOT_ASKED = "提出済み", "提出前の内容", "報告免除", "記入なし", "依頼なし"
STANDINGS = (
    StandingKind(COMPLETE, "所管課が提出した報告です。"),
    StandingKind(AS_IT_STOOD, "提出されていないため、その時点の下書きを扱いました。"),
    StandingKind(EXEMPTED, "報告を免除しました。"),
    StandingKind(NOTHING, "依頼しましたが、記入がありません。"),
    StandingKind(NOT_ASKED, "その年度は報告を依頼していません。"),
)
KINDS = ("継続", "名称変更", "番号変更", "統合", "分割", "廃止", "新規")
GROUPS = (
    ("1 ICTでつながる市民協働のまちづくり", "1-1 ICTで人をつなげ、共に支えあう協働のまちづくり", 5),
    ("1 ICTでつながる市民協働のまちづくり", "1-2 いつでも、どこでも、誰でも簡単に受けられる行政サービス", 9),
    ("2 ICTを活用し、共に支えあう健幸なまちづくり", "2-1 ICTでつながり、支えあう子育て支援の推進", 6),
    ("3 ICTで実現！活力とうるおいのあるまちづくり", "3-1 市の魅力を発信！ICTを活用し、地域経済の活性化を支援", 4),
    ("4 ICTで意欲的な深い学び、豊かな心が育つまちづくり", "4-1 ICTを効果的に活用した、特色ある学校教育の推進", 5),
    ("5 ICTで安全・安心、自然あふれる快適で住みよいまちづくり", "5-1 安全・安心で快適なまちづくりの支援", 7),
)
TITLES = ("公衆無線LANの整備、活用促進", "電子申請の対象手続の拡大", "窓口案内のデジタル化", "庁内情報基盤の更新")
DID = (
    "対象となる12施設のうち8施設で整備を終え、利用案内を掲示した。残る4施設は配線の調査を済ませた。",
    "電子申請の対象を34手続から52手続に増やした。\n高齢の方に向けた操作相談を月2回開いた。",
    "半導体不足により機器の納入が遅れたため、工程を組み直した。",
)


def _year(number: int, year: int) -> ReviewedYear:
    said = (Answered("取り組んだこと", DID[(number + year) % 3]), Answered("課題", "周知の方法"))
    if number % 9 == 8 and year == 2019:
        return ReviewedYear(year, NOTHING)
    if number % 7 == 6 and year == 2020:
        return ReviewedYear(year, AS_IT_STOOD, progress="遅れている", said=said[:1])
    if number == 3 and year == 2018:
        return ReviewedYear(year, EXEMPTED)
    comment = "目標に向けて進んでいる。" if number % 2 else ""
    return ReviewedYear(year, COMPLETE, "計画どおり", "ABC"[number % 3], "継続", comment, said)


def _measures() -> tuple[ReviewedMeasure, ...]:
    placed = [(policy, goal) for policy, goal, size in GROUPS for _ in range(size)]
    return tuple(
        ReviewedMeasure(
            code=f"{goal.split()[0]}-{number}",
            title=TITLES[number % 4],
            above=(policy, goal),
            measure_class=("推進", "重点", "調査研究", "")[number % 4],
            department="総務部情報政策課" if number % 2 else "市民環境部市民課",
            years=tuple(_year(number, year) for year in (2018, 2019, 2020)),
            achievements=("公民館など23施設に設置した。",) if number % 3 == 0 else (),
        )
        for number, (policy, goal) in enumerate(placed)
    )


def _decided(number: int, measure: ReviewedMeasure) -> DecidedMeasure:
    said = (Answered("今後の扱い", "続ける"), Answered("理由", "利用が増えているため"))
    decided = DecidedMeasure(
        code=measure.code,
        title=measure.title,
        above=measure.above,
        kind="継続",
        is_changed=False,
        becomes=(f"{measure.code} {measure.title}",),
        proposal=Proposal(measure.department, COMPLETE, said),
    )
    match number % 6:
        case 1:
            becomes = (f"{measure.code} {measure.title}と利用者支援",)
            reason = "利用者の支援まで含めて取り組むため、名称を改める。"
            return replace(decided, kind="名称変更", is_changed=True, becomes=becomes, reason=reason)
        case 2 if number == 2:
            return replace(decided, kind="廃止", is_changed=True, becomes=(), reason="目的を果たしたため。")
        case 2 if number == 8:
            becomes = ("1-2-5 電子申請の対象手続の拡大と利用者支援",)
            return replace(decided, kind="統合", is_changed=True, becomes=becomes, reason="同じ窓口で進めるため。")
        case 2:
            changes = ("区分：調査研究 → 推進", "内容を改める")
            return replace(decided, is_changed=True, changes=changes, reason="調査研究の結果、効果が見込めるため。")
        case 3:
            return replace(decided, proposal=Proposal(measure.department, NOTHING))
        case _:
            return decided


_OPINIONS = tuple(
    ReceivedOpinion(
        source=("市民", "民間事業者", "大学等", "庁内の他の部署")[number % 4],
        received_on=date(2020, 11, 2 + number),
        text="公民館のWi-Fiが夕方につながりにくいので、改善してほしい。" * (1 + number % 3),
        about=("1-1-0 公衆無線LANの整備、活用促進",) if number % 2 == 0 else (),
        answer="設備の更新とあわせて改善します。" if number % 5 else "",
        reflection=("", "反映した", "一部反映した", "今後の参考", "反映できない")[number % 5],
    )
    for number in range(10)
)

MEASURES = _measures()

REPORT = PhaseReviewReport(
    language="ja",
    municipality="飯塚市",
    plan="飯塚市地域情報化計画",
    term="前期（2018～2020年度）",
    edition="2018（平成30）年3月策定",
    issued_on=date(2021, 2, 26),
    measure_label="個別施策",
    is_revised=True,
    outcome="改訂する",
    outcome_reason="技術の進展と市民ニーズの変化に応じるため。",
    taken_on=date(2020, 10, 1),
    standings=STANDINGS,
    measures=MEASURES,
    indicators=(
        IndicatorMovement(
            "", "公衆無線LANの設置施設数", "か所", MEASURES[0].title, "15", "2018年度", "23", "2020年度", "30"
        ),
        IndicatorMovement("", "電子申請の利用件数", "件"),
    ),
    rounds=(
        CollectedYear(2018, 36, 35, 30, (MailsSent("事前通知", 12), MailsSent("督促", 4), MailsSent("上申", 1))),
        CollectedYear(2019, 36, 32, 29, (MailsSent("事前通知", 12), MailsSent("督促", 9))),
        CollectedYear(2020, 36, 31, 31),
    ),
    opinions_from=date(2020, 11, 1),
    opinions_until=date(2020, 11, 30),
    sources=("市民", "民間事業者", "大学等", "庁内の他の部署"),
    reflections=("反映した", "一部反映した", "今後の参考", "反映できない"),
    opinions=_OPINIONS,
    criteria=(
        Answered("施策の進み具合", "36施策のうち30施策が計画どおりに進んでいる。"),
        Answered("施策の評価", "多くの施策で継続が妥当である。"),
        Answered("市民ニーズ", "手続のオンライン化への要望が強い。"),
        Answered("社会情勢の変化", ""),
        Answered("情報化技術の進展", "AIやロボットによる自動化が広がっている。"),
    ),
    kinds=KINDS,
    decisions=tuple(_decided(number, measure) for number, measure in enumerate(MEASURES)),
    added=(
        AddedMeasure(
            "1-2-10", "キャッシュレス決済の導入", MEASURES[5].above, "新規", "推進", "接触を減らすため。", "会計課"
        ),
        AddedMeasure("2-1-7", "AIによる相談支援", MEASURES[14].above, "新規", "", "", ""),
    ),
    open_proposals=(
        OpenProposal(
            "全世帯へのタブレット配布", "総務部情報政策課", "情報格差を減らすため。", "費用に見合う効果が見込めない。"
        ),
        OpenProposal("庁内チャットの導入", "総務部総務課"),
    ),
    bodies=(
        ConsultedBody("電算委員会", "", 1, date(2021, 1, 18), "差戻し", "1-1-2の廃止の理由を詳しく示すこと。"),
        ConsultedBody("電算委員会", "", 2, date(2021, 2, 8), "意見を付して了承", "毎年の進捗を委員会に報告すること。"),
        ConsultedBody("情報化推進市民会議", "外部評価", 2, None, "", ""),
    ),
    next_edition=ComingEdition(
        "2021-03", "2021（令和3）年3月改訂", "令和3年（2021年）3月", date(2021, 4, 1), "個別施策の中期見直し"
    ),
    marks=(MARK,),
)

PAPERS = BodyPapers(
    report=REPORT,
    body="情報化推進市民会議",
    stage="外部評価",
    attempt=2,
    met_on=date(2021, 2, 22),
    outcomes=("了承", "意見を付して了承", "差戻し"),
)
EMPTY = PhaseReviewReport(
    language="ja",
    municipality="飯塚市",
    plan="飯塚市地域情報化計画",
    term="",
    edition="",
    issued_on=date(2021, 2, 26),
    measure_label="",
    is_revised=None,
    outcome="",
    outcome_reason="",
    taken_on=None,
    standings=(),
    measures=(),
    indicators=(),
    rounds=(),
    opinions_from=None,
    opinions_until=None,
    sources=(),
    reflections=(),
    opinions=(),
    criteria=(),
    kinds=(),
    decisions=(),
    added=(),
    open_proposals=(),
    bodies=(),
    next_edition=None,
)
"""A review of which nothing is known yet."""
