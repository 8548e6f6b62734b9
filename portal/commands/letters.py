"""This module knows how a command's letters leave: as the pages' do, with links to the address at which the portal is reached."""

from __future__ import annotations

import argparse
from collections.abc import Iterable

from werkzeug.exceptions import SecurityError

from portal.commands import opening
from sharing.access import Post
from sharing.errors import InvalidError
from sharing.store import Store

SITE = "http://127.0.0.1:8000"


def add_site(parser: argparse.ArgumentParser) -> None:
    """Add the option that says at which address people reach the portal."""
    parser.add_argument(
        "--site", default=SITE, metavar="URL", help=f"where people reach the portal ({SITE} unless given)"
    )


def send_letters(store: Store, posts: Iterable[Post], site: str) -> int:
    """Send each letter, by SMTP or into the folder `mail`; return how many.

    Raises InvalidError for an address that the portal does not answer at: nobody would get through by the link.
    """
    from portal.app import create_app
    from portal.mail import send_letter

    settings, count = opening.settings(), 0
    waiting = list(posts)
    if not waiting:
        return 0
    app = create_app(settings, store)
    try:
        with app.test_request_context(base_url=site):
            for post in waiting:
                send_letter(settings, post)
                count += 1
    except SecurityError:
        raise InvalidError.one(
            f"The portal does not answer at {site}.", where="--site", mend="Add its host to ACCORD_TRUSTED_HOSTS."
        ) from None
    return count


def where_sent() -> str:
    """Where letters go, in words."""
    settings = opening.settings()
    return f"by {settings.smtp_host}" if settings.smtp_host else f"to {settings.home / 'mail'}"
