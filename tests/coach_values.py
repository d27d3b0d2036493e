"""Replies as the coach gives them, for tests that need one."""

from datetime import date

from coach.answer import Abstention, Answer, Trace
from coach.sources import Source

SOURCE = Source(7, "a.md", ("A", "B"), "**One** two.", "One two.", 0.81, "ada@example.test", "3", date(2027, 3, 31))
ANSWER = Answer(True, (SOURCE,), "ada@example.test", Trace(4, 0.7, 0.9, True))
ABSTENTION = Abstention("emergency", "999", Trace(), None, (SOURCE,))
