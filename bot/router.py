"""Routes what came in to its handler: who wrote, what they want, one outcome."""

import hmac
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

import structlog
from sqlalchemy.orm import Session

from bot.app import App
from bot.callers import Unwelcome, find_caller
from bot.grammar import Wish, read_command, read_wish
from bot.handlers import (
    assigning,
    buttons,
    confirming,
    delivering,
    drafting,
    edits,
    explaining,
    linking,
    manage,
    managing,
    my_data,
    nudging,
    offers,
    practice,
    progress,
    progress_about,
    running,
    timing,
    tracks,
)
from bot.handlers.ask import ask, claim, spoken_thread
from bot.handlers.request import Request, account_of, answer_key, private_address, reply_address, status_key
from bot.messages import Incoming, Kind, Message, Platform
from bot.outcome import Outcome, Outgoing
from bot.tables import OutboxItem
from bot.views import lines
from metrics.errors import NotReady
from metrics.events.kinds import InteractionHandled

FOLLOW_UP_WITHIN = timedelta(minutes=30)
UNWELCOME_LINES = {
    Unwelcome.STRANGER: lines.STRANGER,
    Unwelcome.LEFT: lines.LEFT,
    Unwelcome.ERASED: lines.ERASED,
}
LOGGED = ("outcome", "band", "rule", "rating", "score", "seconds")

log = structlog.get_logger()


