"""Every message about a table that people wrote, in Japanese and English, each with its remedy."""

from __future__ import annotations

from domain.text import Bilingual
from exchange.remarks import Wording


def _wording(ja: str, en: str, remedy_ja: str, remedy_en: str) -> Wording:
    return Wording(Bilingual(ja, en), Bilingual(remedy_ja, remedy_en))


def did_you_mean(nearest: str | None) -> Bilingual:
    """A hint at what may have been meant, or nothing."""
    if nearest is None:
        return Bilingual("", " ")
    return Bilingual(f"「{nearest}」の書き誤りではありませんか。", f"Did you mean “{nearest}”?")


_EXPORT_AGAIN = (
    "Excelで開き、「Excelブック（*.xlsx）」の形式で保存し直してください。",
    "Open it in Excel and save it as “Excel Workbook (*.xlsx)”.",
)

# The file as a whole.
EMPTY = _wording(
    "ファイルが空です。", "The file is empty.", "正しいファイルかどうかをご確認ください。", "Check which file it is."
)
TOO_LARGE = _wording(
    "ファイルが大きすぎます（上限は{limit}MBです）。",
    "The file is too large (the limit is {limit} MB).",
    "画像や、使っていないシートを取り除いてください。",
    "Remove pictures and sheets that are not needed.",
)
OTHER_MUNICIPALITY = _wording(
    "ほかの市町村（{said}）の計画です。",
    "This is a plan of another municipality ({said}).",
    "「計画」シートの市町村コードを「{own}」にしてください。",
    "Make the code of the municipality “{own}”.",
)
OLD_FORMAT = _wording(
    "古い形式（.xls）のExcelファイルです。", "This is a workbook of the old format (.xls).", *_EXPORT_AGAIN
)
BINARY_FORMAT = _wording(
    "バイナリ形式（.xlsb）のExcelファイルです。", "This is a binary workbook (.xlsb).", *_EXPORT_AGAIN
)
ENCRYPTED = _wording(
    "パスワードで保護されたファイルです。",
    "The file is protected by a password.",
    "Excelで開き、［ファイル］→［情報］→［ブックの保護］でパスワードを外して保存し直してください。",
    "Open it in Excel, remove the password under File, Info, Protect Workbook, and save it.",
)
MACROS = _wording(
    "マクロを含むファイルです。安全のため読み込みません。",
    "The file holds macros and is not read, for safety.",
    *_EXPORT_AGAIN,
)
OTHER_FORMAT = _wording(
    "{format}のファイルです。Excelブックとしては読めません。",
    "This is a file of {format}, not a workbook.",
    *_EXPORT_AGAIN,
)
NOT_A_WORKBOOK = _wording("Excelブックではありません。", "This is not a workbook.", *_EXPORT_AGAIN)
NOT_AN_ARCHIVE = _wording(
    "CSVをまとめたZIPファイルではありません。",
    "This is not a zip file of CSV files.",
    "書き出したZIPファイルと同じ形にまとめてください。",
    "Pack the files as they were exported.",
)
DAMAGED = _wording(
    "ファイルが壊れているため、読めません。",
    "The file is damaged and cannot be read.",
    "Excelで開けるかどうかを確かめ、開けたら保存し直してください。",
    "See whether Excel opens it, and save it again.",
)
UNSAFE = _wording(
    "中身が不自然に大きいか、許されない記述があるため、安全のため読み込みません。",
    "The inside is unnaturally large, or holds what is not allowed: it is not read, for safety.",
    "Excelで開き、必要なシートだけを新しいブックに写して保存してください。",
    "Open it in Excel, copy the sheets you need into a new workbook and save that.",
)
TOO_MANY_ROWS = _wording(
    "行か列が多すぎます（上限は{rows}行、{columns}列です）。",
    "There are too many rows or columns (the limit is {rows} rows and {columns} columns).",
    "表の下や右にある、使っていない行や列を削除してください。",
    "Delete unused rows and columns below and beside the table.",
)
NOT_A_KNOWN_ENCODING = _wording(
    "文字コードを判別できません。",
    "The encoding of the text is not known.",
    "UTF-8かShift_JISで保存し直してください。",
    "Save it as UTF-8 or Shift_JIS.",
)
NOT_CSV = _wording(
    "CSVとして読めません（{reason}）。",
    "This cannot be read as CSV ({reason}).",
    "区切りと引用符をご確認ください。",
    "Check separators and quotation marks.",
)

