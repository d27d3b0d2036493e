"""An HTML page is read as its reader sees it: nothing hidden, no words run together, at any depth."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coach.parse.html import read, read_page
from coach.reading import Hidden, Rejected

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
        ("<ol type=a start=2><li>x<ol type=i><li>y<li>z</ol></ol>", "b. x\n   i. y\n\n   ii. z\n"),
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


def test_signs_that_a_wiki_puts_into_pictures_are_said():
    tick = "<img class='emoticon emoticon-tick' data-emoji-fallback='✔' alt='(tick)'>"
    cross = "<img class='emoticon' alt='(error)'><img alt='a chart'>"
    page = f"<table><tr><th>Who<th>May</tr><tr><td>Lead<td>{tick}</tr><tr><td>Temp<td>{cross}</tr></table>"
    assert read(page).text == "| Who | May |\n| --- | --- |\n| Lead | ✔ |\n| Temp | (error) |\n\n"


def test_raised_digits_are_no_part_of_the_number_before_them():
    assert words("<p>30<sup><a>2</a></sup> days, 20 m<sup>2</sup> of H<sub>2</sub>O on the 1<sup>st</sup></p>") == (
        "30² days, 20 m² of H2O on the 1st"
    )


@pytest.mark.parametrize("tag", ["div", "b", "ul><li", "blockquote", "table><tr><td"])
def test_five_thousand_levels_are_read(tag):
    assert "deep" in words(f"<{tag}>" * 5_000 + "deep")


def test_twenty_thousand_list_items_take_linear_time():
    begun = time.process_time()
    assert read("<ol>" + "<li>x" * 20_000 + "</ol>").text.rstrip().endswith("20000. x")
    assert time.process_time() - begun < GENEROUS_CPU_SECONDS


@pytest.mark.parametrize(
    ("page", "kind"),
    [
        ("<style>.x{display:none}</style><p class=x>secret</p>", "invisible text"),
        ("<style>@media screen { p.x { visibility: hidden } }</style><p class=x>secret</p>", "invisible text"),
        ("<p style='mso-hide:all'>secret</p>", "invisible text"),
        ("<p hidden>secret</p>", "invisible text"),
        ("<p style='font-size:1px'>se<b>cret</b></p>", "tiny text"),
        ("<p style='color:#fff'>secret</p>", "white text"),
        ("<p><font color=white>secret</font></p>", "white text"),
        ("<style>.x{color:rgb(255, 255, 255)}</style><p class=x>secret</p>", "white text"),
        ("<div style='background:#000'><p style='background:white;color:white'>secret</p></div>", "white text"),
        ("<!-- secret -->", "a comment"),
        ("<p><s>secret</s></p>", "struck-out text"),
        ("<style>.x{text-decoration: line-through}</style><p class=x>secret</p>", "struck-out text"),
    ],
)
def test_what_hides_words_is_told_with_the_heading_above(page, kind):
    reading = read(f"<h2>Cash</h2>{page}<p>seen</p>")
    assert reading.text == "Cash\n\nseen\n\n"
    assert reading.hidden == (Hidden(kind, "“Cash”", "secret"),)


@pytest.mark.parametrize(
    "page",
    [
        "<style>@media print { .x { display: none } }</style><p class=x>seen</p>",
        "<style>.x{display:none} .x{display:block}</style><p class=x>seen</p>",
        "<style>.x{display:none}</style><p class=x style='display:block'>seen</p>",
        "<style>.x:hover{display:none} @font-face{src:url(x)}</style><p class=x>seen</p>",
        "<div style='background:#036'><p style='color:white'>seen</p></div>",
        "<table><tr><td bgcolor=navy style='color:#fff'>seen</td></tr></table>",
        "<div style='font-size:0'><p style='font-size:12pt'>seen</p></div>",
        "<div style='visibility:hidden'><p style='visibility:visible'>seen</p></div>",
        "<p style='font-size:80%;opacity:90%'>seen</p>",
    ],
)
def test_words_that_are_seen_after_all_are_read(page):
    assert (words(page), read(page).hidden) == ("seen", ())


def test_marks_nobody_sees_are_no_part_of_the_text():
    reading = read("<p>Thirty&#8203; days</p>")
    assert (reading.text, reading.hidden) == (
        "Thirty days\n\n",
        (Hidden("zero-width characters", "its beginning", "Thirty days"),),
    )


def test_cells_that_reach_over_rows_and_columns_keep_the_columns_apart():
    page = (
        "<table><tr><th>Item<th>Days<th>Till</tr><tr><td rowspan=2>Shoes<td>30<td>A</tr><tr><td>14<td>B</tr>"
        "<tr><td colspan=2>Hats<td>C|D</tr><tr></tr></table>"
    )
    assert read(page).text == (
        "| Item | Days | Till |\n| --- | --- | --- |\n| Shoes | 30 | A |\n| Shoes | 14 | B |\n| Hats |  | C\\|D |\n\n"
    )


def test_a_table_that_only_lays_out_text_is_no_table():
    assert read("<table><tr><td><h2>Cash</h2><p>No.</td></tr></table>").text == "Cash\n\nNo.\n\n"
    assert read("<table role=presentation><tr><td>a<td>b</table>").text == "a\n\nb\n\n"


@pytest.mark.parametrize(
    ("page", "text"),
    [
        ("<p>One<br>Two</p>", "One\nTwo\n\n"),
        ("<pre>a  b\nc</pre>", "a b\nc\n\n"),
        ("<dl><dt>May Day<dd>May 1<dt>Yule<dd><p>December 25</p></dl>", "May Day\nMay 1\n\nYule\nDecember 25\n\n"),
        ("<ul><li>a<p>more</p><li>b</ul>c", "- a\n   more\n- b\n\nc\n\n"),
        ("<table><tr><td>x<td><ul><li>a<li>b</ul></table>", "| x | • a • b |\n\n"),
    ],
)  # fmt: skip
def test_lines_belong_to_their_blocks(page, text):
    assert read(page).text == text


def test_a_page_saved_by_word():
    page = (
        "<html xmlns:o='urn:schemas-microsoft-com:office:office'><head><title>Returns</title>"
        "<style><!-- p.MsoNormal {margin:0cm;font-size:11.0pt} @page WordSection1 {size:595pt} --></style></head><body>"
        "<!--[if gte mso 9]><xml></xml><![endif]--><h1>Shoes<o:p></o:p></h1>"
        "<p class=MsoListParagraph style='text-indent:-18.0pt;mso-list:l0 level1 lfo1'><![if !supportLists]>"
        "<span style='mso-list:Ignore'>1.<span style='font:7.0pt \"Times New Roman\"'>&nbsp;&nbsp; </span></span>"
        "<![endif]>Scan it<o:p></o:p></p>"
        "<p class=MsoListParagraph style='mso-list:l0 level2 lfo1'><span style='mso-list:Ignore'>·<span>&nbsp; </span>"
        "</span>the box, too</p><p class=MsoListParagraphCxSpLast>Refund.</p><p class=MsoNormal>Done.</p></body></html>"
    )
    reading = read(page)
    assert reading.text == "Shoes\n\n1. Scan it\n   - the box, too\n\nRefund.\n\nDone.\n\n"
    assert (reading.title, reading.hidden) == ("Returns", ())


def test_a_page_saved_by_google_docs():
    page = (
        "<style>ol.lst-kix_a-0{list-style-type:none} .c1{font-weight:700}</style><title>file.html</title>"
        "<p class='c1 title'>Returns</p><ol class='lst-kix_a-0 start' start=1><li>Scan it</li></ol>"
        "<ul class='lst-kix_a-1 start'><li>the box, too</li></ul><ol class='lst-kix_a-0' start=2>"
        "<li>Refund<sup><a href='#cmnt1' id='cmnt_ref1'>[a]</a></sup></li></ol>"
        "<div><p><a href='#cmnt_ref1' id='cmnt1'>[a]</a><span>Really?</span></p></div>"
    )
    reading = read(page)
    assert reading.title == "Returns"
    assert reading.text == "Returns\n\n1. Scan it\n   - the box, too\n2. Refund\n"
    assert [(hidden.kind, hidden.excerpt) for hidden in reading.hidden] == [("a comment", "[a]Really?")]


def test_a_page_of_a_wiki_is_read_without_what_stands_around_it():
    page = (
        "<div id=main-header><div id=breadcrumb-section><ol id=breadcrumbs><li>Home</ol></div>"
        "<h1 id=title-heading><span id=title-text>Ops : Returns</span></h1></div>"
        "<div class=page-metadata>Created by Ada</div><div class='toc-macro'><ul><li>Cash</ul></div>"
        "<h2>Cash</h2><table class=confluenceTable><tr><th>Item<th>Days<tr><td>Shoes<td>30</table>"
        "<div id=footer>Generated by</div><footer>Imprint</footer>"
    )
    assert read(page).title == "Ops : Returns"
    assert words(page) == "Ops : Returns Cash | Item | Days | | --- | --- | | Shoes | 30 |"


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ("<meta charset=windows-1252><p>Café – 5 €".encode("cp1252"), "Café – 5 €"),
        ("<meta http-equiv=Content-Type content='text/html; charset=utf-8'><p>Café".encode(), "Café"),
        ("<p>Café".encode("utf-16"), "Café"),
        ("\ufeff<p>Café".encode(), "Café"),
        ("<meta charset=utf-16><p>Café".encode(), "Café"),
    ],
)
def test_a_page_is_read_in_the_encoding_it_states(data, text):
    assert read_page(data).text.strip() == text


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ("<p>Café".encode("cp1252"), "is not UTF-8"),
        (b"<meta charset=windows-1252><p>\x81", "says it is written in windows-1252 and is not"),
        (b"<meta charset=utf-7><p>+ADw-", "says it is written in utf-7, which is not read"),
    ],
)
def test_a_page_in_another_encoding_is_rejected(data, said):
    with pytest.raises(Rejected, match=said):
        read_page(data)


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
