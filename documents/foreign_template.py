"""The process that fills a template from outside: `python -m documents.foreign_template SECONDS`, order on stdin.

It has little time and little memory, may write no file and start no other process. Should a template ever get out of
the sandbox of Jinja, it finds no settings here and no open database.
"""

from __future__ import annotations

import json
import pickle
import re
import resource
import sys
from io import BytesIO
from types import TracebackType

from jinja2 import TemplateSyntaxError, UndefinedError
from jinja2.exceptions import SecurityError

from documents.word_form import filled
from documents.word_safety import LARGEST_DOCUMENT, TemplateProblem
from domain.attachment import MEGABYTE

MEMORY = 1024 * MEGABYTE
"""Bytes of addresses: about ten times what the report takes."""
_OPEN_FILES = 64


def main() -> int:
    """Fill the template on the standard input; 0 and the document, or 1 and why not as JSON."""
    limit(int(sys.argv[1]))
    template, context, properties = pickle.load(sys.stdin.buffer)
    try:
        content = filled(BytesIO(template), context, properties)
        if len(content) > LARGEST_DOCUMENT:
            return _fail(TemplateProblem.TOO_MUCH)
    except Exception as error:  # whatever a template brings about
        return _told(error)
    sys.stdout.buffer.write(content)
    return 0


def limit(seconds: int) -> None:
    """Take from this process what it does not need. Where the system does not know a limit the others hold."""
    wanted = {
        resource.RLIMIT_CPU: (seconds, seconds + 1),
        resource.RLIMIT_AS: (MEMORY, MEMORY),
        resource.RLIMIT_FSIZE: (0, 0),
        resource.RLIMIT_NPROC: (0, 0),
        resource.RLIMIT_NOFILE: (_OPEN_FILES, _OPEN_FILES),
        resource.RLIMIT_CORE: (0, 0),
    }
    for what, values in wanted.items():
        try:
            resource.setrlimit(what, values)
        except (ValueError, OSError):  # macOS does not take every one of them
            continue


def _told(error: Exception) -> int:
    match error:
        case TemplateSyntaxError():
            return _fail(TemplateProblem.SYNTAX, _after(error.message or ""), _place(error, error.lineno))
        case SecurityError():
            return _fail(TemplateProblem.FORBIDDEN, "", _place(error))
        case UndefinedError():
            return _fail(TemplateProblem.UNKNOWN_NAME, _named(str(error)), _place(error))
        case MemoryError() | RecursionError() | OverflowError():
            return _fail(TemplateProblem.TOO_MUCH)
        case _:
            return _fail(TemplateProblem.UNREADABLE, "", _place(error))


def _after(message: str) -> str:
    """What Jinja stumbled over, as it names it."""
    return " ".join(re.findall(r"'([^']*)'", message)[:1])


def _named(message: str) -> str:
    """The name that does not exist: Jinja quotes what was asked last."""
    return str((re.findall(r"'([^']*)'", message) or [""])[-1])


def _place(error: BaseException, line: int | None = None) -> str:
    """The text of the paragraph in which it happened: docxtpl gives every paragraph a line of its own."""
    source = ""
    step: TracebackType | None = error.__traceback__
    while step is not None:
        if step.tb_frame.f_code.co_name == "render_xml_part":
            source = str(step.tb_frame.f_locals.get("src_xml", ""))
        elif step.tb_frame.f_code.co_filename in ("<template>", "<unknown>") and not isinstance(
            error, TemplateSyntaxError
        ):
            line = step.tb_lineno
        step = step.tb_next
    lines = source.splitlines()
    return re.sub(r"<[^>]*>", "", lines[line - 1]).strip() if line and line <= len(lines) else ""


def _fail(problem: TemplateProblem, what: str = "", place: str = "") -> int:
    said = {"problem": problem.value, "what": what, "place": place}
    sys.stdout.buffer.write(json.dumps(said).encode())
    return 1


if __name__ == "__main__":
    sys.exit(main())
