"""Words for somebody's own progress: a takeaway first, weeks as a chart, facts, skills, and one next step."""

from collections.abc import Callable, Sequence

from bot.messages import Actions, Block, Button, Chart, Facts, Message, Note, Steps, Table, Text
from bot.views.figures import (
    LEARNING_ONLY,
    MOST_NEEDS,
    change,
    day,
    mastered,
    minutes,
    need_reason,
    of,
    percent,
    period_words,
    state,
    together,
)
from bot.views.tracks import count
from lessons.report import OwnPractice, PersonReport, Week
from metrics.charts import ChartSpec, Series, shown
from metrics.periods import DAYS_BY_NAME
from metrics.standing import SkillStanding
from metrics.tallies import Tally

# Makes what a button carries of a kind and what it stands for.
Handle = Callable[[str, str], str]

NOT_PRACTISED = "You have not practised yet. Write “lesson” to me to get your first one."
WHO_SEES = (
    "Managers above you see your skills, what would help you, when you last practised, lessons and minutes. Your "
    f"answers, how sure you were and your streak are yours alone. {LEARNING_ONLY}"
)
NOT_NEEDED = "not needed in this role"
SKILL_COLUMNS = ("Skill", "Where you are")
# Of fewer answers a share says nothing: of all, of one skill, and of how sure somebody is.
FEWEST_FOR_SHARE = 5
FEWEST_ANSWERS = 3
FEWEST_SURE_ANSWERS = 10
ABOUT_RIGHT = 0.05
LABEL_CHARACTERS = 60


def own_message(report: PersonReport, zone: str, handle: Handle, public_id: str) -> Message:
    """Return somebody's own progress; `zone` is theirs, `public_id` 128 random bits for a button."""
    own, standing = report.own or OwnPractice(Tally(), Tally()), report.standing
    takeaway = own_takeaway(report, zone)
    pairs = _facts(report, own) if standing.last_at is not None else ()
    help_with = tuple(together((need.title, need_reason(need, zone)) for need in standing.to_do if need.title))
    help_with = help_with[:MOST_NEEDS]
    blocks: list[Block] = [Text(takeaway, is_strong=True)]
    if (chart := weeks_chart(own.weeks)) is not None:
        blocks.append(Chart(chart))
    if pairs:
        blocks.append(Facts(pairs))
    if help_with:
        blocks += [Text("What would help you", is_strong=True), Steps(help_with)]
    if standing.skills:
        blocks.append(Table("Your skills", SKILL_COLUMNS, tuple(map(skill_row, standing.skills))))
    blocks += [Actions((next_step(report, handle, public_id),)), Note(WHO_SEES)]
    spoken = (takeaway, *(f"{label}: {value}" for label, value in pairs), *help_with)
    return Message("\n".join(spoken), tuple(blocks))


def own_takeaway(report: PersonReport, zone: str) -> str:
    """Return the sentence that says how somebody's own practice is going."""
    own, days = report.own or OwnPractice(Tally(), Tally()), report.period.days
    if not own.tally.answered:
        if report.standing.last_at is None:
            return NOT_PRACTISED
        return f"You have not practised in {period_words(days)}; last on {day(report.standing.last_at, zone)}."
    said, share = _how_right(own, days)
    # Beside a share of all, the weakest would be another kind of answers.
    weak = weakest(report) if share < 1 else None
    return said + (f"; weakest: {weak.title}." if weak else ".")


def weakest(report: PersonReport) -> SkillStanding | None:
    """Return the skill of the fewest right answers in the period; None where no two were answered, or all are right."""
    by_skill = report.own.by_skill if report.own else {}
    shares = {
        skill.skill: by_skill[skill.skill].accuracy or 0.0
        for skill in report.standing.skills
        if skill.skill in by_skill and by_skill[skill.skill].answered >= FEWEST_ANSWERS
    }
    found = [skill for skill in report.standing.skills if skill.skill in shares]
    weak = min(found, key=lambda skill: shares[skill.skill], default=None)
    return weak if weak is not None and len(found) > 1 and shares[weak.skill] < 1 else None


