"""Owns the step from a situation of an exercise to the same one in a model's words; or as it was, saying why."""

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from enum import StrEnum

from pydantic import BaseModel, Field, ValidationError

from coach import guard
from coach.figures import figures_stand_in
from coach.model import MAX_TRIES, ModelFault, Prompt, Repairable
from coach.model_calls import ModelCalls
from coach.outgoing import STAND_IN, Hidden, hidden
from coach.prompt_telling import COMPLAINTS, telling_again, telling_prompt
from coach.quoted import folded
from coach.sections import sentences
from coach.verify import CLAIM_CHECKS, Claim
from coach.wording import names_stand_in, stems

# Nobody waits in chat.
BUDGET_SECONDS = 30.0
IN_QUOTES = re.compile(r'"[^"]*"')
PARAGRAPH_END = re.compile(r"\n\s*\n")


class Outcome(StrEnum):
    """What came of a situation; besides these, the code of a ModelFault. All but the first keep it as it was."""

    TOLD = "told"
    UNCHANGED = "unchanged"
    UNVERIFIED = "unverified"
    ORDERS_COACH = "orders_coach"
    OVER_BUDGET = "over_budget"


@dataclass(frozen=True)
class Telling:
    """A situation to use, what came of asking for it, and what was wrong with the last try, in sentences."""

    text: str
    outcome: str
    faults: tuple[str, ...] = ()
    tokens_in: int = 0
    tokens_out: int = 0


@dataclass(frozen=True)
class PreparedTelling(Repairable):
    """What a model is about to be asked: the prompt is all that leaves the machine, the rest stays."""

    situation: str
    prompt: Prompt
    hidden: Hidden


class Written(BaseModel):
    """What a model replies: the situation anew, a paragraph an entry."""

    paragraphs: list[str] = Field(max_length=40)


def prepare_telling(situation: str, role: str, names: Collection[str]) -> PreparedTelling | None:
    """Return what would be asked, "" for no role in particular; None where a situation gives orders to Coach itself.

    Paragraphs stand apart by a blank line. `names` are the full names that a prompt must not hold.
    """
    if guard.orders_coach(situation):
        return None
    masked = hidden([situation, role], names)
    return PreparedTelling(situation, telling_prompt(PARAGRAPH_END.split(masked.texts[0]), masked.texts[1]), masked)


def told(
    calls: ModelCalls,
    prepared: PreparedTelling,
    faults_of: Callable[[str], tuple[str, ...]],
    budget_seconds: float = BUDGET_SECONDS,
) -> Telling:
    """Return the situation in a model's words where code finds the same facts in them, else as it was, saying why.

    `faults_of` says in sentences what else is wrong with a situation told anew; these are sent to the model, so they
    quote nobody. Never raises ModelFault.
    """
    until = calls.seconds() + budget_seconds
    kept = Telling(prepared.situation, Outcome.UNVERIFIED)
    prompt = prepared.prompt
    for _ in range(MAX_TRIES):
        try:
            completion = calls.ask(prompt, until)
        except ModelFault as fault:
            sent, written = fault.charged(prompt)
            kept = replace(kept, tokens_in=kept.tokens_in + sent, tokens_out=kept.tokens_out + written)
            return replace(kept, outcome=str(fault.code), faults=())
        text, faults = _judged(completion.text, prepared, faults_of)
        kept = replace(
            kept,
            faults=faults,
            tokens_in=kept.tokens_in + completion.tokens_in,
            tokens_out=kept.tokens_out + completion.tokens_out,
        )
        if not faults:
            return replace(kept, text=text, outcome=Outcome.UNCHANGED if text == kept.text else Outcome.TOLD)
        prompt = telling_again(prepared.prompt, completion.text, faults)
    return kept


def _judged(
    reply: str, prepared: PreparedTelling, faults_of: Callable[[str], tuple[str, ...]]
) -> tuple[str, tuple[str, ...]]:
    """Return the situation that a reply holds, its stand-ins put back, and what is wrong with it."""
    try:
        written = Written.model_validate_json(reply[reply.find("{") : reply.rfind("}") + 1])
    except ValidationError:
        return "", (COMPLAINTS["typed"],)
    after = "\n\n".join(" ".join(paragraph.split()) for paragraph in written.paragraphs)
    before, role = prepared.hidden.texts
    failed = [name for name, is_met in CHECKS.items() if not is_met(Claim(after, before, before, role, ""))]
    shown = prepared.hidden.shown(after)
    return shown, (*(COMPLAINTS[name] for name in failed), *faults_of(shown))


def _paragraphs_kept(claim: Claim) -> bool:
    return len(PARAGRAPH_END.split(claim.text)) == len(PARAGRAPH_END.split(claim.words))


def _is_plain_text(claim: Claim) -> bool:
    return CLAIM_CHECKS["plain_text"](replace(claim, text=PARAGRAPH_END.sub(" ", claim.text)))


def _figures_kept(claim: Claim) -> bool:
    return figures_stand_in(claim.words, claim.text)


def _names_quoted(claim: Claim) -> bool:
    said = (claim.text[span.start : span.end] for span in sentences(claim.text, 0, len(claim.text)))
    return all(names_stand_in(sentence, f"{claim.words}\n{claim.headings}") for sentence in said)


def _stand_ins_kept(claim: Claim) -> bool:
    return set(STAND_IN.findall(claim.text)) == set(STAND_IN.findall(claim.words))


def _quotes_kept(claim: Claim) -> bool:
    before, after = (sorted(IN_QUOTES.findall(folded(text))) for text in (claim.words, claim.text))
    return before == after


def _words_kept(claim: Claim) -> bool:
    before, after = stems(claim.words), stems(claim.text)
    return len(before & after) * 2 >= max(len(before), len(after - stems(claim.headings)))


def _orders_nobody(claim: Claim) -> bool:
    return not guard.orders_coach(claim.text)


# The checks of an answer, with the situation as its quote and the role as its heading, and some more.
CHECKS: dict[str, Callable[[Claim], bool]] = {
    "paragraphs_kept": _paragraphs_kept,
    "plain_text": _is_plain_text,
    "figures_kept": _figures_kept,
    "names_quoted": _names_quoted,
    "stand_ins_kept": _stand_ins_kept,
    "quotes_kept": _quotes_kept,
    "words_kept": _words_kept,
    "orders_nobody": _orders_nobody,
    **{
        name: CLAIM_CHECKS[name]
        for name in ("addresses_quoted", "figures_quoted", "turns_kept", "conditions_kept", "no_opposites")
    },
}
