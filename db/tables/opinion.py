"""意見: what citizens, businesses, universities and other departments say of a plan; one database for all channels."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from db.types import Scoped, UtcDateTime, coded
from domain.opinion import OpinionChannel, Reflection


class Opinion(Scoped, table=True):
    """An opinion on a plan. `review_id`: the review in whose window it came; None: the standing intake.

    `source` is a code of the plan's opinion sources, or `department` for another department of the city hall.
    `author` and `contact` are for answering and never shown in public; `import_key` tells a line of a CSV that was
    brought in before. `reflection` None: not answered yet.
    """

    __table_args__ = (UniqueConstraint("plan_id", "import_key"),)

    id: int = Field(default=None, primary_key=True)
    plan_id: int = Field(foreign_key="plan.id", index=True)
    review_id: int | None = Field(default=None, foreign_key="phasereview.id", index=True)
    source: str
    channel: OpinionChannel = Field(sa_type=coded(OpinionChannel))
    author: str = ""
    contact: str = ""
    text: str
    received_on: date
    received_at: datetime = Field(sa_type=UtcDateTime)
    recorded_by_id: int | None = Field(default=None, foreign_key="user.id")
    import_key: str | None = None
    answer: str = ""
    reflection: Reflection | None = Field(default=None, sa_type=coded(Reflection))
    answered_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    answered_by_id: int | None = Field(default=None, foreign_key="user.id")


class OpinionNode(Scoped, table=True):
    """A node of the plan that an opinion is about."""

    __table_args__ = (UniqueConstraint("opinion_id", "node_id"),)

    id: int = Field(default=None, primary_key=True)
    opinion_id: int = Field(foreign_key="opinion.id", index=True)
    node_id: int = Field(foreign_key="node.id", index=True)
