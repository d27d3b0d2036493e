"""Owns what a text asks for: a command only if all of it is one, else a question (pure)."""

import re
from dataclasses import dataclass
from typing import Literal

GREETING = re.compile(
    r"(?:hi|hiya|hello|hey|howdy|yo|good (?:morning|afternoon|evening)|morning|evening)(?: (?:there|coach|all|team))?"
)
THANKS = re.compile(
    r"(?:ok(?:ay)?|great|perfect|cool|nice|got it|cheers|ta|thx|ty|thanks?(?: you)?|thank you)"
    r"(?:[ ,]+(?:so much|very much|a lot|coach|again|great|perfect|that helps|thanks?(?: you)?))*"
)
COMMANDS = {
    "help": "help",
    "about": "about",
    "about you": "about",
    "what can you do": "about",
    "who are you": "about",
    "privacy": "about",
    "home": "home",
    "my home": "home",
    "settings": "settings",
    "my settings": "settings",
    "pause": "pause",
    "pause lessons": "pause",
    "stop": "stop lessons",
    "stop lessons": "stop lessons",
    "start lessons": "start lessons",
    "lessons daily": "start lessons",
    "lessons weekly": "lessons weekly",
    "link": "link",
    "lesson": "lesson",
    "today's lesson": "lesson",
    "start today's lesson": "lesson",
    "practice": "practice",
    "practise": "practice",
    "send lesson": "send lesson",
    "send a lesson": "send lesson",
    "assign": "assign",
    "track": "track",
    "my track": "track",
    "tracks": "track",
    "my tracks": "track",
    "progress": "progress",
    "my progress": "progress me",
    "show my progress": "progress me",
    "progress me": "progress me",
    "progress team": "progress team",
    "team progress": "progress team",
}
# A code with a digit too few or too many is still meant as one.
LINK_CODE = re.compile(r"link ([0-9](?:[ -]?[0-9]){0,11})")
PRACTICE = re.compile(r"practi[cs]e (?P<skill>.{1,80})")
SEND_LESSON = re.compile(r"send (?:a )?lesson(?: (?:on |about )?(?P<skill>.{1,80}))? to (?P<person>.{1,320})")
ASSIGN = re.compile(r"assign (?P<words>.{1,500})")
PAUSE_UNTIL = re.compile(r"pause(?: lessons)? until (?P<until>.{1,40})")
PROGRESS_ARGUMENTS = {"": "progress", "me": "progress me", "team": "progress team"}
EMOJI_NAME = re.compile(r":[a-z0-9_+-]+:")
# The lookbehind lets a run of signs be tried once, not from each of its characters.
SIGNS_AT_THE_ENDS = re.compile(r"^[\W_]+|(?<![\W_])[\W_]+$")


@dataclass(frozen=True)
class Wish:
    """What somebody wants: `question`, `command` (with its `name`), `greeting`, `thanks`, or `nothing`.

    `digits` are those of the command `link code`; `skill` are the words for one after `practice` and `send lesson`,
    `person` whom that goes to; `until` the words for a day after `pause until`; `words` are what
    stands behind `assign`.
    """

    kind: Literal["question", "command", "greeting", "thanks", "nothing"]
    name: str = ""
    digits: str = ""
    skill: str = ""
    person: str = ""
    until: str = ""
    words: str = ""


def read_wish(text: str) -> Wish:
    """Return what a message asks for."""
    words = _bare(text)
    if not words:
        is_emoji_alone = bool(text.strip()) and not set(text) & set("?!.")
        return Wish("thanks" if is_emoji_alone else "nothing")
    if words in COMMANDS:
        return Wish("command", COMMANDS[words])
    if code := LINK_CODE.fullmatch(words):
        return Wish("command", "link code", re.sub("[ -]", "", code[1]))
    is_asked = "?" in text
    if (practice := PRACTICE.fullmatch(words)) and not is_asked:
        return Wish("command", "practice", skill=practice["skill"])
    if (sent := SEND_LESSON.fullmatch(words)) and not is_asked:
        return Wish("command", "send lesson", skill=sent["skill"] or "", person=sent["person"])
    if (assign := ASSIGN.fullmatch(words)) and not is_asked:
        return Wish("command", "assign", words=assign["words"])
    if (pause := PAUSE_UNTIL.fullmatch(words)) and not is_asked:
        return Wish("command", "pause", until=pause["until"])
    if GREETING.fullmatch(words):
        return Wish("greeting")
    if THANKS.fullmatch(words):
        return Wish("thanks")
    return Wish("question")


def read_command(command: str, text: str) -> Wish:
    """Return what a slash command asks for; one without words that mean anything asks for help."""
    if command == "/progress":
        name = PROGRESS_ARGUMENTS.get(_bare(text))
        return Wish("command", name or "progress usage")
    wish = read_wish(text)
    return wish if wish.kind in ("question", "command") else Wish("command", "help")


def _bare(text: str) -> str:
    without_emoji = EMOJI_NAME.sub(" ", text.lower().replace("’", "'"))
    return " ".join(SIGNS_AT_THE_ENDS.sub("", without_emoji).split())
