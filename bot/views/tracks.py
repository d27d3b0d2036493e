"""Words for tracks: one's own, step by step, being put on one, and who may assign what."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from bot.messages import Actions, Block, Button, Heading, Message, Note, Steps, Text
from bot.views.lines import line
from lessons.track_progress import StepProgress, TrackProgress, sop_of
from metrics.time_zones import local_time

MOST_TRACKS = 3
MOST_BUTTONS = 5
MOST_NAMED = 8
ON_NO_TRACK = "You are on no track. A track is a series of steps into a role; a manager or an admin assigns one."
NO_TRACKS = "There are no tracks yet. They stand in lessons/tracks/ of the company folder."
NOT_YOURS_TO_ASSIGN = (
    "Managers assign tracks to the people they manage, and admins to everybody. You manage nobody here."
)
NOBODY_TO_ASK = (
    "Nobody is listed here who could confirm that step: nobody manages you, or holds the role it needs. Tell whoever "
    "looks after Coach here."
)
STEP_GONE = "That step is done, or not on your track any more. Write “track” to see where you are."


@dataclass(frozen=True)
class Reader:
    """What these words need beside progress: names by person id, skill titles by key, the reader's date and zone."""

    names: Mapping[int, str]
    skills: Mapping[str, str]
    today: date
    zone: str


@dataclass(frozen=True)
class Shown:
    """One track to show: its progress, what its buttons carry by step number, and which steps have one."""

    progress: TrackProgress
    handles: Mapping[int, str]


def own_tracks(found: Sequence[Shown], reader: Reader, waiting: int, public_id: str) -> Message:
    """Return somebody's own tracks; `waiting` is how many confirmations others wait for from them."""
    blocks: list[Block] = []
    said = []
    for shown in found[:MOST_TRACKS]:
        blocks += _track(shown, reader)
        said.append(f"{shown.progress.track.title}: {summary(shown.progress, reader)}.")
    if rest := [f"{shown.progress.track.title}: {summary(shown.progress, reader)}" for shown in found[MOST_TRACKS:]]:
        blocks.append(Note(f"Also: {'; '.join(rest)}."))
    if not found:
        blocks, said = [Text(ON_NO_TRACK)], [ON_NO_TRACK]
    if waiting:
        words = f"{count(waiting, 'confirmation waits', 'confirmations wait')} for your word."
        button = Button("Show What Waits", "confirm_show", public_id)
        blocks += [Text(words, is_strong=True), Actions((button,))]
        said.append(words)
    return Message(" ".join(said), tuple(blocks))


def summary(progress: TrackProgress, reader: Reader) -> str:
    """Return how far a track is in a few words."""
    done = len(progress.own) - len(progress.left)
    if progress.is_done:
        return "done"
    facts = [f"{done} of {count(len(progress.own), 'step')} done"]
    if minutes := progress.minutes_left:
        facts.append(f"about {duration(minutes)} left")
    if progress.due_on is not None:
        late = "overdue since" if progress.is_late(reader.today) else "due"
        facts.append(f"{late} {day(progress.due_on)}")
    return ", ".join(facts)


def assigned_message(progress: TrackProgress, by: str | None, reader: Reader, public_id: str) -> Message:
    """Return what somebody reads once who was put on a track: which, by whom, the first step, and how long."""
    title = progress.track.title
    who = f"{by} put you on the track “{title}”." if by else f"You are on the track “{title}”."
    size = f"{count(len(progress.own), 'step')}, about {duration(progress.minutes_left)} in all"
    due = f", due {day(progress.due_on)}" if progress.due_on is not None else ""
    first = progress.next_step
    begins = f"It begins with: {step_words(first, reader)}." if first is not None else ""
    blocks: list[Block] = [Text(who, is_strong=True)]
    if begins:
        blocks.append(Text(begins))
    blocks.append(Note(f"{size}{due}. What waits on other people is asked of them for you."))
    blocks.append(Actions((Button("Show My Track", "track", public_id, is_primary=True),)))
    return Message(f"{who} {begins} {size}{due}.", tuple(blocks))


def assigned_line(name: str, progress: TrackProgress, reader: Reader) -> Message:
    """Return what who assigned a track reads."""
    return line(
        f"{name} is on “{progress.track.title}” now: {summary(progress, reader)}. They get one message about it, "
        "outside their quiet hours."
    )


