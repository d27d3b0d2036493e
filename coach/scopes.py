"""Owns what a word belongs to: the part that a `not` denies, which side of a figure is meant, and who does it."""

import re

from coach.figures import figures
from coach.quoted import folded
from coach.word_lists import DENYING_PHRASES, DOERS, HEDGES, PERSONS
from coach.wording import stems, turns

PART_END = re.compile(r"[.!?:;]\s|,\s(?![^;:.\n]{0,99}\sor\s)|\s(?:and|but)\s|\n|\s(?=(?:instead of|rather than)\s)")
FIGURE_AFTER = r" (?:the |an? |about )?(\S+)"
UPPER_BOUND = re.compile(rf"\b(?:within|under|below|until|before|by|up to|at most|(?:less|fewer) than){FIGURE_AFTER}")
LOWER_BOUND = re.compile(rf"\b(?:after|over|above|beyond|from|at least|more than|exceeding){FIGURE_AFTER}")
# What "not more than" and its like turn round.
TURNED_BOUND = re.compile(r"\b(?:no|not) (more|less|fewer|later|earlier) than\b")
TURNED = {"more": "at most", "later": "at most", "less": "at least", "fewer": "at least", "earlier": "at least"}
RATE = re.compile(r"\b(?:every|each|per|an?) (hour|minute|day|week|month|year)\b")
PART_OF_ONE = re.compile(
    r"\b((?:half|quarter of|quarter) an? (?:hour|minute|day|week|month|year)|(?:half|quarter) (?:past|to))\b"
)
LABELLED = re.compile(r"\b([a-z]{4,}) 0*(\d+)\b(?![:.,]\d)")
BEFORE_OR_AFTER = re.compile(r" (before|after) ")
RANGE = re.compile(
    r"(?<![\w-])[€$£]?(\d[\d.,:]{0,20})(?: ?[%€$£°a-z.]{1,8})? ?(?:to|-|until) ?[€$£]?(\d[\d.,:]{0,20})(?![\d-])"
)
MINUS = re.compile(r"(?:\bminus |(?<!\S)-)(\d+)")
SHORT_RUN = re.compile(r"\d(?:[ ()./-]{0,2}\d){5,}")
TIMES = re.compile(r"\b(once|twice)(?= (?:an?|per|every|each|in)\b|\W*$)")


def turns_stay(sentence: str, clauses: str) -> bool:
    """Say whether what a sentence denies or limits is what its clauses do, and both are hedged alike.

    Of the parts that say no, each of the sentence must lie within one of the clauses or hold one whole.
    """
    if any(_found(pattern, sentence) != _found(pattern, clauses) for pattern in (HEDGES, DENYING_PHRASES)):
        return False
    pairs = [(_turned_parts(sentence, kind), _turned_parts(clauses, kind)) for kind in (0, 1)]
    return all(any(one <= other or other <= one for other in held) for said, held in pairs for one in said)


def _turned_parts(text: str, kind: int) -> list[set[str]]:
    parts = [part for part in PART_END.split(_low(text)) if turns(part)[kind] or DENYING_PHRASES.search(part)]
    return [stems(part) for part in parts]


def bounds_kept(sentence: str, clauses: str) -> bool:
    """Say whether no figure is a least in a sentence and a most in its clauses, or the other way round."""
    said, held = _bounds(sentence), _bounds(clauses)
    return all(sides <= held.get(value, sides) for value, sides in said.items())


def bounds_told(sentence: str, clauses: str, question: str) -> bool:
    """Say whether every most or least that a clause sets is in the sentence that tells it, or in what was asked.

    A clause is told where the sentence has a word of it that no other clause has.
    """
    said, known = stems(sentence), {figure.value for figure in figures(_low(f"{sentence}\n{question}"))}
    lines = clauses.split("\n")
    others = [set[str]().union(*(stems(line) for line in lines if line != own)) for own in lines]
    told = [own for own, beside in zip(lines, others, strict=True) if said & (stems(own) - beside)]
    return all(_bounds(own).keys() <= known for own in told)


def _bounds(text: str) -> dict[str, set[str]]:
    low = TURNED_BOUND.sub(lambda found: TURNED[found[1]], _low(text))
    sides: dict[str, set[str]] = {}
    for side, pattern in (("most", UPPER_BOUND), ("least", LOWER_BOUND)):
        for found in pattern.finditer(low):
            for figure in figures(found[1]):
                sides.setdefault(figure.value, set()).add(side)
    return sides


def amounts_kept(sentence: str, quotes: str) -> bool:
    """Say whether ranges stay whole and in order, and rates, signs and the ends of long numbers the quotes' own."""
    said, held = _low(sentence), _low(quotes)
    values = {figure.value for figure in figures(said)}
    labelled = [set(LABELLED.findall(text)) for text in (said, held)]
    labels = {label for label, _ in labelled[1]}
    ranges = [RANGE.findall(text) for text in (said, held)]
    return (
        set(ranges[0]) <= set(ranges[1])
        and all(values.isdisjoint(ends) or values.issuperset(ends) for ends in ranges[1])
        and all(pair in labelled[1] for pair in labelled[0] if pair[0] in labels)
        and all(_found(pattern, said) <= _found(pattern, held) for pattern in (RATE, TIMES))
        and set(PART_OF_ONE.findall(said)) <= set(PART_OF_ONE.findall(held))
        and _found(MINUS, said) == _found(MINUS, held) & set(re.findall(r"\d+", said))
        and _runs(said) <= _runs(held)
    )


def _runs(text: str) -> set[str]:
    return {re.sub(r"\D", "", found) for found in SHORT_RUN.findall(text)}


def _found(pattern: re.Pattern[str], text: str) -> set[str]:
    return set(pattern.findall(PART_OF_ONE.sub(" ", _low(text))))


def doers_kept(sentence: str, clauses: str, known: str) -> bool:
    """Say whether what one role does is not told to somebody else, and two people do not change places.

    `known` is what tells who asks: a question, and roles.
    """
    said, held = _low(sentence), _low(clauses)
    doers = {found["doer"].rstrip("s"): found["act"] or found["does"] for found in DOERS.finditer(held)}
    is_you = re.search(r"\byour?\b", said) is not None
    first = stems(said.split(" ", 1)[0]) if said else set()
    for doer, act in doers.items():
        if doer not in f"{said} {_low(known)}" and (is_you or first & stems(act)):
            return False
    orders = [list(dict.fromkeys(word.rstrip("s") for word in PERSONS.findall(text))) for text in (said, held)]
    are_swapped = not is_you and len(orders[0]) == 2 and orders[0] == orders[1][::-1]
    return not are_swapped or (" by " in said) != (" by " in held)


def order_kept(sentence: str, clauses: str) -> bool:
    """Say whether what comes before something else in the clauses does not come after it in the sentence."""
    said, held = (BEFORE_OR_AFTER.split(_low(text), maxsplit=1) for text in (sentence, clauses))
    if said[1:2] != held[1:2] or len(said) == 1:
        return True
    left, right = stems(held[0]), stems(held[2])
    return not (stems(said[0]) & (right - left) and stems(said[2]) & (left - right))


def _low(text: str) -> str:
    return "\n".join(folded(line) for line in text.split("\n")).casefold()
