"""The mail calendar says the same as a page, as a workbook and as an .ics file."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time
from io import BytesIO
from itertools import pairwise
from zoneinfo import ZoneInfo

import lxml.html
import openpyxl
import pytest
from icalendar import Calendar, Component
from openpyxl.worksheet.worksheet import Worksheet

from documents.formats import Format
from documents.mail_calendar import CalendarMail, CalendarRound, Department, ListedMeasure, MailCalendar, Recipient
from documents.mail_calendar_content import Content, content_of, timing_text
from documents.mail_calendar_render import EXTENSIONS, render
from domain.calendar import JST
from domain.ladder import Anchor, Ladder, Rank, Step, StepKind
from domain.plan import REVIEW_ROUND

Reader = Callable[[bytes, Format], str]

MARK = "見本の計画です。部署と人は実在しません。"
STEPS = {
    step.code: step
    for step in (
        Step("notice-opening", StepKind.NOTICE, Anchor.OPENED, 0, Rank.STAFF),
        Step("notice-before-due", StepKind.NOTICE, Anchor.DUE, -5, Rank.STAFF),
        Step("reminder-first", StepKind.REMINDER, Anchor.DUE, 3, Rank.STAFF),
        Step("escalation-head", StepKind.ESCALATION, Anchor.DUE, 3, Rank.SECTION_HEAD),
        Step("approval-request", StepKind.APPROVAL_REQUEST, Anchor.SUBMITTED, 1, Rank.SECTION_HEAD),
        Step("return", StepKind.RETURN, Anchor.RETURNED, 0, Rank.STAFF),
    )
}
LADDER = Ladder(tuple(STEPS.values()), time(9, 0))
YEARLY = CalendarRound("yearly", "年度進捗報告", date(2021, 1, 15), date(2021, 2, 15), LADDER)
POLICY, CITIZENS = Department("policy", "情報政策課"), Department("citizens", "市民窓口課")
SATO, SUZUKI = Recipient("佐藤 花子", "sato@city.example"), Recipient("鈴木 健太", "suzuki@city.example")
YAMADA = Recipient("山田 麻衣", "yamada@city.example")
WLAN, NEEDS = ListedMeasure("1-1-1", "公衆無線LANの整備"), ListedMeasure("1-1-2", "ニーズの把握")
COUNTER = ListedMeasure("1-2-3", "窓口サービスの推進")


def mail(day: int, month: int, step: str, department: Department | None, *recipients: Recipient) -> CalendarMail:
    measures = (COUNTER,) if department == CITIZENS else (WLAN, NEEDS)
    return CalendarMail(
        datetime(2021, month, day, 9, tzinfo=JST), "yearly", STEPS[step], department, recipients, measures
    )


CALENDAR = MailCalendar(
    language="ja",
    municipality="飯塚市",
    municipality_code="iizuka",
    plan="飯塚市地域情報化計画",
    plan_code="iizuka-ict",
    fiscal_year=2020,
    asked_at=datetime(2020, 3, 19, 16, 30, tzinfo=UTC),  # 20 March in Japan
    leaves_out_review=False,
    kinds={
        StepKind.NOTICE: "事前通知",
        StepKind.REMINDER: "督促",
        StepKind.ESCALATION: "上申",
        StepKind.APPROVAL_REQUEST: "承認依頼",
        StepKind.RETURN: "差戻し",
    },
    ranks={Rank.STAFF: "担当者", Rank.SECTION_HEAD: "課長"},
    rounds=(YEARLY,),
    mails=(
        mail(15, 1, "notice-opening", POLICY, SATO, SUZUKI),
        mail(15, 1, "notice-opening", CITIZENS, YAMADA),
        mail(18, 2, "reminder-first", POLICY, SATO, SUZUKI),
        mail(18, 2, "reminder-first", CITIZENS, YAMADA),
        mail(18, 2, "escalation-head", POLICY, SUZUKI),
    ),
    marks=(MARK,),
)
NOBODY = replace(CALENDAR, mails=(mail(15, 1, "notice-opening", None),))


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    return render(CALENDAR)


@pytest.fixture(scope="module")
def page(files: dict[str, bytes]) -> lxml.html.HtmlElement:
    return lxml.html.fromstring(files["html"].decode())


# What all formats draw


def test_a_mail_counts_once_for_each_recipient_by_month_kind_and_department() -> None:
    content = content_of(CALENDAR)
    assert content.kinds == ("事前通知", "督促", "上申")
    assert (content.totals.counts, content.totals.total) == ((3, 3, 1), 7)
    assert [(row.name, row.counts, row.total) for row in content.by_department] == [
        ("情報政策課", (2, 2, 1), 5),
        ("市民窓口課", (1, 1, 0), 2),
    ]
    months = {row.name: row.counts for row in content.by_month}
    assert len(months) == 12
    assert list(months)[0::11] == ["令和2年（2020年）4月", "令和3年（2021年）3月"]
    assert months["令和3年（2021年）2月"] == (0, 3, 1)
    assert sum(row.total for row in content.by_month) == CALENDAR.total == 7


def test_a_mail_after_the_end_of_the_year_has_its_month_too() -> None:
    late = content_of(replace(CALENDAR, mails=(*CALENDAR.mails, mail(2, 4, "escalation-head", POLICY, SATO))))
    assert (late.by_month[-1].name, late.by_month[-1].total) == ("令和3年（2021年）4月", 1)


@pytest.mark.parametrize(
    ("step", "grace", "said"),
    [
        ("notice-opening", 0, "受付開始日"),
        ("notice-before-due", 2, "期限の5開庁日前"),
        ("reminder-first", 0, "期限の3開庁日後"),
        ("reminder-first", 2, "期限の5開庁日後"),
        ("approval-request", 2, "提出の1開庁日後"),
        ("return", 0, "差戻しの直後"),
    ],
)
def test_a_step_says_when_it_leaves_with_the_grace_after_the_due_date(step: str, grace: int, said: str) -> None:
    assert timing_text("ja", STEPS[step], replace(LADDER, grace_days=grace)) == said


def notes(content: Content) -> str:
    return "".join(content.notes)


def test_it_says_what_it_cannot_know() -> None:
    content = content_of(CALENDAR)
    assert "提出された施策は、その時点で" in notes(content)
    assert "見直し" not in notes(content)
    assert [(row.kind, row.timing, row.to) for row in content.undated] == [
        ("承認依頼", "提出の1開庁日後", "課長"),
        ("差戻し", "差戻しの直後", "担当者"),
    ]
    assert "計画を見直す年度ですが" in notes(content_of(replace(CALENDAR, leaves_out_review=True)))


def test_mails_that_would_reach_nobody_are_named() -> None:
    content = content_of(NOBODY)
    assert "宛先となる人がいないメールが1件あり" in notes(content)
    ((row,),) = (sending.rows for month in content.months for day in month.days for sending in day.sendings)
    assert (row.department, row.recipients) == ("所管課が未定の施策", (("宛先なし", ""),))
    assert "宛先となる人がいない" not in notes(content_of(CALENDAR))


def test_a_plan_of_several_rounds_says_of_each_mail_which_round_it_belongs_to() -> None:
    second = replace(YEARLY, code="second", name="下半期報告", opens_on=date(2021, 3, 1))
    first, *others = CALENDAR.mails
    content = content_of(replace(CALENDAR, rounds=(YEARLY, second), mails=(first, *others)))
    assert content.months[0].days[0].sendings[0].heading.startswith("年度進捗報告 09:00")
    assert "次の回が始まるまでに" in notes(content)
    review = replace(second, code=REVIEW_ROUND)
    assert "次の回が始まるまでに" not in notes(content_of(replace(CALENDAR, rounds=(YEARLY, review))))


# The page


def test_the_page_lists_month_by_month_what_goes_to_whom(page: lxml.html.HtmlElement) -> None:
    assert [h.text for h in page.xpath("//h3")] == ["令和3年（2021年）1月", "令和3年（2021年）2月"]
    assert [h.text_content() for h in page.xpath("//h4")] == ["1月15日(金)", "2月18日(木)"]
    captions = [caption.text for caption in page.xpath("//caption")]
    assert captions == [
        "09:00　事前通知（受付開始日）　担当者あて　3通",
        "09:00　督促（期限の3開庁日後）　担当者あて　3通",
        "09:00　上申（期限の3開庁日後）　課長あて　1通",
    ]
    first = page.xpath("//table[caption]")[0].xpath("tbody/tr")[0]
    said = [" ".join(cell.text_content().split()) for cell in first]
    assert said == [
        "情報政策課",
        "佐藤 花子 sato@city.example鈴木 健太 suzuki@city.example",
        "2件: 1-1-1, 1-1-2",
    ]


def test_the_page_stands_alone_and_every_header_cell_says_what_it_heads(page: lxml.html.HtmlElement) -> None:
    assert page.get("lang") == "ja"
    assert page.xpath("//script | //link | //img | //@style") == []
    assert page.xpath("//th[not(@scope)]") == []
    levels = [int(heading.tag[1]) for heading in page.xpath("//h1 | //h2 | //h3 | //h4")]
    assert levels[0] == 1
    assert all(later - earlier <= 1 for earlier, later in pairwise(levels))
    ids = page.xpath("//@id")
    assert len(ids) == len(set(ids))
    assert set(page.xpath("//@aria-labelledby")) <= set(ids)


def test_a_year_without_mails_says_so() -> None:
    files = render(replace(CALENDAR, mails=()))
    assert "この年度に予定しているメールはありません。" in files["html"].decode()
    assert "この年度に予定しているメールはありません。" in {
        cell.value for row in sheet(files, "メール一覧") for cell in row
    }
    assert Calendar.from_ical(files["ics"]).events == []


def test_the_mark_of_sample_data_stands_in_every_format(files: dict[str, bytes], read: Reader) -> None:
    assert MARK in read(files["html"], Format.HTML)
    assert {sheet_["A1"].value for sheet_ in openpyxl.load_workbook(BytesIO(files["xlsx"]))} == {MARK}
    assert all(MARK in str(event["DESCRIPTION"]) for event in events(files))


# The workbook


def sheet(files: dict[str, bytes], name: str) -> Worksheet:
    found = openpyxl.load_workbook(BytesIO(files["xlsx"]))[name]
    assert isinstance(found, Worksheet)
    return found


def test_the_workbook_has_a_row_for_each_mail_with_real_days_and_times(files: dict[str, bytes]) -> None:
    rows = [[cell.value for cell in row] for row in sheet(files, "メール一覧").iter_rows(min_row=4)]
    assert rows[0] == [
        *("日付", "曜日", "時刻", "種別", "宛先の職", "部署", "通数", "宛先", "メールアドレス", "対象の施策")
    ]
    assert rows[1] == [
        *(datetime(2021, 1, 15), "金", time(9), "事前通知（受付開始日）", "担当者", "情報政策課", 2),  # noqa: DTZ001 (Excel has no time zones)
        *("佐藤 花子\n鈴木 健太", "sato@city.example\nsuzuki@city.example", "1-1-1, 1-1-2"),
    ]
    assert len(rows) == 1 + len(CALENDAR.mails)
    assert sum(int(str(row[6])) for row in rows[1:]) == CALENDAR.total


def test_the_workbook_counts_as_the_page_does(files: dict[str, bytes]) -> None:
    rows = [[cell.value for cell in row if cell.value is not None] for row in sheet(files, "集計").iter_rows()]
    assert ["令和3年（2021年）2月", 0, 3, 1, 4] in rows
    assert ["情報政策課", 2, 2, 1, 5] in rows
    assert rows.count(["合計", 3, 3, 1, 7]) == 2


def test_the_workbook_says_what_the_codes_of_the_measures_stand_for(files: dict[str, bytes]) -> None:
    rows = [[cell.value for cell in row] for row in sheet(files, "対象の施策").iter_rows(min_row=5)]
    assert rows == [
        ["情報政策課", "1-1-1", "公衆無線LANの整備"],
        ["情報政策課", "1-1-2", "ニーズの把握"],
        ["市民窓口課", "1-2-3", "窓口サービスの推進"],
    ]


def test_the_list_prints_on_a4_across_with_its_headings_on_every_page(files: dict[str, bytes]) -> None:
    mails = sheet(files, "メール一覧")
    assert (mails.page_setup.orientation, str(mails.page_setup.paperSize)) == ("landscape", "9")
    assert str(mails.page_setup.fitToHeight) == "0"
    assert mails.print_title_rows == "$1:$4"
    assert mails.freeze_panes == "A5"
    assert mails.auto_filter.ref == "A4:J9"


def test_hostile_text_is_text_in_every_format(hostile_texts: tuple[str, ...], read: Reader) -> None:
    mails = tuple(
        replace(
            mail(15, 1, "notice-opening", Department(str(i), text), Recipient(text, "a@city.example")),
            measures=(ListedMeasure("1", text),),
        )
        for i, text in enumerate(hostile_texts)
    )
    files = render(replace(CALENDAR, mails=mails, plan="<計画> & {{ x }}", marks=("<模擬> & {{ x }} #データ",)))
    said = read(files["html"], Format.HTML)
    assert [text for text in hostile_texts if said.count(re.sub(r"\s+", "", text)) < 4] == []
    for row in (row for sheet_ in openpyxl.load_workbook(BytesIO(files["xlsx"])) for row in sheet_.iter_rows()):
        for cell in row:
            assert cell.data_type in ("s", "n", "d")
            assert cell.hyperlink is None
    (event,) = events(files)
    assert [text for text in hostile_texts if text not in str(event["DESCRIPTION"])] == []
    assert str(event["SUMMARY"]) == f"事前通知 {len(hostile_texts)}通（<計画> & {{{{ x }}}}）"


# The calendar file


def events(files: dict[str, bytes]) -> list[Component]:
    return list(Calendar.from_ical(files["ics"]).walk("VEVENT"))


def test_the_calendar_file_has_one_event_for_each_day_and_kind(files: dict[str, bytes]) -> None:
    assert [(event.decoded("DTSTART"), str(event["SUMMARY"])) for event in events(files)] == [
        (datetime(2021, 1, 15, 9, tzinfo=JST), "事前通知 3通（飯塚市地域情報化計画）"),
        (datetime(2021, 2, 18, 9, tzinfo=JST), "上申 1通（飯塚市地域情報化計画）"),
        (datetime(2021, 2, 18, 9, tzinfo=JST), "督促 3通（飯塚市地域情報化計画）"),
    ]
    said = str(events(files)[0]["DESCRIPTION"]).split("\n")
    assert said[1:] == [
        "09:00　事前通知（受付開始日）　担当者あて　3通",
        "・情報政策課：佐藤 花子 <sato@city.example>, 鈴木 健太 <suzuki@city.example>",
        "・市民窓口課：山田 麻衣 <yamada@city.example>",
    ]


def test_the_calendar_file_is_as_the_standard_wants_it(files: dict[str, bytes]) -> None:
    text = files["ics"]
    assert text.startswith(b"BEGIN:VCALENDAR\r\n")
    assert text.endswith(b"END:VCALENDAR\r\n")
    assert text.count(b"\n") == text.count(b"\r\n")
    assert max(len(line) for line in text.split(b"\r\n")) <= 75
    assert b"\r\nDTSTART;TZID=Asia/Tokyo:20210115T090000\r\n" in text
    (zone,) = Calendar.from_ical(text).walk("VTIMEZONE")
    assert zone["TZID"] == ZoneInfo("Asia/Tokyo").key
    for event in events(files):
        assert event.decoded("DTEND") > event.decoded("DTSTART")
        assert event.decoded("DTSTAMP") == CALENDAR.asked_at
        assert event["TRANSP"] == "TRANSPARENT"


def test_the_same_event_keeps_its_uid_and_different_ones_never_share_one(files: dict[str, bytes]) -> None:
    later = render(replace(CALENDAR, asked_at=datetime(2020, 5, 1, tzinfo=UTC), mails=CALENDAR.mails[:-1]))
    uids = [str(event["UID"]) for event in events(files)]
    assert len(set(uids)) == len(uids)
    assert {str(event["UID"]) for event in events(later)} == set(uids) - {uids[1]}
    for other in (
        replace(CALENDAR, fiscal_year=2019),
        replace(CALENDAR, plan_code="dx"),
        replace(CALENDAR, municipality_code="misato"),
    ):
        assert set(uids) & {str(event["UID"]) for event in events(render(other))} == set()


def test_the_files_are_the_same_each_time(files: dict[str, bytes]) -> None:
    assert tuple(files) == EXTENSIONS
    assert render(CALENDAR) == files
