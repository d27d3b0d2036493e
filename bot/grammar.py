"""Owns what a text asks for: a command only if all of it is one, else a question (pure)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from bot.courtesies import HELLO, WHOM
from bot.remarks import remark
from metrics.groups import DIVISIONS, By
from metrics.periods import DAYS_BY_NAME

GREETING = re.compile(rf"{HELLO}|(?:morning|evening){WHOM}")
THANKS = re.compile(
    r"(?:yes|yep|yeah|no|nope|sure|lol|(?:ha){2,}h?|makes sense|noted"
    r"|ok(?:ay)?|great|perfect|cool|nice|got it|cheers|ta|thx|ty|thanks?(?: you)?|thank you)"
    r"(?:[ ,]+(?:so much|very much|a lot|coach|again|great|perfect|that helps|thanks?(?: you)?))*"
)
COMMANDS = {
    "help": "help",
    "about": "about",
    "about you": "about",
    "what can you do": "about",
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
    "dashboard": "dashboard",
    "my dashboard": "dashboard",
    "open dashboard": "dashboard",
    "my data": "my data",
    "show my data": "my data",
    "progress help": "progress help",
    "why": "why",
    "why this answer": "why",
    "why that answer": "why",
    "why did you say that": "why",
    "how do you know": "why",
    "how do you know that": "why",
}
# A code with a digit too few or too many is still meant as one.
LINK_CODE = re.compile(r"link ([0-9](?:[ -]?[0-9]){0,11})")
PRACTICE = re.compile(r"practi[cs]e (?P<skill>.{1,80})")
SEND_LESSON = re.compile(r"send (?:a )?lesson(?: (?:on |about )?(?P<skill>.{1,80}))? to (?P<person>.{1,320})")
ASSIGN = re.compile(r"assign (?P<words>.{1,500})")
PAUSE_UNTIL = re.compile(r"pause(?: lessons)? until (?P<until>.{1,40})")
# The words may stand before it, too: "my progress", "team progress this week".
PROGRESS = re.compile(r"(?P<before>(?:(?:show|my|team) ){0,2})progress(?P<after>(?: .{1,320})?)")
PROGRESS_SKILL = re.compile(r"skill(?: (?P<skill>.{1,80}))?")
PERIODS = DAYS_BY_NAME | {"weekly": 7, "monthly": 30, "quarterly": 90, "yearly": 365}
DAYS = re.compile(r"([0-9]{1,4}) ?days?")
FILLERS = frozenset(("show", "my", "the", "this", "last", "past", "for", "of", "in", "a"))
EMOJI_NAME = re.compile(r":[a-z0-9_+-]+:")
# The lookbehind lets a run of signs be tried once, not from each of its characters.
SIGNS_AT_THE_ENDS = re.compile(r"^[\W_]+|(?<![\W_])[\W_]+$")


@dataclass(frozen=True)
class Wish:
    """What somebody wants: `question`, `command` (with its `name`), `greeting`, `thanks`, or `nothing`.

    `digits` are those of the command `link code`; `skill` are the words for one after `practice`, `send lesson` and
    `progress skill`, `person` whom that goes to or is about; `until` the words for a day after `pause until`; `words`
    are what stands behind `assign`. Of progress `days` is the period, None where none is named, `by` what groups are
    compared by, and `team` the words for one team.
    """

    kind: Literal["question", "command", "greeting", "thanks", "nothing"]
    name: str = ""
    digits: str = ""
    skill: str = ""
    person: str = ""
    until: str = ""
    words: str = ""
    days: int | None = None
    by: By | None = None
    team: str = ""


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
    progress = _progress(words)
    if progress is not None and not (is_asked and (progress.person or progress.skill or progress.team)):
        return progress
    if GREETING.fullmatch(words):
        return Wish("greeting")
    if THANKS.fullmatch(words):
        return Wish("thanks")
    if about_coach := remark(words):
        return Wish("command", about_coach)
    return Wish("question")


def read_command(command: str, text: str) -> Wish:
    """Return what a slash command asks for; one without words that mean anything asks for help."""
    if command == "/progress":
        wish = read_wish(f"progress {text.replace('?', ' ')}")
        return wish if wish.kind == "command" else Wish("command", "progress usage")
    wish = read_wish(text)
    return wish if wish.kind in ("question", "command") else Wish("command", "help")


def _progress(words: str) -> Wish | None:
    """Return what words ask to see of progress; None for anything else."""
    found = PROGRESS.fullmatch(words)
    if found is None:
        return None
    after = found["after"].strip()
    if skill := PROGRESS_SKILL.fullmatch(after):
        return Wish("command", "progress skill", skill=skill["skill"] or "") if not found["before"] else None
    rest = f"{found['before']}{after}"
    days = [int(number) for number in DAYS.findall(rest)]
    tokens = DAYS.sub("", rest).split()
    if any(number not in DAYS_BY_NAME.values() for number in days):
        return Wish("command", "progress usage") if "team" in tokens else None
    by, tokens = _division(tokens)
    days += [PERIODS[token] for token in tokens if token in PERIODS]
    others = [token for token in tokens if token not in PERIODS and token not in FILLERS]
    if len(days) > 1:
        return Wish("command", "progress usage") if not others or "team" in others else None
    period = days[0] if days else None
    if others[:1] == ["team"] or (by and not others):
        return Wish("command", "progress team", days=period, by=by, team=" ".join(others[1:]))
    if by is not None:
        return None
    if others == ["me"] or (not others and "my" in tokens):
        return Wish("command", "progress me", days=period)
    if not others:
        return Wish("command", "progress", days=period)
    if found["before"] or after.startswith("help "):
        return None
    # Names may hold a filler, so they stay as they are but for a period behind them.
    person = " ".join(others) if days else after.removeprefix("of ")
    return Wish("command", "progress of", person=person, days=period)


def _division(tokens: Sequence[str]) -> tuple[By | None, list[str]]:
    """Return what "by site" and the like in words asks to compare, and the words without it."""
    for place, (one, two) in enumerate(pairwise(tokens)):
        for by in DIVISIONS:
            if one == "by" and two in (by, f"{by}s"):
                return by, [*tokens[:place], *tokens[place + 2 :]]
    return None, list(tokens)


def _bare(text: str) -> str:
    without_emoji = EMOJI_NAME.sub(" ", text.lower().replace("’", "'"))
    return " ".join(SIGNS_AT_THE_ENDS.sub("", without_emoji).split())
