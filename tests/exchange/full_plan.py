"""A plan of a city that does not exist in which every field of a definition says something (tests prove that)."""

from __future__ import annotations

from datetime import date, time
from decimal import Decimal

from domain.body import MembershipRule, SeatBasis, SeatRole
from domain.evaluation import Stage
from domain.indicator import Indicator, IndicatorDirection, IndicatorKind, IndicatorValue, ValueType
from domain.inquiry import Addressee, InquiryAnchor, InquiryLadder, InquiryRule, InquiryStep
from domain.key_project import Cadence, KeyProjectRules, MatterRule, RouteOutcome
from domain.ladder import Anchor, Ladder, Rank, Step, StepKind
from domain.lineage import LineageKind, LineageLink
from domain.plan import (
    Achievement,
    CalendarDay,
    ConsultationRule,
    Criterion,
    Edition,
    Grade,
    Level,
    LinkKind,
    MailRules,
    MeasureClass,
    MunicipalityDefinition,
    NodeAddress,
    NodeField,
    NodeLink,
    NodeView,
    PlanDefinition,
    PlanNode,
    ProgressStage,
    Quantity,
    ReviewRule,
    RoundDefinition,
    Term,
    TimeRule,
    View,
    ViewValue,
)
from domain.questions import Choice, Condition, Question, QuestionKind, QuestionSet
from domain.rating import Band, RatePreset, Rating
from domain.reference import (
    Body,
    BodyKind,
    GlossaryTerm,
    OpinionSource,
    PlanRelation,
    Principle,
    RelatedPlan,
    Survey,
    SurveyAnswer,
    SurveyQuestion,
    TermEvaluation,
    Vision,
)
from domain.source import Source, SourceDocument
from domain.text import Bilingual

_HERE = Source("book", Bilingual("第1章", "Chapter 1"))
_NOTE = Bilingual("確認済み", "Checked")


def _document() -> tuple[SourceDocument, ...]:
    return (
        SourceDocument("book", Bilingual("計画書", "The plan"), date(2024, 4, 1), _NOTE),
        SourceDocument("report", Bilingual("統計書", "Statistics")),
    )


def _first_edition() -> Edition:
    return Edition(
        "2021-03",
        Bilingual("策定", "As formulated"),
        "2021-03",
        date(2021, 4, 1),
        (
            PlanNode("1", "goal", "便利な窓口", "Convenient counters", source=Source("", Bilingual("第1章"))),
            PlanNode("1-1", "measure", "電子申請", parent="1", measure_class="now"),
            PlanNode("1-2", "measure", "窓口の予約", parent="1"),
            PlanNode("1-3", "measure", "窓口の混雑表示", parent="1"),
            PlanNode("1-4", "measure", "冊子の配布", parent="1"),
            PlanNode("1-5", "measure", "出張窓口", parent="1"),
        ),
        source=_HERE,
    )


def _second_edition() -> Edition:
    return Edition(
        "2024-03",
        Bilingual("改訂", "Revision"),
        "",
        date(2024, 4, 1),
        (
            PlanNode("1", "goal", "便利な窓口", "Convenient counters"),
            PlanNode(
                "1-1",
                "measure",
                "電子申請の拡大",
                "More electronic applications",
                "1",
                "now",
                {
                    "aim": (
                        Bilingual("家から手続ができる。", "From home."),
                        Bilingual("待たずに済む。"),
                        Bilingual("", "Only in English."),
                    ),
                    "issue": (),
                },
                (NodeView("reform", "speed", ("様式を減らす", "夜間も受け付ける")), NodeView("reform")),
                ("upper", "annex"),
                _NOTE,
                Source(),
            ),
            PlanNode("1-2", "measure", "窓口の予約と混雑表示", parent="1"),
            PlanNode("1-3", "measure", "出張窓口（支所）", parent="1"),
            PlanNode("1-4", "measure", "出張窓口（自宅）", parent="1"),
            PlanNode("1-5", "measure", "書かない窓口", parent="1"),
        ),
        (
            LineageLink(LineageKind.RENAMED, ("1-1",), ("1-1",), source=_HERE),
            LineageLink(LineageKind.MERGED, ("1-2", "1-3"), ("1-2",), Bilingual("一体で進める。", "As one.")),
            LineageLink(LineageKind.SPLIT, ("1-5",), ("1-3", "1-4")),
            LineageLink(LineageKind.ABOLISHED, ("1-4",)),
            LineageLink(LineageKind.NEW, (), ("1-5",)),
        ),
        Bilingual("中間の見直し", "Review at half-time"),
        True,
        _HERE,
    )


