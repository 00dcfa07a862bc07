"""The plan file that Meguru writes looks as a person would write it."""

from __future__ import annotations

from dataclasses import replace

import yaml

from domain.text import Bilingual
from exchange import yaml_text
from tests.exchange.full_plan import full_plan


def test_what_concerns_the_plan_as_a_whole_stands_first_and_long_lists_last() -> None:
    keys = list(yaml.safe_load(yaml_text.write(full_plan())))
    assert keys[:3] == ["code", "name", "municipality"]
    assert keys.index("levels") < keys.index("editions") < keys.index("indicators") < keys.index("glossary")


def test_defaults_are_left_out() -> None:
    text = yaml_text.write(full_plan())
    first = yaml.safe_load(text)["editions"][0]
    assert list(first) == ["code", "name", "decided", "effective_on", "source", "nodes"]
    assert first["nodes"][2] == {"code": "1-2", "level": "measure", "title": "窓口の予約", "parent": "1"}
    assert "\\u" not in text
    assert "null" not in text.replace("value: null", "")


def test_what_is_short_stands_on_one_line_and_what_is_long_does_not() -> None:
    lines = yaml_text.write(full_plan()).split("\n")
    assert "cycle_opens: {month: 4, day: 1}" in lines
    assert "  - {code: notice, kind: notice, anchor: due, business_days: -5, to: staff}" in [line[6:] for line in lines]
    assert all(len(line) <= 125 for line in lines)


def test_what_yaml_would_misread_stands_in_quotation_marks() -> None:
    text = yaml_text.write(replace(full_plan(), contact=Bilingual("001", "yes")))
    assert "contact: {ja: '001', en: 'yes'}" in text
    assert "send_at: '08:30'" in text
    assert "effective_on: 2021-04-01" in text
    assert "code: 1-1\n" in text


def test_several_lines_are_written_as_lines() -> None:
    text = yaml_text.write(replace(full_plan(), contact=Bilingual("企画課\n内線 12")))
    assert "contact:\n  ja: |-\n    企画課\n    内線 12\n" in text


def test_nothing_is_written_by_reference() -> None:
    text = yaml_text.write(full_plan())
    assert "&id" not in text
    assert "*id" not in text


def test_key_projects_stand_beside_the_bodies_with_who_decides_first_and_the_questions_after() -> None:
    plan = yaml.safe_load(yaml_text.write(full_plan()))
    keys = list(plan)
    assert keys.index("key_projects") == keys.index("bodies") + 1
    told = plan["key_projects"]
    assert list(told)[:2] == ["team", "coordinator"]
    assert told["deciders"] == {"change_goal": "team", "stop": "board"}
    assert list(told)[-3:] == ["question_set", "check_in", "matter"], "what holds lists stands last"
    assert told["successor"] == {"due_after_days": 4}


def test_a_member_is_told_in_words_and_by_what_it_sits_where_that_is_known() -> None:
    plan = yaml.safe_load(yaml_text.write(full_plan()))
    (team,) = [body for body in plan["bodies"] if body["code"] == "team"]
    assert team["members"] == [
        {"label": {"ja": "課長", "en": "Head"}, "basis": "rank", "role": "leader"},
        {"label": {"ja": "学識者"}},
        {"label": {"ja": "学識者"}},
    ]