# A sheet as a whole.
SHEET_MISSING = _wording(
    "シートがありません。",
    "The sheet is not there.",
    "書き出したファイルのシートは、消さずに残してください。中身を消すときは、見出しの下の行を空にします。",
    "Keep the sheets of the exported file; to take things out, empty the rows under the headings.",
)
SHEET_MISSING_READ_AS_EMPTY = _wording(
    "シートがないため、0件として読みました。",
    "The sheet is not there: read as holding nothing.",
    "消すつもりがなければ、書き出したファイルからシートを戻してください。",
    "If that was not meant, put the sheet back from the exported file.",
)
SHEET_UNKNOWN = _wording(
    "知らない名前のシートなので、読み飛ばしました。",
    "No sheet of this name is known: it was left out.",
    "{hint}",
    "{hint}",
)
SHEET_MISNAMED = _wording(
    "知らない名前のシートです。{hint}",
    "No sheet of this name is known. {hint}",
    "シートの名前を、書き出したときのとおりに戻してください。",
    "Give the sheet the name it was exported with.",
)
SHEET_TWICE = _wording(
    "同じ名前の表が2つあります。",
    "There are two tables of this name.",
    "1つにまとめてください。",
    "Put them together.",
)
SHEET_HIDDEN = _wording(
    "非表示のシートですが、読み込みました。",
    "The sheet is hidden, and was read.",
    "要らなければ、中身を空にしてください。",
    "Empty it if it is not wanted.",
)
NO_HEADINGS = _wording(
    "見出しの行が見つかりません。",
    "The row of headings was not found.",
    "書き出したときの見出しを、表の上に1行で置いてください。",
    "Put the exported headings in one row above the table.",
)
HEADING_UNKNOWN = _wording(
    "「{heading}」という見出しは知りません。{hint}",
    "There is no heading “{heading}”. {hint}",
    "見出しを直すか、要らない列なら削除してください。",
    "Correct the heading, or delete the column if it is not wanted.",
)
HEADING_MISSING = _wording(
    "「{heading}」の列がありません。",
    "There is no column “{heading}”.",
    "書き出したときの見出しで、列を戻してください。",
    "Put the column back under the heading it was exported with.",
)
HEADING_TWICE = _wording(
    "「{heading}」の列が2つあります。",
    "There are two columns “{heading}”.",
    "どちらかを削除してください。",
    "Delete one of them.",
)
VALUE_WITHOUT_HEADING = _wording(
    "見出しのない列に「{value}」があります。列がずれていませんか。",
    "“{value}” stands in a column without a heading. Did the columns shift?",
    "正しい見出しの下へ移すか、削除してください。",
    "Move it under its heading, or delete it.",
)
HEADINGS_REPEATED = _wording(
    "見出しの行が繰り返されているので、読み飛ばしました。",
    "The headings are repeated here: the row was left out.",
    "直さなくてもかまいません。",
    "Nothing need be done.",
)
MERGED = _wording(
    "{range}のセルが結合されています。どの行の値なのかが分かりません。",
    "The cells {range} are merged: to which row the value belongs is not clear.",
    "結合を解除し、値をそれぞれの行に書いてください。",
    "Unmerge them and write the value in each row.",
)
MERGED_FILLED = _wording(
    "{range}の結合を解き、「{value}」をすべての行の値として読みました。",
    "The merged cells {range} were read as “{value}” in every row.",
    "違う行があれば、結合を解除して直してください。",
    "If a row differs, unmerge them and correct it.",
)

# A row.
ROW_REPEATED = _wording(
    "{row}行目と同じ内容なので、1回だけ読みました。",
    "The same as row {row}: taken once.",
    "直さなくてもかまいません。",
    "Nothing need be done.",
)
CODE_TWICE = _wording(
    "「{code}」は{row}行目でも使われていて、内容が違います。",
    "“{code}” is used in row {row} as well, with other contents.",
    "どちらかのコードを変えるか、重なった行を削除してください。",
    "Change one of the codes, or delete the row that is too many.",
)

OWNER_MISSING = _wording(
    "「{sheet}」シートには何も書かれていません。",
    "The sheet “{sheet}” says nothing.",
    "「{sheet}」シートを埋めるか、この行を空にしてください。",
    "Fill in that sheet, or empty this row.",
)

