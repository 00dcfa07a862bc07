"""An application that takes a report and stores a row, with nothing around it: FastAPI and SQLModel as in their guides.

`python -m benchmarks.bare.insert DATABASE_URL PORT`. As durable as Meguru: SQLite waits for the disk at every commit.
"""

from __future__ import annotations

import sys
from typing import Any

import uvicorn
from fastapi import FastAPI
from sqlalchemy import event
from sqlmodel import JSON, Column, Field, Session, SQLModel, create_engine


class Report(SQLModel, table=True):
    id: int | None = Field(default=None, primary_key=True)
    report: int
    action: str
    answers: dict[str, str] = Field(sa_column=Column(JSON))


def create_app(database_url: str) -> FastAPI:
    engine = create_engine(database_url)

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _: Any) -> None:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA busy_timeout=30000")

    SQLModel.metadata.create_all(engine)
    app = FastAPI()

    @app.post("/reports")
    def write(report: Report) -> Report:
        with Session(engine) as session:
            session.add(report)
            session.commit()
            session.refresh(report)
            return report

    return app


if __name__ == "__main__":
    uvicorn.run(create_app(sys.argv[1]), host="127.0.0.1", port=int(sys.argv[2]), log_config=None, access_log=False)
