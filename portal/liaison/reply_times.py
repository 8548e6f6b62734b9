"""This module knows the page that says how long replies take, by party."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from portal.desk import declare, desk
from portal.directory import directory
from portal.liaison.room import room
from protocols.actions import Action
from sharing import requests


@room.get("/reply-times")
@declare(Action.READ_REPLY_TIMES)
def read_reply_times() -> ResponseReturnValue:
    """Median hours to reply by party, with how many it is over. No request and no person is named."""
    today = desk().store.clock.today()
    with desk().reading() as reading:
        found = requests.reply_times(reading, desk().partnership, today)
        names = directory(reading)
    return render_template("liaison/read_reply_times.html", times=found, names=names)
