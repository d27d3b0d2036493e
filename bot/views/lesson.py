"""Words for a lesson with its quiz question: before the answer, after it, and when there is none to give."""

from collections.abc import Iterator
from itertools import groupby

from bot.messages import Actions, Block, Button, Divider, Heading, Message, Note, Steps, Text
from lessons.lesson import Lesson, Part
from lessons.quiz import grade

LABEL_CHARACTERS = 75
NONE_FOR_YOU = "There is no lesson for you yet. Whoever looks after Coach here can add one."
PLANNED = "Your lesson “{title}” ({minutes} min) comes as a direct message in a moment."
ALREADY = (
    "You have today's lesson, “{title}”. Look for it in our direct messages; you can ask for the next one tomorrow."
)
ALREADY_GONE = "You have had today's lesson. You can ask for the next one tomorrow."
NOT_YOURS = "This question was put to somebody else. Write “lesson” to me for one of your own."
CLOSED = "That question is closed."


def lesson_message(lesson: Lesson, public_id: str) -> Message:
    """Return a lesson and its question with buttons, which carry the id of the question put to this person."""
    labels = [(letter, f"{letter}: {option}") for letter, option in lesson.item.lettered()]
    # Words on some buttons and not on others would make those look like the likelier answers.
    fits = all(len(label) <= LABEL_CHARACTERS for _, label in labels)
    blocks: list[Block] = [*_body(lesson)]
    if not fits:
        blocks.append(Steps(tuple(label for _, label in labels)))
    buttons = (Button(label if fits else letter, f"quiz_{letter.lower()}", public_id) for letter, label in labels)
    blocks.append(Actions(tuple(buttons)))
    options = " ".join(f"{letter}: {option}" for letter, option in lesson.item.lettered())
    return Message(
        f"Lesson: {lesson.title} ({lesson.minutes.total} min). {lesson.item.question} {options}", tuple(blocks)
    )


def answered_message(lesson: Lesson, chosen: str) -> Message:
    """Return the lesson once its question is answered: a record in place of the buttons, the reason and the source."""
    item = lesson.item
    is_right = grade(item, chosen).is_right
    verdict = (
        f"Right: {chosen}." if is_right else f"Not right: you chose {chosen}, and the right answer is {item.right}."
    )
    blocks = (
        *_body(lesson),
        Steps(tuple(f"{letter}: {option}{_mark(letter, chosen, item.right)}" for letter, option in item.lettered())),
        Text(verdict, is_strong=True),
        Text(item.why),
        Note(source_line(lesson)),
        Divider(),
        Text(f"Reflect · {lesson.minutes.reflect} min", is_strong=True),
        Text(lesson.reflect),
        Note("Noted: that you answered, and whether it was right. For learning only, not for pay or discipline."),
    )
    return Message(f"{verdict} {item.why} {source_line(lesson)}", blocks)


def source_line(lesson: Lesson) -> str:
    """Return where the SOP says it: the file and the headings down to the section."""
    return f"From {' > '.join((lesson.sop, *lesson.heading_path))}"


def _body(lesson: Lesson) -> Iterator[Block]:
    minutes = lesson.minutes
    yield Heading(lesson.title)
    yield Note(
        f"{minutes.total} min: {minutes.learn} learn, {minutes.practise} practise, {minutes.reflect} reflect. "
        "You asked for this lesson."
    )
    yield Text(f"Learn · {minutes.learn} min", is_strong=True)
    yield from _learn(lesson.learn)
    yield Note(source_line(lesson))
    yield Divider()
    yield Text(f"Practise · {minutes.practise} min", is_strong=True)
    yield Text(lesson.item.question)


def _learn(parts: tuple[Part, ...]) -> Iterator[Block]:
    for kind, group in groupby(parts, key=lambda part: part.kind):
        texts = tuple(part.text for part in group)
        if kind in ("bullet", "number"):
            yield Steps(texts, is_numbered=kind == "number")
        else:
            yield Text("\n\n".join(texts), is_strong=kind == "heading")


def _mark(letter: str, chosen: str, right: str) -> str:
    said = [word for word, holds in (("your answer", letter == chosen), ("right", letter == right)) if holds]
    return f" ({', '.join(said)})" if said else ""
