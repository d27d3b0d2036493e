"""Owns TeamsPlatform: sending to Teams, taking back, and who somebody is there."""

import http.client
import threading
from collections.abc import Callable, Collection
from datetime import datetime
from urllib.parse import quote

import structlog

from bot.arrivals import text_of
from bot.identities import Identities
from bot.messages import Address, Capabilities, Form, Identity, Message, NotSent, Undeliverable
from bot.teams import render
from bot.teams.addresses import AddressBook, Reach
from bot.teams.body import PLATFORM, THREAD, WHOLE_CHAT
from bot.teams.calls import ConnectorCalls, Json
from bot.teams.faults import BAD, TOO_LARGE
from bot.teams.windows import Windows

ROSTER_PAGE, ROSTER_PAGES = 500, 60
UNKNOWN_MEMBER = {f"http_{http.client.NOT_FOUND}", "MemberNotFoundInConversation", "NotFound", BAD}
GONE = {
    f"http_{http.client.NOT_FOUND}",
    "ActivityNotFoundInConversation",
    "BotNotInConversationRoster",
    "ConversationNotFound",
    "NotFound",
}
CARD_REFUSED = {BAD, TOO_LARGE}
GUESTS = ("guest", "anonymous")
OFFERS = Capabilities(
    has_ephemeral=False,
    has_home=False,
    can_read_back=False,
    has_ratings=True,
    has_citations=True,
    has_commands=False,
    hears_threads=False,
)

log = structlog.get_logger()


