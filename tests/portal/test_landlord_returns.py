"""The landlord's counter, from the empty form to the receipt, as a browser without scripts meets it."""

from __future__ import annotations

import io
import zipfile

import landlord_desk as at
from landlord_desk import AISHA, CHECK, COLIN, FLOW, JO, PERIOD, changed, submit, table, upload, words

from sharing.returns import read


def test_the_first_screen_says_which_return_is_due_and_how_late_it_is(counter):
    page = counter.sign_in(JO).get("/landlord/returns")
    said = words(page)
    assert "July to September 2026 return: was due 28 October 2026, 19 working days ago" in said
    assert "Send this return" in said
    assert "We had nothing to report" in said


def test_one_bad_cell_is_refused_at_that_cell_then_mended_and_accepted_with_a_receipt(counter):
    jo = counter.sign_in(JO)
    refused = upload(jo, table(changed(2, "five")))
    said = words(refused)
    assert "1 thing to fix" in said
    assert 'Row 4, column D "Number"' in said
    assert "Nothing was stored" in said
    assert "Upload the mended file" in said
    assert submit(jo).status_code == 422
    with counter.store.reading() as session:
        assert read.returns_of(session, "waltham-forest", "forest-homes") == ()

    fine = upload(jo, table(FLOW))
    assert "Check your answers" in words(fine)
    done = submit(jo)
    assert done.status_code == 302, jo.errors(done)
    panel = jo.get(done.location)
    assert "2026-Q3, version 1" in words(panel)
    counter.store.integrate()
    receipt = jo.get(f"/auditor/receipts/{at.entry_of(panel)}.tlog-proof")
    assert receipt.status_code == 200
    assert "accord.test" in receipt.text
    assert "Sent late" in words(jo.get("/landlord/returns"))


def test_a_body_with_one_officer_says_that_it_certified_alone(counter):
    jo = counter.sign_in(JO)
    page = upload(jo, table(FLOW))
    assert "You are the only one here" in words(page)
    assert "Certified by one person alone" in words(jo.get(submit(jo).location))


def test_a_body_with_two_names_the_second_person_and_not_the_sender(counter):
    aisha = counter.sign_in(AISHA)
    page = upload(aisha, table(FLOW))
    assert "Colin Marsh, Chief executive" in words(page)
    assert submit(aisha).status_code == 400  # alone is no answer here
    choice = page.text.split("Colin Marsh, Chief executive")[0].rsplit('value="', 1)[1].split('"')[0]
    assert submit(aisha, certified_by=choice).status_code == 302
    assert "Colin Marsh" in words(aisha.get(f"/landlord/returns/{PERIOD}"))


def test_without_the_tick_nothing_is_submitted(counter):
    jo = counter.sign_in(JO)
    upload(jo, table(FLOW))
    refused = submit(jo, certify="")
    assert refused.status_code == 400
    assert any("Tick the box" in each for each in jo.errors(refused))


def test_the_same_file_sent_twice_is_one_return(counter):
    jo = counter.sign_in(JO)
    upload(jo, table(FLOW))
    submit(jo)
    again = upload(jo, table(FLOW))
    assert "This file is your return already" in words(again)
    submit(jo)
    with counter.store.reading() as session:
        assert [view.version for view in read.returns_of(session, "waltham-forest", "forest-homes")] == [1]


def test_replacing_shows_what_changes_first_and_keeps_the_earlier_version(counter):
    jo = counter.sign_in(JO)
    upload(jo, table(FLOW))
    submit(jo)
    rows = changed(6, "5")
    rows[2][3], rows[4][3] = "6", "7"
    page = upload(jo, table(rows))
    assert "This replaces version 1" in words(page)
    assert "0 added, 0 removed, 3 changed" in words(page)
    assert submit(jo, replaces="").status_code == 409  # what it replaces must have been seen
    assert submit(jo).status_code == 302
    history = words(jo.get(f"/landlord/returns/{PERIOD}"))
    assert "Quarterly return 2 Counts" in history
    assert "Quarterly return 1 Replaced" in history
    assert "Version 2 against version 1" in history


def test_a_nil_return_is_one_step(counter):
    jo = counter.sign_in(JO)
    path = f"/landlord/returns/{PERIOD}/nil"
    done = jo.send(path, certified_by="alone", certify="y", replaces="")
    assert "Nil return submitted" in words(jo.get(done.location))
    assert "Nil return" in words(jo.get("/landlord/returns"))


def test_what_is_unusual_needs_a_reason_that_names_nobody(counter):
    jo = counter.sign_in(JO)
    rows = changed(6, "3")  # the kinds no longer add up to the new cases
    asked = at.fields_of(upload(jo, table(rows)), "reason_")
    assert asked
    assert submit(jo).status_code == 400
    named = submit(jo, **dict.fromkeys(asked, "Ring 020 7946 0401 and ask"))
    assert named.status_code == 422
    assert "This reason seems to be about a person." in words(named)
    done = submit(jo, **dict.fromkeys(asked, "One case is of a kind that we do not list."))
    assert done.status_code == 302
    assert "One case is of a kind that we do not list." in words(jo.get(f"/landlord/returns/{PERIOD}"))


