"""Words for the progress of somebody one manages, and for who was meant."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.messages import Actions, Block, Button, Facts, Heading, Message, Note, Steps, Table, Text
from bot.views.figures import (
    LEARNING_ONLY,
    day,
    listed,
    mastered,
    minutes,
    need_reason,
    need_words,
    period_words,
)
from bot.views.progress import Handle, skill_row
from bot.views.tracks import Reader, count, summary
from lessons.report import PersonReport
from lessons.track_progress import TrackProgress
from metrics.charts import shown

ONLY_OWN = "You can see your own progress: write “progress”. Nobody is listed as reporting to you."
MOST_CHOICES = 5
COLUMNS = ("Skill", "Where they are", "Last practised")
NOTHING_SHOWN = "You see no answers, no scores and no questions."


@dataclass(frozen=True)
class Namesake:
    """Somebody who may be meant by a name, as who asked can tell them apart."""

    person_id: int
    name: str
    email: str
    team: str | None = None


def person_message(
    report: PersonReport,
    tracks: Sequence[TrackProgress],
    reader: Reader,
    zone: str,
    handle: Handle,
    may_support: bool,
) -> Message:
    """Return what a manager sees of one person, days in `zone`; `may_support` adds what managers above them may note.

    `tracks` are those with something left to do.
    """
    standing = report.standing
    takeaway = person_takeaway(report, zone)
    helps = tuple(dict.fromkeys(need_words(need, zone) for need in standing.needs))
    due = tuple(f"{progress.track.title}: {summary(progress, reader)}" for progress in tracks)
    when = period_words(report.period.days)
    effort = f"{count(report.effort.lessons, 'lesson')}, {minutes(report.effort.minutes)}"
    pairs = (
        ("Skills mastered", mastered(standing)),
        ("Last practised", day(standing.last_at, zone)),
        (when[:1].upper() + when[1:], effort),
        *(("Team", team) for team in (report.whose.team,) if team),
    )
    blocks: list[Block] = [Heading(report.whose.name), Text(takeaway, is_strong=True), Facts(pairs)]
    # One alone is said above.
    if len(helps) > 1:
        blocks += [Text("Needs help with", is_strong=True), Steps(helps)]
    if due:
        blocks += [Text("Tracks", is_strong=True), Steps(due)]
    if standing.skills:
        rows = tuple((*skill_row(skill), day(skill.last_at, zone)) for skill in standing.skills)
        blocks.append(Table(f"Skills of {report.whose.name}", COLUMNS, rows))
    blocks += [Actions(_buttons(report, handle, may_support)), Note(f"{NOTHING_SHOWN} {_told(report)} {LEARNING_ONLY}")]
    spoken = (takeaway, *(f"{label}: {value}" for label, value in pairs), *helps, *due)
    return Message("\n".join(spoken), tuple(blocks))


def person_takeaway(report: PersonReport, zone: str) -> str:
    """Return in a sentence whether somebody needs help, and with what first."""
    name, standing = report.whose.name, report.standing
    if standing.needs:
        need = standing.needs[0]
        if not (need.title or need.about):
            return f"{name} needs help: {need_reason(need, zone)}."
        return f"{name} needs help. {need_words(need, zone)}."
    return f"{name} needs no help now; skills mastered: {mastered(standing)}."


def which_person(wanted: str, found: Sequence[Namesake], handle: Handle) -> Message:
    """Return the question which of several people of one name is meant."""
    told = tuple(f"{each.name}{f', {each.team}' if each.team else ''}: {each.email}" for each in found)
    labels = [each.name for each in found]
    buttons = tuple(
        Button(
            # Two of one full name are told apart by their address.
            shown(each.name if labels.count(each.name) == 1 else f"{each.name}, {each.email}", 70),
            "progress_of",
            handle("person", str(each.person_id)),
        )
        for each in found[:MOST_CHOICES]
    )
    asks = f"Whom do you mean by “{wanted}”? Press a name, or write “progress” with the e-mail."
    return Message("\n".join((asks, *told)), (Text(asks, is_strong=True), Steps(told), Actions(buttons)))


def nobody_meant(names: Sequence[str]) -> str:
    """Return that nobody who may be seen is meant; the same whether such a person exists or not."""
    if not names:
        return ONLY_OWN
    return (
        f"Nobody you see is called that. You see your own progress and that of {listed(names, most=8)}. "
        f"Write “progress {names[0]}”, an e-mail, or an @mention."
    )


def _buttons(report: PersonReport, handle: Handle, may_support: bool) -> tuple[Button, ...]:
    whose = handle("person", str(report.whose.person_id))
    script = Button("Check-in Script", "checkin_script", whose, is_primary=True)
    if not may_support:
        return (script,)
    return script, Button("Recognise", "recognise", whose), Button("Did It Alone", "alone", whose)


def _told(report: PersonReport) -> str:
    return f"{report.whose.name} can see that you looked."
