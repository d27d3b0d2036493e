"""Owns the step from an answer in quotes to a model's words over quotes, verified; or the quotes, labelled."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import pairwise

from coach import guard
from coach.answer import Abstention, Answer, Drafted, ModelUse, Reply, Sentence
from coach.conversation import Turn
from coach.documents import heading_line
from coach.extract import GAP
from coach.model import MAX_TRIES, Completion, ModelFault, Prompt, Repairable, estimated_tokens
from coach.model_calls import ModelCalls
from coach.outgoing import Hidden, hidden
from coach.plain import plain
from coach.prompt import PROMPT_VERSION, Excerpt, phrasing_prompt, repair_prompt
from coach.search import FoundPassage
from coach.sections import Span, sentences
from coach.sources import Source
from coach.verify import Fault, Phrasing, Verification, parsed, verify

# A person has their answer within 10 seconds, so the model has 9 in all.
BUDGET_SECONDS = 9.0
MAX_PASSAGE_TOKENS = 5_000


class Outcome(StrEnum):
    """What came of asking a model; besides these, the code of a ModelFault. All but the first two show the extracts."""

    PHRASED = "phrased"
    INSUFFICIENT = "insufficient"
    UNVERIFIED = "unverified"
    NOT_TYPED = "not_typed"
    CONFLICT = "conflict"
    OVER_BUDGET = "over_budget"
    NO_PASSAGES = "no_passages"


@dataclass(frozen=True)
class Asking:
    """Who asks, and whom a prompt must not name: role names, earlier turns oldest first, full names on the roster."""

    roles: Sequence[str] = ()
    history: Sequence[Turn] = ()
    names: Collection[str] = ()


@dataclass(frozen=True)
class Shown:
    """A passage and the stretches of its text that are the lines of its excerpt."""

    passage: FoundPassage
    excerpt: Excerpt
    spans: tuple[Span, ...]


@dataclass(frozen=True)
class Prepared(Repairable):
    """What a model is about to be asked: the prompt is all that leaves the machine, the rest stays."""

    prompt: Prompt
    shown: tuple[Shown, ...]
    hidden: Hidden
    roles: tuple[str, ...]


@dataclass(frozen=True)
class Try:
    """One prompt and what came back; `outcome` tells whether the reply can be used."""

    prompt: Prompt
    outcome: str
    tokens_in: int
    tokens_out: int
    text: str = ""
    phrasing: Phrasing | None = None
    verification: Verification | None = None

    @property
    def can_be_repaired(self) -> bool:
        """Whether the model wrote something that it could put right."""
        return self.outcome in (Outcome.UNVERIFIED, Outcome.NOT_TYPED)

    @property
    def faults(self) -> tuple[Fault, ...]:
        """What was wrong with it."""
        return self.verification.faults if self.verification is not None else (Fault(Outcome.NOT_TYPED),)


def phrased(calls: ModelCalls, drafted: Drafted, asking: Asking, budget_seconds: float = BUDGET_SECONDS) -> Reply:
    """Return the answer in a model's words if code can verify them all in time, else as it was drafted, saying why.

    Where the model finds the passages insufficient, the reply is an abstention that keeps the quotes. Where nothing was
    found or a rule refused, the model is not asked and the reply not changed.
    """
    if not drafted.evidence:
        return drafted.reply
    if isinstance(drafted.reply, Answer) and drafted.reply.conflicts:
        return unasked(drafted, calls.name, Outcome.CONFLICT)
    prepared = prepare(drafted, asking)
    if not prepared.shown:
        return unasked(drafted, calls.name, Outcome.NO_PASSAGES)
    begun = calls.seconds()
    until = begun + budget_seconds
    tries = [_tried(calls, prepared.prompt, prepared, until)]
    while tries[-1].can_be_repaired and len(tries) < MAX_TRIES:
        faults = [(fault.sentence, fault.check) for fault in tries[-1].faults]
        prompt = repair_prompt(prepared.prompt, tries[-1].text, faults)
        tries.append(_tried(calls, prompt, prepared, until))
    return _noted(_reply(drafted, prepared, tries[-1]), _use(calls, tries, calls.seconds() - begun))


def unasked(drafted: Drafted, model: str, outcome: str) -> Reply:
    """Return the drafted reply, noting why `model` was not asked."""
    return _noted(drafted.reply, ModelUse(model, PROMPT_VERSION, "", str(outcome)))


def prepare(drafted: Drafted, asking: Asking) -> Prepared:
    """Return what would be asked: passages best first as far as they fit, with nobody's name or number in it.

    A passage that gives orders to Coach itself is not sent.
    """
    read = [(passage, _statements(passage)) for passage in drafted.evidence]
    passages = [
        (passage, statements)
        for passage, statements in read
        if not any(guard.orders_coach(words) for _, words in statements)
    ]
    earlier = [turn.text for turn in asking.history if turn.speaker == "user"]
    texts = ["\n".join([_heading(passage), *(words for _, words in statements)]) for passage, statements in passages]
    masked = hidden([drafted.question, *earlier, *texts], asking.names)
    question, *others = masked.texts
    shown: list[Shown] = []
    left = MAX_PASSAGE_TOKENS
    for number, ((passage, statements), text) in enumerate(zip(passages, others[len(earlier) :], strict=True), 1):
        heading, *lines = text.split("\n")
        lines, left = _fitting(lines, left)
        if lines:
            spans = tuple(span for span, _ in statements[: len(lines)])
            shown.append(Shown(passage, Excerpt(f"P{number}", heading, tuple(lines)), spans))
    prompt = phrasing_prompt(question, others[: len(earlier)], asking.roles, [part.excerpt for part in shown])
    return Prepared(prompt, tuple(shown), masked, tuple(asking.roles))


def _statements(passage: FoundPassage) -> list[tuple[Span, str]]:
    spans = sentences(passage.text, 0, len(passage.text))
    return [(span, words) for span in spans if (words := plain(passage.text[span.start : span.end]))]


def _heading(passage: FoundPassage) -> str:
    return " ".join(heading_line(passage.title, passage.heading_path).split())


def _fitting(lines: list[str], left: int) -> tuple[list[str], int]:
    fitting = []
    for line in lines:
        left -= estimated_tokens(line)
        if left < 0:
            break
        fitting.append(line)
    return fitting, left


def _tried(calls: ModelCalls, prompt: Prompt, prepared: Prepared, until: float) -> Try:
    try:
        completion = calls.ask(prompt, until)
    except ModelFault as fault:
        return Try(prompt, fault.code, *fault.charged(prompt))
    return _judged(prompt, completion, prepared)


def _judged(prompt: Prompt, completion: Completion, prepared: Prepared) -> Try:
    phrasing = parsed(completion.text)
    done = Try(prompt, Outcome.NOT_TYPED, completion.tokens_in, completion.tokens_out, completion.text, phrasing)
    if phrasing is None:
        return done
    if phrasing.verdict == "insufficient":
        return replace(done, outcome=Outcome.INSUFFICIENT)
    asked = "\n".join([prepared.hidden.texts[0], *prepared.roles])
    verification = verify(phrasing, [part.excerpt for part in prepared.shown], asked)
    outcome = Outcome.UNVERIFIED if verification.faults else Outcome.PHRASED
    return replace(done, outcome=outcome, verification=verification)


def _use(calls: ModelCalls, tries: Sequence[Try], seconds: float) -> ModelUse:
    last = tries[-1]
    return ModelUse(
        model=calls.name,
        prompt_version=last.prompt.version,
        prompt_hash=last.prompt.hash,
        outcome=str(last.outcome),
        checks=last.verification.checks if last.verification else (),
        tries=len(tries),
        tokens_in=sum(each.tokens_in for each in tries),
        tokens_out=sum(each.tokens_out for each in tries),
        seconds=round(seconds, 3),
    )


def _reply(drafted: Drafted, prepared: Prepared, last: Try) -> Reply:
    reply = drafted.reply
    if last.outcome == Outcome.INSUFFICIENT:
        nearest = reply.nearest if isinstance(reply, Abstention) else _heading(drafted.evidence[0])
        return Abstention(None, reply.refer_to, reply.trace, nearest, reply.sources)
    if last.outcome != Outcome.PHRASED or last.phrasing is None or last.verification is None:
        return reply
    sources, places = _quoted(prepared.shown, last.verification)
    told = [
        Sentence(" ".join(prepared.hidden.shown(sentence.text).split()), place, sentence.is_step)
        for sentence, place in zip(last.phrasing.sentences, places, strict=True)
    ]
    # Two judges must agree: where the search was sure of nothing, a model's word alone is not certain either.
    is_certain = last.phrasing.verdict == "sufficient" and isinstance(reply, Answer)
    return Answer(is_certain and not reply.trace.is_degraded, sources, reply.refer_to, reply.trace, tuple(told))


def _quoted(shown: Sequence[Shown], found: Verification) -> tuple[tuple[Source, ...], list[tuple[int, ...]]]:
    """Return the sources in the order of their first use, and for each sentence the places of its own."""
    lines: dict[str, set[int]] = {}
    for rest in (rest for rests in found.rests for rest in rests):
        lines.setdefault(rest.excerpt, set()).update(range(rest.place.first, rest.place.last + 1))
    by_id = {part.excerpt.id: part for part in shown}
    order = list(lines)
    places = [tuple(dict.fromkeys(order.index(rest.excerpt) for rest in rests)) for rests in found.rests]
    return tuple(_source(by_id[id_], sorted(lines[id_])) for id_ in order), places


def _source(shown: Shown, lines: Sequence[int]) -> Source:
    passage = shown.passage
    pieces = [" ".join(passage.text[shown.spans[line].start : shown.spans[line].end].split()) for line in lines]
    gaps = ["", *(" " if after == before + 1 else GAP for before, after in pairwise(lines))]
    return Source(
        passage_id=passage.passage_id,
        file=passage.file,
        heading_path=passage.heading_path,
        verbatim="".join(gap + piece for gap, piece in zip(gaps, pieces, strict=True)),
        words="".join(gap + plain(piece) for gap, piece in zip(gaps, pieces, strict=True)),
        score=passage.score,
        owner=passage.owner,
        version=passage.version,
        review_on=passage.review_on,
        title=passage.title,
    )


def _noted(reply: Reply, use: ModelUse) -> Reply:
    return replace(reply, trace=replace(reply.trace, model_use=use))
