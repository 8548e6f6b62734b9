"""This module knows `accord ledger`: head, verify, export and prove, each for one partnership or for the operator's log.

The rest of it, new-key, cosign and compare, is a partner's and stands in `witness`: it opens no record. What partners hand back
(witness, cosigned, standing) stands in `vouching`, the negative answer (none) in `absence`.
"""

from __future__ import annotations

import uuid
from argparse import Namespace
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from portal import cli
from portal.commands import absence, vouching, witness
from sharing.errors import InvalidError, NotFoundError

if TYPE_CHECKING:
    from sharing.store import Store


def run(_name: str, arguments: Sequence[str]) -> int:
    """Run `accord ledger head|verify|export|prove`, what a partner does with heads, or what partners hand back."""
    options = _parser().parse_args(arguments)
    if options.action in witness.WHAT:
        return witness.run(options)
    from portal.commands import opening

    with opening.opened() as store:
        store.integrate()
        return {**_ACTIONS, **vouching.ACTIONS, absence.NAME: absence.run}[options.action](store, options)


def _parser() -> cli.Parser:
    parser = cli.Parser(prog="accord ledger", description="The audit ledger of one partnership, or the operator's.")
    actions = parser.add_subparsers(dest="action", required=True)
    for name, what in witness.WHAT.items():
        one = actions.add_parser(name, help=what)
        one.add_json()
        witness.add_arguments(name, one)
    for name, what in vouching.WHAT.items():
        one = actions.add_parser(name, help=what)
        one.add_json()
        vouching.add_arguments(name, one)
    none = actions.add_parser(absence.NAME, help=absence.WHAT)
    none.add_json()
    absence.add_arguments(none)
    for name, what in _WHAT.items():
        one = actions.add_parser(name, help=what)
        one.add_argument("--partnership", required=True, help="a partnership's code, or 'operator'")
        one.add_argument("--year", type=int, help="the log's year; the latest unless given")
        one.add_json()
        if name == "verify":
            kept = "a head that you kept earlier (may be repeated)"
            one.add_argument("--from", dest="kept", type=Path, action="append", default=[], metavar="HEAD", help=kept)
        if name in {"head", "export"}:
            by = "the latest that so many partners co-signed (one, unless K is given)"
            one.add_argument("--cosigned", type=int, nargs="?", const=1, default=0, metavar="K", help=by)
        if name == "export":
            one.add_argument("directory", type=Path)
        if name == "prove":
            one.add_argument("entry", type=uuid.UUID)
            one.add_argument("-o", dest="output", type=Path, required=True)
    return parser


def _log(store: Store, options: Namespace) -> str:
    from sharing.ledger import read

    code = None if options.partnership == "operator" else options.partnership
    with store.reading() as session:
        logs = read.logs(session, code)
    found = [log for log in logs if options.year in {None, log.year}]
    if not found:
        raise NotFoundError(f"There is no log of {options.partnership}{f' of {options.year}' if options.year else ''}.")
    return found[0].origin


def _head(store: Store, options: Namespace) -> int:
    from portal.commands import opening
    from sharing.ledger import read

    with store.reading() as session:
        text = read.head(session, _log(store, options), least=options.cosigned)
    opening.show({"head": text}, as_json=options.json, lines=text.splitlines())
    return cli.DONE


def _verify(store: Store, options: Namespace) -> int:
    from portal.commands import opening
    from sharing.ledger import audit, checkpoint
    from sharing.ledger.policy import Policy
    from sharing.ledger.report import worst

    heads = [checkpoint.parse(path.read_bytes())[0] for path in options.kept]
    with store.reading() as session:
        reports = audit.verify_database(
            session, Policy().trusting(store.signer.verifier), partnership=options.partnership, heads=heads
        )
    opening.show(
        [report.as_json() for report in reports],
        as_json=options.json,
        lines=[line for report in reports for line in report.lines()],
    )
    return int(worst(report.verdict for report in reports))


def _export(store: Store, options: Namespace) -> int:
    from portal.commands import opening
    from protocols.actions import Event
    from sharing.ledger import bundle

    log = _log(store, options)
    partnership = None if options.partnership == "operator" else options.partnership
    with store.unit(opening.operator(partnership)) as unit:
        unit.record(Event.LEDGER_EXPORTED, facts={"log": log})
    with store.reading() as session:
        head = bundle.export(session, log, options.directory, least=options.cosigned)
    opening.show(
        {"log": log, "size": head.size, "directory": str(options.directory)},
        as_json=options.json,
        lines=[f"Exported {head.size} entries of {log} to {options.directory}."],
    )
    return cli.DONE


def _prove(store: Store, options: Namespace) -> int:
    from portal.commands import opening

    text = store.receipt(options.entry)
    if text is None:
        raise InvalidError.one("There is no such entry, or it is not integrated yet.", where=str(options.entry))
    options.output.write_text(text)
    opening.show({"receipt": str(options.output)}, as_json=options.json, lines=[f"Wrote {options.output}."])
    return cli.DONE


_WHAT = {
    "head": "print the signed head, to be kept elsewhere",
    "verify": "read every entry again and say what holds",
    "export": "write the log as a bundle that verifies offline",
    "prove": "write the receipt of an entry",
}
_ACTIONS: dict[str, Callable[[Store, Namespace], int]] = {
    "head": _head,
    "verify": _verify,
    "export": _export,
    "prove": _prove,
}
