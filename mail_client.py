"""The one way to the mail server, for worker and web alike."""

from __future__ import annotations

from mail.send import MailServer, SmtpMailer
from settings import Settings


def mailer(settings: Settings) -> SmtpMailer:
    return SmtpMailer(
        MailServer(
            host=settings.smtp_host,
            port=settings.smtp_port,
            sender=settings.smtp_sender,
            username=settings.smtp_username,
            password=settings.smtp_password,
            use_tls=settings.smtp_security == "tls",
            start_tls=settings.smtp_security == "starttls",
        )
    )
