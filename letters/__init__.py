"""What each mail of the ledger says, in its recipient's language: from the record to a letter that can be sent."""
