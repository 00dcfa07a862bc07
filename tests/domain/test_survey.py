"""Two surveys beside each other: answers match by their codes, and nothing is made up where a figure is missing."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from domain import survey
from domain.reference import Survey, SurveyAnswer, SurveyQuestion
from domain.survey import AnswerPair
from domain.text import Bilingual


def answer(code: str, share: str = "", **values: object) -> SurveyAnswer:
    made = SurveyAnswer(Bilingual(f"答え {code}"), Decimal(share) if share else None, code=code)
    return replace(made, **values)  # type: ignore[arg-type]  # each by its name


NONE_FELT = answer("none", "51.9", text=Bilingual("いずれも実感にくい"))
YOUNG = answer("none", approximate=Bilingual("4割半ば"), group=Bilingual("18～29歳"), group_code="18-29")
FIRST = Survey(
    "s2024",
    Bilingual("2024年度"),
    (
        SurveyQuestion("q1", Bilingual("暮らしの中で"), (NONE_FELT, answer("data", "27.2"), YOUNG), nodes=("1",)),
        SurveyQuestion("q2", Bilingual("前回だけ"), (answer("yes", "10", nodes=("2-3",)), answer("no", "90"))),
    ),
    series="attitude",
    edition="e1",
    fiscal_year=2024,
)
LATER = Survey(
    "s2027",
    Bilingual("2027年度"),
    (
        SurveyQuestion(
            "q1",
            Bilingual("毎日の暮らしで"),
            (
                answer("none", "48.1", text=Bilingual("いずれも実感しにくい")),
                answer("none", "50", group=Bilingual("18歳から29歳"), group_code="18-29"),
                answer("new", "5"),
            ),
        ),
        SurveyQuestion("q3", Bilingual("今回から"), (answer("yes", "1"),)),
    ),
    series="attitude",
    fiscal_year=2027,
)


def test_an_answer_is_found_again_however_it_is_printed() -> None:
    pair = survey.compare(FIRST, LATER)[0].answers[0]
    assert (pair.before, pair.after) == (NONE_FELT, LATER.questions[0].answers[0])
    assert pair.points == Decimal("-3.8")


def test_the_same_answer_of_two_groups_stays_two_answers() -> None:
    young = survey.compare(FIRST, LATER)[0].answers[1]
    assert young.before == YOUNG
    assert young.points is None, "one of the two is told in words"


def test_what_only_one_of_two_surveys_has_stands_alone() -> None:
    q1, q3, q2 = survey.compare(FIRST, LATER)
    assert [(p.before is None, p.after is None) for p in q1.answers] == [
        (False, False),
        (False, False),
        (True, False),
        (False, True),
    ]
    assert (q3.before, q2.after) == (None, None)
    assert q2.answers == tuple(AnswerPair(a, None) for a in FIRST.questions[1].answers)


def test_an_answer_or_a_group_without_a_code_is_never_compared() -> None:
    for loose in (replace(NONE_FELT, code=""), replace(NONE_FELT, group=Bilingual("女性"))):
        question = replace(FIRST.questions[0], answers=(loose,))
        (pair,) = survey.compare(replace(FIRST, questions=(question,)), replace(LATER, questions=(question,)))
        assert [p.before is not None and p.after is not None for p in pair.answers] == [False, False]


def test_the_survey_before_is_the_last_of_its_series() -> None:
    other = replace(FIRST, code="staff", series="staff", fiscal_year=2026)
    oldest = replace(FIRST, code="s2020", fiscal_year=2020)
    surveys = (oldest, LATER, other, FIRST)
    assert survey.before(surveys, LATER) is FIRST
    assert survey.before(surveys, oldest) is None
    assert survey.before(surveys, replace(LATER, series="")) is None
    assert [s.code for s in survey.in_order(surveys)] == ["s2027", "staff", "s2024", "s2020"]


def test_a_theme_gets_the_questions_about_it_and_of_others_the_answers_that_are() -> None:
    whole = survey.concerning(FIRST, ("1", "1-1"))
    assert whole is not None
    assert [q.code for q in whole.questions] == ["q1"]
    assert len(whole.questions[0].answers) == 3
    part = survey.concerning(FIRST, ("2", "2-3"))
    assert part is not None
    assert [(q.code, [a.code for a in q.answers]) for q in part.questions] == [("q2", ["yes"])]
    assert survey.concerning(FIRST, ("3",)) is None


def test_a_survey_that_contradicts_itself_is_named_by_its_place() -> None:
    nodes = {"e1": {"1", "2-3"}}
    assert survey.mistakes((FIRST, replace(LATER, edition="")), nodes) == ()
    twice = replace(FIRST, questions=(replace(FIRST.questions[0], answers=(NONE_FELT, NONE_FELT)),))
    assert survey.mistakes((twice,), nodes)[0].path == ("surveys", 0, "questions", 0, "answers", 1, "code")
    nowhere = replace(FIRST, questions=(replace(FIRST.questions[0], nodes=("1", "9")),))
    (mistake,) = survey.mistakes((nowhere,), nodes)
    assert (mistake.path, "'9'" in mistake.message) == (("surveys", 0, "questions", 0, "nodes", 1), True)
    assert survey.mistakes((replace(FIRST, edition=""),), nodes)[0].path == ("surveys", 0, "questions", 0, "nodes")
    assert survey.mistakes((replace(FIRST, edition="e9"),), nodes)[0].path == ("surveys", 0, "edition")
