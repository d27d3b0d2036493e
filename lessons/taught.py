"""Finds what a module teaches in the SOPs: the section at its version, its numbered steps, and quotes from it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from coach.documents import Document
from coach.plain import plain
from coach.reading import Rejected
from lessons.module import Taught

FEWEST_QUOTED_WORDS = 3
MOST_NAMED = 6
NUMBERED = re.compile(r"^[ \t]*(\d{1,3})[.)][ \t]", re.MULTILINE)
PAIRS = (('"', '"'), ("“", "”"), ("'", "'"), ("‘", "’"))
# Whoever copies a sentence types the marks their keyboard has; every mark stands for one character.
AS_TYPED = str.maketrans("“”„‘’‚–—‑\u00a0", "\"\"\"'''--- ")


@dataclass(frozen=True)
class TaughtText:
    """A section that a module teaches, with everything below its heading: plain words, and the steps it numbers."""

    taught: Taught
    words: str
    steps: frozenset[int]


def find_taught(line: str, sops: Mapping[str, Document]) -> TaughtText:
    """Return what a line such as "stores/refunds.md > Exceptions @ 4.2" means; `sops` maps files to documents.

    Raises Rejected for an unknown SOP or section, and for another version than the one that stands.
    """
    named, _, version = (part.strip() for part in line.rpartition(" @ ")) if " @ " in line else (line.strip(), "", "")
    file, _, heading = (part.strip() for part in named.partition(" > "))
    document = sops.get(file)
    if document is None:
        raise Rejected(f"teaches {file!r}, which is not among the SOPs that can be read. Correct the path.")
    path = _heading_path(document, heading)
    sections = [part for part in document.sections if part.section.heading_path[: len(path)] == path]
    stands = sections[0].facts.version or ""
    if version != stands:
        raise Rejected(_other_version(file, heading, version, stands))
    bodies = [document.text[part.section.start : part.section.end] for part in sections]
    steps = frozenset(int(number) for body in bodies for number in NUMBERED.findall(body))
    # No quote may run from one section into the next: plain words hold no line break.
    return TaughtText(Taught(file, path, version), "\n".join(map(plain, bodies)), steps)


def find_quote(quote: str, texts: Sequence[TaughtText], where: str) -> tuple[int, str]:
    """Return in which of the texts a quote stands, and the SOP's own characters for it.

    Spaces, markup and the kind of quotation mark or dash do not matter; every word and letter does. `where` names the
    item. Raises Rejected for a quote that stands nowhere, is cut within a word, or is shorter than three words.
    """
    words = _unquoted(plain(quote))
    if len(words.split()) < FEWEST_QUOTED_WORDS:
        raise Rejected(
            f"has a Quote: of fewer than {FEWEST_QUOTED_WORDS} words in “{where}”. Copy the sentence of the SOP that "
            "makes the right answer right."
        )
    pattern = re.compile(rf"(?<!\w){re.escape(words.translate(AS_TYPED))}(?!\w)")
    for source, text in enumerate(texts):
        if found := pattern.search(text.words.translate(AS_TYPED)):
            return source, text.words[found.start() : found.end()]
    raise Rejected(
        f"has a Quote: in “{where}” that stands in none of the sections under teaches: “{_shortened(words)}”. Copy "
        "the SOP's own words."
    )


def _heading_path(document: Document, heading: str) -> tuple[str, ...]:
    paths = [part.section.heading_path for part in document.sections if part.section.heading_path]
    if not heading and not paths:
        return ()
    wanted = tuple(_folded(name) for name in heading.split(" > "))
    found = [path for path in paths if tuple(map(_folded, path))[-len(wanted) :] == wanted]
    if not found:
        named = "; ".join(path[-1] for path in paths[:MOST_NAMED]) + ("; …" if len(paths) > MOST_NAMED else "")
        missing = f"the section {heading!r}, which {document.file} does not have" if heading else document.file
        raise Rejected(f"teaches {missing}. Write {document.file} > and one of its headings: {named}.")
    if len(found) > 1:
        raise Rejected(
            f"teaches the section {heading!r}, which {document.file} has {len(found)} times. Write the headings above "
            f"it too: {' > '.join(found[0])}."
        )
    return found[0]


def _other_version(file: str, heading: str, version: str, stands: str) -> str:
    section = f"{file} > {heading}" if heading else file
    if not stands:
        return f"teaches {section} at version {version}, but that SOP states no version. Take @ {version} out."
    if not version:
        return f"teaches {section} without its version. Write @ {stands} behind it, the version that stands."
    return (
        f"was written for version {version} of {file}; version {stands} stands now. Read the module again and write "
        f"{section} @ {stands}."
    )


def _unquoted(words: str) -> str:
    for opening, closing in PAIRS:
        if words.startswith(opening) and words.endswith(closing) and len(words) > 1:
            return words[1:-1].strip()
    return words


def _folded(name: str) -> str:
    return " ".join(name.split()).casefold().translate(AS_TYPED)


def _shortened(words: str, most: int = 80) -> str:
    return words if len(words) <= most else words[:most].rsplit(" ", 1)[0] + " …"
