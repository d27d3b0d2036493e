"""Finds what somebody looks after: whether Coach is set up and well, which SOPs to review, and what they lack."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot import queue
from bot.company_file import Company
from bot.handlers.request import Request
from bot.settings import Settings
from bot.tables import Connection
from bot.views.home_upkeep import GAP_DAYS, REVIEW_WITHIN_DAYS, Gap, Health, Review, Setup, UpkeepPart
from coach.conflict_record import conflicts_seen_by
from coach.gaps import owned_files, unanswered_by_title
from coach.tables import SopDocument, SopSection
from lessons.viewer import Viewer
from metrics.people import Person
from metrics.policy import EVERYONE, Action, Audience, SopGaps, may
from metrics.time_zones import local_time

NAMES = {"slack": "Slack", "teams": "Teams"}
# What is being handled right now waits for nobody.
WAITS_AFTER = timedelta(minutes=1)


@dataclass(frozen=True)
class _Sop:
    """One SOP: its file and title, and whether its gaps are open to who looks."""

    file: str
    title: str
    is_open: bool


def upkeep_of(session: Session, request: Request, viewer: Viewer, company: Company) -> UpkeepPart | None:
    """Return what somebody looks after; None for who neither looks after Coach nor owns an SOP."""
    owned = owned_files(session, request.person.email)
    if not owned and not viewer.looks_after_coach:
        return None
    sops = _sops(session, viewer, request.person.id, owned)
    today = local_time(request.now, viewer.zone).date()
    reviews, gaps = _reviews(session, sops, company, today), _gaps(session, request, viewer, sops)
    conflicts = conflicts_seen_by(session, viewer.asker, owned, viewer.company.admin_ids)
    if not viewer.looks_after_coach:
        return UpkeepPart(reviews, gaps, conflicts=conflicts)
    setup = _setup(session, company, request.app.settings, request.incoming.platform, len(sops))
    return UpkeepPart(reviews, gaps, setup, _health(session, request), conflicts)


def _sops(session: Session, viewer: Viewer, person_id: int, owned: frozenset[str]) -> list[_Sop]:
    rows = session.execute(select(SopDocument.file, SopDocument.title, SopDocument.audience)).all()
    admin_ids = viewer.company.admin_ids
    return [
        _Sop(
            file,
            title,
            may(
                viewer.asker,
                Action.SEE_GAPS,
                SopGaps(frozenset({person_id} if file in owned else ()), admin_ids, Audience.from_key(audience)),
            ),
        )
        for file, title, audience in rows
    ]


def _reviews(session: Session, sops: Sequence[_Sop], company: Company, today: date) -> list[Review]:
    shown = {sop.file: sop.title for sop in sops if sop.is_open}
    due = session.execute(
        select(SopDocument.file, func.lower(SopSection.owner), SopSection.review_on)
        .join(SopSection, SopSection.document_id == SopDocument.id)
        .where(SopSection.review_on <= today + timedelta(days=REVIEW_WITHIN_DAYS))
        .distinct()
    )
    default = (company.default_owner or "").lower()
    found = sorted((on, shown[file], owner or default) for file, owner, on in due if file in shown and on is not None)
    names = _names(session, {owner for _, _, owner in found})
    return [Review(title, names.get(owner, owner) or None, on) for on, title, owner in found]


def _gaps(session: Session, request: Request, viewer: Viewer, sops: Sequence[_Sop]) -> list[Gap]:
    """Return the questions not covered near SOPs whose gaps they may see, most often asked first."""
    # Of two SOPs of one title nobody can say which one a question was near to.
    closed = {sop.title for sop in sops if not sop.is_open}
    titles = {sop.title for sop in sops if sop.is_open} - closed
    near_none = SopGaps(frozenset(), viewer.company.admin_ids, EVERYONE)
    found = unanswered_by_title(session, titles, request.now - timedelta(days=GAP_DAYS))
    asked = [
        (gap, title)
        for title, gaps in found.items()
        if title is not None or may(viewer.asker, Action.SEE_GAPS, near_none)
        for gap in gaps
    ]
    asked.sort(key=lambda pair: (-pair[0].times, -pair[0].last_at.timestamp(), pair[0].words))
    return [Gap(gap.words, gap.times, title) for gap, title in asked]


def _setup(session: Session, company: Company, settings: Settings, here: str, sops: int) -> Setup:
    people = session.scalar(select(func.count()).select_from(Person).where(Person.is_active)) or 0
    unowned = 0
    if not company.default_owner:
        documents = func.count(SopSection.document_id.distinct())
        unowned = session.scalar(select(documents).where(SopSection.owner.is_(None))) or 0
    rows = session.execute(select(Connection.platform, Connection.reason).where(Connection.is_stopped))
    stopped = {platform: reason or "no reason noted" for platform, reason in rows}
    used = {"slack": settings.uses_slack, "teams": settings.uses_teams, here: True}
    connected = [NAMES.get(name, name) for name, is_used in used.items() if is_used and name not in stopped]
    return Setup(
        sops=sops,
        people=people,
        unowned=unowned,
        cohorts=len(company.lessons.cohorts) if company.lessons else 0,
        connected=tuple(connected),
        stopped=tuple((NAMES.get(name, name), code) for name, code in stopped.items() if used.get(name)),
        has_address=settings.public_url is not None,
    )


def _health(session: Session, request: Request) -> Health:
    depth = queue.depth(session)
    since = depth.waiting_since
    is_late = since is not None and request.now - since >= WAITS_AFTER
    failed, unsure = (depth.inbox.get(state, 0) + depth.outbox.get(state, 0) for state in ("dead", "unknown"))
    return Health(since if is_late else None, failed, unsure)


def _names(session: Session, emails: set[str]) -> Mapping[str, str]:
    active = select(Person.email, Person.name).where(Person.email.in_(emails), Person.is_active)
    return dict(session.execute(active).all()) if emails else {}
