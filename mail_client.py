"""The one way to the mail server, for worker and web alike."""

from __future__ import annotations

from email.message import EmailMessage

from mail.send import Handed, MailServer, SmtpMailer
from metrics import MAIL_ATTEMPTS
from settings import Settings


class CountedMailer(SmtpMailer):
    """Counts how its attempts end."""

    async def hand_over(self, message: EmailMessage) -> Handed:
        handed = await super().hand_over(message)
        MAIL_ATTEMPTS.labels(handed.outcome.value).inc()
        return handed


def mailer(settings: Settings) -> SmtpMailer:
    return CountedMailer(
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
