"""Owns finding the numbers of payment cards and bank accounts in what people write."""

import re
from collections.abc import Iterator

Place = tuple[int, int]

DIGIT_GROUPS = re.compile(r"(?<!/p)(?<!\d)\d{1,19}(?:[\s.,/_\u00b7\u2010-\u2015\u2212-]{1,3}\d{1,19})*(?!\d)")
CARD_WORD = re.compile(r"\b(?:card|cards|visa|maestro)\b", re.IGNORECASE)
IBAN = re.compile(r"\b[A-Za-z]{2}[0-9]{2}(?:[ -]?[A-Za-z0-9]{4}){2,7}(?:[ -]?[A-Za-z0-9]{1,3})?\b")
# How cards are printed; phone numbers begin with two, three or five digits, and years with 20.
FIRST_GROUPS = (4, 6, 8)
FIRST_DIGITS = re.compile(r"2[2-7]|[3-6]")
MOST_GROUPS = 5
# What card networks issue, by length. Twelve and thirteen digits are more often bar codes: see CARD_WORD.
ISSUED = {
    12: re.compile(r"0604|50|5[6-8]|6304|6390|67"),
    13: re.compile(r"4"),
    14: re.compile(r"3[0689]"),
    15: re.compile(r"3[47]|1800|2131"),
    16: re.compile(r""),
    **dict.fromkeys((17, 18, 19), re.compile(r"[456]")),
}
RARE_LENGTHS = (12, 13)


def card_numbers(text: str) -> Iterator[Place]:
    """Yield where card numbers stand, from and to a character, in order; what is part of an account number is none."""
    says_card = CARD_WORD.search(text) is not None
    accounts = list(account_numbers(text))
    for run in DIGIT_GROUPS.finditer(text):
        groups = [(run.start() + found.start(), found.group()) for found in re.finditer(r"\d+", run.group())]
        place = 0
        while place < len(groups):
            used = next((n for n in range(MOST_GROUPS, 0, -1) if _is_card(groups[place : place + n], n, says_card)), 0)
            if used:
                start, (last_start, last) = groups[place][0], groups[place + used - 1]
                if not any(first <= start < end for first, end in accounts):
                    yield start, last_start + len(last)
            place += used or 1


def account_numbers(text: str) -> Iterator[Place]:
    """Yield where IBANs stand whose check digits are right (ISO 13616), from and to a character, in order."""
    for found in IBAN.finditer(text):
        account = re.sub(r"[ -]", "", found.group())
        if int("".join(str(int(letter, 36)) for letter in account[4:] + account[:4])) % 97 == 1:
            yield found.span()


def _is_card(groups: list[tuple[int, str]], wanted: int, says_card: bool) -> bool:
    lengths = [len(group) for _, group in groups]
    issued = ISSUED.get(sum(lengths))
    if len(groups) != wanted or issued is None or (sum(lengths) in RARE_LENGTHS and not says_card):
        return False
    if wanted > 1 and (lengths[0] not in FIRST_GROUPS or min(lengths[1:-1], default=4) < 4):
        return False
    digits = "".join(str(int(digit)) for _, group in groups for digit in group)
    is_printed_so = wanted == 1 or FIRST_DIGITS.match(digits) is not None
    return is_printed_so and issued.match(digits) is not None and _passes_luhn(digits)


def _passes_luhn(digits: str) -> bool:
    doubled = (sum(divmod(int(digit) * (1 + place % 2), 10)) for place, digit in enumerate(reversed(digits)))
    return sum(doubled) % 10 == 0
