"""添付ファイル: which files are taken, by their names, their bytes and what lies there already."""

from __future__ import annotations

import struct

import pytest

from domain import attachment
from domain.attachment import ENDINGS, LARGEST, LARGEST_TOGETHER, MOST, FileProblem, FileType, Lying, UnfitFile
from tests import some_files as files

_TAKEN = {
    "報告.pdf": files.PDF,
    "写真.PNG": files.png(),
    "写真.jpg": files.jpeg(),
    "写真.jpeg": files.jpeg(frame=0xC2),
    "案.docx": files.DOCX,
    "表.xlsx": files.XLSX,
    "説明.pptx": files.PPTX,
    "案.odt": files.ODT,
    "表.ods": files.ODS,
    "声.txt": files.TEXT,
    "件数.csv": files.SHIFT_JIS,
}


def problem(name: str, content: bytes, *lying: Lying) -> FileProblem | None:
    try:
        attachment.examined(name, content, lying)
    except UnfitFile as unfit:
        return unfit.problem
    return None


@pytest.mark.parametrize("name", _TAKEN)
def test_a_file_is_taken_whose_bytes_are_what_its_name_says(name: str) -> None:
    found = attachment.examined(name, _TAKEN[name])
    assert found is attachment.type_of(name)
    assert f".{found}" in ENDINGS


def test_every_type_and_every_ending_is_tried_here() -> None:
    assert {attachment.type_of(name) for name in _TAKEN} == set(FileType)
    assert {"." + name.lower().rpartition(".")[2] for name in _TAKEN} == set(ENDINGS)


@pytest.mark.parametrize("name", _TAKEN)
def test_no_file_passes_under_the_name_of_another_type(name: str) -> None:
    others = [content for other, content in _TAKEN.items() if attachment.type_of(other) is not attachment.type_of(name)]
    alike = (FileType.TXT, FileType.CSV)
    if attachment.type_of(name) in alike:
        others = [content for content in others if content not in (files.TEXT, files.SHIFT_JIS, files.PDF)]
    for content in others:
        assert problem(name, content) is not None, content[:20]


@pytest.mark.parametrize("name", ["写真.png", "写真.jpg", "報告.pdf", "案.docx"])
@pytest.mark.parametrize(
    "content", [files.SVG, files.HTML, b"MZ\x90\0", b"PK", b"\x89PNG\r\n\x1a\n<svg/>", b"\xff\xd8\xff"]
)
def test_a_page_or_a_program_disguised_as_something_else_is_refused(name: str, content: bytes) -> None:
    assert problem(name, content) in (FileProblem.OTHER_CONTENT, FileProblem.UNSAFE)


@pytest.mark.parametrize(
    "name", ["絵.svg", "頁.html", "道具.exe", "古い.doc", "古い.xls", "束.zip", "名前だけ", ".pdf", "案.docm"]
)
def test_other_types_are_not_taken(name: str) -> None:
    assert problem(name, files.PDF) is FileProblem.TYPE_NOT_TAKEN


def test_a_text_is_text_in_a_coding_of_japanese_offices_and_nothing_else() -> None:
    assert problem("a.txt", "\ufeff声\r\n\t".encode()) is None
    assert problem("a.txt", "声".encode("utf-16")) is None
    for content in (b"\x80\x81\xff", b"a\0b", b"\x1b[31m", b"\xff\xfea"):
        assert problem("a.txt", content) is FileProblem.OTHER_CONTENT, content


def test_a_path_is_cut_off_a_name_and_kana_are_composed() -> None:
    assert attachment.file_name("C:\\fakepath\\報告.pdf") == "報告.pdf"
    assert attachment.file_name("../../etc/報告.pdf") == "報告.pdf"
    assert attachment.file_name("カ\u3099イト\u3099.pdf") == "ガイド.pdf"


@pytest.mark.parametrize("name", ["", "a\nb.pdf", "a\0.pdf", "fdp\u202eexe.pdf", "a\u200b.pdf", "a\u2028.pdf"])
def test_a_name_with_control_characters_is_refused_and_quoted_without_them(name: str) -> None:
    assert problem(name, files.PDF) is FileProblem.NAME_UNFIT
    assert "\u202e" not in attachment.printable(name)
    assert attachment.printable(name).isprintable()


