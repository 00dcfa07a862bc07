"""Every route of the application, and of the programs' API in it, as the running application has them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI
from starlette.routing import Mount

PARAMETER = re.compile(r"\{(\w+)(?::\w+)?\}")
API = "/api/v1"


@dataclass(frozen=True, order=True)
class Route:
    method: str
    path: str

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def parameters(self) -> tuple[str, ...]:
        return tuple(PARAMETER.findall(self.path))

    @property
    def is_api(self) -> bool:
        return self.path.startswith(API)

    @property
    def changes(self) -> bool:
        return self.method not in ("GET", "HEAD")

    def address(self, values: Mapping[str, object]) -> str:
        """The path with its parameters filled in."""
        return PARAMETER.sub(lambda found: str(values[found[1]]), self.path)


def every_route(app: FastAPI) -> list[Route]:
    """Sorted; static files and the guide, which know nobody, are left out."""
    return sorted({Route(method, path) for path, methods in _flat(app.routes, "") for method in methods})


def _flat(routes: Iterable[Any], before: str) -> Iterator[tuple[str, Iterable[str]]]:
    for route in routes:
        if hasattr(route, "effective_candidates"):  # a router as FastAPI includes it
            yield from _flat(route.effective_candidates(), before)
        elif isinstance(route, Mount):
            yield from _flat(getattr(route.app, "routes", ()), before + route.path)
        else:
            yield before + route.path, route.methods
