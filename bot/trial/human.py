"""Owns the people of the trial workspace: they act, and only on what is really on their screen."""

from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Future
from copy import deepcopy
from typing import Any, Literal

from bot.trial import payloads
from bot.trial.shown import CHOSEN, PRESSED, Element, elements_in, shown_text, words
from bot.trial.simulator import NotAnswered, Simulator
from bot.trial.typed import rich_text, wire_text
from bot.trial.workspace import Channel, Json, OpenView

__all__ = ["Human", "NotAnswered", "NotFilled", "NotVisible"]

Surface = Literal["modal", "message", "home"]
Place = tuple[Surface, Channel | None, Json]


class NotVisible(Exception):
    """The person does not see that, or may not do it; the text says what is missing."""


class NotFilled(Exception):
    """Slack itself would not send the form; `errors` by block_id, shown in the view too."""

    def __init__(self, errors: dict[str, str]) -> None:
        super().__init__(", ".join(errors))
        self.errors = errors


class Human:
    """One person at their screen; may be used from any thread, inside the loop too.

    A channel is given by id or name. What is pressed, chosen, submitted or commanded returns a Future of the body
    the app acknowledged with; it raises NotAnswered when there was none.
    """

    def __init__(self, simulator: Simulator, user_id: str) -> None:
        self.simulator = simulator
        self._workspace = simulator.workspace
        self.user_id = user_id

    def dm(self) -> str:
        """Return the channel id of the conversation with the app."""
        return self._workspace.open_dm(self.user_id).id

    def say(self, channel: str, text: str, thread_ts: str | None = None, files: Iterable[str] = ()) -> str:
        """Post a message, in a thread or with files of these names; return its ts. Raises NotVisible."""
        with self._workspace.lock:
            place = self._channel(channel)
            if self.user_id not in place.members:
                raise NotVisible(f"{self._workspace.users[self.user_id].real_name} is not in #{place.name}")
            if thread_ts is not None and not self._seen(place, thread_ts):
                raise NotVisible("that message is not there")
            wire = wire_text(self._workspace, text)
            attached = [self._file(name) for name in files]
            message = self._workspace.post(
                place,
                self.user_id,
                wire,
                thread_ts=thread_ts,
                client_msg_id=self._workspace.new_id("", 32).lower(),
                blocks=rich_text(self._workspace, wire) if wire else None,
                subtype="file_share" if attached else None,
                files=attached or None,
            )
            return str(message["ts"])

    def edit(self, channel: str, ts: str, text: str) -> None:
        """Change one's own message. Raises NotVisible."""
        with self._workspace.lock:
            place, message = self._own(channel, ts)
            wire = wire_text(self._workspace, text)
            blocks = rich_text(self._workspace, wire)
            self._workspace.change(place, message, wire, self.user_id, blocks=blocks)

    def delete(self, channel: str, ts: str) -> None:
        """Delete one's own message. Raises NotVisible."""
        with self._workspace.lock:
            self._workspace.delete(*self._own(channel, ts))

    def slash(self, command: str, text: str = "", channel: str | None = None) -> "Future[str]":
        """Give a command, such as /coach, in a channel or in the conversation with the app. Raises NotVisible."""
        with self._workspace.lock:
            place = self._channel(channel or self.dm())
            wire = wire_text(self._workspace, text)
            user = self._workspace.users[self.user_id]
            url = self.simulator.response_url(place.id, self.user_id)
            payload = payloads.slash(self._workspace, user, place, command, wire, url)
            return self.simulator.command(place, self.user_id, payload).answered

    def press(
        self, label_or_action_id: str, in_message_ts: str | None = None, surface: str | None = None
    ) -> "Future[str]":
        """Press a button: in an open modal, else the newest message that has it, else the home page.

        Raises NotVisible.
        """
        with self._workspace.lock:
            for place in self._places(in_message_ts, surface):
                for element in elements_in(_blocks(place)):
                    if element.body["type"] in PRESSED and label_or_action_id in (
                        element.label,
                        element.body.get("action_id"),
                    ):
                        return self._click(place, element)
            raise NotVisible(f"there is no button {label_or_action_id!r}")

    def press_late(self, channel: str, message: Json, label_or_action_id: str) -> "Future[str]":
        """Press a button of a message as it was when read, whatever became of it meanwhile. Raises NotVisible."""
        with self._workspace.lock:
            for element in elements_in(message.get("blocks") or []):
                if label_or_action_id in (element.label, element.body.get("action_id")):
                    return self._click(("message", self._channel(channel), message), element)
            raise NotVisible(f"there was no button {label_or_action_id!r}")

    def choose(self, option_label: str, in_message_ts: str | None = None, surface: str | None = None) -> "Future[str]":
        """Choose an option of a menu, found as press finds a button; its label or value. Raises NotVisible."""
        with self._workspace.lock:
            for place in self._places(in_message_ts, surface):
                for element in elements_in(_blocks(place)):
                    if element.body["type"] in CHOSEN and not element.is_input:
                        for option in element.options():
                            if option_label in (words(option["text"]), option.get("value")):
                                return self._click(place, element, option)
            raise NotVisible(f"there is no option {option_label!r}")

    def submit(self, values: Mapping[str, str]) -> "Future[str]":
        """Fill the fields of the open modal, named by block_id or label, and send it.

        Raises NotVisible where there is no such field, NotFilled where Slack would hold it back.
        """
        with self._workspace.lock:
            opened = self.modal()
            if opened is None or not opened.body.get("submit"):
                raise NotVisible("no form is open")
            fields = [element for element in elements_in(opened.body["blocks"]) if element.is_input]
            names = {name for element in fields for name in (element.block_id, element.label)}
            if unknown := sorted(values.keys() - names):
                raise NotVisible(f"there is no field {unknown[0]!r}")
            errors: dict[str, str] = {}
            state: Json = {}
            for element in fields:
                given = values.get(element.block_id, values.get(element.label))
                filled, error = _filled(element, given)
                if error:
                    errors[element.block_id] = error
                state.setdefault(element.block_id, {})[element.body.get("action_id", "")] = filled
            opened.errors = errors
            if errors:
                self._workspace.changed()
                raise NotFilled(errors)
            opened.body["state"] = {"values": state}
            payload = payloads.submission(self._workspace, self._workspace.users[self.user_id], opened.body)
            return self.simulator.submit(self.user_id, payload).answered

    def close_view(self) -> None:
        """Close the open modal. Raises NotVisible."""
        with self._workspace.lock:
            if not self._workspace.views[self.user_id]:
                raise NotVisible("no form is open")
            opened = self._workspace.views[self.user_id].pop()
            if opened.body.get("notify_on_close"):
                user = self._workspace.users[self.user_id]
                self.simulator.deliver("interactive", payloads.closing(self._workspace, user, opened.body))
            self._workspace.changed()

    def open_home(self, tab: Literal["home", "messages"] = "home") -> None:
        """Look at the app: its home page, or the conversation with it."""
        with self._workspace.lock:
            user = self._workspace.users[self.user_id]
            self.simulator.deliver("event", payloads.home_opened(self._workspace, user, tab))

    def pause_notifications(self, minutes: int) -> None:
        """Want no notifications for so long; 0 ends a pause."""
        with self._workspace.lock:
            now = self._workspace.now()
            self._workspace.pauses[self.user_id] = (now, now + 60 * minutes)

    def messages(self, channel: str) -> list[Json]:
        """Return what this person can read there, replies included, oldest first. Raises NotVisible."""
        with self._workspace.lock:
            return deepcopy(self._visible(self._channel(channel)))

    def texts(self, channel: str) -> list[str]:
        """Return the words of those messages as they are shown. Raises NotVisible."""
        return [shown_text(message) for message in self.messages(channel)]

    def channels(self) -> list[Channel]:
        """Return the channels this person is in; the conversation with the app comes last."""
        with self._workspace.lock:
            mine = [channel for channel in self._workspace.channels.values() if self.user_id in channel.members]
            return [channel for channel in mine if channel.kind != "im"] + [self._workspace.open_dm(self.user_id)]

    def home(self) -> Json | None:
        """Return the home page, None before the app published one."""
        with self._workspace.lock:
            return deepcopy(self._workspace.homes.get(self.user_id))

    def modal(self) -> OpenView | None:
        """Return the modal on top, None when none is open."""
        with self._workspace.lock:
            stack = self._workspace.views[self.user_id]
            return stack[-1] if stack else None

    def _channel(self, name: str) -> Channel:
        try:
            channel = self._workspace.channel_named(name)
        except KeyError:
            raise NotVisible(f"there is no channel {name!r}") from None
        if channel.kind != "public" and self.user_id not in channel.members:
            raise NotVisible("that conversation is between others")
        return channel

    def _visible(self, channel: Channel) -> list[Json]:
        messages = self._workspace.messages[channel.id]
        return [message for message in messages if message.get("_only_for", self.user_id) == self.user_id]

    def _seen(self, channel: Channel, ts: str) -> Json | None:
        return next((message for message in self._visible(channel) if message["ts"] == ts), None)

    def _own(self, name: str, ts: str) -> tuple[Channel, Json]:
        channel = self._channel(name)
        message = self._seen(channel, ts)
        if message is None or message["user"] != self.user_id:
            raise NotVisible("there is no message of yours like that")
        return channel, message

    def _places(self, in_message_ts: str | None, surface: str | None) -> Iterator[Place]:
        """Yield what may be clicked now, in the order a person would look; an open modal covers all else."""
        if opened := self.modal():
            if surface in (None, "modal") and in_message_ts is None:
                yield "modal", None, opened.body
            return
        if surface in (None, "message"):
            found = [(channel, message) for channel in self.channels() for message in self._visible(channel)]
            for channel, message in sorted(found, key=lambda pair: str(pair[1]["ts"]), reverse=True):
                if in_message_ts in (None, message["ts"]):
                    yield "message", channel, message
        if surface in (None, "home") and in_message_ts is None and self.user_id in self._workspace.homes:
            yield "home", None, self._workspace.homes[self.user_id]

    def _click(self, place: Place, element: Element, option: Json | None = None) -> "Future[str]":
        _, channel, body = place
        user = self._workspace.users[self.user_id]
        action = payloads.action_of(element.body, element.block_id, option)
        if channel is None:
            payload = payloads.click_in_view(self._workspace, user, body, action)
        else:
            url = self.simulator.response_url(channel.id, self.user_id, body["ts"])
            payload = payloads.click_in_message(self._workspace, user, channel, body, action, url)
        return self.simulator.deliver("interactive", payload).answered

    def _file(self, name: str) -> Json:
        return {
            "id": self._workspace.new_id("F"),
            "name": name,
            "title": name,
            "mimetype": "application/octet-stream",
            "filetype": name.rpartition(".")[2],
            "user": self.user_id,
            "mode": "hosted",
            "size": 1,
        }


def _blocks(place: Place) -> list[Json]:
    return list(place[2].get("blocks") or [])


def _filled(element: Element, given: str | None) -> tuple[Json, str]:
    """Return what a field holds as a submission says it, and why Slack would hold it back."""
    kind = element.body["type"]
    if kind in CHOSEN:
        chosen = _option(element, given)
        if chosen is None and not element.is_optional:
            return {}, "Please complete this required field."
        if kind in ("checkboxes", "multi_static_select"):
            return {"type": kind, "selected_options": [chosen] if chosen else []}, ""
        return {"type": kind, "selected_option": chosen}, ""
    value: Any = given if given is not None else element.body.get("initial_value")
    least, most = element.body.get("min_length", 0), element.body.get("max_length", 3_000)
    if not value:
        return {"type": kind, "value": None}, "" if element.is_optional else "Please complete this required field."
    if not least <= len(value) <= most:
        return {}, f"Please use between {least} and {most} characters."
    return {"type": kind, "value": value}, ""


def _option(element: Element, given: str | None) -> Json | None:
    if given is None:
        initial: Json | None = element.body.get("initial_option")
        return initial
    for option in element.options():
        if given in (words(option["text"]), option.get("value")):
            return option
    raise NotVisible(f"there is no option {given!r}")
