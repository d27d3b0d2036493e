"""Owns one question from the door to the record: ask, note it as one event, put it into words."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.app import App
from bot.company import stored_company
from bot.courtesies import without_courtesies
from bot.phrasing import asking_of, phrase
from bot.views.answer import as_json, as_text
from bot.views.why import SentToSearch
from coach.answer import Contacts, Drafted, Reply, Rules, draft
from coach.asked import About
from coach.conversation import Turn
from coach.embed import HostedEmbedder
from coach.hosted import roster_names, without_people
from coach.mask import mask, without_masks
from coach.phrase import Prepared, prepare
from metrics.events.kinds import QuestionAsked
from metrics.events.record import record
from metrics.people import Person
from metrics.policy import Asker


@dataclass(frozen=True)
class Told:
    """A reply with its words and the seconds it took."""

    reply: Reply
    text: str
    seconds: float

    def as_json(self) -> dict[str, Any]:
        """Return the object `coach ask --json` prints."""
        return as_json(self.reply, self.text, self.seconds)


def ask(app: App, asker: Asker, question: str, history: Sequence[Turn] = (), door: str = "cli") -> Told:
    """Answer a question and record it as one event. Raises NotReady before the first apply."""
    begun = time.monotonic()
    with app.database.session() as session:
        drafted = draft_reply(app, session, asker, without_stated_secrets(question), history)
    reply = phrase(app, drafted, asker, history)
    with app.database.session() as session:
        text = as_text(reply, names_for(session, reply), app.now().date())
    seconds = time.monotonic() - begun
    with app.database.transaction() as session:
        record(session, question_event(reply, seconds, door), app.now(), asker.person_id)
    return Told(reply, text, seconds)


def explain(app: App, asker: Asker, question: str) -> tuple[Drafted, Prepared | None]:
    """Return what was found for a question, and what a model would be sent: None where none would be asked.

    Nothing is recorded, and nothing sent but what searching itself needs. Raises NotReady before the first apply.
    """
    with app.database.session() as session:
        drafted = draft_reply(app, session, asker, without_stated_secrets(question))
        asking = asking_of(session, asker, ())
    return drafted, prepare(drafted, asking) if drafted.evidence else None


def sent_to_search(app: App, drafted: Drafted) -> SentToSearch | None:
    """Return what a search of this question sent, None where it sent nothing."""
    settings = app.settings
    embeddings = settings.embeddings if isinstance(app.embedder, HostedEmbedder) else None
    if drafted.reply.trace.generation is None or not (embeddings or settings.reranker_url):
        return None
    with app.database.session() as session:
        question = without_people(drafted.question, roster_names(session))
    reranker = settings.reranker_url and without_secrets(settings.reranker_url)
    return SentToSearch(question, embeddings, reranker)


def without_secrets(url: str) -> str:
    """Return an address without what may be secret in it: user, password and query."""
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))


def without_stated_secrets(question: str) -> str:
    """Return a question without the passwords and card numbers somebody wrote into it, as in chat."""
    return without_masks(mask(question).text)


def draft_reply(app: App, session: Session, asker: Asker, question: str, history: Sequence[Turn] = ()) -> Drafted:
    """Return the answer or abstention in quotes, from what `asker` may read, and what a model may phrase it from.

    Raises NotReady.
    """
    company = stored_company(session)
    contacts = Contacts(company.default_owner, company.people_contact, company.emergency_number)
    rules = Rules(company.answers.costs.costs(), company.glossary, places_of(session))
    asked = without_courtesies(question)
    return draft(session, app.library, asker, asked, contacts, history, rules, _about(session, asker))


def places_of(session: Session) -> frozenset[str]:
    """Return the names of the company's sites and teams."""
    rows = session.execute(select(Person.site, Person.team).where(Person.is_active).distinct())
    return frozenset(name for row in rows for name in row if name)


def _about(session: Session, asker: Asker) -> About:
    person = session.get(Person, asker.person_id) if asker.person_id is not None else None
    return About(asker.roles, person.site if person is not None else None)


def names_for(session: Session, reply: Reply) -> dict[str, str]:
    """Return the name of whom a reply refers to, by e-mail, where the roster knows it."""
    if reply.refer_to is None:
        return {}
    rows = session.execute(select(Person.email, Person.name).where(Person.email == reply.refer_to.lower()))
    return dict(rows.all())


def question_event(
    reply: Reply, seconds: float, door: str, is_open: bool = False, masked: Sequence[str] = ()
) -> QuestionAsked:
    """Return the event of one question; `seconds` is how long the reply took."""
    return QuestionAsked(
        door=door,
        band=reply.status,
        rule=getattr(reply, "rule", None),
        confidence=reply.trace.confidence,
        generation=reply.trace.generation,
        seconds=round(seconds, 4),
        passage_ids=[source.passage_id for source in reply.sources],
        files=list(dict.fromkeys(source.file for source in reply.sources)),
        is_follow_up=reply.trace.is_follow_up,
        is_open=is_open,
        masked=list(masked),
        phrasing=reply.trace.model_use.outcome if reply.trace.model_use else None,
    )
