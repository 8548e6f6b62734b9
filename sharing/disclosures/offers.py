"""This module knows what the protocols of a partnership offer: purposes with their provision, fields that may be asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from sharing import partners

DEFAULT_REPLY_DAYS = 10


@dataclass(frozen=True)
class Offer:
    """A purpose that a complete protocol names."""

    code: str
    text: str
    provision: str | None
    reply_days: int
    fields: tuple[str, ...]
    verbal_fields: tuple[str, ...]


def offers(session: Session, partnership: str) -> Mapping[str, Offer]:
    """Every purpose that a complete version of a protocol names, by code; the newest version's words count."""
    found: dict[str, Offer] = {}
    for version in _complete(session, partnership):
        for purpose in version.get("purposes", []):
            lines = [line for line in version.get("lines", []) if purpose["code"] in line["purposes"]]
            verbal = [line for line in lines if "verbal" in line.get("channels", [])]
            found[purpose["code"]] = Offer(
                code=purpose["code"],
                text=purpose.get("text", purpose["code"]),
                provision=purpose.get("provision"),
                reply_days=version.get("reply_days", DEFAULT_REPLY_DAYS),
                fields=tuple(sorted({code for line in lines for code in line["fields"]})),
                verbal_fields=tuple(sorted({code for line in verbal for code in line["fields"]})),
            )
    return found


def _complete(session: Session, partnership: str) -> Iterator[Mapping[str, Any]]:
    versions = [v for v in partners.world(session, partnership)["protocols"] if v.get("complete", True)]
    yield from sorted(versions, key=lambda version: (version["ref"], version["version"]))


def offer(session: Session, partnership: str, purpose: str) -> Offer:
    """One purpose; an empty offer for one that no protocol names, which the rules will then refuse."""
    nothing = Offer(purpose, purpose, None, DEFAULT_REPLY_DAYS, (), ())
    return offers(session, partnership).get(purpose, nothing)
