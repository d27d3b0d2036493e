"""An HTML page is read as its reader sees it: nothing hidden, no words run together, at any depth."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coach.parse.html import read

GENEROUS_CPU_SECONDS = 5


def words(page):
    return " ".join(read(page).text.split())


@pytest.mark.parametrize(
    "hidden",
    [
        "<script>secret</script>",
        "<style>.secret{}</style>",
        "<template>secret</template>",
        "<noscript>secret</noscript>",
        "<iframe>secret</iframe>",
        "<nav>secret</nav>",
        "<p hidden>secret</p>",
        "<div hidden><p hidden>secret<script>secret</script></p></div>",
        "<span aria-hidden='true'>secret</span>",
        "<p style='display:none'>secret</p>",
        "<p style='color:red;VISIBILITY : hidden'>secret</p>",
        "<p style='font-size:0px'>secret</p>",
        "<p style='font-size: 0'>secret</p>",
        "<p style='opacity:0.0'>secret</p>",
        "<div style='display:none'><b style='display:none'>secret</b></div>",
        "<!-- secret -->",
        "<svg><text>secret</text></svg>",
    ],
)
def test_hidden_words_are_left_out(hidden):
    assert words(f"<p>before</p>{hidden}<p>after</p>") == "before after"


@pytest.mark.parametrize("style", ["font-size:.9em", "font-size: 0.9em", "opacity:0.5", "opacity: 1", "display:block"])
def test_small_or_faint_words_are_read(style):
    assert words(f"<p style='{style}'>seen</p>") == "seen"


@pytest.mark.parametrize(
    ("page", "text"),
    [
        ("<ol><li>One<li>Two</ol>", "1. One\n2. Two\n"),
        ("<ol><li><p>One</p></li><li><p>Two</p></li></ol>", "1. One\n2. Two\n"),
        ("<ol start=5><li>a<li>b<li value=9>c</ol>", "5. a\n6. b\n9. c\n"),
        ("<ol><li>a<ul><li>in</ul><li>b</ol>", "1. a\n   - in\n2. b\n"),
        ("<ul><li>a</li><li>b</li></ul>", "- a\n- b\n"),
        ("<ol start=x><li>a</ol>", "1. a\n"),
    ],
)
def test_lists_keep_their_bullets_and_numbers(page, text):
    assert read(page).text.rstrip("\n") == text.rstrip("\n")


def test_table_rows_are_lines():
    page = "<table><thead><tr><th>Item</th><th>Days</th></tr></thead><tr><td>Shoes</td><td>30</td></tr></table>"
    assert read(page).text == "| Item | Days |\n| --- | --- |\n| Shoes | 30 |\n\n"


def test_words_of_one_cell_or_heading_do_not_run_together():
    assert words("<table><tr><td><p>One</p><p>Two</p></td><td>x<br>y</td></tr></table>") == "| One Two | x y |"
    assert words("<table><tr><td>a<table><tr><td>b</td></tr></table></td><td>c</td></tr></table>") == "| a b | c |"
    assert [heading.title for heading in read("<h2>A<br>B <i>C</i>D</h2>").headings] == ["A B CD"]


def test_words_within_a_line_are_not_torn_apart():
    assert words("<p>un<b>bold</b>ed H<sub>2</sub>O</p>") == "unbolded H2O"


def test_blocks_do_not_run_together():
    assert (
        words("<details><summary>S</summary>Body</details><x-note>one</x-note><dl><dt>t<dd>d</dl>tail")
        == "S Body one t d tail"
    )


def test_headings_carry_level_and_exact_offsets():
    reading = read("<title> My\n page </title><h1>Top</h1><p>x</p><h3>Sub</h3>y")
    assert reading.title == "My page"
    assert [(h.level, h.title) for h in reading.headings] == [(1, "Top"), (3, "Sub")]
    for heading in reading.headings:
        assert reading.text[heading.start : heading.body_start] == f"{heading.title}\n\n"


def test_entities_are_characters():
    assert words("<p>R&amp;D &lt;10 &euro;5</p>") == "R&D <10 €5"


@pytest.mark.parametrize("tag", ["div", "b", "ul><li", "blockquote", "table><tr><td"])
def test_five_thousand_levels_are_read(tag):
    assert "deep" in words(f"<{tag}>" * 5_000 + "deep")


def test_twenty_thousand_list_items_take_linear_time():
    begun = time.process_time()
    assert read("<ol>" + "<li>x" * 20_000 + "</ol>").text.rstrip().endswith("20000. x")
    assert time.process_time() - begun < GENEROUS_CPU_SECONDS


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            ["<p>", "</p>", "<li>", "<ol>", "</ol>", "<td>", "<tr>", "<table>", "</table>", "<h2>", "</h2>"]
        )
        | st.sampled_from(["<b>", "</b>", "<br>", "<!--", "-->", "<", "&", "<div hidden>", "</div>", "word", " "]),
        max_size=30,
    ).map("".join)
)
def test_any_page_is_read_with_exact_headings(page):
    reading = read(page)
    assert all(reading.text[h.start : h.body_start].strip() == h.title for h in reading.headings)
