"""This module knows one entry: what it says, the bytes that are hashed, and the name of the log that it stands in."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sharing.errors import TamperedError
from sharing.ledger import canonical

VERSION = 1
LARGEST = 65_535
"""Bytes in the largest entry: entry bundles count lengths in two bytes (C2SP tlog-tiles)."""
RECEIPT_BUDGET = 3_600
"""Bytes up to which an entry's receipt stays below 8 kB whatever the log's size. Larger entries are legal."""
OPERATOR = "operator"
"""The log of sign-ins and of the command line; no partnership may bear this code."""

_KEYS = frozenset({"v", "id", "log", "type", "at", "actor", "organisation", "partnership", "about", "facts"})
_TYPE = re.compile(r"[a-z][a-z0-9_]*:[a-z][a-z0-9_]*", re.ASCII)
_AT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", re.ASCII)
_LOG = re.compile(
    r"(?P<installation>[A-Za-z0-9][A-Za-z0-9._/-]*)/(?P<partnership>[a-z0-9][a-z0-9-]*)/(?P<year>\d{4})",
    re.ASCII,
)
_TEXTS = ("actor", "organisation", "partnership", "about")


@dataclass(frozen=True)
class LogName:
    """A log's name taken apart: whose installation, whose log (None: the operator's), which year (UTC)."""

    installation: str
    partnership: str | None
    year: int

    def __str__(self) -> str:
        return f"{self.installation}/{self.partnership or OPERATOR}/{self.year:04d}"

    @classmethod
    def parse(cls, log: str) -> LogName:
        """Read `<installation>/<partnership>/<year>`. Raises TamperedError for anything else."""
        match = _LOG.fullmatch(log)
        if not match:
            raise TamperedError(f"{log!r} does not name a log")
        partnership = match["partnership"]
        return cls(match["installation"], None if partnership == OPERATOR else partnership, int(match["year"]))


def log_name(installation: str, partnership: str | None, at: datetime) -> str:
    """Name the log that an entry of this moment goes to: one a partnership and year, and one of the operator's own."""
    return str(LogName(installation, partnership, at.astimezone(UTC).year))


@dataclass(frozen=True)
class Entry:
    """What happened, when, by whom, about what. Facts hold ids, codes, counts and digests, never a person's data."""

    id: uuid.UUID
    log: str
    type: str
    at: datetime
    actor: str | None = None
    organisation: str | None = None
    partnership: str | None = None
    about: str | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    v: int = VERSION

    def encode(self) -> bytes:
        """Return the canonical bytes that are stored and hashed.

        Raises ProfileError (a ValueError) for what has no canonical form, is too long, or does not belong in its log.
        """
        value = {
            "v": self.v,
            "id": str(self.id),
            "log": self.log,
            "type": str(self.type),
            "at": moment_text(self.at),
            "actor": self.actor,
            "organisation": self.organisation,
            "partnership": self.partnership,
            "about": self.about,
            "facts": dict(self.facts),
        }
        body = canonical.encode(value)
        if len(body) > LARGEST:
            raise canonical.ProfileError(
                f"the entry has {len(body)} bytes; keep long lists as a digest or a batch root"
            )
        problem = _problem(value)
        if problem:
            raise canonical.ProfileError(problem)
        return body


def moment_text(at: datetime) -> str:
    """Return the moment as entries write it: UTC, microseconds, a Z. Raises ValueError for a time without a zone."""
    if at.tzinfo is None:
        raise canonical.ProfileError("an entry's time needs a time zone")
    return at.astimezone(UTC).isoformat(timespec="microseconds")[:-6] + "Z"


# What nearly every entry looks like: nothing to unescape outside the facts. The keys stand in canonical order.
_TEXT = r'(null|"[^"\\\x00-\x1f]*")'
_HEX = "[0-9a-f]"
_PLAIN = re.compile(
    rf'\{{"about":{_TEXT},"actor":{_TEXT},"at":"({_AT.pattern})","facts":(\{{.*\}}),'
    rf'"id":"({_HEX}{{8}}-{_HEX}{{4}}-{_HEX}{{4}}-{_HEX}{{4}}-{_HEX}{{12}})","log":"([^"\\\x00-\x1f]*)",'
    rf'"organisation":{_TEXT},"partnership":{_TEXT},"type":"({_TYPE.pattern})","v":1\}}',
    re.ASCII,
)


def parse(body: bytes) -> Entry:
    """Read stored bytes. Raises TamperedError unless they are exactly what `encode` gives for what they say."""
    if len(body) > LARGEST:
        raise TamperedError("the entry is longer than an entry can be")
    return _parse_plain(body) or parse_any(body)


def _parse_plain(body: bytes) -> Entry | None:
    """Read an entry of the usual look in half the time; None for any other, and for whatever is wrong with it."""
    try:
        match = _PLAIN.fullmatch(body.decode())
        if not match:
            return None
        about, actor, at, facts, id_, log, organisation, partnership, kind = match.groups()
        value = {"log": log, "partnership": _plain_text(partnership), "at": at}
        if _problem_of_place(value):
            return None
        return Entry(
            uuid.UUID(id_),
            log,
            kind,
            datetime.fromisoformat(at),
            _plain_text(actor),
            _plain_text(organisation),
            value["partnership"],
            _plain_text(about),
            canonical.decode(facts.encode(), depth=1),
        )
    except (ValueError, TamperedError):
        return None


def _plain_text(written: str) -> str | None:
    return None if written == "null" else written[1:-1]


def parse_any(body: bytes) -> Entry:
    """Read stored bytes of any look, as `parse` does, and say what is wrong with them."""
    value = canonical.decode(body)
    problem = _problem(value)
    if problem:
        raise TamperedError(problem)
    return Entry(**{**value, "id": uuid.UUID(value["id"]), "at": datetime.fromisoformat(value["at"])})


def _problem(value: Any) -> str:  # noqa: ANN401  any JSON value
    """Say what keeps a value from being an entry, or nothing."""
    if not isinstance(value, dict) or value.keys() != _KEYS:
        return "an entry has exactly the fields " + ", ".join(sorted(_KEYS))
    if value["v"] != VERSION or value["v"] is True:
        return "the entry is of a version that this verifier does not know"
    if not isinstance(value["facts"], dict):
        return "the entry's facts are not an object"
    for name in _TEXTS:
        if value[name] is not None and not isinstance(value[name], str):
            return f"the entry's {name} is not text"
    return _problem_of_form(value) or _problem_of_place(value)


def _problem_of_form(value: dict[str, Any]) -> str:
    if not isinstance(value["type"], str) or not _TYPE.fullmatch(value["type"]):
        return "the entry's type is not of the form noun:verb"
    if not isinstance(value["id"], str) or not _is_id(value["id"]):
        return "the entry's id is not a UUID"
    if not isinstance(value["at"], str) or not _is_moment(value["at"]):
        return "the entry's time is not a UTC moment with microseconds"
    return ""


def _problem_of_place(value: dict[str, Any]) -> str:
    match = _LOG.fullmatch(value["log"]) if isinstance(value["log"], str) else None
    if not match:
        return "the entry does not name its log"
    if match["partnership"] != (value["partnership"] or OPERATOR):
        return "the entry's partnership is not that of its log"
    if match["year"] != value["at"][:4]:
        return "the entry's time is not in the year of its log"
    return ""


def _is_id(text: str) -> bool:
    try:
        return str(uuid.UUID(text)) == text
    except ValueError:
        return False


def _is_moment(text: str) -> bool:
    try:
        return bool(_AT.fullmatch(text)) and datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False
