"""A routine request is answered on one screen: pages, inputs and keystrokes are counted, and what they take is estimated.

The keystroke-level model of Card, Moran and Newell (Communications of the ACM 23, 1980) gives each act its seconds; reading is
added at 238 words a minute (Brysbaert, Journal of Memory and Language 109, 2019). It estimates somebody who knows the page; it
does not measure a person.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field

from tests.portal.test_request_course_pages import people, version_of

KEY, POINT, CLICK, HOME, THINK = 0.28, 1.1, 0.2, 0.4, 1.35
WORDS_A_SECOND = 238 / 60
LIMIT = 180
NECESSARY = "They decide on an injunction and have to know who it is against."
PROPORTIONATE = "One person, three fields, age as a band; nothing about the reports."

__all__ = ["people"]


@dataclass
class Sitting:
    """What somebody does at the counter, counted."""

    pages: int = 0
    inputs: int = 0
    keystrokes: int = 0
    clicks: int = 0
    words: int = 0
    seen: set[str] = field(default_factory=set)

    def reads(self, page: str) -> str:
        """A page comes up: what stands in it and was not on the page before is read."""
        main = re.search(r"<main.*?</main>", page, re.DOTALL).group(0)
        plain = re.sub(r"<(option|details)[^>]*>.*?</\1>|<select.*?</select>|<[^>]+>", " ", main, flags=re.DOTALL)
        words = html.unescape(plain).split()
        phrases = {" ".join(words[at : at + 5]) for at in range(0, len(words), 5)}
        self.pages += 1
        self.words += 5 * len(phrases - self.seen)
        self.seen |= phrases
        return page

    def types(self, text: str) -> str:
        """Point at an input, and type."""
        self.inputs += 1
        self.clicks += 1
        self.keystrokes += len(text)
        return text

    def clicks_on(self, path: str) -> str:
        self.clicks += 1
        return path

    @property
    def seconds(self) -> float:
        """The estimate: a thought before each click, the hand to the mouse and back for each input, then reading."""
        moves = self.clicks * (THINK + POINT + CLICK) + 2 * self.inputs * HOME + self.keystrokes * KEY
        return moves + self.words / WORDS_A_SECOND


def test_a_routine_request_is_answered_in_under_three_minutes_with_two_inputs(people, capsys):
    counter, world = people
    made = world.ask()
    landlord = counter.sign_in("liaison@homes.example")
    sitting = Sitting()
    listed = sitting.reads(landlord.get("/liaison/requests").text)
    path = sitting.clicks_on(re.search(rf'href="(/liaison/requests/{made.request_id})"', listed).group(1))
    sitting.reads(landlord.get(path).text)
    page = sitting.reads(landlord.send(path, to=sitting.clicks_on(f"{path}/words")).text)
    assert "Only who and where" in page
    preselected = {
        name: re.search(r'<option value="([^"]*)" selected', select).group(1)
        for name, select in re.findall(r'<select[^>]*name="(field_\w+)"(.*?)</select>', page, re.DOTALL)
    }
    assert preselected == {
        "field_subject_name": "as-is",
        "field_subject_dob": "age-band",
        "field_subject_address": "as-is",
    }
    done = landlord.send(
        sitting.clicks_on(path),
        **preselected,
        necessary=sitting.types(NECESSARY),
        proportionate=sitting.types(PROPORTIONATE),
        version=version_of(page),
    )
    assert done.status_code == 302
    answered = sitting.reads(landlord.get(path).text)
    assert "was released as" in answered
    with capsys.disabled():
        print(  # noqa: T201  the estimate is there to be seen
            f"\nanswering a routine request: {sitting.pages} pages, {sitting.inputs} inputs, {sitting.clicks} clicks, "
            f"{sitting.keystrokes} keystrokes, {sitting.words} words to read, about {sitting.seconds:.0f} seconds"
        )
    assert sitting.pages <= 4
    assert sitting.inputs <= 2
    assert sitting.seconds < LIMIT
    assert sitting.seconds > 40  # an estimate that forgot to read would be quicker
