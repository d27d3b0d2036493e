"""Owns the list of nudges and of cohorts' posts as somebody looks at it: what is planned, went out, and why not."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lessons.tables import CohortPost, LessonRun, Nudge
from metrics.people import Person
from metrics.time_zones import local_time


@dataclass(frozen=True)
class Listed:
    """One nudge, or the post of a cohort. `at` is when it is due, on the clock of whom it is for.

    `person_id` is None for a post, `skill` where none is chosen, `reason` a constant or None, `finished_at` None for
    what is still to come.
    """

    who: str
    person_id: int | None
    at: datetime
    slot: str
    state: str
    skill: str | None
    reason: str | None
    finished_at: datetime | None


def list_nudges(
    session: Session,
    since: datetime,
    company_zone: str,
    person_id: int | None = None,
    states: Sequence[str] = (),
) -> list[Listed]:
    """Return what is due from an instant on, by time; of one person, or in some states only, if any are given.

    Cohorts' posts come with them, on the company's clock, unless one person is asked for.
    """
    query = (
        select(Nudge, Person, LessonRun.skill)
        .join(Person, Person.id == Nudge.person_id)
        .outerjoin(LessonRun, LessonRun.nudge_id == Nudge.id)
        .where(Nudge.due_at >= since)
    )
    if person_id is not None:
        query = query.where(Nudge.person_id == person_id)
    if states:
        query = query.where(Nudge.state.in_(states))
    found = [_listed(nudge, person, skill, company_zone) for nudge, person, skill in session.execute(query)]
    if person_id is None:
        posts = select(CohortPost).where(CohortPost.due_at >= since)
        posts = posts.where(CohortPost.state.in_(states)) if states else posts
        found += [_listed_post(post, company_zone) for post in session.scalars(posts)]
    return sorted(found, key=lambda one: (one.at, one.who))


def _listed(nudge: Nudge, person: Person, shown_skill: str | None, company_zone: str) -> Listed:
    at = local_time(nudge.due_at, person.time_zone or company_zone)
    skill = shown_skill or (nudge.content or {}).get("skill")
    return Listed(person.name, person.id, at, nudge.slot, nudge.state, skill, nudge.reason, nudge.finished_at)


def _listed_post(post: CohortPost, zone: str) -> Listed:
    at = local_time(post.due_at, zone)
    return Listed(post.cohort, None, at, post.slot, post.state, None, post.reason, post.finished_at)
