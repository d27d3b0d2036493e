"""Words for joining the accounts of one person, and for taking that back."""

from collections.abc import Collection

from bot.messages import Actions, Button, Message, Note, Text
from bot.views.lines import line
from metrics.link_codes import VALID_MINUTES, Refused
from metrics.linking import UNDO_DAYS, Apart, NotUndone
from metrics.people import PLATFORMS

NAMES = {"slack": "Slack", "teams": "Microsoft Teams"}
NEW_CODE = "Write link to me in {other} to get a new one, and type it here."
REFUSALS: dict[Refused | Apart, str] = {
    Refused.NOT_A_CODE: "A code has 6 digits, for example: link 123456. Write link to me in {other} to get one.",
    Refused.NO_SUCH_CODE: (
        f"That code did not work: it may be mistyped, older than {VALID_MINUTES} minutes, or used already. {NEW_CODE}"
    ),
    Refused.TOO_MANY_TRIES: (
        f"Several codes you typed did not work, so I take none from you for {VALID_MINUTES} minutes. Wait that long. "
        f"{NEW_CODE}"
    ),
    Refused.TYPED_WHERE_SHOWN: "That is the code I showed you here. Type it in {other}, in your direct chat with me.",
    Refused.ALREADY_ONE: "I know you as one person already, here and in {other}. There is nothing left to do.",
    Refused.NOT_YOURS: "Those buttons are for the person who typed the code.",
    Refused.LATE: f"Nothing was joined: that code is older than {VALID_MINUTES} minutes. {NEW_CODE}",
    Refused.SETTLED: (
        "Those buttons no longer do anything: that was answered already, is too old, or a newer code or question took "
        "its place."
    ),
    Apart.BOTH_LISTED: (
        "Your company lists these two accounts as two people, so I cannot join them. If both are you, ask whoever "
        "looks after Coach here to put both accounts on one line of the list of people."
    ),
    Apart.INACTIVE: (
        "One of these two accounts belongs to somebody who is not in your company's list of people any more, so I "
        "cannot join them. If that is wrong, ask whoever looks after Coach here."
    ),
}
NOT_JOINED = "Nothing was joined, and that code no longer works."
NOT_UNDONE = {
    NotUndone.ALREADY: "This was undone already. There is nothing left to do.",
    NotUndone.GONE: (
        f"This can no longer be undone: I keep what that takes for {UNDO_DAYS} days. If the two accounts belong to "
        "different people, ask whoever looks after Coach here."
    ),
    NotUndone.NOT_YOURS: "That button is for the person whose accounts were joined.",
    NotUndone.LATER_FIRST: (
        "Another account was joined to these after that. Undo that first: the message about it has its own Undo button."
    ),
    NotUndone.EMAIL_TAKEN: (
        "This cannot be undone: the e-mail of one of the two is somebody else's by now. Ask whoever looks after Coach "
        "here."
    ),
}


def alone(platform: str) -> Message:
    """Return that there is no other platform to join accounts with."""
    return line(f"Coach is connected to {NAMES[platform]} alone here, so there is no other account to join.")


def code_message(code: str, platform: str, is_known_there: bool = False) -> Message:
    """Return the code shown on `platform`, and what to do with it on the other one.

    `is_known_there` says that an account there belongs to the same person already.
    """
    first = f"To use me as one person here and in {_other(platform)}, open your direct chat with me there and type:"
    if is_known_there:
        first = f"I know you as one person here and in {_other(platform)} already. For another account there, type:"
    command = f"link {code}"
    rest = f"The code works once, within {VALID_MINUTES} minutes. Writing link again gives you a new one."
    warning = "Tell it to nobody: whoever types it counts as you."
    blocks = (Text(first), Text(command, is_strong=True), Text(rest), Note(warning))
    return Message("\n".join((first, command, rest, warning)), blocks)


def refusal(reason: Refused | Apart, platform: str) -> Message:
    """Return why a code typed on `platform`, or a press on what was asked about it, joined nothing."""
    return line(REFUSALS[reason].format(other=_other(platform)))


def question(shown: str, confirm_id: str) -> Message:
    """Return what somebody is asked who typed a code, before anything is joined; `shown` is as called() names them."""
    first = f"{shown} showed this code. Join?"
    rest = (
        "Whoever uses that account will then see what you see here: your questions, lessons, progress, and the SOPs "
        "open to you."
    )
    warning = "Did somebody else give you the code? Then press Not Me."
    buttons = (Button("Join", "link_join", confirm_id), Button("Not Me", "link_refuse", confirm_id))
    blocks = (Text(first, is_strong=True), Text(rest), Actions(buttons), Note(warning))
    return Message("\n".join((first, rest, warning)), blocks)


def joined(shown: str, typed: str, public_id: str, is_showing: bool = False) -> Message:
    """Return that two became one; both are as called() names them, `is_showing` tells the side that had the code."""
    first = f"{shown} and {typed} are one person to me now."
    if is_showing:
        first = f"Your code was typed. {first}"
    rest = "Questions, lessons and progress of both are together, and both see the same SOPs."
    wrong = f"Is one of them not you? Press Undo within {UNDO_DAYS} days."
    blocks = (Text(first, is_strong=True), Text(rest), Text(wrong), Actions((Button("Undo", "unlink", public_id),)))
    return Message("\n".join((first, rest, wrong)), blocks)


def undone(stays: str, leaves: str) -> Message:
    """Return that one became two again; `stays` is the person with whom everything since remains."""
    return line(
        f"Undone: {stays} and {leaves} are two people to me again. What was asked and practised while they were one "
        f"stays with {stays}."
    )


def called(name: str, platforms: Collection[str]) -> str:
    """Return how somebody is called where they write to Coach."""
    places = [NAMES[platform] for platform in PLATFORMS if platform in platforms]
    return f"“{name}” on {' and '.join(places)}" if places else f"“{name}”"


def _other(platform: str) -> str:
    return " or ".join(NAMES[other] for other in PLATFORMS if other != platform)
