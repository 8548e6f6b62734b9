"""This module knows the text that people sign: one protocol as Markdown or as HTML, from the same clauses.

A document is built once as numbered clauses (`document`), and each output only writes them down, so that the texts cannot differ.
The Open Digital Rights Language form is in `protocols.odrl`.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from protocols import lawbook
from protocols.sections import SECTIONS
from protocols.terms import KIND_PREFIX, Line, Protocol
from protocols.vocabulary import AS_IS, PERSONAL
from protocols.wording import CHANNELS

_KIND_NAMES = {
    "statutory": "Statutory protocol (SI 2007/1830, regulation 4)",
    "purpose": "Protocol for named purposes",
    "bilateral": "Protocol between two parties",
}


@dataclass(frozen=True)
class Table:
    """Rows of a heading and what stands under it."""

    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Clause:
    """One numbered clause: its heading, its level (2 or 3), and its paragraphs and tables in order."""

    number: str
    heading: str
    level: int
    body: tuple[str | Table, ...]


def document(protocol: Protocol) -> tuple[Clause, ...]:
    """The protocol as numbered clauses: particulars, purposes, the prose sections, then one clause for every line."""
    parts: list[tuple[str, tuple[str | Table, ...]]] = [
        ("This protocol", (Table(tuple(_particulars(protocol))),)),
        ("Purposes", (Table(tuple(_purposes(protocol))),)),
        *((each.title, _paragraphs(protocol.text[code])) for code, each in SECTIONS.items() if code in protocol.text),
    ]
    clauses = [Clause(str(number), heading, 2, body) for number, (heading, body) in enumerate(parts, start=1)]
    last = str(len(clauses) + 1)
    clauses.append(Clause(last, "What is shared", 2, (_ABOUT_LINES,)))
    clauses += [Clause(f"{last}.{place}", *_line(protocol, line)) for place, line in enumerate(protocol.lines, start=1)]
    return tuple(clauses)


_ABOUT_LINES = (
    "What is not written here is not shared. Each rule says what may be shared, by whom, with whom, for what, and with which "
    "safeguards. A rule that lets a form of an item out lets every coarser form out too."
)


def markdown(protocol: Protocol) -> str:
    """The protocol as Markdown (CommonMark with tables). Characters that Markdown would read as its own are escaped."""
    lines = [f"# {_md(protocol.title)}", "", f"**{protocol.marking}**", ""]
    for clause in document(protocol):
        lines += [f"{'#' * clause.level} {clause.number} {_md(clause.heading)}", ""]
        for part in clause.body:
            lines += [*_md_table(part), ""] if isinstance(part, Table) else [_md(part), ""]
    lines += ["---", "", f"Digest of these terms (SHA-256): `{protocol.digest}`", ""]
    return "\n".join(lines)


def html_fragment(protocol: Protocol) -> str:
    """The protocol as an HTML fragment that can stand in a page: every text escaped, no scripts, no styles, an id per clause."""
    found = [f'<h1>{html.escape(protocol.title)}</h1>\n<p class="marking"><strong>{protocol.marking}</strong></p>']
    for clause in document(protocol):
        tag, name = f"h{clause.level}", "clause-" + clause.number.replace(".", "-")
        found.append(f'<{tag} id="{name}">{clause.number} {html.escape(clause.heading)}</{tag}>')
        found += [
            _html_table(part) if isinstance(part, Table) else f"<p>{html.escape(part)}</p>" for part in clause.body
        ]
    found.append(f'<p class="digest">Digest of these terms (SHA-256): <code>{protocol.digest}</code></p>')
    return "\n".join(found) + "\n"


def html_page(protocol: Protocol) -> str:
    """The protocol as a whole HTML page that can be read or printed on its own."""
    return (
        '<!DOCTYPE html>\n<html lang="en-GB">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{html.escape(protocol.title)}</title>\n</head>\n<body>\n<main>\n{html_fragment(protocol)}</main>\n</body>\n</html>\n"
    )


# --- the words -----------------------------------------------------------------------------------


def body_name(body: str) -> str:
    """Whom a line speaks of: “every police force”, or an organisation's code as it is."""
    if not body.startswith(KIND_PREFIX):
        return body
    title = lawbook.title("body_types", body.removeprefix(KIND_PREFIX))
    return "every party of the kind “" + title[0].lower() + title[1:] + "”"


def field_name(line: Line, field: str) -> str:
    """What a line shares: “date of birth of the person, as age band of ten years”."""
    name, form = lawbook.title("fields", field), line.form_of(field)
    as_what = "" if form == AS_IS else f", as {lawbook.form_title(field, form) or form}"
    return name + as_what


def written_day(day: date) -> str:
    """A day as it is written in a letter: “1 April 2026”."""
    return f"{day.day} {day:%B %Y}"


def days(number: int) -> str:
    """A number of days: “1 day”, “365 days”."""
    return f"{number} day" if number == 1 else f"{number} days"


def _particulars(protocol: Protocol) -> Iterable[tuple[str, str]]:
    yield "Reference and version", f"{protocol.ref}, version {protocol.version}"
    yield "Kind", _KIND_NAMES[protocol.kind] + (f", under {protocol.parent}" if protocol.parent else "")
    yield "Partnership", protocol.partnership
    if protocol.aliases:
        yield "Also known as", "; ".join(protocol.aliases)
    yield "Parties", "; ".join(protocol.parties)
    if protocol.adopted_on:
        yield "Adopted on", written_day(protocol.adopted_on)
    yield "Starts on", written_day(protocol.starts_on)
    yield "Review by", written_day(protocol.review_by)
    yield "Ends on", written_day(protocol.ends_on) if protocol.ends_on else "No day is set"
    overlap = f"counts for {days(protocol.overlap_days)} more between parties that have not both signed this one"
    yield "A version that this one replaces", overlap
    yield "Requests are answered within", days(protocol.reply_days)
    yield "Highest marking", protocol.marking


