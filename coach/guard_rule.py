"""Owns what a rule of the guard is, and the turns of phrase that several rules look for."""

# ruff: noqa: E501 - a pattern broken over lines is harder to read than a long one.

import re
from dataclasses import dataclass
from enum import StrEnum


class Contact(StrEnum):
    """Whom a rule sends people to."""

    NOBODY = "nobody"
    DEFAULT_OWNER = "default_owner"
    PEOPLE_CONTACT = "people_contact"
    EMERGENCY_SERVICES = "emergency_services"


@dataclass(frozen=True)
class Rule:
    """One named reason not to answer: a pattern matches the folded question and `unless` does not.

    `refuses` says in a few words what that is, for docs/guard.md.
    """

    name: str
    refuses: str
    refer_to: Contact
    patterns: tuple[re.Pattern[str], ...] = ()
    shows_sources: bool = False  # beside an emergency number
    unless: str = r"(?!)"

    def matches(self, folded: str) -> bool:
        """Say whether the rule applies to a folded question."""
        return any(pattern.search(folded) for pattern in self.patterns) and not re.search(self.unless, folded)


def patterns(*sources: str) -> tuple[re.Pattern[str], ...]:
    """Return regular expressions over folded questions."""
    return tuple(re.compile(source) for source in sources)


ORDER = r"(?:^|[.!?;:,)}\]>]\s*|\b(?:please|now|and|then|just|must|go ahead|(?:can|could|will|would|should|need|want) you(?: to)?|hey)\s+)(?:please |just |quickly ){0,2}"
HOW_TO = r"(?:^(?:please )?|\b(?:how (?:do|can|could|would|should|might)(?: i| we| you)|how to|help me|help us|(?:can|could|will) you|ways? to|so i can|i (?:want|need) to) )(?:just |quickly |secretly |quietly |safely |easily |best |please )?"
ASKS_FOR = r"(?:\b(?:give|send|tell|show|get|find|text|hand|pass|share|direct message)(?: me| us)|\b(?:can|could|will|would) you (?:please )?(?:give|send|tell|show|text|pass|share|direct message)|\b(?:can|could|may) i (?:have|get)|^(?:give|send|share|show)|\bwhat (?:is|are|was)|\bi want|(?<!do )\bi need|\blook up|(?:do|does|can) (?:you|anyone|anybody|someone) (?:know|have|share)|^(?:anyone|anybody) (?:know|have|got))"
COLLEAGUE = r"(?:co-?worker|colleague|teammate|manager|boss|supervisor|team lead|employee|developer|engineer|ceo|owner|cook|chef|waiter|waitress|barista|nurse|doctor|receptionist|cleaner|temp|intern|new (?:hire|starter|joiner|guy|girl|person))"
PERSON = rf"(?:{COLLEAGUE}|customer|client|patient|guest|caller|man|woman|guy|lady|kid|child|boy|girl|baby|visitor|person|someone|somebody|him|her|them|he|she|they)"
