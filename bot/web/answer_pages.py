"""The pages about answers: which were given, and why one of them said what it said."""

from bot.views.page_why import answer_page, answers_page
from bot.web.desk import Desk, desk_of
from bot.web.visit import Shown, Visit
from coach.questions import recent_questions
from coach.tables import AskedQuestion
from coach.why import answer_record, found_answer, rated_answers
from metrics.policy import Action, AnswerOf, may

MOST_OWN, MOST_MARKED = 30, 100


def answers(visit: Visit) -> Shown:
    """Show somebody their own answers; to who looks after Coach also those that their askers marked as off."""
    desk = desk_of(visit)
    own = recent_questions(desk.session, visit.person.id, MOST_OWN)
    marked = None
    if desk.viewer.looks_after_coach:
        marked = [asked for asked in rated_answers(desk.session, MOST_MARKED) if _may_see(desk, asked)]
    return desk.page(answers_page(own, marked, desk.links, desk.own_zone), "answers")


def answer(visit: Visit) -> Shown:
    """Show why an answer said what it said: to its asker, and once they rated it to who looks after Coach."""
    desk = desk_of(visit)
    asked = found_answer(desk.session, visit.inside.get("answer_id", ""))
    if asked is None or not _may_see(desk, asked):
        return None
    record = answer_record(desk.session, asked, desk.viewer.asker)
    return desk.page(answer_page(record, desk.own_zone), "answers")


def _may_see(desk: Desk, asked: AskedQuestion) -> bool:
    of_whom = AnswerOf(asked.person_id, desk.viewer.company.admin_ids, asked.rating is not None)
    return may(desk.viewer.asker, Action.SEE_ANSWER, of_whom)
