"""Reports of progress as values, for whoever looks at how they are shown."""

from dataclasses import replace
from datetime import date, timedelta

from bot.views import my_data, progress, progress_help, progress_person, progress_skill, progress_team
from bot.views.my_data import Stored
from bot.views.progress_person import Namesake
from bot.views.progress_team import TeamScreen
from bot.views.tracks import Reader
from lessons.report import (
    Effort,
    GroupFigures,
    GroupRow,
    OwnPractice,
    PersonReport,
    SkillCoverage,
    TeamReport,
    Week,
    Whose,
)
from lessons.skill_report import PersonInSkill, SkillReport, StepPattern
from lessons.skills import SkillRule
from metrics.looks import Seen
from metrics.periods import last_days
from metrics.standing import Need, NeedKind, SkillStanding, SkillState, Standing
from metrics.step_tallies import AnswerStep
from metrics.steps import StepFigures
from metrics.streaks import Streak
from metrics.survival import Median
from metrics.tallies import Tally
from metrics.velocity import GroupTime
from tests.strategies import utc

ZONE = "Europe/London"
NOW = utc(2026, 11, 23, 8, 30)
LATE_IN_LONDON = utc(2026, 11, 21, 20)
MONTH = last_days(30, NOW)
ID = "0123456789abcdef" * 2
REFUNDS = SkillStanding("refunds", "Refunds", SkillState.PRACTISING, last_at=LATE_IN_LONDON, recall=0.7)
TILL = SkillStanding(
    "till", "Using the till", SkillState.MASTERED, mastered_at=utc(2026, 11, 2), last_at=utc(2026, 11, 9)
)
SAFETY = SkillStanding("safety", "First aid", SkillState.NOT_STARTED)
QUOTES = SkillStanding("quotes", "Quotes", SkillState.LAPSED, is_needed=False, lapsed_because="sop_changed")
MISSED = Need(NeedKind.MISSED_AT_WORK, "refunds", "Refunds", "3", 2, utc(2026, 11, 12))
STALLED = Need(NeedKind.STALLED, since=utc(2026, 11, 3))
NOT_BEGUN = Need(NeedKind.NOT_STARTED, "safety", "First aid")
LATELY = Tally(
    lessons_opened=4, lessons_completed=3, seconds=1_440.0, answered=16, right=13, scenarios_answered=4,
    scenarios_right=3, sure_answered=8, confidence_sum=7.2, sure_right=6, squared_error_sum=1.0,
)  # fmt: skip
EARLIER = Tally(answered=10, right=5, lessons_completed=2)
RULE = SkillRule("refunds", "Refunds", benchmark_days=14)


def handle(kind, key):
    """What a button carries, so that a test can read it."""
    return f"{kind}:{key}"


def weeks(*rights):
    """Weeks in a row with ten answers each, so many of them right."""
    first = date(2026, 10, 5)
    return tuple(
        Week(first + timedelta(weeks=place), Tally(answered=10, right=right)) for place, right in enumerate(rights)
    )


def person(person_id=1, name="Ana Oak", team="Quayside", needs=(), skills=(REFUNDS, TILL, SAFETY), **more):
    standing = Standing(person_id, tuple(skills), tuple(needs), more.pop("last_at", LATE_IN_LONDON))
    return PersonReport(Whose(person_id, name, team), MONTH, standing, Effort(3, 24.0), **more)


