"""This module knows `accord ledger none`: the answer that nothing about a reference left in some days, to be checked offline."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from portal import cli
from sharing.errors import InvalidError

if TYPE_CHECKING:
    from sharing.ledger.absent import Outcome
    from sharing.store import Store

NAME, WHAT = "none", "answer that nothing about a reference left in some days, to be checked against an export"


def add_arguments(parser: ArgumentParser) -> None:
    """Add what the command takes."""
    parser.add_argument("--partnership", required=True, metavar="P", help="a partnership's code")
    parser.add_argument("--reference", required=True, metavar="R", help="the supplier's reference of the record")
    day = date.fromisoformat
    parser.add_argument("--from", dest="first", type=day, required=True, metavar="DATE", help="the first day")
    parser.add_argument("--to", dest="last", type=day, required=True, metavar="DATE", help="the last day, in London")
    parser.add_argument("-o", dest="output", type=Path, metavar="FILE", help="where the answer goes (.absence.json)")


def run(store: Store, options: Namespace) -> int:
    """Look through the log; write the answer, or say what left. Exit code 1: something did."""
    from portal.commands import opening
    from sharing import partners
    from sharing.ledger import absent

    if options.output and options.output.exists():
        raise InvalidError.one("There is such a file already.", where=str(options.output), mend="Name another.")
    with store.reading() as session:
        partners.partnership(session, options.partnership)  # says so if there is no such partnership
    asked = absent.question(options.reference, options.first, options.last, store.clock.now())
    with store.unit(opening.operator(options.partnership)) as unit:
        absent.record_question(unit, asked)
    store.integrate()
    with store.reading() as session:
        found = absent.answer(session, options.partnership, asked)
    text = found.answer.render() if found.answer else ""
    if text and options.output:
        options.output.write_text(text, encoding="utf-8", newline="\n")
    opening.show(_as_json(found), as_json=options.json, lines=_lines(found, options.output))
    return cli.NO if found.left else cli.DONE


def _as_json(found: Outcome) -> dict[str, object]:
    asked = found.question
    left = [
        {"log": e.log, "index": e.index, "entry": str(e.entry.id), "at": e.entry.at.isoformat()} for e in found.left
    ]
    heads = [{"log": head.origin, "size": head.size} for head, _ in found.answer.heads] if found.answer else []
    days = {"reference": asked.reference, "from": asked.first, "to": asked.last}
    return {**days, "left": left, "others": found.others, "heads": heads}


def _lines(found: Outcome, output: Path | None) -> list[str]:
    from sharing.ledger.absence import NOT_SHOWN

    asked = found.question.words()
    if found.answer is None:
        times = [f"  entry {each.index} of {each.log}, {each.entry.at:%d.%m.%Y %H:%M} UTC" for each in found.left]
        return [f"Something about {asked} left:", *times]
    heads = " and ".join(f"the first {head.size} entries of {head.origin}" for head, _ in found.answer.heads)
    lines = [f"Nothing about {asked} left, says every entry of these days in {heads}.", NOT_SHOWN]
    if found.others:
        lines.append(f"{found.others} other entries of these days name the reference.")
    if output:
        lines.append(f"Wrote {output}; it is checked with an export of the log: accord verify {output} DIR --key VKEY")
    return lines
