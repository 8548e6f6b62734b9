"""The page that verifies a receipt in the browser: offline, as one file, in agreement with the verifier in Python."""

from __future__ import annotations

import base64
import json
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from portal.assets import verifier_page
from sharing.errors import TamperedError
from sharing.ledger import commitment, prove, receipt
from sharing.ledger.checkpoint import Signer, new_signing_key
from sharing.ledger.entry import Entry
from sharing.ledger.policy import Policy
from sharing.ledger.report import Verdict, worst
from tests.browser.conftest import PHONE, WIDE
from tests.unit.ledger_world import World

PAYLOAD = b'{"address":"12 Sample Street","name":"A. Person"}'


@pytest.fixture
def ledger(make_database: Callable[[str], str]) -> Iterator[World]:
    """A log of a few entries."""
    made = World(make_database("sqlite"))
    made.fill(6)
    yield made
    made.close()


@pytest.fixture(params=[WIDE, PHONE], ids=["1280", "390"])
def page(request: pytest.FixtureRequest, browser: Browser, tmp_path: Path) -> Iterator[Page]:
    """The page opened from disk in a browser without a network; any request that it makes fails the test."""
    file = tmp_path / "verify.html"
    file.write_bytes(verifier_page())
    context = browser.new_context(viewport=request.param, offline=True)
    opened = context.new_page()
    asked: list[str] = []
    opened.on("request", lambda each: asked.append(each.url))
    opened.goto(file.as_uri())
    yield opened
    context.close()
    assert asked == [file.as_uri()]


def released(ledger: World) -> tuple[Entry, bytes]:
    """An entry that binds a payload, with the receipt that opens it."""
    opening = commitment.open_for(uuid.uuid4(), ["name", "address"], PAYLOAD)
    commitments = [opening.commitment(), *(bytes([n]) * 32 for n in range(3))]
    entry = ledger.entry(kind="disclosure:released", **commitment.batch_facts(commitments))
    ledger.add(entry)
    ledger.drain()
    with ledger.session() as session:
        opened = (opening, commitment.prove_in_batch(commitments, 0))
        return entry, prove.receipt(session, entry.log, entry.id, opened).render().encode()


def by_hand(page: Page, file: bytes, key: str = "", payload: bytes | None = None) -> str:
    """Fill in the form as a person does; return the page's answer."""
    page.get_by_label("The receipt or head", exact=True).set_input_files(
        {"name": "a.tlog-proof", "mimeType": "text/plain", "buffer": file}
    )
    page.get_by_label("The key that you were handed").fill(key)
    if payload is not None:
        page.get_by_text("Check the file that was handed over").click()
        page.get_by_label("That file", exact=True).set_input_files(
            {"name": "release.json", "mimeType": "application/json", "buffer": payload}
        )
    page.get_by_role("button", name="Verify").click()
    page.locator("#verdict").wait_for()
    return page.locator("#answer").inner_text()


CHECK = """
async ({ files, key, head }) => {
  const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0))
  const answers = []
  for (const file of files) {
    const answer = await check({ file: bytes(file), key, head: head ? bytes(head) : null })
    answers.push([answer.verdict, answer.findings.map((each) => each.message)])
  }
  return answers
}
"""


def answers(page: Page, files: list[bytes], key: str = "", head: bytes | None = None) -> list[tuple[int, list[str]]]:
    """The page's answers to many files at once."""
    given = {
        "files": [base64.b64encode(file).decode() for file in files],
        "key": key,
        "head": base64.b64encode(head).decode() if head else None,
    }
    return [(verdict, messages) for verdict, messages in page.evaluate(CHECK, given)]


def in_python(file: bytes, policy: Policy) -> Verdict:
    try:
        return worst(found.weight for found in receipt.check(receipt.parse(file), policy))
    except TamperedError:
        return Verdict.FALSE


def test_a_receipt_verifies_without_a_network_and_says_what_it_proves(page: Page, ledger: World):
    entry, file = released(ledger)
    told = by_hand(page, file, ledger.key, PAYLOAD)
    assert told.startswith("True")
    assert "disclosure:released" in told
    assert "address, name" in told
    assert str(entry.organisation) in told
    assert page.evaluate("document.activeElement.id") == "verdict"
    assert not page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    assert Axe().run(page).response["violations"] == []


