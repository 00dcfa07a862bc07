"""様式: a city's own Word template. It comes from outside, so it is filled in a process of its own that can do little.

The content that is filled in is ours and travels as a pickle; nothing but bytes and words comes back.
"""

from __future__ import annotations

import json
import os
import pickle
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from documents.word_safety import LARGEST_DOCUMENT, TemplateProblem, UnfitTemplate, check

LONGEST = 30
"""Seconds by the clock on the wall, for a machine that is busy."""
SECONDS = 20
"""Seconds of the processor. A report with 200 measures takes two."""
_ROOT = Path(__file__).parents[1]
_ENVIRONMENT = {"PATH": os.defpath, "LANG": "C.UTF-8", "PYTHONUTF8": "1"}
"""Nothing of the settings, which hold keys and passwords."""


@dataclass(frozen=True)
class CityTemplate:
    """A city's own template for one kind of document and one language."""

    content: bytes

    def filled(self, context: Mapping[str, Any], properties: Any) -> bytes:
        """The document (`word_form.fill`). Raises `UnfitTemplate`: always, when the form is to blame."""
        order = pickle.dumps((self.content, context, properties))
        command = [sys.executable, "-B", "-m", "documents.foreign_template", str(SECONDS)]
        try:
            ended = subprocess.run(
                command, input=order, capture_output=True, timeout=LONGEST, cwd=_ROOT, env=_ENVIRONMENT, check=False
            )
        except subprocess.TimeoutExpired as error:
            raise UnfitTemplate(TemplateProblem.TOO_LONG) from error
        if ended.returncode != 0:
            raise _said(ended.returncode, ended.stdout)
        if len(ended.stdout) > LARGEST_DOCUMENT:
            raise UnfitTemplate(TemplateProblem.TOO_MUCH)
        check(ended.stdout)
        return ended.stdout


def _said(code: int, output: bytes) -> UnfitTemplate:
    """What the process said of its failure; one that was ended by the system could say nothing."""
    try:
        told = json.loads(output)
        return UnfitTemplate(TemplateProblem(told["problem"]), str(told["what"])[:200], str(told["place"])[:200])
    except (ValueError, KeyError, TypeError):
        return UnfitTemplate(TemplateProblem.TOO_LONG if code in _OUT_OF_TIME else TemplateProblem.TOO_MUCH)


_OUT_OF_TIME = (-24, -9)
"""SIGXCPU, and SIGKILL when even that was not heard (`foreign_template.py` sets both limits)."""
