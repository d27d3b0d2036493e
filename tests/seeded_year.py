"""A seeded year of a company as plain values, with the truths it was made from written down beside it."""

import random
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any, NamedTuple

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)  # a Thursday
DAYS = 364
SEED = 4
SINCE = NOW - timedelta(days=DAYS)
ZONE = "Europe/London"
SURE, UNSURE = 0.95, 0.6

# The truths. What a team gets right of every skill:
TEAM_ACCURACY = {"Quayside": 0.85, "Millgate": 0.7, "Orchard": 0.62, "Hillside": 0.9}
TEAM_SITE = {"Quayside": "Harbour", "Millgate": "Harbour", "Orchard": "Station", "Hillside": "Hill"}
STAFF_IN_TEAM = 9
# Everybody is sure of these, right or not; of all else as sure as they are right.
OVERCONFIDENT = "quotes"
# This step of this workflow is missed so often until the first lesson in its skill, and half as often afterwards.
HARD_STEP, MISSED_BEFORE, MISSED_AFTER, MISSED_ELSEWHERE = "3", 0.6, 0.3, 0.1
# Chance a day to master this skill, by cohort: half of them are there after ln 2 / chance days.
COHORT_SKILL, CHANCE_A_DAY = "safety", {"spring": 1 / 20, "autumn": 1 / 60}
MEDIAN_DAYS = {"spring": 13.9, "autumn": 41.6}
# Nobody finishes this lesson after its third item.
LEFT_MODULE, LEFT_AFTER_ITEMS = "opening.md", 3
# Managers by the share of weeks in which they check in.
CHECK_INS = {"Quayside": 1.0, "Millgate": 0.0, "Orchard": 0.5, "Hillside": 0.5}
# Who decides this scenario wrong twice in the last month.
STRUGGLING, FAILED_SCENARIO = "Hillside 8", "refunds.md#s2"
REPEATED, IGNORED, HELPFUL, RETURNS = 0.3, 0.4, 0.8, 0.7
# A lesson is used if its person says so, or their manager, who is asked about some.
SAID_USED, ASKED_TWICE = 0.6, 0.3
USED = SAID_USED + ASKED_TWICE * (1 - SAID_USED) * SAID_USED
BANDS = {"answered": 0.7, "uncertain": 0.1, "not_covered": 0.15, "refused": 0.05}

SKILLS = {"refunds": 5, "till": 3, "allergens": 2, OVERCONFIDENT: 2}  # with how often each is practised
PRACTISED = (*SKILLS, LEFT_MODULE.removesuffix(".md"))
WORKFLOWS = {"refunds": "refund", "till": "till count"}
QUIZ, SCENARIOS = ("q1", "q2", "q3", "q4"), ("s1", "s2")
STEP_OF_ITEM = {"q1": 1, "q2": 2, "q3": 3, "q4": 4, "s1": 2, "s2": 3}
BUDGETS = {"concept": 60.0, "practice": 240.0, "reflection": 60.0}
DOOR = "slack"


class Somebody(NamedTuple):
    """One of the company; `manager` is another's number, None for the managers themselves."""

    number: int
    name: str
    team: str
    site: str
    cohort: str
    manager: int | None


class Happening(NamedTuple):
    """One event as it is recorded: its kind and the facts of that kind."""

    at: datetime
    person: int
    kind: str
    facts: dict[str, Any]


class Worked(NamedTuple):
    """One item of work."""

    at: datetime
    person: int
    workflow: str
    step: str | None
    outcome: str


class Year(NamedTuple):
    """What happened, in order of time."""

    people: list[Somebody]
    happenings: list[Happening]
    work: list[Worked]


def seeded_year() -> Year:
    """Return the same year every time."""
    runs = count(1)
    people = _company()
    told: list[Happening] = []
    work: list[Worked] = []
    for person in people:
        # A chance of its own for each thing, so that a change of one leaves the others as they were.
        rngs = (random.Random(f"{SEED} {person.number} {topic}") for topic in count())
        if person.manager is None:
            _managing(next(rngs), person, told)
            continue
        first_refund_at = _practising(next(rngs), person, runs, told)
        if person.name == STRUGGLING:
            _failing(person, runs, told)
        _leaving_early(next(rngs), person, runs, told)
        _mastering(next(rngs), person, runs, told)
        _working(next(rngs), person, first_refund_at, work)
        _asking(next(rngs), person, told)
        _nudged(next(rngs), person, told)
    told = sorted((each for each in told if each.at <= NOW), key=lambda each: each.at)
    return Year(people, told, sorted((each for each in work if each.at <= NOW), key=lambda each: each.at))


def _company() -> list[Somebody]:
    people = []
    for team, site in TEAM_SITE.items():
        manager = len(people)
        people.append(Somebody(manager, f"Manager of {team}", team, site, "", None))
        for place in range(STAFF_IN_TEAM):
            cohort = "spring" if place % 2 else "autumn"
            people.append(Somebody(len(people), f"{team} {place}", team, site, cohort, manager))
    return people


