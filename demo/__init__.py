"""The demo: everything on one machine, on sample data, with a mail server that keeps the mails."""
