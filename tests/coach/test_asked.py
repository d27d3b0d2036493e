"""What a question becomes for the search: the company's terms, its parts, and whom it is for."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coach.asked import About, parts_of, spelt_out

TERMS = {"TOIL": "time off in lieu", "DM": "duty manager"}


@pytest.mark.parametrize(
    ("typed", "searched"),
    [
        ("how much TOIL do i get", "how much toil do i get (time off in lieu)"),
        ("can i get time off in lieu?", "can i get time off in lieu? (toil)"),
        ("ask the dm about toil", "ask the dm about toil (time off in lieu) (duty manager)"),
        ("TOIL, that is time off in lieu", "toil, that is time off in lieu"),
        ("turmoil today", "turmoil today"),
        ("pls help", "please help"),
    ],
)
def test_terms_of_the_company_are_searched_in_both_forms(typed, searched):
    assert spelt_out(typed, TERMS) == searched


def test_without_a_glossary_a_chat_spelling_is_one():
    assert spelt_out("ask the dm", {}) == "ask the direct message"


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=60), st.dictionaries(st.text(max_size=10), st.text(max_size=20), max_size=3))
def test_any_text_and_glossary_will_do(text, terms):
    assert isinstance(spelt_out(text, terms), str)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("how do i refund cash and who approves overtime?", ("how do i refund cash", "who approves overtime?")),
        (
            "where is the spare key? and when does the alarm start",
            ("where is the spare key", "when does the alarm start"),
        ),
        ("can i swap shifts? what about. how long is lunch break", ()),
        ("what is the refund limit; do gift cards expire", ("what is the refund limit", "do gift cards expire")),
        ("how do i refund cash and who approves it?", ()),
        ("can we sell bread and is cake included", ("can we sell bread", "is cake included")),
        ("who signs refunds & how long is lunch break", ("who signs refunds", "how long is lunch break")),
        ("is there staff parking and when do wages arrive", ("is there staff parking", "when do wages arrive")),
        ("health and safety rules", ()),
        ("how do i close and who checks", ()),
        ("who signs refunds and who signs orders and who signs invoices and who signs leave", ()),
        ("", ()),
    ],
)
def test_a_message_is_split_where_each_part_asks_something_by_itself(text, parts):
    assert parts_of(text) == parts


def test_the_own_site_and_role_are_preferred_and_another_site_is_not():
    about = About(frozenset({"cashier"}), "Leeds")
    assert about.preference(None, None) == 0
    assert about.preference(None, "leeds") > about.preference(frozenset({"cashier"}), None) > 0
    assert about.preference(None, "York") < 0
    assert about.preference(frozenset({"owner"}), None) == 0


def test_where_nobody_said_where_they_work_no_site_is_preferred():
    assert About().preference(frozenset({"cashier"}), "Leeds") == 0


@given(st.frozensets(st.sampled_from("ab")), st.sampled_from(["x", "y", None]), st.sampled_from(["x", "y", None]))
def test_what_is_preferred_stays_within_bounds(roles, site, own):
    assert -0.02 <= About(frozenset("a"), own).preference(roles, site) <= 0.025
