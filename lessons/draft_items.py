"""Makes items to practise from a section of an SOP, without a model: of its steps, amounts and what it forbids."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from coach.documents import Document
from coach.plain import plain
from coach.reading import Rejected
from coach.sections import LIST_ITEM, blocks, sentences
from lessons.distractors import alike
from lessons.module import Item, ItemKind, Part, Phase
from lessons.prose import slug_of
from lessons.taught import TaughtText, find_quote

# What fits a button, and a sentence with a gap.
MOST_LINE, MOST_SENTENCE = 150, 300
FEWEST_WORDS = 3
FEWEST_LINES, MOST_ORDERED = 3, 5
MOST_WRONG, MOST_POINTS, MOST_NEXT = 2, 4, 2
GAP = "____"
AMOUNT = re.compile(
    r"[£$€] ?\d[\d,.]*|\b\d[\d,.]*(?: to \d[\d,.]*)? ?"
    r"(?:%|°C|(?:(?:working |full |calendar )?(?:minute|hour|day|week|month|year|pound|metre|litre)s?|kg|km|cm|g|ml)\b)"
)
FORBIDDEN = re.compile(r"(?:Never|Do not|Don['’]t|You must not|Nobody may) ", re.IGNORECASE)
NEGATION = re.compile(r"\b(?:not|never|no|nobody|without|unless)\b|n['’]t\b", re.IGNORECASE)
NUMBER = re.compile(r"\d[\d,.]*")


@dataclass(frozen=True)
class Material:
    """What one section holds, in plain words: its paragraphs, bullets and sentences, and the steps of its longest list.

    `first_step` is the number that list begins with.
    """

    heading: str
    paragraphs: tuple[str, ...]
    steps: tuple[str, ...]
    bullets: tuple[str, ...]
    sentences: tuple[str, ...]
    first_step: int = 1


def material_of(document: Document, heading_path: tuple[str, ...]) -> Material:
    """Return what stands right under a heading; what holds braces is left out, since slots are written with them."""
    paragraphs: list[str] = []
    bullets: list[str] = []
    said: list[str] = []
    lists: list[list[tuple[int, str]]] = [[]]
    for block in _blocks(document, heading_path):
        mark = LIST_ITEM.match(block)
        body = block[mark.end() :] if mark else block
        words = plain(body)
        if not words or block.lstrip().startswith("|") or set(words) & set("{}"):
            continue
        number = re.match(r"\d+", mark[0].strip()) if mark else None
        if number is not None:
            if lists[-1] and int(number[0]) <= lists[-1][-1][0]:
                lists.append([])
            lists[-1].append((int(number[0]), words))
        else:
            (bullets if mark else paragraphs).append(words)
        said += [plain(body[span.start : span.end]) for span in sentences(body, 0, len(body))]
    steps = max(lists, key=len)
    heading = heading_path[-1] if heading_path else document.title
    return Material(
        heading=heading,
        paragraphs=tuple(paragraphs),
        steps=tuple(words for _, words in steps),
        bullets=tuple(bullets),
        sentences=tuple(filter(None, said)),
        first_step=steps[0][0] if steps else 1,
    )


def items_of(document: Document, material: Material, text: TaughtText) -> Iterator[Item]:
    """Yield practice items made of a section, the most useful first; every quote stands in `text` to the letter."""
    made = (
        *_in_order(material),
        *_next_steps(material),
        *_forbidden(document, material),
        *_amounts(document, material),
        *_in_own_words(material),
    )
    return (item for item in made if _is_sound(item, text))


def questions_of(
    document: Document, heading_path: tuple[str, ...], material: Material, text: TaughtText
) -> Iterator[Item]:
    """Yield questions to look back with: what belongs to this section, beside what stands elsewhere in the same SOP."""
    elsewhere = [
        line
        for path in dict.fromkeys(part.section.heading_path for part in document.sections)
        if path != heading_path
        for line in _lines(material_of(document, path))
        if line not in material.sentences
    ]
    for place, line in enumerate(_lines(material)):
        options, right = _options(line, elsewhere[place * MOST_WRONG :] or elsewhere, place)
        question = f"Which of these belongs to “{material.heading}”?"
        why = "The others stand in other parts of the same SOP."
        item = _item(
            "choice", f"What belongs here {place + 1}", question, line, why, options, right, phase="reflection"
        )
        if _is_sound(item, text):
            yield item


def _in_order(material: Material) -> Iterator[Item]:
    steps = tuple(step for step in map(_first, material.steps) if step)[:MOST_ORDERED]
    if len(steps) >= FEWEST_LINES:
        question, why = "Put these steps in the right order.", "The SOP takes them in this order."
        yield _item("order", "In the right order", question, steps[0], why, steps)


def _next_steps(material: Material) -> Iterator[Item]:
    """Yield what comes after a step, for the steps in the middle: the ordering asks for the first ones already."""
    steps = [_first(step) for step in material.steps]
    places = sorted(range(1, len(steps)), key=lambda place: abs(place - len(steps) // 2))
    for place in places[:MOST_NEXT]:
        before, after = steps[place - 1], steps[place]
        others = [step for step in (*steps[place + 1 :], *steps[: place - 1]) if step]
        if before and after and others:
            number = material.first_step + place
            options, right = _options(after, others, place)
            why = f"Step {number} follows step {number - 1}."
            item = _item("choice", f"After step {number - 1}", "What comes next?", after, why, options, right)
            situation = (Part(f"You have just done step {number - 1}: “{before}”"),)
            yield replace(item, situation=situation, step=number)


def _forbidden(document: Document, material: Material) -> Iterator[Item]:
    paths = dict.fromkeys(part.section.heading_path for part in document.sections)
    whole = (material, *(material_of(document, path) for path in paths))
    done_right = dict.fromkeys(_first(line) for one in whole for line in (*one.steps, *one.bullets))
    fine = [line for line in done_right if line and not NEGATION.search(line)]
    for number, sentence in enumerate(filter(FORBIDDEN.match, material.sentences), start=1):
        done = FORBIDDEN.sub("", sentence, count=1)
        if not NEGATION.search(done) and len(fine) > 1 and len(done) <= MOST_LINE:
            lines, wrong = _options(done[:1].upper() + done[1:], fine, number)
            question, why = "Which line goes against the SOP?", "The SOP forbids it."
            yield _item("spot", f"What went wrong {number}", question, sentence, why, lines, wrong)


def _amounts(document: Document, material: Material) -> Iterator[Item]:
    known = dict.fromkeys(_amounts_in(plain(document.text)))
    for number, sentence in enumerate(material.sentences, start=1):
        amounts = _amounts_in(sentence)
        if len(amounts) == 1 and len(sentence) <= MOST_SENTENCE:
            others = [other for other in known if other not in sentence and _unit(other) == _unit(amounts[0])]
            options, right = _options(amounts[0], others, number)
            question, why = "What belongs in the gap?", "The other amounts stand elsewhere in the same SOP."
            item = _item("choice", f"How much or how long {number}", question, sentence, why, options, right)
            yield replace(item, situation=(Part(sentence.replace(amounts[0], GAP, 1)),))


def _in_own_words(material: Material) -> Iterator[Item]:
    points = tuple(_lines(material)[:MOST_POINTS])
    if len(points) > 1:
        question = f"A new colleague asks about “{material.heading}”. What do you say?"
        yield replace(_item("write", "In your own words", question, points[0]), key_points=points)


def _blocks(document: Document, heading_path: tuple[str, ...]) -> Iterator[str]:
    for part in document.sections:
        if part.section.heading_path == heading_path:
            for span in blocks(document.text, part.section.start, part.section.end):
                yield document.text[span.start : span.end]


def _item(
    kind: ItemKind,
    title: str,
    question: str,
    quote: str,
    why: str = "",
    options: tuple[str, ...] = (),
    right: int | None = None,
    phase: Phase = "practice",
) -> Item:
    return Item(slug_of(title), kind, phase, title, (), question, options, right, why, quote)


def _options(right: str, wrong: Sequence[str], place: int) -> tuple[tuple[str, ...], int]:
    """Return the right answer among at most MOST_WRONG others that differ from it, and where it stands."""
    chosen: list[str] = []
    for other in wrong:
        if len(chosen) < MOST_WRONG and not alike([right, *chosen, other]):
            chosen.append(other)
    where = place % (len(chosen) + 1)
    return (*chosen[:where], right, *chosen[where:]), where


def _is_sound(item: Item, text: TaughtText) -> bool:
    fewest = {"choice": 2, "order": FEWEST_LINES, "spot": FEWEST_LINES, "write": 0}[item.kind]
    if len(item.options) < fewest or alike(item.options):
        return False
    try:
        find_quote(item.quote, [text], item.title)
    except Rejected:
        return False
    return True


def _lines(material: Material) -> list[str]:
    return [line for line in map(_first, (*material.steps, *material.bullets, *material.paragraphs)) if line]


def _first(text: str) -> str:
    """Return the first sentence of a text, "" where it is too short to quote or too long for a button."""
    words = next((text[span.start : span.end] for span in sentences(text, 0, len(text))), "")
    return words if len(words.split()) >= FEWEST_WORDS and len(words) <= MOST_LINE else ""


def _amounts_in(text: str) -> list[str]:
    return [found[0].rstrip(".,") for found in AMOUNT.finditer(text)]


def _unit(amount: str) -> str:
    return " ".join(NUMBER.sub("", amount).replace("to", "").split()).rstrip("s")