def _indicators() -> tuple[Indicator, ...]:
    count = Indicator(
        "web",
        Bilingual("電子申請", "Online"),
        Bilingual("件", "cases"),
        IndicatorKind.YEARLY_TOTAL,
        IndicatorDirection.HIGHER,
        (
            IndicatorValue(Decimal(100), ValueType.BASELINE, fiscal_year=2020, printed="100件", source=_HERE),
            IndicatorValue(Decimal("120.5"), fiscal_year=2021, break_reason=Bilingual("数え方の変更", "Recount")),
            IndicatorValue(None, at=date(2022, 4, 1), label="速報", note=_NOTE),
        ),
        Bilingual("申請", "Applications"),
        direction_basis=Bilingual("増やすとある。", "It says to raise it."),
        note=_NOTE,
        source=_HERE,
        edition="2024-03",
        node="1-1",
    )
    paper = Indicator(
        "paper",
        Bilingual("紙の申請"),
        Bilingual("件"),
        IndicatorKind.YEARLY_TOTAL,
        IndicatorDirection.LOWER,
        (IndicatorValue(Decimal("-20.5"), fiscal_year=2021),),
    )
    total = Indicator(
        "all",
        Bilingual("申請の合計"),
        Bilingual("件"),
        IndicatorKind.YEARLY_TOTAL,
        IndicatorDirection.NONE,
        (IndicatorValue(Decimal(100), fiscal_year=2021),),
        sum_of=("web", "paper"),
    )
    share = Indicator(
        "share",
        Bilingual("電子申請の割合"),
        Bilingual("％", "%"),
        IndicatorKind.RATIO,
        IndicatorDirection.RANGE,
        (IndicatorValue(Decimal("0.1234567890123456789"), ValueType.TARGET, fiscal_year=2026, upper=Decimal(80)),),
        part="web",
        total="all",
    )
    return count, paper, total, share


def _questions() -> QuestionSet:
    return QuestionSet(
        "yearly",
        2,
        (
            Question(
                "state",
                Bilingual("進み具合", "Progress"),
                QuestionKind.CHOICE,
                Bilingual("選んでください。", "Choose."),
                Bilingual("予定どおり", "On schedule"),
                choices=(Choice("ok", Bilingual("予定どおり", "On schedule")), Choice("late", Bilingual("遅れ"))),
                required=True,
            ),
            Question("next", Bilingual("来年度の予定"), limit=300, promise=True),
            Question("past", Bilingual("前年の予定の結果"), recalls="next"),
            Question(
                "why",
                Bilingual("遅れた理由"),
                QuestionKind.NUMBER,
                unit=Bilingual("日", "days"),
                required_when=Condition("state", ("late",)),
                shown_when=Condition("class", ("now", "later")),
            ),
        ),
    )


def _round() -> RoundDefinition:
    steps = (
        Step("notice", StepKind.NOTICE, Anchor.DUE, -5, Rank.STAFF),
        Step("late", StepKind.ESCALATION, Anchor.DUE, 3, Rank.SECTION_HEAD),
    )
    return RoundDefinition(
        "yearly", Bilingual("年度の報告", "Yearly"), CalendarDay(1, 15), 20, 5, Ladder(steps, time(8, 30), 2), True
    )


