"""Owns the step from a question to an answer in quotes, or an honest abstention."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy.orm import Session

from coach import guard
from coach.calibrate import Band
from coach.conversation import Turn
from coach.documents import heading_line
from coach.extract import is_heading, quotable, quote
from coach.guard import Contact, Rule
from coach.lexical import LexicalIndex
from coach.search import Found, FoundPassage, Library
from metrics.policy import Asker

MAX_SOURCES = 3
PAY_DEPTH = 20


@dataclass(frozen=True)
class Contacts:
    """Whom the company wants people sent to; `None` where it does not say."""

    default_owner: str | None = None
    people_contact: str | None = None
    emergency_number: str | None = None


@dataclass(frozen=True)
class Source:
    """A citation: the words shown, where they stand, and what the SOP says of itself."""

    passage_id: int
    file: str
    heading_path: tuple[str, ...]
    verbatim: str
    words: str
    score: float
    owner: str | None
    version: str | None
    review_on: date | None


@dataclass(frozen=True)
class Trace:
    """What a search went through: the generation asked (None when nothing was searched), signal and confidence."""

    generation: int | None = None
    signal: float | None = None
    confidence: float | None = None
    is_follow_up: bool = False


@dataclass(frozen=True)
class Answer:
    """Quotes from SOPs the asker may read, best first; `is_certain` tells the upper band from the middle one."""

    is_certain: bool
    sources: tuple[Source, ...]
    refer_to: str | None
    trace: Trace

    @property
    def status(self) -> str:
        """`answered` or `uncertain`."""
        return (Band.ANSWERED if self.is_certain else Band.UNCERTAIN).value


@dataclass(frozen=True)
class Abstention:
    """No answer, and whom to ask instead. `rule` names why Coach will not answer; None means not covered.

    `nearest` is the title and headings of the nearest section; `sources` are given beside an emergency number.
    """

    rule: str | None
    refer_to: str | None
    trace: Trace
    nearest: str | None = None
    sources: tuple[Source, ...] = ()

    @property
    def status(self) -> str:
        """`refused` or `not_covered`."""
        return "refused" if self.rule else Band.NOT_COVERED.value


Reply = Answer | Abstention


def answer(
    session: Session,
    library: Library,
    asker: Asker,
    question: str,
    contacts: Contacts,
    history: Sequence[Turn] = (),
) -> Reply:
    """Answer a question for `asker` from what they may read.

    Raises NotReady before the first apply.
    """
    asked = guard.cleaned(question)
    rule = guard.unaskable(asked) or guard.broken_rule(asked)
    if rule is not None and not rule.shows_sources:
        return Abstention(rule.name, _contact(rule, contacts), Trace())
    asks_pay = rule is None and guard.asks_somebodys_pay(asked)
    found = library.find(session, asker, asked, history, PAY_DEPTH if asks_pay else MAX_SOURCES)
    trace = Trace(
        found.generation, round(found.signal, 4), found.calibration.confidence(found.signal), found.is_follow_up
    )
    band = found.calibration.band(found.signal) if found.passages else Band.NOT_COVERED
    if rule is not None:
        sources = _sources(found) if band is Band.ANSWERED else ()
        return Abstention(rule.name, _contact(rule, contacts), trace, sources=sources)
    if asks_pay:
        stating = tuple(passage for passage in found.passages if _states_pay(passage, asked, found.lexical))
        if not stating or band is Band.NOT_COVERED:
            return Abstention(guard.SOMEBODYS_PAY.name, _contact(guard.SOMEBODYS_PAY, contacts), trace)
        found = replace(found, passages=stating[:MAX_SOURCES])
    first = found.passages[0] if found.passages else None
    owner = (first.owner if first else None) or contacts.default_owner
    if band is Band.NOT_COVERED:
        return Abstention(None, owner, trace, nearest=heading_line(first.title, first.heading_path) if first else None)
    return Answer(band is Band.ANSWERED, _sources(found), owner, trace)


def _contact(rule: Rule, contacts: Contacts) -> str | None:
    match rule.refer_to:
        case Contact.NOBODY:
            return None
        case Contact.EMERGENCY_SERVICES:
            return contacts.emergency_number
        case Contact.PEOPLE_CONTACT:
            return contacts.people_contact or contacts.default_owner
        case Contact.DEFAULT_OWNER:
            return contacts.default_owner


def _states_pay(passage: FoundPassage, question: str, lexical: LexicalIndex) -> bool:
    """Say whether a sentence names whom the question asks about and a figure, where pay is the subject."""
    subject = set(lexical.words([guard.pay_subject(question)])[0])
    heading = heading_line(passage.title, passage.heading_path)
    sentences = [passage.text[span.start : span.end] for span in quotable(passage.text)]
    return any(
        subject <= set(words) and guard.speaks_of_pay(f"{heading} {sentence}") and any(map(str.isdigit, sentence))
        for sentence, words in zip(sentences, lexical.words(sentences), strict=True)
    )


def _sources(found: Found) -> tuple[Source, ...]:
    sources: dict[str, Source] = {}
    for passage in _in_reading_order(found):
        source = _source(passage, found)
        sources.setdefault(source.words, source)
    return tuple(sources.values())


def _in_reading_order(found: Found) -> list[FoundPassage]:
    """Return sections whose own heading is what was asked first, from their start; the others best first."""
    asked = [passage for passage in found.passages if is_heading(found.question, passage.headings[-1], found.lexical)]
    places: dict[tuple[str, tuple[str, ...]], int] = {}
    for place, passage in enumerate(asked):
        places.setdefault((passage.file, passage.heading_path), place)
    asked.sort(key=lambda passage: (places[passage.file, passage.heading_path], passage.passage_id))
    return [*asked, *(passage for passage in found.passages if passage not in asked)]


def _source(passage: FoundPassage, found: Found) -> Source:
    shown = quote(
        passage.text,
        passage.sentence_vectors,
        passage.headings,
        found.question,
        found.vector,
        found.lexical,
    )
    return Source(
        passage_id=passage.passage_id,
        file=passage.file,
        heading_path=passage.heading_path,
        verbatim=shown.verbatim,
        words=shown.words,
        score=passage.score,
        owner=passage.owner,
        version=passage.version,
        review_on=passage.review_on,
    )
