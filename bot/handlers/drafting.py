"""Shows admins a drafted module in chat, and takes Approve, Edit and No; only what was approved reaches the folder."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from bot.company import stored_company, write_lesson
from bot.handlers.direct import direct_address
from bot.handlers.request import Request, answer_key, new_id
from bot.messages import Form, Incoming, Message
from bot.outcome import Outcome, Outgoing
from bot.overseers import overseers_of
from bot.views import drafts as views
from bot.views.lines import line
from coach.documents import Document
from coach.reader import stored_document
from coach.tables import SopDocument
from lessons.drafts import Draft, read_draft
from lessons.module import Module
from lessons.tables import LessonDraft
from metrics.db import rows_changed
from metrics.errors import Refusal
from metrics.people import Person, asker_for
from metrics.policy import EVERYONE, Action, Asker, Audience, CompanyContent, may

KEY = "draft:"
OPEN, APPROVED, REFUSED = "open", "approved", "refused"
EDIT = "draft_edit"
STATES = {"draft_approve": APPROVED, "draft_refuse": REFUSED}


def ask_to_approve(session: Session, person: Person, draft: Draft, public_id: str, now: datetime) -> Outgoing:
    """Keep a draft and return its preview for one admin. Raises Refusal for who may not approve or be written to."""
    row = LessonDraft(
        public_id=public_id, person_id=person.id, file=draft.file, content=draft.text, state=OPEN, made_at=now
    )
    if not _may_approve(session, asker_for(person), row):
        raise Refusal(f"{person.name} may not approve it. Only admins approve lessons, on SOPs they may read.")
    address = direct_address(session, person.id)
    if address is None:
        raise Refusal(f"{person.name} cannot be written to: they have no account where Coach is connected.")
    session.add(row)
    session.flush()
    return Outgoing(f"{KEY}{public_id}", address, preview(session, row), person_id=person.id)


def preview(session: Session, row: LessonDraft) -> Message:
    """Return a draft as an admin is to judge it."""
    module, faults = _read(session, row.file, row.content)
    return views.preview(row.file, module, row.content, faults, row.public_id)


def press(request: Request) -> Outcome | None:
    """Take Approve, No, or a corrected text; None for any other button or form."""
    action = request.incoming.action or ""
    if action not in STATES and action != views.FORM:
        return None
    with request.app.database.session() as session:
        row = _find(session, request.incoming.value)
        if row is None or row.state != OPEN:
            return request.said("closed", request.privately(line(views.CLOSED)))
        if row.person_id != request.person.id or not _may_approve(session, request.asker, row):
            return request.said("not_yours", request.privately(line(views.NOT_YOURS)))
    if action == views.FORM:
        return Outcome(request.handled("draft_edited"), request.person.id, lambda held: _edited(request, held))
    decide: Callable[[Request, Session], Sequence[Outgoing]] = _approved if action == "draft_approve" else _refused
    return Outcome(request.handled(action), request.person.id, lambda held: decide(request, held))


def open_form(session: Session, incoming: Incoming, person: Person) -> Form | Message:
    """Return the form with a draft's text, or why there is none."""
    row = _find(session, incoming.value)
    if row is None or row.state != OPEN:
        return line(views.CLOSED)
    if row.person_id != person.id or not _may_approve(session, asker_for(person), row):
        return line(views.NOT_YOURS)
    return views.edit_form(row.content, row.public_id) or line(views.TOO_LONG)


def _approved(request: Request, session: Session) -> Sequence[Outgoing]:
    row = _still_open(session, request)
    if _read(session, row.file, row.content)[1]:
        # An SOP changed since the preview was shown: it says now what is to be completed.
        return (request.in_place(preview(session, row)),)
    _decide(session, row, APPROVED, request.now)
    written_as = write_lesson(session, row.file, row.content)
    shown = views.approved(written_as) if written_as else views.approved_by_hand(row.file, row.content)
    return (request.in_place(shown),)


def _refused(request: Request, session: Session) -> Sequence[Outgoing]:
    _decide(session, _still_open(session, request), REFUSED, request.now)
    return (request.in_place(line(views.REFUSED)),)


def _edited(request: Request, session: Session) -> Sequence[Outgoing]:
    row = _still_open(session, request)
    parts = [request.incoming.fields[name] for name in sorted(request.incoming.fields) if name.startswith(views.PART)]
    text = "\n\n".join(part.strip("\n") for part in parts if part.strip())
    if not text:
        return (request.privately(line(views.EMPTY)),)
    # The buttons of the preview before would approve what it does not show.
    before, row.public_id, row.content = row.public_id, new_id(), f"{text}\n"
    session.flush()
    shown = replace(request.privately(preview(session, row)), key=f"{KEY}{row.public_id}")
    closed = replace(
        request.privately(line(views.EDITED)),
        key=answer_key(request.key),
        operation="update",
        after_key=f"{KEY}{before}",
    )
    return (shown, closed)


def _decide(session: Session, row: LessonDraft, state: str, now: datetime) -> None:
    still = (LessonDraft.id == row.id, LessonDraft.state == OPEN)
    if not rows_changed(session.execute(update(LessonDraft).where(*still).values(state=state, decided_at=now))):
        raise IntegrityError("draft decided meanwhile", None, ValueError(row.id))


def _still_open(session: Session, request: Request) -> LessonDraft:
    row = _find(session, request.incoming.value)
    if row is None or row.state != OPEN:
        # Handled once more, this press finds the draft decided.
        raise IntegrityError("draft decided meanwhile", None, ValueError(request.incoming.action))
    return row


def _find(session: Session, public_id: str | None) -> LessonDraft | None:
    return session.scalars(select(LessonDraft).where(LessonDraft.public_id == public_id)).one_or_none()


def _read(session: Session, file: str, text: str) -> tuple[Module | None, tuple[str, ...]]:
    company = stored_company(session)
    return read_draft(file, text, _sops_in(session, text), company.skills, company.roles)


def _sops_in(session: Session, text: str) -> dict[str, Document]:
    named = [file for file in session.scalars(select(SopDocument.file)) if file in text]
    found = (stored_document(session, file) for file in named)
    return {document.file: document for document in found if document is not None}


def _may_approve(session: Session, asker: Asker, row: LessonDraft) -> bool:
    admins = overseers_of(session, stored_company(session)).admin_ids
    sops = _sops_in(session, row.content).values()
    audience: Audience = EVERYONE
    for document in sops:
        audience = audience.narrowed_to(document.audience)
    return may(asker, Action.APPROVE_LESSON, CompanyContent(admins, audience))
