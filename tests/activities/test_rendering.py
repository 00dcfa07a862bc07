"""Documents are set in processes beside the worker; whatever becomes of one, the worker and the next document go on."""

from __future__ import annotations

import logging
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from activities.rendering import Renderer
from documents import render_process
from documents.formats import Format
from documents.gathered import GatheredDocument
from documents.render_process import RenderingFailed
from tests.activities import documents_to_set
from tests.activities.documents_to_set import plain

ON_PAPER = (Format.DOCX, Format.PDF)


def document(render: Callable[[Format], bytes], kind: str = "handover") -> GatheredDocument:
    return GatheredDocument(kind, ON_PAPER, render)


def said_by(renderer: Renderer, render: Callable[[Format], bytes]) -> str:
    return renderer.rendered([document(render)])[0].made.content.decode()


@pytest.fixture
def renderer() -> Iterator[Renderer]:
    renderer = Renderer((Format.HTML, Format.PDF))
    yield renderer
    renderer.close()


def test_each_document_is_set_in_the_formats_that_are_wanted_and_that_it_exists_in(renderer: Renderer) -> None:
    files = renderer.rendered(document(plain, kind) for kind in ("papers-1", "papers-2", "papers-3"))
    assert [(file.kind, file.format, file.made.content) for file in files] == [
        (kind, Format.PDF, b"set as pdf") for kind in ("papers-1", "papers-2", "papers-3")
    ]


def test_no_format_is_wanted_and_no_process_is_started() -> None:
    renderer = Renderer(())
    assert renderer.rendered([]) == []
    assert renderer._idle == []


def test_documents_that_follow_one_another_are_set_in_the_same_process(renderer: Renderer) -> None:
    assert said_by(renderer, documents_to_set.process) == said_by(renderer, documents_to_set.process)


def test_a_process_that_is_killed_costs_its_document_only_and_says_so(renderer: Renderer) -> None:
    with pytest.raises(RenderingFailed, match=r"^handover: the process that was setting it ended with -9"):
        renderer.rendered([document(plain), document(documents_to_set.killed)])
    assert said_by(renderer, plain) == "set as pdf"


def test_a_document_that_cannot_be_set_says_why_and_its_process_goes_on(renderer: Renderer) -> None:
    before = said_by(renderer, documents_to_set.process)
    with pytest.raises(RenderingFailed, match=r"(?s)^handover: .*ValueError: no such font"):
        renderer.rendered([document(documents_to_set.failing)])
    assert said_by(renderer, documents_to_set.process) == before


def test_a_document_that_takes_too_long_is_given_up(renderer: Renderer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(render_process, "LONGEST", 0)
    with pytest.raises(RenderingFailed, match="ended with -9"):
        renderer.rendered([document(plain)])


def test_what_is_logged_on_the_way_stands_in_the_log_of_the_worker(
    renderer: Renderer, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        renderer.rendered([document(documents_to_set.warning)])
    assert caplog.messages == ["The document is not PDF/UA: a rare sign"]


def test_who_sets_documents_has_none_of_the_settings(renderer: Renderer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEGURU_SECRET_KEY", "secret")
    assert "MEGURU" not in said_by(renderer, documents_to_set.environment)


def test_a_process_without_work_ends_by_itself_and_the_next_document_has_a_new_one(
    renderer: Renderer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(render_process, "PATIENCE", 1)
    said_by(renderer, documents_to_set.process)
    (process,) = renderer._idle
    until = time.monotonic() + 30
    while process.is_alive and time.monotonic() < until:
        time.sleep(0.05)
    assert not process.is_alive
    monkeypatch.undo()
    assert said_by(renderer, plain) == "set as pdf"


def test_a_renderer_that_is_forgotten_leaves_no_process_behind() -> None:
    renderer = Renderer(ON_PAPER)
    said_by(renderer, plain)
    (process,) = renderer._idle
    del renderer
    assert not process.is_alive


def test_who_hands_a_report_over_loads_no_renderer() -> None:
    loaded = (
        "import sys, activities.documents, documents.render;"
        " print({'vl_convert', 'typst', 'docxtpl'} & set(sys.modules))"
    )
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", loaded], cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
