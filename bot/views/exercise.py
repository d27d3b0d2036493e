"""Words for one exercise of a lesson: the question, how sure somebody is, the key points, and the feedback."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from bot.messages import Actions, Block, Button, Field, Form, Heading, Message, Note, Quote, Steps, Text
from lessons.module import Item, Part
from lessons.run import MOST_WRITTEN, Course, Exercise, Progress

# What a button shows uncut in both clients, on a phone too.
LABEL_CHARACTERS = 40
LETTERS = "ABCDE"
WRITTEN_FIELD, WRITTEN_FORM = "words", "run_written"
REVIEW = "Review"
SURE = (("Sure", "run_sure"), ("Unsure", "run_unsure"), ("Guess", "run_guess"))
SAID = (("Said All", "run_said_all"), ("Said Some", "run_said_some"), ("Said None", "run_said_none"))


def name_of(course: Course) -> str:
    """Return what a lesson is called; a review has no title of its own."""
    return course.title or REVIEW


def place_of(course: Course, progress: Progress) -> str:
    """Return where in the lesson somebody is, such as Practice 2 of 4."""
    part = course.part_at(progress.position)
    inside = [position for position in range(1, course.end) if course.part_at(position) == part]
    return f"{part.capitalize()} {inside.index(progress.position) + 1} of {len(inside)}"


def told(parts: Sequence[Part]) -> Iterator[Block]:
    """Yield the paragraphs and lists of a card or a situation."""
    for kind, group in groupby(parts, key=lambda part: part.kind):
        texts = tuple(part.text for part in group)
        if kind in ("bullet", "number"):
            yield Steps(texts, is_numbered=kind == "number")
        else:
            yield Text("\n\n".join(texts), is_strong=kind == "heading")


def number(minutes: float) -> str:
    """Return minutes as a whole number, at least 1."""
    return str(max(1, round(minutes)))


def write_form(course: Course, exercise: Exercise, token: str) -> Form:
    """Return the form in which an answer is written in one's own words."""
    item = course.item_of(exercise)
    # On Teams the label of a field may be read as markup, so the question stands above it.
    field = Field(
        WRITTEN_FIELD,
        "In your own words",
        "Only you see this. It is forgotten once you compared it.",
        True,
        MOST_WRITTEN,
    )
    asked = (*told(item.situation), Text(item.question, is_strong=True))
    return Form("Your Answer", WRITTEN_FORM, token, asked, (field,), "Done")


def question(course: Course, progress: Progress, exercise: Exercise, token: str) -> Message:
    """Return an exercise with what can be picked, put in order, or written."""
    item = course.item_of(exercise)
    blocks = [*_above(course, progress, item), Text(item.question, is_strong=True)]
    match item.kind:
        case "write":
            blocks.append(Actions((Button("Write My Answer", "run_write", token, is_primary=True),)))
            offered = ""
        case "order":
            blocks += _ordering(exercise, item, progress, token)
            offered = _offered(item, exercise, [place for place in _places(item) if place not in progress.picked])
        case _:
            blocks += _choices(item, exercise, token)
            offered = _offered(item, exercise, _places(item))
    said = (f"{place_of(course, progress)}:", *(part.text for part in item.situation), item.question, offered)
    return Message(" ".join(filter(None, said)), tuple(blocks))


def how_sure(course: Course, progress: Progress, exercise: Exercise, token: str) -> Message:
    """Return the question how sure somebody is of the answer they gave."""
    item = course.item_of(exercise)
    answer = _own_answer(item, exercise, progress)
    asked = "How sure are you?"
    again = "Start Over" if item.kind == "order" else "Change My Answer"
    undo = () if item.kind == "write" else (Button(again, "run_undo", token),)
    blocks = (
        *_above(course, progress, item),
        Text(item.question, is_strong=True),
        *answer,
        Text(asked, is_strong=True),
        Actions((*(Button(label, action, token) for label, action in SURE), *undo)),
    )
    return Message(f"{asked} Sure, unsure, or a guess.", blocks)


def compare(course: Course, progress: Progress, exercise: Exercise, token: str) -> Message:
    """Return a written answer beside the key points, to be judged by whoever wrote it."""
    item = course.item_of(exercise)
    asked = "How much of it did you say?"
    blocks = (
        *_above(course, progress, item),
        Text(item.question, is_strong=True),
        *_own_answer(item, exercise, progress),
        Text("A good answer says:", is_strong=True),
        Steps(item.key_points),
        Text(asked, is_strong=True),
        Actions(tuple(Button(label, action, token) for label, action in SAID)),
    )
    return Message(f"A good answer says: {' '.join(item.key_points)} {asked}", blocks)


def feedback(course: Course, progress: Progress, exercise: Exercise, token: str) -> Message:
    """Return whether an answer was right, why, and the words of the SOP behind it."""
    item = course.item_of(exercise)
    verdict = _verdict(item, exercise, progress)
    is_last = progress.position + 1 == course.end
    source = _source(course, exercise)
    blocks = (
        Note(_standing_line(course, progress)),
        Text(verdict, is_strong=True),
        Text(item.question),
        *_key(item, exercise, progress),
        *((Text(item.why),) if item.why else ()),
        Quote(item.quote),
        Note(source),
        Actions((Button("Finish" if is_last else "Next", "run_next", token, is_primary=True),)),
    )
    return Message(" ".join(filter(None, (verdict, item.why, f"“{item.quote}”", source))), blocks)


