"""This module knows the part of `accord ledger` that takes in what partners vouch for: witness, cosigned, standing."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from portal import cli
from sharing.errors import InvalidError, TamperedError

if TYPE_CHECKING:
    from sharing.ledger.vouched import Standing, WitnessView
    from sharing.ledger.witnesses import Taken
    from sharing.store import Store

WHAT = {
    "witness": "register a partner's co-signing key",
    "cosigned": "take in heads that partners co-signed",
    "standing": "say who vouches for each log, and for how long nobody has",
}
_LARGEST = 1 << 20


def add_arguments(name: str, parser: ArgumentParser) -> None:
    """Add what one of these commands takes."""
    parser.add_argument("--partnership", required=True, metavar="P", help="a partnership's code")
    if name == "cosigned":
        parser.add_argument(
            "files", type=Path, nargs="+", metavar="HEAD", help="a co-signed head, as the partner sent it"
        )
    if name == "witness":
        parser.add_argument(
            "key", metavar="VKEY", help="what `accord ledger new-key` printed for them, or a file with it"
        )
        parser.add_argument("--organisation", required=True, metavar="ORG", help="whose key it is")
        day = date.fromisoformat
        parser.add_argument(
            "--from", dest="valid_from", type=day, metavar="DATE", help="its first day; today unless given"
        )
        parser.add_argument("--until", dest="valid_until", type=day, metavar="DATE", help="its last day, if it has one")


def _witness(store: Store, options: Namespace) -> int:
    from portal.commands import opening
    from sharing import partners
    from sharing.ledger import vouched, witnesses

    with store.reading() as session:
        members = {each.code for each in partners.members(session, options.partnership, store.clock.today())}
        there = {each.vkey: each for each in vouched.witnesses(session, options.partnership)}
    if options.organisation not in members:
        raise InvalidError.one("There is no such member of the partnership.", where=options.organisation)
    vkey = _text(options.key)
    first = options.valid_from or (there[vkey].valid_from if vkey in there else store.clock.now().date())
    command = witnesses.RegisterWitness(options.partnership, options.organisation, vkey, first, options.valid_until)
    with store.unit(opening.operator(options.partnership)) as unit:
        changed = witnesses.register_witness(unit, command)
    last = f" until {command.valid_until}" if command.valid_until else ""
    line = f"{vkey.partition('+')[0]} co-signs for {command.organisation} from {first}{last}."
    said = {"organisation": command.organisation, "vkey": vkey, "from": first, "until": command.valid_until}
    opening.show({**said, "changed": changed}, as_json=options.json, lines=[line])
    return cli.DONE


def _text(given: str) -> str:
    path = Path(given)
    return (path.read_text(encoding="utf-8") if path.is_file() else given).strip()


def _cosigned(store: Store, options: Namespace) -> int:
    from portal.commands import opening

    found = [_taken(store, options.partnership, path) for path in options.files]
    opening.show(
        [_as_json(path, taken) for path, taken in zip(options.files, found, strict=True)],
        as_json=options.json,
        lines=[line for path, taken in zip(options.files, found, strict=True) for line in _lines(path, taken)],
    )
    return cli.DONE


def _taken(store: Store, partnership: str, path: Path) -> Taken:
    from portal.commands import opening
    from sharing.ledger import witnesses

    with path.open("rb") as file:
        data = file.read(_LARGEST)
    with store.unit(opening.operator(partnership)) as unit:
        taken = witnesses.take_cosignatures(unit, partnership, data, store.signer.verifier)
    if taken.contradiction:
        raise TamperedError(f"{path}: {taken.contradiction}")
    return taken


def _as_json(path: Path, taken: Taken) -> dict[str, Any]:
    by = [
        {"organisation": line.organisation, "key": line.key, "at": line.at.isoformat(), "new": line.new}
        for line in taken.lines
    ]
    return {"file": str(path), "log": taken.log, "size": taken.size, "by": by, "unknown": list(taken.unknown)}


def _lines(path: Path, taken: Taken) -> list[str]:
    lines = [
        f"{path}: {line.organisation} co-signed the first {taken.size} entries of {taken.log} on {line.at:%d.%m.%Y}"
        + (". Kept." if line.new else "; that was here already.")
        for line in taken.lines
    ]
    return [*lines, *(f"{path}: {name} is not in the register; its line was passed over." for name in taken.unknown)]


def _standing(store: Store, options: Namespace) -> int:
    from portal.commands import opening
    from sharing import partners
    from sharing.ledger import vouched

    now = store.clock.now()
    with store.reading() as session:
        partners.partnership(session, options.partnership)  # says so if there is no such partnership
        found = vouched.standings(session, options.partnership)
    opening.show(
        [_standing_json(each, now) for each in found],
        as_json=options.json,
        lines=[line for each in found for line in (f"{each.log}: {each.told(now)}", *map(_who, each.witnesses))],
    )
    return cli.DONE


def _who(view: WitnessView) -> str:
    if view.size is None or view.signed_at is None:
        return f"  {view.organisation} ({view.name}) has co-signed nothing of it."
    return f"  {view.organisation} ({view.name}) last co-signed {view.size} entries, on {view.signed_at:%d.%m.%Y}."


def _standing_json(each: Standing, now: datetime) -> dict[str, Any]:
    return {
        "log": each.log,
        "size": each.size,
        "covered": each.covered,
        "by": list(each.by),
        "uncovered_days": each.days(now),
        "says": each.told(now),
        "witnesses": [
            {"organisation": w.organisation, "vkey": w.vkey, "size": w.size, "at": w.signed_at} for w in each.witnesses
        ],
    }


ACTIONS: dict[str, Callable[[Store, Namespace], int]] = {
    "witness": _witness,
    "cosigned": _cosigned,
    "standing": _standing,
}
