"""This module knows the page of one request for whoever asked: where it stands, what was said, what was given, how it ended."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

from flask import render_template

from portal import vocabulary
from portal.desk import desk
from portal.directory import directory
from portal.forms import AccordForm
from portal.officer.request_forms import (
    MendRequestForm,
    ResultForm,
    WithdrawRequestForm,
    question_name,
    with_questions,
)
from portal.request_parts import SayForm, answered, kind_or_other
from sharing import disclosures, requests
from sharing.requests import RequestView


def result_form(found: RequestView, *, filled: bool = True) -> AccordForm:
    """The form in which it is written down how a request ended."""
    offered = {code: vocabulary.field_title(code).capitalize() for code, _ in found.fields}
    made = with_questions(ResultForm, kind_or_other(found.kind).results, offered)
    return made() if filled else made(formdata=None)


def page(
    request_id: uuid.UUID,
    *,
    values: Mapping[str, str] | None = None,
    words: Mapping[str, str] | None = None,
    message: tuple[uuid.UUID, str] | None = None,
    form: AccordForm | None = None,
    result: AccordForm | None = None,
) -> str:
    """Draw the page. `values`, `words` and `message` are what was opened just now; without them everything stays sealed."""
    partnership, organisation = desk().partnership, desk().organisation
    with desk().reading() as reading:
        found = requests.request(reading, partnership, organisation, request_id)
        every = disclosures.of_request(reading, partnership, request_id)
        details = requests.details_of(reading, partnership, request_id)
        messages = requests.messages_of(reading, partnership, request_id)
        results = requests.results_of(reading, partnership, request_id)
        monitors = [
            each for each in requests.monitors_of(reading, partnership, organisation) if each.request_id == request_id
        ]
        past = requests.decisions(reading, partnership, request_id)
        names = directory(reading)
    kind, today = kind_or_other(found.kind), desk().store.clock.today()
    return render_template(
        "officer/read_request.html",
        request_=found,
        kind=kind,
        made=next((each for each in reversed(every) if each.outcome != "refused"), every[-1] if every else None),
        every=every,
        shown=[each for each in every if each.outcome != "refused"] or every[-1:],
        openable=any(each.may_be_kept(today) for each in every),
        details=answered(kind, details.answers, "questions"),
        messages=messages,
        message=message,
        results=[(each, answered(kind, each.answers, "results")) for each in results],
        monitors=monitors,
        # Offered whatever the class of the refusal: which it was is said when it is tried.
        may_escalate=bool(past) and not any(each.kind == "escalation" for each in messages),
        names=names,
        values=values,
        words=words,
        form=form or result,
        mend=form if isinstance(form, MendRequestForm) else MendRequestForm(formdata=None),
        say=form if isinstance(form, SayForm) else SayForm(formdata=None),
        withdraw=WithdrawRequestForm(formdata=None),
        result=result or result_form(found, filled=False),
        question_name=question_name,
        ask=AccordForm(formdata=None),
        today=today,
        marking=(every[-1].marking if every else "OFFICIAL-SENSITIVE") if values or words or message else "",
    )
