"""A key project of two years as a record tells it, for the documents' tests: everything that may happen happens."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from documents.annual_report import Answered
from documents.key_project_report import (
    HeldSeat,
    KeyProjectReport,
    ReportedCheckIn,
    ReportedDecision,
    ReportedEvent,
    ReportedFigure,
    ReportedMatter,
    ReportedStage,
    ReportedTeam,
    ReportedTrial,
)
from domain.body import SeatRole
from domain.key_project import (
    Cadence,
    CheckInReason,
    CheckInState,
    EventKind,
    ProjectState,
    RouteOutcome,
    TrialResult,
)
from domain.matter import MatterOutcome, MatterState, StageOrigin
from domain.route import (
    AskedCheckIn,
    MadeTrial,
    RouteEvent,
    RouteFacts,
    RouteTeam,
    TakenDecision,
    route_of,
    standing_of,
)

MARK = "サンプル"
ISSUED_ON = date(2028, 4, 5)
FIRST_GOAL = "市役所に来なくても、身近な場所で福祉の相談ができる"
GOAL = "来庁が難しい方の相談を、自宅からでも途切れずに受けられる"
FIRST_PATH = "出張所に画面越しの相談窓口を置く"
SECOND_PATH = "職員が地域の集まりに出向き、端末で相談をつなぐ"
PATH = "電話と画面を一つの予約で選べるようにする"
COMMITTEE, CONFERENCE, COUNCIL = "デジタル戦略委員会", "デジタル戦略会議", "政策会議"

TRIALS = (
    ReportedTrial(
        1,
        "出張所1か所で試す",
        "出張所に画面があれば、市役所まで来る方が減る。",
        date(2026, 5, 11),
        date(2026, 6, 12),
        "出張所の一室に画面を置き、4週間、予約なしで相談を受けました。来られたのは3件でした。",
        TrialResult.DID_NOT_WORK,
        "出張所まで来られる方は市役所にも来られます。来られない方には届いていませんでした。",
        "出張所に来た方に、困っている知り合いがいるか尋ねます。",
    ),
    ReportedTrial(
        2,
        "予約制に変える",
        "待ち時間がなければ使う方が増える。",
        date(2026, 6, 22),
        date(2026, 7, 31),
        "電話で予約を受け、30分ごとに枠を設けました。",
        TrialResult.DID_NOT_WORK,
        "待ち時間は理由ではありませんでした。操作への不安が大きいと分かりました。",
        "隣に職員が付く日を設けます。",
    ),
    ReportedTrial(
        3,
        "隣に職員が付く",
        "操作の不安がなくなれば相談できる。",
        date(2026, 8, 3),
        date(2026, 9, 11),
        "週2日、職員が隣に座りました。",
        TrialResult.PARTLY,
        "隣に人がいれば初めてでも相談できます。場所は出張所でなくてもよいと分かりました。",
        "職員のほうから集まりに出向きます。",
    ),
    ReportedTrial(
        4,
        "集まりに出向く",
        "いつもの集まりでなら、困りごとを話せる。",
        date(2026, 10, 5),
        date(2026, 11, 13),
        "地域の集まり6か所に端末を持って出向き、22件の相談をつなぎました。",
        TrialResult.WORKED,
        "相談の半分は、ご本人でなく気に掛けている方からでした。",
        "家族や近所の方からの相談も受けます。",
    ),
    ReportedTrial(
        5,
        "申請書をなくす",
        "相談で聞いたことをもう一度書いていただかなくてよい。",
        date(2027, 4, 12),
        date(2027, 5, 28),
        "相談の記録から申請の内容を作り、確かめていただくだけにしました。",
        TrialResult.WORKED,
        "3つの手続で、書いていただく書類がなくても審査できました。",
        "ほかの手続に広げられるか確かめます。",
        abolishes="福祉タクシー券の交付申請書の受付と入力",
    ),
    ReportedTrial(
        6,
        "夜間の予約",
        "働いている家族は夜なら相談できる。",
        date(2027, 8, 2),
        date(2027, 9, 10),
        "週1日、午後8時まで受けました。",
        TrialResult.UNCLEAR,
        "",
        "冬にもう一度試します。",
    ),
    ReportedTrial(
        7, "他課の相談も受ける", "一度の予約で済めば続けて使われる。", date(2027, 11, 8), None, "", None, "", ""
    ),
)
DECISIONS = (
    ReportedDecision(
        1,
        date(2026, 9, 14),
        RouteOutcome.CHANGE_PATH,
        "待つより出向くほうが、来られない方に届くと分かったため。",
        path=SECOND_PATH,
    ),
    ReportedDecision(2, date(2027, 1, 5), RouteOutcome.CONTINUE, ""),
    ReportedDecision(
        3,
        date(2027, 3, 29),
        RouteOutcome.CHANGE_GOAL,
        "場所を増やすことより、一度つながった方を途切れさせないことが大切だと分かったため。",
        decided_by=COUNCIL,
        matter=2,
        goal=GOAL,
    ),
    ReportedDecision(4, date(2027, 6, 1), RouteOutcome.CHANGE_PATH, "自宅から選べる方法が要るため。", path=PATH),
    ReportedDecision(5, date(2027, 10, 1), RouteOutcome.SCALE, "3つの課で同じ予約を使えるため。", decided_by=COMMITTEE),
    ReportedDecision(
        6,
        date(2028, 3, 24),
        RouteOutcome.STOP,
        "相談の受け方が各課の通常の仕事になり、チームで進める必要がなくなったため。",
        decided_by=COMMITTEE,
        matter=5,
    ),
)
MATTERS = (
    ReportedMatter(
        2,
        "目標を変えること",
        "目標を「途切れずに受けられる」に改めてよいか。",
        date(2027, 1, 18),
        date(2027, 2, 1),
        MatterState.ANSWERED,
        (
            ReportedStage(
                COMMITTEE,
                StageOrigin.RAISED,
                date(2027, 1, 18),
                date(2027, 2, 1),
                MatterOutcome.UNANSWERED,
                date(2027, 2, 8),
            ),
            ReportedStage(
                CONFERENCE,
                StageOrigin.UNANSWERED,
                date(2027, 2, 8),
                date(2027, 2, 24),
                MatterOutcome.UNANSWERED,
                date(2027, 3, 3),
            ),
            ReportedStage(
                COUNCIL,
                StageOrigin.UNANSWERED,
                date(2027, 3, 3),
                date(2027, 3, 17),
                MatterOutcome.APPROVED,
                date(2027, 3, 29),
                "件数だけでなく、つながり続けた割合も見ること。",
            ),
        ),
    ),
)
TEAM = ReportedTeam(
    "福祉相談プロジェクトチーム",
    date(2026, 4, 10),
    "3つの課にまたがる相談を一つの流れにするため。",
    CONFERENCE,
    (
        HeldSeat(
            SeatRole.LEADER,
            "所沢 一郎",
            "福祉部 次長",
            date(2026, 4, 10),
            date(2027, 3, 31),
            successor="入間 春子",
            wanted_since=date(2027, 3, 22),
        ),
        HeldSeat(SeatRole.LEADER, "入間 春子", "福祉部 次長", date(2027, 4, 1), date(2028, 3, 31)),
        HeldSeat(SeatRole.SUB_LEADER, "狭山 次郎", "デジタル戦略課 主幹", date(2026, 4, 10), date(2028, 3, 31)),
        HeldSeat(
            SeatRole.MEMBER,
            "飯能 三江",
            "高齢者支援課 主任",
            date(2026, 4, 10),
            date(2027, 9, 30),
            left_reason="育児休業のため",
        ),
    ),
    dissolved_on=date(2028, 3, 31),
    dissolved_reason="プロジェクトが終わったため。",
    dissolved_by=CONFERENCE,
)
EVENTS = (
    ReportedEvent(
        date(2026, 8, 20), EventKind.GUIDELINE, "自治体DX推進手順書の改定", "画面越しの相談の章が加わりました。", 19
    ),
    ReportedEvent(date(2027, 2, 26), EventKind.BUDGET, "令和9年度当初予算の議決", "", 28),
)


def _check_ins() -> tuple[AskedCheckIn, ...]:
    """Weekly at first, then monthly; now and then late, one never answered before the end."""
    found: list[AskedCheckIn] = []
    day = date(2026, 4, 13)
    while day < date(2028, 3, 20):
        number = len(found) + 1
        answered_on = day + timedelta(days=6 if number % 9 == 0 else 2)
        found.append(AskedCheckIn(number, day, day + timedelta(days=3), CheckInState.SUBMITTED, answered_on))
        day += timedelta(days=7 if number < 24 else 30)
    last = found[-1]
    return (*found[:-1], replace(last, state=CheckInState.DROPPED, submitted_on=None))


CHECK_INS = _check_ins()
SAID = (
    Answered("いまの状態", "進んでいる"),
    Answered("前回から試したこと", "集まり2か所に出向き、7件の相談をつなぎました。"),
    Answered("分かったこと", "ご本人より先に、気に掛けている方が相談に来られます。"),
    Answered("困っていること", ""),
    Answered("決めてほしいこと", "なし（このまま続ける）"),
    Answered("次の一歩", "民生委員の方の集まりに出向きます。"),
)

FACTS = RouteFacts(
    opened_on=date(2026, 4, 1),
    goal=FIRST_GOAL,
    path=FIRST_PATH,
    closed_on=date(2028, 3, 24),
    decisions=tuple(TakenDecision(d.on, d.outcome, d.goal, d.path, d.merged_into) for d in DECISIONS),
    trials=tuple(MadeTrial(r.number, r.title, r.started_on, r.ended_on, r.result) for r in TRIALS),
    check_ins=CHECK_INS,
    events=tuple(RouteEvent(e.on, e.kind, e.title) for e in EVENTS),
    teams=(RouteTeam(TEAM.name, TEAM.founded_on, TEAM.dissolved_on),),
    mark=MARK,
)
REPORT = KeyProjectReport(
    language="ja",
    municipality="所沢市",
    plan="所沢市DX推進基本方針",
    title="サンプル 来庁しない福祉相談",
    state=ProjectState.ENDED,
    issued_on=ISSUED_ON,
    hypothesis="相談の窓口が自宅や集まりの場に届けば、困りごとが小さいうちに相談が始まる。",
    beneficiaries="市役所に来ることが難しい高齢の方や障害のある方と、そのご家族",
    serves=("1-1 だれもが便利に手続きできる", "3-4 職員が新しい働き方を選べる"),
    opened_on=FACTS.opened_on,
    closed_on=FACTS.closed_on,
    cadence=Cadence.MONTHLY,
    first_goal=FIRST_GOAL,
    first_path=FIRST_PATH,
    goal=GOAL,
    path=PATH,
    route=route_of(FACTS, ISSUED_ON),
    decisions=DECISIONS,
    trials=TRIALS,
    check_ins=tuple(
        ReportedCheckIn(
            c.number,
            CheckInReason.EVENT if c.number in (19, 28) else CheckInReason.CADENCE,
            c.asked_on,
            c.due_on,
            standing_of(c, ISSUED_ON),
            c.submitted_on,
            SAID if c.submitted_on else (),
        )
        for c in CHECK_INS
    ),
    events=EVENTS,
    matters=MATTERS,
    teams=(TEAM,),
    figures=(
        ReportedFigure(
            "つながり続けた相談の割合",
            "％",
            Decimal(80),
            ((date(2027, 9, 30), Decimal(62)), (date(2028, 2, 29), Decimal("78.5"))),
        ),
    ),
    marks=(MARK,),
)

_OPENED_ON = date(2026, 4, 1)
EMPTY = KeyProjectReport(
    language="ja",
    municipality="所沢市",
    plan="所沢市DX推進基本方針",
    title="考え始めたばかりのこと",
    state=ProjectState.CONSIDERED,
    issued_on=_OPENED_ON,
    hypothesis="",
    beneficiaries="",
    serves=(),
    opened_on=_OPENED_ON,
    closed_on=None,
    cadence=Cadence.MONTHLY,
    first_goal="目標",
    first_path="",
    goal="目標",
    path="",
    route=route_of(RouteFacts(_OPENED_ON, "目標", ""), _OPENED_ON),
)
"""A project under consideration, of which hardly anything is known."""
