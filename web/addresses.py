"""Where a request came from, and which addresses of our own it may be sent to."""

from __future__ import annotations

from urllib.parse import urlsplit

from fastapi import Request

from web.context import WrongCsrfToken, parts_of


def local_path(address: str) -> str:
    """A path of this application as it was asked for, "/" for whatever could lead elsewhere."""
    if not address.startswith("/") or address.startswith("//"):
        return "/"
    if "\\" in address or any(ord(c) < 32 or ord(c) == 127 for c in address):
        return "/"
    parts = urlsplit(address)
    return "/" if parts.scheme or parts.netloc else address


def page_before(request: Request) -> str:
    """The page of this application that the request was made on, "/" when that is unknown."""
    parts = urlsplit(request.headers.get("referer", ""))
    if parts.netloc not in _own_hosts(request):
        return "/"
    return local_path(parts.path + (f"?{parts.query}" if parts.query else ""))


def refuse_foreign_pages(request: Request) -> None:
    """Keep pages of other sites from posting to forms that are shown before sign-in (no session, so no token).

    Browsers say where a request comes from (`Sec-Fetch-Site`, on plain http `Origin`) and no page can
    change that; a request that says neither was not made by one. Raises `WrongCsrfToken`.
    """
    site = request.headers.get("sec-fetch-site")
    if site in ("same-origin", "none"):
        return
    origin = request.headers.get("origin")
    if site is not None or (origin is not None and urlsplit(origin).netloc not in _own_hosts(request)):
        raise WrongCsrfToken


def _own_hosts(request: Request) -> tuple[str, str]:
    base_url = urlsplit(str(parts_of(request).settings.base_url))
    return request.headers.get("host", ""), base_url.netloc
