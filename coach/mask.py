"""Owns what is taken out of people's words before they are stored: card numbers, and passwords somebody states."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from coach.cards import card_numbers
from coach.reading import INVISIBLE

CARD_NUMBER, PASSWORD = "card number", "password"
KINDS = (CARD_NUMBER, PASSWORD)
# Twice what a question may have: what is cut is refused as too long, so nobody misses the rest.
MAX_CHARACTERS = 4_000

Span = tuple[int, int, str]


@dataclass(frozen=True)
class Masked:
    """A text with each secret replaced by its kind in brackets, and the kinds that were found, each once.

    `is_cut` says that the end is missing.
    """

    text: str
    kinds: tuple[str, ...] = ()
    is_cut: bool = False


def without_masks(text: str) -> str:
    """Return a masked text without the placeholders, as a search should see it."""
    return " ".join(PLACEHOLDER.sub(" ", text).split())


def mask(text: str) -> Masked:
    """Replace card numbers by `[card number]` and stated passwords, PINs and keys by `[password]`.

    A question about passwords that states none is left as it is, but for invisible characters, which could stand
    between digits. What follows the first 4,000 characters is cut off, since it would leave unread.
    """
    whole = INVISIBLE.sub("", text)
    text = whole[:MAX_CHARACTERS]
    parts, kinds, done = [], set(), 0
    for start, end, kind in sorted({*_cards(text), *_keys(text), *_stated(text)}, key=lambda span: (span[0], -span[1])):
        if start >= done:
            parts += [text[done:start], f"[{kind}]"]
            kinds.add(kind)
        done = max(done, end)
    found = tuple(kind for kind in KINDS if kind in kinds)
    return Masked("".join([*parts, text[done:]]), found, is_cut=len(whole) > MAX_CHARACTERS)


def _cards(text: str) -> Iterator[Span]:
    for start, end in card_numbers(text):
        yield start, end, CARD_NUMBER


# Keys, known by their form.

KEYS = re.compile(
    r"-----BEGIN [A-Z0-9 ]{0,40}KEY[A-Z ]{0,12}-----(?s:.*?-----END [A-Z0-9 ]{0,40}-----|.*)"
    r"|\b(?:xox[a-z]|xapp)-[\w.-]{8,255}"
    r"|\b(?:AKIA|ASIA)[0-9A-Z]{16}\b"
    r"|\bAIza[\w-]{30,45}"
    r"|\b(?:sk|pk|rk)[-_][\w-]{16,255}"
    r"|\b(?:gh[oprsu]|github_pat|glpat|npm|hf)[-_]\w[\w-]{15,255}"
    # A header ends where another could begin, or each of many would be searched to the end of the text.
    r"|\beyJ(?:(?!-eyJ)[\w-]){8,2000}\.[\w-]{8,4000}\.[\w-]{8,2000}"
    r"|\bhooks\.slack\.com/services/[\w/]{8,200}"
)
AFTER_A_WORD = re.compile(
    r"\bbearer\s+([\w.~+/-]{8,2000}=*)|://[^\s/:@]{1,100}:(?!\[password\]@)([^\s/@]{1,200})@", re.IGNORECASE
)


def _keys(text: str) -> Iterator[Span]:
    for found in KEYS.finditer(text):
        yield *found.span(), PASSWORD
    for found in AFTER_A_WORD.finditer(text):
        yield *found.span(found.lastindex or 0), PASSWORD


# Passwords and codes, known by the words before or after them.

WORD = r"(?:pass[- ]?words?|passwd|pwd|pw|pass[- ]?codes?|pass[- ]?phrases?)"
KEY_NAME = (
    r"(?:(?:api|access|secret|private|licen[cs]e|wi-?fi|network|security|encryption)[ _-]keys?|(?:client[ _-])?secret"
    r"|(?:\w{1,20}[ _-])?token)"
)
PIN_NAME = (
    r"(?:pins?(?: (?:code|number))?|otp|cv[vc]2?"
    r"|(?:verification|one[- ]time|2fa|mfa|log-?in|recovery|unlock) code)"
)
CODE_NAME = (
    r"(?:(?:alarm|door|gate|safe|entry|access|security|lock|till|building|office|vault|keypad|card) codes?|combination)"
)
ABOUT = r"(?:\s+(?:for|to|of|on|in|at)(?:\s+[\w'-]{1,30}){1,4}?)?"
SAYS = (
    r"(?:\s*(?:[:=]|->|\u2192)"
    r"|\s+(?:is|was|will be|has been|(?:is |was |has been |got )?(?:changed|set|reset|updated) to)"
    r"(?:\s+now|\s+still|\s+just)?\s*:?)"
)
DECORATION = r"[\s*_]{0,3}"
QUOTED = r"[\"'`\u2018\u201c\u00ab][^\"'`\u2019\u201d\u00bb\n]{3,100}[\"'`\u2019\u201d\u00bb]"
VALUE = rf"(?=({QUOTED}|[^\s*_]\S{{2,127}}))"
SPACED = r"(?=(\d(?:[ .-]?\d){2,11}#?(?!\w)|[^\s*_]\S{2,15}))"

SAID = re.compile(rf"\b{WORD}{ABOUT}\b[*_`]{{0,2}}{SAYS}{DECORATION}{VALUE}", re.IGNORECASE)
BARE = re.compile(rf"\b{WORD}\s+{VALUE}", re.IGNORECASE)
KEY_SAID = re.compile(rf"\b(?:{KEY_NAME}{ABOUT}\b[*_`]{{0,2}}{SAYS}|pass\s*[:=]){DECORATION}{VALUE}", re.IGNORECASE)
SET_TO = re.compile(
    rf"\b(?:set|sets|changed?|reset|updated?|made?)\s(?:\w{{1,20}}\s+){{0,4}}{WORD}\s+to\s+{VALUE}",
    re.IGNORECASE,
)
CODE_SAID = re.compile(rf"\b(?:{PIN_NAME}|{CODE_NAME}){ABOUT}\b[*_`]{{0,2}}{SAYS}{DECORATION}{SPACED}", re.IGNORECASE)
CODE_BARE = re.compile(rf"\b{PIN_NAME}\s+{SPACED}", re.IGNORECASE)
BEFORE = re.compile(
    rf"(?<!\S)(\S{{4,128}})\s+(?:is|as|was)\s+(?:my|the|our|your|his|her|their|a)\s+(?:[\w'-]{{1,20}}\s+){{0,2}}"
    rf"(?:{WORD}|{PIN_NAME}|{CODE_NAME})\b(?!\s+(?:polic|rule|section|form|page|chapter|sop|guide))",
    re.IGNORECASE,
)
TRAILING = ".,;:?)]}>*_"
PLACEHOLDER = re.compile(r"\[(?:card number|password)\]")
A_MEASURE = re.compile(
    r"\d{1,3}(?:\s?[-\u2013]\s?\d{1,3})?[- ]?(?:digit|number|character|char|letter|symbol|time|attempt|day|week|month"
    r"|year|hour|minute|min|second|user|people)s?\b",
    re.IGNORECASE,
)
# What a sentence says of a password without giving it away; participles are told by their ending.
ABOUT_IT = """
    a about above accurate active again allowed already also always an another any anything at automatic available
    back bad because below best blank broken by case-sensitive common complex complicated confidential correct dead
    default different down due easy either empty enough essential even every fine for forgot forgotten from generic
    given gone good hard help here hidden how if important in inactive incorrect insecure into invalid it just kept
    known like long lost mandatory me mine more my never new no none not nothing now obvious off ok okay old on one
    only optional or our out over personal please possible private public random ready really reset right safe same
    secret secure sensitive set shared short simple so something still stolen strong sure taken temporary thanks
    that the their there they this to too true under unique universal unknown unsafe up urgent valid very visible
    weak what when where which who whose why with without wrong written yes you your yours
