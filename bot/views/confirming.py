"""Words for what people confirm with one tap: steps of others, sign-offs, SOPs to read, lessons used at work."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from bot.messages import Actions, Block, Button, Heading, Message, Note, Steps, Text
from bot.views.tracks import count, day, duration
from lessons.confirmations import SELF, Waiting
from metrics.time_zones import local_time

MOST_WAITING = 8
MOST_SOPS = 5
MOST_SECTIONS = 12
NOTHING_WAITS = "Nothing waits for your word."
CLOSED = "That is answered already, or somebody else is asked now. Write “track” to see what waits for you."
NOT_YOURS = "This was asked of somebody else, so your tap counts for nothing here."
NOBODY_ABOVE = "There is nobody above to pass this on to. Choose Done or Not Yet, or tell whoever looks after Coach."
SECTION_GONE = (
    "That section is not in the SOP any more, or not open to you. Write “track” to see what there is to read."
)
USED_YES = "Noted: you used it."
USED_NOT_YET = "Noted: not yet. You are not asked about it again."


@dataclass(frozen=True)
class ToRead:
    """One version of an SOP to acknowledge; `sections` are pairs of heading and whether it still stands."""

    public_id: str
    title: str
    version: str
    due_on: date | None
    sections: Sequence[tuple[str, bool]]
    is_change: bool


def waiting_message(
    waiting: Sequence[Waiting], skills: Mapping[str, str], runs: Mapping[int, str], said: str = ""
) -> Message:
    """Return what waits for somebody's one tap; `runs` are titles of lessons by confirmation id, `said` comes first.

    `skills` are titles by key.
    """
    blocks: list[Block] = [Text(said)] if said else []
    shown = waiting[:MOST_WAITING]
    if shown:
        blocks.append(Heading("Please confirm"))
    for one in shown:
        words, note = _asked(one, skills, runs)
        blocks += [Text(words, is_strong=True), Note(note), Actions(_answers(one))]
    if len(waiting) > len(shown):
        blocks.append(Note(f"{count(len(waiting) - len(shown), 'more follows', 'more follow')} when these are done."))
    if not blocks:
        blocks.append(Text(NOTHING_WAITS))
    texts = [_asked(one, skills, runs)[0] for one in shown]
    ask = f"Please confirm: {' '.join(texts)}" if texts else ""
    return Message(" ".join(filter(None, (said, ask))) or NOTHING_WAITS, tuple(blocks))


def confirmed_line(one: Waiting, is_yes: bool, skills: Mapping[str, str], is_own: bool) -> str:
    """Return what stands in place of a card once it was answered."""
    what = f"{one.learner.name}, {_subject(one, skills)}"
    if one.confirmation.kind == "sign_off":
        said = f"Signed off: {what}." if is_yes else f"Not signed off yet: {what}."
        return f"{said} Kept with your name and the date." if is_yes else f"{said} You are asked again in a week."
    if is_own:
        what = _subject(one, skills)
    return f"Done: {what}." if is_yes else f"Not yet: {what}. You are asked again in a week."


def passed_on_line(one: Waiting, name: str, skills: Mapping[str, str]) -> str:
    """Return that somebody else is asked now."""
    return f"Passed on to {name}: {one.learner.name}, {_subject(one, skills)}."


def seen_line(name: str, is_seen: bool) -> str:
    """Return that a manager's word on a lesson used at work was noted."""
    return f"Noted: you saw {name} use it." if is_seen else f"Noted: you have not seen {name} use it."


def signed_off_message(by: str, skill: str, at: datetime, zone: str) -> Message:
    """Return what somebody reads once who was signed off."""
    words = f"{by} signed you off for {skill} on {day(local_time(at, zone).date())}."
    return Message(words, (Text(words),))


