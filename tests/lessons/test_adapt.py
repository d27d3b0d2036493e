"""A module in the words of a role, and examples told anew by obedient and by cheating writers."""

from dataclasses import replace

import pytest

from lessons.adapt import for_roles, rewrite_faults, rewritten, slots_used, told_anew, variants
from lessons.module import Part
from tests.lessons.good_module import parse

MODULE = parse()
CHOICE = for_roles(MODULE, ()).items[0]


def told(item):
    return " ".join(part.text for part in item.situation)


def test_a_slot_takes_the_words_of_a_role_or_those_of_everybody_else():
    assert "Somebody brings back a kettle after" in for_roles(MODULE, ["shift lead"]).cards[0].parts[0].text
    for_desk = for_roles(MODULE, ["shift lead", "support desk"])
    assert "brings back a grinder under warranty after" in for_desk.cards[0].parts[0].text
    assert "puts a grinder under warranty on the counter" in told(for_desk.items[0])
    assert for_desk.slots == ()


def test_the_first_role_written_in_a_slot_decides_for_somebody_with_two():
    slots = (("example", (("", "a kettle"), ("shift lead", "a float"), ("support desk", "a grinder"))),)
    both = for_roles(replace(MODULE, slots=slots), {"support desk", "shift lead"})
    assert "brings back a float after" in both.cards[0].parts[0].text


def test_every_role_has_its_variant_and_no_slot_is_left_in_any():
    found = dict(variants(MODULE))
    assert list(found) == ["", "support desk"]
    assert all(slots_used(variant) == [] for variant in found.values())
    assert slots_used(MODULE) == ["example"]


def test_key_quote_and_rubric_are_the_same_in_every_role():
    plain = for_roles(MODULE, ())
    for _, variant in variants(MODULE):
        for one, other in zip(plain.items, variant.items, strict=True):
            assert (one.slug, one.right, one.quote, one.step) == (other.slug, other.right, other.quote, other.step)


def test_an_obedient_writer_changes_the_example_and_nothing_else():
    def write(situation, _):
        return situation.replace("The shop is full", "The line is busy").replace("on the counter", "into a parcel")

    anew = rewritten(MODULE, "support desk", write)
    assert "The line is busy. A customer puts a grinder under warranty into a parcel" in told(anew.items[0])
    assert replace(anew.items[0], situation=()) == replace(CHOICE, situation=())
    assert anew.items[1:] == for_roles(MODULE, ["support desk"]).items[1:]
    assert anew.cards == for_roles(MODULE, ["support desk"]).cards


CHEATS = {
    "another amount": lambda text: text.replace("130", "80"),
    "one more number": lambda text: text + " She is 40.",
    "a not put in": lambda text: text.replace("is full", "is not full"),
    "a no left out": lambda text: text.replace("always sorts", "never sorts"),
    "n't": lambda text: text.replace("says that", "doesn't say that"),
    "nothing": lambda _: "",
    "the answer": lambda text: text.replace("She says", "You say that you will ask someone who can decide. She says"),
    "the quote": lambda text: text.replace("She says", "I'll ask someone who can decide. She says"),
    "a novel": lambda text: text + " It is a long story." * 20,
    "a slot": lambda text: text.replace("A customer", "{customer}"),
}


@pytest.mark.parametrize("cheat", CHEATS.values(), ids=CHEATS.keys())
def test_a_cheating_writer_is_not_taken(cheat):
    assert cheat(told(CHOICE)) != told(CHOICE)
    assert rewritten(MODULE, "shift lead", lambda text, _: cheat(text)) == for_roles(MODULE, ["shift lead"])


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"right": 0}, "The key changed."),
        ({"quote": "Ask nobody."}, "The quote changed."),
        ({"source": 1}, "The quote changed."),
        ({"options": CHOICE.options[::-1]}, "The answers changed."),
        ({"options": CHOICE.options[:2]}, "The answers changed."),
        ({"key_points": ("Be kind",)}, "The rubric changed."),
        ({"kind": "spot"}, "The kind changed."),
        ({"step": 2}, "The step changed."),
        ({"why": "Because."}, "The reason changed."),
        ({"slug": "another"}, "The name changed."),
        ({"question": "Who decides?"}, "The question changed."),
    ],
)
def test_what_must_stay_is_held_to_the_letter(changes, fault):
    assert rewrite_faults(CHOICE, replace(CHOICE, **changes)) == (fault,)


def test_an_item_without_a_situation_is_given_none():
    order = MODULE.items[1]
    assert rewrite_faults(order, order) == ()
    assert rewrite_faults(order, replace(order, situation=(Part("It rains."),))) == ("There was no situation.",)


def test_a_gap_is_neither_filled_nor_doubled():
    gapped = replace(CHOICE, situation=(Part("Refund within ____."),))
    for words in ("Refund within some days.", "Refund ____ within ____."):
        assert rewrite_faults(gapped, replace(gapped, situation=(Part(words),))) == ("A gap changed.",)
    assert rewrite_faults(gapped, replace(gapped, situation=(Part("You refund within ____."),))) == ()


def test_what_is_written_is_words_and_paragraphs_keep_their_kinds():
    parts = (Part("Two things lie there:"), Part("a kettle", "bullet"), Part("a lid", "bullet"))
    listed = replace(CHOICE, situation=parts)
    anew = told_anew(listed, lambda text, _: text.replace("a lid", "1. of *lids*").replace("1.", "a)"))
    assert anew.situation == (*parts[:2], Part("a) of *lids*", "bullet"))


def test_a_writer_may_ask_what_is_wrong_before_it_settles():
    found = []
    told_anew(CHOICE, lambda text, faults_of: (found.append(faults_of(f"{text} 7")), text)[1])
    assert found == [("A number changed.",)]
