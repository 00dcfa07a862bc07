"""会議体: how one comes to sit in a body or a team, and as what."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from domain.text import Bilingual


class SeatBasis(StrEnum):
    """By what somebody sits in a body."""

    OFFICE = "office"  # 充て職: who holds the office, such as 副市長
    RANK = "rank"  # everybody of a rank, such as 部長級職員
    NOMINATION = "nomination"  # 指名


class SeatRole(StrEnum):
    CHAIR = "chair"  # 会議の長
    LEADER = "leader"  # プロジェクトリーダー
    SUB_LEADER = "sub_leader"
    MEMBER = "member"


LEADING = (SeatRole.LEADER, SeatRole.SUB_LEADER)
"""Who manages a key project (所沢市DX推進基本方針 6. 推進体制)."""


@dataclass(frozen=True)
class MembershipRule:
    """Who belongs to a body, as its plan says it: in the words of the source, and by what (None: 記載なし)."""

    label: Bilingual
    basis: SeatBasis | None = None
    role: SeatRole = SeatRole.MEMBER
