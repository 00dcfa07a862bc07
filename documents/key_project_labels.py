"""The fixed words of a key project report."""

from __future__ import annotations

from functools import partial

from i18n import translate


def labels_of(language: str) -> dict[str, str]:
    """The headings and other fixed words by name."""
    say = partial(translate, language)
    return {
        "title": say("キープロジェクト報告書"),
        "plan": say("計画名"),
        "issued_on": say("発行日"),
        "not_stated": say("記載なし"),
        "total": say("合計"),
        # 1
        "summary": say("概要"),
        "state": say("プロジェクトの状態"),
        "hypothesis": say("仮説（何が変わるか）"),
        "beneficiaries": say("だれのために"),
        "serves": say("めざす状態"),
        "period": say("取り組んだ期間"),
        "leader": say("リーダー"),
        "knowledge": say("試行から分かったこと"),
        "how_it_ended": say("終わり方"),
        # 2
        "route": say("道のり"),
        "route_note": say(
            "左から右へ時間が進みます。離れた道筋は点線で、以前の目標は点線の枠で残しています。"
            "印の形は試行の結果を表し、名称は後の表にあります。"
        ),
        "route_facts": say("図の内容を文字で読む"),
        # 3
        "goals": say("目標と道筋の移り変わり"),
        "first": say("初め"),
        "now": say("いま"),
        "at_end": say("終わりの時点"),
        "goal": say("目標"),
        "path": say("道筋"),
        "decisions": say("進め方の決定"),
        "decision": say("決定"),
        "decided": say("決めたこと"),
        "day": say("日付"),
        "decided_by": say("決めた人"),
        "reason": say("理由"),
        "no_decisions": say("進め方の決定はまだありません。はじめの目標と道筋のまま進めています。"),
        # 4
        "trials": say("試行と分かったこと"),
        "trial": say("試行"),
        "trial_hypothesis": say("仮説"),
        "done": say("したこと"),
        "result": say("結果"),
        "learning": say("分かったこと"),
        "next": say("次の一歩"),
        "result_counts": say("結果別の試行の数"),
        "count": say("件数"),
        "every_trial": say("試行ごとの記録"),
        "abolished": say("なくせる業務"),
        "abolished_note": say("試行の中で、業務そのものをなくせると分かったものです。"),
        "no_trials": say("試行はまだありません。"),
        # 5
        "check_ins": say("状況確認と出来事"),
        "check_in_counts": say("状況確認の回答状況"),
        "cadence": say("状況確認の間隔"),
        "latest": say("最近の状況確認"),
        "no_answers": say("回答のあった状況確認はまだありません。"),
        "events": say("見直しのきっかけになった出来事"),
        "event": say("出来事"),
        "kind": say("種類"),
        "called": say("行った状況確認"),
        "no_events": say("登録された出来事はありません。"),
        # 6
        "matters": say("会議体に諮ったこと"),
        "question": say("問い"),
        "raised_on": say("提起した日"),
        "wanted_by": say("回答を求めた日"),
        "matter_state": say("いまの扱い"),
        "body": say("会議体"),
        "arrived_on": say("届いた日"),
        "due_on": say("期限"),
        "outcome": say("審議の結果"),
        "comment": say("意見など"),
        "no_matters": say("会議体に諮ったことはありません。"),
        # 7
        "teams": say("プロジェクトチーム"),
        "founded": say("チームの設置"),
        "dissolved": say("チームの廃止"),
        "not_dissolved": say("設置中"),
        "role": say("役割"),
        "name": say("氏名"),
        "post": say("所属・職"),
        "held": say("期間"),
        "change": say("交代など"),
        "no_teams": say("チームはまだ設置されていません。"),
        # 8
        "figures": say("指標の数字"),
        "figure": say("指標"),
        "unit": say("単位"),
        "target": say("目標値"),
        "measured": say("測った値"),
        "no_figures": say("このプロジェクトは数字の指標を定めていません。"),
        # 9
        "ending": say("終わり方"),
        "ended_by": say("決めた人"),
        "not_ended": say("このプロジェクトは続いています。"),
    }
