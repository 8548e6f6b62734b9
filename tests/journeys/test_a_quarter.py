"""One quarter of the partnership, as prose: a return, a list, a meeting, a visit, a request, an audit."""

from __future__ import annotations

import io
import re
import subprocess
import sys
import textwrap
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, WIDE, Person, Site

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

ROOT = Path(__file__).parents[2]
LANDLORD = "greg.curlew@tulketh.example"
COORDINATOR = "joyce.redwing@preston.example"
POLICE = "amy.wagtail@police.preston.example"
SUPPLIER = "bernard.rook@ribblebank.example"
AUDITOR = "philip.siskin@preston.example"
PERIOD = "2022-Q4"
ROWS = [
    ["Line", "Category", "Area or place", "Number"],
    ["Homes in the area", None, None, 420],
    ["Open at start", None, None, 3],
    ["New cases", None, None, 5],
    ["Closed", None, None, 2],
    ["Open at end", None, None, 6],
    ["Hate related", None, None, 1],
    ["New cases by category", "Noise", "Ashton", 4],
    ["New cases by category", "Drugs", "Ashton", 1],
]


def workbook(folder: Path, name: str, *, closed: object) -> Path:
    """The landlord's own sheet, with what it says of the closed cases."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in ROWS:
        sheet.append([*row[:3], closed] if row[0] == "Closed" else row)
    path = folder / name
    book.save(path)
    return path


def choose(page: Page, label: str, words: str) -> None:
    """Choose the option of a select whose text holds the words."""
    select = page.get_by_label(label)
    value = select.locator("option", has_text=words).first.get_attribute("value")
    select.select_option(value)


def send_return(person: Person, folder: Path) -> None:
    """The landlord's workbook with one bad cell is refused at that cell, mended, and accepted with a receipt."""
    page = person.go("/landlord/returns")
    expect(page.get_by_text("Send this return").first).to_be_visible()
    person.go("/landlord/returns/send")
    page.get_by_label("return", exact=False).first.wait_for()
    choose_quarterly(page)
    page.locator("input[type=file]").first.set_input_files(workbook(folder, "ours.xlsx", closed="two"))
    page.get_by_role("button", name="Check the file").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("to fix in your file")
    expect(page.locator("main")).to_contain_text("Row 5, column D")
    expect(page.locator("main")).to_contain_text("Nothing was stored")
    page.locator("input[type=file]").first.set_input_files(workbook(folder, "mended.xlsx", closed=2))
    page.get_by_role("button", name="Check the file").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Check your answers")
    page.locator("input[type=checkbox][name=certify]").check()
    for reason in page.locator("textarea").all():
        if reason.is_visible() and not reason.input_value():
            reason.fill("Checked against our case list")
    page.locator("form[action$='/submit'] button").click()
    expect(page.locator("main")).to_contain_text("version 1")
    with page.expect_download() as download:
        page.locator("a[href*='/auditor/receipts/']").first.click()
    assert Path(download.value.path()).read_text().startswith("c2sp.org/tlog-proof@v1")


def choose_quarterly(page: Page) -> None:
    page.locator(f"select[name=period] option[value='{PERIOD}']").wait_for(state="attached")
    page.locator("select[name=period]").select_option(PERIOD)
    page.locator("input[type=radio][name=kind][value=quarterly]").check()


def who_is_missing(person: Person) -> str:
    """What the co-ordinator sees of the quarter's returns."""
    person.go(f"/coordinator/returns?period={PERIOD}")
    return person.page.locator("main").inner_text()


def run_meeting(person: Person) -> str:
    """The agenda is computed, and an action is set for the police; returns the action's reference."""
    page = person.go("/coordinator/meetings")
    page.get_by_role("link", name=re.compile("Joint Operations Group.*8|17 January 2023")).first.click()
    page.get_by_role("button", name=re.compile("Prepare the agenda")).click()
    expect(page.locator("#agenda")).to_be_visible()
    expect(page.locator("main")).to_contain_text("Hotspots, each with its lead officer")
    page.get_by_label("What is to be done?").fill("Visit the tenant of RB-22-1093 together with the landlord")
    choose(page, "Who owns it?", "Amy Wagtail")
    for part, value in (("Day", "30"), ("Month", "1"), ("Year", "2023")):
        page.get_by_label(part, exact=True).fill(value)
    choose(page, "Kind of action", "Joint visit")
    page.get_by_role("button", name="Set the action").click()
    row = page.locator("tr", has_text="Visit the tenant of RB-22-1093").last
    return row.get_by_role("link").first.inner_text()


def ask(person: Person, action: str) -> str:
    """A request for an action that one has not taken on is refused with the smallest lawful change."""
    page = person.go(f"/officer/requests/new?linked={action}")
    choose(page, "Whom do you ask?", "Ribble Bank")
    page.locator("input[type=radio][name=kind][value=tenant-identity]").check()
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("What is it for?").select_option("asb-case")
    page.get_by_label("Their case reference, if you know it").fill("RB-22-1093")
    page.locator("input[name=fields][value='subject.name']").check()
    page.locator("input[name=fields][value='subject.address']").check()
    page.get_by_label("Why it is necessary").fill("We are to visit together and have to know whom")
    page.get_by_label("Why this much and no less").fill("A name and an address, for one visit")
    page.get_by_role("button", name="Send the request").click()
    expect(page.locator("main")).to_contain_text("Refused by the rules")
    expect(page.locator("main")).to_contain_text("Be assigned to the action or case")
    return page.url


