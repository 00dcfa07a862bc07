"""What touches the world: database, mail server, documents. Called by name from the workflows.

Every activity may run again: it first looks whether its work is done already.
"""