def _key_projects() -> KeyProjectRules:
    asked = InquiryStep("asked", StepKind.NOTICE, InquiryAnchor.OPENED, 0, Addressee.TEAM)
    late = InquiryStep("late", StepKind.ESCALATION, InquiryAnchor.DUE, 5, Addressee.COMMITTEE)
    arrived = InquiryStep("arrived", StepKind.NOTICE, InquiryAnchor.OPENED, 0, Addressee.SECRETARIAT)
    questions = (
        Question(
            "state",
            Bilingual("いまの状態", "State"),
            QuestionKind.CHOICE,
            choices=(Choice("on", Bilingual("進んでいる")), Choice("stuck", Bilingual("止まっている", "Stuck"))),
            required=True,
        ),
        Question(
            "obstacle",
            Bilingual("困っていること"),
            required_when=Condition("state", ("stuck",)),
            shown_when=Condition("state", ("on", "stuck")),
            limit=200,
        ),
        Question("step", Bilingual("次の一歩"), promise=True),
        Question("tried", Bilingual("試したこと"), recalls="step"),
    )
    return KeyProjectRules(
        team="team",
        coordinator="office",
        question_set=QuestionSet("check-in", 3, questions),
        check_in=InquiryRule(3, InquiryLadder((asked, late), time(8, 15))),
        successor=InquiryRule(4),
        matter=MatterRule(("team", "board"), 10, 5, InquiryLadder((arrived,))),
        meeting=InquiryRule(12, InquiryLadder((), time(10, 0))),
        cadence=Cadence.QUARTERLY,
        leaders="leaders",
        leader_rank=Rank.DEPUTY_DIRECTOR,
        founds_teams="board",
        deciders={RouteOutcome.STOP: "board", RouteOutcome.CHANGE_GOAL: "team"},
    )


