"""The same small obligation engine three times: on Meguru's own parts, on Celery beat with polling, and on DBOS."""
