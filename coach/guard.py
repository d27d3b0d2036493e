"""Owns the named rules: what Coach will not answer, whatever the SOPs hold, and where it sends people instead."""

import re
import unicodedata

from coach.chat_words import written_out
from coach.guard_advice import FINANCIAL, LEGAL, MEDICAL
from coach.guard_conduct import HARMFUL, IMPERSONATION, OVERRIDE
from coach.guard_danger import EMERGENCY, SELF_HARM
from coach.guard_private import PAY, PERSONAL_DATA, SECRET, SOMEBODYS_PAY
from coach.guard_rule import Contact, Rule
from coach.reading import INVISIBLE

__all__ = ["EMERGENCY", "SOMEBODYS_PAY", "Contact", "Rule"]

MAX_QUESTION_CHARACTERS = 2_000
NO_TERMS: frozenset[str] = frozenset()

# The first that applies is the one.
RULES = (SELF_HARM, EMERGENCY, OVERRIDE, IMPERSONATION, HARMFUL, SECRET, PERSONAL_DATA, MEDICAL, LEGAL, FINANCIAL)
NO_WORDS = Rule("no_words", "a text without words", Contact.NOBODY)
TOO_LONG = Rule("too_long", "a text of more than 2,000 characters", Contact.NOBODY)
# Where a sentence that the asker may read states it, it is answered: coach/answer.py looks.
ALL_RULES = (NO_WORDS, TOO_LONG, *RULES, SOMEBODYS_PAY)

PAY_WORDS = re.compile(r"\b(?:salar(?:y|ies)|pay|paid|wages?|earns?|compensation|bonus\w*|per (?:year|hour|annum))\b")
FILLER = re.compile(r"\b(?:my|the|our|a|an|all|any|does|do|other|exactly|actually|much|year|per|people|person|guys?)\b")


def cleaned(question: str) -> str:
    """Return a question as people see it: composed, without invisible marks, white space folded."""
    return " ".join(unicodedata.normalize("NFC", INVISIBLE.sub("", question)).split())


def unaskable(question: str) -> Rule | None:
    """Return the rule that says a text is no question at all: no words in it, or too many."""
    if len(question) > MAX_QUESTION_CHARACTERS:
        return TOO_LONG
    return None if any(character.isalnum() for character in question) else NO_WORDS


def broken_rule(question: str) -> Rule | None:
    """Return the first rule a question breaks, None for an ordinary one."""
    folded = written_out(question)
    return next((rule for rule in RULES if rule.matches(folded)), None)


def orders_coach(text: str) -> bool:
    """Say whether a text tells Coach itself to change what it does."""
    return OVERRIDE.matches(written_out(text))


def asks_somebodys_pay(question: str, terms: frozenset[str] = NO_TERMS) -> bool:
    """Say whether a question asks what one named or described person or group earns.

    `terms` are words of the company, in small letters, that are no chat spelling there.
    """
    return PAY.search(written_out(question, terms)) is not None


def speaks_of_pay(sentence: str) -> bool:
    """Say whether a sentence is about what people earn."""
    return PAY_WORDS.search(sentence.lower()) is not None


def pay_subject(question: str, terms: frozenset[str] = NO_TERMS) -> str:
    """Return whose pay a question asks for, spelt out, without articles; empty where it names nobody."""
    match = PAY.search(written_out(question, terms))
    whose = next((name for name in match.groups() if name), "") if match else ""
    return " ".join(FILLER.sub(" ", whose).split())
