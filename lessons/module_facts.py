"""Reads the front matter of a module file: what it states about itself, each value checked on its own."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from coach.reading import Rejected
from lessons.adapt import OTHERS
from lessons.module import Minutes
from lessons.prose import count

REQUIRED = {
    "title": "Write what the module is about.",
    "skill": "Write the key of a skill from company.yaml.",
    "behaviour": "Write in one sentence what people do differently after it.",
    "teaches": "List the sections it teaches, such as - stores/refunds.md > Exceptions @ 4.2.",
}
KEYS = ("title", "skill", "behaviour", "roles", "minutes", "teaches", "after", "slots", "delta")
STAGES = ("concept", "practice", "reflection")
FEWEST_MINUTES, MOST_MINUTES = 3, 15
MOST_TAUGHT = 6
MOST_SLOT_CHARACTERS = 80
DELTA_MINUTES = Minutes(0, 1, 0)
Slots = tuple[tuple[str, tuple[tuple[str, str], ...]], ...]


@dataclass(frozen=True)
class Stated:
    """What a module states about itself; `teaches` holds the lines as written."""

    title: str
    skill: str
    behaviour: str
    minutes: Minutes
    teaches: tuple[str, ...]
    roles: tuple[str, ...]
    after: tuple[str, ...]
    slots: Slots
    is_delta: bool


def read_facts(facts: dict[str, Any], skills: Collection[str] | None, roles: Collection[str] | None) -> Stated:
    """Return what a module's front matter says; `skills` and `roles` are those listed, None where nobody knows them.

    Raises Rejected with a sentence that follows the file's name.
    """
    _refuse_keys(facts)
    skill = _line(facts["skill"])
    if skills is not None and skill not in skills:
        raise Rejected(f"has skill: {skill!r}, which company.yaml does not list under skills:. Correct one.")
    is_delta = _is_delta(facts.get("delta"))
    teaches = _list(facts, "teaches")
    if not 1 <= len(teaches) <= MOST_TAUGHT:
        raise Rejected(f"teaches {count(len(teaches), 'section')}. Write 1 to {MOST_TAUGHT} under teaches:.")
    return Stated(
        title=_line(facts["title"]),
        skill=skill,
        behaviour=_line(facts["behaviour"]),
        minutes=_minutes(facts.get("minutes"), is_delta),
        teaches=teaches,
        roles=_roles(_list(facts, "roles"), roles, "roles:"),
        after=_list(facts, "after"),
        slots=_slots(facts.get("slots"), roles),
        is_delta=is_delta,
    )


def _refuse_keys(facts: dict[str, Any]) -> None:
    if not facts:
        raise Rejected(
            "has no front matter. Begin it with a line ---, then title:, skill:, behaviour: and teaches:, then ---."
        )
    if unknown := [key for key in facts if key not in KEYS]:
        raise Rejected(
            f"has {unknown[0]}: in its front matter, which a module does not know. Correct or remove it; there are "
            f"{', '.join(KEYS)}."
        )
    for key, hint in REQUIRED.items():
        value = facts.get(key)
        if value is None or (isinstance(value, str) and not value.strip()):
            raise Rejected(f"has no {key}: in its front matter. {hint}")
        if key != "teaches" and not isinstance(value, str):
            raise Rejected(f"has a {key}: that is not one line of words. {hint} Put it in quotes if it holds a colon.")


def _list(facts: dict[str, Any], key: str) -> tuple[str, ...]:
    stated = facts.get(key)
    if stated is None:
        return ()
    values = [stated] if isinstance(stated, str) else stated
    if not isinstance(values, list) or not all(isinstance(value, str) and value.strip() for value in values):
        raise Rejected(
            f"has {key}: that is not a list of words. Write one a line after -, in quotes if it holds a colon."
        )
    lines = tuple(_line(value) for value in values)
    if repeated := [line for line in lines if lines.count(line) > 1]:
        raise Rejected(f"names {repeated[0]!r} twice under {key}:. Keep one.")
    return lines


def _roles(named: Sequence[str], roles: Collection[str] | None, where: str) -> tuple[str, ...]:
    if unknown := [role for role in named if roles is not None and role not in roles]:
        raise Rejected(
            f"has the role {unknown[0]!r} under {where}, which company.yaml does not list under roles:. Correct one."
        )
    return tuple(named)


def _is_delta(stated: object) -> bool:
    if stated in (None, "no", "false"):
        return False
    if stated in ("yes", "true"):
        return True
    raise Rejected("has delta: that is neither yes nor no. Write delta: yes for a lesson of one minute about a change.")


def _minutes(stated: object, is_delta: bool) -> Minutes:
    if stated is None:
        return DELTA_MINUTES if is_delta else Minutes()
    if not isinstance(stated, dict) or set(stated) != set(STAGES):
        raise Rejected(
            "has minutes: that do not name its parts. Write minutes: {concept: 3, practice: 7, reflection: 1}."
        )
    for name, value in stated.items():
        least = 0 if is_delta else 1
        is_number = isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) < 4
        if not (is_number and least <= int(value) <= MOST_MINUTES):
            raise Rejected(
                f"has {name}: {str(value)[:20]} under minutes:, which is not a whole number from {least} to "
                f"{MOST_MINUTES}. Correct it."
            )
    minutes = Minutes(**{name: int(value) for name, value in stated.items()})
    if is_delta and minutes.total != 1:
        raise Rejected(f"takes {minutes.total} minutes in all, but a delta lesson takes 1. Leave minutes: out.")
    if not is_delta and not FEWEST_MINUTES <= minutes.total <= MOST_MINUTES:
        raise Rejected(
            f"takes {minutes.total} minutes in all. A module takes {FEWEST_MINUTES} to {MOST_MINUTES}: "
            + (
                "split it in two."
                if minutes.total > MOST_MINUTES
                else "give it more, or write delta: yes for one minute."
            )
        )
    return minutes


def _slots(stated: object, roles: Collection[str] | None) -> Slots:
    if stated is None:
        return ()
    if not isinstance(stated, dict):
        raise Rejected("has slots: without names. Write them as slots: and below it example: {others: a kettle}.")
    slots = []
    for name, words in stated.items():
        if not isinstance(words, dict) or not all(isinstance(said, str) and said.strip() for said in words.values()):
            raise Rejected(f"has the slot {name!r} without words by role. Write {name}: {{others: a kettle}}.")
        if "others" not in words:
            raise Rejected(f"has the slot {name!r} without others:. Add it and the words everybody else reads.")
        _roles([role for role in words if role != "others"], roles, f"slots: {name}:")
        if long := [said for said in words.values() if len(said) > MOST_SLOT_CHARACTERS]:
            raise Rejected(
                f"has {len(long[0])} characters in the slot {name!r}; {MOST_SLOT_CHARACTERS} fit. Shorten it."
            )
        by_role = tuple((OTHERS if role == "others" else role, _line(said)) for role, said in words.items())
        slots.append((str(name), by_role))
    return tuple(slots)


def _line(text: str) -> str:
    return " ".join(text.split())