"""
NO_PASSWORD = frozenset(ABOUT_IT.split())
A_WORD = re.compile(r"[^\W\d_]+(?:['\u2019/-][^\W\d_]+)*")
GOES_ON = re.compile(
    r"\s*(?:$|[.,;:!?)\]}\"'\n]|(?:for|and|but|so|please|thanks|btw|on|in|if|when|which)\b)", re.IGNORECASE
)


def _stated(text: str) -> Iterator[Span]:
    for pattern, is_secret in (
        (SAID, _is_password),
        (BARE, _has_digit),
        (KEY_SAID, _has_digit),
        (SET_TO, _has_digit),
        (CODE_SAID, _is_code),
        (CODE_BARE, _is_code),
        (BEFORE, _has_digit),
    ):
        for found in pattern.finditer(text):
            start = found.start(1)
            value = found.group(1).rstrip(TRAILING)
            after = text[start + len(value) : start + len(value) + 40]
            if not PLACEHOLDER.match(text, start) and not A_MEASURE.match(value + after) and is_secret(value, after):
                yield start, start + len(value), PASSWORD


def _is_password(value: str, after: str) -> bool:
    if A_WORD.fullmatch(value):
        return (
            value.lower() not in NO_PASSWORD
            and not value.lower().endswith(("ed", "ing"))
            and bool(GOES_ON.match(after))
        )
    return sum(letter.isalnum() for letter in value) >= 3


def _has_digit(value: str, _: str) -> bool:
    return sum(letter.isalnum() for letter in value) >= 4 and any(letter.isdigit() for letter in value)


def _is_code(value: str, _: str) -> bool:
    digits = sum(letter.isdigit() for letter in value)
    return digits >= 3 and sum(letter.isalpha() for letter in value) <= 2
