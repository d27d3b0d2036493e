"""Card numbers and stated passwords are taken out of people's words; questions about them are left alone."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.mask import CARD_NUMBER, MAX_CHARACTERS, PASSWORD, Masked, mask
from coach.reading import INVISIBLE
from tests.growth import MOST_GROWTH, growth
from tests.strategies import many

CARDS = [
    ("4111111111111111", "[card number]"),
    ("4111 1111 1111 1111", "[card number]"),
    ("4111-1111-1111-1111", "[card number]"),
    ("4111 1111 1111 1111 12/27 123", "[card number] 12/27 123"),
    ("4111\u00a01111\u00a01111\u00a01111", "[card number]"),
    ("Refund 5555555555554444, please.", "Refund [card number], please."),
    ("3782 822463 10005", "[card number]"),
    ("3056 930902 5904 is a Diners card", "[card number] is a Diners card"),
    ("6011000990139424 and 3530111333300000", "[card number] and [card number]"),
    ("card 4222222222222", "card [card number]"),
    ("\uff14" + "\uff11" * 15, "[card number]"),
    ("visa4111111111111111x", "visa[card number]x"),
    ("1 " * 39 + "4111 1111 1111 1111", "1 " * 39 + "[card number]"),
    *((sign.join(["4111"] + ["1111"] * 3), "[card number]") for sign in "\u00b7/_,\t\n\u2212\u3000"),
    *((sign.join("4111111111111111"), "[card number]") for sign in "\u200b\u00ad\u2060\ufeff"),
]
NOT_CARDS = [
    "4111111111111112",
    "Order 1732350600123450 was not paid",
    "The bar code 4222222222222 does not scan",
    "Call 555-123-4567 or 555-987-6543",
    "450.00 320.00 411.10 and 1111.00",
    "IMEI 490154203237518",
    "DE89 3704 0044 0532 0130 00",
    "https://team.slack.com/archives/C0/p1732350600000003",
    "On 2026-11-23 08:30 we opened till 4",
    "9" * 40,
    "2015, 2016, 2017, 2018",
    "2015/2016/2017/2018",
    "2015\n2016\n2017\n2018",
]
STATED = [
    ("my password is hunter2", "my password is [password]"),
    ("Password: hunter2", "Password: [password]"),
    ("*Password:* `hunter2`", "*Password:* [password]"),
    ("Password = qwerty", "Password = [password]"),
    ("pwd: Tr0ub4dor&3, it fails", "pwd: [password], it fails"),
    ("pw hunter22", "pw [password]"),
    ("The new password will be Winter99", "The new password will be [password]"),
    ("my password is sunshine, can I keep it?", "my password is [password], can I keep it?"),
    ("the password for the staff wifi is sunshine", "the password for the staff wifi is [password]"),
    ('the passphrase is "correct horse battery staple"', "the passphrase is [password]"),
    ("my pin is 1234", "my pin is [password]"),
    ("the PIN for till 3 is 48 21", "the PIN for till 3 is [password]"),
    ("passcode 9931", "passcode [password]"),
    ("CVV 123", "CVV [password]"),
    ("the alarm code is 4471#", "the alarm code is [password]"),
    ("safe combination is 12-34-56", "safe combination is [password]"),
    ("my login code is 123456", "my login code is [password]"),
    ("use hunter2 as the password", "use [password] as the password"),
    ("hunter2 is my password", "[password] is my password"),
    ("I set my password to Summer2026! today", "I set my password to [password] today"),
    ("api_key=abcd1234efgh", "api_key=[password]"),
    ("Authorization: Bearer abcdefghij0123456789", "Authorization: Bearer [password]"),
    ("postgresql://coach:s3cret@db/coach", "postgresql://coach:[password]@db/coach"),
]
KEYS = [
    "xoxb-1234567890-abcdefghijkl",
    "xapp-1-A0123456789-abcdef",
    "AKIA" + "ABCDEFGHIJKLMNOP",
    "AIza" + "b" * 35,
    "sk-proj-abcdefghijklmnopqrstuvwxyz",
    "sk_live_abcdefghijklmnopqrstuvwxyz",
    "ghp_abcdefghijklmnopqrstuvwxyz0123456789",
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.abcdefghij-_",
    "-----BEGIN RSA PRIVATE KEY-----\nMIIE\nowIB\n-----END RSA PRIVATE KEY-----",
    "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXk and no end",
]
ABOUT_PASSWORDS = [
    "How do I reset my password?",
    "What is the alarm code policy?",
    "my password is wrong",
    "Password is not working, what now?",
    "password: how do I reset it?",
    "the password is 12 characters",
    "password is 8-12 characters long",
    "passwords must be 8-12 characters",
    "my password is expired",
    "The password is case-sensitive.",
    "the PIN is 4-digit",
    "PIN: 4 digits or 6?",
    "what if the pin is entered wrong 3 times",
    "The pin is in the safe",
    "Is the wifi password public or staff only?",
    "SOP-12 is the password policy",
    "do passwords expire after 90 days",
    "password reset takes 15 minutes",
    "Who knows the door code?",
    "Card PIN pad 3 is broken, error code 4012",
    "does the token expire in 90 days",
    "the secret is to fold it gently",
    "my password ends in 4",
]


@pytest.mark.parametrize(("said", "kept"), CARDS)
def test_a_card_number_is_taken_out(said, kept):
    assert mask(said) == Masked(kept, (CARD_NUMBER,))


@pytest.mark.parametrize("said", NOT_CARDS)
def test_other_numbers_stay(said):
    assert mask(said) == Masked(said)


@pytest.mark.parametrize(("said", "kept"), STATED)
def test_a_stated_password_is_taken_out(said, kept):
    assert mask(said) == Masked(kept, (PASSWORD,))


@pytest.mark.parametrize("key", KEYS)
def test_a_key_is_known_by_its_form(key):
    assert mask(f"we use {key}") == Masked("we use [password]", (PASSWORD,))


@pytest.mark.parametrize("said", ABOUT_PASSWORDS)
def test_a_question_about_passwords_is_left_alone(said):
    assert mask(said) == Masked(said)


@pytest.mark.parametrize("said", [said for said, _ in CARDS + STATED])
def test_masking_again_changes_nothing(said):
    once = mask(said).text
    assert mask(once) == Masked(once)


def test_both_kinds_are_named_once_each():
    said = "pin 1234, pin 4321, card 4111111111111111 or 5555555555554444"
    assert mask(said) == Masked(
        "pin [password], pin [password], card [card number] or [card number]", (CARD_NUMBER, PASSWORD)
    )


def test_a_password_that_is_a_card_number_is_taken_out_whole():
    assert "4111" not in mask("my password is x4111111111111111").text


def test_what_is_too_long_to_read_is_cut_off():
    assert mask("a" * MAX_CHARACTERS + "my pin is 1234") == Masked("a" * MAX_CHARACTERS, is_cut=True)


def test_invisible_characters_take_no_room():
    assert mask("\u200b" * MAX_CHARACTERS + "pin 1234") == Masked("pin [password]", (PASSWORD,))


HOSTILE = """
    4 4- A a- ' 1_ 4444_ 1111_ 4111_1111_1111_1111_ AB12 GB82_ GB82_WEST_ -eyJ eyJaaaaaaaa. eyJ-eyJaaaaaaaa.-
    password_ password_for_a_ password_is_password_ pin_is_ set_a_ a_is_my_ bearer_ token_ sk- xoxb- AIza
    ://a: -----BEGIN_KEY -----BEGIN_KEY----- -----BEGIN_KEY----------END_A "abc
