"""Owns the checks a model's answer must pass: each has a name, and code alone decides them."""

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel, Field, ValidationError

from coach.answer import Check
from coach.figures import figures_stand_in
from coach.prompt import Excerpt
from coach.quoted import EDGES, Place, folded, is_long_enough, locate, numbered_lists
from coach.scopes import amounts_kept, bounds_kept, bounds_told, doers_kept, order_kept, turns_stay
from coach.wording import (
    conditions_kept,
    names_stand_in,
    no_opposites,
    nothing_crossed,
    stems,
    turns_kept,
    unsupported_stems,
)

MOST_SENTENCES, MOST_STEPS = 6, 10
MOST_CHARACTERS = 300


class Support(BaseModel):
    """A quote, and the passage it is said to be from."""

    passage: str = Field(max_length=20)
    quote: str = Field(max_length=2_000)


class PhrasedSentence(BaseModel):
    """A sentence a model wrote, and what it is said to rest on."""

    text: str = Field(max_length=2_000)
    is_step: bool = False
    support: list[Support] = Field(max_length=12)


class Phrasing(BaseModel):
    """What a model replies: whether the passages answer the question, and in which sentences."""

    verdict: Literal["sufficient", "partial", "insufficient"]
    sentences: list[PhrasedSentence] = Field(default_factory=list, max_length=40)


@dataclass(frozen=True)
class Claim:
    """A sentence with its quotes found; `words` are the quotes, `clauses` the whole clauses around them, in lines."""

    text: str
    words: str
    clauses: str
    headings: str
    question: str


@dataclass(frozen=True)
class Rest:
    """What one sentence rests on: an excerpt's id, and the place in it."""

    excerpt: str
    place: Place


Steps = Sequence[Sequence[Rest]]


@dataclass(frozen=True)
class Fault:
    """A check that a sentence (from 0; None for the whole) does not pass."""

    check: str
    sentence: int | None = None


@dataclass(frozen=True)
class Verification:
    """What the checks found; `rests` holds for each sentence where its quotes stand, when all were found."""

    faults: tuple[Fault, ...]
    rests: tuple[tuple[Rest, ...], ...]

    @property
    def checks(self) -> tuple[Check, ...]:
        """Every check once, and whether all sentences passed it."""
        failed = {fault.check for fault in self.faults}
        return tuple(
            Check(name, name not in failed) for name in (*WHOLE_CHECKS, *STEP_CHECKS, *QUOTE_CHECKS, *CLAIM_CHECKS)
        )


def parsed(text: str) -> Phrasing | None:
    """Return a model's reply as typed data, whatever stands around its JSON object; None where it is none."""
    try:
        return Phrasing.model_validate_json(text[text.find("{") : text.rfind("}") + 1])
    except ValidationError:
        return None


def verify(phrasing: Phrasing, excerpts: Sequence[Excerpt], question: str) -> Verification:
    """Check every sentence against the excerpts that were sent; pure, and sure rather than generous.

    Only conditions, and who does something, may stand in `question` instead, which is what was asked and the asker's
    roles: "if you have a receipt" to somebody who says so.
    """
    by_id = {excerpt.id: excerpt for excerpt in excerpts}
    faults = [Fault(name) for name, is_met in WHOLE_CHECKS.items() if not is_met(phrasing)]
    rests = []
    for number, sentence in enumerate(phrasing.sentences):
        found = [(support, by_id.get(support.passage)) for support in sentence.support]
        places = [
            (support, excerpt, locate(support.quote, excerpt.lines))
            for support, excerpt in found
            if excerpt is not None
        ]
        quoted = [(support, excerpt, place) for support, excerpt, place in places if place is not None]
        failed = {
            "has_quotes": not sentence.support,
            "passages_given": len(places) < len(found),
            "quotes_verbatim": len(quoted) < len(places),
            "quotes_long_enough": not all(
                is_long_enough(support.quote, excerpt.lines) for support, excerpt, _ in quoted
            ),
        }
        faults += [Fault(name, number) for name in QUOTE_CHECKS if failed[name]]
        claim = _claim(sentence.text, [(excerpt, place) for _, excerpt, place in quoted], question)
        faults += [Fault(name, number) for name, is_met in CLAIM_CHECKS.items() if not is_met(claim)]
        rests.append(tuple(Rest(excerpt.id, place) for _, excerpt, place in quoted))
    steps = [own for sentence, own in zip(phrasing.sentences, rests, strict=True) if sentence.is_step]
    faults += [Fault(name) for name, is_met in STEP_CHECKS.items() if not all(is_met(steps, each) for each in excerpts)]
    return Verification(tuple(faults), tuple(rests))


