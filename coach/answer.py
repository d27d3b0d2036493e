"""Owns the step from a question to an answer in quotes, or an honest abstention."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy.orm import Session

from coach import guard
from coach.asked import About
from coach.conflicts import conflicts_among
from coach.conversation import Turn, points_back
from coach.costs import DEFAULT_COSTS, Band, Costs
from coach.documents import heading_line
from coach.guard import Contact, Rule
from coach.layout import quotable
from coach.lexical import LexicalIndex
from coach.search import ANYBODY, Considered, Found, FoundPassage, Library
from coach.sources import Conflict, Source, shown_if_certain, sources_of
from metrics.policy import Asker

MAX_SOURCES = 3
PAY_DEPTH = 20
MAX_CONSIDERED = 10
# What is half as likely to answer as what would be shown is worth naming; below it the nearest is about something else.
NEAR_SHARE = 0.5


@dataclass(frozen=True)
class Contacts:
    """Whom the company wants people sent to; `None` where it does not say."""

    default_owner: str | None = None
    people_contact: str | None = None
    emergency_number: str | None = None


@dataclass(frozen=True)
class Check:
    """One thing code looked for in what a model wrote: a constant `name`, and whether it held."""

    name: str
    is_met: bool


@dataclass(frozen=True)
class ModelUse:
    """What a model was asked and what came of it; never its words or ours.

    `prompt_hash` is SHA-256 over what was sent, `outcome` a constant: phrased, insufficient, or why extracts were
    shown instead (coach/phrase.py lists them). `tokens_in` and `tokens_out` are over all tries.
    """

    model: str
    prompt_version: str
    prompt_hash: str
    outcome: str
    checks: tuple[Check, ...] = ()
    tries: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    seconds: float = 0.0


@dataclass(frozen=True)
class Rules:
    """What the company says of itself: what mistakes cost, its terms with what they stand for, its sites and teams."""

    costs: Costs = DEFAULT_COSTS
    glossary: Mapping[str, str] = field(default_factory=dict)
    places: frozenset[str] = frozenset()


USUAL_RULES = Rules()


@dataclass(frozen=True)
class Trace:
    """What a search went through: the generation asked (None when nothing was searched), signal and confidence.

    `confidence` is the probability (0-1) that the quotes answer the question, `signals` what it was computed from;
    `low` and `high` are the thresholds between the three bands that day. `is_degraded` says that the embeddings service
    failed and passages were found by letters alone: then there is no confidence.
    """

    generation: int | None = None
    signal: float | None = None
    confidence: float | None = None
    is_follow_up: bool = False
    signals: dict[str, float] = field(default_factory=dict)
    low: float | None = None
    high: float | None = None
    considered: tuple[Considered, ...] = ()
    model_use: ModelUse | None = None
    is_degraded: bool = False


@dataclass(frozen=True)
class Sentence:
    """A sentence a model phrased and code verified; `places` (from 0) are the sources whose quotes bear it.

    `is_step` says that it is one of numbered steps.
    """

    text: str
    places: tuple[int, ...]
    is_step: bool = False


@dataclass(frozen=True)
class Answer:
    """Quotes from SOPs the asker may read, best first; `is_certain` tells the upper band from the middle one.

    `sentences` are a model's words over the quotes, none where the quotes stand for themselves. `conflicts` are pairs
    of sources that disagree.
    """

    is_certain: bool
    sources: tuple[Source, ...]
    refer_to: str | None
    trace: Trace
    sentences: tuple[Sentence, ...] = ()
    conflicts: tuple[Conflict, ...] = ()

    @property
    def status(self) -> str:
        """`answered` or `uncertain`."""
        return (Band.ANSWERED if self.is_certain else Band.UNCERTAIN).value


@dataclass(frozen=True)
class Abstention:
    """No answer, and whom to ask instead. `rule` names why Coach will not answer; None means not covered.

    `nearest` is the title and headings of the nearest section. `sources` are quoted beside an emergency number; where
    nothing covers a question they are the nearest sections, to be read and not quoted.
    """

    rule: str | None
    refer_to: str | None
    trace: Trace
    nearest: str | None = None
    sources: tuple[Source, ...] = ()

    @property
    def status(self) -> str:
        """`refused` or `not_covered`."""
        return "refused" if self.rule else Band.NOT_COVERED.value


Reply = Answer | Abstention


@dataclass(frozen=True, eq=False)
class Drafted:
    """A reply that is complete without a model, and the passages a model may phrase from, all open to the asker.

    There is no `evidence` where a rule refused, or nothing was found. `question` is the question as it was searched.
    """

    reply: Reply
    question: str
    evidence: tuple[FoundPassage, ...] = ()


def draft(
    session: Session,
    library: Library,
    asker: Asker,
    question: str,
    contacts: Contacts,
    history: Sequence[Turn] = (),
    rules: Rules = USUAL_RULES,
    about: About = ANYBODY,
) -> Drafted:
    """Answer a question in quotes from what `asker` may read, and return what a model may phrase it from, too.

    `history` are the turns before; `about` is what of the asker makes one SOP fit better than its equal.

    Raises NotReady before the first apply.
    """
    asked, costs = guard.cleaned(question), rules.costs
    rule = guard.unaskable(asked) or guard.broken_rule(asked)
    if rule is not None and not rule.shows_sources:
        return Drafted(Abstention(rule.name, _contact(rule, contacts), Trace()), asked)
    terms = frozenset(term.lower() for term in rules.glossary)
    asks_pay = rule is None and guard.asks_somebodys_pay(asked, terms)
    limit = PAY_DEPTH if asks_pay else MAX_SOURCES
    found = library.find(session, asker, asked, history, limit, about, rules.glossary)
    trace = Trace(
        found.generation,
        round(found.signal, 4),
        None if found.is_degraded else found.confidence,
        found.is_follow_up,
        {name: round(value, 4) for name, value in found.signals.as_record().items()},
        costs.low,
        costs.high,
        found.considered[:MAX_CONSIDERED],
        is_degraded=found.is_degraded,
    )
    band = _band(found, costs)
    if band is Band.ANSWERED and found.is_follow_up and not points_back(asked):
        # Taken for a follow-up only because nothing near was found without the turns before.
        band = Band.UNCERTAIN
    if rule is not None:
        sources = shown_if_certain(found, sources_of(found)) if band is Band.ANSWERED else ()
        return Drafted(Abstention(rule.name, _contact(rule, contacts), trace, sources=sources), asked)
    if asks_pay:
        subject = guard.pay_subject(asked, terms)
        stating = tuple(passage for passage in found.passages if _states_pay(passage, subject, found.lexical))
        if not stating or band is Band.NOT_COVERED:
            pay = guard.SOMEBODYS_PAY
            return Drafted(Abstention(pay.name, _contact(pay, contacts), trace), asked)
        found = replace(found, passages=stating[:MAX_SOURCES])
    return Drafted(_told(found, band, trace, contacts, rules), asked, found.passages)


def _band(found: Found, costs: Costs) -> Band:
    if not found.passages:
        return Band.NOT_COVERED
    return Band.UNCERTAIN if found.is_degraded else costs.band(found.confidence)


def _told(found: Found, band: Band, trace: Trace, contacts: Contacts, rules: Rules) -> Reply:
    first = found.passages[0] if found.passages else None
    owner = (first.owner if first else None) or contacts.default_owner
    sources = sources_of(found)
    if band is Band.NOT_COVERED:
        nearest = heading_line(first.title, first.heading_path) if first else None
        is_near = found.confidence >= NEAR_SHARE * (trace.low or 0.0)
        return Abstention(None, owner, trace, nearest, sources if is_near else ())
    conflicts = conflicts_among(sources, rules.places)
    if band is Band.ANSWERED:
        near = shown_if_certain(found, sources)
        among_near = conflicts_among(near, rules.places) if conflicts else ()
        # What says otherwise is shown, however far below it was found.
        if len(among_near) == len(conflicts):
            sources, conflicts = near, among_near
    return Answer(band is Band.ANSWERED, sources, owner, trace, conflicts=conflicts)


def _contact(rule: Rule, contacts: Contacts) -> str | None:
    match rule.refer_to:
        case Contact.NOBODY:
            return None
        case Contact.EMERGENCY_SERVICES:
            return contacts.emergency_number
        case Contact.PEOPLE_CONTACT:
            return contacts.people_contact or contacts.default_owner
        case Contact.DEFAULT_OWNER:
            return contacts.default_owner


def _states_pay(passage: FoundPassage, whose: str, lexical: LexicalIndex) -> bool:
    """Say whether a sentence names whose pay is asked for and a figure, where pay is the subject."""
    subject = set(lexical.words([whose])[0])
    heading = heading_line(passage.title, passage.heading_path)
    sentences = [passage.text[span.start : span.end] for span in quotable(passage.text)]
    return any(
        subject <= set(words) and guard.speaks_of_pay(f"{heading} {sentence}") and any(map(str.isdigit, sentence))
        for sentence, words in zip(sentences, lexical.words(sentences), strict=True)
    )
