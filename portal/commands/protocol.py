"""This module knows `accord protocol`: check a text, render it, load it, ask the rulebook, and compare two versions."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from portal import cli
from portal.commands import opening, protocol_diff, protocol_files, protocol_replay
from portal.commands.protocol_files import UnreadableError
from protocols import case_reading, citations, completeness, decide, odrl, render, supposed, terms, wording, world
from protocols.reading import WrongInputError
from protocols.vocabulary import CHANNELS

_FORMATS = ("md", "html", "json", "pdf")


def run(name: str, arguments: Sequence[str]) -> int:  # noqa: ARG001  every command is called in the same way
    """Run `accord protocol check|render|load|decide|explain|diff|replay`."""
    if not arguments or arguments[0] not in _COMMANDS:
        _usage()
        return cli.DONE if arguments and arguments[0] in {"-h", "--help"} else cli.USAGE
    try:
        return _COMMANDS[arguments[0]](arguments[1:])
    except (UnreadableError, terms.TermsError, WrongInputError) as error:
        print(f"accord protocol {arguments[0]}: {error}", file=sys.stderr)
        return cli.USAGE


def _usage() -> None:
    print(f"usage: accord protocol {'|'.join(_COMMANDS)} … (each says more with --help)", file=sys.stderr)


def _parser(command: str, says: str) -> cli.Parser:
    parser = cli.Parser(prog=f"accord protocol {command}", description=says)
    parser.add_json()
    return parser


# --- a text --------------------------------------------------------------------------------------


def _check(arguments: Sequence[str]) -> int:
    parser = _parser("check", "Say what a protocol still lacks, by name and place. Exit code 1: it lacks something.")
    parser.add_argument("file", metavar="FILE.toml")
    options = parser.parse_args(arguments)
    try:
        protocol = protocol_files.protocol(options.file)
    except terms.TermsError as error:
        found = [{"where": each.where, "line": each.line, "message": each.message} for each in error.problems]
        result: dict[str, Any] = {"readable": False, "complete": False, "problems": found}
        opening.show(result, as_json=options.json, lines=[*map(str, error.problems), _count(len(found), "problem")])
        return cli.NO
    gaps = completeness.missing(protocol)
    result = {
        "readable": True,
        "complete": not gaps,
        "ref": protocol.ref,
        "version": protocol.version,
        "digest": protocol.digest,
        "five_questions": dict(completeness.five_questions(protocol)),
        "missing": [{"name": gap.name, "where": gap.where, "mend": gap.mend} for gap in gaps],
    }
    last = f"Missing: {_count(len(gaps), 'thing')}. It stays a draft." if gaps else "Complete: it can be signed."
    title = f"{protocol.ref}, version {protocol.version}: {protocol.title}"
    opening.show(result, as_json=options.json, lines=[title, *map(str, gaps), last, f"Digest {protocol.digest}"])
    return cli.NO if gaps else cli.DONE


def _render(arguments: Sequence[str]) -> int:
    parser = _parser("render", "Write the text that people sign (md, html, pdf), or the ODRL form (json).")
    parser.add_argument("file", metavar="FILE.toml")
    parser.add_argument(
        "-o", "--output", metavar="OUT", default="-", help="by its ending: .md .html .pdf .json; - is stdout"
    )
    parser.add_argument("--format", choices=_FORMATS, help="if OUT does not say it by its ending (stdout: md)")
    options = parser.parse_args(arguments)
    protocol = protocol_files.protocol(options.file)
    ending = Path(options.output).suffix.removeprefix(".")
    chosen = options.format or ("json" if options.json else ending or "md")
    if chosen not in _FORMATS:
        raise UnreadableError(f"“.{chosen}” is no form to write; it can be {', '.join(_FORMATS)} (or say --format)")
    written = _written(protocol, chosen)
    if options.output == "-":
        sys.stdout.buffer.write(written)
        sys.stdout.flush()
    else:
        Path(options.output).write_bytes(written)
        print(
            f"Written {options.output}: {protocol.ref}, version {protocol.version}, digest {protocol.digest}",
            file=sys.stderr,
        )
    if completeness.missing(protocol):
        print(
            "This is a draft: it lacks something, and nobody can sign it. Run accord protocol check.", file=sys.stderr
        )
    return cli.DONE


def _written(protocol: terms.Protocol, form: str) -> bytes:
    if form == "md":
        return render.markdown(protocol).encode()
    if form == "html":
        return render.html_page(protocol).encode()
    if form == "json":
        return (json.dumps(odrl.policy(protocol), ensure_ascii=False, indent=2) + "\n").encode()
    import typst  # slow to import, and only a PDF needs it

    made: bytes = typst.compile(render.typst(protocol).encode(), format="pdf", ignore_system_fonts=True, timestamp=0)
    return made


def _load(arguments: Sequence[str]) -> int:
    from sharing import partners

    parser = _parser("load", "Load a version of a protocol into its partnership, as a draft or ready to be signed.")
    parser.add_argument("file", metavar="FILE.toml")
    options = parser.parse_args(arguments)
    text = protocol_files.text(options.file)
    actor = opening.operator(terms.load(text).partnership)
    with opening.opened() as store, store.unit(actor) as unit:
        loaded = partners.load_protocol(unit, partners.LoadProtocol(text, actor.partnership))
    result = {
        "ref": loaded.ref,
        "version": loaded.number,
        "digest": loaded.digest,
        "complete": loaded.complete,
        "missing": [str(gap) for gap in loaded.missing],
    }
    state = "ready to be signed" if loaded.complete else "a draft that nobody can sign yet"
    lines = [f"Loaded {loaded.ref}, version {loaded.number}: {state}.", *map(str, loaded.missing)]
    opening.show(result, as_json=options.json, lines=[*lines, f"Digest {loaded.digest}"])
    return cli.DONE


# --- the rulebook --------------------------------------------------------------------------------


def _decide(arguments: Sequence[str]) -> int:
    parser = _parser("decide", "Decide cases in a world, one JSON object a line. Pure: no database, no settings.")
    parser.add_argument("--world", required=True, metavar="WORLD.json")
    parser.add_argument("--cases", required=True, metavar="CASES.jsonl", help="- for standard input")
    options = parser.parse_args(arguments)
    with protocol_files.opened(options.cases) as cases:
        for line in world.decide_lines(protocol_files.json_object(options.world), cases):
            print(line)
    return cli.DONE


def _explain(arguments: Sequence[str]) -> int:
    parser = _parser(
        "explain", "Say, field by field, whether one body may give this to another, by which line, or why not."
    )
    parser.add_argument("--from", dest="supplier", required=True, metavar="ORG")
    parser.add_argument("--to", dest="recipient", required=True, metavar="ORG")
    parser.add_argument("--purpose", required=True, metavar="P")
    parser.add_argument("--fields", required=True, metavar="a,b,c", help="FIELD or FIELD=FORM, with commas between")
    parser.add_argument("--at", type=date.fromisoformat, metavar="DATE", help="as YYYY-MM-DD; today if left out")
    parser.add_argument("--area", default="*", metavar="A", help="area of the record")
    parser.add_argument(
        "--category", default="ASBX", metavar="C", help="kind of anti-social behaviour, from the common list"
    )
    parser.add_argument("--channel", default="view", choices=CHANNELS)
    parser.add_argument(
        "--data-set", metavar="D", help="the prescribed data set that it belongs to, D1 to D12 (SI 2007/1831)"
    )
    parser.add_argument("--partnership", required=True, metavar="P")
    parser.add_argument("--world", metavar="WORLD.json", help="ask this world instead of the record")
    options = parser.parse_args(arguments)
    mapping, now = (
        (protocol_files.json_object(options.world), datetime.now(UTC))
        if options.world
        else _recorded(options.partnership)
    )
    question = supposed.Question(
        partnership=options.partnership,
        supplier=options.supplier,
        recipient=options.recipient,
        purpose=options.purpose,
        fields=_fields(options.fields),
        at=options.at or now,
        area=options.area,
        category=options.category,
        channel=options.channel,
        data_set=options.data_set,
    )
    loaded = world.load(mapping)
    answer = _explained(loaded, supposed.case(loaded, question), mapping.get("law") or {})
    names = {each["code"]: each.get("name", each["code"]) for each in mapping["organisations"]}
    opening.show(answer, as_json=options.json, lines=list(wording.answer(answer, names)))
    withheld = any(each["result"] == "withheld" for each in answer["fields"].values())
    return cli.NO if withheld else cli.DONE


def _explained(loaded: world.World, asked: Mapping[str, Any], law: Mapping[str, Any]) -> dict[str, Any]:
    """The answer with, under each field, the law that it rests on."""
    case = case_reading.read(loaded, asked, "the question")
    decision = decide.release(loaded, case)
    answer: dict[str, Any] = json.loads(json.dumps(decision.as_json()))
    for code, cited in citations.of(loaded, case, decision, law).items():
        answer["fields"][code]["citation"] = citations.as_json(cited)
    return answer


def _recorded(partnership: str) -> tuple[dict[str, Any], datetime]:
    from sharing import partners

    with opening.opened() as store, store.reading() as session:
        partners.partnership(session, partnership)  # says so if there is no such partnership
        return partners.world(session, partnership), store.clock.business_now()


def _fields(given: str) -> dict[str, str | None]:
    asked = [each.strip().partition("=") for each in given.split(",") if each.strip()]
    return {code.strip(): form.strip() or None for code, _, form in asked}


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


_COMMANDS: Mapping[str, Callable[[Sequence[str]], int]] = {
    "check": _check,
    "render": _render,
    "load": _load,
    "decide": _decide,
    "explain": _explain,
    "diff": protocol_diff.run,
    "replay": protocol_replay.run,
}