def reading_message(to_read: Sequence[ToRead], said: str = "") -> Message:
    """Return the one card about SOPs to acknowledge; `said` comes first."""
    blocks: list[Block] = [Text(said)] if said else []
    lines = []
    for one in to_read[:MOST_SOPS]:
        version = f", version {one.version}" if one.version else ""
        named, due = f"“{one.title}”{version}", f" by {day(one.due_on)}" if one.due_on else ""
        ask = f"{named} changed. Please acknowledge it" if one.is_change else f"Please read and acknowledge {named}"
        lines.append(f"{ask}{due}.")
        blocks.append(Text(lines[-1], is_strong=True))
        if one.sections:
            headings = [f"{heading}{'' if stands else ' (taken out)'}" for heading, stands in one.sections]
            blocks.append(Steps(tuple(headings[:MOST_SECTIONS]), is_numbered=True))
            if (more := len(headings) - MOST_SECTIONS) > 0:
                blocks.append(Note(f"And {count(more, 'more section')}, which the SOP itself holds."))
        reads = [
            Button(f"Read Section {place}", f"read_changed_{place}", one.public_id)
            for place, (_, stands) in enumerate(one.sections[:MOST_SECTIONS], start=1)
            if stands
        ]
        blocks.append(Actions((*reads, Button("I Have Read It", "acknowledged", one.public_id, is_primary=True))))
    if len(to_read) > MOST_SOPS:
        blocks.append(Note(f"{count(len(to_read) - MOST_SOPS, 'more SOP')} follow when these are read."))
    return Message(" ".join(filter(None, (said, *lines))), tuple(blocks))


def acknowledged_line(title: str, version: str, on: date) -> str:
    """Return that a reading was noted."""
    return f"Noted: you read “{title}”{f', version {version}' if version else ''} on {day(on)}."


def applied_blocks(title: str, public_id: str) -> tuple[Block, ...]:
    """Return the question, a week after a lesson, whether somebody used it; it stands below the next offer."""
    return (
        Text(f"Have you used “{title}” at work since you finished it?"),
        Actions((Button("I Used This", "used_yes", public_id), Button("Not Yet", "used_not_yet", public_id))),
    )


def _asked(one: Waiting, skills: Mapping[str, str], runs: Mapping[int, str]) -> tuple[str, str]:
    """Return what is asked, and the small print under it."""
    row, name = one.confirmation, one.learner.name
    due = f" Due {day(row.due_on)}." if row.due_on else ""
    if row.kind == "applied_seen":
        title = runs.get(row.id, "a lesson")
        return f"{name} says they used “{title}” at work. Did you see it?", "For learning only; one tap is enough."
    if row.kind == "sign_off":
        skill = skills.get(row.subject, row.subject)
        return (
            f"Sign off {name} for {skill}?",
            f"Only if you saw it done right. Your name and the date are kept as evidence.{due}",
        )
    track, step = one.track, one.step
    minutes = f", about {duration(step.minutes)}" if step is not None and step.minutes else ""
    on_track = f"On the track “{track.title}”{minutes}." if track is not None else ""
    words = step.words if step is not None else row.subject
    is_own = step is not None and step.who == SELF
    return (f"{words}: have you done it?" if is_own else f"{name}: {words}. Is it done?"), f"{on_track}{due}".strip()


def _answers(one: Waiting) -> tuple[Button, ...]:
    public_id = one.confirmation.public_id
    if one.confirmation.kind == "applied_seen":
        return Button("I Saw It", "saw_it", public_id, is_primary=True), Button("Not Seen", "not_seen", public_id)
    done = "Sign Off" if one.confirmation.kind == "sign_off" else "Done"
    answers = (
        Button(done, "confirm_done", public_id, is_primary=True),
        Button("Not Yet", "confirm_not_yet", public_id),
    )
    is_own = one.step is not None and one.step.who == SELF and one.confirmation.kind == "step"
    return answers if is_own else (*answers, Button("Not Me", "confirm_not_me", public_id))


def _subject(one: Waiting, skills: Mapping[str, str]) -> str:
    if one.confirmation.kind == "sign_off":
        return skills.get(one.confirmation.subject, one.confirmation.subject)
    return one.step.words if one.step is not None else one.confirmation.subject
