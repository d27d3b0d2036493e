"""Words for the manager's digest, and the same as JSON."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from bot.messages import Actions, Block, Button, Heading, Message, Note, Steps, Text
from bot.views.figures import LEARNING_ONLY, listed, needs_words
from bot.views.managing import Handle, script_lines, suggestion_for
from bot.views.progress_files import as_json
from bot.views.progress_team import MOST_SCRIPTS, NO_ANSWERS, most_in_need, names_of, script_label, team_takeaway
from bot.views.tracks import count
from lessons.check_ins import CheckIn
from lessons.digests import DAYS, Digest, Moved, MovedKind
from lessons.report import PersonReport
from metrics.charts import shown

MOST_MOVED = 6
NOTHING_MOVED = f"Nothing moved in the last {DAYS} days."
MOVED_WORDS: Mapping[MovedKind, str] = {
    MovedKind.MASTERED: "{names} mastered “{title}”",
    MovedKind.PASSED_UNSEEN: "{names} passed a first unseen scenario in “{title}”",
    MovedKind.LAPSED: "{names} may need a refresher in “{title}”",
}


def digest_message(
    digest: Digest, script: CheckIn | None, manager_id: int, zone: str, handle: Handle, said: str = ""
) -> Message:
    """Return the digest; `script` is that for the first who is stuck, days are those of `zone`.

    A manager whose people need no help reads one line; in a week in which nothing moved there are two. `said` is what
    a press in it led to: the record of a check-in, or that it was seen.
    """
    takeaway = team_takeaway(digest.report)
    if not digest.stuck:
        words = " ".join((takeaway, *(f"{line}." for line in _moved(digest))))
        return Message(words, (Text(words),))
    blocks: list[Block] = [Heading("Your team this week"), Text(takeaway, is_strong=True)]
    spoken = [takeaway]
    if said:
        blocks.insert(1, Text(said))
        spoken.insert(0, said)
    cadence = cadence_words(digest)
    if digest.is_quiet:
        line = f"{NOTHING_MOVED} {cadence}"
        blocks.append(Text(line))
        spoken.append(line)
    else:
        for heading, lines in _parts(digest, zone):
            blocks += [Text(heading, is_strong=True), Steps(lines)]
            spoken += [f"{heading}:", *lines]
        if script is not None:
            heading = f"Two minutes with {names_of(digest.report.people)[script.whose.person_id]}"
            lines = tuple(script_lines(script, zone, has_buttons=False))
            blocks += [Text(heading, is_strong=True), Steps(lines, is_numbered=True)]
            spoken += [f"{heading}:", *(f"{number}. {line}" for number, line in enumerate(lines, start=1))]
        blocks.append(Text(cadence))
        spoken.append(cadence)
    blocks.append(Actions(tuple(_buttons(digest, script, handle))))
    value = handle("manager", str(manager_id))
    seen = () if said else (Button("Seen", "digest_seen", value),)
    blocks.append(Actions((*seen, Button("Stop This Digest", "digest_stop", value))))
    blocks.append(Note(f"{NO_ANSWERS} {LEARNING_ONLY}"))
    return Message("\n".join(spoken), tuple(blocks))


def first_stuck(digest: Digest) -> PersonReport | None:
    """Return whom the script of a digest is for: who needs help most in the first team; None where nobody does."""
    return next(iter(most_in_need(digest.report.people)), None)


def named_ids(digest: Digest) -> list[int]:
    """Return the ids of everybody a digest names."""
    stuck = most_in_need(digest.report.people)[:MOST_SCRIPTS]
    moved = [each for group in _grouped(digest)[:MOST_MOVED] for each in group]
    return list(dict.fromkeys([each.whose.person_id for each in stuck] + [each.whose.person_id for each in moved]))


def cadence_words(digest: Digest) -> str:
    """Return how the manager supported their people in the last whole week, and took part themselves."""
    week, people = digest.last_week, len(digest.report.people)
    if week.check_ins:
        said = f"You checked in with {min(week.check_ins, people)} of {count(people, 'person', 'people')} last week."
    else:
        said = "No check-in is noted for last week; two minutes with one person are a start."
    return f"{said} You completed {count(week.lessons, 'lesson')} yourself." if week.lessons else said


def digest_json(digest: Digest, zone: str) -> dict[str, Any]:
    """Return a digest as JSON can hold it."""
    report = as_json(digest.report)
    names = names_of(digest.report.people)
    stuck = [
        {
            "person": each.whose.name,
            "team": each.whose.team,
            "needs": needs_words(each.standing, zone),
            "suggestion": suggestion_for(each.standing.needs[0], names[each.whose.person_id]),
        }
        for each in most_in_need(digest.report.people)[:MOST_SCRIPTS]
    ]
    moved = [
        {"person": each.whose.name, "what": each.kind.value, "skill": each.skill, "title": each.title}
        for each in digest.moved
    ]
    week = asdict(digest.last_week) | {"starts_on": digest.last_week.starts_on.isoformat()}
    return {
        "needing_help": len(digest.stuck),
        "people": len(digest.report.people),
        "lessons": digest.lessons,
        "stuck": stuck,
        "moved": moved,
        "last_week": week,
        "report": report,
    }


def _parts(digest: Digest, zone: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    if moved := tuple(f"{line}." for line in _moved(digest)):
        yield f"What moved in the last {DAYS} days", moved
    names = names_of(digest.report.people)
    stuck = most_in_need(digest.report.people)
    lines = [
        f"{names[each.whose.person_id]} ({needs_words(each.standing, zone, most=1)}). "
        f"{suggestion_for(each.standing.needs[0], names[each.whose.person_id])}"
        for each in stuck[:MOST_SCRIPTS]
    ]
    if rest := len(stuck) - MOST_SCRIPTS:
        lines += [f"{count(rest, 'more needs', 'more need')} help: write “progress team”."] if rest > 0 else []
    yield "Who needs help, and one thing to do", tuple(lines)


def _moved(digest: Digest) -> Iterator[str]:
    groups = _grouped(digest)
    names = names_of(digest.report.people)
    for group in groups[:MOST_MOVED]:
        called = [names[each.whose.person_id] for each in group]
        yield MOVED_WORDS[group[0].kind].format(names=listed(called), title=shown(group[0].title, 80))
    if (rest := len(groups) - MOST_MOVED) > 0:
        yield f"{count(rest, 'further change', 'further changes')}"
    if digest.lessons:
        yield f"{count(digest.lessons, 'lesson')} completed"


def _grouped(digest: Digest) -> list[Sequence[Moved]]:
    """Return what moved, people of the same skill together; what was won stands before what lapsed."""
    groups: dict[tuple[int, str], list[Moved]] = {}
    for each in sorted(digest.moved, key=lambda moved: list(MovedKind).index(moved.kind)):
        groups.setdefault((list(MovedKind).index(each.kind), each.skill), []).append(each)
    return list(groups.values())


def _buttons(digest: Digest, script: CheckIn | None, handle: Handle) -> Iterator[Button]:
    names = names_of(digest.report.people)
    if script is not None and script.whose.person_id not in digest.checked_in and not digest.is_quiet:
        yield Button(
            f"Check-in Done: {shown(names[script.whose.person_id], 50)}",
            "checkin_done",
            handle("person", str(script.whose.person_id)),
            is_primary=True,
        )
    for each in most_in_need(digest.report.people)[:MOST_SCRIPTS]:
        person_id = each.whose.person_id
        yield Button(script_label(names[person_id]), "checkin_script", handle("person", str(person_id)))