class Router:
    """The rooms behind the worker, for bot.outcome.Rooms."""

    def __init__(self, app: App, platforms: Mapping[str, Platform]) -> None:
        self._app = app
        self._platforms = platforms

    def handle(self, incoming: Incoming, key: str, now: datetime) -> Outcome:
        """Return what comes of one thing that came in, and log it in one line.

        Raises PlatformFault while the platform cannot say who wrote.
        """
        outcome = self._outcome(incoming, key, now)
        facts = {name: getattr(outcome.event, name) for name in LOGGED if hasattr(outcome.event, name)}
        log.info(
            "interaction",
            key=key,
            door=incoming.platform,
            what=incoming.kind.value,
            recorded=outcome.event.kind,
            **facts,
        )
        return outcome

    def _outcome(self, incoming: Incoming, key: str, now: datetime) -> Outcome:
        if incoming.kind is Kind.DELETE:
            with self._app.database.session() as session:
                return edits.deleted(session, incoming, key)
        if not self._is_for_coach(incoming):
            return Outcome(InteractionHandled(incoming.platform, incoming.kind.value, "stayed_quiet"))
        if incoming.is_shed:
            return self._once(incoming, "shed", lines.BUSY, f"{now:%Y-%m-%dT%H:%M}")
        caller = find_caller(self._app, self._platforms, incoming, now)
        if caller is Unwelcome.OUT_OF_REACH:
            return Outcome(InteractionHandled(incoming.platform, incoming.kind.value, caller.value))
        if isinstance(caller, Unwelcome):
            return self._once(incoming, caller.value, UNWELCOME_LINES[caller], f"{now:%Y-%m-%d}")
        offers = self._platforms[incoming.platform].capabilities()
        request = Request(self._app, incoming, key, caller, now, offers)
        try:
            return self._routed(request)
        except NotReady:
            return request.said("not_ready", request.answering(lines.line(lines.NO_SOPS_YET)))

    def apology(self, incoming: Incoming, key: str, reference: str) -> Sequence[Outgoing]:
        """Return the line for something that failed for good; nothing where nobody spoke to Coach."""
        if not self._is_for_coach(incoming):
            return ()
        is_message = incoming.kind in (Kind.MESSAGE, Kind.EDIT)
        address = reply_address(incoming) if is_message else private_address(incoming)
        # It takes the place of the line that says an answer is coming, where there is one.
        said = Outgoing(answer_key(key), address, lines.apology(reference))
        return (replace(said, operation="update", after_key=status_key(key)) if is_message else said,)

    def recheck(self, session: Session, item: OutboxItem, message: Message, now: datetime) -> Message | None:
        """Return what may be said now of an answer, a nudge or a lesson; all else as it is."""
        shown = delivering.recheck(session, item, message)
        shown = shown and nudging.recheck(session, item, shown, now)
        return shown and offers.recheck(session, item, shown)

    def settled(self, session: Session, item: OutboxItem, now: datetime) -> None:
        """Take note of what became of a nudge or an answer, and of whoever cannot be written to any more."""
        manage.settled(session, item, now)
        delivering.settled(session, item)
        nudging.settled(session, item, now)
        buttons.settled(session, item, now)

    def _routed(self, request: Request) -> Outcome:
        match request.incoming.kind:
            case Kind.MESSAGE | Kind.EDIT:
                return self._message(request)
            case Kind.COMMAND:
                if request.stands_in_chat and self._is_claimed(request.incoming):
                    return request.said("duplicate")
                wish = _settled(request, read_command(request.incoming.command or "", request.incoming.text))
                return ask(request) if wish.kind == "question" else self._command(request, wish)
            case Kind.CLICK:
                return self._click(request)
            case Kind.SUBMIT:
                return self._submission(request)
            case Kind.HOME:
                return manage.opened_home(request)
            case _:
                return request.said("ignored")

    def _message(self, request: Request) -> Outcome:
        incoming, is_edit = request.incoming, request.incoming.kind is Kind.EDIT
        with self._app.database.session() as session:
            claims = edits.claims_on(session, incoming)
        if is_edit and (reason := edits.staleness(claims, incoming, request.now)):
            return request.said(reason)
        if claims and not is_edit:
            return request.said("duplicate")
        so_far = edits.before(claims)
        wish = _settled(request, read_wish(incoming.text))
        if wish.kind == "question":
            return self._greeted(request, ask(request, so_far.first_key, so_far.question_ids))
        if wish.kind == "command":
            outcome = self._command(request, wish)
        elif wish.kind == "thanks" or is_edit:
            outcome = request.said(wish.kind)
        elif incoming.has_file:
            outcome = request.said("file_alone", request.answering(lines.line(lines.ONLY_TEXT)))
        else:
            outcome = request.said(wish.kind, request.answering(lines.line(lines.HELP)))
        return self._greeted(request, _claimed(request, outcome, so_far.first_key))

    def _is_claimed(self, incoming: Incoming) -> bool:
        """Say whether a message was answered already, or deleted before it could be."""
        with self._app.database.session() as session:
            return bool(edits.claims_on(session, incoming))

    def _is_for_coach(self, incoming: Incoming) -> bool:
        """Say whether somebody spoke to Coach: everything does but a message in a channel that neither mentions it nor
        follows up. An edit that takes the mention out leaves the answer as it is.
        """
        is_message = incoming.kind in (Kind.MESSAGE, Kind.EDIT)
        if not is_message or incoming.is_direct or incoming.mentions_coach:
            return True
        if incoming.kind is Kind.EDIT and incoming.thread_id is None:
            return False
        with self._app.database.session() as session:
            return _is_follow_up(session, incoming)

    def _greeted(self, request: Request, outcome: Outcome) -> Outcome:
        if not request.incoming.is_direct:
            return outcome

        def store(session: Session) -> Sequence[Outgoing]:
            return (*manage.welcome(request, session), *outcome.store(session))

        return replace(outcome, store=store)

    def _command(self, request: Request, wish: Wish) -> Outcome:
        handlers: dict[str, Callable[[Request], Outcome]] = {
            "about": manage.about,
            "home": manage.show_home,
            "no help": manage.no_help,
            "lesson": practice.ask_for_lesson,
            "practice": partial(practice.practise, wanted=wish.skill),
            "settings": timing.show,
            "pause": partial(timing.pause, until=wish.until),
            "stop lessons": timing.stop,
            "start lessons": timing.start,
            "lessons weekly": timing.go_weekly,
            "track": tracks.show,
            "assign": partial(assigning.assign, words=wish.words),
            "send lesson": partial(practice.send_lesson, wanted=wish.skill, to=wish.person),
            "link": linking.show,
            "link code": partial(linking.type_in, digits=wish.digits),
            "progress": partial(progress.show, days=wish.days),
            "progress me": partial(progress.show, days=wish.days, is_only_own=True),
            "progress team": partial(progress.show_team, days=wish.days, by=wish.by, team=wish.team),
            "progress of": partial(progress_about.show_person, words=wish.person, days=wish.days),
            "progress skill": partial(progress_about.show_skill, wanted=wish.skill),
            "progress help": progress.show_help,
            "dashboard": progress.open_dashboard,
            "my data": my_data.show,
            "why": explaining.why,
        }
        if wish.name in handlers:
            return handlers[wish.name](request)
        words = lines.PROGRESS_USAGE if wish.name == "progress usage" else lines.HELP
        return request.said(wish.name.replace(" ", "_"), request.answering(lines.line(words)))

    def _click(self, request: Request) -> Outcome:
        if request.incoming.action == "lesson":
            return practice.ask_for_lesson(request)
        if request.incoming.action == "refresh_home":
            return manage.refresh_home(request)
        if request.incoming.action == "unlink":
            return linking.take_back(request)
        if request.incoming.action in ("link_join", "link_refuse"):
            return linking.answer(request)
        rooms = (buttons, running, nudging, timing, confirming, tracks, drafting, progress, progress_about, managing)
        outcome = next((outcome for room in rooms if (outcome := room.press(request))), None)
        return outcome or request.said("unknown_button", request.privately(lines.line(lines.UNKNOWN_BUTTON)))

    def _once(self, incoming: Incoming, outcome: str, words: str, period: str) -> Outcome:
        """Return an outcome that says one line to one account a period, and keeps no trace of who it was."""
        settings = self._app.settings
        token = settings.slack_bot_token or settings.teams_app_password
        secret = token.get_secret_value() if token else ""
        account = hmac.new(secret.encode(), f"{incoming.workspace}|{incoming.user_id}".encode(), "sha256").hexdigest()
        outgoing = Outgoing(f"{outcome}:{account[:32]}:{period}", private_address(incoming), lines.line(words))
        event = InteractionHandled(incoming.platform, incoming.kind.value, outcome)
        return Outcome(event, None, lambda _: (outgoing,))

    def _submission(self, request: Request) -> Outcome:
        if request.incoming.action != "ask_form":
            saved = running.press(request) or timing.save(request) or drafting.press(request)
            return saved or request.said("form_closed")
        incoming = replace(request.incoming, text=request.incoming.fields.get("question", ""), channel=None)
        asking = replace(request, incoming=incoming)
        outcome = ask(asking)

        def store(session: Session) -> Sequence[Outgoing]:
            return (*manage.welcome(asking, session), *outcome.store(session), manage.home_of(asking, session))

        return replace(outcome, store=store)


