"""Writing mails (`compose`) and handing them to the mail server (`send`)."""
