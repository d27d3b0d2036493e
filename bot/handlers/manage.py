"""Answers about, help and settings, welcomes a person once, and keeps their home page."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.company import stored_company
from bot.handlers.home import home_page
from bot.handlers.request import Request, new_id
from bot.keeping import block_direct
from bot.messages import ADDRESS, Address
from bot.outcome import Outcome, Outgoing
from bot.tables import DirectAddress, OutboxItem
from bot.views import lines
from bot.views.lines import AboutFacts
from coach.reader import sop_folders
from metrics.people import Person, asker_for
from metrics.policy import Asker

log = structlog.get_logger()

# What platforms say of somebody who blocked Coach or took it out of their apps.
BLOCKED = ("MessageWritesBlocked",)


def about_facts(session: Session, asker: Asker, hears_threads: bool = True) -> AboutFacts:
    """Return what the about page says to `asker`: only folders they may read something in are named."""
    company = stored_company(session)
    name = session.scalar(select(Person.name).where(Person.email == (company.default_owner or "").lower()))
    contact = f"{name} ({company.default_owner})" if name else company.default_owner or "whoever looks after Coach here"
    days = company.privacy.question_text_days
    return AboutFacts(company.name, sop_folders(session, asker), days, contact, hears_threads)


def about(request: Request) -> Outcome:
    """Say what Coach is, reads, stores and shows; which folders somebody may read is for their eyes only."""
    with request.app.database.session() as session:
        message = lines.about(about_facts(session, request.asker, request.offers.hears_threads))
    return request.said("about", request.privately(message))


def no_help(request: Request) -> Outcome:
    """Say sorry to who says that an answer was no help, and how it gets better."""
    with request.app.database.session() as session:
        contact = about_facts(session, request.asker).contact
    return request.said("no_help", request.answering(lines.line(lines.NO_HELP.format(contact=contact))))


def opened_home(request: Request) -> Outcome:
    """Put the home page up to date, or welcome the person where they open the conversation for the first time."""
    if request.incoming.value != "home":
        return Outcome(request.handled("opened_messages"), request.person.id, lambda session: welcome(request, session))

    def store(session: Session) -> Sequence[Outgoing]:
        return (*welcome(request, session), home_of(request, session))

    return Outcome(request.handled("opened_home"), request.person.id, store)


def show_home(request: Request) -> Outcome:
    """Say where the home page is; where it is a message, take the old one away and put a new one below."""
    if request.offers.has_home:
        return request.said("home", request.privately(lines.line(lines.HOME_TAB)))

    def store(session: Session) -> Sequence[Outgoing]:
        home = home_of(request, session)
        gone = replace(home, key=f"{home.key}:gone", message=None, operation="delete")
        return (*welcome(request, session), gone, home)

    return Outcome(request.handled("home"), request.person.id, store)


def refresh_home(request: Request) -> Outcome:
    """Bring a home page up to date that is a message: the one that was pressed."""

    def store(session: Session) -> Sequence[Outgoing]:
        return (replace(home_of(request, session), target_id=request.incoming.message_id),)

    return Outcome(request.handled("home_refreshed"), request.person.id, store)


def home_of(request: Request, session: Session) -> Outgoing:
    """Return the person's home page to publish; one that is a message replaces itself."""
    incoming, offers = request.incoming, request.offers
    # One that is a message keeps its turn among the others of that conversation.
    place = incoming.channel if incoming.is_direct and not offers.has_home else None
    address = Address(incoming.platform, incoming.workspace, place, only_for=incoming.user_id, surface="home")
    page = home_page(session, request)
    home = Outgoing(f"home:{request.key}", address, page, person_id=request.person.id)
    if offers.has_home:
        return home
    return replace(home, operation="update", after_key=f"home:{incoming.platform}:{request.person.id}")


def welcome(request: Request, session: Session) -> Sequence[Outgoing]:
    """Return the first direct message, once a person and platform, and remember where to write to them."""
    incoming = request.incoming
    known = session.scalars(
        select(DirectAddress).where(
            DirectAddress.person_id == request.person.id, DirectAddress.platform == incoming.platform
        )
    ).one_or_none()
    address = Address(incoming.platform, incoming.workspace, only_for=incoming.user_id)
    if known is not None:
        known.seen_at, known.blocked_at = request.now, None
        return ()
    session.add(
        DirectAddress(
            person_id=request.person.id,
            platform=incoming.platform,
            address=ADDRESS.dump_python(address, mode="json"),
            seen_at=request.now,
        )
    )
    session.flush()
    facts = about_facts(session, asker_for(request.person), request.offers.hears_threads)
    message = lines.welcome(facts, new_id(), request.offers.has_commands)
    name = f"{incoming.platform}:{request.person.id}"
    if incoming.is_direct and not request.offers.has_ephemeral:
        # Where the answer goes, too: messages to one place keep their order.
        address = request.private_address
    first = Outgoing(f"welcome:{name}", address, message, person_id=request.person.id)
    if request.offers.has_home:
        return (first,)
    return (first, replace(home_of(request, session), key=f"home:{name}", operation="post", after_key=None))


def settled(session: Session, item: OutboxItem, now: datetime) -> None:
    """Write to somebody no more until they write again, when the platform says that they do not let Coach."""
    if item.state != "dead" or item.error not in BLOCKED or item.person_id is None or item.address is None:
        return
    address = ADDRESS.validate_python(item.address)
    if address.only_for is not None or address.thread is None:
        log.warning("person_blocked", platform=item.platform, code=item.error)
        block_direct(session, item.person_id, item.platform, now)
