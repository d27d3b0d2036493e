"""Words around lessons: when there is none, which skills there are, and lessons a manager sends."""

from collections.abc import Sequence

NONE_NOW = "There is no lesson for you now. Write “practice” to practise what you know, whenever you like."
NOTHING_TO_PRACTISE = "There is nothing for you to practise yet. Whoever looks after Coach here can add lessons."
COMES_DIRECTLY = "Your lesson is in our direct messages."
MANAGES_NOBODY = "You can send lessons to people who report to you, and nobody is listed as reporting to you."
SENT_BY_MANAGER = "A manager sent you this lesson."
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


def not_one(name: str, is_several: bool) -> str:
    """Return the line for a name that is nobody's whom the asker manages, or that of several."""
    if is_several:
        return f"Several people who report to you are called “{name}”. Write the e-mail of the one you mean."
    who = (
        f"Nobody called “{name}” reports to you" if name and not name.startswith("@") else "I do not see whom you mean"
    )
    return f"{who}. Write the full name or e-mail of somebody who does, such as “send lesson to Ben Ash”."


def out_of_reach(name: str) -> str:
    """Return the line for somebody Coach cannot write to."""
    return f"I cannot write to {name}: I know no account of theirs here that lets me. Nothing was sent."


def nothing_for(name: str) -> str:
    """Return the line for a lesson there is not for somebody."""
    return f"There is no such lesson for {name} now, so nothing was sent."


def sent_to(name: str, title: str) -> str:
    """Return what a manager reads who sent a lesson."""
    return (
        f"{name} gets a lesson on “{title}” as a direct message, within three days: not in quiet hours or on days off, "
        "and not while they have paused or stopped lessons."
    )


def sent_already(name: str) -> str:
    """Return what a manager reads where somebody was sent one today."""
    return f"{name} was sent a lesson today already. Send another one tomorrow."
