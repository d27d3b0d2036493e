"""Words for sections that disagree: about what, what each says, whom to ask, and what to do about it."""

from bot.shown import shorten
from coach.answer import Answer
from coach.conflict_record import KnownConflict, Side
from coach.sources import Conflict, Source

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
    return [f"{_told(reply, conflict)}\nAsk {contact} which one holds." for conflict in reply.conflicts]


def conflict_line(known: KnownConflict) -> str:
    """Return two sections that disagree, for who looks after them, and how often both were shown."""
    one, other = side_line(known.first), side_line(known.second)
    times = {1: "once", 2: "twice"}.get(known.times, f"{known.times} times")
    return f"About {MATTERS[known.about]}: {one}, {other}. Shown together {times}."


def side_line(side: Side) -> str:
    """Return what one of two sections that disagree says."""
    heading = " › ".join([side.title, *(heading for heading in side.headings if heading != side.title)])
    return f"{heading} says “{_short(side.words.removesuffix('.'))}”"


def _told(reply: Answer, conflict: Conflict) -> str:
    first, second = reply.sources[conflict.first], reply.sources[conflict.second]
    one = f"• {_place(first)} says “{_short(conflict.first_words)}”"
    other = f"• {_place(second)} says “{_short(conflict.second_words)}”"
    return f"Two of these disagree about {MATTERS[conflict.about]}:\n{one}\n{other}"


def _place(source: Source) -> str:
    return " › ".join([source.file, *source.heading_path[-1:]])


def _short(words: str) -> str:
    return shorten(words, SENTENCE_CHARACTERS)
