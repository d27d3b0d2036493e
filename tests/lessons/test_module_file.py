"""Reading a module file: what it holds, and one precise sentence for every mistake in one."""

from lessons.module import MODULE, Minutes, Part, Taught
from lessons.module_file import is_module
from tests.lessons.good_module import DELTA, parse


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
