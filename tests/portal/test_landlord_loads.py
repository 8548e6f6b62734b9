"""Loads of police and council data, incident sheets under a protocol, and the same by command."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from landlord_desk import FLOW, JO, PERIOD, PRIYA, SHEET_CHECK, SHEET_HEAD, changed, submit, table, upload, words

from portal import cli
from protocols.actor import Actor
from sharing import partners
from sharing.returns import PURPOSE, read

PLACE = "waltham-forest"
TESTS = Path(__file__).parents[1]
TOM, DANIEL = "tom.hale@police.example", "daniel.osei@council.example"
POLICE = ["Month", "Longitude", "Latitude", "LSOA code", "Crime type"]
ROWS = [
    ["2026-08", "-0.0200", "51.5840", "E01000001", "Anti-social behaviour"],
    ["2026-08", "", "", "", "Anti-social behaviour"],
    ["2026-08", "-0.0200", "51.5840", "E01000001", "Burglary"],
    ["2026-08", "51.5840", "-0.0200", "E01000001", "Anti-social behaviour"],
]
PROTOCOL = TESTS.parent / "protocols" / "data" / "model-protocol.toml"


def with_loaders(counter) -> None:
    """Let Tom load for the police and Priya for the council."""
    text = (TESTS / "data" / "partnership-example.toml").read_text()
    text = text.replace('roles = ["officer"]', 'roles = ["officer", "returns-officer"]')
    text = text.replace('roles = ["coordinator", "officer"]', 'roles = ["coordinator", "officer", "returns-officer"]')
    with counter.store.unit(Actor(operator="test")) as unit:
        partners.load_partnership(unit, text)


def send_file(visitor, path: str, data: bytes):

    return visitor.send(path, file=(io.BytesIO(data), "file.csv"))


def protocol_of_returns() -> str:
    """The model protocol between the council and the example's landlords, with the purpose of returns."""
    text = PROTOCOL.read_text("utf-8")
    text = text.replace('partnership = "model-csp"', f'partnership = "{PLACE}"')
    parties = text[text.index("parties = [") : text.index("]", text.index("parties = [")) + 1]
    text = text.replace(parties, 'parties = ["lb-waltham-forest", "met-north-east", "ascham-homes", "forest-homes"]')
    return text.replace('"hotspot-analysis"', f'"{PURPOSE}"')


def signed_by(counter, *emails: str) -> None:
    with counter.store.unit(Actor(operator="test", partnership=PLACE)) as unit:
        loaded = partners.load_protocol(unit, partners.LoadProtocol(protocol_of_returns(), PLACE))
    assert loaded.complete, loaded.missing
    for email in emails:
        with counter.store.reading() as session:
            actor = partners.actor_by_email(session, counter.store.clock, email)
        with counter.store.unit(actor) as unit:
            partners.sign_protocol(unit, partners.SignProtocol(loaded.ref, loaded.number, loaded.digest, "director"))


def test_a_police_file_says_what_was_placed_what_not_and_what_was_left_out(counter):
    with_loaders(counter)
    tom = counter.sign_in(TOM)
    assert "Load a police street-level file" in words(tom.get("/landlord/returns"))
    said = words(send_file(tom, "/landlord/police-data", table(ROWS, POLICE)))
    assert "Loaded 2026-08" in said
    assert "Rows in the file 4" in said
    assert "Placed 1" in said
    assert "Taken but not placed 1" in said
    assert "Left out: are not about anti-social behaviour 1" in said
    assert "Left out: have latitude and longitude the wrong way about 1" in said
    assert "Loaded before 2026-08" in words(send_file(tom, "/landlord/police-data", table(ROWS, POLICE)))


def test_a_council_file_is_loaded_and_a_file_of_another_kind_is_refused_in_words(counter):
    with_loaders(counter)
    priya = counter.sign_in(PRIYA)
    reports = [["F1", "03/08/2026", "Noise", "E05000593"], ["F2", "32/08/2026", "Noise", "E05000593"]]
    said = words(
        send_file(priya, "/landlord/council-reports", table(reports, ["Reference", "Date", "Category", "Ward"]))
    )
    assert "Rows in the file 2" in said
    assert "Taken but not placed 1" in said
    refused = send_file(priya, "/landlord/council-reports", table([["1", "2"]], ["One", "Two"]))
    assert refused.status_code == 422
    assert priya.errors(refused)


