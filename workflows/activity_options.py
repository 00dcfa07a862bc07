"""How long activities may take and how they are tried again."""

from __future__ import annotations

from datetime import timedelta
from typing import TypedDict

from temporalio.common import RetryPolicy


class Options(TypedDict, total=False):
    start_to_close_timeout: timedelta
    heartbeat_timeout: timedelta
    retry_policy: RetryPolicy


HEARTBEAT = timedelta(seconds=15)
"""After a kill, the pause before another worker takes over."""

# What no repetition can mend: the order itself is wrong.
_FINAL = ["NotFound", "ForeignMunicipality", "AssertionError"]

DATABASE = Options(
    start_to_close_timeout=timedelta(minutes=5),
    heartbeat_timeout=HEARTBEAT,
    retry_policy=RetryPolicy(maximum_interval=timedelta(seconds=30), non_retryable_error_types=_FINAL),
)
"""Short steps in the database, tried until it answers."""

MAIL = Options(
    start_to_close_timeout=timedelta(minutes=30),
    heartbeat_timeout=HEARTBEAT,
    retry_policy=RetryPolicy(
        initial_interval=timedelta(seconds=5),
        maximum_interval=timedelta(seconds=30),
        non_retryable_error_types=_FINAL,
    ),
)
"""A mail server may be down for days: tried for as long as the mail is still owed."""

DOCUMENTS = Options(
    start_to_close_timeout=timedelta(minutes=10),
    heartbeat_timeout=HEARTBEAT,
    retry_policy=RetryPolicy(
        maximum_interval=timedelta(minutes=1), maximum_attempts=20, non_retryable_error_types=_FINAL
    ),
)
