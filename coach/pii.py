"""Owns finding what tells who somebody is in a text: addresses, numbers, and the names on the company's roster."""

import ipaddress
import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from phonenumbers import Leniency, PhoneNumberMatcher

from coach.cards import Place, account_numbers, card_numbers

MAX_CHARACTERS = 4_000


class PiiKind(StrEnum):
    """What a span is; where two overlap, the earlier of this list is meant."""

    URL = "address with credentials"
    EMAIL = "e-mail"
    CARD = "card number"
    IBAN = "account number"
    SSN = "social security number"
    IP = "ip address"
    PHONE = "phone number"
    NAME = "name"


@dataclass(frozen=True)
class PiiSpan:
    """Where something personal stands: from character `start` up to `end`."""

    kind: PiiKind
    start: int
    end: int


def spans(text: str, names: Collection[str] = ()) -> tuple[PiiSpan, ...]:
    """Return what is personal in the first 4,000 characters of a text, in order; no two overlap.

    `names` are full names of people. A first name alone counts where it is written with a capital and is no ordinary
    word; a family name alone where a title stands before it.
    """
    text = text[:MAX_CHARACTERS]
    is_taken = bytearray(len(text))
    kept = []
    for kind, places in _found(text, names):
        free = [(start, end) for start, end in places if not any(is_taken[start:end])]
        for start, end in free:
            is_taken[start:end] = b"\x01" * (end - start)
        kept += [PiiSpan(kind, start, end) for start, end in free]
    return tuple(sorted(kept, key=lambda span: span.start))


def _found(text: str, names: Collection[str]) -> Iterator[tuple[PiiKind, Iterable[Place]]]:
    yield PiiKind.URL, _places(SIGNED_URL, text)
    yield PiiKind.EMAIL, _places(EMAIL, text)
    yield PiiKind.CARD, card_numbers(text)
    yield PiiKind.IBAN, account_numbers(text)
    yield PiiKind.SSN, _places(SSN, text)
    yield PiiKind.IP, _ip_addresses(text)
    yield PiiKind.PHONE, [(match.start, match.end) for match in PhoneNumberMatcher(text, None, Leniency.POSSIBLE)]
    yield PiiKind.PHONE, _national_phone_numbers(text)
    yield PiiKind.NAME, _names(text, names)


def _places(pattern: re.Pattern[str], text: str) -> list[Place]:
    return [found.span() for found in pattern.finditer(text)]


SIGNED_URL = re.compile(
    r"\b[a-z][a-z0-9+.-]{1,15}://[^\s/@]{1,200}:[^\s/@]{0,200}@[^\s<>\"]{1,500}"
    r"|\bhttps?://[^\s<>\"?]{1,300}\?(?:[^\s<>\"]{0,200}&)?"
    r"(?:access_?token|auth|token|api_?key|key|secret|password|pwd|sig|signature)=[^\s<>\"]{1,500}",
    re.IGNORECASE,
)
EMAIL = re.compile(r"(?<![\w.+%-])[\w.+%-]{1,64}@(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.){1,8}[^\W\d_]{2,24}\b")
SSN = re.compile(
    r"(?<![\w-])(?!000|666)\d{3}(?P<sign>[ -])(?!00)\d{2}(?P=sign)(?!0000)\d{4}(?![\w-])"
    r"|(?:(?<=ssn )|(?<=ssn: )|(?<=ssn is )|(?<=security number )|(?<=security number is ))\d{9}\b",
    re.IGNORECASE,
)

# Addresses of machines.

IPV4 = re.compile(r"(?<![\w.])(?<!version )(?:\d{1,3}\.){3}\d{1,3}(?![\w]|\.\d)", re.IGNORECASE)
IPV6 = re.compile(r"(?<![\w:.])[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){2,7}(?![\w:])", re.IGNORECASE)


def _ip_addresses(text: str) -> Iterator[Place]:
    for pattern in (IPV4, IPV6):
        for found in pattern.finditer(text):
            if any(map(str.isdigit, found.group())) and _is_ip_address(found.group()):
                yield found.span()


def _is_ip_address(written: str) -> bool:
    try:
        return not ipaddress.ip_address(written).is_unspecified
    except ValueError:
        return False


# Phone numbers: those with a country's code as libphonenumber finds them, and national ones by how they are written.

