"""Owns Lesson: one lesson file as learn, practise and reflect, read from bytes and checked against its SOP."""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any, Literal

from pydantic import TypeAdapter

from coach.documents import Document
from coach.ingest import Rejection
from coach.parse import markdown
from coach.plain import plain
from coach.reading import Reading, Rejected, decode
from coach.sections import LIST_ITEM, blocks
from lessons.quiz import LETTERS, Item

ENDINGS = (".md", ".markdown")
WORDS_A_MINUTE = 180
MOST_MINUTES = 30
PARTS = {"learn": "learn", "practise": "practise", "practice": "practise", "reflect": "reflect"}
FACTS = ("title", "skill", "sop", "section", "minutes")
# A lesson is one message: beyond this a platform would cut it in two.
MOST_CHARACTERS = {
    "title": 140,
    "Learn text": 5_000,
    "question": 1_000,
    "option": 200,
    "Why": 600,
    "Reflect question": 500,
}
MOST_PARTS = 30
PartKind = Literal["heading", "text", "bullet", "number"]
MOST_NAMED = 6
SUBHEADING = re.compile(r"^#{3,6}[ \t].*$", re.MULTILINE)
OPTION = re.compile(r"^ {0,3}[-*+][ \t]+\[([ xX])\][ \t]+", re.MULTILINE)
UNMARKED = re.compile(r"^[ \t]*[-*+][ \t]", re.MULTILINE)
WHY = re.compile(r"^[ \t]*(?:\*\*|__)?Why:(?:\*\*|__)?", re.MULTILINE)


@dataclass(frozen=True)
class Minutes:
    """How long each part of a lesson takes, in minutes."""

    learn: int = 3
    practise: int = 7
    reflect: int = 1

    @property
    def total(self) -> int:
        """The whole lesson in minutes."""
        return self.learn + self.practise + self.reflect


@dataclass(frozen=True)
class Part:
    """A heading, paragraph or list item of what there is to learn, without markup."""

    text: str
    kind: PartKind = "text"


@dataclass(frozen=True)
class Lesson:
    """One lesson. `file` is relative to lessons/, `sop` to sops/; `heading_path` leads to the section it cites."""

    file: str
    title: str
    skill: str
    sop: str
    heading_path: tuple[str, ...]
    minutes: Minutes
    learn: tuple[Part, ...]
    item: Item
    reflect: str


@dataclass(frozen=True)
class Shelf:
    """The lessons of a folder, read: those to hold, files left out, and what an author may want to know."""

    lessons: tuple[Lesson, ...] = ()
    rejected: tuple[Rejection, ...] = ()
    notes: tuple[str, ...] = ()


LESSON = TypeAdapter(Lesson)


def is_lesson(file: str) -> bool:
    """Say whether the ending of a file name is one a lesson has."""
    return PurePosixPath(file).suffix.lower() in ENDINGS


def read_lessons(
    files: Iterable[tuple[str, bytes]], skills: Collection[str] | None, documents: Iterable[Document]
) -> Shelf:
    """Read lesson files given as (name relative to lessons/, bytes); a broken one is left out alone.

    `skills` are the keys company.yaml lists, None where nobody knows them; `documents` the SOPs a lesson may cite.
    """
    sops = {document.file: document for document in documents}
    lessons, rejected = [], []
    for file, data in files:
        try:
            lessons.append(parse_lesson(file, data, skills, sops))
        except Rejected as reason:
            rejected.append(Rejection(file, str(reason)))
    return Shelf(tuple(lessons), tuple(rejected))


def parse_lesson(file: str, data: bytes, skills: Collection[str] | None, sops: Mapping[str, Document]) -> Lesson:
    """Read one lesson; `sops` maps the files it may cite to their documents.

    Raises Rejected with a sentence that follows the file's name and says what to do.
    """
    reading = markdown.read(decode(data))
    facts = _facts(reading.facts)
    if skills is not None and facts["skill"] not in skills:
        raise Rejected(f"has skill: {facts['skill']!r}, which company.yaml does not list under skills:. Correct one.")
    heading_path = _heading_path(facts["sop"], facts["section"], sops)
    minutes = _minutes(reading.facts.get("minutes"))
    parts = _parts(reading)
    return Lesson(
        file=file,
        title=_short("title", facts["title"]),
        skill=facts["skill"],
        sop=facts["sop"],
        heading_path=heading_path,
        minutes=minutes,
        learn=_learn(parts["learn"], minutes.learn),
        item=_item(parts["practise"]),
        reflect=_short("Reflect question", _said("Reflect", "one question to think about", plain(parts["reflect"]))),
    )


def _facts(stated: dict[str, Any]) -> dict[str, str]:
    if unknown := [key for key in stated if key not in FACTS]:
        raise Rejected(f"has {unknown[0]}: in its front matter, which a lesson does not know. Correct or remove it.")
    facts = {}
    for key in FACTS[:-1]:
        value = stated.get(key)
        if not isinstance(value, str) or not value.strip():
            raise Rejected(f"has no {key}: in its front matter. Write one value after {key}:.")
        facts[key] = " ".join(value.split())
    return facts


