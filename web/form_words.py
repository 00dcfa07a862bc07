"""様式: why a city's own Word template cannot be used, in words and with what to do."""

from __future__ import annotations

import i18n
from documents.word_safety import TemplateProblem, UnfitTemplate
from i18n import N_

FORM_PROBLEMS = {
    "form_file_missing": N_("様式のファイルを選んでください。"),
    "form_not_there": N_("すでに標準の様式が使われています。"),
}
_PROBLEMS = {
    TemplateProblem.NAME_UNFIT: N_(
        "ファイル名に使えない文字があるか、長すぎます。ファイル名を200文字以内の普通の文字に変えてください。"
    ),
    TemplateProblem.NOT_WORD: N_(
        "Wordの文書（.docx）ではありません。マクロ付き（.docm）、古い形式（.doc）、テンプレート（.dotx）は使えません。"
        "Wordで開き、「Word文書（.docx）」として保存し直してください。"
    ),
    TemplateProblem.LOCKED: N_(
        "パスワード付きか古い形式です。パスワードを外し、「Word文書（.docx）」として保存し直してください。"
    ),
    TemplateProblem.TOO_LARGE: N_("ファイルが5 MBを超えています。画像を縮小してください。"),
    TemplateProblem.TOO_LARGE_INSIDE: N_(
        "壊れているか、開くと非常に大きくなるファイルです。Wordで開き、画像を縮小してから保存し直してください。"
    ),
    TemplateProblem.ODD_PARTS: N_(
        "Wordの様式に使わないものが入っています。Wordで新しい文書に内容を写し、保存し直してください。"
    ),
    TemplateProblem.DECLARATION: N_(
        "Wordが書かない宣言（DTD）が入っています。Wordで新しい文書に内容を写し、保存し直してください。"
    ),
    TemplateProblem.RUNS_SOMETHING: N_(
        "マクロ、埋め込まれたファイル（Excelのグラフなど）、別のテンプレートへのつながりのいずれかが入っています。"
        "これらを取り除いて保存し直してください。図は画像として貼り付けてください。"
    ),
    TemplateProblem.FETCHES_SOMETHING: N_(
        "ほかの場所から画像や文書を読み込む設定（リンクされた画像、INCLUDEPICTUREなど）が入っています。"
        "画像は「リンク」ではなく、文書の中に貼り付けてください。"
    ),
    TemplateProblem.SYNTAX: N_(
        "差し込みの書き方に誤りがあります。波かっこの数、forとendfor、ifとendifの対応を確かめてください。"
    ),
    TemplateProblem.UNKNOWN_NAME: N_(
        "この文書にない名前が使われているか、空になることのある項目の中の名前が使われています。"
        "下の「使える名前」の表を確かめてください。"
        "空になることのある項目は、「if 名前」と「endif」で囲みます。"
    ),
    TemplateProblem.FORBIDDEN: N_("差し込みに使えない命令が書かれています。その命令を取り除いてください。"),
    TemplateProblem.TOO_LONG: N_("差し込みに時間がかかりすぎます。繰り返し（for）の中の繰り返しを見直してください。"),
    TemplateProblem.TOO_MUCH: N_(
        "差し込んだ結果が大きくなりすぎます。繰り返し（for）の中の繰り返しや、大きな画像を見直してください。"
    ),
    TemplateProblem.MARKS_MISSING: N_(
        "見本や模擬データの印が、差し込んだ結果に表れません。「{{ marks_line }}」をフッターなどに入れてください。"
    ),
    TemplateProblem.UNREADABLE: N_(
        "差し込みができませんでした。段落（p）や表の行（tr）の命令が、段落や行の中にそれだけで置いてあるか確かめてください。"
    ),
}
_WHAT = N_("問題のあるところ：%(what)s")
_PLACE = N_("その段落：%(place)s")


def form_problem_in_words(code: str, language: str) -> str:
    """A problem as the record keeps it."""
    return i18n.translate(language, _PROBLEMS[TemplateProblem(code)])


def unfit_in_words(unfit: UnfitTemplate, language: str) -> list[str]:
    """What is wrong, then which name or part, then where: each a line of its own."""
    said = [form_problem_in_words(unfit.problem.value, language)]
    if unfit.what:
        said.append(i18n.translate(language, _WHAT, what=unfit.what))
    if unfit.place:
        said.append(i18n.translate(language, _PLACE, place=unfit.place))
    return said