def test_headings_of_ones_own_are_settled_once_and_kept(counter):
    jo = counter.sign_in(JO)
    ours = ["Line", "Type of thing", "Patch", "How many"]
    first = upload(jo, table(FLOW, ours))
    assert "to fix" in words(first)
    chosen = {"column_0": "line", "column_1": "category", "column_2": "area", "column_3": "number", "scheme": "common"}
    kept = jo.send(CHECK, to=CHECK.replace("/check", "/columns"), **chosen)
    assert "Check your answers" in words(jo.get(kept.location))
    assert "Check your answers" in words(upload(jo, table(changed(0, "421"), ours)))


def test_a_word_for_a_kind_is_mapped_once_and_kept(counter):
    jo = counter.sign_in(JO)
    rows = [*(list(row) for row in FLOW)]
    rows[6][1] = "Bangs and thumps"
    page = upload(jo, table(rows))
    assert "Words for kinds that we do not know" in words(page)
    kept = jo.send(CHECK, to=CHECK.replace("/check", "/words"), word_0="NOIS")
    assert "Check your answers" in words(jo.get(kept.location))
    assert "Bangs and thumps" in words(jo.get(kept.location))  # their own word is kept beside ours
    rows[0][3] = "430"
    assert "Check your answers" in words(upload(jo, table(rows)))


def test_the_problems_can_be_had_as_a_workbook_that_repeats_no_cell(counter):
    jo = counter.sign_in(JO)
    upload(jo, table(changed(2, "Zzyzx five")))
    book = jo.get(CHECK.replace("/check", "/problems.xlsx"))
    with zipfile.ZipFile(io.BytesIO(book.data)) as archive:
        inside = "".join(archive.read(name).decode() for name in archive.namelist())
    assert "Must fix" in inside
    assert "Zzyzx" not in inside


def test_extra_columns_and_the_encoding_are_said_and_do_no_harm(counter):
    jo = counter.sign_in(JO)
    rows = [[*row, "x"] for row in FLOW]
    rows[6][2] = "Café corner"
    page = words(upload(jo, table(rows, [*at.HEAD, "Our team"], "cp1252")))
    assert "Check your answers" in page
    assert "Our team" in page
    assert "Café corner" in page


def test_the_template_comes_back_as_a_return_once_it_is_filled_in(counter):
    jo = counter.sign_in(JO)
    upload(jo, table(FLOW))
    submit(jo)
    for ending in ("csv", "xlsx"):
        form = jo.get(f"/landlord/returns/{PERIOD}/quarterly/template.{ending}?example=1")
        assert form.status_code == 200
        page = upload(jo, form.data, name=f"form.{ending}")
        assert "column" not in " ".join(jo.errors(page))
        assert "missing" not in words(page).split("How your columns")[0].lower()


def test_a_file_that_waits_is_sealed_and_opens_for_its_sender_alone(counter, tmp_path):
    jo = counter.sign_in(JO)
    secret = [["R1", "01/08/2026", "Noise", "E17 4QX", "9 Zzyzx Court", "note about Quuxley"]]
    upload(jo, table(secret, at.SHEET_HEAD), kind="incidents")
    raw = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert b"Zzyzx" not in raw
    assert b"Quuxley" not in raw
    assert counter.sign_in(AISHA).get(at.SHEET_CHECK).status_code == 404
    jo.send(at.SHEET_CHECK, to=at.SHEET_CHECK.replace("/check", "/discard"))
    assert jo.get(at.SHEET_CHECK).status_code == 404


def test_an_incident_sheet_without_a_protocol_is_refused_with_the_reason(counter):
    jo = counter.sign_in(JO)
    rows = [["R1", "01/08/2026", "Noise", "E17 4QX", "9 High Street", ""]]
    page = words(upload(jo, table(rows, at.SHEET_HEAD), kind="incidents"))
    assert "Incident sheets cannot be taken at present" in page
    assert "No protocol of the partnership names the purpose" in page
    assert "Sign off and submit" not in page
    assert submit(jo, at.SHEET_CHECK).status_code == 403


def test_somebody_who_signs_but_does_not_send_sees_the_returns_and_no_button(counter):
    colin = counter.sign_in(COLIN)
    assert "Send this return" not in words(colin.get("/landlord/returns"))
    assert colin.get(at.SEND).status_code == 403


def test_a_quarter_that_has_not_ended_has_no_return_yet(counter):
    jo = counter.sign_in(JO)
    assert jo.get("/landlord/returns/2026-Q4/nil").status_code == 404
    assert jo.get("/landlord/returns/2026-Q9/nil").status_code == 404


def test_a_form_without_file_or_quarter_says_so_at_both_inputs(counter):
    jo = counter.sign_in(JO)
    refused = jo.send(at.SEND, period="", kind="quarterly")
    assert refused.status_code == 400
    assert {"Choose a file", "Choose the quarter"} <= set(jo.errors(refused))
    assert jo.get(f"{at.SEND}?period=nonsense").status_code == 200
