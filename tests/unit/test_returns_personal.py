"""Hints of a person in a text that has to have none."""

from __future__ import annotations

import pytest

from sharing.returns.personal import hints


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("ring 07700 900123 after six", "looks-like-phone"),
        ("020 7946 0018", "looks-like-phone"),
        ("+44 20 7946 0018", "looks-like-phone"),
        ("(0113) 496 0999", "looks-like-phone"),
        ("j.smith@example.org", "looks-like-email"),
        ("E17 4JA", "looks-like-postcode"),
        ("near e174ja", "looks-like-postcode"),
        ("12 Priory Avenue", "looks-like-house"),
        ("Flat 3, the towers", "looks-like-house"),
        ("12a high street", "looks-like-house"),
        ("DOB 1/2/1985", "looks-like-birth"),
        ("born on 1 May", "looks-like-birth"),
        ("03/04/1979", "looks-like-birth"),
        ("AB 12 34 56 C", "looks-like-number"),
        ("943 476 5919", "looks-like-number"),
        ("Mr Patel complained", "looks-like-name"),
        ("Mrs. O'Brien", "looks-like-name"),
        ("seen with John Harris", "may-be-name"),
        ("tenant of no 14", "looks-like-house"),
    ],
)
def test_signs_of_a_person_are_seen(text, rule):
    assert rule in hints(text, 2026)


@pytest.mark.parametrize(
    "text",
    [
        "Friday and Saturday evenings, 9pm to 2am",
        "Queens Road estate",
        "Priory Court, block 4",
        "Blocks 1-4 Priory Court",
        "5 to 10 youths on Mill Lane",
        "3 incidents near the park",
        "Police, council and fire",
        "Victoria Park",
        "St James Ward",
        "M6 junction 11",
        "Route 34 bus stop",
        "Joint patrol 14/05/2026",
        "Elizabeth House",
        "School Street between 3 and 5 pm",
        "Action before 31 October",
        "2026-Q2",
        "E17 ward",
        "George Street shops",
        "Kelly Drive",
        "12 cases in Hoe Street",
        "between 16 and 18 years",
        "2 new cameras at Wood Street station",
    ],
)
def test_what_officers_write_of_places_and_times_is_let_through(text):
    assert hints(text, 2026) == ()


def test_every_synthetic_telephone_number_in_british_form_is_seen():
    from phonenumbers import PhoneNumberFormat, example_number_for_type, format_number
    from phonenumbers import PhoneNumberType as Kind

    for kind in (Kind.FIXED_LINE, Kind.MOBILE, Kind.TOLL_FREE, Kind.PREMIUM_RATE):
        number = example_number_for_type("GB", kind)
        for form in (PhoneNumberFormat.NATIONAL, PhoneNumberFormat.INTERNATIONAL, PhoneNumberFormat.E164):
            assert "looks-like-phone" in hints(f"call {format_number(number, form)} now", 2026), format_number(
                number, form
            )


def test_a_hint_is_quick_even_on_text_made_to_be_slow():
    import time

    began = time.perf_counter()
    for text in ("1 " * 2_000, "a" * 4_000, "12 " + "Word " * 800, "0" * 4_000, "A1 " * 1_300, "1-" * 2_000 + "Road"):
        hints(text, 2026)
    assert time.perf_counter() - began < 2
