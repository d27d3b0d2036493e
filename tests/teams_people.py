"""The people of a tenant: they write, press and rate in Teams, and only what really stands."""

import json
from contextlib import suppress
from dataclasses import dataclass, replace

import requests

from tests.teams_activities import activity, attached, mentioning, mentions, written
from tests.teams_cards import CARD_TYPE, card_findings, fields, pressable
from tests.teams_tenant import COACH, Place, Tenant, User
from tests.teams_values import Seen

__all__ = ["NotFilled", "NotVisible", "Place", "Sent", "TeamsPerson", "Tenant", "User", "poster"]

ANSWERS = {CARD_TYPE, "application/vnd.microsoft.activity.message", "application/vnd.microsoft.error"}
POST_SECONDS = 30


class NotVisible(Exception):
    """The person does not see that, or may not do it; the text says what is missing."""


class NotFilled(Exception):
    """Teams itself would not send the card: fields that are required are empty."""


@dataclass(frozen=True)
class Sent:
    """Something for Coach, and what came back; `status` is None where Coach does not get to hear it."""

    id: str
    activity: dict
    status: int | None = None
    body: object = None


def poster(url, headers=None):
    """Return how activities are posted to Coach at `url`; `headers(activity)` are added, such as a token."""

    def post(activity):
        more = headers(activity) if headers else {}
        answer = requests.post(url, json=activity, headers=more, timeout=POST_SECONDS)
        with suppress(ValueError):
            return answer.status_code, answer.json()
        return answer.status_code, answer.text

    return post