class TeamsPlatform:
    """Teams as workers see it; any number of threads may use it.

    `app_id` is None for a simulator, `tenant` where Coach is installed, `now` gives the present instant.
    """

    name = PLATFORM

    def __init__(
        self,
        calls: ConnectorCalls,
        book: AddressBook,
        app_id: str | None,
        tenant: str | None,
        now: Callable[[], datetime],
    ) -> None:
        self._calls = calls
        self._book = book
        self._bot = {"id": f"28:{app_id}"} if app_id else {}
        self._tenant = tenant
        self._now = now
        self._windows = Windows()
        self._identities = Identities(now)
        self._teams_ids: dict[str, str] = {}
        self._lock = threading.Lock()

    def check(self) -> None:
        """See that Microsoft gives a token for this bot. Raises Disconnected when it does not, NotSent while away."""
        self._calls.check()

    def capabilities(self) -> Capabilities:
        """Return what this platform can do."""
        return OFFERS

    def identify(self, user_id: str, channel: str | None = None) -> Identity:
        """Return who a user is, as Teams said within the last 24 hours; a stranger is an Identity that is no member."""
        return self._identities.get(user_id, lambda: self._ask_who(user_id, channel))

    def undisturbed(self, user_ids: Collection[str]) -> frozenset[str]:
        """Return nobody: Teams tells no bot who does not want to be disturbed, only Microsoft Graph does."""
        return frozenset()

    def open_dm(self, user_id: str) -> str:
        """Return the conversation id of the direct conversation with a person; a new one is noted."""
        if known := self._book.direct(user_id):
            return known
        service_url = self._service_url("")
        self._take_turn("")
        created = self._calls.call(
            "POST",
            service_url,
            "v3/conversations",
            {
                "isGroup": False,
                "bot": self._bot,
                "members": [{"id": self._teams_ids.get(user_id, user_id)}],
                "tenantId": self._tenant,
                "channelData": {"tenant": {"id": self._tenant}},
            },
        )
        conversation = created.get("id")
        if not isinstance(conversation, str) or not conversation:
            raise NotSent("malformed")
        self._book.note(Reach(conversation, service_url, user_id), self._now())
        return conversation

    def split(self, message: Message) -> list[Message]:
        """Return the message in as many parts as fit into cards, none of them empty."""
        return render.split(message)

    def send(self, address: Address, message: Message, key: str) -> str | None:
        """Post a message and return its id. What one person alone may see goes to their direct conversation."""
        return self._put("POST", address, "", message)

    def find_sent(self, address: Address, key: str, since: datetime) -> str | None:
        """Return None: Teams lets no bot read back."""
        return None

    def update(self, address: Address, message_id: str, message: Message) -> None:
        """Replace a message sent before."""
        self._put("PUT", address, message_id, message)

    def delete(self, address: Address, message_id: str) -> None:
        """Take a message back; one already gone is fine."""
        conversation = self._place(address)
        try:
            self._call("DELETE", conversation, _activities(conversation, message_id))
        except Undeliverable as fault:
            if fault.code not in GONE:
                raise

    def show_form(self, address: Address, form: Form) -> None:
        """Post a form, now. Raises what the port raises."""
        conversation = self._place(address)
        for shown in render.form_activities(form):
            self._call("POST", conversation, _activities(conversation), self._by_coach(shown))

    def show_typing(self, address: Address) -> None:
        """Show that Coach is at work, now. Raises what the port raises."""
        conversation = self._place(address)
        self._call("POST", conversation, _activities(conversation), self._by_coach({"type": "typing"}))

    def close(self) -> None:
        """Give back every connection."""
        self._calls.close()

    def _ask_who(self, user_id: str, channel: str | None) -> Identity:
        conversation = channel or self.open_dm(user_id)
        member = self._member(conversation, user_id)
        if member is None:
            return Identity(user_id, is_member=False)
        if not (teams_id := text_of(member, "id")):
            # It says nothing about anybody, so it is no reason to turn them away.
            raise NotSent("malformed")
        with self._lock:
            self._teams_ids[user_id] = teams_id
        return _identity(user_id, member, self._tenant)

    def _member(self, conversation: str, user_id: str) -> Json | None:
        """Return what the roster says of somebody, None when they are not on it."""
        path = _conversation(conversation)
        try:
            return self._call("GET", conversation, f"{path}/members/{quote(user_id, safe='')}")
        except Undeliverable as fault:
            if fault.code not in UNKNOWN_MEMBER:
                raise
        # Not every service finds people by their Entra object id.
        token: object = ""
        for _ in range(ROSTER_PAGES):
            after = f"&continuationToken={quote(token, safe='')}" if isinstance(token, str) and token else ""
            page = self._call("GET", conversation, f"{path}/pagedmembers?pageSize={ROSTER_PAGE}{after}")
            members = [member for member in page.get("members") or [] if isinstance(member, dict)]
            for member in members:
                if user_id in (text_of(member, "aadObjectId").lower(), text_of(member, "objectId").lower()):
                    return member
            token = page.get("continuationToken")
            if not token:
                return None
        return None

    def _put(self, method: str, address: Address, message_id: str, message: Message) -> str | None:
        conversation = self._place(address)
        path = _activities(conversation, message_id)
        may_double = method == "POST"
        try:
            answer = self._call(method, conversation, path, self._by_coach(render.activity(message)), may_double)
        except Undeliverable as fault:
            if fault.code not in CARD_REFUSED:
                raise
            log.error("teams_card_refused", code=fault.code)
            answer = self._call(method, conversation, path, self._by_coach(render.plain_activity(message)), may_double)
        sent = answer.get("id")
        # Taken without a name: it stands there, and can neither be replaced nor taken back.
        return sent if isinstance(sent, str) and sent else message_id or None

    def _by_coach(self, shown: Json) -> Json:
        return {**shown, "from": self._bot} if self._bot else shown

    def _place(self, address: Address) -> str:
        """Return the conversation a message goes to: a thread of a channel has one of its own."""
        if address.only_for and (address.channel is None or address.is_ephemeral or address.surface == "home"):
            return self.open_dm(address.only_for)
        if not address.channel:
            raise Undeliverable("no_address")
        if address.thread and address.thread != WHOLE_CHAT:
            return f"{address.channel}{THREAD}{address.thread}"
        return address.channel

    def _call(
        self, method: str, conversation: str, path: str, body: Json | None = None, may_double: bool = False
    ) -> Json:
        base = conversation.partition(THREAD)[0]
        service_url = self._service_url(base)
        if body is not None:
            self._take_turn(base)
        return self._calls.call(method, service_url, path, body, may_double)

    def _take_turn(self, conversation: str) -> None:
        """Count a call in a conversation, or one that makes a new one. Raises NotSent when it must wait."""
        if (seconds := self._windows.take(conversation, self._now())) > 0:
            raise NotSent("ratelimited", seconds)

    def _service_url(self, conversation: str) -> str:
        found = self._book.service_url(conversation)
        if found is None:
            raise Undeliverable("no_service_url")
        return found


def _conversation(conversation: str) -> str:
    return f"v3/conversations/{quote(conversation, safe='')}"


def _activities(conversation: str, message_id: str = "") -> str:
    path = f"{_conversation(conversation)}/activities"
    return f"{path}/{quote(message_id, safe='')}" if message_id else path


def _identity(user_id: str, member: Json, tenant: str | None) -> Identity:
    at_home = tenant is None or text_of(member, "tenantId").lower() in ("", tenant)
    role = text_of(member, "userRole").lower()
    # Somebody without an account in the directory joined a meeting by its link.
    has_account = bool(text_of(member, "aadObjectId") or text_of(member, "objectId"))
    name = text_of(member, "name") or f"{text_of(member, 'givenName')} {text_of(member, 'surname')}".strip()
    email = text_of(member, "email") or text_of(member, "userPrincipalName")
    return Identity(user_id, at_home and has_account and role not in GUESTS, name, email or None)
