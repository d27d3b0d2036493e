"""Shows people their own progress, and managers that of the people they manage; always for their eyes only."""

from bot.company import stored_company
from bot.handlers.request import Request, new_id
from bot.outcome import Outcome
from bot.views import lines
from bot.views import progress as views
from metrics.people import visible_to
from metrics.progress import summaries


def show_progress(request: Request, is_of_team: bool = False, is_only_own: bool = False) -> Outcome:
    """Show how practice is going: a manager sees the people they manage, anybody else themselves.

    Who asks for a team (`is_of_team`) and manages nobody is told what they can see; `is_only_own` leaves out the team.
    """
    with request.app.database.session() as session:
        people = visible_to(session, request.asker)
        found = summaries(session, [request.person.id, *(person.id for person in people)], request.now)
        company = stored_company(session)
    zone = request.person.time_zone or company.timezone
    titles = {key: skill.title for key, skill in company.skills.items()}
    own = found[request.person.id]
    if people and not is_only_own:
        rows = [(person.name, found[person.id]) for person in people]
        takeaway = views.own_takeaway(own, titles, zone)
        message = views.team_message(rows, takeaway, request.now, zone)
        return request.said("team_progress", request.privately(message))
    if is_of_team:
        return request.said("no_team", request.privately(lines.line(views.NO_REPORTS)))
    return request.said("own_progress", request.privately(views.own_message(own, titles, zone, new_id())))