def accept(person: Person, action: str) -> None:
    """Taking the action on is the change."""
    page = person.go("/officer/actions")
    page.get_by_role("link", name=action, exact=True).click()
    page.get_by_label("Yes, we will do it").check()
    page.get_by_role("button", name="Send the answer").click()
    expect(page.locator("main")).to_contain_text("Accepted")


def log_visit(person: Person, action: str) -> None:
    """A joint visit on one phone form of at most eight inputs."""
    page = person.go("/officer/visits/log")
    groups = page.eval_on_selector_all(
        "main form input:not([type=hidden]), main form select, main form textarea",
        "all => [...new Set(all.map(each => each.name))]",
    )
    assert len(groups) <= 8
    page.get_by_label("Welfare or reassurance").check()
    choose(page, "Who was with you?", "Ribble Bank")
    page.get_by_label("Where?").fill("12 Imaginary Row, Preston PR1 9ZZ")
    choose(page, "What was it for?", action)
    page.get_by_label("Done what we came for").check()
    page.get_by_label("Log number in your own system").fill("LC-20230116-0042")
    page.get_by_role("button", name="Log the visit").click()
    expect(page.locator("main")).to_contain_text("LC-20230116-0042")
    expect(page.locator("main")).not_to_contain_text("Imaginary Row")


def decide(person: Person, request: str) -> None:
    """The supplier's liaison officer says yes to what the protocol lets leave."""
    page = person.go(re.sub(r"^https?://[^/]+", "", request).replace("/officer/", "/liaison/"))
    expect(page.locator("main")).to_contain_text("What the protocol says, if you allow it")
    page.get_by_label("Why it is necessary").fill("They visit together")
    page.get_by_label("Why it is proportionate").fill("Two fields of one person")
    page.get_by_role("button", name="Decide").click()
    expect(page.locator("main")).to_contain_text("Given")


def verify(person: Person, folder: Path) -> tuple[str, Path]:
    """The auditor keeps key and head, which is what an export is checked against later."""
    page = person.go("/auditor/ledger")
    key = page.locator("pre.accord-code").last.inner_text().strip()
    with page.expect_download() as download:
        page.get_by_role("link", name=re.compile("Signed head")).first.click()
    head = folder / "kept.head"
    download.value.save_as(head)
    page.get_by_role("button", name="Verify every entry now").click()
    expect(page.locator("main")).to_contain_text("everything holds")
    return key, head


def export(person: Person, folder: Path) -> Path:
    """The auditor takes the log away."""
    page = person.go("/auditor/ledger")
    with page.expect_download() as download:
        page.get_by_role("button", name=re.compile("Export the log")).first.click()
    target = folder / "bundle"
    zipfile.ZipFile(io.BytesIO(Path(download.value.path()).read_bytes())).extractall(target)
    return target


OFFLINE = textwrap.dedent(
    """
    import socket, sys
    def closed(*_, **__):
        raise OSError("the network is unplugged")
    socket.socket = socket.create_connection = closed
    for name in ("sqlalchemy", "flask", "sqlite3", "psycopg"):
        sys.modules[name] = None
    from sharing.ledger.verify import main
    sys.exit(main(sys.argv[1:]))
    """
)


def verify_offline(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """`accord verify` in a process with no network, no database and no settings."""
    return subprocess.run(
        [sys.executable, "-c", OFFLINE, *map(str, arguments)],
        check=False,
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin"},
    )


@pytest.mark.parametrize(("viewport", "scripts"), [(WIDE, True), (PHONE, True), (PHONE, False)])
def test_from_the_landlords_workbook_to_the_auditors_laptop(
    demonstration_copy: Site, people: Callable[..., Person], tmp_path: Path, viewport: dict[str, int], scripts: bool
):
    site = demonstration_copy

    def sits_down(email: str) -> Person:
        return people(site, viewport, scripts=scripts).sign_in(email)

    auditor = sits_down(AUDITOR)
    key, head = verify(auditor, tmp_path)
    coordinator = sits_down(COORDINATOR)
    assert "Tulketh" in who_is_missing(coordinator)
    send_return(sits_down(LANDLORD), tmp_path)
    assert "4 of 4" in who_is_missing(coordinator) or "every" in who_is_missing(coordinator).lower()
    coordinator.go("/coordinator/hotspots")
    expect(coordinator.page.locator("tbody tr[id^='row-']")).to_have_count(20)
    action = run_meeting(coordinator)

    police = sits_down(POLICE)
    request = ask(police, action)
    accept(police, action)
    log_visit(police, action)
    police.page.goto(request)
    police.page.get_by_role("button", name="Have it judged again").click()
    expect(police.page.locator("main")).to_contain_text("Waits for a reply")
    decide(sits_down(SUPPLIER), request)
    police.page.goto(request)
    police.page.get_by_role("button", name="Open what was given").click()
    expect(police.page.locator("tbody").last).to_contain_text("Whimbrel Court")

    bundle = export(auditor, tmp_path)
    checked = verify_offline(bundle, "--key", key, "--head", head)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert verify_offline(bundle).returncode == 4  # nothing of one's own to check against
    entries = bundle / "entries.jsonl"
    entries.write_text(entries.read_text().replace("ribble-bank", "ribble-bonk", 1))
    assert verify_offline(bundle, "--key", key, "--head", head).returncode == 1
