"""The JSON API, mounted at /api/v1: the same record and the same rights as the pages, for programs."""

from web.api.application import create_api

__all__ = ["create_api"]
