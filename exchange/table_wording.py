"""Every message about somebody's own table, in Japanese and English, each with its remedy."""

from __future__ import annotations

from domain.text import Bilingual
from exchange.remarks import Wording


def _wording(ja: str, en: str, remedy_ja: str, remedy_en: str) -> Wording:
    return Wording(Bilingual(ja, en), Bilingual(remedy_ja, remedy_en))


_NOTHING_TO_DO = ("直さなくてもかまいません。", "Nothing need be done.")
_SHIFTED = (
    "列がずれていないか確かめて、正しい列へ移してください。",
    "See whether the row has shifted, and move the values under their headings.",
)
_IN_MAPPING = (
    "対応表（mapping）の列の名前を、表の見出しのとおりに直してください。",
    "Write the column in the mapping as it stands in the table.",
)

# A sheet as a whole.
NO_SHEET = _wording(
    "「{sheet}」シートがありません。{hint}",
    "There is no sheet “{sheet}”. {hint}",
    "対応表（mapping）のシートの名前を確かめてください（あるのは {sheets}）。",
    "Correct the name in the mapping (there are: {sheets}).",
)
NO_COLUMNS = _wording(
    "対応表（mapping）にある見出しが、どのシートにも見つかりません。",
    "No sheet has the headings of the mapping.",
    "見出しの行を heading_row に書くか、--ask で列を選び直してください。",
    "Say the row of the headings as heading_row, or choose the columns anew with --ask.",
)
NO_HEADING = _wording(
    "「{heading}」という見出しの列がありません。{hint}", "No column has the heading “{heading}”. {hint}", *_IN_MAPPING
)
HEADING_TWICE = _wording(
    "「{heading}」という見出しの列が{count}つあります（{columns}列）。",
    "{count} columns have the heading “{heading}” ({columns}).",
    "見出しを書き分けるか、対応表（mapping）に「{first}列」のように書いてください。",
    "Give them different headings, or write “{first}列” in the mapping.",
)
NO_ROWS = _wording(
    "見出しの下に、読める行がありません。",
    "There are no rows under the headings.",
    "見出しの行と、シートを確かめてください。",
    "Check the row of the headings, and the sheet.",
)
COLUMN_LEFT_OUT = _wording(
    "見出しのない列なので、読み飛ばしました。",
    "The column has no heading and was left out.",
    "要る列なら、見出しを付けてください。",
    "Give it a heading if it is wanted.",
)
NOTE_LEFT_OUT = _wording("注記の行として、読み飛ばしました。", "Left out as a note.", *_NOTHING_TO_DO)
TOTAL_LEFT_OUT = _wording("合計の行として、読み飛ばしました。", "Left out as a row of totals.", *_NOTHING_TO_DO)
ROW_LEFT_OUT = _wording(
    "対応表（mapping）にある列がどれも空欄なので、読み飛ばしました。",
    "Left out: every column of the mapping is empty.",
    "要る行なら、列がずれていないか確かめてください。",
    "If it is wanted, see whether the row has shifted.",
)
NOTHING_ABOVE = _wording(
    "「{typed}」と書かれていますが、上の行に値がありません。",
    "“{typed}” stands here, but there is nothing above.",
    "値を書いてください。",
    "Write the value.",
)

