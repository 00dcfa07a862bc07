"""A small plan of a city that does not exist, without a mistake, with something of everything a plan may say."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from domain.body import MembershipRule, SeatBasis
from domain.indicator import Indicator, IndicatorDirection, IndicatorKind, IndicatorValue, ValueType
from domain.inquiry import Addressee, InquiryAnchor, InquiryLadder, InquiryRule, InquiryStep
from domain.key_project import KeyProjectRules, MatterRule, RouteOutcome
from domain.ladder import Anchor, Ladder, Rank, Step, StepKind
from domain.lineage import LineageKind, LineageLink
from domain.plan import (
    Achievement,
    CalendarDay,
    Criterion,
    Edition,
    Grade,
    Level,
    LinkKind,
    MeasureClass,
    MunicipalityDefinition,
    NodeAddress,
    NodeField,
    NodeLink,
    NodeView,
    PlanDefinition,
    PlanNode,
    ProgressStage,
    ReviewRule,
    RoundDefinition,
    Term,
    View,
    ViewValue,
)
from domain.questions import Choice, Question, QuestionKind, QuestionSet
from domain.rating import Band, RatePreset, Rating
from domain.reference import (
    Body,
    BodyKind,
    GlossaryTerm,
    OpinionSource,
    PlanRelation,
    RelatedPlan,
    Survey,
    SurveyAnswer,
    SurveyQuestion,
    TermEvaluation,
)
from domain.source import Source, SourceDocument
from domain.text import Bilingual

GOAL = PlanNode("1", "goal", "便利な窓口")
ONLINE = PlanNode(
    "1-1",
    "measure",
    "電子申請の研究",
    parent="1",
    measure_class="study",
    texts={"aim": (Bilingual("家から手続ができる"),)},
    views=(NodeView("reform", "speed"),),
    related_plans=("upper",),
)
WAITING = PlanNode("1-2", "measure", "待ち時間の短縮", parent="1")
FIRST = Edition("2020-03", Bilingual("策定"), "2020-03", date(2020, 4, 1), (GOAL, ONLINE, WAITING))
SECOND = Edition(
    "2023-03",
    Bilingual("改訂"),
    "2023-03",
    date(2023, 4, 1),
    (
        GOAL,
        PlanNode("1-2", "measure", "電子申請の推進", parent="1"),
        PlanNode("1-3", "measure", "案内の充実", parent="1"),
    ),
    (
        LineageLink(LineageKind.RENAMED, ("1-1",), ("1-2",)),
        LineageLink(LineageKind.ABOLISHED, ("1-2",), (), Bilingual("目的を達したため")),
        LineageLink(LineageKind.NEW, (), ("1-3",)),
    ),
)

APPLICATIONS = Indicator(
    "applications",
    Bilingual("電子申請の件数"),
    Bilingual("件"),
    IndicatorKind.YEARLY_TOTAL,
    IndicatorDirection.HIGHER,
    (
        IndicatorValue(Decimal(100), ValueType.BASELINE, fiscal_year=2019),
        IndicatorValue(Decimal(500), ValueType.TARGET, fiscal_year=2025),
        IndicatorValue(Decimal(140), fiscal_year=2020),
    ),
    edition="2020-03",
    node="1-1",
)

USED = Question("used", Bilingual("使われたか"), QuestionKind.CHOICE, choices=(Choice("yes", Bilingual("はい")),))
NEXT = Question("next", Bilingual("次に何をするか"), promise=True)
CAME = Question("came", Bilingual("その結果"), recalls="next")

STATE = Question("state", Bilingual("いまの状態"), QuestionKind.CHOICE, choices=(Choice("stuck", Bilingual("停滞")),))
STEP = Question("step", Bilingual("次の一歩"), promise=True)
TRIED = Question("tried", Bilingual("試したこと"), recalls="step")

ASKED = InquiryStep("asked", StepKind.NOTICE, InquiryAnchor.OPENED, 0, Addressee.TEAM)
LATE = InquiryStep("late", StepKind.ESCALATION, InquiryAnchor.DUE, 5, Addressee.COORDINATOR)

KEY_PROJECTS = KeyProjectRules(
    team="team",
    coordinator="office",
    question_set=QuestionSet("check-in", 1, (STATE, STEP, TRIED)),
    check_in=InquiryRule(3, InquiryLadder((ASKED, LATE))),
    successor=InquiryRule(5, InquiryLadder((LATE,))),
    matter=MatterRule(("council", "office"), 10, 5, InquiryLadder((LATE,))),
    meeting=InquiryRule(10),
    founds_teams="council",
    deciders={RouteOutcome.STOP: "council"},
)

PLAN = PlanDefinition(
    code="small-plan",
    name=Bilingual("小さな計画"),
    municipality=MunicipalityDefinition("small-city", Bilingual("小さな市")),
    documents=(SourceDocument("plan", Bilingual("計画書")),),
    source=Source("plan", Bilingual("第1章")),
    levels=(Level("goal", Bilingual("目標")), Level("measure", Bilingual("施策"), is_reported=True)),
    rounds=(
        RoundDefinition(
            "yearly",
            Bilingual("年次"),
            CalendarDay(1, 15),
            20,
            5,
            Ladder((Step("after", StepKind.REMINDER, Anchor.DUE, 1, Rank.STAFF),)),
        ),
    ),
    question_set=QuestionSet("yearly", 1, (USED, NEXT, CAME)),
    grades=(Grade("A", Bilingual("順調"), Bilingual("")), Grade("B", Bilingual("遅れ"), Bilingual(""))),
    editions=(FIRST, SECOND),
    first_fiscal_year=2020,
    last_fiscal_year=2025,
    cycle_opens=CalendarDay(4, 1),
    terms=(Term("early", Bilingual("前期"), 2020, 2022),),
    review=ReviewRule((2022,), only_if_needed=True, criteria=(Criterion("need", Bilingual("必要か")),)),
    classes=(
        MeasureClass("study", Bilingual("調査研究"), moves_to=("push",)),
        MeasureClass("push", Bilingual("推進")),
    ),
    rating=Rating(RatePreset.PROGRESS_FROM_BASELINE, (Band(Decimal(80), "A"), Band(Decimal(0), "B"))),
    node_fields=(NodeField("aim", Bilingual("目指す姿"), levels=("measure",)),),
    views=(View("reform", Bilingual("視点"), (ViewValue("speed", Bilingual("速さ")),)),),
    stages=(ProgressStage("trial", Bilingual("試行")),),
    achievements=(Achievement(Bilingual("試行を始めた"), NodeAddress("2020-03", "1-1"), "early", stage="trial"),),
    indicators=(APPLICATIONS,),
    links=(NodeLink(NodeAddress("2020-03", "1-1"), LinkKind.SERVES, "other-plan", NodeAddress("2019-03", "3-1")),),
    related_plans=(RelatedPlan("upper", Bilingual("総合計画"), PlanRelation.UPPER),),
    bodies=(
        Body(
            "council",
            Bilingual("会議"),
            BodyKind.BODY,
            Bilingual("決める"),
            (MembershipRule(Bilingual("副市長"), SeatBasis.OFFICE), MembershipRule(Bilingual("部長"))),
        ),
        Body("office", Bilingual("事務局"), BodyKind.SECTION, Bilingual("支える"), assists="council"),
        Body("team", Bilingual("チーム"), BodyKind.TEAM, Bilingual("進める"), is_standing=False),
    ),
    key_projects=KEY_PROJECTS,
    opinion_sources=(OpinionSource("citizens", Bilingual("市民")),),
    term_evaluations=(TermEvaluation("early", "2020-03", "1-1", (Bilingual("始まった"),), (Bilingual("広げる"),)),),
    surveys=(
        Survey(
            "citizens",
            Bilingual("市民アンケート"),
            (SurveyQuestion("q1", Bilingual("使うか"), (SurveyAnswer(Bilingual("はい"), Decimal("40.5")),)),),
        ),
    ),
    glossary=(GlossaryTerm("電子申請", Bilingual("画面からの手続")),),
    notes=(Bilingual("作り物の計画です"),),
)