def test_a_name_may_have_two_hundred_characters() -> None:
    assert problem("あ" * 196 + ".pdf", files.PDF) is None
    assert problem("あ" * 197 + ".pdf", files.PDF) is FileProblem.NAME_TOO_LONG
    assert problem("𠮷" * 99 + ".pdf", files.PDF) is FileProblem.NAME_TOO_LONG, "a file system counts it as two"
    assert len(attachment.printable("あ" * 5_000)) < 250


def test_a_script_in_a_name_is_only_a_name() -> None:
    assert problem("<img src=x onerror=alert(1)>.png", files.png()) is None


def test_a_file_may_have_five_megabytes_and_not_be_empty() -> None:
    assert problem("a.pdf", files.PDF.ljust(LARGEST)) is None
    assert problem("a.pdf", files.PDF.ljust(LARGEST + 1)) is FileProblem.TOO_LARGE
    assert problem("a.txt", b"") is FileProblem.EMPTY


def test_ten_files_of_twenty_megabytes_together_may_lie_there() -> None:
    lying = [Lying(10, str(n)) for n in range(MOST - 1)]
    assert problem("a.pdf", files.PDF, *lying) is None
    assert problem("a.pdf", files.PDF, *lying, Lying(10, "another")) is FileProblem.TOO_MANY
    full = LARGEST_TOGETHER - len(files.PDF)
    assert problem("a.pdf", files.PDF, Lying(full, "large")) is None
    assert problem("a.pdf", files.PDF, Lying(full + 1, "large")) is FileProblem.TOO_LARGE_TOGETHER


def test_the_same_content_is_attached_once_whatever_its_name() -> None:
    lying = Lying(len(files.PDF), attachment.digest_of(files.PDF))
    assert problem("別の名前.pdf", files.PDF, lying) is FileProblem.ATTACHED_ALREADY


def test_a_picture_of_more_than_forty_million_pixels_is_refused_by_its_header() -> None:
    assert problem("a.png", files.png(8_000, 5_000)) is None
    assert problem("a.png", files.png(8_000, 5_001)) is FileProblem.TOO_MANY_PIXELS
    assert problem("a.jpg", files.jpeg(8_000, 5_000)) is None
    assert problem("a.jpg", files.jpeg(8_001, 5_000)) is FileProblem.TOO_MANY_PIXELS
    assert problem("a.png", files.png(0, 5)) is FileProblem.OTHER_CONTENT


def test_a_jpeg_that_is_cut_off_or_endless_tells_no_size() -> None:
    whole = files.jpeg()
    assert [problem("a.jpg", whole[:n]) for n in range(4, 17)] == [FileProblem.OTHER_CONTENT] * 13
    no_frame = b"\xff\xd8\xff\xda" + struct.pack(">H", 8) + bytes(20)
    empty_segment = b"\xff\xd8\xff\xe0\0\0" + bytes(20)
    assert problem("a.jpg", no_frame) is problem("a.jpg", empty_segment) is FileProblem.OTHER_CONTENT


def test_an_office_file_that_would_unpack_to_very_much_is_refused_unopened() -> None:
    bomb = files.office("word/document.xml", **{"word/media/a.bin": bytes(50 * 1024 * 1024)})
    assert len(bomb) < 100_000
    assert problem("爆弾.docx", bomb) is FileProblem.UNSAFE
    many = files.office("xl/workbook.xml", **{f"part{n}": b"" for n in range(2_000)})
    assert problem("部品.xlsx", many) is FileProblem.UNSAFE
    assert problem("途中まで.docx", files.DOCX[:-30]) is FileProblem.UNSAFE


def test_macros_passwords_and_old_formats_are_told_apart() -> None:
    with_macros = files.office("word/document.xml", **{"word/vbaProject.bin": b"x"})
    assert problem("a.docx", with_macros) is FileProblem.MACROS
    assert problem("a.docx", files.OLD_WORD) is FileProblem.LOCKED
    locked = bytearray(files.DOCX)
    locked[locked.index(b"PK\x01\x02") + 8] |= 1  # the flag of the first part in the directory
    assert problem("a.docx", bytes(locked)) is FileProblem.LOCKED


def test_a_damaged_type_of_an_open_document_is_no_crash() -> None:
    damaged = bytearray(files.ODT)
    at = damaged.index(b"mimetype") + len("mimetype")
    damaged[at : at + 8] = b"\xff" * 8
    assert problem("a.odt", bytes(damaged)) in (FileProblem.UNSAFE, FileProblem.OTHER_CONTENT)
    assert problem("a.ods", files.ODT) is FileProblem.OTHER_CONTENT
