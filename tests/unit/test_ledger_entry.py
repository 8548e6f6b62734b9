"""The canonical bytes of an entry, and what has none (RFC 8785)."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta, timezone

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from protocols.actions import Event
from sharing.errors import TamperedError
from sharing.ledger import canonical
from sharing.ledger import entry as entries
from sharing.ledger.entry import Entry, LogName, log_name

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
KEYS = st.text(st.characters(max_codepoint=127), max_size=8)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)


@given(VALUES)
def test_the_canonical_bytes_are_those_of_rfc_8785(value):
    data = canonical.encode(value)
    assert data == rfc8785.dumps(value)
    assert canonical.decode(data) == value


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ({"a": 1.5}, "float has no canonical form"),
        ({"a": float("nan")}, "float has no canonical form"),
        ({"a": [2**53]}, "too large an integer"),
        ({"a": -(2**53)}, "too large an integer"),
        ({"é": 1}, "not ASCII"),
        ({1: 1}, "not ASCII"),
        ({"a": "\ud800"}, "surrogate"),
        ({"a": b"x"}, "bytes has no canonical form"),
        ({"a": (1,)}, "tuple has no canonical form"),
        ({"a": uuid.uuid4()}, "UUID has no canonical form"),
    ],
)
def test_what_has_no_canonical_form_is_refused_at_its_place(value, why):
    with pytest.raises(canonical.ProfileError, match=why) as caught:
        canonical.encode(value)
    assert ".a" in str(caught.value) or "key" in str(caught.value) or "surrogate" in str(caught.value)


def test_nesting_has_an_end():
    value: list = []
    for _ in range(20):
        value = [value]
    with pytest.raises(canonical.ProfileError, match="deep"):
        canonical.encode(value)
    with pytest.raises(TamperedError, match="deep"):
        canonical.decode(b"[" * 30_000 + b"]" * 30_000)


@pytest.mark.parametrize(
    "data",
    [
        b'{"b":1,"a":2}',
        b'{"a": 1}',
        b'{"a":1,"a":1}',
        b'{"a":1.0}',
        b'{"a":1e2}',
        b'{"a":01}',
        b'{"a":-0}',
        b'{"a":NaN}',
        b'{"a":"\\u0041"}',
        b'{"a":"\\ud800"}',
        b'{"a":"\\/"}',
        b'{"a":9007199254740992}',
        b'{"a":' + b"9" * 5000 + b"}",
        b'{"a":1}\n',
        b'\xef\xbb\xbf{"a":1}',
        b'{"a":"\xff"}',
        b"",
        b"[" * 2000,
    ],
)
def test_another_spelling_of_a_value_is_not_accepted(data):
    with pytest.raises(TamperedError, match="not in canonical form"):
        canonical.decode(data)


# -- entries

AT = datetime(2026, 5, 1, 10, 11, 12, 345678, tzinfo=UTC)


def an_entry(**changes) -> Entry:
    given_ = {
        "id": uuid.UUID("0196b0c1-7c3e-7d11-8a55-1f2e3d4c5b6a"),
        "log": "accord.example/northtown/2026",
        "type": "disclosure:released",
        "at": AT,
        "actor": "u_7f",
        "organisation": "ascham-homes",
        "partnership": "northtown",
        "about": "r-17",
        "facts": {"fields": ["name", "address"], "rows": 12},
    }
    return Entry(**{**given_, **changes})


def test_an_entry_has_the_bytes_that_the_documentation_shows():
    assert an_entry().encode() == (
        b'{"about":"r-17","actor":"u_7f","at":"2026-05-01T10:11:12.345678Z","facts":{"fields":["name","address"],"rows":12},'
        b'"id":"0196b0c1-7c3e-7d11-8a55-1f2e3d4c5b6a","log":"accord.example/northtown/2026","organisation":"ascham-homes",'
        b'"partnership":"northtown","type":"disclosure:released","v":1}'
    )


MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2099, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001


@given(st.uuids(), st.sampled_from(Event), MOMENTS, TEXT | st.none(), TEXT, st.dictionaries(KEYS, VALUES, max_size=4))
def test_entries_read_back_as_they_were_written(id_, event, at, actor, about, facts):
    log = log_name("accord.example", "northtown", at)
    made = an_entry(id=id_, log=log, type=event, at=at, actor=actor, about=about, facts=facts)
    body = made.encode()
    read = entries.parse(body)
    assert (read.id, read.type, read.at, read.actor, read.about, dict(read.facts)) == (
        id_,
        event,
        at,
        actor,
        about,
        facts,
    )
    assert read.encode() == body


def test_every_event_of_the_house_makes_an_entry():
    for event in Event:
        assert entries.parse(an_entry(type=event).encode()).type == event


@pytest.mark.parametrize("value", ["\n", "\r\n", "\x1b[31m", '","type":"x:y', "\u202e", "\x00", "\u2028"])
def test_nobody_writes_lines_into_the_log(value):
    body = an_entry(actor=value, about=value, facts={"a": value}).encode()
    assert b"\n" not in body
    assert entries.parse(body).actor == value


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"type": "Released"}, "noun:verb"),
        ({"log": "accord.example"}, "does not name its log"),
        ({"log": "accord.example/southtown/2026"}, "partnership is not that of its log"),
        ({"partnership": None}, "partnership is not that of its log"),
        ({"log": "accord.example/northtown/2025"}, "not in the year of its log"),
        ({"at": AT.replace(tzinfo=None)}, "time zone"),
        ({"facts": {"text": "x" * 65_535}}, "bytes"),
        ({"facts": {"share": 0.5}}, "float"),
        ({"v": 2}, "version"),
    ],
)
def test_an_entry_that_does_not_belong_is_refused_before_it_is_stored(changes, why):
    with pytest.raises(ValueError, match=why):
        an_entry(**changes).encode()


@pytest.mark.parametrize(
    "change",
    [
        (b'"v":1', b'"v":true'),
        (b'"v":1', b'"v":2'),
        (b'"v":1', b'"v":1,"w":1'),
        (b',"v":1', b""),
        (b"2026-05-01T10", b"2026-05-41T10"),
        (b".345678Z", b".345Z"),
        (b"0196b0c1", b"0196B0C1"),
        (b'"facts":{"fields":["name","address"],"rows":12}', b'"facts":[]'),
        (b'"u_7f"', b"7"),
        (b'"u_7f"', b'"u_7f" '),
        (b"released", b"Released"),
    ],
)
def test_stored_bytes_that_are_no_entry_are_seen(change):
    body = an_entry().encode().replace(*change)
    assert body != an_entry().encode()
    with pytest.raises(TamperedError):
        entries.parse(body)


def test_the_log_is_named_by_the_year_in_universal_time():
    evening = datetime(2026, 12, 31, 23, 30, tzinfo=timezone(timedelta(hours=-2)))
    assert log_name("accord.example", "northtown", evening) == "accord.example/northtown/2027"
    assert log_name("accord.example", None, AT) == "accord.example/operator/2026"
    assert LogName.parse("accord.example/operator/2026") == LogName("accord.example", None, 2026)
    assert str(LogName("accord.example", "northtown", 2026)) == "accord.example/northtown/2026"
    with pytest.raises(TamperedError):
        LogName.parse("accord.example")


@given(MOMENTS, TEXT | st.none(), TEXT | st.none(), st.dictionaries(KEYS, VALUES, max_size=3), st.data())
def test_the_quick_reader_and_the_thorough_one_never_differ(at, actor, about, facts, data):
    log = log_name("accord.example", "northtown", at)
    body = bytearray(an_entry(log=log, at=at, actor=actor, about=about, facts=facts).encode())
    for _ in range(data.draw(st.integers(0, 2))):
        place = data.draw(st.integers(0, len(body) - 1))
        end = place + data.draw(st.integers(0, 2))
        body[place:end] = data.draw(st.sampled_from([b"", b'"', b"}", b"{", b" ", b"0", b"\\"]))
    try:
        expected = entries.parse_any(bytes(body))
    except TamperedError:
        with pytest.raises(TamperedError):
            entries.parse(bytes(body))
        return
    assert entries.parse(bytes(body)) == expected


@pytest.mark.parametrize("depth", [13, 14, 15, 16])
def test_facts_may_be_nested_as_deep_when_read_as_when_written(depth):
    value: object = 1
    for _ in range(depth):
        value = [value]
    plain = an_entry(facts={"a": 1}).encode()
    body = plain.replace(b'{"a":1}', b'{"a":' + b"[" * depth + b"1" + b"]" * depth + b"}")
    try:
        assert an_entry(facts={"a": value}).encode() == body
    except ValueError:
        with pytest.raises(TamperedError):
            entries.parse(body)
    else:
        assert entries.parse(body).facts == {"a": value}
