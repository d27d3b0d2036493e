"""The pages about answers: one's own, those marked as off to who looks after Coach, and who sees the record of one."""

import pytest
from sqlalchemy import update

from bot.web.pages import PAGES
from bot.web.visit import Visit
from coach.answer import Answer, Trace
from coach.questions import keep_question
from coach.search import Considered
from coach.tables import AskedQuestion
from metrics.time_zones import local_time
from tests.bot.web.shop_pages import EVERYBODY, HOSTILE, TEMPLATES
from tests.coach_values import SOURCE
from tests.lessons.shop import NOW

ANSWER_ID = "a1" * 16
TRACE = Trace(4, 0.5, 0.81, considered=(Considered(7, HOSTILE, ("A",), {"fused": 0.6}),))


@pytest.fixture
def asked(pages):
    """An answer that Ana got, about something with markup in it."""
    with pages.database.transaction() as session:
        ana = pages.person(session, "ana")
        return keep_question(session, ANSWER_ID, ana.id, "t", HOSTILE, False, Answer(True, (SOURCE,), None, TRACE), NOW)


def shown(pages, name, path, answer_id=ANSWER_ID):
    with pages.database.session() as session:
        visit = Visit(session, pages.person(session, name), NOW, "/pages", {"answer_id": answer_id})
        page = PAGES[path](visit)
        return None if page is None else TEMPLATES.page(page.template, {"prefix": "", "key": "k", **page.values})


def rate(pages, rating):
    with pages.database.transaction() as session:
        session.execute(update(AskedQuestion).values(rating=rating, rated_at=NOW))


def readers(pages):
    return {name for name in EVERYBODY if shown(pages, name, "/answer/{answer_id}") is not None}


def test_a_record_is_its_askers_until_they_judge_the_answer(pages, asked):
    assert readers(pages) == {"ana"}
    rate(pages, "wrong_answer")
    assert readers(pages) == {"ana", "admin"}
    assert shown(pages, "ana", "/answer/{answer_id}", "ff" * 16) is None


def test_only_marked_answers_are_listed_to_who_looks_after_coach(pages, asked):
    link = f"/pages/answer/{ANSWER_ID}"
    assert [link in shown(pages, name, "/answers") for name in ("ana", "boss", "admin")] == [True, False, False]
    assert "Marked as Off" not in shown(pages, "boss", "/answers")
    rate(pages, "outdated")
    told = shown(pages, "admin", "/answers")
    assert link in told
    assert "Outdated" in told
    assert "Ana" not in told
    rate(pages, "helpful")
    assert link not in shown(pages, "admin", "/answers")


def test_times_are_those_of_who_looks(pages, asked):
    rate(pages, "outdated")
    with pages.database.transaction() as session:
        pages.person(session, "ana").time_zone = "Pacific/Auckland"
    for path in ("/answers", "/answer/{answer_id}"):
        assert f"{local_time(NOW, 'Pacific/Auckland'):%H:%M}" in shown(pages, "ana", path)
        assert f"{local_time(NOW, 'Pacific/Auckland'):%H:%M}" not in shown(pages, "admin", path)


def test_nothing_of_a_record_is_markup(pages, asked):
    for path in ("/answers", "/answer/{answer_id}"):
        assert "<script>" not in shown(pages, "ana", path)
