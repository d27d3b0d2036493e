"""Words for “my data”: what is stored about somebody, who looked, what managers see, and how to have it gone."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.messages import Block, Heading, Message, Note, Steps, Table, Text
from bot.views.figures import LEARNING_ONLY, day, period_words
from bot.views.progress import skill_row
from bot.views.progress_team import COLUMNS, person_row
from bot.views.tracks import count
from lessons.report import PersonReport
from metrics.looks import Seen

MOST_LOOKS = 10
WHILE_HERE = "as long as the person"
OPERATOR = "whoever operates Coach, or somebody who is not here any more"
NOBODY_LOOKED = "Nobody has looked at your progress in 13 months."
LOOKS = {
    "team": "in a list of people",
    "person": "your progress alone",
    "skill": "in a list of who needs help in a skill",
    "digest": "in the weekly digest",
    "export": "in a file of the people they see",
}
MESSAGES = "Messages to and from Coach, their words only until they are done"
# What rows of each table are, for whom they are about; tables of one name are counted together.
ROWS = {
    "people": "Your name, e-mail, team, roles and manager",
    "platform_identities": "Your accounts in Slack and Teams",
    "direct_addresses": "Where to write to you",
    "stored_addresses": "Where to write to you",
    "asked_questions": "Questions and their answers",
    "spoken_threads": "Conversations you spoke in",
    "answer_claims": "Messages answered, without their words",
    "inbox": MESSAGES,
    "outbox": MESSAGES,
    "events": "What you did and when: answers, lessons, presses",
    "lesson_runs": "Lessons, as far as you went",
    "item_memories": "What you are thought to remember",
    "recall_models": "What you are thought to remember",
    "skill_abilities": "How far you are in each skill",
    "nudges": "Lessons and reminders planned or sent",
    "preferences": "What you chose under settings",
    "shifts": "Shifts, appointments and leave",
    "appointments": "Shifts, appointments and leave",
    "leaves": "Shifts, appointments and leave",
    "learning_days": "Workshops you took part in",
    "track_assignments": "Your tracks, and what was confirmed or signed off",
    "confirmations": "Your tracks, and what was confirmed or signed off",
    "work_events": "What other systems reported of your work",
    "lesson_drafts": "Lessons drafted for you to approve",
    "looks": "Who looked at your progress, and at whose you looked",
    "link_codes": "Codes that join your accounts",
    "link_tries": "Codes that join your accounts",
    "person_merges": "Accounts that were joined to yours",
    "sign_in_links": "Signing in to the pages",
    "web_sessions": "Signing in to the pages",
}


@dataclass(frozen=True)
class Stored:
    """How many rows a table holds about somebody, and until when they are kept."""

    table: str
    rows: int
    retention: str


def my_data(
    stored: Sequence[Stored], looks: Sequence[Seen], report: PersonReport, managers: Sequence[str], contact: str,
    zone: str,
) -> Message:  # fmt: skip
    """Return what is stored about somebody and who saw what; `managers` are those above them, nearest first."""
    held = _held(stored)
    total = sum(each.rows for each in stored)
    takeaway = f"{count(total, 'entry', 'entries')} about you {'is' if total == 1 else 'are'} stored; {_looked(looks)}"
    asks = f"You can have a copy of it all, or have it erased: ask {contact}."
    when = period_words(report.period.days)
    skills = tuple(": ".join(skill_row(skill)) for skill in report.standing.skills)
    blocks: list[Block] = [
        Heading("What Coach holds about you"),
        Text(takeaway, is_strong=True),
        Steps(held),
        Text("Who looked at your progress", is_strong=True),
        *_looks_blocks(looks, zone),
        Text(_who_sees(managers), is_strong=True),
        Table(f"Your row in their list, {when}", COLUMNS, (person_row(report, zone),)),
        *((Steps(skills),) if skills else ()),
        Text("They do not see your answers, how sure you were, your streak, or what you ask."),
        Text(asks, is_strong=True),
        Note(f"Your own figures come with “progress”. {LEARNING_ONLY}"),
    ]
    return Message("\n".join((takeaway, *held, asks)), tuple(blocks))


def _held(stored: Sequence[Stored]) -> tuple[str, ...]:
    counted: dict[str, int] = {}
    kept: dict[str, dict[str, None]] = {}
    for each in sorted(stored, key=lambda each: list(ROWS).index(each.table)):
        words = ROWS[each.table]
        counted[words] = counted.get(words, 0) + each.rows
        until = each.retention.partition(":")[0].replace(WHILE_HERE, "while you are here")
        kept.setdefault(words, {})[until] = None
    return tuple(f"{words}: {number}, kept {'; '.join(kept[words])}" for words, number in counted.items())


def _looked(looks: Sequence[Seen]) -> str:
    if not looks:
        return "nobody has looked at your progress."
    names = len({seen.viewer_id for seen in looks})
    return f"{count(names, 'person', 'people')} looked at your progress in 13 months."


def _looks_blocks(looks: Sequence[Seen], zone: str) -> list[Block]:
    if not looks:
        return [Text(NOBODY_LOOKED)]
    told = tuple(
        f"{day(seen.seen_at, zone)}: {seen.viewer or OPERATOR}, {LOOKS.get(seen.what, seen.what)}"
        for seen in looks[:MOST_LOOKS]
    )
    more = len(looks) - len(told)
    rest: list[Block] = [Note(f"And {more} earlier.")] if more > 0 else []
    return [Steps(told), *rest]


def _who_sees(managers: Sequence[str]) -> str:
    if not managers:
        return "Nobody manages you. What whoever looks after Coach here sees of you:"
    return f"What {', '.join(managers)} and whoever looks after Coach here see of you:"
