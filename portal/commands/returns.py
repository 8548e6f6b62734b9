"""This module knows `accord return`: the empty form, the check of a file, its submission for an officer, and who has sent."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from portal import cli
from portal.commands import opening
from sharing.errors import InvalidError
from sharing.store import Session, Store

if TYPE_CHECKING:
    from sharing.returns import Checked, Quarter

_KINDS = ("quarterly", "incidents")
_WORDS = {"must-fix": "Must fix", "check-this": "Check this", "notice": "Please note"}


def run(_name: str, arguments: Sequence[str]) -> int:
    """Run `accord return template|check|submit|status`."""
    parser = cli.Parser(prog="accord return", description="Landlords' returns.")
    actions = parser.add_subparsers(dest="action", required=True)
    for name, what in _WHAT.items():
        one = actions.add_parser(name, help=what)
        one.add_argument("--partnership", required=True, metavar="P")
        one.add_argument("--period", required=True, metavar="YYYY-Qn", help="the quarter, like 2026-Q3")
        one.add_json()
        _OPTIONS[name](one)
    options = parser.parse_args(arguments)
    with opening.opened() as store:
        return _ACTIONS[options.action](store, options)


def _add_template(one: cli.Parser) -> None:
    one.add_argument("--org", required=True, metavar="ORG", help="the landlord: its kinds and areas stand in the form")
    one.add_argument("--kind", choices=_KINDS, default="quarterly")
    one.add_argument("-o", dest="output", type=Path, required=True, help="a file that ends in .xlsx or .csv")


def _add_check(one: cli.Parser) -> None:
    one.add_argument("file", type=Path)
    one.add_argument("--org", required=True, metavar="ORG")
    one.add_argument("--kind", choices=_KINDS, default="quarterly")
    one.add_argument("-o", dest="output", type=Path, help="write every problem to this workbook")


def _add_submit(one: cli.Parser) -> None:
    one.add_argument("file", type=Path)
    one.add_argument("--kind", choices=_KINDS, default="quarterly")
    one.add_argument("--as", dest="email", required=True, metavar="USER", help="the returns officer it is done for")
    one.add_argument("--reason", action="append", default=[], metavar="RULE=TEXT", help="for what is to be checked")
    one.add_argument("--replace", type=int, metavar="VERSION", help="the version that this file replaces")


def _quarter(options: Namespace) -> Quarter:
    from sharing.returns import Quarter

    return Quarter.parse(options.period)


def _template(store: Store, options: Namespace) -> int:
    from portal.landlord.returns import TYPES, last_areas
    from sharing import returns
    from sharing.returns import Shape, read

    ending = options.output.suffix.removeprefix(".")
    if ending not in TYPES:
        raise InvalidError.one("The form is written as .xlsx or .csv.", where=str(options.output))
    with store.reading() as session:
        mapping = read.kept_mapping(session, options.partnership, options.org, options.kind)
        areas = last_areas(session, options.partnership, options.org, _quarter(options))
    shape = Shape(returns.scheme(mapping.scheme, mapping.categories), areas, _quarter(options))
    options.output.write_bytes(TYPES[ending][1](returns.form(options.kind), shape))
    opening.show({"form": str(options.output)}, as_json=options.json, lines=[f"Wrote {options.output}."])
    return cli.DONE


def _checked(session: Session, store: Store, options: Namespace, organisation: str) -> Checked:
    from sharing import places, returns
    from sharing.returns import Setting, read

    quarter = _quarter(options)
    mapping = read.kept_mapping(session, options.partnership, organisation, options.kind)
    setting = Setting(
        quarter=quarter,
        today=store.clock.today(),
        scheme=returns.scheme(mapping.scheme, mapping.categories),
        mapping=mapping,
        locator=places.locator(session, options.partnership) if options.kind == "incidents" else None,
        previous=read.previous_numbers(session, options.partnership, organisation, quarter)
        if options.kind == "quarterly"
        else {},
    )
    return returns.check_return(options.kind, options.file.name, options.file.read_bytes(), setting)


def _check(store: Store, options: Namespace) -> int:
    from sharing import partners, returns

    with store.reading() as session:
        partners.member(session, options.partnership, options.org, store.clock.today())
        checked = _checked(session, store, options, options.org)
    if options.output:
        options.output.write_bytes(returns.write_problems(checked))
    opening.show(_result(checked), as_json=options.json, lines=_lines(checked))
    return cli.DONE if checked.is_fit and checked.accepted else cli.NO


def _result(checked: Checked) -> dict[str, Any]:
    return {
        "fit": checked.is_fit and bool(checked.accepted),
        "rows": checked.rows_read,
        "accepted": checked.accepted,
        "left_out": len(checked.left_out),
        "rejected": len(checked.rejected),
        "needs_reasons": list(checked.asks),
        "problems": [
            {"level": str(each.level), "rule": each.rule, "where": each.where, "what": each.message, "mend": each.mend}
            for each in checked.problems
        ],
    }


def _lines(checked: Checked) -> list[str]:
    from sharing.returns import Level

    shown = [each for level in Level for each in checked.shown(level)]
    lines = [f"{_WORDS[each.level]}: {each.where or 'the file'}: {each.message} {each.mend}".rstrip() for each in shown]
    fate = "It can be submitted" if checked.is_fit and checked.accepted else "It cannot be submitted yet"
    asks = f"; it needs a reason for {', '.join(checked.asks)}" if checked.asks else ""
    return [
        *lines,
        f"{checked.accepted} of {checked.rows_read} rows would be stored. {fate}{asks}. Nothing was stored.",
    ]


def _submit(store: Store, options: Namespace) -> int:
    """Submit for an officer: both names go to the ledger. It stays uncertified, since an operator never certifies."""
    from portal.landlord.cover import InForceNow, footing
    from sharing import partners, returns
    from sharing.returns import Kind, SubmitReturn, read

    operator = opening.operator().operator
    with store.reading() as session:
        actor = partners.actor_by_email(
            session, store.clock, options.email, partnership=options.partnership, operator=operator
        )
        organisation = str(actor.organisation)
        checked = _checked(session, store, options, organisation)
        council = footing(session, store.clock, options.partnership, organisation).council
        current = read.current_return(session, options.partnership, organisation, _quarter(options), Kind(options.kind))
    command = SubmitReturn(
        partnership=options.partnership,
        organisation=organisation,
        checked=checked,
        council=council,
        reasons=_reasons(options.reason),
        replaces=current.id if current and current.version == options.replace else None,
    )
    with store.unit(actor) as unit:
        done = returns.submit_return(unit, command, in_force=InForceNow(store.clock))
    store.integrate()
    result = {"version": done.version, "repeat": done.is_repeat, "entry": str(done.entry_id), "certified": False}
    lines = [
        f"This very file is version {done.version} already; nothing was stored again."
        if done.is_repeat
        else f"Submitted for {organisation}: {options.period}, version {done.version}.",
        f"Receipt: accord ledger prove --partnership {options.partnership} {done.entry_id} -o FILE",
    ]
    opening.show(result, as_json=options.json, lines=lines)
    if not done.is_repeat:
        print(
            "It is not certified: an operator never certifies. To have it certified, an officer of the landlord sends "
            "it in the portal, under Your returns.",
            file=sys.stderr,
        )
    return cli.DONE


def _reasons(given: Sequence[str]) -> dict[str, str]:
    pairs = [each.partition("=") for each in given]
    return {rule.strip(): text.strip() for rule, _, text in pairs}


def _status(store: Store, options: Namespace) -> int:
    from sharing import partners, returns

    with store.reading() as session:
        partners.partnership(session, options.partnership)  # says so if there is no such partnership
        found = returns.landlords_status(session, options.partnership, _quarter(options), store.clock.today())
    rows = [
        {
            "organisation": row.organisation,
            "name": row.name,
            "state": str(row.state),
            "version": row.version,
            "submitted_on": row.submitted_on,
            "incident_sheet": row.has_incidents,
        }
        for row in found.rows
    ]
    result = {"period": found.period, "due_on": found.due_on, "expected": found.expected, "received": found.received}
    lines = [f"{row['name']}: {row['state']}" for row in rows]
    last = f"{found.received} of {found.expected} returns are in. They are due by {found.due_on.isoformat()}."
    opening.show(result | {"returns": rows}, as_json=options.json, lines=[*lines, last])
    return cli.DONE if found.received == found.expected else cli.NO


_WHAT = {
    "template": "write the empty form, in the shape of the landlord's last return",
    "check": "say every problem of a file; nothing is stored (exit code 1: it cannot be submitted yet)",
    "submit": "submit a file for a returns officer, uncertified",
    "status": "say which landlords have sent, and which have not (exit code 1: one has not)",
}
_OPTIONS: dict[str, Callable[[cli.Parser], None]] = {
    "template": _add_template,
    "check": _add_check,
    "submit": _add_submit,
    "status": lambda _one: None,
}
_ACTIONS: dict[str, Callable[[Store, Namespace], int]] = {
    "template": _template,
    "check": _check,
    "submit": _submit,
    "status": _status,
}
