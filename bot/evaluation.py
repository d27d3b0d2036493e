"""Asks a corpus its questions through the same search and answer as a company's."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.app import App
from bot.company_file import Company
from bot.corpora import Corpus
from bot.views.answer import as_text
from coach.answer import MAX_SOURCES, Contacts, Reply, draft
from coach.conversation import Turn
from coach.documents import Document
from coach.embed import Embedder
from coach.evaluation import PLACES, Asked, Case, Outcome, folded, holders, place_of
from coach.fit_ranking import Judged
from coach.index.port import OnStep, Step, ignore
from coach.ingest import embed_passages, read_sops, store
from coach.rank import Candidates, Weights
from coach.search import Found
from coach.sources import Source, shown_if_certain, sources_of
from coach.tables import SopDocument, SopPassage, SopSection
from metrics.policy import Asker, Audience

CONTACTS = Contacts(default_owner="owner@example.com")
# More than a search weighs, so that all of it is told.
ALL_WEIGHED = 200
LEAK_DEPTH = 50


@dataclass(frozen=True)
class Query:
    """How a case is put: its words, the turns before, and words to be left as they are, like a company's terms."""

    question: str
    history: tuple[str, ...] = ()
    kept: frozenset[str] = frozenset()


Manner = Callable[[Case], Query]


def as_asked(case: Case) -> Query:
    """Put a case as it was put."""
    return Query(case.question, case.history)


def eval_app(app: App, name: str, embedder: Embedder) -> App:
    """Return an application for a corpus of this name, kept under the data folder so that a second run is quick."""
    settings = app.settings.model_copy(
        update={"home": app.settings.home / "eval" / name, "database_url": None, "chroma_url": None}
    )
    return App(settings, embedder=embedder)


def apply_corpus(app: App, corpus: Corpus, on_step: OnStep = ignore) -> None:
    """Make `app` hold the documents of a corpus and no others."""
    company = Company(
        roles=sorted(set(corpus.restricted.values())),
        default_audience="everyone",
        audiences={file: [role] for file, role in corpus.restricted.items()},
    )

    def audience_of(document: Document) -> Audience:
        return company.audience_of(document.file)

    sops = read_sops(dict(corpus.files), audience_of, on_step)
    app.database.upgrade()
    embed_passages(app.database.session, app.database.transaction, sops.documents, app.embedder, on_step)
    with app.database.transaction() as session:
        store(session, sops.documents, app.embedder, app.now(), on_step)


