"""Attachments in words: how large a file is, and why one was not attached, each with what to do."""

from __future__ import annotations

from collections.abc import Sequence

import i18n
from domain.attachment import MEGABYTE, FileProblem
from i18n import N_
from records.attachments import RefusedFile

_PROBLEMS = {
    FileProblem.NAME_UNFIT: N_(
        "「%(name)s」は、ファイル名に使えない文字（制御文字など）が含まれているため添付できませんでした。ファイル名を変えて、もう一度添付してください。"
    ),
    FileProblem.NAME_TOO_LONG: N_(
        "「%(name)s」は、ファイル名が長すぎるため添付できませんでした。200文字以内に短くして、もう一度添付してください。"
    ),
    FileProblem.EMPTY: N_("「%(name)s」は、中身が空のため添付できませんでした。ファイルを開いて内容をご確認ください。"),
    FileProblem.TOO_LARGE: N_(
        "「%(name)s」は、5 MBを超えるため添付できませんでした。画像を縮小するか、ファイルを分けて添付してください。"
    ),
    FileProblem.TYPE_NOT_TAKEN: N_(
        "「%(name)s」は、添付できない種類のファイルです。PDFや画像（PNG、JPEG）などに変換して添付してください。"
    ),
    FileProblem.OTHER_CONTENT: N_(
        "「%(name)s」は、拡張子とファイルの中身が合わないため添付できませんでした。作成したソフトで開き、保存し直してから添付してください。"
    ),
    FileProblem.LOCKED: N_(
        "「%(name)s」は、パスワード付きか古い形式のため添付できませんでした。パスワードを外し、新しい形式で保存し直してから添付してください。"
    ),
    FileProblem.MACROS: N_(
        "「%(name)s」は、マクロが含まれているため添付できませんでした。マクロのない形式で保存し直してから添付してください。"
    ),
    FileProblem.UNSAFE: N_(
        "「%(name)s」は、壊れているか、開くと非常に大きくなるため添付できませんでした。作成したソフトで開き、保存し直してから添付してください。"
    ),
    FileProblem.TOO_MANY_PIXELS: N_(
        "「%(name)s」は、4,000万画素を超えるため添付できませんでした。画像を縮小してから添付してください。"
    ),
    FileProblem.ATTACHED_ALREADY: N_("「%(name)s」は、同じ内容のファイルがすでに添付されています。"),
    FileProblem.TOO_MANY: N_(
        "「%(name)s」は、10個を超えるため添付できませんでした。要らないファイルを外してから添付してください。"
    ),
    FileProblem.TOO_LARGE_TOGETHER: N_(
        "「%(name)s」は、合わせて20 MBを超えるため添付できませんでした。要らないファイルを外してから添付してください。"
    ),
}
_NONE_CHOSEN = N_("添付するファイルを選んでください。")


def refused_in_words(refused: Sequence[RefusedFile], language: str) -> list[str]:
    """What was wrong with the files of an upload, file by file; with no file at all where there was none."""
    said = [i18n.translate(language, _PROBLEMS[one.problem], name=one.name) for one in refused]
    return said or [i18n.translate(language, _NONE_CHOSEN)]


def size_in_words(size: int) -> str:
    """Bytes as people read them: 340 KB, 1.2 MB."""
    return f"{size / MEGABYTE:.1f} MB" if size >= MEGABYTE else f"{max(1, round(size / 1024)):,} KB"
