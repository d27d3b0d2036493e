"""Owns how long a module takes: reading at a pace, and what each kind of item costs beside reading."""

import math
from collections.abc import Iterable
from typing import Literal

from coach.reading import Rejected
from lessons.module import Card, Item, Minutes, Module, Part

# Adults read prose silently at about 240 words a minute (Brysbaert 2019); 200 leaves room for a phone and a counter.
WORDS_A_MINUTE = 200
# One tap: find the button, press it, see the message change.
PRESS_SECONDS = 3.0
# Saying how sure one is: one more look at oneself, and one more tap.
CONFIDENCE_SECONDS = 5.0
# Weighing one answer against the situation, once it is read.
THINK_SECONDS_AN_OPTION = 4.0
# Looking in one line for what is wrong with it.
THINK_SECONDS_A_LINE = 4.0
# Finding the next step among those left over; each is then put down with a tap.
THINK_SECONDS_A_STEP = 5.0
# Before the first word of one's own is typed.
THINK_SECONDS_BEFORE_WRITING = 15.0
# People type about 36 words a minute on a phone (Palin and others 2019); an answer is about as long as its key points.
TYPED_WORDS_A_MINUTE = 36
# Holding one's own words against one key point.
CHECK_SECONDS_A_POINT = 3.0
# Letting the closing question sink in.
CLOSING_SECONDS = 5.0
LEAST_SHARE = 0.5
Stage = Literal["concept", "practice", "reflection"]
PHASES: tuple[Stage, ...] = ("concept", "practice", "reflection")


def estimate(module: Module, words_a_minute: float = WORDS_A_MINUTE) -> dict[Stage, float]:
    """Return the seconds each part of a module takes somebody who reads at this pace and answers everything once."""
    seconds: dict[Stage, float] = dict.fromkeys(PHASES, 0.0)
    seconds["concept"] = sum(card_seconds(card, words_a_minute) for card in module.cards)
    for item in module.items:
        seconds[item.phase] += item_seconds(item, words_a_minute)
    if module.closing:
        seconds["reflection"] += CLOSING_SECONDS + _reading(words(module.closing), words_a_minute)
    return seconds


def card_seconds(card: Card, words_a_minute: float = WORDS_A_MINUTE) -> float:
    """Return how long a card is read, with the tap that leads on."""
    return PRESS_SECONDS + _reading(words(card.title) + _words_in(card.parts), words_a_minute)


def item_seconds(item: Item, words_a_minute: float = WORDS_A_MINUTE) -> float:
    """Return how long an item takes: reading, thinking, answering with confidence, its feedback, and the tap on."""
    read = words(item.title) + _words_in(item.situation) + sum(map(words, (item.question, item.why, item.quote)))
    read += sum(map(words, (*item.options, *item.key_points)))
    return _answering(item) + CONFIDENCE_SECONDS + PRESS_SECONDS + _reading(read, words_a_minute)


def words(text: str) -> int:
    """Return how many words a text has."""
    return len(text.split())


def refuse_misfit(module: Module) -> None:
    """Raise Rejected when a part takes longer than its minutes, or less than half of them; slots are filled in.

    A delta lesson is measured as a whole against its one minute.
    """
    seconds = estimate(module)
    if module.is_delta:
        _fit(None, module.minutes.total, sum(seconds.values()))
        return
    for phase in PHASES:
        _fit(phase, _minutes(module.minutes, phase), seconds[phase])


def _answering(item: Item) -> float:
    match item.kind:
        case "choice":
            return len(item.options) * THINK_SECONDS_AN_OPTION + PRESS_SECONDS
        case "spot":
            return len(item.options) * THINK_SECONDS_A_LINE + PRESS_SECONDS
        case "order":
            return len(item.options) * (THINK_SECONDS_A_STEP + PRESS_SECONDS)
        case "write":
            typing = 60 / TYPED_WORDS_A_MINUTE * sum(map(words, item.key_points))
            checking = len(item.key_points) * CHECK_SECONDS_A_POINT
            # Opening the form, sending it, and saying how it went.
            return THINK_SECONDS_BEFORE_WRITING + typing + checking + 3 * PRESS_SECONDS


def _fit(phase: Stage | None, minutes: int, seconds: float) -> None:
    have = minutes * 60
    which = f" of {phase}" if phase else ""
    if seconds > have:
        over = math.ceil(seconds - have)
        too_many = math.ceil(over * WORDS_A_MINUTE / 60)
        raise Rejected(
            f"cannot be done in its {_minutes_text(minutes)}{which}: it takes about {_time(math.ceil(seconds))} at "
            f"{WORDS_A_MINUTE} words a minute, {over} s or {too_many} words too much. "
            + ("Shorten it." if phase is None else f"Shorten it or raise {phase}: under minutes:.")
        )
    if seconds < LEAST_SHARE * have:
        raise Rejected(
            f"promises {_minutes_text(minutes)}{which} and takes about {_time(math.floor(seconds))}. "
            + (f"Add to it or lower {phase}: under minutes:." if minutes > 1 else "Add to it.")
        )


def _minutes(minutes: Minutes, phase: Stage) -> int:
    return {"concept": minutes.concept, "practice": minutes.practice, "reflection": minutes.reflection}[phase]


def _reading(number: int, words_a_minute: float) -> float:
    return number * 60 / words_a_minute


def _words_in(parts: Iterable[Part]) -> int:
    return sum(words(part.text) for part in parts)


def _minutes_text(minutes: int) -> str:
    return "1 minute" if minutes == 1 else f"{minutes} minutes"


def _time(seconds: int) -> str:
    minutes, rest = divmod(seconds, 60)
    if not minutes:
        return f"{rest} seconds"
    return f"{minutes} min {rest} s" if rest else _minutes_text(minutes)
