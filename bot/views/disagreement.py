"""Words for sections that disagree: about what, what each says, whom to ask, and what to do about it."""

from bot.messages import Block, Steps, Text
from bot.shown import shorten
from bot.views.citing import headed, section_names, section_of
from coach.answer import Answer
from coach.conflict_record import KnownConflict, Side
from coach.sources import Conflict

SENTENCE_CHARACTERS = 200
SETTLE = "Settle which one holds, write it into both SOPs, and run coach apply."
MATTERS = {
    "money": "an amount of money",
    "time": "a time",
    "duration": "how long something takes or lasts",
    "date": "a day",
    "share": "a percentage",
    "number": "a number",
    "permission": "what is required or allowed",
}


def disagreements(reply: Answer, contact: str) -> list[str]:
    """Return a few lines for each pair of quotes that disagree; `contact` is whom to ask."""
    return [
        "\n".join([_matter(conflict), *(f"• {side}" for side in _sides(reply, conflict)), _asking(contact)])
        for conflict in reply.conflicts
    ]


def disagreement_blocks(reply: Answer, contact: str) -> list[Block]:
    """Return the same as blocks."""
    blocks: list[Block] = []
    for conflict in reply.conflicts:
        blocks += [Text(_matter(conflict), is_strong=True), Steps(_sides(reply, conflict)), Text(_asking(contact))]
    return blocks


def conflict_line(known: KnownConflict) -> str:
    """Return two sections that disagree, for who looks after them, and how often both were shown."""
    one, other = side_line(known.first), side_line(known.second)
    times = {1: "once", 2: "twice"}.get(known.times, f"{known.times} times")
    return f"About {MATTERS[known.about]}: {one}, {other}. Shown together {times}."


def side_line(side: Side) -> str:
    """Return what one of two sections that disagree says."""
    return f"{headed(side.title, side.headings)} says “{_short(side.words.removesuffix('.'))}”"


def _matter(conflict: Conflict) -> str:
    return f"Your SOPs disagree about {MATTERS[conflict.about]}:"


def _sides(reply: Answer, conflict: Conflict) -> tuple[str, str]:
    names = section_names(reply.sources)
    one, other = (names[section_of(reply.sources[place])] for place in (conflict.first, conflict.second))
    return f"{one}: “{_short(conflict.first_words)}”", f"{other}: “{_short(conflict.second_words)}”"


def _asking(contact: str) -> str:
    return f"Ask {contact} which one holds."


def _short(words: str) -> str:
    return shorten(words, SENTENCE_CHARACTERS)
