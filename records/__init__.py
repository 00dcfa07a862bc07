"""What people wrote, decided and were sent: every function is part of one transaction.

The caller opens the session (`Database.writing(municipality)`) and passes a `Change`: who acts, when.
Each change writes its audit entry, and its outbox row where a process must hear of it, in the same
transaction.
"""
