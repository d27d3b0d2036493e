"""Words around lessons: when there is none, which skills there are, and lessons a manager sends."""

from collections.abc import Sequence

NONE_NOW = "There is no lesson for you now. Write “practice” to practise what you know, whenever you like."
NOTHING_TO_PRACTISE = "There is nothing for you to practise yet. Whoever looks after Coach here can add lessons."
COMES_DIRECTLY = "Your lesson is in our direct messages."
MANAGES_NOBODY = "You can send lessons to people who report to you, and nobody is listed as reporting to you."
MOST_NAMED = 12


def which_skill(wanted: str, titles: Sequence[str], is_known: bool) -> str:
    """Return the line for words that mean no skill, or several (`is_known`); `titles` are those to choose from."""
    if not titles:
        return NOTHING_TO_PRACTISE
    shown = ", ".join(titles[:MOST_NAMED]) + (
        f" and {len(titles) - MOST_NAMED} more" if len(titles) > MOST_NAMED else ""
    )
    if is_known:
        return f"“{wanted}” could be one of these: {shown}. Write one of them in full, such as “practice {titles[0]}”."
    return f"There is no skill “{wanted}”. Write one of these: {shown}. For example: “practice {titles[0]}”."


def not_managed(name: str) -> str:
    """Return the line for a name that is nobody's whom the asker manages."""
    example = "such as “send lesson to Ben Ash”"
    if name.startswith("@"):
        return f"I cannot read whom you mention. Write their full name or e-mail, {example}."
    return f"Nobody called “{name}” reports to you. Write their full name or e-mail, {example}."


def nothing_for(name: str) -> str:
    """Return the line for a lesson there is not for somebody."""
    return f"There is no such lesson for {name} now, so nothing was sent."


def sent_by(name: str) -> str:
    """Return why somebody is given a lesson that a manager sent."""
    return f"{name} sent you this lesson."


def sent_to(name: str, title: str) -> str:
    """Return what a manager reads who sent a lesson."""
    return f"{name} gets a lesson on “{title}” as a direct message, outside quiet hours and days off."


def sent_already(name: str) -> str:
    """Return what a manager reads where somebody was sent one today."""
    return f"{name} was sent a lesson today already. Send another one tomorrow."
