"""A child of `review_pdf`: makes one PDF of what comes on stdin; says as JSON how long it took and its peak memory.

`python -m benchmarks.set_review meguru|weasyprint FILE`. Time begins when all is loaded, before fonts are read.
"""

from __future__ import annotations

import json
import pickle
import sys
import time
from collections.abc import Callable
from pathlib import Path

_DENSE = ".document table { font-size: 9pt; line-height: 1.4 } .document .wide { min-width: 0 }"
"""Tables as small as those of Meguru's PDF: as many pages, not half as many again."""


def meguru(order: bytes) -> Callable[[], bytes]:
    import typst  # noqa: F401 (part of what is loaded)

    from documents.formats import Format
    from documents.phase_review_render import render

    report = pickle.loads(order)
    return lambda: render(report, Format.PDF)


def weasyprint(order: bytes) -> Callable[[], bytes]:
    """The page as it is, with the fonts that Meguru's PDF has; tagged and accessible as that one is."""
    from noto_cjk import font_path
    from weasyprint import CSS, HTML
    from weasyprint.text.fonts import FontConfiguration

    page, weights = order.decode(), {"regular": 400, "bold": 700}
    faces = "".join(
        f'@font-face {{ font-family: "Noto Sans JP"; font-weight: {weight};'
        f" src: url({font_path('sans', 'jp', style).as_uri()}) }}"
        for style, weight in weights.items()
    )

    def made() -> bytes:
        fonts = FontConfiguration()
        style = CSS(string=faces + _DENSE, font_config=fonts)
        pdf: bytes = HTML(string=page).write_pdf(stylesheets=[style], font_config=fonts, pdf_variant="pdf/ua-1")
        return pdf

    return made


def peak() -> float:
    """The most megabytes this process ever held; `ru_maxrss` would count what its parent held before it."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) * 1024 / 1e6


if __name__ == "__main__":
    ready = {"meguru": meguru, "weasyprint": weasyprint}[sys.argv[1]](sys.stdin.buffer.read())
    began = time.perf_counter()
    pdf = ready()
    seconds, memory = time.perf_counter() - began, peak()
    import pypdf

    file = Path(sys.argv[2])
    file.write_bytes(pdf)
    pages = len(pypdf.PdfReader(file).pages)
    sys.stdout.write(json.dumps({"seconds": seconds, "memory": memory, "pages": pages}))