class TeamsPerson:
    """One person in Teams. `post(activity)` delivers to Coach and returns status and body.

    A conversation is given by its id or name, or itself; without one, the person's own with Coach is meant.
    """

    def __init__(self, connector, post, user):
        self.connector, self.post, self.user = connector, post, user
        self.tenant = connector.tenant
        self.last = None

    def messages(self, conversation=None):
        """Return what stands in a conversation as this person sees it, oldest first."""
        return self.connector.messages(self._place(conversation).id, self.user.id)

    def by_coach(self, conversation=None):
        return [seen for seen in self.messages(conversation) if seen.by == self.tenant.bot_id]

    def say(self, text, conversation=None, thread=None):
        """Write a message; in a channel that begins a thread, or answers in `thread`, the id of its first message."""
        return self._write(self._place(conversation), thread, written(text))

    def mention(self, text, conversation, thread=None, others=()):
        """Write a message that mentions Coach, and other users."""
        marks = [(self.tenant.bot_id, COACH), *((user.id, user.name) for user in others)]
        return self._write(self._place(conversation), thread, mentioning(text, marks))

    def slash(self, text, conversation=None, thread=None):
        """Pick a slash command: nobody else sees it."""
        content = {**written(text), "recipient": {"id": self.tenant.bot_id, "name": COACH, "isTargeted": True}}
        return self._write(self._place(conversation), thread, content, only_for=self.user.id)

    def attach(self, conversation=None, name="receipt.pdf", text=""):
        """Send a file or, by its name, a picture; alone or with words."""
        content = {**(written(text) if text else {}), "attachments": [attached(name)]}
        return self._write(self._place(conversation), None, content)

    def edit(self, message_id, text):
        """Change one's own message; its mentions stay. Raises NotVisible."""
        seen = self._own(message_id)
        marks = mentions(seen.activity)
        content = {**(mentioning(text, marks) if marks else written(text)), "channelData": {"eventType": "editMessage"}}
        changed = self._about(seen, "messageUpdate", id=seen.id, **content)
        self.connector.put(replace(seen, activity=changed, is_edited=True))
        return self._deliver(changed)

    def delete(self, message_id):
        """Take one's own message back. Raises NotVisible."""
        seen = self._own(message_id)
        self.connector.take_back(seen)
        gone = self._about(seen, "messageDelete", id=seen.id, channelData={"eventType": "softDeleteMessage"})
        return self._deliver(gone, hears=self._hears(seen.activity))

    def press(self, label, message=None, inputs=None, as_submit=False):
        """Press what is called so: in the message of that id, else in the newest that has it.

        `inputs` are by id or label; `as_submit` presses as a client does that knows no Action.Execute.
        Raises NotVisible, or NotFilled.
        """
        for seen in reversed(self._standing()):
            if message in (None, seen.id) and label in pressable(seen.activity):
                return self.press_late(seen, label, inputs, as_submit)
        raise NotVisible(f"there is nothing called {label!r}")

    def press_late(self, seen, label, inputs=None, as_submit=False):
        """Press in a message as it was when read, whatever became of it meanwhile. Raises as press does."""
        if (action := pressable(seen.activity).get(label)) is None:
            raise NotVisible(f"there was nothing called {label!r}")
        if as_submit and action["type"] == "Action.Execute":
            action = action["fallback"]
        takes_fields = (action.get("associatedInputs") or "auto").lower() != "none"
        data = {**action.get("data", {}), **(_filled(seen.activity, inputs or {}) if takes_fields else {})}
        if action["type"] == "Action.Submit":
            return self._deliver(self._about(seen, "message", value=data, replyToId=seen.id))
        kept = {name: action[name] for name in ("type", "title", "id", "verb") if name in action}
        value = {"action": {**kept, "data": data}, "trigger": "manual"}
        sent = self._invoke("adaptiveCard/action", seen, value)
        if sent.status == 200 and isinstance(sent.body, dict) and sent.body.get("type") == CARD_TYPE:
            self.connector.show(seen, self.user.id, sent.body["value"])
        return sent

    def rate(self, reaction, message, feedback=""):
        """Press "like" or "dislike" under the message of that id, and send the form. Raises NotVisible."""
        for seen in self._standing():
            if seen.id == message and "feedbackLoop" in (seen.activity.get("channelData") or {}):
                said = {"reaction": reaction, "feedback": json.dumps({"feedbackText": feedback})}
                return self._invoke("message/submitAction", seen, {"actionName": "feedback", "actionValue": said})
        raise NotVisible("there is no message to rate")

    def install(self, conversation=None):
        """Add Coach for oneself, or to a conversation; return both notices."""
        place = self._place(conversation)
        self.tenant.install(place, is_there=True)
        added, event = [{"id": self.tenant.bot_id}], {}
        if place.kind == "personal":
            added.insert(0, {"id": self.user.id, "aadObjectId": self.user.aad_object_id})
        if place.kind == "channel":
            event = {"eventType": "teamMemberAdded", "settings": {"selectedChannel": {"id": place.id}}}
        notices = (
            self._installation(place, "add"),
            activity(self.connector, self.user, place, "conversationUpdate", membersAdded=added, channelData=event),
        )
        return [self._deliver(notice) for notice in notices]

    def uninstall(self, conversation=None):
        """Remove Coach for oneself, or from a conversation: nothing it sends gets there any more."""
        place = self._place(conversation)
        self.tenant.install(place, is_there=False)
        return self._deliver(self._installation(place, "remove"))

    def again(self, sent=None):
        """Deliver the same once more, as Teams does when an answer is slow or lost."""
        return self._deliver((sent or self.last).activity, hears=True)

    def _place(self, conversation):
        if conversation is None:
            return self.tenant.personal(self.user)
        place = conversation if isinstance(conversation, Place) else self.tenant.find(conversation)
        if place is None or self.user.id not in place.members:
            raise NotVisible(f"{self.user.name} is not in {conversation!r}")
        return place

    def _standing(self):
        """Return what Coach wrote wherever this person is, oldest first."""
        places = [place for place in list(self.tenant.places.values()) if self.user.id in place.members]
        return sorted((seen for place in places for seen in self.by_coach(place)), key=lambda seen: int(seen.id))

    def _own(self, message_id):
        for place in list(self.tenant.places.values()):
            if self.user.id in place.members:
                for seen in self.messages(place):
                    if (seen.id, seen.by) == (message_id, self.user.id):
                        return seen
        raise NotVisible("there is no message of theirs like that")

    def _write(self, place, thread, content, only_for=None):
        if self.tenant.refusal(place) and place.kind == "personal":
            raise NotVisible("Coach is not there to be written to")
        if thread is not None and all(seen.root != thread for seen in self.messages(place)):
            raise NotVisible("that thread is not there")
        new_id = self.connector.new_id()
        root = (thread or new_id) if place.kind == "channel" else None
        said = activity(self.connector, self.user, place, "message", root, id=new_id, **content)
        self.connector.put(Seen(new_id, place.id, root, self.user.id, said, only_for=only_for))
        return self._deliver(said)

    def _about(self, seen, kind, **more):
        return activity(self.connector, self.user, self.tenant.find(seen.conversation_id), kind, seen.root, **more)

    def _invoke(self, name, seen, value):
        source = {"source": {"name": "message"}}
        sent = self._deliver(self._about(seen, "invoke", name=name, value=value, replyToId=seen.id, channelData=source))
        if sent.status == 200 and (fault := _answer_fault(name, sent.body)):
            self.connector.reject(name, "answer", fault, sent.body if isinstance(sent.body, dict) else None)
        return sent

    def _installation(self, place, action):
        data = {"source": {"name": "message"}, "settings": {"selectedChannel": {"id": place.id}}}
        return activity(self.connector, self.user, place, "installationUpdate", action=action, channelData=data)

    def _deliver(self, said, hears=None):
        sent = Sent(said["id"], said)
        if self._hears(said) if hears is None else hears:
            status, body = self.post(said)
            sent = replace(sent, status=status, body=body)
        self.last = sent
        return sent

    def _hears(self, said):
        """Whether Coach gets to hear it: in company, words only when it is mentioned."""
        place = self.tenant.find(said["conversation"]["id"])
        if place.kind == "personal" or said["type"] == "installationUpdate":
            return True
        are_words = said["type"] in ("message", "messageUpdate") and "value" not in said
        is_asked = self.tenant.bot_id in dict(mentions(said)) or said["recipient"].get("isTargeted", False)
        return place.has_coach and (place.hears_all or is_asked or not are_words)


def _filled(message, given):
    """Return what the fields of a message hold as a press says it. Raises NotVisible, NotFilled."""
    shown = fields(message)
    if unknown := given.keys() - {name for field in shown for name in (field["id"], field.get("label"))}:
        raise NotVisible(f"there is no field {', '.join(sorted(unknown))}")
    filled = {field["id"]: given.get(field["id"], given.get(field.get("label"), field.get("value"))) for field in shown}
    for field in shown:
        titles = {choice["title"]: choice["value"] for choice in field.get("choices", [])}
        filled[field["id"]] = titles.get(filled[field["id"]], filled[field["id"]])
        if titles and filled[field["id"]] not in (None, "", *titles.values()):
            raise NotVisible(f"there is no choice {filled[field['id']]!r}")
    if empty := [field["id"] for field in shown if field.get("isRequired") and not filled[field["id"]]]:
        raise NotFilled(", ".join(empty))
    return {name: value for name, value in filled.items() if value is not None}


def _answer_fault(name, body):
    """Return why Teams would say that the app cannot be reached, None where the answer of an invoke is fine."""
    if not isinstance(body, dict):
        return "no JSON object"
    if name != "adaptiveCard/action":
        return None
    if type(body.get("statusCode")) is not int or body.get("type") not in ANSWERS or "value" not in body:
        return "no statusCode, type and value"
    return "; ".join(card_findings(body["value"])) if body["type"] == CARD_TYPE else None
