"""This module knows the pages of the ledger: its heads to keep, its verification in words, its export."""

from __future__ import annotations

import io
import tempfile
import zipfile
from collections.abc import Sequence
from pathlib import Path

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue

from portal.auditor.room import room
from portal.desk import declare, desk
from portal.forms import AccordForm
from protocols.actions import Action, Event
from sharing import partners
from sharing.errors import NotFoundError
from sharing.ledger import audit, bundle, read, vouched
from sharing.ledger.policy import Policy
from sharing.ledger.read import LogView
from sharing.ledger.report import Report, Verdict, worst

PAGE = 50


def _logs() -> list[LogView]:
    with desk().reading() as reading:
        return read.logs(reading, desk().partnership)


def _own_log(year: int) -> LogView:
    found = next((log for log in _logs() if log.year == year), None)
    if found is None:
        raise NotFoundError("There is no log of that year.")
    return found


def _page(reports: Sequence[Report] = ()) -> str:
    verdict = worst(report.verdict for report in reports) if reports else None
    clock = desk().store.clock
    with desk().reading() as reading:
        standings = vouched.standings(reading, desk().partnership)
        members = partners.members(reading, desk().partnership, clock.today(), also_former=True)
    return render_template(
        "auditor/verify_ledger.html",
        logs=_logs(),
        standings=standings,
        names={each.code: each.name for each in members},
        now=clock.now(),
        reports=reports,
        verdict=verdict,
        true=verdict is Verdict.TRUE,
        key=desk().store.verifier_key,
        form=None,
        ask=AccordForm(formdata=None),
    )


@room.get("/ledger")
@declare(Action.VERIFY_LEDGER)
def verify_ledger() -> ResponseReturnValue:
    """The partnership's logs and heads, with what can be done."""
    return _page()


@room.post("/ledger")
@declare(Action.VERIFY_LEDGER)
def run_verification() -> ResponseReturnValue:
    """Read every entry again and say in words what holds; that it was done is an entry itself."""
    store = desk().store
    store.integrate()
    with desk().reading() as reading:
        reports = audit.verify_database(
            reading, Policy().trusting(store.signer.verifier), partnership=desk().partnership
        )
    verdict = worst(report.verdict for report in reports)
    with desk().unit() as unit:
        unit.require(Action.VERIFY_LEDGER, partnership=desk().partnership)
        unit.record(Event.LEDGER_VERIFIED, facts={"verdict": verdict.words.lower(), "logs": len(reports)})
    return _page(reports)


@room.get("/ledger/<int:year>")
@declare(Action.READ_LEDGER)
def read_ledger(year: int) -> ResponseReturnValue:
    """The entries of a year's log, newest first."""
    log = _own_log(year)
    before = request.args.get("before", "")
    with desk().reading() as reading:
        entries = read.entries(reading, log.origin, before=int(before) if before.isdecimal() else None, limit=PAGE)
    return render_template("auditor/read_ledger.html", log=log, entries=entries)


@room.get("/ledger/<int:year>/head")
@declare(Action.READ_LEDGER)
def fetch_head(year: int) -> ResponseReturnValue:
    """The signed head, to be kept elsewhere: without a copy elsewhere there is no tamper evidence."""
    log = _own_log(year)
    with desk().reading() as reading:
        text = read.head(reading, log.origin)
    name = f"{desk().partnership}-{year}-{log.signed}.head"
    return Response(text, mimetype="text/plain", headers={"Content-Disposition": f'attachment; filename="{name}"'})


@room.post("/ledger/<int:year>/export")
@declare(Action.EXPORT_LEDGER, fresh=True)
def export_ledger(year: int) -> ResponseReturnValue:
    """The whole log as a bundle that verifies offline. It holds codes, digests and commitments, nobody's data."""
    log = _own_log(year)
    with desk().unit() as unit:
        unit.require(Action.EXPORT_LEDGER, partnership=desk().partnership)
        unit.record(Event.LEDGER_EXPORTED, facts={"log": log.origin, "size": log.size})
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "bundle"
        with desk().reading() as reading:
            bundle.export(reading, log.origin, target)
        packed = _packed(target)
    name = f"{desk().partnership}-{year}-ledger.zip"
    return Response(
        packed, mimetype="application/zip", headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


def _packed(folder: Path) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                archive.write(path, path.relative_to(folder))
    return buffer.getvalue()
