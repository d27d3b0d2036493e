"""A season of practice in the sample company, for tests of pages: who learned early, who stalls, what went wrong."""

import random
from datetime import UTC, datetime, timedelta
from itertools import count

from sqlalchemy import select, update

from coach.answer import Abstention, Trace
from coach.documents import heading_line
from coach.questions import keep_question
from coach.tables import SopDocument, SopSection
from lessons.answers import record_answer
from lessons.shelf import modules_by_roles
from lessons.tables import SkillAbility
from metrics.events.kinds import (
    AnswerRated,
    LessonAbandoned,
    LessonApplied,
    LessonCompleted,
    LessonOffered,
    LessonOpened,
    LessonPartDone,
    ManagerActed,
    NudgeEnded,
    PreferenceChanged,
    QuestionAsked,
    SkillMastered,
)
from metrics.events.record import record
from metrics.people import Person, asker_for
from metrics.work import WorkEvent

# A Thursday.
NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
WEEKS = 10
NEWEST_WEEK = timedelta(weeks=1)
NOT_COVERED = (
    "Can I refund a gift card in cash?",
    "can i refund a gift card in cash?",
    "What do I do with a refund for a click-and-collect order?",
)
STALLED = ("dewi.harkness", "stanley.pruett")
UNTOUCHED = ("leila.osmond", "maren.tolland")
DOOR = "slack"


def play_season(database, now=NOW):
    """Let the staff of an applied sample company practise for ten weeks; the same every time."""
    rng, runs = random.Random(7), count(1)
    with database.transaction() as session:
        people = session.scalars(select(Person).where(Person.is_active).order_by(Person.id)).all()
        shelves = modules_by_roles(session, [asker_for(person) for person in people])
        for person in people:
            alias = person.email.partition("@")[0]
            modules = list(shelves[asker_for(person).roles].values())
            gift = rng.uniform(0.55, 0.97)
            for week in range(WEEKS, 0, -1):
                began = person.started_on is None or person.started_on < (now - timedelta(weeks=week)).date()
                if alias in UNTOUCHED or not began or (alias in STALLED and week < 4):
                    continue
                for _ in range(rng.choice((0, 1, 1, 2))):
                    at = now - timedelta(weeks=week, hours=-rng.randrange(1, 100))
                    _lesson(session, rng, next(runs), person, rng.choice(modules), at, gift + 0.03 * (WEEKS - week))
            session.flush()
            _master(session, person, gift, now)
        _work(session, people, now)
        _questions(session, people, now)
        _use(session, people, now)


def _lesson(session, rng, run_id, person, module, at, skill_share):
    version = None if at < NOW - timedelta(weeks=6) else 1
    facts = {"door": DOOR, "skill": module.skill, "run_id": run_id, "module": module.file, "version": version}
    offered = LessonOffered(**facts, choice="module", origin="nudge", minutes=module.minutes.total)
    record(session, offered, at - timedelta(hours=1), person.id)
    record(session, LessonOpened(**facts, seconds=3600), at, person.id)
    score = 0.0
    for place, item in enumerate(module.items):
        is_right = rng.random() < skill_share
        score += is_right / len(module.items)
        record_answer(
            session,
            person_id=person.id,
            run_id=run_id,
            module=module,
            item=item,
            score=float(is_right),
            confidence=rng.choice((0.6, 0.8, 0.95)),
            seconds=25.0,
            door=DOOR,
            at=at + timedelta(minutes=place),
        )
    for part in ("concept", "practice", "reflection"):
        planned = getattr(module.minutes, part) * 60
        if part == "practice" and rng.random() < 0.12:
            left = LessonAbandoned(**facts, part="practice", position=len(module.cards) + 2)
            record(session, left, at + timedelta(minutes=9), person.id)
            return
        done = LessonPartDone(**facts, seconds=planned * rng.uniform(0.6, 1.3), part=part, budget_seconds=planned)
        record(session, done, at + timedelta(minutes=9), person.id)
    ended = at + timedelta(minutes=12)
    seconds = module.minutes.total * 60 * rng.uniform(0.7, 1.25)
    record(session, LessonCompleted(**facts, score=score, seconds=seconds), ended, person.id)
    if rng.random() < 0.7:
        used = LessonApplied(DOOR, module.skill, float(rng.random() < 0.65), run_id, "self", module.file, version)
        record(session, used, ended + timedelta(days=3), person.id)


def _master(session, person, gift, now):
    """Let who is gifted hold what they practised; the evidence for that would take months of answers."""
    if gift <= 0.75:
        return
    theirs = (SkillAbility.person_id == person.id, SkillAbility.answered >= 3, SkillAbility.mastered_at.is_(None))
    for ability in session.scalars(select(SkillAbility).where(*theirs).order_by(SkillAbility.skill)):
        ability.mastered_at = now - timedelta(weeks=2)
        record(session, SkillMastered(DOOR, ability.skill), ability.mastered_at, person.id)


def _work(session, people, now):
    ids = {person.email.partition("@")[0]: person.id for person in people}
    for place, days in enumerate((3, 9)):
        missed = WorkEvent(
            person_id=ids["jonah.fairlie"],
            source="till",
            reference=f"season-{place}",
            workflow="refund",
            step="3",
            outcome="missed",
            at=now - timedelta(days=days),
            received_at=now - timedelta(days=days),
        )
        session.add(missed)


def _questions(session, people, now):
    document = session.scalars(select(SopDocument).where(SopDocument.file == "stores/refunds.md")).one()
    section = session.scalars(select(SopSection).where(SopSection.document_id == document.id)).first()
    nearest = heading_line(document.title, tuple(section.heading_path))
    for place, words in enumerate(NOT_COVERED):
        reply = Abstention(None, None, Trace(), nearest)
        asked_at = now - timedelta(days=2 + place)
        keep_question(session, f"{place:032x}", people[place + 5].id, "t", words, False, reply, asked_at)
    session.execute(update(SopSection).where(SopSection.id == section.id).values(review_on=(now - NEWEST_WEEK).date()))


def _use(session, people, now):
    """Let people ask, rate answers, get lessons sent, and be supported; the same every time."""
    rng = random.Random(11)
    managers = {person.manager_id for person in people} - {None}
    for person in people:
        for week in range(8, 0, -1):
            at = now - timedelta(weeks=week, hours=-rng.randrange(1, 100))
            for _ in range(rng.choice((0, 0, 1, 2))):
                band = rng.choice(("answered", "answered", "answered", "uncertain", "not_covered", "refused"))
                record(session, QuestionAsked(DOOR, band, None, None, 1, 0.4), at, person.id)
            if rng.random() < 0.3:
                rating = rng.choice(("helpful", "helpful", "helpful", "outdated"))
                record(session, AnswerRated(DOOR, rating, 1), at, person.id)
            if rng.random() < 0.5:
                record(session, NudgeEnded("before_shift", "sent", ""), at, person.id)
            if person.id in managers and rng.random() < 0.4:
                record(session, ManagerActed(DOOR, rng.choice(("check_in", "recognised"))), at, person.id)
        if rng.random() < 0.2:
            record(session, PreferenceChanged(DOOR, "paused"), now - timedelta(days=12), person.id)
