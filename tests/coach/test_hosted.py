"""An embedder outside: what it is told of a question, and that a person has an answer without it."""

from types import SimpleNamespace

import pytest
from sqlalchemy import event, func, select

from bot.app import App
from bot.company import apply_folder, read_folder, stored_company
from bot.settings import Settings
from bot.views.answer import LETTERS_ALONE, as_text
from bot.views.why import explained_text
from coach.answer import Abstention, Answer, Contacts, draft
from coach.conversation import Turn
from coach.embed import EmbedderFault, HostedEmbedder, WordHashEmbedder
from coach.hosted import QUESTION_SECONDS, without_people
from coach.model import FaultCode, ScriptedModel
from coach.model_calls import ModelCalls
from coach.phrase import Asking, phrased
from coach.search import Library
from coach.tables import PassageVector
from metrics.errors import NotReady
from metrics.policy import Asker
from tests.conftest import NOW

SOPS = {
    "refunds.md": "# Refunds\n\nRefunds go to the original card within 30 days.\n",
    "alarm.md": "# Alarm\n\nThe manager sets the alarm code every Monday. Ask Leila Osmond for it.\n",
    "owner/pay.md": "---\naudience: owner\n---\n# Pay of managers\n\nManagers are paid zebra money.\n",
} | {f"shelf{place}.md": f"# Shelf {place}\n\nShelf {place} holds cups of size {place}.\n" for place in range(6)}
PEOPLE = "name,email,team,role,start_date\nLeila Osmond,leila@x.test,T,owner,2026-01-05\n"


class Hosted:
    """Vectors of hashed words from elsewhere; `told` is every text it was given, `failure` what it raises instead."""

    id, dimensions = "openai:words@host/256", 256

    def __init__(self):
        self.told, self.timeouts = [], []
        self.failure = None
        self.fails_after = 0
        self._remembered = {}

    def embed(self, texts):
        if self.failure is not None:
            self.fails_after -= 1
            if self.fails_after < 0:
                raise EmbedderFault(self.failure)
        self.told += [text for text in texts if text not in self._remembered]
        self._remembered |= dict.fromkeys(texts)
        return WordHashEmbedder().embed(texts)

    def within(self, timeout_seconds):
        self.timeouts.append(timeout_seconds)
        return SimpleNamespace(id=self.id, dimensions=self.dimensions, embed=self.embed)


@pytest.fixture
def hosted():
    return Hosted()


@pytest.fixture
def app(tmp_path, company, hosted):
    app = App(Settings(home=tmp_path / "home"), embedder=hosted)
    app.database.upgrade()
    company({"company.yaml": "roles: [owner]\n", "people.csv": PEOPLE})
    company({f"sops/{file}": text for file, text in SOPS.items()})
    applied(app, company)
    hosted.told.clear()
    yield app
    app.close()


def applied(app, company):
    return apply_folder(read_folder(company({})), app.database, app.embedder, NOW)


def reply_to(app, question, history=(), asker=None):
    with app.database.session() as session:
        return draft(session, app.library, asker or Asker(), question, Contacts("desk@x.test"), history).reply


def found(app, question, asker=None):
    with app.database.session() as session:
        return app.library.find(session, asker or Asker(), question, limit=50)


def test_it_answers_as_any_embedder_does(app, hosted):
    assert isinstance(hosted, HostedEmbedder)
    reply = reply_to(app, "refunds go to the original card")
    assert isinstance(reply, Answer)
    assert (reply.status, reply.sources[0].file) == ("answered", "refunds.md")
    assert not reply.trace.is_degraded
    assert hosted.timeouts == [QUESTION_SECONDS]


def test_it_is_told_no_person_and_no_number_that_identifies(app, hosted):
    earlier = [Turn("user", "Leila Osmond wants her card refunded")]
    reply_to(app, "and leila, leila@x.test, +44 20 7946 0958: does she get the alarm code?", earlier)
    told = " ".join(hosted.told).lower()
    assert "alarm code" in told
    for word in ("leila", "osmond", "x.test", "7946", "0958", "name_1", "["):
        assert word not in told


def test_letters_still_find_the_person_an_sop_names(app):
    first = found(app, "leila osmond?").passages[0]
    assert first.file == "alarm.md"


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("Can Leila Osmond set the alarm?", "Can set the alarm?"),
        ("leila osmond", ""),
        ("call 020 7946 0958 about [NAME_1]", "call about [ NAME_1]"),
        ("Refund 30 days?", "Refund 30 days?"),
    ],
)
def test_nothing_stands_in_for_what_was_taken_out(question, told):
    assert without_people(question, ["Leila Osmond"]) == told


@pytest.mark.parametrize("fails_after", [0, 1, 2])
def test_a_question_whose_embedder_fails_is_answered_by_letters_and_never_with_certainty(app, hosted, fails_after):
    assert found(app, "refunds").passages
    hosted.failure, hosted.fails_after = FaultCode.TIMEOUT, fails_after
    reply = reply_to(app, "refunds go to the original card")
    assert isinstance(reply, Answer)
    assert (reply.status, reply.sources[0].file) == ("uncertain", "refunds.md")
    assert "original card within 30 days" in reply.sources[0].words
    assert (reply.trace.is_degraded, reply.trace.confidence) == (True, None)
    assert as_text(reply, {}, NOW.date()).startswith(LETTERS_ALONE)


