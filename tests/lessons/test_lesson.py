"""Reading a lesson file: what it holds, and a sentence for every mistake in one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.documents import parse_document
from coach.reading import Rejected
from lessons.lesson import LESSON, MOST_CHARACTERS, Minutes, Part, is_lesson, parse_lesson, read_lessons
from lessons.quiz import Item
from tests.strategies import many

REFUNDS = parse_document(
    "stores/refunds.md",
    b"# Refunds\n\nAll of it.\n\n## Exceptions\n\nAsk.\n\n## Steps\n\nOne.\n\n# Cash\n\n## Steps\n\nTwo.\n",
)
SOPS = {REFUNDS.file: REFUNDS}
FRONT = """---
title: Refund exceptions
skill: refunds
sop: stores/refunds.md
section: Exceptions
minutes: {learn: 3, practise: 7, reflect: 1}
---
"""
LEARN = """## Learn

Ask **somebody** who may decide.

- the item
- the price

1. Ask.
2. Wait.

### Then

Go on.
"""
PRACTISE = """## Practise

It is 130 pounds. What do you do?

- [ ] Refuse it
- [x] Ask the manager
- [ ] Pay it

Why: Above 100 pounds a manager decides.
"""
REFLECT = "## Reflect\n\nWhat would you say first?\n"
WHOLE = "\n".join((FRONT, LEARN, PRACTISE, REFLECT))


def parse(text, skills=("refunds",)):
    return parse_lesson("a.md", text.encode(), skills, SOPS)


def test_a_lesson_is_read_whole():
    lesson = parse(WHOLE)
    assert (lesson.file, lesson.title, lesson.skill) == ("a.md", "Refund exceptions", "refunds")
    assert (lesson.sop, lesson.heading_path) == ("stores/refunds.md", ("Refunds", "Exceptions"))
    assert (lesson.minutes, lesson.minutes.total) == (Minutes(3, 7, 1), 11)
    assert lesson.learn == (
        Part("Ask somebody who may decide."),
        Part("the item", "bullet"),
        Part("the price", "bullet"),
        Part("Ask.", "number"),
        Part("Wait.", "number"),
        Part("Then", "heading"),
        Part("Go on."),
    )
    assert lesson.item == Item(
        "It is 130 pounds. What do you do?",
        ("Refuse it", "Ask the manager", "Pay it"),
        "B",
        "Above 100 pounds a manager decides.",
    )
    assert lesson.reflect == "What would you say first?"


def test_a_lesson_survives_the_way_through_json():
    lesson = parse(WHOLE)
    assert LESSON.validate_json(LESSON.dump_json(lesson)) == lesson


def test_three_seven_one_is_what_a_lesson_takes_unless_it_says_otherwise():
    assert parse(WHOLE.replace("minutes: {learn: 3, practise: 7, reflect: 1}\n", "")).minutes == Minutes(3, 7, 1)
    assert parse(WHOLE.replace("learn: 3", "learn: 5")).minutes == Minutes(5, 7, 1)


@pytest.mark.parametrize(
    "changed",
    [
        ("## Practise", "## Practice"),
        ("## Learn", "# Refund exceptions\n\n## Learn"),
        ("- [x]", "* [X]"),
        ("Why:", "**Why:**"),
        ("- [ ] Pay it\n\nWhy", "- [ ] Pay it\nWhy"),
        ("- [ ] Refuse it", "- [ ] Refuse\n  it"),
        ("section: Exceptions", "section: Refunds > Exceptions"),
    ],
)
def test_ways_of_writing_the_same_lesson(changed):
    text = WHOLE.replace(*changed)
    assert text != WHOLE
    assert parse(text) == parse(WHOLE)


MISTAKES = {
    "no front matter": (FRONT, "", "has no title: in its front matter. Write one value after title:."),
    "no skill": ("skill: refunds\n", "", "has no skill:"),
    "an empty title": ("title: Refund exceptions", "title:", "has no title:"),
    "an unknown key": ("skill: refunds", "skill: refunds\nlevel: 2", "has level: in its front matter"),
    "an unknown skill": (
        "skill: refunds",
        "skill: juggling",
        "has skill: 'juggling', which company.yaml does not list",
    ),
    "an unknown SOP": ("sop: stores/refunds.md", "sop: refunds.md", "cites sop: 'refunds.md', which is not among"),
    "an unknown section": (
        "section: Exceptions",
        "section: Beans",
        "does not have. Write one of its headings: Refunds; Exce",
    ),
    "a section twice": (
        "section: Exceptions",
        "section: Steps",
        "has 2 times. Write the headings above it too: Refunds > Steps.",
    ),
    "minutes of two parts": (
        "minutes: {learn: 3, practise: 7, reflect: 1}",
        "minutes: {learn: 3}",
        "do not name the three",
    ),
    "minutes as one number": (
        "minutes: {learn: 3, practise: 7, reflect: 1}",
        "minutes: 11",
        "do not name the three parts",
    ),
    "half a minute": ("learn: 3", "learn: 2.5", "has minutes: learn: that is not a whole number from 1 to 30"),
    "no minutes at all": ("reflect: 1", "reflect: 0", "has minutes: reflect: that is not a whole number"),
    "no Learn": (LEARN, "", "has no ## Learn. Write that heading"),
    "no Practise": (PRACTISE, "", "has no ## Practise."),
    "no Reflect": (REFLECT, "", "has no ## Reflect."),
    "an unknown part": ("## Reflect", "## Think", "has a part ## Think, which a lesson does not have"),
    "a part twice": (REFLECT, REFLECT + REFLECT, "has ## Reflect twice. Keep one."),
    "words above": (LEARN, "Hello.\n\n" + LEARN, "has words before its first heading"),
    "words under the title": (
        LEARN,
        "# Title\n\nHello.\n\n" + LEARN,
        "has words under # Title, which nobody would see",
    ),
    "an empty Learn": (LEARN, "## Learn\n", "has nothing under ## Learn"),
    "too long to read": (
        "Go on.",
        "word " * 540,
        "in its 3 minutes: ## Learn has 552 words, 540 fit at 180 a minute. Take out 12",
    ),
    "too many pieces": ("Go on.", "- go\n" * 31, "paragraphs and list items under ## Learn; 30 fit"),
    "too many characters": ("Go on.", "x" * 5_000, "is too long in its Learn text: 5,0"),
    "an empty Reflect": ("What would you say first?", "", "lacks one question to think about under ## Reflect"),
    "no question": ("It is 130 pounds. What do you do?", "", "lacks a question before its options under ## Practise"),
    "no options": ("- [ ] Refuse it\n- [x] Ask the manager\n- [ ] Pay it\n", "", "has 0 options under ## Practise"),
    "one option": ("- [ ] Refuse it\n- [x] Ask the manager\n- [ ] Pay it\n", "- [x] Ask\n", "has 1 option under"),
    "five options": ("- [ ] Pay it\n", "- [ ] Pay it\n- [ ] Laugh\n- [ ] Cry\n", "has 5 options under ## Practise"),
    "nothing right": ("- [x]", "- [ ]", "has 0 options marked [x]"),
    "two right": ("- [ ] Pay", "- [x] Pay", "has 2 options marked [x] under ## Practise. Mark exactly one."),
    "an option without a mark": ("- [ ] Pay it", "- Pay it", "has a list line under ## Practise without a mark"),
    "a mark without its space": ("- [ ] Pay it", "- [] Pay it", "has a list line under ## Practise without a mark"),
    "an option without words": ("- [ ] Pay it", "- [ ] <!-- -->", "lacks words after every option's mark"),
    "an option twice": ("Pay it", "refuse IT", "has the same option twice"),
    "a long option": ("Pay it", "x" * 201, "is too long in its option: 201 characters, 200 fit"),
    "no Why": ("Why: Above 100 pounds a manager decides.", "", "has no Why: under ## Practise"),
    "an empty Why": ("Why: Above 100 pounds a manager decides.", "Why:", "lacks a sentence after Why:"),
    "a long title": (
        "title: Refund exceptions",
        f"title: {'x' * 141}",
        "is too long in its title: 141 characters, 140 fit",
    ),
}


@pytest.mark.parametrize(("old", "new", "sentence"), MISTAKES.values(), ids=MISTAKES.keys())
def test_every_mistake_has_its_sentence(old, new, sentence):
    text = WHOLE.replace(old, new, 1)
    assert text != WHOLE
    with pytest.raises(Rejected) as rejected:
        parse(text)
    assert sentence in str(rejected.value)
    assert str(rejected.value).endswith(".")


@many
@given(st.text(max_size=400), st.integers(0, len(WHOLE)))
def test_whatever_stands_in_a_file_is_a_lesson_or_a_sentence(noise, place):
    for text in (noise, FRONT + noise, WHOLE[:place] + noise + WHOLE[place:]):
        shelf = read_lessons([("a.md", text.encode(errors="replace"))], ["refunds"], [REFUNDS])
        assert len(shelf.lessons) + len(shelf.rejected) == 1
        for lesson in shelf.lessons:
            assert len(lesson.item.options) >= 2
            assert sum(len(part.text) for part in lesson.learn) <= MOST_CHARACTERS["Learn text"]


def test_what_can_just_be_read_in_its_minutes_is_taken():
    assert parse(WHOLE.replace("Go on.", "word " * 528))


def test_a_broken_lesson_is_rejected_alone():
    files = [("a.md", WHOLE.encode()), ("b.md", b"# Nothing\n"), ("c.md", b"\xff")]
    shelf = read_lessons(files, ["refunds"], [REFUNDS])
    assert [lesson.file for lesson in shelf.lessons] == ["a.md"]
    assert [rejection.file for rejection in shelf.rejected] == ["b.md", "c.md"]


def test_without_a_readable_company_file_no_skill_is_blamed():
    assert parse(WHOLE, skills=None) == parse(WHOLE)
    with pytest.raises(Rejected, match="does not list"):
        parse(WHOLE, skills=())


def test_only_markdown_is_a_lesson():
    assert [name for name in ("a.md", "b/c.MARKDOWN", "d.txt", "e.png", "md") if is_lesson(name)] == [
        "a.md",
        "b/c.MARKDOWN",
    ]
