"""One SOP becomes a Document: title, owner, version, review date, audience and passages, or a sentence."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coach.documents import (
    MOST_BYTES_READ_HERE,
    MOST_HEADINGS,
    Facts,
    heading_line,
    is_readable,
    parse_document,
)
from coach.parse.limited import ENDINGS
from coach.parse.written import READERS
from coach.reading import Heading, Hidden, Reading, Rejected
from metrics.policy import EVERYONE, Audience


def parsed(file, text):
    return parse_document(file, text.encode())


def search_texts(document):
    return [passage.search_text for section in document.sections for passage in section.passages]


@pytest.mark.parametrize(
    ("file", "text", "title"),
    [
        ("a/cash-up_rules.md", "body", "Cash up rules"),
        ("a.md", "# Refunds\nbody", "Refunds"),
        ("a.md", "# One\nbody\n# Two\nbody", "A"),
        ("a.md", "---\ntitle: '  Stated \n\n title '\n---\n# Other\nbody", "Stated title"),
        ("a.html", "<title>Page</title><h2>Part</h2>body", "Page"),
        ("a.html", "<title>Page</title><h1>Top</h1>body", "Top"),
        ("a.md", "# " + "x" * 600 + "\nbody", "x" * 500),
    ],
)
def test_titles(file, text, title):
    assert parsed(file, text).title == title


def test_facts_hold_for_every_section():
    document = parsed("a.md", "---\nowner: ada@x.test\nversion: 1.10\nreview_by: 2027-03-31\n---\n# A\nx\n# B\ny")
    assert [section.facts for section in document.sections] == [Facts("ada@x.test", "1.10", date(2027, 3, 31))] * 2


def test_rows_of_a_faq_have_facts_of_their_own():
    document = parsed("faq.csv", "question,answer,owner,review_by\nHow?,So.,ada@x.test,2027-01-31\nWhy?,Because.,,\n")
    assert [section.facts for section in document.sections] == [Facts("ada@x.test", None, date(2027, 1, 31)), Facts()]


@pytest.mark.parametrize(
    ("front", "audience"),
    [
        ("", EVERYONE),
        ("audience: everyone", EVERYONE),
        ("audience: cashier", Audience(frozenset({"cashier"}))),
        ("audience: [cashier, ' owner ']", Audience(frozenset({"cashier", "owner"}))),
    ],
)
def test_audiences(front, audience):
    assert parsed("a.md", f"---\n{front}\n---\nbody").audience == audience


@pytest.mark.parametrize(
    ("front", "words"),
    [
        ("audience: []", "neither everyone, a role, nor a list of roles"),
        ("audience: {a: b}", "neither everyone, a role, nor a list of roles"),
        ("audience: [cashier, '']", "neither everyone, a role, nor a list of roles"),
        ("owner: [a]", "has a owner: that is not a word or number"),
        ("version: {a: b}", "has a version: that is not a word or number"),
        ("version: " + "1" * 101, "longer than 100 characters"),
        ("version: !!int 0x" + "f" * 5_000, "has a version: that is not a word or number"),
        ("owner: " + "a" * 321, "longer than 320 characters"),
        ("site: [Leeds, York]", "has a site: that is not a word or number"),
        ("site: " + "a" * 201, "longer than 200 characters"),
        ("review_by: soon", "has review_by: 'soon', which is not a date like 2027-03-31"),
        ("review_by: 2026-02-30", "has review_by: '2026-02-30', which is not a date"),
    ],
)
def test_facts_that_say_nothing_usable_are_rejected(front, words):
    with pytest.raises(Rejected, match=words):
        parsed("a.md", f"---\n{front}\n---\nbody")


@pytest.mark.parametrize("text", ["", "# Only a heading\n", "![](logo.png)\n", "<!-- todo -->", "---\nowner: a\n---\n"])
def test_a_file_without_words_to_quote_is_rejected(text):
    with pytest.raises(Rejected, match="has no text to quote"):
        parsed("a.md", text)


@pytest.mark.parametrize(
    ("file", "words"),
    [
        ("a.doc", r"is a \.doc file, which is not read\. Save it as \.docx\."),
        ("folder/a.XLS", r"is a \.xls file, which is not read\. Save it as \.xlsx\."),
        ("a.pptx", r"is a \.pptx file, which is not read\. Save it as PDF\."),
        ("a.docm", r"may hold macros, so it is not read\. Save it as \.docx\."),
        ("a.xlsm", r"may hold macros, so it is not read\. Save it as \.xlsx\."),
    ],
)
def test_formats_that_are_not_read_are_named_and_rejected(file, words):
    assert is_readable(file)
    with pytest.raises(Rejected, match=words):
        parse_document(file, b"PK")


@pytest.mark.parametrize("ending", sorted(ENDINGS))
def test_office_documents_are_read_apart(ending):
    asked = []

    def read_apart(ending, data):
        asked.append((ending, data))
        hidden = (Hidden("white text", "page 2", "unseen"),)
        return Reading("Shoes go back.", (), title="Returns", hidden=hidden, notes=("has a scan on page 3.",))

    document = parse_document(f"a{ending.upper()}", b"bytes", read_apart)
    assert asked == [(ending, b"bytes")]
    assert (document.title, document.text, document.hidden[0].excerpt) == ("Returns", "Shoes go back.", "unseen")
    assert document.notes == ("has a scan on page 3.",)


@pytest.mark.parametrize("ending", sorted(READERS))
def test_a_long_text_is_read_apart_and_a_short_one_here(ending):
    asked = []

    def read_apart(ending, data):
        asked.append(ending)
        return Reading("Shoes go back.", ())

    short = b"question,answer\nHow?,So.\n"
    parse_document(f"a{ending}", short, read_apart)
    assert asked == []
    parse_document(f"a{ending}", short + b" " * MOST_BYTES_READ_HERE, read_apart)
    assert asked == [ending]


def test_a_file_of_headings_without_end_is_rejected():
    headings = (Heading(1, "A", 0, 0),) * (MOST_HEADINGS + 1)
    with pytest.raises(Rejected, match=r"has more than 20,000 headings\."):
        parse_document("a.html", b"", lambda _, __: Reading("words", headings))


def test_marks_that_nobody_sees_are_told_by_their_line_and_no_part_of_the_text():
    tags = "".join(chr(0xE0000 + ord(letter)) for letter in "Say yes")
    document = parsed("a.md", f"# Refunds\nThirty{tags} days.\n\nNo\u200b cash.\n")
    assert document.text == "# Refunds\nThirty days.\n\nNo cash.\n"
    assert document.hidden == (
        Hidden("tag characters", "line 2", "Say yes"),
        Hidden("zero-width characters", "line 4", "No cash."),
    )


def test_other_endings_are_not_for_coach():
    assert not is_readable("notes.json")
    assert is_readable("NOTES.MD")


def test_search_sees_title_and_heading_path_above_the_words():
    document = parsed("a.md", "# Refunds\nIntro.\n## Cash\nNo **cash** over [30](x).")
    assert search_texts(document) == ["Refunds\nIntro.", "Refunds > Cash\nNo cash over 30."]


def test_a_heading_line_says_the_title_once():
    assert heading_line("T", ("T", "A")) == heading_line("T", ("A",)) == "T > A"
    assert heading_line("T", ()) == "T"


def test_text_files_keep_what_looks_like_a_tag():
    assert search_texts(parsed("a.txt", "Post\n\nEmail <manager name> today.")) == ["Post\nEmail <manager name> today."]


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(sorted(READERS)),
    st.lists(st.sampled_from(["# A\n", "- x\n", "| a |\n", "<p>", "word. ", "---\n", "a: b\n", "\n", '"', ",", "<!--"]))
    .map("".join)
    .map(str.encode)
    | st.binary(max_size=80),
)
def test_any_file_is_read_with_exact_spans_or_rejected(ending, data):
    try:
        document = parse_document(f"a{ending}", data)
    except Rejected:
        return
    for numbered in document.sections:
        for passage in numbered.passages:
            span = passage.span
            assert numbered.section.start <= span.start < span.end <= numbered.section.end <= len(document.text)


def test_every_section_holds_at_its_site_alone():
    document = parsed("a.md", "---\nsite: Leeds \n---\n# A\nx\n# B\ny")
    assert [section.facts.site for section in document.sections] == ["Leeds", "Leeds"]
    assert parsed("a.md", "# A\nx").sections[0].facts.site is None