def _settled(request: Request, wish: Wish) -> Wish:
    """Return a wish, a question where words after a command name nothing one could mean; /progress asks for nothing."""
    if request.incoming.command == "/progress":
        return wish
    match wish.name:
        case "assign":
            is_meant = assigning.means_assignment(request, wish.words)
        case "practice":
            is_meant = practice.means_practice(request, wish.skill)
        case "progress team":
            is_meant = progress.means_team(request, wish.team)
        case "progress of":
            is_meant = progress_about.means_person(request, wish.person)
        case "progress skill":
            is_meant = progress_about.means_skill(request, wish.skill)
        case _:
            return wish
    return wish if is_meant else Wish("question")


def _claimed(request: Request, outcome: Outcome, first_key: str | None) -> Outcome:
    def store(session: Session) -> Sequence[Outgoing]:
        outgoing = list(outcome.store(session))
        if outgoing and first_key is not None:
            outgoing[0] = replace(outgoing[0], operation="update", after_key=first_key)
        claim(request, session, first_key or (outgoing[0].key if outgoing else None), None)
        return outgoing

    return replace(outcome, store=store)


def _is_follow_up(session: Session, incoming: Incoming) -> bool:
    """Say whether a message without a mention is for Coach: from who asked last there, soon, and nobody between."""
    thread = spoken_thread(session, incoming)
    return (
        thread is not None
        and thread.last_asker == account_of(incoming)
        and timedelta(0) <= incoming.at - thread.last_asked_at <= FOLLOW_UP_WITHIN
        and (thread.interrupted_at is None or thread.interrupted_at <= thread.last_asked_at)
        and not incoming.mentions_others
    )
