"""This module knows how a receipt is fetched by whoever was party to what it proves."""

from __future__ import annotations

import uuid

from flask import Response
from flask.typing import ResponseReturnValue

from portal.auditor.room import room
from portal.desk import declare, desk
from protocols.actions import Action
from sharing import disclosures, recalls
from sharing.errors import NotFoundError
from sharing.ledger import read


@room.get("/receipts/<uuid:entry_id>.tlog-proof")
@declare(Action.FETCH_RECEIPT)
def fetch_receipt(entry_id: uuid.UUID) -> ResponseReturnValue:
    """The receipt of an entry of one's own partnership, for the organisation that made it or was party to it, or an auditor."""
    _must_be_party(entry_id)
    text = desk().store.receipt(entry_id)
    if text is None:
        raise NotFoundError("The receipt is not ready yet. Try again in a moment.")
    return Response(
        text,
        mimetype="text/plain",
        headers={"Content-Disposition": f'attachment; filename="{entry_id}.tlog-proof"'},
    )


def _must_be_party(entry_id: uuid.UUID) -> None:
    """An entry of somebody else's is not found, exactly as one that is not there."""
    with desk().reading() as reading:
        found = read.find(reading, entry_id).entry
        parties = disclosures.entry_parties(reading, desk().partnership, entry_id)
        parties |= recalls.entry_parties(reading, desk().partnership, entry_id)
    own = desk().actor.organisation in {found.organisation, *parties}
    if found.partnership != desk().partnership or not (own or desk().may(Action.READ_LEDGER)):
        raise NotFoundError("There is no such entry in the ledger.")
