"""This module knows the part of `accord ledger` that is a partner's: new-key, cosign, compare, stamp, stamped.

No database, no settings. It imports nothing that needs more than `cryptography`, so that an officer's own machine will do.
"""

from __future__ import annotations

import json
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from portal import cli
from portal.commands import stamping
from sharing.errors import InvalidError, TamperedError
from sharing.ledger import compared, cosigner, verify
from sharing.ledger.compared import Named, OtherLogError
from sharing.ledger.cosigner import CannotTellError, Cosigner, NotAKeyError
from sharing.ledger.note import Verifier
from sharing.ledger.policy import Policy
from sharing.ledger.verify import UsageError

WHAT = {
    "new-key": "make a key for co-signing heads",
    "cosign": "add your co-signature to a head that you hold",
    "compare": "say whether two heads show one history",
    "stamp": "write a request for a time stamp of a head (RFC 3161)",
    "stamped": "check the authority's answer, and keep it beside the head",
}
_LARGEST = 1 << 20


def add_arguments(name: str, parser: ArgumentParser) -> None:
    """Add what one of these commands takes."""
    if name == "new-key":
        parser.add_argument("name", metavar="NAME", help="whose key it is, such as police.example")
        parser.add_argument("-o", dest="output", type=Path, required=True, metavar="KEYFILE")
        return
    if name in stamping.NAMES:
        stamping.add_arguments(name, parser)
        return
    bundle = "an export of the log, which relates heads of different sizes"
    parser.add_argument("--bundle", type=Path, metavar="DIR", help=bundle)
    if name == "cosign":
        parser.add_argument("head", type=Path, metavar="HEAD")
        parser.add_argument("--key", type=Path, required=True, metavar="KEYFILE", help="your own key (new-key)")
        parser.add_argument("--log-key", metavar="VKEY", help="the log's key that you were handed, or a file with it")
        parser.add_argument("-o", dest="output", type=Path, metavar="OUT", help="where to; printed unless given")
        return
    parser.add_argument("heads", type=Path, nargs=2, metavar="HEAD")
    trust = parser.add_mutually_exclusive_group()
    trust.add_argument("--key", metavar="VKEY", help="the log's key that you were handed, or a file with it")
    trust.add_argument("--policy", type=Path, metavar="FILE", help="a policy file with the log's keys")


def run(options: Namespace) -> int:
    """Run one of the commands and return its exit code."""
    try:
        return _ACTIONS[options.action](options)
    except (UsageError, OtherLogError, NotAKeyError) as error:
        cli.say(f"accord ledger {options.action}: {error}")
        return cli.USAGE
    except CannotTellError as error:
        cli.say(f"accord ledger {options.action}: {error}")
        return cli.CANNOT_TELL


def _new_key(options: Namespace) -> int:
    made = cosigner.new_key(options.name, options.output)
    files = [str(options.output), f"{options.output}{cosigner.SEEN}"]
    _show({"vkey": made.vkey, "files": files}, [made.vkey], as_json=options.json)
    cli.say(f"Keep {files[0]} to yourself, and {files[1]} beside it; give the line above to those who verify.")
    return cli.DONE


def _cosign(options: Namespace) -> int:
    held = _head(options.head)
    _check_output(options.output, held)
    bundle, own = _bundle(options), Cosigner(options.key)
    log_key = _log_key(options.log_key) if options.log_key else None
    first = own.seen(held.head.origin) is None
    at = int(time.time())
    signed = own.cosign(held, at, log_key=log_key, bundle=bundle)
    text = signed.render()
    if options.output:
        _write(options.output, text)
    said = {"log": held.head.origin, "size": held.head.size, "root": held.root, "at": at, "key": own.verifier.vkey}
    lines = [f"Wrote {options.output}."] if options.output else text.splitlines()
    _show({**said, "head": text}, lines, as_json=options.json)
    seen = own.seen(held.head.origin)
    if first:
        cli.say(
            f"This is the first head of {held.head.origin} that this key co-signs; there was none to compare it with."
        )
    if seen and not seen.log_key:
        cli.say("The log's own signature was not checked: give --log-key, once, with the key that you were handed.")
    return cli.DONE


def _compare(options: Namespace) -> int:
    one, other = map(_head, options.heads)
    report = compared.compare(one, other, _policy(options), _bundle(options))
    said = {**report.as_json(), "heads": [one.as_json(), other.as_json()]}
    _show(said, report.lines(), as_json=options.json)
    return int(report.verdict)


_ACTIONS: dict[str, Callable[[Namespace], int]] = {
    "new-key": _new_key,
    "cosign": _cosign,
    "compare": _compare,
    "stamp": lambda options: _show(*stamping.stamp(options, _head(options.head)), as_json=options.json),
    "stamped": lambda options: _show(*stamping.stamped(options, _head(options.head)), as_json=options.json),
}


# -- what was given


def _head(path: Path) -> Named:
    try:
        with path.open("rb") as file:
            return Named.read(str(path), file.read(_LARGEST))
    except (OSError, TamperedError) as error:
        raise UsageError(f"{path} is no head: {getattr(error, 'strerror', None) or error}.") from None


def _bundle(options: Namespace) -> Path | None:
    bundle: Path | None = options.bundle
    if bundle and not bundle.is_dir():
        raise UsageError(f"--bundle: there is no folder {bundle}.")
    return bundle


def _policy(options: Namespace) -> Policy:
    if options.policy:
        return verify.read_policy(options.policy)
    return verify.read_key(options.key) if options.key else Policy()


def _log_key(text: str) -> Verifier:
    try:
        (key,) = verify.read_key(text).logs
    except UsageError as error:
        raise UsageError(f"--log-{str(error).removeprefix('--')}") from None
    return key


# -- what is given back


def _check_output(output: Path | None, held: Named) -> None:
    """Refuse to write over anything but this very head, with whatever signatures."""
    if output is None or not output.exists():
        return
    if _head(output).head != held.head:
        raise InvalidError.one("There is another file already.", where=str(output), mend="Name a new one.")


def _write(output: Path, text: str) -> None:
    part = output.with_name(output.name + ".part")
    part.write_text(text, encoding="utf-8", newline="\n")
    part.replace(output)


def _show(result: Mapping[str, Any], lines: Sequence[str], *, as_json: bool) -> int:
    print(json.dumps(result, indent=2, ensure_ascii=False) if as_json else "\n".join(lines))
    return cli.DONE
