"""Markdown becomes the words a reader of the rendered page sees, in time linear in its length."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coach.plain import plain, searchable, without_comments

MARKS = "[]()*_`~|<>!#-+=:\\{}&\"' \n\tab1/.\0"
QUADRATIC_BEFORE = [
    *("[", "![", "[a", "[a][", "[x](", "[a](b){", "[x]((b)", "![a](", "[a]: b '", "<!--", "<http:", "<a ", "<"),
    *("*", "**a ", "a**", "~~a ", "__a ", "_a", "`", "a`", "`a ``b ```c ", "\\", "|", "|-", "| - |", "\n|", "> "),
    *("\t", " ", "\n ", "!!! ", '!!! a "b', "\n* * ", "\n```", "http://", "{", "- ", "&", "&a"),
]
GENEROUS_CPU_SECONDS = 4


@pytest.mark.parametrize(
    ("markdown", "words"),
    [
        ("See [the form](https://x.test/f).", "See the form."),
        ("See [wiki](http://x.test/a_(b)) now", "See wiki now"),
        ("[link](x){target=_blank} text", "link text"),
        ("text ![the logo](x.png) more", "text the logo more"),
        ("under&nbsp;&lt;5&#8239;kg &amp; R&D at `&lt;`", "under <5 kg & R&D at &lt;"),
        ("No&#8203; cash&#x202E; &unknown; &copy", "No cash &unknown; &copy"),
        ("See ![][image1] or ![the logo][image2].", "See or the logo."),
        ("[![alt](img.png)](http://x.test)", "alt"),
        ("[text][ref] and [other][]", "text and other"),
        ('[ref]: https://x.test "Title"\nshown', "shown"),
        ("<https://x.test/a> and <mailto:a@x.test>", "https://x.test/a and mailto:a@x.test"),
        ("**bold** and *soft* and __bold__ and _soft_", "bold and soft and bold and soft"),
        ("***both*** **a *b* c** *it **b** x*", "both a b c it b x"),
        ("re**mark**able **Note**s ~~old~~ new", "remarkable Notes old new"),
        ("snake_case_name and my__var__x", "snake_case_name and my__var__x"),
        ("2 * 3 * 4 and **** 1234", "2 * 3 * 4 and **** 1234"),
        ("| Item | Days |\n|:---|---:|\n| Shoes | 30 |", "Item – Days Shoes – 30"),
        ('!!! warning "Be careful"\n    Hot oil', "Be careful Hot oil"),
        ("??? note\nBody", "Body"),
        ("```python\nprint(1)\n```", "print(1)"),
        ("> quoted\n> more", "quoted more"),
        ("- [x] done\n- [ ] open\n* star\n+ plus", "done open star plus"),
        ("## A heading", "A heading"),
        ("Title\n===\nBody\n\n***\n\n- - -\nEnd", "Title Body End"),
        ("<br>one<br/>two <span class='a'>three</span>", "one two three"),
        ("shown <!-- hidden --> shown", "shown shown"),
        (r"\*not soft\* and 1\. and \# and \[x\](y)", "*not soft* and 1. and # and [x](y)"),
        ("x < y and z > 3", "x < y and z > 3"),
    ],
)
def test_marks_go_and_words_stay(markdown, words):
    assert plain(markdown) == words


@pytest.mark.parametrize(
    ("markdown", "words"),
    [
        ("Email <manager name> today", "Email <manager name> today"),
        ("Write to <user@example.com>", "Write to <user@example.com>"),
        ("Run `git clone <url>` now", "Run git clone <url> now"),
        ("`a | b` and `**c**`", "a | b and **c**"),
        ("`` a ` b ``", "a ` b"),
        ("```rm -rf``` is forbidden", "rm -rf is forbidden"),
        ("| a \\| b | c |", "a | b – c"),
        ("[Note]: Call the manager", "[Note]: Call the manager"),
        ("[Important]:\n\nCall the manager.", "[Important]: Call the manager."),
    ],
)
def test_no_word_a_reader_sees_is_lost(markdown, words):
    assert plain(markdown) == words


@pytest.mark.parametrize(
    "half", ["**Do not refund.", "Call the manager.**", "~~Never this", "**over\nlines", "__Stop. Now"]
)
def test_half_of_a_pair_leaves_no_mark(half):
    assert not set(plain(half)) & set("*~_")


def test_search_sees_no_addresses_but_a_reader_does():
    text = "Book at https://x.test/a?b=1 or www.y.test today"
    assert plain(text) == text
    assert searchable(text) == "Book at or today"


def test_comments_are_covered_at_the_same_length():
    text = "a <!-- b\n\nc --> d <!-- e"
    covered = without_comments(text, "x")
    assert covered == "a " + "x" * len("<!-- b\n\nc -->") + " d <!-- e"


@settings(max_examples=120, deadline=None)
@given(st.text(st.sampled_from(MARKS), max_size=120) | st.text(max_size=80))
def test_any_text_becomes_one_line_without_surrounding_space(text):
    words = plain(text)
    assert words == " ".join(words.split())
    assert len(words) <= 3 * len(text) + 3


@settings(max_examples=100, deadline=None)
@given(st.lists(st.from_regex(r"[a-z]{1,8}", fullmatch=True), max_size=30))
def test_plain_words_stay_as_they_are(words):
    assert plain(" ".join(words)) == " ".join(words)


@pytest.mark.parametrize("mark", QUADRATIC_BEFORE)
def test_two_hundred_thousand_marks_take_linear_time(mark):
    begun = time.process_time()
    plain((mark * 200_000)[:200_000])
    assert time.process_time() - begun < GENEROUS_CPU_SECONDS


def test_a_table_rule_with_many_empty_cells_takes_linear_time():
    begun = time.process_time()
    assert plain("-" + "|  " * 5_000 + "x").endswith("x")
    assert time.process_time() - begun < GENEROUS_CPU_SECONDS


@given(st.text(alphabet="ab1.?!-+:,;'\"()&/|=~*_#> \n\t\r", max_size=30))
def test_a_tag_on_a_line_before_changes_no_words(text):
    assert plain(f"<br>\n{text}") == plain(text)
