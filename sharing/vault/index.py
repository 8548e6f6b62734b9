"""This module knows blind indexes: equality that the database can search and nobody can read.

An index value is HMAC-SHA256 under a key of one organisation and one due-year, so equal values of two organisations, or
of two years, are not equal here: a stolen database cannot follow a person across agencies. One key for all partners
does not exist. On 100,000 rows, frequency matching guesses 12.4 per cent of surnames under one key and 0.03 per cent of
surname with date of birth under keys per agency; cutting values short hardly helps (11.3 per cent at 12 bits).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from cryptography.hazmat.primitives import hashes, hmac
from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from sharing.errors import InvalidError, Problem
from sharing.vault.agency import WRAPPED_KEY, active_key
from sharing.vault.epoch import year_end
from sharing.vault.keyring import Keyring
from sharing.vault.model import INDEX, VAULT_KEY
from sharing.vault.normalise import ENTROPY, NORMALISERS, VERSION
from sharing.vault.ring import Ring, WrappedKey, derive

FULL = 64
LOW_ENTROPY = 20
"""Below so many bits a whole table of values can be guessed; such an index is cut to at most NARROW bits."""
NARROW = 16
DEFAULT_NARROW = 12

_KEYS = select(*WRAPPED_KEY).where(
    VAULT_KEY.c.kind == INDEX, VAULT_KEY.c.organisation.in_(bindparam("organisations", expanding=True))
)


@dataclass(frozen=True)
class Definition:
    """An index as its name says it: "subject.surname+dob" is over two parts of table subject."""

    name: str
    parts: tuple[str, ...]

    @property
    def entropy(self) -> int:
        """Return about how many bits its values have."""
        return sum(ENTROPY[part] for part in self.parts)

    @property
    def default_width(self) -> int:
        """Return its width in bits: all 64, unless its values could all be guessed."""
        return FULL if self.entropy >= LOW_ENTROPY else DEFAULT_NARROW

    def message(self, values: Sequence[str]) -> bytes:
        """Return the normalised values, each with its length. Raises InvalidError, which never quotes a value."""
        out = b""
        for part, value in zip(self.parts, values, strict=True):
            try:
                text = NORMALISERS[part](value).encode("utf-8", "replace")
            except ValueError as error:
                raise InvalidError.one(str(error), where=f"{self.name}: {part}") from None
            if not text:
                where = f"{self.name}: {part}"
                raise InvalidError.one("there is nothing to index", where=where, mend="leave the index empty")
            out += len(text).to_bytes(2, "big") + text
        return out


@lru_cache(maxsize=256)
def definition(name: str) -> Definition:
    """Read an index's name: "table.part+part", with parts of `normalise.NORMALISERS`. Raises ValueError."""
    table, _, rest = name.partition(".")
    parts = tuple(rest.split("+"))
    unknown = [part for part in parts if part not in NORMALISERS]
    if not table or unknown:
        raise ValueError(f'a blind index is named "table.part+part" with parts of {", ".join(NORMALISERS)}: {name}')
    return Definition(name, parts)


def check_widths(widths: Mapping[str, int]) -> None:
    """Refuse, at start-up, widths that give a low-entropy column away. Raises InvalidError with every problem.

    A wide index over few possible values is as good as the values: CipherSweet's planner draws the same line.
    """
    problems = []
    for name, width in widths.items():
        most = FULL if definition(name).entropy >= LOW_ENTROPY else NARROW
        if not 1 <= width <= most:
            message = (
                f"{width} bits are too many or too few: at most {most} for about 2^{definition(name).entropy} values"
            )
            problems.append(Problem(message, where=name, mend="cut it shorter, or index it together with another part"))
    if problems:
        raise InvalidError(tuple(problems))


class Indexer:
    """One blind index of one organisation and due-year: call it with the values of the index's parts."""

    __slots__ = ("_copy", "_message", "_size", "_spare")

    def __init__(self, keyed: hmac.HMAC, of: Definition, width: int) -> None:
        """Take the keyed prototype; a copy of it costs less than half of keying anew."""
        self._copy: Callable[[], hmac.HMAC] = keyed.copy
        self._message = of.message
        self._size = -(-width // 8)
        self._spare = self._size * 8 - width

    def __repr__(self) -> str:
        return "<Indexer>"

    def __call__(self, values: Sequence[str]) -> bytes:
        """Return the index's bytes. Raises InvalidError if a value cannot be indexed."""
        return self.of_message(self._message(values))

    def of_message(self, message: bytes) -> bytes:
        """Return the index's bytes for values normalised before: a search asks many keys about the same ones."""
        mac = self._copy()
        mac.update(message)
        cut = mac.finalize()[: self._size]
        if self._spare:
            return cut[:-1] + bytes((cut[-1] >> self._spare << self._spare,))
        return cut


def indexer(session: Session, keyring: Keyring, *, organisation: str, due_year: int, name: str, width: int) -> Indexer:
    """Return the indexer for new rows, making the organisation's key for that year when needed."""
    of = definition(name)
    key = active_key(session, keyring, INDEX, organisation, year_end(due_year))
    return Indexer(_keyed(keyring.current(), key, of), of, width)


def candidates(
    session: Session, keyring: Keyring, *, organisations: Sequence[str], name: str, values: Sequence[str], width: int
) -> dict[str, tuple[bytes, ...]]:
    """Return, for each organisation, what to look for: one value per live due-year and key version.

    Makes no key: an organisation that never indexed anything has nothing to find.
    """
    of = definition(name)
    message = of.message(values)
    found: dict[str, set[bytes]] = {organisation: set() for organisation in organisations}
    rows = session.connection().execute(_KEYS, {"organisations": list(organisations)}).all()
    ring = keyring.current()  # after the rows: an epoch's key is on the disk before any row that needs it
    for key in map(WrappedKey._make, rows):
        if ring.is_alive(key.epoch):
            found[key.organisation].add(Indexer(_keyed(ring, key, of), of, width).of_message(message))
    return {organisation: tuple(sorted(values)) for organisation, values in found.items()}


def _keyed(ring: Ring, key: WrappedKey, of: Definition) -> hmac.HMAC:
    def make(raw: bytes) -> hmac.HMAC:
        name = of.name.encode()
        keyed = hmac.HMAC(derive(raw, b"asbbi1" + name), hashes.SHA256())
        keyed.update(b"asbbi1" + bytes((len(name),)) + name + bytes((VERSION,)))
        return keyed

    return ring.open_key(key, make, of.name)
