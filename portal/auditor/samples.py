"""This module knows the pages of samples: commit to a seed, draw, read in words, verify all receipts at once, mark, take away."""

from __future__ import annotations

import io
import uuid
import zipfile
from dataclasses import dataclass

from flask import Response, flash, render_template, request
from flask.typing import ResponseReturnValue

from portal import words as plain
from portal.auditor import words
from portal.auditor.forms import CommitSampleForm, DrawSampleForm, MarkSampleForm
from portal.auditor.reconciliation import in_words
from portal.auditor.room import room
from portal.desk import declare, desk
from portal.directory import directory
from portal.forms import AccordForm
from portal.papers import audit_workbook
from protocols.actions import Action
from sharing import audit, disclosures
from sharing.audit import ItemView, SampleView, Verified
from sharing.errors import InvalidError
from sharing.store import Session


@dataclass(frozen=True)
class Told:
    """One item with the words that tell it; `ground` is what it has in common with others of its group."""

    item: ItemView
    ground: str
    kind: str


@room.get("/samples")
@declare(Action.READ_LEDGER)
def list_samples() -> ResponseReturnValue:
    """Every sample, those never drawn included, and the form that commits to another."""
    form = CommitSampleForm(formdata=None)
    form.seed.data = audit.new_seed()
    return _list(form)


def _list(form: CommitSampleForm) -> str:
    with desk().reading() as reading:
        found = audit.samples(reading, desk().partnership)
        marks = audit.marks(reading, desk().partnership)
        names = directory(reading)
    return render_template(
        "auditor/list_samples.html",
        samples=found,
        marks=marks,
        names=names,
        form=form if form.errors else None,
        commit=form,
        today=desk().store.clock.today(),
    )


@room.post("/samples")
@declare(Action.COMMIT_SAMPLE)
def commit_sample() -> ResponseReturnValue:
    """Put the seed's hash into the ledger. The seed itself is forgotten with the answer."""
    form = CommitSampleForm()
    if not form.validate():
        return _list(form), 400
    command = audit.CommitSample(form.day("from_on"), form.day("to_on"), form.text("seed"), int(form.wanted.data or 0))
    try:
        with desk().unit(form) as unit:
            made = audit.commit_sample(unit, command)
            led = desk().done("auditor.read_sample", sample_id=made)
    except InvalidError as error:
        _place(form, error, "seed")
        return _list(form), 422
    flash("The seed’s hash stands in the ledger. Keep the seed: without it nothing can be drawn.", "done")
    return led


def _place(form: AccordForm, error: InvalidError, otherwise: str) -> None:
    for problem in error.problems:
        message = f"{problem.message} {problem.mend}".strip()
        form.add_problem(problem.where if problem.where in form else otherwise, message)


@room.get("/samples/<uuid:sample_id>")
@declare(Action.READ_LEDGER)
def read_sample(sample_id: uuid.UUID) -> ResponseReturnValue:
    """A sample: each drawn release in words with its findings, what its receipt gave, and the marks."""
    return _page(sample_id)


def _page(sample_id: uuid.UUID, *, form: AccordForm | None = None, problems: dict[str, str] | None = None) -> str:
    with desk().reading() as reading:
        found = audit.sample(reading, desk().partnership, sample_id)
        items = audit.items(reading, desk().partnership, sample_id)
        again = audit.recompute(reading, desk().partnership, sample_id) if found.seed else None
        names = directory(reading)
        purposes = dict(disclosures.offers(reading, desk().partnership))
    told = [Told(each, words.sentence(each.made, names, purposes), _kind(each)) for each in items]
    return render_template(
        "auditor/read_sample.html",
        sample=found,
        count=len(told),
        groups=_groups(told),
        again=again,
        names=names,
        true=sum(each.receipt == "true" for each in items),
        heads=(found.head or "").splitlines(),
        form=form,
        draw=form if isinstance(form, DrawSampleForm) else DrawSampleForm(formdata=None),
        problems=problems or {},
        sent=request.form if problems else {},
        ask=AccordForm(formdata=None),
        today=desk().store.clock.today(),
    )


def _groups(told: list[Told]) -> list[tuple[str, list[Told]]]:
    """What was drawn, put together by what it has in common: that is read once, and what differs stands out."""
    found: dict[str, list[Told]] = {}
    for each in told:
        found.setdefault(each.ground, []).append(each)
    return sorted(found.items())


def _kind(item: ItemView) -> str:
    if item.request is not None:
        return item.request.ref
    return "told at a joint visit" if item.made.visit_id else "sent unasked"


