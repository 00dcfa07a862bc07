"""The web application: translates between HTTP and the record. No business rule lives here."""
