"""The commands `accord demo`, `accord partnership` and `accord user`, with a demonstration that is not loaded for real."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyotp
import pytest

from portal import cli
from portal.app import WEB_KEY
from portal.demo import files
from portal.demo.fixed import DAY, PARTNERSHIPS, SEED
from portal.demo.ground import Place
from portal.demo.landlord_files import incident_sheet, incidents, make_landlord, quarterly_form
from portal.demo.showing import shown
from portal.demo.sign_ins import Post, open_sign_in, read_sign_ins, seconds_left, sign_in_of, write_sign_ins
from portal.demo.stage import Stage
from protocols.roles import Role
from sharing import access, partners
from sharing.errors import NotFoundError, NotPermittedError, UnreachableError
from sharing.returns import Quarter
from sharing.store import Store, StoreSettings, set_up

EMAIL = "priya.sharma@council.example"
EXAMPLE = Path(__file__).parents[1] / "data" / "partnership-example.toml"


@dataclass
class Home:
    """A folder with an installation in it, and the command line in front of it."""

    path: Path
    settings: StoreSettings
    capsys: pytest.CaptureFixture[str]

    def run(self, *arguments: str) -> int:
        self.capsys.readouterr()
        return cli.main(arguments)

    def json(self, *arguments: str) -> Any:
        assert self.run(*arguments, "--json") == cli.DONE, self.capsys.readouterr().err
        return json.loads(self.capsys.readouterr().out)

    @property
    def letters(self) -> list[str]:
        return [path.read_text() for path in sorted((self.path / "mail").glob("*.eml"))]


@pytest.fixture
def make_home(
    tmp_path: Path,
    make_database: Callable[[str], str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Callable[..., Home]:
    def make(*, demonstration: bool = False) -> Home:
        home = tmp_path / "home"
        home.mkdir(mode=0o700)
        settings = StoreSettings(make_database("sqlite"), home)
        set_up(settings, "test.example", demonstration_day=DAY if demonstration else None, secrets=(WEB_KEY,))
        monkeypatch.setenv("ACCORD_HOME", str(home))
        monkeypatch.setenv("ACCORD_DATABASE_URL", settings.database_url)
        return Home(home, settings, capsys)

    return make


# --- accord demo -----------------------------------------------------------------------------------


def test_a_real_installation_is_never_taken_for_a_demonstration(make_home: Callable[..., Home]) -> None:
    home = make_home()
    assert home.run("demo", "load") == cli.NO
    assert "is no demonstration" in home.capsys.readouterr().err
    assert home.run("demo", "code", EMAIL) == cli.NO


def test_a_demonstration_that_was_never_loaded_whole_is_not_used(make_home: Callable[..., Home]) -> None:
    home = make_home(demonstration=True)
    assert home.run("demo", "load") == cli.NO
    assert "never loaded whole" in home.capsys.readouterr().err


def test_without_a_demonstration_there_is_no_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ACCORD_HOME", str(tmp_path / "nothing"))
    assert cli.main(["demo", "code", EMAIL]) == cli.NO
    assert "Run `accord demo`" in capsys.readouterr().err
    assert not (tmp_path / "nothing").exists()


def test_the_code_is_that_of_the_phone_and_only_for_who_signs_in_here(
    make_home: Callable[..., Home], monkeypatch: pytest.MonkeyPatch
) -> None:
    home = make_home(demonstration=True)
    store = Store.open(home.settings)
    person = open_sign_in(store, EMAIL, "Priya Sharma", [Post("p", "o", "Officer", ("officer",))])
    store.close()
    write_sign_ins(home.path, [person])
    monkeypatch.setattr("portal.demo.installation.found_demonstration", lambda _: None)
    assert home.json("demo", "code", EMAIL)["code"] == pyotp.TOTP(person.totp_secret).now()
    assert home.run("demo", "code", "nobody@nowhere.example") == cli.NO
    assert EMAIL in home.capsys.readouterr().err


def test_sign_ins_are_kept_whole_in_a_private_file_and_their_secrets_stay_out_of_their_repr(
    make_home: Callable[..., Home],
) -> None:
    home = make_home(demonstration=True)
    store = Store.open(home.settings)
    people = [open_sign_in(store, f"{name}@a.example", name, [Post("p", "o", name, ("reader",))]) for name in "ab"]
    store.close()
    path = write_sign_ins(home.path, people)
    assert path.stat().st_mode & 0o777 == 0o600
    assert read_sign_ins(home.path) == tuple(people)
    assert sign_in_of(home.path, " A@a.example ").name == "a"
    assert people[0].password not in repr(people[0])
    assert people[0].totp_secret not in repr(people[0])
    path.write_text("[{")
    with pytest.raises(UnreachableError, match="cannot be read"):
        read_sign_ins(home.path)


def test_a_code_lives_until_its_half_minute_is_over() -> None:
    assert [seconds_left(second) for second in (0, 1, 29, 30, 59.9)] == [30, 29, 1, 30, 1]


def test_no_story_is_played_and_no_known_password_set_in_a_real_installation(make_home: Callable[..., Home]) -> None:
    store = Store.open(make_home().settings)
    with pytest.raises(NotPermittedError):
        Stage(store, "preston")
    with pytest.raises(NotPermittedError):
        open_sign_in(store, EMAIL, "Priya Sharma", [])
    store.close()


@pytest.mark.parametrize("code", PARTNERSHIPS)
def test_a_sign_in_is_shown_for_every_role_of_each_partnership(code: str) -> None:
    table, story = files.table(code, "partnership"), files.table(code, "story")
    listed = {row["email"] for row in story["sign_in"]}
    officers = [
        each for body in table["organisation"] for each in body.get("officer", []) if each.get("email") in listed
    ]
    roles = {role for each in officers for role in each["roles"]}
    roles |= {str(Role.LIAISON_OFFICER) for each in officers if "liaison" in each}
    roles |= {str(Role.AUTHORISED_OFFICER) for each in story["authorisation"] if each["officer"] in listed}
    assert roles == {str(role) for role in Role} - {str(Role.OPERATOR)}
    assert {each["email"] for each in officers} == listed


@pytest.mark.parametrize("code", PARTNERSHIPS)
def test_telephone_numbers_are_from_the_ranges_that_are_kept_for_drama(code: str) -> None:
    text = files.text(code, "partnership")
    phones = [line.split('"')[1] for line in text.splitlines() if line.strip().startswith("phone")]
    assert phones
    assert all(phone.startswith(("020 7946 0", "01632 960")) for phone in phones)
    addresses = [line.split('"')[1] for line in text.splitlines() if line.strip().startswith("email")]
    assert all(address.endswith(".example") for address in addresses)


def test_what_is_shown_names_each_partnership() -> None:
    names = [files.table(code, "partnership")["partnership"]["name"] for code in PARTNERSHIPS]
    with pytest.raises(KeyError):
        shown([])
    assert len(set(names)) == len(PARTNERSHIPS) == 2
    assert SEED == 2023


def test_the_same_seed_makes_the_same_returns_and_another_seed_makes_others() -> None:
    places = {"W1": tuple(Place(f"PR97 {digit}AA", "W1") for digit in range(9))}

    def made(seed: int) -> tuple[bytes, bytes]:
        landlord = make_landlord("made-up", {"W1": 900}, {"W1": "Somewhere"}, places, seed)
        found = incidents(landlord, Quarter(2022, 3), places)
        return incident_sheet(found), quarterly_form(landlord, Quarter(2022, 3), found, 5)[0]

    assert made(1) == made(1)
    assert made(1) != made(2)


# --- accord partnership ----------------------------------------------------------------------------


def test_loading_a_partnership_counts_it_and_writes_a_letter_to_each_new_person(make_home: Callable[..., Home]) -> None:
    home = make_home()
    loaded = home.json("partnership", "load", str(EXAMPLE), "--site", "http://localhost:8000")
    assert loaded["partnership"] == "waltham-forest"
    assert loaded["organisations"] == 5
    assert loaded["letters"] == len(home.letters) > 0
    assert all("http://localhost:8000/account/" in letter for letter in home.letters)
    assert home.json("partnership", "load", str(EXAMPLE))["letters"] == 0


def test_a_letter_never_leads_to_a_host_that_the_portal_does_not_answer_at(make_home: Callable[..., Home]) -> None:
    home = make_home()
    assert home.run("partnership", "load", str(EXAMPLE), "--site", "http://elsewhere.example") == cli.NO
    assert "ACCORD_TRUSTED_HOSTS" in home.capsys.readouterr().err
    assert home.letters == []
    assert home.json("partnership", "load", str(EXAMPLE))["letters"] > 0, (
        "nothing had been stored, so all are still new"
    )


def test_a_file_that_is_no_partnership_is_refused_with_its_lines(
    make_home: Callable[..., Home], tmp_path: Path
) -> None:
    home = make_home()
    wrong = tmp_path / "wrong.toml"
    wrong.write_text('[partnership]\ncode = "x"\ncolour = "red"\n')
    assert home.run("partnership", "load", str(wrong)) == cli.NO
    assert "line 3" in home.capsys.readouterr().err
    assert home.run("partnership", "load", str(tmp_path / "none.toml")) == cli.USAGE


# --- accord user -----------------------------------------------------------------------------------


def _loaded(make_home: Callable[..., Home]) -> Home:
    home = make_home(demonstration=True)
    home.json("partnership", "load", str(EXAMPLE))
    return home


def _add(home: Home, email: str, *roles: str) -> Any:
    chosen = [word for role in roles for word in ("--role", role)]
    where = ("--partnership", "waltham-forest", "--organisation", "met-north-east")
    return home.json("user", "add", *where, "--name", "Una Newcomer", "--post", "Auditor", *chosen, email)


def test_an_operator_adds_somebody_who_is_then_invited(make_home: Callable[..., Home]) -> None:
    home = _loaded(make_home)
    before = len(home.letters)
    _add(home, "una@police.example", "auditor")
    assert len(home.letters) == before + 1
    assert any("una@police.example" in letter for letter in home.letters)
    assert home.run("user", "add", "--partnership", "none", "--organisation", "met-north-east", "--name", "U", "--post", "P",
                    "--role", "officer", "una@police.example") == cli.NO  # fmt: skip


def test_disabling_ends_every_post_and_the_account(make_home: Callable[..., Home]) -> None:
    home = _loaded(make_home)
    store = Store.open(home.settings)
    access.open_demonstration_account(store, EMAIL, "correct horse battery", pyotp.random_base32())
    told = home.json("user", "disable", EMAIL)
    assert told["disabled"] is True
    assert len(told["ended"]) == 1
    with store.reading() as session:
        account = access.account_by_email(session, EMAIL)
        assert account is not None
        assert account.state is access.State.DISABLED
        assert partners.posts_of(session, store.clock, account.user_id) == ()
    store.close()
    assert home.run("user", "disable", "--organisation", "met-north-east", EMAIL) == cli.NO
    assert home.run("user", "disable", "nobody@nowhere.example") == cli.NO


def test_a_lost_phone_is_reset_and_a_person_starts_over_by_letter(make_home: Callable[..., Home]) -> None:
    home = _loaded(make_home)
    store = Store.open(home.settings)
    access.open_demonstration_account(store, EMAIL, "correct horse battery", pyotp.random_base32())
    before = len(home.letters)
    home.json("user", "reset-phone", EMAIL)
    home.json("user", "start-over", EMAIL)
    assert len(home.letters) == before + 2
    with store.reading() as session:
        account = access.account_by_email(session, EMAIL)
        assert account is not None
        assert (account.state, account.has_phone) == (access.State.INVITED, False)
    store.close()


def test_a_command_that_does_not_exist_is_wrong_usage(make_home: Callable[..., Home]) -> None:
    home = make_home()
    assert home.run("user", "erase", EMAIL) == cli.USAGE
    assert home.run("partnership", "drop") == cli.USAGE


def test_nobody_is_found_by_an_address_that_nobody_has(make_home: Callable[..., Home]) -> None:
    home = make_home(demonstration=True)
    write_sign_ins(home.path, [])
    with pytest.raises(NotFoundError):
        sign_in_of(home.path, EMAIL)