NATIONAL = re.compile(
    r"(?<![\w.,/€$£+-])(?:\d{7,15}+|\(?\d{1,8}+\)?(?:(?:[ .-]{1,2}|(?<=\)))\(?\d{1,8}+\)?){1,6})"
    r"(?:,? ?(?:x|ext\.? ?)\d{1,5})?(?![\w%€$£]|[.,-]\d)",
    re.IGNORECASE,
)
EXTENSION = re.compile(r",? ?(?:x|ext\.? ?)\d{1,5}$", re.IGNORECASE)
DATE = re.compile(
    r"(?:0?[1-9]|[12]\d|3[01])([ ./-])(?:0?[1-9]|[12]\d|3[01])\1(?:19|20)?\d\d|(?:19|20)\d\d([ ./-])\d{1,2}\2\d{1,2}"
)
YEARS = re.compile(r"(?:19|20)\d\d(?:\D{1,3}(?:19|20)\d\d)+")
SAYS_PHONE = re.compile(
    r"\b(?:phones?|mobiles?|cells?|tel|telephone|fax|landline|desk|hotline|helpline|sms|whatsapp|pager|extension"
    r"|call(?:s|ed|ing)?|ring|dial|text|reach|messages?|numbers?|registered)\b[^\d\n]{0,24}$",
    re.IGNORECASE,
)
BEFORE_CHARACTERS = 48
FEWEST_DIGITS, MOST_DIGITS = 7, 15
# Three, three and four digits: North America. Those that begin with 0 dial out of an area, those in brackets name one.
NORTH_AMERICAN = re.compile(r"(?:1[ .-])?\(?[2-9]\d\d\)?[ .-]{0,2}\d{3}[.-]\d{4}")


def _national_phone_numbers(text: str) -> Iterator[Place]:
    for found in NATIONAL.finditer(text):
        before = text[max(found.start() - BEFORE_CHARACTERS, 0) : found.start()]
        if _is_phone_number(EXTENSION.sub("", found.group()), before):
            yield found.span()


def _is_phone_number(written: str, before: str) -> bool:
    digits = [len(group) for group in re.findall(r"\d+", written)]
    if not FEWEST_DIGITS <= sum(digits) <= MOST_DIGITS or DATE.fullmatch(written) or YEARS.fullmatch(written):
        return False
    if SAYS_PHONE.search(before) or NORTH_AMERICAN.fullmatch(written):
        return True
    is_dialled = written[0] in "0(" and not written.startswith("000")
    return is_dialled and len(digits) > 1 and sum(digits) > FEWEST_DIGITS + 1


# Names.

# Without the ending of a possessive.
WORD = re.compile(r"[^\W\d_]+(?:['’-](?!s\b)[^\W\d_]+)*")
TITLES = ("mr", "mrs", "ms", "miss", "mx", "dr", "prof", "professor", "sir")
# First names that are ordinary words where a sentence begins, or months, places and brands anywhere.
ORDINARY_WORDS = """
    ace amber an angel april art ash aspen august autumn basil bay belle bill blue bob booker brandy brook buck can
    candy carol cash chance charity chase cherry china chip christian chuck clay cliff cole colt constance cook coral
    crystal daisy dale dawn dean destiny dixie do dot drake drew duke earl eden eve faith fan fern flora florence ford
    forest frank gene georgia ginger glen grace grant guy hang harmony harry hazel heather holly honor hope hunter in
    india iris israel ivy jack jade jasmine jay jean jersey jet jewel jordan joy june justice king kit kitty lance lane
    lark lily long love lucky mack madison major man many marina mark marshall mason matt max may melody mercy merit
    miles mike mint misty monday my nick no noel norm oak olive opal page paris pat patience patty pearl peg penny
    pepper pierce pip prince prudence queen rain randy ray reed rich river rob robin rocky rod roman rose rosemary ruby
    rusty sage sandy savannah scout see sky so son song sonny star stone storm sue summer sun sunday sunny sydney tab
    temple tiffany trip troy tuck van victor viola violet virginia wade ward warren will willow winter woody wren you
    young
"""
ORDINARY = frozenset(ORDINARY_WORDS.split())


def plainly(word: str) -> str:
    """Return a word as names are compared: in small letters, without accents, its apostrophes straight."""
    low = word.casefold()
    if low.isascii():
        return low
    letters = unicodedata.normalize("NFKD", low.replace("’", "'"))
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def _names(text: str, names: Collection[str]) -> Iterator[Place]:
    known = [tuple(map(plainly, WORD.findall(name))) for name in names]
    whole = {order for name in known if len(name) > 1 for order in (name, (name[-1], *name[:-1]))}
    longest = max(map(len, whole), default=0)
    first = {name[0] for name in known if name} - ORDINARY
    family = {name[-1] for name in known if len(name) > 1}
    words = list(WORD.finditer(text))
    told = [plainly(word.group()) for word in words]
    place = 0
    while place < len(words):
        most = min(longest, len(words) - place)
        many = next((n for n in range(most, 1, -1) if tuple(told[place : place + n]) in whole), 0)
        is_first = told[place] in first and words[place].group()[0].isupper()
        is_family = told[place] in family and place > 0 and told[place - 1] in TITLES
        if count := many or int(is_first or is_family):
            yield words[place].start(), words[place + count - 1].end()
        place += count or 1
