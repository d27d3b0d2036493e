"""Headings and front matter of Markdown, as a reader of the rendered page would see them."""

import pytest

from coach.parse.markdown import read
from coach.reading import Rejected


def headings(text):
    return [(heading.level, heading.title) for heading in read(text).headings]


def test_both_styles_of_heading_are_found_with_exact_offsets():
    text = "Title\n=====\n\nPart\n---\n\nbody\n\n### Deep ###\nx"
    reading = read(text)
    assert headings(text) == [(1, "Title"), (2, "Part"), (3, "Deep")]
    assert [text[h.start : h.body_start] for h in reading.headings] == [
        "Title\n=====\n",
        "Part\n---\n",
        "### Deep ###\n",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "```\n# not a heading\n```\n",
        "~~~sh\n# not a heading\n~~~\n",
        "    # indented code\n",
        "> # in a quote\n",
        "- # in a list\n",
        "<!--\n# in a comment\n-->\n",
        "#no space\n",
        "####### seven\n",
        "#\n",
    ],
)
def test_what_only_looks_like_a_heading_is_none(text):
    assert headings(text) == []


def test_marks_and_attributes_leave_a_heading():
    assert headings("# **Refunds** for [us](x) `v2` {#refunds .big}\n") == [(1, "Refunds for us v2")]


def test_odd_line_separators_do_not_shift_offsets():
    text = "# a\u2028b\n\nx\x0by\n\n## c\x0cd\nz"
    assert [text[h.start : h.body_start] for h in read(text).headings] == ["# a\u2028b\n", "## c\x0cd\n"]


def test_front_matter_is_read_and_left_out_of_the_body():
    reading = read("---\nowner: ada@x.test\naudience: [cashier]\n---\n# T\nbody")
    assert reading.facts == {"owner": "ada@x.test", "audience": ["cashier"]}
    assert reading.text[reading.body_start :] == "# T\nbody"
    assert [heading.start for heading in reading.headings] == [reading.body_start]


@pytest.mark.parametrize("written", ["1.10", "1_000", "0x1F", "007", "2026-03-01", "12:30", ".inf", "1e3"])
def test_versions_stay_as_they_were_written(written):
    assert read(f"---\nversion: {written}\n---\nx").facts == {"version": written}


def test_no_front_matter_and_an_empty_one():
    assert read("text").facts == read("---\n---\ntext").facts == {}
    assert read("---\n\n---\ntext").body_start == len("---\n\n---\n")


@pytest.mark.parametrize(
    ("front", "words"),
    [
        ("a: b: c", r"line 2, column 5: mapping values are not allowed here"),
        ("x: 1\nowner: [a", r"line 4, column 1"),
        ("ok: 1\n\tbad: 2", r"line 3, column 1"),
        ("- a\n- b", r"not a list of `key: value` lines"),
        ("just words", r"not a list of `key: value` lines"),
        ("a: !!python/object:os.system x", r"line 2, column 4"),
        ("a: !!int x", r"cannot be read"),
        ("[" * 1_000, r"brackets inside brackets"),
    ],
)
def test_broken_front_matter_is_rejected_with_its_place(front, words):
    with pytest.raises(Rejected, match=words):
        read(f"---\n{front}\n---\ntext")


def test_front_matter_that_never_closes_is_rejected():
    with pytest.raises(Rejected, match="opens its front matter with --- but never closes it"):
        read("---\nowner: a\n\n# T")


def test_aliases_that_multiply_are_read_without_multiplying():
    layers = "\n".join(f"k{n}: &k{n} [{', '.join([f'*k{n - 1}'] * 9)}]" for n in range(1, 12))
    assert len(read(f"---\nk0: &k0 [x]\n{layers}\n---\ntext").facts) == 12


@pytest.mark.parametrize("before", ["[image1]: <", "![a till](", '<img alt="x" src="'])
def test_a_picture_written_into_the_text_is_no_text(before):
    after = {"<": ">", "(": ")", '"': '">'}[before[-1]]
    reading = read(f"# Till\n\nLook. {before}data:image/png;base64,{'iVBORw0KGgo/+A' * 9_000}=={after} Pay.\n")
    assert reading.text == f"# Till\n\nLook. {before}{after} Pay.\n"
