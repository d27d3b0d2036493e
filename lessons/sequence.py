"""Owns the choice of the one lesson somebody needs now, and its reason: rules in their order of precedence."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Literal

from pydantic import TypeAdapter

from lessons import reasons
from lessons.learner import Learner, TrackStep
from lessons.module import Module
from lessons.situation import Review, Reviewable, Situation
from lessons.skills import SkillRule
from metrics.work import workflow_name

LONG_ABSENCE = timedelta(days=28)
SHORT_REVIEW_MINUTES = 5.0
OFTEN_MISSED = 2
# What was missed at work is practised again only when the last right answer is this old.
SETTLED = timedelta(days=7)
# Days after a workshop from which, and up to which, each follow-up can come.
FOLLOW_UPS = ((1, 6), (7, 13), (21, 27))
# The skill of the last lesson is chosen again only where it is worth this much more than any other.
CLEARLY_BETTER = 1.25
DAYS_A_WEEK = 7


@dataclass(frozen=True)
class Choice:
    """The lesson to give. `module` is its file, None for a review; `items` are a review's, () for a whole module.

    `minutes` is what it takes; `reason` is one plain sentence to the person.
    """

    kind: Literal["module", "review", "delta"]
    module: str | None
    skill: str
    items: tuple[str, ...]
    minutes: float
    reason: str


CHOICE = TypeAdapter(Choice)
Rule = Callable[[Situation], Choice | None]


def choose(
    learner: Learner,
    modules: Mapping[str, Module],
    skills: Mapping[str, SkillRule],
    now: datetime,
    budget_minutes: float,
    weekly_minutes: float,
    skill: str | None = None,
    zone: str = "UTC",
    is_asked: bool = False,
) -> Choice | None:
    """Return what somebody should practise now, None when there is nothing worth their minutes.

    `modules` are those they may take, by file: nothing else is ever chosen. It fits `budget_minutes` and what is left
    of `weekly_minutes` in 7 days. With a `skill` only that one comes into question. Who asks for practice themselves
    (`is_asked`) is not held back by the week, nor by having practised it all today. The same arguments give the same
    choice.
    """
    left = budget_minutes if is_asked else min(budget_minutes, weekly_minutes - learner.minutes_this_week)
    here = Situation(learner, modules, skills, now, zone, left, skill, is_asked)
    if (urgent := _first(URGENT, here)) is not None:
        return urgent
    waiting = _waiting_minutes(here, budget_minutes)
    if waiting is not None and waiting <= weekly_minutes:
        # Whatever else is practised meanwhile leaves it room within a week.
        here = replace(here, minutes=min(left, (weekly_minutes - waiting) / DAYS_A_WEEK))
    return _first(RULES, here)


def short_review_after_absence(here: Situation) -> Choice | None:
    """After four weeks without practice: a short review of what was forgotten most."""
    last = here.learner.last_practised_at
    if last is None or here.now - last < LONG_ABSENCE:
        return None
    forgotten = [each for each in here.reviewable if here.is_wanted(each.skill)]
    if not forgotten:
        return None
    worst = min(forgotten, key=lambda each: (each.known.recall, each.known.item))
    reason = reasons.after_absence(here.title_of(worst.skill), here.now - last)
    return _review(here, [worst], reason, SHORT_REVIEW_MINUTES)


def required_step(here: Situation) -> Choice | None:
    """The next step of onboarding or of a required track, the one due first."""
    return _track_step(here, [step for step in here.learner.track_steps if step.comes_first])


def changed_material(here: Situation) -> Choice | None:
    """A lesson about a change in what they learned, or a module whose sections have a new version."""
    learned = {(taught.sop, taught.heading_path) for taught in here.learner.taught}
    for module in here.new_modules(is_delta=True):
        if any((taught.sop, taught.heading_path) in learned for taught in module.teaches):
            return _module(module, reasons.changed(module.title))
    done = [module for module in here.offered.values() if module.file in here.learner.completed]
    other_version = [module for module in done if not here.learner.taught.issuperset(module.teaches)]
    # Words may change under the same version; then a lesson of the skill since shows that it was taken up.
    other_words = [module for module in done if module.skill in here.learner.stale_since]
    for module in (*other_version, *other_words):
        if here.can_take(module):
            return _module(module, reasons.changed(module.title))
    return None


def sure_and_wrong(here: Situation) -> Choice | None:
    """What was answered wrong with confidence, longest ago first."""
    wrong = [each for each in here.reviewable if each.known.was_sure_and_wrong]
    if not wrong:
        return None
    first = min(wrong, key=lambda each: (each.known.memory.last_at, each.known.item))
    lead = [first, *(each for each in wrong if each.skill == first.skill)]
    return _review(here, lead, reasons.sure_and_wrong(first.title))


def workshop_follow_up(here: Situation) -> Choice | None:
    """Practice in the days after a workshop, a week later and three weeks later, once each."""
    for skill, held_on in reversed(here.learner.learning_days):
        if _is_follow_up_due(here, skill, held_on):
            choice = _practice(here, skill, reasons.workshop(here.title_of(skill), held_on, here.today))
            if choice is not None:
                return choice
    return None


def often_missed(here: Situation) -> Choice | None:
    """A step or item answered wrong twice in a row, or a step missed twice at work."""
    missed: dict[tuple[object, ...], list[Reviewable]] = {}
    for each in here.reviewable:
        if each.known.missed_in_row:
            missed.setdefault(_step_or_item(each), []).append(each)
    often = [(sum(each.known.missed_in_row for each in group), group) for group in missed.values()]
    worst = max((times for times, _ in often), default=0)
    if worst >= OFTEN_MISSED:
        lead = next(group for times, group in often if times == worst)
        return _review(here, lead, _missed_reason(here, lead[0], worst))
    return missed_at_work(here)


def missed_at_work(here: Situation) -> Choice | None:
    """A step missed twice at work in 30 days, the one missed most often first."""
    missed = sorted(here.learner.missed_at_work.items(), key=lambda entry: (-entry[1], entry[0]))
    for (workflow, step), times in missed:
        named = workflow_name(workflow)
        skills = [rule.key for rule in here.skills.values() if named in map(workflow_name, rule.workflows)]
        for skill in sorted(skills) if times >= OFTEN_MISSED else ():
            if _is_settled(here, skill, step):
                continue
            lead = [each for each in here.reviewable if each.skill == skill and str(each.known.step) == step]
            reason = reasons.missed_at_work(here.title_of(skill), step, times)
            choice = _review(here, lead, reason) if lead else _practice(here, skill, reason)
            if choice is not None:
                return choice
    return None


def assigned_step(here: Situation) -> Choice | None:
    """The next step of any other track somebody was put on."""
    return _track_step(here, [step for step in here.learner.track_steps if not step.comes_first])


def first_lesson(here: Situation) -> Choice | None:
    """For somebody with no history: the module most others build on."""
    if here.learner.known or here.learner.completed:
        return None
    new = [module for module in here.new_modules() if here.is_wanted(module.skill)]
    if not new:
        return None
    basic = min(new, key=lambda module: (-here.building_on(module.file), module.file))
    return _module(basic, reasons.first_lesson())


def most_gain(here: Situation) -> Choice | None:
    """The review or new module with the largest expected recall gain per minute, of another skill than last time."""

    def worth(option: tuple[float, Choice]) -> float:
        gain, choice = option
        return gain / CLEARLY_BETTER if choice.skill == here.learner.last_skill else gain

    # max() keeps the first of equals, and options come in the order of skills and files.
    best = max(_options(here), key=worth, default=None)
    return best[1] if best else None


URGENT: tuple[Rule, ...] = (short_review_after_absence, required_step)
RULES: tuple[Rule, ...] = (
    changed_material,
    sure_and_wrong,
    workshop_follow_up,
    often_missed,
    assigned_step,
    first_lesson,
    most_gain,
)


def _first(rules: Iterable[Rule], here: Situation) -> Choice | None:
    return next((choice for rule in rules if (choice := rule(here)) is not None), None)


def _waiting_minutes(here: Situation, budget_minutes: float) -> float | None:
    """Return what the next required step takes that fits a lesson, and waits for minutes of the week; None for none."""
    if here.is_asked:
        return None
    nexts = [here.towards(step.module) for step in here.learner.track_steps if step.comes_first]
    fitting = [module.minutes.total for module in nexts if module and module.minutes.total <= budget_minutes]
    return max(fitting, default=None)


def _options(here: Situation) -> Iterator[tuple[float, Choice]]:
    for skill in sorted({each.skill for each in here.reviewable}):
        review = here.review(skill) if here.is_wanted(skill) else None
        last = here.last_practised_at(skill)
        if review is not None and last is not None:
            reason = reasons.fading(here.title_of(skill), here.now - last)
            yield review.gain_per_minute, _as_choice(review, skill, reason)
    for module in here.new_modules():
        if here.is_wanted(module.skill):
            reason = reasons.new_lesson(here.title_of(module.skill))
            yield here.module_gain_per_minute(module), _module(module, reason)


def _track_step(here: Situation, steps: list[TrackStep]) -> Choice | None:
    blocked: set[str] = set()
    for step in sorted(steps, key=lambda step: step.due_on or date.max):
        module = here.towards(step.module)
        if module is None or step.track in blocked:
            continue
        if not here.can_take(module):
            # The steps of a track keep their order: what follows waits for a day with more minutes.
            blocked.add(step.track)
            continue
        if module.file == step.module:
            return _module(module, reasons.track_step(step.track, step.number, step.due_on))
        needed_by = here.offered[step.module].title
        return _module(module, reasons.before_track_step(needed_by, step.track))
    return None


def _practice(here: Situation, skill: str, reason: str) -> Choice | None:
    """Return the next new module of a skill, else a review of it."""
    module = next((module for module in here.new_modules() if module.skill == skill), None)
    if module is not None:
        return _module(module, reason)
    review = here.review(skill)
    return _as_choice(review, skill, reason) if review else None


def _is_follow_up_due(here: Situation, skill: str, held_on: date) -> bool:
    days = (here.today - held_on).days
    begun = next((first for first, last in FOLLOW_UPS if first <= days <= last), None)
    if begun is None:
        return False
    last = here.last_practised_at(skill)
    return last is None or here.day_of(last) < held_on + timedelta(days=begun)


def _is_settled(here: Situation, skill: str, step: str) -> bool:
    of_skill = [known for known in here.known_of(skill) if known.was_right]
    of_step = [known for known in of_skill if str(known.step) == step] or of_skill
    return any(here.now - known.memory.last_at < SETTLED for known in of_step)


def _step_or_item(each: Reviewable) -> tuple[object, ...]:
    """Return what a miss counts against: the step of the procedure it was taught in, else the item alone."""
    return (each.section, each.known.step) if each.known.step is not None else (each.known.item,)


def _missed_reason(here: Situation, each: Reviewable, times: int) -> str:
    if each.known.step is None:
        return reasons.missed_item(each.title, times)
    return reasons.missed_step(here.title_of(each.skill), each.known.step, times)


def _module(module: Module, reason: str) -> Choice:
    kind: Literal["module", "delta"] = "delta" if module.is_delta else "module"
    return Choice(kind, module.file, module.skill, (), module.minutes.total, reason)


def _review(
    here: Situation, lead: Collection[Reviewable], reason: str, most_minutes: float = float("inf")
) -> Choice | None:
    skill = next(iter(lead)).skill
    review = here.review(skill, lead, most_minutes)
    is_for_them = review is not None and any(each in lead for each in review.items)
    return _as_choice(review, skill, reason) if review and is_for_them else None


def _as_choice(review: Review, skill: str, reason: str) -> Choice:
    return Choice("review", None, skill, tuple(each.known.item for each in review.items), review.minutes, reason)
