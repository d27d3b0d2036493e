"""A module drafted from an SOP passes the check of modules, quotes to the letter, and asks what the SOP says."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.company import read_folder
from coach.documents import parse_document
from coach.plain import plain
from coach.reading import Rejected
from lessons.adapt import rewritten
from lessons.draft_items import material_of
from lessons.drafts import NO_SKILL, draft_module, read_draft, sections_to_draft
from tests.strategies import few

SAMPLE = Path(__file__).parents[2] / "bot" / "trial" / "company"
SOP = """---
title: Refunds
version: "4.2"
---
# Refunds

## How to refund

Every refund begins with the receipt and ends with a slip, so that whoever counts the till at night can see what left
it, for whom and why. Cash refunds are only for cash sales. Card refunds take 3 to 5 working days to arrive.

1. Ask for the receipt, and find the sale on the till.
2. Check the serial number against the receipt.
3. **Look** inside the box for every part [of it](parts.md).
4. Refund to the card that paid.

- Never refund a card sale in cash.
- Nobody may refund without a receipt.

## Time limits

We refund within 14 working days. Keep the slip for 2 years and the log for 7 years.

1. Date the slip in the log.
2. File the slip in the wallet.
"""
DOCUMENT = parse_document("stores/refunds.md", SOP.encode())
HOW = ("Refunds", "How to refund")


def drafted(document=DOCUMENT, path=HOW, **options):
    options.setdefault("skill", "refunds")
    return draft_module(document, path, skills=["refunds"], **options)


def module_of(draft, document=DOCUMENT):
    module, faults = read_draft(draft.file, draft.text, {document.file: document}, ["refunds"])
    assert faults == ()
    return module


def test_a_draft_is_a_module_as_it_stands():
    draft = drafted()
    module = module_of(draft)
    assert draft.to_complete == ()
    assert (draft.file, module.title, module.skill) == ("how-to-refund.md", "How to refund", "refunds")
    assert [(taught.sop, taught.version) for taught in module.teaches] == [("stores/refunds.md", "4.2")]
    kinds = {item.kind for item in module.items}
    assert kinds == {"order", "choice", "spot", "write"}


def test_steps_are_ordered_and_asked_for_by_their_number():
    module = module_of(drafted())
    order = next(item for item in module.items if item.kind == "order")
    assert order.options == (
        "Ask for the receipt, and find the sale on the till.",
        "Check the serial number against the receipt.",
        "Look inside the box for every part of it.",
        "Refund to the card that paid.",
    )
    for item in module.items:
        if item.step is not None:
            assert item.options[item.right] == order.options[item.step - 1]
            assert order.options[item.step - 2] in item.situation[0].text


def test_an_amount_is_asked_for_among_others_of_the_same_sop():
    amounts = [item for item in module_of(drafted()).items if item.title.startswith("How much")]
    assert [item.options[item.right] for item in amounts] == ["3 to 5 working days"]
    assert set(amounts[0].options) == {"3 to 5 working days", "14 working days"}
    assert "____" in amounts[0].situation[0].text
    assert "3 to 5" not in amounts[0].situation[0].text


def test_what_is_forbidden_is_the_mistake_to_spot_and_double_negations_are_left_alone():
    spots = [item for item in module_of(drafted()).items if item.kind == "spot"]
    assert [item.options[item.right] for item in spots] == ["Refund a card sale in cash."]
    assert spots[0].quote == "Never refund a card sale in cash."


def test_a_section_too_short_to_teach_alone_takes_along_what_stands_beside_it():
    module = module_of(drafted(path=("Refunds", "Time limits")))
    assert [taught.heading_path for taught in module.teaches] == [("Refunds", "Time limits"), HOW]


def test_without_a_skill_it_says_what_to_complete():
    draft = drafted(skill=None)
    assert f'skill: "{NO_SKILL}"' in draft.text
    assert draft.to_complete == (f"Write the key of a skill from company.yaml in place of {NO_SKILL}, after skill:.",)


@pytest.mark.parametrize("path", [("Refunds",), ("Refunds", "Nothing")])
def test_where_there_is_nothing_to_practise_it_says_so(path):
    with pytest.raises(Rejected):
        drafted(path=path)
    assert path not in sections_to_draft(DOCUMENT)


def test_the_section_with_most_in_it_comes_first():
    assert sections_to_draft(DOCUMENT) == [HOW, ("Refunds", "Time limits")]


def test_a_second_list_is_no_part_of_the_first():
    text = "# A\n\n1. Take the cup down.\n2. Fill the cup up.\n\nThen:\n\n1. Open the door wide.\n"
    material = material_of(parse_document("a.md", text.encode()), ("A",))
    assert material.steps == ("Take the cup down.", "Fill the cup up.")


def test_a_model_may_tell_a_situation_better_and_change_nothing_else():
    plain_draft = module_of(drafted())
    better = module_of(drafted(write=lambda words, _: words.replace("You have just done", "You are done with")))
    worse = module_of(drafted(write=lambda words, _: f"{words} Ring nobody, 99 times."))
    assert [item.situation for item in worse.items] == [item.situation for item in plain_draft.items]
    assert [item.situation for item in better.items] != [item.situation for item in plain_draft.items]
    assert [item.options for item in better.items] == [item.options for item in plain_draft.items]
    assert rewritten(plain_draft, "", lambda words, _: words) == plain_draft


@few
@given(st.lists(st.text(alphabet="abc *_`[]()<>#|~{}\\.:-1", min_size=1, max_size=60), min_size=3, max_size=6))
def test_whatever_marks_an_sop_holds_a_draft_quotes_it_or_is_refused(lines):
    steps = "\n".join(f"{number}. Take {line} away now." for number, line in enumerate(lines, start=1))
    document = parse_document("a.md", f"# A\n\n## B\n\nRead all of this first.\n\n{steps}\n".encode())
    for path in sections_to_draft(document):
        try:
            draft = draft_module(document, path, "x", ["x"])
        except Rejected:
            continue
        module, faults = read_draft(draft.file, draft.text, {"a.md": document}, ["x"])
        assert module is not None or faults
        for item in module.items if module else ():
            assert item.quote in plain(document.text) or item.quote in " ".join(map(plain, document.text.split("\n")))


def test_nearly_every_section_of_the_sample_company_can_be_drafted_from():
    done, to_complete = 0, []
    for document in read_folder(SAMPLE).sops.documents:
        for path in sections_to_draft(document):
            draft = draft_module(document, path, "x", ["x"])
            done += 1
            to_complete += draft.to_complete
    assert done > 100
    # What is left to complete is said in a sentence, for a few sections of two lines.
    assert len(to_complete) <= 0.05 * done