# A cell.
MISSING = _wording("「{heading}」が空欄です。", "“{heading}” is empty.", "値を入れてください。", "Fill it in.")
BROKEN = _wording(
    "数式のエラー（{error}）です。",
    "The formula ends in an error ({error}).",
    "数式を直すか、値を直接書いてください。",
    "Correct the formula, or write the value itself.",
)
UNCOMPUTED = _wording(
    "計算されていない数式です。",
    "The formula was never computed.",
    "Excelで開いて保存し直すか、値を直接書いてください。",
    "Open the file in Excel and save it, or write the value itself.",
)
CODE_IS_A_DAY = _wording(
    "コードが日付（{day}）に変わっています。もとは「{guess}」ではありませんか。",
    "The code has turned into a day ({day}). Was it “{guess}”?",
    "列の表示形式を「文字列」にしてから、書き直してください。",
    "Format the column as text, and write it again.",
)
CODE_IS_A_FRACTION = _wording(
    "コードが数値なので、「{code}」と読みました。末尾の0は失われているかもしれません。",
    "The code is a number, read as “{code}”; a 0 at its end may be lost.",
    "列の表示形式を「文字列」にして、コードをご確認ください。",
    "Format the column as text, and check the code.",
)
CODE_CHANGED = _wording(
    "「{typed}」を「{code}」と読みました（全角、空白、記号をそろえました）。",
    "“{typed}” was read as “{code}” (width, blanks and signs made alike).",
    "そのままでよければ、直さなくてもかまいません。",
    "Nothing need be done if that is right.",
)
RADICALS = _wording(
    "部首用の文字を普通の漢字に直しました（{changes}）。",
    "Radicals were replaced by the characters they look like ({changes}).",
    "直さなくてもかまいません。",
    "Nothing need be done.",
)
INVISIBLE = _wording(
    "目に見えない文字（改行しない空白など）があります。そのまま読みました。",
    "There are invisible characters (such as non-breaking blanks), read as they are.",
    "要らなければ、書き直してください。",
    "Write the text again without them if they are not wanted.",
)
TEXT_IS_A_DAY = _wording(
    "日付として入力されているので、「{text}」と読みました。",
    "The cell is a day, read as “{text}”.",
    "違うときは、列の表示形式を「文字列」にして書き直してください。",
    "If that is wrong, format the column as text and write it again.",
)
PERCENT = _wording(
    "パーセント表示の数値なので、{value}と読みました。",
    "The number is shown in percent, read as {value}.",
    "違うときは、表示形式を「標準」にして書き直してください。",
    "If that is wrong, format it as a plain number and write it again.",
)
NOT_A_NUMBER = _wording(
    "「{typed}」は数値ではありません。",
    "“{typed}” is no number.",
    "数字だけを書いてください（単位は付けません）。例：1234.5",
    "Write the number alone, without its unit: 1234.5",
)
NOT_WHOLE = _wording(
    "「{typed}」は整数ではありません。",
    "“{typed}” is no whole number.",
    "整数を書いてください。",
    "Write a whole number.",
)
NOT_A_DAY = _wording(
    "「{typed}」は日付として読めません。",
    "“{typed}” cannot be read as a day.",
    "「2021-04-01」か「令和3年4月1日」の形で書いてください。",
    "Write it like 2021-04-01 or 令和3年4月1日.",
)
NOT_A_YEAR = _wording(
    "「{typed}」は年度として読めません。",
    "“{typed}” cannot be read as a fiscal year.",
    "「2021」か「令和3年度」の形で書いてください。",
    "Write it like 2021 or 令和3年度.",
)
NOT_A_MONTH = _wording(
    "「{typed}」は年と月として読めません。",
    "“{typed}” cannot be read as a year and a month.",
    "「2021-03」か「令和3年3月」の形で書いてください。",
    "Write it like 2021-03 or 令和3年3月.",
)
NOT_A_MONTH_DAY = _wording(
    "「{typed}」は月と日として読めません。",
    "“{typed}” cannot be read as a month and a day.",
    "「4月1日」の形で書いてください。",
    "Write it like 4月1日.",
)
NOT_A_TIME = _wording(
    "「{typed}」は時刻として読めません。",
    "“{typed}” cannot be read as a time.",
    "「09:00」の形で書いてください。",
    "Write it like 09:00.",
)
NOT_A_CHOICE = _wording(
    "「{typed}」は選択肢にありません。{hint}",
    "“{typed}” is none of the choices. {hint}",
    "次の中から選んでください：{choices}",
    "Choose one of: {choices}",
)
NOT_YES_OR_NO = _wording(
    "「{typed}」は「はい」でも「いいえ」でもありません。",
    "“{typed}” is neither yes nor no.",
    "「はい」か「いいえ」を選んでください。",
    "Choose はい (yes) or いいえ (no).",
)
CODE_UNKNOWN = _wording(
    "「{code}」は「{sheet}」シートにありません。{hint}",
    "The sheet “{sheet}” has no “{code}”. {hint}",
    "コードを直すか、「{sheet}」シートに行を足してください。",
    "Correct the code, or add a row to that sheet.",
)
LANGUAGES_DIFFER = _wording(
    "日本語は{ja}行、英語は{en}行で、対応しません。",
    "There are {ja} lines in Japanese and {en} in English.",
    "英語を同じ行数にするか、空欄にしてください。",
    "Write as many lines in English, or leave them out.",
)
NOT_ACCEPTED = _wording(
    "この値は受け付けられません（{reason}）。",
    "The value is not accepted ({reason}).",
    "値をご確認ください。",
    "Check the value.",
)
