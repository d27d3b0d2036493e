"""Owns the wire between the Teams client and Coach: what was sent, what was answered, and where it arrived."""

import json
from dataclasses import dataclass, field

from playwright.sync_api import WebSocket

COACH = "User Application"
CARD = "application/vnd.microsoft.card.adaptive"


@dataclass(frozen=True)
class Exchange:
    """One request and its answer: `name` is the activity's type or the call, `body` the activity."""

    name: str
    is_from_coach: bool
    message_id: str
    body: dict
    status: int
    answer: object

    @property
    def cards(self) -> list[dict]:
        return cards(self.body)

    @property
    def words(self) -> str:
        """The message's text and every word of its cards, a line each."""
        return "\n".join([self.body.get("text") or "", *words_of(self.cards)])


@dataclass
class Wire:
    """Everything that passed between the client and Coach since the page was opened, oldest first."""

    exchanges: list[Exchange] = field(default_factory=list)
    # Where a message stands, by its id; the log of what Coach sends does not say.
    places: dict[str, str] = field(default_factory=dict)

    def listen(self, socket: WebSocket) -> None:
        if socket.url.endswith("/_ws/log/stream"):
            socket.on("framereceived", self._log)
        elif socket.url.endswith("/conversations/stream"):
            socket.on("framereceived", self._place)

    def _log(self, frame: str) -> None:
        entry = json.loads(frame).get("log") or {}
        if entry.get("type") != "bot":
            return
        response = entry["response"]
        self.exchanges.append(
            Exchange(
                entry["activityName"],
                entry["from"] == COACH,
                entry.get("messageId", ""),
                entry["request"].get("body") or {},
                response["statusCode"],
                response.get("body"),
            )
        )

    def _place(self, frame: str) -> None:
        arrived = json.loads(frame)
        if "message" in arrived:
            self.places[arrived["message"]["messageId"]] = arrived["actionConversationId"]


def cards(activity: dict) -> list[dict]:
    """Return the cards a message holds."""
    return [one["content"] for one in activity.get("attachments") or [] if one["contentType"] == CARD]


def words_of(part: object) -> list[str]:
    """Return every word a card shows, wherever it stands."""
    if isinstance(part, list):
        return [word for one in part for word in words_of(one)]
    # What hides behind the last button of a row is drawn when that is pressed.
    if not isinstance(part, dict) or part.get("mode") == "secondary":
        return []
    if part.get("type") == "RichTextBlock":
        return ["".join(run["text"] for run in part["inlines"])]
    shown = [part[key] for key in ("text", "title", "label") if isinstance(part.get(key), str)]
    inside = ("body", "items", "columns", "rows", "cells", "facts", "choices", "actions")
    return shown + [word for key in inside for word in words_of(part.get(key))]