def _practising(rng: random.Random, person: Somebody, runs: "count[int]", told: list[Happening]) -> datetime:
    """Let somebody take a lesson in one week of three from their own first week on; return their first refunds."""
    begins_at = _unasked(SINCE + timedelta(days=rng.uniform(60, 200)))
    met: set[str] = set()
    _lesson(rng, person, next(runs), "refunds", begins_at, met, told)
    at = begins_at
    while (at := at + timedelta(days=rng.choice((7, 14, 21, 28)), hours=rng.uniform(-30, 30))) < NOW:
        skill = rng.choices(list(SKILLS), list(SKILLS.values()))[0]
        _lesson(rng, person, next(runs), skill, _unasked(at), met, told)
    return next(
        each.at
        for each in told
        if each.person == person.number and each.kind == "lesson_completed" and each.facts["skill"] == "refunds"
    )


def _failing(person: Somebody, runs: "count[int]", told: list[Happening]) -> None:
    skill, slug = FAILED_SCENARIO.split(".md#")
    for days in (3, 2):
        facts = {
            "door": DOOR,
            "skill": skill,
            "score": 0.0,
            "seconds": 20.0,
            "run_id": next(runs),
            "item": FAILED_SCENARIO,
            "item_kind": "choice",
            "step": STEP_OF_ITEM[slug],
            "confidence": SURE,
            "is_first": False,
            "is_scenario": True,
        }
        told.append(Happening(NOW - timedelta(days=days), person.number, "item_answered", facts))


def _lesson(
    rng: random.Random, person: Somebody, run: int, skill: str, at: datetime, met: set[str], told: list[Happening]
) -> None:
    about = {"door": DOOR, "skill": skill, "run_id": run, "module": f"{skill}.md", "version": 1}

    def tell(after_minutes: float, kind: str, **facts: Any) -> None:
        told.append(Happening(at + timedelta(minutes=after_minutes), person.number, kind, {**about, **facts}))

    tell(-50, "lesson_offered", choice="module", origin="asked", minutes=6.0)
    tell(0, "lesson_opened", seconds=3000.0)
    scores = []
    for place, slug in enumerate(rng.sample((*QUIZ, *SCENARIOS), 4)):
        scores.append(_answer(rng, person, run, skill, slug, at + timedelta(minutes=1 + place), met, told))
    for place, (part, budget) in enumerate(BUDGETS.items()):
        tell(
            1 + 2 * place, "lesson_part_done", part=part, budget_seconds=budget, seconds=budget * rng.uniform(0.5, 1.7)
        )
    tell(6, "lesson_completed", score=sum(scores) / 4, seconds=360 * rng.uniform(0.6, 1.6))
    if rng.random() < 0.6:
        tell(60 * 24 * 3, "lesson_applied", score=float(rng.random() < SAID_USED), by="self")
        if rng.random() < ASKED_TWICE:
            tell(60 * 24 * 5, "lesson_applied", score=float(rng.random() < SAID_USED), by="manager")


def _answer(
    rng: random.Random,
    person: Somebody,
    run: int,
    skill: str,
    slug: str,
    at: datetime,
    met: set[str],
    told: list[Happening],
) -> float:
    accuracy, item = TEAM_ACCURACY[person.team], f"{skill}.md#{slug}"
    is_sure = skill == OVERCONFIDENT or rng.random() < (accuracy - UNSURE) / (SURE - UNSURE)
    right = rng.random() < accuracy
    facts = {
        "door": DOOR,
        "skill": skill,
        # An order half right is wrong all the same.
        "score": 1.0 if right else rng.choice((0.0, 0.5)) if slug == "q4" else 0.0,
        "seconds": rng.uniform(8, 60),
        "run_id": run,
        "item": item,
        "item_kind": "order" if slug == "q4" else "choice",
        "step": STEP_OF_ITEM[slug],
        "confidence": SURE if is_sure else UNSURE,
        "is_first": item not in met,
        "is_scenario": slug in SCENARIOS,
    }
    met.add(item)
    told.append(Happening(at, person.number, "item_answered", facts))
    return facts["score"]


def _leaving_early(rng: random.Random, person: Somebody, runs: "count[int]", told: list[Happening]) -> None:
    skill, run, at = LEFT_MODULE.removesuffix(".md"), next(runs), _unasked(NOW - timedelta(days=rng.uniform(7, 25)))
    about = {"door": DOOR, "skill": skill, "run_id": run, "module": LEFT_MODULE, "version": 1}
    told.append(Happening(at, person.number, "lesson_opened", {**about, "seconds": 20.0}))
    part = {**about, "part": "concept", "budget_seconds": 60.0, "seconds": 70.0}
    told.append(Happening(at + timedelta(minutes=1), person.number, "lesson_part_done", part))
    for place in range(LEFT_AFTER_ITEMS):
        _answer(rng, person, run, skill, QUIZ[place], at + timedelta(minutes=2 + place), set(), told)
    if rng.random() < 0.5:
        left = {**about, "part": "practice", "position": 1 + LEFT_AFTER_ITEMS}
        told.append(Happening(at + timedelta(days=1), person.number, "lesson_abandoned", left))


