"""This module knows the refusals and failures that the record raises; `portal.errors` translates each of them once."""

from __future__ import annotations

from dataclasses import dataclass, field


class AccordError(Exception):
    """Every error that a service raises on purpose. The message is fit to be shown; it never holds a field's value."""


class NotPermittedError(AccordError):
    """The decision point said no. `rule` names the rule that failed; nothing was changed."""

    def __init__(self, message: str, *, rule: str = "role") -> None:
        """Keep the message for the person and the rule's name for the ledger."""
        super().__init__(message)
        self.rule = rule


class NotFoundError(AccordError):
    """There is no such thing, or none that this actor may know of: the two are never told apart."""


class StaleError(AccordError):
    """Somebody else changed the row since it was read. Nothing was stored; both versions can be shown."""


class UnrecordedError(AccordError):
    """Rows changed but no ledger entry was recorded. A defect, never a user's fault; everything was rolled back."""


class TamperedError(AccordError):
    """Stored bytes do not verify: a signature, a hash, or the seal of a field that was moved or edited."""


class UnreachableError(AccordError):
    """The store or a key cannot be reached (exit code 3 at the command line)."""


@dataclass(frozen=True)
class Problem:
    """One thing wrong with what was given: where it is, what happened, and what to do next."""

    message: str
    where: str = ""
    mend: str = ""


@dataclass
class InvalidError(AccordError):
    """What was given cannot be accepted; every problem at once, nothing stored."""

    problems: tuple[Problem, ...] = field(default_factory=tuple)

    def __post_init__(self) -> None:
        """Make the message of the exception the list of problems."""
        super().__init__("; ".join(f"{p.where}: {p.message}" if p.where else p.message for p in self.problems))

    @classmethod
    def one(cls, message: str, *, where: str = "", mend: str = "") -> InvalidError:
        """Build the error for a single problem."""
        return cls((Problem(message, where, mend),))
