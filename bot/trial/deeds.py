"""Owns what a request of the page makes a person of the trial workspace do."""

from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

from bot.trial.human import Human, Surface
from bot.trial.shown import elements_in, words

Json = dict[str, Any]
Deed = Callable[[Human, Json], Future[str] | None]


class Refused(Exception):
    """A request the page may not make; `sentence` is shown to the reader as it is."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status
        self.sentence = sentence


def needed(body: Json, name: str) -> str:
    """Return a text a request must have. Raises Refused."""
    value = body.get(name)
    if not isinstance(value, str) or not value:
        raise Refused(400, f"Something is missing: {name}.")
    return value


def _say(human: Human, body: Json) -> None:
    human.say(needed(body, "channel"), needed(body, "text"), thread_ts=body.get("thread") or None)


def _edit(human: Human, body: Json) -> None:
    human.edit(needed(body, "channel"), needed(body, "ts"), needed(body, "text"))


def _delete(human: Human, body: Json) -> None:
    human.delete(needed(body, "channel"), needed(body, "ts"))


def _press(human: Human, body: Json) -> Future[str] | None:
    surface, ts = _surface(body), body.get("ts")
    return human.press(_name(human, body, surface, ts), in_message_ts=ts, surface=surface)


def _choose(human: Human, body: Json) -> Future[str] | None:
    surface, ts = _surface(body), body.get("ts")
    return human.choose(_option(human, body, surface, ts), in_message_ts=ts, surface=surface)


def _submit(human: Human, body: Json) -> Future[str] | None:
    values = body.get("values")
    if not isinstance(values, dict) or not all(isinstance(value, str) for value in values.values()):
        raise Refused(400, "A form needs its values, as text.")
    return human.submit(values)


def _close(human: Human, _: Json) -> None:
    human.close_view()


def _home(human: Human, body: Json) -> None:
    human.open_home("home" if body.get("tab") == "home" else "messages")


def _slash(human: Human, body: Json) -> Future[str] | None:
    return human.slash(needed(body, "command"), body["text"], needed(body, "channel"))


def _surface(body: Json) -> Surface:
    return "home" if body.get("home") else "modal" if body.get("modal") else "message"


def _name(human: Human, body: Json, surface: Surface, ts: str | None) -> str:
    """Return how the person tells a button from the others: by its label where only one has it, else by its id."""
    label, action_id = body.get("label") or "", body.get("action_id") or ""
    if not label and not action_id:
        raise Refused(400, "Something is missing: action_id.")
    alike = [element for element in elements_in(_blocks(human, body, surface, ts)) if element.label == label]
    return label if label and len(alike) <= 1 else action_id or label


def _option(human: Human, body: Json, surface: Surface, ts: str | None) -> str:
    """Return an option's label where only one has it, else its value."""
    label, value = needed(body, "label"), body.get("value") or ""
    options = [option for element in elements_in(_blocks(human, body, surface, ts)) for option in element.options()]
    alike = [option for option in options if words(option["text"]) == label]
    return label if len(alike) <= 1 else value or label


def _blocks(human: Human, body: Json, surface: Surface, ts: str | None) -> list[Json]:
    if surface == "home":
        view = human.home()
    elif surface == "modal":
        view = modal.body if (modal := human.modal()) else None
    else:
        view = next((seen for seen in human.messages(needed(body, "channel")) if seen["ts"] == ts), None)
    return (view or {}).get("blocks") or []


DEEDS: dict[str, Deed] = {
    "say": _say,
    "edit": _edit,
    "delete": _delete,
    "press": _press,
    "choose": _choose,
    "submit": _submit,
    "close": _close,
    "home": _home,
    "slash": _slash,
}
