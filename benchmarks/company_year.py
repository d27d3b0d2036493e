"""A year of a company's events, made up and loaded in bulk: 1,000 people in teams of 10, any number of events."""

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from bot.database import Database
from lessons.tables import ItemMemory, SkillAbility
from metrics.events.kinds import (
    AnswerRated,
    Event,
    InteractionHandled,
    ItemAnswered,
    LessonAbandoned,
    LessonApplied,
    LessonCompleted,
    LessonOffered,
    LessonOpened,
    LessonPartDone,
    LessonSnoozed,
    MessageSent,
    NudgeEnded,
    QuestionAsked,
    WorkReported,
)
from metrics.people import Person

ENDS_AT = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
DAYS = 365
PEOPLE, TEAM = 1_000, 10
SKILLS = ("refunds", "till", "returns", "deliveries", "complaints", "opening", "closing", "stock")
MODULES, ITEMS, KNOWN, VARIANTS, BATCH = 24, 12, 60, 400, 50_000
COLUMNS = ("at", "person_id", "kind", "skill", "score", "seconds", "payload")


@dataclass(frozen=True)
class Draw:
    """What one made-up event is made of: `number` is any, `chance` 0-1."""

    skill: str
    module: str
    number: int
    chance: float
    seconds: float


def _part(d: Draw) -> LessonPartDone:
    part = ("concept", "practice", "reflection")[d.number % 3]
    return LessonPartDone("slack", d.skill, 3 * d.seconds, d.number, d.module, part, 180.0, 1)


def _answer(d: Draw) -> ItemAnswered:
    return ItemAnswered(
        "slack",
        d.skill,
        float(d.chance < 0.7),
        d.seconds,
        d.number,
        f"{d.module}#item-{d.number % ITEMS}",
        "choice",
        step=d.number % 9,
        confidence=(0.25, 0.5, 0.75, 1.0, None)[d.number % 5],
        predicted_recall=None if d.chance < 0.3 else round(d.chance, 6),
        is_first=d.chance < 0.3,
        is_scenario=d.number % 4 == 0,
    )


def _question(d: Draw) -> QuestionAsked:
    band = ("answered", "answered", "answered", "uncertain", "not_covered", "refused")[d.number % 6]
    passages = [d.number % 500, d.number % 371] if band in ("answered", "uncertain") else []
    return QuestionAsked("slack", band, None, round(d.chance, 6), 3, 0.2, passages, [f"sops/{d.skill}.md"])


# Of 1,000 events so many are of each kind: a lesson brings some 3 parts and 7 answers, and what is sent and pressed.
MIX: dict[str, tuple[int, Callable[[Draw], Event]]] = {
    MessageSent.kind: (190, lambda d: MessageSent("slack", "post", "nudge", 1, d.seconds / 100)),
    InteractionHandled.kind: (110, lambda _: InteractionHandled("slack", "click", "lesson_moved")),
    NudgeEnded.kind: (90, lambda d: NudgeEnded("shift", "sent" if d.chance < 0.9 else "missed", "")),
    WorkReported.kind: (
        50,
        lambda d: WorkReported("till", d.skill, f"step {d.number % 9}", "done" if d.chance < 0.8 else "missed"),
    ),
    LessonSnoozed.kind: (10, lambda d: LessonSnoozed("slack", d.skill, d.number, "tomorrow")),
    LessonOffered.kind: (
        48,
        lambda d: LessonOffered("slack", d.skill, d.number, d.module, "module", "nudge", 11.0, 1),
    ),
    LessonOpened.kind: (40, lambda d: LessonOpened("slack", d.skill, d.seconds, d.number, d.module, 1)),
    LessonPartDone.kind: (108, _part),
    ItemAnswered.kind: (230, _answer),
    LessonCompleted.kind: (
        34,
        lambda d: LessonCompleted("slack", d.skill, round(d.chance, 3), 9 * d.seconds, d.number, d.module, 1),
    ),
    LessonAbandoned.kind: (5, lambda d: LessonAbandoned("slack", d.skill, d.number, d.module, "practice", 3, 1)),
    LessonApplied.kind: (25, lambda d: LessonApplied("slack", d.skill, float(d.chance < 0.6), 0, "self", d.module, 1)),
    QuestionAsked.kind: (45, _question),
    AnswerRated.kind: (
        15,
        lambda d: AnswerRated("slack", "helpful" if d.chance < 0.8 else "wrong_answer", d.number),
    ),
}


def seed(database: Database, events: int) -> None:
    """Fill an empty database, already migrated, with people, what they know of items and skills, and events.

    Lessons as they were shown and their texts are left out: no count looks at them.
    """
    with database.transaction() as session:
        person_ids = _seed_people(session)
        _seed_knowledge(session, person_ids)
    rows = _events(events, person_ids)
    if database.is_sqlite:
        _load_sqlite(database, rows)
    else:
        _load_postgresql(database, rows)


