"""This module knows whom a person trusts: log keys, witnesses and their quorum (C2SP tlog-policy); it checks heads by it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sharing.errors import InvalidError, Problem, TamperedError
from sharing.ledger.checkpoint import Checkpoint, covers
from sharing.ledger.cosignature import cosigned_by
from sharing.ledger.note import COSIGNATURE, ED25519, Note, Verifier

NONE = "none"


@dataclass(frozen=True)
class Group:
    """At least `least` of `members` (witnesses or groups) have to have co-signed."""

    least: int
    members: tuple[str, ...]


@dataclass(frozen=True)
class Policy:
    """The keys that somebody holds themselves. An empty policy trusts nobody, and so can tell nothing."""

    logs: tuple[Verifier, ...] = ()
    witnesses: Mapping[str, Verifier] = field(default_factory=dict)
    groups: Mapping[str, Group] = field(default_factory=dict)
    quorum: str = NONE

    @property
    def is_empty(self) -> bool:
        """Whether nothing is held at all."""
        return not self.logs and self.quorum == NONE

    def trusting(self, *verifiers: Verifier) -> Policy:
        """Return the policy with more log keys in it."""
        new = tuple(v for v in verifiers if v not in self.logs)
        return Policy((*self.logs, *new), self.witnesses, self.groups, self.quorum)

    def without_witnesses(self) -> Policy:
        """Return the policy that trusts the same log keys and asks for no co-signature."""
        return Policy(self.logs)

    def keys_for(self, origin: str) -> list[Verifier]:
        """Return the held keys that speak for this log, each under the log's own name and its own."""
        mine = [verifier for verifier in self.logs if covers(verifier.name, origin)]
        return list(dict.fromkeys([*(verifier.named(origin) for verifier in mine), *mine]))

    def check(self, checkpoint: Checkpoint, head: Note) -> list[Verifier]:
        """Return the held keys that signed this head.

        Raises TamperedError when none did, when a held key's signature is false, or when the quorum of witnesses is missing.
        """
        keys = self.keys_for(checkpoint.origin)
        if self.logs and not keys:
            names = ", ".join(sorted({verifier.name for verifier in self.logs}))
            raise TamperedError(f"the head is of the log {checkpoint.origin}; the key that you hold is for {names}")
        signed = head.signed_by(keys)
        if self.logs and not signed:
            raise TamperedError("no key that you hold has signed this head")
        if not self._seen(self.quorum, head):
            raise TamperedError(f"too few witnesses co-signed this head: the quorum {self.quorum!r} is not reached")
        return signed

    def _seen(self, name: str, head: Note) -> bool:
        if name == NONE:
            return True
        if name in self.witnesses:
            return cosigned_by(head, self.witnesses[name]) is not None
        group = self.groups[name]
        return sum(self._seen(member, head) for member in group.members) >= group.least


def parse(text: str) -> Policy:
    """Read a policy file. Raises InvalidError with every problem, each at its line."""
    return _Parser().run(text)


class _Parser:
    """Line by line, collecting problems; a name can be used only once it has been defined above."""

    def __init__(self) -> None:
        self.logs: list[Verifier] = []
        self.witnesses: dict[str, Verifier] = {}
        self.groups: dict[str, Group] = {}
        self.grouped: set[str] = set()
        self.quorum: str | None = None

    def run(self, text: str) -> Policy:
        problems = []
        for number, line in enumerate(text.split("\n"), 1):
            try:
                self._line(line)
            except (ValueError, TamperedError) as error:
                problems.append(Problem(str(error), f"line {number}"))
        if self.quorum is None and not problems:
            problems.append(
                Problem("there is no quorum", mend="Add the line `quorum none`, or name a witness or group.")
            )
        if problems or self.quorum is None:
            raise InvalidError(tuple(problems))
        return Policy(tuple(self.logs), self.witnesses, self.groups, self.quorum)

    def _line(self, line: str) -> None:
        if any(ord(c) < ord(" ") and c != "\t" for c in line):
            raise ValueError("control characters are not allowed")
        words = line.replace("\t", " ").split(" ")
        words = [word for word in words if word]
        if not words or words[0].startswith("#"):
            return
        handler = {
            "log": self._log,
            "witness": self._witness,
            "group": self._group,
            "quorum": self._quorum,
        }.get(words[0])
        if handler is None:
            raise ValueError(f"unknown word {words[0]!r}: a line begins with log, witness, group or quorum")
        handler(words[1:])

    def _log(self, words: list[str]) -> None:
        if len(words) not in (1, 2):
            raise ValueError("expected: log <vkey> [<url>]")
        verifier = Verifier.parse(words[0])
        if verifier.kind != ED25519:
            raise ValueError("a log's key is of type 0x01")
        if verifier.public in [known.public for known in self.logs]:
            raise ValueError("the same log key stands here twice")
        self.logs.append(verifier)

    def _witness(self, words: list[str]) -> None:
        if len(words) not in (2, 3):
            raise ValueError("expected: witness <name> <vkey> [<url>]")
        self._new(words[0])
        verifier = Verifier.parse(words[1])
        if verifier.kind != COSIGNATURE:
            raise ValueError("a witness's key is of type 0x04")
        if verifier.public in [known.public for known in self.witnesses.values()]:
            raise ValueError("the same witness key stands here twice")
        self.witnesses[words[0]] = verifier

    def _group(self, words: list[str]) -> None:
        if len(words) < 3:  # noqa: PLR2004  name, threshold and one member
            raise ValueError("expected: group <name> all|any|<number> <member>...")
        name, least, members = words[0], words[1], tuple(words[2:])
        self._new(name)
        for member in members:
            self._known(member)
            if member in self.grouped:
                raise ValueError(f"{member!r} is in a group already")
            self.grouped.add(member)
        wanted = {"all": str(len(members)), "any": "1"}.get(least, least)
        if not (wanted.isascii() and wanted.isdigit() and 1 <= int(wanted) <= len(members)):
            raise ValueError(f"a group of {len(members)} cannot need {least!r}")
        self.groups[name] = Group(int(wanted), members)

    def _quorum(self, words: list[str]) -> None:
        if len(words) != 1:
            raise ValueError("expected: quorum <name>")
        if self.quorum is not None:
            raise ValueError("there is a second quorum")
        if words[0] != NONE:
            self._known(words[0])
        self.quorum = words[0]

    def _new(self, name: str) -> None:
        if name == NONE or name in self.witnesses or name in self.groups:
            raise ValueError(f"the name {name!r} is taken")

    def _known(self, name: str) -> None:
        if name not in self.witnesses and name not in self.groups:
            raise ValueError(f"{name!r} is not defined above this line")
