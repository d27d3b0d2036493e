"""Sections and passages hold every word of a document exactly once, at exact offsets."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coach.parse import markdown, text
from coach.reading import Heading, Reading
from coach.sections import PASSAGE_WORDS, Section, blocks, cut_passages, cut_sections, sentences

pieces = st.sampled_from(
    [
        "word",
        "Word",
        "Stop.",
        "(see",
        "below.)",
        "**Never.**",
        "“Go.”",
        "\n",
        "\n\n",
        "- item",
        "\n- x",
        "\n1. one",
        "\n| a | b |",
        "<!--",
        "-->",
        "\n# Head\n",
        "\n## Sub\n",
        "\n```\n",
        "a " * 230,
        "B c. " * 90,
        "\u2028",
        "\x0b",
    ]
)
documents = st.lists(pieces, max_size=40).map(" ".join)


def whole(body):
    return Section(1, (), 0, len(body))


def texts(spans, body):
    return [body[span.start : span.end] for span in spans]


@settings(max_examples=60, deadline=None)
@given(documents, st.sampled_from([markdown.read, text.read]))
def test_sections_are_ordered_and_disjoint_and_start_after_their_heading(body, read):
    reading = read(body)
    sections = cut_sections(reading)
    assert [section.number for section in sections] == list(range(1, len(sections) + 1))
    bounds = [(section.start, section.end) for section in sections]
    assert all(0 <= start <= end <= len(body) for start, end in bounds)
    assert all(end <= next_start for (_, end), (next_start, _) in itertools.pairwise(bounds))
    covered = [(heading.start, heading.body_start) for heading in reading.headings] + bounds
    assert "".join(body[start:end] for start, end in sorted(covered)).strip() == body.strip()


@settings(max_examples=60, deadline=None)
@given(documents)
def test_passages_hold_every_word_of_a_section_once(body):
    spans = cut_passages(body, whole(body))
    assert all(0 <= span.start < span.end <= len(body) for span in spans)
    assert all(one.end <= other.start for one, other in itertools.pairwise(spans))
    assert [word for words in texts(spans, body) for word in words.split()] == body.split()


@settings(max_examples=100, deadline=None)
@given(documents.filter(lambda body: "<!--" not in body))
def test_passages_are_at_most_three_hundred_words(body):
    assert all(len(words.split()) <= 1.5 * PASSAGE_WORDS for words in texts(cut_passages(body, whole(body)), body))


@settings(max_examples=60, deadline=None)
@given(documents)
def test_sentences_hold_every_word_once_and_no_surrounding_space(body):
    found = texts(sentences(body, 0, len(body)), body)
    assert all(sentence == sentence.strip() != "" for sentence in found)
    assert [word for sentence in found for word in sentence.split()] == body.split()


def test_a_long_text_without_sentences_is_cut_between_words():
    body = "item " * 1_000
    sizes = [len(passage.split()) for passage in texts(cut_passages(body, whole(body)), body)]
    assert sum(sizes) == 1_000
    assert max(sizes) <= 1.5 * PASSAGE_WORDS


def test_a_section_without_words_has_no_passage():
    assert cut_passages(" \n\n ", whole(" \n\n ")) == ()


def test_offsets_stay_exact_inside_a_larger_document():
    body = "# A\nfirst. Second.\n# B\n- one\n- two\n"
    section = cut_sections(markdown.read(body))[1]
    assert section.heading_path == ("B",)
    assert texts(blocks(body, section.start, section.end), body) == ["- one", "- two"]
    assert texts(cut_passages(body, section), body) == ["- one\n- two"]


def test_heading_paths_follow_levels_even_when_one_is_skipped():
    headings = [(1, "A"), (3, "C"), (2, "B"), (3, "D"), (1, "E")]
    reading = Reading(
        "x" * 50, tuple(Heading(level, name, 10 * i, 10 * i + 1) for i, (level, name) in enumerate(headings))
    )
    paths = [section.heading_path for section in cut_sections(reading)]
    assert paths == [("A",), ("A", "C"), ("A", "B"), ("A", "B", "D"), ("E",)]


def test_words_before_the_first_heading_are_a_section_without_a_path():
    first, second = cut_sections(markdown.read("Intro.\n\n# A\nbody"))
    assert (first.heading_path, second.heading_path) == ((), ("A",))


def test_a_sentence_keeps_its_closing_marks():
    body = 'He said "Stop." Then (go home.) Next **Never. Ever.** Done'
    assert texts(sentences(body, 0, len(body)), body) == [
        'He said "Stop."', "Then (go home.)", "Next **Never.", "Ever.**", "Done",
    ]  # fmt: skip


def test_abbreviations_and_amounts_do_not_end_a_sentence():
    body = "Up to 4.50 e.g. for tea. Ask first."
    assert texts(sentences(body, 0, len(body)), body) == ["Up to 4.50 e.g. for tea.", "Ask first."]


def test_list_items_and_table_rows_stand_alone():
    body = "Steps:\n1. Lock\n2. Alarm\n   on the left\n\n| a | b |\n| c | d |"
    assert texts(blocks(body, 0, len(body)), body) == [
        "Steps:", "1. Lock", "2. Alarm\n   on the left", "| a | b |", "| c | d |",
    ]  # fmt: skip


def test_no_part_of_a_comment_is_a_sentence_of_its_own():
    body = "Shown. <!-- hidden.\n\nHidden too. " + "Hidden word " * 400 + "\n- more --> End."
    shown = texts(sentences(body, 0, len(body)), body)
    assert all(("<!--" in sentence) == ("-->" in sentence) for sentence in shown)
    passages = texts(cut_passages(body, whole(body)), body)
    assert all(("<!--" in passage) == ("-->" in passage) for passage in passages)


def items(mark, words=10, count=12):
    return "\n".join(f"{mark}{place} " + "word " * words for place in range(1, count + 1)).strip()


WHOLES = {
    "numbered": "\n".join(f"{place}. Do " + "step " * 10 for place in range(1, 13)),
    "bullets": items("- item"),
    "loose": "\n\n".join(f"{place}) Do " + "step " * 10 for place in range(1, 13)),
    "nested": "\n".join(
        f"{place}. Do " + "step " * 10 + "\n   - under it\n\n   And a note on it." for place in range(1, 9)
    ),
    "table": "| what | limit |\n|---|---|\n" + "\n".join(f"| refund {place} | {'up to ' * 6}|" for place in range(12)),
}


@pytest.mark.parametrize("whole", WHOLES.values(), ids=WHOLES)
@pytest.mark.parametrize("before", [60, 150, 190, 260])
def test_a_list_or_table_that_fits_is_never_cut(whole, before):
    body = "Before it one two three. " * (before // 5) + f"\n\n{whole.strip()}\n\n" + "After it one two three. " * 30
    assert len(whole.split()) <= 300
    passages = texts(cut_passages(body, Section(1, (), 0, len(body))), body)
    assert any(whole.strip() in passage for passage in passages)
    assert max(len(passage.split()) for passage in passages) <= 300


@pytest.mark.parametrize("lead", ["Do this:", "**Do this:**"])
def test_what_leads_into_a_list_stays_with_it(lead):
    body = f"{'Before it one two three. ' * 38}\n\n{lead}\n\n{WHOLES['numbered'].strip()}\n"
    passages = texts(cut_passages(body, whole(body)), body)
    assert len(passages) == 2
    assert passages[1].startswith(lead)


def test_a_table_that_does_not_fit_is_cut_between_its_rows():
    rows = [f"| case {place} | {'word ' * 18}. Then {'word ' * 18}|" for place in range(40)]
    body = "\n".join(["| what | how |", "|---|---|", *rows])
    passages = texts(cut_passages(body, whole(body)), body)
    assert len(passages) > 3
    assert [line for passage in passages for line in passage.split("\n")] == body.split("\n")


def test_a_row_longer_than_a_passage_is_cut_like_a_paragraph():
    body = f"| one | {'Word goes on here. ' * 120}|\n| two | short |"
    sizes = [len(passage.split()) for passage in texts(cut_passages(body, whole(body)), body)]
    assert max(sizes) <= 300
    assert len(sizes) >= 2


def test_two_lists_of_different_kinds_are_not_one():
    body = items("- item", count=20) + "\n" + "\n".join(f"{place}. Do " + "step " * 12 for place in range(1, 15))
    bullets = items("- item", count=20)
    assert any(bullets in passage for passage in texts(cut_passages(body, whole(body)), body))


@pytest.mark.parametrize("count", [1, 40, 41, 79, 80, 81, 141, 400])
def test_passages_are_even(count):
    text = "One two three four five. " * count
    section = Section(1, (), 0, len(text))
    sizes = [len(text[span.start : span.end].split()) for span in cut_passages(text, section)]
    assert sum(sizes) == 5 * count
    assert len(sizes) == -(-5 * count // 200)
    assert max(sizes) - min(sizes) <= 10