# The tree.
NOTHING_UPPER = _wording(
    "この行が、どの「{level}」に属するのかが分かりません。",
    "To which “{level}” the row belongs is not clear.",
    "「{level}」を書いてください。上の行と同じなら、上の行から続けて書きます。",
    "Write it; only what follows a filled row may be left empty.",
)
LEVEL_SKIPPED = _wording(
    "「{level}」が空欄なので、「{upper}」のすぐ下に置きました。",
    "“{level}” is empty: placed right under “{upper}”.",
    "違うときは、「{level}」を書いてください。",
    "If that is wrong, fill it in.",
)
NO_TITLE = _wording(
    "番号「{number}」に名称がありません。",
    "Number “{number}” has no title.",
    "名称を書いてください。",
    "Write the title.",
)
ROW_WITHOUT_TITLE = _wording(
    "「{level}」の名称が空欄です。",
    "The title of the “{level}” is empty.",
    *_SHIFTED,
)
BESIDE_A_HEADING = _wording(
    "「{level}」の名称がないので見出しの行として読み、横に書かれたことは読み飛ばしました。",
    "Without a title of the “{level}” this was read as a heading; what stands beside it was left out.",
    "「{level}」の行なら、名称を書いてください。",
    "If it is one of the “{level}”, write its title.",
)
TITLE_IS_A_NUMBER = _wording(
    "名称の列に数値（{typed}）があります。",
    "A number ({typed}) stands where a title belongs.",
    *_SHIFTED,
)
TITLE_DIFFERS = _wording(
    "番号「{number}」は、{row}行目では「{title}」です。",
    "Number “{number}” is “{title}” in row {row}.",
    "番号か名称の誤りを直してください。",
    "Correct the number or the title.",
)
NUMBER_TWICE = _wording(
    "番号「{number}」は、{row}行目の「{title}」にも使われています。",
    "Number “{number}” is used for “{title}” in row {row} as well.",
    "どちらかの番号を直してください。",
    "Correct one of the numbers.",
)
NUMBERS_MADE = _wording(
    "「{level}」の番号がない{count}件に、番号を付けました（{examples}）。",
    "{count} of “{level}” have no number and were numbered ({examples}).",
    "計画書に番号があれば、番号の列を作って書いてください。",
    "If the plan prints numbers, add a column of them.",
)
NUMBERS_JOINED = _wording(
    "「{level}」の番号は上位ごとに振られているので、上位の番号をつなげました（{examples}）。",
    "The numbers of “{level}” begin anew under each parent: joined with the parent's ({examples}).",
    *_NOTHING_TO_DO,
)
JOINED_LINES = _wording(
    "セルの中の改行を除いて「{text}」と読みました。",
    "Read without the line break inside the cell: “{text}”.",
    *_NOTHING_TO_DO,
)
JOINED_ROWS = _wording(
    "{row}行目と同じ「{title}」なので、続きの行として読みました。",
    "The same “{title}” as in row {row}: read as its continuation.",
    "別のものなら、番号か名称を書き分けてください。",
    "If it is another one, give it another number or title.",
)
DIFFERS = _wording(
    "「{title}」の「{heading}」が、{row}行目と違います。",
    "“{heading}” of “{title}” is not what row {row} says.",
    "どちらかに合わせてください。",
    "Make them alike.",
)
CLASS_UNKNOWN = _wording(
    "「{typed}」は、対応表（mapping）の区分にありません。{hint}",
    "The mapping has no class “{typed}”. {hint}",
    "書き方を直すか、対応表（mapping）の measure_class に加えてください。",
    "Correct it, or add it to measure_class in the mapping.",
)

# Departments and people.
DEPARTMENT_IS_A_NUMBER = _wording(
    "部署の列に数値（{typed}）があります。", "A number ({typed}) stands where a department belongs.", *_SHIFTED
)
FIRST_DEPARTMENT = _wording(
    "部署が複数あります。報告は最初の「{first}」にお願いします（ほかは {others}）。",
    "There are several departments: “{first}”, the first, will be asked to report (not {others}).",
    "別の部署が報告するなら、その部署を先頭に書いてください。",
    "If another one reports, put it first.",
)
NO_DEPARTMENT = _wording(
    "所管課が空欄の{count}件があります（{examples}）。計画担当がお世話をします。",
    "{count} have no department ({examples}): they are left to the planning division.",
    "所管課が決まっていれば、書いてください。",
    "Fill in the department where there is one.",
)
DEPARTMENT_DIFFERS = _wording(
    "「{department}」の{what}が、{row}行目では「{before}」です。",
    "The {what} of “{department}” is “{before}” in row {row}.",
    "どちらかに合わせてください。",
    "Make them alike.",
)
PERSON_DIFFERS = _wording(
    "「{email}」の氏名が、{row}行目では「{before}」です。",
    "The name of “{email}” is “{before}” in row {row}.",
    "どちらかに合わせてください。",
    "Make them alike.",
)
NO_ADDRESS = _wording(
    "「{name}」のメールアドレスがないので、登録しませんでした。",
    "“{name}” has no mail address and was left out.",
    "依頼を届けるには、メールアドレスを書いてください。",
    "Write an address to reach them.",
)
NAMES_MISSING = _wording(
    "氏名のない{count}人を、「{example}」のように登録しました。",
    "{count} people without a name are called like “{example}”.",
    "氏名の列を作るか、あとで組織のファイルで直してください。",
    "Add a column of names, or correct them later in an organisation file.",
)
NOBODY_TO_ASK = _wording(
    "担当者も代表メールもない部署があります（{departments}）。依頼は計画担当に届きます。",
    "Some departments have neither staff nor a shared mailbox ({departments}): the planning division gets their mails.",
    "メールアドレスの列を作って書いてください。",
    "Add a column of mail addresses.",
)

