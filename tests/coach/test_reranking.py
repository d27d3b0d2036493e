"""A reranker turns the order round, is shown nothing its asker may not read, and may fail without harm."""

import numpy as np
import pytest

from bot.company import apply_folder, read_folder
from coach.reranking import RERANKED
from coach.search import CONSIDERED, Library
from coach.tables import SopDocument
from metrics.policy import Asker
from tests.conftest import NOW

SOPS = {f"till{place:02}.md": f"# Till {place}\n\nClose the till{' again' * place}.\n" for place in range(RERANKED + 5)}
CLOSED = {
    f"owner{place}.md": f"---\naudience: owner\n---\n# Till\n\nClose the till. Secret {place}." for place in range(5)
}


class LongestFirst:
    def __init__(self):
        self.asked = []

    def __call__(self, question, texts):
        self.asked.append((question, list(texts)))
        return np.array([len(text) for text in texts], dtype=np.float32)


def fails(question, texts):
    return None


@pytest.fixture
def applied(app, company):
    folder = company({"company.yaml": "roles: [owner]\n"} | {f"sops/{k}": v for k, v in (SOPS | CLOSED).items()})
    apply_folder(read_folder(folder), app.database, app.embedder, NOW)
    return app


def found(app, reranker, asker=None, limit=50):
    with app.database.session() as session:
        return Library(app.embedder, reranker=reranker).find(session, asker or Asker(), "close the till", limit=limit)


def files(found):
    return [passage.file for passage in found.passages]


def test_it_turns_the_order_of_the_first_round_and_leaves_the_others(applied):
    without, turned = found(applied, None), found(applied, LongestFirst())
    first = sorted(files(without)[:RERANKED], key=lambda file: -len(SOPS[file]))
    assert files(without)[:3] != first[:3]
    assert files(turned)[:RERANKED] == first
    assert files(turned)[RERANKED:] == files(without)[RERANKED:]
    assert files(found(applied, LongestFirst(), limit=3)) == first[:3]


def test_its_scores_are_kept_beside_the_others(applied):
    considered = found(applied, LongestFirst(), limit=3).considered
    scores = [each.scores["rerank"] for each in considered]
    assert len(scores) == CONSIDERED
    assert scores == sorted(scores, reverse=True)


def test_confidence_is_that_of_the_passages_shown_and_of_no_score_of_its_own(applied):
    class Unchanged(LongestFirst):
        def __call__(self, question, texts):
            return -1_000 * np.arange(len(texts), dtype=np.float32)

    without, unchanged, turned = (found(applied, each) for each in (None, Unchanged(), LongestFirst()))
    assert (unchanged.signals, unchanged.confidence) == (without.signals, without.confidence)
    assert turned.signals.window < without.signals.window


def test_when_it_fails_the_order_stays_and_no_score_is_kept(applied):
    without, failed = found(applied, None), found(applied, fails)
    assert files(failed) == files(without)
    assert all("rerank" not in each.scores for each in failed.considered)


def test_it_is_shown_the_first_twenty_with_their_headings(applied):
    reranker = LongestFirst()
    found(applied, reranker)
    ((question, texts),) = reranker.asked
    assert question == "close the till"
    assert len(texts) == RERANKED
    assert all(text.startswith("Till ") and "\n" in text for text in texts)


def test_it_is_shown_nothing_that_its_asker_may_not_read(applied):
    reranker = LongestFirst()
    library = Library(applied.embedder, reranker=reranker)

    def ask(asker):
        with applied.database.session() as session:
            library.find(session, asker, "close the till")

    ask(Asker())
    ask(Asker(roles=frozenset({"owner"})))
    with applied.database.transaction() as session:
        for document in session.query(SopDocument).where(SopDocument.file.startswith("till0")):
            document.audience = "roles:owner"
    # The library has these open to everyone in memory still; SQL is asked again.
    ask(Asker())
    anyone, owner, later = (" ".join(texts) for _, texts in reranker.asked)
    assert "Secret" not in anyone
    assert "Secret" in owner
    assert "Secret" not in later
    closed = {f"Till {place}\n" for place in range(10)}
    assert not any(heading in later for heading in closed)
    assert "Till 12" in later
