"""This module knows how a command's letters leave: as the pages' do, with links to the address at which the portal is reached."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from flask import request
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


@contextmanager
def posting(store: Store, site: str) -> Iterator[Callable[[Post], None]]:
    """Give what sends a letter, by SMTP or into the folder `mail`.

    To be opened before anything is changed: it raises InvalidError for an address that the portal does not answer at, where
    nobody would get through by a link.
    """
    from portal.app import create_app
    from portal.mail import send_letter

    settings = opening.settings()
    with create_app(settings, store).test_request_context(base_url=site):
        try:
            _ = request.host  # Flask compares it with the trusted hosts when it is read
        except SecurityError:
            raise InvalidError.one(
                f"The portal does not answer at {site}.", where="--site", mend="Add its host to ACCORD_TRUSTED_HOSTS."
            ) from None
        yield lambda post: send_letter(settings, post)


def where_sent() -> str:
    """Where letters go, in words."""
    settings = opening.settings()
    return f"by {settings.smtp_host}" if settings.smtp_host else f"to {settings.home / 'mail'}"
