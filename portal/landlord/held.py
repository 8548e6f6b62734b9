"""This module knows where a file waits between its check and its submission: sealed, for its sender alone.

A file that was sent up may hold addresses. It must not lie in clear on a disk, nor travel to the browser and back in a hidden
input, where anybody at that browser could read or change it. Sending it again at every step would do, but a mapping that is
settled, or a reason that is typed, would then cost another upload each. So the bytes wait as sealed drafts of one person
(`sharing.access`), which open for nobody else, end by themselves after 90 days, and are dropped when the return is submitted.
A draft has a largest size; a large file is kept in parts.
"""

from __future__ import annotations

import base64
import zlib
from dataclasses import dataclass, field
from uuid import UUID

from portal.desk import desk
from sharing import access
from sharing.errors import NotFoundError
from sharing.store import Session, Unit

PART = 190_000
"""Characters of a part: below the largest draft, with room for its other fields."""


@dataclass(frozen=True)
class HeldFile:
    """The file that waits: its name and bytes."""

    name: str = field(repr=False)
    data: bytes = field(repr=False)


def _key(period: str, kind: str, part: int) -> str:
    return f"return:{period}:{kind}:{part}"


def _owner() -> UUID:
    user = desk().actor.user_id
    if user is None:
        raise NotFoundError("Sign in first.")
    return user


def hold(unit: Unit, period: str, kind: str, file: HeldFile) -> None:
    """Keep a file in place of the one that waited there before."""
    drop(unit, period, kind)
    unit.session.flush()
    text = base64.b64encode(zlib.compress(file.data)).decode()
    parts = [text[at : at + PART] for at in range(0, len(text), PART)] or [""]
    for number, part in enumerate(parts):
        fields = {"name": file.name[-120:], "parts": str(len(parts)), "data": part}
        access.save_draft(unit, _owner(), _key(period, kind, number), fields)


def held(reading: Session, period: str, kind: str) -> HeldFile:
    """The file that waits. Raises NotFoundError when none does."""
    first = _part(reading, period, kind, 0)
    text = first["data"] + "".join(_part(reading, period, kind, n)["data"] for n in range(1, int(first["parts"])))
    return HeldFile(first["name"], zlib.decompress(base64.b64decode(text)))


def _part(reading: Session, period: str, kind: str, number: int) -> dict[str, str]:
    saved = access.read_draft(reading, desk().store.vault, _owner(), _key(period, kind, number))
    if saved is None:
        raise NotFoundError("No checked file waits here. Choose the file again.")
    return dict(saved.fields)


def drop(unit: Unit, period: str, kind: str) -> None:
    """Drop the file that waits. None there is no error."""
    start = _key(period, kind, 0)[:-1]
    for draft in access.drafts_of(unit.session, _owner()):
        if draft.form_key.startswith(start):
            access.drop_draft(unit, _owner(), draft.form_key)


def waiting(reading: Session) -> frozenset[tuple[str, str]]:
    """The quarters and kinds for which a file of this person waits."""
    keys = (line.form_key.split(":") for line in access.drafts_of(reading, _owner()))
    return frozenset((key[1], key[2]) for key in keys if key[0] == "return" and len(key) > 3)  # noqa: PLR2004  the parts of a key
