"""Owns citations: the words of found passages that a person is shown, and where two of them disagree."""

from dataclasses import dataclass
from datetime import date

from coach.extract import ROOM_BY_PLACE, by_words, from_the_start, holds_steps, is_heading, quote
from coach.search import Found, FoundPassage
from coach.stretches import Room

# A procedure that is what was asked must not end after its third step; a passage has at most 300 words.
WHOLE_PASSAGE = Room(2, 300)
# Of 125 certain answers that were right none needed a quote further down, where every fourth stood.
NEAR = 0.82


@dataclass(frozen=True)
class Source:
    """A citation: the words shown, where they stand, and what the SOP says of itself.

    `site` is the only place it holds for, None where it holds everywhere; `title` is the SOP's, "" where it was not
    kept.
    """

    passage_id: int
    file: str
    heading_path: tuple[str, ...]
    verbatim: str
    words: str
    score: float
    owner: str | None
    version: str | None
    review_on: date | None
    site: str | None = None
    title: str = ""


@dataclass(frozen=True)
class Conflict:
    """Two sources, by place from 0, that say different things of the same matter.

    `about` is a constant of coach.conflicts.ABOUT; the words are the sentence of each that disagrees.
    """

    first: int
    second: int
    about: str
    first_words: str = ""
    second_words: str = ""


def sources_of(found: Found) -> tuple[Source, ...]:
    """Return the quotes of the passages found, in the order a person reads them."""
    sources: dict[str, Source] = {}
    for place, passage in enumerate(_in_reading_order(found)):
        source = _source(passage, found, ROOM_BY_PLACE[min(place, len(ROOM_BY_PLACE) - 1)])
        sources.setdefault(source.words, source)
    return tuple(sources.values())


def shown_if_certain(found: Found, sources: tuple[Source, ...]) -> tuple[Source, ...]:
    """Return the quotes a certain answer shows: the first, and those whose passages score nearly as much.

    Where several things are asked all are: each has a passage of its own. So are they of a follow-up, since what was
    asked before counts in its scores and has had its answer.
    """
    if found.is_follow_up or found.has_parts:
        return sources
    return near_the_first(sources)


def near_the_first(sources: tuple[Source, ...]) -> tuple[Source, ...]:
    """Return the first of some quotes, and those whose passages score nearly as much."""
    return tuple(source for source in sources if source is sources[0] or source.score >= NEAR * sources[0].score)


def _in_reading_order(found: Found) -> list[FoundPassage]:
    """Return sections whose own heading is what was asked first, from their start; the others best first."""
    asked = [passage for passage in found.passages if is_heading(found.question, passage.headings[-1], found.lexical)]
    places: dict[tuple[str, tuple[str, ...]], int] = {}
    for place, passage in enumerate(asked):
        places.setdefault((passage.file, passage.heading_path), place)
    asked.sort(key=lambda passage: (places[passage.file, passage.heading_path], passage.passage_id))
    return [*asked, *(passage for passage in found.passages if passage not in asked)]


def _source(passage: FoundPassage, found: Found, room: Room) -> Source:
    if is_heading(found.question, passage.headings[-1], found.lexical):
        scores = from_the_start(passage.text)
        room = WHOLE_PASSAGE if holds_steps(passage.text) else room
    else:
        headings = " ".join(passage.headings)
        scores = by_words(passage.text, passage.sentence_vectors, headings, found.question, found.vector, found.lexical)
    shown = quote(passage.text, scores, room)
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
        site=passage.site,
        title=passage.title,
    )