@room.post("/samples/<uuid:sample_id>/draw")
@declare(Action.DRAW_SAMPLE)
def draw_sample(sample_id: uuid.UUID) -> ResponseReturnValue:
    """Reveal the seed and draw."""
    form = DrawSampleForm()
    if not form.validate():
        return _page(sample_id, form=form), 400
    try:
        with desk().unit(form) as unit:
            count = audit.draw_sample(unit, sample_id, form.text("seed"))
            led = desk().done("auditor.read_sample", sample_id=sample_id)
    except InvalidError as error:
        _place(form, error, "seed")
        return _page(sample_id, form=form), 422
    flash(f"{plain.count(count, 'release')} drawn.", "done")
    return led


@room.post("/samples/<uuid:sample_id>/verify")
@declare(Action.VERIFY_SAMPLE)
def verify_sample(sample_id: uuid.UUID) -> ResponseReturnValue:
    """Verify the receipt of every item at once."""
    form = AccordForm()
    verified = _verified(sample_id)
    with desk().unit(form) as unit:
        audit.keep_verification(unit, sample_id, verified.verdicts, verified.heads)
        led = desk().done("auditor.read_sample", sample_id=sample_id)
    flash(f"{verified.true} of {plain.count(len(verified.verdicts), 'receipt')} verify.", "notice")
    return led


def _verified(sample_id: uuid.UUID) -> Verified:
    with desk().reading() as reading:
        audit.sample(reading, desk().partnership, sample_id)
        entries = [each.made.entry_id for each in audit.items(reading, desk().partnership, sample_id)]
    return audit.verify_receipts(desk().store, entries)


@room.post("/samples/<uuid:sample_id>/marks")
@declare(Action.MARK_SAMPLE)
def mark_sample(sample_id: uuid.UUID) -> ResponseReturnValue:
    """Keep the marks of every item that was marked."""
    form = MarkSampleForm()
    if not form.validate():
        return _page(sample_id, form=form), 400
    with desk().reading() as reading:
        known = [str(each.id) for each in audit.items(reading, desk().partnership, sample_id)]
    marks = {uuid.UUID(each): pair for each, pair in form.marks(request.form, known).items()}
    try:
        with desk().unit(form) as unit:
            count = audit.mark_sample(unit, sample_id, form.number("version"), marks)
            led = desk().done("auditor.read_sample", sample_id=sample_id)
    except InvalidError as error:
        problems = {problem.where: problem.message for problem in error.problems}
        return _page(sample_id, problems=problems), 422
    flash(f"{plain.count(count, 'mark')} kept.", "done")
    return led


@room.post("/samples/<uuid:sample_id>/papers")
@declare(Action.EXPORT_LEDGER, fresh=True)
def take_working_papers(sample_id: uuid.UUID) -> ResponseReturnValue:
    """The working papers: a workbook and every receipt, in one file. The entry is written before a byte leaves."""
    with desk().unit() as unit:
        audit.take_working_papers(unit, sample_id)
    verified = _verified(sample_id)
    with desk().reading() as reading:
        found = audit.sample(reading, desk().partnership, sample_id)
        papers = _papers(reading, found, verified)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"{found.ref}-working-papers.xlsx", audit_workbook.write(papers))
        archive.writestr("key.vkey", desk().store.verifier_key + "\n")
        for each in papers.items:
            text = verified.receipts.get(each.item.made.entry_id)
            if text is not None:
                archive.writestr(f"receipts/{each.item.made.ref}.tlog-proof", text)
    name = f"{desk().partnership}-{found.ref}-working-papers.zip"
    return Response(
        packed.getvalue(), mimetype="application/zip", headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


def _papers(reading: Session, found: SampleView, verified: Verified) -> audit_workbook.Papers:
    partnership, names = desk().partnership, directory(reading)
    purposes = dict(disclosures.offers(reading, partnership))
    asked = audit.Scope(reading, partnership, found.from_on, found.to_on, desk().store.clock)
    figures = audit.reconcile(asked)
    among = audit.population(reading, partnership, found.from_on, found.to_on)
    drawn = audit.items(reading, partnership, found.id)
    by_entry = verified.verdicts
    return audit_workbook.Papers(
        partnership=partnership,
        taken_by=names.officer(desk().actor.officer_id),
        taken_on=desk().store.clock.today(),
        sample=found,
        items=[
            audit_workbook.Line(
                each,
                words.sentence(each.made, names, purposes),
                names.organisation(each.made.supplier),
                names.organisation(each.made.recipient),
                words.purpose(each.made.purpose, purposes),
                words.clauses(each.made),
                *by_entry.get(each.made.entry_id, ("cannot tell", "")),
            )
            for each in drawn
        ],
        population=[(each.ref, each.entry_id, each.decided_at, each.supplier, each.recipient) for each in among],
        figures=[(each, in_words(reading, each), words.MEANS[each.code]) for each in figures],
        heads=verified.heads,
    )
