"""Owns Document: one SOP as numbered sections with owner, version and review date, read from the bytes of a file."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import PurePosixPath
from typing import Any

from coach.parse import limited, written
from coach.plain import searchable
from coach.reading import Hidden, Reading, Rejected
from coach.sections import Section, Span, cut_passages, cut_sections
from metrics.policy import EVERYONE, Audience

# So little text takes its readers less than the start of a child, whatever it is.
MOST_BYTES_READ_HERE = 64 * 1024
MOST_HEADINGS = 20_000
SAVED_AS = {
    ".doc": ".docx",
    ".odt": ".docx",
    ".rtf": ".docx",
    ".xls": ".xlsx",
    ".ods": ".xlsx",
    ".ppt": "PDF",
    ".pptx": "PDF",
}
WITHOUT_MACROS = {".docm": ".docx", ".xlsm": ".xlsx", ".xlsb": ".xlsx"}
ReadApart = Callable[[str, bytes], Reading]
MAX_FACT_CHARACTERS = {"owner": 320, "version": 100, "site": 200}


@dataclass(frozen=True)
class Facts:
    """What an SOP states about itself; `None` where it does not say. `site` is the only place it holds for."""

    owner: str | None = None
    version: str | None = None
    review_on: date | None = None
    site: str | None = None


@dataclass(frozen=True)
class Passage:
    """A stretch of a section as search sees it: title and heading path, then the words of `text[start:end]`."""

    span: Span
    search_text: str


@dataclass(frozen=True)
class NumberedSection:
    """A section with the facts that hold for it and its passages, none where it has no words of its own."""

    section: Section
    facts: Facts
    passages: tuple[Passage, ...]


@dataclass(frozen=True)
class Document:
    """One SOP. `file` is relative to sops/ with forward slashes; `text` is what quotes are checked against.

    `hidden` words are never part of the text; `notes` follow the file's name and say what was left out.
    """

    file: str
    title: str
    text: str
    audience: Audience
    sections: tuple[NumberedSection, ...]
    hidden: tuple[Hidden, ...] = ()
    notes: tuple[str, ...] = ()


def is_readable(file: str) -> bool:
    """Say whether the ending of a file name is one Coach reads, now or after an export."""
    ending = PurePosixPath(file).suffix.lower()
    return ending in written.READERS or ending in limited.ENDINGS or ending in SAVED_AS or ending in WITHOUT_MACROS


def parse_document(file: str, data: bytes, read_apart: ReadApart = limited.read_once) -> Document:
    """Read one SOP. `audience` is what its front matter says, else everyone.

    `read_apart` reads HTML, office documents and long texts, given their ending and bytes, in another process.
    Raises Rejected with a sentence that follows the file's name and says what to do.
    """
    name = PurePosixPath(file)
    reading = _reading(name.suffix.lower(), data, read_apart)
    if len(reading.headings) > MOST_HEADINGS:
        raise Rejected(f"has more than {MOST_HEADINGS:,} headings. Split it into one file a procedure.")
    title = _title(reading, name)
    facts = _facts(reading.facts)
    sections = cut_sections(reading)
    own_facts = [_facts(entry) for entry in reading.section_facts] or [Facts()] * len(sections)
    numbered = tuple(
        NumberedSection(section, _with_defaults(own, facts), _passages(reading.text, title, section))
        for section, own in zip(sections, own_facts, strict=True)
    )
    if not any(section.passages for section in numbered):
        raise Rejected("has no text to quote. Write the procedure or take the file out.")
    audience = _audience(reading.facts)
    return Document(file, title, reading.text, audience, numbered, reading.hidden, reading.notes)


def heading_line(title: str, heading_path: tuple[str, ...]) -> str:
    """Return title and headings as one line, the title once."""
    return " > ".join(heading_path if heading_path[:1] == (title,) else (title, *heading_path))


def _reading(ending: str, data: bytes, read_apart: ReadApart) -> Reading:
    if ending in limited.ENDINGS or (ending in written.READERS and len(data) > MOST_BYTES_READ_HERE):
        return read_apart(ending, data)
    if ending in written.READERS:
        return written.read(ending, data)
    if ending in WITHOUT_MACROS:
        raise Rejected(f"may hold macros, so it is not read. Save it as {WITHOUT_MACROS[ending]}.")
    raise Rejected(f"is a {ending} file, which is not read. Save it as {SAVED_AS.get(ending, 'Markdown or text')}.")


def _passages(text: str, title: str, section: Section) -> tuple[Passage, ...]:
    spans = cut_passages(text, section)
    heading = heading_line(title, section.heading_path)
    bodies = [(span, searchable(text[span.start : span.end])) for span in spans]
    return tuple(Passage(span, f"{heading}\n{body}") for span, body in bodies if body)


def _title(reading: Reading, name: PurePosixPath) -> str:
    stated = reading.facts.get("title")
    if isinstance(stated, str) and stated.strip():
        return " ".join(stated.split())[:500]
    top = [heading.title for heading in reading.headings if heading.level == 1]
    # Many level-1 headings are chapters (or FAQ questions), not a title.
    from_name = re.sub(r"[-_\s]+", " ", name.stem).strip()
    return (top[0] if len(top) == 1 else reading.title or from_name[:1].upper() + from_name[1:])[:500]


def _facts(stated: dict[str, Any]) -> Facts:
    words: dict[str, str | None] = {}
    for key, most in MAX_FACT_CHARACTERS.items():
        value = stated.get(key)
        if value is not None and not isinstance(value, str):
            raise Rejected(f"has a {key}: that is not a word or number. Write one value after the colon.")
        if len(value or "") > most:
            raise Rejected(f"has a {key}: longer than {most} characters. Shorten it.")
        words[key] = (value or "").strip() or None
    return Facts(words["owner"], words["version"], _review_date(stated.get("review_by")), words["site"])


def _review_date(stated: object) -> date | None:
    if stated is None or stated == "":
        return None
    if not isinstance(stated, str):
        # Never shown: a few anchors of YAML make a list of lists larger than any memory.
        raise Rejected("has a review_by: that is not a date like 2027-03-31.")
    try:
        return date.fromisoformat(stated.strip())
    except ValueError:
        raise Rejected(f"has review_by: {stated[:40]!r}, which is not a date like 2027-03-31.") from None


def _with_defaults(own: Facts, document: Facts) -> Facts:
    return Facts(
        own.owner or document.owner,
        own.version or document.version,
        own.review_on or document.review_on,
        own.site or document.site,
    )


def _audience(facts: dict[str, Any]) -> Audience:
    stated = facts.get("audience", "everyone")
    if stated == "everyone":
        return EVERYONE
    names = [stated] if isinstance(stated, str) else stated
    if not isinstance(names, list) or not names or not all(isinstance(name, str) and name.strip() for name in names):
        raise Rejected("has an audience: that is neither everyone, a role, nor a list of roles. Correct it.")
    return Audience(frozenset(name.strip() for name in names))