OWN = OwnPractice(
    LATELY,
    EARLIER,
    weeks(5, 6, 8),
    {"refunds": Tally(answered=8, right=5), "till": Tally(answered=8, right=8)},
    Streak(4),
    0.12,
)
ANA = person(needs=(MISSED, NOT_BEGUN))
MYSELF = replace(ANA, own=OWN)
NEWCOMER = person(2, "Ben Ash", last_at=None, skills=(), own=OwnPractice(Tally(), Tally()))
NEWCOMER = replace(NEWCOMER, effort=Effort())
CARA = person(3, "Cara Elm", needs=(STALLED,))
DAN = person(4, "Dan Fir", "Millgate", (NOT_BEGUN,), skills=(SAFETY,), last_at=None)
ZOE = person(5, "Zoë Ó Súilleabháin", "Millgate", skills=(TILL,))
COVERAGE = (
    SkillCoverage("refunds", "Refunds", 5, 1, 1, 0, 2, 1),
    SkillCoverage("till", "Using the till", 4, 3, 0, 0, 1, 0),
)
FIGURES = GroupFigures(6, LATELY, 4, 9)
GROUPS = (GroupRow("Quayside", 6, FIGURES, GroupFigures(5, EARLIER, 4, 9)), GroupRow("Millgate", 3))
WHOLE = GroupRow("", 9, FIGURES)
# Team by team, in each who needs help most first.
TEAM = TeamReport(MONTH, (DAN, ZOE, ANA, CARA), WHOLE, COVERAGE)
BY_SITE = replace(TEAM, by="site", groups=GROUPS, groups_period=last_days(30, utc(2026, 11, 23)))
FOR_AUDITOR = replace(BY_SITE, people=(), by="team")
SCREEN = TeamScreen(ZONE, 5, handle, "csv:30", None, "Quiz accuracy 81%.")
SKILL = SkillReport(
    RULE,
    last_days(90, NOW),
    own=REFUNDS,
    coverage=COVERAGE[0],
    people=(PersonInSkill(ANA.whose, REFUNDS, (MISSED,)), PersonInSkill(CARA.whose, REFUNDS)),
    competence=GroupTime(4, 3, Median(6.2)),
    within_benchmark=0.75,
    steps=(StepPattern("refunds.md", "Refunds at the till", 3, 0.4, 6),),
)
OWN_SKILL = SkillReport(
    RULE,
    last_days(90, NOW),
    own=replace(REFUNDS, started_at=utc(2026, 11, 1), days_to_competence=6.2, benchmark_days=14),
    own_steps=(StepFigures(AnswerStep("refunds", "refunds.md", 3), 6, 4, 1, 1),),
)
STORED = (Stored("people", 1, "while employed"), Stored("events", 812, "13 months"), Stored("inbox", 4, "30 days"))
LOOKS = (Seen("Ada Oak", 9, LATE_IN_LONDON, "person"), Seen(None, None, utc(2026, 11, 9), "export"))
READER = Reader({9: "Ada Oak"}, {"refunds": "Refunds"}, NOW.date(), ZONE)


def messages():
    """Every kind of message about progress, by name."""
    many = tuple(person(n, f"Cara Elm-Featherstonehaugh {n}", f"Team {n % 6}", (MISSED,)) for n in range(40))
    spread = tuple(sorted(many, key=lambda each: each.whose.team))
    namesakes = [Namesake(1, "Ana Oak", "ana.oak@example.test", "Quayside"), Namesake(2, "Ana Elm", "ana@example.test")]
    linked = replace(SCREEN, dashboard_url="https://coach.example.test/pages")
    return {
        "progress of one's own": progress.own_message(MYSELF, ZONE, handle_of_ids, ID),
        "progress of a newcomer": progress.own_message(NEWCOMER, ZONE, handle_of_ids, ID),
        "progress of two teams": progress_team.team_message(TEAM, replace(linked, handle=handle_of_ids, csv_value=ID)),
        "progress of six teams": progress_team.team_message(
            replace(TEAM, people=spread), replace(SCREEN, handle=handle_of_ids, csv_value=ID)
        ),
        "progress by site": progress_team.team_message(BY_SITE, replace(SCREEN, handle=handle_of_ids, csv_value=ID)),
        "progress of groups": progress_team.team_message(
            FOR_AUDITOR, replace(SCREEN, handle=handle_of_ids, csv_value=ID, own="")
        ),
        "progress of somebody": progress_person.person_message(ANA, (), READER, ZONE, handle_of_ids, may_support=True),
        "which of two": progress_person.which_person("ana", namesakes, handle_of_ids),
        "own progress in a skill": progress_skill.own_skill_message(OWN_SKILL, ZONE, handle_of_ids),
        "progress in a skill": progress_skill.team_skill_message(SKILL, ZONE, handle_of_ids),
        "progress help": progress_help.help_message(sees_people=True, sees_company=False),
        "dashboard": progress_help.dashboard("https://coach.example.test/pages/sign-in/x"),
        "my data": my_data.my_data(STORED, LOOKS, ANA, ["Ada Oak"], "Ada Oak (ada@example.test)", ZONE),
    }


def handle_of_ids(kind, key):
    """Return something as long as what a button really carries."""
    return f"{kind}{key}".encode().hex()[:32].ljust(32, "0")
