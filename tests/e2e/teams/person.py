"""Owns what somebody does and sees at the Teams client's page."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from playwright.sync_api import Locator, Page

from tests.e2e.teams.wire import Exchange, Wire

WAIT_SECONDS = 30
LOOK_EVERY_MILLISECONDS = 50
PERSONAL = "Personal Chat"
Found = TypeVar("Found")


class Person:
    """The one who types and presses. Whatever is waited for must come within 30 seconds."""

    def __init__(self, page: Page, wire: Wire) -> None:
        self.page = page
        self.wire = wire

    def open(self, place: str) -> None:
        """Look at a chat or channel: `Personal Chat`, or a name."""
        self.page.get_by_role("treeitem", name=place).click()
        self._compose().wait_for()

    def say(self, text: str) -> int:
        """Write a message where the page stands, in a channel in its last thread; return how long the log was."""
        since = len(self.wire.exchanges)
        self._write(self._compose(), text)
        return since

    def mention(self, text: str, is_new_post: bool = False) -> int:
        """Write a message that mentions Coach, in a channel a reply or a new post; return how long the log was."""
        since = len(self.wire.exchanges)
        box = self.page.locator("[data-lexical-editor=true]").first if is_new_post else self._compose()
        box.click()
        self.page.keyboard.type("@")
        # Typed in full and entered, a name stays plain text.
        self.page.get_by_role("menuitem", name="Coach").click()
        self._write(box, f" {text}")
        return since

    def press(self, label: str) -> None:
        """Press the newest button of this name."""
        self.button(label).click()

    def button(self, label: str) -> Locator:
        return self.page.get_by_role("button", name=label, exact=True).last

    def sees(self, text: str) -> Locator:
        """Wait until a text stands on the page, and return where it does last."""
        found = self.page.get_by_text(text).last
        found.wait_for(timeout=WAIT_SECONDS * 1_000)
        return found

    def by_coach(self, since: int = 0) -> list[Exchange]:
        """Return the messages Coach sent or changed, from a place in the log on."""
        return [one for one in self.wire.exchanges[since:] if one.is_from_coach and one.name == "message"]

    def by_client(self, since: int, name: str) -> list[Exchange]:
        """Return what the client told Coach by this name, from a place in the log on."""
        return [one for one in self.wire.exchanges[since:] if not one.is_from_coach and one.name == name]

    def card(self) -> Locator:
        """Return the newest card of the chat."""
        return self.page.locator(".ac-adaptiveCard").last

    def place_of(self, sent: Exchange) -> str:
        """Return the conversation a message of Coach's stands in."""
        return self.until(lambda: self.wire.places.get(sent.message_id))

    def told(self, since: int, text: str) -> Exchange:
        """Wait until Coach has sent or changed a message with these words, from a place in the log on."""
        return self.until(lambda: next((one for one in self.by_coach(since) if text in one.words), None))

    def invoked(self, since: int, name: str) -> Exchange:
        """Wait until the client has invoked Coach by this name, and had its answer."""
        return self.until(
            lambda: next((one for one in self.by_client(since, "invoke") if one.body["name"] == name), None)
        )

    def until(self, look: Callable[[], Found]) -> Found:
        """Wait until something is so, while the page goes on; what it was is returned."""
        for _ in range(WAIT_SECONDS * 1_000 // LOOK_EVERY_MILLISECONDS):
            if found := look():
                return found
            self.page.wait_for_timeout(LOOK_EVERY_MILLISECONDS)
        seen = [(one.name, one.is_from_coach, one.status, one.words[:200]) for one in self.wire.exchanges[-6:]]
        raise AssertionError(f"it never came true; the last on the wire: {seen}")

    def _compose(self) -> Locator:
        return self.page.locator("[data-lexical-editor=true]").last

    def _write(self, box: Locator, text: str) -> None:
        box.click()
        self.page.keyboard.type(text)
        self.page.keyboard.press("Enter")


@dataclass
class Lesson:
    """A lesson on somebody's screen, the newest card of their chat; `look` is called at every step of it."""

    person: Person
    look: Callable[[], None]

    def words(self) -> str:
        return self.person.card().inner_text()

    def labels(self) -> list[str]:
        return self.person.card().get_by_role("button").all_inner_texts()

    def press(self, label: str) -> None:
        before = self.words()
        self.person.card().get_by_role("button", name=label, exact=True).click()
        self._next(before)

    def write(self, answer: str) -> None:
        self.press("Write My Answer")
        before = self.words()
        self.person.card().locator("textarea").fill(answer)
        self.look()
        self.person.card().get_by_role("button", name="Done").click()
        # The form gives way to a word that it was sent, and the lesson goes on below.
        self.person.sees("How sure are you?")
        self._next(before)

    def _next(self, before: str) -> None:
        self.person.until(lambda: self.words() != before)
        self.look()
