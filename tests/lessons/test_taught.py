"""What a line under teaches means, and finding a quote in it."""

import pytest

from coach.documents import parse_document
from coach.reading import Rejected
from lessons.module import Taught
from lessons.taught import find_quote, find_taught
from tests.lessons.good_module import SOPS

FAQ = parse_document(
    "faq.csv", b"question,answer,version\nHow long?,One year from delivery.,2\nIs tea > coffee @ home?,Never say so.,\n"
)
ALL = {**SOPS, FAQ.file: FAQ}


def test_each_row_of_a_faq_is_a_section_with_its_own_version():
    text = find_taught("faq.csv > How long? @ 2", ALL)
    assert text.taught == Taught("faq.csv", ("How long?",), "2")
    with pytest.raises(Rejected, match=r"was written for version 1 of faq\.csv; version 2 stands now"):
        find_taught("faq.csv > How long? @ 1", ALL)


def test_an_sop_without_headings_and_without_a_version_is_taught_whole():
    text = find_taught("till.txt", ALL)
    assert text.taught == Taught("till.txt", (), "")
    assert "Write both sums down." in text.words


def test_steps_are_those_the_section_numbers():
    assert find_taught("stores/refunds.md > Exceptions @ 4.2", ALL).steps == {1, 2, 3}
    assert find_taught("stores/refunds.md > Late answers @ 4.2", ALL).steps == frozenset()


def test_a_quote_is_returned_in_the_sops_own_characters():
    texts = [find_taught(f"stores/refunds.md > {name} @ 4.2", ALL) for name in ("Late answers", "Exceptions")]
    assert find_quote("“I’ll ask someone\nwho can decide.”", texts, "X") == (1, "I'll ask someone who can decide.")
    assert find_quote("**Ring** the customer", texts, "X") == (0, "Ring the customer")


@pytest.mark.parametrize(
    "quote",
    [
        "ring the customer",
        "Ring the customers",
        "working day. All of it",
        "Exceptions An exception is",
        "ing the customer",
    ],
)
def test_a_quote_with_other_letters_or_across_sections_is_none(quote):
    with pytest.raises(Rejected, match="stands in none of the sections under teaches"):
        find_quote(quote, [find_taught("stores/refunds.md > Exceptions @ 4.2", ALL)], "X")
