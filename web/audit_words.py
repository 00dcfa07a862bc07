"""The audit log in plain words: each action, what belongs together, and the names of details."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import i18n
from i18n import N_

ACTIONS = {
    "check_in.asked": N_("状況確認を求めた"),
    "check_in.submitted": N_("状況確認を提出した"),
    "city.paused": N_("すべての期限を止めた"),
    "city.resumed": N_("止めていた期限を再開した"),
    "cycle.closed": N_("年度のサイクルを終了した"),
    "cycle.collection_closed": N_("報告の受付を締め切り、評価を始めた"),
    "cycle.evaluation_finished": N_("年度の評価を締めた"),
    "cycle.opened": N_("年度のサイクルを開始した"),
    "cycle.owners_frozen": N_("年度の所管を確定した"),
    "department.created": N_("部署を登録した"),
    "digest.failed": N_("まとめメールを送れなかった"),
    "digest.obsolete": N_("まとめメールの送信を取りやめた"),
    "digest.opened": N_("まとめメールを用意した"),
    "digest.sent": N_("まとめメールを送った"),
    "digest.unknown": N_("まとめメールが届いたか分からなくなった"),
    "document.own_form_failed": N_("市の様式に差し込めず、標準の様式で文書を作成した"),
    "document.rendered": N_("文書を作成した"),
    "edition.corrected": N_("計画の正誤の版を作成した"),
    "edition.made": N_("計画の次の版を作成した"),
    "edition.took_effect": N_("計画の新しい版が施行された"),
    "edition.undone": N_("作成した版を取り消した"),
    "event.registered": N_("見直しのきっかけを登録した"),
    "form.replaced": N_("文書の様式を市のものにした"),
    "form.taken_out": N_("文書の様式を標準に戻した"),
    "indicator.not_taken": N_("報告された実績値を取り込まなかった"),
    "indicator.reported": N_("報告された実績値を記録した"),
    "mail.claimed": N_("メールの送信を予定した"),
    "mail.failed": N_("メールを送れなかった"),
    "mail.gathered": N_("メールをまとめメールに入れた"),
    "mail.inflight": N_("メールを送り始めた"),
    "mail.obsolete": N_("メールの送信を取りやめた"),
    "mail.queued": N_("メールを送り直すことにした"),
    "mail.sent": N_("メールを送った"),
    "mail.sent_again": N_("メールをもう一度送ることにした"),
    "mail.settled": N_("メールの用件を別の方法で済ませた"),
    "mail.tested": N_("試しのメールを自分に送った"),
    "mail.unknown": N_("メールが届いたか分からなくなった"),
    "matter.attached": N_("付議事項にファイルを添付した"),
    "matter.attachment_removed": N_("付議事項の添付ファイルを外した"),
    "matter.raised": N_("付議した"),
    "matter.turn_ended": N_("付議事項の扱いが決まった"),
    "matter.wanted_by": N_("付議事項の希望日を変えた"),
    "measure.evaluated": N_("施策を評価した"),
    "meeting.agenda_changed": N_("会議の議題を変えた"),
    "meeting.cancelled": N_("会議を中止した"),
    "meeting.changed": N_("会議の日時や場所を変えた"),
    "meeting.invited": N_("会議を案内した"),
    "meeting.planned": N_("会議を予定した"),
    "meeting.recorded": N_("会議の結果を記録した"),
    "meeting.taken_in": N_("待っていたものを議題に加えた"),
    "opinion.answered": N_("意見に回答した"),
    "opinion.linked": N_("意見を施策に結び付けた"),
    "opinion.received": N_("意見を受け付けた"),
    "opinion.unlinked": N_("意見と施策の結び付けを外した"),
    "opinions.imported": N_("意見をファイルから取り込んだ"),
    "opinions.window_set": N_("意見の募集期間を定めた"),
    "organisation.imported": N_("組織のファイルを取り込んだ"),
    "plan.clock_changed": N_("計画の時計を変えた"),
    "plan.dates_changed": N_("計画の日付を変えた"),
    "plan.imported": N_("計画を取り込んだ"),
    "plan.process_begun_anew": N_("処理を記録から始め直した"),
    "plan.questions_changed": N_("計画の設問を変えた"),
    "plan.switches_changed": N_("計画の設定を変えた"),
    "project.cadence_set": N_("状況確認の頻度を変えた"),
    "project.ended": N_("キープロジェクトを終えた"),
    "project.indicator_added": N_("キープロジェクトの指標を加えた"),
    "project.measured": N_("キープロジェクトの値を記録した"),
    "project.opened": N_("キープロジェクトを登録した"),
    "project.rewritten": N_("キープロジェクトの内容を直した"),
    "project.route_decided": N_("キープロジェクトの進め方を決めた"),
    "reorganisation.entered": N_("機構改革を登録した"),
    "reorganisation.took_effect": N_("機構改革が実施された"),
    "reorganisation.withdrawn": N_("機構改革の登録を取り下げた"),
    "report.approved": N_("報告を承認した"),
    "report.attached": N_("報告にファイルを添付した"),
    "report.attachment_removed": N_("報告の添付ファイルを外した"),
    "report.exempted": N_("報告を免除した"),
    "report.reassigned": N_("報告の所管を変えた"),
    "report.returned": N_("報告を差し戻した"),
    "report.submitted": N_("報告を提出した"),
    "request.extended": N_("報告の期限を延長した"),
    "request.withdrawn": N_("依頼を取り下げた"),
    "request.workbook_taken": N_("回答用のブックを取り込んだ"),
    "review.body_decided": N_("見直しについて会議体の結果を記録した"),
    "review.closed": N_("見直しを終了した"),
    "review.criterion_answered": N_("見直しの観点に答えた"),
    "review.decided": N_("見直しの決定を締めた"),
    "review.measure_decided": N_("施策の扱いを決めた"),
    "review.new_measure_changed": N_("新しい施策の内容を直した"),
    "review.new_measure_decided": N_("新しい施策を加えることにした"),
    "review.new_measure_dropped": N_("新しい施策を外した"),
    "review.new_measure_proposed": N_("新しい施策を提案した"),
    "review.new_measure_rewritten": N_("新しい施策の提案を直した"),
    "review.new_measure_withdrawn": N_("新しい施策の提案を取り下げた"),
    "review.opened": N_("見直しを開始した"),
    "review.outcome_set": N_("見直しの結論を定めた"),
    "review.proposal_declined": N_("新しい施策の提案を採らないことにした"),
    "review.proposals_closed": N_("見直しの提案を締め切った"),
    "review.term_frozen": N_("期間のまとめを確定した"),
    "round.opened": N_("各課へ報告や提案を依頼した"),
    "round.withdrawn": N_("報告の回をまるごと取り下げた"),
    "seat.ended": N_("会議体などの席を終えた"),
    "seat.goes_on": N_("席をそのまま続けることにした"),
    "seat.left_vacant": N_("席を空けたままにした"),
    "seat.replaced": N_("席の後任を決めた"),
    "seat.successor_wanted": N_("席の後任を求めた"),
    "seat.taken": N_("席に就けた"),
    "secretariat.set": N_("会議体の事務局を定めた"),
    "survey.added": N_("調査の結果を加えた"),
    "survey.replaced": N_("調査の結果を差し替えた"),
    "team.dissolved": N_("プロジェクトチームを解散した"),
    "team.founded": N_("プロジェクトチームを設置した"),
    "team.joined": N_("プロジェクトチームに加えた"),
    "term.decided": N_("期の振り返りを確定した"),
    "term.reopened": N_("期の振り返りの確定を解いた"),
    "term.theme_written": N_("期の振り返りを書いた"),
    "token.issued": N_("APIの鍵を発行した"),
    "token.revoked": N_("APIの鍵を無効にした"),
    "trial.recorded": N_("試行を記録した"),
    "user.blocked": N_("利用を停止した"),
    "user.changed": N_("利用者の登録を変えた"),
    "user.mails_chosen": N_("メールの受け取り方を選んだ"),
    "user.created": N_("利用者を登録した"),
    "user.identity_linked": N_("庁内の認証と結び付けた"),
    "user.identity_unlinked": N_("庁内の認証との結び付きを外した"),
    "user.invited": N_("利用の案内を送った"),
    "user.language_changed": N_("表示の言語を変えた"),
    "user.left": N_("異動により担当を外れた"),
    "user.office_changed": N_("庁内の認証により役割を変えた"),
    "user.password_set": N_("パスワードを設定した"),
    "user.returned": N_("利用を再開した（異動）"),
    "user.sessions_ended": N_("サインイン中の画面を終わらせた"),
    "user.signed_in": N_("サインインした"),
    "user.signed_out": N_("サインアウトした"),
    "user.transferred": N_("人事異動を登録した"),
    "user.unblocked": N_("利用の停止を解いた"),
    "view.deleted": N_("保存した表示を削除した"),
    "view.renamed": N_("保存した表示の名前を変えた"),
    "view.saved": N_("表示を保存した"),
}
"""What was done, by the action that the record writes."""

GROUPS = {
    "report": N_("報告"),
    "request": N_("依頼"),
    "round": N_("報告の回"),
    "cycle": N_("年度のサイクル"),
    "measure": N_("施策の評価"),
    "indicator": N_("指標の実績値"),
    "city": N_("期限の停止と再開"),
    "mail": N_("メール"),
    "digest": N_("まとめメール"),
    "document": N_("文書"),
    "form": N_("文書の様式"),
    "review": N_("見直し"),
    "edition": N_("計画の版"),
    "plan": N_("計画の取込みと設定、時計"),
    "term": N_("期の振り返り"),
    "survey": N_("調査"),
    "opinion": N_("意見"),
    "opinions": N_("意見の募集と取込み"),
    "project": N_("キープロジェクト"),
    "check_in": N_("状況確認"),
    "trial": N_("試行"),
    "event": N_("見直しのきっかけ"),
    "team": N_("プロジェクトチーム"),
    "matter": N_("付議事項"),
    "meeting": N_("会議"),
    "seat": N_("会議体などの席"),
    "secretariat": N_("事務局"),
    "user": N_("利用者とサインイン"),
    "token": N_("APIの鍵"),
    "department": N_("部署"),
    "reorganisation": N_("機構改革"),
    "organisation": N_("組織の取込み"),
    "view": N_("保存した表示"),
}
"""What actions begin with, in the order in which the filter offers them."""

DETAILS = {
    "added": N_("追加した数"),
    "again_of": N_("もとのメール"),
    "answer": N_("回答"),
    "answers": N_("回答の数"),
    "appointments": N_("移した職の数"),
    "before": N_("それまでの値"),
    "bodies": N_("会議体"),
    "body": N_("会議体"),
    "by": N_("決めた会議体・後任"),
    "cadence": N_("頻度"),
    "calls_on": N_("確認を求める日"),
    "changes": N_("変えたところ"),
    "closed": N_("アカウントの停止"),
    "collect_now": N_("すぐに受付を始める"),
    "dates": N_("動いた期限"),
    "days": N_("日数"),
    "decided": N_("決めた議題の数"),
    "department": N_("部署"),
    "departments": N_("部署"),
    "digest": N_("文書の指紋"),
    "direction": N_("今後の方向性"),
    "due_on": N_("期限"),
    "edition": N_("版"),
    "editions": N_("版"),
    "fate": N_("扱い"),
    "file": N_("ファイル"),
    "gathered_in": N_("まとめメール"),
    "grade": N_("評価の区分"),
    "held_on": N_("開催日"),
    "indicator": N_("指標"),
    "issuer": N_("認証の発行元"),
    "items": N_("議題の数"),
    "known": N_("すでにあった数"),
    "label": N_("名称"),
    "kind": N_("種類"),
    "language": N_("言語"),
    "leaves": N_("離れる職"),
    "means": N_("方法"),
    "measures": N_("施策"),
    "name": N_("名称"),
    "node": N_("施策の番号"),
    "office": N_("役割"),
    "note": N_("メモ"),
    "on": N_("日付"),
    "origin_at": N_("時計の起点"),
    "outcome": N_("結果"),
    "problem": N_("困りごと"),
    "public": N_("一般に公開"),
    "question_version": N_("設問の版"),
    "questions": N_("設問の数"),
    "reason": N_("理由"),
    "reflection": N_("反映状況"),
    "reports_moved": N_("移した報告の数"),
    "requests": N_("依頼の数"),
    "result": N_("結果"),
    "revision": N_("保存の回数"),
    "role": N_("役割"),
    "saved": N_("保存した数"),
    "seat": N_("席"),
    "seconds_per_day": N_("一日の秒数"),
    "since": N_("開始日"),
    "step": N_("段取りの段"),
    "submitted": N_("提出した数"),
    "takes": N_("就く職"),
    "theme": N_("テーマ"),
    "then": N_("その後"),
    "title": N_("名称"),
    "to": N_("変更後"),
    "tokens": N_("無効にした鍵"),
    "type": N_("種類"),
    "until": N_("終了日"),
    "valid_from": N_("始まる日"),
    "value": N_("値"),
    "version": N_("保存の回数"),
    "wanted_by": N_("希望日"),
    "who": N_("だれ"),
    "year": N_("年度"),
    "wants_digest": N_("1日1通にまとめる"),
}
"""What the details of an entry are."""

_SUBJECTS = {
    "annual-cycle": N_("年度のサイクル"),
    "collection": N_("報告の回"),
    "department": N_("部署"),
    "digest": N_("まとめメール"),
    "form": N_("文書の様式"),
    "key-project": N_("キープロジェクト"),
    "mail": N_("メール"),
    "matter": N_("付議事項"),
    "meeting": N_("会議"),
    "opinion": N_("意見"),
    "pause": N_("期限の停止と再開"),
    "phase-review": N_("見直し"),
    "plan": N_("計画"),
    "user": N_("利用者"),
}
_ACTORS = {
    "public": N_("公開の意見フォーム"),
    "workflow": N_("自動処理"),
    "scheduler": N_("自動処理（暦）"),
    "cli": N_("システム担当（コマンド）"),
    "replay": N_("過去の再現"),
    "demo": N_("デモ"),
    "oidc": N_("庁内の認証"),
}
_YES, _NO = N_("はい"), N_("いいえ")


def action_in_words(action: str, language: str) -> str:
    """An action of an older version that nothing writes any more is shown as its code."""
    return i18n.translate(language, ACTIONS[action]) if action in ACTIONS else action


def group_of(action: str) -> str:
    return action.partition(".")[0]


def groups(language: str) -> list[tuple[str, str]]:
    return [(group, i18n.translate(language, text)) for group, text in GROUPS.items()]


def actor_in_words(actor: str, language: str) -> str:
    """Who has no account: the parts of Meguru that act by themselves, else the name that the entry gives."""
    return i18n.translate(language, _ACTORS[actor]) if actor in _ACTORS else actor


def subject_in_words(subject: str, language: str) -> str:
    """What kind of thing an entry is about, by the beginning of its code; empty where the code says all."""
    kind = subject.partition("/")[0]
    return i18n.translate(language, _SUBJECTS[kind]) if kind in _SUBJECTS else ""


def detail_in_words(detail: Mapping[str, Any], language: str) -> list[tuple[str, str]]:
    """The details that say something, each with its name."""
    named = (
        (i18n.translate(language, DETAILS[key]) if key in DETAILS else key, value) for key, value in detail.items()
    )
    return [(name, _said(value, language)) for name, value in named if value not in (None, "", [], {})]


def _said(value: Any, language: str) -> str:
    match value:
        case bool():
            return i18n.translate(language, _YES if value else _NO)
        case list():
            return i18n.translate(language, "、").join(_said(one, language) for one in value)
        case dict():
            return i18n.translate(language, "、").join(f"{key}: {_said(one, language)}" for key, one in value.items())
        case _:
            return str(value)
