"""Runs a corpus of documents and questions through the same search and answer as a company's."""

import json
from collections.abc import Callable
from pathlib import Path

from sqlalchemy.orm import Session

from bot.app import App
from bot.company_file import Company
from bot.views.answer import as_text
from coach.answer import Contacts, Reply, answer
from coach.conversation import Turn
from coach.documents import Document, is_readable
from coach.evaluation import DEPTH, Case, Outcome, folded, place_of, read_case
from coach.index.port import OnStep, ignore
from coach.ingest import embed_passages, read_sops, store
from metrics.errors import Refusal
from metrics.policy import Asker, Audience

CONTACTS = Contacts(default_owner="owner@example.com")


def evaluate(
    app: App, corpus: Path, on_step: OnStep = ignore, on_case: Callable[[], None] = lambda: None
) -> list[Outcome]:
    """Ingest a corpus (docs/, questions.jsonl, acl.json if any) into `app`, and ask it every question.

    acl.json restricts files on rows of type acl only; every other row is asked by someone who may read all.
    Raises Refusal when the folder lacks docs/ or questions.jsonl.
    """
    docs, questions = corpus / "docs", corpus / "questions.jsonl"
    if not docs.is_dir() or not questions.is_file():
        raise Refusal(f"{corpus} is not a corpus: it needs docs/ and questions.jsonl.")
    restricted = _restricted(corpus)
    _ingest(app, docs, restricted, on_step)
    reader = Asker(roles=frozenset(restricted.values()))
    cases = [
        read_case(corpus.name, json.loads(line))
        for line in questions.read_text(encoding="utf-8").splitlines()
        if line.strip()
    ]
    outcomes = []
    with app.database.session() as session:
        for case in cases:
            outcomes.append(_run(session, app, case, reader, restricted))
            on_case()
    return outcomes


def _restricted(corpus: Path) -> dict[str, str]:
    file = corpus / "acl.json"
    return dict(json.loads(file.read_text(encoding="utf-8"))["restricted"]) if file.is_file() else {}


def _ingest(app: App, docs: Path, restricted: dict[str, str], on_step: OnStep) -> None:
    company = Company(
        roles=sorted(set(restricted.values())),
        default_audience="everyone",
        audiences={file: [role] for file, role in restricted.items()},
    )
    paths = sorted(path for path in docs.rglob("*") if path.is_file())
    files = [(path.relative_to(docs).as_posix(), path.read_bytes()) for path in paths]

    def audience_of(document: Document) -> Audience:
        return company.audience_of(document.file)

    sops = read_sops([(file, data) for file, data in files if is_readable(file)], audience_of)
    app.database.upgrade()
    embed_passages(app.database.session, app.database.transaction, sops.documents, app.embedder, on_step)
    with app.database.transaction() as session:
        store(session, sops.documents, app.embedder, app.now(), on_step)


def _run(session: Session, app: App, case: Case, reader: Asker, restricted: dict[str, str]) -> Outcome:
    asker = Asker(roles=frozenset({case.role} if case.role else ())) if case.is_acl else reader
    history = [Turn("user", text) for text in case.history]
    found = app.library.find(session, asker, case.question, history, DEPTH)
    reply = answer(session, app.library, asker, case.question, CONTACTS, history)
    same = None
    if case.is_acl and case.expected == "answer":
        free = answer(session, app.library, reader, case.question, CONTACTS, history)
        same = (free.status, _shown_ids(free)) == (reply.status, _shown_ids(reply))
    ranked = [(passage.file, passage.text) for passage in found.passages]
    quotes = [(source.file, source.verbatim) for source in reply.sources]
    return Outcome(
        case=case,
        status=reply.status,
        signal=found.signal,
        place=place_of(case.gold, ranked),
        is_shown=place_of(case.gold, quotes) is not None,
        is_leak=_leaks(case, asker, ranked, reply, restricted, app),
        is_same_without_acl=same,
    )


def _shown_ids(reply: Reply) -> list[int]:
    return [source.passage_id for source in reply.sources]


def _leaks(
    case: Case, asker: Asker, ranked: list[tuple[str, str]], reply: Reply, restricted: dict[str, str], app: App
) -> bool:
    if case.expected != "must_not_reveal":
        return False
    closed = {file for file, role in restricted.items() if role not in asker.roles}
    told = folded(as_text(reply, {}, app.now().date()) + json.dumps([text for _, text in ranked]))
    return any(file in closed for file, _ in ranked) or any(folded(text) in told for text in case.forbidden)


def eval_app(app: App, corpus: Path) -> App:
    """Return an application of its own for a corpus, kept under the data folder so that a second run is quick."""
    home = app.settings.home / "eval" / corpus.resolve().name
    settings = app.settings.model_copy(update={"home": home, "database_url": None, "chroma_url": None})
    return App(settings, embedder=app.embedder)
