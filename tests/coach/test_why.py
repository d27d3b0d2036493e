"""The record of an answer: what was weighed and quoted, and nothing of it that its reader may not read now."""

import pytest
from sqlalchemy import delete, update

from coach.answer import Abstention, Answer, Check, ModelUse, Trace
from coach.questions import keep_question
from coach.search import Considered
from coach.sources import Source
from coach.tables import AskedQuestion, SopDocument, SopPassage, SopSection
from coach.why import answer_record, found_answer, newest_answers, rated_answers
from metrics.policy import EVERYONE, Asker, Audience
from tests.lessons.stored import store_person

FINANCE = Audience(frozenset({"finance"}))
USE = ModelUse("openai:small", "phrase-1", "ab" * 32, "phrased", (Check("quotes_stand", True),), 1, 900, 80, 1.5)
ANSWER_ID = "a1" * 16
CASHIER, CLERK = Asker(1, frozenset({"cashier"})), Asker(2, frozenset({"finance"}))


@pytest.fixture
def session(database):
    with database.transaction() as session:
        yield session


def store_passage(session, now, file, audience):
    document = SopDocument(file=file, title=file, text="", content_key="", audience=audience.key, ingested_at=now)
    session.add(document)
    session.flush()
    section = SopSection(document_id=document.id, number=1, heading_path=["Pay"], start=0, end=0)
    session.add(section)
    session.flush()
    passage = SopPassage(section_id=section.id, start=0, end=0, search_text="", text_hash="")
    session.add(passage)
    session.flush()
    return passage.id


@pytest.fixture
def asked(session, now):
    """An answer that weighed and quoted two SOPs, one of them for finance alone."""
    ids = {file: store_passage(session, now, file, who) for file, who in (("a.md", EVERYONE), ("b.md", FINANCE))}
    sources = tuple(
        Source(passage_id, file, ("Pay",), f"words of {file}", f"words of {file}", 0.5, "o@example.test", None, None)
        for file, passage_id in ids.items()
    )
    considered = tuple(Considered(passage_id, file, ("Pay",), {"fused": 0.5}) for file, passage_id in ids.items())
    trace = Trace(1, 0.4, 0.8, signals={"window": 0.4}, low=0.3, high=0.7, considered=considered, model_use=USE)
    return keep(session, now, ANSWER_ID, Answer(True, sources, None, trace))


def keep(session, now, answer_id, reply):
    return keep_question(session, answer_id, store_person(session, answer_id).id, "t", "pay day?", False, reply, now)


def test_the_record_holds_what_the_answer_went_through(session, asked):
    record = answer_record(session, asked, CLERK)
    assert (record.words, record.reply.status, record.rating) == ("pay day?", "answered", None)
    assert record.reply.trace.model_use == USE
    assert record.reply.trace.signals == {"window": 0.4}
    assert [each.file for each in record.considered] == [source.file for source in record.sources] == ["a.md", "b.md"]
    assert (record.closed, record.changed) == (0, frozenset())


def test_what_a_reader_may_not_read_now_is_only_counted(session, asked):
    record = answer_record(session, asked, CASHIER)
    assert [each.file for each in record.considered] == [source.file for source in record.sources] == ["a.md"]
    assert record.closed == 1
    assert len(answer_record(session, asked, None).sources) == 2


def test_what_was_changed_since_is_said_and_still_judged_by_its_sop(session, asked):
    session.execute(delete(SopPassage))
    assert answer_record(session, asked, CLERK).changed == {source.passage_id for source in asked_sources(asked)}
    assert [each.file for each in answer_record(session, asked, CASHIER).sources] == ["a.md"]
    session.execute(delete(SopDocument))
    gone = answer_record(session, asked, CASHIER)
    assert (gone.sources, gone.considered, gone.closed) == ((), (), 2)


def asked_sources(asked):
    return [Considered(source["passage_id"], "", (), {}) for source in asked.reply["sources"]]


def test_only_those_marked_as_off_are_listed_newest_verdict_first(session, now, asked):
    others = [keep(session, now, name * 32, Abstention(None, None, Trace())) for name in "bcd"]
    for place, (question, rating) in enumerate(zip(others, ("helpful", "wrong_answer", "outdated"), strict=True)):
        values = {"rating": rating, "rated_at": now.replace(minute=place)}
        session.execute(update(AskedQuestion).where(AskedQuestion.id == question.id).values(**values))
    assert [each.rating for each in rated_answers(session, 5)] == ["outdated", "wrong_answer"]
    assert [each.id for each in newest_answers(session, 2)] == [others[2].id, others[1].id]


def test_an_answer_is_found_by_its_id_however_it_is_written(session, asked):
    assert found_answer(session, f" {ANSWER_ID.upper()} ").id == asked.id
    assert found_answer(session, "nothing") is None


def test_an_answer_kept_before_there_was_a_record_has_an_empty_one(session, now):
    old = keep(session, now, "e" * 32, Answer(True, (), None, Trace(1, 0.4, 0.8)))
    bare = {name: value for name, value in old.reply["trace"].items() if name in ("generation", "signal", "confidence")}
    old.reply = {**old.reply, "trace": bare, "sentences": [], "conflicts": []}
    record = answer_record(session, old, None)
    assert (record.considered, record.reply.trace.model_use) == ((), None)