def test_who_may_not_load_cannot(counter):
    assert counter.sign_in(DANIEL).get("/landlord/council-reports").status_code == 403


def test_an_incident_sheet_is_taken_under_the_protocol_that_both_have_signed(counter):
    rows = [["R1", "01/08/2026", "Noise", "E17 4QX", "9 Zzyzx Court", "note"]]
    jo, _ = counter.sign_in(JO), counter.sign_in(DANIEL)
    signed_by(counter, JO)
    assert "lb-waltham-forest" not in words(upload(jo, table(rows, SHEET_HEAD), kind="incidents"))
    assert "has not signed the version that counts" in words(jo.get(SHEET_CHECK))
    signed_by(counter, DANIEL)
    page = words(jo.get(SHEET_CHECK))
    assert "Check your answers" in page
    done = submit(jo, SHEET_CHECK)
    assert done.status_code == 302, jo.errors(done)
    assert "Taken under MODEL-ISP" in words(jo.get(done.location))
    assert jo.get(SHEET_CHECK).status_code == 404  # the file that waited is gone


@pytest.fixture
def command(counter, monkeypatch, capsys):
    settings = counter.app.extensions["accord.settings"]
    monkeypatch.setenv("ACCORD_HOME", str(settings.home))
    monkeypatch.setenv("ACCORD_DATABASE_URL", settings.database_url)

    def run(*words_: str) -> tuple[int, str, str]:
        code = cli.main(["return", words_[0], "--partnership", PLACE, "--period", PERIOD, *words_[1:]])
        shown = capsys.readouterr()
        return code, shown.out, shown.err

    return run


def test_the_commands_check_submit_for_an_officer_and_say_who_is_missing(counter, command, tmp_path):
    counter.sign_in(JO)
    bad, good = tmp_path / "bad.csv", tmp_path / "good.csv"
    bad.write_bytes(table(changed(2, "five")))
    good.write_bytes(table(FLOW))
    code, out, _ = command("check", str(bad), "--org", "forest-homes")
    assert code == cli.NO
    assert 'Must fix: Row 4, column D "Number"' in out
    code, out, _ = command("check", str(good), "--org", "forest-homes", "--json")
    assert code == cli.DONE
    assert json.loads(out)["fit"] is True
    code, out, err = command("submit", str(good), "--as", JO)
    assert code == cli.DONE
    assert "version 1" in out
    assert "an operator never certifies" in err
    with counter.store.reading() as session:
        view = read.returns_of(session, PLACE, "forest-homes")[0]
    assert view.certified_by is None
    assert not view.certified_alone
    code, out, _ = command("submit", str(good), "--as", JO)
    assert "nothing was stored again" in out
    code, out, _ = command("status", "--json")
    found = json.loads(out)
    assert (code, found["received"], found["expected"]) == (cli.NO, 1, 2)
    assert [row["name"] for row in found["returns"] if row["state"] == "missing"] == ["Ascham Homes"]


def test_the_template_command_writes_the_form_that_the_check_reads(counter, command, tmp_path):
    for ending in ("csv", "xlsx"):
        form = tmp_path / f"form.{ending}"
        assert command("template", "--org", "forest-homes", "-o", str(form))[0] == cli.DONE
        _, out, _ = command("check", str(form), "--org", "forest-homes", "--json")
        rules = {each["rule"] for each in json.loads(out)["problems"]}
        assert not rules & {"missing-column", "no-header", "extra-column", "line-unknown", "category-unknown"}


def test_what_waits_names_the_overdue_returns(counter):
    said = words(counter.sign_in(JO).get("/home"))
    assert "returns overdue" in said
    assert "July to September 2026: was due 28 October 2026" in said