def on_it_already(name: str, progress: TrackProgress, reader: Reader) -> str:
    """Return that somebody is on a track already, and how far."""
    return f"{name} is on “{progress.track.title}” already: {summary(progress, reader)}."


def nothing_open(name: str, title: str) -> str:
    """Return that a track holds nothing for somebody."""
    return f"Nothing on “{title}” is open to {name}: their roles may not read what it teaches. Choose another track."


def who_is_meant(names: Sequence[tuple[str, str]], track: str) -> str:
    """Return that nobody was named to whom they may assign, and who may be (name, e-mail)."""
    return (
        f"I could not tell whom you mean. Write “assign {names[0][1]} {track}”, with an @mention, the e-mail or the "
        f"full name of one of these: {_some([name for name, _ in names])}."
    )


def which_track(person: str, titles: Mapping[str, str]) -> str:
    """Return that no such track exists, and which do."""
    listed = _some([f"{name} ({title})" for name, title in titles.items()])
    return f"I know no such track for {person}. The tracks are: {listed}. Write the short name or the title."


def step_words(done: StepProgress, reader: Reader) -> str:
    """Return what a step is, with its minutes where somebody says them."""
    step = done.step
    match step.kind:
        case "acknowledge":
            version = sop_of(step.subject)[1]
            words = f"read and acknowledge “{done.title or step.subject}”" + (f", version {version}" if version else "")
        case "sign_off":
            words = f"be signed off for {reader.skills.get(step.subject, step.subject)}"
        case "human":
            words = step.words
        case _:
            words = f"“{done.title or step.subject}”"
    return f"{words} ({duration(done.minutes)})" if done.minutes else words


def duration(minutes: float) -> str:
    """Return a duration as people say it; 1 min at least."""
    whole = max(1, round(minutes))
    if whole < 60:
        return f"{whole} min"
    hours, rest = divmod(whole, 60)
    return f"{hours} h {rest} min" if rest else f"{hours} h"


def day(on: date) -> str:
    """Return a date as 16 Dec 2026."""
    return f"{on.day} {on:%b %Y}"


def count(number: int, one: str, many: str | None = None) -> str:
    """Return a number with its noun."""
    return f"{number} {one if number == 1 else many or one + 's'}"


def _track(shown: Shown, reader: Reader) -> list[Block]:
    progress = shown.progress
    blocks: list[Block] = [Heading(progress.track.title), Note(_sentence(summary(progress, reader)))]
    blocks.append(Steps(tuple(_line(done, progress, reader) for done in progress.own), is_numbered=True))
    if buttons := _buttons(shown):
        blocks.append(Actions(buttons))
    return blocks


def _line(done: StepProgress, progress: TrackProgress, reader: Reader) -> str:
    words = _sentence(step_words(done, reader))
    if done.done_at is not None:
        name = reader.names.get(done.by_id) if done.by_id is not None else None
        by = f", confirmed by {name}" if name else ""
        return f"{words}: done {_on(done.done_at, reader.zone)}{by}"
    row = done.confirmation
    asked = reader.names.get(row.asked_id) if row is not None and row.asked_id is not None else None
    if row is not None and row.answer == "no" and row.answered_at is not None:
        return f"{words}: not yet, said {asked or 'you'} on {_on(row.answered_at, reader.zone)}"
    if asked is not None and row is not None:
        return f"{words}: {asked} was asked on {_on(row.asked_at, reader.zone)}"
    return f"{words}: next" if done is progress.next_step else words


def _buttons(shown: Shown) -> tuple[Button, ...]:
    numbers = {done.number: place for place, done in enumerate(shown.progress.own, start=1)}
    buttons = []
    for done in shown.progress.left:
        handle = shown.handles.get(done.number)
        if handle is None:
            continue
        place = numbers[done.number]
        label, action = {
            "module": ("Get a Lesson", "lesson"),
            "acknowledge": (f"Read for Step {place}", "track_step"),
            "human": (f"Ask About Step {place}", "track_step"),
            "sign_off": (f"Ask for Sign-Off, Step {place}", "track_step"),
        }[done.step.kind]
        if done.step.kind == "human" and done.step.who == "self":
            label = f"I Have Done Step {place}"
        buttons.append(Button(label, action, handle, is_primary=done is shown.progress.next_step))
    return tuple(buttons[:MOST_BUTTONS])


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return ", ".join(names[:MOST_NAMED]) + more


def _on(at: datetime, zone: str) -> str:
    return day(local_time(at, zone).date())


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:]
