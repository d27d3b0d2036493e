"""Words for what waits in inbox and outbox, and what failed there."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.failures import Failure
from bot.queue import Depth
from bot.shown import one_line

INBOX_STATES = {"new": "waiting", "working": "being answered", "done": "done", "dead": "failed"}
OUTBOX_STATES = {
    "new": "waiting",
    "sending": "being sent",
    "sent": "sent",
    "unknown": "perhaps sent",
    "dead": "failed",
    "cancelled": "taken back",
}
UNITS = (("day", timedelta(days=1)), ("hour", timedelta(hours=1)), ("minute", timedelta(minutes=1)))


def queue_text(depth: Depth, failures: Sequence[Failure], now: datetime) -> str:
    """Return how many rows are in each state, then a line for each that failed, newest first."""
    lines = [
        f"Inbox:  {_counts(depth.inbox, INBOX_STATES)}",
        f"Outbox: {_counts(depth.outbox, OUTBOX_STATES)}",
    ]
    if depth.waiting_since is not None:
        lines.append(f"The oldest question waits since {age_text(now - depth.waiting_since)}.")
    if not failures:
        return "\n".join([*lines, "Nothing failed."])
    lines.append("")
    lines += [_failure_line(failure, now) for failure in failures]
    if any(failure.can_be_retried for failure in failures):
        lines += [
            "",
            "Try one again with `coach queue --retry ID`. A message that was perhaps sent may then come twice.",
        ]
    return "\n".join(lines)


def age_text(age: timedelta) -> str:
    """Return a length of time in its largest unit, at least a minute."""
    for name, unit in UNITS:
        if age >= unit:
            return f"{age // unit} {name}{'' if age // unit == 1 else 's'}"
    return "less than a minute"


def _counts(counts: dict[str, int], words: dict[str, str]) -> str:
    found = [f"{counts[state]} {word}" for state, word in words.items() if counts.get(state)]
    return ", ".join(found) or "empty"


def _failure_line(failure: Failure, now: datetime) -> str:
    how = "perhaps sent" if failure.state == "unknown" else "failed"
    gone = "" if failure.can_be_retried else " (its words are gone)"
    ago = age_text(now - failure.failed_at)
    return f"{failure.name}  {how} {ago} ago: {failure.error or 'no reason noted'}{gone}  {one_line(failure.key)}"
