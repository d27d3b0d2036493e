"""Owns what somebody does and sees in their conversation with Coach, at the trial's page."""

from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Locator, Page, expect

from bot.trial.human import Human

WAIT_SECONDS = 15


@dataclass
class Conversation:
    """Somebody at their screen; `at` is the message they look at, by its id, and `look` is called at every step."""

    page: Page
    human: Human
    look: Callable[[], None]
    at: str = ""

    def ask(self, words: str, answer: str) -> None:
        """Write to Coach, and look at the message that says this in answer."""
        box = self.page.get_by_role("textbox", name="Message Coach")
        box.fill(words)
        box.press("Enter")
        self.look_at(answer)

    def look_at(self, text: str) -> None:
        """Wait for a message that says something, and look at it from now on."""
        self.at = self.sees(text).get_attribute("data-ts") or ""
        self.look()

    def sees(self, text: str) -> Locator:
        """Wait until a message says something, and return it."""
        found = self.messages().filter(has_text=text).last
        found.wait_for(timeout=WAIT_SECONDS * 1_000)
        return found

    def messages(self) -> Locator:
        return self.page.locator("#messages .message")

    def message(self) -> Locator:
        return self.page.locator(f'#messages .message[data-ts="{self.at}"] .content')

    def words(self) -> str:
        return self.message().inner_text()

    def labels(self) -> list[str]:
        return self.message().get_by_role("button").all_inner_texts()

    def button(self, label: str) -> Locator:
        return self.message().get_by_role("button", name=label, exact=True)

    def press(self, label: str) -> None:
        before = self.words()
        self.button(label).click()
        self._next(before)

    def choose(self, label: str) -> None:
        """Choose from the menu of the message, which changes with it."""
        before = self.words()
        self.menu().select_option(label)
        self._next(before)

    def menu(self) -> Locator:
        return self.message().get_by_role("combobox", name="More")

    def form(self) -> Locator:
        return self.page.get_by_role("dialog")

    def write(self, answer: str) -> None:
        before = self.words()
        self.button("Write My Answer").click()
        self.form().locator("textarea").fill(answer)
        self.look()
        self.form().get_by_role("button", name="Done").click()
        self.form().wait_for(state="hidden")
        self._next(before)

    def _next(self, before: str) -> None:
        expect(self.message()).not_to_have_text(before, use_inner_text=True, timeout=WAIT_SECONDS * 1_000)
        self.look()
