"""How often somebody may try to sign in, send, search, or have something made. Counted in the memory of the process.

The figures are Meguru's own.
"""

from __future__ import annotations

from fastapi import Depends, Request
from limits import RateLimitItem, RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from web.context import SignedInPerson

_PER_PERSON = RateLimitItemPerMinute(10, 15)
"""From one address for one account: enough for a forgotten password, too few to guess one."""
_PER_ADDRESS = RateLimitItemPerMinute(200, 15)
"""From one address for all accounts: a whole city hall may sit behind one."""
_CODES = RateLimitItemPerMinute(5, 15)
"""Mails with a code for one account, from wherever they are asked for."""

_OPINIONS = RateLimitItemPerMinute(20, 15)
"""Opinions from one address: a school may sit behind one, a flood does not get through."""


_TESTS = RateLimitItemPerMinute(10, 15)
"""Test mails that somebody sends to themselves."""

_SEARCHES = RateLimitItemPerMinute(60)
"""Searches of one person: one a second, for a whole minute."""
_RENDERINGS = RateLimitItemPerMinute(60)
"""Files that one person has made on demand. A person opens a few in a minute; each takes up to seconds to make."""


class TooOften(Exception):
    """Somebody asked for something so often that others would have to wait. After `seconds` at most it goes on."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"again in {seconds} s")
        self.seconds = seconds


class Attempts:
    """The attempts of the last minutes."""

    def __init__(self) -> None:
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    def may_sign_in(self, email: str, address: str) -> bool:
        """Count an attempt to sign in; False when there were too many."""
        return self._hit(_PER_ADDRESS, "address", address) and self._hit(_PER_PERSON, email, address)

    def may_ask_for_code(self, email: str, address: str) -> bool:
        """Count a request for a code by mail; False when there were too many."""
        return self._hit(_PER_ADDRESS, "address", address) and self._hit(_CODES, "code", email)

    def may_come_back(self, address: str) -> bool:
        """Count somebody who comes back from the city's own sign-in; False when there were too many."""
        return self._hit(_PER_ADDRESS, "address", address)

    def may_send_opinion(self, address: str) -> bool:
        """Count an opinion from an address (or of a signed-in person); False when there were too many."""
        return self._hit(_OPINIONS, "opinion", address)

    def may_send_test(self, email: str) -> bool:
        """Count a test mail of somebody to themselves; False when there were too many."""
        return self._hit(_TESTS, "test", email)

    def count_search(self, user: int) -> None:
        """Raises `TooOften`."""
        self._count(_SEARCHES, "search", str(user))

    def count_rendering(self, user: int) -> None:
        """Raises `TooOften`."""
        self._count(_RENDERINGS, "rendering", str(user))

    def count_api(self, user: int, per_minute: int) -> None:
        """A request of a program that acts for somebody. Raises `TooOften`."""
        self._count(RateLimitItemPerMinute(per_minute), "api", str(user))

    def _count(self, limit: RateLimitItem, *of: str) -> None:
        if not self._hit(limit, *of):
            raise TooOften(limit.get_expiry())

    def _hit(self, limit: RateLimitItem, *of: str) -> bool:
        return self._limiter.hit(limit, *of)


def attempts_of(request: Request) -> Attempts:
    """The attempts that this application has counted."""
    state = request.app.state
    if not hasattr(state, "attempts"):
        state.attempts = Attempts()
    attempts: Attempts = state.attempts
    return attempts


def _searching(request: Request, person: SignedInPerson) -> None:
    attempts_of(request).count_search(person.user.id)


def _rendering(request: Request, person: SignedInPerson) -> None:
    attempts_of(request).count_rendering(person.user.id)


SEARCHING = Depends(_searching)
"""For a route that searches, in its `dependencies`."""
RENDERING = Depends(_rendering)
"""For a route that makes a file or rehearses a year while somebody waits. Not for pictures: a page has many."""