def _heading_path(sop: str, section: str, sops: Mapping[str, Document]) -> tuple[str, ...]:
    document = sops.get(sop)
    if document is None:
        raise Rejected(f"cites sop: {sop!r}, which is not among the SOPs that can be read. Correct the path.")
    paths = [part.section.heading_path for part in document.sections if part.section.heading_path]
    found = [path for path in paths if section in (path[-1], " > ".join(path))]
    if not found:
        named = "; ".join(path[-1] for path in paths[:MOST_NAMED]) + ("; …" if len(paths) > MOST_NAMED else "")
        raise Rejected(f"cites section: {section!r}, which {sop} does not have. Write one of its headings: {named}.")
    if len(found) > 1:
        raise Rejected(
            f"cites section: {section!r}, which {sop} has {len(found)} times. Write the headings above it too: "
            f"{' > '.join(found[0])}."
        )
    return found[0]


def _minutes(stated: object) -> Minutes:
    if stated is None:
        return Minutes()
    if not isinstance(stated, dict) or set(stated) != {"learn", "practise", "reflect"}:
        raise Rejected(
            "has minutes: that do not name the three parts. Write minutes: {learn: 3, practise: 7, reflect: 1}."
        )
    for name, value in stated.items():
        if not (isinstance(value, str) and value.isascii() and value.isdecimal() and 1 <= int(value) <= MOST_MINUTES):
            raise Rejected(f"has minutes: {name}: that is not a whole number from 1 to {MOST_MINUTES}. Correct it.")
    return Minutes(**{name: int(value) for name, value in stated.items()})


def _parts(reading: Reading) -> dict[str, str]:
    """Return the text under each of the three level-2 headings; deeper headings belong to the part they stand in."""
    tops = [heading for heading in reading.headings if heading.level <= 2]
    ends = [heading.start for heading in tops[1:]] + [len(reading.text)]
    if plain(reading.text[reading.body_start : tops[0].start if tops else len(reading.text)]):
        raise Rejected("has words before its first heading, which nobody would see. Move them under ## Learn.")
    parts: dict[str, str] = {}
    for heading, end in zip(tops, ends, strict=False):
        body = reading.text[heading.body_start : end]
        name = PARTS.get(heading.title.strip().casefold())
        if heading.level == 1 and name is None:
            if plain(body):
                raise Rejected(f"has words under # {heading.title}, which nobody would see. Move them under ## Learn.")
        elif name is None:
            raise Rejected(
                f"has a part ## {heading.title}, which a lesson does not have. Its parts are Learn, Practise, Reflect."
            )
        elif name in parts:
            raise Rejected(f"has ## {heading.title} twice. Keep one.")
        else:
            parts[name] = body
    for name in ("learn", "practise", "reflect"):
        if name not in parts:
            raise Rejected(f"has no ## {name.title()}. Write that heading and the words under it.")
    return parts


def _learn(body: str, minutes: int) -> tuple[Part, ...]:
    parts = []
    body = SUBHEADING.sub(r"\n\g<0>\n", body)
    for span in blocks(body, 0, len(body)):
        block = body[span.start : span.end]
        mark = LIST_ITEM.match(block)
        text = plain(block[mark.end() :] if mark else block)
        kind: PartKind = "heading" if SUBHEADING.match(block) else "text"
        if mark:
            kind = "bullet" if mark[0].strip() in "-*+•" else "number"
        if text:
            parts.append(Part(text, kind))
    words = sum(len(part.text.split()) for part in parts)
    most = minutes * WORDS_A_MINUTE
    if not parts:
        raise Rejected("has nothing under ## Learn. Write what there is to learn.")
    if len(parts) > MOST_PARTS:
        raise Rejected(
            f"has {len(parts)} paragraphs and list items under ## Learn; {MOST_PARTS} fit. Join or drop some."
        )
    if words > most:
        raise Rejected(
            f"cannot be read in its {_count(minutes, 'minute')}: ## Learn has {words} words, {most} fit at "
            f"{WORDS_A_MINUTE} a minute. Take out {words - most} or give it more minutes."
        )
    _short("Learn text", " ".join(part.text for part in parts))
    return tuple(parts)


def _item(body: str) -> Item:
    explained = WHY.search(body)
    if explained is None:
        raise Rejected("has no Why: under ## Practise. Write a line Why: and what makes the right answer right.")
    question, *marked = OPTION.split(body[: explained.start()])
    marks, options = marked[::2], marked[1::2]
    if any(UNMARKED.search(text) for text in (question, *options)):
        raise Rejected(
            "has a list line under ## Practise without a mark. Write - [ ] before a wrong option, - [x] before the "
            "right one."
        )
    if not 2 <= len(options) <= len(LETTERS):
        raise Rejected(f"has {_count(len(options), 'option')} under ## Practise. Write two, three or four.")
    right = [place for place, mark in enumerate(marks) if mark != " "]
    if len(right) != 1:
        raise Rejected(f"has {_count(len(right), 'option')} marked [x] under ## Practise. Mark exactly one.")
    words = tuple(
        _short("option", _said("Practise", "words after every option's mark", plain(text))) for text in options
    )
    if len({text.casefold() for text in words}) < len(words):
        raise Rejected("has the same option twice under ## Practise. Make them differ.")
    return Item(
        question=_short("question", _said("Practise", "a question before its options", plain(question))),
        options=words,
        right=LETTERS[right[0]],
        why=_short("Why", _said("Practise", "a sentence after Why:", plain(body[explained.end() :]))),
    )


def _said(part: str, what: str, text: str) -> str:
    if not text:
        raise Rejected(f"lacks {what} under ## {part}. Write it.")
    return text


def _short(what: str, text: str) -> str:
    most = MOST_CHARACTERS[what]
    if len(text) > most:
        raise Rejected(f"is too long in its {what}: {len(text):,} characters, {most:,} fit. Shorten it.")
    return text


def _count(number: int, one: str) -> str:
    return f"{number} {one if number == 1 else one + 's'}"