def _claim(text: str, places: list[tuple[Excerpt, Place]], question: str) -> Claim:
    clauses = dict.fromkeys((excerpt.id, clause) for excerpt, place in places for clause in place.clauses)
    return Claim(
        text,
        "\n".join(place.words for _, place in places),
        "\n".join(clause for _, clause in clauses),
        "\n".join(dict.fromkeys(excerpt.heading for excerpt, _ in places)),
        question,
    )


def _has_answer(phrasing: Phrasing) -> bool:
    return bool(phrasing.sentences)


def _is_short_enough(phrasing: Phrasing) -> bool:
    steps = sum(sentence.is_step for sentence in phrasing.sentences)
    return steps <= MOST_STEPS and len(phrasing.sentences) - steps <= MOST_SENTENCES


def _are_steps_in_order(steps: Steps, excerpt: Excerpt) -> bool:
    starts = [[rest.place.start for rest in own if rest.excerpt == excerpt.id] for own in steps]
    firsts = [min(own) for own in starts if own]
    return firsts == sorted(firsts)


def _is_every_step_told(steps: Steps, excerpt: Excerpt) -> bool:
    places = [rest.place for own in steps for rest in own if rest.excerpt == excerpt.id]
    told = {line for place in places for line in range(place.first, place.last + 1)}
    return all(numbered <= told for numbered in numbered_lists(excerpt.lines) if numbered & told)


def _has_length(claim: Claim) -> bool:
    return 0 < len(claim.text.strip()) <= MOST_CHARACTERS


MARKUP = re.compile(r"[<>*`~|\\{}]|\]\(|\[(?![A-Z]+_\d+\])|(?<![A-Z]_\d)(?<![A-Z]_\d\d)(?<![A-Z]_\d\d\d)\]|://|\bwww\.")
SHORTCODE = re.compile(r":[a-z_]+:")
KEPT_SYMBOLS = "°"


def _is_plain_text(claim: Claim) -> bool:
    is_odd = any(
        unicodedata.category(letter)[0] == "C" or (unicodedata.category(letter) == "So" and letter not in KEPT_SYMBOLS)
        for letter in claim.text
    )
    return not is_odd and not MARKUP.search(claim.text) and not SHORTCODE.search(claim.text)


ADDRESS = re.compile(r"\S*[@#_]\S*|\bwww\.\S+|[\w-]{2,}(?:\.[\w-]{2,})*\.[a-z]{2,}(?:/\S*)?", re.IGNORECASE)
STAND_IN_ONLY = re.compile(r"\W*\[[A-Z]+_\d+\]\W*")


def _addresses_quoted(claim: Claim) -> bool:
    quoted = {word.strip(EDGES) for word in folded(claim.words).split()}
    return all(
        STAND_IN_ONLY.fullmatch(found[0]) or found[0].strip(EDGES) in quoted
        for found in ADDRESS.finditer(folded(claim.text))
    )


def _figures_quoted(claim: Claim) -> bool:
    return figures_stand_in(claim.text, claim.words) and amounts_kept(claim.text, claim.words)


def _nothing_crossed(claim: Claim) -> bool:
    return nothing_crossed(claim.text, claim.clauses) and doers_kept(claim.text, claim.clauses, claim.question)


def _names_quoted(claim: Claim) -> bool:
    return names_stand_in(claim.text, f"{claim.words}\n{claim.headings}")


def _turns_kept(claim: Claim) -> bool:
    return turns_kept(claim.text, claim.clauses) and turns_stay(claim.text, claim.clauses)


def _conditions_kept(claim: Claim) -> bool:
    told = claim.text, claim.clauses, claim.question
    return conditions_kept(*told) and bounds_told(*told)


def _no_opposites(claim: Claim) -> bool:
    return all(is_kept(claim.text, claim.clauses) for is_kept in (no_opposites, bounds_kept, order_kept))


def _words_supported(claim: Claim) -> bool:
    return bool(stems(claim.text)) and not unsupported_stems(claim.text, f"{claim.clauses}\n{claim.headings}")


WHOLE_CHECKS: dict[str, Callable[[Phrasing], bool]] = {"has_answer": _has_answer, "short_enough": _is_short_enough}
# Steps get numbers, so that they must be the document's own: none moved, and none of a numbered list left out.
STEP_CHECKS: dict[str, Callable[[Steps, Excerpt], bool]] = {
    "steps_in_order": _are_steps_in_order,
    "every_step_told": _is_every_step_told,
}
QUOTE_CHECKS = ("has_quotes", "passages_given", "quotes_verbatim", "quotes_long_enough")
CLAIM_CHECKS: dict[str, Callable[[Claim], bool]] = {
    "length": _has_length,
    "plain_text": _is_plain_text,
    "addresses_quoted": _addresses_quoted,
    "figures_quoted": _figures_quoted,
    "nothing_crossed": _nothing_crossed,
    "names_quoted": _names_quoted,
    "turns_kept": _turns_kept,
    "conditions_kept": _conditions_kept,
    "no_opposites": _no_opposites,
    "words_supported": _words_supported,
}
