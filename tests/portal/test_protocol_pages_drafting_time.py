"""How long it takes to draft a protocol from the model: every page, input and key is counted (B8).

An estimate, not a person with a watch. It holds the keys, the pointings and every word of the pages the first time that it is
met; it does not hold reading the model's own text, which the page does not ask for: that is some twenty minutes by itself.
"""

from __future__ import annotations

import re

from sharing import partners
from tests.portal.conftest import TODAY
from tests.portal.coordinator_world import HERE, PRIYA
from tests.portal.test_protocol_pages import COUNCIL, DPIA, FOREST, NEW, POLICE, day, page_fields

KEYSTROKE, POINT, MENTAL, RESPONSE = 0.28, 1.3, 1.35, 2.0
"""Seconds of the keystroke-level model (Card, Moran and Newell, 1983): an average typist, a pointing, a thought, an answer."""

READING = 238
"""Words a minute that people read silently (Brysbaert, 2019)."""

GOAL = 15 * 60


class Hand:
    """A browser that counts what its user does."""

    def __init__(self, visitor) -> None:
        self.visitor = visitor
        self.pages = self.inputs = self.keys = self.pointed = self.words = 0
        self.met: set[str] = set()

    def open(self, path: str) -> str:
        """Follow a link, and read whatever the pages have not said before."""
        self.pages, self.pointed = self.pages + 1, self.pointed + 1
        text = self.visitor.get(path).text
        main = re.sub(
            r"<textarea.*?</textarea>", "", text.split('id="main-content"')[1].split("<footer")[0], flags=re.DOTALL
        )
        said = {" ".join(part.split()) for part in re.split(r"<[^>]+>", main)} - self.met
        self.met |= said
        self.words += sum(len(part.split()) for part in said)
        return text

    def send(self, path: str, *, to: str = "", **typed) -> str:
        """Fill the inputs that are named, leave the others as they stand, and press the button; gives where that leads."""
        before = page_fields(self.open(path)) if not to else {}
        for name, value in typed.items():
            self.inputs += 1
            if isinstance(value, list):
                self.pointed += len(set(value) ^ set(before.get(name, [])))
            elif before.get(name) != [value]:
                self.pointed, self.keys = self.pointed + 1, self.keys + len(value)
        self.pointed += 1
        fields = {name: value for name, value in before.items() if name not in {"csrf_token", "idempotency_key"}}
        answer = self.visitor.send(path, to=to or path, **{**fields, **typed})
        assert answer.status_code == 302, self.visitor.errors(answer)
        return answer.location

    @property
    def seconds(self) -> float:
        """The whole time: keys, pointings with a thought before each, answers of the machine, and every word read."""
        acting = self.keys * KEYSTROKE + self.pointed * (POINT + MENTAL) + self.pages * RESPONSE
        return acting + self.words / READING * 60


def test_a_complete_protocol_is_drafted_from_the_model_in_under_a_quarter_of_an_hour(counter, capsys):
    hand = Hand(counter.sign_in(PRIYA))
    hand.open("/home")
    hand.open("/liaison/protocols")
    path = hand.send(
        NEW,
        source="model",
        ref="WF-ISP",
        title="Waltham Forest information-sharing protocol",
        **day("starts_on", TODAY),
    )
    hand.open(path)
    hand.send(f"{path}/parties", parties=[COUNCIL, POLICE, FOREST])
    hand.open(path)
    hand.send(f"{path}/cover", aliases="Joint Information Exchange")
    hand.open(path)
    hand.send(f"{path}/sections/dpia", said=DPIA)
    page = hand.open(path)
    assert "Complete, may be signed" in page
    version = re.search(r'name="version" value="(\d+)"', page).group(1)
    hand.send(path, to=f"{path}/offer", version=version)
    with counter.store.reading() as session:
        head = partners.protocol(session, HERE, "WF-ISP", counter.store.clock.business_now())
    assert head.complete
    assert head.status == "open for signature"
    with capsys.disabled():
        print(  # noqa: T201  the estimate is what the test is run for
            f"\n    drafting from the model: {hand.pages} pages, {hand.inputs} inputs, {hand.keys} keys, "
            f"{hand.pointed} pointings, {hand.words} words to read: {hand.seconds / 60:.1f} minutes (keystroke-level estimate)"
        )
    assert hand.pages <= 14
    assert hand.inputs <= 14
    assert hand.seconds < GOAL
