"""A phase review report of a hundred pages as PDF: Meguru's way, and WeasyPrint on Meguru's page of the same.

Each is made in a new process. Left out: starting it and loading its modules, and for WeasyPrint the making of the page
(Meguru's 0.1 s). Within: arranging the content, reading the fonts, layout, the tagged PDF/UA-1 with the same two fonts.
"""

from __future__ import annotations

import json
import pickle
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from benchmarks.alternating import medians
from benchmarks.figures import Figure, Of, Run, at_least, at_most
from benchmarks.written_texts import phase_review
from documents.formats import Format
from documents.phase_review_render import render
from documents.render_process import ENVIRONMENT

_MEASURES, _QUICKLY = 69, 5
"""Measures of the plan that make 100 pages, and 10."""
_TIMES = 2


@dataclass(frozen=True)
class Made:
    seconds: float
    memory: float
    pages: int


def measure(run: Run) -> list[Figure]:
    report = phase_review(run.size(_MEASURES, _QUICKLY))
    orders = {"meguru": pickle.dumps(report), "weasyprint": render(report, Format.HTML)}
    made: dict[str, list[Made]] = {way: [] for way in orders}

    def seconds(way: str) -> float:
        run.tell(f"{way} sets {len(report.measures)} measures")
        made[way].append(_made(way, orders[way]))
        return made[way][-1].seconds

    ours, theirs = medians(lambda: seconds("meguru"), lambda: seconds("weasyprint"), 1 if run.quick else _TIMES)
    pages, other = (made[way][0].pages for way in orders)
    memory, others_memory = (max(one.memory for one in made[way]) for way in orders)
    run.tell(f"{pages} pages in {ours:.2f} s, {other} pages in {theirs:.1f} s")
    return [
        Figure(
            f"phase review of {pages} pages as PDF, per minute",
            60 / ours,
            "documents",
            at_least(15),
            60 / theirs,
            f"WeasyPrint on the same content, {other} pages",
        ),
        Figure(
            f"phase review of {pages} pages as PDF: most memory",
            memory,
            "MB",
            at_most(200, Of.VALUE),
            others_memory,
            "WeasyPrint",
        ),
    ]


def _made(way: str, order: bytes) -> Made:
    """In the environment in which Meguru sets its documents, for both."""
    with tempfile.NamedTemporaryFile(suffix=".pdf") as pdf:
        command = [sys.executable, "-m", "benchmarks.set_review", way, pdf.name]
        root = Path(__file__).parents[1]
        done = subprocess.run(command, input=order, capture_output=True, env=ENVIRONMENT, cwd=root, check=True)
    return Made(**json.loads(done.stdout))