def test_without_a_shared_run_of_letters_nothing_is_claimed(app, hosted):
    hosted.failure = FaultCode.OVERLOADED
    reply = reply_to(app, "quixotic?")
    assert isinstance(reply, Abstention)
    assert reply.status == "not_covered"
    assert as_text(reply, {}, NOW.date()).startswith(f"{LETTERS_ALONE}, and found nothing.")


def test_the_letters_of_what_a_person_may_not_read_find_nothing(app, hosted):
    hosted.failure = FaultCode.OVERLOADED
    assert "owner/pay.md" not in {passage.file for passage in found(app, "managers are paid zebra money").passages}
    owner = Asker(roles=frozenset({"owner"}))
    assert found(app, "managers are paid zebra money", owner).passages[0].file == "owner/pay.md"


def test_a_models_word_does_not_make_it_certain(app, hosted):
    hosted.failure = FaultCode.OVERLOADED
    with app.database.session() as session:
        drafted = draft(session, app.library, Asker(), "how long do refunds take", Contacts())
    assert "Search: by spelling alone" in explained_text(drafted, None, None)

    def sufficient(prompt):
        line = "Refunds go to the original card within 30 days."
        return (
            '{"verdict": "sufficient", "sentences": [{"text": "Refunds go to the original card within 30 days.", '
            f'"support": [{{"passage": "P1", "quote": "{line}"}}]}}]}}'
        )

    calls = ModelCalls(ScriptedModel(sufficient, sufficient), lambda: 0.0, lambda _: None, lambda: 0.5)
    reply = phrased(calls, drafted, Asking())
    assert isinstance(reply, Answer)
    assert reply.trace.model_use.outcome == "phrased"
    assert reply.status == "uncertain"


def test_an_apply_it_fails_stops_with_a_sentence_and_nothing_half_written(app, hosted, company):
    before = found(app, "refunds").generation
    company({"sops/new.md": "# Parking\n\nPark behind the shop.\n"})
    hosted.failure = FaultCode.UNAUTHORIZED
    with pytest.raises(NotReady, match="It refused COACH_EMBEDDINGS_KEY"):
        applied(app, company)
    hosted.failure = None
    assert found(app, "park behind the shop").generation == before
    assert "new.md" not in {passage.file for passage in found(app, "park behind the shop").passages}
    applied(app, company)
    assert found(app, "park behind the shop").passages[0].file == "new.md"


def test_nobody_waits_for_it_while_apply_alone_may_write(app, hosted, company):
    company({"sops/new.md": "# Parking and deliveries of the week\n\nPark behind the shop.\n"})
    asked_while_writing = []
    is_writing = False

    class Watched(Hosted):
        def embed(self, texts):
            if is_writing:
                asked_while_writing.extend(text for text in texts if text.strip() and text not in self._remembered)
            return super().embed(texts)

    watched = Watched()

    def statement(connection, cursor, words, *_):
        nonlocal is_writing
        is_writing = is_writing or "INTO sop_documents" in words

    event.listen(app.database.engine, "before_cursor_execute", statement)
    apply_folder(read_folder(company({})), app.database, watched, NOW)
    assert is_writing
    assert asked_while_writing == []


def test_an_apply_that_changes_nothing_asks_it_nothing(app, hosted, company):
    applied(app, company)
    assert hosted.told == []


def test_no_connection_is_held_while_somebody_outside_is_waited_for(app, hosted):
    pool, held = app.database.engine.pool, []

    class Watched(Hosted):
        def embed(self, texts):
            held.append(("embedder", pool.checkedout()))
            return super().embed(texts)

    def rerank(question, texts):
        held.append(("reranker", pool.checkedout()))

    library = Library(Watched(), reranker=rerank)
    with app.database.session() as session:
        earlier = [Turn("user", stored_company(session).name), Turn("user", "where are the cups?")]
        library.find(session, Asker(), "where do refunds go and who sets the alarm code?", earlier)
        assert session.scalar(select(func.count()).select_from(PassageVector)) > 0
    # The question, its two parts, it joined with what was asked before, without each word, and word by word.
    assert [who for who, _ in held].count("embedder") >= 6
    assert {("embedder", 0), ("reranker", 0)} == set(held)


def test_another_embedder_asks_for_another_apply(app, company, tmp_path):
    other = App(app.settings, embedder=WordHashEmbedder())
    with pytest.raises(NotReady, match="Run `coach apply FOLDER` again"):
        found(other, "refunds")
    applied(other, company)
    assert found(other, "refunds").passages[0].file == "refunds.md"
    with other.database.session() as session:
        assert {row.embedder_id for row in session.query(PassageVector)} == {WordHashEmbedder.id}
    other.close()
