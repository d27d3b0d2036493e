"""Words around nudges: a cohort's message in its channel, why lessons come weekly, and what `coach nudges` lists."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.messages import Actions, Button, Heading, Message, Note, Text
from bot.outcome import Outgoing
from bot.shown import one_line
from lessons.nudge_list import Listed
from lessons.rules import Cohort

START, DAILY = "cohort_start", "lesson_daily"
NOT_IN_COHORT = "This practice is for another group. Write “lesson” to me for one of your own."
NOTHING_TODAY = "There is nothing for you to practise today. Write “practice” to practise what you know."
COMES_DIRECTLY = "Your lesson is in our direct messages."
INTRODUCTION = (
    "I am Coach, the learning coach at {company}: I bring short lessons, and answer questions from the SOPs. "
    "Write “about” for what I store and who sees it, or “settings” for when I write."
)
WHY_WEEKLY = (
    "Three lessons in a row stayed unopened, so they come once a week now. Daily Lessons, or writing “lessons daily”, "
    "brings them back every day."
)
STATE_WORDS = {
    "planned": "planned",
    "queued": "being sent",
    "sent": "sent",
    "missed": "missed",
    "unknown": "perhaps sent",
}
SLOT_WORDS = {
    "before_shift": "before shift",
    "before_work": "before an appointment",
    "after_work": "after work done",
    "end_of_day": "end of day",
    "at_time": "at a set time",
    "sent": "sent by a manager",
    "tomorrow": "put off to this day",
    "later": "put off to later",
    "reminder": "reminder",
    "acknowledge": "to acknowledge",
    "confirm": "to confirm",
    "assigned": "assigned",
    "signed_off": "signed off",
    "channel": "in its channel",
    "recognised": "thanks of a manager",
    "digest": "digest for a manager",
    "warning": "early warning for a manager",
}
REASON_WORDS = {
    "late": "too late to be of use",
    "another_today": "the day had its lesson, or another goes first",
    "taken_back": "taken back before it was sent",
    "refused": "the platform would not take it",
    "interrupted": "the connection ended while it was sent",
    "left": "the person is not active any more",
    "no_cohort": "in no cohort of company.yaml",
    "channel": "their cohort practises in a channel",
    "weekly": "lessons come once a week now",
    "moved": "the shift or the work it came with is gone",
    "stopped": "they stopped lessons",
    "digest_stopped": "they stopped the digest",
    "paused": "they paused lessons",
    "leave": "on leave",
    "holiday": "a public holiday",
    "weekend": "a day off",
    "quiet_hours": "quiet hours",
    "do_not_disturb": "their device is set to do not disturb",
    "no_address": "no account Coach may write to",
    "practising": "they were practising",
    "not_theirs": "they may not read its SOP any more",
    "weekly_cap": "their minutes of the week are used up",
    "nothing_to_practise": "nothing to practise",
    "failed": "an error in Coach itself, which its log names",
    "nobody_there": "nobody of the cohort could be written to",
    "not_connected": "Coach is not connected there",
}


def cohort_message(cohort: Cohort, public_id: str) -> Message:
    """Return the one message that offers a cohort its practice; it names nobody and calls nobody."""
    said = (
        f"Up to {cohort.minutes} minutes, on what each of you needs most. Start opens your own lesson in our direct "
        "messages; nothing of it is shown here."
    )
    start = Button("Start", START, public_id, is_primary=True)
    return Message(f"Today's practice. {said}", (Heading("Today's practice"), Text(said), Actions((start,))))


def saying_why_weekly(outgoing: Sequence[Outgoing], public_id: str) -> Sequence[Outgoing]:
    """Return a lesson's messages, the first with why it comes weekly and a button that brings back daily ones."""
    first, *others = outgoing
    if first.message is None:
        return outgoing
    button = Actions((Button("Daily Lessons", DAILY, public_id),))
    blocks = (*first.message.blocks, Text(WHY_WEEKLY), button)
    said = replace(first.message, text=f"{first.message.text} {WHY_WEEKLY}", blocks=blocks)
    return (replace(first, message=said), *others)


def introduced(outgoing: Sequence[Outgoing], company: str) -> Sequence[Outgoing]:
    """Return messages, the first saying who writes: for somebody who never wrote to Coach, nor Coach to them."""
    first, *others = outgoing
    if first.message is None:
        return outgoing
    return (replace(first, message=introducing(first.message, company)), *others)


def introducing(message: Message, company: str) -> Message:
    """Return a message with who writes it."""
    said = INTRODUCTION.format(company=one_line(company))
    return replace(message, text=f"{message.text} {said}", blocks=(*message.blocks, Note(said)))


def nudges_text(listed: Sequence[Listed], skills: Mapping[str, str]) -> str:
    """Return how many nudges are in each state, then a line for each, by time; `skills` are titles by key."""
    if not listed:
        return "No nudges."
    rows = [_row(one, skills) for one in listed]
    widths = [max(len(row[place]) for row in rows) for place in range(4)]
    lines = [
        "  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[4]]) for row in rows
    ]
    return "\n".join([counts_line(counts_of(listed)), "", *(line.rstrip() for line in lines)])


def counts_line(counts: Mapping[str, int]) -> str:
    """Return the states as a sentence: 12 planned, 3 sent."""
    found = [f"{counts[state]} {word}" for state, word in STATE_WORDS.items() if counts[state]]
    return f"{', '.join(found)}."


def counts_of(listed: Sequence[Listed]) -> dict[str, int]:
    """Return how many nudges are in each state."""
    return {state: sum(one.state == state for one in listed) for state in STATE_WORDS}


def _row(one: Listed, skills: Mapping[str, str]) -> tuple[str, str, str, str, str]:
    when = f"{one.at:%a} {one.at.day:2} {one.at:%b %H:%M %Z}"
    said = STATE_WORDS[one.state]
    if one.reason:
        said += f": {REASON_WORDS.get(one.reason, one.reason.replace('_', ' '))}"
    slot = SLOT_WORDS.get(one.slot, one.slot.replace("_", " "))
    who = one.who if one.person_id is not None else f"{one.who} (cohort)"
    return when, one_line(who), slot, one_line(skills.get(one.skill or "", one.skill or "")), said
