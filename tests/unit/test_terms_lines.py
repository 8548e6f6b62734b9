"""Finding the line of a key in a TOML text."""

from __future__ import annotations

from protocols.toml_lines import find_lines

TEXT = '''# [comment] x = 1
top = "a # [b]"
[protocol]
title = """
first = "not a key"
[neither]
"""
parties = [
  "a", # "]"
  "b]",
]
after = 1
[[line]]
id = "1"
form = { "subject.dob" = "age-band" }
[[line]]
id = '2'
"quoted.key" = 3
dotted.key = 4
[text]
meetings = \'\'\'
[[line]]
\'\'\'
last = "x"
'''


def test_tables_and_keys_are_found_and_what_only_looks_like_one_is_not():
    lines = find_lines(TEXT)
    assert dict(lines.by_path) == {
        "top": 2,
        "protocol": 3,
        "protocol.title": 4,
        "protocol.parties": 8,
        "protocol.after": 12,
        "line[0]": 13,
        "line[0].id": 14,
        "line[0].form": 15,
        "line[1]": 16,
        "line[1].id": 17,
        "line[1].quoted.key": 18,
        "line[1].dotted.key": 19,
        "text": 20,
        "text.meetings": 21,
        "text.last": 24,
    }


def test_a_path_without_a_line_of_its_own_gets_the_line_of_what_holds_it():
    lines = find_lines(TEXT)
    assert lines.of("line[0].form.subject.dob") == 15
    assert lines.of("protocol.parties[1]") == 8
    assert lines.of("line[1].missing") == 16
    assert lines.of("nowhere") is None
