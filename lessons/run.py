"""Owns a course, one lesson as one person sees it, and the way through it: pure, and JSON at every step."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal, Protocol

from pydantic import TypeAdapter

from lessons.adapt import for_roles
from lessons.module import Card, Item, Module, Taught
from lessons.sequence import Choice

Part = Literal["offer", "concept", "practice", "reflection", "closed"]
Standing = Literal["offer", "card", "asking", "sure", "comparing", "told", "closed"]
# What a pause between two presses counts for at most: whoever left for the counter did not read meanwhile.
LONGEST_PAUSE_SECONDS = 300.0
CONFIDENCE: Mapping[str, float] = {"sure": 0.95, "unsure": 0.6, "guess": 0.3}
SAID: Mapping[str, float] = {"all": 1.0, "some": 0.5, "none": 0.0}
MOST_WRITTEN = 1_000
MOST_PICKED = 5


@dataclass(frozen=True)
class Exercise:
    """An item in its turn. `module` and `item` are places in the course; `shown` is the order its options stand in."""

    module: int
    item: int
    shown: tuple[int, ...]


@dataclass(frozen=True)
class Course:
    """One lesson as it is shown to one person, whatever becomes of its files meanwhile.

    `modules` hold only what is shown of them, with the words of the person's role; `module` is the file of the one a
    lesson is, None for a review of several. `minutes` are those promised, `part_minutes` by part, 0 where there is
    none of it. `reason` says why this lesson, `closing` is the question to think about afterwards.
    """

    kind: Literal["module", "review", "delta"]
    title: str
    skill: str
    module: str | None
    minutes: float
    part_minutes: tuple[float, float, float]
    modules: tuple[Module, ...]
    cards: tuple[Card, ...]
    exercises: tuple[Exercise, ...]
    reason: str
    closing: str = ""

    @property
    def end(self) -> int:
        """The position after the last exercise."""
        return 1 + len(self.cards) + len(self.exercises)

    def exercise_at(self, position: int) -> Exercise | None:
        """Return the exercise at a position, None where there is none."""
        place = position - 1 - len(self.cards)
        return self.exercises[place] if 0 <= place < len(self.exercises) else None

    def module_of(self, exercise: Exercise) -> Module:
        """Return the module an exercise comes from."""
        return self.modules[exercise.module]

    def item_of(self, exercise: Exercise) -> Item:
        """Return the item of an exercise."""
        return self.modules[exercise.module].items[exercise.item]

    def source_of(self, exercise: Exercise) -> Taught:
        """Return the section of the SOP that an exercise quotes."""
        return self.module_of(exercise).teaches[self.item_of(exercise).source]

    def part_at(self, position: int) -> Part:
        """Return which part of the lesson a position lies in; a review is all practice."""
        if position == 0:
            return "offer"
        if position <= len(self.cards):
            return "concept"
        exercise = self.exercise_at(position)
        if exercise is None:
            return "closed"
        return "practice" if self.kind == "review" else self.item_of(exercise).phase


@dataclass(frozen=True)
class Answer:
    """An exercise answered: `score` and `confidence` 0-1, active `seconds`; when it returns, once that is known."""

    score: float
    confidence: float
    seconds: float
    returns_at: datetime | None = None
    is_mastered_now: bool = False


@dataclass(frozen=True)
class Progress:
    """How far somebody is: the `position`, `answers` so far, and what was done at the exercise that stands.

    `picked` are places among the options as shown. `written` is kept only until it was held against the key points.
    Seconds are active ones: of the standing exercise, and of concept, practice and reflection.
    """

    position: int = 0
    answers: tuple[Answer, ...] = ()
    picked: tuple[int, ...] = ()
    written: str = ""
    confidence: float | None = None
    item_seconds: float = 0.0
    part_seconds: tuple[float, float, float] = (0.0, 0.0, 0.0)


@dataclass(frozen=True)
class Move:
    """One thing a person does. `place` is where the picked option stands, `amount` a confidence or score 0-1."""

    kind: Literal["start", "next", "pick", "undo", "confidence", "write", "said"]
    place: int = 0
    amount: float = 0.0
    words: str = ""


class Shuffles(Protocol):
    """A source of chance that can put a list into another order, such as random.Random."""

    def shuffle(self, x: list[int]) -> None:
        """Change the order of a list in place."""


COURSE, PROGRESS = TypeAdapter(Course), TypeAdapter(Progress)
PARTS: tuple[Part, ...] = ("concept", "practice", "reflection")


def compose(choice: Choice, modules: Mapping[str, Module], roles: Collection[str], rng: Shuffles) -> Course | None:
    """Return the course of a choice for somebody with these roles; None when nothing of it is in `modules`.

    `modules` are those they may take, by file. Options stand in their author's order, steps to order in another.
    """
    wanted = choice.items
    if choice.module is not None:
        module = modules.get(choice.module)
        if module is None:
            return None
        wanted = tuple(key for key in _all_items(module) if not wanted or key in wanted)
    files = list(dict.fromkeys(file for key in wanted if (file := key.partition("#")[0]) in modules))
    told = choice.kind != "review"
    shown = tuple(_shown(for_roles(modules[file], roles), wanted, told) for file in files)
    places = {
        module.key_of(item): (number, place)
        for number, module in enumerate(shown)
        for place, item in enumerate(module.items)
    }
    exercises = tuple(
        Exercise(*places[key], _order(shown[places[key][0]].items[places[key][1]], rng))
        for key in wanted
        if key in places
    )
    cards = tuple(card for module in shown for card in module.cards)
    if not exercises and not cards:
        return None
    first = shown[0]
    return Course(
        kind=choice.kind,
        title=first.title if told else "",
        skill=choice.skill,
        module=choice.module,
        minutes=choice.minutes,
        part_minutes=_part_minutes(choice, first),
        modules=shown,
        cards=cards,
        exercises=exercises,
        reason=choice.reason,
        closing=first.closing if told else "",
    )


def standing(course: Course, progress: Progress) -> Standing:
    """Return what stands in front of somebody."""
    if progress.position == 0:
        return "offer"
    if progress.position <= len(course.cards):
        return "card"
    exercise = course.exercise_at(progress.position)
    if exercise is None:
        return "closed"
    if len(progress.answers) > progress.position - 1 - len(course.cards):
        return "told"
    if not _is_answered(course.item_of(exercise), progress):
        return "asking"
    return "sure" if progress.confidence is None else "comparing"


def after(course: Course, progress: Progress, move: Move, seconds: float) -> Progress | None:
    """Return how far somebody is after a move, None when it does not fit what stands in front of them.

    `seconds` have passed since the step before; LONGEST_PAUSE_SECONDS of them count at most.
    """
    counted = min(max(seconds, 0.0), LONGEST_PAUSE_SECONDS)
    now = standing(course, progress)
    spent = replace(progress, part_seconds=_spent(course, progress, counted))
    if now in ("asking", "sure", "comparing"):
        spent = replace(spent, item_seconds=progress.item_seconds + counted)
    exercise = course.exercise_at(progress.position)
    match now, move.kind:
        case ("offer", "start") | ("card", "next") | ("told", "next"):
            return Progress(progress.position + 1, progress.answers, part_seconds=spent.part_seconds)
        case "asking" | "sure", "undo" if progress.picked or progress.written:
            return replace(spent, picked=(), written="")
        case "asking", "pick" if exercise is not None:
            return _picked(course.item_of(exercise), exercise, spent, move.place)
        case "asking", "write" if exercise is not None and course.item_of(exercise).kind == "write":
            return replace(spent, written=move.words[:MOST_WRITTEN]) if move.words.strip() else None
        case "sure", "confidence" if exercise is not None:
            sure = replace(spent, confidence=move.amount)
            item = course.item_of(exercise)
            return sure if item.kind == "write" else _answered(sure, _score(item, exercise, sure.picked))
        case "comparing", "said":
            return _answered(replace(spent, written=""), move.amount)
    return None


def part_left(course: Course, before: Progress, now: Progress) -> Part | None:
    """Return the part of the lesson that a step led out of, None where it led out of none."""
    left = course.part_at(before.position)
    return left if left in PARTS and left != course.part_at(now.position) else None


def mean_score(progress: Progress) -> float:
    """Return the mean score of the answers, 0-1; 1 for a course without any exercise."""
    return sum(answer.score for answer in progress.answers) / len(progress.answers) if progress.answers else 1.0


def right_of(progress: Progress) -> tuple[int, int]:
    """Return how many answers were right, and how many there were."""
    return sum(answer.score == 1 for answer in progress.answers), len(progress.answers)


def _all_items(module: Module) -> tuple[str, ...]:
    in_turn = sorted(module.items, key=lambda item: item.phase == "reflection")
    return tuple(module.key_of(item) for item in in_turn)


def _shown(module: Module, wanted: Collection[str], has_cards: bool) -> Module:
    items = tuple(item for item in module.items if module.key_of(item) in wanted)
    return replace(module, items=items, cards=module.cards if has_cards else (), slots=())


def _order(item: Item, rng: Shuffles) -> tuple[int, ...]:
    places = list(range(len(item.options)))
    while item.kind == "order" and places == sorted(places) and len(places) > 1:
        rng.shuffle(places)
    return tuple(places)


def _part_minutes(choice: Choice, module: Module) -> tuple[float, float, float]:
    if choice.kind == "review":
        return (0.0, choice.minutes, 0.0)
    minutes = module.minutes
    return (float(minutes.concept), float(minutes.practice), float(minutes.reflection))


def _is_answered(item: Item, progress: Progress) -> bool:
    if item.kind == "write":
        return bool(progress.written)
    return len(progress.picked) == (len(item.options) if item.kind == "order" else 1)


def _picked(item: Item, exercise: Exercise, progress: Progress, place: int) -> Progress | None:
    left = [each for each in range(len(exercise.shown)) if each not in progress.picked]
    if item.kind == "write" or place not in left:
        return None
    left.remove(place)
    # The last step needs no press: there is only one place for it.
    is_last = item.kind == "order" and len(left) == 1
    return replace(progress, picked=(*progress.picked, place, *(left if is_last else ())))


def _score(item: Item, exercise: Exercise, picked: tuple[int, ...]) -> float:
    chosen = [exercise.shown[place] for place in picked]
    # A procedure with two steps exchanged is another procedure, so there is no part of a score for it.
    is_right = chosen == sorted(chosen) if item.kind == "order" else chosen == [item.right]
    return 1.0 if is_right else 0.0


def _answered(progress: Progress, score: float) -> Progress:
    answer = Answer(score, progress.confidence or 0.0, progress.item_seconds)
    return replace(progress, answers=(*progress.answers, answer))


def _spent(course: Course, progress: Progress, seconds: float) -> tuple[float, float, float]:
    concept, practice, reflection = progress.part_seconds
    match course.part_at(progress.position):
        case "concept":
            concept += seconds
        case "practice":
            practice += seconds
        case "reflection":
            reflection += seconds
    return concept, practice, reflection
