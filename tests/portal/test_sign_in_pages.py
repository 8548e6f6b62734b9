"""The front door, as a browser without scripts meets it."""

from __future__ import annotations

import pyotp
import pytest

from portal.security import HEADERS

EVERYBODY = [
    "priya.sharma@council.example",
    "daniel.osei@council.example",
    "ruth.adeyemi@council.example",
    "miriam.katz@council.example",
    "tom.hale@police.example",
    "aisha.begum@ascham.example",
]


@pytest.mark.parametrize("email", EVERYBODY)
def test_everybody_of_the_partnership_can_sign_in_and_reach_a_first_page(counter, email: str):
    home = counter.sign_in(email).get("/home")
    assert home.status_code == 200
    assert "What waits for you" in home.text


def test_a_wrong_password_and_an_unknown_account_are_told_in_the_same_words(counter):
    counter.sign_in(EVERYBODY[0])
    wrong = counter.anonymous().send("/account/sign-in", email=EVERYBODY[0], password="not this one at all")
    unknown = counter.anonymous().send(
        "/account/sign-in", email="nobody@council.example", password="not this one at all"
    )
    assert wrong.status_code == unknown.status_code == 401
    assert counter.anonymous().errors(wrong) == counter.anonymous().errors(unknown)


def test_the_password_alone_opens_nothing(counter):
    counter.sign_in(EVERYBODY[0])
    half = counter.anonymous()
    half.send("/account/sign-in", email=EVERYBODY[0], password="purple lantern orbit")
    assert half.get("/home").status_code == 302


def test_signing_out_ends_the_session_on_the_server(counter):
    visitor = counter.sign_in(EVERYBODY[0])
    with visitor.client.session_transaction(base_url="https://localhost") as cookie:
        kept = dict(cookie)
    visitor.send("/home", to="/account/sign-out")
    with visitor.client.session_transaction(base_url="https://localhost") as cookie:
        cookie.update(kept)
    assert visitor.get("/home").status_code == 302


def test_each_step_of_signing_in_has_a_session_of_its_own(counter):
    counter.sign_in(EVERYBODY[0])
    visitor = counter.anonymous()
    seen = []
    for path, fields in (
        ("/account/sign-in", {"email": EVERYBODY[0], "password": "purple lantern orbit"}),
        ("/account/code", {"code": "000000"}),
    ):
        visitor.send(path, **fields)
        with visitor.client.session_transaction(base_url="https://localhost") as cookie:
            seen.append((cookie.get("half"), cookie.get("token")))
    assert seen[0][0] is not None
    assert all(token is None for _, token in seen)


@pytest.mark.parametrize(
    "wanted", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "/home\n", "evil"]
)
def test_signing_in_never_leads_off_the_site(counter, wanted: str):
    counter.sign_in(EVERYBODY[0])
    visitor = counter.anonymous()
    token = visitor.token("/account/sign-in")
    fields = {"csrf_token": token, "email": EVERYBODY[0], "password": "purple lantern orbit", "idempotency_key": "k"}
    visitor.client.post("/account/sign-in", base_url="https://localhost", query_string={"next": wanted}, data=fields)
    with visitor.client.session_transaction(base_url="https://localhost") as cookie:
        assert cookie["next"] == "/home"


def test_every_answer_carries_the_headers_refusals_and_errors_included(counter):
    visitor = counter.anonymous()
    answers = [visitor.get(path) for path in ("/", "/nothing-here", "/home", "/account/sign-in", "/healthz")]
    answers.append(visitor.client.post("/account/sign-in", base_url="https://localhost"))
    answers.append(visitor.client.put("/", base_url="https://localhost"))
    answers.append(visitor.client.get("/", base_url="https://evil.example"))
    assert [answer.status_code for answer in answers] == [200, 404, 302, 200, 200, 400, 405, 400]
    for answer in answers:
        for name, value in HEADERS.items():
            assert answer.headers[name] == value
        assert "unsafe" not in answer.headers["Content-Security-Policy"]
        assert answer.headers["Cache-Control"] == "no-store"


def test_every_cookie_is_a_host_cookie_that_scripts_cannot_read(counter):
    answer = counter.anonymous().get("/account/sign-in")
    cookies = answer.headers.getlist("Set-Cookie")
    assert cookies
    for cookie in cookies:
        assert cookie.startswith("__Host-accord=")
        assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(cookie.split("; "))


def test_no_page_carries_the_crown_another_services_font_or_inline_code(counter):
    for path in ("/", "/help", "/account/sign-in", "/cookies", "/privacy", "/accessibility"):
        text = counter.anonymous().get(path).text
        assert "crown" not in text.lower()
        assert "<style" not in text
        assert "style=" not in text
        assert "<script>" not in text


def test_an_invitation_a_password_a_phone_and_the_recovery_codes(counter, tmp_path):
    admin = counter.sign_in("daniel.osei@council.example")
    sent = admin.send(
        "/account/people/invite",
        name="Nia Okafor",
        email="nia.okafor@council.example",
        post="Neighbourhood officer",
        phone="020 7946 0109",
        role="officer",
    )
    assert sent.status_code == 302
    (letter,) = (tmp_path / "home" / "mail").iterdir()
    assert oct(letter.stat().st_mode)[-3:] == "600"
    link = letter.read_text().replace("=\n", "").split("/account/letter/")[1].split()[0]
    newcomer = counter.anonymous()
    assert newcomer.get(f"/account/letter/{link}").headers["Location"] == "/account/password"
    weak = newcomer.send("/account/password", password="password1234", code="")
    assert weak.status_code == 422
    chosen = newcomer.send("/account/password", password="tangerine glacier waltz", code="")
    assert chosen.headers["Location"] == "/account/phone"
    page = newcomer.get("/account/phone").text
    assert "data:image/svg+xml" in page
    seed = page.split('accord-code">')[1].split("<")[0]
    token = page.split('name="csrf_token"')[1].split('value="')[1].split('"')[0]
    done = newcomer.client.post(
        "/account/phone",
        base_url="https://localhost",
        data={"csrf_token": token, "code": pyotp.TOTP(seed).now(), "idempotency_key": "k"},
    )
    assert "recovery codes" in done.text
    assert newcomer.get("/home").status_code == 200
    assert newcomer.get(f"/account/letter/{link}").headers["Location"] == "/account/sign-in"
