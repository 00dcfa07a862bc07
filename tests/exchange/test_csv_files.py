"""CSV files as Japanese offices exchange them: encodings, names, and nothing that a spreadsheet would run."""

from __future__ import annotations

import csv
import unicodedata
from collections.abc import Callable
from io import BytesIO, StringIO
from zipfile import ZipFile, ZipInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange import csv_files, wording
from exchange.archive import LARGEST_FILE
from exchange.csv_grid import guarded, read_grid, unguarded
from exchange.remarks import Wording
from exchange.sheets import SHEETS
from tests.exchange.altered import only, refused
from tests.exchange.full_plan import full_plan


def files_of(content: bytes) -> dict[str, bytes]:
    with ZipFile(BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zipped(files: dict[str, bytes], named: Callable[[str], ZipInfo | str] = str) -> bytes:
    content = BytesIO()
    with ZipFile(content, "w") as archive:
        for name, text in files.items():
            archive.writestr(named(name), text)
    return content.getvalue()


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    return files_of(csv_files.write(full_plan()))


def test_there_is_one_file_for_each_sheet_in_their_order(files: dict[str, bytes]) -> None:
    assert list(files) == [f"{i:02}_{sheet.name.ja}.csv" for i, sheet in enumerate(SHEETS, 1)]


def test_every_file_opens_in_excel(files: dict[str, bytes]) -> None:
    assert all(text.startswith(b"\xef\xbb\xbf") for text in files.values())
    assert all(text.endswith(b"\r\n") for text in files.values())


def test_nothing_in_a_file_is_taken_for_a_formula(files: dict[str, bytes]) -> None:
    for text in files.values():
        for row in csv.reader(StringIO(text.decode("utf-8-sig"), newline="")):
            for cell in row:
                is_number = cell.lstrip("-").replace(".", "", 1).isdecimal()
                assert is_number or not cell.startswith(("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠"))


@given(st.one_of(st.text(), st.text("'=+-@＝"), st.from_regex(r"['=+@-].*")))
def test_a_guarded_text_comes_back(text: str) -> None:
    assert unguarded(guarded(text)) == text
    assert not guarded(text).startswith(("=", "+", "-", "@", "\t", "\r"))


def test_an_apostrophe_that_guards_nothing_is_kept() -> None:
    assert unguarded("'90年代") == "'90年代"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932", "utf-16"])
def test_files_are_read_in_the_encodings_of_offices(files: dict[str, bytes], encoding: str) -> None:
    other = {name: text.decode("utf-8-sig").encode(encoding) for name, text in files.items()}
    assert csv_files.read(zipped(other)).definition == full_plan()


def test_line_ends_of_any_kind_are_read(files: dict[str, bytes]) -> None:
    other = {name: text.replace(b"\r\n", b"\n") for name, text in files.items()}
    assert csv_files.read(zipped(other)).definition == full_plan()


class PackedByWindows(ZipInfo):
    """A file in a zip that has its name in CP932, without the flag that would say UTF-8."""

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:  # noqa: N802
        return self.filename.encode("cp932"), self.flag_bits


def test_a_zip_packed_by_windows_has_its_names_in_cp932(files: dict[str, bytes]) -> None:
    content = zipped(files, PackedByWindows)
    assert list(files_of(content)) != list(files)
    assert csv_files.read(content).definition == full_plan()


def test_files_may_lie_in_a_folder_beside_what_a_mac_adds(files: dict[str, bytes]) -> None:
    other = {f"計画/{unicodedata.normalize('NFD', name)}": text for name, text in files.items()}
    other |= {"__MACOSX/計画/._01_計画.csv": b"\0\0", "計画/.DS_Store": b"\0", "計画/": b""}
    assert csv_files.read(zipped(other)).definition == full_plan()


def test_a_file_may_be_named_without_its_number(files: dict[str, bytes]) -> None:
    assert csv_files.read(zipped({n.partition("_")[2]: t for n, t in files.items()})).definition == full_plan()


def test_a_file_in_no_known_encoding_is_named(files: dict[str, bytes]) -> None:
    said = only(refused(lambda: csv_files.read(zipped({**files, "03_系譜.csv": b"\xff\xfe\xff\x00\x81"}))))
    assert (said.sheet, said.message.ja) == ("03_系譜.csv", "文字コードを判別できません。")


def test_a_file_with_an_open_quotation_mark_is_named(files: dict[str, bytes]) -> None:
    said = only(refused(lambda: csv_files.read(zipped({**files, "03_系譜.csv": b'a,"b'}))))
    assert said.sheet == "03_系譜.csv"
    assert said.message.ja.startswith("CSVとして読めません（")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", wording.EMPTY),
        (b"a,b\r\n", wording.NOT_AN_ARCHIVE),
        (zipped({"a.txt": b"x"}), wording.NOT_AN_ARCHIVE),
        (b"PK" + bytes(LARGEST_FILE), wording.TOO_LARGE),
    ],
    ids=["nothing", "a csv file", "other files", "too large"],
)
def test_what_is_no_zip_of_csv_files_is_refused(content: bytes, message: Wording) -> None:
    said = only(refused(lambda: csv_files.read(content)))
    assert said.message.ja.partition("5")[0] == message.message.ja.partition("{")[0]


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    content = BytesIO()
    with ZipFile(content, "w", 8) as archive:
        archive.writestr("01_計画.csv", bytes(30_000_000))
    assert only(refused(lambda: csv_files.read(content.getvalue()))).message == wording.UNSAFE.message


def test_a_table_may_be_separated_by_tabs() -> None:
    assert read_grid("コード\t名称\n1\ta,b\n".encode(), "x").rows == (("コード", "名称"), ("1", "a,b"))


def test_a_table_that_is_too_wide_is_refused() -> None:
    assert "多すぎます" in only(refused(lambda: read_grid(b"," * 300, "x"))).message.ja
