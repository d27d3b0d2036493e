"""Words of the home page for who looks after Coach or owns SOPs: setting up, reviews, gaps, conflicts, and health."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from bot.messages import Block, Heading, Note, Steps, Text
from bot.shown import shorten
from bot.views.disagreement import SETTLE, conflict_line
from bot.views.queue import age_text
from bot.views.tracks import count
from bot.views.tracks import day as date_words
from coach.conflict_record import KnownConflict
from metrics.time_zones import local_time

MOST_SHOWN = 5
REVIEW_WITHIN_DAYS = 30
GAP_DAYS = 30
QUESTION_CHARACTERS = 200
ALL_SET_UP = "Everything is set up."
NO_REVIEWS = (
    f"No review is past or due within {REVIEW_WITHIN_DAYS} days. A day to read an SOP again stands at its top, as "
    "review_by: 2027-03-31."
)
NO_GAPS = (
    f"Every question of {GAP_DAYS} days was covered. One that is not stands here without a name, such as “Can I refund "
    "a gift card in cash?”, 3 times."
)
WELL = "Coach is well: nothing waits, nothing failed."


@dataclass(frozen=True)
class Setup:
    """What Coach needs to be of use; None or 0 where it is missing.

    `unowned` are SOPs with a section nobody owns, where no default_owner stands in; `cohorts` are those of the block
    lessons:, `connected` platforms Coach may speak on, `stopped` those it may not, with the code of why.
    """

    sops: int
    people: int
    unowned: int
    cohorts: int
    connected: tuple[str, ...]
    stopped: tuple[tuple[str, str], ...]
    has_address: bool


@dataclass(frozen=True)
class Review:
    """An SOP of which sections are to be read again by a day; `owner` is None where nobody is named."""

    title: str
    owner: str | None
    due_on: date


@dataclass(frozen=True)
class Gap:
    """A question nothing covered, masked, how often it was asked, and the SOP nearest to it, None where none was."""

    words: str
    times: int
    sop: str | None


@dataclass(frozen=True)
class Health:
    """Since when the oldest arrival waits, None where none does; how many rows failed, or perhaps did not arrive."""

    waiting_since: datetime | None
    failed: int
    unsure: int


@dataclass(frozen=True)
class UpkeepPart:
    """What somebody looks after; `setup` and `health` are there for who looks after Coach, not for owners of SOPs.

    `reviews`, `gaps` and `conflicts` are all of them, the most urgent first.
    """

    reviews: Sequence[Review]
    gaps: Sequence[Gap]
    setup: Setup | None = None
    health: Health | None = None
    conflicts: Sequence[KnownConflict] = ()


def upkeep_line(part: UpkeepPart) -> str:
    """Return in a sentence what is to be done; empty where nothing is."""
    left = [words for is_done, words in _checks(part.setup) if not is_done] if part.setup else []
    said = [
        count(len(left), "step of setting up is left", "steps of setting up are left") if left else "",
        count(len(part.reviews), "review is due", "reviews are due") if part.reviews else "",
        count(len(part.gaps), "question was not covered", "questions were not covered") if part.gaps else "",
        count(len(part.conflicts), "pair of sections disagrees", "pairs of sections disagree")
        if part.conflicts
        else "",
    ]
    found = "; ".join(filter(None, said))
    return f"{found}." if found else ""


def upkeep_blocks(part: UpkeepPart, now: datetime, zone: str) -> list[Block]:
    """Return what somebody looks after, each with what to do."""
    blocks: list[Block] = []
    if part.setup is not None:
        blocks += _setup(part.setup)
    if part.health is not None:
        blocks += _health(part.health, part.setup.stopped if part.setup else (), now)
    # Who only owns SOPs need not be taught what could stand here.
    if part.reviews or part.setup is not None:
        blocks += _reviews(part.reviews, local_time(now, zone).date())
    if part.gaps or part.setup is not None:
        blocks += _gaps(part.gaps)
    if part.conflicts:
        blocks += _conflicts(part.conflicts)
    return blocks


def _setup(setup: Setup) -> list[Block]:
    checks = _checks(setup)
    done = sum(is_done for is_done, _ in checks)
    if done == len(checks):
        return [Heading("Setting up Coach"), Text(f"{ALL_SET_UP} {' '.join(words for _, words in checks)}")]
    told = sorted(checks, key=lambda check: check[0])
    lines = tuple(f"{'Done' if is_done else 'To do'}: {words}" for is_done, words in told)
    return [Heading(f"Setting up Coach: {done} of {len(checks)} done"), Steps(lines)]


def _checks(setup: Setup) -> list[tuple[bool, str]]:
    """Return for each thing whether it is done, and what there is or what to do."""
    names = " and ".join(setup.connected)
    stopped = "; ".join(f"{name} stopped ({code})" for name, code in setup.stopped)
    return [
        (True, f"{count(setup.sops, 'SOP is', 'SOPs are')} loaded.")
        if setup.sops
        else (False, "load SOPs. Put them into sops/ of the company folder, and run coach apply."),
        (True, f"{setup.people} people are listed.")
        if setup.people > 1
        else (False, "list the people who work here in people.csv, and run coach apply."),
        (True, "Every SOP has an owner.")
        if not setup.unowned and setup.sops
        else (False, f"name owners. {_unowned(setup)} Set owner: at its top, or default_owner: in company.yaml."),
        (True, f"Lessons go to {count(setup.cohorts, 'cohort')}.")
        if setup.cohorts
        else (False, "let lessons come by themselves. Add a block lessons: with cohorts to company.yaml."),
        (True, f"{names} {'is' if len(setup.connected) == 1 else 'are'} connected.")
        if names and not stopped
        else (False, f"connect again: {stopped}. Install Coach there anew, and restart it."),
        (True, "Pages have an address.")
        if setup.has_address
        else (False, "give pages an address with COACH_PUBLIC_URL. Until then everything is in chat."),
    ]


def _unowned(setup: Setup) -> str:
    if not setup.sops:
        return "An owner is asked what an SOP does not say."
    return f"{count(setup.unowned, 'SOP has', 'SOPs have')} a section without one."


def _health(health: Health, stopped: Sequence[tuple[str, str]], now: datetime) -> list[Block]:
    lines = [f"{name} does not let Coach write ({code})." for name, code in stopped]
    if health.waiting_since is not None:
        lines.append(
            f"The oldest question waits since {age_text(now - health.waiting_since)}. Is every worker running?"
        )
    if health.failed:
        lines.append(f"{count(health.failed, 'message')} failed in 30 days. Run coach queue to see which, and why.")
    if health.unsure:
        lines.append(f"{count(health.unsure, 'message')} perhaps did not arrive. Run coach queue to see which.")
    return [Heading("Health"), Steps(tuple(lines)) if lines else Text(WELL)]


def _reviews(reviews: Sequence[Review], today: date) -> list[Block]:
    if not reviews:
        return [Heading("SOPs to review"), Text(NO_REVIEWS)]
    lines = tuple(_review(each, today) for each in reviews[:MOST_SHOWN])
    more = len(reviews) - len(lines)
    rest: list[Block] = [Note(f"And {more} more.")] if more else []
    return [Heading("SOPs to review"), Steps(lines), *rest]


def _review(each: Review, today: date) -> str:
    when = "was due" if each.due_on < today else "is due"
    return f"{each.title}: {when} {date_words(each.due_on)}, {each.owner or 'no owner named'}"


def _gaps(gaps: Sequence[Gap]) -> list[Block]:
    heading = Heading("Questions no SOP covered")
    if not gaps:
        return [heading, Text(NO_GAPS)]
    lines = tuple(_gap(each) for each in gaps[:MOST_SHOWN])
    more = f" {count(len(gaps) - len(lines), 'more was', 'more were')} asked." if len(gaps) > len(lines) else ""
    asked = f"Asked in the last {GAP_DAYS} days; names are not shown."
    note = f"{asked} Write the answer into the SOP, and run coach apply.{more}"
    return [heading, Steps(lines), Note(note)]


def _conflicts(conflicts: Sequence[KnownConflict]) -> list[Block]:
    lines = tuple(conflict_line(each) for each in conflicts[:MOST_SHOWN])
    more = f" And {len(conflicts) - len(lines)} more." if len(conflicts) > len(lines) else ""
    return [Heading("Sections that disagree"), Steps(lines), Note(f"{SETTLE}{more}")]


def _gap(each: Gap) -> str:
    times = {1: "once", 2: "twice"}.get(each.times, f"{each.times} times")
    near = f"nearest: {each.sop}" if each.sop else "no SOP near it"
    return f"“{shorten(each.words, QUESTION_CHARACTERS)}” {times}; {near}"
