import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.outgoing import hidden

NAMES = ("Ana Petrova", "Bo Lee", "Jean-Luc O'Neil", "Will Baker", "Zoë Krüger")


def test_people_addresses_and_numbers_are_replaced_the_same_everywhere():
    masked = hidden(
        ["may ana refund it? mail ana@example.test", "Ana Petrova: 0800 123 4567\nANA PETROVA, Ana"], ["Ana Petrova"]
    )
    assert masked.texts == (
        "may [NAME_1] refund it? mail [EMAIL_1]",
        "[NAME_2]: [PHONE_1]\n[NAME_2], [NAME_1]",
    )
    assert masked.shown("Ask [NAME_2] on [PHONE_1].") == "Ask Ana Petrova on 0800 123 4567."


def test_words_that_are_names_of_somebody_stay_where_they_are_words():
    text = "Will you will the baker? In June, ask Will Baker."
    assert hidden([text], ["Will Baker", "June Till"]).texts == ("Will you will the baker? In June, ask [NAME_1].",)
    assert hidden(["Close the till."], ["June Till"]).texts == ("Close the till.",)


def test_amounts_dates_and_times_stay():
    text = "Over €1,000 from 2026-11-23 at 21:30, 30 days, 112."
    assert hidden([text], NAMES).texts == (text,)


def test_what_only_looks_like_a_stand_in_is_not_put_back_as_one():
    masked = hidden(["Ask [NAME_1] or Ana Petrova"], ["Ana Petrova"])
    assert masked.texts == ("Ask [ NAME_1] or [NAME_1]",)


def test_nothing_is_sent_that_was_not_looked_at():
    assert len(hidden(["word " * 2_000 + "ana@example.test"], ()).texts[0]) == 4_000


def plainly(text):
    """Return a text in small letters without accents, as people type names."""
    letters = unicodedata.normalize("NFKD", text.casefold().replace("’", "'"))
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


@pytest.mark.parametrize("form", ["Zoe Kruger", "Zoë Krüger", "zoe kruger", "Kruger", "ZOE"])
def test_accents_left_out_or_written_apart_hide_nobody(form):
    assert hidden([f"Ask {form}."], NAMES).texts == ("Ask [NAME_1].",)
    assert hidden([f"Ask {unicodedata.normalize('NFD', form)}."], NAMES).texts == ("Ask [NAME_1].",)


def test_an_apostrophe_of_another_form_hides_nobody():
    assert hidden(["Ask O’Neil."], NAMES).texts == ("Ask [NAME_1].",)


@pytest.mark.parametrize("number", ["48213377", "0800123456", "X1234567"])
def test_long_numbers_never_leave(number):
    masked = hidden([f"Use number {number} or badge {number}, within 30 days for 1500000 euros."], ())
    assert number not in masked.texts[0]
    assert "30 days" in masked.texts[0]
    assert masked.shown(masked.texts[0]).count(number) == 2


def test_unknown_stand_ins_stay_as_they_are():
    assert hidden(["Ana Petrova"], ["Ana Petrova"]).shown("[NAME_7] [EMAIL_1]") == "[NAME_7] [EMAIL_1]"


WORDS = st.sampled_from(["refund", "the", "till", "Ask", "over", "30", "days", "is", "with", "manager"])
NAME = st.sampled_from(["Ana", "Petrova", "Mirela", "Jokić", "Oyelaran", "Tadeusz", "Brzęczek", "Svetlana", "O'Neil"])


@given(
    st.lists(st.tuples(NAME, NAME), min_size=1, max_size=4),
    st.lists(st.lists(WORDS, max_size=8), min_size=1, max_size=4),
    st.data(),
)
def test_nothing_of_the_roster_leaves(people, texts, data):
    names = [" ".join(person) for person in people]
    said = []
    for words in texts:
        name = data.draw(st.sampled_from(names))
        form = data.draw(
            st.sampled_from(
                [
                    name,
                    name.upper(),
                    name.split()[0],
                    name.split()[0].lower(),
                    name.split()[1],
                    f"{name}'s",
                    plainly(name),
                    unicodedata.normalize("NFD", name),
                    name.replace("'", "’"),
                ]
            )
        )
        place = data.draw(st.integers(0, len(words)))
        said.append(" ".join([*words[:place], form, *words[place:]]))
    masked = hidden(said, names)
    left = {word for text in masked.texts for word in re.findall(r"[\w']+", plainly(text))}
    for first, family in people:
        assert plainly(first) not in left
        assert plainly(family) not in left
    assert [plainly(masked.shown(text)) for text in masked.texts] == [plainly(text) for text in said]


@pytest.mark.parametrize("address", ["ana@example.test", "j.doe+till@mail.example.co.uk"])
def test_addresses_never_leave(address):
    assert address not in hidden([f"write to {address}, please"], ()).texts[0]


def test_what_grows_beyond_what_is_looked_at_is_cut():
    masked = hidden(["[A_1]" * 790 + " mail sam@example.test"], ())
    assert "sam@example.test" not in masked.texts[0]
