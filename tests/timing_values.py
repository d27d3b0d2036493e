"""What Coach says about when lessons come, for whoever looks at cards."""

from datetime import UTC, date, datetime, timedelta

from bot.views import timing as views
from bot.views.lines import line
from lessons.agendas import Agenda
from lessons.hours import read_hours
from lessons.rules import Cohort, LessonRules, read_when
from lessons.schedule import Roster, Timing
from metrics.people import Person

NOW = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
TODAY = NOW.date()
ZONE = "Europe/London"
COHORT = Cohort("desk", tuple(map(read_when, ("before client call", "after sale", "end of friday"))))
RULES = LessonRules((COHORT,), quiet=read_hours("20:00-07:00"))
EVERYTHING = Timing(
    at_minute=525, quiet=read_hours("18:00-09:00"), weekly_minutes=20, paused_until=date(2026, 12, 24), is_weekly=True
)


def agenda(timing=Timing(), cohort=COHORT):  # noqa: B008
    return Agenda(Person(id=1, email="ada@example.test", name="Ada Oak", roles=[]), ZONE, cohort, timing, Roster())


def form(value, timing=EVERYTHING):
    return views.settings_form(agenda(timing), RULES, value, TODAY)


def messages(value):
    at = NOW + timedelta(hours=2)
    return {
        "lesson put off": views.put_off("Refund exceptions", at, NOW, ZONE, value, "undo_later", is_moved_on=False),
        "lesson put off to another day": views.put_off(
            "Refund exceptions", at + timedelta(days=3), NOW, ZONE, value, "undo_tomorrow", is_moved_on=True
        ),
        "lesson skipped": views.skipped("Refund exceptions", value),
        "lessons paused": views.paused(date(2026, 11, 30), value, value),
        "lessons paused by words": views.paused(date(2026, 11, 30), None, value),
        "lessons stopped": views.stopped(value, value),
        "settings": views.settings(agenda(), RULES, value, TODAY),
        "settings, paused": views.settings(agenda(EVERYTHING), RULES, value, TODAY),
        "settings of who is in no cohort": views.settings(agenda(cohort=None), RULES, value, TODAY),
        "time not taken": line(views.not_saved(300, RULES.quiet)),
    }