# Indicators.
NO_INDICATOR_NAME = _wording(
    "値がありますが、指標の名前が空欄です。", "There are values, but the indicator has no name.", *_SHIFTED
)
NODE_UNKNOWN = _wording(
    "「{typed}」という番号も名称も、「{sheet}」シートにありません。{hint}",
    "The sheet “{sheet}” has neither a number nor a title “{typed}”. {hint}",
    "番号か名称を、表のとおりに書いてください。",
    "Write the number or the title as the table has it.",
)
NODE_AMBIGUOUS = _wording(
    "「{typed}」は{count}か所にあります（{codes}）。",
    "“{typed}” stands in {count} places ({codes}).",
    "番号で書いてください。",
    "Write the number.",
)
OF_THE_PLAN = _wording(
    "「{name}」は、どの施策の指標か書かれていないので、計画全体の指標にしました。",
    "“{name}” names no measure: taken as an indicator of the whole plan.",
    "施策の指標なら、番号か名称を書いてください。",
    "If it belongs to a measure, write its number or title.",
)
INDICATOR_TWICE = _wording(
    "指標「{name}」は{row}行目にもあり、内容が違います。",
    "Indicator “{name}” stands in row {row} as well, with other contents.",
    "名前を書き分けるか、どちらかの行を削除してください。",
    "Give them different names, or delete one of the rows.",
)
NO_YEAR = _wording(
    "「{heading}」が、どの年度の実績なのかが分かりません。",
    "Of which fiscal year “{heading}” holds the actual values is not clear.",
    "見出しに年度を書くか、対応表（mapping）に year を書いてください。",
    "Write the year into the heading, or as year in the mapping.",
)
NOT_A_FIGURE = _wording(
    "「{typed}」は数値として読めません。",
    "“{typed}” cannot be read as a number.",
    "数字だけを書いてください。列がずれていないかも確かめてください。",
    "Write the number alone, and see whether the row has shifted.",
)
OTHER_UNIT = _wording(
    "「{typed}」の単位が、単位の列の「{unit}」と違います。",
    "The unit of “{typed}” is not “{unit}”, as the column of units says.",
    "単位をそろえ、数字だけを書いてください。",
    "Make the units alike, and write the number alone.",
)
IN_WORDS = _wording(
    "数値ではないので、言葉のまま「{typed}」と読みました。達成率は計算しません。",
    "Not a number: kept in words, “{typed}”. No rate is computed.",
    *_NOTHING_TO_DO,
)
VALUE_FROM_ABOVE = _wording(
    "結合されたセルか「〃」なので、上の行の値（{value}）をこの指標の値としても読みました。",
    "Merged with the cell above, or 〃: its value ({value}) was read for this indicator too.",
    "違うときは、値をそれぞれの行に書いてください。",
    "If that is wrong, write the value in each row.",
)
DIRECTION_UNKNOWN = _wording(
    "「{typed}」は、増やす・減らす・維持するのどれとも読めません。",
    "“{typed}” does not say whether more, less or the same is better.",
    "「増加」「減少」「維持」のどれかを書くか、空欄にしてください。",
    "Write 増加 (more), 減少 (less) or 維持 (keep), or leave it empty.",
)
DIRECTION_READ = _wording(
    "望ましい方向が書かれていない{count}件は、基準値と目標値から読み取りました。",
    "{count} do not say which way is better: read from baseline and target.",
    "違うときは、方向の列を作って書いてください。",
    "If that is wrong, add a column of directions.",
)
WRONG_ADDRESS = _wording(
    "「{typed}」はメールアドレスではありません。",
    "“{typed}” is no mail address.",
    "name@city.example.lg.jp の形で書いてください。",
    "Write it like name@city.example.lg.jp.",
)
