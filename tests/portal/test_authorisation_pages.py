"""Letting somebody else decide: what a liaison officer gives, what it opens, and that it ends."""

from __future__ import annotations

import re

import pytest

from tests.portal.test_request_pages import ASK, request_path

PAGE = "/liaison/authorisations"


@pytest.fixture
def three(model):
    """The landlord's liaison officer, a colleague, and a request of the police that waits for the landlord."""
    counter, world = model
    world.deposit()
    asker = counter.sign_in("officer@police.example")
    path = request_path(asker.send("/officer/requests/new", **ASK))
    return counter.sign_in("liaison@homes.example"), counter.sign_in("officer@homes.example"), path


def offered(visitor, name: str) -> dict[str, str]:
    """What a list offers: its words, and what each stands for."""
    chooser = re.search(rf'<select[^>]*name="{name}".*?</select>', visitor.get(PAGE).text, re.DOTALL)
    assert chooser
    return {words: value for value, words in re.findall(r'value="([^"]+)"[^>]*>([^<]+)', chooser.group())}


def authorise(liaison, line: str, **more):
    """Let the landlord's own officer decide on a line."""
    return liaison.send(PAGE, officer=offered(liaison, "officer")["Land Lord, Land Lord post"], line=line, **more)


def decide(visitor, path: str):
    place = path.replace("/officer/", "/liaison/")
    version = re.search(r'name="version" value="(\d+)"', visitor.get(place).text).group(1)
    return visitor.send(
        place,
        field_subject_name="as-is",
        field_subject_dob="age-band",
        field_subject_address="as-is",
        necessary="They have to know who it is",
        proportionate="Three fields of one person",
        version=version,
    )


def test_a_colleague_decides_on_the_line_that_was_authorised_and_no_longer_once_it_has_ended(three):
    liaison, colleague, path = three
    place = path.replace("/officer/", "/liaison/")
    assert colleague.get(place).status_code == 403
    assert colleague.get(PAGE).status_code == 403
    assert authorise(liaison, "MODEL-ISP 1.1").status_code == 302
    page = liaison.get(PAGE).text
    assert re.search(r"<th[^>]*>Land Lord</th>", page)
    assert "MODEL-ISP, line 1.1" in page
    assert colleague.get(place).status_code == 200
    done = decide(colleague, path)
    assert done.status_code == 302
    assert "was released as" in colleague.get(done.location).text
    end = re.search(rf'action="({PAGE}/[0-9a-f-]+/end)"', page).group(1)
    assert liaison.send(PAGE, to=end).status_code == 302
    assert "Nobody but the liaison officer" in liaison.get(PAGE).text
    assert colleague.get(place).status_code == 403
    assert liaison.send(PAGE, to=end).status_code == 404


def test_an_authorisation_for_another_line_lets_nothing_personal_leave(three):
    liaison, colleague, path = three
    authorise(liaison, "MODEL-ISP 4.1")
    text = colleague.get(decide(colleague, path).location).text
    assert "was released in part" in text  # an age band is open to anybody
    results = dict(re.findall(r'"Field">([^<]+)</td>\s*<td[^>]*>\s*<strong[^>]*>(\w+)', text))
    assert results == {
        "Address of the person": "Withheld",
        "Date of birth of the person": "Generalised",
        "Name of the person": "Withheld",
    }


def test_only_own_colleagues_and_lines_on_which_one_supplies_are_offered(three):
    liaison, _, _ = three
    assert set(offered(liaison, "officer")) == {"Home Sign, Home Sign post", "Land Lord, Land Lord post"}
    lines = set(offered(liaison, "line").values())
    assert "MODEL-ISP 1.1" in lines
    assert "MODEL-ISP 1.2" not in lines
    refused = authorise(liaison, "MODEL-ISP 1.2")
    assert refused.status_code == 400


def test_a_day_that_has_passed_is_refused_at_its_field_and_nothing_is_lost(three):
    liaison, _, _ = three
    refused = authorise(
        liaison, "MODEL-ISP 1.1", **{"until_on-day": "1", "until_on-month": "2", "until_on-year": "2020"}
    )
    assert refused.status_code == 422
    assert liaison.errors(refused) == ["The last day has passed already."]
    assert 'value="2020"' in refused.text
    assert "Nobody but the liaison officer" in liaison.get(PAGE).text


def test_a_form_sent_twice_authorises_once(three):
    liaison, _, _ = three
    first = authorise(liaison, "MODEL-ISP 1.1", key="once")
    again = authorise(liaison, "MODEL-ISP 1.1", key="once")
    assert first.status_code == again.status_code == 302
    assert len(re.findall(r"MODEL-ISP, line 1.1<", liaison.get(PAGE).text)) == 1
