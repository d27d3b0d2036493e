"""Words for the home page, which is one person's own: what is on today, what needs them, and what they look after."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from bot.messages import Actions, Block, Button, Divider, Heading, Link, Message, Note, Steps, Text
from bot.views import timing
from bot.views.figures import day, mastered, need_reason, state, together
from bot.views.home_team import TeamPart, needs_you, team_card, team_line
from bot.views.home_upkeep import UpkeepPart, upkeep_blocks, upkeep_line
from bot.views.progress import Handle, next_step
from bot.views.tracks import count
from lessons.report import PersonReport
from metrics.standing import SkillState, Standing
from metrics.time_zones import local_time

MOST_QUESTIONS = 5
MOST_SKILLS = 5
OPEN_DAYS = 30
NO_QUESTIONS = "None yet. Try: “How do I call in sick?” or “How do I ask for a day off?”"
NO_SKILLS = (
    "No skills are listed for your role yet. What you practise still counts: write “progress” to me to see how it goes."
)
ALL_MASTERED = "Nothing needs practice now. What is mastered comes back now and then, so that it stays."


@dataclass(frozen=True)
class Item:
    """What practice comes next: a lesson begun, one offered, or one planned for `at`; `none` is planned otherwise.

    `title` is empty where it is not known yet; `done` is the lesson completed today; `state` says when lessons come.
    """

    kind: Literal["begun", "offered", "planned", "none"]
    title: str = ""
    minutes: float = 0.0
    at: datetime | None = None
    is_today: bool = False
    done: str = ""
    state: str = ""


@dataclass(frozen=True)
class Question:
    """One question of theirs, when it was asked, and how that ended; an open one was not covered."""

    words: str
    asked_at: datetime
    ending: str
    is_open: bool


@dataclass(frozen=True)
class Home:
    """Everything one person's home page shows, at `now` on the clock of `zone`.

    `waiting` names whom the confirmations that wait for them are about, one for each. `team` is there for who manages
    somebody, `upkeep` for who looks after Coach or owns SOPs; `dashboard_url` for who sees more than their own.
    """

    now: datetime
    zone: str
    item: Item
    report: PersonReport
    questions: Sequence[Question] = ()
    open_questions: int = 0
    waiting: Sequence[str] = ()
    team: TeamPart | None = None
    upkeep: UpkeepPart | None = None
    dashboard_url: str | None = None


def home_message(home: Home, handle: Handle, public_id: str, is_page: bool = True) -> Message:
    """Return the home page; `public_id` is 128 random bits for buttons.

    Without `is_page` it is a message to pin, which is brought up to date by a press.
    """
    only_you = "Only you see this page." if is_page else "Only you see this. Pin it to find it again."
    today = _today(home)
    blocks: list[Block] = [
        Heading("Today"),
        Note(f"Updated {day(home.now, home.zone)}, {local_time(home.now, home.zone):%H:%M}. {only_you}"),
        Text(today, is_strong=True),
        Actions(tuple(_buttons(home, public_id, is_page))),
        *needs_you(home.waiting, home.team, home.zone, handle, public_id),
    ]
    if home.team is not None:
        blocks += [Divider(), *team_card(home.team)]
    if home.upkeep is not None and (looked_after := upkeep_blocks(home.upkeep, home.now, home.zone)):
        blocks += [Divider(), *looked_after]
    blocks += [Divider(), *_skills(home, handle, public_id), Divider(), *_questions(home)]
    spoken = (
        today,
        f"{count(len(home.waiting), 'confirmation waits', 'confirmations wait')} for your word."
        if home.waiting
        else "",
        team_line(home.team) if home.team else "",
        f"Skills mastered: {mastered(home.report.standing)}." if home.report.standing.needed else "",
        upkeep_line(home.upkeep) if home.upkeep else "",
    )
    return Message(" ".join(filter(None, spoken)), tuple(blocks))


def _today(home: Home) -> str:
    item = home.item
    named = f" “{item.title}”" if item.title else ""
    match item.kind:
        case "begun":
            return f"You are in the middle of{named}."
        case "offered":
            return f"Your lesson{named} is ready: {item.minutes:.0f} min."
    done = f"Your lesson “{item.done}” is done. " if item.done else ""
    if item.at is None:
        return done + item.state
    comes = timing.moment(item.at, home.now, home.zone)
    return f"{done}Your {'next ' if item.done or not item.is_today else ''}lesson{named} comes {comes}."


def _buttons(home: Home, public_id: str, is_page: bool) -> Sequence[Button | Link]:
    label = {"begun": "Go On", "offered": "Start"}.get(home.item.kind, "Start Now" if home.item.is_today else "")
    found: list[Button | Link] = [
        Button(label or "Get a Lesson", "lesson", public_id, is_primary=bool(label)),
        Button("Ask a Question", "ask_form", public_id, is_primary=not label),
        Button("Settings", "settings_form", public_id),
        Button("About Coach", "about_form", public_id),
    ]
    if not is_page:
        found.append(Button("Refresh", "refresh_home", public_id))
    if home.dashboard_url is not None:
        found.append(Link("Open Dashboard", home.dashboard_url))
    return found


def _skills(home: Home, handle: Handle, public_id: str) -> list[Block]:
    standing = home.report.standing
    if not standing.skills:
        return [Heading("Your skills"), Text(NO_SKILLS)]
    lines = _skill_lines(standing, home.zone)
    blocks: list[Block] = [Heading(f"Your skills: {mastered(standing)} mastered" if standing.needed else "Your skills")]
    blocks.append(Steps(tuple(lines[:MOST_SKILLS])) if lines else Text(ALL_MASTERED))
    if (more := len(lines) - MOST_SKILLS) > 0:
        blocks.append(Note(f"And {more} more. Write “progress” to me to see all of it."))
    button = next_step(home.report, handle, public_id)
    # Whatever lesson comes next stands on top.
    if button.action != "lesson":
        blocks.append(Actions((Button(button.label, button.action, button.value),)))
    return blocks


def _skill_lines(standing: Standing, zone: str) -> list[str]:
    """Return what needs practice, gravest first, then the other skills not mastered yet."""
    open_now = [need for need in standing.to_do if need.title or need.about]
    needs = [(need.title or need.about, need_reason(need, zone)) for need in open_now]
    told = {need.skill for need in open_now}
    others = [
        (skill.title, f"{state(skill)[:1].lower()}{state(skill)[1:]}")
        for skill in standing.needed
        if skill.state is not SkillState.MASTERED and skill.skill not in told
    ]
    return together([*needs, *others])


def _questions(home: Home) -> list[Block]:
    blocks: list[Block] = [Heading("Your questions")]
    if not home.questions:
        return [*blocks, Text(NO_QUESTIONS)]
    if home.open_questions:
        what = count(home.open_questions, f"of the last {OPEN_DAYS} days was", f"of the last {OPEN_DAYS} days were")
        blocks.append(Text(f"{what} not covered by any SOP."))
    for question in home.questions:
        blocks += [Text(question.words), Note(f"{day(question.asked_at, home.zone)} · {question.ending}")]
    return blocks
