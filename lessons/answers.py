"""Owns what an answer changes: the memory of its item, the ability in its skill, mastery, and the event log."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from lessons import ability, memory
from lessons.ability import Ability, Evidence
from lessons.attempts import attempts
from lessons.module import Item, Module
from lessons.recalibration import predict
from lessons.recall import history_of, learn_from, memory_of, recalibration_of
from lessons.shelf import module_of
from lessons.tables import ItemMemory, LessonRow, SkillAbility
from metrics.db import insert_new
from metrics.events.kinds import ItemAnswered, SkillLapsed, SkillMastered
from metrics.events.record import record
from metrics.tallies import RIGHT_SCORE

# An item is said to return when recall of it will have fallen to the middle of the 75-85 % practice aims at.
RETURNS_AT_RECALL = 0.8


@dataclass(frozen=True)
class Answered:
    """What came of an answer: the recall predicted before it (None at first sight), and when the item is due again.

    `is_mastered_now` says that with it the evidence for the skill became enough, and its SOP stands as they learned it.
    """

    predicted_recall: float | None
    returns_at: datetime
    was_first: bool
    is_mastered_now: bool


def record_answer(
    session: Session,
    *,
    person_id: int,
    run_id: int | None,
    module: Module,
    item: Item,
    score: float,
    confidence: float | None,
    seconds: float,
    door: str,
    at: datetime,
) -> Answered:
    """Take one answer into memory, ability and mastery, and record its event, in the caller's transaction.

    `score` and `confidence` are 0-1, `at` in UTC. Of two answers to the same item at once, the second waits for the
    first and counts after it.
    """
    key, is_right = module.key_of(item), score >= RIGHT_SCORE
    held = _held_memory(session, person_id, key, module.skill, at)
    difficulty = _difficulty(session, key)
    predicted = None
    was_first = held.answered == 0
    if was_first:
        new = memory.first(score, at, confidence)
    else:
        history = history_of(held, at)
        predicted = predict(recalibration_of(session, person_id), history)
        learn_from(session, person_id, history, is_right, at)
        new = memory.after(memory_of(held), score, at, confidence)
    held.stability, held.difficulty, held.last_at = new.stability_days, new.difficulty, new.last_at
    held.answered, held.right = held.answered + 1, held.right + is_right
    held.missed_in_row = 0 if is_right else held.missed_in_row + 1
    held.skill, held.step, held.last_score, held.last_confidence = module.skill, item.step, score, confidence
    event = ItemAnswered(
        door=door,
        skill=module.skill,
        score=score,
        seconds=seconds,
        run_id=run_id,
        item=key,
        item_kind=item.kind,
        step=item.step,
        confidence=confidence,
        predicted_recall=predicted,
        is_first=was_first,
        is_scenario=is_scenario(item),
    )
    record(session, event, at, person_id)
    session.flush()
    is_mastered_now = _take_into_skill(session, person_id, module.skill, score, difficulty, door, at)
    return Answered(predicted, memory.falls_to(new, RETURNS_AT_RECALL), was_first, is_mastered_now)


def skill_evidence(session: Session, person_id: int, skill: str) -> Evidence:
    """Return what speaks for somebody's mastery of a skill, from the event log."""
    modules = map(module_of, session.scalars(select(LessonRow).where(LessonRow.skill == skill)))
    scenarios = {key for module in modules for key in scenarios_of(module)}
    return ability.evidence(attempts(session, person_id, skill), scenarios)


def is_scenario(item: Item) -> bool:
    """Say whether an item is a decision to take in a situation."""
    return item.kind == "choice" and item.phase == "practice"


def scenarios_of(module: Module) -> list[str]:
    """Return the keys of a module's scenarios, in their order."""
    return [module.key_of(item) for item in module.items if is_scenario(item)]


def renew_mastery(session: Session, person_id: int, skill: str, door: str, at: datetime) -> None:
    """Let mastery count again that a changed SOP held up: somebody completed a lesson about the skill since."""
    held = session.scalars(_held_ability(person_id, skill)).one_or_none()
    if held is None or held.stale_since is None:
        return
    held.stale_since = None
    if held.mastered_at is not None:
        record(session, SkillMastered(door, skill), at, person_id)
    session.flush()


def _held_memory(session: Session, person_id: int, key: str, skill: str, at: datetime) -> ItemMemory:
    """Return the row of a person and item, locked; a new one has answered 0."""
    nothing_yet = {
        "stability": 0.0,
        "difficulty": 0.0,
        "answered": 0,
        "right": 0,
        "missed_in_row": 0,
        "last_score": 0.0,
    }
    insert_new(session, ItemMemory, person_id=person_id, item=key, skill=skill, last_at=at, **nothing_yet)
    query = select(ItemMemory).where(ItemMemory.person_id == person_id, ItemMemory.item == key)
    return session.scalars(query.with_for_update().execution_options(populate_existing=True)).one()


def _difficulty(session: Session, key: str) -> float:
    pooled = select(func.sum(ItemMemory.answered), func.sum(ItemMemory.right)).where(ItemMemory.item == key)
    answered, right = session.execute(pooled).one()
    return ability.difficulty_of(answered or 0, right or 0)


def _take_into_skill(
    session: Session, person_id: int, skill: str, score: float, difficulty: float, door: str, at: datetime
) -> bool:
    insert_new(session, SkillAbility, person_id=person_id, skill=skill, estimate=0.0, answered=0, changed_at=at)
    held = session.scalars(_held_ability(person_id, skill)).one()
    new = ability.after(Ability(held.estimate, held.answered), score, difficulty)
    held.estimate, held.answered, held.changed_at = new.estimate, new.answered, at
    was_enough = held.mastered_at is not None
    is_enough = skill_evidence(session, person_id, skill).is_enough
    if is_enough != was_enough:
        held.mastered_at = at if is_enough else None
        # While a changed SOP holds mastery up, more or less evidence changes nothing anybody could see.
        if held.stale_since is None:
            record(session, SkillMastered(door, skill) if is_enough else SkillLapsed(skill, "answers"), at, person_id)
    session.flush()
    return is_enough and not was_enough and held.stale_since is None


def _held_ability(person_id: int, skill: str) -> Select[SkillAbility]:
    query = select(SkillAbility).where(SkillAbility.person_id == person_id, SkillAbility.skill == skill)
    return query.with_for_update().execution_options(populate_existing=True)
