"""What a search takes for the same, where it finds it, and what a database may leave out beforehand."""

from __future__ import annotations

import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.search_text import Piece, excerpt, folded, hits, holds_all, ideographs, words_of

LETTERS = "デジタルｶﾞﾊﾟ行⾏政DXｄｘＤ－ー-　 ・。かがっヴ髙高サバ\n①㈱é葛\U000e0100\u3099"
JAPANESE = st.text(st.sampled_from(LETTERS), max_size=12)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ＤＸ推進", "dx推進"),
        ("カード", "かーど"),
        ("ﾃﾞｼﾞﾀﾙ", "デジタル"),
        ("テ\u3099ータ", "データ"),
        ("サーバー", "サーバ"),
        ("コンピューター室", "コンピュータ室"),
        ("さーばー", "サーバ"),
        ("サ－バ", "サーバ"),
        ("Ｗｉ－Ｆｉ", "wifi"),
        ("Wi Fi", "WI-FI"),
        ("キー・プロジェクト", "キープロジェクト"),
        ("課　長", "課長"),
        ("改行で\n切れた", "改行で切れた"),
        ("⾏政", "行政"),
        ("㈱めぐる", "(株)めぐる"),
        ("第２章", "第2章"),
        ("10時〜12時", "10時～12時"),
        ("葛\U000e0100城", "葛城"),
        ("ヴァ", "ゔぁ"),
    ],
)
def test_what_people_write_in_two_ways_is_the_same(one: str, other: str) -> None:
    assert folded(one) == folded(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("髙橋", "高橋"), ("山﨑", "山崎"), ("ビル", "ビール"), ("カー", "カ"), ("はは", "はば"), ("カバー", "カバ")],
)
def test_what_means_something_else_stays_apart(one: str, other: str) -> None:
    assert folded(one) != folded(other)


def test_the_words_are_parted_by_blanks_of_any_width_and_each_counts_once() -> None:
    assert words_of("　ＤＸ  推進　dx ") == ("dx", "推進")
    assert words_of(" - ー　・") == ("ー",)
    assert words_of("") == ()
    assert len(words_of(" ".join(f"w{n}" for n in range(50)))) == 8


def test_every_word_must_be_found_but_not_in_the_same_text() -> None:
    texts = ("公衆無線LANの整備", "電波の届き方を調べました。")
    assert holds_all(texts, words_of("ｌａｎ 電波"))
    assert not holds_all(texts, words_of("LAN 防災"))


def test_a_hit_is_shown_as_it_was_written() -> None:
    text = "昨年はｻｰﾊﾞｰを入れ替え、Ｗｉ－Ｆｉも直しました。"
    assert [text[a:b] for a, b in hits(text, words_of("サーバ wifi"))] == ["ｻｰﾊﾞ", "Ｗｉ－Ｆｉ"]
    assert excerpt("カードと\nかーど", words_of("カード")) == (
        Piece("カード", is_hit=True),
        Piece("と "),
        Piece("かーど", is_hit=True),
    )


def test_hits_that_overlap_are_one() -> None:
    assert hits("市民協働", words_of("市民協 民協働")) == ((0, 4),)


def test_a_long_text_is_cut_around_its_first_hit_and_the_cuts_are_shown() -> None:
    pieces = excerpt("あ" * 100 + "防災" + "い" * 300, ("防災",), before=10, longest=40)
    assert pieces[:3] == (Piece("…"), Piece("あ" * 10), Piece("防災", is_hit=True))
    assert pieces[-1] == Piece("…")
    assert sum(len(piece.text) for piece in pieces) == 42


@given(JAPANESE, JAPANESE, JAPANESE)
def test_whatever_a_text_holds_is_found_and_marked_in_it(before: str, middle: str, after: str) -> None:
    text, word = f"{before}市{middle}市{after}", folded(f"市{middle}市")
    assert word in folded(text)
    assert any(word in folded(text[a:b]) for a, b in hits(text, [word]))


@given(JAPANESE, JAPANESE)
def test_an_excerpt_says_what_the_text_says(text: str, query: str) -> None:
    pieces = excerpt(text, words_of(query), longest=1000, before=1000)
    assert "".join(piece.text for piece in pieces) == " ".join(text.split())


@given(JAPANESE, JAPANESE)
def test_no_text_that_holds_a_word_lacks_one_of_its_kanji(text: str, word: str) -> None:
    for searched in words_of(word):
        if searched in folded(text):
            assert all(any(form in text for form in forms) for forms in ideographs(searched))


def test_every_character_that_folds_to_a_kanji_is_known_as_a_form_of_it() -> None:
    known = {kanji: set(forms) for kanji in "行政神福都逸日" for forms in ideographs(kanji)}
    assert set(known) == set("行政神福都逸"), "there are too many ways to write one"
    for code in range(sys.maxunicode + 1):
        letter = chr(code)
        if unicodedata.is_normalized("NFKC", letter):
            continue
        for kanji in set(folded(letter)) & set(known):
            assert letter in known[kanji]


def test_kana_and_letters_are_not_asked_of_the_database() -> None:
    assert [forms[0] for forms in ideographs(folded("デジタル化とDX"))] == ["化"]
