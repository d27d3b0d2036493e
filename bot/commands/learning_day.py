"""`coach learning-day`: a workshop was held, so that its practice is planned."""

from datetime import date, timedelta
from typing import Annotated

import typer
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.commands.terminal import opened_app, out
from bot.company import stored_company
from bot.views.learning_day import noted_text
from lessons.learning_days import note_learning_day
from metrics.errors import Refusal
from metrics.people import Person, find_person
from metrics.time_zones import local_time

TEAM, ROLE = "team:", "role:"
MOST_APART = timedelta(days=366)


def command(
    day: Annotated[str, typer.Argument(metavar="DATE", help="When it was held, such as 2026-11-23.")],
    skills: Annotated[str, typer.Argument(help="Keys of skills in company.yaml, with commas between.")],
    people: Annotated[str, typer.Argument(help="E-mails, slack:U…, teams:…, team:NAME or role:NAME, with commas.")],
) -> None:
    """Note who took part in a workshop, so that practice in its skills follows; noting it again changes nothing."""
    with opened_app() as app:
        app.database.check_schema()
        with app.database.transaction() as session:
            company = stored_company(session)
            held_on = _read_day(day, local_time(app.now(), company.timezone).date())
            rules = company.skill_rules()
            keys = _listed(skills)
            if unknown := [key for key in keys if key not in rules]:
                raise Refusal(f"company.yaml has no skill {unknown[0]!r}. Give keys of: {', '.join(rules) or 'none'}.")
            found = {person.id for words in _listed(people) for person in _people(session, words)}
            if not keys or not found:
                raise Refusal("Give at least one skill and one person.")
            new = note_learning_day(session, held_on, keys, found)
    out.print(noted_text(held_on, [rules[key] for key in keys], len(found), new))


def _read_day(words: str, today: date) -> date:
    try:
        day = date.fromisoformat(words)
    except ValueError:
        raise Refusal(f"{words!r} is not a date like 2026-11-23.") from None
    if abs(day - today) > MOST_APART:
        raise Refusal(f"{words} is more than a year from today. Correct the date.")
    return day


def _listed(words: str) -> list[str]:
    return list(dict.fromkeys(word.strip() for word in words.split(",") if word.strip()))


def _people(session: Session, words: str) -> list[Person]:
    """Return whom one part of PEOPLE means. Raises Refusal when nobody matches."""
    active = select(Person).where(Person.is_active)
    name = words.partition(":")[2].strip()
    if words.lower().startswith(TEAM):
        found = list(session.scalars(active.where(func.lower(Person.team) == name.lower())))
    elif words.lower().startswith(ROLE):
        found = [person for person in session.scalars(active) if name.lower() in map(str.lower, person.roles)]
    else:
        return [find_person(session, words)]
    if not found:
        raise Refusal(f"Nobody here is in {words!r}. Correct the name, or give e-mails.")
    return found
