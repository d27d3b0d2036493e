"""A model that says what the passages say, in their own words, for tests that need one which tells the truth."""

import json

from coach.model import Completion


class Parrot:
    """Repeats the first `most` lines of the first passage it is given, as steps where they are numbered.

    `verdict` is what it finds; `prompts` is what it was asked with.
    """

    name = "scripted:parrot"

    def __init__(self, most=2, verdict="sufficient", before=lambda: None):
        self._most, self._verdict, self._before = most, verdict, before
        self.prompts = []

    def complete(self, prompt, timeout_seconds):
        self._before()
        self.prompts.append(prompt)
        given = json.loads(prompt.user.split("\n", 1)[0])
        first = given["passages"][0]
        told = [
            {"text": line, "is_step": False, "support": [{"passage": first["id"], "quote": line}]}
            for line in first["lines"][: self._most]
        ]
        text = json.dumps({"verdict": self._verdict, "sentences": told})
        return Completion(text, prompt.tokens, 50)