def next_step(report: PersonReport, handle: Handle, public_id: str) -> Button:
    """Return the one thing to press next: practice in what would help most, else whatever lesson comes next."""
    titles = {skill.skill: skill.title for skill in report.standing.skills}
    needed = next((need.skill for need in report.standing.to_do if need.skill in titles), None)
    weak = weakest(report)
    key = needed or (weak.skill if weak else None)
    if key is None:
        return Button("Get a Lesson", "lesson", public_id, is_primary=True)
    return practise_button(key, titles[key], handle)


def practise_button(key: str, title: str, handle: Handle) -> Button:
    """Return the button that begins practice in one skill."""
    return Button(f"Practise {shown(title, LABEL_CHARACTERS)}", "practise_skill", handle("skill", key), is_primary=True)


def weeks_chart(weeks: Sequence[Week]) -> ChartSpec | None:
    """Return the share of right answers by week as a line; None before two weeks with answers."""
    told = [
        (f"{week.starts_on.day} {week.starts_on:%b}", share, of(week.tally.right, week.tally.answered))
        for week in weeks
        if (share := week.tally.accuracy) is not None
    ]
    if len(told) < 2:
        return None
    (first, _, at_first), (last, _, now) = told[0], told[-1]
    names, shares, _ = zip(*told, strict=True)
    return ChartSpec(
        title="Answers right, week by week",
        kind="line",
        categories=names,
        series=(Series("Right", tuple(float(round(100 * share)) for share in shares)),),
        y_label="% right",
        takeaway=f"{at_first} right in the week of {first}, {now} in the week of {last}.",
    )


def skill_row(skill: SkillStanding) -> tuple[str, str]:
    """Return a skill and where somebody stands in it."""
    return skill.title, state(skill) if skill.is_needed else f"{state(skill)}, {NOT_NEEDED}"


def confidence_words(own: OwnPractice) -> str | None:
    """Return how sure somebody is next to how often they are right; None before a few answers say so."""
    over = own.tally.overconfidence
    if over is None or own.tally.sure_answered < FEWEST_SURE_ANSWERS:
        return None
    said = "about right"
    if abs(over) > ABOUT_RIGHT:
        said = "sure more often than right" if over > 0 else "right more often than you think"
    gain = round(100 * (own.confidence_gain or 0))
    grown = "; surer than at first" if gain > 0 else "; less sure than at first" if gain < 0 else ""
    return said + grown


def _how_right(own: OwnPractice, days: int) -> tuple[str, float]:
    """Return how many answers were right in words, and the share 0-1 behind them."""
    tally, before = own.tally, own.before
    if tally.answered - tally.scenarios_answered >= FEWEST_FOR_SHARE:
        name, now, then = "Quiz", tally.quiz_accuracy, before.quiz_accuracy
    elif tally.scenarios_answered >= FEWEST_FOR_SHARE:
        name, now, then = "Scenario", tally.scenario_accuracy, before.scenario_accuracy
    else:
        return f"You answered {of(tally.right, tally.answered)} right in {period_words(days)}", tally.accuracy or 0.0
    moved = change(now, then)
    when = f", {moved} in {_span(days)}" if moved else f" in {period_words(days)}"
    return f"{name} accuracy {percent(now)}{when}", now or 0.0


def _facts(report: PersonReport, own: OwnPractice) -> tuple[tuple[str, str], ...]:
    span, tally = _span(report.period.days), own.tally
    pairs = [("Skills mastered", mastered(report.standing))]
    if not tally.answered and not report.effort.minutes:
        return tuple(pairs)
    pairs += [
        (
            f"Quiz answers right in {span}",
            of(tally.right - tally.scenarios_right, tally.answered - tally.scenarios_answered),
        ),
        (f"Scenarios right in {span}", of(tally.scenarios_right, tally.scenarios_answered)),
        (f"Lessons in {span}", f"{report.effort.lessons} ({minutes(report.effort.minutes)})"),
    ]
    if own.days_practised:
        pairs.append((f"Days practised in {span}", str(own.days_practised)))
    if own.streak.days > 0:
        pairs.append(("Streak", count(own.streak.days, "day")))
    if (sure := confidence_words(own)) is not None:
        pairs.append(("How sure you are", sure))
    return tuple(pairs)


def _span(days: int) -> str:
    return "a year" if days == DAYS_BY_NAME["year"] else f"{days} days"