def _seed_people(session: Session) -> list[int]:
    def person(number: int) -> dict[str, Any]:
        return {
            "email": f"p{number}@example.test",
            "name": f"Person {number}",
            "team": f"Team {number // TEAM}",
            "site": f"Site {number // 100}",
            "roles": ["cashier"],
            "started_on": date(2025, 11, 1) + timedelta(days=number % DAYS),
            "is_active": True,
            "updated_at": ENDS_AT,
        }

    session.execute(insert(Person), [person(number) for number in range(PEOPLE)])
    people = session.scalars(select(Person).order_by(Person.id)).all()
    # Who is first in a team leads it, and the first of all leads those.
    for number, each in enumerate(people[1:], 1):
        each.manager_id = people[number - number % TEAM].id if number % TEAM else people[0].id
    return [each.id for each in people]


def _seed_knowledge(session: Session, person_ids: list[int]) -> None:
    def ability(person_id: int, number: int, skill: str) -> dict[str, Any]:
        mastered_at = ENDS_AT - timedelta(days=number) if (person_id + number) % 3 else None
        own = {"person_id": person_id, "skill": skill, "mastered_at": mastered_at, "changed_at": ENDS_AT}
        return own | {"estimate": 0.4, "answered": 8}

    def memory(person_id: int, number: int) -> dict[str, Any]:
        skill, module = SKILLS[number % len(SKILLS)], number // ITEMS
        last_at = ENDS_AT - timedelta(days=1 + (person_id + number) % 60)
        own = {"person_id": person_id, "item": f"{skill}-{module}.md#item-{number}", "skill": skill, "step": number % 9}
        state = {"stability": 20.0, "difficulty": 5.0, "answered": 3, "right": 2, "missed_in_row": 0}
        return own | state | {"last_score": 1.0, "last_confidence": 0.75, "last_at": last_at}

    abilities = [ability(person_id, *each) for person_id in person_ids for each in enumerate(SKILLS)]
    session.execute(insert(SkillAbility), abilities)
    known = [memory(person_id, number) for person_id in person_ids for number in range(KNOWN)]
    session.execute(insert(ItemMemory), known)


def _events(count: int, person_ids: list[int]) -> Iterator[tuple[Any, ...]]:
    """Yield rows of the events table in the order in which they happened; who practises more does so all year."""
    rng = np.random.default_rng(2026)
    kinds = list(MIX)
    samples = [[_facts(make(_draw(rng))) for _ in range(VARIANTS)] for _, make in MIX.values()]
    chances = np.array([number for number, _ in MIX.values()]) / sum(number for number, _ in MIX.values())
    eagerness = rng.gamma(2.0, size=len(person_ids))
    begins = ENDS_AT - timedelta(days=DAYS)
    for first in range(0, count, BATCH):
        size = min(BATCH, count - first)
        drawn = zip(
            rng.choice(len(kinds), size, p=chances).tolist(),
            rng.choice(person_ids, size, p=eagerness / eagerness.sum()).tolist(),
            rng.integers(VARIANTS, size=size).tolist(),
            strict=True,
        )
        for number, (place, person_id, variant) in enumerate(drawn, first + 1):
            at = begins + timedelta(days=DAYS) * (number / count)
            skill, score, seconds, payload = samples[place][variant]
            if kinds[place] == LessonApplied.kind:
                # Each is about a run of its own.
                payload = payload.replace('"run_id": 0', f'"run_id": {number}')
            yield at, person_id, kinds[place], skill, score, seconds, payload


def _draw(rng: np.random.Generator) -> Draw:
    skill = str(rng.choice(SKILLS))
    seconds = round(float(rng.gamma(3.0, 20.0)), 3)
    return Draw(skill, f"{skill}-{rng.integers(MODULES)}.md", int(rng.integers(1, 10**6)), float(rng.random()), seconds)


def _facts(event: Event) -> tuple[Any, ...]:
    facts = asdict(event)
    own = [facts.pop(name, None) for name in ("skill", "score", "seconds")]
    return *own, json.dumps(facts)


def _load_sqlite(database: Database, rows: Iterator[tuple[Any, ...]]) -> None:
    into = f"INSERT INTO events ({', '.join(COLUMNS)}) VALUES ({', '.join('?' * len(COLUMNS))})"
    with database.engine.begin() as connection:
        cursor = connection.connection.cursor()
        # As SQLAlchemy writes an instant there.
        cursor.executemany(into, ((f"{at:%Y-%m-%d %H:%M:%S.%f}", *rest) for at, *rest in rows))
    with database.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")


def _load_postgresql(database: Database, rows: Iterator[tuple[Any, ...]]) -> None:
    with database.engine.begin() as connection:
        cursor: Any = connection.connection.cursor()
        with cursor.copy(f"COPY events ({', '.join(COLUMNS)}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
    # A server looks at its tables within a minute of such a change; it sees what can be skipped when it has vacuumed.
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("VACUUM ANALYZE events")