def _purposes(protocol: Protocol) -> Iterable[tuple[str, str]]:
    for purpose in protocol.purposes:
        provision = lawbook.title("provisions", purpose.provision)
        area = lawbook.STRATEGY_AREAS.get(purpose.strategy_area, purpose.strategy_area)
        under = f"{_act(purpose.provision)} ({provision})"
        enforcement = (
            " Processed for law enforcement (Data Protection Act 2018, Part 3)." if purpose.law_enforcement else ""
        )
        yield purpose.code, f"{purpose.text}. Under {under}; strategy: {area}.{enforcement}"


def _act(provision: str) -> str:
    return "section " + provision.removeprefix("CDA1998-s") + " of the Crime and Disorder Act 1998"


def _line(protocol: Protocol, line: Line) -> tuple[str, int, tuple[str | Table, ...]]:
    names = {purpose.code: purpose.text for purpose in protocol.purposes}
    purposes = ", ".join(line.purposes)
    rows = [
        ("What", "; ".join(field_name(line, field) for field in line.fields)),
        ("By whom", "; ".join(map(body_name, line.from_))),
        ("With whom", "; ".join(map(body_name, line.to))),
        ("For what", "; ".join(names.get(code, code) for code in line.purposes)),
        ("With which safeguards", "; ".join(lawbook.title("safeguards", code) for code in line.safeguards)),
        ("Legal power", lawbook.title("gateways", line.gateway)),
        ("Lawful basis", _law("bases", line.basis) if _personal(line) else "Nothing personal leaves under this rule"),
    ]
    if line.conditions:
        rows.append(("Condition for sensitive data", _law("conditions", line.conditions)))
    rows += [*_limits(line), ("Kept for", f"at most {days(line.retention_days)}"), ("Passing on", _ONWARD[line.onward])]
    return f"Rule {line.id}: {purposes}", 3, (Table(tuple(rows)),)


_ONWARD = {"never": "Never", "ask": "Only with the leave of the party that supplied it"}


def _limits(line: Line) -> Iterable[tuple[str, str]]:
    yield "How", "; ".join(CHANNELS[channel] for channel in line.channels)
    if line.categories != ("*",):
        yield "Only for", "; ".join(lawbook.categories().get(code, code) for code in line.categories)
    if line.areas != ("*",):
        yield "Only in", "; ".join(line.areas)
    yield "Records with a safety flag", f"only: {', '.join(line.flags)}" if line.flags else "Not covered"
    if line.starts_on or line.ends_on:
        since = f"from {written_day(line.starts_on)} " if line.starts_on else ""
        until = f"until {written_day(line.ends_on)}, that day not included" if line.ends_on else ""
        yield "In force", (since + until).strip()


def _law(table: str, codes: tuple[str, ...]) -> str:
    return "; ".join(f"{lawbook.title(table, code)} ({code})" for code in codes)


def _personal(line: Line) -> bool:
    return any(lawbook.form_class(field, line.form_of(field)) in PERSONAL for field in line.fields)


def _paragraphs(text: str) -> tuple[str | Table, ...]:
    return tuple(" ".join(part.split()) for part in re.split(r"\n\s*\n", text) if part.strip())


# --- writing down --------------------------------------------------------------------------------


def _md(text: str) -> str:
    """Escape what Markdown would read as markup; line breaks become spaces."""
    escaped = re.sub(r"([\\`*_\[\]<>|#&~])", r"\\\1", " ".join(text.split()))
    # what makes a list only at the start of a line: "1." and "-"
    return re.sub(r"^(\d+)(?=[.)])", r"\1\\", re.sub(r"^(?=[-+=])", r"\\", escaped))


def _md_table(table: Table) -> list[str]:
    return ["|  |  |", "|---|---|", *(f"| **{_md(name)}** | {_md(value)} |" for name, value in table.rows)]


def _html_table(table: Table) -> str:
    rows = (
        f'<tr><th scope="row">{html.escape(name)}</th><td>{html.escape(value)}</td></tr>' for name, value in table.rows
    )
    return "<table>\n<tbody>\n" + "\n".join(rows) + "\n</tbody>\n</table>"


def typst(protocol: Protocol) -> str:
    """The protocol in the language of Typst, from which the PDF is made. Every text is a string there, never markup."""
    title = _quoted(protocol.title)
    parts = [
        f'#set document(title: {title}, date: none)\n#set text(lang: "en", region: "GB", size: 10.5pt)',
        f'#set page(paper: "a4", header: [{_shown(protocol.marking)}], numbering: "1 / 1")',
        f'#align(center, text(size: 20pt, weight: "bold", {title}))',
    ]
    for clause in document(protocol):
        parts.append(f"#heading(level: {clause.level - 1}, {_quoted(f'{clause.number} {clause.heading}')})")
        parts += [_typst_table(part) if isinstance(part, Table) else f"#par({_quoted(part)})" for part in clause.body]
    parts.append(f"#par({_quoted('Digest of these terms (SHA-256): ' + protocol.digest)})")
    return "\n\n".join(parts) + "\n"


def _quoted(text: str) -> str:
    """A Typst string: only a backslash and a quotation mark mean anything in one."""
    return '"' + " ".join(text.split()).replace("\\", "\\\\").replace('"', '\\"') + '"'


def _shown(text: str) -> str:
    return f"#text({_quoted(text)})"


def _typst_table(table: Table) -> str:
    cells = ", ".join(f"strong({_quoted(name)}), {_quoted(value)}" for name, value in table.rows)
    return f"#table(columns: (28%, 72%), stroke: 0.5pt + gray, {cells})"
