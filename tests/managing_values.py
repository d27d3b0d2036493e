"""What managers read and press about their people, for whoever looks at how it is shown."""

from dataclasses import replace
from datetime import date

from bot.messages import Message, Text
from bot.views import digest, managing
from lessons.check_ins import check_in_of
from lessons.digests import DAYS, Digest, Moved, MovedKind
from lessons.early_warnings import EarlyWarning, WarningKind
from lessons.supports import Achieved
from metrics.periods import last_days
from metrics.reinforcement import ManagerWeek
from tests.progress_values import ANA, CARA, MISSED, NOW, TEAM, ZONE, handle_of_ids, person
from tests.strategies import utc

WEEK = replace(TEAM, period=last_days(DAYS, NOW))
LAST_WEEK = ManagerWeek(date(2026, 11, 16), check_ins=2, lessons=1)
MOVED = (
    Moved(CARA.whose, MovedKind.MASTERED, "till", "Using the till"),
    Moved(ANA.whose, MovedKind.LAPSED, "refunds", "Refunds"),
    Moved(ANA.whose, MovedKind.PASSED_UNSEEN, "till", "Using the till"),
    Moved(CARA.whose, MovedKind.PASSED_UNSEEN, "till", "Using the till"),
)
DIGEST = Digest(WEEK, MOVED, LAST_WEEK)
NOTHING_DONE = tuple(replace(each, effort=replace(each.effort, lessons=0)) for each in WEEK.people)
IN_NEED_FOR_LONG = tuple(
    replace(
        each,
        standing=replace(
            each.standing, needs=tuple(replace(need, since=utc(2026, 10, 1)) for need in each.standing.needs)
        ),
    )
    for each in NOTHING_DONE
)
QUIET = Digest(replace(WEEK, people=IN_NEED_FOR_LONG), (), ManagerWeek(date(2026, 11, 16)))
NOBODY = Digest(
    replace(WEEK, people=tuple(person(n, name) for n, name in ((1, "Ana Oak"), (2, "Ben Ash")))), MOVED[2:3], LAST_WEEK
)
MANY = Digest(
    replace(WEEK, people=tuple(person(n, f"Cara Elm {n}", needs=(MISSED,)) for n in range(1, 13))), (), LAST_WEEK
)
SCRIPT = check_in_of(ANA, {"refunds", "safety"})
USED = Achieved("refunds", "Refunds", "applied", NOW)
MASTERED = Achieved("till", "Using the till", "mastered", NOW)
MANAGER_ID = 9
KINDS = {
    WarningKind.MISSED_AT_WORK_BY_MANY: ((1, "Ana Oak"), (2, "Ben Ash"), (3, "Cara Elm")),
    WarningKind.MISSED_IN_PRACTICE_BY_MANY: (),
}


def warning(kind):
    """Return one early warning of a kind, and whom it names."""
    about = KINDS.get(kind, ((1, "Ana Oak"),))
    people = len(about) or 3
    ids = tuple(person_id for person_id, _ in about)
    return EarlyWarning("key", kind, "refunds", "Refunds", "3", people, ids, 2, utc(2026, 11, 3)), about


def shown(found, said="", handle=handle_of_ids):
    """Return a digest as its manager reads it."""
    first = digest.first_stuck(found)
    script = check_in_of(first, {"refunds", "safety"}) if first is not None else None
    return digest.digest_message(found, script, MANAGER_ID, ZONE, handle, said)


def messages():
    """Every kind of message to managers about their people, by name."""
    person_handle = handle_of_ids("person", "1")
    thanks = [managing.thanks_line("Aoife Brannock", each) for each in (USED, MASTERED)]
    return {
        "digest": shown(DIGEST),
        "digest seen": shown(DIGEST, "Seen."),
        "digest of a quiet week": shown(QUIET),
        "digest with nobody to help": shown(NOBODY),
        "digest of twelve": shown(MANY),
        "digest stopped": managing.stopped_message(handle_of_ids("manager", "9")),
        "check-in script": managing.script_message(SCRIPT, ZONE, handle_of_ids, may_support=True),
        "check-in script to read": managing.script_message(SCRIPT, ZONE, handle_of_ids, may_support=False),
        "check-in noted": managing.script_message(
            SCRIPT, ZONE, handle_of_ids, True, managing.checked_in_line("Ana Oak", NOW, ZONE)
        ),
        "recognise which": managing.which_achieved("Ana", person_handle, (USED, MASTERED), handle_of_ids),
        "alone at which": managing.which_workflow("Ana", person_handle, ("refund", "cash_up"), handle_of_ids),
        "thanks": Message("\n".join(thanks), tuple(map(Text, thanks))),
        **{
            f"early warning: {kind.value}": managing.warning_message(found, about, ZONE, handle_of_ids, MANAGER_ID)
            for kind in WarningKind
            for found, about in (warning(kind),)
        },
    }
