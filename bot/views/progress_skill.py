"""Words for one skill: where somebody stands in it, and where the people they manage do."""

from collections.abc import Mapping

from bot.messages import Actions, Block, Button, Facts, Message, Note, Steps, Text
from bot.views.figures import LEARNING_ONLY, day, need_words, of, percent, period_words, state
from bot.views.progress import WHO_SEES, Handle, practise_button
from bot.views.progress_team import MOST_SCRIPTS, NO_ANSWERS, script_label, turn_by_turn
from bot.views.tracks import count
from lessons.report import SkillCoverage
from lessons.skill_report import PersonInSkill, SkillReport
from metrics.standing import SkillStanding
from metrics.velocity import GroupTime

MOST_NAMED = 8
FEWEST_FOR_HALF = 3
MOST_STEPS = 3
MOST_TITLES = 12
NOT_YOURS = "your role does not need it, and you have not practised it"
PASSED = "Passed a new scenario"

Pairs = tuple[tuple[str, str], ...]


def own_skill_message(report: SkillReport, zone: str, handle: Handle) -> Message:
    """Return where somebody stands in one skill, with the steps they miss; `zone` is theirs."""
    rule, skill = report.rule, report.own
    if skill is None:
        said = f"{rule.title}: {NOT_YOURS}."
        return Message(said, (Text(said, is_strong=True),))
    takeaway = f"{rule.title}: {_lower(state(skill))}."
    pairs = _own_facts(skill, zone)
    missed = tuple(
        f"Step {each.step.step}: missed {of(each.missed, each.times)} times"
        for each in sorted(report.own_steps, key=lambda each: -each.missed)[:MOST_STEPS]
    )
    blocks: list[Block] = [Text(takeaway, is_strong=True), Facts(pairs)]
    if missed:
        when = period_words(report.period.days)
        blocks += [Text(f"Steps to look at again, from {when}", is_strong=True), Steps(missed)]
    blocks += [Actions((practise_button(rule.key, rule.title, handle),)), Note(WHO_SEES)]
    return Message("\n".join((takeaway, *map(_said, pairs), *missed)), tuple(blocks))


def team_skill_message(report: SkillReport, zone: str, handle: Handle) -> Message:
    """Return how many people hold one skill, who needs help in it, and how soon people pass its scenarios."""
    coverage = report.coverage or SkillCoverage(report.rule.key, report.rule.title)
    takeaway = f"{report.rule.title}: {_held(coverage)}."
    needing = _needing(report)
    helps = tuple(f"{each.whose.name}: {_why(each, zone)}" for each in needing[:MOST_NAMED])
    steps = tuple(
        f"Step {each.step} of “{each.title}”: missed about {percent(each.missed)} of the time"
        for each in sorted(report.steps, key=lambda each: -each.missed)[:MOST_STEPS]
    )
    pairs = (*_coverage_facts(coverage), *_time_facts(report))
    blocks: list[Block] = [Text(takeaway, is_strong=True)]
    if pairs:
        blocks.append(Facts(pairs))
    if helps:
        blocks += [Text("Who needs help in it", is_strong=True), Steps(helps)]
        if more := len(needing) - len(helps):
            blocks.append(Text(f"And {more} more: write “progress team”."))
        blocks.append(Actions(tuple(_script(each, handle) for each in needing[:MOST_SCRIPTS])))
    elif report.people:
        blocks.append(Text("Nobody needs help in it now."))
    if steps:
        blocks += [Text("Steps that people miss", is_strong=True), Steps(steps)]
    if report.own is not None:
        blocks.append(Text(f"You: {_lower(state(report.own))}."))
    blocks.append(Note(f"{NO_ANSWERS} {LEARNING_ONLY}"))
    return Message("\n".join((takeaway, *map(_said, pairs), *helps, *steps)), tuple(blocks))


def named_ids(report: SkillReport) -> list[int]:
    """Return the ids of everybody a message about the report names."""
    return [each.whose.person_id for each in _needing(report)[:MOST_NAMED]]


def which_skill(wanted: str, titles: Mapping[str, str], is_known: bool) -> str:
    """Return the line for words that mean no skill, or several (`is_known`); `titles` are those to choose from."""
    names = list(titles.values())
    if not names:
        return "No skills are listed for you yet. Whoever looks after Coach here lists them in company.yaml."
    more = f" and {len(names) - MOST_TITLES} more" if len(names) > MOST_TITLES else ""
    begins = "Write one of these"
    if is_known:
        begins = f"“{wanted}” could be one of these"
    elif wanted:
        begins = f"There is no skill “{wanted}”. {begins}"
    return f"{begins}: {', '.join(names[:MOST_TITLES])}{more}. For example: “progress skill {names[0]}”."


def _needing(report: SkillReport) -> list[PersonInSkill]:
    return [each for each in turn_by_turn(report.people, lambda each: each.whose.team) if each.needs]


def _own_facts(skill: SkillStanding, zone: str) -> Pairs:
    pairs = [("Last practised", day(skill.last_at, zone))]
    if skill.days_to_competence is not None:
        pairs.append((PASSED, f"{_days(skill.days_to_competence)} after the first lesson"))
    elif skill.started_at is not None:
        pairs.append((PASSED, "not yet"))
    if skill.benchmark_days is not None:
        reached = {True: ": reached", False: ": not reached", None: ""}[skill.is_within_benchmark]
        pairs.append(("Expected within", f"{_days(skill.benchmark_days)}{reached}"))
    return tuple(pairs)


def _held(coverage: SkillCoverage) -> str:
    if not coverage.needed:
        return "nobody you see needs it"
    return f"{coverage.mastered} of {count(coverage.needed, 'person who needs it', 'people who need it')} mastered it"


def _coverage_facts(coverage: SkillCoverage) -> Pairs:
    numbers = (
        ("Wait for a sign-off", coverage.awaiting_sign_off),
        ("Need a refresher", coverage.lapsed),
        ("Practising", coverage.practising),
        ("Not started", coverage.not_started),
    )
    return tuple((label, str(number)) for label, number in numbers if number)


def _time_facts(report: SkillReport) -> Pairs:
    time, expected = report.competence, report.rule.benchmark_days
    if time is None or not time.people:
        return ()
    pairs = [(PASSED, _time_words(time))]
    if expected is not None and report.within_benchmark is not None:
        pairs.append((f"Did so within the {_days(expected)} expected", percent(report.within_benchmark)))
    return tuple(pairs)


def _time_words(time: GroupTime) -> str:
    if time.arrived is None:
        return f"{time.people} began; too few to show more"
    if time.people < FEWEST_FOR_HALF:
        return f"{time.arrived} of {time.people} who began"
    days = time.median.days if time.median is not None else None
    when = f"half of them within {_days(days)} of the first lesson" if days is not None else "not yet half of them"
    return f"{time.arrived} of {time.people} who began, {when}"


def _script(person: PersonInSkill, handle: Handle) -> Button:
    return Button(script_label(person.whose.name), "checkin_script", handle("person", str(person.whose.person_id)))


def _why(person: PersonInSkill, zone: str) -> str:
    # The skill is named above.
    said = (need_words(need, zone).removeprefix(f"{need.title}: ") for need in person.needs)
    return "; ".join(dict.fromkeys(said))


def _said(pair: tuple[str, str]) -> str:
    return ": ".join(pair)


def _lower(words: str) -> str:
    return words[:1].lower() + words[1:]


def _days(number: float) -> str:
    return count(max(1, round(number)), "day")
