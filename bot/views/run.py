"""Words for a lesson under way: its offer, every step of it in one message, and how it ends."""

from collections.abc import Sequence
from datetime import datetime

from bot.messages import Actions, Block, Button, Heading, Menu, Message, Note, Text
from bot.views.exercise import compare, feedback, how_sure, name_of, number, place_of, question, told
from bot.views.lines import line
from lessons.run import PARTS, Course, Progress, right_of, standing
from metrics.time_zones import local_time

DONE_ALREADY = "That step is done already. The newest message of the lesson shows where you are; or write “lesson”."
NOT_YOURS = "This lesson is for somebody else. Write “lesson” to me for one of your own."
NOT_OPEN_TO_YOU = (
    "This lesson ends here: it is not open to you any more, or what it teaches has changed. Write “lesson” to me for "
    "another."
)
WRITE_SOMETHING = "Write your answer, in a few words at least."
MORE = (
    ("Tomorrow", "lesson_tomorrow"),
    ("Change My Time", "lesson_time"),
    ("Pause 1 Week", "lesson_pause_week"),
    ("Stop Lessons", "lesson_stop"),
    ("Skip This One", "lesson_skip"),
)


def offer_card(course: Course, token: str, below: Sequence[Block] = ()) -> Message:
    """Return the offer of a lesson; `below` is what else is asked on the same card."""
    budget = _budget(course)
    blocks: list[Block] = [Heading(name_of(course)), Note(budget)]
    if course.reason:
        blocks.append(Text(course.reason))
    start = Button("Start", "run_start", token, is_primary=True)
    blocks.append(Actions((start, Button("Later Today", "lesson_later", token), Menu("More", MORE, token))))
    return Message(f"Lesson: {name_of(course)}. {budget}. {course.reason}".strip(), (*blocks, *below))


def step(course: Course, progress: Progress, token: str) -> Message:
    """Return what stands in front of somebody, with its buttons; the end of a lesson is closing()."""
    exercise = course.exercise_at(progress.position)
    if exercise is None:
        return _card(course, progress, token) if progress.position else offer_card(course, token)
    drawn = {"asking": question, "sure": how_sure, "comparing": compare, "told": feedback}
    return drawn[standing(course, progress)](course, progress, exercise, token)


def closing(
    course: Course,
    progress: Progress,
    skill_title: str,
    last_time: tuple[int, int] | None,
    now: datetime,
    zone: str,
    needs_sign_off: bool = False,
) -> Message:
    """Return what a finished lesson ends as: what changed, when it returns, and the question to think about.

    `last_time` is how many answers were right, and of how many, the last time; `zone` the person's time zone;
    `needs_sign_off` says that the skill counts as mastered only once somebody signs it off, which nobody has.
    """
    sentences = [_changed(progress, skill_title, last_time)]
    if any(answer.is_mastered_now for answer in progress.answers):
        signed = f"Your answers are enough to master {skill_title}; somebody must still sign it off."
        sentences.append(signed if needs_sign_off else f"You have mastered {skill_title}.")
    if returns := [answer.returns_at for answer in progress.answers if answer.returns_at is not None]:
        sentences.append(_return(min(returns), now, zone))
    said = " ".join(sentences)
    blocks: list[Block] = [Note(f"{name_of(course)} · Done"), Text(said, is_strong=True)]
    if course.closing:
        blocks.append(Text(f"To think about: {course.closing}"))
    return Message(f"Done: {name_of(course)}. {said}", tuple(blocks))


def moved(course: Course) -> Message:
    """Return what the older message of a lesson becomes that goes on in another."""
    return line(f"“{name_of(course)}” goes on in the newest message.")


def replaced(course: Course) -> Message:
    """Return what the message of an unfinished lesson becomes when another takes its place."""
    return line(f"“{name_of(course)}” gave way to another lesson.")


def _card(course: Course, progress: Progress, token: str) -> Message:
    place = place_of(course, progress)
    card = course.cards[progress.position - 1]
    is_last = progress.position == len(course.cards)
    onward = "To Practice" if is_last and course.exercises else "Done" if is_last else "Next"
    blocks = (
        Note(f"{name_of(course)} · {place}"),
        Heading(card.title),
        *told(card.parts),
        Actions((Button(onward, "run_next", token, is_primary=True),)),
    )
    # What cannot be seen is read out: screen readers take the text in place of the blocks.
    return Message(f"{place}: {card.title}. {' '.join(part.text for part in card.parts)}", blocks)


def _budget(course: Course) -> str:
    total = f"{number(course.minutes)} min"
    parts = [f"{number(minutes)} {part}" for part, minutes in zip(PARTS, course.part_minutes, strict=True) if minutes]
    if course.kind == "review":
        questions = len(course.exercises)
        return f"{total}: {questions} question{'' if questions == 1 else 's'} you have met before"
    return f"{total}: {', '.join(parts)}" if len(parts) > 1 else total


def _changed(progress: Progress, skill_title: str, last_time: tuple[int, int] | None) -> str:
    right, answered = right_of(progress)
    if not answered:
        return f"{skill_title}: read to the end."
    said = f"{skill_title}: {right} of {answered} right"
    if last_time is None or not last_time[1]:
        return f"{said}."
    before, now = last_time[0] / last_time[1], right / answered
    if now == before:
        return f"{said}, the same as last time."
    return f"{said}, {'up from' if now > before else 'after'} {last_time[0]} of {last_time[1]} last time."


def _return(at: datetime, now: datetime, zone: str) -> str:
    local = local_time(at, zone)
    if local.date() <= local_time(now, zone).date():
        return "What you missed comes back in your next lesson."
    return f"It comes back on {local:%a} {local.day} {local:%b}."
