"""This module knows how a letter leaves: by SMTP where a server is named, else as a file that an operator hands over.

A letter holds a link and no personal data about anybody but the officer that it is for.
"""

from __future__ import annotations

import os
import smtplib
import uuid
from email.message import EmailMessage
from pathlib import Path

from flask import url_for

from portal.config import Settings
from sharing.access import LetterKind, Post

_SUBJECTS = {
    LetterKind.INVITATION: "You are invited to Accord",
    LetterKind.PASSWORD: "Choose a new password for Accord",
    LetterKind.PHONE: "Set up your new phone for Accord",
}
_BODIES = {
    LetterKind.INVITATION: "A colleague has invited you to your partnership's Accord portal. The link works for seven days.",
    LetterKind.PASSWORD: "You, or somebody else, asked for a new password. If it was not you, do nothing.",
    LetterKind.PHONE: "Your administrator has reset your second factor. Your password stays as it is.",
}


def send_letter(settings: Settings, post: Post) -> None:
    """Send a letter with its link; news only where there is nothing to set up."""
    link = (
        url_for("account.open_letter", token=post.token, _external=True)
        if post.token
        else url_for("account.sign_in", _external=True)
    )
    message = EmailMessage()
    message["To"], message["From"], message["Subject"] = post.email, settings.mail_from, _SUBJECTS[post.kind]
    message.set_content(f"{_BODIES[post.kind]}\n\n{link}\n")
    deliver(settings, message)


def deliver(settings: Settings, message: EmailMessage) -> None:
    """Hand the message to the SMTP server of the settings, or put it into the outbox folder."""
    if settings.smtp_host:
        with smtplib.SMTP(settings.smtp_host, settings.smtp_port, timeout=20) as server:
            server.send_message(message)
        return
    folder = settings.home / "mail"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    _write_private(folder / f"{uuid.uuid4().hex}.eml", message.as_bytes())


def _write_private(path: Path, content: bytes) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
