"""Words for how practice is going: one's own, and of the people one manages."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from bot.messages import Actions, Block, Button, Facts, Message, Note, Table, Text
from metrics.progress import COUNTED_DAYS, LATELY_DAYS, Progress
from metrics.time_zones import local_time

LEARNING_ONLY = "For learning only, not for pay or discipline."
NO_REPORTS = "Nobody is listed as reporting to you, so you can see only your own progress: write “progress me”."
MOST_SPOKEN = 30
COLUMNS = ("Person", "Lessons", "Answers right", "Last practised")


def own_message(progress: Progress, titles: Mapping[str, str], zone: str, public_id: str) -> Message:
    """Return somebody's own progress; `titles` are the names of skills by key, `zone` their time zone."""
    takeaway = own_takeaway(progress, titles, zone)
    blocks: list[Block] = [Text(takeaway, is_strong=True)]
    if progress.last_at is not None or progress.lessons:
        blocks.append(
            Facts(
                (
                    (f"Lessons in {COUNTED_DAYS} days", str(progress.lessons)),
                    (f"Answers right in {COUNTED_DAYS} days", _right(progress)),
                    ("Last practised", _day(progress.last_at, zone)),
                )
            )
        )
    blocks += [
        Actions((Button("Get a Lesson", "lesson", public_id, is_primary=True),)),
        Note(f"You see these numbers, and so do the managers above you. {LEARNING_ONLY}"),
    ]
    return Message(takeaway, tuple(blocks))


def own_takeaway(progress: Progress, titles: Mapping[str, str], zone: str) -> str:
    """Return the sentence that says how somebody's own practice is going."""
    if progress.last_at is None:
        return "You have not practised yet. Write “lesson” to me to get your first one."
    skill = titles.get(progress.last_skill or "")
    last = f"last lesson: {skill}, {_day(progress.last_at, zone)}" if skill else f"last: {_day(progress.last_at, zone)}"
    if not progress.answered:
        return f"You have not practised in the last {COUNTED_DAYS} days; {last}."
    questions = "question" if progress.answered == 1 else "questions"
    return f"You answered {_right(progress)} {questions} right in {COUNTED_DAYS} days; {last}."


def team_message(rows: Sequence[tuple[str, Progress]], own: str, now: datetime, zone: str) -> Message:
    """Return the progress of the people somebody manages, as pairs of name and progress; `own` is their takeaway."""
    active = sum(progress.practised_lately(now) for _, progress in rows)
    takeaway = f"{active} of {len(rows)} practised in the last {LATELY_DAYS} days."
    cells = tuple(
        (name, str(progress.lessons), _right(progress), _day(progress.last_at, zone)) for name, progress in rows
    )
    blocks = (
        Text(takeaway, is_strong=True),
        Table(f"The people you manage, by name; the last {COUNTED_DAYS} days", COLUMNS, cells),
        Text(own),
        Note(f"{LEARNING_ONLY} What people ask and write is not shown to you."),
    )
    spoken = [f"{name}: lessons {lessons}, right {right}, last {day}" for name, lessons, right, day in cells]
    if len(spoken) > MOST_SPOKEN:
        spoken[MOST_SPOKEN:] = [f"and {len(spoken) - MOST_SPOKEN} more in the table"]
    return Message("\n".join((takeaway, *spoken)), blocks)


def _right(progress: Progress) -> str:
    return f"{progress.right} of {progress.answered}" if progress.answered else "none yet"


def _day(at: datetime | None, zone: str) -> str:
    if at is None:
        return "not yet"
    local = local_time(at, zone)
    return f"{local.day} {local:%b %Y}"
