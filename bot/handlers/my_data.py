"""Shows people what is stored about them, who looked at their progress, and what those see."""

from datetime import timedelta

from sqlalchemy.orm import Session

from bot.company import stored_company
from bot.handlers.looking import sight_of
from bot.handlers.manage import about_facts
from bot.handlers.request import Request
from bot.outcome import Outcome
from bot.tables import KEY_DAYS, METADATA
from bot.views.my_data import Stored, my_data
from lessons.reports import person_report
from metrics.looks import Look, looks_at
from metrics.people import Person, managers_above, managers_by_person
from metrics.privacy import export_person


def show(request: Request) -> Outcome:
    """Show somebody what is stored about them and who saw it, for their eyes only."""
    with request.app.database.session() as session:
        sight = sight_of(session, request)
        report = person_report(session, sight.viewer, request.person, sight.period(None), request.now)
        since = request.now - timedelta(days=METADATA.tables[Look.__tablename__].info["retention_days"])
        message = my_data(
            stored_about(session, request.person),
            looks_at(session, request.person.id, since),
            report,
            _managers(session, request.person),
            about_facts(session, request.asker).contact,
            sight.viewer.zone,
        )
    return request.said("my_data", request.privately(message))


def stored_about(session: Session, person: Person) -> list[Stored]:
    """Return how many rows each table holds about somebody or names them in, as their copy would, and how long."""
    days = stored_company(session).privacy.question_text_days
    kept = {table.name: table.info["retention"] for table in METADATA.sorted_tables}
    kept |= {"asked_questions": f"{days} days"} | dict.fromkeys(("inbox", "outbox"), f"{KEY_DAYS} days")
    copy = export_person(session, METADATA, person)
    return [Stored(table, len(rows), kept[table]) for table, rows in copy.items() if rows]


def _managers(session: Session, person: Person) -> list[str]:
    above = managers_above(person.id, managers_by_person(session))
    found = (session.get(Person, person_id) for person_id in above)
    return [manager.name for manager in found if manager is not None and manager.is_active]
