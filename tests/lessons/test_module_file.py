"""Reading a module file: what it holds, and one precise sentence for every mistake in one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.reading import Rejected
from lessons.budget import PHASES, estimate
from lessons.intake import read_modules
from lessons.module import MODULE, Minutes, Part, Taught
from lessons.module_file import is_module
from tests.lessons.broken import BROKEN
from tests.lessons.good_module import DELTA, FRONT, ROLES, SKILLS, SOPS, WHOLE, parse
from tests.strategies import many


def test_a_module_is_read_whole():
    module = parse()
    assert (module.file, module.title, module.skill) == ("a.md", "Promise an answer, not a refund", "refunds")
    assert module.behaviour == "Staff promise only an answer, and ask whoever may decide."
    assert (module.minutes, module.minutes.total) == (Minutes(1, 4, 1), 6)
    assert module.roles == ("sales associate", "support desk")
    assert module.teaches == (
        Taught("stores/refunds.md", ("Refunds", "Exceptions"), "4.2"),
        Taught("stores/refunds.md", ("Refunds", "Steps"), "4.2"),
    )
    assert module.slots == (("example", (("", "a kettle"), ("support desk", "a grinder under warranty"))),)
    assert [card.title for card in module.cards] == ["A refund exception", "What you say and write"]
    assert module.cards[1].parts == (
        Part("First", "heading"),
        Part("Promise an answer and nothing else. Then write down:"),
        Part("the item", "bullet"),
        Part("its price", "bullet"),
        Part("After that", "heading"),
        Part("Ask whoever may decide.", "number"),
        Part("Ring the customer with the answer, today or tomorrow.", "number"),
    )
    assert module.closing == "What would you have said to the last customer you told no?"


def test_every_kind_of_item_is_read():
    choice, order, spot, write, question = parse().items
    assert (choice.kind, choice.phase, choice.slug, choice.right) == ("choice", "practice", "saturday-16-30", 1)
    assert [len(choice.situation), choice.question, len(choice.options)] == [2, "What do you say first?", 3]
    assert (choice.step, choice.source, choice.quote) == (1, 0, "I'll ask someone who can decide.")
    assert (order.kind, order.right, order.question) == ("order", None, "Put what you do in order.")
    assert order.options[0] == "Write down the item and its price"
    assert (spot.kind, spot.right, spot.quote) == ("spot", 1, "Shift lead – up to 100")
    assert (write.kind, write.options, write.right, write.why) == ("write", (), None, "")
    assert len(write.key_points) == 3
    assert (question.kind, question.phase, question.right, question.source) == ("choice", "reflection", 0, 1)


def test_a_module_survives_the_way_through_json():
    assert MODULE.validate_json(MODULE.dump_json(parse())) == parse()


def test_a_delta_lesson_is_one_card_and_one_item_in_one_minute():
    delta = parse(DELTA)
    assert (delta.is_delta, delta.minutes.total, len(delta.cards), len(delta.items)) == (True, 1, 1, 1)


def test_only_markdown_is_a_module():
    assert [name for name in ("a.md", "b/c.MARKDOWN", "d.txt", "md", "tracks/a.yaml") if is_module(name)] == [
        "a.md",
        "b/c.MARKDOWN",
    ]


@pytest.mark.parametrize(
    "changed",
    [
        ("- [x]", "* [X]"),
        ("Why:", "**Why:**"),
        ("Key points:", "key points:"),
        ("## Concept", "# A whole module\n\n## concept"),
        ("### Scenario: Saturday", "### scenario : Saturday"),
        ("- [ ] Reason code RF\n\nWhy", "- [ ] Reason code RF\nWhy"),
        ("Quote: Key it with reason code RX.", "Quote:\n> Key **it** with\n> reason code RX."),
        ("“I'll ask someone who can decide.”", "I’ll ask someone  who can decide."),
        ("Shift lead – up to 100", "| Shift lead | up to 100 |"),
        ("> Exceptions @", "> refunds > exceptions @"),
        ("roles: [sales associate, support desk]", "roles:\n  - sales associate\n  - support desk"),
        ("- its price\n", "- its price <!-- in pounds -->\n"),
        ("Customer rung at noon", "Customer rung\n  at noon"),
        ("Step: 1\n", "Step: 1\n<!--\nWhy: a draft\n- [x] as well\n-->\n"),
    ],
)
def test_ways_of_writing_the_same_module(changed):
    text = WHOLE.replace(*changed)
    assert text != WHOLE
    assert parse(text) == parse()


@pytest.mark.parametrize(("whole", "old", "new", "sentence"), BROKEN.values(), ids=BROKEN.keys())
def test_every_broken_module_gets_its_one_precise_sentence(whole, old, new, sentence):
    text = whole.replace(old, new, 1)
    assert text != whole
    with pytest.raises(Rejected) as rejected:
        parse(text)
    assert str(rejected.value) == sentence
    assert sentence.endswith(".")


def test_three_seven_one_is_what_a_module_takes_unless_it_says_otherwise():
    with pytest.raises(Rejected, match="promises 3 minutes of concept"):
        parse(WHOLE.replace("minutes: {concept: 1, practice: 4, reflection: 1}\n", ""))


def test_a_section_is_taught_with_what_stands_below_it():
    quote = "Ring the customer within 1 working day."
    assert parse(WHOLE.replace("Do not promise and do not refuse.", quote)).items[3].quote == quote


def test_without_a_readable_company_file_no_skill_and_no_role_is_blamed():
    assert parse(skills=None, roles=None) == parse()
    with pytest.raises(Rejected, match="does not list"):
        parse(skills=())


@many
@given(st.text(max_size=300), st.integers(0, len(WHOLE)))
def test_whatever_stands_in_a_file_is_a_module_that_keeps_its_promises_or_a_sentence(noise, place):
    for text in (noise, FRONT + noise, WHOLE[:place] + noise + WHOLE[place:]):
        shelf = read_modules([("a.md", text.encode(errors="replace"))], SKILLS, ROLES, SOPS.values())
        assert len(shelf.modules) + len(shelf.rejected) == 1
        for module in shelf.modules:
            assert 1 <= len(module.cards) <= 3
            assert all(item.quote and item.question for item in module.items)
            seconds = estimate(module)
            minutes = (module.minutes.concept, module.minutes.practice, module.minutes.reflection)
            assert all(seconds[phase] <= 60 * most + 10 for phase, most in zip(PHASES, minutes, strict=True))
