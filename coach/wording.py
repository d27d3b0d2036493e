"""Owns what words a sentence rests on: names, turns of meaning such as `not` and `only`, opposites, and word stems."""

import re
from itertools import combinations

import Stemmer

from coach.figures import NUMBERS, ORDINALS, SIGNS, UNITS, figures
from coach.lexical import STOP_WORDS
from coach.measures import MONTHS, WEEKDAYS
from coach.quoted import folded
from coach.word_lists import (
    AT_LEAST,
    AT_MOST,
    CONDITIONS,
    GLUE,
    HAVE_TO,
    LIMIT_PHRASES,
    LIMITS,
    NEGATIONS,
    OPENINGS,
    OPPOSITES,
    PLAIN_WORDS,
    PREFIXES,
)

# Of more nobody can tell in time what was said of which.
MOST_PARTS = 80
SEGMENT_END = re.compile(r"[,;:]\s|\s(?:and|but|or)\s|\n")
WORD = re.compile(r"\[[A-Z]+_\d+\]|[^\W_]+(?:['.@&/-][^\W_]+)*")
CONTRACTED = re.compile(r"n['’]t\b|\bcannot\b", re.IGNORECASE)
# Words of figures are compared as figures, with their values.
UNSTATED = GLUE | STOP_WORDS | NUMBERS.keys() | SIGNS | frozenset(ORDINALS)
stemmer = Stemmer.Stemmer("english")
DATES = frozenset(stemmer.stemWords([*MONTHS, *WEEKDAYS])) - {"may", "march"}


def words_of(text: str) -> list[str]:
    """Return the words of a text as written, possessive endings left out, stand-ins whole."""
    return [re.sub(r"'s$", "", word) for word in WORD.findall(folded(text))]


def stems(text: str) -> set[str]:
    """Return the stems of the words that state something; formal words count as their plain ones."""
    low = [word.casefold() for word in words_of(CONTRACTED.sub(" not", text))]
    pieces = {piece for word in low for piece in (word, *word.split("-"))}
    return {_plain_stem(word) for word in pieces - UNSTATED if not any(map(str.isdigit, word))}


def unsupported_stems(sentence: str, evidence: str) -> set[str]:
    """Return the stems of a sentence that its evidence lacks."""
    whole = {_plain_stem(word.casefold()) for word in words_of(sentence)}
    return (stems(sentence) & whole) - stems(evidence)


def nothing_crossed(sentence: str, quotes: str) -> bool:
    """Say whether a sentence takes nothing from one half of a comparison and gives it to the other.

    Two parts of the quotes that share a word, or have a figure each, are compared: 30 days for one thing, 14 for
    another. What tells them apart must not be mixed in one part of the sentence, unless all of either is there.
    """
    segments = dict.fromkeys(SEGMENT_END.split(quotes))
    if len(segments) > MOST_PARTS:
        return False
    parts = [_facts(segment) for segment in segments]
    compared = [(one - other, other - one) for one, other in combinations(parts, 2) if one & other]
    return not any(
        all(own & said and own - said for own in pair)
        for pair in compared
        for said in map(_facts, SEGMENT_END.split(sentence))
    )


def _facts(part: str) -> set[str]:
    found, stated = figures(part), stems(part)
    kinds = {kind for kind, holds in (("a figure", found), ("a date", stated & DATES)) if holds}
    return stated | {f"{figure.value} {figure.unit}" for figure in found} | kinds


def names_stand_in(sentence: str, evidence: str) -> bool:
    """Say whether evidence holds every capitalised word of a sentence; its first word may be an ordinary opening."""
    said = words_of(sentence)
    known = {word.casefold() for word in words_of(evidence)}
    known |= {piece for word in known for piece in re.split(r"[-/]", word)}
    known_stems = stems(evidence)
    for place, word in enumerate(said):
        low = word.casefold()
        is_name = word[0].isupper() or word.startswith("[")
        if not is_name or low in known or low == "i":
            continue
        if place or (low not in OPENINGS and _plain_stem(low) not in known_stems):
            return False
    return True


def turns(text: str) -> tuple[int, int]:
    """Return how often a text says no, and how often it limits what it says."""
    low = folded(text).casefold()
    low = re.sub(r"\bno\. ?(?=\d)", "number ", low)
    phrases = len(LIMIT_PHRASES.findall(low))
    low = CONTRACTED.sub(" not ", LIMIT_PHRASES.sub(" ", low))
    words = [word.casefold() for word in words_of(low)]
    return sum(word in NEGATIONS for word in words), phrases + sum(word in LIMITS for word in words)


def turns_kept(sentence: str, clauses: str) -> bool:
    """Say whether a sentence says no, and limits what it says, exactly as often as the clauses it rests on."""
    return turns(sentence) == turns(clauses)


def conditions_kept(sentence: str, clauses: str, question: str) -> bool:
    """Say whether each condition of the clauses a sentence rests on is in the sentence, or in what was asked.

    It is where half of its words are.
    """
    known = stems(f"{sentence}\n{question}")
    conditions = [stems(found[1]) for found in CONDITIONS.finditer(folded(clauses).casefold())]
    return all(len(stated & known) * 2 >= len(stated) for stated in conditions)


def no_opposites(sentence: str, clauses: str) -> bool:
    """Say whether a sentence has no word whose opposite stands in the clauses it rests on instead of it."""
    said, held = (
        {word.casefold() for word in words_of(HAVE_TO.sub("must", AT_LEAST.sub("least", AT_MOST.sub("most", text))))}
        for text in (sentence, clauses)
    )
    for pair in OPPOSITES:
        for one, other in (pair, pair[::-1]):
            if said & one and not held & one and held & other:
                return False
    return not any(_is_reversed(word, held) for word in said - held) and not any(
        _is_reversed(word, said) for word in held - said
    )


def _is_reversed(word: str, others: set[str]) -> bool:
    return any(word.removeprefix(prefix) in others for prefix in PREFIXES if word.startswith(prefix) and len(word) > 5)


def _plain_stem(word: str) -> str:
    word = UNITS.get(word, word)
    stem: str = stemmer.stemWord(word)
    return PLAIN_WORDS.get(stem, stem)
