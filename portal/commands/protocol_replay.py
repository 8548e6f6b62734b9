"""This module knows `accord protocol replay`: a past disclosure or refusal judged again as at any day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from portal import cli
from portal.commands import opening
from protocols import wording


def run(arguments: Sequence[str]) -> int:
    """Run `accord protocol replay REF`. Exit code 1: it comes out otherwise than recorded; 4: there is nothing to judge."""
    from sharing import disclosures, partners

    parser = cli.Parser(
        prog="accord protocol replay",
        description="Judge a past disclosure or refusal again, as at its own day or another, by the law, the texts and the"
        " people of that day. Nothing is opened, and nothing changes.",
    )
    parser.add_json()
    parser.add_argument("ref", metavar="REF", help="the disclosure's reference, as D2026-00001")
    parser.add_argument("--at", type=date.fromisoformat, metavar="DATE", help="its own day unless given")
    parser.add_argument("--partnership", required=True, metavar="P")
    options = parser.parse_args(arguments)
    with opening.opened() as store, store.reading() as session:
        partners.partnership(session, options.partnership)  # says so if there is no such partnership
        again = disclosures.judge_again(session, options.partnership, options.ref, options.at)
        names = {
            each.code: each.name for each in partners.members(session, options.partnership, again.day, also_former=True)
        }
    result = {
        "ref": again.ref,
        "decided_at": again.decided_at.isoformat(),
        "as_at": again.day.isoformat(),
        "same": again.answer is not None and not again.differs,
        "differs": {code: {"was": was, "now": now} for code, (was, now) in again.differs.items()},
        "answer": again.answer,
        "says": again.told,
    }
    head = f"{again.ref}, decided on {again.decided_at:%d.%m.%Y}, as at {again.day:%d.%m.%Y}:"
    told = list(wording.answer(again.answer, names)) if again.answer else []
    opening.show(result, as_json=options.json, lines=[head, *told, again.told])
    if again.answer is None:
        return cli.CANNOT_TELL
    return cli.NO if again.differs else cli.DONE
