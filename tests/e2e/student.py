"""Owns how a person goes through a lesson: they read what stands there, know the answers, and press."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from lessons.module import Item, Module

LETTERS = "ABCDE"
WRITTEN = "I see why you ask. I will find out, and you will hear from me by tomorrow."


class Screen(Protocol):
    """The message of the lesson on somebody's screen; a press or a form ends when the message shows what is next."""

    def words(self) -> str: ...
    def labels(self) -> list[str]: ...
    def press(self, label: str) -> None: ...
    def write(self, answer: str) -> None: ...


@dataclass
class Student:
    """Somebody who takes a module as the sample company has it, written for their role."""

    screen: Screen
    module: Module

    def items(self) -> list[Item]:
        """Return the items in the order they come."""
        return sorted(self.module.items, key=lambda item: item.phase == "reflection")

    def sees(self, *texts: str) -> None:
        """Assert that these stand in the message, however its lines are broken."""
        shown = _bare(self.screen.words())
        assert [text for text in texts if _bare(text) not in shown] == [], self.screen.words()

    def read_cards(self) -> None:
        """Press Start, and read the concept to its end."""
        self.screen.press("Start")
        for place, card in enumerate(self.module.cards, start=1):
            self.sees(f"Concept {place} of {len(self.module.cards)}", card.title, *(part.text for part in card.parts))
            self.screen.press("To Practice" if place == len(self.module.cards) else "Next")

    def meets(self, item: Item) -> None:
        """Assert that an exercise stands there in full, and nothing of its answer."""
        self.sees(item.title, item.question, *(part.text for part in item.situation), *item.options)
        assert item.quote not in self.screen.words()

    def picks(self, item: Item, is_right: bool = True) -> Sequence[str]:
        """Return the labels to press for a right or a wrong answer, in turn."""
        if item.kind == "order":
            steps = item.options if is_right else item.options[::-1]
            # The last step needs no press.
            return [f"Step {self._letter_of(step)}" for step in steps[:-1]]
        assert item.right is not None
        place = item.right if is_right else (item.right + 1) % len(item.options)
        mark = str(place + 1) if item.kind == "spot" else LETTERS[place]
        labels = self.screen.labels()
        return [
            label
            for label in labels
            if label in (mark, f"Line {mark}", f"Answer {mark}") or label.startswith(f"{mark}:")
        ]

    def answer(self, item: Item, is_right: bool = True) -> None:
        """Give an answer in the way the exercise asks for it."""
        if item.kind == "write":
            self.screen.write(WRITTEN)
            return
        for label in self.picks(item, is_right):
            self.screen.press(label)

    def say_how_sure(self, item: Item, is_right: bool = True) -> None:
        """Say how sure, hold what was written against its key points, and read what comes back with the SOP's line."""
        self.sees("How sure are you?")
        self.screen.press("Sure" if is_right else "Unsure")
        if item.kind == "write":
            self.sees(WRITTEN, *item.key_points)
            self.screen.press("Said All" if is_right else "Said Some")
        verdict = {"write": "Noted:"}.get(item.kind, "Right:" if is_right else "Not right:")
        taught = self.module.teaches[item.source]
        self.sees(verdict, item.why, item.quote, taught.sop, taught.heading_path[-1])

    def go_on(self) -> None:
        """Press the one button there is."""
        [label] = self.screen.labels()
        self.screen.press(label)

    def _letter_of(self, step: str) -> str:
        found = re.search(rf"([{LETTERS}]): {re.escape(_bare(step))}", _bare(self.screen.words()))
        assert found is not None, step
        return found[1]


def _bare(text: str) -> str:
    return " ".join(text.split())