def test_another_file_than_the_one_handed_over_is_refused(page: Page, ledger: World):
    _, file = released(ledger)
    told = by_hand(page, file, ledger.key, PAYLOAD + b" ")
    assert told.startswith("False")
    assert "not what was handed over" in told


def test_without_anything_held_it_cannot_tell_and_a_key_with_a_letter_missing_is_said_to_be_none(
    page: Page, ledger: World
):
    _, file = released(ledger)
    assert by_hand(page, file).startswith("Cannot tell")
    told = by_hand(page, file, ledger.key[:-4])
    assert told.startswith("The key or the head cannot be used")


def test_a_key_of_somebody_else_does_not_verify(page: Page, ledger: World):
    _, file = released(ledger)
    stranger = Signer.load(new_signing_key("accord.test")).verifier.vkey
    elsewhere = Signer.load(new_signing_key("other.example")).verifier.vkey
    assert answers(page, [file], stranger) == [(1, ["No key that you hold has signed this head."])]
    ((verdict, messages),) = answers(page, [file], elsewhere)
    assert verdict == Verdict.FALSE
    assert "the key that you hold is for other.example" in messages[0]


def test_a_head_that_was_kept_stands_in_for_the_key_and_shows_two_histories(page: Page, ledger: World):
    _, file = released(ledger)
    kept = file.partition(b"\n\n")[2]
    assert answers(page, [file, kept], head=kept) == [(0, []), (0, [])]
    lines = kept.decode().split("\n")
    lines[2] = base64.b64encode(bytes(32)).decode()
    ((verdict, messages),) = answers(page, [file], head="\n".join(lines).encode())
    assert verdict == Verdict.FALSE
    assert "two histories" in messages[0]


def test_the_same_receipt_wrapped_in_json_and_an_ordinary_entry_verify_too(page: Page, ledger: World):
    _, file = released(ledger)
    plain = ledger.receipt(ledger.fill(3)[1]).encode()
    wrapped = receipt.wrap(file.decode()).encode()
    assert answers(page, [file, wrapped, plain], ledger.key) == [(0, [])] * 3
    assert json.loads(wrapped)["format"] == "accord-receipt@v1"


@pytest.mark.parametrize("page", [pytest.param(WIDE, id="1280")], indirect=True)
def test_every_single_bit_counts_and_both_verifiers_say_the_same_of_it(page: Page, ledger: World):
    _, file = released(ledger)
    changed = []
    for bit in range(len(file) * 8):
        other = bytearray(file)
        other[bit // 8] ^= 1 << bit % 8
        changed.append(bytes(other))
    assert len(changed) > 10_000
    said = answers(page, changed, ledger.key)
    wrong = [bit for bit, (verdict, messages) in enumerate(said) if verdict != Verdict.FALSE or not messages]
    assert wrong == []
    assert [in_python(each, ledger.policy) for each in changed[::7]] == [Verdict.FALSE] * len(changed[::7])


def test_a_number_written_otherwise_or_a_key_twice_is_no_receipt(page: Page, ledger: World):
    _, file = released(ledger)
    front, gap, head = file.decode().partition("\n\n")
    first, extra, *rest = front.split("\n")
    said = base64.b64decode(extra.removeprefix("extra ")).decode()
    forged = [
        said.replace('"v":1}', '"v":1.0}'),
        said.replace('"v":1}', '"v":1,"v":1}'),
        said.replace('"batch_size":4', '"batch_size":4e0'),
        said.replace('"about":', '"about":null,"about":'),
        said + " ",
    ]
    assert all(each != said for each in forged)
    files = [
        "\n".join([first, "extra " + base64.b64encode(each.encode()).decode(), *rest]) + gap + head for each in forged
    ]
    said_of = answers(page, [each.encode() for each in files], ledger.key)
    assert [verdict for verdict, _ in said_of] == [Verdict.FALSE] * 5
    assert all("canonical form" in messages[0] for _, messages in said_of)


def test_the_page_may_fetch_nothing_and_run_nothing_but_its_own_script(page: Page):
    refused = page.evaluate(
        """async () => {
          const made = document.createElement("script")
          made.textContent = "window.ran = true"
          document.body.append(made)
          const asked = await fetch("https://example.org/").then(() => "sent", () => "refused")
          return [window.ran === undefined, asked]
        }"""
    )
    assert refused == [True, "refused"]
