"""Tells somebody why Coach answered them as it did."""

from sqlalchemy import select

from bot.company import stored_company
from bot.handlers.request import Request
from bot.outcome import Outcome
from bot.views import lines
from bot.views.why import why_message
from coach.tables import AskedQuestion
from coach.why import answer_record


def why(request: Request) -> Outcome:
    """Show how the newest answer somebody got in this conversation came about, for their eyes only."""
    newest = (
        select(AskedQuestion)
        .where(AskedQuestion.person_id == request.person.id, AskedQuestion.thread_key == request.thread_key)
        .order_by(AskedQuestion.id.desc())
        .limit(1)
    )
    with request.app.database.session() as session:
        asked = session.scalars(newest).one_or_none()
        if asked is None:
            return request.said("no_answer", request.privately(lines.line(lines.NO_ANSWER_HERE)))
        record = answer_record(session, asked, request.asker)
        message = why_message(record, request.person.time_zone or stored_company(session).timezone)
    return request.said("why", request.privately(message))
