"""`answers:` and `glossary:` of company.yaml: costs that leave three bands, terms with a meaning, or what to do."""

import pytest

from bot.answers_block import LONGEST_TERM, MOST_TERMS, AnswersBlock
from bot.company_file import Company, read_company
from coach.costs import DEFAULT_COSTS, Costs


def read(text: str) -> tuple[Company | None, list[str]]:
    return read_company(text, [])


@pytest.mark.parametrize("text", ["name: X\n", "answers: {}\n", "answers: {costs: {}}\n"])
def test_a_company_that_says_nothing_has_the_usual_costs(text):
    company, mistakes = read(text)
    assert mistakes == []
    assert company.answers.costs.costs() == DEFAULT_COSTS
    assert company.glossary == {}


def test_costs_are_read_and_stored_as_they_are_written():
    company, mistakes = read("answers:\n  costs: {wrong: 50, doubt: 1, noise: 2.5, missed: 3}\n")
    assert mistakes == []
    assert company.answers.costs.costs() == Costs(50, 1, 2.5, 3)
    assert AnswersBlock.model_validate(company.answers.model_dump(mode="json")) == company.answers


@pytest.mark.parametrize(
    ("costs", "complaint"),
    [
        ("wrong: 2", "costs: wrong (2) must be above noise (3), or it is never uncertain. Raise wrong."),
        ("missed: 1", "costs: missed (1) must be above doubt (1), or it is never uncertain. Raise missed."),
        (
            "wrong: 3.1, missed: 1.1",
            "costs: these costs leave no room for an uncertain answer. Raise wrong or missed, or lower doubt or noise.",
        ),
        ("noise: 0", "noise: must be greater than 0."),
        ("doubt: much", "doubt: must be a number like 12."),
        ("wrong: nan", "wrong: must be less than or equal to 1000."),
        ("wrong: inf", "wrong: must be less than or equal to 1000."),
        ("price: 3", "the key 'price' is not known here. Correct or remove it."),
    ],
)
def test_costs_that_cannot_be_meant_are_told_with_what_to_do(costs, complaint):
    company, [mistake] = read(f"answers:\n  costs: {{{costs}}}\n")
    assert company is None
    assert mistake.startswith("company.yaml line 2, column ")
    assert mistake.split(": ", 1)[1] == complaint


def test_a_glossary_is_terms_with_their_meanings():
    company, mistakes = read("glossary:\n  PTO: annual leave\n  86: 'sold out, take it off the menu '\n")
    assert mistakes == []
    assert company.glossary == {"PTO": "annual leave", "86": "sold out, take it off the menu"}


@pytest.mark.parametrize(
    ("glossary", "complaint"),
    [
        ("{PTO: ''}", "glossary: 'PTO' stands alone. Write a term and what it means, like `PTO: annual leave`."),
        (
            "{PTO: annual leave, pto: parents' teaching on site}",
            "glossary: 'PTO' and 'pto' are one term to the search.",
        ),
        ("{'': annual leave}", "glossary: 'annual leave' stands alone."),
        (f"{{PTO: {'x' * (LONGEST_TERM + 1)}}}", "glossary: 'PTO' is too long. Term and meaning may have 100 "),
        (
            "{" + ", ".join(f"T{place}: word" for place in range(MOST_TERMS + 1)) + "}",
            "glossary: it has 201 terms; keep the 200 that staff use most.",
        ),
        ("[PTO]", "glossary: must have lines like `key: value` under it. Add them, or take it out."),
    ],
)
def test_a_glossary_that_cannot_be_meant_is_told_with_what_to_do(glossary, complaint):
    company, [mistake] = read(f"glossary: {glossary}\n")
    assert company is None
    assert mistake.removeprefix("company.yaml line 1, column 1: ").startswith(complaint)
