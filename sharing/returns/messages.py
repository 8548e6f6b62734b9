"""This module knows the words of every message about a file: for one row, for many, and how to mend it.

Keyed by rule, so that another language needs another table and no other change. Words say what to do and give an
example; none
holds what a cell says.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Message:
    """The words of one rule.

    `one` for a single place, `many` for a group (`{count}` rows), `mend` for what to do next.
    """

    level: str
    one: str
    many: str
    mend: str


def _must(one: str, many: str, mend: str) -> Message:
    return Message("must-fix", one, many, mend)


def _check(one: str, many: str, mend: str) -> Message:
    return Message("check-this", one, many, mend)


def _notice(one: str, many: str = "", mend: str = "") -> Message:
    return Message("notice", one, many or one, mend)


_XLSX_OR_CSV = (
    "In your spreadsheet program choose Save as, then Excel workbook (.xlsx) or CSV UTF-8, and upload that file."
)
_OUTSIDE_FILE = "Delete the rows if you want this message to go away; they are never stored."

FILES: dict[str, Message] = {
    "file-empty": _must("This file is empty.", "", "Choose the file again. If it has a table in it, save it first."),
    "file-too-big": _must(
        "This file is {size}. The limit is {rows} rows and {bytes}.",
        "",
        "Send one quarter only, or split the file in two.",
    ),
    "too-many-rows": _must(
        "This file has {found} rows. The limit is {rows} rows and {bytes}.",
        "",
        "Send one quarter only, or split the file in two.",
    ),
    "too-many-columns": _must(
        "This file has more than {columns} columns.",
        "",
        "Keep the columns that the template names and delete the others.",
    ),
    "file-kind": _must("This is {kind}, not a spreadsheet that can be read.", "", _XLSX_OR_CSV),
    "file-renamed": _must("The name ends in {ending} but the file is {kind}.", "", _XLSX_OR_CSV),
    "workbook-locked": _must(
        "This workbook is protected by a password.",
        "",
        "Remove the password (File, Info, Protect workbook) and upload it again.",
    ),
    "workbook-old": _must("This is an old Excel file (.xls).", "", _XLSX_OR_CSV),
    "workbook-macros": _must(
        "This workbook holds macros.", "", "Save it as Excel workbook (.xlsx), which leaves them out."
    ),
    "workbook-refused": _must(
        "This workbook could not be read safely: {why}.",
        "",
        "Copy the table into the template, or save it as CSV UTF-8, and upload that file.",
    ),
    "no-sheet": _must(
        "This workbook has no sheet with a table that can be seen.", "", "Put the table on the first sheet."
    ),
    "encoding": _must(
        "The letters in this file cannot be told: it is neither UTF-8, UTF-16 nor Windows text.",
        "",
        "Save it as CSV UTF-8 and upload it again.",
    ),
    "encoding-windows": _notice(
        "The file was read as Windows text, not UTF-8.",
        "",
        "Look at a letter with an accent, or at a pound sign, to see that it is right.",
    ),
    "nul": _must(
        "There is a NUL character here, which no spreadsheet writes.",
        "",
        "Save the file again from the spreadsheet program as CSV UTF-8.",
    ),
    "field-too-long": _must(
        "A cell here is longer than {longest} characters.",
        "",
        'Look for a quotation mark (") that is opened and never closed, or shorten the text.',
    ),
    "unclosed-quote": _must(
        'A quotation mark (") is opened here and never closed.',
        "",
        'Close it, or write it twice ("") if it is part of the text.',
    ),
    "stray-quote": _must(
        'There is text after a closing quotation mark (").',
        "",
        'Write a quotation mark inside a cell twice (""), and put the whole cell in quotation marks.',
    ),
    "no-header": _must(
        "No row with the headings was found.",
        "",
        'The first row must hold the headings, for example "{example}". See the template.',
    ),
    "header-lower": _notice("The headings were found on row {found}; the rows above it were left out."),
    "no-rows": _must(
        "There are headings but no rows under them.", "", "Fill in the rows, or send a nil return if there is nothing."
    ),
    "duplicate-header": _must(
        "Two columns have this heading.",
        "",
        "Delete one of them or give it another heading, so that it is plain which to read.",
    ),
    "ragged-long": _must(
        "This row has more cells than there are headings.",
        "{count} rows have more cells than there are headings.",
        'Look for a comma that should be inside quotation marks ("), or delete the extra cells.',
    ),
    "ragged-short": _must(
        "This row has fewer cells than there are headings.",
        "{count} rows have fewer cells than there are headings.",
        "Fill in the missing cells, or leave them empty with their commas.",
    ),
    "unnamed-column": _notice("This column has no heading, so it was not read."),
    "extra-column": _notice("This column is not part of the return, so it was not read."),
    "blank-rows": _notice("{found} empty rows were skipped."),
    "hidden-sheet": _must(
        'The sheet "{sheet}" is hidden.',
        "",
        "Unhide it or delete it: what is hidden is easily sent by mistake or forgotten.",
    ),
    "hidden-row": _must(
        "This row is hidden.", "{count} rows are hidden.", "Unhide it or delete it, and clear any filter."
    ),
    "hidden-column": _must("This column is hidden.", "", "Unhide it or delete it."),
    "error-cell": _must(
        "This cell shows an error, such as #DIV/0! or #N/A.",
        "{count} cells of this column show an error, such as #DIV/0! or #N/A.",
        "Write the value, or mend the formula.",
    ),
    "formula-unsaved": _must(
        "This formula has no saved result.",
        "{count} formulas of this column have no saved result.",
        "Open the file in a spreadsheet program, save it, and upload it again.",
    ),
    "formula-read": _notice(
        "This cell holds a formula; its last saved result was read.",
        "{count} cells of this column hold formulas; their last saved results were read.",
    ),
    "merged-cells": _must(
        "The cells {range} are merged, so it is not plain which rows they belong to.",
        "",
        "Unmerge them and fill in each row.",
    ),
    "other-sheet": _notice('The sheet "{sheet}" was not read.'),
    "outside-links": _notice("The workbook takes values from other workbooks; the last saved values were read."),
    "missing-column": _must(
        'There is no column "{wanted}".',
        "",
        'Add it, or say which of your columns it is. It may also be called "{aliases}".',
    ),
    "column-twice": _must(
        'This column and column {other} both look like "{wanted}".',
        "",
        "Delete one of them, or say which of the two to read.",
    ),
}

CELLS: dict[str, Message] = {
    "missing": _must("This is empty.", "{count} rows are empty here.", "{help}"),
    "date-unreal": _must(
        "This is not a real date.", "{count} rows are not real dates.", "Write day, month and year, like 27/03/2026."
    ),
    "date-us": _must(
        "This date seems to have the month first.",
        "{count} dates seem to have the month first.",
        "Write the day first, like 27/03/2026.",
    ),
    "date-serial": _must(
        "This is a bare number, not a date.",
        "{count} rows are bare numbers, not dates.",
        "Format the column as dates in the spreadsheet program, then save again.",
    ),
    "date-future": _must("This date is in the future.", "{count} dates are in the future.", "Correct the date."),
    "date-old": _must(
        "This date is before the year 2000.", "{count} dates are before the year 2000.", "Correct the year."
    ),
    "date-two-digit": _notice(
        "This year has two figures; it was read as 20 and those two.",
        "{count} years have two figures; they were read as 20 and those two.",
    ),
    "date-outside-quarter": _check(
        "This date is not in {quarter}.",
        "{count} dates are not in {quarter}.",
        "Correct the date or the quarter. If it is a late report, say so in the reason.",
    ),
    "date-order": _must(
        "It happened after it was reported.",
        "{count} rows happened after they were reported.",
        "Correct one of the two dates.",
    ),
    "date-long-before": _check(
        "It happened more than a year before it was reported.",
        "{count} rows happened more than a year before they were reported.",
        "Correct the date, or say why in the reason.",
    ),
    "time-unreal": _must("This is not a time.", "{count} rows are not times.", "Write hours and minutes, like 22:15."),
    "count-not-number": _must(
        "This is not a number.", "{count} rows are not numbers.", "Write a whole number, like 14. Write 0 for none."
    ),
    "count-fraction": _must(
        "This is not a whole number.", "{count} rows are not whole numbers.", "Write a whole number, like 14."
    ),
    "count-negative": _must("This number is below zero.", "{count} numbers are below zero.", "Write 0 or more."),
    "count-too-large": _must(
        "This number is too large to be right.", "{count} numbers are too large to be right.", "Write at most {most}."
    ),
    "count-hidden": _must(
        "This hides a small number.",
        "{count} rows hide a small number.",
        "Write the number itself. The portal hides small numbers in whatever it shows to others.",
    ),
    "choice-unknown": _must(
        "This is not one of the answers.", "{count} rows are not one of the answers.", "Write one of: {choices}."
    ),
    "flag-unknown": _must("This is neither yes nor no.", "{count} rows are neither yes nor no.", "Write yes or no."),
    "category-unknown": _must(
        "This kind is not in your scheme.",
        "{count} rows have a kind that is not in your scheme.",
        "Write one of the scheme's kinds, or map yours to one. {close}",
    ),
    "postcode-unreal": _must(
        "This is not a whole postcode.",
        "{count} rows are not whole postcodes.",
        "Write the whole postcode, like E17 4JA, or leave it empty.",
    ),
    "postcode-unknown": _check(
        "This postcode is not in the list, so the row will not be on the map.",
        "{count} postcodes are not in the list, so their rows will not be on the map.",
        "Correct it. If it is a new postcode, say so in the reason.",
    ),
    "outside-area": _check(
        "This place is outside the partnership's area: the row will be left out.",
        "{count} places are outside the partnership's area: their rows will be left out.",
        _OUTSIDE_FILE,
    ),
    "no-place": _check(
        "This row has neither postcode nor area, so it will not be on the map.",
        "{count} rows have neither postcode nor area, so they will not be on the map.",
        "Give the postcode or the area, or say why in the reason.",
    ),
    "metres-unreal": _must(
        "This is not a distance in metres on the national grid.",
        "{count} rows are not distances in metres on the national grid.",
        "Write whole metres, like 538088.",
    ),
    "text-too-long": _must(
        "This is longer than {longest} characters.", "{count} rows are longer than {longest} characters.", "Shorten it."
    ),
    "number-for-text": _notice(
        "This is stored as a number, so any 0 at its front is lost.",
        "{count} cells of this column are stored as numbers, so any 0 at their front is lost.",
        "Format the column as text if that matters.",
    ),
    "number-too-long": _must(
        "This number is too long for a spreadsheet, so its last figures may be lost.",
        "{count} numbers are too long for a spreadsheet, so their last figures may be lost.",
        "Format the column as text and write them again.",
    ),
    "duplicate-reference": _must(
        "This reference is also on row {first}.",
        "{count} rows repeat a reference.",
        "Each row needs a reference of its own.",
    ),
}

ROWS: dict[str, Message] = {
    "line-unknown": _must(
        "This line is not in the form.",
        "{count} rows have a line that is not in the form.",
        "Use the template's words. {close}",
    ),
    "line-missing": _must(
        'The line "{label}" is not filled in.', "", "Add the line with its number. Write 0 for none."
    ),
    "line-repeated": _must(
        "This line is also on row {first}.", "{count} rows repeat a line.", "Keep one of them, or add them together."
    ),
    "part-differs": _must(
        "This line belongs to part {part}.", "{count} rows name the wrong part.", "Correct the part or leave it empty."
    ),
    "quarter-differs": _must(
        "The form says another quarter than the one chosen.",
        "",
        "Choose the right quarter, or correct the form ({quarter}).",
    ),
    "number-missing": _must(
        "The number is missing.", "{count} rows have no number.", "Write the number. Write 0 for none."
    ),
    "out-of-missing": _must(
        "It is not said how many there were in all.",
        "{count} rows do not say how many there were in all.",
        'Fill in "Out of", or write "not collected".',
    ),
    "out-of-smaller": _must(
        'This is more than the number in "Out of".',
        '{count} rows are more than the number in "Out of".',
        "Correct one of the two numbers.",
    ),
    "not-collected": _notice("Read as not collected.", "{count} rows were read as not collected."),
    "words-missing": _must(
        "There are no words here.", "{count} rows have no words.", "Write a sentence, or delete the row."
    ),
    "area-missing": _must("The place is missing.", "{count} rows have no place.", "Name the ward, estate or block."),
    "category-missing": _must(
        "The kind is missing.", "{count} rows have no kind.", "Name the kind of behaviour in your scheme's words."
    ),
    "sum-differs": _must(
        "Opening + new - closed is not closing.",
        "",
        "The first three lines give {expected}. Correct whichever of the four is wrong.",
    ),
    "hate-above-new": _must("There are more hate-related cases than new ones.", "", "Correct one of the two numbers."),
    "category-sum-differs": _check(
        "The new cases by category do not add up to the new cases in part A.",
        "",
        "They add up to {expected}. Correct them or say why.",
    ),
    "opening-differs": _check(
        "Open at the start is not what was open at the end of the last quarter.",
        "",
        "The last return said {expected}. Correct it or say why.",
    ),
    "three-times": _check(
        "This is more than three times the last quarter's number.",
        "{count} numbers are more than three times the last quarter's.",
        "Correct it or say why.",
    ),
    "no-homes": _check("There are cases but no homes.", "", "Write the number of homes in the area."),
    "left-empty": _notice("This line was left empty.", "{count} lines were left empty."),
    "looks-like-name": _must(
        "This looks like a person's name.",
        "{count} rows look like a person's name.",
        "Write a role instead, such as tenant or neighbour.",
    ),
    "may-be-name": _check(
        "This may be a person's name.",
        "{count} rows may hold a person's name.",
        "Take it out, or say in the reason that it is the name of a place or an organisation.",
    ),
    "looks-like-phone": _must(
        "This looks like a telephone number.",
        "{count} rows look like telephone numbers.",
        "Take it out. Contact goes through the portal.",
    ),
    "looks-like-email": _must(
        "This looks like an e-mail address.",
        "{count} rows look like e-mail addresses.",
        "Take it out. Contact goes through the portal.",
    ),
    "looks-like-postcode": _must(
        "This looks like a whole postcode.",
        "{count} rows look like whole postcodes.",
        "Name the street, estate or ward instead.",
    ),
    "looks-like-house": _must(
        "This looks like a house or flat number.",
        "{count} rows look like house or flat numbers.",
        "Name the street, estate or block without the number.",
    ),
    "looks-like-birth": _must(
        "This looks like a date of birth.",
        "{count} rows look like dates of birth.",
        "Take it out. An age band is enough.",
    ),
    "looks-like-number": _must(
        "This looks like a National Insurance or NHS number.",
        "{count} rows look like National Insurance or NHS numbers.",
        "Take it out.",
    ),
}

REPORTS: dict[str, Message] = {
    "police-outcomes": _must(
        "This is a file of outcomes, not of street-level incidents.",
        "",
        'Upload the file whose name ends in "-street.csv".',
    ),
    "police-searches": _must(
        "This is a file of stops and searches. It describes people and is not taken.",
        "",
        'Upload the file whose name ends in "-street.csv".',
    ),
    "police-no-type": _must(
        'There is no column "Crime type".',
        "",
        "Say that every row is anti-social behaviour, if it is, and upload the file again.",
    ),
    "month-unreal": _must(
        "This is not a month.", "{count} rows are not months.", "Write year and month, like 2026-05."
    ),
    "point-unreal": _must(
        "This is not a place in Great Britain.",
        "{count} rows are not places in Great Britain.",
        "Give longitude and latitude in degrees.",
    ),
    "point-swapped": _must(
        "Longitude and latitude seem to be swapped.",
        "{count} rows seem to have longitude and latitude swapped.",
        "Swap the two columns' headings.",
    ),
    "row-repeated": _notice("This report was already read.", "{count} reports repeat one already read."),
    "not-asb": _notice("This is another kind of report.", "{count} reports are of another kind and were left out."),
    "report-outside-area": _notice(
        "This is outside the area.", "{count} reports are outside the area and were left out."
    ),
    "report-no-place": _notice(
        "This has no place.", "{count} reports have no place: they are counted and not on the map."
    ),
}

MESSAGES: dict[str, Message] = {**FILES, **CELLS, **ROWS, **REPORTS}
