"""Owns what a sentence of a section states, so that two can be compared: its matter, its case, and yes or no."""

import re
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from pathlib import PurePosixPath

from coach.figures import NUMBERS, UNITS
from coach.measures import MONTHS, WEEKDAYS, Measures, measures
from coach.wording import stems, turns, words_of

MARK = re.compile(r"^(?:•|\d{1,3}[.)]|[a-z][.)])\s+")
NOT_PREFIXED = re.compile(r"\b(?:un|non-?)(?=(?:paid|refundable|returnable|taxed|taxable|limited|insured)\b)", re.I)
QUALIFIER = re.compile(
    r"\b(?:of|from|for|in|with|by|at|to|on|under|over|after|during)(?: (?:the|an?|our|all|their|your|its))?"
    r"((?: [\w-]+){1,2})"
)
LABELLED = re.compile(
    r"\b(?:step|section|version|v|sev|level|tier|stage|phase|form|room|floor|aisle|zone|bay|table|grade|band|class|type"
    r"|option|category|part|chapter|page|line|channel|extension|appendix|point|round|size|day|week|month|year|quarter"
    r"|team|group|number|no\.)[ -]?#?\d+\b"
)
# To whom, where or when something holds: what has such a word says nothing of what is said without it.
ROLES = """
    manager supervisor lead leader director cashier driver trainee apprentice intern contractor freelancer temp
    volunteer senior junior part-time full-time newcomer member visitor guest minor adult child children student
    engineer nurse
"""
TIMES = """
    old previous former previously formerly last past historically weekday weekend morning evening night summer winter
    spring autumn christmas easter season peak second third final initial weekly monthly daily yearly quarterly
    emergency emergencie exception example
"""
CASES = """
    first next new since until before if when unless except without only during otherwise case small large big single
    double short long heavy light opened unopened sale holiday
"""
UPPER_WORDS = "most maximum below under up within less until before by exceed"
LOWER_WORDS = "least minimum above over more from after"
MODAL_WORDS = """
    required require mandatory optional voluntary forbidden prohibited banned permitted allowed always never accepted
    not no cannot none
"""
SCOPE = frozenset(f"{ROLES} {TIMES}".split())
CASE = SCOPE | frozenset(CASES.split())
UPPER, LOWER = frozenset(UPPER_WORDS.split()), frozenset(LOWER_WORDS.split())
CALENDAR = frozenset([*MONTHS, *WEEKDAYS]) - {"may"}
UNSTATED_WORDS = {*NUMBERS, *UNITS, *MONTHS, *WEEKDAYS, *UPPER, *LOWER, *MODAL_WORDS.split(), "calendar", "business"}
UNSTATED = frozenset(stem for word in UNSTATED_WORDS for stem in stems(word))


class Stance(Enum):
    """What a sentence says of an act; the first whose words it has."""

    FORBIDDEN = re.compile(
        r"\b(?:must|may|can|should|shall) (?:not|never)\b|\bcannot\b|\b(?:must|ca|should|may)n't\b"
        r"|\bnot (?:be )?(?:allowed|permitted|accepted)\b|\b(?:forbidden|prohibited|banned|never)\b"
        r"|\bno [\w ]{1,30}?\b(?:is|are|may be|can be) (?:allowed|permitted|accepted)\b"
    )
    OPTIONAL = re.compile(
        r"(?:\bnot|n't) (?:have to|need|required|mandatory|necessary|needed)\b|\bneed not\b|\bneeds? no\b"
        r"|\bno need\b|\boptional\b|\bvoluntary\b"
    )
    REQUIRED = re.compile(r"\b(?:must|ha(?:s|ve) to|required|mandatory|always|needs?|shall)\b")
    ALLOWED = re.compile(r"\b(?:may|can|allowed|permitted|accepted|free to|welcome to)\b")


@dataclass(frozen=True)
class Statement:
    """A sentence as shown, and where it stands: the file and the headings of its section."""

    words: str
    file: str
    heading_path: tuple[str, ...]

    @cached_property
    def plain(self) -> str:
        """The sentence without its mark, in small letters."""
        return NOT_PREFIXED.sub("not ", MARK.sub("", self.words)).casefold().replace("’", "'")

    @cached_property
    def whole(self) -> str:
        """The sentence with the words of its file and headings."""
        return f"{self.plain} {self._place}"

    @cached_property
    def matter(self) -> set[str]:
        """The stems of what it is about, without figures and without what it says must or may be."""
        return stems(self.plain) - UNSTATED

    @cached_property
    def place_stems(self) -> set[str]:
        """The stems of its file and headings."""
        return stems(self._place)

    @cached_property
    def qualifiers(self) -> set[str]:
        """The stems right behind a preposition: refunds of what, guides from where."""
        return stems(" ".join(QUALIFIER.findall(self.plain)))

    @cached_property
    def cases(self) -> set[str]:
        """The words of the sentence that say to whom, where, when, or in which case it holds."""
        return _singular(self.plain) & CASE

    @cached_property
    def whole_words(self) -> set[str]:
        """The words of sentence, file and headings, without a plural s."""
        return _singular(self.whole)

    @cached_property
    def labels(self) -> set[str]:
        """What it names by a number: step 3, form 12."""
        return set(LABELLED.findall(self.plain))

    @cached_property
    def is_dated(self) -> bool:
        """Whether it names a month or a day of the week."""
        return not CALENDAR.isdisjoint(words_of(self.plain))

    @cached_property
    def bounds(self) -> tuple[bool, bool]:
        """Whether it says at most, and whether it says at least."""
        words = words_of(self.plain)
        return not UPPER.isdisjoint(words), not LOWER.isdisjoint(words)

    @cached_property
    def measures(self) -> Measures:
        """Its figures."""
        return measures(self.plain)

    @cached_property
    def stance(self) -> Stance | None:
        """What it says of an act, None where it only states."""
        return next((stance for stance in Stance if stance.value.search(self.plain)), None)

    @cached_property
    def is_denied(self) -> bool:
        """Whether it says no."""
        return turns(self.plain)[0] > 0

    @cached_property
    def limits(self) -> int:
        """How often it limits what it says: only, unless."""
        return turns(self.plain)[1]

    @cached_property
    def _place(self) -> str:
        file = " ".join(PurePosixPath(self.file).with_suffix("").parts)
        return f"{re.sub(r'[_-]', ' ', file)} {' '.join(self.heading_path)}".casefold()


def _singular(text: str) -> set[str]:
    return {word.removesuffix("s") for word in words_of(text)}
