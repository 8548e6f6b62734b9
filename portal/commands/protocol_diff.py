"""This module knows `accord protocol diff`: how two texts differ, and what a new one would have done with past cases."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from portal import cli
from portal.commands import opening, protocol_files
from protocols import compare, completeness, replay, terms, world
from protocols.reading import WrongInputError
from protocols.replay import Changed

_DIFFERENCES = {
    "refused": "Now refused:  ",
    "coarser": "Now coarser:  ",
    "finer": "Now finer:    ",
    "allowed": "Now allowed:  ",
    "terms": "Changed terms:",
    "head": "Changed head: ",
    "text": "Changed text: ",
}
_REPLAYED = {
    "refused": "Would be refused: ",
    "coarser": "Would be coarser: ",
    "finer": "Would be finer:   ",
    "allowed": "Would be released:",
}


@dataclass(frozen=True)
class _Replayed:
    """What a replay found. `strayed`: fields that the unchanged record does not answer as it did then. `unjudged`: refs."""

    cases: int
    changes: tuple[Changed, ...]
    strayed: tuple[str, ...] = ()
    unjudged: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        return {
            "cases": self.cases,
            "changes": [each.as_json() for each in self.changes],
            "strayed": list(self.strayed),
            "unjudged": list(self.unjudged),
        }

    def lines(self) -> Iterable[str]:
        yield from (f"{_REPLAYED[each.kind]} {each.says()}" for each in _refusals_first(self.changes))
        yield from (f"Not as recorded:   {each}" for each in self.strayed)
        if self.unjudged:
            yield f"Not judged again:  {', '.join(self.unjudged)}: the supplier held no record, and no text changes that"
        count = {kind: sum(each.kind == kind for each in self.changes) for kind in _REPLAYED}
        yield (
            f"Replayed {self.cases} cases: {count['refused']} fields would be refused, {count['allowed']} released, "
            f"{count['coarser']} coarser, {count['finer']} finer."
        )


def run(arguments: Sequence[str]) -> int:
    """Run `accord protocol diff`."""
    parser = _parser()
    options = parser.parse_args(arguments)
    texts = [protocol_files.protocol(path) for path in options.texts]
    wanted = 1 if options.partnership else 2
    if len(texts) != wanted or bool(options.cases) != bool(options.world) or (options.partnership and options.world):
        parser.error(
            "give OLD.toml NEW.toml, with or without --cases and --world together; or NEW.toml with --partnership"
        )
    if options.partnership:
        return _show(None, _over_record(texts[0], options.partnership), options)
    old, new = texts
    replayed = None
    if options.world:
        with protocol_files.opened(options.cases) as cases:
            replayed = _over_cases(old, new, protocol_files.json_object(options.world), cases)
    return _show(compare.differences(old, new), replayed, options)


def _parser() -> cli.Parser:
    parser = cli.Parser(
        prog="accord protocol diff",
        description="Say what a newer text would now refuse or allow, and what else it changes. With cases, or against "
        "the record: which of them would come out differently.",
    )
    parser.add_json()
    parser.add_argument("texts", nargs="+", metavar="OLD.toml NEW.toml", help="NEW.toml alone with --partnership")
    parser.add_argument(
        "--cases", metavar="CASES.jsonl", help="decide these cases under both texts; - for standard input"
    )
    parser.add_argument(
        "--world", metavar="WORLD.json", help="the world of those cases; it has a version of the protocol"
    )
    parser.add_argument(
        "--partnership", metavar="P", help="decide the record's past cases under its texts and the new one"
    )
    return parser


def _check_same(old: terms.Protocol, new: terms.Protocol) -> None:
    if (old.ref, old.partnership) != (new.ref, new.partnership):
        message = f"these are two protocols, {old.ref} of {old.partnership} and {new.ref} of {new.partnership}"
        raise protocol_files.UnreadableError(message)


def _over_cases(
    old: terms.Protocol, new: terms.Protocol, mapping: Mapping[str, Any], cases: Iterable[str]
) -> _Replayed:
    _check_same(old, new)
    _warn_of_draft(new)
    before, after = (world.load(replay.in_place(mapping, text)) for text in (old, new))
    kept = [line for line in cases if line.strip()]
    return _Replayed(len(kept), tuple(replay.changes(before, after, kept)))


def _over_record(new: terms.Protocol, partnership: str) -> _Replayed:
    """Each past case with its facts as the gate kept them, under the record's own texts and under the new one."""
    from sharing import disclosures, partners

    with opening.opened() as store, store.reading() as session:
        partners.partnership(session, partnership)  # says so if there is no such partnership
        mapping = partners.world(session, partnership)
        past = disclosures.past_cases(session, partnership)
    if new.partnership != partnership:
        raise protocol_files.UnreadableError(f"{new.ref} is a protocol of {new.partnership}, not of {partnership}")
    _warn_of_draft(new)
    before, after = world.load(mapping), world.load(replay.in_place(mapping, new))
    changes: list[Changed] = []
    strayed: list[str] = []
    for each in past:
        if not each.case:
            continue
        try:
            was = replay.judge(before, each.case)
        except WrongInputError as error:
            strayed.append(f"{each.ref}: it can no longer be read: {error}")
            continue
        strayed += _strayed(each.ref, each.recorded, {code: one.form for code, one in was.fields.items()})
        changes += replay.changed(before, was, replay.judge(after, each.case))
    unjudged = tuple(each.ref for each in past if not each.case)
    return _Replayed(len(past) - len(unjudged), tuple(changes), tuple(strayed), unjudged)


def _strayed(ref: str, recorded: Mapping[str, str | None], judged: Mapping[str, str | None]) -> Iterable[str]:
    """Where a fact that the record keeps without its days has changed since, the case is no longer answered as it was."""
    for code, form in recorded.items():
        if judged.get(code) != form:
            then, now = (each or "withheld" for each in (form, judged.get(code)))
            yield f"{ref} {code}: recorded {then}, judged again {now}: a fact that has no days of its own has changed since"


def _warn_of_draft(text: terms.Protocol) -> None:
    if completeness.missing(text):
        print("The new text is a draft: nothing can rest on its lines. Run accord protocol check.", file=sys.stderr)


def _refusals_first(changes: Iterable[Changed]) -> list[Changed]:
    order = list(_REPLAYED)
    return sorted(changes, key=lambda each: order.index(each.kind))


def _show(
    found: Sequence[compare.Difference] | None,
    replayed: _Replayed | None,
    options: Any,  # noqa: ANN401  argparse's own
) -> int:
    listed = [{"kind": each.kind, "where": each.where, "says": each.says} for each in found or ()]
    lines = [f"{_DIFFERENCES[each.kind]} {each.where}: {each.says}" for each in found or ()]
    if found is not None and not found:
        lines.append("Nothing differs but the version.")
    if replayed is None:
        opening.show(listed, as_json=options.json, lines=lines)
        return cli.DONE
    result = replayed.as_json() | ({} if found is None else {"differences": listed})
    opening.show(result, as_json=options.json, lines=[*lines, *replayed.lines()])
    return cli.DONE
