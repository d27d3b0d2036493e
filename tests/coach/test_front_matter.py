"""Front matter fails closed: a fact that restricts an SOP is read or the SOP is rejected, never passed over."""

import pytest

from coach.documents import parse_document
from coach.front_matter import read_front_matter
from coach.reading import Rejected
from metrics.policy import Audience

BODY = "# Pay\n\nBand C starts at 14 pounds.\n"
MANAGERS = Audience(frozenset({"manager"}))


@pytest.mark.parametrize("ending", ["md", "txt"])
@pytest.mark.parametrize("above", ["", "\n", "\n\n  \n", "\ufeff", "\ufeff\n"])
def test_lines_above_and_text_files_keep_their_audience(above, ending):
    document = parse_document(f"pay.{ending}", f"{above}---\naudience: manager\nversion: 1.10\n---\n{BODY}".encode())
    assert document.audience == MANAGERS
    assert document.sections[0].facts.version == "1.10"
    assert "audience" not in document.sections[0].passages[0].search_text


@pytest.mark.parametrize(
    ("block", "complaint"),
    [
        ("audience:\n", "neither everyone, a role, nor a list"),
        ("audience: []\n", "neither everyone, a role, nor a list"),
        ("audience: [manager, ]\naudience: everyone\n", "names audience: twice"),
        ("audience: {manager: yes}\n", "neither everyone, a role, nor a list"),
        ("- audience\n", "not a list of `key: value` lines"),
        ("audience: [manager\n", r"line \d+, column \d+"),
    ],
)
@pytest.mark.parametrize("ending", ["md", "txt"])
def test_an_audience_that_cannot_be_read_rejects_the_sop(block, complaint, ending):
    with pytest.raises(Rejected, match=complaint):
        parse_document(f"pay.{ending}", f"---\n{block}---\n{BODY}".encode())


def test_the_line_of_a_mistake_is_the_line_of_the_file():
    with pytest.raises(Rejected, match="line 5, column"):
        read_front_matter("\n\n---\nowner: a\n b: : c\n---\n")


def test_values_stand_as_written():
    facts, start = read_front_matter("---\nowner: no\nversion: 0x10\nreview_by: 2027-03-31\nnote:\n---\nBody")
    assert facts == {"owner": "no", "version": "0x10", "review_by": "2027-03-31", "note": None}
    assert start == len("---\nowner: no\nversion: 0x10\nreview_by: 2027-03-31\nnote:\n---\n")


def test_a_rule_further_down_is_no_front_matter():
    assert read_front_matter("# Title\n\n---\naudience: manager\n---\n") == ({}, 0)


def anchors(start, grown):
    """Return lists of lists of one start, ten times as large on each of fifteen lines."""
    inside = [grown.format(", ".join([f"*a{number}"] * 10)) for number in range(15)]
    return "\n".join(f"a{number}: &a{number} {value}" for number, value in enumerate([start, *inside]))


@pytest.mark.parametrize(
    ("block", "complaint"),
    [
        (anchors("x", "[{}]") + "\nreview_by: *a15", r"has a review_by: that is not a date like 2027-03-31\."),
        (anchors("{k: v}", "{{!!merge <<: [{}]}}"), "has front matter that cannot be read"),
    ],
)
def test_anchors_that_would_outgrow_any_memory_stay_as_small_as_they_are_written(block, complaint):
    with pytest.raises(Rejected, match=complaint):
        parse_document("pay.md", f"---\n{block}\n---\n{BODY}".encode())