def _mastering(rng: random.Random, person: Somebody, runs: "count[int]", told: list[Happening]) -> None:
    at = _unasked(NOW - timedelta(days=rng.uniform(40, 120)))
    about = {"door": DOOR, "skill": COHORT_SKILL}
    opened = {**about, "seconds": 60.0, "run_id": next(runs), "module": f"{COHORT_SKILL}.md", "version": 1}
    told.append(Happening(at, person.number, "lesson_opened", opened))
    done_at = at + timedelta(days=rng.expovariate(CHANCE_A_DAY[person.cohort]))
    told.append(Happening(done_at, person.number, "skill_mastered", about))


def _working(rng: random.Random, person: Somebody, first_refund_at: datetime, work: list[Worked]) -> None:
    away_from_day = rng.uniform(150, 320)
    for day in range(1, DAYS, 3):
        if away_from_day < day < away_from_day + 35:
            continue
        at = SINCE + timedelta(days=day, hours=rng.uniform(0, 8))
        for workflow in WORKFLOWS.values():
            step = rng.choice(("1", "2", HARD_STEP, "4"))
            is_hard = (workflow, step) == ("refund", HARD_STEP)
            missed = (MISSED_BEFORE if at <= first_refund_at else MISSED_AFTER) if is_hard else MISSED_ELSEWHERE
            outcome = rng.choice(("missed", "corrected")) if rng.random() < missed else "done"
            work.append(Worked(at, person.number, workflow, step, outcome))
    work.append(Worked(SINCE + timedelta(days=rng.uniform(90, 600)), person.number, "Refund", None, "alone"))


def _asking(rng: random.Random, person: Somebody, told: list[Happening]) -> None:
    at, passages, has_met_wrong = SINCE + timedelta(days=rng.uniform(0, 20)), [], False
    while at < NOW:
        passages.append(passages[-1] if passages and rng.random() < REPEATED else 100 + len(passages))
        band = rng.choices(list(BANDS), list(BANDS.values()))[0]
        facts = {"door": DOOR, "band": band, "rule": None, "confidence": None, "generation": 1, "seconds": 0.4}
        told.append(Happening(at, person.number, "question_asked", {**facts, "passage_ids": [passages[-1], 7]}))
        waits_days = rng.uniform(2, 20)
        if rng.random() < 0.4:
            rating = "helpful" if rng.random() < HELPFUL else rng.choice(("wrong_answer", "outdated"))
            rated = {"door": DOOR, "rating": rating, "question_id": len(passages)}
            told.append(Happening(at + timedelta(minutes=3), person.number, "answer_rated", rated))
            if rating != "helpful" and not has_met_wrong:
                has_met_wrong = True
                waits_days = rng.uniform(2, 13) if rng.random() < RETURNS else rng.uniform(16, 25)
        at += timedelta(days=waits_days)


def _nudged(rng: random.Random, person: Somebody, told: list[Happening]) -> None:
    """Send a lesson each week; who does not ignore it opens one, or puts it off, within the day."""
    for week in range(1, DAYS // 7 + 1):
        at = SINCE + timedelta(weeks=week, hours=rng.uniform(-6, 0))
        sent = rng.random() < 0.9
        state = {"slot": "before_shift", "state": "sent" if sent else "missed", "reason": "" if sent else "late"}
        told.append(Happening(at, person.number, "nudge_ended", state))
        if not sent or rng.random() < IGNORED:
            continue
        later = at + timedelta(hours=rng.uniform(0.1, 23))
        if rng.random() < 0.8:
            opened = {"door": DOOR, "skill": "welcome", "seconds": 60.0, "run_id": 0, "module": None}
            told.append(Happening(later, person.number, "lesson_opened", opened))
        else:
            what = rng.choice(("paused", "resumed", "evenings"))
            told.append(Happening(later, person.number, "preference_changed", {"door": DOOR, "what": what}))


def _unasked(at: datetime) -> datetime:
    """Return the instant, or a later one where it lies in the day after a nudge, which it would seem to answer."""
    into_week = (at - SINCE + timedelta(hours=6)) % timedelta(weeks=1)
    return at + timedelta(hours=31) if into_week < timedelta(hours=31) else at


def _managing(rng: random.Random, person: Somebody, told: list[Happening]) -> None:
    for week in range(DAYS // 7):
        at = SINCE + timedelta(weeks=week, hours=rng.uniform(1, 60))
        told.append(Happening(at, person.number, "nudge_ended", {"slot": "digest", "state": "sent", "reason": ""}))
        if rng.random() < CHECK_INS[person.team]:
            told.append(Happening(at, person.number, "manager_acted", {"door": DOOR, "what": "check_in"}))
        if rng.random() < 0.5:
            told.append(Happening(at, person.number, "manager_acted", {"door": DOOR, "what": "digest_read"}))
