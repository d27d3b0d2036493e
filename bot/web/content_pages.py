"""The pages about what is taught: the Revise queue, a lesson, use of Coach, SOPs, the programme, what figures mean."""

from collections.abc import Iterable
from datetime import timedelta

from sqlalchemy import select

from bot.views.page_content import NOT_COVERED_DAYS, definitions_page, programme_page, sop_page, sops_page
from bot.views.page_lesson import lesson_page, revise_page
from bot.views.page_use import use_page
from bot.web.desk import Desk, desk_of
from bot.web.visit import Shown, Visit
from coach.conflict_record import KnownConflict, conflicts_seen_by
from coach.gaps import PastReview, Unanswered, owned_files, past_review, unanswered
from coach.tables import SopDocument
from lessons.revise import revise
from lessons.tables import LessonRow
from lessons.use_report import use_report
from metrics.policy import Action, Audience, SopGaps, may
from metrics.time_zones import local_time


def revise_queue(visit: Visit) -> Shown:
    """Show the lessons that miss a target, to who sees how lessons do."""
    desk = desk_of(visit)
    if not desk.viewer.sees_content:
        return None
    queue = revise(desk.session, visit.now, desk.viewer.zone, desk.viewer.smallest_group)
    return desk.page(revise_page(queue, desk.links, desk.viewer.smallest_group), "lessons")


def lesson(visit: Visit) -> Shown:
    """Show how far people come in a lesson, by the figures that the Revise queue judges it by."""
    desk = desk_of(visit)
    if not desk.viewer.sees_content:
        return None
    file = desk.found("lesson", desk.session.scalars(select(LessonRow.file)).all())
    queue = revise(desk.session, visit.now, desk.viewer.zone, desk.viewer.smallest_group)
    revision = queue.of(file) if file is not None else None
    if revision is None:
        return None
    return desk.page(lesson_page(revision, desk.links, desk.viewer.smallest_group), "lessons")


def use(visit: Visit) -> Shown:
    """Show how Coach is used, to who sees figures of the company."""
    desk = desk_of(visit)
    if not desk.viewer.sees_content:
        return None
    report = use_report(desk.session, desk.viewer, visit.now)
    return desk.page(use_page(report, desk.links, desk.viewer.zone, desk.viewer.smallest_group), "use")


def sops(visit: Visit) -> Shown:
    """Show the SOPs whose gaps somebody may see; to nobody else is there such a page."""
    desk = desk_of(visit)
    documents = _documents(desk)
    if not documents:
        return None
    rows = []
    for document in documents:
        gaps, past = _lacks(desk, document, documents)
        rows.append((document.file, document.title, sum(gap.times for gap in gaps), len(past)))
    return desk.page(sops_page(rows, desk.links), "sops")


def sop(visit: Visit) -> Shown:
    """Show what one SOP lacks, to who owns it or looks after Coach, and may read it."""
    desk = desk_of(visit)
    documents = {document.file: document for document in _documents(desk)}
    document = documents.get(desk.found("sop", documents) or "")
    if document is None:
        return None
    gaps, past = _lacks(desk, document, documents.values())
    conflicts = _conflicts(desk, document)
    return desk.page(sop_page(document.title, document.file, gaps, past, conflicts, desk.viewer.zone), "sops")


def programme(visit: Visit) -> Shown:
    """Show that no programme is set up."""
    desk = desk_of(visit)
    return desk.page(programme_page(), "programme") if desk.viewer.sees_content else None


def definitions(visit: Visit) -> Shown:
    """Show what every figure means."""
    return desk_of(visit).page(definitions_page(), "definitions")


def _documents(desk: Desk) -> list[SopDocument]:
    owned = owned_files(desk.session, desk.visit.person.email)
    own_id = frozenset({desk.visit.person.id})
    return [
        document
        for document in desk.session.scalars(select(SopDocument).order_by(SopDocument.title, SopDocument.file))
        if may(
            desk.viewer.asker,
            Action.SEE_GAPS,
            SopGaps(
                own_id if document.file in owned else frozenset(),
                desk.viewer.company.admin_ids,
                Audience.from_key(document.audience),
            ),
        )
    ]


def _conflicts(desk: Desk, document: SopDocument) -> list[KnownConflict]:
    owned = owned_files(desk.session, desk.visit.person.email)
    seen = conflicts_seen_by(desk.session, desk.viewer.asker, owned, desk.viewer.company.admin_ids)
    return [each for each in seen if document.file in (each.first.file, each.second.file)]


def _lacks(
    desk: Desk, document: SopDocument, open_ones: Iterable[SopDocument]
) -> tuple[list[Unanswered], list[PastReview]]:
    now = desk.visit.now
    # Of two SOPs of one title nobody can say which one a question was near to.
    namesakes = set(desk.session.scalars(select(SopDocument.file).where(SopDocument.title == document.title)))
    is_open = namesakes <= {each.file for each in open_ones}
    gaps = unanswered(desk.session, document, now - timedelta(days=NOT_COVERED_DAYS)) if is_open else []
    return gaps, past_review(desk.session, document, local_time(now, desk.viewer.zone).date())
