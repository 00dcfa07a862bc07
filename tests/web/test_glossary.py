"""The terms of a plan inside its texts: each once, the longest first, never out of a longer word, always safe."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, expect

from domain.reference import GlossaryTerm
from domain.text import Bilingual
from web.app import STATIC
from web.glossary import Glossary

TERMS = (
    GlossaryTerm("GIS", Bilingual("地図の上で情報を扱う仕組み", "Information on maps")),
    GlossaryTerm("統合型GIS", Bilingual("庁内で分け合うGIS", "A GIS that sections share"), "Integrated GIS"),
    GlossaryTerm("アプリケーション", Bilingual("ソフト", "Software"), "Application", also=("アプリ",)),
    GlossaryTerm("オンライン", Bilingual("つながった状態")),
    GlossaryTerm("オンライン英会話", Bilingual("画面越しの英会話")),
    GlossaryTerm("IT", Bilingual("情報技術 <&>", "Information technology")),
)


def marked(text: str, english: str = "", language: str = "ja") -> list[tuple[str, str]]:
    """The words that are marked in a text, each with its meaning."""
    page = Glossary(TERMS, language).explain(Bilingual(text, english))
    return re.findall(r"<dfn[^>]*>(.*?)</dfn><span[^>]*>(.*?)</span>", page)


def test_the_longest_term_wins() -> None:
    assert marked("統合型GISの研究") == [("統合型GIS", "庁内で分け合うGIS")]
    assert marked("オンライン英会話の授業") == [("オンライン英会話", "画面越しの英会話")]
    assert [word for word, _ in marked("GISと統合型GISの研究")] == ["GIS", "統合型GIS"]


def test_a_term_is_marked_where_it_comes_up_first_on_the_page_and_not_again() -> None:
    glossary = Glossary(TERMS, "ja")
    first, second = (glossary.explain(Bilingual(text)) for text in ("GISとGIS", "またGIS"))
    assert first.count("<dfn") == 1
    assert second == "またGIS"


def test_another_spelling_stands_for_its_term() -> None:
    assert marked("便利なアプリを配る") == [("アプリ", "ソフト")]


@pytest.mark.parametrize("text", ["DIGITAL", "SUBITEM", "アプリコット", "マイアプリ", "ウェブアプリケーションズ"])
def test_a_term_is_not_cut_out_of_a_longer_word(text: str) -> None:
    assert marked(text) == []


def test_kanji_and_kana_beside_a_term_do_not_hide_it() -> None:
    assert [word for word, _ in marked("新ITの活用")] == ["IT"]


def test_texts_and_meanings_are_never_taken_for_markup() -> None:
    page = Glossary(TERMS, "ja").explain(Bilingual("<b>IT</b> & <script>"))
    assert page.startswith("&lt;b&gt;<span")
    assert "情報技術 &lt;&amp;&gt;" in page
    assert page.endswith("&lt;/b&gt; &amp; &lt;script&gt;")


def test_the_english_is_explained_in_english_whatever_case_and_number_a_word_has() -> None:
    assert marked("アプリの研究", "Study of applications", "en") == [("applications", "Software")]
    assert marked("統合型GIS", "integrated GIS", "en") == [("integrated GIS", "A GIS that sections share")]


def test_an_english_word_that_means_something_else_is_left_alone() -> None:
    assert marked("電子申請の受付", "Electronic applications", "en") == []


def test_a_text_without_english_is_explained_as_it_stands() -> None:
    assert marked("統合型GIS", language="en") == [("統合型GIS", "A GIS that sections share")]


def test_a_meaning_is_tied_to_its_word_for_those_who_do_not_see_it() -> None:
    page = Glossary(TERMS, "ja").explain(Bilingual("IT"))
    (described,) = re.findall(r'tabindex="0" aria-describedby="([^"]+)"', page)
    assert f'role="tooltip" id="{described}"' in page


def test_a_plan_without_a_glossary_shows_its_texts_plainly() -> None:
    assert Glossary((), "ja").explain(Bilingual("IT & AI")) == "IT &amp; AI"


def test_a_meaning_opens_by_pointing_tabbing_and_tapping_and_escape_closes_it(browser: Browser) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 700}, has_touch=True)
    page = context.new_page()
    text = Glossary(TERMS, "ja").explain(
        Bilingual("この計画は、地図を使う仕事を楽にする" * 2 + "統合型GISの研究です。")
    )
    page.set_content(f"<!doctype html><main><p>{text}</p><p>次の段落</p></main>")
    page.add_style_tag(path=STATIC / "plans.css")
    page.add_script_tag(path=STATIC / "terms.js")
    word, meaning = page.locator(".term__word"), page.locator(".term__meaning")
    expect(meaning).to_be_hidden()
    for open_it in (word.hover, word.focus, word.tap):
        open_it()
        expect(meaning).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
        page.keyboard.press("Escape")
        expect(meaning).to_be_hidden()
        page.mouse.move(1, 600)
        word.blur()
    word.hover()
    meaning.hover()
    expect(meaning).to_be_visible()
    context.close()