""".split()


@pytest.mark.parametrize("piece", [" ", "\n", "password is \t", *(piece.replace("_", " ") for piece in HOSTILE)])
@pytest.mark.parametrize("around", ["{}", "password is{}.a"])
def test_a_hostile_text_takes_time_in_proportion(piece, around):
    assert growth(mask, piece, MAX_CHARACTERS - 100, around) < MOST_GROWTH


def cards_in(row: dict) -> list[str]:
    return [span["entity_value"] for span in row["spans"] if span["entity_type"] == "CREDIT_CARD"]


def test_the_cards_of_a_foreign_collection_are_found_and_nothing_else_is(shared):
    """Measured: 92 of 92 found, nothing masked in the other 629 texts."""
    path = shared / "attacks" / "pii_presidio_synth.jsonl"
    texts = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    cards = [(row["text"], card) for row in texts for card in cards_in(row)]
    assert len(cards) == 92
    assert [card for text, card in cards if card in mask(text).text] == []
    assert [mask(row["text"]) for row in texts if not cards_in(row) and mask(row["text"]).kinds] == []
    assert [mask(row["text"]).text for row in texts if PASSWORD in mask(row["text"]).kinds] == []


def test_no_ordinary_question_is_masked(shared):
    paths = sorted((shared / "corpora").glob("*/questions.jsonl"))
    asked = [json.loads(line)["question"] for path in paths for line in path.read_text("utf-8").splitlines()]
    assert len(asked) > 100
    assert [question for question in asked if mask(question).kinds] == []


def luhn_check_digit(digits: str) -> str:
    doubled = [int(digit) * 2 if place % 2 == 0 else int(digit) for place, digit in enumerate(reversed(digits))]
    return str(-sum(value - 9 if value > 9 else value for value in doubled) % 10)


fifteen_digits = st.text("0123456789", min_size=15, max_size=15)
around = st.text(st.characters(exclude_categories=["Nd", "Cs"]), max_size=30).filter(
    lambda text: not text.endswith("/p")
)


@many
@given(before=around, digits=fifteen_digits, after=around)
def test_no_valid_run_of_sixteen_digits_survives(before, digits, after):
    card = digits + luhn_check_digit(digits)
    masked = mask(before + card + after)
    assert card not in masked.text
    assert masked.kinds


@many
@given(
    before=around,
    digits=fifteen_digits,
    first=st.sampled_from(["22", "27", "3", "4", "5", "6"]),
    gap=st.sampled_from([" ", "-", ".", " - ", "\u00b7", "/", "_", ",", ", ", "\t", "\n"]),
)
def test_nor_do_four_groups_of_four(before, digits, first, gap):
    digits = first + digits[len(first) :]
    card = digits + luhn_check_digit(digits)
    written = gap.join(card[place : place + 4] for place in range(0, 16, 4))
    assert written not in mask(f"{before} {written}").text


@many
@given(digits=fifteen_digits, wrong=st.integers(1, 9))
def test_a_wrong_check_digit_is_no_card(digits, wrong):
    number = digits + str((int(luhn_check_digit(digits)) + wrong) % 10)
    assert mask(f"order {number} is late").text == f"order {number} is late"


@many
@given(st.text(max_size=300))
def test_any_text_goes_through_and_one_without_findings_is_unchanged(text):
    masked = mask(text)
    assert masked.kinds or masked.text == INVISIBLE.sub("", text)
