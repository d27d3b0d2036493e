"""Owns which pieces of a passage are quoted (pure): stretches around its best sentences, lists from their start."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from coach.layout import TABLE, Kind, Piece

MAX_STEPS = 10
STEPS_ROOM = 1.5


@dataclass(frozen=True)
class Room:
    """How much of a passage is quoted: stretches around so many of its best sentences, of so many words in all."""

    stretches: int
    words: int


@dataclass(frozen=True)
class Weighed:
    """A passage to choose from: its pieces, and for each its size in words and its score (any scale)."""

    pieces: Sequence[Piece]
    sizes: Sequence[int]
    scores: Sequence[float]

    def words(self, places: Iterable[int]) -> int:
        """Return how many words some pieces have."""
        return sum(self.sizes[place] for place in places)

    def group(self, place: int) -> list[int]:
        """Return the whole list or table of a piece with what leads into it; the piece alone in a paragraph."""
        number = self.pieces[place].group
        return [place] if number is None else [at for at, piece in enumerate(self.pieces) if piece.group == number]

    def leads(self, place: int) -> set[int]:
        """Return what leads into the list or table of a piece."""
        return {other for other in self.group(place) if self.pieces[other].is_lead}

    def is_in_table(self, place: int) -> bool:
        """Whether a piece is of a table."""
        return self.pieces[place].kind in TABLE

    def is_in_steps(self, place: int) -> bool:
        """Whether a piece is of a list whose first item is numbered, or leads into one."""
        kinds = [self.pieces[other].kind for other in self.group(place) if not self.pieces[other].is_lead]
        return self.pieces[place].group is not None and kinds[:1] == [Kind.STEP]


def choose(passage: Weighed, room: Room) -> list[int]:
    """Return the places of the pieces to quote, in order; of a table without rows its head, for want of a sentence.

    Each of the best sentences brings what it cannot be read without, and the better of their neighbours fill the room.
    Steps of a procedure that are shown from the first may take half as much again, in at most 10 lines.
    """
    places = range(len(passage.pieces))
    sentences = [place for place in places if passage.pieces[place].kind is not Kind.HEAD] or places
    chosen: set[int] = set()
    for place in sorted(sentences, key=lambda place: -passage.scores[place])[: room.stretches]:
        chosen |= next((added for added in _around(passage, place) if _fits(passage, chosen, added, room)), set())
        chosen = chosen or {place}
    while beside := [added for added in _beside(passage, chosen) if passage.words(chosen | added) <= room.words]:
        chosen |= max(beside, key=lambda added: (max(passage.scores[place] for place in added), max(added)))
    return sorted(chosen)


def _around(passage: Weighed, place: int) -> Iterator[set[int]]:
    """Yield what a sentence may be quoted with, the most first."""
    group, leads = passage.group(place), passage.leads(place)
    line = {other for other in group if passage.pieces[other].line == passage.pieces[place].line}
    if not passage.is_in_table(place):
        yield set(group)
    if passage.is_in_steps(place):
        yield {other for other in group if other <= place or other in line}
    yield line | leads
    yield {other for other in line if other <= place} | leads
    yield {place, *leads}
    yield {place}


def _fits(passage: Weighed, chosen: set[int], added: set[int], room: Room) -> bool:
    if passage.words(chosen | added) <= room.words:
        return True
    is_procedure = not chosen and passage.is_in_steps(max(added))
    lines = {passage.pieces[place].line for place in added - passage.leads(max(added))}
    return is_procedure and len(lines) <= MAX_STEPS and passage.words(added) <= STEPS_ROOM * room.words


def _beside(passage: Weighed, chosen: set[int]) -> Iterator[set[int]]:
    """Yield the pieces that may come next: a list is entered at its start or taken whole, a table with its head."""
    for place in chosen:
        for beside in {place - 1, place + 1} - chosen:
            if not 0 <= beside < len(passage.pieces):
                continue
            group = passage.group(beside)
            if passage.is_in_table(beside):
                rows = [other for other in group if other >= beside and passage.pieces[other].kind is Kind.ROW]
                if rows:
                    yield {rows[0], *passage.leads(beside)} - chosen
            elif beside > place or not chosen.isdisjoint(group):
                # The sentence that opens an item often says when the others hold.
                line = {other for other in group if passage.pieces[other].line == passage.pieces[beside].line}
                yield {beside, *(other for other in line if other < beside)} - chosen
            else:
                yield set(group)