def _above(course: Course, progress: Progress, item: Item) -> list[Block]:
    return [Note(_standing_line(course, progress)), Heading(item.title), *told(item.situation)]


def _choices(item: Item, exercise: Exercise, token: str) -> list[Block]:
    """Return the answers to pick from, on the buttons where all their words fit there."""
    labelled = [_labelled(item, exercise, place) for place in _places(item)]
    # Words on some buttons and not on others would make those look like the likelier answers.
    fits = all(len(label) <= LABEL_CHARACTERS for label in labelled)
    word = "Line" if item.kind == "spot" else "Answer"
    short = [f"{word} {_mark(item, place)}" for place in _places(item)]
    buttons = tuple(
        Button(label, f"run_pick_{place}", token) for place, label in enumerate(labelled if fits else short)
    )
    return [*(() if fits else (Steps(tuple(labelled)),)), Actions(buttons)]


def _ordering(exercise: Exercise, item: Item, progress: Progress, token: str) -> list[Block]:
    blocks: list[Block] = [Steps(tuple(_labelled(item, exercise, place) for place in _places(item)))]
    if progress.picked:
        said = ", ".join(_mark(item, place) for place in progress.picked)
        blocks.append(Text(f"Your order so far: {said}. Which comes next?"))
    else:
        blocks.append(Text("Which comes first?"))
    left = [place for place in _places(item) if place not in progress.picked]
    buttons = [Button(f"Step {_mark(item, place)}", f"run_pick_{place}", token) for place in left]
    over = [Button("Start Over", "run_undo", token)] if progress.picked else []
    blocks.append(Actions((*buttons, *over)))
    return blocks


def _own_answer(item: Item, exercise: Exercise, progress: Progress) -> Iterator[Block]:
    if item.kind == "write":
        yield Text("Your answer:")
        yield Quote(progress.written)
    elif item.kind == "order":
        yield Text("Your order:")
        yield Steps(tuple(item.options[exercise.shown[place]] for place in progress.picked), is_numbered=True)
    else:
        line = "line " if item.kind == "spot" else ""
        yield Text(f"You chose {line}{_labelled(item, exercise, progress.picked[0])}")


def _verdict(item: Item, exercise: Exercise, progress: Progress) -> str:
    score = progress.answers[-1].score
    if item.kind == "write":
        said = "all" if score == 1 else "some" if score > 0 else "none"
        return f"Noted: you said {said} of the points."
    if item.kind == "order":
        return "Right: that is the order." if score == 1 else "Not right: the order is another one."
    picked, right = (_mark(item, place) for place in (progress.picked[0], exercise.shown.index(item.right or 0)))
    if item.kind == "spot":
        found = f"the mistake is in line {right}."
        return f"Right: {found}" if score == 1 else f"Not right: you chose line {picked}, and {found}"
    return f"Right: {picked}." if score == 1 else f"Not right: you chose {picked}, and the right answer is {right}."


def _key(item: Item, exercise: Exercise, progress: Progress) -> Iterator[Block]:
    """Yield what the answer is, beside what was answered."""
    if item.kind == "write":
        yield Steps(item.key_points)
    elif item.kind == "order":
        yield Steps(item.options, is_numbered=True)
        if progress.answers[-1].score < 1:
            yield Text("You put:")
            yield Steps(tuple(item.options[exercise.shown[place]] for place in progress.picked), is_numbered=True)
    else:
        yield Steps(tuple(_marked(item, exercise, place, progress.picked[0]) for place in _places(item)))


def _marked(item: Item, exercise: Exercise, place: int, picked: int) -> str:
    key = "the mistake" if item.kind == "spot" else "right"
    said = "your answer" if place == picked else key if exercise.shown[place] == item.right else ""
    return _labelled(item, exercise, place) + (f" ({said})" if said else "")


def _offered(item: Item, exercise: Exercise, places: Sequence[int]) -> str:
    return " ".join(_labelled(item, exercise, place) for place in places)


def _labelled(item: Item, exercise: Exercise, place: int) -> str:
    return f"{_mark(item, place)}: {item.options[exercise.shown[place]]}"


def _places(item: Item) -> range:
    return range(len(item.options))


def _mark(item: Item, place: int) -> str:
    return str(place + 1) if item.kind == "spot" else LETTERS[place]


def _source(course: Course, exercise: Exercise) -> str:
    taught = course.source_of(exercise)
    return f"From {' > '.join((taught.sop, *taught.heading_path))}"


def _standing_line(course: Course, progress: Progress) -> str:
    line = f"{name_of(course)} · {place_of(course, progress)}"
    budget = course.part_minutes[1]
    if course.part_at(progress.position) != "practice" or not budget:
        return line
    # More than was planned is nobody's business but the author's.
    used = min(round(progress.part_seconds[1] / 60), round(budget))
    return f"{line} · {used} of {number(budget)} min used"
