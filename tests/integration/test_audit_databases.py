"""The auditor's counter on both databases: each figure, a sample from commitment to marks, a report, a broken glass."""

from __future__ import annotations

import json
from contextlib import contextmanager

from portal import cli
from portal.commands import opening
from sharing import audit
from tests.integration.disclosure_world import ADDRESS, PARTNERSHIP, make_world
from tests.integration.test_audit import (
    AUDITOR,
    LIAISON,
    answer,
    ask,
    drawn,
    figure,
    open_glass,
    report,
    scope,
)


def test_a_whole_audit_on_each_database(store, monkeypatch, capsys):
    world = make_world(store)
    sample_id = drawn(world, 3)
    with store.reading() as session:
        items = audit.items(session, PARTNERSHIP, sample_id)
        version = audit.sample(session, PARTNERSHIP, sample_id).version
    verified = audit.verify_receipts(store, [item.made.entry_id for item in items])
    with store.unit(world.actor(AUDITOR)) as unit:
        audit.keep_verification(unit, sample_id, verified.verdicts, verified.heads)
    with store.reading() as session:
        version = audit.sample(session, PARTNERSHIP, sample_id).version
    with store.unit(world.actor(AUDITOR)) as unit:
        audit.mark_sample(unit, sample_id, version, {item.id: ("satisfactory", "") for item in items})
    report(world, recipient="", told_to="the neighbour")
    glass_id = ask(world, _released(items))
    answer(world, glass_id, world.actor(LIAISON))
    assert open_glass(world, glass_id)["subject.address"] == ADDRESS
    with store.reading() as session:
        found = {each.code: (each.number, each.out_of) for each in audit.reconcile(scope(session, world))}
        assert audit.recompute(session, PARTNERSHIP, sample_id).is_same
    assert found["without-cover"] == (0, 3)
    assert found["told-outside"] == (1, 1)
    assert found["most-reads"] == (1, None)
    assert figure(world, "unusual-volume").out_of == 1

    @contextmanager
    def opened():
        yield store

    monkeypatch.setattr(opening, "opened", opened)
    assert cli.main(["audit", "reconcile", "--partnership", PARTNERSHIP, "--json"]) == cli.NO
    printed = json.loads(capsys.readouterr().out)
    assert {each["code"] for each in printed["figures"] if each["alarm"]} == {"told-outside", "vacancies"}
    ref = "S" + str(store.clock.today().year) + "-001"
    assert cli.main(["audit", "sample", ref, "--partnership", PARTNERSHIP]) == cli.DONE
    assert "the same sample from the same releases" in capsys.readouterr().out
    assert cli.main(["audit", "sample", "S2020-001", "--partnership", PARTNERSHIP]) == cli.NO
    assert cli.main(["audit", "sample", ref, "--partnership", "far-csp"]) == cli.NO


def _released(items):
    """A sampled release in the shape in which a release is given back."""
    first = items[0].made
    return type("Given", (), {"disclosure_id": first.id})