class Exam:
    """The cases of a corpus, asked of an application that holds its documents.

    acl.json restricts files on cases of type acl only; every other case is asked by someone who may read all.
    """

    def __init__(self, app: App, corpus: Corpus, on_step: OnStep = ignore) -> None:
        self.corpus = corpus
        self._app, self._on_step = app, on_step
        self._reader = Asker(roles=frozenset(corpus.restricted.values()))
        self._asked: dict[tuple[str, Query, Weights | None], Asked] = {}
        with app.database.session() as session:
            self._calibration = self._app.library.refresh(session).calibration
            self._texts = {
                row.id: (row.file, folded(row.text))
                for row in session.execute(
                    select(
                        SopPassage.id,
                        SopDocument.file,
                        func.substr(SopDocument.text, SopPassage.start + 1, SopPassage.end - SopPassage.start).label(
                            "text"
                        ),
                    )
                    .join(SopSection, SopPassage.section_id == SopSection.id)
                    .join(SopDocument, SopSection.document_id == SopDocument.id)
                )
            }
        self._holders = {case.id: holders(case.gold, self._texts) for case in corpus.cases}

    def outcomes(self) -> list[Outcome]:
        """Ask every case as staff would, and return how each ended."""
        found = []
        with self._app.database.session() as session:
            for place, case in enumerate(self.corpus.cases, start=1):
                found.append(self._outcome(session, case))
                self._on_step(Step("asked", place, len(self.corpus.cases)))
        return found

    def again(
        self, outcomes: Sequence[Outcome], weights: Weights | None = None, manner: Manner = as_asked
    ) -> list[Outcome]:
        """Return outcomes of this corpus with their covered and uncovered cases searched in another way.

        `weights` None are the shipped ones.
        """
        asked = []
        with self._app.database.session() as session:
            for place, outcome in enumerate(outcomes, start=1):
                asked.append(outcome)
                if outcome.case.is_gauged:
                    asked[-1] = replace(outcome, asked=self._ask(session, outcome.case, weights, manner(outcome.case)))
                self._on_step(Step("asked", place, len(outcomes)))
        return asked

    def _outcome(self, session: Session, case: Case) -> Outcome:
        asker, history = self._asker(case), [Turn("user", text) for text in case.history]
        reply = draft(session, self._app.library, asker, case.question, CONTACTS, history).reply
        same = None
        if case.is_acl and case.expected == "answer":
            free = draft(session, self._app.library, self._reader, case.question, CONTACTS, history).reply
            same = (free.status, _passages_of(free)) == (reply.status, _passages_of(reply))
        return Outcome(
            case=case,
            status=reply.status,
            asked=self._ask(session, case, None, as_asked(case)),
            is_shown=reply.status in ("answered", "uncertain") and _is_quoted(case, reply.sources),
            is_leak=case.expected == "must_not_reveal" and self._leaks(session, case, asker, reply),
            is_same_without_acl=same,
        )

    def _asker(self, case: Case) -> Asker:
        return Asker(roles=frozenset({case.role} if case.role else ())) if case.is_acl else self._reader

    def _ask(self, session: Session, case: Case, weights: Weights | None, query: Query) -> Asked:
        key = (case.id, query, weights)
        if key not in self._asked:
            self._asked[key] = self._searched(session, case, weights, query)
        return self._asked[key]

    def _searched(self, session: Session, case: Case, weights: Weights | None, query: Query) -> Asked:
        # All candidates are needed once, to fit weights on; they are the same whatever the weights.
        known = self._asked.get((case.id, query, None))
        found = self._app.library.find(
            session,
            self._asker(case),
            query.question,
            [Turn("user", text) for text in query.history],
            MAX_SOURCES if known else ALL_WEIGHED,
            glossary={word: word for word in query.kept},
            weights=weights,
        )
        quotes = sources_of(replace(found, passages=found.passages[:MAX_SOURCES]))
        holding = self._holders[case.id]
        return Asked(
            place=place_of(holding, [each.passage_id for each in found.considered[:PLACES]]),
            is_quoted=_is_quoted(case, quotes),
            is_quoted_if_certain=_is_quoted(case, shown_if_certain(found, quotes)),
            standardised=self._calibration.standardised(found.signals),
            confidence=found.confidence,
            judged=known.judged if known else _judged(found, holding),
        )

    def _leaks(self, session: Session, case: Case, asker: Asker, reply: Reply) -> bool:
        history = [Turn("user", text) for text in case.history]
        found = self._app.library.find(session, asker, case.question, history, LEAK_DEPTH)
        closed = {file for file, role in self.corpus.restricted.items() if role not in asker.roles}
        told = folded(
            as_text(reply, {}, self._app.now().date()) + json.dumps([passage.text for passage in found.passages])
        )
        is_open = all(passage.file not in closed for passage in found.passages)
        return not is_open or any(folded(text) in told for text in case.forbidden)


def _judged(found: Found, holding: Sequence[frozenset[int]]) -> Judged:
    ids = np.array([each.passage_id for each in found.considered], dtype=np.intp)
    signals = {
        name: np.array([each.scores[name] for each in found.considered], dtype=np.float32)
        for name in ("late", "window", "grams", "passage")
    }
    holds = np.array([np.isin(ids, list(keys)) for keys in holding], dtype=bool).reshape(len(holding), ids.size)
    return Judged(Candidates(rows=ids, **signals), holds)


def _is_quoted(case: Case, quotes: Sequence[Source]) -> bool:
    texts = {place: (quoted.file, folded(quoted.verbatim)) for place, quoted in enumerate(quotes)}
    return bool(case.gold) and all(holders(case.gold, texts))


def _passages_of(reply: Reply) -> list[int]:
    return [source.passage_id for source in reply.sources]
