"""A reader by the book: reads every new word of a lesson at one pace, thinks as long as its items cost, and presses."""

from bot.messages import Actions, Button, Message, Note
from bot.parts import words
from lessons import budget
from lessons.run import Course, standing
from lessons.runs import progress_of
from lessons.tables import LessonRun

LETTERED = ("A: ", "B: ", "C: ", "D: ", "E: ", "1: ", "2: ", "3: ", "4: ", "5: ")


class Reader:
    """Reads messages at so many words a minute; what was read once is known."""

    def __init__(self, words_a_minute: float) -> None:
        self.words_a_minute = words_a_minute
        self._read: list[str] = []

    def seconds(self, message: Message) -> float:
        """Return how long the new words of a message take; small print is looked at, not read."""
        count = sum(self._new_words(line) for line in _lines(message))
        return count * 60 / self.words_a_minute

    def _new_words(self, line: str) -> int:
        known = max((each for each in self._read if each in line), key=len, default="")
        self._read.append(line)
        return len(line.split()) - len(known.split())


def thinking_seconds(course: Course, run: LessonRun) -> float:
    """Return what the step that stands costs beside reading, its press included: the costs of lessons.budget."""
    progress = progress_of(run)
    exercise = course.exercise_at(progress.position)
    place = standing(course, progress)
    if exercise is None or place == "told":
        return budget.PRESS_SECONDS
    item = course.item_of(exercise)
    if place == "sure":
        return budget.CONFIDENCE_SECONDS
    if place == "comparing":
        return len(item.key_points) * budget.CHECK_SECONDS_A_POINT + budget.PRESS_SECONDS
    if item.kind == "write":
        typed = sum(len(point.split()) for point in item.key_points)
        typing = typed * 60 / budget.TYPED_WORDS_A_MINUTE
        # Opening the form, and sending it.
        return budget.THINK_SECONDS_BEFORE_WRITING + typing + 2 * budget.PRESS_SECONDS
    if item.kind == "order":
        # The last two steps are put down with one press.
        left = len(item.options) - len(progress.picked)
        steps = 2 if left == 2 else 1
        return steps * budget.THINK_SECONDS_A_STEP + budget.PRESS_SECONDS
    a_line = budget.THINK_SECONDS_A_LINE if item.kind == "spot" else budget.THINK_SECONDS_AN_OPTION
    return len(item.options) * a_line + budget.PRESS_SECONDS


def _lines(message: Message) -> list[str]:
    """Return what there is to read: the words of a message but its small print, and answers that stand on buttons."""
    read = [block for block in message.blocks if not isinstance(block, Note | Actions)]
    buttons = [item for block in message.blocks if isinstance(block, Actions) for item in block.items]
    answers = [item.label for item in buttons if isinstance(item, Button) and item.label.startswith(LETTERED)]
    lines = [line.strip("•> ").removeprefix("- ") for line in words(read).splitlines()]
    bare = [line[3:] if line.startswith(LETTERED) else line for line in (*lines, *answers)]
    return [line for line in bare if line]
