"""A city's own Word template: what may be one, what it may do, and what becomes of one that means harm."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from io import BytesIO
from typing import Any

import docx
import pytest
from jinja2.exceptions import SecurityError, UndefinedError

from documents import city_template, word_kinds
from documents.city_template import CityTemplate
from documents.word_form import Picture, Properties, filled
from documents.word_kinds import KINDS, WordKind, examine, tried
from documents.word_names import NAMES, names_of
from documents.word_safety import TemplateProblem, UnfitTemplate, check
from tests.documents.forms import TYPES, field, form, in_body, part, related, with_parts

HANDOVER = KINDS["handover"]
PROPERTIES = Properties("題", "飯塚市", "ja", word_kinds._DAY)
EVERY = pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)


def refused(file: bytes, kind: WordKind = HANDOVER) -> UnfitTemplate:
    with pytest.raises(UnfitTemplate) as caught:
        examine(kind, file, "ja")
    return caught.value


@EVERY
@pytest.mark.parametrize("language", ["ja", "en"])
def test_every_template_of_our_own_may_be_a_citys_form_and_passes_the_trial(kind: WordKind, language: str) -> None:
    check(kind.template.read_bytes())
    check(tried(kind, kind.template, language))


@EVERY
def test_every_name_that_a_form_may_use_is_explained(kind: WordKind) -> None:
    there = set(kind.context("ja", is_full=True)) - {"language", "issued", "route"}
    assert {one.name for one in names_of(kind, "ja")} == there
    assert there <= set(NAMES)


def test_a_citys_form_is_filled_by_a_process_of_its_own() -> None:
    context = HANDOVER.context("ja", is_full=True) | {"municipality": "飯塚市"}
    made = CityTemplate(form("{{ municipality }}の{{ labels.title }}")).filled(context, PROPERTIES)
    file = docx.Document(BytesIO(made))
    assert [paragraph.text for paragraph in file.paragraphs][1] == "飯塚市の事務引継書"
    assert (file.core_properties.title, file.core_properties.author) == ("題", "飯塚市")


def test_a_picture_stands_where_a_form_names_it_with_its_text() -> None:
    kind = KINDS["annual-report"]
    context = kind.context("ja", is_full=True)
    picture = Picture(word_kinds._PICTURE.content, "三本の棒", word_kinds._PICTURE.width)
    made = CityTemplate(form("{{ chart_picture }}")).filled(context | {"chart_picture": picture}, PROPERTIES)
    assert 'descr="三本の棒"' in part(made, "word/document.xml").decode()


# What the trial tells


def test_an_unknown_name_is_told_with_its_paragraph() -> None:
    unfit = refused(form("よい行", "担当：{{ tantou }}"))
    assert (unfit.problem, unfit.what, unfit.place) == (TemplateProblem.UNKNOWN_NAME, "tantou", "担当：{{ tantou }}")


def test_an_unknown_part_of_a_name_is_told() -> None:
    unfit = refused(form("{% for post in posts %}{{ post.salary }}{% endfor %}"))
    assert (unfit.problem, unfit.what) == (TemplateProblem.UNKNOWN_NAME, "salary")


@pytest.mark.parametrize("wrong", ["{% if plans %}ここ", "{{ municipality", "{% for %}", "{% nonsense %}"])
def test_a_mistake_in_the_writing_is_told(wrong: str) -> None:
    assert refused(form(wrong)).problem in (TemplateProblem.SYNTAX, TemplateProblem.UNREADABLE)


def test_the_paragraph_of_a_mistake_is_told() -> None:
    unfit = refused(form("よい行", "{% if plans %}ここ{% endfor %}"))
    assert (unfit.problem, unfit.what) == (TemplateProblem.SYNTAX, "endfor")
    assert unfit.place == "{% if plans %}ここ{% endfor %}"


def test_a_form_that_fails_only_where_nothing_is_there_is_refused_too() -> None:
    assert refused(form("{{ rounds[0].heading }}")).problem is TemplateProblem.UNKNOWN_NAME
    examine(HANDOVER, form("{% if rounds %}{{ rounds[0].heading }}{% endif %}"), "ja")


def test_a_form_must_show_the_mark_of_simulated_content() -> None:
    file = docx.Document()
    file.add_paragraph("{{ municipality }}")
    written = BytesIO()
    file.save(written)
    assert refused(written.getvalue()).problem is TemplateProblem.MARKS_MISSING


# Harm: out of the sandbox


@pytest.mark.parametrize(
    "attack",
    [
        "{{ ''.__class__.__mro__ }}",
        "{{ ''|attr('__class__') }}",
        "{{ labels.__class__.__base__.__subclasses__() }}",
        "{{ cycler.__init__.__globals__ }}",
        "{{ plan.__html__.__globals__ }}",
        "{{ '{0.__class__.__mro__}'.format(plan) }}",
        "{{ self.__init__.__globals__ }}",
        "{% for x in [1] %}{{ loop.__class__ }}{% endfor %}",
        "{{ chart_picture._file }}",
        "{{ chart_picture.tpl.save('/tmp/taken.docx') }}",
        "{{ marks.append('x') }}",
        "{{ labels.update({'title': 'x'}) }}",
        "{% include '/etc/passwd' %}",
        "{% import '/etc/passwd' as x %}",
        "{{ lipsum() }}",
    ],
)
def test_a_form_reaches_nothing_but_what_it_is_given(attack: str) -> None:
    context = KINDS["annual-report"].context("ja", is_full=True)
    with pytest.raises((SecurityError, UndefinedError, TypeError)):
        filled(BytesIO(form(attack)), context, PROPERTIES)


def test_what_the_sandbox_forbids_is_told() -> None:
    assert refused(form("{{ ''.__class__.__mro__ }}")).problem is TemplateProblem.FORBIDDEN


def test_what_people_wrote_is_never_a_part_of_the_form() -> None:
    context = HANDOVER.context("ja", is_full=True) | {"municipality": "{{ 7*7 }}{% raw %}"}
    made = CityTemplate(form("{{ municipality }}")).filled(context, PROPERTIES)
    assert docx.Document(BytesIO(made)).paragraphs[1].text == "{{ 7*7 }}{% raw %}"


# Harm: time, memory, size

FOR_EVER = "{% for i in range(99999) %}{% for j in range(99999) %}{% endfor %}{% endfor %}"


def test_a_form_that_never_ends_is_ended_by_the_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(city_template, "LONGEST", 1)
    assert refused(form(FOR_EVER)).problem is TemplateProblem.TOO_LONG


def test_a_form_has_little_of_the_processor(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(city_template, "SECONDS", 1)
    seconds = "{% for i in range(99999) %}{% for j in range(900) %}{% endfor %}{% endfor %}"
    assert refused(form(seconds)).problem is TemplateProblem.TOO_LONG


@pytest.mark.parametrize("large", ["{% set x = 'a' * 1500000000 %}", "{% set x = 'a'|center(1500000000) %}"])
def test_a_form_has_little_memory(large: str) -> None:
    assert refused(form(large)).problem is TemplateProblem.TOO_MUCH


def test_a_form_makes_no_document_of_any_size() -> None:
    endless = "{%p for i in range(60000) %}", "長い文" * 60, "{%p endfor %}"
    assert refused(form(*endless)).problem in (TemplateProblem.TOO_LARGE_INSIDE, TemplateProblem.TOO_MUCH)


def test_a_form_that_would_unpack_to_very_much_is_refused_unopened() -> None:
    bomb = with_parts(form(), {"word/bomb.xml": b"<a>" + b" " * (21 * 1024 * 1024) + b"</a>"})
    assert refused(bomb).problem is TemplateProblem.TOO_LARGE_INSIDE
    many = with_parts(form(), {f"word/{n}.xml": b"<a/>" for n in range(501)})
    assert refused(many).problem is TemplateProblem.TOO_LARGE_INSIDE


# Harm: what lies in the file

ENTITY = b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'
MACROS = b"application/vnd.ms-word.document.macroEnabled.main+xml"
PLAIN = b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
_IMAGE = '<v:shape xmlns:v="urn:schemas-microsoft-com:vml"><v:imagedata src="http://evil.example/x"/></v:shape>'
IMAGE = f"<w:p><w:r><w:pict>{_IMAGE}</w:pict></w:r></w:p>"


@pytest.mark.parametrize(
    ("harm", "problem"),
    [
        (lambda f: b"not a zip", TemplateProblem.NOT_WORD),
        (lambda f: with_parts(f, {"word/x.xml": ENTITY}), TemplateProblem.DECLARATION),
        (lambda f: with_parts(f, {"word/x.xml": ENTITY.decode().encode("utf-16")}), TemplateProblem.DECLARATION),
        (lambda f: with_parts(f, {"word/vbaProject.bin": b"x"}), TemplateProblem.RUNS_SOMETHING),
        (lambda f: with_parts(f, {TYPES: part(f, TYPES).replace(PLAIN, MACROS)}), TemplateProblem.RUNS_SOMETHING),
        (lambda f: with_parts(f, {"word/embeddings/table.xlsx": b"x"}), TemplateProblem.ODD_PARTS),
        (lambda f: with_parts(f, {"../../evil.xml": b"<a/>"}), TemplateProblem.ODD_PARTS),
        (lambda f: with_parts(f, {"/etc/evil.xml": b"<a/>"}), TemplateProblem.ODD_PARTS),
        (lambda f: with_parts(f, {"word\\..\\evil.xml": b"<a/>"}), TemplateProblem.ODD_PARTS),
        (lambda f: with_parts(f, {"WORD/document.xml": b"<a/>"}), TemplateProblem.ODD_PARTS),
        (lambda f: related(f, "image", "http://evil.example/x.png"), TemplateProblem.FETCHES_SOMETHING),
        (lambda f: related(f, "image", "//evil.example/x", outside=False), TemplateProblem.FETCHES_SOMETHING),
        (lambda f: related(f, "image", "\\\\evil\\x.png"), TemplateProblem.FETCHES_SOMETHING),
        (lambda f: related(f, "attachedTemplate", "http://evil.example/x.dotm"), TemplateProblem.RUNS_SOMETHING),
        (lambda f: related(f, "oleObject", "x.xml", outside=False), TemplateProblem.RUNS_SOMETHING),
        (lambda f: related(f, "aFChunk", "x.xml", outside=False), TemplateProblem.RUNS_SOMETHING),
        (lambda f: related(f, "hyperlink", "file:///etc/passwd"), TemplateProblem.FETCHES_SOMETHING),
        (lambda f: in_body(f, field("INCLUDEPICTURE http://evil.example/x")), TemplateProblem.FETCHES_SOMETHING),
        (lambda f: in_body(f, field("PAGE") + field("DD", "EAUTO c:\\x")), TemplateProblem.FETCHES_SOMETHING),
        (lambda f: in_body(f, field("includetext //evil/x")), TemplateProblem.FETCHES_SOMETHING),
        (lambda f: in_body(f, IMAGE), TemplateProblem.FETCHES_SOMETHING),
        (lambda f: with_parts(f, {"word/document.xml": b"<w:document"}), TemplateProblem.UNREADABLE),
    ],
)
def test_a_form_fetches_nothing_runs_nothing_and_brings_nothing(
    harm: Callable[[bytes], bytes], problem: TemplateProblem
) -> None:
    with pytest.raises(UnfitTemplate) as caught:
        check(harm(form()))
    assert caught.value.problem is problem


def test_a_field_that_only_the_filling_makes_is_found_in_what_comes_out() -> None:
    sly = in_body(form(), field("{{ 'INCL' ~ 'UDEPICTURE' }} http://evil.example/x"))
    check(sly)
    assert refused(sly).problem is TemplateProblem.FETCHES_SOMETHING


def test_a_link_to_a_page_and_a_field_with_the_number_of_the_page_may_stay() -> None:
    check(in_body(related(form(), "hyperlink", "https://www.city.example/"), field("PAGE") + field("HYPERLINK x")))


def test_the_process_that_fills_a_form_knows_no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEGURU_SMTP_PASSWORD", "secret")
    seen = {}
    run = subprocess.run

    def watched(command: list[str], **options: Any) -> subprocess.CompletedProcess[bytes]:
        told = run([sys.executable, "-c", "import os; print(*os.environ)"], **{**options, "input": b""})
        seen["names"] = told.stdout.decode()
        return run(command, **options)

    monkeypatch.setattr(subprocess, "run", watched)
    CityTemplate(form()).filled(HANDOVER.context("ja", is_full=True), PROPERTIES)
    assert "PATH" in seen["names"]
    assert "MEGURU" not in seen["names"]
