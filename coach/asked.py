"""Owns what a question becomes for the search: spelt out, with the company's terms, in parts, and for whom (pure)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from coach.chat_words import written_out
from coach.conversation import POINTS_BACK
from coach.lexical import STOP_WORDS

MOST_PARTS = 3
FEWEST_WORDS_OF_A_PART = 2
OPENS_A_PART = (
    "who|whom|whose|what|when|where|which|how|why|do|does|did|is|are|am|can|could|should|must|may|will|would|have|has"
)
JOINS = "and|also|plus|&"
BETWEEN_PARTS = re.compile(
    rf"[?!.;]+\s+(?:{JOINS})?\s*(?=(?:{OPENS_A_PART})\b)|,?\s+(?:{JOINS})(?:\s+also)?\s+(?=(?:{OPENS_A_PART})\b)"
)
WORD = re.compile(r"[^\W_]+")
# The gap between a right passage and the best wrong one is seldom under .02; copies of a text for two sites differ by
# less than that.
OWN_SITE, OTHER_SITE = 0.02, -0.02
OWN_ROLE = 0.005


@dataclass(frozen=True)
class About:
    """What of the asker makes one SOP fit better than its equal: roles, and where they work. It gives no rights."""

    roles: frozenset[str] = frozenset()
    site: str | None = None

    def preference(self, roles: frozenset[str] | None, site: str | None) -> float:
        """Return what is added to the score of an SOP for these roles (None for everyone) and this site (None for all).

        It is small enough, from -.02 to .025, that it only decides between passages that answer alike.
        """
        bonus = OWN_ROLE if roles and roles & self.roles else 0.0
        if site is None or self.site is None:
            return bonus
        return bonus + (OWN_SITE if site.casefold() == self.site.casefold() else OTHER_SITE)


def spelt_out(question: str, glossary: Mapping[str, str]) -> str:
    """Return a question as it is searched: chat spellings written out, and the company's terms in both their forms.

    `glossary` maps a term to what it stands for; whichever form is used, the other is put behind the question. A term
    of the company is never taken for a chat spelling.
    """
    terms = {" ".join(term.lower().split()): " ".join(meaning.lower().split()) for term, meaning in glossary.items()}
    text = written_out(question, frozenset(terms))
    said = f" {' '.join(WORD.findall(text))} "

    def is_said(words: str) -> bool:
        return f" {' '.join(WORD.findall(words))} " in said

    other_forms = [
        meaning if is_said(term) else term for term, meaning in terms.items() if is_said(term) != is_said(meaning)
    ]
    return " ".join([text, *(f"({form})" for form in other_forms)])


def parts_of(text: str) -> tuple[str, ...]:
    """Return the questions that one message asks, none where it asks one, or where one points back at another.

    They are split before a question word that follows "and" or the end of a sentence.
    """
    parts = tuple(part.strip() for part in BETWEEN_PARTS.split(text))
    stand_alone = all(
        len(_content_words(part)) >= FEWEST_WORDS_OF_A_PART and not POINTS_BACK.search(part) for part in parts
    )
    return parts if 1 < len(parts) <= MOST_PARTS and stand_alone else ()


def _content_words(text: str) -> set[str]:
    return set(WORD.findall(text)) - STOP_WORDS
