"""Words for where quotes stand: SOP and heading, version and review, and their numbers among the sections quoted."""

from collections.abc import Sequence
from datetime import date

from coach.sources import Source

Section = tuple[str, ...]


def section_of(source: Source) -> Section:
    """Return the section a quote stands in: its file and headings."""
    return (source.file, *source.heading_path)


def section_numbers(sources: Sequence[Source]) -> dict[Section, int]:
    """Number the sections quoted, from 1 in the order they are first quoted."""
    return {section: number for number, section in enumerate(dict.fromkeys(map(section_of, sources)), start=1)}


def section_names(sources: Sequence[Source]) -> dict[Section, str]:
    """Return the sections quoted by the names people know: title and headings, and the file where two are alike."""
    names = {section_of(source): headed(source.title or source.file, source.heading_path) for source in sources}
    alike = list(names.values())
    return {section: f"{name} ({section[0]})" if alike.count(name) > 1 else name for section, name in names.items()}


def place(file: str, heading_path: Sequence[str]) -> str:
    """Return where a passage stands in the company folder, on one line."""
    return " > ".join([file, *heading_path])


def headed(title: str, heading_path: Sequence[str]) -> str:
    """Return the title of an SOP and headings in it on one line, the title once."""
    return " › ".join([title, *(heading for heading in heading_path if heading != title)])


def standing(sources: Sequence[Source], today: date) -> list[str]:
    """Return where each quote stands; version and review of an SOP are told where it is quoted first."""
    names, told, lines = section_names(sources), set[Section](), []
    for source in sources:
        facts = reviewed(source, today)
        is_told = (source.file, *facts) in told
        told.add((source.file, *facts))
        lines.append(" · ".join([names[section_of(source)], *([] if is_told else facts)]))
    return lines


def reviewed(source: Source, today: date) -> list[str]:
    """Return what an SOP says of its version and review, none where it says nothing."""
    facts = []
    if source.version:
        facts.append(f"version {source.version}")
    if source.review_on:
        day = f"{source.review_on.day} {source.review_on:%b %Y}"
        facts.append(f"review was due {day}" if source.review_on < today else f"review by {day}")
    return facts