def full_plan() -> PlanDefinition:
    first, second = _first_edition(), _second_edition()
    reform = View(
        "reform",
        Bilingual("行革の視点", "Reform"),
        (ViewValue("speed", Bilingual("速さ", "Speed"), Bilingual("待たせない", "No waiting")),),
        _HERE,
    )
    survey = Survey(
        "residents",
        Bilingual("市民アンケート", "Residents"),
        (
            SurveyQuestion(
                "q1",
                Bilingual("窓口で困ったこと", "Trouble"),
                (
                    SurveyAnswer(
                        Bilingual("待ち時間", "Waiting"),
                        Decimal("45.6"),
                        rank=1,
                        group=Bilingual("市民", "All"),
                        code="waiting",
                        group_code="citizens",
                        nodes=("1-1", "1-5"),
                        source=_HERE,
                    ),
                    SurveyAnswer(Bilingual("場所"), approximate=Bilingual("約3割", "about 30%")),
                    SurveyAnswer(Bilingual("場所"), approximate=Bilingual("約3割", "about 30%")),
                ),
                True,
                ("1",),
            ),
        ),
        "yearly",
        "2024-03",
        2023,
        1200,
        True,
        _NOTE,
        _HERE,
    )
    return PlanDefinition(
        code="aoba-digital",
        name=Bilingual("あおば市デジタル計画", "Aoba Digital Plan"),
        municipality=MunicipalityDefinition("aoba", Bilingual("あおば市", "Aoba City")),
        documents=_document(),
        source=_HERE,
        levels=(Level("goal", Bilingual("基本目標", "Goal")), Level("measure", Bilingual("施策", "Measure"), True)),
        rounds=(_round(),),
        question_set=_questions(),
        grades=(Grade("A", Bilingual("順調", "Good"), Bilingual("予定どおり", "As planned")),),
        editions=(first, second),
        first_fiscal_year=2021,
        last_fiscal_year=2026,
        cycle_opens=CalendarDay(4, 1),
        contact=Bilingual("企画課", "Planning"),
        is_public=True,
        mails=MailRules(gathers_by_default=True, person_may_choose=False),
        evaluation_stages=(Stage.PRIMARY, Stage.EXTERNAL),
        vision=Vision(
            Bilingual("待たない市役所", "No waiting"), 2030, Bilingual("いつでも手続できる。", "Any time."), _HERE
        ),
        terms=(Term("early", Bilingual("前期", "Early"), 2021, 2023, _HERE),),
        review=ReviewRule(
            (2023, 2026),
            True,
            (Criterion("need", Bilingual("市民の要望", "Needs")),),
            _HERE,
            CalendarDay(3, 1),
            7,
            (ConsultationRule("team"), ConsultationRule("board", Stage.EXTERNAL)),
        ),
        classes=(
            MeasureClass(
                "later",
                Bilingual("研究", "Study"),
                Bilingual("調べる", "Look into"),
                TimeRule.STUDIED_IN_TERM,
                ("now",),
                _HERE,
            ),
            MeasureClass("now", Bilingual("重点", "Priority")),
        ),
        rating=Rating(RatePreset.PROGRESS_FROM_BASELINE, (Band(Decimal("62.5"), "A"),)),
        node_fields=(
            NodeField(
                "aim",
                Bilingual("目指す姿", "Aim"),
                Bilingual("将来の姿を書きます。", "The future."),
                ("measure",),
                _HERE,
            ),
            NodeField("issue", Bilingual("課題")),
        ),
        views=(reform,),
        stages=(ProgressStage("trial", Bilingual("試行", "On trial")),),
        achievements=(
            Achievement(
                Bilingual("12件を試した。", "Tried twelve."),
                NodeAddress("2021-03", "1-1"),
                "early",
                2022,
                "trial",
                (Quantity(Decimal("12.50"), Bilingual("件", "cases"), Bilingual("試行", "Trials")),),
                _NOTE,
                _HERE,
            ),
            Achievement(Bilingual("予約を始めた。")),
            Achievement(Bilingual("予約を始めた。")),
        ),
        indicators=_indicators(),
        links=(
            NodeLink(
                NodeAddress("2024-03", "1-1"), LinkKind.CONTRIBUTES_TO, "aoba-main", NodeAddress("2020", "3-1"), _NOTE
            ),
        ),
        related_plans=(
            RelatedPlan(
                "upper", Bilingual("総合計画", "Main plan"), PlanRelation.UPPER, 2020, 2029, "aoba-main", _NOTE, _HERE
            ),
            RelatedPlan("annex", Bilingual("資料編"), PlanRelation.ANNEX),
        ),
        bodies=(
            Body("board", Bilingual("推進会議", "Board"), BodyKind.BODY, Bilingual("決める", "Decides")),
            Body("office", Bilingual("推進課"), BodyKind.SECTION, Bilingual("支える")),
            Body("leaders", Bilingual("推進リーダー"), BodyKind.OFFICE, Bilingual("部ごとに進める")),
            Body(
                "team",
                Bilingual("作業部会", "Team"),
                BodyKind.TEAM,
                Bilingual(""),
                (
                    MembershipRule(Bilingual("課長", "Head"), SeatBasis.RANK, SeatRole.LEADER),
                    MembershipRule(Bilingual("学識者")),
                    MembershipRule(Bilingual("学識者")),
                ),
                Bilingual("副市長", "Vice-mayor"),
                Bilingual("推進課", "The office"),
                False,
                "board",
                date(2021, 4, 1),
                date(2026, 3, 31),
                _NOTE,
                _HERE,
            ),
        ),
        opinion_sources=(OpinionSource("citizens", Bilingual("市民", "Citizens"), _HERE),),
        principles=(Principle(Bilingual("書かせない", "No writing"), _HERE),),
        term_evaluations=(
            TermEvaluation(
                "early",
                "2021-03",
                "1-1",
                (Bilingual("試行が広がった。", "Trials spread."), Bilingual("2行に\nわたる文", "")),
                (Bilingual("支所での利用", "Branches"),),
                _HERE,
            ),
            TermEvaluation("early", "2024-03", "", (), (Bilingual("これからも試す"),)),
        ),
        surveys=(survey,),
        key_projects=_key_projects(),
        glossary=(
            GlossaryTerm("ＤＸ", Bilingual("デジタルによる変革", "Change"), "DX", ("デジタル変革", "dx"), _NOTE, _HERE),
        ),
        notes=(
            Bilingual("試しの計画です。", "A plan for trials."),
            Bilingual("試しの計画です。", "A plan for trials."),
        ),
    )
