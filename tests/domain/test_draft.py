"""Two people in one draft."""

from __future__ import annotations

from dataclasses import dataclass, field

from hypothesis import given
from hypothesis import strategies as st

from domain import draft
from domain.draft import Merged, mark, marks, merged

FIRST, SECOND, THIRD = "一人目の文。", "二人目の文。", "三人目の文。"


def test_what_two_people_wrote_in_different_fields_comes_together() -> None:
    seen = marks({"cause": FIRST})
    assert merged({"cause": SECOND}, {"cause": FIRST, "next_step": THIRD}, seen) == Merged(
        {"cause": SECOND, "next_step": THIRD}, taken=("cause",)
    )


def test_what_both_changed_stays_as_the_other_saved_it_until_somebody_decides() -> None:
    assert merged({"cause": SECOND}, {"cause": THIRD}, marks({"cause": FIRST})) == Merged(
        {"cause": SECOND}, conflicts=("cause",)
    )
    assert merged({"cause": SECOND}, {"cause": THIRD}, marks({"cause": SECOND})) == Merged({"cause": THIRD})


def test_what_both_changed_alike_is_no_conflict() -> None:
    assert merged({"cause": SECOND}, {"cause": SECOND}, marks({"cause": FIRST})) == Merged({"cause": SECOND})


def test_an_answer_is_emptied_only_by_somebody_who_was_shown_it() -> None:
    assert merged({"cause": FIRST}, {}, marks({"cause": FIRST})) == Merged({})
    assert merged({"cause": FIRST}, {"cause": ""}, {"cause": mark("")}) == Merged({"cause": FIRST}, taken=("cause",))
    assert merged({"cause": SECOND}, {"cause": ""}, marks({"cause": FIRST})) == Merged(
        {"cause": SECOND}, conflicts=("cause",)
    )


def test_what_was_not_on_the_form_stays_as_it_is() -> None:
    assert merged({"cause": FIRST}, {"next_step": SECOND}, {}) == Merged({"cause": FIRST, "next_step": SECOND})


def test_where_nothing_tells_what_was_seen_every_difference_is_a_conflict() -> None:
    found = merged({"cause": FIRST}, {"cause": FIRST, "next_step": SECOND}, None)
    assert found == Merged({"cause": FIRST}, conflicts=("next_step",))


# --- any interleaving ----------------------------------------------------------------------------

QUESTIONS = ("achievements", "cause", "next_step")


@dataclass
class Editor:
    """A person with the form open: what stands in the fields, what it remembers, what its eyes have met."""

    typed: dict[str, str] = field(default_factory=dict)
    seen: dict[str, str] = field(default_factory=dict)
    shown: set[tuple[str, str]] = field(default_factory=set)
    unsaved: set[str] = field(default_factory=set)

    def opens(self, stored: dict[str, str]) -> None:
        self.typed, self.unsaved = {q: stored.get(q, "") for q in QUESTIONS}, set()
        self.is_told(stored)

    def is_told(self, stored: dict[str, str]) -> None:
        self.seen = {q: mark(stored.get(q, "")) for q in QUESTIONS}
        self.shown |= {(q, stored.get(q, "")) for q in QUESTIONS}

    def types(self, question: str, text: str) -> None:
        self.typed[question] = text
        self.unsaved.add(question)

    def saves(self, stored: dict[str, str]) -> dict[str, str]:
        """As the form without JavaScript: what came in stands in the fields, what differs beside them."""
        found = merged(stored, self.typed, self.seen)
        for question, text in stored.items():
            if found.answers.get(question, "") != text:
                assert (question, text) in self.shown, "a text was replaced that nobody was shown"
        for question in self.unsaved - set(found.conflicts):
            assert found.answers.get(question, "") in (self.typed[question], stored.get(question, ""))
        for question in QUESTIONS:
            if question not in found.conflicts:
                assert question not in found.taken or question not in self.unsaved or self.is_as_shown(question)
                self.typed[question] = found.answers.get(question, "")
        self.unsaved &= set(found.conflicts)
        self.is_told(found.answers)
        return found.answers

    def is_as_shown(self, question: str) -> bool:
        """Typed over and then put back to a text that was shown before: nothing of one's own is left in the field."""
        return (question, self.typed[question]) in self.shown


_ACTS = st.one_of(
    st.tuples(st.integers(0, 1), st.just("type"), st.sampled_from(QUESTIONS), st.sampled_from(["", "あ", "い", "う"])),
    st.tuples(st.integers(0, 1), st.sampled_from(["save", "open"]), st.just(""), st.just("")),
)


@given(st.lists(_ACTS, max_size=40))
def test_every_saved_text_is_in_the_draft_or_was_shown_to_who_replaced_it(
    acts: list[tuple[int, str, str, str]],
) -> None:
    stored: dict[str, str] = {}
    editors = (Editor(), Editor())
    for editor in editors:
        editor.opens(stored)
    for who, act, question, text in acts:
        editor = editors[who]
        if act == "type":
            editor.types(question, text)
        elif act == "save":
            stored = editor.saves(stored)
            for each in editor.unsaved:
                assert editor.typed[each] != stored.get(each, ""), "what was not saved still stands in its field"
        else:
            editor.opens(stored)


def test_a_mark_is_short_and_an_empty_field_has_none() -> None:
    assert len(draft.mark("長い文章。" * 100)) == 16
    assert draft.mark("") == ""
