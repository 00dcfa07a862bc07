"""The sample key projects of a replay: what teams try, learn and raise in their first year. All of it is 「サンプル」.

The names of the real key projects stand in a separate volume that is not among the sources (所沢市DX推進基本方針
7. 基本方針の構成); these are invented, like their teams, dates and answers.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import cycle

from sqlmodel import Session, select

from db import tables as t
from domain.body import SeatBasis, SeatRole
from domain.calendar import BusinessCalendar
from domain.fiscal_year import FiscalYear
from domain.key_project import Cadence, EventKind, RouteOutcome, RouteStep, TrialResult, next_check_on
from domain.matter import MatterOutcome
from domain.plan import PlanDefinition
from domain.trial import TrialTexts
from japan_calendar import business_calendar
from records import people, plans, seats, secretariats
from records.key_projects import ProjectTexts
from records.seats import Sitter
from records.teams import TeamDecision
from replay.agenda import Act, Entry, Moment, on
from replay.answers import MARK
from replay.april import played_april
from replay.project_acts import Cast, ProjectActs
from replay.script import planner

_HOST = "tokorozawa.example"
_PLANNER = f"kikaku@{_HOST}"
_COUNTER = Cast(_PLANNER, (f"ishikawa.koji@{_HOST}", f"matsui.sumiko@{_HOST}", f"maeda.kumi@{_HOST}"))
_PAPER = Cast(_PLANNER, (f"ikegami.megumi@{_HOST}", f"hara.kaori@{_HOST}", f"hamada.ryo@{_HOST}"))
_DATA = Cast(_PLANNER, (f"ichikawa.takashi@{_HOST}", f"takeuchi.naoto@{_HOST}", f"takagi.susumu@{_HOST}"))

_CHAIRS = (
    ("policy-council", "市長（サンプル）", "市長"),
    ("strategy-conference", "副市長（サンプル）", "副市長（CDO）"),
    ("strategy-committee", "デジタル戦略委員長（サンプル）", "次長級"),
)
_LEADERS = (("citizens", f"maeda.kumi@{_HOST}"), ("policy", f"hamada.ryo@{_HOST}"), ("digital", f"wada.jun@{_HOST}"))
"""Those departments that have a DX推進リーダー; the others show what the desk says where there is none."""

_FOUNDED = TeamDecision("複数の課にまたがる課題のため（サンプル）", "strategy-conference")


def played_projects(plan: PlanDefinition, begins: date) -> Iterator[Entry]:
    """Everything that happens around the sample projects from the first day of a replay, for a year and a month."""
    if plan.key_projects is None or plan.municipality.code != "tokorozawa":
        return
    year = FiscalYear.of(begins)
    yield on(begins, 9, 10, _seated)
    yield from _Counter(plan.code, year).entries()
    yield from _Paper(plan.code, year).entries()
    yield from _Data(plan.code, year).entries()
    counter = ProjectActs(plan.code, "S-1", _COUNTER)
    yield from played_april(counter, FiscalYear(year.starts_in + 1), _DATA.leader, f"yoshikawa.kazuya@{_HOST}")


def _seated(session: Session, moment: Moment) -> None:
    """Who sits in the bodies, who keeps their papers, who leads DX in some departments."""
    change = moment.change(planner(session))
    plan = next(p for p in plans.every(session) if plans.definition_of(p).key_projects)
    digital = people.department_of_code(session, "digital")
    for body, name, post in _CHAIRS:
        chair = Sitter(name=name, email=f"{body}@{_HOST}", post=post)
        seats.take(session, change, plan, body, chair, moment.today, role=SeatRole.CHAIR, basis=SeatBasis.OFFICE)
    for leader in (_PAPER.leader, _DATA.leader):
        deputy = Sitter(user=session.exec(select(t.User).where(t.User.email == leader)).one().id)
        seats.take(session, change, plan, "strategy-committee", deputy, moment.today)
    for body in ("strategy-committee", "digital-strategy-division"):
        secretariats.set(session, change, plan, body, digital, moment.today)
    for code, email in _LEADERS:
        sitter = Sitter(user=session.exec(select(t.User).where(t.User.email == email)).one().id)
        department = people.department_of_code(session, code)
        seats.take(session, change, plan, "dx-leaders", sitter, moment.today, department=department)


@dataclass(frozen=True)
class _Story:
    """One project in its first fiscal year."""

    plan: str
    year: FiscalYear

    @cached_property
    def calendar(self) -> BusinessCalendar:
        return business_calendar(range(self.year.starts_in - 1, self.year.starts_in + 4))

    def day(self, month: int, day: int) -> date:
        """The business day on or after a day of the fiscal year."""
        return self.calendar.on_or_after(self.year.day(month, day))

    def answered(
        self, acts: ProjectActs, cadence: Cadence, since: date, until: date, after: date | None = None
    ) -> Iterator[Entry]:
        """The team answers a business day after each question, from one day (`since` or `after`) until another."""
        said, asked = cycle(_ANSWERS), next_check_on(cadence, since, after or since, self.calendar)
        while asked is not None and asked < until:
            yield on(self.calendar.shift(asked, 1), 15, 20, acts.answer(next(said)))
            asked = next_check_on(cadence, since, asked, self.calendar)


@dataclass(frozen=True)
class _Counter(_Story):
    """Two trials that do not work, a silence, a goal that changes after nobody answered for two months."""

    def entries(self) -> Iterator[Entry]:
        acts = ProjectActs(self.plan, "S-1", _COUNTER)
        texts = ProjectTexts(
            "サンプル：行かなくてよい窓口",
            "画面越しに用事が済めば、窓口に来るのが難しい人の手続が、その日のうちに終わる",
            "小さな子のいる家庭、体の不自由な人、日中働いている人",
            "Sample: a counter that comes to you",
        )
        opened = acts.open(
            texts, "一つの窓口で、画面越しの相談を週20件受ける", "予約なしで画面越しに受ける", ["1-1"], Cadence.WEEKLY
        )
        founded, monthly = self.day(4, 8), self.day(7, 1)
        yield on(self.day(4, 1), 10, 20, opened)
        yield on(founded, 10, 20, acts.found("行かなくてよい窓口チーム（サンプル）", _FOUNDED))
        silent_from, silent_until = self.day(6, 1), self.day(6, 15)
        yield from self.answered(acts, Cadence.WEEKLY, founded, silent_from)
        yield on(silent_until, 15, 20, acts.answer(_STUCK))
        yield from self.answered(acts, Cadence.WEEKLY, founded, monthly, after=silent_until)
        yield on(monthly, 10, 40, acts.check_every(Cadence.MONTHLY))
        yield on(self.calendar.shift(monthly, 1), 15, 20, acts.answer(_ANSWERS[0]))
        yield from self.answered(acts, Cadence.MONTHLY, monthly, self.year.last_day)
        yield on(self.day(6, 26), 16, 20, acts.tried(self._without_appointment()))
        yield on(self.day(10, 30), 16, 20, acts.tried(self._screen_next_to_it()))
        raised, decided = self.day(11, 2), self.day(1, 20)
        yield on(raised, 11, 20, self._raised(acts, raised))
        yield on(decided, 14, 20, acts.body_answers(1, MatterOutcome.APPROVED, "", _COUNCIL_MINUTES))
        event = self.day(2, 9)
        yield on(event, 11, 20, acts.happened(EventKind.GUIDELINE, _EVENT, f"{MARK}出来事の例です。", event))
        yield on(self.calendar.shift(event, 2), 15, 20, acts.answer(_ANSWERS[1]))
        yield on(self.day(3, 15), 16, 20, acts.tried(self._from_home()))

    def _raised(self, acts: ProjectActs, raised: date) -> Act:
        step = RouteStep(
            RouteOutcome.CHANGE_GOAL,
            f"{MARK}二つの試行から、窓口の中では届けたい人に届かないと分かったため",
            "家にいるまま用事が済む人を、月100人にする",
            "家から使える入口をつくる",
        )
        question = f"{MARK}目標を「窓口での件数」から「家で済んだ人の数」に変えてよいでしょうか。"
        papers = f"{MARK}二つの試行の結果と分かったことは、このあとのページのとおりです。費用は変わりません。"
        return acts.raise_matter("目標を変えること", question, papers, step, self.calendar.shift(raised, 10))

    def _without_appointment(self) -> TrialTexts:
        return TrialTexts(
            title="予約なしの画面越しの窓口",
            hypothesis=f"{MARK}予約が要らなければ、窓口に来た人が画面を選ぶ",
            started_on=self.day(5, 7),
            ended_on=self.day(6, 26),
            done=f"{MARK}一つの窓口の横に画面を置き、7週間、予約なしで受けた。使った人は9人。",
            result=TrialResult.DID_NOT_WORK,
            learning=f"{MARK}庁舎まで来た人は、職員のいる窓口を選ぶ。画面は来られない人のためのものだった。",
            next=f"{MARK}職員が隣に付く席を試す",
        )

    def _screen_next_to_it(self) -> TrialTexts:
        return TrialTexts(
            title="職員が隣に付く画面の席",
            hypothesis=f"{MARK}隣に職員がいれば、画面でも安心して使える",
            started_on=self.day(9, 1),
            ended_on=self.day(10, 30),
            done=f"{MARK}週二日、画面の席に職員が付いた。使った人は31人、うち家でも使いたい人が26人。",
            result=TrialResult.DID_NOT_WORK,
            learning=f"{MARK}席があると人と話す。求められているのは家から使えること。入力を二度確かめる作業は要らない。",
            next=f"{MARK}目標を変えることを付議する",
            abolishes="申請内容の二重の確認",
        )

    def _from_home(self) -> TrialTexts:
        return TrialTexts(
            title="家からの画面越しの相談",
            hypothesis=f"{MARK}家から使えれば、来られない人の用事がその日に済む",
            started_on=self.day(2, 1),
            ended_on=self.day(3, 12),
            done=f"{MARK}三つの手続に絞り、6週間、家からの相談を受けた。使った人は58人、その日に済んだ人は41人。",
            result=TrialResult.PARTLY,
            learning=f"{MARK}本人確認のところで3割の人が止まる。",
            next=f"{MARK}本人確認の方法を二つ比べる",
        )


@dataclass(frozen=True)
class _Paper(_Story):
    """A team that changes its path itself, and a committee that lets it widen what worked."""

    def entries(self) -> Iterator[Entry]:
        acts = ProjectActs(self.plan, "S-2", _PAPER)
        texts = ProjectTexts(
            "サンプル：探さない文書",
            "職員が文書を探す時間がなくなれば、その分を市民との対話に使える",
            "職員、そして窓口で待つ市民",
            "Sample: documents nobody has to look for",
        )
        founded = self.day(5, 11)
        opened = acts.open(
            texts, "文書を探す時間を半分にする", "すべての文書に番号を付ける", ["3-1", "3-3"], Cadence.FORTNIGHTLY
        )
        yield on(self.day(4, 20), 10, 20, opened)
        yield on(founded, 10, 20, acts.found("探さない文書チーム（サンプル）", _FOUNDED))
        yield from self.answered(acts, Cadence.FORTNIGHTLY, founded, self.year.last_day)
        yield on(self.day(7, 10), 16, 20, acts.tried(self._numbers()))
        yield on(self.day(7, 15), 11, 20, acts.decide(self._another_path()))
        yield on(self.day(9, 30), 16, 20, acts.tried(self._search()))
        raised = self.day(10, 12)
        step = RouteStep(RouteOutcome.SCALE, f"{MARK}二つの課で時間が三分の一になったため")
        widen = acts.raise_matter(
            "全庁に広げること",
            f"{MARK}二つの課で試した仕組みを、来年度から全庁に広げてよいでしょうか。",
            f"{MARK}試行の結果はこのあとのページのとおりです。",
            step,
            self.calendar.shift(raised, 8),
        )
        yield on(raised, 11, 20, widen)
        yield on(self.day(10, 23), 14, 20, acts.body_answers(1, MatterOutcome.APPROVED, "", _COMMITTEE_MINUTES))

    def _another_path(self) -> RouteStep:
        reason = f"{MARK}番号を付ける手間が、探す時間より長いと分かったため"
        return RouteStep(RouteOutcome.CHANGE_PATH, reason, path="番号を付けずに、言葉で探せるようにする")

    def _numbers(self) -> TrialTexts:
        return TrialTexts(
            title="番号を付けてみる",
            hypothesis=f"{MARK}番号があれば、すぐに見つかる",
            started_on=self.day(6, 1),
            ended_on=self.day(7, 10),
            done=f"{MARK}一つの課の文書1,200件に番号を付けた。付けるのに一件あたり2分かかった。",
            result=TrialResult.DID_NOT_WORK,
            learning=f"{MARK}番号を覚えている人はいない。付ける手間の方が大きい。",
            next=f"{MARK}番号なしで探せるようにする",
        )

    def _search(self) -> TrialTexts:
        return TrialTexts(
            title="言葉で探してみる",
            hypothesis=f"{MARK}題名を覚えていなくても、言葉で見つかる",
            started_on=self.day(8, 3),
            ended_on=self.day(9, 30),
            done=f"{MARK}二つの課で8週間使い、探す時間を毎週測った。一件あたり9分から3分になった。",
            result=TrialResult.WORKED,
            learning=f"{MARK}紙で回していた文書も、回さずに探せば足りると分かった。",
            next=f"{MARK}全庁に広げることを付議する",
            abolishes="紙の回覧",
        )


@dataclass(frozen=True)
class _Data(_Story):
    """A project that is considered and has no team yet."""

    def entries(self) -> Iterator[Entry]:
        acts = ProjectActs(self.plan, "S-3", _DATA)
        texts = ProjectTexts(
            "サンプル：使い合うデータ",
            "市の持つデータを使いやすい形で出せば、地域の人がそれで困りごとを解く",
            "地域の団体、事業者、市民",
            "Sample: data that we use together",
        )
        goal, path = "使われるデータを10種類出す", "使いたい人に聞いてから出す"
        opened = acts.open(texts, goal, path, ["2-3"], Cadence.QUARTERLY)
        yield on(self.day(12, 1), 10, 20, opened)


_ANSWERS = (
    {
        "state": "moving",
        "tried": f"{MARK}決めたとおりに二日間試しました。",
        "learnt": f"{MARK}午前の方が使う人が多いと分かりました。",
        "decision_wanted": "continue",
        "next_step": f"{MARK}午後にも試し、数を比べます。",
    },
    {
        "state": "searching",
        "tried": f"{MARK}使わなかった人10人に、理由を聞きました。",
        "learnt": f"{MARK}やり方が分からないのではなく、要らないと思われていました。",
        "decision_wanted": "continue",
        "next_step": f"{MARK}要る人がどこにいるかを調べます。",
    },
    {
        "state": "waiting",
        "tried": f"{MARK}なし",
        "obstacle": f"{MARK}機器が届くのを待っています。",
        "decision_wanted": "continue",
        "next_step": f"{MARK}届いた日から一週間試します。",
    },
)
_STUCK = {
    "state": "stuck",
    "tried": f"{MARK}二週間、使う人がいませんでした。",
    "learnt": f"{MARK}このままの形では使われません。",
    "obstacle": f"{MARK}窓口の混む時期と重なり、職員が付けませんでした。",
    "decision_wanted": "change_path",
    "next_step": f"{MARK}職員が付ける時期に、席の形を変えて試します。",
}
_COUNCIL_MINUTES = f"{MARK}委員会と会議で議題にならなかったことを確かめた上で、提案のとおり決めた。"
_COMMITTEE_MINUTES = f"{MARK}二つの課の結果を確かめ、了承した。"
_EVENT = "国の指針の改定（模擬データ）"
